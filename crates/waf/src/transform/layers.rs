//! Peels encodings off a value, one at a time: the transformation `decodeLayers`.
//!
//! Attackers stack encodings because each hop of an application may undo one. So a rule that decodes layers sees the
//! value as it came and after every peeling. Each step only fires where the encoding is really there: a lone `%`, `+`, `&`
//! or backslash in prose changes nothing.

use medward_detect::{ByteMask, base64_decode, base64_value};

use super::Transformation;
use super::decode::{hex_value, html_entity_decode, js_escapes_only, url_decode_text_into};
use super::nested::{json, query};

/// Most layers peeled off one value; with the value itself that makes nine variants.
pub(crate) const MAX_LAYERS: usize = 8;

/// Shortest base64 text that is decoded: `fGlkIHg=` is a command, and a word that long spells no text by chance when every
/// byte of it must be printable.
const BASE64_BYTES: usize = 8;
/// From this length on base64 may hide a few bytes that are no text.
const LONG_BASE64_BYTES: usize = 16;
/// Shortest hex text that is decoded.
const HEX_DIGITS: usize = 16;
/// How much of a long base64 value is looked at before it is decoded: an image shows itself early.
const BASE64_PROBE_BYTES: usize = 64;

const BASE64_ALPHABET: ByteMask = ByteMask::range(b'A', b'Z')
    .or(ByteMask::range(b'a', b'z'))
    .or(ByteMask::range(b'0', b'9'))
    .or(ByteMask::of(b"+/-_="));

/// Undoes one encoding, or says that it is not there.
type Step = fn(&[u8], ByteMask, &mut Vec<u8>) -> Option<&'static str>;

/// Writes the next layer under `input` (in which the bytes of `mask` occur) to `output` and names it; `None` when there
/// is none.
pub(crate) fn next_layer(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    // UTF-7 goes first: to the percent step its plus is a blank.
    const STEPS: [Step; 13] =
        [utf7, percent, html, json, javascript, overlong, full_width, nulls, base64, credentials, token, hex, query];
    STEPS.iter().find_map(|step| {
        output.clear();
        step(input, mask, output).filter(|_| output != input && !output.is_empty())
    })
}

fn percent(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    if !mask.intersects(const { ByteMask::of(b"%") }) || !has_percent_escape(input) {
        return None;
    }
    url_decode_text_into(input, output);
    Some(Transformation::UrlDecodeUni.name())
}

fn has_percent_escape(input: &[u8]) -> bool {
    memchr::memchr_iter(b'%', input).any(|at| match input.get(at + 1..at + 3) {
        Some([b'u' | b'U', digit]) => hex_value(*digit).is_some(),
        Some([high, low]) => hex_value(*high).is_some() && hex_value(*low).is_some(),
        _ => false,
    })
}

fn html(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    if !mask.intersects(const { ByteMask::of(b"&") }) {
        return None;
    }
    html_entity_decode(input, output);
    Some(Transformation::HtmlEntityDecode.name())
}

fn javascript(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    if !mask.intersects(const { ByteMask::of(b"\\") }) {
        return None;
    }
    js_escapes_only(input, output);
    Some(Transformation::JsDecode.name())
}

/// UTF-7 (RFC 2152): `+ADw-` for `<`. Only where it spells ASCII marks, which nobody writes that way: sums such as `a+b-c`
/// stay.
fn utf7(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    if !mask.intersects(const { ByteMask::of(b"+") }) {
        return None;
    }
    let mut rest = input;
    let mut marked = false;
    let mut units = Vec::new();
    while let Some(at) = memchr::memchr(b'+', rest) {
        output.extend_from_slice(rest.get(..at).unwrap_or_default());
        let shifted = rest.get(at + 1..).unwrap_or_default();
        // The first six bits of an ASCII character are zero: this is the plus of a sum, or a blank of a form.
        if shifted.first() != Some(&b'A') {
            output.push(b'+');
            rest = shifted;
            continue;
        }
        let length = shifted.iter().take_while(|byte| base64_value(**byte).is_some() && **byte != b'-').count();
        units.clear();
        base64_decode(shifted.get(..length).unwrap_or_default(), &mut units);
        let ascii = units.len() >= 2 && units.chunks_exact(2).all(|unit| matches!(unit, [0, b'\t'..=b'~']));
        if ascii {
            let marks = |unit: &[u8]| unit.get(1).is_some_and(|byte| b"<>\"'=();/".contains(byte));
            marked = marked || units.chunks_exact(2).any(marks);
            output.extend(units.chunks_exact(2).filter_map(|unit| unit.get(1)));
            let closed = usize::from(shifted.get(length) == Some(&b'-'));
            rest = shifted.get(length + closed..).unwrap_or_default();
        } else {
            output.push(b'+');
            output.extend_from_slice(shifted.get(..length).unwrap_or_default());
            rest = shifted.get(length..).unwrap_or_default();
        }
    }
    output.extend_from_slice(rest);
    marked.then_some("utf7")
}

/// Over-long UTF-8 (`c0 ae` for a dot): forbidden by RFC 3629 §3, decoded by careless parsers.
fn overlong(mut input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    if !mask.intersects(const { ByteMask::of(&[0xc0, 0xc1, 0xe0]) }) {
        return None;
    }
    loop {
        input = match input {
            [] => return Some("overlongUtf8"),
            [lead @ 0xc0..=0xc1, next @ 0x80..=0xbf, rest @ ..] => {
                output.push((lead & 1) << 6 | (next & 0x3f));
                rest
            }
            [0xe0, next @ 0x80..=0x81, last @ 0x80..=0xbf, rest @ ..] => {
                output.push((next & 1) << 6 | (last & 0x3f));
                rest
            }
            [byte, rest @ ..] => {
                output.push(*byte);
                rest
            }
        };
    }
}

/// Full-width letters, quotes and angle brackets (U+FF01 to U+FF5E) that a database folds to ASCII. Full-width commas,
/// colons and parentheses are ordinary Chinese punctuation and do not start it.
fn full_width(mut input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    if !mask.intersects(const { ByteMask::of(&[0xef]) }) || !has_full_width_code(input) {
        return None;
    }
    loop {
        input = match input {
            [] => return Some("fullWidth"),
            [0xef, 0xbc, last @ 0x81..=0xbf, rest @ ..] => {
                output.push(last - 0x80 + 0x20);
                rest
            }
            [0xef, 0xbd, last @ 0x80..=0x9e, rest @ ..] => {
                output.push(last - 0x80 + 0x60);
                rest
            }
            [byte, rest @ ..] => {
                output.push(*byte);
                rest
            }
        };
    }
}

fn has_full_width_code(input: &[u8]) -> bool {
    memchr::memchr_iter(0xef, input).any(|at| {
        matches!(input.get(at + 1..at + 3), Some([0xbc, 0x82 | 0x87 | 0x9c | 0x9e | 0xa1..=0xba] | [0xbd, 0x81..=0x9a]))
    })
}

fn nulls(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    if !mask.intersects(const { ByteMask::of(&[0]) }) {
        return None;
    }
    output.extend(input.iter().copied().filter(|byte| *byte != 0));
    Some(Transformation::RemoveNulls.name())
}

/// A value that is base64 as a whole and hides text (at least nine tenths printable, all of it when it is short).
fn base64(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    if input.len() < BASE64_BYTES || !mask.within(BASE64_ALPHABET) {
        return None;
    }
    base64_text(input, output).then_some(Transformation::Base64Decode.name())
}

/// Decodes base64 that hides text; false when it does not.
pub(super) fn base64_text(input: &[u8], output: &mut Vec<u8>) -> bool {
    let body = input.strip_suffix(b"==").or_else(|| input.strip_suffix(b"=")).unwrap_or(input);
    let short = input.len() < LONG_BASE64_BYTES;
    // A short word without padding is a word, unless it comes out even.
    let odd = if short { !input.len().is_multiple_of(4) } else { body.len() % 4 == 1 };
    if input.len() < BASE64_BYTES || odd || !body.iter().all(|byte| base64_value(*byte).is_some()) {
        return false;
    }
    let hides = |bytes: &[u8]| if short { bytes.iter().all(|byte| is_printable(*byte)) } else { is_text(bytes) };
    output.clear();
    base64_decode(body.get(..BASE64_PROBE_BYTES).unwrap_or(body), output);
    if !hides(output) {
        return false;
    }
    output.clear();
    base64_decode(body, output);
    hides(output)
}

/// `Token MTI3LjAuMC4xO2lk`: one word, then base64 of a text (RFC 9110 §11.4). Programs of devices hand it to a shell. What
/// stands behind `Basic` is a user and a password, and is judged as such: a password holds any signs.
fn credentials(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    const LONGEST_SCHEME: usize = 16;
    let blanks = ByteMask::of(b" ");
    if !mask.intersects(blanks) || !mask.within(BASE64_ALPHABET.or(blanks)) {
        return None;
    }
    let blank = memchr::memchr(b' ', input.get(..LONGEST_SCHEME).unwrap_or(input))?;
    let (scheme, rest) = input.split_at_checked(blank)?;
    let named =
        !scheme.is_empty() && scheme.iter().all(u8::is_ascii_alphabetic) && !scheme.eq_ignore_ascii_case(b"basic");
    (named && base64_text(rest.trim_ascii(), output)).then_some(Transformation::Base64Decode.name())
}

/// A JSON web token, alone or behind its scheme: what header and claims say (RFC 7519 §3). Applications look up the key by the
/// header before they check the signature.
fn token(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    let dots = ByteMask::of(b".");
    if !mask.intersects(dots) || !mask.within(BASE64_ALPHABET.or(ByteMask::of(b". "))) {
        return None;
    }
    let text = input.trim_ascii();
    let parts = text.get(memchr::memrchr(b' ', text).map_or(0, |blank| blank + 1)..)?;
    let mut decoded = Vec::new();
    for (at, part) in parts.split(|byte| *byte == b'.').take(2).enumerate() {
        decoded.clear();
        base64_decode(part.strip_suffix(b"=").unwrap_or(part), &mut decoded);
        let object = decoded.trim_ascii();
        let named = matches!(object, [b'{', inside @ .., b'}'] if inside.trim_ascii_start().first() == Some(&b'"'));
        if !named && at == 0 {
            return None;
        }
        if named {
            json(object, ByteMask::of(object), output);
        }
    }
    (!output.is_empty()).then_some("token")
}

/// A value that is hex digits as a whole, also behind `0x`, and hides text with marks in it: digests and ids do not.
fn hex(input: &[u8], mask: ByteMask, output: &mut Vec<u8>) -> Option<&'static str> {
    const DIGITS: ByteMask = ByteMask::range(b'0', b'9')
        .or(ByteMask::range(b'a', b'f'))
        .or(ByteMask::range(b'A', b'F'))
        .or(ByteMask::of(b"xX"));
    if input.len() < HEX_DIGITS || !mask.within(DIGITS) {
        return None;
    }
    let digits = input.strip_prefix(b"0x").or_else(|| input.strip_prefix(b"0X")).unwrap_or(input);
    if digits.len() % 2 == 1 {
        return None;
    }
    for pair in digits.chunks_exact(2) {
        let [high, low] = pair else { return None };
        let byte = hex_value(*high)? << 4 | hex_value(*low)?;
        if !matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r') {
            return None;
        }
        output.push(byte);
    }
    output.iter().any(|byte| !byte.is_ascii_alphanumeric()).then_some(Transformation::HexDecode.name())
}

const fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// Nine tenths are printable ASCII, or characters of more than one byte, as Chinese has them.
fn is_text(bytes: &[u8]) -> bool {
    let printable = bytes.iter().filter(|byte| is_printable(**byte)).count();
    printable * 10 >= bytes.len() * 9 || (printable * 4 >= bytes.len() && is_unicode_text(bytes))
}

/// UTF-8 without control characters; the last character may have been cut.
fn is_unicode_text(bytes: &[u8]) -> bool {
    let whole = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && error.valid_up_to() + 4 > bytes.len(),
    };
    whole && bytes.iter().all(|byte| *byte >= 0x80 || is_printable(*byte))
}
