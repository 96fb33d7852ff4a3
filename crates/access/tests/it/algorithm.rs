//! The gate: every state, use, time, unit and count; and the order in which states can follow.

use bluelamp_access::algorithm::{
    self, CHANGED, Change, Entry, LONGEST_PILOT, Permission, Refusal, Running, State, Use, count_uses,
    permits,
};
use bluelamp_model::{
    Error, Id, Result,
    authority::{Actor, Verb, action},
};
use bluelamp_testkit::{TestDb, on_both};
use serde_json::json;

const DAY: i64 = 86_400;

fn running(name: &str, digest: &str) -> Running {
    Running {
        kind: "forecast".into(),
        name: name.into(),
        version: "1.0.0".into(),
        digest: digest.into(),
        title: "A forecast".into(),
        purpose: "For a test.".into(),
        owner: "role: Lead".into(),
        accountable: "role: Chief".into(),
    }
}

fn chief(t: &TestDb) -> Actor {
    let id = Id::from_bytes([7; 16]);
    t.db.write(&Actor::system(), move |cx| {
        cx.allow(action::ACCOUNT_MANAGE, None)?;
        cx.record(Verb::Administer, "account", Some(id), json!({}))?;
        let now = cx.now();
        cx.exec(
            "insert into account (id, username, name, roles, created_at) values ($1, 'chief', 'Chief', '', $2)
             on conflict (id) do nothing",
            &[id.into(), now.into()],
        )
    })
    .unwrap();
    Actor::staff(id, vec!["accountable-officer".into()], "governance")
}

fn register(t: &TestDb, all: &[Running]) -> Result<u64> {
    let all = all.to_vec();
    t.db.write(&Actor::system(), move |cx| algorithm::register(cx, &all))
}

fn all(t: &TestDb) -> Vec<Entry> {
    t.db.read(&Actor::public(), algorithm::published).unwrap()
}

fn to(state: State, days: i64, t: &TestDb) -> Change {
    Change {
        to: state,
        until: (days > 0).then(|| t.db.now().plus_seconds(days * DAY)),
        units: if state.operates() { vec!["north".into()] } else { Vec::new() },
        volume: (state == State::Pilot).then_some(2),
        reasons: "For the test.".into(),
        published: String::new(),
    }
}

fn change(t: &TestDb, id: Id, wanted: &Change) -> Result<Entry> {
    let (who, wanted) = (chief(t), wanted.clone());
    t.db.write(&who, move |cx| algorithm::change(cx, id, &wanted))
}

fn may(t: &TestDb, digest: &str, as_what: Use, unit: &str) -> Result<Permission, Refusal> {
    let (digest, unit) = (digest.to_owned(), unit.to_owned());
    t.db.read(&Actor::system(), move |cx| {
        cx.allow(action::REPORT_ASSESS, None)?;
        cx.record(Verb::Consult, "permits", None, json!({}))?;
        let now = cx.now();
        Ok(permits(cx)?.may("forecast/one", &digest, as_what, &unit, now))
    })
    .unwrap()
}

/// The way to a state, step by step.
fn way(state: State) -> &'static [State] {
    use State::{Assessed, Lab, LabReported, Operational, Pilot, Proposed, Retired, Suspended};
    match state {
        Proposed => &[],
        Assessed => &[Assessed],
        Lab => &[Assessed, Lab],
        LabReported => &[Assessed, Lab, LabReported],
        Pilot => &[Assessed, Lab, LabReported, Pilot],
        Operational => &[Assessed, Lab, LabReported, Pilot, Operational],
        Suspended => &[Assessed, Lab, LabReported, Pilot, Operational, Suspended],
        Retired => &[Assessed, Lab, LabReported, Pilot, Operational, Retired],
    }
}

#[test]
fn what_each_state_allows_by_use_time_and_unit() {
    on_both(|t| {
        // A version for each state.
        for state in State::ALL {
            register(t, &[running("one", state.code())]).unwrap();
            let id = all(t).into_iter().find(|e| e.what.digest == state.code()).unwrap().id;
            for step in way(state) {
                change(t, id, &to(*step, 30, t)).unwrap();
            }
        }
        let looks = |state: State| (state >= State::Lab) && (state <= State::Operational);
        for (passed, over) in [(0, false), (31 * DAY, true)] {
            t.pass_seconds(passed);
            for state in State::ALL {
                for as_what in [Use::Lab, Use::Shadow, Use::Operation] {
                    for unit in ["north", "south", ""] {
                        let found = may(t, state.code(), as_what, unit);
                        let expected = match as_what {
                            Use::Lab | Use::Shadow => looks(state),
                            Use::Operation => state.operates() && !over && unit == "north",
                        };
                        assert_eq!(
                            found.is_ok(),
                            expected,
                            "{state:?} {as_what:?} {unit:?} over: {over}: {found:?}"
                        );
                        if let Ok(permission) = found {
                            let counts = as_what == Use::Operation && state == State::Pilot;
                            assert_eq!(permission.counts, counts, "{state:?} {as_what:?}");
                        }
                    }
                }
            }
        }
        // Why it may not, in the order in which it matters.
        let why = |state: State, unit| may(t, state.code(), Use::Operation, unit).unwrap_err().to_string();
        assert!(why(State::Operational, "north").starts_with("its approval for operation ended on "));
        assert!(why(State::Pilot, "north").starts_with("its pilot ended on "));
        assert!(why(State::Suspended, "north").starts_with("it was suspended on "));
        assert_eq!(why(State::LabReported, "north"), "it is approved for the lab, and not for operation");
        assert_eq!(may(t, "another digest", Use::Lab, "north"), Err(Refusal::Unknown), "default deny");
        assert_eq!(may(t, "retired", Use::Lab, "north"), Err(Refusal::Unknown));
    });
}

#[test]
fn a_pilot_is_used_as_often_as_it_may_and_no_more() {
    on_both(|t| {
        register(t, &[running("one", "aa")]).unwrap();
        let id = all(t)[0].id;
        for step in way(State::Pilot) {
            change(t, id, &to(*step, 30, t)).unwrap();
        }
        let use_it = || {
            t.db.write(&Actor::system(), move |cx| {
                cx.allow(action::REPORT_ASSESS, None)?;
                cx.record(Verb::Propose, "test", None, json!({}))?;
                let now = cx.now();
                let Ok(permission) = permits(cx)?.may("forecast/one", "aa", Use::Operation, "north", now)
                else {
                    return Ok(None);
                };
                count_uses(cx, &[permission]).map(Some)
            })
            .unwrap()
        };
        assert_eq!((use_it(), use_it(), use_it()), (Some(true), Some(true), None));
        assert_eq!(may(t, "aa", Use::Operation, "north"), Err(Refusal::Volume(2)));
        assert!(may(t, "aa", Use::Shadow, "north").is_ok(), "it may go on beside the work");
        assert_eq!(all(t)[0].used, 2);
        // A use that somebody else has just taken is not counted twice.
        let last = Permission { id, counts: true };
        let counted = t.db.write(&Actor::system(), move |cx| {
            cx.allow(action::REPORT_ASSESS, None)?;
            cx.record(Verb::Propose, "test", None, json!({}))?;
            count_uses(cx, &[last])
        });
        assert!(!counted.unwrap());
        // A renewed pilot counts from nothing.
        change(t, id, &to(State::Pilot, 30, t)).unwrap();
        assert_eq!(all(t)[0].used, 0);
    });
}

#[test]
fn only_a_named_person_takes_a_step_and_only_to_a_state_that_can_follow() {
    on_both(|t| {
        register(t, &[running("one", "aa")]).unwrap();
        let id = all(t)[0].id;
        let machine = {
            let wanted = to(State::Assessed, 0, t);
            t.db.write(&Actor::system(), move |cx| algorithm::change(cx, id, &wanted))
        };
        assert!(matches!(machine, Err(Error::Forbidden { .. })), "{machine:?}");
        for state in State::ALL {
            let way = way(state);
            register(t, &[running("one", state.code())]).unwrap();
            let id = all(t).into_iter().find(|e| e.what.digest == state.code()).unwrap().id;
            for step in way {
                change(t, id, &to(*step, 30, t)).unwrap();
            }
            for next in State::ALL.into_iter().filter(|n| !state.next().contains(n)) {
                let refused = change(t, id, &to(next, 30, t));
                assert!(matches!(refused, Err(Error::Conflict(_))), "{state:?} to {next:?}: {refused:?}");
            }
        }
    });
}

#[test]
fn the_terms_of_a_use_are_whole() {
    on_both(|t| {
        register(t, &[running("one", "aa")]).unwrap();
        let id = all(t)[0].id;
        for step in way(State::LabReported) {
            change(t, id, &to(*step, 0, t)).unwrap();
        }
        let good = to(State::Pilot, 30, t);
        let wrong = |changed: &Change| match change(t, id, changed) {
            Err(Error::Invalid(faults)) => {
                faults.into_iter().map(|f| format!("{} {}", f.field, f.code)).collect::<Vec<_>>().join(", ")
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(wrong(&Change { reasons: "  ".into(), ..good.clone() }), "reasons required");
        assert_eq!(wrong(&Change { until: None, ..good.clone() }), "until required");
        assert_eq!(wrong(&Change { until: Some(t.db.now().plus_seconds(-1)), ..good.clone() }), "until past");
        let far = Some(t.db.now().plus_seconds((LONGEST_PILOT + 1) * DAY));
        assert_eq!(wrong(&Change { until: far, ..good.clone() }), "until too-long");
        assert_eq!(wrong(&Change { volume: None, ..good.clone() }), "volume required");
        assert_eq!(wrong(&Change { volume: Some(0), ..good.clone() }), "volume required");
        assert_eq!(wrong(&Change { units: vec!["a\nb".into()], ..good.clone() }), "units wrong");
        change(t, id, &good).unwrap();
        // The rooms are told when it begins, and when its time is over.
        let kinds = || t.db.claim_jobs(10, 1).unwrap().into_iter().map(|j| j.kind).collect::<Vec<_>>();
        t.pass_seconds(2);
        assert_eq!(kinds(), [CHANGED]);
        t.pass_seconds(30 * DAY);
        assert!(kinds().contains(&CHANGED.to_owned()));
    });
}

#[test]
fn what_runs_is_registered_once_and_keeps_what_people_made_of_it() {
    on_both(|t| {
        assert_eq!(register(t, &[running("one", "aa"), running("two", "bb")]).unwrap(), 2);
        let id = all(t)[0].id;
        change(t, id, &to(State::Assessed, 0, t)).unwrap();
        // Another text is another algorithm; what does not run any more stays in the register.
        assert_eq!(register(t, &[running("one", "cc"), running("two", "bb")]).unwrap(), 1);
        let found: Vec<_> =
            all(t).into_iter().map(|e| (e.what.name, e.what.digest, e.running, e.state)).collect();
        let text = |s: &str| s.to_owned();
        assert_eq!(
            found,
            [
                (text("one"), text("cc"), true, State::Proposed),
                (text("one"), text("aa"), false, State::Assessed),
                (text("two"), text("bb"), true, State::Proposed),
            ]
        );
        assert!(matches!(register(t, &[running("One Two", "aa")]), Err(Error::Invalid(_))));
    });
}

#[test]
fn what_is_about_work_is_asked_until_somebody_stops_it_and_says_that_it_is_not_approved() {
    on_both(|t| {
        let ask = |t: &TestDb, digest: &'static str| {
            let now = t.db.now();
            t.db.read(&Actor::system(), move |cx| {
                cx.allow(action::ALGORITHM_READ, None)?;
                cx.record(Verb::Consult, "algorithms", None, json!({}))?;
                Ok(permits(cx)?.of_work("forecast/one", digest, now))
            })
            .unwrap()
        };
        assert_eq!(ask(t, "aa"), Ok(Some(Refusal::Unknown)));
        register(t, &[running("one", "aa")]).unwrap();
        let id = all(t)[0].id;
        assert_eq!(ask(t, "aa"), Ok(Some(Refusal::State(State::Proposed))));
        for state in [State::Assessed, State::Lab, State::LabReported] {
            change(t, id, &to(state, 0, t)).unwrap();
            assert_eq!(ask(t, "aa"), Ok(Some(Refusal::State(state))));
        }
        change(t, id, &to(State::Pilot, 30, t)).unwrap();
        assert_eq!(ask(t, "aa"), Ok(None));
        t.pass_seconds(31 * DAY);
        assert!(matches!(ask(t, "aa"), Ok(Some(Refusal::Ended(State::Pilot, _)))));
        change(t, id, &to(State::Suspended, 0, t)).unwrap();
        assert!(matches!(ask(t, "aa"), Err(Refusal::Suspended(_))));
        change(t, id, &to(State::Retired, 0, t)).unwrap();
        assert_eq!(ask(t, "aa"), Err(Refusal::State(State::Retired)));
        // Another digest is another algorithm, which nobody stopped.
        assert_eq!(ask(t, "bb"), Ok(Some(Refusal::Unknown)));
    });
}
