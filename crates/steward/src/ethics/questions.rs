//! What an ethics assessment asks, in one list: for the page, the API and the guards.

use bluelamp_model::FieldError;
use serde::Serialize;
use std::collections::BTreeMap;

/// A part of an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// Who answers for it at the top.
    Accountability,
    /// The NPCC Covenant for Using Artificial Intelligence in Policing (28 September 2023): six tests.
    Covenant,
    /// ALGO-CARE: eight headings.
    AlgoCare,
    /// Whether a data protection impact assessment is needed, and where it is.
    DataProtection,
    /// Who could be affected otherwise than others.
    Equality,
    /// What the public has said it worries about.
    Concerns,
    /// What is to be tried in the lab, and what it has to show.
    Lab,
    /// What people outside thought, and what changed because of it.
    PublicView,
    /// What only people know of the transparency record.
    Record,
}

impl Section {
    /// All of them, as they are asked.
    pub const ALL: [Self; 9] = [
        Self::Accountability,
        Self::Covenant,
        Self::AlgoCare,
        Self::DataProtection,
        Self::Equality,
        Self::Concerns,
        Self::Lab,
        Self::PublicView,
        Self::Record,
    ];

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Accountability => "Accountability at the top",
            Self::Covenant => "NPCC AI Covenant",
            Self::AlgoCare => "ALGO-CARE",
            Self::DataProtection => "Data protection screening",
            Self::Equality => "Equality impact",
            Self::Concerns => "Concerns of the public",
            Self::Lab => "The lab",
            Self::PublicView => "The public's view",
            Self::Record => "Transparency record",
        }
    }
}

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Its stable code, and the name of its field.
    pub code: &'static str,
    /// Where it stands.
    pub section: Section,
    /// What is asked.
    pub label: &'static str,
    /// What belongs into the answer.
    pub hint: &'static str,
    /// Whether it is asked of everything. The others are of an external supplier, if there is one.
    pub always: bool,
}

const fn q(section: Section, code: &'static str, label: &'static str, hint: &'static str) -> Question {
    Question { code, section, label, hint, always: true }
}

const fn of_supplier(code: &'static str, label: &'static str, hint: &'static str) -> Question {
    Question { code, section: Record, label, hint, always: false }
}

use Section::{
    Accountability, AlgoCare, Concerns, Covenant, DataProtection, Equality, Lab, PublicView, Record,
};

/// Every question there is.
pub const QUESTIONS: &[Question] = &[
    q(
        Accountability,
        "chief-officer",
        "Which chief officer answers for it?",
        "Name and rank, or name and post.",
    ),
    q(Covenant, "covenant.lawful", "Lawful", "The powers and law that it is used under."),
    q(Covenant, "covenant.transparent", "Transparent", "How people can know that it is used, and on what."),
    q(
        Covenant,
        "covenant.explainable",
        "Explainable",
        "How what it says is explained to an officer and to a person whom it concerns.",
    ),
    q(
        Covenant,
        "covenant.responsible",
        "Responsible",
        "Why it is right to use it here, and where it is not used.",
    ),
    q(Covenant, "covenant.accountable", "Accountable", "Who answers for it, and to whom."),
    q(Covenant, "covenant.robust", "Robust", "How it was tested, and what happens when it fails."),
    q(AlgoCare, "care.advisory", "Advisory", "How it is kept that a person decides and can depart from it."),
    q(AlgoCare, "care.lawful", "Lawful", "Its purpose, its necessity and its proportion."),
    q(
        AlgoCare,
        "care.granularity",
        "Granularity",
        "Whether the data are fine enough, and good enough, for what it says.",
    ),
    q(AlgoCare, "care.ownership", "Ownership", "Who owns rules, data and code, and can look into them."),
    q(AlgoCare, "care.challengeable", "Challengeable", "How somebody can challenge what it said."),
    q(
        AlgoCare,
        "care.accuracy",
        "Accuracy",
        "How often it is wrong, in which direction, and how that is watched.",
    ),
    q(AlgoCare, "care.responsible", "Responsible", "Fairness, and the public interest in it."),
    q(AlgoCare, "care.explainable", "Explainable", "What is known of how it comes to what it says."),
    q(
        DataProtection,
        "dpia.screening",
        "Is an impact assessment needed, and why?",
        "Sensitive processing, profiling, large scale, new technology, people at risk.",
    ),
    q(DataProtection, "dpia.reference", "Where is it?", "Its reference and date; or why none is needed."),
    q(
        Equality,
        "equality.impact",
        "Who could be affected otherwise than others?",
        "For each protected characteristic: how, and what is done about it.",
    ),
    q(
        Equality,
        "equality.data",
        "What is known of them?",
        "Which characteristics are held, and for which nothing can be said because they are not.",
    ),
    q(
        Concerns,
        "concern.storage",
        "Use and storage of data",
        "What is used and kept, for how long, and who can see it.",
    ),
    q(Concerns, "concern.privacy", "Privacy breaches", "What could get out, and what stands against it."),
    q(Concerns, "concern.bias", "Data accuracy and bias", "Where the data are wrong or one-sided."),
    q(
        Concerns,
        "concern.quality",
        "Quality of decisions",
        "What officers do with it, and how that is watched.",
    ),
    q(
        Concerns,
        "concern.predictive",
        "Predictive policing",
        "Whether it says what somebody will do, or where.",
    ),
    q(Concerns, "concern.black-box", "Black box policing", "What nobody could explain."),
    q(Concerns, "concern.faces", "Facial recognition", "Whether faces or other bodily traits are used."),
    q(Lab, "lab.data", "What is it tried on?", "Which data, how many, synthetic or pseudonymised."),
    q(
        Lab,
        "lab.criteria",
        "What has the lab to show before anybody acts on it?",
        "One criterion on a line, with its measure: “floors that officers agree with: at least 80 %”.",
    ),
    q(
        PublicView,
        "public.method",
        "How was the public asked?",
        "Survey, panel, consultation: whom, how many, how they were found.",
    ),
    q(PublicView, "public.when", "When?", "The days on which people were asked."),
    q(PublicView, "public.said", "What did people say?", "For and against it."),
    q(PublicView, "public.changed", "What changed because of it?", "In the design; or why nothing did."),
    q(Record, "atrs.website", "Web address with more about it", "An address that anybody can open."),
    q(Record, "atrs.contact", "E-mail address for questions", "That of a team, not of a person."),
    q(
        Record,
        "atrs.third-party",
        "External suppliers",
        "“None”, or that one has a part in making or running it.",
    ),
    of_supplier("atrs.supplier", "External supplier: who", "Its name; empty where there is none."),
    of_supplier(
        "atrs.supplier-number",
        "External supplier: Companies House number",
        "Empty where there is none.",
    ),
    of_supplier("atrs.supplier-role", "External supplier: its part", "Empty where there is none."),
    of_supplier(
        "atrs.supplier-procurement",
        "External supplier: how it was procured",
        "Open, restricted, with negotiation, or a call-off from which framework; empty where there is none.",
    ),
    of_supplier(
        "atrs.third-party-terms",
        "External supplier: access to data",
        "On which terms it can see data; empty where there is none.",
    ),
    q(Record, "atrs.detail", "Detailed description", "How it comes to what it says."),
    q(Record, "atrs.scope", "Scope", "What it is made for, and what it must not be used for."),
    q(Record, "atrs.benefits", "Benefits", "What it is good for, and for whom."),
    q(Record, "atrs.previous", "Previous process", "How it was done before."),
    q(
        Record,
        "atrs.alternatives",
        "Alternatives considered",
        "What else was possible, and why it was not taken.",
    ),
    q(
        Record,
        "atrs.integration",
        "Place in the process",
        "Where in the work it stands, and what follows on it.",
    ),
    q(Record, "atrs.information", "What it gives", "What is shown to whom, in which form."),
    q(Record, "atrs.review", "Human decisions and review", "Who decides, who looks again, when."),
    q(Record, "atrs.training", "Required training", "What people who use it have to know."),
    q(Record, "atrs.appeals", "Appeals and review", "How a person whom it concerns can have it looked at."),
    q(Record, "atrs.architecture", "System architecture", "What it is part of, and what it runs on."),
    q(Record, "atrs.maintenance", "Maintenance", "Who keeps it up to date, and how often it is looked at."),
    q(Record, "atrs.model-task", "Model task", "What it has to do, in a sentence."),
    q(Record, "atrs.input", "Model input", "What it is given."),
    q(Record, "atrs.output", "Model output", "What it gives."),
    q(
        Record,
        "atrs.model-architecture",
        "Model architecture",
        "Rules, weights or a learned model, and which.",
    ),
    q(Record, "atrs.datasets", "Data sets", "What it was developed and tested on."),
    q(
        Record,
        "atrs.dataset-purposes",
        "Purposes of the data sets",
        "What each was used for: training, validating, testing.",
    ),
    q(Record, "atrs.data-name", "Name of the source data", "What they are called where they come from."),
    q(Record, "atrs.data-description", "Data description", "What they hold."),
    q(Record, "atrs.data-modality", "Data modality", "Text, tables, images."),
    q(Record, "atrs.data-quantities", "Data quantities", "How many, split how."),
    q(Record, "atrs.data-sensitive", "Sensitive attributes", "Which are in it, or could be told from it."),
    q(Record, "atrs.data-completeness", "Completeness and representativeness", "What and who is missing."),
    q(Record, "atrs.data-source", "Source data address", "Where they can be had, or why not."),
    q(Record, "atrs.data-collection", "Data collection", "How and for which purpose they were collected."),
    q(Record, "atrs.data-cleaning", "Data cleaning", "What was done to them."),
    q(Record, "atrs.data-sharing", "Data sharing agreements", "With whom, under what."),
    q(Record, "atrs.data-access", "Data access and storage", "Who can see them, for how long they are kept."),
    q(Record, "atrs.risks", "Risks and mitigations", "What could go wrong, and what is done about it."),
];

/// The question with a code.
#[must_use]
pub fn question(code: &str) -> Option<&'static Question> {
    QUESTIONS.iter().find(|q| q.code == code)
}

/// The questions of these sections that are asked of everything and have no answer.
#[must_use]
pub fn unanswered(answers: &BTreeMap<String, String>, sections: &[Section]) -> Vec<FieldError> {
    let open = QUESTIONS
        .iter()
        .filter(|q| q.always)
        .filter(|q| sections.contains(&q.section) && answers.get(q.code).is_none_or(|a| a.trim().is_empty()));
    open.map(|q| FieldError {
        field: q.code.into(),
        code: "required".into(),
        message: format!("{}: “{}” is not answered", q.section.label(), q.label),
    })
    .collect()
}

/// The criteria that the lab has to show something for, as the assessment lists them.
#[must_use]
pub fn criteria(answers: &BTreeMap<String, String>) -> Vec<String> {
    let lines = answers.get("lab.criteria").map_or("", String::as_str).lines();
    lines.map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect()
}

/// What of the answers a committee has to hear again when it changes: everything but the wording of the record.
#[must_use]
pub(super) fn substance(answers: &BTreeMap<String, String>) -> BTreeMap<&str, &str> {
    answers
        .iter()
        .filter(|(code, _)| !code.starts_with("atrs."))
        .map(|(code, text)| (code.as_str(), text.trim()))
        .filter(|(_, text)| !text.is_empty())
        .collect()
}
