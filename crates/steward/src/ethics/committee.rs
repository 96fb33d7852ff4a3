//! The ethics committee: what its members advise at the two points of decision, and the minutes that say what came of it.
//! It advises; it lets nothing go on by itself.

use super::dossier::{Dossier, day, living, read, text, wrong};
use bluelamp_access::algorithm::State;
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// When the committee is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// Before the lab begins.
    Lab,
    /// Before anybody acts on it.
    Operational,
}

impl Point {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Lab, Self::Operational];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Lab => "lab",
            Self::Operational => "operational",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Lab => "Before the lab",
            Self::Operational => "Before operational use",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }

    /// What has to come before the committee is heard at this point, in a sentence; none where it can be heard now. It is
    /// heard on what there is to see: on the assessment that was accepted, on what the lab found, on what a pilot showed.
    #[must_use]
    pub fn before(self, d: &Dossier) -> Option<String> {
        let state = d.entry.state;
        let next = |steps: &[State]| state.next().iter().any(|s| steps.contains(s));
        let first = match self {
            Self::Lab if next(&[State::Lab]) => return None,
            Self::Lab if state == State::Proposed => "its assessment has to be accepted first",
            Self::Lab => "it is past the lab and does not go back from here",
            // Whoever stopped it in the lab has not made a report of the lab of it.
            Self::Operational if next(&[State::Pilot, State::Operational]) && d.lab_accepted() => {
                return None;
            }
            Self::Operational => "the lab has to report first, and its report to be accepted",
        };
        Some(format!("{}: it is {}, and {first}", self.label(), state.label().to_lowercase()))
    }
}

/// What can be advised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// Let it go on.
    Approve,
    /// Let it go on, if something is done first.
    Conditions,
    /// Do not let it go on.
    Reject,
    /// It cannot be said yet.
    Defer,
}

impl Advice {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Approve, Self::Conditions, Self::Reject, Self::Defer];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Conditions => "conditions",
            Self::Reject => "reject",
            Self::Defer => "defer",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Approve => "Approve",
            Self::Conditions => "Approve with conditions",
            Self::Reject => "Reject",
            Self::Defer => "Defer",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.code() == code)
    }
}

/// What one member advised.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Voice {
    /// When.
    pub at: Time,
    /// By whom, by name.
    pub by: String,
    /// By whom, by account.
    pub by_id: Id,
    /// At which point.
    pub point: Point,
    /// What.
    pub advice: Advice,
    /// Why.
    pub reasons: String,
    /// What is to be done first.
    pub conditions: String,
    /// The member's own interest in it, where they declared one: their advice is kept and not counted then.
    pub interest: String,
}

/// What a member says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewVoice {
    /// `lab` or `operational`.
    pub point: String,
    /// `approve`, `conditions`, `reject` or `defer`.
    pub advice: String,
    /// Why.
    pub reasons: String,
    /// What is to be done first, where there are conditions.
    pub conditions: String,
    /// The member's own interest in it, if there is one.
    pub interest: String,
}

/// The minutes of a meeting at one point of decision. They are public.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Minutes {
    /// Their row.
    pub id: Id,
    /// The algorithm's entry.
    pub algorithm: Id,
    /// At which point.
    pub point: Point,
    /// What came of the members' advice.
    pub outcome: Advice,
    /// On which day.
    pub held_on: String,
    /// What was said.
    pub said: String,
    /// How many advised what; `interest` are those who declared one and were not counted.
    pub votes: BTreeMap<String, u64>,
    /// What is to be done first.
    pub conditions: String,
    /// Since when they are published.
    pub published_at: Time,
    /// Who wrote them. For the rooms that ask who had a part, and not published.
    #[serde(skip)]
    pub by_id: Id,
}

/// The least number of members without an interest of their own.
pub const FEWEST: usize = 2;

/// What more than half advise; approval with anybody's conditions is approval with conditions. Without a majority it is
/// deferred.
#[must_use]
pub fn outcome(advice: &[Advice]) -> Advice {
    let count = |wanted: &[Advice]| advice.iter().filter(|a| wanted.contains(a)).count();
    let most = |n: usize| n * 2 > advice.len();
    if most(count(&[Advice::Approve, Advice::Conditions])) {
        return if count(&[Advice::Conditions]) > 0 { Advice::Conditions } else { Advice::Approve };
    }
    if most(count(&[Advice::Reject])) { Advice::Reject } else { Advice::Defer }
}

/// What members say since the last minutes of a point: each one's latest.
#[must_use]
pub fn since_minutes(voices: &[Voice], minutes: &[Minutes], point: Point) -> Vec<Voice> {
    let last = minutes.iter().filter(|m| m.point == point).map(|m| m.published_at).max();
    let mut latest: Vec<Voice> = Vec::new();
    for voice in voices.iter().filter(|v| v.point == point && last.is_none_or(|at| v.at > at)) {
        if !latest.iter().any(|v| v.by_id == voice.by_id) {
            latest.push(voice.clone());
        }
    }
    latest
}

/// The committee is not who lets it go on.
fn apart(d: &Dossier, person: Id, deed: &str) -> Result<()> {
    if d.let_on(person) {
        let reason = format!(
            "you have let this version go on: nobody is the committee and the accountable officer of it at once, so \
             somebody else has to {deed}"
        );
        return Err(Error::Forbidden { reason });
    }
    Ok(())
}

/// The point of decision that is meant, where the committee can be heard at it now.
fn hearing(d: &Dossier, point: &str, faults: &mut Vec<FieldError>) -> Option<Point> {
    let Some(point) = Point::parse(point) else {
        faults.push(wrong("point", "required", "Select the point of decision"));
        return None;
    };
    if let Some(before) = point.before(d) {
        faults.push(wrong("point", "early", before));
    }
    Some(point)
}

/// Gives a member's advice. What they say again before the minutes replaces what they said. `writers` are those who wrote
/// the text of this version, as the room knows them that keeps it.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff, for who wrote the text or on the assessment,
/// and for who has let it go on; [`Error::Invalid`] without advice, reasons, or the conditions that are set, and for a
/// point at which the committee cannot be heard yet.
pub fn advise(cx: &mut Cx<'_>, id: Id, new: &NewVoice, writers: &[Id]) -> Result<()> {
    cx.allow(action::ETHICS_ADVISE, Some(id))?;
    let person = Decider::of(cx.actor())?;
    living(cx, id)?;
    let d = read(cx, id)?;
    if d.wrote(person.id()) || writers.contains(&person.id()) {
        let reason =
            "you have written the text or on its assessment: somebody else has to advise on it".into();
        return Err(Error::Forbidden { reason });
    }
    apart(&d, person.id(), "advise on it")?;
    let mut faults = Vec::new();
    let point = hearing(&d, &new.point, &mut faults);
    let advice = Advice::parse(&new.advice);
    if advice.is_none() {
        faults.push(wrong("advice", "required", "Select what you advise"));
    }
    let reasons = text(&mut faults, "reasons", &new.reasons, Some("Enter your reasons"));
    let needed = (advice == Some(Advice::Conditions)).then_some("Enter what is to be done first");
    let conditions = text(&mut faults, "conditions", &new.conditions, needed);
    let interest = text(&mut faults, "interest", &new.interest, None);
    let (Some(point), Some(advice), true) = (point, advice, faults.is_empty()) else {
        return Err(Error::Invalid(faults));
    };
    let (row, now) = (cx.new_id()?, cx.now());
    let conditions = if advice == Advice::Conditions { conditions } else { "" };
    cx.exec(
        "insert into ethics_advice (id, algorithm_id, point, advice, reasons, conditions, interest, given_at, given_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            row.into(),
            id.into(),
            point.code().into(),
            advice.code().into(),
            reasons.into(),
            conditions.into(),
            interest.into(),
            now.into(),
            person.id().into(),
        ],
    )?;
    cx.record(
        Verb::Decide,
        "algorithm",
        Some(id),
        json!({ "advice": row, "point": point, "advised": advice, "interest": !interest.is_empty() }),
    )
}

/// Writes and publishes the minutes of a point of decision, with what comes of the members' advice since the last minutes
/// and since the last step: what was advised before something was there to see does not count.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff, and for who has let it go on;
/// [`Error::Invalid`] without what was said, for a day that is to come or was before the last step, and for a point at
/// which the committee cannot be heard yet; [`Error::Conflict`] where too few members without an interest have advised.
pub fn minute(cx: &mut Cx<'_>, id: Id, point: &str, held_on: &str, said: &str) -> Result<Advice> {
    cx.allow(action::ETHICS_ADVISE, Some(id))?;
    let person = Decider::of(cx.actor())?;
    living(cx, id)?;
    let d = read(cx, id)?;
    apart(&d, person.id(), "write the minutes")?;
    let mut faults = Vec::new();
    let known = hearing(&d, point, &mut faults);
    let said = text(&mut faults, "said", said, Some("Enter what was said"));
    let whole = faults.len();
    let held_on = day(&mut faults, "held_on", held_on, &cx.now().day());
    if faults.len() == whole && held_on < d.entry.since.day().as_str() {
        let message = format!(
            "Enter the day of a meeting since it has become {}, on {}: before, there was something else to be heard on",
            d.entry.state.label().to_lowercase(),
            d.entry.since.spoken()
        );
        faults.push(wrong("held_on", "early", message));
    }
    let (Some(point), true) = (known, faults.is_empty()) else { return Err(Error::Invalid(faults)) };
    let mut given = since_minutes(&d.voices, &d.minutes, point);
    given.retain(|v| v.at > d.entry.since);
    let counted: Vec<&Voice> = given.iter().filter(|v| v.interest.is_empty()).collect();
    if counted.len() < FEWEST {
        return Err(Error::Conflict(format!(
            "{} of the committee have advised since the last step without an interest of their own; it takes {FEWEST}",
            counted.len()
        )));
    }
    let outcome = outcome(&counted.iter().map(|v| v.advice).collect::<Vec<_>>());
    let mut votes: BTreeMap<String, u64> = BTreeMap::new();
    for voice in &given {
        let kind = if voice.interest.is_empty() { voice.advice.code() } else { "interest" };
        *votes.entry(kind.into()).or_default() += 1;
    }
    let conditions: Vec<&str> =
        counted.iter().map(|v| v.conditions.as_str()).filter(|c| !c.is_empty()).collect();
    let (row, now) = (cx.new_id()?, cx.now());
    let body = serde_json::to_string(&votes).map_err(|e| Error::Bug(e.to_string()))?;
    cx.exec(
        "insert into ethics_minutes (id, algorithm_id, point, outcome, held_on, said, votes, conditions, published_at,
                                     published_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            row.into(),
            id.into(),
            point.code().into(),
            outcome.code().into(),
            held_on.into(),
            said.into(),
            body.into(),
            conditions.join("\n").into(),
            now.into(),
            person.id().into(),
        ],
    )?;
    cx.record(
        Verb::Disclose,
        "algorithm",
        Some(id),
        json!({ "minutes": row, "point": point, "outcome": outcome }),
    )?;
    Ok(outcome)
}

fn point(row: &Row, at: usize) -> Result<Point> {
    let code: String = row.get(at)?;
    Point::parse(&code).ok_or_else(|| Error::Bug(format!("advice was given at the point '{code}'")))
}

fn advice(row: &Row, at: usize) -> Result<Advice> {
    let code: String = row.get(at)?;
    Advice::parse(&code).ok_or_else(|| Error::Bug(format!("the advice is '{code}'")))
}

/// What members advised, the latest first. For a room that has asked the policy.
pub(super) fn voices(cx: &mut Cx<'_>, id: Id) -> Result<Vec<Voice>> {
    let rows = cx.rows(
        "select e.given_at, a.name, e.given_by, e.point, e.advice, e.reasons, e.conditions, e.interest
         from ethics_advice e join account a on a.id = e.given_by
         where e.algorithm_id = $1 order by e.given_at desc, e.id desc",
        &[id.into()],
    )?;
    rows.iter()
        .map(|r| {
            Ok(Voice {
                at: r.get(0)?,
                by: r.get(1)?,
                by_id: r.get(2)?,
                point: point(r, 3)?,
                advice: advice(r, 4)?,
                reasons: r.get(5)?,
                conditions: r.get(6)?,
                interest: r.get(7)?,
            })
        })
        .collect()
}

const MINUTES: &str =
    "select id, algorithm_id, point, outcome, held_on, said, votes, conditions, published_at, published_by
    from ethics_minutes";

fn read_minutes(row: &Row) -> Result<Minutes> {
    let votes: String = row.get(6)?;
    Ok(Minutes {
        id: row.get(0)?,
        algorithm: row.get(1)?,
        point: point(row, 2)?,
        outcome: advice(row, 3)?,
        held_on: row.get(4)?,
        said: row.get(5)?,
        votes: serde_json::from_str(&votes).map_err(|e| Error::Bug(format!("votes cannot be read: {e}")))?,
        conditions: row.get(7)?,
        published_at: row.get(8)?,
        by_id: row.get(9)?,
    })
}

/// The minutes about one version, the latest first. For a room that has asked the policy.
pub(super) fn minutes_of(cx: &mut Cx<'_>, id: Id) -> Result<Vec<Minutes>> {
    let sql = format!("{MINUTES} where algorithm_id = $1 order by published_at desc, id desc");
    cx.rows(&sql, &[id.into()])?.iter().map(read_minutes).collect()
}

/// All minutes, the latest first, at most five hundred: they are public.
///
/// # Errors
/// Not allowed; database errors.
pub fn minutes(cx: &mut Cx<'_>) -> Result<Vec<Minutes>> {
    cx.allow(action::ALGORITHM_READ, None)?;
    let rows = cx.rows(&format!("{MINUTES} order by published_at desc, id desc limit 500"), &[])?;
    cx.record(Verb::Consult, "minutes", None, json!({ "minutes": rows.len() }))?;
    rows.iter().map(read_minutes).collect()
}
