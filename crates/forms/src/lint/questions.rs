//! Lints of questions: their messages, and what their answers mean.

use crate::form::{EntityShape, Form, Page};
use crate::meaning::{Alternative, Piece, template, usual};
use crate::question::{Component, Kind, MapTo};
use crate::tops::Tops;
use crate::value::ADDRESS_PARTS;
use bluelamp_model::Fault;
use serde_json::Value;
use std::collections::BTreeSet;

pub(crate) fn check(form: &Form, tops: &Tops, faults: &mut Vec<Fault>) {
    let mut facts = BTreeSet::new();
    let mut mapped = BTreeSet::new();
    for page in &form.pages {
        for component in form.questions(page) {
            let mut fault = |reason: String| faults.push(component.at.fault(reason));
            for reason in question(form, page, component) {
                fault(reason);
            }
            if let Some(shape) = &component.fact {
                if !facts.insert(&shape.name) {
                    fault(format!("another question already gives the fact '{}'", shape.name));
                }
                for reason in fact(form, component) {
                    fault(reason);
                }
            }
            if let Some(to) = &component.map {
                mapped.insert(&to.entity);
                match form.entities.get(&to.entity) {
                    None => fault(format!("x-map names '{}', which x-entities does not have", to.entity)),
                    Some(shape) => {
                        if let Some(reason) = map_fault(shape, to, &component.kind) {
                            fault(reason);
                        }
                    }
                }
            }
        }
    }
    for (role, shape) in form.entities.iter().filter(|(role, _)| !mapped.contains(role)) {
        faults.push(shape.at.fault(format!("no question's x-map fills '{role}'")));
    }
    title(form, tops, faults);
}

fn question(form: &Form, page: &Page, component: &Component) -> Vec<String> {
    let mut reasons = Vec::new();
    let kind = &component.kind;
    let name = &component.name;
    if component.required && component.error.is_none() {
        reasons.push(format!("'{name}' must be answered and so needs an x-error: what to do if it is not"));
    }
    let spoken_of = kind.list().is_none()
        && !matches!(kind, Kind::YesNo | Kind::Declaration | Kind::Address | Kind::Markdown(_));
    if spoken_of && component.short.is_none() {
        reasons
            .push(format!("'{name}' needs a shortDescription, such as \"your date of birth\", for messages"));
    }
    let revealed = !page.components.iter().any(|c| c.name == *name);
    if component.title.is_none() && (page.together || revealed) {
        reasons.push(format!("'{name}' needs a title: the page's cannot stand for it"));
    }
    for code in component.errors.keys().filter(|code| !codes(component).contains(&code.as_str())) {
        reasons.push(format!(
            "x-errors has '{code}'; a {} has {}",
            kind.type_name(),
            codes(component).join(", ")
        ));
    }
    if let Some(start) = &component.not_before {
        let earlier = page.components.iter().take_while(|c| c.name != *name);
        if !earlier.into_iter().any(|c| c.name == *start && c.kind == Kind::Date) {
            reasons.push(format!("x-not-before names '{start}', which is not a date above it on the page"));
        }
    }
    let items = form.items(component).len();
    if kind.list().is_some_and(|list| form.lists.contains_key(list)) && items < 2 {
        let checkbox = matches!(kind, Kind::Checkboxes(_)) && items == 1;
        if !checkbox {
            reasons.push(format!("'{name}' leaves no choice: its list has fewer than two items"));
        }
    }
    reasons
}

/// The codes of errors that a component can have.
fn codes(component: &Component) -> Vec<&'static str> {
    let mut codes = vec!["required", "wrong-type"];
    codes.extend_from_slice(match component.kind {
        Kind::Text | Kind::Multiline => &["too-short", "too-long"],
        Kind::YesNo | Kind::Declaration | Kind::Radios(_) | Kind::Select(_) => &["not-an-option"],
        Kind::Checkboxes(_) => &["not-an-option", "exclusive"],
        Kind::Date => &["no-day", "no-month", "no-year", "not-a-date", "future", "too-early", "before-start"],
        Kind::Time => &["not-a-time"],
        Kind::Email => &["not-an-email"],
        Kind::Phone => &["not-a-phone"],
        Kind::Address => &[
            "no-line1",
            "no-town",
            "no-postcode",
            "line1-too-long",
            "line2-too-long",
            "town-too-long",
            "not-a-postcode",
        ],
        Kind::Postcode => &["not-a-postcode"],
        Kind::Vehicle => &["not-a-registration"],
        Kind::Number => &["not-a-number", "not-whole", "too-precise", "too-small", "too-big"],
        Kind::Money => &["not-a-number", "too-precise", "too-small", "too-big"],
        Kind::Markdown(_) => &[],
    });
    codes
}

fn fact(form: &Form, component: &Component) -> Vec<String> {
    let Some(shape) = &component.fact else { return Vec::new() };
    if component.kind.list().is_some_and(|list| !form.lists.contains_key(list)) {
        return Vec::new();
    }
    let items = form.items(component);
    let chooses_one = matches!(component.kind, Kind::Radios(_) | Kind::Select(_));
    let mut reasons = Vec::new();
    if !chooses_one && !matches!(component.kind, Kind::YesNo | Kind::Number | Kind::Money) {
        reasons.push(format!("a {} cannot give a fact", component.kind.type_name()));
    }
    if !chooses_one && !shape.values.is_empty() {
        reasons.push("x-fact-values is only for lists".into());
        return reasons;
    }
    for key in shape.values.keys().filter(|key| !items.iter().any(|item| item.value == **key)) {
        reasons.push(format!("x-fact-values has '{key}', which is not a value of the list"));
    }
    for item in items {
        if !shape.values.contains_key(&item.value) && usual(&item.value).is_none() {
            let reason =
                format!("x-fact-values does not say what '{}' means for '{}'", item.value, shape.name);
            reasons.push(reason);
        }
    }
    for (key, value) in &shape.values {
        let state = value.get("state").and_then(Value::as_str);
        let fits = match value {
            Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
            Value::Object(members) => members.len() == 1 && matches!(state, Some("unknown" | "refused")),
            _ => false,
        };
        if !fits {
            let want =
                "true, false, a number, a string, {\"state\": \"unknown\"} or {\"state\": \"refused\"}";
            reasons.push(format!("x-fact-values gives '{key}' {value}; it can be {want}"));
        }
    }
    reasons
}

fn map_fault(shape: &EntityShape, to: &MapTo, kind: &Kind) -> Option<String> {
    let Some(property) = &to.property else {
        let fits = shape.kind == "location" && *kind == Kind::Address;
        return (!fits).then(|| {
            format!("x-map '{}' names no property: only an address fills a whole location", to.entity)
        });
    };
    let known: &[&str] = match shape.kind.as_str() {
        "person" => {
            &["name", "given_name", "family_name", "date_of_birth", "phone", "email", "handle", "description"]
        }
        "location" => &["line1", "line2", "town", "postcode", "description"],
        _ => &["registration", "description"],
    };
    if !known.contains(&property.as_str()) {
        return Some(format!("a {} has no '{property}'; it has {}", shape.kind, known.join(", ")));
    }
    let wanted: &[Kind] = match property.as_str() {
        "date_of_birth" => &[Kind::Date],
        "phone" => &[Kind::Phone],
        "email" => &[Kind::Email],
        "postcode" => &[Kind::Postcode],
        "registration" => &[Kind::Vehicle],
        _ => &[Kind::Text, Kind::Multiline],
    };
    (!wanted.contains(kind)).then(|| {
        let names: Vec<_> = wanted.iter().map(Kind::type_name).collect();
        format!("'{property}' is filled by a {}, not by a {}", names.join(" or "), kind.type_name())
    })
}

fn title(form: &Form, tops: &Tops, faults: &mut Vec<Fault>) {
    let mut fault = |reason: String| faults.push(tops.own("x-title").fault(reason));
    for words in [Some(&form.report_title.en), form.report_title.cy.as_ref()].into_iter().flatten() {
        match template(words) {
            Err(reason) => fault(reason),
            Ok(pieces) => pieces.iter().filter_map(|piece| title_fault(form, piece)).for_each(&mut fault),
        }
    }
}

fn title_fault(form: &Form, piece: &Piece) -> Option<String> {
    let Piece::First(alternatives) = piece else { return None };
    for alternative in alternatives {
        let Alternative::Answer { name, part } = alternative else { continue };
        match (form.component(name), part) {
            (None, _) => return Some(format!("'{name}' is not a known field")),
            (Some((_, c)), Some(part))
                if c.kind != Kind::Address || !ADDRESS_PARTS.contains(&part.as_str()) =>
            {
                return Some(format!("'{name}' has no part '{part}'"));
            }
            (Some((_, c)), None) if c.kind == Kind::Address => {
                return Some(format!("'{name}' is an address: name a part, such as {name}.town"));
            }
            _ => {}
        }
    }
    // Ends in words, or in an answer that is always there.
    let safe = match alternatives.last() {
        Some(Alternative::Words(_)) => true,
        Some(Alternative::Answer { name, part }) => form.component(name).is_some_and(|(page, c)| {
            let top = page.components.iter().any(|own| own.name == c.name);
            top && c.required && page.conditions.is_empty() && part.as_deref() != Some("line2")
        }),
        None => false,
    };
    (!safe).then(|| {
        "may have nothing to say: end the alternatives with words, as in {town|'no place given'}".into()
    })
}
