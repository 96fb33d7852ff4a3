//! The package of a case, as somebody gets it who trusts nobody: bytes of any file exchanged, lost, added or moved,
//! and the lists of digests written anew by somebody who wants it to pass.

use crate::{accept, text};
use bluelamp_evidence::{detect, exhibit, safe_file_name, verify};
use bluelamp_ledger::{
    Checkpoint, Commitment, Edge, Entry, EntryProof, ProofFile, Shown, SigningKey, Tree, commitment,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

const ORIGIN: &str = "police.example/borsetshire/log";
const MANIFEST: &str = "manifest-sha256.txt";
const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";

const CASE: &str = "019ab9c0-ac00-7000-8000-000000000001";
const REPORT: &str = "019ab9c0-ac00-7000-8000-000000000002";
const ITEM: &str = "019ab9c0-ac00-7000-8000-000000000003";
const PACKAGE: &str = "019ab9c0-ac00-7000-8000-000000000004";
const AT: &str = "2026-11-22T12:00:00.000000Z";

/// Files by their path.
type Files = BTreeMap<String, Vec<u8>>;

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[42; 32]).expect("the origin is a name")
}

/// A small package, written here from the description of the format and not by the code that exports.
static PACKAGED: LazyLock<Files> = LazyLock::new(package);

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn manifest(files: &Files, of: impl Fn(&str) -> bool) -> Vec<u8> {
    let listed = files.iter().filter(|(path, _)| of(path));
    listed.map(|(path, bytes)| format!("{}  {path}\n", sha256(bytes))).collect::<String>().into_bytes()
}

fn is_tag(path: &str) -> bool {
    !path.starts_with("data/") && path != TAG_MANIFEST
}

fn event(n: u8, verb: &str, object_kind: &str, object: &str, detail: &Value) -> Vec<u8> {
    let event = json!({
        "action": "case.export", "actor_kind": "staff", "at": AT, "detail": detail,
        "id": format!("019ab9c0-ac00-7000-8000-0000000001{n:02x}"), "object": object, "object_kind": object_kind,
        "purpose": "disclosure", "rule": "export", "v": 1, "verb": verb,
    });
    event.to_string().into_bytes()
}

fn salt(n: usize) -> [u8; 16] {
    [u8::try_from(n).unwrap_or(0); 16]
}

fn package() -> Files {
    let note = b"He went that way.\n".to_vec();
    let taken_in = json!({ "sha256": sha256(&note), "size": note.len() });
    let mut events = vec![
        event(0, "collect", "report", REPORT, &Value::Null),
        event(1, "collect", "evidence", ITEM, &taken_in),
        event(2, "consult", "case", CASE, &Value::Null),
    ];
    let counted: Vec<Commitment> = events.iter().enumerate().map(|(n, e)| commitment(&salt(n), e)).collect();
    let mut sorted: Vec<_> = counted.iter().map(|c| c.0.0).collect();
    sorted.sort_unstable();
    let case = json!({
        "format": bluelamp_evidence::FORMAT, "package": PACKAGE, "recipient": "Borsetshire prosecutors", "as_of": AT,
        "case": { "id": CASE, "reference": "C-4K7Q-021M" }, "report": { "id": REPORT },
        "evidence": [{
            "path": "data/originals/AB-1/note.txt", "id": ITEM, "case_id": CASE, "exhibit": "AB/1", "description": "A note",
            "origin": "Handed in", "file_name": "note.txt", "media_type": "text/plain", "detected": "text/plain",
            "sha256": sha256(&note), "size": note.len(), "added_at": AT, "added_by": "PC Example",
        }],
        "log": { "objects": [CASE, REPORT, ITEM], "entries": counted.len(), "entries_sha256": sha256(&sorted.concat()) },
    });
    let mut files = Files::from([
        ("data/README.txt".to_owned(), b"Read me.\n".to_vec()),
        ("data/case.json".to_owned(), case.to_string().into_bytes()),
        ("data/originals/AB-1/note.txt".to_owned(), note),
        ("data/records.json".to_owned(), b"{}\n".to_vec()),
    ]);
    let (count, bytes) = (files.len(), files.values().map(Vec::len).sum::<usize>());
    files.insert(MANIFEST.into(), manifest(&files, |_| true));
    files.insert("bagit.txt".into(), b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_vec());
    let info = format!(
        "Payload-Oxum: {bytes}.{count}\nExternal-Identifier: C-4K7Q-021M\nInternal-Sender-Identifier: {PACKAGE}\n\
         Bluelamp-Package-Version: 1\n"
    );
    files.insert("bag-info.txt".into(), info.into_bytes());
    let disclosed = json!({
        "bag_info_sha256": sha256(&files["bag-info.txt"]), "bagit_sha256": sha256(&files["bagit.txt"]),
        "manifest_sha256": sha256(&files[MANIFEST]), "bytes": bytes, "files": count, "items": 1, "case": CASE,
        "recipient": "Borsetshire prosecutors",
    });
    events.push(event(3, "disclose", "package", PACKAGE, &disclosed));
    for (path, bytes) in prove(&events) {
        files.insert(path.into(), bytes);
    }
    files.insert(TAG_MANIFEST.into(), manifest(&files, is_tag));
    files
}

/// The files of a log of just these events.
fn prove(events: &[Vec<u8>]) -> [(&'static str, Vec<u8>); 3] {
    let key = key();
    let size = events.len() as u64;
    let leaves: Vec<_> =
        events.iter().enumerate().map(|(n, e)| Entry::from(commitment(&salt(n), e)).leaf_hash()).collect();
    let mut edge = Edge::new();
    let tiles = edge.append(&leaves).expect("a handful of entries fits");
    let head = Checkpoint { origin: ORIGIN.into(), size, root: edge.root(), extensions: Vec::new() };
    let note = head.sign(&[&key]).expect("the key has the log's name").to_string();
    let read = &mut |_| Ok(tiles[0].to_bytes());
    let mut tree = Tree::open(size, edge.root(), read).expect("the log's own tile");
    let mut entries = Vec::new();
    for (n, event) in events.iter().enumerate() {
        let index = n as u64;
        let proof = tree.inclusion_proof(index, size, read).expect("the log's own entry");
        entries.push(EntryProof {
            index,
            shown: Shown::Event { event: event.clone(), salt: salt(n) },
            proof,
        });
    }
    let vkey = key.verifier().to_string();
    let file = ProofFile { vkeys: vec![vkey.clone()], checkpoint: note.clone(), entries, consistency: None };
    [
        ("proofs/proof.json", serde_json::to_vec(&file).expect("a file of proofs is JSON")),
        ("proofs/checkpoint", note.into_bytes()),
        ("proofs/vkey.txt", format!("{vkey}\n").into_bytes()),
    ]
}

/// A package that somebody touched. The first byte says which lists are written anew afterwards (bit 0: of the tags,
/// bit 1: of the payload). The second is `=`: the third says which file, and the rest is what it holds then; or it is
/// anything else, and each five bytes after it are one change: which file, what, where (two bytes), and with what.
///
/// Only the package itself passes. Where its list of tags was written anew, the proofs may be spelt otherwise, as
/// long as they hold; no other byte may differ.
pub(crate) fn touched(data: &[u8]) {
    let Some(([lists, how], rest)) = data.split_first_chunk::<2>() else { return };
    let mut files = PACKAGED.clone();
    let mut oddities = Vec::new();
    if *how == b'=' {
        let Some((which, bytes)) = rest.split_first() else { return };
        let path = nth(&files, *which);
        files.insert(path, bytes.to_vec());
    } else {
        for change in rest.as_chunks::<5>().0.iter().take(8) {
            touch(&mut files, &mut oddities, change);
        }
    }
    if lists & 2 != 0 {
        files.insert(MANIFEST.into(), manifest(&files, |path| path.starts_with("data/")));
    }
    if lists & 1 != 0 {
        files.insert(TAG_MANIFEST.into(), manifest(&files, is_tag));
    }
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let laid = lay(folder.path(), &files, &oddities);
    let loose = |path: &str| lists & 1 != 0 && (path.starts_with("proofs/") || path == TAG_MANIFEST);
    let same = |files: &Files| {
        files.iter().filter(|(path, _)| !loose(path)).map(|(p, b)| (p.clone(), b.clone())).collect::<Files>()
    };
    let whole = laid && oddities.is_empty() && same(&files) == same(&PACKAGED);
    for trusted in [&[key().verifier().clone()][..], &[]] {
        let found = verify(folder.path(), trusted);
        assert_eq!(found.ok, found.problems.is_empty(), "{found}");
        assert!(found.ok || found.proves.is_empty(), "what fails proves nothing");
        assert!(!found.ok || whole, "a package that was touched passes:\n{found}");
        assert!(found.ok || files != *PACKAGED || !oddities.is_empty(), "the package itself fails:\n{found}");
        let shown = found.problems.iter().flat_map(|p| p.file.bytes().chain(p.reason.bytes()));
        assert!(
            shown.clone().all(|b| b == b' ' || b.is_ascii_graphic()),
            "bytes of a package reach the terminal"
        );
        assert!(found.problems.len() <= 201 && !found.to_string().is_empty());
        if found.ok {
            accept();
            assert_eq!(found.key.is_some_and(|key| key.trusted), !trusted.is_empty());
        }
    }
}

fn nth(files: &Files, n: u8) -> String {
    files.keys().nth(usize::from(n) % files.len().max(1)).cloned().unwrap_or_default()
}

/// Names that a package must not hold, or not twice.
const NAMES: [&str; 12] = [
    "data/new.txt",
    "data/originals/AB-1/NOTE.txt",
    "extra.txt",
    "fetch.txt",
    ".hidden",
    "data/originals/AB-2/note.txt",
    "data/con.txt",
    "data/\u{202e}txt",
    "manifest-sha512.txt",
    "data/a/b/c/d/e/f/g/h/i/j",
    "proofs/other",
    "Data/README.txt",
];

fn touch(files: &mut Files, oddities: &mut Vec<(u8, String)>, [which, what, high, low, with]: &[u8; 5]) {
    let path = nth(files, *which);
    let name = NAMES[usize::from(*with) % NAMES.len()].to_owned();
    let Some(bytes) = files.get_mut(&path) else { return };
    let at = usize::from(u16::from_be_bytes([*high, *low])) % (bytes.len() + 1);
    match what % 10 {
        0 if at < bytes.len() => bytes[at] = *with,
        1 if at < bytes.len() => bytes[at] ^= 1 << (with % 8),
        2 => bytes.truncate(at),
        3 => bytes.insert(at, *with),
        4 if at < bytes.len() => drop(bytes.remove(at)),
        5 => drop(files.remove(&path)),
        6 => {
            let bytes = files.remove(&path).unwrap_or_default();
            files.insert(name, bytes);
        }
        7 => {
            let bytes = bytes.clone();
            files.insert(name, bytes);
        }
        8 => oddities.push((with % 2, format!("data/odd{high}"))),
        _ => {}
    }
}

/// Writes the files; false where two of them cannot lie beside one another.
fn lay(folder: &Path, files: &Files, oddities: &[(u8, String)]) -> bool {
    let mut all = true;
    for (path, bytes) in files {
        let path = folder.join(path);
        all &= path.parent().is_some_and(|parent| fs::create_dir_all(parent).is_ok());
        all &= fs::write(path, bytes).is_ok();
    }
    for (what, path) in oddities {
        let path = folder.join(path);
        // There already, by an earlier change.
        let _ = if *what == 0 { fs::create_dir_all(&path) } else { link(&path) };
    }
    all
}

#[cfg(unix)]
fn link(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    std::os::unix::fs::symlink("README.txt", path)
}

#[cfg(not(unix))]
fn link(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)
}

/// Names of files and exhibits, and what the first bytes of a file claim to be.
pub(crate) fn name(data: &[u8]) {
    if let Some(kind) = detect(data) {
        assert!(kind.split_once('/').is_some(), "{kind}");
        assert!(kind != "text/plain" || !data.contains(&0));
    }
    let Some(text) = text(data) else { return };
    let safe = safe_file_name(text);
    let stays = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    assert!((1..=101).contains(&safe.len()) && safe.bytes().all(stays), "{safe:?}");
    assert!(!safe.starts_with(['.', '-']) && !safe.ends_with('.'), "{safe:?}");
    let stem = safe.split('.').next().unwrap_or_default().to_ascii_lowercase();
    assert!(!["con", "prn", "aux", "nul", "com1", "lpt9"].contains(&stem.as_str()), "{safe:?}");
    assert_eq!(safe_file_name(&safe), safe, "a safe name is safe as it is");
    if let Ok(reference) = exhibit(text) {
        accept();
        assert_eq!(exhibit(&reference).ok().as_ref(), Some(&reference));
    }
}

/// A change to each file, with every way of writing the lists anew; and the package itself.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut all = vec![b"\0.".to_vec(), b"\x03.".to_vec()];
    for (n, bytes) in (0_u8..).zip(PACKAGED.values()) {
        all.push([&[n % 4, b'=', n], bytes.as_slice()].concat());
        all.push(vec![n % 4, b'.', n, n, 0, n, b'x', n, 9 - n % 10, 1, 0, n]);
    }
    all
}
