//! What can be in use within a year, and whether anybody has planned to say what it brought.

use super::{Finding, Item, Kind, Portfolio, evidence};
use serde::Serialize;

/// A year, in days.
const YEAR: i32 = 365;

/// The report that is owed twelve months after the work began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// A value of a benefit was taken.
    Done,
    /// A benefit is due, or the item is looked at again, within the twelve months.
    Planned,
    /// Nothing is planned, and there is time.
    NotPlanned,
    /// The twelve months are over without one.
    Missing,
}

impl Report {
    /// How it stands for an item, by the number of today.
    #[must_use]
    pub fn of(item: &Item, today: Option<i32>) -> Self {
        let by = item.starts.map(|d| d.number() + YEAR);
        let in_time = |d: &bluelamp_model::Day| by.is_none_or(|by| d.number() <= by);
        if !item.realised_on.is_empty() {
            return Self::Done;
        }
        if by.zip(today).is_some_and(|(by, today)| by < today) {
            return Self::Missing;
        }
        if item.benefits_due.iter().chain(&item.review).any(in_time) {
            Self::Planned
        } else {
            Self::NotPlanned
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Done => "a value of a benefit was taken",
            Self::Planned => "planned within twelve months of the start",
            Self::NotPlanned => "nobody has planned one",
            Self::Missing => "twelve months are over and there is none",
        }
    }
}

/// Items that somebody marked, or that take less than a year and end within one. Ideas without days are not among them.
pub(super) fn quick_wins(p: &Portfolio) -> Vec<Finding> {
    let today = p.today.map(bluelamp_model::Day::number);
    let mut all = Vec::new();
    for item in &p.items {
        // Short, and over within a year from today: what begins in three years brings nothing soon.
        let soon = |end: i32| today.is_none_or(|today| end < today + YEAR);
        let short = item.span().filter(|(a, b)| b - a < YEAR && soon(*b) && item.is_work());
        let marked = item.quick_win == Some(true);
        if !marked && (short.is_none() || item.quick_win == Some(false)) {
            continue;
        }
        let report = Report::of(item, today);
        let why = match (marked, short) {
            (true, Some((a, b))) => format!("marked as a quick win; {} days of work", b - a + 1),
            (true, None) => "marked as a quick win".to_owned(),
            (false, Some((a, b))) => format!("{} days of work", b - a + 1),
            (false, None) => continue,
        };
        let sentence = format!("‘{}’ can bring something into use within twelve months", item.title);
        let shown = vec![evidence("Why", [why]), evidence("Report after twelve months", [report.label()])];
        all.push(
            Finding::new(Kind::QuickWin, "within-a-year", &[&item.code], sentence, shown).about_items([item]),
        );
    }
    all
}
