//! The specification of evidence: items and their custody, packages, and what a check of one must refuse.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

mod build;
mod insider;
mod items;
mod load;
mod names;
mod package;
mod refuse;
mod tamper;
