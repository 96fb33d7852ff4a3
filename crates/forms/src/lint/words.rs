//! Lints of words: every sentence in every language of the form, every placeholder one that is filled.

use crate::form::{Form, Place};
use crate::question::{Component, Kind};
use crate::summary::WORDS;
use crate::text::{Lang, Text};
use crate::tops::Tops;
use crate::validate::PLACEHOLDERS;
use crate::value::CODES;
use bluelamp_model::Fault;

pub(crate) fn check(form: &Form, tops: &Tops, faults: &mut Vec<Fault>) {
    let mut words: Vec<(Place, &'static str, &Text)> =
        vec![(tops.own("title"), "title", &form.title), (tops.own("x-title"), "x-title", &form.report_title)];
    words
        .extend(form.neutral_title.iter().map(|text| (tops.own("x-neutral-title"), "x-neutral-title", text)));
    for page in &form.pages {
        let section = page.section.as_ref().and_then(|name| form.sections.get(name));
        words.extend(section.map(|text| (page.at.clone(), "section", text)));
        words.push((page.at.clone(), "title", &page.title));
        for component in &page.components {
            of_component(component, &mut words);
            if component.kind.list().is_some() {
                for item in form.items(component) {
                    words.push((item.at.clone(), "text", &item.text));
                    words.extend(item.hint.iter().map(|text| (item.at.clone(), "hint", text)));
                    words.extend(item.divider.iter().map(|text| (item.at.clone(), "x-divider", text)));
                    for revealed in &item.reveals {
                        of_component(revealed, &mut words);
                    }
                }
            }
        }
    }
    for lang in form.languages.iter().filter(|lang| **lang != Lang::En) {
        for (at, key, _) in words.iter().filter(|(_, _, text)| !text.speaks(*lang)) {
            faults.push(at.fault(format!("'{key}' has no words in '{}', which lang promises", lang.code())));
        }
    }
    for (at, key, text) in words.iter().filter(|(_, key, _)| *key == "x-error" || *key == "x-errors") {
        faults.extend(placeholder(text).map(|reason| at.fault(format!("'{key}' {reason}"))));
    }
    messages(form, tops, faults);
}

fn of_component<'a>(component: &'a Component, words: &mut Vec<(Place, &'static str, &'a Text)>) {
    let mut add = |key, text: Option<&'a Text>| words.extend(text.map(|t| (component.at.clone(), key, t)));
    add("title", component.title.as_ref());
    add("hint", component.hint.as_ref());
    add("shortDescription", component.short.as_ref());
    add("x-error", component.error.as_ref());
    add("prefix", component.prefix.as_ref());
    add("suffix", component.suffix.as_ref());
    for text in component.errors.values() {
        add("x-errors", Some(text));
    }
    if let Kind::Markdown(content) = &component.kind {
        add("content", Some(content));
    }
}

/// Messages belong to the common file; each code and word that the code asks for must be there.
fn messages(form: &Form, tops: &Tops, faults: &mut Vec<Fault>) {
    let mut fault =
        |code: &str, reason: &str| faults.push(tops.message(code).fault(format!("'{code}' {reason}")));
    for code in CODES.iter().chain(&WORDS) {
        match form.messages.get(*code) {
            None => fault(code, "is missing"),
            Some(text) => {
                for lang in form.languages.iter().filter(|lang| !text.speaks(**lang)) {
                    fault(code, &format!("has no words in '{}'", lang.code()));
                }
                if let Some(reason) = placeholder(text) {
                    fault(code, &reason);
                }
                let months = [Some(&text.en), text.cy.as_ref()].into_iter().flatten();
                if *code == "months" && months.into_iter().any(|m| m.split_whitespace().count() != 12) {
                    fault(code, "is the names of the twelve months, with blanks between them");
                }
            }
        }
    }
    for code in form.messages.keys().filter(|key| !CODES.iter().chain(&WORDS).any(|code| code == key)) {
        fault(code, "is not a known message");
    }
}

fn placeholder(text: &Text) -> Option<String> {
    for words in [Some(&text.en), text.cy.as_ref()].into_iter().flatten() {
        for after in words.split('{').skip(1) {
            let name = after.split_once('}').map(|(name, _)| name);
            if name.is_none_or(|name| !PLACEHOLDERS.contains(&name)) {
                let name = name.unwrap_or(after);
                return Some(format!(
                    "has the placeholder '{{{name}'; known are {}",
                    PLACEHOLDERS.join(", ")
                ));
            }
        }
    }
    None
}
