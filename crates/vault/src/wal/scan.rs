//! Finds every whole commit group in a file's bytes, whatever stands between them.

use std::ops::Range;

use medward_contract::Timestamp;
use smallvec::SmallVec;

use super::format::{FILE_HEADER_BYTES, FRAME_HEADER_BYTES, FileHeader, Frame, FrameError, Kind};

/// One commit group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group<'a> {
    /// Its bytes in the file, commit frame included.
    pub range: Range<usize>,
    /// Its record frames, in file order.
    pub records: Vec<Frame<'a>>,
    /// Records the commit frame counts.
    pub counted: u32,
    /// When it was committed.
    pub committed: Timestamp,
    /// Its commit frame.
    pub commit_frame: &'a [u8],
    /// Ranges inside it that hold no readable frame, each with the number of record frames before it.
    pub damage: SmallVec<[(Range<usize>, usize); 1]>,
    /// `(stream number, seq)` of damaged frames whose heads still read as those of records.
    pub damaged_records: SmallVec<[(u16, u64); 1]>,
}

impl Group<'_> {
    /// Whether every byte of the group reads as written and the count is right.
    pub fn is_whole(&self) -> bool {
        self.damage.is_empty() && usize::try_from(self.counted).is_ok_and(|counted| counted == self.records.len())
    }
}

/// What a file holds beside its groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// The header, when it reads as written.
    pub header: Option<FileHeader>,
    /// End of the last whole group (or of the header): a torn tail is cut here.
    pub end: usize,
    /// Whether any group is not [whole](Group::is_whole), or the header is not.
    pub damaged: bool,
    /// [`chain_of`](super::chain_of) the last commit frame.
    pub chain: Option<[u8; 16]>,
    /// Whether what follows the last group was altered rather than cut off.
    pub tail_altered: bool,
}

/// Scans a whole file and hands each group to `visit`.
pub fn scan_file<'a>(bytes: &'a [u8], visit: &mut impl FnMut(Group<'a>)) -> Scan {
    let header = FileHeader::parse(bytes);
    let (end, damaged, chain) = scan_groups(bytes, FILE_HEADER_BYTES, visit);
    // A file that ends before its header does was never used.
    let damaged = damaged || (header.is_none() && bytes.len() > FILE_HEADER_BYTES);
    let tail_altered = bytes.get(end..).is_some_and(is_altered);
    Scan { header, end, damaged, chain, tail_altered }
}

/// Whether the bytes behind the last group hold a whole frame that does not read. A cut leaves none; an altered length
/// of the last commit frame is told by its checksum, which does not cover the length.
fn is_altered(tail: &[u8]) -> bool {
    let mut rest = tail;
    while !rest.is_empty() {
        match Frame::parse(rest) {
            Ok((_, length)) => rest = rest.get(length..).unwrap_or_default(),
            Err(FrameError::Bad) => return rest.iter().any(|byte| *byte != 0),
            Err(FrameError::Short) => {
                let crc = rest.get(4..8).and_then(|crc| crc.try_into().ok()).map(u32::from_le_bytes);
                return crc.is_some_and(|crc| rest.get(8..).is_some_and(|checked| crc32c::crc32c(checked) == crc));
            }
        }
    }
    false
}

/// Scans groups from `offset`, which is the start of a group. Gives the end of the last one, whether any was damaged,
/// and the chain value of the last commit frame.
pub fn scan_groups<'a>(
    bytes: &'a [u8],
    offset: usize,
    visit: &mut impl FnMut(Group<'a>),
) -> (usize, bool, Option<[u8; 16]>) {
    let mut at = offset.min(bytes.len());
    let mut group_start = at;
    let (mut damaged, mut chain) = (false, None);
    let mut records = Vec::new();
    let mut damage: SmallVec<[(Range<usize>, usize); 1]> = SmallVec::new();
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let (frame, length) = match Frame::parse(rest) {
            Ok(found) => found,
            Err(error) => {
                let Some(next) = resume(bytes, at, error) else { break };
                damage.push((at..next, records.len()));
                at = next;
                continue;
            }
        };
        let frame_start = at;
        at += length;
        match (frame.kind, frame.commit()) {
            (Kind::Record, _) => records.push(frame),
            (Kind::Commit, Some((counted, committed))) => {
                let commit_frame = bytes.get(frame_start..at).unwrap_or_default();
                let heads = damage.iter().filter_map(|(range, _)| record_head(bytes.get(range.clone())?));
                let group = Group {
                    damaged_records: heads.collect(),
                    range: group_start..at,
                    records: std::mem::take(&mut records),
                    counted,
                    committed,
                    commit_frame,
                    damage: std::mem::take(&mut damage),
                };
                damaged |= !group.is_whole();
                chain = Some(super::chain_of(commit_frame));
                group_start = at;
                visit(group);
            }
            _ => {}
        }
    }
    (group_start, damaged, chain)
}

/// Stream and sequence number in the head of a damaged record frame.
fn record_head(damaged: &[u8]) -> Option<(u16, u64)> {
    let kind = damaged.get(8)?;
    let stream = damaged.get(10..12)?.try_into().ok().map(u16::from_le_bytes)?;
    let seq = damaged.get(12..20)?.try_into().ok().map(u64::from_le_bytes)?;
    (*kind == Kind::Record as u8).then_some((stream, seq))
}

/// Where the next readable frame after an unreadable one stands: behind it when its length still holds, else at the
/// first place whose checksum is right.
fn resume(bytes: &[u8], at: usize, error: FrameError) -> Option<usize> {
    if error == FrameError::Bad
        && let Some(length) = bytes.get(at..at + 4).and_then(|length| length.try_into().ok()).map(u32::from_le_bytes)
        && let Ok(length) = usize::try_from(length)
        && let Some(next) = at.checked_add(FRAME_HEADER_BYTES)?.checked_add(length)
        && bytes.get(next..).is_some_and(|rest| Frame::parse(rest).is_ok())
    {
        return Some(next);
    }
    (at + 1..bytes.len()).find(|place| bytes.get(*place..).is_some_and(|rest| Frame::parse(rest).is_ok()))
}
