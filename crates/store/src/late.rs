//! What a transaction writes at its end: rows that nothing in it reads. Those of all callers who share a commit go into
//! few statements, which on PostgreSQL are so many fewer trips to the server.

use crate::{
    audit,
    engine::{Conn, Failure},
    value::Value,
};
use std::collections::BTreeSet;

/// Rows in one statement: enough to make the trip cheap, far below the engines' limits of values (SQLite: 32,766).
const ROWS: usize = 100;

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

/// Inserts many rows with few statements.
pub(crate) fn insert_rows(
    conn: &mut Conn,
    insert: &str,
    rows: Vec<Vec<Value>>,
    suffix: &str,
) -> Result<(), Failure> {
    let mut rows = rows.into_iter();
    loop {
        let chunk: Vec<_> = rows.by_ref().take(ROWS).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        let mut sql = insert.to_owned();
        let mut args = Vec::new();
        for (n, row) in chunk.into_iter().enumerate() {
            sql.push_str(if n == 0 { " (" } else { ",(" });
            for (c, value) in row.into_iter().enumerate() {
                args.push(value);
                sql.push_str(if c == 0 { "$" } else { ",$" });
                sql.push_str(&args.len().to_string());
            }
            sql.push(')');
        }
        sql.push_str(suffix);
        conn.exec(&sql, &args)?;
    }
}
