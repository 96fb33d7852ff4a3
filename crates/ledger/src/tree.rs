//! Roots and proofs out of tiles, each tile checked against the root before anything in it is believed.

use crate::proof::{Side, consistency_steps, inclusion_steps};
use crate::{HASHES_PER_TILE, Hash, LedgerError, Tile, TileId, hash::fold_peaks, node_hash};
use std::collections::HashMap;

/// How a tree fetches tiles: given an id, gives the tile's bytes, or a wider state of the same tile.
pub type TileReader<'a> = dyn FnMut(TileId) -> Result<Vec<u8>, LedgerError> + 'a;

/// Inner tiles of the lowest level are forgotten when this many tiles are held (16 KiB each).
const TILES_HELD: usize = 256;

/// The tree under one root, as far as it has been read.
///
/// It keeps the tiles that it has read and checked, so many proofs from one `Tree` cost few reads. It stays
/// right while the log grows: tiles never change, they only get wider.
#[derive(Clone, Debug)]
pub struct Tree {
    size: u64,
    root: Hash,
    blocks: HashMap<(u8, u64), Block>,
}

impl Tree {
    /// Opens the tree of `size` entries with the root `root`, both from a checkpoint that was verified.
    ///
    /// Reads the partial tiles on the right-hand edge, at most eight, and checks them against the root.
    ///
    /// # Errors
    /// [`LedgerError::RootDiffers`] where tiles and root do not belong together, [`LedgerError::BadTile`] where
    /// a tile has the wrong length, and whatever `read` returns.
    pub fn open(size: u64, root: Hash, read: &mut TileReader<'_>) -> Result<Self, LedgerError> {
        let blocks = edge_blocks(size, read)?;
        let computed = fold_peaks(&peaks(size, &blocks));
        if computed != root {
            return Err(LedgerError::RootDiffers { size, expected: root, computed });
        }
        let blocks = blocks.into_iter().map(|(id, block)| ((id.level, id.index), block)).collect();
        Ok(Self { size, root, blocks })
    }

    /// The number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root that all tiles were checked against.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.root
    }

    /// The root that the tree had when it had `size` entries.
    ///
    /// # Errors
    /// [`LedgerError::OutOfRange`] for a size beyond this tree, and the errors of reading tiles.
    pub fn root_at(&mut self, size: u64, read: &mut TileReader<'_>) -> Result<Hash, LedgerError> {
        self.check_size(size)?;
        if size == 0 { Ok(fold_peaks(&[])) } else { self.range(0, size, read) }
    }

    /// The leaf hash at `index`.
    ///
    /// # Errors
    /// [`LedgerError::OutOfRange`] for an index beyond this tree, and the errors of reading tiles.
    pub fn leaf(&mut self, index: u64, read: &mut TileReader<'_>) -> Result<Hash, LedgerError> {
        if index >= self.size {
            return Err(LedgerError::OutOfRange(format!(
                "no entry {index} in a tree of {} entries",
                self.size
            )));
        }
        self.node(0, index, read)
    }

    /// Proof that the leaf at `index` is in the tree of the first `size` entries, for
    /// [`verify_inclusion`](crate::verify_inclusion).
    ///
    /// # Errors
    /// [`LedgerError::OutOfRange`] for an index or size beyond this tree, and the errors of reading tiles.
    pub fn inclusion_proof(
        &mut self,
        index: u64,
        size: u64,
        read: &mut TileReader<'_>,
    ) -> Result<Vec<Hash>, LedgerError> {
        self.check_size(size)?;
        if index >= size {
            return Err(LedgerError::OutOfRange(format!("no entry {index} in a tree of {size} entries")));
        }
        let steps = inclusion_steps(index, size);
        steps.iter().rev().map(|step| self.range(step.start, step.end, read)).collect()
    }

    /// Proof that the tree of the first `old_size` entries is a prefix of the tree of the first `new_size`, for
    /// [`verify_consistency`](crate::verify_consistency).
    ///
    /// # Errors
    /// [`LedgerError::OutOfRange`] for sizes beyond this tree or the wrong way round, and the errors of
    /// reading tiles.
    pub fn consistency_proof(
        &mut self,
        old_size: u64,
        new_size: u64,
        read: &mut TileReader<'_>,
    ) -> Result<Vec<Hash>, LedgerError> {
        self.check_size(new_size)?;
        if old_size > new_size {
            return Err(LedgerError::OutOfRange(format!("old size {old_size} above new size {new_size}")));
        }
        if old_size == 0 || old_size == new_size {
            return Ok(Vec::new());
        }
        let steps = consistency_steps(old_size, new_size);
        let mut proof = Vec::with_capacity(steps.len() + 1);
        // Where the old tree is not itself a subtree of the new one, the proof starts from the last full
        // subtree that the two share.
        if steps.iter().any(|step| step.side == Side::Left) {
            let start = steps.iter().rev().find(|step| step.side == Side::Left).map_or(0, |step| step.end);
            proof.push(self.range(start, old_size, read)?);
        }
        for step in steps.iter().rev() {
            proof.push(self.range(step.start, step.end, read)?);
        }
        Ok(proof)
    }

    fn check_size(&self, size: u64) -> Result<(), LedgerError> {
        if size <= self.size {
            return Ok(());
        }
        Err(LedgerError::OutOfRange(format!("size {size} in a tree of {} entries", self.size)))
    }

    /// The hash over the entries from `start` to before `end`, which must be a subtree of some tree that is a
    /// prefix of this one.
    fn range(&mut self, start: u64, end: u64, read: &mut TileReader<'_>) -> Result<Hash, LedgerError> {
        let mut hashes = Vec::new();
        let mut at = start;
        while at < end {
            let height = (end - at).ilog2();
            hashes.push(self.node(height, at >> height, read)?);
            at += 1 << height;
        }
        Ok(fold_peaks(&hashes))
    }

    /// The hash of the full subtree number `index` of the given height.
    fn node(&mut self, height: u32, index: u64, read: &mut TileReader<'_>) -> Result<Hash, LedgerError> {
        let (level, layer) = level_and_layer(height);
        let tile = (index << layer) >> 8;
        self.ensure(level, tile, read)?;
        let block = self.blocks.get(&(level, tile)).expect("ensure has just put it there");
        block.node(layer, index).ok_or_else(|| {
            LedgerError::OutOfRange(format!("no subtree {index} of height {height} in {} entries", self.size))
        })
    }

    /// Reads a tile if it is not held yet, and checks that it is the tile its parent was made from.
    fn ensure(&mut self, level: u8, index: u64, read: &mut TileReader<'_>) -> Result<(), LedgerError> {
        if self.blocks.contains_key(&(level, index)) {
            return Ok(());
        }
        // The partial tiles are all held since `open`; any other tile is full, and its parent has its root.
        if index >= self.size.checked_shr(u32::from(level + 1) * 8).unwrap_or(0) {
            let why = format!("level {level} has no full tile {index} in a tree of {} entries", self.size);
            return Err(LedgerError::OutOfRange(why));
        }
        let expected = self.node(u32::from(level + 1) * 8, index, read)?;
        let id = TileId { level, index, width: HASHES_PER_TILE };
        let block = Block::new(Tile::parse(id, &read(id)?)?.hashes);
        if block.node(8, index) != Some(expected) {
            return Err(LedgerError::BadTile { id, why: format!("its hashes do not add up to {expected}") });
        }
        if self.blocks.len() >= TILES_HELD {
            self.blocks.retain(|(level, _), block| *level > 0 || block.node(8, 0).is_none());
        }
        self.blocks.insert((level, index), block);
        Ok(())
    }
}

/// A tile's hashes and all the full subtrees above them, layer by layer.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) layers: Vec<Vec<Hash>>,
}

impl Block {
    fn new(hashes: Vec<Hash>) -> Self {
        let mut layers = vec![hashes];
        for below in 0..8 {
            let (pairs, _) = layers[below].as_chunks::<2>();
            layers.push(pairs.iter().map(|[left, right]| node_hash(left, right)).collect());
        }
        Self { layers }
    }

    /// The node at a layer of this tile, by its index in the whole tree.
    fn node(&self, layer: u32, index: u64) -> Option<Hash> {
        let within = index & ((256 >> layer) - 1);
        let layer = self.layers.get(usize::try_from(layer).ok()?)?;
        layer.get(usize::try_from(within).ok()?).copied()
    }
}

/// The partial tiles of a tree of `size` entries, from the leaves up.
pub(crate) fn edge_ids(size: u64) -> impl Iterator<Item = TileId> {
    (0..8_u8).filter_map(move |level| {
        let count = size >> (u32::from(level) * 8);
        let width = (count & 0xff) as u16;
        (width > 0).then_some(TileId { level, index: count >> 8, width })
    })
}

/// Reads the partial tiles of a tree of `size` entries, without checking them against anything.
pub(crate) fn edge_blocks(size: u64, read: &mut TileReader<'_>) -> Result<Vec<(TileId, Block)>, LedgerError> {
    edge_ids(size).map(|id| Ok((id, Block::new(Tile::parse(id, &read(id)?)?.hashes)))).collect()
}

/// The roots of the full subtrees that make up a tree of `size` entries, from the left, largest first.
pub(crate) fn peaks(size: u64, blocks: &[(TileId, Block)]) -> Vec<Hash> {
    let full_subtrees = (0..64_u32).rev().filter(|height| size >> height & 1 == 1);
    full_subtrees
        .filter_map(|height| {
            let (level, layer) = level_and_layer(height);
            let (_, block) = blocks.iter().find(|(id, _)| id.level == level)?;
            block.node(layer, (size >> height) - 1)
        })
        .collect()
}

/// At which tile level a node of this height is found, and how far above that tile's own hashes.
fn level_and_layer(height: u32) -> (u8, u32) {
    let level = u8::try_from(height / 8).expect("a height is below 64");
    (level, height % 8)
}
