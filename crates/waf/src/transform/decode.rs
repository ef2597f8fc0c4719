//! Decoders: percent, HTML references, JavaScript, CSS and C escapes, base64, hex.

use super::best_fit::{best_fit, likeness};

pub(super) const fn hex_value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The number that up to `most` leading digits spell, and how many there were.
fn number(bytes: &[u8], radix: u32, most: usize) -> (u32, usize) {
    let mut value = 0u32;
    let mut count = 0;
    for byte in bytes.iter().take(most) {
        let Some(digit) = char::from(*byte).to_digit(radix) else { break };
        value = value.saturating_mul(radix).saturating_add(digit);
        count += 1;
    }
    (value, count)
}

/// Appends a code point as UTF-8; what is none (surrogates, too large) becomes its low byte, as ModSecurity does.
fn push_code_point(code: u32, output: &mut Vec<u8>) {
    match char::from_u32(code) {
        Some(character) => output.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        None => output.push(low_byte(code)),
    }
}

pub(super) fn low_byte(code: u32) -> u8 {
    u8::try_from(code & 0xff).unwrap_or(0)
}

/// Appends `input` with `%hh` decoded and `+` as a blank; invalid escapes stay as they are.
pub(crate) fn url_decode_into(input: &[u8], output: &mut Vec<u8>) {
    percent_decode(input, output, Unicode::No);
}

/// [`url_decode_into`] with `%uHHHH` as well: the ASCII it looks like to code page 20127, else its low byte, which is
/// what the applications that read `%u` do.
pub(super) fn url_decode_uni_into(input: &[u8], output: &mut Vec<u8>) {
    percent_decode(input, output, Unicode::Bytes);
}

/// [`url_decode_into`] with `%uHHHH` as the text it spells: ASCII where it looks like that, UTF-8 otherwise, so that
/// Chinese text that a script escaped does not turn into quotes and brackets.
pub(super) fn url_decode_text_into(input: &[u8], output: &mut Vec<u8>) {
    percent_decode(input, output, Unicode::Text);
}

/// What becomes of `%uHHHH`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unicode {
    No,
    Bytes,
    Text,
}

fn push_unicode(code: u32, unicode: Unicode, output: &mut Vec<u8>) {
    if unicode == Unicode::Bytes {
        return output.push(best_fit(code));
    }
    if let Some(byte) = likeness(code) {
        return output.push(byte);
    }
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    output.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

fn percent_decode(mut input: &[u8], output: &mut Vec<u8>, unicode: Unicode) {
    loop {
        let end = memchr::memchr2(b'%', b'+', input).unwrap_or(input.len());
        let (plain, rest) = input.split_at(end);
        output.extend_from_slice(plain);
        input = match rest {
            [] => return,
            [b'+', rest @ ..] => {
                output.push(b' ');
                rest
            }
            [b'%', b'u' | b'U', digits @ ..] if unicode != Unicode::No && number(digits, 16, 4).1 == 4 => {
                push_unicode(number(digits, 16, 4).0, unicode, output);
                digits.get(4..).unwrap_or_default()
            }
            [b'%', high, low, rest @ ..] => {
                if let (Some(high), Some(low)) = (hex_value(*high), hex_value(*low)) {
                    output.push(high << 4 | low);
                    rest
                } else {
                    output.push(b'%');
                    input.get(end + 1..).unwrap_or_default()
                }
            }
            [byte, rest @ ..] => {
                output.push(*byte);
                rest
            }
        };
    }
}

/// Named references that matter to a parser of markup or paths.
const NAMED: &[(&[u8], u8)] = &[
    (b"quot", b'"'),
    (b"amp", b'&'),
    (b"lt", b'<'),
    (b"gt", b'>'),
    (b"nbsp", 0xa0),
    (b"apos", b'\''),
    (b"tab", b'\t'),
    (b"newline", b'\n'),
    (b"colon", b':'),
    (b"semi", b';'),
    (b"lpar", b'('),
    (b"rpar", b')'),
    (b"sol", b'/'),
    (b"bsol", b'\\'),
    (b"equals", b'='),
    (b"grave", b'`'),
];

pub(super) fn html_entity_decode(mut input: &[u8], output: &mut Vec<u8>) {
    loop {
        let end = memchr::memchr(b'&', input).unwrap_or(input.len());
        let (plain, rest) = input.split_at(end);
        output.extend_from_slice(plain);
        let Some(body) = rest.get(1..) else { return };
        input = match html_reference(body, output) {
            0 => {
                output.push(b'&');
                body
            }
            taken => body.get(taken..).unwrap_or_default(),
        };
    }
}

/// Decodes the reference after `&`; returns how many bytes it took, 0 when it is none.
fn html_reference(body: &[u8], output: &mut Vec<u8>) -> usize {
    let (code, taken) = match body {
        [b'#', b'x' | b'X', digits @ ..] => {
            // Zeros before the number are without number, so no length ends it.
            let (code, count) = number(digits, 16, usize::MAX);
            (code, if count == 0 { 0 } else { count + 2 })
        }
        [b'#', digits @ ..] => {
            let (code, count) = number(digits, 10, usize::MAX);
            (code, if count == 0 { 0 } else { count + 1 })
        }
        _ => {
            let named = NAMED
                .iter()
                .find(|(name, _)| body.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
            match named {
                Some((name, byte)) => {
                    output.push(*byte);
                    let end = name.len();
                    return end + usize::from(body.get(end) == Some(&b';'));
                }
                None => return 0,
            }
        }
    };
    if taken == 0 {
        return 0;
    }
    push_code_point(code, output);
    taken + usize::from(body.get(taken) == Some(&b';'))
}

pub(super) fn js_decode(input: &[u8], output: &mut Vec<u8>) {
    escapes(input, output, |rest| match rest {
        [b'u', digits @ ..] if number(digits, 16, 4).1 == 4 => Some((narrow_or_utf8(number(digits, 16, 4).0), 5)),
        [b'u', b'{', digits @ ..] => {
            let (code, count) = number(digits, 16, 6);
            (count > 0 && digits.get(count) == Some(&b'}')).then_some((narrow_or_utf8(code), count + 3))
        }
        [b'x', digits @ ..] if number(digits, 16, 2).1 == 2 => {
            Some((Decoded::Byte(low_byte(number(digits, 16, 2).0)), 3))
        }
        [b'0'..=b'7', ..] => {
            let most = if matches!(rest.first(), Some(b'0'..=b'3')) { 3 } else { 2 };
            let (code, count) = number(rest, 8, most);
            Some((Decoded::Byte(low_byte(code)), count))
        }
        [letter, ..] => Some((Decoded::Byte(control_of(*letter)), 1)),
        [] => None,
    });
}

/// The escapes of ANSI C strings. A backslash before anything else goes.
pub(super) fn escape_seq_decode(input: &[u8], output: &mut Vec<u8>) {
    escapes(input, output, |rest| match rest {
        [b'x' | b'X', digits @ ..] if number(digits, 16, 2).1 == 2 => {
            Some((Decoded::Byte(low_byte(number(digits, 16, 2).0)), 3))
        }
        [b'0'..=b'7', ..] => {
            let (code, count) = number(rest, 8, 3);
            Some((Decoded::Byte(low_byte(code)), count))
        }
        [letter, ..] => Some((Decoded::Byte(control_of(*letter)), 1)),
        [] => None,
    });
}

/// The control character that a letter after a backslash means; any other byte means itself.
const fn control_of(letter: u8) -> u8 {
    match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        other => other,
    }
}

/// Only the escapes that nobody types by hand: `\uHHHH`, `\u{H}`, `\xHH`. Backslashes of paths and prose stay.
pub(super) fn js_escapes_only(input: &[u8], output: &mut Vec<u8>) {
    escapes(input, output, |rest| match rest {
        [b'u', digits @ ..] if number(digits, 16, 4).1 == 4 => Some((narrow_or_utf8(number(digits, 16, 4).0), 5)),
        [b'u', b'{', digits @ ..] => {
            let (code, count) = number(digits, 16, 6);
            (count > 0 && digits.get(count) == Some(&b'}')).then_some((narrow_or_utf8(code), count + 3))
        }
        [b'x', digits @ ..] if number(digits, 16, 2).1 == 2 => {
            Some((Decoded::Byte(low_byte(number(digits, 16, 2).0)), 3))
        }
        _ => None,
    });
}

pub(super) fn css_decode(input: &[u8], output: &mut Vec<u8>) {
    escapes(input, output, |rest| match rest {
        [b'\n', ..] => Some((Decoded::Nothing, 1)),
        [first, ..] if first.is_ascii_hexdigit() => {
            let (code, count) = number(rest, 16, 6);
            let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b;
            let blank = usize::from(rest.get(count).is_some_and(is_blank));
            Some((narrow_or_utf8(code), count + blank))
        }
        [other, ..] => Some((Decoded::Byte(*other), 1)),
        [] => Some((Decoded::Nothing, 0)),
    });
}

enum Decoded {
    Byte(u8),
    CodePoint(u32),
    Nothing,
}

fn narrow_or_utf8(code: u32) -> Decoded {
    match code {
        0xff01..=0xff5e => Decoded::Byte(best_fit(code)),
        _ => Decoded::CodePoint(code),
    }
}

/// Walks over backslash escapes; `decode` sees what follows the backslash and says what it means and how long it is.
/// A backslash it does not understand stays.
fn escapes(mut input: &[u8], output: &mut Vec<u8>, decode: impl Fn(&[u8]) -> Option<(Decoded, usize)>) {
    loop {
        let end = memchr::memchr(b'\\', input).unwrap_or(input.len());
        let (plain, rest) = input.split_at(end);
        output.extend_from_slice(plain);
        let Some(rest) = rest.get(1..) else { return };
        let (decoded, taken) = decode(rest).unwrap_or((Decoded::Byte(b'\\'), 0));
        match decoded {
            Decoded::Byte(byte) => output.push(byte),
            Decoded::CodePoint(code) => push_code_point(code, output),
            Decoded::Nothing => {}
        }
        input = rest.get(taken..).unwrap_or_default();
    }
}

pub(crate) const fn base64_value(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => byte as u32 - 65,
        b'a'..=b'z' => byte as u32 - 97 + 26,
        b'0'..=b'9' => byte as u32 - 48 + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// Appends decoded base64 (both alphabets, line ends within), stopping at `=` or the first invalid byte. libmodsecurity
/// gives nothing at all for a text with one invalid byte; the applications behind us do not.
pub(crate) fn base64_decode(input: &[u8], output: &mut Vec<u8>) {
    let letters = input.iter().filter(|byte| !matches!(byte, b'\r' | b'\n'));
    push_sextets(letters.map_while(|byte| base64_value(*byte)), output);
}

/// Appends base64 decoded as PHP does it: standard alphabet, everything else skipped.
pub(crate) fn base64_decode_skipping(input: &[u8], output: &mut Vec<u8>) {
    let letters = input.iter().filter(|byte| !matches!(byte, b'-' | b'_'));
    push_sextets(letters.filter_map(|byte| base64_value(*byte)), output);
}

fn push_sextets(sextets: impl Iterator<Item = u32>, output: &mut Vec<u8>) {
    let (mut group, mut bits) = (0u32, 0u32);
    for sextet in sextets {
        group = (group << 6 | sextet) & 0xfff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            output.push(low_byte(group >> bits));
        }
    }
}

/// Pairs of hex digits become bytes; a pair that is none stays, half a pair at the end goes.
pub(super) fn hex_decode(input: &[u8], output: &mut Vec<u8>) {
    for pair in input.chunks_exact(2) {
        match hex_pair(pair) {
            Some((byte, _)) => output.push(byte),
            None => output.extend_from_slice(pair),
        }
    }
}

/// The byte that two hex digits spell, and what follows them.
fn hex_pair(text: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, rest @ ..] = text else { return None };
    Some((hex_value(*high)? << 4 | hex_value(*low)?, rest))
}

pub(super) fn sql_hex_decode(mut input: &[u8], output: &mut Vec<u8>) {
    loop {
        let end = memchr::memchr2(b'x', b'X', input).unwrap_or(input.len());
        let (plain, rest) = input.split_at(end);
        let mut digits = rest.get(1..).unwrap_or_default();
        let Some(before) = plain.strip_suffix(b"0").filter(|_| hex_pair(digits).is_some()) else {
            output.extend_from_slice(input.get(..=end).unwrap_or(input));
            match rest {
                [_, after @ ..] => input = after,
                [] => return,
            }
            continue;
        };
        output.extend_from_slice(before);
        while let Some((byte, after)) = hex_pair(digits) {
            output.push(byte);
            digits = after;
        }
        input = digits;
    }
}
