//! A case leaves as a package; a package is checked; records are checked against the model.

use crate::{cli::Acting, config::Loaded, content::Content, fail::Fail, open::Open, say, who};
use bluelamp_evidence::fingerprint;
use bluelamp_ledger::VerifierKey;
use bluelamp_model::{
    Fault, Faults,
    authority::action,
    conform::{SHOWN, conform_with},
};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) fn export(
    loaded: Loaded,
    case: &str,
    to: &Path,
    recipient: &str,
    in_json: bool,
    acting: &Acting,
) -> Result<(), Fail> {
    let open = Open::existing(loaded)?;
    let actor =
        who::actor(&open, acting.username.as_deref(), acting.purpose.as_deref(), action::CASE_EXPORT)?;
    let key = open.key()?;
    let done = bluelamp_evidence::export(&open.db, &actor, &key, case, recipient, to)?;
    if in_json {
        return say::json(&json!({
            "path": done.path, "package": done.package, "case": done.case, "reference": done.reference,
            "manifest_sha256": done.manifest_sha256, "files": done.files, "bytes": done.bytes,
            "entries": done.entries, "log_size": done.log_size,
            "key": key.verifier().to_string(), "fingerprint": fingerprint(key.verifier()),
        }));
    }
    say::out(format!(
        "{}\n\nThe package of case {}: {} files, {} bytes, {} log entries proven. SHA-256 of its manifest:\n  {}\n\n\
         Give the recipient this fingerprint of the log's key in another way, such as by telephone:\n  {}\n\
         They check the package with: bluelamp verify {} --key '{}'",
        done.path.display(),
        done.reference,
        done.files,
        done.bytes,
        done.entries,
        done.manifest_sha256,
        fingerprint(key.verifier()),
        done.path.display(),
        key.verifier()
    ))
}

pub(crate) fn verify(
    package: &Path,
    keys: &[String],
    file: Option<&Path>,
    in_json: bool,
) -> Result<(), Fail> {
    let mut trusted = Vec::new();
    for text in keys {
        trusted
            .push(text.trim().parse::<VerifierKey>().map_err(|e| Fail::Usage(format!("--key {text}: {e}")))?);
    }
    if let Some(file) = file {
        trusted.extend(read_keys(file)?);
    }
    if !package.exists() {
        return Err(Fail::Usage(format!("{}: there is no such folder", package.display())));
    }
    if let Some(inside) = package_inside(package) {
        let (here, inside) = (package.display(), inside.display());
        return Err(Fail::Usage(format!("{here} is no package but holds one: run bluelamp verify {inside}")));
    }
    let found = bluelamp_evidence::verify(package, &trusted);
    if in_json {
        say::json(&found)?;
    } else {
        say::out(&found)?;
    }
    if found.ok { Ok(()) } else { Err(Fail::Rejected) }
}

/// The one thing in a folder, if that is a package: what somebody meant who named the folder given to `export`.
fn package_inside(folder: &Path) -> Option<PathBuf> {
    let mut inside = fs::read_dir(folder).ok()?;
    let only = inside.next()?.ok()?.path();
    (inside.next().is_none() && only.join("bagit.txt").is_file()).then_some(only)
}

fn read_keys(file: &Path) -> Result<Vec<VerifierKey>, Faults> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|e| Fault::new(&name, format!("cannot be read: {e}")))?;
    let (mut keys, mut faults) = (Vec::new(), Faults::default());
    for (line, text) in (1_u64..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        match text.trim().parse() {
            Ok(key) => keys.push(key),
            Err(e) => faults.0.push(Fault::new(&name, format!("{e}")).at_line(line)),
        }
    }
    if keys.is_empty() && faults.0.is_empty() {
        faults.0.push(Fault::new(&name, "holds no key"));
    }
    faults.or(keys)
}

pub(crate) fn conform(loaded: &Loaded, file: &Path, in_json: bool) -> Result<(), Fail> {
    let lists = Content::load(loaded.config.content_dir.as_deref())?.codes;
    let name = file.display().to_string();
    let unread = |reason: String| Fail::Data(Fault::new(&name, reason).into());
    let bytes = fs::read(file).map_err(|e| unread(format!("cannot be read: {e}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|e| unread(format!("is not UTF-8 text (byte {})", e.utf8_error().valid_up_to())))?;
    let report = conform_with(&name, &text, &lists, SHOWN);
    if in_json {
        say::json(&json!({
            "passed": report.passed(), "file": report.file, "records": report.records, "links": report.links,
            "rules": report.rules,
        }))?;
    } else {
        say::out(&report)?;
    }
    if report.passed() { Ok(()) } else { Err(Fail::Rejected) }
}
