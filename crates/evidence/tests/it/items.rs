//! Taking evidence in, opening it, checking it, and its chain of custody.

use crate::build::{JPEG, bare_case, case, new_item, start};
use bluelamp_evidence::{Found, NewItem, add, check_items, custody, items, open};
use bluelamp_model::{
    Error, Id,
    authority::{Actor, Ask, Verb, Verdict},
};
use bluelamp_testkit::{on_both, on_both_with};
use std::{
    fs,
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

#[test]
fn an_item_is_what_was_handed_over_with_its_digest() {
    on_both(|t| {
        let built = bare_case(t);
        let new = new_item(" ce/7 ", "photo\0.jpg", "Image/JPEG; charset=x");
        let item = add(&t.db, &built.actor, built.case, &new, JPEG, 1000).unwrap();
        assert_eq!(item.exhibit, "CE/7");
        assert_eq!(item.file_name, "photo\u{fffd}.jpg");
        assert_eq!(item.media_type, "image/jpeg");
        assert_eq!(item.detected.as_deref(), Some("image/jpeg"));
        // sha256sum of the same bytes.
        assert_eq!(item.sha256, "88b3f8e1397a046df73f767bb45712023ae98b4a5fafb25c21abcb856ead3638");
        assert_eq!((item.size, item.case_id), (36, built.case));
        assert_eq!(item.added_by, "Constable Ermintrude");
        assert!(item.added_at > start());
        assert_eq!(t.db.read(&built.actor, |cx| items(cx, built.case)).unwrap(), std::slice::from_ref(&item));
        let (opened, mut file) = open(&t.db, &built.actor, item.id).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        assert_eq!((opened, bytes.as_slice()), (item, JPEG));
    });
}

#[test]
fn every_field_that_does_not_fit_is_named_at_once() {
    on_both(|t| {
        let built = bare_case(t);
        let faults = |new: &NewItem, bytes: &[u8]| match add(&t.db, &built.actor, built.case, new, bytes, 100)
        {
            Err(Error::Invalid(faults)) => faults.into_iter().map(|f| (f.field, f.code)).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            faults(&NewItem::default(), b"x"),
            [
                pair("exhibit", "format"),
                pair("description", "required"),
                pair("origin", "required"),
                pair("file_name", "required")
            ]
        );
        let mut long = new_item("CE/1", "x", "");
        long.origin = "x".repeat(4001);
        assert_eq!(faults(&long, b"x"), [pair("origin", "length")]);
        assert_eq!(faults(&new_item("CE/1", "x", ""), b""), [pair("file", "empty")]);
        add(&t.db, &built.actor, built.case, &new_item("CE/1", "x", ""), b"x".as_slice(), 100).unwrap();
        assert_eq!(faults(&new_item("ce/1", "y", ""), b"y"), [pair("exhibit", "taken")]);
    });
}

#[test]
fn two_who_use_one_reference_at_once_get_one_item() {
    on_both(|t| {
        let built = bare_case(t);
        let done: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4_u8)
                .map(|n| {
                    let (db, actor, case) = (&t.db, &built.actor, built.case);
                    scope.spawn(move || add(db, actor, case, &new_item("CE/1", "x", ""), [n].as_slice(), 9))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(done.iter().filter(|d| d.is_ok()).count(), 1, "{done:?}");
        for failed in done.into_iter().filter_map(Result::err) {
            let Error::Invalid(faults) = failed else { panic!("{failed:?}") };
            assert_eq!((faults[0].field.as_str(), faults[0].code.as_str()), ("exhibit", "taken"));
        }
        assert_eq!(t.db.read(&built.actor, |cx| items(cx, built.case)).unwrap().len(), 1);
    });
}

#[test]
fn what_is_too_large_or_of_no_case_or_by_nobody_is_not_taken_in() {
    on_both(|t| {
        let built = bare_case(t);
        let new = new_item("CE/1", "x", "");
        let big = add(&t.db, &built.actor, built.case, &new, [7; 101].as_slice(), 100);
        assert!(matches!(big, Err(Error::TooLarge(_))), "{big:?}");
        let lost = add(&t.db, &built.actor, Id::from_bytes([9; 16]), &new, b"x".as_slice(), 100);
        assert!(matches!(lost, Err(Error::NotFound(_))), "{lost:?}");
        for nobody in [Actor::system(), Actor::public()] {
            let refused = add(&t.db, &nobody, built.case, &new, b"x".as_slice(), 100);
            assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
        }
        assert_eq!(t.db.read(&built.actor, |cx| items(cx, built.case)).unwrap(), []);
        assert_eq!(t.db.blob_digests().unwrap(), Vec::<String>::new());
    });
}

#[test]
fn who_may_not_add_evidence_does_not_get_a_byte_stored_or_read() {
    let allowed = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&allowed);
    let policy = move |_: &Actor, ask: &Ask| Verdict {
        allowed: !ask.action.starts_with("evidence.") || asked.load(Ordering::SeqCst),
        rule: "test".into(),
    };
    on_both_with(&(Arc::new(policy) as Arc<bluelamp_store::Policy>), |t| {
        allowed.store(true, Ordering::SeqCst);
        let built = case(t);
        allowed.store(false, Ordering::SeqCst);
        struct Unread;
        impl Read for Unread {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                panic!("read before the policy was asked")
            }
        }
        let before = t.db.blob_digests().unwrap();
        let refused = add(&t.db, &built.actor, built.case, &new_item("CE/3", "x", ""), Unread, 100);
        assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
        assert_eq!(t.db.blob_digests().unwrap(), before);
        let refused = open(&t.db, &built.actor, built.items[0].id);
        assert!(matches!(refused, Err(Error::Forbidden { .. })));
        let refused = t.db.read(&built.actor, |cx| custody(cx, built.items[0].id));
        assert!(matches!(refused, Err(Error::Forbidden { .. })));
    });
}

#[test]
fn the_chain_of_custody_tells_everything_that_happened_to_an_item() {
    on_both(|t| {
        let built = case(t);
        let (first, other) = (&built.items[0], &built.items[1]);
        open(&t.db, &built.actor, first.id).unwrap();
        open(&t.db, &built.actor, other.id).unwrap();
        check_items(&t.db, &built.actor, built.case).unwrap();
        let package = built.export(t).package;
        let trail = || t.db.read(&built.actor, |cx| custody(cx, first.id)).unwrap();
        let told: Vec<_> = trail().iter().map(|e| (e.verb, e.action.clone())).collect();
        let verb = |v: Verb, action: &str| (v, action.to_owned());
        assert_eq!(
            told,
            [
                verb(Verb::Collect, "evidence.add"),
                verb(Verb::Consult, "evidence.open"),
                verb(Verb::Consult, "evidence.open"),
                verb(Verb::Disclose, "case.export"),
            ]
        );
        let trail = trail();
        assert_eq!(trail.len(), 5, "reading the trail is in the trail");
        assert!(trail.iter().all(|e| e.object == Some(first.id) && e.actor == built.actor.id));
        assert_eq!(trail[0].detail["sha256"], first.sha256.as_str());
        assert_eq!(trail[2].detail["checked"], "intact");
        assert_eq!(trail[3].detail["package"], package.to_string());
        let lost = t.db.read(&built.actor, |cx| custody(cx, Id::from_bytes([9; 16])));
        assert!(matches!(lost, Err(Error::NotFound(_))));
    });
}

#[test]
fn a_stored_file_that_was_changed_or_lost_is_found_and_not_handed_out() {
    on_both(|t| {
        let built = case(t);
        let path = |n: usize| {
            let sha256 = &built.items[n].sha256;
            t.folder().join("blobs").join(&sha256[..2]).join(sha256)
        };
        let all = |t: &bluelamp_testkit::TestDb| {
            let checked = check_items(&t.db, &built.actor, built.case).unwrap();
            checked.into_iter().map(|c| c.found).collect::<Vec<_>>()
        };
        assert_eq!(all(t), [Found::Intact; 3]);
        fs::write(path(0), &JPEG[1..]).unwrap();
        fs::remove_file(path(1)).unwrap();
        let mut bytes = fs::read(path(2)).unwrap();
        bytes[777] ^= 1;
        fs::write(path(2), bytes).unwrap();
        assert_eq!(all(t), [Found::Altered, Found::Missing, Found::Altered]);
        for (n, why) in [(0, "it is 35 bytes long, and was 36"), (1, "not found")] {
            let error = open(&t.db, &built.actor, built.items[n].id).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
        open(&t.db, &built.actor, built.items[2].id)
            .expect("its length is right: only a full check can tell");
    });
}
