//! One look at a report: the facts once, and what each definition in use made of them.
//!
//! Of each definition the grades and a letter for each rule are kept. The sentences are made again from the text of
//! the definition, which its digest names for ever, and are held against the letters.

use crate::{
    InUse, Shelf, Withheld,
    gate::{Gate, Ledger},
};
use bluelamp_contact::Submission;
use bluelamp_model::{Error, Id, Result, Time};
use bluelamp_store::{Cx, Row};
use bluelamp_triage::{
    Assessment, Definition, FactState, Found, Observation, Observations, ResultShown, Status, Trigger, Words,
    prompts,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Why a report was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// It came in.
    Received,
    /// Something more is known.
    NewFact,
    /// A person said that another incident belongs to it.
    LinkedIncident,
    /// The same people reported again.
    RepeatCall,
    /// An order, bail condition or agreement was broken.
    Breach,
    /// Another version of its definition went live.
    NewVersion,
    /// Somebody asked for it.
    Asked,
    /// A definition may be shown from now on, or may not any more.
    Permission,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Received,
        Self::NewFact,
        Self::LinkedIncident,
        Self::RepeatCall,
        Self::Breach,
        Self::NewVersion,
        Self::Asked,
        Self::Permission,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::NewFact => "new-fact",
            Self::LinkedIncident => "linked-incident",
            Self::RepeatCall => "repeat-call",
            Self::Breach => "breach",
            Self::NewVersion => "new-version",
            Self::Asked => "asked",
            Self::Permission => "permission",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Received => "Report received",
            Self::NewFact => "Something more is known",
            Self::LinkedIncident => "Another incident belongs to it",
            Self::RepeatCall => "The same people reported again",
            Self::Breach => "An order or condition was broken",
            Self::NewVersion => "Another version of the definition",
            Self::Asked => "Assessed again by request",
            Self::Permission => "What may be asked has changed",
        }
    }

    /// The trigger in a definition's header that asks for a review because of it.
    #[must_use]
    pub fn trigger(self) -> Option<Trigger> {
        match self {
            Self::NewFact => Some(Trigger::NewFact),
            Self::LinkedIncident => Some(Trigger::LinkedIncident),
            Self::RepeatCall => Some(Trigger::RepeatCall),
            Self::Breach => Some(Trigger::Breach),
            Self::Received | Self::NewVersion | Self::Asked | Self::Permission => None,
        }
    }

    pub(crate) fn parse(code: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|c| c.code() == code);
        known.ok_or_else(|| Error::Bug(format!("an assessment has the cause '{code}'")))
    }
}

/// What one definition made of the facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Graded {
    /// The definition's id.
    pub definition: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its text.
    pub digest: String,
    /// `live` or `shadow`, at that moment.
    pub status: Status,
    /// The least grade.
    pub floor: Option<String>,
    /// The highest grade that is still possible.
    pub ceiling: Option<String>,
    /// A letter for each rule: F fired, N not fired, U undetermined.
    pub rules: String,
    /// Why there is no grade at all: facts that nobody can read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
}

/// A stored look at a report.
#[derive(Clone, Debug)]
pub struct Run {
    /// The row.
    pub id: Id,
    /// When.
    pub made_at: Time,
    /// Why.
    pub cause: Cause,
    /// The crate that evaluated, and its version.
    pub engine: String,
    /// What was known, with its sources.
    pub facts: Observations,
    /// What each definition in use made of it.
    pub graded: Vec<Graded>,
    /// Words that were found in the report. No rule reads them.
    pub found: Vec<Found>,
    /// What was not asked, or only in shadow, and why.
    pub withheld: Vec<Withheld>,
}

/// A question that words in the report ask, of a definition in force.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// The definition's title.
    pub definition: String,
    /// The fact's name.
    pub fact: String,
    /// The neutral wording.
    pub ask: String,
    /// Why there is no value to rely on.
    pub state: FactState,
    /// The words, with what found them.
    pub found: Vec<Found>,
}

/// What a definition says to the people who work on a report.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Whether it is the definition that the form names, whose grades are given.
    pub primary: bool,
    /// The definition.
    pub definition: Arc<Definition>,
    /// What it proposes.
    pub assessment: Assessment,
    /// Whether today's engine makes something else of the same facts: then neither may be relied on.
    pub differs: bool,
}

/// The terms on which a grade is looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The definition that leads, and its version.
    pub(crate) definition: String,
    pub(crate) version: String,
    /// The grades, lowest first.
    pub(crate) grades: Vec<String>,
    /// The place of the least grade that any definition with these grades proposes.
    pub(crate) floor: Option<usize>,
    /// The place of the highest grade that is still possible by any of them.
    pub(crate) ceiling: Option<usize>,
    /// After how many minutes each grade is looked at again.
    pub(crate) review_minutes: Vec<Option<u32>>,
    /// Within how many minutes a supervisor looks at a grade below the floor.
    pub(crate) supervisor_within: u32,
    /// What calls for another look.
    pub(crate) triggers: Vec<Trigger>,
}

/// Where a definition does not say within how many minutes a supervisor looks at a grade below the floor.
pub const SUPERVISOR_WITHIN: u32 = 240;

/// A length of time as people say it: "4 hours", "30 minutes", "2 days".
#[must_use]
pub fn spoken_minutes(minutes: u32) -> String {
    let (n, unit) = match minutes {
        m if m > 0 && m % 1440 == 0 => (m / 1440, "day"),
        m if m > 0 && m % 60 == 0 => (m / 60, "hour"),
        m => (m, "minute"),
    };
    if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") }
}

/// The latest look at a report, as it may be shown.
#[derive(Clone, Debug)]
pub struct Look {
    /// The look itself.
    pub run: Run,
    /// What the live definitions say that concern it, the form's own first.
    pub shown: Vec<Shown>,
    /// What was proposed at the time and may not be any more, with why: part of the record, and no proposal.
    pub former: Vec<(Shown, String)>,
}

impl Terms {
    /// The terms of an assessment from before there were several to a report: grades, and nothing that the force set.
    pub(crate) fn of_earlier(assessment: &Assessment) -> Self {
        Self {
            definition: assessment.definition.clone(),
            version: assessment.version.clone(),
            grades: assessment.grades.clone(),
            floor: assessment.floor_rank(),
            ceiling: assessment.ceiling_rank(),
            review_minutes: Vec::new(),
            supervisor_within: SUPERVISOR_WITHIN,
            triggers: Vec::new(),
        }
    }

    /// The name of a place in the grades.
    pub(crate) fn grade(&self, place: Option<usize>) -> Option<&str> {
        self.grades.get(place?).map(String::as_str)
    }
}

impl Look {
    /// The terms on which the report is graded: those of the first definition that is shown.
    pub(crate) fn terms(&self) -> Option<Terms> {
        let first = self.shown.first()?;
        let header = &first.definition.header;
        let same = || self.shown.iter().filter(|s| s.assessment.grades == first.assessment.grades);
        Some(Terms {
            definition: first.assessment.definition.clone(),
            version: first.assessment.version.clone(),
            grades: first.assessment.grades.clone(),
            floor: same().filter_map(|s| s.assessment.floor_rank()).max(),
            ceiling: same().filter_map(|s| s.assessment.ceiling_rank()).max(),
            review_minutes: header.review_minutes.clone(),
            supervisor_within: header.supervisor_within_minutes.unwrap_or(SUPERVISOR_WITHIN),
            triggers: header.triggers.clone(),
        })
    }

    /// Whether a definition wants the officer's own grade before anything of it is shown.
    #[must_use]
    pub fn wants_own_grade(&self) -> bool {
        self.shown.iter().any(|s| s.definition.header.result == ResultShown::AfterOwnGrade)
    }
}

/// The terms on which a report is graded. For a room that has asked the policy.
pub(crate) fn terms(cx: &mut Cx<'_>, look: Option<&Look>, report: Id) -> Result<Option<Terms>> {
    match look {
        Some(look) => Ok(look.terms()),
        None => Ok(crate::report::earlier_assessment(cx, report)?.as_ref().map(Terms::of_earlier)),
    }
}

/// What is known about a report: the answers of its sender, and what was said since.
pub(crate) fn observations(cx: &mut Cx<'_>, submission: &Submission) -> Result<Observations> {
    let mut all = Observations::default();
    for (name, value) in &submission.body.facts {
        // The form's answers came in one piece, from one person.
        let told = Observation::from_value(value.clone());
        let told = Observation { source: SENDER.into(), at: Some(submission.received_at), ..told };
        all.0.entry(name.clone()).or_default().push(told);
    }
    let rows = cx.rows(
        "select fact, body from fact_said where report_id = $1 order by noted_at, id",
        &[submission.id.into()],
    )?;
    for row in rows {
        let (name, body): (String, String) = (row.get(0)?, row.get(1)?);
        let said = serde_json::from_str(&body)
            .map_err(|e| Error::Bug(format!("a stored fact cannot be read: {e}")))?;
        all.0.entry(name).or_default().push(Observation::from_value(said));
    }
    Ok(all)
}

/// The source of what stands in a report itself.
pub const SENDER: &str = "report";

/// Evaluates the definitions that may look over what each knows of the facts. `known` are all in use, so that a fact
/// that only another one knows is no stranger.
pub(crate) fn evaluate(
    in_use: &[InUse],
    known: &[InUse],
    primary: Option<&str>,
    facts: &Observations,
    moment: Time,
) -> Vec<Graded> {
    let stranger = |name: &String| known.iter().all(|u| u.definition.fact(name).is_none());
    in_use
        .iter()
        .map(|u| {
            let d = &u.definition;
            let mut known = d.known_part_told(facts);
            if primary == Some(d.header.id.as_str()) {
                // What no definition knows is nobody's to pass over: the form's own definition refuses it.
                let strange = facts.0.iter().filter(|(name, _)| stranger(name));
                known.0.extend(strange.map(|(name, said)| (name.clone(), said.clone())));
            }
            let mut graded = Graded {
                definition: d.header.id.clone(),
                version: d.header.version.clone(),
                digest: d.digest.clone(),
                status: u.status,
                floor: None,
                ceiling: None,
                rules: String::new(),
                errors: Vec::new(),
            };
            match d.facts_at(&known, Some(moment)).and_then(|facts| d.evaluate(&facts)) {
                Ok(e) => {
                    graded.floor = e.floor.map(|rank| d.grade(rank).to_owned());
                    graded.ceiling = e.ceiling.map(|rank| d.grade(rank).to_owned());
                    graded.rules = e.letters();
                }
                Err(errors) => graded.errors = errors.into_iter().map(|e| e.message).collect(),
            }
            graded
        })
        .collect()
}

/// The words that the indicators find which are approved and not switched off.
pub(crate) fn words(
    cx: &mut Cx<'_>,
    shelf: &Shelf,
    gate: &Gate<'_>,
    text: &str,
    ledger: &mut Ledger,
) -> Result<Vec<Found>> {
    if shelf.indicators.is_empty() || text.is_empty() {
        return Ok(Vec::new());
    }
    let off = crate::switched_off(cx)?;
    let words = Words::of(text);
    let mut all = Vec::new();
    for set in shelf.indicators.values().filter(|set| !off.contains(&crate::algorithm_of(set))) {
        let Some(permission) = gate.words(set, ledger) else { continue };
        let found = set.find_in(&words);
        if !found.is_empty() {
            ledger.used.push(permission);
        }
        all.extend(found);
    }
    Ok(all)
}

/// The questions that words ask and nobody has answered, of the definitions in force.
pub(crate) fn asked(in_use: &[InUse], facts: &Observations, found: &[Found], moment: Time) -> Vec<Asked> {
    let live = in_use.iter().filter(|u| u.status == Status::Live).map(|u| &u.definition);
    live.flat_map(|d| {
        let known = d.facts_at(&d.known_part_told(facts), Some(moment)).unwrap_or_default();
        let asked = prompts(d, &known, found).into_iter().map(|p| Asked {
            definition: d.title.clone(),
            fact: p.fact.to_owned(),
            ask: p.ask.to_owned(),
            state: p.state,
            found: p.found.into_iter().cloned().collect(),
        });
        asked.collect::<Vec<_>>()
    })
    .collect()
}

/// Where words bring a report in the queue: to those that could turn out as grave as it gets. Nowhere, where the
/// question that they ask has been answered.
pub(crate) fn place_of_words(in_use: &[InUse], facts: &Observations, found: &[Found], moment: Time) -> i64 {
    let asked = asked(in_use, facts, found, moment);
    if asked.iter().any(|a| a.found.iter().any(|f| f.raises_priority)) { TO_BE_READ - 1 } else { 0 }
}

/// Whether people who work on the report are shown what a definition made of it: it is live, and it is the form's own,
/// somebody asked for it, or one of its rules has fired.
pub(crate) fn concerns(graded: &Graded, primary: Option<&str>, considered: &[String]) -> bool {
    graded.status == Status::Live
        && (primary == Some(graded.definition.as_str())
            || considered.contains(&graded.definition)
            || graded.floor.is_some())
}

/// The definitions that somebody wants to be asked about a report as well.
pub(crate) fn considered(cx: &mut Cx<'_>, report: Id) -> Result<Vec<String>> {
    let rows = cx.rows(
        "select definition from considered where report_id = $1 order by definition",
        &[report.into()],
    )?;
    rows.iter().map(|r| Ok(r.get(0)?)).collect()
}

const COLUMNS: &str = "select id, made_at, cause, engine, facts, graded, found, withheld from assessment_run";

fn read(row: &Row) -> Result<Run> {
    let unreadable = |e| Error::Bug(format!("a stored assessment cannot be read: {e}"));
    Ok(Run {
        id: row.get(0)?,
        made_at: row.get(1)?,
        cause: Cause::parse(&row.get::<String>(2)?)?,
        engine: row.get(3)?,
        facts: serde_json::from_str(&row.get::<String>(4)?).map_err(unreadable)?,
        graded: serde_json::from_str(&row.get::<String>(5)?).map_err(unreadable)?,
        found: serde_json::from_str(&row.get::<String>(6)?).map_err(unreadable)?,
        withheld: serde_json::from_str(&row.get::<String>(7)?).map_err(unreadable)?,
    })
}

/// The latest look at a report. For a room that has asked the policy.
pub(crate) fn latest(cx: &mut Cx<'_>, report: Id) -> Result<Option<Run>> {
    let sql = format!("{COLUMNS} where report_id = $1 order by made_at desc, id desc limit 1");
    cx.row(&sql, &[report.into()])?.as_ref().map(read).transpose()
}

/// The first look at a report. For a room that has asked the policy.
pub(crate) fn first(cx: &mut Cx<'_>, report: Id) -> Result<Option<Run>> {
    let sql = format!("{COLUMNS} where report_id = $1 order by made_at, id limit 1");
    cx.row(&sql, &[report.into()])?.as_ref().map(read).transpose()
}

/// Every look at a report, the earliest first. For a room that has asked the policy.
pub(crate) fn all(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Run>> {
    let sql = format!("{COLUMNS} where report_id = $1 order by made_at, id");
    cx.rows(&sql, &[report.into()])?.iter().map(read).collect()
}

/// What a stored look says in words, of the definitions that may be shown.
pub(crate) fn explained(
    cx: &mut Cx<'_>,
    shelf: &Shelf,
    run: &Run,
    primary: Option<&str>,
    considered: &[String],
) -> Result<Vec<Shown>> {
    let mut shown = Vec::new();
    for graded in run.graded.iter().filter(|g| g.errors.is_empty() && concerns(g, primary, considered)) {
        let definition = shelf.by_digest(cx, &graded.digest)?;
        let facts = definition
            .facts_at(&definition.known_part_told(&run.facts), Some(run.made_at))
            .map_err(Error::Invalid)?;
        let evaluation = definition.evaluate(&facts).map_err(Error::Invalid)?;
        let mut assessment = definition.explain(&facts, &evaluation).map_err(Error::Invalid)?;
        assessment.status = graded.status;
        let differs = evaluation.letters() != graded.rules;
        let primary = primary == Some(graded.definition.as_str());
        shown.push(Shown { primary, definition, assessment, differs });
    }
    shown.sort_by_key(|s| (!s.primary, std::cmp::Reverse(s.assessment.floor_rank())));
    Ok(shown)
}

/// The latest look at a report in words: what may be shown now, apart from what might only be shown then. For a room
/// that has asked the policy.
pub(crate) fn look(
    cx: &mut Cx<'_>,
    shelf: &Shelf,
    report: Id,
    primary: Option<&str>,
) -> Result<Option<Look>> {
    let Some(run) = latest(cx, report)? else { return Ok(None) };
    let considered = considered(cx, report)?;
    let gate = Gate::of(cx, shelf)?;
    let (mut shown, mut former) = (Vec::new(), Vec::new());
    for s in explained(cx, shelf, &run, primary, &considered)? {
        let header = &s.definition.header;
        match gate.still_proposes(&header.id, &s.definition.digest) {
            Ok(()) => shown.push(s),
            Err(refused) => former.push((s, refused.to_string())),
        }
    }
    Ok(Some(Look { run, shown, former }))
}

/// Where in the queue: by the floor, and within it what could still turn out worse first. Of what has no floor
/// yet too little is known, and that is no comfort: it stands by its ceiling, just behind those that are that
/// grave for certain. Grades are counted in ninths of their scale, so that scales of three and four compare.
pub(crate) fn place(
    graded: &[Graded],
    in_use: &[InUse],
    primary: Option<&str>,
    considered: &[String],
) -> i64 {
    let ninths = |definition: &Definition, grade: &Option<String>| {
        let grades = &definition.header.grades;
        let rank = grade.as_ref().and_then(|g| grades.iter().position(|known| known.name == *g));
        rank.map_or(0, |rank| i64::try_from((rank + 1) * 9 / grades.len()).unwrap_or(9))
    };
    let one = |(g, u): (&Graded, &InUse)| {
        if !g.errors.is_empty() {
            return TO_BE_READ;
        }
        let (floor, ceiling) = (ninths(&u.definition, &g.floor), ninths(&u.definition, &g.ceiling));
        if floor > 0 { floor * 10 + ceiling } else { ceiling * 10 + ceiling - 1 }
    };
    let concerned = graded.iter().zip(in_use).filter(|(g, _)| concerns(g, primary, considered));
    // A report without a definition, or of which nothing is known yet, is read before those graded lowest.
    concerned.map(one).max().unwrap_or(1).clamp(1, TO_BE_READ)
}

/// A report that could not be assessed stands with the gravest: somebody has to read it.
pub(crate) const TO_BE_READ: i64 = 99;
