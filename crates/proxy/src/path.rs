//! What an upstream may make of a path. Used only to see whether raw and normalised path reach the same object; the raw
//! path is what is forwarded.

use std::borrow::Cow;

/// The path as a lenient server may read it: unreserved percent escapes decoded, `;` parameters removed, `//` and dot
/// segments resolved (gateway.md §2). Borrowed when nothing changes.
pub(crate) fn normalised(path: &[u8]) -> Cow<'_, [u8]> {
    if is_normal(path) {
        return Cow::Borrowed(path);
    }
    let decoded = decode_unreserved(path);
    let mut segments: Vec<&[u8]> = Vec::new();
    let mut ends_with_slash = false;
    for segment in decoded.split(|byte| *byte == b'/').skip(1) {
        let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
        ends_with_slash = matches!(name, b"" | b"." | b"..");
        match name {
            b"" | b"." => {}
            b".." => drop(segments.pop()),
            name => segments.push(name),
        }
    }
    let mut out = Vec::with_capacity(decoded.len());
    for segment in &segments {
        out.push(b'/');
        out.extend_from_slice(segment);
    }
    if ends_with_slash || out.is_empty() {
        out.push(b'/');
    }
    Cow::Owned(out)
}

/// No escape, no parameter, no empty or dot segment: the usual case, without copying.
fn is_normal(path: &[u8]) -> bool {
    let mut previous = 0;
    for byte in path {
        match (previous, byte) {
            (_, b'%' | b';') | (b'/', b'/' | b'.') => return false,
            _ => previous = *byte,
        }
    }
    path.first() == Some(&b'/')
}

fn decode_unreserved(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%'
            && let Some((digits, behind)) = after.split_first_chunk::<2>()
            && let Some(byte) = hex_pair(*digits)
            && (byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
        {
            out.push(byte);
            rest = behind;
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}

fn hex_pair([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(path: &str, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&normalised(path.as_bytes())), expected, "{path}");
    }

    #[test]
    fn escapes_parameters_and_dot_segments_are_resolved() {
        check("/a/b", "/a/b");
        check("/a//b", "/a/b");
        check("/a/./b/../c", "/a/c");
        check("/a/%2e%2E/b", "/b");
        check("/%61dmin/", "/admin/");
        check("/a;x=1/b;y", "/a/b");
        check("/a/..;/b", "/b");
        check("/../../x", "/x");
        check("/a/..", "/");
        check("/a%2fb", "/a%2fb");
        check("/", "/");
        check("*", "/");
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing_more_without_escapes(path in "/[a-z./;]{0,40}") {
            let once = normalised(path.as_bytes()).into_owned();
            prop_assert_eq!(normalised(&once).into_owned(), once);
        }
    }
}
