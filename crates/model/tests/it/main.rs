//! The common data model from outside: what it takes, what it refuses, and what it tells others.

#![expect(clippy::unwrap_used, reason = "a failed test is allowed to panic")]

mod codes;
mod conformance;
mod decisions;
mod properties;
mod samples;
mod schemas;
