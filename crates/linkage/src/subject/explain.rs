//! Sentences for an officer, and values as people write them.

use super::compare::{self, Dates};
use super::model::{FieldModel, Model, Test};
use super::record::{Field, Kind, Value};

/// A normalised value as it is shown; `written` is what the record had.
pub(crate) fn shown(field: Field, norm: &str, written: &str) -> String {
    match field {
        Field::Phone => phone(norm),
        Field::BirthDate => date(norm),
        Field::Registration => registration(norm),
        Field::Sex => match norm {
            "f" => "female".to_owned(),
            "m" => "male".to_owned(),
            _ => "neither female nor male".to_owned(),
        },
        Field::Postcode | Field::Email | Field::Handle | Field::Vin | Field::Uprn | Field::Imei => {
            norm.to_owned()
        }
        _ => written.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect(),
    }
}

/// British numbers in national form, grouped as Ofcom does; others in E.164.
fn phone(norm: &str) -> String {
    let Some(national) = norm.strip_prefix("+44").filter(|rest| rest.len() == 10 && rest.is_ascii()) else {
        return norm.to_owned();
    };
    let (a, b) = match national.as_bytes() {
        [b'2', ..] => (2, 6),
        [b'1', b'1', ..] | [b'1', _, b'1', ..] => (3, 6),
        [b'3' | b'8' | b'9', ..] => (3, 6),
        _ => return format!("0{} {}", &national[..4], &national[4..]),
    };
    format!("0{} {} {}", &national[..a], &national[a..b], &national[b..])
}

fn date(norm: &str) -> String {
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
    let mut parts = norm.split('-').map(|part| part.parse::<usize>().unwrap_or_default());
    let (year, month, day) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next());
    match (MONTHS.get(month.wrapping_sub(1)), day) {
        (Some(month), Some(day)) => format!("{day} {month} {year}"),
        (Some(month), None) => format!("{month} {year}"),
        _ => norm.to_owned(),
    }
}

/// Current marks as on the plate, "AB12 CDE".
fn registration(norm: &str) -> String {
    let current = norm.is_ascii()
        && norm.len() == 7
        && norm
            .bytes()
            .enumerate()
            .all(|(at, b)| if matches!(at, 2 | 3) { b.is_ascii_digit() } else { b.is_ascii_uppercase() });
    if current { format!("{} {}", &norm[..4], &norm[4..]) } else { norm.to_owned() }
}

/// "+9.1", "−4.2", "0.0".
fn signed(weight: f64) -> String {
    let size = format!("{:.1}", weight.abs());
    match weight {
        _ if size == "0.0" => size,
        w if w < 0.0 => format!("−{size}"),
        _ => format!("+{size}"),
    }
}

pub(crate) fn prior(model: &Model, weight: f64) -> String {
    let thing = match model.kind {
        Kind::Person => "person",
        Kind::Vehicle => "vehicle",
        Kind::Phone => "phone",
        Kind::Location => "place",
    };
    let one_in = (1.0 / model.prior.clamp(1e-12, 1.0)).round();
    format!("Of all pairs of records, about 1 in {one_in} is the same {thing} ({})", signed(weight))
}

pub(crate) fn sentence(
    field: &FieldModel,
    test: Option<&Test>,
    used: [Option<&Value>; 2],
    weight: f64,
    rarity: f64,
    others: &[&str],
) -> String {
    let name = &field.name;
    let [Some(left), Some(right)] = used else { return format!("Nothing to compare: {name} (0.0)") };
    let (l, r) = (left.shown.as_str(), right.shown.as_str());
    let noun = match field.field {
        Field::Phone if left.norm.starts_with("+447") && right.norm.starts_with("+447") => "mobile number",
        _ => name.as_str(),
    };
    let said = match test {
        Some(Test::Exact) => format!("Same {noun} {l}"),
        Some(Test::Swapped) if field.field == Field::GivenName => {
            format!("Given and family name exchanged: {l} and {r}")
        }
        Some(Test::Swapped) => "Family name counted with the given name, as they are exchanged".to_owned(),
        Some(Test::JaroWinkler(_)) => format!("Similar {noun}: {l} and {r}"),
        Some(Test::Edits(1)) => format!("One character of the {noun} differs: {l} and {r}"),
        Some(Test::Edits(most)) => format!("At most {most} characters of the {noun} differ: {l} and {r}"),
        Some(Test::Nickname) => format!("Forms of one {noun}: {l} and {r}"),
        Some(Test::Words) => format!("One {noun} is part of the other: {l} and {r}"),
        Some(Test::Initial) => format!("The {noun} fits the initial: {l} and {r}"),
        Some(Test::Date(_)) => match compare::dates(&left.norm, &right.norm) {
            Dates::DayMonthExchanged => format!("The {noun} has day and month exchanged: {l} and {r}"),
            Dates::OneDigit => format!("The {noun} differs by one digit: {l} and {r}"),
            Dates::Year => format!("Only the year of the {noun} is the same: {l} and {r}"),
            _ => format!("The {noun} has the same year and month: {l} and {r}"),
        },
        Some(Test::District) => format!("Same district of the {noun} only: {l} and {r}"),
        Some(Test::LocalPart) => format!("Same {noun} but for the provider: {l} and {r}"),
        Some(Test::LookAlike) => {
            format!("The {noun} differs only in characters that look alike: {l} and {r}")
        }
        Some(Test::Last(count)) => {
            format!("The last {count} characters of the {noun} are the same: {l} and {r}")
        }
        Some(Test::SameNumbers(_)) => format!("Same house number and a similar street: {l} and {r}"),
        Some(Test::OtherNumbers(_)) => {
            format!("Other house number in the same or a similar street: {l} and {r}")
        }
        Some(Test::Missing | Test::AnyOf(_) | Test::Else) | None => {
            format!("The {noun} is different: {l} and {r}")
        }
    };
    let rare = match rarity {
        w if w >= 1.0 => ", uncommon",
        w if w <= -1.0 => ", common",
        _ => "",
    };
    let against = if weight < 0.0 { "Against: " } else { "" };
    let held =
        if others.is_empty() { String::new() } else { format!("; also recorded: {}", others.join(", ")) };
    let mut said = format!("{said}{rare}{held} ({})", signed(weight));
    if !against.is_empty() {
        let first = said.chars().next().map(char::to_lowercase);
        said = first.into_iter().flatten().chain(said.chars().skip(1)).collect();
    }
    format!("{against}{said}")
}
