//! Whether a value is well encoded: `@validateUrlEncoding` and `@validateUtf8Encoding`. Both match what is **not**.

use std::ops::Range;

/// The first `%` that two hex digits do not follow.
pub(crate) fn invalid_url_encoding(value: &[u8]) -> Option<Range<usize>> {
    let is_escape = |at: usize| {
        let digits = value.get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    // Of `%%41` the first is wrong and the second is not; each is looked at for itself.
    let at = memchr::memchr_iter(b'%', value).find(|at| !is_escape(*at))?;
    Some(at..value.len().min(at + 3))
}

/// The first bytes that are no UTF-8 (RFC 3629): stray or missing continuation, over-long form, surrogate, code point
/// beyond U+10FFFF (libmodsecurity lets the last one pass).
pub(crate) fn invalid_utf8(value: &[u8]) -> Option<Range<usize>> {
    let error = std::str::from_utf8(value).err()?;
    let start = error.valid_up_to();
    Some(start..error.error_len().map_or(value.len(), |length| start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_need_two_hex_digits() {
        let check = |value: &str, expected: Option<Range<usize>>| {
            assert_eq!(invalid_url_encoding(value.as_bytes()), expected, "{value}");
        };
        for value in ["", "a", "%41", "%aF%00", "a+b"] {
            check(value, None);
        }
        check("%", Some(0..1));
        check("a%4", Some(1..3));
        check("%zzx", Some(0..3));
        check("%%41", Some(0..3));
        check("%u0041", Some(0..3));
        check("%41%", Some(3..4));
    }

    #[test]
    fn bytes_that_are_no_utf8_are_found() {
        let check = |value: &[u8], expected: Option<Range<usize>>| {
            assert_eq!(invalid_utf8(value), expected, "{}", value.escape_ascii());
        };
        for value in ["", "a\0", "é中😀", "\u{ffff}", "\u{10ffff}"] {
            check(value.as_bytes(), None);
        }
        check(b"a\xc3", Some(1..2));
        check(b"\xc3(", Some(0..1));
        check(b"\xc0\xae", Some(0..1));
        check(b"\xe0\x80\xae", Some(0..1));
        check(b"\xed\xa0\x80", Some(0..1));
        check(b"\xf0\x80\x80\x80", Some(0..1));
        check(b"\xf4\x90\x80\x80", Some(0..1));
        check(b"a\x80b", Some(1..2));
        check(b"\xe4\xb8", Some(0..2));
        check(b"\xff\xfe", Some(0..1));
    }
}
