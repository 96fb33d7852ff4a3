//! What people say to findings.

use super::{About, Finding, Kind, lasting};
use crate::{
    entry::{self, Entry},
    registers::benefits::SAVING,
};
use bluelamp_model::{
    Decider, Error, FieldError, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

/// What a person says to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is so.
    Confirmed,
    /// It is not so, or it does not matter.
    Rejected,
}

impl Answer {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Confirmed, Self::Rejected];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        }
    }
}

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Answered {
    /// The finding's id.
    pub finding: String,
    /// What it rested on then.
    pub basis: String,
    /// What it said then.
    pub said: String,
    /// The answer.
    pub answer: Answer,
    /// Why.
    pub reasons: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Time,
    /// The codes of the applications that it was about.
    #[serde(skip)]
    pub applications: Vec<String>,
}

/// What is read again of a finding as it was kept with its answer.
#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    about: Vec<About>,
}

/// How a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nobody has answered it.
    Open,
    /// It was answered, and something that it rests on has changed since: it is open again.
    Changed,
    /// A person confirmed it.
    Confirmed,
    /// A person rejected it.
    Rejected,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Changed, Self::Confirmed, Self::Rejected];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Changed => "changed",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        }
    }
}

/// A finding with what was said to it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Shown {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// How it stands.
    pub standing: Standing,
    /// The latest answer, also where it holds no more.
    pub answered: Option<Answered>,
}

/// How often people answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// So often that it is so.
    pub confirmed: u64,
    /// So often that it is not.
    pub rejected: u64,
}

/// What somebody answers, as they write it.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// What the finding that they saw rests on.
    pub seen: String,
    /// The answer's code.
    pub answer: String,
    /// Why.
    pub reasons: String,
    /// What could be saved, where a confirmed duplicate or synergy leads to it.
    pub saving: Option<NewSaving>,
}

/// A saving, as somebody writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewSaving {
    /// Each year, in whole pounds.
    pub yearly: String,
    /// What it costs to get it, once.
    pub once: String,
    /// Who answers for it.
    pub owner: String,
}

/// The latest answer to each finding, by its id.
///
/// # Errors
/// Not allowed; database errors.
pub fn answers(cx: &mut Cx<'_>) -> Result<HashMap<String, Answered>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let rows = cx.rows(
        "select f.finding, f.basis, f.said, f.answer, f.reasons, a.name, f.at, f.body from finding_answer f
         join account a on a.id = f.by_id order by f.at, f.id",
        &[],
    )?;
    let mut all = HashMap::new();
    for r in &rows {
        let code: String = r.get(3)?;
        let answer = Answer::ALL.into_iter().find(|a| a.code() == code);
        let answer = answer.ok_or_else(|| Error::Bug(format!("‘{code}’ is no answer to a finding")))?;
        let finding: String = r.get(0)?;
        let kept: Kept = serde_json::from_str(&r.get::<String>(7)?)
            .map_err(|e| Error::Bug(format!("an answered finding cannot be read: {e}")))?;
        let about = kept.about.into_iter().filter(|a| a.register == "application");
        let answered = Answered {
            finding: finding.clone(),
            basis: r.get(1)?,
            said: r.get(2)?,
            answer,
            reasons: r.get(4)?,
            by: r.get(5)?,
            at: r.get(6)?,
            applications: about.map(|a| a.code).collect(),
        };
        all.insert(finding, answered);
    }
    cx.record(Verb::Consult, "finding-answers", None, json!({ "answers": all.len() }))?;
    Ok(all)
}

/// How often people confirmed and rejected what was found: counts only, for the register of algorithms. For a function
/// that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn tally(cx: &mut Cx<'_>) -> Result<Tally> {
    let mut of = |answer: Answer| -> Result<u64> {
        let row = cx.row("select count(*) from finding_answer where answer = $1", &[answer.code().into()])?;
        row.map_or(Ok(0), |r| Ok(r.get(0)?))
    };
    Ok(Tally { confirmed: of(Answer::Confirmed)?, rejected: of(Answer::Rejected)? })
}

/// Findings with how each stands. A group of applications that has gained or lost members keeps its id and its answer,
/// and is open again.
#[must_use]
pub fn shown<S: std::hash::BuildHasher>(
    found: Vec<Finding>,
    answers: &HashMap<String, Answered, S>,
) -> Vec<Shown> {
    let each = lasting::settled(found, answers).into_iter().map(|(finding, answered)| {
        let standing = lasting::standing(&finding, answered.as_ref());
        Shown { finding, standing, answered }
    });
    each.collect()
}

/// Keeps what the acting person says to a finding as it stands now, and the saving that it leads to.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Stale`] where what they saw rests
/// on something else; [`Error::Invalid`] without an answer or reasons, for a saving that is not whole, and for a second
/// saving for the same thing.
pub fn answer(cx: &mut Cx<'_>, finding: &Finding, given: &Given) -> Result<Option<Entry>> {
    cx.allow(action::FINDING_CONFIRM, None)?;
    let person = Decider::of(cx.actor())?;
    if given.seen != finding.basis {
        return Err(Error::Stale("what this finding rests on".into()));
    }
    let mut wrong = Vec::new();
    let mut say = |field: &str, code: &str, message: &str| {
        wrong.push(FieldError { field: field.into(), code: code.into(), message: message.into() });
    };
    let answer = Answer::ALL.into_iter().find(|a| a.code() == given.answer);
    if answer.is_none() {
        say("answer", "required", "Choose whether it is so");
    }
    let reasons = given.reasons.trim();
    if reasons.is_empty() {
        say("reasons", "required", "Enter your reasons");
    } else if reasons.chars().count() > 4000 {
        say("reasons", "too-long", "Reasons must be 4,000 characters or fewer");
    }
    let made = if given.saving.is_some() { savings_of(cx, finding)? } else { Vec::new() };
    if let [first, ..] = made.as_slice() {
        let message = format!(
            "The saving ‘{}’ ({}) came of this already: change it in the register of savings, and leave this empty",
            first.title, first.code
        );
        say("saving_yearly", "taken", &message);
    }
    let may_save =
        answer == Some(Answer::Confirmed) && matches!(finding.kind, Kind::Duplicate | Kind::Synergy);
    if given.saving.is_some() && answer.is_some() && !may_save {
        say("saving_yearly", "unexpected", "A saving comes of a duplicate or a synergy that is confirmed");
    }
    let saving = match given.saving.as_ref().map(|s| body_of(finding, s)) {
        Some(Err(more)) => {
            wrong.extend(more);
            None
        }
        Some(Ok(body)) => Some(body),
        None => None,
    };
    let Some(answer) = answer.filter(|_| wrong.is_empty()) else { return Err(Error::Invalid(wrong)) };
    let body = serde_json::to_string(finding)
        .map_err(|e| Error::Bug(format!("a finding cannot be written: {e}")))?;
    let (id, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into finding_answer (id, finding, kind, basis, said, body, answer, reasons, by_id, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            id.into(),
            finding.id.as_str().into(),
            finding.kind.code().into(),
            finding.basis.as_str().into(),
            finding.sentence.as_str().into(),
            body.as_str().into(),
            answer.code().into(),
            reasons.into(),
            person.id().into(),
            now.into(),
        ],
    )?;
    cx.record(
        Verb::Decide,
        "finding",
        Some(id),
        json!({ "finding": finding.id, "basis": finding.basis, "answer": answer.code() }),
    )?;
    saving.map(|body| entry::create(cx, &SAVING, "", &body, reasons)).transpose()
}

/// The savings that came of a finding and were not given up: those that name it, and of a group of applications those
/// that came of a group with which it shares two.
fn savings_of(cx: &mut Cx<'_>, finding: &Finding) -> Result<Vec<Entry>> {
    let members = finding.applications();
    let mut all = entry::held(cx, SAVING.code)?;
    all.retain(|e| {
        let of = e.body.text("finding");
        let theirs: Vec<String> = e.body.all("applications").into_iter().map(str::to_owned).collect();
        let same_group = lasting::is_group(&finding.id)
            && lasting::is_group(of)
            && lasting::shared(&members, &theirs) >= lasting::SHARED;
        !e.withdrawn && e.body.text("state") != "given-up" && (of == finding.id || same_group)
    });
    Ok(all)
}

/// The entry of a saving that a finding leads to. Its errors are named as the form has them.
fn body_of(finding: &Finding, saving: &NewSaving) -> Result<crate::register::Body, Vec<FieldError>> {
    let items = finding.about.iter().filter(|a| a.register == "item").map(|a| a.code.clone()).collect();
    let titles: Vec<_> = finding.about.iter().map(|a| a.title.as_str()).take(4).collect();
    let one = |text: &str| vec![text.to_owned()];
    let title: String = format!("From {}", titles.join(" and ")).chars().take(200).collect();
    let given: BTreeMap<String, Vec<String>> = [
        ("title", vec![title]),
        ("items", items),
        ("applications", finding.applications()),
        ("yearly", one(&saving.yearly)),
        ("once", one(&saving.once)),
        ("owner", one(&saving.owner)),
        ("state", one("possible")),
        ("finding", one(&finding.id)),
    ]
    .map(|(n, v)| (n.to_owned(), v))
    .into();
    SAVING.read(&given).map_err(|all| {
        all.into_iter().map(|e| FieldError { field: format!("saving_{}", e.field), ..e }).collect()
    })
}
