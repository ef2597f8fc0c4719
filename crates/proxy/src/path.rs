//! What an upstream may make of a path. Used only to see whether raw and normalised path reach the same object; the raw
//! path is what is forwarded.

use std::borrow::Cow;

/// The path as a lenient server may read it: unreserved percent escapes decoded, `;` parameters removed, `//` and dot
/// segments resolved (gateway.md §2). Borrowed when nothing changes.
pub fn normalised(path: &[u8]) -> Cow<'_, [u8]> {
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

/// Rounds of decoding that some server may go through; more escapes inside escapes are read by none.
const DECODING_ROUNDS: usize = 3;

/// Every way in which some server may read the path: as it stands, normalised, and with every escape decoded, once and again,
/// `\\` taken for `/`. One in the usual case.
pub(crate) fn readings(path: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let mut readings = vec![Cow::Borrowed(path)];
    if is_normal(path) && !path.contains(&b'\\') {
        return readings;
    }
    let normal = normalised(path);
    if *normal != *path {
        readings.push(normal);
    }
    let mut decoded = path.to_vec();
    for _ in 0..DECODING_ROUNDS {
        let next = decode(&decoded, |_| true);
        let slashed: Vec<u8> = next.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect();
        let resolved = normalised(&slashed).into_owned();
        if !readings.iter().any(|known| **known == *resolved) {
            readings.push(Cow::Owned(resolved));
        }
        if next == decoded {
            break;
        }
        decoded = next;
    }
    readings
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
    decode(path, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

fn decode(path: &[u8], is_decoded: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%'
            && let Some((digits, behind)) = after.split_first_chunk::<2>()
            && let Some(byte) = hex_pair(*digits)
            && is_decoded(byte)
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

/// Text as a header can carry it: bytes that are not kept are percent-encoded.
pub(crate) fn percent_encoded(text: &str, is_kept: impl Fn(u8) -> bool) -> String {
    let one = |byte| if is_kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
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

    #[test]
    fn every_reading_of_a_path_is_known() {
        let check = |path: &str, expected: &[&str]| {
            let readings = readings(path.as_bytes());
            let readings: Vec<_> = readings.iter().map(|reading| String::from_utf8_lossy(reading)).collect();
            assert_eq!(readings, expected, "{path}");
        };
        check("/reports/7", &["/reports/7"]);
        check("/static/..%2fadmin", &["/static/..%2fadmin", "/admin"]);
        check("/x/%252e%252e/admin", &["/x/%252e%252e/admin", "/admin"]);
        check("/static\\..\\admin", &["/static\\..\\admin", "/admin"]);
        check("/admin;x=1", &["/admin;x=1", "/admin"]);
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing_more_without_escapes(path in "/[a-z./;]{0,40}") {
            let once = normalised(path.as_bytes()).into_owned();
            prop_assert_eq!(normalised(&once).into_owned(), once);
        }
    }
}
