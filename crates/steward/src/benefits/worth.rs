//! What a benefit is to be worth, and how far it has come.

use super::{Benefit, Books, Realised};
use bluelamp_model::Day;
use serde::Serialize;
use std::collections::BTreeMap;

/// A benefit with how it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// The item that is to bring it.
    pub item: String,
    /// Whose it is: its own organisation, or the one that leads its item.
    pub organisation: String,
    /// The Green Book's sort.
    pub sort: String,
    /// In what it is counted.
    pub unit: String,
    /// Where it began.
    pub baseline: Option<f64>,
    /// Where it is to get to.
    pub target: Option<f64>,
    /// By when.
    pub due: Option<Day>,
    /// Who answers for it.
    pub owner: String,
    /// Who benefits.
    pub group: String,
    /// The elements that it serves.
    pub elements: Vec<String>,
    /// What it is to be worth each year, as written.
    pub worth_yearly: Option<i64>,
    /// The same after what is taken off for optimism.
    pub worth_after: Option<i64>,
    /// The latest value; none where nobody has measured.
    pub value: Option<f64>,
    /// The day of that value.
    pub measured_on: Option<Day>,
    /// How far it has come from the baseline to the target: 1 is there. None where nobody has measured.
    pub share: Option<f64>,
    /// What the latest value of which that was said is worth each year.
    pub realised_yearly: Option<i64>,
    /// That, less what it was to be worth after optimism; none where one of them is not known.
    pub variance: Option<i64>,
    /// Whether its day has passed and it is not known to be there.
    pub overdue: bool,
}

/// What is left of a worth after what is taken off for optimism.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "whole pounds, of at most 14 digits")]
pub(super) fn after_optimism(worth: i64, bias: Option<f64>) -> i64 {
    (worth as f64 * (1.0 - bias.unwrap_or(0.0).clamp(0.0, 100.0) / 100.0)).round() as i64
}

/// The latest of what was measured, by benefit.
fn latest_of<'a>(all: impl Iterator<Item = &'a Realised>) -> BTreeMap<&'a str, &'a Realised> {
    let mut latest: BTreeMap<&str, &Realised> = BTreeMap::new();
    for r in all {
        let held = latest.entry(&r.benefit).or_insert(r);
        if (r.on, &r.code) > (held.on, &held.code) {
            *held = r;
        }
    }
    latest
}

/// The benefits with how each stands, by code.
#[must_use]
pub fn lines(books: &Books) -> Vec<Line> {
    let latest = latest_of(books.realised.iter());
    // Who measures again without saying what it is worth takes nothing back that was said.
    let latest_worth = latest_of(books.realised.iter().filter(|r| r.worth_yearly.is_some()));
    let lead: BTreeMap<&str, &str> =
        books.items.iter().map(|i| (i.code.as_str(), i.organisation.as_str())).collect();
    let one = |b: &Benefit| {
        let taken = latest.get(b.code.as_str());
        let value = taken.map(|r| r.value);
        let share = match (b.baseline, b.target, value) {
            (Some(from), Some(to), Some(at)) if (to - from).abs() > f64::EPSILON => {
                Some((at - from) / (to - from))
            }
            // What is to stay as it is, and does.
            (Some(_), Some(to), Some(at)) if (at - to).abs() <= f64::EPSILON * to.abs().max(1.0) => Some(1.0),
            _ => None,
        };
        let worth_after = b.worth_yearly.map(|w| after_optimism(w, b.optimism_bias));
        let realised = latest_worth.get(b.code.as_str()).and_then(|r| r.worth_yearly);
        let over = b.due.zip(books.today).is_some_and(|(due, today)| due < today);
        let organisation = match b.organisation.as_str() {
            "" => lead.get(b.item.as_str()).copied().unwrap_or_default(),
            own => own,
        };
        Line {
            code: b.code.clone(),
            title: b.title.clone(),
            item: b.item.clone(),
            organisation: organisation.to_owned(),
            sort: b.sort.clone(),
            unit: b.unit.clone(),
            baseline: b.baseline,
            target: b.target,
            due: b.due,
            owner: b.owner.clone(),
            group: b.group.clone(),
            elements: b.elements.clone(),
            worth_yearly: b.worth_yearly,
            worth_after,
            value,
            measured_on: taken.and_then(|r| r.on),
            share,
            realised_yearly: realised,
            variance: worth_after.zip(realised).map(|(planned, got)| got - planned),
            overdue: over && share.is_none_or(|s| s < 1.0),
        }
    };
    let mut all: Vec<_> = books.benefits.iter().map(one).collect();
    all.sort_by(|a, b| a.code.cmp(&b.code));
    all
}

/// Benefits together, with how much of it is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sum {
    /// What they have in common, by code; empty where nothing was said.
    pub code: String,
    /// What people read.
    pub name: String,
    /// How many there are.
    pub benefits: usize,
    /// Of how many the worth is known.
    pub valued: usize,
    /// What those are to be worth each year after optimism.
    pub worth_after: i64,
    /// Of how many a value was taken.
    pub measured: usize,
    /// How many of those have reached their target.
    pub reached: usize,
    /// Of how many the worth of what was measured is known.
    pub realised: usize,
    /// What those are worth each year.
    pub realised_yearly: i64,
    /// That, less what just those were to be worth. Nothing where none of them can be compared.
    pub variance: Option<i64>,
    /// How many are overdue.
    pub overdue: usize,
}

impl Sum {
    /// Adds up.
    pub fn of<'a>(code: &str, name: &str, lines: impl Iterator<Item = &'a Line>) -> Self {
        let mut sum = Self {
            code: code.into(),
            name: name.into(),
            benefits: 0,
            valued: 0,
            worth_after: 0,
            measured: 0,
            reached: 0,
            realised: 0,
            realised_yearly: 0,
            variance: None,
            overdue: 0,
        };
        for l in lines {
            sum.benefits += 1;
            sum.valued += usize::from(l.worth_after.is_some());
            sum.worth_after += l.worth_after.unwrap_or(0);
            sum.measured += usize::from(l.value.is_some());
            sum.reached += usize::from(l.share.is_some_and(|s| s >= 1.0));
            sum.realised += usize::from(l.realised_yearly.is_some());
            sum.realised_yearly += l.realised_yearly.unwrap_or(0);
            if let Some(v) = l.variance {
                sum.variance = Some(sum.variance.unwrap_or(0) + v);
            }
            sum.overdue += usize::from(l.overdue);
        }
        sum
    }
}

/// Adds up by what the benefits have in common. Those of which nothing was said stand last, under an empty code.
pub fn sums(lines: &[Line], keys: impl Fn(&Line) -> Vec<String>, name: impl Fn(&str) -> String) -> Vec<Sum> {
    let mut by_key: BTreeMap<String, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        let mut keys = keys(line);
        keys.sort();
        keys.dedup();
        if keys.is_empty() {
            keys.push(String::new());
        }
        for key in keys {
            by_key.entry(key).or_default().push(line);
        }
    }
    let unsaid = by_key.remove("");
    let mut all: Vec<_> =
        by_key.iter().map(|(key, lines)| Sum::of(key, &name(key), lines.iter().copied())).collect();
    all.extend(unsaid.map(|lines| Sum::of("", "Not stated", lines.into_iter())));
    all
}
