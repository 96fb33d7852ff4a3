//! `bluelamp strategy report`: the programme office's reports at a terminal, by the same functions as its pages.

use crate::{
    cli::{Report, ReportFormat, ReportKind},
    config::Loaded,
    fail::Fail,
    open::{self, Open},
    say, who,
};
use bluelamp_model::{Error, Result, authority::action};
use bluelamp_steward::{
    algorithms,
    assessment::{self, Scheme},
    benefits, entry,
    findings::{self, Kind, strategies_of},
    plan,
    registers::portfolio::ITEM,
    report::{self, Document},
    roadmap,
};
use bluelamp_store::Cx;
use serde_json::{Value, json};

/// How many ranks from the top the share is counted for, as on the page.
const TOP: u32 = 10;

/// A report in all its forms.
struct Made {
    document: Document,
    /// The same for programs, with everything that the tables leave out.
    json: Value,
    picture: Option<String>,
}

/// Writes a report to standard output.
///
/// # Errors
/// Where there is no data folder; not allowed; a strategy that is not held.
pub(crate) fn run(loaded: Loaded, what: &Report) -> std::result::Result<(), Fail> {
    let open = Open::existing(loaded)?;
    // The strategies of the folder or of the product count, also where the service has not run since they were new.
    open::take_up(&open.db, &open.content, &open.shelf)?;
    let acting = &what.acting;
    let actor =
        who::actor(&open, acting.username.as_deref(), acting.purpose.as_deref(), action::STRATEGY_VIEW)?;
    let (kind, strategy) = (what.what, what.strategy.clone());
    let made = open.db.read(&actor, move |cx| make(cx, kind, strategy.as_deref()))?;
    match what.format {
        ReportFormat::Json => say::json(&made.json),
        ReportFormat::Csv => say::out(report::csv(&made.document)),
        ReportFormat::Html => say::out(report::html(&made.document, made.picture.as_deref())),
    }
}

fn make(cx: &mut Cx<'_>, kind: ReportKind, strategy: Option<&str>) -> Result<Made> {
    match kind {
        ReportKind::Alignment => alignment(cx, strategy),
        ReportKind::Gaps => noticed(cx, strategy, "Gaps", &[Kind::Gap]),
        ReportKind::Duplicates => noticed(
            cx,
            strategy,
            "Duplicates, conflicts and what could be done together",
            &[Kind::Duplicate, Kind::Conflict, Kind::Synergy],
        ),
        ReportKind::Roadmap => {
            let plan = plan::plan(&plan::gather(cx, strategy)?)?;
            let picture = roadmap::svg(&plan.roadmap);
            Ok(Made { document: report::roadmap(&plan), json: json(&plan)?, picture: Some(picture) })
        }
        ReportKind::Benefits => {
            let report = benefits::report(&benefits::gather(cx)?);
            Ok(Made { document: report::benefits(&report), json: json(&report)?, picture: None })
        }
    }
}

fn json(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|e| Error::Bug(e.to_string()))
}

fn noticed(cx: &mut Cx<'_>, strategy: Option<&str>, title: &str, kinds: &[Kind]) -> Result<Made> {
    let mut all = findings::current(cx, strategy)?;
    all.retain(|s| kinds.contains(&s.finding.kind));
    let notice = algorithms::ask(cx, algorithms::FINDINGS)?;
    let document = noted(report::findings(title, kinds, &all), &notice);
    Ok(Made { document, json: json!({ "algorithm": notice, "findings": json(&all)? }), picture: None })
}

/// A document that says whether what it was made by was approved.
fn noted(mut document: Document, notice: &algorithms::Notice) -> Document {
    document.about.extend(notice.sentence().map(|s| format!(" {s}")));
    document
}

fn alignment(cx: &mut Cx<'_>, strategy: Option<&str>) -> Result<Made> {
    let held = strategies_of(cx, strategy)?;
    let first = held.first().ok_or_else(|| Error::NotFound("a strategy that was taken up".into()))?;
    let scheme = Scheme::of(first);
    let items = entry::entries(cx, &ITEM)?.into_iter().filter(|e| !e.withdrawn);
    let titles: std::collections::BTreeMap<_, _> = items.map(|e| (e.code, e.title)).collect();
    let codes: Vec<String> = titles.keys().cloned().collect();
    let (weights, all) = assessment::alignment(cx, &scheme, &codes, None, TOP)?;
    let notice = algorithms::ask(cx, algorithms::ALIGNMENT)?;
    let document = noted(report::alignment(&scheme, &weights, &all, &titles), &notice);
    let json = json!({
        "strategy": scheme.strategy, "version": scheme.version, "weights": weights.source(), "algorithm": notice,
        "items": json(&all)?,
    });
    Ok(Made { document, json, picture: None })
}
