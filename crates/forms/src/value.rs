//! What an answer must be like: the one set of rules for pages, the API and the phone.

use crate::form::Form;
use crate::normal;
use crate::question::{Component, Kind, Limits};
use bluelamp_model::Time;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Map, Number, Value};

/// Every code that a message can be asked for, in the order of the documentation.
pub(crate) const CODES: [&str; 31] = [
    "required",
    "wrong-type",
    "too-short",
    "too-long",
    "not-an-option",
    "exclusive",
    "no-day",
    "no-month",
    "no-year",
    "not-a-date",
    "future",
    "too-early",
    "before-start",
    "not-a-time",
    "not-an-email",
    "not-a-phone",
    "no-line1",
    "no-town",
    "no-postcode",
    "line1-too-long",
    "line2-too-long",
    "town-too-long",
    "not-a-postcode",
    "not-a-registration",
    "not-a-number",
    "not-whole",
    "too-precise",
    "too-small",
    "too-big",
    "unknown",
    "ended",
];

/// Characters in one line of an address.
const ADDRESS_LINE: usize = 100;

/// One thing wrong with an answer, before it is put into words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The part of the answer: empty for the whole, `day` or `line1` for a part.
    pub(crate) part: &'static str,
    pub(crate) code: &'static str,
}

pub(crate) fn wrong(part: &'static str, code: &'static str) -> Wrong {
    Wrong { part, code }
}

/// The outcome of checking: the answer as it is kept, or none where nothing was answered.
pub(crate) type Checked = Result<Option<Value>, Vec<Wrong>>;

fn whole(code: &'static str) -> Checked {
    Err(vec![wrong("", code)])
}

impl Form {
    /// Checks one answer and brings it into the form that is kept. Keeping what was kept changes nothing.
    ///
    /// Whether a required answer is missing is the caller's to judge.
    pub(crate) fn check(&self, component: &Component, given: &Value, today: Time) -> Checked {
        if given.is_null() {
            return Ok(None);
        }
        let limits = component.limits;
        match &component.kind {
            Kind::Text => string(given, |s| length(&normal::text(s, false), limits)),
            Kind::Multiline => string(given, |s| length(&normal::text(s, true), limits)),
            Kind::YesNo => boolean(given),
            Kind::Declaration => match given {
                Value::Bool(true) => Ok(Some(Value::Bool(true))),
                Value::Bool(false) => Ok(None),
                _ => whole("wrong-type"),
            },
            Kind::Radios(_) | Kind::Select(_) => string(given, |s| {
                let known = self.items(component).iter().any(|item| item.value == s);
                if known { Ok(Some(s.into())) } else { whole("not-an-option") }
            }),
            Kind::Checkboxes(_) => self.checkboxes(component, given),
            Kind::Date => string(given, |s| day(s, component, today)),
            Kind::Time => string(given, |s| or("not-a-time", normal::time(s))),
            Kind::Email => string(given, |s| or("not-an-email", normal::email(s))),
            Kind::Phone => string(given, |s| or("not-a-phone", normal::phone(s))),
            Kind::Postcode => string(given, |s| or("not-a-postcode", normal::postcode(s))),
            Kind::Vehicle => string(given, |s| or("not-a-registration", normal::registration(s))),
            Kind::Address => address(given),
            Kind::Number => number(given, limits),
            Kind::Money => money(given, limits),
            Kind::Markdown(_) => whole("unknown"),
        }
    }

    fn checkboxes(&self, component: &Component, given: &Value) -> Checked {
        let Some(given) = given.as_array() else { return whole("wrong-type") };
        let items = self.items(component);
        for value in given {
            match value.as_str() {
                None => return whole("wrong-type"),
                Some(value) if !items.iter().any(|item| item.value == value) => {
                    return whole("not-an-option");
                }
                Some(_) => {}
            }
        }
        let chosen: Vec<_> = items.iter().filter(|item| given.iter().any(|v| *v == item.value)).collect();
        if chosen.len() > 1 && chosen.iter().any(|item| item.exclusive) {
            return whole("exclusive");
        }
        let kept: Vec<Value> = chosen.iter().map(|item| item.value.clone().into()).collect();
        Ok((!kept.is_empty()).then_some(Value::Array(kept)))
    }
}

fn string(given: &Value, check: impl FnOnce(&str) -> Checked) -> Checked {
    match given.as_str().map(str::trim) {
        None => whole("wrong-type"),
        Some("") => Ok(None),
        Some(s) => check(s),
    }
}

fn or(code: &'static str, kept: Option<String>) -> Checked {
    match kept {
        Some(kept) => Ok(Some(kept.into())),
        None => whole(code),
    }
}

fn boolean(given: &Value) -> Checked {
    if given.is_boolean() { Ok(Some(given.clone())) } else { whole("wrong-type") }
}

fn length(kept: &str, limits: Limits) -> Checked {
    let count = i64::try_from(kept.chars().count()).unwrap_or(i64::MAX);
    match (limits.min, limits.max) {
        _ if count == 0 => Ok(None),
        (Some(min), _) if count < min => whole("too-short"),
        (_, Some(max)) if count > max => whole("too-long"),
        _ => Ok(Some(kept.into())),
    }
}

/// Today in London. A time that no calendar holds lets no date through.
fn calendar(today: Time) -> Date {
    normal::date(&today.day()).unwrap_or(normal::EARLIEST)
}

fn day(given: &str, component: &Component, today: Time) -> Checked {
    let Some(date) = normal::date(given) else { return whole("not-a-date") };
    let today = calendar(today);
    let back = |days: u32| today.saturating_sub(i64::from(days).days());
    let first = component.days_past.map_or(normal::EARLIEST, back).max(normal::EARLIEST);
    let last = today.saturating_add(i64::from(component.days_future).days());
    if date > last {
        return whole("future");
    }
    if date < first {
        return whole("too-early");
    }
    Ok(Some(given.into()))
}

fn address(given: &Value) -> Checked {
    let Some(given) = given.as_object() else { return whole("wrong-type") };
    if given.iter().any(|(key, v)| !is_part(key) || !(v.is_string() || v.is_null())) {
        return whole("wrong-type");
    }
    let line = |part: &str| normal::text(given.get(part).and_then(Value::as_str).unwrap_or(""), false);
    let (line1, line2, town, postcode) = (line("line1"), line("line2"), line("town"), line("postcode"));
    if [&line1, &line2, &town, &postcode].iter().all(|part| part.is_empty()) {
        return Ok(None);
    }
    let mut faults = Vec::new();
    let long = |s: &str| s.chars().count() > ADDRESS_LINE;
    let mut refuse = |bad: bool, part, code| {
        if bad {
            faults.push(wrong(part, code));
        }
    };
    refuse(line1.is_empty(), "line1", "no-line1");
    refuse(long(&line1), "line1", "line1-too-long");
    refuse(long(&line2), "line2", "line2-too-long");
    refuse(town.is_empty(), "town", "no-town");
    refuse(long(&town), "town", "town-too-long");
    let kept = normal::postcode(&postcode);
    refuse(postcode.is_empty(), "postcode", "no-postcode");
    refuse(!postcode.is_empty() && kept.is_none(), "postcode", "not-a-postcode");
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut address = Map::new();
    address.insert("line1".into(), line1.into());
    if !line2.is_empty() {
        address.insert("line2".into(), line2.into());
    }
    address.insert("town".into(), town.into());
    address.insert("postcode".into(), kept.into());
    Ok(Some(Value::Object(address)))
}

fn is_part(key: &str) -> bool {
    ADDRESS_PARTS.contains(&key)
}

/// The parts of an address, as keys and as ends of the names of HTML fields.
pub(crate) const ADDRESS_PARTS: [&str; 4] = ["line1", "line2", "town", "postcode"];

fn number(given: &Value, limits: Limits) -> Checked {
    // The text of a number is its shortest exact form, so that its decimals can be counted.
    let Some(said) = given.as_number().map(ToString::to_string) else { return whole("wrong-type") };
    let Some((negative, whole_part, part)) = normal::decimal(&said) else { return whole("too-big") };
    if part.len() > limits.precision as usize {
        return whole(if limits.precision == 0 { "not-whole" } else { "too-precise" });
    }
    let sign = if negative { "-" } else { "" };
    let kept: Option<Number> = if part.is_empty() {
        format!("{sign}{whole_part}").parse::<i64>().ok().map(Into::into)
    } else {
        format!("{sign}{whole_part}.{part}").parse::<f64>().ok().and_then(Number::from_f64)
    };
    let Some(kept) = kept else { return whole("too-big") };
    within(kept, 1, limits)
}

fn money(given: &Value, limits: Limits) -> Checked {
    match given.as_i64() {
        Some(pence) if pence.unsigned_abs() < 1_000_000_000_000_000 => within(pence.into(), 100, limits),
        Some(_) => whole("too-big"),
        None => whole("wrong-type"),
    }
}

/// Compares a number with limits that count in units of `per`.
fn within(kept: Number, per: i64, limits: Limits) -> Checked {
    let limit = |n: Option<i64>| n.map(|n| as_f64(n.saturating_mul(per)));
    let value = kept.as_f64().unwrap_or(f64::NAN);
    if limit(limits.min).is_some_and(|min| value < min) {
        return whole("too-small");
    }
    if limit(limits.max).is_some_and(|max| value > max) {
        return whole("too-big");
    }
    Ok(Some(Value::Number(kept)))
}

/// Limits and answers have at most 15 digits, which a double holds exactly.
fn as_f64(n: i64) -> f64 {
    Number::from(n).as_f64().unwrap_or(f64::MAX)
}
