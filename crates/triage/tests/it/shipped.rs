//! What holds for each shipped definition, beside its own cases.

use crate::{SHIPPED, facts, grade, root, shipped, shipped_text};
use bluelamp_triage::{Came, FactType, Facts, Standing, Status};
use std::collections::BTreeSet;

#[test]
fn each_loads_and_is_whole() {
    for id in SHIPPED {
        let d = shipped(id);
        assert_eq!(d.header.id, id);
        // What a public form leads to proposes to officers; the others are evaluated by nobody yet.
        let live = crate::LIVE.contains(&id);
        assert_eq!(d.header.status, if live { Status::Live } else { Status::Shadow }, "{id}");
        assert!(live || !d.header.review_minutes.contains(&None), "{id} has a clock for each grade");
        let note = "demonstration; not approved practice; thresholds are force parameters";
        assert_eq!(d.header.note.as_deref(), Some(note), "{id}");
        assert!(d.cases.len() >= 12, "{id} has {} cases", d.cases.len());
        assert!(d.digital_exposure.len() > 200, "{id}");
        assert!(d.facts.iter().all(|f| f.ask.ends_with('?')), "{id}: each fact is asked as a question");
        for g in &d.header.grades {
            assert!(d.actions.iter().any(|a| a.grade == g.rank), "{id} proposes nothing new at {}", g.name);
            assert!(d.rules.iter().any(|r| r.grade == g.rank), "{id} never proposes {}", g.name);
        }
        assert!(d.actions.iter().all(|a| a.deadline_minutes.is_some()), "{id}: each deadline is a time");
        assert_eq!(d.notices, []);
    }
}

#[test]
fn nothing_else_is_in_the_folder() {
    let files = std::fs::read_dir(root().join("data/definitions")).unwrap();
    let folders = files.map(Result::unwrap).filter(|f| f.path().is_dir());
    let ids: BTreeSet<String> = folders.map(|f| f.file_name().into_string().unwrap()).collect();
    assert_eq!(ids, SHIPPED.map(str::to_owned).into());
}

/// Each rule is fired by one case at least, and each is kept from firing by another: a rule that no case
/// tries could be wrong without anybody noticing.
#[test]
fn each_rule_is_tried_by_the_cases_both_ways() {
    let mut untried = Vec::new();
    for id in SHIPPED {
        let d = shipped(id);
        let found: Vec<_> = d.cases.iter().map(|c| d.evaluate(&c.facts).unwrap()).collect();
        for (at, rule) in d.rules.iter().enumerate() {
            let some = |wanted| found.iter().any(|e| e.steps[at].came == wanted);
            if !some(Came::Fired) {
                untried.push(format!("no case fires {}", rule.id));
            }
            if !some(Came::NotFired) {
                untried.push(format!("no case keeps {} from firing", rule.id));
            }
        }
    }
    assert_eq!(untried, Vec::<String>::new());
}

/// The names that the public forms feed.
#[test]
fn the_facts_are_those_the_forms_know() {
    let names = |id: &str| shipped(id).facts.iter().map(|f| f.name.clone()).collect::<Vec<_>>().join(", ");
    assert_eq!(
        names("burglary"),
        "suspect on scene, occupant present, occupant hurt, distraction, vulnerable occupant, dwelling, \
         firearm keys taken, near repeat band, forensic opportunity"
    );
    assert_eq!(
        names("cyber-harassment"),
        "victim under 18, intimate images, payment demanded, physical threat, address disclosed, former partner, \
         tracking, account takeover, contact after stop, suicidal thoughts"
    );
    assert_eq!(
        names("antisocial-behaviour"),
        "personal targeting, vulnerable victim, repeat victim, reports six months, hate element, weapon seen, \
         threat made, group, effect on victim"
    );
    let asb = shipped("antisocial-behaviour");
    let kind = |name: &str| asb.facts.iter().find(|f| f.name == name).unwrap().kind.clone();
    assert_eq!(kind("reports six months"), FactType::Number);
    assert_eq!(
        kind("effect on victim"),
        FactType::Choice(["none", "some", "serious"].map(str::to_owned).into())
    );
}

/// The burglary table written a second time, as code, and compared on all 512 sets of answers.
#[test]
fn burglary_agrees_with_a_second_writing_on_every_set_of_answers() {
    let d = shipped("burglary");
    for bits in 0_u32..512 {
        let b = |n: usize| bits & (1 << n) != 0;
        let given: Facts = d.facts.iter().enumerate().map(|(n, f)| (f.name.clone(), b(n).into())).collect();
        let [scene, present, hurt, trick, vulnerable, home, keys, near, forensic] =
            [b(0), b(1), b(2), b(3), b(4), b(5), b(6), b(7), b(8)];
        let high = scene || hurt || (vulnerable && (trick || present)) || (keys && home);
        let medium = present || trick || keys || (home && (vulnerable || near)) || forensic;
        let expected = if high {
            "HIGH"
        } else if medium {
            "MEDIUM"
        } else {
            "STANDARD"
        };
        let a = d.assess(&given).unwrap();
        assert_eq!(grade(a.floor.as_ref()), expected, "{given:?}");
        assert_eq!(a.state, Standing::Settled);
    }
}

#[test]
fn thresholds_are_the_parameters_of_the_head() {
    let text =
        shipped_text("antisocial-behaviour").replace("case_review_reports: 3 ", "case_review_reports: 2 ");
    let faults = bluelamp_triage::Definition::load("asb.md", &text).unwrap_err().to_string();
    assert!(
        faults.contains("case 'two reports, the third decides': fails: the floor is MEDIUM, not STANDARD")
    );
    let a = shipped("antisocial-behaviour").assess(&facts(r#"{"reports six months": 3}"#)).unwrap();
    assert_eq!(grade(a.floor.as_ref()), "MEDIUM");
}

#[test]
fn the_schema_knows_the_same_keys_as_the_parser() {
    let text = std::fs::read_to_string(root().join("data/definitions/definition.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    let base = include_str!("small.md");
    let load = |text: &str| bluelamp_triage::Definition::parse("small.md", text).map_err(|f| f.to_string());
    let required: Vec<&str> =
        schema["required"].as_array().unwrap().iter().map(|k| k.as_str().unwrap()).collect();
    for key in &required {
        let without: String =
            base.lines().filter(|l| !l.starts_with(&format!("{key}:"))).map(|l| format!("{l}\n")).collect();
        assert!(load(&without).unwrap_err().contains(&format!("{key}: is missing from the header")), "{key}");
    }
    for (key, _) in schema["properties"].as_object().unwrap() {
        let twice = base.replacen("id: small\n", &format!("id: small\n{key}: {{}}\n"), 1);
        assert!(!load(&twice).err().unwrap_or_default().contains("is not a key"), "{key}");
    }
    let unknown = base.replacen("id: small\n", "id: small\ncolour: red\n", 1);
    assert!(load(&unknown).unwrap_err().contains("colour: is not a key"));
    assert_eq!(schema["properties"].as_object().unwrap().len(), 17);
}
