//! Taking up a survey or a model: looked at first, then taken whole, with what people have set left as it is.

use super::{Application, Columns, Options, Pattern, Survey, archimate, survey};
use crate::{
    entry::{self, Entry},
    register::{Body, code_of},
    registers::{
        landscape::{APPLICATION, INTEGRATION, MATURITY},
        organisations::ORGANISATION,
    },
};
use bluelamp_model::{
    Error, Faults, Id, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// A file that was looked at, with nothing taken up yet.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The file as the person called it.
    pub file: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// What it says of the landscape.
    pub survey: Survey,
    /// The whole model with what became of its parts, where it is one.
    pub model: Option<(archimate::Model, archimate::Mapped)>,
}

impl Inspection {
    /// `archimate` or `survey`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.model.is_some() { "archimate" } else { "survey" }
    }
}

/// Looks at a file: a survey as CSV or workbook, or an ArchiMate model.
///
/// # Errors
/// Every fault in it.
pub fn inspect(columns: &Columns, options: &Options, bytes: &[u8]) -> Result<Inspection, Faults> {
    let sha256 = hex::encode(Sha256::digest(bytes));
    let file = options.file.clone();
    if !archimate::looks_like(bytes) {
        let survey = survey::read(columns, options, bytes)?;
        return Ok(Inspection { file, sha256, survey, model: None });
    }
    let (model, mut notes) = archimate::read(&options.file, bytes)?;
    let mapped = archimate::landscape(columns, options, &model)?;
    let mut survey = mapped.survey.clone();
    notes.append(&mut survey.notes);
    survey.notes = notes;
    Ok(Inspection { file, sha256, survey, model: Some((model, mapped)) })
}

/// The names of the organisations of the register, for [`Options::organisations`].
///
/// # Errors
/// Not allowed; database errors.
pub fn organisations(cx: &mut Cx<'_>) -> Result<Vec<String>> {
    cx.allow(action::STRATEGY_IMPORT, None)?;
    let all: Vec<String> =
        entry::held(cx, ORGANISATION.code)?.into_iter().filter(|e| !e.withdrawn).map(|e| e.title).collect();
    cx.record(Verb::Consult, "landscape", None, json!({ "organisations": all.len() }))?;
    Ok(all)
}

/// What taking a survey up would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Forces that are not among the organisations yet.
    pub organisations: Vec<String>,
    /// Applications that are new, by name and force.
    pub new: Vec<String>,
    /// Those of which something changes.
    pub changed: Vec<String>,
    /// How many stay as they are.
    pub same: usize,
    /// Those of the same forces that the survey does not name: they stay, and somebody should ask.
    pub unnamed: Vec<String>,
    /// Those whose disposition people have set otherwise: theirs stays.
    pub disposition_kept: Vec<String>,
}

/// What was taken up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// The survey.
    pub survey: Id,
    /// What it did.
    pub plan: Plan,
    /// How many ties and maturities were written.
    pub ties: usize,
    /// How many maturities were written.
    pub maturities: usize,
}

/// The organisations and applications that are there.
struct Held {
    /// Codes of organisations by their names in small letters.
    organisations: BTreeMap<String, String>,
    applications: BTreeMap<String, Entry>,
}

fn held(cx: &mut Cx<'_>) -> Result<Held> {
    let organisations = entry::held(cx, ORGANISATION.code)?;
    let applications = entry::held(cx, APPLICATION.code)?;
    Ok(Held {
        organisations: organisations.into_iter().map(|e| (e.title.to_lowercase(), e.code)).collect(),
        applications: applications.into_iter().map(|e| (e.code.clone(), e)).collect(),
    })
}

/// Works out what taking a survey up would do. Nothing is written.
///
/// # Errors
/// Not allowed; database errors.
pub fn plan(cx: &mut Cx<'_>, survey: &Survey) -> Result<Plan> {
    cx.allow(action::STRATEGY_IMPORT, None)?;
    let held = held(cx)?;
    cx.record(Verb::Consult, "landscape", None, json!({ "planned": survey.applications.len() }))?;
    Ok(planned(&held, survey))
}

fn planned(held: &Held, survey: &Survey) -> Plan {
    let mut plan = Plan::default();
    let forces: BTreeSet<&String> = survey
        .applications
        .iter()
        .map(|a| &a.force)
        .chain(survey.maturities.iter().map(|m| &m.force))
        .collect();
    let absent = |f: &&&String| !held.organisations.contains_key(&f.to_lowercase());
    plan.organisations = forces.iter().filter(absent).map(|f| (**f).clone()).collect();
    for a in &survey.applications {
        let shown = format!("{} ({})", a.name, a.force);
        match held.applications.get(&a.code) {
            None => plan.new.push(shown),
            Some(entry) => {
                let (body, kept) = body(a, &entry.organisation, Some(&entry.body), &survey.file);
                if kept {
                    plan.disposition_kept.push(shown.clone());
                }
                // That another survey has told it is no change.
                let mut told = body;
                if let Some(first) = entry.body.get("survey") {
                    told.set("survey", first.clone());
                }
                if told == entry.body && !entry.withdrawn { plan.same += 1 } else { plan.changed.push(shown) }
            }
        }
    }
    let named: BTreeSet<&String> = survey.applications.iter().map(|a| &a.code).collect();
    let surveyed: BTreeMap<&String, &String> = survey
        .applications
        .iter()
        .filter_map(|a| Some((held.organisations.get(&a.force.to_lowercase())?, &a.force)))
        .collect();
    let absent = held.applications.values().filter(|e| !named.contains(&e.code) && !e.withdrawn);
    plan.unnamed =
        absent.filter_map(|e| Some(format!("{} ({})", e.title, surveyed.get(&e.organisation)?))).collect();
    plan
}

/// Takes a survey up: organisations that are new, applications with what is said of them, ties, maturities, and the
/// file as it came. A disposition that somebody has set stays.
///
/// # Errors
/// Not allowed; [`Error::Conflict`] where the same file was taken before.
pub fn take(cx: &mut Cx<'_>, inspection: &Inspection) -> Result<Taken> {
    cx.allow(action::STRATEGY_IMPORT, None)?;
    cx.take_turn("landscape")?;
    let survey = &inspection.survey;
    let before = cx.row(
        "select taken_at from landscape_survey where sha256 = $1",
        &[inspection.sha256.as_str().into()],
    )?;
    if let Some(row) = before {
        let at: bluelamp_model::Time = row.get(0)?;
        return Err(Error::Conflict(format!(
            "{}: the same file was taken on {}",
            inspection.file,
            at.short()
        )));
    }
    let mut held = held(cx)?;
    let plan = planned(&held, survey);
    let reason = format!("Survey {}", inspection.file);
    for force in &plan.organisations {
        let mut body = Body::default();
        body.set("title", json!(force));
        body.set("kind", json!("force"));
        let code = free(&code_of(force), &held.organisations);
        entry::insert(cx, &ORGANISATION, &code, &body, &reason)?;
        held.organisations.insert(force.to_lowercase(), code);
    }
    let organisation =
        |force: &str| held.organisations.get(&force.to_lowercase()).map_or("", String::as_str).to_owned();
    let mut all = Vec::with_capacity(survey.applications.len());
    for a in &survey.applications {
        let old = held.applications.get(&a.code).map(|e| &e.body);
        let (mut body, _) = body(a, &organisation(&a.force), old, &survey.file);
        if let Some(old) = old {
            // Only a change is written: the survey that told it first stays named.
            let mut same = body.clone();
            if let Some(first) = old.get("survey") {
                same.set("survey", first.clone());
            }
            if same == *old {
                body = same;
            }
        }
        all.push((a.code.clone(), body));
    }
    entry::put(cx, &APPLICATION, &all, &reason)?;
    let ties = ties(survey);
    entry::put(cx, &INTEGRATION, &ties, &reason)?;
    let today = cx.now().day();
    let before: BTreeMap<String, Body> =
        entry::held(cx, MATURITY.code)?.into_iter().map(|e| (e.code, e.body)).collect();
    let levels = levels(survey, &today, &organisation, &before);
    entry::put(cx, &MATURITY, &levels, &reason)?;
    let id = keep(cx, inspection)?;
    Ok(Taken { survey: id, plan, ties: ties.len(), maturities: levels.len() })
}

/// A code that no organisation has.
fn free(stem: &str, organisations: &BTreeMap<String, String>) -> String {
    let mut code = stem.to_owned();
    let mut n = 1;
    while code == "new" || organisations.values().any(|taken| *taken == code) {
        n += 1;
        code = format!("{stem}-{n}");
    }
    code
}

/// The entry of an application: what the survey says, and of the rest what was written before. Gives too whether a
/// disposition of the survey gave way to one that somebody set.
fn body(a: &Application, organisation: &str, old: Option<&Body>, file: &str) -> (Body, bool) {
    let mut body = old.cloned().unwrap_or_default();
    let mut put = |field: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.set(field, value);
        }
    };
    put("title", Some(json!(a.name)));
    put("organisation", Some(json!(organisation)));
    put("supplier", a.supplier.as_ref().map(|s| json!(s)));
    let product =
        [a.product.as_deref(), a.version.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    put("product", (!product.is_empty()).then(|| json!(product)));
    put("function", a.function.as_ref().map(|f| json!(f)));
    let (ten, other): (Vec<_>, Vec<_>) = a.capabilities.iter().partition(|c| is_ten(c));
    let ten: Vec<_> = ten.iter().map(|c| format!("{NATIONAL}:{c}")).collect();
    put("capabilities", (!ten.is_empty()).then(|| json!(ten)));
    put("policing", (!other.is_empty()).then(|| json!(other)));
    put("user_count", a.users.map(|n| json!(n as f64)));
    put(
        "hosting",
        (a.hosting != super::Hosting::Unknown).then(|| json!(super::kept::hosting_code(a.hosting))),
    );
    if a.run_cost.is_some() || a.change_cost.is_some() {
        let (run, change) = (a.run_cost.unwrap_or(0), a.change_cost.unwrap_or(0));
        let all = run.saturating_add(change);
        put("cost_yearly", Some(json!((all + 50) / 100)));
        let share = if all > 0 { change as f64 * 100.0 / all as f64 } else { 0.0 };
        put("change_share", a.change_cost.map(|_| json!((share * 100.0).round() / 100.0)));
    }
    put("contract_ends", a.contract_end.map(|d| json!(d.to_string())));
    put("legacy", a.legacy.map(|l| json!(l)));
    put("cots", a.sourcing.map(|s| json!(s == super::Sourcing::Cots)));
    put("survey", Some(json!(file)));
    let mut kept = false;
    if let Some(said) = &a.disposition {
        let set = old.map(|b| b.text("disposition").to_owned()).filter(|d| !d.is_empty());
        match set {
            Some(set) => kept = set != said.what.code(),
            None => {
                put("disposition", Some(json!(said.what.code())));
                put("disposition_reason", (!said.reason.is_empty()).then(|| json!(said.reason)));
                put("disposition_by", said.by.map(|d| json!(d.to_string())));
            }
        }
    }
    (body, kept)
}

/// The strategy whose ten capabilities these are.
pub(super) const NATIONAL: &str = "national-2020";

/// Whether it is one of the ten digital capabilities, by its code.
fn is_ten(capability: &str) -> bool {
    capability.len() == 3 && super::KNOWN_CAPABILITIES.iter().take(10).any(|(code, _)| *code == capability)
}

/// The ties whose two ends the survey names.
fn ties(survey: &Survey) -> Vec<(String, Body)> {
    let codes: BTreeSet<&str> = survey.applications.iter().map(|a| a.code.as_str()).collect();
    let mut all = BTreeMap::new();
    for a in &survey.applications {
        for tie in &a.integrations {
            let to = Application::code_of(&a.force, &tie.to);
            if to == a.code || !codes.contains(to.as_str()) {
                continue;
            }
            let mut body = Body::default();
            body.set("title", json!(format!("{} to {}", a.name, tie.to)));
            body.set("from", json!(a.code));
            body.set("to", json!(to));
            if let Some(pattern) = tie.pattern {
                body.set("pattern", json!(if pattern == Pattern::Message { "bus" } else { pattern.code() }));
            }
            if let Some(front_end) = a.front_end {
                body.set("front_end", json!(front_end));
            }
            all.insert(digest("tie", &format!("{} {to}", a.code)), body);
        }
    }
    all.into_iter().collect()
}

/// What keeps a maturity that a survey tells out of the register; none where the register takes it.
pub(super) fn not_taken(capability: &str, now: Option<u8>) -> Option<String> {
    if !is_ten(capability) {
        return Some(format!("'{capability}' is none of the ten capabilities"));
    }
    now.is_none().then(|| format!("of '{capability}' it is not said how mature it is now"))
}

/// The maturities that the register takes. What people wrote beside a level stays, and so does a target where the survey
/// names none.
fn levels(
    survey: &Survey,
    today: &str,
    organisation: &impl Fn(&str) -> String,
    before: &BTreeMap<String, Body>,
) -> Vec<(String, Body)> {
    let taken = survey.maturities.iter().filter(|m| not_taken(&m.capability, m.now).is_none());
    taken
        .filter_map(|m| {
            let code = digest("maturity", &format!("{} {}", m.force.to_lowercase(), m.capability));
            let mut body = before.get(&code).cloned().unwrap_or_default();
            body.set("title", json!(format!("{} in {}", m.capability, m.force)));
            body.set("capability", json!([format!("{NATIONAL}:{}", m.capability)]));
            body.set("organisation", json!(organisation(&m.force)));
            body.set("now", json!(m.now?.to_string()));
            if let Some(target) = m.target {
                body.set("target", json!(target.to_string()));
            }
            body.set("judged", json!(today));
            body.set("evidence", json!(format!("Told by the force in the survey {}", survey.file)));
            Some((code, body))
        })
        .collect()
}

fn digest(sort: &str, of: &str) -> String {
    let digest = Sha256::digest(of.as_bytes());
    format!("{sort}-{}", hex::encode(digest.get(..8).unwrap_or_default()))
}

/// Keeps the survey, and the model where it is one, as they came.
fn keep(cx: &mut Cx<'_>, inspection: &Inspection) -> Result<Id> {
    let (id, now) = (cx.new_id()?, cx.now());
    let survey = &inspection.survey;
    let text = json!({ "applications": survey.applications, "maturities": survey.maturities }).to_string();
    let count = i64::try_from(survey.applications.len()).unwrap_or(i64::MAX);
    let by = cx.actor().id;
    cx.exec(
        "insert into landscape_survey (id, taken_at, taken_by, kind, file, sha256, applications, body)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            now.into(),
            by.into(),
            inspection.kind().into(),
            inspection.file.as_str().into(),
            inspection.sha256.as_str().into(),
            count.into(),
            text.as_str().into(),
        ],
    )?;
    if let Some((model, _)) = &inspection.model {
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let title = model.names.first().map_or("", |t| t.text.as_str());
        let written = archimate::write(model);
        cx.exec(
            "insert into landscape_model (survey_id, title, elements, relationships, views, body)
             values ($1, $2, $3, $4, $5, $6)",
            &[
                id.into(),
                title.into(),
                number(model.elements.len()).into(),
                number(model.relationships.len()).into(),
                number(model.canvas().0).into(),
                written.as_str().into(),
            ],
        )?;
    }
    cx.record(
        Verb::Collect,
        "landscape-survey",
        Some(id),
        json!({ "file": inspection.file, "sha256": inspection.sha256, "applications": count }),
    )?;
    Ok(id)
}
