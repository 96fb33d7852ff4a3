//! Taking up a survey or a model: looked at first, then taken whole, with what people have set left as it is.

use super::{
    Application, Column, Columns, Options, Pattern, Survey, archimate, kept, survey, table::one_line,
};
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
    /// Codes of organisations by the names that they have or had, in small letters.
    organisations: BTreeMap<String, String>,
    applications: BTreeMap<String, Entry>,
    /// What the surveys before told of each application.
    told: BTreeMap<String, Application>,
}

fn held(cx: &mut Cx<'_>) -> Result<Held> {
    let applications = entry::held(cx, APPLICATION.code)?;
    Ok(Held {
        organisations: kept::known_as(cx)?,
        applications: applications.into_iter().map(|e| (e.code.clone(), e)).collect(),
        told: kept::told(cx)?,
    })
}

impl Held {
    /// The entry of an application of a placed survey, with what surveys told of it before.
    fn of(&self, code: &str) -> Option<Before<'_>> {
        let entry = self.applications.get(code)?;
        Some(Before { body: &entry.body, told: self.told.get(code).cloned().unwrap_or_default() })
    }

    /// The survey with each application under the code of the entry that it is: the one of that name in that
    /// organisation, whatever the organisation was called when it got its code; or the one with the code that its names
    /// give; or one that is to come.
    fn placed(&self, survey: &Survey) -> Survey {
        // Names are the same where they would give the same code.
        let key = |name: &str| Application::code_of("x", name);
        let mut entries: Vec<&Entry> = self.applications.values().collect();
        entries.sort_by_key(|e| !e.withdrawn);
        let by_name: BTreeMap<(&str, String), &str> =
            entries.iter().map(|e| ((e.organisation.as_str(), key(&e.title)), e.code.as_str())).collect();
        let of = |force: &str| self.organisations.get(&force.to_lowercase()).map(String::as_str);
        let mut placed = survey.clone();
        let mut taken = BTreeSet::<String>::new();
        let mut open = Vec::new();
        for (n, a) in placed.applications.iter_mut().enumerate() {
            match of(&a.force).and_then(|o| by_name.get(&(o, key(&a.name)))) {
                Some(code) if taken.insert((*code).to_owned()) => (*code).clone_into(&mut a.code),
                _ => open.push(n),
            }
        }
        for n in open {
            let Some(a) = placed.applications.get_mut(n) else { continue };
            let stem = a.code.clone();
            let mut n = 1;
            loop {
                let entry = self.applications.get(&a.code);
                let own = entry.is_none_or(|e| n == 1 && of(&a.force) == Some(e.organisation.as_str()));
                if own && taken.insert(a.code.clone()) {
                    break;
                }
                n += 1;
                a.code = format!("{stem}-{n}");
            }
        }
        placed
    }
}

/// What was written of an application before.
struct Before<'a> {
    body: &'a Body,
    told: Application,
}

/// Works out what taking a survey up would do. Nothing is written.
///
/// # Errors
/// Not allowed; database errors.
pub fn plan(cx: &mut Cx<'_>, survey: &Survey) -> Result<Plan> {
    cx.allow(action::STRATEGY_IMPORT, None)?;
    let held = held(cx)?;
    cx.record(Verb::Consult, "landscape", None, json!({ "planned": survey.applications.len() }))?;
    Ok(planned(&held, &held.placed(survey)))
}

fn planned(held: &Held, survey: &Survey) -> Plan {
    let mut plan = Plan::default();
    let forces =
        survey.applications.iter().map(|a| &a.force).chain(survey.maturities.iter().map(|m| &m.force));
    let mut absent = BTreeMap::<String, &String>::new();
    for force in forces {
        // Two rows can spell one force in two ways.
        let low = force.to_lowercase();
        if !held.organisations.contains_key(&low) {
            absent.entry(low).or_insert(force);
        }
    }
    plan.organisations = absent.into_values().cloned().collect();
    for a in &survey.applications {
        let shown = format!("{} ({})", a.name, a.force);
        match held.applications.get(&a.code) {
            None => plan.new.push(shown),
            Some(entry) => {
                let (body, kept) = body(a, &entry.organisation, held.of(&a.code).as_ref(), &survey.file);
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
    let survey = &held.placed(survey);
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
        let before = held.of(&a.code);
        let (mut body, _) = body(a, &organisation(&a.force), before.as_ref(), &survey.file);
        if let Some(old) = before.map(|b| b.body) {
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
    let ties = ties(survey, &entry::held(cx, INTEGRATION.code)?);
    entry::put(cx, &INTEGRATION, &ties, &reason)?;
    let today = cx.now().day();
    let levels = levels(survey, &today, &organisation, &entry::held(cx, MATURITY.code)?);
    entry::put(cx, &MATURITY, &levels, &reason)?;
    let id = keep(cx, inspection, survey)?;
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
fn body(a: &Application, organisation: &str, before: Option<&Before<'_>>, file: &str) -> (Body, bool) {
    let old = before.map(|b| b.body);
    let mut body = old.cloned().unwrap_or_default();
    let mut put = |field: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.set(field, value);
        }
    };
    put("title", Some(json!(a.name)));
    put("organisation", Some(json!(organisation)));
    put("supplier", a.supplier.as_ref().map(|s| json!(s)));
    put("product", product(a, before).map(|line| json!(line)));
    put("function", a.function.as_ref().map(|f| json!(f)));
    let (ten, other): (Vec<_>, Vec<_>) = a.capabilities.iter().partition(|c| is_ten(c));
    let ten: Vec<_> = ten.iter().map(|c| format!("{NATIONAL}:{c}")).collect();
    put("capabilities", (!ten.is_empty()).then(|| json!(ten)));
    put("policing", (!other.is_empty()).then(|| json!(other)));
    put("user_count", a.users.map(|n| json!(n as f64)));
    put("hosting", (a.hosting != super::Hosting::Unknown).then(|| json!(kept::hosting_code(a.hosting))));
    if a.run_cost.is_some() || a.change_cost.is_some() {
        // What the survey does not say of the two stays, and the sum and the share are of both.
        let (run, change) = before.map_or((None, None), |b| kept::costs(b.body, &b.told));
        let (run, part) = (a.run_cost.or(run).unwrap_or(0), a.change_cost.or(change));
        let change = part.unwrap_or(0);
        let all = run.saturating_add(change);
        put("cost_yearly", Some(json!((all + 50) / 100)));
        let share = if all > 0 { change as f64 * 100.0 / all as f64 } else { 0.0 };
        put("change_share", part.map(|_| json!((share * 100.0).round() / 100.0)));
    }
    put("contract_ends", a.contract_end.map(|d| json!(d.to_string())));
    put("legacy", a.legacy.map(|l| json!(l)));
    put("cots", a.sourcing.map(|s| json!(s == super::Sourcing::Cots)));
    put(
        "survey",
        Some(json!(one_line(file).chars().take(200).collect::<String>())).filter(|f| *f != json!("")),
    );
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

/// The line of product and version that a survey leaves; none where it changes nothing of it.
fn product(a: &Application, before: Option<&Before<'_>>) -> Option<String> {
    let old = before.map(|b| kept::product(b.body, &b.told));
    let line = |product: Option<&str>, version: Option<&str>| Some(kept::in_one_line(product, version));
    match (a.product.as_deref(), a.version.as_deref(), old) {
        (None, None, _) => None,
        (Some(product), None, Some(Some((same, version)))) if same.as_deref() == Some(product) => {
            line(Some(product), version.as_deref())
        }
        (None, version, Some(Some((product, _)))) => line(product.as_deref(), version),
        // Which part of a line that somebody wrote is the version, nobody can say.
        (None, _, Some(None)) => None,
        (product, version, _) => line(product, version),
    }
}

/// What the register of applications would refuse of an application that a survey tells, each with the column that said
/// it and why.
pub(super) fn refused(a: &Application) -> Vec<(Column, String)> {
    let (body, _) = body(a, "force", None, "survey");
    let Err(wrong) = APPLICATION.read_json(&json!(body)) else { return Vec::new() };
    let column = |field: &str| match field {
        "supplier" => Column::Supplier,
        "product" => Column::Product,
        "function" => Column::Function,
        "capabilities" | "policing" => Column::Capabilities,
        "user_count" => Column::Users,
        "cost_yearly" | "change_share" => Column::RunCost,
        "disposition_reason" => Column::DispositionReason,
        _ => Column::Name,
    };
    wrong.into_iter().map(|e| (column(&e.field), e.message)).collect()
}

/// Takes out of an application what a column said of it.
pub(super) fn leave_out(a: &mut Application, column: Column) {
    match column {
        Column::Supplier => a.supplier = None,
        Column::Product => (a.product, a.version) = (None, None),
        Column::Function => a.function = None,
        Column::Capabilities => a.capabilities = Vec::new(),
        Column::Users => a.users = None,
        Column::RunCost => (a.run_cost, a.change_cost) = (None, None),
        Column::DispositionReason => {
            if let Some(set) = &mut a.disposition {
                set.reason.clear();
            }
        }
        _ => {}
    }
}

/// The strategy whose ten capabilities these are.
pub(super) const NATIONAL: &str = "national-2020";

/// Whether it is one of the ten digital capabilities, by its code.
fn is_ten(capability: &str) -> bool {
    capability.len() == 3 && super::KNOWN_CAPABILITIES.iter().take(10).any(|(code, _)| *code == capability)
}

/// The ties whose two ends the survey names: of what people wrote, only what the survey says otherwise is changed. A tie
/// that somebody has withdrawn stays so.
fn ties(survey: &Survey, held: &[Entry]) -> Vec<(String, Body)> {
    let codes: BTreeMap<String, &str> = survey
        .applications
        .iter()
        .map(|a| (Application::code_of(&a.force, &a.name), a.code.as_str()))
        .collect();
    let mut before = BTreeMap::<(&str, &str), &Entry>::new();
    // Of two between the same, the one that stands.
    for withdrawn in [true, false] {
        let some = held.iter().filter(|e| e.withdrawn == withdrawn);
        before.extend(some.map(|e| ((e.body.text("from"), e.body.text("to")), e)));
    }
    let used: BTreeSet<&str> = held.iter().map(|e| e.code.as_str()).collect();
    let mut all = BTreeMap::<String, Body>::new();
    for a in &survey.applications {
        for tie in &a.integrations {
            let Some(to) = codes.get(&Application::code_of(&a.force, &tie.to)).filter(|to| **to != a.code)
            else {
                continue;
            };
            let old = before.get(&(a.code.as_str(), *to));
            if old.is_some_and(|e| e.withdrawn) {
                continue;
            }
            let mut code = old.map_or_else(|| digest("tie", &format!("{} {to}", a.code)), |e| e.code.clone());
            // Somebody can have turned the entry of that code into another tie.
            while old.is_none() && used.contains(code.as_str()) {
                code.push_str("-2");
            }
            let new = || {
                let mut body = Body::default();
                body.set("title", json!(format!("{} to {}", a.name, tie.to)));
                body.set("from", json!(a.code));
                body.set("to", json!(to));
                body
            };
            let mut body = all.remove(&code).or_else(|| old.map(|e| e.body.clone())).unwrap_or_else(new);
            match tie.pattern {
                Some(Pattern::Message) => body.set("pattern", json!("bus")),
                // The register's "by hand" is a file to the landscape: the survey says nothing else.
                Some(Pattern::File) if body.text("pattern") == "manual" => {}
                Some(pattern) => body.set("pattern", json!(pattern.code())),
                None if body.get("pattern").is_none() => body.set("pattern", json!("unknown")),
                None => {}
            }
            if let Some(front_end) = a.front_end {
                body.set("front_end", json!(front_end));
            }
            all.insert(code, body);
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

/// The maturities that the register takes. What people wrote beside a level stays, so does a target where the survey
/// names none, and so does the judgement of a level that the survey tells as it was. One that was withdrawn stays so.
fn levels(
    survey: &Survey,
    today: &str,
    organisation: &impl Fn(&str) -> String,
    held: &[Entry],
) -> Vec<(String, Body)> {
    let mut before = BTreeMap::<(&str, &str), &Entry>::new();
    for withdrawn in [true, false] {
        before.extend(held.iter().filter(|e| e.withdrawn == withdrawn).filter_map(|e| {
            match e.body.all("capability").as_slice() {
                [one] => Some(((e.organisation.as_str(), *one), e)),
                _ => None,
            }
        }));
    }
    let used: BTreeSet<&str> = held.iter().map(|e| e.code.as_str()).collect();
    let taken = survey.maturities.iter().filter(|m| not_taken(&m.capability, m.now).is_none());
    taken
        .filter_map(|m| {
            let (organisation, element) = (organisation(&m.force), format!("{NATIONAL}:{}", m.capability));
            let now = m.now?.to_string();
            let old = before.get(&(organisation.as_str(), element.as_str()));
            if old.is_some_and(|e| e.withdrawn) {
                return None;
            }
            let own = || digest("maturity", &format!("{} {}", m.force.to_lowercase(), m.capability));
            let mut code = old.map_or_else(own, |e| e.code.clone());
            // Somebody can have turned the entry of that code into another judgement.
            while old.is_none() && used.contains(code.as_str()) {
                code.push_str("-2");
            }
            let mut body = old.map(|e| e.body.clone()).unwrap_or_default();
            if old.is_none() {
                body.set("title", json!(format!("{} in {}", m.capability, m.force)));
                body.set("capability", json!([element]));
                body.set("organisation", json!(organisation));
            }
            if body.text("now") != now {
                body.set("now", json!(now));
                body.set("judged", json!(today));
                body.set(
                    "evidence",
                    json!(format!("Told by the force in the survey {}", one_line(&survey.file))),
                );
            }
            if let Some(target) = m.target {
                body.set("target", json!(target.to_string()));
            }
            Some((code, body))
        })
        .collect()
}

fn digest(sort: &str, of: &str) -> String {
    let digest = Sha256::digest(of.as_bytes());
    format!("{sort}-{}", hex::encode(digest.get(..8).unwrap_or_default()))
}

/// Keeps the survey, with the codes that its applications have in the register, and the model where it is one, as it
/// came.
fn keep(cx: &mut Cx<'_>, inspection: &Inspection, survey: &Survey) -> Result<Id> {
    let (id, now) = (cx.new_id()?, cx.now());
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
