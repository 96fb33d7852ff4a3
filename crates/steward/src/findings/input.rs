//! What findings are made from, as plain values.

use bluelamp_model::Day;
use serde::Deserialize;
use std::collections::BTreeMap;

/// An item of the portfolio, as far as findings look at it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Item {
    /// Its code.
    #[serde(skip)]
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Its kind's code.
    pub kind: String,
    /// What it is and for whom.
    pub summary: String,
    /// The organisation that leads it, by code.
    pub organisation: String,
    /// The others that take part.
    pub participants: Vec<String>,
    /// The item that it is a part of.
    pub parent: String,
    /// Who answers for it.
    pub owner: String,
    /// Its stage's code; empty means an idea.
    pub stage: String,
    /// Its status's code.
    pub status: String,
    /// The aims of the force plan that it serves.
    pub aims: Vec<String>,
    /// The elements that it says it serves.
    pub elements: Vec<String>,
    /// The items of the roadmap that it delivers.
    pub roadmap: Vec<String>,
    /// Its digital capabilities.
    pub capabilities: Vec<String>,
    /// Groups of people who use it.
    pub users: Vec<String>,
    /// The team that does the work.
    pub team: String,
    /// The sources of data that it reads or changes.
    pub sources: Vec<String>,
    /// Its first day.
    pub starts: Option<Day>,
    /// Its last day.
    pub ends: Option<Day>,
    /// Its last day, as first agreed.
    pub baseline_ends: Option<Day>,
    /// Whether somebody has marked it as a quick win.
    pub quick_win: Option<bool>,
    /// When it is looked at again.
    pub review: Option<Day>,
    /// Who supplies the applications that belong to it.
    #[serde(skip)]
    pub suppliers: Vec<String>,
    /// Days on which a benefit of it is due.
    #[serde(skip)]
    pub benefits_due: Vec<Day>,
    /// Days on which a value of a benefit of it was taken.
    #[serde(skip)]
    pub realised_on: Vec<Day>,
}

impl Item {
    /// Whether it still counts: neither stopped nor closed.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.stage != "closed" && self.status != "stopped"
    }

    /// Whether work on it is planned or under way: not yet in use, done or paused.
    #[must_use]
    pub fn is_work(&self) -> bool {
        self.counts() && self.stage != "live" && !matches!(self.status.as_str(), "done" | "paused")
    }

    /// First and last day of its work, as numbers, where both are known.
    pub(super) fn span(&self) -> Option<(i32, i32)> {
        let (a, b) = (self.starts?.number(), self.ends?.number());
        (a <= b).then_some((a, b))
    }
}

/// An element of a strategy that the portfolio is held against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Element {
    /// Its reference: `national-2020:A3.1`.
    pub id: String,
    /// What kind of thing it is, as people read it.
    pub kind: String,
    /// Its short name.
    pub name: String,
    /// The phase in which it is due, for an item of a roadmap.
    pub phase: Option<String>,
}

/// The best that people found of how items serve an element.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// The greatest median over the assessors of an item.
    pub median: f64,
    /// The item's code.
    pub item: String,
}

/// How far an organisation has come with a capability.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Maturity {
    /// Its code.
    #[serde(skip)]
    pub code: String,
    /// In a sentence.
    pub title: String,
    /// The capability; the register holds it as a list.
    pub capability: Vec<String>,
    /// The organisation.
    pub organisation: String,
    /// Where it is, 0 to 5.
    pub now: String,
    /// Where it wants to be.
    pub target: String,
    /// By when.
    pub due: Option<Day>,
}

/// Everything that findings are made from. What was withdrawn is not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Portfolio {
    /// The items.
    pub items: Vec<Item>,
    /// The elements that some item should serve.
    pub elements: Vec<Element>,
    /// The best assessment of each element, by its reference. What is not here was not assessed.
    pub assessed: BTreeMap<String, Best>,
    /// The items of roadmaps.
    pub roadmap: Vec<Element>,
    /// The names of phases, by reference.
    pub phases: BTreeMap<String, String>,
    /// How far capabilities have come.
    pub maturity: Vec<Maturity>,
    /// The names of organisations by code.
    pub organisations: BTreeMap<String, String>,
    /// Today.
    pub today: Option<Day>,
}

impl Portfolio {
    /// Brings everything into one order, and leaves out what counts no more.
    pub(super) fn tidy(&mut self) {
        self.items.retain(Item::counts);
        self.items.sort_by(|a, b| a.code.cmp(&b.code));
        self.elements.sort_by(|a, b| a.id.cmp(&b.id));
        self.roadmap.sort_by(|a, b| a.id.cmp(&b.id));
        self.maturity.sort_by(|a, b| a.code.cmp(&b.code));
        for i in &mut self.items {
            for list in [
                &mut i.participants,
                &mut i.aims,
                &mut i.elements,
                &mut i.roadmap,
                &mut i.capabilities,
                &mut i.users,
                &mut i.sources,
                &mut i.suppliers,
            ] {
                list.sort();
                list.dedup();
            }
            i.benefits_due.sort();
            i.realised_on.sort();
        }
    }

    /// The name of an organisation, or its code.
    pub(super) fn organisation<'a>(&'a self, code: &'a str) -> &'a str {
        self.organisations.get(code).map_or(code, String::as_str)
    }
}
