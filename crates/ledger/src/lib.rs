//! An append-only Merkle log in the C2SP [tlog-tiles] form: what was written stays written, and a stranger can
//! check it without us, without a network and without trusting whoever hands over the files.
//!
//! The parts, from the bottom up:
//!
//! * [`Commitment`] and [`Entry`]: an event goes into the log as a salted digest, so that nothing personal is
//!   ever in it. Throwing away the salt erases the link for good and leaves every proof standing.
//! * [`Edge`]: the right-hand edge of the tree. Appending leaf hashes gives back the tiles that changed.
//! * [`Tree`]: roots, inclusion and consistency proofs, computed from tiles that are checked against the root
//!   before they are believed.
//! * [`verify_inclusion`], [`verify_consistency`]: the other side of those proofs.
//! * [`SignedNote`], [`Checkpoint`], [`SigningKey`], [`VerifierKey`]: the signed head of the log.
//! * [`ProofFile`]: all of it in one file for somebody who was not there.
//! * [`fsck`]: rebuilds the tree from its entries and says what differs.
//!
//! This crate is pure. It must never read a clock, a file, a database, the environment or a random number
//! generator: tiles come in through a reader that the caller passes, keys and salts come in as arguments. It
//! must never take an event's content into a tile, an entry or a checkpoint. Input from outside never panics.
//!
//! Sources: RFC 6962 section 2.1 (hashing), RFC 9162 section 2.1 (proofs), C2SP tlog-tiles, signed-note and
//! tlog-checkpoint.
//!
//! [tlog-tiles]: https://c2sp.org/tlog-tiles

mod checkpoint;
mod edge;
mod entry;
mod error;
mod fsck;
mod hash;
mod key;
mod note;
mod proof;
mod proof_file;
mod tile;
mod tree;

pub use checkpoint::Checkpoint;
pub use edge::Edge;
pub use entry::{BUNDLE_MAX, Commitment, ENTRY_BYTES, Entry, commitment, decode_bundle, encode_bundle};
pub use error::LedgerError;
pub use fsck::{Finding, fsck};
pub use hash::{EMPTY_ROOT, Hash, leaf_hash, node_hash};
pub use key::{PublicKey, SigningKey, VerifierKey};
pub use note::{MAX_NOTE_BYTES, MAX_SIGNATURES, NoteSignature, SignedNote};
pub use proof::{verify_consistency, verify_inclusion};
pub use proof_file::{Consistency, EntryProof, ProofFile, Shown, Verified};
pub use tile::{BundleId, HASHES_PER_TILE, LogPath, Tile, TileId};
pub use tree::{TileReader, Tree};
