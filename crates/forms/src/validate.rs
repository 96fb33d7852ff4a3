//! Validation: of one posted page, and of all answers at once. Both ask the same rules.

use crate::form::{Answers, Form, Page};
use crate::posted::posted;
use crate::question::{Component, Kind};
use crate::text::capital;
use crate::value::{Checked, Wrong, wrong};
use bluelamp_model::{FieldError, Time};
use std::collections::{BTreeMap, BTreeSet};

/// Answers that passed: of the questions on the way, each in the form that is kept, and none else.
#[derive(Clone, Debug, PartialEq)]
pub struct Clean {
    /// The form's id.
    pub form: String,
    /// The form's version.
    pub version: u32,
    /// The form's digest: with it the exact wording that was answered can be found again.
    pub digest: String,
    /// The answers.
    pub answers: Answers,
}

/// One page's answers, and what is wrong with each.
struct Outcome<'f> {
    kept: Answers,
    wrong: Vec<(&'f Component, Wrong)>,
}

impl Page {
    /// Reads what a browser posted from this page.
    ///
    /// `today` bounds dates by the calendar of London. The answers that are right come back beside all the
    /// errors; a field of an error is the name of an HTML field, such as `when-day`. Posted fields of other
    /// names are passed over.
    #[must_use]
    pub fn read(
        &self,
        form: &Form,
        raw: &BTreeMap<String, Vec<String>>,
        today: Time,
    ) -> (Answers, Vec<FieldError>) {
        let outcome = form.check_page(self, today, |component| posted(component, raw));
        let errors = outcome.wrong.iter().map(|(component, fault)| {
            let part = match (&component.kind, fault.part) {
                // The error summary leads to the first box of what is wrong.
                (Kind::Date, "") => "day",
                (Kind::Address, "") => "line1",
                (_, part) => part,
            };
            let name = &component.name;
            let field = if part.is_empty() { name.clone() } else { format!("{name}-{part}") };
            form.error(field, self, component, fault.code)
        });
        let errors = errors.collect();
        (outcome.kept, errors)
    }
}

impl Form {
    /// Puts a page's answers in the place of those it gave before, so that an answer taken back is gone.
    pub fn put(&self, page: &Page, part: Answers, answers: &mut Answers) {
        for component in self.questions(page) {
            answers.remove(&component.name);
        }
        answers.extend(part);
    }

    /// Checks all answers at once, as they come from the API or stand before they are sent.
    ///
    /// # Errors
    /// Everything that is wrong with the answers of the pages they lead to, by JSON pointer into a body of
    /// `{"answers": {…}}`. A name that the form does not have is an error; an answer to a question that is
    /// not reached is left out.
    pub fn validate(&self, answers: &Answers, today: Time) -> Result<Clean, Vec<FieldError>> {
        let mut errors: Vec<FieldError> = Vec::new();
        for name in answers.keys().filter(|name| self.component(name).is_none()) {
            errors.push(FieldError {
                field: pointer(name, ""),
                code: "unknown".into(),
                message: self.say("unknown", &[("name", name)]),
            });
        }
        let mut kept = Answers::new();
        let mut doubtful: BTreeSet<&str> = BTreeSet::new();
        for page in &self.pages {
            // What follows from a wrong answer is not known, and so not judged.
            if page.conditions.iter().any(|id| self.fields_of(id).any(|field| doubtful.contains(field))) {
                continue;
            }
            let known = |name: &str| kept.get(name);
            if !page.conditions.iter().all(|id| self.holds(id, &known)) {
                continue;
            }
            if page.ends() {
                errors.push(FieldError {
                    field: "/answers".into(),
                    code: "ended".into(),
                    message: self.say("ended", &[("name", page.title.say(self.speaks))]),
                });
                break;
            }
            let outcome =
                self.check_page(page, today, |c| Ok(answers.get(&c.name).filter(|v| !v.is_null()).cloned()));
            for (component, fault) in outcome.wrong {
                doubtful.insert(&component.name);
                doubtful
                    .extend(self.items(component).iter().flat_map(|i| &i.reveals).map(|c| c.name.as_str()));
                errors.push(self.error(pointer(&component.name, fault.part), page, component, fault.code));
            }
            kept.extend(outcome.kept);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Clean { form: self.id.clone(), version: self.version, digest: self.digest.clone(), answers: kept })
    }

    fn fields_of(&self, condition: &str) -> impl Iterator<Item = &str> {
        self.conditions.get(condition).into_iter().flat_map(|c| &c.tests).map(|test| test.field.as_str())
    }

    fn check_page<'f>(
        &'f self,
        page: &'f Page,
        today: Time,
        given: impl Fn(&Component) -> Checked,
    ) -> Outcome<'f> {
        let mut outcome = Outcome { kept: Answers::new(), wrong: Vec::new() };
        for component in page.components.iter().filter(|c| c.asks()) {
            self.check_one(component, today, &given, &mut outcome);
            for item in self.items(component) {
                let chosen =
                    outcome.kept.get(&component.name).is_some_and(|v| crate::journey::chose(v, &item.value));
                if chosen {
                    for revealed in &item.reveals {
                        self.check_one(revealed, today, &given, &mut outcome);
                    }
                }
            }
        }
        for component in self.questions(page) {
            let Some(start) = component.not_before.as_ref().and_then(|name| outcome.kept.get(name)) else {
                continue;
            };
            // Days written YYYY-MM-DD sort as text.
            if outcome.kept.get(&component.name).is_some_and(|end| end.as_str() < start.as_str()) {
                outcome.kept.remove(&component.name);
                outcome.wrong.push((component, wrong("", "before-start")));
            }
        }
        outcome
    }

    fn check_one<'f>(
        &self,
        component: &'f Component,
        today: Time,
        given: &impl Fn(&Component) -> Checked,
        outcome: &mut Outcome<'f>,
    ) {
        let checked = given(component).and_then(|answer| match answer {
            Some(answer) => self.check(component, &answer, today),
            None => Ok(None),
        });
        match checked {
            Ok(Some(kept)) => {
                outcome.kept.insert(component.name.clone(), kept);
            }
            Ok(None) if component.required => outcome.wrong.push((component, wrong("", "required"))),
            Ok(None) => {}
            Err(all) => outcome.wrong.extend(all.into_iter().map(|fault| (component, fault))),
        }
    }

    fn error(&self, field: String, page: &Page, component: &Component, code: &'static str) -> FieldError {
        let own =
            component.errors.get(code).or(if code == "required" { component.error.as_ref() } else { None });
        let name = component.short.as_ref().unwrap_or_else(|| page.question(component)).say(self.speaks);
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let (min, max) = (number(component.limits.min), number(component.limits.max));
        let exclusive = self.items(component).iter().find(|item| item.exclusive);
        let days = component.days_past.map(|n| n.to_string()).unwrap_or_default();
        let decimals = match component.kind {
            Kind::Money => "2".to_string(),
            _ => component.limits.precision.to_string(),
        };
        let start = component.not_before.as_deref().and_then(|name| self.component(name));
        let start = start.map(|(page, c)| c.short.as_ref().unwrap_or_else(|| page.question(c)));
        let words = [
            ("name", name),
            ("min", min.as_str()),
            ("max", max.as_str()),
            ("days", days.as_str()),
            ("decimals", decimals.as_str()),
            ("choice", exclusive.map_or("", |item| item.text.say(self.speaks))),
            ("start", start.map_or("", |text| text.say(self.speaks))),
        ];
        let message = match own {
            Some(text) => fill(text.say(self.speaks), &words),
            None => self.say(code, &words),
        };
        FieldError { field, code: code.into(), message }
    }

    fn say(&self, code: &str, words: &[(&str, &str)]) -> String {
        self.messages.get(code).map_or_else(|| code.to_string(), |text| fill(text.say(self.speaks), words))
    }
}

/// The pointer (RFC 6901) to an answer, or to a part of one.
fn pointer(name: &str, part: &str) -> String {
    let name = name.replace('~', "~0").replace('/', "~1");
    match part {
        "line1" | "line2" | "town" | "postcode" => format!("/answers/{name}/{part}"),
        _ => format!("/answers/{name}"),
    }
}

/// Puts words in the place of `{name}`, and of `{Name}` with a capital.
fn fill(template: &str, words: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((key, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        let lower = key.to_lowercase();
        match words.iter().find(|(name, _)| *name == lower) {
            Some((_, word)) if lower != key => filled.push_str(&capital(word)),
            Some((_, word)) => filled.push_str(word),
            None => filled.push_str(&format!("{{{key}}}")),
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// The placeholders that a message may use.
pub(crate) const PLACEHOLDERS: [&str; 8] =
    ["name", "Name", "min", "max", "days", "decimals", "choice", "start"];
