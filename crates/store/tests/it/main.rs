//! What the store promises, on both engines.

mod blobs;
mod jobs;
mod rule;
mod seal;
mod sessions;
