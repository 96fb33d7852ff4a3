//! Code lists: the words of the service as data, under codes that mean the same in every language.
//!
//! A list is a file of `data/codes`. Codes are never removed: one that is no longer used gets the day on
//! which it ended, so that what was recorded under it stays readable.

use crate::{Day, Fault, Faults, located};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::LazyLock};

/// One code list, as a file holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeList {
    /// The list's own name, as the property table and other lists refer to it. Also the file's name.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    pub list: String,
    /// Counted up with every published change.
    #[schemars(range(min = 1))]
    pub version: u32,
    /// What the list is of.
    #[schemars(length(min = 1))]
    pub title: String,
    /// Where its codes come from, and under which licence.
    #[schemars(length(min = 1))]
    pub source: String,
    /// The codes, each with when it was in use.
    #[schemars(length(min = 1))]
    pub codes: Vec<Code>,
}

/// One code with its labels, while they held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The code. It is never shown to people and never translated.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]+$"))]
    pub code: String,
    /// What people read, in English.
    #[schemars(length(min = 1))]
    pub label_en: String,
    /// What people read, in Welsh, where it was translated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub label_cy: Option<String>,
    /// The first day on which it could be used.
    pub valid_from: Day,
    /// The first day on which it could not be used any more, where it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Day>,
    /// What it is called elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub maps_to: Vec<Mapping>,
}

/// The same meaning, or the nearest, in another scheme or another list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The other scheme: the name of another list, or of a standard.
    #[schemars(length(min = 1))]
    pub scheme: String,
    /// The code or the label there.
    #[schemars(length(min = 1))]
    pub code: String,
}

impl Code {
    /// Whether the code could be used on that day.
    #[must_use]
    pub fn is_current(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }

    /// The label in that language (`cy` for Welsh), or in English where there is none.
    #[must_use]
    pub fn label(&self, language: &str) -> &str {
        match &self.label_cy {
            Some(label) if language == "cy" => label,
            _ => &self.label_en,
        }
    }
}

impl CodeList {
    /// Reads one list from the text of its file; `file` is only named in faults.
    ///
    /// # Errors
    /// Every fault of the file, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let value = located::read(text).map_err(|(line, reason)| Fault::new(file, reason).at_line(line))?;
        let lines = located::lines(text, None);
        let at = |pointer: &str| lines.at.get(pointer).copied().unwrap_or(1);
        let fault = |pointer: &str, reason: String| {
            let fault = Fault::new(file, reason).at_line(at(pointer));
            if pointer.is_empty() { fault } else { fault.in_field(pointer) }
        };
        let mut faults = Faults::default();
        for (pointer, line) in &lines.twice {
            faults
                .0
                .push(Fault::new(file, "this is named twice in one object").at_line(*line).in_field(pointer));
        }
        // Code by code first, so that one slip does not hide the next.
        let mut codes = Vec::new();
        for (n, code) in value["codes"].as_array().into_iter().flatten().enumerate() {
            match Code::deserialize(code) {
                Ok(code) => codes.push((n, code)),
                Err(e) => faults.0.push(fault(&format!("/codes/{n}"), e.to_string())),
            }
        }
        let mut head = value;
        if let Some(list) = head.get_mut("codes").filter(|codes| codes.is_array()) {
            *list = serde_json::Value::Array(Vec::new());
        }
        match Self::deserialize(&head) {
            Err(e) => {
                faults.0.push(fault("", e.to_string()));
                faults.0.sort_by_key(|f| f.line);
                Err(faults)
            }
            Ok(mut list) => {
                list.faults(&codes, |pointer, reason| faults.0.push(fault(pointer, reason)));
                faults.0.sort_by_key(|f| f.line);
                list.codes = codes.into_iter().map(|(_, code)| code).collect();
                faults.or(list)
            }
        }
    }

    /// What is wrong with a list whose parts can be read.
    fn faults(&self, codes: &[(usize, Code)], mut fault: impl FnMut(&str, String)) {
        let name = |s: &str| {
            !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if !name(&self.list) {
            fault("/list", format!("'{}' is not the name of a list: use a-z, 0-9 and -", self.list));
        }
        if self.version == 0 {
            fault("/version", "versions are counted from 1".into());
        }
        for (field, text) in [("/title", &self.title), ("/source", &self.source)] {
            if text.trim().is_empty() {
                fault(field, "this is blank".into());
            }
        }
        if codes.is_empty() {
            fault("/codes", "a list needs at least one code that can be read".into());
        }
        for (n, code) in codes {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
            if code.code.is_empty() || !code.code.bytes().all(plain) {
                fault(
                    &format!("/codes/{n}/code"),
                    format!("'{}' is not a code: use A-Z, a-z, 0-9, _ and -", code.code),
                );
            }
            if code.label_en.trim().is_empty() {
                fault(&format!("/codes/{n}/label_en"), "a code needs its English label".into());
            }
            if code.label_cy.as_ref().is_some_and(|label| label.trim().is_empty()) {
                fault(
                    &format!("/codes/{n}/label_cy"),
                    "this is blank: leave it out until it is translated".into(),
                );
            }
            if code.valid_to.is_some_and(|end| end <= code.valid_from) {
                fault(
                    &format!("/codes/{n}/valid_to"),
                    format!("it ends before it begins ({})", code.valid_from),
                );
            }
            for (m, mapping) in code.maps_to.iter().enumerate() {
                if mapping.scheme.trim().is_empty() || mapping.code.trim().is_empty() {
                    fault(
                        &format!("/codes/{n}/maps_to/{m}"),
                        "a mapping needs its scheme and its code".into(),
                    );
                }
            }
        }
        // The same code may come again with new words, once the old ones have ended.
        let mut periods: BTreeMap<&str, Vec<(usize, &Code)>> = BTreeMap::new();
        for (n, code) in codes {
            let earlier = periods.entry(&code.code).or_default();
            let overlaps = |other: &Code| {
                other.valid_to.is_none_or(|end| code.valid_from < end)
                    && code.valid_to.is_none_or(|end| other.valid_from < end)
            };
            if let Some((m, _)) = earlier.iter().find(|(_, other)| overlaps(other)) {
                fault(
                    &format!("/codes/{n}"),
                    format!("'{}' is in use at the same time as codes[{m}]", code.code),
                );
            }
            earlier.push((*n, code));
        }
    }

    /// The latest version of a code, in use or ended.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&Code> {
        self.codes.iter().filter(|c| c.code == code).max_by_key(|c| c.valid_from)
    }

    /// The codes that can be used on that day, in the order of the list.
    pub fn current(&self, day: Day) -> impl Iterator<Item = &Code> {
        self.codes.iter().filter(move |code| code.is_current(day))
    }

    /// The codes of this list that stand for a code of another scheme.
    pub fn mapped<'a>(&'a self, scheme: &'a str, code: &'a str) -> impl Iterator<Item = &'a Code> {
        self.codes.iter().filter(move |c| c.maps_to.iter().any(|m| m.scheme == scheme && m.code == code))
    }
}

/// The mappings among the lists that lead nowhere: their scheme is one of the lists, their code is not on it.
#[must_use]
pub fn dangling(lists: &[CodeList]) -> Faults {
    let mut faults = Faults::default();
    for list in lists {
        for (code, mapping) in list.codes.iter().flat_map(|c| c.maps_to.iter().map(move |m| (c, m))) {
            let target = lists.iter().find(|other| other.list == mapping.scheme);
            if target.is_some_and(|other| other.find(&mapping.code).is_none()) {
                let reason = format!("the list '{}' has no code '{}'", mapping.scheme, mapping.code);
                faults.0.push(Fault::new(&list.list, reason).in_field(&code.code));
            }
        }
    }
    faults
}

/// The lists of this model version, as they were when the program was built. A force may load others.
#[must_use]
pub fn shipped() -> &'static [CodeList] {
    static LISTS: LazyLock<Vec<CodeList>> = LazyLock::new(|| {
        let read = |(file, text)| CodeList::parse(file, text).expect("a test reads every shipped list");
        SHIPPED.into_iter().map(read).collect()
    });
    &LISTS
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$((concat!("data/codes/", $name, ".json"), include_str!(concat!("../../../data/codes/", $name, ".json")))),*]
    };
}

const SHIPPED: [(&str, &str); 5] =
    files!["crime-kind", "link-kind", "police-uk-crime-category", "police-uk-outcome", "sex"];
