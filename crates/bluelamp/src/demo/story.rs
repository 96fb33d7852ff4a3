//! What happened in the fictional force, as `data/demo` tells it.

use crate::content;
use bluelamp_forms::Answers;
use bluelamp_model::{Fault, Faults};
use serde::Deserialize;

/// Who makes the other accounts and loads the records.
pub(crate) const ADMINISTRATOR: &str = "administrator";
/// Who decides.
pub(super) const CONTACT: &str = "contact";
/// Who asks that definitions go live.
pub(super) const RISK_LEAD: &str = "risk-lead";
/// Who agrees.
pub(super) const ACCOUNTABLE: &str = "chief-officer";
/// Who advises.
pub(super) const COMMITTEE: [&str; 2] = ["ethics-chair", "ethics-member"];
/// Who works on the case.
pub(super) const INVESTIGATOR: &str = "investigator";

const FILE: &str = "demo/story.json";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Story {
    /// The administrator first.
    pub(crate) staff: Vec<Member>,
    /// The earliest first.
    pub(crate) reports: Vec<Report>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Member {
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) roles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    /// How long ago it was sent in.
    pub(crate) hours_ago: f64,
    pub(crate) form: String,
    pub(crate) channel: String,
    /// A text such as `today-1` is the day before the one on which it was sent in.
    pub(crate) answers: Answers,
    pub(crate) decision: Option<Decision>,
    pub(crate) case: Option<Case>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decision {
    pub(crate) hours_ago: f64,
    pub(crate) outcome: String,
    pub(crate) grade: String,
    pub(crate) reasons: String,
    #[serde(default)]
    pub(crate) powers_and_policy: String,
    #[serde(default)]
    pub(crate) options: String,
    #[serde(default)]
    pub(crate) action_and_review: String,
    pub(crate) message: String,
    /// Proposed actions that become tasks, by their place.
    pub(crate) tasks: Vec<usize>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) hours_ago: f64,
    pub(crate) finish: Vec<Finish>,
    pub(crate) notes: Vec<String>,
    /// Tasks that somebody adds.
    pub(crate) add: Vec<String>,
    pub(crate) evidence: Evidence,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finish {
    /// Its place among the tasks.
    pub(crate) task: usize,
    pub(crate) result: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    pub(crate) exhibit: String,
    pub(crate) description: String,
    pub(crate) origin: String,
    /// A file of `data/demo`.
    pub(crate) file: String,
}

impl Story {
    /// The story that the binary carries.
    ///
    /// # Errors
    /// When it cannot be read, with the line.
    pub(crate) fn carried() -> Result<Self, Faults> {
        let text = content::embedded(FILE).unwrap_or_default();
        serde_json::from_str(text)
            .map_err(|e| Fault::new(format!("data/{FILE}"), e.to_string()).at_line(e.line() as u64).into())
    }
}
