//! Which bytes a value may consist of: `@validateByteRange`.

use std::ops::Range;

use medward_detect::ByteMask;

/// The allowed bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ByteRange {
    /// Every byte that may occur.
    pub(crate) allowed: ByteMask,
}

impl ByteRange {
    /// Reads `9,10,13,32-126`: numbers from 0 to 255 and ranges of them.
    pub(crate) fn parse(list: &[u8]) -> Result<Self, String> {
        let mut allowed = ByteMask::default();
        for entry in list.split(|byte| *byte == b',') {
            let text = String::from_utf8_lossy(entry);
            let (first, last) = text.split_once('-').unwrap_or((&text, &text));
            let (first, last) = (byte_value(first)?, byte_value(last)?);
            if first > last {
                return Err(format!("the range {} is the wrong way round", text.trim()));
            }
            allowed = allowed.or(ByteMask::range(first, last));
        }
        Ok(Self { allowed })
    }

    /// The first byte outside.
    pub(crate) fn outside(&self, value: &[u8]) -> Option<Range<usize>> {
        let at = value.iter().position(|byte| !self.allowed.contains(*byte))?;
        Some(at..at + 1)
    }
}

fn byte_value(text: &str) -> Result<u8, String> {
    let digits = text.trim();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let value = is_number.then(|| digits.parse().ok()).flatten();
    value.ok_or_else(|| format!("{digits:?} is no byte value from 0 to 255"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(list: &str, value: &[u8], expected: Option<usize>) {
        let range = ByteRange::parse(list.as_bytes()).unwrap();
        assert_eq!(range.outside(value), expected.map(|at| at..at + 1), "{list} {}", value.escape_ascii());
        assert_eq!(ByteMask::scan(value).within(range.allowed), expected.is_none());
    }

    #[test]
    fn the_first_byte_outside_is_found() {
        check("1-255", b"a\0b\0", Some(1));
        check("1-255", b"", None);
        check("9,10,13,32-126", b"a\n\t~", None);
        check("9,10,13,32-126", b"a\x7f", Some(1));
        check("9, 10 , 32 - 126", b"a\n", None);
        check("0", b"\0", None);
        check("255", b"\xff\xfe", Some(1));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for list in ["", "300", "1-256", "5-3", "a", "-5", "1-", "1,,2", "10,", "1-2-3", "+1"] {
            assert!(ByteRange::parse(list.as_bytes()).is_err(), "{list}");
        }
    }
}
