//! Segment files, format MWSP (`spec/guard.md` §3): a header and frames, little endian. Bytes in, bytes out; no I/O.
//!
//! ```text
//! header  "MWSP"  u16 version = 1  u16 lane  u64 first number
//! frame   u32 length of payload  u32 CRC-32C of payload  payload: one event as a line of JSON, without line feed
//! ```
//!
//! Invariant: the event of frame `n` has the number `first + n`; numbers may jump between segments, never inside one.

/// Length of a segment's header.
pub const HEADER_BYTES: usize = 16;
/// Length of a frame without its payload.
pub const FRAME_HEADER_BYTES: usize = 8;
/// Longest payload; a longer length is damage and allocates nothing.
pub const MAX_PAYLOAD_BYTES: usize = 48 * 1024;
/// Longest segment.
pub const SEGMENT_BYTES: u64 = 8 * 1024 * 1024;
const MAGIC: &[u8; 4] = b"MWSP";
const VERSION: u16 = 1;
/// Numbers stay far below what `event.sequence`, an `i64`, can hold.
pub(super) const MAX_FIRST: u64 = 1 << 62;

/// What stands at the head of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// 1 for alerts, 0 for everything else.
    pub lane: u16,
    /// Number of the first event.
    pub first: u64,
}

impl Header {
    /// The 16 bytes at the head of the file.
    pub fn encode(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend(self.lane.to_le_bytes());
        out.extend(self.first.to_le_bytes());
        out
    }

    /// Reads a header; `None` when it is short, of another format or absurd.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<4>()?;
        let (version, rest) = rest.split_first_chunk::<2>()?;
        let (lane, rest) = rest.split_first_chunk::<2>()?;
        let (first, _) = rest.split_first_chunk::<8>()?;
        let header = Self { lane: u16::from_le_bytes(*lane), first: u64::from_le_bytes(*first) };
        (magic == MAGIC && u16::from_le_bytes(*version) == VERSION && header.first <= MAX_FIRST).then_some(header)
    }
}

/// Appends a frame. `None`, and nothing appended, when the payload is empty or too long.
pub fn write_frame(out: &mut Vec<u8>, payload: &[u8]) -> Option<()> {
    let length = u32::try_from(payload.len()).ok().filter(|_| (1..=MAX_PAYLOAD_BYTES).contains(&payload.len()))?;
    out.extend(length.to_le_bytes());
    out.extend(crc32c::crc32c(payload).to_le_bytes());
    out.extend(payload);
    Some(())
}

/// Why no frame stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// The bytes end before the frame does: a write was cut off.
    Short,
    /// Length or checksum are wrong. An empty frame is one too, so that a page of zeros is no row of events.
    Bad,
}

/// The payload of the frame at the front, and what follows it.
pub fn parse_frame(bytes: &[u8]) -> Result<(&[u8], &[u8]), FrameError> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(FrameError::Short)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| FrameError::Bad)?;
    if !(1..=MAX_PAYLOAD_BYTES).contains(&length) {
        return Err(FrameError::Bad);
    }
    let (crc, rest) = rest.split_first_chunk::<4>().ok_or(FrameError::Short)?;
    let (payload, rest) = rest.split_at_checked(length).ok_or(FrameError::Short)?;
    if crc32c::crc32c(payload) == u32::from_le_bytes(*crc) { Ok((payload, rest)) } else { Err(FrameError::Bad) }
}

/// What follows the last good frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// Nothing.
    Clean,
    /// The beginning of a frame.
    Torn,
    /// Something else; by the lengths that stand there, at least this many frames.
    Damaged(u64),
}

/// What stands in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// Its header.
    pub header: Header,
    /// Good frames from the start.
    pub frames: u64,
    /// Length of header and good frames.
    pub end: usize,
    /// What follows them.
    pub tail: Tail,
}

/// Reads a segment up to its first bad frame and hands each good payload to `visit`; `None` without a header.
pub fn scan<'a>(bytes: &'a [u8], visit: &mut impl FnMut(&'a [u8])) -> Option<Scan> {
    let header = Header::parse(bytes)?;
    let mut rest = bytes.get(HEADER_BYTES..)?;
    let mut frames = 0;
    let tail = loop {
        if rest.is_empty() {
            break Tail::Clean;
        }
        match parse_frame(rest) {
            Ok((payload, after)) => {
                visit(payload);
                frames += 1;
                rest = after;
            }
            Err(FrameError::Short) => break Tail::Torn,
            Err(FrameError::Bad) => break Tail::Damaged(count_by_length(rest)),
        }
    };
    Some(Scan { header, frames, end: bytes.len() - rest.len(), tail })
}

/// Frames that the lengths announce, good or bad; at least one.
pub(super) fn count_by_length(mut rest: &[u8]) -> u64 {
    let mut count = 0;
    while let Some((length, _)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        if !(1..=MAX_PAYLOAD_BYTES).contains(&length) {
            break;
        }
        count += 1;
        rest = rest.get(FRAME_HEADER_BYTES + length..).unwrap_or_default();
    }
    count.max(1)
}
