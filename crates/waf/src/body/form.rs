//! Query strings, urlencoded bodies and Cookie headers.

use super::{Parsed, Sink};
use crate::http1::HttpFinding;
use crate::options::Limits;
use crate::transform::url_decode_into;
use crate::var::Collection;

/// Adds the `&`-separated arguments of `text`, decoded once. What lies beyond the argument limit is added as one value
/// without a name, so that a flood of parameters hides nothing.
pub(crate) fn parse_form(text: &[u8], collection: Collection, limits: &Limits, sink: &mut Sink) {
    let mut rest = text;
    let mut count = 0;
    let (mut name, mut value) = (Vec::new(), Vec::new());
    while !rest.is_empty() {
        if count == limits.arguments {
            sink.limited(HttpFinding::TooManyArguments);
            value.clear();
            url_decode_into(rest, &mut value);
            sink.values.push(collection, b"", &value);
            return;
        }
        let end = memchr::memchr(b'&', rest).unwrap_or(rest.len());
        let pair = rest.get(..end).unwrap_or_default();
        rest = rest.get(end + 1..).unwrap_or_default();
        if pair.is_empty() {
            continue;
        }
        count += 1;
        let equals = memchr::memchr(b'=', pair).unwrap_or(pair.len());
        let (raw_name, raw_value) = pair.split_at(equals);
        name.clear();
        value.clear();
        url_decode_into(raw_name, &mut name);
        url_decode_into(raw_value.get(1..).unwrap_or_default(), &mut value);
        sink.argument(collection, &name, &value);
    }
}

/// Adds the cookies of one Cookie header (RFC 6265 §5.4), values as sent.
pub(crate) fn parse_cookies(header: &[u8], limits: &Limits, sink: &mut Sink) {
    // To RFC 2109 and the servers that still follow it (Python, older Tomcat) a quoted value may hold semicolons.
    let mut pieces = header.split(|byte| *byte == b'"');
    let outside = pieces.next();
    if outside.is_some() && pieces.step_by(2).any(|quoted| quoted.contains(&b';')) {
        sink.values.push(Collection::RequestCookies, b"", header);
    }
    let mut rest = header;
    let mut count = 0;
    while !rest.is_empty() {
        if count == limits.cookies {
            sink.limited(HttpFinding::TooManyValues);
            sink.values.push(Collection::RequestCookies, b"", rest);
            return;
        }
        let end = memchr::memchr(b';', rest).unwrap_or(rest.len());
        let pair = rest.get(..end).unwrap_or_default().trim_ascii();
        rest = rest.get(end + 1..).unwrap_or_default();
        if pair.is_empty() {
            continue;
        }
        count += 1;
        let equals = memchr::memchr(b'=', pair).unwrap_or(pair.len());
        let (name, value) = pair.split_at(equals);
        let value = value.get(1..).unwrap_or_default();
        sink.argument(Collection::RequestCookies, name, value);
        if let Some(unquoted) = unquoted(value) {
            sink.values.push(Collection::RequestCookies, name, &unquoted);
        }
    }
}

/// A quoted cookie value as Python reads it: `\ooo` is a byte, a backslash before anything else goes. `None` where that
/// changes nothing.
fn unquoted(value: &[u8]) -> Option<Vec<u8>> {
    let mut rest = value.trim_ascii().strip_prefix(b"\"")?;
    memchr::memchr(b'\\', rest)?;
    let mut text = Vec::with_capacity(rest.len());
    loop {
        rest = match rest {
            [] => return Some(text),
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', rest @ ..] => {
                text.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest
            }
            [b'\\', byte, rest @ ..] | [byte, rest @ ..] => {
                text.push(*byte);
                rest
            }
        };
    }
}

/// Arguments as the rule language sees them, of a query or a urlencoded body: every piece between separators is one, an
/// empty one too (libmodsecurity counts them); a parameter without `=` is a name with an empty value. What lies beyond the
/// argument limit comes as one value without a name, so that a flood of parameters hides nothing.
pub(crate) fn read_arguments(text: &[u8], separator: u8, limits: &Limits) -> Parsed {
    let mut parsed = Parsed::default();
    let mut rest = text;
    while !rest.is_empty() {
        if parsed.args_post.len() == limits.arguments {
            parsed.partial = true;
            parsed.args_post.push((Vec::new(), url_decoded(rest)));
            break;
        }
        let end = memchr::memchr(separator, rest).unwrap_or(rest.len());
        let pair = rest.get(..end).unwrap_or_default();
        rest = rest.get(end + 1..).unwrap_or_default();
        let equals = memchr::memchr(b'=', pair).unwrap_or(pair.len());
        let (name, value) = pair.split_at(equals);
        parsed.args_post.push((url_decoded(name), url_decoded(value.get(1..).unwrap_or_default())));
    }
    parsed
}

fn url_decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    url_decode_into(text, &mut decoded);
    decoded
}

/// The cookies of a header in format 0 (`SecCookieFormat 0`): names and values as sent. Cookies beyond the limit come as
/// one value without a name.
pub(crate) fn read_cookies<'a>(header: &'a [u8], limits: &Limits) -> Vec<(&'a [u8], &'a [u8])> {
    let mut cookies = Vec::new();
    let mut rest = header;
    while !rest.is_empty() {
        let end = memchr::memchr(b';', rest).unwrap_or(rest.len());
        let pair = rest.get(..end).unwrap_or_default().trim_ascii();
        if !pair.is_empty() && cookies.len() == limits.cookies {
            cookies.push((b"".as_slice(), rest.trim_ascii_start()));
            break;
        }
        rest = rest.get(end + 1..).unwrap_or_default();
        if pair.is_empty() {
            continue;
        }
        let equals = memchr::memchr(b'=', pair).unwrap_or(pair.len());
        let (name, value) = pair.split_at(equals);
        cookies.push((name.trim_ascii_end(), value.get(1..).unwrap_or_default().trim_ascii_start()));
    }
    cookies
}
