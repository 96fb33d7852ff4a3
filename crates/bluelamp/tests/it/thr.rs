//! `bluelamp thr`: definitions at the terminal.

use crate::Place;
use serde_json::Value;
use std::fs;

const HIGH: &str = r#"{"distraction": true, "vulnerable occupant": true, "occupant hurt": false}"#;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn eval_prints_floor_ceiling_fired_and_open_rules() {
    let place = Place::new();
    fs::write(place.path("facts.json"), HIGH).unwrap();
    let facts = place.path("facts.json").display().to_string();
    let out = place.run(&["thr", "eval", "burglary", &facts]).ok().out;
    let found = json(&out);
    assert_eq!(
        (&found["floor"], &found["ceiling"], &found["state"]),
        (&json("\"HIGH\""), &json("\"HIGH\""), &json("\"settled\""))
    );
    assert_eq!(found["fired"], json(r#"["burglary-distraction-vulnerable", "burglary-distraction"]"#));
    assert_eq!(found["open"], json("[]"));
    assert_eq!(json(&place.run(&["thr", "eval", "burglary@1.0.0", &facts, "--json"]).ok().out), found);
    let text = place.run(&["thr", "eval", "burglary", &facts, "--text"]).ok().out;
    assert!(text.contains("HIGH; no missing fact can raise it."), "{text}");
    assert!(text.contains("burglary-suspect-near: Could propose HIGH: The suspect may still be there. Needs: suspect on scene (not asked yet)."), "{text}");
    // The same file by its path gives the same bytes.
    let file = place.path("mine.md").display().to_string();
    fs::write(&file, include_str!("../../../../data/definitions/burglary/1.0.0.md")).unwrap();
    assert_eq!(place.run(&["thr", "eval", &file, &facts]).ok().out, out);
}

#[test]
fn what_does_not_fit_gives_no_grade_and_says_where() {
    let place = Place::new();
    let facts = place.path("facts.json").display().to_string();
    fs::write(&facts, "{\n \"occupant hrut\": true,\n \"distraction\": \"yes\"\n}").unwrap();
    let ended = place.run(&["thr", "eval", "burglary", &facts]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("facts.json:2: occupant hrut: 'occupant hrut' is not a fact of 'burglary'; did you mean 'occupant hurt'?"), "{}", ended.err);
    assert!(
        ended.err.contains("facts.json:3: distraction: 'distraction' is \"yes\"; it must be true or false"),
        "{}",
        ended.err
    );
    fs::write(&facts, "{\n \"distraction\": true,\n \"distraction\": false }").unwrap();
    let ended = place.run(&["thr", "eval", "burglary", &facts]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("the fact 'distraction' is given twice"), "{}", ended.err);
    fs::write(&facts, "[true]").unwrap();
    assert_eq!(place.run(&["thr", "eval", "burglary", &facts]).code, Some(2));
    let ended = place.run(&["thr", "eval", "burglery", &facts]);
    assert!(
        ended.err.contains("the binary carries only antisocial-behaviour@1.0.0, burglary@1.0.0"),
        "{}",
        ended.err
    );
    assert_eq!(place.run(&["thr", "eval", "burglary", "nowhere.json"]).code, Some(2));
}

#[test]
fn dated_facts_need_a_moment_and_go_stale() {
    let place = Place::new();
    let facts = place.path("facts.json").display().to_string();
    fs::write(
        &facts,
        r#"{"suspect on scene": {"value": true, "source": "caller", "at": "2026-11-27T00:00:00Z"}}"#,
    )
    .unwrap();
    let ended = place.run(&["thr", "eval", "burglary", &facts]);
    assert!(ended.err.contains("say at which moment"), "{}", ended.err);
    let floor = |at: &str| {
        json(&place.run(&["thr", "eval", "burglary", &facts, "--at", at]).ok().out)["floor"].clone()
    };
    assert_eq!(floor("2026-11-27T12:00:00Z"), "HIGH");
    assert_eq!(floor("2026-11-27T12:00:01Z"), Value::Null);
    assert_eq!(place.run(&["thr", "eval", "burglary", &facts, "--at", "now"]).code, Some(2));
}

#[test]
fn lint_and_test_name_every_mistake_with_its_line() {
    let place = Place::new();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/definitions");
    let found = json(&place.run(&["thr", "lint", shipped, "--json"]).ok().out);
    assert_eq!(
        (&found["definitions"], &found["faults"], &found["notices"]),
        (&json("11"), &json("[]"), &json("[]"))
    );
    let tested = place.run(&["thr", "test", shipped]).ok().out;
    assert!(tested.contains("burglary 1.0.0: 16 of 16 cases pass"), "{tested}");
    let text = include_str!("../../../../data/definitions/burglary/1.0.0.md");
    fs::create_dir(place.path("mine")).unwrap();
    let file = place.path("mine/burglary.md").display().to_string();
    fs::write(&file, text.replace("| occupant hurt: true | HIGH |", "| occupant hurt: true | MEDIUM |"))
        .unwrap();
    for command in ["lint", "test"] {
        let ended = place.run(&["thr", command, &place.path("mine").display().to_string()]);
        assert_eq!(ended.code, Some(2), "{}", ended.out);
        assert!(
            ended.err.contains(
                "burglary.md:94: case 'pushed on the stairs': fails: the floor is HIGH, not MEDIUM"
            ),
            "{}",
            ended.err
        );
        assert_eq!(place.run(&["thr", command, &file, "--json"]).code, Some(2), "whatever way it is said");
    }
    assert_eq!(place.run(&["thr", "lint", "nowhere"]).code, Some(2));
    assert_eq!(place.run(&["thr", "lint"]).code, Some(2));
}

#[test]
fn diff_says_what_is_different_and_whether_grades_can_change() {
    let place = Place::new();
    let text = include_str!("../../../../data/definitions/antisocial-behaviour/1.0.0.md");
    let (a, b) = (place.path("a.md").display().to_string(), place.path("b.md").display().to_string());
    fs::write(&a, text).unwrap();
    fs::write(&b, text.replace("role: ", "other role: ")).unwrap();
    assert!(
        place.run(&["thr", "diff", &a, &b]).ok().out.contains("No unchanged incident gets another grade.")
    );
    assert!(
        place.run(&["thr", "diff", &a, "antisocial-behaviour"]).ok().out.contains("Nothing is different.")
    );
    let changed = text.replace("\"HIGH\" |", "\"MEDIUM\" |");
    let cases = changed.find("## Cases").unwrap();
    fs::write(
        &b,
        format!(
            "{}{}",
            &changed[..cases],
            "## Cases\n\n| case | facts | floor |\n|---|---|---|\n| nothing | - | none |\n"
        ),
    )
    .unwrap();
    let found = place.run(&["thr", "diff", &a, &b]).ok().out;
    assert!(found.contains("gave HIGH, gives MEDIUM [grades can change]"), "{found}");
    assert!(found.contains("the version's first number has to rise"), "{found}");
    let found = json(&place.run(&["thr", "diff", &a, &b, "--json"]).ok().out);
    assert_eq!(found["grades_can_change"], true);
}

#[test]
fn find_shows_the_words_that_were_found_and_never_a_score() {
    let place = Place::new();
    let report = place.path("report.txt").display().to_string();
    fs::write(&report, "They came at night.\nI think he is STILL in\nthe house, there was no weapon.")
        .unwrap();
    let said = place.run(&["thr", "find", &report]).ok().out;
    assert!(said.contains("burglary-words 1.0.0 (definition burglary)\n"), "{said}");
    assert!(
        said.contains(
            "  line 2: … at night. I think he is >STILL in< the house, there was no weapon …\n    still-there asks: \
             suspect on scene; to be looked at sooner\n"
        ),
        "{said}"
    );
    // "No weapon" is found as the word that it is, and read by a person.
    assert!(said.contains("the house, there was no >weapon<"), "{said}");
    assert!(said.ends_with("Words that were found are no facts: read them, and ask.\n"), "{said}");

    let found = json(&place.run(&["thr", "find", "--set", "burglary-words", &report, "--json"]).ok().out);
    assert_eq!(found["searched"][0]["definition"], "burglary");
    let place_of = |n: usize| &found["found"][n];
    assert_eq!((&place_of(0)["words"], &place_of(0)["start"]), (&json("\"STILL in\""), &json("34")));
    let known: Vec<&str> = place_of(0).as_object().unwrap().keys().map(String::as_str).collect();
    for none in ["score", "weight", "grade", "probability"] {
        assert!(!known.contains(&none), "{known:?}");
    }

    fs::write(&report, "Nothing to say.").unwrap();
    let said = place.run(&["thr", "find", &report, "--set", "stalking-words"]).ok().out;
    assert_eq!(said, "No words of stalking-words were found, which says nothing about what happened.\n");

    let mine = place.path("mine.toml").display().to_string();
    let text = include_str!("../../../../data/indicators/burglary-words.toml");
    fs::write(&mine, text).unwrap();
    place.run(&["thr", "find", &report, "--set", &mine]).ok();
    fs::write(&mine, text.replace("hear footsteps", "hear footstep")).unwrap();
    let ended = place.run(&["thr", "find", &report, "--set", &mine]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.contains("mine.toml:") && ended.err.contains("fails: still-there found"),
        "{}",
        ended.err
    );
    let ended = place.run(&["thr", "find", &report, "--set", "burglery-words"]);
    assert!(
        ended.err.contains("the binary carries only antisocial-behaviour-words, burglary-words"),
        "{}",
        ended.err
    );
    assert_eq!(place.run(&["thr", "find", "nowhere.txt"]).code, Some(2));
}
