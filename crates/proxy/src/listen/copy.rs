//! The head as hyper gets it: the same method, path, query and headers, in a form its parser always accepts.
//!
//! What hyper cannot hold is encoded or cut here only; the engine sees the head as it came (gateway.md §4).

use bytes::{BufMut as _, BytesMut};
use medward_waf::http1::BodyFraming;
use medward_waf::http1::ScannedHead;

use crate::event::Target;

/// Stands in for a message that was refused: nothing of the message itself reaches hyper.
pub(super) const REFUSED: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";

/// Appends hyper's copy of the head.
pub(super) fn write_head(scanned: &ScannedHead, out: &mut BytesMut) {
    let head = &scanned.head;
    out.reserve(head.size_bytes() + 64);
    out.put_slice(head.method());
    out.put_u8(b' ');
    let target = Target::of(head.target());
    write_escaped(target.path, out);
    if let Some(query) = target.query {
        out.put_u8(b'?');
        write_escaped(query, out);
    }
    out.put_u8(b' ');
    out.put_slice(head.version());
    out.put_slice(b"\r\n");
    for (name, value) in head.headers() {
        out.put_slice(name);
        out.put_slice(b": ");
        out.put_slice(value);
        out.put_slice(b"\r\n");
    }
    out.put_slice(b"\r\n");
}

/// Percent-encodes what no URI may hold; an escape that is already there stays as it is.
fn write_escaped(bytes: &[u8], out: &mut BytesMut) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}') {
            out.put_u8(*byte);
        } else {
            out.put_u8(b'%');
            for nibble in [byte >> 4, byte & 15] {
                out.put_u8(HEX.get(usize::from(nibble)).copied().unwrap_or(b'0'));
            }
        }
    }
}

/// Appends one piece of a chunked body in canonical form: no extensions, no trailers.
pub(super) fn write_chunk(data: &[u8], out: &mut BytesMut) {
    out.reserve(data.len() + 20);
    out.put_slice(format!("{:x}\r\n", data.len()).as_bytes());
    out.put_slice(data);
    out.put_slice(b"\r\n");
}

/// Ends a chunked body.
pub(super) const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// Whether the body is chunked.
pub(super) const fn is_chunked(framing: BodyFraming) -> bool {
    matches!(framing, BodyFraming::Chunked)
}

#[cfg(test)]
mod tests {
    use medward_waf::http1::HeadScanner;

    use super::*;

    fn check(raw: &[u8], expected: &str) {
        let scanned = HeadScanner::default().scan(raw).unwrap().unwrap();
        let mut out = BytesMut::new();
        write_head(&scanned, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn target_is_encoded_or_cut_only_where_hyper_needs_it() {
        check(b"GET /a%20b?x=1 HTTP/1.1\r\nHost:a\r\n\r\n", "GET /a%20b?x=1 HTTP/1.1\r\nHost: a\r\n\r\n");
        check(
            b"GET /\xe7\x8e\x8b?q=\"<{ HTTP/1.1\r\nHost: a\r\n\r\n".as_slice(),
            "GET /%E7%8E%8B?q=%22%3C%7B HTTP/1.1\r\nHost: a\r\n\r\n",
        );
        check(b"GET http://a/x?y#z HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x?y HTTP/1.1\r\nHost: a\r\n\r\n");
        check(b"GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        check(b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    }
}
