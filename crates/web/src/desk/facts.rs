//! What a record says, in the order and the words in which a person reads it.

use bluelamp_model::{
    Day, Record, Scalar, codes,
    property::{FieldClass, ValueType, properties, property},
};

/// What is said of one property.
pub(crate) struct Fact<'a> {
    /// The property's name.
    pub name: &'a str,
    /// Its place in the reading order of the kind; those that the kind does not know come last.
    pub place: usize,
    /// Every value, in the order in which they were said.
    pub values: Vec<String>,
    /// Whether it is told in free words, which never say the same twice.
    pub told: bool,
}

/// Everything that a record says, each property once.
pub(crate) fn facts(record: &Record) -> Vec<Fact<'_>> {
    let mut all: Vec<Fact<'_>> = Vec::new();
    for s in &record.statements {
        let known = property(record.kind, &s.prop);
        let said = spoken(&s.prop, known.map(|p| p.value), &s.value);
        match all.iter_mut().find(|f| f.name == s.prop) {
            Some(fact) => fact.values.push(said),
            None => all.push(Fact {
                name: &s.prop,
                place: place(record, &s.prop),
                values: vec![said],
                told: known.is_some_and(|p| p.class == FieldClass::Narrative),
            }),
        }
    }
    one_name(&mut all);
    all.sort_by_key(|f| f.place);
    all
}

/// A name in parts is read as one, and can then be held against a name that was given whole.
fn one_name(all: &mut Vec<Fact<'_>>) {
    const PARTS: [&str; 3] = ["given_name", "middle_name", "family_name"];
    // Several values of a part cannot be told apart into people; they stay as they are.
    let parts = || PARTS.iter().filter_map(|part| all.iter().find(|f| f.name == *part));
    if all.iter().any(|f| f.name == "name") || parts().count() < 2 || parts().any(|f| f.values.len() > 1) {
        return;
    }
    let whole = parts().flat_map(|f| f.values.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    all.retain(|f| !PARTS.contains(&f.name));
    all.push(Fact { name: "name", place: 0, values: vec![whole], told: false });
}

fn place(record: &Record, name: &str) -> usize {
    let order = properties(record.kind);
    order.iter().position(|p| p.name == name).unwrap_or(order.len())
}

/// A value as people say it: dates with the month's name, codes by their label, numbers in groups, yes and no.
fn spoken(name: &str, of: Option<ValueType>, value: &Scalar) -> String {
    let text = value.to_string();
    match (of, value) {
        _ if name == "phone" || name == "number" => phone(&text),
        _ if name == "registration" => registration(&text),
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

/// British numbers in national form; others as they are.
fn phone(text: &str) -> String {
    match text.strip_prefix("+44") {
        Some(rest) if rest.len() == 10 && rest.bytes().all(|b| b.is_ascii_digit()) => {
            format!("0{} {}", &rest[..4], &rest[4..])
        }
        _ => text.to_owned(),
    }
}

/// Registrations of the current form with the gap that the plate has.
fn registration(text: &str) -> String {
    match text.as_bytes() {
        [a, b, c, d, e, f, g]
            if [a, b, e, f, g].into_iter().all(u8::is_ascii_alphabetic)
                && [c, d].into_iter().all(u8::is_ascii_digit) =>
        {
            format!("{} {}", &text[..4], &text[4..])
        }
        _ => text.to_owned(),
    }
}

pub(crate) fn date(text: &str) -> String {
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
        let said = |of, value: &str| spoken("", of, &Scalar::Text(value.into()));
        assert_eq!(said(Some(ValueType::Date), "1980-03-04"), "4 March 1980");
        assert_eq!(said(Some(ValueType::Date), "1980-03"), "March 1980");
        assert_eq!(said(Some(ValueType::Date), "1980"), "1980");
        assert_eq!(said(Some(ValueType::Date), "1980-13-04"), "1980-13-04");
        assert_eq!(said(Some(ValueType::Code("sex")), "SEX_0002"), "Female");
        assert_eq!(said(Some(ValueType::Code("sex")), "unheard of"), "unheard of");
        assert_eq!(said(None, "white van"), "white van");
        assert_eq!(spoken("", None, &Scalar::Truth(false)), "No");
        for (name, value, words) in [
            ("phone", "+447700900123", "07700 900123"),
            ("phone", "+4930123456", "+4930123456"),
            ("registration", "AB12CDE", "AB12 CDE"),
            ("registration", "Q1", "Q1"),
            ("registration", "ÄB12CD", "ÄB12CD"),
        ] {
            assert_eq!(spoken(name, None, &Scalar::Text(value.into())), words);
        }
    }

    #[test]
    fn a_name_in_parts_is_read_as_one() {
        let fact = |place, name, values: &[&str]| Fact {
            name,
            place,
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            told: false,
        };
        let read = |mut all: Vec<Fact<'static>>| {
            one_name(&mut all);
            all.into_iter().map(|f| (f.name, f.values.join(", "))).collect::<Vec<_>>()
        };
        let parts = vec![fact(4, "family_name", &["Smith"]), fact(2, "given_name", &["Jo"])];
        assert_eq!(read(parts), [("name", "Jo Smith".to_owned())]);
        let several = vec![fact(4, "family_name", &["Smith", "Smyth"]), fact(2, "given_name", &["Jo"])];
        assert_eq!(read(several).len(), 2);
        assert_eq!(read(vec![fact(4, "family_name", &["Smith"])]), [("family_name", "Smith".to_owned())]);
    }

    #[test]
    fn names_are_words() {
        assert_eq!(words("date_of_birth"), "Date of birth");
        assert_eq!(words("line1"), "Address");
        assert_eq!(words("élan-vital"), "Élan vital");
        assert_eq!(words(""), "");
    }
}
