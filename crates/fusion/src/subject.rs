//! From a record of the common data model to a subject that can be compared.

use bluelamp_linkage::{Field, Kind as Shape, Subject, keys};
use bluelamp_model::{Kind, Record};

/// Which property of a record fills which field of a subject.
const FIELDS: &[(&str, Field)] = &[
    ("date_of_birth", Field::BirthDate),
    ("sex", Field::Sex),
    ("postcode", Field::Postcode),
    ("line1", Field::AddressLine),
    ("town", Field::Town),
    ("uprn", Field::Uprn),
    ("phone", Field::Phone),
    ("number", Field::Phone),
    ("email", Field::Email),
    ("handle", Field::Handle),
    ("registration", Field::Registration),
    ("vin", Field::Vin),
    ("make", Field::Make),
    ("model", Field::VehicleModel),
    ("colour", Field::Colour),
    ("imei", Field::Imei),
];

/// The subject behind a record; none for kinds that are not compared.
pub(crate) fn subject_of(record: &Record) -> Option<Subject> {
    let shape = match record.kind {
        Kind::Person => Shape::Person,
        Kind::Vehicle => Shape::Vehicle,
        Kind::Phone => Shape::Phone,
        Kind::Location => Shape::Location,
        _ => return None,
    };
    let mut subject = Subject::new(shape);
    if shape == Shape::Person {
        let text = |prop| record.text(prop).unwrap_or_default();
        if !subject.add_name(text("given_name"), text("family_name")) {
            subject.add_full_name(text("name"));
        }
        for alias in record.said("alias").filter_map(|s| s.value.as_text()) {
            subject.add_full_name(alias);
        }
    }
    for (prop, field) in FIELDS {
        for value in record.said(prop).filter_map(|s| s.value.as_text()) {
            // The code list's values, in the words that the comparison knows.
            let value = match value {
                "SEX_0001" => "male",
                "SEX_0002" => "female",
                other => other,
            };
            subject.add(*field, value);
        }
    }
    Some(subject)
}

/// The keys under which a record is found.
#[must_use]
pub fn keys_of(record: &Record) -> Vec<String> {
    subject_of(record).map(|s| keys(&s).iter().map(ToString::to_string).collect()).unwrap_or_default()
}
