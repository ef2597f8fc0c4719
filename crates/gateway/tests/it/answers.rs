//! What applications say in the heads of their answers, and what our own pages say (gateway.md §5, §12).

use medward_contract::Role;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::backend::Backend;
use crate::client::{RawClient, Response};
use crate::rig::Rig;
use crate::tls::connect_as;

const SQLI: &str = "/?id=1'%20or%20'1'='1";

async fn make(rig: &Rig, path: &str, body: Value) -> Value {
    let (code, made) = rig.call(Role::Secadmin, "POST", path, &body.to_string()).await;
    assert_eq!(code, 201, "{made}");
    made
}

/// A group whose template says this.
async fn group(rig: &Rig, answers: Value) -> Value {
    let template = make(rig, "/templates", json!({ "name": "公众", "settings": { "answers": answers } })).await;
    make(rig, "/groups", json!({ "name": "门户", "template_id": template["id"] })).await["id"].clone()
}

async fn object(rig: &Rig, host: &str, backend: &Backend, group: &Value, settings: Value) -> Value {
    let spec = json!({ "name": host, "hosts": [host], "upstreams": [backend.url()], "group_id": group,
        "settings": settings });
    make(rig, "/objects", spec).await
}

async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    raw: &mut RawClient<S>,
    host: &str,
    line: &str,
    more: &str,
) -> Response {
    raw.send(format!("{line} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n")).await;
    raw.response().await
}

/// Values of every field of this name.
fn all(response: &Response, name: &str) -> Vec<String> {
    let fields = response.head.lines().filter_map(|line| line.split_once(": "));
    fields.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).collect()
}

const POLISHED: [&str; 3] = ["hide_server", "security_headers", "secure_cookies"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_of_answers_lose_what_tells_on_the_application_and_gain_what_browsers_should_know() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let said = json!({ "hide_server": true, "security_headers": true, "secure_cookies": ["ASP.NET_SessionId"] });
    let group = group(&rig, said).await;
    let made = object(&rig, "safe", &backend, &group, json!({})).await;
    object(&rig, "watched", &backend, &group, json!({ "mode": "observe" })).await;
    let none = json!({ "answers": { "hide_server": false, "security_headers": false, "secure_cookies": [] } });
    let own = object(&rig, "own", &backend, &group, none).await;
    for name in POLISHED {
        assert_eq!(made["effective"]["answers"][name]["from"], "template", "{made}");
        assert_eq!(own["effective"]["answers"][name]["from"], "object", "{own}");
    }
    let mut raw = RawClient::connect(rig.http()).await;
    let plain = ask(&mut raw, "safe", "GET /telltale", "").await;
    for name in ["server", "x-powered-by", "x-aspnet-version"] {
        assert_eq!(plain.header(name), None, "{}", plain.head);
    }
    assert_eq!(plain.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(plain.header("x-frame-options"), Some("SAMEORIGIN"));
    assert_eq!(all(&plain, "referrer-policy"), ["no-referrer"], "the application knows better");
    let cookies = ["ASP.NET_SessionId=7; path=/; httponly; SameSite=Lax", "theme=dark"];
    assert_eq!(all(&plain, "set-cookie"), cookies);
    let (stream, _) = connect_as(rig.https(), "safe", &[], rustls::DEFAULT_VERSIONS, None).await;
    let safe = ask(&mut RawClient::over(stream), "safe", "GET /telltale", "").await;
    assert_eq!(all(&safe, "set-cookie")[0], "ASP.NET_SessionId=7; path=/; httponly; SameSite=Lax; Secure");
    for host in ["watched", "own"] {
        let untouched = ask(&mut raw, host, "GET /telltale", "").await;
        assert_eq!(untouched.header("server"), Some("Microsoft-IIS/7.5"), "{host}");
        assert_eq!(untouched.header("x-frame-options"), None, "{host}");
        assert_eq!(all(&untouched, "set-cookie")[0], "ASP.NET_SessionId=7; path=/; httponly", "{host}");
    }
    let page = ask(&mut raw, "safe", &format!("GET {SQLI}"), "").await;
    assert_eq!(
        (page.status, page.header("x-frame-options")),
        (403, None),
        "a page of our own says what it says itself"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_of_answers_and_origins_go_out_with_the_policy_and_come_in_again() {
    let (backend, rig, other) = (Backend::start(), Rig::start("").await, Rig::start("").await);
    let group = group(&rig, json!({ "hide_server": true, "block_page_contact": "信息科 8888" })).await;
    let own = json!({ "same_origin": "observe", "allowed_origins": ["https://portal.example"],
        "answers": { "secure_cookies": ["*"] } });
    object(&rig, "safe", &backend, &group, own.clone()).await;
    let (_, file) = rig.call(Role::Secadmin, "GET", "/policy/export", "").await;
    assert_eq!(file["objects"][0]["settings"], own, "{file}");
    let body = json!({ "policy": file }).to_string();
    let (code, told) = other.call(Role::Secadmin, "POST", "/policy/import", &body).await;
    assert_eq!((code, told["created"].as_u64()), (200, Some(3)), "{told}");
    assert_eq!(other.call(Role::Secadmin, "GET", "/policy/export", "").await.1, file);
    for (settings, field) in [
        (json!({ "allowed_origins": ["portal.example"] }), "allowed_origins"),
        (json!({ "answers": { "secure_cookies": ["a b"] } }), "secure_cookies"),
    ] {
        let spec = json!({ "name": "wrong", "hosts": ["b"], "upstreams": [backend.url()], "settings": settings });
        let (code, problem) = rig.call(Role::Secadmin, "POST", "/objects", &spec.to_string()).await;
        assert_eq!((code, problem["args"]["field"].as_str()), (422, Some(field)), "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_visitor_reads_whom_to_turn_to_in_words_that_stay_words() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let group = group(&rig, json!({ "block_page_contact": "信息科 <b>8888</b>" })).await;
    object(&rig, "told", &backend, &group, json!({})).await;
    object(&rig, "silent", &backend, &group, json!({ "answers": { "block_page_contact": "" } })).await;
    let mut raw = RawClient::connect(rig.http()).await;
    let line = format!("GET {SQLI}");
    let page = ask(&mut raw, "told", &line, "Accept: text/html\r\n").await;
    assert!(page.status == 403 && page.text().contains("<dd>信息科 &lt;b&gt;8888&lt;/b&gt;</dd>"), "{}", page.text());
    let told = ask(&mut raw, "told", &line, "Accept: application/json\r\n").await;
    let told: Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(told["contact"], "信息科 <b>8888</b>");
    let silent = ask(&mut raw, "silent", &line, "Accept: application/json\r\n").await;
    let silent: Value = serde_json::from_slice(&silent.body).unwrap();
    assert_eq!(silent.get("contact"), None);
}
