//! One kept request as bytes.

use std::net::IpAddr;

use medward_waf::{Conn, Head};

use crate::event::Target;

/// How much of a body is kept, bytes (gateway.md §12).
const MAX_BODY_BYTES: usize = 64 * 1024;
/// First byte of what this program writes.
const VERSION: u8 = 1;

/// A request as the engine saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRequest {
    /// Who sent it.
    pub conn: Conn,
    /// Its head as it came.
    pub head: Head,
    /// The body, or its beginning.
    pub body: Vec<u8>,
    /// Whether that is all of it.
    pub is_whole: bool,
}

impl KeptRequest {
    /// Takes over a request. `is_whole` says whether `body` is all that the engine would have seen.
    pub(crate) fn new<'b>(conn: Conn, head: Head, body: impl Iterator<Item = &'b [u8]>, is_whole: bool) -> Self {
        let mut kept = Self { conn, head, body: Vec::new(), is_whole };
        for piece in body {
            let room = MAX_BODY_BYTES - kept.body.len();
            let part = piece.get(..room).unwrap_or(piece);
            kept.body.extend_from_slice(part);
            if part.len() < piece.len() {
                kept.is_whole = false;
                break;
            }
        }
        kept
    }

    /// Its path as it came, without the query.
    pub fn path(&self) -> &[u8] {
        Target::of(self.head.target()).path
    }

    /// Everything, each part with its length before it.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION, u8::from(self.is_whole), u8::from(self.conn.tls)];
        out.extend_from_slice(&self.conn.client_port.to_le_bytes());
        put(&mut out, self.conn.client.to_string().as_bytes());
        put(&mut out, self.head.method());
        put(&mut out, self.head.target());
        put(&mut out, self.head.version());
        put(&mut out, &self.body);
        for (name, value) in self.head.headers() {
            put(&mut out, name);
            put(&mut out, value);
        }
        out
    }

    /// What [`encode`](Self::encode) wrote; `None` for anything else.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (&[version, whole, tls, low, high], mut rest) = bytes.split_first_chunk::<5>()?;
        if version != VERSION {
            return None;
        }
        let rest = &mut rest;
        let client: IpAddr = std::str::from_utf8(take(rest)?).ok()?.parse().ok()?;
        let mut head = Head::new(take(rest)?, take(rest)?, take(rest)?);
        let body = take(rest)?.to_vec();
        while !rest.is_empty() {
            let (name, value) = (take(rest)?, take(rest)?);
            head.push_header(name, value);
        }
        let conn = Conn { client, client_port: u16::from_le_bytes([low, high]), tls: tls == 1 };
        Some(Self { conn, head, body, is_whole: whole == 1 })
    }
}

fn put(out: &mut Vec<u8>, part: &[u8]) {
    // No part is longer than a head or a kept body.
    let length = u32::try_from(part.len()).unwrap_or(0);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(part.get(..length as usize).unwrap_or_default());
}

fn take<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (part, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some(part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn conn() -> Conn {
        Conn { client: "2001:db8::7".parse().unwrap(), client_port: 40_001, tls: true }
    }

    proptest! {
        #[test]
        fn request_is_read_back_as_it_was(
            line in proptest::array::uniform3(proptest::collection::vec(any::<u8>(), 0..40)),
            headers in proptest::collection::vec((".{0,9}", ".{0,40}"), 0..5),
            body in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let mut head = Head::new(&line[0], &line[1], &line[2]);
            for (name, value) in &headers {
                head.push_header(name.as_bytes(), value.as_bytes());
            }
            let kept = KeptRequest::new(conn(), head, body.chunks(7), true);
            let read = KeptRequest::decode(&kept.encode()).unwrap();
            prop_assert_eq!(read.encode(), kept.encode());
            prop_assert_eq!((read.conn, read.body, read.is_whole), (conn(), body, true));
            prop_assert!(read.head.headers().eq(kept.head.headers()) && read.head.target() == kept.head.target());
        }

        #[test]
        fn bytes_of_others_are_refused_or_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = KeptRequest::decode(&bytes);
        }
    }

    #[test]
    fn long_body_is_kept_in_part_and_says_so() {
        let head = Head::new(b"POST", b"/", b"HTTP/1.1");
        let pieces = [vec![b'a'; 60_000], vec![b'b'; 60_000]];
        let kept = KeptRequest::new(conn(), head, pieces.iter().map(Vec::as_slice), true);
        assert_eq!((kept.body.len(), kept.is_whole), (MAX_BODY_BYTES, false));
        assert_eq!(kept.body[60_000], b'b');
    }
}
