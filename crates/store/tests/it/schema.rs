//! The schema: as it is written down, made once, by one process at a time, and only by a version that knows it.

use bluelamp_model::Error;
use bluelamp_store::{Config, Db, Engine, Entropy, backup};
use bluelamp_testkit::{TestDb, allow_all, on_both, postgres as kit};
use postgres::{Client, NoTls};
use std::{fmt::Write, fs, path::Path, sync::Barrier};

const NOTE: &str = "\
-- What the migrations make, for people to read and for a test to compare; the migrations are what is run.
-- Written anew by: BLUELAMP_REGENERATE=1 cargo nextest run -p bluelamp-store schema
";

fn sqlite(t: &TestDb) -> String {
    let raw = rusqlite::Connection::open(t.folder().join("bluelamp.sqlite")).unwrap();
    let mut statement = raw
        .prepare(
            "select sql from sqlite_schema where sql is not null order by tbl_name, type = 'index', name",
        )
        .unwrap();
    let all = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    all.map(|sql| sql.unwrap() + ";\n\n").collect()
}

fn postgres(t: &TestDb) -> String {
    let mut raw = Client::connect(t.config().postgres.as_deref().unwrap(), NoTls).unwrap();
    let mut out = String::new();
    let tables = "select c.oid, c.relname::text from pg_class c
                  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname collate \"C\"";
    for table in raw.query(tables, &[]).unwrap() {
        let (oid, name): (u32, String) = (table.get(0), table.get(1));
        let columns = "select a.attname::text || ' ' || format_type(a.atttypid, a.atttypmod)
                           || case when a.attnotnull then ' not null' else '' end
                           || case when d.adbin is null then ''
                                   when a.attgenerated = 's'
                                   then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
                                   else ' default ' || pg_get_expr(d.adbin, d.adrelid) end
                       from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                       where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum";
        // Newer servers list `not null` among the constraints as well.
        let constraints = "select pg_get_constraintdef(oid) from pg_constraint
                           where conrelid = $1 and contype <> 'n' order by contype <> 'p', conname collate \"C\"";
        let mut lines = Vec::new();
        for sql in [columns, constraints] {
            lines.extend(raw.query(sql, &[&oid]).unwrap().iter().map(|row| row.get::<_, String>(0)));
        }
        writeln!(out, "create table {name} (\n  {}\n);", lines.join(",\n  ")).unwrap();
        // Those behind a constraint stand with it already.
        let indexes = "select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid
                       where i.indrelid = $1
                         and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.conrelid = $1)
                       order by c.relname collate \"C\"";
        for row in raw.query(indexes, &[&oid]).unwrap() {
            writeln!(out, "{};", row.get::<_, String>(0).replace(" ON public.", " ON ")).unwrap();
        }
        out.push('\n');
    }
    out
}

#[test]
fn the_schema_is_the_one_that_is_written_down() {
    on_both(|t| {
        let (name, found) = match t.engine {
            Engine::Sqlite => ("sqlite.sql", sqlite(t)),
            Engine::Postgres => ("postgres.sql", postgres(t)),
        };
        let found = format!("{NOTE}\n{}\n", found.trim_end());
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/database").join(name);
        if std::env::var_os("BLUELAMP_REGENERATE").is_some() {
            fs::write(&path, &found).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        // Line by line, so that a failure shows the column and not two pages.
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let (found, written) = (lines(&found), lines(&written));
        let new = found.iter().filter(|l| !written.contains(l)).map(|l| format!("+ {l}"));
        let old = written.iter().filter(|l| !found.contains(l)).map(|l| format!("- {l}"));
        let lines: Vec<_> = new.chain(old).collect();
        assert!(
            found == written,
            "docs/database/{name} is not what the migrations make:\n{}\nIf the migrations are right, write it anew: \
             BLUELAMP_REGENERATE=1 cargo nextest run -p bluelamp-store schema",
            lines.join("\n")
        );
    });
}

fn migrations(db: &Db) -> Vec<(String, i64)> {
    db.credential_rows("select name, applied_at from migration order by name", &[])
        .unwrap()
        .iter()
        .map(|row| (row.get(0).unwrap(), row.get::<bluelamp_model::Time>(1).unwrap().micros()))
        .collect()
}

#[test]
fn each_migration_is_applied_once() {
    on_both(|t| {
        let first = migrations(&t.db);
        assert!(first.len() >= 6 && first[0].0 == "0001_foundation");
        t.pass_seconds(3600);
        assert_eq!(migrations(&t.open_again()), first);
    });
}

#[test]
fn a_newer_database_is_refused_in_words_and_left_alone() {
    on_both(|t| {
        let raw = "insert into migration (name, applied_at) values ('9999_flying_cars', ";
        match &t.config().postgres {
            Some(url) => {
                Client::connect(url, NoTls).unwrap().batch_execute(&format!("{raw} now())")).unwrap();
            }
            None => rusqlite::Connection::open(t.folder().join("bluelamp.sqlite"))
                .unwrap()
                .execute_batch(&format!("{raw} 0)"))
                .unwrap(),
        }
        let Err(Error::Bug(said)) = Db::open(t.config().clone()) else { panic!("it was opened") };
        assert!(said.contains("newer Bluelamp") && said.contains("'9999_flying_cars'"), "{said}");
        assert!(said.contains("use that version"), "{said}");
        assert!(t.db.job_counts().is_ok(), "nobody is locked out");
    });
}

#[test]
fn many_who_open_a_new_database_at_once_all_find_it_whole() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for round in 0..3 {
            let folder = tempfile::tempdir().unwrap();
            let url = (engine == Engine::Postgres).then(|| kit::fresh_database("opening").unwrap());
            let config = Config::new(folder.path().join("data"), url.clone(), allow_all());
            let together = Barrier::new(4);
            let seen: Vec<_> = std::thread::scope(|s| {
                let opening: Vec<_> = (0..4)
                    .map(|_| {
                        s.spawn(|| {
                            together.wait();
                            migrations(&Db::open(config.clone()).unwrap())
                        })
                    })
                    .collect();
                opening.into_iter().map(|o| o.join().unwrap()).collect()
            });
            assert!(seen.iter().all(|m| *m == seen[0] && m.len() >= 6), "{engine:?} {round}: {seen:?}");
            if let Some(url) = url {
                kit::drop_database(&url).unwrap();
            }
        }
    }
}

/// What a backup relies on.
#[test]
fn the_tables_are_known_in_an_order_in_which_they_can_be_filled() {
    on_both(|t| {
        let folder = tempfile::tempdir().unwrap();
        let manifest = backup(&t.db, &folder.path().join("b")).unwrap().manifest;
        let order: Vec<_> = manifest.tables.iter().map(|t| t.name.as_str()).collect();
        let (tables, references) = match t.engine {
            Engine::Sqlite => (
                "select name from sqlite_schema where type = 'table' and name not like 'sqlite%' order by name",
                "select m.name, f.\"table\" from sqlite_schema m join pragma_foreign_key_list(m.name) f where m.type = 'table'",
            ),
            Engine::Postgres => (
                "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
                 order by relname collate \"C\"",
                "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f'",
            ),
        };
        let there: Vec<String> =
            t.db.credential_rows(tables, &[]).unwrap().iter().map(|r| r.get(0).unwrap()).collect();
        let mut known = order.clone();
        known.sort_unstable();
        assert_eq!(known, there, "every table is backed up");
        let place = |name: &str| order.iter().position(|t| *t == name).unwrap();
        let references = t.db.credential_rows(references, &[]).unwrap();
        assert!(references.len() > 10);
        for row in references {
            let (from, to): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
            assert!(place(&to) < place(&from), "{from} refers to {to}, which is filled later");
        }
    });
}

/// Of two processes that start at once in a new folder both sign with the same key.
#[test]
fn a_signing_key_is_made_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let together = Barrier::new(4);
        let keys: Vec<_> = std::thread::scope(|s| {
            let making: Vec<_> = (0..4)
                .map(|_| {
                    s.spawn(|| {
                        together.wait();
                        let key = bluelamp_store::LogKey::open(
                            folder.path(),
                            "bluelamp.example/test",
                            &mut Entropy::System,
                        );
                        key.unwrap().verifier().to_string()
                    })
                })
                .collect();
            making.into_iter().map(|m| m.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|k| *k == keys[0]), "{keys:?}");
        assert_eq!(fs::read_dir(folder.path().join("keys")).unwrap().count(), 1);
    }
}
