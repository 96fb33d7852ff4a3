//! The model checker: drives a form through every combination of the answers that its conditions look at.
//!
//! Each field that a condition names takes the values that can make a difference; a field is forgotten after
//! the last page that depends on it, which keeps the number of situations small. The conditions are judged by
//! the very code that drives a real journey.

use crate::form::{Answers, Controller, Form, Op, Page, Test};
use crate::journey::{chose, compares};
use crate::question::{Component, Kind};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// More situations before one page than any form needs: such a form cannot be understood either.
const MOST: usize = 5_000;

/// What was found on all ways through a form.
pub(crate) struct Explored {
    /// The pages that some answers lead to, by index.
    pub(crate) reached: BTreeSet<usize>,
    /// The ends: `check`, and the outcomes of terminal pages.
    pub(crate) ends: BTreeSet<String>,
    /// The page before which there were too many situations to follow.
    pub(crate) too_many: Option<usize>,
}

impl Form {
    /// Every way in which a journey through the form can end: `check` for a report, and the outcomes of its
    /// terminal pages, such as `emergency` or `redirect:council`.
    #[must_use]
    pub fn ends(&self) -> BTreeSet<String> {
        explore(self).ends
    }
}

pub(crate) fn explore(form: &Form) -> Explored {
    let last_use = last_uses(form);
    let mut found = Explored { reached: BTreeSet::new(), ends: BTreeSet::new(), too_many: None };
    // Situations as JSON text: maps of serde_json cannot themselves be members of a set.
    let mut situations = BTreeSet::from(["{}".to_string()]);
    for (n, page) in form.pages.iter().enumerate() {
        let mut after = BTreeSet::new();
        for situation in &situations {
            let known: Answers = serde_json::from_str(situation).unwrap_or_default();
            let answer = |name: &str| known.get(name);
            let mut ways = vec![known.clone()];
            if page.conditions.iter().all(|id| form.holds(id, &answer)) {
                found.reached.insert(n);
                if let Controller::Terminal { outcome } = &page.controller {
                    found.ends.insert(outcome.clone());
                    continue;
                }
                ways = answered(form, page, &last_use, &known);
            }
            for mut way in ways {
                way.retain(|name, _| last_use.get(name.as_str()).is_some_and(|last| *last > n));
                after.insert(Value::Object(way).to_string());
            }
            if after.len() > MOST {
                found.too_many = Some(n);
                return found;
            }
        }
        situations = after;
    }
    if !situations.is_empty() {
        found.ends.insert("check".into());
    }
    found
}

/// For each field that matters, the last page whose conditions look at it; with a revealed field, the field
/// that reveals it.
fn last_uses(form: &Form) -> BTreeMap<&str, usize> {
    let mut last = BTreeMap::new();
    for (n, page) in form.pages.iter().enumerate() {
        let conditions = page.conditions.iter().filter_map(|id| form.conditions.get(id));
        for test in conditions.flat_map(|condition| &condition.tests) {
            last.insert(test.field.as_str(), n);
        }
    }
    for component in form.pages.iter().flat_map(|page| &page.components) {
        for revealed in form.items(component).iter().flat_map(|item| &item.reveals) {
            if let Some(n) = last.get(revealed.name.as_str()).copied() {
                let own = last.entry(component.name.as_str()).or_insert(n);
                *own = n.max(*own);
            }
        }
    }
    last
}

/// Every way to answer the questions of a page that matter later.
fn answered(form: &Form, page: &Page, matters: &BTreeMap<&str, usize>, known: &Answers) -> Vec<Answers> {
    let mut ways = vec![known.clone()];
    for component in &page.components {
        ways = spread(form, component, matters, ways, |_| true);
        for item in form.items(component) {
            for revealed in &item.reveals {
                ways = spread(form, revealed, matters, ways, |way| {
                    way.get(&component.name).is_some_and(|given| chose(given, &item.value))
                });
            }
        }
    }
    ways
}

fn spread(
    form: &Form,
    component: &Component,
    matters: &BTreeMap<&str, usize>,
    ways: Vec<Answers>,
    asked: impl Fn(&Answers) -> bool,
) -> Vec<Answers> {
    if !matters.contains_key(component.name.as_str()) {
        return ways;
    }
    let values = telling_values(form, component);
    let mut all = Vec::new();
    for way in ways {
        if !asked(&way) {
            all.push(way);
            continue;
        }
        for value in &values {
            let mut way = way.clone();
            if let Some(value) = value {
                way.insert(component.name.clone(), value.clone());
            }
            all.push(way);
        }
    }
    all
}

/// Answers of which each may make a difference to some condition; none for a question passed over.
fn telling_values(form: &Form, component: &Component) -> Vec<Option<Value>> {
    let tests: Vec<&Test> = form
        .conditions
        .values()
        .flat_map(|condition| &condition.tests)
        .filter(|test| test.field == component.name && compares(test.op, &component.kind))
        .collect();
    let items = form.items(component);
    let mut values: Vec<Value> = match component.kind {
        Kind::YesNo => vec![json!(true), json!(false)],
        Kind::Declaration => vec![json!(true)],
        Kind::Radios(_) | Kind::Select(_) => items.iter().map(|item| json!(item.value)).collect(),
        Kind::Checkboxes(_) => {
            let named = |value: &str| {
                let reveals = items.iter().any(|item| item.value == value && !item.reveals.is_empty());
                reveals || tests.iter().any(|test| test.op == Op::Contains && test.value == value)
            };
            let mut sets: Vec<Vec<&str>> = vec![Vec::new()];
            for item in items.iter().filter(|item| named(&item.value) && !item.exclusive) {
                let with: Vec<Vec<&str>> =
                    sets.iter().map(|set| [set.as_slice(), &[item.value.as_str()]].concat()).collect();
                sets.extend(with);
                if sets.len() > MOST {
                    break;
                }
            }
            // The empty set stands for the choice of an item that no condition names.
            let unnamed = items.iter().find(|item| !named(&item.value));
            let mut all: Vec<Value> =
                sets.into_iter().filter(|set| !set.is_empty()).map(|set| json!(set)).collect();
            all.extend(unnamed.map(|item| json!([item.value])));
            all.extend(items.iter().filter(|item| item.exclusive).map(|item| json!([item.value])));
            all
        }
        Kind::Number | Kind::Money => {
            let fits = |n: &f64| {
                let per = if component.kind == Kind::Money { 100 } else { 1 };
                let limit = |n: Option<i64>| n.and_then(|n| json!(n.saturating_mul(per)).as_f64());
                limit(component.limits.min).is_none_or(|min| *n >= min)
                    && limit(component.limits.max).is_none_or(|max| *n <= max)
            };
            let around =
                tests.iter().filter_map(|test| test.value.as_f64()).flat_map(|n| [n - 1.0, n, n + 1.0]);
            around.filter(fits).map(|n| json!(n)).collect()
        }
        _ => tests.iter().filter(|test| test.op != Op::IsAnswered).map(|test| test.value.clone()).collect(),
    };
    if items.is_empty()
        && !matches!(component.kind, Kind::YesNo | Kind::Declaration | Kind::Number | Kind::Money)
    {
        // Some answer that no condition names.
        values.push(json!("\u{fffd}"));
    }
    if values.is_empty() {
        values.push(json!(0));
    }
    let mut all: Vec<Option<Value>> = values.into_iter().map(Some).collect();
    if !component.required {
        all.push(None);
    }
    all
}
