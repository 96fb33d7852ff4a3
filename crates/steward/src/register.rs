//! A register: what is written down of one kind of thing, field by field. One description serves the page, the JSON API,
//! the table for a spreadsheet and the check, so that they cannot drift apart.

use bluelamp_model::{Day, FieldError, authority::action};
use bluelamp_store::Cx;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A kind of thing that is kept.
#[derive(Debug)]
pub struct Register {
    /// Stable code, as in `/desk/registers/risk`.
    pub code: &'static str,
    /// What people read: "Risks, assumptions and issues".
    pub title: &'static str,
    /// One of them: "risk, assumption or issue".
    pub one: &'static str,
    /// The chapter in which it is listed.
    pub chapter: Chapter,
    /// What it is for, in a sentence or two.
    pub about: &'static str,
    /// Its fields, in the order in which they are read. The first is `title`.
    pub fields: &'static [Field],
    /// The action that lets somebody read it.
    pub reads: &'static str,
    /// The action that lets somebody write it.
    pub writes: &'static str,
    /// Whether it is filled by hand. What is not is written by a function that has rules of its own.
    pub by_hand: bool,
    /// Whether what was under way before this register was kept is entered as it stands, with what steps have made of it.
    pub under_way: bool,
    /// What must be true beyond the fields one by one.
    pub check: fn(&Body, &mut Vec<FieldError>),
    /// What must be true of an entry with this code beside the others that are kept.
    pub(crate) check_with: fn(&mut Cx<'_>, &str, &Body) -> bluelamp_model::Result<Vec<FieldError>>,
}

/// Where a register is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chapter {
    /// Items, gates, dependencies, risks.
    Portfolio,
    /// Money in, money out, and what came of it.
    Benefits,
    /// Applications and what ties them together.
    Landscape,
    /// Who is where, who decides what.
    Organisation,
    /// Roles, skills, learning.
    Skills,
    /// Suppliers, products, signals, challenges.
    Market,
    /// Standards, designs, services.
    Standards,
}

impl Chapter {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 7] = [
        Self::Portfolio,
        Self::Benefits,
        Self::Landscape,
        Self::Organisation,
        Self::Skills,
        Self::Market,
        Self::Standards,
    ];

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Portfolio => "Portfolio",
            Self::Benefits => "Benefits and money",
            Self::Landscape => "Landscape",
            Self::Organisation => "Organisations and engagement",
            Self::Skills => "Skills",
            Self::Market => "Market",
            Self::Standards => "Standards and services",
        }
    }
}

/// One thing that is asked.
#[derive(Debug)]
pub struct Field {
    /// Its name in JSON and in the first line of a table.
    pub name: &'static str,
    /// What people read.
    pub label: &'static str,
    /// What helps to fill it in; empty where the label is enough.
    pub hint: &'static str,
    /// What can be written.
    pub kind: FieldKind,
    /// Whether it has to be filled in.
    pub required: bool,
    /// Whether only a function with rules of its own changes it once the entry is there.
    pub locked: bool,
}

/// A choice: its code and what people read.
pub type Choice = (&'static str, &'static str);

/// What can be written in a field.
#[derive(Clone, Copy, Debug)]
pub enum FieldKind {
    /// A line.
    Text,
    /// Several sentences.
    Long,
    /// Several short texts, one a line.
    Lines,
    /// A day.
    Day,
    /// Whole pounds.
    Money,
    /// A number within bounds, both included.
    Number {
        /// The least.
        least: f64,
        /// The most.
        most: f64,
        /// Whether it has no part behind the point.
        whole: bool,
    },
    /// Yes or no.
    YesNo,
    /// One of these.
    Choice(&'static [Choice]),
    /// Any of these.
    Many(&'static [Choice]),
    /// The code of an entry of that register.
    Link(&'static str),
    /// Codes of entries of that register, one a line.
    Links(&'static str),
    /// Elements of strategies, one a line: `national-2020:A1.1`.
    Elements,
    /// The names of things that another room keeps, one a line: `algorithm`, `decision`, `complaint`, `definition`.
    Named(&'static str),
}

/// The longest text that a field takes, in characters.
const LONGEST: usize = 8000;
/// The most values of a field that takes several.
const MOST_VALUES: usize = 300;

impl Field {
    const fn new(name: &'static str, label: &'static str, hint: &'static str, kind: FieldKind) -> Self {
        Self { name, label, hint, kind, required: false, locked: false }
    }

    /// A line of text.
    #[must_use]
    pub const fn text(name: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self::new(name, label, hint, FieldKind::Text)
    }

    /// Several sentences.
    #[must_use]
    pub const fn long(name: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self::new(name, label, hint, FieldKind::Long)
    }

    /// Several short texts.
    #[must_use]
    pub const fn lines(name: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self::new(name, label, hint, FieldKind::Lines)
    }

    /// A day.
    #[must_use]
    pub const fn day(name: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self::new(name, label, hint, FieldKind::Day)
    }

    /// Whole pounds.
    #[must_use]
    pub const fn money(name: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self::new(name, label, hint, FieldKind::Money)
    }

    /// A number within bounds.
    #[must_use]
    pub const fn number(
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        least: f64,
        most: f64,
    ) -> Self {
        Self::new(name, label, hint, FieldKind::Number { least, most, whole: false })
    }

    /// The same number, but a whole one.
    #[must_use]
    pub const fn whole(mut self) -> Self {
        if let FieldKind::Number { least, most, .. } = self.kind {
            self.kind = FieldKind::Number { least, most, whole: true };
        }
        self
    }

    /// Yes or no.
    #[must_use]
    pub const fn yes_no(name: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self::new(name, label, hint, FieldKind::YesNo)
    }

    /// One of several.
    #[must_use]
    pub const fn choice(
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        choices: &'static [Choice],
    ) -> Self {
        Self::new(name, label, hint, FieldKind::Choice(choices))
    }

    /// Any of several.
    #[must_use]
    pub const fn many(
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        choices: &'static [Choice],
    ) -> Self {
        Self::new(name, label, hint, FieldKind::Many(choices))
    }

    /// An entry of a register.
    #[must_use]
    pub const fn link(
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        register: &'static str,
    ) -> Self {
        Self::new(name, label, hint, FieldKind::Link(register))
    }

    /// Entries of a register.
    #[must_use]
    pub const fn links(
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        register: &'static str,
    ) -> Self {
        Self::new(name, label, hint, FieldKind::Links(register))
    }

    /// Elements of strategies.
    #[must_use]
    pub const fn elements(name: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self::new(name, label, hint, FieldKind::Elements)
    }

    /// Things that another room keeps.
    #[must_use]
    pub const fn named(
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        what: &'static str,
    ) -> Self {
        Self::new(name, label, hint, FieldKind::Named(what))
    }

    /// The same, to be filled in always.
    #[must_use]
    pub const fn needed(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same, changed only by a function that has rules of its own.
    #[must_use]
    pub const fn locked(self) -> Self {
        Self { locked: true, ..self }
    }

    /// Whether it takes several values.
    #[must_use]
    pub fn several(&self) -> bool {
        use FieldKind as K;
        matches!(self.kind, K::Lines | K::Many(_) | K::Links(_) | K::Elements | K::Named(_))
    }

    /// Reads what was written, as it comes from a form, a table or JSON. Nothing written gives nothing.
    fn read(&self, given: &[String]) -> Result<Option<Value>, FieldError> {
        let wrong =
            |code: &str, message: String| FieldError { field: self.name.into(), code: code.into(), message };
        let given: Vec<&str> = if self.several() {
            given.iter().flat_map(|g| g.lines()).map(str::trim).filter(|g| !g.is_empty()).collect()
        } else {
            given.iter().map(|g| g.trim()).filter(|g| !g.is_empty()).collect()
        };
        let Some(first) = given.first().copied() else {
            return match self.required {
                true => Err(wrong("required", self.asks())),
                false => Ok(None),
            };
        };
        if given.len() > MOST_VALUES {
            return Err(wrong(
                "too-many",
                format!("{}: {} values are more than {MOST_VALUES}", self.label, given.len()),
            ));
        }
        if !self.several() && given.len() > 1 {
            return Err(wrong("several", format!("{}: give one value, not {}", self.label, given.len())));
        }
        for text in &given {
            if text.chars().count() > LONGEST {
                return Err(wrong("too-long", format!("{}: write at most {LONGEST} characters", self.label)));
            }
            if text.chars().any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t') {
                return Err(wrong(
                    "control",
                    format!("{}: there is a character in it that nobody can see; write it again", self.label),
                ));
            }
        }
        let code_of = |choices: &[Choice], text: &str| {
            let known =
                choices.iter().find(|(code, label)| *code == text || label.eq_ignore_ascii_case(text));
            known.map(|(code, _)| *code).ok_or_else(|| {
                let all: Vec<_> = choices.iter().map(|(code, _)| *code).collect();
                wrong("unknown", format!("{}: ‘{text}’ is not one of {}", self.label, all.join(", ")))
            })
        };
        let entry_code = |text: &str| match is_code(text) {
            true => Ok(()),
            false => Err(wrong(
                "not-a-code",
                format!(
                    "{}: ‘{text}’ is not a code; codes are small letters, digits and hyphens",
                    self.label
                ),
            )),
        };
        let value = match self.kind {
            FieldKind::Text if first.lines().count() > 1 => {
                return Err(wrong("several-lines", format!("{}: write one line", self.label)));
            }
            FieldKind::Text | FieldKind::Long => json!(first),
            FieldKind::Lines => json!(given),
            FieldKind::Day => {
                let day: Day =
                    first.parse().map_err(|e: String| wrong("not-a-day", format!("{}: {e}", self.label)))?;
                json!(day)
            }
            FieldKind::Money => json!(money(first).ok_or_else(|| {
                wrong(
                    "not-money",
                    format!("{}: ‘{first}’ is not an amount in whole pounds, such as 1250000", self.label),
                )
            })?),
            FieldKind::Number { least, most, whole } => {
                let n: f64 = first.parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(|| {
                    wrong("not-a-number", format!("{}: ‘{first}’ is not a number", self.label))
                })?;
                if n < least || n > most {
                    return Err(wrong(
                        "out-of-range",
                        format!("{}: give a number from {least} to {most}", self.label),
                    ));
                }
                if whole && n.fract() != 0.0 {
                    return Err(wrong(
                        "not-whole",
                        format!("{}: ‘{first}’ is not a whole number", self.label),
                    ));
                }
                json!(n)
            }
            FieldKind::YesNo => match first.to_ascii_lowercase().as_str() {
                "yes" | "true" => json!(true),
                "no" | "false" => json!(false),
                _ => {
                    return Err(wrong(
                        "not-yes-or-no",
                        format!("{}: ‘{first}’ is neither yes nor no", self.label),
                    ));
                }
            },
            FieldKind::Choice(choices) => json!(code_of(choices, first)?),
            FieldKind::Many(choices) => {
                let mut all = given.iter().map(|g| code_of(choices, g)).collect::<Result<Vec<_>, _>>()?;
                all.sort_by_key(|code| choices.iter().position(|(known, _)| known == code));
                all.dedup();
                json!(all)
            }
            FieldKind::Link(_) => {
                entry_code(first)?;
                json!(first)
            }
            FieldKind::Links(_) => {
                given.iter().try_for_each(|g| entry_code(g))?;
                json!(distinct(&given))
            }
            FieldKind::Elements => {
                for g in &given {
                    if !g
                        .split_once(':')
                        .is_some_and(|(s, e)| is_code(s) && !e.is_empty() && !e.contains(' '))
                    {
                        return Err(wrong(
                            "not-an-element",
                            format!(
                                "{}: ‘{g}’ names no element; write it like national-2020:A1.1",
                                self.label
                            ),
                        ));
                    }
                }
                json!(distinct(&given))
            }
            FieldKind::Named(_) => json!(distinct(&given)),
        };
        Ok(Some(value))
    }

    /// The sentence that asks for it.
    fn asks(&self) -> String {
        let label = self.label;
        match self.kind {
            FieldKind::Choice(_) | FieldKind::Many(_) | FieldKind::YesNo => format!("Choose: {label}"),
            _ => format!("Enter: {label}"),
        }
    }

    fn schema(&self) -> Value {
        let one = |choices: &[Choice]| choices.iter().map(|(code, _)| *code).collect::<Vec<_>>();
        let mut schema = match self.kind {
            FieldKind::Text | FieldKind::Long | FieldKind::Link(_) => json!({ "type": "string" }),
            FieldKind::Lines | FieldKind::Links(_) | FieldKind::Elements | FieldKind::Named(_) => {
                json!({ "type": "array", "items": { "type": "string" } })
            }
            FieldKind::Day => json!({ "type": "string", "format": "date" }),
            FieldKind::Money => json!({ "type": "integer" }),
            FieldKind::Number { least, most, whole } => {
                json!({ "type": if whole { "integer" } else { "number" }, "minimum": least, "maximum": most })
            }
            FieldKind::YesNo => json!({ "type": "boolean" }),
            FieldKind::Choice(choices) => json!({ "type": "string", "enum": one(choices) }),
            FieldKind::Many(choices) => {
                json!({ "type": "array", "items": { "type": "string", "enum": one(choices) } })
            }
        };
        let about = match self.hint {
            "" => self.label.to_owned(),
            hint => format!("{}. {hint}", self.label),
        };
        schema["description"] = about.into();
        schema
    }
}

/// The same texts without repetition, in their order.
fn distinct<'a>(given: &[&'a str]) -> Vec<&'a str> {
    let mut seen = std::collections::BTreeSet::new();
    given.iter().copied().filter(|g| seen.insert(*g)).collect()
}

/// Whether a text can be the code of an entry: small letters, digits and hyphens.
#[must_use]
pub fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The code that a title suggests.
#[must_use]
pub fn code_of(title: &str) -> String {
    let mut code = String::new();
    for c in title.chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => code.push(c),
            '\'' | '’' => {}
            _ if code.ends_with('-') || code.is_empty() => {}
            _ => code.push('-'),
        }
        if code.len() >= 60 {
            break;
        }
    }
    let code = code.trim_end_matches('-');
    if code.is_empty() { "entry".into() } else { code.into() }
}

/// Reads whole pounds as people write them: "£1,250,000", "1250000".
fn money(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let text = text.strip_prefix('£').unwrap_or(text).trim();
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    let digits = digits.strip_suffix(".00").unwrap_or(&digits);
    let plain = !digits.is_empty() && digits.len() <= 14 && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse::<i64>().ok()).flatten().map(|n| sign * n)
}

/// What is written of one thing: only what the register asks, each value of its kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Body(Map<String, Value>);

impl Body {
    /// A value by the field's name.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// A text, an empty one where nothing is written.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.0.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// A number, where one is written.
    #[must_use]
    pub fn number(&self, field: &str) -> Option<f64> {
        self.0.get(field).and_then(Value::as_f64)
    }

    /// Whole pounds, where they are written.
    #[must_use]
    pub fn money(&self, field: &str) -> Option<i64> {
        self.0.get(field).and_then(Value::as_i64)
    }

    /// A day, where one is written.
    #[must_use]
    pub fn day(&self, field: &str) -> Option<Day> {
        self.text(field).parse().ok()
    }

    /// Yes or no, where it is written.
    #[must_use]
    pub fn yes(&self, field: &str) -> Option<bool> {
        self.0.get(field).and_then(Value::as_bool)
    }

    /// The values of a field that takes several.
    #[must_use]
    pub fn all(&self, field: &str) -> Vec<&str> {
        let all = self.0.get(field).and_then(Value::as_array);
        all.map(|all| all.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
    }

    /// The whole as another room's plain type, which names the fields that it reads.
    ///
    /// # Errors
    /// A sentence, where the type asks for what the register does not.
    pub fn as_type<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_value(Value::Object(self.0.clone())).map_err(|e| e.to_string())
    }

    /// Takes a value out.
    pub(crate) fn remove(&mut self, field: &str) {
        self.0.remove(field);
    }

    /// Puts a value that a function with rules of its own decides, such as the stage of an item.
    pub(crate) fn set(&mut self, field: &str, value: Value) {
        self.0.insert(field.to_owned(), value);
    }

    /// Takes a value away.
    pub(crate) fn unset(&mut self, field: &str) {
        self.0.remove(field);
    }

    pub(crate) fn of_stored(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).map(Self)
    }
}

impl Register {
    /// A field by its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// Reads what was written, each field as texts: from a form or a line of a table.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn read(&self, given: &BTreeMap<String, Vec<String>>) -> Result<Body, Vec<FieldError>> {
        let (mut body, mut wrong) = (Map::new(), Vec::new());
        for field in self.fields {
            match field.read(given.get(field.name).map_or(&[], Vec::as_slice)) {
                Ok(Some(value)) => drop(body.insert(field.name.into(), value)),
                Ok(None) => {}
                Err(e) => wrong.push(e),
            }
        }
        let body = Body(body);
        if wrong.is_empty() {
            (self.check)(&body, &mut wrong);
        }
        if wrong.is_empty() { Ok(body) } else { Err(wrong) }
    }

    /// Reads what was written, as JSON.
    ///
    /// # Errors
    /// Every field that is wrong, and every one that the register does not have.
    pub fn read_json(&self, value: &Value) -> Result<Body, Vec<FieldError>> {
        let wrong = |field: &str, code: &str, message: String| FieldError {
            field: field.into(),
            code: code.into(),
            message,
        };
        let Some(object) = value.as_object() else {
            return Err(vec![wrong("", "not-an-object", format!("Send the {} as an object", self.one))]);
        };
        let (mut given, mut all) = (BTreeMap::new(), Vec::new());
        for (name, value) in object {
            let Some(field) = self.field(name) else {
                let known: Vec<_> = self.fields.iter().map(|f| f.name).collect();
                let message =
                    format!("‘{name}’ is no field of a {}; the fields are {}", self.one, known.join(", "));
                all.push(wrong(name, "unknown", message));
                continue;
            };
            let text = |v: &Value| match v {
                Value::String(text) => Some(text.clone()),
                Value::Number(n) => Some(n.to_string()),
                Value::Bool(b) => Some(if *b { "yes" } else { "no" }.into()),
                _ => None,
            };
            let texts = match value {
                Value::Null => Some(Vec::new()),
                Value::Array(values) if field.several() => values.iter().map(text).collect(),
                one => text(one).map(|t| vec![t]),
            };
            match texts {
                Some(texts) => drop(given.insert(name.clone(), texts)),
                None => {
                    all.push(wrong(name, "type", format!("{}: not a value of the right type", field.label)));
                }
            }
        }
        match self.read(&given) {
            Ok(body) if all.is_empty() => Ok(body),
            Ok(_) => Err(all),
            Err(more) => {
                all.extend(more);
                Err(all)
            }
        }
    }

    /// The JSON Schema of what is written.
    #[must_use]
    pub fn schema(&self) -> Value {
        let fields: Map<String, Value> = self.fields.iter().map(|f| (f.name.into(), f.schema())).collect();
        let needed: Vec<_> = self.fields.iter().filter(|f| f.required).map(|f| f.name).collect();
        json!({
            "type": "object", "title": self.one, "description": self.about,
            "properties": fields, "required": needed, "additionalProperties": false,
        })
    }

    /// Everything that a body points at: field, and target as `register:code`, `element:strategy:id` or `algorithm:name`.
    #[must_use]
    pub fn targets(&self, body: &Body) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        for field in self.fields {
            let of = match field.kind {
                FieldKind::Link(register) => {
                    let code = body.text(field.name);
                    if !code.is_empty() {
                        all.push((field.name, format!("{register}:{code}")));
                    }
                    continue;
                }
                FieldKind::Links(register) => register,
                FieldKind::Elements => "element",
                FieldKind::Named(what) => what,
                _ => continue,
            };
            all.extend(body.all(field.name).iter().map(|v| (field.name, format!("{of}:{v}"))));
        }
        all
    }

    /// A value as people read it.
    #[must_use]
    pub fn spoken(&self, field: &Field, body: &Body) -> Vec<String> {
        let label = |choices: &[Choice], code: &str| {
            choices.iter().find(|(known, _)| *known == code).map_or(code, |(_, label)| label).to_owned()
        };
        let Some(value) = body.get(field.name) else { return Vec::new() };
        match field.kind {
            FieldKind::Choice(choices) => vec![label(choices, body.text(field.name))],
            FieldKind::Many(choices) => body.all(field.name).iter().map(|c| label(choices, c)).collect(),
            FieldKind::YesNo => vec![if value == &json!(true) { "Yes" } else { "No" }.into()],
            FieldKind::Money => vec![pounds(body.money(field.name).unwrap_or_default())],
            _ => match value {
                Value::Array(_) => body.all(field.name).iter().map(|t| (*t).to_owned()).collect(),
                Value::String(text) => vec![text.clone()],
                other => vec![other.to_string().trim_end_matches(".0").to_owned()],
            },
        }
    }
}

/// Whole pounds as people read them: "£1,250,000".
#[must_use]
pub fn pounds(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut out = String::new();
    for (n, c) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    format!("{}£{out}", if amount < 0 { "-" } else { "" })
}

/// A register for the programme office: read by who may see the strategy, written by who keeps registers.
pub(crate) const fn register(
    code: &'static str,
    title: &'static str,
    one: &'static str,
    chapter: Chapter,
    about: &'static str,
    fields: &'static [Field],
) -> Register {
    Register {
        code,
        title,
        one,
        chapter,
        about,
        fields,
        reads: action::STRATEGY_VIEW,
        writes: action::REGISTER_WRITE,
        by_hand: true,
        under_way: false,
        check: no_more,
        check_with: alone,
    }
}

/// No rule beyond the fields one by one.
fn no_more(_: &Body, _: &mut Vec<FieldError>) {}

/// No rule that looks at other entries.
fn alone(_: &mut Cx<'_>, _: &str, _: &Body) -> bluelamp_model::Result<Vec<FieldError>> {
    Ok(Vec::new())
}

/// Says that a day stands before another one that it cannot stand before.
pub(crate) fn in_order(body: &Body, first: &str, last: &str, message: &str, wrong: &mut Vec<FieldError>) {
    if let (Some(a), Some(b)) = (body.day(first), body.day(last))
        && b < a
    {
        wrong.push(FieldError { field: last.into(), code: "before".into(), message: message.into() });
    }
}
