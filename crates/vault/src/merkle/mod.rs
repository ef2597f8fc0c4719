//! The Merkle tree of one stream (RFC 9162 §2.1, SHA-256) as C2SP tlog tiles of height 8.
//!
//! In memory stands only the [`Frontier`]: the incomplete tile of each tile level, at most 255 hashes each. Full tiles
//! are handed out once to be kept by somebody else; proofs read them back through [`Nodes`].
//!
//! *Not* here: files, signatures.
//!
//! Invariant: the tree over n leaves depends on the leaves only, not on when tiles were cut.

mod proof;
mod tile;

pub use proof::{NodeMissing, Nodes, consistency, inclusion, root_at, verify_consistency, verify_inclusion};
pub use tile::{TILE_WIDTH, TileId, TileNodes, tiles_of};

use medward_crypto::hash::sha256_parts;

/// A node of the tree.
pub type Hash = [u8; 32];

/// Hash of a leaf, SHA-256(0x00 ‖ canonical bytes).
pub fn leaf_hash(canonical: &[u8]) -> Hash {
    sha256_parts(&[&[0], canonical])
}

/// Hash of an inner node, SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256_parts(&[&[1], left, right])
}

/// Root of the empty tree, SHA-256 of nothing.
pub fn empty_root() -> Hash {
    sha256_parts(&[])
}

/// Merkle tree hash over hashes of equal perfect subtrees, of which only the last may be smaller.
pub(crate) fn fold(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [only] => *only,
        [left, right] => node_hash(left, right),
        more => {
            let split = more.len().next_power_of_two() / 2;
            let (left, right) = more.split_at_checked(split).unwrap_or((more, &[]));
            node_hash(&fold(left), &fold(right))
        }
    }
}

/// The growing edge of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The incomplete tile of each tile level, lowest first.
    levels: Vec<Vec<Hash>>,
}

impl Frontier {
    /// The edge of a tree of `size` leaves from the incomplete tiles of each level, lowest first.
    pub fn from_levels(size: u64, levels: Vec<Vec<Hash>>) -> Self {
        Self { size, levels }
    }

    /// Hashes of the incomplete tile of each level, lowest first.
    pub fn levels(&self) -> &[Vec<Hash>] {
        &self.levels
    }

    /// Leaves so far.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf and hands every tile that became full to `keep`.
    pub fn push(&mut self, leaf: Hash, keep: &mut impl FnMut(TileId, &[Hash])) {
        let index = self.size / TILE_WIDTH;
        self.size += 1;
        self.push_at(0, index, leaf, keep);
    }

    fn push_at(&mut self, level: u8, index: u64, hash: Hash, keep: &mut impl FnMut(TileId, &[Hash])) {
        let place = usize::from(level);
        if self.levels.len() <= place {
            self.levels.resize_with(place + 1, Vec::new);
        }
        let Some(tile) = self.levels.get_mut(place) else { return };
        tile.push(hash);
        if tile.len() as u64 == TILE_WIDTH {
            let full = std::mem::take(tile);
            keep(TileId { level, index }, &full);
            self.push_at(level + 1, index / TILE_WIDTH, fold(&full), keep);
        }
    }

    /// Completes the block of 256 leaves that is being filled with the hash it is known to have, whatever leaves were pushed.
    pub fn complete_block(&mut self, hash: Hash) {
        let block = self.size / TILE_WIDTH;
        if let Some(leaves) = self.levels.first_mut() {
            leaves.clear();
        }
        self.size = (block + 1) * TILE_WIDTH;
        self.push_at(1, block / TILE_WIDTH, hash, &mut |_, _| {});
    }

    /// Hashes of the incomplete tile at `level`.
    pub fn partial(&self, level: u8) -> &[Hash] {
        self.levels.get(usize::from(level)).map_or(&[], Vec::as_slice)
    }

    /// Root over all leaves so far.
    pub fn root(&self) -> Hash {
        let mut below: Option<Hash> = None;
        for tile in &self.levels {
            let mut hashes = tile.clone();
            hashes.extend(below);
            below = if hashes.is_empty() { None } else { Some(fold(&hashes)) };
        }
        below.unwrap_or_else(empty_root)
    }
}

#[cfg(test)]
mod tests;
