//! A threat, harm and risk definition: floor, ceiling, reasons, open questions.
//!
//! A definition is one Markdown file that a sergeant can read (`data/definitions/<id>.md`): a YAML header, a
//! dictionary of facts with their neutral wording, one decision table in the Markdown form of the Decision
//! Model and Notation standard (OMG DMN, hit policy *Collect*), the actions per grade, the digital exposure
//! and the cases that the definition must get right. [`Definition::load`] reads it and reports every mistake
//! in one go; [`Definition::evaluate`] walks the table over what is known about one incident.
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
//! # let text = include_str!("../../../data/definitions/burglary.md");
//! let definition = Definition::load("data/definitions/burglary.md", text)?;
//! let facts: Facts = serde_json::from_str(
//!     r#"{ "distraction": true, "vulnerable occupant": {"state": "refused"}, "occupant hurt": false }"#,
//! )?;
//! let proposal = definition.evaluate(&facts).expect("every fact is in the dictionary");
//! assert_eq!(proposal.floor.as_ref().map(|g| g.name.as_str()), Some("MEDIUM"));
//! assert_eq!(proposal.ceiling.as_ref().map(|g| g.name.as_str()), Some("HIGH"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assessment;
mod cases;
mod decision;
mod definition;
mod evaluate;
mod explain;
mod facts;
mod feel;
mod header;
mod markdown;
mod parse;
mod questions;
mod tables;

pub use assessment::{Assessment, Held, Need, Outcome, Question, Standing, Trace};
pub use cases::CaseResult;
pub use definition::{
    Action, Case, Cell, Definition, FactEntry, FactType, Grade, HarmIndex, Header, Rule, Status,
};
pub use facts::{Fact, FactState, Facts};
pub use feel::{Bound, Endpoint, Literal, Test, UnaryTests};
