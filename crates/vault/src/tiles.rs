//! Tiles and checkpoints of a stream on disk. Tiles can be made again from the records; notes cannot.

use std::path::Path;

use medward_contract::event::Stream;

use crate::disk::{Disk, write_rebuildable, write_whole};
use crate::keys::{self, Identity};
use crate::layout::Layout;
use crate::merkle::{Frontier, Hash, TILE_WIDTH, TileId, tiles_of};
use crate::note::Checkpoint;
use crate::recover::Newest;
use crate::streams::PerStream;

const HASH_BYTES: usize = 32;
/// Digits of the size in a note's name.
const NOTE_DIGITS: usize = 20;

fn hashes_of(bytes: &[u8]) -> Vec<Hash> {
    bytes.as_chunks::<HASH_BYTES>().0.to_vec()
}

fn width_bytes(width: u64) -> usize {
    usize::try_from(width).map_or(usize::MAX, |width| width.saturating_mul(HASH_BYTES))
}

/// The hashes of a full tile; `None` when it is missing or short.
pub(crate) fn read_full(disk: &dyn Disk, layout: &Layout, stream: Stream, tile: TileId) -> Option<Vec<Hash>> {
    let bytes = disk.read(&layout.tile(stream, tile)).ok()?;
    (bytes.len() == width_bytes(TILE_WIDTH)).then(|| hashes_of(&bytes))
}

/// The hashes of the widest partial tile at this place.
pub(crate) fn read_partial(disk: &dyn Disk, layout: &Layout, stream: Stream, tile: TileId) -> Option<Vec<Hash>> {
    let width = partial_widths(disk, layout, stream, tile).into_iter().max()?;
    let bytes = disk.read(&layout.partial_tile(stream, tile, width)).ok()?;
    (bytes.len() == width_bytes(width)).then(|| hashes_of(&bytes))
}

fn partial_widths(disk: &dyn Disk, layout: &Layout, stream: Stream, tile: TileId) -> Vec<u64> {
    let path = layout.partial_tile(stream, tile, 1);
    let names = path.parent().and_then(|directory| disk.list(directory).ok()).unwrap_or_default();
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// The leaf hashes a level-0 tile keeps, full or partial.
pub(crate) fn read_leaves(disk: &dyn Disk, layout: &Layout, stream: Stream, index: u64) -> Option<Vec<Hash>> {
    let tile = TileId { level: 0, index };
    read_full(disk, layout, stream, tile).or_else(|| read_partial(disk, layout, stream, tile))
}

/// The hash a tile keeps of one leaf.
pub(crate) fn leaf(disk: &dyn Disk, layout: &Layout, stream: Stream, seq: u64) -> Option<Hash> {
    let leaves = read_leaves(disk, layout, stream, seq / TILE_WIDTH)?;
    leaves.get(usize::try_from(seq % TILE_WIDTH).ok()?).copied()
}

/// The hash a tile keeps of 256 leaves.
pub(crate) fn block(disk: &dyn Disk, layout: &Layout, stream: Stream, block: u64) -> Option<Hash> {
    let tile = TileId { level: 1, index: block / TILE_WIDTH };
    let hashes = read_full(disk, layout, stream, tile).or_else(|| read_partial(disk, layout, stream, tile))?;
    hashes.get(usize::try_from(block % TILE_WIDTH).ok()?).copied()
}

/// Whether a full tile is there. One with other content is left alone: it is evidence; but not one with a hash of zeros, which
/// is what a power cut leaves of a file that was not synced.
pub(crate) fn is_stored(disk: &dyn Disk, layout: &Layout, stream: Stream, tile: TileId) -> bool {
    read_full(disk, layout, stream, tile).is_some_and(|hashes| !hashes.contains(&[0; HASH_BYTES]))
}

/// Keeps a full tile and drops its partial forms. A failure costs nothing but the next start's time: the tile is made
/// again from the records.
pub(crate) fn store(disk: &dyn Disk, layout: &Layout, stream: Stream, tile: TileId, hashes: &[Hash]) {
    let path = layout.tile(stream, tile);
    // Leaf hashes can be made again from the records of the log; what stands above them outlives the log.
    if let Err(error) = write_tile(disk, &path, hashes, tile.level > 0) {
        tracing::warn!(%error, tile = layout.shown(&path), "tile not kept; it is rebuilt at the next start");
        return;
    }
    for width in partial_widths(disk, layout, stream, tile) {
        drop(disk.remove(&layout.partial_tile(stream, tile, width)));
    }
}

fn write_tile(disk: &dyn Disk, path: &Path, hashes: &[Hash], durable: bool) -> std::io::Result<()> {
    if let Some(directory) = path.parent() {
        disk.create_dir_all(directory)?;
    }
    if durable {
        return write_whole(disk, path, hashes.as_flattened(), false);
    }
    write_rebuildable(disk, path, hashes.as_flattened())
}

/// Keeps the partial tiles of a checkpoint, as C2SP asks for, in place of narrower ones.
pub(crate) fn store_partial(disk: &dyn Disk, layout: &Layout, stream: Stream, frontier: &Frontier) {
    for (tile, width) in tiles_of(frontier.size()).filter(|(_, width)| *width < TILE_WIDTH) {
        let path = layout.partial_tile(stream, tile, width);
        if let Err(error) = write_tile(disk, &path, frontier.partial(tile.level), false) {
            tracing::warn!(%error, tile = layout.shown(&path), "partial tile not kept");
            continue;
        }
        for other in partial_widths(disk, layout, stream, tile).into_iter().filter(|other| *other != width) {
            drop(disk.remove(&layout.partial_tile(stream, tile, other)));
        }
    }
}

/// Keeps a signed checkpoint: durable under its size, and as the newest.
pub(crate) fn store_note(
    disk: &dyn Disk,
    layout: &Layout,
    stream: Stream,
    size: u64,
    note: &str,
) -> std::io::Result<()> {
    let notes = layout.note_dir(stream);
    if disk.list(&notes)?.is_empty() {
        disk.create_dir_all(&notes)?;
        // A note is durable only when its folder is.
        let parents = notes.ancestors().skip(1).take_while(|parent| parent.starts_with(layout.root()));
        parents.into_iter().try_for_each(|parent| disk.sync_dir(parent))?;
    }
    disk.create_dir_all(&layout.tlog_dir(stream))?;
    write_whole(disk, &layout.note(stream, size), note.as_bytes(), false)?;
    write_rebuildable(disk, &layout.newest(stream), note.as_bytes())
}

/// Writes the newest checkpoint again where a power cut left something else: it is not synced when it is made.
pub(crate) fn restore_newest(disk: &dyn Disk, layout: &Layout, stream: Stream, note: &str) {
    let path = layout.newest(stream);
    if disk.read(&path).is_ok_and(|bytes| bytes == note.as_bytes()) {
        return;
    }
    let restored =
        disk.create_dir_all(&layout.tlog_dir(stream)).and_then(|()| write_rebuildable(disk, &path, note.as_bytes()));
    if let Err(error) = restored {
        tracing::warn!(%error, stream = stream.as_str(), "newest checkpoint not restored");
    }
}

/// Names and sizes of a stream's notes, by size.
pub(crate) fn list_notes(disk: &dyn Disk, layout: &Layout, stream: Stream) -> std::io::Result<Vec<u64>> {
    let names = disk.list(&layout.note_dir(stream))?;
    let size = |name: &String| name.strip_suffix(".note").filter(|digits| digits.len() == NOTE_DIGITS)?.parse().ok();
    Ok(names.iter().filter_map(size).collect())
}

/// Newest valid checkpoint of each stream.
pub(crate) fn newest_checkpoints(disk: &dyn Disk, layout: &Layout, identity: &Identity) -> PerStream<Option<Newest>> {
    let mut newest = PerStream::<Option<Newest>>::default();
    let Ok(key) = keys::read_vkey(disk, layout) else { return newest };
    for stream in Stream::ALL {
        let sizes = list_notes(disk, layout, stream).unwrap_or_default();
        *newest.of_mut(stream) = sizes.into_iter().rev().find_map(|size| {
            let note = String::from_utf8(disk.read(&layout.note(stream, size)).ok()?).ok()?;
            let checkpoint = Checkpoint::parse(&note).ok()?;
            let ours = checkpoint.verify(&key).is_ok() && checkpoint.stream(&identity.site_id) == Some(stream);
            (ours && checkpoint.size == size).then_some(Newest { note, checkpoint, at: None })
        });
    }
    newest
}
