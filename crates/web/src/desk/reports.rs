//! One report with answers, assessment and matches side by side, and what a person decides about it.

use super::{
    cases::{task_view, values},
    facts::{sentence, words},
    frame, may,
    page::{
        AnsweredView, AskedView, DecisionForm, DecisionView, FactForm, OptionView, OwnGradeForm, ReportPage,
        ReviewView, WordsView,
    },
    proposal::{TriedFact, assessment_views, fact_options, known_views, match_view},
    queue::{age, grade, kind},
};
use crate::{
    App,
    govuk::page::{Answer as Fact, Answers, Hint, Problem},
    guard::{Answer, Staff, check_csrf, csrf},
    public::{
        fields::Raw,
        journey::{first, posted},
    },
};
use axum::{
    extract::{Path, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_casework::{
    ActionAnswer, Cause, Choice, LowerReason, NewFact, Outcome, ReportView, Review, ReviewAnswer, cause_label,
};
use bluelamp_model::{Error, FieldError, Id, authority::action};
use std::collections::BTreeMap;

/// What was posted and what is wrong with it, shown again.
#[derive(Debug, Default)]
struct Tried {
    /// What was decided, where that was posted.
    choice: Option<Choice>,
    /// The suggestion that was answered, the answer and its reason.
    answer: Option<[String; 3]>,
    /// The form that was posted, such as `task-…`, where there are several like it, and what stood in it.
    scope: String,
    values: BTreeMap<String, String>,
    wrong: Vec<FieldError>,
}

/// `GET /desk/reports/{id}`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Path(id): Path<String>) -> Answer {
    show(&app, &staff, &id, Tried::default()).await
}

pub(crate) fn report_id(id: &str) -> Result<Id, Error> {
    id.parse().map_err(|_| Error::NotFound("that report".into()))
}

async fn show(app: &App, staff: &Staff, id: &str, tried: Tried) -> Answer {
    let (id, shelf) = (report_id(id)?, app.shelf());
    let report = app.read(&staff.actor(), move |cx| bluelamp_casework::view_report(cx, &shelf, id)).await?;
    let page = report_page(app, staff, &report, tried);
    let wrong = !page.error_summary.is_empty();
    let mut response = app.page("staff/report.njk", &frame(app, staff, "/desk/reports"), &page)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn report_page(app: &App, staff: &Staff, report: &ReportView, tried: Tried) -> ReportPage {
    let item = &report.item;
    let href = format!("/desk/reports/{}", item.id);
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
    let can_update = may(app, staff, action::REPORT_UPDATE);
    let can_answer = may(app, staff, action::MATCH_ANSWER);
    let errors: BTreeMap<String, String> =
        tried.wrong.iter().map(|e| (e.field.clone(), e.message.clone())).collect();
    let matches =
        report.suggestions.iter().map(|s| match_view(item.id, s, can_answer, tried.answer.as_ref(), &errors));
    let own_grade = item.hidden.then(|| OwnGradeForm {
        action: format!("{href}/own-grade"),
        grades: report.own_grades.iter().map(|g| option(g, g, false)).collect(),
    });
    let tried_fact = |name: &str| {
        (tried.scope == format!("fact-{name}")).then(|| TriedFact {
            answer: tried.values.get("answer").cloned().unwrap_or_default(),
            source: tried.values.get("source").cloned().unwrap_or_default(),
            errors: errors.clone(),
        })
    };
    let facts = fact_options(report, &tried_fact);
    // A link of the summary leads to the box in its form, of which there are several.
    let place_of = |field: &str| match tried.scope.strip_prefix("fact-") {
        Some(name) => {
            let id = facts.iter().find(|f| f.name == name).map_or("facts", |f| f.id.as_str());
            format!("#{id}-{field}")
        }
        None if tried.scope.is_empty() => format!("#{field}"),
        None => format!("#{field}-{}", tried.scope),
    };
    let error_summary =
        tried.wrong.iter().map(|e| Problem { text: e.message.clone(), href: place_of(&e.field) }).collect();
    ReportPage {
        title: item.title.clone(),
        reference: item.reference.clone(),
        kind: kind(app, &item.form),
        received: item.received_at.spoken(),
        age: age(item.received_at, app.inner.db.now()),
        channel: match report.submission.channel.as_str() {
            "web" => "Form on the web".into(),
            "api" => "A program (API)".into(),
            other => words(other),
        },
        grade: grade(item),
        stands: match item.state.as_str() {
            "decided" => "Decided",
            "more-needed" => "More asked for",
            _ => "Waiting for a decision",
        },
        queue_href: format!("/desk/reports?state={}", item.state),
        waiting: report.waiting,
        case_href: item.case_id.map(|c| format!("/desk/cases/{c}")),
        sections,
        assessments: assessment_views(report, tried.choice.as_ref().map(|c| c.actions.as_slice()), &errors),
        asked: if item.hidden { Vec::new() } else { asked_views(report) },
        own_grade,
        own_grade_given: item.own_grade.clone(),
        withheld: report.withheld.clone(),
        former: former(report),
        unreadable: report.unreadable.clone(),
        out_of_date: report.out_of_date,
        known: known_views(&report.facts),
        fact_form: (can_update && !facts.is_empty() && !item.hidden)
            .then(|| FactForm { action: format!("{href}/facts"), facts }),
        others: report.others.iter().map(|(id, title)| option(id, title, false)).collect(),
        happenings: [Cause::RepeatCall, Cause::LinkedIncident, Cause::Breach]
            .map(|c| option(c.code(), c.label(), tried.values.get("what").is_some_and(|w| w == c.code())))
            .into(),
        can_update,
        tasks: if item.case_id.is_some() {
            Vec::new()
        } else {
            let now = app.inner.db.now();
            let wrong = |task: Id| {
                let mine = tried.scope == format!("task-{task}");
                let error = errors.get("result").filter(|_| mine).cloned();
                (error, tried.values.get("result").filter(|_| mine).cloned().unwrap_or_default())
            };
            report.tasks.iter().map(|t| task_view(t, &href, now, wrong(t.id))).collect()
        },
        answered: report
            .answered
            .iter()
            .map(|a| AnsweredView {
                action: a.action.clone(),
                answer: match a.answer.as_str() {
                    "accept" => "Accepted",
                    "change" => "Changed",
                    _ => "Refused",
                },
                reason: a.reason.clone(),
            })
            .collect(),
        reviews: report.reviews.iter().map(|r| review_view(app, staff, report, r, &tried, &errors)).collect(),
        matches: matches.collect(),
        decisions: decision_views(report),
        form: (can_decide && !item.hidden)
            .then(|| decision_form(report, tried.choice.clone().unwrap_or_default())),
        csrf: csrf(app, &staff.cookie),
        error_summary,
        errors,
        values: tried.values,
        href,
    }
}

/// What may not be shown as a proposal any more, in a line each: it stays in the record.
fn former(report: &ReportView) -> Vec<String> {
    let Some(look) = &report.look else { return Vec::new() };
    let line = |(s, why): &(bluelamp_casework::Shown, String)| {
        let floor = s.assessment.floor.as_deref().unwrap_or("no grade yet");
        format!(
            "On {}, “{}” version {} proposed {floor}. That is part of the record and no proposal any more: {why}.",
            look.run.made_at.spoken(),
            s.definition.title,
            s.assessment.version
        )
    };
    look.former.iter().map(line).collect()
}

/// The questions that words ask. Those of a definition that is not shown have no form of their own yet: somebody has to
/// want it asked first.
fn asked_views(report: &ReportView) -> Vec<AskedView> {
    report
        .asked
        .iter()
        .map(|a| AskedView {
            definition: a.definition.clone(),
            fact: a.fact.clone(),
            ask: a.ask.clone(),
            state: sentence(a.state.spoken()),
            words: a
                .found
                .iter()
                .map(|f| WordsView {
                    before: f.before.clone(),
                    words: f.words.clone(),
                    after: f.after.clone(),
                    by: format!("{} of {} {}", f.indicator, f.set, f.version),
                })
                .collect(),
        })
        .collect()
}

fn option(value: &str, text: &str, checked: bool) -> OptionView {
    OptionView { value: value.into(), text: text.into(), hint: None, checked }
}

fn review_view(
    app: &App,
    staff: &Staff,
    report: &ReportView,
    review: &Review,
    tried: &Tried,
    errors: &BTreeMap<String, String>,
) -> ReviewView {
    let mine = tried.scope == format!("review-{}", review.id);
    let asks = if review.supervisor { action::GRADE_SUPERVISE } else { action::REPORT_DECIDE };
    let grades = report.assessment().map(|a| a.grades.as_slice()).unwrap_or_default();
    let posted = |name: &str| tried.values.get(name).filter(|_| mine).map_or("", String::as_str);
    ReviewView {
        cause: cause_label(&review.cause),
        lines: review.detail.lines().map(str::to_owned).collect(),
        due: review.due_at.short(),
        overdue: review.done_at.is_none() && review.due_at < app.inner.db.now(),
        done: review
            .done_at
            .map(|at| format!("on {} by {}", at.short(), review.done_by.as_deref().unwrap_or("somebody"))),
        supervisor: review.supervisor,
        // A report that waits for its first decision is decided on, not reviewed.
        can_answer: review.done_at.is_none() && report.item.grade.is_some() && may(app, staff, asks),
        action: format!("/desk/reviews/{}", review.id),
        version: report.item.version,
        grades: grades.iter().map(|g| option(g, g, posted("grade") == g)).collect(),
        lower_codes: lower_codes(posted("lower_code")),
        values: if mine { tried.values.clone() } else { BTreeMap::new() },
        errors: if mine { errors.clone() } else { BTreeMap::new() },
        id: review.id.to_string(),
    }
}

fn lower_codes(chosen: &str) -> Vec<OptionView> {
    LowerReason::ALL.map(|r| option(r.code(), r.label(), r.code() == chosen)).into()
}

fn decision_views(report: &ReportView) -> Vec<DecisionView> {
    use bluelamp_model::decision::Stance;
    report
        .decisions
        .iter()
        .map(|m| DecisionView {
            outcome: match m.kind.as_str() {
                "review" => "Looked at again".into(),
                "supervision" => "Looked at by a supervisor".into(),
                _ => Outcome::ALL
                    .into_iter()
                    .find(|o| o.code() == m.decision.outcome)
                    .map_or_else(|| m.decision.outcome.clone(), |o| o.label().to_owned()),
            },
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

fn decision_form(report: &ReportView, choice: Choice) -> DecisionForm {
    let grades = report.assessment().map(|a| a.grades.as_slice()).unwrap_or_default();
    // Nothing can be below the lowest.
    let floor = report.floor().filter(|f| grades.first() != Some(f));
    let hint = |outcome: Outcome| match outcome {
        Outcome::OpenCase => None,
        Outcome::AskMore => Some("The report stays in the queue, under “More asked for”"),
        Outcome::Refer => Some("Say in the message to whom, and how to reach them"),
        Outcome::Close => Some("The report leaves the queue; it can still be found by its reference"),
    };
    let within = report.look.as_ref().and_then(|l| l.shown.first());
    let within = within.and_then(|s| s.definition.header.supervisor_within_minutes);
    DecisionForm {
        action: format!("/desk/reports/{}/decide", report.item.id),
        version: report.item.version,
        // Nothing is chosen beforehand: the grade is the officer's own.
        grades: grades.iter().map(|g| option(g, g, choice.grade == *g)).collect(),
        outcomes: Outcome::ALL
            .map(|o| OptionView {
                value: o.code().into(),
                text: o.label().into(),
                hint: hint(o).map(|text| Hint { text: text.into() }),
                checked: choice.outcome == o.code(),
            })
            .into(),
        floor,
        lower_codes: lower_codes(&choice.lower_code),
        supervisor_within: bluelamp_casework::spoken_minutes(
            within.unwrap_or(bluelamp_casework::SUPERVISOR_WITHIN),
        ),
        values: [
            ("reasons", choice.reasons),
            ("lower_reason", choice.lower_reason),
            ("powers_and_policy", choice.powers_and_policy),
            ("options", choice.options),
            ("action_and_review", choice.action_and_review),
            ("message", choice.message),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
    }
}

/// What was posted to the proposed actions: a hidden field names each that the page showed. One that was neither
/// answered nor written about is left open, unless everything else is accepted in one go. A definition's id holds
/// hyphens; the place is what follows the last one.
fn action_answers(raw: &Raw) -> Vec<ActionAnswer> {
    let everything_else = first(raw, "accept_all") == "yes";
    let shown = first(raw, "proposed").split_whitespace();
    let answer = |name: &str| {
        let (definition, place) = name.strip_prefix("action-")?.rsplit_once('-')?;
        let part = |part: &str| first(raw, &format!("{name}.{part}")).to_owned();
        let (title, due, reason) = (part("title"), part("due"), part("reason"));
        let said = match first(raw, name) {
            "" if title.is_empty() && due.is_empty() && reason.is_empty() => {
                everything_else.then_some("accept")?
            }
            said => said,
        };
        Some(ActionAnswer {
            definition: definition.to_owned(),
            place: place.parse().ok()?,
            answer: said.to_owned(),
            title,
            due,
            reason,
        })
    };
    shown.filter_map(answer).collect()
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
        lower_code: said("lower_code"),
        lower_reason: said("lower_reason"),
        message: said("message"),
        actions: action_answers(&raw),
    };
    let (report, wanted, shelf) = (report_id(&id)?, choice.clone(), app.shelf());
    let decided =
        app.write(&staff.actor(), move |cx| bluelamp_casework::decide(cx, &shelf, report, &wanted)).await;
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
            show(&app, &staff, &id, Tried { choice: Some(choice), wrong, ..Tried::default() }).await
        }
        Err(e) => Err(e.into()),
    }
}

/// Back to a part of the report, or the report again with what is wrong.
async fn back(
    app: &App,
    staff: &Staff,
    id: &str,
    done: Result<(), Error>,
    at: &str,
    scope: String,
    raw: &Raw,
) -> Answer {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/desk/reports/{id}#{at}")).into_response()),
        Err(Error::Invalid(wrong)) => {
            show(app, staff, id, Tried { scope, values: values(raw), wrong, ..Tried::default() }).await
        }
        Err(e) => Err(e.into()),
    }
}

/// `POST /desk/reports/{id}/facts`: something more is known.
pub(crate) async fn note_fact(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let said = |name: &str| first(&raw, name).to_owned();
    let (report, shelf, fact) = (report_id(&id)?, app.shelf(), said("fact"));
    let (name, answer, source) = (fact.clone(), said("answer"), said("source"));
    let done = app
        .write(&staff.actor(), move |cx| {
            let said = bluelamp_casework::answer_to(cx, &shelf, &name, &answer)?;
            let new = NewFact { fact: name.clone(), said, source: source.clone(), at: None };
            bluelamp_casework::note_fact(cx, &shelf, report, &new)
        })
        .await;
    back(&app, &staff, &id, done, "facts", format!("fact-{fact}"), &raw).await
}

/// `POST /desk/reports/{id}/own-grade`: the grade that the officer gives before seeing what is proposed.
pub(crate) async fn own_grade(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (report, shelf, grade) = (report_id(&id)?, app.shelf(), first(&raw, "own_grade").to_owned());
    let done =
        app.write(&staff.actor(), move |cx| bluelamp_casework::own_grade(cx, &shelf, report, &grade)).await;
    back(&app, &staff, &id, done, "assessment", String::new(), &raw).await
}

/// `POST /desk/reports/{id}/definitions`: another definition is to be asked as well.
pub(crate) async fn consider(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (report, shelf, which) = (report_id(&id)?, app.shelf(), first(&raw, "definition").to_owned());
    let done =
        app.write(&staff.actor(), move |cx| bluelamp_casework::consider(cx, &shelf, report, &which)).await;
    back(&app, &staff, &id, done, "assessment", String::new(), &raw).await
}

/// `POST /desk/reports/{id}/assess`: facts have gone out of date, and somebody wants it assessed as of now.
pub(crate) async fn assess(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (report, shelf) = (report_id(&id)?, app.shelf());
    let done = app.write(&staff.actor(), move |cx| bluelamp_casework::ask_again(cx, &shelf, report)).await;
    back(&app, &staff, &id, done, "assessment", String::new(), &raw).await
}

/// `POST /desk/reports/{id}/events`: the same people reported again, another incident belongs to it, an order was
/// broken.
pub(crate) async fn happened(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (report, shelf) = (report_id(&id)?, app.shelf());
    let (what, told) = (first(&raw, "what").to_owned(), first(&raw, "words").to_owned());
    let done = app
        .write(&staff.actor(), move |cx| bluelamp_casework::happened(cx, &shelf, report, &what, &told))
        .await;
    back(&app, &staff, &id, done, "reviews", String::new(), &raw).await
}

/// `POST /desk/reports/{id}/tasks/{task}`: a task of a report without a case is done.
pub(crate) async fn finish_task(
    State(app): State<App>,
    staff: Staff,
    Path((id, task)): Path<(String, String)>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (report, result) = (report_id(&id)?, first(&raw, "result").to_owned());
    let which: Id = task.parse().map_err(|_| Error::NotFound("that task".into()))?;
    let done = app
        .write(&staff.actor(), move |cx| bluelamp_casework::finish_task_of_report(cx, report, which, &result))
        .await;
    back(&app, &staff, &id, done, "tasks", format!("task-{task}"), &raw).await
}

/// `POST /desk/reviews/{review}`: a named person has looked again.
pub(crate) async fn answer_review(
    State(app): State<App>,
    staff: Staff,
    Path(review): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let which: Id = review.parse().map_err(|_| Error::NotFound("that review".into()))?;
    let said = |name: &str| first(&raw, name).to_owned();
    let given = ReviewAnswer {
        version: first(&raw, "version").parse().unwrap_or(-1),
        grade: said("grade"),
        reasons: said("reasons"),
        lower_code: said("lower_code"),
        lower_reason: said("lower_reason"),
    };
    let (shelf, id) = (app.shelf(), said("report"));
    let done = app
        .write(&staff.actor(), move |cx| {
            bluelamp_casework::answer_review(cx, &shelf, which, &given).map(drop)
        })
        .await;
    back(&app, &staff, &id, done, "reviews", format!("review-{review}"), &raw).await
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
    let shelf = app.shelf();
    let outcome = app
        .write(&staff.actor(), move |cx| {
            let answer = bluelamp_fusion::Answer::parse(&said)?;
            bluelamp_casework::answer_match(cx, &shelf, suggested, answer, &reason)
        })
        .await;
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/desk/reports/{id}#match-{suggestion}")).into_response()),
        Err(Error::Invalid(wrong)) => {
            let wrong = wrong
                .into_iter()
                .map(|e| FieldError { field: format!("{}-{suggestion}", e.field), ..e })
                .collect();
            show(&app, &staff, &id, Tried { answer: Some(answer), wrong, ..Tried::default() }).await
        }
        Err(e) => Err(e.into()),
    }
}
