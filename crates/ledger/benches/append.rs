//! Appends a second for three batch sizes, and the time to make and check one inclusion proof.
#![allow(clippy::print_stdout, reason = "a benchmark reports on the terminal")]

use bluelamp_ledger::{Edge, Entry, Hash, LedgerError, TileId, Tree, commitment, verify_inclusion};
use std::{collections::HashMap, hint::black_box, time::Instant};

const LEAVES: u32 = 1 << 20;

fn leaf(n: u32) -> Hash {
    Entry::from(commitment(&[7; 16], &n.to_be_bytes())).leaf_hash()
}

fn rate(count: u32, start: Instant) -> f64 {
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn main() {
    let start = Instant::now();
    let leaves: Vec<Hash> = (0..LEAVES).map(leaf).collect();
    println!("commit and hash the leaf {:>10.0} /s", rate(LEAVES, start));

    let mut tiles: HashMap<(u8, u64), Vec<u8>> = HashMap::new();
    for batch in [1, 16, 256] {
        let mut edge = Edge::new();
        let start = Instant::now();
        for lot in leaves.chunks(batch) {
            black_box(edge.append(lot).expect("far from the limit"));
        }
        println!("append {batch:>4} at a time     {:>10.0} /s", rate(LEAVES, start));
    }
    let mut edge = Edge::new();
    for tile in edge.append(&leaves).expect("far from the limit") {
        tiles.insert((tile.id.level, tile.id.index), tile.to_bytes());
    }

    let mut read = |id: TileId| {
        let absent = || LedgerError::Unreadable { id, why: "absent".to_owned() };
        tiles.get(&(id.level, id.index)).cloned().ok_or_else(absent)
    };
    let (size, root) = (edge.size(), edge.root());
    let proofs = 10_000_u32;
    let pick = |n: u32| n.wrapping_mul(2_654_435_761) % LEAVES;
    let mut tree = Tree::open(size, root, &mut read).expect("tiles are right");
    for (label, scattered) in [("proof, far apart", true), ("proof, close by", false)] {
        let start = Instant::now();
        for n in 0..proofs {
            let index = u64::from(if scattered { pick(n) } else { n });
            black_box(tree.inclusion_proof(index, size, &mut read).expect("tiles are right"));
        }
        println!("make {label:<19} {:>10.0} /s", rate(proofs, start));
    }
    let proof = tree.inclusion_proof(77, size, &mut read).expect("tiles are right");
    let start = Instant::now();
    for _ in 0..proofs {
        verify_inclusion(black_box(&leaf(77)), 77, size, &proof, &root).expect("proof is right");
    }
    println!("check a proof            {:>10.0} /s", rate(proofs, start));
}
