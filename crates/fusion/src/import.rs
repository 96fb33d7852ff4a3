//! What every import shares: a file is read whole or not at all, and every bad row is named.

use bluelamp_model::{
    Error, Fault, Faults, Id, Link, Result, Time,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Db, Keyed};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::path::Path;

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The source, as the database knows it.
    pub source: Id,
    /// SHA-256 of the file's bytes.
    pub digest: String,
    /// Records that were made.
    pub records: u64,
    /// Values that could not be what their column says, kept in the words they had.
    pub unclear: u64,
}

/// What records say about where they came from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The file's name, for faults and for the provenance of the records.
    pub file: &'a str,
    /// The organisation that is the controller, by code.
    pub organisation: &'a str,
    /// The source, as the database knows it.
    pub source: Id,
    /// When it is loaded.
    pub now: Time,
}

/// Told how many rows were read so far.
pub type Progress<'a> = &'a mut dyn FnMut(u64);

/// More bad rows than this are counted, not listed.
const LISTED: usize = 100;

/// Reads a whole file. Sources are files of a few hundred megabytes at most.
pub(crate) fn read(path: &Path) -> Result<(String, Vec<u8>), Faults> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|e| Fault::new(&name, format!("cannot be read: {e}")))?;
    Ok((name, bytes))
}

/// SHA-256 of a file's bytes, in hexadecimal.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Collects faults without letting a file that is wrong throughout fill the memory.
pub(crate) struct Bad {
    faults: Vec<Fault>,
    more: u64,
}

impl Bad {
    pub(crate) fn new() -> Self {
        Self { faults: Vec::new(), more: 0 }
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        if self.faults.len() < LISTED { self.faults.push(fault) } else { self.more += 1 }
    }

    pub(crate) fn or<T>(mut self, file: &str, value: T) -> Result<T, Faults> {
        if self.more > 0 {
            self.faults.push(Fault::new(file, format!("{} more rows are wrong", self.more)));
        }
        Faults(self.faults).or(value)
    }
}

/// Stores the records of one source in one transaction.
pub(crate) fn store(
    db: &Db,
    actor: &Actor,
    kind: &'static str,
    path: &Path,
    bytes: &[u8],
    make: impl FnOnce(Id, &str) -> Result<(Vec<Keyed>, Vec<Link>), Faults>,
) -> Result<Imported, Faults> {
    let file = path.display().to_string();
    let digest = digest_of(bytes);
    let name = path.file_name().map_or_else(|| file.clone(), |n| n.to_string_lossy().into_owned());
    let (wanted, label) = (digest.clone(), name.clone());
    // Asked for, and known not to be loaded yet, before the work of reading begins.
    let source = db
        .read(actor, move |cx| {
            cx.allow(action::SOURCE_IMPORT, None)?;
            cx.record(Verb::Consult, "source", None, json!({ "digest": wanted }))?;
            match cx
                .row("select name, imported_at from source where digest = $1", &[wanted.as_str().into()])?
            {
                Some(row) => Err(Error::Conflict(format!(
                    "this file was loaded already, as '{}' on {}",
                    row.get::<String>(0)?,
                    row.get::<Time>(1)?.spoken()
                ))),
                None => cx.new_id(),
            }
        })
        .map_err(|e| Fault::new(&file, e.to_string()))?;
    let (records, links) = make(source, &digest)?;
    let count = records.len() as u64;
    let kept = digest.clone();
    db.write(actor, move |cx| {
        cx.allow(action::SOURCE_IMPORT, Some(source))?;
        let now = cx.now();
        let by = cx.actor().id;
        cx.exec(
            "insert into source (id, kind, name, digest, row_count, imported_at, imported_by)
             values ($1, $2, $3, $4, $5, $6, $7)",
            &[
                source.into(),
                kind.into(),
                label.as_str().into(),
                digest.as_str().into(),
                count.into(),
                now.into(),
                by.into(),
            ],
        )?;
        cx.put_records(Some(source), &records)?;
        cx.put_links(&links)?;
        cx.record(Verb::Collect, "source", Some(source), json!({ "records": count, "digest": digest }))
    })
    .map_err(|e| Fault::new(&file, e.to_string()))?;
    Ok(Imported { source, digest: kept, records: count, unclear: 0 })
}
