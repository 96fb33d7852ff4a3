//! The rule of the house: nothing changes, and nothing is read, without permission and an entry.

use bluelamp_model::{
    Error, Id,
    authority::{Actor, Ask, Verb, Verdict, action},
};
use bluelamp_store::Db;
use bluelamp_testkit::{on_both, on_both_with};
use serde_json::json;
use std::sync::Arc;

fn entries(db: &Db) -> Vec<(String, String)> {
    db.credential_rows("select verb, action from audit order by id", &[])
        .unwrap()
        .iter()
        .map(|r| (r.get(0).unwrap(), r.get(1).unwrap()))
        .collect()
}

fn counters(db: &Db) -> u64 {
    db.credential_rows("select count(*) from ledger_tile", &[]).unwrap()[0].get(0).unwrap()
}

fn add(cx: &mut bluelamp_store::Cx<'_>, series: &str) -> bluelamp_model::Result<()> {
    // Any table with a key will do; this one takes a number.
    let position = series.bytes().fold(0_i64, |n, b| n * 256 + i64::from(b));
    cx.exec(
        "insert into ledger_tile (level, position, hashes) values (99, $1, $2)",
        &[position.into(), vec![0_u8].into()],
    )
    .map(drop)
}

#[test]
fn a_change_that_was_allowed_and_recorded_is_committed_with_its_entry() {
    on_both(|t| {
        t.db.write(&Actor::public(), |cx| {
            cx.allow(action::REPORT_SUBMIT, None)?;
            add(cx, "a")?;
            cx.record(Verb::Collect, "counter", None, json!({"n": 1}))
        })
        .unwrap();
        assert_eq!(counters(&t.db), 1);
        assert_eq!(entries(&t.db), [("collect".into(), "report.submit".into())]);
    });
}

#[test]
fn a_change_without_permission_is_not_committed() {
    on_both(|t| {
        let refused = t.db.write(&Actor::public(), |cx| add(cx, "a"));
        assert!(matches!(refused, Err(Error::Bug(m)) if m.contains("policy was never asked")));
        assert_eq!(counters(&t.db), 0);
    });
}

#[test]
fn a_change_without_an_entry_is_not_committed() {
    on_both(|t| {
        let refused = t.db.write(&Actor::public(), |cx| {
            cx.allow(action::REPORT_SUBMIT, None)?;
            add(cx, "a")
        });
        assert!(matches!(refused, Err(Error::Bug(m)) if m.contains("no audit entry")));
        assert_eq!(counters(&t.db), 0);
    });
}

#[test]
fn a_read_without_permission_or_entry_gives_nothing() {
    on_both(|t| {
        let count =
            |cx: &mut bluelamp_store::Cx<'_>| cx.rows("select count(*) from audit", &[]).map(|r| r.len());
        assert!(matches!(t.db.read(&Actor::system(), count), Err(Error::Bug(_))));
        let silent = t.db.read(&Actor::system(), |cx| {
            cx.allow(action::LOG_VIEW, None)?;
            count(cx)
        });
        assert!(matches!(silent, Err(Error::Bug(_))));
        let logged = t.db.read(&Actor::system(), |cx| {
            cx.allow(action::LOG_VIEW, None)?;
            cx.record(Verb::Consult, "audit", None, json!({}))?;
            count(cx)
        });
        assert_eq!(logged.unwrap(), 1);
        assert_eq!(entries(&t.db), [("consult".into(), "log.view".into())]);
    });
}

#[test]
fn a_refusal_changes_nothing_and_is_itself_logged() {
    let policy: Arc<bluelamp_store::Policy> = Arc::new(|_: &Actor, ask: &Ask| Verdict {
        allowed: ask.action == action::REPORT_SUBMIT,
        rule: "only-submit".into(),
    });
    on_both_with(&policy, |t| {
        let object = Id::from_bytes([1; 16]);
        let refused = t.db.write(&Actor::public(), move |cx| {
            cx.allow(action::REPORT_SUBMIT, None)?;
            add(cx, "a")?;
            cx.record(Verb::Collect, "counter", None, json!({}))?;
            cx.allow(action::CASE_EXPORT, Some(object))
        });
        assert!(matches!(refused, Err(Error::Forbidden { reason }) if reason.contains("case.export")));
        assert_eq!(counters(&t.db), 0);
        let read = t.db.read(&Actor::public(), move |cx| cx.allow(action::CASE_VIEW, Some(object)));
        assert!(matches!(read, Err(Error::Forbidden { .. })));
        // In one millisecond the entries of a reader and of the writer have no order.
        let mut entries = entries(&t.db);
        entries.sort();
        assert_eq!(entries, [("refuse".into(), "case.export".into()), ("refuse".into(), "case.view".into())]);
    });
}

#[test]
fn one_caller_s_failure_or_panic_leaves_its_neighbours_in_the_same_commit_alone() {
    on_both(|t| {
        let (tx, rx) = std::sync::mpsc::channel();
        for n in 0..60 {
            let tx = tx.clone();
            t.db.write_then(
                &Actor::public(),
                move |cx| {
                    cx.allow(action::REPORT_SUBMIT, None)?;
                    // Every third clashes with the first, every tenth panics.
                    add(cx, &if n % 3 == 0 { "same".to_owned() } else { n.to_string() })?;
                    assert!(n % 10 != 7, "a defect in one closure");
                    cx.record(Verb::Collect, "counter", None, json!({"n": n}))
                },
                move |outcome| tx.send((n, outcome)).unwrap(),
            );
        }
        drop(tx);
        let mut clashes = 0;
        for (n, outcome) in rx {
            match outcome {
                Ok(()) => assert!(n % 10 != 7),
                Err(Error::Conflict(_)) => clashes += 1,
                Err(Error::Bug(m)) => assert!(n % 10 == 7 && m.contains("panicked"), "{n}: {m}"),
                Err(e) => panic!("{n}: {e}"),
            }
        }
        // 20 wanted "same": of 0, 3, …, 57 the panicking 27 and 57 clash first if another came before them.
        assert!((17..=19).contains(&clashes), "{clashes}");
        // 40 others less the panicking 7, 17, 37, 47, and one "same".
        assert_eq!(counters(&t.db), 37);
        assert_eq!(entries(&t.db).len(), 37);
    });
}

#[test]
fn an_entry_says_who_why_what_and_by_which_rule() {
    on_both(|t| {
        let id = Id::from_bytes([9; 16]);
        let actor =
            Actor { request: Some("req-1".into()), ..Actor::staff(id, vec!["auditor".into()], "oversight") };
        t.db.read(&actor, move |cx| {
            cx.allow(action::LOG_VIEW, Some(id))?;
            cx.record(Verb::Consult, "audit", Some(id), json!({"results": 0}))
        })
        .unwrap();
        let text: String = t.db.credential_rows("select event from audit", &[]).unwrap()[0].get(0).unwrap();
        let event: bluelamp_store::Event = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (event.verb, event.action.as_str(), event.purpose.as_str()),
            (Verb::Consult, "log.view", "oversight")
        );
        assert_eq!(
            (event.actor, event.object, event.request.as_deref()),
            (Some(id), Some(id), Some("req-1"))
        );
        assert_eq!((event.rule.as_str(), event.v), ("test", 1));
        // The event's keys are in order, so that its bytes are the same whoever writes it.
        let mut keys: Vec<_> =
            serde_json::from_str::<serde_json::Map<_, _>>(&text).unwrap().into_iter().map(|k| k.0).collect();
        let written = keys.clone();
        keys.sort();
        assert_eq!(keys, written);
    });
}

#[test]
fn the_entries_of_one_transaction_keep_their_order() {
    on_both(|t| {
        t.db.write(&Actor::public(), |cx| {
            cx.allow(action::REPORT_SUBMIT, None)?;
            (0..300).try_for_each(|n| cx.record(Verb::Collect, "report", None, json!({ "n": n })))
        })
        .unwrap();
        let rows = t.db.credential_rows("select event from audit order by id", &[]).unwrap();
        let order: Vec<_> = rows
            .iter()
            .map(|r| {
                let event: bluelamp_store::Event =
                    serde_json::from_str(&r.get::<String>(0).unwrap()).unwrap();
                assert!(event.id.is_version_7());
                event.detail["n"].as_u64().unwrap()
            })
            .collect();
        assert_eq!(order, (0..300).collect::<Vec<_>>());
    });
}

#[test]
fn a_failed_statement_that_is_passed_over_takes_the_whole_change_with_it() {
    on_both(|t| {
        let outcome = t.db.write(&Actor::public(), |cx| {
            cx.allow(action::REPORT_SUBMIT, None)?;
            add(cx, "a")?;
            cx.record(Verb::Collect, "counter", None, json!({}))?;
            let _ = add(cx, "a"); // clashes
            Ok(())
        });
        assert!(matches!(outcome, Err(Error::Bug(m)) if m.contains("passed over")));
        assert_eq!((counters(&t.db), entries(&t.db).len()), (0, 0));
    });
}

#[test]
fn what_one_engine_cannot_hold_the_other_refuses_too() {
    on_both(|t| {
        let outcome = t.db.write(&Actor::public(), |cx| {
            cx.allow(action::REPORT_SUBMIT, None)?;
            cx.record(Verb::Collect, "message", None, json!({}))?;
            cx.send("email", "sam@example.com", "a NUL \0 in it", "")
        });
        assert!(outcome.is_err());
        // A number where a time belongs is never taken for one.
        let wrong = t.db.credential_rows("select 1 from session where expires_at > $1", &[1.5.into()]);
        assert!(wrong.is_err() || t.engine == bluelamp_store::Engine::Sqlite);
    });
}

#[test]
fn a_panic_over_the_answer_does_not_stop_the_writer() {
    on_both(|t| {
        for _ in 0..8 {
            let write = |cx: &mut bluelamp_store::Cx<'_>| {
                cx.allow(action::REPORT_SUBMIT, None)?;
                cx.record(Verb::Collect, "report", None, json!({}))
            };
            t.db.write_then(&Actor::public(), write, |_| panic!("a defect in what follows"));
            t.db.write(&Actor::public(), write).unwrap();
        }
        assert_eq!(entries(&t.db).len(), 16);
    });
}
