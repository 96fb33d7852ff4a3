//! Is everything in order? Looks at the database, the log, the stored files and the key, changes nothing, and
//! says in plain sentences what to do.

use crate::{Db, Engine, LogKey, Value, backup::entries, engine::Conn, migrate};
use bluelamp_model::{Result, Time};
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::Path,
};

/// What one look found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable code for what was looked at.
    pub check: &'static str,
    /// Whether nothing has to be done about it.
    pub ok: bool,
    /// What was found and, where it is not in order, what to do.
    pub message: String,
}

/// Work that should have been done so long ago is not being done.
const LATE_SECONDS: i64 = 300;
/// So many names are given; the rest is counted.
const NAMED: usize = 10;

type Look = Result<(bool, String)>;

/// Looks at everything there is. Reads all stored files, which takes a while where there are many.
#[must_use]
pub fn doctor(db: &Db, key: &LogKey) -> Vec<Finding> {
    let now = db.now();
    let late = now.plus_seconds(-LATE_SECONDS);
    let finding = |check, look: Look| {
        let (ok, message) = look.unwrap_or_else(|e| (false, format!("This could not be looked at: {e}.")));
        Finding { check, ok, message }
    };
    let mut findings = vec![
        finding("engine", db.look(engine)),
        finding("durability", db.look(durability)),
        finding("integrity", db.look(integrity)),
        finding("migrations", db.look(migrations)),
        finding("clock", db.look(|conn| clock(conn, now))),
        finding("log", log(db, key)),
        finding("sealing", db.look(|conn| sealing(conn, late))),
        finding("dead-jobs", db.look(dead_jobs)),
        finding("late-jobs", db.look(|conn| late_jobs(conn, late))),
        finding("sessions", db.look(|conn| sessions(conn, now))),
    ];
    match named_files(db) {
        Ok(named) => {
            findings.push(finding("stored-files", stored_files(db, &named)));
            findings.push(finding("unnamed-files", unnamed_files(db, &named)));
        }
        Err(e) => findings.push(finding("stored-files", Err(e))),
    }
    findings.push(finding("permissions", permissions(db.folder())));
    findings
}

impl Finding {
    /// One line for a terminal or a log.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{}  {}: {}", if self.ok { "ok  " } else { "LOOK" }, self.check, self.message)
    }
}

fn engine(conn: &mut Conn) -> Look {
    Ok((true, format!("{} answers.", conn.version()?)))
}

fn setting(conn: &mut Conn, name: &str) -> Result<String> {
    let rows = match conn.engine() {
        Engine::Sqlite => conn.rows(&format!("pragma {name}"), &[])?,
        Engine::Postgres => conn.rows("select current_setting($1)", &[name.into()])?,
    };
    let value: Option<Value> = rows.first().map(|row| row.get(0)).transpose()?;
    Ok(match value {
        Some(Value::Int(n)) => n.to_string(),
        Some(Value::Text(s)) => s,
        _ => String::new(),
    })
}

/// An answered commit must survive a power cut.
fn durability(conn: &mut Conn) -> Look {
    let wanted: &[(&str, &[&str])] = match conn.engine() {
        Engine::Sqlite => &[("journal_mode", &["wal"]), ("synchronous", &["2", "3"])],
        Engine::Postgres => &[
            ("fsync", &["on"]),
            ("full_page_writes", &["on"]),
            ("synchronous_commit", &["on", "remote_apply", "remote_write", "local"]),
            ("server_encoding", &["UTF8"]),
        ],
    };
    let mut wrong = Vec::new();
    for (name, values) in wanted {
        let found = setting(conn, name)?;
        if !values.contains(&found.as_str()) {
            wrong.push(format!("{name} is '{found}' and should be '{}'", values[0]));
        }
    }
    Ok(if wrong.is_empty() {
        (true, "What was answered survives a power cut.".into())
    } else {
        (
            false,
            format!(
                "What was answered may be lost in a power cut: {}. Change the server's settings.",
                wrong.join(", ")
            ),
        )
    })
}

fn integrity(conn: &mut Conn) -> Look {
    let mut wrong: Vec<String> = Vec::new();
    match conn.engine() {
        Engine::Sqlite => {
            for row in conn.rows("pragma integrity_check", &[])? {
                wrong.push(row.get(0)?);
            }
            wrong.retain(|said| said != "ok");
            let mut lost: BTreeMap<(String, String), u64> = BTreeMap::new();
            for row in conn.rows("pragma foreign_key_check", &[])? {
                *lost.entry((row.get(0)?, row.get(2)?)).or_default() += 1;
            }
            wrong.extend(
                lost.iter().map(|((from, to), n)| {
                    format!("{n} rows of {from} name a row of {to} that is not there")
                }),
            );
        }
        Engine::Postgres => {
            for (what, sql) in [
                (
                    "the index",
                    "select indexrelid::regclass::text from pg_index where not indisvalid order by 1",
                ),
                (
                    "the constraint",
                    "select conrelid::regclass::text || '.' || conname from pg_constraint
                     where not convalidated order by 1",
                ),
            ] {
                for row in conn.rows(sql, &[])? {
                    wrong.push(format!("{what} {} is not valid", row.get::<String>(0)?));
                }
            }
        }
    }
    Ok(if wrong.is_empty() {
        (true, "The database's own checks find nothing.".into())
    } else {
        (false, format!("The database is damaged: {}. Restore a backup.", some(&wrong)))
    })
}

fn migrations(conn: &mut Conn) -> Look {
    let applied = migrate::applied(conn)?;
    let unknown: Vec<_> = applied.iter().filter(|name| !migrate::knows(name)).cloned().collect();
    let missing: Vec<_> =
        migrate::names().filter(|name| !applied.iter().any(|a| a == name)).map(str::to_owned).collect();
    Ok(if !unknown.is_empty() {
        (false, format!("The database is of a newer Bluelamp: it has {}. Use that version.", some(&unknown)))
    } else if !missing.is_empty() {
        (
            false,
            format!(
                "The database is older than this Bluelamp: it lacks {}. Start the service again.",
                some(&missing)
            ),
        )
    } else {
        (true, format!("The schema is this version's, with {} migrations.", applied.len()))
    })
}

/// An entry from the future means that a clock was set back, or wrong when it was written.
fn clock(conn: &mut Conn, now: Time) -> Look {
    let rows = conn.rows("select at from audit order by id desc limit 1", &[])?;
    let latest: Option<Time> = rows.first().map(|row| row.get(0)).transpose()?;
    Ok(match latest {
        Some(at) if at > now.plus_seconds(60) => (
            false,
            format!(
                "It is {now}, yet the log has an entry of {at}: look at this machine's clock before you go on."
            ),
        ),
        _ => (true, format!("It is {now}, later than every entry of the log.")),
    })
}

fn log(db: &Db, key: &LogKey) -> Look {
    let (entries, wrong) = db.check_log(key.verifier())?;
    Ok(if wrong.is_empty() {
        (
            true,
            format!("The log of {entries} sealed entries is whole and signed by {}.", key.verifier().name()),
        )
    } else {
        (
            false,
            format!(
                "The log of {entries} sealed entries does not hold: {}. Somebody or something changed it. Keep the \
                 database as it is, take a copy, and compare with a backup and with the checkpoints others hold.",
                some(&wrong)
            ),
        )
    })
}

fn sealing(conn: &mut Conn, late: Time) -> Look {
    let rows = conn.rows("select count(*), min(at) from audit where seq is null", &[])?;
    let (waiting, oldest): (u64, Option<Time>) = match rows.first() {
        Some(row) => (row.get(0)?, row.get(1)?),
        None => (0, None),
    };
    Ok(match oldest {
        None => (true, "Every entry of the log is sealed.".into()),
        Some(at) if at > late => {
            (true, format!("{waiting} entries wait to be sealed, none of them for long."))
        }
        Some(at) => (
            false,
            format!(
                "{waiting} entries wait to be sealed, the first since {at}. The running service seals them: start \
                 it, or look into its log for why it does not."
            ),
        ),
    })
}

fn dead_jobs(conn: &mut Conn) -> Look {
    let rows = conn.rows("select kind, count(*) from job where dead group by kind order by kind", &[])?;
    let kinds = rows
        .iter()
        .map(|row| Ok(format!("{} of '{}'", row.get::<u64>(1)?, row.get::<String>(0)?)))
        .collect::<Result<Vec<_>>>()?;
    Ok(if kinds.is_empty() {
        (true, "No job was given up.".into())
    } else {
        (
            false,
            format!(
                "Jobs were given up after their last try: {}. Why stands in the table 'job', column 'error'.",
                some(&kinds)
            ),
        )
    })
}

fn late_jobs(conn: &mut Conn, late: Time) -> Look {
    let rows = conn.rows(
        "select count(*) from job where not dead and run_at < $1 and (lease_until is null or lease_until < $1)",
        &[late.into()],
    )?;
    let count: u64 = rows.first().map(|row| row.get(0)).transpose()?.unwrap_or(0);
    Ok(if count == 0 {
        (true, "No job is late.".into())
    } else {
        (
            false,
            format!(
                "{count} jobs should have been done more than {} minutes ago and nobody works on them: is the \
                 service running?",
                LATE_SECONDS / 60
            ),
        )
    })
}

fn sessions(conn: &mut Conn, now: Time) -> Look {
    let rows = conn.rows(
        "select count(*) filter (where expires_at > $1), count(*) filter (where expires_at <= $1) from session",
        &[now.into()],
    )?;
    let (live, expired): (u64, u64) = match rows.first() {
        Some(row) => (row.get(0)?, row.get(1)?),
        None => (0, 0),
    };
    Ok((true, format!("{live} sessions are live; {expired} have expired and wait to be swept.")))
}

/// The files that evidence and decision reports name, with their lengths.
fn named_files(db: &Db) -> Result<BTreeMap<String, u64>> {
    let mut named = BTreeMap::new();
    db.look(|conn| {
        for sql in [
            "select distinct sha256, size from evidence_item",
            "select distinct sha256, size from decision_file",
            "select distinct redacted_sha256, redacted_size from decision_file where redacted_sha256 is not null",
            "select distinct published_pdf, published_pdf_size from decision_paper where published_pdf is not null",
        ] {
            conn.each_row(sql, |row| {
                named.insert(row.get(0)?, row.get(1)?);
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(named)
}

fn stored_files(db: &Db, named: &BTreeMap<String, u64>) -> Look {
    let mut wrong = Vec::new();
    for (digest, size) in named {
        match db.open_blob(digest) {
            Err(_) => wrong.push(format!("{digest} is missing")),
            Ok(file) => match file.metadata() {
                Ok(meta) if meta.len() != *size => {
                    wrong.push(format!("{digest} has {} bytes where {size} belong", meta.len()));
                }
                _ if !db.check_blob(digest)? => wrong.push(format!("{digest} was changed")),
                _ => {}
            },
        }
    }
    Ok(if wrong.is_empty() {
        (true, format!("The {} files of evidence are there and have their digests.", named.len()))
    } else {
        (
            false,
            format!(
                "Files of evidence are not as they were taken in: {}. Put them back from a backup.",
                some(&wrong)
            ),
        )
    })
}

/// Files that no evidence names: of an upload that was not finished, or kept by something newer. Only counted.
fn unnamed_files(db: &Db, named: &BTreeMap<String, u64>) -> Look {
    let stored = db.blob_digests()?;
    let unnamed: HashSet<_> = stored.iter().filter(|digest| !named.contains_key(*digest)).collect();
    let blobs = db.folder().join("blobs");
    let mut bytes = 0;
    for digest in &unnamed {
        let shelf = digest.get(..2).unwrap_or_default();
        // One that goes away while it is counted counts for nothing.
        bytes += fs::metadata(blobs.join(shelf).join(digest)).map_or(0, |m| m.len());
    }
    let incoming = entries(&blobs.join("incoming"))?.len();
    Ok((
        true,
        format!(
            "{} stored files with {bytes} bytes are named by no evidence; {incoming} uploads are unfinished.",
            unnamed.len()
        ),
    ))
}

#[cfg(unix)]
fn permissions(folder: &Path) -> Look {
    use std::os::unix::fs::PermissionsExt;
    let mut wrong = Vec::new();
    for (path, closed) in [(folder.to_owned(), 0o007), (folder.join("keys/ledger.key"), 0o077)] {
        match fs::metadata(&path) {
            Err(e) => wrong.push(format!("{} cannot be looked at ({e})", path.display())),
            Ok(meta) => {
                let mode = meta.permissions().mode() & 0o777;
                if mode & closed != 0 {
                    let right = if meta.is_dir() { "700" } else { "600" };
                    wrong.push(format!("{0} is open to others: run `chmod {right} {0}`", path.display()));
                }
            }
        }
    }
    Ok(if wrong.is_empty() {
        (true, "The data folder and the signing key are closed to others.".into())
    } else {
        (false, format!("{}.", wrong.join("; ")))
    })
}

#[cfg(not(unix))]
fn permissions(_: &Path) -> Look {
    Ok((true, "Who may read the data folder is not looked at on this system.".into()))
}

/// The first few of a list, and how many more there are.
fn some(list: &[String]) -> String {
    let named = list[..list.len().min(NAMED)].join("; ");
    match list.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named}; and {more} more"),
    }
}
