//! How what was proposed falls on groups of people: rates by group with intervals, set beside a reference, and the form of
//! it that the public may see.
//!
//! Plain arithmetic over a scored file. It says what the counts can say and where they cannot say anything: a rate of
//! nothing (0/0) is not defined and never 0, and an interval that spans a threshold is "cannot say". It never decides
//! whether something is fair: the committee sets the thresholds before it sees the figures, where it did not that
//! is told as far as it is known here, and people judge.

mod bootstrap;
mod counts;
mod look;
mod public;
mod publication;
mod read;
mod report;
mod rows;
mod standing;
mod thresholds;
mod work;

pub use bootstrap::Bootstrap;
pub use counts::{Counts, Measure, wilson};
pub use look::{Made, look};
pub use publication::{Beside, Publication, Published, Withdrawal, alike, public_reports, publish, withdraw};
pub use read::{Columns, NOT_HELD, Scored, read};
pub use report::{
    Against, Attribute, Between, Bin, Bounds, Compare, Coverage, Figure, Group, Interval, Parity, Reference,
    Report, Verdict,
};
pub use rows::{csv, html};
pub use standing::{SavedReport, save, saved, view_saved, view_summary};
pub use thresholds::{SetBounds, all_bounds, bounds_for, bounds_of, confirm_bounds, propose_bounds};
pub use work::report;
