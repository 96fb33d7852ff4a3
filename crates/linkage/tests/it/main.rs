//! What the linkage core promises, as examples with known answers, properties, and accuracy on data with known truth.

#![allow(clippy::cast_possible_truncation, reason = "the numbers of a test are small")]

mod accuracy;
mod conditions;
mod data;
mod functions;
mod index;
mod known;
mod properties;
mod splink;
