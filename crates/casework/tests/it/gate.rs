//! What the register of algorithms does not allow is not asked: no proposal, no words, no match, no order.

use super::{accept, burglary, choice, data, decided, look, officer, send, submission, work};
use bluelamp_access::algorithm::State;
use bluelamp_casework::{
    COMPARISON, Cause, Filter, ORDER, QueueItem, Shelf, ask_live, consider, go_live, led, queue, receive,
    to_shadow, write,
};
use bluelamp_model::{
    Error, Id,
    authority::{Actor, Verb, action},
};
use bluelamp_store::Cx;
use bluelamp_testkit::{
    TestDb,
    ethics::{CHIEF, LEAD, approve, entry, suspend},
    on_both, put_live,
};
use bluelamp_triage::{IndicatorSet, Status};
use serde_json::{Value, json};
use std::sync::Arc;

const DAY: i64 = 86_400;

fn items(t: &TestDb, shelf: &Arc<Shelf>, who: &Actor) -> (Vec<QueueItem>, Option<String>) {
    let page = t.db.read(who, |cx| queue(cx, shelf, &Filter::default())).unwrap();
    (page.items, page.by_receipt)
}

/// Runs a statement as nobody in particular.
fn set(t: &TestDb, sql: &'static str) {
    t.db.write(&Actor::system(), move |cx: &mut Cx<'_>| {
        cx.allow(action::ACCOUNT_MANAGE, None)?;
        cx.record(Verb::Administer, "test", None, json!({}))?;
        cx.exec(sql, &[])
    })
    .unwrap();
}

/// Everything about burglaries: the definition live, its words, and the definition of domestic abuse in shadow.
fn with_words(t: &TestDb) -> Arc<Shelf> {
    let words = IndicatorSet::load("burglary-words.toml", &data("indicators/burglary-words.toml")).unwrap();
    let shelf = Arc::new(Shelf::new(Arc::new([(words.id.clone(), words)].into())));
    put_live(
        &t.db,
        &shelf,
        &[&data("definitions/burglary/1.0.0.md"), &data("definitions/domestic-abuse/1.0.0.md")],
    );
    shelf
}

fn told(t: &TestDb, words: &str, facts: &Value) -> Id {
    let mut new = submission(facts);
    new.body.json = new.body.json.replace("The door was open.", words);
    t.db.write(&Actor::public(), move |cx| receive(cx, &new)).unwrap().id
}

/// The statuses under which definitions looked, by id.
fn graded(t: &TestDb, shelf: &Arc<Shelf>, who: &Actor, id: Id) -> Vec<(String, Status)> {
    let view = look(t, shelf, who, id);
    view.look.unwrap().run.graded.into_iter().map(|g| (g.definition, g.status)).collect()
}

#[test]
fn a_live_definition_whose_approval_is_over_proposes_nothing_and_looks_in_shadow() {
    on_both(|t| {
        let shelf = with_words(t);
        let olive = officer(t);
        let before = send(t, &json!({ "occupant hurt": true }));
        work(t, &shelf);
        assert_eq!(look(t, &shelf, &olive, before).item.floor.as_deref(), Some("HIGH"));

        t.pass_seconds(302 * DAY);
        let after = send(t, &json!({ "occupant hurt": true }));
        // The old look is part of the record, and no proposal: also before anything has looked again.
        let view = look(t, &shelf, &olive, before);
        assert!(view.assessment().is_none() && view.floor().is_none() && view.item.floor.is_none());
        let l = view.look.unwrap();
        assert_eq!((l.shown.len(), l.former.len()), (0, 1));
        assert!(l.former[0].1.starts_with("its approval for operation ended on "), "{}", l.former[0].1);
        assert!(view.facts.is_empty(), "nor does it ask");

        work(t, &shelf);
        let view = look(t, &shelf, &olive, after);
        assert!(view.look.as_ref().unwrap().shown.is_empty() && view.item.floor.is_none());
        let line = view.withheld.iter().find(|l| l.contains("The definition")).unwrap();
        assert!(line.contains("was not asked: its approval for operation ended on "), "{line}");
        // It goes on beside the work, as what is in shadow does.
        assert_eq!(
            graded(t, &shelf, &olive, after),
            [("burglary".into(), Status::Shadow), ("domestic-abuse".into(), Status::Shadow)]
        );
        // What was looked at under its approval is looked at again, since its time is over.
        let view = look(t, &shelf, &olive, before);
        assert_eq!(view.look.as_ref().unwrap().run.cause, Cause::Permission);
        let (queue, by_receipt) = items(t, &shelf, &olive);
        assert!(by_receipt.is_some(), "nor may anything put them in order");
        assert!(
            queue.iter().all(|i| i.floor.is_none() && i.ceiling.is_none() && i.priority == 0),
            "{queue:?}"
        );
        assert_eq!(queue.iter().map(|i| i.id).collect::<Vec<_>>(), [before, after], "in order of receipt");

        // Somebody decides from what was reported, without a floor to answer to.
        decided(t, &shelf, &olive, after, &choice(view_version(t, &shelf, &olive, after), "open-case", ""))
            .unwrap();
        // It stands in the audit entry of the look, by digest, with the reason.
        let rows =
            t.db.credential_rows("select event from audit where verb = 'propose' order by id", &[]).unwrap();
        let events: Vec<String> = rows.iter().map(|r| r.get(0).unwrap()).collect();
        assert!(
            events
                .iter()
                .any(|e| e.contains("definition/burglary") && e.contains("its approval for operation ended"))
        );
    });
}

fn view_version(t: &TestDb, shelf: &Arc<Shelf>, who: &Actor, id: Id) -> i64 {
    look(t, shelf, who, id).item.version
}

#[test]
fn what_is_suspended_is_not_asked_at_all_from_that_moment() {
    on_both(|t| {
        let shelf = with_words(t);
        let olive = officer(t);
        let grave = told(t, "He is still in the house.", &json!({ "occupant hurt": true }));
        let light = send(t, &json!({ "dwelling": false }));
        work(t, &shelf);
        let view = look(t, &shelf, &olive, grave);
        assert!(!view.asked.is_empty() && view.withheld.is_empty(), "{:?} {:?}", view.asked, view.withheld);
        assert_eq!(items(t, &shelf, &olive).0[0].id, grave);

        suspend(&t.db, entry(&t.db, "definition/burglary", "1.0.0"));
        let (queue, _) = items(t, &shelf, &olive);
        assert!(queue.iter().all(|i| i.floor.is_none()), "at once: {queue:?}");
        let why = queue[0].withheld.as_deref().unwrap();
        assert!(why.contains("it was suspended on "), "{why}");
        let view = look(t, &shelf, &olive, grave);
        assert!(view.assessment().is_none() && view.asked.is_empty(), "{:?}", view.asked);

        // Nobody is asked for it either.
        let (known, who) = (Arc::clone(&shelf), olive.clone());
        let asked = t.db.write(&who, move |cx| consider(cx, &known, light, "burglary"));
        assert!(matches!(asked, Err(Error::Invalid(_))), "{asked:?}");
        t.pass_seconds(2);
        work(t, &shelf);
        assert_eq!(graded(t, &shelf, &olive, grave), [("domestic-abuse".into(), Status::Shadow)]);
        let view = look(t, &shelf, &olive, grave);
        assert!(view.item.withheld.is_none(), "what was looked at again shows what is left");
        assert!(
            view.withheld.iter().any(|l| l.contains("was not asked: it was suspended on ")),
            "{:?}",
            view.withheld
        );
    });
}

#[test]
fn words_matches_and_order_need_an_approval_of_their_own() {
    on_both(|t| {
        let shelf = with_words(t);
        let olive = officer(t);
        let words = "He is still in the house.";
        let first = told(t, words, &json!({ "dwelling": false }));
        work(t, &shelf);
        let second = told(t, words, &json!({ "dwelling": false }));
        work(t, &shelf);
        let view = look(t, &shelf, &olive, second);
        assert!(!view.asked.is_empty() && !view.suggestions.is_empty() && view.item.matches > 0);

        suspend(&t.db, entry(&t.db, "indicator/burglary-words", "1.0.0"));
        suspend(&t.db, entry(&t.db, COMPARISON, "1.0.0"));
        suspend(&t.db, entry(&t.db, ORDER, "1.0.0"));
        // What was found and suggested before is shown no more,
        let view = look(t, &shelf, &olive, second);
        assert!(view.asked.is_empty() && view.suggestions.is_empty() && view.item.matches == 0);
        assert!(view.withheld.iter().any(|l| l.starts_with("The comparison ")), "{:?}", view.withheld);
        // and nothing new is found, suggested or put in order.
        let third = told(t, words, &json!({ "occupant hurt": true }));
        work(t, &shelf);
        let view = look(t, &shelf, &olive, third);
        let run = &view.look.as_ref().unwrap().run;
        assert!(run.found.is_empty() && view.suggestions.is_empty());
        assert_eq!(view.item.floor.as_deref(), Some("HIGH"), "the definition still proposes");
        let names: Vec<_> = run.withheld.iter().map(|w| w.algorithm.as_str()).collect();
        assert_eq!(names, [COMPARISON, "indicator/burglary-words", ORDER]);
        let rows =
            t.db.credential_rows("select count(*) from suggestion where report_id = $1", &[third.into()]);
        assert_eq!(rows.unwrap()[0].get::<i64>(0).unwrap(), 0);
        let (queue, by_receipt) = items(t, &shelf, &olive);
        assert!(by_receipt.unwrap().starts_with("it was suspended on "));
        assert_eq!(queue.iter().map(|i| i.id).collect::<Vec<_>>(), [first, second, third]);
    });
}

#[test]
fn the_queue_in_order_of_receipt_pages_without_gaps() {
    on_both(|t| {
        let shelf = burglary(t);
        let olive = officer(t);
        let sent: Vec<Id> = (0..60).map(|n| send(t, &json!({ "occupant hurt": n % 3 == 0 }))).collect();
        work(t, &shelf);
        suspend(&t.db, entry(&t.db, ORDER, "1.0.0"));
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let filter = Filter { after: after.clone(), ..Filter::default() };
            let page = t.db.read(&olive, |cx| queue(cx, &shelf, &filter)).unwrap();
            seen.extend(page.items.into_iter().map(|i| i.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, sent);
    });
}

#[test]
fn in_shadow_is_only_what_is_approved_for_the_lab_and_live_only_what_is_approved_for_officers() {
    on_both(|t| {
        let shelf = burglary(t);
        let olive = officer(t);
        let person =
            |id: [u8; 16], role: &str| Actor::staff(Id::from_bytes(id), vec![role.into()], "governance");
        let (lead, chief) = (person(LEAD, "risk-lead"), person(CHIEF, "accountable-officer"));
        let text = data("definitions/domestic-abuse/1.0.0.md");
        let known = Arc::clone(&shelf);
        t.db.write(&lead, move |cx| {
            write(cx, &known, &text)?;
            to_shadow(cx, &known, "domestic-abuse", "1.0.0", "To try it.")
        })
        .unwrap();
        let seen = |t: &TestDb| {
            let id = send(t, &json!({ "occupant hurt": true }));
            work(t, &shelf);
            (id, graded(t, &shelf, &olive, id))
        };
        // In shadow by its life, and by nobody's approval: it does not look.
        let (id, found) = seen(t);
        assert_eq!(found, [("burglary".into(), Status::Live)]);
        let view = look(t, &shelf, &olive, id);
        assert!(view.withheld.is_empty(), "that is nothing to officers, who would not have been shown it");
        let run = view.look.unwrap().run;
        assert_eq!((run.withheld.len(), run.withheld[0].shadow, run.withheld[0].in_force), (1, false, false));
        let ask = || {
            let shelf = Arc::clone(&shelf);
            t.db.write(&lead, move |cx| ask_live(cx, &shelf, "domestic-abuse", "1.0.0", "Ready.").map(drop))
        };
        let Err(Error::Conflict(why)) = ask() else { panic!("tried on stored reports without a lab") };
        assert!(why.contains("it is only proposed"), "{why}");

        let it = entry(&t.db, "definition/domestic-abuse", "1.0.0");
        approve(&t.db, &[it], State::Lab, 0);
        let (_, found) = seen(t);
        assert_eq!(found, [("burglary".into(), Status::Live), ("domestic-abuse".into(), Status::Shadow)]);
        ask().unwrap();
        let live = || {
            let shelf = Arc::clone(&shelf);
            t.db.write(&chief, move |cx| go_live(cx, &shelf, "domestic-abuse", "1.0.0", "Agreed."))
        };
        let Err(Error::Conflict(why)) = live() else { panic!("live without an approval") };
        assert!(why.contains("it is approved for the lab, and not for operation"), "{why}");
        // Nor does a status in the database help: the register is asked at each look.
        set(t, "update definition_version set status = 'live' where definition = 'domestic-abuse'");
        let (_, found) = seen(t);
        assert!(found.contains(&("domestic-abuse".into(), Status::Shadow)), "{found:?}");
    });
}

#[test]
fn a_pilot_is_counted_with_the_look_and_ends_with_its_last_use() {
    on_both(|t| {
        let shelf = burglary(t);
        let olive = officer(t);
        set(t, "update algorithm set state = 'pilot', volume = 2, used = 0 where name = 'burglary'");
        let sent: Vec<Id> = (0..3).map(|_| send(t, &json!({ "occupant hurt": true }))).collect();
        for _ in 0..3 {
            work(t, &shelf);
        }
        let floors: Vec<_> = sent.iter().map(|id| look(t, &shelf, &olive, *id).item.floor).collect();
        let high = Some("HIGH".to_owned());
        assert_eq!(floors, [high.clone(), high, None]);
        let used = t.db.credential_rows("select used from algorithm where name = 'burglary'", &[]).unwrap();
        assert_eq!(used[0].get::<i64>(0).unwrap(), 2);
        let view = look(t, &shelf, &olive, sent[2]);
        assert!(
            view.withheld.iter().any(|l| l.contains("its pilot has reached its 2 uses")),
            "{:?}",
            view.withheld
        );
        // What was proposed with the last use is a proposal still.
        assert!(look(t, &shelf, &olive, sent[1]).assessment().is_some());
        // In another unit it is not asked.
        set(t, "update algorithm set units = 'north', volume = 100 where name = 'burglary'");
        let here = Arc::new(Shelf::default().in_unit("south"));
        let id = send(t, &json!({ "occupant hurt": true }));
        work(t, &here);
        let view = look(t, &here, &olive, id);
        assert!(view.withheld.iter().any(|l| l.contains("it is approved for other units than this")));
    });
}

#[test]
fn decisions_are_counted_by_the_version_that_led() {
    on_both(|t| {
        let shelf = burglary(t);
        let olive = officer(t);
        for grade in ["HIGH", "HIGH", "MEDIUM"] {
            let id = send(
                t,
                &json!({ "suspect on scene": false, "occupant hurt": false, "occupant present": true }),
            );
            work(t, &shelf);
            let view = look(t, &shelf, &olive, id);
            let mut given = choice(view.item.version, "open-case", grade);
            let actions = &view.assessment().unwrap().actions;
            let musts = actions.iter().enumerate().filter(|(_, a)| a.must);
            given.actions = musts.map(|(place, _)| accept("burglary", place)).collect();
            decided(t, &shelf, &olive, id, &given).unwrap();
        }
        let all =
            t.db.read(&olive, |cx| {
                cx.allow(action::REPORT_LIST, None)?;
                cx.record(Verb::Consult, "test", None, json!({}))?;
                led(cx)
            })
            .unwrap();
        let l = all[&("burglary".to_owned(), "1.0.0".to_owned())];
        assert_eq!((l.decided, l.agreed, l.above, l.below), (3, 1, 2, 0));
    });
}
