//! Measures Bluelamp as it is run: the release binary on a folder, asked over HTTP, each figure beside a peer that
//! does less on the same machine in the same minutes; and kills it under load to see that it keeps its word.
//!
//! `bench/run.sh` calls it; each part can also be run by hand. It must never be a dependency of anything, and never
//! write a figure that it has not measured.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks on the terminal")]

mod append;
mod figures;
mod http;
mod kill;
mod load;
mod machine;
mod peers;
mod report;
mod seed;
mod service;
mod table;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

#[derive(Parser)]
#[command(name = "bluelamp-bench", max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Which database is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// One file in the data folder.
    Sqlite,
    /// A server of its own, with `fsync` on.
    Postgres,
}

impl Engine {
    /// As it is written in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Send reports to a running service, each with a key and answers of its own
    HttpSubmit {
        /// Where it serves, such as 127.0.0.1:8080
        address: SocketAddr,
        #[command(flatten)]
        plan: Plan,
    },
    /// Ask a running service for one page again and again
    HttpGet {
        /// Where it serves
        address: SocketAddr,
        /// The path, such as /healthz. Left out: the second question of the burglary form, as a visitor who has
        /// answered the first
        path: Option<String>,
        /// A staff API token
        #[arg(long)]
        token: Option<String>,
        #[command(flatten)]
        plan: Plan,
    },
    /// Append audit entries through the store, without HTTP, with many callers waiting for a commit
    StoreAppend {
        engine: Engine,
        #[arg(long, default_value_t = 5.0)]
        seconds: f64,
        /// Callers that wait at any time
        #[arg(long, default_value_t = 1024)]
        waiting: usize,
        /// Where the database goes; a folder in it is made and removed
        #[arg(long, default_value = "target/bench/data")]
        dir: PathBuf,
    },
    /// Fill the queue of a running service: send N reports and wait until each is assessed
    SeedQueue { address: SocketAddr, reports: u64 },
    /// Kill the service under load again and again, and check what it had acknowledged
    Kill9 {
        engine: Engine,
        #[arg(long, default_value = "target/release/bluelamp")]
        bin: PathBuf,
        #[arg(long, default_value_t = 100)]
        rounds: u32,
        /// It is killed at a random moment of this time
        #[arg(long, default_value_t = 1.5)]
        seconds: f64,
        /// In every so many rounds PostgreSQL is ended without a checkpoint as well, as by a power cut; 0: never
        #[arg(long, default_value_t = 5)]
        crash_database_every: u32,
        /// Chooses the moments; a run can be repeated with it
        #[arg(long)]
        seed: Option<u64>,
        /// Where the data goes; a folder in it is made, and kept where something is wrong
        #[arg(long, default_value = "target/bench/data")]
        dir: PathBuf,
    },
    /// Serve the bytes of one file and nothing else: the peer for pages
    Static { file: PathBuf, port: u16 },
    /// Every figure of docs/performance.md that needs the binary, as a table, with results.json and results.md
    Figures(figures::Options),
}

/// How hard, and for how long.
#[derive(clap::Args)]
struct Plan {
    #[arg(long, default_value_t = 64)]
    connections: usize,
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Requests a second, whether or not the answers keep up. Left out: each connection asks again when it was answered
    #[arg(long)]
    rate: Option<f64>,
    /// The first seconds are not counted
    #[arg(long, default_value_t = 1.0)]
    warm_up: f64,
}

impl Plan {
    fn load(&self, address: SocketAddr) -> load::Plan {
        load::Plan {
            address,
            connections: self.connections,
            seconds: self.seconds,
            warm_up: self.warm_up,
            rate: self.rate,
            count: None,
        }
    }
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(Value::Null) => ExitCode::SUCCESS,
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("bluelamp-bench: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<Value> {
    Ok(match command {
        Command::HttpSubmit { address, plan } => {
            let reports = report::Reports::new(report::run_name());
            load::run(&plan.load(address), move |n| reports.request(n), |a| a.status == 201)?.json()
        }
        Command::HttpGet { address, path, token, plan } => {
            let mut headers = Vec::new();
            if let Some(token) = &token {
                headers.push(("Authorization", format!("Bearer {token}")));
            }
            let path = match path {
                Some(path) => path,
                None => {
                    let visit = http::enter_journey(address)?;
                    headers.push(("Cookie", visit.cookie));
                    visit.path
                }
            };
            let request = http::get(&path, &headers);
            load::run(&plan.load(address), move |_| request.clone(), |a| a.status == 200)?.json()
        }
        Command::StoreAppend { engine, seconds, waiting, dir } => {
            append::run(engine, seconds, waiting, &service::Place::new(&dir, "append")?)?.json()
        }
        Command::SeedQueue { address, reports } => seed::run(address, reports)?.json(),
        Command::Kill9 { engine, bin, rounds, seconds, crash_database_every, seed, dir } => {
            let how = kill::Rounds {
                bin: bin.canonicalize().with_context(|| bin.display().to_string())?,
                rounds,
                seconds,
                crash_database_every,
                seed: seed.unwrap_or_else(report::chance),
            };
            kill::run(engine, &how, service::Place::new(&dir, "kill")?)?
        }
        Command::Static { file, port } => {
            peers::serve_static(&file, port)?;
            Value::Null
        }
        Command::Figures(options) => {
            let (reached, of) = figures::run(&options)?;
            json!({ "reached": reached, "of": of })
        }
    })
}
