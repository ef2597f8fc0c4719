//! Leaf hashes of records that stand in segments, and the one hash of a segment's records.

use medward_contract::event::Stream;
use medward_crypto::hash::sha256_parts;

use crate::disk::Disk;
use crate::merkle::{Hash, fold, leaf_hash};
use crate::read::{self, ALL_COLUMNS, canonical_bytes};
use crate::segment::{Catalog, Entry, Segment, SegmentError};
use crate::shared::Shared;

/// Leaf hashes of a segment's records, made from its rows.
pub(super) fn leaves_of(disk: &dyn Disk, entry: &Entry) -> Result<Vec<Hash>, SegmentError> {
    let segment = Segment::open(disk, &entry.paths)?;
    let mut leaves = Vec::new();
    for group in 0..entry.head.groups.len() {
        let batch = segment.read(group, &ALL_COLUMNS, None)?;
        leaves.extend((0..batch.len()).map(|row| leaf_hash(&canonical_bytes(&batch.view(row)))));
    }
    Ok(leaves)
}

/// Hashes of records that the log no longer gives, as their rows in segments say. Those of the segment asked for last are kept:
/// what is lost is lost in stretches.
#[derive(Debug, Default)]
pub(crate) struct RowLeaves(Option<(Stream, u64, Vec<Hash>)>);

impl RowLeaves {
    /// The leaf hash of a record, if a segment holds it.
    pub(crate) fn get(&mut self, disk: &dyn Disk, catalog: &Catalog, stream: Stream, seq: u64) -> Option<Hash> {
        let entry = catalog.at_or_after(stream, seq).filter(|entry| entry.first() <= seq)?;
        let first = entry.first();
        if self.0.as_ref().is_none_or(|(of, at, _)| (*of, *at) != (stream, first)) {
            // A segment that does not read gives no hash, and is not read again for each record.
            self.0 = Some((stream, first, leaves_of(disk, &entry).unwrap_or_default()));
        }
        let (_, _, leaves) = self.0.as_ref()?;
        leaves.get(usize::try_from(seq - first).ok()?).copied()
    }
}

/// SHA-256 over the hashes of the fewest perfect subtrees that cover `[first, first + leaves.len())` (`vault.md` §5).
pub fn range_hash(first: u64, leaves: &[Hash]) -> Hash {
    let leaf = |at: u64| usize::try_from(at - first).unwrap_or(usize::MAX);
    let parts: Vec<Hash> = perfect_subtrees(first, first + leaves.len() as u64)
        .map(|(from, to)| fold(leaves.get(leaf(from)..leaf(to)).unwrap_or_default()))
        .collect();
    sha256_of(&parts)
}

/// [`range_hash`] of records whose hashes the tiles keep. `None` when a tile is missing.
pub(super) fn covering_hash(shared: &Shared, stream: Stream, from: u64, to: u64) -> Option<Hash> {
    let parts = perfect_subtrees(from, to).map(|(from, to)| read::subtree(shared, stream, from, to));
    parts.collect::<Result<Vec<Hash>, _>>().ok().map(|parts| sha256_of(&parts))
}

fn sha256_of(parts: &[Hash]) -> Hash {
    let parts: Vec<&[u8]> = parts.iter().map(<[u8; 32]>::as_slice).collect();
    sha256_parts(&parts)
}

/// The fewest perfect subtrees that cover `[from, to)`, as first leaf and leaf behind the last.
fn perfect_subtrees(from: u64, to: u64) -> impl Iterator<Item = (u64, u64)> {
    let mut at = from;
    std::iter::from_fn(move || {
        let left = to.checked_sub(at).filter(|left| *left > 0)?;
        let aligned = if at == 0 { u64::MAX } else { 1 << at.trailing_zeros() };
        let subtree = (at, at + aligned.min(1 << left.ilog2()));
        at = subtree.1;
        Some(subtree)
    })
}
