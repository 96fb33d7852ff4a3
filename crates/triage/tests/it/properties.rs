//! What must hold for any facts and any text.

use crate::{LIVE, SHIPPED, shipped, shipped_text};
use bluelamp_triage::{Came, Definition, Fact, FactEntry, FactState, FactType, Facts, Standing, Worse};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Below, at and above every threshold of the shipped definitions.
const NUMBERS: [u32; 24] =
    [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 17, 18, 24, 47, 49, 50, 72, 100, 1_000, 10_000, 100_000];

static DEFINITIONS: LazyLock<Vec<Definition>> = LazyLock::new(|| SHIPPED.map(shipped).into());

fn definition() -> impl Strategy<Value = &'static Definition> {
    (0..SHIPPED.len()).prop_map(|n| &DEFINITIONS[n])
}

fn value(kind: &FactType) -> BoxedStrategy<Value> {
    match kind {
        FactType::YesNo => any::<bool>().prop_map(Value::from).boxed(),
        FactType::Number => proptest::sample::select(NUMBERS.to_vec()).prop_map(Value::from).boxed(),
        FactType::Text => ".{0,5}".prop_map(Value::from).boxed(),
        FactType::Choice(options) => proptest::sample::select(options.clone()).prop_map(Value::from).boxed(),
    }
}

fn fact(kind: &FactType) -> BoxedStrategy<Option<Fact>> {
    prop_oneof![
        3 => value(kind).prop_map(|v| Some(Fact::Known(v))),
        1 => Just(None),
        1 => proptest::sample::select(FactState::ALL.to_vec()).prop_map(|s| Some(Fact::open(s))),
    ]
    .boxed()
}

/// The path of every part of a JSON value but the whole.
fn places(value: &Value, path: String, into: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| places(item, format!("{path}/{n}"), into));
        }
        Value::Object(map) => {
            map.iter().for_each(|(name, item)| places(item, format!("{path}/{name}"), into));
        }
        _ => {}
    }
    if !path.is_empty() {
        into.push(path);
    }
}

/// A definition and facts that fit it, each known, open or not there.
fn incident() -> impl Strategy<Value = (&'static Definition, Facts)> {
    definition().prop_flat_map(|d| {
        let each: Vec<_> = d.facts.iter().map(|f| fact(&f.kind)).collect();
        let names = d.facts.iter().map(|f| f.name.clone());
        each.prop_map(move |facts| {
            (d, names.clone().zip(facts).filter_map(|(n, f)| Some((n, f?))).collect::<Facts>())
        })
    })
}

/// A definition, facts that fit it, and a value for every fact that is open.
fn completed() -> impl Strategy<Value = (&'static Definition, Facts, Facts)> {
    incident().prop_flat_map(|(d, facts)| {
        let each: Vec<_> = d.facts.iter().map(|f| value(&f.kind)).collect();
        each.prop_map(move |values| {
            let complete = d
                .facts
                .iter()
                .zip(values)
                .map(|(f, v)| match facts.0.get(&f.name) {
                    Some(Fact::Known(known)) => (f.name.clone(), Fact::Known(known.clone())),
                    _ => (f.name.clone(), Fact::Known(v)),
                })
                .collect();
            (d, facts.clone(), complete)
        })
    })
}

/// The values of a fact from the least to the most harmful; none where neither is worse.
fn scale(entry: &FactEntry) -> Vec<Value> {
    let mut values: Vec<Value> = match &entry.kind {
        FactType::YesNo => vec![json!(false), json!(true)],
        FactType::Number => NUMBERS.map(Value::from).into(),
        FactType::Choice(options) => options.iter().cloned().map(Value::from).collect(),
        FactType::Text => Vec::new(),
    };
    match entry.worse {
        Some(Worse::False | Worse::Lower) => values.reverse(),
        Some(Worse::True | Worse::Higher) => {}
        // The first definitions do not say it; in them yes, more and later are worse.
        None if DEFINITIONS
            .iter()
            .any(|d| LIVE.contains(&d.header.id.as_str()) && d.facts.contains(entry)) => {}
        None => values.clear(),
    }
    values
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adding_a_harm_never_lowers_the_floor((d, mut facts) in incident(), at in any::<Index>()) {
        let before = d.evaluate(&facts).unwrap().floor;
        let entry = at.get(&d.facts);
        // A fact that nobody asked about turns out as bad as it can be.
        prop_assume!(!matches!(facts.0.get(&entry.name), Some(Fact::Known(_))));
        let Some(worst) = scale(entry).pop() else { return Ok(()) };
        facts.0.insert(entry.name.clone(), Fact::Known(worst));
        prop_assert!(d.evaluate(&facts).unwrap().floor >= before);
    }

    #[test]
    fn a_worse_answer_never_lowers_the_floor((d, _, mut facts) in completed(), at in any::<Index>()) {
        let entry = at.get(&d.facts);
        let floors: Vec<_> = scale(entry)
            .into_iter()
            .map(|v| {
                facts.0.insert(entry.name.clone(), Fact::Known(v));
                d.evaluate(&facts).unwrap().floor
            })
            .collect();
        prop_assert!(floors.is_sorted(), "{}: {floors:?}", entry.name);
    }

    #[test]
    fn forgetting_never_raises_the_floor_nor_lowers_the_ceiling(
        (d, mut facts) in incident(),
        at in any::<Index>(),
        state in proptest::option::of(proptest::sample::select(FactState::ALL.to_vec())),
    ) {
        let before = d.evaluate(&facts).unwrap();
        let name = at.get(&d.facts).name.clone();
        match state {
            Some(state) => facts.0.insert(name, Fact::open(state)),
            None => facts.0.remove(&name),
        };
        let after = d.evaluate(&facts).unwrap();
        prop_assert!(after.floor <= before.floor);
        prop_assert!(after.ceiling >= before.ceiling);
    }

    #[test]
    fn whatever_the_answers_turn_out_to_be_the_grade_lies_between_floor_and_ceiling(
        (d, facts, complete) in completed(),
    ) {
        let open = d.evaluate(&facts).unwrap();
        let end = d.evaluate(&complete).unwrap();
        prop_assert!(open.floor <= open.ceiling);
        prop_assert!(open.floor <= end.floor && end.floor <= open.ceiling);
        prop_assert!(end.floor.is_some(), "every full set of answers has a grade");
        prop_assert_eq!(&end.floor, &end.ceiling);
        prop_assert!(end.settled());
        prop_assert!(d.explain(&complete, &end).unwrap().questions.is_empty());
        for (before, after) in open.steps.iter().zip(&end.steps) {
            prop_assert!(before.came == Came::Undetermined || before.came == after.came, "a settled rule stays settled");
        }
    }

    #[test]
    fn answering_the_listed_questions_settles_the_assessment((d, mut facts, complete) in completed()) {
        let open = d.assess(&facts).unwrap();
        prop_assert_eq!(open.state == Standing::Settled, open.questions.is_empty());
        for question in &open.questions {
            prop_assert!(!matches!(facts.0.get(&question.fact), Some(Fact::Known(_))));
            facts.0.insert(question.fact.clone(), complete.0[&question.fact].clone());
        }
        let end = d.evaluate(&facts).unwrap();
        prop_assert!(end.settled());
        prop_assert_eq!(end.floor, d.evaluate(&complete).unwrap().floor);
    }

    #[test]
    fn a_misspelt_fact_never_yields_a_grade((d, mut facts) in incident(), at in any::<Index>(), c in "[a-z ]") {
        let entry = at.get(&d.facts);
        let name = format!("{}{c}", entry.name);
        facts.0.insert(name.clone(), Fact::Known(json!(true)));
        let errors = d.evaluate(&facts).unwrap_err();
        prop_assert_eq!(errors.len(), 1);
        prop_assert_eq!((&errors[0].field, errors[0].code.as_str()), (&name, "unknown-fact"));
    }

    #[test]
    fn a_mistyped_fact_never_yields_a_grade((d, mut facts) in incident(), at in any::<Index>(), pick in 0_usize..7) {
        let entry = at.get(&d.facts);
        let wrong = [json!("true"), json!("yes"), json!(null), json!([true]), json!({"value": true}), json!(1), json!(false)];
        let fits = match (&entry.kind, pick) {
            (FactType::YesNo, 6) | (FactType::Number, 5) => true,
            (FactType::Text, n) => n < 2,
            _ => false,
        };
        prop_assume!(!fits);
        facts.0.insert(entry.name.clone(), Fact::Known(wrong[pick].clone()));
        let errors = d.evaluate(&facts).unwrap_err();
        prop_assert_eq!(&errors[0].field, &entry.name);
    }

    #[test]
    fn the_same_facts_give_the_same_bytes((d, facts) in incident()) {
        let once = serde_json::to_vec(&d.assess(&facts).unwrap()).unwrap();
        let stored: Facts = serde_json::from_slice(&serde_json::to_vec(&facts).unwrap()).unwrap();
        prop_assert_eq!(&stored, &facts);
        prop_assert_eq!(once, serde_json::to_vec(&d.assess(&stored).unwrap()).unwrap());
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "(?s).{0,400}") {
        let faults = Definition::load("any.md", &text).unwrap_err();
        prop_assert!(!faults.0.is_empty() && faults.0.iter().all(|f| f.line.is_some()));
    }

    #[test]
    fn any_damage_to_a_definition_is_read_or_refused_without_a_panic(
        which in 0..SHIPPED.len(),
        from in any::<Index>(),
        length in 0_usize..60,
        put in "[-|`\"#>a-z0-9 \\\\\n:,.()\\[\\]<=é]{0,8}",
    ) {
        let mut chars: Vec<char> = shipped_text(SHIPPED[which]).chars().collect();
        let from = from.index(chars.len());
        let to = (from + length).min(chars.len());
        chars.splice(from..to, put.chars());
        let text: String = chars.into_iter().collect();
        match Definition::load("damaged.md", &text) {
            Ok(d) => {
                prop_assert!(d.run_cases().iter().all(|c| c.differences.is_empty()));
                // What reading lets through, the way in for compiled definitions does too.
                let json = serde_json::to_string(&d).unwrap();
                let again = Definition::compiled("damaged.json", &json).unwrap();
                prop_assert_eq!(json, serde_json::to_string(&again).unwrap());
            }
            Err(faults) => prop_assert!(faults.0.iter().all(|f| f.line.is_some())),
        }
    }

    #[test]
    fn any_damage_to_a_compiled_definition_is_read_or_refused_without_a_panic(
        which in 0..SHIPPED.len(),
        at in any::<Index>(),
        put in 0_usize..9,
    ) {
        let mut json = serde_json::to_value(&DEFINITIONS[which]).unwrap();
        let mut paths = Vec::new();
        places(&json, String::new(), &mut paths);
        let path = at.get(&paths);
        let others = [json!(null), json!(0), json!(7), json!(u64::MAX), json!(-1.5), json!(""), json!("no"), json!([]), json!({})];
        *json.pointer_mut(path).unwrap() = others[put].clone();
        match Definition::compiled("damaged.json", &json.to_string()) {
            Ok(d) => {
                for case in &d.cases {
                    let a = d.assess(&case.facts).unwrap();
                    prop_assert!(a.rules.len() == d.rules.len() && a.rules.iter().all(|r| !r.grade.is_empty()));
                }
            }
            Err(faults) => prop_assert!(!faults.0.is_empty(), "{path}"),
        }
    }

    #[test]
    fn any_cell_is_read_or_refused_without_a_panic(cell in "[-0-9a-z<>=.,()\\[\\]\"\\\\ ]{0,16}|\\PC{0,16}") {
        let text = include_str!("small.md").replacen("| >= limit |", &format!("| {cell} |"), 1);
        if let Err(faults) = Definition::load("cell.md", &text) {
            prop_assert!(faults.0.iter().all(|f| f.line.is_some()));
        }
    }
}
