//! Sources are loaded whole or not at all; suggestions say why; only a person answers them.

#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod import;
mod matching;
