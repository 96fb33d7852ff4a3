//! Does what is stored still add up?

use crate::{Edge, Entry, Hash, LedgerError, Tile, tree::TileReader};
use std::fmt;

/// Entries are taken in lots of this many: the entries of one tile.
const LOT: usize = 256;

/// One thing that does not add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A stored tile cannot be read or has the wrong length.
    Tile(LedgerError),
    /// A stored hash is not the one that the entries give.
    Hash {
        /// The path of the tile.
        tile: String,
        /// The first wrong hash within it; at level 0, entry `256 * index of the tile + position`.
        position: usize,
        /// What is stored.
        stored: Hash,
        /// What the entries give.
        computed: Hash,
    },
    /// There are more or fewer entries than the checkpoint says.
    Count {
        /// What the checkpoint says.
        expected: u64,
        /// How many there are; where there are more, counting stops at the first too many.
        found: u64,
    },
    /// The root over all entries is not the one that was signed.
    Root {
        /// What was signed.
        expected: Hash,
        /// What the entries give.
        computed: Hash,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tile(error) => error.fmt(f),
            Self::Hash { tile, position, stored, computed } => {
                write!(f, "{tile}: hash {position} is {stored}, the entries give {computed}")
            }
            Self::Count { expected, found } => write!(f, "{found} entries, expected {expected}"),
            Self::Root { expected, computed } => {
                write!(f, "the entries give the root {computed}, expected {expected}")
            }
        }
    }
}

/// Rebuilds the tree from its entries, in order, and compares every stored tile and the root with
/// it. All differences are listed, at most one for each tile; an empty list means that all is well.
///
/// # Errors
/// Whatever `entries` gives: entries that cannot be read leave nothing to compare with.
pub fn fsck(
    size: u64,
    root: &Hash,
    entries: impl IntoIterator<Item = Result<Entry, LedgerError>>,
    read: &mut TileReader<'_>,
) -> Result<Vec<Finding>, LedgerError> {
    let mut entries = entries.into_iter();
    let mut findings = Vec::new();
    let mut edge = Edge::new();
    let mut lot = Vec::with_capacity(LOT);
    loop {
        let left = size - edge.size();
        lot.clear();
        for entry in entries.by_ref().take(usize::try_from(left).unwrap_or(LOT).min(LOT)) {
            lot.push(entry?.leaf_hash());
        }
        if lot.is_empty() {
            break;
        }
        for tile in edge.append(&lot)? {
            // A partial tile may still fill up; what is left of them is compared below.
            if tile.hashes.len() == LOT {
                compare(&tile, read, &mut findings);
            }
        }
    }
    for tile in edge.tiles() {
        compare(&tile, read, &mut findings);
    }
    let surplus = edge.size() == size && entries.next().transpose()?.is_some();
    let found = edge.size().saturating_add(u64::from(surplus));
    if found != size {
        findings.push(Finding::Count { expected: size, found });
    }
    let computed = edge.root();
    if computed != *root {
        findings.push(Finding::Root { expected: *root, computed });
    }
    Ok(findings)
}

fn compare(tile: &Tile, read: &mut TileReader<'_>, findings: &mut Vec<Finding>) {
    match read(tile.id).and_then(|bytes| Tile::parse(tile.id, &bytes)) {
        Err(error) => findings.push(Finding::Tile(error)),
        Ok(stored) => {
            let pairs = stored.hashes.iter().zip(&tile.hashes).enumerate();
            let first = pairs.clone().find(|(_, (stored, computed))| stored != computed);
            if let Some((position, (stored, computed))) = first {
                findings.push(Finding::Hash {
                    tile: tile.id.path(),
                    position,
                    stored: *stored,
                    computed: *computed,
                });
            }
        }
    }
}
