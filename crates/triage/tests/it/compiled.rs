//! Definitions that were compiled to JSON: the same as from their text, and refused wherever the text would be.

use crate::all_shipped;
use bluelamp_triage::{Definition, Fact, FactState, Facts};
use serde_json::{Value, json};

/// With a ceiling of each sort: none wanted, "no grade", a grade.
fn small() -> Definition {
    let text = include_str!("small.md")
        .replace("| floor | open | fired |\n|---|", "| floor | ceiling | open | fired |\n|---|---|")
        .replace("| - | none | 1,", "| - | none | - | 1,")
        .replace("green | none | none |", "green | none | none | none |")
        .replace("c\" | TOP |", "c\" | TOP | TOP |");
    Definition::load("small.md", &text).unwrap_or_else(|f| panic!("{f}"))
}

fn through_json(definition: &Definition) -> Definition {
    let json = serde_json::to_string(definition).unwrap();
    Definition::compiled("compiled.json", &json).unwrap_or_else(|f| panic!("{f}"))
}

/// What is said of the small definition once `change` was made to its JSON.
fn refused(change: impl FnOnce(&mut Value)) -> String {
    let mut json = serde_json::to_value(small()).unwrap();
    change(&mut json);
    match Definition::compiled("small.json", &json.to_string()) {
        Ok(_) => "accepted".into(),
        Err(faults) => faults.to_string(),
    }
}

#[test]
fn a_definition_that_went_through_json_is_the_one_that_was_read() {
    for (file, text) in all_shipped() {
        let read = Definition::load(&file, &text).unwrap_or_else(|f| panic!("{f}"));
        let compiled = through_json(&read);
        assert_eq!(read.header, compiled.header, "{file}");
        assert_eq!(read.facts, compiled.facts, "{file}");
        assert_eq!(read.rules, compiled.rules, "{file}");
        assert_eq!(read.actions, compiled.actions, "{file}");
        assert_eq!(read.cases, compiled.cases, "{file}");
        assert_eq!(read.run_cases(), compiled.run_cases(), "{file}");
        for case in &read.cases {
            assert_eq!(read.evaluate(&case.facts), compiled.evaluate(&case.facts), "{file}: {}", case.name);
            assert_eq!(read.assess(&case.facts), compiled.assess(&case.facts), "{file}: {}", case.name);
            // Each of its facts in each state that has no value, one after the other.
            for name in case.facts.0.keys() {
                for state in FactState::ALL {
                    let mut facts = case.facts.clone();
                    facts.0.insert(name.clone(), Fact::open(state));
                    assert_eq!(
                        read.evaluate(&facts),
                        compiled.evaluate(&facts),
                        "{file}: {}: {name}",
                        case.name
                    );
                }
            }
        }
        assert_eq!(serde_json::to_string(&read).unwrap(), serde_json::to_string(&compiled).unwrap());
    }
}

#[test]
fn a_ceiling_of_no_grade_is_not_the_same_as_no_word_of_a_ceiling() {
    let (read, compiled) = (small(), through_json(&small()));
    let ceilings = |d: &Definition| d.cases.iter().map(|c| c.ceiling).collect::<Vec<_>>();
    assert_eq!(ceilings(&read), [None, Some(None), Some(Some(2))]);
    assert_eq!(ceilings(&compiled), ceilings(&read));
    let said = refused(|d| d["cases"][0]["ceiling"] = Value::Null);
    assert_eq!(said, "small.json: case 'nothing': fails: the ceiling is TOP, not none");
}

#[test]
fn a_definition_that_fails_its_own_cases_is_refused() {
    let said = refused(|d| d["rules"][0]["cells"][1]["test"]["any_of"][0]["Within"]["low"]["at"] = json!(2));
    assert!(said.starts_with("small.json: case 'two fires': fails: the floor is TOP, not none"), "{said}");
}

#[test]
fn what_is_no_json_of_a_definition_is_refused_with_its_line() {
    let json = serde_json::to_string_pretty(&small()).unwrap();
    let refused = |json: &str| Definition::compiled("x.json", json).unwrap_err().to_string();
    let cut = &json[..json.len() / 2];
    assert!(refused(cut).starts_with(&format!("x.json:{}: is not a compiled", cut.lines().count())));
    assert!(refused("").starts_with("x.json:1: is not a compiled definition: EOF"));
    assert!(refused("[]").contains("invalid length 0"));
    assert!(refused(&format!("{json}x")).contains("trailing characters"));
    assert!(
        refused(&json.replacen("\"title\":", "\"title\": \"one\",\n\"title\":", 1))
            .contains("duplicate field")
    );
    let twice = json.replacen("\"limit\": 3", "\"limit\": 3, \"limit\": 4", 1);
    assert!(refused(&twice).contains("the parameter 'limit' is given twice"));
    // serde's own door has the same lock, but for the cases.
    let broken = json.replacen("\"grade\": 2", "\"grade\": 3", 1);
    let error = serde_json::from_str::<Definition>(&broken).unwrap_err().to_string();
    assert!(error.contains("definition: rules[0].grade: 3 points nowhere: there are 3 grades"), "{error}");
}

/// What a newer version may say and this one does not know could be what keeps a rule from firing.
#[test]
fn a_key_that_is_not_known_is_refused_wherever_it_stands() {
    for path in [
        "",
        "/header",
        "/facts/0",
        "/rules/0",
        "/rules/0/cells/0",
        "/rules/0/cells/0/test",
        "/rules/0/cells/1/test/any_of/0/Within",
        "/rules/0/cells/1/test/any_of/0/Within/low",
        "/actions/0",
        "/cases/0",
    ] {
        let said = refused(|d| d.pointer_mut(path).unwrap()["unless"] = json!(true));
        assert!(said.contains("unknown field `unless`"), "{path}: {said}");
    }
}

#[test]
fn each_fault_is_named_with_its_path() {
    let within = |low: Value, high: Value| json!({"Within": {"low": low, "high": high}});
    let end = |at: f64| json!({"at": at, "bound": "Closed"});
    let cell =
        json!({"fact": 2, "text": "x", "test": {"negated": false, "any_of": [{"Is": {"Text": "red"}}]}});
    let table = [
        // Places that point nowhere.
        ("/rules/0/grade", json!(3), "rules[0].grade: 3 points nowhere: there are 3 grades"),
        ("/rules/0/table", json!(1), "rules[0].table: 1 points nowhere: there are 1 tables"),
        ("/rules/0/cells/0/fact", json!(5), "rules[0].cells[0].fact: 5 points nowhere: there are 5 facts"),
        ("/rules/0/cells/0/fact", json!(-1), "invalid value: integer `-1`, expected u32"),
        ("/rules/0/cells/0/fact", json!(1_u64 << 40), "invalid value: integer `1099511627776`, expected u32"),
        ("/actions/0/grade", json!(9), "actions[0].grade: 9 points nowhere"),
        ("/actions/0/rules", json!([3]), "actions[0].rules: 3 points nowhere: there are 3 rules"),
        ("/actions/0/rules", json!([1, 0]), "actions[0].rules: must be places in ascending order"),
        ("/cases/2/floor", json!(3), "cases[2].floor: 3 points nowhere"),
        ("/cases/2/ceiling", json!(3), "cases[2].ceiling: 3 points nowhere"),
        ("/cases/0/open", json!([0, 1, 3]), "cases[0].open: 3 points nowhere"),
        ("/cases/2/fired", json!([0, 0]), "cases[2].fired: must be places in ascending order, each once"),
        // Conditions that no fact meets, or every fact.
        ("/rules/0/cells", json!([]), "rules[0].cells: are 0 conditions; a rule has 1 to 64"),
        ("/rules/1/cells", json!([cell, cell]), "rules[1].cells[1]: looks at a fact a second time"),
        ("/rules/0/cells/0/test/any_of", json!([]), "rules[0].cells[0].test: tests nothing"),
        (
            "/rules/0/cells/0/test/any_of/0",
            json!({"Is": {"Number": 1.0}}),
            "rules[0].cells[0].test: does not fit a fact of the type yes/no",
        ),
        (
            "/rules/1/cells/0/test/any_of/0",
            json!({"Is": {"Text": "blue"}}),
            "rules[1].cells[0].test: \"blue\" is not one of its choices (red, green)",
        ),
        (
            "/rules/0/cells/1/test/any_of/0",
            within(json!(null), json!(null)),
            "an interval has at least one end",
        ),
        ("/rules/0/cells/1/test/any_of/0", within(end(3.0), end(2.0)), "no number lies in this interval"),
        ("/rules/0/cells/1/test/any_of/0", within(end(1e300), json!(null)), "cannot be compared exactly"),
        ("/rules/0/cells/1/text", json!("-"), "rules[0].cells[1].text: '-' says nothing"),
        ("/rules/0/cells/1/test/negated", json!(null), "invalid type: null, expected a boolean"),
        // Names that are missing, doubled or would be misread.
        ("/rules/0/id", json!(""), "rules[0].id: '' cannot name a rule"),
        ("/rules/0/id", json!("small-red"), "rules: 'small-red' comes twice"),
        ("/rules/0/number", json!(2), "rules[0].number: 2 is not 1: rules are numbered from 1"),
        ("/rules/0/number", json!(u32::MAX), "rules[0].number: 4294967295 is not 1"),
        ("/rules/0/reason", json!(""), "rules[0].reason: '' says nothing"),
        ("/rules", json!([]), "rules: is empty"),
        ("/tables", json!([]), "tables: is empty"),
        ("/tables", json!(["one", "two"]), "tables[1]: has no rules"),
        ("/tables", json!([""]), "tables[0]: is empty"),
        ("/facts/1/name", json!("fire"), "facts: 'fire' comes twice"),
        ("/facts/1/name", json!("a and b"), "facts[1].name: 'a and b' holds the FEEL keyword 'and'"),
        ("/facts/1/ask", json!("-"), "facts[1].ask: '-' says nothing"),
        ("/facts/1/worse", json!("true"), "facts[1].worse: does not fit a fact of the type number"),
        ("/facts/1/stale_after_minutes", json!(0), "facts[1].stale_after_minutes: must be at least a minute"),
        ("/facts/2/type", json!({"choice": ["red"]}), "facts[2].type: a choice needs at least two values"),
        ("/facts/2/type", json!({"choice": ["red", "red"]}), "facts[2].type: the choice 'red' comes twice"),
        (
            "/facts/2/type",
            json!({"choice": ["red", "stale"]}),
            "facts[2].type: 'stale' is the state of a fact",
        ),
        ("/facts/2/type", json!("date"), "unknown variant `date`"),
        // Header.
        ("/header/id", json!("A b"), "header.id: 'A b' is not a name"),
        ("/header/version", json!("1.0"), "header.version: '1.0' is not a version"),
        ("/header/review_by", json!("2027-02-29"), "header.review_by: '2027-02-29' is not a day"),
        ("/header/owner", json!(" "), "header.owner: is empty"),
        ("/header/note", json!(""), "header.note: is empty"),
        ("/header/basis", json!([""]), "header.basis[0]: is empty"),
        ("/header/status", json!("final"), "unknown variant `final`"),
        ("/header/grades", json!(["ONE"]), "header.grades: a definition needs at least two grades"),
        ("/header/grades", json!(["LOW", "LOW", "TOP"]), "header.grades: 'LOW' comes twice"),
        (
            "/header/grades",
            json!(["none", "MID", "TOP"]),
            "header.grades: 'none' cannot be the name of a grade",
        ),
        ("/header/review_minutes", json!([1, 2]), "header.review_minutes: are 2 for 3 grades"),
        ("/header/review_minutes", json!([1, null, 3]), "once there is a clock, every grade needs one"),
        ("/header/triggers", json!(["breach", "breach"]), "header.triggers: 'breach' comes twice"),
        ("/header/supervisor_within_minutes", json!(0), "must be at least a minute"),
        (
            "/header/parameters/limit",
            json!("3"),
            "header.parameters: 'limit' is \"3\", not a number with a name",
        ),
        // The rest.
        ("/title", json!(""), "title: is empty"),
        ("/digest", json!("00"), "digest: is not a SHA-256 in hex"),
        ("/digital_exposure", json!("\n"), "digital_exposure: is empty"),
        ("/actions", json!([]), "actions: is empty"),
        (
            "/actions/0/deadline_minutes",
            json!(5),
            "actions[0].deadline_minutes: is not what the deadline says: '2 d'",
        ),
        ("/actions/0/role", json!("-"), "actions[0].role: '-' says nothing"),
        ("/actions/1/safeguarding", json!("shift"), "is none of remove, avoid, reduce, accept"),
        ("/cases", json!([]), "cases: is empty"),
        ("/cases/1/name", json!("nothing"), "cases: 'nothing' comes twice"),
        (
            "/cases/1/facts",
            json!({"fires": true}),
            "cases[1].facts: 'fires' is not a fact of 'small'; did you mean",
        ),
        ("/cases/1/facts", json!({"fire": 1}), "cases[1].facts: 'fire' is 1; it must be true or false"),
    ];
    assert_eq!(refused(|_| {}), "accepted");
    let mut wrong = String::new();
    for (path, value, expected) in table {
        let said = refused(|d| *d.pointer_mut(path).unwrap_or(&mut Value::Null) = value.clone());
        if !said.contains(expected) {
            wrong.push_str(&format!("{path} = {value}\n  expected {expected}\n  found    {said}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn all_the_faults_come_out_in_one_go() {
    let said = refused(|d| {
        d["title"] = json!("");
        d["rules"][0]["grade"] = json!(7);
        d["cases"][1]["floor"] = json!(7);
    });
    assert_eq!(
        said,
        "small.json: title: is empty\n\
         small.json: rules[0].grade: 7 points nowhere: there are 3 grades\n\
         small.json: cases[1].floor: 7 points nowhere: there are 3 grades"
    );
}

/// The trace has a bit for each condition of a rule, and no more than 64 of them.
#[test]
fn a_rule_has_as_many_conditions_as_its_trace_has_bits() {
    let with = |count: usize| {
        let mut d = serde_json::to_value(small()).unwrap();
        let (entry, cell) = (d["facts"][0].clone(), d["rules"][0]["cells"][0].clone());
        for n in 0..count {
            let (mut entry, mut cell) = (entry.clone(), cell.clone());
            entry["name"] = json!(format!("extra {n}"));
            cell["fact"] = json!(5 + n);
            d["facts"].as_array_mut().unwrap().push(entry);
            d["rules"][2]["cells"].as_array_mut().unwrap().push(cell);
        }
        serde_json::from_value::<Definition>(d).map_err(|e| e.to_string())
    };
    let most = with(63).unwrap();
    assert_eq!(most.rules[2].cells.len(), 64);
    let open = most.evaluate(&Facts::default()).unwrap().steps[2];
    assert_eq!(open.cells, u64::MAX, "each of them waits");
    let error = with(64).unwrap_err();
    assert!(error.contains("rules[2].cells: are 65 conditions; a rule has 1 to 64"), "{error}");
}
