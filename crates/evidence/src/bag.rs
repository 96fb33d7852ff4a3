//! The form of a package: BagIt 1.0 (RFC 8493), and of what BagIt leaves open the strictest reading.
//!
//! A manifest has one spelling only: each file once, in the order of the paths' bytes, small hexadecimal digits,
//! two spaces, a line feed. So two manifests of the same files are the same bytes, and any changed byte shows.

use crate::name::is_safe;
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
};

/// What `bagit.txt` says, to the byte.
pub(crate) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

pub(crate) const BAGIT: &str = "bagit.txt";
pub(crate) const BAG_INFO: &str = "bag-info.txt";
pub(crate) const MANIFEST: &str = "manifest-sha256.txt";
pub(crate) const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
pub(crate) const CASE: &str = "data/case.json";
pub(crate) const RECORDS: &str = "data/records.json";
pub(crate) const README: &str = "data/README.txt";
pub(crate) const ORIGINALS: &str = "data/originals/";
pub(crate) const PROOF: &str = "proofs/proof.json";
pub(crate) const CHECKPOINT: &str = "proofs/checkpoint";
pub(crate) const VKEY: &str = "proofs/vkey.txt";

/// The files beside the payload: these and no others.
pub(crate) const TAG_FILES: [&str; 6] = [BAG_INFO, BAGIT, MANIFEST, CHECKPOINT, PROOF, VKEY];

/// The version of the package's own form, as `bag-info.txt` names it.
pub(crate) const VERSION: &str = "1";

/// The most files that a package may hold.
pub(crate) const MOST_FILES: usize = 100_000;

const KIB: u64 = 1024;

/// The most bytes that a file may have which a check reads as a whole; none for files that only pass through.
pub(crate) fn most_bytes(path: &str) -> Option<u64> {
    match path {
        BAGIT | VKEY => Some(4 * KIB),
        BAG_INFO | TAG_MANIFEST => Some(64 * KIB),
        MANIFEST => Some(32 * KIB * KIB),
        CHECKPOINT => Some(KIB * KIB),
        CASE | PROOF => Some(128 * KIB * KIB),
        _ => None,
    }
}

/// Digest and length of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Length in bytes.
    pub size: u64,
}

impl Digest {
    /// Of bytes that are at hand.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self { sha256: hex::encode(Sha256::digest(bytes)), size: bytes.len() as u64 }
    }
}

/// Reads to the end, hashing, and passes every byte on.
pub(crate) fn hash(mut from: impl Read, mut to: impl Write) -> io::Result<Digest> {
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; 128 * 1024];
    loop {
        let n = match from.read(&mut buffer) {
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if n == 0 {
            return Ok(Digest { sha256: hex::encode(hash.finalize()), size });
        }
        hash.update(&buffer[..n]);
        to.write_all(&buffer[..n])?;
        size += n as u64;
    }
}

/// Whether a path is one that a package can hold: relative, inside the package, the same on every system.
pub(crate) fn is_path(path: &str) -> bool {
    path.len() <= 400 && path.split('/').all(is_safe)
}

/// The text of a manifest.
pub(crate) fn manifest<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut lines: Vec<_> = files.collect();
    lines.sort_unstable();
    lines.iter().map(|(path, sha256)| format!("{sha256}  {path}\n")).collect()
}

/// Reads a manifest: digests by path.
///
/// Everything that is wrong with it is given back with what could be read.
pub(crate) fn read_manifest(text: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let mut files = BTreeMap::new();
    let mut folded = BTreeMap::new();
    let mut wrong = Vec::new();
    for (n, line) in (1_usize..).zip(text.split_inclusive('\n')) {
        if n > MOST_FILES {
            wrong.push(format!("it lists more than {MOST_FILES} files"));
            break;
        }
        let digest = |d: &str| d.len() == 64 && d.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let (Some((sha256, path)), true) =
            (line.trim_end_matches('\n').split_once("  "), line.ends_with('\n'))
        else {
            wrong.push(format!("line {n} is not a digest, two spaces and a path"));
            continue;
        };
        if !digest(sha256) {
            wrong.push(format!("line {n} does not begin with a SHA-256 digest in small hexadecimal digits"));
        } else if !is_path(path) {
            wrong.push(format!("line {n} names the path '{}', which no package has", path.escape_debug()));
        } else if let Some(other) = folded.insert(path.to_ascii_lowercase(), path.to_owned()) {
            wrong.push(if other == path {
                format!("line {n} lists {path} a second time")
            } else {
                format!("line {n} lists {path}, which is {other} on systems that do not tell case apart")
            });
        } else {
            files.insert(path.to_owned(), sha256.to_owned());
        }
    }
    // One spelling only: what was read, written again, is what was there.
    if wrong.is_empty() && manifest(files.iter().map(|(p, d)| (p.as_str(), d.as_str()))) != text {
        wrong.push("its lines are not in the order of their paths".into());
    }
    (files, wrong)
}

/// Reads `bag-info.txt`: labels with their values, one a line, each label once.
pub(crate) fn read_info(text: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let mut info = BTreeMap::new();
    let mut wrong = Vec::new();
    let odd = |line: &str| line.trim_end_matches('\n').chars().any(|c| !c.is_ascii_graphic() && c != ' ');
    for (n, line) in (1_usize..).zip(text.split_inclusive('\n')) {
        match line.strip_suffix('\n').and_then(|line| line.split_once(": ")) {
            Some((label, value)) if !label.is_empty() && !value.trim().is_empty() && !odd(line) => {
                if info.insert(label.to_owned(), value.to_owned()).is_some() {
                    wrong.push(format!("line {n} says '{}' a second time", label.escape_debug()));
                }
            }
            _ => wrong.push(format!("line {n} is not a label, a colon and a value in ASCII")),
        }
    }
    (info, wrong)
}
