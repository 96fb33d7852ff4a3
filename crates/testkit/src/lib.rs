//! Development only: a database per test on both engines, a clock that stands still, randomness that repeats.
//!
//! It must never be a dependency of anything that is shipped.

pub mod ethics;
pub mod postgres;

use bluelamp_access::algorithm::State;
use bluelamp_casework::{Shelf, ask_live, go_live, register, take_up};
use bluelamp_model::{
    Id, Time,
    authority::{Actor, Ask, Verdict},
};
use bluelamp_store::{Config, Db, Engine, Entropy, Policy};
use bluelamp_triage::{Definition, Status};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// When tests begin: an early winter morning.
pub const START: &str = "2026-11-22T03:00:00Z";

/// A database of its own, gone when it is dropped.
pub struct TestDb {
    /// The open database.
    pub db: Db,
    /// Which engine it runs on.
    pub engine: Engine,
    config: Config,
    clock: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

/// A policy that allows everything, for tests of what is not about permission.
#[must_use]
pub fn allow_all() -> Arc<Policy> {
    Arc::new(|_: &Actor, _: &Ask| Verdict { allowed: true, rule: "test".into() })
}

/// Runs a test once on SQLite and once on PostgreSQL, under a policy that allows everything.
///
/// # Panics
/// When the test does, or when PostgreSQL cannot be started: both engines are always tested.
pub fn on_both(test: impl Fn(&TestDb)) {
    on_both_with(&allow_all(), test);
}

/// As [`on_both`], under a given policy.
///
/// # Panics
/// As [`on_both`].
#[expect(clippy::print_stderr, reason = "the runner shows it with a failed test, and only then")]
pub fn on_both_with(policy: &Arc<Policy>, test: impl Fn(&TestDb)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let db = TestDb::new(engine, Arc::clone(policy));
        // Seen only when the test fails: which engine it was.
        eprintln!("on {engine:?}");
        test(&db);
    }
}

/// Takes up definitions by their texts, and puts everything that runs into the register of algorithms. What is in shadow
/// is approved for the lab, everything else for operation; definitions whose text says that they are live go live: all as
/// everywhere, by people who have accounts and no other part in a test.
///
/// # Panics
/// For a text with faults, or where the database says no.
pub fn put_live(db: &Db, shelf: &Arc<Shelf>, texts: &[&str]) {
    let read =
        |text: &&str| (Definition::load("a test's definition", text).expect("sound"), (*text).to_owned());
    let all: Vec<_> = texts.iter().map(read).collect();
    let live: Vec<_> = all
        .iter()
        .map(|(d, _)| &d.header)
        .filter(|h| h.status == Status::Live)
        .map(|h| (h.id.clone(), h.version.clone()))
        .collect();
    let (lead, chief) = (Id::from_bytes(ethics::LEAD), Id::from_bytes(ethics::CHIEF));
    let beside: Vec<String> =
        all.iter().filter(|(d, _)| d.header.status != Status::Live).map(|(d, _)| d.digest.clone()).collect();
    let known = Arc::clone(shelf);
    db.write(&Actor::system(), move |cx| {
        take_up(cx, &all)?;
        register(cx, &known, Vec::new())?;
        ethics::people(cx)
    })
    .expect("taken up");
    let (lab, operation): (Vec<_>, Vec<_>) =
        ethics::proposed(db).into_iter().partition(|(_, _, digest)| beside.contains(digest));
    let ids = |all: Vec<(Id, String, String)>| all.into_iter().map(|(id, ..)| id).collect::<Vec<_>>();
    ethics::approve(db, &ids(lab), State::Lab, 0);
    ethics::approve(db, &ids(operation), State::Operational, 300);
    for (id, version) in live {
        let asks = Actor::staff(lead, vec!["risk-lead".into()], "governance");
        let agrees = Actor::staff(chief, vec!["accountable-officer".into()], "governance");
        let (asked, known, numbered) = (Arc::clone(shelf), id.clone(), version.clone());
        db.write(&asks, move |cx| ask_live(cx, &asked, &known, &numbered, "For the test.")).expect("asked");
        let shelf = Arc::clone(shelf);
        db.write(&agrees, move |cx| go_live(cx, &shelf, &id, &version, "For the test.")).expect("live");
    }
}

impl TestDb {
    /// A new, empty database.
    ///
    /// # Panics
    /// When it cannot be made: a test without a database is a failed test.
    #[must_use]
    pub fn new(engine: Engine, policy: Arc<Policy>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let start: Time = START.parse().expect("the start is a time");
        let clock = Arc::new(AtomicI64::new(start.micros()));
        let ticking = Arc::clone(&clock);
        let postgres = (engine == Engine::Postgres).then(fresh_postgres);
        let config = Config {
            // Made by the database itself, as it is in real life.
            folder: folder.path().join("data"),
            postgres,
            policy,
            // A microsecond passes at each look, so that what happened later is later.
            clock: Arc::new(move || Time::from_micros(ticking.fetch_add(1, Ordering::Relaxed))),
            entropy: Entropy::Seeded([7; 32], 0),
        };
        let db = Db::open(config.clone()).expect("a new database opens");
        Self { db, engine, config, clock, _folder: folder }
    }

    /// Lets time pass.
    pub fn pass_seconds(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.config.folder
    }

    /// The configuration it was opened with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// A second process's view: the same database, opened again.
    ///
    /// # Panics
    /// When it cannot be opened.
    #[must_use]
    pub fn open_again(&self) -> Db {
        let mut config = self.config.clone();
        config.entropy = Entropy::Seeded([8; 32], 0);
        Db::open(config).expect("the database opens again")
    }
}

fn fresh_postgres() -> String {
    let key = format!("bluelamp-{}", bluelamp_store::schema_digest());
    let template = postgres::template_database(&key, |url| {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        Db::open(Config::new(folder.path(), Some(url.to_owned()), allow_all()))
            .map(drop)
            .map_err(|e| e.to_string())
    })
    .expect("PostgreSQL for tests");
    postgres::fresh_database_from(&template, "test").expect("a fresh PostgreSQL database")
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Some(url) = &self.config.postgres {
            let _ = postgres::drop_database(url); // the cluster is thrown away whole in the end
        }
    }
}
