//! The registers and their entries.

use bluelamp_model::{Error, FieldError, Id, authority::Actor};
use bluelamp_steward::{
    entry::{Entry, change, create, entries, entry, history, pointing_at, put_all, withdraw},
    register::{Body, Chapter, FieldKind, Register, code_of, is_code, pounds},
    registers::{
        ALL,
        organisations::ORGANISATION,
        portfolio::{DEPENDENCY, ITEM, RAID},
    },
    strategy::{self, take_up},
};
use bluelamp_store::Cx;
use bluelamp_testkit::{TestDb, on_both};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody of the programme office, with an account.
pub(crate) fn office(test: &TestDb) -> Actor {
    let id = Id::from_bytes([0xa1; 16]);
    test.db
        .write(&Actor::system(), move |cx: &mut Cx<'_>| {
            let now = cx.now();
            cx.allow(bluelamp_model::authority::action::ACCOUNT_MANAGE, None)?;
            cx.exec(
                "insert into account (id, username, name, roles, created_at) values ($1, 'office', 'Alex Office', '', $2)
                 on conflict (id) do nothing",
                &[id.into(), now.into()],
            )?;
            cx.record(bluelamp_model::authority::Verb::Administer, "account", Some(id), json!({}))
        })
        .unwrap();
    Actor::staff(id, vec!["programme-office".into()], "strategy")
}

fn body(register: &Register, value: &Value) -> Body {
    register.read_json(value).unwrap()
}

fn fields(wrong: &[FieldError]) -> Vec<(&str, &str)> {
    wrong.iter().map(|e| (e.field.as_str(), e.code.as_str())).collect()
}

fn project() -> Value {
    json!({ "title": "Online reporting", "kind": "project", "summary": "People report online.", "aims": ["help-people"] })
}

#[test]
fn every_register_is_sound() {
    let mut codes = BTreeSet::new();
    for r in ALL {
        assert!(codes.insert(r.code) && is_code(r.code), "{} stands twice or is no code", r.code);
        assert!(!r.about.is_empty() && r.about.ends_with('.'), "{} does not say what it is for", r.code);
        assert_eq!(r.fields[0].name, "title", "{}", r.code);
        let mut names = BTreeSet::new();
        for f in r.fields {
            assert!(names.insert(f.name), "{}.{} stands twice", r.code, f.name);
            assert!(!f.label.is_empty());
            if let FieldKind::Link(other) | FieldKind::Links(other) = f.kind {
                assert!(ALL.iter().any(|r| r.code == other), "{}.{} points at no register", r.code, f.name);
            }
        }
    }
    for chapter in Chapter::ALL {
        assert!(ALL.iter().any(|r| r.chapter == chapter), "{} is empty", chapter.label());
    }
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let wrong = ITEM
        .read_json(&json!({
            "kind": "wish", "summary": "", "starts": "2027-13-01", "cost_once": "a lot", "quick_win": "perhaps",
            "carbon_tonnes": -1, "elements": ["A1.1"], "participants": ["Kent Police"], "colour": "blue",
            "title": "Two\nlines",
        }))
        .unwrap_err();
    let told = fields(&wrong);
    for expected in [
        ("colour", "unknown"),
        ("title", "several-lines"),
        ("kind", "unknown"),
        ("summary", "required"),
        ("participants", "not-a-code"),
        ("elements", "not-an-element"),
        ("starts", "not-a-day"),
        ("cost_once", "not-money"),
        ("carbon_tonnes", "out-of-range"),
        ("quick_win", "not-yes-or-no"),
    ] {
        assert!(told.contains(&expected), "{expected:?} is not among {told:?}");
    }
    assert_eq!(told.len(), 10, "{told:?}");
}

#[test]
fn what_no_field_can_see_alone_is_checked_too() {
    let mut late = project();
    late["starts"] = "2027-06-01".into();
    late["ends"] = "2027-05-01".into();
    late["aims"] = json!([]);
    late["sourcing"] = "build".into();
    let wrong = ITEM.read_json(&late).unwrap_err();
    assert_eq!(fields(&wrong), [("ends", "before"), ("aims", "required"), ("sourcing_reason", "required")]);
    let risk =
        json!({ "title": "Late", "kind": "risk", "area": "delivery", "owner": "Head", "state": "open" });
    assert_eq!(
        fields(&RAID.read_json(&risk).unwrap_err()),
        [("likelihood", "required"), ("impact", "required")]
    );
}

#[test]
fn a_form_and_json_read_alike() {
    let mut form: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in [
        ("title", "Online reporting"),
        ("kind", "Project"),
        ("summary", "People report online."),
        ("aims", "help-people"),
        ("cost_once", "£1,250,000"),
        ("quick_win", "yes"),
        ("users", "Victims\r\n\r\n  Witnesses "),
    ] {
        form.insert(name.into(), vec![value.into()]);
    }
    let mut same = project();
    same["cost_once"] = 1_250_000.into();
    same["quick_win"] = true.into();
    same["users"] = json!(["Victims", "Witnesses"]);
    let read = ITEM.read(&form).unwrap();
    assert_eq!(read, body(&ITEM, &same));
    assert_eq!(ITEM.spoken(ITEM.field("cost_once").unwrap(), &read), ["£1,250,000"]);
    assert_eq!(ITEM.spoken(ITEM.field("kind").unwrap(), &read), ["Project"]);
}

#[test]
fn money_is_read_and_said_as_people_write_it() {
    assert_eq!(pounds(0), "£0");
    assert_eq!(pounds(999), "£999");
    assert_eq!(pounds(-1_234_567), "-£1,234,567");
    for (text, amount) in [("5", 5), ("£12,000.00", 12_000), ("0", 0)] {
        let read = ITEM.read_json(&{
            let mut p = project();
            p["cost_once"] = text.into();
            p
        });
        assert_eq!(read.unwrap().money("cost_once"), Some(amount), "{text}");
    }
    let mut p = project();
    p["cost_once"] = "-5".into();
    assert_eq!(fields(&ITEM.read_json(&p).unwrap_err()), [("cost_once", "out-of-range")]);
    for text in ["12.50", "1e6", "£", "--5", "999999999999999"] {
        let mut p = project();
        p["cost_once"] = text.into();
        assert_eq!(fields(&ITEM.read_json(&p).unwrap_err()), [("cost_once", "not-money")], "{text}");
    }
}

#[test]
fn an_entry_is_kept_with_every_version() {
    on_both(|test| {
        let who = office(test);
        let made = test
            .db
            .write(&who, |cx| create(cx, &ITEM, "", &body(&ITEM, &project()), "Agreed in March."))
            .unwrap();
        assert_eq!((made.code.as_str(), made.version), ("online-reporting", 1));
        let mut later = project();
        later["title"] = "Reporting online".into();
        let changed = body(&ITEM, &later);
        let next = changed.clone();
        let two = test
            .db
            .write(&who, move |cx| change(cx, &ITEM, "online-reporting", 1, &next, "Renamed."))
            .unwrap();
        assert_eq!((two.version, two.title.as_str()), (2, "Reporting online"));
        let stale = test.db.write(&who, move |cx| change(cx, &ITEM, "online-reporting", 1, &changed, ""));
        assert!(matches!(stale, Err(Error::Stale(_))));
        let unreasoned = test.db.write(&who, |cx| withdraw(cx, &ITEM, "online-reporting", 2, " "));
        assert!(matches!(unreasoned, Err(Error::Invalid(_))));
        test.db.write(&who, |cx| withdraw(cx, &ITEM, "online-reporting", 2, "Part of another.")).unwrap();
        let (found, past) = test
            .db
            .read(&who, |cx| {
                let found = entry(cx, &ITEM, "online-reporting")?;
                let past = history(cx, &ITEM, &found)?;
                Ok((found, past))
            })
            .unwrap();
        assert!(found.withdrawn);
        let told: Vec<_> = past.iter().map(|v| (v.version, v.withdrawn, v.reason.as_str())).collect();
        assert_eq!(
            told,
            [(3, true, "Part of another."), (2, false, "Renamed."), (1, false, "Agreed in March.")]
        );
        assert_eq!(past[2].body.text("title"), "Online reporting");
        assert_eq!(past[0].by.as_deref(), Some("Alex Office"));
    });
}

#[test]
fn what_changes_by_a_step_of_its_own_is_not_set_by_hand() {
    on_both(|test| {
        let who = office(test);
        // Work that was under way before the register was kept is entered as it stands, and its history says so.
        let mut under_way = project();
        under_way["stage"] = "delivery".into();
        let under_way = body(&ITEM, &under_way);
        let made =
            test.db.write(&who, move |cx| create(cx, &ITEM, "old", &under_way, "From the plan.")).unwrap();
        let past = test.db.read(&who, move |cx| {
            let held = entry(cx, &ITEM, &made.code)?;
            history(cx, &ITEM, &held)
        });
        let past = past.unwrap();
        assert_eq!(past[0].reason, "From the plan.\nEntered as it stood, without a step here: Stage");
        // What was entered without a stage does not get one by a change.
        let mut plain = project();
        plain.as_object_mut().unwrap().remove("stage");
        let mut live = plain.clone();
        live["stage"] = "live".into();
        let (plain, live) = (body(&ITEM, &plain), body(&ITEM, &live));
        test.db.write(&who, move |cx| create(cx, &ITEM, "new-one", &plain, "")).unwrap();
        let changed = test.db.write(&who, move |cx| change(cx, &ITEM, "new-one", 1, &live, "")).unwrap();
        assert_eq!(changed.body.text("stage"), "");
    });
}

#[test]
fn nothing_waits_for_itself_or_is_a_part_of_its_part() {
    on_both(|test| {
        let who = office(test);
        for code in ["a", "b", "c"] {
            let item = body(&ITEM, &project());
            test.db.write(&who, move |cx| create(cx, &ITEM, code, &item, "")).unwrap();
        }
        let wait = |item: &str, needs: &str| {
            let said = json!({ "title": "Waits", "item": item, "needs": needs, "kind": "finish-to-start" });
            let said = body(&DEPENDENCY, &said);
            test.db.write(&who, move |cx| create(cx, &DEPENDENCY, "", &said, ""))
        };
        let circle = |done: Result<Entry, Error>| match done {
            Err(Error::Invalid(wrong)) => assert_eq!(fields(&wrong), [("needs", "circle")]),
            other => panic!("{other:?}"),
        };
        circle(wait("a", "a"));
        wait("a", "b").unwrap();
        wait("b", "c").unwrap();
        circle(wait("b", "a"));
        circle(wait("c", "a"));
        wait("a", "c").unwrap();
        let part = |code: &'static str, of: &str| {
            let mut said = project();
            said["parent"] = of.into();
            let said = body(&ITEM, &said);
            test.db.write(&who, move |cx| change(cx, &ITEM, code, 1, &said, ""))
        };
        part("a", "b").unwrap();
        part("b", "c").unwrap();
        match part("c", "a") {
            Err(Error::Invalid(wrong)) => assert_eq!(fields(&wrong), [("parent", "circle")]),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn what_was_withdrawn_or_never_was_is_not_pointed_at_anew() {
    on_both(|test| {
        let who = office(test);
        let shipped =
            |name: &str, text: &str| (strategy::Strategy::parse(name, text).unwrap(), text.to_owned());
        let national =
            shipped("national-2020.yaml", include_str!("../../../../data/strategy/national-2020.yaml"));
        test.db.write(&Actor::system(), move |cx| take_up(cx, std::slice::from_ref(&national))).unwrap();
        let said = |elements: Value, parent: &str| {
            let mut said = project();
            said["elements"] = elements;
            said["parent"] = parent.into();
            body(&ITEM, &said)
        };
        let make = |code: &'static str, body: Body| {
            test.db.write(&who, move |cx| create(cx, &ITEM, code, &body, ""))
        };
        match make("x", said(json!(["national-2020:ZZZ", "essex-1999:A1", "national-2020:A1.1"]), "")) {
            Err(Error::Invalid(wrong)) => {
                let told: Vec<_> = wrong.iter().map(|w| w.message.as_str()).collect();
                assert_eq!(
                    told,
                    [
                        "Elements of the strategy that it serves: the strategy ‘national-2020’ has no element ‘ZZZ’",
                        "Elements of the strategy that it serves: there is no strategy ‘essex-1999’; held are national-2020",
                    ]
                );
            }
            other => panic!("{other:?}"),
        }
        make("whole", said(json!(["national-2020:A1.1"]), "")).unwrap();
        make("part", said(json!(["national-2020:A1.1"]), "whole")).unwrap();
        test.db.write(&who, |cx| withdraw(cx, &ITEM, "whole", 1, "Given up.")).unwrap();
        // What pointed there before may stay as it was.
        let again = said(json!(["national-2020:A1.2"]), "whole");
        test.db.write(&who, move |cx| change(cx, &ITEM, "part", 1, &again, "")).unwrap();
        match make("late", said(json!([]), "whole")) {
            Err(Error::Invalid(wrong)) => assert_eq!(fields(&wrong), [("parent", "withdrawn")]),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn codes_are_unique_and_given_where_none_is_chosen() {
    on_both(|test| {
        let who = office(test);
        let make = |code: &'static str| {
            test.db.write(&who, move |cx| create(cx, &ITEM, code, &body(&ITEM, &project()), ""))
        };
        assert_eq!(make("").unwrap().code, "online-reporting");
        assert_eq!(make("").unwrap().code, "online-reporting-2");
        for (code, kind) in [("online-reporting", "taken"), ("new", "not-a-code"), ("Über", "not-a-code")] {
            match make(code) {
                Err(Error::Invalid(wrong)) => assert_eq!(fields(&wrong), [("code", kind)]),
                other => panic!("{code}: {other:?}"),
            }
        }
    });
}

#[test]
fn what_an_entry_points_at_is_there_and_is_found_from_there() {
    on_both(|test| {
        let who = office(test);
        let mut shared = project();
        shared["participants"] = json!(["kent"]);
        shared["elements"] = json!(["national-2020:A1.1"]);
        shared["algorithms"] = json!(["definition/burglary"]);
        let shared = body(&ITEM, &shared);
        let alone = shared.clone();
        match test.db.write(&who, move |cx| create(cx, &ITEM, "", &alone, "")) {
            Err(Error::Invalid(wrong)) => assert_eq!(fields(&wrong), [("participants", "absent")]),
            other => panic!("{other:?}"),
        }
        let kent = body(&ORGANISATION, &json!({ "title": "Kentshire", "kind": "force" }));
        let nothing_half_done = test.db.read(&who, |cx| entries(cx, &ITEM)).unwrap();
        assert!(nothing_half_done.is_empty());
        test.db
            .write(&who, move |cx| {
                create(cx, &ORGANISATION, "kent", &kent, "")?;
                create(cx, &ITEM, "", &shared, "")
            })
            .unwrap();
        for target in ["organisation:kent", "element:national-2020:A1.1", "algorithm:definition/burglary"] {
            let found = test
                .db
                .read(&who, move |cx| {
                    entries(cx, &ITEM)?;
                    pointing_at(cx, target)
                })
                .unwrap();
            assert_eq!(found.len(), 1, "{target}");
            assert_eq!((found[0].register.as_str(), found[0].code.as_str()), ("item", "online-reporting"));
        }
        test.db.write(&who, |cx| withdraw(cx, &ITEM, "online-reporting", 1, "Gone.")).unwrap();
        let left = test.db.read(&who, |cx| {
            entries(cx, &ITEM)?;
            pointing_at(cx, "organisation:kent")
        });
        assert!(left.unwrap().is_empty());
    });
}

#[test]
fn a_table_is_taken_whole_or_not_at_all() {
    on_both(|test| {
        let who = office(test);
        let of = |title: &str, within: Option<&str>| {
            let mut all = json!({ "title": title, "kind": "force" });
            if let Some(other) = within {
                all["organisation"] = other.into();
            }
            (code_of(title), body(&ORGANISATION, &all))
        };
        let bad = vec![of("One", None), of("Two", Some("nowhere"))];
        assert!(test.db.write(&who, move |cx| put_all(cx, &ORGANISATION, &bad, "Survey")).is_err());
        let good = vec![of("One", None), of("Two", Some("one"))];
        let again = good.clone();
        let counts = test.db.write(&who, move |cx| put_all(cx, &ORGANISATION, &good, "Survey")).unwrap();
        assert_eq!(counts, (2, 0));
        let counts = test.db.write(&who, move |cx| put_all(cx, &ORGANISATION, &again, "Survey")).unwrap();
        assert_eq!(counts, (0, 0), "what is the same is left as it is");
    });
}

proptest! {
    #[test]
    fn whatever_is_sent_is_read_or_refused_by_name(
        values in prop::collection::btree_map(
            prop::sample::select(ITEM.fields.iter().map(|f| f.name).chain(["other"]).collect::<Vec<_>>()),
            prop_oneof![
                any::<String>().prop_map(Value::from),
                any::<f64>().prop_map(Value::from),
                any::<bool>().prop_map(Value::from),
                Just(Value::Null),
                prop::collection::vec(any::<String>(), 0..4).prop_map(Value::from),
                Just(json!({ "a": [1] })),
            ],
            0..12,
        )
    ) {
        let sent: serde_json::Map<_, _> = values.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        match ITEM.read_json(&Value::Object(sent)) {
            // What was read reads as the same again.
            Ok(body) => prop_assert_eq!(ITEM.read_json(&serde_json::to_value(&body).unwrap()).unwrap(), body),
            Err(wrong) => prop_assert!(!wrong.is_empty() && wrong.iter().all(|e| !e.message.is_empty())),
        }
    }

    #[test]
    fn a_title_always_gives_a_code(title in any::<String>()) {
        prop_assert!(is_code(&code_of(&title)));
    }
}
