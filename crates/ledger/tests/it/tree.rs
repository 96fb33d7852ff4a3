//! Proofs out of tiles, against the slow way; and nothing but the truth is accepted.

use crate::log::{Tiles, leaves, slow_consistency, slow_inclusion, slow_root};
use bluelamp_ledger::{Hash, LedgerError, TileId, Tree, verify_consistency, verify_inclusion};
use proptest::prelude::*;

fn index(n: u64) -> usize {
    usize::try_from(n).unwrap()
}

#[test]
fn roots_of_all_sizes_up_to_600() {
    let leaves = leaves(600);
    let (tiles, edge) = Tiles::sealed(&leaves, &[600]);
    let mut tree = Tree::open(600, edge.root(), &mut tiles.reader()).unwrap();
    for size in 0..=600 {
        let root = tree.root_at(size, &mut tiles.reader()).unwrap();
        assert_eq!(root, slow_root(&leaves[..index(size)]), "{size} entries");
        // A tree opened at that size reads the same, though the tiles in the store are wider by now.
        assert_eq!(Tree::open(size, root, &mut tiles.reader()).unwrap().root(), root);
    }
    assert!(tree.root_at(601, &mut tiles.reader()).is_err());
}

#[test]
fn all_proofs_of_small_trees() {
    let leaves = leaves(24);
    let (tiles, edge) = Tiles::sealed(&leaves, &[24]);
    let mut tree = Tree::open(24, edge.root(), &mut tiles.reader()).unwrap();
    for size in 1..=24 {
        let part = &leaves[..index(size)];
        let root = slow_root(part);
        for n in 0..size {
            let proof = tree.inclusion_proof(n, size, &mut tiles.reader()).unwrap();
            assert_eq!(proof, slow_inclusion(index(n), part), "{n} of {size}");
            verify_inclusion(&part[index(n)], n, size, &proof, &root).unwrap();
        }
        for old in 0..=size {
            let proof = tree.consistency_proof(old, size, &mut tiles.reader()).unwrap();
            assert_eq!(proof, slow_consistency(index(old), part), "{old} to {size}");
            verify_consistency(old, &slow_root(&part[..index(old)]), size, &root, &proof).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn proofs_of_medium_trees(whole in 1..600_u64, a: u64, b: u64) {
        let leaves = leaves(whole);
        let (tiles, edge) = Tiles::sealed(&leaves, &[61]);
        let mut tree = Tree::open(whole, edge.root(), &mut tiles.reader()).unwrap();
        let size = 1 + a % whole;
        let part = &leaves[..index(size)];
        let n = b % size;
        let proof = tree.inclusion_proof(n, size, &mut tiles.reader()).unwrap();
        prop_assert_eq!(&proof, &slow_inclusion(index(n), part));
        prop_assert_eq!(verify_inclusion(&part[index(n)], n, size, &proof, &slow_root(part)), Ok(()));
        let old = b % (size + 1);
        let proof = tree.consistency_proof(old, size, &mut tiles.reader()).unwrap();
        prop_assert_eq!(&proof, &slow_consistency(index(old), part));
        let old_root = slow_root(&part[..index(old)]);
        prop_assert_eq!(verify_consistency(old, &old_root, size, &slow_root(part), &proof), Ok(()));
    }

    /// Random hashes never pass, whatever sizes they are said to be for, and never panic.
    #[test]
    fn random_proofs_are_refused(
        a: u64, b: u64, shift in 0..64_u32,
        leaf: [u8; 32], root: [u8; 32], proof in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let proof: Vec<Hash> = proof.into_iter().map(Hash).collect();
        let (leaf, root) = (Hash(leaf), Hash(root));
        prop_assert!(verify_inclusion(&leaf, a >> shift, b >> shift, &proof, &root).is_err());
        let (old, new) = (1 + (a >> shift) / 2, b >> shift);
        prop_assert!(verify_consistency(old, &leaf, new, &root, &proof).is_err());
    }
}

/// Sizes where a tile, or the tile above it, has just filled or is just about to.
#[test]
fn proofs_around_tile_boundaries() {
    let leaves = leaves(65_537);
    let (tiles, edge) = Tiles::sealed(&leaves, &[256, 1, 4000]);
    let mut tree = Tree::open(65_537, edge.root(), &mut tiles.reader()).unwrap();
    let sizes = [1, 255, 256, 257, 512, 65_280, 65_535, 65_536, 65_537];
    let roots: Vec<Hash> = sizes.iter().map(|size| slow_root(&leaves[..index(*size)])).collect();
    for (size, root) in sizes.iter().zip(&roots) {
        assert_eq!(tree.root_at(*size, &mut tiles.reader()).unwrap(), *root, "{size}");
        for n in [0, 1, 254, 255, 256, 257, size / 2, size.saturating_sub(2), size - 1] {
            if n < *size {
                let proof = tree.inclusion_proof(n, *size, &mut tiles.reader()).unwrap();
                verify_inclusion(&leaves[index(n)], n, *size, &proof, root).unwrap();
                assert_eq!(tree.leaf(n, &mut tiles.reader()).unwrap(), leaves[index(n)]);
            }
        }
        for (old, old_root) in sizes.iter().zip(&roots).filter(|(old, _)| *old <= size) {
            let proof = tree.consistency_proof(*old, *size, &mut tiles.reader()).unwrap();
            verify_consistency(*old, old_root, *size, root, &proof).unwrap();
        }
    }
}

#[test]
fn questions_beyond_the_tree_are_refused() {
    let (tiles, edge) = Tiles::sealed(&leaves(10), &[10]);
    let mut tree = Tree::open(10, edge.root(), &mut tiles.reader()).unwrap();
    let read = &mut tiles.reader();
    let out = |result: Result<Vec<Hash>, LedgerError>| matches!(result, Err(LedgerError::OutOfRange(_)));
    assert!(out(tree.inclusion_proof(10, 10, read)));
    assert!(out(tree.inclusion_proof(0, 11, read)));
    assert!(out(tree.inclusion_proof(5, 5, read)));
    assert!(out(tree.inclusion_proof(0, 0, read)));
    assert!(out(tree.consistency_proof(0, 11, read)));
    assert!(out(tree.consistency_proof(6, 5, read)));
    assert!(out(tree.leaf(10, read).map(|hash| vec![hash])));
    assert!(out(tree.leaf(u64::MAX, read).map(|hash| vec![hash])));
}

#[test]
fn every_flipped_bit_of_a_proof_is_noticed() {
    let leaves = leaves(300);
    let (tiles, edge) = Tiles::sealed(&leaves, &[300]);
    let root = edge.root();
    let mut tree = Tree::open(300, root, &mut tiles.reader()).unwrap();
    let read = &mut tiles.reader();
    let old_root = tree.root_at(200, read).unwrap();
    let inclusion = tree.inclusion_proof(123, 300, read).unwrap();
    let consistency = tree.consistency_proof(200, 300, read).unwrap();
    let flip = |hash: &Hash, bit: usize| {
        let mut flipped = *hash;
        flipped.0[bit / 8] ^= 1 << (bit % 8);
        flipped
    };
    for bit in 0..256 {
        for n in 0..inclusion.len() {
            let mut proof = inclusion.clone();
            proof[n] = flip(&proof[n], bit);
            assert!(verify_inclusion(&leaves[123], 123, 300, &proof, &root).is_err());
        }
        for n in 0..consistency.len() {
            let mut proof = consistency.clone();
            proof[n] = flip(&proof[n], bit);
            assert!(verify_consistency(200, &old_root, 300, &root, &proof).is_err());
        }
        assert!(verify_inclusion(&flip(&leaves[123], bit), 123, 300, &inclusion, &root).is_err());
        assert!(verify_inclusion(&leaves[123], 123, 300, &inclusion, &flip(&root, bit)).is_err());
        assert!(verify_consistency(200, &flip(&old_root, bit), 300, &root, &consistency).is_err());
        assert!(verify_consistency(200, &old_root, 300, &flip(&root, bit), &consistency).is_err());
    }
}

#[test]
fn proofs_of_the_wrong_length_place_or_size_are_refused() {
    let leaves = leaves(300);
    let (tiles, edge) = Tiles::sealed(&leaves, &[300]);
    let root = edge.root();
    let mut tree = Tree::open(300, root, &mut tiles.reader()).unwrap();
    let read = &mut tiles.reader();
    let good = tree.inclusion_proof(123, 300, read).unwrap();
    let longer = [good.as_slice(), &[root]].concat();
    assert!(verify_inclusion(&leaves[123], 123, 300, &good[1..], &root).is_err());
    assert!(verify_inclusion(&leaves[123], 123, 300, &longer, &root).is_err());
    for other in (0..300).filter(|n| *n != 123) {
        assert!(verify_inclusion(&leaves[123], other, 300, &good, &root).is_err(), "as entry {other}");
    }
    let good = tree.consistency_proof(200, 300, read).unwrap();
    let old_root = tree.root_at(200, read).unwrap();
    assert!(verify_consistency(200, &old_root, 300, &root, &[]).is_err());
    assert!(verify_consistency(200, &old_root, 300, &root, &good[1..]).is_err());
    for other in (1..=300).filter(|n| *n != 200) {
        assert!(verify_consistency(other, &old_root, 300, &root, &good).is_err(), "from {other}");
    }
    assert!(verify_consistency(300, &root, 200, &old_root, &good).is_err());
}

#[test]
fn an_empty_history_fits_every_log_and_equal_sizes_need_equal_roots() {
    let empty = slow_root(&[]);
    let (one, two) = (leaves(2)[0], leaves(2)[1]);
    assert_eq!(verify_consistency(0, &empty, 9, &one, &[]), Ok(()));
    assert_eq!(verify_consistency(0, &empty, 0, &empty, &[]), Ok(()));
    assert_eq!(verify_consistency(1, &one, 1, &one, &[]), Ok(()));
    assert!(verify_consistency(0, &one, 9, &two, &[]).is_err());
    assert!(verify_consistency(0, &one, 0, &one, &[]).is_err());
    assert!(verify_consistency(0, &empty, 9, &one, &[two]).is_err());
    assert!(verify_consistency(1, &one, 1, &two, &[]).is_err());
    assert!(verify_consistency(1, &one, 1, &one, &[two]).is_err());
}

/// Wherever a tile is changed, the answer is an error and never a proof that fails somewhere else.
#[test]
fn a_tampered_tile_is_an_error() {
    let leaves = leaves(70_000);
    let (tiles, edge) = Tiles::sealed(&leaves, &[70_000]);
    let places =
        [(0, 0, 0), (0, 0, 255), (0, 100, 7), (0, 272, 0), (0, 273, 111), (1, 0, 200), (1, 1, 16), (2, 0, 0)];
    for (level, tile, position) in places {
        let mut tampered = tiles.clone();
        tampered.0.get_mut(&(level, tile)).unwrap()[position * 32 + 31] ^= 0x80;
        let touched = (tile * 256 + position as u64) << (8 * level);
        let answer = Tree::open(70_000, edge.root(), &mut tampered.reader())
            .and_then(|mut tree| tree.inclusion_proof(touched, 70_000, &mut tampered.reader()));
        match answer {
            Err(LedgerError::BadTile { .. } | LedgerError::RootDiffers { .. }) => {}
            other => panic!("tile {level}/{tile} hash {position}: {other:?}"),
        }
    }
}

#[test]
fn a_tile_that_is_absent_or_cut_off_is_named() {
    let (mut tiles, edge) = Tiles::sealed(&leaves(600), &[600]);
    tiles.0.insert((0, 0), vec![0; 100]);
    tiles.0.remove(&(0, 1));
    let mut tree = Tree::open(600, edge.root(), &mut tiles.reader()).unwrap();
    let mut message = |n| tree.leaf(n, &mut tiles.reader()).unwrap_err().to_string();
    assert_eq!(
        message(3),
        "tile/0/000 does not belong to this tree: 100 bytes where 256 hashes of 32 bytes were expected"
    );
    assert_eq!(message(300), "cannot read tile/0/001: no such tile");
}

#[test]
fn tiles_are_read_once_and_only_where_needed() {
    let (tiles, edge) = Tiles::sealed(&leaves(70_000), &[70_000]);
    let mut asked = Vec::new();
    let mut read = |id: TileId| {
        asked.push(id.path());
        tiles.reader()(id)
    };
    let mut tree = Tree::open(70_000, edge.root(), &mut read).unwrap();
    tree.inclusion_proof(1000, 70_000, &mut read).unwrap();
    tree.inclusion_proof(1001, 70_000, &mut read).unwrap();
    assert_eq!(asked, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/1/000", "tile/0/003"]);
}

/// More tiles than a tree holds at once: it forgets, reads again, and stays right.
#[test]
fn a_tree_may_be_walked_from_end_to_end() {
    let size = 300 * 256 + 5;
    // Any hash will do for a leaf, and counting is faster than hashing.
    let leaf = |n: u64| Hash(std::array::from_fn(|at| n.to_be_bytes()[at % 8]));
    let leaves: Vec<Hash> = (0..size).map(leaf).collect();
    let (tiles, edge) = Tiles::sealed(&leaves, &[65_536]);
    let mut tree = Tree::open(size, edge.root(), &mut tiles.reader()).unwrap();
    for round in 0..2 {
        for n in (0..size).step_by(256).chain([size - 1]) {
            assert_eq!(
                tree.leaf(n, &mut tiles.reader()).unwrap(),
                leaves[index(n)],
                "round {round}, entry {n}"
            );
        }
    }
}
