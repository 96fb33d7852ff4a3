//! Writes without end until it is killed, and says of each number that it is durable: `crash-writer FOLDER FIRST
//! [POSTGRES-URL]`.
//!
//! Each number is a message in the outbox with its job and its audit entry, in one commit. `ack N` is printed
//! when the store has said that number N is committed, `blob D` when the file with digest D is stored, and
//! `no N: WHY` when a commit was refused.
#![allow(clippy::print_stderr, reason = "a command speaks on the terminal")]

use bluelamp_model::{
    Result,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Config, Db, Entropy, LogKey};
use bluelamp_testkit::allow_all;
use std::{
    io::Write,
    process::ExitCode,
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc::channel,
    },
    time::Duration,
};

const THREADS: usize = 4;
/// So many numbers of one thread wait for their commit at the same time.
const GROUP: u64 = 12;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, first, url) = match arguments.as_slice() {
        [folder, first] => (folder, first, None),
        [folder, first, url] => (folder, first, Some(url.clone())),
        _ => {
            eprintln!("crash-writer: say FOLDER FIRST [POSTGRES-URL]");
            return ExitCode::FAILURE;
        }
    };
    match first.parse().map_err(|_| format!("'{first}' is not a number")).and_then(|first| {
        let db = Db::open(Config::new(folder, url, allow_all())).map_err(|e| e.to_string())?;
        run(&db, first).map_err(|e| e.to_string())
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("crash-writer: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(db: &Db, first: u64) -> Result<()> {
    let key = LogKey::open(db.folder(), "bluelamp.example/crash", &mut Entropy::System)?;
    let next = AtomicU64::new(first);
    std::thread::scope(|s| {
        for thread in 0..THREADS {
            let next = &next;
            s.spawn(move || write(db, next, thread));
        }
        loop {
            if let Err(error) = db.seal(&key) {
                say(&format!("no sealing: {error}"));
            }
            std::thread::sleep(Duration::from_millis(7));
        }
    })
}

fn write(db: &Db, next: &AtomicU64, thread: usize) {
    loop {
        let (sender, outcomes) = channel();
        for n in (0..GROUP).map(|_| next.fetch_add(1, Ordering::Relaxed)) {
            let sender = sender.clone();
            db.write_then(
                &Actor::public(),
                move |cx| {
                    cx.allow(action::REPORT_SUBMIT, None)?;
                    cx.send("email", "sam@example.com", &n.to_string(), "")?;
                    cx.record(Verb::Collect, "report", None, serde_json::json!({ "n": n }))
                },
                move |outcome| {
                    match outcome {
                        Ok(()) => say(&format!("ack {n}")),
                        Err(error) => say(&format!("no {n}: {error}")),
                    }
                    let _ = sender.send(()); // the thread below is still waiting
                },
            );
        }
        drop(sender);
        let file = format!("thread {thread} after {}", next.load(Ordering::Relaxed));
        match db.put_blob(file.as_bytes(), 1000) {
            Ok(blob) => say(&format!("blob {}", blob.sha256)),
            Err(error) => say(&format!("no blob: {error}")),
        }
        if outcomes.iter().count() as u64 != GROUP {
            say("no answer for some");
        }
    }
}

/// One line in one call, so that a kill cuts between lines. Nobody listens any more: neither do we write.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    if out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(1);
    }
}
