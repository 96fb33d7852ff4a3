//! The map of capabilities: how mature each is in each force, and what serves it.

use super::{
    figures,
    page::{CapabilitiesPage, CapabilityView, CellView, Link, href, many},
};
use crate::{
    App,
    desk::strategy::frame,
    guard::{Answer, Staff},
};
use axum::extract::State;
use bluelamp_steward::landscape::{CapabilityCell, capability_map};

/// `GET /desk/landscape/capabilities`
pub(crate) async fn view(State(app): State<App>, staff: Staff) -> Answer {
    let held = super::held(&app, &staff.actor()).await?;
    let names = super::names(&held.applications);
    let cell = |c: CapabilityCell| CellView {
        heat: match (c.now, c.target) {
            (Some(now), Some(target)) if now >= target => "met",
            (Some(now), Some(target)) if target - now == 1 => "near",
            (Some(_), Some(_)) => "far",
            _ => "open",
        },
        levels: match (c.now, c.target) {
            (None, None) => "Not assessed".into(),
            (Some(now), None) => format!("{now} now, no target"),
            (None, Some(target)) => format!("Not assessed, target {target}"),
            (Some(now), Some(target)) => format!("{now} now, target {target}"),
        },
        count: if c.applications.is_empty() {
            "No application".into()
        } else {
            many(c.applications.len(), "application")
        },
        apps: c
            .applications
            .iter()
            .map(|code| Link {
                href: href(code),
                text: names.get(code.as_str()).map_or_else(|| code.clone(), |a| a.name.clone()),
            })
            .collect(),
        force: c.force,
    };
    let rows = capability_map(&held.applications, &held.maturities).into_iter().map(|r| CapabilityView {
        code: if r.capability == r.name { String::new() } else { r.capability },
        name: r.name,
        known: r.known,
        cells: r.cells.into_iter().map(cell).collect(),
    });
    let page = CapabilitiesPage {
        title: "Capability map".into(),
        forces: figures::forces(&held),
        rows: rows.collect(),
    };
    app.page("staff/landscape-capabilities.njk", &frame(&app, &staff, super::HERE), &page)
}
