//! What the ledger promises, written as tests.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests may panic and speak like tests"
)]

mod checkpoint;
mod entries;
mod fsck;
mod independent;
mod log;
mod note;
mod parsers;
mod rfc6962;
mod tiles;
mod tree;
