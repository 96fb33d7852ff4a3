//! Roles and skills: what is needed from which phase on, who has it and until when, what a course would close.
//!
//! People are counted, never named. What people say of themselves is counted apart from what a course or an examination
//! has shown, and a role whose posts nobody has counted has no gap: it is not known.

mod count;
mod table;

pub use count::{fluency, report};
pub use table::csv;

use crate::{
    calendar::{day_of, plus_months},
    entry,
    registers::{
        benefits::COST,
        skills::{ACTION, COURSE, HELD, NEED, PHASES, ROLE, SKILL},
    },
};
use bluelamp_model::{Day, Error, Result, authority::Verb};
use bluelamp_store::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// What expires within so many days is shown as expiring.
pub const SOON_DAYS: i64 = 90;

/// A role as its register has it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Role {
    /// What it is called.
    pub title: String,
    /// The organisation's code.
    pub organisation: String,
    /// How many posts; nothing where nobody has counted.
    pub posts: Option<f64>,
    /// How many of them are filled.
    pub filled: Option<f64>,
    /// Equipment and licences.
    pub equipment: Vec<String>,
    /// How posts are filled, by code.
    pub sourcing: String,
    /// Whether the transformation hangs on it.
    pub key: bool,
}

/// A skill as its register has it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Skill {
    /// What it is called.
    pub title: String,
    /// What somebody does who has it.
    pub about: String,
    /// After how many months it is to be shown again.
    pub lasts_months: Option<f64>,
    /// Who to ask.
    pub community: String,
}

/// A line of the matrix as its register has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Need {
    /// The role's code.
    pub role: String,
    /// The skill's code.
    pub skill: String,
    /// From 0 to 4.
    pub level: String,
    /// From which phase on.
    pub phase: String,
}

/// What people of a role hold, as its register has it.
#[derive(Clone, Debug, Deserialize)]
pub struct Held {
    /// The role's code.
    pub role: String,
    /// The skill's code.
    pub skill: String,
    /// From 0 to 4.
    pub level: String,
    /// How many people.
    pub people: f64,
    /// Who judged: `self`, `supervisor`, `course`, `examination`.
    pub judged_by: String,
    /// When.
    pub judged: Day,
    /// Until when it holds.
    #[serde(default)]
    pub expires: Option<Day>,
}

impl Held {
    /// The last day on which it holds: as written, or by what the skill says; nothing where it does not expire.
    #[must_use]
    pub fn last_day(&self, skill: Option<&Skill>) -> Option<Day> {
        let months = skill.and_then(|s| s.lasts_months);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the register takes 1 to 240"
        )]
        let by_skill = months.map(|m| plus_months(self.judged, m as u32));
        self.expires.or(by_skill)
    }
}

/// A course as its register has it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Course {
    /// What it is called.
    pub title: String,
    /// What it teaches, by code.
    pub skills: Vec<String>,
    /// For which roles, by code; for all where it is empty.
    pub roles: Vec<String>,
    /// Who gives it.
    pub provider: String,
    /// Of which kind, by code.
    pub kind: String,
    /// How long it takes.
    pub hours: Option<f64>,
    /// How many can take it each year.
    pub places_yearly: Option<f64>,
    /// Whether it is for leaders.
    pub leaders: bool,
}

/// A deed that needs a skill, as its register has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Deed {
    /// What is done.
    pub title: String,
    /// The policy's code, where it has one.
    pub code: String,
    /// The skill's code.
    pub skill: String,
    /// From 0 to 4; 1 where it is not said.
    pub level: String,
    /// Why.
    pub why: String,
}

/// Days of people from outside, as the register of spending has them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Spending {
    organisation: String,
    year: f64,
    amount: i64,
    outside_days: Option<f64>,
}

/// Everything that the matrix is worked out from, by code.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Roles.
    pub roles: Vec<(String, Role)>,
    /// Skills.
    pub skills: Vec<(String, Skill)>,
    /// What roles need.
    pub needs: Vec<(String, Need)>,
    /// What people hold.
    pub held: Vec<(String, Held)>,
    /// Courses.
    pub courses: Vec<(String, Course)>,
    /// Deeds that need a skill.
    pub deeds: Vec<(String, Deed)>,
}

/// People who have a skill at the level that is needed, by what shows it. One person can stand under several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct People {
    /// Shown by a course or an examination.
    pub shown: f64,
    /// Judged by a supervisor.
    pub supervisor: f64,
    /// Judged by themselves.
    pub own: f64,
}

impl People {
    /// All of them.
    #[must_use]
    pub fn all(self) -> f64 {
        self.shown + self.supervisor + self.own
    }
}

/// How a role stands to a skill in a phase.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InPhase {
    /// The phase's code.
    pub phase: &'static str,
    /// The level that is needed then; nothing where the skill is not needed yet.
    pub level: Option<u8>,
    /// Who has it at that level or above and still holds.
    pub people: People,
    /// How many are missing, whoever judged; nothing where it is not needed or the posts are not counted.
    pub gap: Option<f64>,
    /// How many are missing where only what a course or an examination has shown counts.
    pub gap_shown: Option<f64>,
}

/// A role and a skill that it needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// The role's code.
    pub role: String,
    /// The role's title.
    pub role_title: String,
    /// The skill's code.
    pub skill: String,
    /// The skill's title.
    pub skill_title: String,
    /// Posts of the role; nothing where nobody has counted.
    pub posts: Option<f64>,
    /// Phase by phase.
    pub phases: Vec<InPhase>,
    /// Courses that teach it to this role, by code.
    pub courses: Vec<String>,
}

/// Evidence that has expired or soon will.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expiry {
    /// The entry's code.
    pub code: String,
    /// The role's title.
    pub role: String,
    /// The skill's title.
    pub skill: String,
    /// At which level.
    pub level: u8,
    /// How many people.
    pub people: f64,
    /// The last day on which it holds.
    pub expires: Day,
    /// Whether that day has passed.
    pub expired: bool,
}

/// A deed and who could do it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeedView {
    /// The entry's code.
    pub entry: String,
    /// What is done.
    pub title: String,
    /// The policy's code, where it has one.
    pub action: String,
    /// The skill's title.
    pub skill: String,
    /// The level that is needed.
    pub level: u8,
    /// Why.
    pub why: String,
    /// Roles of which somebody has it, with how many.
    pub roles: Vec<(String, People)>,
    /// Whether nobody has it.
    pub nobody: bool,
    /// Whether somebody says so of themselves, and nothing else shows it.
    pub only_own: bool,
}

/// People at least at a level, at some day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fluency {
    /// The skill's title.
    pub skill: String,
    /// From which day on.
    pub day: Day,
    /// People who know of it or more: the baseline.
    pub baseline: f64,
    /// People who do it alone or teach it: fluent.
    pub fluent: f64,
}

/// Days of people from outside in a financial year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outside {
    /// The organisation's code.
    pub organisation: String,
    /// The year in which it begins.
    pub year: i64,
    /// How many days.
    pub days: f64,
    /// What the lines with such days cost, in whole pounds.
    pub amount: i64,
}

/// The whole.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// For which day.
    pub day: Day,
    /// Roles by code.
    pub roles: BTreeMap<String, Role>,
    /// Skills by code.
    pub skills: BTreeMap<String, Skill>,
    /// Courses by code.
    pub courses: BTreeMap<String, Course>,
    /// The matrix, by role and skill.
    pub cells: Vec<Cell>,
    /// How many people are missing over all roles, by phase; pairs whose posts are not counted are left out.
    pub missing: BTreeMap<&'static str, f64>,
    /// Pairs of role and skill whose posts nobody has counted.
    pub uncounted: usize,
    /// What expires within [`SOON_DAYS`] or has, the earliest first.
    pub expiries: Vec<Expiry>,
    /// Deeds that need a skill.
    pub deeds: Vec<DeedView>,
    /// How fluency went, where there is more than one day to tell of.
    pub fluency: Vec<Fluency>,
    /// Dependence on people from outside, by organisation and year.
    pub outside: Vec<Outside>,
}

/// Reads the registers and works out how things stand today. It is for whoever plans courses: counts of a small role can
/// tell of a person.
///
/// # Errors
/// Not allowed; database errors.
pub fn read(cx: &mut Cx<'_>) -> Result<Report> {
    cx.allow(HELD.reads, None)?;
    let facts = Facts {
        roles: entry::typed(cx, &ROLE)?,
        skills: entry::typed(cx, &SKILL)?,
        needs: entry::typed(cx, &NEED)?,
        held: entry::typed(cx, &HELD)?,
        courses: entry::typed(cx, &COURSE)?,
        deeds: entry::typed(cx, &ACTION)?,
    };
    let mut whole = report(&facts, day_of(cx.now()));
    whole.fluency = fluency(&facts.skills, &versions(cx)?);
    whole.outside = outside(entry::typed(cx, &COST)?);
    let (cells, expiries) = (whole.cells.len(), whole.expiries.len());
    cx.record(Verb::Consult, "skills", None, json!({ "cells": cells, "expiries": expiries }))?;
    Ok(whole)
}

/// Every version of what is held, by entry and in order; nothing for a version that withdrew it.
fn versions(cx: &mut Cx<'_>) -> Result<Vec<Vec<Option<Held>>>> {
    let rows = cx.rows(
        "select e.code, v.body, v.withdrawn from entry_version v join entry e on e.id = v.entry_id
         where e.register = $1 order by e.code, v.version",
        &[HELD.code.into()],
    )?;
    let mut all: BTreeMap<String, Vec<Option<Held>>> = BTreeMap::new();
    for row in rows {
        let (code, withdrawn): (String, i64) = (row.get(0)?, row.get(2)?);
        let held: Held = serde_json::from_str(&row.get::<String>(1)?)
            .map_err(|e| Error::Bug(format!("held-skill {code}: {e}")))?;
        all.entry(code).or_default().push((withdrawn == 0).then_some(held));
    }
    Ok(all.into_values().collect())
}

fn outside(lines: Vec<(String, Spending)>) -> Vec<Outside> {
    let mut all: BTreeMap<(String, i64), (f64, i64)> = BTreeMap::new();
    for (_, line) in lines {
        let Some(days) = line.outside_days.filter(|d| *d > 0.0) else { continue };
        #[expect(clippy::cast_possible_truncation, reason = "the register takes 2000 to 2100")]
        let sum = all.entry((line.organisation, line.year as i64)).or_default();
        sum.0 += days;
        sum.1 = sum.1.saturating_add(line.amount);
    }
    all.into_iter()
        .map(|((organisation, year), (days, amount))| Outside { organisation, year, days, amount })
        .collect()
}

/// The place of a phase in their order.
fn phase_at(code: &str) -> Option<usize> {
    PHASES.iter().position(|(known, _)| *known == code)
}

/// A level from its code.
fn level_of(code: &str) -> u8 {
    code.parse().unwrap_or(0)
}
