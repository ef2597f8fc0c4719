//! Ways to write the same thing differently.

use crate::percent;

/// `'` → `%27`.
pub(super) fn percent(text: &str) -> String {
    percent::encode(text.as_bytes())
}

/// `'` → `%2527`.
pub(super) fn percent_twice(text: &str) -> String {
    percent(&percent(text))
}

/// A JSON object with one member whose value is written in `\uXXXX` escapes, all but letters and digits.
pub(super) fn json_escaped(name: &str, value: &str) -> String {
    let escape = |unit: u16| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("\\u{unit:04x}"),
    };
    let escaped: Vec<String> = value.encode_utf16().map(escape).collect();
    format!("{{\"{name}\":\"{}\"}}", escaped.concat())
}
