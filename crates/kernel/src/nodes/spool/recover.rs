//! What an earlier run left: which segments are good, how far, and with which number to go on.

use std::collections::VecDeque;
use std::io;
use std::path::Path;

use medward_contract::Timestamp;
use serde::Deserialize;

use super::disk::Disk;
use super::loss::{Losses, Reason};
use super::segment::{HEADER_BYTES, SEGMENT_BYTES, Scan, Tail, count_by_length, scan};
use super::state::{Segment, file_name};

/// Of a file longer than any segment only this much is looked at.
const MOST_BYTES: u64 = 2 * SEGMENT_BYTES;

/// What [`recover`] found.
#[derive(Debug)]
pub(super) struct Recovered {
    pub(super) segments: VecDeque<Segment>,
    /// Number of the next event.
    pub(super) next: u64,
    /// The next event needs a new segment, because numbers jump or there is none.
    pub(super) roll: bool,
    pub(super) losses: Losses,
}

/// Reads all segments.
///
/// A torn tail was never synced, so never handed out: numbers go on where it begins. Where more is damaged, the house
/// may know numbers that no longer stand here, so they go on at the present time in microseconds, as in an empty
/// directory.
pub(super) fn recover(disk: &dyn Disk, directory: &Path, lane: u16, now: Timestamp) -> io::Result<Recovered> {
    let mut found = Recovered { segments: VecDeque::new(), next: 0, roll: false, losses: Losses::default() };
    let names = disk.list(directory)?;
    let mut files: Vec<u64> = names.iter().filter_map(|name| number_of(name)).collect();
    files.sort_unstable();
    let newest = files.last().copied();
    for file in files {
        let path = directory.join(file_name(file));
        let bytes = disk.read(&path, 0, MOST_BYTES)?;
        let last = Some(file) == newest;
        if !found.add(file, &bytes, lane, last, now) {
            disk.remove(&path)?;
        }
    }
    match found.segments.back() {
        Some(segment) => found.next = found.next.max(segment.end()),
        None => found.roll = true,
    }
    if found.roll {
        found.next = found.next.max(u64::try_from(now.as_micros()).unwrap_or(0)).max(1);
    }
    Ok(found)
}

impl Recovered {
    /// False when nothing in the file can be used.
    fn add(&mut self, file: u64, bytes: &[u8], lane: u16, newest: bool, now: Timestamp) -> bool {
        let (mut begin, mut finish) = (None, None);
        let scanned = scan(bytes, &mut |payload| {
            begin = begin.or(Some(payload));
            finish = Some(payload);
        });
        let behind = self.segments.back().map_or(0, Segment::end);
        let Some(scan) = scanned.filter(|scan| scan.header.lane == lane && scan.header.first >= behind) else {
            // A file without a written header is one that was just being made.
            let content = bytes.get(HEADER_BYTES..).filter(|_| bytes.iter().any(|byte| *byte != 0));
            if let Some(content) = content.filter(|content| !content.is_empty()) {
                self.losses.add(Reason::SegmentDamaged, count_by_length(content), now, now);
                self.roll = true;
            }
            return false;
        };
        let times = begin.and_then(time_of).zip(finish.and_then(time_of));
        self.roll |= newest && matches!(scan.tail, Tail::Damaged(_));
        self.count_tail(&scan, newest, times.map_or(now, |(_, to)| to), now);
        self.segments.push_back(Segment {
            file,
            first: scan.header.first,
            count: scan.frames,
            bytes: scan.end as u64,
            times,
        });
        true
    }

    fn count_tail(&mut self, scan: &Scan, newest: bool, from: Timestamp, now: Timestamp) {
        match scan.tail {
            Tail::Clean => {}
            Tail::Torn if newest => self.losses.add(Reason::TornTail, 1, from, now),
            Tail::Torn => self.losses.add(Reason::SegmentDamaged, 1, from, now),
            Tail::Damaged(count) => self.losses.add(Reason::SegmentDamaged, count, from, now),
        }
    }
}

/// The number in a segment's name.
fn number_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".mws").filter(|digits| digits.len() >= 8)?;
    digits.parse().ok().filter(|file| file_name(*file) == name)
}

#[derive(Deserialize)]
struct Time {
    #[serde(rename = "@timestamp")]
    timestamp: Timestamp,
}

/// When the event of a payload happened.
pub(super) fn time_of(payload: &[u8]) -> Option<Timestamp> {
    serde_json::from_slice::<Time>(payload).ok().map(|time| time.timestamp)
}
