//! Answers in words: the summary before sending, and the officer's page.

use crate::form::Form;
use crate::journey::{Asked, Reading};
use crate::normal;
use crate::question::{Component, Kind};
use serde_json::Value;

/// One question and what was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The heading it stands under.
    pub section: Option<String>,
    /// The path of the page, for a "change" link.
    pub page: String,
    /// The name of the component.
    pub name: String,
    /// The question.
    pub question: String,
    /// The answer in words, one entry a line or choice; empty where an optional question was passed over.
    pub answer: Vec<String>,
}

/// The words of a summary that the common file gives beside the messages.
pub(crate) const WORDS: [&str; 4] = ["yes", "no", "agreed", "months"];

impl Reading<'_, '_> {
    /// What was asked and answered, in order. Questions that these answers do not lead to are left out.
    #[must_use]
    pub fn summary(&self) -> Vec<Row> {
        let form = self.form;
        let row = |asked: &Asked<'_, '_>| {
            let section = asked.page.section.as_ref().and_then(|name| form.sections.get(name));
            Row {
                section: section.map(|title| title.say(form.speaks).to_string()),
                page: asked.page.path.clone(),
                name: asked.component.name.clone(),
                question: asked.page.question(asked.component).say(form.speaks).to_string(),
                answer: asked.given.map(|given| form.shown(asked.component, given)).unwrap_or_default(),
            }
        };
        self.asked.iter().map(row).collect()
    }
}

impl Form {
    fn common_word(&self, word: &str) -> String {
        self.messages.get(word).map_or(word, |text| text.say(self.speaks)).to_string()
    }

    /// An answer in words. One that is not of the component's type is shown as it stands.
    pub(crate) fn shown(&self, component: &Component, given: &Value) -> Vec<String> {
        let choice = |value: &str| {
            let item = self.items(component).iter().find(|item| item.value == value);
            item.map_or(value, |item| item.text.say(self.speaks)).to_string()
        };
        match (&component.kind, given) {
            (Kind::Declaration, Value::Bool(true)) => vec![self.common_word("agreed")],
            (_, Value::Bool(true)) => vec![self.common_word("yes")],
            (_, Value::Bool(false)) => vec![self.common_word("no")],
            (Kind::Radios(_) | Kind::Select(_), Value::String(value)) => vec![choice(value)],
            (_, Value::Array(values)) => values.iter().filter_map(Value::as_str).map(choice).collect(),
            (Kind::Date, Value::String(day)) => vec![self.spoken_day(day)],
            (Kind::Time, Value::String(time)) => vec![spoken_time(time)],
            (Kind::Phone, Value::String(number)) => vec![spoken_phone(number)],
            (Kind::Address, Value::Object(parts)) => crate::value::ADDRESS_PARTS
                .iter()
                .filter_map(|part| parts.get(*part).and_then(Value::as_str))
                .map(ToString::to_string)
                .collect(),
            (Kind::Money, Value::Number(pence)) => vec![spoken_money(pence.as_i64().unwrap_or(0))],
            (_, Value::String(words)) => vec![words.clone()],
            (_, other) => vec![other.to_string()],
        }
    }

    fn spoken_day(&self, day: &str) -> String {
        let Some(date) = normal::date(day) else { return day.into() };
        let months = self.common_word("months");
        let index = usize::try_from(date.month() - 1).unwrap_or(0);
        let month = months.split_whitespace().nth(index).unwrap_or_default();
        format!("{} {month} {}", date.day(), date.year())
    }
}

fn spoken_time(time: &str) -> String {
    let Some((hour, minute)) = time.split_once(':') else { return time.into() };
    let hour: u32 = hour.parse().unwrap_or(0);
    let half = if hour < 12 { "am" } else { "pm" };
    let twelve = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
    if minute == "00" { format!("{twelve}{half}") } else { format!("{twelve}:{minute}{half}") }
}

/// British numbers as people dial them, others as E.164 writes them.
fn spoken_phone(number: &str) -> String {
    match number.strip_prefix("+44") {
        Some(national) if national.len() == 10 && national.is_ascii() => {
            format!("0{} {}", &national[..4], &national[4..])
        }
        Some(national) => format!("0{national}"),
        None => number.into(),
    }
}

fn spoken_money(pence: i64) -> String {
    let pounds = (pence.unsigned_abs() / 100).to_string();
    let mut grouped = String::new();
    for (n, digit) in pounds.chars().enumerate() {
        if n > 0 && (pounds.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if pence < 0 { "−" } else { "" };
    match pence.unsigned_abs() % 100 {
        0 => format!("{sign}£{grouped}"),
        rest => format!("{sign}£{grouped}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_money_times_and_numbers_as_they_say_them() {
        for (pence, words) in [(0, "£0"), (5, "£0.05"), (123_456_700, "£1,234,567"), (-150, "−£1.50")] {
            assert_eq!(spoken_money(pence), words);
        }
        for (time, words) in [("00:00", "12am"), ("09:05", "9:05am"), ("12:00", "12pm"), ("23:59", "11:59pm")]
        {
            assert_eq!(spoken_time(time), words);
        }
        assert_eq!(spoken_phone("+447700900123"), "07700 900123");
        assert_eq!(spoken_phone("+448001111"), "08001111");
        assert_eq!(spoken_phone("+33123456789"), "+33123456789");
    }
}
