//! A public form as data: pages, conditions, validation, JSON Schema.
//!
//! One definition drives the pages of the website (one question a page), the JSON API and the script of a
//! phone operator. A form is a JSON file, `data/forms/<id>.json`, that takes groups of pages from
//! `data/forms/common.json`; both are described in `data/forms/README.md`. [`Form::parse`] reads and checks
//! them and names every mistake with its line; it also drives the form through all combinations of answers
//! that its conditions look at, and refuses one with a page nobody can reach or a journey nobody can finish.
//!
//! What this crate must never do: render (that is the web crate's), read a clock, a file or a network, run
//! anything that a form says (conditions are data), keep an answer to a question that was not reached, or
//! judge the same answer differently by channel.
//!
//! ```
//! # fn main() -> Result<(), bluelamp_model::Faults> {
//! let common = include_str!("../../../data/forms/common.json");
//! let asb = include_str!("../../../data/forms/antisocial-behaviour.json");
//! let form = bluelamp_forms::Form::parse("antisocial-behaviour.json", asb, ("common.json", common))?;
//! let nothing = bluelamp_forms::Answers::new();
//! assert_eq!(form.first_unanswered(&nothing).map(|page| page.path.as_str()), Some("/emergency"));
//! # Ok(())
//! # }
//! ```

mod component;
mod definition;
mod explore;
mod form;
mod journey;
mod lint;
mod meaning;
mod normal;
mod parts;
mod posted;
mod question;
mod read;
mod schema;
mod source;
mod summary;
mod text;
mod tops;
mod validate;
mod value;

pub use form::{Also, Answers, Condition, Controller, EntityShape, Form, Op, Page, Place, Safety, Test};
pub use journey::{Next, Reading};
pub use meaning::Entity;
pub use question::{Component, FactShape, Item, Kind, Limits, List, MapTo};
pub use summary::Row;
pub use text::{Lang, Text};
pub use validate::Clean;
