//! From a report to a decision, and from the decision to a case: queue, assessment, decision, review, tasks, timeline;
//! and the life of the definitions that assess. What may look at a report is asked of the register of algorithms.
//!
//! What a definition or a comparison says is stored as a proposal. A report changes its state in one place only,
//! [`decide`], and its grade there and in [`answer_review`]; both ask for a named person. This crate must never take a
//! grade or a match for a decision, and must never know HTTP or which engine keeps the rows.

mod assess;
mod case;
mod decide;
mod definitions;
mod facts;
mod figures;
mod gate;
mod graded;
mod led;
mod matches;
mod queue;
mod report;
mod review;
mod run;
mod shelf;
mod switch;
mod timeline;

pub use assess::assess;
pub use case::{
    Case, CaseSummary, Involved, Note, Task, add_note, add_task, cases, finish_task, finish_task_of_report,
    people_and_things, view_case,
};
pub use decide::{
    ActionAnswer, ActionSaid, Answered, Choice, Decided, LowerReason, Made, Outcome, action_field, decide,
};
pub use definitions::{
    Deed, Event, Version, VersionView, Waiting, ask_live, disagreements, go_live, hands_in, in_force, misfit,
    refuse_live, retire, retriage, take_up, text_in_force, to_shadow, versions, view_version, waiting, write,
    writers,
};
pub use facts::{FactLine, NewFact, answer_to, ask_again, consider, happened, note_fact, own_grade};
pub use figures::{Agreement, FEWEST, Figures, Group, Period, Quality, quality, wilson};
pub use gate::{COMPARISON, ORDER, Withheld, algorithm_changed, algorithm_of_definition, register, running};
pub use graded::{
    GradedDecision, ReviewedDecision, Sought, deciders, graded_decision, graded_decisions, reviewed_decisions,
};
pub use led::{Led, led};
pub use matches::answer_match;
pub use queue::{Filter, Page, QueueItem, queue};
pub use report::{ReportView, assessments_of, receive, view_report};
pub use review::{
    BELOW_FLOOR, CLOCK, COMPLAINT, REFUSED_DUTY, Review, ReviewAnswer, ReviewList, answer_review,
    cause_label, decide_anew, reviews, reviews_for,
};
pub use run::{Asked, Cause, Graded, Look, Run, SENDER, SUPERVISOR_WITHIN, Shown, spoken_minutes};
pub use shelf::{InUse, Shelf};
pub use switch::{Switched, algorithm_of, switch, switched_off, switches};
pub use timeline::{Moment, timeline};
