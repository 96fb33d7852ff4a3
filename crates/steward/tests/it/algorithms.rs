//! What ranks and compares work here stands in the register, says that it is not approved, and stops when it is stopped.

use super::entries::office;
use bluelamp_access::algorithm::{self, Change, State};
use bluelamp_model::{
    Error, Id,
    authority::{Actor, Verb, action},
};
use bluelamp_steward::{
    algorithms::{ALIGNMENT, FINDINGS, Notice, ask, running},
    assessment::{Scheme, alignment},
    findings::current,
};
use bluelamp_testkit::{TestDb, on_both};
use serde_json::json;

fn notice(t: &TestDb, which: &'static str) -> bluelamp_model::Result<Notice> {
    t.db.read(&Actor::system(), move |cx| {
        cx.allow(action::STRATEGY_VIEW, None)?;
        cx.record(Verb::Consult, "algorithms", None, json!({}))?;
        ask(cx, which)
    })
}

#[test]
fn what_a_named_person_suspended_is_not_worked_out() {
    on_both(|t| {
        let office = office(t);
        let chief =
            Actor::staff(Id::from_bytes([0xa1; 16]), vec!["accountable-officer".into()], "governance");
        t.db.write(&Actor::system(), |cx| algorithm::register(cx, &running())).unwrap();
        let all = t.db.read(&Actor::public(), algorithm::published).unwrap();
        assert_eq!(all.iter().map(algorithm::Entry::algorithm).collect::<Vec<_>>(), [ALIGNMENT, FINDINGS]);
        assert!(all.iter().all(|e| e.is_of_work() && e.is_asked(t.db.now())));

        let scheme = Scheme { strategy: "s".into(), version: "1".into(), elements: Vec::new() };
        let aligned = || {
            let scheme = scheme.clone();
            t.db.read(&office, move |cx| alignment(cx, &scheme, &[], None, 10).map(drop))
        };
        let found = || t.db.read(&office, |cx| current(cx, None).map(drop));
        for (entry, which) in all.iter().zip([ALIGNMENT, FINDINGS]) {
            let said = notice(t, which).unwrap();
            assert_eq!(said.digest, entry.what.digest);
            assert!(said.sentence().unwrap().contains("it is only proposed"), "{said:?}");
            aligned().unwrap();
            found().unwrap();
        }
        let step = |id: Id, to: State| {
            let change = Change {
                to,
                until: None,
                units: Vec::new(),
                volume: None,
                reasons: "It misleads.".into(),
                published: String::new(),
            };
            t.db.write(&chief, move |cx| algorithm::change(cx, id, &change)).unwrap();
        };
        for state in [State::Assessed, State::Lab, State::Suspended] {
            step(all[0].id, state);
        }
        assert!(matches!(aligned(), Err(Error::Conflict(m)) if m.contains("suspended")));
        assert!(notice(t, ALIGNMENT).is_err());
        found().unwrap();
        step(all[1].id, State::Retired);
        assert!(matches!(found(), Err(Error::Conflict(m)) if m.contains("retired")));
    });
}
