//! Forms: the definition that an editor writes, the page that a browser posts, the answers that the API takes.

use crate::{accept, named_twice, text};
use bluelamp_forms::{Answers, Component, Form, Kind};
use bluelamp_model::{FieldError, Time};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

pub(crate) const COMMON: &str = include_str!("../../data/forms/common.json");

pub(crate) const SHIPPED: [(&str, &str); 3] = [
    ("antisocial-behaviour", include_str!("../../data/forms/antisocial-behaviour.json")),
    ("burglary", include_str!("../../data/forms/burglary.json")),
    ("cyber-harassment", include_str!("../../data/forms/cyber-harassment.json")),
];

/// One page with a question of every type, none of them required.
pub(crate) const EVERY_TYPE: &str = include_str!("every-type.json");

/// The shipped forms, and behind them the one with every type.
pub(crate) static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let texts = SHIPPED.iter().map(|(_, text)| *text).chain([EVERY_TYPE]);
    let form = |text| Form::parse("form.json", text, ("common.json", COMMON));
    texts.map(|text| form(text).unwrap_or_else(|faults| panic!("{faults}"))).collect()
});

static SCHEMAS: LazyLock<Vec<jsonschema::Validator>> = LazyLock::new(|| {
    let of = |form: &Form| jsonschema::validator_for(&form.answer_schema());
    FORMS.iter().map(|form| of(form).expect("a form's answer schema is a JSON Schema")).collect()
});

/// The day on which everything is answered: a Sunday in November 2026.
pub(crate) fn today() -> Time {
    Time::from_micros(1_795_320_900_000_000)
}

/// A definition: what is read can be driven to its ends; what is refused is refused with the lines.
pub(crate) fn definition(data: &[u8]) {
    let Some(text) = text(data) else { return };
    match Form::parse("form.json", text, ("common.json", COMMON)) {
        Ok(form) => {
            accept();
            assert!(!named_twice(text), "a member given twice went unnoticed");
            let digest = Sha256::new().chain_update(text).chain_update(COMMON).finalize();
            assert_eq!(form.digest, hex::encode(digest), "the digest names this exact text");
            drive(&form);
        }
        Err(faults) => crate::told(&faults, true),
    }
}

/// The common file, under a shipped form.
pub(crate) fn common(data: &[u8]) {
    let Some(text) = text(data) else { return };
    match Form::parse("form.json", SHIPPED[0].1, ("common.json", text)) {
        Ok(form) => {
            accept();
            assert!(!named_twice(text), "a member given twice went unnoticed");
            drive(&form);
        }
        Err(faults) => crate::told(&faults, true),
    }
}

/// Everything that can be asked of a form that was read, before and after a first page full of nonsense.
fn drive(form: &Form) {
    let nothing = Answers::new();
    let first = form.first_unanswered(&nothing);
    assert!(!form.pages.is_empty() && !form.ends().is_empty(), "a form leads somewhere");
    assert!(first.is_none_or(|page| form.page(&page.path).is_some()));
    let names: Vec<_> = form.pages.iter().flat_map(|page| form.questions(page)).map(|c| &c.name).collect();
    assert_eq!(
        names.iter().collect::<BTreeSet<_>>().len(),
        names.len(),
        "every question has a name of its own"
    );
    let paths: BTreeSet<_> = form.pages.iter().map(|page| &page.path).collect();
    assert_eq!(paths.len(), form.pages.len(), "every page has a path of its own");
    for page in &form.pages {
        let raw = form.questions(page).map(|c| (c.name.clone(), vec!["yes".to_owned()])).collect();
        let (kept, errors) = page.read(form, &raw, today());
        apart(&kept, &errors);
        made_of(form, &kept);
        let _ = form.next(&page.path, &kept);
    }
    made_of(form, &nothing);
    let _ = form.answer_schema();
}

/// A posted page: `<form> <page>` in the first line, the body as a browser encodes it behind it. What is kept
/// is kept again unchanged, is never called wrong, and holds no character that a database cannot store.
pub(crate) fn page(data: &[u8]) {
    let (head, body) = data.split_at(data.iter().position(|b| *b == b'\n').unwrap_or(0));
    let head = String::from_utf8_lossy(head);
    let (id, path) = head.split_once(' ').unwrap_or(("every-type", "/all"));
    let at = FORMS.iter().position(|form| form.id == id).unwrap_or(FORMS.len() - 1);
    let form = &FORMS[at];
    let page = form.page(path).unwrap_or(&form.pages[0]);
    let mut raw: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body.strip_prefix(b"\n").unwrap_or(body)) {
        raw.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    let (kept, errors) = page.read(form, &raw, today());
    apart(&kept, &errors);
    for (name, answer) in &kept {
        let asked = form.questions(page).find(|c| c.name == *name);
        let lines = asked.unwrap_or_else(|| panic!("{name} is not asked here")).kind == Kind::Multiline;
        plain(answer, lines);
    }
    let whole = form.validate(&kept, today());
    for error in whole.as_ref().err().into_iter().flatten() {
        let name = error.field.strip_prefix("/answers/").unwrap_or_default();
        let name = name.split('/').next().unwrap_or_default();
        assert!(!kept.contains_key(name), "the page kept {name}, the whole refuses it: {}", error.code);
    }
    if !kept.is_empty() {
        accept();
    }
    if at == FORMS.len() - 1 {
        assert_eq!(whole.map(|clean| clean.answers), Ok(kept.clone()));
        fits(at, &kept);
    }
    made_of(form, &kept);
    let mut answers = Answers::new();
    form.put(page, kept, &mut answers);
    let _ = (form.next(&page.path, &answers), form.previous(&page.path, &answers));
}

/// Answers as the API takes them: JSON against every form. What passes is complete, passes again unchanged, and
/// fits the published schema; an answer under a name that the form does not have is never passed over.
pub(crate) fn answers(data: &[u8]) {
    let Ok(Value::Object(answers)) = serde_json::from_slice(data) else { return };
    for (at, form) in FORMS.iter().enumerate() {
        made_of(form, &answers);
        match form.validate(&answers, today()) {
            Ok(clean) => {
                accept();
                assert!(
                    answers.keys().all(|name| form.component(name).is_some()),
                    "an unknown name went unnoticed"
                );
                assert_eq!(form.validate(&clean.answers, today()).as_ref(), Ok(&clean));
                assert_eq!(form.first_unanswered(&clean.answers), None);
                fits(at, &clean.answers);
                made_of(form, &clean.answers);
            }
            Err(errors) => wrong(&errors),
        }
    }
}

/// Everything that is made from answers, sound or not, can be made.
fn made_of(form: &Form, answers: &Answers) {
    let rows = form.reading(answers).summary();
    assert!(rows.iter().all(|row| form.component(&row.name).is_some()));
    let entities = form.reading(answers).entities();
    assert!(entities.iter().all(|e| form.entities.contains_key(&e.role) && !e.properties.is_empty()));
    let _ = (form.reading(answers).facts(), form.reading(answers).title(), form.reading(answers).free_text());
    assert!(form.path_to(answers).len() <= form.pages.len());
}

fn fits(at: usize, answers: &Answers) {
    let instance = Value::Object(answers.clone());
    let complaints: Vec<_> =
        SCHEMAS[at].iter_errors(&instance).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(complaints.is_empty(), "the schema refuses what the form accepts: {complaints:?}");
}

fn apart(kept: &Answers, errors: &[FieldError]) {
    for error in errors {
        // A component's name has no hyphen; that of its part follows one.
        let name = error.field.split('-').next().unwrap_or_default();
        assert!(!kept.contains_key(name), "{name} is both kept and wrong");
    }
    if !errors.is_empty() {
        wrong(errors);
    }
}

fn wrong(errors: &[FieldError]) {
    assert!(!errors.is_empty(), "refused without a reason");
    assert!(
        errors.iter().all(|e| !e.field.is_empty() && !e.code.is_empty() && !e.message.is_empty()),
        "{errors:?}"
    );
}

fn plain(answer: &Value, lines: bool) {
    match answer {
        Value::String(text) => {
            let stays = |c: char| !c.is_control() || (lines && c == '\n');
            assert!(text.chars().all(stays) && text.trim() == text, "{text:?}");
        }
        Value::Array(items) => items.iter().for_each(|item| plain(item, false)),
        Value::Object(parts) => parts.values().for_each(|part| plain(part, false)),
        _ => {}
    }
}

/// Complete answers to the shipped forms, along a few ways through each.
pub(crate) fn journeys() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for form in &*FORMS {
        for choice in 0..6 {
            let mut answers = Answers::new();
            // A page whose answers are refused, or an end without a report, is no example.
            while let Some(page) = form.first_unanswered(&answers) {
                let raw = form.questions(page).flat_map(|c| typed(form, c, choice)).collect();
                let (kept, errors) = page.read(form, &raw, today());
                if !errors.is_empty() {
                    break;
                }
                form.put(page, kept, &mut answers);
            }
            all.extend(
                form.validate(&answers, today())
                    .is_ok()
                    .then(|| Value::Object(answers).to_string().into_bytes()),
            );
        }
    }
    all
}

/// What a person could type for a question.
fn typed(form: &Form, component: &Component, choice: usize) -> Vec<(String, Vec<String>)> {
    let one = |part: &str, value: &str| (format!("{}{part}", component.name), vec![value.to_owned()]);
    let items = form.items(component);
    vec![match component.kind {
        Kind::YesNo => {
            one("", if component.name == "emergency" || choice.is_multiple_of(2) { "no" } else { "yes" })
        }
        Kind::Declaration => one("", "yes"),
        Kind::Radios(_) | Kind::Select(_) | Kind::Checkboxes(_) => {
            one("", items.get(choice % items.len().max(1)).map_or("", |item| &item.value))
        }
        Kind::Date => return vec![one("-day", "21"), one("-month", "11"), one("-year", "2026")],
        Kind::Address => {
            return vec![
                one("-line1", "1 Mill Lane"),
                one("-town", "Felpersham"),
                one("-postcode", "zz99 1aa"),
            ];
        }
        Kind::Time => one("", "2:30pm"),
        Kind::Email => one("", "a@example.com"),
        Kind::Phone => one("", "07700 900123"),
        Kind::Postcode => one("", "zz99 1aa"),
        Kind::Vehicle => one("", "zz99 abc"),
        Kind::Number | Kind::Money => one("", "3"),
        Kind::Text | Kind::Multiline => one("", "Words in a row"),
        Kind::Markdown(_) => return Vec::new(),
    }]
}
