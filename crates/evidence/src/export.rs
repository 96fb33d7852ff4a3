//! Writing a package: under another name until all of it is there, flushed and checked.

use crate::{
    bag::{self, Digest},
    document::Exhibit,
    item, name,
    package::Exported,
    read::{Gathered, gather},
    verify,
};
use bluelamp_ledger::{ProofFile, Shown};
use bluelamp_model::{
    Decider, Error, Result,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Db, Event, LogKey};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

/// Writes a case as a package into a folder below `out_dir`, and returns when it is on the disk and has passed
/// [`verify`].
///
/// In this order: the payload and its manifest; one commit with the entry that the package was disclosed, which
/// holds the manifest's digest; the log is sealed, so that the signed head covers that entry; the proofs; the
/// tag manifest. Should the machine stop in between, the log may name a package that nobody was given; it never
/// lacks one that somebody was. What lies there half-written has a name that begins with a dot.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] for a recipient that is none; [`Error::NotFound`]; [`Error::TooLarge`] for a
/// case with more than a package holds; [`Error::Unavailable`] where a file of evidence is damaged or the folder
/// cannot be written. There is no package then.
pub fn export(
    db: &Db,
    actor: &Actor,
    key: &LogKey,
    case_ref: &str,
    recipient: &str,
    out_dir: &Path,
) -> Result<Exported> {
    let recipient = recipient_of(recipient)?;
    let gathered = db.read(actor, |cx| gather(cx, case_ref, &recipient))?;
    let document = &gathered.document;
    let reference = document.case.reference.clone();
    let mut bag = Bag::begin(out_dir, &format!("{reference}_{}", document.package))?;
    write_payload(&mut bag, db, key, &gathered)?;
    let (files, bytes) = (bag.payload.len() as u64, bag.payload.values().map(|d| d.size).sum());
    let tags = write_tags(&mut bag, key, &gathered, files, bytes)?;
    let manifest_sha256 = tags.manifest.clone();
    disclose(db, actor, &gathered, tags, files, bytes)?;
    db.seal(key)?;
    let proofs = proofs(db, key, &gathered)?;
    let log_size = write_proofs(&mut bag, key, &proofs)?;
    let manifest = bag::manifest(bag.tags.iter().map(|(path, d)| (path.as_str(), d.sha256.as_str())));
    bag.write(bag::TAG_MANIFEST, manifest.as_bytes())?;
    bag.flush_folders()?;
    let found = verify(&bag.partial, std::slice::from_ref(key.verifier()));
    if let Some(problem) = found.problems.first() {
        return Err(Error::Bug(format!("the package that was written does not verify: {problem}")));
    }
    Ok(Exported {
        package: document.package,
        case: document.case.id,
        reference,
        manifest_sha256,
        files,
        bytes,
        entries: proofs.entries.len() as u64,
        log_size,
        path: bag.finish()?,
    })
}

fn recipient_of(typed: &str) -> Result<String> {
    let recipient = name::line(typed);
    if recipient.is_empty() || recipient.chars().count() > 200 {
        let message = "Say in 1 to 200 characters which organisation the package is for";
        return Err(Error::field("recipient", "required", message));
    }
    Ok(recipient)
}

fn json_of(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|e| Error::Bug(e.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn write_payload(bag: &mut Bag, db: &Db, key: &LogKey, gathered: &Gathered) -> Result<()> {
    let document = &gathered.document;
    let readme = include_str!("readme.txt")
        .replace("{origin}", key.verifier().name())
        .replace("{reference}", &document.case.reference)
        .replace("{as_of}", &format!("{} ({})", document.as_of.spoken(), document.as_of))
        .replace("{recipient}", &document.recipient);
    bag.write(bag::README, readme.as_bytes())?;
    bag.write(bag::CASE, json_of(document)?.as_slice())?;
    bag.write(bag::RECORDS, json_of(&gathered.records)?.as_slice())?;
    for Exhibit { path, item } in &document.evidence {
        let written = bag.write(path, item::file_of(db, item)?)?;
        if written.sha256 != item.sha256 {
            let why = "its bytes are not those that were taken in; restore it from a backup";
            return Err(Error::Unavailable(format!("the file of exhibit {}: {why}", item.exhibit)));
        }
    }
    Ok(())
}

/// The digests that the log entry holds.
struct Tags {
    manifest: String,
    info: String,
    bagit: String,
}

fn write_tags(bag: &mut Bag, key: &LogKey, gathered: &Gathered, files: u64, bytes: u64) -> Result<Tags> {
    let document = &gathered.document;
    let info = [
        ("Source-Organization", key.verifier().name().to_owned()),
        ("Bagging-Date", gathered.day.clone()),
        ("Payload-Oxum", format!("{bytes}.{files}")),
        ("External-Identifier", document.case.reference.clone()),
        ("External-Description", "Case file package".to_owned()),
        ("Internal-Sender-Identifier", document.package.to_string()),
        ("Bag-Software-Agent", format!("Bluelamp {}", env!("CARGO_PKG_VERSION"))),
        ("Bluelamp-Package-Version", bag::VERSION.to_owned()),
    ];
    let info: String = info.iter().map(|(label, value)| format!("{label}: {value}\n")).collect();
    let manifest = bag::manifest(bag.payload.iter().map(|(path, d)| (path.as_str(), d.sha256.as_str())));
    Ok(Tags {
        manifest: bag.write(bag::MANIFEST, manifest.as_bytes())?.sha256,
        info: bag.write(bag::BAG_INFO, info.as_bytes())?.sha256,
        bagit: bag.write(bag::BAGIT, bag::DECLARATION.as_bytes())?.sha256,
    })
}

/// Commits that the package is given away: about the package with all digests, and about each thing in it, so that
/// its own trail shows it.
fn disclose(db: &Db, actor: &Actor, gathered: &Gathered, tags: Tags, files: u64, bytes: u64) -> Result<()> {
    let document = &gathered.document;
    let (package, case, report) = (document.package, document.case.id, document.report.id);
    let recipient = document.recipient.clone();
    let items: Vec<_> = document.evidence.iter().map(|e| (e.item.id, e.item.sha256.clone())).collect();
    let Tags { manifest, info, bagit } = tags;
    db.write(actor, move |cx| {
        cx.allow(action::CASE_EXPORT, Some(case))?;
        let person = Decider::of(cx.actor())?;
        let now = cx.now();
        cx.exec(
            "insert into package (id, case_id, made_at, made_by, recipient, manifest_sha256)
             values ($1, $2, $3, $4, $5, $6)",
            &[
                package.into(),
                case.into(),
                now.into(),
                person.id().into(),
                recipient.as_str().into(),
                manifest.as_str().into(),
            ],
        )?;
        cx.record(
            Verb::Disclose,
            "package",
            Some(package),
            json!({
                "bag_info_sha256": info, "bagit_sha256": bagit, "manifest_sha256": manifest,
                "bytes": bytes, "files": files, "items": items.len(),
                "case": case, "recipient": recipient,
            }),
        )?;
        cx.record(Verb::Disclose, "case", Some(case), json!({ "package": package }))?;
        cx.record(Verb::Disclose, "report", Some(report), json!({ "package": package }))?;
        for (item, sha256) in &items {
            let detail = json!({ "package": package, "sha256": sha256 });
            cx.record(Verb::Disclose, "evidence", Some(*item), detail)?;
        }
        Ok(())
    })
}

/// The entries that the case document counts, and the one about this package.
fn proofs(db: &Db, key: &LogKey, gathered: &Gathered) -> Result<ProofFile> {
    let document = &gathered.document;
    let mut objects = document.log.objects.clone();
    objects.push(document.package);
    let mut file = db.proofs_about(&objects, key.verifier())?;
    let counted: BTreeSet<_> = gathered.commitments.iter().map(|c| c.0).collect();
    let about_package = |shown: &Shown| match shown {
        Shown::Event { event, .. } => {
            serde_json::from_slice::<Event>(event).is_ok_and(|e| e.object == Some(document.package))
        }
        Shown::Commitment(_) => false,
    };
    file.entries.retain(|e| counted.contains(&e.shown.commitment().0) || about_package(&e.shown));
    Ok(file)
}

/// Writes the proofs and gives the size of the log that the checkpoint signs.
fn write_proofs(bag: &mut Bag, key: &LogKey, proofs: &ProofFile) -> Result<u64> {
    let trusted = std::slice::from_ref(key.verifier());
    let proven = proofs
        .verify(trusted)
        .map_err(|e| Error::Bug(format!("the log's own proofs do not verify with its key: {e}")))?;
    let json = serde_json::to_vec(proofs).map_err(|e| Error::Bug(e.to_string()))?;
    bag.write(bag::PROOF, json.as_slice())?;
    bag.write(bag::CHECKPOINT, proofs.checkpoint.as_bytes())?;
    bag.write(bag::VKEY, format!("{}\n", key.verifier()).as_bytes())?;
    Ok(proven.checkpoint.size)
}

/// A package that is being written. Dropped before its end, it leaves nothing behind.
struct Bag {
    /// Where it is while it is written.
    partial: PathBuf,
    /// Where it will be.
    done: PathBuf,
    payload: BTreeMap<String, Digest>,
    tags: BTreeMap<String, Digest>,
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    move |e| Error::Unavailable(format!("{} cannot be written: {e}", path.display()))
}

impl Bag {
    fn begin(out_dir: &Path, name: &str) -> Result<Self> {
        fs::create_dir_all(out_dir).map_err(failed(out_dir))?;
        let bag = Self {
            partial: out_dir.join(format!(".{name}.partial")),
            done: out_dir.join(name),
            payload: BTreeMap::new(),
            tags: BTreeMap::new(),
        };
        // Only its owner may look in until somebody decides otherwise.
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&bag.partial).map_err(failed(&bag.partial))?;
        Ok(bag)
    }

    /// Writes one file and flushes it to the disk.
    fn write(&mut self, path: &str, from: impl Read) -> Result<Digest> {
        let full = self.partial.join(path);
        if let Some(folder) = full.parent() {
            fs::create_dir_all(folder).map_err(failed(folder))?;
        }
        let mut file = File::create_new(&full).map_err(failed(&full))?;
        let digest = bag::hash(from, &mut file).map_err(failed(&full))?;
        file.sync_all().map_err(failed(&full))?;
        if bag::most_bytes(path).is_some_and(|most| digest.size > most)
            || self.payload.len() >= bag::MOST_FILES
        {
            return Err(Error::TooLarge(format!("the case does not fit into one package: {path}")));
        }
        let files = if path.starts_with("data/") { &mut self.payload } else { &mut self.tags };
        files.insert(path.to_owned(), digest.clone());
        Ok(digest)
    }

    /// Flushes every folder, so that the names are on the disk as well as the bytes.
    fn flush_folders(&self) -> Result<()> {
        let mut folders = BTreeSet::from([self.partial.clone()]);
        for path in self.payload.keys().chain(self.tags.keys()) {
            let path = self.partial.join(path);
            folders
                .extend(path.ancestors().skip(1).take_while(|a| *a != self.partial).map(Path::to_path_buf));
        }
        folders.iter().try_for_each(|folder| flush(folder))
    }

    /// Gives the package its name.
    fn finish(self) -> Result<PathBuf> {
        if self.done.exists() {
            return Err(Error::Conflict(format!("{} is there already", self.done.display())));
        }
        fs::rename(&self.partial, &self.done).map_err(failed(&self.done))?;
        if let Some(folder) = self.done.parent() {
            flush(folder)?;
        }
        Ok(self.done.clone())
    }
}

fn flush(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(failed(folder))
}

impl Drop for Bag {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.partial); // gone already when it was given its name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_half_written_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut bag = Bag::begin(folder.path(), "x").unwrap();
        bag.write("data/a", b"1".as_slice()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        drop(bag);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
