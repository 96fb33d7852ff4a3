//! The queue, and one report with answers, assessment and matches side by side.

use super::{frame, may};
use crate::{
    App,
    govuk::page::{Answer as Fact, Answers, Hint, Problem},
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{Path, Query, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_casework::{Choice, Filter, Outcome, QueueItem, ReportView};
use bluelamp_model::{Error, FieldError, Id, Record, Time, authority::action};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the address of the queue can hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct QueueQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    form: String,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    after: String,
}

/// The page `staff/queue.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct QueuePage {
    title: String,
    /// The tabs: waiting, more asked for, decided.
    states: Vec<Tab>,
    /// The forms that can be filtered by; the chosen one is marked.
    forms: Vec<Tab>,
    /// The reference that was searched for.
    reference: String,
    /// The state and the form that are shown, to be kept when searching.
    state: String,
    form: String,
    /// The same without the search.
    clear_href: String,
    rows: Vec<QueueRow>,
    /// "37 reports" or "more than 1,000 reports".
    count: String,
    next_href: Option<String>,
    first_href: Option<String>,
}

/// A choice among several.
#[derive(Debug, Serialize)]
pub(crate) struct Tab {
    text: String,
    value: String,
    href: String,
    current: bool,
}

/// One report in the queue.
#[derive(Debug, Serialize)]
pub(crate) struct QueueRow {
    href: String,
    reference: String,
    title: String,
    /// The form's title.
    kind: String,
    /// When it came, as people read it.
    received: String,
    /// How long ago: "12 min", "3 h", "2 days".
    age: String,
    /// `Grade`, colour and whether it can still turn out worse.
    grade: Grade,
    matches: i64,
}

/// A grade as it is shown.
#[derive(Debug, Serialize, Clone)]
pub(crate) struct Grade {
    /// "HIGH", "No grade yet", "Being assessed", "No grade".
    text: String,
    /// Colour of the tag; the words say it all.
    colour: &'static str,
    /// What a missing fact could still raise it to.
    could_be: Option<String>,
}

/// The colour of a grade's tag. Definitions name their grades as they like; these three are the usual ones.
fn colour(grade: &str) -> &'static str {
    match grade {
        "HIGH" => "red",
        "MEDIUM" => "orange",
        _ => "blue",
    }
}

fn grade(item: &QueueItem) -> Grade {
    let of = |text: &str, colour, could_be: Option<&String>| Grade {
        text: text.into(),
        colour,
        could_be: could_be.cloned(),
    };
    match (&item.floor, &item.ceiling) {
        (Some(f), c) => of(f, colour(f), c.as_ref().filter(|c| *c != f)),
        (None, Some(c)) => of("No grade yet", "grey", Some(c)),
        _ if item.priority >= 100 => of("Being assessed", "grey", None),
        _ => of("No grade", "grey", None),
    }
}

/// How long ago, in the words that one would use.
pub(crate) fn age(from: Time, now: Time) -> String {
    let minutes = (now.micros() - from.micros()).max(0) / 60_000_000;
    match minutes {
        0 => "just now".into(),
        m @ 1..60 => format!("{m} min ago"),
        m @ 60..2880 => format!("{} h ago", m / 60),
        m => format!("{} days ago", m / 1440),
    }
}

/// What a form is called where everything in sight is a report.
fn kind(app: &App, form: &str) -> String {
    let called = |f: &bluelamp_forms::Form| sentence(f.title.say(f.speaks).trim_start_matches("Report "));
    app.inner.forms.get(form).map_or_else(|| form.to_owned(), called)
}

/// With a capital letter at the start.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// Where a report can stand, in the order of the tabs.
const STATES: [&str; 3] = ["new", "more-needed", "decided"];

/// `GET /desk/reports`
pub(crate) async fn queue(State(app): State<App>, staff: Staff, Query(q): Query<QueueQuery>) -> Answer {
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let mut state = given(&q.state).unwrap_or_else(|| "new".into());
    let reference = given(&q.reference)
        .map(|r| bluelamp_contact::Reference::parse(&r).map_or(r, |r| r.text().to_owned()));
    let filter = Filter {
        state: Some(state.clone()),
        form: given(&q.form),
        reference: reference.clone(),
        after: given(&q.after),
    };
    let looked = filter.clone();
    let mut page = app.read(&staff.actor(), move |cx| bluelamp_casework::queue(cx, &looked)).await?;
    if reference.is_some() {
        // A reference is looked for wherever the report stands, and whatever it is about.
        for other in STATES {
            if !page.items.is_empty() {
                break;
            }
            let anywhere = Filter { state: Some(other.into()), form: None, after: None, ..filter.clone() };
            page = app.read(&staff.actor(), move |cx| bluelamp_casework::queue(cx, &anywhere)).await?;
            if !page.items.is_empty() {
                state = other.into();
            }
        }
    }
    let now = app.inner.db.now();
    // A search is left behind by every link: it has found its report, or there is none.
    let href = |state: &str, form: &str, after: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", state);
        for (name, value) in [("form", form), ("after", after)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("/desk/reports?{}", query.finish())
    };
    let tab = |text: &str, value: &str| Tab {
        text: text.into(),
        value: value.into(),
        href: href(value, &q.form, ""),
        current: state == value,
    };
    let mut forms = vec![Tab {
        text: "All kinds".into(),
        value: String::new(),
        href: href(&state, "", ""),
        current: q.form.is_empty(),
    }];
    forms.extend(app.inner.forms.keys().map(|id| Tab {
        text: kind(&app, id),
        value: id.clone(),
        href: href(&state, id, ""),
        current: q.form == *id,
    }));
    let count = match page.total {
        1 => "1 report".into(),
        n if n >= 1000 => "More than 1,000 reports".into(),
        n => format!("{n} reports"),
    };
    let view = QueuePage {
        title: "Reports".into(),
        states: vec![tab("Waiting", "new"), tab("More asked for", "more-needed"), tab("Decided", "decided")],
        forms,
        reference: q.reference.trim().to_owned(),
        state: state.clone(),
        form: q.form.clone(),
        clear_href: href(&state, &q.form, ""),
        rows: page
            .items
            .iter()
            .map(|item| QueueRow {
                href: format!("/desk/reports/{}", item.id),
                reference: item.reference.clone(),
                title: item.title.clone(),
                kind: kind(&app, &item.form),
                received: item.received_at.short(),
                age: age(item.received_at, now),
                grade: grade(item),
                matches: item.matches,
            })
            .collect(),
        count,
        next_href: page.next.map(|after| href(&state, &q.form, &after)),
        first_href: (!q.after.is_empty()).then(|| href(&state, &q.form, "")),
    };
    app.page("staff/queue.njk", &frame(&app, &staff, "/desk/reports"), &view)
}

/// The page `staff/report.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct ReportPage {
    title: String,
    reference: String,
    kind: String,
    received: String,
    age: String,
    channel: String,
    grade: Grade,
    /// Where it stands, in words.
    stands: &'static str,
    /// The part of the queue that it stands in.
    queue_href: String,
    /// This page.
    href: String,
    /// Whether the assessment is still to come.
    waiting: bool,
    /// The case that was opened from it.
    case_href: Option<String>,
    /// Questions and answers, by section.
    sections: Vec<Answers>,
    assessment: Option<AssessmentView>,
    matches: Vec<MatchView>,
    decisions: Vec<DecisionView>,
    /// The form to decide with; none when it is decided or the person may not.
    form: Option<DecisionForm>,
    csrf: String,
    error_summary: Vec<Problem>,
    /// What is wrong, by field.
    errors: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct AssessmentView {
    definition: String,
    version: String,
    digest: String,
    made: String,
    /// "At least MEDIUM, could be HIGH".
    headline: String,
    summary: String,
    /// Every grade from the lowest, and what the proposal says of it.
    scale: Vec<Step>,
    /// Rules that fired, could still fire, and did not, as sentences.
    fired: Vec<RuleView>,
    undetermined: Vec<RuleView>,
    not_fired: Vec<RuleView>,
    questions: Vec<QuestionView>,
    actions: Vec<ActionView>,
}

/// A grade on the scale.
#[derive(Debug, Serialize)]
struct Step {
    name: String,
    colour: &'static str,
    /// `below`, `floor`, `possible` or `out`.
    place: &'static str,
}

#[derive(Debug, Serialize)]
struct RuleView {
    rule: String,
    colour: &'static str,
    sentence: String,
}

#[derive(Debug, Serialize)]
struct QuestionView {
    ask: String,
    sentence: String,
    up_to: String,
}

#[derive(Debug, Serialize)]
struct ActionView {
    number: usize,
    action: String,
    deadline: String,
    role: String,
    checked: bool,
}

/// A suggested match as it is shown.
#[derive(Debug, Serialize)]
struct MatchView {
    id: String,
    action: String,
    kind: String,
    /// What was reported, and what is held: names of properties with both values.
    rows: Vec<CompareRow>,
    source: String,
    band: &'static str,
    colour: &'static str,
    weight: String,
    /// Where the weight starts before anything is compared.
    start: Option<String>,
    speaks_for: Vec<String>,
    speaks_against: Vec<String>,
    /// "The same (said on …): …"; none while nobody has answered.
    answered: Option<String>,
    can_answer: bool,
    /// What was chosen and written, and what is wrong with it.
    answers: Vec<OptionView>,
    reason: String,
    answer_error: Option<String>,
    reason_error: Option<String>,
}

#[derive(Debug, Serialize)]
struct CompareRow {
    what: String,
    reported: String,
    held: String,
    /// `same`, `differs`, or empty where only one side says something.
    mark: &'static str,
}

#[derive(Debug, Serialize)]
struct DecisionView {
    outcome: String,
    grade: Option<String>,
    stance: Option<&'static str>,
    by: String,
    at: String,
    reasons: String,
    /// The other parts of the record of the decision that somebody wrote.
    further: Vec<Fact>,
}

#[derive(Debug, Serialize)]
struct DecisionForm {
    action: String,
    version: i64,
    grades: Vec<OptionView>,
    outcomes: Vec<OptionView>,
    /// The proposed floor, where a grade below it can be given.
    floor: Option<String>,
    values: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct OptionView {
    value: String,
    text: String,
    hint: Option<Hint>,
    checked: bool,
}

/// What was posted and what is wrong with it, shown again.
#[derive(Debug, Default)]
struct Tried {
    choice: Choice,
    /// The suggestion that was answered, the answer and its reason.
    answer: Option<[String; 3]>,
    wrong: Vec<FieldError>,
}

/// `GET /desk/reports/{id}`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Path(id): Path<String>) -> Answer {
    show(&app, &staff, &id, None).await
}

async fn show(app: &App, staff: &Staff, id: &str, tried: Option<Tried>) -> Answer {
    let id: Id = id.parse().map_err(|_| Error::NotFound("that report".into()))?;
    let report = app.read(&staff.actor(), move |cx| bluelamp_casework::view_report(cx, id)).await?;
    let page = report_page(app, staff, &report, tried);
    let wrong = !page.error_summary.is_empty();
    let mut response = app.page("staff/report.njk", &frame(app, staff, "/desk/reports"), &page)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn report_page(app: &App, staff: &Staff, report: &ReportView, tried: Option<Tried>) -> ReportPage {
    let item = &report.item;
    let mut sections: Vec<Answers> = Vec::new();
    for line in &report.submission.body.summary {
        if sections.last().is_none_or(|s| s.title != line.section) {
            sections.push(Answers { title: line.section.clone(), rows: Vec::new() });
        }
        if let Some(section) = sections.last_mut() {
            section.rows.push(Fact {
                question: line.question.clone(),
                lines: line.answer.clone(),
                change_href: None,
            });
        }
    }
    let can_decide = item.state != "decided" && may(app, staff, action::REPORT_DECIDE);
    let can_answer = may(app, staff, action::MATCH_ANSWER);
    let wrong = tried.as_ref().map(|t| t.wrong.clone()).unwrap_or_default();
    let errors: BTreeMap<String, String> =
        wrong.iter().map(|e| (e.field.clone(), e.message.clone())).collect();
    let answer = tried.as_ref().and_then(|t| t.answer.clone());
    // Every proposed action is ticked until somebody has unticked some.
    let chosen = tried.as_ref().filter(|_| answer.is_none()).map(|t| t.choice.tasks.clone());
    let matches =
        report.suggestions.iter().map(|s| match_view(item.id, s, can_answer, answer.as_ref(), &errors));
    ReportPage {
        title: item.title.clone(),
        reference: item.reference.clone(),
        kind: kind(app, &item.form),
        received: item.received_at.spoken(),
        age: age(item.received_at, app.inner.db.now()),
        channel: report.submission.channel.clone(),
        grade: grade(item),
        stands: match item.state.as_str() {
            "decided" => "Decided",
            "more-needed" => "More asked for",
            _ => "Waiting for a decision",
        },
        queue_href: format!("/desk/reports?state={}", item.state),
        href: format!("/desk/reports/{}", item.id),
        waiting: report.waiting,
        case_href: item.case_id.map(|c| format!("/desk/cases/{c}")),
        sections,
        assessment: assessment_view(report, chosen.as_deref()),
        matches: matches.collect(),
        decisions: decision_views(report),
        form: can_decide.then(|| decision_form(report, tried)),
        csrf: csrf(app, &staff.cookie),
        error_summary: wrong
            .into_iter()
            .map(|e| Problem { text: e.message, href: format!("#{}", e.field) })
            .collect(),
        errors,
    }
}

fn headline(floor: Option<&str>, ceiling: Option<&str>) -> String {
    match (floor, ceiling) {
        (Some(f), Some(c)) if f != c => format!("At least {f}, could be {c}"),
        (Some(f), _) => f.to_owned(),
        (None, Some(c)) => format!("No grade yet, could be {c}"),
        (None, None) => "No grade proposed".to_owned(),
    }
}

/// The grades from the lowest, and what a proposal from `floor` to `ceiling` (places in the list) says of each.
fn scale(grades: &[bluelamp_triage::Grade], floor: Option<usize>, ceiling: Option<usize>) -> Vec<Step> {
    let place = |rank: usize| match (floor, ceiling) {
        (Some(floor), _) if rank < floor => "below",
        (Some(floor), _) if rank == floor => "floor",
        (_, Some(ceiling)) if rank <= ceiling => "possible",
        _ => "out",
    };
    grades
        .iter()
        .map(|g| Step { name: g.name.clone(), colour: colour(&g.name), place: place(g.rank) })
        .collect()
}

fn assessment_view(report: &ReportView, chosen: Option<&[usize]>) -> Option<AssessmentView> {
    use bluelamp_triage::Outcome as Came;
    let (_, proposal) = report.assessment.as_ref()?;
    let a = &proposal.content.assessment;
    let (floor, ceiling) = (a.floor.as_ref(), a.ceiling.as_ref());
    let rules = |wanted: fn(&Came) -> bool| {
        a.rules
            .iter()
            .filter(|t| wanted(&t.outcome))
            .map(|t| RuleView {
                rule: t.rule.clone(),
                colour: colour(&t.grade.name),
                sentence: t.sentence.clone(),
            })
            .collect::<Vec<_>>()
    };
    Some(AssessmentView {
        definition: a.definition.clone(),
        version: a.version.clone(),
        digest: a.definition_digest.chars().take(12).collect(),
        made: proposal.made_at.short(),
        headline: headline(floor.map(|g| g.name.as_str()), ceiling.map(|g| g.name.as_str())),
        summary: a.summary.clone(),
        scale: scale(&proposal.content.grades, floor.map(|g| g.rank), ceiling.map(|g| g.rank)),
        fired: rules(|o| matches!(o, Came::Fired { .. })),
        undetermined: rules(|o| matches!(o, Came::Undetermined { .. })),
        not_fired: rules(|o| matches!(o, Came::NotFired { .. })),
        questions: a
            .questions
            .iter()
            .map(|q| QuestionView {
                ask: q.ask.clone(),
                sentence: q.sentence.clone(),
                up_to: q.up_to.name.clone(),
            })
            .collect(),
        actions: a
            .actions
            .iter()
            .enumerate()
            .map(|(number, action)| ActionView {
                number,
                action: action.action.clone(),
                deadline: action.deadline.clone(),
                role: action.role.clone(),
                checked: chosen.is_none_or(|c| c.contains(&number)),
            })
            .collect(),
    })
}

fn decision_views(report: &ReportView) -> Vec<DecisionView> {
    use bluelamp_model::decision::Stance;
    report
        .decisions
        .iter()
        .map(|m| DecisionView {
            outcome: Outcome::ALL
                .into_iter()
                .find(|o| o.code() == m.decision.outcome)
                .map_or_else(|| m.decision.outcome.clone(), |o| o.label().to_owned()),
            grade: m.grade.clone(),
            stance: m.decision.stance.map(|s| match s {
                Stance::Agreed => "as proposed",
                Stance::Raised => "raised above the proposal",
                Stance::Lowered => "lowered below the proposal",
            }),
            by: m.by.clone(),
            at: m.decision.decided_at.spoken(),
            reasons: m.decision.reasons.clone(),
            further: [
                ("Assessment", &m.decision.assessment),
                ("Powers and policy", &m.decision.powers_and_policy),
                ("Options considered", &m.decision.options),
                ("Action and review", &m.decision.action_and_review),
            ]
            .into_iter()
            .filter(|(_, text)| *text != "Nothing was written.")
            .map(|(what, text)| Fact {
                question: what.into(),
                lines: text.lines().map(str::to_owned).collect(),
                change_href: None,
            })
            .collect(),
        })
        .collect()
}

fn decision_form(report: &ReportView, tried: Option<Tried>) -> DecisionForm {
    let choice = tried.unwrap_or_default().choice;
    let assessed = report.assessment.as_ref().map(|(_, p)| &p.content);
    let floor =
        assessed.and_then(|a| a.assessment.floor.as_ref()).filter(|g| g.rank > 0).map(|g| g.name.clone());
    let hint = |outcome: Outcome| match outcome {
        Outcome::OpenCase => None,
        Outcome::AskMore => Some("The report stays in the queue, under “More asked for”"),
        Outcome::Refer => Some("Say in the message to whom, and how to reach them"),
        Outcome::Close => Some("The report leaves the queue; it can still be found by its reference"),
    };
    DecisionForm {
        action: format!("/desk/reports/{}/decide", report.item.id),
        version: report.item.version,
        // Nothing is chosen beforehand: the grade is the officer's own.
        grades: assessed
            .map(|a| a.grades.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|g| OptionView {
                value: g.name.clone(),
                text: g.name.clone(),
                hint: None,
                checked: choice.grade == g.name,
            })
            .collect(),
        outcomes: Outcome::ALL
            .map(|o| OptionView {
                value: o.code().into(),
                text: o.label().into(),
                hint: hint(o).map(|text| Hint { text: text.into() }),
                checked: choice.outcome == o.code(),
            })
            .into(),
        floor,
        values: [
            ("reasons", &choice.reasons),
            ("lower_reason", &choice.lower_reason),
            ("powers_and_policy", &choice.powers_and_policy),
            ("options", &choice.options),
            ("action_and_review", &choice.action_and_review),
            ("message", &choice.message),
        ]
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .into(),
    }
}

/// `POST /desk/reports/{id}/decide`
pub(crate) async fn decide(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let said = |name: &str| first(&raw, name).to_owned();
    let choice = Choice {
        version: first(&raw, "version").parse().unwrap_or(-1),
        outcome: said("outcome"),
        grade: said("grade"),
        reasons: said("reasons"),
        powers_and_policy: said("powers_and_policy"),
        options: said("options"),
        action_and_review: said("action_and_review"),
        lower_reason: said("lower_reason"),
        message: said("message"),
        tasks: raw.get("task").into_iter().flatten().filter_map(|n| n.parse().ok()).collect(),
    };
    let report: Id = id.parse().map_err(|_| Error::NotFound("that report".into()))?;
    let wanted = choice.clone();
    let decided = app.write(&staff.actor(), move |cx| bluelamp_casework::decide(cx, report, &wanted)).await;
    match decided {
        Ok(decided) => {
            // An investigator goes on with the case; a contact officer with the queue.
            let to = match decided.case {
                Some(case) => format!("/desk/cases/{case}"),
                None => format!("/desk/reports/{id}"),
            };
            Ok(Redirect::to(&to).into_response())
        }
        Err(Error::Invalid(wrong)) => {
            show(&app, &staff, &id, Some(Tried { choice, answer: None, wrong })).await
        }
        Err(e) => Err(e.into()),
    }
}

/// `POST /desk/reports/{id}/matches/{suggestion}`
pub(crate) async fn answer_match(
    State(app): State<App>,
    staff: Staff,
    Path((id, suggestion)): Path<(String, String)>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let suggested: Id = suggestion.parse().map_err(|_| Error::NotFound("that suggestion".into()))?;
    let (said, reason) = (first(&raw, "answer").to_owned(), first(&raw, "reason").to_owned());
    let answer = [suggestion.clone(), said.clone(), reason.clone()];
    let outcome = app
        .write(&staff.actor(), move |cx| {
            bluelamp_fusion::answer(cx, suggested, bluelamp_fusion::Answer::parse(&said)?, &reason)
        })
        .await;
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/desk/reports/{id}#match-{suggestion}")).into_response()),
        Err(Error::Invalid(wrong)) => {
            let wrong = wrong
                .into_iter()
                .map(|e| FieldError { field: format!("{}-{suggestion}", e.field), ..e })
                .collect();
            show(&app, &staff, &id, Some(Tried { choice: Choice::default(), answer: Some(answer), wrong }))
                .await
        }
        Err(e) => Err(e.into()),
    }
}

/// Names of properties as people read them.
fn words(property: &str) -> String {
    let mut text = property.replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

fn stated(record: &Record) -> BTreeMap<&str, String> {
    let mut all: BTreeMap<&str, String> = BTreeMap::new();
    for s in &record.statements {
        let said = s.value.to_string();
        all.entry(s.prop.as_str()).and_modify(|v| v.push_str(&format!(", {said}"))).or_insert(said);
    }
    all
}

fn match_view(
    report: Id,
    s: &bluelamp_fusion::Suggestion,
    can_answer: bool,
    tried: Option<&[String; 3]>,
    errors: &BTreeMap<String, String>,
) -> MatchView {
    use bluelamp_linkage::Band;
    let (ours, theirs) = (stated(&s.record), stated(&s.candidate));
    let mut properties: Vec<&str> = ours.keys().chain(theirs.keys()).copied().collect();
    properties.sort_unstable();
    properties.dedup();
    let rows = properties
        .into_iter()
        .map(|p| {
            let (reported, held) =
                (ours.get(p).cloned().unwrap_or_default(), theirs.get(p).cloned().unwrap_or_default());
            let mark = match (
                reported.is_empty() || held.is_empty(),
                reported.to_lowercase() == held.to_lowercase(),
            ) {
                (true, _) => "",
                (false, true) => "same",
                (false, false) => "differs",
            };
            CompareRow { what: words(p), reported, held, mark }
        })
        .collect();
    let (band, colour) = match s.comparison.band {
        Band::Strong => ("Strong", "green"),
        Band::Possible => ("Possible", "yellow"),
        Band::Weak => ("Weak", "grey"),
    };
    let side = |against: bool| {
        s.comparison
            .parts
            .iter()
            .skip(1)
            .filter(|p| if against { p.weight < 0.0 } else { p.weight > 0.0 })
            .map(|p| p.sentence.clone())
            .collect()
    };
    let answered = s.answered.as_ref().map(|a| {
        let said = match a.answer {
            bluelamp_fusion::Answer::Same => "The same",
            bluelamp_fusion::Answer::NotSame => "Not the same",
            bluelamp_fusion::Answer::Unsure => "Not sure",
        };
        let reason = if a.reason.is_empty() { String::new() } else { format!(": {}", a.reason) };
        format!("{said} (said on {}){reason}", a.at.short())
    });
    let id = s.id.to_string();
    let [said, reason] = match tried {
        Some([tried, said, reason]) if *tried == id => [said.clone(), reason.clone()],
        _ => Default::default(),
    };
    let answers = [("same", "The same"), ("not-same", "Not the same"), ("unsure", "Not sure")];
    MatchView {
        action: format!("/desk/reports/{report}/matches/{}", s.id),
        kind: words(s.candidate.kind.code()),
        rows,
        source: s.source.clone().unwrap_or_else(|| "an earlier report".into()),
        band,
        colour,
        // A real minus sign, as in the sentences.
        weight: format!("{:+.1}", s.comparison.weight).replace('-', "−"),
        start: s.comparison.parts.first().map(|prior| prior.sentence.clone()),
        speaks_for: side(false),
        speaks_against: side(true),
        answered,
        can_answer,
        answers: answers
            .map(|(value, text)| OptionView {
                value: value.into(),
                text: text.into(),
                hint: None,
                checked: value == said,
            })
            .into(),
        reason,
        answer_error: errors.get(&format!("answer-{id}")).cloned(),
        reason_error: errors.get(&format!("reason-{id}")).cloned(),
        id,
    }
}
