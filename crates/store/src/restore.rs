//! Restoring a backup: into an empty place, completely, or in a state that says that it is not complete.

use crate::{
    Config, Db, Entropy, LogKey,
    backup::{Manifest, at, check_backup, copy, digest_of, each_file, entries, quoted, sync, write_whole},
    cell, db,
    engine::Conn,
    migrate,
    value::Value,
};
use bluelamp_model::{Error, Result};
use serde::Serialize;
use std::{
    fmt,
    fs::{self, File, TryLockError},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

/// Stands in a data folder while it is being filled; [`Db::open`] refuses a folder where it says something.
const MARKER: &str = "RESTORE-NOT-FINISHED";
const MARKER_TEXT: &str = "Nothing in this folder can be used until a restore into it has ended well.\n";
/// Values in one statement, below the engines' limits (SQLite 32,766; PostgreSQL 65,535).
const VALUES: usize = 3000;

/// What was restored, for the person who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RestoreReport {
    /// Where to.
    pub folder: PathBuf,
    /// What the backup held.
    pub manifest: Manifest,
    /// How many sealed entries the log has.
    pub log_entries: u64,
    /// Everything that does not hold: it was so before the backup was taken.
    pub wrong: Vec<String>,
}

impl fmt::Display for RestoreReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let m = &self.manifest;
        write!(
            f,
            "{} has {} rows in {} tables, {} files and {} sealed log entries, as of {}.",
            self.folder.display(),
            m.rows(),
            m.tables.len(),
            m.blobs,
            self.log_entries,
            m.made_at
        )?;
        if self.wrong.is_empty() {
            return f.write_str(" Every count and digest is right and the log is whole.");
        }
        f.write_str(" All of the backup is there, but these things were wrong when it was taken:")?;
        self.wrong.iter().try_for_each(|w| write!(f, "\n- {w}"))
    }
}

/// Whether a restore into this folder has begun and not ended.
pub(crate) fn refuse_incomplete(folder: &Path) -> Result<()> {
    // An empty one says nothing: either nothing was put beside it yet, or all of it.
    if fs::metadata(folder.join(MARKER)).is_ok_and(|m| m.len() > 0) {
        return Err(Error::Conflict(format!(
            "a restore into {} is running or did not finish: nothing in it can be used; restore again",
            folder.display()
        )));
    }
    Ok(())
}

/// Restores a backup into an empty data folder and, where `config` names one, an empty PostgreSQL database. The
/// engine need not be the one that the backup was taken from.
///
/// # Errors
/// [`Error::Conflict`] when there is something already, [`Error::Invalid`] for a backup that is damaged or
/// newer than this binary, [`Error::Unavailable`] when reading or writing fails. A folder whose restore was
/// begun and failed, or was cut off, says so to whoever opens it, until restoring again has begun anew and ended.
pub fn restore(from: &Path, config: &Config) -> Result<RestoreReport> {
    let manifest = check_backup(from)?;
    db::make_private(&config.folder)?;
    if config.postgres.is_some()
        && let Some(table) = config.connector()(true)?.tables()?.first()
    {
        return Err(Error::Conflict(format!(
            "the PostgreSQL database has a table '{table}' already: restore into an empty database"
        )));
    }
    let marker = config.folder.join(MARKER);
    let failed = || at("the folder cannot be written to:", &marker);
    let mut options = fs::OpenOptions::new();
    let mut mark = options.write(true).create(true).truncate(false).open(&marker).map_err(failed())?;
    match mark.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Error::Conflict(format!("{}: another restore is running", config.folder.display())));
        }
        Err(TryLockError::Error(e)) => return Err(failed()(e)),
    }
    // Where the marker says something, all that stands beside it is of a restore that did not finish.
    if mark.metadata().map_err(failed())?.len() > 0 {
        clear(&config.folder)?;
    } else if let Some(found) = remains(&config.folder).iter().find(|p| p.exists()) {
        fs::remove_file(&marker).map_err(failed())?;
        return Err(Error::Conflict(format!("{} is there: restore into an empty folder", found.display())));
    }
    mark.write_all(MARKER_TEXT.as_bytes()).and_then(|()| mark.sync_all()).map_err(failed())?;
    sync(&config.folder)?;
    fill(from, config, &manifest)?;
    let report = inspect(config, manifest)?;
    // Emptied before it is removed: whoever waits for it must not take what is there for a rest.
    mark.set_len(0).and_then(|()| mark.sync_all()).map_err(failed())?;
    fs::remove_file(&marker).map_err(failed())?;
    sync(&config.folder)?;
    Ok(report)
}

/// What a restore puts into a data folder.
fn remains(folder: &Path) -> Vec<PathBuf> {
    ["bluelamp.sqlite", "bluelamp.sqlite-wal", "bluelamp.sqlite-shm", "blobs", "keys"]
        .iter()
        .map(|name| folder.join(name))
        .collect()
}

fn clear(folder: &Path) -> Result<()> {
    for path in remains(folder) {
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(at("the rest of a restore cannot be removed:", &path)(e));
            }
            _ => {}
        }
    }
    sync(folder)
}

fn fill(from: &Path, config: &Config, manifest: &Manifest) -> Result<()> {
    files(from, &config.folder)?;
    let mut conn = config.connector()(false)?;
    conn.begin()?;
    load(&mut conn, from, config, manifest)?;
    conn.batch("commit")?;
    conn.batch("analyze")?; // the planner knows nothing of tables that were filled in one go
    Ok(())
}

fn files(from: &Path, folder: &Path) -> Result<()> {
    db::make_private(&folder.join("blobs"))?;
    each_file(from, |digest, place| {
        let (source, target) = (from.join(place), folder.join(place));
        if let Some(parent) = target.parent() {
            db::make_private(parent)?;
        }
        if place.starts_with("keys/") {
            let bytes = fs::read(&source).map_err(at("the backup cannot be read:", &source))?;
            write_whole(&target, &bytes)?;
        } else {
            copy(&source, &target).map_err(at("the stored file cannot be written:", &target))?;
        }
        if digest_of(&target)?.0 != digest {
            return Err(Error::Unavailable(format!("{} was not written as it was read", target.display())));
        }
        Ok(())
    })?;
    for kind in ["blobs", "keys"] {
        for shelf in entries(&folder.join(kind))?.iter().filter(|p| p.is_dir()) {
            sync(shelf)?;
        }
    }
    sync(folder)
}

fn load(conn: &mut Conn, from: &Path, config: &Config, manifest: &Manifest) -> Result<()> {
    let had = |name: &str| manifest.migrations.iter().any(|m| m == name);
    migrate::apply(conn, (config.clock)(), had)?;
    conn.exec("delete from migration", &[])?; // the backup knows when each was applied
    for table in &manifest.tables {
        let mut columns = conn.columns(&table.name)?;
        let mut named = table.columns.clone();
        columns.sort();
        named.sort();
        if columns != named {
            return Err(damaged(&table.name, "does not have the columns of its migrations"));
        }
        load_table(conn, from, &table.name, &table.columns)?;
        let count = conn.rows(&format!("select count(*) from {}", table.name), &[])?;
        let count: u64 = count.first().map(|row| row.get(0)).transpose()?.unwrap_or(0);
        if count != table.rows {
            return Err(damaged(&table.name, &format!("gave {count} rows where {} belong", table.rows)));
        }
    }
    Ok(())
}

fn damaged(table: &str, why: &str) -> Error {
    Error::field("from", "damaged", format!("tables/{table}.jsonl {why}"))
}

fn load_table(conn: &mut Conn, from: &Path, name: &str, columns: &[String]) -> Result<()> {
    let path = from.join("tables").join(format!("{name}.jsonl"));
    let file = File::open(&path).map_err(at("the backup cannot be read:", &path))?;
    let mut input = BufReader::with_capacity(256 * 1024, file);
    let most = VALUES / columns.len().max(1);
    let mut line = Vec::new();
    let mut values = Vec::new();
    let (mut rows, mut number) = (0, 0_u64);
    loop {
        line.clear();
        let more = input.read_until(b'\n', &mut line).map_err(at("the backup cannot be read:", &path))? > 0;
        if more {
            number += 1;
            let cells = cell::row(&line, columns.len()).map_err(|why| {
                Error::field("from", "damaged", format!("tables/{name}.jsonl:{number}: {why}"))
            })?;
            values.extend(cells);
            rows += 1;
        }
        if rows == most || (!more && rows > 0) {
            insert(conn, name, columns, &values).map_err(|e| {
                Error::field(
                    "from",
                    "refused",
                    format!(
                        "tables/{name}.jsonl: of the {rows} rows up to line {number} one was refused: {e}"
                    ),
                )
            })?;
            values.clear();
            rows = 0;
        }
        if !more {
            return Ok(());
        }
    }
}

fn insert(conn: &mut Conn, table: &str, columns: &[String], values: &[Value]) -> Result<()> {
    let mut sql = format!("insert into {table} ({}) values ", quoted(columns));
    for n in 0..values.len() {
        sql.push_str(match n % columns.len() {
            0 if n == 0 => "($",
            0 => "),($",
            _ => ",$",
        });
        sql.push_str(&(n + 1).to_string());
    }
    sql.push(')');
    conn.exec(&sql, values)?;
    Ok(())
}

/// Opens what was restored and lets it prove itself.
fn inspect(config: &Config, manifest: Manifest) -> Result<RestoreReport> {
    let db = Db::start(config.clone())?;
    let mut wrong: Vec<_> =
        manifest.damaged.iter().map(|d| format!("the stored file {d} does not have its digest")).collect();
    let (sealed, _) = db.seal_counts()?;
    let log_entries = if manifest.keys.iter().any(|k| k == "ledger.key") {
        // The name is in the key file.
        let key = LogKey::open(&config.folder, "", &mut Entropy::System)?;
        let (entries, faults) = db.check_log(key.verifier())?;
        wrong.extend(faults);
        entries
    } else {
        if sealed > 0 {
            wrong.push("the signing key is missing: the log's signature could not be checked".into());
        }
        sealed
    };
    Ok(RestoreReport { folder: config.folder.clone(), manifest, log_entries, wrong })
}
