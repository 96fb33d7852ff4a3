//! Audit entries through the store's one door, as many callers at once, without HTTP.

use crate::{
    Engine,
    service::{Database, Place},
};
use anyhow::{Result, ensure};
use bluelamp_model::authority::{Actor, Verb, action};
use bluelamp_store::{Config, Db};
use bluelamp_testkit::allow_all;
use serde_json::{Value, json};
use std::{
    sync::mpsc::sync_channel,
    time::{Duration, Instant},
};

/// What came of it.
pub(crate) struct Appended {
    entries: u64,
    seconds: f64,
    commits: u64,
    waiting: usize,
}

impl Appended {
    pub(crate) fn per_second(&self) -> f64 {
        self.entries as f64 / self.seconds
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "entries_per_second": self.per_second().round(), "entries": self.entries, "seconds": self.seconds,
            "commits": self.commits, "callers_waiting": self.waiting,
        })
    }
}

/// Keeps `waiting` callers waiting for so many seconds. Each call leaves one entry and is answered when its commit is
/// durable.
pub(crate) fn run(engine: Engine, seconds: f64, waiting: usize, place: &Place) -> Result<Appended> {
    let database = Database::start(engine, place)?;
    let db = Db::open(Config::new(place.path.join("store"), database.url.clone(), allow_all()))?;
    let (told, answers) = sync_channel::<bool>(waiting);
    for _ in 0..waiting {
        told.send(true)?;
    }
    let actor = Actor::system();
    let commits = |db: &Db| db.counts()[0].1;
    let (began, commits_before) = (Instant::now(), commits(&db));
    let end = began + Duration::from_secs_f64(seconds);
    let (mut asked, mut failed) = (0_u64, 0_u64);
    while Instant::now() < end {
        failed += u64::from(!answers.recv()?);
        asked += 1;
        let told = told.clone();
        db.write_then(
            &actor,
            |cx| {
                cx.allow(action::REPORT_LIST, None)?;
                let thing = cx.new_id()?;
                cx.record(Verb::Consult, "report", Some(thing), json!({ "suggestions": 3 }))
            },
            move |outcome| {
                let _ = told.send(outcome.is_ok()); // the loop has ended: nobody counts any more
            },
        );
    }
    for _ in 0..waiting {
        failed += u64::from(!answers.recv()?);
    }
    let seconds = began.elapsed().as_secs_f64();
    ensure!(failed == 0, "{failed} of {asked} entries were refused");
    Ok(Appended { entries: asked, seconds, commits: commits(&db) - commits_before, waiting })
}
