//! Suggestions over what is held.

use bluelamp_fusion::{Answer, answer, import_people, suggest, suggestions};
use bluelamp_model::{
    Error, Id, Kind, Marking, MopiGroup, Provenance, Record, Retention, Source,
    authority::{Actor, Verb, action},
};
use bluelamp_store::Keyed;
use bluelamp_testkit::{TestDb, on_both};
use serde_json::json;

const HELD: &str = "unique_id,first_name,surname,dob,postcode,phone\n\
                    1,Joanna,Smith,1980-03-14,ZZ99 1AA,07700 900123\n\
                    2,John,Smith,1951-01-02,ZZ99 7ZZ,\n\
                    3,Priya,Example,1990-05-05,ZZ98 2BB,07700 900999\n";

/// A new record of a person, kept with its keys, and the suggestions for it.
fn report(t: &TestDb, stated: &'static [(&'static str, &'static str)]) -> Id {
    t.db.write(&Actor::system(), move |cx| {
        cx.allow(action::REPORT_ASSESS, None)?;
        let (id, report, now) = (cx.new_id()?, cx.new_id()?, cx.now());
        let retention = Retention::new(MopiGroup::Undetected, "2032-11-22".parse().unwrap());
        let mut record = Record::new(
            id,
            Kind::Person,
            "borsetshire-police",
            now,
            Marking::official_sensitive(),
            retention,
        );
        record.provenance.push(Provenance::new("test", "report received", "bluelamp"));
        for (property, value) in stated {
            record.state(property, *value, &Source::fact("report", now, "stated in a report"))?;
        }
        let keys = bluelamp_fusion::keys_of(&record);
        cx.put_records(None, &[Keyed::new(&record, keys)?])?;
        suggest(cx, report, &[record])?;
        Ok(report)
    })
    .unwrap()
}

fn held(t: &TestDb) {
    let path = t.folder().join("held.csv");
    std::fs::write(&path, HELD).unwrap();
    import_people(&t.db, &Actor::system(), "borsetshire-police", "custody", &path, &mut |_| {}).unwrap();
}

fn all(t: &TestDb, report: Id) -> Vec<bluelamp_fusion::Suggestion> {
    t.db.read(&Actor::system(), move |cx| {
        cx.allow(action::REPORT_VIEW, Some(report))?;
        cx.record(Verb::Consult, "report", Some(report), json!({}))?;
        suggestions(cx, report)
    })
    .unwrap()
}

#[test]
fn the_right_person_is_suggested_with_reasons_and_the_source() {
    on_both(|t| {
        held(t);
        let id =
            report(t, &[("name", "Jo Smith"), ("date_of_birth", "1980-03-14"), ("phone", "+44 7700 900123")]);
        let found = all(t, id);
        assert_eq!(found.len(), 1, "only Joanna");
        let first = &found[0];
        assert_eq!(first.candidate.text("given_name"), Some("Joanna"));
        assert_eq!(first.source.as_deref(), Some("held.csv"));
        let total: f64 = first.comparison.parts.iter().map(|p| p.weight).sum();
        assert!(
            (total - first.comparison.weight).abs() < 1e-9,
            "every part of the weight is shown, the prior too"
        );
        assert!(first.comparison.parts.iter().any(|p| p.sentence.contains("Same mobile number")));
    });
}

#[test]
fn a_stranger_gets_no_suggestion() {
    on_both(|t| {
        held(t);
        assert!(
            all(t, report(t, &[("name", "Zebedee Quillfeather"), ("date_of_birth", "1966-06-06")]))
                .is_empty()
        );
    });
}

#[test]
fn only_a_named_person_answers_and_can_answer_anew() {
    on_both(|t| {
        held(t);
        let id = report(t, &[("name", "Joanna Smith"), ("phone", "07700 900123")]);
        let suggestion = all(t, id)[0].id;
        let say = |actor: &Actor, what: Answer, why: &'static str| {
            t.db.write(actor, move |cx| answer(cx, suggestion, what, why))
        };
        // The test's policy allows everything; the type still asks for a person.
        assert!(matches!(say(&Actor::system(), Answer::Same, "x"), Err(Error::Forbidden { .. })));
        assert!(matches!(say(&Actor::public(), Answer::Same, "x"), Err(Error::Forbidden { .. })));
        let officer = Actor::staff(Id::from_bytes([5; 16]), vec!["contact-officer".into()], "contact");
        assert!(matches!(say(&officer, Answer::Same, " "), Err(Error::Invalid(_))));
        say(&officer, Answer::Same, "She gave her old address").unwrap();
        say(&officer, Answer::NotSame, "Her sister").unwrap();
        let answered = all(t, id)[0].answered.clone().unwrap();
        assert_eq!(
            (answered.answer, answered.reason.as_str(), answered.by),
            (Answer::NotSame, "Her sister", Id::from_bytes([5; 16]))
        );
        let both = t.db.credential_rows("select count(*) from audit where verb = 'decide'", &[]).unwrap();
        assert_eq!(both[0].get::<i64>(0).unwrap(), 2, "the log keeps every answer");
        // Nothing was merged.
        let records = t.db.credential_rows("select count(*) from record", &[]).unwrap();
        assert_eq!(records[0].get::<i64>(0).unwrap(), 4);
    });
}
