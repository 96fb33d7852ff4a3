//! What can be wrong with a log, a proof or a signature.

use crate::{Hash, tile::TileId};

/// Why the ledger refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The bytes are not what they claim to be.
    #[error("malformed {what}: {why}")]
    Malformed {
        /// What was being read, such as `checkpoint` or `entry bundle`.
        what: &'static str,
        /// What is wrong with it, and where.
        why: String,
    },
    /// An index, a size or a count lies outside the tree or outside what the format can say.
    #[error("out of range: {0}")]
    OutOfRange(String),
    /// A tile could not be fetched. For readers to return.
    #[error("cannot read {path}: {why}", path = id.path())]
    Unreadable {
        /// The tile that was asked for.
        id: TileId,
        /// The reason, from the storage.
        why: String,
    },
    /// A tile was fetched, and its bytes do not belong to the tree.
    #[error("{path} does not belong to this tree: {why}", path = id.path())]
    BadTile {
        /// The tile that was asked for.
        id: TileId,
        /// What does not fit.
        why: String,
    },
    /// Two computations of the same root differ.
    #[error("the tree of {size} entries has the root {computed}, expected {expected}")]
    RootDiffers {
        /// Number of entries.
        size: u64,
        /// The root that was promised.
        expected: Hash,
        /// The root that the data gives.
        computed: Hash,
    },
    /// A proof does not prove what it was presented for.
    #[error("{what} proof rejected: {why}")]
    BadProof {
        /// `inclusion` or `consistency`.
        what: &'static str,
        /// What does not fit.
        why: String,
    },
    /// A signature does not verify, or a needed one is absent.
    #[error("signature of {key} rejected: {why}")]
    BadSignature {
        /// Key name and key id, as `name+0123abcd`.
        key: String,
        /// What does not fit.
        why: String,
    },
}

impl LedgerError {
    pub(crate) fn malformed(what: &'static str, why: impl Into<String>) -> Self {
        Self::Malformed { what, why: why.into() }
    }
}
