//! A byte stream, cut into frames (RFC 6587): octet counting where the first byte of the connection is a digit, else lines
//! that end with LF or NUL.
//!
//! Invariant: no byte of a frame is lost without a word: a frame longer than [`MAX_FRAME_BYTES`] keeps its beginning and
//! carries length and SHA-256 of the whole. Invariant: at most that much is held of a frame, whatever a length says.

use sha2::{Digest as _, Sha256};

/// What is kept of one frame, bytes.
pub const MAX_FRAME_BYTES: usize = 48 * 1024;

/// Digits of a length: more than any frame needs, and few enough for 64 bits.
const MAX_COUNT_DIGITS: usize = 10;

/// Largest length that is believed: a line that begins with another number, such as the time in seconds, would take the place of
/// all lines behind it.
const MAX_COUNT: u64 = 1 << 20;

fn octets_of(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit.saturating_sub(b'0')))
}

/// One frame as it came, without what delimits it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// Its bytes, at most [`MAX_FRAME_BYTES`].
    pub bytes: Vec<u8>,
    /// Set when it was longer.
    pub cut: Option<Cut>,
    /// What is wrong with how it was framed.
    pub fault: Option<FrameFault>,
}

/// What a cut frame was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of all of it.
    pub sha256: [u8; 32],
}

/// What is wrong with a frame; its bytes are kept all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameFault {
    /// A frame should have begun with its length; from here on the connection is read by lines.
    Count,
    /// The connection ended inside it.
    Unfinished,
}

impl Frame {
    /// A datagram: a frame of its own.
    pub fn datagram(bytes: &[u8]) -> Self {
        let mut open = Open::default();
        open.add(bytes);
        open.close().unwrap_or_default()
    }

    /// Length and hash of all of it, whatever was kept.
    pub fn whole(&self) -> Cut {
        let here = || Cut { bytes: self.bytes.len() as u64, sha256: Sha256::digest(&self.bytes).into() };
        self.cut.unwrap_or_else(here)
    }
}

/// Cuts one connection into frames.
#[derive(Debug, Default)]
pub struct Frames {
    state: State,
    open: Open,
}

#[derive(Debug, Default)]
enum State {
    /// Nothing was read yet.
    #[default]
    First,
    /// Before a frame of counted octets; the digits of its length so far.
    Count(Vec<u8>),
    /// Inside one; octets that are missing.
    Octets(u64),
    /// Lines.
    Line,
}

impl Frames {
    /// A new connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what was read and appends the frames that are whole now.
    pub fn push(&mut self, mut bytes: &[u8], frames: &mut Vec<Frame>) {
        while let Some((&first, after)) = bytes.split_first() {
            match &mut self.state {
                State::First if matches!(first, b'\n' | b'\r' | 0) => bytes = after,
                State::First if first.is_ascii_digit() => self.state = State::Count(Vec::new()),
                State::First => self.state = State::Line,
                State::Count(digits) if first.is_ascii_digit() && digits.len() < MAX_COUNT_DIGITS => {
                    digits.push(first);
                    bytes = after;
                }
                State::Count(digits) if digits.is_empty() && matches!(first, b'\n' | b'\r' | 0 | b' ') => bytes = after,
                State::Count(digits) if first == b' ' && octets_of(digits) <= MAX_COUNT => {
                    let octets = octets_of(digits);
                    self.state = if octets == 0 { State::Count(Vec::new()) } else { State::Octets(octets) };
                    bytes = after;
                }
                State::Count(digits) => {
                    self.open.add(digits);
                    self.open.fault = Some(FrameFault::Count);
                    self.state = State::Line;
                }
                State::Octets(missing) => {
                    let here = usize::try_from(*missing).unwrap_or(usize::MAX).min(bytes.len());
                    let (inside, rest) = bytes.split_at_checked(here).unwrap_or((bytes, &[]));
                    self.open.add(inside);
                    *missing -= inside.len() as u64;
                    if *missing == 0 {
                        frames.extend(self.open.close());
                        self.state = State::Count(Vec::new());
                    }
                    bytes = rest;
                }
                State::Line => {
                    let end = memchr::memchr2(b'\n', 0, bytes);
                    let (line, rest) = bytes.split_at_checked(end.unwrap_or(bytes.len())).unwrap_or((bytes, &[]));
                    self.open.add(line);
                    if end.is_some() {
                        frames.extend(self.open.close_line());
                    }
                    bytes = rest.get(1..).unwrap_or_default();
                }
            }
        }
    }

    /// The connection has ended: what is left of it.
    pub fn finish(&mut self) -> Option<Frame> {
        let fault = match std::mem::take(&mut self.state) {
            State::Count(digits) => {
                self.open.add(&digits);
                FrameFault::Count
            }
            State::First | State::Octets(_) | State::Line => FrameFault::Unfinished,
        };
        self.open.fault.get_or_insert(fault);
        self.open.close()
    }
}

/// The frame that is being read.
#[derive(Debug, Default)]
struct Open {
    kept: Vec<u8>,
    bytes: u64,
    /// Of everything, once it is more than is kept.
    hash: Option<Sha256>,
    fault: Option<FrameFault>,
}

impl Open {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let room = MAX_FRAME_BYTES - self.kept.len();
        let (kept, over) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        if !over.is_empty() && self.hash.is_none() {
            self.hash = Some(Sha256::new_with_prefix(&self.kept));
        }
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
        self.kept.extend_from_slice(kept);
    }

    /// Ends a line, of which the CR of a CRLF is no part.
    fn close_line(&mut self) -> Option<Frame> {
        if self.hash.is_none() && self.kept.last() == Some(&b'\r') {
            self.kept.pop();
        }
        self.close()
    }

    /// The frame; an empty one is none.
    fn close(&mut self) -> Option<Frame> {
        let Self { kept, bytes, hash, fault } = std::mem::take(self);
        let cut = hash.map(|hash| Cut { bytes, sha256: hash.finalize().into() });
        (!kept.is_empty()).then_some(Frame { bytes: kept, cut, fault })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Frames of the whole input, and of the same input byte by byte.
    fn frames(input: &[u8]) -> Vec<Frame> {
        let read = |pieces: &mut dyn Iterator<Item = &[u8]>| {
            let (mut reader, mut found) = (Frames::new(), Vec::new());
            pieces.for_each(|piece| reader.push(piece, &mut found));
            found.extend(reader.finish());
            found
        };
        let whole = read(&mut std::iter::once(input));
        assert_eq!(whole, read(&mut input.chunks(1)), "where a read ends changes nothing");
        whole
    }

    #[track_caller]
    fn check(input: &[u8], expected: &[(&str, Option<FrameFault>)]) {
        let found = frames(input);
        let found: Vec<_> =
            found.iter().map(|frame| (std::str::from_utf8(&frame.bytes).unwrap(), frame.fault)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn octets_are_counted_where_the_connection_begins_with_a_digit() {
        check(b"4 <1>a5 <2>\nb", &[("<1>a", None), ("<2>\nb", None)]);
        check(b"4 <1>a\n4 <1>b\n", &[("<1>a", None), ("<1>b", None)]);
        check(b"0 4 <1>a", &[("<1>a", None)]);
        check(b"9 <1>a", &[("<1>a", Some(FrameFault::Unfinished))]);
    }

    #[test]
    fn lines_end_with_lf_crlf_or_nul() {
        check(
            b"<1>a\n<2>b\r\n<3>c\0\n<4>d",
            &[("<1>a", None), ("<2>b", None), ("<3>c", None), ("<4>d", Some(FrameFault::Unfinished))],
        );
    }

    #[test]
    fn what_is_no_length_is_kept_and_read_by_lines() {
        check(
            b"2026-11-23 up\n3 <1>",
            &[("2026-11-23 up", Some(FrameFault::Count)), ("3 <1>", Some(FrameFault::Unfinished))],
        );
        check(b"3 abcxyz\n<1>b\n", &[("abc", None), ("xyz", Some(FrameFault::Count)), ("<1>b", None)]);
        check(b"12345678901 a\n", &[("12345678901 a", Some(FrameFault::Count))]);
        check(b"17", &[("17", Some(FrameFault::Count))]);
        check(
            b"1795144455 fw up\n1795144456 fw down\n",
            &[("1795144455 fw up", Some(FrameFault::Count)), ("1795144456 fw down", None)],
        );
    }

    #[test]
    fn long_frame_keeps_its_beginning_and_the_hash_of_the_whole() {
        let long: Vec<u8> = (0..200_000_u32).map(|number| b'a' + u8::try_from(number % 26).unwrap()).collect();
        for input in [[b"200000 ", &long[..]].concat(), [&long[..], b"\n"].concat()] {
            let found = frames(&input);
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].bytes, long[..MAX_FRAME_BYTES]);
            assert_eq!(found[0].cut, Some(Cut { bytes: 200_000, sha256: Sha256::digest(&long).into() }));
        }
        assert_eq!(Frame::datagram(&long), Frame { fault: None, ..frames(&long).remove(0) });
    }

    proptest! {
        #[test]
        fn lines_lose_no_byte(lines in proptest::collection::vec("[^\n\0\r0-9][^\n\0\r]{0,40}", 1..20)) {
            let input = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>();
            let found: Vec<String> =
                frames(input.as_bytes()).into_iter().map(|frame| String::from_utf8(frame.bytes).unwrap()).collect();
            prop_assert_eq!(found, lines);
        }

        #[test]
        fn counted_frames_are_read_back(bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..80), 1..20)) {
            let mut input = Vec::new();
            for body in &bodies {
                input.extend_from_slice(format!("{} ", body.len()).as_bytes());
                input.extend_from_slice(body);
            }
            let found: Vec<Vec<u8>> = frames(&input).into_iter().map(|frame| frame.bytes).collect();
            prop_assert_eq!(found, bodies);
        }

        #[test]
        fn any_bytes_are_read(input in proptest::collection::vec(any::<u8>(), 0..300)) {
            frames(&input);
        }
    }
}
