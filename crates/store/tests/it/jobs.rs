//! Jobs: enqueued with the change, leased, retried, never lost and never done twice.

use bluelamp_model::{
    Error,
    authority::{Actor, Verb, action},
};
use bluelamp_testkit::{TestDb, on_both};
use serde_json::json;

fn enqueue(t: &TestDb, key: &'static str, fail: bool) -> bluelamp_model::Result<()> {
    t.db.write(&Actor::public(), move |cx| {
        cx.allow(action::REPORT_SUBMIT, None)?;
        cx.enqueue("assess", key, &json!({"report": key}))?;
        cx.record(Verb::Collect, "report", None, json!({}))?;
        if fail { Err(Error::Conflict("after all not".into())) } else { Ok(()) }
    })
}

#[test]
fn a_job_exists_exactly_when_its_transaction_was_committed() {
    on_both(|t| {
        enqueue(t, "kept", false).unwrap();
        enqueue(t, "lost", true).unwrap_err();
        let jobs = t.db.claim_jobs(10, 60).unwrap();
        assert_eq!(jobs.len(), 1);
        assert_eq!(
            (jobs[0].kind.as_str(), jobs[0].key.as_str(), jobs[0].tries),
            ("assess", "assess:kept", 1)
        );
        assert_eq!(jobs[0].data, r#"{"report":"kept"}"#);
    });
}

#[test]
fn the_same_key_waits_only_once() {
    on_both(|t| {
        enqueue(t, "one", false).unwrap();
        enqueue(t, "one", false).unwrap();
        assert_eq!(t.db.job_counts().unwrap(), (1, 0));
    });
}

#[test]
fn a_claimed_job_is_hidden_until_its_lease_ends_and_the_late_finisher_is_refused() {
    on_both(|t| {
        enqueue(t, "slow", false).unwrap();
        let first = t.db.claim_jobs(10, 60).unwrap().remove(0);
        assert!(t.db.claim_jobs(10, 60).unwrap().is_empty());
        t.pass_seconds(61); // the first worker was killed
        let second = t.db.claim_jobs(10, 60).unwrap().remove(0);
        assert_eq!(second.tries, 2);
        let finish = |job: bluelamp_store::Job| {
            t.db.write(&Actor::system(), move |cx| {
                cx.allow(action::REPORT_ASSESS, None)?;
                cx.record(Verb::Propose, "report", None, json!({}))?;
                cx.finish_job(&job)
            })
        };
        assert!(matches!(finish(first), Err(Error::Stale(_))));
        finish(second).unwrap();
        assert_eq!(t.db.job_counts().unwrap(), (0, 0));
    });
}

#[test]
fn a_failing_job_waits_longer_each_time_and_is_set_aside_in_the_end() {
    on_both(|t| {
        enqueue(t, "bad", false).unwrap();
        for n in 1..=8 {
            let job = t.db.claim_jobs(1, 60).unwrap().remove(0);
            assert_eq!(job.tries, n);
            t.db.fail_job(&job, "no luck").unwrap();
            assert!(t.db.claim_jobs(1, 60).unwrap().is_empty(), "not at once");
            t.pass_seconds((1 << n) + 1);
        }
        assert_eq!(t.db.job_counts().unwrap(), (0, 1));
        assert!(t.db.claim_jobs(1, 60).unwrap().is_empty());
    });
}

#[test]
fn what_was_given_up_is_tried_anew_when_it_is_asked_for_again() {
    on_both(|t| {
        enqueue(t, "bad", false).unwrap();
        for n in 1..=8 {
            let job = t.db.claim_jobs(1, 60).unwrap().remove(0);
            t.db.fail_job(&job, "no luck").unwrap();
            t.pass_seconds((1 << n) + 1);
        }
        assert_eq!(t.db.job_counts().unwrap(), (0, 1));
        enqueue(t, "bad", false).unwrap();
        assert_eq!(t.db.job_counts().unwrap(), (1, 0));
        assert_eq!(t.db.claim_jobs(1, 60).unwrap()[0].tries, 1);
    });
}

#[test]
fn two_workers_never_hold_the_same_job() {
    on_both(|t| {
        for key in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            enqueue(t, key, false).unwrap();
        }
        let other = t.open_again();
        let (mut mine, theirs) = std::thread::scope(|s| {
            let theirs =
                s.spawn(|| (0..4).flat_map(|_| other.claim_jobs(2, 60).unwrap()).collect::<Vec<_>>());
            let mine: Vec<_> = (0..4).flat_map(|_| t.db.claim_jobs(2, 60).unwrap()).collect();
            (mine, theirs.join().unwrap())
        });
        mine.extend(theirs);
        let mut keys: Vec<_> = mine.iter().map(|j| j.key.clone()).collect();
        keys.sort();
        keys.dedup();
        assert_eq!((mine.len(), keys.len()), (8, 8));
    });
}

#[test]
fn a_message_leaves_after_its_commit_and_is_marked() {
    on_both(|t| {
        t.db.write(&Actor::public(), |cx| {
            cx.allow(action::REPORT_SUBMIT, None)?;
            cx.send("email", "sam@example.com", "We have your report", "Thank you.")?;
            cx.record(Verb::Collect, "report", None, json!({}))
        })
        .unwrap();
        let job = t.db.claim_jobs(1, 60).unwrap().remove(0);
        let id = serde_json::from_str(&job.data).unwrap();
        let sent =
            t.db.write(&Actor::system(), move |cx| {
                cx.allow(action::MESSAGE_SEND, None)?;
                let message = cx.unsent(id)?.expect("it waits");
                cx.mark_sent(id)?;
                assert_eq!(cx.unsent(id)?, None);
                cx.record(Verb::Disclose, "message", Some(id), json!({}))?;
                Ok(message)
            })
            .unwrap();
        assert_eq!((sent.channel.as_str(), sent.recipient.as_str()), ("email", "sam@example.com"));
    });
}
