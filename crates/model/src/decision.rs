//! A machine proposes, a person decides.
//!
//! A [`Proposal`] is only data: nothing here or elsewhere changes state on the strength of one. A
//! [`Decision`] made now holds a [`Decider`], and a `Decider` comes only from a named member of staff
//! (sections 50A to 50D, Data Protection Act 2018: meaningful human involvement).

use crate::{
    Error, FieldError, Id, Result, Time,
    authority::{Actor, ActorKind},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an algorithm put forward: a score, a grade, a match, a route.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal<T> {
    /// Which algorithm, by its id in the register of algorithms.
    pub algorithm: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the definition or model that was run, in lower-case hexadecimal.
    pub digest: String,
    /// When.
    pub made_at: Time,
    /// What it proposes.
    pub content: T,
}

/// A named person who may decide. Cannot be read from a file or made from an id alone.
///
/// ```
/// # use bluelamp_model::{Decision, Id};
/// let read: Result<Decision<Id>, _> = serde_json::from_str("{}");
/// assert!(read.is_err());
/// ```
///
/// A decision that is being made cannot come from a file; this does not compile:
/// ```compile_fail
/// # use bluelamp_model::Decision;
/// let read: Result<Decision, _> = serde_json::from_str("{}");
/// assert!(read.is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Decider(Id);

impl Decider {
    /// The person behind the actor.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where the actor is the public, the system, or staff without an account.
    pub fn of(actor: &Actor) -> Result<Self> {
        let refuse = |reason: &str| Err(Error::Forbidden { reason: reason.into() });
        match (actor.kind, actor.id) {
            (ActorKind::Staff, Some(id)) => Ok(Self(id)),
            (ActorKind::Staff, None) => {
                refuse("a decision needs a named person: sign in with your own account")
            }
            (ActorKind::System, _) => refuse("the system cannot decide: it proposes, and a person decides"),
            (ActorKind::Public, _) => refuse("only a member of staff can decide"),
        }
    }

    /// The staff account.
    #[must_use]
    pub const fn id(self) -> Id {
        self.0
    }
}

/// What a person decided, under the headings of the National Decision Model.
///
/// `Decision` (with a [`Decider`]) is one that is being made; whatever changes state asks for that.
/// `Decision<Id>` is one that was read back, from a file or the store: it tells, and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Decision", transform = crate::schema::stance_with_proposal)]
pub struct Decision<D = Decider> {
    /// The identifier, a UUIDv7.
    pub id: Id,
    /// What was decided on.
    pub about: Id,
    /// Who decided: the staff account.
    pub decider: D,
    /// When.
    pub decided_at: Time,
    /// The stored proposal that the person had before them, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Id>,
    /// How the decision stands to the proposal; present exactly where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stance: Option<Stance>,
    /// Information: what was known, and what was not.
    #[schemars(length(min = 1))]
    pub information: String,
    /// Assessment: the threat, harm, risk and vulnerability seen in it.
    #[schemars(length(min = 1))]
    pub assessment: String,
    /// Powers and policy: what allows it and what guides it.
    #[schemars(length(min = 1))]
    pub powers_and_policy: String,
    /// Options: what else was possible.
    #[schemars(length(min = 1))]
    pub options: String,
    /// Action and review: what is to be done, and when it is looked at again.
    #[schemars(length(min = 1))]
    pub action_and_review: String,
    /// What was decided, by code.
    #[schemars(length(min = 1))]
    pub outcome: String,
    /// Why.
    #[schemars(length(min = 1))]
    pub reasons: String,
}

/// How a decision stands to the proposal that the person saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stance {
    /// As proposed.
    Agreed,
    /// Graded higher, or more done, than proposed.
    Raised,
    /// Graded lower, or less done, than proposed.
    Lowered,
}

impl<D> Decision<D> {
    /// Whether it says everything a decision must say.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every heading that is blank.
    pub fn check(&self) -> Result<()> {
        let headings = [
            ("information", &self.information),
            ("assessment", &self.assessment),
            ("powers_and_policy", &self.powers_and_policy),
            ("options", &self.options),
            ("action_and_review", &self.action_and_review),
            ("outcome", &self.outcome),
            ("reasons", &self.reasons),
        ];
        let wrong = |field: &str, code: &str, message: String| FieldError {
            field: field.into(),
            code: code.into(),
            message,
        };
        let mut faults: Vec<_> = headings
            .into_iter()
            .filter(|(_, text)| text.trim().is_empty())
            .map(|(name, _)| {
                wrong(name, "required", format!("Say something under '{}'", name.replace('_', " ")))
            })
            .collect();
        if self.proposal.is_some() != self.stance.is_some() {
            let message =
                "Say whether the proposal was agreed, raised or lowered, and only where there was one";
            faults.push(wrong("stance", "stance-without-proposal", message.into()));
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
    }
}
