//! Roles and skills: what is needed, who has it, what is missing, what expires.

use crate::entries::office;
use bluelamp_model::Day;
use bluelamp_steward::{
    entry::{change, create, entry, known},
    skills::{Cell, Course, Deed, Facts, Held, Need, People, Role, Skill, csv, fluency, read, report},
};
use bluelamp_testkit::on_both;
use proptest::prelude::*;
use serde_json::json;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

const TODAY: &str = "2026-11-22";

fn held(level: u8, people: f64, by: &str, judged: &str, expires: Option<&str>) -> Held {
    Held {
        role: "officer".into(),
        skill: "evidence".into(),
        level: level.to_string(),
        people,
        judged_by: by.into(),
        judged: day(judged),
        expires: expires.map(day),
    }
}

fn need(level: u8, phase: &str) -> (String, Need) {
    let need = Need {
        role: "officer".into(),
        skill: "evidence".into(),
        level: level.to_string(),
        phase: phase.into(),
    };
    (format!("need-{phase}-{level}"), need)
}

/// Twenty officers, who need the skill at level 2 from the start and at level 3 from phase 2 on.
fn facts(all: Vec<Held>) -> Facts {
    Facts {
        roles: vec![(
            "officer".into(),
            Role { title: "Officer".into(), posts: Some(20.0), ..Role::default() },
        )],
        skills: vec![(
            "evidence".into(),
            Skill { title: "Evidence".into(), lasts_months: Some(12.0), ..Skill::default() },
        )],
        needs: vec![need(2, "R0"), need(3, "R2")],
        held: (0..).zip(all).map(|(n, h)| (format!("held-{n}"), h)).collect(),
        courses: vec![
            ("for-all".into(), Course { skills: vec!["evidence".into()], ..Course::default() }),
            (
                "for-others".into(),
                Course { skills: vec!["evidence".into()], roles: vec!["other".into()], ..Course::default() },
            ),
        ],
        deeds: Vec::new(),
    }
}

fn only(facts: &Facts) -> Cell {
    let report = report(facts, day(TODAY));
    assert_eq!(report.cells.len(), 1);
    report.cells[0].clone()
}

#[test]
fn a_gap_is_counted_phase_by_phase_at_the_level_that_is_needed_then() {
    let cell = only(&facts(vec![
        held(2, 8.0, "course", "2026-06-01", None),
        held(3, 4.0, "examination", "2026-06-01", None),
        held(3, 1.0, "supervisor", "2026-06-01", None),
        held(4, 2.0, "self", "2026-06-01", None),
        held(1, 5.0, "course", "2026-06-01", None),
    ]));
    let told: Vec<_> =
        cell.phases.iter().map(|p| (p.phase, p.level, p.people.all(), p.gap, p.gap_shown)).collect();
    assert_eq!(
        told,
        [
            ("R0", Some(2), 15.0, Some(5.0), Some(8.0)),
            ("R1", Some(2), 15.0, Some(5.0), Some(8.0)),
            ("R2", Some(3), 7.0, Some(13.0), Some(16.0)),
            ("R3", Some(3), 7.0, Some(13.0), Some(16.0)),
        ]
    );
    assert_eq!(cell.phases[2].people, People { shown: 4.0, supervisor: 1.0, own: 2.0 });
    assert_eq!(cell.courses, ["for-all"], "a course for another role closes no gap here");
}

#[test]
fn what_has_expired_counts_no_more_and_what_soon_will_is_told() {
    let all = facts(vec![
        held(3, 1.0, "course", "2025-01-01", Some("2026-11-21")), // yesterday
        held(3, 2.0, "course", "2025-01-01", Some("2026-11-22")), // today: still holds
        held(3, 4.0, "course", "2025-11-23", None),               // a year by the skill: tomorrow
        held(3, 8.0, "course", "2026-01-01", Some("2027-02-20")), // in 90 days
        held(3, 16.0, "course", "2026-01-01", Some("2027-02-21")), // in 91 days
        held(3, 32.0, "course", "2026-11-23", None),              // judged tomorrow
    ]);
    assert_eq!(only(&all).phases[0].people.shown, 30.0);
    let told: Vec<_> = report(&all, day(TODAY)).expiries.into_iter().map(|e| (e.people, e.expired)).collect();
    assert_eq!(told, [(1.0, true), (2.0, false), (4.0, false), (8.0, false)]);
}

#[test]
fn what_nobody_has_counted_is_not_taken_for_nothing() {
    let mut all = facts(Vec::new());
    all.roles[0].1.posts = None;
    let counted = report(&all, day(TODAY));
    assert_eq!((counted.uncounted, counted.missing["R3"]), (1, 0.0));
    assert!(counted.cells[0].phases.iter().all(|p| p.gap.is_none() && p.gap_shown.is_none()));
    // A role that needs nothing yet has no gap, rather than one of nought.
    all.roles[0].1.posts = Some(3.0);
    all.needs = vec![need(2, "R2")];
    let gaps: Vec<_> = only(&all).phases.iter().map(|p| p.gap).collect();
    assert_eq!(gaps, [None, None, Some(3.0), Some(3.0)]);
    // Level 0 is said where a skill is no longer needed.
    all.needs.push(need(0, "R3"));
    assert_eq!(only(&all).phases[3].gap, Some(0.0));
}

#[test]
fn a_deed_tells_who_could_do_it_and_whether_only_their_own_word_says_so() {
    let deed = |level: u8| Deed {
        title: "Open it".into(),
        code: "evidence.open".into(),
        skill: "evidence".into(),
        level: level.to_string(),
        why: "It can be lost.".into(),
    };
    let mut all =
        facts(vec![held(2, 3.0, "course", "2026-06-01", None), held(3, 1.0, "self", "2026-06-01", None)]);
    all.deeds = [2, 3, 4].map(|level| (format!("deed-{level}"), deed(level))).into();
    let told: Vec<_> = report(&all, day(TODAY))
        .deeds
        .iter()
        .map(|d| (d.level, d.roles.len(), d.only_own, d.nobody))
        .collect();
    assert_eq!(told, [(2, 1, false, false), (3, 1, true, false), (4, 0, false, true)]);
}

#[test]
fn fluency_is_told_by_the_days_on_which_it_was_judged() {
    let skill = vec![("evidence".to_owned(), Skill { title: "Evidence".into(), ..Skill::default() })];
    let first = held(2, 5.0, "course", "2026-03-01", None);
    let second = Held { level: "3".into(), people: 7.0, judged: day("2026-09-01"), ..first.clone() };
    let other = held(4, 1.0, "course", "2026-03-01", None);
    let told = fluency(&skill, &[vec![Some(first.clone()), Some(second)], vec![Some(other.clone())]]);
    let told: Vec<_> = told.iter().map(|f| (f.day, f.baseline, f.fluent)).collect();
    assert_eq!(told, [(day("2026-03-01"), 6.0, 1.0), (day("2026-09-01"), 8.0, 8.0)]);
    assert!(
        fluency(&skill, &[vec![Some(first.clone())], vec![Some(other)]]).is_empty(),
        "one day is no trend"
    );
    assert!(fluency(&skill, &[vec![Some(first), None]]).is_empty(), "what was withdrawn counts nowhere");
}

#[test]
fn the_table_has_a_line_for_each_phase_in_which_a_skill_is_needed() {
    let mut all = facts(vec![held(2, 8.0, "course", "2026-06-01", None)]);
    all.roles[0].1.title = "=Officer".into();
    let text = csv(&report(&all, day(TODAY)));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0], "role,skill,phase,level,posts,shown,supervisor,self,gap,gap_shown,courses");
    assert_eq!(lines[1], "'=Officer,Evidence,R0,2,20,8,0,0,12,12,for-all");
}

#[test]
fn the_registers_are_read_and_only_by_who_keeps_them() {
    on_both(|test| {
        let who = office(test);
        let put = |register: &'static str, code: &'static str, fields: serde_json::Value| {
            let register = known(register).unwrap();
            let body = register.read_json(&fields).unwrap_or_else(|e| panic!("{code}: {e:?}"));
            test.db.write(&who, move |cx| create(cx, register, code, &body, "")).unwrap()
        };
        put("organisation", "borset", json!({ "title": "Borset", "kind": "force" }));
        put("role", "officer", json!({ "title": "Officer", "posts": 10 }));
        put("skill", "evidence", json!({ "title": "Evidence", "about": "Keeps it." }));
        put(
            "role-skill",
            "need",
            json!({ "title": "Needs it", "role": "officer", "skill": "evidence", "level": "2", "phase": "R0" }),
        );
        let mut fields = json!({
            "title": "Has it", "role": "officer", "skill": "evidence", "level": "2", "people": 4, "judged_by": "course",
            "evidence": "Course", "judged": "2026-03-01",
        });
        let made = put("held-skill", "has", fields.clone());
        put(
            "cost",
            "outside",
            json!({ "title": "Help", "organisation": "borset", "year": 2026, "amount": 1000, "purpose": "change",
                    "area": "services", "outside_days": 2.5 }),
        );
        fields["people"] = 7.into();
        fields["judged"] = "2026-10-01".into();
        let register = known("held-skill").unwrap();
        let body = register.read_json(&fields).unwrap();
        test.db.write(&who, move |cx| change(cx, register, "has", made.version, &body, "More")).unwrap();
        let told = test.db.read(&who, read).unwrap();
        assert_eq!(told.cells[0].phases[0].gap, Some(3.0));
        let days: Vec<_> = told.fluency.iter().map(|f| (f.day, f.baseline)).collect();
        assert_eq!(days, [(day("2026-03-01"), 4.0), (day("2026-10-01"), 7.0)]);
        assert_eq!((told.outside[0].days, told.outside[0].amount), (2.5, 1000));
        let again = test.db.read(&who, |cx| entry(cx, known("held-skill")?, "has")).unwrap();
        assert_eq!(again.version, 2);
    });
}

proptest! {
    #[test]
    fn more_people_never_make_a_gap_larger_and_it_is_never_below_nought(
        people in prop::collection::vec((0_u8..=4, 0_u32..30, 0_usize..4), 0..8),
        level in 0_u8..=4,
        more in 0_u32..30,
    ) {
        let by = ["self", "supervisor", "course", "examination"];
        let all: Vec<Held> = people.iter()
            .map(|(level, n, who)| held(*level, f64::from(*n), by[*who], "2026-06-01", None))
            .collect();
        let mut more_of_them = all.clone();
        more_of_them.push(held(level, f64::from(more), "course", "2026-06-01", None));
        let (before, after) = (only(&facts(all)), only(&facts(more_of_them)));
        for (b, a) in before.phases.iter().zip(&after.phases) {
            prop_assert!(a.gap <= b.gap && a.gap_shown <= b.gap_shown);
            prop_assert!(a.gap >= Some(0.0) && a.gap <= a.gap_shown && a.gap_shown <= Some(20.0));
        }
    }
}
