//! Transformations that undo formatting: blanks and shell quoting.

/// Splits whitespace off the front, and says how long it is: ASCII blanks, vertical tab, and the no-break space, as one
/// byte (Latin-1) or two (UTF-8).
fn space_length(rest: &[u8]) -> Option<usize> {
    match rest {
        [b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0xa0, ..] => Some(1),
        [0xc2, 0xa0, ..] => Some(2),
        _ => None,
    }
}

pub(super) fn remove_whitespace(input: &[u8], output: &mut Vec<u8>) {
    replace_whitespace(input, b"", output);
}

pub(super) fn compress_whitespace(input: &[u8], output: &mut Vec<u8>) {
    replace_whitespace(input, b" ", output);
}

/// Puts `blank` in place of every run of whitespace.
fn replace_whitespace(mut input: &[u8], blank: &[u8], output: &mut Vec<u8>) {
    let mut after_space = false;
    while let [byte, rest @ ..] = input {
        if let Some(length) = space_length(input) {
            if !after_space {
                output.extend_from_slice(blank);
            }
            after_space = true;
            input = input.get(length..).unwrap_or_default();
        } else {
            after_space = false;
            output.push(*byte);
            input = rest;
        }
    }
}

/// `isspace` of C: unlike [`u8::is_ascii_whitespace`] with the vertical tab.
const fn is_c_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

pub(super) fn trim_start(input: &[u8]) -> &[u8] {
    let start = input.iter().position(|byte| !is_c_space(*byte)).unwrap_or(input.len());
    input.get(start..).unwrap_or_default()
}

pub(super) fn trim_end(input: &[u8]) -> &[u8] {
    let end = input.iter().rposition(|byte| !is_c_space(*byte)).map_or(0, |last| last + 1);
    input.get(..end).unwrap_or_default()
}

/// Deletes `\ " ' ^`, deletes blanks before `/` and `(`, turns `,` and `;` into blanks, collapses blanks, lower case.
pub(super) fn cmd_line(input: &[u8], output: &mut Vec<u8>) {
    let mut blank = false;
    for &byte in input {
        match byte {
            b'\\' | b'"' | b'\'' | b'^' => {}
            b' ' | b',' | b';' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => {
                if !blank {
                    output.push(b' ');
                    blank = true;
                }
            }
            b'/' | b'(' => {
                if blank {
                    output.pop();
                }
                blank = false;
                output.push(byte);
            }
            _ => {
                blank = false;
                output.push(byte.to_ascii_lowercase());
            }
        }
    }
}
