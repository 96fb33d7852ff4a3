//! The process is killed at any moment, the server loses its power: what was answered is there, once, with its
//! entry and its job, and the log is whole.
//!
//! `BLUELAMP_CRASHES=200` makes more rounds than the usual ten.

use bluelamp_store::{Config, Db, Entropy, LogKey, doctor};
use bluelamp_testkit::{allow_all, postgres};
use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

/// What the writer said.
#[derive(Default)]
struct Said {
    durable: BTreeSet<u64>,
    blobs: BTreeSet<String>,
    refused: Vec<String>,
}

impl Said {
    fn hear(&mut self, line: &str) {
        match line.split_once(' ') {
            Some(("ack", n)) => assert!(self.durable.insert(n.parse().unwrap()), "{n} was answered twice"),
            Some(("blob", digest)) => drop(self.blobs.insert(digest.to_owned())),
            _ => self.refused.push(line.to_owned()),
        }
    }

    fn drain(&mut self, lines: &Receiver<String>) {
        lines.iter().for_each(|line| self.hear(&line));
    }
}

fn rounds() -> u64 {
    std::env::var("BLUELAMP_CRASHES").map_or(10, |n| n.parse().expect("BLUELAMP_CRASHES is a number"))
}

/// Starts the writer, and waits until it is at work.
fn start(folder: &Path, first: u64, url: Option<&str>, said: &mut Said) -> (Child, Receiver<String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crash-writer"));
    command.arg(folder).arg(first.to_string()).args(url).stdout(Stdio::piped());
    let mut writer = command.spawn().unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let (sender, received) = channel();
    std::thread::spawn(move || {
        // A last line that was cut off was not said.
        lines.map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    let mut at_work = false;
    while !at_work {
        let line = received.recv_timeout(Duration::from_secs(60)).expect("the writer begins within a minute");
        at_work = line.starts_with("ack ");
        said.hear(&line);
    }
    (writer, received)
}

/// A moment of its own for each round, within a quarter of a second after the first answer.
fn moment(round: u64) -> Duration {
    Duration::from_millis((round.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1) >> 33) % 250)
}

/// Everything that must hold, whatever happened.
fn check(config: &Config, said: &Said) -> u64 {
    let db = Db::open(config.clone()).unwrap();
    let rows = db.credential_rows("select subject from outgoing order by id", &[]).unwrap();
    let numbers: Vec<u64> = rows.iter().map(|r| r.get::<String>(0).unwrap().parse().unwrap()).collect();
    let there: BTreeSet<u64> = numbers.iter().copied().collect();
    assert_eq!(numbers.len(), there.len(), "no number is there twice");
    let lost: Vec<_> = said.durable.difference(&there).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
    let key = LogKey::open(db.folder(), "not asked for", &mut Entropy::System).unwrap();
    db.seal(&key).unwrap();
    let entries: Vec<String> = db
        .credential_rows("select event from audit order by seq", &[])
        .unwrap()
        .iter()
        .map(|r| r.get(0).unwrap())
        .collect();
    let entered: BTreeSet<u64> = entries
        .iter()
        .map(|e| serde_json::from_str::<bluelamp_store::Event>(e).unwrap().detail["n"].as_u64().unwrap())
        .collect();
    assert_eq!((entries.len(), &entered), (numbers.len(), &there), "each change with its one entry");
    let seqs = db.credential_rows("select count(*), min(seq), max(seq) from audit", &[]).unwrap();
    let count = entries.len() as u64;
    let (all, least, most): (u64, u64, u64) =
        (seqs[0].get(0).unwrap(), seqs[0].get(1).unwrap(), seqs[0].get(2).unwrap());
    assert_eq!((all, least, most), (count, 0, count - 1), "numbered without a gap");
    assert_eq!(db.seal_counts().unwrap(), (count, 0));
    assert_eq!(db.check_log(key.verifier()).unwrap(), (count, vec![]));
    assert_eq!(db.job_counts().unwrap(), (count, 0), "each message with its job");
    for digest in &said.blobs {
        assert!(db.check_blob(digest).unwrap(), "{digest} was stored and is not whole");
    }
    for finding in doctor(&db, &key) {
        // The tests' common server forgets on purpose.
        assert!(finding.ok || finding.check == "durability", "{}", finding.line());
    }
    there.last().copied().unwrap_or(0) + 1
}

fn killed(url: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(folder.path().join("data"), url.map(str::to_owned), allow_all());
    let mut said = Said::default();
    let mut first = 0;
    for round in 0..rounds() {
        let (mut writer, lines) = start(&config.folder, first, url, &mut said);
        std::thread::sleep(moment(round));
        writer.kill().unwrap(); // SIGKILL
        writer.wait().unwrap();
        said.drain(&lines);
        if let Some(url) = url {
            alone(url);
        }
        // Numbers that were never answered may be there; they are not used again.
        first = check(&config, &said).max(first) + 1000;
        assert_eq!(said.refused, [""; 0], "round {round}");
    }
    assert!(said.durable.len() as u64 > rounds() * 10, "{} answers are too few to tell", said.durable.len());
}

/// Waits until the server has noticed that its client is gone: it may still be committing.
fn alone(url: &str) {
    let mut client = ::postgres::Client::connect(url, ::postgres::NoTls).unwrap();
    let others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    let began = Instant::now();
    while client.query_one(others, &[]).unwrap().get::<_, i64>(0) > 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "the server keeps a dead client");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn killed_on_sqlite() {
    killed(None);
}

#[test]
fn killed_on_postgresql() {
    let url = postgres::fresh_database("crash").unwrap();
    killed(Some(&url));
    postgres::drop_database(&url).unwrap();
}

/// The server goes down under the writer without having written its buffers, and comes back.
#[test]
fn the_server_loses_its_power() {
    let folder = tempfile::tempdir().unwrap();
    // The server runs as another user where we are root.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let cluster = postgres::durable_cluster(&folder.path().join("server")).unwrap();
    let url = cluster.create_database("power").unwrap();
    let config = Config::new(folder.path().join("data"), Some(url.clone()), allow_all());
    let mut said = Said::default();
    let (mut writer, lines) = start(&config.folder, 0, Some(&url), &mut said);
    std::thread::sleep(Duration::from_millis(400));
    cluster.crash().unwrap();
    std::thread::sleep(Duration::from_millis(100));
    cluster.start().unwrap();
    // The writer lived on, was refused, and is answered again.
    let mut back = false;
    while !back {
        let line = lines.recv_timeout(Duration::from_secs(30)).expect("the writer finds the server again");
        back = !said.refused.is_empty() && line.starts_with("ack ");
        said.hear(&line);
    }
    std::thread::sleep(Duration::from_millis(200));
    writer.kill().unwrap();
    writer.wait().unwrap();
    said.drain(&lines);
    assert!(said.durable.len() > 100, "{} answers are too few to tell", said.durable.len());
    alone(&url);
    check(&config, &said);
    // Once more, and nobody is left to write before it starts again.
    let (mut writer, lines) = start(&config.folder, 1_000_000, Some(&url), &mut said);
    std::thread::sleep(Duration::from_millis(200));
    cluster.crash().unwrap();
    writer.kill().unwrap();
    writer.wait().unwrap();
    said.drain(&lines);
    cluster.start().unwrap();
    check(&config, &said);
}
