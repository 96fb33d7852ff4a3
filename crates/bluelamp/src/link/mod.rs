//! `bluelamp link`: the linkage engine at a terminal.
//!
//! Nothing here touches a data folder, an account or the log: records come from files that the caller names, and go to
//! files that the caller names.

#![allow(
    clippy::cast_possible_truncation,
    reason = "records are numbered with 32 bits; files with more are refused where they are read"
)]

pub(crate) mod args;
mod cluster;
mod evaluate;
mod explain;
mod files;
mod functions;
mod index;
mod predict;
mod stage;
mod train;

use crate::fail::Fail;
use args::Link;

pub(crate) fn run(command: Link) -> Result<(), Fail> {
    match command {
        Link::Predict(what) => predict::run(&what),
        Link::Train(what) => train::run(&what),
        Link::Cluster(what) => cluster::run(&what),
        Link::Evaluate(what) => evaluate::run(&what),
        Link::Explain(what) => explain::run(&what),
        Link::Blocking(what) => explain::blocking(&what),
        Link::Functions { input, out } => functions::run(&input, &out),
        Link::Model { file } => crate::say::out(files::model(&file)?.to_json()),
        Link::Index(what) => index::run(what),
    }
}

/// One thread for each processor, unless another number was asked for.
fn threads(asked: Option<usize>) -> usize {
    asked
        .filter(|n| *n > 0)
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
        .min(256)
}
