//! File header and frames: parse and encode.

use medward_contract::Timestamp;
use medward_crypto::hash::sha256;

use crate::canonical::MAX_RECORD_BYTES;

/// Length of a file header.
pub const FILE_HEADER_BYTES: usize = 64;
/// Length of a frame without its payload.
pub const FRAME_HEADER_BYTES: usize = 20;
const MAGIC: &[u8; 8] = b"MWWAL001";
/// Bytes of a commit payload: count u32, committed_us i64.
const COMMIT_BYTES: usize = 12;

/// What stands at the head of each file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileHeader {
    /// The vault this file belongs to.
    pub vault_id: [u8; 16],
    /// Its number, from 0.
    pub number: u64,
    /// [`chain_of`] the previous file's last commit frame; zeros in file 0.
    pub chain: [u8; 16],
    /// When it was started.
    pub created: Timestamp,
}

/// Splits `N` bytes off the front.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

impl FileHeader {
    /// The 64 bytes at the head of the file.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(FILE_HEADER_BYTES);
        out.extend(MAGIC);
        out.extend(self.vault_id);
        out.extend(self.number.to_le_bytes());
        out.extend(self.chain);
        out.extend(self.created.as_micros().to_le_bytes());
        out.extend([0; 4]);
        out.extend(crc32c::crc32c(&out).to_le_bytes());
        out
    }

    /// Reads a header; `None` when it is short, altered or of another format.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let header = bytes.get(..FILE_HEADER_BYTES)?;
        let mut rest = header;
        (take::<8>(&mut rest)? == *MAGIC).then_some(())?;
        let parsed = Self {
            vault_id: take(&mut rest)?,
            number: u64::from_le_bytes(take(&mut rest)?),
            chain: take(&mut rest)?,
            created: Timestamp::from_micros(i64::from_le_bytes(take(&mut rest)?)),
        };
        (parsed.encode() == header).then_some(parsed)
    }
}

/// First 16 bytes of SHA-256 over a whole commit frame.
pub fn chain_of(commit_frame: &[u8]) -> [u8; 16] {
    let [chain @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = sha256(commit_frame);
    chain
}

/// Kind of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// One record, canonical CBOR.
    Record = 1,
    /// End of a group: all records since the previous commit count.
    Commit = 2,
    /// All records up to a sequence number stand in a segment (later release).
    Sealed = 3,
    /// A signed note (later release).
    Note = 4,
}

/// One frame, borrowed from the file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it is.
    pub kind: Kind,
    /// Stored number of the stream; 0 in commit frames.
    pub stream: u16,
    /// Position in the stream; 0 in commit frames.
    pub seq: u64,
    /// Its content.
    pub payload: &'a [u8],
}

/// Why no frame stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// The bytes end before the frame does.
    Short,
    /// Checksum, kind, flags or length are wrong.
    Bad,
}

impl<'a> Frame<'a> {
    /// Reads the frame at the front of `bytes`; also gives its whole length.
    pub fn parse(bytes: &'a [u8]) -> Result<(Self, usize), FrameError> {
        let mut rest = bytes;
        let length = u32::from_le_bytes(take(&mut rest).ok_or(FrameError::Short)?);
        let crc = u32::from_le_bytes(take(&mut rest).ok_or(FrameError::Short)?);
        let length =
            usize::try_from(length).ok().filter(|length| *length <= MAX_RECORD_BYTES).ok_or(FrameError::Bad)?;
        let checked = rest.get(..length + FRAME_HEADER_BYTES - 8).ok_or(FrameError::Short)?;
        let parts =
            (|| Some((take::<1>(&mut rest)?, take::<1>(&mut rest)?, take::<2>(&mut rest)?, take::<8>(&mut rest)?)))();
        let ([kind], [flags], stream, seq) = parts.ok_or(FrameError::Short)?;
        let kind = match kind {
            1 => Kind::Record,
            2 => Kind::Commit,
            3 => Kind::Sealed,
            4 => Kind::Note,
            _ => return Err(FrameError::Bad),
        };
        // Last, because it is the only test that costs: a scan for the next frame tries it at every byte.
        if flags != 0 || crc32c::crc32c(checked) != crc {
            return Err(FrameError::Bad);
        }
        let payload = rest.get(..length).ok_or(FrameError::Short)?;
        let frame = Self { kind, stream: u16::from_le_bytes(stream), seq: u64::from_le_bytes(seq), payload };
        Ok((frame, length + FRAME_HEADER_BYTES))
    }

    /// Count of records and time of a commit frame.
    pub fn commit(&self) -> Option<(u32, Timestamp)> {
        if self.kind != Kind::Commit || self.payload.len() != COMMIT_BYTES {
            return None;
        }
        let mut rest = self.payload;
        let count = u32::from_le_bytes(take(&mut rest)?);
        Some((count, Timestamp::from_micros(i64::from_le_bytes(take(&mut rest)?))))
    }
}

/// Appends a frame whose payload `write` appends; gives the payload's range in `out`.
pub fn write_frame(
    out: &mut Vec<u8>,
    kind: Kind,
    stream: u16,
    seq: u64,
    write: impl FnOnce(&mut Vec<u8>),
) -> std::ops::Range<usize> {
    let start = out.len();
    out.extend([0; 8]);
    out.extend([kind as u8, 0]);
    out.extend(stream.to_le_bytes());
    out.extend(seq.to_le_bytes());
    let payload = out.len();
    write(out);
    let length = u32::try_from(out.len() - payload).unwrap_or(u32::MAX);
    let crc = crc32c::crc32c(out.get(start + 8..).unwrap_or_default());
    if let Some(head) = out.get_mut(start..start + 8) {
        let (length_slot, crc_slot) = head.split_at_mut(4);
        length_slot.copy_from_slice(&length.to_le_bytes());
        crc_slot.copy_from_slice(&crc.to_le_bytes());
    }
    payload..out.len()
}

/// Appends the commit frame of a group of `count` records.
pub fn write_commit(out: &mut Vec<u8>, count: u32, committed: Timestamp) {
    write_frame(out, Kind::Commit, 0, 0, |out| {
        out.extend(count.to_le_bytes());
        out.extend(committed.as_micros().to_le_bytes());
    });
}
