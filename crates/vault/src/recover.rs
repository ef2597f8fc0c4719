//! From files back to memory at start: sizes, trees, agents, index (`vault.md` §4 "Recovery").
//!
//! *Not* here: judging whether records were altered ([`crate::verify`]). Recovery trusts what reads as written.
//!
//! Invariants: a torn tail, which was never acknowledged, is cut; a damaged file is moved to `quarantine/` whole and
//! still read from there; a sequence number once used is never used again.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use medward_contract::Timestamp;
use medward_contract::event::{Dataset, Stream};

use crate::canonical::View;
use crate::disk::Disk;
use crate::index::{Index, Span, Spans, include};
use crate::keys::Identity;
use crate::layout::{Layout, wal_number};
use crate::merkle::{Frontier, Hash, TILE_WIDTH, TileId, leaf_hash};
use crate::note::Checkpoint;
use crate::seal::RowLeaves;
use crate::sealed::Sealed;
use crate::segment::Catalog;
use crate::streams::PerStream;
use crate::tiles;
use crate::wal::{FILE_HEADER_BYTES, Group, Kind, Scan, scan_file};

/// Leaf of a record that no longer reads: the hash of an empty leaf, which no record has.
pub fn lost_leaf() -> Hash {
    leaf_hash(&[])
}

/// Why a vault cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// A file cannot be read, cut or moved.
    #[error("recover {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file of the log belongs to another vault.
    #[error("recover {0}: the file belongs to another vault; was VAULT replaced?")]
    OtherVault(PathBuf),
}

/// Records that no longer read, found at this start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Number of the damaged file.
    pub file: u64,
    /// Lost ranges `(stream, first, last)`; empty when only frames between records were damaged.
    pub ranges: Vec<(Stream, u64, u64)>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Edge of each stream's tree; its size is the next sequence number.
    pub trees: PerStream<Frontier>,
    /// Highest `event.sequence` of each agent.
    pub agents: HashMap<String, u64>,
    /// Where everything stands.
    pub index: Index,
    /// The file to go on with: number and length.
    pub last_file: Option<(u64, u64)>,
    /// Chain value for the file after the last.
    pub chain: [u8; 16],
    /// Highest file number ever seen.
    pub highest: Option<u64>,
    /// Damaged files moved at this start.
    pub losses: Vec<Loss>,
    /// Streams whose records do not give the root of their newest checkpoint.
    pub disagreeing: Vec<Stream>,
    /// Newest valid checkpoint of each stream.
    pub newest: PerStream<Option<Newest>>,
    /// What was true where the log begins.
    pub sealed: Sealed,
    /// Records read.
    pub records: u64,
}

/// A stream's newest checkpoint.
#[derive(Debug, Clone)]
pub struct Newest {
    /// The signed note.
    pub note: String,
    /// The note as read.
    pub checkpoint: Checkpoint,
    /// When it was made, if stream `vault` says so.
    pub at: Option<Timestamp>,
}

/// Whether recovery may repair what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The one writing process.
    Write,
    /// Any other reader: nothing is cut, moved or rebuilt.
    Read,
}

/// One pass over all files.
struct Pass<'a> {
    disk: &'a dyn Disk,
    layout: &'a Layout,
    access: Access,
    found: Recovered,
    /// Streams whose leaves are taken from stored tiles where there are any.
    from_tiles: Vec<Stream>,
    /// Ranges lost in the file being read.
    lost: Vec<(Stream, u64, u64)>,
    /// The tile read last.
    tile: Option<(Stream, u64, Vec<Hash>)>,
    /// Hashes of sealed records.
    rows: RowLeaves,
}

/// Reads everything back.
pub fn recover(
    disk: &dyn Disk,
    layout: &Layout,
    identity: &Identity,
    access: Access,
) -> Result<Recovered, RecoverError> {
    let before = Before::read(disk, layout, identity, access)?;
    let first = pass(disk, layout, identity, access, &before, Vec::new())?;
    if first.disagreeing.is_empty() {
        return Ok(first);
    }
    // The tree must not forget: where a tile still holds the hash a record had, the tree goes on from that hash, so
    // that new checkpoints stay consistent with those already handed out and the altered record stays visible.
    let second = pass(disk, layout, identity, access, &before, first.disagreeing.clone())?;
    Ok(Recovered { losses: first.losses, disagreeing: first.disagreeing, ..second })
}

/// What is known before the log is read.
struct Before {
    newest: PerStream<Option<Newest>>,
    catalog: Catalog,
    sealed: Sealed,
}

impl Before {
    fn read(disk: &dyn Disk, layout: &Layout, identity: &Identity, access: Access) -> Result<Self, RecoverError> {
        let mut newest = tiles::newest_checkpoints(disk, layout, identity);
        let fail = |source| RecoverError::File { path: layout.root().join("seg"), source };
        let (catalog, unreadable) = Catalog::load(disk, layout, access == Access::Write).map_err(fail)?;
        for (stream, paths) in unreadable {
            let segment = layout.shown(&paths.parquet);
            tracing::error!(code = "VLT-0103", stream = stream.as_str(), segment, "segment without a readable head");
        }
        let sealed = match Sealed::read(disk, layout) {
            Some(sealed) => sealed,
            None if catalog.is_empty() || begins_with_the_log(disk, layout)? => Sealed::default(),
            None => {
                tracing::warn!("state of sealed streams lost; it is made again from the segments");
                Sealed::from_segments(disk, &catalog)
            }
        };
        for (stream, (size, at)) in &sealed.signed {
            if let Some(newest) = newest.of_mut(*stream).as_mut().filter(|newest| newest.checkpoint.size == *size) {
                newest.at = Some(*at);
            }
        }
        Ok(Self { newest, catalog, sealed })
    }
}

/// Whether the log still holds every file since its first, so that nothing older than it is needed.
fn begins_with_the_log(disk: &dyn Disk, layout: &Layout) -> Result<bool, RecoverError> {
    let files = list_files(disk, layout)?;
    Ok(!files.is_empty() && (0..).zip(files).all(|(expected, (number, _))| number == expected))
}

fn pass(
    disk: &dyn Disk,
    layout: &Layout,
    identity: &Identity,
    access: Access,
    before: &Before,
    from_tiles: Vec<Stream>,
) -> Result<Recovered, RecoverError> {
    let found = Recovered {
        newest: before.newest.clone(),
        trees: before.sealed.trees.clone(),
        agents: before.sealed.agents.clone(),
        index: Index::of(before.catalog.clone()),
        sealed: before.sealed.clone(),
        ..Recovered::default()
    };
    let mut pass =
        Pass { disk, layout, access, found, from_tiles, lost: Vec::new(), tile: None, rows: RowLeaves::default() };
    let files = list_files(disk, layout)?;
    let last = files.last().map(|(number, _)| *number);
    for (number, quarantined) in files {
        if pass.file(number, quarantined, identity, Some(number) == last)? {
            pass.found.highest = Some(number);
        }
    }
    pass.tails();
    Ok(pass.found)
}

/// Every log file with whether it is quarantined, by number.
pub(crate) fn list_files(disk: &dyn Disk, layout: &Layout) -> Result<Vec<(u64, bool)>, RecoverError> {
    let mut files = Vec::new();
    for (directory, quarantined) in [(layout.wal_dir(), false), (layout.quarantine_dir(), true)] {
        let names = disk.list(&directory).map_err(|source| RecoverError::File { path: directory.clone(), source })?;
        files.extend(names.iter().filter_map(|name| Some((wal_number(name)?, quarantined))));
    }
    files.sort_unstable();
    files.dedup_by_key(|(number, _)| *number);
    Ok(files)
}

impl Pass<'_> {
    /// Reads one file; false when it was never used.
    fn file(&mut self, number: u64, quarantined: bool, identity: &Identity, last: bool) -> Result<bool, RecoverError> {
        let path = if quarantined { self.layout.quarantined(number) } else { self.layout.wal(number) };
        let bytes = self.disk.read(&path).map_err(|source| RecoverError::File { path: path.clone(), source })?;
        let mut groups = Vec::new();
        let scan = scan_file(&bytes, &mut |group| groups.push(group));
        if scan.header.is_some_and(|header| header.vault_id != identity.vault_id) {
            return Err(RecoverError::OtherVault(path));
        }
        for group in &groups {
            self.group(number, quarantined, group);
        }
        self.found.chain = scan.chain.unwrap_or(self.found.chain);
        if quarantined {
            self.lost.clear();
            return Ok(true);
        }
        self.settle(number, &path, &bytes, &scan, last)
    }

    fn group(&mut self, file: u64, quarantined: bool, group: &Group<'_>) {
        let mut spans = Spans::new();
        for frame in group.records.iter().filter(|frame| frame.kind == Kind::Record) {
            let Some(stream) = Stream::from_number(frame.stream) else { continue };
            self.found.records += 1;
            let view = View::parse(frame.payload).ok();
            let timestamp = view.as_ref().map_or(group.committed, |view| view.timestamp);
            include(&mut spans, &Span::one(stream, frame.seq, timestamp.as_micros()));
            if let Some((agent, sequence)) = view.as_ref().and_then(View::agent) {
                match self.found.agents.get_mut(agent) {
                    Some(high) => *high = sequence.max(*high),
                    None => drop(self.found.agents.insert(agent.to_owned(), sequence)),
                }
            }
            if let Some(view) = view.filter(|view| view.dataset == Dataset::VaultCheckpoint.as_str()) {
                self.checkpoint_made(&view);
            }
            self.leaf(stream, frame.seq, leaf_hash(frame.payload));
        }
        self.damaged_frames(group);
        let range = group.range.start as u64..group.range.end as u64;
        self.found.index.add(file, quarantined, range, &spans);
    }

    /// Stream `vault` tells when the newest checkpoint of a stream was made; the note itself does not.
    fn checkpoint_made(&mut self, view: &View<'_>) {
        let Ok(record) = view.to_record() else { return };
        let attr = |name: &str| record.event.attrs.get(name);
        let stream = attr("vault.stream").and_then(|value| value.as_str()).and_then(|name| name.parse().ok());
        let size = attr("vault.size").and_then(serde_json::Value::as_u64);
        if let Some(newest) = stream.and_then(|stream| self.found.newest.of_mut(stream).as_mut())
            && Some(newest.checkpoint.size) == size
        {
            newest.at = Some(record.event.timestamp);
        }
    }

    fn leaf(&mut self, stream: Stream, seq: u64, leaf: Hash) {
        let size = self.found.trees.of(stream).size();
        if seq < size {
            // A second record of the same place changes nothing here; verify names it.
            return;
        }
        // What stands in a segment is not lost, whatever became of the log.
        let first = size.max(self.found.index.sealed(stream));
        if seq > first {
            self.lost.push((stream, first, seq - 1));
        }
        self.fill(stream, seq);
        let stored = if self.from_tiles.contains(&stream) { self.stored_leaf(stream, seq) } else { None };
        self.push(stream, stored.unwrap_or(leaf));
    }

    /// Gives every lost place before `end` the hash its record had, as far as a tile still knows it.
    fn fill(&mut self, stream: Stream, end: u64) {
        for lost in self.found.trees.of(stream).size()..end {
            let leaf = self.stored_leaf(stream, lost).unwrap_or_else(lost_leaf);
            self.push(stream, leaf);
        }
    }

    fn stored_leaf(&mut self, stream: Stream, seq: u64) -> Option<Hash> {
        let index = seq / TILE_WIDTH;
        if self.tile.as_ref().is_none_or(|(of, at, _)| (*of, *at) != (stream, index)) {
            self.tile = tiles::read_leaves(self.disk, self.layout, stream, index).map(|leaves| (stream, index, leaves));
        }
        let kept =
            self.tile.as_ref().and_then(|(_, _, leaves)| leaves.get(usize::try_from(seq % TILE_WIDTH).ok()?).copied());
        // Sealed records have no leaf hashes of their own any more; their rows give them.
        kept.or_else(|| self.rows.get(self.disk, self.found.index.catalog(), stream, seq))
    }

    /// A frame whose content is damaged often still says which record it was; its place is used up.
    fn damaged_frames(&mut self, group: &Group<'_>) {
        for (stream, seq) in group.damaged_records.iter().copied() {
            let Some(stream) = Stream::from_number(stream) else { continue };
            if seq == self.found.trees.of(stream).size() {
                if seq >= self.found.index.sealed(stream) {
                    self.lost.push((stream, seq, seq));
                }
                self.fill(stream, seq + 1);
            }
        }
    }

    /// Records that a checkpoint counts and no file holds any more are lost too: their places are used up.
    fn tails(&mut self) {
        for stream in Stream::ALL {
            let signed = self.found.newest.of(stream).as_ref().map_or(0, |newest| newest.checkpoint.size);
            let sealed = self.found.index.sealed(stream);
            // A number that stands in a segment is used, signed or not.
            self.fill(stream, sealed);
            let size = self.found.trees.of(stream).size();
            if signed > size {
                let loss = Loss { file: self.found.highest.unwrap_or(0), ranges: vec![(stream, size, signed - 1)] };
                self.found.losses.push(loss);
                self.fill(stream, signed);
            }
        }
    }

    fn push(&mut self, stream: Stream, leaf: Hash) {
        let (disk, layout, access) = (self.disk, self.layout, self.access);
        let sealed = self.found.index.sealed(stream);
        let mut keep = |tile: TileId, hashes: &[Hash]| {
            let of_sealed = tile.level == 0 && (tile.index + 1) * TILE_WIDTH <= sealed;
            if access == Access::Write && !of_sealed && !tiles::is_stored(disk, layout, stream, tile) {
                tiles::store(disk, layout, stream, tile, hashes);
            }
        };
        let tree = self.found.trees.of_mut(stream);
        tree.push(leaf, &mut keep);
        let newest = self.found.newest.of(stream).as_ref().map(|newest| &newest.checkpoint);
        if newest.is_some_and(|newest| newest.size == tree.size() && newest.root != tree.root()) {
            self.found.disagreeing.push(stream);
        }
    }

    /// Cuts a torn tail, or moves a damaged file away.
    fn settle(
        &mut self,
        number: u64,
        path: &Path,
        bytes: &[u8],
        scan: &Scan,
        last: bool,
    ) -> Result<bool, RecoverError> {
        let fail = |source| RecoverError::File { path: path.to_owned(), source };
        let ranges = std::mem::take(&mut self.lost);
        let never_used = scan.header.is_none() && bytes.len() <= FILE_HEADER_BYTES;
        if never_used && last {
            if self.access == Access::Write {
                self.disk.remove(path).map_err(fail)?;
            }
            return Ok(false);
        }
        if scan.damaged || (!last && scan.end < bytes.len()) {
            self.found.losses.push(Loss { file: number, ranges });
            if self.access == Access::Write {
                self.disk.rename(path, &self.layout.quarantined(number)).map_err(fail)?;
                self.disk.sync_dir(&self.layout.quarantine_dir()).map_err(fail)?;
                self.disk.sync_dir(&self.layout.wal_dir()).map_err(fail)?;
                self.found.index.quarantine(number);
            }
            return Ok(true);
        }
        if last {
            if scan.end < bytes.len() && self.access == Access::Write {
                let mut file = self.disk.open(path).map_err(fail)?;
                file.set_len(scan.end as u64).map_err(fail)?;
                file.sync_data().map_err(fail)?;
            }
            self.found.last_file = Some((number, scan.end as u64));
        }
        Ok(true)
    }
}
