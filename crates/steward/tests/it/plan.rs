//! The portfolio as a plan.

use super::findings::day;
use bluelamp_steward::{
    plan::{Given, Item, Wait, plan},
    report,
    strategy::Strategy,
};
use std::sync::Arc;

fn national() -> Arc<Strategy> {
    let text = include_str!("../../../../data/strategy/national-2020.yaml");
    Arc::new(Strategy::parse("national-2020.yaml", text).unwrap())
}

fn item(code: &str, days: Option<(&str, &str)>, elements: &[&str], roadmap: &[&str]) -> Item {
    let all = |list: &[&str]| list.iter().map(|e| format!("national-2020:{e}")).collect();
    Item {
        code: code.into(),
        title: code.to_uppercase(),
        stage: "delivery".into(),
        elements: all(elements),
        roadmap: all(roadmap),
        starts: days.map(|(from, _)| day(from)),
        ends: days.map(|(_, to)| day(to)),
        ..Item::default()
    }
}

fn wait(code: &str, item: &str, needs: &str) -> Wait {
    Wait {
        code: code.into(),
        item: item.into(),
        needs: needs.into(),
        kind: "finish-to-start".into(),
        lag_days: None,
    }
}

fn given() -> Given {
    Given {
        items: vec![
            item("a", Some(("2027-01-01", "2027-01-31")), &["A1.1"], &["R1.A1"]),
            item("b", Some(("2027-02-01", "2027-02-28")), &["E3.1"], &["R2.A1"]),
            item("c", Some(("2027-01-01", "2027-01-10")), &[], &[]),
            item("undated", None, &["A1"], &[]),
            Item { stage: "closed".into(), ..item("over", Some(("2020-01-01", "2020-02-01")), &["A1"], &[]) },
        ],
        waits: vec![wait("b-after-a", "b", "a"), wait("hangs", "c", "undated")],
        strategies: vec![national()],
        today: Some(day("2027-01-15")),
    }
}

#[test]
fn items_stand_in_the_lane_of_their_ambition_or_enabler_with_slack_and_critical_path() {
    let p = plan(&given()).unwrap();
    let lanes: Vec<_> = p.roadmap.lanes.iter().map(|l| (l.name.as_str(), l.bars.len())).collect();
    assert_eq!(lanes.len(), 3, "{lanes:?}");
    assert!(lanes[0].0.starts_with("A1 ") && lanes[1].0.starts_with("E3 "), "{lanes:?}");
    assert_eq!(lanes[2], ("Without an ambition or enabler", 1));
    let schedule = p.schedule.as_ref().unwrap();
    assert_eq!(schedule.critical_path, ["a", "b"]);
    let slack = |code: &str| p.roadmap.table().into_iter().find(|r| r.id == code).unwrap().slack;
    // c ends on 10 January, the whole on 28 February: 21 days of January and 28 of February.
    assert_eq!((slack("a"), slack("c")), (Some(0), Some(49)));
    assert_eq!(p.undated, [("undated".to_owned(), "UNDATED".to_owned())]);
    assert_eq!(p.left_out, ["hangs"]);
    let phases: Vec<_> = p
        .roadmap
        .phases
        .iter()
        .map(|p| (p.name.as_str(), p.span.start.to_string(), p.span.end.to_string()))
        .collect();
    assert_eq!(
        phases,
        [
            ("Setting direction", "2027-01-01".to_owned(), "2027-02-01".to_owned()),
            ("Shifting experience", "2027-02-01".to_owned(), "2027-03-01".to_owned())
        ],
        "a phase has the days of the items that deliver it; an end is the first day after"
    );
    let document = report::roadmap(&p);
    assert!(document.tables.iter().all(|t| t.rows.iter().all(|r| r.len() == t.columns.len())));
    assert_eq!(document.tables[0].rows[0][4].text, "2027-01-31", "people read the last day");
}

#[test]
fn items_that_wait_for_one_another_have_no_critical_path_and_it_is_said() {
    let mut circle = given();
    circle.waits.push(wait("a-after-b", "a", "b"));
    let p = plan(&circle).unwrap();
    assert!(p.schedule.is_none());
    assert!(p.unsound.as_ref().unwrap().contains("a → b → a"), "{:?}", p.unsound);
    assert!(report::roadmap(&p).about.contains("There is no critical path: "));
}

#[test]
fn the_order_in_which_things_are_given_changes_nothing() {
    let mut turned = given();
    turned.items.reverse();
    turned.waits.reverse();
    assert_eq!(plan(&given()).unwrap(), plan(&turned).unwrap());
}

#[test]
fn a_programme_is_made_of_its_parts_and_is_no_work_of_its_own() {
    let mut g = given();
    let part = |i: &mut Item| i.parent = "programme".into();
    g.items[..2].iter_mut().for_each(part);
    g.items.push(item("programme", Some(("2027-01-01", "2030-12-31")), &[], &[]));
    // c waits for the whole programme: for a and for b.
    g.waits.push(wait("c-after-all", "c", "programme"));
    let p = plan(&g).unwrap();
    assert_eq!(p.made_of_parts, ["programme"]);
    let schedule = p.schedule.as_ref().unwrap();
    assert_eq!(schedule.critical_path, ["a", "b", "c"]);
    let c = schedule.lines.iter().find(|l| l.id == "c").unwrap();
    // b ends on 28 February; c takes ten days and was planned for 1 January.
    assert_eq!((c.early_start, c.too_early), (day("2027-03-01").number(), 59));
    let told = report::roadmap(&p);
    assert!(told.about.contains("cannot be done before 2027-03-10"), "{}", told.about);
    let said = format!("{told:?}");
    assert!(said.contains("Made of parts") && said.contains("2027-03-01"), "{said}");
}

#[test]
fn a_phase_is_that_of_what_an_item_delivers_and_days_as_they_were_count() {
    let mut g = given();
    g.items[0].baseline_starts = Some(day("2027-01-01"));
    g.items[0].baseline_ends = Some(day("2027-01-21"));
    g.items[0].ended = Some(day("2027-01-26"));
    let p = plan(&g).unwrap();
    let rows = p.roadmap.table();
    let of = |code: &str| rows.iter().find(|r| r.id == code).unwrap().phases.clone();
    assert_eq!((of("a").len(), of("b").len(), of("c").len()), (1, 1, 0), "whatever their days touch");
    assert_ne!(of("a"), of("b"));
    let line = |code: &str| p.schedule.as_ref().unwrap().lines.iter().find(|l| l.id == code).unwrap().clone();
    assert_eq!(line("a").end_slip, Some(5), "as it was done, not as it was planned");
}
