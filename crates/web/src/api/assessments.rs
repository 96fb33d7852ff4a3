//! Assessments and alignment as JSON. An alignment is given whole or not at all.

use super::{body, id};
use crate::{
    App,
    desk::assessments::{Query, alignment::TOP},
    guard::{Answer, Bearer},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::IntoResponse,
};
use bluelamp_model::{Day, Error, Id, Result};
use bluelamp_steward::{
    algorithms,
    assessment::{self, Cause, Cell, Driver, NewAssessment, NewWeights, WEIGHTINGS},
    entry,
    registers::portfolio::ITEM,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// An assessment that is handed in.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assess {
    /// The item's code.
    item: String,
    /// The strategy.
    strategy: String,
    /// Its version; the latest where it is not given.
    #[serde(default)]
    version: String,
    /// The one axis that is assessed: what this person found on the others stays. Without it, all axes are.
    axis: Option<String>,
    /// The person's own assessment against this version, where there is one.
    seen: Option<Id>,
    /// Why.
    cause: Cause,
    /// What outside has changed, where that is why.
    driver: Option<Driver>,
    /// Why, in words; needed for everything but a first look.
    #[serde(default)]
    why: String,
    /// What was found, by element. An element that is left out is not assessed.
    cells: BTreeMap<String, Cell>,
}

/// A decision that an item may go on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LiftBlock {
    /// The item's code.
    item: String,
    /// The element that is scored -1.
    element: String,
    /// Why it may go on nevertheless.
    reasons: String,
}

/// Weights that a board has decided.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnterWeights {
    /// The strategy.
    strategy: String,
    /// Its version; the latest where it is not given.
    #[serde(default)]
    version: String,
    /// The decision's id or reference.
    decision: String,
    /// The day of the decision.
    decided_on: Day,
    /// The weights by element; what is not named weighs 1.
    weights: BTreeMap<String, f64>,
}

/// Names by which somebody might ask for a part of an answer.
const PARTS: [&str; 6] = ["fields", "field", "only", "select", "include", "exclude"];

/// Reads the address. Only what is `known` may stand there, and a part of an alignment cannot be asked for.
fn read(address: Option<&str>, known: &[&str]) -> Result<BTreeMap<String, String>> {
    let mut asked = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(address.unwrap_or_default().as_bytes()) {
        if PARTS.contains(&name.as_ref()) {
            return Err(Error::field(
                name,
                "never-alone",
                "An alignment is not given in parts: the number says nothing without its coverage, the range over \
                 assessors, what works against the element and how far the rank depends on the weights",
            ));
        }
        if !known.contains(&name.as_ref()) {
            let words = format!("There is no such parameter; there are {}", known.join(", "));
            return Err(Error::field(name, "unknown", words));
        }
        asked.insert(name.into_owned(), value.into_owned());
    }
    Ok(asked)
}

fn which(asked: &BTreeMap<String, String>) -> Query {
    let get = |name: &str| asked.get(name).cloned().unwrap_or_default();
    Query { strategy: get("strategy"), version: get("version"), axis: get("axis"), ..Query::default() }
}

/// `GET /api/v1/assessments?item=…`: what counts of one item, what bars its way, and its history.
pub(crate) async fn of_item(State(app): State<App>, who: Bearer, RawQuery(address): RawQuery) -> Answer {
    let asked = read(address.as_deref(), &["item", "strategy", "version"])?;
    let query = which(&asked);
    let Some(item) = asked.get("item").cloned() else {
        return Err(Error::field("item", "required", "Say which item, by its code").into());
    };
    let (scheme, found, blocks, history) = app
        .read(&who.actor, move |cx| {
            let item = entry::entry(cx, &ITEM, &item)?.code;
            let scheme = query.strategies(cx)?.scheme;
            let found = assessment::of_item(cx, &scheme, &item)?;
            let blocks = assessment::all_blocks(cx, &item)?;
            let history = assessment::history(cx, &item)?;
            Ok((scheme, found, blocks, history))
        })
        .await?;
    let cells: Vec<_> = scheme
        .elements
        .iter()
        .zip(&found.row.cells)
        .map(|(e, figure)| json!({ "element": e.id, "axis": e.axis, "found": figure }))
        .collect();
    Ok(Json(json!({
        "item": found.row.item, "strategy": scheme.strategy, "version": scheme.version,
        "assessors": found.row.assessors, "cells": cells, "assessments": found.assessments,
        "blocks": blocks, "history": history,
    }))
    .into_response())
}

/// `POST /api/v1/assessments`
pub(crate) async fn assess(State(app): State<App>, who: Bearer, bytes: Bytes) -> Answer {
    let given: Assess = body(&bytes)?;
    let id = app
        .write(&who.actor, move |cx| {
            let given = given.clone();
            let item = entry::entry(cx, &ITEM, &given.item)?.code;
            let query = Query { strategy: given.strategy, version: given.version, ..Query::default() };
            let scheme = query.strategies(cx)?.scheme;
            let Assess { axis, seen, cause, driver, why, cells, .. } = given;
            assessment::assess(cx, &scheme, &NewAssessment { item, axis, seen, cause, driver, why, cells })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({ "assessment": id }))).into_response())
}

/// `GET /api/v1/assessments/{id}`
pub(crate) async fn one(State(app): State<App>, who: Bearer, Path(which): Path<String>) -> Answer {
    let which = id(&which)?;
    let found = app.read(&who.actor, move |cx| assessment::assessed(cx, which)).await?;
    Ok(Json(found).into_response())
}

/// `GET /api/v1/assessments/{id}/compare/{other}`
pub(crate) async fn compare(
    State(app): State<App>,
    who: Bearer,
    Path((before, after)): Path<(String, String)>,
) -> Answer {
    let (before, after) = (id(&before)?, id(&after)?);
    let found = app.read(&who.actor, move |cx| assessment::compare(cx, before, after)).await?;
    Ok(Json(found).into_response())
}

/// `POST /api/v1/assessments/{id}/lift`
pub(crate) async fn lift(
    State(app): State<App>,
    who: Bearer,
    Path(which): Path<String>,
    bytes: Bytes,
) -> Answer {
    let which = id(&which)?;
    let LiftBlock { item, element, reasons } = body(&bytes)?;
    app.write(&who.actor, move |cx| assessment::lift_block(cx, &item, which, &element, &reasons)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /api/v1/alignment`: of every item, or of one among them all.
pub(crate) async fn alignment(State(app): State<App>, who: Bearer, RawQuery(address): RawQuery) -> Answer {
    let asked = read(address.as_deref(), &["strategy", "version", "axis", "item", "top"])?;
    let query = which(&asked);
    let top = match asked.get("top").map(|t| t.parse::<u32>()) {
        None => TOP,
        Some(Ok(top @ 1..)) => top,
        Some(_) => return Err(Error::field("top", "number", "Give a whole number from 1").into()),
    };
    let item = asked.get("item").cloned();
    let (scheme, weights, all, notice) = app
        .read(&who.actor, move |cx| {
            let scheme = query.strategies(cx)?.scheme;
            let codes: Vec<_> = query.items(cx)?.into_iter().map(|i| i.code).collect();
            let axis = Some(query.axis.as_str()).filter(|a| !a.is_empty());
            let (weights, mut all) = assessment::alignment(cx, &scheme, &codes, axis, top)?;
            if let Some(item) = item {
                all.retain(|a| a.item == item);
                if all.is_empty() {
                    return Err(Error::NotFound(format!("an item with the code '{item}'")));
                }
            }
            Ok((scheme, weights, all, algorithms::ask(cx, algorithms::ALIGNMENT)?))
        })
        .await?;
    Ok(Json(json!({
        "strategy": scheme.strategy, "version": scheme.version,
        "weights": { "source": weights.source(), "set": weights.set },
        "weightings": WEIGHTINGS, "algorithm": notice, "items": all,
    }))
    .into_response())
}

/// `GET /api/v1/alignment/weights`
pub(crate) async fn weights(State(app): State<App>, who: Bearer, RawQuery(address): RawQuery) -> Answer {
    let query = which(&read(address.as_deref(), &["strategy", "version"])?);
    let (scheme, sets) = app
        .read(&who.actor, move |cx| {
            let scheme = query.strategies(cx)?.scheme;
            let sets = assessment::weight_sets(cx, &scheme)?;
            Ok((scheme, sets))
        })
        .await?;
    Ok(Json(json!({ "strategy": scheme.strategy, "version": scheme.version, "sets": sets })).into_response())
}

/// `POST /api/v1/alignment/weights`
pub(crate) async fn enter_weights(State(app): State<App>, who: Bearer, bytes: Bytes) -> Answer {
    let given: EnterWeights = body(&bytes)?;
    let id = app
        .write(&who.actor, move |cx| {
            let EnterWeights { strategy, version, decision, decided_on, weights } = given.clone();
            let scheme = Query { strategy, version, ..Query::default() }.strategies(cx)?.scheme;
            assessment::set_weights(cx, &scheme, &NewWeights { decision, decided_on, weights })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({ "weights": id }))).into_response())
}
