//! Requests from templates: payloads and whole requests are lists of text, and only what changes is drawn.
//!
//! `§` and a letter stand for something drawn, `⟨…⟩` is written in base64, `«…»` percent-encoded, as the target or form
//! around it demands.

use super::super::super::codec;
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Wire, session_cookie};

pub(super) type Whole = (Vec<u8>, Place, Encoding);

/// A whole request: `line` is the target, after a method and a blank where it is not the usual one.
#[derive(Clone, Copy)]
pub(super) struct Hole {
    place: Place,
    encoding: Encoding,
    line: &'static str,
    /// `Name: value`, one to a line.
    headers: &'static str,
    kind: &'static str,
    body: &'static str,
}

impl Hole {
    const fn new(place: Place, line: &'static str) -> Self {
        Self { place, encoding: Encoding::Plain, line, headers: "", kind: "", body: "" }
    }

    /// The payload is spelled that way in the template already.
    pub(super) const fn spelled(self, encoding: Encoding) -> Self {
        Self { encoding, ..self }
    }

    pub(super) const fn with(self, headers: &'static str) -> Self {
        Self { headers, ..self }
    }

    pub(super) const fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }
}

pub(super) const fn query(line: &'static str) -> Hole {
    Hole::new(Place::Query, line)
}

pub(super) const fn path(line: &'static str) -> Hole {
    Hole::new(Place::Path, line)
}

pub(super) const fn header(line: &'static str, headers: &'static str) -> Hole {
    Hole::new(Place::Header, line).with(headers)
}

pub(super) const fn cookie(line: &'static str, headers: &'static str) -> Hole {
    Hole::new(Place::Cookie, line).with(headers)
}

pub(super) const fn form(line: &'static str, body: &'static str) -> Hole {
    Hole { kind: FORM, body, ..Hole::new(Place::Form, line) }
}

pub(super) const fn json(line: &'static str, body: &'static str) -> Hole {
    Hole { kind: JSON, body, ..Hole::new(Place::Json, line) }
}

pub(super) const fn xml(line: &'static str, body: &'static str) -> Hole {
    Hole { kind: "text/xml; charset=utf-8", body, ..Hole::new(Place::Xml, line) }
}

pub(super) const fn other(line: &'static str, kind: &'static str, body: &'static str) -> Hole {
    Hole { kind, body, ..Hole::new(Place::Body, line) }
}

/// A payload of one of these templates.
pub(super) fn one(rng: &mut Rng, templates: &[&str]) -> Vec<u8> {
    let template = rng.pick(templates);
    Filler::new(rng).fill(rng, template).into_bytes()
}

/// A request of one of these templates, sent by a browser or a program.
pub(super) fn whole(rng: &mut Rng, holes: &[Hole]) -> Whole {
    let hole = rng.pick(holes);
    let filler = Filler::new(rng);
    let line = filler.fill(rng, hole.line);
    let usual = if hole.kind.is_empty() { "GET" } else { "POST" };
    let (method, target) = line.split_once(' ').unwrap_or((usual, &line));
    let mut wire = Wire::new(method, target);
    let mut names_agent = false;
    for header in hole.headers.lines() {
        let (name, value) = header.split_once(": ").expect("a header");
        names_agent |= name == "User-Agent";
        wire = wire.header(name, filler.fill(rng, value));
    }
    if !hole.kind.is_empty() {
        wire = wire.body(hole.kind, filler.fill(rng, hole.body));
    }
    let wire = if names_agent { wire.header("Accept", "*/*") } else { agent(rng, wire, hole.place) };
    let encoding = if filler.escapes_all && hole.encoding == Encoding::Plain && Filler::meets(hole) {
        Encoding::Percent
    } else {
        hole.encoding
    };
    (wire.finish(rng), hole.place, encoding)
}

/// The headers of what people attack with. Where the cookie carries the attack, no other one is sent.
pub(super) fn agent(rng: &mut Rng, wire: Wire, place: Place) -> Wire {
    match rng.below(8) {
        0..=2 if place != Place::Cookie => wire.desktop(rng),
        3 if place != Place::Cookie => wire.mobile(rng),
        4 => wire.program("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/109.0"),
        _ => wire.program(rng.pick(&[
            "python-requests/2.28.1",
            "curl/7.81.0",
            "Go-http-client/1.1",
            "Java/1.8.0_202",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.108 Safari/537.36",
        ])),
    }
}

/// A cookie header with the session of a framework before the value.
pub(super) fn with_session(rng: &mut Rng, value: &str) -> String {
    format!("{}; {value}", session_cookie(rng))
}

/// Fills templates; `§v` and `§m` are the same in all of one request.
pub(super) struct Filler {
    word: String,
    number: usize,
    escapes_all: bool,
}

impl Filler {
    pub(super) fn new(rng: &mut Rng) -> Self {
        let length = rng.between(4, 8);
        Self { word: rng.letters(length), number: rng.between(1000, 99999), escapes_all: rng.chance(18) }
    }

    fn meets(hole: Hole) -> bool {
        match hole.place {
            Place::Query | Place::Path => hole.line.contains('«'),
            Place::Form => hole.body.contains('«'),
            _ => false,
        }
    }

    pub(super) fn fill(&self, rng: &mut Rng, template: &str) -> String {
        let mut text = String::new();
        let mut characters = template.chars();
        while let Some(character) = characters.next() {
            if character == '§' {
                let key = characters.next().expect("a key");
                text.push_str(&self.drawn(rng, key));
            } else {
                text.push(character);
            }
        }
        let text = respell(&text, '⟨', '⟩', |inner| codec::base64(inner));
        respell(&text, '«', '»', |inner| {
            if self.escapes_all { codec::percent_all(inner.as_bytes()) } else { codec::percent(inner) }
        })
    }

    fn drawn(&self, rng: &mut Rng, key: char) -> String {
        match key {
            'w' => {
                let length = rng.between(3, 7);
                rng.letters(length)
            }
            'v' => self.word.clone(),
            'n' => rng.between(1, 9999).to_string(),
            'm' => self.number.to_string(),
            'd' => rng.between(1, 9).to_string(),
            'x' => rng.hex(8),
            't' => rng.token(16),
            // Where a blind attack reports to.
            'h' => match rng.below(5) {
                0 => format!("{}.oob.example", rng.letters(6)),
                1 => format!("{}.dnslog.example", rng.hex(6)),
                2 => format!(
                    "10.{}.{}.{}:{}",
                    rng.below(255),
                    rng.below(255),
                    rng.between(1, 254),
                    rng.pick(&["80", "8000", "8888", "9999"])
                ),
                3 => format!("192.168.{}.{}", rng.below(255), rng.between(1, 254)),
                _ => format!("{}.evil.example", rng.hex(8)),
            },
            'c' => rng
                .pick(&[
                    "id",
                    "whoami",
                    "uname -a",
                    "cat /etc/passwd",
                    "ls -la /",
                    "ifconfig",
                    "ps -ef",
                    "pwd",
                    "netstat -an",
                    "hostname",
                ])
                .to_owned(),
            'k' => rng
                .pick(&[
                    "whoami",
                    "ipconfig /all",
                    "net user",
                    "dir C:\\",
                    "type C:\\Windows\\win.ini",
                    "systeminfo",
                    "tasklist",
                ])
                .to_owned(),
            'f' => rng
                .pick(&[
                    "etc/passwd",
                    "etc/shadow",
                    "etc/hosts",
                    "proc/self/environ",
                    "root/.bash_history",
                    "etc/issue",
                    "proc/version",
                    "root/.ssh/id_rsa",
                ])
                .to_owned(),
            's' => rng
                .pick(&["version()", "user()", "database()", "@@version", "current_user()", "@@datadir", "@@hostname"])
                .to_owned(),
            'u' => "../".repeat(rng.between(3, 10)),
            // Longer than the path of a socket may be.
            'l' => "A".repeat(rng.between(4800, 5200)),
            'b' => "..\\".repeat(rng.between(3, 10)),
            other => panic!("no key: {other}"),
        }
    }
}

/// Applies `spell` to what stands between the two signs.
fn respell(text: &str, open: char, close: char, spell: impl Fn(&str) -> String) -> String {
    let mut pieces = text.split(open);
    let mut all = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (inner, rest) = piece.split_once(close).expect("a closing sign");
        all.push_str(&spell(inner));
        all.push_str(rest);
    }
    all
}
