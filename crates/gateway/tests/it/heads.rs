//! Heads that are framed well and would still be read differently by the engine and by the protected system.

use medward_contract::event::{Dataset, Field};

use crate::backend::Backend;
use crate::client::RawClient;
use crate::rig::{Rig, site};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connection_cannot_name_what_the_engine_judged_by() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "mode = \"bypass\"")).await;
    let fields = [
        ("content-type", "application/json"),
        ("authorization", "Basic YTpi"),
        ("cookie", "a=1"),
        ("origin", "http://a"),
        ("referer", "http://a/form"),
        ("accept", "text/html"),
        ("user-agent", "test"),
    ];
    let lines = fields.map(|(name, value)| format!("{name}: {value}\r\n")).concat();
    let names = fields.map(|(name, _)| name).join(", ");
    let mut client = RawClient::connect(rig.http()).await;
    client
        .send(format!(
            "POST /echo HTTP/1.1\r\nHost: a\r\n{lines}X-Hop: 1\r\n\
             Connection: Host, Content-Length, X-Forwarded-For, X-Hop, {names}\r\nContent-Length: 2\r\n\r\n{{}}"
        ))
        .await;
    assert_eq!(client.response().await.status, 200);
    let seen = backend.requests().remove(0);
    for (name, value) in fields {
        assert_eq!(seen.header(name), Some(value), "{name}");
    }
    assert_eq!((seen.header("host"), seen.header("x-forwarded-for")), (Some("a"), Some("127.0.0.1")));
    assert_eq!((seen.header("x-hop"), seen.body.as_slice()), (None, &b"{}"[..]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repeated_content_type_or_encoding_is_refused() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "mode = \"bypass\"")).await;
    let cases = [
        ("Content-Type: text/plain\r\ncontent-type: application/json", "content_type_repeated"),
        ("Content-Type: text/plain\r\nContent-Type: text/plain", "content_type_repeated"),
        ("Content-Encoding: gzip\r\nCONTENT-ENCODING: identity", "content_encoding_repeated"),
    ];
    for (lines, _) in cases {
        let mut client = RawClient::connect(rig.http()).await;
        client.send(format!("POST /echo HTTP/1.1\r\nHost: a\r\n{lines}\r\nContent-Length: 2\r\n\r\n{{}}")).await;
        let response = client.response().await;
        assert_eq!((response.status, response.header("connection")), (400, Some("close")), "{lines}");
        assert_eq!(client.rest().await, b"");
    }
    let denied = rig.recorder.wait(Dataset::AccessRequest, cases.len()).await;
    for (event, (_, rule)) in denied.iter().zip(cases) {
        assert_eq!((event.text(Field::EventReason), event.text(Field::RuleName)), (Some("malformed"), Some(rule)));
    }
    assert!(backend.bytes().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forwarding_fields_are_removed_in_every_spelling() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let forged = [
        "X_Forwarded_For: 10.9.9.9",
        "X-Forwarded_Host: forged",
        "X_Real_IP: 10.9.9.9",
        "X-Real-IP: 10.9.9.9",
        "True_Client_IP: 10.9.9.9",
        "Forwarded: for=10.9.9.9",
        "X_Medward_User: forged",
        "X-Original-URL: /forged",
        "X_Rewrite_URL: /forged",
    ];
    let mut client = RawClient::connect(rig.http()).await;
    client.send(format!("GET /x HTTP/1.1\r\nHost: a\r\nX_Other: kept\r\n{}\r\n\r\n", forged.join("\r\n"))).await;
    assert_eq!(client.response().await.status, 200);
    let seen = backend.requests().remove(0);
    assert!(!seen.head.contains("10.9.9.9") && !seen.head.contains("forged"), "{}", seen.head);
    assert_eq!((seen.header("x-forwarded-for"), seen.header("x_other")), (Some("127.0.0.1"), Some("kept")));
}
