//! Values as they stand in a request: percent-encoding, pairs, and what a text means for a schema.

use serde_json::Value;

/// The text behind percent-encoding, or none if it is not UTF-8. A `%` without two digits stands for itself.
pub(crate) fn percent_decoded(text: &[u8], plus_is_space: bool) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'%', [high, low, behind @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                decoded.push((hex(*high) << 4) | hex(*low));
                rest = behind;
            }
            (b'+', _) if plus_is_space => decoded.push(b' '),
            _ => decoded.push(*byte),
        }
    }
    String::from_utf8(decoded).ok()
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20).wrapping_sub(b'a').wrapping_add(10),
    }
}

/// Pairs of a query or form, as they were written.
pub(crate) fn pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (pair.get(..at).unwrap_or_default(), pair.get(at + 1..).unwrap_or_default()),
            None => (pair, [].as_slice()),
        }
    })
}

/// Types that a schema allows for a value, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(0x7f);
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const NUMBER: Self = Self(8);
    pub(crate) const STRING: Self = Self(16);
    pub(crate) const ARRAY: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);

    pub(crate) fn named(name: &str) -> Self {
        match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => Self::NONE,
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn is_only(self, other: Self) -> bool {
        self.0 & !other.0 & !Self::NULL.0 == 0 && self.has(other)
    }
}

/// What a text can mean where these types are allowed; the likeliest first. Never empty: what fits nothing stays text, and
/// the schema refuses it.
pub(crate) fn meanings(text: &str, types: Types) -> Vec<Value> {
    let mut meanings = Vec::with_capacity(1);
    if types.has(Types::INTEGER.or(Types::NUMBER))
        && text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
    {
        // The grammar of a JSON number is what APIs write.
        meanings.extend(serde_json::from_str(text).ok().filter(Value::is_number));
    }
    match text {
        "true" | "false" if types.has(Types::BOOLEAN) => meanings.push(Value::Bool(text == "true")),
        "null" if types.has(Types::NULL) => meanings.push(Value::Null),
        _ => {}
    }
    if meanings.is_empty() || types.has(Types::STRING) {
        meanings.push(Value::String(text.to_owned()));
    }
    meanings
}
