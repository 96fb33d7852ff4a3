//! Benefits and money: what items are to bring, what they have brought, what is spent and saved.
//!
//! What nobody has measured is told apart from what has brought nothing, and no total hides how much of it is known.
//! Optimism is taken off before anything is added up. Everything here is worked out from the registers; nothing decides.

mod money;
mod savings;
mod value;
mod worth;

pub use money::{Spending, Year, spending};
pub use savings::{ByOrganisation, savings};
pub use value::{HORIZON, Present, RATE, discounted, present};
pub use worth::{Line, Sum, lines, sums};

use crate::{
    entry::typed,
    registers::{
        benefits::{BENEFIT, CASE, COST, FUNDING, REALISED, SAVING},
        market::PILOT,
        organisations::ORGANISATION,
        portfolio::{ITEM, LOCAL_DECISION},
    },
};
use bluelamp_model::{
    Day, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Makes a plain type that is read from the body of an entry. Its code is given beside it.
macro_rules! read {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(default)]
        pub struct $name {
            /// Its code.
            #[serde(skip)]
            pub code: String,
            $($(#[$of])* pub $field: $type,)+
        }

        impl $name {
            fn all(
                cx: &mut Cx<'_>,
                register: &crate::register::Register,
            ) -> Result<Vec<Self>> {
                let all = typed::<Self>(cx, register)?;
                Ok(all.into_iter().map(|(code, one)| Self { code, ..one }).collect())
            }
        }
    };
}

read! {
    /// An item, as far as money goes.
    Item {
        /// What it is called.
        title: String,
        /// The organisation that leads it.
        organisation: String,
        /// How its delivery stands, by code.
        status: String,
        /// The elements of strategies that it serves.
        elements: Vec<String>,
        /// The first day of its work.
        starts: Option<Day>,
        /// The last day of its work; what it brings and costs to run begins after it.
        ends: Option<Day>,
        /// What it costs once, in whole pounds.
        cost_once: Option<i64>,
        /// What it costs each year once it is in use.
        cost_yearly: Option<i64>,
        /// What is put on top of its costs for optimism, in per cent.
        cost_optimism: Option<f64>,
    }
}

read! {
    /// What an item is to bring.
    Benefit {
        /// What it is called.
        title: String,
        /// The item.
        item: String,
        /// The organisation that has it.
        organisation: String,
        /// The Green Book's sort.
        sort: String,
        /// How it is measured.
        measure: String,
        /// In what it is counted.
        unit: String,
        /// Where it began.
        baseline: Option<f64>,
        /// Where it is to get to.
        target: Option<f64>,
        /// By when.
        due: Option<Day>,
        /// Worth each year in whole pounds, before anything is taken off for optimism.
        worth_yearly: Option<i64>,
        /// What is taken off, in per cent.
        optimism_bias: Option<f64>,
        /// Who answers for it.
        owner: String,
        /// Who benefits.
        group: String,
        /// The elements of strategies that it serves.
        elements: Vec<String>,
    }
}

read! {
    /// A value that was taken.
    Realised {
        /// The benefit.
        benefit: String,
        /// The day.
        on: Option<Day>,
        /// The value, in the benefit's unit.
        value: f64,
        /// What it is worth each year.
        worth_yearly: Option<i64>,
        /// Where it comes from.
        evidence: String,
    }
}

read! {
    /// Where money could be saved.
    Saving {
        /// What it is.
        title: String,
        /// The organisation that saves.
        organisation: String,
        /// Each year.
        yearly: i64,
        /// What it costs to get it.
        once: Option<i64>,
        /// How far it has come.
        state: String,
        /// The finding that led to it.
        finding: String,
    }
}

read! {
    /// What one organisation decided about a shared item.
    Local {
        /// The item.
        item: String,
        /// The organisation.
        organisation: String,
        /// What it decided.
        decision: String,
        /// When.
        decided: Option<Day>,
        /// What it saves each year.
        saving_yearly: Option<i64>,
    }
}

read! {
    /// A line of spending.
    Cost {
        /// The item, where it is spent on one.
        item: String,
        /// Who spends.
        organisation: String,
        /// The financial year, by the year in which it begins.
        year: f64,
        /// How much.
        amount: i64,
        /// To run or to change.
        purpose: String,
        /// On what.
        area: String,
        /// Days of outside people.
        outside_days: Option<f64>,
    }
}

read! {
    /// Money that was asked for.
    Funding {
        /// What for.
        title: String,
        /// The items.
        items: Vec<String>,
        /// How much was asked.
        asked: i64,
        /// How much was granted.
        granted: Option<i64>,
        /// How far it has come.
        state: String,
    }
}

read! {
    /// A business case.
    Case {
        /// The item.
        item: String,
        /// Its net present social value, as somebody wrote it.
        present_value: Option<i64>,
        /// When.
        written: Option<Day>,
    }
}

read! {
    /// What was tried.
    Pilot {
        /// What it is called.
        title: String,
        /// The item that it belongs to.
        item: String,
        /// Its last day.
        ends: Option<Day>,
        /// What came out.
        findings: String,
        /// What is to become of it.
        verdict: String,
    }
}

/// Everything that benefits and money are worked out from. What was withdrawn is not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Books {
    /// The items.
    pub items: Vec<Item>,
    /// What they are to bring.
    pub benefits: Vec<Benefit>,
    /// What was measured.
    pub realised: Vec<Realised>,
    /// What could be saved.
    pub savings: Vec<Saving>,
    /// What organisations decided for themselves.
    pub locals: Vec<Local>,
    /// What is spent.
    pub costs: Vec<Cost>,
    /// What was asked for and granted.
    pub funding: Vec<Funding>,
    /// What was tried.
    pub pilots: Vec<Pilot>,
    /// Business cases.
    pub cases: Vec<Case>,
    /// The names of organisations, by code.
    pub organisations: BTreeMap<String, String>,
    /// Today.
    pub today: Option<Day>,
}

#[derive(Deserialize)]
struct Named {
    title: String,
}

/// Reads the books as they stand in the registers.
///
/// # Errors
/// Not allowed; database errors.
pub fn gather(cx: &mut Cx<'_>) -> Result<Books> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let organisations = typed::<Named>(cx, &ORGANISATION)?.into_iter().map(|(code, o)| (code, o.title));
    let books = Books {
        organisations: organisations.collect(),
        items: Item::all(cx, &ITEM)?,
        benefits: Benefit::all(cx, &BENEFIT)?,
        realised: Realised::all(cx, &REALISED)?,
        savings: Saving::all(cx, &SAVING)?,
        locals: Local::all(cx, &LOCAL_DECISION)?,
        costs: Cost::all(cx, &COST)?,
        funding: Funding::all(cx, &FUNDING)?,
        pilots: Pilot::all(cx, &PILOT)?,
        cases: Case::all(cx, &CASE)?,
        today: cx.now().day().parse().ok(),
    };
    let (benefits, costs) = (books.benefits.len(), books.costs.len());
    cx.record(Verb::Consult, "benefits", None, json!({ "benefits": benefits, "costs": costs }))?;
    Ok(books)
}

/// A pilot that is over, with whether anybody has said what it brought.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// The pilot's code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Whether it is over.
    pub over: bool,
    /// Whether what came out is written down, with a verdict.
    pub evaluated: bool,
    /// The verdict's code.
    pub verdict: String,
    /// Of the benefits of its item: how many were measured.
    pub measured: usize,
    /// Of how many.
    pub benefits: usize,
}

/// The report on benefits: everything that the page, the API and the command show.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The rate at which what lies ahead is discounted, in per cent.
    pub discount_rate: f64,
    /// For how many years value is counted.
    pub horizon: u16,
    /// All benefits together.
    pub total: Sum,
    /// Benefit by benefit: those overdue first.
    pub lines: Vec<Line>,
    /// By item.
    pub items: Vec<Sum>,
    /// By organisation.
    pub organisations: Vec<Sum>,
    /// By element of a strategy. A benefit counts at each element that it serves, so these do not add up.
    pub elements: Vec<Sum>,
    /// By who benefits.
    pub groups: Vec<Sum>,
    /// What each item is worth today.
    pub present: Vec<Present>,
    /// Savings by organisation.
    pub savings: Vec<ByOrganisation>,
    /// Spending.
    pub spending: Spending,
    /// Pilots and whether they were evaluated.
    pub pilots: Vec<Evaluation>,
    /// Items that were stopped, with the benefits that they were to bring: these stand in no total and no line.
    pub stopped: Vec<Stopped>,
}

/// An item that was stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stopped {
    /// Its code.
    pub item: String,
    /// What it is called.
    pub title: String,
    /// So many benefits it was to bring.
    pub benefits: usize,
}

/// The books of what goes on, and what was stopped. What was spent on that stays spent.
fn going(books: &Books) -> (Books, Vec<Stopped>) {
    let (over, items): (Vec<Item>, Vec<Item>) =
        books.items.iter().cloned().partition(|i| i.status == "stopped");
    let is_over = |item: &str| over.iter().any(|i| i.code == item);
    let benefits = books.benefits.iter().filter(|b| !is_over(&b.item)).cloned().collect();
    let mut stopped: Vec<_> = over
        .iter()
        .map(|i| Stopped {
            item: i.code.clone(),
            title: i.title.clone(),
            benefits: books.benefits.iter().filter(|b| b.item == i.code).count(),
        })
        .collect();
    stopped.sort_by(|a, b| a.item.cmp(&b.item));
    (Books { items, benefits, ..books.clone() }, stopped)
}

/// Makes the report. The order in which things are given changes nothing.
#[must_use]
pub fn report(books: &Books) -> Report {
    let all = books;
    let (books, stopped) = going(all);
    let books = &books;
    let mut lines = lines(books);
    lines.sort_by(|a, b| (!a.overdue, a.due, &a.title, &a.code).cmp(&(!b.overdue, b.due, &b.title, &b.code)));
    let titles: BTreeMap<&str, &str> =
        books.items.iter().map(|i| (i.code.as_str(), i.title.as_str())).collect();
    let title = |code: &str| titles.get(code).map_or_else(|| code.to_owned(), |t| (*t).to_owned());
    let organisation = |code: &str| books.organisations.get(code).map_or(code, String::as_str).to_owned();
    let one = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    let measured: BTreeSet<&str> =
        lines.iter().filter(|l| l.value.is_some()).map(|l| l.code.as_str()).collect();
    let mut pilots: Vec<_> = books
        .pilots
        .iter()
        .map(|p| {
            let own: Vec<_> = lines.iter().filter(|l| !p.item.is_empty() && l.item == p.item).collect();
            Evaluation {
                code: p.code.clone(),
                title: p.title.clone(),
                over: p.ends.zip(books.today).is_some_and(|(ends, today)| ends < today),
                evaluated: !p.findings.is_empty() && !p.verdict.is_empty(),
                verdict: p.verdict.clone(),
                measured: own.iter().filter(|l| measured.contains(l.code.as_str())).count(),
                benefits: own.len(),
            }
        })
        .collect();
    pilots.sort_by(|a, b| a.code.cmp(&b.code));
    Report {
        discount_rate: RATE,
        horizon: HORIZON,
        total: Sum::of("", "All benefits", lines.iter()),
        items: sums(&lines, |l| one(&l.item), title),
        organisations: sums(&lines, |l| one(&l.organisation), organisation),
        elements: sums(&lines, |l| l.elements.clone(), ToOwned::to_owned),
        groups: sums(&lines, |l| one(&l.group), ToOwned::to_owned),
        present: present(books, RATE),
        savings: savings(books),
        spending: spending(all),
        pilots,
        stopped,
        lines,
    }
}
