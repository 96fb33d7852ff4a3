//! What the store promises, on both engines.
#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]

mod backup;
mod blobs;
mod doctor;
mod jobs;
mod rule;
mod schema;
mod seal;
mod sessions;
