//! Percent coding (RFC 3986 §2.1), both ways and forgiving, because attacks and old clients are not well-formed.
//!
//! Not a URL parser: callers split paths and queries themselves. Invariant: `decode(encode(x)) == x`.

/// Encodes every byte but the unreserved ones of RFC 3986 §2.3.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(hex_digit(byte >> 4));
            out.push(hex_digit(byte & 0x0f));
        }
    }
    out
}

/// Encodes a path or query that is already structured: reserved characters stay, all else a request line cannot carry is encoded.
pub(crate) fn encode_target(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text.as_bytes() {
        let carried = byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
        if carried {
            out.push(char::from(byte));
        } else {
            out.push_str(&encode(&[byte]));
        }
    }
    out
}

/// Decodes `%XX`; a `%` without two hex digits stays as it is. `plus_is_space` for queries and forms.
pub(crate) fn decode(bytes: &[u8], plus_is_space: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        match rest {
            [] => return out,
            [b'%', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push((hex_value(*high) << 4) | hex_value(*low));
                rest = tail;
            }
            [b'+', tail @ ..] if plus_is_space => {
                out.push(b' ');
                rest = tail;
            }
            [byte, tail @ ..] => {
                out.push(*byte);
                rest = tail;
            }
        }
    }
}

/// As [`decode`], as text; what is not UTF-8 (an old client's GBK) becomes U+FFFD.
pub(crate) fn decode_text(text: &str, plus_is_space: bool) -> String {
    String::from_utf8_lossy(&decode(text.as_bytes(), plus_is_space)).into_owned()
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase()
}

fn hex_value(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_undoes_encoding_for_every_byte() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(encode(&all).as_bytes(), true), all);
    }

    #[test]
    fn a_stray_percent_sign_stays() {
        assert_eq!(decode_text("98%+%zz%4", true), "98% %zz%4");
    }

    #[test]
    fn a_target_keeps_its_structure() {
        assert_eq!(encode_target("/search?q=血 <6&x=a'b%2f"), "/search?q=%E8%A1%80%20%3C6&x=a'b%2f");
    }
}
