//! One report with answers, assessment and matches side by side, and what a person decides about it.

use super::{
    facts::words,
    frame, may,
    page::{DecisionForm, DecisionView, OptionView, ReportPage},
    proposal::{assessment_view, match_view},
    queue::{age, grade, kind},
};
use crate::{
    App,
    govuk::page::{Answer as Fact, Answers, Hint, Problem},
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{Path, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_casework::{Choice, Outcome, ReportView};
use bluelamp_model::{Error, FieldError, Id, authority::action};
use std::collections::BTreeMap;

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
    let floor = assessed.filter(|a| a.floor_rank() > Some(0)).and_then(|a| a.floor.clone());
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
                value: g.clone(),
                text: g.clone(),
                hint: None,
                checked: choice.grade == *g,
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
