//! From a report to a decision, and from the decision to a case: queue, assessment, decision, tasks, timeline.
//!
//! What a definition or a comparison says is stored as a proposal. A report changes its state in one place
//! only, [`decide`], and that asks for a named person. This crate must never take a grade or a match for a
//! decision, and must never know HTTP or which engine keeps the rows.

mod assess;
mod case;
mod decide;
mod queue;
mod report;
mod timeline;

pub use assess::{Definitions, assess};
pub use case::{
    Case, CaseSummary, Involved, Note, Task, add_note, add_task, cases, finish_task, people_and_things,
    view_case,
};
pub use decide::{Choice, Decided, Made, Outcome, decide};
pub use queue::{Filter, Page, QueueItem, queue};
pub use report::{ReportView, receive, view_report};
pub use timeline::{Moment, timeline};
