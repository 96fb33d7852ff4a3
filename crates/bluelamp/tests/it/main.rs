//! The real binary, run as people and scripts run it: in folders of its own, with nothing of this machine's settings.

#![expect(clippy::unwrap_used, reason = "a failed test is allowed to panic")]

mod cases;
mod commands;
mod configuration;
mod crash;
mod demo;
mod imports;
mod landscape;
mod link;
mod report;
mod strategy;
mod telemetry;
mod thr;

use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A folder of its own, a database of its own where it is not in the folder, and the binary.
struct Place {
    folder: TempDir,
    postgres: Option<String>,
}

/// Runs a test on SQLite, then on PostgreSQL.
#[expect(clippy::print_stderr, reason = "the runner shows it with a failed test, and only then")]
fn on_both(test: impl Fn(&Place)) {
    for postgres in [None, Some(bluelamp_testkit::postgres::fresh_database("bluelamp").unwrap())] {
        eprintln!("on {}", postgres.as_deref().unwrap_or("SQLite"));
        let mut place = Place::new();
        place.postgres = postgres;
        test(&place);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(url) = &self.postgres {
            let _ = bluelamp_testkit::postgres::drop_database(url); // the cluster is thrown away whole in the end
        }
    }
}

/// How a command ended.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        self
    }

    /// Ended with that exit code, saying each of these on standard error and nothing on standard output.
    fn refused(self, code: i32, says: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        for part in says {
            assert!(self.err.contains(part), "{part}\n in\n{}", self.err);
        }
        assert_eq!(self.out, "");
        self
    }

    fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "one line of JSON: {}", self.out);
        serde_json::from_str(&self.out).unwrap()
    }
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), postgres: None }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bluelamp"));
        command.current_dir(self.folder.path()).args(arguments).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("BLUELAMP_") {
                command.env_remove(name);
            }
        }
        if let Some(url) = &self.postgres {
            command.env("BLUELAMP_DATABASE__URL", url);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
        let output = self.command(arguments).envs(environment.iter().copied()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Whether the doctor finds nothing, but for the PostgreSQL of the tests, which need not survive a power cut.
    fn assert_well(&self, data_dir: &str) {
        let found = self.run(&["doctor", "--data-dir", data_dir, "--json"]).json();
        let wrong = |f: &&Value| f["ok"] != true && !(self.postgres.is_some() && f["check"] == "durability");
        let wrong: Vec<_> = found["findings"].as_array().unwrap().iter().filter(wrong).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    /// Starts a command that serves, and waits for the first line that it says.
    fn serve(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Service {
        let began = Instant::now();
        let log = fs::File::options().create(true).append(true).open(self.path("log.txt")).unwrap();
        let mut child = self
            .command(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let (line, lines) = mpsc::channel();
        let said = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || said.lines().map_while(Result::ok).try_for_each(|text| line.send(text)));
        let Ok(first) = lines.recv_timeout(Duration::from_secs(60)) else {
            let _ = child.kill();
            panic!("it said nothing: {}", fs::read_to_string(self.path("log.txt")).unwrap());
        };
        let url = match serde_json::from_str::<Value>(&first) {
            Ok(told) => told["url"].as_str().unwrap().to_owned(),
            Err(_) => first.rsplit(' ').next().unwrap().to_owned(),
        };
        Service { child, first, lines, address: url.replace("http://", ""), took: began.elapsed() }
    }
}

/// A service that runs.
struct Service {
    child: Child,
    /// The first line that it said, and the later ones.
    first: String,
    lines: mpsc::Receiver<String>,
    address: String,
    /// How long it took to say so.
    took: Duration,
}

/// What it answered.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|l| l.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)))
            .map(|h| h.1)
    }
}

impl Service {
    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        ask(&self.address, "GET", path, headers, "").unwrap()
    }

    fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> std::io::Result<Answer> {
        ask(&self.address, "POST", path, headers, &body.to_string())
    }

    fn signal(&self, name: &str) {
        let told =
            Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Asks it to stop, and waits until it has, in good order.
    fn stop(mut self) -> Duration {
        let began = Instant::now();
        self.signal("TERM");
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{status}");
        began.elapsed()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it has ended already in the tests that went well
        let _ = self.child.wait();
    }
}

/// One request on a connection of its own.
fn ask(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let more: String = headers.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{more}\r\n{body}"
    )?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let cut = || std::io::Error::other("the answer was cut off");
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut)?;
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(cut)?;
    let answer = Answer { status, head: head.into(), body: body.into() };
    // A body that is shorter than it was said to be is no answer.
    let whole = answer.header("content-length").is_none_or(|n| n.parse() == Ok(answer.body.len()));
    if whole { Ok(answer) } else { Err(cut()) }
}

/// A whole report of a burglary, for the API.
fn burglary(told: &str) -> Value {
    json!({ "form": "burglary", "answers": {
        "emergency": false, "suspect_on_scene": "no", "occupant_hurt": "no",
        "where_address": { "line1": "14 Lantern Street", "town": "Harrowmere", "postcode": "ZZ99 1AA" },
        "building": "home", "occupant_present": "no", "when_kind": "not-sure", "what_happened": told,
        "distraction": "no", "vulnerable_occupant": "no", "firearm_keys_taken": "yes", "forensic_opportunity": "no",
        "suspect_known": false, "vehicle_involved": "no", "happened_to_me": true, "reporter_name": "Joanna Smith",
        "reporter_born": "1980-03-14", "contact_by": ["phone"], "reporter_phone": "07700 900123", "contact_safe": "yes",
        "needs": ["nothing"], "support_wanted": false, "declaration": true,
    } })
}

/// The folder of data that several projects share, where there is one.
#[expect(clippy::print_stdout, reason = "the runner shows it with the test")]
fn shared(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("BLUELAMP_SHARED").map_or(beside, PathBuf::from);
    let file = root.join(path);
    if !file.exists() {
        println!("skipped: there is no {}", file.display());
        return None;
    }
    Some(file)
}
