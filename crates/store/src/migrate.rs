//! Migrations: forward only, embedded in the binary, applied once in one order.

use crate::{
    engine::{Conn, Engine, Failure},
    value::Value,
};
use bluelamp_model::Time;

/// Every migration there ever was, in order. New ones are added at the end; none is changed once released.
pub(crate) const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_foundation", include_str!("../migrations/0001_foundation.sql")),
    ("0002_accounts", include_str!("../migrations/0002_accounts.sql")),
    ("0003_records", include_str!("../migrations/0003_records.sql")),
    ("0004_contact", include_str!("../migrations/0004_contact.sql")),
    ("0005_casework", include_str!("../migrations/0005_casework.sql")),
    ("0006_evidence", include_str!("../migrations/0006_evidence.sql")),
    ("0007_triage", include_str!("../migrations/0007_triage.sql")),
    ("0008_algorithms", include_str!("../migrations/0008_algorithms.sql")),
    ("0009_entries", include_str!("../migrations/0009_entries.sql")),
    ("0010_strategy", include_str!("../migrations/0010_strategy.sql")),
    ("0011_boards", include_str!("../migrations/0011_boards.sql")),
    ("0012_complaints", include_str!("../migrations/0012_complaints.sql")),
    ("0013_landscape", include_str!("../migrations/0013_landscape.sql")),
    ("0014_assessment", include_str!("../migrations/0014_assessment.sql")),
    ("0015_ethics", include_str!("../migrations/0015_ethics.sql")),
    ("0016_findings", include_str!("../migrations/0016_findings.sql")),
    ("0017_challenges", include_str!("../migrations/0017_challenges.sql")),
    ("0018_fairness_publication", include_str!("../migrations/0018_fairness_publication.sql")),
    ("0019_fairness_thresholds", include_str!("../migrations/0019_fairness_thresholds.sql")),
    ("0020_fairness_looks", include_str!("../migrations/0020_fairness_looks.sql")),
    ("0021_ethics_wording", include_str!("../migrations/0021_ethics_wording.sql")),
];

/// Serialises those who bring one PostgreSQL database up to date; any number will do that nothing else uses.
const TURN: i64 = 0x626c_7565;

/// Brings the schema to this binary's state and says which migrations were applied.
pub(crate) fn migrate(conn: &mut Conn, now: Time) -> Result<Vec<&'static str>, Failure> {
    conn.begin()?;
    let outcome = apply(conn, now, |_| true);
    if outcome.is_ok() {
        conn.batch("commit")?;
    } else {
        let _ = conn.batch("rollback"); // nothing to save: the error is what counts
    }
    outcome
}

/// Inside an open transaction, applies what is `wanted` and was not applied before.
pub(crate) fn apply(
    conn: &mut Conn,
    now: Time,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<&'static str>, Failure> {
    // Two processes may start at once: the second waits here and finds the work done. Not even `create table
    // if not exists` can be run side by side on PostgreSQL. SQLite has let in one writer only.
    if conn.engine() == Engine::Postgres {
        conn.batch(&format!("select pg_advisory_xact_lock({TURN})"))?;
    }
    conn.batch(&conn.expand(
        "create table if not exists migration (name text not null primary key, applied_at {time} not null)",
    ))?;
    let known = applied(conn)?;
    if let Some(stranger) = known.iter().find(|name| !knows(name)) {
        return Err(Failure::Other(format!(
            "the database was written by a newer Bluelamp (it has migration '{stranger}'): use that version"
        )));
    }
    let mut applied = Vec::new();
    for (name, sql) in MIGRATIONS {
        if !wanted(name) || known.iter().any(|k| k == name) {
            continue;
        }
        conn.batch(&conn.expand(sql))
            .map_err(|e| Failure::Other(format!("migration {name}: {}", e.message())))?;
        conn.exec(
            "insert into migration (name, applied_at) values ($1, $2)",
            &[Value::from(*name), Value::Time(now)],
        )?;
        applied.push(*name);
    }
    Ok(applied)
}

/// The migrations that a database has, by name.
pub(crate) fn applied(conn: &mut Conn) -> Result<Vec<String>, Failure> {
    conn.rows("select name from migration order by name", &[])?.iter().map(|row| row.get(0)).collect()
}

/// The migrations of this binary, by name.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().map(|(name, _)| *name)
}

/// Whether this binary has a migration of that name.
pub(crate) fn knows(name: &str) -> bool {
    names().any(|n| n == name)
}

/// The tables that the `wanted` migrations make, in the order in which they make them: a table refers only to
/// itself and to earlier ones, so rows can be put back in this order.
pub(crate) fn tables(wanted: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let mut tables = vec!["migration"];
    for (_, sql) in MIGRATIONS.iter().filter(|(name, _)| wanted(name)) {
        for line in sql.lines() {
            let first = |rest: &'static str| rest.split([' ', '(', ';']).next().unwrap_or(rest);
            if let Some(rest) = line.strip_prefix("create table ") {
                tables.push(first(rest));
            } else if let Some(rest) = line.strip_prefix("drop table ") {
                tables.retain(|t| *t != first(rest));
            } else if let Some((old, new)) =
                line.strip_prefix("alter table ").and_then(|rest| rest.split_once(" rename to "))
            {
                for table in tables.iter_mut().filter(|t| **t == old) {
                    *table = first(new);
                }
            }
        }
    }
    tables
}

/// A short digest of all migrations: it changes whenever the schema does.
#[must_use]
pub fn schema_digest() -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for (name, sql) in MIGRATIONS {
        hash.update(name);
        hash.update(sql);
    }
    hex::encode(&hash.finalize()[..6])
}
