//! Documents inside a value: JSON, and the query of a URL or form.
//!
//! Each application along the way takes such a value apart, so its members are looked at on their own: what stands at the
//! beginning of a member decides much. Members of only letters, digits and a few marks hold no attack and are left out, so
//! that mostly one remains; several are joined by [`SEPARATOR`], which no language gives a meaning.

use medward_detect::ByteMask;

use super::layers::base64_text;

/// Unit separator (ECMA-48 §8.3.141).
const SEPARATOR: u8 = 0x1f;

/// Without one of these a member is a word, a number, a date or a list of them.
const MARKS: ByteMask = ByteMask::of(b"'\"<>()=;|$`{}[]\\%&#*!").or(ByteMask::of(b" \t\r\n"));

/// What ends base64.
const PADDING: ByteMask = ByteMask::of(b"=");

/// The strings of a JSON document with their escapes undone. Broken documents are read as far as they go.
pub(super) fn json(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    let quotes = ByteMask::of(b"\"");
    let text = input.trim_ascii();
    if !mask.intersects(quotes) || !matches!(text, [b'{' | b'[', .., b'}' | b']']) || !begins_json(text) {
        return None;
    }
    let mut rest = text;
    let mut member = Vec::new();
    while let Some(at) = memchr::memchr(b'"', rest) {
        rest = json_string(rest.get(at + 1..).unwrap_or_default(), &mut member);
        // A key names its member; only values are members.
        if !matches!(rest.trim_ascii_start(), [b':', ..]) {
            push_member(&member, output);
        }
    }
    Some("json")
}

/// `{"`, `[{`, `["`, `[1`, …: braces of prose or code begin otherwise.
fn begins_json(text: &[u8]) -> bool {
    let inner = text.get(1..).unwrap_or_default().trim_ascii_start();
    match text {
        [b'{', ..] => inner.first() == Some(&b'"'),
        _ => matches!(inner, [b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n', ..]),
    }
}

/// Reads a string whose body begins here into `member`; returns what follows its closing quote.
fn json_string<'v>(body: &'v [u8], member: &mut Vec<u8>) -> &'v [u8] {
    member.clear();
    let mut rest = body;
    loop {
        let end = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
        let (plain, tail) = rest.split_at_checked(end).unwrap_or((rest, b""));
        member.extend_from_slice(plain);
        rest = match tail {
            [] => return b"",
            [b'\\', escape, tail @ ..] => {
                match escape {
                    b'n' => member.push(b'\n'),
                    b't' => member.push(b'\t'),
                    b'r' => member.push(b'\r'),
                    b'b' | b'f' => member.push(b' '),
                    // `\uHHHH` is another layer's.
                    b'u' => member.extend_from_slice(b"\\u"),
                    other => member.push(*other),
                }
                tail
            }
            [_, tail @ ..] => return tail,
        };
    }
}

/// The members of `a=1&b=2`, alone or behind the `?` of a URL.
pub(super) fn query(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    if !mask.intersects(PADDING) {
        return None;
    }
    let (query, is_url) = match memchr::memchr(b'?', input) {
        Some(at) if is_url(input.get(..at).unwrap_or_default()) => (input.get(at + 1..).unwrap_or_default(), true),
        _ => (input, false),
    };
    let pairs = query.split(|byte| *byte == b'&');
    let mut count = 0;
    for pair in pairs.clone() {
        let name = pair.iter().position(|byte| *byte == b'=')?;
        let named = pair.get(..name)?.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.[]".contains(byte));
        if name == 0 || !named {
            return None;
        }
        count += 1;
    }
    if count < 2 && !is_url {
        return None;
    }
    for pair in pairs {
        let value = memchr::memchr(b'=', pair).and_then(|at| pair.get(at + 1..)).unwrap_or_default();
        push_member(value, output);
    }
    Some("query")
}

/// A URL with a scheme, or an absolute path, before its query.
fn is_url(text: &[u8]) -> bool {
    let clean = text.len() <= 512 && !text.iter().any(|byte| byte.is_ascii_whitespace() || b"'\"<>`".contains(byte));
    clean && (text.starts_with(b"/") || memchr::memmem::find(text, b"://").is_some())
}

fn push_member(member: &[u8], output: &mut Vec<u8>) {
    let mut decoded = Vec::new();
    // What is text only once it is decoded has no marks to show before, but for its padding.
    let member = if ByteMask::scan(member).intersects(MARKS.without(PADDING)) {
        member
    } else if base64_text(member, &mut decoded) && ByteMask::scan(&decoded).intersects(MARKS) {
        &decoded
    } else if ByteMask::scan(member).intersects(MARKS) {
        member
    } else {
        return;
    };
    if !output.is_empty() {
        output.push(SEPARATOR);
    }
    output.extend_from_slice(member);
}
