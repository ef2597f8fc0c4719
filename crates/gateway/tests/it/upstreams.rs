//! Upstreams that fail, recover, lie and hide.

use medward_contract::event::{Dataset, Field};
use medward_kernel::clock::ManualClock;
use medward_store::fetch_all;

use crate::backend::Backend;
use crate::client::{RawClient, get};
use crate::rig::{Rig, Setup, site};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unreachable_upstream_is_a_502_page_until_it_is_back() {
    let backend = Backend::start();
    let url = backend.url();
    let rig = Rig::start(site(std::slice::from_ref(&url), "")).await;
    assert_eq!(get(rig.http(), "/x").await.status, 200);
    let address = backend.stop().await;
    let response = get(rig.http(), "/x").await;
    assert_eq!(response.status, 502);
    assert!(response.text().contains(response.header("x-request-id").unwrap()));
    let back = Backend::on(&address.to_string());
    assert_eq!(get(rig.http(), "/x").await.status, 200);
    assert_eq!(back.requests().len(), 1);
    let reasons = rig.recorder.access(3).await;
    assert_eq!(reasons[1], (502, "upstream_unreachable".to_owned()));
    let failure = &rig.recorder.of(Dataset::AccessRequest)[1];
    assert_eq!(failure.action, "serve", "the gateway refused nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_go_to_the_member_that_is_left_and_come_back_after_two_good_checks() {
    let (first, second) = (Backend::start(), Backend::start());
    let (setup, hand) = Setup::new(site(&[first.url(), second.url()], "")).with_manual_clock();
    let rig = setup.start().await;
    for _ in 0..4 {
        assert_eq!(get(rig.http(), "/x").await.status, 200);
    }
    assert_eq!((first.requests().len(), second.requests().len()), (2, 2));
    let address = first.stop().await;
    for _ in 0..20 {
        assert_eq!(get(rig.http(), "/x").await.status, 200, "the other member answers");
    }
    assert_eq!(second.requests().len(), 22);
    // Checks every 5 s see it down, then up again.
    let back = Backend::on(&address.to_string());
    let recovered = async {
        while back.requests().is_empty() {
            hand.advance(std::time::Duration::from_secs(5));
            assert_eq!(get(rig.http(), "/x").await.status, 200);
        }
    };
    tokio::time::timeout(crate::recorder::PATIENCE, recovered).await.expect("the member is used again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_path_that_answers_an_error_takes_the_member_out() {
    let (good, bad) = (Backend::start(), Backend::start());
    let (setup, hand) =
        Setup::new(site(&[bad.url(), good.url()], "health_path = \"/unavailable\"")).with_manual_clock();
    let rig = setup.start().await;
    let degraded = async {
        loop {
            let findings = rig.house.kit().status.findings().await;
            if let [finding] = &findings[..] {
                return finding.clone();
            }
            hand.advance(std::time::Duration::from_secs(5));
            tokio::task::yield_now().await;
        }
    };
    let finding = tokio::time::timeout(crate::recorder::PATIENCE, degraded).await.expect("checks see it");
    assert!(finding.contains("site"), "{finding}");
    // All are down: every one is tried, so honest requests are still served.
    assert_eq!(get(rig.http(), "/x").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kept_connection_that_was_closed_costs_no_request() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    for _ in 0..50 {
        assert_eq!(client.get("/close").await.text(), "bye");
        client.send("POST /close HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").await;
        assert_eq!(client.response().await.text(), "bye");
    }
    assert_eq!(backend.requests().len(), 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_answers_are_502_and_posts_are_not_repeated() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    assert_eq!(client.get("/garbage").await.status, 502);
    assert_eq!(client.get("/warm").await.status, 200);
    client.send("POST /cut HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").await;
    assert_eq!(client.response().await.status, 502);
    assert_eq!(backend.requests().iter().filter(|seen| seen.line().starts_with("POST")).count(), 1);
    let reasons = rig.recorder.access(3).await;
    assert_eq!(reasons[2], (502, "upstream_broken".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn status_of_the_system_itself_passes_unchanged() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let response = get(rig.http(), "/unavailable").await;
    assert_eq!((response.status, response.header("x-request-id")), (503, None));
    let access = rig.recorder.wait(Dataset::AccessRequest, 1).await;
    assert_eq!((access[0].action.as_ref(), access[0].text(Field::EventReason)), ("serve", None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn upstream_that_answers_before_the_body_ends_leaves_nobody_hanging() {
    for mode in ["bypass", "block"] {
        // Answers at the head and reads no body.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let hasty = medward_store::testkit::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut buffer = [0; 64];
                if matches!(tokio::io::AsyncReadExt::read(&mut stream, &mut buffer).await, Ok(count) if count > 0) {
                    let answer = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno";
                    tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await.unwrap();
                }
                kept.push(stream);
            }
        });
        let rig = Rig::start(site(&[url], &format!("mode = {mode:?}"))).await;
        let mut client = RawClient::connect(rig.http()).await;
        client.send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n").await;
        client.send(vec![b'x'; 200_000]).await;
        let response = client.response().await;
        assert_eq!((response.status, response.text().as_str()), (413, "no"), "{mode}");
        assert_eq!(client.rest().await, b"", "{mode}: the connection ends instead of waiting for the rest");
        rig.recorder.access(1).await;
        hasty.abort();
    }
}

/// One request at a time for each upstream.
pub(crate) const ONE_EACH: &str = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\n[gateway.limits]\nupstream_concurrency = 1\n\
                        [gateway.timeouts]\nhead = \"1h\"\nkeep_alive = \"1h\"\nupstream_first_byte = \"1h\"\n";

/// Turns the clock, a second for each answer of the database, so that requests get on meanwhile.
async fn turn_slowly(rig: &Rig, hand: &ManualClock) {
    loop {
        hand.advance(std::time::Duration::from_secs(1));
        let mut reader = rig.house.kit().db.read().await.unwrap();
        fetch_all!(&mut reader, (i64,), "SELECT COUNT(*) FROM store_outbox").await.unwrap();
    }
}

/// Waits until the backend got so many requests.
async fn arrived(backend: &Backend, count: usize) {
    let look = async {
        while backend.requests().len() < count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::recorder::PATIENCE, look).await.expect("the request arrives");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn request_beyond_what_an_upstream_takes_waits_and_is_a_503_after_five_seconds() {
    let backend = Backend::start();
    let (setup, hand) = Setup::new(format!("{ONE_EACH}{}", site(&[backend.url()], ""))).with_manual_clock();
    let rig = setup.start().await;
    let mut first = RawClient::connect(rig.http()).await;
    first.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    arrived(&backend, 1).await;
    let refused = tokio::select! {
        response = get(rig.http(), "/x") => response,
        () = turn_slowly(&rig, &hand) => unreachable!(),
    };
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("5")));
    assert_eq!(backend.requests().len(), 1, "it never left");
    // Who waits goes on as soon as the other has its answer.
    let mut second = RawClient::connect(rig.http()).await;
    second.send("GET /y HTTP/1.1\r\nHost: a\r\n\r\n").await;
    backend.go_on.notify_one();
    assert_eq!((first.response().await.status, second.response().await.status), (200, 200));
    assert_eq!(rig.recorder.access(3).await[0], (503, "upstream_busy".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_an_answer_slowly_takes_no_place_at_the_upstream_from_others() {
    let backend = Backend::start();
    let rig = Rig::start(format!("{ONE_EACH}{}", site(&[backend.url()], ""))).await;
    let mut slow = RawClient::connect(rig.http()).await;
    slow.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await;
    // The answer has begun, and most of it waits for its reader.
    slow.stream.readable().await.unwrap();
    assert_eq!(get(rig.http(), "/x").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn upstream_with_room_is_preferred_to_one_where_a_request_would_wait() {
    let (one, other) = (Backend::start(), Backend::start());
    let rig = Rig::start(format!("{ONE_EACH}{}", site(&[one.url(), other.url()], ""))).await;
    let mut slow = RawClient::connect(rig.http()).await;
    slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    arrived(&one, 1).await;
    for _ in 0..8 {
        assert_eq!(get(rig.http(), "/x").await.status, 200);
    }
    assert_eq!((one.requests().len(), other.requests().len()), (1, 8));
    one.go_on.notify_one();
    assert_eq!(slow.response().await.status, 200);
}
