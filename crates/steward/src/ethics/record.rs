//! The transparency record of an algorithm, by the fields of the Algorithmic Transparency Recording Standard, version 3.0,
//! and with the values by which GOV.UK sorts such records. It is filled from what really runs; what only people know comes
//! from the ethics assessment.

use super::dossier::{Dossier, Opinion, wrong};
use bluelamp_access::algorithm::State;
use bluelamp_model::{FieldError, Time};
use serde::Serialize;
use serde_json::{Value, json};

/// Fewer complaints than these are not counted out.
const FEW: u64 = 10;
/// The version of the standard.
const STANDARD: &str = "v3.0";

/// A part of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Tier 1: for everybody.
    Summary,
    /// Tier 2: who owns it and answers for it.
    Owner,
    /// Tier 2: what it is, and why.
    Rationale,
    /// Tier 2: how people decide with it.
    DecisionMaking,
    /// Tier 2: how it is made.
    Specification,
    /// Tier 2: what it was made from.
    Data,
    /// Tier 2: what could go wrong.
    Risks,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Summary,
        Self::Owner,
        Self::Rationale,
        Self::DecisionMaking,
        Self::Specification,
        Self::Data,
        Self::Risks,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Summary => "tier_1",
            Self::Owner => "owner_and_responsibility",
            Self::Rationale => "description_and_rationale",
            Self::DecisionMaking => "decision_making_process",
            Self::Specification => "tool_specification",
            Self::Data => "data_specification",
            Self::Risks => "risks_mitigations_and_impact_assessments",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Summary => "Tier 1: summary",
            Self::Owner => "Tier 2: owner and responsibility",
            Self::Rationale => "Tier 2: description and rationale",
            Self::DecisionMaking => "Tier 2: decision-making process",
            Self::Specification => "Tier 2: tool specification",
            Self::Data => "Tier 2: data",
            Self::Risks => "Tier 2: risks, mitigations and impact assessments",
        }
    }
}

/// Where a field's text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// From an answer of the assessment.
    Said(&'static str),
    /// From the register, or from what was counted.
    Runs(Runs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Runs {
    Name,
    Purpose,
    Organisation,
    Team,
    Use,
    Version,
    State,
    Performance,
    Impact,
}

/// A field of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its code.
    pub code: &'static str,
    /// Where it stands.
    pub part: Part,
    /// What people read.
    pub label: &'static str,
    from: From,
}

const fn said(part: Part, code: &'static str, label: &'static str, answer: &'static str) -> Field {
    Field { code, part, label, from: From::Said(answer) }
}

const fn runs(part: Part, code: &'static str, label: &'static str, what: Runs) -> Field {
    Field { code, part, label, from: From::Runs(what) }
}

/// Every field, in the order of the standard.
pub const FIELDS: &[Field] = &[
    runs(Part::Summary, "name", "Name", Runs::Name),
    runs(Part::Summary, "description", "Description", Runs::Purpose),
    said(Part::Summary, "website_url", "Website", "atrs.website"),
    said(Part::Summary, "contact_email", "Contact e-mail", "atrs.contact"),
    runs(Part::Owner, "organisation", "Organisation", Runs::Organisation),
    runs(Part::Owner, "team", "Team", Runs::Team),
    said(Part::Owner, "senior_responsible_owner", "Senior responsible owner", "chief-officer"),
    said(Part::Owner, "third_party_involvement", "Third party involvement", "atrs.third-party"),
    said(
        Part::Owner,
        "third_party_terms",
        "Third party: number, procurement, data access terms",
        "atrs.third-party-terms",
    ),
    said(Part::Rationale, "detailed_description", "Detailed description", "atrs.detail"),
    said(Part::Rationale, "benefits", "Benefits", "atrs.benefits"),
    said(Part::Rationale, "previous_process", "Previous process", "atrs.previous"),
    said(Part::Rationale, "alternatives_considered", "Alternatives considered", "atrs.alternatives"),
    said(Part::DecisionMaking, "process_integration", "Process integration", "atrs.integration"),
    said(Part::DecisionMaking, "provided_information", "Provided information", "atrs.information"),
    runs(Part::DecisionMaking, "frequency_and_scale_of_usage", "Frequency and scale of usage", Runs::Use),
    said(Part::DecisionMaking, "human_decisions_and_review", "Human decisions and review", "atrs.review"),
    said(Part::DecisionMaking, "required_training", "Required training", "atrs.training"),
    said(Part::DecisionMaking, "appeals_and_review", "Appeals and review", "atrs.appeals"),
    said(Part::Specification, "system_architecture", "System architecture", "atrs.architecture"),
    runs(Part::Specification, "phase", "Phase", Runs::State),
    said(Part::Specification, "maintenance", "Maintenance", "atrs.maintenance"),
    runs(Part::Specification, "model_version", "Model version", Runs::Version),
    said(Part::Specification, "model_input", "Model input", "atrs.input"),
    said(Part::Specification, "model_output", "Model output", "atrs.output"),
    said(Part::Specification, "model_architecture", "Model architecture", "atrs.model-architecture"),
    runs(Part::Specification, "model_performance", "Model performance", Runs::Performance),
    said(Part::Specification, "datasets_and_purposes", "Data sets and their purposes", "atrs.datasets"),
    said(Part::Data, "development_data_description", "Development data", "atrs.data-description"),
    said(Part::Data, "data_modality", "Data modality", "atrs.data-modality"),
    said(Part::Data, "data_quantities", "Data quantities", "atrs.data-quantities"),
    said(Part::Data, "sensitive_attributes", "Sensitive attributes", "atrs.data-sensitive"),
    said(
        Part::Data,
        "data_completeness_and_representativeness",
        "Completeness and representativeness",
        "atrs.data-completeness",
    ),
    said(Part::Data, "source_data_url", "Source data address", "atrs.data-source"),
    said(Part::Data, "data_collection", "Data collection", "atrs.data-collection"),
    said(Part::Data, "data_cleaning", "Data cleaning", "atrs.data-cleaning"),
    said(Part::Data, "data_sharing_agreements", "Data sharing agreements", "atrs.data-sharing"),
    said(Part::Data, "data_access_and_storage", "Data access and storage", "atrs.data-access"),
    runs(Part::Risks, "impact_assessments", "Impact assessments", Runs::Impact),
    said(Part::Risks, "risks_and_mitigations", "Risks and mitigations", "atrs.risks"),
];

/// What was counted of its use, by the room that uses it. What nobody counted is said to be not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// Reports that were decided while it led; findings that people answered.
    pub decided: Option<u64>,
    /// Of these, decided as it proposed, or confirmed.
    pub agreed: Option<u64>,
    /// Of these, decided above what it proposed.
    pub above: Option<u64>,
    /// Of these, decided below the least that it proposed, or rejected.
    pub below: Option<u64>,
    /// Complaints about it.
    pub complaints: Option<u64>,
}

/// A field as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Filled {
    /// Its code.
    pub code: &'static str,
    /// Where it stands.
    pub part: Part,
    /// What people read.
    pub label: &'static str,
    /// What is published; none where it is exempt, or nobody has said it yet.
    pub text: Option<String>,
    /// Why it is not published.
    pub exemption: Option<String>,
}

/// A transparency record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Every field, in order.
    pub fields: Vec<Filled>,
    /// The values by which GOV.UK sorts such records.
    pub facets: Value,
    /// The whole as JSON.
    #[serde(skip)]
    json: Value,
}

impl Record {
    /// The whole as JSON, by tiers and parts.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }
}

/// Fills the record of one version.
#[must_use]
pub fn record(d: &Dossier, organisation: &str, ran: &Ran, now: Time) -> Record {
    let asked = d.entry.is_asked(now);
    let fields: Vec<Filled> = FIELDS.iter().map(|f| fill(f, d, organisation, ran, asked)).collect();
    let facets = facets(d, organisation, asked);
    // Of so few complaints, one could be made out.
    let counted = Ran { complaints: ran.complaints.filter(|n| *n == 0 || *n >= FEW), ..ran.clone() };
    let e = &d.entry;
    let mut tier_2 = serde_json::Map::new();
    let mut tier_1 = Value::Null;
    for part in Part::ALL {
        let of: serde_json::Map<String, Value> = fields
            .iter()
            .filter(|f| f.part == part)
            .map(|f| {
                let value = match (&f.text, &f.exemption) {
                    (Some(text), _) => json!(text),
                    (None, Some(why)) => json!({ "not_published": why }),
                    (None, None) => Value::Null,
                };
                (f.code.to_owned(), value)
            })
            .collect();
        match part {
            Part::Summary => tier_1 = of.into(),
            other => {
                tier_2.insert(other.code().into(), of.into());
            }
        }
    }
    let json = json!({
        "standard": format!("Algorithmic Transparency Recording Standard {STANDARD}"),
        "metadata": facets,
        "tier_1": tier_1,
        "tier_2": tier_2,
        "runs": {
            "algorithm": e.algorithm(), "version": e.what.version, "digest": e.what.digest, "running": e.running,
            "state": e.state, "since": e.since, "until": e.until, "units": e.units, "pilot_volume": e.volume,
            "pilot_used": e.used, "asked": asked, "use": counted,
        },
        "heard": {
            "committee": d.minutes,
            "outside": d.opinions.iter().map(outside).collect::<Vec<_>>(),
        },
    });
    Record { fields, facets, json }
}

/// What a body outside the police said, as everybody reads it: without who noted it.
fn outside(o: &Opinion) -> Value {
    json!({ "given_by": o.given_by, "given_on": o.given_on, "said": o.said })
}

fn fill(field: &Field, d: &Dossier, organisation: &str, ran: &Ran, asked: bool) -> Filled {
    let exemption = d.exemptions.iter().find(|e| e.field == field.code).map(|e| e.reasons.clone());
    let text = if exemption.is_some() { None } else { told(field, d, organisation, ran, asked) };
    Filled { code: field.code, part: field.part, label: field.label, text, exemption }
}

fn told(field: &Field, d: &Dossier, organisation: &str, ran: &Ran, asked: bool) -> Option<String> {
    let answers = d.answers();
    let answer = |code: &str| answers.get(code).filter(|a| !a.is_empty()).cloned();
    let e = &d.entry;
    match field.from {
        From::Said("atrs.third-party-terms") => answer("atrs.third-party-terms").or_else(|| {
            answer("atrs.third-party").map(|_| "Not applicable: no further terms are named.".into())
        }),
        From::Said(code) => answer(code),
        From::Runs(Runs::Name) => Some(e.what.title.clone()),
        From::Runs(Runs::Purpose) => Some(e.what.purpose.clone()),
        From::Runs(Runs::Organisation) => Some(organisation.to_owned()),
        From::Runs(Runs::Team) => Some(role(&e.what.owner)),
        From::Runs(Runs::Use) => Some(used(d, ran, asked)),
        From::Runs(Runs::Version) => Some(format!("{} (SHA-256 {})", e.what.version, e.what.digest)),
        From::Runs(Runs::State) => Some(standing(d)),
        From::Runs(Runs::Performance) => performance(d),
        From::Runs(Runs::Impact) => {
            let parts = [
                ("Data protection", "dpia.screening"),
                ("Where it is", "dpia.reference"),
                ("Equality", "equality.impact"),
                ("What is known of groups", "equality.data"),
            ];
            let all: Vec<String> = parts
                .iter()
                .filter_map(|(label, code)| answer(code).map(|a| format!("{label}: {a}")))
                .collect();
            (!all.is_empty()).then(|| all.join("\n"))
        }
    }
}

/// A role without the mark that the files put before it.
fn role(text: &str) -> String {
    let text = text.trim_start_matches("role:").trim();
    text.to_owned()
}

fn standing(d: &Dossier) -> String {
    let e = &d.entry;
    let mut text = format!("{} since {}", e.state.label(), e.since.spoken());
    if let Some(until) = e.until {
        let what = if e.state == State::Pilot { "ends" } else { "to be renewed by" };
        text.push_str(&format!("; {what} {}", until.spoken()));
    }
    if !e.units.is_empty() {
        text.push_str(&format!("; in {}", e.units.join(", ")));
    }
    if let (Some(volume), State::Pilot) = (e.volume, e.state) {
        text.push_str(&format!("; {} of {volume} uses", e.used));
    }
    text
}

fn used(d: &Dossier, ran: &Ran, asked: bool) -> String {
    let of_work = d.entry.is_of_work();
    let mut lines = vec![match (asked, d.entry.state.operates()) {
        (true, false) => "It is in use, and says beside everything that it was not approved.".to_owned(),
        (true, true) => "It is in use.".to_owned(),
        (false, _) if of_work => "It is not asked.".to_owned(),
        (false, true) => "Its time is over: no officer is shown what it says.".to_owned(),
        (false, false) => "No officer is shown what it says.".to_owned(),
    }];
    if let (Some(decided), true) = (ran.decided, of_work) {
        let of = |n: Option<u64>| n.map_or_else(|| "not counted".into(), |n| n.to_string());
        lines.push(format!(
            "Answered by a person: {decided}. Confirmed: {}. Rejected: {}.",
            of(ran.agreed),
            of(ran.below)
        ));
    } else if let Some(decided) = ran.decided {
        let of = |n: Option<u64>| n.map_or_else(|| "not counted".into(), |n| n.to_string());
        lines.push(format!(
            "Decisions in which it led: {decided}. As it proposed: {}. Above: {}. Below: {}.",
            of(ran.agreed),
            of(ran.above),
            of(ran.below)
        ));
    } else {
        lines.push("How often it was used is not counted.".into());
    }
    if let Some(volume) = d.entry.volume {
        lines.push(format!("Uses in its pilot: {} of {volume}.", d.entry.used));
    }
    lines.push(match ran.complaints {
        Some(0) => "No complaint names it.".into(),
        Some(n) if n < FEW => "Fewer than 10 complaints name it.".into(),
        Some(n) => format!("Complaints that name it: {n}."),
        None => "Complaints about it are not counted yet.".into(),
    });
    lines.join(" ")
}

fn performance(d: &Dossier) -> Option<String> {
    let report = d.lab_reports.first()?;
    let lines: Vec<String> = report
        .findings
        .iter()
        .map(|f| format!("{}: {} ({})", f.criterion, f.found, if f.met { "met" } else { "not met" }))
        .collect();
    Some(lines.join("\n"))
}

/// The values by which GOV.UK sorts such records, as its specialist publisher has them.
fn facets(d: &Dossier, organisation: &str, asked: bool) -> Value {
    let capability = match d.entry.what.kind.as_str() {
        "indicator" => "computer-linguistics",
        "comparison" => "discovery",
        "ranking" => "management",
        "alignment" | "finding" => "management",
        "forecast" => "forecasting",
        _ => "analysis",
    };
    // Nothing there says that something was stopped: it is not deployed.
    let phase = match d.entry.state {
        State::Pilot if asked => "beta-pilot",
        State::Operational if asked => "production",
        State::Retired => "retired",
        _ if asked => "beta-pilot",
        _ => "pre-deployment",
    };
    let key = |name: &str| format!("algorithmic_transparency_record_{name}");
    let mut all = serde_json::Map::new();
    for (name, value) in [
        ("organisation", json!(organisation)),
        ("organisation_type", json!(["agency-or-public-body"])),
        ("function", json!(["public-order-and-safety"])),
        ("capability", json!([capability])),
        ("task", json!(d.entry.what.purpose)),
        ("phase", json!(phase)),
        ("region", json!(["england"])),
        ("date_published", json!(d.entry.since.day())),
        ("atrs_version", json!(STANDARD)),
        ("other_tags", json!(d.entry.algorithm())),
    ] {
        all.insert(key(name), value);
    }
    Value::Object(all)
}

/// The fields that are neither filled nor exempt: an algorithm goes to officers with none.
pub(super) fn incomplete(d: &Dossier) -> Vec<FieldError> {
    let open = FIELDS.iter().map(|f| fill(f, d, "-", &Ran::default(), false));
    open.filter(|f| f.text.is_none() && f.exemption.is_none())
        .map(|f| {
            let message = format!(
                "The transparency record says nothing of “{}”: fill it, or record why it is not published",
                f.label
            );
            wrong(&format!("record/{}", f.code), "missing", message)
        })
        .collect()
}
