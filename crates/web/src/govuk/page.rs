//! What each page template is given.
//!
//! Plain data with public fields; `Default` fills in what a page doesn't have. All words are in the language of the page
//! already. Texts are escaped by the templates; only an [`Html`] goes out as it is.

use minijinja::Value;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Markup that goes into a page as it is. Make it only from what an editor of the force wrote (see
/// [`prose`](super::prose::prose)) or from constants, never from what a visitor sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(pub String);

impl Serialize for Html {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from_safe_string(self.0.clone()).serialize(serializer)
    }
}

/// What surrounds the page: facts of this request.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Frame {
    /// Language of the page: `en` or `cy`.
    pub lang: String,
    /// The nonce of the content security policy, new for each response.
    pub nonce: String,
    /// The page in each language, this one included; empty where there is only one.
    pub languages: Vec<Language>,
    /// Who is signed in. Staff pages need it, public pages have none.
    pub person: Option<Person>,
    /// The sections of the staff pages; ticked where we are.
    pub sections: Vec<Section>,
    /// The views inside the section.
    pub views: Vec<Section>,
}

/// The same page in one language.
#[derive(Debug, Clone, Serialize)]
pub struct Language {
    /// `en` or `cy`.
    pub lang: String,
    /// What the language calls itself.
    pub text: String,
    /// Its address; none for the language we are in.
    pub href: Option<String>,
}

/// Who is signed in, and for what purpose: shown on every staff page, because every reading is recorded with both.
#[derive(Debug, Clone, Serialize)]
pub struct Person {
    /// Name as colleagues know it.
    pub name: String,
    /// Role in force now, such as "Contact centre operator".
    pub role: String,
    /// The purpose in force now, in words.
    pub purpose: String,
    /// Where the purpose is changed.
    pub purpose_href: String,
    /// Where the form posts to that signs out.
    pub sign_out_action: String,
    /// The token against forged requests, for that form.
    pub csrf: String,
}

/// A place in the staff navigation.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// What is read.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// Whether we are there.
    pub current: bool,
    /// How many things wait there.
    pub count: Option<u64>,
}

/// A page of a form: `public/question.njk`.
///
/// Where the first component asks without a [`Field::label`], the page's title is its question and stands in its label
/// or legend; otherwise the title is a heading above.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Question {
    /// The question, or what the questions have in common.
    pub title: String,
    /// The whole title of the window where the real one would give the subject away.
    pub window_title: Option<String>,
    /// Above the title, such as the part of the form.
    pub caption: Option<String>,
    /// Where "Back" leads.
    pub back_href: Option<String>,
    /// Whether "Exit this page" is offered.
    pub exit: bool,
    /// Where the form posts to.
    pub action: String,
    /// The token against forged requests.
    pub csrf: String,
    /// Further fields that are posted unseen.
    pub hidden: Vec<Hidden>,
    /// What is wrong, in the order of the page; see [`errors`].
    pub error_summary: Vec<Problem>,
    /// What is on the page.
    pub components: Vec<Field>,
    /// The words on the button; the usual ones when absent.
    pub button: Option<String>,
    /// Whether files are sent with the form.
    pub files: bool,
}

/// A field that is posted unseen.
#[derive(Debug, Clone, Serialize)]
pub struct Hidden {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// An entry of the error summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong and what to do.
    pub text: String,
    /// The field, such as `#email`.
    pub href: String,
}

/// What a component is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One of [`Field::items`]; also yes or no.
    Radios,
    /// Any of [`Field::items`].
    Checkboxes,
    /// One of many [`Field::items`], in a list that opens.
    Select,
    /// One line.
    #[default]
    Input,
    /// Several lines, counted where there is a [`Field::maximum`].
    Textarea,
    /// A day: parts `day`, `month`, `year`, posted as `name-day` and so on.
    Date,
    /// A time of day, in one line.
    Time,
    /// An address: parts `line1`, `line2`, `town`, `postcode`, posted as `name-line1` and so on.
    Address,
    /// A box to tick; [`Field::text`] stands beside it. Posts `yes`.
    Declaration,
    /// Files.
    File,
    /// Nothing asked: shows [`Field::html`].
    Markdown,
}

/// A question, or something to read.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Field {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Name of the posted field, and its id.
    pub name: String,
    /// The question; none where the title of the page is the question.
    pub label: Option<String>,
    /// Help below the question.
    pub hint: Option<String>,
    /// The answer so far, of a field with one answer.
    pub value: Option<String>,
    /// The answers so far, of checkboxes.
    pub values: Vec<String>,
    /// The answers so far, by part, of a date or an address.
    pub parts: BTreeMap<String, String>,
    /// What is wrong with the answer.
    pub error: Option<String>,
    /// The parts that are wrong; all of them when it is empty and there is an error.
    pub wrong_parts: Vec<String>,
    /// Choices.
    pub items: Vec<Item>,
    /// Whether two or three short choices stand side by side.
    pub inline: bool,
    /// The `type` of an input where it isn't `text`, such as `email` or `tel`.
    pub input_type: Option<String>,
    /// Purpose of the field for a browser that fills it in, such as `email` (WCAG 2.2, 1.3.5). An address takes the
    /// tokens of its parts and a date those of a birthday when this is given.
    pub autocomplete: Option<String>,
    /// Keyboard to show, such as `numeric`.
    pub inputmode: Option<String>,
    /// Whether the browser checks spelling; its own habit when absent.
    pub spellcheck: Option<bool>,
    /// Width in characters: 2, 3, 4, 5, 10, 20 or 30; the whole column when absent.
    pub width: Option<u32>,
    /// Height of a textarea in lines.
    pub rows: Option<u32>,
    /// Greatest number of characters of a textarea, counted as the person types.
    pub maximum: Option<u32>,
    /// Shown before the box, such as "£".
    pub prefix: Option<String>,
    /// Shown after the box.
    pub suffix: Option<String>,
    /// Types of file to choose from, as in the `accept` attribute.
    pub accept: Option<String>,
    /// What stands beside the box of a declaration.
    pub text: Option<String>,
    /// What there is to read, of a [`Kind::Markdown`].
    pub html: Option<Html>,
}

/// A choice.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Item {
    /// What is posted.
    pub value: String,
    /// What is read.
    pub text: String,
    /// Help below it.
    pub hint: Option<Hint>,
    /// Questions that appear below it once it is chosen; without a script they are always there.
    pub reveals: Vec<Field>,
    /// `exclusive` where a checkbox cannot be chosen together with others.
    pub behaviour: Option<String>,
    /// A word such as "or": this is then no choice but the line between two.
    pub divider: Option<String>,
}

/// Help below a choice, in the shape that the components take.
#[derive(Debug, Clone, Serialize)]
pub struct Hint {
    /// What is read.
    pub text: String,
}

impl Field {
    /// The id of the first thing to mend, which the error summary leads to.
    #[must_use]
    pub fn first_id(&self) -> String {
        let usual = match self.kind {
            Kind::Date => "day",
            Kind::Address => "line1",
            _ => return self.name.clone(),
        };
        format!("{}-{}", self.name, self.wrong_parts.first().map_or(usual, String::as_str))
    }
}

/// The entries of an error summary for `components` and what they reveal, in the order of the page.
#[must_use]
pub fn errors(components: &[Field]) -> Vec<Problem> {
    let mut all = Vec::new();
    for field in components {
        if let Some(text) = &field.error {
            all.push(Problem { text: text.clone(), href: format!("#{}", field.first_id()) });
        }
        for item in &field.items {
            all.extend(errors(&item.reveals));
        }
    }
    all
}

/// Answers before they are sent: `public/check.njk`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Check {
    /// Heading.
    pub title: String,
    /// The whole title of the window where the real one would give the subject away.
    pub window_title: Option<String>,
    /// Above the heading.
    pub caption: Option<String>,
    /// Where "Back" leads.
    pub back_href: Option<String>,
    /// Whether "Exit this page" is offered.
    pub exit: bool,
    /// Where the form posts to.
    pub action: String,
    /// The token against forged requests.
    pub csrf: String,
    /// Further fields that are posted unseen, such as the key that makes sending twice harmless.
    pub hidden: Vec<Hidden>,
    /// What is wrong.
    pub error_summary: Vec<Problem>,
    /// The answers, under their headings.
    pub sections: Vec<Answers>,
    /// What stands between the answers and the button, such as a declaration.
    pub components: Vec<Field>,
    /// The words on the button; the usual ones when absent.
    pub button: Option<String>,
}

/// Answers under one heading.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Answers {
    /// Heading, where there is one.
    pub title: Option<String>,
    /// Questions and answers.
    pub rows: Vec<Answer>,
}

/// A question and its answer.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Answer {
    /// The question.
    pub question: String,
    /// The answer, one entry a line; empty where it was passed over.
    pub lines: Vec<String>,
    /// Where it is changed.
    pub change_href: Option<String>,
}

/// After sending: `public/receipt.njk`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Receipt {
    /// Heading, such as "Report sent".
    pub title: String,
    /// The whole title of the window where the real one would give the subject away.
    pub window_title: Option<String>,
    /// Whether "Exit this page" is offered.
    pub exit: bool,
    /// The reference to quote.
    pub reference: String,
    /// The words that let the person see the report again; told once and never sent.
    pub tracking_code: Option<String>,
    /// Where the code is entered.
    pub track_href: Option<String>,
    /// When it was received, as a person reads it.
    pub received: String,
    /// What happens next.
    pub next: Html,
    /// Files that were received, with what proves it.
    pub files: Vec<ReceivedFile>,
    /// Where the signed receipt is downloaded.
    pub download_href: Option<String>,
}

/// A file that was received.
#[derive(Debug, Clone, Serialize)]
pub struct ReceivedFile {
    /// Its name as it was sent.
    pub name: String,
    /// Its size, as a person reads it.
    pub size: String,
    /// SHA-256 in hex.
    pub sha256: String,
}

/// The journey ends without a report: `public/terminal.njk`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Terminal {
    /// Heading.
    pub title: String,
    /// The whole title of the window where the real one would give the subject away.
    pub window_title: Option<String>,
    /// Above the heading.
    pub caption: Option<String>,
    /// Where "Back" leads.
    pub back_href: Option<String>,
    /// Whether "Exit this page" is offered.
    pub exit: bool,
    /// Whether to call 999 now: said in a frame that can't be missed.
    pub emergency: bool,
    /// What to do instead.
    pub html: Html,
    /// Where to go on if this was wrong.
    pub continue_href: Option<String>,
    /// The words of that link.
    pub continue_text: Option<String>,
}

/// What has become of a report: `public/track.njk`. The page that asks for the code is a [`Question`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct Track {
    /// Heading.
    pub title: String,
    /// The whole title of the window where the real one would give the subject away.
    pub window_title: Option<String>,
    /// Where "Back" leads.
    pub back_href: Option<String>,
    /// Whether "Exit this page" is offered.
    pub exit: bool,
    /// The reference.
    pub reference: String,
    /// Where it stands, in a few words.
    pub status: String,
    /// Colour of the tag: `blue`, `green`, `grey`, `orange` …; decoration, the words say it all.
    pub status_colour: String,
    /// Facts such as when it was sent and who deals with it.
    pub facts: Vec<Answer>,
    /// What has happened, latest first.
    pub events: Vec<Event>,
    /// Where a message posts to; none where messages are closed.
    pub action: Option<String>,
    /// The token against forged requests.
    pub csrf: String,
    /// What is wrong with the message.
    pub error_summary: Vec<Problem>,
    /// The message field and whatever else belongs to it.
    pub components: Vec<Field>,
    /// Further things that can be done: add a file, withdraw, sign out.
    pub links: Vec<super::theme::Link>,
}

/// Something that has happened to a report.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Event {
    /// What, in a few words.
    pub title: String,
    /// Who did or wrote it.
    pub by: Option<String>,
    /// When, for machines (ISO 8601).
    pub datetime: String,
    /// When, for people.
    pub when: String,
    /// The message or details, one entry a paragraph.
    pub lines: Vec<String>,
}

/// Something went wrong: `public/error.njk`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Failure {
    /// Heading, such as "Page not found".
    pub title: String,
    /// What happened, whether anything was lost, and what to do; one entry a paragraph.
    pub lines: Vec<String>,
    /// What to quote to whoever looks into it.
    pub code: Option<String>,
    /// Where to go from here.
    pub links: Vec<super::theme::Link>,
}

/// The first page of a journey: `public/start.njk`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Start {
    /// Heading.
    pub title: String,
    /// The whole title of the window where the real one would give the subject away.
    pub window_title: Option<String>,
    /// Where "Back" leads.
    pub back_href: Option<String>,
    /// Whether "Exit this page" is offered.
    pub exit: bool,
    /// When to call 999 instead.
    pub emergency: Option<Html>,
    /// What the journey is for and what is needed.
    pub html: Html,
    /// Where the button leads.
    pub href: String,
    /// The words on the button; the usual ones when absent.
    pub button: Option<String>,
    /// Below the button: other ways, such as the telephone.
    pub after: Option<Html>,
}

/// Something to read: `public/content.njk`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Content {
    /// Heading.
    pub title: String,
    /// Above the heading.
    pub caption: Option<String>,
    /// Where "Back" leads.
    pub back_href: Option<String>,
    /// Whether "Exit this page" is offered.
    pub exit: bool,
    /// The text.
    pub html: Html,
    /// Large links with a sentence each, such as the choice of what to report.
    pub choices: Vec<Choice>,
    /// When it was last looked at, as a person reads it.
    pub reviewed: Option<String>,
}

/// A link with a sentence.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Choice {
    /// What is read.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// What it is for.
    pub about: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_leads_to_the_first_thing_to_mend() {
        let field = |kind, name: &str, wrong: &[&str]| Field {
            kind,
            name: name.into(),
            error: Some(format!("Enter {name}")),
            wrong_parts: wrong.iter().map(|w| (*w).to_owned()).collect(),
            ..Field::default()
        };
        let mut radios = field(Kind::Radios, "how", &[]);
        radios.items = vec![Item { reveals: vec![field(Kind::Input, "email", &[])], ..Item::default() }];
        let all = [radios, field(Kind::Date, "when", &["month", "year"]), field(Kind::Address, "home", &[])];
        let hrefs: Vec<_> = errors(&all).into_iter().map(|p| p.href).collect();
        assert_eq!(hrefs, ["#how", "#email", "#when-month", "#home-line1"]);
    }
}
