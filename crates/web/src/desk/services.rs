//! The Service Standard on the desk: every service with its fourteen points, what shows them and what is missing.

use super::{
    sheet::{Cell, Table, count, entry_href},
    strategy::frame,
};
use crate::{
    App,
    guard::{Answer, Staff},
};
use axum::extract::{Path, State};
use bluelamp_steward::service_standard::{self, Coverage, PointView, ServiceView};
use serde::Serialize;

/// Where it is.
pub(crate) const HERE: &str = "/desk/services";

/// The page `staff/services.njk`.
#[derive(Debug, Serialize)]
struct ServicesPage {
    title: String,
    table: Table,
}

/// The page `staff/service.njk`, and `public/service-standard.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct ServicePage {
    title: String,
    code: String,
    summary: String,
    coverage: Coverage,
    points: Table,
    research: Table,
}

/// `GET /desk/services`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    let all = app.read(&staff.actor(), service_standard::services).await?;
    let page = ServicesPage {
        title: "Service Standard".into(),
        table: Table::new(
            "Services with how many of the fourteen points stand how",
            &["Service", "Shown", "Partly", "Not yet", "Not assessed"],
            "There is no service in the portfolio yet.",
        )
        .rows(all.iter().map(|s| {
            let c = s.coverage;
            vec![
                Cell::link(&s.title, format!("/desk/services/{}", s.code)).with([s.organisation.clone()]),
                Cell::of(c.shown.to_string()),
                Cell::of(c.partly.to_string()),
                Cell::of(c.not_yet.to_string()),
                Cell::of(c.not_assessed.to_string()),
            ]
        })),
    };
    app.page("staff/services.njk", &frame(&app, &staff, HERE), &page)
}

/// `GET /desk/services/{item}`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Path(item): Path<String>) -> Answer {
    let service = app.read(&staff.actor(), move |cx| service_standard::service(cx, &item)).await?;
    let page = page_of(&service, true);
    app.page("staff/service.njk", &frame(&app, &staff, HERE), &page)
}

fn mark(p: &PointView) -> (&'static str, &'static str) {
    match p.stands.as_str() {
        "shown" => ("Shown", "green"),
        "partly" => ("Partly", "yellow"),
        "not-yet" => ("Not yet", "red"),
        _ => ("Not assessed", "grey"),
    }
}

/// A service as a page tells of it; for staff with links into the registers.
pub(crate) fn page_of(service: &ServiceView, for_staff: bool) -> ServicePage {
    let points = service.points.iter().map(|p| {
        let (words, colour) = mark(p);
        let title = match for_staff && !p.entry.is_empty() {
            true => Cell::link(p.title, entry_href("service-point", &p.entry)),
            false => Cell::of(p.title),
        };
        let judged = p.judged.map(|d| format!("Judged on {d}{}", if p.aged { ": look again" } else { "" }));
        vec![
            title,
            Cell::default().marked(words, colour).with(judged),
            Cell::of(&p.says).with(p.evidence.iter().cloned()),
            Cell::of(&p.missing),
        ]
    });
    let research = service.research.iter().map(|e| {
        let people = e.body.number("people").map(count).unwrap_or_default();
        let access =
            e.body.number("with_access_needs").map(|n| format!("{} of them with access needs", count(n)));
        vec![
            Cell::link(&e.title, entry_href("research", &e.code)).with([e.body.text("on").to_owned()]),
            Cell::of(format!("{people} people")).with(access),
            Cell::of(e.body.text("found")),
            Cell::of(e.body.text("changed")),
        ]
    });
    ServicePage {
        title: service.title.clone(),
        code: service.code.clone(),
        summary: service.summary.clone(),
        coverage: service.coverage,
        points: Table::new(
            "The fourteen points of the Service Standard: how each stands, what shows it, what is missing",
            &["Point", "Stands", "Shown by", "Missing"],
            "",
        )
        .rows(points),
        research: Table::new(
            "Rounds of user research",
            &["Round", "Who", "What was found", "What changed"],
            "No user research is written down yet.",
        )
        .rows(research),
    }
}
