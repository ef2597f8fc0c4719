//! Who says nothing holds no connection of the console for long, and nobody holds them all.

use medward_kernel::clock::ManualClock;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::live::{Console, SECRET, console};
use super::wire::{Wire, settle};

/// Client preface and empty SETTINGS (RFC 9113 §3.4).
const H2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

async fn ends(console: &Console, alpn: &str, sent: &[u8]) {
    let mut wire = Wire::open(console.address, alpn).await;
    wire.send(sent).await;
    assert!(wire.ends(&console.clock).await, "{alpn} stays open after {sent:?}");
    settle().await;
    assert_eq!(held(console, "console.connections"), 0);
}

fn held(console: &Console, group: &str) -> usize {
    console.kit.supervisor.group(group).len()
}

#[tokio::test]
async fn silent_connection_is_closed_whatever_it_has_begun() {
    let console = console().await;
    ends(&console, "http/1.1", b"").await;
    ends(&console, "http/1.1", b"PRI * HT").await;
    ends(&console, "http/1.1", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow:").await;
    ends(&console, "h2", b"").await;
    ends(&console, "h2", b"PRI * HT").await;
    ends(&console, "h2", H2_PREFACE).await;
}

#[tokio::test]
async fn idle_connection_is_closed_after_its_requests() {
    let console = console().await;
    ends(&console, "http/1.1", b"GET /index.html HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
}

#[tokio::test]
async fn body_that_never_comes_begins_no_record() {
    let console = console().await;
    let csrf = medward_web::csrf::token(&console.kit.keys, SECRET);
    let mut wire = Wire::open(console.address, "http/1.1").await;
    let head = format!(
        "POST /api/v1/shelf/secrets HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-mw={SECRET}\r\nX-Medward-Csrf: {csrf}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    wire.send(head.as_bytes()).await;
    assert!(wire.sees("WEB-0408", &console.clock).await, "{}", wire.seen);
    assert!(wire.seen.starts_with("HTTP/1.1 408"), "{}", wire.seen);
    assert!(console.kit.audit.list(None, 10).await.unwrap().is_empty(), "nothing was begun");
}

#[tokio::test]
async fn one_network_takes_a_quarter_of_the_connections_at_most() {
    let console = console().await;
    let mut held = Vec::new();
    for _ in 0..1024 {
        held.push(TcpStream::connect(console.address).await.unwrap());
    }
    let mut refused = TcpStream::connect(console.address).await.unwrap();
    let closed = refused.read(&mut [0; 1]).await;
    assert!(matches!(closed, Ok(0) | Err(_)), "the 1025th connection of one address is closed: {closed:?}");
    let other = tokio::net::TcpSocket::new_v4().unwrap();
    other.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let _other = other.connect(console.address).await.unwrap();
    settle().await;
    assert_eq!(console.kit.supervisor.group("console.connections").len(), 1025);
}

#[tokio::test]
async fn live_view_is_no_idle_connection() {
    let console = console().await;
    let mut wire = Wire::open(console.address, "http/1.1").await;
    wire.get("/api/v1/system/stream", SECRET).await;
    wire.read_until("text/event-stream").await;
    beats(&mut wire, &console.clock, 20).await;
}

/// Twenty heartbeats are five minutes.
async fn beats(wire: &mut Wire, clock: &ManualClock, count: usize) {
    for _ in 0..count {
        wire.seen.clear();
        assert!(wire.sees(": heartbeat", clock).await, "the stream ended");
    }
}
