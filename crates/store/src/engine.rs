//! The two engines behind one statement text. Only this crate may branch on which of them is running, and
//! it does so in a few named places: type tokens in migrations, row locks, backup and health checks.

use crate::{
    checkpoint,
    value::{Row, Value},
};
use bluelamp_model::Error;
use postgres::{fallible_iterator::FallibleIterator as _, types::ToSql};
use std::collections::HashMap;

/// Why a statement failed, as far as a caller may branch on it.
#[derive(Debug)]
pub enum Failure {
    /// A unique, foreign-key or check constraint said no.
    Conflict(String),
    /// The engine asks for the transaction to be run again.
    Retry(String),
    /// The database cannot be reached or written.
    Unavailable(String),
    /// A defect: wrong statement, wrong type.
    Other(String),
}

impl Failure {
    /// The engine's own words.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::Conflict(m) | Self::Retry(m) | Self::Unavailable(m) | Self::Other(m) => m,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict(m) => Self::Conflict(m),
            Failure::Retry(m) | Failure::Unavailable(m) => Self::Unavailable(m),
            Failure::Other(m) => Self::Bug(m),
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(e: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as C;
        match e.sqlite_error_code() {
            Some(C::ConstraintViolation) => Self::Conflict(e.to_string()),
            Some(C::DatabaseBusy | C::DatabaseLocked) => Self::Retry(e.to_string()),
            Some(C::DiskFull | C::SystemIoFailure | C::CannotOpen | C::ReadOnly) => {
                Self::Unavailable(e.to_string())
            }
            _ => Self::Other(e.to_string()),
        }
    }
}

impl From<postgres::Error> for Failure {
    fn from(e: postgres::Error) -> Self {
        let message = e.as_db_error().map_or_else(|| e.to_string(), |d| d.message().to_owned());
        match e.code().map(postgres::error::SqlState::code) {
            Some(c) if c.starts_with("23") => Self::Conflict(message),
            Some("40001" | "40P01") => Self::Retry(message),
            Some(c) if c.starts_with("53") || c.starts_with("57") || c.starts_with("08") => {
                Self::Unavailable(message)
            }
            None if e.is_closed() => Self::Unavailable(message),
            _ => Self::Other(message),
        }
    }
}

/// Which engine is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite in one file of the data folder.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// One open connection.
pub(crate) enum Conn {
    Lite(rusqlite::Connection),
    Pg(Box<Pg>),
}

/// A PostgreSQL connection with the statements it has prepared.
pub(crate) struct Pg {
    client: postgres::Client,
    prepared: HashMap<String, postgres::Statement>,
}

/// How many prepared statements a connection keeps: more than the product has.
const STATEMENTS: usize = 512;

/// Turns the write-ahead log on. SQLite doesn't wait for the lock that this takes where others do the same to a new
/// database at the same moment; so it is tried again, for as long as any other lock is waited for.
fn write_ahead(c: &rusqlite::Connection) -> Result<(), rusqlite::Error> {
    let mut left = 200;
    loop {
        match c.pragma_update(None, "journal_mode", "wal") {
            Err(e) if left > 0 && e.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
                left -= 1;
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            done => return done,
        }
    }
}

impl Conn {
    pub(crate) fn sqlite(path: &std::path::Path, read_only: bool) -> Result<Self, Failure> {
        let c = rusqlite::Connection::open(path)?;
        c.busy_timeout(std::time::Duration::from_secs(10))?;
        write_ahead(&c)?;
        // FULL: a commit that was answered survives a power cut. Grouping pays for it.
        c.pragma_update(None, "synchronous", "full")?;
        c.pragma_update(None, "foreign_keys", "on")?;
        c.pragma_update(None, "wal_autocheckpoint", checkpoint::MOST_PAGES)?;
        // KiB. Keys that are drawn at random, such as references, touch pages everywhere.
        c.pragma_update(None, "cache_size", if read_only { -8_000 } else { -32_000 })?;
        // What SQLite notes down so as to take a statement back; as a file it costs a tenth of a busy server's time.
        c.pragma_update(None, "temp_store", "memory")?;
        c.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
        if read_only {
            c.pragma_update(None, "query_only", "on")?;
        }
        // Plans that depend on values would be made anew for each of them.
        c.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        c.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(Self::Lite(c))
    }

    pub(crate) fn postgres(url: &str, read_only: bool) -> Result<Self, Failure> {
        let mut client = postgres::Client::connect(url, postgres::NoTls)
            .map_err(|e| Failure::Unavailable(format!("PostgreSQL does not answer: {e}")))?;
        client.batch_execute("set timezone = 'UTC'; set client_min_messages = warning")?;
        // Long texts are kept compressed; this is quicker than what PostgreSQL does by itself, where it was built in.
        let _ = client.batch_execute("set default_toast_compression = lz4");
        if read_only {
            client.batch_execute("set default_transaction_read_only = on")?;
        }
        Ok(Self::Pg(Box::new(Pg { client, prepared: HashMap::new() })))
    }

    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Lite(_) => Engine::Sqlite,
            Self::Pg(_) => Engine::Postgres,
        }
    }

    /// Whether the connection is gone and must be made anew.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Lite(_) => false,
            Self::Pg(p) => p.client.is_closed(),
        }
    }

    /// Runs statements that take no values and give no rows.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        match self {
            Self::Lite(c) => c.execute_batch(sql)?,
            Self::Pg(p) => p.client.batch_execute(sql)?,
        }
        Ok(())
    }

    /// Opens a transaction that is going to write.
    pub(crate) fn begin(&mut self) -> Result<(), Failure> {
        match self {
            Self::Lite(_) => self.batch("begin immediate"),
            Self::Pg(_) => self.batch("begin"),
        }
    }

    /// Opens a transaction that sees one consistent state throughout.
    pub(crate) fn begin_read(&mut self) -> Result<(), Failure> {
        match self {
            Self::Lite(_) => self.batch("begin deferred"),
            Self::Pg(_) => self.batch("begin isolation level repeatable read read only"),
        }
    }

    /// Runs one statement and says how many rows it touched.
    pub(crate) fn exec(&mut self, sql: &str, args: &[Value]) -> Result<u64, Failure> {
        match self {
            Self::Lite(c) => {
                let n = c.prepare_cached(&numbered(sql))?.execute(rusqlite::params_from_iter(args))?;
                Ok(n as u64)
            }
            Self::Pg(p) => {
                let statement = p.prepare(sql)?;
                Ok(p.client.execute(&statement, &borrowed(args))?)
            }
        }
    }

    /// Runs one statement and takes all its rows.
    pub(crate) fn rows(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, Failure> {
        match self {
            Self::Lite(c) => {
                let mut statement = c.prepare_cached(&numbered(sql))?;
                let columns = statement.column_count();
                let mut rows = statement.query(rusqlite::params_from_iter(args))?;
                let mut out = Vec::new();
                while let Some(row) = rows.next()? {
                    let mut values = Vec::with_capacity(columns);
                    for i in 0..columns {
                        values.push(from_sqlite(row.get_ref(i)?));
                    }
                    out.push(Row(values));
                }
                Ok(out)
            }
            Self::Pg(p) => {
                let statement = p.prepare(sql)?;
                let rows = p.client.query(&statement, &borrowed(args))?;
                rows.iter()
                    .map(|row| {
                        (0..row.len())
                            .map(|i| row.try_get::<_, Value>(i))
                            .collect::<Result<Vec<_>, _>>()
                            .map(Row)
                    })
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(Failure::from)
            }
        }
    }

    /// Runs a statement without values and gives its rows one by one: a table of any size passes through.
    pub(crate) fn each_row(
        &mut self,
        sql: &str,
        mut take: impl FnMut(Row) -> bluelamp_model::Result<()>,
    ) -> bluelamp_model::Result<()> {
        match self {
            Self::Lite(c) => {
                let mut statement = c.prepare(sql).map_err(Failure::from)?;
                let columns = statement.column_count();
                let mut rows = statement.query([]).map_err(Failure::from)?;
                while let Some(row) = rows.next().map_err(Failure::from)? {
                    let values = (0..columns)
                        .map(|i| row.get_ref(i).map(from_sqlite))
                        .collect::<Result<_, _>>()
                        .map_err(Failure::from)?;
                    take(Row(values))?;
                }
            }
            Self::Pg(p) => {
                let statement = p.prepare(sql)?;
                let none = std::iter::empty::<Value>();
                let mut rows = p.client.query_raw(&statement, none).map_err(Failure::from)?;
                while let Some(row) = rows.next().map_err(Failure::from)? {
                    let values = (0..row.len())
                        .map(|i| row.try_get(i))
                        .collect::<Result<_, _>>()
                        .map_err(Failure::from)?;
                    take(Row(values))?;
                }
            }
        }
        Ok(())
    }

    /// The columns of a table that hold what was written to it, in order; those that the engine works out
    /// itself are left out.
    pub(crate) fn columns(&mut self, table: &str) -> Result<Vec<String>, Failure> {
        let sql = match self {
            Self::Lite(_) => "select name from pragma_table_info($1) order by cid",
            Self::Pg(_) => {
                "select column_name::text from information_schema.columns
                 where table_schema = current_schema() and table_name = $1 and is_generated = 'NEVER'
                 order by ordinal_position"
            }
        };
        self.rows(sql, &[table.into()])?.iter().map(|row| row.get(0)).collect()
    }

    /// All tables that the database holds, whoever made them, by name.
    pub(crate) fn tables(&mut self) -> Result<Vec<String>, Failure> {
        let sql = match self {
            Self::Lite(_) => {
                "select name from sqlite_schema where type = 'table' and name not like 'sqlite^_%' escape '^'
                 order by name"
            }
            Self::Pg(_) => {
                "select table_name::text from information_schema.tables where table_schema = current_schema()
                 order by 1"
            }
        };
        self.rows(sql, &[])?.iter().map(|row| row.get(0)).collect()
    }

    /// The engine's own name and version.
    pub(crate) fn version(&mut self) -> Result<String, Failure> {
        let (name, sql) = match self {
            Self::Lite(_) => ("SQLite", "select sqlite_version()"),
            Self::Pg(_) => ("PostgreSQL", "select current_setting('server_version')"),
        };
        let version: String =
            self.rows(sql, &[])?.first().map(|row| row.get(0)).transpose()?.unwrap_or_default();
        Ok(format!("{name} {version}"))
    }

    /// Whether a transaction is open. SQLite ends one by itself when the disk is full or fails.
    pub(crate) fn in_transaction(&self) -> bool {
        match self {
            Self::Lite(c) => !c.is_autocommit(),
            Self::Pg(p) => !p.client.is_closed(),
        }
    }

    /// Expands the type and locking tokens of a migration or statement for this engine.
    pub(crate) fn expand(&self, sql: &str) -> String {
        expand(self.engine(), sql)
    }
}

/// See [`Conn::expand`]. The tokens are all the dialect there is.
pub(crate) fn expand(engine: Engine, sql: &str) -> String {
    let tokens: &[(&str, &str)] = match engine {
        Engine::Sqlite => &[
            ("{id}", "blob"),
            ("{time}", "integer"),
            ("{json}", "text"),
            ("{bytes}", "blob"),
            ("{skip_locked}", ""),
            ("{lock}", ""),
        ],
        Engine::Postgres => &[
            ("{id}", "uuid"),
            ("{time}", "timestamptz"),
            ("{json}", "jsonb"),
            ("{bytes}", "bytea"),
            ("{skip_locked}", "for update skip locked"),
            ("{lock}", "for update"),
        ],
    };
    tokens.iter().fold(sql.to_owned(), |sql, (token, text)| sql.replace(token, text))
}

/// SQLite numbers `$1` by first appearance; `?1` is the first value wherever it stands.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn borrowed(args: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|v| v as &(dyn ToSql + Sync)).collect()
}

fn from_sqlite(value: rusqlite::types::ValueRef<'_>) -> Value {
    use rusqlite::types::ValueRef as R;
    match value {
        R::Null => Value::Null,
        R::Integer(i) => Value::Int(i),
        R::Real(r) => Value::Real(r),
        R::Text(t) => Value::Text(String::from_utf8_lossy(t).into_owned()),
        R::Blob(b) => Value::Bytes(b.to_vec()),
    }
}

impl Pg {
    fn prepare(&mut self, sql: &str) -> Result<postgres::Statement, Failure> {
        if let Some(s) = self.prepared.get(sql) {
            return Ok(s.clone());
        }
        let statement = self.client.prepare(sql)?;
        if self.prepared.len() >= STATEMENTS {
            self.prepared.clear();
        }
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}
