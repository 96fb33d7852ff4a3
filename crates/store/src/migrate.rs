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
];

/// Brings the schema to this binary's state and says which migrations were applied.
pub(crate) fn migrate(conn: &mut Conn, now: Time) -> Result<Vec<&'static str>, Failure> {
    conn.batch(&conn.expand(
        "create table if not exists migration (name text not null primary key, applied_at {time} not null)",
    ))?;
    conn.begin()?;
    // Two processes may start at once: the second waits here and finds the work done.
    if conn.engine() == Engine::Postgres {
        conn.batch("lock table migration in exclusive mode")?;
    }
    let known: Vec<String> = conn
        .rows("select name from migration order by name", &[])?
        .iter()
        .map(|row| row.get(0))
        .collect::<Result<_, _>>()?;
    if let Some(stranger) = known.iter().find(|name| !MIGRATIONS.iter().any(|(n, _)| n == name)) {
        conn.batch("rollback")?;
        return Err(Failure::Other(format!(
            "the database was written by a newer Bluelamp (it has migration '{stranger}'): use that version"
        )));
    }
    let mut applied = Vec::new();
    for (name, sql) in MIGRATIONS {
        if known.iter().any(|k| k == name) {
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
    conn.batch("commit")?;
    Ok(applied)
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
