//! SQLite keeps what is committed in a log beside the database and moves it over later. A writer that does so itself
//! makes its callers wait, and moves the pages that every report touches again and again: a thread of its own moves
//! them five times a second at most, while the writer goes on. See <https://sqlite.org/wal.html>, section 3.

use crate::{
    db::Connect,
    engine::{Conn, Failure},
    writer::Shared,
};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::{
    sync::{Arc, atomic::Ordering},
    thread::JoinHandle,
    time::Duration,
};

const EVERY: Duration = Duration::from_millis(200);

/// The log's length, in pages, from which on the writer moves the rest itself and begins the log anew: 64 MiB. That
/// bounds its growth under a load that never rests, unless somebody goes on reading an old state.
pub(crate) const MOST_PAGES: u32 = 16_384;

/// Starts the thread; it ends when the other end of `stop` is gone.
pub(crate) fn start(
    connect: &Connect,
    shared: Arc<Shared>,
    stop: Receiver<()>,
) -> Result<JoinHandle<()>, Failure> {
    let mut conn = connect(false)?;
    std::thread::Builder::new()
        .name("checkpoint".into())
        .spawn(move || {
            let mut seen = 0;
            while stop.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                let commits = shared.counters.commits.load(Ordering::Relaxed);
                if commits == seen {
                    continue; // a service at rest leaves the disk alone
                }
                seen = commits;
                if let Err(failure) = passive(&mut conn) {
                    tracing::warn!(error = failure.message(), "the log of the database was not moved over");
                }
            }
        })
        .map_err(|e| Failure::Unavailable(format!("no thread for checkpoints: {e}")))
}

/// Moves what no reader needs any more, and waits for nobody.
fn passive(conn: &mut Conn) -> Result<(), Failure> {
    conn.rows("pragma wal_checkpoint(passive)", &[]).map(drop)
}
