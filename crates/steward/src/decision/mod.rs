//! Decision reports: from a draft to a decision of the Commissioner that is published or, with reasons, is not.
//!
//! The order is held by types ([`standing`]): a report stands somewhere, and from there only the steps exist that the
//! order has. A step needs a person who acts in an office ([`office`]); what is published needs the proof that nothing
//! redacted is in it ([`burn_in`]).

pub mod burn_in;
mod files;
mod hands;
pub mod office;
mod paper;
mod public;
mod redact;
mod register;
mod report;
pub mod standing;
mod steps;

pub use files::{FileView, NewFile, Redaction, add_file, open_file, redact_file};
pub use office::{Post, Signing};
pub(crate) use paper::paper;
pub use public::{
    Approval, Notice, PublicEntry, PublicFile, PublicReport, PublicSection, PublicView, notice,
    open_published, public_register, published, published_pdf,
};
pub use redact::{REDACTED, find, fold, redact};
pub use register::{
    Entry, Event, Settled, Version, View, create, edit, list, pdf, publication, view, view_version,
};
pub use report::{Consulted, Content, Passage, Place, Publication, Said, Section, Text, Words, text_of};
pub(crate) use report::{LONG, SHORT, is_reference, unfit};
pub use standing::{State, What};
pub use steps::{Asked, take};
