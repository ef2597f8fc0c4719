//! Joining neighbours, so that a vault of years has few files and full row groups: a log that is cut often leaves small segments
//! of slow streams.
//!
//! Small segments of about one size become one when there are [enough](super::LogLimits::joined) of them: so each row is written
//! again only a few times, however small the pieces come. Full ones are put into one file, up to [`GATHERED_BYTES`]. Segments are
//! joined within the month of their first record only: retention removes whole segments.
//!
//! Invariants: a joined segment stands whole on disk before anything it replaces goes. What is joined is what was written: its files
//! have the sums they had, or its rows give the hashes of the tree and its filters are theirs; everything else is evidence and stays.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use medward_contract::event::Stream;
use medward_crypto::hash::sha256;

use super::hashes::{covering_hash, range_hash};
use super::{GROUP_BYTES, SealError, Sealer};
use crate::layout::Layout;
use crate::segment::columns::GROUP_ROWS;
use crate::segment::{Entry, Paths, SegmentError, join, left_over};
use crate::space::Mode;

/// Canonical bytes of a segment that takes no more.
const GATHERED_BYTES: u64 = 256 << 20;
/// Joined segments that wait to be removed, at most: a vault that was never joined before must not fill its disk with copies.
const MAX_WAITING: usize = 64;
/// Nothing is joined for so long after a failure.
const PAUSE: Duration = Duration::from_mins(10);
/// Row groups of a segment that takes no more.
const GATHERED_GROUPS: usize = 16;

/// How neighbours become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// One row group of all their rows.
    Rewrite,
    /// All their row groups in one file.
    Gather,
}

/// Whether a segment has less than half of what a row group holds.
fn is_small(entry: &Entry) -> bool {
    entry.head.groups.len() == 1
        && entry.head.count() <= GROUP_ROWS as u64 / 2
        && entry.head.raw_bytes() <= GROUP_BYTES as u64 / 2
}

/// Segments of one class differ by less than eight times.
fn class_of(entry: &Entry) -> u32 {
    entry.head.count().max(1).ilog2() / 3
}

fn are_neighbours(one: &Entry, next: &Entry) -> bool {
    one.end() == next.first() && one.paths.parquet.parent() == next.paths.parquet.parent()
}

/// The longest beginning of `entries` that has room in one segment.
fn fitting(entries: &[Arc<Entry>], rows: u64, bytes: u64, groups: usize) -> usize {
    let (mut all_rows, mut all_bytes, mut all_groups) = (0_u64, 0_u64, 0);
    let fits = |entry: &&Arc<Entry>| {
        all_rows += entry.head.count();
        all_bytes += entry.head.raw_bytes();
        all_groups += entry.head.groups.len();
        all_rows <= rows && all_bytes <= bytes && all_groups <= groups
    };
    entries.iter().take_while(fits).count()
}

/// Small neighbours to put together: as soon as `wanted` of one class stand among none larger.
fn small_run(entries: &[Arc<Entry>], wanted: usize) -> Option<Range<usize>> {
    for class in 0..=GROUP_ROWS.ilog2() / 3 {
        let fits = |entry: &Entry| is_small(entry) && class_of(entry) <= class;
        for run in runs(entries, fits) {
            let of_class = |range: Range<usize>| {
                let of_class = entries.get(range).unwrap_or_default().iter().filter(|entry| class_of(entry) == class);
                of_class.count()
            };
            let mut start = run.start;
            while of_class(start..run.end) >= wanted {
                let rest = entries.get(start..run.end).unwrap_or_default();
                let count = fitting(rest, GROUP_ROWS as u64, GROUP_BYTES as u64, usize::MAX);
                if count >= 2 {
                    return Some(start..start + count);
                }
                start += 1;
            }
        }
    }
    None
}

/// Full neighbours to put into one file, when they fill it.
fn full_run(entries: &[Arc<Entry>]) -> Option<Range<usize>> {
    let takes_more =
        |entry: &Entry| entry.head.groups.len() < GATHERED_GROUPS && entry.head.raw_bytes() < GATHERED_BYTES;
    for run in runs(entries, |entry| !is_small(entry) && takes_more(entry)) {
        let mut start = run.start;
        while start < run.end {
            let rest = entries.get(start..run.end).unwrap_or_default();
            let count = fitting(rest, u64::MAX, GATHERED_BYTES, GATHERED_GROUPS);
            let groups: usize = rest.iter().take(count).map(|entry| entry.head.groups.len()).sum();
            // One that has no room any more fills it as well as the last group does.
            if count >= 2 && (groups == GATHERED_GROUPS || start + count < run.end) {
                return Some(start..start + count);
            }
            start += 1;
        }
    }
    None
}

/// Longest ranges of neighbours that all fit.
fn runs(entries: &[Arc<Entry>], fits: impl Fn(&Entry) -> bool) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut last: Option<&Entry> = None;
    for (place, entry) in entries.iter().enumerate() {
        let goes_on = last.is_some_and(|last| are_neighbours(last, entry));
        last = fits(entry).then_some(entry);
        match runs.last_mut().filter(|run| goes_on && run.end == place) {
            Some(run) if last.is_some() => run.end = place + 1,
            _ if last.is_some() => runs.push(place..place + 1),
            _ => {}
        }
    }
    runs
}

impl Sealer {
    /// Joins neighbours of one stream; false when there are none to join.
    pub fn join(&mut self) -> Result<bool, SealError> {
        let now = self.shared.clock.monotonic();
        let full = self.shared.disk_state().mode >= Mode::NearlyFull;
        // Joining takes room before it gives any back, and room is for what comes in.
        if full || now < self.no_joins_before || self.replaced.len() >= MAX_WAITING {
            return Ok(false);
        }
        // What is not as it was signed stays as it is.
        for stream in Stream::ALL.into_iter().filter(|stream| !self.disagreeing.contains(*stream)) {
            let entries = self.shared.index().catalog().of(stream).clone();
            // One that could not be joined stays between its neighbours.
            let parts = entries.split(|entry| self.left_alone.contains(&entry.paths.parquet));
            for part in parts {
                let small = small_run(part, self.limits.joined).map(|range| (How::Rewrite, range));
                let chosen = small.or_else(|| full_run(part).map(|range| (How::Gather, range)));
                let Some((how, range)) = chosen else { continue };
                let chosen = part.get(range).unwrap_or_default();
                if let Err(error) = self.join_these(stream, how, chosen) {
                    tracing::warn!(%error, "segments not joined; tried again later");
                    self.no_joins_before = now.saturating_add(PAUSE);
                    return Ok(false);
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn join_these(&mut self, stream: Stream, how: How, entries: &[Arc<Entry>]) -> Result<(), SealError> {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(()) };
        let (from, to) = (first.first(), last.end());
        let disk = &*self.shared.disk;
        let made = match how {
            How::Rewrite => join::rewrite(disk, entries).map(|(made, leaves)| (made, Some(range_hash(from, &leaves)))),
            How::Gather => {
                let checked = entries.iter().try_for_each(|entry| self.is_as_written(stream, entry));
                checked.and_then(|()| Ok((join::gather(disk, entries)?, covering_hash(&self.shared, stream, from, to))))
            }
        };
        let in_tree = covering_hash(&self.shared, stream, from, to);
        let (made, range_hash) = match made {
            Ok((made, Some(range_hash)))
                if made.head.first_seq == from && made.head.count() == to - from && in_tree == Some(range_hash) =>
            {
                (made, range_hash)
            }
            Ok(_) => {
                self.leave_alone(stream, entries, &SegmentError::Malformed("its records do not give the tree's hash"));
                return Ok(());
            }
            Err(error) => {
                self.leave_alone(stream, entries, &error);
                return Ok(());
            }
        };
        let paths = Paths::of(first.paths.parquet.with_file_name(Layout::segment_name(from, to - 1)));
        self.keep(&paths, &made)?;
        let sums = [&made.parquet, &made.sidecar].map(|bytes| sha256(bytes));
        self.note(stream, &made.head, &sums, &range_hash);
        let entry = Entry { paths, head: made.head, sums: Some(sums) };
        let replaced = self.shared.index_mut().replace_segments(stream, entry);
        let now = self.shared.clock.monotonic();
        tracing::debug!(stream = stream.as_str(), from, to, segments = replaced.len(), "segments joined");
        self.replaced.extend(replaced.into_iter().map(|entry| (entry.paths.clone(), now)));
        Ok(())
    }

    /// Whether a segment is the one that was written: by its sums where they are known, else row by row.
    fn is_as_written(&self, stream: Stream, entry: &Entry) -> Result<(), SegmentError> {
        let disk = &*self.shared.disk;
        let as_written = if let Some(sums) = &entry.sums {
            let read =
                |path: &PathBuf| disk.read(path).map_err(|source| SegmentError::Read { path: path.clone(), source });
            sums == &[sha256(&read(&entry.paths.parquet)?), sha256(&read(&entry.paths.sidecar)?)]
        } else {
            let leaves = join::checked(disk, entry)?;
            covering_hash(&self.shared, stream, entry.first(), entry.end()) == Some(range_hash(entry.first(), &leaves))
        };
        if as_written { Ok(()) } else { Err(SegmentError::Malformed("it is not the one that was written")) }
    }

    /// Keeps segments as they are until the next start. The one that is to blame is found by trying each.
    fn leave_alone(&mut self, stream: Stream, entries: &[Arc<Entry>], error: &SegmentError) {
        let bad = |entry: &&Arc<Entry>| {
            let unknown = Entry { sums: None, ..(***entry).clone() };
            self.is_as_written(stream, &unknown).is_err()
        };
        let mut alone: Vec<_> = entries.iter().filter(bad).map(|entry| entry.paths.parquet.clone()).collect();
        if alone.is_empty() {
            alone = entries.iter().map(|entry| entry.paths.parquet.clone()).collect();
        }
        for path in alone {
            tracing::error!(
                %error,
                code = "VLT-0104",
                file = self.shared.layout.shown(&path),
                "segment not joined; run medward vault verify"
            );
            self.left_alone.insert(path);
        }
    }

    /// Gives up what a crash left of segments that were joined, and puts on record again what took their place; when that is not what
    /// was written, everything stays.
    pub(super) fn give_up_left_over(&mut self) {
        let now = self.shared.clock.monotonic();
        let catalog = self.shared.index().catalog().clone();
        let disagreeing = self.disagreeing;
        for stream in Stream::ALL.into_iter().filter(|stream| !disagreeing.contains(*stream)) {
            let left = left_over(&*self.shared.disk, &self.shared.layout, &catalog, stream);
            let mut longer: Vec<Arc<Entry>> = left.iter().map(|(_, longer)| longer.clone()).collect();
            longer.dedup();
            for entry in longer {
                if let Err(error) = self.is_as_written(stream, &entry) {
                    self.leave_alone(stream, std::slice::from_ref(&entry), &error);
                    continue;
                }
                self.note_file(stream, &entry);
                let given_up = left.iter().filter(|(_, longer)| *longer == entry);
                self.replaced.extend(given_up.map(|(paths, _)| (paths.clone(), now)));
            }
        }
    }

    /// Removes segments that nobody reads any more. The Parquet file goes last: without one the file beside it is a stray.
    pub(super) fn bury_replaced(&mut self) {
        let (now, grace) = (self.shared.clock.monotonic(), self.limits.grace);
        let (gone, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.replaced).into_iter().partition(|(_, since)| now.saturating_sub(*since) >= grace);
        self.replaced = waiting;
        for (paths, _) in gone {
            self.shared.segments.close(&paths);
            let removed = [&paths.sidecar, &paths.parquet].map(|path| self.shared.disk.remove(path));
            for error in removed.into_iter().filter_map(Result::err) {
                if error.kind() != std::io::ErrorKind::NotFound {
                    let file = self.shared.layout.shown(&paths.parquet);
                    tracing::warn!(%error, file, "joined segment not removed; the next start tries again");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::segment::{GroupHead, Sidecar};

    fn entries(counts: &[u64]) -> Vec<Arc<Entry>> {
        entries_of(counts, 100)
    }

    /// Segments with so many rows of so many bytes, one after another; 0 is a hole.
    fn entries_of(counts: &[u64], row_bytes: u64) -> Vec<Arc<Entry>> {
        let mut first_seq = 0;
        let mut entries = Vec::new();
        for count in counts {
            let (rows, raw_bytes) = (*count, count * row_bytes);
            let group = GroupHead { rows, oldest: 0, newest: 0, raw_bytes, tokens: 0, offset: 0, words: 0 };
            let head = Sidecar { first_seq, last_ingested: 0, footer_crc: 0, groups: vec![group] };
            if rows > 0 {
                let paths = Paths::of(Path::new("/v/seg/waf/2026/11").join(first_seq.to_string()));
                entries.push(Arc::new(Entry { paths, head, sums: None }));
            }
            first_seq += rows.max(1);
        }
        entries
    }

    #[track_caller]
    fn check(counts: &[u64], small: Option<Range<usize>>, full: Option<Range<usize>>) {
        let entries = entries(counts);
        assert_eq!((small_run(&entries, 4), full_run(&entries)), (small, full), "{counts:?}");
    }

    #[test]
    fn equal_neighbours_become_one_and_large_ones_are_not_written_again_for_few_rows() {
        check(&[], None, None);
        check(&[9; 3], None, None);
        check(&[9; 4], Some(0..4), None);
        check(&[5_000, 9, 9, 9], None, None);
        check(&[5_000, 9, 9, 9, 9], Some(1..5), None);
        check(&[5_000, 5_000, 9, 5_000, 5_000, 2], Some(0..6), None);
        check(&[9, 9, 0, 9, 9], None, None);
        check(&[32_000, 32_000, 32_000, 32_000], Some(0..2), None);
    }

    #[test]
    fn full_groups_are_gathered_when_they_fill_a_segment() {
        let full = GROUP_ROWS as u64;
        check(&[full; 15], None, None);
        check(&[full; 16], None, Some(0..16));
        check(&[[full; 10].as_slice(), &[7], &[full; 10]].concat(), None, None);
        check(&[[full; 10].as_slice(), &[7], &[full; 16]].concat(), None, Some(11..27));
        // Rows of 700 bytes: five of these groups fill a segment, and what is filled does not stand in the way of the next.
        assert_eq!(full_run(&entries_of(&[full; 12], 700)), Some(0..5));
        assert_eq!(full_run(&entries_of(&[full * 5, full, full, full, full, full, full], 700)), Some(1..6));
    }

    /// However the pieces come, each row is written again a few times only, and few pieces stay.
    #[test]
    fn rows_are_written_again_a_few_times_only() {
        for piece in [1, 3, 50, 700] {
            let mut counts: Vec<u64> = Vec::new();
            let (mut written, mut rows) = (0, 0);
            while rows < 60_000 {
                counts.push(piece);
                rows += piece;
                while let Some(range) = small_run(&entries(&counts), 8) {
                    let sum: u64 = counts[range.clone()].iter().sum();
                    written += sum;
                    counts.splice(range, [sum]);
                }
                assert!(counts.len() <= 8 * 6, "{counts:?}");
            }
            assert!(written <= rows * 6, "{written} rows written for {rows}");
        }
    }
}
