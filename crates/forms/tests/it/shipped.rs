//! What holds for every form that comes with Bluelamp.

use crate::{COMMON, SHIPPED, shipped, today};
use bluelamp_forms::{Answers, Controller, Kind, Lang, Next, Safety};
use std::collections::BTreeSet;

#[test]
fn every_form_passes_every_check() {
    for (id, _) in SHIPPED {
        let form = shipped(id);
        assert_eq!(form.id, id, "the file is named after the form");
        assert_eq!(form.definition.as_deref(), Some(id));
        assert_eq!(form.languages, [Lang::En]);
    }
}

/// The model checker drove each form through all answers that matter; these are all the ways it can end.
#[test]
fn every_journey_ends_in_a_report_or_where_it_says() {
    let ends = |id| shipped(id).ends().into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(ends("burglary"), "check emergency");
    assert_eq!(ends("cyber-harassment"), "check emergency");
    assert_eq!(ends("antisocial-behaviour"), "check emergency redirect:council");
}

#[test]
fn the_first_question_is_whether_it_is_an_emergency() {
    for (id, _) in SHIPPED {
        let form = shipped(id);
        let mut answers = Answers::new();
        assert_eq!(form.first_unanswered(&answers).unwrap().path, "/emergency");
        answers.insert("emergency".into(), true.into());
        assert_eq!(form.next("/emergency", &answers), Next::Terminal("/call-999".into()));
        assert_eq!(form.first_unanswered(&answers), None, "nothing more is asked of somebody in danger");
        let errors = form.validate(&answers, today()).unwrap_err();
        assert_eq!(errors[0].code, "ended");
    }
}

#[test]
fn the_emergency_page_says_how_to_call_without_speaking_or_hearing() {
    let form = shipped("burglary");
    let page = form.page("/call-999").unwrap();
    assert_eq!(page.controller, Controller::Terminal { outcome: "emergency".into() });
    let Kind::Markdown(content) = &page.components[0].kind else { panic!("is for reading") };
    for needed in ["tel:999", "18000", "press 55", "emergencySMS", "999bsl.co.uk"] {
        assert!(content.en.contains(needed), "{needed}");
    }
}

#[test]
fn only_the_form_for_people_who_may_be_watched_is_of_high_safety() {
    let high: Vec<_> =
        SHIPPED.iter().filter(|(id, _)| shipped(id).safety == Safety::High).map(|(id, _)| *id).collect();
    assert_eq!(high, ["cyber-harassment"]);
    let form = shipped("cyber-harassment");
    let neutral = form.neutral_title.as_ref().unwrap().en.to_lowercase();
    for word in ["police", "harass", "crime", "abuse"] {
        assert!(!neutral.contains(word), "{neutral} gives it away");
    }
    assert!(form.page("/your-device").is_some());
}

#[test]
fn nobody_is_asked_about_suicide_where_no_one_answers() {
    let form = shipped("cyber-harassment");
    for page in &form.pages {
        for component in form.questions(page) {
            let question = page.question(component).en.to_lowercase();
            assert!(!question.contains("suicid") && !question.contains("end your life"), "{question}");
        }
    }
    let page = form.page("/someone-to-talk-to").unwrap();
    let Kind::Markdown(content) = &page.components[0].kind else { panic!("is for reading") };
    assert!(content.en.contains("116 123"));
}

/// The digest is what `cat form.json common.json | sha256sum` prints.
#[test]
fn the_digest_changes_with_either_file() {
    let (_, text) = SHIPPED[0];
    let parse =
        |own: &str, common: &str| bluelamp_forms::Form::parse("f", own, ("c", common)).unwrap().digest;
    let digest = parse(text, COMMON);
    assert_eq!(digest.len(), 64);
    assert_ne!(digest, parse(&format!("{text}\n"), COMMON));
    assert_ne!(digest, parse(text, &format!("{COMMON}\n")));
    assert_eq!(
        bluelamp_forms::Form::parse("f", text, ("c", COMMON)).unwrap().digest,
        digest,
        "the same text gives the same digest"
    );
}

/// Every fact that a form collects is one that its triage definition knows, under the same name.
#[test]
fn facts_are_those_of_the_definition() {
    for (id, _) in SHIPPED {
        let form = shipped(id);
        let path = format!("{}/../../data/definitions/{id}/1.0.0.md", env!("CARGO_MANIFEST_DIR"));
        let definition = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let dictionary = definition.split("## Facts").nth(1).unwrap().split("\n## ").next().unwrap();
        let known: BTreeSet<&str> = dictionary
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
            .filter(|name| *name != "fact")
            .collect();
        let collected: BTreeSet<&str> = form
            .pages
            .iter()
            .flat_map(|page| form.questions(page))
            .filter_map(|component| component.fact.as_ref().map(|fact| fact.name.as_str()))
            .collect();
        let unknown: Vec<_> = collected.difference(&known).collect();
        assert!(unknown.is_empty(), "{id} collects {unknown:?}, which its definition does not know");
        // What a member of the public is not asked: left to analysts, and to an officer who can respond.
        let left: Vec<_> = known.difference(&collected).copied().collect();
        let expected: &[&str] = match id {
            "burglary" => &["near repeat band"],
            "cyber-harassment" => &["suicidal thoughts"],
            _ => &[],
        };
        assert_eq!(left, expected, "{id}");
    }
}

#[test]
fn names_of_personal_data_can_be_filled_in_by_the_browser() {
    for (id, _) in SHIPPED {
        let form = shipped(id);
        for (name, token) in
            [("reporter_name", "name"), ("reporter_email", "email"), ("reporter_phone", "tel")]
        {
            let (_, component) = form.component(name).unwrap();
            assert_eq!(component.autocomplete.as_deref(), Some(token), "{id} {name}");
        }
    }
}
