//! Known answers: the eight-leaf tree with which Certificate Transparency implementations have been tested
//! since 2012 (`merkletree/merkle_tree_test.cc` of google/certificate-transparency; also in RFC 9162's
//! implementations).

use crate::log::{Tiles, slow_root};
use bluelamp_ledger::{EMPTY_ROOT, Edge, Hash, Tree, leaf_hash, verify_consistency, verify_inclusion};

const INPUTS: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// Index, size, proof.
const INCLUSION: [(u64, u64, &[&str]); 5] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

/// Old size, new size, proof.
const CONSISTENCY: [(u64, u64, &[&str]); 4] = [
    (1, 1, &[]),
    (
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().map(|c| u8::try_from(c.to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn hash(hex: &str) -> Hash {
    Hash::from_slice(&bytes(hex)).unwrap()
}

fn leaves() -> Vec<Hash> {
    INPUTS.iter().map(|input| leaf_hash(&bytes(input))).collect()
}

#[test]
fn an_empty_tree_has_the_hash_of_nothing() {
    assert_eq!(Edge::new().root(), EMPTY_ROOT);
    assert_eq!(EMPTY_ROOT, hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

#[test]
fn roots_of_one_to_eight_leaves() {
    let mut edge = Edge::new();
    for (leaf, root) in leaves().iter().zip(ROOTS) {
        edge.append(&[*leaf]).unwrap();
        assert_eq!(edge.root().to_string(), root, "{} leaves", edge.size());
    }
    for (n, root) in ROOTS.iter().enumerate() {
        assert_eq!(slow_root(&leaves()[..=n]).to_string(), *root, "the slow way, {} leaves", n + 1);
    }
}

#[test]
fn inclusion_proofs_are_made_and_accepted() {
    let (tiles, edge) = Tiles::sealed(&leaves(), &[8]);
    let mut tree = Tree::open(8, edge.root(), &mut tiles.reader()).unwrap();
    for (index, size, expected) in INCLUSION {
        let proof = tree.inclusion_proof(index, size, &mut tiles.reader()).unwrap();
        assert_eq!(proof.iter().map(Hash::to_string).collect::<Vec<_>>(), expected, "{index} of {size}");
        let (leaf, root) =
            (leaves()[usize::try_from(index).unwrap()], hash(ROOTS[usize::try_from(size).unwrap() - 1]));
        verify_inclusion(&leaf, index, size, &proof, &root).unwrap();
    }
}

#[test]
fn consistency_proofs_are_made_and_accepted() {
    let (tiles, edge) = Tiles::sealed(&leaves(), &[8]);
    let mut tree = Tree::open(8, edge.root(), &mut tiles.reader()).unwrap();
    for (old, new, expected) in CONSISTENCY {
        let proof = tree.consistency_proof(old, new, &mut tiles.reader()).unwrap();
        assert_eq!(proof.iter().map(Hash::to_string).collect::<Vec<_>>(), expected, "{old} to {new}");
        let root = |size: u64| hash(ROOTS[usize::try_from(size).unwrap() - 1]);
        verify_consistency(old, &root(old), new, &root(new), &proof).unwrap();
    }
}
