//! The shipped forms and the engine that drives them, from the outside.

#![expect(clippy::unwrap_used, reason = "a failed test is allowed to panic")]

mod facts;
mod journeys;
mod lints;
mod lints_of_files;
mod messages;
mod properties;
mod schemas;
mod shipped;

use bluelamp_forms::{Answers, Form};
use bluelamp_model::Time;
use serde_json::Value;
use std::collections::BTreeMap;

/// The forms that come with Bluelamp: id and text.
pub(crate) const SHIPPED: [(&str, &str); 3] = [
    ("burglary", include_str!("../../../../data/forms/burglary.json")),
    ("cyber-harassment", include_str!("../../../../data/forms/cyber-harassment.json")),
    ("antisocial-behaviour", include_str!("../../../../data/forms/antisocial-behaviour.json")),
];

/// What they share.
pub(crate) const COMMON: &str = include_str!("../../../../data/forms/common.json");

/// Half past four in the morning of 22 November 2026.
pub(crate) fn today() -> Time {
    "2026-11-22T04:30:00Z".parse().unwrap()
}

/// A shipped form.
pub(crate) fn shipped(id: &str) -> Form {
    let (id, text) = SHIPPED.iter().find(|(name, _)| *name == id).unwrap();
    match Form::parse(&format!("{id}.json"), text, ("common.json", COMMON)) {
        Ok(form) => form,
        Err(faults) => panic!("{faults}"),
    }
}

/// Posted fields, as `name=value` with blanks between them replaced by `+`.
pub(crate) fn posted(fields: &[(&str, &str)]) -> BTreeMap<String, Vec<String>> {
    let mut raw: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in fields {
        raw.entry((*name).into()).or_default().push((*value).into());
    }
    raw
}

/// Answers from a JSON object.
pub(crate) fn answers(value: Value) -> Answers {
    match value {
        Value::Object(members) => members,
        other => panic!("{other} is not an object"),
    }
}

/// A form made for one test: pages, lists and conditions as JSON text.
pub(crate) fn made(pages: &str, lists: &str, conditions: &str) -> Form {
    match parse_made(pages, lists, conditions) {
        Ok(form) => form,
        Err(faults) => panic!("{faults}"),
    }
}

/// The head of a made form. The first page stands in line 3.
pub(crate) const HEAD: &str = r#"{"$schema": "bluelamp-form-1", "id": "made", "version": 1, "title": "Made", "lang": ["en"], "channels": ["web"], "x-safety": "standard", "x-anonymous": "refused", "x-queue": "contact", "x-retention": "P1Y", "x-legal-basis": "law-enforcement", "x-owner": "role: tester", "x-review-by": "2027-01-01", "x-title": "Made",
"pages": ["#;

pub(crate) fn parse_made(pages: &str, lists: &str, conditions: &str) -> Result<Form, bluelamp_model::Faults> {
    let text =
        format!("{HEAD}\n{pages}\n],\n\"lists\": [\n{lists}\n],\n\"conditions\": [\n{conditions}\n]}}");
    Form::parse("made.json", &text, ("common.json", COMMON))
}
