//! Checking proofs, and the walk through the tree that making and checking them share.

use crate::{EMPTY_ROOT, Hash, LedgerError, node_hash};

/// On which side of the path a sibling lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// One sibling beside the path from the root down: the entries it covers, and its side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) side: Side,
}

/// The siblings from the root down to the leaf at `index`. Needs `index < size`.
pub(crate) fn inclusion_steps(index: u64, size: u64) -> Vec<Step> {
    descend(size, |start, end| end - start == 1, |middle| index < middle)
}

/// The siblings from the root down to the subtree that ends where the old tree ended.
/// Needs `0 < old_size < new_size`.
pub(crate) fn consistency_steps(old_size: u64, new_size: u64) -> Vec<Step> {
    descend(new_size, |_, end| end == old_size, |middle| old_size <= middle)
}

/// Walks down a tree of `size` leaves, splitting as RFC 6962 does: the left part takes the largest power of
/// two that leaves something for the right.
fn descend(size: u64, done: impl Fn(u64, u64) -> bool, go_left: impl Fn(u64) -> bool) -> Vec<Step> {
    let (mut start, mut end) = (0, size);
    let mut steps = Vec::new();
    while !done(start, end) {
        let middle = start + (1 << (end - start - 1).ilog2());
        if go_left(middle) {
            steps.push(Step { start: middle, end, side: Side::Right });
            end = middle;
        } else {
            steps.push(Step { start, end: middle, side: Side::Left });
            start = middle;
        }
    }
    steps
}

/// Checks that the entry with this leaf hash stands at `index` of the tree of `size` entries with this root
/// (RFC 9162, section 2.1.3).
///
/// # Errors
/// [`LedgerError::BadProof`] in every other case.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), LedgerError> {
    let bad = |why: String| LedgerError::BadProof { what: "inclusion", why };
    if index >= size {
        return Err(bad(format!("there is no entry {index} in a tree of {size} entries")));
    }
    let steps = inclusion_steps(index, size);
    if proof.len() != steps.len() {
        return Err(bad(format!("{} hashes, entry {index} of {size} needs {}", proof.len(), steps.len())));
    }
    let mut hash = *leaf;
    for (step, sibling) in steps.iter().rev().zip(proof) {
        hash = match step.side {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    if hash != *root {
        return Err(bad(format!("entry {index} leads to the root {hash}, expected {root}")));
    }
    Ok(())
}

/// Checks that the old tree is a prefix of the new one: nothing was changed, taken out or put in between
/// (RFC 9162, section 2.1.4). The empty tree is a prefix of every tree.
///
/// # Errors
/// [`LedgerError::BadProof`] in every other case.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), LedgerError> {
    let bad = |why: String| LedgerError::BadProof { what: "consistency", why };
    if old_size > new_size {
        return Err(bad(format!("the old tree has {old_size} entries, the new one only {new_size}")));
    }
    if (old_size == 0 && *old_root != EMPTY_ROOT) || (new_size == 0 && *new_root != EMPTY_ROOT) {
        return Err(bad("a tree without entries has another root than the empty tree".to_owned()));
    }
    if old_size == new_size && old_root != new_root {
        return Err(bad(format!("two trees of {old_size} entries with different roots")));
    }
    let steps = if old_size == 0 || old_size == new_size {
        Vec::new()
    } else {
        consistency_steps(old_size, new_size)
    };
    // Where the path only ever went left, the old tree is itself the subtree to start from.
    let (start, siblings) = if steps.iter().all(|step| step.side == Side::Right) {
        (*old_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or_else(|| bad("it is empty".to_owned()))?;
        (*first, rest)
    };
    if siblings.len() != steps.len() {
        return Err(bad(format!(
            "{} hashes are too few or too many for {old_size} to {new_size}",
            proof.len()
        )));
    }
    if steps.is_empty() {
        return Ok(());
    }
    let (mut old, mut new) = (start, start);
    for (step, sibling) in steps.iter().rev().zip(siblings) {
        match step.side {
            Side::Left => {
                old = node_hash(sibling, &old);
                new = node_hash(sibling, &new);
            }
            Side::Right => new = node_hash(&new, sibling),
        }
    }
    if old != *old_root {
        return Err(bad(format!("it leads to the old root {old}, expected {old_root}")));
    }
    if new != *new_root {
        return Err(bad(format!("it leads to the new root {new}, expected {new_root}")));
    }
    Ok(())
}
