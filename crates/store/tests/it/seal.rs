//! The sealed log: dense, signed, provable, free of personal data, and honest about every change.

use bluelamp_ledger::{Checkpoint, Commitment, Entry, Hash, verify_consistency};
use bluelamp_model::{
    Id,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Entropy, LogKey};
use bluelamp_testkit::{TestDb, on_both};
use serde_json::json;

fn key(t: &TestDb) -> LogKey {
    LogKey::open(t.folder(), "bluelamp.example/test", &mut Entropy::Seeded([1; 32], 0)).unwrap()
}

fn act(t: &TestDb, object: Id) {
    t.db.write(&Actor::public(), move |cx| {
        cx.allow(action::REPORT_SUBMIT, Some(object))?;
        cx.record(Verb::Collect, "report", Some(object), json!({"canary": "Zebedee Quillfeather"}))
    })
    .unwrap();
}

#[test]
fn every_entry_gets_a_number_and_a_proof() {
    on_both(|t| {
        let key = key(t);
        let ids: Vec<Id> = (0..5).map(|n| Id::from_bytes([n; 16])).collect();
        for n in 0..40 {
            act(t, ids[n % 5]);
            if n % 7 == 0 {
                t.db.seal(&key).unwrap();
            }
        }
        assert_eq!(t.db.seal(&key).unwrap(), 4);
        assert_eq!(t.db.seal(&key).unwrap(), 0, "nothing left");
        assert_eq!(t.db.seal_counts().unwrap(), (40, 0));
        let proofs = t.db.proofs_about(&ids, key.verifier()).unwrap();
        assert_eq!(proofs.entries.iter().map(|e| e.index).collect::<Vec<_>>(), (0..40).collect::<Vec<_>>());
        let proven = proofs.verify(&[key.verifier().clone()]).unwrap();
        assert_eq!(
            (proven.checkpoint.size, proven.checkpoint.origin.as_str()),
            (40, "bluelamp.example/test")
        );
        assert_eq!((proven.opened, proven.withheld), (40, 0));
        assert_eq!(t.db.check_log(key.verifier()).unwrap(), (40, vec![]));
    });
}

#[test]
fn what_anybody_may_fetch_holds_no_personal_data() {
    on_both(|t| {
        let key = key(t);
        for _ in 0..300 {
            act(t, Id::from_bytes([1; 16]));
        }
        t.db.seal(&key).unwrap();
        let mut public = t.db.log_file("checkpoint").unwrap();
        for path in
            ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"]
        {
            public.extend(t.db.log_file(path).unwrap());
        }
        let canary = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|w| w == word.as_bytes());
        assert!(public.len() > 300 * 65);
        assert!(!canary(&public, "Zebedee") && !canary(&public, "Quillfeather"));
        for path in ["tile/0/002", "tile/entries/001.p/45", "tile/7/000", "../keys/ledger.key", ""] {
            assert!(t.db.log_file(path).is_err(), "{path}");
        }
    });
}

#[test]
fn each_head_extends_the_one_before() {
    on_both(|t| {
        let key = key(t);
        let mut heads = Vec::new();
        for n in 1..=6_u8 {
            for _ in 0..n {
                act(t, Id::from_bytes([n; 16]));
            }
            t.db.seal(&key).unwrap();
            let note = t.db.checkpoint().unwrap().unwrap();
            heads.push(Checkpoint::open(note.as_bytes(), &[key.verifier().clone()]).unwrap().0);
        }
        let last = heads.last().unwrap().clone();
        let mut read = |id: bluelamp_ledger::TileId| {
            t.db.log_file(&id.path())
                .map_err(|e| bluelamp_ledger::LedgerError::Unreadable { id, why: e.to_string() })
        };
        let mut tree = bluelamp_ledger::Tree::open(last.size, last.root, &mut read).unwrap();
        for head in &heads[..heads.len() - 1] {
            let proof = tree.consistency_proof(head.size, last.size, &mut read).unwrap();
            verify_consistency(head.size, &head.root, last.size, &last.root, &proof).unwrap();
        }
    });
}

/// Whoever can write to the database can rewrite rows, but not without being seen.
#[test]
fn tampering_is_seen() {
    let attacks: &[(&str, &str)] = &[
        (
            "update audit set event = replace(event, 'collect', 'consult') where seq = 3",
            "entry 3 was changed",
        ),
        (
            "update audit set commitment = (select commitment from audit where seq = 4) where seq = 3",
            "entry 3 was changed",
        ),
        ("update audit set object_id = actor_id where seq = 3", "entry 3 was changed"),
        ("update audit set verb = 'consult' where seq = 3", "entry 3 was changed"),
        ("delete from audit where seq = 5", "entry 5 is missing"),
        ("update ledger_tile set hashes = (select commitment from audit where seq = 0)", "tile"),
        ("delete from ledger_checkpoint", "no checkpoint"),
        ("update ledger_head set size = 4", "numbered"),
        ("update ledger_checkpoint set note = replace(note, 'bluelamp', 'Bluelamp')", "not signed"),
    ];
    for (attack, found) in attacks {
        on_both(|t| {
            let key = key(t);
            for n in 0..10 {
                act(t, Id::from_bytes([n; 16]));
            }
            t.db.seal(&key).unwrap();
            assert_eq!(t.db.check_log(key.verifier()).unwrap().1, [""; 0]);
            t.db.write(&Actor::system(), move |cx| {
                cx.allow(action::REPORT_ASSESS, None)?;
                cx.record(Verb::Alter, "attack", None, json!({}))?;
                cx.exec(attack, &[]).map(drop)
            })
            .unwrap();
            let wrong = t.db.check_log(key.verifier()).unwrap().1;
            assert!(wrong.iter().any(|w| w.contains(found)), "{attack}: {wrong:?}");
        });
    }
}

#[test]
fn erasing_event_and_salt_leaves_the_log_whole() {
    on_both(|t| {
        let key = key(t);
        for n in 0..10 {
            act(t, Id::from_bytes([n; 16]));
        }
        t.db.seal(&key).unwrap();
        t.db.write(&Actor::system(), |cx| {
            cx.allow(action::REPORT_ASSESS, None)?;
            cx.record(Verb::Erase, "audit", None, json!({}))?;
            cx.exec("update audit set event = null, salt = null where seq = 3", &[]).map(drop)
        })
        .unwrap();
        assert_eq!(t.db.check_log(key.verifier()).unwrap().1, [""; 0]);
    });
}

#[test]
fn two_sealers_take_turns() {
    on_both(|t| {
        let (key, other) = (key(t), t.open_again());
        let twin = LogKey::open(t.folder(), "ignored, the file has the name", &mut Entropy::System).unwrap();
        for n in 0..100 {
            act(t, Id::from_bytes([n; 16]));
        }
        std::thread::scope(|s| {
            let theirs = s.spawn(|| (0..5).map(|_| other.seal(&twin).unwrap()).sum::<u64>());
            let mine: u64 = (0..5).map(|_| t.db.seal(&key).unwrap()).sum();
            assert_eq!(mine + theirs.join().unwrap(), 100);
        });
        assert_eq!(t.db.check_log(key.verifier()).unwrap(), (100, vec![]));
    });
}

#[test]
fn a_damaged_key_file_is_refused_with_its_path() {
    on_both(|t| {
        let _ = key(t);
        let path = t.folder().join("keys/ledger.key");
        std::fs::write(&path, "bluelamp.example/test\nnot hex\n").unwrap();
        let Err(e) = LogKey::open(t.folder(), "x", &mut Entropy::System) else { panic!("accepted") };
        assert!(e.to_string().contains("ledger.key") && e.to_string().contains("line 2"), "{e}");
    });
}

#[test]
fn hashes_of_the_commitment_are_what_the_leaf_is_made_of() {
    let commitment = Commitment(Hash([5; 32]));
    let bytes = Entry { commitment }.to_bytes();
    assert_eq!((bytes.len(), bytes[0], &bytes[1..]), (33, 1, &[5_u8; 32][..]));
}
