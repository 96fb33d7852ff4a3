//! Complaints and redress: received by any channel, acknowledged and answered by a clock, looked into by somebody who had
//! no part in what is complained about, put right, and the correction sent after the data wherever it went.
//!
//! It never lets somebody judge their own work, never calls a complaint answered without reasons, and never counts a
//! person out: what is published holds no small cell. Contact details are kept as `contact` keeps them, and no entry of
//! the log holds any.

mod brief;
mod complaint;
mod desk;
mod figures;
mod notices;
mod review;
mod rules;

pub use brief::{Brief, about_algorithm, about_report, brief};
pub use complaint::{
    About, ComplaintReceived, ContactBy, NewComplaint, State, Told, Tracked, complain, enter, track,
};
pub use desk::{
    Assignment, ComplaintView, Event, Listed, Reviewer, acknowledge, algorithm_of, answer, assign, assigned,
    complaints, inform, parts_in, report_of, reviewers, view, view_assigned,
};
pub use figures::{AboutAlgorithm, Counted, PublicFigures, complaints_about, public_figures};
pub use notices::{Notice, Recipient, notice_acknowledged, notice_sent};
pub use review::{Finding, Found, Outcome, find};
pub use rules::{BankHolidays, Clock, Counting, FirstDay, Route, Rules};
