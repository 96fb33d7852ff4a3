//! Which page comes when: conditions, the walk through a form, and what lies ahead.
//!
//! Pages only ever lead forward, in the order of the file, so every journey ends. An answer counts only
//! where its question is reached: what somebody typed before they changed their mind has no effect.

use crate::form::{Answers, Condition, Form, Op, Page, Test};
use crate::question::{Component, Item, Kind};
use serde_json::Value;
use std::collections::BTreeMap;

/// Where a journey goes after a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// To the page at this path.
    Page(String),
    /// To the page at this path, where it ends without a report.
    Terminal(String),
    /// To "Check your answers": everything that must be answered is.
    Check,
}

/// Answers as a form reads them: which pages they lead to, what is asked there and what counts as answered. What
/// they mean is asked of this, so that the form is walked once.
pub struct Reading<'f, 'a> {
    pub(crate) form: &'f Form,
    /// The pages, in order. The last is the first with a required answer missing, or a terminal page, or the
    /// last page of the form.
    pub(crate) pages: Vec<&'f Page>,
    /// The questions on those pages, in order, each with its answer.
    pub(crate) asked: Vec<Asked<'f, 'a>>,
    /// The answers on those pages, by name.
    reached: BTreeMap<&'f str, &'a Value>,
    /// Whether the last page misses a required answer.
    pub(crate) waiting: bool,
}

/// A question that the answers lead to.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'f, 'a> {
    pub(crate) page: &'f Page,
    pub(crate) component: &'f Component,
    pub(crate) given: Option<&'a Value>,
}

impl<'f, 'a> Reading<'f, 'a> {
    /// The answer to a question that was reached.
    pub(crate) fn known(&self, name: &str) -> Option<&'a Value> {
        self.reached.get(name).copied()
    }

    /// The questions that were answered, in order, each with its answer.
    pub(crate) fn answered(&self) -> impl Iterator<Item = (&'f Component, &'a Value)> {
        self.asked.iter().filter_map(|asked| Some((asked.component, asked.given?)))
    }
}

impl Form {
    /// Whether a condition holds. An unknown condition does not: the lint refuses forms that name one.
    pub(crate) fn holds<'a>(&self, id: &str, answer: &impl Fn(&str) -> Option<&'a Value>) -> bool {
        self.conditions.get(id).is_some_and(|condition| condition.holds(answer))
    }

    /// The questions of a page that these answers bring up: those that a choice reveals only once it is made.
    fn live<'f>(&'f self, page: &'f Page, answers: &Answers) -> impl Iterator<Item = &'f Component> {
        page.components.iter().filter(|c| c.asks()).flat_map(move |component| {
            let chosen = move |item: &&Item| {
                !item.reveals.is_empty()
                    && answers.get(&component.name).is_some_and(|given| chose(given, &item.value))
            };
            let revealed = self.items(component).iter().filter(chosen).flat_map(|item| &item.reveals);
            std::iter::once(component).chain(revealed)
        })
    }

    /// Reads answers, all or those so far.
    #[must_use]
    pub fn reading<'f, 'a>(&'f self, answers: &'a Answers) -> Reading<'f, 'a> {
        let mut reading = Reading {
            form: self,
            pages: Vec::with_capacity(self.pages.len()),
            asked: Vec::with_capacity(self.pages.len()),
            reached: BTreeMap::new(),
            waiting: false,
        };
        for page in &self.pages {
            if !page.conditions.iter().all(|id| self.holds(id, &|name| reading.known(name))) {
                continue;
            }
            reading.pages.push(page);
            for component in self.live(page, answers) {
                let given = answers.get(&component.name);
                match given {
                    Some(given) => {
                        reading.reached.insert(&component.name, given);
                    }
                    None => reading.waiting |= component.required,
                }
                reading.asked.push(Asked { page, component, given });
            }
            if reading.waiting || page.ends() {
                break;
            }
        }
        reading
    }

    /// The pages that can be visited with these answers, in order: up to the first page with a required
    /// answer missing, the terminal page, or the last page.
    #[must_use]
    pub fn path_to<'f>(&'f self, answers: &Answers) -> Vec<&'f Page> {
        self.reading(answers).pages
    }

    /// The first page that still misses a required answer; none when the form can be checked and sent, or
    /// has ended.
    #[must_use]
    pub fn first_unanswered<'f>(&'f self, answers: &Answers) -> Option<&'f Page> {
        let reading = self.reading(answers);
        if reading.waiting { reading.pages.last().copied() } else { None }
    }

    /// Where to go after the page at `path`, given all answers so far (those of the page included).
    ///
    /// A path that these answers do not lead to goes to the furthest page that they do.
    #[must_use]
    pub fn next(&self, path: &str, answers: &Answers) -> Next {
        let reading = self.reading(answers);
        let here = reading.pages.iter().position(|page| page.path == path);
        let after = here.and_then(|n| reading.pages.get(n + 1));
        let done = !reading.waiting && !reading.pages.last().is_some_and(|page| page.ends());
        match (after, here) {
            (Some(page), _) => go(page),
            (None, Some(_)) if done => Next::Check,
            _ => reading.pages.last().map_or(Next::Check, |page| go(page)),
        }
    }

    /// The page before the one at `path`, for the back link; none on the first page and for a page that the
    /// answers do not lead to.
    #[must_use]
    pub fn previous<'f>(&'f self, path: &str, answers: &Answers) -> Option<&'f Page> {
        let pages = self.path_to(answers);
        let here = pages.iter().position(|page| page.path == path)?;
        pages.get(here.checked_sub(1)?).copied()
    }
}

fn go(page: &Page) -> Next {
    if page.ends() { Next::Terminal(page.path.clone()) } else { Next::Page(page.path.clone()) }
}

/// Whether an answer to a list has this choice.
pub(crate) fn chose(given: &Value, value: &str) -> bool {
    match given {
        Value::String(one) => one == value,
        Value::Array(many) => many.iter().any(|one| one == value),
        _ => false,
    }
}

impl Condition {
    fn holds<'a>(&self, answer: &impl Fn(&str) -> Option<&'a Value>) -> bool {
        let mut results = self.tests.iter().map(|test| test.holds(answer(&test.field)));
        if self.all { results.all(|held| held) } else { results.any(|held| held) }
    }
}

impl Test {
    fn holds(&self, given: Option<&Value>) -> bool {
        match self.op {
            Op::Is => given.is_some_and(|given| same(given, &self.value)),
            Op::IsNot => !given.is_some_and(|given| same(given, &self.value)),
            Op::Contains => given.is_some_and(|given| self.value.as_str().is_some_and(|v| chose(given, v))),
            Op::IsAnswered => given.is_some(),
            Op::IsMoreThan => numbers(given, &self.value).is_some_and(|(a, b)| a > b),
            Op::IsLessThan => numbers(given, &self.value).is_some_and(|(a, b)| a < b),
        }
    }
}

/// Equality that takes 3 and 3.0 for the same, as JSON Schema does.
fn same(a: &Value, b: &Value) -> bool {
    a == b || numbers(Some(a), b).is_some_and(|(a, b)| a == b)
}

fn numbers(a: Option<&Value>, b: &Value) -> Option<(f64, f64)> {
    Some((a?.as_f64()?, b.as_f64()?))
}

/// Whether an operator makes sense for a kind of answer.
pub(crate) fn compares(op: Op, kind: &Kind) -> bool {
    match op {
        Op::Is | Op::IsNot => !matches!(kind, Kind::Checkboxes(_) | Kind::Address | Kind::Markdown(_)),
        Op::Contains => matches!(kind, Kind::Checkboxes(_)),
        Op::IsAnswered => !matches!(kind, Kind::Markdown(_)),
        Op::IsMoreThan | Op::IsLessThan => matches!(kind, Kind::Number | Kind::Money),
    }
}
