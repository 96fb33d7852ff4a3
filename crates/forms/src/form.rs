//! What a form is: pages with components, lists, conditions and the ties to triage and to the record.
//!
//! The shape is a subset of the version 2 form definition of the DEFRA forms designer, whose names for
//! components and controllers it keeps; what Bluelamp adds has keys that begin with `x-`.

use crate::question::{Component, Item, List};
use crate::text::{Lang, Text};
use bluelamp_model::Fault;
use serde_json::Value;
use std::collections::BTreeMap;

/// The answers so far, by the name of the component. What each type of component answers with is said at
/// [`crate::Kind`].
pub type Answers = serde_json::Map<String, Value>;

/// A form that has passed every check.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Its identifier, such as `burglary`.
    pub id: String,
    /// Its version, from 1. A submission keeps the version it was made with.
    pub version: u32,
    /// SHA-256 in hex of the form's text followed by the common text, so that `sha256sum` over both files
    /// joined gives the same.
    pub digest: String,
    /// What the public calls it.
    pub title: Text,
    /// What it is for, in a sentence or two.
    pub description: Option<Text>,
    /// The languages it is complete in; English is always one of them.
    pub languages: Vec<Lang>,
    /// The language that messages and summaries of this value are in; see [`Form::in_lang`].
    pub speaks: Lang,
    /// The channels it may be used on: `web`, `phone`, `email`, `api`, `mobile`.
    pub channels: Vec<String>,
    /// How much care its pages need against somebody looking on.
    pub safety: Safety,
    /// The window title of a [`Safety::High`] form, which must not give the subject away.
    pub neutral_title: Option<Text>,
    /// Whether a report may be made without a name.
    pub anonymous: bool,
    /// The queue that its reports go to.
    pub queue: String,
    /// The triage definition that its facts are for, by id.
    pub definition: Option<String>,
    /// How long an abandoned or finished submission is kept, as an ISO 8601 duration.
    pub retention: String,
    /// The legal basis of collecting the answers, by code.
    pub legal_basis: String,
    /// The role that answers for the wording.
    pub owner: String,
    /// The day by which the wording is to be looked at again (YYYY-MM-DD).
    pub review_by: String,
    /// The pages, in the order they are asked.
    pub pages: Vec<Page>,
    /// The lists of choices, by name.
    pub lists: BTreeMap<String, List>,
    /// The conditions, by id.
    pub conditions: BTreeMap<String, Condition>,
    /// The headings of the summary, by name.
    pub sections: BTreeMap<String, Text>,
    /// The people, places and things that answers describe, by role.
    pub entities: BTreeMap<String, EntityShape>,
    /// How a report made with the form is called, with fields in braces.
    pub report_title: Text,
    /// Error messages by code, for components that have no message of their own.
    pub messages: BTreeMap<String, Text>,
}

/// How much care pages need against somebody looking on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// Nothing special.
    Standard,
    /// The person may live with the offender: way out on every page, neutral titles, nothing sent by itself.
    High,
}

/// Where an element stands, for faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as it was named to [`Form::parse`].
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The path inside the file, such as `pages[3].components[0]`.
    pub field: String,
}

impl Place {
    /// A fault at this place.
    #[must_use]
    pub fn fault(&self, reason: impl Into<String>) -> Fault {
        let fault = Fault::new(&self.file, reason).at_line(self.line);
        if self.field.is_empty() { fault } else { fault.in_field(&self.field) }
    }
}

/// One page: a question, a natural set of questions, something to read, or an end.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Its path, which begins with a slash.
    pub path: String,
    /// Its heading; for a page with one question, the question.
    pub title: Text,
    /// The section it is summed up under.
    pub section: Option<String>,
    /// The conditions that must all hold for the page to be shown.
    pub conditions: Vec<String>,
    /// What is on it, in order.
    pub components: Vec<Component>,
    /// What sort of page it is.
    pub controller: Controller,
    /// Whether several questions may stand together here.
    pub together: bool,
    /// The group in the common file that it came from.
    pub group: Option<String>,
    /// Where it is defined.
    pub at: Place,
}

/// What sort of page it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Controller {
    /// Questions, or something to read, and then on.
    Question,
    /// The journey ends here without a report.
    Terminal {
        /// How it ended, to be counted: `emergency`, `advice` or `redirect:` and to whom.
        outcome: String,
    },
}

/// A condition: a sentence about earlier answers. Data, never code.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Its id.
    pub id: String,
    /// Whether all tests must hold, or any one.
    pub all: bool,
    /// The tests, one at least.
    pub tests: Vec<Test>,
    /// Where it is defined.
    pub at: Place,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The name of an earlier component.
    pub field: String,
    /// How to compare.
    pub op: Op,
    /// With what; null for [`Op::IsAnswered`].
    pub value: Value,
    /// Where it is defined.
    pub at: Place,
}

/// How a condition compares. A question that was not answered, or not asked, makes each of them false, but
/// for [`Op::IsNot`], which it makes true: nobody said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The answer is the value.
    Is,
    /// The answer is not the value.
    IsNot,
    /// One of the chosen checkboxes is the value.
    Contains,
    /// There is an answer.
    IsAnswered,
    /// The number is greater.
    IsMoreThan,
    /// The number is smaller.
    IsLessThan,
}

/// A person, place or thing that answers describe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityShape {
    /// `person`, `location` or `vehicle`.
    pub kind: String,
    /// How it is tied to the report.
    pub link: String,
    /// Further ties, each made when its condition holds.
    pub also: Vec<Also>,
    /// Where it is defined.
    pub at: Place,
}

/// A further tie of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Also {
    /// How it is tied to the report.
    pub link: String,
    /// The condition that must hold at the end of the journey.
    pub condition: String,
}

impl Page {
    /// The question that a component of this page asks.
    #[must_use]
    pub fn question<'a>(&'a self, component: &'a Component) -> &'a Text {
        component.title.as_ref().unwrap_or(&self.title)
    }

    /// Whether the journey ends here without a report.
    #[must_use]
    pub fn ends(&self) -> bool {
        matches!(self.controller, Controller::Terminal { .. })
    }
}

impl Form {
    /// The same form with its messages, summary and titles in another language. English where the form does
    /// not have it.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> Self {
        let speaks = if self.languages.contains(&lang) { lang } else { Lang::En };
        Self { speaks, ..self.clone() }
    }

    /// The page at a path.
    #[must_use]
    pub fn page(&self, path: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.path == path)
    }

    /// The choices of a component; none for one that has no list.
    #[must_use]
    pub fn items(&self, component: &Component) -> &[Item] {
        component.kind.list().and_then(|name| self.lists.get(name)).map_or(&[], |list| &list.items)
    }

    /// All questions of a page, those that a choice reveals included, each after the one that reveals it.
    pub fn questions<'a>(&'a self, page: &'a Page) -> impl Iterator<Item = &'a Component> {
        page.components.iter().filter(|c| c.asks()).flat_map(|component| {
            let revealed = self.items(component).iter().flat_map(|item| &item.reveals);
            std::iter::once(component).chain(revealed)
        })
    }

    /// The page and the component that a name belongs to.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<(&Page, &Component)> {
        self.pages.iter().find_map(|page| self.questions(page).find(|c| c.name == name).map(|c| (page, c)))
    }
}
