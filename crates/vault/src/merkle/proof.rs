//! Inclusion and consistency proofs, made and checked (RFC 9162 §2.1.3, §2.1.4).

use super::{Hash, empty_root, node_hash};

/// A node a proof needs cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read node {index} at height {height} of the tree")]
pub struct NodeMissing {
    /// Height; leaves are 0.
    pub height: u8,
    /// Position within the height.
    pub index: u64,
}

/// Perfect subtrees of one tree.
pub trait Nodes {
    /// Hash of the perfect subtree over leaves `[index·2^height, (index+1)·2^height)`.
    fn node(&self, height: u8, index: u64) -> Result<Hash, NodeMissing>;
}

/// Merkle tree hash of the leaves `[from, to)`; `from` is aligned as RFC 9162 splits are.
fn range_hash(nodes: &(impl Nodes + ?Sized), from: u64, to: u64) -> Result<Hash, NodeMissing> {
    let count = to - from;
    if count.is_power_of_two() {
        let height = count.trailing_zeros();
        return nodes.node(u8::try_from(height).unwrap_or(u8::MAX), from >> height);
    }
    let split = from + largest_power_below(count);
    Ok(node_hash(&range_hash(nodes, from, split)?, &range_hash(nodes, split, to)?))
}

/// Largest power of two smaller than `count` (≥ 2).
const fn largest_power_below(count: u64) -> u64 {
    count.next_power_of_two() / 2
}

/// Root over the first `size` leaves.
pub fn root_at(nodes: &(impl Nodes + ?Sized), size: u64) -> Result<Hash, NodeMissing> {
    if size == 0 { Ok(empty_root()) } else { range_hash(nodes, 0, size) }
}

/// Audit path of leaf `index` in the tree over the first `size` leaves, lowest first. Empty when `index` ≥ `size`.
pub fn inclusion(nodes: &(impl Nodes + ?Sized), index: u64, size: u64) -> Result<Vec<Hash>, NodeMissing> {
    let (mut from, mut to) = (0, size);
    let mut path = Vec::new();
    if index >= size {
        return Ok(path);
    }
    while to - from > 1 {
        let split = from + largest_power_below(to - from);
        if index < split {
            path.push(range_hash(nodes, split, to)?);
            to = split;
        } else {
            path.push(range_hash(nodes, from, split)?);
            from = split;
        }
    }
    path.reverse();
    Ok(path)
}

/// Proof that the tree over `old` leaves is a prefix of the tree over `new` leaves (0 < old ≤ new).
pub fn consistency(nodes: &(impl Nodes + ?Sized), old: u64, new: u64) -> Result<Vec<Hash>, NodeMissing> {
    let (mut from, mut to) = (0, new);
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return Ok(path);
    }
    // RFC 9162 §2.1.4.1 SUBPROOF: walk to the subtree whose right edge is the old tree's.
    while to != old {
        let split = from + largest_power_below(to - from);
        if old <= split {
            path.push(range_hash(nodes, split, to)?);
            to = split;
        } else {
            path.push(range_hash(nodes, from, split)?);
            from = split;
        }
    }
    if from > 0 {
        path.push(range_hash(nodes, from, to)?);
    }
    path.reverse();
    Ok(path)
}

/// Checks an audit path (RFC 9162 §2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Checks a consistency proof (RFC 9162 §2.1.4.2).
pub fn verify_consistency(old: u64, new: u64, old_root: &Hash, new_root: &Hash, path: &[Hash]) -> bool {
    if old == 0 || old > new {
        return false;
    }
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    let mut hashes = path.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { hashes.next() };
    let Some(first) = first else { return false };
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut from_old, mut from_new) = (*first, *first);
    for sibling in hashes {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            from_old = node_hash(sibling, &from_old);
            from_new = node_hash(sibling, &from_new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && from_old == *old_root && from_new == *new_root
}
