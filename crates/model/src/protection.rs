//! What the law asks of a record besides its marking: the condition for sensitive processing, how long it
//! is kept, and where it came from.

use crate::Day;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Why sensitive processing is lawful here (section 35(5) and section 42, Data Protection Act 2018).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sensitive {
    /// The condition of Schedule 8 that is met.
    pub sch8_condition: Sch8,
    /// Which appropriate policy document covers it: its reference.
    #[schemars(length(min = 1))]
    pub apd_ref: String,
}

/// The conditions of Schedule 8 to the Data Protection Act 2018, in the order of its paragraphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sch8 {
    /// Paragraph 1: a function conferred by law, in the substantial public interest.
    StatutoryPurposes,
    /// Paragraph 2: the administration of justice.
    AdministrationOfJustice,
    /// Paragraph 3: somebody's vital interests.
    VitalInterests,
    /// Paragraph 4: safeguarding of children and of individuals at risk.
    Safeguarding,
    /// Paragraph 5: manifestly made public by the data subject.
    PublicDomain,
    /// Paragraph 6: legal claims.
    LegalClaims,
    /// Paragraph 7: a court acting as a court.
    JudicialActs,
    /// Paragraph 8: preventing fraud, through an anti-fraud organisation.
    FraudPrevention,
    /// Paragraph 9: archiving, research and statistics.
    Archiving,
}

/// How long a record is kept, and what stands against its disposal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// The review group of the management of police information (MoPI): 1 to 4.
    pub group: MopiGroup,
    /// The day by which somebody must review it. The interval is reference data, not part of the model.
    pub review_due: Day,
    /// Reasons not to dispose of it yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Hold>,
}

impl Retention {
    /// Kept in that group until that review, nothing held.
    #[must_use]
    pub const fn new(group: MopiGroup, review_due: Day) -> Self {
        Self { group, review_due, holds: Vec::new() }
    }
}

/// A reason not to dispose of a record, such as a public inquiry or a pending appeal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Why.
    #[schemars(length(min = 1))]
    pub reason: String,
    /// Who ordered it.
    #[schemars(length(min = 1))]
    pub ordered_by: String,
    /// Since when.
    pub since: Day,
}

/// The MoPI review group, written as 1 to 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum MopiGroup {
    /// 1: certain public protection matters.
    PublicProtection,
    /// 2: other sexual, violent or serious offences.
    SexualViolentSerious,
    /// 3: all other offences.
    OtherOffences,
    /// 4: undetected crime and everything else.
    Undetected,
}

impl From<MopiGroup> for u8 {
    fn from(group: MopiGroup) -> Self {
        match group {
            MopiGroup::PublicProtection => 1,
            MopiGroup::SexualViolentSerious => 2,
            MopiGroup::OtherOffences => 3,
            MopiGroup::Undetected => 4,
        }
    }
}

impl TryFrom<u8> for MopiGroup {
    type Error = String;

    fn try_from(n: u8) -> Result<Self, String> {
        match n {
            1 => Ok(Self::PublicProtection),
            2 => Ok(Self::SexualViolentSerious),
            3 => Ok(Self::OtherOffences),
            4 => Ok(Self::Undetected),
            _ => Err(format!("{n} is not a MoPI review group: 1 to 4")),
        }
    }
}

impl JsonSchema for MopiGroup {
    fn schema_name() -> Cow<'static, str> {
        "MopiGroup".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "enum": [1, 2, 3, 4],
            "description": "1 public protection, 2 sexual, violent or serious, 3 other offences, 4 undetected and other"
        })
    }
}

/// One step in where a record came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Who or what did it: a staff pseudonym, a system, an organisation.
    #[schemars(length(min = 1))]
    pub agent: String,
    /// What was done, such as `report`, `import`, `transcribe`.
    #[schemars(length(min = 1))]
    pub activity: String,
    /// The system that held it.
    #[schemars(length(min = 1))]
    pub source_system: String,
    /// Its key there, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub source_record_id: Option<String>,
    /// SHA-256 of the bytes it was read from, in lower-case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    pub digest: Option<String>,
}

impl Provenance {
    /// A step without a key in the source and without a digest.
    pub fn new(
        agent: impl Into<String>,
        activity: impl Into<String>,
        source_system: impl Into<String>,
    ) -> Self {
        Self {
            agent: agent.into(),
            activity: activity.into(),
            source_system: source_system.into(),
            source_record_id: None,
            digest: None,
        }
    }
}

/// Whether text is a SHA-256 in lower-case hexadecimal.
pub(crate) fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
