//! Where every fact is known, `dsntk` evaluates the same tables to the same fired rules.
//!
//! It reads the text of the file itself, table by table, and evaluates each as the standard says (OMG DMN, hit policy
//! *Collect*, which gives every rule that holds with its grade). What is missing it treats in its own way, and so is asked
//! about full sets of answers only; the last tests say where the two part.

use crate::samples;
use crate::{SHIPPED, shipped, shipped_text};
use bluelamp_triage::{Came, Definition, Fact, FactType, Facts, Literal, Test};
use dsntk_feel::values::Value as FeelValue;
use dsntk_feel::{Evaluator, FeelNumber, FeelScope, Name};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Tables with no more sets of answers than this are tried on each of them.
const EXHAUSTED: usize = 20_000;

/// A definition, and each of its tables as `dsntk` built it from the text.
struct Pair {
    ours: Definition,
    theirs: Vec<Evaluator>,
    /// For each fact the values that are tried.
    values: Vec<Vec<Value>>,
}

/// A rule's id and its grade.
type Fired = BTreeSet<(String, String)>;

impl Pair {
    fn new(ours: Definition, text: &str) -> Self {
        let scope = scope(&ours, &Facts::default());
        let theirs: Vec<Evaluator> = tables(text)
            .map(|table| {
                let recognised = dsntk_recognizer::from_markdown(&table, false).unwrap();
                dsntk_model_evaluator::build_decision_table_evaluator(&scope, &recognised.into()).unwrap()
            })
            .collect();
        assert_eq!(theirs.len(), ours.tables.len(), "{}", ours.header.id);
        let values = (0..ours.facts.len()).map(|fact| values(&ours, fact)).collect();
        Self { ours, theirs, values }
    }

    /// The rules of one table that fire, by our walk and by theirs.
    fn fired(&self, table: usize, facts: &Facts) -> (Fired, Fired) {
        let found = self.ours.evaluate(facts).unwrap();
        let rules = self.ours.rules.iter().zip(&found.steps).filter(|(rule, _)| rule.table == table);
        let name = |grade: usize| self.ours.grade(grade).to_owned();
        let ours = rules.filter(|(_, step)| step.came == Came::Fired);
        let ours = ours.map(|(rule, _)| (rule.id.clone(), name(rule.grade))).collect();
        (ours, fired(&self.theirs[table](&scope(&self.ours, facts))))
    }

    /// The facts that the rules of a table look at.
    fn looked_at(&self, table: usize) -> Vec<usize> {
        let rules = self.ours.rules.iter().filter(|r| r.table == table);
        rules.flat_map(|r| r.cells.iter().map(|c| c.fact)).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The set of answers of this number, counted through the values that are tried.
    fn answers(&self, of: &[usize], mut number: usize) -> Facts {
        let answer = |fact: &usize| {
            let values = &self.values[*fact];
            let value = values[number % values.len()].clone();
            number /= values.len();
            (self.ours.facts[*fact].name.clone(), Fact::Known(value))
        };
        of.iter().map(answer).collect()
    }
}

/// The decision tables as they stand in the file, each with the lines that name it.
fn tables(text: &str) -> impl Iterator<Item = String> {
    let decision = text.split("\n## ").find_map(|s| s.strip_prefix("Decision\n")).unwrap();
    decision.split("\n> # ").skip(1).map(|table| {
        // What a person wrote below the table, up to the name of the next one, is none of it.
        let heading = table.find("\n### ").unwrap_or(table.len());
        format!("> # {}\n", &table[..heading])
    })
}

/// What the force has set and what is known, by name. A fact without an answer is null there.
fn scope(definition: &Definition, facts: &Facts) -> FeelScope {
    let scope = FeelScope::default();
    for (name, value) in &definition.header.parameters {
        scope.set_value(&Name::from(name.as_str()), feel(value));
    }
    for entry in &definition.facts {
        let value = match facts.0.get(&entry.name) {
            Some(Fact::Known(value)) => feel(value),
            _ => FeelValue::Null(None),
        };
        scope.set_value(&Name::from(entry.name.as_str()), value);
    }
    scope
}

fn feel(value: &Value) -> FeelValue {
    match value {
        Value::Bool(b) => FeelValue::Boolean(*b),
        Value::Number(n) => FeelValue::Number(n.to_string().parse::<FeelNumber>().unwrap()),
        Value::String(s) => FeelValue::String(s.clone()),
        other => panic!("{other} is no value of a fact"),
    }
}

/// The rules in a result: a list of contexts, or null where no rule held.
fn fired(result: &FeelValue) -> Fired {
    let text =
        |context: &dsntk_feel::context::FeelContext, key: &str| match context.get_entry(&Name::from(key)) {
            Some(FeelValue::String(text)) => text.clone(),
            other => panic!("{key} is {other:?}"),
        };
    match result {
        FeelValue::Null(Some(why)) if why.starts_with("no rules matched") => Fired::new(),
        FeelValue::List(rules) => {
            let rule = |rule: &FeelValue| match rule {
                FeelValue::Context(context) => (text(context, "rule"), text(context, "grade")),
                other => panic!("{other:?} is no rule"),
            };
            rules.iter().map(rule).collect()
        }
        other => panic!("{other:?} is no result of a table that collects"),
    }
}

/// Each value of a yes/no and of a choice; each text that a cell names and some near it; numbers at each bound and
/// around it, by much and by little.
fn values(definition: &Definition, fact: usize) -> Vec<Value> {
    let cells = definition.rules.iter().flat_map(|r| &r.cells).filter(|c| c.fact == fact);
    let tests = cells.flat_map(|c| &c.test.any_of);
    match &definition.facts[fact].kind {
        FactType::YesNo => vec![json!(false), json!(true)],
        FactType::Choice(options) => options.iter().cloned().map(Value::from).collect(),
        FactType::Text => {
            let mut texts: BTreeSet<String> = ["", "x", "yes "].map(str::to_owned).into();
            for test in tests {
                if let Test::Is(Literal::Text(text)) = test {
                    texts.extend([text.clone(), text.to_uppercase(), format!("{text} "), format!("{text}x")]);
                }
            }
            texts.into_iter().map(Value::from).collect()
        }
        FactType::Number => {
            let mut bounds: BTreeMap<String, Value> = BTreeMap::new();
            let mut add = |n: f64| {
                let text = if n == 0.0 { "0".to_owned() } else { n.to_string() };
                bounds.insert(text.clone(), serde_json::from_str(&text).unwrap());
            };
            [-1.0, 0.0, 1_000_000.0].into_iter().for_each(&mut add);
            for test in tests {
                let ends = match test {
                    Test::Is(Literal::Number(n)) => [Some(*n), None],
                    Test::Within { low, high } => [low.map(|e| e.at), high.map(|e| e.at)],
                    Test::Is(_) => [None, None],
                };
                for end in ends.into_iter().flatten() {
                    [end - 1.0, end - 1e-9, end, end + 1e-9, end + 1.0].into_iter().for_each(&mut add);
                }
            }
            bounds.into_values().collect()
        }
    }
}

/// The shipped definitions, the small one, and the samples where that folder is present.
static PAIRS: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let small = include_str!("small.md");
    let mut pairs: Vec<Pair> = SHIPPED.iter().map(|id| Pair::new(shipped(id), &shipped_text(id))).collect();
    pairs.push(Pair::new(Definition::load("small.md", small).unwrap(), small));
    pairs.extend(samples::all().into_iter().map(|(definition, text)| Pair::new(definition, &text)));
    pairs
});

#[test]
fn dsntk_fires_the_same_rules_of_each_shipped_table_on_every_set_of_answers() {
    let (mut tried, mut in_part) = (0, Vec::new());
    for (at, pair) in PAIRS.iter().enumerate() {
        for (table, name) in pair.ours.tables.iter().enumerate() {
            let of = pair.looked_at(table);
            let sets: usize = of.iter().map(|fact| pair.values[*fact].len()).product();
            // Where there are too many, one of a few: an odd number, so that yes and no do not come in step with it.
            let step = if sets <= EXHAUSTED { 1 } else { (sets / EXHAUSTED) | 1 };
            if step > 1 {
                assert!(at >= SHIPPED.len(), "{name}: what is shipped is tried whole; raise EXHAUSTED");
                in_part.push(format!("{}, {name} (1 of {step})", pair.ours.header.id));
            }
            for number in (0..sets).step_by(step) {
                let facts = pair.answers(&of, number);
                let (ours, theirs) = pair.fired(table, &facts);
                assert_eq!(ours, theirs, "{}, {name}: {facts:?}", pair.ours.header.id);
                tried += 1;
            }
        }
    }
    println!("{tried} sets of answers; not every one of {in_part:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn dsntk_fires_the_same_rules_on_full_sets_of_any_answers((which, facts) in complete()) {
        let pair = &PAIRS[which];
        for table in 0..pair.theirs.len() {
            let (ours, theirs) = pair.fired(table, &facts);
            prop_assert_eq!(ours, theirs, "{}, {}", pair.ours.header.id, pair.ours.tables[table]);
        }
    }

    #[test]
    fn dsntk_reads_every_cell_of_the_subset_as_we_do(
        yes_no in list(yes_no_test()),
        number in list(number_test()),
        choice in list(prop_oneof![Just("\"red\"".to_owned()), Just("\"green\"".to_owned())]),
        word in list(text_test()),
        tried in prop::collection::vec(any::<Index>(), 40),
    ) {
        let text = include_str!("small.md").replace("| 1 | true | >= limit | - | - | \"TOP\" | \"small-fires\" | Many fires |", &format!(
            "| 1 | {yes_no} | - | - | - | \"TOP\" | \"small-fires\" | Fire |\n\
             | 2 | - | {number} | - | - | \"TOP\" | \"number\" | Number |\n\
             | 3 | - | - | {choice} | - | \"TOP\" | \"choice\" | Choice |\n\
             | 4 | - | - | - | {word} | \"TOP\" | \"word\" | Word |\n\
             | 5 | {yes_no} | {number} | {choice} | {word} | \"TOP\" | \"all\" | All |\n\
             | 6 | - | < limit | - | - | \"TOP\" | \"few\" | Few |"
        ));
        let text = text.replace("| 2 | - | - | \"red\"", "| 7 | - | - | \"red\"").replace("| 3 | false", "| 8 | false");
        // An interval in which no number lies is refused.
        let Ok(ours) = Definition::parse("any.md", &text) else { return Err(TestCaseError::reject("refused")) };
        let pair = Pair::new(ours, &text);
        let of = pair.looked_at(0);
        let sets: usize = of.iter().map(|fact| pair.values[*fact].len()).product();
        for index in tried {
            let facts = pair.answers(&of, index.index(sets));
            let (ours, theirs) = pair.fired(0, &facts);
            prop_assert_eq!(ours, theirs, "{:?}", facts);
        }
    }
}

/// A definition's place, and a value for each of its facts: at a bound, or any of the type.
fn complete() -> impl Strategy<Value = (usize, Facts)> {
    (0..PAIRS.len()).prop_flat_map(|which| {
        let pair = &PAIRS[which];
        let value = |fact: usize| {
            let chosen = proptest::sample::select(pair.values[fact].clone());
            let any = match pair.ours.facts[fact].kind {
                FactType::Number => decimal().prop_map(|n| serde_json::from_str(&n).unwrap()).boxed(),
                FactType::Text => "\\PC{0,8}".prop_map(Value::from).boxed(),
                FactType::YesNo | FactType::Choice(_) => chosen.clone().boxed(),
            };
            prop_oneof![2 => chosen, 1 => any]
        };
        let values: Vec<_> = (0..pair.ours.facts.len()).map(value).collect();
        let names = pair.ours.facts.iter().map(|f| f.name.clone());
        values.prop_map(move |v| (which, names.clone().zip(v.into_iter().map(Fact::Known)).collect()))
    })
}

/// A number of at most fifteen digits, as it is written.
fn decimal() -> impl Strategy<Value = String> {
    prop_oneof![
        (-20_i64..20).prop_map(|n| n.to_string()),
        (-99_999_i64..100_000, 0_u32..1_000_000_000).prop_map(|(whole, part)| format!("{whole}.{part}")),
        (-999_999_999_999_999_i64..1_000_000_000_000_000).prop_map(|n| n.to_string()),
    ]
}

/// One to three tests with commas between them, perhaps inside `not(…)`.
fn list(test: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (prop::collection::vec(test, 1..4), any::<bool>()).prop_map(|(tests, negated)| {
        let list = tests.join(", ");
        if negated { format!("not({list})") } else { list }
    })
}

fn yes_no_test() -> impl Strategy<Value = String> {
    any::<bool>().prop_map(|b| b.to_string())
}

fn number_test() -> impl Strategy<Value = String> {
    let number = || prop_oneof![4 => decimal(), 1 => Just("limit".to_owned())];
    let ends = proptest::sample::select(vec![("[", "]"), ("(", "]"), ("[", ")"), ("(", ")"), ("]", "[")]);
    prop_oneof![
        number(),
        (proptest::sample::select(vec!["<", "<=", ">", ">="]), number())
            .prop_map(|(op, n)| format!("{op} {n}")),
        (ends, number(), number()).prop_map(|((from, to), a, b)| format!("{from}{a}..{b}{to}")),
    ]
}

fn text_test() -> impl Strategy<Value = String> {
    "[a-zA-Z ,.()é-]{0,4}|a\\\\\"b|\\\\\\\\|not|null".prop_map(|text| format!("\"{text}\""))
}

fn small() -> Pair {
    let text = include_str!("small.md");
    Pair::new(Definition::load("small.md", text).unwrap(), text)
}

/// The two part here, and both keep to what they promise. By the standard a comparison with null is not true (`=` gives
/// false, `<` gives null), so a rule does not fire for want of an answer; and `not(…)` turns that false round, so
/// another fires for want of one. Ours does neither: the rule is undetermined. That is why the walk is our own.
#[test]
fn what_is_missing_is_no_or_yes_to_the_standard_and_undetermined_to_us() {
    let small = small();
    let theirs = |facts: &str| {
        let scope = scope(&small.ours, &crate::facts(facts));
        fired(&small.theirs[0](&scope)).into_iter().map(|(rule, _)| rule).collect::<Vec<_>>().join(", ")
    };
    let ours = |facts: &str| small.ours.evaluate(&crate::facts(facts)).unwrap().letters();
    assert_eq!((theirs("{}"), ours("{}")), (String::new(), "UUU".into()));
    // Nobody said what the word was; to the standard it was not "yes".
    let red = r#"{"colour": "red"}"#;
    assert_eq!((theirs(red), ours(red)), ("small-red".into(), "UUU".into()));
    // A fact of the wrong type is another silent "no" there, and an error here.
    let mistyped = r#"{"fire": "yes", "count": 3}"#;
    assert_eq!(theirs(mistyped), "");
    assert_eq!(small.ours.evaluate(&crate::facts(mistyped)).unwrap_err()[0].code, "wrong-type");
}

/// They part here too, and by the standard `dsntk` is right: a number there has 34 decimal digits. The dictionary
/// promises fifteen; what stands behind the seventeenth is lost when JSON is read, before any rule is looked at.
#[test]
fn a_number_of_more_than_fifteen_digits_is_rounded_by_us_and_not_by_the_standard() {
    let small = small();
    let text = "2.99999999999999999999";
    let facts = format!(r#"{{"fire": true, "count": {text}, "colour": "green", "word": "x"}}"#);
    let (ours, _) = small.fired(0, &crate::facts(&facts));
    assert_eq!(ours, [("small-fires".to_owned(), "TOP".to_owned())].into(), "it is at least 3, rounded");
    let scope = scope(&small.ours, &crate::facts(&facts));
    scope.set_value(&Name::from("count"), FeelValue::Number(text.parse().unwrap()));
    assert_eq!(fired(&small.theirs[0](&scope)), Fired::new(), "it is less than 3, to the last digit");
}
