//! What each template of the staff pages is given, as [`crate::govuk::page`] is for the public ones.

use crate::govuk::Html;
use crate::govuk::page::{Answer, Answers, Event, Hint, Problem};
use serde::Serialize;
use std::collections::BTreeMap;

/// The page `staff/queue.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct QueuePage {
    pub title: String,
    /// The tabs: waiting, more asked for, decided.
    pub states: Vec<Tab>,
    /// The forms that can be filtered by; the chosen one is marked.
    pub forms: Vec<Tab>,
    /// The reference that was searched for.
    pub reference: String,
    /// The state and the form that are shown, to be kept when searching.
    pub state: String,
    pub form: String,
    /// The same without the search.
    pub clear_href: String,
    pub rows: Vec<QueueRow>,
    /// Why they stand in order of receipt and not by their grade.
    pub by_receipt: Option<String>,
    /// "37 reports" or "more than 1,000 reports".
    pub count: String,
    pub next_href: Option<String>,
    pub first_href: Option<String>,
}

/// A choice among several.
#[derive(Debug, Serialize)]
pub(crate) struct Tab {
    pub text: String,
    pub value: String,
    pub href: String,
    pub current: bool,
}

/// One report in the queue.
#[derive(Debug, Serialize)]
pub(crate) struct QueueRow {
    pub href: String,
    pub reference: String,
    pub title: String,
    /// The form's title.
    pub kind: String,
    /// When it came, as people read it.
    pub received: String,
    /// How long ago: "12 min", "3 h", "2 days".
    pub age: String,
    /// `Grade`, colour and whether it can still turn out worse.
    pub grade: Grade,
    pub matches: i64,
    /// Whether a grade that was proposed is not shown any more.
    pub withheld: bool,
}

/// A grade as it is shown.
#[derive(Debug, Serialize, Clone)]
pub(crate) struct Grade {
    /// "HIGH", "No grade yet", "Being assessed", "No grade", "Grade it first".
    pub text: String,
    /// Colour of the tag; the words say it all.
    pub colour: &'static str,
    /// What a missing fact could still raise it to.
    pub could_be: Option<String>,
}

/// The page `staff/report.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct ReportPage {
    pub title: String,
    pub reference: String,
    pub kind: String,
    pub received: String,
    pub age: String,
    pub channel: String,
    pub grade: Grade,
    /// Where it stands, in words.
    pub stands: &'static str,
    /// The part of the queue that it stands in.
    pub queue_href: String,
    /// This page.
    pub href: String,
    /// Whether the assessment is still to come.
    pub waiting: bool,
    /// The case that was opened from it.
    pub case_href: Option<String>,
    /// Questions and answers, by section.
    pub sections: Vec<Answers>,
    /// What each definition that concerns it says, the one that leads first.
    pub assessments: Vec<AssessmentView>,
    /// The form for the officer's own grade, while what is proposed is hidden.
    pub own_grade: Option<OwnGradeForm>,
    /// The grade that this officer gave before seeing what is proposed.
    pub own_grade_given: Option<String>,
    /// What was not asked, one line each.
    pub withheld: Vec<String>,
    /// What was proposed before and is no proposal any more, one line each.
    pub former: Vec<String>,
    /// Answers that no definition could read.
    pub unreadable: Vec<String>,
    /// Whether facts have gone out of date since.
    pub out_of_date: bool,
    /// What is known, by who said it.
    pub known: Vec<KnownView>,
    /// Everything that can be asked, to note an answer.
    pub fact_form: Option<FactForm>,
    /// Questions that words in the report ask.
    pub asked: Vec<AskedView>,
    /// Definitions in force that are not shown.
    pub others: Vec<OptionView>,
    /// What can have happened since.
    pub happenings: Vec<OptionView>,
    /// Whether this person may note what more is known.
    pub can_update: bool,
    /// Words and values that were posted and have to be shown again.
    pub values: BTreeMap<String, String>,
    /// What is to be done, of a report without a case.
    pub tasks: Vec<TaskView>,
    /// What was said to proposed actions.
    pub answered: Vec<AnsweredView>,
    pub reviews: Vec<ReviewView>,
    pub matches: Vec<MatchView>,
    pub decisions: Vec<DecisionView>,
    /// The form to decide with; none when it is decided or the person may not.
    pub form: Option<DecisionForm>,
    pub csrf: String,
    pub error_summary: Vec<Problem>,
    /// What is wrong, by field.
    pub errors: BTreeMap<String, String>,
}

/// The form for a grade that is given before seeing what is proposed.
#[derive(Debug, Serialize)]
pub(crate) struct OwnGradeForm {
    pub action: String,
    pub grades: Vec<OptionView>,
}

/// A question that words in the report ask.
#[derive(Debug, Serialize)]
pub(crate) struct AskedView {
    pub definition: String,
    pub fact: String,
    pub ask: String,
    /// Why there is no value.
    pub state: String,
    pub words: Vec<WordsView>,
}

/// Words as they stand in the report, with some of what stands around them.
#[derive(Debug, Serialize)]
pub(crate) struct WordsView {
    pub before: String,
    pub words: String,
    pub after: String,
    /// Which indicator of which set found them.
    pub by: String,
}

/// A fact with what was said of it.
#[derive(Debug, Serialize)]
pub(crate) struct KnownView {
    pub ask: String,
    /// "Yes", "Sources disagree: yes, no".
    pub state: String,
    /// Whether there is a value to rely on.
    pub known: bool,
    /// "Yes: report, 29 November, 03:10", the latest last.
    pub said: Vec<String>,
}

/// The form in which an answer is noted.
#[derive(Debug, Serialize)]
pub(crate) struct FactForm {
    pub action: String,
    /// Each question with its name; what cannot be known yet first.
    pub facts: Vec<FactOption>,
}

/// A question that can be answered.
#[derive(Debug, Serialize)]
pub(crate) struct FactOption {
    pub name: String,
    /// Whether it stands among the questions that could change the grade, with its form.
    pub ready: bool,
    pub ask: String,
    /// `yes/no`, `number`, `text` or `choice`.
    pub kind: &'static str,
    pub answers: Vec<OptionView>,
    /// What was typed, where it is a number or a text.
    pub typed: String,
    pub sources: Vec<String>,
    /// Where in the page it stands.
    pub id: String,
    /// Why there is no value, or what is known.
    pub state: String,
    /// What is wrong with what was posted.
    pub errors: BTreeMap<String, String>,
    /// What was posted as the source.
    pub source: String,
}

/// What was said to an action that was proposed.
#[derive(Debug, Serialize)]
pub(crate) struct AnsweredView {
    pub action: String,
    /// "Accepted", "Changed", "Refused".
    pub answer: &'static str,
    pub reason: String,
}

/// Something that has to be looked at again.
#[derive(Debug, Serialize)]
pub(crate) struct ReviewView {
    pub id: String,
    pub cause: &'static str,
    pub lines: Vec<String>,
    pub due: String,
    pub overdue: bool,
    /// "on … by …"; none while it waits.
    pub done: Option<String>,
    /// Whether it takes a supervisor.
    pub supervisor: bool,
    /// Whether this person may answer it.
    pub can_answer: bool,
    pub action: String,
    pub version: i64,
    pub grades: Vec<OptionView>,
    pub lower_codes: Vec<OptionView>,
    pub values: BTreeMap<String, String>,
    pub errors: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct AssessmentView {
    /// The definition's title.
    pub title: String,
    /// Whether it is the one whose grades are given.
    pub leads: bool,
    /// Whether today's engine makes something else of the same facts.
    pub differs: bool,
    /// The digital exposure to think of, as the definition has it.
    pub digital: Html,
    pub definition: String,
    pub version: String,
    pub digest: String,
    pub made: String,
    /// "At least MEDIUM, could be HIGH".
    pub headline: String,
    pub summary: String,
    /// Every grade from the lowest, and what the proposal says of it.
    pub scale: Vec<Step>,
    /// Rules that fired, could still fire, and did not, as sentences.
    pub fired: Vec<RuleView>,
    pub undetermined: Vec<RuleView>,
    pub not_fired: Vec<RuleView>,
    pub questions: Vec<QuestionView>,
    pub actions: Vec<ActionView>,
}

/// A grade on the scale.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    pub name: String,
    pub colour: &'static str,
    /// `below`, `floor`, `proposed`, `possible` or `out`.
    pub place: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct RuleView {
    pub rule: String,
    pub colour: &'static str,
    pub sentence: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct QuestionView {
    /// The fact's name.
    pub fact: String,
    pub ask: String,
    /// What the answer could change, and what is known so far.
    pub sentence: String,
    /// Where else to ask.
    pub elsewhere: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ActionView {
    /// The name of the field in which it is answered.
    pub field: String,
    pub action: String,
    pub deadline: String,
    pub at_once: bool,
    pub role: String,
    /// Whether law or policy leaves no choice.
    pub must: bool,
    /// `remove`, `avoid`, `reduce` or `accept` the risk.
    pub safeguarding: Option<String>,
    /// Why it is proposed.
    pub reason: String,
    /// Accept, change, refuse.
    pub answers: Vec<OptionView>,
    pub title: String,
    pub due: String,
    pub why: String,
    pub error: Option<String>,
}

/// A suggested match as it is shown.
#[derive(Debug, Serialize)]
pub(crate) struct MatchView {
    pub id: String,
    pub action: String,
    pub kind: String,
    /// What was reported, and what is held: names of properties with both values.
    pub rows: Vec<CompareRow>,
    pub source: String,
    pub band: &'static str,
    pub colour: &'static str,
    pub weight: String,
    /// Where the weight starts before anything is compared.
    pub start: Option<String>,
    pub speaks_for: Vec<String>,
    pub speaks_against: Vec<String>,
    /// "The same (said on …): …"; none while nobody has answered.
    pub answered: Option<String>,
    pub can_answer: bool,
    /// What was chosen and written, and what is wrong with it.
    pub answers: Vec<OptionView>,
    pub reason: String,
    pub answer_error: Option<String>,
    pub reason_error: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CompareRow {
    pub what: String,
    pub reported: String,
    pub held: String,
    /// `same`, `partly`, `differs`, or empty where only one side says something.
    pub mark: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct DecisionView {
    pub outcome: String,
    pub grade: Option<String>,
    pub stance: Option<&'static str>,
    pub by: String,
    pub at: String,
    pub reasons: String,
    /// The other parts of the record of the decision that somebody wrote.
    pub further: Vec<Answer>,
}

#[derive(Debug, Serialize)]
pub(crate) struct DecisionForm {
    pub action: String,
    pub version: i64,
    pub grades: Vec<OptionView>,
    pub outcomes: Vec<OptionView>,
    /// The proposed floor, where a grade below it can be given.
    pub floor: Option<String>,
    /// Why a grade can be below it.
    pub lower_codes: Vec<OptionView>,
    /// Within how long a supervisor looks at that.
    pub supervisor_within: String,
    pub values: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct OptionView {
    pub value: String,
    pub text: String,
    pub hint: Option<Hint>,
    pub checked: bool,
}

/// The page `staff/cases.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct CaseList {
    pub title: String,
    /// "12 cases".
    pub count: String,
    pub rows: Vec<CaseRow>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CaseRow {
    pub grade: Option<Grade>,
    pub href: String,
    pub reference: String,
    pub title: String,
    pub opened: String,
    pub age: String,
    pub by: String,
    pub open_tasks: u64,
}

/// The page `staff/case.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct CasePage {
    pub title: String,
    pub grade: Option<Grade>,
    pub reference: String,
    pub href: String,
    pub opened: String,
    pub by: String,
    pub report_href: String,
    pub tasks: Vec<TaskView>,
    /// How many of them are still to do.
    pub open_tasks: usize,
    pub involved: Vec<InvolvedView>,
    pub evidence: Vec<EvidenceView>,
    pub notes: Vec<NoteView>,
    pub packages: Vec<PackageView>,
    pub events: Vec<Event>,
    /// What this person may do here for their purpose.
    pub can_update: bool,
    pub can_add_evidence: bool,
    pub can_export: bool,
    pub can_open: bool,
    pub largest_file: String,
    pub csrf: String,
    pub values: BTreeMap<String, String>,
    pub errors: BTreeMap<String, String>,
    pub error_summary: Vec<Problem>,
    /// A package that was made and looked at again.
    pub made: Option<Made>,
}

/// What somebody wrote down.
#[derive(Debug, Serialize)]
pub(crate) struct NoteView {
    pub when: String,
    pub by: String,
    pub lines: Vec<String>,
}

/// A package that was handed over.
#[derive(Debug, Serialize)]
pub(crate) struct PackageView {
    /// The page that checks it again.
    pub href: String,
    pub recipient: String,
    pub made: String,
    pub manifest: String,
}

/// A package that was made and looked at again.
#[derive(Debug, Serialize, Clone)]
pub(crate) struct Made {
    pub folder: String,
    /// The key to check it with, and its fingerprint to compare on the telephone.
    pub key: String,
    pub fingerprint: String,
    pub ok: bool,
    pub proves: Vec<String>,
    pub problems: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct TaskView {
    pub id: String,
    pub action: String,
    pub title: String,
    pub role: String,
    pub due: Option<String>,
    /// It was due when it was set: nobody was late yet.
    pub at_once: bool,
    pub overdue: bool,
    pub done: Option<String>,
    pub result: Option<String>,
    /// What was tried as its result, and what is wrong with that.
    pub tried: String,
    pub error: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct InvolvedView {
    pub role: String,
    pub kind: String,
    /// Name of property and value.
    pub stated: Vec<(String, String)>,
}

#[derive(Debug, Serialize)]
pub(crate) struct EvidenceView {
    pub href: String,
    pub exhibit: String,
    pub description: String,
    pub origin: String,
    pub file_name: String,
    pub media_type: String,
    pub size: String,
    pub sha256: String,
    pub added: String,
}

/// The page `staff/accounts.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct AccountsPage {
    pub title: String,
    pub rows: Vec<AccountRow>,
    pub roles: Vec<RoleOption>,
    pub csrf: String,
    pub values: BTreeMap<String, String>,
    pub errors: BTreeMap<String, String>,
    pub error_summary: Vec<Problem>,
    /// The one-time link that was just made, to be passed on by hand.
    pub invitation: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct AccountRow {
    pub username: String,
    pub name: String,
    pub roles: String,
    pub standing: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct RoleOption {
    pub value: String,
    pub text: String,
    pub checked: bool,
}

/// The page `staff/log.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct LogPage {
    pub title: String,
    pub object: String,
    pub error: Option<String>,
    pub error_summary: Vec<Problem>,
    /// How many entries are sealed, and how many wait.
    pub sealed: u64,
    pub waiting: u64,
    pub checkpoint: String,
    pub key: String,
    pub rows: Vec<LogRow>,
}

#[derive(Debug, Serialize)]
pub(crate) struct LogRow {
    pub at: String,
    pub verb: &'static str,
    pub action: String,
    pub actor: String,
    pub purpose: String,
    /// What kind of thing, which one, and the entries about it.
    pub kind: String,
    pub object: Option<String>,
    pub href: Option<String>,
    pub rule: String,
}
