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
    /// Where the spending comes from: `lines` of spending by year, what the `item` says, or `both`: the lines, and what the
    /// item says beyond them.
    pub costs_from: &'static str,
    /// The net present value that its latest business case with one states.
    pub stated: Option<i64>,
    /// Benefits of it that are not counted because their worth or their day is not known, or they cannot be counted.
    pub left_out: usize,
}

/// The present value of every item that has spending or benefits with known years, by code.
#[must_use]
pub fn present(books: &Books, rate: f64) -> Vec<Present> {
    let mut spent: BTreeMap<&str, Lines> = BTreeMap::new();
    for c in books.costs.iter().filter(|c| !c.item.is_empty()) {
        #[expect(clippy::cast_possible_truncation, reason = "the register takes 2000 to 2100")]
        let (year, amount) = (c.year as i32, c.amount as f64);
        let of_item = spent.entry(&c.item).or_default();
        let sort = if c.purpose == "run" { &mut of_item.run } else { &mut of_item.change };
        *sort.entry(year).or_insert(0.0) += amount;
    }
    let mut all = Vec::new();
    for item in &books.items {
        let of_item: Vec<_> = books.benefits.iter().filter(|b| b.item == item.code).collect();
        let (costs, costs_from) = costs_of(item, spent.get(item.code.as_str()));
        if costs.is_empty() && of_item.is_empty() {
            continue;
        }
        let known: Vec<_> = of_item
            .iter()
            .filter(|b| b.sort != "qualitative")
            .filter_map(|b| Some((b.due?, after_optimism(b.worth_yearly?, b.optimism_bias))))
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
            let of_one = |(due, worth): &(Day, i64)| {
                let begins = financial_year(*due);
                let in_year = |y: i32| if y == begins { share_after(*due) } else { 1.0 };
                (begins.max(first)..=last)
                    .map(|y| discounted(*worth as f64 * in_year(y), rate, y - first))
                    .sum::<f64>()
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
            stated: stated(books, &item.code),
            left_out: of_item.len() - known.len(),
        });
    }
    all.sort_by(|a, b| a.item.cmp(&b.item));
    all
}

fn stated(books: &Books, item: &str) -> Option<i64> {
    let cases = books.cases.iter().filter(|c| c.item == item && c.present_value.is_some());
    cases.max_by(|a, b| (a.written, &a.code).cmp(&(b.written, &b.code)))?.present_value
}

/// The share of its financial year that comes after a day: what begins then counts for that much of the first year.
fn share_after(day: Day) -> f64 {
    let first = |year: i32| format!("{year}-04-01").parse::<Day>().map_or(0, Day::number);
    let year = financial_year(day);
    let (begins, ends) = (first(year), first(year + 1));
    f64::from(ends - day.number() - 1) / f64::from((ends - begins).max(1))
}

/// Lines of spending on an item by year.
#[derive(Default)]
struct Lines {
    /// To change something.
    change: BTreeMap<i32, f64>,
    /// To keep it running.
    run: BTreeMap<i32, f64>,
}

/// What an item costs by year. Lines of spending come first. What the item says beyond them is still to come: the rest of
/// what it costs once in the year in which its work ends (in that of the last line, where that is later), and what it costs
/// to run in each year after its work without a line for it. Without lines, it costs once in the year in which its work
/// begins. Nothing is added of an item that does not say when.
fn costs_of(item: &super::Item, lines: Option<&Lines>) -> (BTreeMap<i32, f64>, &'static str) {
    let uplift = 1.0 + item.cost_optimism.unwrap_or(0.0).max(0.0) / 100.0;
    let (begins, ends) = (item.starts.map(financial_year), item.ends.map(financial_year));
    let mut planned = BTreeMap::new();
    let mut plan = |year: i32, amount: f64| *planned.entry(year).or_insert(0.0) += amount;
    let (change, run) = lines.map_or((None, None), |l| (Some(&l.change), Some(&l.run)));
    let first_line = change.into_iter().chain(run).filter_map(|of| of.keys().next()).min().copied();
    if let Some(once) = item.cost_once {
        let told: f64 = change.into_iter().flat_map(BTreeMap::values).sum();
        let rest = (once as f64 - told) * uplift;
        let last = change.and_then(|of| of.keys().next_back()).copied();
        let year = match last {
            None => begins,
            Some(last) => ends.map(|ends| ends.max(last)),
        };
        if let Some(year) = year.filter(|_| rest > 0.0) {
            plan(year, rest);
        }
    }
    if let (Some(yearly), Some(ends)) = (item.cost_yearly, item.ends) {
        let from = financial_year(ends);
        let first = first_line.into_iter().chain(begins).min().unwrap_or(from);
        for year in from..first + i32::from(HORIZON) {
            if run.is_some_and(|of| of.contains_key(&year)) {
                continue;
            }
            let part = if year == from { share_after(ends) } else { 1.0 };
            plan(year, yearly as f64 * part * uplift);
        }
    }
    planned.retain(|_, amount| *amount > 0.0);
    let from = match (lines.is_some(), planned.is_empty()) {
        (true, true) => "lines",
        (true, false) => "both",
        (false, _) => "item",
    };
    for (year, amount) in change.into_iter().chain(run).flatten() {
        *planned.entry(*year).or_insert(0.0) += amount;
    }
    (planned, from)
}
