//! HTTP/2 frames written by hand: what a library would never send.

use std::time::Duration;

use medward_contract::event::{Dataset, Field};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::backend::Backend;
use crate::limits::{manual, turn_until};
use crate::recorder::PATIENCE;
use crate::rig::{Rig, site};
use crate::tls::connect;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

pub(crate) struct Raw(TlsStream<TcpStream>);

/// Names and values of a header list.
type Fields<'a> = Vec<(&'a str, &'a [u8])>;

/// How the gateway took a request.
#[derive(Debug, PartialEq, Eq)]
enum Taken {
    /// A response head; the status if HPACK's static table names it.
    Answered(Option<u16>),
    Reset,
    GoAway,
    Closed,
}

/// A field as a literal without indexing, not Huffman coded (RFC 7541 §6.2.2).
fn field(name: &str, value: &[u8], out: &mut Vec<u8>) {
    out.push(0);
    for text in [name.as_bytes(), value] {
        // Lengths of 127 and more take a second integer part (§5.1).
        if text.len() < 127 {
            out.push(text.len() as u8);
        } else {
            out.push(127);
            let mut rest = text.len() - 127;
            while rest >= 128 {
                out.push((rest % 128) as u8 | 0x80);
                rest /= 128;
            }
            out.push(rest as u8);
        }
        out.extend_from_slice(text);
    }
}

fn block(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        field(name, value, &mut out);
    }
    out
}

/// The pseudo-fields of an ordinary request, and more.
fn request<'a>(more: &[(&'a str, &'a [u8])]) -> Fields<'a> {
    let mut fields: Fields<'a> =
        vec![(":method", b"GET"), (":scheme", b"https"), (":path", b"/smuggled"), (":authority", b"a")];
    fields.extend_from_slice(more);
    fields
}

impl Raw {
    pub(crate) async fn connect(rig: &Rig) -> Self {
        Self::connect_with(rig, &[]).await
    }

    /// A connection with these settings.
    async fn connect_with(rig: &Rig, settings: &[u8]) -> Self {
        let (stream, _) = connect(rig.https(), "a", &["h2"], rustls::DEFAULT_VERSIONS).await;
        let mut raw = Self(stream);
        raw.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
        raw.frame(SETTINGS, 0, 0, settings).await;
        raw
    }

    /// A GET without body.
    pub(crate) async fn get(&mut self, stream: u32, path: &str) {
        let fields: Fields<'_> =
            vec![(":method", b"GET"), (":scheme", b"https"), (":path", path.as_bytes()), (":authority", b"a")];
        self.frame(HEADERS, END_STREAM | END_HEADERS, stream, &block(&fields)).await;
    }

    async fn write(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).await.is_ok() && self.0.flush().await.is_ok()
    }

    async fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> bool {
        let mut bytes = (payload.len() as u32).to_be_bytes()[1..].to_vec();
        bytes.extend_from_slice(&[kind, flags]);
        bytes.extend_from_slice(&stream.to_be_bytes());
        bytes.extend_from_slice(payload);
        self.write(&bytes).await
    }

    async fn read_frame(&mut self) -> Option<(u8, u8, Vec<u8>)> {
        let mut head = [0; 9];
        let read = tokio::time::timeout(PATIENCE, self.0.read_exact(&mut head)).await.expect("a frame in time");
        read.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).await.ok()?;
        Some((head[3], head[4], payload))
    }

    /// What comes back that says something about the request.
    async fn taken(&mut self) -> Taken {
        loop {
            match self.read_frame().await {
                None => return Taken::Closed,
                Some((RST_STREAM, ..)) => return Taken::Reset,
                Some((GOAWAY, ..)) => return Taken::GoAway,
                // 0x8c: static table index 12, ":status 400" (RFC 7541 appendix A); others come as literals.
                Some((HEADERS, _, payload)) => {
                    let status = match payload.first() {
                        Some(0x88) => Some(200),
                        Some(0x8c) => Some(400),
                        Some(0x8d) => Some(404),
                        _ => None,
                    };
                    return Taken::Answered(status);
                }
                Some(_) => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn request_that_would_smuggle_when_rebuilt_never_arrives() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let with = |more: &[(&'static str, &'static [u8])]| request(more);
    let cases: Vec<(&str, Fields<'_>)> = vec![
        ("CRLF in a value", with(&[("x", b"a\r\nContent-Length: 9")])),
        ("LF in a value", with(&[("x", b"a\nb")])),
        ("NUL in a value", with(&[("x", b"a\0b")])),
        ("CRLF in a name", with(&[("x: y\r\nz", b"a")])),
        ("upper-case name", with(&[("X-Upper", b"a")])),
        ("connection", with(&[("connection", b"close")])),
        ("transfer-encoding", with(&[("transfer-encoding", b"chunked")])),
        ("te", with(&[("te", b"gzip")])),
        ("upgrade", with(&[("upgrade", b"websocket")])),
        ("content-length without DATA", with(&[("content-length", b"7")])),
        ("unknown pseudo-field", with(&[(":other", b"a")])),
        ("pseudo-field after a field", {
            let mut fields = with(&[("x", b"a")]);
            fields.push((":path", b"/twice"));
            fields
        }),
        (
            "CRLF in the path",
            vec![
                (":method", b"GET"),
                (":scheme", b"https"),
                (":path", b"/smuggled HTTP/1.1\r\nX: y"),
                (":authority", b"a"),
            ],
        ),
        (
            "blank in the method",
            vec![(":method", b"GET /"), (":scheme", b"https"), (":path", b"/smuggled"), (":authority", b"a")],
        ),
        (
            "user in the authority",
            vec![(":method", b"GET"), (":scheme", b"https"), (":path", b"/smuggled"), (":authority", b"u@a")],
        ),
        ("no path", vec![(":method", b"GET"), (":scheme", b"https"), (":authority", b"a")]),
    ];
    for (name, fields) in cases {
        let mut raw = Raw::connect(&rig).await;
        raw.frame(HEADERS, END_STREAM | END_HEADERS, 1, &block(&fields)).await;
        let taken = raw.taken().await;
        assert!(matches!(taken, Taken::Reset | Taken::GoAway | Taken::Answered(Some(400))), "{name}: {taken:?}");
        assert!(backend.bytes().is_empty(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn host_that_disagrees_or_is_missing_and_repeated_content_type_are_refused_and_recorded() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut raw = Raw::connect(&rig).await;
    raw.frame(HEADERS, END_STREAM | END_HEADERS, 1, &block(&request(&[("host", b"b")]))).await;
    assert_eq!(raw.taken().await, Taken::Answered(Some(400)));
    let none: Fields<'_> = vec![(":method", b"GET"), (":scheme", b"https"), (":path", b"/x")];
    raw.frame(HEADERS, END_STREAM | END_HEADERS, 3, &block(&none)).await;
    assert_eq!(raw.taken().await, Taken::Answered(Some(400)));
    raw.frame(HEADERS, END_STREAM | END_HEADERS, 5, &block(&request(&[("host", b"a")]))).await;
    assert_eq!(raw.taken().await, Taken::Answered(Some(200)));
    let twice: [(&str, &[u8]); 2] = [("content-type", b"text/plain"), ("content-type", b"application/json")];
    raw.frame(HEADERS, END_STREAM | END_HEADERS, 7, &block(&request(&twice))).await;
    assert_eq!(raw.taken().await, Taken::Answered(Some(400)));
    let access = rig.recorder.wait(Dataset::AccessRequest, 4).await;
    let rules: Vec<_> = access.iter().map(|event| event.text(Field::RuleName)).collect();
    assert_eq!(rules, [Some("host_mismatch"), Some("host_missing"), None, Some("content_type_repeated")]);
    assert_eq!(backend.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rapid_reset_ends_the_connection() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut raw = Raw::connect(&rig).await;
    let fields: Fields<'_> =
        vec![(":method", b"GET"), (":scheme", b"https"), (":path", b"/slow"), (":authority", b"a")];
    let headers = block(&fields);
    for number in 0..2000_u32 {
        let stream = 2 * number + 1;
        let sent = raw.frame(HEADERS, END_STREAM | END_HEADERS, stream, &headers).await
            && raw.frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes()).await;
        if !sent {
            break;
        }
    }
    let mut ends = Vec::new();
    loop {
        match raw.taken().await {
            Taken::Closed => break,
            other => ends.push(other),
        }
    }
    assert!(ends.contains(&Taken::GoAway), "{ends:?}");
    assert!(backend.requests().len() < 2000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flood_of_continuations_ends_the_connection() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut raw = Raw::connect(&rig).await;
    raw.frame(HEADERS, END_STREAM, 1, &block(&request(&[]))).await;
    let filler = block(&[("x", &[b'a'; 8000])]);
    for _ in 0..2000 {
        if !raw.frame(CONTINUATION, 0, 1, &filler).await {
            break;
        }
    }
    let mut taken = raw.taken().await;
    while !matches!(taken, Taken::Closed | Taken::GoAway) {
        taken = raw.taken().await;
    }
    assert!(backend.bytes().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn header_list_beyond_the_limit_is_refused() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut raw = Raw::connect(&rig).await;
    let many: Fields<'_> = request(&[("x", &b"y"[..]); 101]);
    raw.frame(HEADERS, END_STREAM | END_HEADERS, 1, &block(&many)).await;
    assert_eq!(raw.taken().await, Taken::Answered(None));
    let access = rig.recorder.access(1).await;
    assert_eq!(access, [(431, "malformed".to_owned())]);
    assert!(backend.bytes().is_empty());
}

/// A client that sends heads and no bodies.
async fn bodies_that_never_come(mode: &str) {
    let backend = Backend::start();
    let (rig, hand) = manual(site(&[backend.url()], &format!("mode = \"{mode}\""))).await;
    let mut raw = Raw::connect(&rig).await;
    let post: Fields<'_> = vec![
        (":method", b"POST"),
        (":scheme", b"https"),
        (":path", b"/echo"),
        (":authority", b"a"),
        ("content-length", b"100000"),
    ];
    for stream in [1, 3, 5] {
        raw.frame(HEADERS, END_HEADERS, stream, &block(&post)).await;
        raw.frame(DATA, 0, stream, b"abc").await;
    }
    // Frames are read in order: once this is answered, the gateway has the others.
    raw.get(7, "/x").await;
    assert_eq!(raw.taken().await, Taken::Answered(Some(200)));
    let (access, turned) = turn_until(&hand, Duration::from_secs(1), rig.recorder.access(4)).await;
    assert_eq!(access[0], (200, String::new()));
    assert!(access[1..].iter().all(|request| *request == (408, "body_timeout".to_owned())), "{mode}: {access:?}");
    assert!(turned >= Duration::from_secs(10), "{mode}: {turned:?}");
    // In bypass mode the heads may pass, the bodies never do.
    assert_eq!(backend.requests().len(), 1);
    // The connection itself is none the worse for it.
    raw.get(9, "/y").await;
    loop {
        match raw.taken().await {
            Taken::Answered(Some(200)) => break,
            Taken::Answered(None) | Taken::Reset => {}
            other => panic!("{mode}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn body_that_comes_too_slowly_is_refused_on_every_stream() {
    bodies_that_never_come("block").await;
    bodies_that_never_come("bypass").await;
}

/// `SETTINGS_INITIAL_WINDOW_SIZE` (RFC 9113 §6.5.2).
fn initial_window(bytes: u32) -> Vec<u8> {
    let mut setting = 4_u16.to_be_bytes().to_vec();
    setting.extend_from_slice(&bytes.to_be_bytes());
    setting
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_that_nobody_takes_is_given_up_and_the_connection_with_it() {
    let backend = Backend::start();
    for window in [0, 65_535] {
        let (rig, hand) = manual(site(&[backend.url()], "")).await;
        let mut raw = Raw::connect_with(&rig, &initial_window(window)).await;
        for stream in [1, 3, 5] {
            raw.get(stream, "/large").await;
        }
        // A page of our own waits for the client as well.
        raw.get(7, "/?q=%3Cscript%3Ealert(1)%3C/script%3E").await;
        for _ in 0..4 {
            let taken = raw.taken().await;
            assert!(matches!(taken, Taken::Answered(_)), "{window}: {taken:?}");
        }
        let access = rig.recorder.access(4);
        let (mut access, turned) = turn_until(&hand, Duration::from_secs(5), access).await;
        access.sort();
        assert!(turned >= Duration::from_secs(60), "{window}: {turned:?}");
        let large = (200, "client_closed".to_owned());
        assert_eq!(access, [large.clone(), large.clone(), large, (403, "waf".to_owned())], "{window}");
        let end = async {
            let mut taken = Vec::new();
            while taken.last() != Some(&Taken::Closed) {
                taken.push(raw.taken().await);
            }
            taken
        };
        let (taken, _) = turn_until(&hand, Duration::from_secs(5), end).await;
        assert!(taken.contains(&Taken::GoAway), "{window}: {taken:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_that_is_taken_slowly_goes_on() {
    let backend = Backend::start();
    let (rig, hand) = manual(site(&[backend.url()], "")).await;
    let mut raw = Raw::connect_with(&rig, &initial_window(0)).await;
    raw.get(1, "/large").await;
    assert_eq!(raw.taken().await, Taken::Answered(Some(200)));
    for round in 0..3 {
        hand.advance(Duration::from_secs(50));
        raw.frame(WINDOW_UPDATE, 0, 1, &16_384_u32.to_be_bytes()).await;
        let mut left = 16_384;
        while left > 0 {
            match raw.read_frame().await {
                Some((DATA, _, data)) => left -= data.len(),
                Some((RST_STREAM | GOAWAY, ..)) | None => panic!("cut in round {round}"),
                Some(_) => {}
            }
        }
    }
    assert!(rig.recorder.all().is_empty(), "it is still under way");
}
