//! Thresholds of an algorithm's fairness reports: one member of the committee proposes them, another confirms them. They
//! are there before the report that they judge, it is told where its figures had been seen before, and nobody moves them
//! alone.

use super::{
    look::looked,
    report::Bounds,
    standing::{meant, text},
};
use bluelamp_access::algorithm;
use bluelamp_model::{
    Decider, Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::Serialize;
use serde_json::json;

/// Thresholds as they were proposed, and since when they hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetBounds {
    /// Their row.
    pub id: Id,
    /// The algorithm, by its name in the register.
    pub algorithm: String,
    /// The thresholds, with the day since which they hold.
    pub bounds: Bounds,
    /// Why these. Public beside every report that they judge.
    pub reasons: String,
    /// When they were proposed.
    pub at: Time,
    /// By whom, by name.
    pub by: String,
    /// Since when they hold; none while nobody has confirmed them.
    pub confirmed_at: Option<Time>,
    /// Who confirmed them, by name.
    pub confirmed_by: Option<String>,
    /// Whether they are those that hold now.
    pub holds: bool,
    /// Whether they wait for somebody to confirm them: nothing was proposed for the algorithm since.
    pub waits: bool,
    /// Of the report that they judge: when figures of the same rows, or of rows with the same totals, were first looked at
    /// here, where that was before these thresholds held.
    pub looked_at: Option<Time>,
}

/// How many proposals are listed.
const LISTED: usize = 500;

const COLUMNS: &str =
    "select b.id, b.algorithm, b.low, b.high, b.reasons, b.set_at, a.name, b.confirmed_at, c.name
     from fairness_bounds b join account a on a.id = b.set_by left join account c on c.id = b.confirmed_by";

fn read(r: &Row) -> Result<SetBounds> {
    let confirmed_at: Option<Time> = r.get(7)?;
    Ok(SetBounds {
        id: r.get(0)?,
        algorithm: r.get(1)?,
        bounds: Bounds {
            low: r.get(2)?,
            high: r.get(3)?,
            set_on: confirmed_at.and_then(|at| at.day().parse().ok()),
        },
        reasons: r.get(4)?,
        at: r.get(5)?,
        by: r.get(6)?,
        confirmed_at,
        confirmed_by: r.get(8)?,
        holds: false,
        waits: false,
        looked_at: None,
    })
}

/// Proposes thresholds for an algorithm's reports. The old ones hold until somebody else confirms these; what was proposed
/// before and nobody has confirmed is replaced.
///
/// # Errors
/// [`Error::Invalid`] for bounds that are none and where there are no reasons; not allowed.
pub fn propose_bounds(cx: &mut Cx<'_>, algorithm: &str, low: f64, high: f64, reasons: &str) -> Result<Id> {
    cx.allow(action::ETHICS_ADVISE, None)?;
    let by = Decider::of(cx.actor())?;
    let algorithm = meant(cx, algorithm)?;
    if !(Bounds { low, high, set_on: None }).sound() {
        return Err(Error::field(
            "low",
            "bounds",
            "Enter a ratio below 1 and one above 1, such as 0.8 and 1.25",
        ));
    }
    let reasons = text("reasons", &reasons.replace(['\n', '\r'], " "), 4_000, "Say why these thresholds")?;
    let (id, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into fairness_bounds (id, algorithm, low, high, reasons, set_at, set_by) values ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            algorithm.into(),
            low.into(),
            high.into(),
            reasons.into(),
            now.into(),
            by.id().into(),
        ],
    )?;
    cx.record(Verb::Propose, "fairness-bounds", Some(id), json!({ "low": low, "high": high }))?;
    Ok(id)
}

/// Confirms thresholds that another member has proposed: from now on they hold for what is made later, and never for what
/// was made before.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for who proposed them; [`Error::Conflict`] where they hold already, or others were
/// proposed since; [`Error::NotFound`].
pub fn confirm_bounds(cx: &mut Cx<'_>, id: Id) -> Result<()> {
    cx.allow(action::ETHICS_ADVISE, None)?;
    let by = Decider::of(cx.actor())?;
    cx.take_turn("fairness-bounds")?;
    let row = cx
        .row(&format!("{COLUMNS} where b.id = $1"), &[id.into()])?
        .ok_or_else(|| Error::NotFound("those thresholds".into()))?;
    let found = read(&row)?;
    if found.confirmed_at.is_some() {
        return Err(Error::Conflict("these thresholds were confirmed before".into()));
    }
    if latest(cx, &found.algorithm)?.is_none_or(|b| b.id != id) {
        return Err(Error::Conflict(
            "other thresholds were proposed for this algorithm since: look at those".into(),
        ));
    }
    let proposer = cx.row("select set_by from fairness_bounds where id = $1", &[id.into()])?;
    if proposer.map(|r| r.get::<Id>(0)).transpose()? == Some(by.id()) {
        let reason =
            "you have proposed these thresholds: somebody else of the committee has to confirm them".into();
        return Err(Error::Forbidden { reason });
    }
    let now = cx.now();
    cx.exec(
        "update fairness_bounds set confirmed_at = $1, confirmed_by = $2 where id = $3",
        &[now.into(), by.id().into(), id.into()],
    )?;
    cx.record(
        Verb::Decide,
        "fairness-bounds",
        Some(id),
        json!({ "low": found.bounds.low, "high": found.bounds.high, "proposed_at": found.at }),
    )
}

/// The latest proposal for an algorithm, whatever became of it.
fn latest(cx: &mut Cx<'_>, algorithm: &str) -> Result<Option<SetBounds>> {
    let sql = format!("{COLUMNS} where b.algorithm = $1 order by b.set_at desc, b.id desc limit 1");
    cx.row(&sql, &[algorithm.into()])?.as_ref().map(read).transpose()
}

/// The thresholds that hold for an algorithm: what was confirmed last, however much was proposed since.
pub(super) fn in_force(cx: &mut Cx<'_>, algorithm: &str) -> Result<Option<SetBounds>> {
    let sql = format!(
        "{COLUMNS} where b.algorithm = $1 and b.confirmed_at is not null order by b.confirmed_at desc, b.id desc limit 1"
    );
    let found = cx.row(&sql, &[algorithm.into()])?.as_ref().map(read).transpose()?;
    Ok(found.map(|b| SetBounds { holds: true, ..b }))
}

/// The latest proposals of all algorithms, each with whether it holds or waits; what holds and what waits is always among
/// them.
fn standing(cx: &mut Cx<'_>) -> Result<Vec<SetBounds>> {
    let rows = cx.rows(&format!("{COLUMNS} order by b.set_at desc, b.id desc limit {LISTED}"), &[])?;
    let mut all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    for row in cx.rows("select distinct algorithm from fairness_bounds", &[])? {
        let algorithm: String = row.get(0)?;
        let waits = latest(cx, &algorithm)?.filter(|b| b.confirmed_at.is_none());
        let waits = waits.map(|b| SetBounds { waits: true, ..b });
        for marked in waits.into_iter().chain(in_force(cx, &algorithm)?) {
            match all.iter_mut().find(|b| b.id == marked.id) {
                Some(b) => *b = marked,
                None => all.push(marked),
            }
        }
    }
    all.sort_by_key(|b| std::cmp::Reverse((b.at, b.id)));
    Ok(all)
}

/// Every thresholds that were proposed, the latest first: those that hold, those that wait, and those that went before.
///
/// # Errors
/// Not allowed; database errors.
pub fn all_bounds(cx: &mut Cx<'_>) -> Result<Vec<SetBounds>> {
    cx.allow(action::ETHICS_VIEW, None)?;
    let all = standing(cx)?;
    cx.record(Verb::Consult, "fairness-bounds", None, json!({ "thresholds": all.len() }))?;
    Ok(all)
}

/// The thresholds that hold now for an algorithm.
///
/// # Errors
/// Not allowed; database errors.
pub fn bounds_for(cx: &mut Cx<'_>, algorithm: &str) -> Result<Option<SetBounds>> {
    cx.allow(action::ETHICS_VIEW, None)?;
    cx.record(Verb::Consult, "fairness-bounds", None, json!({}))?;
    match algorithm.contains('\0') {
        true => Ok(None),
        false => match algorithm::meant(cx, algorithm)? {
            Some(meant) => in_force(cx, &meant),
            None => Ok(None),
        },
    }
}

/// The thresholds that judged a report that was kept; none for the usual ones, which nobody set. For a room that has asked
/// the policy for the report.
///
/// # Errors
/// Database errors.
pub fn bounds_of(cx: &mut Cx<'_>, report: Id) -> Result<Option<SetBounds>> {
    let sql = format!("{COLUMNS} join fairness_report f on f.bounds_id = b.id where f.id = $1");
    let found = cx.row(&sql, &[report.into()])?.as_ref().map(read).transpose()?;
    let looked_at = looked(cx, report)?;
    Ok(found.map(|b| SetBounds { looked_at, ..b }))
}
