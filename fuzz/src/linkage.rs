//! What a record may hold, and the model that weighs it: no text fails, and no text weighs more than its worth.

use crate::{accept, text};
use bluelamp_linkage::{Field, Kind, Model, Subject, keys, normalise, score};
use bluelamp_linkage::{settings::Settings, sql::Expr};
use serde_json::Value;

const FIELDS: [Field; 17] = [
    Field::GivenName,
    Field::FamilyName,
    Field::BirthDate,
    Field::Sex,
    Field::Postcode,
    Field::AddressLine,
    Field::Town,
    Field::Uprn,
    Field::Phone,
    Field::Email,
    Field::Handle,
    Field::Registration,
    Field::Vin,
    Field::Make,
    Field::VehicleModel,
    Field::Colour,
    Field::Imei,
];

const KINDS: [Kind; 4] = [Kind::Person, Kind::Vehicle, Kind::Phone, Kind::Location];

/// One value: its normal form is its own normal form, is not longer than a line, and holds nothing that cannot be
/// seen at its ends.
pub(crate) fn normal(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let all = [
        normalise::name,
        normalise::town,
        normalise::sex,
        normalise::phone,
        normalise::email,
        normalise::vehicle_registration,
        normalise::vin,
        normalise::postcode,
        normalise::date,
        normalise::address_line,
        normalise::handle,
    ];
    for normal in all {
        let Some(once) = normal(text) else { continue };
        accept();
        assert!(!once.is_empty() && once.trim() == once, "{once:?}");
        let length = once.chars().count();
        assert!(length <= 1000, "{length} characters");
        // Words that are written out may make a line longer than is kept; it is cut where it is read again.
        if length < 120 {
            assert_eq!(
                normal(&once).as_deref(),
                Some(once.as_str()),
                "the normal form of {text:?} has another"
            );
        }
    }
    assert!(normalise::fold(text).chars().count() <= 120);
    if let Some((given, family)) = normalise::given_and_family(text) {
        assert!(given.is_some() || family.is_some());
    }
    if let Some(date) = normalise::date(text) {
        assert!(
            date.bytes().all(|b| b.is_ascii_digit() || b == b'-') && [4, 7, 10].contains(&date.len()),
            "{date}"
        );
    }
    if let Some(phone) = normalise::phone(text) {
        let digits = phone.strip_prefix('+').unwrap_or_default();
        assert!((8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()), "{phone}");
    }
}

/// Two subjects, a line for each value (`phone: 07700 900123`), an empty line between the two. Weighed both ways
/// they weigh the same, the parts are the sum, and nobody contradicts themselves.
pub(crate) fn subjects(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let (left, right) = text.split_once("\n\n").unwrap_or((text, text));
    for kind in KINDS {
        let (left, right) = (subject(kind, left), subject(kind, right));
        for model in [Model::people(), Model::vehicles(), Model::phones(), Model::locations()] {
            weigh(&model, &left, &right);
            let same = score(&model, &left, &left);
            assert!(same.parts.iter().all(|part| !part.contradiction), "a subject contradicts itself");
        }
        for subject in [&left, &right] {
            let keys = keys(subject);
            if !keys.is_empty() {
                accept();
            }
            assert!(keys.is_sorted_by(|a, b| a < b), "keys are in order, and each is there once");
            let written = serde_json::to_vec(subject).expect("a subject is JSON");
            assert_eq!(
                serde_json::from_slice::<Subject>(&written).expect("what was written can be read"),
                *subject
            );
        }
    }
}

fn subject(kind: Kind, text: &str) -> Subject {
    let mut subject = Subject::new(kind);
    for line in text.lines().take(24) {
        let (name, value) = line.split_once(": ").unwrap_or(("name", line));
        match serde_json::from_value::<Field>(Value::from(name)) {
            Ok(field) => subject.add(field, value),
            Err(_) => subject.add_full_name(value),
        };
    }
    subject
}

fn weigh(model: &Model, left: &Subject, right: &Subject) {
    let (there, back) = (score(model, left, right), score(model, right, left));
    assert_eq!(there.weight.to_bits(), back.weight.to_bits(), "the one way weighs other than the other");
    let sum = there.parts.iter().fold(0.0, |sum, part| sum + part.weight);
    assert_eq!(sum.to_bits(), there.weight.to_bits(), "the parts are not the sum");
    assert!(there.weight.is_finite() && (0.0..=1.0).contains(&there.probability), "{}", there.weight);
    assert_eq!(there.parts.len(), model.comparisons.len() + 1);
    assert!(there.parts.iter().all(|part| !part.sentence.is_empty()));
    assert!(there.against().iter().all(|part| part.weight < 0.0));
}

/// A model as JSON: one that has no faults weighs anything without a surprise.
pub(crate) fn model(data: &[u8]) {
    let Ok(model) = serde_json::from_slice::<Model>(data) else { return };
    let faults = model.faults();
    assert!(faults.iter().all(|fault| !fault.is_empty()));
    if !faults.is_empty() {
        return;
    }
    accept();
    let written = serde_json::to_vec(&model).expect("a sound model is JSON");
    assert_eq!(serde_json::from_slice::<Model>(&written).expect("what was written can be read"), model);
    let mut pair = KINDS.map(|kind| (kind, ["0", "1"].map(|n| example(kind, n))));
    for (kind, [left, right]) in &mut pair {
        if *kind == model.kind {
            weigh(&model, left, right);
            weigh(&model, left, left);
            weigh(&model, left, &Subject::new(*kind));
        }
    }
}

/// A made-up subject with a value in every field.
fn example(kind: Kind, n: &str) -> Subject {
    let mut subject = Subject::new(kind);
    subject.add_name(&format!("Jo{n}"), "Smith");
    for field in FIELDS {
        let value = match field {
            Field::BirthDate => format!("1980-03-1{n}"),
            Field::Sex => "F".into(),
            Field::Postcode => format!("ZZ99 {n}AA"),
            Field::Uprn => format!("12345{n}"),
            Field::Phone => format!("07700 90012{n}"),
            Field::Email => format!("jo{n}@example.com"),
            Field::Registration => format!("ZZ99 AB{n}"),
            Field::Vin => format!("WVWZZZ1JZXW00000{n}"),
            Field::Imei => format!("35209900176148{n}"),
            _ => format!("{n} Mill Lane"),
        };
        subject.add(field, &value);
    }
    subject
}

/// A condition or a rule in SQL: it is understood whole or refused with a reason, and what is understood names its columns.
pub(crate) fn sql(data: &[u8]) {
    let Some(text) = text(data) else { return };
    for read in [Expr::condition, Expr::rule, Expr::of_one_record] {
        match read(text) {
            Ok(expr) => {
                accept();
                let _ = (expr.columns(), expr.conjuncts().len(), expr.sides());
                assert_eq!(expr.without_side().sides(), (false, false));
            }
            Err(error) => assert!(!error.what.is_empty()),
        }
    }
}

/// Splink's settings: read whole or refused with every reason; what is read comes back as it was.
pub(crate) fn settings(data: &[u8]) {
    let Some(text) = text(data) else { return };
    match Settings::from_json(text) {
        Ok(settings) => {
            accept();
            let written = Settings::from_json(&settings.to_json()).expect("what was written is read");
            assert_eq!(written, settings);
            for comparison in &settings.comparisons {
                for level in 0..comparison.levels.len() {
                    assert!(!comparison.weight(level).is_nan());
                }
            }
        }
        Err(errors) => assert!(!errors.0.is_empty() && errors.0.iter().all(|e| !e.is_empty())),
    }
}

/// A short model: read whole and the same as JSON, or refused with reasons.
pub(crate) fn plain(data: &[u8]) {
    let Some(text) = text(data) else { return };
    match bluelamp_linkage::plain::settings(text) {
        Ok(settings) => {
            accept();
            assert_eq!(Settings::from_json(&settings.to_json()).as_ref(), Ok(&settings));
        }
        Err(errors) => assert!(!errors.0.is_empty()),
    }
}
