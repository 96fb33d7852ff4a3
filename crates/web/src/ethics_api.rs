//! The register of algorithms and the ethics assessments by the JSON API; and what can be done with an entry, which the
//! pages do in the same way.

use crate::{
    App,
    api::{body, id},
    guard::{Answer, Ask as Asking, Bearer},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use bluelamp_access::algorithm::{self, Entry};
use bluelamp_casework::Led;
use bluelamp_model::{
    Error, Id, Result,
    authority::{Actor, Ask, action},
};
use bluelamp_steward::{
    algorithms::FINDINGS,
    ethics::{self, Dossier, Finding, NewVoice, Ran, Step},
    findings::{self, Tally},
    redress::{self, Brief},
};
use bluelamp_store::Cx;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Answers of an ethics assessment; what is not named keeps the answer that it has.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answers {
    /// The answers by the code of their question.
    pub answers: BTreeMap<String, String>,
    /// When the assessment was written that the person had before them, empty where there was none: what they left as it
    /// was keeps what others have made of it since. Left out, what is named is written as it is.
    #[serde(default)]
    pub seen: Option<String>,
}

/// What the lab found for one criterion.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabFinding {
    /// The criterion, as the assessment lists it.
    pub criterion: String,
    /// What was measured.
    pub found: String,
    /// Whether that is what was asked for.
    pub met: bool,
}

/// What the lab found.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LabReport {
    /// Criterion by criterion.
    pub findings: Vec<LabFinding>,
    /// What else there is to say.
    pub notes: String,
}

/// What a body outside the police said.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Opinion {
    /// The body.
    pub given_by: String,
    /// The day, such as `2026-11-22`.
    pub given_on: String,
    /// What it said.
    pub said: String,
}

/// Why a field of the transparency record is not published.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Exemption {
    /// The field's code.
    pub field: String,
    /// Why; empty to publish it again.
    pub reasons: String,
}

/// A member's advice.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Voice {
    /// `lab` or `operational`.
    pub point: String,
    /// `approve`, `conditions`, `reject` or `defer`.
    pub advice: String,
    /// Why.
    pub reasons: String,
    /// What is to be done first, where there are conditions.
    pub conditions: String,
    /// The member's own interest in it: their advice is kept and not counted then.
    pub interest: String,
}

/// The minutes of a point of decision. They are public at once.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NewMinutes {
    /// `lab` or `operational`.
    pub point: String,
    /// The day, such as `2026-11-22`.
    pub held_on: String,
    /// What was said.
    pub said: String,
}

/// A step of the accountable officer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Phase {
    /// `assessed`, `lab`, `lab-reported`, `pilot`, `operational`, `suspended` or `retired`.
    pub to: String,
    /// The last day of a pilot or of operational use, such as `2027-05-31`.
    pub until: String,
    /// The units that may use it; all where it is empty.
    pub units: Vec<String>,
    /// How often a pilot may use it.
    pub volume: Option<u64>,
    /// Why.
    pub reasons: String,
    /// How the committee's conditions are met, where it set some.
    pub conditions_met: String,
    /// Why the officer departs from the committee's rejection: published.
    pub published: String,
}

/// The wording of the record as it stands is published.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wording {}

/// Something that is done with an entry.
pub(crate) enum Deed {
    Assessment(Answers),
    LabReport(LabReport),
    Opinion(Opinion),
    Exemption(Exemption),
    Advice(Voice),
    Minutes(NewMinutes),
    Phase(Phase),
    Wording(Wording),
}

impl Deed {
    /// Does it. The room asks who may.
    pub(crate) fn run(&self, cx: &mut Cx<'_>, id: Id) -> Result<()> {
        match self {
            Self::Assessment(a) => ethics::assess(cx, id, &a.answers, a.seen.as_deref()),
            Self::LabReport(r) => {
                let finding = |f: &LabFinding| Finding {
                    criterion: f.criterion.clone(),
                    found: f.found.clone(),
                    met: f.met,
                };
                let findings: Vec<_> = r.findings.iter().map(finding).collect();
                ethics::report_lab(cx, id, &findings, &r.notes)
            }
            Self::Opinion(o) => ethics::note_opinion(cx, id, &o.given_by, &o.given_on, &o.said),
            Self::Exemption(e) => ethics::exempt(cx, id, &e.field, &e.reasons),
            Self::Advice(v) => {
                let writers = writers(cx, id)?;
                let new = NewVoice {
                    point: v.point.clone(),
                    advice: v.advice.clone(),
                    reasons: v.reasons.clone(),
                    conditions: v.conditions.clone(),
                    interest: v.interest.clone(),
                };
                ethics::advise(cx, id, &new, &writers)
            }
            Self::Minutes(m) => ethics::minute(cx, id, &m.point, &m.held_on, &m.said).map(drop),
            Self::Phase(p) => {
                let writers = writers(cx, id)?;
                let step = Step {
                    to: p.to.clone(),
                    until: p.until.clone(),
                    units: p.units.clone(),
                    volume: p.volume,
                    reasons: p.reasons.clone(),
                    conditions_met: p.conditions_met.clone(),
                    published: p.published.clone(),
                };
                ethics::take(cx, id, &step, &writers).map(drop)
            }
            Self::Wording(Wording {}) => {
                let writers = writers(cx, id)?;
                ethics::release(cx, id, &writers)
            }
        }
    }
}

/// Who wrote the text of an entry: of a definition, as the room of the definitions knows it; what the product brings has no
/// writer here. Nobody for an entry that is not there, which the room of ethics says.
fn writers(cx: &mut Cx<'_>, id: Id) -> Result<Vec<Id>> {
    match algorithm::entry(cx, id) {
        Ok(entry) => writers_of(cx, &entry),
        Err(Error::NotFound(_)) => Ok(Vec::new()),
        Err(e) => Err(e),
    }
}

/// As [`writers`], of an entry that was read.
pub(crate) fn writers_of(cx: &mut Cx<'_>, entry: &Entry) -> Result<Vec<Id>> {
    if entry.what.kind != "definition" {
        return Ok(Vec::new());
    }
    bluelamp_casework::writers(cx, &entry.what.name, &entry.what.digest)
}

/// What was counted of the use of everything that runs.
#[derive(Debug)]
pub(crate) struct Counted {
    led: BTreeMap<(String, String), Led>,
    findings: Tally,
}

/// Counts it. For a function that has asked the policy.
pub(crate) fn counted(cx: &mut Cx<'_>) -> Result<Counted> {
    Ok(Counted { led: bluelamp_casework::led(cx)?, findings: findings::tally(cx)? })
}

/// What was counted of a version's use: decisions that a definition led, and answers to findings.
fn ran(entry: &Entry, counted: &Counted, complaints: u64) -> Ran {
    let complaints = Some(complaints);
    if entry.algorithm() == FINDINGS {
        let Tally { confirmed, rejected } = counted.findings;
        let (decided, agreed, below) = (Some(confirmed + rejected), Some(confirmed), Some(rejected));
        return Ran { decided, agreed, above: None, below, complaints };
    }
    if entry.what.kind != "definition" {
        return Ran { complaints, ..Ran::default() };
    }
    let led =
        counted.led.get(&(entry.what.name.clone(), entry.what.version.clone())).copied().unwrap_or_default();
    Ran {
        decided: Some(led.decided),
        agreed: Some(led.agreed),
        above: Some(led.above),
        below: Some(led.below),
        complaints,
    }
}

/// The transparency record of one dossier as JSON.
pub(crate) fn record_of(app: &App, d: &Dossier, counted: &Counted) -> ethics::Record {
    let organisation = app.inner.settings.force_name();
    ethics::record(d, &organisation, &ran(&d.entry, counted, d.complaints), app.inner.db.now())
}

/// What everybody may know of an entry.
fn public(e: &Entry) -> Value {
    json!({
        "algorithm": e.algorithm(), "title": e.what.title, "purpose": e.what.purpose, "version": e.what.version,
        "digest": e.what.digest, "owner": e.what.owner, "accountable": e.what.accountable, "running": e.running,
        "state": e.state, "since": e.since, "until": e.until, "units": e.units,
        "record": format!("/api/v1/algorithms/{}", e.algorithm()),
    })
}

/// `GET /api/v1/algorithms`: the public register.
pub(crate) async fn register(State(app): State<App>, ask: Asking) -> Answer {
    let all = app.read(&ask.public(), algorithm::published).await?;
    Ok(Json(json!({ "algorithms": all.iter().map(public).collect::<Vec<_>>() })).into_response())
}

/// `GET /api/v1/algorithms/{kind}/{name}`: the transparency records of its versions, the one that works first.
pub(crate) async fn record(
    State(app): State<App>,
    ask: Asking,
    Path((kind, name)): Path<(String, String)>,
) -> Answer {
    let (all, counted) =
        app.read(&ask.public(), move |cx| Ok((ethics::published(cx, &kind, &name)?, counted(cx)?))).await?;
    let records: Vec<Value> = all.iter().map(|d| record_of(&app, d, &counted).json().clone()).collect();
    Ok(Json(json!({ "records": records })).into_response())
}

/// `GET /api/v1/ethics`: the register for staff.
pub(crate) async fn list(State(app): State<App>, who: Bearer) -> Answer {
    let all = app.read(&who.actor, ethics::register).await?;
    Ok(Json(json!({ "entries": all })).into_response())
}

/// Where the complaints are that name an entry, for whom: those who handle complaints see each whole, those who answer for
/// quality in brief; everybody else has their number.
pub(crate) async fn complaints_of(app: &App, actor: &Actor, e: &Entry) -> Result<Vec<(Brief, &'static str)>> {
    let may = |action| app.inner.policy.decide(actor, &Ask { action, object: None }).allowed;
    let (action, base) = match (may(action::COMPLAINT_HANDLE), may(action::QUALITY_VIEW)) {
        (true, _) => (action::COMPLAINT_HANDLE, "complaints"),
        (false, true) => (action::QUALITY_VIEW, "graded/complaints"),
        (false, false) => return Ok(Vec::new()),
    };
    let (algorithm, version) = (e.algorithm(), e.what.version.clone());
    let all = app
        .read(actor, move |cx| {
            cx.allow(action, None)?;
            redress::about_algorithm(cx, &algorithm, &version)
        })
        .await?;
    Ok(all.into_iter().map(|brief| (brief, base)).collect())
}

/// Where the decisions are in which an entry led; none for what leads no decision.
pub(crate) fn decisions_of(e: &Entry) -> Option<String> {
    let definition = e.what.kind == "definition";
    definition.then(|| format!("graded?definition={}&version={}", e.what.name, e.what.version))
}

/// `GET /api/v1/ethics/{id}`: everything about one entry, with what is missing for each step that can come next, the
/// complaints that name it and where the decisions are in which it led.
pub(crate) async fn view(State(app): State<App>, who: Bearer, Path(which): Path<String>) -> Answer {
    let which = id(&which)?;
    let d = app.read(&who.actor, move |cx| ethics::view(cx, which)).await?;
    let next: BTreeMap<_, _> =
        d.entry.state.next().iter().map(|s| (s.code(), ethics::lacking(&d, *s))).collect();
    let complaints: Vec<Value> = complaints_of(&app, &who.actor, &d.entry)
        .await?
        .iter()
        .map(|(brief, base)| json!({ "brief": brief, "href": format!("/api/v1/{base}/{}", brief.reference) }))
        .collect();
    let decisions = decisions_of(&d.entry).map(|path| format!("/api/v1/{path}"));
    Ok(Json(json!({ "dossier": d, "next": next, "complaints": complaints, "decisions": decisions }))
        .into_response())
}

/// `POST /api/v1/ethics/{id}/{deed}`
pub(crate) async fn act(
    State(app): State<App>,
    who: Bearer,
    Path((which, deed)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let which = id(&which)?;
    let deed = match deed.as_str() {
        "assessment" => Deed::Assessment(body(&bytes)?),
        "lab-report" => Deed::LabReport(body(&bytes)?),
        "opinion" => Deed::Opinion(body(&bytes)?),
        "exemption" => Deed::Exemption(body(&bytes)?),
        "advice" => Deed::Advice(body(&bytes)?),
        "minutes" => Deed::Minutes(body(&bytes)?),
        "phase" => Deed::Phase(body(&bytes)?),
        "wording" => Deed::Wording(body(&bytes)?),
        _ => return Err(Error::NotFound("that page".into()).into()),
    };
    app.write(&who.actor, move |cx| deed.run(cx, which)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
