//! Benefits and money, with answers that can be worked out by hand.

use super::{entries::office, findings::day};
use bluelamp_steward::{
    benefits::{
        Benefit, Books, Cost, Item, Local, RATE, Realised, Saving, discounted, gather, present, report,
        savings,
    },
    entry::create,
    registers::{
        benefits::{BENEFIT, COST, REALISED},
        organisations::ORGANISATION,
        portfolio::ITEM,
    },
};
use bluelamp_testkit::on_both;
use proptest::prelude::*;
use serde_json::json;

fn benefit(code: &str) -> Benefit {
    Benefit {
        code: code.into(),
        title: format!("Benefit {code}"),
        item: "lamps".into(),
        sort: "cash-releasing".into(),
        baseline: Some(100.0),
        target: Some(60.0),
        due: Some(day("2026-12-31")),
        worth_yearly: Some(100_000),
        optimism_bias: Some(20.0),
        group: "Victims".into(),
        elements: vec!["s:A1".into(), "s:P09".into()],
        ..Benefit::default()
    }
}

fn taken(code: &str, benefit: &str, on: &str, value: f64, worth: Option<i64>) -> Realised {
    Realised {
        code: code.into(),
        benefit: benefit.into(),
        on: Some(day(on)),
        value,
        worth_yearly: worth,
        ..Realised::default()
    }
}

fn books() -> Books {
    Books {
        items: vec![Item {
            code: "lamps".into(),
            title: "Lamps".into(),
            organisation: "essex".into(),
            ..Item::default()
        }],
        benefits: vec![benefit("half"), benefit("there"), benefit("unmeasured"), benefit("worse")],
        realised: vec![
            taken("1", "half", "2026-06-01", 100.0, Some(0)),
            taken("2", "half", "2026-12-01", 80.0, Some(30_000)),
            taken("3", "there", "2026-12-01", 55.0, Some(90_000)),
            taken("4", "worse", "2026-12-01", 110.0, None),
        ],
        today: Some(day("2027-01-15")),
        ..Books::default()
    }
}

#[test]
fn what_was_realised_stands_beside_its_target_and_what_nobody_measured_stands_apart() {
    let r = report(&books());
    let line = |code: &str| r.lines.iter().find(|l| l.code == code).unwrap();
    let told = |code: &str| (line(code).share, line(code).variance, line(code).overdue);
    assert_eq!(line("half").worth_after, Some(80_000), "a fifth is taken off for optimism");
    assert_eq!(told("half"), (Some(0.5), Some(-50_000), true), "the latest value counts");
    assert_eq!(told("there"), (Some(1.125), Some(10_000), false), "down is up where the target is lower");
    assert_eq!(told("worse"), (Some(-0.25), None, true));
    assert_eq!(told("unmeasured"), (None, None, true), "not measured is not nought");
    assert_eq!(line("half").organisation, "essex", "of the item that brings it");
    let t = &r.total;
    assert_eq!((t.benefits, t.valued, t.measured, t.reached, t.realised, t.overdue), (4, 4, 3, 1, 2, 3));
    assert_eq!((t.worth_after, t.realised_yearly, t.variance), (320_000, 120_000, Some(-40_000)));
    assert_eq!(r.items[0].name, "Lamps");
    let elements: Vec<_> = r.elements.iter().map(|s| (s.code.as_str(), s.benefits)).collect();
    assert_eq!(elements, [("s:A1", 4), ("s:P09", 4)], "a benefit counts at each element that it serves");
    assert_eq!(r.groups[0].name, "Victims");
}

/// The Green Book's table of discount factors at 3.5 %: year 0 1.0000, 1 0.9662, 5 0.8420, 10 0.7089, 30 0.3563.
#[test]
fn discount_factors_are_those_of_the_green_book() {
    for (year, factor) in [(0, 1.0), (1, 0.9662), (2, 0.9335), (5, 0.8420), (10, 0.7089), (30, 0.3563)] {
        assert!((discounted(1.0, RATE, year) - factor).abs() < 5e-5, "year {year}");
    }
}

fn cost(code: &str, year: f64, amount: i64) -> Cost {
    Cost {
        code: code.into(),
        item: "lamps".into(),
        organisation: "essex".into(),
        year,
        amount,
        purpose: "change".into(),
        area: "services".into(),
        outside_days: None,
    }
}

#[test]
fn present_value_counts_ten_years_from_the_first_with_spending() {
    let mut b = books();
    b.benefits = vec![Benefit {
        due: Some(day("2028-03-31")),
        worth_yearly: Some(100_000),
        optimism_bias: Some(0.0),
        ..benefit("one")
    }];
    b.costs = vec![cost("c1", 2026.0, 500_000), cost("c2", 2027.0, 100_000), cost("c3", 2036.0, 9_000_000)];
    let p = &present(&b, RATE)[0];
    // 31 March 2028 is the last day of 2027: years 2 to 9 of the ten that begin with 2026. 2036 is the eleventh.
    let expected: f64 = (2..10).map(|y| 100_000.0 / 1.035_f64.powi(y)).sum();
    assert_eq!((p.first_year, p.costs_from), (Some(2026), "lines"));
    assert_eq!(p.costs, Some(596_618)); // 500,000 + 100,000 / 1.035
    assert!((p.benefits.unwrap() as f64 - expected).abs() <= 0.5, "{p:?} {expected}");
    // Each is rounded by itself.
    assert!((p.net.unwrap() - (p.benefits.unwrap() - 596_618)).abs() <= 1, "{p:?}");
    // By what the item says, where nothing was spent yet.
    b.costs.clear();
    b.items[0].starts = Some(day("2026-04-01"));
    b.items[0].ends = Some(day("2027-03-31"));
    b.items[0].cost_once = Some(500_000);
    let p = &present(&b, RATE)[0];
    assert_eq!((p.costs, p.costs_from, p.first_year), (Some(500_000), "item", Some(2026)));
    // Without years there is no value, and that is not nought.
    b.items[0].starts = None;
    let p = &present(&b, RATE)[0];
    assert_eq!((p.costs, p.benefits, p.net), (None, None, None));
    // What cannot be counted is said to be left out.
    b.benefits.push(Benefit { sort: "qualitative".into(), ..benefit("two") });
    b.benefits.push(Benefit { worth_yearly: None, ..benefit("three") });
    assert_eq!(present(&b, RATE)[0].left_out, 2);
}

#[test]
fn what_an_item_is_still_to_cost_is_counted_beside_what_was_spent() {
    let mut b = books();
    b.benefits.clear();
    b.items[0].starts = Some(day("2025-04-01"));
    b.items[0].ends = Some(day("2027-09-30"));
    b.items[0].cost_once = Some(5_200_000);
    b.costs = vec![cost("c1", 2025.0, 690_000), cost("c2", 2026.0, 520_000)];
    let p = &present(&b, RATE)[0];
    // The rest of 5.2 million falls in 2027, in which the work ends.
    let expected = 690_000.0 + 520_000.0 / 1.035 + 3_990_000.0 / 1.035_f64.powi(2);
    assert_eq!((p.costs_from, p.first_year), ("both", Some(2025)));
    assert!((p.costs.unwrap() as f64 - expected).abs() <= 0.5, "{p:?} {expected}");
    // What it costs to run begins the day after: half of 2027, and each year after; a line for a year stands for that year.
    b.items[0].cost_yearly = Some(1_464_000);
    b.costs.push(Cost { purpose: "run".into(), ..cost("r", 2028.0, 1_000_000) });
    let half = 1_464_000.0 * 183.0 / 366.0 / 1.035_f64.powi(2);
    let run: f64 = half
        + 1_000_000.0 / 1.035_f64.powi(3)
        + (4..10).map(|y| 1_464_000.0 / 1.035_f64.powi(y)).sum::<f64>();
    let p = &present(&b, RATE)[0];
    assert!((p.costs.unwrap() as f64 - expected - run).abs() <= 0.5, "{p:?} {expected} {run}");
    // Optimism is put on what is still to come, and on nothing that was spent.
    b.items[0].cost_optimism = Some(20.0);
    let rest = (3_990_000.0 / 1.035_f64.powi(2) + run - 1_000_000.0 / 1.035_f64.powi(3)) * 0.2;
    let p = &present(&b, RATE)[0];
    assert!((p.costs.unwrap() as f64 - expected - run - rest).abs() <= 0.5, "{p:?}");
    // More was spent than was to be: nothing is still to come.
    b.items[0] = Item { cost_once: Some(1_000_000), cost_yearly: None, ..b.items[0].clone() };
    b.costs.pop();
    assert_eq!(present(&b, RATE)[0].costs_from, "lines");
}

#[test]
fn what_was_stopped_is_worth_nothing_and_what_was_spent_on_it_stays_spent() {
    let mut b = books();
    b.costs = vec![cost("c1", 2026.0, 5)];
    b.items[0].status = "stopped".into();
    let r = report(&b);
    assert_eq!((r.total.benefits, r.total.worth_after, r.lines.len(), r.present.len()), (0, 0, 0, 0));
    assert_eq!(r.spending.five_years, 5);
    assert_eq!((r.stopped[0].item.as_str(), r.stopped[0].benefits), ("lamps", 4));
}

#[test]
fn what_is_to_stay_as_it_is_and_does_is_there_and_a_worth_that_was_said_is_not_unsaid() {
    let mut b = books();
    b.benefits = vec![Benefit {
        baseline: Some(100.0),
        target: Some(100.0),
        due: Some(day("2026-12-01")),
        ..benefit("level")
    }];
    let mut first = taken("1", "level", "2026-12-02", 100.0, Some(125_000));
    b.realised = vec![first.clone(), taken("2", "level", "2027-01-02", 100.0, None)];
    let line = &report(&b).lines[0];
    assert_eq!((line.share, line.overdue, line.realised_yearly), (Some(1.0), false, Some(125_000)));
    first.value = 90.0;
    b.realised = vec![first];
    let line = &report(&b).lines[0];
    assert_eq!((line.share, line.overdue), (None, true));
}

#[test]
fn savings_are_told_by_organisation_and_only_what_is_taken_up_counts() {
    let saving = |organisation: &str, state: &str, yearly: i64| Saving {
        organisation: organisation.into(),
        state: state.into(),
        yearly,
        once: Some(10),
        ..Saving::default()
    };
    let local = |item: &str, day: &str, decision: &str, saving: Option<i64>| Local {
        item: item.into(),
        organisation: "kent".into(),
        decided: day.parse().ok(),
        decision: decision.into(),
        saving_yearly: saving,
        ..Local::default()
    };
    let mut b = books();
    b.savings = vec![
        saving("essex", "possible", 100),
        saving("essex", "agreed", 200),
        saving("essex", "realised", 400),
        saving("essex", "given-up", 800),
        saving("", "possible", 50),
    ];
    b.locals = vec![
        local("lamps", "2027-02-01", "adopt", Some(7)),
        local("lamps", "2027-01-01", "decline", Some(1000)),
        local("boots", "2027-01-01", "adapt", None),
        local("coats", "2027-01-01", "decline", Some(1000)),
        // Taken up first, and put off later: the latest word counts.
        local("drones", "2026-05-01", "adopt", Some(1000)),
        local("drones", "2026-10-01", "defer", Some(1000)),
    ];
    let all = savings(&b);
    let told: Vec<_> =
        all.iter().map(|s| (s.name.as_str(), s.possible, s.agreed, s.realised, s.once)).collect();
    assert_eq!(told, [("essex", 100, 200, 400, 20), ("kent", 0, 0, 0, 0), ("Not assigned", 50, 0, 0, 10)]);
    assert_eq!((all[1].taken_up, all[1].said, all[1].by_sharing), (2, 1, 7));
}

#[test]
fn spending_is_told_by_year_purpose_and_area_with_outside_peoples_days() {
    let mut b = books();
    b.costs = vec![
        Cost { outside_days: Some(40.0), ..cost("a", 2026.0, 100) },
        Cost {
            purpose: "run".into(),
            area: "infrastructure".into(),
            outside_days: Some(0.0),
            ..cost("b", 2026.0, 30)
        },
        cost("c", 2030.0, 5),
        cost("d", 2031.0, 7),
    ];
    let s = report(&b).spending;
    assert_eq!((s.years[0].run, s.years[0].change, s.years[0].lines, s.years[0].said), (30, 100, 2, 2));
    assert!((s.years[0].outside_days - 40.0).abs() < 1e-9);
    assert_eq!((s.years[1].lines, s.years[1].said), (1, 0), "nothing said is not no days");
    assert_eq!(s.areas, [("infrastructure".into(), 30, 0), ("services".into(), 0, 112)]);
    assert_eq!(s.five_years, 135, "2026 to 2030");
}

#[test]
fn the_report_is_made_from_the_registers() {
    on_both(|test| {
        let office = office(test);
        test.db
            .write(&office, |cx| {
                let force = ORGANISATION.read_json(&json!({ "title": "Essex Police", "kind": "force" })).unwrap();
                create(cx, &ORGANISATION, "essex", &force, "")?;
                let item = json!({ "title": "Lamps", "kind": "service", "summary": "Light.", "organisation": "essex" });
                create(cx, &ITEM, "lamps", &ITEM.read_json(&item).unwrap(), "")?;
                let benefit = json!({
                    "title": "Fewer falls", "item": "lamps", "sort": "societal", "measure": "Falls a month",
                    "unit": "falls", "baseline": 20, "target": 10, "due": "2027-03-31", "worth_yearly": "£50,000",
                    "optimism_bias": 10, "owner": "Head of Estates", "group": "Staff",
                });
                create(cx, &BENEFIT, "falls", &BENEFIT.read_json(&benefit).unwrap(), "")?;
                let value = json!({
                    "title": "In October", "benefit": "falls", "on": "2026-10-31", "value": 15, "evidence": "Accident book",
                });
                create(cx, &REALISED, "october", &REALISED.read_json(&value).unwrap(), "")?;
                let cost = json!({
                    "title": "Lamps", "item": "lamps", "organisation": "essex", "year": 2026, "amount": 20000,
                    "purpose": "change", "area": "infrastructure", "outside_days": 3,
                });
                create(cx, &COST, "lamps", &COST.read_json(&cost).unwrap(), "").map(drop)
            })
            .unwrap();
        let r = report(&test.db.read(&office, gather).unwrap());
        assert_eq!((r.lines[0].share, r.lines[0].worth_after), (Some(0.5), Some(45_000)));
        assert_eq!(r.organisations[0].name, "Essex Police");
        assert_eq!(r.present[0].costs, Some(20_000));
        // A benefit that is due on the last day of 2026/27 counts in the nine years after it.
        let expected: f64 = (1..10).map(|y| 45_000.0 / 1.035_f64.powi(y)).sum();
        assert!((r.present[0].benefits.unwrap() as f64 - expected).abs() <= 0.5);
    });
}

proptest! {
    #[test]
    fn the_order_in_which_things_are_given_changes_nothing(turn in 0_usize..4) {
        let mut b = books();
        b.costs = vec![cost("c1", 2026.0, 5), cost("c2", 2027.0, 6), cost("c3", 2026.0, 7)];
        let mut turned = b.clone();
        turned.benefits.rotate_left(turn);
        turned.realised.reverse();
        turned.costs.reverse();
        prop_assert_eq!(report(&b), report(&turned));
    }
}
