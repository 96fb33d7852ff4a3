//! Gaps, duplicates, conflicts, synergies and quick wins, and what people say to them.

mod lasting;
mod planted;
mod real;

use super::entries::office;
use bluelamp_model::{Day, Error, authority::Actor};
use bluelamp_steward::{
    entry::{change, create, entries, withdraw},
    findings::{
        Answer, Best, Element, Finding, Given, Item, Kind, Maturity, NewSaving, Portfolio, Shown, Standing,
        answer, answers, find, gather, of_landscape, shown,
    },
    landscape::Application,
    registers::{benefits::SAVING, landscape::APPLICATION, organisations::ORGANISATION, portfolio::ITEM},
};
use bluelamp_testkit::{TestDb, on_both};
use serde_json::json;
use std::collections::BTreeMap;

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|t| (*t).to_owned()).collect()
}

/// An item that no rule has anything to say about.
fn item(code: &str) -> Item {
    Item {
        code: code.into(),
        title: format!("Item {code}"),
        kind: "project".into(),
        owner: "Head of Change".into(),
        stage: "delivery".into(),
        status: "on-track".into(),
        aims: texts(&["help-people"]),
        elements: texts(&["s:A1"]),
        ..Item::default()
    }
}

fn portfolio(items: Vec<Item>) -> Portfolio {
    Portfolio { items, today: Some(day("2027-01-15")), ..Portfolio::default() }
}

fn ids(p: &Portfolio) -> Vec<String> {
    find(p).into_iter().map(|f| f.id).collect()
}

fn one(p: &Portfolio, id: &str) -> Finding {
    let all = find(p);
    let ids: Vec<_> = all.iter().map(|f| f.id.clone()).collect();
    all.into_iter().find(|f| f.id == id).unwrap_or_else(|| panic!("{id} is not among {ids:?}"))
}

#[test]
fn an_element_is_a_gap_until_somebody_found_that_an_item_serves_it() {
    let element = |id: &str, name: &str| Element {
        id: id.into(),
        kind: "Priority".into(),
        name: name.into(),
        phase: None,
    };
    let mut p = portfolio(vec![item("lamps")]);
    p.elements = vec![element("s:A1", "Light"), element("s:A2", "Sound"), element("s:A3", "Warmth")];
    assert_eq!(
        ids(&p),
        ["gap:element-not-assessed:s:A1", "gap:element-unserved:s:A2", "gap:element-unserved:s:A3"]
    );
    assert_eq!(
        one(&p, "gap:element-not-assessed:s:A1").sentence,
        "Priority ‘Light’: items name it, but nobody has assessed whether they serve it"
    );
    p.assessed.insert("s:A1".into(), Best { median: 2.0, item: "lamps".into() });
    p.assessed.insert("s:A2".into(), Best { median: 0.0, item: "lamps".into() });
    p.assessed.insert("s:A3".into(), Best { median: 3.0, item: "gone".into() });
    // What was found to be 0 is another gap than what nobody looked at, and an item that is gone serves nothing.
    assert_eq!(ids(&p), ["gap:element-unserved:s:A3", "gap:element-weakly-served:s:A2"]);
    assert_eq!(
        one(&p, "gap:element-weakly-served:s:A2").evidence[0].values,
        ["the best median is 0 (lamps)"]
    );
}

#[test]
fn a_roadmap_item_wants_an_item_and_the_item_an_owner() {
    let due = |id: &str| Element {
        id: id.into(),
        kind: "Roadmap item".into(),
        name: id.into(),
        phase: Some("s:R1".into()),
    };
    let owned = Item { roadmap: texts(&["s:R1.a"]), ..item("a") };
    let not_owned = Item { roadmap: texts(&["s:R1.b"]), owner: String::new(), ..item("b") };
    let mut p = portfolio(vec![owned, not_owned]);
    p.roadmap = vec![due("s:R1.a"), due("s:R1.b"), due("s:R1.c")];
    p.phases.insert("s:R1".into(), "Setting direction".into());
    assert_eq!(ids(&p), ["gap:roadmap-undelivered:s:R1.c", "gap:roadmap-without-owner:s:R1.b"]);
    assert_eq!(one(&p, "gap:roadmap-undelivered:s:R1.c").evidence[0].values, ["Setting direction"]);
    // The phase was to end when its last item was first agreed to end.
    for (n, i) in p.items.iter_mut().enumerate() {
        i.baseline_ends = Some(day(["2026-10-01", "2026-12-31"][n]));
    }
    let late = one(&p, "gap:phase-past-its-date:s:R1");
    assert_eq!(late.sentence, "Phase ‘Setting direction’ was to end on 2026-12-31, and 2 items are not done");
    p.today = Some(day("2026-12-31"));
    assert!(!ids(&p).contains(&late.id), "the last day is still in time");
    p.today = Some(day("2027-01-15"));
    for i in &mut p.items {
        i.status = "done".into();
    }
    assert!(!ids(&p).contains(&late.id));
}

#[test]
fn a_capability_below_its_target_an_item_past_its_day_and_an_item_for_nothing_are_gaps() {
    let mut p = portfolio(vec![
        Item { ends: Some(day("2026-12-31")), ..item("late") },
        Item { ends: Some(day("2026-12-31")), status: "done".into(), ..item("done") },
        Item { elements: vec![], aims: vec![], ..item("why") },
    ]);
    let maturity = |code: &str, now: &str, due: &str| Maturity {
        code: code.into(),
        title: code.into(),
        capability: texts(&["s:C1"]),
        organisation: "essex".into(),
        now: now.into(),
        target: "4".into(),
        due: Some(day(due)),
    };
    p.maturity = vec![maturity("there", "4", "2026-01-01"), maturity("below", "1", "2026-01-01")];
    p.organisations.insert("essex".into(), "Essex Police".into());
    assert_eq!(
        ids(&p),
        [
            "gap:capability-below-target:below",
            "gap:item-past-its-date:late",
            "gap:item-without-aim:why",
            "gap:item-without-element:why"
        ]
    );
    let below = one(&p, "gap:capability-below-target:below");
    assert_eq!(
        below.sentence,
        "Essex Police: s:C1 stands at 1 and is to reach 4, which was due on 2026-01-01"
    );
    assert_eq!(below.score, Some(0.6));
}

fn reporting(code: &str, summary: &str) -> Item {
    Item {
        title: "Online reporting".into(),
        summary: summary.into(),
        capabilities: texts(&["s:C1"]),
        users: texts(&["Victims"]),
        ..item(code)
    }
}

#[test]
fn a_duplicate_needs_capability_users_and_words() {
    let a = reporting("a", "Victims of theft report it online and follow what happens to it.");
    let b = reporting("b", "People report thefts online and can follow their report.");
    let found = one(&portfolio(vec![a.clone(), b.clone()]), "duplicate:same-function:a+b");
    assert_eq!(found.evidence[0].values, ["s:C1"]);
    assert_eq!(found.evidence[1].values, ["Victims"]);
    assert_eq!(found.evidence[2].values, ["follow", "online", "report", "reporting", "theft"]);
    let duplicates =
        |items: Vec<Item>| find(&portfolio(items)).into_iter().filter(|f| f.kind == Kind::Duplicate).count();
    // Singular or plural, capitals or not: the same users.
    let same = Item { users: texts(&["victim"]), ..b.clone() };
    assert_eq!(duplicates(vec![a.clone(), same]), 1);
    for other in [
        Item { users: texts(&["Officers"]), ..b.clone() },
        Item { capabilities: texts(&["s:C2"]), ..b.clone() },
        Item { title: "Body-worn video".into(), summary: "Cameras keep film safe.".into(), ..b.clone() },
        Item { parent: "a".into(), ..b.clone() },
        Item { stage: "closed".into(), ..b.clone() },
        Item { status: "stopped".into(), ..b.clone() },
    ] {
        assert_eq!(duplicates(vec![a.clone(), other.clone()]), 0, "{other:?}");
    }
    // An idea names neither; the words have to carry it, and the finding says so.
    let idea = Item { users: vec![], capabilities: vec![], ..b };
    let found = one(&portfolio(vec![a, idea]), "duplicate:same-function:a+b");
    assert_eq!(found.evidence[0].values, ["capability", "users"]);
}

#[test]
fn a_conflict_is_a_team_a_source_or_users_wanted_twice_in_the_same_days() {
    let work = |code: &str, from: &str, to: &str| Item {
        team: "Data team".into(),
        sources: texts(&["Custody records"]),
        users: texts(&["Response officers"]),
        starts: Some(day(from)),
        ends: Some(day(to)),
        ..item(code)
    };
    let conflicts = |a: Item, b: Item| -> Vec<String> {
        let all = find(&portfolio(vec![a, b]));
        all.into_iter().filter(|f| f.kind == Kind::Conflict).map(|f| f.rule.to_owned()).collect()
    };
    let a = work("a", "2027-02-01", "2027-06-30");
    let mut all = conflicts(a.clone(), work("b", "2027-06-30", "2027-12-31"));
    all.sort();
    assert_eq!(all, ["same-source", "same-team"], "one day in common, and the roll-outs are months apart");
    assert!(conflicts(a.clone(), work("b", "2027-07-01", "2027-12-31")).is_empty());
    // The last day of b's four weeks is 27 days after a's last day: one day in common; a day later, none.
    assert!(conflicts(a.clone(), work("b", "2027-06-01", "2027-07-27")).contains(&"same-users".to_owned()));
    assert!(!conflicts(a.clone(), work("b", "2027-06-01", "2027-07-28")).contains(&"same-users".to_owned()));
    for changed in [
        Item { stage: "live".into(), ..work("b", "2027-02-01", "2027-06-30") },
        Item { status: "paused".into(), ..work("b", "2027-02-01", "2027-06-30") },
        Item { parent: "a".into(), ..work("b", "2027-02-01", "2027-06-30") },
        Item { starts: None, ..work("b", "2027-02-01", "2027-06-30") },
    ] {
        assert!(conflicts(a.clone(), changed.clone()).is_empty(), "{changed:?}");
    }
    let found = one(&portfolio(vec![a, work("b", "2027-06-30", "2027-12-31")]), "conflict:same-team:a+b");
    assert_eq!(found.sentence, "‘Item a’ and ‘Item b’ want the same team in the same weeks: Data team");
    assert_eq!(found.evidence[1].values, ["2027-06-30 to 2027-06-30"]);
}

#[test]
fn a_synergy_is_between_organisations_that_do_not_share_yet() {
    let work = |code: &str, organisation: &str| Item {
        organisation: organisation.into(),
        capabilities: texts(&["s:C1"]),
        sources: texts(&["Custody records"]),
        suppliers: texts(&[if code == "a" { "Acme Ltd" } else { "ACME" }]),
        starts: Some(day("2027-02-01")),
        ends: Some(day("2027-06-30")),
        team: code.into(),
        ..item(code)
    };
    let of = |items: Vec<Item>| -> Vec<String> {
        let all = find(&portfolio(items)).into_iter().filter(|f| f.kind == Kind::Synergy);
        all.map(|f| f.id).collect()
    };
    let (a, b) = (work("a", "essex"), work("b", "kent"));
    assert_eq!(
        of(vec![a.clone(), b.clone()]),
        ["synergy:same-elements:a+b", "synergy:same-supplier:acme", "synergy:shared-source:custody-record"]
    );
    assert!(of(vec![a.clone(), Item { organisation: "essex".into(), ..b.clone() }]).is_empty());
    let sharing = Item { participants: texts(&["essex"]), ..b.clone() };
    assert!(!of(vec![a.clone(), sharing]).contains(&"synergy:same-elements:a+b".to_owned()));
    let later = Item { starts: Some(day("2028-02-01")), ends: Some(day("2028-06-30")), ..b.clone() };
    assert!(!of(vec![a.clone(), later]).contains(&"synergy:same-elements:a+b".to_owned()));
    let elsewhere = Item { elements: texts(&["s:A9"]), ..b };
    assert!(!of(vec![a, elsewhere]).contains(&"synergy:same-elements:a+b".to_owned()));
}

#[test]
fn a_quick_win_owes_a_report_after_twelve_months() {
    let short =
        |code: &str| Item { starts: Some(day("2026-06-01")), ends: Some(day("2027-03-01")), ..item(code) };
    let report = |i: Item| {
        let code = i.code.clone();
        one(&portfolio(vec![i]), &format!("quick-win:within-a-year:{code}")).evidence[1].values[0].clone()
    };
    assert_eq!(report(short("a")), "nobody has planned one");
    assert_eq!(
        report(Item { review: Some(day("2027-05-01")), ..short("a") }),
        "planned within twelve months of the start"
    );
    assert_eq!(report(Item { review: Some(day("2027-07-01")), ..short("a") }), "nobody has planned one");
    assert_eq!(
        report(Item { realised_on: vec![day("2026-12-01")], ..short("a") }),
        "a value of a benefit was taken"
    );
    let long_ago = Item { starts: Some(day("2025-06-01")), quick_win: Some(true), ..short("a") };
    assert_eq!(report(long_ago), "twelve months are over and there is none");
    let wins = |i: Item| find(&portfolio(vec![i])).iter().any(|f| f.kind == Kind::QuickWin);
    assert!(!wins(Item { ends: Some(day("2027-06-01")), ..short("a") }), "a whole year is no quick win");
    assert!(!wins(Item { quick_win: Some(false), ..short("a") }), "a person has said no");
    assert!(wins(Item { quick_win: Some(true), starts: None, ..short("a") }));
}

fn application(code: &str, force: &str, name: &str, capability: &str) -> Application {
    Application {
        code: code.into(),
        force: force.into(),
        name: name.into(),
        supplier: Some("Acme Ltd".into()),
        capabilities: vec![capability.into()],
        ..Application::default()
    }
}

#[test]
fn the_same_application_in_two_forces_is_one_finding() {
    let (a, b) = (
        application("a", "Essex", "Athena Records 4", "Custody"),
        application("b", "Kent", "Athena records", "Custody"),
    );
    let other = application("c", "Kent", "Rota planner", "Duties");
    let found = of_landscape(&[other, b, a], &BTreeMap::new());
    let doubles: Vec<_> = found.iter().filter(|f| f.kind == Kind::Duplicate).collect();
    assert_eq!(doubles.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["duplicate:same-application:a+b"]);
    assert_eq!(
        doubles[0].sentence,
        "These seem to be one application: ‘Athena Records 4’ (Essex), ‘Athena records’ (Kent)"
    );
    assert_eq!(doubles[0].about[1].register, "application");
    assert!(!doubles[0].evidence[0].values.is_empty(), "it says why");
}

#[test]
fn what_a_force_has_nothing_for_and_others_have_is_a_gap() {
    let organisations = BTreeMap::from([("Kent".to_owned(), "kent".to_owned())]);
    let apps = [
        application("a", "Essex", "Cell Watch", "Custody"),
        application("b", "Kent", "Rota planner", "Duties"),
        application("c", "Essex", "Shift Desk", "DUTIES"),
    ];
    let found = of_landscape(&apps, &organisations);
    let gaps: Vec<_> = found.iter().filter(|f| f.rule == "capability-missing").collect();
    let said: Vec<_> = gaps.iter().map(|f| f.sentence.as_str()).collect();
    assert_eq!(said, ["Kent has no application for Custody"], "capitals make no other capability");
    assert_eq!(
        (gaps[0].about[0].register.as_str(), gaps[0].about[0].code.as_str()),
        ("organisation", "kent")
    );
    let nowhere: Vec<_> = found.iter().filter(|f| f.rule == "capability-unserved").collect();
    assert_eq!(nowhere.len(), 18, "each that the strategy names, once and not for each force");
    assert!(
        nowhere.iter().any(|f| f.sentence == "No force of the landscape has an application for Analytics")
    );
}

#[test]
fn several_applications_of_one_force_for_one_thing_are_shown_where_they_are_described_alike() {
    let described = |code: &str, name: &str, function: &str| Application {
        function: Some(function.into()),
        ..application(code, "Essex", name, "Analytics")
    };
    let several = |apps: &[Application]| {
        let found = of_landscape(apps, &BTreeMap::new());
        found.into_iter().filter(|f| f.rule == "same-capability").collect::<Vec<_>>()
    };
    let alike = [
        described("a", "Insight", "Dashboards of crime and demand"),
        described("b", "Figures", "Crime and demand dashboards for chief officers"),
    ];
    let found = several(&alike);
    assert_eq!(found[0].sentence, "Essex has 2 applications for Analytics: ‘Insight’, ‘Figures’");
    assert_eq!(found[0].evidence[1].values, ["crime", "dashboards", "demand"]);
    assert_eq!(found[0].score, Some(0.6));
    let other = [alike[0].clone(), described("c", "Map room", "Where patrol cars are now")];
    assert!(several(&other).is_empty(), "one capability, two things");
    let unsaid = [alike[0].clone(), application("d", "Essex", "Old figures", "Analytics")];
    assert_eq!(several(&unsaid)[0].score, None, "what is not described is asked about, and not scored");
}

/// Two forces, two items that double, one application that belongs to one of them.
fn fill(test: &TestDb, office: &Actor) {
    test.db
        .write(office, |cx| {
            for (code, name) in [("essex", "Essex Police"), ("kent", "Kent Police")] {
                let body = ORGANISATION.read_json(&json!({ "title": name, "kind": "force" })).unwrap();
                create(cx, &ORGANISATION, code, &body, "")?;
            }
            for (code, force, title) in
                [("a", "essex", "Online reporting of theft"), ("b", "kent", "Theft reporting online")]
            {
                let body = ITEM
                    .read_json(&json!({
                        "title": title, "kind": "project", "summary": "Victims report theft online.",
                        "organisation": force, "aims": ["help-people"], "elements": ["s:A1"], "users": ["Victims"],
                        "capabilities": ["s:C1"],
                    }))
                    .unwrap();
                create(cx, &ITEM, code, &body, "")?;
            }
            let body = json!({ "title": "Portal", "organisation": "essex", "supplier": "Acme", "item": "a" });
            create(cx, &APPLICATION, "portal", &APPLICATION.read_json(&body).unwrap(), "").map(drop)
        })
        .unwrap();
}

fn standing(test: &TestDb, who: &Actor) -> Vec<Shown> {
    test.db
        .read(who, |cx| {
            let found = find(&gather(cx)?);
            Ok(shown(found, &answers(cx)?))
        })
        .unwrap()
}

const DOUBLE: &str = "duplicate:same-function:a+b";

fn double(test: &TestDb, who: &Actor) -> Shown {
    standing(test, who).into_iter().find(|s| s.finding.id == DOUBLE).expect("it is found")
}

#[test]
fn a_person_answers_with_reasons_and_the_answer_holds_while_its_basis_does() {
    on_both(|test| {
        let office = office(test);
        fill(test, &office);
        let seen = double(test, &office);
        assert_eq!((seen.standing, &seen.answered), (Standing::Open, &None));
        assert_eq!(
            seen.finding.sentence,
            "‘Online reporting of theft’ (Essex Police) and ‘Theft reporting online’ (Kent Police) seem to do the same \
             for the same people"
        );
        let given = |answer: &str, reasons: &str| Given {
            seen: seen.finding.basis.clone(),
            answer: answer.into(),
            reasons: reasons.into(),
            saving: None,
        };
        let finding = seen.finding.clone();
        let try_with = |given: Given| {
            let finding = finding.clone();
            test.db.write(&office, move |cx| answer(cx, &finding, &given)).map(|e| e.map(|e| e.code))
        };
        let bare = try_with(given("perhaps", " "));
        assert!(matches!(&bare, Err(Error::Invalid(w)) if w.len() == 2), "{bare:?}");
        let stale = try_with(Given { seen: "0".into(), ..given("rejected", "No.") });
        assert!(matches!(stale, Err(Error::Stale(_))));
        let nobody = test.db.write(&Actor::system(), {
            let (finding, given) = (finding.clone(), given("rejected", "No."));
            move |cx| answer(cx, &finding, &given)
        });
        assert!(matches!(nobody, Err(Error::Forbidden { .. })), "a machine does not answer a machine");
        assert_eq!(try_with(given("rejected", "Kent ends its own in May.")).unwrap(), None);
        let now = double(test, &office);
        assert_eq!(now.standing, Standing::Rejected);
        let answered = now.answered.unwrap();
        assert_eq!((answered.answer, answered.by.as_str()), (Answer::Rejected, "Alex Office"));
        // The title of another field changes nothing; the users do.
        let body = |users: &str| {
            ITEM.read_json(&json!({
                "title": "Theft reporting online", "kind": "project", "summary": "Victims report theft online.",
                "organisation": "kent", "aims": ["help-people"], "elements": ["s:A1"],
                "users": [users, "Victims"], "capabilities": ["s:C1"], "owner": "Head of Digital",
            }))
            .unwrap()
        };
        let same = body("Officers");
        test.db.write(&office, move |cx| change(cx, &ITEM, "b", 1, &same, "")).unwrap();
        assert_eq!(double(test, &office).standing, Standing::Rejected);
        let both = body("Witnesses");
        test.db
            .write(&office, move |cx| {
                change(cx, &ITEM, "b", 2, &both, "")?;
                let body = ITEM
                    .read_json(&json!({
                        "title": "Online reporting of theft", "kind": "project",
                        "summary": "Victims report theft online.", "organisation": "essex", "aims": ["help-people"],
                        "elements": ["s:A1"], "users": ["Victims", "Witnesses"], "capabilities": ["s:C1"],
                    }))
                    .unwrap();
                change(cx, &ITEM, "a", 1, &body, "")
            })
            .unwrap();
        let again = double(test, &office);
        assert_eq!(again.standing, Standing::Changed, "it rests on more now, and is asked again");
        // Withdrawn items are in no finding.
        test.db.write(&office, |cx| withdraw(cx, &ITEM, "b", 3, "Kent stopped it.")).unwrap();
        let about_b = |s: &Shown| s.finding.about.iter().any(|a| a.code == "b");
        assert!(!standing(test, &office).iter().any(about_b));
    });
}

#[test]
fn a_confirmed_duplicate_can_lead_to_a_saving() {
    on_both(|test| {
        let office = office(test);
        fill(test, &office);
        let finding = double(test, &office).finding;
        let saving = |yearly: &str, owner: &str| {
            Some(NewSaving { yearly: yearly.into(), once: String::new(), owner: owner.into() })
        };
        let write = |answer_code: &str, saving: Option<NewSaving>| {
            let given = Given {
                seen: finding.basis.clone(),
                answer: answer_code.into(),
                reasons: "Both say so.".into(),
                saving,
            };
            let finding = finding.clone();
            test.db.write(&office, move |cx| answer(cx, &finding, &given))
        };
        let wrong = write("confirmed", saving("much", ""));
        let Err(Error::Invalid(wrong)) = wrong else { panic!("{wrong:?}") };
        let fields: Vec<_> = wrong.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["saving_yearly", "saving_owner"]);
        let rejected = write("rejected", saving("£1,000", "Office"));
        assert!(matches!(rejected, Err(Error::Invalid(w)) if w[0].code == "unexpected"));
        assert_eq!(double(test, &office).standing, Standing::Open, "nothing was kept");
        let made = write("confirmed", saving("£120,000", "Head of Change")).unwrap().unwrap();
        assert_eq!(made.body.text("finding"), DOUBLE);
        assert_eq!(made.body.all("items"), ["a", "b"]);
        assert_eq!(double(test, &office).standing, Standing::Confirmed);
        let held = test.db.read(&office, |cx| entries(cx, &SAVING)).unwrap();
        assert_eq!((held.len(), held[0].body.money("yearly")), (1, Some(120_000)));
    });
}
