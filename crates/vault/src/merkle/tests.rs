use std::collections::HashMap;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use data_encoding::HEXLOWER;
use proptest::prelude::*;
use sha2::Sha256;

use super::*;

/// A tree that keeps its tiles in a map, as the vault keeps them in files.
#[derive(Default)]
struct Tree {
    frontier: Frontier,
    tiles: HashMap<TileId, Vec<Hash>>,
}

impl Tree {
    fn of(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = Self::default();
        for leaf in leaves {
            tree.frontier.push(leaf, &mut |id, hashes| assert!(tree.tiles.insert(id, hashes.to_vec()).is_none()));
        }
        tree
    }

    fn nodes(&self) -> TileNodes<'_, impl Fn(TileId) -> Option<Vec<Hash>>> {
        TileNodes::new(&self.frontier, |id| self.tiles.get(&id).cloned())
    }
}

fn data(count: u64) -> impl Iterator<Item = Vec<u8>> {
    (0..count).map(|number| number.to_be_bytes().to_vec())
}

fn peer(count: u64) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut peer = MemoryBackedTree::new();
    data(count).for_each(|leaf| peer.push(leaf));
    peer
}

/// Leaves and roots of the RFC 6962 reference vectors (certificate-transparency `merkle_tree_test`).
#[test]
fn roots_of_the_rfc_6962_vectors() {
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    assert_eq!(HEXLOWER.encode(&empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    let mut frontier = Frontier::default();
    for (leaf, root) in leaves.iter().zip(roots) {
        frontier.push(leaf_hash(&HEXLOWER.decode(leaf.as_bytes()).unwrap()), &mut |_, _| {});
        assert_eq!(HEXLOWER.encode(&frontier.root()), root, "size {}", frontier.size());
    }
}

#[test]
fn tile_paths_are_those_of_the_c2sp_example() {
    assert_eq!(TileId { level: 0, index: 1_234_067 }.to_string(), "tile/0/x001/x234/067");
    assert_eq!(TileId { level: 2, index: 5 }.to_string(), "tile/2/005");
    assert_eq!(TileId { level: 1, index: 1000 }.to_string(), "tile/1/x001/000");
}

/// The example of tlog-tiles: 70,000 leaves are 273 full tiles and one of 112, one full and one of 17, one of 1.
#[test]
fn tiles_of_the_c2sp_example() {
    let partial: Vec<_> = tiles_of(70_000)
        .filter(|(_, width)| *width < TILE_WIDTH)
        .map(|(id, width)| (id.level, id.index, width))
        .collect();
    assert_eq!(partial, [(0, 273, 112), (1, 1, 17), (2, 0, 1)]);
    assert_eq!(tiles_of(70_000).filter(|(_, width)| *width == TILE_WIDTH).count(), 274);
    assert_eq!(tiles_of(256).map(|(id, width)| (id.level, width)).collect::<Vec<_>>(), [(0, 256), (1, 1)]);
    assert_eq!(tiles_of(0).count(), 0);
}

#[test]
fn roots_and_proofs_equal_those_of_ct_merkle_across_tile_borders() {
    for size in (1..70).chain([255, 256, 257, 511, 512, 513, 700]) {
        let tree = Tree::of(data(size).map(|leaf| leaf_hash(&leaf)));
        let peer = peer(size);
        let root = peer.root();
        assert_eq!(tree.frontier.root()[..], root.as_bytes()[..], "root at {size}");
        assert_eq!(root_at(&tree.nodes(), size).unwrap(), tree.frontier.root());
        for index in [0, size / 3, size - 1] {
            let path = inclusion(&tree.nodes(), index, size).unwrap();
            assert_eq!(
                path.concat(),
                peer.prove_inclusion(usize::try_from(index).unwrap()).as_bytes(),
                "{index} in {size}"
            );
        }
        for old in [1, size / 2, size - 1].into_iter().filter(|old| (1..size).contains(old)) {
            let path = consistency(&tree.nodes(), old, size).unwrap();
            let expected = peer.prove_consistency(usize::try_from(size - old).unwrap());
            assert_eq!(path.concat(), expected.as_bytes(), "{old} to {size}");
        }
    }
}

/// A tree over two tile levels: its middle is read back from tiles, not from memory.
#[test]
fn proofs_of_a_tree_of_two_full_levels_are_accepted_by_ct_merkle() {
    let size = 70_000;
    let tree = Tree::of(data(size).map(|leaf| leaf_hash(&leaf)));
    let root = RootHash::<Sha256>::new(tree.frontier.root().into(), size);
    for index in [0, 255, 256, 65_535, 65_536, 69_999] {
        let path = inclusion(&tree.nodes(), index, size).unwrap();
        let leaf = index.to_be_bytes().to_vec();
        root.verify_inclusion(&leaf, index, &InclusionProof::from_bytes(path.concat())).unwrap();
        assert!(verify_inclusion(&leaf_hash(&leaf), index, size, &path, &tree.frontier.root()));
    }
    for old in [1, 256, 65_536, 65_537, 69_999] {
        let old_root = root_at(&tree.nodes(), old).unwrap();
        let path = consistency(&tree.nodes(), old, size).unwrap();
        let proof = ConsistencyProof::try_from_bytes(path.concat()).unwrap();
        root.verify_consistency(&RootHash::new(old_root.into(), old), &proof).unwrap();
        assert!(verify_consistency(old, size, &old_root, &tree.frontier.root(), &path));
    }
}

#[test]
fn missing_tile_is_an_error_and_not_a_wrong_proof() {
    let mut tree = Tree::of(data(600).map(|leaf| leaf_hash(&leaf)));
    tree.tiles.remove(&TileId { level: 0, index: 0 });
    assert!(inclusion(&tree.nodes(), 3, 600).is_err());
    assert!(root_at(&tree.nodes(), 512).is_ok(), "level 1 still knows its hash");
}

proptest! {
    #[test]
    fn inclusion_holds_for_its_leaf_only(size in 1_u64..600, index: prop::sample::Index, flip: prop::sample::Index) {
        let tree = Tree::of(data(size).map(|leaf| leaf_hash(&leaf)));
        let index = index.index(usize::try_from(size).unwrap()) as u64;
        let mut path = inclusion(&tree.nodes(), index, size).unwrap();
        let (leaf, root) = (leaf_hash(&index.to_be_bytes()), tree.frontier.root());
        prop_assert!(verify_inclusion(&leaf, index, size, &path, &root));
        prop_assert!(!verify_inclusion(&leaf_hash(b"other"), index, size, &path, &root));
        prop_assert!(!verify_inclusion(&leaf, index + 1, size, &path, &root) || size == 1);
        if !path.is_empty() {
            let place = flip.index(path.len());
            path[place][0] ^= 1;
            prop_assert!(!verify_inclusion(&leaf, index, size, &path, &root));
        }
    }

    #[test]
    fn consistency_holds_between_prefixes_only(old in 1_u64..400, more in 0_u64..400) {
        let new = old + more;
        let tree = Tree::of(data(new).map(|leaf| leaf_hash(&leaf)));
        let path = consistency(&tree.nodes(), old, new).unwrap();
        let (old_root, new_root) = (root_at(&tree.nodes(), old).unwrap(), tree.frontier.root());
        prop_assert!(verify_consistency(old, new, &old_root, &new_root, &path));
        prop_assert!(!verify_consistency(old, new, &leaf_hash(b"fork"), &new_root, &path));
        prop_assert!(!verify_consistency(old, new, &old_root, &leaf_hash(b"fork"), &path));
    }

    #[test]
    fn verifying_never_panics(index: u64, size: u64, path in proptest::collection::vec(any::<Hash>(), 0..70)) {
        verify_inclusion(&[0; 32], index, size, &path, &[0; 32]);
        verify_consistency(index, size, &[0; 32], &[0; 32], &path);
    }
}
