//! What an entry of the log is: a version byte and a salted digest, never content.

use crate::{Hash, LedgerError, leaf_hash};
use sha2::{Digest, Sha256};

/// The length of every entry in bytes.
pub const ENTRY_BYTES: usize = 33;

/// [`ENTRY_BYTES`] as it stands before each entry of a bundle.
const LENGTH_PREFIX: [u8; 2] = [0, 33];

/// The most entries that one bundle holds.
pub const BUNDLE_MAX: usize = 256;

/// The first byte of an entry: how the rest is to be read.
const VERSION: u8 = 1;

/// Keeps a digest made for this purpose from being useful for any other.
const DOMAIN: &[u8] = b"bluelamp-event-1\n";

/// A promise about one event: who has the event and its salt can show that this is the event meant;
/// who has neither learns nothing from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitment(pub Hash);

/// Commits to an event: SHA-256("bluelamp-event-1\n" || salt || event).
///
/// The salt must be fresh and random for each event, or short events could be guessed. Domain and salt have a
/// fixed length, so no two different pairs of salt and event give the same input.
#[must_use]
pub fn commitment(salt: &[u8; 16], event: &[u8]) -> Commitment {
    let digest = Sha256::new().chain_update(DOMAIN).chain_update(salt).chain_update(event).finalize();
    Commitment(Hash(digest.into()))
}

/// One entry of the log: the bytes that are published and that the leaf hash covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// What the entry commits to.
    pub commitment: Commitment,
}

impl Entry {
    /// The published form: one version byte, 0x01, and the 32 bytes of the commitment.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [VERSION; ENTRY_BYTES];
        bytes[1..].copy_from_slice(&self.commitment.0.0);
        bytes
    }

    /// Reads exactly what [`Entry::to_bytes`] writes.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] for another length or another version byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerError> {
        let bytes: &[u8; ENTRY_BYTES] = bytes.try_into().map_err(|_| {
            LedgerError::malformed("entry", format!("{} bytes instead of {ENTRY_BYTES}", bytes.len()))
        })?;
        if bytes[0] != VERSION {
            return Err(LedgerError::malformed("entry", format!("unknown version {:#04x}", bytes[0])));
        }
        Ok(Self { commitment: Commitment(Hash::from_slice(&bytes[1..])?) })
    }

    /// The hash of this entry as a leaf of the tree.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        leaf_hash(&self.to_bytes())
    }
}

impl From<Commitment> for Entry {
    fn from(commitment: Commitment) -> Self {
        Self { commitment }
    }
}

/// Writes an entry bundle: each entry after its length as a big-endian 16-bit number (C2SP tlog-tiles).
///
/// # Errors
/// [`LedgerError::OutOfRange`] for no entry or for more than [`BUNDLE_MAX`].
pub fn encode_bundle(entries: &[Entry]) -> Result<Vec<u8>, LedgerError> {
    check_count(entries.len())?;
    let mut bytes = Vec::with_capacity(entries.len() * (2 + ENTRY_BYTES));
    for entry in entries {
        bytes.extend_from_slice(&LENGTH_PREFIX);
        bytes.extend_from_slice(&entry.to_bytes());
    }
    Ok(bytes)
}

/// Reads an entry bundle, to its last byte.
///
/// # Errors
/// [`LedgerError::Malformed`] where an entry is cut off, has another length or version, or where there is no
/// entry at all; [`LedgerError::OutOfRange`] for more than [`BUNDLE_MAX`].
pub fn decode_bundle(bytes: &[u8]) -> Result<Vec<Entry>, LedgerError> {
    let (records, rest) = bytes.as_chunks::<{ 2 + ENTRY_BYTES }>();
    if !rest.is_empty() {
        let why = format!("{} bytes left over after {} entries", rest.len(), records.len());
        return Err(LedgerError::malformed("entry bundle", why));
    }
    check_count(records.len())?;
    let entry = |(n, record): (usize, &[u8; 2 + ENTRY_BYTES])| {
        if record[..2] != LENGTH_PREFIX {
            let got = u16::from_be_bytes([record[0], record[1]]);
            return Err(LedgerError::malformed(
                "entry bundle",
                format!("entry {n} says it is {got} bytes long, not {ENTRY_BYTES}"),
            ));
        }
        Entry::parse(&record[2..])
    };
    records.iter().enumerate().map(entry).collect()
}

fn check_count(count: usize) -> Result<(), LedgerError> {
    if (1..=BUNDLE_MAX).contains(&count) {
        return Ok(());
    }
    Err(LedgerError::OutOfRange(format!("a bundle holds 1 to {BUNDLE_MAX} entries, not {count}")))
}
