//! Requests written as letters: a line, headers, a body, with marks for what differs from one to the next.
//!
//! The first line is `METHOD target kind client`. `§` and a letter stand for a number, a person, a day; `§1` for an entry
//! of the grammar's first list. `«..»` is escaped as its place asks (address, form, JSON string, XML text), `‹..›` is a
//! JSON string whatever the place, `⌈..⌉` is base64, `¶` the carriage return of HL7.

use std::convert::identity;

use super::super::super::codec;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Part, Wire, multipart};
use super::super::super::words;

/// One of the letters, with its marks filled in.
pub(super) fn tell(letters: &[&str], lists: &[&[&str]], rng: &mut Rng) -> Vec<u8> {
    let letter = fill(rng.pick(letters), lists, rng).replace('¶', "\r");
    let (head, body) = letter.split_once("\n\n").map_or((letter.as_str(), None), |(head, body)| (head, Some(body)));
    let mut lines = head.trim_start().lines();
    let mut last = lines.next().expect("a first line").rsplitn(3, ' ');
    let (client, kind) = (last.next().expect("a client"), last.next().expect("a kind"));
    let (method, target) = last.next().and_then(|line| line.split_once(' ')).expect("a method and a target");

    let blanks_are_plus = rng.chance(50);
    // A plus is a blank in a query only.
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let mut target = marked(path, '«', '»', |text| percent(&text, false));
    if let Some(query) = query {
        target = format!("{target}?{}", marked(query, '«', '»', |text| percent(&text, blanks_are_plus)));
    }
    let mut wire = Wire::new(method, printable(&target));
    let mut is_gzip = false;
    let mut headers = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(": ").expect("a header");
        let value = marked(value, '⌈', '⌉', codec::base64);
        let value = marked(&value, '«', '»', |text| percent(&text, false));
        is_gzip |= name == "Content-Encoding" && value == "gzip";
        if name == "Host" {
            wire = wire.host(&value);
        } else {
            headers.push((name.to_owned(), value));
        }
    }
    let is_own_accept = headers.iter().any(|(name, _)| name == "Accept");
    wire = match client {
        "d" | "m" | "p" if is_own_accept => wire.header("User-Agent", rng.pick(BROWSERS)),
        "d" => wire.desktop(rng),
        "m" => wire.mobile(rng),
        "p" => wire.program(rng.pick(PROGRAMS)),
        _ => wire,
    };
    for (name, value) in headers {
        wire = wire.header(&name, value);
    }
    if let Some(body) = body {
        let (kind, bytes) = written(kind, body, blanks_are_plus, rng);
        wire = wire.body(&kind, if is_gzip { codec::gzip(&bytes) } else { bytes });
    }
    wire.finish(rng)
}

/// Of clients that say themselves what they accept.
const BROWSERS: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 6.1; WOW64; rv:52.0) Gecko/20100101 Firefox/52.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/108.0.5359.125 Safari/537.36 uos",
];

const PROGRAMS: &[&str] = &[
    "Apache-HttpClient/4.5.13 (Java/1.8.0_292)",
    "okhttp/3.14.9",
    "Java/17.0.9",
    "python-requests/2.28.1",
    "Go-http-client/2.0",
    "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)",
    "Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)",
    "Mozilla/3.0 (compatible; Indy Library)",
    "Borland SOAP 1.2",
    "gSOAP/2.8",
    "node-fetch/1.0",
    "axios/1.6.2",
    "PostmanRuntime/7.36.0",
    "libcurl-agent/1.0",
    "RestSharp/106.11.7.0",
];

fn percent(text: &str, blanks_are_plus: bool) -> String {
    if blanks_are_plus { codec::form(text) } else { codec::percent(text) }
}

/// What a careless client leaves in an address must still be one word.
fn printable(target: &str) -> String {
    target.chars().fold(String::new(), |mut all, character| {
        if character.is_ascii_graphic() {
            all.push(character);
        } else {
            all.push_str(&codec::percent(character.to_string()));
        }
        all
    })
}

/// Content type and bytes of a body.
fn written(kind: &str, body: &str, blanks_are_plus: bool, rng: &mut Rng) -> (String, Vec<u8>) {
    let body = marked(body, '‹', '›', codec::json);
    let body = marked(&body, '⌈', '⌉', codec::base64);
    let name = match kind {
        "json" => rng.pick(&[JSON, "application/json;charset=UTF-8", "application/json; charset=utf-8"]).to_owned(),
        "form" => rng.pick(&[FORM, "application/x-www-form-urlencoded; charset=UTF-8"]).to_owned(),
        "xml" => rng.pick(&["text/xml; charset=utf-8", "application/xml", "text/xml;charset=UTF-8"]).to_owned(),
        "multi" => return parts(&marked(&body, '«', '»', identity), rng),
        "none" => String::new(),
        other => other.replace("; ", ";"),
    };
    let body = if name.starts_with(FORM) {
        marked(&body, '«', '»', |text| percent(&text, blanks_are_plus))
    } else if name.contains("json") || kind == "text/json" {
        marked(&body, '«', '»', codec::json)
    } else if name.contains("xml") {
        marked(&body, '«', '»', |text| codec::xml(&text))
    } else {
        marked(&body, '«', '»', identity)
    };
    let bytes = if name.contains("utf-16") { codec::utf16_le(&body) } else { body.into_bytes() };
    (name, bytes)
}

/// Parts that begin with a line `%%name` or `%%name|file name|type`.
fn parts(body: &str, rng: &mut Rng) -> (String, Vec<u8>) {
    let parts: Vec<Part<'_>> = body
        .split("%%")
        .filter_map(|part| part.split_once('\n'))
        .map(|(head, content)| {
            let content = content.strip_suffix('\n').unwrap_or(content);
            let mut columns = head.split('|');
            let name = columns.next().unwrap_or_default();
            match (columns.next(), columns.next()) {
                (Some(file), Some(kind)) => Part::file(name, file, kind, content),
                _ => Part::field(name, content),
            }
        })
        .collect();
    multipart(&parts, rng)
}

/// Replaces every text between two marks by what `write` makes of it.
fn marked(text: &str, open: char, close: char, write: impl Fn(String) -> String) -> String {
    let mut all = String::new();
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once(open) {
        let (inner, after) = inner.split_once(close).expect("a closing mark");
        all.push_str(before);
        all.push_str(&write(inner.to_owned()));
        rest = after;
    }
    all.push_str(rest);
    all
}

fn fill(text: &str, lists: &[&[&str]], rng: &mut Rng) -> String {
    let mut all = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '§' {
            all.push(character);
            continue;
        }
        let mark = characters.next().expect("a letter after the mark");
        let value = match mark {
            '1'..='9' => {
                let list = lists[mark as usize - '1' as usize];
                fill(rng.pick(list), lists, rng)
            }
            'n' => rng.between(1, 99).to_string(),
            'm' => rng.between(100, 999).to_string(),
            'f' => format!("{}.{}", rng.between(1, 40), rng.below(10)),
            'i' => format!("{}{}", rng.between(1, 9), rng.digits(7)),
            'l' => format!("1{}", rng.digits(17)),
            'p' => words::person(rng),
            'P' => words::phone(rng),
            'd' => words::date(rng),
            'D' => words::date(rng).replace('-', ""),
            't' => words::time(rng),
            'j' => words::time(rng).replace(':', ""),
            'h' => rng.hex(16),
            'H' => rng.hex(32),
            'u' => rng.uuid(),
            'k' => words::department(rng).to_owned(),
            'a' => words::address(rng),
            'c' => words::identity_number(rng),
            's' => words::millis(rng),
            'w' => rng.letters(6),
            'T' => rng.token(24),
            'b' => rng.base64_url(120),
            'o' => words::dicom_uid(rng),
            'g' => rng.pick(words::DIAGNOSES).to_owned(),
            'r' => rng.pick(words::DRUGS).to_owned(),
            other => panic!("no such mark: {other}"),
        };
        all.push_str(&value);
    }
    all
}
