//! Tile addresses and nodes read from tiles (C2SP tlog-tiles, height 8).

use std::fmt;

use super::{Frontier, Hash, NodeMissing, Nodes, fold};

/// Hashes in a full tile.
pub const TILE_WIDTH: u64 = 256;

/// Address of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Tile level; a hash in it covers 256^level leaves.
    pub level: u8,
    /// Position within the level.
    pub index: u64,
}

/// `tile/<L>/<N>` with N as three-digit groups, all but the last prefixed `x`.
impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/{}", self.level, IndexPath(self.index))
    }
}

/// A tile index as path elements, for example `x001/x234/067`.
pub(crate) struct IndexPath(pub(crate) u64);

impl fmt::Display for IndexPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 >= 1000 {
            fmt_prefix(self.0 / 1000, f)?;
        }
        write!(f, "{:03}", self.0 % 1000)
    }
}

fn fmt_prefix(index: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if index >= 1000 {
        fmt_prefix(index / 1000, f)?;
    }
    write!(f, "x{:03}/", index % 1000)
}

/// Every tile of a tree of `size` leaves with its width, lowest level first.
pub fn tiles_of(size: u64) -> impl Iterator<Item = (TileId, u64)> {
    (0_u8..8)
        .map_while(move |level| (size >> (8 * u32::from(level)) > 0).then(|| (level, size >> (8 * u32::from(level)))))
        .flat_map(|(level, count)| {
            let full = (0..count / TILE_WIDTH).map(move |index| (TileId { level, index }, TILE_WIDTH));
            let rest = count % TILE_WIDTH;
            let partial = (rest > 0).then_some((TileId { level, index: count / TILE_WIDTH }, rest));
            full.chain(partial)
        })
}

/// Nodes of a tree whose full tiles `full` reads and whose edge is `frontier`.
pub struct TileNodes<'a, F> {
    frontier: &'a Frontier,
    full: F,
}

impl<'a, F: Fn(TileId) -> Option<Vec<Hash>>> TileNodes<'a, F> {
    /// Nodes below `frontier`; `full` gives the 256 hashes of a full tile.
    pub const fn new(frontier: &'a Frontier, full: F) -> Self {
        Self { frontier, full }
    }
}

impl<F: Fn(TileId) -> Option<Vec<Hash>>> Nodes for TileNodes<'_, F> {
    fn node(&self, height: u8, index: u64) -> Result<Hash, NodeMissing> {
        let level = height / 8;
        // A node at height 8·level+k covers 2^k consecutive hashes of one tile of that level.
        let count = 1_u64 << (height % 8);
        let first = index * count;
        let tile = TileId { level, index: first / TILE_WIDTH };
        let missing = NodeMissing { height, index };
        let place = usize::try_from(first % TILE_WIDTH).map_err(|_| missing)?;
        let range = place..place + usize::try_from(count).map_err(|_| missing)?;
        let tiles_full = (self.frontier.size() >> (8 * u32::from(level))) / TILE_WIDTH;
        if tile.index < tiles_full {
            let hashes = (self.full)(tile).ok_or(missing)?;
            return hashes.get(range).map(fold).ok_or(missing);
        }
        self.frontier.partial(level).get(range).map(fold).ok_or(missing)
    }
}
