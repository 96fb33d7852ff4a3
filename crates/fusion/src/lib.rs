//! What is known already: sources that are loaded, and suggestions of what a new record may be the same as.
//!
//! Records are never merged or overwritten here; a suggestion ties nothing together until a named person has
//! said so, and that answer can be taken back. This crate must never know what a case is.

mod import;
mod matching;
mod people;
mod police_uk;
mod subject;

pub use import::{Imported, Origin, Progress};
pub use matching::{Answer, Answered, Compares, Suggestion, answer, digest_of, suggest, suggestions};
pub use people::{import_people, read_people};
pub use police_uk::{Codes, import_police_uk, read_police_uk};
pub use subject::keys_of;
