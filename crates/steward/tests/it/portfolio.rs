//! Ideas, gates, and how much risk a board carries.

use super::entries::office;
use bluelamp_model::{Error, Id, authority::Actor};
use bluelamp_steward::{
    appetite::{Appetite, exposure},
    entry::{change, create, entries, entry, put_all},
    portfolio::{GateDecision, at_gate, decide_gate, next_stage, own_ideas, submit_idea},
    register::Register,
    registers::{
        benefits::{BENEFIT, CASE, REALISED},
        portfolio::{GATE, ITEM, RAID, STAGES},
    },
};
use bluelamp_testkit::{TestDb, on_both};
use serde_json::{Value, json};

/// A chief officer, with an account.
fn chief(test: &TestDb) -> Actor {
    let id = Id::from_bytes([0xa2; 16]);
    test.db
        .write(&Actor::system(), move |cx| {
            let now = cx.now();
            cx.allow(bluelamp_model::authority::action::ACCOUNT_MANAGE, None)?;
            cx.exec(
                "insert into account (id, username, name, roles, created_at) values ($1, 'chief', 'Chris Chief', '', $2)",
                &[id.into(), now.into()],
            )?;
            cx.record(bluelamp_model::authority::Verb::Administer, "account", Some(id), json!({}))
        })
        .unwrap();
    Actor::staff(id, vec!["accountable-officer".into()], "strategy")
}

fn decision(version: i64, outcome: &str) -> GateDecision {
    GateDecision {
        version,
        outcome: outcome.into(),
        reasons: "It serves the aims.".into(),
        conditions: if outcome == "conditions" {
            "What it lacks is there by March.".into()
        } else {
            String::new()
        },
        ..Default::default()
    }
}

#[test]
fn whoever_has_an_idea_sees_what_became_of_it() {
    on_both(|test| {
        let (office, chief) = (office(test), chief(test));
        let made = test.db.write(&chief, |cx| submit_idea(cx, "A lamp for everyone", "Lamps help.")).unwrap();
        assert_eq!((made.body.text("kind"), made.body.text("stage")), ("idea", "idea"));
        let mine = test.db.read(&chief, own_ideas).unwrap();
        assert_eq!((mine.len(), mine[0].said_at), (1, None));
        let body = ITEM
            .read_json(&json!({ "title": "Lamps", "kind": "proposal", "summary": "Lamps help.", "stage": "full-case" }))
            .unwrap();
        test.db
            .write(&office, move |cx| change(cx, &ITEM, "a-lamp-for-everyone", 1, &body, "Worth a case."))
            .unwrap();
        let mine = test.db.read(&chief, own_ideas).unwrap();
        assert_eq!((mine[0].kind.as_str(), mine[0].said.as_str()), ("proposal", "Worth a case."));
        assert_eq!(mine[0].stage, "idea", "the stage changes at a gate only");
        assert!(test.db.read(&office, own_ideas).unwrap().is_empty(), "each sees their own");
        let empty = test.db.write(&chief, |cx| submit_idea(cx, "", ""));
        assert!(matches!(empty, Err(Error::Invalid(wrong)) if wrong.len() == 2));
    });
}

#[test]
fn a_gate_is_decided_by_somebody_else_with_reasons() {
    on_both(|test| {
        let (office, chief) = (office(test), chief(test));
        let body = ITEM
            .read_json(&json!({ "title": "Lamps", "kind": "proposal", "summary": "Lamps help." }))
            .unwrap();
        test.db.write(&office, move |cx| create(cx, &ITEM, "lamps", &body, "")).unwrap();
        let own = test.db.write(&office, |cx| decide_gate(cx, "lamps", &decision(1, "pass")));
        assert!(matches!(own, Err(Error::Forbidden { .. })));
        let stale = test.db.write(&chief, |cx| decide_gate(cx, "lamps", &decision(7, "pass")));
        assert!(matches!(stale, Err(Error::Stale(_))));
        let bare = GateDecision { version: 1, outcome: "conditions".into(), ..Default::default() };
        let bare = test.db.write(&chief, move |cx| decide_gate(cx, "lamps", &bare));
        assert!(matches!(bare, Err(Error::Invalid(wrong)) if wrong.len() == 2));
        let next = test.db.write(&chief, |cx| decide_gate(cx, "lamps", &decision(1, "pass"))).unwrap();
        assert_eq!(next.body.text("stage"), "strategic-case");
        // A gate is nobody's wording: who decided the last may decide the next. Who words the item may not.
        test.db.write(&chief, |cx| decide_gate(cx, "lamps", &decision(2, "conditions"))).unwrap();
        let mut body = next.body.clone();
        test.db.write(&office, move |cx| change(cx, &ITEM, "lamps", 3, &body, "Looked at.")).unwrap();
        body = ITEM
            .read_json(
                &json!({ "title": "Lamps", "kind": "project", "summary": "Lamps.", "aims": ["help-people"] }),
            )
            .unwrap();
        let roles = vec!["programme-office".into(), "accountable-officer".into()];
        let other = Actor::staff(chief.id.unwrap(), roles, "strategy");
        test.db.write(&other, move |cx| change(cx, &ITEM, "lamps", 4, &body, "Case written.")).unwrap();
        let own = test.db.write(&other, |cx| decide_gate(cx, "lamps", &decision(5, "pass")));
        assert!(matches!(own, Err(Error::Forbidden { .. })));
        let body = ITEM
            .read_json(&json!({ "title": "Lamps", "kind": "project", "summary": "Bright.", "aims": ["help-people"] }))
            .unwrap();
        test.db.write(&office, move |cx| change(cx, &ITEM, "lamps", 5, &body, "Worded anew.")).unwrap();
        let stopped = test.db.write(&chief, |cx| decide_gate(cx, "lamps", &decision(6, "stop"))).unwrap();
        for outcome in ["pass", "hold", "stop"] {
            let again = test.db.write(&chief, |cx| decide_gate(cx, "lamps", &decision(7, outcome)));
            assert!(matches!(again, Err(Error::Conflict(_))), "what is closed passes no gate: {outcome}");
        }
        assert_eq!((stopped.body.text("stage"), stopped.body.text("status")), ("closed", "stopped"));
        let gates = test.db.read(&office, |cx| entries(cx, &GATE)).unwrap();
        assert_eq!(gates.len(), 3);
        assert_eq!(gates[0].body.text("by"), "Chris Chief");
        // Nobody writes a gate by hand.
        let body = gates[0].body.clone();
        let all = vec![("x".to_owned(), body.clone())];
        let by_hand = test.db.write(&chief, move |cx| create(cx, &GATE, "x", &body, ""));
        assert!(matches!(by_hand, Err(Error::Conflict(_))));
        let by_table = test.db.write(&chief, move |cx| put_all(cx, &GATE, &all, ""));
        assert!(matches!(by_table, Err(Error::Conflict(_))));
        assert!(test.db.read(&office, |cx| entry(cx, &ITEM, "nothing")).is_err());
    });
}

#[test]
fn stages_follow_one_another_to_the_end() {
    let mut stage = "idea";
    let mut seen = 1;
    while let Some(next) = next_stage(stage) {
        stage = next;
        seen += 1;
    }
    assert_eq!((stage, seen), ("closed", STAGES.len()));
}

#[test]
fn a_risk_above_the_appetite_is_told_apart() {
    let shipped = include_str!("../../../../data/strategy/appetite.toml");
    let appetite = Appetite::parse("appetite.toml", shipped).unwrap();
    assert_eq!(appetite.level, "cautious");
    assert_eq!(exposure("3", "4"), Some(12));
    assert_eq!(exposure("", "4"), None);
    assert_eq!(exposure("6", "4"), None);
    assert!(!appetite.exceeded("delivery", 12) && appetite.exceeded("delivery", 13));
    assert!(appetite.exceeded("ethics", 5));
    assert!(appetite.exceeded("unheard-of", 1), "without a bound nothing is tolerated unseen");
}

#[test]
fn a_wrong_appetite_names_its_line_or_field() {
    let shipped = include_str!("../../../../data/strategy/appetite.toml");
    let told = |text: &str| Appetite::parse("a.toml", text).unwrap_err().to_string();
    assert!(told(&shipped.replace("ethics = 4", "ethic = 4")).contains("‘ethic’ is not an area of risk"));
    assert!(told(&shipped.replace("money = 9", "money = 26")).contains("bounds.money"));
    assert!(told(&shipped.replace("2026-11-01", "2026-11-31")).starts_with("a.toml:7"));
    assert!(told("level = ").starts_with("a.toml:1"));
}

#[test]
fn an_item_that_lacks_what_its_stage_asks_for_passes_with_conditions_only() {
    on_both(|test| {
        let (office, chief) = (office(test), chief(test));
        let create_one = |register: &'static Register, code: &'static str, fields: Value| {
            let body = register.read_json(&fields).unwrap();
            test.db.write(&office, move |cx| create(cx, register, code, &body, "")).unwrap();
        };
        create_one(
            &ITEM,
            "lamps",
            json!({ "title": "Lamps", "kind": "project", "summary": "Light.", "aims": ["help-people"] }),
        );
        let lacks = || test.db.read(&chief, |cx| at_gate(cx, "lamps")).unwrap().lacking;
        let version = || test.db.read(&chief, |cx| at_gate(cx, "lamps")).unwrap().item.version;
        let decide = |outcome: &'static str| {
            let d = decision(version(), outcome);
            test.db.write(&chief, move |cx| decide_gate(cx, "lamps", &d))
        };
        assert!(lacks().is_empty(), "an idea lacks nothing");
        decide("pass").unwrap();
        assert_eq!(lacks(), ["No strategic outline case is written", "Nobody owns it"]);
        let refused = decide("pass");
        assert!(matches!(&refused, Err(Error::Invalid(w)) if w[0].code == "lacking"), "{refused:?}");
        decide("conditions").unwrap();
        let gates = test.db.read(&chief, |cx| at_gate(cx, "lamps")).unwrap().gates;
        assert_eq!(gates[0].body.all("lacking").len(), 2, "what it lacked is kept");
        assert_eq!(lacks().len(), 5, "{:?}", lacks());

        // With all that is asked for, it passes.
        let case = |stage: &str| {
            json!({ "title": "Case", "item": "lamps", "stage": stage, "strategic": "s", "economic": "e",
                    "commercial": "c", "financial": "f", "management": "m", "reuse": "r", "written": "2026-11-01" })
        };
        create_one(&CASE, "obc", case("obc"));
        create_one(
            &RAID,
            "risk",
            json!({ "title": "Dark", "kind": "issue", "item": "lamps", "area": "delivery", "owner": "Head", "state": "open" }),
        );
        let fields = json!({ "title": "Lamps", "kind": "project", "summary": "Light.", "aims": ["help-people"],
                             "owner": "Head", "responsible": "ACC", "cost_once": "£5,000" });
        let body = ITEM.read_json(&fields).unwrap();
        let at = version();
        test.db.write(&office, move |cx| change(cx, &ITEM, "lamps", at, &body, "Costed.")).unwrap();
        assert_eq!(lacks(), ["Nobody has assessed it against a strategy"]);
        decide("conditions").unwrap();
        create_one(&CASE, "fbc", case("fbc"));
        let wanted = [
            "It does not say when its work begins and ends",
            "No benefit is written down",
            "Nothing says who pays for it",
        ];
        assert_eq!(lacks(), wanted);
        create_one(
            &BENEFIT,
            "falls",
            json!({ "title": "Fewer falls", "item": "lamps", "sort": "qualitative", "measure": "Falls", "owner": "Head" }),
        );
        decide("conditions").unwrap();
        decide("pass").unwrap();
        assert_eq!(lacks(), ["Nobody has measured what came of “Fewer falls”"]);
        create_one(
            &REALISED,
            "october",
            json!({ "title": "October", "benefit": "falls", "on": "2026-10-31", "value": 1, "evidence": "Book" }),
        );
        decide("pass").unwrap();
        assert!(lacks().is_empty());
    });
}
