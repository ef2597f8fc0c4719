//! Who may do what over HTTP: every route without a session, with every administrator, and without the token.

use medward_contract::Role;
use medward_kernel::Permission;
use serde_json::json;

use crate::house::{Declared, Running};

const NO_ID: &str = "01900000-0000-7000-8000-000000000000";

fn path_of(route: &Declared) -> String {
    route.path.trim_start_matches("/api/v1").replace("{id}", NO_ID).replace("{role}", "operator")
}

fn body_of(route: &Declared) -> Option<String> {
    match route.path.rsplit('/').next() {
        _ if route.method == "GET" || route.method == "DELETE" => None,
        Some("grants") => Some(json!({"role": "operator"}).to_string()),
        Some("accounts") => Some(json!({"login": "x", "name": "", "password": ""}).to_string()),
        _ => Some("{}".to_owned()),
    }
}

/// CD-182: every route but the public list answers 401 without a session and with a stale one.
#[tokio::test]
async fn every_route_but_the_public_ones_needs_a_session() {
    let running = Running::start().await;
    let mut public = Vec::new();
    for route in &running.routes {
        for cookie in [None, Some("__Host-mw=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] {
            let mut browser = running.browser();
            browser.cookie = cookie.map(str::to_owned);
            let secret = cookie.and_then(|pair| pair.split('=').nth(1)).unwrap_or_default();
            browser.csrf = Some(medward_web::csrf::token(&running.kit.keys, secret));
            let answer = browser.call(&route.method, &path_of(route), body_of(route)).await;
            if route.permission == Permission::PUBLIC {
                assert_ne!(answer.body["code"], "WEB-0401", "{} {}", route.method, route.path);
            } else {
                assert_eq!(answer.status, 401, "{} {}", route.method, route.path);
            }
        }
        if route.permission == Permission::PUBLIC {
            public.push(format!("{} {}", route.method, route.path.trim_start_matches("/api/v1/identity")));
        }
    }
    public.sort();
    let expected = [
        "GET /state",
        "POST /login",
        "POST /login/enrol",
        "POST /login/enrol/confirm",
        "POST /login/factor",
        "POST /login/password",
        "POST /password/check",
        "POST /setup",
    ];
    assert_eq!(public, expected, "the list of public routes changed: is that meant?");
}

/// CD-184: role times route; what the matrix does not list is 403, and nothing else is.
#[tokio::test]
async fn every_unlisted_pair_of_role_and_route_is_forbidden() {
    let (running, people) = Running::start_with_administrators().await;
    for person in &people {
        let mut browser = running.signed_in(person).await;
        for route in running.routes.iter().filter(|route| route.permission != Permission::PUBLIC) {
            if route.path.ends_with("/logout") {
                continue;
            }
            let answer = browser.call(&route.method, &path_of(route), body_of(route)).await;
            let listed = route.permission == Permission::SIGNED_IN
                || running.matrix.of_roles(&[person.role]).contains(&route.permission.as_str());
            let forbidden = answer.body["code"] == "WEB-0403";
            assert_eq!(forbidden, !listed, "{} {} {}: {}", person.role, route.method, route.path, answer.body);
        }
    }
}

#[tokio::test]
async fn change_needs_the_token_of_its_own_session() {
    let (running, people) = Running::start_with_administrators().await;
    let (mut sysadmin, auditadmin) = (running.signed_in(&people[0]).await, running.signed_in(&people[2]).await);
    let wanted = json!({"login": "li.na", "name": "李娜", "password": "Regen;Turm-88-Salz"});
    let own = sysadmin.csrf.take();
    assert_eq!(sysadmin.post("/identity/accounts", wanted.clone()).await.body["code"], "WEB-0419");
    sysadmin.csrf = auditadmin.csrf;
    assert_eq!(sysadmin.post("/identity/accounts", wanted.clone()).await.body["code"], "WEB-0419");
    sysadmin.csrf = own;
    assert_eq!(sysadmin.post("/identity/accounts", wanted).await.status, 201);
}

#[tokio::test]
async fn account_goes_from_created_to_granted_through_two_people() {
    let (running, people) = Running::start_with_administrators().await;
    assert_eq!(people[1].role, Role::Secadmin);
    let (mut sysadmin, mut secadmin) = (running.signed_in(&people[0]).await, running.signed_in(&people[1]).await);
    let wanted = json!({"login": "li.na", "name": "李娜", "password": "Regen;Turm-88-Salz"});
    let created = sysadmin.post("/identity/accounts", wanted).await.body;
    assert_eq!((created["state"].as_str(), created["roles"].as_array().unwrap().len()), (Some("invited"), 0));
    let id = created["id"].as_str().unwrap();
    let activated = secadmin.post(&format!("/identity/accounts/{id}/activate"), json!({})).await;
    assert_eq!((activated.status, activated.body["state"].as_str()), (200, Some("active")));
    let grants = format!("/identity/accounts/{id}/grants");
    assert_eq!(secadmin.post(&grants, json!({"role": "operator"})).await.body["roles"], json!(["operator"]));
    let excluded = secadmin.post(&grants, json!({"role": "auditadmin"})).await;
    assert_eq!((excluded.status, excluded.body["code"].as_str()), (409, Some("IDN-0412")));
    let revoked = secadmin.call("DELETE", &format!("{grants}/operator"), None).await;
    assert_eq!((revoked.status, &revoked.body["roles"]), (200, &json!([])));

    let listed = secadmin.get("/identity/accounts?q=li.na").await.body;
    assert_eq!(listed["items"][0]["version"].as_i64(), revoked.body["version"].as_i64());
    let roles = secadmin.get("/identity/roles").await.body;
    assert_eq!(roles["roles"].as_array().unwrap().len(), 7);
    let audit = running.kit.audit.list(None, 50).await.unwrap();
    let trail: Vec<_> = audit
        .iter()
        .rev()
        .filter(|entry| entry.object_id.starts_with(id))
        .map(|entry| format!("{} {} {} {}", entry.who, entry.action, entry.object_type, entry.outcome))
        .collect();
    let expected = [
        "lin.zhou create identity_account success",
        "su.he enable identity_account success",
        "su.he create identity_grant success",
        "su.he create identity_grant failure",
        "su.he remove identity_grant success",
    ];
    assert_eq!(trail, expected);
}

#[tokio::test]
async fn clearance_is_set_by_the_security_administrator_and_never_for_oneself() {
    let (running, people) = Running::start_with_administrators().await;
    let (mut sysadmin, mut secadmin) = (running.signed_in(&people[0]).await, running.signed_in(&people[1]).await);
    let accounts = secadmin.get("/identity/accounts").await.body;
    let path = |login: &str| {
        let found = accounts["items"].as_array().unwrap().iter().find(|one| one["login"] == login).unwrap();
        format!("/identity/accounts/{}/clearance", found["id"].as_str().unwrap())
    };
    let (other, own) = (path("gu.yan"), path("su.he"));
    let before = sysadmin.get(&other).await.body;
    assert_eq!((&before["clearance"], &before["priority"], &before["version"]), (&json!("L2"), &json!(5), &json!(0)));
    let wanted = json!({"clearance": "L4", "departments": ["急诊科"], "priority": 1, "version": 0}).to_string();
    assert_eq!(sysadmin.call("PUT", &other, Some(wanted.clone())).await.body["code"], "WEB-0403");
    assert_eq!(secadmin.call("PUT", &own, Some(wanted.clone())).await.body["code"], "IDN-0403");
    let set = secadmin.call("PUT", &other, Some(wanted.clone())).await;
    assert_eq!((set.status, &set.body["clearance"], &set.body["version"]), (200, &json!("L4"), &json!(1)));
    let stale = secadmin.call("PUT", &other, Some(wanted)).await;
    assert_eq!((stale.status, stale.body["code"].as_str()), (409, Some("IDN-0416")));
    assert_eq!(sysadmin.get(&other).await.body, set.body);
    let audit = running.kit.audit.list(None, 50).await.unwrap();
    let trail: Vec<_> = audit
        .iter()
        .rev()
        .filter(|entry| entry.object_type == "identity_clearance" && entry.who == "su.he")
        .map(|entry| entry.outcome.clone())
        .collect();
    assert_eq!(trail, ["failure", "success", "failure"]);
}

#[tokio::test]
async fn logout_and_kill_end_sessions_and_old_cookies_are_worth_nothing() {
    let (running, people) = Running::start_with_administrators().await;
    let (mut secadmin, mut auditadmin) = (running.signed_in(&people[1]).await, running.signed_in(&people[2]).await);
    let sessions = secadmin.get("/identity/sessions").await.body;
    let victim = sessions["items"].as_array().unwrap().iter().find(|one| one["login"] == "gu.yan").unwrap();
    assert_eq!((victim["current"].as_bool(), victim["user_agent"].as_str()), (Some(false), Some("medward-test")));
    let path = format!("/identity/sessions/{}", victim["id"].as_str().unwrap());
    assert_eq!(secadmin.call("DELETE", &path, None).await.status, 204);
    assert_eq!(auditadmin.get("/identity/me").await.status, 401);

    let old = secadmin.cookie.clone();
    let out = secadmin.post("/identity/logout", json!({})).await;
    assert_eq!((out.status, out.set_cookie.unwrap().contains("Max-Age=0")), (204, true));
    secadmin.cookie = old;
    assert_eq!(secadmin.get("/identity/me").await.status, 401);
}
/// A browser keeps the cookie of a session that has ended, and cannot read it; its owner must get in all the same.
#[tokio::test]
async fn cookie_of_an_ended_session_does_not_stand_in_the_way_of_a_login() {
    let (running, people) = Running::start_with_administrators().await;
    let mut browser = running.browser();
    browser.cookie = Some("__Host-mw=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned());
    let begun = browser
        .post("/identity/login", json!({"login": people[1].login, "password": crate::house::PASSWORDS[1]}))
        .await;
    assert_eq!(begun.status, 200, "{}", begun.body);
}
