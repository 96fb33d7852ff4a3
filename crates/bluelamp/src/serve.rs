//! Serving: the pages, the jobs behind them, and an end in good order.

use crate::{
    fail::Fail,
    mail,
    open::{self, Open},
    standard,
    worker::{Running, Worker},
};
use bluelamp_model::Error;
use bluelamp_web::{App, Limits, Settings};
use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
};

/// Threads for work that waits for the database or the disk. Each may hold a connection to PostgreSQL, which by
/// default takes a hundred.
const BLOCKING: usize = 64;

/// What a service is told when it is up.
pub(crate) struct Up {
    /// Where people reach it.
    pub(crate) url: String,
    /// The port that it listens on.
    pub(crate) port: u16,
}

/// The worker as the configuration has it.
pub(crate) fn worker(open: &Open) -> Worker {
    let config = &open.loaded.config;
    Worker {
        db: open.db.clone(),
        shelf: Arc::clone(&open.shelf),
        organisation: config.organisation.clone(),
        sender: mail::Sender { folder: outbox(&config.data_dir), from: config.mail.from.clone() },
    }
}

fn outbox(data: &Path) -> std::path::PathBuf {
    data.join("outbox")
}

/// Serves until the system asks it to stop. `say` is called once, when it answers.
///
/// # Errors
/// When the port is taken, or keys or threads cannot be had.
pub(crate) fn serve(
    open: &Open,
    demo: bool,
    say: impl FnOnce(&Open, &Up) -> Result<(), Fail>,
) -> Result<(), Fail> {
    let config = open.loaded.config.clone();
    let address = SocketAddr::new(config.listen.address, config.listen.port);
    let listener = listen(address)?;
    let local = listener.local_addr()?;
    let url = config.public_url(local);
    let settings = Settings {
        public_url: url.clone(),
        organisation: config.organisation.clone(),
        theme: config.theme(demo),
        limits: Limits {
            reports: config.limits.reports,
            sign_ins: config.limits.sign_ins,
            tracking: config.limits.tracking,
        },
        largest_file: config.largest_file,
        forwarded_header: config.forwarded_header.clone(),
        content: open.content.pages.clone(),
        appetite: open.content.appetite.clone(),
        columns: open.content.columns.clone(),
        redress: open.content.redress.clone(),
    };
    let app = App::new(
        open.db.clone(),
        open.key()?,
        Arc::clone(&open.content.policy),
        open.content.forms.clone(),
        Arc::clone(&open.shelf),
        settings,
        open::secret(&config.data_dir)?,
    );
    open::take_up(&open.db, &open.content, &open.shelf)?;
    standard::take_up(&open.db)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("web")
        .max_blocking_threads(BLOCKING)
        .build()?;
    let running = Running::start(worker(open), open.key()?)?;
    let served = runtime.block_on(async {
        // Listened for before anybody is told that it is up, so that no signal is missed.
        let stop = told_to_stop()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        say(open, &Up { url, port: local.port() })?;
        tracing::info!(address = %local, "serving");
        Ok(bluelamp_web::serve(app, listener, stop).await?)
    });
    drop(runtime);
    running.stop();
    tracing::info!("stopped");
    served
}

fn listen(address: SocketAddr) -> Result<TcpListener, Fail> {
    let listener = TcpListener::bind(address).and_then(|l| l.set_nonblocking(true).map(|()| l));
    listener.map_err(|e| {
        Error::Unavailable(format!("{address} cannot be listened on: {e}. Choose another with --port")).into()
    })
}

/// Resolves when the system or the person at the terminal asks the program to stop.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await; // without signals it is stopped by force
    })
}
