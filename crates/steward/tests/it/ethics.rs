//! The way of an algorithm through assessment, committee and lab: each guard holds it back until its ground is there.

use bluelamp_access::algorithm::{self, Entry, Running, State};
use bluelamp_model::{
    Error, Id, Result,
    authority::{Actor, Verb, action},
};
use bluelamp_steward::ethics::{
    Advice, Dossier, FIELDS, Filled, Finding, NewVoice, QUESTIONS, Ran, Section, Step, advise, assess,
    exempt, lacking, minute, minutes, note_opinion, outcome, published, record, release, report_lab, take,
    view,
};
use bluelamp_testkit::{TestDb, on_both};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

const CRITERIA: &str = "agreement: at least 80 %\nno report unread: all";

/// A register with one algorithm, and the people.
struct Force<'a> {
    t: &'a TestDb,
    id: Id,
    lead: Actor,
    chief: Actor,
    members: [Actor; 3],
}

impl<'a> Force<'a> {
    fn new(t: &'a TestDb) -> Self {
        Self::with(t, "forecast")
    }

    fn with(t: &'a TestDb, kind: &'static str) -> Self {
        let people: Vec<Id> = (1..=5).map(|n| Id::from_bytes([n; 16])).collect();
        let all = people.clone();
        t.db.write(&Actor::system(), move |cx| {
            cx.allow(action::ACCOUNT_MANAGE, None)?;
            cx.record(Verb::Administer, "account", None, json!({}))?;
            for id in &all {
                let now = cx.now();
                let name = format!("person-{}", id.to_string().chars().next_back().unwrap_or_default());
                cx.exec(
                    "insert into account (id, username, name, roles, created_at) values ($1, $2, $2, '', $3)",
                    &[(*id).into(), format!("{name}-{id}").into(), now.into()],
                )?;
            }
            let what = Running {
                kind: kind.into(),
                name: "demand".into(),
                version: "1.0.0".into(),
                digest: "aa".into(),
                title: "Demand".into(),
                purpose: "Says how many calls are to be expected.".into(),
                owner: "role: Demand lead".into(),
                accountable: "role: Chief".into(),
            };
            algorithm::register(cx, &[what])
        })
        .unwrap();
        let id = t.db.read(&Actor::public(), algorithm::published).unwrap()[0].id;
        let as_role = |n: usize, role: &str| Actor::staff(people[n], vec![role.into()], "governance");
        Self {
            t,
            id,
            lead: as_role(0, "risk-lead"),
            chief: as_role(1, "accountable-officer"),
            members: [2, 3, 4].map(|n| as_role(n, "ethics-committee")),
        }
    }

    fn dossier(&self) -> Dossier {
        self.t.db.read(&self.lead, |cx| view(cx, self.id)).unwrap()
    }

    fn assess(&self, answers: &[(&str, &str)]) -> Result<()> {
        let id = self.id;
        let answers: BTreeMap<String, String> =
            answers.iter().map(|(c, a)| ((*c).to_owned(), (*a).to_owned())).collect();
        self.t.db.write(&self.lead, move |cx| assess(cx, id, &answers, None))
    }

    /// Answers everything in these sections.
    fn answer(&self, sections: &[Section]) {
        let of = QUESTIONS.iter().filter(|q| sections.contains(&q.section));
        let all: Vec<_> =
            of.map(|q| (q.code, if q.code == "lab.criteria" { CRITERIA } else { "Said." })).collect();
        self.assess(&all).unwrap();
    }

    fn advise(&self, n: usize, point: &str, advice: &str, interest: &str) -> Result<()> {
        let id = self.id;
        let voice = NewVoice {
            point: point.into(),
            advice: advice.into(),
            reasons: "Because.".into(),
            conditions: if advice == "conditions" { "Count departures.".into() } else { String::new() },
            interest: interest.into(),
        };
        self.t.db.write(&self.members[n], move |cx| advise(cx, id, &voice, &[]))
    }

    fn minute(&self, point: &str) -> Result<Advice> {
        self.minute_of(point, &self.t.db.now().day())
    }

    fn minute_of(&self, point: &str, held_on: &str) -> Result<Advice> {
        let (id, point, held_on) = (self.id, point.to_owned(), held_on.to_owned());
        self.t.db.write(&self.members[0], move |cx| minute(cx, id, &point, &held_on, "It was talked about."))
    }

    /// Two members say the same, and the minutes are written.
    fn heard(&self, point: &str, advice: &str) {
        self.advise(0, point, advice, "").unwrap();
        self.advise(1, point, advice, "").unwrap();
        self.minute(point).unwrap();
    }

    fn lab(&self, met: bool) {
        let id = self.id;
        let found = |criterion: &str, met| Finding { criterion: criterion.into(), found: "75 %".into(), met };
        let mut lines = CRITERIA.lines();
        let all = [found(lines.next().unwrap(), met), found(lines.next().unwrap(), true)];
        self.t.db.write(&self.lead, move |cx| report_lab(cx, id, &all, "")).unwrap();
    }

    fn opinion(&self) {
        let id = self.id;
        self.t
            .db
            .write(&self.lead, move |cx| {
                let today = cx.now().day();
                note_opinion(cx, id, "A university", &today, "Go on.")
            })
            .unwrap();
    }

    fn step(&self, to: State) -> Step {
        let until =
            if to.operates() { self.t.db.now().plus_seconds(30 * 86_400).day() } else { String::new() };
        Step {
            to: to.code().into(),
            until,
            volume: (to == State::Pilot).then_some(100),
            reasons: "Its grounds are there.".into(),
            ..Step::default()
        }
    }

    fn take_by(&self, who: &Actor, step: &Step) -> Result<Entry> {
        let (id, step) = (self.id, step.clone());
        self.t.db.write(who, move |cx| take(cx, id, &step, &[]))
    }

    fn take(&self, to: State) -> Result<Entry> {
        self.take_by(&self.chief, &self.step(to))
    }

    /// What holds a step back, by field.
    fn held_back(&self, to: State) -> Vec<String> {
        match self.take(to) {
            Err(Error::Invalid(faults)) => {
                let mut fields: Vec<_> = faults.into_iter().map(|f| f.field).collect();
                fields.dedup();
                fields
            }
            other => panic!("{to:?}: {other:?}"),
        }
    }

    fn to_lab(&self) {
        self.answer(&Section::ALL);
        self.take(State::Assessed).unwrap();
        self.heard("lab", "approve");
        self.take(State::Lab).unwrap();
    }

    fn to_pilot(&self) {
        self.to_lab();
        self.lab(true);
        self.take(State::LabReported).unwrap();
        self.opinion();
        self.heard("operational", "approve");
        self.take(State::Pilot).unwrap();
    }
}

#[test]
fn it_goes_from_proposed_to_retired_one_ground_after_the_other() {
    on_both(|t| {
        let f = Force::new(t);
        // An assessment with holes is none: the six, the eight, the screening, the concerns, the chief officer.
        f.answer(&[Section::Covenant, Section::AlgoCare, Section::DataProtection, Section::Equality]);
        let open = f.held_back(Assessed);
        assert_eq!(open.len(), 1 + 7 + 2, "{open:?}");
        assert!(open.contains(&"chief-officer".to_owned()) && open.contains(&"concern.faces".to_owned()));
        f.answer(&[Section::Accountability, Section::Concerns, Section::Lab]);
        f.take(Assessed).unwrap();

        // The lab takes the public's view, what changed because of it, and the committee.
        assert_eq!(
            f.held_back(Lab),
            ["public.method", "public.when", "public.said", "public.changed", "committee"]
        );
        f.answer(&[Section::PublicView]);
        assert_eq!(f.held_back(Lab), ["committee"]);
        f.heard("lab", "approve");
        f.take(Lab).unwrap();

        // What the lab has to show is reported criterion by criterion.
        assert_eq!(f.held_back(LabReported), ["lab-report"]);
        let id = f.id;
        let one =
            Finding { criterion: CRITERIA.lines().next().unwrap().into(), found: "90 %".into(), met: true };
        t.db.write(&f.lead, move |cx| report_lab(cx, id, std::slice::from_ref(&one), "")).unwrap();
        assert_eq!(f.held_back(LabReported), ["lab-report"], "one criterion of two");
        f.lab(true);
        f.take(LabReported).unwrap();

        // Officers take an opinion from outside, a whole record, and the committee once more.
        let open = f.held_back(Pilot);
        assert_eq!((open[0].as_str(), open.last().unwrap().as_str()), ("opinion", "committee"));
        let fields = FIELDS.len();
        assert!(open.iter().filter(|o| o.starts_with("record/")).count() > fields / 2, "{open:?}");
        f.answer(&[Section::Record]);
        f.opinion();
        assert_eq!(f.held_back(Pilot), ["committee"]);
        f.heard("operational", "approve");
        f.take(Pilot).unwrap();
        // What the pilot showed is heard, and it is renewed only when the committee was heard again.
        assert_eq!(f.held_back(Operational), ["committee"]);
        f.heard("operational", "approve");
        f.take(Operational).unwrap();
        assert_eq!(f.held_back(Operational), ["committee"]);
        f.heard("operational", "approve");
        f.take(Operational).unwrap();
        f.take(Retired).unwrap();
        assert!(matches!(f.take(Lab), Err(Error::Conflict(_))), "it cannot come back");
        assert!(matches!(f.assess(&[("covenant.lawful", "More.")]), Err(Error::Conflict(_))));
        let d = f.dossier();
        let states: Vec<_> = d.phases.iter().rev().map(|p| p.state).collect();
        use State::{Assessed, Lab, LabReported, Operational, Pilot, Retired};
        assert_eq!(states, [Assessed, Lab, LabReported, Pilot, Operational, Operational, Retired]);
    });
}

#[test]
fn what_the_lab_has_not_shown_keeps_it_from_officers() {
    on_both(|t| {
        let f = Force::new(t);
        f.to_lab();
        f.lab(false);
        f.take(State::LabReported).unwrap();
        f.opinion();
        f.heard("operational", "approve");
        assert_eq!(f.held_back(State::Pilot), ["lab-report"]);
        // It can go back and be tried again.
        f.take(State::Lab).unwrap();
        assert_eq!(f.held_back(State::LabReported), ["lab-report"], "the old report is not that of this lab");
        f.lab(true);
        f.take(State::LabReported).unwrap();
        // And the committee has heard nothing of this trial.
        assert_eq!(f.held_back(State::Pilot), ["committee"]);
        f.heard("operational", "approve");
        f.take(State::Pilot).unwrap();
    });
}

#[test]
fn who_writes_it_neither_advises_nor_lets_it_go_on() {
    on_both(|t| {
        let f = Force::new(t);
        f.answer(&Section::ALL);
        let by_lead = f.take_by(&f.lead, &f.step(State::Assessed));
        assert!(matches!(by_lead, Err(Error::Forbidden { .. })), "{by_lead:?}");
        let by_machine = f.take_by(&Actor::system(), &f.step(State::Assessed));
        assert!(matches!(by_machine, Err(Error::Forbidden { .. })), "{by_machine:?}");
        let id = f.id;
        let voice = NewVoice {
            point: "lab".into(),
            advice: "approve".into(),
            reasons: "Mine.".into(),
            ..NewVoice::default()
        };
        let own = t.db.write(&f.lead, move |cx| advise(cx, id, &voice, &[]));
        assert!(matches!(own, Err(Error::Forbidden { .. })), "{own:?}");
        f.take(State::Assessed).unwrap();
        f.heard("lab", "approve");
        f.take(State::Lab).unwrap();
        // But whoever answers for it can stop it at once, also who wrote on it; with reasons.
        let mut stop = f.step(State::Suspended);
        stop.reasons = " ".into();
        assert!(matches!(f.take_by(&f.lead, &stop), Err(Error::Invalid(_))));
        f.take_by(&f.lead, &f.step(State::Suspended)).unwrap();
        // Back it comes only when the committee was heard since.
        assert_eq!(f.held_back(State::Lab), ["committee"]);
        f.heard("lab", "approve");
        f.take(State::Lab).unwrap();
    });
}

/// The fields that are wrong.
fn refused<T: std::fmt::Debug>(answer: Result<T>) -> Vec<String> {
    match answer {
        Err(Error::Invalid(faults)) => faults.into_iter().map(|f| f.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_had_a_part_in_it_takes_no_step_of_approval() {
    on_both(|t| {
        let f = Force::new(t);
        let forbidden = |who: &Actor, writers: &[Id], words: &str| {
            let (id, step, writers) = (f.id, f.step(f.dossier().entry.state.next()[0]), writers.to_vec());
            match t.db.write(who, move |cx| take(cx, id, &step, &writers)) {
                Err(Error::Forbidden { reason }) => assert!(reason.contains(words), "{reason}"),
                other => panic!("{words}: {other:?}"),
            }
        };
        // One person with several roles, as a small force has them.
        let as_officer =
            |who: &Actor| Actor::staff(who.id.unwrap(), vec!["accountable-officer".into()], "governance");
        f.answer(&Section::ALL);
        let chief = f.chief.id.unwrap();
        forbidden(&f.chief, &[chief], "you have written the text of this version");
        forbidden(&as_officer(&f.lead), &[], "you have written on this assessment");
        f.take(State::Assessed).unwrap();
        f.heard("lab", "approve");
        forbidden(&as_officer(&f.members[1]), &[], "you have advised on it as a member of the committee");
        // An interest that was declared is a part in it too.
        f.advise(2, "lab", "approve", "I sell it.").unwrap();
        forbidden(&as_officer(&f.members[2]), &[], "you have advised on it");
        f.take(State::Lab).unwrap();
        let (id, noted) =
            (f.id, Actor::staff(Id::from_bytes([6; 16]), vec!["risk-lead".into()], "governance"));
        t.db.write(&Actor::system(), |cx| {
            cx.allow(action::ACCOUNT_MANAGE, None)?;
            cx.record(Verb::Administer, "account", None, json!({}))?;
            let now = cx.now();
            cx.exec(
                "insert into account (id, username, name, roles, created_at) values ($1, 'noted', 'Noted', '', $2)",
                &[Id::from_bytes([6; 16]).into(), now.into()],
            )
        })
        .unwrap();
        let today = t.db.now().day();
        t.db.write(&noted, move |cx| note_opinion(cx, id, "A university", &today, "Go on.")).unwrap();
        forbidden(&as_officer(&noted), &[], "you have noted an opinion on it");
        // Stopping is for anybody who answers for it, whatever part they had.
        f.take_by(&as_officer(&f.members[1]), &f.step(State::Suspended)).unwrap();
    });
}

#[test]
fn whoever_let_it_go_on_is_not_the_committee_too() {
    on_both(|t| {
        let f = Force::new(t);
        f.answer(&Section::ALL);
        f.take(State::Assessed).unwrap();
        let (id, both) =
            (f.id, Actor::staff(f.chief.id.unwrap(), vec!["ethics-committee".into()], "governance"));
        let voice = NewVoice {
            point: "lab".into(),
            advice: "approve".into(),
            reasons: "Mine.".into(),
            ..NewVoice::default()
        };
        let (said, today) = (voice.clone(), t.db.now().day());
        let advised = t.db.write(&both, move |cx| advise(cx, id, &said, &[]));
        assert!(matches!(advised, Err(Error::Forbidden { .. })), "{advised:?}");
        f.advise(0, "lab", "approve", "").unwrap();
        f.advise(1, "lab", "approve", "").unwrap();
        let minuted = t.db.write(&both, move |cx| minute(cx, id, "lab", &today, "Said."));
        assert!(matches!(minuted, Err(Error::Forbidden { .. })), "{minuted:?}");
        // Nor is who wrote the text.
        let writer = f.members[2].id.unwrap();
        let advised = t.db.write(&f.members[2], move |cx| advise(cx, id, &voice, &[writer]));
        assert!(matches!(advised, Err(Error::Forbidden { .. })), "{advised:?}");
    });
}

#[test]
fn the_committee_is_heard_on_what_there_is_to_see() {
    on_both(|t| {
        let f = Force::new(t);
        f.answer(&Section::ALL);
        // Before the assessment is accepted it is heard on nothing; before the lab has reported, not on operation.
        assert_eq!(refused(f.advise(0, "lab", "approve", "")), ["point"]);
        assert_eq!(refused(f.minute("operational")), ["point"]);
        f.take(State::Assessed).unwrap();
        assert_eq!(refused(f.advise(0, "operational", "approve", "")), ["point"]);
        // A meeting that is to come, and one before there was an accepted assessment, are none.
        f.advise(0, "lab", "approve", "").unwrap();
        f.advise(1, "lab", "approve", "").unwrap();
        assert_eq!(refused(f.minute_of("lab", "2020-01-01")), ["held_on"]);
        assert_eq!(refused(f.minute_of("lab", &t.db.now().plus_seconds(86_400).day())), ["held_on"]);
        f.minute("lab").unwrap();
        f.take(State::Lab).unwrap();
        f.lab(true);
        f.opinion();
        let Err(Error::Invalid(early)) = f.advise(0, "operational", "approve", "") else { panic!("early") };
        assert_eq!(
            early[0].message,
            "Before operational use: it is in the lab, and the lab has to report first, and its report to be accepted"
        );
        f.take(State::LabReported).unwrap();
        f.heard("operational", "approve");
        // What is advised before the pilot is no advice on what the pilot showed.
        f.advise(0, "operational", "approve", "").unwrap();
        f.advise(1, "operational", "approve", "").unwrap();
        f.take(State::Pilot).unwrap();
        let Err(Error::Conflict(few)) = f.minute("operational") else { panic!("advised before") };
        assert!(few.starts_with("0 of the committee have advised since the last step"), "{few}");
        f.heard("operational", "approve");
        f.take(State::Operational).unwrap();
    });
}

#[test]
fn a_pilot_that_used_it_not_once_shows_nothing() {
    on_both(|t| {
        let f = Force::with(t, "indicator");
        f.to_pilot();
        f.heard("operational", "approve");
        assert_eq!(f.held_back(State::Operational), ["pilot"]);
        // Not by way of a suspension either.
        f.take(State::Suspended).unwrap();
        f.heard("operational", "approve");
        assert_eq!(f.held_back(State::Operational), ["pilot"]);
        f.take(State::Pilot).unwrap();
        bluelamp_testkit::ethics::used(&t.db, &[f.id]);
        f.heard("operational", "approve");
        f.take(State::Operational).unwrap();
        // What was in operation is renewed: nothing counts its uses there.
        f.heard("operational", "approve");
        f.take(State::Operational).unwrap();
    });
}

#[test]
fn rejection_is_departed_from_with_published_reasons_and_deferral_is_not() {
    on_both(|t| {
        let f = Force::new(t);
        f.answer(&Section::ALL);
        f.take(State::Assessed).unwrap();
        f.heard("lab", "defer");
        assert_eq!(f.held_back(State::Lab), ["committee"]);
        f.heard("lab", "reject");
        assert_eq!(f.held_back(State::Lab), ["published"]);
        let mut departs = f.step(State::Lab);
        departs.published = "Without the lab nobody can know.".into();
        f.take_by(&f.chief, &departs).unwrap();
        assert_eq!(f.dossier().phases[0].published, "Without the lab nobody can know.");
        f.lab(true);
        f.take(State::LabReported).unwrap();
        f.opinion();
        f.heard("operational", "conditions");
        assert_eq!(f.held_back(State::Pilot), ["conditions_met"]);
        let mut with = f.step(State::Pilot);
        with.conditions_met = "They are counted.".into();
        f.take_by(&f.chief, &with).unwrap();
        assert!(f.dossier().phases[0].reasons.contains("They are counted."));
        let all = t.db.read(&Actor::public(), minutes).unwrap();
        assert_eq!(
            all.iter().rev().map(|m| m.outcome).collect::<Vec<_>>(),
            [Advice::Defer, Advice::Reject, Advice::Conditions],
            "minutes are public"
        );
        assert_eq!(all[0].conditions, "Count departures.\nCount departures.");
    });
}

#[test]
fn a_member_with_an_interest_is_heard_and_not_counted() {
    on_both(|t| {
        let f = Force::new(t);
        f.answer(&Section::ALL);
        f.take(State::Assessed).unwrap();
        f.advise(0, "lab", "reject", "").unwrap();
        f.advise(1, "lab", "approve", "I sell it.").unwrap();
        assert!(matches!(f.minute("lab"), Err(Error::Conflict(_))), "one is too few");
        f.advise(2, "lab", "approve", "").unwrap();
        // Said again before the minutes, it replaces what was said.
        f.advise(2, "lab", "reject", "").unwrap();
        assert_eq!(f.minute("lab").unwrap(), Advice::Reject);
        let m = &f.dossier().minutes[0];
        assert_eq!(m.votes, [("interest".to_owned(), 1), ("reject".to_owned(), 2)].into());
        assert!(matches!(f.minute("lab"), Err(Error::Conflict(_))), "nobody has advised since");
    });
}

#[test]
fn what_changes_in_the_assessment_is_heard_again_and_the_wording_of_the_record_is_not() {
    on_both(|t| {
        let f = Force::new(t);
        f.answer(&Section::ALL);
        f.take(State::Assessed).unwrap();
        f.heard("lab", "approve");
        f.assess(&[("covenant.robust", "Not tested any more.")]).unwrap();
        assert_eq!(f.held_back(State::Lab), ["committee"]);
        f.heard("lab", "approve");
        f.assess(&[("atrs.benefits", "Said better.")]).unwrap();
        f.take(State::Lab).unwrap();
        let Err(Error::Invalid(wrong)) = f.assess(&[("covenant.lawfull", "x")]) else {
            panic!("no question")
        };
        assert_eq!((wrong[0].field.as_str(), wrong[0].code.as_str()), ("covenant.lawfull", "unknown"));
    });
}

#[test]
fn a_field_that_is_not_published_has_its_reason_in_the_record() {
    on_both(|t| {
        let f = Force::new(t);
        f.to_lab();
        f.lab(true);
        f.take(State::LabReported).unwrap();
        f.opinion();
        f.heard("operational", "approve");
        f.assess(&[("atrs.architecture", " ")]).unwrap();
        assert_eq!(f.held_back(State::Pilot), ["record/system_architecture"]);
        let id = f.id;
        let keep_back = |reasons: &'static str| {
            t.db.write(&f.lead, move |cx| exempt(cx, id, "system_architecture", reasons)).unwrap();
        };
        keep_back("It would help an attacker.");
        f.take(State::Pilot).unwrap();
        let d = t.db.read(&Actor::public(), |cx| published(cx, "forecast", "demand")).unwrap().remove(0);
        let ran =
            Ran { decided: Some(12), agreed: Some(9), above: Some(2), below: Some(1), complaints: Some(3) };
        let r = record(&d, "borsetshire-police", &ran, t.db.now());
        let said = |f: &Filled| f.text.is_some() != f.exemption.is_some();
        assert!(r.fields.iter().all(said), "each is said or exempt");
        let j = r.json();
        assert_eq!(
            j["tier_2"]["tool_specification"]["system_architecture"]["not_published"],
            "It would help an attacker."
        );
        assert_eq!(j["tier_1"]["name"], "Demand");
        assert_eq!(j["tier_2"]["owner_and_responsibility"]["team"], "Demand lead");
        let used = j["tier_2"]["decision_making_process"]["frequency_and_scale_of_usage"].as_str().unwrap();
        assert!(
            used.contains("led: 12. As it proposed: 9. Above: 2. Below: 1.")
                && used.contains("Fewer than 10 complaints name it.")
        );
        assert_eq!(j["runs"]["digest"], "aa");
        let heard = &j["heard"];
        assert_eq!(
            heard["outside"],
            json!([{ "given_by": "A university", "given_on": t.db.now().day(), "said": "Go on." }]),
            "and not who noted it"
        );
        assert_eq!(
            (&heard["committee"][0]["outcome"], heard["committee"][0].get("by_id")),
            (&json!("approve"), None)
        );
        // The keys and values by which GOV.UK sorts: alphagov/specialist-publisher, algorithmic_transparency_records.json.
        let m = &j["metadata"];
        let key = |k: &str| m[format!("algorithmic_transparency_record_{k}")].clone();
        assert_eq!(key("phase"), "beta-pilot");
        assert_eq!(key("capability"), json!(["forecasting"]));
        assert_eq!(key("function"), json!(["public-order-and-safety"]));
        assert_eq!(key("organisation_type"), json!(["agency-or-public-body"]));
        assert_eq!(key("region"), json!(["england"]));
        assert_eq!(key("atrs_version"), "v3.0");
        assert_eq!(m.as_object().unwrap().len(), 10, "every facet that is asked for");
        // Taken back, it is published again.
        keep_back("");
        assert!(f.dossier().exemptions.is_empty());
    });
}

/// The table of version 3.0: co-cddo/algorithmic-transparency-recording-standard, `template_table.md`, March 2024.
const ATRS_3_0: &str = "
    1.1 name, 1.2 description, 1.3 website_url, 1.4 contact_email, 2.1.1 organisation_or_department, 2.1.2 team,
    2.1.3 senior_responsible_owner, 2.1.4 external_supplier_involvement, 2.1.4.1 external_supplier,
    2.1.4.2 companies_house_number, 2.1.4.3 external_supplier_role, 2.1.4.4 procurement_procedure_type,
    2.1.4.5 data_access_terms, 2.2.1 detailed_description, 2.2.2 scope, 2.2.3 benefit, 2.2.4 previous_process,
    2.2.5 alternatives_considered, 2.3.1 process_integration, 2.3.2 provided_information,
    2.3.3 frequency_and_scale_of_usage, 2.3.4 human_decisions_and_review, 2.3.5 required_training, 2.3.6 appeals_and_review,
    2.4.1.1 system_architecture, 2.4.1.2 phase, 2.4.1.3 maintenance, 2.4.1.4 models, 2.4.2.1 model_name,
    2.4.2.2 model_version, 2.4.2.3 model_task, 2.4.2.4 model_input, 2.4.2.5 model_output, 2.4.2.6 model_architecture,
    2.4.2.7 model_performance, 2.4.2.8 datasets, 2.4.2.9 dataset_purposes, 2.4.3.1 source_data_name, 2.4.3.2 data_modality,
    2.4.3.3 data_description, 2.4.3.4 data_quantities, 2.4.3.5 sensitive_attributes,
    2.4.3.6 data_completeness_and_representativeness, 2.4.3.7 source_data_url, 2.4.3.8 data_collection,
    2.4.3.9 data_cleaning, 2.4.3.10 data_sharing_agreements, 2.4.3.11 data_access_and_storage, 2.5.1 impact_assessment,
    2.5.2 risks_and_mitigations";

#[test]
fn a_record_has_every_field_of_the_standard_in_its_order_and_no_other() {
    let theirs: Vec<String> = ATRS_3_0.split(',').map(|f| f.trim().to_owned()).collect();
    let ours: Vec<String> = FIELDS.iter().map(|f| format!("{} {}", f.number, f.code)).collect();
    assert_eq!(ours, theirs);
}

#[test]
fn what_was_kept_back_under_the_earlier_name_of_a_field_stays_kept_back() {
    on_both(|t| {
        let f = Force::new(t);
        let id = f.id;
        let supplier = [("atrs.third-party", "One."), ("atrs.supplier-number", "00000000")];
        f.assess(&supplier).unwrap();
        t.db.write(&f.lead, move |cx| {
            exempt(cx, id, "data_access_terms", "Not for everybody.")?;
            cx.exec("update ethics_exemption set field = 'third_party_terms'", &[])
        })
        .unwrap();
        let kept_back = || {
            let r = record(&f.dossier(), "borsetshire-police", &Ran::default(), t.db.now());
            r.fields.iter().filter(|f| f.exemption.is_some()).map(|f| f.code).collect::<Vec<_>>()
        };
        assert_eq!(
            kept_back(),
            ["companies_house_number", "procurement_procedure_type", "data_access_terms"]
        );
        t.db.write(&f.lead, move |cx| exempt(cx, id, "companies_house_number", "")).unwrap();
        assert_eq!(
            kept_back(),
            ["procurement_procedure_type", "data_access_terms"],
            "one is taken back alone"
        );
    });
}

#[test]
fn what_is_written_for_the_record_is_public_when_somebody_else_lets_it_out() {
    on_both(|t| {
        let f = Force::new(t);
        let id = f.id;
        let public = |field: &str| {
            let d = t.db.read(&Actor::public(), |cx| published(cx, "forecast", "demand")).unwrap().remove(0);
            let r = record(&d, "borsetshire-police", &Ran::default(), t.db.now());
            let f = r.fields.into_iter().find(|f| f.code == field).unwrap();
            (f.text.unwrap_or_default(), f.exemption.is_some())
        };
        let lets_out = |who: &Actor| t.db.write(who, move |cx| release(cx, id, &[]));
        f.to_lab();
        assert_eq!(public("benefit").0, "Said.", "a step lets out what was written before it");
        assert!(matches!(lets_out(&f.chief), Err(Error::Conflict(_))), "nothing waits");

        f.assess(&[("atrs.benefits", "It never errs.")]).unwrap();
        assert_eq!(public("benefit").0, "Said.");
        assert!(matches!(lets_out(&f.lead), Err(Error::Forbidden { .. })), "not by who wrote it");
        lets_out(&f.chief).unwrap();
        assert_eq!(public("benefit").0, "It never errs.");
        assert_eq!(f.dossier().releases.len(), 1);

        // What is kept back is kept back at once, and what is published again waits.
        let keep_back = |why: &'static str| {
            t.db.write(&f.lead, move |cx| exempt(cx, id, "benefit", why)).unwrap();
        };
        keep_back("It is not proven.");
        assert_eq!(public("benefit"), (String::new(), true));
        lets_out(&f.chief).unwrap_err();
        let again = [("atrs.benefits", "Sooner.")];
        f.assess(&again).unwrap();
        lets_out(&f.chief).unwrap();
        keep_back("");
        assert_eq!(public("benefit"), (String::new(), true));
        // To stop it lets nothing out.
        f.take(State::Suspended).unwrap();
        assert!(public("benefit").1);
        lets_out(&f.chief).unwrap();
        assert_eq!(public("benefit"), ("Sooner.".into(), false));
    });
}

#[test]
fn a_record_that_names_no_supplier_lacks_nothing_of_one() {
    on_both(|t| {
        let f = Force::new(t);
        f.answer(&Section::ALL);
        f.assess(&[
            ("atrs.third-party", "None."),
            ("atrs.supplier", ""),
            ("atrs.supplier-number", ""),
            ("atrs.supplier-role", ""),
            ("atrs.supplier-procurement", ""),
            ("atrs.third-party-terms", ""),
        ])
        .unwrap();
        let d = f.dossier();
        let open: Vec<_> = lacking(&d, State::Pilot).into_iter().map(|w| w.field).collect();
        assert_eq!(
            open.iter().filter(|w| w.starts_with("record/")).collect::<Vec<_>>(),
            ["record/model_performance"]
        );
        let r = record(&d, "borsetshire-police", &Ran::default(), t.db.now());
        let title = &r.json()["title"];
        assert_eq!(title["one_sentence_description"], "Says how many calls are to be expected.");
        assert_eq!((&title["standard_version"], &title["date_archived"]), (&json!("v3.0"), &json!(null)));
        assert_eq!(r.json()["tier_2"]["owner_and_responsibility"]["companies_house_number"], json!(null));
    });
}

#[test]
fn operation_follows_upon_a_pilot_and_a_page_can_say_what_is_missing() {
    on_both(|t| {
        let f = Force::new(t);
        f.to_pilot();
        let d = f.dossier();
        let again: Vec<_> = lacking(&d, State::Pilot).into_iter().map(|w| w.message).collect();
        assert_eq!(again, ["Before operational use: the committee has not been heard since the last step"]);
        f.heard("operational", "approve");
        let d = f.dossier();
        assert!(lacking(&d, State::Operational).is_empty(), "{:?}", lacking(&d, State::Operational));
        let mut wrong = f.step(State::Operational);
        wrong.until = "soon".into();
        let Err(Error::Invalid(faults)) = f.take_by(&f.chief, &wrong) else { panic!("no day") };
        assert_eq!((faults[0].field.as_str(), faults[0].code.as_str()), ("until", "format"));
        f.take(State::Suspended).unwrap();
        assert_eq!(f.held_back(State::Pilot), ["committee"]);
        f.heard("operational", "approve");
        f.take(State::Operational).unwrap();
    });
}

#[test]
fn what_is_taken_back_or_left_out_holds_every_later_step_up() {
    on_both(|t| {
        // An answer that was taken back after it was assessed.
        let f = Force::new(t);
        f.answer(&Section::ALL);
        f.take(State::Assessed).unwrap();
        f.assess(&[("covenant.lawful", ""), ("lab.criteria", " ")]).unwrap();
        f.heard("lab", "approve");
        assert_eq!(f.held_back(State::Lab), ["covenant.lawful", "lab.criteria"]);
    });
    on_both(|t| {
        // A lab whose report nobody accepted is no way to officers, not even by way of a suspension.
        let f = Force::new(t);
        f.to_lab();
        f.lab(true);
        f.opinion();
        f.take(State::Suspended).unwrap();
        assert_eq!(refused(f.advise(0, "operational", "approve", "")), ["point"]);
        assert_eq!(f.held_back(State::Pilot), ["lab-report", "committee"]);
        // One criterion is said once.
        f.heard("lab", "approve");
        f.take(State::Lab).unwrap();
        let id = f.id;
        let said =
            |met| Finding { criterion: CRITERIA.lines().next().unwrap().into(), found: "1".into(), met };
        let twice = [said(true), said(false)];
        let refused = t.db.write(&f.lead, move |cx| report_lab(cx, id, &twice, ""));
        assert!(matches!(refused, Err(Error::Invalid(_))));
    });
}

#[test]
fn two_who_write_at_once_lose_nothing_of_one_another() {
    on_both(|t| {
        let f = Force::new(t);
        f.assess(&[("covenant.lawful", "First."), ("dpia.screening", "First.")]).unwrap();
        let opened = f.dossier().assessments[0].at.to_string();
        let save = |answers: [(&str, &str); 2], seen: &str| {
            let (id, seen) = (f.id, seen.to_owned());
            let answers = answers.map(|(c, a)| (c.to_owned(), a.to_owned())).into();
            t.db.write(&f.lead, move |cx| assess(cx, id, &answers, Some(&seen)))
        };
        // A colleague saves; then the first, whose page still shows the old answer to what the colleague has changed.
        save([("covenant.lawful", "First."), ("dpia.screening", "By the colleague.")], &opened).unwrap();
        save([("covenant.lawful", "By the first."), ("dpia.screening", "First.")], &opened).unwrap();
        let now = f.dossier().answers();
        assert_eq!(
            (now["covenant.lawful"].as_str(), now["dpia.screening"].as_str()),
            ("By the first.", "By the colleague.")
        );
        // Both change the same: the second is told.
        match save([("covenant.lawful", "First."), ("dpia.screening", "By the first.")], &opened) {
            Err(Error::Invalid(wrong)) => {
                assert_eq!(
                    (wrong.len(), wrong[0].field.as_str(), wrong[0].code.as_str()),
                    (1, "dpia.screening", "changed")
                );
                assert!(wrong[0].message.contains("By the colleague."));
            }
            other => panic!("{other:?}"),
        }
    });
}

proptest! {
    /// However members advise: more than half decide, and nothing else does.
    #[test]
    fn what_comes_of_advice_is_what_more_than_half_advise(advice in prop::collection::vec(0..4_usize, 1..12)) {
        let advice: Vec<Advice> = advice.into_iter().map(|n| Advice::ALL[n]).collect();
        let count = |wanted: Advice| advice.iter().filter(|a| **a == wanted).count();
        let half = advice.len();
        let found = outcome(&advice);
        let favour = count(Advice::Approve) + count(Advice::Conditions);
        prop_assert_eq!(matches!(found, Advice::Approve | Advice::Conditions), favour * 2 > half);
        prop_assert_eq!(found == Advice::Conditions, favour * 2 > half && count(Advice::Conditions) > 0);
        prop_assert_eq!(found == Advice::Reject, count(Advice::Reject) * 2 > half);
    }
}

/// The grounds of a step are asked in one place; whoever called the register past it would not have to give any.
#[test]
fn no_source_but_one_changes_a_state() {
    fn search(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                search(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let shown = path.display().to_string().replace('\\', "/");
                // The register itself, and the tests of its gate.
                let own = shown.contains("/access/src/algorithm");
                if !own
                    && (text.contains("algorithm::change(") || text.contains("update algorithm set state"))
                {
                    found.push(shown.rsplit("/../").next().unwrap().to_owned());
                }
            }
        }
    }
    let mut found = Vec::new();
    for room in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).unwrap() {
        let source = room.unwrap().path().join("src");
        if source.is_dir() {
            search(&source, &mut found);
        }
    }
    assert_eq!(found, ["steward/src/ethics/phase.rs"]);
}
