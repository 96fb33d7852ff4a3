//! The common data model: what every other crate means by a person, a report, a time or a marking.
//!
//! Pure data and rules. It must never read a clock, open a file, reach a database or draw a random
//! number: time and randomness come in as arguments, so that the same input gives the same bytes.

pub mod authority;
pub mod bundle;
pub mod codes;
pub mod conform;
mod day;
pub mod decision;
mod error;
mod fault;
pub mod grading;
mod id;
pub mod kind;
pub mod link;
mod located;
pub mod marking;
pub mod property;
pub mod protection;
pub mod record;
pub mod redact;
pub mod schema;
pub mod statement;
mod time;

pub use bundle::Bundle;
pub use conform::conform;
pub use day::Day;
pub use decision::{Decider, Decision, Proposal};
pub use error::{Error, FieldError, Result};
pub use fault::{Fault, Faults};
pub use grading::{Grading, Handling};
pub use id::Id;
pub use kind::Kind;
pub use link::{Link, LinkKind};
pub use marking::{Gsc, Marking};
pub use protection::{MopiGroup, Provenance, Retention, Sensitive};
pub use record::{MODEL_VERSION, Record};
pub use statement::{Basis, Scalar, Source, Statement};
pub use time::Time;
