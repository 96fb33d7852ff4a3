//! The YAML header: every key checked by hand, so that all mistakes come out in one go.

use crate::feel::KEYWORDS;
use crate::markdown::Faulty;
use crate::suggestion;
use crate::tables::duration;
use crate::{Grade, HarmIndex, Header, ResultShown, Status, Trigger};
use serde_json::{Map, Value};
use serde_saphyr::{MessageFormatter, UserMessageFormatter};
use std::collections::BTreeMap;

/// The keys a header must have.
pub(crate) const REQUIRED: [&str; 7] =
    ["id", "version", "status", "owner", "accountable", "review_by", "grades"];

/// The keys it may have.
pub(crate) const OPTIONAL: [&str; 10] = [
    "parameters",
    "review",
    "triggers",
    "supervisor_within",
    "result",
    "basis",
    "harm_index",
    "ethics_assessment",
    "equality_review",
    "note",
];

/// Reads the header, which begins at line `first`. What is missing or wrong is reported and left empty. Also
/// says whether it was YAML at all, without which nothing can be said about what it does not hold.
pub(crate) fn read(first: u64, yaml: &str, faulty: &mut Faulty<'_>) -> (Header, bool) {
    let mut header = Header {
        id: String::new(),
        version: String::new(),
        status: Status::Draft,
        owner: String::new(),
        accountable: String::new(),
        review_by: String::new(),
        grades: Vec::new(),
        review_minutes: Vec::new(),
        triggers: Vec::new(),
        supervisor_within_minutes: None,
        result: ResultShown::default(),
        parameters: BTreeMap::new(),
        basis: Vec::new(),
        harm_index: None,
        ethics_assessment: None,
        equality_review: None,
        note: None,
    };
    // YAML 1.1 reads `no` as false; here only `false` is.
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    let map: Map<String, Value> = match serde_saphyr::from_str_with_options(yaml, options) {
        Ok(map) => map,
        Err(error) => {
            let line = error.location().map_or(0, |l| l.line()).max(1);
            let why = UserMessageFormatter.format_message(&error);
            faulty.add(first + line - 1, "header", format!("is not a YAML mapping: {why}"));
            return (header, false);
        }
    };
    let mut keys = Keys { first, yaml, map, faulty };
    keys.unknown();
    header.id = keys.id();
    header.version = keys.checked("version", is_semver, "a version like 1.3.0");
    header.status = keys.status();
    header.owner = keys.required("owner");
    header.accountable = keys.required("accountable");
    header.review_by = keys.checked("review_by", is_day, "a day like 2027-05-31");
    header.grades = keys.grades();
    header.review_minutes = keys.review(&header.grades);
    header.triggers = keys.triggers();
    header.supervisor_within_minutes = keys.minutes("supervisor_within");
    header.result = keys.result();
    header.parameters = keys.parameters();
    header.basis = keys.texts("basis");
    header.harm_index = keys.harm_index();
    header.ethics_assessment = keys.text("ethics_assessment");
    header.equality_review = keys.text("equality_review");
    header.note = keys.text("note");
    (header, true)
}

/// The line of a top-level key, counted in the file.
pub(crate) fn line_of(first: u64, yaml: &str, key: &str) -> u64 {
    let names_it = |line: &&str| {
        let rest = line.strip_prefix(['"', '\'']).unwrap_or(line).strip_prefix(key);
        rest.is_some_and(|r| r.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
    };
    let at = yaml.lines().take_while(|line| !names_it(line)).count();
    if at == yaml.lines().count() { first } else { first + at as u64 }
}

struct Keys<'a, 'f> {
    first: u64,
    yaml: &'a str,
    map: Map<String, Value>,
    faulty: &'a mut Faulty<'f>,
}

impl Keys<'_, '_> {
    fn fault(&mut self, key: &str, reason: impl Into<String>) {
        let line = line_of(self.first, self.yaml, key);
        self.faulty.add(line, key, reason);
    }

    fn unknown(&mut self) {
        let known = || REQUIRED.into_iter().chain(OPTIONAL);
        let unknown: Vec<String> =
            self.map.keys().filter(|k| !known().any(|n| n == k.as_str())).cloned().collect();
        for key in unknown {
            let reason = format!("is not a key of a definition's header{}", suggestion(&key, known()));
            self.fault(&key, reason);
        }
    }

    /// A text that is not empty, when the key is there.
    fn text(&mut self, key: &str) -> Option<String> {
        match self.map.remove(key) {
            None => None,
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Some(_) => {
                self.fault(key, "must be a text that is not empty");
                None
            }
        }
    }

    fn required(&mut self, key: &str) -> String {
        if !self.map.contains_key(key) {
            self.faulty.add(self.first, key, "is missing from the header");
        }
        self.text(key).unwrap_or_default()
    }

    fn checked(&mut self, key: &str, fits: fn(&str) -> bool, like: &str) -> String {
        // A version or year without quotes can be a number in YAML; say what is wanted, not which type it is.
        if let Some(value @ Value::Number(_)) = self.map.get(key) {
            let text = value.to_string();
            self.map.insert(key.to_owned(), Value::String(text));
        }
        let text = self.required(key);
        if !text.is_empty() && !fits(&text) {
            self.fault(key, format!("'{text}' is not {like}"));
        }
        text
    }

    fn id(&mut self) -> String {
        self.checked("id", is_id, "a name of lower-case letters, digits and hyphens")
    }

    fn status(&mut self) -> Status {
        let text = self.required("status");
        let found = Status::ALL.into_iter().find(|s| s.code() == text);
        if found.is_none() && !text.is_empty() {
            self.fault("status", format!("'{text}' is not draft, shadow, live or retired"));
        }
        found.unwrap_or(Status::Draft)
    }

    /// A list of texts, empty when the key is not there.
    fn texts(&mut self, key: &str) -> Vec<String> {
        let Some(value) = self.map.remove(key) else { return Vec::new() };
        let texts: Option<Vec<String>> = value
            .as_array()
            .map(|items| {
                items.iter().filter_map(|i| i.as_str().map(|s| s.trim().to_owned())).collect::<Vec<_>>()
            })
            .filter(|texts| Some(texts.len()) == value.as_array().map(Vec::len))
            .filter(|texts| !texts.iter().any(String::is_empty));
        if texts.is_none() {
            self.fault(key, "must be a list of texts, as in [one, two]");
        }
        texts.unwrap_or_default()
    }

    fn grades(&mut self) -> Vec<Grade> {
        if !self.map.contains_key("grades") {
            self.faulty.add(self.first, "grades", "is missing from the header");
            return Vec::new();
        }
        let names = self.texts("grades");
        for (n, name) in names.iter().enumerate() {
            if names[..n].contains(name) {
                self.fault("grades", format!("'{name}' comes twice"));
            }
            if name == "none" || name == "-" || name.contains(['|', '"']) {
                self.fault("grades", format!("'{name}' cannot be the name of a grade"));
            }
        }
        if names.len() == 1 {
            self.fault("grades", "a definition needs at least two grades, the lowest first");
        }
        names.into_iter().enumerate().map(|(rank, name)| Grade { rank, name }).collect()
    }

    /// The review clock of each grade. Once there is a clock, every grade has one.
    fn review(&mut self, grades: &[Grade]) -> Vec<Option<u32>> {
        let none = vec![None; grades.len()];
        let Some(value) = self.map.remove("review") else { return none };
        let Value::Object(mut map) = value else {
            self.fault(
                "review",
                "must say for each grade after what time it is looked at again, as in {HIGH: 24 h}",
            );
            return none;
        };
        let clocks = grades
            .iter()
            .map(|grade| {
                let minutes = match map.remove(&grade.name) {
                    Some(Value::String(text)) => duration(&text).filter(|m| *m > 0),
                    _ => None,
                };
                if minutes.is_none() {
                    self.fault("review", format!("'{}' needs a time like 24 h or 7 d", grade.name));
                }
                minutes
            })
            .collect();
        for name in map.keys().filter(|_| !grades.is_empty()) {
            self.fault("review", format!("'{name}' is not one of the grades"));
        }
        clocks
    }

    fn triggers(&mut self) -> Vec<Trigger> {
        let codes = Trigger::ALL.map(Trigger::code);
        let mut triggers = Vec::new();
        for text in self.texts("triggers") {
            match Trigger::ALL.into_iter().find(|t| t.code() == text) {
                Some(trigger) if triggers.contains(&trigger) => {
                    self.fault("triggers", format!("'{text}' comes twice"));
                }
                Some(trigger) => triggers.push(trigger),
                None => self.fault("triggers", format!("'{text}' is not one of {}", codes.join(", "))),
            }
        }
        triggers
    }

    fn minutes(&mut self, key: &str) -> Option<u32> {
        let text = self.text(key)?;
        let minutes = duration(&text).filter(|m| *m > 0);
        if minutes.is_none() {
            self.fault(key, format!("'{text}' is not a time like 4 h or 1 d"));
        }
        minutes
    }

    fn result(&mut self) -> ResultShown {
        let Some(text) = self.text("result") else { return ResultShown::default() };
        let all = [ResultShown::AtOnce, ResultShown::AfterOwnGrade];
        let found = all.into_iter().find(|r| r.code() == text);
        if found.is_none() {
            self.fault("result", format!("'{text}' is not at-once or after-own-grade"));
        }
        found.unwrap_or_default()
    }

    fn parameters(&mut self) -> BTreeMap<String, Value> {
        let Some(value) = self.map.remove("parameters") else { return BTreeMap::new() };
        let Value::Object(map) = value else {
            self.fault("parameters", "must be a mapping of names to numbers, as in {repeat_events: 3}");
            return BTreeMap::new();
        };
        for (name, value) in &map {
            let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if !is_name || KEYWORDS.contains(&name.as_str()) {
                self.fault(
                    "parameters",
                    format!(
                        "'{name}' is not a name of lower-case letters, digits and _ that FEEL leaves free"
                    ),
                );
            }
            if !value.as_number().is_some_and(crate::feel::is_exact) {
                self.fault("parameters", format!("'{name}' must be a number"));
            }
        }
        map.into_iter().collect()
    }

    fn harm_index(&mut self) -> Option<HarmIndex> {
        let value = self.map.remove("harm_index")?;
        let part = |key: &str| match value.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(n)) => Some(n.to_string()),
            _ => None,
        };
        let index = match (value.as_object().map(Map::len), part("name"), part("edition")) {
            (Some(2), Some(name), Some(edition)) => Some(HarmIndex { name, edition }),
            _ => None,
        };
        if index.is_none() {
            self.fault(
                "harm_index",
                "must be a name and an edition, as in {name: ONS-CSS, edition: \"2016\"}",
            );
        }
        index
    }
}

/// A stable name.
pub(crate) fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Semantic Versioning 2.0.0: three numbers without leading zeros, then perhaps `-…` and `+…`.
pub(crate) fn is_semver(text: &str) -> bool {
    let (rest, build) = text.split_once('+').map_or((text, None), |(r, b)| (r, Some(b)));
    let (core, pre) = rest.split_once('-').map_or((rest, None), |(c, p)| (c, Some(p)));
    let is_number =
        |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit()) && (t == "0" || !t.starts_with('0'));
    let is_part = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && pre.is_none_or(|p| {
            p.split('.').all(|t| is_part(t) && (!t.bytes().all(|b| b.is_ascii_digit()) || is_number(t)))
        })
        && build.is_none_or(|b| b.split('.').all(is_part))
}

/// A day of the Gregorian calendar as `YYYY-MM-DD`.
pub(crate) fn is_day(text: &str) -> bool {
    let shaped = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(n, b)| if n == 4 || n == 7 { b == b'-' } else { b.is_ascii_digit() });
    if !shaped {
        return false;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_version_when_it_sees_one() {
        // Examples from semver.org.
        for good in
            ["0.0.4", "1.2.3", "1.1.2-prerelease+meta", "1.0.0-alpha.1", "1.0.0-0A.is.legal", "1.0.0+0.1"]
        {
            assert!(is_semver(good), "{good}");
        }
        for bad in ["1", "1.2", "1.2.3-0123", "01.1.1", "1.1.1.1", "1.2.3-", "v1.2.3", "1.2.3+", "1.2.3 "] {
            assert!(!is_semver(bad), "{bad}");
        }
    }

    #[test]
    fn knows_a_day_when_it_sees_one() {
        assert!(is_day("2027-05-31") && is_day("2028-02-29") && is_day("2000-02-29"));
        for bad in
            ["2027-02-29", "1900-02-29", "2027-13-01", "2027-00-01", "2027-04-31", "27-05-31", "2027-5-31"]
        {
            assert!(!is_day(bad), "{bad}");
        }
    }

    #[test]
    fn finds_the_line_of_a_key() {
        let yaml = "id: x\n\"note\" : y\nstatus_of: z\nstatus: live\n";
        assert_eq!(line_of(2, yaml, "note"), 3);
        assert_eq!(line_of(2, yaml, "status"), 5);
        assert_eq!(line_of(2, yaml, "absent"), 2);
    }
}
