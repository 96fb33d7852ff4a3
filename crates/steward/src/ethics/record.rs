//! The transparency record of an algorithm, by the fields of the Algorithmic Transparency Recording Standard, version 3.0,
//! with their numbers and names as the table of that version has them (`template_table.md` of the repository
//! co-cddo/algorithmic-transparency-recording-standard, March 2024), and with the values by which GOV.UK sorts such records.
//! It is filled from what really runs; what only people know comes from the ethics assessment.

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
    /// Tier 2: the tool, and what it is part of.
    Tool,
    /// Tier 2: what decides in it.
    Model,
    /// Tier 2: what it was made from.
    Data,
    /// Tier 2: what could go wrong.
    Risks,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Summary,
        Self::Owner,
        Self::Rationale,
        Self::DecisionMaking,
        Self::Tool,
        Self::Model,
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
            Self::Tool => "tool_specification",
            Self::Model => "model_specification",
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
            Self::Tool => "Tier 2: tool specification",
            Self::Model => "Tier 2: model specification",
            Self::Data => "Tier 2: data specification",
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
    Models,
    Version,
    State,
    Performance,
    Impact,
}

/// A field of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its number in the table of the standard.
    pub number: &'static str,
    /// Its attribute there.
    pub code: &'static str,
    /// Where it stands.
    pub part: Part,
    /// What people read.
    pub label: &'static str,
    /// Whether it says something of every algorithm. The others are of an external supplier, if there is one.
    pub always: bool,
    from: From,
}

const fn said(
    part: Part,
    number: &'static str,
    code: &'static str,
    label: &'static str,
    answer: &'static str,
) -> Field {
    Field { number, code, part, label, always: true, from: From::Said(answer) }
}

const fn of_supplier(
    number: &'static str,
    code: &'static str,
    label: &'static str,
    answer: &'static str,
) -> Field {
    Field { number, code, part: Part::Owner, label, always: false, from: From::Said(answer) }
}

const fn runs(
    part: Part,
    number: &'static str,
    code: &'static str,
    label: &'static str,
    what: Runs,
) -> Field {
    Field { number, code, part, label, always: true, from: From::Runs(what) }
}

/// Every field, in the order of the standard. More of them are asked for here than there: what it lets a body leave out
/// (the way it was done before, alternatives, appeals, cleaning) is asked for of everything that is used on reports of crime.
pub const FIELDS: &[Field] = &[
    runs(Part::Summary, "1.1", "name", "Name", Runs::Name),
    runs(Part::Summary, "1.2", "description", "Description", Runs::Purpose),
    said(Part::Summary, "1.3", "website_url", "Website", "atrs.website"),
    said(Part::Summary, "1.4", "contact_email", "Contact e-mail", "atrs.contact"),
    runs(
        Part::Owner,
        "2.1.1",
        "organisation_or_department",
        "Organisation or department",
        Runs::Organisation,
    ),
    runs(Part::Owner, "2.1.2", "team", "Team", Runs::Team),
    said(Part::Owner, "2.1.3", "senior_responsible_owner", "Senior responsible owner", "chief-officer"),
    said(
        Part::Owner,
        "2.1.4",
        "external_supplier_involvement",
        "External supplier involvement",
        "atrs.third-party",
    ),
    of_supplier("2.1.4.1", "external_supplier", "External supplier", "atrs.supplier"),
    of_supplier("2.1.4.2", "companies_house_number", "Companies House number", "atrs.supplier-number"),
    of_supplier("2.1.4.3", "external_supplier_role", "External supplier’s role", "atrs.supplier-role"),
    of_supplier(
        "2.1.4.4",
        "procurement_procedure_type",
        "Type of procurement procedure",
        "atrs.supplier-procurement",
    ),
    of_supplier("2.1.4.5", "data_access_terms", "Terms of access to data", "atrs.third-party-terms"),
    said(Part::Rationale, "2.2.1", "detailed_description", "Detailed description", "atrs.detail"),
    said(Part::Rationale, "2.2.2", "scope", "Scope", "atrs.scope"),
    said(Part::Rationale, "2.2.3", "benefit", "Benefit", "atrs.benefits"),
    said(Part::Rationale, "2.2.4", "previous_process", "Previous process", "atrs.previous"),
    said(Part::Rationale, "2.2.5", "alternatives_considered", "Alternatives considered", "atrs.alternatives"),
    said(Part::DecisionMaking, "2.3.1", "process_integration", "Process integration", "atrs.integration"),
    said(Part::DecisionMaking, "2.3.2", "provided_information", "Provided information", "atrs.information"),
    runs(
        Part::DecisionMaking,
        "2.3.3",
        "frequency_and_scale_of_usage",
        "Frequency and scale of usage",
        Runs::Use,
    ),
    said(
        Part::DecisionMaking,
        "2.3.4",
        "human_decisions_and_review",
        "Human decisions and review",
        "atrs.review",
    ),
    said(Part::DecisionMaking, "2.3.5", "required_training", "Required training", "atrs.training"),
    said(Part::DecisionMaking, "2.3.6", "appeals_and_review", "Appeals and review", "atrs.appeals"),
    said(Part::Tool, "2.4.1.1", "system_architecture", "System architecture", "atrs.architecture"),
    runs(Part::Tool, "2.4.1.2", "phase", "Phase", Runs::State),
    said(Part::Tool, "2.4.1.3", "maintenance", "Maintenance", "atrs.maintenance"),
    runs(Part::Tool, "2.4.1.4", "models", "Models", Runs::Models),
    runs(Part::Model, "2.4.2.1", "model_name", "Model name", Runs::Name),
    runs(Part::Model, "2.4.2.2", "model_version", "Model version", Runs::Version),
    said(Part::Model, "2.4.2.3", "model_task", "Model task", "atrs.model-task"),
    said(Part::Model, "2.4.2.4", "model_input", "Model input", "atrs.input"),
    said(Part::Model, "2.4.2.5", "model_output", "Model output", "atrs.output"),
    said(Part::Model, "2.4.2.6", "model_architecture", "Model architecture", "atrs.model-architecture"),
    runs(Part::Model, "2.4.2.7", "model_performance", "Model performance", Runs::Performance),
    said(Part::Model, "2.4.2.8", "datasets", "Data sets", "atrs.datasets"),
    said(Part::Model, "2.4.2.9", "dataset_purposes", "Purposes of the data sets", "atrs.dataset-purposes"),
    said(Part::Data, "2.4.3.1", "source_data_name", "Name of the source data", "atrs.data-name"),
    said(Part::Data, "2.4.3.2", "data_modality", "Data modality", "atrs.data-modality"),
    said(Part::Data, "2.4.3.3", "data_description", "Data description", "atrs.data-description"),
    said(Part::Data, "2.4.3.4", "data_quantities", "Data quantities", "atrs.data-quantities"),
    said(Part::Data, "2.4.3.5", "sensitive_attributes", "Sensitive attributes", "atrs.data-sensitive"),
    said(
        Part::Data,
        "2.4.3.6",
        "data_completeness_and_representativeness",
        "Completeness and representativeness",
        "atrs.data-completeness",
    ),
    said(Part::Data, "2.4.3.7", "source_data_url", "Source data address", "atrs.data-source"),
    said(Part::Data, "2.4.3.8", "data_collection", "Data collection", "atrs.data-collection"),
    said(Part::Data, "2.4.3.9", "data_cleaning", "Data cleaning", "atrs.data-cleaning"),
    said(Part::Data, "2.4.3.10", "data_sharing_agreements", "Data sharing agreements", "atrs.data-sharing"),
    said(Part::Data, "2.4.3.11", "data_access_and_storage", "Data access and storage", "atrs.data-access"),
    runs(Part::Risks, "2.5.1", "impact_assessment", "Impact assessment", Runs::Impact),
    said(Part::Risks, "2.5.2", "risks_and_mitigations", "Risks and mitigations", "atrs.risks"),
];

/// Fields by their name in the standard, and by the name that they had here before. What was kept back under that name
/// stays kept back.
const EARLIER: &[(&str, &str)] = &[
    ("organisation_or_department", "organisation"),
    ("external_supplier_involvement", "third_party_involvement"),
    ("companies_house_number", "third_party_terms"),
    ("procurement_procedure_type", "third_party_terms"),
    ("data_access_terms", "third_party_terms"),
    ("benefit", "benefits"),
    ("datasets", "datasets_and_purposes"),
    ("dataset_purposes", "datasets_and_purposes"),
    ("data_description", "development_data_description"),
    ("impact_assessment", "impact_assessments"),
];

/// The fields that a name means: itself, or those that stand now for what it was called before.
pub(super) fn named(field: &str) -> Vec<&str> {
    let now: Vec<&str> = EARLIER.iter().filter(|(_, was)| *was == field).map(|(now, _)| *now).collect();
    if now.is_empty() { vec![field] } else { now }
}

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
    /// Its number in the standard.
    pub number: &'static str,
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
    /// Whether it says something of every algorithm ([`Field::always`]).
    pub always: bool,
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
        "title": title(d, organisation),
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
    let &Field { number, code, part, label, always, .. } = field;
    let exemption = d.exemptions.iter().find(|e| e.field == code).map(|e| e.reasons.clone());
    let text = if exemption.is_some() { None } else { told(field, d, organisation, ran, asked) };
    Filled { number, code, part, label, text, exemption, always }
}

fn told(field: &Field, d: &Dossier, organisation: &str, ran: &Ran, asked: bool) -> Option<String> {
    let answers = d.answers();
    let answer = |code: &str| answers.get(code).filter(|a| !a.is_empty()).cloned();
    let e = &d.entry;
    match field.from {
        From::Said(code) => answer(code),
        From::Runs(Runs::Name) => Some(e.what.title.clone()),
        From::Runs(Runs::Purpose) => Some(e.what.purpose.clone()),
        From::Runs(Runs::Organisation) => Some(organisation.to_owned()),
        From::Runs(Runs::Team) => Some(role(&e.what.owner)),
        From::Runs(Runs::Use) => Some(used(d, ran, asked)),
        From::Runs(Runs::Models) => Some(format!("One, “{}”: {}.", e.what.title, made_as(&e.what.kind))),
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

/// What a sort of algorithm is made of, in words.
fn made_as(kind: &str) -> &'static str {
    match kind {
        "definition" => "rules that people wrote",
        "indicator" => "phrases that people wrote",
        "comparison" => "agreements and disagreements with fixed weights",
        "ranking" => "an order by fixed rules",
        "alignment" => "a weighted mean of scores that people gave",
        "finding" => "comparisons by fixed rules",
        _ => "a calculation by fixed rules",
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

/// What stands above a record, by the names of the standard (0.11 to 0.15 and the days of 0.8 to 0.10).
fn title(d: &Dossier, organisation: &str) -> Value {
    let e = &d.entry;
    let written = d.assessments.iter().map(|a| a.at).chain(d.exemptions.iter().map(|x| x.at));
    let changed = written.chain([e.since, e.registered_at]).max();
    let retired = (e.state == State::Retired).then(|| e.since.day());
    let purpose = e.what.purpose.as_str();
    let sentence = purpose.split_inclusive(['.', '!', '?']).next().unwrap_or(purpose).trim();
    json!({
        "id": e.id, "standard_version": STANDARD, "title": e.what.title, "organisation_name": organisation,
        "one_sentence_description": sentence, "date_of_completion": e.registered_at.day(),
        "date_updated": changed.map(Time::day), "date_archived": retired,
    })
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
        ("date_published", json!(d.entry.registered_at.day())),
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
    open.filter(|f| f.always && f.text.is_none() && f.exemption.is_none())
        .map(|f| {
            let message = format!(
                "The transparency record says nothing of “{}”: fill it, or record why it is not published",
                f.label
            );
            wrong(&format!("record/{}", f.code), "missing", message)
        })
        .collect()
}
