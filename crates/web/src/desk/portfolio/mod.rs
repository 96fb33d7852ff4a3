//! The programme office's workspace: the portfolio as a whole, what is found in it, the roadmap, benefits, ideas, gates.

pub(crate) mod findings;
pub(crate) mod gates;
pub(crate) mod ideas;
mod tables;

use super::{registers::href_of, strategy::frame};
use crate::{
    App,
    govuk::Html,
    guard::{Answer, Staff},
};
use axum::{
    extract::{Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bluelamp_model::{Error, Result};
use bluelamp_steward::{benefits, plan, portfolio_view, report, roadmap};
use bluelamp_store::Cx;
use serde::{Deserialize, Serialize};
use tables::{TableView, table_views};

/// Where the workspace is.
pub(crate) const HERE: &str = "/desk/portfolio";
/// Where findings are.
pub(crate) const FINDINGS: &str = "/desk/findings";
/// Where the roadmap is.
pub(crate) const ROADMAP: &str = "/desk/roadmap";
/// Where benefits are.
pub(crate) const BENEFITS: &str = "/desk/benefits";
/// Where ideas are.
pub(crate) const IDEAS: &str = "/desk/ideas";

/// The page `staff/tables.njk`.
#[derive(Debug, Serialize)]
struct TablesPage {
    title: String,
    about: String,
    csv_href: String,
    /// Where else to look, as text and address.
    links: Vec<(&'static str, &'static str)>,
    /// The strategies that can be chosen, each with whether it is; empty where there is no choice.
    strategies: Vec<Choice>,
    action: &'static str,
    /// A picture, which the tables below it say in words.
    picture: Option<Html>,
    tables: Vec<TableView>,
}

/// Something that can be chosen from a list.
#[derive(Debug, Serialize)]
struct Choice {
    value: String,
    text: String,
    checked: bool,
}

/// What the address of these pages can hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StrategyQuery {
    /// A strategy's id; all that are held where it is empty.
    strategy: String,
}

impl StrategyQuery {
    fn named(&self) -> Option<String> {
        Some(self.strategy.trim()).filter(|s| !s.is_empty()).map(str::to_owned)
    }
}

/// The strategies that can be chosen.
fn strategy_choices(cx: &mut Cx<'_>, chosen: Option<&str>) -> Result<Vec<Choice>> {
    let mut all =
        vec![Choice { value: String::new(), text: "All strategies".into(), checked: chosen.is_none() }];
    all.extend(bluelamp_steward::strategy::strategies(cx)?.into_iter().map(|h| Choice {
        checked: chosen == Some(h.id.as_str()),
        value: h.id,
        text: h.title,
    }));
    Ok(all)
}

fn csv(name: &str, document: &report::Document) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\""));
    let mut response = report::csv(document).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(disposition) = disposition {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

async fn portfolio_document(app: &App, staff: &Staff) -> Result<report::Document> {
    let given = app.read(&staff.actor(), portfolio_view::gather).await?;
    Ok(report::portfolio(&portfolio_view::view(&given, &app.inner.settings.appetite)))
}

/// `GET /desk/portfolio`
pub(crate) async fn view(State(app): State<App>, staff: Staff) -> Answer {
    let document = portfolio_document(&app, &staff).await?;
    let page = TablesPage {
        csv_href: format!("{HERE}.csv"),
        links: vec![
            ("Items", "/desk/registers/item"),
            ("Risks, assumptions and issues", "/desk/registers/raid"),
            ("Dependencies", "/desk/registers/dependency"),
            ("Local decisions", "/desk/registers/local-decision"),
            ("Matrix of items and elements", "/desk/matrix"),
            ("Alignment", "/desk/alignment"),
            ("All registers", "/desk/registers"),
        ],
        strategies: Vec::new(),
        action: HERE,
        picture: None,
        tables: table_views(&document),
        title: document.title,
        about: document.about,
    };
    app.page("staff/tables.njk", &frame(&app, &staff, HERE), &page)
}

/// `GET /desk/portfolio.csv`
pub(crate) async fn download(State(app): State<App>, staff: Staff) -> Answer {
    Ok(csv("portfolio", &portfolio_document(&app, &staff).await?))
}

async fn benefits_document(app: &App, staff: &Staff) -> Result<report::Document> {
    let books = app.read(&staff.actor(), benefits::gather).await?;
    Ok(report::benefits(&benefits::report(&books)))
}

/// `GET /desk/benefits`
pub(crate) async fn benefits(State(app): State<App>, staff: Staff) -> Answer {
    let document = benefits_document(&app, &staff).await?;
    let page = TablesPage {
        csv_href: format!("{BENEFITS}.csv"),
        links: vec![
            ("Benefits", "/desk/registers/benefit"),
            ("Realised values", "/desk/registers/realised"),
            ("Savings", "/desk/registers/saving"),
            ("Spending", "/desk/registers/cost"),
            ("Funding", "/desk/registers/funding"),
            ("Business cases", "/desk/registers/business-case"),
        ],
        strategies: Vec::new(),
        action: BENEFITS,
        picture: None,
        tables: table_views(&document),
        title: document.title,
        about: document.about,
    };
    app.page("staff/tables.njk", &frame(&app, &staff, BENEFITS), &page)
}

/// `GET /desk/benefits.csv`
pub(crate) async fn benefits_download(State(app): State<App>, staff: Staff) -> Answer {
    Ok(csv("benefits", &benefits_document(&app, &staff).await?))
}

/// `GET /desk/roadmap`
pub(crate) async fn roadmap(State(app): State<App>, staff: Staff, Query(q): Query<StrategyQuery>) -> Answer {
    let named = q.named();
    let (given, strategies) = app
        .read(&staff.actor(), move |cx| {
            let given = plan::gather(cx, named.as_deref())?;
            Ok((given, strategy_choices(cx, named.as_deref())?))
        })
        .await?;
    let plan = plan::plan(&given)?;
    let document = report::roadmap(&plan);
    let drawn = plan.roadmap.lanes.iter().any(|l| !l.bars.is_empty());
    let query = q.named().map(|s| format!("?strategy={s}")).unwrap_or_default();
    let page = TablesPage {
        csv_href: format!("{ROADMAP}.csv{query}"),
        links: vec![("Items", "/desk/registers/item"), ("Dependencies", "/desk/registers/dependency")],
        strategies,
        action: ROADMAP,
        // Every text in it is escaped where it is drawn.
        picture: drawn.then(|| Html(roadmap::svg(&plan.roadmap))),
        tables: table_views(&document),
        title: document.title,
        about: document.about,
    };
    app.page("staff/tables.njk", &frame(&app, &staff, ROADMAP), &page)
}

/// `GET /desk/roadmap.csv`
pub(crate) async fn roadmap_download(
    State(app): State<App>,
    staff: Staff,
    Query(q): Query<StrategyQuery>,
) -> Answer {
    let given = app.read(&staff.actor(), move |cx| plan::gather(cx, q.named().as_deref())).await?;
    Ok(csv("roadmap", &report::roadmap(&plan::plan(&given)?)))
}

/// Where something that a report is about is shown.
fn place_of(register: &str, code: &str) -> Option<String> {
    href_of(&format!("{register}:{code}"))
}

fn no_such(what: &str) -> Error {
    Error::NotFound(format!("that {what}"))
}
