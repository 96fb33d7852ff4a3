//! Everything that is known of one version of an algorithm: its entry in the register, what was assessed, tried, advised
//! and decided.

use super::{
    committee::{self, Minutes, Voice},
    questions, record,
    wording::Release,
};
use crate::redress;
use bluelamp_access::algorithm::{self, Entry, Phase};
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use std::collections::BTreeMap;

/// An ethics assessment as it was written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assessment {
    /// When.
    pub at: Time,
    /// By whom, by name.
    pub by: String,
    /// By whom, by account.
    pub by_id: Id,
    /// The answers by the code of their question.
    pub answers: BTreeMap<String, String>,
}

/// What the lab found for one criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The criterion, as the assessment lists it.
    pub criterion: String,
    /// What was measured.
    pub found: String,
    /// Whether that is what was asked for.
    pub met: bool,
}

/// What the lab found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabReport {
    /// When it was written.
    pub at: Time,
    /// By whom, by name.
    pub by: String,
    /// By whom, by account.
    pub by_id: Id,
    /// Criterion by criterion.
    pub findings: Vec<Finding>,
    /// What else there is to say.
    pub notes: String,
}

#[derive(Serialize, Deserialize)]
struct LabBody {
    findings: Vec<Finding>,
    notes: String,
}

/// What a body outside the police said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Opinion {
    /// When it was noted.
    pub at: Time,
    /// Who noted it, by name.
    pub by: String,
    /// Who noted it, by account.
    pub by_id: Id,
    /// The body.
    pub given_by: String,
    /// The day.
    pub given_on: String,
    /// What it said.
    pub said: String,
}

/// Why a field of the transparency record is not published.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exemption {
    /// When.
    pub at: Time,
    /// By whom, by name.
    pub by: String,
    /// The field's code.
    pub field: String,
    /// Why; empty where it was taken back.
    pub reasons: String,
}

/// Everything about one version.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dossier {
    /// Its entry in the register.
    pub entry: Entry,
    /// What people made of it, the latest first.
    pub phases: Vec<Phase>,
    /// Every assessment, the latest first.
    pub assessments: Vec<Assessment>,
    /// Every lab report, the latest first.
    pub lab_reports: Vec<LabReport>,
    /// What others said, the latest first.
    pub opinions: Vec<Opinion>,
    /// What members of the committee advised, the latest first.
    pub voices: Vec<Voice>,
    /// The committee's minutes, the latest first.
    pub minutes: Vec<Minutes>,
    /// What is not published, by field.
    pub exemptions: Vec<Exemption>,
    /// Every time that a field was kept back or published again, the latest first.
    #[serde(skip)]
    pub(super) exempted: Vec<Exemption>,
    /// Every time that its wording was published, the latest first.
    pub releases: Vec<Release>,
    /// How many complaints name this version, or the algorithm without a version.
    pub complaints: u64,
}

impl Dossier {
    /// The answers that stand.
    #[must_use]
    pub fn answers(&self) -> BTreeMap<String, String> {
        self.assessments.first().map(|a| a.answers.clone()).unwrap_or_default()
    }

    /// Whether somebody has written on it: none of them advises on it or lets it go on.
    #[must_use]
    pub fn wrote(&self, person: Id) -> bool {
        self.assessments.iter().any(|a| a.by_id == person)
            || self.lab_reports.iter().any(|r| r.by_id == person)
    }

    /// What part somebody had in it that keeps them from taking a step of approval, as the end of "you have …"; none where
    /// they had none. `writers` are those who wrote the text of this version, as the room knows them that keeps it.
    #[must_use]
    pub fn part_of(&self, person: Id, writers: &[Id]) -> Option<&'static str> {
        let mut parts = [
            (writers.contains(&person), "written the text of this version"),
            (self.wrote(person), "written on this assessment"),
            (self.voices.iter().any(|v| v.by_id == person), "advised on it as a member of the committee"),
            (self.minutes.iter().any(|m| m.by_id == person), "written the committee's minutes on it"),
            (self.opinions.iter().any(|o| o.by_id == person), "noted an opinion on it"),
        ]
        .into_iter();
        parts.find_map(|(is, part)| is.then_some(part))
    }

    /// Whether what the lab found was accepted since it was last there: whoever went back to the lab comes out of it by a
    /// report that was accepted.
    pub(super) fn lab_accepted(&self) -> bool {
        use algorithm::State::{Lab, LabReported};
        let last = self.phases.iter().find(|p| matches!(p.state, Lab | LabReported));
        last.is_some_and(|p| p.state == LabReported)
    }

    /// Whether somebody has let it go on: they are not the committee too.
    #[must_use]
    pub fn let_on(&self, person: Id) -> bool {
        let stops =
            |s: algorithm::State| matches!(s, algorithm::State::Suspended | algorithm::State::Retired);
        self.phases.iter().any(|p| p.by_id == person && !stops(p.state))
    }
}

/// Reads everything about one version. For a room that has asked the policy.
pub(super) fn read(cx: &mut Cx<'_>, id: Id) -> Result<Dossier> {
    let entry = algorithm::entry(cx, id)?;
    let of = |cx: &mut Cx<'_>, sql: &str| cx.rows(sql, &[id.into()]);
    let assessments = of(
        cx,
        "select e.written_at, a.name, e.written_by, e.body from ethics_assessment e join account a on a.id = e.written_by
         where e.algorithm_id = $1 order by e.written_at desc, e.id desc",
    )?;
    let lab_reports = of(
        cx,
        "select e.written_at, a.name, e.written_by, e.body from ethics_lab_report e join account a on a.id = e.written_by
         where e.algorithm_id = $1 order by e.written_at desc, e.id desc",
    )?;
    let opinions = of(
        cx,
        "select e.noted_at, a.name, e.noted_by, e.given_by, e.given_on, e.said from ethics_opinion e
         join account a on a.id = e.noted_by where e.algorithm_id = $1 order by e.noted_at desc, e.id desc",
    )?;
    let exemptions = of(
        cx,
        "select e.at, a.name, e.field, e.reasons from ethics_exemption e join account a on a.id = e.by_id
         where e.algorithm_id = $1 order by e.at desc, e.id desc",
    )?;
    let mut exempted = Vec::new();
    for row in &exemptions {
        for field in record::named(&row.get::<String>(2)?) {
            let (at, by, reasons) = (row.get(0)?, row.get(1)?, row.get(3)?);
            exempted.push(Exemption { at, by, field: field.into(), reasons });
        }
    }
    let mut standing: Vec<Exemption> = Vec::new();
    for one in &exempted {
        if !standing.iter().any(|e| e.field == one.field) {
            standing.push(one.clone());
        }
    }
    standing.retain(|e| !e.reasons.is_empty());
    let releases = of(
        cx,
        "select e.at, a.name from ethics_wording e join account a on a.id = e.by_id
         where e.algorithm_id = $1 order by e.at desc, e.id desc",
    )?;
    let complaints = redress::complaints_about(cx, &entry.algorithm(), Some(&entry.what.version))?.received;
    Ok(Dossier {
        complaints,
        phases: algorithm::phases(cx, id)?,
        assessments: assessments
            .iter()
            .map(|r| Ok(Assessment { at: r.get(0)?, by: r.get(1)?, by_id: r.get(2)?, answers: body(r, 3)? }))
            .collect::<Result<_>>()?,
        lab_reports: lab_reports
            .iter()
            .map(|r| {
                let LabBody { findings, notes } = body(r, 3)?;
                Ok(LabReport { at: r.get(0)?, by: r.get(1)?, by_id: r.get(2)?, findings, notes })
            })
            .collect::<Result<_>>()?,
        opinions: opinions
            .iter()
            .map(|r| {
                Ok(Opinion {
                    at: r.get(0)?,
                    by: r.get(1)?,
                    by_id: r.get(2)?,
                    given_by: r.get(3)?,
                    given_on: r.get(4)?,
                    said: r.get(5)?,
                })
            })
            .collect::<Result<_>>()?,
        voices: committee::voices(cx, id)?,
        minutes: committee::minutes_of(cx, id)?,
        exemptions: standing,
        exempted,
        releases: releases
            .iter()
            .map(|r| Ok(Release { at: r.get(0)?, by: r.get(1)? }))
            .collect::<Result<_>>()?,
        entry,
    })
}

fn body<T: DeserializeOwned>(row: &Row, at: usize) -> Result<T> {
    serde_json::from_str(&row.get::<String>(at)?)
        .map_err(|e| Error::Bug(format!("a stored part of an ethics assessment cannot be read: {e}")))
}

/// The longest text of one answer, in bytes.
const LONGEST: usize = 20_000;

pub(super) fn wrong(field: &str, code: &str, message: impl Into<String>) -> FieldError {
    FieldError { field: field.into(), code: code.into(), message: message.into() }
}

/// What a text of somebody's must not be: empty, where it is needed, or too long.
pub(super) fn text<'a>(
    faults: &mut Vec<FieldError>,
    field: &str,
    given: &'a str,
    needed: Option<&str>,
) -> &'a str {
    let given = given.trim();
    match needed {
        Some(message) if given.is_empty() => faults.push(wrong(field, "required", message)),
        _ if given.len() > LONGEST => {
            faults.push(wrong(field, "too-long", format!("Write at most {LONGEST} letters")));
        }
        _ if given.contains('\0') => {
            faults.push(wrong(field, "wrong", "Remove the character that cannot be seen"));
        }
        _ => {}
    }
    given
}

pub(super) fn living(cx: &mut Cx<'_>, id: Id) -> Result<Entry> {
    let entry = algorithm::entry(cx, id)?;
    if entry.state == algorithm::State::Retired {
        return Err(Error::Conflict("this version is retired: nothing is added to it any more".into()));
    }
    Ok(entry)
}

/// Writes the ethics assessment: what is not named keeps the answer that it has. Who writes it can never let the
/// algorithm go on. `seen` is when the assessment was written that the person had before them, empty where there was none: what they
/// left as it was there keeps what others have made of it since.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`] for a question that is
/// none, for texts that are too long and for an answer that somebody else has changed in the meantime; [`Error::Conflict`]
/// for what is retired.
pub fn assess(cx: &mut Cx<'_>, id: Id, answers: &BTreeMap<String, String>, seen: Option<&str>) -> Result<()> {
    cx.allow(action::ETHICS_WRITE, Some(id))?;
    let person = Decider::of(cx.actor())?;
    living(cx, id)?;
    let mut faults = Vec::new();
    let d = read(cx, id)?;
    let mut all = d.answers();
    let before = d.assessments.iter().find(|a| seen == Some(a.at.to_string().as_str()));
    let base = before.map(|a| a.answers.clone()).unwrap_or_default();
    let of = |answers: &BTreeMap<String, String>, code: &str| answers.get(code).cloned().unwrap_or_default();
    for (code, given) in answers {
        if questions::question(code).is_none() {
            faults.push(wrong(
                code,
                "unknown",
                format!("'{code}' is not a question of an ethics assessment"),
            ));
            continue;
        }
        let given = text(&mut faults, code, given, None);
        if seen.is_some() {
            let (then, now) = (of(&base, code), of(&all, code));
            if given == then {
                continue;
            }
            if now != then && now != given {
                let message = format!(
                    "Somebody else has changed this answer since you opened the page. It says now: “{now}”. Take that over, or open the page again to write over it"
                );
                faults.push(wrong(code, "changed", message));
                continue;
            }
        }
        all.insert(code.clone(), given.to_owned());
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    all.retain(|_, text| !text.is_empty());
    let (row, now) = (cx.new_id()?, cx.now());
    let body = serde_json::to_string(&all).map_err(|e| Error::Bug(e.to_string()))?;
    cx.exec(
        "insert into ethics_assessment (id, algorithm_id, written_at, written_by, body) values ($1, $2, $3, $4, $5)",
        &[row.into(), id.into(), now.into(), person.id().into(), body.into()],
    )?;
    cx.record(Verb::Administer, "algorithm", Some(id), json!({ "assessment": row, "answers": all.len() }))
}

/// Writes down what the lab found.
///
/// # Errors
/// As [`assess`]; [`Error::Invalid`] for a criterion without a measure, and for one that the assessment does not list.
pub fn report_lab(cx: &mut Cx<'_>, id: Id, findings: &[Finding], notes: &str) -> Result<()> {
    cx.allow(action::ETHICS_WRITE, Some(id))?;
    let person = Decider::of(cx.actor())?;
    let entry = living(cx, id)?;
    let listed = questions::criteria(&read(cx, id)?.answers());
    let mut faults = Vec::new();
    if entry.state != algorithm::State::Lab {
        return Err(Error::Conflict(format!("it is not in the lab: it is {}", entry.state.code())));
    }
    if findings.is_empty() {
        faults.push(wrong("findings", "required", "Say what the lab found, criterion by criterion"));
    }
    for (n, f) in findings.iter().enumerate() {
        if !listed.contains(&f.criterion) {
            let message = format!("“{}” is none of the criteria in the assessment", f.criterion);
            faults.push(wrong(&format!("findings/{n}/criterion"), "unknown", message));
        }
        if findings.iter().take(n).any(|other| other.criterion == f.criterion) {
            let message = format!("“{}” is there twice: say once whether it is met", f.criterion);
            faults.push(wrong(&format!("findings/{n}/criterion"), "twice", message));
        }
        text(&mut faults, &format!("findings/{n}/found"), &f.found, Some("Say what was measured"));
    }
    let notes = text(&mut faults, "notes", notes, None);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let (row, now) = (cx.new_id()?, cx.now());
    let body = LabBody { findings: findings.to_vec(), notes: notes.to_owned() };
    let body = serde_json::to_string(&body).map_err(|e| Error::Bug(e.to_string()))?;
    cx.exec(
        "insert into ethics_lab_report (id, algorithm_id, written_at, written_by, body) values ($1, $2, $3, $4, $5)",
        &[row.into(), id.into(), now.into(), person.id().into(), body.into()],
    )?;
    let met = findings.iter().filter(|f| f.met).count();
    cx.record(
        Verb::Administer,
        "algorithm",
        Some(id),
        json!({ "lab_report": row, "met": met, "of": findings.len() }),
    )
}

/// Notes what a body outside the police said.
///
/// # Errors
/// As [`assess`]; [`Error::Invalid`] without the body, the day or the words.
pub fn note_opinion(cx: &mut Cx<'_>, id: Id, given_by: &str, given_on: &str, said: &str) -> Result<()> {
    cx.allow(action::ETHICS_WRITE, Some(id))?;
    let person = Decider::of(cx.actor())?;
    living(cx, id)?;
    let mut faults = Vec::new();
    let given_by = text(&mut faults, "given_by", given_by, Some("Enter the body that gave it"));
    let said = text(&mut faults, "said", said, Some("Enter what it said"));
    let given_on = day(&mut faults, "given_on", given_on, &cx.now().day());
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let (row, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into ethics_opinion (id, algorithm_id, noted_at, noted_by, given_by, given_on, said)
         values ($1, $2, $3, $4, $5, $6, $7)",
        &[
            row.into(),
            id.into(),
            now.into(),
            person.id().into(),
            given_by.into(),
            given_on.into(),
            said.into(),
        ],
    )?;
    cx.record(Verb::Administer, "algorithm", Some(id), json!({ "opinion": row }))
}

/// A day that is over or today, as `2026-11-22`.
pub(super) fn day<'a>(faults: &mut Vec<FieldError>, field: &str, given: &'a str, today: &str) -> &'a str {
    let given = given.trim();
    match format!("{given}T00:00:00Z").parse::<Time>() {
        Ok(at) if at.day() == given && given <= today => {}
        Ok(_) => faults.push(wrong(field, "future", "Enter a day that is not to come, such as 2026-11-22")),
        Err(_) => faults.push(wrong(field, "format", "Enter a day such as 2026-11-22")),
    }
    given
}

/// Records why a field of the transparency record is not published; without reasons, that it is published again.
///
/// # Errors
/// As [`assess`]; [`Error::Invalid`] for a field that is none.
pub fn exempt(cx: &mut Cx<'_>, id: Id, field: &str, reasons: &str) -> Result<()> {
    cx.allow(action::ETHICS_WRITE, Some(id))?;
    let person = Decider::of(cx.actor())?;
    living(cx, id)?;
    let mut faults = Vec::new();
    if !record::FIELDS.iter().any(|f| f.code == field) {
        faults.push(wrong("field", "unknown", "Select a field of the transparency record"));
    }
    let reasons = text(&mut faults, "reasons", reasons, None);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let (row, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into ethics_exemption (id, algorithm_id, field, reasons, at, by_id) values ($1, $2, $3, $4, $5, $6)",
        &[row.into(), id.into(), field.into(), reasons.into(), now.into(), person.id().into()],
    )?;
    cx.record(
        Verb::Administer,
        "algorithm",
        Some(id),
        json!({ "exemption": row, "field": field, "published": reasons.is_empty() }),
    )
}
