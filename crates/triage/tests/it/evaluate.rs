//! Known answers: what becomes of each rule, which question comes first, and what is refused.

use crate::{facts, grade, shipped};
use bluelamp_model::FieldError;
use bluelamp_triage::{Assessment, Definition, Fact, FactState, Facts, Outcome, Standing};

fn small() -> Definition {
    Definition::load("small.md", include_str!("small.md")).unwrap()
}

fn sentences(a: &Assessment) -> Vec<&str> {
    a.rules.iter().map(|t| t.sentence.as_str()).collect()
}

#[test]
fn fired_failed_and_undetermined_rules_say_why() {
    let a = small()
        .assess(&facts(
            r#"{"fire": true, "count": 3, "colour": {"state": "conflicting", "values": ["red", "green"]}}"#,
        ))
        .unwrap();
    assert_eq!(
        sentences(&a),
        [
            "Proposes TOP: Many fires (fire is yes, count is 3).",
            "Could propose MID: Red and not yes. Needs: colour (sources disagree), word (not asked yet).",
            "Does not propose LOW: No fire, because fire is yes.",
        ]
    );
    assert_eq!(
        (grade(a.floor.as_ref()), grade(a.ceiling.as_ref()), a.state),
        ("TOP", "TOP", Standing::Settled)
    );
    assert_eq!(a.summary, "TOP; no missing fact can raise it.");
    assert_eq!(a.questions, [], "nothing above the floor is open");
    let actions: Vec<_> = a.actions.iter().map(|x| x.action.as_str()).collect();
    assert_eq!(actions, ["Write it down", "Put it out"], "from the floor's grade downwards, all of them");
}

#[test]
fn a_failed_cell_settles_a_rule_whatever_else_is_missing() {
    let a =
        small().assess(&facts(r#"{"fire": false, "colour": "red", "word": {"state": "refused"}}"#)).unwrap();
    assert_eq!(
        sentences(&a),
        [
            "Does not propose TOP: Many fires, because fire is no.",
            "Could propose MID: Red and not yes. Needs: word (not answered).",
            "Proposes LOW: No fire (fire is no).",
        ]
    );
    assert_eq!(a.summary, "At least LOW, up to MID; 1 question open.");
    assert_eq!(a.state, Standing::Open);
    assert_eq!(a.questions[0].sentence, "1 of 1 open rule waits for this, up to MID (not answered).");
    let a = small().assess(&facts(r#"{"fire": true, "count": 2}"#)).unwrap();
    assert_eq!(
        sentences(&a)[0],
        "Does not propose TOP: Many fires, because count is 2 and not >= limit (limit is 3)."
    );
}

#[test]
fn no_rule_fired_is_no_grade_and_not_the_lowest() {
    let a = small().assess(&Facts::default()).unwrap();
    assert_eq!((a.floor, grade(a.ceiling.as_ref()), a.state), (None, "TOP", Standing::Open));
    assert_eq!(a.summary, "No grade yet, up to TOP; 4 questions open.");
    assert_eq!(a.actions, []);
    let a = small().assess(&facts(r#"{"fire": true, "count": 1, "colour": "green"}"#)).unwrap();
    assert_eq!((a.floor, a.ceiling, a.state), (None, None, Standing::Open));
    assert_eq!(a.summary, "No grade: no rule speaks to these facts. A person must grade without a proposal.");
}

#[test]
fn questions_are_ranked_greedily_and_a_refused_one_comes_last() {
    let burglary = shipped("burglary");
    let first = |json: &str| -> Vec<String> {
        burglary.assess(&facts(json)).unwrap().questions.into_iter().map(|q| q.fact).collect()
    };
    // Worked by hand: 'vulnerable occupant' covers rules 3, 4 and 9; then 'suspect on scene' 1 and 12 (HIGH, one
    // of them alone), 'firearm keys taken' 5 and 8, and 'dwelling' or 'near repeat band' 10; and so on.
    assert_eq!(
        first("{}")[..6],
        [
            "vulnerable occupant",
            "suspect on scene",
            "firearm keys taken",
            "occupant hurt",
            "occupant present",
            "distraction"
        ]
    );
    let all = first("{}");
    assert_eq!(all.len(), 9, "every fact is asked for once");
    let refused = first(r#"{"vulnerable occupant": {"state": "refused"}}"#);
    assert_eq!(refused.last().unwrap(), "vulnerable occupant");
    assert_eq!(refused.len(), 9);

    let a = burglary
        .assess(&facts(r#"{"distraction": true, "suspect on scene": false, "occupant hurt": false}"#));
    let a = a.unwrap();
    assert_eq!(grade(a.floor.as_ref()), "MEDIUM");
    let q = &a.questions[0];
    assert_eq!((q.fact.as_str(), q.up_to.as_str()), ("vulnerable occupant", "HIGH"));
    assert_eq!(q.settles, ["burglary-distraction-vulnerable", "burglary-vulnerable-present"]);
    assert!(q.ask.ends_with('?'));
}

#[test]
fn an_assessment_carries_what_an_auditor_needs_and_survives_storage() {
    let definition = shipped("cyber-harassment");
    let a =
        definition.assess(&facts(r#"{"tracking": true, "former partner": {"state": "unknown"}}"#)).unwrap();
    assert_eq!((a.definition.as_str(), a.version.as_str()), ("cyber-harassment", "1.0.0"));
    assert_eq!(a.definition_digest, definition.digest);
    assert_eq!(a.engine, format!("bluelamp-triage {}", env!("CARGO_PKG_VERSION")));
    let json = serde_json::to_string(&a).unwrap();
    assert_eq!(serde_json::from_str::<Assessment>(&json).unwrap(), a);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["floor"], serde_json::json!("MEDIUM"));
    assert_eq!(value["rules"][6]["outcome"], "undetermined");
    assert_eq!(
        value["rules"][6]["needs"][0],
        serde_json::json!({"fact": "former partner", "state": "unknown"})
    );
    assert_eq!(value["rules"][11]["outcome"], "fired");
    assert!(matches!(a.rules[11].outcome, Outcome::Fired { .. }));
}

#[test]
fn the_facts_digest_is_that_of_canonical_json() {
    // printf '{"a":{"state":"unknown"},"b":3,"c":"x\\"y"}' | sha256sum
    let expected = "a8a8d84a14007d80eb135c677f70d2c0a0542dcc9268827cd638bf39870c9135";
    let given = facts(r#"{ "c": "x\"y", "b": 3.0, "a": {"state": "unknown"} }"#);
    assert_eq!(given.digest(), expected);
    assert_eq!(facts(r#"{"a": {"state": "unknown"}, "b": 3, "c": "x\"y"}"#).digest(), expected);
    assert_ne!(facts(r#"{"a": {"state": "refused"}, "b": 3, "c": "x\"y"}"#).digest(), expected);
    // The empty object, sha256sum of '{}'.
    assert_eq!(Facts::default().digest(), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
}

#[test]
fn facts_read_what_they_write() {
    let text = r#"{"a":true,"b":{"state":"unknown"},"c":{"state":"conflicting","values":[1,2]},"d":"x","e":{"state":"not-asked"},"f":{"state":"stale","values":[false]},"g":{"state":"refused"}}"#;
    let given = facts(text);
    assert_eq!(serde_json::to_string(&given).unwrap(), text);
    assert_eq!(given.0["b"], Fact::open(FactState::Unknown));
    assert_eq!(given.0["a"], Fact::from(true));
    let twice = serde_json::from_str::<Facts>(r#"{"fire": true, "fire": false}"#).unwrap_err();
    assert!(twice.to_string().contains("'fire' is given twice"));
}

#[test]
fn what_does_not_fit_the_dictionary_is_an_error_and_never_a_grade() {
    let errors = |json: &str| -> Vec<(String, String, String)> {
        let errors = small().assess(&facts(json)).unwrap_err();
        errors.into_iter().map(|FieldError { field, code, message }| (field, code, message)).collect()
    };
    let one = |json: &str| {
        let mut all = errors(json);
        assert_eq!(all.len(), 1, "{json}: {all:?}");
        let (_, code, message) = all.remove(0);
        format!("{code}: {message}")
    };
    assert_eq!(
        one(r#"{"fires": true}"#),
        "unknown-fact: 'fires' is not a fact of 'small'; did you mean 'fire'?"
    );
    assert_eq!(
        one(r#"{"fire": "yes"}"#),
        r#"wrong-type: 'fire' is "yes"; it must be true or false, or a state such as {"state":"unknown"}"#
    );
    assert!(one(r#"{"fire": null}"#).starts_with("wrong-type: 'fire' is null"));
    assert!(one(r#"{"fire": {"state": "unkown"}}"#).starts_with("wrong-type"));
    assert!(one(r#"{"fire": {"state": "unknown", "why": "dark"}}"#).starts_with("wrong-type"));
    assert!(one(r#"{"fire": {"state": "unknown", "values": [true]}}"#).starts_with("unexpected-values"));
    assert!(one(r#"{"fire": {"state": "stale", "values": ["yes"]}}"#).starts_with("wrong-type"));
    assert!(one(r#"{"fire": {"state": "stale", "values": true}}"#).starts_with("wrong-type"));
    assert!(one(r#"{"count": "3"}"#).starts_with("wrong-type"));
    assert!(one(r#"{"count": 9007199254740993}"#).starts_with("out-of-range"));
    assert!(one(r#"{"colour": "blue"}"#).starts_with("not-a-choice"));
    assert!(one(r#"{"colour": 1}"#).starts_with("wrong-type"));
    assert!(one(r#"{"word": ["a"]}"#).starts_with("wrong-type"));
    let all = errors(r#"{"fires": true, "count": "3", "colour": "blue"}"#);
    let names: Vec<&str> = all.iter().map(|(field, ..)| field.as_str()).collect();
    assert_eq!(names, ["colour", "count", "fires"], "all of them in one go");
}
