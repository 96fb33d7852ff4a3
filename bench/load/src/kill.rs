//! The promise under the knife: the service is killed at a random moment while reports come in, again and again, and
//! every report that it had acknowledged must be there afterwards, once, with its reference, its code, its place in
//! the queue, its assessment or the job for it, and its entry in the log.
//!
//! What is asked after each kill: the log holds together as it was left; the service starts; each report of the round,
//! sent again with its key, gives the receipt that was given before; and the tables, read past the product's own code,
//! hold exactly the reports that were sent. `kill -9` ends a process, not a machine: what the disk was told to keep is
//! only tested where PostgreSQL is crashed as well.

use crate::{
    Engine,
    http::{Answer, Client},
    report::{Draw, Reports, run_name},
    service::{Database, Installation, Place, Service},
};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    path::PathBuf,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::task::LocalSet;

const CONNECTIONS: usize = 16;
/// Never killed before this: nothing would be under way.
const AT_LEAST: f64 = 0.1;
const DOCTOR_EVERY: u32 = 10;

/// How it is to be done.
pub(crate) struct Rounds {
    pub(crate) bin: PathBuf,
    pub(crate) rounds: u32,
    /// The longest time until it is killed.
    pub(crate) seconds: f64,
    pub(crate) crash_database_every: u32,
    pub(crate) seed: u64,
}

/// A report that was sent: its receipt, once there was one.
type Sent = BTreeMap<u64, Option<Value>>;

#[derive(Default)]
struct Story {
    /// Rounds that were seen to their end.
    rounds: u32,
    acknowledged: u64,
    in_flight: u64,
    in_flight_kept: u64,
    database_crashes: u32,
    log_entries: u64,
    receipts: Sent,
    wrong: Vec<String>,
}

/// Runs the rounds and gives the summary; an error when anything was lost, doubled or broken.
pub(crate) fn run(engine: Engine, how: &Rounds, mut place: Place) -> Result<Value> {
    let began = Instant::now();
    let mut story = Story::default();
    let outcome = rounds(engine, how, &place, &mut story);
    let summary = json!({
        "engine": engine.name(), "rounds": story.rounds, "seed": how.seed, "acknowledged": story.acknowledged,
        "in_flight_when_killed": story.in_flight, "of_those_kept": story.in_flight_kept,
        "database_crashes": story.database_crashes, "log_entries": story.log_entries,
        "seconds": began.elapsed().as_secs(), "wrong": story.wrong,
    });
    if let Err(e) = outcome {
        place.keep();
        bail!("{e:#}\n{summary}\nThe data is kept in {}", place.path.display());
    }
    if !story.wrong.is_empty() {
        place.keep();
        bail!("{summary}\nThe data is kept in {}", place.path.display());
    }
    Ok(summary)
}

fn rounds(engine: Engine, how: &Rounds, place: &Place, story: &mut Story) -> Result<()> {
    let database = Database::start(engine, place)?;
    let installation = Installation::new(&how.bin, place, &database)?;
    let reports = Rc::new(Reports::new(run_name()));
    let mut draw = Draw(how.seed);
    let mut service = installation.serve()?;
    for round in 1..=how.rounds {
        let share = draw.below(1_000_000) as f64 / 1e6;
        let moment = Duration::from_secs_f64(AT_LEAST + share * (how.seconds - AT_LEAST).max(0.0));
        let first = story.receipts.len() as u64;
        let (ended, sent) = send_until_killed(service, &reports, first, moment)?;
        drop(ended);
        if let Some(cluster) = &database.cluster
            && how.crash_database_every > 0
            && round % how.crash_database_every == 0
        {
            cluster.crash().map_err(anyhow::Error::msg)?;
            cluster.start().map_err(anyhow::Error::msg)?;
            story.database_crashes += 1;
        }
        let checked: Value = serde_json::from_str(&installation.run(&["log", "check", "--json"])?)?;
        story.log_entries = checked["entries"].as_u64().unwrap_or(0);
        service = installation.serve()?;
        send_again(&service, &reports, sent, story)?;
        service.stop()?;
        count(&installation, &database, story)?;
        story.rounds = round;
        if round % DOCTOR_EVERY == 0 || round == how.rounds {
            story.wrong.append(&mut installation.damage()?);
            eprintln!(
                "{}: {round} of {} rounds, {} reports acknowledged, {} things wrong",
                engine.name(),
                how.rounds,
                story.acknowledged,
                story.wrong.len()
            );
        }
        service = installation.serve()?;
    }
    service.stop()?;
    compare_receipts(&installation, &database, story)
}

/// Sends reports on all connections until the service is killed. Gives what was sent, with the receipts that came.
fn send_until_killed(
    mut service: Service,
    reports: &Rc<Reports>,
    first: u64,
    moment: Duration,
) -> Result<(Service, Sent)> {
    let sent = Rc::new(RefCell::new(Sent::new()));
    let address = service.address;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(LocalSet::new().run_until(async {
        let all: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                let (sent, reports) = (Rc::clone(&sent), Rc::clone(reports));
                tokio::task::spawn_local(async move {
                    let Ok(mut client) = Client::connect(address).await else { return Ok(()) };
                    loop {
                        let n = first + sent.borrow().len() as u64;
                        sent.borrow_mut().insert(n, None);
                        let Ok(answer) = client.ask(&reports.request(n)).await else { return Ok(()) };
                        ensure!(answer.status == 201, "report {n}: {}{}", answer.head, answer.text());
                        sent.borrow_mut().insert(n, Some(receipt(&answer)?));
                    }
                })
            })
            .collect();
        tokio::time::sleep(moment).await;
        service.kill()?;
        for one in all {
            one.await??;
        }
        anyhow::Ok(())
    }))?;
    Ok((service, sent.take()))
}

fn receipt(answer: &Answer) -> Result<Value> {
    serde_json::from_slice(&answer.body).context("a receipt that is not JSON")
}

/// Sends every report of the round again. What was acknowledged must be known, with the same receipt; what was under
/// way may or may not be, and is received now.
fn send_again(service: &Service, reports: &Rc<Reports>, sent: Sent, story: &mut Story) -> Result<()> {
    let address = service.address;
    let waiting = Rc::new(RefCell::new(sent.into_iter().collect::<Vec<_>>()));
    let answers = Rc::new(RefCell::new(Vec::new()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(LocalSet::new().run_until(async {
        let all: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                let (waiting, answers, reports) =
                    (Rc::clone(&waiting), Rc::clone(&answers), Rc::clone(reports));
                tokio::task::spawn_local(async move {
                    let mut client = Client::connect(address).await?;
                    loop {
                        let Some((n, before)) = waiting.borrow_mut().pop() else { return anyhow::Ok(()) };
                        let answer = client.ask(&reports.request(n)).await?;
                        answers.borrow_mut().push((n, before, answer));
                    }
                })
            })
            .collect();
        for one in all {
            one.await??;
        }
        anyhow::Ok(())
    }))?;
    for (n, before, answer) in answers.take() {
        let now = receipt(&answer)?;
        match &before {
            Some(before) => {
                story.acknowledged += 1;
                if answer.status != 200 {
                    story.wrong.push(format!("report {n} was acknowledged and is lost: {before}"));
                } else if *before != now {
                    story.wrong.push(format!("report {n} has another receipt: {before}, then {now}"));
                }
            }
            None => {
                story.in_flight += 1;
                story.in_flight_kept += u64::from(answer.status == 200);
                if !matches!(answer.status, 200 | 201) {
                    story.wrong.push(format!("report {n} was not taken when sent again: {now}"));
                }
            }
        }
        story.receipts.insert(n, Some(now));
    }
    Ok(())
}

/// What must equal the number of reports sent: the submissions, their places in the queue, their log entries, and those
/// that are assessed or wait for it, once.
const COUNTS: [(&str, &str); 5] = [
    ("submissions", "select count(*) from submission"),
    ("places in the queue", "select count(*) from report"),
    (
        "entries in the log",
        "select count(*) from audit where verb = 'collect' and object_kind = 'submission'",
    ),
    (
        "assessments done or to do",
        "select (select count(*) from assessment) + (select count(*) from job where kind = 'assess')",
    ),
    (
        "assessed reports or jobs",
        "select (select count(distinct report_id) from assessment) + (select count(*) from job where kind = 'assess' and not dead)",
    ),
];

fn count(installation: &Installation, database: &Database, story: &mut Story) -> Result<()> {
    let sent = i64::try_from(story.receipts.len())?;
    for (what, sql) in COUNTS {
        let n: i64 = match &database.url {
            Some(url) => postgres::Client::connect(url, postgres::NoTls)?.query_one(sql, &[])?.get(0),
            None => lite(installation)?.query_row(sql, [], |row| row.get(0))?,
        };
        if n != sent {
            story.wrong.push(format!("{sent} reports were sent, and there are {n} {what}"));
        }
    }
    Ok(())
}

fn lite(installation: &Installation) -> Result<rusqlite::Connection> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    Ok(rusqlite::Connection::open_with_flags(installation.folder.join("bluelamp.sqlite"), flags)?)
}

/// Each receipt of the whole run against the table: this reference, once.
fn compare_receipts(installation: &Installation, database: &Database, story: &mut Story) -> Result<()> {
    const SQL: &str = "select reference, count(*) from submission group by reference";
    let stored: BTreeMap<String, i64> = match &database.url {
        Some(url) => {
            let rows = postgres::Client::connect(url, postgres::NoTls)?.query(SQL, &[])?;
            rows.iter().map(|r| (r.get(0), r.get(1))).collect()
        }
        None => {
            let c = lite(installation)?;
            let mut statement = c.prepare(SQL)?;
            let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
            rows.collect::<rusqlite::Result<_>>()?
        }
    };
    for (n, receipt) in &story.receipts {
        let reference = receipt.as_ref().and_then(|r| r["reference"].as_str()).unwrap_or_default();
        if stored.get(reference) != Some(&1) {
            story.wrong.push(format!("report {n} ({reference}) is there {:?} times", stored.get(reference)));
        }
    }
    Ok(())
}
