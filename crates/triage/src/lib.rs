//! A threat, harm and risk definition: floor, ceiling, reasons, open questions.
//!
//! A definition is one Markdown file that a sergeant can read (`data/definitions/<id>/<version>.md`): a YAML header, a
//! dictionary of facts with their neutral wording, decision tables in the Markdown form of the Decision
//! Model and Notation standard (OMG DMN, hit policy *Collect*), the actions per grade, the digital exposure
//! and the cases that the definition must get right. [`Definition::load`] reads it and reports every mistake
//! in one go; [`Definition::evaluate`] walks the tables over what is known about one incident.
//!
//! What is not known is never taken for "no". Each rule has fired, has not fired, or is undetermined for want
//! of named facts; the highest fired grade is the floor, the highest grade still within reach is the ceiling,
//! and while the two differ the assessment stays open and says which questions would settle it. A fact that
//! the dictionary does not name, or of the wrong type, is an error and never a lower grade.
//!
//! What this crate must never do: decide. An [`Assessment`] is a proposal, plain data for a named person to
//! agree with, raise or lower. It must not read a clock, a file, the environment or a network, must not add up
//! weights or predict a person's conduct, and the same text and facts must always give the same bytes.
//!
//! ```
//! # use bluelamp_triage::{Definition, Facts};
//! # let text = include_str!("../../../data/definitions/burglary/1.0.0.md");
//! let definition = Definition::load("data/definitions/burglary/1.0.0.md", text)?;
//! let facts: Facts = serde_json::from_str(
//!     r#"{ "distraction": true, "vulnerable occupant": {"state": "refused"}, "occupant hurt": false }"#,
//! )?;
//! let proposal = definition.assess(&facts).expect("every fact is in the dictionary");
//! assert_eq!(proposal.floor.as_deref(), Some("MEDIUM"));
//! assert_eq!(proposal.ceiling.as_deref(), Some("HIGH"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assessment;
mod cases;
#[cfg(feature = "read")]
mod decision;
mod definition;
mod diff;
mod evaluate;
mod explain;
mod facts;
mod feel;
#[cfg(feature = "read")]
mod header;
#[cfg(feature = "read")]
mod lint;
#[cfg(feature = "read")]
mod markdown;
mod observe;
#[cfg(feature = "read")]
mod parse;
mod questions;
mod regrade;
#[cfg(feature = "read")]
mod tables;

pub use assessment::{Assessment, Held, Need, Outcome, Proposed, Question, Standing, Trace};
pub use cases::CaseResult;
pub use definition::{
    Action, Case, Cell, Definition, FactEntry, FactType, Grade, HarmIndex, Header, ResultShown, Rule, Status,
    Trigger, Worse,
};
pub use diff::{Difference, diff};
pub use evaluate::{Came, Evaluation, Step};
pub use facts::{Fact, FactState, Facts};
pub use feel::{Bound, Endpoint, Literal, Test, UnaryTests};
pub use observe::{Observation, Observations, Said};
pub use regrade::{Edition, Move, Moves, NotCompared, Regrade, Regrading, Snapshot, regrade};

/// "; did you mean 'x'?" when one of the known names is near, or nothing.
fn suggestion<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> String {
    known
        .map(|k| (strsim::osa_distance(name, k), k))
        .filter(|(distance, k)| *distance <= (k.chars().count() / 3).max(1))
        .min()
        .map(|(_, k)| format!("; did you mean '{k}'?"))
        .unwrap_or_default()
}
