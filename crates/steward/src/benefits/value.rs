//! Present value, as HM Treasury's Green Book discounts it.

use super::{Books, worth::after_optimism};
use bluelamp_model::Day;
use serde::Serialize;
use std::collections::BTreeMap;

/// The Green Book's rate of social time preference for the first thirty years, in per cent.
pub const RATE: f64 = 3.5;
/// So many financial years are counted, the first with spending included: what the Green Book takes for most proposals.
pub const HORIZON: u16 = 10;

/// What an amount in some year is worth in year 0.
#[must_use]
pub fn discounted(amount: f64, rate: f64, years: i32) -> f64 {
    amount / (1.0 + rate / 100.0).powi(years)
}

/// The financial year of a day, by the year in which it begins: it begins on 1 April.
#[must_use]
pub(super) fn financial_year(day: Day) -> i32 {
    let text = day.to_string();
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<i32>().ok());
    let (year, month) = (part(0..4).unwrap_or(0), part(5..7).unwrap_or(1));
    if month < 4 { year - 1 } else { year }
}

/// What an item is worth today, as far as its years are known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Present {
    /// The item's code.
    pub item: String,
    /// What it is called.
    pub title: String,
    /// The financial year that is year 0: the first with spending.
    pub first_year: Option<i32>,
    /// Spending, discounted, in whole pounds.
    pub costs: Option<i64>,
    /// Benefits after optimism, discounted.
    pub benefits: Option<i64>,
    /// Benefits less spending. None where the years of one of them are not known.
    pub net: Option<i64>,
    /// Where the spending comes from: `lines` of spending by year, or what the `item` says.
    pub costs_from: &'static str,
    /// Benefits of it that are not counted because their worth or their day is not known, or they cannot be counted.
    pub left_out: usize,
}

/// The present value of every item that has spending or benefits with known years, by code.
#[must_use]
pub fn present(books: &Books, rate: f64) -> Vec<Present> {
    let mut spent: BTreeMap<&str, BTreeMap<i32, f64>> = BTreeMap::new();
    for c in books.costs.iter().filter(|c| !c.item.is_empty()) {
        #[expect(clippy::cast_possible_truncation, reason = "the register takes 2000 to 2100")]
        let (year, amount) = (c.year as i32, c.amount as f64);
        *spent.entry(&c.item).or_default().entry(year).or_insert(0.0) += amount;
    }
    let mut all = Vec::new();
    for item in &books.items {
        let of_item: Vec<_> = books.benefits.iter().filter(|b| b.item == item.code).collect();
        let (costs, costs_from) = match spent.get(item.code.as_str()) {
            Some(by_year) => (by_year.clone(), "lines"),
            None => (as_written(item), "item"),
        };
        if costs.is_empty() && of_item.is_empty() {
            continue;
        }
        let known: Vec<_> = of_item
            .iter()
            .filter(|b| b.sort != "qualitative")
            .filter_map(|b| Some((financial_year(b.due?), after_optimism(b.worth_yearly?, b.optimism_bias))))
            .collect();
        let first = costs.keys().next().copied();
        let last = first.map(|f| f + i32::from(HORIZON) - 1);
        let in_time = |year: i32| last.is_some_and(|last| year <= last);
        let cost: f64 = costs
            .iter()
            .filter(|(year, _)| in_time(**year))
            .map(|(year, amount)| discounted(*amount, rate, year - first.unwrap_or(*year)))
            .sum();
        let worth = first.zip(last).map(|(first, last)| -> f64 {
            let of_one = |(from, worth): &(i32, i64)| {
                ((*from).max(first)..=last).map(|y| discounted(*worth as f64, rate, y - first)).sum::<f64>()
            };
            known.iter().map(of_one).sum()
        });
        let whole = |amount: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "whole pounds")]
            let whole = amount.round() as i64;
            whole
        };
        let benefits = worth.filter(|_| !known.is_empty());
        let costs = first.map(|_| cost);
        all.push(Present {
            item: item.code.clone(),
            title: item.title.clone(),
            first_year: first,
            costs: costs.map(whole),
            benefits: benefits.map(whole),
            net: costs.zip(benefits).map(|(c, b)| whole(b - c)),
            costs_from,
            left_out: of_item.len() - known.len(),
        });
    }
    all.sort_by(|a, b| a.item.cmp(&b.item));
    all
}

/// What the item says of itself, by year: once in the year in which its work begins, each year from the one in which it
/// ends. Nothing where it does not say when.
fn as_written(item: &super::Item) -> BTreeMap<i32, f64> {
    let mut by_year = BTreeMap::new();
    let Some(starts) = item.starts.map(financial_year) else { return by_year };
    if let Some(once) = item.cost_once {
        by_year.insert(starts, once as f64);
    }
    if let (Some(yearly), Some(ends)) = (item.cost_yearly, item.ends.map(financial_year)) {
        for year in ends..starts + i32::from(HORIZON) {
            *by_year.entry(year).or_insert(0.0) += yearly as f64;
        }
    }
    by_year
}
