//! From a form's components to the fields of a page, with the answers so far and what is wrong with them.

use crate::govuk::{
    page::{Field, Hint, Item, Kind},
    prose::prose,
};
use bluelamp_forms::{Answers, Component, Form, Kind as Asked, Page};
use bluelamp_model::FieldError;
use serde_json::Value;
use std::collections::BTreeMap;

/// Posted fields by name.
pub(crate) type Raw = BTreeMap<String, Vec<String>>;

/// What a page shows in its fields.
pub(crate) struct Shown<'a> {
    /// The answers that are kept.
    pub answers: &'a Answers,
    /// What was just posted, shown again as it was typed.
    pub posted: Option<&'a Raw>,
    /// What is wrong with it.
    pub errors: &'a [FieldError],
}

/// The fields of a page.
pub(crate) fn fields(form: &Form, page: &Page, shown: &Shown<'_>) -> Vec<Field> {
    let questions = page.components.iter().filter(|c| c.asks()).count();
    page.components
        .iter()
        .map(|c| {
            let mut field = field(form, c, shown);
            // The title of a page with one question is the question.
            if questions == 1 && c.asks() && !matches!(c.kind, Asked::Declaration) {
                field.label = None;
            }
            field
        })
        .collect()
}

fn field(form: &Form, c: &Component, shown: &Shown<'_>) -> Field {
    let say = |t: &bluelamp_forms::Text| t.say(form.speaks).to_owned();
    let posted = |name: &str| {
        shown.posted.map(|raw| raw.get(name).and_then(|v| v.first()).cloned().unwrap_or_default())
    };
    let kept = shown.answers.get(&c.name);
    let text = |v: &Value| match v {
        Value::String(s) => s.clone(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        other => other.to_string(),
    };
    let mut field = Field {
        name: c.name.clone(),
        label: c.title.as_ref().map(say),
        hint: c.hint.as_ref().map(say),
        value: posted(&c.name).or_else(|| kept.map(text)),
        autocomplete: c.autocomplete.clone(),
        rows: c.rows,
        prefix: c.prefix.as_ref().map(say),
        suffix: c.suffix.as_ref().map(say),
        ..Field::default()
    };
    let wrong: Vec<&FieldError> = shown
        .errors
        .iter()
        .filter(|e| {
            e.field == c.name || e.field.strip_prefix(&c.name).is_some_and(|rest| rest.starts_with('-'))
        })
        .collect();
    field.error = wrong.first().map(|e| e.message.clone());
    field.wrong_parts = wrong
        .iter()
        .filter_map(|e| e.field.strip_prefix(&format!("{}-", c.name)).map(str::to_owned))
        .collect();
    let items = || {
        form.items(c)
            .iter()
            .flat_map(|item| {
                let divider =
                    item.divider.as_ref().map(|words| Item { divider: Some(say(words)), ..Item::default() });
                let choice = Item {
                    value: item.value.clone(),
                    text: say(&item.text),
                    hint: item.hint.as_ref().map(|h| Hint { text: say(h) }),
                    reveals: item.reveals.iter().map(|c| self::field(form, c, shown)).collect(),
                    behaviour: item.exclusive.then(|| "exclusive".into()),
                    divider: None,
                };
                divider.into_iter().chain([choice])
            })
            .collect::<Vec<_>>()
    };
    match &c.kind {
        Asked::Text => field.kind = Kind::Input,
        Asked::Multiline => {
            field.kind = Kind::Textarea;
            field.maximum = c.limits.max.and_then(|m| u32::try_from(m).ok());
        }
        Asked::YesNo => {
            field.kind = Kind::Radios;
            field.inline = true;
            field.items = [("yes", "Yes"), ("no", "No")]
                .map(|(value, text)| Item { value: value.into(), text: text.into(), ..Item::default() })
                .into();
        }
        Asked::Radios(_) => {
            field.kind = Kind::Radios;
            field.items = items();
        }
        Asked::Checkboxes(_) => {
            field.kind = Kind::Checkboxes;
            field.items = items();
            field.values = match (shown.posted, kept) {
                (Some(raw), _) => raw.get(&c.name).cloned().unwrap_or_default(),
                (None, Some(Value::Array(all))) => all.iter().map(text).collect(),
                _ => Vec::new(),
            };
        }
        Asked::Select(_) => {
            field.kind = Kind::Select;
            field.items = items();
        }
        Asked::Date => {
            field.kind = Kind::Date;
            let date = kept.and_then(Value::as_str).unwrap_or_default();
            let mut stored = date.splitn(3, '-');
            let (year, month, day) = (stored.next(), stored.next(), stored.next());
            for (part, value) in [("day", day), ("month", month), ("year", year)] {
                let said = posted(&format!("{}-{part}", c.name))
                    .or_else(|| value.map(|v| v.trim_start_matches('0').to_owned()))
                    .unwrap_or_default();
                field.parts.insert(part.into(), said);
            }
        }
        Asked::Time => {
            field.kind = Kind::Time;
            field.hint.get_or_insert_with(|| "For example, 14:30 or 2:30pm".into());
        }
        Asked::Email => {
            field.input_type = Some("email".into());
            field.autocomplete.get_or_insert_with(|| "email".into());
            field.spellcheck = Some(false);
        }
        Asked::Phone => {
            field.input_type = Some("tel".into());
            field.autocomplete.get_or_insert_with(|| "tel".into());
            field.width = Some(20);
        }
        Asked::Address => {
            field.kind = Kind::Address;
            for part in ["line1", "line2", "town", "postcode"] {
                let stored = kept.and_then(|v| v.get(part)).and_then(Value::as_str).map(str::to_owned);
                let said = posted(&format!("{}-{part}", c.name)).or(stored).unwrap_or_default();
                field.parts.insert(part.into(), said);
            }
        }
        Asked::Postcode => {
            field.width = Some(10);
            field.spellcheck = Some(false);
        }
        Asked::Vehicle => {
            field.width = Some(10);
            field.spellcheck = Some(false);
        }
        Asked::Number => {
            field.inputmode = Some("numeric".into());
            field.width = Some(5);
        }
        Asked::Money => {
            field.inputmode = Some("decimal".into());
            field.width = Some(10);
            field.prefix.get_or_insert_with(|| "£".into());
        }
        Asked::Declaration => {
            field.kind = Kind::Declaration;
            field.text = field.label.take();
        }
        Asked::Markdown(words) => {
            field.kind = Kind::Markdown;
            field.html = Some(prose(words.say(form.speaks)));
        }
    }
    field
}
