//! Who may not take which step of a decision report by what they did with it before: the page offers what the machine takes.

use crate::people::{People, REFERENCE, WAY, draft, go, redacted, seen, signing, step, step_with};
use bluelamp_model::{Error, Result, authority::Actor};
use bluelamp_steward::decision::{Publication, State, What, publication};
use bluelamp_testkit::{TestDb, on_both};

/// Takes steps of the usual way from one to another, counted from 0.
fn go_on(test: &TestDb, people: &People, from: usize, to: usize) {
    for (what, on, _) in &WAY[from..to] {
        step(test, people.who(*what), people, *what, on).unwrap();
    }
}

fn asks(test: &TestDb, people: &People, who: &Actor, what: What, on: &str) -> Result<State> {
    step_with(test, who, people, |asked| {
        asked.step = what;
        asked.signing = signing(on);
        asked.reasons = "Because of its prices.".into();
    })
}

fn is_shut(outcome: &Result<State>) -> bool {
    matches!(outcome, Err(Error::Forbidden { .. }))
}

#[test]
fn who_settled_what_is_redacted_does_not_sign_that_the_redaction_was_carried_out() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &Publication { passages: Vec::new(), ..redacted() });
        let version = seen(&test.db, &people, REFERENCE).version;
        publication(&test.db, &people.treasurer, REFERENCE, version, &redacted()).unwrap();
        go(test, &people, 6);
        let by = |who: &Actor, what: What| asks(test, &people, who, what, "2021-06-29");
        assert!(is_shut(&by(&people.treasurer, What::SignRedactionTreasurer)));
        assert_eq!(by(&people.executive, What::SignRedactionExecutive).unwrap(), State::RedactionSignedOff);
    });
}

#[test]
fn who_signed_at_any_time_does_not_decide_also_where_the_signature_counts_no_more() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, 4);
        // The Chief Executive signs, it is taken back, and the deputy signs instead.
        let take = |who: &Actor, what: What, on: &str| asks(test, &people, who, what, on);
        take(&people.author, What::Reopen, "2021-06-26").unwrap();
        take(&people.deputy, What::SignExecutive, "2021-06-27").unwrap();
        take(&people.treasurer, What::SignTreasurer, "2021-06-28").unwrap();
        take(&people.author, What::RequireRedaction, "2021-06-28").unwrap();
        // Who checked the figures for the force does not sign for those who oversee it, and the redaction neither.
        assert!(is_shut(&take(&people.finance, What::SignRedactionTreasurer, "2021-06-29")));
        take(&people.officer, What::SignRedactionTreasurer, "2021-06-29").unwrap();
        take(&people.author, What::PutForward, "2021-06-29").unwrap();
        for (who, deed) in [
            (&people.executive, "signed it once"),
            (&people.deputy, "signed it"),
            (&people.officer, "signed its redaction"),
        ] {
            assert!(is_shut(&take(who, What::Agree, "2021-07-02")), "{deed}");
        }
        assert_eq!(take(&people.commissioner, What::Agree, "2021-07-02").unwrap(), State::Agreed);
    });
}

#[test]
fn the_page_offers_each_person_exactly_what_the_machine_does_not_shut_to_them() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());

        for n in 0..WAY.len() {
            let view = seen(&test.db, &people, REFERENCE);
            for who in people.deciding().into_iter().chain([&people.officer]) {
                let offered = view.open_to(who.id.unwrap());
                for what in view.next.iter().filter(|what| !offered.contains(what)) {
                    assert!(
                        is_shut(&asks(test, &people, who, *what, "2021-07-06")),
                        "{what:?} by {who} after {n}"
                    );
                }
                // What is offered is refused for other reasons only; here for a day before the report.
                for what in offered {
                    assert!(
                        !is_shut(&asks(test, &people, who, what, "2020-01-01")),
                        "{what:?} by {who} after {n}"
                    );
                }
            }
            go_on(test, &people, n, n + 1);
        }
    });
}
