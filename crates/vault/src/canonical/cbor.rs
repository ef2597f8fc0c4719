//! The few CBOR forms a record uses (RFC 8949 §3), shortest heads only.

/// Major types used here.
pub(super) mod major {
    pub(in super::super) const UINT: u8 = 0;
    pub(in super::super) const NINT: u8 = 1;
    pub(in super::super) const BYTES: u8 = 2;
    pub(in super::super) const TEXT: u8 = 3;
    pub(in super::super) const ARRAY: u8 = 4;
    pub(in super::super) const MAP: u8 = 5;
}

/// Additional information of a head whose argument follows in 1, 2, 4 or 8 bytes (RFC 8949 §3).
const ONE_BYTE: u8 = 0x18;
const TWO_BYTES: u8 = 0x19;
const FOUR_BYTES: u8 = 0x1a;
const EIGHT_BYTES: u8 = 0x1b;

/// Writes the shortest head of `major` with argument `value`.
pub(super) fn write_head(out: &mut Vec<u8>, major: u8, value: u64) {
    let major = major << 5;
    let bytes = value.to_be_bytes();
    let [.., b4, b5, b6, b7] = bytes;
    match value {
        0..24 => out.push(major | b7),
        24..0x100 => out.extend([major | ONE_BYTE, b7]),
        0x100..0x1_0000 => out.extend([major | TWO_BYTES, b6, b7]),
        0x1_0000..0x1_0000_0000 => out.extend([major | FOUR_BYTES, b4, b5, b6, b7]),
        _ => {
            out.push(major | EIGHT_BYTES);
            out.extend(bytes);
        }
    }
}

pub(super) fn write_int(out: &mut Vec<u8>, value: i64) {
    match u64::try_from(value) {
        Ok(value) => write_head(out, major::UINT, value),
        // The argument of a negative integer is -1 - value.
        Err(_) => write_head(out, major::NINT, (!value).unsigned_abs()),
    }
}

pub(super) fn write_text(out: &mut Vec<u8>, text: &str) {
    write_head(out, major::TEXT, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

pub(super) fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_head(out, major::BYTES, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads what the writers above write, and nothing else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// Major type and argument of the next head; `None` when it is cut off, indefinite, or longer than needed.
    pub(super) fn head(&mut self) -> Option<(u8, u64)> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        let (width, least) = match first & 31 {
            short @ 0..24 => return Some((first >> 5, u64::from(short))),
            24 => (1, 24),
            25 => (2, 0x100),
            26 => (4, 0x1_0000),
            27 => (8, 0x1_0000_0000),
            _ => return None,
        };
        let value = self.take(width)?.iter().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
        (value >= least).then_some((first >> 5, value))
    }

    fn expect(&mut self, wanted: u8) -> Option<u64> {
        self.head().and_then(|(major, value)| (major == wanted).then_some(value))
    }

    pub(super) fn uint(&mut self) -> Option<u64> {
        self.expect(major::UINT)
    }

    pub(super) fn int(&mut self) -> Option<i64> {
        let (major, value) = self.head()?;
        let value = i64::try_from(value).ok()?;
        match major {
            major::UINT => Some(value),
            major::NINT => Some(!value),
            _ => None,
        }
    }

    pub(super) fn map(&mut self) -> Option<u64> {
        self.expect(major::MAP)
    }

    pub(super) fn array(&mut self) -> Option<u64> {
        self.expect(major::ARRAY)
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.expect(major::BYTES)?;
        self.take(usize::try_from(length).ok()?)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.expect(major::TEXT)?;
        std::str::from_utf8(self.take(usize::try_from(length).ok()?)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8949 Appendix A, integers.
    #[test]
    fn integers_of_rfc_8949_appendix_a() {
        let check = |value: i64, expected: &[u8]| {
            let mut out = Vec::new();
            write_int(&mut out, value);
            assert_eq!(out, expected, "{value}");
            assert_eq!(Reader::new(&out).int(), Some(value));
        };
        check(0, &[0x00]);
        check(23, &[0x17]);
        check(24, &[0x18, 0x18]);
        check(1000, &[0x19, 0x03, 0xe8]);
        check(1_000_000, &[0x1a, 0x00, 0x0f, 0x42, 0x40]);
        check(1_000_000_000_000, &[0x1b, 0x00, 0x00, 0x00, 0xe8, 0xd4, 0xa5, 0x10, 0x00]);
        check(-1, &[0x20]);
        check(-1000, &[0x39, 0x03, 0xe7]);
        check(i64::MIN, &[0x3b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    }

    #[test]
    fn longer_head_than_needed_is_refused() {
        for bytes in [&[0x18, 0x17][..], &[0x19, 0x00, 0xff], &[0x1a, 0, 0, 0xff, 0xff], &[0x1f], &[0x1c]] {
            assert_eq!(Reader::new(bytes).head(), None, "{bytes:x?}");
        }
    }
}
