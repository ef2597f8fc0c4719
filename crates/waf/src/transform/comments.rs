//! Comments: of SQL, of HTML, and the marks that begin and end them.

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

/// Deletes closed comments; what follows an unclosed one, `--` or `#` is a comment to the end.
pub(super) fn remove_comments(mut input: &[u8], output: &mut Vec<u8>) {
    loop {
        let (body, close): (&[u8], &[u8]) = match input {
            [] | [b'-', b'-', ..] | [b'#', ..] => return,
            [b'/', b'*', body @ ..] => (body, b"*/"),
            [b'<', b'!', b'-', b'-', body @ ..] => (body, b"-->"),
            [byte, rest @ ..] => {
                output.push(*byte);
                input = rest;
                continue;
            }
        };
        let Some(at) = memchr::memmem::find(body, close) else {
            output.push(b' ');
            return;
        };
        input = body.get(at + close.len()..).unwrap_or_default();
    }
}

pub(super) fn remove_comment_marks(mut input: &[u8], output: &mut Vec<u8>) {
    loop {
        input = match input {
            [] => return,
            [b'/', b'*', rest @ ..]
            | [b'*', b'/', rest @ ..]
            | [b'<', b'!', b'-', b'-', rest @ ..]
            | [b'-', b'-', b'>', rest @ ..]
            | [b'-', b'-', rest @ ..]
            | [b'#', rest @ ..] => rest,
            [byte, rest @ ..] => {
                output.push(*byte);
                rest
            }
        };
    }
}
