//! What is spent: to run and to change, on what, by whom, and how much of it is outside people's days.

use super::Books;
use serde::Serialize;
use std::collections::BTreeMap;

/// Spending of one financial year.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Year {
    /// The year in which it begins.
    pub year: i32,
    /// To run things.
    pub run: i64,
    /// To change them.
    pub change: i64,
    /// Days of outside people, where they were said.
    pub outside_days: f64,
    /// Lines of spending.
    pub lines: usize,
    /// Of how many the days of outside people were said, a plain 0 too.
    pub said: usize,
}

/// What is spent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Spending {
    /// Year by year.
    pub years: Vec<Year>,
    /// By area: its code, to run, to change.
    pub areas: Vec<(String, i64, i64)>,
    /// By organisation: what people read, to run, to change, days of outside people.
    pub organisations: Vec<(String, i64, i64, f64)>,
    /// What was asked of streams of funding.
    pub asked: i64,
    /// What was granted.
    pub granted: i64,
    /// All lines of spending of the five financial years from the first: what the national strategy's figure is about.
    pub five_years: i64,
}

/// Adds up what is spent.
#[must_use]
pub fn spending(books: &Books) -> Spending {
    let mut years: BTreeMap<i32, Year> = BTreeMap::new();
    let mut areas: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    let mut organisations: BTreeMap<&str, (i64, i64, f64)> = BTreeMap::new();
    // By code, so that days, which are no whole numbers, add up to the same in any order.
    let mut costs: Vec<_> = books.costs.iter().collect();
    costs.sort_by(|a, b| a.code.cmp(&b.code));
    for c in costs {
        #[expect(clippy::cast_possible_truncation, reason = "the register takes 2000 to 2100")]
        let number = c.year as i32;
        let (run, change) = if c.purpose == "run" { (c.amount, 0) } else { (0, c.amount) };
        let days = c.outside_days.unwrap_or(0.0);
        let year = years.entry(number).or_default();
        year.year = number;
        year.run += run;
        year.change += change;
        year.outside_days += days;
        year.lines += 1;
        year.said += usize::from(c.outside_days.is_some());
        let area = areas.entry(&c.area).or_default();
        (area.0, area.1) = (area.0 + run, area.1 + change);
        let one = organisations.entry(&c.organisation).or_default();
        *one = (one.0 + run, one.1 + change, one.2 + days);
    }
    let first = years.keys().next().copied().unwrap_or(0);
    let five = years.range(first..first + 5).map(|(_, y)| y.run + y.change).sum();
    let named = |code: &str| books.organisations.get(code).cloned().unwrap_or_else(|| code.to_owned());
    Spending {
        areas: areas.into_iter().map(|(a, (run, change))| (a.to_owned(), run, change)).collect(),
        organisations: organisations.into_iter().map(|(o, (r, c, d))| (named(o), r, c, d)).collect(),
        asked: books.funding.iter().map(|f| f.asked).sum(),
        granted: books.funding.iter().filter_map(|f| f.granted).sum(),
        five_years: five,
        years: years.into_values().collect(),
    }
}
