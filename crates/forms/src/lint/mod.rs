//! What a definition may get wrong although each of its elements can be read.

mod questions;
mod words;

use crate::explore::explore;
use crate::form::{Form, Op, Place, Safety, Test};
use crate::journey::compares;
use crate::question::{Component, Kind};
use crate::tops::Tops;
use bluelamp_model::Fault;
use std::collections::{BTreeMap, BTreeSet};

/// Paths that the journey itself needs.
const RESERVED: [&str; 4] = ["/check", "/done", "/exit", "/start"];

/// Notes every mistake. `lost`: some element could not be read, so that what refers to it is not judged.
pub(crate) fn check(form: &Form, tops: &Tops, lost: bool, faults: &mut Vec<Fault>) {
    let before = faults.len();
    words::check(form, tops, faults);
    if lost {
        return;
    }
    pages(form, tops, faults);
    lists(form, faults);
    conditions(form, faults);
    questions::check(form, tops, faults);
    if faults.len() > before {
        return;
    }
    let found = explore(form);
    if let Some(page) = found.too_many.and_then(|n| form.pages.get(n)) {
        let reason =
            "the ways to this page are too many to check: let fewer conditions look at earlier answers";
        faults.push(page.at.fault(reason));
        return;
    }
    for page in
        form.pages.iter().enumerate().filter(|(n, _)| !found.reached.contains(n)).map(|(_, page)| page)
    {
        faults.push(page.at.fault(format!("no answers lead to '{}'", page.path)));
    }
    if !found.ends.contains("check") {
        let reason = "no answers lead to the end of the form: every journey stops at a terminal page";
        faults.push(tops.own("pages").fault(reason));
    }
}

/// All components with the page they are on.
fn components(form: &Form) -> impl Iterator<Item = (usize, &Component)> {
    form.pages.iter().enumerate().flat_map(|(n, page)| form.questions(page).map(move |c| (n, c)))
}

fn twice<'a>(all: impl Iterator<Item = (&'a str, &'a Place)>, what: &str, faults: &mut Vec<Fault>) {
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    for (name, at) in all {
        if let Some(first) = seen.insert(name, at) {
            let reason =
                format!("the {what} '{name}' is used before, in line {} of {}", first.line, first.file);
            faults.push(at.fault(reason));
        }
    }
}

fn pages(form: &Form, tops: &Tops, faults: &mut Vec<Fault>) {
    if form.pages.is_empty() {
        faults.push(tops.own("pages").fault("the form has no page"));
    }
    twice(form.pages.iter().map(|page| (page.path.as_str(), &page.at)), "path", faults);
    twice(components(form).map(|(_, c)| (c.name.as_str(), &c.at)), "name", faults);
    for page in &form.pages {
        let mut fault = |reason: String| faults.push(page.at.fault(reason));
        if RESERVED.contains(&page.path.as_str()) {
            fault(format!("the path '{}' is kept for the journey itself", page.path));
        }
        if let Some(section) = page.section.as_ref().filter(|name| !form.sections.contains_key(*name)) {
            fault(format!("'{section}' is not a known section"));
        }
        for id in page.conditions.iter().filter(|id| !form.conditions.contains_key(*id)) {
            fault(format!("'{id}' is not a known condition"));
        }
        let asked = page.components.iter().filter(|c| c.asks()).count();
        match (page.ends(), asked) {
            _ if page.components.is_empty() => fault("has nothing on it".into()),
            (true, 1..) => fault("ends the journey, so nothing can be asked on it".into()),
            (_, 2..) if !page.together => {
                fault(format!(
                    "asks {asked} questions: one a page, or \"x-together\": true for a natural set"
                ));
            }
            (_, 0 | 1) if page.together => fault("x-together has no effect without several questions".into()),
            _ => {}
        }
    }
    if form.safety == Safety::High && form.neutral_title.is_none() {
        let reason = "a form of high safety needs an x-neutral-title that does not give its subject away";
        faults.push(tops.own("x-safety").fault(reason));
    }
}

fn lists(form: &Form, faults: &mut Vec<Fault>) {
    let mut users: BTreeMap<&str, Vec<&Component>> = BTreeMap::new();
    for (_, component) in components(form) {
        let Some(name) = component.kind.list() else { continue };
        users.entry(name).or_default().push(component);
        if !form.lists.contains_key(name) {
            faults.push(component.at.fault(format!("'{name}' is not a known list")));
        }
    }
    for list in form.lists.values() {
        let used: &[&Component] = users.get(list.name.as_str()).map_or(&[], Vec::as_slice);
        if used.is_empty() && !list.shared {
            faults.push(list.at.fault(format!("nothing uses the list '{}'", list.name)));
        }
        twice(list.items.iter().map(|item| (item.value.as_str(), &item.at)), "value", faults);
        for item in &list.items {
            let mut fault = |reason: &str| faults.push(item.at.fault(format!("'{}' {reason}", item.value)));
            if !crate::read::is_slug(&item.value) {
                fault("is not a value: small letters, digits and hyphens");
            }
            if item.exclusive && used.iter().any(|c| !matches!(c.kind, Kind::Checkboxes(_))) {
                fault("is x-exclusive, which only checkboxes can be");
            }
            if item.reveals.is_empty() {
                continue;
            }
            if used.len() > 1 {
                fault("reveals questions, so that its list can be used only once");
            }
            if used.iter().any(|c| matches!(c.kind, Kind::Select(_))) {
                fault("reveals questions, which a SelectField cannot");
            }
            for revealed in &item.reveals {
                let nested = form.items(revealed).iter().any(|item| !item.reveals.is_empty());
                if !revealed.asks() {
                    faults.push(revealed.at.fault("only questions can be revealed"));
                } else if nested {
                    faults.push(revealed.at.fault("is itself revealed and cannot reveal further questions"));
                }
            }
        }
    }
}

fn conditions(form: &Form, faults: &mut Vec<Fault>) {
    let asked_on: BTreeMap<&str, usize> = components(form).map(|(n, c)| (c.name.as_str(), n)).collect();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for (n, page) in form.pages.iter().enumerate() {
        for condition in page.conditions.iter().filter_map(|id| form.conditions.get(id)) {
            used.insert(&condition.id);
            for field in condition.tests.iter().map(|test| test.field.as_str()) {
                if asked_on.get(field).is_some_and(|asked| *asked >= n) {
                    let id = &condition.id;
                    let reason =
                        format!("its condition '{id}' looks at '{field}', which is not asked before");
                    faults.push(page.at.fault(reason));
                }
            }
        }
    }
    for shape in form.entities.values() {
        for also in &shape.also {
            used.insert(&also.condition);
            if !form.conditions.contains_key(&also.condition) {
                faults.push(shape.at.fault(format!("'{}' is not a known condition", also.condition)));
            }
        }
    }
    for condition in form.conditions.values() {
        if !used.contains(condition.id.as_str()) {
            faults.push(condition.at.fault(format!("nothing uses the condition '{}'", condition.id)));
        }
        for test in &condition.tests {
            match form.component(&test.field) {
                None => faults.push(test.at.fault(format!("'{}' is not a known field", test.field))),
                Some((_, component)) => faults.extend(test_fault(form, component, test)),
            }
        }
    }
}

fn test_fault(form: &Form, component: &Component, test: &Test) -> Option<Fault> {
    let fault = |reason: String| Some(test.at.fault(reason));
    let kind = &component.kind;
    let value = &test.value;
    if !compares(test.op, kind) {
        return fault(format!("this comparison cannot be made with a {}", kind.type_name()));
    }
    if test.op == Op::IsAnswered {
        return None;
    }
    let items = form.items(component);
    match kind {
        Kind::YesNo | Kind::Declaration if !value.is_boolean() => {
            fault(format!("'{}' is answered with true or false, not {value}", test.field))
        }
        Kind::Number | Kind::Money if !value.is_number() => {
            fault(format!("'{}' is answered with a number, not {value}", test.field))
        }
        Kind::Radios(list) | Kind::Checkboxes(list) | Kind::Select(list)
            if form.lists.contains_key(list) && !items.iter().any(|item| *value == item.value) =>
        {
            fault(format!("{value} is not a value of the list '{list}'"))
        }
        Kind::YesNo | Kind::Declaration | Kind::Number | Kind::Money => None,
        _ if !value.is_string() => fault(format!("'{}' is answered with a string, not {value}", test.field)),
        _ => None,
    }
}
