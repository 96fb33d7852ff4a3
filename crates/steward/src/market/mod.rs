//! The market: what comes over the horizon, what can be bought through what, and what forces want together.

pub mod radar;

use crate::{
    calendar::{day_of, plus_days, plus_months},
    entry::{self, Entry},
    registers::{
        benefits::FUNDING,
        landscape::APPLICATION,
        market::{FRAMEWORK, PILOT, PRODUCT, SIGNAL, SUPPLIER},
        organisations::{CONSULTATION, ENGAGEMENT},
        portfolio::ITEM,
    },
};
use bluelamp_model::{
    Day, Decider, Error, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// A framework that ends within so many days is shown as ending.
pub const ENDS_SOON_DAYS: i64 = 180;
/// A contract that ends within so many months is demand.
pub const CONTRACT_MONTHS: u32 = 24;

/// A signal as its register has it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Signal {
    /// What it is.
    pub title: String,
    /// Sector of the radar, by code.
    pub sector: String,
    /// Ring of the radar, by code.
    pub ring: String,
    /// How ripe it is, by code.
    pub maturity: String,
    /// How much it matters to policing, by code.
    pub significance: String,
    /// Technologies of the strategy.
    #[serde(default)]
    pub technologies: Vec<String>,
    /// Where it comes from.
    pub source: String,
    /// What it could mean.
    pub about: String,
    /// A role.
    pub owner: String,
    /// When it was noticed.
    pub noticed: Day,
    /// By when it is to be looked at again.
    pub review: Day,
    /// By when it is phased out.
    #[serde(default)]
    pub phase_out: Option<Day>,
    /// The item that came of it, by code.
    #[serde(default)]
    pub item: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Supplier {
    title: String,
    relationship: String,
    small: Option<bool>,
    exit: String,
    standards: Vec<String>,
    owner: String,
    review: Option<Day>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Product {
    title: String,
    supplier: String,
    capabilities: Vec<String>,
    about: String,
    conformance: Option<f64>,
    open_interfaces: Option<bool>,
    frameworks: Vec<String>,
    price: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
struct Framework {
    title: String,
    reference: String,
    owner: String,
    #[serde(default)]
    lots: Vec<String>,
    #[serde(default)]
    starts: Option<Day>,
    ends: Day,
    #[serde(default)]
    suppliers: Vec<String>,
    #[serde(default)]
    new_entrants: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    title: String,
    organisation: String,
    participants: Vec<String>,
    stage: String,
    status: String,
    capabilities: Vec<String>,
    sourcing: String,
    cost_once: Option<i64>,
    cost_yearly: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Application {
    title: String,
    organisation: String,
    capabilities: Vec<String>,
    cost_yearly: Option<i64>,
    contract_ends: Option<Day>,
    disposition: String,
}

/// A signal with the version that the reader sees.
#[derive(Clone, Debug, Serialize)]
pub struct SignalView {
    /// Its code.
    pub code: String,
    /// The version of the entry.
    pub version: i64,
    /// What is written.
    #[serde(flatten)]
    pub signal: Signal,
}

/// A supplier with what it sells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SupplierView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub title: String,
    /// Strategic partner, preferred and so on, by code.
    pub relationship: String,
    /// Whether it is small or medium-sized; nothing where that is not known.
    pub small: Option<bool>,
    /// How one gets out; empty where nobody has said.
    pub exit: String,
    /// Standards that it keeps.
    pub standards: Vec<String>,
    /// Who speaks with it.
    pub owner: String,
    /// By when it is to be looked at again.
    pub review: Option<Day>,
    /// Whether that day has passed.
    pub overdue: bool,
    /// Its products, by title.
    pub products: Vec<String>,
}

/// A product within a capability.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductView {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What it does.
    pub about: String,
    /// Who sells it.
    pub supplier: String,
    /// Conformance to the common data model, in percent; nothing where nobody has measured.
    pub conformance: Option<f64>,
    /// Whether its interfaces are open; nothing where that is not known.
    pub open_interfaces: Option<bool>,
    /// Frameworks through which it can be bought now, by title.
    pub frameworks: Vec<String>,
    /// Price each year, in whole pounds.
    pub price: Option<i64>,
}

/// How a framework stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Not begun.
    Coming,
    /// Open to buy through.
    Open,
    /// It ends within [`ENDS_SOON_DAYS`].
    Ending,
    /// It has ended.
    Ended,
}

/// A framework.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FrameworkView {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Its reference.
    pub reference: String,
    /// Who runs it.
    pub owner: String,
    /// Its lots.
    pub lots: Vec<String>,
    /// Its last day.
    pub ends: Day,
    /// How it stands.
    pub standing: Standing,
    /// Suppliers on it, by name.
    pub suppliers: Vec<String>,
    /// Whether others can join; nothing where that is not known.
    pub new_entrants: Option<bool>,
}

/// What several organisations want of one capability: items that buy, and contracts that end.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Demand {
    /// The capability, such as `national-2020:C02`.
    pub capability: String,
    /// Organisations that want something, by code.
    pub organisations: BTreeSet<String>,
    /// Items that buy or adapt, by title.
    pub items: Vec<String>,
    /// What they cost once, where it is known.
    pub once: i64,
    /// What they cost each year, where it is known.
    pub yearly: i64,
    /// Applications whose contract ends within [`CONTRACT_MONTHS`], by title.
    pub contracts: Vec<String>,
    /// What those cost each year, where it is known.
    pub contracts_yearly: i64,
    /// How many of the items and applications have no cost written down: the sums are too low by these.
    pub unknown: usize,
    /// Products for it, by title.
    pub products: Vec<String>,
}

/// The whole.
#[derive(Clone, Debug, Serialize)]
pub struct Market {
    /// For which day.
    pub day: Day,
    /// The radar.
    pub radar: radar::Radar,
    /// Signals in the order of the radar's numbers.
    pub signals: Vec<SignalView>,
    /// Suppliers by name.
    pub suppliers: Vec<SupplierView>,
    /// Products by capability; a product without one stands under an empty text.
    pub products: BTreeMap<String, Vec<ProductView>>,
    /// Frameworks, those that end first at the top and those that have ended at the end.
    pub frameworks: Vec<FrameworkView>,
    /// What is wanted together, by how many want it.
    pub demand: Vec<Demand>,
    /// Pilots and research.
    pub pilots: Vec<Entry>,
    /// Calls for bids that are open.
    pub calls: Vec<Entry>,
    /// What was spoken about with suppliers.
    pub engagements: Vec<Entry>,
    /// What companies were asked.
    pub consultations: Vec<Entry>,
}

/// Reads the registers of the market as they stand today.
///
/// # Errors
/// Not allowed; database errors.
pub fn read(cx: &mut Cx<'_>) -> Result<Market> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let day = day_of(cx.now());
    let suppliers: Vec<(String, Supplier)> = entry::typed(cx, &SUPPLIER)?;
    let products: Vec<(String, Product)> = entry::typed(cx, &PRODUCT)?;
    let frameworks: Vec<(String, Framework)> = entry::typed(cx, &FRAMEWORK)?;
    let signals: Vec<(String, Signal)> = entry::typed(cx, &SIGNAL)?;
    let items: Vec<(String, Item)> = entry::typed(cx, &ITEM)?;
    let applications: Vec<(String, Application)> = entry::typed(cx, &APPLICATION)?;
    let radar = radar::draw(&signals, day);
    let versions: BTreeMap<String, i64> =
        entry::held(cx, SIGNAL.code)?.into_iter().map(|e| (e.code, e.version)).collect();
    let mut by_code: BTreeMap<String, Signal> = signals.into_iter().collect();
    let in_order = radar.blips.iter().filter_map(|b| {
        let version = versions.get(&b.code).copied()?;
        Some(SignalView { code: b.code.clone(), version, signal: by_code.remove(&b.code)? })
    });
    let market = Market {
        day,
        signals: in_order.collect(),
        suppliers: supplier_views(&suppliers, &products, day),
        products: product_views(&suppliers, &products, &frameworks, day),
        frameworks: framework_views(&suppliers, &frameworks, day),
        demand: demand(&items, &applications, &products, day),
        pilots: standing(cx, PILOT.code, |_| true)?,
        calls: standing(cx, FUNDING.code, |e| e.body.text("state") == "open")?,
        engagements: standing(cx, ENGAGEMENT.code, |e| !e.body.all("suppliers").is_empty())?,
        consultations: standing(cx, CONSULTATION.code, |e| e.body.text("who") == "companies")?,
        radar,
    };
    let count = json!({ "signals": market.signals.len(), "frameworks": market.frameworks.len() });
    cx.record(Verb::Consult, "market", None, count)?;
    Ok(market)
}

fn standing(cx: &mut Cx<'_>, register: &str, wanted: impl Fn(&Entry) -> bool) -> Result<Vec<Entry>> {
    Ok(entry::held(cx, register)?.into_iter().filter(|e| !e.withdrawn && wanted(e)).collect())
}

/// What the entry of a register is called; its code where it is not there.
fn name<'a, T>(all: &'a [(String, T)], code: &'a str, title: impl Fn(&'a T) -> &'a str) -> &'a str {
    all.iter().find(|(known, _)| known == code).map_or(code, |(_, one)| title(one))
}

fn supplier_views(
    suppliers: &[(String, Supplier)],
    products: &[(String, Product)],
    day: Day,
) -> Vec<SupplierView> {
    let view = |(code, s): &(String, Supplier)| SupplierView {
        code: code.clone(),
        title: s.title.clone(),
        relationship: s.relationship.clone(),
        small: s.small,
        exit: s.exit.clone(),
        standards: s.standards.clone(),
        owner: s.owner.clone(),
        review: s.review,
        overdue: s.review.is_some_and(|r| r < day),
        products: products
            .iter()
            .filter(|(_, p)| p.supplier == *code)
            .map(|(_, p)| p.title.clone())
            .collect(),
    };
    suppliers.iter().map(view).collect()
}

fn stands(f: &Framework, day: Day) -> Standing {
    match f.starts {
        _ if f.ends < day => Standing::Ended,
        Some(starts) if day < starts => Standing::Coming,
        _ if f.ends <= plus_days(day, ENDS_SOON_DAYS) => Standing::Ending,
        _ => Standing::Open,
    }
}

fn framework_views(
    suppliers: &[(String, Supplier)],
    frameworks: &[(String, Framework)],
    day: Day,
) -> Vec<FrameworkView> {
    let view = |(code, f): &(String, Framework)| FrameworkView {
        code: code.clone(),
        title: f.title.clone(),
        reference: f.reference.clone(),
        owner: f.owner.clone(),
        lots: f.lots.clone(),
        ends: f.ends,
        standing: stands(f, day),
        suppliers: f.suppliers.iter().map(|s| name(suppliers, s, |s| s.title.as_str()).to_owned()).collect(),
        new_entrants: f.new_entrants,
    };
    let mut all: Vec<_> = frameworks.iter().map(view).collect();
    all.sort_by(|a, b| {
        let key = |f: &FrameworkView| (f.standing == Standing::Ended, f.ends);
        key(a).cmp(&key(b)).then_with(|| a.title.cmp(&b.title))
    });
    all
}

fn product_views(
    suppliers: &[(String, Supplier)],
    products: &[(String, Product)],
    frameworks: &[(String, Framework)],
    day: Day,
) -> BTreeMap<String, Vec<ProductView>> {
    let usable: BTreeSet<&str> = frameworks
        .iter()
        .filter(|(_, f)| matches!(stands(f, day), Standing::Open | Standing::Ending))
        .map(|(code, _)| code.as_str())
        .collect();
    let mut all: BTreeMap<String, Vec<ProductView>> = BTreeMap::new();
    for (code, p) in products {
        let through = p.frameworks.iter().filter(|f| usable.contains(f.as_str()));
        let view = ProductView {
            code: code.clone(),
            title: p.title.clone(),
            about: p.about.clone(),
            supplier: name(suppliers, &p.supplier, |s| s.title.as_str()).to_owned(),
            conformance: p.conformance,
            open_interfaces: p.open_interfaces,
            frameworks: through.map(|f| name(frameworks, f, |f| f.title.as_str()).to_owned()).collect(),
            price: p.price,
        };
        if p.capabilities.is_empty() {
            all.entry(String::new()).or_default().push(view);
        } else {
            for capability in &p.capabilities {
                all.entry(capability.clone()).or_default().push(view.clone());
            }
        }
    }
    // Best conformance first; what nobody has measured stands last.
    for of_capability in all.values_mut() {
        of_capability.sort_by(|a, b| {
            let key = |p: &ProductView| p.conformance.unwrap_or(-1.0);
            key(b).total_cmp(&key(a)).then_with(|| a.title.cmp(&b.title))
        });
    }
    all
}

fn demand(
    items: &[(String, Item)],
    applications: &[(String, Application)],
    products: &[(String, Product)],
    day: Day,
) -> Vec<Demand> {
    let mut all: BTreeMap<String, Demand> = BTreeMap::new();
    let buys = |i: &&(String, Item)| {
        matches!(i.1.sourcing.as_str(), "buy" | "adapt")
            && !matches!(i.1.stage.as_str(), "live" | "closed")
            && !matches!(i.1.status.as_str(), "done" | "stopped")
    };
    for (_, item) in items.iter().filter(buys) {
        for capability in &item.capabilities {
            let d = all.entry(capability.clone()).or_default();
            d.organisations.extend(item.participants.iter().cloned());
            d.organisations.extend(Some(item.organisation.clone()).filter(|o| !o.is_empty()));
            d.items.push(item.title.clone());
            d.once = d.once.saturating_add(item.cost_once.unwrap_or(0));
            d.yearly = d.yearly.saturating_add(item.cost_yearly.unwrap_or(0));
            d.unknown += usize::from(item.cost_once.is_none() && item.cost_yearly.is_none());
        }
    }
    let until = plus_months(day, CONTRACT_MONTHS);
    let ends = |a: &&(String, Application)| {
        a.1.contract_ends.is_some_and(|e| day <= e && e <= until) && a.1.disposition != "eliminate"
    };
    for (_, application) in applications.iter().filter(ends) {
        for capability in &application.capabilities {
            let d = all.entry(capability.clone()).or_default();
            d.organisations.insert(application.organisation.clone());
            d.contracts.push(application.title.clone());
            d.contracts_yearly = d.contracts_yearly.saturating_add(application.cost_yearly.unwrap_or(0));
            d.unknown += usize::from(application.cost_yearly.is_none());
        }
    }
    let mut all: Vec<Demand> = all
        .into_iter()
        .map(|(capability, d)| Demand {
            products: products
                .iter()
                .filter(|(_, p)| p.capabilities.contains(&capability))
                .map(|(_, p)| p.title.clone())
                .collect(),
            capability,
            ..d
        })
        .collect();
    all.sort_by_key(|d| std::cmp::Reverse(d.organisations.len()));
    all
}

/// Makes a proposal of a signal in one step: an item of the portfolio, and the signal says what came of it.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::NotFound`]; [`Error::Stale`] where
/// the signal was changed since; [`Error::Conflict`] where something came of it already, or it was withdrawn.
pub fn propose(cx: &mut Cx<'_>, code: &str, version: i64) -> Result<Entry> {
    cx.allow(action::IDEA_SUBMIT, None)?;
    Decider::of(cx.actor())?;
    let signal = entry::find(cx, &SIGNAL, code)?;
    if signal.version != version {
        return Err(Error::Stale(format!("the signal ‘{code}’")));
    }
    if signal.withdrawn {
        return Err(Error::Conflict("the signal was withdrawn".into()));
    }
    if !signal.body.text("item").is_empty() {
        let item = signal.body.text("item");
        return Err(Error::Conflict(format!("the item ‘{item}’ came of this signal already")));
    }
    let body = ITEM
        .read_json(&json!({
            "title": signal.title, "kind": "proposal", "stage": "idea", "status": "not-started",
            "summary": format!("{}\n\nNoticed as a horizon signal. Source: {}", signal.body.text("about"), signal.body.text("source")),
            "elements": signal.body.all("technologies"), "owner": signal.body.text("owner"),
            "review": signal.body.text("review"),
        }))
        .map_err(Error::Invalid)?;
    let item = entry::insert(cx, &ITEM, "", &body, &format!("Came of the horizon signal {code}"))?;
    let mut known = signal.body.clone();
    known.set("item", json!(item.code));
    entry::update(cx, &SIGNAL, &signal, &known, false, &format!("Became the proposal {}", item.code))?;
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_framework_stands_as_its_days_say() {
        let on = day("2026-11-22");
        let f = |starts: Option<&str>, ends: &str| Framework {
            title: String::new(),
            reference: String::new(),
            owner: String::new(),
            lots: Vec::new(),
            starts: starts.map(day),
            ends: day(ends),
            suppliers: Vec::new(),
            new_entrants: None,
        };
        let expected = [
            (None, "2026-11-21", Standing::Ended),
            (None, "2026-11-22", Standing::Ending),
            (None, "2027-05-21", Standing::Ending),
            (None, "2027-05-22", Standing::Open),
            (Some("2026-11-23"), "2030-01-01", Standing::Coming),
            (Some("2026-11-22"), "2030-01-01", Standing::Open),
        ];
        for (starts, ends, standing) in expected {
            assert_eq!(stands(&f(starts, ends), on), standing, "{starts:?} to {ends}");
        }
    }

    #[test]
    fn demand_is_added_up_over_organisations_and_says_what_it_does_not_know() {
        let item = |organisation: &str, sourcing: &str, once: Option<i64>| {
            let i = Item {
                title: format!("{organisation} buys"),
                organisation: organisation.into(),
                participants: vec!["shared".into()],
                sourcing: sourcing.into(),
                capabilities: vec!["n:C02".into()],
                cost_once: once,
                ..Item::default()
            };
            (organisation.to_owned(), i)
        };
        let application = |organisation: &str, ends: &str, disposition: &str| {
            let a = Application {
                title: format!("{organisation} has"),
                organisation: organisation.into(),
                capabilities: vec!["n:C02".into()],
                cost_yearly: Some(10),
                contract_ends: Some(day(ends)),
                disposition: disposition.into(),
            };
            (organisation.to_owned(), a)
        };
        let items = [item("a", "buy", Some(5)), item("b", "adapt", None), item("c", "build", Some(99))];
        let applications = [
            application("d", "2028-11-22", "migrate"),
            application("e", "2028-11-23", "migrate"),
            application("f", "2026-11-21", "migrate"),
            application("g", "2027-01-01", "eliminate"),
        ];
        let all = demand(&items, &applications, &[], day("2026-11-22"));
        assert_eq!(all.len(), 1);
        let d = &all[0];
        assert_eq!(d.organisations, ["a", "b", "d", "shared"].map(str::to_owned).into());
        assert_eq!(
            (d.items.len(), d.once, d.contracts.len(), d.contracts_yearly, d.unknown),
            (2, 5, 1, 10, 1)
        );
    }
}
