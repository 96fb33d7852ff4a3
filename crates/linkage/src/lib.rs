//! Is this the same person, phone, vehicle or place? Records compared, weighed, brought together and explained.
//!
//! Two ways in. For many records at once: [`read`] numbers their values, a model ([`settings`], or [`plain`] by hand) says
//! what is compared, [`block`] which pairs are looked at, [`linker`] compares them (Fellegi and Sunter 1969, "A Theory for
//! Record Linkage"), [`train`] learns the weights, [`cluster`] brings records together, [`index`] answers live. For two
//! records side by side on an officer's page: [`subject`], whose names are at the root of this crate.
//!
//! It must never decide: a weight, a [`Comparison`] and a cluster are proposals, what speaks against is always in them, and
//! nothing is merged. It must never read a clock, open a file or reach the network (readers and writers are given), nor
//! know the rest of the platform. The same input gives the same bits, for any number of threads.
//!
//! ```
//! use bluelamp_linkage::{Band, Field, Kind, Model, Subject, keys, score};
//!
//! let mut new = Subject::new(Kind::Person);
//! new.add_full_name("Joanna SMITH");
//! new.add(Field::BirthDate, "14/03/1980");
//! new.add(Field::Phone, "07700 900123");
//! let mut held = Subject::new(Kind::Person);
//! held.add_name("Jo", "Smith");
//! held.add(Field::BirthDate, "1980-03-14");
//! held.add(Field::Phone, "+44 7700 900123");
//!
//! assert!(keys(&new).iter().any(|key| keys(&held).contains(key)));
//! let comparison = score(&Model::people(), &new, &held);
//! assert_eq!(comparison.band, Band::Strong);
//! assert!(comparison.parts.iter().any(|part| part.sentence.starts_with("Same mobile number 07700 900123 (+")));
//! ```

#![allow(
    clippy::cast_possible_truncation,
    reason = "records, values and levels are numbered with 32 bits or fewer; files with more records are refused"
)]

pub mod block;
pub mod cluster;
pub mod columns;
mod comparisons;
pub mod dictionary;
pub mod evaluate;
pub mod explain;
pub mod generic;
pub mod group;
pub mod index;
pub mod judgement;
pub mod kernel;
pub mod linker;
pub mod metric;
pub mod parallel;
pub mod plain;
pub mod predict;
pub mod read;
pub mod report;
mod sections;
pub mod settings;
mod shelf;
pub mod slot;
pub mod sql;
pub mod subject;
pub mod time;
pub mod train;
pub mod value;
pub mod write;

pub use subject::{
    Band, Bands, Comparison, Field, FieldModel, Key, Kind, Level, Model, Name, Part, Subject, Test, Value,
    compare, frequencies, keys, normalise, score, weight,
};
