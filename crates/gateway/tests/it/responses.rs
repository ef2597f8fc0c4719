//! What rules say about answers (CD-157): refused before a byte of them left, else passed on as they came.

use std::time::Duration;

use medward_contract::event::{Dataset, Event, Field, Outcome};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::backend::Backend;
use crate::client::{RawClient, get};
use crate::events::check_stance;
use crate::leaks::{LEAK, LeakGateway, late_page};
use crate::limits::turn_until;
use crate::peers::have;
use crate::recorder::PATIENCE;
use crate::rig::{GivingUpAtResponseGateway, PanickingAtResponseGateway, Rig, Setup, site};

async fn rig(backend: &Backend, more: &str) -> Rig {
    Setup::new(site(&[backend.url()], more)).with_engine::<LeakGateway>().start().await
}

fn hits(event: &Event) -> Vec<serde_json::Value> {
    serde_json::from_str(event.attrs["waf.hits"].as_str().unwrap()).unwrap()
}

fn scores(event: &Event) -> (u64, u64) {
    let score = |name| event.attrs.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
    (score("waf.score"), score("waf.score_out"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaking_body_becomes_a_page_and_both_connections_go_on() {
    let backend = Backend::start();
    let rig = rig(&backend, "").await;
    let mut client = RawClient::connect(rig.http()).await;
    for path in ["/leak?q=odd", "/leak-gzip", "/leak-chunked"] {
        let response = client.get(path).await;
        assert_eq!(response.status, 403, "{path}");
        assert!(!response.text().contains("ORA-") && !response.head.contains("gzip"), "{path}: {}", response.text());
        assert_eq!(client.get("/clean").await.text(), "all is well", "after {path}");
    }
    assert_eq!(backend.connections(), 1, "what was read to its end is used again");
    let attacks = rig.recorder.wait(Dataset::WafAttack, 3).await;
    let attack = &attacks[0];
    assert_eq!((attack.action.as_ref(), attack.text(Field::RuleId)), ("block", Some("95004")));
    assert_eq!(attack.text(Field::RuleCategory), Some("leak"));
    assert_eq!(attack.int(Field::HttpStatus), Some(403));
    assert_eq!(scores(attack), (3, 5));
    assert_eq!(attack.attrs["waf.phase"], 4);
    assert_eq!(attack.attrs["waf.generation"], 0);
    assert_eq!(attack.attrs["waf.program"].as_str().unwrap().len(), 32);
    let hits = hits(attack);
    let rules: Vec<_> = hits.iter().map(|hit| hit["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["95001", "95004"], "one event tells of the request and of its answer");
    assert_eq!((&hits[1]["variable"], &hits[1]["match"]), (&"RESPONSE_BODY".into(), &"ORA-00942".into()));
    let access = rig.recorder.wait(Dataset::AccessRequest, 6).await;
    assert_eq!((access[0].action.as_ref(), access[0].outcome), ("deny", Outcome::Failure));
    assert_eq!((access[0].text(Field::EventReason), access[0].int(Field::HttpStatus)), (Some("waf"), Some(403)));
    assert_eq!(scores(&access[0]), (3, 5));
    assert_eq!(scores(&access[1]), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaking_head_is_refused_before_its_body_is_read() {
    let backend = Backend::start();
    let rig = rig(&backend, "").await;
    let mut client = RawClient::connect(rig.http()).await;
    let response = client.get("/leak-in-head").await;
    assert_eq!((response.status, response.header("x-debug")), (500, None));
    assert!(!response.text().contains("ORA-"));
    assert_eq!(client.get("/clean").await.text(), "all is well");
    assert_eq!(backend.connections(), 2, "a connection with an answer on it is not used again");
    let attack = rig.recorder.wait(Dataset::WafAttack, 1).await.remove(0);
    assert_eq!((attack.attrs["waf.phase"].as_u64(), attack.int(Field::HttpStatus)), (Some(3), Some(500)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_to_http2_is_judged_like_any_other() {
    if !have("curl") {
        return;
    }
    let backend = Backend::start();
    let rig = rig(&backend, "").await;
    for (path, status) in [("/leak", "403"), ("/clean-chunked", "200"), ("/leak-late", "200")] {
        let url = format!("https://{}{path}", rig.https());
        let mut curl = tokio::process::Command::new("curl");
        let output = curl.args(["-sk", "--http2", "-w", "|%{http_code}|%{http_version}", &url]).output().await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let (body, code) = said.split_at(said.len() - "|200|2".len());
        assert_eq!(code, format!("|{status}|2"));
        match path {
            "/leak" => assert!(!body.contains("ORA-"), "{body}"),
            "/leak-late" => assert!(body == late_page()),
            _ => assert_eq!(body, "the first piecethe last piece"),
        }
    }
}

/// The first piece arrives before the last one was sent.
async fn check_streams(rig: &Rig, backend: &Backend, path: &str) {
    let mut client = RawClient::connect(rig.http()).await;
    client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
    assert!(client.head().await.starts_with("HTTP/1.1 200"), "{path}");
    assert!(!client.chunk().await.is_empty());
    backend.go_on.notify_one();
    assert!(!client.chunk().await.is_empty());
    assert_eq!(client.chunk().await, b"", "{path}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_that_no_rule_looks_at_is_not_held() {
    let backend = Backend::start();
    let leaks = rig(&backend, "").await;
    check_streams(&leaks, &backend, "/download").await;
    check_streams(&leaks, &backend, "/sse").await;
    let reasons = leaks.recorder.wait(Dataset::AccessRequest, 2).await;
    let partial: Vec<bool> = reasons.iter().map(|event| event.attrs.contains_key("waf.partial")).collect();
    assert_eq!(partial, [false, true], "rules would look at events, so it is said that they did not");
    assert_eq!(get(leaks.http(), "/leak-as-download").await.text(), LEAK);
    // The default policy has no rules for answers.
    let balanced = Rig::start(site(&[backend.url()], "")).await;
    check_streams(&balanced, &backend, "/two-pieces").await;
    let bypassed = rig(&backend, "mode = \"bypass\"").await;
    check_streams(&bypassed, &backend, "/two-pieces").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_found_in_a_request_is_recorded_although_no_answer_came() {
    let address = Backend::start().stop().await;
    let setup = Setup::new(site(&[format!("http://{address}")], "mode = \"observe\""));
    let rig = setup.with_engine::<LeakGateway>().start().await;
    assert_eq!(get(rig.http(), "/?q=bad").await.status, 502);
    let attack = rig.recorder.wait(Dataset::WafAttack, 1).await.remove(0);
    assert_eq!(attack.text(Field::RuleId), Some("95002"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_cannot_choose_a_coding_that_the_engine_does_not_read() {
    let backend = Backend::start();
    let rig = rig(&backend, "").await;
    let mut client = RawClient::connect(rig.http()).await;
    for (asked, passed) in [
        ("gzip;q=0.5, br , Deflate, compress, *", Some("gzip;q=0.5, br, Deflate")),
        ("dcz", Some("identity")),
        ("", Some("identity")),
    ] {
        client.send(format!("GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {asked}\r\n\r\n")).await;
        assert_eq!(client.response().await.status, 200);
        assert_eq!(backend.requests().last().unwrap().header("accept-encoding"), passed, "{asked}");
    }
    client.get("/x").await;
    assert_eq!(backend.requests().last().unwrap().header("accept-encoding"), None);
    // Nothing reads the answer here.
    let balanced = Rig::start(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(balanced.http()).await;
    client.send("GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, dcz\r\n\r\n").await;
    client.response().await;
    assert_eq!(backend.requests().last().unwrap().header("accept-encoding"), Some("gzip, dcz"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn body_beyond_the_limit_is_judged_in_part_and_then_flows() {
    let backend = Backend::start();
    let rig = rig(&backend, "").await;
    let mut client = RawClient::connect(rig.http()).await;
    let response = client.get("/leak-late").await;
    assert_eq!((response.status, response.text() == late_page()), (200, true));
    let access = rig.recorder.wait(Dataset::AccessRequest, 1).await;
    assert_eq!(access[0].attrs["waf.partial"], true);
    assert_eq!(access[0].attrs["http.response.bytes"], late_page().len());
    assert_eq!(client.get("/clean").await.text(), "all is well");
    assert_eq!(backend.connections(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn held_bodies_beyond_the_memory_flow_with_a_note() {
    let backend = Backend::start();
    let config = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\n[gateway.limits]\nheld_bodies = \"1KiB\"\n";
    let config = format!("{config}{}", site(&[backend.url()], ""));
    let rig = Setup::new(config).with_engine::<LeakGateway>().start().await;
    assert!(get(rig.http(), "/leak-late").await.text() == late_page());
    assert_eq!(rig.recorder.wait(Dataset::AccessRequest, 1).await[0].attrs["waf.partial"], true);
    // It is given back when the answer has gone.
    assert_eq!(get(rig.http(), "/leak").await.status, 403);
    assert_eq!(get(rig.http(), "/clean").await.text(), "all is well");
    let access = rig.recorder.wait(Dataset::AccessRequest, 3).await;
    assert!(!access[2].attrs.contains_key("waf.partial"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn observed_object_records_the_leak_and_passes_it() {
    let backend = Backend::start();
    let rig = rig(&backend, "mode = \"observe\"").await;
    let response = get(rig.http(), "/leak").await;
    assert_eq!((response.status, response.text()), (200, format!("<html>{LEAK}</html>")));
    let attack = rig.recorder.wait(Dataset::WafAttack, 1).await.remove(0);
    assert_eq!((attack.action.as_ref(), scores(&attack)), ("observe", (0, 5)));
    assert_eq!(attack.int(Field::HttpStatus), Some(200));
    assert_eq!(rig.recorder.access(1).await, [(200, String::new())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_of_every_form_come_through_unchanged() {
    let backend = Backend::start();
    let rig = rig(&backend, "").await;
    let mut client = RawClient::connect(rig.http()).await;
    client.send("HEAD /head HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("content-length: 900"), "{head}");
    assert_eq!(client.get("/nothing").await.status, 204);
    assert_eq!(client.get("/unchanged").await.header("etag"), Some("\"1\""));
    let range = client.get("/range").await;
    assert_eq!((range.status, range.text()), (206, "hello".to_owned()));
    assert_eq!(range.header("content-range"), Some("bytes 0-4/900"));
    assert_eq!(client.get("/clean-chunked").await.text(), "the first piecethe last piece");
    assert_eq!(client.get("/clean").await.text(), "all is well");
    assert_eq!(backend.connections(), 1);
    assert!(rig.recorder.access(6).await.iter().all(|(_, reason)| reason.is_empty()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_that_breaks_off_while_it_is_held_is_a_page_without_a_byte_of_it() {
    let backend = Backend::start();
    let rig = rig(&backend, "").await;
    let mut client = RawClient::connect(rig.http()).await;
    let response = client.get("/breaks-off?q=late").await;
    assert_eq!(response.status, 502);
    assert!(!response.text().contains("ORA-"));
    assert_eq!(rig.recorder.access(1).await, [(502, "upstream_broken".to_owned())]);
    assert_eq!(client.get("/clean").await.text(), "all is well");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_that_pauses_for_too_long_is_judged_so_far_and_then_flows() {
    let backend = Backend::start();
    let setup = Setup::new(site(&[backend.url()], "")).with_engine::<LeakGateway>();
    let (setup, hand) = setup.with_manual_clock();
    let rig = setup.start().await;
    let mut client = RawClient::connect(rig.http()).await;
    client.send("GET /never-ends HTTP/1.1\r\nHost: a\r\n\r\n").await;
    // Time is turned only once the answer is held: before that, other limits of time would be met.
    while rig.house.kit().metrics.render().contains("medward_gateway_held_body_bytes 0") {
        tokio::task::yield_now().await;
    }
    let (head, turned) = turn_until(&hand, Duration::from_secs(1), client.head()).await;
    assert!(head.starts_with("HTTP/1.1 200") && turned >= Duration::from_secs(60), "{turned:?}");
    assert_eq!(client.chunk().await, b"the first piece");
    backend.go_on.notify_one();
    assert_eq!(client.chunk().await, LEAK.as_bytes());
    assert_eq!(client.chunk().await, b"");
    assert_eq!(rig.recorder.wait(Dataset::AccessRequest, 1).await[0].attrs["waf.partial"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn request_of_a_client_that_leaves_before_its_answer_is_recorded_as_judged() {
    let backend = Backend::start();
    let rig = rig(&backend, "mode = \"observe\"").await;
    for path in ["/slow", "/two-pieces"] {
        let mut client = RawClient::connect(rig.http()).await;
        client.send(format!("GET {path}?q=bad HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        while backend.requests().iter().all(|seen| !seen.line().contains(path)) {
            tokio::task::yield_now().await;
        }
    }
    let attacks = rig.recorder.wait(Dataset::WafAttack, 2).await;
    assert!(attacks.iter().all(|attack| attack.text(Field::RuleId) == Some("95002") && attack.action == "observe"));
    assert!(rig.recorder.access(2).await.iter().all(|(status, reason)| (*status, reason.as_str()) != (200, "")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_request_sees_only_the_rules_of_the_last_phase() {
    let backend = Backend::start();
    let rig = rig(&backend, "").await;
    assert_eq!(get(rig.http(), "/leak?q=bad&q=late").await.status, 403);
    assert!(backend.requests().is_empty());
    let attack = rig.recorder.wait(Dataset::WafAttack, 1).await.remove(0);
    let rules: Vec<_> = hits(&attack).iter().map(|hit| hit["rule"].clone()).collect();
    assert_eq!(rules, ["95002", "95005"]);
    assert_eq!(attack.attrs["waf.phase"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn engine_that_fails_on_an_answer_passes_it_with_an_alarm_unless_the_object_blocks() {
    let backend = Backend::start();
    let config = |stance| site(&[backend.url()], stance);
    let blocking = "on_error = \"block\"";
    check_stance(Setup::new(config("")).with_engine::<PanickingAtResponseGateway>(), 200, "pass", "").await;
    check_stance(Setup::new(config(blocking)).with_engine::<PanickingAtResponseGateway>(), 403, "block", "waf_error")
        .await;
    check_stance(Setup::new(config("")).with_engine::<GivingUpAtResponseGateway>(), 200, "pass", "").await;
    check_stance(Setup::new(config(blocking)).with_engine::<GivingUpAtResponseGateway>(), 403, "block", "waf_error")
        .await;
    assert_eq!(backend.requests().len(), 8, "every request was judged and sent; only answers were refused");
}

/// An upstream that answers at the head, whatever follows it, and then reads on or does not.
async fn hasty(answer: &'static str, reads_on: bool) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    medward_store::testkit::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = vec![0; 4096];
            if !matches!(stream.read(&mut buffer).await, Ok(count) if count > 0) {
                continue;
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            while reads_on && matches!(stream.read(&mut buffer).await, Ok(count) if count > 0) {}
            kept.push(stream);
        }
    });
    url
}

const HASTY_PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok";
const HASTY_LEAK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nORA-00942";

/// A form with a file that is longer than what is held of it, and a field behind that.
fn upload(field: &str) -> (String, String) {
    let part =
        |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n");
    let file = part("\"f\"; filename=\"a.bin\"", &"A".repeat(200_000));
    let body = format!("{file}{}--b--\r\n", part("\"q\"", field));
    let kind = "multipart/form-data; boundary=b";
    let head = format!("POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    (head, body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_that_comes_early_waits_for_the_end_of_its_request() {
    for (answer, field, expected) in [(HASTY_PAGE, "good", 200), (HASTY_PAGE, "bad", 403), (HASTY_LEAK, "good", 403)] {
        let url = hasty(answer, true).await;
        let rig = Setup::new(site(&[url], "")).with_engine::<LeakGateway>().start().await;
        let mut client = RawClient::connect(rig.http()).await;
        let (head, body) = upload(field);
        client.send(head).await;
        client.send(body).await;
        let response = client.response().await;
        assert_eq!(response.status, expected, "{field}");
        assert!(!response.text().contains("ORA-"));
        let attacks = usize::from(expected == 403);
        rig.recorder.wait(Dataset::WafAttack, attacks).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_of_an_upstream_that_reads_no_further_is_judged_after_a_second() {
    for (answer, expected) in [(HASTY_PAGE, 200), (HASTY_LEAK, 403)] {
        let url = hasty(answer, false).await;
        let rig = Setup::new(site(&[url], "")).with_engine::<LeakGateway>().start().await;
        let (mut receiving, mut sending) = tokio::net::TcpStream::connect(rig.http()).await.unwrap().into_split();
        let piece = vec![b'x'; 1 << 20];
        let uploading = medward_store::testkit::spawn(async move {
            let head = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000000000\r\n\r\n";
            sending.write_all(head.as_bytes()).await.unwrap();
            while sending.write_all(&piece).await.is_ok() {}
        });
        // The clock of the world: one turned by hand would run ahead of the megabytes that fill the sockets first.
        let mut head = vec![0; 12];
        tokio::time::timeout(PATIENCE, receiving.read_exact(&mut head)).await.expect("an answer in time").unwrap();
        let head = String::from_utf8(head).unwrap();
        assert_eq!(head, format!("HTTP/1.1 {expected}"));
        uploading.abort();
    }
}
