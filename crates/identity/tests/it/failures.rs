//! What the caller sees when it fails: problem documents, waiting times, and nothing changed without an audit record.

use medward_store::execute;
use serde_json::json;

use crate::house::{PASSWORDS, Running};

#[tokio::test]
async fn wrong_logins_are_problem_documents_and_lock_with_a_waiting_time() {
    let (running, _) = Running::start_with_administrators().await;
    let mut browser = running.browser();
    let wrong = json!({"login": "su.he", "password": "Falsch-Fluss.31-Brett"});
    let answer = browser.post("/identity/login", wrong.clone()).await;
    assert_eq!((answer.status, answer.body["code"].as_str()), (401, Some("IDN-0401")));
    assert_eq!(answer.content_type, "application/problem+json");
    let unknown = browser.post("/identity/login", json!({"login": "nobody", "password": "x"})).await;
    let uniform = |body: &serde_json::Value| (body["title"].clone(), body["detail"].clone(), body["args"].clone());
    assert_eq!(uniform(&unknown.body), uniform(&answer.body));
    // The third failure makes the fourth wait: the answer says how long.
    for _ in 0..2 {
        browser.post("/identity/login", wrong.clone()).await;
    }
    let early = browser.post("/identity/login", wrong).await;
    assert_eq!((early.status, early.body["code"].as_str(), early.retry_after), (429, Some("IDN-0429"), Some(1)));
    assert!(early.body["args"]["until"].as_str().unwrap().parse::<i64>().is_ok());
}

#[tokio::test]
async fn unknown_fields_and_wrong_types_are_refused_by_name() {
    let running = Running::start().await;
    let mut browser = running.browser();
    let extra = browser.post("/identity/login", json!({"login": "a", "password": "b", "admin": true})).await;
    assert_eq!(extra.status, 422, "{}", extra.body);
    let wrong = browser.post("/identity/login", json!({"login": 7, "password": "b"})).await;
    assert_eq!((wrong.status, wrong.body["args"]["field"].as_str()), (422, Some("login")));
}

/// DESIGN §6: audit `begin` cannot be written, so the change is refused; every changing route of this capability.
#[tokio::test]
async fn without_an_audit_trail_every_changing_route_answers_503_and_changes_nothing() {
    let (running, people) = Running::start_with_administrators().await;
    let mut secadmin = running.signed_in(&people[1]).await;
    let before = secadmin.get("/identity/accounts").await.body;
    let rename = |from: &'static str, to: &'static str| {
        running.kit.db.write(move |tx| {
            Box::pin(async move {
                let sql = medward_store::sqlx::AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"));
                execute!(tx, sql).await.map(drop)
            })
        })
    };
    rename("kernel_audit", "kernel_audit_away").await.unwrap();
    let target = before["items"][0]["id"].as_str().unwrap();
    let changes = [
        ("POST", format!("/identity/accounts/{target}/disable"), json!({})),
        ("POST", format!("/identity/accounts/{target}/reset-factor"), json!({})),
        ("POST", format!("/identity/accounts/{target}/grants"), json!({"role": "operator"})),
        ("DELETE", format!("/identity/accounts/{target}/grants/auditadmin"), json!({})),
        ("POST", "/identity/logout".to_owned(), json!({})),
        ("POST", "/identity/login".to_owned(), json!({"login": "su.he", "password": PASSWORDS[1]})),
    ];
    for (method, path, body) in changes {
        let answer = secadmin.call(method, &path, Some(body.to_string())).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (503, Some("WEB-0504")), "{method} {path}");
    }
    rename("kernel_audit_away", "kernel_audit").await.unwrap();
    assert_eq!(secadmin.get("/identity/accounts").await.body, before);
}

/// Anybody may ask for a judgement, so what it costs is bounded: longer than any account's login or name is refused.
#[tokio::test]
async fn password_check_refuses_longer_logins_and_names_than_accounts_have() {
    let running = Running::start().await;
    let mut browser = running.browser();
    let mut ask = async |login: String, name: String| {
        let body = json!({"login": login, "name": name, "password": PASSWORDS[0]});
        let answer = browser.post("/identity/password/check", body).await;
        (answer.status, answer.body["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(ask("x".repeat(64), "李".repeat(64)).await, (200, String::new()));
    assert_eq!(ask("x".repeat(65), String::new()).await, (422, "IDN-0421".to_owned()));
    assert_eq!(ask(String::new(), "李".repeat(65)).await, (422, "IDN-0421".to_owned()));
    assert_eq!(ask(String::new(), "a b ".repeat(250_000)).await, (422, "IDN-0421".to_owned()));
}

#[tokio::test]
async fn nul_in_a_query_is_refused_as_input_and_not_as_a_failure_of_the_store() {
    let (running, people) = Running::start_with_administrators().await;
    let mut secadmin = running.signed_in(&people[1]).await;
    for query in ["q=%00", "q=li%00na", "cursor=%00"] {
        let answer = secadmin.get(&format!("/identity/accounts?{query}")).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (422, Some("IDN-0421")), "{query}: {}", answer.body);
    }
}
