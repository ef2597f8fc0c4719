//! Binary streams of serialised objects, by the structure of their beginning.

use super::super::reading::{from, is_word_byte, until, window};
use super::pickle::{self, Pickle};

/// Header of a .NET BinaryFormatter stream: a root and a header identifier, version 1.0 (MS-NRBF 2.6.1).
const DOTNET: &[u8] = b"\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x00";

/// Classes with which Ruby's Marshal runs code.
const RUBY_GADGETS: &[&[u8]] = &[
    b"Gem::",
    b"ERB",
    b"DeprecatedInstanceVariableProxy",
    b"Net::BufferedIO",
    b"Net::WriteAdapter",
    b"Rack::",
    b"Sprockets",
    b"TarReader",
];

/// Judges what begins with `bytes`.
pub(super) fn judge(bytes: &[u8]) -> Option<(u8, &'static str)> {
    if let Some(content) = bytes.strip_prefix(b"\xac\xed\x00\x05") {
        return java(content);
    }
    if memchr::memmem::find(until(bytes, 64), DOTNET).is_some() {
        return Some((90, "dotnet/binary-formatter"));
    }
    if let Some(content) = bytes.strip_prefix(b"\x04\x08") {
        let text = until(content, 4096);
        if RUBY_GADGETS.iter().any(|gadget| memchr::memmem::find(text, gadget).is_some()) {
            return Some((88, "ruby/marshal/gadget"));
        }
        return matches!(content, [b'o', b':', length, b'A'..=b'Z', ..] if *length > 5)
            .then_some((70, "ruby/marshal/object"));
    }
    if matches!(
        bytes,
        [0x80, 2..=5, ..] | [b'(', b'd' | b'l' | b'S' | b'i' | b'c' | b'V', ..] | [b'c', b'a'..=b'z' | b'_', ..]
    ) {
        return match pickle::read(bytes) {
            Pickle::Dangerous => Some((94, "python/pickle/call")),
            Pickle::Objects => Some((72, "python/pickle/object")),
            Pickle::No | Pickle::Data => None,
        };
    }
    None
}

/// What follows the header of a Java stream: a class descriptor with a name, or a block of data.
fn java(content: &[u8]) -> Option<(u8, &'static str)> {
    let descriptor = match content {
        [0x73 | 0x75 | 0x7e, 0x72, rest @ ..] | [0x72, rest @ ..] => rest,
        [0x73, 0x7d, ..] => return Some((92, "java/stream/proxy")),
        [0x77 | 0x7a, length, ..] if *length > 0 => return Some((86, "java/stream/block")),
        [0x70 | 0x74 | 0x7b, ..] => return Some((80, "java/stream")),
        [0x70..=0x7e, ..] => return Some((84, "java/stream")),
        [] => return Some((30, "java/stream/header")),
        _ => return None,
    };
    let [high, low, name @ ..] = descriptor else { return Some((84, "java/stream")) };
    let length = usize::from(*high) << 8 | usize::from(*low);
    let name = until(name, length);
    let plain = name.iter().all(|byte| is_word_byte(*byte) || matches!(byte, b'.' | b'$' | b'/' | b';' | b'[' | b'-'));
    (plain && !name.is_empty()).then_some((93, "java/stream/class"))
}

/// Beginnings of such streams in base64, and the shortest text worth decoding.
pub(super) const BASE64_STARTS: &[&str] = &[
    "rO0AB",
    "AAEAAAD/////",
    "gAJ",
    "gAN",
    "gAR",
    "gASM",
    "gASV",
    "gAWM",
    "gAWV",
    "BAhv",
    "BAhb",
    "BAhV",
    "BAhj",
    "BAhl",
    "BAhJ",
    "/wEy",
    "/wEx",
    "/wEz",
    "Tzo",
    "YTo",
    "Y29z",
    "Y3Bvc2l4",
    "Y19fYnVpbHRpbl9f",
    "KGRw",
    "KGxw",
    "KFMn",
    "Y3N1YnByb2Nlc3M",
];

const BASE64_BYTES: usize = 4096;

/// The bytes of the base64 text that begins at `start`.
pub(super) fn decoded(value: &[u8], start: usize) -> Vec<u8> {
    let text = window(value, start, BASE64_BYTES);
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    crate::base64_decode(text, &mut bytes);
    bytes
}

/// The bytes that hexadecimal text spells.
pub(super) fn from_hex(text: &[u8]) -> Vec<u8> {
    let digits = until(text, 512).chunks_exact(2).map_while(|pair| match pair {
        [high, low] => {
            let digit = |byte: &u8| char::from(*byte).to_digit(16);
            u8::try_from(digit(high)? << 4 | digit(low)?).ok()
        }
        _ => None,
    });
    digits.collect()
}

/// The object in PHP's notation that begins at `text`, which starts with `O:` or `C:`.
pub(super) fn php_object(text: &[u8]) -> bool {
    let rest = from(text, 2);
    let rest = rest.strip_prefix(b"+").unwrap_or(rest);
    let digits = rest.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    let Some(name) = from(rest, digits).strip_prefix(b":\"") else { return false };
    let length =
        name.iter().take(256).take_while(|byte| is_word_byte(**byte) || matches!(byte, b'\\' | 0x80..)).count();
    let Some(count) = from(name, length).strip_prefix(b"\":") else { return false };
    let count_digits = count.iter().take(6).take_while(|byte| byte.is_ascii_digit() || **byte == b'+').count();
    digits > 0 && length > 0 && count_digits > 0 && from(count, count_digits).starts_with(b":{")
}
