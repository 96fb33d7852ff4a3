//! Opening the database, and the two doors to it: [`Db::write`] and [`Db::read`].

use crate::{
    checkpoint,
    cx::{Cx, Entropy, Policy, State},
    engine::{Conn, Engine, Failure},
    migrate, restore,
    writer::{self, Call, Counters, Shared, Task},
};
use bluelamp_model::{
    Error, Result, Time,
    authority::{Actor, ActorKind},
};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, atomic::Ordering},
    thread::JoinHandle,
};

/// Where the database is and what it is given from outside.
#[derive(Clone)]
pub struct Config {
    /// The data folder: database (SQLite), blobs, keys.
    pub folder: PathBuf,
    /// A PostgreSQL connection string; none means SQLite in the data folder.
    pub postgres: Option<String>,
    /// The decision point of `access`.
    pub policy: Arc<Policy>,
    /// Where the time comes from.
    pub clock: Arc<dyn Fn() -> Time + Send + Sync>,
    /// Where randomness comes from.
    pub entropy: Entropy,
}

impl Config {
    /// The ordinary configuration: real clock, the system's randomness.
    pub fn new(folder: impl Into<PathBuf>, postgres: Option<String>, policy: Arc<Policy>) -> Self {
        Self { folder: folder.into(), postgres, policy, clock: Arc::new(Time::now), entropy: Entropy::System }
    }

    /// How connections are made; the argument says whether one is for reading only.
    pub(crate) fn connector(&self) -> Arc<Connect> {
        let file = self.folder.join("bluelamp.sqlite");
        let url = self.postgres.clone();
        Arc::new(move |read_only| match &url {
            Some(url) => Conn::postgres(url, read_only),
            None => Conn::sqlite(&file, read_only),
        })
    }
}

/// Makes the data folder where there is none, closed to everybody else on the machine.
pub(crate) fn make_private(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .recursive(true)
        .create(folder)
        .map_err(|e| Error::Unavailable(format!("the data folder {} cannot be made: {e}", folder.display())))
}

pub(crate) type Connect = dyn Fn(bool) -> Result<Conn, Failure> + Send + Sync;

/// Callers that may wait for a commit before new ones are turned away.
const QUEUE: usize = 10_000;
/// PostgreSQL commits side by side; SQLite has one writer by nature.
const PG_WRITERS: usize = 2;
const READERS: usize = 4;

/// The open database. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    engine: Engine,
    shared: Arc<Shared>,
    entropy: Mutex<Entropy>,
    queue: Option<Sender<Box<dyn Task>>>,
    writers: Vec<JoinHandle<()>>,
    /// SQLite only: the thread that moves the log over, and what keeps it going.
    checkpoints: Option<(Sender<()>, JoinHandle<()>)>,
    readers: (Sender<Conn>, Receiver<Conn>),
    connect: Arc<Connect>,
    jobs_woken: Receiver<()>,
}

impl Db {
    /// Opens the database, making the folder and bringing the schema up to date.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the folder or the server cannot be used, [`Error::Conflict`] when a restore
    /// into it did not finish, [`Error::Bug`] when the schema is of a newer version.
    pub fn open(config: Config) -> Result<Self> {
        restore::refuse_incomplete(&config.folder)?;
        Self::start(config)
    }

    /// As [`Db::open`], for a restore that looks at its own work.
    pub(crate) fn start(config: Config) -> Result<Self> {
        make_private(&config.folder)?;
        let engine = if config.postgres.is_some() { Engine::Postgres } else { Engine::Sqlite };
        let connect = config.connector();
        let mut first = connect(false)?;
        for name in migrate::migrate(&mut first, (config.clock)())? {
            tracing::info!(migration = name, "schema brought up to date");
        }
        drop(first);
        let (jobs_wake, jobs_woken) = bounded(1);
        let shared = Arc::new(Shared {
            policy: config.policy,
            clock: config.clock,
            counters: Counters::default(),
            jobs_wake,
        });
        let (queue, waiting) = bounded::<Box<dyn Task>>(QUEUE);
        let count = if engine == Engine::Postgres { PG_WRITERS } else { 1 };
        let mut writers = Vec::new();
        for n in 0..count {
            let connect = Arc::clone(&connect);
            writers.push(writer::start(
                format!("writer-{n}"),
                move || connect(false),
                config.entropy.fork(n as u64),
                waiting.clone(),
                Arc::clone(&shared),
            )?);
        }
        let checkpoints = match engine {
            Engine::Sqlite => {
                let (keep, stop) = bounded(0);
                Some((keep, checkpoint::start(&*connect, Arc::clone(&shared), stop)?))
            }
            Engine::Postgres => None,
        };
        Ok(Self {
            inner: Arc::new(Inner {
                folder: config.folder,
                engine,
                shared,
                entropy: Mutex::new(config.entropy.fork(u64::MAX)),
                queue: Some(queue),
                writers,
                checkpoints,
                readers: bounded(READERS),
                connect,
                jobs_woken,
            }),
        })
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Which engine runs, for health checks and reports.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// The time by this database's clock.
    #[must_use]
    pub fn now(&self) -> Time {
        (self.inner.shared.clock)()
    }

    /// What the writers have counted since the start: commits, tasks, reruns.
    #[must_use]
    pub fn counts(&self) -> [(&'static str, u64); 3] {
        let c = &self.inner.shared.counters;
        [
            ("commits", c.commits.load(Ordering::Relaxed)),
            ("tasks", c.tasks.load(Ordering::Relaxed)),
            ("reruns", c.reruns.load(Ordering::Relaxed)),
        ]
    }

    /// Callers waiting for a commit at this moment.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.inner.queue.as_ref().map_or(0, Sender::len)
    }

    /// Waits until a commit has enqueued a job, or the time is up.
    pub fn wait_for_jobs(&self, at_most: std::time::Duration) {
        let _ = self.inner.jobs_woken.recv_timeout(at_most); // a time-out is an ordinary wake-up
    }

    /// Runs a closure in a transaction and returns when it is durable.
    ///
    /// The closure may be run more than once: it touches nothing but its context.
    ///
    /// # Errors
    /// What the closure gave, or why the commit failed. Nothing was changed then.
    pub fn write<T, F>(&self, actor: &Actor, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = bounded(1);
        self.write_then(actor, run, move |outcome| {
            let _ = answer.send(outcome); // the caller below is still waiting
        });
        answered.recv().unwrap_or_else(|_| Err(Error::Unavailable("the database is closing".into())))
    }

    /// As [`Db::write`], but returns at once; `done` is called on the writer's thread when the commit is durable.
    pub fn write_then<T, F, D>(&self, actor: &Actor, run: F, done: D)
    where
        T: Send + 'static,
        F: FnMut(&mut Cx<'_>) -> Result<T> + Send + 'static,
        D: FnOnce(Result<T>) + Send + 'static,
    {
        let call = Box::new(Call { actor: actor.clone(), run, value: None, done });
        let turned_away = match &self.inner.queue {
            Some(queue) => queue.try_send(call).map_err(crossbeam_channel::TrySendError::into_inner).err(),
            None => Some(call as Box<dyn Task>),
        };
        if let Some(task) = turned_away {
            task.finish(Err(Error::Unavailable("too many are waiting; try again in a moment".into())));
        }
    }

    /// Runs a closure over one consistent state, logs what it consulted, and only then returns its answer.
    ///
    /// # Errors
    /// What the closure gave, or why its log entry could not be written: no entry, no answer.
    pub fn read<T, F>(&self, actor: &Actor, run: F) -> Result<T>
    where
        T: Send,
        F: FnOnce(&mut Cx<'_>) -> Result<T>,
    {
        let (value, state) = self.on_reader(|conn| {
            let mut entropy = self.fork_entropy();
            let mut cx = Cx::new(conn, actor, self.now(), &mut entropy, &*self.inner.shared.policy);
            // The reader goes back to the pool whatever the closure does.
            let ran = catch_unwind(AssertUnwindSafe(|| run(&mut cx)))
                .unwrap_or_else(|_| Err(Error::Bug("a read panicked".into())));
            let outcome = ran.and_then(|value| cx.check_rule().map(|()| value));
            let state = std::mem::take(&mut cx.state);
            Ok((outcome, state))
        })?;
        self.log(actor, state)?;
        value
    }

    /// Writes what a read recorded, or that it was refused, through the group commit.
    fn log(&self, actor: &Actor, state: State) -> Result<()> {
        if state.late.entries.is_empty() && state.refused.is_none() {
            return Ok(());
        }
        let mut kept = Some(state);
        let (answer, answered) = bounded(1);
        // The entries carry their own ids and times, so running this twice would give the same rows; the
        // option is put back for that case.
        self.write_then(
            actor,
            move |cx| {
                let state = kept.get_or_insert_default();
                cx.adopt(state)
            },
            move |outcome| {
                let _ = answer.send(outcome); // the caller below is still waiting
            },
        );
        answered.recv().unwrap_or_else(|_| Err(Error::Unavailable("the database is closing".into())))
    }

    /// Runs store-internal work (sessions, leases, sealing) in a transaction of its own.
    pub(crate) fn internal<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let mut run = run;
        self.write(&internal_actor(), move |cx| {
            cx.exempt();
            run(cx)
        })
    }

    /// Store-internal look-ups that are not about people: sessions, blobs, the log's own tiles.
    pub(crate) fn look<T>(&self, run: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.on_reader(run)
    }

    pub(crate) fn fork_entropy(&self) -> Entropy {
        // A poisoned lock still guards a whole counter.
        let mut entropy = self.inner.entropy.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        entropy.split()
    }

    fn on_reader<T>(&self, run: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        // A pooled connection may have lost its server since; that is known only when it is used.
        let pooled = self.inner.readers.1.try_recv().ok();
        let mut conn = match pooled.and_then(|mut conn| conn.begin_read().is_ok().then_some(conn)) {
            Some(conn) => conn,
            None => {
                let mut fresh = (self.inner.connect)(true)?;
                fresh.begin_read()?;
                fresh
            }
        };
        let outcome = run(&mut conn);
        if conn.batch("rollback").is_ok() {
            let _ = self.inner.readers.0.try_send(conn); // a full pool means that this one is not needed
        }
        outcome
    }
}

fn internal_actor() -> Actor {
    debug_assert_eq!(Actor::system().kind, ActorKind::System);
    Actor::system()
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.queue.take());
        for writer in self.writers.drain(..) {
            let _ = writer.join(); // a writer that panicked has nothing left to save
        }
        if let Some((keep, thread)) = self.checkpoints.take() {
            drop(keep);
            let _ = thread.join(); // nor has this one
        }
    }
}
