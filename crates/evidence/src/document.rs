//! `data/case.json`: the case as one document, in one stable form.

use crate::{Item, bag, name};
use bluelamp_casework::{CaseSummary, Moment, Note, Task};
use bluelamp_contact::Body;
use bluelamp_ledger::Commitment;
use bluelamp_model::{Decision, Id, Time};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The form of `data/case.json`. Fields may be added under the same name; what a field means never changes.
pub const FORMAT: &str = "bluelamp-case-1";

/// Everything about a case, at one moment.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    pub format: &'static str,
    /// The package it was written for.
    pub package: Id,
    /// For whom.
    pub recipient: String,
    /// The moment: later changes are not in it.
    pub as_of: Time,
    pub case: CaseSummary,
    pub report: Report,
    /// What a definition proposed, oldest first.
    pub assessments: Vec<Proposed>,
    /// What people decided, oldest first.
    pub decisions: Vec<Decided>,
    pub tasks: Vec<Task>,
    pub notes: Vec<Note>,
    /// People and things, by role; their records are in `records.json`.
    pub involved: Vec<Role>,
    pub timeline: Vec<Moment>,
    pub evidence: Vec<Exhibit>,
    /// What the log held about all of this at that moment.
    pub log: LogPart,
}

/// The report as it was sent.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub id: Id,
    pub reference: String,
    pub channel: String,
    pub received_at: Time,
    pub title: String,
    pub body: Body,
}

/// An assessment as it was stored.
#[derive(Debug, Serialize)]
pub(crate) struct Proposed {
    pub id: Id,
    pub made_at: Time,
    pub definition: String,
    pub body: serde_json::Value,
}

/// A decision with the name of who made it.
#[derive(Debug, Serialize)]
pub(crate) struct Decided {
    pub decision: Decision<Id>,
    pub grade: Option<String>,
    pub by: String,
}

/// The part of a record in the report.
#[derive(Debug, Serialize)]
pub(crate) struct Role {
    pub role: String,
    pub record: Id,
}

/// An item of evidence and where its file is in the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exhibit {
    pub path: String,
    #[serde(flatten)]
    pub item: Item,
}

/// What the log held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LogPart {
    /// The case, its report and its items.
    pub objects: Vec<Id>,
    /// How many entries about them.
    pub entries: u64,
    /// See [`digest_of`].
    pub entries_sha256: String,
}

/// What a check needs of the document. It ignores the rest, so that fields can be added.
#[derive(Debug, Deserialize)]
pub(crate) struct Outline {
    pub format: String,
    pub package: Id,
    pub recipient: String,
    pub as_of: Time,
    pub case: OutlineCase,
    pub report: OutlineReport,
    pub evidence: Vec<Exhibit>,
    pub log: LogPart,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OutlineCase {
    pub id: Id,
    pub reference: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OutlineReport {
    pub id: Id,
}

impl Exhibit {
    /// The item in its folder, under a name that is safe everywhere.
    pub(crate) fn new(item: Item) -> Self {
        let (folder, file) = (name::exhibit_folder(&item.exhibit), name::safe_file_name(&item.file_name));
        Self { path: format!("{}{folder}/{file}", bag::ORIGINALS), item }
    }
}

/// One digest for a set of log entries: SHA-256 of their commitments, sorted, one after the other. It fixes which
/// entries there were, so that none can be left out unseen.
pub(crate) fn digest_of(commitments: &[Commitment]) -> String {
    let mut all: Vec<_> = commitments.iter().map(|c| c.0.0).collect();
    all.sort_unstable();
    let mut hash = Sha256::new();
    all.iter().for_each(|c| hash.update(c));
    hex::encode(hash.finalize())
}
