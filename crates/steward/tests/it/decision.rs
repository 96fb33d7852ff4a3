//! The decision report: its order, and each guard of it.

use crate::people::{
    People, REFERENCE, WAY, content, day, draft, go, redacted, seen, signing, step, step_with, write,
};
use bluelamp_model::{Error, Gsc, Id, Result, authority::Actor};
use bluelamp_steward::decision::{
    Asked, Content, NewFile, Notice, Passage, Place, PublicView, Publication, Redaction, Said, Section,
    Signing, State, View, What, add_file, create, edit, list, notice, public_register, publication,
    published, published_pdf, redact_file, standing::TABLE, take, view, view_version,
};
use bluelamp_store::Engine;
use bluelamp_testkit::{TestDb, allow_all, on_both, on_both_with};
use proptest::prelude::*;
use std::{io::Read, sync::Arc};

fn refused<T: std::fmt::Debug>(outcome: Result<T>, code: &str) {
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

fn public(test: &TestDb, reference: &'static str) -> Result<PublicView> {
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
        let PublicView::Report { superseded_by, .. } = public(test, REFERENCE).unwrap() else { panic!() };
        // The public is not told of a report that is agreed and not published.
        assert_eq!(superseded_by, None);
        let listed = |reference: &str| {
            let all = test.db.read(&Actor::public(), public_register).unwrap();
            all.iter().find(|e| e.reference == reference).map(|e| e.superseded)
        };
        assert_eq!((listed(REFERENCE), listed("004-22")), (Some(false), None));
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
        refused(step(test, &people.treasurer, &people, What::SignExecutive, "2021-06-28"), "both offices");
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
        refused(step(test, &people.chief, &people, What::Waive, "2021-03-08"), "required");
        let waived = step_with(test, &people.chief, &people, |asked| {
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
        refused(step(test, &people.treasurer, &people, What::Agree, "2021-07-02"), "as an officer");
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

fn reopen(test: &TestDb, people: &People, on: &str) -> Result<State> {
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
        go(test, &people, 5);
        refused(step(test, &people.author, &people, What::PutForward, "2021-06-28"), "marked-higher");
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
        go(test, &people, 5);
        let put = || step(test, &people.author, &people, What::PutForward, "2021-06-28");
        // The officers have signed something else: they sign again.
        let settle = |reasons: &str| {
            reopen(test, &people, "2021-06-28").unwrap();
            let (given, version) = (no(reasons), seen(&test.db, &people, REFERENCE).version);
            publication(&test.db, &people.author, REFERENCE, version, &given).unwrap();
            step(test, &people.treasurer, &people, What::SignTreasurer, "2021-06-28").unwrap();
            step(test, &people.executive, &people, What::SignExecutive, "2021-06-28").unwrap();
        };
        refused(put(), "required");
        settle("It names prices.");
        refused(put(), "classification");
        settle("It is marked OFFICIAL-SENSITIVE because it names prices.");
        put().unwrap();
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
            for who in [
                &people.author,
                &people.finance,
                &people.chief,
                &people.executive,
                &people.treasurer,
                &people.commissioner,
            ] {
                assert!(!forbidden(who), "{who}");
            }
            let listed = test.db.read(&people.officer, |cx| list(cx, None)).unwrap();
            assert_eq!((listed.len(), &listed[0].title), (1, &None), "that there is one may be known");
            // The policy gives each step to one office.
            let steps = [
                (What::CheckFinance, &people.finance),
                (What::SignExecutive, &people.executive),
                (What::Agree, &people.commissioner),
            ];
            for (what, may) in steps {
                for who in [
                    &people.author,
                    &people.finance,
                    &people.chief,
                    &people.executive,
                    &people.treasurer,
                    &people.commissioner,
                ] {
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

/// A change of what is stored that no function makes: the state of a database from before a rule.
fn as_it_was(test: &TestDb, sql: &'static str, value: String) {
    let run = move |cx: &mut bluelamp_store::Cx<'_>| {
        cx.allow("test.past", None)?;
        cx.exec(sql, &[value.as_str().into()])?;
        cx.record(bluelamp_model::authority::Verb::Alter, "decision-report", None, serde_json::json!({}))
    };
    test.db.write(&Actor::system(), run).unwrap();
}

fn open() -> Content {
    Content { classification: Gsc::Official, ..content() }
}

fn nothing_redacted() -> Publication {
    Publication {
        for_publication: Some(true),
        redact_sheet: Some(false),
        redact_appendix: Some(false),
        ..Publication::default()
    }
}

/// An open report, of which nothing is redacted.
fn open_draft(test: &TestDb, people: &People) {
    write(test, &people.author, |cx| create(cx, REFERENCE, &open())).unwrap();
    publication(&test.db, &people.author, REFERENCE, 1, &nothing_redacted()).unwrap();
}

/// Adds a file, and gives its row.
fn add(test: &TestDb, people: &People, bytes: &[u8], publish: bool) -> Result<Id> {
    let new = NewFile {
        seen: seen(&test.db, people, REFERENCE).version,
        title: "Minutes".into(),
        name: "minutes.bin".into(),
        publish,
    };
    add_file(&test.db, &people.author, REFERENCE, &new, bytes, 1 << 20)?;
    Ok(seen(&test.db, people, REFERENCE).files.pop().unwrap().id)
}

fn take_out(test: &TestDb, people: &People, file: Id, publish: bool, reasons: &str) -> Result<()> {
    let said =
        Redaction { seen: seen(&test.db, people, REFERENCE).version, publish, reasons: reasons.into() };
    redact_file(&test.db, &people.author, REFERENCE, file, &said, None::<(&[u8], u64)>)
}

#[test]
fn a_passage_beside_a_no_is_refused_when_it_is_settled_and_at_every_step_to_publication() {
    on_both(|test| {
        let people = People::of(test);
        open_draft(test, &people);
        let marked = |place| Publication {
            passages: vec![Passage { place, quote: "supplier Alpha Borealis".into() }],
            ..nothing_redacted()
        };
        for place in [Place::Sheet, Place::Appendix] {
            refused(publication(&test.db, &people.author, REFERENCE, 2, &marked(place)), "passages-marked");
        }
        // As a report could be stored before.
        let stored = serde_json::to_string(&marked(Place::Sheet)).unwrap();
        go(test, &people, 5);
        as_it_was(test, "update decision_paper set publication = $1", stored);
        refused(step(test, &people.author, &people, What::PutForward, "2021-06-28"), "passages-marked");
        refused(step(test, &people.author, &people, What::RequireRedaction, "2021-06-28"), "passages-marked");
        as_it_was(test, "update decision_paper set state = $1", State::PfccDecisionPending.code().into());
        refused(step(test, &people.commissioner, &people, What::Agree, "2021-07-02"), "passages-marked");
        as_it_was(test, "update decision_paper set state = $1", State::Agreed.code().into());
        refused(step(test, &people.author, &people, What::Publish, "2021-07-05"), "passages-marked");
        // Nor is it published where the answers are right and nobody has signed.
        let right = serde_json::to_string(&redacted()).unwrap();
        as_it_was(test, "update decision_paper set publication = $1", right);
        refused(step(test, &people.author, &people, What::Publish, "2021-07-05"), "redaction is not signed");
        assert!(public(test, REFERENCE).is_err());
    });
}

#[test]
fn a_file_that_cannot_be_published_is_refused_early_and_one_without_passages_need_not_be_searched() {
    on_both(|test| {
        let people = People::of(test);
        open_draft(test, &people);
        refused(add(test, &people, b"PK\x03\x04 minutes.docx", true), "not-a-pdf");
        let other = add(test, &people, b"PK\x03\x04 minutes.docx", false).unwrap();
        refused(take_out(test, &people, other, true, ""), "not-a-pdf");
        // A scan has no text that could be searched, and nothing is looked for.
        add(test, &people, b"%PDF-1.4 a scan", true).unwrap();
        go(test, &people, 5);
        for (what, on, _) in &WAY[7..] {
            step(test, people.who(*what), &people, *what, on).unwrap();
        }
        let PublicView::Report { report, .. } = public(test, REFERENCE).unwrap() else { panic!() };
        assert_eq!(report.files.len(), 1);
    });
}

#[test]
fn an_agreed_report_that_cannot_be_published_as_it_is_has_a_way_on() {
    on_both(|test| {
        let people = People::of(test);
        open_draft(test, &people);
        let file = add(test, &people, b"PK\x03\x04 minutes.docx", false).unwrap();
        go(test, &people, 5);
        let publish_all =
            || as_it_was(test, "update decision_file set publish = 1 where title <> $1", String::new());
        publish_all();
        refused(step(test, &people.author, &people, What::PutForward, "2021-06-29"), "not-a-pdf");
        as_it_was(test, "update decision_file set publish = 0 where title <> $1", String::new());
        for (what, on, _) in &WAY[7..9] {
            step(test, people.who(*what), &people, *what, on).unwrap();
        }
        publish_all();
        refused(step(test, &people.author, &people, What::Publish, "2021-07-05"), "not-a-pdf");
        // Less than was signed can be published, with reasons; more cannot.
        refused(take_out(test, &people, file, false, " "), "required");
        take_out(test, &people, file, false, "It cannot be made a PDF in time.").unwrap();
        refused(take_out(test, &people, file, true, "Now it can."), "was settled");
        let told = seen(&test.db, &people, REFERENCE).settled.pop().unwrap();
        assert!(told.what.contains("not published: Minutes") && told.what.contains("in time"), "{told:?}");
        assert_eq!((told.state, told.by), (State::Agreed, people.author.id.unwrap()));
        step(test, &people.author, &people, What::Publish, "2021-07-05").unwrap();
        refused(take_out(test, &people, file, false, "Late."), "was settled");
    });
}

#[test]
fn what_was_for_publication_is_closed_without_for_reasons_that_cite_the_marking() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        go(test, &people, 9);
        assert_eq!(seen(&test.db, &people, REFERENCE).next, [What::Publish, What::NotPublish]);
        let close = |reasons: &str| {
            step_with(test, &people.author, &people, |asked| {
                asked.step = What::NotPublish;
                asked.signing = signing("2021-07-05");
                asked.reasons = reasons.into();
            })
        };
        refused(close(""), "required");
        refused(close("It would harm."), "classification");
        close("It is OFFICIAL-SENSITIVE as a whole: prices.").unwrap();
        let view = seen(&test.db, &people, REFERENCE);
        assert_eq!((view.state, view.publication.for_publication), (State::NotPublished, Some(false)));
        assert!(view.events.last().unwrap().reasons.contains("as a whole"));
        assert!(public(test, REFERENCE).is_err());
    });
}

#[test]
fn whoever_wrote_a_version_has_no_other_hand_in_a_report() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        for who in [&people.finance, &people.chief] {
            let version = seen(&test.db, &people, REFERENCE).version;
            write(test, who, move |cx| edit(cx, REFERENCE, version, &content())).unwrap();
        }
        refused(step(test, &people.finance, &people, What::CheckFinance, "2021-03-04"), "wrote a version");
        let view = seen(&test.db, &people, REFERENCE);
        assert!(!view.open_to(people.finance.id.unwrap()).contains(&What::CheckFinance));
        assert!(view.open_to(people.treasurer.id.unwrap()).contains(&What::CheckFinance));
        step(test, &people.treasurer, &people, What::CheckFinance, "2021-03-04").unwrap();
        step(test, &people.author, &people, What::Submit, "2021-03-05").unwrap();
        refused(step(test, &people.chief, &people, What::Approve, "2021-03-10"), "wrote a version");
    });
}

#[test]
fn what_cannot_be_taken_out_as_it_is_marked_is_refused_when_it_is_settled() {
    on_both(|test| {
        let people = People::of(test);
        draft(test, &people, &redacted());
        for quote in [
            // Words of the form: of an outcome, of a capacity, of what stands for every gap.
            "agreed",
            "Chief Officer Group",
            // Over the end of a section.
            "One set of principles for every proposal. The strategy of 2015 has run out.",
        ] {
            let mut given = redacted();
            given.passages.push(Passage { place: Place::Sheet, quote: quote.into() });
            let outcome = publication(&test.db, &people.author, REFERENCE, 2, &given);
            let Err(Error::Invalid(wrong)) = outcome else { panic!("{quote}: {outcome:?}") };
            assert_eq!(wrong[0].code, "cannot-be-redacted", "{quote}");
            assert!(wrong[0].message.contains("Passage 2") && !wrong[0].message.contains(quote));
        }
        go(test, &people, WAY.len());
    });
}

#[test]
fn a_passage_of_an_appendix_stands_in_a_file_that_is_published() {
    on_both(|test| {
        let people = People::of(test);
        write(test, &people.author, |cx| create(cx, REFERENCE, &content())).unwrap();
        let nowhere = |sheet: bool| Publication {
            redact_sheet: Some(sheet),
            redact_appendix: Some(true),
            passages: [
                redacted().passages.into_iter().filter(|_| sheet).collect(),
                vec![Passage { place: Place::Appendix, quote: "zzqq".into() }],
            ]
            .concat(),
            ..redacted()
        };
        // Its files may be still to come.
        publication(&test.db, &people.author, REFERENCE, 1, &nowhere(true)).unwrap();
        add(test, &people, b"%PDF-1.4 a scan", true).unwrap();
        refused(publication(&test.db, &people.author, REFERENCE, 3, &nowhere(true)), "not-in-a-file");
        go(test, &people, 5);
        refused(step(test, &people.author, &people, What::RequireRedaction, "2021-06-28"), "not-in-a-file");
        // And a redaction of an appendix does not make a sheet OFFICIAL that is marked higher.
        refused(nowhere(false).complete(Gsc::OfficialSensitive), "marked-higher");
        nowhere(false).complete(Gsc::Official).unwrap();
    });
}

#[test]
fn what_the_officers_signed_is_changed_only_by_taking_it_back_and_every_change_is_told() {
    on_both(|test| {
        let people = People::of(test);
        write(test, &people.author, |cx| create(cx, REFERENCE, &content())).unwrap();
        let file = add(test, &people, b"%PDF-1.4 a scan", false).unwrap();
        publication(&test.db, &people.author, REFERENCE, 2, &redacted()).unwrap();
        go(test, &people, 3);
        let mut other = redacted();
        other.passages = vec![Passage { place: Place::Sheet, quote: "Whole force".into() }];
        let settle = || {
            let version = seen(&test.db, &people, REFERENCE).version;
            publication(&test.db, &people.author, REFERENCE, version, &other)
        };
        refused(reopen(test, &people, "2021-06-28"), "no officer has signed");
        for (done, (what, on, _)) in WAY[3..8].iter().enumerate() {
            step(test, people.who(*what), &people, *what, on).unwrap();
            let view = seen(&test.db, &people, REFERENCE);
            assert!(view.next.contains(&What::Reopen), "{:?}", view.state);
            // While it is being redacted, what more is marked is signed afterwards.
            let redacting = view.state == State::RedactionRequired;
            refused(settle(), if redacting { "can be added" } else { "take it back" });
            let into = take_out(test, &people, file, true, "Late.");
            refused(into, if redacting { "none is put in" } else { "take it back" });
            assert_eq!(view.can_settle(), redacting, "{done}");
        }
        let no_reasons = step(test, &people.author, &people, What::Reopen, "2021-06-29");
        refused(no_reasons, "required");
        assert_eq!(reopen(test, &people, "2021-06-29").unwrap(), State::CogApproved);
        let view = seen(&test.db, &people, REFERENCE);
        assert!(view.approvals().iter().all(|a| a.what != "Signed" && a.what != "Redaction carried out"));
        settle().unwrap();
        let last = seen(&test.db, &people, REFERENCE).settled.pop().unwrap();
        assert!(last.what.contains("Marked: “Whole force”"), "{last:?}");
        assert!(last.what.contains("No longer marked: “supplier Alpha Borealis"), "{last:?}");
        assert_eq!(last.name, "Ada Sample");
        // Both sign again, and not before it was taken back.
        refused(
            step(test, &people.treasurer, &people, What::SignTreasurer, "2021-06-28"),
            "before-its-predecessor",
        );
        refused(step(test, &people.author, &people, What::RequireRedaction, "2021-06-29"), "is no step");
        for (what, _, _) in &WAY[3..] {
            step(test, people.who(*what), &people, *what, "2021-07-05").unwrap();
        }
        let PublicView::Report { report, .. } = public(test, REFERENCE).unwrap() else { panic!() };
        assert_eq!(report.approvals.iter().filter(|a| a.what == "Signed").count(), 2);
        assert!(!report.words().contains("Whole force"));
    });
}

#[test]
fn a_reference_is_written_in_one_way_and_the_numbers_do_not_run_out_of_it() {
    on_both(|test| {
        let people = People::of(test);
        let new =
            |reference: &'static str| write(test, &people.author, move |cx| create(cx, reference, &open()));
        refused(new("0097-26"), "format");
        new("99998-26").unwrap();
        for next in ["99999-26", "001-26", "002-26"] {
            assert_eq!(new("").unwrap(), next);
            seen(&test.db, &people, next);
        }
    });
}

#[test]
fn a_day_to_come_and_letters_that_turn_the_text_are_refused_where_they_are_entered() {
    on_both(|test| {
        let people = People::of(test);
        let late = Content { date_of_report: Some(day("2026-11-23")), ..content() };
        let new = late.clone();
        refused(write(test, &people.author, move |cx| create(cx, REFERENCE, &new)), "future");
        draft(test, &people, &redacted());
        refused(write(test, &people.author, move |cx| edit(cx, REFERENCE, 2, &late)), "future");
    });
    for turning in ['\u{202e}', '\u{2066}', '\u{200f}'] {
        let title = format!("Approved {turning}detcejer");
        refused(Content { title, ..content() }.sound(), "not-text");
    }
}
