//! Header injection (response splitting): a line of HTTP behind a line end inside a value.
//!
//! Remarks of several lines are honest, also with `Host: Dr. Li` in them, and so are headers pasted into a ticket. So the
//! line must be one that HTTP acts on, with a value of that header's form, and the text must not begin with such a line.

use super::gate::{Pattern, prepare_all, spend};
use super::reading::{begins_with, is_listed, wide_characters};
use super::{Context, Finding, Place, Requirement, either, needs};
use crate::ByteMask;

#[cfg(test)]
mod tests;

/// Lines looked at.
const LINES: usize = 64;
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&REDIS]);
}

pub(super) fn requirement() -> Requirement {
    // U+560A and U+560D end in the bytes of a line end once a careless server cuts them.
    either([
        needs(&[], &[ByteMask::of(b"\r\n"), ByteMask::of(b":/<")]),
        needs(&[], &[ByteMask::of(b"$"), ByteMask::of(b"*"), ByteMask::of(b"\r\n")]),
        needs(&["flush", "slaveof", "replicaof", "config", "set "], &[ByteMask::of(b"\r\n")]),
        needs(&["嘊", "嘍"], &[ByteMask::of(b":/<")]),
    ])
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    if matches!(context.place, Place::FileContent | Place::BodyText | Place::ResponseBody | Place::ResponseHeader) {
        return None;
    }
    let mut best: Option<Finding> =
        REDIS.find(value).map(|span| Finding { confidence: 86, span, path: "command/redis" });
    let mut pasted = false;
    let mut blank_before = false;
    let mut continues_request = false;
    let mut headers = 0;
    let mut told = false;
    for (number, (start, line)) in lines(value).take(LINES).enumerate() {
        let judged = header(line)
            .or_else(|| status(line, number <= 1 || blank_before || headers > 0))
            .or_else(|| command(line))
            .or_else(|| (blank_before && number > 1).then(|| body(line)).flatten());
        if number == 0 {
            // A dump of a message begins with one of its lines.
            pasted = judged.is_some() || looks_like_header(line) || is_request_line(line);
            continues_request = !pasted && (line.ends_with(b" HTTP/1.1") || line.ends_with(b" HTTP/1.0"));
        } else if let Some((confidence, path)) = judged {
            headers += usize::from(path == "header");
            let confidence = if pasted {
                45
            } else if told && path == "header" && describes_request(line) {
                confidence.min(62)
            } else if number == 1 && confidence >= 60 && (context.place == Place::Path || answers_one_word(value)) {
                // No path has lines, and no remark begins with one word and goes on with a header.
                confidence.max(84)
            } else if path == "body" && number <= 2 && answers_with_address(value) {
                confidence.max(82)
            } else if number <= 3 && (continues_request || headers > 1) {
                // The rest of a request line was given as well, or a second header: nobody writes two of them as a remark.
                confidence.max(82)
            } else if number > 3 {
                confidence.min(62)
            } else {
                confidence
            };
            if best.as_ref().is_none_or(|best| confidence > best.confidence) {
                best = Some(Finding { confidence, span: start..start + line.len(), path });
            }
        } else if is_request_line(line) && !pasted {
            let confidence = if number > 6 { 50 } else { 82 };
            if best.as_ref().is_none_or(|best| confidence > best.confidence) {
                best = Some(Finding { confidence, span: start..start + line.len(), path: "request" });
            }
        }
        blank_before = line.trim_ascii().is_empty();
        told = if judged.is_none() && !blank_before { is_sentence(line) } else { told };
    }
    best
}

/// `*3`, `$3`, `SET`: a command of Redis as its clients send it (RESP), the number of parts and the length of each.
static REDIS: Pattern = Pattern::new(r"\*\d{1,3}\r?\n\$\d{1,5}\r?\n[A-Za-z]{2,16}\r?\n");

/// `请求头如下：`, `The token must be sent as follows:`. No field that ends up in a header is filled so.
fn is_sentence(line: &[u8]) -> bool {
    let is_word = |word: &&[u8]| word.len() > 1 && word.iter().all(u8::is_ascii_alphabetic);
    spend(line.len());
    wide_characters(line) >= 4 || line.split(u8::is_ascii_whitespace).filter(is_word).count() >= 5
}

/// A header that only says what a client sends: below a sentence it is quoted, and would do nothing to a response. (What the
/// type of a body is matters only with a body, and markup is the affair of others.)
fn describes_request(line: &[u8]) -> bool {
    let name = line.get(..memchr::memchr(b':', line).unwrap_or(0)).unwrap_or_default().trim_ascii();
    is_listed(name, "authorization content-type host connection cache-control cookie") || begins_with(name, b"x-")
}

/// The first line is one word or address as a parameter has it, or nothing.
fn answers_one_word(value: &[u8]) -> bool {
    let first = lines(value).next().map_or(b"".as_slice(), |(_, line)| line);
    first.len() <= 64 && first.iter().all(u8::is_ascii_graphic)
}

/// The first line is an address to go to, what follows a whole page, and there is no more: nobody pastes so short a page.
fn answers_with_address(value: &[u8]) -> bool {
    let first = lines(value).next().map_or(b"".as_slice(), |(_, line)| line);
    let page = value.get(first.len()..).unwrap_or_default().trim_ascii_start();
    value.len() <= 256
        && first.iter().all(u8::is_ascii_graphic)
        && (begins_with(first, b"http") || first.starts_with(b"/"))
        && (begins_with(page, b"<html") || begins_with(page, b"<script"))
}

/// Lines and where they begin; a line end is CR, LF, both, or a character that is cut to one.
fn lines(value: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = Some(0);
    std::iter::from_fn(move || {
        let start = at?;
        let rest = value.get(start..)?;
        let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n' | 0xe5)).map(|mut end| {
            // Step over 0xe5 bytes that begin some other character.
            while rest.get(end) == Some(&0xe5) && !is_narrowed(rest.get(end..).unwrap_or_default()) {
                let more = rest.get(end + 1..).unwrap_or_default();
                match more.iter().position(|byte| matches!(byte, b'\r' | b'\n' | 0xe5)) {
                    Some(next) => end += 1 + next,
                    None => return rest.len(),
                }
            }
            end
        });
        let Some(end) = end.filter(|end| *end < rest.len()) else {
            at = None;
            return Some((start, rest));
        };
        let mut next = end;
        let mut ends = 0;
        while ends < 2 {
            let tail = rest.get(next..).unwrap_or_default();
            match tail {
                [b'\r', b'\n', ..] if ends == 0 => {
                    next += 2;
                    ends = 2;
                }
                [b'\r' | b'\n', ..] if ends == 0 => {
                    next += 1;
                    ends = 2;
                }
                _ if is_narrowed(tail) => {
                    next += 3;
                    ends += 1;
                }
                _ => break,
            }
        }
        at = Some(start + next);
        Some((start, rest.get(..end).unwrap_or_default()))
    })
}

fn is_narrowed(bytes: &[u8]) -> bool {
    matches!(bytes, [0xe5, 0x98, 0x8a | 0x8d, ..])
}

/// A header that acts on the client, with a value of its form.
fn header(line: &[u8]) -> Option<(u8, &'static str)> {
    let colon = memchr::memchr(b':', line.get(..48).unwrap_or(line))?;
    let (name, value) = line.split_at_checked(colon)?;
    let name = name.trim_ascii().to_ascii_lowercase();
    let value = value.get(1..)?.trim_ascii();
    let token = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_graphic);
    let confidence = match name.as_slice() {
        b"set-cookie" | b"set-cookie2" | b"cookie" => {
            let (key, _) = value.split_at_checked(memchr::memchr(b'=', value)?)?;
            if !token(key) {
                return None;
            }
            90
        }
        b"location" | b"content-location" | b"refresh" | b"x-forwarded-host" | b"host" => {
            // A host has no path of its own: `host:/path` is what NFS exports.
            let url = memchr::memmem::find(value, b"//").is_some()
                || (value.starts_with(b"/") && !name.ends_with(b"host"))
                || value.starts_with(b"javascript:");
            let local =
                value.split(|byte| *byte == b':').next().is_some_and(|host| host.eq_ignore_ascii_case(b"localhost"));
            let names_host = name.ends_with(b"host") && token(value) && (value.contains(&b'.') || local);
            if !(url || names_host) {
                return None;
            }
            if url { 86 } else { 62 }
        }
        b"content-type" => {
            if !value.contains(&b'/') || value.is_empty() {
                return None;
            }
            84
        }
        b"content-length" | b"age" | b"x-xss-protection" => {
            if !value.first()?.is_ascii_digit() {
                return None;
            }
            if name == b"age" { 30 } else { 84 }
        }
        b"transfer-encoding"
        | b"content-encoding"
        | b"content-disposition"
        | b"access-control-allow-origin"
        | b"access-control-allow-credentials"
        | b"content-security-policy"
        | b"x-frame-options"
        | b"strict-transport-security"
        | b"www-authenticate"
        | b"authorization"
        | b"x-forwarded-for"
        | b"last-modified"
        | b"cache-control"
        | b"connection" => {
            if !token(value.get(..1).unwrap_or_default()) {
                return None;
            }
            82
        }
        _ if name.starts_with(b"x-")
            && name.len() > 3
            // Doctors write of these.
            && !name.starts_with(b"x-ray")
            && value.first().is_some_and(u8::is_ascii_graphic)
            && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-') =>
        {
            64
        }
        _ if name.len() >= 5
            && name.contains(&b'-')
            && (name.starts_with(b"header-") || name.ends_with(b"-header") || name.ends_with(b"-test")) =>
        {
            64
        }
        _ => return None,
    };
    (confidence >= 40).then_some((confidence, "header"))
}

/// A line that a cache, a queue or a mail server behind the application would obey.
fn command(line: &[u8]) -> Option<(u8, &'static str)> {
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let (verb, rest) = (words.next()?, words.count());
    let sure = match verb {
        b"FLUSHALL" | b"flushall" if rest == 0 => 84,
        b"SLAVEOF" | b"REPLICAOF" | b"slaveof" | b"replicaof" if rest == 2 => 88,
        b"CONFIG" | b"config" if rest == 3 => 86,
        // The address and the port to which a file server sends: `PORT 192,0,2,9,0,157`.
        b"PORT" if rest == 1 && memchr::memchr_iter(b',', line).count() == 5 => 88,
        b"EPRT" if rest == 1 && line.contains(&b'|') => 88,
        b"flush_all" | b"gets" if rest <= 1 => 62,
        // `set key 0 3600 5` of memcached.
        b"set" if rest == 4 && line.iter().filter(|byte| byte.is_ascii_digit()).count() >= 3 => 84,
        _ => return None,
    };
    Some((sure, "command"))
}

/// `HTTP/1.1 200 OK`. A second response begins behind the end of the first; below any other line stands what a client
/// printed.
fn status(line: &[u8], begins_response: bool) -> Option<(u8, &'static str)> {
    let rest = line.strip_prefix(b"HTTP/")?;
    let space = memchr::memchr(b' ', rest)?;
    let digits = rest.get(space + 1..space + 4)?;
    digits.iter().all(u8::is_ascii_digit).then_some((if begins_response { 90 } else { 35 }, "status"))
}

/// Markup behind an empty line: the body of a second response.
fn body(line: &[u8]) -> Option<(u8, &'static str)> {
    let start = line.trim_ascii_start();
    let active = [b"<script".as_slice(), b"<html", b"<svg", b"<img"];
    let begins =
        active.iter().any(|mark| start.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark)));
    begins.then_some((62, "body"))
}

/// `Name: value` of any name.
fn looks_like_header(line: &[u8]) -> bool {
    let name = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    name > 1 && line.get(name) == Some(&b':') && line.get(name + 1) == Some(&b' ')
}

/// `GET /x HTTP/1.1`.
fn is_request_line(line: &[u8]) -> bool {
    let method = line.iter().take(8).take_while(|byte| byte.is_ascii_uppercase()).count();
    let line = line.trim_ascii_end();
    method >= 3 && line.get(method) == Some(&b' ') && (line.ends_with(b" HTTP/1.1") || line.ends_with(b" HTTP/1.0"))
}
