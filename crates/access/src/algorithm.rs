//! The register of algorithms: what runs here and scores, matches, ranks or forecasts, by version and digest, and how
//! far each may be used.
//!
//! The rooms that run something put it down here; a named person moves it from state to state; [`permits`] is what every
//! room asks before it lets an algorithm speak. What the register does not allow is not done, whatever a page shows.
//! When a state may be left for another is known here; why it should be is for those who assess it.

mod gate;

pub use gate::{Permission, Permits, Refusal, Use, count_uses, permits};

use bluelamp_model::{
    Decider, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Something that runs, as the room that runs it names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Running {
    /// The sort of algorithm, such as `definition`: small letters and hyphens.
    pub kind: String,
    /// Its name among its sort, such as `burglary`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of what makes it what it is, in hex: another digest is another algorithm to be approved.
    pub digest: String,
    /// What people call it.
    pub title: String,
    /// What it is for, in a sentence.
    pub purpose: String,
    /// The role that keeps it up to date.
    pub owner: String,
    /// The chief officer's role that answers for its use.
    pub accountable: String,
}

/// How far an algorithm has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is in the register, and does nothing.
    Proposed,
    /// Its ethics assessment is whole.
    Assessed,
    /// It may be tried where nobody acts on it: replayed, and in shadow.
    Lab,
    /// What the lab found is written down.
    LabReported,
    /// Officers may see it: until a day, in some units, so many times.
    Pilot,
    /// Officers see it, until it has to be renewed.
    Operational,
    /// A named person stopped it.
    Suspended,
    /// It does nothing any more and cannot come back.
    Retired,
}

impl State {
    /// All of them, in the order in which they are gone through.
    pub const ALL: [Self; 8] = [
        Self::Proposed,
        Self::Assessed,
        Self::Lab,
        Self::LabReported,
        Self::Pilot,
        Self::Operational,
        Self::Suspended,
        Self::Retired,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Assessed => "assessed",
            Self::Lab => "lab",
            Self::LabReported => "lab-reported",
            Self::Pilot => "pilot",
            Self::Operational => "operational",
            Self::Suspended => "suspended",
            Self::Retired => "retired",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Proposed => "Proposed",
            Self::Assessed => "Assessed",
            Self::Lab => "In the lab",
            Self::LabReported => "Lab reported",
            Self::Pilot => "Pilot",
            Self::Operational => "Operational",
            Self::Suspended => "Suspended",
            Self::Retired => "Retired",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The states that can come next. A pilot and an operational use can follow upon themselves: they are renewed.
    #[must_use]
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Proposed => &[Self::Assessed, Self::Retired],
            Self::Assessed => &[Self::Lab, Self::Retired],
            Self::Lab => &[Self::LabReported, Self::Suspended, Self::Retired],
            Self::LabReported => &[Self::Pilot, Self::Lab, Self::Suspended, Self::Retired],
            Self::Pilot => &[Self::Operational, Self::Pilot, Self::Suspended, Self::Retired],
            Self::Operational => &[Self::Operational, Self::Suspended, Self::Retired],
            Self::Suspended => &[Self::Lab, Self::Pilot, Self::Operational, Self::Retired],
            Self::Retired => &[],
        }
    }

    /// Whether officers are shown what it says, while its terms hold.
    #[must_use]
    pub fn operates(self) -> bool {
        matches!(self, Self::Pilot | Self::Operational)
    }
}

/// One version of an algorithm in the register.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Its row.
    pub id: Id,
    /// What it is.
    #[serde(flatten)]
    pub what: Running,
    /// Since when it is in the register.
    pub registered_at: Time,
    /// Whether it is part of what runs here now.
    pub running: bool,
    /// How far it has come.
    pub state: State,
    /// Since when.
    pub since: Time,
    /// When a pilot ends, or operational use has to be renewed.
    pub until: Option<Time>,
    /// The units that may use it; empty where all may.
    pub units: Vec<String>,
    /// How often a pilot may use it.
    pub volume: Option<u64>,
    /// How often its pilots have used it.
    pub used: u64,
}

impl Entry {
    /// Its name in the register, such as `definition/burglary`.
    #[must_use]
    pub fn algorithm(&self) -> String {
        format!("{}/{}", self.what.kind, self.what.name)
    }

    /// Whether it ranks or compares work and says nothing of a person: such a thing is asked until somebody stops it, and
    /// says whether it was approved ([`Permits::of_work`]).
    #[must_use]
    pub fn is_of_work(&self) -> bool {
        OF_WORK.contains(&self.what.kind.as_str())
    }

    /// Whether its uses are counted while it is in a pilot: where they are not, nothing tells whether it was used.
    #[must_use]
    pub fn counts_uses(&self) -> bool {
        COUNTED.contains(&self.what.kind.as_str())
    }

    /// Whether it is asked, at a moment.
    #[must_use]
    pub fn is_asked(&self, now: Time) -> bool {
        match self.is_of_work() {
            true => !matches!(self.state, State::Suspended | State::Retired),
            false => self.state.operates() && !self.has_ended(now),
        }
    }

    /// Whether its time is over, at a moment.
    #[must_use]
    pub fn has_ended(&self, now: Time) -> bool {
        self.state.operates() && self.until.is_none_or(|until| now >= until)
    }
}

/// A step that a person took.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phase {
    /// Its row.
    pub id: Id,
    /// When.
    pub at: Time,
    /// By whom, by name.
    pub by: String,
    /// By whom, by account.
    pub by_id: Id,
    /// The state before.
    pub was: State,
    /// The state after.
    pub state: State,
    /// Until when.
    pub until: Option<Time>,
    /// In which units; empty where in all.
    pub units: Vec<String>,
    /// How often.
    pub volume: Option<u64>,
    /// Why.
    pub reasons: String,
    /// What of it the public reads, where it departs from advice.
    pub published: String,
}

/// A step that somebody wants to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The state that it is to have.
    pub to: State,
    /// When a pilot ends, or operational use has to be renewed.
    pub until: Option<Time>,
    /// The units that may use it; empty where all may.
    pub units: Vec<String>,
    /// How often a pilot may use it.
    pub volume: Option<u64>,
    /// Why.
    pub reasons: String,
    /// What of it the public reads.
    pub published: String,
}

/// The sorts of algorithms that rank or compare work.
pub const OF_WORK: [&str; 2] = ["alignment", "finding"];

/// The sorts of algorithms whose uses are counted while they are in a pilot.
pub const COUNTED: [&str; 4] = ["definition", "indicator", "comparison", "ranking"];

/// A pilot is at most so many days long.
pub const LONGEST_PILOT: i64 = 183;
/// Operational use is renewed at least every so many days.
pub const LONGEST_USE: i64 = 366;

/// The job that tells the rooms that an algorithm may be used otherwise than before: it carries the entry's id.
pub const CHANGED: &str = "algorithm-changed";
/// It comes so many seconds later, so that what is approved together with it is approved by then.
const TOLD_AFTER: i64 = 1;

/// Puts down what runs, and which of the entries no longer does. A digest that is not known yet begins as proposed; one
/// that is known keeps the state that people gave it. Gives how many are new.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] for a name that is none.
pub fn register(cx: &mut Cx<'_>, all: &[Running]) -> Result<u64> {
    cx.allow(action::ALGORITHM_REGISTER, None)?;
    cx.exec("update algorithm set running = 0", &[])?;
    let new = enter(cx, all)?;
    cx.record(Verb::Administer, "algorithms", None, json!({ "running": all.len(), "new": new }))?;
    Ok(new)
}

/// Puts down one more that runs from now on. For a room that has asked the policy.
///
/// # Errors
/// As [`register`].
pub fn enter(cx: &mut Cx<'_>, all: &[Running]) -> Result<u64> {
    cx.take_turn("algorithms")?;
    let mut new = 0;
    for r in all {
        let plain = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if !plain(&r.kind) || !plain(&r.name) {
            let message =
                format!("'{}/{}' is not a name: use small letters, digits and hyphens", r.kind, r.name);
            return Err(Error::field("algorithm", "name", message));
        }
        let (id, now) = (cx.new_id()?, cx.now());
        let known = cx.exec(
            "update algorithm set running = 1, version = $1, title = $2, purpose = $3, owner = $4, accountable = $5
             where kind = $6 and name = $7 and digest = $8",
            &[
                r.version.as_str().into(),
                r.title.as_str().into(),
                r.purpose.as_str().into(),
                r.owner.as_str().into(),
                r.accountable.as_str().into(),
                r.kind.as_str().into(),
                r.name.as_str().into(),
                r.digest.as_str().into(),
            ],
        )?;
        if known > 0 {
            continue;
        }
        cx.exec(
            "insert into algorithm (id, kind, name, version, digest, title, purpose, owner, accountable, registered_at,
                                    running, state, since, units, used)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $10, '', 0)",
            &[
                id.into(),
                r.kind.as_str().into(),
                r.name.as_str().into(),
                r.version.as_str().into(),
                r.digest.as_str().into(),
                r.title.as_str().into(),
                r.purpose.as_str().into(),
                r.owner.as_str().into(),
                r.accountable.as_str().into(),
                now.into(),
                State::Proposed.code().into(),
            ],
        )?;
        new += 1;
    }
    Ok(new)
}

const COLUMNS: &str =
    "select id, kind, name, version, digest, title, purpose, owner, accountable, registered_at,
    running, state, since, until_at, units, volume, used from algorithm";

fn state(code: &str) -> Result<State> {
    State::parse(code).ok_or_else(|| Error::Bug(format!("an algorithm has the state '{code}'")))
}

fn units(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn read(row: &Row) -> Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        what: Running {
            kind: row.get(1)?,
            name: row.get(2)?,
            version: row.get(3)?,
            digest: row.get(4)?,
            title: row.get(5)?,
            purpose: row.get(6)?,
            owner: row.get(7)?,
            accountable: row.get(8)?,
        },
        registered_at: row.get(9)?,
        running: row.get::<i64>(10)? != 0,
        state: state(&row.get::<String>(11)?)?,
        since: row.get(12)?,
        until: row.get(13)?,
        units: units(&row.get::<String>(14)?),
        volume: row.get(15)?,
        used: row.get(16)?,
    })
}

/// Every version that ever was in the register, by name, the latest first. For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn all(cx: &mut Cx<'_>) -> Result<Vec<Entry>> {
    let sql = format!("{COLUMNS} order by kind, name, registered_at desc, id desc");
    cx.rows(&sql, &[])?.iter().map(read).collect()
}

/// What somebody means by the name of an algorithm: `kind/name`, its name, or its title, in whatever case. None where the
/// register has no such thing, or several; where it is empty yet, what was said. For a function that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn meant(cx: &mut Cx<'_>, said: &str) -> Result<Option<String>> {
    let rows = cx.rows("select distinct kind, name, title from algorithm order by kind, name", &[])?;
    if rows.is_empty() {
        return Ok(Some(said.trim().to_owned()));
    }
    let wanted = said.trim().to_lowercase();
    let mut by_code = Vec::new();
    let mut by_words = Vec::new();
    for row in &rows {
        let (kind, name, title): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let code = format!("{kind}/{name}");
        if code.to_lowercase() == wanted {
            by_code.push(code);
        } else if name.to_lowercase() == wanted || title.to_lowercase() == wanted {
            by_words.push(code);
        }
    }
    by_words.dedup();
    let mut all = if by_code.is_empty() { by_words } else { by_code };
    Ok(all.pop().filter(|_| all.is_empty()))
}

/// Whether the register has that version of an algorithm, or is empty yet. For a function that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn has_version(cx: &mut Cx<'_>, algorithm: &str, version: &str) -> Result<bool> {
    let (kind, name) = algorithm.split_once('/').unwrap_or((algorithm, ""));
    let found = cx.row(
        "select count(*), count(case when kind = $1 and name = $2 and version = $3 then 1 end) from algorithm",
        &[kind.into(), name.into(), version.into()],
    )?;
    let Some(found) = found else { return Ok(true) };
    Ok(found.get::<i64>(0)? == 0 || found.get::<i64>(1)? > 0)
}

/// The versions of one algorithm, the latest first. For a room that has asked the policy.
///
/// # Errors
/// [`Error::NotFound`] where there is none of that name.
pub fn versions(cx: &mut Cx<'_>, kind: &str, name: &str) -> Result<Vec<Entry>> {
    let absent = || Error::NotFound(format!("the algorithm {kind}/{name}"));
    if kind.contains('\0') || name.contains('\0') {
        return Err(absent());
    }
    let sql = format!("{COLUMNS} where kind = $1 and name = $2 order by registered_at desc, id desc");
    let rows = cx.rows(&sql, &[kind.into(), name.into()])?;
    let all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    if all.is_empty() { Err(absent()) } else { Ok(all) }
}

/// One version. For a room that has asked the policy.
///
/// # Errors
/// [`Error::NotFound`].
pub fn entry(cx: &mut Cx<'_>, id: Id) -> Result<Entry> {
    let row = cx.row(&format!("{COLUMNS} where id = $1"), &[id.into()])?;
    row.as_ref().map(read).transpose()?.ok_or_else(|| Error::NotFound("that version of an algorithm".into()))
}

/// The register for everybody: every version that runs or has ever been more than proposed.
///
/// # Errors
/// Not allowed; database errors.
pub fn published(cx: &mut Cx<'_>) -> Result<Vec<Entry>> {
    cx.allow(action::ALGORITHM_READ, None)?;
    let mut all = all(cx)?;
    all.retain(|e| e.running || e.state != State::Proposed);
    cx.record(Verb::Consult, "algorithms", None, json!({ "entries": all.len() }))?;
    Ok(all)
}

/// What people made of a version, the latest first. For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn phases(cx: &mut Cx<'_>, id: Id) -> Result<Vec<Phase>> {
    let rows = cx.rows(
        "select p.id, p.at, a.name, p.by_id, p.was, p.state, p.until_at, p.units, p.volume, p.reasons, p.published
         from algorithm_phase p join account a on a.id = p.by_id
         where p.algorithm_id = $1 order by p.at desc, p.id desc",
        &[id.into()],
    )?;
    rows.iter()
        .map(|r| {
            Ok(Phase {
                id: r.get(0)?,
                at: r.get(1)?,
                by: r.get(2)?,
                by_id: r.get(3)?,
                was: state(&r.get::<String>(4)?)?,
                state: state(&r.get::<String>(5)?)?,
                until: r.get(6)?,
                units: units(&r.get::<String>(7)?),
                volume: r.get(8)?,
                reasons: r.get(9)?,
                published: r.get(10)?,
            })
        })
        .collect()
}

/// Takes a step, by the named person who answers for it. Whether the grounds for it are there is asked before, by the
/// room that assesses; this holds the order of the states and the terms of a use. When a use begins or ends, now or at its
/// time, a job of the kind [`CHANGED`] tells the rooms.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Conflict`] for a state that
/// cannot follow; [`Error::Invalid`] without reasons, and for terms that are missing or too long.
pub fn change(cx: &mut Cx<'_>, id: Id, change: &Change) -> Result<Entry> {
    cx.allow(action::ETHICS_APPROVE, Some(id))?;
    let person = Decider::of(cx.actor())?;
    cx.take_turn("algorithms")?;
    let found = entry(cx, id)?;
    if !found.state.next().contains(&change.to) {
        return Err(Error::Conflict(format!(
            "{} version {} is {}: it cannot become {} next",
            found.algorithm(),
            found.what.version,
            found.state.code(),
            change.to.code()
        )));
    }
    let now = cx.now();
    check_terms(change, now)?;
    let operates = change.to.operates();
    let until = change.until.filter(|_| operates);
    let listed = if operates { change.units.join("\n") } else { String::new() };
    let volume = change.volume.filter(|_| change.to == State::Pilot);
    let phase = cx.new_id()?;
    cx.exec(
        "insert into algorithm_phase (id, algorithm_id, at, by_id, was, state, until_at, units, volume, reasons, published)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            phase.into(),
            id.into(),
            now.into(),
            person.id().into(),
            found.state.code().into(),
            change.to.code().into(),
            until.into(),
            listed.as_str().into(),
            volume.into(),
            change.reasons.trim().into(),
            change.published.trim().into(),
        ],
    )?;
    // Each pilot counts from nothing; what is no pilot is not counted.
    let used = if change.to == State::Pilot { 0 } else { found.used };
    cx.exec(
        "update algorithm set state = $1, since = $2, until_at = $3, units = $4, volume = $5, used = $6 where id = $7",
        &[
            change.to.code().into(),
            now.into(),
            until.into(),
            listed.as_str().into(),
            volume.into(),
            used.into(),
            id.into(),
        ],
    )?;
    cx.record(
        Verb::Decide,
        "algorithm",
        Some(id),
        json!({ "algorithm": found.algorithm(), "version": found.what.version, "digest": found.what.digest,
                "was": found.state, "state": change.to, "until": until, "volume": volume }),
    )?;
    if let Some(until) = until {
        cx.enqueue_at(CHANGED, &format!("{id}:{}", until.micros()), &id, until)?;
    }
    if operates || found.state.operates() {
        cx.enqueue_at(CHANGED, &phase.to_string(), &id, now.plus_seconds(TOLD_AFTER))?;
    }
    entry(cx, id)
}

/// What is missing in a step, and what is too much.
fn check_terms(change: &Change, now: Time) -> Result<()> {
    let mut wrong = Vec::new();
    let mut need = |field: &str, code: &str, message: String| {
        wrong.push(FieldError { field: field.into(), code: code.into(), message });
    };
    if change.reasons.trim().is_empty() {
        need("reasons", "required", "Enter your reasons".into());
    }
    if change.to.operates() {
        let (longest, what) = match change.to {
            State::Pilot => (LONGEST_PILOT, "A pilot ends"),
            _ => (LONGEST_USE, "Operational use is renewed"),
        };
        match change.until {
            None => need("until", "required", format!("{what} on a day: enter it")),
            Some(until) if until <= now => {
                need("until", "past", "This day is over: enter one to come".into());
            }
            Some(until) if until > now.plus_seconds(longest * 86_400) => {
                need("until", "too-long", format!("{what} within {longest} days"));
            }
            Some(_) => {}
        }
    }
    if change.to == State::Pilot && change.volume.is_none_or(|v| v == 0) {
        need("volume", "required", "A pilot has a highest number of uses: enter it".into());
    }
    if change.units.iter().any(|u| u.trim().is_empty() || u.contains(['\n', '\0'])) {
        need("units", "wrong", "A unit has a name of one line".into());
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}
