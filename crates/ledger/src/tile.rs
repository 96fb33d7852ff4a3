//! Tiles and bundles: their names, their paths, their bytes (C2SP tlog-tiles).

use crate::{Hash, LedgerError};
use std::fmt::Write;

/// How many hashes a full tile holds: two to the power of the tile height, which is 8.
pub const HASHES_PER_TILE: u16 = 256;

/// The highest level that a path may name.
const MAX_LEVEL: u8 = 63;

/// Which tile: a run of neighbouring hashes at one level of the tree.
///
/// Level 0 holds leaf hashes; each hash of a higher level is the root of one full tile of the level below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Counted from the leaves, 0 to 63. Trees of fewer than 2^64 entries end at level 7.
    pub level: u8,
    /// Position within the level, from the left.
    pub index: u64,
    /// Number of hashes, 1 to 256. Fewer than 256 makes it a partial tile.
    pub width: u16,
}

impl TileId {
    /// Where the tile is served: `tile/<L>/<N>`, with `.p/<W>` behind it for a partial tile.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, index_path(self.index, self.width))
    }
}

/// Which entry bundle: the entries under the level-0 tile of the same index and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BundleId {
    /// Position from the left; the first entry has the index `256 * index`.
    pub index: u64,
    /// Number of entries, 1 to 256.
    pub width: u16,
}

impl BundleId {
    /// Where the bundle is served: `tile/entries/<N>`, with `.p/<W>` behind it for a partial bundle.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tile/entries/{}", index_path(self.index, self.width))
    }
}

/// Anything that a tiled log serves, named by its path below the log's prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogPath {
    /// `checkpoint`: the newest signed head.
    Checkpoint,
    /// `tile/<L>/<N>[.p/<W>]`
    Tile(TileId),
    /// `tile/entries/<N>[.p/<W>]`
    Entries(BundleId),
}

impl LogPath {
    /// Reads a path without a leading slash. Only the one canonical spelling of each path is accepted.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] for everything else.
    pub fn parse(path: &str) -> Result<Self, LedgerError> {
        if path == "checkpoint" {
            return Ok(Self::Checkpoint);
        }
        let bad = || LedgerError::malformed("log path", format!("'{}'", path.escape_debug()));
        let (level, rest) = path.strip_prefix("tile/").and_then(|p| p.split_once('/')).ok_or_else(bad)?;
        let (index, width) = parse_index_path(rest).ok_or_else(bad)?;
        let parsed = if level == "entries" {
            Self::Entries(BundleId { index, width })
        } else {
            let level = level.parse().ok().filter(|level| *level <= MAX_LEVEL).ok_or_else(bad)?;
            Self::Tile(TileId { level, index, width })
        };
        // Leading zeros, empty groups and the like all come out differently from how they went in.
        if parsed.path() == path { Ok(parsed) } else { Err(bad()) }
    }

    /// The path, as [`LogPath::parse`] reads it.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Checkpoint => "checkpoint".to_owned(),
            Self::Tile(id) => id.path(),
            Self::Entries(id) => id.path(),
        }
    }
}

/// An index in groups of three digits, all but the last behind an `x`, and the width of a partial tile.
fn index_path(index: u64, width: u16) -> String {
    let mut groups = vec![index % 1000];
    let mut rest = index / 1000;
    while rest > 0 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    let mut path = String::new();
    for (n, group) in groups.iter().enumerate().rev() {
        // Writing into a String cannot fail.
        let _ = if n > 0 { write!(path, "x{group:03}/") } else { write!(path, "{group:03}") };
    }
    if width < HASHES_PER_TILE {
        let _ = write!(path, ".p/{width}");
    }
    path
}

/// The inverse of [`index_path`], lenient about the spelling: the caller compares.
fn parse_index_path(path: &str) -> Option<(u64, u16)> {
    let (digits, width) = match path.split_once(".p/") {
        None => (path, HASHES_PER_TILE),
        Some((digits, width)) => (digits, width.parse().ok().filter(|w| (1..HASHES_PER_TILE).contains(w))?),
    };
    let mut index = 0_u64;
    for group in digits.split('/') {
        let group: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok().filter(|g| *g < 1000)?;
        index = index.checked_mul(1000)?.checked_add(group)?;
    }
    Some((index, width))
}

/// A tile and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Which tile, as wide as it has hashes.
    pub id: TileId,
    /// Its hashes from the left.
    pub hashes: Vec<Hash>,
}

impl Tile {
    /// The bytes to store and to serve: the hashes one after the other.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.hashes.len() * 32);
        for hash in &self.hashes {
            bytes.extend_from_slice(&hash.0);
        }
        bytes
    }

    /// Takes the first `id.width` hashes of what storage gave, which may be wider than what was asked for:
    /// a later, fuller state of the same tile begins with the same hashes.
    ///
    /// # Errors
    /// [`LedgerError::BadTile`] where there are too few bytes, more than a full tile, or a broken hash at the end.
    pub fn parse(id: TileId, bytes: &[u8]) -> Result<Self, LedgerError> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let (width, full) = (usize::from(id.width), usize::from(HASHES_PER_TILE));
        if !rest.is_empty() || hashes.len() < width || hashes.len() > full {
            let why = format!("{} bytes where {} hashes of 32 bytes were expected", bytes.len(), id.width);
            return Err(LedgerError::BadTile { id, why });
        }
        Ok(Self { id, hashes: hashes[..width].iter().copied().map(Hash).collect() })
    }
}
