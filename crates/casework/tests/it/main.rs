//! A machine proposes, a person decides.

#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]

mod gate;
mod life;
mod triage;

use bluelamp_casework::{
    ActionAnswer, Choice, Decided, Filter, ReportView, Shelf, add_note, algorithm_changed, assess, cases,
    decide, finish_task, queue, receive, retriage, view_case, view_report,
};
use bluelamp_contact::NewSubmission;
use bluelamp_model::{
    Error, Id,
    authority::{Actor, Verb, action},
};
use bluelamp_store::Cx;
use bluelamp_testkit::{TestDb, on_both, put_live};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

fn data(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(path)).unwrap()
}

/// The definition of burglary, live.
fn burglary(t: &TestDb) -> Arc<Shelf> {
    let shelf = Arc::default();
    put_live(&t.db, &shelf, &[&data("definitions/burglary/1.0.0.md")]);
    shelf
}

/// A report with these facts, as a form would have read them.
fn submission(facts: &Value) -> NewSubmission {
    serde_json::from_value(json!({
        "channel": "web", "title": "Burglary at ZZ99 1AA", "contact_email": null, "retry_key": null,
        "body": {
            "form": "burglary", "version": 1, "digest": "00", "answers": {}, "told": "The door was open.",
            "summary": [{ "question": "Is it a home?", "answer": ["Yes"] }],
            "facts": facts, "definition": "burglary",
            "entities": [
                { "role": "reporter", "kind": "person", "links": ["reported-by", "victim-of"],
                  "properties": { "name": "Joanna Smith", "phone": "+447700900123" } },
                { "role": "vehicle", "kind": "vehicle", "links": ["mentions"], "properties": { "registration": "AB12CDE" } },
                { "role": "suspect", "kind": "person", "links": ["suspect-of"], "properties": {} },
            ],
        }
    }))
    .unwrap()
}

fn send(t: &TestDb, facts: &Value) -> Id {
    let new = submission(facts);
    t.db.write(&Actor::public(), move |cx| receive(cx, &new)).unwrap().id
}

fn work(t: &TestDb, shelf: &Arc<Shelf>) {
    for job in t.db.claim_jobs(200, 60).unwrap() {
        let shelf = Arc::clone(shelf);
        let run = move |cx: &mut Cx<'_>| match job.kind.as_str() {
            "assess" => assess(cx, &job, &shelf, "borsetshire-police"),
            "retriage" => retriage(cx, &job, &shelf),
            "algorithm-changed" => algorithm_changed(cx, &job, &shelf),
            _ => Ok(()),
        };
        t.db.write(&Actor::system(), run).unwrap();
    }
}

fn look(t: &TestDb, shelf: &Arc<Shelf>, who: &Actor, id: Id) -> ReportView {
    t.db.read(who, |cx| view_report(cx, shelf, id)).unwrap()
}

fn decided(
    t: &TestDb,
    shelf: &Arc<Shelf>,
    who: &Actor,
    id: Id,
    choice: &Choice,
) -> bluelamp_model::Result<Decided> {
    let (shelf, choice) = (Arc::clone(shelf), choice.clone());
    t.db.write(who, move |cx| decide(cx, &shelf, id, &choice))
}

/// An officer with an account, so that decisions can name her.
fn officer(t: &TestDb) -> Actor {
    let id = Id::from_bytes([5; 16]);
    t.db.write(&Actor::system(), move |cx| {
        cx.allow(action::ACCOUNT_MANAGE, None)?;
        cx.record(Verb::Administer, "account", Some(id), json!({}))?;
        let now = cx.now();
        cx.exec(
            "insert into account (id, username, name, roles, created_at) values ($1, 'olive', 'Olive Example', '', $2)
             on conflict (id) do nothing",
            &[id.into(), now.into()],
        )
    })
    .unwrap();
    Actor::staff(id, vec!["contact-officer".into()], "contact")
}

fn state(t: &TestDb, id: Id) -> (String, i64) {
    let rows = t.db.credential_rows("select state, version from report where id = $1", &[id.into()]).unwrap();
    (rows[0].get(0).unwrap(), rows[0].get(1).unwrap())
}

fn choice(version: i64, outcome: &str, grade: &str) -> Choice {
    Choice {
        version,
        outcome: outcome.into(),
        grade: grade.into(),
        reasons: "Read and weighed.".into(),
        ..Choice::default()
    }
}

fn accept(definition: &str, place: usize) -> ActionAnswer {
    ActionAnswer { definition: definition.into(), place, answer: "accept".into(), ..ActionAnswer::default() }
}

#[test]
fn assessing_proposes_and_changes_no_state() {
    on_both(|t| {
        let shelf = burglary(t);
        let id = send(t, &json!({ "occupant hurt": true, "dwelling": true }));
        assert_eq!(state(t, id), ("new".into(), 1));
        work(t, &shelf);
        assert_eq!(state(t, id).0, "new");
        let olive = officer(t);
        let view = look(t, &shelf, &olive, id);
        let proposal = view.assessment().unwrap();
        assert_eq!(proposal.floor.as_deref(), Some("HIGH"));
        assert_eq!((proposal.definition.as_str(), proposal.version.as_str()), ("burglary", "1.0.0"));
        // People and things became records; a role of which nothing is known did not.
        let roles = t.db.credential_rows("select role from report_record order by role", &[]).unwrap();
        assert_eq!(
            roles.iter().map(|r| r.get::<String>(0).unwrap()).collect::<Vec<_>>(),
            ["reporter", "vehicle"]
        );
        let links = t.db.credential_rows("select kind from record_link order by kind", &[]).unwrap();
        assert_eq!(
            links.iter().map(|r| r.get::<String>(0).unwrap()).collect::<Vec<_>>(),
            ["mentions", "reported-by", "victim-of"]
        );
    });
}

#[test]
fn only_a_named_person_can_decide_whatever_the_policy_says() {
    on_both(|t| {
        let shelf = burglary(t);
        let id = send(t, &json!({ "occupant hurt": true }));
        work(t, &shelf);
        let version = state(t, id).1;
        for actor in [Actor::public(), Actor::system(), Actor { id: None, ..officer(t) }] {
            let wanted = choice(version, "close", "HIGH");
            let refused = decided(t, &shelf, &actor, id, &wanted);
            assert!(matches!(refused, Err(Error::Forbidden { .. })), "{actor}");
        }
        assert_eq!(state(t, id), ("new".into(), version));
    });
}

#[test]
fn going_below_the_floor_takes_a_reason_of_its_own() {
    on_both(|t| {
        let shelf = burglary(t);
        let (id, olive) = (send(t, &json!({ "occupant hurt": true })), officer(t));
        work(t, &shelf);
        let version = state(t, id).1;
        let lower = choice(version, "close", "STANDARD");
        let Err(Error::Invalid(wrong)) = decided(t, &shelf, &olive, id, &lower) else { panic!("lowered") };
        assert_eq!(
            wrong.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(),
            ["lower_code", "lower_reason"]
        );
        let wanted = Choice {
            lower_code: "other-incident".into(),
            lower_reason: "The injury is from last year.".into(),
            ..lower
        };
        decided(t, &shelf, &olive, id, &wanted).unwrap();
        let made = look(t, &shelf, &olive, id).decisions;
        assert_eq!(made[0].decision.stance, Some(bluelamp_model::decision::Stance::Lowered));
        assert!(made[0].decision.assessment.contains("The injury is from last year."));
        assert_eq!(made[0].by, "Olive Example");
    });
}

#[test]
fn two_officers_who_decide_at_once_make_one_decision() {
    on_both(|t| {
        let shelf = burglary(t);
        let (id, olive) = (send(t, &json!({ "occupant hurt": true })), officer(t));
        work(t, &shelf);
        let version = state(t, id).1;
        let outcomes: Vec<_> = std::thread::scope(|s| {
            let go = |outcome: &'static str| {
                let (olive, shelf) = (&olive, &shelf);
                s.spawn(move || decided(t, shelf, olive, id, &choice(version, outcome, "HIGH")))
            };
            [go("open-case"), go("close")].map(|h| h.join().unwrap()).into()
        });
        assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "{outcomes:?}");
        let decisions = t.db.credential_rows("select count(*) from decision", &[]).unwrap();
        assert_eq!(decisions[0].get::<i64>(0).unwrap(), 1);
        assert_eq!(state(t, id), ("decided".into(), version + 1));
    });
}

#[test]
fn asking_for_more_keeps_the_report_and_lets_somebody_decide_later() {
    on_both(|t| {
        let shelf = burglary(t);
        let (id, olive) = (send(t, &json!({})), officer(t));
        work(t, &shelf);
        let version = state(t, id).1;
        let ask =
            Choice { message: "Which window was it?".into(), ..choice(version, "ask-more", "STANDARD") };
        decided(t, &shelf, &olive, id, &ask).unwrap();
        assert_eq!(state(t, id), ("more-needed".into(), version + 1));
        let close = choice(version + 1, "close", "STANDARD");
        decided(t, &shelf, &olive, id, &close).unwrap();
        assert_eq!(state(t, id).0, "decided");
    });
}

#[test]
fn the_queue_shows_the_gravest_first_and_pages_without_gaps() {
    on_both(|t| {
        let shelf = burglary(t);
        let grave = json!({ "occupant hurt": true });
        let light = json!({ "suspect on scene": false, "occupant hurt": false, "occupant present": false, "distraction": false,
            "vulnerable occupant": false, "dwelling": false, "firearm keys taken": false, "near repeat band": false,
            "forensic opportunity": false });
        let sent: Vec<Id> = (0..60).map(|n| send(t, if n % 3 == 0 { &grave } else { &light })).collect();
        work(t, &shelf);
        let late = send(t, &light);
        let olive = officer(t);
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let filter = Filter { after: after.clone(), ..Filter::default() };
            let page = t.db.read(&olive, |cx| queue(cx, &shelf, &filter)).unwrap();
            assert_eq!(page.total, 61);
            seen.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 61);
        assert_eq!(seen[0].id, late, "what nobody has assessed yet comes before everything");
        let grades: Vec<_> = seen[1..].iter().map(|i| i.floor.clone().unwrap()).collect();
        assert_eq!(grades.iter().filter(|g| *g == "HIGH").count(), 20);
        assert!(grades[..20].iter().all(|g| g == "HIGH"), "{grades:?}");
        let mut ids: Vec<_> = seen.iter().map(|i| i.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 61);
        assert!(sent.iter().all(|id| ids.contains(id)));
    });
}

#[test]
fn a_report_of_which_little_is_known_waits_behind_the_gravest_only() {
    on_both(|t| {
        let shelf = burglary(t);
        let open = send(t, &json!({}));
        let medium = send(
            t,
            &json!({ "suspect on scene": false, "occupant hurt": false, "occupant present": true,
            "distraction": false, "vulnerable occupant": false, "dwelling": false, "firearm keys taken": false,
            "near repeat band": false, "forensic opportunity": false }),
        );
        let high = send(t, &json!({ "occupant hurt": true }));
        work(t, &shelf);
        let page = t.db.read(&officer(t), |cx| queue(cx, &shelf, &Filter::default())).unwrap();
        assert_eq!(page.items.iter().map(|i| i.id).collect::<Vec<_>>(), [high, open, medium]);
        assert_eq!((page.items[1].floor.as_deref(), page.items[1].ceiling.as_deref()), (None, Some("HIGH")));
    });
}

#[test]
fn a_case_has_its_tasks_notes_and_people_and_keeps_them() {
    on_both(|t| {
        let shelf = burglary(t);
        let (id, olive) = (send(t, &json!({ "occupant hurt": true })), officer(t));
        work(t, &shelf);
        let wanted = Choice {
            actions: vec![accept("burglary", 0), accept("burglary", 1)],
            ..choice(state(t, id).1, "open-case", "HIGH")
        };
        let unproposed = Choice { actions: vec![accept("burglary", 99)], ..wanted.clone() };
        let refused = decided(t, &shelf, &olive, id, &unproposed);
        assert!(matches!(refused, Err(Error::Invalid(_))), "an action that was not proposed is no task");
        let case = decided(t, &shelf, &olive, id, &wanted).unwrap().case.unwrap();
        let view = t.db.read(&olive, move |cx| view_case(cx, &case.to_string())).unwrap();
        assert_eq!(view.tasks.len(), 2);
        assert!(view.tasks.iter().any(|task| task.due_at.is_some()));
        assert_eq!(view.involved.len(), 2);
        let task = view.tasks[0].id;
        let unfinished = t.db.write(&olive, move |cx| finish_task(cx, case, task, " "));
        assert!(matches!(unfinished, Err(Error::Invalid(_))));
        t.db.write(&olive, move |cx| finish_task(cx, case, task, "Visited; statement taken.")).unwrap();
        let twice = t.db.write(&olive, move |cx| finish_task(cx, case, task, "again"));
        assert!(matches!(twice, Err(Error::Conflict(_))));
        t.db.write(&olive, move |cx| add_note(cx, case, "Neighbour has a camera.")).unwrap();
        let by_reference = view.summary.reference.to_lowercase();
        let view = t.db.read(&olive, move |cx| view_case(cx, &by_reference)).unwrap();
        assert_eq!((view.notes.len(), view.summary.open_tasks), (1, 1));
        let moments = t.db.read(&olive, move |cx| {
            let case = view_case(cx, &case.to_string())?;
            bluelamp_casework::timeline(cx, &shelf, &case)
        });
        let titles: Vec<_> = moments.unwrap().into_iter().map(|m| m.title).collect();
        assert_eq!(titles.len(), 6, "{titles:?}");
        assert!(titles[0].starts_with("Note") && titles[5].ends_with("received"), "{titles:?}");
        assert!(titles.contains(&"Put up for review: time for another look".to_owned()), "{titles:?}");
        assert_eq!(t.db.read(&olive, cases).unwrap().len(), 1);
    });
}
