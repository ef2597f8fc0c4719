//! Reading records back from blocks of the write-ahead log, and proofs from tiles. Synchronous: callers are readers on
//! the blocking pool or the command line.

use std::io;
use std::path::PathBuf;

use medward_contract::event::Stream;
use medward_contract::vault::RecordRef;

use crate::index::{Block, Position};
use crate::merkle::{Hash, NodeMissing, TileNodes, inclusion, root_at};
use crate::shared::Shared;
use crate::store::Stored;
use crate::tiles;
use crate::wal::{Frame, scan_groups};

/// A block cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("read {path}")]
pub struct ReadError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// The bytes of a block.
pub fn block_bytes(shared: &Shared, block: &Block) -> Result<Vec<u8>, ReadError> {
    let layout = &shared.layout;
    let path = if block.quarantined { layout.quarantined(block.file) } else { layout.wal(block.file) };
    let length = usize::try_from(block.range.end - block.range.start).unwrap_or(usize::MAX);
    shared.disk.read_at(&path, block.range.start, length).map_err(|source| ReadError { path, source })
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
        let Some(block) = shared.index().find(stream, next) else { break };
        let bytes = block_bytes(shared, &block)?;
        let last = block.spans.iter().find(|span| span.stream == stream).map_or(next, |span| span.last_seq);
        for_each_frame(&bytes, &mut |frame, _| {
            if frame.stream == stream.number() && frame.seq >= next && records.len() < limit {
                records.push(Stored { at: RecordRef { stream, seq: frame.seq }, bytes: frame.payload.to_vec() });
            }
        });
        next = last + 1;
    }
    Ok(records)
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

fn with_nodes<T>(shared: &Shared, stream: Stream, work: impl FnOnce(&dyn crate::merkle::Nodes) -> T) -> T {
    let tree = shared.tree(stream);
    let nodes = TileNodes::new(&tree, |tile| tiles::read_full(&*shared.disk, &shared.layout, stream, tile));
    work(&nodes)
}
