//! The decision report: its order, and each guard of it.

use crate::people::{
    People, REFERENCE, WAY, content, day, draft, go, redacted, seen, signing, step, step_with, write,
};
use bluelamp_model::{Error, Gsc, Result, authority::Actor};
use bluelamp_steward::decision::{
    Asked, Content, Notice, Passage, Place, PublicView, Publication, Said, Section, Signing, State, View,
    What, create, edit, list, notice, public_register, publication, published, published_pdf,
    standing::TABLE, take, view, view_version,
};
use bluelamp_store::Engine;
use bluelamp_testkit::{TestDb, allow_all, on_both, on_both_with};
use proptest::prelude::*;
use std::{io::Read, sync::Arc};

pub(crate) fn refused<T: std::fmt::Debug>(outcome: Result<T>, code: &str) {
    match outcome {
        Err(Error::Invalid(fields)) => {
            assert!(fields.iter().any(|f| f.code == code), "{fields:?} have no '{code}'");
        }
        Err(Error::Forbidden { reason }) => assert!(reason.contains(code), "{reason}"),
        Err(Error::Conflict(what)) => assert!(what.contains(code), "{what}"),
        Err(Error::Stale(_)) => assert_eq!(code, "stale"),
        other => panic!("'{code}' was expected, and came {other:?}"),
    }
}

pub(crate) fn public(test: &TestDb, reference: &'static str) -> Result<PublicView> {
    test.db.read(&Actor::public(), move |cx| published(cx, reference))
}

#[test]
fn the_report_097_21_goes_through_every_state_in_order() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, WAY.len());
        let view = seen(&test.db, &people, REFERENCE);
        assert_eq!(view.state, State::Published);
        let told: Vec<_> = view.events.iter().map(|e| (e.what, e.on.to_string(), e.to)).collect();
        let expected: Vec<_> = WAY.iter().map(|(what, on, to)| (*what, (*on).to_owned(), *to)).collect();
        assert_eq!(told, expected);
        // The day that the paper states, and the time of entry beside it.
        assert!(view.events.iter().all(|e| e.entered_at.day().starts_with("2026-11-22")));
        assert!(view.events.iter().all(|e| !e.name.is_empty() && !e.capacity.is_empty()));
        assert_eq!(view.events[2].by, people.chief.id.unwrap());

        // Another report takes its place.
        let newer = Content {
            classification: Gsc::Official,
            supersedes: Some(REFERENCE.into()),
            carry_over: vec!["The principles".into()],
            ..content()
        };
        write(test, &people.author, move |cx| create(cx, "004-22", &newer)).unwrap();
        let supersede = |by: &str| {
            step_with(test, &people.author, &people, |asked| {
                asked.step = What::Supersede;
                asked.by_reference = by.into();
            })
        };
        refused(supersede("005-22"), "not-its-successor");
        refused(supersede("004-22"), "not-its-successor"); // nobody has agreed to it yet
        let no = Publication {
            for_publication: Some(true),
            redact_sheet: Some(false),
            redact_appendix: Some(false),
            ..Publication::default()
        };
        publication(&test.db, &people.author, "004-22", 1, &no).unwrap();
        let forward = |reference: &str, what: What| {
            let asked = Asked {
                step: what,
                version: seen(&test.db, &people, reference).version,
                signing: signing("2022-02-01"),
                reasons: String::new(),
                by_reference: String::new(),
            };
            take(&test.db, people.who(what), reference, &asked).unwrap();
        };
        for what in [
            What::CheckFinance,
            What::Submit,
            What::Approve,
            What::SignTreasurer,
            What::SignExecutive,
            What::PutForward,
            What::Agree,
        ] {
            forward("004-22", what);
        }
        assert_eq!(supersede("004-22").unwrap(), State::Superseded);
        let PublicView::Report { superseded_by, superseded, .. } = public(test, REFERENCE).unwrap() else {
            panic!()
        };
        // That it stands no longer is told, and not by which report, while that one is not published.
        assert_eq!((superseded_by, superseded), (None, true));
        let listed = |reference: &str| {
            let all = test.db.read(&Actor::public(), public_register).unwrap();
            all.iter().find(|e| e.reference == reference).map(|e| e.superseded)
        };
        assert_eq!((listed(REFERENCE), listed("004-22")), (Some(true), None));
        forward("004-22", What::Publish);
        let PublicView::Report { superseded_by, .. } = public(test, REFERENCE).unwrap() else { panic!() };
        assert_eq!(superseded_by.as_deref(), Some("004-22"));
        assert_eq!((listed(REFERENCE), listed("004-22")), (Some(true), Some(false)));
        assert_eq!(seen(&test.db, &people, REFERENCE).replaced_by, ["004-22"]);
    });
}

#[test]
fn nothing_redacted_comes_out_and_everything_else_does() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, WAY.len());
        let PublicView::Report { report, .. } = public(test, REFERENCE).unwrap() else { panic!() };
        let words = report.words();
        let json = serde_json::to_string(&report).unwrap();
        let mut pdf = Vec::new();
        published_pdf(&test.db, &Actor::public(), REFERENCE).unwrap().read_to_end(&mut pdf).unwrap();
        let holds = |text: &str| bluelamp_steward::decision::burn_in::holds(&pdf, text).unwrap();
        for gone in ["Alpha Borealis", "forty thousand", "supplier alpha"] {
            assert!(!words.contains(gone) && !json.contains(gone) && !holds(gone), "{gone}");
        }
        for kept in [
            "Essex Police Digital Strategy",
            "The strategy of 2015 has run out",
            "Chief Executive and Monitoring",
        ] {
            assert!(json.contains(kept) && holds(kept), "{kept}");
        }
        assert_eq!(report.classification, "OFFICIAL");
        assert!(report.sections[3].said.contains("[redacted]"), "{:?}", report.sections[3]);
        assert_eq!(report.sections[4].said, "None.");
        assert_eq!(report.outcome, "Agreed");
        // Who signed is public; who else had a hand in it is not.
        assert!(report.approvals.iter().any(|a| a.name == "P. Sample"));
        assert!(!json.contains("Finn Sample") && !json.contains("Ada Sample") && !holds("Cora Sample"));
        let listed = test.db.read(&Actor::public(), public_register).unwrap();
        assert_eq!((listed.len(), listed[0].decided_on.as_str()), (1, "2021-07-02"));
    });
}

#[test]
fn every_other_order_is_refused() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        for (done, (next, on, _)) in WAY.iter().enumerate() {
            let state = seen(&test.db, &people, REFERENCE).state;
            let legal: Vec<_> =
                TABLE.iter().filter(|(from, ..)| *from == state).map(|(_, what, _)| *what).collect();
            for what in What::ALL.into_iter().filter(|what| !legal.contains(what)) {
                let outcome = step_with(test, people.who(what), &people, |asked| {
                    asked.step = what;
                    asked.signing = signing(on);
                    asked.reasons = "For a reason.".into();
                });
                assert!(matches!(outcome, Err(Error::Conflict(_))), "{what:?} from {state:?}: {outcome:?}");
                assert_eq!(seen(&test.db, &people, REFERENCE).events.len(), done);
            }
            step(test, people.who(*next), &people, *next, on).unwrap();
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_sequence_of_steps_leaves_the_table(
        tried in proptest::collection::vec((0..What::ALL.len(), 0..6_usize, any::<bool>()), 1..40),
        publish in any::<Option<bool>>(), redact in any::<bool>(),
    ) {
        let test = TestDb::new(Engine::Sqlite, allow_all());
        let people = People::of(&test);
        let what = Publication {
            for_publication: publish,
            reasons: "OFFICIAL-SENSITIVE: prices.".into(),
            ..if redact { redacted() } else { Publication::default() }
        };
        draft(&test, &people, &what);
        let everybody = [&people.author, &people.finance, &people.chief, &people.executive, &people.treasurer, &people.commissioner];
        let mut before = State::Draft;
        for (n, (which, who, fitting)) in tried.into_iter().enumerate() {
            // Half of them are the steps that come next, so that sequences come far.
            let legal = seen(&test.db, &people, REFERENCE).next;
            let step = if fitting && !legal.is_empty() { legal[which % legal.len()] } else { What::ALL[which] };
            let actor = if fitting { people.who(step) } else { everybody[who] };
            let outcome = step_with(&test, actor, &people, |asked| {
                asked.step = step;
                asked.signing = Signing { on: None, ..signing("2021-03-03") };
                asked.reasons = "For a reason.".into();
            });
            let now = seen(&test.db, &people, REFERENCE);
            match outcome {
                Ok(state) => {
                    prop_assert_eq!(state, now.state);
                    prop_assert!(TABLE.contains(&(before, step, state)), "{:?} {:?} {:?}", before, step, state);
                    guarded(&now, &people)?;
                }
                Err(Error::Bug(e)) => prop_assert!(false, "step {}: {}", n, e),
                Err(_) => prop_assert_eq!(before, now.state),
            }
            before = now.state;
        }
    }
}

/// What is true of every report that went any way.
fn guarded(view: &View, people: &People) -> Result<(), TestCaseError> {
    // The last of each: what was signed before the report was taken back does not count.
    let by = |what: What| view.events.iter().rev().find(|e| e.what == what).map(|e| e.by);
    for what in [
        What::CheckFinance,
        What::Approve,
        What::Waive,
        What::SignExecutive,
        What::SignTreasurer,
        What::Agree,
    ] {
        prop_assert_ne!(by(what), people.author.id, "the author took {:?}", what);
    }
    if view.state > State::CogApproved && !matches!(view.state, State::Withdrawn) {
        let (a, b) = (by(What::SignExecutive), by(What::SignTreasurer));
        prop_assert!(a.is_some() && b.is_some() && a != b);
    }
    if view.state == State::Published && view.publication.redacts() {
        prop_assert!(view.events.iter().any(|e| e.to == State::RedactionSignedOff));
    }
    prop_assert!(view.events.windows(2).all(|w| w[0].to == w[1].from));
    Ok(())
}

#[test]
fn the_author_has_no_other_hand_in_a_report() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        let tries = [
            (0, What::CheckFinance),
            (2, What::Approve),
            (2, What::Waive),
            (3, What::SignExecutive),
            (3, What::SignTreasurer),
            (6, What::SignRedactionExecutive),
            (6, What::SignRedactionTreasurer),
            (8, What::Agree),
            (8, What::NotAgree),
        ];
        let mut gone = 0;
        for (after, what) in tries {
            for (next, on, _) in &WAY[gone..after] {
                step(test, people.who(*next), &people, *next, on).unwrap();
            }
            gone = after;
            let outcome = step_with(test, &people.author, &people, |asked| {
                asked.step = what;
                asked.signing = signing("2021-07-02");
                asked.reasons = "Because.".into();
            });
            refused(outcome, "the author");
        }
    });
}

#[test]
fn only_the_author_puts_it_before_the_chief_officer_group() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, 1);
        refused(step(test, &people.finance, &people, What::Submit, "2021-03-05"), "its author");
    });
}

#[test]
fn the_officers_sign_in_any_order_and_one_person_never_for_both() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, 3);
        // The Treasurer first, on a later day than the Chief Executive.
        assert_eq!(
            step(test, &people.treasurer, &people, What::SignTreasurer, "2021-06-28").unwrap(),
            State::CogApproved
        );
        refused(
            step(test, &people.treasurer, &people, What::SignTreasurer, "2021-06-28"),
            "has signed already",
        );
        refused(
            step(test, &people.treasurer, &people, What::SignExecutive, "2021-06-28"),
            "Sign as Treasurer",
        );
        // Not before both: the Commissioner's step is not there at all.
        refused(step(test, &people.commissioner, &people, What::Agree, "2021-07-02"), "is no step");
        let signed = step(test, &people.executive, &people, What::SignExecutive, "2021-06-25").unwrap();
        assert_eq!(signed, State::StatutoryOfficerSignOff);
        // What comes after both is not before the later of the two.
        refused(
            step(test, &people.author, &people, What::RequireRedaction, "2021-06-26"),
            "before-its-predecessor",
        );
    });
}

#[test]
fn a_deputy_signs_where_the_office_has_one_and_that_is_recorded() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, 3);
        let deputy = |who: &Actor, what: What| {
            step_with(test, who, &people, |asked| {
                asked.step = what;
                asked.signing = Signing { deputy: true, ..signing("2021-06-25") };
            })
        };
        deputy(&people.executive, What::SignExecutive).unwrap();
        refused(deputy(&people.treasurer, What::SignTreasurer), "no-deputy");
        let event = seen(&test.db, &people, REFERENCE).events.pop().unwrap();
        assert_eq!(
            (event.capacity.as_str(), event.name.as_str()),
            ("Deputy Monitoring Officer", "P. Sample")
        );
    });
}

#[test]
fn a_signature_has_a_printed_name_and_is_said_to_be_one() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, 3);
        let sign = |signing: Signing| {
            step_with(test, &people.executive, &people, |asked| {
                asked.step = What::SignExecutive;
                asked.signing = signing.clone();
            })
        };
        let Err(Error::Invalid(wrong)) = sign(Signing::default()) else { panic!() };
        assert_eq!(wrong.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["name", "signed"]);
    });
}

#[test]
fn days_come_in_order_and_none_is_in_the_future() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        refused(
            step(test, &people.finance, &people, What::CheckFinance, "2021-03-02"),
            "before-its-predecessor",
        );
        refused(step(test, &people.finance, &people, What::CheckFinance, "2026-11-23"), "future");
        go(test, &people, 3);
        refused(
            step(test, &people.treasurer, &people, What::SignTreasurer, "2021-03-09"),
            "before-its-predecessor",
        );
    });
}

#[test]
fn a_waiver_and_a_refusal_and_a_withdrawal_need_reasons() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, 2);
        refused(step(test, &people.deputy, &people, What::Waive, "2021-03-08"), "required");
        let waived = step_with(test, &people.deputy, &people, |asked| {
            asked.step = What::Waive;
            asked.signing = signing("2021-03-08");
            asked.reasons = "The group met by letter.".into();
        });
        assert_eq!(waived.unwrap(), State::CogApproved);
        let event = seen(&test.db, &people, REFERENCE).events.pop().unwrap();
        assert_eq!(
            (event.capacity.as_str(), event.reasons.as_str()),
            ("Deputy Chief Constable", "The group met by letter.")
        );
        refused(step(test, &people.author, &people, What::Withdraw, "2021-03-08"), "required");
        for (what, on, _) in &WAY[3..8] {
            step(test, people.who(*what), &people, *what, on).unwrap();
        }
        refused(step(test, &people.commissioner, &people, What::NotAgree, "2021-07-02"), "required");
    });
}

#[test]
fn who_signed_as_an_officer_does_not_decide() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, 8);
        refused(step(test, &people.treasurer, &people, What::Agree, "2021-07-02"), "cannot decide on it");
    });
}

#[test]
fn nothing_is_published_while_its_redaction_is_not_signed() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, 5);
        // It cannot go past the redaction either.
        refused(step(test, &people.author, &people, What::PutForward, "2021-06-28"), "redacted first");
        go_on(test, &people, 5, 6);
        refused(step(test, &people.author, &people, What::Publish, "2021-06-28"), "is no step");
        refused(step(test, &people.author, &people, What::PutForward, "2021-06-28"), "is no step");
        assert!(public(test, REFERENCE).is_err());
    });
}

pub(crate) fn reopen(test: &TestDb, people: &People, on: &str) -> Result<State> {
    step_with(test, &people.author, people, |asked| {
        asked.step = What::Reopen;
        asked.signing = signing(on);
        asked.reasons = "What is published changes.".into();
    })
}

fn go_on(test: &TestDb, people: &People, from: usize, to: usize) {
    for (what, on, _) in &WAY[from..to] {
        step(test, people.who(*what), people, *what, on).unwrap();
    }
}

#[test]
fn passages_can_be_added_while_it_is_redacted_and_none_taken_back() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, 6);
        let version = seen(&test.db, &people, REFERENCE).version;
        let change = |given: Publication| publication(&test.db, &people.author, REFERENCE, version, &given);
        refused(change(Publication { passages: Vec::new(), ..redacted() }), "can be added");
        refused(change(Publication { for_publication: Some(false), ..redacted() }), "can be added");
        let mut more = redacted();
        more.passages.push(Passage { place: Place::Sheet, quote: "words that are nowhere".into() });
        refused(change(more.clone()), "not-there");
        more.passages[1].quote = "Whole force".into();
        change(more).unwrap();
        go_on(test, &people, 6, 10);
        let PublicView::Report { report, .. } = public(test, REFERENCE).unwrap() else { panic!() };
        assert!(!report.words().contains("Whole force"));
        // Now it is settled.
        refused(publication(&test.db, &people.author, REFERENCE, 99, &redacted()), "was settled");
    });
}

#[test]
fn a_report_marked_higher_is_redacted_or_not_published() {
    on_both(|test| {
        let people = People::of(test);
        let open = Publication {
            for_publication: Some(true),
            redact_sheet: Some(false),
            redact_appendix: Some(false),
            ..Publication::default()
        };
        draft(test, &people, &open);
        go(test, &people, 3);
        // Before anybody signs: what they sign is settled.
        for (who, what) in
            [(&people.executive, What::SignExecutive), (&people.treasurer, What::SignTreasurer)]
        {
            refused(step(test, who, &people, what, "2021-06-28"), "marked-higher");
        }
    });
}

#[test]
fn what_is_not_published_has_reasons_that_cite_the_marking_and_a_notice_where_the_executive_chose() {
    on_both(|test| {
        let people = People::of(test);
        let no = |reasons: &str| Publication {
            for_publication: Some(false),
            reasons: reasons.into(),
            ..Publication::default()
        };
        draft(test, &people, &no(""));
        go(test, &people, 3);
        let sign = || step(test, &people.treasurer, &people, What::SignTreasurer, "2021-06-28");
        let settle = |reasons: &str| {
            let (given, version) = (no(reasons), seen(&test.db, &people, REFERENCE).version);
            publication(&test.db, &people.author, REFERENCE, version, &given).unwrap();
        };
        refused(sign(), "required");
        settle("It names prices.");
        refused(sign(), "classification");
        settle("It is marked OFFICIAL-SENSITIVE because it names prices.");
        sign().unwrap();
        step(test, &people.executive, &people, What::SignExecutive, "2021-06-28").unwrap();
        step(test, &people.author, &people, What::PutForward, "2021-06-28").unwrap();
        step(test, &people.commissioner, &people, What::Agree, "2021-07-02").unwrap();
        refused(step(test, &people.author, &people, What::Publish, "2021-07-02"), "not for publication");
        step(test, &people.author, &people, What::NotPublish, "2021-07-02").unwrap();
        assert!(public(test, REFERENCE).is_err(), "nobody is told unless the Chief Executive says so");

        let tell = |given: Notice| {
            let version = seen(&test.db, &people, REFERENCE).version;
            write(test, &people.executive, move |cx| notice(cx, REFERENCE, version, &given))
        };
        refused(tell(Notice { informed: true, ..Notice::default() }), "required");
        let told = Notice {
            informed: true,
            heading: "A decision about digital work".into(),
            text: "A decision was taken that names prices.".into(),
            reasons: "The public should know that there is one.".into(),
        };
        tell(told).unwrap();
        let seen = public(test, REFERENCE).unwrap();
        assert!(
            matches!(seen, PublicView::Notice { ref text, .. } if text.contains("names prices")),
            "{seen:?}"
        );
        let json = serde_json::to_string(&seen).unwrap();
        assert!(!json.contains("Essex Police Digital Strategy"), "the title is not told");
        assert!(published_pdf(&test.db, &Actor::public(), REFERENCE).is_err());
        let silent =
            Notice { informed: false, reasons: "It would give the price away.".into(), ..Notice::default() };
        tell(silent).unwrap();
        assert!(public(test, REFERENCE).is_err());
    });
}

#[test]
fn a_report_that_was_not_agreed_is_published_with_the_reasons() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, 8);
        let no = step_with(test, &people.commissioner, &people, |asked| {
            asked.step = What::NotAgree;
            asked.signing = Signing { deputy: true, ..signing("2021-07-02") };
            asked.reasons =
                "The case for supplier Alpha Borealis asked for forty thousand pounds is thin.".into();
        });
        assert_eq!(no.unwrap(), State::NotAgreed);
        step(test, &people.author, &people, What::Publish, "2021-07-05").unwrap();
        let PublicView::Report { report, .. } = public(test, REFERENCE).unwrap() else { panic!() };
        assert_eq!(report.outcome, "Not agreed");
        // What was marked is taken out of the reasons as well.
        assert_eq!(report.outcome_reasons, "The case for [redacted] is thin.");
        assert!(report.approvals.iter().any(|a| a.capacity.starts_with("Deputy Police, Fire")));
    });
}

#[test]
fn a_gap_is_no_none() {
    let mut report = content();
    report.complete().unwrap();
    report.sections.remove(&Section::Legal);
    report.sound().unwrap();
    let Err(Error::Invalid(wrong)) = report.complete() else { panic!() };
    assert_eq!(wrong.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["legal"]);
    report.sections.insert(Section::Legal, Said::None);
    report.complete().unwrap();
    // Some sections have to say something.
    report.sections.insert(Section::Purpose, Said::None);
    refused(report.complete(), "none-not-allowed");
    on_both(|test| {
        let people = People::of(test);
        let mut gap = content();
        gap.sections.remove(&Section::Risks);
        write(test, &people.author, move |cx| create(cx, REFERENCE, &gap)).unwrap();
        refused(step(test, &people.finance, &people, What::CheckFinance, "2021-03-04"), "required");
    });
}

#[test]
fn versions_are_kept_and_two_people_do_not_overwrite_one_another() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        let change = |seen: i64, title: &str| {
            let new = Content { title: title.into(), ..content() };
            write(test, &people.author, move |cx| edit(cx, REFERENCE, seen, &new))
        };
        let version = seen(&test.db, &people, REFERENCE).version;
        change(version, "Second title").unwrap();
        refused(change(version, "Third title"), "stale");
        let now = seen(&test.db, &people, REFERENCE);
        assert_eq!((now.content.title.as_str(), now.versions.len()), ("Second title", 2));
        let first = test.db.read(&people.author, |cx| view_version(cx, REFERENCE, 1)).unwrap();
        assert_eq!(first.title, content().title);
        assert!(test.db.read(&people.author, |cx| view_version(cx, REFERENCE, 3)).is_err());
        let outdated = step_with(test, &people.finance, &people, |asked| {
            asked.step = What::CheckFinance;
            asked.version = version;
        });
        refused(outdated, "stale");
        go(test, &people, 1);
        refused(change(now.version + 1, "Late"), "only a draft");
    });
}

#[test]
fn references_are_given_in_order_and_once() {
    on_both(|test| {
        let people = People::of(test);
        let new = |reference: &'static str| {
            write(test, &people.author, move |cx| create(cx, reference, &content()))
        };
        assert_eq!(new("").unwrap(), "001-26");
        assert_eq!(new("").unwrap(), "002-26");
        refused(new("002-26"), "taken");
        for hostile in ["97-21", "097/21", "'; drop table", "097-2021", "０97-21", "097-21\0"] {
            refused(new(hostile), "format");
            let hostile = hostile.to_owned();
            assert!(matches!(
                test.db.read(&people.author, move |cx| view(cx, &hostile)),
                Err(Error::NotFound(_))
            ));
        }
    });
}

#[test]
fn what_is_no_text_or_too_much_of_it_is_refused() {
    for strange in ["a\0b", "a\u{7}b", &"x".repeat(20_001)] {
        let mut report = content();
        report.sections.insert(Section::Purpose, Said::Text(strange.to_owned()));
        assert!(report.sound().is_err(), "{} characters", strange.len());
    }
    let items = Content { items: vec!["javascript:alert(1)".into()], ..content() };
    refused(items.sound(), "format");
    let over = Content { supersedes: None, carry_over: vec!["x".into()], ..content() };
    refused(over.sound(), "without-supersedes");
    let tiny = Publication {
        passages: vec![Passage { place: Place::Sheet, quote: "…!".into() }],
        ..Publication::default()
    };
    refused(tiny.sound(), "too-short");
}

#[test]
fn the_marking_drives_who_reads_it() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/policies/access.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let policy = Arc::new(bluelamp_access::Policy::parse("access.toml", &text).unwrap());
    on_both_with(
        &{
            let policy = Arc::clone(&policy);
            Arc::new(move |actor: &Actor, ask: &bluelamp_model::authority::Ask| policy.decide(actor, ask))
        },
        |test| {
            let people = People::of(test);
            draft(test, &people, &redacted());
            let forbidden = |who: &Actor| {
                matches!(test.db.read(who, |cx| view(cx, REFERENCE)), Err(Error::Forbidden { .. }))
            };
            assert!(forbidden(&people.officer) && forbidden(&Actor::public()) && forbidden(&Actor::system()));
            for who in people.deciding() {
                assert!(!forbidden(who), "{who}");
            }
            let listed = test.db.read(&people.officer, |cx| list(cx, None)).unwrap();
            assert_eq!((listed.len(), &listed[0].title), (1, &None), "that there is one may be known");
            // The policy gives each step to one office.
            let steps = [
                (What::CheckFinance, &people.finance),
                (What::Approve, &people.chief),
                // The group does not waive its own turn.
                (What::Waive, &people.deputy),
                (What::SignExecutive, &people.executive),
                (What::Agree, &people.commissioner),
            ];
            for (what, may) in steps {
                for who in people.deciding() {
                    let outcome = step(test, who, &people, what, "2021-03-04");
                    let by_policy =
                        matches!(&outcome, Err(Error::Forbidden { reason }) if reason.contains("may not do"));
                    assert_eq!(!by_policy, who == may || outcome.is_ok(), "{what:?} by {who}: {outcome:?}");
                }
            }
        },
    );
}

#[test]
fn dates_of_the_sources_stand_as_they_are() {
    let told: Vec<_> = WAY.iter().map(|(what, on, _)| (*what, day(on))).collect();
    for known in [
        (What::Approve, day("2021-03-10")),
        (What::SignExecutive, day("2021-06-25")),
        (What::SignTreasurer, day("2021-06-28")),
        (What::Agree, day("2021-07-02")),
    ] {
        assert!(told.contains(&known), "{known:?}");
    }
    assert_eq!(content().date_of_report, Some(day("2021-03-03")));
}

#[test]
fn who_checked_or_approved_for_the_force_neither_signs_nor_decides() {
    on_both(|test| {
        let people = People::of(test);
        let open = Publication {
            for_publication: Some(false),
            reasons: "It is marked OFFICIAL-SENSITIVE because it names prices.".into(),
            ..Publication::default()
        };
        draft(test, &people, &open);
        // One account may hold every office; the step before still counts.
        let roles: Vec<String> =
            ["finance-approver", "accountable-officer", "chief-executive", "treasurer", "commissioner"]
                .map(str::to_owned)
                .into();
        let both = |who: &Actor| Actor::staff(who.id.unwrap(), roles.clone(), "strategy");
        let (checker, approver) = (both(people.who(What::CheckFinance)), both(people.who(What::Approve)));
        let barred = |who: &Actor, what: What, on: &str| {
            let done = step(test, who, &people, what, on);
            assert!(
                matches!(&done, Err(Error::Forbidden { reason }) if reason.contains("you took the step")),
                "{done:?}"
            );
        };
        go(test, &people, 2);
        barred(&checker, What::Approve, "2021-03-10");
        go_on(test, &people, 2, 3);
        for who in [&checker, &approver] {
            barred(who, What::SignExecutive, "2021-06-25");
            barred(who, What::SignTreasurer, "2021-06-25");
        }
        go_on(test, &people, 3, 5);
        step(test, &people.author, &people, What::PutForward, "2021-06-29").unwrap();
        for who in [&checker, &approver] {
            barred(who, What::Agree, "2021-07-02");
        }
        step(test, &people.commissioner, &people, What::Agree, "2021-07-02").unwrap();
    });
}
