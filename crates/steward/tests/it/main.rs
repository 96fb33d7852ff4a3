//! What the programme office, the boards and the public can rely on.
#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]

mod ethics;

mod entries;
mod portfolio;
