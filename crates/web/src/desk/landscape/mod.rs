//! The landscape of applications: what is where, what it costs, what is twice there, and what becomes of it.

mod application;
mod capabilities;
mod figures;
mod import;
mod page;

pub(crate) use application::{dispose, view as application};
pub(crate) use capabilities::view as capabilities;
pub(crate) use import::{LARGEST, ask as import, confirm, look};

use super::{may, strategy::frame};
use crate::{
    App,
    guard::{Answer, Refused, Staff},
};
use axum::{
    extract::{Path, Query, State},
    http::header,
    response::IntoResponse,
};
use bluelamp_model::{
    Day, Error, Id, Result,
    authority::{Actor, action},
};
use bluelamp_steward::landscape::{self, Application, Disposition, Hosting, Landscape, archimate};
use page::{AppRow, LandscapePage, Link};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Where the landscape begins.
pub(crate) const HERE: &str = "/desk/landscape";

/// How many applications stand on a page.
const ROWS: usize = 100;

/// The day of the request.
pub(crate) fn today(app: &App) -> Result<Day> {
    app.inner.db.now().day().parse().map_err(Error::Bug)
}

/// The landscape as it stands.
pub(crate) async fn held(app: &App, actor: &Actor) -> Result<Landscape> {
    app.read(actor, landscape::landscape).await
}

/// Which applications are asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Filter {
    /// A force by name.
    #[serde(default)]
    force: String,
    /// A way of hosting by code.
    #[serde(default)]
    hosting: String,
    /// A disposition by code, or `none`.
    #[serde(default)]
    disposition: String,
    /// Words of its name, supplier or function.
    #[serde(default)]
    q: String,
    /// From which page of the list, from 1.
    #[serde(default)]
    page: String,
}

impl Filter {
    fn fits(&self, a: &Application) -> bool {
        let set = a.disposition.as_ref().map_or("none", |d| d.what.code());
        let words = self.q.trim().to_lowercase();
        let in_it = |text: Option<&str>| text.is_some_and(|t| t.to_lowercase().contains(&words));
        (self.force.is_empty() || a.force == self.force)
            && (self.hosting.is_empty() || a.hosting.code() == self.hosting)
            && (self.disposition.is_empty() || set == self.disposition)
            && (words.is_empty()
                || in_it(Some(&a.name))
                || in_it(a.supplier.as_deref())
                || in_it(a.function.as_deref())
                || a.capabilities.iter().any(|c| in_it(Some(c))))
    }

    /// The address of the same list from another page.
    fn href(&self, page: usize) -> String {
        let page = page.to_string();
        let all = [
            ("force", self.force.as_str()),
            ("hosting", self.hosting.as_str()),
            ("disposition", self.disposition.as_str()),
            ("q", self.q.trim()),
            ("page", page.as_str()),
        ];
        let mut out = form_urlencoded::Serializer::new(String::new());
        all.iter().filter(|(n, v)| !v.is_empty() && (*n != "page" || *v != "1")).for_each(|(n, v)| {
            out.append_pair(n, v);
        });
        format!("/desk/landscape?{}#applications", out.finish())
    }
}

/// `GET /desk/landscape`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Query(filter): Query<Filter>) -> Answer {
    let actor = staff.actor();
    let (held, models) =
        app.read(&actor, |cx| Ok((landscape::landscape(cx)?, landscape::models(cx)?))).await?;
    let today = today(&app)?;
    let can_import = may(&app, &staff, action::STRATEGY_IMPORT);
    // Names are compared with one another, which takes its time: away from the threads that answer.
    let page = app.blocking(move |_| Ok(page_of(&held, &models, &filter, can_import, today))).await?;
    app.page("staff/landscape.njk", &frame(&app, &staff, HERE), &page)
}

fn page_of(
    held: &Landscape,
    models: &[landscape::KeptModel],
    filter: &Filter,
    can_import: bool,
    today: Day,
) -> LandscapePage {
    let all = &held.applications;
    let found = figures::Findings::of(held, today);
    let fitting: Vec<&Application> = all.iter().filter(|a| filter.fits(a)).collect();
    let pages = fitting.len().div_ceil(ROWS).max(1);
    let at = filter.page.trim().parse::<usize>().unwrap_or(1).clamp(1, pages);
    let rows = fitting.iter().skip((at - 1) * ROWS).take(ROWS).map(|a| row(a, &found)).collect();
    let forces: BTreeSet<&str> = all.iter().map(|a| a.force.as_str()).collect();
    let option = |value: &str, text: &str, chosen: &str| page::choice(value, text, value == chosen);
    let mut dispositions =
        vec![option("", "Any", &filter.disposition), option("none", "Nothing set", &filter.disposition)];
    dispositions.extend(Disposition::ALL.map(|d| option(d.code(), d.label(), &filter.disposition)));
    let mut hostings = vec![option("", "Any", &filter.hosting)];
    hostings.extend(Hosting::ALL.map(|h| option(h.code(), h.label(), &filter.hosting)));
    let mut by_force = vec![option("", "Any", &filter.force)];
    by_force.extend(forces.iter().map(|f| option(f, f, &filter.force)));
    let link = |page: usize, text: &str| Link { href: filter.href(page), text: text.into() };
    LandscapePage {
        title: "Landscape of applications".into(),
        empty: all.is_empty(),
        can_import,
        forces: by_force,
        hostings,
        dispositions,
        q: filter.q.trim().to_owned(),
        count: page::many(fitting.len(), "application"),
        pages: format!("Page {at} of {pages}"),
        earlier: (at > 1).then(|| link(at - 1, "Earlier")),
        later: (at < pages).then(|| link(at + 1, "Later")),
        rows,
        shares: figures::shares(&found.measure),
        trend: figures::trend(&held.surveys),
        quarters: figures::quarters(&found.contracts),
        contracts: figures::contracts(&found.contracts, &found.by_code),
        without_contract: all.iter().filter(|a| a.contract_end.is_none()).count(),
        links: figures::links(&found.links, &found.by_code),
        groups: figures::groups(&found.groups, &found.by_code),
        gaps: figures::gaps(all),
        overlaps: figures::overlaps(all, &found.by_code),
        buying: figures::buying(all, &found.groups, &found.by_code, today),
        costs: figures::costs(all),
        models: models.iter().map(page::model).collect(),
    }
}

fn row(a: &Application, found: &figures::Findings<'_>) -> AppRow {
    let suggestion = found.suggestions.iter().find(|s| s.application == a.code);
    AppRow {
        href: page::href(&a.code),
        name: a.name.clone(),
        force: a.force.clone(),
        supplier: a.supplier.clone().unwrap_or_default(),
        capabilities: a.capabilities.join(", "),
        users: a.users.map_or_else(|| page::UNKNOWN.into(), page::thousands),
        hosting: a.hosting.label(),
        cost: page::cost(a.run_cost),
        contract_end: a.contract_end.map_or_else(|| page::UNKNOWN.into(), page::day),
        set: a.disposition.as_ref().map_or("", |d| d.what.label()),
        set_by: a.disposition.as_ref().and_then(|d| d.by).map(page::day),
        suggested: suggestion.and_then(|s| s.what).map_or("", Disposition::label),
    }
}

/// A file for the browser to keep.
pub(crate) fn file(kind: &str, name: &str, text: String) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, text)
}

/// `GET /desk/landscape.csv`: every application, as a survey that can be read again.
pub(crate) async fn csv(State(app): State<App>, staff: Staff) -> Answer {
    let held = held(&app, &staff.actor()).await?;
    let text = landscape::to_csv(&app.inner.settings.columns, &held.applications);
    Ok(file("text/csv; charset=utf-8; header=present", "landscape.csv", text).into_response())
}

/// The landscape as a model of the exchange format.
pub(crate) fn exchange(app: &App, held: &Landscape) -> String {
    let columns = &app.inner.settings.columns;
    let name = "Landscape of applications";
    archimate::write(&archimate::export(columns, name, &held.applications, &held.maturities))
}

/// `GET /desk/landscape.xml`: the landscape as an ArchiMate model.
pub(crate) async fn xml(State(app): State<App>, staff: Staff) -> Answer {
    let text = exchange(&app, &held(&app, &staff.actor()).await?);
    Ok(file("application/xml", "landscape.xml", text).into_response())
}

/// `GET /desk/landscape/models/{id}`: a model as it was taken up.
pub(crate) async fn model(State(app): State<App>, staff: Staff, Path(which): Path<String>) -> Answer {
    let id: Id = which.parse().map_err(|_| Refused(Error::NotFound("that model".into())))?;
    let text = app.read(&staff.actor(), move |cx| landscape::model_text(cx, id)).await?;
    Ok(file("application/xml", "model.xml", text).into_response())
}

/// The names of applications with their forces, by code.
fn names(all: &[Application]) -> BTreeMap<&str, &Application> {
    all.iter().map(|a| (a.code.as_str(), a)).collect()
}
