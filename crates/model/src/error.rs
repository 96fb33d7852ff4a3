//! What can go wrong between a request and its answer.
//!
//! Which error type when: a mistake in a file a person wrote is a [`crate::Fault`]; a request that cannot be
//! carried out is an [`Error`]; only the web edge turns an [`Error`] into a status, a page or problem+json.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The result of anything a room of the house does for a caller.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One answer that does not fit its question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name, or a JSON pointer into the body.
    pub field: String,
    /// A stable code a machine can branch on, such as `required` or `not-a-date`.
    pub code: String,
    /// A sentence for the person who filled it in.
    pub message: String,
}

/// Why a request was not carried out. Nothing was changed.
#[derive(Debug)]
pub enum Error {
    /// One or more fields are wrong; all of them are listed.
    Invalid(Vec<FieldError>),
    /// There is no such thing, or the actor may not know that there is.
    NotFound(String),
    /// `access` said no.
    Forbidden {
        /// Why, for the person and for the log.
        reason: String,
    },
    /// Somebody changed it in the meantime; read it again.
    Stale(String),
    /// It clashes with something that is there already.
    Conflict(String),
    /// More than is accepted in one go.
    TooLarge(String),
    /// Cannot be done now; the same request may succeed later.
    Unavailable(String),
    /// A defect in Bluelamp or in its storage: logged, never shown in detail.
    Bug(String),
}

impl Error {
    /// A single wrong field.
    pub fn field(field: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), code: code.into(), message: message.into() }])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(fields) => {
                for (n, e) in fields.iter().enumerate() {
                    if n > 0 {
                        f.write_str("; ")?;
                    }
                    write!(f, "{}: {}", e.field, e.message)?;
                }
                Ok(())
            }
            Self::NotFound(what) => write!(f, "not found: {what}"),
            Self::Forbidden { reason } => write!(f, "not allowed: {reason}"),
            Self::Stale(what) => write!(f, "changed by somebody else in the meantime: {what}"),
            Self::Conflict(what) => write!(f, "clashes with what is there: {what}"),
            Self::TooLarge(what) => write!(f, "too large: {what}"),
            Self::Unavailable(what) => write!(f, "not available now: {what}"),
            Self::Bug(what) => write!(f, "internal error: {what}"),
        }
    }
}

impl std::error::Error for Error {}
