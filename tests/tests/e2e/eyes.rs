//! Four eyes (四眼原则): every change of the policy waits for a second person, who is a real account with a second factor.

use medward_kernel::Clock;
use serde_json::{Value, json};

use crate::hospital::Hospital;

const SETTINGS: &str = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\nfour_eyes = true\n";

struct Desk {
    hospital: Hospital,
    asker: String,
    object: String,
}

impl Desk {
    async fn mode(&self, mode: &str, reason: &str, approval: &str) -> (u16, Value) {
        let path = format!("/gateway/objects/{}/mode?reason={reason}", self.object);
        let headers = [("medward-approval", approval)];
        let headers = if approval.is_empty() { &[][..] } else { &headers[..] };
        let (status, told, _) = self.hospital.call(&self.asker, "POST", &path, &json!({ "mode": mode }), headers).await;
        (status.as_u16(), told)
    }

    async fn in_force(&self) -> Value {
        let path = format!("/gateway/objects/{}", self.object);
        self.hospital.send(&self.asker, "GET", &path, &json!({})).await.0["effective"]["mode"]["value"].take()
    }

    async fn approve(&self, session: &str, approval: &str) -> u16 {
        let path = format!("/identity/approvals/{approval}/approve");
        self.hospital.call(session, "POST", &path, &json!({}), &[]).await.0.as_u16()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_changes_only_when_a_second_person_has_approved_exactly_that() {
    let folder = tempfile::tempdir().unwrap();
    let hospital = Hospital::start(folder.path(), SETTINGS, (Clock::system(), None)).await;
    let people = hospital.administrators().await;
    let (sysadmin, asker) = (hospital.login(&people[0]).await, hospital.login(&people[1]).await);
    hospital.secadmin((&sysadmin, &asker), "li.na").await;
    let other = hospital.first_login("li.na").await;
    let site =
        json!({ "name": "site", "hosts": ["a"], "upstreams": ["http://127.0.0.1:9"], "settings": { "mode": "block" } });
    let (status, told, _) = hospital.call(&asker, "POST", "/gateway/objects", &site, &[]).await;
    assert_eq!((status.as_u16(), &told["code"]), (409, &json!("GTW-0109")), "{told}");
    let first = told["args"]["approval"].as_str().unwrap().to_owned();
    let mut desk = Desk { hospital, asker, object: String::new() };
    assert_eq!(desk.approve(&other, &first).await, 200);
    let headers = [("medward-approval", first.as_str())];
    let (status, made, _) = desk.hospital.call(&desk.asker, "POST", "/gateway/objects", &site, &headers).await;
    assert_eq!(status.as_u16(), 201, "what is made has another id than the first time: {made}");
    made["id"].as_str().unwrap().clone_into(&mut desk.object);

    let (status, told) = desk.mode("observe", "", "").await;
    assert_eq!((status, &told["code"]), (409, &json!("GTW-0109")), "{told}");
    let approval = told["args"]["approval"].as_str().unwrap().to_owned();
    assert_eq!(desk.in_force().await, "block");
    let (status, told) = desk.mode("observe", "drill", &approval).await;
    assert_eq!((status, &told["args"]["approval"]), (409, &json!(approval)), "nobody has decided: {told}");
    assert_ne!(desk.approve(&desk.asker, &approval).await, 200, "not the one who asks");
    let (listed, _) = desk.hospital.send(&other, "GET", "/identity/approvals", &json!({})).await;
    let summary = listed["items"][0]["summary_zh"].as_str().unwrap_or_default();
    assert_eq!(summary, "修改防护对象“site” (settings.mode \"block\" → \"observe\")", "{listed}");
    assert_eq!(desk.approve(&other, &approval).await, 200);

    let (status, told) = desk.mode("bypass", "drill", &approval).await;
    assert_eq!((status, &told["code"]), (403, &json!("GTW-0110")), "something else: {told}");
    assert_eq!(desk.in_force().await, "block");
    let (status, told) = desk.mode("observe", "drill", &approval).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(desk.in_force().await, "observe");
    let (history, _) = desk.hospital.send(&desk.asker, "GET", "/gateway/policy/changes", &json!({})).await;
    assert_eq!(history["items"][0]["author"], "qian.wei");
    assert_eq!(desk.mode("block", "", &approval).await.0, 403, "an approval is for once");
}
