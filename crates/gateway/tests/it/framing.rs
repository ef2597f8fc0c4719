//! Smuggling: every refusal of gateway.md §4 over a real socket, in front of a backend that records every byte.
//! Nothing unjudged ever arrives.

use medward_contract::event::{Dataset, Field};

use crate::backend::Backend;
use crate::client::RawClient;
use crate::rig::{Rig, site};

/// Bytes on the wire, the status they get, and the rule that says why.
struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    status: u16,
    finding: &'static str,
}

fn case(name: &'static str, bytes: impl Into<Vec<u8>>, status: u16, finding: &'static str) -> Case {
    Case { name, bytes: bytes.into(), status, finding }
}

fn get_with(lines: &str) -> String {
    format!("GET /smuggled HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n")
}

fn post_with(lines: &str, body: &str) -> String {
    format!("POST /smuggled HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n{body}")
}

fn heads() -> Vec<Case> {
    let inner = "0\r\n\r\nGET /inner HTTP/1.1\r\nHost: a\r\n\r\n";
    vec![
        case(
            "CL.TE",
            post_with("Content-Length: 4\r\nTransfer-Encoding: chunked", inner),
            400,
            "length_and_transfer_encoding",
        ),
        case(
            "TE.CL",
            post_with("Transfer-Encoding: chunked\r\nContent-Length: 4", inner),
            400,
            "length_and_transfer_encoding",
        ),
        case("CL.CL", post_with("Content-Length: 4\r\nContent-Length: 5", "abcde"), 400, "length_repeated"),
        case("CL.CL equal", post_with("Content-Length: 4\r\nContent-Length: 4", "abcd"), 400, "length_repeated"),
        case("CL list", post_with("Content-Length: 4, 4", "abcd"), 400, "length_invalid"),
        case("CL sign", post_with("Content-Length: +4", "abcd"), 400, "length_invalid"),
        case("CL blanks", post_with("Content-Length:  4", "abcd"), 400, "length_invalid"),
        case("CL 20 digits", post_with("Content-Length: 00000000000000000004", "abcd"), 400, "length_invalid"),
        case("TE list", post_with("Transfer-Encoding: gzip, chunked", inner), 400, "transfer_encoding_invalid"),
        case("TE case", post_with("Transfer-Encoding: Chunked", inner), 400, "transfer_encoding_invalid"),
        case("TE tab", post_with("Transfer-Encoding:\tchunked", inner), 400, "transfer_encoding_invalid"),
        case(
            "TE.TE",
            post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", inner),
            400,
            "transfer_encoding_invalid",
        ),
        case(
            "TE in 1.0",
            format!("POST /smuggled HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{inner}"),
            400,
            "transfer_encoding_in_http10",
        ),
        case("look-alike", post_with("Content_Length: 4", "abcd"), 400, "framing_header_lookalike"),
        case("bare LF", "GET /smuggled HTTP/1.1\nHost: a\n\n", 400, "bare_lf"),
        case("bare CR", "GET /smuggled HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400, "bare_cr"),
        case("blank before colon", get_with("X : b"), 400, "blank_before_colon"),
        case("obs-fold", get_with("X: a\r\n b"), 400, "obs_fold"),
        case("NUL", get_with("X: a\0b"), 400, "nul_byte"),
        case("control byte", get_with("X: a\x01b"), 400, "control_byte"),
        case("no name", get_with(": b"), 400, "bad_header_name"),
        case("no Host", "GET /smuggled HTTP/1.1\r\n\r\n", 400, "host_missing"),
        case("two Hosts", get_with("Host: b"), 400, "host_repeated"),
        case("bad Host", "GET /smuggled HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "host_invalid"),
        case("other authority", "GET http://b/smuggled HTTP/1.1\r\nHost: a\r\n\r\n", 400, "host_mismatch"),
        case("bad method", "GE(T /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_method"),
        case("bad version", "GET /smuggled HTTP/11\r\nHost: a\r\n\r\n", 400, "bad_version"),
        case("bad line", "GET  /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_request_line"),
        case("bad target", "GET smuggled HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"),
        case("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "unsupported_version"),
        case("CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_not_allowed"),
        case("TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_not_allowed"),
        case("TLS to the plain port", b"\x16\x03\x01\x02\x00\x01\x00\x01".to_vec(), 400, "control_byte"),
        case(
            "long target",
            format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(33 * 1024)),
            414,
            "target_too_long",
        ),
        case("long header", get_with(&format!("X: {}", "a".repeat(17 * 1024))), 431, "header_too_large"),
        case("many headers", get_with(&"X: a\r\n".repeat(101)), 431, "too_many_headers"),
        case("long head", get_with(&format!("X: {}\r\n", "a".repeat(15 * 1024)).repeat(5)), 431, "head_too_large"),
    ]
}

fn bodies() -> Vec<Case> {
    let chunked = |body: &str| post_with("Transfer-Encoding: chunked", body);
    vec![
        case("chunk size 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400, "chunk_size_invalid"),
        case("chunk size 17 digits", chunked("00000000000000003\r\nabc\r\n0\r\n\r\n"), 400, "chunk_size_invalid"),
        case("chunk size sign", chunked("+3\r\nabc\r\n0\r\n\r\n"), 400, "chunk_size_invalid"),
        case("chunk size LF", chunked("3\nabc\r\n0\r\n\r\n"), 400, "chunk_size_invalid"),
        case("chunk end", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400, "chunk_end_invalid"),
        case(
            "chunk extension",
            chunked(&format!("3;{}\r\nabc\r\n0\r\n\r\n", "x".repeat(257))),
            400,
            "chunk_extension_invalid",
        ),
        case("trailer", chunked("3\r\nabc\r\n0\r\nContent-Length: 3\r\n\r\n"), 400, "forbidden_trailer"),
    ]
}

async fn check(rig: &Rig, backend: &Backend, case: &Case, number: usize) {
    let Case { name, bytes, status, finding } = case;
    let mut client = RawClient::connect(rig.http()).await;
    // A request before it on the same connection is answered first.
    client.send("GET /before HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.response().await.status, 200, "{name}");
    client.send(bytes).await;
    client.send("GET /after HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let response = client.response().await;
    assert_eq!(response.status, *status, "{name}: {}", response.head);
    assert_eq!(response.header("connection"), Some("close"), "{name}");
    assert_eq!(client.rest().await, b"", "{name}: the connection is over");
    let access = rig.recorder.wait(Dataset::AccessRequest, 2 * number).await;
    let refusals: Vec<_> = access.iter().filter(|event| event.action == "deny").collect();
    let refusal = refusals.last().unwrap();
    assert_eq!(refusal.text(Field::EventReason), Some("malformed"), "{name}");
    assert_eq!(refusal.text(Field::RuleName), Some(*finding), "{name}");
    assert_eq!(refusal.int(Field::HttpStatus), Some(i64::from(*status)), "{name}");
    let lines: Vec<String> = backend.requests().iter().map(|seen| seen.line().to_owned()).collect();
    assert_eq!(lines.len(), number, "{name}: {lines:?}");
    assert!(lines.iter().all(|line| line == "GET /before HTTP/1.1"), "{name}: {lines:?}");
    assert!(!String::from_utf8_lossy(&backend.bytes()).contains("smuggled"), "{name}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_head_is_refused_and_nothing_of_it_arrives() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    for (at, case) in heads().iter().enumerate() {
        check(&rig, &backend, case, at + 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_body_is_refused_and_nothing_of_it_arrives() {
    let backend = Backend::start();
    for mode in ["block", "observe"] {
        let backend_before = backend.requests().len();
        assert_eq!(backend_before % bodies().len(), 0);
        let own = Backend::start();
        let rig = Rig::start(site(&[own.url()], &format!("mode = \"{mode}\""))).await;
        for (at, case) in bodies().iter().enumerate() {
            check(&rig, &own, case, at + 1).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_end_of_a_streamed_body_never_completes_the_request() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    let mut bytes = post_with("Transfer-Encoding: chunked", "").into_bytes();
    for _ in 0..10 {
        bytes.extend_from_slice(b"4000\r\n");
        bytes.extend_from_slice(&[b'x'; 0x4000]);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"3\r\nabcd\r\n0\r\n\r\n");
    client.send(&bytes).await;
    assert_eq!(client.response().await.status, 400);
    assert_eq!(rig.recorder.access(1).await, [(400, "malformed".to_owned())]);
    assert!(backend.requests().is_empty(), "the upstream never had a complete request");
}

/// Whatever is sent, the gateway answers something or closes, and the backend sees only whole judged requests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutated_heads_neither_hang_nor_get_through() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let seed = b"POST /m?a=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nX: y\r\n\r\nabcGET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let mut roll = move |below: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        usize::try_from(dice % below as u64).unwrap()
    };
    for _ in 0..400 {
        let mut bytes = seed.to_vec();
        for _ in 0..=roll(3) {
            let at = roll(bytes.len());
            match roll(3) {
                0 => bytes[at] = u8::try_from(roll(256)).unwrap(),
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"\r\n \t:\0;,0c"[roll(10)]),
            }
        }
        let mut client = RawClient::connect(rig.http()).await;
        client.send(&bytes).await;
        drop(tokio::io::AsyncWriteExt::shutdown(&mut client.stream).await);
        client.rest().await;
    }
    for seen in backend.requests() {
        let line = seen.line();
        assert!(line.ends_with(" HTTP/1.1") && line.split(' ').count() == 3, "{line:?}");
        assert!(seen.header("host").is_some(), "{}", seen.head);
        assert!(!seen.head.contains('\0'));
    }
}
