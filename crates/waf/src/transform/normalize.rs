//! Transformations that undo formatting: blanks, comments, paths, shell quoting.

/// Whitespace as the rule language counts it: ASCII blanks, vertical tab and the Latin-1 no-break space.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0xa0)
}

pub(super) fn compress_whitespace(input: &[u8], output: &mut Vec<u8>) {
    let mut after_space = false;
    for &byte in input {
        let space = is_space(byte);
        if !space {
            output.push(byte);
        } else if !after_space {
            output.push(b' ');
        }
        after_space = space;
    }
}

pub(super) fn replace_comments(mut input: &[u8], output: &mut Vec<u8>) {
    loop {
        let Some(open) = memchr::memmem::find(input, b"/*") else {
            output.extend_from_slice(input);
            return;
        };
        output.extend_from_slice(input.get(..open).unwrap_or_default());
        output.push(b' ');
        let body = input.get(open + 2..).unwrap_or_default();
        match memchr::memmem::find(body, b"*/") {
            Some(close) => input = body.get(close + 2..).unwrap_or_default(),
            None => return,
        }
    }
}

/// Comments the way a SQL server sees them; MySQL's conditional comments are code, so their body stays.
pub(super) fn sql_comments(mut input: &[u8], output: &mut Vec<u8>) {
    let mut conditional = false;
    loop {
        input = match input {
            [] => return,
            [b'/', b'*', b'!', rest @ ..] => {
                conditional = true;
                output.push(b' ');
                let digits = rest.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
                rest.get(digits..).unwrap_or_default()
            }
            [b'*', b'/', rest @ ..] if conditional => {
                conditional = false;
                output.push(b' ');
                rest
            }
            [b'/', b'*', rest @ ..] => {
                output.push(b' ');
                match memchr::memmem::find(rest, b"*/") {
                    Some(close) => rest.get(close + 2..).unwrap_or_default(),
                    None => return,
                }
            }
            [b'-', b'-', rest @ ..] | [b'#', rest @ ..] => {
                if let Some(end) = memchr::memchr(b'\n', rest) {
                    output.push(b' ');
                    rest.get(end + 1..).unwrap_or_default()
                } else {
                    output.extend_from_slice(input);
                    return;
                }
            }
            [byte, rest @ ..] => {
                output.push(*byte);
                rest
            }
        };
    }
}

/// Resolves `.`, `..` and empty segments. A `..` that leaves a relative path stays; one above the root goes.
pub(crate) fn normalize_path(input: &[u8], windows: bool, output: &mut Vec<u8>) {
    let separator = |byte: &u8| *byte == b'/' || (windows && *byte == b'\\');
    let absolute = input.first().is_some_and(separator);
    let trailing = input.last().is_some_and(separator);
    let mut segments: Vec<&[u8]> = Vec::new();
    let mut last_is_dots = false;
    for segment in input.split(separator) {
        last_is_dots = matches!(segment, b"." | b"..");
        match segment {
            b"" | b"." => {}
            b".." => match segments.last() {
                Some(last) if *last != b".." => {
                    segments.pop();
                }
                _ if absolute => {}
                _ => segments.push(segment),
            },
            _ => segments.push(segment),
        }
    }
    if absolute {
        output.push(b'/');
    }
    for (at, segment) in segments.iter().enumerate() {
        if at > 0 {
            output.push(b'/');
        }
        output.extend_from_slice(segment);
    }
    let directory = trailing || (last_is_dots && segments.last().is_some_and(|last| *last != b".."));
    if directory && !segments.is_empty() {
        output.push(b'/');
    }
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

/// Quoting that leaves no trace in the word a shell runs.
pub(super) fn shell_quotes(mut input: &[u8], output: &mut Vec<u8>) {
    loop {
        input = match input {
            [] => return,
            [b'\\' | b'"' | b'\'' | b'^', rest @ ..] | [b'$', b'@' | b'*', rest @ ..] => rest,
            [b'$', b'{', b'I', b'F', b'S', rest @ ..] => {
                output.push(b' ');
                memchr::memchr(b'}', rest.get(..16).unwrap_or(rest)).and_then(|at| rest.get(at + 1..)).unwrap_or(rest)
            }
            [b'$', b'I', b'F', b'S', rest @ ..] => {
                output.push(b' ');
                rest.strip_prefix(b"$9").unwrap_or(rest)
            }
            [byte, rest @ ..] => {
                output.push(*byte);
                rest
            }
        };
    }
}
