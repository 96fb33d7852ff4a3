//! The work behind the pages: jobs are done, the log is sealed. It gives way to callers, and it can be stopped.

use crate::{fail::Fail, mail};
use bluelamp_access::algorithm::CHANGED;
use bluelamp_casework::Shelf;
use bluelamp_model::{Error, Result, authority::Actor};
use bluelamp_store::{Cx, Db, Job, LogKey};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// At most so many jobs are claimed together, so that their commits go together too.
pub(crate) const BATCH: u32 = 32;
/// They are fewer where they take longer than this: everybody who reads or writes waits for the commit under way.
const TURN: Duration = Duration::from_millis(20);
const TURN_IN_COMPANY: Duration = Duration::from_millis(5);
/// More commits of others than these, while a batch was worked on, are company: some hundreds a second.
const COMPANY: u64 = 4;
/// In company the jobs rest for so many times as long as they worked: they take a tenth of the writer's time, and
/// are done nevertheless.
const REST_IN_COMPANY: u32 = 9;
/// But not for longer at once, so that the worker can be stopped.
const LONGEST_REST: Duration = Duration::from_millis(500);
/// After so long without an answer a job is somebody else's to try.
const LEASE_SECONDS: i64 = 60;
/// The log is sealed at least so often while there is something to seal,
const SEAL_EVERY: Duration = Duration::from_secs(1);
/// and at once when so many entries may wait.
const SEAL_AT: u64 = 1000;
/// Without work, the jobs are looked for so often, for those that wait for their next try.
const REST: Duration = Duration::from_millis(300);
/// How often the sealer looks whether it is to stop.
const GLANCE: Duration = Duration::from_millis(100);

/// What the jobs need.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) db: Db,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) organisation: String,
    pub(crate) sender: mail::Sender,
}

impl Worker {
    /// Claims at most so many due jobs and does them. Gives how many there were.
    ///
    /// # Errors
    /// When jobs cannot be claimed. A job that fails is put back for later with its reason.
    pub(crate) fn work_once(&self, most: u32) -> Result<usize> {
        let jobs = self.db.claim_jobs(most, LEASE_SECONDS)?;
        let began = Instant::now();
        let (told, outcomes) = mpsc::channel();
        let done = |job: &Job| -> mail::Done {
            let (told, job) = (told.clone(), job.clone());
            Box::new(move |outcome| {
                let _ = told.send((job, outcome)); // the loop below is still listening
            })
        };
        let mut messages = Vec::new();
        for job in &jobs {
            match job.kind.as_str() {
                "assess" => self.assess(job, done(job)),
                "retriage" => self.retriage(job, done(job)),
                CHANGED => self.algorithm_changed(job, done(job)),
                "send" => messages.push((job.clone(), done(job))),
                other => {
                    let error = format!("nobody knows how to do a job of the kind '{other}'");
                    done(job)(Err(Error::Bug(error)));
                }
            }
        }
        if !messages.is_empty() {
            // The store catches panics in what it runs; files are written outside of it. A job whose end nobody
            // tells is tried again when its lease has run out.
            let sent = catch_unwind(AssertUnwindSafe(|| mail::send(&self.db, messages, &self.sender)));
            if sent.is_err() {
                tracing::error!("sending messages panicked");
            }
        }
        drop(told);
        for (job, outcome) in outcomes {
            let Err(error) = outcome else {
                let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                tracing::debug!(job.kind = %job.kind, job.id = %job.id, duration_ms = took, "a job was done");
                continue;
            };
            // Somebody else does it now, or has done it: there is nothing to put back.
            if matches!(error, Error::Stale(_)) {
                continue;
            }
            tracing::warn!(job.kind = %job.kind, job.id = %job.id, tries = job.tries, error = %error, "a job failed");
            self.db.fail_job(&job, &error.to_string())?;
        }
        Ok(jobs.len())
    }

    fn assess(&self, job: &Job, done: mail::Done) {
        let (job, shelf, organisation) = (job.clone(), Arc::clone(&self.shelf), self.organisation.clone());
        let run = move |cx: &mut Cx<'_>| bluelamp_casework::assess(cx, &job, &shelf, &organisation);
        self.db.write_then(&Actor::system(), run, done);
    }

    fn retriage(&self, job: &Job, done: mail::Done) {
        let (job, shelf) = (job.clone(), Arc::clone(&self.shelf));
        let run = move |cx: &mut Cx<'_>| bluelamp_casework::retriage(cx, &job, &shelf);
        self.db.write_then(&Actor::system(), run, done);
    }

    fn algorithm_changed(&self, job: &Job, done: mail::Done) {
        let (job, shelf) = (job.clone(), Arc::clone(&self.shelf));
        let run = move |cx: &mut Cx<'_>| bluelamp_casework::algorithm_changed(cx, &job, &shelf);
        self.db.write_then(&Actor::system(), run, done);
    }

    fn run(&self, stop: &AtomicBool) {
        let mut most = BATCH;
        while !stop.load(Ordering::Relaxed) {
            let (began, before) = (Instant::now(), tasks(&self.db));
            match self.work_once(most) {
                Ok(0) => {
                    most = BATCH;
                    self.db.wait_for_jobs(REST);
                }
                Ok(done) => {
                    // Claiming them and marking messages as sent are commits of the worker's own as well.
                    let own = done as u64 + 2;
                    let company = tasks(&self.db) - before > own + COMPANY;
                    let (took, turn) = (began.elapsed(), if company { TURN_IN_COMPANY } else { TURN });
                    let fit = done as f64 * turn.as_secs_f64() / took.as_secs_f64().max(1e-6);
                    most = (1..BATCH).find(|n| f64::from(*n) >= fit).unwrap_or(BATCH);
                    if company {
                        std::thread::sleep((took * REST_IN_COMPANY).min(LONGEST_REST));
                    }
                }
                Err(error) => {
                    tracing::error!(error = %error, "jobs could not be claimed");
                    std::thread::sleep(GLANCE * 5);
                }
            }
        }
    }
}

/// What the store's writers have committed since the start.
fn tasks(db: &Db) -> u64 {
    db.counts().into_iter().find(|(name, _)| *name == "tasks").map_or(0, |(_, n)| n)
}

fn seal(db: &Db, key: &LogKey, stop: &AtomicBool) {
    let (mut last, mut seen) = (Instant::now(), tasks(db));
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(GLANCE);
        if last.elapsed() < SEAL_EVERY && tasks(db) - seen < SEAL_AT {
            continue;
        }
        (last, seen) = (Instant::now(), tasks(db));
        // Looking first keeps a service at rest from writing.
        let sealed = db.seal_counts().and_then(|(_, waiting)| if waiting > 0 { db.seal(key) } else { Ok(0) });
        if let Err(error) = sealed {
            tracing::error!(error = %error, "the log could not be sealed");
        }
    }
    // What was committed last is sealed too, so that a copy of the folder is whole in itself.
    if let Err(error) = db.seal(key) {
        tracing::error!(error = %error, "the log could not be sealed before the end");
    }
}

/// The threads, each with the word that stops it, in the order in which they are stopped.
pub(crate) struct Running {
    threads: Vec<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Running {
    /// Starts a thread that works off jobs and one that seals the log.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(worker: Worker, key: LogKey) -> Result<Self, Fail> {
        let mut running = Self { threads: Vec::new() };
        let db = worker.db.clone();
        running.spawn("jobs", move |stop| worker.run(stop))?;
        running.spawn("sealer", move |stop| seal(&db, &key, stop))?;
        Ok(running)
    }

    fn spawn(&mut self, name: &str, run: impl FnOnce(&AtomicBool) + Send + 'static) -> Result<(), Fail> {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        self.threads.push((stop, std::thread::Builder::new().name(name.into()).spawn(move || run(&told))?));
        Ok(())
    }

    /// Waits until the jobs under way are done, and only then until the log is sealed: it holds them too.
    pub(crate) fn stop(self) {
        for (stop, thread) in self.threads {
            stop.store(true, Ordering::Relaxed);
            if thread.join().is_err() {
                tracing::error!("a background thread had panicked");
            }
        }
    }
}
