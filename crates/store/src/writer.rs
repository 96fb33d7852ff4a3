//! Group commit: callers wait in a queue, a writer runs many of them in one transaction, and each is answered
//! when that transaction is durable.

use crate::{
    audit::{self, Note},
    cx::{Cx, Entropy, Policy, Refused, State},
    engine::{Conn, Engine, Failure},
    late::Late,
};
use bluelamp_model::{
    Error, Result, Time,
    authority::{Actor, Verb},
};
use crossbeam_channel::{Receiver, Sender};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

/// At most so many callers share one commit.
const BATCH: usize = 256;
/// A transaction that the engine wants run again is run at most so often.
const TRIES: u32 = 4;
const LOST: &str = "the disk is full or fails; nothing was committed";

/// One waiting caller.
pub(crate) trait Task: Send {
    fn actor(&self) -> &Actor;
    fn run(&mut self, cx: &mut Cx<'_>) -> Result<()>;
    fn finish(self: Box<Self>, outcome: Result<()>);
}

/// A closure with the slot for its answer.
pub(crate) struct Call<T, F, D> {
    pub actor: Actor,
    pub run: F,
    pub value: Option<T>,
    pub done: D,
}

impl<T, F, D> Task for Call<T, F, D>
where
    T: Send,
    F: FnMut(&mut Cx<'_>) -> Result<T> + Send,
    D: FnOnce(Result<T>) + Send,
{
    fn actor(&self) -> &Actor {
        &self.actor
    }

    fn run(&mut self, cx: &mut Cx<'_>) -> Result<()> {
        self.value = Some((self.run)(cx)?);
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Result<()>) {
        let Self { value, done, .. } = *self;
        done(
            outcome.and_then(|()| value.ok_or_else(|| Error::Bug("a committed task left no answer".into()))),
        );
    }
}

/// What the writers count, for `/metrics`.
#[derive(Default, Debug)]
pub(crate) struct Counters {
    /// Transactions committed.
    pub commits: AtomicU64,
    /// Callers answered from a committed transaction.
    pub tasks: AtomicU64,
    /// Closures run again because the engine asked for it or a neighbour failed.
    pub reruns: AtomicU64,
}

/// Everything that a writer thread needs.
pub(crate) struct Shared {
    pub policy: Arc<Policy>,
    pub clock: Arc<dyn Fn() -> Time + Send + Sync>,
    pub counters: Counters,
    /// Called after a commit that enqueued jobs.
    pub jobs_wake: Sender<()>,
}

/// Starts a writer on its own thread; it ends when the queue's senders are gone.
pub(crate) fn start(
    name: String,
    mut connect: impl FnMut() -> Result<Conn, Failure> + Send + 'static,
    mut entropy: Entropy,
    queue: Receiver<Box<dyn Task>>,
    shared: Arc<Shared>,
) -> Result<JoinHandle<()>, Failure> {
    let mut conn = connect()?;
    std::thread::Builder::new()
        .name(name)
        .spawn(move || {
            while let Ok(first) = queue.recv() {
                let mut batch = vec![first];
                batch.extend(queue.try_iter().take(BATCH - 1));
                if conn.is_closed() {
                    match connect() {
                        Ok(fresh) => conn = fresh,
                        Err(failure) => {
                            let message = failure.message().to_owned();
                            for task in batch {
                                task.finish(Err(Error::Unavailable(message.clone())));
                            }
                            std::thread::sleep(Duration::from_millis(200));
                            continue;
                        }
                    }
                }
                run_batch(&mut conn, &mut entropy, batch, &shared);
            }
        })
        .map_err(|e| Failure::Unavailable(format!("no thread for the writer: {e}")))
}

fn run_batch(conn: &mut Conn, entropy: &mut Entropy, mut batch: Vec<Box<dyn Task>>, shared: &Shared) {
    // Savepoints cost: on PostgreSQL two more round trips for each task, on SQLite a copy of every page that the
    // task changes. So many tasks are first run together without, which nearly always works.
    let outcomes = if batch.len() > 1 && together(conn, entropy, &mut batch, shared).is_ok() {
        batch.iter().map(|_| Ok(())).collect()
    } else if batch.len() > 1 && conn.engine() == Engine::Sqlite {
        with_savepoints(conn, entropy, &mut batch, shared)
    } else {
        one_by_one(conn, entropy, &mut batch, shared)
    };
    shared.counters.commits.fetch_add(1, Ordering::Relaxed);
    shared.counters.tasks.fetch_add(batch.len() as u64, Ordering::Relaxed);
    for (task, outcome) in batch.into_iter().zip(outcomes) {
        // Nor may a panic in what a caller does with the answer.
        if catch_unwind(AssertUnwindSafe(|| task.finish(outcome))).is_err() {
            tracing::error!("a caller panicked over the answer to its write");
        }
    }
}

/// SQLite: each task stands or falls alone within the one commit.
fn with_savepoints(
    conn: &mut Conn,
    entropy: &mut Entropy,
    batch: &mut [Box<dyn Task>],
    shared: &Shared,
) -> Vec<Result<()>> {
    if let Err(failure) = conn.begin() {
        return batch.iter().map(|_| Err(Error::Unavailable(failure.message().to_owned()))).collect();
    }
    let mut outcomes = Vec::with_capacity(batch.len());
    let mut wake = false;
    for task in batch.iter_mut() {
        // A full or failing disk ends the whole transaction: going on would commit the rest one by one.
        if !conn.in_transaction() {
            return batch.iter().map(|_| Err(Error::Unavailable(LOST.into()))).collect();
        }
        let outcome = conn.batch("savepoint task").map_err(Error::from).and_then(|()| {
            let attempt = attempt(conn, entropy, task.as_mut(), shared);
            let kept = attempt.outcome.and_then(|state| {
                wake |= !state.late.jobs.is_empty();
                Ok(state.late.write(conn)?)
            });
            if kept.is_err() {
                conn.batch("rollback to task; release task")?;
                log_refusal(conn, entropy, task.actor(), attempt.refused, shared);
                return kept;
            }
            Ok(conn.batch("release task")?)
        });
        outcomes.push(outcome);
    }
    if let Err(failure) = conn.batch("commit") {
        let _ = conn.batch("rollback"); // the commit has failed already: its message is the one that counts
        return batch.iter().map(|_| Err(Error::Unavailable(failure.message().to_owned()))).collect();
    }
    if wake {
        let _ = shared.jobs_wake.try_send(()); // full means that a wake-up is waiting anyway
    }
    outcomes
}

/// Each task in a transaction of its own.
fn one_by_one(
    conn: &mut Conn,
    entropy: &mut Entropy,
    batch: &mut [Box<dyn Task>],
    shared: &Shared,
) -> Vec<Result<()>> {
    batch
        .iter_mut()
        .map(|task| {
            let mut tries = 0;
            loop {
                tries += 1;
                let (outcome, retry) = alone(conn, entropy, task.as_mut(), shared);
                match outcome {
                    Err(_) if retry && tries < TRIES => {
                        shared.counters.reruns.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_millis(5 << tries));
                    }
                    outcome => return outcome,
                }
            }
        })
        .collect()
}

/// All tasks in one transaction, or nothing of any.
fn together(
    conn: &mut Conn,
    entropy: &mut Entropy,
    batch: &mut [Box<dyn Task>],
    shared: &Shared,
) -> Result<()> {
    conn.begin()?;
    let mut wake = false;
    let outcome = (|| {
        let mut all = Late::default();
        for task in batch.iter_mut() {
            all.append(attempt(conn, entropy, task.as_mut(), shared).outcome?.late);
        }
        wake = !all.jobs.is_empty();
        all.write(conn)?;
        conn.batch("commit")?;
        Ok(())
    })();
    if outcome.is_err() {
        shared.counters.reruns.fetch_add(batch.len() as u64, Ordering::Relaxed);
        conn.batch("rollback")?;
    } else if wake {
        let _ = shared.jobs_wake.try_send(()); // full means that a wake-up is waiting anyway
    }
    outcome
}

fn alone(conn: &mut Conn, entropy: &mut Entropy, task: &mut dyn Task, shared: &Shared) -> (Result<()>, bool) {
    if let Err(failure) = conn.begin() {
        return (Err(failure.into()), false);
    }
    let attempt = attempt(conn, entropy, task, shared);
    let outcome = attempt.outcome.and_then(|state| {
        let wake = !state.late.jobs.is_empty();
        state.late.write(conn)?;
        conn.batch("commit")?;
        if wake {
            let _ = shared.jobs_wake.try_send(()); // full means that a wake-up is waiting anyway
        }
        Ok(())
    });
    if outcome.is_err() {
        let _ = conn.batch("rollback"); // nothing to save: the error is what counts
        if attempt.refused.is_some() && conn.begin().is_ok() {
            log_refusal(conn, entropy, task.actor(), attempt.refused, shared);
            let _ = conn.batch("commit"); // a refusal that cannot be logged is still a refusal
        }
    }
    (outcome, attempt.retry)
}

/// What came of running a task once, before anything is committed.
struct Attempt {
    outcome: Result<State>,
    retry: bool,
    refused: Option<Refused>,
}

fn attempt(conn: &mut Conn, entropy: &mut Entropy, task: &mut dyn Task, shared: &Shared) -> Attempt {
    let actor = task.actor().clone();
    let mut cx = Cx::new(conn, &actor, (shared.clock)(), entropy, &*shared.policy);
    // A panic in one caller's closure must not take the writer, and everybody else's commit, with it.
    let ran = catch_unwind(AssertUnwindSafe(|| task.run(&mut cx)))
        .unwrap_or_else(|_| Err(Error::Bug("a write panicked; nothing of it was kept".into())));
    let outcome = ran.and_then(|()| cx.check_rule());
    let mut state = std::mem::take(&mut cx.state);
    Attempt { retry: state.retry, refused: state.refused.take(), outcome: outcome.map(|()| state) }
}

/// A refused attempt changes nothing but is itself something that happened.
fn log_refusal(
    conn: &mut Conn,
    entropy: &mut Entropy,
    actor: &Actor,
    refused: Option<Refused>,
    shared: &Shared,
) {
    let Some(Refused { action, object, rule }) = refused else { return };
    let mut cx = Cx::new(conn, actor, (shared.clock)(), entropy, &*shared.policy);
    let note = Note {
        verb: Verb::Refuse,
        action,
        rule: &rule,
        object_kind: "request",
        object,
        detail: serde_json::Value::Null,
    };
    let logged = cx.entry(note).and_then(|entry| Ok(audit::append(conn, &[entry])?));
    if let Err(error) = logged {
        tracing::error!(%error, action, "a refusal could not be logged");
    }
}
