//! Backups: whole, of one moment, readable by either engine, and refused when they are not what they were.

use bluelamp_model::{
    Error, Id,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Config, Cx, Db, Engine, Entropy, LogKey, Manifest, backup, check_backup, restore};
use bluelamp_testkit::{TestDb, on_both, postgres};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

fn key(t: &TestDb) -> LogKey {
    LogKey::open(t.folder(), "bluelamp.example/test", &mut Entropy::Seeded([1; 32], 0)).unwrap()
}

fn change<T: Send + 'static>(
    db: &Db,
    mut run: impl FnMut(&mut Cx<'_>) -> bluelamp_model::Result<T> + Send + 'static,
) -> T {
    db.write(&Actor::system(), move |cx| {
        cx.allow(action::REPORT_ASSESS, None)?;
        cx.record(Verb::Alter, "test", None, json!({ "n": 1 }))?;
        run(cx)
    })
    .unwrap()
}

/// Rows of every type that a column can have, with references between tables, sealed log entries and a file.
fn furnish(t: &TestDb) {
    let (officer, one, two) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]), Id::from_bytes([0xfe; 16]));
    change(&t.db, move |cx| {
        let now = cx.now();
        cx.exec(
            "insert into account (id, username, name, roles, created_at, wait_until) values ($1, $2, $3, $4, $5, $6)",
            &[
                officer.into(),
                "o.brien".into(),
                "Zoë \"Zo\" O’Brien\n\\ \u{1F46E}".into(),
                "supervisor".into(),
                now.into(),
                bluelamp_model::Time::from_micros(-1).into(),
            ],
        )?;
        cx.exec(
            "insert into invitation (id, account_id, expires_at) values ($1, $2, $3)",
            &[vec![0_u8, 255, 10, 34].into(), officer.into(), now.into()],
        )?;
        for id in [one, two] {
            cx.exec(
                "insert into record (id, kind, body, created_at) values ($1, 'person', $2, $3)",
                &[id.into(), r#"{"name":"A \u0000 B"}"#.into(), now.into()],
            )?;
        }
        cx.exec(
            "insert into suggestion (id, report_id, record_id, candidate_id, weight, band, body, proposed_at)
             values ($1, $2, $3, $4, $5, 'likely', '{}', $6)",
            &[officer.into(), one.into(), one.into(), two.into(), (0.1 + 0.2).into(), now.into()],
        )?;
        cx.exec(
            "insert into job (id, kind, key, data, run_at, tries, dead, error) values ($1, 'k', 'k:1', '{}', $2, 8, true, '')",
            &[one.into(), now.into()],
        )?;
        cx.send("email", "sam@example.com", "We have your report", "Thank you.")?;
        cx.new_session("draft", Some(officer), b"half an answer", now.plus_seconds(3600)).map(drop)
    });
    for _ in 0..20 {
        change(&t.db, |_| Ok(()));
    }
    t.db.seal(&key(t)).unwrap();
    change(&t.db, |_| Ok(())); // one that is not sealed yet
    t.db.put_blob(&b"the file of an exhibit"[..], 100).unwrap();
    t.db.put_blob(&b""[..], 100).unwrap();
}

/// An empty place for a restore: a folder and, for PostgreSQL, an empty database.
struct Place {
    config: Config,
    _folder: tempfile::TempDir,
}

impl Place {
    fn new(t: &TestDb, engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let postgres = (engine == Engine::Postgres).then(|| postgres::fresh_database("restore").unwrap());
        // Chance of its own: the same seed at the same time would give the same ids again.
        let entropy = Entropy::System;
        let config = Config { folder: folder.path().join("data"), postgres, entropy, ..t.config().clone() };
        Self { config, _folder: folder }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(url) = &self.config.postgres {
            let _ = postgres::drop_database(url); // the cluster is thrown away whole in the end
        }
    }
}

/// The rows of each table, in an order that does not depend on the engine.
fn rows(backup: &Path) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(backup.join("tables")).unwrap() {
        let path = entry.unwrap().path();
        let mut lines: Vec<_> = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
        lines.sort();
        all.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), lines);
    }
    all
}

fn taken(t: &TestDb) -> (tempfile::TempDir, PathBuf, Manifest) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup");
    let report = backup(&t.db, &path).unwrap();
    (folder, path, report.manifest)
}

#[test]
fn each_engine_is_restored_from_each_with_the_same_rows_files_and_log() {
    on_both(|t| {
        furnish(t);
        let (folder, first, manifest) = taken(t);
        assert_eq!(check_backup(&first).unwrap(), manifest);
        let whole = rows(&first);
        assert_eq!(whole.values().map(|lines| lines.len() as u64).sum::<u64>(), manifest.rows());
        for engine in ENGINES {
            let place = Place::new(t, engine);
            let report = restore(&first, &place.config).unwrap();
            assert_eq!(report.manifest, manifest);
            assert_eq!((report.log_entries, report.wrong.as_slice()), (21, &[] as &[String]));
            let db = Db::open(place.config.clone()).unwrap();
            let second = folder.path().join(format!("{engine:?}"));
            backup(&db, &second).unwrap();
            let again = rows(&second);
            for (table, lines) in &whole {
                assert_eq!(lines, &again[table], "{table} to {engine:?}");
            }
            assert_eq!(whole.len(), again.len());
            assert_eq!(db.blob_digests().unwrap(), t.db.blob_digests().unwrap());
            for digest in db.blob_digests().unwrap() {
                assert!(db.check_blob(&digest).unwrap());
            }
            // It is used like any other: the log goes on under the same key.
            change(&db, |_| Ok(()));
            let key = LogKey::open(db.folder(), "not asked for", &mut Entropy::System).unwrap();
            assert_eq!(db.seal(&key).unwrap(), 2);
            assert_eq!(db.check_log(key.verifier()).unwrap(), (23, vec![]));
            assert_eq!(key.verifier(), self::key(t).verifier());
        }
    });
}

#[test]
fn a_backup_of_a_database_in_use_is_of_one_moment() {
    on_both(|t| {
        let stop = std::sync::atomic::AtomicBool::new(false);
        let source = Id::from_bytes([5; 16]);
        change(&t.db, move |cx| {
            let now = cx.now();
            cx.exec(
                "insert into source (id, kind, name, digest, row_count, imported_at) values ($1, 'a', 'b', 'c', 0, $2)",
                &[source.into(), now.into()],
            )
        });
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|s| {
            let writers: Vec<_> = (0..2)
                .map(|_| {
                    s.spawn(|| {
                        let mut n = 0;
                        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                            // One commit changes three tables; a backup sees all of it or nothing.
                            change(&t.db, move |cx| {
                                let (id, now) = (cx.new_id()?, cx.now());
                                cx.exec(
                                    "insert into record (id, kind, source_id, body, created_at) values ($1, 'k', $2, '', $3)",
                                    &[id.into(), source.into(), now.into()],
                                )?;
                                cx.exec("update source set row_count = row_count + 1 where id = $1", &[source.into()])
                            });
                            n += 1;
                        }
                        n
                    })
                })
                .collect();
            for n in 0..4 {
                std::thread::sleep(std::time::Duration::from_millis(60));
                let path = folder.path().join(n.to_string());
                let manifest = backup(&t.db, &path).unwrap().manifest;
                let count = |name: &str| manifest.tables.iter().find(|t| t.name == name).unwrap().rows;
                let rows = rows(&path);
                let source: Vec<Json> = serde_json::from_str(&rows["source.jsonl"][0]).unwrap();
                assert_eq!(source[4], json!(count("record")), "the counter and what it counts");
                assert_eq!(count("audit"), count("record") + 1, "each change with its entry");
                assert_eq!(check_backup(&path).unwrap(), manifest);
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            let written: u64 = writers.into_iter().map(|w| w.join().unwrap()).sum();
            assert!(written > 20, "{written} writes are too few to tell");
        });
    });
}

#[test]
fn a_damaged_or_truncated_backup_is_refused_and_named() {
    let t = TestDb::new(Engine::Sqlite, bluelamp_testkit::allow_all());
    furnish(&t);
    let (_folder, path, _) = taken(&t);
    let blob = t.db.blob_digests().unwrap().remove(0);
    let blob = format!("blobs/{}/{blob}", &blob[..2]);
    let cut = |text: &[u8]| text[..text.len() / 2].to_vec();
    let flip = |text: &[u8]| {
        let mut text = text.to_vec();
        let middle = text.len() / 2;
        text[middle] ^= 1;
        text
    };
    let empty = |_: &[u8]| Vec::new();
    type Attack<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;
    let attacks: [(&str, Attack<'_>); 8] = [
        ("tables/audit.jsonl", &cut),
        ("tables/account.jsonl", &flip),
        ("tables/job.jsonl", &empty),
        ("keys/ledger.key", &flip),
        ("files.sha256", &cut),
        ("files.sha256", &flip),
        ("backup.json", &cut),
        ("backup.json", &|t| {
            String::from_utf8(t.to_vec()).unwrap().replace("\"account\"", "\"sqlite_schema\"").into_bytes()
        }),
    ];
    for (file, attack) in attacks {
        let place = Place::new(&t, Engine::Sqlite);
        let whole = fs::read(path.join(file)).unwrap();
        fs::write(path.join(file), attack(&whole)).unwrap();
        let Err(Error::Invalid(fields)) = restore(&path, &place.config) else {
            panic!("{file} was accepted")
        };
        assert_eq!(fields[0].code, "damaged");
        assert!(fields[0].message.contains(file), "{file}: {}", fields[0].message);
        assert!(!place.config.folder.exists(), "nothing was begun");
        fs::write(path.join(file), whole).unwrap();
    }
    // Every damaged file is named at once, a lost one too.
    fs::remove_file(path.join("tables/session.jsonl")).unwrap();
    fs::remove_file(path.join(&blob)).unwrap();
    let said = check_backup(&path).unwrap_err().to_string();
    assert!(said.contains("tables/session.jsonl") && said.contains(&blob), "{said}");
}

#[test]
fn a_newer_backup_and_what_is_none_are_refused_in_words() {
    let t = TestDb::new(Engine::Sqlite, bluelamp_testkit::allow_all());
    let (_folder, path, _) = taken(&t);
    let text = fs::read_to_string(path.join("backup.json")).unwrap();
    let refused = |text: &str| {
        fs::write(path.join("backup.json"), text).unwrap();
        check_backup(&path).unwrap_err().to_string()
    };
    let said = refused("{\"format\": 2, \"everything\": \"else\"}");
    assert!(said.contains("newer Bluelamp (format 2"), "{said}");
    let said = refused(&text.replacen("0001_foundation", "9999_flying_cars", 1));
    assert!(said.contains("newer Bluelamp (migration '9999_flying_cars')"), "{said}");
    let said = refused(&text.replacen("\"keys\": []", "\"keys\": [\"../../x\"]", 1));
    assert!(said.contains("'../../x'"), "{said}");
    fs::remove_file(path.join("backup.json")).unwrap();
    let said = check_backup(&path).unwrap_err().to_string();
    assert!(said.contains("is not a backup"), "{said}");
}

/// A backup of last year's version is restored by this year's, and brought up to date as the database would be.
#[test]
fn an_older_backup_is_restored_and_brought_up_to_date() {
    on_both(|t| {
        furnish(t);
        let (_folder, path, mut manifest) = taken(t);
        let newest = manifest.migrations.pop().unwrap();
        // The tables of a database without the newest migration, in the order in which it has them.
        let sql = |migration: &String| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
            fs::read_to_string(folder.join(format!("{migration}.sql"))).unwrap()
        };
        let older: String = manifest.migrations.iter().map(sql).collect();
        let made = older.lines().filter_map(|l| l.strip_prefix("create table ")?.split_once(" ("));
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in made {
            // Of a table that was made anew on the way, the later place counts.
            names.retain(|n| *n != name);
            names.push(name);
        }
        // Nor did its tables have the columns that the newest has added to them.
        for line in sql(&newest).lines() {
            let added = line.strip_prefix("alter table ").and_then(|rest| rest.split_once(" add column "));
            let Some((table, column)) = added else { continue };
            let column = column.split(' ').next().unwrap();
            let table = manifest.tables.iter_mut().find(|t| t.name == table).unwrap();
            let at = table.columns.iter().position(|c| c == column).unwrap();
            table.columns.remove(at);
            let file = path.join(format!("tables/{}.jsonl", table.name));
            let without = |line: &str| {
                let mut cells: Vec<serde_json::Value> = serde_json::from_str(line).unwrap();
                cells.remove(at);
                format!("{}\n", serde_json::to_string(&cells).unwrap())
            };
            let text: String = fs::read_to_string(&file).unwrap().lines().map(without).collect();
            table.sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&text));
            fs::write(&file, text).unwrap();
        }
        let mut held = std::mem::take(&mut manifest.tables);
        for name in std::iter::once("migration").chain(names) {
            let at = held.iter().position(|t| t.name == name).unwrap();
            let mut table = held.remove(at);
            if sql(&newest).contains(&format!("create table {name} (")) {
                // Made anew with other columns; there is nothing in it here.
                assert_eq!(table.rows, 0, "{name}");
                let (_, made) = older.split_once(&format!("create table {name} (\n")).unwrap();
                let columns = made.split("\n);").next().unwrap().lines();
                table.columns = columns.map(|l| l.trim().split(' ').next().unwrap().to_owned()).collect();
            }
            manifest.tables.push(table);
        }
        let file = path.join("tables/migration.jsonl");
        let older: String = fs::read_to_string(&file)
            .unwrap()
            .lines()
            .filter(|l| !l.contains(&newest))
            .map(|l| format!("{l}\n"))
            .collect();
        let entry = manifest.tables.iter_mut().find(|t| t.name == "migration").unwrap();
        entry.rows -= 1;
        entry.sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&older));
        fs::write(&file, older).unwrap();
        fs::write(path.join("backup.json"), serde_json::to_string(&manifest).unwrap()).unwrap();
        let place = Place::new(t, t.engine);
        restore(&path, &place.config).unwrap();
        let db = Db::open(place.config.clone()).unwrap();
        let names = db.credential_rows("select name from migration order by name", &[]).unwrap();
        assert_eq!(names.len(), manifest.migrations.len() + 1);
        assert_eq!(names.last().unwrap().get::<String>(0).unwrap(), newest);
        let accounts = db.credential_rows("select count(*) from account", &[]).unwrap();
        assert_eq!(accounts[0].get::<i64>(0).unwrap(), 1);
    });
}

#[test]
fn nothing_is_written_over() {
    on_both(|t| {
        furnish(t);
        let (_folder, path, _) = taken(t);
        assert!(matches!(backup(&t.db, &path), Err(Error::Conflict(m)) if m.contains("new folder")));
        let before = rows(&path);
        let said = restore(&path, t.config()).unwrap_err().to_string();
        assert!(said.contains("empty"), "{said}");
        assert!(t.db.job_counts().is_ok(), "and the database is still open");
        // Another folder, but the database of the first.
        if t.engine == Engine::Postgres {
            let place = Place::new(t, Engine::Sqlite);
            let config = Config { postgres: t.config().postgres.clone(), ..place.config.clone() };
            let said = restore(&path, &config).unwrap_err().to_string();
            assert!(said.contains("has a table"), "{said}");
        }
        drop(t.open_again());
        let (_other, second, _) = taken(t);
        assert_eq!(rows(&second), before);
    });
}

#[test]
fn a_restore_that_was_cut_off_says_so_and_can_begin_anew() {
    on_both(|t| {
        furnish(t);
        let (_folder, path, manifest) = taken(t);
        // The last table fails: of all that was loaded before, nothing may be taken for whole.
        let place = Place::new(t, t.engine);
        let last = manifest.tables.iter().rfind(|t| t.name == "invitation").unwrap();
        let file = path.join("tables").join(format!("{}.jsonl", last.name));
        let whole = fs::read_to_string(&file).unwrap();
        // A reference to an account that is not there, under digests that fit.
        let wrong = whole.replace(&"01".repeat(16), &"09".repeat(16));
        assert_ne!(wrong, whole);
        fs::write(&file, &wrong).unwrap();
        let text = fs::read_to_string(path.join("backup.json")).unwrap();
        let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&wrong));
        fs::write(path.join("backup.json"), text.replace(&last.sha256, &digest)).unwrap();
        let said = restore(&path, &place.config).unwrap_err().to_string();
        assert!(said.contains("tables/invitation.jsonl") && said.contains("refused"), "{said}");
        let Err(Error::Conflict(said)) = Db::open(place.config.clone()) else { panic!("it was opened") };
        assert!(said.contains("did not finish") && said.contains("restore again"), "{said}");
        // Restored again from a whole one, over what was left.
        fs::write(&file, &whole).unwrap();
        fs::write(path.join("backup.json"), text).unwrap();
        restore(&path, &place.config).unwrap();
        let db = Db::open(place.config.clone()).unwrap();
        assert_eq!(db.blob_digests().unwrap().len(), 2);
    });
}

#[test]
fn a_damaged_stored_file_is_carried_along_and_named() {
    let t = TestDb::new(Engine::Sqlite, bluelamp_testkit::allow_all());
    furnish(&t);
    let digest = t.db.blob_digests().unwrap().remove(0);
    fs::write(t.folder().join("blobs").join(&digest[..2]).join(&digest), "worm-eaten").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b");
    let report = backup(&t.db, &path).unwrap();
    assert!(report.to_string().contains(&format!("The stored file {digest} no longer has its digest")));
    let place = Place::new(&t, Engine::Postgres);
    let report = restore(&path, &place.config).unwrap();
    assert_eq!(report.wrong, [format!("the stored file {digest} does not have its digest")]);
    assert!(report.to_string().contains("wrong when it was taken"));
}

#[cfg(unix)]
#[test]
fn a_backup_can_be_read_by_its_owner_only_and_says_that_it_holds_the_key() {
    use std::os::unix::fs::PermissionsExt;
    let t = TestDb::new(Engine::Sqlite, bluelamp_testkit::allow_all());
    let (_folder, empty, _) = taken(&t);
    assert_eq!(fs::read_dir(empty.join("keys")).unwrap().count(), 0);
    furnish(&t);
    let (folder, path, _) = taken(&t);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    for file in ["keys/ledger.key", "tables/account.jsonl", "backup.json", "files.sha256"] {
        assert_eq!(mode(&path.join(file)), 0o600, "{file}");
    }
    let place = Place::new(&t, Engine::Sqlite);
    restore(&path, &place.config).unwrap();
    assert_eq!(mode(&place.config.folder), 0o700);
    assert_eq!(mode(&place.config.folder.join("keys/ledger.key")), 0o600);
    let report = backup(&t.db, &folder.path().join("again")).unwrap().to_string();
    assert!(report.contains("holds the log's signing key"), "{report}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no draft is left");
}

/// Anybody can check the files without us: the lists are those of a common tool.
#[test]
fn the_digests_are_those_of_sha256sum() {
    let t = TestDb::new(Engine::Sqlite, bluelamp_testkit::allow_all());
    furnish(&t);
    let (_folder, path, manifest) = taken(&t);
    let mut list = fs::read_to_string(path.join("files.sha256")).unwrap();
    for table in &manifest.tables {
        list.push_str(&format!("{}  tables/{}.jsonl\n", table.sha256, table.name));
    }
    list.push_str(&format!("{}  files.sha256\n", manifest.files_sha256));
    fs::write(path.join("all"), &list).unwrap();
    let checked = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "all"])
        .current_dir(&path)
        .output();
    let Ok(checked) = checked else {
        println!("skipped: there is no sha256sum here");
        return;
    };
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}
