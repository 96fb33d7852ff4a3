//! What the linkage core promises, as examples with known answers, properties, and accuracy on data with known truth.

mod accuracy;
mod data;
mod index;
mod known;
mod properties;
mod splink;
