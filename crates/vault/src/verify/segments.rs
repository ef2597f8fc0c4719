//! Segments in a verification: every row is turned back into the record it was and re-hashed; each file is held against what
//! stream `vault` has on record of it.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use data_encoding::HEXLOWER;
use medward_contract::event::{Event, Stream};
use medward_crypto::hash::sha256;

use super::finding::Finding;
use super::stream::Place;
use super::{Progress, Walk};
use crate::layout::{FileRole, role_of};
use crate::merkle::{Hash, leaf_hash};
use crate::read::{ALL_COLUMNS, canonical_bytes};
use crate::segment::{Paths, Segment, SegmentError, list, remake_sidecar};
use crate::streams::PerStream;
use crate::wal::{FILE_HEADER_BYTES, FileHeader};

/// Most records held against their copy in the log: what a log of the usual length holds.
const MAX_TWICE: usize = 4_000_000;

/// A segment by its name.
#[derive(Debug, Clone)]
struct Named {
    stream: Stream,
    first: u64,
    last: u64,
    file: String,
}

impl Named {
    /// Whether this one is longer and has all records of the other.
    fn holds(&self, other: &Self) -> bool {
        self.first <= other.first && other.last <= self.last && (self.first, self.last) != (other.first, other.last)
    }
}

/// Checksums of a segment and the file beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sums {
    parquet: String,
    sidecar: String,
}

/// What is known of all segments.
#[derive(Debug, Default)]
pub(super) struct Segments {
    named: Vec<Named>,
    sidecars: BTreeSet<String>,
    /// By stream, first and last record.
    recorded: HashMap<(Stream, u64, u64), Sums>,
    found: Vec<(Named, Sums)>,
    /// Of each stream the one that reaches furthest.
    widest: PerStream<Option<Named>>,
    /// The same of those that do not read whole.
    broken: PerStream<Option<Named>>,
    /// Segments whose records stand in a longer one that was read: joining left them, and will remove them.
    left_over: Vec<(Named, Sums)>,
    /// Files that do not read.
    unreadable: BTreeSet<String>,
    /// Unreadable and missing stretches met so far.
    damage: PerStream<u64>,
    missing: PerStream<u64>,
    ends: PerStream<u64>,
    /// The same by the names of the segments.
    named_ends: PerStream<u64>,
    /// Whether the log is being read: what it gave is not read from segments again.
    later: bool,
    /// Hashes of records that may stand in the log as well.
    twice: HashMap<(Stream, u64), Hash>,
}

impl Segments {
    pub(super) fn add(&mut self, stream: Stream, first: u64, last: u64, file: String) {
        self.named.push(Named { stream, first, last, file });
    }

    pub(super) fn add_sidecar(&mut self, file: String) {
        self.sidecars.insert(file);
    }

    pub(super) fn count(&self) -> u64 {
        self.named.len() as u64
    }

    /// Number behind the last record of a stream that a segment gave.
    pub(super) fn end(&self, stream: Stream) -> u64 {
        *self.ends.of(stream)
    }

    /// Whether all records of a segment were read from a longer one.
    fn holds(&self, named: &Named) -> bool {
        self.widest.of(named.stream).as_ref().is_some_and(|widest| widest.holds(named))
    }

    /// Whether a segment stands in the place of a longer one that does not read whole.
    fn stands_in(&self, named: &Named) -> bool {
        self.broken.of(named.stream).as_ref().is_some_and(|broken| broken.holds(named))
    }

    /// Notes that a segment was read.
    fn found(&mut self, named: Named, sums: Sums) {
        let broken = self.unreadable.contains(&named.file);
        let widest = if broken { self.broken.of_mut(named.stream) } else { self.widest.of_mut(named.stream) };
        if widest.as_ref().is_none_or(|widest| widest.last < named.last) {
            *widest = Some(named.clone());
        }
        self.found.push((named, sums));
    }

    fn knows(&self, file: &str) -> bool {
        self.found.iter().chain(&self.left_over).any(|(other, _)| other.file == file)
    }

    /// What `vault.segment` says.
    pub(super) fn recorded(&mut self, event: &Event) {
        let attr = |name: &str| event.attrs.get(name);
        let text = |name| attr(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let number = |name| attr(name).and_then(serde_json::Value::as_u64);
        if let (Ok(stream), Some(first), Some(count)) =
            (text("vault.stream").parse(), number("vault.first"), number("vault.count"))
        {
            let sums = Sums { parquet: text("vault.sha256"), sidecar: text("vault.sidecar_sha256") };
            // A segment may be on record more than once; what was said first counts.
            self.recorded.entry((stream, first, first.saturating_add(count).saturating_sub(1))).or_insert(sums);
        }
    }
}

impl Walk<'_> {
    /// Where the walk is, with what was lost in segments of this stream.
    pub(super) fn place_of(&self, stream: Stream, file: u64) -> Place {
        let damage = self.place.damage + self.segments.damage.of(stream);
        Place { file, damage, missing: self.place.missing + self.segments.missing.of(stream) }
    }

    /// Reads every segment, stream `vault` first, because it says what the others were.
    pub(super) fn read_segments(&mut self, files: &[(u64, bool)], total: u64, progress: &mut dyn FnMut(Progress)) {
        let log_begins = files.iter().find(|(_, quarantined)| !quarantined).and_then(|(number, quarantined)| {
            let header = self.disk.read_at(&self.path(*number, *quarantined), 0, FILE_HEADER_BYTES).ok()?;
            Some(FileHeader::parse(&header)?.created.as_micros())
        });
        let mut named = std::mem::take(&mut self.segments.named);
        let order =
            |segment: &Named| (segment.stream != Stream::Vault, segment.stream, segment.first, Reverse(segment.last));
        named.sort_by_key(order);
        for (done, segment) in (0..).zip(named) {
            progress(Progress { files_done: done, files: total, records: self.records });
            if self.only.is_some_and(|only| only != segment.stream && segment.stream != Stream::Vault) {
                continue;
            }
            self.segment(segment, log_begins.unwrap_or(i64::MAX));
        }
    }

    /// Reads segments that were not there when the files were listed; false when there are no segments at all.
    pub(super) fn read_new_segments(&mut self) -> bool {
        for stream in Stream::ALL {
            for named in self.list_now(stream) {
                if !self.segments.knows(&named.file) {
                    self.new_segment(named);
                }
            }
        }
        !self.segments.found.is_empty()
    }

    /// Segments of a stream as they stand on disk now, the longest first where they overlap.
    fn list_now(&self, stream: Stream) -> Vec<Named> {
        let listed = list(self.disk, self.layout, stream).unwrap_or_default();
        let named = |paths: &Paths| {
            let file = self.layout.shown(&paths.parquet);
            let FileRole::Segment(stream, first, last) = role_of(&file)? else { return None };
            Some(Named { stream, first, last, file })
        };
        let mut named: Vec<Named> = listed.iter().filter_map(named).collect();
        named.sort_by_key(|segment| (segment.first, Reverse(segment.last)));
        named
    }

    /// Reads a segment that came after the files were listed: of its records those that were not read before.
    fn new_segment(&mut self, named: Named) {
        self.segments.add_sidecar(named.file.replace(".parquet", ".bloom"));
        let later = std::mem::replace(&mut self.segments.later, true);
        self.segment(named, i64::MAX);
        self.segments.later = later;
    }

    /// The segment that took the place of one, if a living vault joined it with others.
    fn joined_now(&self, named: &Named) -> Option<Named> {
        self.list_now(named.stream).into_iter().find(|other| other.holds(named))
    }

    fn sums(&self, paths: &Paths) -> Sums {
        let sum =
            |bytes: std::io::Result<Vec<u8>>| bytes.map(|bytes| HEXLOWER.encode(&sha256(&bytes))).unwrap_or_default();
        Sums { parquet: sum(self.disk.read(&paths.parquet)), sidecar: sum(self.disk.read(&paths.sidecar)) }
    }

    fn segment(&mut self, named: Named, log_begins: i64) {
        let stream = named.stream;
        let paths = Paths::of(self.layout.root().join(&named.file));
        let sums = self.sums(&paths);
        if self.segments.holds(&named) {
            self.segments.left_over.push((named, sums));
            return;
        }
        let opened = Segment::open_alone(self.disk, &paths, named.first);
        if matches!(&opened, Err(SegmentError::Read { source, .. }) if source.kind() == std::io::ErrorKind::NotFound)
            && let Some(joined) = self.joined_now(&named)
        {
            self.new_segment(joined);
            return;
        }
        let named_end = self.segments.named_ends.of_mut(stream);
        if named.first > *named_end {
            *self.segments.missing.of_mut(stream) += 1;
        }
        *named_end = named.last.saturating_add(1).max(*named_end);
        let file = self.streams.of_mut(stream).add_segment(named.file.clone());
        let later = self.segments.later;
        // What a damaged joined segment still gave was read from there.
        self.segments.later |= self.segments.stands_in(&named);
        match opened {
            Ok(segment) => self.rows(&named, &segment, file, log_begins),
            Err(_) => self.unreadable(&named),
        }
        self.segments.later = later;
        *self.segments.ends.of_mut(stream) = self.streams.of(stream).next();
        self.streams.of_mut(stream).advance(true);
        self.segments.found(named, sums);
    }

    fn unreadable(&mut self, named: &Named) {
        *self.segments.damage.of_mut(named.stream) += 1;
        self.segments.unreadable.insert(named.file.clone());
    }

    fn rows(&mut self, named: &Named, segment: &Segment, file: u64, log_begins: i64) {
        let stream = named.stream;
        // Records that were read from the log before they were sealed.
        let known = self.streams.of(stream).next();
        for group in 0..segment.head().groups.len() {
            let Ok(batch) = segment.read(group, &ALL_COLUMNS, None) else {
                self.unreadable(named);
                continue;
            };
            for row in 0..batch.len() {
                let mut view = batch.view(row);
                let said = batch.said_seq(row).filter(|seq| (named.first..=named.last).contains(seq));
                view.seq = said.unwrap_or(view.seq);
                let seq = view.seq;
                if self.segments.later && seq < known {
                    continue;
                }
                let record = canonical_bytes(&view);
                let leaf = leaf_hash(&record);
                let suspect = batch.leaf_tag(row).is_none_or(|tag| !leaf.starts_with(tag));
                self.records += 1;
                let place = self.place_of(stream, file);
                self.streams.of_mut(stream).record(seq, leaf, suspect, place);
                if view.ingested.as_micros() >= log_begins && self.segments.twice.len() < MAX_TWICE {
                    self.segments.twice.insert((stream, seq), leaf);
                }
                if stream == Stream::Vault {
                    self.own_record(&record, seq);
                }
            }
            self.streams.of_mut(stream).advance(true);
        }
    }

    /// A record of the log that stands in a segment as well.
    pub(super) fn held_against_segment(&mut self, stream: Stream, seq: u64, leaf: Hash, number: u64) {
        if self.segments.twice.get(&(stream, seq)).is_some_and(|other| *other != leaf) {
            let segment = self.shown(number, false);
            self.findings.push(Finding::Changed {
                stream: Some(stream),
                range: Some((seq, seq)),
                suspects: vec![seq],
                segment,
            });
        }
    }

    /// Names files that are not those on record, or do not read, where nothing else names them.
    pub(super) fn judge_segments(&mut self) {
        let mut wrong: Vec<(Stream, (u64, u64), String)> = Vec::new();
        let found = std::mem::take(&mut self.segments.found);
        let mut sidecars = std::mem::take(&mut self.segments.sidecars);
        for (named, sums) in found {
            let range = (named.first, named.last);
            let sidecar = named.file.replace(".parquet", ".bloom");
            let there = sidecars.remove(&sidecar);
            let recorded = self.segments.recorded.get(&(named.stream, named.first, named.last));
            let unreadable = self.segments.unreadable.contains(&named.file);
            if unreadable || recorded.is_some_and(|recorded| recorded.parquet != sums.parquet) {
                // Who writes a segment anew writes what stands beside it, too.
                wrong.push((named.stream, range, named.file));
            } else if (!there || !self.is_its_sidecar(&named, &sums)) && self.joined_now(&named).is_none() {
                wrong.push((named.stream, range, sidecar));
            }
        }
        wrong.extend(self.judge_left_over(&mut sidecars));
        if self.only.is_none() {
            // The sidecar of a segment that is being written stands there before it, that of one that is joined with others
            // meanwhile may stand there no more.
            let expected = |file: &String| {
                let Some(FileRole::Sidecar(stream, first, last)) = role_of(file) else { return false };
                let segment = Named { stream, first, last, file: file.clone() };
                let path = self.layout.root().join(file).with_extension("parquet");
                self.segments.recorded.contains_key(&(stream, first, last))
                    && self.disk.open_read(&path).is_err()
                    && self.joined_now(&segment).is_none()
            };
            let stray: Vec<_> = sidecars.into_iter().filter(expected).collect();
            self.findings.extend(stray.into_iter().map(|file| Finding::Extra { file }));
        }
        for (stream, range, segment) in wrong {
            let here = self.streams.of(stream).findings.iter().chain(&self.findings);
            let named = here.filter_map(Finding::segment).any(|other| other == segment);
            if !named {
                self.findings.push(Finding::Changed {
                    stream: Some(stream),
                    range: Some(range),
                    suspects: Vec::new(),
                    segment,
                });
            }
        }
    }

    /// Whether the file beside a segment is the one on record or, where a crash lost the record, the one that its rows give: a search
    /// believes it.
    fn is_its_sidecar(&self, named: &Named, sums: &Sums) -> bool {
        if let Some(recorded) = self.segments.recorded.get(&(named.stream, named.first, named.last)) {
            return recorded.sidecar == sums.sidecar;
        }
        let paths = Paths::of(self.layout.root().join(&named.file));
        let made = remake_sidecar(self.disk, &paths, named.first);
        made.is_ok_and(|(_, bytes)| HEXLOWER.encode(&sha256(&bytes)) == sums.sidecar)
    }

    /// Whether a segment that is not on record has the rows that stand in the joined one: a crash lost its record.
    fn has_rows_of_joined(&self, named: &Named) -> bool {
        let leaves = |named: &Named| {
            let paths = Paths::of(self.layout.root().join(&named.file));
            let segment = Segment::open_alone(self.disk, &paths, named.first).ok()?;
            let mut leaves = Vec::new();
            for group in 0..segment.head().groups.len() {
                let batch = segment.read(group, &ALL_COLUMNS, None).ok()?;
                leaves.extend((0..batch.len()).map(|row| leaf_hash(&canonical_bytes(&batch.view(row)))));
            }
            Some(leaves)
        };
        let (Some(ours), Some(joined)) = (leaves(named), self.joined_now(named)) else { return false };
        let skipped = usize::try_from(named.first - joined.first).unwrap_or(usize::MAX);
        leaves(&joined).is_some_and(|all| all.get(skipped..skipped.saturating_add(ours.len())) == Some(&ours))
    }

    /// A segment that joining left is the one on record, or a stray.
    fn judge_left_over(&mut self, sidecars: &mut BTreeSet<String>) -> Vec<(Stream, (u64, u64), String)> {
        let mut wrong = Vec::new();
        for (named, sums) in std::mem::take(&mut self.segments.left_over) {
            sidecars.remove(&named.file.replace(".parquet", ".bloom"));
            match self.segments.recorded.get(&(named.stream, named.first, named.last)) {
                // It was removed meanwhile.
                _ if sums.parquet.is_empty() => {}
                Some(recorded) if recorded.parquet == sums.parquet => {}
                Some(_) => wrong.push((named.stream, (named.first, named.last), named.file)),
                None if self.has_rows_of_joined(&named) => {}
                None => self.findings.push(Finding::Extra { file: named.file }),
            }
        }
        wrong
    }
}
