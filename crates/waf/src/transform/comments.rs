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
