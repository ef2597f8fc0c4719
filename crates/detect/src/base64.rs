//! Base64 as the applications behind us read it: whatever they make something of.

pub const fn base64_value(byte: u8) -> Option<u32> {
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
pub fn base64_decode(input: &[u8], output: &mut Vec<u8>) {
    let letters = input.iter().filter(|byte| !matches!(byte, b'\r' | b'\n'));
    push_sextets(letters.map_while(|byte| base64_value(*byte)), output);
}

/// Appends base64 decoded as PHP does it: standard alphabet, everything else skipped.
pub fn base64_decode_skipping(input: &[u8], output: &mut Vec<u8>) {
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
            let [byte, ..] = (group >> bits).to_le_bytes();
            output.push(byte);
        }
    }
}
