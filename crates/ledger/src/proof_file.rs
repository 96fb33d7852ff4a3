//! One file with all that somebody needs who was not there: entries, their proofs, and the signed head.

use crate::{
    Checkpoint, Commitment, Entry, Hash, LedgerError, VerifierKey, commitment, hash::from_base64,
    verify_consistency, verify_inclusion,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// Entries with the proof that they are in the log, as JSON. The key to check them with must reach the reader
/// by another way than this file: whoever forges the one forges the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofFile {
    /// The log's keys in text form, so that a reader can see which of the known keys to take. Never a reason
    /// to trust them; [`ProofFile::verify`] does not look at them.
    pub vkeys: Vec<String>,
    /// The signed checkpoint that the entries are proven against.
    pub checkpoint: String,
    /// Entries by ascending index, each at most once.
    pub entries: Vec<EntryProof>,
    /// That an earlier checkpoint, which the reader may hold already, is of the same history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consistency: Option<Consistency>,
}

/// One entry and its place in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Row", into = "Row")]
pub struct EntryProof {
    /// The place of the entry in the log, from 0.
    pub index: u64,
    /// What is shown of it.
    pub shown: Shown,
    /// The inclusion proof, from the leaf up.
    pub proof: Vec<Hash>,
}

/// How much of an entry the file shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The event itself, and the salt that opens the commitment to it.
    Event {
        /// The event's bytes, just as they were committed to.
        event: Vec<u8>,
        /// Its salt.
        salt: [u8; 16],
    },
    /// The commitment alone: there was an entry, what it says is withheld or erased.
    Commitment(Commitment),
}

/// Proof that an earlier checkpoint is of the same history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// The earlier checkpoint with its signatures.
    pub checkpoint: String,
    /// The consistency proof from it to the newer one.
    pub proof: Vec<Hash>,
}

/// What a verified file proves. Who wrote an event, and whether it is true, it does not prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The head that every entry was proven against.
    pub checkpoint: Checkpoint,
    /// The earlier head that was shown to be of the same history.
    pub earlier: Option<Checkpoint>,
    /// How many entries were shown with their event.
    pub opened: usize,
    /// How many entries were shown as a commitment only.
    pub withheld: usize,
}

impl ProofFile {
    /// Checks all of the file with keys that the caller trusts; every one of them must have signed.
    ///
    /// # Errors
    /// The first thing that does not hold: nothing in a file that fails is to be believed.
    pub fn verify(&self, trusted: &[VerifierKey]) -> Result<Verified, LedgerError> {
        let (checkpoint, _) = Checkpoint::open(self.checkpoint.as_bytes(), trusted)?;
        let mut last = None;
        for entry in &self.entries {
            if last.is_some_and(|last| last >= entry.index) {
                let why = format!("entry {} is there twice or out of order", entry.index);
                return Err(LedgerError::malformed("proof file", why));
            }
            last = Some(entry.index);
            let leaf = Entry::from(entry.shown.commitment()).leaf_hash();
            verify_inclusion(&leaf, entry.index, checkpoint.size, &entry.proof, &checkpoint.root)?;
        }
        let earlier = match &self.consistency {
            None => None,
            Some(Consistency { checkpoint: earlier, proof }) => {
                let (old, _) = Checkpoint::open(earlier.as_bytes(), trusted)?;
                verify_consistency(old.size, &old.root, checkpoint.size, &checkpoint.root, proof)?;
                Some(old)
            }
        };
        let opened = self.entries.iter().filter(|entry| matches!(entry.shown, Shown::Event { .. })).count();
        Ok(Verified { checkpoint, earlier, opened, withheld: self.entries.len() - opened })
    }
}

impl Shown {
    /// What the entry in the log must commit to.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        match self {
            Self::Event { event, salt } => commitment(salt, event),
            Self::Commitment(commitment) => *commitment,
        }
    }
}

/// An [`EntryProof`] as it stands in JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    index: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event_b64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt_b64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commitment_b64: Option<Hash>,
    proof: Vec<Hash>,
}

impl TryFrom<Row> for EntryProof {
    type Error = LedgerError;

    fn try_from(row: Row) -> Result<Self, LedgerError> {
        let bad = |why: &str| LedgerError::malformed("proof file", format!("entry {}: {why}", row.index));
        let shown = match (&row.event_b64, &row.salt_b64, row.commitment_b64) {
            (Some(event), Some(salt), None) => {
                let salt = from_base64("salt", salt)?;
                let salt = salt.try_into().map_err(|_| bad("a salt is 16 bytes long"))?;
                Shown::Event { event: from_base64("event", event)?, salt }
            }
            (None, None, Some(hash)) => Shown::Commitment(Commitment(hash)),
            _ => return Err(bad("needs either event_b64 and salt_b64, or commitment_b64")),
        };
        Ok(Self { index: row.index, shown, proof: row.proof })
    }
}

impl From<EntryProof> for Row {
    fn from(EntryProof { index, shown, proof }: EntryProof) -> Self {
        match shown {
            Shown::Event { event, salt } => Self {
                index,
                event_b64: Some(STANDARD.encode(event)),
                salt_b64: Some(STANDARD.encode(salt)),
                commitment_b64: None,
                proof,
            },
            Shown::Commitment(commitment) => {
                Self { index, event_b64: None, salt_b64: None, commitment_b64: Some(commitment.0), proof }
            }
        }
    }
}
