//! A complaint goes one way, by its clocks, to somebody who had no part in it, and its correction follows the data.

use bluelamp_access::Policy;
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Actor, Ask, Verb},
};
use bluelamp_steward::redress::{
    AboutAlgorithm, Assignment, ComplaintReceived, Found, NewComplaint, Recipient, Rules, State,
    about_report, acknowledge, answer, assign, assigned, complain, complaints, complaints_about, enter, find,
    inform, notice_acknowledged, notice_sent, public_figures, reviewers, track, view, view_assigned,
};
use bluelamp_store::Cx;
use bluelamp_testkit::{TestDb, on_both_with};
use serde_json::json;
use std::{path::Path, sync::Arc};

fn data(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(path)).unwrap()
}

const DAY: i64 = 86_400;

struct Office<'a> {
    t: &'a TestDb,
    policy: Arc<Policy>,
    rules: Rules,
    handler: Actor,
    reviewer: Actor,
    other: Actor,
    officer: Id,
}

/// Under the shipped policy, on both engines.
fn office(test: impl Fn(&Office<'_>)) {
    let policy = Arc::new(Policy::parse("access.toml", &data("policies/access.toml")).unwrap());
    let decide = Arc::clone(&policy);
    let asked: Arc<bluelamp_store::Policy> =
        Arc::new(move |actor: &Actor, ask: &Ask| decide.decide(actor, ask));
    on_both_with(&asked, |t| {
        let person = |n: u8, username: &'static str, roles: &'static str| {
            let id = Id::from_bytes([n; 16]);
            let admin =
                Actor::staff(Id::from_bytes([99; 16]), vec!["administrator".into()], "administration");
            t.db.write(&admin, move |cx| {
                cx.allow("account.manage", None)?;
                cx.record(Verb::Administer, "account", Some(id), json!({}))?;
                let now = cx.now();
                cx.exec(
                    "insert into account (id, username, name, roles, created_at) values ($1, $2, $3, $4, $5)",
                    &[
                        id.into(),
                        username.into(),
                        format!("{username} Example").into(),
                        roles.into(),
                        now.into(),
                    ],
                )
            })
            .unwrap();
            let roles = roles.split(' ').map(str::to_owned).collect();
            Actor::staff(id, roles, "redress")
        };
        let office = Office {
            t,
            policy: Arc::clone(&policy),
            rules: Rules::shipped().unwrap(),
            handler: person(1, "carla", "complaints-officer"),
            reviewer: person(2, "rita", "independent-reviewer"),
            other: person(3, "ravi", "independent-reviewer complaints-officer"),
            officer: person(4, "otto", "contact-officer").id.unwrap(),
        };
        person(5, "rosa", "independent-reviewer contact-officer");
        test(&office);
    });
}

fn new() -> NewComplaint {
    NewComplaint {
        complainant: "Joanna Example".into(),
        contact_by: "email".into(),
        contact: "joanna@example.com".into(),
        contact_safe: true,
        about: "decision".into(),
        report_reference: "R-4K7Q-2M9B".into(),
        algorithm: "burglary".into(),
        algorithm_version: "1.0.0".into(),
        told: "My report was closed, and nobody had asked me.".into(),
        wanted: "Look at it again.".into(),
        retry_key: None,
    }
}

impl Office<'_> {
    fn does<T: Send + 'static>(
        &self,
        who: &Actor,
        run: impl FnMut(&mut Cx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.t.db.write(who, run)
    }

    fn complains(&self, new: NewComplaint) -> Result<ComplaintReceived> {
        let rules = self.rules.clone();
        self.does(&Actor::public(), move |cx| complain(cx, &rules, "web", &new))
    }

    fn received(&self) -> String {
        self.complains(new()).unwrap().reference.text().to_owned()
    }

    fn acknowledges(&self, reference: &str) -> Result<()> {
        let reference = reference.to_owned();
        self.does(&self.handler, move |cx| acknowledge(cx, &reference, "", &[]))
    }

    fn assigns(
        &self,
        who: &Actor,
        reference: &str,
        reviewer: Id,
        chain: &[&str],
        nobody: &str,
    ) -> Result<()> {
        self.assigns_anew(who, reference, reviewer, chain, nobody, "")
    }

    fn assigns_anew(
        &self,
        who: &Actor,
        reference: &str,
        reviewer: Id,
        chain: &[&str],
        nobody: &str,
        reasons: &str,
    ) -> Result<()> {
        let (reference, policy) = (reference.to_owned(), Arc::clone(&self.policy));
        let new = Assignment {
            reviewer,
            chain: chain.iter().map(|n| (*n).to_owned()).collect(),
            known: Vec::new(),
            nobody: nobody.into(),
            reasons: reasons.into(),
        };
        self.does(who, move |cx| assign(cx, &policy, &reference, &new))
    }

    fn finds(&self, who: &Actor, reference: &str, found: Found) -> Result<()> {
        let (reference, rules) = (reference.to_owned(), self.rules.clone());
        self.does(who, move |cx| find(cx, &rules, &reference, &found, &[]))
    }

    fn answers(&self, reference: &str) -> Result<()> {
        let reference = reference.to_owned();
        self.does(&self.handler, move |cx| {
            answer(cx, &reference, "You were right: we should have asked you.", &[])
        })
    }

    /// As far as under review by Rita.
    fn under_review(&self) -> String {
        let reference = self.received();
        self.acknowledges(&reference).unwrap();
        self.assigns(&self.handler, &reference, self.reviewer.id.unwrap(), &["otto"], "").unwrap();
        reference
    }

    fn state(&self, reference: &str) -> State {
        let reference = reference.to_owned();
        self.t.db.read(&self.handler, move |cx| view(cx, &reference)).unwrap().listed.state
    }
}

fn upheld() -> Found {
    Found {
        finding: "upheld".into(),
        reasons: "Nobody asked, and the answer would have changed the grade.".into(),
        outcomes: vec!["correct".into(), "apologise".into()],
        recipients: vec![Recipient {
            name: "Borsetshire Council".into(),
            received: "The address and the grade".into(),
            on: "2026-11-20".into(),
        }],
        no_recipients: false,
    }
}

fn fields(outcome: Result<impl Sized>) -> Vec<String> {
    match outcome {
        Err(Error::Invalid(wrong)) => wrong.into_iter().map(|e| e.field).collect(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was taken"),
    }
}

#[test]
fn a_complaint_goes_all_the_way() {
    office(|o| {
        let received = o.complains(new()).unwrap();
        let (reference, code) = (received.reference.text().to_owned(), received.code.text().to_owned());
        assert!(reference.starts_with("K-"));
        assert_eq!(
            received.acknowledge_due,
            received.at.plus_seconds(30 * DAY).end_of_day(),
            "the day after receipt is the first of 30, and the last counts to its end"
        );
        let follow = || {
            let (reference, code, rules) = (reference.clone(), code.to_lowercase(), o.rules.clone());
            o.t.db.read(&Actor::public(), move |cx| track(cx, &rules, &reference, &code)).unwrap()
        };
        assert_eq!(follow().state, State::Received);
        let said = reference.clone();
        o.does(&o.handler, move |cx| acknowledge(cx, &said, "You complain about Otto.", &[])).unwrap();
        assert!(format!("{:?}", follow().told).contains("You complain about Otto."));
        o.assigns(&o.handler, &reference, o.reviewer.id.unwrap(), &["otto", ""], "").unwrap();
        let (said, rules) = (reference.clone(), o.rules.clone());
        o.does(&o.handler, move |cx| inform(cx, &rules, &said, "Two people have been asked.", &[])).unwrap();
        o.finds(&o.reviewer, &reference, upheld()).unwrap();
        let before = follow();
        assert_eq!(
            (before.state, before.finding),
            (State::Found, None),
            "it is told with its reasons, not before"
        );
        o.answers(&reference).unwrap();
        let after = follow();
        assert_eq!(after.state, State::Answered);
        assert_eq!(after.finding.as_deref(), Some("Upheld"));
        assert_eq!(after.outcomes.len(), 2);
        assert!(after.routes.iter().any(|r| r.name == "Information Commissioner"));
        let told: Vec<_> = after.told.iter().map(|t| t.what.as_str()).collect();
        let wanted = [
            "Answered",
            "Told how far it has come",
            "Given to an independent reviewer",
            "Acknowledged",
            "Received",
        ];
        assert_eq!(told, wanted);
        assert!(
            !format!("{after:?}").contains("Nobody asked, and the answer"),
            "the reviewer's words are for staff"
        );
        // Whoever follows it may be the wrong person: nothing of what was complained about is told.
        assert!(
            !format!("{after:?}").contains("nobody had asked me") && !format!("{after:?}").contains("joanna")
        );
        // Messages went where that is safe, and say nothing of it either.
        let sent =
            o.t.db
                .credential_rows("select recipient, subject, body from outgoing order by created_at", &[])
                .unwrap();
        assert_eq!(sent.len(), 3);
        for row in sent {
            assert_eq!(row.get::<String>(0).unwrap(), "joanna@example.com");
            let body: String = row.get(2).unwrap();
            // What staff wrote stands behind the code alone.
            assert!(
                !body.contains("grade") && !body.contains("Two people") && !body.contains("Otto"),
                "{body}"
            );
        }
    });
}

#[test]
fn each_step_has_its_place_and_is_taken_once() {
    office(|o| {
        let reference = o.received();
        let conflict = |r: Result<()>| assert!(matches!(r, Err(Error::Conflict(_))), "{r:?}");
        let rita = o.reviewer.id.unwrap();
        conflict(o.assigns(&o.handler, &reference, rita, &["otto"], ""));
        let (said, rules) = (reference.clone(), o.rules.clone());
        conflict(o.does(&o.handler, move |cx| inform(cx, &rules, &said, "Soon.", &[])));
        conflict(o.answers(&reference));
        o.acknowledges(&reference).unwrap();
        conflict(o.acknowledges(&reference));
        conflict(o.answers(&reference));
        o.assigns(&o.handler, &reference, rita, &["otto"], "").unwrap();
        conflict(o.answers(&reference));
        o.finds(&o.reviewer, &reference, upheld()).unwrap();
        conflict(o.finds(&o.reviewer, &reference, upheld()));
        conflict(o.assigns(&o.handler, &reference, rita, &["otto"], ""));
        o.answers(&reference).unwrap();
        conflict(o.answers(&reference));
        assert_eq!(o.state(&reference), State::Answered);
    });
}

#[test]
fn who_had_a_part_in_it_does_not_review_it() {
    office(|o| {
        let reference = o.received();
        o.acknowledges(&reference).unwrap();
        let (rita, ravi) = (o.reviewer.id.unwrap(), o.other.id.unwrap());
        let rosa = Id::from_bytes([5; 16]);
        // Of the chain; not allowed to review at all; nobody; an unknown name; nobody named, and no reason for that.
        assert_eq!(fields(o.assigns(&o.handler, &reference, rosa, &["otto", "rosa"], "")), ["reviewer"]);
        assert_eq!(fields(o.assigns(&o.handler, &reference, o.officer, &["rosa"], "")), ["reviewer"]);
        assert_eq!(
            fields(o.assigns(&o.handler, &reference, Id::from_bytes([77; 16]), &["otto"], "")),
            ["reviewer"]
        );
        assert_eq!(
            fields(o.assigns(&o.handler, &reference, rita, &["otto", "nemo", "x\0"], "")),
            ["chain", "chain"]
        );
        assert_eq!(fields(o.assigns(&o.handler, &reference, rita, &[" "], " ")), ["chain"]);
        // Who handles it does not review it: neither who acknowledged it nor who assigns.
        assert_eq!(fields(o.assigns(&o.other, &reference, ravi, &["otto"], "")), ["reviewer"]);
        assert_eq!(o.state(&reference), State::Acknowledged);
        o.assigns(
            &o.handler,
            &reference,
            ravi,
            &[],
            "A question about the website: nobody decided anything.",
        )
        .unwrap();
        // Somebody else was found to have had a part: the chain only grows, and its people are asked again at the end.
        let why = "Ravi wrote the page that it is about.";
        assert_eq!(fields(o.assigns(&o.handler, &reference, rita, &["ravi"], "")), ["reasons"]);
        o.assigns_anew(&o.handler, &reference, rita, &["ravi"], "", why).unwrap();
        let seen = reference.clone();
        let events = o.t.db.read(&o.handler, move |cx| view(cx, &seen)).unwrap().events;
        assert_eq!(
            events[0].words,
            format!("Given to somebody else: {why}"),
            "the reason is kept, for staff"
        );
        assert_eq!(fields(o.assigns_anew(&o.handler, &reference, ravi, &["otto"], "", why)), ["reviewer"]);
        for not_given in [&o.other, &Actor::staff(rosa, vec!["independent-reviewer".into()], "redress")] {
            assert!(matches!(o.finds(not_given, &reference, upheld()), Err(Error::Forbidden { .. })));
        }
        assert!(matches!(o.finds(&o.handler, &reference, upheld()), Err(Error::Forbidden { .. })));
        // Rita's own part comes to light after it was given to her.
        let id: Id = o.t.db.credential_rows("select id from complaint", &[]).unwrap()[0].get(0).unwrap();
        o.does(&o.handler, move |cx| {
            cx.allow("complaint.handle", None)?;
            cx.record(Verb::Alter, "complaint", Some(id), json!({}))?;
            cx.exec(
                "insert into complaint_chain (complaint_id, account_id) values ($1, $2)",
                &[id.into(), rita.into()],
            )
        })
        .unwrap();
        assert!(matches!(o.finds(&o.reviewer, &reference, upheld()), Err(Error::Forbidden { .. })));
    });
}

#[test]
fn whoever_turns_out_to_have_had_a_part_neither_finds_nor_handles_on() {
    office(|o| {
        let reference = o.under_review();
        // The reviewer decides about the report while she looks into the complaint: asked again, it is known.
        let (rita, carla) = (o.reviewer.id.unwrap(), o.handler.id.unwrap());
        let (said, rules) = (reference.clone(), o.rules.clone());
        let found = o.does(&o.reviewer, move |cx| find(cx, &rules, &said, &upheld(), &[rita]));
        assert!(matches!(found, Err(Error::Forbidden { .. })), "{found:?}");
        // So is whoever handles it: they do not acknowledge, tell, answer or give it to anybody.
        let another = o.received();
        let taken = o.does(&o.handler, move |cx| acknowledge(cx, &another, "", &[carla]));
        assert!(matches!(taken, Err(Error::Forbidden { .. })), "{taken:?}");
        let (said, rules) = (reference.clone(), o.rules.clone());
        let told = o.does(&o.handler, move |cx| inform(cx, &rules, &said, "Soon.", &[carla]));
        assert!(matches!(told, Err(Error::Forbidden { .. })), "{told:?}");
        let (said, policy) = (reference.clone(), Arc::clone(&o.policy));
        let anew = Assignment {
            reviewer: Id::from_bytes([5; 16]),
            chain: Vec::new(),
            known: vec![carla, rita],
            nobody: String::new(),
            reasons: "Rita has decided.".into(),
        };
        let again = anew.clone();
        let given = o.does(&o.handler, move |cx| assign(cx, &policy, &said, &again));
        assert!(matches!(given, Err(Error::Forbidden { .. })), "{given:?}");
        let own = o.assigns_anew(&o.handler, &reference, anew.reviewer, &["carla"], "", "I decided it.");
        assert_eq!(fields(own), ["chain"]);
        // A colleague does, and has it in hand from then on; the chain has both.
        let (said, policy) = (reference.clone(), Arc::clone(&o.policy));
        o.does(&o.other, move |cx| assign(cx, &policy, &said, &anew)).unwrap();
        let seen = reference.clone();
        let c = o.t.db.read(&o.other, move |cx| view(cx, &seen)).unwrap();
        assert_eq!(c.handler_id, o.other.id);
        assert_eq!(c.chain, ["carla Example", "otto Example", "rita Example"]);
        let rosa = Actor::staff(Id::from_bytes([5; 16]), vec!["independent-reviewer".into()], "redress");
        o.finds(&rosa, &reference, upheld()).unwrap();
        let refused = o.answers(&reference);
        assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
        let said = reference.clone();
        o.does(&o.other, move |cx| answer(cx, &said, "You were right.", &[])).unwrap();
    });
}

#[test]
fn a_report_is_found_however_its_reference_was_written() {
    office(|o| {
        for typed in ["r 4k7q 2m9b", "R-4K7Q-2M9B", " r4k7q-2m9b ", "the burglary in May"] {
            o.complains(NewComplaint { report_reference: typed.into(), ..new() }).unwrap();
        }
        let kept = |sql: &str| {
            let rows = o.t.db.credential_rows(sql, &[]).unwrap();
            rows.iter().map(|r| r.get::<String>(0).unwrap()).collect::<Vec<_>>()
        };
        let all = kept("select distinct report_reference from complaint order by report_reference");
        assert_eq!(
            all,
            ["R-4K7Q-2M9B", "the burglary in May"],
            "as it is read; their words where it is none"
        );
        // What was kept before as somebody typed it is found too.
        o.does(&o.handler, |cx| {
            cx.allow("complaint.handle", None)?;
            cx.record(Verb::Alter, "complaint", None, json!({}))?;
            cx.exec(
                "update complaint set report_reference = 'r 4k7q 2m9b' where report_reference = 'R-4K7Q-2M9B'",
                &[],
            )
        })
        .unwrap();
        let lead = Actor::staff(o.officer, vec!["risk-lead".into()], "governance");
        for asked in ["R-4K7Q-2M9B", "r4k7q2m9b"] {
            let found = o.t.db.read(&lead, move |cx| about_report(cx, asked)).unwrap();
            assert_eq!(found.len(), 3, "{asked}");
        }
    });
}

#[test]
fn a_reviewer_sees_what_was_given_to_them_and_nothing_else() {
    office(|o| {
        let (mine, not_mine) = (o.under_review(), o.received());
        let list = o.t.db.read(&o.reviewer, assigned).unwrap();
        assert_eq!(list.iter().map(|l| l.reference.as_str()).collect::<Vec<_>>(), [mine.as_str()]);
        let seen = mine.clone();
        let view_of = o.t.db.read(&o.reviewer, move |cx| view_assigned(cx, &seen)).unwrap();
        assert_eq!(view_of.chain, ["otto Example"]);
        for (who, reference) in [(&o.reviewer, not_mine.clone()), (&o.other, mine.clone())] {
            let hidden = o.t.db.read(who, move |cx| view_assigned(cx, &reference));
            assert!(matches!(hidden, Err(Error::NotFound(_))));
        }
        assert!(matches!(o.t.db.read(&o.reviewer, complaints), Err(Error::Forbidden { .. })));
        let officer = Actor::staff(o.officer, vec!["contact-officer".into()], "contact");
        assert!(matches!(o.t.db.read(&officer, complaints), Err(Error::Forbidden { .. })));
        let policy = Arc::clone(&o.policy);
        let names: Vec<_> =
            o.t.db
                .read(&o.handler, move |cx| reviewers(cx, &policy))
                .unwrap()
                .into_iter()
                .map(|r| r.name)
                .collect();
        assert_eq!(names, ["ravi Example", "rita Example", "rosa Example"]);
        // Each look at it stands in the log.
        let looks =
            o.t.db
                .credential_rows(
                    "select count(*) from audit where verb = 'consult' and object_kind = 'complaint'",
                    &[],
                )
                .unwrap();
        assert!(looks[0].get::<i64>(0).unwrap() >= 2);
    });
}

#[test]
fn a_finding_says_what_why_and_what_is_done() {
    office(|o| {
        let reference = o.under_review();
        let bad = |f: Found, wanted: &[&str]| assert_eq!(fields(o.finds(&o.reviewer, &reference, f)), wanted);
        bad(Found::default(), &["finding", "reasons"]);
        bad(Found { outcomes: vec![], recipients: vec![], ..upheld() }, &["outcomes"]);
        bad(
            Found { outcomes: vec!["pardon".into()], recipients: vec![], ..upheld() },
            &["outcomes", "outcomes"],
        );
        bad(Found { outcomes: vec!["correct".into(), "erase".into()], ..upheld() }, &["outcomes"]);
        bad(Found { recipients: vec![], ..upheld() }, &["recipients"]);
        bad(Found { no_recipients: true, ..upheld() }, &["recipients"]);
        bad(Found { outcomes: vec!["apologise".into()], ..upheld() }, &["recipients"]);
        let incomplete = Recipient { name: " ".into(), received: "A name".into(), on: "last week".into() };
        bad(Found { recipients: vec![incomplete], ..upheld() }, &["recipients", "recipients"]);
        let mut to_come = upheld().recipients;
        to_come[0].on = "2099-01-01".into();
        bad(Found { recipients: to_come, ..upheld() }, &["recipients"]);
        // What is not upheld is not put right.
        for outcome in ["correct", "erase", "re-decide", "compensate"] {
            let recipients =
                if ["correct", "erase"].contains(&outcome) { upheld().recipients } else { vec![] };
            let no = Found {
                finding: "not-upheld".into(),
                outcomes: vec![outcome.into()],
                recipients,
                ..upheld()
            };
            bad(no, &["outcomes"]);
        }
        assert_eq!(o.state(&reference), State::UnderReview);
        // What is not upheld needs reasons and no outcome.
        let not_upheld = Found {
            finding: "not-upheld".into(),
            reasons: "It was decided as the definition says.".into(),
            ..Found::default()
        };
        o.finds(&o.reviewer, &reference, not_upheld).unwrap();
    });
}

#[test]
fn a_correction_follows_whoever_received_the_data() {
    office(|o| {
        let reference = o.under_review();
        o.finds(&o.reviewer, &reference, upheld()).unwrap();
        let seen = reference.clone();
        let notices = o.t.db.read(&o.handler, move |cx| view(cx, &seen)).unwrap().notices;
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].recipient.name, "Borsetshire Council");
        let notice = notices[0].id;
        let overdue = || o.t.db.read(&Actor::public(), public_figures).unwrap();
        assert_eq!(overdue().overdue_notices, 0);
        let sends = |r: &str| {
            let r = r.to_owned();
            o.does(&o.handler, move |cx| notice_sent(cx, &r, notice, &[]))
        };
        let acknowledges = |r: &str| {
            let r = r.to_owned();
            o.does(&o.handler, move |cx| notice_acknowledged(cx, &r, notice, &[]))
        };
        assert!(matches!(acknowledges(&reference), Err(Error::Conflict(_))), "not before it was sent");
        let another = o.received();
        assert!(matches!(sends(&another), Err(Error::NotFound(_))), "it belongs to one complaint");
        // Who had a part in what is complained about sends none and confirms none.
        let (said, carla) = (reference.clone(), o.handler.id.unwrap());
        let own = o.does(&o.handler, move |cx| notice_sent(cx, &said, notice, &[carla]));
        assert!(matches!(own, Err(Error::Forbidden { .. })), "{own:?}");
        sends(&reference).unwrap();
        let said = reference.clone();
        let own = o.does(&o.handler, move |cx| notice_acknowledged(cx, &said, notice, &[carla]));
        assert!(matches!(own, Err(Error::Forbidden { .. })), "{own:?}");
        assert!(matches!(sends(&reference), Err(Error::Conflict(_))));
        // Fourteen days from the next on end with a Sunday, and so with Monday the seventh.
        o.t.pass_seconds(15 * DAY);
        assert_eq!(overdue().overdue_notices, 0);
        o.t.pass_seconds(DAY);
        assert_eq!(overdue().overdue_notices, 1, "told to everybody as long as it is so");
        acknowledges(&reference).unwrap();
        assert!(matches!(acknowledges(&reference), Err(Error::Conflict(_))));
        assert_eq!(overdue().overdue_notices, 0);
    });
}

#[test]
fn what_came_by_post_runs_from_the_day_it_came() {
    office(|o| {
        let rules = o.rules.clone();
        let arrived = o.t.db.now().plus_seconds(-40 * DAY);
        let enters = |channel: &'static str, at| {
            let rules = rules.clone();
            let letter =
                NewComplaint { contact_by: "post".into(), contact: "1 Example Street".into(), ..new() };
            o.does(&o.handler, move |cx| enter(cx, &rules, channel, at, &letter))
        };
        assert_eq!(fields(enters("pigeon", arrived)), ["channel"]);
        assert_eq!(fields(enters("post", arrived.plus_seconds(50 * DAY))), ["received"]);
        assert_eq!(fields(enters("post", "1999-12-31T12:00:00Z".parse().unwrap())), ["received"]);
        let received = enters("post", arrived).unwrap();
        assert!(received.acknowledge_due < o.t.db.now(), "it lay about too long, and the clock says so");
        let list = o.t.db.read(&o.handler, complaints).unwrap();
        assert_eq!(list[0].next_due(), Some(("Acknowledge", received.acknowledge_due)));
        // Who entered it does not review it.
        let by = &o.other;
        let letter = new();
        let again = rules.clone();
        let entered = o.does(by, move |cx| enter(cx, &again, "phone", arrived, &letter)).unwrap();
        let reference = entered.reference.text();
        o.acknowledges(reference).unwrap();
        assert_eq!(fields(o.assigns(&o.handler, reference, by.id.unwrap(), &["otto"], "")), ["reviewer"]);
        assert!(matches!(
            o.t.db.write(&Actor::public(), move |cx| enter(cx, &rules, "post", arrived, &new())),
            Err(Error::Forbidden { .. })
        ));
    });
}

#[test]
fn a_letter_of_today_is_not_still_to_come_just_after_midnight_in_summer() {
    office(|o| {
        // Half past midnight on 1 July 2027 in London, where it is 30 June in UTC.
        let half_past: Time = "2027-06-30T23:30:00Z".parse().unwrap();
        o.t.pass_seconds((half_past.micros() - o.t.db.now().micros()) / 1_000_000 + 1);
        assert_eq!(o.t.db.now().day(), "2027-07-01");
        let enters = |day: &str| {
            let (rules, at) = (o.rules.clone(), format!("{day}T00:00:00Z").parse::<Time>().unwrap());
            let letter =
                NewComplaint { contact_by: "post".into(), contact: "1 Example Street".into(), ..new() };
            o.does(&o.handler, move |cx| enter(cx, &rules, "post", at, &letter))
        };
        let received = enters("2027-07-01").unwrap();
        assert_eq!(received.at.day(), "2027-07-01");
        assert!(received.at <= o.t.db.now(), "it came before it was entered");
        assert_eq!(fields(enters("2027-07-02")), ["received"]);
    });
}

#[test]
fn each_clock_tells_what_is_due() {
    office(|o| {
        let reference = o.received();
        let due = || {
            let list = o.t.db.read(&o.handler, complaints).unwrap();
            list[0].next_due().map(|(what, at)| (what, at > o.t.db.now()))
        };
        assert_eq!(due(), Some(("Acknowledge", true)));
        o.t.pass_seconds(30 * DAY);
        assert_eq!(due(), Some(("Acknowledge", true)));
        o.t.pass_seconds(DAY);
        assert_eq!(due(), Some(("Acknowledge", false)));
        o.acknowledges(&reference).unwrap();
        assert_eq!(due(), Some(("Tell how far it has come", false)));
        let (said, rules) = (reference.clone(), o.rules.clone());
        o.does(&o.handler, move |cx| inform(cx, &rules, &said, "It takes longer.", &[])).unwrap();
        assert_eq!(due(), Some(("Tell how far it has come", true)));
        o.t.pass_seconds(45 * DAY);
        let (said, rules) = (reference.clone(), o.rules.clone());
        o.does(&o.handler, move |cx| inform(cx, &rules, &said, "It takes longer still.", &[])).unwrap();
        assert_eq!(due(), Some(("Answer", true)));
        o.t.pass_seconds(60 * DAY);
        let figures = o.t.db.read(&Actor::public(), public_figures).unwrap();
        assert_eq!(figures.received, None, "of one complaint nothing is told");
    });
}

#[test]
fn a_form_is_checked_whole() {
    office(|o| {
        assert_eq!(fields(o.complains(NewComplaint::default())), ["contact_by", "about", "told"]);
        for contact in
            ["", "joanna", "a@b", "a b@example.com", "a@example.com\nbcc: x@example.com", "@example.com"]
        {
            let wrong = NewComplaint { contact: contact.into(), ..new() };
            assert_eq!(fields(o.complains(wrong)), ["contact"], "{contact:?}");
        }
        let long = NewComplaint { told: "a".repeat(10_001), report_reference: "\0".into(), ..new() };
        assert_eq!(fields(o.complains(long)), ["report_reference", "told"]);
        let nameless = NewComplaint {
            complainant: String::new(),
            contact_by: "nothing".into(),
            contact: String::new(),
            ..new()
        };
        o.complains(nameless).unwrap();
        assert_eq!(
            o.t.db.credential_rows("select count(*) from outgoing", &[]).unwrap()[0].get::<i64>(0).unwrap(),
            0
        );
    });
}

#[test]
fn the_same_request_is_received_once() {
    office(|o| {
        let keyed = |told: &str| NewComplaint {
            retry_key: Some("key-of-a-browser-1".into()),
            told: told.into(),
            ..new()
        };
        let (first, again) = (o.complains(keyed("One.")).unwrap(), o.complains(keyed("One.")).unwrap());
        assert!(first.reference == again.reference && first.code == again.code);
        assert!(matches!(o.complains(keyed("Two.")), Err(Error::Conflict(_))));
        let short = NewComplaint { retry_key: Some("short".into()), ..new() };
        assert_eq!(fields(o.complains(short)), ["Idempotency-Key"]);
        let wrong_code = |reference: &str, code: &str| {
            let (reference, code, rules) = (reference.to_owned(), code.to_owned(), o.rules.clone());
            match o.t.db.read(&Actor::public(), move |cx| track(cx, &rules, &reference, &code)) {
                Err(Error::NotFound(what)) => what,
                other => panic!("{other:?}"),
            }
        };
        let one = wrong_code(first.reference.text(), "0000-0000-0000-0000");
        assert_eq!(one, wrong_code("K-0000-0000", first.code.text()));
        assert_eq!(one, wrong_code("nonsense", "nonsense"));
    });
}

#[test]
fn figures_are_told_of_many_and_of_no_few() {
    office(|o| {
        let answered = |reference: &str, found: Found| {
            o.acknowledges(reference).unwrap();
            o.assigns(&o.handler, reference, o.reviewer.id.unwrap(), &["otto"], "").unwrap();
            o.finds(&o.reviewer, reference, found).unwrap();
            o.answers(reference).unwrap();
        };
        let some = |n: usize| (0..n).map(|_| o.received()).collect::<Vec<_>>();
        for reference in some(12) {
            answered(&reference, upheld());
        }
        let waiting = some(12);
        let figures = || o.t.db.read(&Actor::public(), public_figures).unwrap();
        // Until the financial year is over nothing of it is told; after it, what stood at its end, whatever happens since.
        assert_eq!(figures().received, Some(0));
        o.t.pass_seconds(131 * DAY);
        let f = figures();
        assert_eq!((f.from.day().as_str(), f.to.day().as_str()), ("2026-04-01", "2027-03-31"));
        assert_eq!(f.received, Some(24));
        let n = |all: &[bluelamp_steward::redress::Counted], what: &str| {
            all.iter().find(|c| c.what == what).unwrap().n
        };
        assert_eq!(n(&f.acknowledged, "In time"), Some(12));
        assert_eq!(n(&f.acknowledged, "Not yet, and overdue"), Some(12));
        assert_eq!(n(&f.findings, "Upheld"), Some(12));
        assert_eq!(n(&f.outcomes, "Correct what is held"), Some(12));
        assert_eq!(n(&f.outcomes, "Compensate"), Some(0));
        // The others are answered in the year that follows, in which thirteen more come in.
        for reference in &waiting {
            answered(reference, upheld());
        }
        let next = some(13);
        // Three months later still the same: figures of a year that begins a quarter later would tell of the few between.
        o.t.pass_seconds(92 * DAY);
        let mut later = figures();
        // Overdue notices are told as they are: of organisations, not of people.
        later.overdue_notices = f.overdue_notices;
        assert_eq!(later, f, "what one day changes is not told before the year is over");
        o.t.pass_seconds(274 * DAY);
        let f = figures();
        assert_eq!(f.from.day(), "2027-04-01", "it begins where the one before has ended");
        assert_eq!((n(&f.findings, "Upheld"), f.received), (Some(12), Some(13)), "each is counted once");
        // One is found not to be right: it would be what is left of the whole.
        let no = Found { finding: "not-upheld".into(), reasons: "No.".into(), ..Found::default() };
        for (place, reference) in next.iter().enumerate() {
            answered(reference, if place == 0 { no.clone() } else { upheld() });
        }
        o.t.pass_seconds(366 * DAY);
        let f = figures();
        assert_eq!((n(&f.findings, "Not upheld"), f.received), (None, Some(0)));
        assert_eq!(f.findings.iter().filter(|c| c.n.is_none()).count(), 2);
        let about = |algorithm: &'static str, version: Option<&'static str>| {
            o.t.db
                .read(&Actor::public(), move |cx| {
                    cx.allow("algorithm.read", None)?;
                    cx.record(Verb::Consult, "algorithm", None, json!({}))?;
                    complaints_about(cx, algorithm, version)
                })
                .unwrap()
        };
        assert_eq!(about("burglary", None), AboutAlgorithm { received: 37, upheld: 36 });
        assert_eq!(about("burglary", Some("1.0.0")).received, 37);
        assert_eq!(about("burglary", Some("2.0.0")).received, 0);
        assert_eq!(about("another", None), AboutAlgorithm::default());
        assert_eq!([0, 9, 10].map(AboutAlgorithm::publicly), ["none", "fewer than 10", "10"]);
    });
}

#[test]
fn the_log_holds_nothing_of_what_was_said() {
    office(|o| {
        let reference = o.under_review();
        o.finds(&o.reviewer, &reference, upheld()).unwrap();
        o.answers(&reference).unwrap();
        let rows = o.t.db.credential_rows("select * from audit", &[]).unwrap();
        let log = format!("{rows:?}");
        for word in ["Joanna", "example.com", "nobody had asked", "Nobody asked", "Borsetshire", "R-4K7Q"] {
            assert!(!log.contains(word), "{word}");
        }
    });
}
