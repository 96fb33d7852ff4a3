//! The strategies on the desk: which there are, what each says, how they stand to one another, and each on one page to
//! be printed. The first page of everything that is steered by them.

use super::{
    challenges, market, may, portfolio,
    registers::{PointerView, pointer_views},
    services, skills,
};
use crate::{
    App,
    govuk::{Frame, page::Section},
    guard::{Answer, Staff},
    strategies::{self, ElementRow, End, StrategyReading, TieRow},
};
use axum::extract::{Path, Query, State};
use bluelamp_model::{Error, authority::action};
use bluelamp_steward::{
    entry,
    strategy::{ElementKind, Held, View},
};
use serde::{Deserialize, Serialize};

/// Where the section begins.
pub(crate) const HERE: &str = "/desk/strategy";

/// The views of the section, with the action that opens each.
const VIEWS: [(&str, &str, &str); 16] = [
    ("Strategies", HERE, action::STRATEGY_VIEW),
    ("Portfolio", portfolio::HERE, action::STRATEGY_VIEW),
    ("Assessment matrix", "/desk/matrix", action::STRATEGY_VIEW),
    ("Alignment", "/desk/alignment", action::STRATEGY_VIEW),
    ("Findings", portfolio::FINDINGS, action::STRATEGY_VIEW),
    ("Roadmap", portfolio::ROADMAP, action::STRATEGY_VIEW),
    ("Benefits", portfolio::BENEFITS, action::STRATEGY_VIEW),
    ("Landscape", super::landscape::HERE, action::STRATEGY_VIEW),
    ("Decisions", "/desk/decisions", action::STRATEGY_VIEW),
    ("Boards", "/desk/boards", action::STRATEGY_VIEW),
    ("Skills", skills::HERE, action::REGISTER_WRITE),
    ("Market", market::HERE, action::STRATEGY_VIEW),
    ("Challenges", challenges::HERE, action::STRATEGY_VIEW),
    ("Service Standard", services::HERE, action::STRATEGY_VIEW),
    ("Registers", super::registers::HERE, action::STRATEGY_VIEW),
    ("Ideas", portfolio::IDEAS, action::IDEA_SUBMIT),
];

/// The frame of a page of this section; `view` is the address of the view that is shown.
pub(crate) fn frame(app: &App, staff: &Staff, view: &str) -> Frame {
    let views = VIEWS.iter().filter(|(_, _, action)| may(app, staff, action)).map(|(text, href, _)| {
        Section { text: (*text).into(), href: (*href).into(), current: *href == view, count: None }
    });
    Frame { views: views.collect(), ..super::frame(app, staff, HERE) }
}

/// The page `staff/strategies.njk`.
#[derive(Debug, Serialize)]
struct StrategiesPage {
    title: String,
    count: String,
    rows: Vec<HeldRow>,
}

/// A strategy in the list.
#[derive(Debug, Serialize)]
struct HeldRow {
    href: String,
    print_href: String,
    id: String,
    title: String,
    publisher: String,
    level: &'static str,
    version: String,
    earlier: usize,
    elements: usize,
    public: bool,
    since: String,
}

/// The page `staff/strategy.njk`.
#[derive(Debug, Serialize)]
struct StrategyPage {
    title: String,
    reading: StrategyReading,
    /// Each kind that it has, to be chosen.
    kinds: Vec<(String, &'static str, bool)>,
    /// Each version that is held, to be chosen.
    versions: Vec<(String, bool)>,
    /// Whether elements of one kind alone are shown.
    filtered: bool,
    /// What an address of this version ends with, where it is not the latest.
    query: String,
    parts: Vec<Part>,
    print_href: String,
}

/// A part of a long page.
#[derive(Debug, Serialize)]
struct Part {
    text: String,
    href: String,
}

/// The page `staff/strategy-element.njk`.
#[derive(Debug, Serialize)]
struct ElementPage {
    title: String,
    strategy: End,
    version: String,
    query: String,
    row: ElementRow,
    formerly: Option<String>,
    /// What it is a part of, due in, serves and drives: with the words for it.
    above: Vec<(&'static str, End)>,
    /// What is a part of it, due in it, serves it and is driven by it.
    below: Vec<(&'static str, End)>,
    ties: Vec<TieRow>,
    documents: Vec<String>,
    /// What the programme office has written down that serves it.
    pointers: Vec<PointerView>,
    /// Where items are scored against it.
    matrix_href: String,
}

/// The page `staff/strategy-print.njk`.
#[derive(Debug, Serialize)]
struct PrintPage {
    title: String,
    reading: StrategyReading,
    /// What it takes over from others.
    adopted: Vec<TieRow>,
    back_href: String,
}

/// What the address of a strategy can hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct StrategyQuery {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    version: String,
}

impl StrategyQuery {
    fn version(&self) -> Option<String> {
        Some(self.version.trim()).filter(|v| !v.is_empty()).map(str::to_owned)
    }

    fn kind(&self) -> Result<Option<ElementKind>, Error> {
        match self.kind.trim() {
            "" => Ok(None),
            code => ElementKind::from_code(code)
                .map(Some)
                .ok_or_else(|| Error::field("kind", "unknown", "Choose one of the kinds in the list")),
        }
    }
}

async fn seen(app: &App, staff: &Staff, id: String, version: Option<String>) -> Result<View, Error> {
    app.read(&staff.actor(), move |cx| bluelamp_steward::strategy::view(cx, &id, version.as_deref())).await
}

/// What an address ends with that means an earlier version.
fn query_of(view: &View) -> String {
    match view.versions.first() {
        Some(latest) if *latest != view.strategy.version => format!("?version={}", view.strategy.version),
        _ => String::new(),
    }
}

/// `GET /desk/strategy`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    let all = app.read(&staff.actor(), bluelamp_steward::strategy::strategies).await?;
    let row = |h: Held| HeldRow {
        href: format!("{HERE}/{}", h.id),
        print_href: format!("{HERE}/{}/print", h.id),
        id: h.id,
        title: h.title,
        publisher: h.publisher,
        level: h.level.label(),
        version: h.version,
        earlier: h.versions.len().saturating_sub(1),
        elements: h.elements,
        public: h.public,
        since: h.taken_up_at.short(),
    };
    let rows: Vec<_> = all.into_iter().map(row).collect();
    let page = StrategiesPage {
        title: "Strategy".into(),
        count: if rows.len() == 1 { "1 strategy".into() } else { format!("{} strategies", rows.len()) },
        rows,
    };
    app.page("staff/strategies.njk", &frame(&app, &staff, HERE), &page)
}

/// `GET /desk/strategy/{strategy}`
pub(crate) async fn view(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    Query(q): Query<StrategyQuery>,
) -> Answer {
    let only = q.kind()?;
    let seen = seen(&app, &staff, id, q.version()).await?;
    let s = &seen.strategy;
    let there = ElementKind::ALL.iter().filter(|k| s.of_kind(**k).next().is_some());
    let reading = strategies::reading(&seen, only);
    let mut parts: Vec<Part> = reading
        .kinds
        .iter()
        .map(|k| Part { text: format!("{} ({})", k.title, k.rows.len()), href: format!("#{}", k.code) })
        .collect();
    if !reading.ties.is_empty() && only.is_none() {
        parts.push(Part { text: format!("Crosswalk ({})", reading.ties.len()), href: "#crosswalk".into() });
        parts.push(Part { text: "Without a counterpart".into(), href: "#coverage".into() });
    }
    let page = StrategyPage {
        title: s.title.clone(),
        kinds: there.map(|&k| (k.plural(), k.code(), only == Some(k))).collect(),
        versions: seen.versions.iter().map(|v| (v.clone(), *v == s.version)).collect(),
        filtered: only.is_some(),
        query: query_of(&seen),
        parts,
        print_href: format!("{HERE}/{}/print{}", s.id, query_of(&seen)),
        reading,
    };
    app.page("staff/strategy.njk", &frame(&app, &staff, HERE), &page)
}

/// `GET /desk/strategy/{strategy}/{element}`
pub(crate) async fn element(
    State(app): State<App>,
    staff: Staff,
    Path((id, element)): Path<(String, String)>,
    Query(q): Query<StrategyQuery>,
) -> Answer {
    let seen = seen(&app, &staff, id, q.version()).await?;
    let s = &seen.strategy;
    let e = seen.element(&element)?;
    let target = format!("element:{}:{}", s.id, e.id);
    let pointers = app.read(&staff.actor(), move |cx| entry::pointers(cx, &target)).await?;
    let words = |key: &str, up: bool| match (key, up) {
        ("parent", true) => "A part of",
        ("parent", false) => "Has as a part",
        ("phase", true) => "Due in",
        ("phase", false) => "Is when this is due",
        ("serves", true) => "Serves",
        ("serves", false) => "Is served by",
        (_, true) => "Gives rise to",
        (_, false) => "Comes from",
    };
    let end = |r| strategies::end(&seen, r);
    let documents = s.sources.iter().filter(|d| e.source.iter().any(|c| c.document == d.id));
    let page = ElementPage {
        title: e.name.clone(),
        strategy: End { strategy: s.id.clone(), element: String::new(), name: s.title.clone() },
        version: s.version.clone(),
        query: query_of(&seen),
        row: strategies::row(e, &s.id),
        formerly: e.formerly.clone(),
        above: e.refers_to().map(|(key, to)| (words(key, true), end(to))).collect(),
        below: seen.below(&e.id).iter().map(|b| (words(b.key, false), end(&b.reference))).collect(),
        ties: seen.ties_of(&e.id).iter().map(|t| strategies::tie(&seen, t)).collect(),
        documents: documents.map(|d| format!("{}: {}", d.id, d.title)).collect(),
        pointers: pointer_views(&pointers),
        matrix_href: format!("/desk/matrix?strategy={}", s.id),
    };
    app.page("staff/strategy-element.njk", &frame(&app, &staff, HERE), &page)
}

/// The kinds that the printed page shows.
const PRINTED: [ElementKind; 8] = [
    ElementKind::Vision,
    ElementKind::Appetite,
    ElementKind::Principle,
    ElementKind::Ambition,
    ElementKind::Trend,
    ElementKind::Enabler,
    ElementKind::Phase,
    ElementKind::Ethics,
];

/// `GET /desk/strategy/{strategy}/print`: what it commits to, on one page.
pub(crate) async fn print(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    Query(q): Query<StrategyQuery>,
) -> Answer {
    let seen = seen(&app, &staff, id, q.version()).await?;
    let mut reading = strategies::reading(&seen, None);
    reading.kinds.retain(|k| PRINTED.iter().any(|p| p.code() == k.code));
    reading.kinds.sort_by_key(|k| PRINTED.iter().position(|p| p.code() == k.code));
    let adopted = seen.ties().into_iter().filter(|t| t.from.is_none() && t.strategy == seen.strategy.id);
    let page = PrintPage {
        title: format!("{}: on one page", seen.strategy.title),
        adopted: adopted.map(|t| strategies::tie(&seen, &t)).collect(),
        back_href: format!("{HERE}/{}{}", seen.strategy.id, query_of(&seen)),
        reading,
    };
    app.page("staff/strategy-print.njk", &frame(&app, &staff, HERE), &page)
}
