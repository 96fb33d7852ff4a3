//! The queue, and one report with answers, assessment and matches side by side.

use super::{frame, may};
use crate::{
    App,
    govuk::page::{Answer as Fact, Answers, Problem},
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
    /// The state that is shown, to be kept when searching.
    state: String,
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
    /// "HIGH", "MEDIUM to HIGH", "Being assessed", "No grade".
    text: String,
    /// Colour of the tag; the words say it all.
    colour: &'static str,
    /// Whether floor and ceiling differ.
    open: bool,
}

fn grade(item: &QueueItem) -> Grade {
    let colour = |name: &str| match name {
        "HIGH" => "red",
        "MEDIUM" => "orange",
        _ => "blue",
    };
    match (&item.floor, &item.ceiling) {
        (Some(f), Some(c)) if f == c => Grade { text: f.clone(), colour: colour(f), open: false },
        (Some(f), Some(c)) => Grade { text: format!("{f} to {c}"), colour: colour(f), open: true },
        (None, Some(c)) => Grade { text: format!("Up to {c}"), colour: "grey", open: true },
        _ if item.priority >= 100 => Grade { text: "Being assessed".into(), colour: "grey", open: true },
        _ => Grade { text: "No grade".into(), colour: "grey", open: false },
    }
}

pub(crate) fn age(from: Time, now: Time) -> String {
    let minutes = (now.micros() - from.micros()).max(0) / 60_000_000;
    match minutes {
        0 => "just now".into(),
        m @ 1..60 => format!("{m} min"),
        m @ 60..2880 => format!("{} h", m / 60),
        m => format!("{} days", m / 1440),
    }
}

fn kind(app: &App, form: &str) -> String {
    app.inner.forms.get(form).map_or_else(|| form.to_owned(), |f| f.title.say(f.speaks).trim_start_matches("Report ").to_owned())
}

/// `GET /desk/reports`
pub(crate) async fn queue(State(app): State<App>, staff: Staff, Query(q): Query<QueueQuery>) -> Answer {
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let state = given(&q.state).unwrap_or_else(|| "new".into());
    // A reference is looked for wherever the report stands.
    let reference = given(&q.reference).map(|r| bluelamp_contact::Reference::parse(&r).map_or(r, |r| r.text().to_owned()));
    let filter = Filter {
        state: Some(state.clone()),
        form: given(&q.form),
        reference: reference.clone(),
        after: given(&q.after),
    };
    let page = app.read(&staff.actor(), move |cx| bluelamp_casework::queue(cx, &filter)).await?;
    let now = app.inner.db.now();
    let href = |state: &str, form: &str, after: &str| {
        let mut query = form_urlencoded::Serializer::new(String::from("/desk/reports?"));
        query.append_pair("state", state);
        for (name, value) in [("form", form), ("after", after), ("reference", reference.as_deref().unwrap_or_default())] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish().replacen("?&", "?", 1)
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
        reference: q.reference.clone(),
        state: state.clone(),
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
}

#[derive(Debug, Serialize)]
struct AssessmentView {
    definition: String,
    version: String,
    digest: String,
    made: String,
    summary: String,
    floor: Option<String>,
    ceiling: Option<String>,
    open: bool,
    /// Rules that fired, could still fire, and did not, as sentences.
    fired: Vec<RuleView>,
    undetermined: Vec<RuleView>,
    not_fired: Vec<RuleView>,
    questions: Vec<QuestionView>,
    actions: Vec<ActionView>,
}

#[derive(Debug, Serialize)]
struct RuleView {
    rule: String,
    grade: String,
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
    speaks_for: Vec<String>,
    speaks_against: Vec<String>,
    /// "Same, said on … because …"; none while nobody has answered.
    answered: Option<String>,
    can_answer: bool,
}

#[derive(Debug, Serialize)]
struct CompareRow {
    what: String,
    reported: String,
    held: String,
    differs: bool,
}

#[derive(Debug, Serialize)]
struct DecisionView {
    outcome: String,
    grade: Option<String>,
    stance: Option<&'static str>,
    by: String,
    at: String,
    reasons: String,
}

#[derive(Debug, Serialize)]
struct DecisionForm {
    action: String,
    version: i64,
    grades: Vec<OptionView>,
    outcomes: Vec<OptionView>,
    floor: Option<String>,
    values: BTreeMap<String, String>,
    errors: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct OptionView {
    value: String,
    text: String,
    checked: bool,
}

/// What was posted and what is wrong with it, shown again.
#[derive(Debug, Default)]
struct Tried {
    choice: Choice,
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
            section.rows.push(Fact { question: line.question.clone(), lines: line.answer.clone(), change_href: None });
        }
    }
    let can_decide = item.state != "decided" && may(app, staff, action::REPORT_DECIDE);
    let can_answer = may(app, staff, action::MATCH_ANSWER);
    let tried_wrong = tried.as_ref().map(|t| t.wrong.clone()).unwrap_or_default();
    let chosen = tried.as_ref().map(|t| t.choice.tasks.clone());
    ReportPage {
        title: item.title.clone(),
        reference: item.reference.clone(),
        kind: kind(app, &item.form),
        received: item.received_at.spoken(),
        age: age(item.received_at, app.inner.db.now()),
        channel: report.submission.channel.clone(),
        grade: grade(item),
        waiting: report.waiting,
        case_href: item.case_id.map(|c| format!("/desk/cases/{c}")),
        sections,
        assessment: assessment_view(report, chosen.as_deref()),
        matches: report.suggestions.iter().map(|s| match_view(item.id, s, can_answer)).collect(),
        decisions: decision_views(report),
        form: can_decide.then(|| decision_form(report, tried)),
        csrf: csrf(app, &staff.cookie),
        error_summary: tried_wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}", e.field) })
            .collect(),
    }
}

fn assessment_view(report: &ReportView, chosen: Option<&[usize]>) -> Option<AssessmentView> {
    use bluelamp_triage::{Outcome as Came, Standing};
    let (_, proposal) = report.assessment.as_ref()?;
    let a = &proposal.content.assessment;
    let rules = |wanted: fn(&Came) -> bool| {
        a.rules
            .iter()
            .filter(|t| wanted(&t.outcome))
            .map(|t| RuleView { rule: t.rule.clone(), grade: t.grade.name.clone(), sentence: t.sentence.clone() })
            .collect::<Vec<_>>()
    };
    Some(AssessmentView {
        definition: a.definition.clone(),
        version: a.version.clone(),
        digest: a.definition_digest.chars().take(12).collect(),
        made: proposal.made_at.short(),
        summary: a.summary.clone(),
        floor: a.floor.as_ref().map(|g| g.name.clone()),
        ceiling: a.ceiling.as_ref().map(|g| g.name.clone()),
        open: matches!(a.state, Standing::Open),
        fired: rules(|o| matches!(o, Came::Fired { .. })),
        undetermined: rules(|o| matches!(o, Came::Undetermined { .. })),
        not_fired: rules(|o| matches!(o, Came::NotFired { .. })),
        questions: a
            .questions
            .iter()
            .map(|q| QuestionView { ask: q.ask.clone(), sentence: q.sentence.clone(), up_to: q.up_to.name.clone() })
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
        })
        .collect()
}

fn decision_form(report: &ReportView, tried: Option<Tried>) -> DecisionForm {
    let Tried { choice, wrong } = tried.unwrap_or_default();
    let assessed = report.assessment.as_ref().map(|(_, p)| &p.content);
    let floor = assessed.and_then(|a| a.assessment.floor.as_ref()).map(|g| g.name.clone());
    DecisionForm {
        action: format!("/desk/reports/{}/decide", report.item.id),
        version: report.item.version,
        // Nothing is chosen beforehand: the grade is the officer's own.
        grades: assessed
            .map(|a| a.grades.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|g| OptionView { value: g.name.clone(), text: g.name.clone(), checked: choice.grade == g.name })
            .collect(),
        outcomes: Outcome::ALL
            .map(|o| OptionView { value: o.code().into(), text: o.label().into(), checked: choice.outcome == o.code() })
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
        errors: wrong.into_iter().map(|e| (e.field, e.message)).collect(),
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
        Err(Error::Invalid(wrong)) => show(&app, &staff, &id, Some(Tried { choice, wrong })).await,
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
            show(&app, &staff, &id, Some(Tried { choice: Choice::default(), wrong })).await
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

fn match_view(report: Id, s: &bluelamp_fusion::Suggestion, can_answer: bool) -> MatchView {
    use bluelamp_linkage::Band;
    let (ours, theirs) = (stated(&s.record), stated(&s.candidate));
    let mut properties: Vec<&str> = ours.keys().chain(theirs.keys()).copied().collect();
    properties.sort_unstable();
    properties.dedup();
    let rows = properties
        .into_iter()
        .map(|p| {
            let (reported, held) = (ours.get(p).cloned().unwrap_or_default(), theirs.get(p).cloned().unwrap_or_default());
            let differs = !reported.is_empty() && !held.is_empty() && !reported.eq_ignore_ascii_case(&held);
            CompareRow { what: words(p), reported, held, differs }
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
    MatchView {
        id: s.id.to_string(),
        action: format!("/desk/reports/{report}/matches/{}", s.id),
        kind: words(s.candidate.kind.code()),
        rows,
        source: s.source.clone().unwrap_or_else(|| "an earlier report".into()),
        band,
        colour,
        weight: format!("{:+.1}", s.comparison.weight),
        speaks_for: side(false),
        speaks_against: side(true),
        answered,
        can_answer,
    }
}
