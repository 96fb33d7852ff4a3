//! The right-hand edge of the tree: all that is needed to append.

use crate::tree::{TileReader, edge_blocks, edge_ids, peaks};
use crate::{HASHES_PER_TILE, Hash, LedgerError, Tile, TileId, hash::fold_peaks, node_hash};
use std::collections::BTreeMap;

/// The partial tiles of a tree and the roots of its full subtrees, at most 64 KiB.
///
/// To seal a batch: clone the edge, append to the clone, store the tiles it gives, commit, and only then put
/// the clone in the place of the original. A commit that fails leaves nothing to undo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// The roots of the full subtrees, one for each bit that is set in `size`, largest first.
    peaks: Vec<Hash>,
    /// The hashes of the partial tile of each level, empty where there is none.
    partial: [Vec<Hash>; 8],
}

impl Edge {
    /// The edge of a tree without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Rebuilds the edge of a tree of `size` entries from its partial tiles, at most eight reads.
    ///
    /// Pass the root that was last signed or stored for this size. Without it there is nothing to check the
    /// tiles against: then compare [`Edge::root`] with something before appending.
    ///
    /// # Errors
    /// [`LedgerError::RootDiffers`] where tiles and root do not belong together, [`LedgerError::BadTile`] where
    /// a tile is too short, and whatever `read` returns.
    pub fn from_tiles(
        size: u64,
        root: Option<&Hash>,
        read: &mut TileReader<'_>,
    ) -> Result<Self, LedgerError> {
        let blocks = edge_blocks(size, read)?;
        let mut edge = Self { size, peaks: peaks(size, &blocks), partial: Default::default() };
        for (id, mut block) in blocks {
            edge.partial[usize::from(id.level)] = block.layers.swap_remove(0);
        }
        match (root, edge.root()) {
            (Some(expected), computed) if computed != *expected => {
                Err(LedgerError::RootDiffers { size, expected: *expected, computed })
            }
            _ => Ok(edge),
        }
    }

    /// The number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold_peaks(&self.peaks)
    }

    /// The partial tiles as they are now, from the leaves up.
    #[must_use]
    pub fn tiles(&self) -> Vec<Tile> {
        let hashes = |id: TileId| self.partial[usize::from(id.level)].clone();
        edge_ids(self.size).map(|id| Tile { id, hashes: hashes(id) }).collect()
    }

    /// Appends leaves and gives back every tile that is new or wider than before, each with all its hashes,
    /// ordered by level and index. A tile that filled up on the way is given once, full.
    ///
    /// # Errors
    /// [`LedgerError::OutOfRange`] where the size would no longer fit 64 bits; nothing was appended.
    pub fn append(&mut self, leaves: &[Hash]) -> Result<Vec<Tile>, LedgerError> {
        if u64::try_from(leaves.len()).ok().and_then(|more| self.size.checked_add(more)).is_none() {
            return Err(LedgerError::OutOfRange("a log cannot have 2^64 entries".to_owned()));
        }
        let before = self.size;
        let mut changed = BTreeMap::new();
        for leaf in leaves {
            self.push(*leaf, &mut changed);
        }
        for tile in self.tiles() {
            // A partial tile has changed if the level has had an addition since.
            let shift = u32::from(tile.id.level) * 8;
            if self.size >> shift != before >> shift {
                changed.insert((tile.id.level, tile.id.index), tile);
            }
        }
        Ok(changed.into_values().collect())
    }

    /// Appends one leaf: adding one in binary, where a carry joins two subtrees of equal height.
    fn push(&mut self, leaf: Hash, full: &mut BTreeMap<(u8, u64), Tile>) {
        self.extend_level(0, leaf, full);
        let mut hash = leaf;
        for height in 1..=self.size.trailing_ones() {
            let left = self.peaks.pop().expect("there is one peak for each bit of the size");
            hash = node_hash(&left, &hash);
            if height % 8 == 0 {
                self.extend_level(height / 8, hash, full);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// Adds a hash to the partial tile of a level, and hands the tile out if that fills it.
    fn extend_level(&mut self, level: u32, hash: Hash, full: &mut BTreeMap<(u8, u64), Tile>) {
        let level = u8::try_from(level).expect("sizes of 64 bits end at level 7");
        let partial = &mut self.partial[usize::from(level)];
        partial.push(hash);
        if partial.len() == usize::from(HASHES_PER_TILE) {
            let index = self.size.checked_shr(u32::from(level + 1) * 8).unwrap_or(0);
            let id = TileId { level, index, width: HASHES_PER_TILE };
            full.insert((level, index), Tile { id, hashes: std::mem::take(partial) });
        }
    }
}
