//! Checking a package: offline, without a database, and as strict as can be. It streams large files, bounds
//! everything it reads as a whole, and never believes a byte of a package that fails.

use crate::{
    bag,
    contents::Contents,
    document::{Exhibit, FORMAT, Outline, digest_of},
    name,
    verification::{KeyCheck, Verification, fingerprint},
};
use bluelamp_ledger::{Commitment, ProofFile, Shown, SignedNote, Verified, VerifierKey};
use bluelamp_model::{Id, authority::Verb};
use bluelamp_store::Event;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Checks a package in a folder. With no key given, it is checked with the key that lies in it, and the answer
/// says so: then it is whole in itself, and who made it is open.
///
/// Of several keys given, such as those of a log over the years, one must have signed, and none of them wrongly.
#[must_use]
pub fn verify(path: &Path, trusted: &[VerifierKey]) -> Verification {
    let mut found = Verification::default();
    let contents = Contents::read(path, &mut found);
    let mut check = Check { found, contents: contents.unwrap_or_default() };
    if check.found.problems.iter().all(|p| p.file != ".") {
        check.tags();
        let outline = check.outline();
        let proofs = check.proofs(trusted);
        if let (Some(outline), Some(proofs)) = (outline, proofs) {
            let about = check.log(&outline, &proofs);
            if let (Some(about), true) = (about, check.found.problems.is_empty()) {
                check.found.ok = true;
                check.sentences(&outline, &proofs, &about);
            }
        } else if check.found.problems.is_empty() {
            check.found.wrong(".", "the check could not be finished");
        }
    }
    check.found.problems.sort();
    check.found.problems.dedup();
    check.found
}

/// A check under way.
struct Check {
    found: Verification,
    contents: Contents,
}

/// The proofs, after they held.
struct Proofs {
    file: ProofFile,
    verified: Verified,
}

/// The log entry about the package, and what else was seen in the log.
struct About {
    index: u64,
    event: Event,
    withheld: usize,
    /// How many files of evidence were found with the entry that they were taken in.
    taken_in: usize,
}

fn same(a: Option<&serde_json::Value>, b: &str) -> bool {
    a.and_then(serde_json::Value::as_str) == Some(b)
}

impl Check {
    /// The declaration, and what `bag-info.txt` says about the payload.
    fn tags(&mut self) {
        if let Some(text) = self.contents.text(&mut self.found, bag::BAGIT)
            && text != bag::DECLARATION
        {
            self.found.wrong(bag::BAGIT, "does not declare BagIt 1.0 in UTF-8 as a package does");
        }
        let Some(text) = self.contents.text(&mut self.found, bag::BAG_INFO) else { return };
        let (info, wrong) = bag::read_info(&text);
        for reason in wrong {
            self.found.wrong(bag::BAG_INFO, reason);
        }
        let (files, bytes) = self.contents.payload();
        let mut expect = |label: &str, value: &str, why: &str| {
            if info.get(label).map(String::as_str) != Some(value) {
                self.found.wrong(bag::BAG_INFO, format!("{label} is not {value}: {why}"));
            }
        };
        expect("Payload-Oxum", &format!("{bytes}.{files}"), "bytes and files of the payload as they are");
        expect("Bluelamp-Package-Version", bag::VERSION, "the only version that can be checked here");
        self.found.case = info.get("External-Identifier").cloned();
        self.found.package = info.get("Internal-Sender-Identifier").cloned();
    }

    /// What the case document says of itself, and whether the files of evidence are those it lists.
    fn outline(&mut self) -> Option<Outline> {
        let Some(text) = self.contents.text(&mut self.found, bag::CASE) else {
            self.found.wrong(bag::CASE, "cannot be read");
            return None;
        };
        let outline: Outline = match serde_json::from_str(&text) {
            Ok(outline) => outline,
            Err(e) => {
                self.found.wrong(bag::CASE, format!("is not a case document: {e}"));
                return None;
            }
        };
        if outline.format != FORMAT {
            self.found.wrong(bag::CASE, format!("is not of the form {FORMAT}"));
        }
        if name::line(&outline.recipient) != outline.recipient {
            self.found.wrong(bag::CASE, "names a recipient that is not one line of text");
        }
        let named = (self.found.case.as_deref(), self.found.package.as_deref());
        if named != (Some(outline.case.reference.as_str()), Some(outline.package.to_string().as_str())) {
            self.found.wrong(bag::BAG_INFO, format!("names another case or package than {}", bag::CASE));
        }
        let (mut listed, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for Exhibit { path, item } in &outline.evidence {
            let own = listed.insert(path.as_str()) && ids.insert(item.id);
            if !own || !path.starts_with(bag::ORIGINALS) {
                self.found.wrong(bag::CASE, format!("exhibit {} has no file of its own", item.exhibit));
            }
            match self.contents.files.get(path) {
                None => self.found.wrong(path, format!("is missing: {} names it", bag::CASE)),
                Some(d) if d.sha256 != item.sha256 || d.size != item.size => {
                    self.found.wrong(path, format!("is not the file that {} names", bag::CASE));
                }
                Some(_) => {}
            }
        }
        let expected = |path: &str| [bag::CASE, bag::RECORDS, bag::README].contains(&path);
        let payload = self.contents.files.keys().filter(|p| p.starts_with("data/"));
        let extra: Vec<_> =
            payload.filter(|p| !expected(p) && !listed.contains(p.as_str())).cloned().collect();
        for path in extra {
            self.found.wrong(&path, format!("is no part of the case: {} does not name it", bag::CASE));
        }
        for path in [bag::RECORDS, bag::README] {
            if !self.contents.files.contains_key(path) {
                self.found.wrong(path, "is missing");
            }
        }
        Some(outline)
    }

    /// Checks the signed head and every proof against it.
    fn proofs(&mut self, trusted: &[VerifierKey]) -> Option<Proofs> {
        let inside = self.contents.text(&mut self.found, bag::VKEY)?;
        let inside: VerifierKey = match inside.strip_suffix('\n').unwrap_or_default().parse() {
            Ok(key) => key,
            Err(e) => {
                self.found.wrong(bag::VKEY, format!("is not a line with a key: {e}"));
                return None;
            }
        };
        let note = self.contents.text(&mut self.found, bag::CHECKPOINT)?;
        let signed = match SignedNote::parse(note.as_bytes()) {
            Ok(signed) => signed,
            Err(e) => {
                self.found.wrong(bag::CHECKPOINT, e.to_string());
                return None;
            }
        };
        let keys: Vec<VerifierKey> = if trusted.is_empty() {
            vec![inside.clone()]
        } else {
            trusted.iter().filter(|key| signed.signatures.iter().any(|s| key.made(s))).cloned().collect()
        };
        let Some(key) = keys.first() else {
            self.found.wrong(bag::CHECKPOINT, "is not signed by a key that you trust");
            return None;
        };
        self.found.key = Some(KeyCheck {
            key: key.to_string(),
            fingerprint: fingerprint(key),
            trusted: !trusted.is_empty(),
        });
        if !keys.contains(&inside) {
            self.found.wrong(bag::VKEY, "is not the key that signed the checkpoint");
        }
        let text = self.contents.text(&mut self.found, bag::PROOF)?;
        let file: ProofFile = match serde_json::from_str(&text) {
            Ok(file) => file,
            Err(e) => {
                self.found.wrong(bag::PROOF, format!("is not a file of proofs: {e}"));
                return None;
            }
        };
        if file.checkpoint != note {
            self.found.wrong(bag::CHECKPOINT, format!("is not the checkpoint in {}", bag::PROOF));
        }
        if file.vkeys != [inside.to_string()] {
            self.found.wrong(bag::PROOF, format!("does not name the key in {}", bag::VKEY));
        }
        match file.verify(&keys) {
            Ok(verified) => Some(Proofs { file, verified }),
            Err(e) => {
                self.found.wrong(bag::PROOF, e.to_string());
                None
            }
        }
    }

    /// Compares what the log says with what is in the package.
    fn log(&mut self, outline: &Outline, proofs: &Proofs) -> Option<About> {
        let package = outline.package;
        let mut objects = BTreeSet::from([outline.case.id, outline.report.id]);
        objects.extend(outline.evidence.iter().map(|e| e.item.id));
        if outline.log.objects.iter().copied().collect::<BTreeSet<_>>() != objects {
            self.found.wrong(bag::CASE, "its list of what the log is about is not that of its contents");
        }
        let (mut about, mut events, mut counted) = (Vec::new(), Vec::new(), Vec::<Commitment>::new());
        for entry in &proofs.file.entries {
            let Shown::Event { event, .. } = &entry.shown else {
                counted.push(entry.shown.commitment());
                continue;
            };
            let index = entry.index;
            match serde_json::from_slice::<Event>(event) {
                Err(e) => self.found.wrong(bag::PROOF, format!("entry {index} is not an event: {e}")),
                Ok(event) if event.v != 1 => {
                    self.found.wrong(bag::PROOF, format!("entry {index} is of the unknown form {}", event.v));
                }
                Ok(event) if event.object == Some(package) => about.push((index, event)),
                Ok(event) if event.object.is_some_and(|id| objects.contains(&id)) => {
                    counted.push(entry.shown.commitment());
                    events.push(event);
                }
                Ok(_) => {
                    let reason = format!("entry {index} is about something that is not in this package");
                    self.found.wrong(bag::PROOF, reason);
                }
            }
        }
        if counted.len() as u64 != outline.log.entries || digest_of(&counted) != outline.log.entries_sha256 {
            let reason = format!(
                "its entries are not the {} that {} counts: some were left out, added or exchanged",
                outline.log.entries,
                bag::CASE
            );
            self.found.wrong(bag::PROOF, reason);
        }
        let withheld = proofs.verified.withheld;
        let taken_in = self.items(outline, &events, withheld);
        match <[_; 1]>::try_from(about) {
            Ok([(index, event)]) => {
                self.disclosure(outline, &event);
                Some(About { index, event, withheld, taken_in })
            }
            Err(about) => {
                let reason = format!("holds {} entries about this package instead of one", about.len());
                self.found.wrong(bag::PROOF, reason);
                None
            }
        }
    }

    /// Each file must be the one that the log says was taken in, unless that entry was erased. How many are.
    fn items(&mut self, outline: &Outline, events: &[Event], withheld: usize) -> usize {
        let collected = |e: &&Event| e.verb == Verb::Collect && e.object_kind == "evidence";
        let taken: BTreeMap<Option<Id>, &Event> =
            events.iter().filter(collected).map(|e| (e.object, e)).collect();
        let mut proven = 0;
        for Exhibit { path, item } in &outline.evidence {
            let Some(event) = taken.get(&Some(item.id)) else {
                if withheld == 0 {
                    self.found.wrong(path, "no entry of the log says that it was taken in");
                }
                continue;
            };
            let size = event.detail.get("size").and_then(serde_json::Value::as_u64);
            if same(event.detail.get("sha256"), &item.sha256) && size == Some(item.size) {
                proven += 1;
            } else {
                self.found.wrong(path, "is not the file that the log says was taken in");
            }
        }
        proven
    }

    /// The one entry that binds the payload to the signed head.
    fn disclosure(&mut self, outline: &Outline, event: &Event) {
        let detail = &event.detail;
        if event.verb != Verb::Disclose || event.object_kind != "package" {
            self.found.wrong(bag::PROOF, "the entry about this package does not say that it was disclosed");
        }
        for (label, path) in [
            ("manifest_sha256", bag::MANIFEST),
            ("bag_info_sha256", bag::BAG_INFO),
            ("bagit_sha256", bag::BAGIT),
        ] {
            let digest = self.contents.files.get(path).map(|d| d.sha256.as_str()).unwrap_or_default();
            if !same(detail.get(label), digest) {
                self.found.wrong(path, "is not the one that the log says left with this package");
            }
        }
        let (files, bytes) = self.contents.payload();
        for (label, count) in [("files", files), ("bytes", bytes), ("items", outline.evidence.len() as u64)] {
            if detail.get(label).and_then(serde_json::Value::as_u64) != Some(count) {
                self.found
                    .wrong(bag::PROOF, format!("the log does not say that the package has {count} {label}"));
            }
        }
        if !same(detail.get("case"), &outline.case.id.to_string())
            || !same(detail.get("recipient"), &outline.recipient)
        {
            self.found.wrong(bag::CASE, "names another case or recipient than the log");
        }
    }

    /// What was shown and what was not, in plain words.
    fn sentences(&mut self, outline: &Outline, proofs: &Proofs, about: &About) {
        let (files, bytes) = self.contents.payload();
        let head = &proofs.verified.checkpoint;
        let (origin, at) = (&head.origin, about.event.at);
        let found = &mut self.found;
        found.proves = vec![
            format!(
                "The package holds exactly the {files} files ({bytes} bytes) that its manifest lists; none was \
                 changed, added or taken away since it was made."
            ),
            format!(
                "The log {origin} says, in entry {} of {}, that this package was made for '{}' on {} ({at}){}.",
                about.index,
                head.size,
                outline.recipient,
                at.spoken(),
                about.event.actor.map(|id| format!(" by account {id}")).unwrap_or_default(),
            ),
            format!(
                "Whoever holds the key has signed a head of that log which covers this entry, and by it every \
                 file here. All {} proofs lead to that head.",
                proofs.file.entries.len()
            ),
            format!(
                "The {} log entries about the case, its report and its evidence up to {} are all here; none was \
                 changed, left out or added since.",
                outline.log.entries, outline.as_of
            ),
        ];
        if !outline.evidence.is_empty() {
            found.proves.push(format!(
                "{} of the {} files of evidence have the digest that the log holds since they were taken in.",
                about.taken_in,
                outline.evidence.len()
            ));
        }
        if about.withheld > 0 {
            found.does_not_prove.push(format!(
                "What {} of the entries say: they were erased or withheld, and only that they exist is shown.",
                about.withheld
            ));
        }
        if !found.key.as_ref().is_some_and(|key| key.trusted) {
            found.does_not_prove.push(
                "Who made it: the key was taken from the package itself, and whoever forges a package can put a \
                 key of their own into it. Compare the fingerprint with one that reached you by another way, or \
                 check again with the sender's key."
                    .into(),
            );
        }
        for sentence in [
            "That what people said or filed is true, or that a file shows what it seems to show.",
            "What happened to a file before it was taken in.",
            "That the log's clock was right.",
            "That nothing else about this case exists, or was written after the package was read together.",
            "That the log shows everybody the same history: no witness outside the sender has signed it here.",
        ] {
            found.does_not_prove.push(sentence.into());
        }
    }
}
