//! An item at its gate: what is known of it, what bars its way, and the decision of whoever answers for it.

use super::HERE;
use crate::{
    App,
    desk::{may, strategy::frame},
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{Path, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Error, FieldError, authority::action};
use bluelamp_steward::{
    entry::Entry,
    portfolio::{GateDecision, at_gate, decide_gate},
    portfolio_view::{self, Above},
    registers::portfolio::STAGES,
};
use serde::Serialize;

/// The page `staff/gate.njk`.
#[derive(Debug, Serialize)]
struct GatePage {
    title: String,
    code: String,
    item_href: String,
    matrix_href: String,
    stage: String,
    /// The stage after it; none where the item is closed.
    next: Option<&'static str>,
    version: i64,
    summary: String,
    blocks: Vec<BlockView>,
    lacking: Vec<String>,
    above: Vec<RiskView>,
    past: Vec<PastGate>,
    may_decide: bool,
    csrf: String,
    tried: Tried,
    error_summary: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct BlockView {
    element: String,
    href: String,
    by: String,
    rationale: String,
}

#[derive(Debug, Serialize)]
struct RiskView {
    title: String,
    href: String,
    exposure: String,
}

#[derive(Debug, Serialize)]
struct PastGate {
    title: String,
    outcome: String,
    by: String,
    reasons: String,
    conditions: String,
    lacked: String,
    at: String,
}

/// What was posted, with what is wrong in it.
#[derive(Clone, Debug, Default, Serialize)]
struct Tried {
    outcome: String,
    conditions: String,
    reasons: String,
    assurance: String,
    outcome_error: Option<String>,
    conditions_error: Option<String>,
    reasons_error: Option<String>,
    assurance_error: Option<String>,
}

fn label(code: &str) -> &'static str {
    STAGES.iter().find(|(known, _)| *known == code).map_or("Idea", |(_, label)| label)
}

fn past(e: &Entry) -> PastGate {
    let outcome = match e.body.text("outcome") {
        "pass" => "Let through",
        "conditions" => "Let through with conditions",
        "hold" => "Held",
        _ => "Stopped",
    };
    PastGate {
        title: format!("{} to {}", label(e.body.text("from")), label(e.body.text("to"))),
        outcome: outcome.into(),
        by: e.body.text("by").into(),
        reasons: e.body.text("reasons").into(),
        conditions: e.body.text("conditions").into(),
        lacked: e.body.all("lacking").join(". "),
        at: e.changed_at.short(),
    }
}

/// `GET /desk/gates/{item}`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Path(code): Path<String>) -> Answer {
    show(&app, &staff, code, Tried::default(), &[]).await
}

async fn show(app: &App, staff: &Staff, code: String, tried: Tried, wrong: &[FieldError]) -> Answer {
    let (gate, given) =
        app.read(&staff.actor(), move |cx| Ok((at_gate(cx, &code)?, portfolio_view::gather(cx)?))).await?;
    let risks = portfolio_view::view(&given, &app.inner.settings.appetite).risks.above;
    let item = gate.item;
    let stage = match item.body.text("stage") {
        "" => "idea",
        stage => stage,
    };
    let risk = |a: &Above| RiskView {
        title: a.title.clone(),
        href: format!("/desk/registers/raid/{}", a.code),
        exposure: match a.bound {
            Some(bound) => format!("{} of at most {bound}", a.exposure),
            None => format!("{}, and no bound is set", a.exposure),
        },
    };
    let page = GatePage {
        title: item.title.clone(),
        item_href: format!("/desk/registers/item/{}", item.code),
        matrix_href: format!("/desk/matrix/{}", item.code),
        stage: label(stage).into(),
        next: gate.next.map(label),
        version: item.version,
        summary: item.body.text("summary").into(),
        blocks: gate
            .blocks
            .iter()
            .map(|b| BlockView {
                element: format!("{}:{}", b.strategy, b.element),
                href: format!("/desk/strategy/{}/{}", b.strategy, b.element),
                by: b.by.clone(),
                rationale: b.rationale.clone(),
            })
            .collect(),
        lacking: gate.lacking,
        above: risks.iter().filter(|a| a.item == item.code).map(risk).collect(),
        past: gate.gates.iter().map(past).collect(),
        may_decide: may(app, staff, action::GATE_DECIDE) && !item.withdrawn && gate.next.is_some(),
        csrf: csrf(app, &staff.cookie),
        tried,
        error_summary: wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}", e.field) })
            .collect(),
        code: item.code,
    };
    let mut response = app.page("staff/gate.njk", &frame(app, staff, HERE), &page)?;
    if !wrong.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `POST /desk/gates/{item}`: somebody who answers for it decides.
pub(crate) async fn decide(
    State(app): State<App>,
    staff: Staff,
    Path(code): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let of = |name: &str| first(&raw, name).to_owned();
    let decision = GateDecision {
        version: of("entry_version").parse().unwrap_or(0),
        outcome: of("outcome"),
        conditions: of("conditions"),
        reasons: of("reasons"),
        assurance: of("assurance")
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    let item = code.clone();
    match app.write(&staff.actor(), move |cx| decide_gate(cx, &item, &decision)).await {
        Ok(_) => Ok(Redirect::to(&format!("/desk/gates/{code}")).into_response()),
        Err(Error::Invalid(wrong)) => {
            let error = |field: &str| wrong.iter().find(|e| e.field == field).map(|e| e.message.clone());
            let tried = Tried {
                outcome: of("outcome"),
                conditions: of("conditions"),
                reasons: of("reasons"),
                assurance: of("assurance"),
                outcome_error: error("outcome"),
                conditions_error: error("conditions"),
                reasons_error: error("reasons"),
                assurance_error: error("assurance"),
            };
            show(&app, &staff, code, tried, &wrong).await
        }
        Err(e) => Err(e.into()),
    }
}
