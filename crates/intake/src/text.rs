//! Bytes as text: UTF-8 where they are, else GB18030, in which Chinese devices write.

use std::borrow::Cow;

use encoding_rs::GB18030;

/// What the bytes were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    Utf8,
    Gb18030,
    /// Neither; what does not read is U+FFFD in the text and itself in `event.original`.
    Unknown,
}

/// The text of a frame.
pub(crate) fn text_of(bytes: &[u8]) -> (Cow<'_, str>, Charset) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), Charset::Utf8),
        // Cut inside its last character, as senders do at 1,024 bytes: still UTF-8.
        Err(error) if error.error_len().is_none() => (String::from_utf8_lossy(bytes), Charset::Utf8),
        Err(_) => match GB18030.decode_without_bom_handling(bytes) {
            (text, false) => (text, Charset::Gb18030),
            (_, true) => match cut_gb18030(bytes) {
                Some(text) => (Cow::Owned(text), Charset::Gb18030),
                None => (String::from_utf8_lossy(bytes), Charset::Unknown),
            },
        },
    }
}

/// The text of bytes that were cut inside their last character, which has at most four.
fn cut_gb18030(bytes: &[u8]) -> Option<String> {
    (1..=3).find_map(|missing| {
        let (whole, begun) = bytes.split_at_checked(bytes.len().checked_sub(missing)?)?;
        let begins = begun.first().is_some_and(|byte| (0x81..=0xfe).contains(byte));
        let (text, malformed) = GB18030.decode_without_bom_handling(whole);
        (begins && !malformed && !whole.is_ascii()).then(|| format!("{text}\u{fffd}"))
    })
}

/// The beginning of a text, at most this many bytes, cut at a character.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_tried_first_and_a_cut_character_is_no_reason_for_another() {
        let check =
            |bytes: &[u8], text: &str, charset| assert_eq!(text_of(bytes), (Cow::from(text.to_owned()), charset));
        check("登录失败".as_bytes(), "登录失败", Charset::Utf8);
        check(&"登录失败".as_bytes()[..11], "登录失\u{fffd}", Charset::Utf8);
        check(b"\xb5\xc7\xc2\xbc\xca\xa7\xb0\xdc", "登录失败", Charset::Gb18030);
        check(b"\xb5\xc7\xc2\xbc\xca\xa7\xb0", "登录失\u{fffd}", Charset::Gb18030);
        check(b"a\xff\xffb", "a\u{fffd}\u{fffd}b", Charset::Unknown);
    }

    #[test]
    fn beginning_ends_at_a_character() {
        assert_eq!(beginning("登录", 5), "登");
        assert_eq!(beginning("ab", 5), "ab");
    }
}
