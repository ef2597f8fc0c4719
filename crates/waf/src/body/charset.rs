//! Text encodings in which ASCII does not look like ASCII, so that a rule would not see an attack: UTF-16, UTF-32, UTF-7
//! and EBCDIC. Everything else that is in use (GBK, Big5, Shift_JIS, ISO 8859, …) keeps ASCII as it is and stays bytes.
//!
//! A server may go by the declared charset, by a byte order mark, by where NUL bytes stand (Python's `json.loads`), or by
//! nothing at all. So the text found here is inspected *beside* the bytes as they came, never instead of them.

/// How a body or part says, or shows, that its text is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Charset {
    /// ASCII is ASCII.
    #[default]
    AsciiLike,
    Utf16(Order),
    Utf32(Order),
    Utf7,
    /// Code page 037; its relatives differ in little but brackets.
    Ebcdic,
    /// A name we do not know.
    Unknown,
}

/// Byte order; unknown until a mark or the NUL bytes tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    Big,
    Little,
    Open,
}

impl Charset {
    /// The charset of a name, in any of its spellings.
    pub(crate) fn named(name: &[u8]) -> Self {
        let bare: Vec<u8> =
            name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
        let digits: &[u8] = bare.iter().position(u8::is_ascii_digit).and_then(|at| bare.get(at..)).unwrap_or_default();
        let starts = |prefixes: &[&[u8]]| prefixes.iter().any(|prefix| bare.starts_with(prefix));
        match bare.as_slice() {
            b"utf16" | b"u16" | b"csutf16" | b"ucs2" | b"iso10646ucs2" | b"unicode" => Self::Utf16(Order::Open),
            b"utf16le" | b"unicodelittleunmarked" | b"ucs2le" => Self::Utf16(Order::Little),
            b"utf16be" | b"unicodebigunmarked" | b"unicodefffe" | b"ucs2be" => Self::Utf16(Order::Big),
            b"utf32" | b"u32" | b"ucs4" | b"iso10646ucs4" => Self::Utf32(Order::Open),
            b"utf32le" => Self::Utf32(Order::Little),
            b"utf32be" => Self::Utf32(Order::Big),
            b"utf7" | b"u7" | b"unicode11utf7" | b"csutf7" => Self::Utf7,
            _ if starts(&[b"ebcdic", b"csibm037"]) => Self::Ebcdic,
            _ if starts(&[b"ibm", b"cp", b"0", b"x"]) && is_ebcdic_page(digits) => Self::Ebcdic,
            b"" | b"utf8" | b"utf8sig" | b"ascii" | b"usascii" | b"binary" | b"gbk" | b"hkscs" | b"sjis" | b"none" => {
                Self::AsciiLike
            }
            _ if starts(&[
                b"iso8859",
                b"latin",
                b"windows",
                b"cp",
                b"ibm",
                b"gb2312",
                b"gb18030",
                b"big5",
                b"shiftjis",
            ]) || starts(&[b"euc", b"koi8", b"mac", b"tis620", b"ksc", b"utf8", b"ms"]) =>
            {
                Self::AsciiLike
            }
            _ => Self::Unknown,
        }
    }

    /// What the first bytes say by themselves: a byte order mark, or NUL bytes where ASCII in wide units has them.
    pub(crate) fn sniff(bytes: &[u8]) -> Self {
        match bytes {
            [0, 0, ..] => Self::Utf32(Order::Big),
            [0xff, 0xfe, 0, 0, ..] | [_, 0, 0, 0, ..] => Self::Utf32(Order::Little),
            [0xfe, 0xff, ..] | [0, _, ..] => Self::Utf16(Order::Big),
            [0xff, 0xfe, ..] | [_, 0, ..] => Self::Utf16(Order::Little),
            [b'+', b'/', b'v', b'8' | b'9' | b'+' | b'/', ..] => Self::Utf7,
            _ => Self::AsciiLike,
        }
    }

    /// The text as UTF-8; `None` where ASCII is ASCII anyway.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::AsciiLike | Self::Unknown => None,
            Self::Utf16(order) => Some(utf16(bytes, order)),
            Self::Utf32(order) => Some(utf32(bytes, order)),
            Self::Utf7 => Some(utf7(bytes)),
            Self::Ebcdic => {
                let characters =
                    bytes.iter().map(|byte| EBCDIC.get(usize::from(*byte)).copied().map_or(' ', char::from));
                Some(characters.collect::<String>().into_bytes())
            }
        }
    }
}

fn is_ebcdic_page(digits: &[u8]) -> bool {
    const PAGES: &[&[u8]] = &[
        b"37", b"273", b"277", b"278", b"280", b"284", b"285", b"290", b"297", b"420", b"423", b"424", b"500", b"838",
        b"870", b"871", b"875", b"880", b"905", b"924", b"930", b"933", b"935", b"937", b"939", b"1025", b"1026",
        b"1047",
    ];
    let digits = digits.iter().position(|digit| *digit != b'0').and_then(|at| digits.get(at..)).unwrap_or_default();
    PAGES.contains(&digits) || (digits.len() == 4 && digits.starts_with(b"114"))
}

/// Whether the high byte of ASCII comes first, as the NUL bytes of the beginning tell; little-endian when they do not.
fn is_big(bytes: &[u8], order: Order, width: usize) -> bool {
    if order != Order::Open {
        return order == Order::Big;
    }
    let first = bytes.chunks_exact(width).take(64).filter(|unit| unit.first() == Some(&0)).count();
    let last = bytes.chunks_exact(width).take(64).filter(|unit| unit.last() == Some(&0)).count();
    first > last
}

fn utf16(bytes: &[u8], order: Order) -> Vec<u8> {
    let (bytes, big) = match bytes {
        [0xfe, 0xff, rest @ ..] => (rest, true),
        [0xff, 0xfe, rest @ ..] => (rest, false),
        _ => (bytes, is_big(bytes, order, 2)),
    };
    let units = bytes.chunks(2).map(|pair| match (pair, big) {
        ([high, low], true) | ([low, high], false) => u16::from_be_bytes([*high, *low]),
        _ => 0xfffd,
    });
    let characters = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
    characters.collect::<String>().into_bytes()
}

fn utf32(bytes: &[u8], order: Order) -> Vec<u8> {
    let (bytes, big) = match bytes {
        [0, 0, 0xfe, 0xff, rest @ ..] => (rest, true),
        [0xff, 0xfe, 0, 0, rest @ ..] => (rest, false),
        _ => (bytes, is_big(bytes, order, 4)),
    };
    let characters = bytes.chunks(4).map(|unit| {
        let code = match *unit {
            [a, b, c, d] if big => u32::from_be_bytes([a, b, c, d]),
            [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
            _ => 0xfffd,
        };
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    characters.collect::<String>().into_bytes()
}

/// RFC 2152: `+` opens base64 of UTF-16, any other byte (or `-`, which is swallowed) closes it, `+-` is a plus.
fn utf7(mut bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    while let Some(plus) = memchr::memchr(b'+', bytes) {
        let (plain, rest) = bytes.split_at(plus);
        text.extend_from_slice(plain);
        let body = rest.get(1..).unwrap_or_default();
        let length = body.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"+/".contains(byte)));
        let (letters, after) = body.split_at(length.unwrap_or(body.len()));
        if letters.is_empty() {
            text.push(b'+');
        } else {
            let mut units = Vec::with_capacity(letters.len());
            medward_detect::base64_decode(letters, &mut units);
            units.truncate(units.len() & !1);
            text.extend_from_slice(&utf16(&units, Order::Big));
        }
        bytes = after.strip_prefix(b"-").unwrap_or(after);
    }
    text.extend_from_slice(bytes);
    text
}

#[rustfmt::skip]
const EBCDIC: [u8; 256] = [
    0x00, 0x01, 0x02, 0x03, 0x9c, 0x09, 0x86, 0x7f, 0x97, 0x8d, 0x8e, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
    0x10, 0x11, 0x12, 0x13, 0x9d, 0x85, 0x08, 0x87, 0x18, 0x19, 0x92, 0x8f, 0x1c, 0x1d, 0x1e, 0x1f,
    0x80, 0x81, 0x82, 0x83, 0x84, 0x0a, 0x17, 0x1b, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x05, 0x06, 0x07,
    0x90, 0x91, 0x16, 0x93, 0x94, 0x95, 0x96, 0x04, 0x98, 0x99, 0x9a, 0x9b, 0x14, 0x15, 0x9e, 0x1a,
    0x20, 0xa0, 0xe2, 0xe4, 0xe0, 0xe1, 0xe3, 0xe5, 0xe7, 0xf1, 0xa2, 0x2e, 0x3c, 0x28, 0x2b, 0x7c,
    0x26, 0xe9, 0xea, 0xeb, 0xe8, 0xed, 0xee, 0xef, 0xec, 0xdf, 0x21, 0x24, 0x2a, 0x29, 0x3b, 0xac,
    0x2d, 0x2f, 0xc2, 0xc4, 0xc0, 0xc1, 0xc3, 0xc5, 0xc7, 0xd1, 0xa6, 0x2c, 0x25, 0x5f, 0x3e, 0x3f,
    0xf8, 0xc9, 0xca, 0xcb, 0xc8, 0xcd, 0xce, 0xcf, 0xcc, 0x60, 0x3a, 0x23, 0x40, 0x27, 0x3d, 0x22,
    0xd8, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xab, 0xbb, 0xf0, 0xfd, 0xfe, 0xb1,
    0xb0, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0xaa, 0xba, 0xe6, 0xb8, 0xc6, 0xa4,
    0xb5, 0x7e, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0xa1, 0xbf, 0xd0, 0xdd, 0xde, 0xae,
    0x5e, 0xa3, 0xa5, 0xb7, 0xa9, 0xa7, 0xb6, 0xbc, 0xbd, 0xbe, 0x5b, 0x5d, 0xaf, 0xa8, 0xb4, 0xd7,
    0x7b, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0xad, 0xf4, 0xf6, 0xf2, 0xf3, 0xf5,
    0x7d, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0xb9, 0xfb, 0xfc, 0xf9, 0xfa, 0xff,
    0x5c, 0xf7, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0xb2, 0xd4, 0xd6, 0xd2, 0xd3, 0xd5,
    0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0xb3, 0xdb, 0xdc, 0xd9, 0xda, 0x9f,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_every_spelling() {
        for (name, expected) in [
            ("UTF-8", Charset::AsciiLike),
            ("gb18030", Charset::AsciiLike),
            ("\"ISO-8859-1\"", Charset::AsciiLike),
            ("Windows-1252", Charset::AsciiLike),
            ("cp936", Charset::AsciiLike),
            ("utf_16_le", Charset::Utf16(Order::Little)),
            ("UTF-16", Charset::Utf16(Order::Open)),
            ("utf-32BE", Charset::Utf32(Order::Big)),
            ("utf-7", Charset::Utf7),
            ("IBM037", Charset::Ebcdic),
            ("cp500", Charset::Ebcdic),
            ("IBM01140", Charset::Ebcdic),
            ("x-user-defined", Charset::Unknown),
        ] {
            assert_eq!(Charset::named(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn texts_are_decoded() {
        let wide = |big: bool| -> Vec<u8> {
            "a'中😀".encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        let wider: Vec<u8> = "a'中😀".chars().flat_map(|character| u32::from(character).to_le_bytes()).collect();
        for (charset, bytes, expected) in [
            (Charset::Utf16(Order::Open), wide(true), "a'中😀"),
            (Charset::Utf16(Order::Open), wide(false), "a'中😀"),
            (Charset::sniff(&wide(false)), wide(false), "a'中😀"),
            (Charset::sniff(&wider), wider, "a'中😀"),
            (Charset::Utf7, b"1+ACc- +ZeVnLIqe- a+-b+AD0".to_vec(), "1' 日本語 a+b="),
            (Charset::Ebcdic, vec![0xf1, 0x7d, 0x40, 0x96, 0x99], "1' or"),
            (Charset::Utf16(Order::Little), b"a\0b".to_vec(), "a\u{fffd}"),
            (Charset::Utf32(Order::Big), vec![0, 0xd8, 0, 0, 0], "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(String::from_utf8(charset.decode(&bytes).unwrap()).unwrap(), expected);
        }
        assert_eq!(Charset::named(b"gbk").decode(b"a"), None);
        assert_eq!(Charset::sniff(b"{}").decode(b"{}"), None);
    }
}
