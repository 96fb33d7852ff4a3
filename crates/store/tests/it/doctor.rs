//! The doctor finds what is wrong, says what to do, and touches nothing.

use bluelamp_model::{
    Id,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Engine, Entropy, Finding, LogKey, Value, backup, doctor};
use bluelamp_testkit::{TestDb, on_both};
use serde_json::json;
use std::fs;

fn key(t: &TestDb) -> LogKey {
    LogKey::open(t.folder(), "bluelamp.example/test", &mut Entropy::Seeded([1; 32], 0)).unwrap()
}

fn run(t: &TestDb, sql: &'static str, args: Vec<Value>) {
    t.db.write(&Actor::system(), move |cx| {
        cx.allow(action::REPORT_ASSESS, None)?;
        cx.record(Verb::Alter, "test", None, json!({}))?;
        cx.exec(sql, &args).map(drop)
    })
    .unwrap();
}

/// A case with one exhibit, whose file is stored. Gives its digest.
fn furnish(t: &TestDb) -> String {
    let id = Id::from_bytes([1; 16]);
    let blob = t.db.put_blob(&b"the file of an exhibit"[..], 100).unwrap();
    let (at, digest) = (t.db.now(), blob.sha256.clone());
    t.db.write(&Actor::system(), move |cx| {
        cx.allow(action::REPORT_ASSESS, None)?;
        cx.record(Verb::Collect, "test", None, json!({}))?;
        let (id, at) = (Value::from(id), Value::from(at));
        for sql in [
            "insert into account (id, username, name, roles, created_at) values ($1, 'sam', 'Sam', '', $2)",
            "insert into submission (id, reference, tracking, form, form_version, form_digest, channel, received_at,
               title, body, state, state_at, state_note) values ($1, 'R', $3, '', 1, '', '', $2, '', '', '', $2, '')",
            "insert into report (id, state, priority, received_at, form, reference, title, matches, version)
               values ($1, '', 0, $2, '', '', '', 0, 0)",
            "insert into decision (id, report_id, decided_at, decided_by, outcome, body) values ($1, $1, $2, $1, '', '')",
            "insert into case_file (id, reference, title, opened_at, opened_by, decision_id, report_id, state)
               values ($1, 'C', '', $2, $1, $1, $1, '')",
        ] {
            let args = [id.clone(), at.clone(), Value::Bytes(vec![0])];
            cx.exec(sql, &args[..if sql.contains("$3") { 3 } else { 2 }])?;
        }
        cx.exec(
            "insert into evidence_item (id, case_id, exhibit, description, origin, file_name, media_type, sha256, size,
               added_at, added_by) values ($1, $1, 'A', '', '', '', '', $2, 22, $3, $1)",
            &[id, digest.as_str().into(), at],
        )
        .map(drop)
    })
    .unwrap();
    t.db.seal(&key(t)).unwrap();
    blob.sha256
}

/// What is not in order. The PostgreSQL of the tests is fast and forgetful, which is found each time.
fn wrong(t: &TestDb) -> Vec<Finding> {
    let mut wrong: Vec<_> = doctor(&t.db, &key(t)).into_iter().filter(|f| !f.ok).collect();
    if t.engine == Engine::Postgres {
        let forgetful = wrong.iter().position(|f| f.check == "durability").expect("fsync is off");
        assert!(wrong.remove(forgetful).message.contains("fsync is 'off' and should be 'on'"));
    }
    wrong
}

fn only(t: &TestDb, check: &str, said: &[&str]) {
    let wrong = wrong(t);
    assert_eq!(wrong.iter().map(|f| f.check).collect::<Vec<_>>(), [check], "{wrong:?}");
    for words in said {
        assert!(wrong[0].message.contains(words), "{words}: {}", wrong[0].message);
    }
}

#[test]
fn a_healthy_database_gives_nothing_to_do_and_is_left_as_it_was() {
    on_both(|t| {
        furnish(t);
        let folder = tempfile::tempdir().unwrap();
        let before = backup(&t.db, &folder.path().join("before")).unwrap().manifest;
        assert_eq!(wrong(t), []);
        let all = doctor(&t.db, &key(t));
        let said = |check: &str| all.iter().find(|f| f.check == check).unwrap().message.clone();
        let name = if t.engine == Engine::Sqlite { "SQLite 3." } else { "PostgreSQL 1" };
        assert!(said("engine").starts_with(name), "{}", said("engine"));
        assert!(said("log").contains("log of 1 sealed entries is whole and signed by bluelamp.example/test"));
        assert_eq!(said("stored-files"), "The 1 files of evidence are there and have their digests.");
        let after = backup(&t.db, &folder.path().join("after")).unwrap().manifest;
        assert_eq!(after.tables, before.tables);
    });
}

#[test]
fn lost_changed_and_shortened_files_of_evidence() {
    on_both(|t| {
        let digest = furnish(t);
        let path = t.folder().join("blobs").join(&digest[..2]).join(&digest);
        fs::write(&path, "the file of another one").unwrap();
        only(t, "stored-files", &[&digest, "has 23 bytes where 22 belong", "from a backup"]);
        fs::write(&path, "The file of an exhibit").unwrap();
        only(t, "stored-files", &[&digest, "was changed"]);
        fs::remove_file(&path).unwrap();
        only(t, "stored-files", &[&digest, "is missing"]);
    });
}

#[test]
fn files_that_nothing_names_are_counted() {
    on_both(|t| {
        furnish(t);
        t.db.put_blob(&b"left over"[..], 100).unwrap();
        fs::write(t.folder().join("blobs/incoming/half"), "an upl").unwrap();
        assert_eq!(wrong(t), []);
        let all = doctor(&t.db, &key(t));
        let said = &all.iter().find(|f| f.check == "unnamed-files").unwrap().message;
        assert!(
            said.starts_with("1 stored files with 9 bytes") && said.contains("1 uploads are unfinished"),
            "{said}"
        );
    });
}

#[test]
fn a_changed_log_an_unsealed_one_and_a_clock_set_back() {
    on_both(|t| {
        furnish(t);
        run(t, "update audit set event = replace(event, 'collect', 'consult') where seq = 0", vec![]);
        only(t, "log", &["entry 0 was changed", "Keep the database as it is"]);
    });
    on_both(|t| {
        furnish(t);
        run(t, "delete from session", vec![]);
        assert_eq!(wrong(t), [], "a moment ago");
        t.pass_seconds(600);
        only(t, "sealing", &["1 entries wait to be sealed, the first since 2026-11-22T03:00", "start it"]);
        t.db.seal(&key(t)).unwrap();
        t.pass_seconds(-3600);
        only(t, "clock", &["It is 2026-11-22T02:10", "look at this machine's clock"]);
    });
}

#[test]
fn jobs_that_were_given_up_and_jobs_that_nobody_does() {
    on_both(|t| {
        furnish(t);
        let now = t.db.now();
        run(
            t,
            "insert into job (id, kind, key, data, run_at, tries, dead) values ($1, 'send', 'send:1', '', $2, 8, true)",
            vec![Id::from_bytes([1; 16]).into(), now.into()],
        );
        only(t, "dead-jobs", &["1 of 'send'", "column 'error'"]);
        run(t, "update job set dead = false, lease_until = $1", vec![now.plus_seconds(60).into()]);
        t.db.seal(&key(t)).unwrap();
        t.pass_seconds(350);
        assert_eq!(wrong(t), [], "the lease has just run out");
        t.pass_seconds(60);
        only(t, "late-jobs", &["1 jobs", "is the service running"]);
    });
}

#[test]
fn a_schema_of_another_version() {
    on_both(|t| {
        furnish(t);
        let now = t.db.now();
        run(t, "insert into migration (name, applied_at) values ('9999_flying_cars', $1)", vec![now.into()]);
        only(t, "migrations", &["newer Bluelamp", "9999_flying_cars"]);
        run(t, "delete from migration where name like '9999%' or name like '0006%'", vec![]);
        only(t, "migrations", &["lacks 0006_evidence"]);
    });
}

#[test]
fn references_that_lead_nowhere_and_checks_that_were_never_made() {
    on_both(|t| {
        furnish(t);
        match &t.config().postgres {
            None => {
                let file = t.folder().join("bluelamp.sqlite");
                let raw = rusqlite::Connection::open(file).unwrap();
                raw.execute_batch("pragma foreign_keys = off; delete from case_file").unwrap();
                only(
                    t,
                    "integrity",
                    &["1 rows of evidence_item name a row of case_file", "Restore a backup"],
                );
            }
            Some(url) => {
                let mut raw = postgres::Client::connect(url, postgres::NoTls).unwrap();
                raw.batch_execute("alter table task add constraint odd check (title <> '') not valid")
                    .unwrap();
                only(t, "integrity", &["the constraint task.odd is not valid"]);
            }
        }
    });
}

#[cfg(unix)]
#[test]
fn a_key_or_a_folder_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    on_both(|t| {
        furnish(t);
        let open = |path: &std::path::Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        let path = t.folder().join("keys/ledger.key");
        open(&path, 0o640);
        only(t, "permissions", &["run `chmod 600", "ledger.key`"]);
        open(&path, 0o600);
        open(t.folder(), 0o755);
        only(t, "permissions", &["run `chmod 700"]);
    });
}

#[test]
fn a_finding_is_one_line() {
    let finding = Finding { check: "engine", ok: false, message: "Nothing answers.".into() };
    assert_eq!(finding.line(), "LOOK  engine: Nothing answers.");
}
