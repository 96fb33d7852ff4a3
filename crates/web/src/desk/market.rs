//! The market: the radar with its table, what can be bought and through what, what forces want together.

use super::{
    may,
    sheet::{Cell, Table, count, element_href, entry_href, label},
    strategy::frame,
};
use crate::{
    App,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{Path, RawForm, State},
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Error, authority::action};
use bluelamp_steward::{
    entry::Entry,
    market::{self, FrameworkView, Market, Standing, radar::Radar},
    register::pounds,
    registers::market::{PILOT, SUPPLIER},
};
use serde::Serialize;

/// Where it is.
pub(crate) const HERE: &str = "/desk/market";

/// The page `staff/market.njk`.
#[derive(Debug, Serialize)]
struct MarketPage {
    title: String,
    radar: Radar,
    signals: Vec<SignalRow>,
    overdue: usize,
    frameworks: Table,
    demand: Table,
    products: Table,
    suppliers: Table,
    pilots: Table,
    calls: Table,
    engagements: Table,
    consultations: Table,
    may_propose: bool,
    csrf: String,
}

/// A signal with its number on the radar.
#[derive(Debug, Serialize)]
struct SignalRow {
    number: usize,
    code: String,
    version: i64,
    title: String,
    href: String,
    about: String,
    source: String,
    ring: &'static str,
    sector: &'static str,
    maturity: &'static str,
    significance: &'static str,
    owner: String,
    review: String,
    overdue: bool,
    phase_out: Option<String>,
    phase_out_overdue: bool,
    /// The item that came of it, with its address.
    item: Option<(String, String)>,
}

/// `GET /desk/market`
pub(crate) async fn view(State(app): State<App>, staff: Staff) -> Answer {
    let market = app.read(&staff.actor(), market::read).await?;
    let signals: Vec<SignalRow> = market
        .signals
        .iter()
        .zip(&market.radar.blips)
        .map(|(s, b)| SignalRow {
            number: b.number,
            code: s.code.clone(),
            version: s.version,
            title: b.title.clone(),
            href: entry_href("signal", &s.code),
            about: s.signal.about.clone(),
            source: s.signal.source.clone(),
            ring: b.ring_label,
            sector: b.sector_label,
            maturity: b.maturity,
            significance: b.significance,
            owner: b.owner.clone(),
            review: b.review.to_string(),
            overdue: b.overdue,
            phase_out: b.phase_out.map(|d| d.to_string()),
            phase_out_overdue: b.phase_out_overdue,
            item: Some(&s.signal.item).filter(|i| !i.is_empty()).map(|i| (i.clone(), entry_href("item", i))),
        })
        .collect();
    let page = MarketPage {
        title: "Market".into(),
        overdue: signals.iter().filter(|s| s.overdue).count(),
        signals,
        frameworks: frameworks(&market.frameworks),
        demand: demand(&market),
        products: products(&market),
        suppliers: suppliers(&market),
        pilots: pilots(&market.pilots),
        calls: calls(&market.calls),
        engagements: engagements(&market.engagements),
        consultations: consultations(&market.consultations),
        may_propose: may(&app, &staff, action::IDEA_SUBMIT),
        csrf: csrf(&app, &staff.cookie),
        radar: market.radar,
    };
    app.page("staff/market.njk", &frame(&app, &staff, HERE), &page)
}

/// `POST /desk/market/{signal}`: a proposal is made of a signal.
pub(crate) async fn propose(
    State(app): State<App>,
    staff: Staff,
    Path(signal): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let version =
        first(&raw, "version").parse().map_err(|_| Error::Stale(format!("the signal ‘{signal}’")))?;
    let place = format!("/desk/market#signal-{signal}");
    app.write(&staff.actor(), move |cx| market::propose(cx, &signal, version)).await?;
    Ok(Redirect::to(&place).into_response())
}

fn frameworks(all: &[FrameworkView]) -> Table {
    Table::new(
        "Frameworks, those that end first at the top",
        &["Framework", "Ends", "Lots", "Suppliers"],
        "No framework is written down yet.",
    )
    .rows(all.iter().map(|f| {
        let ends = Cell::of(f.ends.to_string());
        let ends = match f.standing {
            Standing::Coming => ends.marked("Not begun", "grey"),
            Standing::Open => ends,
            Standing::Ending => ends.marked("Ends soon", "orange"),
            Standing::Ended => ends.marked("Ended", "red"),
        };
        let joins = match f.new_entrants {
            Some(true) => "New suppliers can join",
            Some(false) => "No new suppliers",
            None => "",
        };
        vec![
            Cell::link(&f.title, entry_href("framework", &f.code))
                .with([f.reference.clone(), f.owner.clone()]),
            ends,
            Cell::of(f.lots.join("; ")),
            Cell::of(f.suppliers.join("; ")).with([joins.to_owned()]),
        ]
    }))
}

fn demand(market: &Market) -> Table {
    Table::new(
        "What organisations want of the same capability",
        &["Capability", "Organisations", "Items that buy", "Contracts that end", "Products for it"],
        "No item buys anything for a capability, and no contract for one ends soon.",
    )
    .rows(market.demand.iter().map(|d| {
        let unknown = match d.unknown {
            0 => String::new(),
            n => format!("{n} without a cost: the sums are too low by these"),
        };
        let name = Cell::link(&d.capability, element_href(&d.capability)).with([unknown]);
        vec![
            if d.organisations.len() > 1 { name.marked("Shared", "blue") } else { name },
            Cell::of(d.organisations.len().to_string()).with([d
                .organisations
                .iter()
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")]),
            Cell::of(format!("{} once, {} a year", pounds(d.once), pounds(d.yearly))).with(d.items.clone()),
            Cell::of(format!("{} a year", pounds(d.contracts_yearly))).with(d.contracts.clone()),
            Cell::of(d.products.join("; ")),
        ]
    }))
}

fn products(market: &Market) -> Table {
    let rows = market.products.iter().flat_map(|(capability, all)| {
        all.iter().map(move |p| {
            let open = match p.open_interfaces {
                Some(true) => "Open interfaces",
                Some(false) => "No open interfaces",
                None => "Not known whether its interfaces are open",
            };
            let conforms = match p.conformance {
                Some(share) => Cell::of(format!("{}%", count(share))),
                None => Cell::of("Not measured"),
            };
            vec![
                Cell::link(&p.title, entry_href("product", &p.code))
                    .with([p.supplier.clone(), p.about.clone()]),
                match capability.as_str() {
                    "" => Cell::of("None named"),
                    c => Cell::link(c, element_href(c)),
                },
                conforms.with([open.to_owned()]),
                Cell::of(p.price.map(|p| format!("{} a year", pounds(p))).unwrap_or_default()),
                match p.frameworks.is_empty() {
                    true => Cell::of("–").marked("No way to buy", "orange"),
                    false => Cell::of(p.frameworks.join("; ")),
                },
            ]
        })
    });
    Table::new(
        "Products by digital capability, the best conformance first",
        &["Product", "Capability", "Conformance to the common data model", "Price", "Can be bought through"],
        "No product is written down yet.",
    )
    .rows(rows)
}

fn suppliers(market: &Market) -> Table {
    Table::new(
        "Suppliers",
        &["Supplier", "Relationship", "How one gets out", "Standards", "Looked at again by"],
        "No supplier is written down yet.",
    )
    .rows(market.suppliers.iter().map(|s| {
        let review = Cell::of(s.review.map(|d| d.to_string()).unwrap_or_default());
        let size = match s.small {
            Some(true) => "Small or medium-sized",
            _ => "",
        };
        vec![
            Cell::link(&s.title, entry_href("supplier", &s.code))
                .with([s.products.join("; "), format!("Spoken with by: {}", s.owner)]),
            Cell::of(label(&SUPPLIER, "relationship", &s.relationship)).with([size.to_owned()]),
            match s.exit.is_empty() {
                true => Cell::of("Nobody has said").marked("No exit", "orange"),
                false => Cell::of(&s.exit),
            },
            Cell::of(s.standards.join("; ")),
            if s.overdue { review.marked("Overdue", "red") } else { review },
        ]
    }))
}

fn pilots(all: &[Entry]) -> Table {
    Table::new(
        "Pilots and research",
        &["Pilot", "Days", "Question", "What came out"],
        "No pilot is written down yet.",
    )
    .rows(all.iter().map(|e| {
        let findings = Cell::of(e.body.text("findings"));
        let verdict = label(&PILOT, "verdict", e.body.text("verdict"));
        vec![
            Cell::link(&e.title, entry_href("pilot", &e.code)).with([e.body.all("organisations").join(", ")]),
            Cell::of(format!(
                "{} to {}",
                e.body.text("starts"),
                match e.body.text("ends") {
                    "" => "now",
                    ends => ends,
                }
            )),
            Cell::of(e.body.text("question")),
            if verdict.is_empty() { findings } else { findings.marked(verdict, "blue") },
        ]
    }))
}

fn calls(all: &[Entry]) -> Table {
    Table::new("Calls for bids that are open", &["Call", "Stream", "Closes", "Asked"], "No call is open.")
        .rows(all.iter().map(|e| {
            vec![
                Cell::link(&e.title, entry_href("funding", &e.code)),
                Cell::of(e.body.text("stream")),
                Cell::of(e.body.text("closes")),
                Cell::of(e.body.money("asked").map(pounds).unwrap_or_default()),
            ]
        }))
}

fn engagements(all: &[Entry]) -> Table {
    Table::new(
        "What was spoken about with suppliers",
        &["About", "On", "Suppliers", "What came of it", "Next step by"],
        "No talk with a supplier is written down yet.",
    )
    .rows(all.iter().map(|e| {
        vec![
            Cell::link(&e.title, entry_href("engagement", &e.code)),
            Cell::of(e.body.text("on")),
            Cell::of(e.body.all("suppliers").join(", ")),
            Cell::of(e.body.text("outcome")),
            Cell::of(e.body.text("next")),
        ]
    }))
}

fn consultations(all: &[Entry]) -> Table {
    Table::new(
        "What companies were asked",
        &["Question", "From", "Answers", "What they said", "What changed"],
        "Companies were not asked anything yet.",
    )
    .rows(all.iter().map(|e| {
        vec![
            Cell::link(&e.title, entry_href("consultation", &e.code)),
            Cell::of(e.body.text("from")),
            Cell::of(e.body.number("answers").map(count).unwrap_or_default()),
            Cell::of(e.body.text("said")),
            Cell::of(e.body.text("changed")),
        ]
    }))
}
