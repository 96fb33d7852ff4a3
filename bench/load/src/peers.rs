//! What the figures are set beside: something simple that does less, on the same disk in the same minutes.
//!
//! A ratio says how much of the bare engine's speed is left when forms are validated, people are asked for their
//! right, entries are hashed and pages are rendered. It travels from machine to machine better than a number does.

use crate::service::{Database, Place};
use anyhow::{Context, Result, ensure};
use axum::{Router, body::Bytes, http::header};
use rusqlite::{Connection, params};
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// SQLite as the store opens it: one commit is on the disk before the next begins.
fn durable(path: &Path) -> Result<Connection> {
    let c = Connection::open(path)?;
    c.pragma_update(None, "journal_mode", "wal")?;
    c.pragma_update(None, "synchronous", "full")?;
    Ok(c)
}

/// Bare SQLite: units of some rows, a row of so many bytes for each entry of `rows`, `group` units to a commit. Gives
/// units a second.
pub(crate) fn sqlite(place: &Place, rows: &[usize], group: usize, seconds: f64) -> Result<f64> {
    let mut c = durable(&place.path.join("peer.sqlite"))?;
    for n in 0..rows.len() {
        c.execute_batch(&format!("create table t{n} (id blob primary key, at integer, body text)"))?;
    }
    let (began, mut units) = (Instant::now(), 0_i64);
    while began.elapsed().as_secs_f64() < seconds {
        let tx = c.transaction()?;
        for _ in 0..group {
            units += 1;
            for (n, bytes) in rows.iter().enumerate() {
                let sql = format!("insert into t{n} (id, at, body) values (?1, ?2, ?3)");
                // Like the product's identifiers: later ones are greater.
                let id = [units.to_be_bytes(), (n as i64).to_be_bytes()].concat();
                tx.prepare_cached(&sql)?.execute(params![id, units, "x".repeat(*bytes)])?;
            }
        }
        tx.commit()?;
    }
    Ok(units as f64 / began.elapsed().as_secs_f64())
}

/// What pgbench is to do.
pub(crate) enum PgBench {
    /// Its own simple update (`-N`): an update, a select and an insert in a transaction.
    SimpleUpdate,
    /// One row of so many bytes in a transaction.
    OneRow(usize),
}

/// PostgreSQL's own benchmark, on the cluster that the service uses. Gives transactions a second.
pub(crate) fn pgbench(
    place: &Place,
    database: &Database,
    what: &PgBench,
    clients: usize,
    seconds: f64,
) -> Result<f64> {
    let cluster = database.cluster.as_ref().context("pgbench needs PostgreSQL")?;
    let url = cluster.create_database("peer").map_err(anyhow::Error::msg)?;
    let (clients, seconds) = (clients.to_string(), format!("{:.0}", seconds.max(1.0)));
    let mut arguments = vec!["-n", "-M", "prepared", "-c", &clients, "-j", "2", "-T", &seconds];
    let script = place.path.join("peer.sql");
    let script_name = script.display().to_string();
    match what {
        PgBench::SimpleUpdate => {
            run_pgbench(&["-i", "-q", "-s", "10", &url])?;
            arguments.push("-N");
        }
        PgBench::OneRow(bytes) => {
            let mut client = postgres::Client::connect(&url, postgres::NoTls)?;
            client.batch_execute("create table t (id uuid primary key, at timestamptz, body text)")?;
            let insert = format!("insert into t values (gen_random_uuid(), now(), repeat('x', {bytes}));\n");
            fs::write(&script, insert)?;
            arguments.extend(["-f", &script_name]);
        }
    }
    arguments.push(&url);
    let said = run_pgbench(&arguments)?;
    let tps = said.lines().find_map(|l| l.strip_prefix("tps = ")).and_then(|l| l.split(' ').next());
    Ok(tps.with_context(|| format!("pgbench tells no tps:\n{said}"))?.parse()?)
}

fn run_pgbench(arguments: &[&str]) -> Result<String> {
    let output = Command::new(find_pgbench()?).args(arguments).output().context("pgbench")?;
    ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// It lies beside the server's programs.
fn find_pgbench() -> Result<PathBuf> {
    let named = std::env::var_os("BLUELAMP_PG_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|e| Some((e.file_name().to_str()?.parse().ok()?, e.path().join("bin"))))
        .collect();
    versions.sort();
    let newest_first = versions.into_iter().rev().map(|(_, dir)| dir);
    let mut all = named.into_iter().chain(std::env::split_paths(&path)).chain(newest_first);
    let found =
        all.find(|dir| dir.join("pgbench").is_file()).context("there is no pgbench: install PostgreSQL")?;
    Ok(found.join("pgbench"))
}

/// Reads a CSV file and puts every field into one table, one commit. Gives seconds and rows.
pub(crate) fn import(place: &Place, file: &Path) -> Result<(f64, u64)> {
    let began = Instant::now();
    let opened = fs::File::open(file).with_context(|| file.display().to_string())?;
    let read: Box<dyn Read> = match file.extension() {
        Some(e) if e == "gz" => Box::new(flate2::read::MultiGzDecoder::new(opened)),
        _ => Box::new(opened),
    };
    let mut c = durable(&place.path.join("peer-import.sqlite"))?;
    let mut csv = csv::Reader::from_reader(read);
    let fields: Vec<String> = (0..csv.headers()?.len()).map(|n| format!("c{n} text")).collect();
    let places: Vec<String> = (1..=fields.len()).map(|n| format!("?{n}")).collect();
    let tx = c.transaction()?;
    tx.execute_batch(&format!("create table t ({})", fields.join(", ")))?;
    let sql = format!("insert into t values ({})", places.join(", "));
    let (mut record, mut rows) = (csv::StringRecord::new(), 0);
    while csv.read_record(&mut record)? {
        tx.prepare_cached(&sql)?.execute(rusqlite::params_from_iter(record.iter()))?;
        rows += 1;
    }
    tx.commit()?;
    Ok((began.elapsed().as_secs_f64(), rows))
}

/// The first page of the queue as bare SQL on the service's own file: the median in milliseconds.
pub(crate) fn queue(file: &Path) -> Result<f64> {
    let c = Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut statement = c.prepare(
        "select id, state, priority, received_at, form, reference, title, floor, ceiling, matches, version, case_id
         from report where state = 'new' order by priority desc, received_at, id limit 26",
    )?;
    let mut times = Vec::new();
    for _ in 0..500 {
        let began = Instant::now();
        let mut rows = statement.query([])?;
        let mut read = 0;
        while let Some(row) = rows.next()? {
            read += row.get_ref(5)?.as_str()?.len();
        }
        ensure!(read > 0, "the queue is empty");
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(times[times.len() / 2].as_secs_f64() * 1000.0)
}

/// Serves one file's bytes on every path with bare axum, until it is killed.
pub(crate) fn serve_static(file: &Path, port: u16) -> Result<()> {
    let body = Bytes::from(fs::read(file).with_context(|| file.display().to_string())?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
        let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        let router = Router::new().fallback(async move || (kind, body));
        axum::serve(listener, router).await?;
        Ok(())
    })
}

/// How long bare SQLite-sized writes take to reach the disk: the median of writing 4 KiB and waiting for it.
pub(crate) fn disk(place: &Place) -> Result<Duration> {
    use std::io::Write;
    let mut file = fs::File::create(place.path.join("disk"))?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}
