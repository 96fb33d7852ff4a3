//! Innovation challenges, from the brief to the award.
//!
//! A problem is put to companies and universities; what they hand in is scored without their names, by at least two people
//! and criterion by criterion; somebody who scored nothing decides. Nobody reads who sent what before that: not those who
//! score, and not the one who decides. There is a median with its range for each criterion, and never a sum.

mod act;
mod read;
mod score;

pub use act::{Award, NewEntry, award, close, open, receive};
pub use read::{
    ChallengeView, Ended, EntryView, Published, Summary, challenge, challenges, published, results,
};
pub use score::{Given, declare, score};

use crate::{
    calendar::day_of,
    entry::{self, Entry},
    register::Body,
    registers::market::{CHALLENGE, ENTRY},
};
use bluelamp_model::{Day, Error, Id, Result, Time};
use bluelamp_store::Cx;
use serde::Serialize;
use std::collections::BTreeMap;

/// An entry is scored by at least so many people before anything is decided.
pub const SCORERS: usize = 2;
/// The best score that a criterion takes; the least is 0.
pub const BEST: u8 = 5;

/// How far a challenge has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Being written.
    Draft,
    /// Entries can be handed in between its days.
    Open,
    /// Entries are scored.
    Scoring,
    /// An entry has won.
    Awarded,
    /// It ended without an award.
    NoAward,
}

impl Stage {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Scoring => "scoring",
            Self::Awarded => "awarded",
            Self::NoAward => "no-award",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Open => "Open",
            Self::Scoring => "Being scored",
            Self::Awarded => "Awarded",
            Self::NoAward => "Ended without an award",
        }
    }

    /// Whether it has ended.
    #[must_use]
    pub fn ended(self) -> bool {
        matches!(self, Self::Awarded | Self::NoAward)
    }
}

/// What the scores of one criterion say together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Criterion {
    /// The criterion.
    pub criterion: String,
    /// How many people scored it.
    pub scorers: usize,
    /// The median; nothing where nobody has scored.
    pub median: Option<f64>,
    /// The least.
    pub low: Option<u8>,
    /// The most.
    pub high: Option<u8>,
    /// The sentences, without who wrote them, by score.
    pub reasons: Vec<(u8, String)>,
}

impl Criterion {
    /// Puts scores of one criterion together.
    #[must_use]
    pub fn of(criterion: &str, scores: &[(u8, String)]) -> Self {
        let mut reasons = scores.to_vec();
        reasons.sort();
        let all: Vec<u8> = reasons.iter().map(|(score, _)| *score).collect();
        let n = all.len();
        let at = |i: usize| all.get(i).copied().map(f64::from);
        let median = match n % 2 {
            1 => at(n / 2),
            _ => at(n / 2)
                .zip(n.checked_sub(1).and_then(|last| at(last / 2)))
                .map(|(a, b)| f64::midpoint(a, b)),
        };
        Self {
            criterion: criterion.to_owned(),
            scorers: n,
            median,
            low: all.first().copied(),
            high: all.last().copied(),
            reasons,
        }
    }
}

/// A challenge with what the tables say of it.
struct State {
    entry: Entry,
    stage: Stage,
    /// What was asked: since it was opened, the version that was opened.
    terms: Body,
    opened_at: Option<Time>,
}

impl State {
    fn load(cx: &mut Cx<'_>, code: &str) -> Result<Self> {
        let entry = entry::find(cx, &CHALLENGE, code)?;
        Self::of(cx, entry)
    }

    fn of(cx: &mut Cx<'_>, entry: Entry) -> Result<Self> {
        let opening = cx.row(
            "select o.opened_at, o.closed_at, v.body from challenge_opening o
             join entry_version v on v.entry_id = o.challenge_id and v.version = o.version where o.challenge_id = $1",
            &[entry.id.into()],
        )?;
        let award =
            cx.row("select entry_id from challenge_award where challenge_id = $1", &[entry.id.into()])?;
        let award = award.map(|r| r.get::<Option<Id>>(0)).transpose()?;
        // What the register says of the stage is for people: what was done stands in the tables.
        let (terms, opened_at, closed) = match opening {
            None => (entry.body.clone(), None, None),
            Some(row) => {
                let body = Body::of_stored(&row.get::<String>(2)?)
                    .map_err(|e| Error::Bug(format!("a stored entry cannot be read: {e}")))?;
                (body, Some(row.get::<Time>(0)?), row.get::<Option<Time>>(1)?)
            }
        };
        let stage = match (award, opened_at, closed) {
            (Some(Some(_)), ..) => Stage::Awarded,
            (Some(None), ..) => Stage::NoAward,
            (None, Some(_), Some(_)) => Stage::Scoring,
            (None, Some(_), None) => Stage::Open,
            (None, None, _) => Stage::Draft,
        };
        Ok(Self { entry, stage, terms, opened_at })
    }

    fn criteria(&self) -> Vec<&str> {
        self.terms.all("criteria")
    }

    fn day(&self, field: &str) -> Result<Day> {
        let message = || Error::Bug(format!("the challenge {} has no {field}", self.entry.code));
        self.terms.day(field).ok_or_else(message)
    }

    /// # Errors
    /// [`Error::Conflict`] where it stands elsewhere.
    fn need(&self, stage: Stage) -> Result<()> {
        if self.stage == stage {
            return Ok(());
        }
        let (here, wanted) = (self.stage.label(), stage.label());
        Err(Error::Conflict(format!(
            "this can be done at the stage ‘{wanted}’; the challenge is at ‘{here}’"
        )))
    }
}

/// What was handed in to a challenge and received, by the name under which it is scored.
fn handed_in(cx: &mut Cx<'_>, challenge: Id) -> Result<Vec<Entry>> {
    let rows =
        cx.rows("select entry_id from challenge_sender where challenge_id = $1", &[challenge.into()])?;
    let ids = rows.iter().map(|r| Ok(r.get::<Id>(0)?)).collect::<Result<Vec<_>>>()?;
    let mut all: Vec<Entry> =
        entry::held(cx, ENTRY.code)?.into_iter().filter(|e| ids.contains(&e.id)).collect();
    all.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(all)
}

/// Scores by entry and scorer, each a score and a sentence by criterion; only the latest sheets, and none of somebody who
/// has declared a conflict since.
type Sheets = BTreeMap<Id, BTreeMap<Id, BTreeMap<i64, (u8, String)>>>;

fn sheets(cx: &mut Cx<'_>, challenge: Id) -> Result<Sheets> {
    let rows = cx.rows(
        "select s.entry_id, s.by_id, s.criterion, s.score, s.reason from challenge_score s
         where s.challenge_id = $1 and not exists
           (select 1 from challenge_conflict c where c.entry_id = s.entry_id and c.by_id = s.by_id)
         order by s.entry_id, s.by_id, s.sheet, s.criterion",
        &[challenge.into()],
    )?;
    let mut all = Sheets::new();
    for row in &rows {
        let score = u8::try_from(row.get::<i64>(3)?).unwrap_or(0);
        let (entry, by, criterion): (Id, Id, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let sheet = all.entry(entry).or_default().entry(by).or_default();
        sheet.insert(criterion, (score, row.get(4)?));
    }
    Ok(all)
}

/// The scores of one person, with their sentences, by criterion.
type Sheet = BTreeMap<i64, (u8, String)>;

/// An entry's criteria with their medians.
fn together(criteria: &[&str], sheets: Option<&BTreeMap<Id, Sheet>>) -> Vec<Criterion> {
    let all = sheets.map(|s| s.values().collect::<Vec<_>>()).unwrap_or_default();
    (0_i64..)
        .zip(criteria)
        .map(|(n, criterion)| {
            let scores: Vec<(u8, String)> = all.iter().filter_map(|sheet| sheet.get(&n).cloned()).collect();
            Criterion::of(criterion, &scores)
        })
        .collect()
}

fn today(cx: &Cx<'_>) -> Day {
    day_of(cx.now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_criterion_is_told_by_its_median_and_range() {
        let of = |scores: &[u8]| {
            let all: Vec<_> = scores.iter().map(|s| (*s, "Because.".to_owned())).collect();
            let c = Criterion::of("Fit", &all);
            (c.scorers, c.median, c.low, c.high)
        };
        assert_eq!(of(&[]), (0, None, None, None));
        assert_eq!(of(&[4]), (1, Some(4.0), Some(4), Some(4)));
        assert_eq!(of(&[5, 0]), (2, Some(2.5), Some(0), Some(5)));
        assert_eq!(of(&[5, 1, 2]), (3, Some(2.0), Some(1), Some(5)));
        assert_eq!(of(&[3, 1, 2, 5]), (4, Some(2.5), Some(1), Some(5)));
    }
}
