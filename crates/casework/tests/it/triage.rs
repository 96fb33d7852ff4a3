//! Several definitions, what is learned later, what is hidden, what goes to a supervisor, what is looked at again.

use super::{accept, burglary, choice, data, decided, look, officer, send, state, submission, work};
use bluelamp_casework::{
    ActionAnswer, Choice, NewFact, ReviewAnswer, Shelf, answer_review, consider, finish_task_of_report,
    happened, note_fact, own_grade, queue, receive, reviews,
};
use bluelamp_model::{
    Error, Id,
    authority::{Actor, Verb, action},
    decision::Stance,
};
use bluelamp_testkit::{TestDb, on_both, put_live};
use bluelamp_triage::{FactState, Said};
use serde_json::{Value, json};
use std::sync::Arc;

/// A definition with everything that a force can set: review clocks, triggers, a supervisor, a required action.
fn strict(version: &str, status: &str, shown: &str, floor_of_threat: &str) -> String {
    format!(
        r#"---
id: strict
version: {version}
status: {status}
owner: "role: Lead"
accountable: "role: Chief"
review_by: 2027-05-31
grades: [STANDARD, MEDIUM, HIGH]
basis: ["a test"]
review: {{STANDARD: 7 d, MEDIUM: 24 h, HIGH: 4 h}}
triggers: [new-fact, repeat-call, linked-incident]
supervisor_within: 2 h
result: {shown}
---

# Strict

## Facts

| fact | type | ask | source kinds | stale after | when unknown |
|---|---|---|---|---|---|
| dwelling | yes/no | Is it a home? | caller | - | treat-as-open |
| threat | yes/no | Was anybody threatened? | caller, officer | 2 h | treat-as-open |

## Decision

> # Strict
> assessment

| C | dwelling | threat | grade | rule | Reason |
|:-:|:-:|:-:|:-:|:-:|:--|
|   | `i` | `i` | `o` | `o` | `a` |
| 1 | - | true | "{floor_of_threat}" | "strict-threat" | Somebody was threatened |
| 2 | true | - | "MEDIUM" | "strict-home" | It is a home |
| 3 | false | false | "STANDARD" | "strict-rest" | Neither |

## Actions

| grade at least | when rule | must | action | deadline | role | safeguarding |
|---|---|---|---|---|---|---|
| STANDARD | - | - | Write to the sender | 24 h | call handler | reduce |
| MEDIUM | strict-home | yes | Refer to the council | 4 h | officer | reduce |

## Digital exposure

- None in a test.

## Cases

| case | facts | floor | open | ceiling |
|---|---|---|---|---|
| home | dwelling: true, threat: false | MEDIUM | none | MEDIUM |
"#
    )
}

fn strict_live(t: &TestDb, shown: &str) -> Arc<Shelf> {
    let shelf = Arc::default();
    put_live(
        &t.db,
        &shelf,
        &[&strict("1.0.0", "live", shown, "HIGH"), &data("definitions/burglary/1.0.0.md")],
    );
    shelf
}

/// A report by a form that names the strict definition.
fn sent(t: &TestDb, facts: &Value) -> Id {
    let mut body = serde_json::to_value(facts).unwrap();
    let facts = body.take();
    let mut new = submission(&facts);
    new.body.json = new.body.json.replace("\"definition\":\"burglary\"", "\"definition\":\"strict\"");
    t.db.write(&Actor::public(), move |cx| receive(cx, &new)).unwrap().id
}

fn person(t: &TestDb, n: u8, role: &str) -> Actor {
    let id = Id::from_bytes([n; 16]);
    let name = format!("person{n}");
    t.db.write(&Actor::system(), move |cx| {
        cx.allow(action::ACCOUNT_MANAGE, None)?;
        cx.record(Verb::Administer, "account", Some(id), json!({}))?;
        let now = cx.now();
        cx.exec(
            "insert into account (id, username, name, roles, created_at) values ($1, $2, $2, '', $3)
             on conflict (id) do nothing",
            &[id.into(), name.as_str().into(), now.into()],
        )
    })
    .unwrap();
    Actor::staff(id, vec![role.into()], "contact")
}

fn note(t: &TestDb, shelf: &Arc<Shelf>, who: &Actor, id: Id, new: NewFact) -> bluelamp_model::Result<()> {
    let shelf = Arc::clone(shelf);
    t.db.write(who, move |cx| note_fact(cx, &shelf, id, &new))
}

fn yes(fact: &str, source: &str) -> NewFact {
    NewFact { fact: fact.into(), said: Said::Value(true.into()), source: source.into(), at: None }
}

fn waiting(t: &TestDb, who: &Actor) -> Vec<(String, Option<String>)> {
    let all = t.db.read(who, reviews).unwrap();
    all.into_iter().map(|r| (r.cause, r.grade)).collect()
}

#[test]
fn every_definition_in_use_looks_and_only_what_is_live_and_concerned_is_shown() {
    on_both(|t| {
        let shelf = Arc::default();
        // Domestic abuse is in shadow: it evaluates, and nobody who works on the report is told.
        put_live(
            &t.db,
            &shelf,
            &[
                &strict("1.0.0", "live", "at-once", "HIGH"),
                &data("definitions/burglary/1.0.0.md"),
                &data("definitions/domestic-abuse/1.0.0.md"),
                &data("definitions/cyber-harassment/1.0.0.md"),
            ],
        );
        let id = send(t, &json!({ "dwelling": true, "occupant hurt": true }));
        work(t, &shelf);
        let olive = officer(t);
        let view = look(t, &shelf, &olive, id);
        let shown = &view.look.as_ref().unwrap().shown;
        let said: Vec<_> = shown.iter().map(|s| (s.assessment.definition.as_str(), s.primary)).collect();
        // The form's own leads; the strict one is shown because its rule has fired; cyber-harassment knows nothing.
        assert_eq!(said, [("burglary", true), ("strict", false)]);
        assert_eq!(view.others.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["cyber-harassment"]);
        let graded = &view.look.as_ref().unwrap().run.graded;
        assert_eq!(graded.len(), 4);
        let rows = t.db.credential_rows("select graded from assessment_run", &[]).unwrap();
        let stored: String = rows[0].get(0).unwrap();
        assert!(
            stored.contains("\"definition\":\"domestic-abuse\"") && stored.contains("\"status\":\"shadow\"")
        );
        let asked = Arc::clone(&shelf);
        t.db.write(&olive, move |cx| consider(cx, &asked, id, "cyber-harassment")).unwrap();
        assert_eq!(look(t, &shelf, &olive, id).look.unwrap().shown.len(), 3);
        let asked = Arc::clone(&shelf);
        let shadow = t.db.write(&olive, move |cx| consider(cx, &asked, id, "domestic-abuse"));
        assert!(matches!(shadow, Err(Error::Invalid(_))), "what is in shadow cannot be asked for");
    });
}

#[test]
fn what_is_learned_later_is_kept_beside_what_was_said_and_changes_a_proposal_only() {
    on_both(|t| {
        let shelf = strict_live(t, "at-once");
        let (id, olive) = (sent(t, &json!({ "dwelling": true, "threat": false })), officer(t));
        work(t, &shelf);
        let before = state(t, id);
        for (wrong, field) in [
            (yes("thraet", "officer"), "fact"),
            (NewFact { said: Said::Value("yes".into()), ..yes("threat", "officer") }, "answer"),
            (yes("threat", " "), "source"),
            (NewFact { at: Some(t.db.now().plus_seconds(3600)), ..yes("threat", "officer") }, "at"),
        ] {
            let Err(Error::Invalid(found)) = note(t, &shelf, &olive, id, wrong) else { panic!("{field}") };
            assert_eq!(found[0].field, field);
        }
        let Err(Error::Invalid(found)) = note(t, &shelf, &olive, id, yes("thraet", "officer")) else {
            panic!()
        };
        assert!(found[0].message.contains("did you mean 'threat'"), "{}", found[0].message);
        assert_eq!(state(t, id), before, "nothing was noted, nothing changed");
        // The report said no; an officer says yes: the sources disagree, and that is open, never "no".
        note(t, &shelf, &olive, id, yes("threat", "officer")).unwrap();
        let view = look(t, &shelf, &olive, id);
        let line = view.facts.iter().find(|l| l.name == "threat").unwrap();
        assert_eq!(line.said.len(), 2);
        assert!(matches!(line.state, bluelamp_triage::Fact::Open { state: FactState::Conflicting, .. }));
        let assessment = view.assessment().unwrap();
        assert_eq!(
            (assessment.floor.as_deref(), assessment.ceiling.as_deref()),
            (Some("MEDIUM"), Some("HIGH"))
        );
        assert_eq!(state(t, id).0, "new");
        let runs = t.db.credential_rows("select cause from assessment_run order by made_at", &[]).unwrap();
        let causes: Vec<String> = runs.iter().map(|r| r.get(0).unwrap()).collect();
        assert_eq!(causes, ["received", "new-fact"], "the old record is kept");
    });
}

#[test]
fn what_was_said_goes_out_of_date_and_the_page_says_so_before_anybody_has_asked_again() {
    on_both(|t| {
        let shelf = strict_live(t, "at-once");
        let (id, olive) = (sent(t, &json!({ "dwelling": false, "threat": false })), officer(t));
        work(t, &shelf);
        assert_eq!(look(t, &shelf, &olive, id).floor().as_deref(), Some("STANDARD"));
        assert!(!look(t, &shelf, &olive, id).out_of_date);
        t.pass_seconds(3 * 3600);
        assert!(look(t, &shelf, &olive, id).out_of_date);
        let asked = Arc::clone(&shelf);
        t.db.write(&olive, move |cx| bluelamp_casework::ask_again(cx, &asked, id)).unwrap();
        let view = look(t, &shelf, &olive, id);
        assert!(!view.out_of_date);
        assert_eq!((view.floor(), view.assessment().unwrap().ceiling.as_deref()), (None, Some("HIGH")));
    });
}

#[test]
fn a_report_with_a_fact_that_no_definition_knows_has_no_grade_and_stands_with_the_gravest() {
    on_both(|t| {
        let shelf = burglary(t);
        let lost = send(t, &json!({ "ocupant hurt": false }));
        let grave = send(t, &json!({ "occupant hurt": true }));
        work(t, &shelf);
        let olive = officer(t);
        let view = look(t, &shelf, &olive, lost);
        assert!(view.assessment().is_none() && view.item.floor.is_none());
        assert!(
            view.unreadable[0].contains("'ocupant hurt' is not a fact of 'burglary'"),
            "{:?}",
            view.unreadable
        );
        let page = t.db.read(&olive, |cx| queue(cx, &shelf, &Default::default())).unwrap();
        assert_eq!(page.items.iter().map(|i| i.id).collect::<Vec<_>>(), [lost, grave]);
    });
}

#[test]
fn what_is_proposed_can_stay_hidden_until_the_officers_own_grade_is_in() {
    on_both(|t| {
        let shelf = strict_live(t, "after-own-grade");
        let (id, olive) = (sent(t, &json!({ "dwelling": true, "threat": true })), officer(t));
        let peter = person(t, 6, "contact-officer");
        work(t, &shelf);
        let view = look(t, &shelf, &olive, id);
        assert!(view.item.hidden && view.look.is_none() && view.item.floor.is_none());
        assert_eq!(view.own_grades, ["STANDARD", "MEDIUM", "HIGH"]);
        assert_eq!(view.floor(), None);
        let page = t.db.read(&olive, |cx| queue(cx, &shelf, &Default::default())).unwrap();
        assert_eq!((page.items[0].floor.as_deref(), page.items[0].ceiling.as_deref()), (None, None));
        let early = decided(t, &shelf, &olive, id, &choice(view.item.version, "refer", "HIGH"));
        let Err(Error::Invalid(wrong)) = early else { panic!("decided before the own grade was in") };
        assert_eq!(wrong[0].field, "own_grade");
        let give = |who: &Actor, grade: &'static str| {
            let shelf = Arc::clone(&shelf);
            t.db.write(who, move |cx| own_grade(cx, &shelf, id, grade))
        };
        assert!(matches!(give(&olive, "GRAVE"), Err(Error::Invalid(_))));
        give(&olive, "MEDIUM").unwrap();
        assert!(matches!(give(&olive, "HIGH"), Err(Error::Conflict(_))), "it is given once");
        let view = look(t, &shelf, &olive, id);
        assert_eq!(view.floor().as_deref(), Some("HIGH"));
        assert_eq!(view.item.own_grade.as_deref(), Some("MEDIUM"));
        assert!(look(t, &shelf, &peter, id).item.hidden, "somebody else has not given theirs");
        // What she decides meanwhile does not tell him what was proposed to her.
        let more = Choice {
            lower_code: "managed".into(),
            lower_reason: "Nobody is there now.".into(),
            ..choice(view.item.version, "ask-more", "STANDARD")
        };
        decided(t, &shelf, &olive, id, &more).unwrap();
        let made = look(t, &shelf, &peter, id).decisions.remove(0).decision;
        assert_eq!((made.stance, made.assessment.contains("below")), (None, false));
        assert!(look(t, &shelf, &olive, id).decisions[0].decision.stance.is_some());
    });
}

#[test]
fn a_grade_below_the_floor_and_a_refused_duty_go_to_a_supervisor_who_is_somebody_else() {
    on_both(|t| {
        let shelf = strict_live(t, "at-once");
        let (id, olive) = (sent(t, &json!({ "dwelling": true, "threat": false })), officer(t));
        let grace = person(t, 7, "supervisor");
        work(t, &shelf);
        let version = state(t, id).1;
        let refer = |choice: Choice| decided(t, &shelf, &olive, id, &choice);
        let plain = choice(version, "refer", "STANDARD");
        let Err(Error::Invalid(wrong)) = refer(plain.clone()) else { panic!("no reasons, no answer") };
        let fields: Vec<_> = wrong.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["lower_code", "lower_reason", "action-strict-1"]);
        let refuse = ActionAnswer { answer: "refuse".into(), ..accept("strict", 1) };
        let lowered = Choice {
            lower_code: "managed".into(),
            lower_reason: "The council is there already.".into(),
            actions: vec![accept("strict", 0), refuse.clone()],
            ..plain
        };
        let Err(Error::Invalid(wrong)) = refer(lowered.clone()) else { panic!("refused without a reason") };
        assert_eq!(wrong[0].field, "action-strict-1");
        let refuse = ActionAnswer { reason: "Referred this morning.".into(), ..refuse };
        refer(Choice { actions: vec![accept("strict", 0), refuse], ..lowered }).unwrap();
        let view = look(t, &shelf, &olive, id);
        assert_eq!(view.item.grade.as_deref(), Some("STANDARD"), "it has effect at once");
        assert_eq!(view.tasks.len(), 1, "what was accepted is a task, also without a case");
        let task = view.tasks[0].id;
        t.db.write(&olive, move |cx| finish_task_of_report(cx, id, task, "Written to.")).unwrap();
        let mut causes: Vec<_> = waiting(t, &grace).into_iter().map(|(cause, _)| cause).collect();
        causes.sort();
        assert_eq!(causes, ["below-floor", "clock", "refused-duty"]);
        let all = t.db.read(&grace, reviews).unwrap();
        let below = all.iter().find(|r| r.cause == "below-floor").unwrap();
        assert_eq!(below.due_at.micros() - below.made_at.micros(), 2 * 3600 * 1_000_000);
        let (review, version) = (below.id, view.item.version);
        let answer = ReviewAnswer {
            version,
            grade: "MEDIUM".into(),
            reasons: "The council has closed its file.".into(),
            ..ReviewAnswer::default()
        };
        let own = {
            let (shelf, answer) = (Arc::clone(&shelf), answer.clone());
            t.db.write(&olive, move |cx| answer_review(cx, &shelf, review, &answer))
        };
        assert!(matches!(own, Err(Error::Forbidden { .. })), "nobody looks at their own decision");
        // Somebody else's look in between does not make it another's decision.
        let clock = all.iter().find(|r| r.cause == "clock").unwrap().id;
        let (peter, asked, looked) = (person(t, 6, "contact-officer"), Arc::clone(&shelf), answer.clone());
        t.db.write(&peter, move |cx| answer_review(cx, &asked, clock, &looked)).unwrap();
        let answer = ReviewAnswer { version: version + 1, ..answer };
        let (asked, still) = (Arc::clone(&shelf), answer.clone());
        let own = t.db.write(&olive, move |cx| answer_review(cx, &asked, review, &still));
        assert!(matches!(own, Err(Error::Forbidden { .. })), "it is still her own");
        let asked = Arc::clone(&shelf);
        t.db.write(&grace, move |cx| answer_review(cx, &asked, review, &answer)).unwrap();
        let view = look(t, &shelf, &grace, id);
        assert_eq!(view.item.grade.as_deref(), Some("MEDIUM"));
        let made = &view.decisions[0];
        assert_eq!((made.kind.as_str(), made.by.as_str()), ("supervision", "person7"));
        assert_eq!(made.decision.stance, Some(Stance::Agreed));
        let left: Vec<_> = waiting(t, &grace).into_iter().map(|(cause, _)| cause).collect();
        assert_eq!(left, ["refused-duty", "clock"], "each is answered by itself, and the clock begins anew");
    });
}

#[test]
fn a_graded_report_is_looked_at_again_by_the_clock_and_when_something_happens() {
    on_both(|t| {
        let shelf = strict_live(t, "at-once");
        let (id, olive) = (sent(t, &json!({ "dwelling": true, "threat": false })), officer(t));
        work(t, &shelf);
        let decide =
            Choice { actions: vec![accept("strict", 1)], ..choice(state(t, id).1, "open-case", "MEDIUM") };
        decided(t, &shelf, &olive, id, &decide).unwrap();
        let all = t.db.read(&olive, reviews).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].due_at.micros() - all[0].made_at.micros()) / 60_000_000, 24 * 60);
        let before = state(t, id);
        note(t, &shelf, &olive, id, yes("threat", "officer")).unwrap();
        let asked = Arc::clone(&shelf);
        t.db.write(&olive, move |cx| {
            happened(cx, &asked, id, "breach", "Bail condition 2, seen at the door.")
        })
        .unwrap();
        let causes: Vec<_> = waiting(t, &olive).into_iter().map(|(cause, _)| cause).collect();
        assert_eq!(causes, ["new-fact", "breach", "clock"], "what happened comes before the clock");
        assert_eq!(state(t, id).0, before.0);
        assert_eq!(
            look(t, &shelf, &olive, id).item.grade.as_deref(),
            Some("MEDIUM"),
            "no grade changed by itself"
        );
        let view = look(t, &shelf, &olive, id);
        let review = view.reviews.iter().find(|r| r.cause == "new-fact").unwrap().id;
        let answer = |reasons: &str, grade: &str| ReviewAnswer {
            version: view.item.version,
            grade: grade.into(),
            reasons: reasons.into(),
            ..ReviewAnswer::default()
        };
        let again = |answer: ReviewAnswer| {
            let shelf = Arc::clone(&shelf);
            t.db.write(&olive, move |cx| answer_review(cx, &shelf, review, &answer))
        };
        let Err(Error::Invalid(wrong)) = again(answer("", "")) else { panic!("nothing was said") };
        assert_eq!(wrong.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["reasons", "grade"]);
        again(answer("A threat was made after all.", "HIGH")).unwrap();
        assert!(matches!(again(answer("Again.", "HIGH")), Err(Error::Conflict(_))));
        let view = look(t, &shelf, &olive, id);
        assert_eq!(view.item.grade.as_deref(), Some("HIGH"));
        let open: Vec<_> = view.reviews.iter().filter(|r| r.done_at.is_none()).collect();
        assert_eq!(open.len(), 1, "one look answers all that had happened; a new clock runs");
        assert_eq!((open[0].due_at.micros() - open[0].made_at.micros()) / 3_600_000_000, 4);
    });
}

/// The shipped phrases for burglaries.
fn with_words(t: &TestDb) -> Arc<Shelf> {
    let file = "indicators/burglary-words.toml";
    let set = bluelamp_triage::IndicatorSet::load(file, &data(file)).unwrap();
    let shelf = Arc::new(Shelf::new(Arc::new([(set.id.clone(), set)].into())));
    put_live(&t.db, &shelf, &[&data("definitions/burglary/1.0.0.md")]);
    shelf
}

/// A report with these facts that tells this.
fn telling(t: &TestDb, facts: &Value, told: &str) -> Id {
    let mut new = submission(facts);
    new.body.json = new.body.json.replace("The door was open.", told);
    t.db.write(&Actor::public(), move |cx| receive(cx, &new)).unwrap().id
}

#[test]
fn words_in_a_report_ask_a_question_bring_it_forward_and_never_grade() {
    on_both(|t| {
        let shelf = with_words(t);
        let olive = officer(t);
        let told = "I think he is still in the house, I can hear him upstairs.";
        let quiet = json!({ "occupant hurt": false, "dwelling": false });
        let plain = telling(t, &quiet, "The shed was empty this morning.");
        let loud = telling(t, &quiet, told);
        let answered = telling(
            t,
            &json!({ "occupant hurt": false, "dwelling": false, "suspect on scene": false }),
            told,
        );
        work(t, &shelf);
        let (a, b) = (look(t, &shelf, &olive, plain), look(t, &shelf, &olive, loud));
        assert!(a.asked.is_empty(), "{:?}", a.asked);
        let asked = b.asked.iter().find(|q| q.fact == "suspect on scene").expect("the words ask where he is");
        assert!(told.contains(&asked.found[0].words));
        let grades = |v: &bluelamp_casework::ReportView| {
            let a = v.assessment().unwrap();
            (a.floor.clone(), a.ceiling.clone(), a.fired.clone())
        };
        assert_eq!(grades(&a), grades(&b), "what was found is no fact and no grade");
        assert!(b.item.priority >= a.item.priority);
        // Somebody has answered: there is nothing left to ask, and nothing to bring forward.
        let c = look(t, &shelf, &olive, answered);
        assert!(c.asked.iter().all(|q| q.fact != "suspect on scene"), "{:?}", c.asked);
        // Off: from the next look on nothing is looked for, and what was found stays in the record.
        let chief =
            Actor::staff(Id::from_bytes([0xf2; 16]), vec!["accountable-officer".into()], "governance");
        let turn = |on: bool, reasons: &'static str| {
            let shelf = Arc::clone(&shelf);
            t.db.write(&chief, move |cx| {
                bluelamp_casework::switch(cx, &shelf, "indicator/burglary-words", on, reasons)
            })
        };
        assert!(matches!(turn(false, " "), Err(Error::Invalid(_))));
        turn(false, "It asks too often.").unwrap();
        let later = telling(t, &quiet, told);
        work(t, &shelf);
        assert!(look(t, &shelf, &olive, later).asked.is_empty());
        assert!(!look(t, &shelf, &olive, loud).asked.is_empty());
        turn(true, "It does not.").unwrap();
        let asked = Arc::clone(&shelf);
        t.db.write(&olive, move |cx| bluelamp_casework::ask_again(cx, &asked, later)).unwrap();
        assert!(!look(t, &shelf, &olive, later).asked.is_empty());
    });
}
