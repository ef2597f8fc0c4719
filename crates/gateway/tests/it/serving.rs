//! What honest clients get.

use crate::backend::Backend;
use crate::client::{RawClient, get, post};
use crate::rig::{Rig, site};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn request_passes_and_the_answer_is_the_systems_own() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    let response = client.get("/report?id=7").await;
    assert_eq!((response.status, response.text().as_str()), (200, "you asked for /report"));
    let again = client.get("/again").await;
    assert_eq!(again.status, 200);
    let seen = backend.requests();
    assert_eq!(seen[0].line(), "GET /report?id=7 HTTP/1.1");
    assert_eq!(seen[0].header("host"), Some("tj.example.org"));
    assert_eq!(seen[0].header("x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!(seen[0].header("x-forwarded-proto"), Some("http"));
    assert!(seen[0].header("x-request-id").is_some());
    assert_eq!(backend.connections(), 1, "the upstream connection is kept");
    rig.recorder.access(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_arrive_whole_in_every_framing() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    for size in [0, 1, 1000, 16 * 1024, 16 * 1024 + 1, 64 * 1024, 300_000] {
        let body = vec![b'a'; size];
        let response = post(rig.http(), "/echo", "application/octet-stream", &body).await;
        assert_eq!(response.status, 200);
        assert!(response.body == body, "{size}");
    }
    let mut client = RawClient::connect(rig.http()).await;
    client
        .send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n",
        )
        .await;
    assert_eq!(client.response().await.text(), "abcde");
    let mut big = Vec::from("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".as_bytes());
    for _ in 0..20 {
        big.extend_from_slice(b"2710\r\n");
        big.extend_from_slice(&[b'x'; 10_000]);
        big.extend_from_slice(b"\r\n");
    }
    big.extend_from_slice(b"0\r\n\r\n");
    client.send(&big).await;
    assert_eq!(client.response().await.body.len(), 200_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expect_continue_is_answered_by_the_gateway_and_the_body_is_still_judged() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").await;
    assert!(client.head().await.starts_with("HTTP/1.1 100 "));
    client.send("hi").await;
    assert_eq!(client.response().await.text(), "hi");
    assert_eq!(backend.requests()[0].header("expect"), None);
    let attack =
        "POST /echo?q=1'%20or%20'1'='1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    client.send(attack).await;
    assert!(client.head().await.starts_with("HTTP/1.1 100 "));
    client.send("hi").await;
    assert_eq!(client.response().await.status, 403);
    assert_eq!(backend.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pipelined_requests_are_answered_in_order_one_at_a_time() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    let one = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    let all = ["/slow", "/2", "/3"].map(one).concat();
    client.send(all).await;
    while backend.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(backend.requests().len(), 1, "the second waits for the first");
    backend.go_on.notify_one();
    assert_eq!(client.response().await.text(), "slow");
    assert_eq!(client.response().await.text(), "you asked for /2");
    assert_eq!(client.response().await.text(), "you asked for /3");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_sent_events_arrive_before_the_answer_ends() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    client.send("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(client.head().await.contains("text/event-stream"));
    assert_eq!(client.chunk().await, b"data: first\r\n\r\n");
    backend.go_on.notify_one();
    assert_eq!(client.chunk().await, b"data: second\r\n\r\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_of_one_connection_do_not_pass_and_repeated_ones_stay() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let response = get(rig.http(), "/headers").await;
    assert_eq!(response.header("x-hop"), None);
    assert_eq!(response.header("keep-alive"), None);
    assert_eq!(response.header("x-kept"), Some("2"));
    assert_eq!(response.head.matches("set-cookie").count(), 2, "{}", response.head);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_and_odd_clients_are_served() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut old = RawClient::connect(rig.http()).await;
    old.send("GET /old HTTP/1.0\r\n\r\n").await;
    assert!(String::from_utf8(old.rest().await).unwrap().ends_with("you asked for /old"));
    let mut odd = RawClient::connect(rig.http()).await;
    odd.send("GET /%E7%8E%8B\u{738b}?q=\"{x}|^ HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(odd.response().await.status, 200);
    odd.send("GET http://a/abs?x#frag HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(odd.response().await.text(), "you asked for /abs");
    odd.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(odd.response().await.status, 200);
    odd.send("HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(odd.head().await.contains("content-length: 16"));
    assert_eq!(backend.requests()[0].header("host"), Some(backend.address.to_string().as_str()));
    assert_eq!(backend.requests()[1].line(), "GET /%E7%8E%8B%E7%8E%8B?q=%22%7Bx%7D%7C%5E HTTP/1.1");
}
