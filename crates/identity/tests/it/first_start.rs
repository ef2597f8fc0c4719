//! From an empty house to a working administrator, over HTTPS.

use medward_identity::TotpSecret;
use serde_json::json;

use crate::house::{PASSWORDS, PEOPLE, Running};

fn administrators() -> serde_json::Value {
    PEOPLE
        .iter()
        .zip(PASSWORDS)
        .map(
            |((role, login, name), password)| json!({"role": role, "login": login, "name": name, "password": password}),
        )
        .collect()
}

fn totp(base32: &str) -> TotpSecret {
    TotpSecret::from_bytes(&data_encoding::BASE32_NOPAD.decode(base32.as_bytes()).unwrap()).unwrap()
}

#[tokio::test]
async fn set_up_enrolment_and_session_from_an_empty_house() {
    let running = Running::start().await;
    let mut browser = running.browser();
    let state = browser.get("/identity/state").await;
    assert_eq!((state.body["setup_required"].as_bool(), state.body["product"].as_str()), (Some(true), Some("Medward")));

    let token = running.setup_link().await;
    let request = json!({"token": token.expose(), "administrators": administrators()});
    assert_eq!(browser.post("/identity/setup", request.clone()).await.status, 204);
    let again = browser.post("/identity/setup", request).await;
    assert_eq!((again.status, again.body["code"].as_str()), (409, Some("IDN-0409")));
    assert_eq!(browser.get("/identity/state").await.body["setup_required"], false);

    let begun = browser.post("/identity/login", json!({"login": "Su.He", "password": PASSWORDS[1]})).await;
    assert_eq!((begun.status, begun.body["step"].as_str()), (200, Some("change_password")));
    let handle = &begun.body["handle"];
    let weak = browser.post("/identity/login/password", json!({"handle": handle, "new_password": "Aa123456!"})).await;
    assert_eq!((weak.status, weak.body["code"].as_str()), (422, Some("IDN-0422")));
    assert!(weak.body["args"]["findings"].as_str().unwrap().contains("common"));
    assert!(!weak.body.to_string().contains("Aa123456"), "a password came back");
    let changed =
        browser.post("/identity/login/password", json!({"handle": handle, "new_password": "Neu-Fluss.31-Brett"})).await;
    assert_eq!(changed.body["step"], "enrol");
    let offered = browser.post("/identity/login/enrol", json!({"handle": handle})).await;
    assert!(offered.body["qr_svg"].as_str().unwrap().contains("<svg"));
    assert!(offered.body["otpauth_uri"].as_str().unwrap().starts_with("otpauth://totp/Medward:su.he?"));
    let code = totp(offered.body["secret_base32"].as_str().unwrap()).code_at(running.kit.clock.now());
    let done = browser.post("/identity/login/enrol/confirm", json!({"handle": handle, "code": code})).await;
    assert_eq!((done.status, done.body["step"].as_str()), (200, Some("done")));
    assert_eq!(done.body["recovery_codes"].as_array().unwrap().len(), 10);

    let cookie = done.set_cookie.unwrap();
    for attribute in ["__Host-mw=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    browser.learn_csrf().await;
    let me = browser.get("/identity/me").await.body;
    assert_eq!(
        (me["login"].as_str(), me["name"].as_str(), &me["roles"]),
        (Some("su.he"), Some("苏禾"), &json!(["secadmin"]))
    );
    assert!(me["permissions"].as_array().unwrap().contains(&json!("identity.grant.update")));
    assert!(me["absolute_ends_at"].as_i64().unwrap() > me["idle_ends_at"].as_i64().unwrap());
    let actions = running.actions();
    for wanted in ["auth.login login", "auth.account password", "auth.account mfa", "auth.account grant"] {
        assert!(actions.contains(&wanted.to_owned()), "{wanted} is missing in {actions:?}");
    }
}

#[tokio::test]
async fn form_and_server_judge_a_password_alike() {
    let running = Running::start().await;
    let mut browser = running.browser();
    let check = json!({"login": "li.na", "name": "李娜", "password": "Li.Na-2026-Aa"});
    let verdict = browser.post("/identity/password/check", check).await.body;
    assert_eq!((verdict["ok"].as_bool(), verdict["findings"][0].as_str()), (Some(false), Some("contains_login")));
    let good = browser.post("/identity/password/check", json!({"password": "Neu-Fluss.31-Brett"})).await.body;
    assert_eq!((good["ok"].as_bool(), good["score"].as_u64()), (Some(true), Some(4)));
}
