//! What an item should have before it passes its next gate: the Green Book's cases, and what the portfolio is steered by.

use crate::{
    entry::{self, Entry},
    registers::{
        benefits::{BENEFIT, CASE, FUNDING, REALISED},
        portfolio::RAID,
    },
};
use bluelamp_access::algorithm;
use bluelamp_model::Result;
use bluelamp_store::Cx;

/// What an item that leaves a stage lacks, each in a sentence. Nothing is asked of an idea. For a function that has asked
/// the policy.
///
/// # Errors
/// Database errors.
pub(crate) fn lacking(cx: &mut Cx<'_>, item: &Entry) -> Result<Vec<String>> {
    let body = &item.body;
    let mut lacks = Vec::new();
    let mut need = |there: bool, what: &str| {
        if !there {
            lacks.push(what.to_owned());
        }
    };
    let mut of_item = |register: &'static str| -> Result<Vec<Entry>> {
        let mut all = entry::held(cx, register)?;
        all.retain(|e| !e.withdrawn && e.body.text("item") == item.code);
        Ok(all)
    };
    let case = |cases: &[Entry], stage: &str| cases.iter().any(|c| c.body.text("stage") == stage);
    match body.text("stage") {
        "strategic-case" => {
            need(case(&of_item(CASE.code)?, "soc"), "No strategic outline case is written");
            need(!body.text("owner").is_empty(), "Nobody owns it");
            let serves = !body.all("elements").is_empty() || !body.all("aims").is_empty();
            need(serves, "It names no element of a strategy and no aim that it serves");
        }
        "outline-case" => {
            need(case(&of_item(CASE.code)?, "obc"), "No outline business case is written");
            need(!body.text("responsible").is_empty(), "No senior responsible owner is named");
            need(body.money("cost_once").is_some(), "What it costs is not stated");
            need(!of_item(RAID.code)?.is_empty(), "No risk, assumption or issue is written down");
            let assessed = cx.row(
                "select count(*) from item_assessment_standing where item = $1",
                &[item.code.as_str().into()],
            )?;
            let assessed = assessed.map_or(Ok(0), |r| r.get::<i64>(0))?;
            need(assessed > 0, "Nobody has assessed it against a strategy");
        }
        "full-case" => {
            need(case(&of_item(CASE.code)?, "fbc"), "No full business case is written");
            let dated = !body.text("starts").is_empty() && !body.text("ends").is_empty();
            need(dated, "It does not say when its work begins and ends");
            let benefits = of_item(BENEFIT.code)?;
            need(!benefits.is_empty(), "No benefit is written down");
            let mut funding = entry::held(cx, FUNDING.code)?;
            funding.retain(|f| !f.withdrawn && f.body.all("items").contains(&item.code.as_str()));
            let granted = funding.iter().any(|f| f.body.money("granted").is_some());
            need(granted || !body.text("funding").is_empty(), "Nothing says who pays for it");
        }
        "delivery" => {
            let permits = algorithm::permits(cx)?;
            for name in body.all("algorithms") {
                let approved = permits.is_operational(name, cx.now());
                need(approved, &format!("The algorithm {name} is not approved for operation"));
            }
        }
        "live" => {
            let measured = entry::held(cx, REALISED.code)?;
            let mut benefits = entry::held(cx, BENEFIT.code)?;
            benefits.retain(|b| !b.withdrawn && b.body.text("item") == item.code);
            for b in benefits {
                let taken = measured.iter().any(|r| !r.withdrawn && r.body.text("benefit") == b.code);
                need(taken, &format!("Nobody has measured what came of “{}”", b.title));
            }
        }
        _ => {}
    }
    Ok(lacks)
}
