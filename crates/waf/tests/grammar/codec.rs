//! Ways to write bytes as text, as clients do: percent, JSON, XML, base64, hex, GBK, UTF-16.

use std::fmt::Write as _;
use std::io::Write as _;

/// Percent-encodes what `encodeURIComponent` would.
pub(crate) fn percent(value: impl AsRef<[u8]>) -> String {
    percent_keeping(value.as_ref(), b"-_.!~*'()")
}

/// Percent-encodes every byte but letters, digits and those in `kept`.
pub(crate) fn percent_keeping(value: &[u8], kept: &[u8]) -> String {
    value.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || kept.contains(byte) {
            text.push(char::from(*byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
        text
    })
}

/// Percent-encodes every byte.
pub(crate) fn percent_all(value: &[u8]) -> String {
    value.iter().fold(String::new(), |mut text, byte| {
        write!(text, "%{byte:02x}").unwrap();
        text
    })
}

/// As HTML forms do: a blank is `+`, and `*-._` stay.
pub(crate) fn form(value: impl AsRef<[u8]>) -> String {
    percent_keeping(value.as_ref(), b"*-._ ").replace(' ', "+")
}

/// A urlencoded body of these fields.
pub(crate) fn form_body(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", form(name), form(value))).collect();
    pairs.join("&")
}

/// A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD, as in any JSON writer.
pub(crate) fn json(value: impl AsRef<[u8]>) -> String {
    serde_json::Value::from(String::from_utf8_lossy(value.as_ref())).to_string()
}

/// XML text.
pub(crate) fn xml(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub(crate) fn hex(value: &[u8]) -> String {
    value.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

pub(crate) fn base64(value: impl AsRef<[u8]>) -> String {
    base64_with(value.as_ref(), *b"+/")
}

/// The URL-safe alphabet without padding, as in JSON Web Tokens.
pub(crate) fn base64_url(value: impl AsRef<[u8]>) -> String {
    base64_with(value.as_ref(), *b"-_").trim_end_matches('=').to_owned()
}

fn base64_with(value: &[u8], last: [u8; 2]) -> String {
    let mut alphabet: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').collect();
    alphabet.extend_from_slice(&last);
    let mut text = String::new();
    for chunk in value.chunks(3) {
        let mut bits = [0u8; 3];
        bits[..chunk.len()].copy_from_slice(chunk);
        let number = u32::from_be_bytes([0, bits[0], bits[1], bits[2]]);
        for place in 0..4 {
            let index = (number >> (18 - 6 * place)) & 63;
            text.push(if place <= chunk.len() { char::from(alphabet[index as usize]) } else { '=' });
        }
    }
    text
}

/// Little-endian UTF-16 with a byte order mark.
pub(crate) fn utf16_le(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// Big-endian UTF-16 with a byte order mark.
pub(crate) fn utf16_be(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
}

/// Characters that our GBK texts use, with their codes (GB 2312, in the order of the code table).
const GBK: &[(char, [u8; 2])] = &[
    ('一', [0xd2, 0xbb]),
    ('三', [0xc8, 0xfd]),
    ('不', [0xb2, 0xbb]),
    ('中', [0xd6, 0xd0]),
    ('人', [0xc8, 0xcb]),
    ('体', [0xcc, 0xe5]),
    ('儿', [0xb6, 0xf9]),
    ('内', [0xc4, 0xda]),
    ('医', [0xd2, 0xbd]),
    ('北', [0xb1, 0xb1]),
    ('压', [0xd1, 0xb9]),
    ('名', [0xc3, 0xfb]),
    ('国', [0xb9, 0xfa]),
    ('外', [0xcd, 0xe2]),
    ('大', [0xb4, 0xf3]),
    ('学', [0xd1, 0xa7]),
    ('小', [0xd0, 0xa1]),
    ('常', [0xb3, 0xa3]),
    ('张', [0xd5, 0xc5]),
    ('报', [0xb1, 0xa8]),
    ('文', [0xce, 0xc4]),
    ('无', [0xce, 0xde]),
    ('李', [0xc0, 0xee]),
    ('检', [0xbc, 0xec]),
    ('正', [0xd5, 0xfd]),
    ('民', [0xc3, 0xf1]),
    ('王', [0xcd, 0xf5]),
    ('生', [0xc9, 0xfa]),
    ('科', [0xbf, 0xc6]),
    ('血', [0xd1, 0xaa]),
    ('院', [0xd4, 0xba]),
    ('告', [0xb8, 0xe6]),
    ('高', [0xb8, 0xdf]),
];

/// GBK bytes of a text that uses ASCII and the characters of [`GBK`] only.
pub(crate) fn gbk(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for character in text.chars() {
        if let Ok(byte) = u8::try_from(character)
            && byte.is_ascii()
        {
            bytes.push(byte);
        } else {
            let (_, code) = GBK.iter().find(|(known, _)| *known == character).expect("a character of the table");
            bytes.extend_from_slice(code);
        }
    }
    bytes
}

/// Raw DEFLATE, as the SAML redirect binding has it. Another version of the compressor may write other bytes: then the
/// digests change, and nothing else.
pub(crate) fn deflate(value: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(value).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn gzip(value: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(value).unwrap();
    encoder.finish().unwrap()
}
