//! Comparisons of texts and numbers that are not worth a type of their own.

use std::ops::Range;

use memchr::memmem;

/// Where `word` stands with no letter beside it (`@containsWord`). Digits and `_` are no letters, as libmodsecurity has it.
pub(crate) fn contains_word(value: &[u8], word: &[u8]) -> Option<Range<usize>> {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    let stands_alone = |at: &usize| {
        let before = at.checked_sub(1).and_then(|at| value.get(at));
        !is_letter(before) && !is_letter(value.get(at + word.len()))
    };
    // Overlapping places count too: `aa` stands alone in `aaa aa`.
    let mut from = 0;
    while let Some(offset) = value.get(from..).and_then(|rest| memmem::find(rest, word)) {
        let at = from + offset;
        if stands_alone(&at) {
            return Some(at..at + word.len());
        }
        from = at + 1;
    }
    None
}

/// Whether the value is part of the argument (`@within`); an empty value is part of everything.
pub(crate) fn within(value: &[u8], argument: &[u8]) -> Option<Range<usize>> {
    memmem::find(argument, value).map(|_| 0..value.len())
}

/// The number at the beginning of a text: blanks, a sign, digits. Text is 0; what does not fit is the nearest that does.
pub(crate) fn atoi(text: &[u8]) -> i64 {
    let start = text.iter().position(|byte| !(byte.is_ascii_whitespace() || *byte == 0x0b)).unwrap_or(text.len());
    let signed = text.get(start..).unwrap_or_default();
    let negative = signed.starts_with(b"-");
    let digits = signed.strip_prefix(b"-").or_else(|| signed.strip_prefix(b"+")).unwrap_or(signed);
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'));
    // Towards the sign, so that the smallest number fits too.
    digits.fold(0, |number: i64, digit| {
        let shifted = number.saturating_mul(10);
        if negative { shifted.saturating_sub(digit) } else { shifted.saturating_add(digit) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_with_no_letter_beside_them() {
        let check = |value: &[u8], expected: Option<usize>| {
            assert_eq!(contains_word(value, b"foo"), expected.map(|at| at..at + 3), "{}", value.escape_ascii());
        };
        check(b"foo", Some(0));
        check(b"a foo b", Some(2));
        check(b"-foo-", Some(1));
        check(b"foo1", Some(0));
        check(b"1foo", Some(1));
        check(b"_foo_", Some(1));
        check(b"\xe4foo", Some(1));
        check(b"foofoo foo", Some(7));
        check(b"afoo", None);
        check(b"foob", None);
        check(b"FOO", None);
        check(b"", None);
        assert_eq!(contains_word(b"x foo bar y", b"foo bar"), Some(2..9));
        assert_eq!(contains_word(b"aaa aa", b"aa"), Some(4..6));
        assert_eq!(contains_word(b"ab", b""), None);
        assert_eq!(contains_word(b"", b""), Some(0..0));
    }

    #[test]
    fn a_value_within_the_argument_matches_whole() {
        for (value, expected) in [("GET", true), ("", true), ("T P", true), ("get", false), ("GETX", false)] {
            let found = within(value.as_bytes(), b"GET POST");
            assert_eq!(found, expected.then_some(0..value.len()), "{value}");
        }
    }

    #[test]
    fn numbers_are_read_as_c_reads_them() {
        let table: &[(&[u8], i64)] = &[
            (b"5", 5),
            (b" \t\n\x0b5", 5),
            (b"+5", 5),
            (b"-5", -5),
            (b"5abc", 5),
            (b"5.9", 5),
            (b"010", 10),
            (b"0x5", 0),
            (b"abc", 0),
            (b"", 0),
            (b"- 5", 0),
            (b"--5", 0),
            (b"\xa05", 0),
            (b"9223372036854775807", i64::MAX),
            (b"9223372036854775808", i64::MAX),
            (b"-9223372036854775808", i64::MIN),
            (b"-99999999999999999999", i64::MIN),
        ];
        for (text, expected) in table {
            assert_eq!(atoi(text), *expected, "{}", text.escape_ascii());
        }
    }
}
