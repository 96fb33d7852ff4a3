//! Innovation challenges: each guard from the brief to the award.

use crate::entries::office;
use bluelamp_access::Policy;
use bluelamp_model::{
    Error, Id,
    authority::{Actor, Ask, Verb, action},
};
use bluelamp_steward::{
    challenge::{
        Award, Given, NewEntry, Stage, award, challenge, challenges, close, declare, open, published,
        receive, results, score,
    },
    entry::{change, create, entries, entry, known, pointing_at},
};
use bluelamp_store::Cx;
use bluelamp_testkit::{TestDb, on_both, on_both_with};
use serde_json::{Value, json};
use std::sync::Arc;

const DAY: i64 = 86_400;

/// Somebody with an account.
fn person(test: &TestDb, n: u8, role: &str) -> Actor {
    let id = Id::from_bytes([n; 16]);
    test.db
        .write(&Actor::system(), move |cx: &mut Cx<'_>| {
            let now = cx.now();
            cx.allow(action::STRATEGY_IMPORT, None)?;
            cx.exec(
                "insert into account (id, username, name, roles, created_at) values ($1, $2, $3, '', $4)",
                &[id.into(), format!("person-{n}").into(), format!("Person {n}").into(), now.into()],
            )?;
            cx.record(Verb::Administer, "account", Some(id), json!({}))
        })
        .unwrap();
    Actor::staff(id, vec![role.into()], "strategy")
}

fn written() -> Value {
    json!({
        "title": "See risk sooner", "brief": "Who is at most risk?", "criteria": ["Help", "Fairness"], "fund": 50000,
        "elements": ["national-2020:E7.4"], "opens": "2026-11-23", "closes": "2026-11-24", "ethics": "Looked at.",
    })
}

fn write_down(test: &TestDb, who: &Actor, fields: &Value) {
    let body = known("challenge").unwrap().read_json(fields).unwrap();
    test.db.write(who, move |cx| create(cx, known("challenge")?, "risk", &body, "")).unwrap();
}

#[test]
fn a_challenge_is_not_entered_as_awarded() {
    on_both(|test| {
        let office = office(test);
        let mut fields = written();
        fields["stage"] = json!("awarded");
        let body = known("challenge").unwrap().read_json(&fields).unwrap();
        let made = test.db.write(&office, move |cx| create(cx, known("challenge")?, "risk", &body, ""));
        let Err(Error::Invalid(wrong)) = made else { panic!("{made:?}") };
        assert_eq!((wrong[0].field.as_str(), wrong[0].code.as_str()), ("stage", "locked"));
    });
}

fn new(sender: &str, proposal: &str) -> NewEntry {
    NewEntry {
        sender: sender.into(),
        contact: format!("bids@{}.example.com", sender.to_lowercase().replace(' ', "-")),
        proposal: proposal.into(),
        price: "£12,000".into(),
    }
}

fn hand_in(test: &TestDb, who: &Actor, sender: &str) -> Result<String, Error> {
    let new = new(sender, "Questions instead of a number.");
    test.db.write(who, move |cx| receive(cx, "risk", &new)).map(|e| e.code)
}

fn given(scores: &[(&str, &str)]) -> Vec<Given> {
    scores.iter().map(|(s, r)| Given { score: (*s).into(), reason: (*r).into() }).collect()
}

fn sheet(test: &TestDb, who: &Actor, entry: &str, a: &str, b: &str) -> Result<(), Error> {
    let (entry, all) = (entry.to_owned(), given(&[(a, "It asks."), (b, "It is fair.")]));
    test.db.write(who, move |cx| score(cx, "risk", &entry, &all))
}

fn stage(test: &TestDb, who: &Actor) -> Stage {
    test.db.read(who, |cx| challenge(cx, "risk")).unwrap().summary.stage
}

fn version(test: &TestDb, who: &Actor) -> i64 {
    test.db.read(who, |cx| challenge(cx, "risk")).unwrap().version
}

/// A challenge that is being scored, with two entries, and the people who take part.
struct Scene {
    office: Actor,
    one: Actor,
    two: Actor,
    chief: Actor,
}

fn being_scored(test: &TestDb) -> Scene {
    let office = office(test);
    let [one, two, chief] = [11, 12, 13].map(|n| person(test, n, "risk-lead"));
    write_down(test, &office, &written());
    test.db.write(&office, |cx| open(cx, "risk", 1)).unwrap();
    test.pass_seconds(DAY);
    assert_eq!(hand_in(test, &office, "Larkfield Analytics").unwrap(), "risk-01");
    assert_eq!(hand_in(test, &office, "Brookmere Digital").unwrap(), "risk-02");
    test.pass_seconds(2 * DAY);
    let v = version(test, &office);
    test.db.write(&office, move |cx| close(cx, "risk", v)).unwrap();
    Scene { office, one, two, chief }
}

fn decide(test: &TestDb, who: &Actor, entry: &str, reasons: &str) -> Result<Option<String>, Error> {
    let award_to = Award { version: version(test, who), entry: entry.into(), reasons: reasons.into() };
    test.db.write(who, move |cx| award(cx, "risk", &award_to))
}

fn forbidden<T: std::fmt::Debug>(outcome: Result<T, Error>, words: &str) {
    match outcome {
        Err(Error::Forbidden { reason }) => assert!(reason.contains(words), "{reason}"),
        other => panic!("{words}: {other:?}"),
    }
}

fn conflict<T: std::fmt::Debug>(outcome: Result<T, Error>, words: &str) {
    match outcome {
        Err(Error::Conflict(reason)) => assert!(reason.contains(words), "{reason}"),
        other => panic!("{words}: {other:?}"),
    }
}

fn invalid<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Vec<String> {
    match outcome {
        Err(Error::Invalid(wrong)) => wrong.into_iter().map(|e| format!("{} {}", e.field, e.code)).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn from_the_brief_to_an_award_that_opens_an_item() {
    on_both(|test| {
        let s = being_scored(test);
        for who in [&s.one, &s.two] {
            for (entry, a) in [("risk-01", "5"), ("risk-02", "2")] {
                sheet(test, who, entry, a, if *who == s.one { "4" } else { "1" }).unwrap();
            }
        }
        let medians = test.db.read(&s.chief, |cx| results(cx, "risk")).unwrap();
        assert_eq!(medians.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["risk-01", "risk-02"]);
        let fairness = &medians[0].1[1];
        assert_eq!(
            (fairness.median, fairness.low, fairness.high, fairness.scorers),
            (Some(2.5), Some(1), Some(4), 2)
        );
        let text = serde_json::to_string(&medians).unwrap();
        assert!(!text.contains("sum") && !text.contains("total") && !text.contains("rank"), "{text}");
        let item = decide(test, &s.chief, "risk-01", "It asks and does not decide.").unwrap().unwrap();
        let (item, back) = test
            .db
            .read(&s.office, move |cx| {
                Ok((entry(cx, known("item")?, &item)?, pointing_at(cx, &format!("item:{item}"))?))
            })
            .unwrap();
        assert_eq!((item.body.text("kind"), item.body.money("cost_once")), ("proposal", Some(12_000)));
        assert_eq!(item.body.all("elements"), ["national-2020:E7.4"]);
        assert_eq!(back[0].register, "challenge");
        assert_eq!(stage(test, &s.office), Stage::Awarded);
        // What is told now, and to whom.
        let view = test.db.read(&s.one, |cx| challenge(cx, "risk")).unwrap();
        assert_eq!(view.handed_in[0].sender.as_deref(), Some("Larkfield Analytics"));
        assert!(view.handed_in[0].won && !view.handed_in[1].won);
        assert_eq!(view.ended.as_ref().map(|e| e.by.as_str()), Some("Person 13"));
        let public = test.db.read(&Actor::public(), published).unwrap();
        assert_eq!(public[0].winner.as_deref(), Some("Larkfield Analytics"));
        assert!(
            !serde_json::to_string(&public).unwrap().contains("Brookmere"),
            "who did not win is not told"
        );
        let states: Vec<_> = test
            .db
            .read(&s.office, |cx| entries(cx, known("challenge-entry")?))
            .unwrap()
            .iter()
            .map(|e| e.body.text("state").to_owned())
            .collect();
        assert_eq!(states, ["awarded", "not-awarded"]);
        conflict(decide(test, &s.chief, "", "Again"), "Awarded");
        conflict(sheet(test, &s.one, "risk-01", "0", "0"), "Awarded");
        conflict(test.db.write(&s.one, |cx| declare(cx, "risk", "risk-01", "Late")), "Awarded");
    });
}

#[test]
fn it_opens_once_after_ethics_was_looked_at_and_stays_as_it_was_opened() {
    on_both(|test| {
        let who = office(test);
        let mut fields = written();
        fields.as_object_mut().unwrap().remove("ethics");
        fields["closes"] = "2026-11-23".into();
        write_down(test, &who, &fields);
        assert_eq!(stage(test, &who), Stage::Draft);
        assert_eq!(invalid(test.db.write(&who, |cx| open(cx, "risk", 1))), ["ethics required"]);
        conflict(hand_in(test, &who, "Early Bird"), "Draft");
        assert!(test.db.read(&Actor::public(), published).unwrap().is_empty(), "a draft is not published");
        let body = known("challenge").unwrap().read_json(&written()).unwrap();
        test.db.write(&who, move |cx| change(cx, known("challenge")?, "risk", 1, &body, "")).unwrap();
        assert!(matches!(test.db.write(&who, |cx| open(cx, "risk", 1)), Err(Error::Stale(_))));
        test.db.write(&who, |cx| open(cx, "risk", 2)).unwrap();
        conflict(test.db.write(&who, |cx| open(cx, "risk", 3)), "Open");
        // Who changes the criteria afterwards changes nothing of this challenge.
        let mut other = written();
        other["criteria"] = json!(["Price"]);
        other["closes"] = "2030-01-01".into();
        let body = known("challenge").unwrap().read_json(&other).unwrap();
        test.db.write(&who, move |cx| change(cx, known("challenge")?, "risk", 3, &body, "")).unwrap();
        let view = test.db.read(&who, |cx| challenge(cx, "risk")).unwrap();
        assert_eq!(view.criteria, ["Help", "Fairness"]);
        assert_eq!(view.summary.closes.to_string(), "2026-11-24");
        assert_eq!(test.db.read(&who, challenges).unwrap()[0].stage, Stage::Open);
    });
}

#[test]
fn nobody_hands_in_before_it_opens_or_after_it_has_closed() {
    on_both(|test| {
        let who = office(test);
        write_down(test, &who, &written());
        test.db.write(&who, |cx| open(cx, "risk", 1)).unwrap();
        conflict(hand_in(test, &who, "Early Bird"), "from 2026-11-23 on");
        test.pass_seconds(DAY);
        hand_in(test, &who, "On Time").unwrap();
        conflict(test.db.write(&who, |cx| close(cx, "risk", 2)), "until the end of 2026-11-24");
        test.pass_seconds(DAY);
        hand_in(test, &who, "Last Day").unwrap();
        test.pass_seconds(DAY);
        conflict(hand_in(test, &who, "Too Late"), "until 2026-11-24");
        test.db.write(&who, |cx| close(cx, "risk", 2)).unwrap();
        conflict(hand_in(test, &who, "Much Too Late"), "Being scored");
    });
}

#[test]
fn an_entry_has_a_sender_whom_its_words_do_not_name() {
    on_both(|test| {
        let who = office(test);
        write_down(test, &who, &written());
        test.db.write(&who, |cx| open(cx, "risk", 1)).unwrap();
        test.pass_seconds(DAY);
        let nothing = NewEntry { price: "much".into(), ..NewEntry::default() };
        let told = invalid(test.db.write(&who, move |cx| receive(cx, "risk", &nothing)));
        assert_eq!(told, ["sender required", "contact required", "proposal required"]);
        let naming = new("Larkfield Analytics", "We of LARKFIELD analytics ask.");
        let told = invalid(test.db.write(&who, move |cx| receive(cx, "risk", &naming)));
        assert_eq!(told, ["proposal names-sender"]);
        let dear = NewEntry { price: "much".into(), ..new("A Firm", "Questions.") };
        let told = invalid(test.db.write(&who, move |cx| receive(cx, "risk", &dear)));
        assert_eq!(told, ["price not-money"]);
        // Nor is one written past these rules.
        let body = known("challenge-entry")
            .unwrap()
            .read_json(&json!({ "title": "Mine", "challenge": "risk", "proposal": "Take me." }))
            .unwrap();
        conflict(
            test.db.write(&who, move |cx| create(cx, known("challenge-entry")?, "", &body, "")),
            "not written by hand",
        );
    });
}

#[test]
fn who_sent_it_is_told_to_nobody_before_the_award() {
    on_both(|test| {
        let s = being_scored(test);
        sheet(test, &s.one, "risk-01", "5", "5").unwrap();
        for who in [&s.office, &s.one, &s.two, &s.chief] {
            let view = test.db.read(who, |cx| challenge(cx, "risk")).unwrap();
            let all = test.db.read(who, |cx| entries(cx, known("challenge-entry")?)).unwrap();
            let text =
                format!("{} {}", serde_json::to_string(&view).unwrap(), serde_json::to_string(&all).unwrap());
            assert!(!text.contains("Larkfield") && !text.contains("brookmere"), "{text}");
            assert!(view.handed_in.iter().all(|e| e.sender.is_none() && e.result.is_none()));
            // Nor what others gave: only the own sheet is shown.
            let own = &view.handed_in[0].own;
            assert_eq!(own.len(), if *who == s.one { 2 } else { 0 });
            assert_eq!(view.handed_in[0].scorers, 1);
        }
        let public = serde_json::to_string(&test.db.read(&Actor::public(), published).unwrap()).unwrap();
        assert!(!public.contains("Larkfield"), "{public}");
        conflict(test.db.read(&s.chief, |cx| results(cx, "risk")), "2 people");
    });
}

#[test]
fn a_sheet_is_whole_and_can_be_corrected_until_the_award() {
    on_both(|test| {
        let s = being_scored(test);
        let odd = given(&[("6", "Fine."), ("3", " ")]);
        let told = invalid(test.db.write(&s.one, move |cx| score(cx, "risk", "risk-01", &odd)));
        assert_eq!(told, ["score-0 score", "reason-1 required"]);
        let short = given(&[("3", "Fine.")]);
        let told = invalid(test.db.write(&s.one, move |cx| score(cx, "risk", "risk-01", &short)));
        assert_eq!(told, ["score-1 score", "reason-1 required"]);
        let long = given(&[("3", "Fine."), ("3", "Fine."), ("3", "Fine.")]);
        assert_eq!(
            invalid(test.db.write(&s.one, move |cx| score(cx, "risk", "risk-01", &long))),
            ["scores too-many"]
        );
        assert!(matches!(sheet(test, &s.one, "risk-09", "1", "1"), Err(Error::NotFound(_))));
        sheet(test, &s.one, "risk-01", "1", "1").unwrap();
        sheet(test, &s.one, "risk-01", "4", "3").unwrap();
        let view = test.db.read(&s.one, |cx| challenge(cx, "risk")).unwrap();
        assert_eq!(view.handed_in[0].own.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [4, 3]);
        assert_eq!(view.handed_in[0].scorers, 1, "a correction is not a second scorer");
        for (who, entry) in [(&s.two, "risk-01"), (&s.one, "risk-02"), (&s.two, "risk-02")] {
            sheet(test, who, entry, "2", "2").unwrap();
        }
        let medians = test.db.read(&s.chief, |cx| results(cx, "risk")).unwrap();
        assert_eq!(medians[0].1[0].median, Some(3.0), "the corrected sheet counts alone");
    });
}

#[test]
fn whoever_is_not_free_does_not_score() {
    on_both(|test| {
        let s = being_scored(test);
        forbidden(sheet(test, &s.office, "risk-01", "5", "5"), "you took this entry in");
        sheet(test, &s.one, "risk-01", "5", "5").unwrap();
        let told = invalid(test.db.write(&s.one, |cx| declare(cx, "risk", "risk-01", " ")));
        assert_eq!(told, ["about required"]);
        test.db.write(&s.one, |cx| declare(cx, "risk", "risk-01", "My sister works there.")).unwrap();
        conflict(test.db.write(&s.one, |cx| declare(cx, "risk", "risk-01", "Again.")), "before");
        forbidden(sheet(test, &s.one, "risk-01", "0", "0"), "conflict of interest");
        let view = test.db.read(&s.one, |cx| challenge(cx, "risk")).unwrap();
        assert_eq!(
            view.handed_in[0].scorers, 0,
            "what was scored before the conflict was declared counts no more"
        );
        assert!(view.handed_in[0].hindered.is_some() && view.handed_in[1].hindered.is_none());
        sheet(test, &s.one, "risk-02", "3", "3").unwrap();
    });
}

#[test]
fn whoever_scored_took_in_or_has_a_conflict_does_not_decide() {
    on_both(|test| {
        let s = being_scored(test);
        let three = person(test, 14, "risk-lead");
        conflict(decide(test, &s.chief, "risk-01", "Good."), "missing: Entry 01");
        for who in [&s.one, &s.two] {
            for entry in ["risk-01", "risk-02"] {
                sheet(test, who, entry, "3", "3").unwrap();
            }
        }
        test.db.write(&three, |cx| declare(cx, "risk", "risk-02", "My own firm.")).unwrap();
        forbidden(decide(test, &s.one, "risk-01", "Good."), "you scored an entry");
        forbidden(decide(test, &s.office, "risk-01", "Good."), "you took in an entry");
        forbidden(decide(test, &three, "risk-01", "Good."), "you declared a conflict");
        forbidden(test.db.read(&s.one, |cx| results(cx, "risk")), "you scored an entry");
        assert_eq!(invalid(decide(test, &s.chief, "risk-07", " ")), ["reasons required", "entry unknown"]);
        let old = Award { version: 1, entry: "risk-01".into(), reasons: "Good.".into() };
        assert!(matches!(test.db.write(&s.chief, move |cx| award(cx, "risk", &old)), Err(Error::Stale(_))));
        for machine in [Actor::system(), Actor::public()] {
            assert!(matches!(decide(test, &machine, "risk-01", "Good."), Err(Error::Forbidden { .. })));
        }
        assert_eq!(decide(test, &s.chief, "", "None helps enough.").unwrap(), None);
        assert_eq!(stage(test, &s.office), Stage::NoAward);
        let public = test.db.read(&Actor::public(), published).unwrap();
        assert_eq!((public[0].winner.as_ref(), public[0].reasons.as_str()), (None, "None helps enough."));
        let items = test.db.read(&s.office, |cx| entries(cx, known("item")?)).unwrap();
        assert!(items.is_empty(), "without an award there is no item");
    });
}

#[test]
fn a_challenge_without_entries_can_end_without_an_award() {
    on_both(|test| {
        let (who, chief) = (office(test), person(test, 13, "accountable-officer"));
        write_down(test, &who, &written());
        test.db.write(&who, |cx| open(cx, "risk", 1)).unwrap();
        test.pass_seconds(4 * DAY);
        test.db.write(&who, |cx| close(cx, "risk", 2)).unwrap();
        assert_eq!(decide(test, &chief, "", "Nobody answered.").unwrap(), None);
        assert_eq!(stage(test, &who), Stage::NoAward);
    });
}

#[test]
fn each_step_is_for_those_whom_the_policy_names() {
    let text = include_str!("../../../../data/policies/access.toml");
    let policy = Arc::new(Policy::parse("access.toml", text).unwrap());
    let decide_by = Arc::clone(&policy);
    let check: Arc<bluelamp_store::Policy> =
        Arc::new(move |actor: &Actor, ask: &Ask| decide_by.decide(actor, ask));
    on_both_with(&check, |test| {
        let staff = |role: &str| Actor::staff(Id::from_bytes([9; 16]), vec![role.into()], "strategy");
        let allowed = |role: &str, what: &str| {
            let who = staff(role);
            let outcome = match what {
                "open" => test.db.write(&who, |cx| open(cx, "none", 1)),
                "receive" => test.db.write(&who, |cx| receive(cx, "none", &NewEntry::default()).map(drop)),
                "close" => test.db.write(&who, |cx| close(cx, "none", 1)),
                "score" => test.db.write(&who, |cx| score(cx, "none", "none", &[])),
                "declare" => test.db.write(&who, |cx| declare(cx, "none", "none", "x")),
                "award" => test.db.write(&who, |cx| award(cx, "none", &Award::default()).map(drop)),
                _ => test.db.read(&who, |cx| challenge(cx, "none").map(drop)),
            };
            !matches!(outcome, Err(Error::Forbidden { .. }))
        };
        for (what, roles) in [
            ("open", vec!["programme-office"]),
            ("receive", vec!["programme-office"]),
            ("close", vec!["programme-office"]),
            ("score", vec!["accountable-officer", "programme-office", "risk-lead", "supervisor"]),
            ("declare", vec!["accountable-officer", "programme-office", "risk-lead", "supervisor"]),
            ("award", vec!["accountable-officer"]),
        ] {
            let mut may: Vec<&str> =
                policy.roles.iter().map(|r| r.code.as_str()).filter(|r| allowed(r, what)).collect();
            may.sort_unstable();
            assert_eq!(may, roles, "{what}");
        }
        assert!(allowed("treasurer", "read") && !allowed("auditor", "read"));
    });
}
