//! What the product survives.
#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]

mod crash;
