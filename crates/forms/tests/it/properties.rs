//! What holds for any answers whatever.

use crate::{SHIPPED, shipped, today};
use bluelamp_forms::{Answers, Component, Form, Kind, Next, Page};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

type Raw = BTreeMap<String, Vec<String>>;

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| SHIPPED.iter().map(|(id, _)| shipped(id)).collect());
static SCHEMAS: LazyLock<Vec<jsonschema::Validator>> = LazyLock::new(|| {
    FORMS.iter().map(|form| jsonschema::validator_for(&form.answer_schema()).unwrap()).collect()
});

/// Draws from a fixed list of bytes, so that proptest can shrink a journey.
struct Dice<'a>(std::slice::Iter<'a, u8>);

impl Dice<'_> {
    fn below(&mut self, n: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % n.max(1)
    }

    fn pick<'b>(&mut self, all: &[&'b str]) -> &'b str {
        all[self.below(all.len())]
    }
}

/// Posts something that a person could post for a question, mostly right.
fn post(form: &Form, component: &Component, dice: &mut Dice<'_>, raw: &mut Raw) {
    let mut put = |part: &str, value: &str| {
        let name =
            if part.is_empty() { component.name.clone() } else { format!("{}-{part}", component.name) };
        raw.entry(name).or_default().push(value.into());
    };
    if !component.required && dice.below(3) == 0 {
        return;
    }
    match component.kind {
        Kind::YesNo => put("", dice.pick(&["no", "no", "no", "yes"])),
        Kind::Declaration => put("", "yes"),
        Kind::Radios(_) | Kind::Select(_) => {
            let items = form.items(component);
            put("", &items[dice.below(items.len())].value);
        }
        Kind::Checkboxes(_) => {
            for item in form.items(component) {
                if dice.below(3) == 0 {
                    put("", &item.value);
                }
            }
        }
        Kind::Date => {
            put("day", dice.pick(&["1", "02", "28", "29", "30"]));
            put("month", dice.pick(&["1", "feb", "9", "10"]));
            put("year", dice.pick(&["2026", "2025", "1999", "2024"]));
        }
        Kind::Time => put("", dice.pick(&["2:30pm", "0:00", "midday", "1159"])),
        Kind::Email => put("", dice.pick(&["a@example.com", "sam.o'neil@mail.example.org"])),
        Kind::Phone => put("", dice.pick(&["07700 900123", "+33 1 23 45 67 89", "0800 1111"])),
        Kind::Address => {
            put("line1", dice.pick(&["1 Drovers Row", "Siân’s Cottage"]));
            put("line2", dice.pick(&["", "Lower End"]));
            put("town", "Felpersham");
            put("postcode", dice.pick(&["zz991aa", "ZZ99 2AA"]));
        }
        Kind::Postcode => put("", dice.pick(&["zz99 1aa", "w1a 1aa"])),
        Kind::Vehicle => put("", dice.pick(&["ab12 cde", "A1"])),
        Kind::Number => put("", dice.pick(&["0", "1", "2", "1,000"])),
        Kind::Money => put("", dice.pick(&["1", "£3.50"])),
        Kind::Text | Kind::Multiline => {
            put("", dice.pick(&["Words in a row", "Geiriau\r\nac eraill \u{1f6b2}", "  spaced out  text "]));
        }
        Kind::Markdown(_) => {}
    }
}

fn post_page(form: &Form, page: &Page, dice: &mut Dice<'_>) -> Raw {
    let mut raw = Raw::new();
    for component in form.questions(page) {
        post(form, component, dice, &mut raw);
    }
    raw
}

/// Goes through a form as a browser would, trying each page until it is accepted.
fn journey(form: &Form, dice: &mut Dice<'_>) -> (Answers, Next) {
    let mut answers = Answers::new();
    let mut next = Next::Page(form.pages[0].path.clone());
    let mut tries = 0;
    while let Next::Page(path) = &next {
        let page = form.page(path).unwrap();
        let (part, errors) = page.read(form, &post_page(form, page, dice), today());
        tries += 1;
        if errors.is_empty() {
            form.put(page, part, &mut answers);
            next = form.next(path, &answers);
        } else if tries > 500 {
            break;
        }
    }
    (answers, next)
}

/// One page with every type of component, none of them required.
static EVERY_TYPE: LazyLock<Form> = LazyLock::new(|| {
    let component = |kind: &str, more: &str| {
        let name = kind.to_lowercase();
        format!(
            r#"{{"type": "{kind}", "name": "{name}", "title": "T", "shortDescription": "it", "options": {{"required": false}}{more}}}"#
        )
    };
    let components = [
        component("TextField", r#", "schema": {"min": 2, "max": 20}"#),
        component("MultilineTextField", r#", "schema": {"min": 2, "max": 50}"#),
        component("YesNoField", ""),
        component("RadiosField", r#", "list": "yesNoNotSure""#),
        component("CheckboxesField", r#", "list": "yesNoNotSure""#),
        component("SelectField", r#", "list": "yesNoNotSure""#),
        component("DatePartsField", ""),
        component("TimeField", ""),
        component("EmailAddressField", ""),
        component("TelephoneNumberField", ""),
        component("UkAddressField", ""),
        component("PostcodeField", ""),
        component("VehicleRegistrationField", ""),
        component("NumberField", r#", "schema": {"min": -5, "max": 99999, "precision": 3}"#),
        component("MoneyField", r#", "schema": {"min": 0}"#),
        component("DeclarationField", ""),
    ];
    let page = format!(
        r#"{{"path": "/all", "title": "All", "x-together": true, "components": [{}]}}"#,
        components.join(",\n")
    );
    crate::made(&page, "", "")
});
static EVERY_SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&EVERY_TYPE.answer_schema()).unwrap());

/// What people and machines type.
fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,30}",
        "\\PC{0,60}",
        "[ \t\r\n\u{0}a]{0,6}",
        "[0-9]{1,4}",
        "[0-9.,£+() -]{1,16}",
        "-?[0-9]{1,3}(,[0-9]{3}){0,4}(\\.[0-9]{0,4})?",
        "(0|\\+|00|\\+44 ?\\(0\\))[0-9 ]{6,14}",
        "[0-9]{1,2}[:.]?[0-9]{0,2} ?(am|PM|p\\.m\\.)?",
        "[a-zé.]{1,8}@[a-zé-]{1,8}\\.[a-z]{1,4}",
        "[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}",
        "(yes|no|not-sure|january|Dec|2026|12|29|02)",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The web and the API agree: what pages accepted one by one is accepted as a whole, unchanged; it fits the
    /// published schema; and everything made from it can be made.
    #[test]
    fn what_the_pages_accept_the_whole_accepts(n in 0..3usize, bytes in prop::collection::vec(any::<u8>(), 400)) {
        let form = &FORMS[n];
        let (answers, end) = journey(form, &mut Dice(bytes.iter()));
        match end {
            Next::Check => {
                let clean = form.validate(&answers, today());
                prop_assert_eq!(clean.as_ref().map(|c| &c.answers), Ok(&answers));
                let instance = Value::Object(answers.clone());
                let complaints: Vec<_> =
                    SCHEMAS[n].iter_errors(&instance).map(|e| format!("{}: {e}", e.instance_path())).collect();
                prop_assert!(complaints.is_empty(), "{:?}", complaints);
                prop_assert_eq!(form.first_unanswered(&answers), None);
                prop_assert!(form.reading(&answers).summary().iter().filter(|row| !row.answer.is_empty()).count() == answers.len());
                prop_assert!(!form.reading(&answers).title().is_empty());
                prop_assert!(form.reading(&answers).free_text().len() > 9);
            }
            Next::Terminal(_) => {
                let errors = form.validate(&answers, today()).unwrap_err();
                prop_assert_eq!(&errors.last().unwrap().code, "ended");
            }
            Next::Page(path) => prop_assert!(false, "stuck on {}", path),
        }
    }

    /// Leaving out one answer of a finished form is noticed in the same words on its page and in the whole.
    #[test]
    fn a_missing_answer_is_missed_alike_by_page_and_whole(
        n in 0..3usize, bytes in prop::collection::vec(any::<u8>(), 400), which in any::<prop::sample::Index>(),
    ) {
        let form = &FORMS[n];
        let (answers, end) = journey(form, &mut Dice(bytes.iter()));
        prop_assume!(end == Next::Check);
        let name = answers.keys().nth(which.index(answers.len())).unwrap().clone();
        let (page, component) = form.component(&name).unwrap();
        let mut without = answers.clone();
        without.remove(&name);
        let waiting = form.first_unanswered(&without).map(|page| page.path.clone());
        match form.validate(&without, today()) {
            Ok(_) => prop_assert!(!component.required && waiting.is_none()),
            Err(errors) => {
                if component.required {
                    prop_assert_eq!(waiting.as_deref(), Some(page.path.as_str()));
                    let (_, by_page) = page.read(form, &Raw::new(), today());
                    let missed = errors.iter().find(|e| e.field == format!("/answers/{name}")).unwrap();
                    prop_assert_eq!(&missed.code, "required");
                    let top = page.components.iter().any(|c| c.name == name);
                    if top {
                        prop_assert!(by_page.iter().any(|e| e.message == missed.message));
                    }
                }
            }
        }
    }

    /// Nothing that can be posted makes the engine panic, and what it keeps it keeps again unchanged.
    #[test]
    fn random_fields_never_panic(
        n in 0..3usize,
        page in any::<prop::sample::Index>(),
        words in prop::collection::vec(prop_oneof![".{0,40}", "[0-9./: -]{0,12}", "\\PC{0,300}", Just("yes".to_string())], 1..12),
    ) {
        let form = &FORMS[n];
        let page = page.get(&form.pages);
        let mut raw = Raw::new();
        let mut words = words.iter().cycle();
        for component in form.questions(page) {
            for part in ["", "-day", "-month", "-year", "-line1", "-line2", "-town", "-postcode"] {
                raw.insert(format!("{}{part}", component.name), vec![words.next().unwrap().clone()]);
            }
        }
        let (part, _) = page.read(form, &raw, today());
        let whole = form.validate(&part, today());
        if let Ok(clean) = &whole {
            prop_assert_eq!(&form.validate(&clean.answers, today()).unwrap(), clean);
        }
        let _ = (form.reading(&part).summary(), form.reading(&part).facts(), form.reading(&part).entities(), form.reading(&part).title());
    }

    /// Whatever is typed into a box of any type: what the page keeps, the whole keeps unchanged, and it fits the
    /// schema.
    #[test]
    fn what_is_kept_is_kept_again(words in prop::collection::vec(typed(), 1..40)) {
        let form = &*EVERY_TYPE;
        let page = &form.pages[0];
        let mut raw = Raw::new();
        let mut words = words.iter().cycle();
        for component in form.questions(page) {
            for part in ["", "-day", "-month", "-year", "-line1", "-line2", "-town", "-postcode"] {
                raw.insert(format!("{}{part}", component.name), vec![words.next().unwrap().clone()]);
            }
        }
        let (part, errors) = page.read(form, &raw, today());
        for error in &errors {
            let name = error.field.split('-').next().unwrap();
            prop_assert!(!part.contains_key(name), "{} is both kept and wrong", name);
        }
        let clean = form.validate(&part, today());
        prop_assert_eq!(clean.as_ref().map(|c| &c.answers), Ok(&part));
        let instance = Value::Object(part);
        let complaints: Vec<_> =
            EVERY_SCHEMA.iter_errors(&instance).map(|e| format!("{}: {e}", e.instance_path())).collect();
        prop_assert!(complaints.is_empty(), "{:?}", complaints);
    }

    /// Nor does anything that can be sent to the API.
    #[test]
    fn random_json_never_panics(n in 0..3usize, values in prop::collection::vec(json(), 1..30), extra in ".{0,20}") {
        let form = &FORMS[n];
        let mut values = values.into_iter().cycle();
        let mut answers: Answers = form
            .pages
            .iter()
            .flat_map(|page| form.questions(page))
            .map(|component| (component.name.clone(), values.next().unwrap()))
            .collect();
        answers.insert(extra, Value::Null);
        let _ = (form.validate(&answers, today()), form.reading(&answers).summary(), form.reading(&answers).facts());
        let _ = (form.reading(&answers).entities(), form.reading(&answers).title(), form.reading(&answers).free_text());
        let _ = (form.path_to(&answers).len(), form.next("/when", &answers));
    }

    /// Nor does any text given for a definition.
    #[test]
    fn random_definitions_never_panic(cut in any::<prop::sample::Index>(), put in "[{}\\[\\]\",:a0 \n]{0,3}") {
        let (_, text) = SHIPPED[0];
        let mut at = cut.index(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let broken = format!("{}{put}{}", &text[..at], &text[at..]);
        if let Err(faults) = Form::parse("f.json", &broken, ("c.json", crate::COMMON)) {
            prop_assert!(faults.0.iter().all(|fault| fault.line.is_some()), "{}", faults);
        }
    }
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop_oneof![Just("yes"), Just("no"), Just("exact"), Just("2026-01-01"), Just("none")]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("(line1|town|postcode|x)", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
