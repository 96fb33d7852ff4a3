//! What is published of a decision report: settled so that it can be carried out, signed as it is settled, and with a way on
//! from every place.

use crate::{
    burn_in::plain,
    decision::{public, refused, reopen},
    people::{
        People, REFERENCE, WAY, content, day, draft, go, redacted, seen, signing, step, step_with, write,
    },
};
use bluelamp_model::{Error, Gsc, Id, Result, authority::Actor};
use bluelamp_steward::decision::{
    Content, NewFile, Passage, Place, PublicView, Publication, Redaction, State, What, add_file, create,
    edit, publication, redact_file,
};
use bluelamp_steward::entry::{create as put, known};
use bluelamp_testkit::{TestDb, on_both};
use serde_json::json;

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
fn a_published_report_calls_the_items_that_it_is_about_by_their_names() {
    on_both(|test| {
        let people = People::of(test);
        let item = known("item").unwrap();
        let said = json!({ "title": "Digital programme", "kind": "service", "summary": "What it is." });
        let body = item.read_json(&said).unwrap();
        write(test, &people.author, move |cx| put(cx, item, "digital-strategy", &body, "").map(drop))
            .unwrap();
        draft(test, &people, &redacted());
        go(test, &people, WAY.len());
        let PublicView::Report { report, .. } = public(test, REFERENCE).unwrap() else { panic!() };
        let (_, portfolio) = report.links.iter().find(|(heading, _)| heading == "Portfolio").unwrap();
        assert_eq!(portfolio, &["Digital programme"]);
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
        add(test, &people, &plain(&["Nothing of the kind."]), true).unwrap();
        refused(publication(&test.db, &people.author, REFERENCE, 3, &nowhere(true)), "not-in-a-file");
        go(test, &people, 5);
        refused(step(test, &people.author, &people, What::RequireRedaction, "2021-06-28"), "not-in-a-file");
        // And a redaction of an appendix does not make a sheet OFFICIAL that is marked higher.
        refused(nowhere(false).complete(Gsc::OfficialSensitive), "marked-higher");
        nowhere(false).complete(Gsc::Official).unwrap();
    });
}

#[test]
fn a_scan_is_published_by_its_redacted_copy_and_whole_where_nothing_is_redacted_any_more() {
    on_both(|test| {
        let people = People::of(test);
        write(test, &people.author, |cx| create(cx, REFERENCE, &open())).unwrap();
        let file = add(test, &people, b"%PDF-1.4 a scan", true).unwrap();
        let of_the_scan = Publication {
            redact_sheet: Some(false),
            redact_appendix: Some(true),
            passages: vec![Passage { place: Place::Appendix, quote: "Jane Sample".into() }],
            ..redacted()
        };
        publication(&test.db, &people.author, REFERENCE, 2, &of_the_scan).unwrap();
        go(test, &people, 6);
        let executive = |what: What, on: &str| step(test, &people.executive, &people, what, on);
        let scan = executive(What::SignRedactionExecutive, "2021-06-29");
        assert!(matches!(scan, Err(Error::Invalid(_))), "what cannot be searched is not published: {scan:?}");
        let copy = plain(&["What may be read of the scan."]);
        let said = Redaction {
            seen: seen(&test.db, &people, REFERENCE).version,
            publish: true,
            reasons: String::new(),
        };
        let bytes = (copy.as_slice(), 1 << 20);
        redact_file(&test.db, &people.author, REFERENCE, file, &said, Some(bytes)).unwrap();
        executive(What::SignRedactionExecutive, "2021-06-29").unwrap();
        // It is taken back, and nothing is redacted after all.
        reopen(test, &people, "2021-06-29").unwrap();
        let version = seen(&test.db, &people, REFERENCE).version;
        publication(&test.db, &people.author, REFERENCE, version, &nothing_redacted()).unwrap();
        for (what, _, _) in WAY[3..]
            .iter()
            .filter(|(_, _, to)| !matches!(to, State::RedactionRequired | State::RedactionSignedOff))
        {
            step(test, people.who(*what), &people, *what, "2021-07-05").unwrap();
        }
        let PublicView::Report { report, .. } = public(test, REFERENCE).unwrap() else { panic!() };
        let [minutes] = report.files.as_slice() else { panic!("{:?}", report.files) };
        assert!(!minutes.redacted && minutes.size == 15, "{minutes:?}");
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
