//! A small log in memory, and Merkle trees done the slow and obvious way to compare with.

use bluelamp_ledger::{Edge, Entry, Hash, LedgerError, SigningKey, TileId, commitment, node_hash};
use std::collections::HashMap;

pub(crate) const ORIGIN: &str = "police.example/borsetshire/log";

pub(crate) fn log_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[42; 32]).unwrap()
}

/// Event number `n` of the made-up log.
pub(crate) fn event(n: u64) -> Vec<u8> {
    format!("{{\"op\":\"consult\",\"n\":{n}}}").into_bytes()
}

/// The salt of event number `n`: not random, so that every run is the same.
pub(crate) fn salt(n: u64) -> [u8; 16] {
    u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes()
}

pub(crate) fn entry(n: u64) -> Entry {
    commitment(&salt(n), &event(n)).into()
}

pub(crate) fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|n| entry(n).leaf_hash()).collect()
}

/// What a store keeps: for each tile the widest state it has seen.
#[derive(Clone, Default)]
pub(crate) struct Tiles(pub(crate) HashMap<(u8, u64), Vec<u8>>);

impl Tiles {
    /// A log of these leaves, sealed in batches of the given sizes, over and over.
    pub(crate) fn sealed(leaves: &[Hash], batches: &[usize]) -> (Self, Edge) {
        let (mut tiles, mut edge, mut rest) = (Self::default(), Edge::new(), leaves);
        for batch in batches.iter().cycle() {
            let (now, later) = rest.split_at((*batch).min(rest.len()));
            tiles.store(&mut edge, now);
            rest = later;
            if rest.is_empty() {
                return (tiles, edge);
            }
        }
        unreachable!("a batch size is missing")
    }

    pub(crate) fn store(&mut self, edge: &mut Edge, leaves: &[Hash]) {
        for tile in edge.append(leaves).unwrap() {
            self.0.insert((tile.id.level, tile.id.index), tile.to_bytes());
        }
    }

    pub(crate) fn reader(&self) -> impl FnMut(TileId) -> Result<Vec<u8>, LedgerError> {
        |id| {
            let absent = || LedgerError::Unreadable { id, why: "no such tile".to_owned() };
            self.0.get(&(id.level, id.index)).cloned().ok_or_else(absent)
        }
    }
}

/// MTH of RFC 6962, section 2.1, as it is written there.
pub(crate) fn slow_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => bluelamp_ledger::EMPTY_ROOT,
        [one] => *one,
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node_hash(&slow_root(left), &slow_root(right))
        }
    }
}

/// PATH of RFC 6962, section 2.1.1.
pub(crate) fn slow_inclusion(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    if index < left.len() {
        with(slow_inclusion(index, left), slow_root(right))
    } else {
        with(slow_inclusion(index - left.len(), right), slow_root(left))
    }
}

/// PROOF of RFC 6962, section 2.1.2.
pub(crate) fn slow_consistency(old: usize, leaves: &[Hash]) -> Vec<Hash> {
    fn subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        if old == leaves.len() {
            return if whole { Vec::new() } else { vec![slow_root(leaves)] };
        }
        let (left, right) = leaves.split_at(split(leaves.len()));
        if old <= left.len() {
            with(subproof(old, left, whole), slow_root(right))
        } else {
            with(subproof(old - left.len(), right, false), slow_root(left))
        }
    }
    if old == 0 { Vec::new() } else { subproof(old, leaves, true) }
}

/// The largest power of two below `n`.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

fn with(mut hashes: Vec<Hash>, last: Hash) -> Vec<Hash> {
    hashes.push(last);
    hashes
}
