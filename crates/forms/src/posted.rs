//! What a browser posts, brought into the shape of an answer. Names of fields are those of the component,
//! with `-day`, `-month` and `-year` for a date and `-line1`, `-line2`, `-town` and `-postcode` for an
//! address.

use crate::normal;
use crate::question::{Component, Kind};
use crate::value::{ADDRESS_PARTS, Checked, Wrong, wrong};
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// Posted fields by name.
pub(crate) type Raw = BTreeMap<String, Vec<String>>;

fn field<'a>(raw: &'a Raw, name: &str) -> &'a str {
    raw.get(name).and_then(|all| all.first()).map_or("", |first| first.trim())
}

/// The answer that was posted for a component, not yet checked against its rules.
pub(crate) fn posted(component: &Component, raw: &Raw) -> Checked {
    let said = field(raw, &component.name);
    match &component.kind {
        Kind::YesNo | Kind::Declaration => match said {
            "" => Ok(None),
            "yes" => Ok(Some(Value::Bool(true))),
            "no" => Ok(Some(Value::Bool(false))),
            _ => Err(vec![wrong("", "not-an-option")]),
        },
        Kind::Checkboxes(_) => {
            let chosen: Vec<Value> = raw
                .get(&component.name)
                .into_iter()
                .flatten()
                .filter(|value| !value.is_empty())
                .map(|value| value.clone().into())
                .collect();
            Ok((!chosen.is_empty()).then_some(Value::Array(chosen)))
        }
        Kind::Date => date(component, raw),
        Kind::Address => {
            let parts = ADDRESS_PARTS.map(|part| (part, field(raw, &format!("{}-{part}", component.name))));
            let given: Map<String, Value> = parts
                .iter()
                .filter(|(_, said)| !said.is_empty())
                .map(|(part, said)| ((*part).to_string(), Value::from(*said)))
                .collect();
            Ok((!given.is_empty()).then_some(Value::Object(given)))
        }
        Kind::Number if !said.is_empty() => number(said, component.limits.precision).map(Some),
        Kind::Money if !said.is_empty() => pence(said).map(Some),
        _ => Ok((!said.is_empty()).then(|| said.into())),
    }
}

fn date(component: &Component, raw: &Raw) -> Checked {
    let [day, month, year] =
        ["day", "month", "year"].map(|part| field(raw, &format!("{}-{part}", component.name)));
    match (day.is_empty(), month.is_empty(), year.is_empty()) {
        (true, true, true) => return Ok(None),
        (true, _, _) => return Err(vec![wrong("day", "no-day")]),
        (_, true, _) => return Err(vec![wrong("month", "no-month")]),
        (_, _, true) => return Err(vec![wrong("year", "no-year")]),
        _ => {}
    }
    let Some(d) = normal::whole(day).filter(|d| (1..=31).contains(d)) else {
        return Err(vec![wrong("day", "not-a-date")]);
    };
    let Some(m) = normal::month(month) else { return Err(vec![wrong("month", "not-a-date")]) };
    let Some(y) = normal::whole(year).filter(|_| year.len() == 4) else {
        return Err(vec![wrong("year", "not-a-date")]);
    };
    Ok(Some(format!("{y:04}-{m:02}-{d:02}").into()))
}

fn number(said: &str, precision: u32) -> Result<Value, Vec<Wrong>> {
    let Some((negative, whole, part)) = normal::decimal(said) else {
        return Err(vec![wrong("", "not-a-number")]);
    };
    if part.len() > precision as usize {
        return Err(vec![wrong("", if precision == 0 { "not-whole" } else { "too-precise" })]);
    }
    let sign = if negative { "-" } else { "" };
    let number = if part.is_empty() {
        format!("{sign}{whole}").parse::<i64>().ok().map(Number::from)
    } else {
        format!("{sign}{whole}.{part}").parse::<f64>().ok().and_then(Number::from_f64)
    };
    number.map(Value::Number).ok_or_else(|| vec![wrong("", "not-a-number")])
}

fn pence(said: &str) -> Result<Value, Vec<Wrong>> {
    match normal::decimal(said) {
        None => Err(vec![wrong("", "not-a-number")]),
        Some((_, _, part)) if part.len() > 2 => Err(vec![wrong("", "too-precise")]),
        Some((negative, whole, part)) => {
            let sign = if negative { "-" } else { "" };
            let digits = format!("{sign}{whole}{part:0<2}");
            digits.parse::<i64>().map(Value::from).map_err(|_| vec![wrong("", "not-a-number")])
        }
    }
}
