//! Two subjects that an officer sees side by side: normalised values, blocking keys for a database, a weight, and the
//! reasons in words.
//!
//! A record becomes a [`Subject`] of normalised values. [`keys`] gives the blocking keys that a database indexes:
//! records that share a key are candidates. [`score`] weighs one pair by a [`Model`] and says why, part by part.
//! It must never decide: a [`Comparison`] is a proposal, and what speaks against it is always in it.

pub mod compare;
mod explain;
mod key;
mod model;
pub mod normalise;
mod ready;
mod record;
mod score;

pub use key::{Key, keys};
pub use model::{Band, Bands, FieldModel, Level, Model, Test};
pub use record::{Field, Kind, Name, Subject, Value, frequencies};
pub use score::{Comparison, Part, score, weight};
