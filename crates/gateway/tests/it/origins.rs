//! Requests that other sites have browsers send with their visitors' cookies, over real sockets (CD-172, gateway.md §5).

use medward_contract::Role;
use medward_contract::event::{Dataset, Field};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::backend::Backend;
use crate::client::RawClient;
use crate::rig::{Rig, Setup};
use crate::websocket::echo_server;

/// The gateway believes what 127.0.0.1 says about clients.
const CONFIG: &str = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n";
const EVIL: &str = "Origin: https://evil.example\r\n";

async fn start() -> Rig {
    Setup::new(CONFIG).with_manual_clock().0.start().await
}

async fn protect(rig: &Rig, upstream: &str, settings: Value) {
    let site = json!({ "name": "site", "hosts": ["*"], "upstreams": [upstream], "settings": settings });
    let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &site.to_string()).await;
    assert_eq!(code, 201, "{made}");
}

async fn send(rig: &Rig, client: &str, line: &str, headers: &str) -> u16 {
    let mut raw = RawClient::connect(rig.http()).await;
    let length = if line.starts_with("GET") { "" } else { "Content-Length: 0\r\n" };
    let head = format!("{line} HTTP/1.1\r\nHost: his.example\r\nX-Forwarded-For: {client}\r\n");
    raw.send(format!("{head}{headers}{length}\r\n")).await;
    raw.response().await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cd172_request_that_another_site_had_sent_is_refused_and_never_reaches_the_application() {
    let (backend, rig) = (Backend::start(), start().await);
    let group = json!({ "name": "院内", "purpose": "allow", "entries": "203.0.113.9\n" }).to_string();
    assert_eq!(rig.call(Role::Secadmin, "POST", "/address-groups", &group).await.0, 201);
    let settings = json!({ "same_origin": "enforce", "allowed_origins": ["https://portal.example"] });
    protect(&rig, &backend.url(), settings).await;
    let reader = "203.0.113.8";
    let served = [
        ("POST /save", ""),
        ("POST /save", "Origin: http://his.example\r\n"),
        ("POST /save", "Origin: https://portal.example\r\nReferer: https://evil.example/\r\n"),
        ("POST /save", "Referer: http://his.example/form?id=1\r\n"),
        ("GET /page", EVIL),
        ("OPTIONS /save", EVIL),
    ];
    for (line, headers) in served {
        assert_eq!(send(&rig, reader, line, headers).await, 200, "{line} {headers}");
    }
    let refused = [
        ("POST /save", EVIL),
        ("PUT /save", EVIL),
        ("POST /save", "Referer: https://evil.example/patient/42\r\n"),
        ("POST /save", "Origin: null\r\n"),
        ("POST /save", "Origin: http://portal.example\r\n"),
    ];
    for (line, headers) in refused {
        assert_eq!(send(&rig, reader, line, headers).await, 403, "{line} {headers}");
    }
    assert_eq!(send(&rig, "203.0.113.9", "POST /save", EVIL).await, 200, "the allow list wins");
    assert_eq!(backend.requests().len(), served.len() + 1);
    rig.recorder.refused(403, "cross_site", refused.len()).await;
    let attacks = rig.recorder.wait(Dataset::WafAttack, 3).await;
    let names: Vec<_> = attacks.iter().map(|event| event.text(Field::RuleName).unwrap()).collect();
    let origins = ["https://evil.example", "null", "http://portal.example"];
    assert_eq!(names, origins.map(|origin| format!("跨站请求（{origin}）")), "each origin is told once");
    for event in &attacks {
        let told = (event.text(Field::RuleId), event.text(Field::RuleCategory), &*event.action);
        assert_eq!(told, (Some("origin:request"), Some("csrf"), "block"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_observes_is_told_and_nobody_is_refused() {
    for settings in [json!({ "same_origin": "observe" }), json!({ "same_origin": "enforce", "mode": "observe" })] {
        let (backend, rig) = (Backend::start(), start().await);
        protect(&rig, &backend.url(), settings).await;
        assert_eq!(send(&rig, "203.0.113.8", "POST /save", EVIL).await, 200);
        let attacks = rig.recorder.wait(Dataset::WafAttack, 1).await;
        assert_eq!((attacks[0].text(Field::RuleCategory), &*attacks[0].action), (Some("csrf"), "observe"));
    }
    let (backend, rig) = (Backend::start(), start().await);
    protect(&rig, &backend.url(), json!({})).await;
    assert_eq!(send(&rig, "203.0.113.8", "POST /save", EVIL).await, 200);
    rig.recorder.access(1).await;
    rig.recorder.wait(Dataset::WafAttack, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn websocket_that_another_site_opens_is_refused() {
    let rig = start().await;
    protect(&rig, &echo_server().await, json!({ "same_origin": "enforce" })).await;
    let open = async |origin: Option<&'static str>| {
        let mut request = "ws://his.example/ws".into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", http::HeaderValue::from_static(origin));
        }
        let stream = TcpStream::connect(rig.http()).await.unwrap();
        client_async(request, stream).await.map(|(_, response)| response.status().as_u16())
    };
    assert_eq!(open(None).await.unwrap(), 101, "no browser");
    assert_eq!(open(Some("http://his.example")).await.unwrap(), 101);
    let error = open(Some("https://evil.example")).await.unwrap_err();
    assert!(error.to_string().contains("403"), "{error}");
    let attacks = rig.recorder.wait(Dataset::WafAttack, 1).await;
    assert_eq!(attacks[0].text(Field::RuleId), Some("origin:websocket"));
}
