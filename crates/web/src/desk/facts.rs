//! What a record says, in the order and the words in which a person reads it.

use bluelamp_model::{
    Day, Record, Scalar, codes,
    property::{ValueType, properties, property},
};

/// What is said of one property.
pub(crate) struct Fact<'a> {
    /// The property's name.
    pub name: &'a str,
    /// Its place in the reading order of the kind; those that the kind does not know come last.
    pub place: usize,
    /// Every value, in the order in which they were said.
    pub values: Vec<String>,
}

/// Everything that a record says, each property once.
pub(crate) fn facts(record: &Record) -> Vec<Fact<'_>> {
    let mut all: Vec<Fact<'_>> = Vec::new();
    for s in &record.statements {
        let said = spoken(property(record.kind, &s.prop).map(|p| p.value), &s.value);
        match all.iter_mut().find(|f| f.name == s.prop) {
            Some(fact) => fact.values.push(said),
            None => all.push(Fact { name: &s.prop, place: place(record, &s.prop), values: vec![said] }),
        }
    }
    all.sort_by_key(|f| f.place);
    all
}

fn place(record: &Record, name: &str) -> usize {
    let order = properties(record.kind);
    order.iter().position(|p| p.name == name).unwrap_or(order.len())
}

/// A value as people say it: dates with the month's name, codes by their label, yes and no.
fn spoken(of: Option<ValueType>, value: &Scalar) -> String {
    let text = value.to_string();
    match (of, value) {
        (Some(ValueType::Date), _) => date(&text),
        (Some(ValueType::Code(list)), _) => codes::shipped()
            .iter()
            .find(|l| l.list == list)
            .and_then(|l| l.find(&text))
            .map_or(text, |code| code.label("en").to_owned()),
        (_, Scalar::Truth(true)) => "Yes".into(),
        (_, Scalar::Truth(false)) => "No".into(),
        _ => text,
    }
}

fn date(text: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let parts: Vec<usize> = text.split('-').map_while(|part| part.parse().ok()).collect();
    let month = |n: usize| MONTHS.get(n.wrapping_sub(1));
    match parts[..] {
        [year, m, day] if text.parse::<Day>().is_ok() => {
            month(m).map_or_else(|| text.to_owned(), |m| format!("{day} {m} {year}"))
        }
        [year, m] => month(m).map_or_else(|| text.to_owned(), |m| format!("{m} {year}")),
        _ => text.to_owned(),
    }
}

/// The name of a property, a role or a kind as people read it.
pub(crate) fn words(name: &str) -> String {
    match name {
        "line1" => "Address".into(),
        "line2" => "Address, second line".into(),
        _ => sentence(&name.replace(['_', '-'], " ")),
    }
}

/// With a capital letter at the start.
pub(crate) fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_said_as_people_say_them() {
        let said = |of, value: &str| spoken(of, &Scalar::Text(value.into()));
        assert_eq!(said(Some(ValueType::Date), "1980-03-04"), "4 March 1980");
        assert_eq!(said(Some(ValueType::Date), "1980-03"), "March 1980");
        assert_eq!(said(Some(ValueType::Date), "1980"), "1980");
        assert_eq!(said(Some(ValueType::Date), "1980-13-04"), "1980-13-04");
        assert_eq!(said(Some(ValueType::Code("sex")), "SEX_0002"), "Female");
        assert_eq!(said(Some(ValueType::Code("sex")), "unheard of"), "unheard of");
        assert_eq!(said(None, "white van"), "white van");
        assert_eq!(spoken(None, &Scalar::Truth(false)), "No");
    }

    #[test]
    fn names_are_words() {
        assert_eq!(words("date_of_birth"), "Date of birth");
        assert_eq!(words("line1"), "Address");
        assert_eq!(words("élan-vital"), "Élan vital");
        assert_eq!(words(""), "");
    }
}
