//! What a transaction writes at its end: rows that nothing in it reads. Those of all callers who share a commit go into
//! few statements, which on PostgreSQL are so many fewer trips to the server.

use crate::{
    audit,
    engine::{Conn, Engine, Failure},
    value::Value,
};
use std::collections::BTreeSet;

/// Rows in one statement: enough to make the trip cheap, far below the limit of 65,535 values.
const ROWS: usize = 96;
/// Beyond so many rows their number is a multiple of it.
const STEP: usize = 16;

/// A job to be enqueued.
#[derive(Clone, Debug)]
pub(crate) struct NewJob {
    pub key: String,
    pub row: Vec<Value>,
}

/// What is still to be written, in the order in which it must be.
#[derive(Default)]
pub(crate) struct Late {
    pub rows: Vec<(&'static str, Vec<Vec<Value>>)>,
    pub jobs: Vec<NewJob>,
    pub entries: Vec<audit::Entry>,
}

impl Late {
    pub(crate) fn insert(&mut self, insert: &'static str, mut rows: Vec<Vec<Value>>) {
        match self.rows.iter_mut().find(|(same, _)| *same == insert) {
            Some((_, all)) => all.append(&mut rows),
            None => self.rows.push((insert, rows)),
        }
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        for (insert, rows) in other.rows {
            self.insert(insert, rows);
        }
        self.jobs.append(&mut other.jobs);
        self.entries.append(&mut other.entries);
    }

    /// Writes everything inside the open transaction.
    pub(crate) fn write(self, conn: &mut Conn) -> Result<(), Failure> {
        for (insert, rows) in self.rows {
            insert_rows(conn, insert, rows, "")?;
        }
        // One statement must not meet a key twice, and a key that is there waits once.
        let mut seen = BTreeSet::new();
        let jobs =
            self.jobs.into_iter().filter(|job| seen.insert(job.key.clone())).map(|job| job.row).collect();
        insert_rows(
            conn,
            "insert into job (id, kind, key, data, run_at, tries, dead) values",
            jobs,
            " on conflict (key) do update set data = excluded.data, run_at = excluded.run_at, tries = 0, dead = false,
               error = null where job.dead",
        )?;
        audit::append(conn, &self.entries)
    }
}

/// Inserts many rows: on PostgreSQL with few statements, which saves trips; on SQLite one by one, which spares it the
/// notes for taking back half a statement.
pub(crate) fn insert_rows(
    conn: &mut Conn,
    insert: &str,
    rows: Vec<Vec<Value>>,
    suffix: &str,
) -> Result<(), Failure> {
    let engine = conn.engine();
    let mut sql = String::new();
    let mut sql_rows = 0;
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let count = match (engine, rows.len()) {
            (Engine::Sqlite, _) => 1,
            // Few lengths, so that the server keeps the statements of all of them prepared.
            (Engine::Postgres, n) if n > STEP => (n / STEP * STEP).min(ROWS),
            (Engine::Postgres, n) => n,
        };
        let args: Vec<Value> = rows.by_ref().take(count).flatten().collect();
        if count != sql_rows {
            sql_rows = count;
            sql = format!("{insert}{}{suffix}", places(count, args.len() / count));
        }
        conn.exec(&sql, &args)?;
    }
    Ok(())
}

/// ` ($1,$2),($3,$4)` for two rows of two values.
fn places(rows: usize, columns: usize) -> String {
    let mut text = String::new();
    for n in 0..rows * columns {
        text.push_str(match (n, n % columns) {
            (0, _) => " (",
            (_, 0) => "),(",
            _ => ",",
        });
        text.push('$');
        text.push_str(&(n + 1).to_string());
    }
    text.push(')');
    text
}
