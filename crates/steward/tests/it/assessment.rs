//! Items are measured against a strategy by several people, and nobody gets a number alone.

use bluelamp_model::{
    Day, Error, Id, Result,
    authority::{Actor, Verb, action},
};
use bluelamp_steward::assessment::{
    Aligned, Cause, Cell, Change, Driver, Element, Letters, NewAssessment, NewWeights, Scheme, Score,
    Weights, align, alignment, all_blocks, assess, assessed, blocks, compare, history, lift_block, matrix,
    of_item, set_weights, weight_sets,
};
use bluelamp_store::Cx;
use bluelamp_testkit::{TestDb, on_both};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn scheme(version: &str) -> Scheme {
    let element =
        |id: &str, axis: &str| Element { id: id.into(), axis: axis.into(), name: format!("Element {id}") };
    let principles = (1..=10).map(|n| element(&format!("P{n:02}"), "principle"));
    let trends = (1..=2).map(|n| element(&format!("T{n}"), "trend"));
    Scheme {
        strategy: "borset".into(),
        version: version.into(),
        elements: principles.chain(trends).collect(),
    }
}

fn person(t: &TestDb, n: u8, name: &'static str) -> Actor {
    let id = Id::from_bytes([n; 16]);
    t.db.write(&Actor::system(), move |cx| {
        cx.allow(action::ACCOUNT_MANAGE, None)?;
        cx.record(Verb::Administer, "account", Some(id), json!({}))?;
        let now = cx.now();
        cx.exec(
            "insert into account (id, username, name, roles, created_at) values ($1, $2, $3, '', $4)",
            &[id.into(), name.to_lowercase().into(), name.into(), now.into()],
        )
    })
    .unwrap();
    Actor::staff(id, vec!["programme-office".into()], "strategy")
}

fn cell(score: i64) -> Cell {
    let evidence = if score >= 2 { vec!["https://example.org/pilot".to_owned()] } else { Vec::new() };
    let rationale = if score == 0 { String::new() } else { format!("It scores {score} for a reason.") };
    Cell { score: Score::of(score).unwrap(), rationale, evidence }
}

fn new(item: &str, cells: &[(&str, i64)]) -> NewAssessment {
    NewAssessment {
        item: item.into(),
        axis: None,
        seen: None,
        cause: Cause::First,
        driver: None,
        why: String::new(),
        cells: cells.iter().map(|(id, score)| ((*id).to_owned(), cell(*score))).collect(),
    }
}

fn again(seen: Id, cause: Cause, of: NewAssessment) -> NewAssessment {
    NewAssessment { seen: Some(seen), cause, why: "For a reason.".into(), ..of }
}

fn put(t: &TestDb, by: &Actor, version: &str, new: NewAssessment) -> Result<Id> {
    let scheme = scheme(version);
    t.db.write(by, move |cx| assess(cx, &scheme, &new))
}

fn faults(outcome: Result<impl std::fmt::Debug>) -> Vec<(String, String)> {
    match outcome {
        Err(Error::Invalid(all)) => all.into_iter().map(|f| (f.field, f.code)).collect(),
        other => panic!("{other:?}"),
    }
}

fn fault(outcome: Result<impl std::fmt::Debug>) -> (String, String) {
    let all = faults(outcome);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

fn is(field: &str, code: &str) -> (String, String) {
    (field.into(), code.into())
}

fn read<T: Send + 'static>(
    t: &TestDb,
    by: &Actor,
    run: impl FnOnce(&mut Cx<'_>) -> Result<T> + Send + 'static,
) -> T {
    t.db.read(by, run).unwrap()
}

#[test]
fn a_score_needs_its_sentence_and_a_high_one_its_evidence() {
    on_both(|t| {
        let ada = person(t, 1, "Ada");
        let mut given = new("online", &[("P01", 1), ("P02", 0), ("P03", 3), ("P04", -1), ("P05", 2)]);
        given.cells.get_mut("P01").unwrap().rationale = "  ".into();
        given.cells.get_mut("P03").unwrap().evidence = vec![" ".into()];
        given.cells.get_mut("P04").unwrap().rationale = String::new();
        given.cells.get_mut("P05").unwrap().rationale = "Two\nlines".into();
        given.cells.insert("Q1".into(), cell(0));
        let found = faults(put(t, &ada, "1", given));
        let expected = [
            is("/cells/P01/rationale", "required"),
            is("/cells/P03/evidence", "required"),
            is("/cells/P04/rationale", "required"),
            is("/cells/P05/rationale", "characters"),
            is("/cells/Q1", "unknown"),
        ];
        assert_eq!(found, expected);
        let mut long = new("online", &[("P01", 2)]);
        let cell = long.cells.get_mut("P01").unwrap();
        cell.rationale = "x".repeat(301);
        cell.evidence = vec!["x".into(); 11];
        assert_eq!(
            faults(put(t, &ada, "1", long)),
            [is("/cells/P01/rationale", "too-long"), is("/cells/P01/evidence", "too-many")]
        );
        assert_eq!(fault(put(t, &ada, "1", new("online", &[]))), is("cells", "required"));
        assert_eq!(fault(put(t, &ada, "1", new(" ", &[("P02", 0)]))), is("item", "required"));
        // A nought needs neither, and nothing wrong was kept.
        put(t, &ada, "1", new("online", &[("P02", 0)])).unwrap();
        let past = read(t, &ada, |cx| history(cx, "online"));
        assert_eq!((past.len(), past[0].assessed, past[0].elements), (1, 1, 12));
        for nobody in [Actor::public(), Actor::system()] {
            let refused = put(t, &nobody, "1", new("online", &[("P02", 0)]));
            assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
        }
    });
}

#[test]
fn several_people_stand_side_by_side_and_the_latest_of_each_counts() {
    on_both(|t| {
        let (ada, ben, cy) = (person(t, 1, "Ada"), person(t, 2, "Ben"), person(t, 3, "Cy"));
        let first = put(t, &ada, "1", new("online", &[("P01", 3), ("P02", -1)])).unwrap();
        put(t, &ben, "1", new("online", &[("P01", 1), ("T1", 2)])).unwrap();
        put(t, &cy, "1", new("online", &[("P01", 2), ("P02", 0)])).unwrap();
        put(t, &ada, "1", again(first, Cause::ItemChanged, new("online", &[("P01", 2), ("P02", -1)])))
            .unwrap();
        put(t, &ada, "1", new("other", &[("P01", 0)])).unwrap();
        let items = ["none", "online", "other"].map(str::to_owned);
        let rows = read(t, &ada, move |cx| matrix(cx, &scheme("1"), &items));
        let told = |row: usize, element: usize| {
            rows[row].cells[element]
                .map(|f| (f.median.value(), f.low.value(), f.high.value(), f.assessors, f.against))
        };
        assert_eq!((rows[0].assessors, rows[1].assessors, rows[2].assessors), (0, 3, 1));
        assert!(rows[0].cells.iter().all(Option::is_none));
        assert_eq!(told(1, 0), Some((2.0, 1, 2, 3, 0)), "2, 1, 2: the 3 of before does not count");
        assert_eq!(told(1, 1), Some((-0.5, -1, 0, 2, 1)), "nobody is counted who did not assess it");
        assert_eq!(told(1, 2), None, "not assessed is not nought");
        assert_eq!(told(1, 10), Some((2.0, 2, 2, 1, 0)));
        assert_eq!(told(2, 0), Some((0.0, 0, 0, 1, 0)), "nought is not not assessed");
        let view = read(t, &ada, |cx| of_item(cx, &scheme("1"), "online"));
        let names: Vec<_> = view.assessments.iter().map(|a| a.by.as_str()).collect();
        assert_eq!((names, &view.row), (vec!["Ada", "Ben", "Cy"], &rows[1]));
        assert_eq!(view.assessments[0].cells["P02"], cell(-1));
        assert_eq!(read(t, &ada, |cx| history(cx, "online")).len(), 4, "what was said before stays");
        // Another version is another matter: nobody has assessed against it.
        let rows = read(t, &ada, |cx| matrix(cx, &scheme("2"), &["online".into()]));
        assert_eq!(rows[0].assessors, 0);
    });
}

#[test]
fn one_axis_at_a_time_keeps_the_others() {
    on_both(|t| {
        let ada = person(t, 1, "Ada");
        let axis = |axis: &str, cells: &[(&str, i64)]| NewAssessment {
            axis: Some(axis.into()),
            ..new("online", cells)
        };
        let first = put(t, &ada, "1", axis("principle", &[("P01", 1), ("P02", 2)])).unwrap();
        // A first look goes on on another axis, without a reason, on what was seen.
        let trends = axis("trend", &[("T1", 3)]);
        assert!(matches!(put(t, &ada, "1", trends.clone()), Err(Error::Stale(_))));
        let second = put(t, &ada, "1", NewAssessment { seen: Some(first), ..trends.clone() }).unwrap();
        assert!(matches!(
            put(t, &ada, "1", NewAssessment { seen: Some(first), ..trends.clone() }),
            Err(Error::Stale(_))
        ));
        let kept = read(t, &ada, move |cx| assessed(cx, second));
        assert_eq!(kept.cells.keys().collect::<Vec<_>>(), ["P01", "P02", "T1"]);
        assert_eq!(kept.previous, Some(first));
        // What is on another axis is not taken, nor an axis that there is not.
        let strays = NewAssessment { seen: Some(second), ..axis("trend", &[("P01", 0)]) };
        assert_eq!(fault(put(t, &ada, "1", strays)), is("/cells/P01", "other-axis"));
        let unknown = NewAssessment { seen: Some(second), ..axis("trends", &[]) };
        assert_eq!(fault(put(t, &ada, "1", unknown)), is("axis", "unknown"));
        // Nothing for an axis withdraws it, which has to be said why.
        let nothing = NewAssessment { seen: Some(second), ..axis("trend", &[]) };
        assert_eq!(fault(put(t, &ada, "1", nothing.clone())), is("cause", "required"));
        let third = put(t, &ada, "1", again(second, Cause::Correction, nothing)).unwrap();
        assert_eq!(read(t, &ada, move |cx| assessed(cx, third)).cells.len(), 2);
    });
}

#[test]
fn who_assesses_again_says_why() {
    on_both(|t| {
        let ada = person(t, 1, "Ada");
        let one = || new("online", &[("P01", 1)]);
        let out_of_turn = NewAssessment { cause: Cause::Scheduled, why: "It is May.".into(), ..one() };
        assert_eq!(fault(put(t, &ada, "1", out_of_turn)), is("cause", "nothing-before"));
        let first = put(t, &ada, "1", one()).unwrap();
        let seen = |of: NewAssessment| NewAssessment { seen: Some(first), ..of };
        assert_eq!(fault(put(t, &ada, "1", seen(one()))), is("cause", "nothing-new"));
        assert_eq!(fault(put(t, &ada, "1", seen(new("online", &[("P01", 0)])))), is("cause", "required"));
        let wordless = NewAssessment { why: " ".into(), ..again(first, Cause::Scheduled, one()) };
        assert_eq!(fault(put(t, &ada, "1", wordless)), is("why", "required"));
        let same = again(first, Cause::NewVersion, one());
        assert_eq!(fault(put(t, &ada, "1", same)), is("cause", "same-version"));
        let driven = again(first, Cause::ChangeDriver, new("online", &[("P01", 0)]));
        assert_eq!(fault(put(t, &ada, "1", driven.clone())), is("driver", "required"));
        let stray = NewAssessment { driver: Some(Driver::Law), ..again(first, Cause::Scheduled, one()) };
        assert_eq!(fault(put(t, &ada, "1", stray)), is("driver", "not-asked"));
        let driven = put(t, &ada, "1", NewAssessment { driver: Some(Driver::Law), ..driven }).unwrap();
        // To look again and find the same is an assessment too.
        let same = put(t, &ada, "1", again(driven, Cause::Scheduled, new("online", &[("P01", 0)]))).unwrap();
        // Against a new version a reason is needed, and nothing is carried over.
        assert_eq!(fault(put(t, &ada, "2", new("online", &[("P02", 1)]))), is("cause", "required"));
        let newer = NewAssessment {
            cause: Cause::NewVersion,
            why: "Version 2.".into(),
            ..new("online", &[("P02", 1)])
        };
        let newer = put(t, &ada, "2", newer).unwrap();
        let past = read(t, &ada, |cx| history(cx, "online"));
        let told: Vec<_> = past.iter().map(|p| (p.id, p.version.as_str(), p.cause, p.driver)).collect();
        assert_eq!(
            told,
            [
                (newer, "2", Cause::NewVersion, None),
                (same, "1", Cause::Scheduled, None),
                (driven, "1", Cause::ChangeDriver, Some(Driver::Law)),
                (first, "1", Cause::First, None),
            ]
        );
    });
}

#[test]
fn two_assessments_are_compared_element_by_element() {
    on_both(|t| {
        let ada = person(t, 1, "Ada");
        let first =
            put(t, &ada, "1", new("online", &[("P01", 1), ("P02", 2), ("P03", 0), ("P04", 1), ("P05", 1)]));
        let first = first.unwrap();
        let mut other = new("online", &[("P01", 2), ("P02", 1), ("P04", 1), ("P05", 1), ("P06", 0)]);
        other.cells.get_mut("P04").unwrap().rationale = "In other words.".into();
        let second = put(t, &ada, "1", again(first, Cause::ItemChanged, other)).unwrap();
        let c = read(t, &ada, move |cx| compare(cx, first, second));
        let told: Vec<_> = c.differences.iter().map(|d| (d.element.as_str(), d.change)).collect();
        let expected = [
            ("P01", Change::Raised),
            ("P02", Change::Lowered),
            ("P03", Change::Withdrawn),
            ("P04", Change::Reworded),
            ("P05", Change::Same),
            ("P06", Change::Added),
        ];
        assert_eq!(told, expected);
        let elsewhere = put(t, &ada, "1", new("other", &[("P01", 0)])).unwrap();
        let refused = t.db.read(&ada, move |cx| compare(cx, first, elsewhere));
        assert_eq!(fault(refused), is("to", "other-item"));
        let nothing = t.db.read(&ada, move |cx| compare(cx, first, Id::from_bytes([9; 16])));
        assert!(matches!(nothing, Err(Error::NotFound(_))));
    });
}

#[test]
fn what_works_against_ethics_bars_the_way_until_somebody_accountable_has_said_why_not() {
    on_both(|t| {
        let (ada, ben, chief) = (person(t, 1, "Ada"), person(t, 2, "Ben"), person(t, 3, "Chief"));
        let open = |item: &'static str| {
            let all = t.db.read(&ada, move |cx| {
                cx.allow(action::STRATEGY_VIEW, None)?;
                cx.record(Verb::Consult, "item", None, json!({}))?;
                blocks(cx, item)
            });
            all.unwrap()
        };
        let lift = |by: &Actor, block: &bluelamp_steward::assessment::Block, reasons: &'static str| {
            let (assessment, element) = (block.assessment, block.element.clone());
            t.db.write(by, move |cx| lift_block(cx, "online", assessment, &element, reasons))
        };
        let first = put(t, &ada, "1", new("online", &[("P09", -1), ("P01", -1)])).unwrap();
        put(t, &ben, "1", new("online", &[("P09", 2)])).unwrap();
        let told: Vec<_> = open("online").iter().map(|b| (b.element.clone(), b.by.clone())).collect();
        assert_eq!(
            told,
            [("P09".to_owned(), "Ada".to_owned())],
            "one person's -1 is enough, and only on ethics"
        );
        assert_eq!(open("other"), []);
        let block = open("online").remove(0);
        assert_eq!((block.assessment, block.rationale.as_str()), (first, "It scores -1 for a reason."));
        assert_eq!(fault(lift(&chief, &block, " \n")), is("reasons", "required"));
        assert!(matches!(lift(&Actor::system(), &block, "So."), Err(Error::Forbidden { .. })));
        let mut stray = block.clone();
        stray.element = "P01".into();
        assert!(matches!(lift(&chief, &stray, "So."), Err(Error::NotFound(_))));
        lift(&chief, &block, "The data are deleted after a day;\nthe committee has agreed.").unwrap();
        assert_eq!(open("online"), []);
        assert!(matches!(lift(&chief, &block, "Again."), Err(Error::Conflict(_))));
        // Another axis, or the same again, leaves it lifted; other words bar the way again.
        let more = again(first, Cause::Scheduled, new("online", &[("P09", -1), ("P01", 0), ("T1", 0)]));
        let second = put(t, &ada, "1", more).unwrap();
        assert_eq!(open("online"), []);
        let all = read(t, &ada, |cx| all_blocks(cx, "online"));
        assert_eq!(all[0].lifted.as_ref().map(|l| l.by.as_str()), Some("Chief"));
        let mut worse = new("online", &[("P09", -1)]);
        worse.cells.get_mut("P09").unwrap().rationale = "Data are now kept for a year.".into();
        let third = put(t, &ada, "1", again(second, Cause::ItemChanged, worse)).unwrap();
        assert_eq!(open("online").iter().map(|b| b.assessment).collect::<Vec<_>>(), [third]);
        // Against a new version it counts anew; who finds otherwise lifts it without anybody.
        let newer =
            NewAssessment { cause: Cause::NewVersion, why: "V2.".into(), ..new("online", &[("P09", -1)]) };
        let fourth = put(t, &ada, "2", newer).unwrap();
        assert_eq!(
            open("online").iter().map(|b| (b.assessment, b.version.clone())).collect::<Vec<_>>(),
            [(fourth, "2".into())]
        );
        put(t, &ada, "2", again(fourth, Cause::ItemChanged, new("online", &[("P09", 1)]))).unwrap();
        assert_eq!(open("online"), []);
    });
}

#[test]
fn no_gate_lets_an_item_through_whose_way_is_barred() {
    use bluelamp_steward::{
        entry,
        portfolio::{GateDecision, decide_gate},
        registers::portfolio::ITEM,
    };
    on_both(|t| {
        let (ada, chief) = (person(t, 1, "Ada"), person(t, 3, "Chief"));
        let body = ITEM
            .read_json(&json!({ "title": "Online", "kind": "service", "summary": "For people who report." }))
            .unwrap();
        t.db.write(&ada, move |cx| entry::create(cx, &ITEM, "online", &body, "New.")).unwrap();
        let decide = |outcome: &str| {
            let decision = GateDecision {
                version: 1,
                outcome: outcome.into(),
                conditions: String::new(),
                reasons: "Weighed.".into(),
                assurance: Vec::new(),
            };
            t.db.write(&chief, move |cx| decide_gate(cx, "online", &decision))
        };
        let assessment = put(t, &ada, "1", new("online", &[("P09", -1)])).unwrap();
        let refused = decide("pass");
        assert!(
            matches!(&refused, Err(Error::Conflict(why)) if why.contains("P09 is scored -1 by Ada")),
            "{refused:?}"
        );
        t.db.write(&chief, move |cx| lift_block(cx, "online", assessment, "P09", "People are told."))
            .unwrap();
        assert_eq!(decide("pass").unwrap().body.text("stage"), "strategic-case");
    });
}

fn value(aligned: &Aligned, axis: usize) -> Value {
    serde_json::to_value(&aligned.axes[axis]).unwrap()
}

#[test]
fn alignment_is_that_of_a_calculation_by_hand_and_never_stands_alone() {
    on_both(|t| {
        let (ada, ben) = (person(t, 1, "Ada"), person(t, 2, "Ben"));
        put(t, &ada, "1", new("online", &[("P01", 3), ("P02", -1), ("P03", 2), ("T1", 0)])).unwrap();
        put(t, &ben, "1", new("online", &[("P01", 2), ("P02", 1)])).unwrap();
        put(t, &ada, "1", new("other", &[("P01", 1)])).unwrap();
        let items = || vec!["none".to_owned(), "online".into(), "other".into()];
        let (weights, all) = read(t, &ada, move |cx| alignment(cx, &scheme("1"), &items(), None, 1));
        assert_eq!(weights.set, None);
        // Medians 2.5, 0, 2: (2.5 + 0 + 2) / (3 * 3) = 0.5. Ada alone: (3 + 0 + 2) / 9; Ben alone: (2 + 1) / 6.
        let online = value(&all[1], 0);
        assert_eq!(online["value"], json!(0.5));
        assert_eq!(
            (&online["assessed"], &online["elements"], &online["coverage"]),
            (&json!(3), &json!(10), &json!(0.3))
        );
        assert_eq!((&online["assessors"], &online["against"]), (&json!(2), &json!(1)));
        assert_eq!((&online["low"], &online["high"]), (&json!(0.5), &json!(5.0 / 9.0)));
        assert_eq!(online["median"], json!((0.5 + 5.0 / 9.0) / 2.0));
        assert_eq!(online["rank"]["of"], json!(2), "what nobody assessed is not ranked");
        assert_eq!(value(&all[1], 1)["value"], json!(0.0), "a nought is an alignment of 0");
        let none = value(&all[0], 0);
        assert_eq!(
            (&none["value"], &none["rank"], &none["coverage"]),
            (&Value::Null, &Value::Null, &json!(0.0))
        );
        let fields: Vec<_> = online.as_object().unwrap().keys().map(String::as_str).collect();
        let expected = "axis value assessed elements coverage assessors median low high against rank";
        let mut expected: Vec<_> = expected.split(' ').collect();
        let mut fields = fields;
        expected.sort_unstable();
        fields.sort_unstable();
        assert_eq!(fields, expected);
        let refused = t.db.read(&ada, |cx| alignment(cx, &scheme("1"), &[], Some("nothing"), 1).map(|_| ()));
        assert_eq!(fault(refused), is("axis", "unknown"));
    });
}

#[test]
fn weights_belong_to_a_decision_of_a_board() {
    on_both(|t| {
        let ada = person(t, 1, "Ada");
        put(t, &ada, "1", new("online", &[("P01", 3), ("P02", 0)])).unwrap();
        let set = |decision: &str, day: &str, weights: &[(&str, f64)]| {
            let new = NewWeights {
                decision: decision.into(),
                decided_on: day.parse::<Day>().unwrap(),
                weights: weights.iter().map(|(id, w)| ((*id).to_owned(), *w)).collect(),
            };
            t.db.write(&ada, move |cx| set_weights(cx, &scheme("1"), &new))
        };
        let wrong = faults(set(" ", "2027-01-01", &[("P01", -1.0), ("P02", f64::NAN), ("X", 1.0)]));
        let expected = [
            is("decision", "required"),
            is("decided_on", "future"),
            is("/weights/P01", "range"),
            is("/weights/P02", "range"),
            is("/weights/X", "unknown"),
        ];
        assert_eq!(wrong, expected);
        assert_eq!(fault(set("097-21", "2021-07-02", &[])), is("weights", "required"));
        let nothing: Vec<_> = scheme("1").elements.iter().map(|e| (e.id.clone(), 0.0)).collect();
        let nothing: Vec<_> = nothing.iter().map(|(id, w)| (id.as_str(), *w)).collect();
        assert_eq!(fault(set("097-21", "2021-07-02", &nothing)), is("weights", "nothing"));
        let of = || {
            let items = ["online".to_owned()];
            let (weights, all) =
                read(t, &ada, move |cx| alignment(cx, &scheme("1"), &items, Some("principle"), 1));
            (weights.source(), value(&all[0], 0)["value"].clone())
        };
        assert_eq!(of().1, json!(0.5));
        // The later decision is in force, in whatever order they were entered: (3 * 3) / (3 * (3 + 1)).
        set("later", "2026-01-01", &[("P01", 3.0)]).unwrap();
        set("earlier", "2025-01-01", &[("P01", 0.0)]).unwrap();
        assert_eq!(of(), ("Weights of decision later of 2026-01-01".into(), json!(0.75)));
        let sets = read(t, &ada, |cx| weight_sets(cx, &scheme("1")));
        assert_eq!(sets.iter().map(|s| s.decision.as_str()).collect::<Vec<_>>(), ["later", "earlier"]);
    });
}

/// Letters as people might give them: for up to four people, each element or not.
fn some_letters() -> impl Strategy<Value = Vec<Vec<Option<i64>>>> {
    prop::collection::vec(prop::collection::vec(prop::option::of(-1_i64..4), 12), 1..5)
}

fn letters(all: &[Vec<Option<i64>>]) -> Vec<Letters> {
    (1_u8..)
        .zip(all)
        .map(|(n, scores)| Letters {
            item: "i".into(),
            by: Id::from_bytes([n; 16]),
            scores: scores.iter().map(|s| s.and_then(Score::of)).collect(),
        })
        .collect()
}

fn aligned(all: &[Vec<Option<i64>>]) -> Aligned {
    let scheme = scheme("1");
    align(&scheme, &Weights::equal(&scheme), &["i".into()], &letters(all), None, 1).remove(0)
}

proptest! {
    #[test]
    fn an_alignment_lies_between_nought_and_one(all in some_letters()) {
        let all = aligned(&all);
        for axis in 0..2 {
            let v = value(&all, axis);
            for name in ["value", "median", "low", "high"] {
                prop_assert!(v[name].is_null() || v[name].as_f64().is_some_and(|x| (0.0..=1.0).contains(&x)), "{v}");
            }
            prop_assert_eq!(v["value"].is_null(), v["assessed"] == json!(0));
            prop_assert!(v["low"].as_f64() <= v["median"].as_f64() && v["median"].as_f64() <= v["high"].as_f64());
        }
    }

    #[test]
    fn what_nobody_assessed_changes_the_coverage_and_never_the_number(all in some_letters(), out in prop::collection::vec(any::<bool>(), 10)) {
        let kept: Vec<Vec<_>> = all
            .iter()
            .map(|scores| scores.iter().enumerate().map(|(n, s)| if out.get(n) == Some(&true) { None } else { *s }).collect())
            .collect();
        // The same found against a version that has only the elements that are left.
        let mut smaller = scheme("1");
        let mut place = 0;
        smaller.elements.retain(|_| { place += 1; out.get(place - 1) != Some(&true) });
        let short: Vec<Vec<_>> = kept
            .iter()
            .map(|s| s.iter().enumerate().filter(|(n, _)| out.get(*n) != Some(&true)).map(|(_, s)| *s).collect())
            .collect();
        let in_full = value(&aligned(&kept), 0);
        let in_short = align(&smaller, &Weights::equal(&smaller), &["i".into()], &letters(&short), Some("principle"), 1).remove(0);
        prop_assume!(!in_short.axes.is_empty());
        let in_short = value(&in_short, 0);
        for name in ["value", "low", "high", "assessed", "against"] {
            prop_assert_eq!(&in_full[name], &in_short[name], "{}", name);
        }
        prop_assert!(in_full["coverage"].as_f64() <= in_short["coverage"].as_f64());
    }

    #[test]
    fn the_median_of_one_is_what_that_one_found(scores in prop::collection::vec(prop::option::of(-1_i64..4), 12)) {
        let one = value(&aligned(std::slice::from_ref(&scores)), 0);
        let sum: i64 = scores[..10].iter().flatten().map(|s| (*s).max(0)).sum();
        let n = scores[..10].iter().flatten().count();
        if n > 0 {
            let by_hand = sum as f64 / (3.0 * n as f64);
            for name in ["value", "median", "low", "high"] {
                prop_assert!((one[name].as_f64().unwrap() - by_hand).abs() < 1e-12, "{}", name);
            }
        }
        // Said by three people alike, it is the same.
        let three = value(&aligned(&[scores.clone(), scores.clone(), scores]), 0);
        prop_assert_eq!(&one["value"], &three["value"]);
    }

    #[test]
    fn ranks_are_the_same_whoever_stands_first(seed in prop::collection::vec(prop::collection::vec(prop::option::of(-1_i64..4), 12), 2..6)) {
        let scheme = scheme("1");
        let named: Vec<Letters> = seed.iter().enumerate().flat_map(|(n, s)| {
            letters(std::slice::from_ref(s)).into_iter().map(move |l| Letters { item: format!("i{n}"), ..l })
        }).collect();
        let items: Vec<String> = (0..seed.len()).map(|n| format!("i{n}")).collect();
        let backwards: Vec<String> = items.iter().rev().cloned().collect();
        let weights = Weights::equal(&scheme);
        let by_item = |items: &[String]| -> BTreeMap<String, Value> {
            let all = align(&scheme, &weights, items, &named, Some("principle"), 2);
            all.iter().map(|a| (a.item.clone(), value(a, 0))).collect()
        };
        let (forwards, backwards) = (by_item(&items), by_item(&backwards));
        prop_assert_eq!(&forwards, &backwards);
        for v in forwards.values().filter(|v| !v["rank"].is_null()) {
            let (low, high, of) = (v["rank"]["low"].as_u64(), v["rank"]["high"].as_u64(), v["rank"]["of"].as_u64());
            prop_assert!(Some(1) <= low && low <= high && high <= of);
        }
    }
}
