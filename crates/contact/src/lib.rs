//! What the public and partners send in, whatever the channel: received once, followed by its sender.
//!
//! A submission is never edited. This crate must never assess, match or decide anything, and never tell a
//! sender more than that which is theirs to know.

mod submission;
mod tracking;

pub use bluelamp_store::{Reference, TrackingCode};
pub use submission::{Body, Entity, Line, NewSubmission, Received, Submission, Written, load, submit};
pub use tracking::{Progress, State, Tracked, progress, track};
