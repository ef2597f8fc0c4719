//! Slow, silent, greedy and large clients. Time is turned by hand: nobody waits.

use std::time::Duration;

use medward_contract::event::{Dataset, Field};
use medward_kernel::clock::ManualClock;

use crate::backend::Backend;
use crate::client::RawClient;
use crate::recorder::PATIENCE;
use crate::rig::{Rig, Setup, site};

/// Turns the clock in small steps until `done`, so that a timer armed a moment later is met as well.
pub(crate) async fn turn_until<T>(hand: &ManualClock, step: Duration, done: impl Future<Output = T>) -> (T, Duration) {
    let mut done = std::pin::pin!(done);
    let mut turned = Duration::ZERO;
    let turning = async {
        loop {
            for _ in 0..200 {
                if let std::task::Poll::Ready(value) = futures_util::poll!(&mut done) {
                    return (value, turned);
                }
                tokio::task::yield_now().await;
            }
            hand.advance(step);
            turned += step;
        }
    };
    tokio::time::timeout(PATIENCE, turning).await.expect("it never happened")
}

pub(crate) async fn manual(config: String) -> (Rig, ManualClock) {
    let (setup, hand) = Setup::new(config).with_manual_clock();
    (setup.start().await, hand)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn head_that_never_ends_is_refused_after_ten_seconds() {
    let backend = Backend::start();
    let (rig, hand) = manual(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    // Read ahead while the first request is under way, so the gateway has it before time is turned.
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\nX-Slow: ").await;
    while backend.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    backend.go_on.notify_one();
    assert_eq!(client.response().await.text(), "slow");
    let (response, turned) = turn_until(&hand, Duration::from_secs(1), client.response()).await;
    assert_eq!(response.status, 408);
    assert!(turned >= Duration::from_secs(10), "{turned:?}");
    assert_eq!(client.rest().await, b"");
    assert_eq!(rig.recorder.access(2).await[1], (408, "head_timeout".to_owned()));
    assert_eq!(backend.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_connection_is_closed_silently_after_keep_alive() {
    let backend = Backend::start();
    let (rig, hand) = manual(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    assert_eq!(client.get("/x").await.status, 200);
    let (rest, turned) = turn_until(&hand, Duration::from_secs(5), client.rest()).await;
    assert_eq!(rest, b"");
    assert!(turned >= Duration::from_secs(60), "{turned:?}");
    rig.recorder.access(1).await;
}

/// Requests the gateway answers with a page of its own, and the status of that page.
const REFUSED: [(&str, u16); 3] = [
    ("GET /?q=<script>alert(1)</script> HTTP/1.1\r\nHost: tj.example.org\r\n\r\n", 403),
    ("GET / HTTP/1.1\r\nHost: unknown.example.org\r\n\r\n", 404),
    ("GET /x/../inner HTTP/1.1\r\nHost: tj.example.org\r\n\r\n", 400),
];

/// Two objects, so that a path can be ambiguous.
fn two_objects(backend: &Backend) -> String {
    let object = |name, prefix| {
        let url = backend.url();
        format!(
            "[[gateway.object]]\nname = \"{name}\"\nhosts = [\"tj.example.org\"]\npath_prefix = \"{prefix}\"\nupstreams = [\"{url}\"]\n"
        )
    };
    format!("{}{}", object("outer", "/"), object("inner", "/inner"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connection_lives_on_after_a_page_of_our_own() {
    let backend = Backend::start();
    let rig = Rig::start(two_objects(&backend)).await;
    for (refused, status) in REFUSED {
        let mut client = RawClient::connect(rig.http()).await;
        // In one segment, so that hyper has both before it answers the first.
        client.send(format!("{refused}GET /next HTTP/1.1\r\nHost: tj.example.org\r\n\r\n{refused}")).await;
        assert_eq!(client.response().await.status, status);
        assert_eq!(client.response().await.text(), "you asked for /next", "after {status}");
        assert_eq!(client.response().await.status, status);
        // And one that comes later.
        assert_eq!(client.get("/later").await.text(), "you asked for /later", "after {status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connection_times_out_after_a_page_of_our_own() {
    let backend = Backend::start();
    let (rig, hand) = manual(two_objects(&backend)).await;
    for (refused, status) in REFUSED {
        let mut idle = RawClient::connect(rig.http()).await;
        idle.send(refused).await;
        assert_eq!(idle.response().await.status, status);
        let (rest, turned) = turn_until(&hand, Duration::from_secs(5), idle.rest()).await;
        assert_eq!(rest, b"", "after {status}");
        assert!(turned >= Duration::from_secs(60), "after {status}: {turned:?}");

        let mut slow = RawClient::connect(rig.http()).await;
        slow.send(format!("{refused}GET / HT")).await;
        assert_eq!(slow.response().await.status, status);
        let (response, turned) = turn_until(&hand, Duration::from_secs(1), slow.response()).await;
        assert_eq!(response.status, 408, "after {status}");
        assert!(turned >= Duration::from_secs(10), "after {status}: {turned:?}");
        assert_eq!(slow.rest().await, b"");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn body_that_comes_too_slowly_is_refused_and_never_arrives() {
    let backend = Backend::start();
    let (rig, hand) = manual(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n").await;
    assert!(client.head().await.starts_with("HTTP/1.1 100 "), "from now on the body is awaited");
    client.send("abc").await;
    let (response, turned) = turn_until(&hand, Duration::from_secs(1), client.response()).await;
    assert_eq!(response.status, 408);
    assert!(turned >= Duration::from_secs(10), "{turned:?}");
    assert_eq!(rig.recorder.access(1).await, [(408, "body_timeout".to_owned())]);
    assert!(backend.bytes().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_upstream_is_given_up_after_sixty_seconds() {
    let backend = Backend::start();
    let (rig, hand) = manual(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    while backend.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    let (response, turned) = turn_until(&hand, Duration::from_secs(5), client.response()).await;
    assert_eq!(response.status, 504);
    assert!(turned >= Duration::from_secs(60), "{turned:?}");
    assert_eq!(rig.recorder.access(1).await, [(504, "upstream_timeout".to_owned())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_gets_only_its_share_of_connections() {
    let backend = Backend::start();
    let config = format!(
        "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\n[gateway.limits]\nconnections_per_address = 3\n{}",
        site(&[backend.url()], "")
    );
    let rig = Rig::start(config).await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        let mut client = RawClient::connect(rig.http()).await;
        assert_eq!(client.get("/x").await.status, 200);
        clients.push(client);
    }
    let mut fourth = RawClient::connect(rig.http()).await;
    drop(tokio::io::AsyncWriteExt::write_all(&mut fourth.stream, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await);
    assert_eq!(fourth.rest().await, b"");
    clients.pop();
    // The seat is free as soon as the gateway has seen the end of the connection.
    let served = async {
        loop {
            let mut client = RawClient::connect(rig.http()).await;
            drop(tokio::io::AsyncWriteExt::write_all(&mut client.stream, b"GET /y HTTP/1.0\r\nHost: a\r\n\r\n").await);
            if client.rest().await.starts_with(b"HTTP/1.0 200") {
                return;
            }
        }
    };
    tokio::time::timeout(crate::recorder::PATIENCE, served).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn body_beyond_the_limit_is_refused_announced_or_not() {
    let backend = Backend::start();
    let config = format!(
        "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\n[gateway.limits]\nbody = \"200KiB\"\n{}",
        site(&[backend.url()], "")
    );
    let rig = Rig::start(config).await;
    let mut client = RawClient::connect(rig.http()).await;
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 204801\r\n\r\n").await;
    assert_eq!(client.response().await.status, 413);
    let mut client = RawClient::connect(rig.http()).await;
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..4 {
        drop(tokio::io::AsyncWriteExt::write_all(&mut client.stream, chunk.as_bytes()).await);
    }
    assert_eq!(client.response().await.status, 413);
    let reasons = rig.recorder.access(2).await;
    assert!(reasons.iter().all(|reason| *reason == (413, "body_too_large".to_owned())), "{reasons:?}");
    assert!(backend.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_finishes_what_is_under_way_and_takes_nothing_new() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let address = rig.http();
    let mut idle = RawClient::connect(address).await;
    assert_eq!(idle.get("/x").await.status, 200);
    let mut busy = RawClient::connect(address).await;
    busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    while backend.requests().len() < 2 {
        tokio::task::yield_now().await;
    }
    let recorder = rig.recorder.clone();
    let stopping = medward_store::testkit::spawn(rig.house.stop());
    assert_eq!(idle.rest().await, b"", "idle connections end at once");
    backend.go_on.notify_one();
    let response = busy.response().await;
    assert_eq!((response.status, response.header("connection")), (200, Some("close")));
    assert!(stopping.await.unwrap().is_empty(), "nobody remained");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    recorder.wait(Dataset::AccessRequest, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_cut_off_at_the_end_of_the_drain_is_recorded_before_the_house_closes() {
    let backend = Backend::start();
    let (rig, hand) = manual(site(&[backend.url()], "")).await;
    let mut download = RawClient::connect(rig.http()).await;
    download.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await;
    download.head().await;
    let mut waiting = crate::http2::Raw::connect(&rig).await;
    waiting.get(1, "/slow").await;
    while backend.requests().len() < 2 {
        tokio::task::yield_now().await;
    }
    let recorder = rig.recorder.clone();
    let mut stopping = std::pin::pin!(rig.house.stop());
    assert!(futures_util::poll!(&mut stopping).is_pending(), "they are waited for");
    hand.advance(Duration::from_secs(31));
    let stragglers = tokio::time::timeout(PATIENCE, stopping).await.unwrap();
    assert!(stragglers.iter().any(|name| name.starts_with("gateway.connections")), "{stragglers:?}");
    // Nothing is waited for any more: what the vault has not got by now is lost.
    let mut status: Vec<_> =
        recorder.of(Dataset::AccessRequest).iter().map(|event| event.int(Field::HttpStatus).unwrap()).collect();
    status.sort_unstable();
    assert_eq!(status, [200, 499]);
}

/// Resident memory of this process now, and its peak since [`forget_peak`], bytes. Each test is a process of its own.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    };
    (field("VmRSS:"), field("VmHWM:"))
}

fn forget_peak() {
    // proc(5): 5 resets the peak of resident memory.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

const MIB: u64 = 1 << 20;

/// Client and backend live in this process too and keep nothing of what passes, so they can only make it look worse.
async fn upload_growth(rig: &Rig, head: &str, piece: &[u8], pieces: usize, tail: &[u8]) -> u64 {
    let mut client = RawClient::connect(rig.http()).await;
    let (before, _) = memory();
    forget_peak();
    client.send(head).await;
    for _ in 0..pieces {
        client.send(piece).await;
    }
    client.send(tail).await;
    assert_eq!(client.response().await.status, 200, "{head}");
    memory().1.saturating_sub(before)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn upload_of_fifty_megabytes_grows_memory_by_sixteen_at_most() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let (total, piece) = (50 * MIB, vec![b'x'; 64 * 1024]);
    let head = format!(
        "POST /up HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nContent-Length: {total}\r\n\r\n"
    );
    // The first one warms up what stays: buffers, threads, the engine.
    for round in ["warm-up", "measured"] {
        let growth = upload_growth(&rig, &head, &piece, 800, b"").await;
        assert!(round == "warm-up" || growth <= 16 * MIB, "{} MiB", growth / MIB);
    }
    let part = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.bin\"\r\n\r\n";
    let tail = "\r\n--b--\r\n";
    let length = part.len() + tail.len() + 800 * 64 * 1024;
    let head = format!(
        "POST /up HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n{part}"
    );
    let growth = upload_growth(&rig, &head, &piece, 800, tail.as_bytes()).await;
    assert!(growth <= 16 * MIB, "{} MiB", growth / MIB);
    let head = "POST /up HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[\"a\"\r\n";
    let mut chunk = b"8000\r\n".to_vec();
    chunk.extend_from_slice(&b",\"aaaaa\"".repeat(0x1000));
    chunk.extend_from_slice(b"\r\n");
    let growth = upload_growth(&rig, head, &chunk, 1600, b"1\r\n]\r\n0\r\n\r\n").await;
    assert!(growth <= 16 * MIB, "{} MiB", growth / MIB);
}

/// What these programs, one after the other, make of 256 MiB of one letter.
fn bomb(packers: &str) -> Vec<u8> {
    let script = format!("head -c 268435456 /dev/zero | tr '\\0' 'a' | {packers}");
    let packed = std::process::Command::new("bash").args(["-o", "pipefail", "-c", &script]).output().unwrap();
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    packed.stdout
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decompression_bomb_costs_no_more_than_what_is_looked_at() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let packers =
        [("gzip", "gzip -9"), ("br", "brotli -q 5 -c"), ("zstd", "zstd -q -c"), ("gzip, gzip", "gzip -9 | gzip -9")];
    if !["gzip", "brotli", "zstd"].into_iter().all(crate::peers::have) {
        return;
    }
    for (coding, packer) in packers {
        let body = bomb(packer);
        for round in ["warm-up", "measured"] {
            let head = format!(
                "POST /up HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                 Content-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let mut client = RawClient::connect(rig.http()).await;
            let (before, _) = memory();
            forget_peak();
            client.send(head).await;
            client.send(&body).await;
            let status = client.response().await.status;
            let growth = memory().1.saturating_sub(before);
            assert!(matches!(status, 200 | 403 | 413), "{coding}: {status}");
            assert!(round == "warm-up" || growth <= 64 * MIB, "{coding}: {} MiB", growth / MIB);
        }
    }
}
