//! What can be said about a message that was refused before it was understood: as much as the event needs, no more.

use medward_waf::Head;

/// Longest part of a refused message that is looked at.
const LOOK_BYTES: usize = 8 * 1024;
/// Longest method and target that are kept.
const WORD_BYTES: usize = 1024;

/// A head made of whatever stands where method, target and headers should be.
pub(super) fn head_of_refused(bytes: &[u8]) -> Head {
    let look = bytes.get(..LOOK_BYTES.min(bytes.len())).unwrap_or_default();
    let mut lines = look.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut words = lines.next().unwrap_or_default().split(|byte| *byte == b' ');
    let mut word = |otherwise: &'static [u8]| match words.next() {
        None | Some(b"") => otherwise,
        Some(word) => word.get(..WORD_BYTES.min(word.len())).unwrap_or_default(),
    };
    let (method, target, version) = (word(b"-"), word(b"/"), word(b"-"));
    let mut head = Head::new(method, target, version);
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { break };
        let (name, value) = line.split_at(colon);
        head.push_header(name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii());
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_message_still_says_who_was_meant() {
        let head = head_of_refused(b"POST /a HTTP/1.1\r\nHost : b\r\nX-Medward-Drill: 7\nbroken\r\nX: y\r\n\r\n");
        assert_eq!(head.method(), b"POST");
        assert_eq!(head.target(), b"/a");
        assert_eq!(head.header(b"host"), Some(&b"b"[..]));
        assert_eq!(head.header(b"x-medward-drill"), Some(&b"7"[..]));
        assert_eq!(head.header(b"x"), None);
        assert_eq!(head_of_refused(b"\x16\x03\x01").method(), b"\x16\x03\x01");
        assert_eq!(head_of_refused(b"").target(), b"/");
    }
}
