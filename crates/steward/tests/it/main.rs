//! The strategy room on both engines.

#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]

mod boards;
mod burn_in;
mod decision;
mod people;
