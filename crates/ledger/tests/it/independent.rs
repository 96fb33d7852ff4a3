//! A proof file means the same to a second, independent verifier: `tests/independent_verifier.py`, which
//! shares no code with this crate, not even the Ed25519 signature.

use crate::log::{ORIGIN, Tiles, entry, event, leaves, log_key, salt};
use bluelamp_ledger::{
    Checkpoint, Consistency, EntryProof, Hash, LedgerError, ProofFile, Shown, SigningKey, Tree, Verified,
};
use proptest::prelude::*;
use std::{path::Path, process::Command, sync::OnceLock};

const SIZE: u64 = 66_000;
const EARLIER: u64 = 65_537;

fn signed(size: u64, root: Hash) -> String {
    let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root, extensions: Vec::new() };
    checkpoint.sign(&[&log_key()]).unwrap().to_string()
}

/// A file about five entries of a log; what the last one says is withheld.
fn proof_file() -> ProofFile {
    static FILE: OnceLock<ProofFile> = OnceLock::new();
    let make = || {
        let (tiles, edge) = Tiles::sealed(&leaves(SIZE), &[4096]);
        let read = &mut tiles.reader();
        let mut tree = Tree::open(SIZE, edge.root(), read).unwrap();
        let mut prove = |index: u64| {
            let shown = if index + 1 == SIZE {
                Shown::Commitment(entry(index).commitment)
            } else {
                Shown::Event { event: event(index), salt: salt(index) }
            };
            EntryProof { index, shown, proof: tree.inclusion_proof(index, SIZE, read).unwrap() }
        };
        let entries = [0, 255, 256, 65_536, SIZE - 1].into_iter().map(&mut prove).collect();
        let earlier = tree.root_at(EARLIER, read).unwrap();
        let proof = tree.consistency_proof(EARLIER, SIZE, read).unwrap();
        ProofFile {
            vkeys: vec![log_key().verifier().to_string()],
            checkpoint: signed(SIZE, edge.root()),
            entries,
            consistency: Some(Consistency { checkpoint: signed(EARLIER, earlier), proof }),
        }
    };
    FILE.get_or_init(make).clone()
}

fn verify(file: &ProofFile) -> Result<Verified, LedgerError> {
    file.verify(&[log_key().verifier().clone()])
}

/// Every way of spoiling a proof file that we could think of, each with a name.
fn spoiled() -> Vec<(&'static str, ProofFile)> {
    let good = proof_file();
    let with = |change: &dyn Fn(&mut ProofFile)| {
        let mut file = good.clone();
        change(&mut file);
        file
    };
    let consistency = |file: &mut ProofFile, change: &dyn Fn(&mut Consistency)| {
        change(file.consistency.as_mut().unwrap());
    };
    let stranger = SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap();
    let resigned = Checkpoint::open(good.checkpoint.as_bytes(), &[log_key().verifier().clone()])
        .and_then(|(checkpoint, _)| checkpoint.sign(&[&stranger]))
        .unwrap();
    vec![
        ("event", with(&|f| f.entries[1].shown = Shown::Event { event: event(254), salt: salt(255) })),
        ("salt", with(&|f| f.entries[1].shown = Shown::Event { event: event(255), salt: salt(254) })),
        ("commitment", with(&|f| f.entries[4].shown = Shown::Commitment(entry(0).commitment))),
        ("index", with(&|f| f.entries[1].index = 254)),
        ("index beyond the log", with(&|f| f.entries[4].index = SIZE)),
        ("proof hash", with(&|f| f.entries[2].proof[3].0[0] ^= 1)),
        ("short proof", with(&|f| f.entries[2].proof.truncate(3))),
        ("long proof", with(&|f| f.entries[2].proof.push(Hash([0; 32])))),
        ("twice", with(&|f| f.entries.insert(0, f.entries[0].clone()))),
        ("order", with(&|f| f.entries.swap(0, 1))),
        ("size", with(&|f| f.checkpoint = f.checkpoint.replace("66000", "66001"))),
        ("origin", with(&|f| f.checkpoint = f.checkpoint.replacen("borsetshire", "elsewhere", 1))),
        ("signature", with(&|f| f.checkpoint = f.checkpoint.replacen("=\n\n", "=\nx\n\n", 1))),
        ("no signature", with(&|f| f.checkpoint.truncate(f.checkpoint.find("\n\n").unwrap() + 2))),
        ("stranger's signature", with(&|f| f.checkpoint = resigned.to_string())),
        ("trailing byte", with(&|f| f.checkpoint.push('\n'))),
        ("earlier checkpoint", with(&|f| consistency(f, &|c| c.checkpoint = signed(EARLIER, Hash([1; 32]))))),
        ("consistency proof", with(&|f| consistency(f, &|c| c.proof[0].0[9] ^= 4))),
        ("short consistency proof", with(&|f| consistency(f, &|c| c.proof.truncate(3)))),
        ("empty consistency proof", with(&|f| consistency(f, &|c| c.proof.clear()))),
    ]
}

/// Runs the Python verifier over files with these contents and gives what it says about each.
fn python(contents: &[Vec<u8>], vkey: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut run = Command::new("python3");
    run.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent_verifier.py"));
    for (n, bytes) in contents.iter().enumerate() {
        let file = folder.path().join(format!("{n}.json"));
        std::fs::write(&file, bytes).unwrap();
        run.arg(file);
    }
    let output = run.args(["--vkey", vkey]).output().unwrap();
    let said: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    let failure = String::from_utf8_lossy(&output.stderr);
    assert!(said.len() == contents.len() && failure.is_empty(), "the verifier itself failed: {failure}");
    let all_ok = said.iter().all(|line| line.starts_with("ok: "));
    assert_eq!(output.status.success(), all_ok);
    said
}

fn python_is_here() -> bool {
    let here = Command::new("python3").arg("--version").output().is_ok_and(|run| run.status.success());
    if !here {
        println!("skipped: there is no python3 to run the independent verifier with");
    }
    here
}

#[test]
fn a_proof_file_verifies() {
    let verified = verify(&proof_file()).unwrap();
    assert_eq!((verified.opened, verified.withheld), (4, 1));
    assert_eq!((verified.checkpoint.size, verified.earlier.unwrap().size), (SIZE, EARLIER));
}

#[test]
fn a_proof_file_comes_back_from_json() {
    let json = serde_json::to_string(&proof_file()).unwrap();
    assert_eq!(serde_json::from_str::<ProofFile>(&json).unwrap(), proof_file());
    for (part, other) in [
        ("\"salt_b64\":\"", "\"salt_b64\":\"AAAA"),
        ("\"event_b64\"", "\"commitment_b64\""),
        ("\"proof\"", "\"extra\":0,\"proof\""),
        ("\"index\":0", "\"index\":-1"),
    ] {
        assert!(serde_json::from_str::<ProofFile>(&json.replacen(part, other, 1)).is_err(), "{other}");
    }
}

#[test]
fn both_verifiers_accept_what_is_right_and_refuse_what_is_spoiled() {
    assert!(verify(&proof_file()).is_ok());
    for (what, file) in spoiled() {
        assert!(verify(&file).is_err(), "{what}");
    }
    if !python_is_here() {
        return;
    }
    let vkey = log_key().verifier().to_string();
    let json = |file: &ProofFile| serde_json::to_vec(file).unwrap();
    assert_eq!(
        python(&[json(&proof_file())], &vkey),
        ["ok: police.example/borsetshire/log, 66000 entries; 4 shown with their event, 1 as a commitment; \
          consistent with the checkpoint of 65537 entries"]
    );
    let (names, files): (Vec<_>, Vec<_>) = spoiled().into_iter().unzip();
    for (name, line) in names.iter().zip(python(&files.iter().map(json).collect::<Vec<_>>(), &vkey)) {
        assert!(line.starts_with("rejected: ") && !line.contains("not a proof file"), "{name}: {line}");
    }
    let other = SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap().verifier().to_string();
    let line = python(&[json(&proof_file())], &other).concat();
    assert!(line.starts_with("rejected: no signature by police.example/borsetshire/log+"), "{line}");
}

/// A hundred files, each with one byte changed somewhere: the two verifiers must agree about every one.
#[test]
fn both_verifiers_agree_about_damaged_files() {
    if !python_is_here() {
        return;
    }
    let good = serde_json::to_vec(&proof_file()).unwrap();
    let damage = |n: usize| {
        let mut bytes = good.clone();
        let at = n.wrapping_mul(2_654_435_761) % bytes.len();
        bytes[at] = b' ' + u8::try_from((at * 7 + n) % 95).unwrap();
        bytes
    };
    let damaged: Vec<Vec<u8>> = (1..=100).map(damage).collect();
    let mut accepted = 0;
    for (bytes, line) in damaged.iter().zip(python(&damaged, &log_key().verifier().to_string())) {
        let ours = serde_json::from_slice::<ProofFile>(bytes).is_ok_and(|file| verify(&file).is_ok());
        assert_eq!(ours, line.starts_with("ok: "), "{line}\n{}", String::from_utf8_lossy(bytes));
        accepted += usize::from(ours);
    }
    // What is left are changes of the key list, which nobody trusts, and bytes that happened to be the same.
    assert!(accepted < 10, "{accepted}");
}

#[test]
fn the_independent_verifier_passes_its_own_known_answers() {
    if !python_is_here() {
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent_verifier.py");
    let run = Command::new("python3").arg(script).arg("--self-test").output().unwrap();
    let text = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && text == "self-test ok\n", "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever single byte of the file changes, either nothing that is proven changes with it, or the
    /// file is refused.
    #[test]
    fn no_change_of_the_file_changes_what_it_proves(at: prop::sample::Index, other in b' '..=b'~') {
        let good = proof_file();
        let mut json = serde_json::to_vec(&good).unwrap();
        *at.get_mut(&mut json) = other;
        if let Ok(file) = serde_json::from_slice::<ProofFile>(&json)
            && verify(&file).is_ok()
        {
            prop_assert_eq!(file.checkpoint, good.checkpoint);
            prop_assert_eq!(file.entries, good.entries);
            prop_assert_eq!(file.consistency, good.consistency);
        }
    }
}
