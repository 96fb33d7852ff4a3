//! The common data model: what every other crate means by a person, a report, a time or a marking.
//!
//! Pure data and rules. It must never read a clock, open a file, reach a database or draw a random
//! number: time and randomness come in as arguments, so that the same input gives the same bytes.

pub mod authority;
mod error;
mod fault;
mod id;
mod time;

pub use error::{Error, FieldError, Result};
pub use fault::{Fault, Faults};
pub use id::Id;
pub use time::Time;
