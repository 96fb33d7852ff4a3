//! What people said to a group of applications stays with the group, however many of them a survey names.

use super::office;
use bluelamp_model::{Error, authority::Actor};
use bluelamp_steward::{
    entry::{Entry, change, entries, entry},
    findings::{Answer, Given, NewSaving, Shown, Standing, answer, answers, of_landscape, shown},
    landscape::{Columns, Options, inspect, landscape, take},
    registers::benefits::SAVING,
};
use bluelamp_testkit::{TestDb, on_both};
use serde_json::json;
use std::collections::BTreeMap;

/// A survey of forces that have the same records system, or none of it.
fn surveyed(test: &TestDb, who: &Actor, file: &str, rows: &[(&str, &str)]) {
    test.pass_seconds(60);
    let mut text = String::from("Force,Application,Supplier\n");
    rows.iter().for_each(|(force, name)| text.push_str(&format!("{force},{name},Larkfield\n")));
    let options = Options { file: file.into(), ..Options::default() };
    let looked = inspect(&Columns::shipped().unwrap(), &options, text.as_bytes()).unwrap();
    test.db.write(who, move |cx| take(cx, &looked)).unwrap();
}

/// The groups of applications as they stand, by id.
fn groups(test: &TestDb, who: &Actor) -> Vec<Shown> {
    let all = test
        .db
        .read(who, |cx| {
            let found = of_landscape(&landscape(cx)?.applications, &BTreeMap::new());
            Ok(shown(found, &answers(cx)?))
        })
        .unwrap();
    all.into_iter().filter(|s| s.finding.rule == "same-application").collect()
}

fn one(test: &TestDb, who: &Actor) -> Shown {
    let mut all = groups(test, who);
    assert_eq!(all.len(), 1, "one group");
    all.remove(0)
}

fn say(
    test: &TestDb,
    who: &Actor,
    of: &Shown,
    what: &str,
    saving: Option<NewSaving>,
) -> Result<Option<Entry>, Error> {
    test.pass_seconds(60);
    let finding = of.finding.clone();
    let given =
        Given { seen: finding.basis.clone(), answer: what.into(), reasons: "Asked both.".into(), saving };
    test.db.write(who, move |cx| answer(cx, &finding, &given))
}

fn saving() -> Option<NewSaving> {
    Some(NewSaving { yearly: "40000".into(), once: String::new(), owner: "Head of Digital".into() })
}

const TWO: [(&str, &str); 2] = [("Avon Police", "CaseWorks 6"), ("Dorsett Police", "Caseworks")];

#[test]
fn an_answer_and_its_saving_stay_with_a_group_that_another_survey_makes_wider() {
    on_both(|test| {
        let who = office(test);
        surveyed(test, &who, "one.csv", &TWO);
        let first = one(test, &who);
        let made = say(test, &who, &first, "confirmed", saving()).unwrap().unwrap();
        assert_eq!(one(test, &who).standing, Standing::Confirmed);
        surveyed(test, &who, "two.csv", &[("Humber Police", "Case Works")]);
        let wider = one(test, &who);
        assert_eq!(wider.finding.about.len(), 3);
        assert_eq!(wider.standing, Standing::Changed, "it is asked again, as it is about more now");
        let before = wider.answered.clone().unwrap();
        assert_eq!((before.answer, before.by.as_str()), (Answer::Confirmed, "Alex Office"));
        assert_eq!(
            wider.finding.id,
            made.body.text("finding"),
            "the saving points at a finding that is there"
        );
        let again = say(test, &who, &wider, "confirmed", saving());
        let Err(Error::Invalid(wrong)) = again else { panic!("{again:?}") };
        assert_eq!(wrong[0].field, "saving_yearly");
        assert!(wrong[0].message.contains(&made.code) && wrong[0].message.contains("change it"), "{wrong:?}");
        assert!(say(test, &who, &wider, "confirmed", None).unwrap().is_none());
        let held = one(test, &who);
        assert_eq!((held.standing, &held.finding.id), (Standing::Confirmed, &first.finding.id));
        let savings = test.db.read(&who, |cx| entries(cx, &SAVING)).unwrap();
        assert_eq!(savings.len(), 1, "and is counted once");
        surveyed(
            test,
            &who,
            "three.csv",
            &[("Humber Police", "Case Works"), ("Kennet Police", "CASEWORKS 5")],
        );
        let widest = one(test, &who);
        assert_eq!((widest.standing, &widest.finding.id), (Standing::Changed, &first.finding.id));
        // What was given up is no saving any more.
        let code = made.code.clone();
        test.db
            .write(&who, move |cx| {
                let held = entry(cx, &SAVING, &code)?.body;
                let body = SAVING.read_json(&json!({
                    "title": held.text("title"), "applications": held.all("applications"), "yearly": 40000,
                    "state": "given-up", "owner": "Head of Digital", "finding": held.text("finding"),
                }));
                let body = body.unwrap();
                change(cx, &SAVING, &code, 1, &body, "Too dear.").map(drop)
            })
            .unwrap();
        assert!(say(test, &who, &widest, "confirmed", saving()).unwrap().is_some());
    });
}

#[test]
fn two_groups_that_become_one_show_both_answers_and_leave_room_for_no_second_saving() {
    on_both(|test| {
        let who = office(test);
        surveyed(
            test,
            &who,
            "one.csv",
            &[
                ("Avon Police", "Brightline Custody"),
                ("Dorsett Police", "Brightline Custody"),
                ("Humber Police", "Nightwatch Rota"),
                ("Kennet Police", "Nightwatch Rota"),
            ],
        );
        let all = groups(test, &who);
        assert_eq!(all.len(), 2);
        say(test, &who, &all[0], "confirmed", saving()).unwrap();
        say(test, &who, &all[1], "rejected", None).unwrap();
        surveyed(test, &who, "two.csv", &[("Severn Police", "Brightline Custody Nightwatch Rota")]);
        let joined = one(test, &who);
        assert_eq!((joined.finding.about.len(), joined.standing), (5, Standing::Changed));
        let latest = joined.answered.clone().unwrap();
        assert_eq!(latest.answer, Answer::Rejected, "of two as near, the later");
        let other = joined.finding.evidence.iter().find(|e| e.what == "Answered before").unwrap();
        assert!(other.values[0].contains("confirmed by Alex Office"), "{other:?}");
        let again = say(test, &who, &joined, "confirmed", saving());
        assert!(matches!(&again, Err(Error::Invalid(w)) if w[0].field == "saving_yearly"), "{again:?}");
        say(test, &who, &joined, "rejected", None).unwrap();
        let held = one(test, &who);
        assert_eq!(held.standing, Standing::Rejected);
        assert!(held.finding.evidence.iter().all(|e| e.what != "Answered before"), "it was answered since");
    });
}

#[test]
fn a_group_that_loses_a_member_is_the_same_finding_and_another_group_is_not() {
    on_both(|test| {
        let who = office(test);
        let three = [TWO[0], TWO[1], ("Humber Police", "Case Works")];
        surveyed(test, &who, "one.csv", &three);
        let first = one(test, &who);
        say(test, &who, &first, "rejected", None).unwrap();
        test.db
            .write(&who, |cx| {
                use bluelamp_steward::{entry::withdraw, registers::landscape::APPLICATION};
                withdraw(cx, &APPLICATION, "humber-police--case-works", 1, "Switched off.").map(drop)
            })
            .unwrap();
        let narrower = one(test, &who);
        assert_eq!((narrower.standing, &narrower.finding.id), (Standing::Changed, &first.finding.id));
        surveyed(test, &who, "two.csv", &[("Avon Police", "Duty Desk"), ("Kennet Police", "Duty Desk")]);
        let all = groups(test, &who);
        let open = all.iter().find(|s| s.finding.id != first.finding.id).unwrap();
        assert_eq!(
            (open.standing, &open.answered),
            (Standing::Open, &None),
            "of another thing nobody has said a word"
        );
    });
}

/// What a force lacks is the same, whether most write "HR" or "Human Resources".
#[test]
fn an_answer_stays_with_a_capability_that_most_come_to_write_differently() {
    on_both(|test| {
        let who = office(test);
        let survey = |file: &str, rows: &str| {
            test.pass_seconds(60);
            let text = format!("Force,Application,Capability\n{rows}");
            let options = Options { file: file.into(), ..Options::default() };
            let looked = inspect(&Columns::shipped().unwrap(), &options, text.as_bytes()).unwrap();
            test.db.write(&who, move |cx| take(cx, &looked)).unwrap();
        };
        let gap = || {
            let all = test
                .db
                .read(&who, |cx| {
                    let found = of_landscape(&landscape(cx)?.applications, &BTreeMap::new());
                    Ok(shown(found, &answers(cx)?))
                })
                .unwrap();
            let mut of_avon = all.into_iter().filter(|s| {
                s.finding.rule == "capability-missing"
                    && (s.finding.sentence.ends_with(" HR")
                        || s.finding.sentence.ends_with("Human Resources"))
            });
            let one = of_avon.next().expect("it is found");
            assert!(of_avon.next().is_none(), "two spellings are one gap");
            one
        };
        survey("one.csv", "Avon,Rota,Duties\nDorsett,People Desk,HR\nDorsett,Shift Desk,Duties\n");
        let first = gap();
        assert_eq!(first.finding.sentence, "Avon has no application for HR");
        say(test, &who, &first, "rejected", None).unwrap();
        survey("two.csv", "Dorsett,Staff Files,Human Resources\nDorsett,Leave Book,Human Resources\n");
        let now = gap();
        assert_eq!(now.finding.sentence, "Avon has no application for Human Resources", "as most write it");
        assert_eq!((now.standing, now.finding.id), (Standing::Rejected, first.finding.id));
    });
}
