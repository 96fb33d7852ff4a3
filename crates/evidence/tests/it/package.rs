//! A package holds the whole case, proves itself, and tells the truth about what it proves.

use crate::build::{CANARIES, JPEG, bare_case, case, files, json_at};
use bluelamp_evidence::{export, fingerprint, packages, verify};
use bluelamp_ledger::{ProofFile, Shown, SigningKey};
use bluelamp_model::{
    Error,
    authority::{Actor, Ask, Verb, Verdict, action},
    conform,
};
use bluelamp_store::{Event, Policy};
use bluelamp_testkit::{TestDb, on_both, on_both_with};
use sha2::{Digest, Sha256};
use std::{fs, process::Command, sync::Arc};

#[test]
fn a_package_verifies_with_the_senders_key_and_says_what_it_proves() {
    on_both(|t| {
        let built = case(t);
        let done = built.export(t);
        assert_eq!(done.path, built.out.path().join(format!("{}_{}", built.reference, done.package)));
        let found = verify(&done.path, &built.trusted());
        assert_eq!(found.problems, []);
        assert!(found.ok);
        let key = found.key.clone().unwrap();
        assert!(key.trusted);
        assert_eq!(key.fingerprint, fingerprint(built.key.verifier()));
        assert_eq!(found.case.as_deref(), Some(built.reference.as_str()));
        assert_eq!(found.package, Some(done.package.to_string()));
        let proves = found.proves.join("\n");
        for words in [
            "exactly the 6 files",
            "made for 'Crown Prosecution Service, Borsetshire' on 22 November 2026 at 3:00am",
            &format!("by account {}", built.actor.id.unwrap()),
            "3 of the 3 files of evidence",
            &format!("All {} proofs", done.entries),
        ] {
            assert!(proves.contains(words), "{words} in {proves}");
        }
        assert!(!found.does_not_prove.iter().any(|s| s.contains("Who made it")));
        let text = found.to_string();
        assert!(
            text.starts_with(&format!("The package of case {} is genuine and complete.\n", built.reference))
        );
        assert!(text.contains("What it does not prove:\n- That what people said"));
        assert!(serde_json::to_value(&found).unwrap()["ok"].as_bool().unwrap());
    });
}

#[test]
fn without_a_key_the_origin_is_said_to_be_unchecked_and_with_a_wrong_one_it_fails() {
    on_both(|t| {
        let built = bare_case(t);
        let done = built.export(t);
        let found = verify(&done.path, &[]);
        assert!(found.ok && !found.key.as_ref().unwrap().trusted);
        let text = found.to_string();
        for words in [
            "The origin of its key was NOT checked",
            "Who made it: the key was taken from the package itself",
            &fingerprint(built.key.verifier()),
            &built.key.verifier().to_string(),
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
        let stranger = SigningKey::from_seed("borsetshire.example/log", &[9; 32]).unwrap();
        let found = verify(&done.path, &[stranger.verifier().clone()]);
        assert!(!found.ok && found.proves.is_empty());
        assert_eq!(found.problems[0].to_string(), "proofs/checkpoint: is not signed by a key that you trust");
        // A list of keys over the years is fine as long as one of them signed.
        let both = [stranger.verifier().clone(), built.key.verifier().clone()];
        assert!(verify(&done.path, &both).ok);
    });
}

#[test]
fn the_folder_holds_what_the_form_says_and_nothing_else() {
    on_both(|t| {
        let built = case(t);
        let done = built.export(t);
        assert_eq!(
            files(&done.path),
            [
                "bag-info.txt",
                "bagit.txt",
                "data/README.txt",
                "data/case.json",
                "data/originals/CE-1/Zebedee_s_unicycle_2_.JPG",
                "data/originals/CE-10/gate.mp4",
                "data/originals/CE-2/passwd",
                "data/records.json",
                "manifest-sha256.txt",
                "proofs/checkpoint",
                "proofs/proof.json",
                "proofs/vkey.txt",
                "tagmanifest-sha256.txt",
            ]
        );
        let read = |path: &str| fs::read_to_string(done.path.join(path)).unwrap();
        assert_eq!(read("bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
        let info = format!(
            "Source-Organization: borsetshire.example/log\nBagging-Date: 2026-11-22\nPayload-Oxum: {}.6\n\
             External-Identifier: {}\nExternal-Description: Case file package\n\
             Internal-Sender-Identifier: {}\nBag-Software-Agent: Bluelamp {}\nBluelamp-Package-Version: 1\n",
            done.bytes,
            built.reference,
            done.package,
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(read("bag-info.txt"), info);
        assert_eq!(fs::read(done.path.join("data/originals/CE-1/Zebedee_s_unicycle_2_.JPG")).unwrap(), JPEG);
        assert_eq!(hex::encode(Sha256::digest(read("manifest-sha256.txt"))), done.manifest_sha256);
        assert_eq!(read("proofs/vkey.txt"), format!("{}\n", built.key.verifier()));
        assert_eq!(read("proofs/checkpoint"), t.db.checkpoint().unwrap().unwrap());
        let readme = read("data/README.txt");
        assert!(readme.contains(&built.reference) && !readme.contains('{'), "{readme}");
        // Nothing half-written is left beside it.
        assert_eq!(fs::read_dir(built.out.path()).unwrap().count(), 1);
    });
}

#[test]
fn the_case_document_holds_the_whole_case_in_one_form() {
    on_both(|t| {
        let built = case(t);
        let done = built.export(t);
        let case = json_at(&done.path.join("data/case.json"));
        let mut keys: Vec<_> = case.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "as_of",
                "assessments",
                "case",
                "decisions",
                "evidence",
                "format",
                "involved",
                "log",
                "notes",
                "package",
                "recipient",
                "report",
                "tasks",
                "timeline"
            ]
        );
        assert_eq!(case["format"], "bluelamp-case-1");
        assert_eq!(case["case"]["reference"], built.reference.as_str());
        assert_eq!(case["report"]["body"]["answers"]["what"], "A mauve unicycle was taken");
        assert_eq!(case["report"]["body"]["summary"][0]["question"], "What happened?");
        assert_eq!(case["assessments"][0]["body"]["summary"], "Nothing is known yet.");
        assert_eq!(case["decisions"][0]["decision"]["reasons"], "The mauve unicycle may still be found");
        assert_eq!(case["decisions"][0]["by"], "Constable Ermintrude");
        assert_eq!(case["tasks"][0]["result"], "Nobody saw the mauve unicycle");
        assert_eq!(case["notes"][0]["text"], "Zebedee Quillfeather will call back");
        assert_eq!(case["evidence"][1]["file_name"], "../../etc/passwd");
        assert_eq!(case["evidence"][1]["path"], "data/originals/CE-2/passwd");
        let roles: Vec<_> =
            case["involved"].as_array().unwrap().iter().map(|i| i["role"].as_str().unwrap()).collect();
        assert_eq!(roles, ["suspect", "victim"]);
        let titles: Vec<_> =
            case["timeline"].as_array().unwrap().iter().map(|m| m["title"].as_str().unwrap()).collect();
        assert_eq!(titles[0], "Evidence CE/10 taken in");
        assert!(titles.last().unwrap().starts_with("Report R-"));
        let times: Vec<_> =
            case["timeline"].as_array().unwrap().iter().map(|m| m["at"].as_str().unwrap()).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    });
}

#[test]
fn the_records_conform_to_the_common_data_model() {
    on_both(|t| {
        let built = case(t);
        let done = built.export(t);
        let text = fs::read_to_string(done.path.join("data/records.json")).unwrap();
        let report = conform("records.json", &text);
        assert!(report.passed(), "{report}");
        // The report and its two people, tied by what each is in it.
        assert_eq!((report.records, report.links), (3, 2));
    });
}

#[test]
fn the_proofs_hold_every_entry_up_to_then_and_no_personal_data() {
    on_both(|t| {
        let built = case(t);
        let first = built.export(t);
        let second = built.export(t);
        for done in [&first, &second] {
            assert!(verify(&done.path, &built.trusted()).ok);
            for file in ["proofs/proof.json", "proofs/checkpoint", "proofs/vkey.txt", "bag-info.txt"] {
                let text = fs::read_to_string(done.path.join(file)).unwrap();
                assert!(CANARIES.iter().all(|canary| !text.contains(canary)), "{file}");
            }
        }
        let proof: ProofFile =
            serde_json::from_value(json_at(&second.path.join("proofs/proof.json"))).unwrap();
        let mut disclosed = 0;
        for entry in &proof.entries {
            let Shown::Event { event, .. } = &entry.shown else { panic!("nothing was erased") };
            let text = std::str::from_utf8(event).unwrap();
            assert!(CANARIES.iter().all(|canary| !text.contains(canary)), "{text}");
            let event: Event = serde_json::from_str(text).unwrap();
            disclosed += usize::from(event.verb == Verb::Disclose);
        }
        // The first package's disclosure of case, report and three items, and the second package itself.
        assert_eq!(disclosed, 6);
        let log = &json_at(&second.path.join("data/case.json"))["log"];
        assert_eq!(log["entries"].as_u64().unwrap() + 1, proof.entries.len() as u64);
        assert_eq!(second.entries, proof.entries.len() as u64);
        assert_eq!(log["objects"].as_array().unwrap().len(), 5);
        let listed = t.db.read(&built.actor, |cx| packages(cx, built.case)).unwrap();
        let listed: Vec<_> = listed.iter().map(|p| (p.id, p.manifest_sha256.as_str())).collect();
        assert_eq!(
            listed,
            [
                (second.package, second.manifest_sha256.as_str()),
                (first.package, first.manifest_sha256.as_str())
            ]
        );
    });
}

#[test]
fn an_erased_entry_is_counted_and_said_to_be_withheld() {
    on_both(|t| {
        let built = case(t);
        let erased = built.items[0].id;
        crate::build::sql(t, move |cx| {
            let sql = "update audit set event = null, salt = null where object_id = $1 and verb = 'collect'";
            cx.exec(sql, &[erased.into()]).map(drop)
        });
        let found = verify(&built.export(t).path, &built.trusted());
        assert_eq!(found.problems, []);
        assert!(found.ok);
        assert!(found.proves.iter().any(|s| s.contains("2 of the 3 files of evidence")));
        assert!(found.does_not_prove.iter().any(|s| s.starts_with("What 1 of the entries say")));
    });
}

#[test]
fn a_case_without_evidence_and_one_whose_report_was_not_read_yet_can_leave_too() {
    on_both(|t| {
        let built = bare_case(t);
        let done = built.export(t);
        assert_eq!(done.files, 3);
        assert_eq!(verify(&done.path, &built.trusted()).problems, []);
    });
}

#[test]
fn who_may_not_export_and_what_cannot_be_exported_leaves_nothing() {
    let policy = |actor: &Actor, ask: &Ask| Verdict {
        allowed: ask.action != action::CASE_EXPORT || actor.purpose == "disclosure",
        rule: "test".into(),
    };
    on_both_with(&(Arc::new(policy) as Arc<Policy>), |t| {
        let built = case(t);
        let disclosing = Actor { purpose: "disclosure".into(), ..built.actor.clone() };
        let out = built.out.path();
        let go = |actor: &Actor, case: &str, recipient: &str| {
            export(&t.db, actor, &built.key, case, recipient, out).unwrap_err()
        };
        let refused = go(&built.actor, &built.reference, "CPS");
        assert!(matches!(refused, Error::Forbidden { .. }), "{refused:?}");
        assert!(matches!(go(&disclosing, "C-0000-0000", "CPS"), Error::NotFound(_)));
        for recipient in ["", " \n ", &"x".repeat(201)] {
            assert!(matches!(go(&disclosing, &built.reference, recipient), Error::Invalid(_)));
        }
        let system = Actor { purpose: "disclosure".into(), ..Actor::system() };
        assert!(matches!(go(&system, &built.reference, "CPS"), Error::Forbidden { .. }));
        // A damaged file of evidence never leaves as if it were whole.
        let blob = |n: usize| {
            let sha256 = &built.items[n].sha256;
            t.folder().join("blobs").join(&sha256[..2]).join(sha256)
        };
        fs::write(blob(0), [0; 36]).unwrap();
        let damaged = go(&disclosing, &built.reference, "CPS");
        assert!(damaged.to_string().contains("exhibit CE/1: its bytes are not those"), "{damaged}");
        assert_eq!(fs::read_dir(out).unwrap().count(), 0);
        let listed = t.db.read(&built.actor, |cx| packages(cx, built.case)).unwrap();
        assert_eq!(listed, []);
    });
}

#[test]
fn nobody_else_on_the_machine_can_look_into_a_package() {
    use std::os::unix::fs::PermissionsExt;
    let t = TestDb::new(bluelamp_store::Engine::Sqlite, bluelamp_testkit::allow_all());
    let built = bare_case(&t);
    let mode = fs::metadata(built.export(&t).path).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

/// The Library of Congress's own reader must take it for a bag. It does not look at the proofs.
#[test]
fn bagit_python_takes_it_for_a_valid_bag() {
    let python = |code: &str, arg: &str| Command::new("python3").args(["-c", code, arg]).output();
    if !python("import bagit", "").is_ok_and(|o| o.status.success()) {
        println!("skipped: python3 cannot import bagit (pip install bagit)");
        return;
    }
    let t = TestDb::new(bluelamp_store::Engine::Sqlite, bluelamp_testkit::allow_all());
    let built = case(&t);
    let done = built.export(&t);
    let code = "import bagit, sys; bagit.Bag(sys.argv[1]).validate(); print('valid')";
    let said = python(code, done.path.to_str().unwrap()).unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(said.stdout, b"valid\n");
    fs::write(done.path.join("data/originals/CE-2/passwd"), b"b statement in plain words\n").unwrap();
    assert!(!python(code, done.path.to_str().unwrap()).unwrap().status.success());
}
