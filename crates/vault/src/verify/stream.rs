//! One stream under verification: leaves as they come, held against checkpoints as soon as they are reached.
//!
//! Between two agreeing checkpoints only the leaves of that stretch are in memory. A stretch that does not give the
//! signed root is held against the leaf hashes in the tiles, which name the altered records.

use std::collections::{HashMap, VecDeque};

use medward_contract::event::Stream;

use super::finding::{Finding, Sound};
use super::notes::{Source, Vouched};
use crate::disk::Disk;
use crate::layout::Layout;
use crate::merkle::{Frontier, Hash, TILE_WIDTH, TileId, fold};
use crate::recover::lost_leaf;
use crate::tiles;

/// A leaf and the file it came from.
#[derive(Debug, Clone, Copy)]
struct Leaf {
    hash: Hash,
    file: u64,
    /// Whether the row says another hash of itself.
    suspect: bool,
}

/// Files from this number on are segments.
const SEGMENTS: u64 = 1 << 63;

/// Why records are missing between two that are there.
#[derive(Debug, Clone, Copy)]
struct Jump {
    first: u64,
    /// File of the record after the hole.
    file: u64,
    damage: bool,
    file_missing: bool,
}

/// What the walk over the files knows when a record comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Number of the file.
    pub(super) file: u64,
    /// Unreadable stretches met so far.
    pub(super) damage: u64,
    /// Missing files met so far.
    pub(super) missing: u64,
}

pub(super) struct StreamCheck<'a> {
    stream: Stream,
    disk: &'a dyn Disk,
    layout: &'a Layout,
    /// Everything up to the last agreeing checkpoint.
    base: Frontier,
    /// Leaves after `base`.
    window: VecDeque<Option<Leaf>>,
    holes: u64,
    jumps: Vec<Jump>,
    notes: VecDeque<Vouched>,
    /// Checkpoints that the records do not give, with the root they give.
    refused: Vec<(Vouched, u64, Hash)>,
    agreed_inside: Option<u64>,
    last: Place,
    checkpoints: u64,
    anchored: u64,
    pub(super) records: u64,
    pub(super) findings: Vec<Finding>,
    /// Altered records and the hashes they had: `(first, believed)`; the walk tells change from exchange.
    pub(super) altered: Vec<Altered>,
    /// Names of the segments read.
    segments: Vec<String>,
    /// Roots that the vault itself signed, by size.
    signed: HashMap<u64, Hash>,
}

/// Records whose hashes differ from those the tiles keep.
#[derive(Debug, Clone)]
pub(super) struct Altered {
    pub(super) suspects: Vec<(u64, Hash)>,
    pub(super) file: u64,
}

impl<'a> StreamCheck<'a> {
    pub(super) fn new(stream: Stream, disk: &'a dyn Disk, layout: &'a Layout, notes: Vec<Vouched>) -> Self {
        let inside = notes.iter().filter(|note| note.source == Source::Inside);
        let signed = inside.map(|note| (note.size, note.root)).collect();
        Self {
            stream,
            disk,
            layout,
            base: Frontier::default(),
            window: VecDeque::new(),
            holes: 0,
            jumps: Vec::new(),
            notes: notes.into(),
            refused: Vec::new(),
            agreed_inside: None,
            last: Place { file: 0, damage: 0, missing: 0 },
            checkpoints: 0,
            anchored: 0,
            records: 0,
            findings: Vec::new(),
            altered: Vec::new(),
            segments: Vec::new(),
            signed,
        }
    }

    /// Takes note of a segment; gives its number for [`Place`].
    pub(super) fn add_segment(&mut self, name: String) -> u64 {
        self.segments.push(name);
        SEGMENTS + self.segments.len() as u64 - 1
    }

    /// Whether a file's number is that of a segment.
    pub(super) const fn is_segment(file: u64) -> bool {
        file >= SEGMENTS
    }

    /// Number behind the last record read.
    pub(super) fn next(&self) -> u64 {
        self.base.size() + self.window.len() as u64
    }

    /// Records there are or, by a checkpoint, should be.
    pub(super) fn counted(&self) -> u64 {
        let signed = self.notes.iter().map(|note| note.size).max().unwrap_or(0);
        self.next().max(signed)
    }

    pub(super) fn file_name(&self, file: u64) -> String {
        if let Some(place) = file.checked_sub(SEGMENTS) {
            let name = usize::try_from(place).ok().and_then(|place| self.segments.get(place));
            return name.cloned().unwrap_or_default();
        }
        self.layout.shown(&self.layout.wal(file))
    }

    /// Takes the next record of the stream in file order. `suspect` is a row of a segment that says another hash of itself.
    pub(super) fn record(&mut self, seq: u64, hash: Hash, suspect: bool, place: Place) {
        self.records += 1;
        let next = self.next();
        let leaf = Some(Leaf { hash, file: place.file, suspect });
        if seq < next {
            return self.misplaced(seq, leaf, place);
        }
        if seq > next {
            let (damage, file_missing) = (place.damage > self.last.damage, place.missing > self.last.missing);
            self.jumps.push(Jump { first: next, file: place.file, damage, file_missing });
            // A forged number must not cost memory: beyond what any checkpoint or neighbour makes likely it is a change.
            if seq - next > MAX_JUMP {
                self.findings.push(Finding::Changed {
                    stream: Some(self.stream),
                    range: Some((next, next)),
                    suspects: vec![next],
                    segment: self.file_name(place.file),
                });
                self.jumps.pop();
                return;
            }
            for _ in next..seq {
                self.window.push_back(None);
                self.holes += 1;
            }
        }
        self.window.push_back(leaf);
        self.last = place;
    }

    /// A record that comes after a later one of its stream.
    fn misplaced(&mut self, seq: u64, leaf: Option<Leaf>, place: Place) {
        let next = self.next();
        let slot = seq.checked_sub(self.base.size()).and_then(|at| self.window.get_mut(usize::try_from(at).ok()?));
        let range = match slot {
            Some(slot) if slot.is_none() => {
                *slot = leaf;
                self.holes -= 1;
                (seq, next - 1)
            }
            _ => (seq, seq),
        };
        self.findings.push(Finding::Reordered { stream: self.stream, range, segment: self.file_name(place.file) });
    }

    /// Adds a checkpoint that stream `vault` has on record.
    pub(super) fn add_recorded(&mut self, note: Vouched) {
        if note.size > self.base.size() {
            let at = self.notes.partition_point(|other| other.size <= note.size);
            self.notes.insert(at, note);
        }
    }

    /// Holds what is there against every checkpoint reached. Holes may still be filled unless this is the `end`.
    pub(super) fn advance(&mut self, end: bool) {
        while self.notes.front().is_some_and(|note| note.size <= self.next()) {
            if self.holes > 0 && !end {
                return;
            }
            if let Some(note) = self.notes.pop_front() {
                self.judge(note);
            }
        }
    }

    fn judge(&mut self, note: Vouched) {
        let Some(count) = note.size.checked_sub(self.base.size()).and_then(|count| usize::try_from(count).ok()) else {
            // Already covered by a larger agreeing checkpoint of the same history.
            return;
        };
        let as_read = self.tree_of(count, |_, leaf| leaf);
        if as_read.root() == note.root {
            self.report_tiles(count, |_, leaf| leaf);
            return self.agree(&note, as_read, count);
        }
        let stored = self.stored_leaves(count);
        let believe = |at: usize, leaf: Hash| stored.get(at).copied().flatten().unwrap_or(leaf);
        let believed = self.tree_of(count, believe);
        if believed.root() == note.root {
            self.report_altered(count, &stored);
            return self.agree(&note, believed, count);
        }
        let (by_blocks, altered) = self.believe_blocks(count);
        if by_blocks.root() == note.root {
            for (first, rows) in altered {
                self.report_block(first, rows);
            }
            return self.agree(&note, by_blocks, count);
        }
        self.refused.push((note, self.base.size(), as_read.root()));
    }

    /// The tree over `base` and the first `count` leaves of the window, each as `choose` sees it.
    fn tree_of(&self, count: usize, choose: impl Fn(usize, Hash) -> Hash) -> Frontier {
        let mut tree = self.base.clone();
        for (at, leaf) in self.window.iter().take(count).enumerate() {
            tree.push(choose(at, leaf.map_or_else(lost_leaf, |leaf| leaf.hash)), &mut |_, _| {});
        }
        tree
    }

    fn agree(&mut self, note: &Vouched, tree: Frontier, count: usize) {
        match note.source {
            Source::Inside => {
                self.checkpoints += 1;
                self.agreed_inside = Some(note.size);
            }
            Source::Outside => self.anchored += 1,
            Source::Recorded => {}
        }
        self.report_holes(count);
        self.base = tree;
        self.window.drain(..count);
    }

    /// Leaf hashes that the tiles keep for the first `count` leaves of the window.
    fn stored_leaves(&self, count: usize) -> Vec<Option<Hash>> {
        let first = self.base.size();
        let mut tile: Option<(u64, Option<Vec<Hash>>)> = None;
        let mut stored = Vec::with_capacity(count);
        for seq in first..first + count as u64 {
            let index = seq / TILE_WIDTH;
            if tile.as_ref().is_none_or(|(at, _)| *at != index) {
                tile = Some((index, tiles::read_leaves(self.disk, self.layout, self.stream, index)));
            }
            let leaves = tile.as_ref().and_then(|(_, leaves)| leaves.as_ref());
            let place = usize::try_from(seq % TILE_WIDTH).unwrap_or(usize::MAX);
            stored.push(leaves.and_then(|leaves| leaves.get(place)).copied());
        }
        stored
    }

    /// The tree over `base` and the first `count` leaves of the window, where each block of 256 has the hash that a tile keeps of
    /// it; and the blocks whose rows give another, as first row of the window and number of rows.
    fn believe_blocks(&self, count: usize) -> (Frontier, Vec<(usize, usize)>) {
        let mut tree = self.base.clone();
        let (mut at, mut altered) = (0, Vec::new());
        while at < count {
            let block = tree.size() / TILE_WIDTH;
            let missing = usize::try_from(TILE_WIDTH - tree.size() % TILE_WIDTH).unwrap_or(1);
            let rows = missing.min(count - at);
            let leaves =
                self.window.iter().skip(at).take(rows).map(|leaf| leaf.map_or_else(lost_leaf, |leaf| leaf.hash));
            let leaves: Vec<Hash> = leaves.collect();
            let whole = rows == missing;
            let kept = whole.then(|| tiles::block(self.disk, self.layout, self.stream, block)).flatten();
            let as_read = || fold(&[tree.partial(0), &leaves].concat());
            match kept.filter(|kept| *kept != as_read()) {
                Some(kept) => {
                    tree.complete_block(kept);
                    altered.push((at, rows));
                }
                None => leaves.into_iter().for_each(|leaf| tree.push(leaf, &mut |_, _| {})),
            }
            at += rows;
        }
        (tree, altered)
    }

    /// Names a block of rows whose hash is not the one that was signed.
    fn report_block(&mut self, at: usize, rows: usize) {
        let first = self.base.size() + at as u64;
        let here = || (first..).zip(self.window.iter().skip(at).take(rows));
        let suspects: Vec<u64> =
            here().filter(|(_, leaf)| leaf.is_some_and(|leaf| leaf.suspect)).map(|(seq, _)| seq).collect();
        let file = here().find_map(|(_, leaf)| leaf.map(|leaf| leaf.file));
        // Missing records are named as such.
        let Some(file) = file.filter(|_| here().all(|(_, leaf)| leaf.is_some())) else { return };
        let range = match (suspects.first(), suspects.last()) {
            (Some(first), Some(last)) => (*first, *last),
            _ => (first, first + rows as u64 - 1),
        };
        let segment = self.file_name(file);
        self.findings.push(Finding::Changed { stream: Some(self.stream), range: Some(range), suspects, segment });
    }

    fn report_altered(&mut self, count: usize, stored: &[Option<Hash>]) {
        let first = self.base.size();
        let mut suspects = Vec::new();
        let mut file = None;
        for (seq, (leaf, stored)) in (first..).zip(self.window.iter().take(count).zip(stored)) {
            // A missing record is reported as missing.
            if let (Some(leaf), Some(stored)) = (leaf, stored)
                && leaf.hash != *stored
            {
                file.get_or_insert(leaf.file);
                suspects.push((seq, *stored));
            }
        }
        if let Some(file) = file {
            self.altered.push(Altered { suspects, file });
        }
    }

    /// Full tiles that do not hold the hashes of the records, although the records give the signed root.
    fn report_tiles(&mut self, count: usize, choose: impl Fn(usize, Hash) -> Hash) {
        let mut tree = self.base.clone();
        let mut wrong = Vec::new();
        let mut compare = |tile: TileId, hashes: &[Hash]| {
            if tiles::read_full(self.disk, self.layout, self.stream, tile).is_some_and(|stored| stored != hashes) {
                wrong.push(tile);
            }
        };
        for (at, leaf) in self.window.iter().take(count).enumerate() {
            tree.push(choose(at, leaf.map_or_else(lost_leaf, |leaf| leaf.hash)), &mut compare);
        }
        for tile in wrong {
            let width = TILE_WIDTH.saturating_pow(u32::from(tile.level) + 1);
            let range = Some((tile.index * width, (tile.index + 1) * width - 1));
            let segment = self.layout.shown(&self.layout.tile(self.stream, tile));
            self.findings.push(Finding::Changed { stream: Some(self.stream), range, suspects: Vec::new(), segment });
        }
    }

    /// Names the holes among the first `count` leaves of the window.
    fn report_holes(&mut self, count: usize) {
        let first = self.base.size();
        let mut hole: Option<(u64, u64)> = None;
        let mut holes = Vec::new();
        for (seq, leaf) in (first..).zip(self.window.iter().take(count)) {
            match (leaf, &mut hole) {
                (None, Some((_, last))) => *last = seq,
                (None, hole) => *hole = Some((seq, seq)),
                (Some(_), hole) => holes.extend(hole.take()),
            }
        }
        holes.extend(hole);
        for (first, last) in holes {
            self.holes = self.holes.saturating_sub(last - first + 1);
            let jump = self.jumps.iter().rev().find(|jump| jump.first <= first).copied();
            let (stream, range) = (self.stream, (first, last));
            let segment = self.file_name(jump.map_or(0, |jump| jump.file));
            self.findings.push(match jump {
                Some(jump) if jump.damage => Finding::Changed {
                    stream: Some(stream),
                    range: Some(range),
                    suspects: (first..=last).take(17).collect(),
                    segment,
                },
                Some(jump) if jump.file_missing => Finding::MissingSegment { stream: Some(stream), range: Some(range) },
                _ => Finding::Gap { stream, range, segment },
            });
        }
    }

    /// Says what is left to say. `place` is the end of the log, `tail_altered` whether its last bytes were altered.
    pub(super) fn finish(&mut self, place: Place, tail_altered: bool) {
        self.advance(true);
        let rest = self.window.len();
        self.report_unsigned(rest);
        self.report_holes(rest);
        let size = self.next();
        if let Some(note) = self.notes.iter().max_by_key(|note| note.size) {
            let lost_to_damage = place.damage > self.last.damage || tail_altered;
            self.findings.push(if lost_to_damage {
                let suspects = (size..note.size).take(17).collect();
                let range = Some((size, note.size - 1));
                Finding::Changed { stream: Some(self.stream), range, suspects, segment: self.file_name(place.file) }
            } else {
                Finding::Truncated { stream: self.stream, size, anchored_size: note.size, anchor: note.name.clone() }
            });
        }
        self.report_refused();
    }

    /// Records after the last checkpoint, held against the tiles alone.
    fn report_unsigned(&mut self, count: usize) {
        let stored = self.stored_leaves(count);
        if self.refused.is_empty() {
            self.report_altered(count, &stored);
        }
    }

    /// Checkpoints that nothing explains: a fork when the vault itself signed the other history, else a change.
    fn report_refused(&mut self) {
        let refused = std::mem::take(&mut self.refused);
        for (note, agreed, ours) in refused {
            // Both histories carry the vault's signature: whatever else is wrong, that is a fork.
            let signed_otherwise = self.agreed_inside.is_some_and(|size| size >= note.size)
                && self.signed.get(&note.size) != Some(&note.root);
            if note.source == Source::Outside && signed_otherwise {
                self.findings.push(Finding::Forked {
                    stream: self.stream,
                    size: note.size,
                    ours,
                    anchored: note.root,
                    anchor: note.name,
                });
            } else if !self.explains(agreed, note.size) {
                let segment = self.file_name(self.last.file);
                let range = Some((agreed, note.size - 1));
                self.findings.push(Finding::Changed {
                    stream: Some(self.stream),
                    range,
                    suspects: Vec::new(),
                    segment,
                });
            }
        }
    }

    /// Whether something already said concerns a record in `[from, to)`.
    fn explains(&self, from: u64, to: u64) -> bool {
        let said = self.findings.iter().filter_map(Finding::records).any(|(_, first, last)| first < to && last >= from);
        let mut altered = self.altered.iter().flat_map(|altered| &altered.suspects);
        said || altered.any(|(seq, _)| (from..to).contains(seq))
    }

    /// The line for a stream without findings.
    pub(super) fn sound(&self) -> Option<Sound> {
        let tree = self.tree_of(self.window.len(), |_, leaf| leaf);
        let sound = self.findings.is_empty() && self.altered.is_empty() && self.records > 0;
        let (checkpoints, anchored) = (self.checkpoints, self.anchored);
        sound.then(|| Sound { stream: self.stream, records: self.records, root: tree.root(), checkpoints, anchored })
    }
}

/// Longest hole that is kept open for records that may still come.
const MAX_JUMP: u64 = 1 << 24;
