//! Encoders: percent, base64, hex, `%u`.

const HEX: &[u8; 16] = b"0123456789abcdef";

fn push_hex(byte: u8, output: &mut Vec<u8>) {
    let digits = [byte >> 4, byte & 15].map(|digit| HEX.get(usize::from(digit)).copied().unwrap_or_default());
    output.extend_from_slice(&digits);
}

pub(super) fn url_encode(input: &[u8], output: &mut Vec<u8>) {
    for &byte in input {
        match byte {
            b' ' => output.push(b'+'),
            b'*' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => output.push(byte),
            _ => {
                output.push(b'%');
                push_hex(byte, output);
            }
        }
    }
}

pub(super) fn hex_encode(input: &[u8], output: &mut Vec<u8>) {
    for &byte in input {
        push_hex(byte, output);
    }
}

pub(super) fn base64_encode(input: &[u8], output: &mut Vec<u8>) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in input.chunks(3) {
        let (bits, letters) = match group {
            [a, b, c] => (u32::from(*a) << 16 | u32::from(*b) << 8 | u32::from(*c), 4),
            [a, b] => (u32::from(*a) << 16 | u32::from(*b) << 8, 3),
            [a] => (u32::from(*a) << 16, 2),
            _ => return,
        };
        for at in 0..4u32 {
            let sextet = (bits >> (18 - 6 * at) & 63) as usize;
            output.push(if at < letters { ALPHABET.get(sextet).copied().unwrap_or(b'=') } else { b'=' });
        }
    }
}

/// Multi-byte UTF-8 as `%uhhhh`. Over-long forms and surrogates are decoded too, as careless parsers do: that `c0 ae` is
/// a dot must not be hidden from the rule. Bytes that form nothing stay.
pub(super) fn utf8_to_unicode(mut input: &[u8], output: &mut Vec<u8>) {
    loop {
        let (code, rest) = match input {
            [] => return,
            [a @ 0xc0..=0xdf, b @ 0x80..=0xbf, rest @ ..] => (bits(*a, 0x1f) << 6 | bits(*b, 0x3f), rest),
            [a @ 0xe0..=0xef, b @ 0x80..=0xbf, c @ 0x80..=0xbf, rest @ ..] => {
                (bits(*a, 0x0f) << 12 | bits(*b, 0x3f) << 6 | bits(*c, 0x3f), rest)
            }
            [a @ 0xf0..=0xf4, b @ 0x80..=0xbf, c @ 0x80..=0xbf, d @ 0x80..=0xbf, rest @ ..] => {
                (bits(*a, 0x07) << 18 | bits(*b, 0x3f) << 12 | bits(*c, 0x3f) << 6 | bits(*d, 0x3f), rest)
            }
            [byte, rest @ ..] => {
                output.push(*byte);
                input = rest;
                continue;
            }
        };
        push_percent_u(code, output);
        input = rest;
    }
}

/// `%u` and at least four hex digits. By hand: Chinese text has one in three bytes, and formatting takes ten times as long.
fn push_percent_u(code: u32, output: &mut Vec<u8>) {
    output.extend_from_slice(b"%u");
    let [_, high, middle, low] = code.to_be_bytes();
    if high > 0x0f {
        push_hex(high, output);
    } else if high > 0 {
        output.extend(HEX.get(usize::from(high)));
    }
    push_hex(middle, output);
    push_hex(low, output);
}

fn bits(byte: u8, mask: u8) -> u32 {
    u32::from(byte & mask)
}
