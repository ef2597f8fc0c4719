//! Four eyes over HTTP: a capability asks by the port, another person decides in the console.

use medward_contract::Role;
use medward_contract::SensitivityLabel;
use medward_contract::id::{ApprovalId, AuditId};
use medward_contract::identity::{
    ApprovalAction, ApprovalClaim, ApprovalRequest, Approvals, ClientFacts, Payload, PayloadHash,
};
use medward_contract::{PortError, Principal};
use serde_json::json;

use crate::browser::Browser;
use crate::house::Running;

const ACTION: ApprovalAction = ApprovalAction::new("test.policy.unprotect");
const PAYLOAD: &[u8] = br#"{"mode":"bypass"}"#;

/// A security administrator beside su.he, who asks and never signs in.
async fn second_secadmin(sysadmin: &mut Browser, secadmin: &mut Browser) -> Principal {
    let wanted = json!({"login": "li.na", "name": "李娜", "password": "Regen;Turm-88-Salz"});
    let created = sysadmin.post("/identity/accounts", wanted).await.body;
    let id = created["id"].as_str().unwrap();
    assert_eq!(secadmin.post(&format!("/identity/accounts/{id}/activate"), json!({})).await.status, 200);
    let granted = secadmin.post(&format!("/identity/accounts/{id}/grants"), json!({"role": "secadmin"})).await;
    assert_eq!(granted.status, 200, "{}", granted.body);
    Principal {
        account: id.parse().unwrap(),
        login: "li.na".to_owned(),
        name: "李娜".to_owned(),
        roles: vec![Role::Secadmin],
        clearance: SensitivityLabel::L2,
        session: None,
    }
}

async fn ask(running: &Running, who: &Principal) -> ApprovalId {
    let port = running.kit.ports.port::<dyn Approvals>("test");
    let client = ClientFacts { address: "10.0.0.9".parse().unwrap(), user_agent: String::new(), attended: true };
    let request = ApprovalRequest {
        action: ACTION,
        permission: "identity.grant.update",
        summary_zh: "关闭门户的防护",
        summary_en: "turn the protection of the portal off",
        payload: &Payload::new(PAYLOAD.to_vec()),
        requested_by: who,
        reason: "vendor migrates tonight",
        client: &client,
        request_id: "r-1",
    };
    port.get().unwrap().request(request).await.unwrap()
}

#[tokio::test]
async fn request_of_one_is_decided_by_another_in_the_console_and_runs_once() {
    let (running, people) = Running::start_with_administrators().await;
    let (mut sysadmin, mut secadmin) = (running.signed_in(&people[0]).await, running.signed_in(&people[1]).await);
    let asking = second_secadmin(&mut sysadmin, &mut secadmin).await;
    let (approved, refused) = (ask(&running, &asking).await, ask(&running, &asking).await);

    let listed = secadmin.get("/identity/approvals").await.body;
    let ids: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [refused.to_string(), approved.to_string()]);
    let first = &listed["items"][1];
    assert_eq!((first["requester"]["login"].as_str(), first["may_decide"].as_bool()), (Some("li.na"), Some(true)));
    assert_eq!(first["summary_zh"], "关闭门户的防护");
    assert!(!first.to_string().contains("bypass"), "the payload is shown: {first}");
    assert_eq!(sysadmin.get("/identity/approvals").await.body["items"], json!([]));

    let path = |id: ApprovalId, act: &str| format!("/identity/approvals/{id}/{act}");
    let outsider = sysadmin.post(&path(approved, "approve"), json!({})).await;
    assert_eq!((outsider.status, outsider.body["code"].as_str()), (403, Some("IDN-0434")));
    let done = secadmin.post(&path(approved, "approve"), json!({})).await;
    assert_eq!((done.status, done.body["state"].as_str()), (200, Some("approved")));
    let blank = secadmin.post(&path(refused, "refuse"), json!({"reason": " "})).await;
    assert_eq!((blank.status, blank.body["code"].as_str()), (422, Some("IDN-0421")));
    let done = secadmin.post(&path(refused, "refuse"), json!({"reason": "not tonight"})).await;
    assert_eq!((done.status, done.body["decision_reason"].as_str()), (200, Some("not tonight")));
    let foreign = secadmin.call("DELETE", &format!("/identity/approvals/{approved}"), None).await;
    assert_eq!((foreign.status, foreign.body["code"].as_str()), (403, Some("IDN-0434")));

    let port = running.kit.ports.port::<dyn Approvals>("test");
    let payload = PayloadHash::from_sha256(medward_crypto::sha256(PAYLOAD));
    let claim = ApprovalClaim { approval: approved, action: ACTION, payload, change: AuditId::new() };
    assert_eq!(port.get().unwrap().is_granted(&claim).await.unwrap().login, "su.he");
    let again = port.get().unwrap().is_granted(&claim).await;
    assert_eq!(again, Err(PortError::Refused { code: "IDN-0436" }));

    let decided = secadmin.get("/identity/approvals?view=decided&limit=1").await.body;
    assert_eq!(decided["items"][0]["id"].as_str(), Some(refused.to_string().as_str()));
    let next = decided["next_cursor"].as_str().unwrap();
    let decided = secadmin.get(&format!("/identity/approvals?view=decided&cursor={next}")).await.body;
    assert_eq!((decided["items"][0]["state"].as_str(), &decided["next_cursor"]), (Some("used"), &json!(null)));
    assert_eq!(decided["items"][0]["used_by"].as_str(), Some(claim.change.to_string().as_str()));
    assert_eq!(secadmin.get("/identity/approvals?cursor=x").await.status, 400);

    let trail: Vec<_> = running
        .kit
        .audit
        .list(None, 50)
        .await
        .unwrap()
        .into_iter()
        .rev()
        .filter(|entry| entry.object_type == "identity_approval")
        .map(|entry| format!("{} {} {} {}", entry.who, entry.action, entry.outcome, entry.detail))
        .collect();
    let expected = [
        "li.na create success test.policy.unprotect: vendor migrates tonight",
        "li.na create success test.policy.unprotect: vendor migrates tonight",
        "lin.zhou approve failure IDN-0434",
        "su.he approve success test.policy.unprotect: approved, requested by li.na",
        "su.he update failure IDN-0421",
        "su.he update success test.policy.unprotect: refused: not tonight",
        "su.he remove failure IDN-0434",
    ];
    assert_eq!(trail, expected);
}

#[tokio::test]
async fn own_request_is_withdrawn_and_never_decided_by_its_owner() {
    let (running, people) = Running::start_with_administrators().await;
    let mut secadmin = running.signed_in(&people[1]).await;
    let me = secadmin.get("/identity/me").await.body;
    let own = Principal {
        account: me["account_id"].as_str().unwrap().parse().unwrap(),
        login: "su.he".to_owned(),
        name: "苏禾".to_owned(),
        roles: vec![Role::Secadmin],
        clearance: SensitivityLabel::L2,
        session: None,
    };
    let id = ask(&running, &own).await;
    let refused = secadmin.post(&format!("/identity/approvals/{id}/approve"), json!({})).await;
    assert_eq!((refused.status, refused.body["code"].as_str()), (403, Some("IDN-0432")));
    let withdrawn = secadmin.call("DELETE", &format!("/identity/approvals/{id}"), None).await;
    assert_eq!((withdrawn.status, withdrawn.body["state"].as_str()), (200, Some("withdrawn")));
    let listed = secadmin.get("/identity/approvals?view=own").await.body;
    assert_eq!(
        (listed["items"][0]["own"].as_bool(), listed["items"][0]["may_decide"].as_bool()),
        (Some(true), Some(false))
    );
}
