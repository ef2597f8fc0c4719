//! The sparse index in memory: which streams, sequence numbers and times stand in which part of which file.
//!
//! Neighbouring commit groups share a block until it reaches [`BLOCK_BYTES`], so the index grows with stored bytes and
//! not with commits: about 150 bytes of memory per block.
//!
//! *Not* here: record content. The index is rebuilt from the write-ahead log at every start.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use medward_contract::event::Stream;
use smallvec::SmallVec;

use crate::segment::{Catalog, Entry};
use crate::streams::{PerStream, StreamSet};

/// A block takes no further group once it is this long.
pub const BLOCK_BYTES: u64 = 256 * 1024;

/// What one block holds of one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The stream.
    pub stream: Stream,
    /// Lowest sequence number.
    pub first_seq: u64,
    /// Highest sequence number.
    pub last_seq: u64,
    /// Smallest `@timestamp`, µs.
    pub oldest: i64,
    /// Largest `@timestamp`, µs.
    pub newest: i64,
}

impl Span {
    /// A span of one record.
    pub const fn one(stream: Stream, seq: u64, timestamp: i64) -> Self {
        Self { stream, first_seq: seq, last_seq: seq, oldest: timestamp, newest: timestamp }
    }

    fn include(&mut self, other: &Self) {
        self.first_seq = self.first_seq.min(other.first_seq);
        self.last_seq = self.last_seq.max(other.last_seq);
        self.oldest = self.oldest.min(other.oldest);
        self.newest = self.newest.max(other.newest);
    }
}

/// Spans of a group or block, one per stream.
pub type Spans = SmallVec<[Span; 2]>;

/// Adds a record or span to the span of its stream.
pub fn include(spans: &mut Spans, span: &Span) {
    match spans.iter_mut().find(|other| other.stream == span.stream) {
        Some(other) => other.include(span),
        None => spans.push(*span),
    }
}

/// A part of a file made of whole commit groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Number of the file.
    pub file: u64,
    /// Whether the file stands in `quarantine/`.
    pub quarantined: bool,
    /// Bytes in the file.
    pub range: Range<u64>,
    /// What stands in it.
    pub spans: Spans,
}

impl Block {
    /// Whether any record of these streams in `[from, to]` may stand here.
    fn may_hold(&self, streams: StreamSet, from: i64, to: i64) -> bool {
        self.spans.iter().any(|span| streams.contains(span.stream) && span.newest >= from && span.oldest <= to)
    }
}

/// A place between two groups; grows with every commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// Number of the file.
    pub file: u64,
    /// Offset in it.
    pub offset: u64,
}

/// All blocks of the log in commit order, and all segments.
#[derive(Debug, Default)]
pub struct Index {
    blocks: Vec<Block>,
    by_stream: PerStream<Vec<usize>>,
    log_bytes: u64,
    catalog: Catalog,
}

/// What a file of the log holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFile {
    /// Bytes of its groups.
    pub bytes: u64,
    /// Whether it stands in `quarantine/`.
    pub quarantined: bool,
    /// Highest sequence number of each stream in it.
    pub last_seqs: BTreeMap<Stream, u64>,
}

impl Index {
    /// An index of these segments and no log.
    pub fn of(catalog: Catalog) -> Self {
        Self { catalog, ..Self::default() }
    }

    /// Segments.
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Number behind the last record of a stream that stands in a segment; what the log still has of it is not read.
    pub fn sealed(&self, stream: Stream) -> u64 {
        self.catalog.end(stream)
    }

    pub(crate) fn add_segment(&mut self, stream: Stream, entry: Entry) {
        self.catalog.push(stream, entry);
    }

    pub(crate) fn replace_segments(&mut self, stream: Stream, entry: Entry) -> Vec<Arc<Entry>> {
        self.catalog.replace(stream, entry)
    }

    fn count_bytes(&mut self) {
        let counted = self.blocks.iter().filter(|block| !block.quarantined);
        self.log_bytes = counted.map(|block| block.range.end - block.range.start).sum();
    }

    /// Bytes of all groups of the log, but for files in `quarantine/`, which stay.
    pub const fn log_bytes(&self) -> u64 {
        self.log_bytes
    }

    /// Files of the log, oldest first.
    pub fn files(&self) -> BTreeMap<u64, LogFile> {
        let mut files: BTreeMap<u64, LogFile> = BTreeMap::new();
        for block in &self.blocks {
            let file = files.entry(block.file).or_default();
            file.bytes += block.range.end - block.range.start;
            file.quarantined |= block.quarantined;
            for span in &block.spans {
                let last = file.last_seqs.entry(span.stream).or_default();
                *last = span.last_seq.max(*last);
            }
        }
        files
    }

    /// Forgets a file of the log whose records all stand in segments.
    pub(crate) fn forget_file(&mut self, file: u64) {
        self.blocks.retain(|block| block.file != file);
        self.count_bytes();
        self.by_stream = PerStream::default();
        for (place, block) in self.blocks.iter().enumerate() {
            for span in &block.spans {
                self.by_stream.of_mut(span.stream).push(place);
            }
        }
    }

    /// Adds a committed group. Groups come in commit order.
    pub fn add(&mut self, file: u64, quarantined: bool, range: Range<u64>, spans: &Spans) {
        let joins = |block: &Block| {
            block.file == file && block.range.end == range.start && block.range.end - block.range.start < BLOCK_BYTES
        };
        self.log_bytes += if quarantined { 0 } else { range.end - range.start };
        match self.blocks.last_mut().filter(|block| joins(block)) {
            Some(block) => {
                block.range.end = range.end;
                spans.iter().for_each(|span| include(&mut block.spans, span));
            }
            None => self.blocks.push(Block { file, quarantined, range, spans: spans.clone() }),
        }
        let place = self.blocks.len() - 1;
        for span in spans {
            let places = self.by_stream.of_mut(span.stream);
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
    }

    /// Notes that a file was moved to `quarantine/`.
    pub fn quarantine(&mut self, file: u64) {
        self.blocks.iter_mut().rev().filter(|block| block.file == file).for_each(|block| block.quarantined = true);
        self.count_bytes();
    }

    /// The block that holds this record, if any does.
    pub fn find(&self, stream: Stream, seq: u64) -> Option<Block> {
        let places = self.by_stream.of(stream);
        let span_at = |place: usize| self.blocks.get(place)?.spans.iter().find(|span| span.stream == stream);
        let after = places.partition_point(|place| span_at(*place).is_some_and(|span| span.first_seq <= seq));
        let place = *places.get(after.checked_sub(1)?)?;
        span_at(place).filter(|span| span.last_seq >= seq)?;
        self.blocks.get(place).cloned()
    }

    /// Blocks that may hold records of these streams with `@timestamp` in `[from, to]`, newest content first.
    pub fn select(&self, streams: StreamSet, from: i64, to: i64) -> Vec<Block> {
        let unsealed = |block: &Block| {
            block.spans.iter().any(|span| streams.contains(span.stream) && span.last_seq >= self.sealed(span.stream))
        };
        let mut blocks: Vec<_> =
            self.blocks.iter().filter(|block| block.may_hold(streams, from, to) && unsealed(block)).cloned().collect();
        blocks.sort_by_key(|block| std::cmp::Reverse(newest_of(block, streams)));
        blocks
    }

    /// Blocks with anything committed after `position`, oldest first; the first may reach before it.
    pub fn since(&self, position: Position) -> &[Block] {
        let after = |block: &Block| Position { file: block.file, offset: block.range.end } > position;
        let start = self.blocks.partition_point(|block| !after(block));
        self.blocks.get(start..).unwrap_or_default()
    }

    /// The place behind the last group.
    pub fn end(&self) -> Position {
        self.blocks.last().map(|block| Position { file: block.file, offset: block.range.end }).unwrap_or_default()
    }

    /// Canonical bytes of a stream's segments and bytes of all blocks that hold more of it; its smallest and largest
    /// `@timestamp`.
    pub fn stream_extent(&self, stream: Stream) -> Option<(u64, i64, i64)> {
        let entries = self.catalog.of(stream);
        let sealed = self.sealed(stream);
        let open = |block: &&Block| block.spans.iter().any(|span| span.stream == stream && span.last_seq >= sealed);
        let blocks = self.by_stream.of(stream).iter().filter_map(|place| self.blocks.get(*place)).filter(open);
        let spans = blocks.clone().flat_map(|block| &block.spans).filter(|span| span.stream == stream);
        let times = spans.map(|span| (span.oldest, span.newest)).chain(entries.iter().map(|entry| entry.head.times()));
        let (oldest, newest) = times.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))?;
        let sealed: u64 = entries.iter().map(|entry| entry.head.raw_bytes()).sum();
        Some((sealed + blocks.map(|block| block.range.end - block.range.start).sum::<u64>(), oldest, newest))
    }
}

/// Largest `@timestamp` in a block among `streams`.
pub fn newest_of(block: &Block, streams: StreamSet) -> i64 {
    block.spans.iter().filter(|span| streams.contains(span.stream)).map(|span| span.newest).max().unwrap_or(i64::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(list: &[(Stream, u64, i64)]) -> Spans {
        let mut spans = Spans::new();
        for (stream, seq, at) in list {
            include(&mut spans, &Span::one(*stream, *seq, *at));
        }
        spans
    }

    #[test]
    fn record_is_found_in_the_block_that_holds_it() {
        let mut index = Index::default();
        index.add(
            0,
            false,
            64..BLOCK_BYTES + 64,
            &spans(&[(Stream::Waf, 0, 10), (Stream::Waf, 1, 12), (Stream::Auth, 0, 11)]),
        );
        index.add(0, false, BLOCK_BYTES + 64..BLOCK_BYTES + 99, &spans(&[(Stream::Auth, 1, 20)]));
        index.add(1, true, 64..80, &spans(&[(Stream::Waf, 2, 5)]));
        let at = |stream, seq| index.find(stream, seq).map(|block| (block.file, block.range.start));
        assert_eq!(at(Stream::Waf, 1), Some((0, 64)));
        assert_eq!(at(Stream::Auth, 1), Some((0, BLOCK_BYTES + 64)));
        assert_eq!(at(Stream::Waf, 2), Some((1, 64)));
        assert_eq!(at(Stream::Waf, 3), None);
        assert_eq!(at(Stream::Sms, 0), None);
    }

    #[test]
    fn small_groups_share_a_block_and_large_ones_do_not() {
        let mut index = Index::default();
        for group in 0..100 {
            index.add(0, false, 64 + group * 100..164 + group * 100, &spans(&[(Stream::Waf, group, 0)]));
        }
        assert_eq!(index.blocks.len(), 1);
        index.add(1, false, 64..100, &spans(&[(Stream::Waf, 100, 0)]));
        assert_eq!(index.blocks.len(), 2);
        assert_eq!(index.find(Stream::Waf, 99).unwrap().file, 0);
    }

    #[test]
    fn selection_is_newest_first_and_leaves_out_what_cannot_match() {
        let mut index = Index::default();
        for (file, at) in [(0, 50), (1, 90), (2, 10)] {
            index.add(file, false, 64..90, &spans(&[(Stream::Waf, file, at)]));
        }
        let files =
            |from, to| index.select(StreamSet::ALL, from, to).iter().map(|block| block.file).collect::<Vec<_>>();
        assert_eq!(files(0, 100), [1, 0, 2]);
        assert_eq!(files(20, 60), [0]);
        assert!(index.select(StreamSet::EMPTY.with(Stream::Auth), 0, 100).is_empty());
    }

    #[test]
    fn tail_sees_what_was_committed_after_its_position() {
        let mut index = Index::default();
        index.add(0, false, 64..100, &spans(&[(Stream::Waf, 0, 0)]));
        let seen = index.end();
        assert!(index.since(seen).is_empty());
        index.add(0, false, 100..150, &spans(&[(Stream::Waf, 1, 0)]));
        index.add(1, false, 64..80, &spans(&[(Stream::Waf, 2, 0)]));
        assert_eq!(index.since(seen).len(), 2);
        assert_eq!(index.since(Position::default()).len(), 2);
    }
}
