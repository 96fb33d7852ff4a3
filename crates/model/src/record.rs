//! The envelope that every record has, whatever it is about.

use crate::{
    Error, Id, Result, Time,
    conform::{self, Failure},
    kind::Kind,
    marking::Marking,
    property::{FieldClass, property},
    protection::{Provenance, Retention, Sensitive},
    statement::{Scalar, Source, Statement},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of this model. Minor versions only add; a file of another major version is refused.
pub const MODEL_VERSION: &str = "1.0";

/// What one controller recorded about one person, thing, place or event. A record is never edited: a
/// correction is a new record that supersedes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = crate::schema::rules_of_kinds)]
pub struct Record {
    /// The identifier, a UUIDv7.
    pub id: Id,
    /// What it is about.
    pub kind: Kind,
    /// The version of the model it was written in.
    #[schemars(regex(pattern = r"^1\.[0-9]+$"))]
    pub model_version: String,
    /// The competent authority that is the controller, by code.
    #[schemars(length(min = 1))]
    pub controller_org: String,
    /// When this record was written: the time of the system.
    pub created: Time,
    /// When what it states was observed, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Time>,
    /// From when it holds in the world, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Time>,
    /// Until when it held in the world (exclusive), where it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Time>,
    /// What is said about it, each with its source.
    pub statements: Vec<Statement>,
    /// The protective marking.
    pub marking: Marking,
    /// The condition under which sensitive processing is lawful; required where a statement is sensitive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<Sensitive>,
    /// How long it is kept.
    pub retention: Retention,
    /// The class of data that sharing agreements name, by code. The kind's own code unless set otherwise.
    #[schemars(length(min = 1))]
    pub data_class: String,
    /// Where it came from, step by step; at least one step.
    pub provenance: Vec<Provenance>,
    /// The record this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Id>,
    /// The field classes that were left out of this copy. Empty where the copy is whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redacted: Vec<FieldClass>,
}

impl Record {
    /// A record that states nothing yet and has no provenance yet.
    pub fn new(
        id: Id,
        kind: Kind,
        controller_org: impl Into<String>,
        created: Time,
        marking: Marking,
        retention: Retention,
    ) -> Self {
        Self {
            id,
            kind,
            model_version: MODEL_VERSION.into(),
            controller_org: controller_org.into(),
            created,
            observed: None,
            valid_from: None,
            valid_to: None,
            statements: Vec::new(),
            marking,
            sensitive: None,
            retention,
            data_class: kind.code().into(),
            provenance: Vec::new(),
            supersedes: None,
            redacted: Vec::new(),
        }
    }

    /// Adds the source's statement that the property has this value.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the kind has no such property or the value is not of its type; nothing was added.
    pub fn state(&mut self, prop: &str, value: impl Into<Scalar>, source: &Source) -> Result<&mut Self> {
        let Some(known) = property(self.kind, prop) else {
            return Err(Error::field(
                prop,
                "unknown-property",
                format!("a {} has no property '{prop}'", self.kind),
            ));
        };
        let value = value.into();
        if let Err(reason) = known.value.check(&value) {
            return Err(Error::field(prop, "wrong-type", reason));
        }
        self.statements.push(source.says(prop, value));
        Ok(self)
    }

    /// Every statement about one property, in the order in which they were made.
    pub fn said<'a>(&'a self, prop: &'a str) -> impl Iterator<Item = &'a Statement> {
        self.statements.iter().filter(move |s| s.prop == prop)
    }

    /// The words of the first statement about a property.
    #[must_use]
    pub fn text(&self, prop: &str) -> Option<&str> {
        self.statements.iter().filter(|s| s.prop == prop).find_map(|s| s.value.as_text())
    }

    /// Whether the record keeps every rule of the model that one record can keep by itself.
    ///
    /// # Errors
    /// [`Error::Invalid`] with each rule that is broken: the field is a JSON pointer, the code is the rule's id.
    pub fn check(&self) -> Result<()> {
        invalid(conform::record(self))
    }
}

/// The failures as a request error, where there are any.
pub(crate) fn invalid(failures: Vec<(&'static str, Failure)>) -> Result<()> {
    if failures.is_empty() {
        return Ok(());
    }
    let field = |(rule, failure): (&'static str, Failure)| crate::FieldError {
        field: failure.pointer,
        code: rule.into(),
        message: failure.reason,
    };
    Err(Error::Invalid(failures.into_iter().map(field).collect()))
}
