//! Blocking keys: two records are worth comparing when they share at least one.

use super::compare::{district, look, numbers};
use super::record::{Field, Kind, Subject};
use std::collections::BTreeSet;

/// A key that a database can index, such as `p:phone:+447700900123`. It holds personal data: index it where the
/// record itself may be kept.
pub type Key = String;

/// All blocking keys of a subject, sorted, each once. The candidates for a record are the union of the records
/// behind each of its keys. Generic values never reach a subject, so they give no key.
///
/// | kind | keys |
/// | --- | --- |
/// | person | phone; email; handle; both names in either order (`p:name`); full date of birth (`p:dob`); first four letters of the family name (`p:fam4-year`) and of the given name (`p:giv4-year`) with the year of birth; postcode with the family name's first four (`p:postcode-fam`) |
/// | vehicle | registration; registration by look, so that 0 and O are one (`v:look`); VIN |
/// | phone | number; its last seven digits; IMEI |
/// | location | UPRN; postcode with the whole line, with the house number, with the street's first four letters; number, street and district or town (`l:street`) |
///
/// A name in the other order, a changed family name or one wrong field leaves at least one other key to meet by.
pub fn keys(subject: &Subject) -> Vec<Key> {
    let mut keys = BTreeSet::new();
    let norms = |field: Field| subject.values(field).iter().map(|value| value.norm.as_str());
    let mut plain =
        |prefix: &str, field: Field| keys.extend(norms(field).map(|norm| format!("{prefix}:{norm}")));
    match subject.kind {
        Kind::Person => {
            plain("p:phone", Field::Phone);
            plain("p:email", Field::Email);
            plain("p:handle", Field::Handle);
            person(subject, &mut keys);
        }
        Kind::Vehicle => {
            plain("v:reg", Field::Registration);
            plain("v:vin", Field::Vin);
            keys.extend(norms(Field::Registration).map(|mark| format!("v:look:{}", look(mark))));
        }
        Kind::Phone => {
            plain("t:number", Field::Phone);
            plain("t:imei", Field::Imei);
            keys.extend(norms(Field::Phone).map(|number| format!("t:last7:{}", last(number, 7))));
        }
        Kind::Location => {
            plain("l:uprn", Field::Uprn);
            location(subject, &mut keys);
        }
    }
    keys.into_iter().collect()
}

fn location(subject: &Subject, keys: &mut BTreeSet<Key>) {
    let norms = |field: Field| subject.values(field).iter().map(|value| value.norm.as_str());
    for line in norms(Field::AddressLine) {
        let number = numbers(line).first().copied();
        let street =
            line.split(' ').find(|word| word.starts_with(char::is_alphabetic)).map(|word| first(word, 4));
        for postcode in norms(Field::Postcode) {
            keys.insert(format!("l:postcode-line:{postcode}:{line}"));
            keys.extend(number.map(|number| format!("l:postcode-number:{postcode}:{number}")));
            keys.extend(street.map(|street| format!("l:postcode-street:{postcode}:{street}")));
        }
        let areas = norms(Field::Postcode).map(district).chain(norms(Field::Town).map(|town| first(town, 4)));
        let (number, street) = (number.unwrap_or_default(), street.unwrap_or_default());
        keys.extend(areas.map(|area| format!("l:street:{number}:{street}:{area}")));
    }
}

fn person(subject: &Subject, keys: &mut BTreeSet<Key>) {
    let norms = |field: Field| subject.values(field).iter().map(|value| value.norm.as_str());
    keys.extend(norms(Field::BirthDate).filter(|date| date.len() == 10).map(|date| format!("p:dob:{date}")));
    for name in &subject.names {
        let given = name.given.as_ref().map(|value| value.norm.as_str());
        let family = name.family.as_ref().map(|value| value.norm.as_str());
        if let (Some(given), Some(family)) = (given, family) {
            let (a, b) = if given <= family { (given, family) } else { (family, given) };
            keys.insert(format!("p:name:{a}:{b}"));
        }
        for year in norms(Field::BirthDate).map(|date| first(date, 4)) {
            keys.extend(family.map(|family| format!("p:fam4-year:{}:{year}", first(family, 4))));
            keys.extend(given.map(|given| format!("p:giv4-year:{}:{year}", first(given, 4))));
        }
        for postcode in norms(Field::Postcode).filter(|code| district(code) != *code) {
            keys.extend(family.map(|family| format!("p:postcode-fam:{postcode}:{}", first(family, 4))));
        }
    }
}

fn first(text: &str, letters: usize) -> &str {
    text.char_indices().nth(letters).map_or(text, |(at, _)| &text[..at])
}

fn last(text: &str, letters: usize) -> &str {
    let start = text.char_indices().rev().nth(letters.saturating_sub(1)).map_or(0, |(at, _)| at);
    &text[start..]
}
