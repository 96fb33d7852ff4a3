//! The portfolio as it stands in the registers.

use super::{Item, Maturity, Portfolio};
use crate::{
    entry::typed,
    registers::{
        benefits::{BENEFIT, REALISED},
        landscape::{APPLICATION, MATURITY},
        organisations::ORGANISATION,
        portfolio::ITEM,
    },
};
use bluelamp_model::{
    Day, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Application {
    supplier: String,
    item: String,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Benefit {
    item: String,
    due: Option<Day>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Realised {
    benefit: String,
    on: Option<Day>,
}

#[derive(Deserialize)]
struct Named {
    title: String,
}

/// Reads everything that findings are made from, but the strategies and what was assessed against them.
///
/// # Errors
/// Not allowed; database errors.
pub fn gather(cx: &mut Cx<'_>) -> Result<Portfolio> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let mut items: Vec<Item> =
        typed::<Item>(cx, &ITEM)?.into_iter().map(|(code, i)| Item { code, ..i }).collect();
    let at: HashMap<String, usize> = items.iter().enumerate().map(|(n, i)| (i.code.clone(), n)).collect();
    for (_, a) in typed::<Application>(cx, &APPLICATION)? {
        if let Some(n) = at.get(&a.item)
            && !a.supplier.is_empty()
        {
            items[*n].suppliers.push(a.supplier);
        }
    }
    let mut of_benefit = HashMap::new();
    for (code, b) in typed::<Benefit>(cx, &BENEFIT)? {
        if let Some(n) = at.get(&b.item) {
            items[*n].benefits_due.extend(b.due);
            of_benefit.insert(code, *n);
        }
    }
    for (_, r) in typed::<Realised>(cx, &REALISED)? {
        if let Some(n) = of_benefit.get(&r.benefit) {
            items[*n].realised_on.extend(r.on);
        }
    }
    let maturity = typed::<Maturity>(cx, &MATURITY)?.into_iter().map(|(code, m)| Maturity { code, ..m });
    let maturity = maturity.collect();
    let organisations = typed::<Named>(cx, &ORGANISATION)?.into_iter().map(|(code, o)| (code, o.title));
    let organisations = organisations.collect();
    cx.record(Verb::Consult, "findings", None, json!({ "items": items.len() }))?;
    let today = cx.now().day().parse().ok();
    Ok(Portfolio { items, maturity, organisations, today, ..Portfolio::default() })
}
