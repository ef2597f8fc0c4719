//! From the write-ahead log into segments: reads what was committed, once and in order, fills row groups, and gives files of the
//! log up when nothing in them is needed any more (`vault.md` §4 "Seal").
//!
//! A stream's rows become a segment when they reach a multiple of [`GROUP_ROWS`] or [`GROUP_BYTES`], when the log grows past
//! its [limit](LogLimits) and they stand in its oldest file, or when they are a day old.
//!
//! Small neighbours are joined when nothing else is to do (`join.rs`).
//!
//! *Not* here: retention.
//!
//! Invariant: at every moment each record stands in a whole segment or in the log. A file of the log is removed only when all
//! its records stand in segments that would survive a power cut, are covered by a checkpoint, and [`Sealed`] is written.

mod hashes;
mod join;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Event, Stream};
use medward_crypto::hash::sha256;
use medward_kernel::Supervisor;
use medward_kernel::supervisor::Criticality;

pub(crate) use self::hashes::RowLeaves;
use self::hashes::leaves_of;
pub use self::hashes::range_hash;
use crate::canonical::View;
use crate::commit::Commits;
use crate::disk::write_whole;
use crate::index::{Block, Position};
use crate::merkle::{Frontier, Hash, TILE_WIDTH, TileId, leaf_hash};
use crate::open::SealerStart;
use crate::read::{ReadError, block_bytes};
use crate::recover::lost_leaf;
use crate::sealed::Sealed;
use crate::segment::columns::GROUP_ROWS;
use crate::segment::{Encoded, Entry, Paths, Rows, SegmentError, Sidecar, encode, remove_unfinished};
use crate::shared::Shared;
use crate::streams::{PerStream, StreamSet};
use crate::tiles;
use crate::wal::{Kind, scan_groups};

/// Canonical bytes after which a row group ends early: texts of a column must stay below 2 GiB, and memory small.
const GROUP_BYTES: usize = 48 << 20;
/// Files of the log that stay in any case: live tails read them.
const KEPT_FILES: usize = 2;
/// Rows wait no longer than this for others.
const LONGEST_WAIT: Duration = Duration::from_hours(24);
/// Blocks read in one step.
const STEP_BLOCKS: usize = 64;

/// How long the log may be.
#[derive(Debug, Clone, Copy)]
pub struct LogLimits {
    /// Above so many bytes its oldest files are emptied and given up.
    pub bytes: u64,
    /// Files given up are removed after this time: a reader that chose one before still reads it.
    pub grace: Duration,
    /// So many small segments of one size become one.
    pub joined: usize,
}

impl Default for LogLimits {
    fn default() -> Self {
        Self { bytes: 256 << 20, grace: Duration::from_mins(2), joined: 8 }
    }
}

/// How often it looks for what was committed: many small groups are cheaper to read together.
const LOOK: Duration = Duration::from_secs(1);

/// Seals until the program stops; after a failure it begins again at what is on disk.
pub fn start(shared: Arc<Shared>, commits: Commits, from: SealerStart, supervisor: &Supervisor) {
    let blocking = supervisor.clone();
    supervisor.service("vault.sealer", Criticality::Isolated, move |stop| {
        let (shared, commits, from, blocking) = (shared.clone(), commits.clone(), from.clone(), blocking.clone());
        Box::pin(async move {
            let clock = shared.clock.clone();
            let sealed = Sealed::read(&*shared.disk, &shared.layout).unwrap_or(from.sealed);
            let notes: Notes = Box::new(move |event| commits.note(event));
            let mut sealer = Box::new(Sealer::new(shared, notes, sealed, from.limits));
            sealer.disagreeing = from.disagreeing;
            let begin = move || {
                sealer.remove_unfinished();
                sealer.give_up_left_over();
                sealer.note_again();
                sealer
            };
            let mut sealer = blocking.blocking(begin).await?;
            loop {
                let step = move || {
                    let more = sealer.step()? || sealer.join()?;
                    Ok::<_, SealError>((sealer, more))
                };
                let (next, more) = blocking.blocking(step).await??;
                sealer = next;
                if more {
                    continue;
                }
                tokio::select! {
                    () = stop.running.cancelled() => return Ok(()),
                    () = clock.sleep(LOOK) => {}
                }
            }
        })
    });
}

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The rows do not make a segment.
    #[error(transparent)]
    Segment(#[from] SegmentError),
    /// A segment cannot be kept.
    #[error("keep segment {name}")]
    Keep {
        /// The segment.
        name: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The state before the log is cut cannot be kept.
    #[error("keep the state of sealed streams")]
    State(#[source] io::Error),
}

/// Rows of a stream that are not in a segment yet.
#[derive(Default)]
struct Filling {
    rows: Rows,
    /// `event.ingested` of the first.
    since: Timestamp,
    /// Leaf hashes of the rows.
    hashes: Vec<Hash>,
}

/// Where the sealer puts what it wants on record.
pub type Notes = Box<dyn Fn(Event) + Send + Sync>;

/// Reads the log and writes segments.
pub struct Sealer {
    shared: Arc<Shared>,
    notes: Notes,
    /// Everything before has been read.
    cursor: Position,
    filling: PerStream<Filling>,
    /// Edge of each stream's tree as far as it was read.
    trees: PerStream<Frontier>,
    /// Number behind the last record of each stream that stands in a segment.
    ends: PerStream<u64>,
    /// Edge of each stream's tree at the end of its last segment.
    edges: PerStream<Frontier>,
    agents: HashMap<String, u64>,
    /// Files of the log with records that have no canonical form: they stay.
    odd: BTreeSet<u64>,
    /// Files given up, and since when.
    given_up: Vec<(u64, Duration)>,
    /// Segments whose records stand in a joined one, and since when.
    replaced: Vec<(Paths, Duration)>,
    /// Segments that cannot be joined.
    left_alone: BTreeSet<PathBuf>,
    /// Nothing is joined before this moment.
    no_joins_before: Duration,
    limits: LogLimits,
    /// Streams whose records are not those that were signed: they stay in the log, as evidence.
    disagreeing: StreamSet,
}

impl Sealer {
    /// Goes on where the segments and `sealed` end.
    pub fn new(shared: Arc<Shared>, notes: Notes, sealed: Sealed, limits: LogLimits) -> Self {
        let ends = PerStream::from_fn(|stream| shared.index().sealed(stream));
        Self {
            ends,
            shared,
            notes,
            cursor: Position::default(),
            filling: PerStream::default(),
            trees: sealed.trees.clone(),
            edges: sealed.trees,
            agents: sealed.agents,
            odd: BTreeSet::new(),
            given_up: Vec::new(),
            replaced: Vec::new(),
            left_alone: BTreeSet::new(),
            no_joins_before: Duration::ZERO,
            limits,
            disagreeing: StreamSet::EMPTY,
        }
    }

    /// Reads a part of what was committed since the last step; false when there was nothing more.
    pub fn step(&mut self) -> Result<bool, SealError> {
        let blocks: Vec<Block> = self.shared.index().since(self.cursor).iter().take(STEP_BLOCKS).cloned().collect();
        for block in &blocks {
            self.block(block)?;
        }
        self.seal_old()?;
        self.relieve()?;
        self.bury();
        self.bury_replaced();
        Ok(!blocks.is_empty())
    }

    fn block(&mut self, block: &Block) -> Result<(), SealError> {
        // Only what is new of a block that grows.
        let mut block = block.clone();
        if block.file == self.cursor.file {
            block.range.start = block.range.start.max(self.cursor.offset);
        }
        let bytes = block_bytes(&self.shared, &block)?;
        let mut result = Ok(());
        scan_groups(&bytes, 0, &mut |group| {
            if result.is_err() {
                return;
            }
            for frame in group.records.iter().filter(|frame| frame.kind == Kind::Record) {
                if let Some(stream) = Stream::from_number(frame.stream)
                    && let Err(error) = self.record(stream, frame.seq, frame.payload, block.file)
                {
                    result = Err(error);
                    return;
                }
            }
            self.cursor = Position { file: block.file, offset: block.range.start + group.range.end as u64 };
        });
        result?;
        self.cursor = self.cursor.max(Position { file: block.file, offset: block.range.end });
        Ok(())
    }

    fn record(&mut self, stream: Stream, seq: u64, payload: &[u8], file: u64) -> Result<(), SealError> {
        let size = self.trees.of(stream).size();
        let parsed = View::parse(payload);
        if parsed.is_err() {
            self.odd.insert(file);
        }
        if seq < size || self.disagreeing.contains(stream) {
            return Ok(());
        }
        if seq > size {
            // Records between were lost: the segment ends before the hole.
            self.seal(stream)?;
            let (catalog, mut rows) = (self.shared.index().catalog().clone(), RowLeaves::default());
            for lost in size..seq {
                let disk = &*self.shared.disk;
                let leaf = tiles::leaf(disk, &self.shared.layout, stream, lost)
                    .or_else(|| rows.get(disk, &catalog, stream, lost));
                self.trees.of_mut(stream).push(leaf.unwrap_or_else(lost_leaf), &mut |_, _| {});
            }
        }
        let leaf = leaf_hash(payload);
        self.trees.of_mut(stream).push(leaf, &mut |_, _| {});
        let Ok(view) = parsed else { return self.seal(stream) };
        if let Some((agent, sequence)) = view.agent() {
            match self.agents.get_mut(agent) {
                Some(high) => *high = sequence.max(*high),
                None => drop(self.agents.insert(agent.to_owned(), sequence)),
            }
        }
        if seq < *self.ends.of(stream) {
            if seq + 1 >= *self.ends.of(stream) {
                *self.edges.of_mut(stream) = self.trees.of(stream).clone();
            }
            return Ok(());
        }
        let filling = self.filling.of_mut(stream);
        if filling.rows.is_empty() {
            filling.since = view.ingested;
        }
        filling.rows.push(&view, payload.len(), &leaf);
        filling.hashes.push(leaf);
        if (seq + 1).is_multiple_of(GROUP_ROWS as u64) || filling.rows.bytes() >= GROUP_BYTES {
            self.seal(stream)?;
        }
        Ok(())
    }

    /// Makes a segment of a stream's rows.
    pub fn seal(&mut self, stream: Stream) -> Result<(), SealError> {
        let filling = self.filling.of_mut(stream);
        if filling.rows.is_empty() {
            return Ok(());
        }
        let first = filling.rows.first_seq();
        let range_hash = range_hash(first, &filling.hashes);
        let encoded = encode(&mut filling.rows)?;
        let since = filling.since;
        filling.hashes.clear();
        let last = first + encoded.head.count() - 1;
        let paths = Paths::of(self.shared.layout.segment(stream, first, last, since));
        self.keep(&paths, &encoded)?;
        *self.ends.of_mut(stream) = last + 1;
        *self.edges.of_mut(stream) = self.trees.of(stream).clone();
        let sums = [&encoded.parquet, &encoded.sidecar].map(|bytes| sha256(bytes));
        self.note(stream, &encoded.head, &sums, &range_hash);
        self.shared.index_mut().add_segment(stream, Entry { paths, head: encoded.head, sums: Some(sums) });
        self.drop_leaf_tiles(stream, first, last);
        Ok(())
    }

    /// Puts a segment on record.
    fn note(&self, stream: Stream, head: &Sidecar, [parquet, sidecar]: &[Hash; 2], range_hash: &Hash) {
        (self.notes)(
            Event::new(Dataset::VaultSegment, "segment", self.shared.clock.now())
                .attr("vault.stream", stream.as_str())
                .attr("vault.first", head.first_seq)
                .attr("vault.count", head.count())
                .attr("vault.newest", head.times().1)
                .attr("vault.sha256", HEXLOWER.encode(parquet))
                .attr("vault.sidecar_sha256", HEXLOWER.encode(sidecar))
                .attr("vault.range_hash", HEXLOWER.encode(range_hash)),
        );
    }

    /// Puts segments on record again that came after the log was cut last: a crash may have lost the record of some.
    fn note_again(&self) {
        for stream in Stream::ALL {
            let size = self.edges.of(stream).size();
            let entries = self.shared.index().catalog().of(stream).clone();
            for entry in entries.iter().filter(|entry| entry.end() > size) {
                self.note_file(stream, entry);
            }
        }
    }

    /// Puts a segment on record as it stands on disk.
    fn note_file(&self, stream: Stream, entry: &Entry) {
        let files = [&entry.paths.parquet, &entry.paths.sidecar].map(|path| self.shared.disk.read(path));
        let leaves = leaves_of(&*self.shared.disk, entry);
        if let ([Ok(parquet), Ok(sidecar)], Ok(leaves)) = (files, leaves) {
            let sums = [parquet, sidecar].map(|bytes| sha256(&bytes));
            self.note(stream, &entry.head, &sums, &range_hash(entry.first(), &leaves));
        }
    }

    /// The sidecar first: a Parquet file that is there is a whole segment.
    fn keep(&self, paths: &Paths, encoded: &Encoded) -> Result<(), SealError> {
        let (disk, layout) = (&*self.shared.disk, &self.shared.layout);
        let fail = |source| SealError::Keep { name: layout.shown(&paths.parquet), source };
        let Some(directory) = paths.parquet.parent() else { return Ok(()) };
        if disk.list(directory).map_err(fail)?.is_empty() {
            disk.create_dir_all(directory).map_err(fail)?;
            let parents = directory.ancestors().skip(1).take_while(|parent| parent.starts_with(layout.root()));
            parents.into_iter().try_for_each(|parent| disk.sync_dir(parent)).map_err(fail)?;
        }
        write_whole(disk, &paths.sidecar, &encoded.sidecar, false).map_err(fail)?;
        write_whole(disk, &paths.parquet, &encoded.parquet, false).map_err(fail)
    }

    /// Leaf hashes of sealed records can be made again from the records, but for the block that reaches beyond the segment.
    fn drop_leaf_tiles(&self, stream: Stream, first: u64, last: u64) {
        for index in first / TILE_WIDTH..(last + 1) / TILE_WIDTH {
            // A block with a hole keeps the only hash of the record that was lost.
            if self.shared.index().catalog().covers(stream, index * TILE_WIDTH, (index + 1) * TILE_WIDTH) {
                // What is not removed costs room and nothing else.
                drop(self.shared.disk.remove(&self.shared.layout.tile(stream, TileId { level: 0, index })));
            }
        }
    }

    /// Seals rows that have waited for a day.
    fn seal_old(&mut self) -> Result<(), SealError> {
        let now = self.shared.clock.now();
        for stream in Stream::ALL {
            let filling = self.filling.of(stream);
            if !filling.rows.is_empty() && now.since(filling.since) >= LONGEST_WAIT {
                self.seal(stream)?;
            }
        }
        Ok(())
    }

    /// Empties and gives up the oldest files of a log that is too long.
    fn relieve(&mut self) -> Result<(), SealError> {
        let total = self.shared.index().log_bytes();
        if total <= self.limits.bytes {
            return Ok(());
        }
        let files = self.shared.index().files();
        let mut over = total - self.limits.bytes;
        let mut removable = Vec::new();
        for (number, file) in files.iter().take(files.len().saturating_sub(KEPT_FILES)) {
            if *number >= self.cursor.file || file.quarantined || self.odd.contains(number) {
                continue;
            }
            for (stream, last_seq) in &file.last_seqs {
                if *last_seq >= *self.ends.of(*stream) {
                    self.seal(*stream)?;
                }
            }
            let signed = |stream: Stream| self.shared.newest(stream).map_or(0, |newest| newest.checkpoint.size);
            // After a start the edge of a tree is behind its segments until their records were read again.
            let needed = |(stream, last_seq): (&Stream, &u64)| {
                *last_seq >= signed(*stream)
                    || *last_seq >= *self.ends.of(*stream)
                    || *last_seq >= self.edges.of(*stream).size()
            };
            if file.last_seqs.iter().any(needed) {
                // The log stays in one piece.
                break;
            }
            removable.push(*number);
            over = over.saturating_sub(file.bytes);
            if over == 0 {
                break;
            }
        }
        if removable.is_empty() {
            return Ok(());
        }
        self.sealed().write(&*self.shared.disk, &self.shared.layout).map_err(SealError::State)?;
        let now = self.shared.clock.monotonic();
        for number in removable {
            self.shared.index_mut().forget_file(number);
            self.given_up.push((number, now));
        }
        Ok(())
    }

    /// What a start needs that finds no older records in the log.
    fn sealed(&self) -> Sealed {
        let signed = Stream::ALL.into_iter().filter_map(|stream| {
            let newest = self.shared.newest(stream)?;
            Some((stream, (newest.checkpoint.size, newest.at?)))
        });
        let signed: BTreeMap<Stream, (u64, Timestamp)> = signed.collect();
        Sealed { trees: self.edges.clone(), agents: self.agents.clone(), signed }
    }

    /// Removes what an earlier run or a failed attempt left of segments that were never whole.
    fn remove_unfinished(&self) {
        for stream in Stream::ALL {
            if let Err(error) = remove_unfinished(&*self.shared.disk, &self.shared.layout, stream) {
                tracing::warn!(%error, stream = stream.as_str(), "unfinished segment not removed");
            }
        }
    }

    /// Removes files of the log that nobody reads any more.
    fn bury(&mut self) {
        if self.shared.log_is_read() {
            return;
        }
        let (now, grace) = (self.shared.clock.monotonic(), self.limits.grace);
        let (gone, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.given_up).into_iter().partition(|(_, since)| now.saturating_sub(*since) >= grace);
        self.given_up = waiting;
        for (number, _) in gone {
            if let Err(error) = self.shared.disk.remove(&self.shared.layout.wal(number)) {
                tracing::warn!(%error, number, "file of the write-ahead log not removed; its records stand in segments");
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
