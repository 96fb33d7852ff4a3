//! Many at once, and whatever bytes there are: a package is of one moment, and a check always comes to an end.

use crate::{
    build::{case, new_item},
    refuse::Spoiled,
};
use bluelamp_casework::{add_note, view_case};
use bluelamp_evidence::{add, open, verify};
use bluelamp_testkit::on_both;
use proptest::prelude::*;
use std::{
    fs,
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

#[test]
fn a_package_is_of_one_moment_while_others_work_on_the_case() {
    on_both(|t| {
        let built = case(t);
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for n in 0..3_u32 {
                let (db, actor, stop, case, first) =
                    (&t.db, &built.actor, &stop, built.case, built.items[0].id);
                let key = &built.key;
                scope.spawn(move || {
                    for k in 0_u32.. {
                        if stop.load(Ordering::SeqCst) {
                            break;
                        }
                        let new = new_item(&format!("X{}/{}", ["A", "B", "C"][n as usize], k + 1), "x", "");
                        add(db, actor, case, &new, n.to_be_bytes().as_slice(), 100).unwrap();
                        open(db, actor, first).unwrap();
                        db.write(actor, move |cx| add_note(cx, case, "more")).unwrap();
                        db.read(actor, |cx| view_case(cx, &case.to_string())).unwrap();
                        db.seal(key).unwrap();
                    }
                });
            }
            let done: Vec<_> = (0..6).map(|_| built.export(t)).collect();
            stop.store(true, Ordering::SeqCst);
            for done in done {
                let found = verify(&done.path, &built.trusted());
                assert!(found.ok, "{found}");
            }
        });
    });
}

static PACKAGE: LazyLock<Mutex<Spoiled>> = LazyLock::new(|| Mutex::new(Spoiled::new()));

/// Bytes as a hostile package may hold them: anything, something like JSON, or a part of what was there.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        "[\\[{\"a-z0-9:, }\\]\\\\\n\u{2014}+=]{0,300}".prop_map(String::into_bytes),
        (0..5000_usize).prop_map(|n| b"[".repeat(n)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn whatever_a_file_holds_the_check_ends_with_an_answer(
        bytes in hostile(),
        file in prop::sample::select(vec![
            "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "proofs/vkey.txt",
            "proofs/checkpoint", "proofs/proof.json", "data/case.json", "data/records.json",
        ]),
        at in any::<prop::sample::Index>(),
        whole in any::<bool>(),
        again in any::<bool>(),
    ) {
        let s = PACKAGE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let was = fs::read(s.path(file)).unwrap();
        let mut now = bytes.clone();
        if !whole {
            // Spliced into what was there.
            let at = at.index(was.len());
            now = [&was[..at], bytes.as_slice(), &was[(at + bytes.len()).min(was.len())..]].concat();
        }
        fs::write(s.path(file), &now).unwrap();
        if again && file != "tagmanifest-sha256.txt" {
            if file.starts_with("data/") {
                s.remanifest();
            }
            s.retag();
        }
        let found = s.check();
        prop_assert_eq!(found.ok, now == was, "{}: {}", file, found);
        prop_assert!(!found.to_string().chars().any(|c| c.is_control() && c != '\n'));
        s.anew();
    }
}
