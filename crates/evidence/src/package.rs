//! The packages that a case left in.

use bluelamp_model::{
    Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::Serialize;
use serde_json::json;
use std::path::PathBuf;

/// A package that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Where it is: a folder.
    pub path: PathBuf,
    /// The package.
    pub package: Id,
    /// The case in it.
    pub case: Id,
    /// The case's public name.
    pub reference: String,
    /// SHA-256 of `manifest-sha256.txt`, in hexadecimal: the one digest that stands for all of the payload.
    pub manifest_sha256: String,
    /// How many files its payload has.
    pub files: u64,
    /// How many bytes its payload has.
    pub bytes: u64,
    /// How many log entries it proves.
    pub entries: u64,
    /// The size of the log that its checkpoint signs.
    pub log_size: u64,
}

/// A package in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Package {
    /// The package.
    pub id: Id,
    /// When it was made.
    pub made_at: Time,
    /// Who made it, by name.
    pub made_by: String,
    /// For whom.
    pub recipient: String,
    /// SHA-256 of its `manifest-sha256.txt`, in hexadecimal.
    pub manifest_sha256: String,
}

/// The packages of a case, latest first.
///
/// # Errors
/// Not allowed; database errors.
pub fn packages(cx: &mut Cx<'_>, case: Id) -> Result<Vec<Package>> {
    cx.allow(action::CASE_VIEW, Some(case))?;
    let rows = cx.rows(
        "select p.id, p.made_at, a.name, p.recipient, p.manifest_sha256
         from package p join account a on a.id = p.made_by where p.case_id = $1 order by p.made_at desc, p.id",
        &[case.into()],
    )?;
    let package = |r: &bluelamp_store::Row| {
        Ok(Package {
            id: r.get(0)?,
            made_at: r.get(1)?,
            made_by: r.get(2)?,
            recipient: r.get(3)?,
            manifest_sha256: r.get(4)?,
        })
    };
    let found = rows.iter().map(package).collect::<Result<Vec<_>>>()?;
    cx.record(Verb::Consult, "case", Some(case), json!({ "packages": found.len() }))?;
    Ok(found)
}
