//! What the program says of its own work: lines on standard error, and to a collector where one is configured.
//!
//! Never personal data: what is logged are counts, durations, codes and identifiers.

use crate::{
    config::{Format, Level, Log},
    otlp,
};
use std::io::{self, IsTerminal};
use tracing_subscriber::{filter::LevelFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts it, once for the process.
pub(crate) fn start(log: &Log, level: Level, collector: Option<otlp::Exporter>) {
    let filter = match level {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    };
    let text = || fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    let json = || fmt::layer().json().flatten_event(true).with_writer(io::stderr);
    // A second start, which no command makes, would change nothing.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with((log.format == Format::Text).then(text))
        .with((log.format == Format::Json).then(json))
        .with(collector)
        .try_init();
}
