//! Reading records back from segments and blocks of the write-ahead log, and proofs from tiles. Synchronous: callers are readers on
//! the blocking pool or the command line.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use medward_contract::event::Stream;
use medward_contract::vault::RecordRef;

use crate::canonical::{View, write_view};
use crate::index::{Block, Position};
use crate::merkle::{Hash, NodeMissing, TILE_WIDTH, TileId, TileNodes, fold, inclusion, leaf_hash, root_at};
use crate::segment::{Entry, Segment, SegmentError, columns};
use crate::shared::Shared;
use crate::store::Stored;
use crate::tiles;
use crate::wal::{Frame, scan_groups};

/// Records cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A block of the log.
    #[error("read {path}")]
    Block {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A segment.
    #[error("read {path}")]
    Segment {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: SegmentError,
    },
}

/// The bytes of a block.
pub fn block_bytes(shared: &Shared, block: &Block) -> Result<Vec<u8>, ReadError> {
    let layout = &shared.layout;
    let path = if block.quarantined { layout.quarantined(block.file) } else { layout.wal(block.file) };
    let length = usize::try_from(block.range.end - block.range.start).unwrap_or(usize::MAX);
    shared.disk.read_at(&path, block.range.start, length).map_err(|source| ReadError::Block { path, source })
}

/// Hands every readable record frame of a block to `visit`, in order, with the offset behind its group.
pub fn for_each_frame<'a>(bytes: &'a [u8], visit: &mut impl FnMut(&Frame<'a>, usize)) {
    scan_groups(bytes, 0, &mut |group| {
        for frame in &group.records {
            visit(frame, group.range.end);
        }
    });
}

/// Records of one stream from `first` on.
pub fn range(shared: &Shared, stream: Stream, first: u64, limit: usize) -> Result<Vec<Stored>, ReadError> {
    let mut records = Vec::new();
    let mut next = first;
    while records.len() < limit {
        let place = {
            let index = shared.index();
            if next < index.sealed(stream) {
                Place::Segment(index.catalog().at_or_after(stream, next))
            } else {
                Place::Log(index.find(stream, next))
            }
        };
        next = match place {
            Place::Segment(Some(entry)) => segment_range(shared, stream, &entry, next, limit, &mut records)?,
            Place::Log(Some(block)) => block_range(shared, stream, &block, next, limit, &mut records)?,
            Place::Segment(None) | Place::Log(None) => break,
        };
    }
    Ok(records)
}

enum Place {
    Segment(Option<Arc<Entry>>),
    Log(Option<Block>),
}

/// Adds records of one row group; gives the number to go on with.
fn segment_range(
    shared: &Shared,
    stream: Stream,
    entry: &Entry,
    next: u64,
    limit: usize,
    records: &mut Vec<Stored>,
) -> Result<u64, ReadError> {
    let next = next.max(entry.first());
    let segment = open_segment(shared, entry)?;
    let Some((group, (head, first))) = (0..entry.head.groups.len())
        .filter_map(|group| Some((group, segment.group(group)?)))
        .find(|(_, (head, first))| next < first + head.rows)
    else {
        return Ok(entry.end());
    };
    let wanted = (head.rows - (next - first)).min((limit - records.len()) as u64);
    let (from, to) = (next - first, next - first + wanted);
    let places = (wanted < head.rows).then(|| (from..to).filter_map(|place| u32::try_from(place).ok()).collect());
    let batch = segment.read(group, &ALL_COLUMNS, places).map_err(|source| unreadable(entry, source))?;
    records.extend(
        (0..batch.len()).map(|row| Stored {
            at: RecordRef { stream, seq: batch.seq(row) },
            bytes: canonical_bytes(&batch.view(row)),
        }),
    );
    Ok(next + wanted)
}

fn block_range(
    shared: &Shared,
    stream: Stream,
    block: &Block,
    next: u64,
    limit: usize,
    records: &mut Vec<Stored>,
) -> Result<u64, ReadError> {
    let bytes = block_bytes(shared, block)?;
    let last = block.spans.iter().find(|span| span.stream == stream).map_or(next, |span| span.last_seq);
    for_each_frame(&bytes, &mut |frame, _| {
        if frame.stream == stream.number() && frame.seq >= next && records.len() < limit {
            records.push(Stored { at: RecordRef { stream, seq: frame.seq }, bytes: frame.payload.to_vec() });
        }
    });
    Ok(last + 1)
}

/// Every column of a segment.
#[expect(clippy::indexing_slicing, reason = "the array has a place for every column")]
pub const ALL_COLUMNS: [usize; columns::COLUMNS] = {
    let mut all = [0; columns::COLUMNS];
    let mut at = 0;
    while at < columns::COLUMNS {
        all[at] = at;
        at += 1;
    }
    all
};

/// Canonical bytes of a record read from columns.
pub fn canonical_bytes(view: &View<'_>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    write_view(view, &mut bytes);
    bytes
}

/// A segment of the catalog, open.
pub fn open_segment(shared: &Shared, entry: &Entry) -> Result<Arc<Segment>, ReadError> {
    shared.segments.get(&*shared.disk, entry).map_err(|source| unreadable(entry, source))
}

/// Says which segment cannot be read.
pub fn unreadable(entry: &Entry, source: SegmentError) -> ReadError {
    ReadError::Segment { path: entry.paths.parquet.clone(), source }
}

/// One record.
pub fn one(shared: &Shared, record: RecordRef) -> Result<Option<Stored>, ReadError> {
    Ok(range(shared, record.stream, record.seq, 1)?.into_iter().find(|stored| stored.at == record))
}

/// Records committed after a place, in commit order; whole groups until `limit` is reached.
pub fn since(shared: &Shared, after: Position, limit: usize) -> Result<(Vec<Stored>, Position), ReadError> {
    let blocks: Vec<Block> = shared.index().since(after).iter().take(8).cloned().collect();
    let (mut records, mut end) = (Vec::new(), after);
    for block in blocks {
        let bytes = block_bytes(shared, &block)?;
        let start = block.range.start;
        scan_groups(&bytes, 0, &mut |group| {
            let behind = Position { file: block.file, offset: start + group.range.end as u64 };
            if behind <= after || records.len() >= limit {
                return;
            }
            end = behind;
            for frame in group.records {
                if let Some(stream) = Stream::from_number(frame.stream) {
                    records.push(Stored { at: RecordRef { stream, seq: frame.seq }, bytes: frame.payload.to_vec() });
                }
            }
        });
        if records.len() >= limit {
            break;
        }
        end = end.max(Position { file: block.file, offset: block.range.end });
    }
    Ok((records, end))
}

/// Root over the first `size` records.
pub fn root(shared: &Shared, stream: Stream, size: u64) -> Result<Hash, NodeMissing> {
    with_nodes(shared, stream, |nodes| root_at(nodes, size))
}

/// Audit path of a record.
pub fn prove(shared: &Shared, record: RecordRef, size: u64) -> Result<Vec<Hash>, NodeMissing> {
    with_nodes(shared, record.stream, |nodes| inclusion(nodes, record.seq, size))
}

/// Hash of the perfect subtree over the records `[from, to)`.
pub(crate) fn subtree(shared: &Shared, stream: Stream, from: u64, to: u64) -> Result<Hash, NodeMissing> {
    let height = (to - from).trailing_zeros();
    with_nodes(shared, stream, |nodes| nodes.node(u8::try_from(height).unwrap_or(u8::MAX), from >> height))
}

fn with_nodes<T>(shared: &Shared, stream: Stream, work: impl FnOnce(&dyn crate::merkle::Nodes) -> T) -> T {
    let tree = shared.tree(stream);
    let full = |tile: TileId| full_tile(shared, stream, tile);
    work(&TileNodes::new(&tree, full))
}

/// The hashes of a full tile, made again where they are not kept: of sealed records the leaves never are.
fn full_tile(shared: &Shared, stream: Stream, tile: TileId) -> Option<Vec<Hash>> {
    if let Some(kept) = tiles::read_full(&*shared.disk, &shared.layout, stream, tile) {
        return Some(kept);
    }
    let Some(below) = tile.level.checked_sub(1) else { return leaves_of(shared, stream, tile.index) };
    let first = tile.index.checked_mul(TILE_WIDTH)?;
    (first..first + TILE_WIDTH)
        .map(|index| full_tile(shared, stream, TileId { level: below, index }).map(|hashes| fold(&hashes)))
        .collect()
}

fn leaves_of(shared: &Shared, stream: Stream, index: u64) -> Option<Vec<Hash>> {
    let width = usize::try_from(TILE_WIDTH).ok()?;
    let records = range(shared, stream, index.checked_mul(TILE_WIDTH)?, width).ok()?;
    let dense = (index * TILE_WIDTH..).zip(&records).all(|(seq, record)| record.at.seq == seq);
    (dense && records.len() == width).then(|| records.iter().map(|record| leaf_hash(&record.bytes)).collect())
}
