//! What somebody could put into a package who holds the log's key: the package must still agree with itself, and
//! two verifiers that share no code must say the same about it.

use crate::{
    build::{json_at, origin_key},
    refuse::{Spoiled, copy, sha256},
};
use bluelamp_evidence::verify;
use bluelamp_ledger::{Checkpoint, Edge, Entry, EntryProof, ProofFile, Shown, Tree, commitment};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fs, path::Path, process::Command};

/// Puts the package together again after a change of the case document and the entries about it, and a change of
/// the entries about the package; everything else is made to fit, and signed.
fn forge(s: &Spoiled, case: &dyn Fn(&mut Value, &mut Vec<Value>), package: &dyn Fn(&mut Vec<Value>)) {
    let mut document = json_at(&s.path("data/case.json"));
    let id = document["package"].clone();
    let proof: ProofFile = serde_json::from_value(json_at(&s.path("proofs/proof.json"))).unwrap();
    let events = proof.entries.iter().map(|e| match &e.shown {
        Shown::Event { event, .. } => serde_json::from_slice::<Value>(event).unwrap(),
        Shown::Commitment(_) => panic!("nothing was erased"),
    });
    let (mut about, mut others): (Vec<_>, Vec<_>) = events.partition(|e| e["object"] == id);
    let salt = [3; 16];
    let bytes = |event: &Value| event.to_string().into_bytes();
    let count = |document: &mut Value, others: &[Value]| {
        let mut all: Vec<_> = others.iter().map(|e| commitment(&salt, &bytes(e)).0.0).collect();
        all.sort_unstable();
        document["log"]["entries"] = all.len().into();
        document["log"]["entries_sha256"] = hex::encode(Sha256::digest(all.concat())).into();
    };
    count(&mut document, &others);
    case(&mut document, &mut others);
    if document["log"]["entries_sha256"] != "kept" {
        count(&mut document, &others);
    }
    fs::write(s.path("data/case.json"), document.to_string()).unwrap();
    s.remanifest();
    let payload: Vec<_> = crate::build::files(&s.at).into_iter().filter(|f| f.starts_with("data/")).collect();
    let size: u64 = payload.iter().map(|f| fs::metadata(s.path(f)).unwrap().len()).sum();
    let info = fs::read_to_string(s.path("bag-info.txt")).unwrap();
    let info: String = info
        .lines()
        .map(|l| match l.split_once(": ").unwrap() {
            ("Payload-Oxum", _) => format!("Payload-Oxum: {size}.{}\n", payload.len()),
            _ => format!("{l}\n"),
        })
        .collect();
    fs::write(s.path("bag-info.txt"), info).unwrap();
    let detail = &mut about[0]["detail"];
    detail["manifest_sha256"] = sha256(&s.path("manifest-sha256.txt")).into();
    detail["bag_info_sha256"] = sha256(&s.path("bag-info.txt")).into();
    detail["bytes"] = size.into();
    detail["files"] = payload.len().into();
    detail["items"] = document["evidence"].as_array().map_or(0, Vec::len).into();
    package(&mut about);
    write_proofs(s, &[others, about].concat(), salt);
}

/// A log of just these events, sealed and proven.
fn write_proofs(s: &Spoiled, events: &[Value], salt: [u8; 16]) {
    let key = origin_key(s.t.folder());
    let leaves: Vec<_> =
        events.iter().map(|e| Entry::from(commitment(&salt, e.to_string().as_bytes())).leaf_hash()).collect();
    let mut edge = Edge::new();
    let tiles = edge.append(&leaves).unwrap();
    let tiles: HashMap<_, _> = tiles.iter().map(|t| ((t.id.level, t.id.index), t.to_bytes())).collect();
    let mut read = |id: bluelamp_ledger::TileId| Ok(tiles[&(id.level, id.index)].clone());
    let mut tree = Tree::open(edge.size(), edge.root(), &mut read).unwrap();
    let entries = (0..)
        .zip(events)
        .map(|(index, event)| EntryProof {
            index,
            shown: Shown::Event { event: event.to_string().into_bytes(), salt },
            proof: tree.inclusion_proof(index, edge.size(), &mut read).unwrap(),
        })
        .collect();
    let checkpoint = Checkpoint {
        origin: key.verifier().name().into(),
        size: edge.size(),
        root: edge.root(),
        extensions: Vec::new(),
    };
    let checkpoint = checkpoint.sign(&[&key]).unwrap().to_string();
    fs::write(s.path("proofs/checkpoint"), &checkpoint).unwrap();
    let file = ProofFile { vkeys: vec![key.verifier().to_string()], checkpoint, entries, consistency: None };
    fs::write(s.path("proofs/proof.json"), serde_json::to_vec(&file).unwrap()).unwrap();
    s.retag();
}

type Change<'a> = (&'a str, &'a str, Box<dyn Fn(&mut Value, &mut Vec<Value>)>, Box<dyn Fn(&mut Vec<Value>)>);

fn in_case<'a>(
    file: &'a str,
    why: &'a str,
    run: impl Fn(&mut Value, &mut Vec<Value>) + 'static,
) -> Change<'a> {
    (file, why, Box::new(run), Box::new(|_| {}))
}

fn in_package<'a>(file: &'a str, why: &'a str, run: impl Fn(&mut Vec<Value>) + 'static) -> Change<'a> {
    (file, why, Box::new(|_, _| {}), Box::new(run))
}

const CASE: &str = "data/case.json";
const PROOF: &str = "proofs/proof.json";
const JPG: &str = "data/originals/CE-1/Zebedee_s_unicycle_2_.JPG";

fn changes() -> Vec<Change<'static>> {
    // The entry that the first exhibit was taken in: entries of one moment have no order among themselves.
    let taken_in = |c: &Value| {
        let first = c["evidence"][0]["id"].clone();
        move |e: &Value| e["verb"] == "collect" && e["object_kind"] == "evidence" && e["object"] == first
    };
    vec![
        in_case(CASE, "is not of the form bluelamp-case-1", |c, _| c["format"] = "bluelamp-case-2".into()),
        in_case(CASE, "is not a case document", |c, _| drop(c.as_object_mut().unwrap().remove("evidence"))),
        in_case(CASE, "names another case or recipient", |c, _| c["recipient"] = "Somebody else".into()),
        in_case(CASE, "is not that of its contents", |c, _| {
            drop(c["log"]["objects"].as_array_mut().unwrap().pop());
        }),
        in_case(PROOF, "some were left out", |c, _| c["log"]["entries_sha256"] = "kept".into()),
        in_case(CASE, "has no file of its own", |c, _| c["evidence"][0]["path"] = "data/case.json".into()),
        in_case(CASE, "has no file of its own", |c, _| c["evidence"][1]["path"] = JPG.into()),
        in_case(CASE, "has no file of its own", |c, _| {
            c["evidence"][0]["id"] = c["evidence"][1]["id"].clone();
        }),
        in_case("data/elsewhere", "is missing", |c, _| c["evidence"][0]["path"] = "data/elsewhere".into()),
        in_case(JPG, "is no part of the case", |c, _| drop(c["evidence"].as_array_mut().unwrap().remove(0))),
        in_case(JPG, "is not the file that data/case.json names", |c, _| c["evidence"][0]["size"] = 1.into()),
        in_case(JPG, "is not the file that the log says was taken in", move |c, events| {
            let first = taken_in(c);
            events.iter_mut().find(|e| first(e)).unwrap()["detail"]["size"] = 1.into();
        }),
        in_case(JPG, "no entry of the log says that it was taken in", move |c, events| {
            let first = events.iter().position(taken_in(c)).unwrap();
            events.remove(first);
        }),
        in_case(PROOF, "is about something that is not in this package", |_, events| {
            events[0]["object"] = "01900000-0000-7000-8000-000000000000".into();
        }),
        in_case(PROOF, "is about something that is not in this package", |_, events| {
            drop(events[0].as_object_mut().unwrap().remove("object"));
        }),
        in_case(PROOF, "is of the unknown form 2", |_, events| events[0]["v"] = 2.into()),
        in_case(PROOF, "is not an event", |_, events| events[0] = json!(["something else"])),
        in_package(PROOF, "holds 0 entries about this package", Vec::clear),
        in_package(PROOF, "holds 2 entries about this package", |about| about.push(about[0].clone())),
        in_package(PROOF, "does not say that it was disclosed", |about| about[0]["verb"] = "consult".into()),
        in_package(PROOF, "does not say that it was disclosed", |about| {
            about[0]["object_kind"] = "case".into();
        }),
        in_package(PROOF, "has 6 files", |about| about[0]["detail"]["files"] = 5.into()),
        in_package(PROOF, "bytes", |about| about[0]["detail"]["bytes"] = 5.into()),
        in_package(PROOF, "has 3 items", |about| about[0]["detail"]["items"] = 5.into()),
        in_package(PROOF, "has 3 items", |about| about[0]["detail"]["items"] = "3".into()),
        in_package(CASE, "names another case or recipient", |about| about[0]["detail"]["case"] = json!(null)),
        in_package(CASE, "names another case or recipient", |about| {
            about[0]["detail"]["recipient"] = "X".into();
        }),
        in_package("manifest-sha256.txt", "that the log says", |about| {
            about[0]["detail"]["manifest_sha256"] = "".into();
        }),
        in_package("bag-info.txt", "that the log says", |about| {
            about[0]["detail"]["bag_info_sha256"] = json!([]);
        }),
        in_package("bagit.txt", "that the log says", |about| about[0]["detail"] = json!(null)),
    ]
}

#[test]
fn what_the_key_signed_must_still_agree_with_itself() {
    let s = Spoiled::new();
    forge(&s, &|_, _| {}, &|_| {});
    let found = s.check();
    assert!(found.ok, "the forging itself is sound: {found}");
    s.anew();
    for (file, why, case, package) in changes() {
        forge(&s, &case, &package);
        s.refused(file, why);
    }
    let escape = "CPS\u{1b}[2J";
    forge(&s, &move |c, _| c["recipient"] = escape.into(), &move |about| {
        about[0]["detail"]["recipient"] = escape.into();
    });
    assert!(!s.check().to_string().contains('\u{1b}'));
    s.refused(CASE, "names a recipient that is not one line of text");
}

fn python(vkey: &str, folders: &[impl AsRef<Path>]) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent_package.py");
    let mut run = Command::new("python3");
    run.env("PYTHONDONTWRITEBYTECODE", "1").arg(script).args(["--vkey", vkey]);
    run.args(folders.iter().map(AsRef::as_ref));
    let output = run.output().unwrap();
    let said: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    let failure = String::from_utf8_lossy(&output.stderr);
    assert!(said.len() == folders.len() && failure.is_empty(), "the verifier itself failed: {failure}");
    said
}

#[test]
fn two_verifiers_agree_about_packages_right_and_wrong() {
    if !Command::new("python3").arg("--version").output().is_ok_and(|run| run.status.success()) {
        println!("skipped: there is no python3 to run the independent verifier with");
        return;
    }
    let s = Spoiled::new();
    let vkey = s.built.key.verifier().to_string();
    let said = python(&vkey, &[&s.done.path]);
    let right = format!("ok: {}, 6 files; borsetshire.example/log, ", s.built.reference);
    assert!(said[0].starts_with(&right), "{said:?}");

    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    let mut keep = |s: &Spoiled| {
        let to = folder.path().join(wrong.len().to_string());
        copy(&s.at, &to);
        wrong.push(to);
        s.anew();
    };
    for (_, _, case, package) in changes() {
        forge(&s, &case, &package);
        keep(&s);
    }
    for file in crate::build::files(&s.done.path) {
        let mut bytes = fs::read(s.path(&file)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(s.path(&file), &bytes).unwrap();
        keep(&s);
        if !file.starts_with("tagmanifest") {
            fs::write(s.path(&file), &bytes).unwrap();
            if file.starts_with("data/") {
                s.remanifest();
            }
            s.retag();
            keep(&s);
        }
        fs::remove_file(s.path(&file)).unwrap();
        keep(&s);
    }
    for extra in ["extra", "data/extra", "fetch.txt", "data/..x", "proofs/.hidden"] {
        fs::write(s.path(extra), b"x").unwrap();
        s.remanifest();
        s.retag();
        keep(&s);
    }
    for (path, line) in wrong.iter().zip(python(&vkey, &wrong)) {
        let ours = verify(path, &s.built.trusted());
        assert!(!ours.ok && line.starts_with("rejected: "), "{line}\n{ours}");
    }
}
