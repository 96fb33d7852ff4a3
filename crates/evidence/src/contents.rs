//! What is really in the folder of a package, compared with what its manifests say.

use crate::{
    bag::{self, Digest},
    verification::Verification,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

/// Folders in folders deeper than this are not looked into: no package has them.
const DEEPEST: usize = 8;

/// The files of a package, as they are.
#[derive(Default)]
pub(crate) struct Contents {
    /// Every file that is there, by path.
    pub files: BTreeMap<String, Digest>,
    /// The bytes of those files that are read as a whole: the same bytes that were hashed.
    kept: BTreeMap<String, Vec<u8>>,
}

/// The names that a folder holds.
#[derive(Default)]
struct Names {
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
}

impl Contents {
    /// Reads every file there is and compares it with the manifests; none where there is no folder.
    pub(crate) fn read(root: &Path, found: &mut Verification) -> Option<Self> {
        match fs::metadata(root) {
            Ok(m) if m.is_dir() => {}
            Ok(_) => {
                found.wrong(".", "is not a folder: a package is a folder");
                return None;
            }
            Err(e) => {
                found.wrong(".", format!("cannot be read: {e}"));
                return None;
            }
        }
        let mut names = Names::default();
        walk(root, "", 0, &mut names, found);
        let mut contents = Self::default();
        let mut folded = BTreeMap::new();
        for path in &names.files {
            if let Some(other) = folded.insert(path.to_ascii_lowercase(), path) {
                found.wrong(path, format!("is {other} on systems that do not tell case apart"));
            }
            match contents.hash(root, path) {
                Ok(digest) => {
                    contents.files.insert(path.clone(), digest);
                }
                Err(e) => found.wrong(path, format!("cannot be read: {e}")),
            }
        }
        for folder in &names.folders {
            let inside = format!("{folder}/");
            if !names.files.range(inside.clone()..).next().is_some_and(|path| path.starts_with(&inside)) {
                found.wrong(folder, "is a folder without a file of the package");
            }
        }
        let (payload, tags): (BTreeSet<_>, BTreeSet<_>) =
            contents.files.keys().cloned().partition(|path| path.starts_with("data/"));
        contents.compare(bag::MANIFEST, &payload, found);
        let tags: BTreeSet<_> = tags.into_iter().filter(|path| path != bag::TAG_MANIFEST).collect();
        contents.compare(bag::TAG_MANIFEST, &tags, found);
        for path in tags.iter().filter(|path| !bag::TAG_FILES.contains(&path.as_str())) {
            found.wrong(path, stranger(path));
        }
        for path in bag::TAG_FILES.iter().filter(|path| !tags.contains(**path)) {
            found.wrong(path, "is missing");
        }
        Some(contents)
    }

    /// Hashes one file, and keeps its bytes where the check needs them.
    fn hash(&mut self, root: &Path, path: &str) -> io::Result<Digest> {
        let mut file = File::open(root.join(path))?;
        let Some(most) = bag::most_bytes(path) else { return bag::hash(file, io::sink()) };
        let mut bytes = Vec::new();
        file.by_ref().take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            return Err(io::Error::other(format!("longer than {most} bytes, the most such a file may have")));
        }
        let digest = Digest::of(&bytes);
        self.kept.insert(path.to_owned(), bytes);
        Ok(digest)
    }

    /// The text of a file that was kept; none where it is missing, which was said when the manifests were compared.
    pub(crate) fn text(&mut self, found: &mut Verification, path: &str) -> Option<String> {
        let bytes = self.kept.remove(path)?;
        match String::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(e) => {
                found.wrong(path, format!("is not UTF-8 text (byte {})", e.utf8_error().valid_up_to()));
                None
            }
        }
    }

    /// How many files the payload has, and how many bytes.
    pub(crate) fn payload(&self) -> (u64, u64) {
        let payload = self.files.iter().filter(|(path, _)| path.starts_with("data/"));
        payload.fold((0, 0), |(files, bytes), (_, d)| (files + 1, u64::saturating_add(bytes, d.size)))
    }

    /// Compares the files that are there with a manifest: each listed once, with its digest, and no others.
    fn compare(&mut self, manifest: &str, there: &BTreeSet<String>, found: &mut Verification) {
        if !self.files.contains_key(manifest) {
            return found.wrong(manifest, "is missing");
        }
        let Some(text) = self.text(found, manifest) else { return };
        let (listed, wrong) = bag::read_manifest(&text);
        for reason in wrong {
            found.wrong(manifest, reason);
        }
        for (path, sha256) in &listed {
            match self.files.get(path).filter(|_| there.contains(path)) {
                None => found.wrong(path, format!("is listed in {manifest} and missing")),
                Some(digest) if digest.sha256 != *sha256 => {
                    found.wrong(path, format!("was changed: its digest is not the one in {manifest}"));
                }
                Some(_) => {}
            }
        }
        for path in there.iter().filter(|path| !listed.contains_key(*path)) {
            found.wrong(path, format!("is not listed in {manifest}: {}", stranger(path)));
        }
    }
}

/// Notes the names of all files and folders, and everything that is neither or has a name that no package has.
fn walk(root: &Path, prefix: &str, depth: usize, names: &mut Names, found: &mut Verification) {
    let here = if prefix.is_empty() { "." } else { prefix };
    let entries = match fs::read_dir(root.join(prefix)) {
        Ok(entries) => entries,
        Err(e) => return found.wrong(here, format!("cannot be read: {e}")),
    };
    for entry in entries {
        let (name, kind) = match entry.and_then(|e| Ok((e.file_name(), e.file_type()?))) {
            Ok(entry) => entry,
            Err(e) => return found.wrong(here, format!("cannot be read: {e}")),
        };
        if names.files.len() + names.folders.len() > bag::MOST_FILES {
            return found.wrong(here, "holds more files than a package can");
        }
        let shown = name.to_string_lossy();
        let path = if prefix.is_empty() { shown.to_string() } else { format!("{prefix}/{shown}") };
        if kind.is_symlink() {
            found.wrong(&path, "is a symbolic link, which no package holds");
        } else if name.to_str().is_none() || !bag::is_path(&path) {
            found.wrong(&path, stranger(&path));
        } else if kind.is_file() {
            names.files.insert(path);
        } else if !kind.is_dir() {
            found.wrong(&path, "is neither a file nor a folder");
        } else if depth < DEEPEST {
            walk(root, &path, depth + 1, names, found);
            names.folders.insert(path);
        } else {
            found.wrong(&path, "lies deeper than anything in a package");
        }
    }
}

/// What to say about a file that no package has.
fn stranger(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let system = [".DS_Store", "Thumbs.db", "desktop.ini"];
    if name.starts_with("._") || system.iter().any(|n| n.eq_ignore_ascii_case(name)) {
        "a computer that opened the folder put it there; delete it and check again"
    } else if name == "fetch.txt" {
        "it would have files fetched from elsewhere, and a package holds all of its files"
    } else {
        "it is no part of the package"
    }
}
