//! Exchanges to try engines on: the tables of attacks and honest values, carried in many places; what proptest makes of
//! pieces that rules react to; and mutations of both.

use std::fmt::Write as _;

use medward_waf::{Head, ResponseHead};
use proptest::prelude::*;

use super::engines::Exchange;
use crate::requests::{Carry, Request, browser, get, json_string, multipart, percent, post, rows, unescape, xml};

const ATTACKS: &str = include_str!("../../data/attacks.tsv");
const HONEST: &str = include_str!("../../data/benign-values.txt");
const FORM: &str = "application/x-www-form-urlencoded";

const PLACES: &[Carry] = &[
    |value| get(format!("/report?q={}&page=1", percent(value)).as_bytes()),
    |value| get(format!("/report?q={}", percent(percent(value).as_bytes())).as_bytes()),
    |value| get(format!("/{}?{}=1", percent(value), percent(value)).as_bytes()),
    |value| post("/record", FORM, format!("name=wang&remark={}", percent(value)).as_bytes()),
    |value| {
        post("/api", "application/json", format!("{{\"a\":[1,{{\"id\":{}}}]}}", json_string(value, true)).as_bytes())
    },
    |value| post("/api", "application/json", format!("{{\"id\":{},}}", json_string(value, false)).as_bytes()),
    |value| post("/any", "text/plain", value),
    |value| multipart("remark", value),
    xml,
    |value| {
        let cookie = format!("session=MDk4ZjZiY2Q0NjIxZDM3; last={}", percent(value));
        let referer = format!("https://www.example.org/s?wd={}", percent(value));
        let head =
            browser("GET", b"/").with_header(b"Cookie", cookie.as_bytes()).with_header(b"Referer", referer.as_bytes());
        Request { head, body: Vec::new() }
    },
];

/// Every value of the tables in one place after the other.
pub(crate) fn tables() -> Vec<Exchange> {
    let attacks = rows(ATTACKS).filter_map(|row| row.split_once('\t')).map(|(_, value)| value);
    let values = attacks.chain(rows(HONEST));
    values.flat_map(|value| PLACES.iter().map(move |carry| carry(&unescape(value)).into())).collect()
}

/// Pieces of values: short ones that meet often, encodings of them, and beginnings of attacks.
const PIECES: &[&str] = &[
    "a",
    "b",
    "A",
    "ab",
    "abc",
    "1",
    "2",
    "10",
    "-1",
    "0",
    "/",
    "../",
    "\\",
    "'",
    "\"",
    "<",
    ">",
    "=",
    ";",
    "&amp;",
    "&#97;",
    "%61",
    "%2561",
    "%u0061",
    "\\x61",
    "\\u0061",
    "\\141",
    "/*",
    "*/",
    "/**/",
    "--",
    "#",
    "%00",
    "%",
    "+",
    " ",
    "\t",
    "YWJjYWJjYWJjYWJj",
    "616263",
    "0x6162",
    "$IFS",
    "c'a't",
    "\u{540d}",
    "\u{ff41}",
    "%c0%ae",
    "GET",
    "select",
    "union select 1",
    "or 1=1",
    "<script>",
    "onerror=",
    "${jndi:",
    "10.0.0.1",
    "=",
    "&",
    "a.php",
];

fn value() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        12 => prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(&["a", "b", "A", "ab", "id", "session", "x", ""][..]).prop_map(str::to_owned)
}

/// `a=1&b=2`, the values escaped where that is necessary.
fn arguments() -> impl Strategy<Value = Vec<u8>> {
    let pair = (name(), value(), any::<bool>()).prop_map(|(name, value, raw)| {
        let value =
            if raw { value.into_iter().filter(|byte| *byte > b' ').collect() } else { percent(&value).into_bytes() };
        [name.as_bytes(), b"=", &value].concat()
    });
    prop::collection::vec(pair, 0..4).prop_map(|pairs| pairs.join(&b'&'))
}

fn body() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    prop_oneof![
        2 => Just(("", Vec::new())),
        3 => arguments().prop_map(|arguments| (FORM, arguments)),
        2 => prop::collection::vec((name(), value()), 0..4).prop_map(|pairs| {
            let members: Vec<_> = pairs.iter().map(|(name, value)| format!("\"{name}\":[{},1]", json_string(value, false))).collect();
            ("application/json", format!("{{{}}}", members.join(",")).into_bytes())
        }),
        1 => (name(), value()).prop_map(|(name, value)| {
            let text = percent(&value).replace('%', "&#37;");
            ("text/xml", format!("<r a=\"{text}\"><{name}x>{text}</{name}x></r>").into_bytes())
        }),
        2 => prop::collection::vec((name(), value(), any::<bool>()), 0..3).prop_map(|parts| {
            let mut body = Vec::new();
            for (name, value, file) in parts {
                let file = if file { format!("; filename=\"{name}.php\"") } else { String::new() };
                let head = format!("--BB\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
                body.extend_from_slice(&[head.as_bytes(), &value, b"\r\n"].concat());
            }
            body.extend_from_slice(b"--BB--\r\n");
            ("multipart/form-data; boundary=BB", body)
        }),
        1 => value().prop_map(|value| ("text/plain", value)),
    ]
}

fn response() -> impl Strategy<Value = Option<(ResponseHead, Vec<u8>)>> {
    let response = (prop::sample::select(&[200, 404, 500][..]), value(), value()).prop_map(|(status, header, body)| {
        let header = header.into_iter().filter(|byte| *byte >= b' ').collect();
        let headers = vec![(b"Content-Type".to_vec(), b"text/html".to_vec()), (b"X-A".to_vec(), header)];
        (ResponseHead { version: b"HTTP/1.1".to_vec(), status, headers }, body)
    });
    prop::option::of(response)
}

/// A request, and perhaps its response.
pub(crate) fn exchange() -> impl Strategy<Value = Exchange> {
    let method = prop::sample::select(&["GET", "POST", "PUT", "OPTIONS"][..]);
    let header = value().prop_map(|value| value.into_iter().filter(|byte| *byte >= b' ').collect::<Vec<_>>());
    (method, value(), arguments(), header, arguments(), body(), response()).prop_map(
        |(method, path, query, header, cookies, (kind, body), response)| {
            let target = [b"/", percent(&path).as_bytes(), b"?", &query].concat();
            let cookies: Vec<u8> = cookies.into_iter().map(|byte| if byte == b'&' { b';' } else { byte }).collect();
            let mut head = Head::new(method.as_bytes(), &target, b"HTTP/1.1")
                .with_header(b"Host", b"a.example.org")
                .with_header(b"X-A", &header)
                .with_header(b"Cookie", &cookies);
            if !kind.is_empty() {
                head = head.with_header(b"Content-Type", kind.as_bytes());
            }
            Exchange { request: Request { head, body }, response }
        },
    )
}

/// Numbers that look random and are the same every time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or_default() % sides.max(1)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.roll(3) {
            let at = self.roll(bytes.len() + 1);
            let piece = PIECES[self.roll(PIECES.len())].as_bytes();
            match self.roll(5) {
                0 => bytes.truncate(at),
                1 => drop(bytes.splice(at..at, piece.iter().copied())),
                2 if at < bytes.len() => bytes[at] = u8::try_from(self.roll(256)).unwrap_or_default(),
                3 if at < bytes.len() => drop(bytes.remove(at)),
                _ => {
                    let again = bytes[at..(at + 8).min(bytes.len())].to_vec();
                    drop(bytes.splice(at..at, again));
                }
            }
        }
        bytes
    }

    /// One of them, mutated.
    pub(crate) fn mutated_one_of(&mut self, exchanges: &[Exchange]) -> Exchange {
        let at = self.roll(exchanges.len());
        self.mutated(&exchanges[at])
    }

    /// The same request but for a few bytes of target, a header or the body.
    pub(crate) fn mutated(&mut self, exchange: &Exchange) -> Exchange {
        let Request { head, body } = &exchange.request;
        let headers: Vec<_> = head.headers().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
        let (mut target, mut body, mut changed) = (head.target().to_vec(), body.clone(), headers.clone());
        let what = self.roll(4);
        if what == 0 && !changed.is_empty() {
            let at = self.roll(changed.len());
            let value = self.bytes(&changed[at].1);
            changed[at].1 = value.into_iter().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0)).collect();
        } else if what == 1 || body.is_empty() {
            target = self.bytes(&target).into_iter().filter(|byte| *byte > b' ').collect();
        } else {
            body = self.bytes(&body);
        }
        let mut head = Head::new(head.method(), &target, head.version());
        for (name, value) in &changed {
            head = head.with_header(name, value);
        }
        Exchange { request: Request { head, body }, response: exchange.response.clone() }
    }
}

/// The request as text, to try a finding by hand.
pub(crate) fn shown(exchange: &Exchange) -> String {
    let Request { head, body } = &exchange.request;
    let mut text = format!("{}\n", medward_waf::printable(head.line()));
    for (name, value) in head.headers() {
        let _infallible = writeln!(text, "{}: {}", medward_waf::printable(name), medward_waf::printable(value));
    }
    text + "\n" + &medward_waf::printable(body)
}
