//! Which bodies of answers have numbers masked, and what is said of those that have not (gateway.md §5).

use medward_contract::Role;
use medward_contract::event::Dataset;
use serde_json::json;

use crate::backend::Backend;
use crate::client::RawClient;
use crate::rig::Rig;

const PATIENT: &str = r#"{"name":"王小明","card":"11010519491231002X"}"#;

/// A site whose answers have the numbers of identity cards masked.
async fn masked(backend: &Backend) -> Rig {
    let rig = Rig::start("").await;
    let settings = json!({ "api": { "mask_identity_numbers": true } });
    let spec = json!({ "name": "site", "hosts": ["*"], "upstreams": [backend.url()], "settings": settings });
    let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &spec.to_string()).await;
    assert_eq!(code, 201, "{made}");
    rig
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_text_is_masked_and_what_may_be_text_but_is_not_read_is_said() {
    let backend = Backend::start();
    let rig = masked(&backend).await;
    let mut raw = RawClient::connect(rig.http()).await;
    let kinds = [
        ("application/javascript", true, false),
        ("text/json", true, false),
        ("application/x-ndjson; charset=utf-8", true, false),
        ("application/fhir+json", true, false),
        ("none", true, false),
        ("application/msword", false, true),
        ("text/plain; charset=utf-16", false, true),
        ("application/octet-stream", false, false),
        ("image/png", false, false),
    ];
    for (kind, is_masked, _) in kinds {
        let more =
            format!("Content-Type: application/json\r\nX-Answer-Type: {kind}\r\nContent-Length: {}\r\n", PATIENT.len());
        raw.send(format!("POST /mirror HTTP/1.1\r\nHost: a\r\n{more}\r\n{PATIENT}")).await;
        let answer = raw.response().await.text();
        assert_eq!(!answer.contains("11010519491231002X"), is_masked, "{kind}: {answer}");
    }
    // What has no body holds no number.
    raw.send("POST /mirror HTTP/1.1\r\nHost: a\r\nX-Answer-Type: application/msword\r\nContent-Length: 0\r\n\r\n")
        .await;
    assert_eq!(raw.response().await.status, 200);
    let events = rig.recorder.wait(Dataset::AccessRequest, kinds.len() + 1).await;
    let said: Vec<_> = events.iter().map(|event| event.attrs.contains_key("waf.unmasked")).collect();
    let expected: Vec<_> = kinds.iter().map(|(.., unmasked)| *unmasked).chain([false]).collect();
    assert_eq!(said, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_a_stream_are_masked_without_being_held_back() {
    let backend = Backend::start();
    let rig = masked(&backend).await;
    let mut raw = RawClient::connect(rig.http()).await;
    raw.send("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(raw.head().await.contains("200"));
    assert_eq!(raw.chunk().await, b"data: first\r\n\r\n", "before the second was sent");
    backend.go_on.notify_one();
    assert_eq!(raw.chunk().await, b"data: second\r\n\r\n");
}
