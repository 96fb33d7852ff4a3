//! The landscape as it stands: what the registers hold, with what the latest surveys told beside it.

use super::{
    Application, Disposition, Hosting, HostingMeasure, Integration, Maturity, Pattern, SetDisposition,
    Sourcing, measure, take::NATIONAL, value::whole,
};
use crate::{
    entry::{self, Entry},
    register::Body,
    registers::{
        landscape::{APPLICATION, INTEGRATION, MATURITY},
        organisations::ORGANISATION,
    },
};
use bluelamp_model::{
    Day, Decider, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The landscape.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Landscape {
    /// The applications, by force and name.
    pub applications: Vec<Application>,
    /// The version of each entry, for those who change it, by code.
    pub versions: BTreeMap<String, i64>,
    /// How far forces have come with their capabilities.
    pub maturities: Vec<Maturity>,
    /// The surveys that were taken, the earliest first, each with the measure as it stood then.
    pub surveys: Vec<TakenSurvey>,
}

/// A survey that was taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TakenSurvey {
    /// Its row.
    pub id: Id,
    /// When.
    pub at: Time,
    /// By whom; nobody where it came at the command line.
    pub by: Option<String>,
    /// `survey` or `archimate`.
    pub kind: String,
    /// The file as the person called it.
    pub file: String,
    /// How many applications it named.
    pub applications: i64,
    /// The measure of the whole landscape as it stood then, by what every force had last told of each application.
    pub measure: HostingMeasure,
}

/// A model that was taken, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptModel {
    /// The survey that it came as.
    pub id: Id,
    /// Its name.
    pub title: String,
    /// When it was taken.
    pub at: Time,
    /// How many elements, relationships and views it has.
    pub elements: i64,
    /// How many relationships.
    pub relationships: i64,
    /// How many views.
    pub views: i64,
}

#[derive(Deserialize)]
struct Stored {
    applications: Vec<Application>,
    maturities: Vec<Maturity>,
}

/// A survey as it is stored, its ties by the names that the applications have now: by the entry that was meant when it
/// was taken, whatever it or its force is called since.
fn stored(text: &str, titles: &BTreeMap<String, String>) -> Result<Stored> {
    let mut stored: Stored =
        serde_json::from_str(text).map_err(|e| Error::Bug(format!("a stored survey cannot be read: {e}")))?;
    let codes: BTreeMap<String, String> = stored
        .applications
        .iter()
        .map(|a| (Application::code_of(&a.force, &a.name), a.code.clone()))
        .collect();
    for a in &mut stored.applications {
        for tie in &mut a.integrations {
            let said = Application::code_of(&a.force, &tie.to);
            if let Some(title) = titles.get(codes.get(&said).unwrap_or(&said)) {
                tie.to.clone_from(title);
            }
        }
    }
    Ok(stored)
}

/// What the surveys told of each application, by its code; what a later one says stands over what an earlier one said.
pub(super) fn told(cx: &mut Cx<'_>) -> Result<BTreeMap<String, Application>> {
    let rows = cx.rows("select body from landscape_survey order by taken_at, id", &[])?;
    let mut latest = BTreeMap::<String, Application>::new();
    for row in &rows {
        for a in stored(&row.get::<String>(0)?, &BTreeMap::new())?.applications {
            let before = latest.remove(&a.code);
            latest.insert(a.code.clone(), over(before, a));
        }
    }
    Ok(latest)
}

/// The codes of the organisations by every name that they have or had, in small letters. A name that one has now is its.
pub(super) fn known_as(cx: &mut Cx<'_>) -> Result<BTreeMap<String, String>> {
    let rows = cx.rows(
        "select v.title, e.code from entry_version v join entry e on e.id = v.entry_id where e.register = $1
         order by v.at, v.version, e.code",
        &[ORGANISATION.code.into()],
    )?;
    let mut all = BTreeMap::new();
    for row in &rows {
        all.insert(row.get::<String>(0)?.to_lowercase(), row.get::<String>(1)?);
    }
    let mut now = entry::held(cx, ORGANISATION.code)?;
    now.sort_by_key(|e| !e.withdrawn);
    all.extend(now.into_iter().map(|e| (e.title.to_lowercase(), e.code)));
    Ok(all)
}

/// The landscape as it stands.
///
/// # Errors
/// Not allowed; database errors.
pub fn landscape(cx: &mut Cx<'_>) -> Result<Landscape> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let rows = cx.rows(
        "select s.id, s.taken_at, a.name, s.kind, s.file, s.applications, s.body from landscape_survey s
         left join account a on a.id = s.taken_by order by s.taken_at, s.id",
        &[],
    )?;
    let entries = entry::held(cx, APPLICATION.code)?;
    let titles: BTreeMap<String, String> =
        entries.iter().map(|e| (e.code.clone(), e.title.clone())).collect();
    let known_as = known_as(cx)?;
    let forces: BTreeMap<String, String> =
        entry::held(cx, ORGANISATION.code)?.into_iter().map(|e| (e.code, e.title)).collect();
    // What was withdrawn stood in the landscape until then.
    let gone: BTreeMap<&str, Time> =
        entries.iter().filter(|e| e.withdrawn).map(|e| (e.code.as_str(), e.changed_at)).collect();
    let mut latest = BTreeMap::<String, Application>::new();
    let mut levels = BTreeMap::<(String, String), Maturity>::new();
    let mut surveys = Vec::with_capacity(rows.len());
    for row in &rows {
        let stored = stored(&row.get::<String>(6)?, &titles)?;
        let at: Time = row.get(1)?;
        for a in stored.applications {
            let before = latest.remove(&a.code);
            latest.insert(a.code.clone(), over(before, a));
        }
        levels.extend(stored.maturities.into_iter().map(|mut m| {
            let force = known_as.get(&m.force.to_lowercase()).and_then(|code| forces.get(code));
            m.force = force.cloned().unwrap_or(m.force);
            ((m.force.to_lowercase(), m.capability.clone()), m)
        }));
        // What a survey does not name stays as it was told before, in the landscape and so here too: a survey of a part
        // changes that part.
        let there = |code: &str| gone.get(code).is_none_or(|since| *since > at);
        let then = latest.values().filter(|a| there(&a.code)).cloned().collect::<Vec<_>>();
        surveys.push(TakenSurvey {
            id: row.get(0)?,
            at,
            by: row.get(2)?,
            kind: row.get(3)?,
            file: row.get(4)?,
            applications: row.get(5)?,
            measure: measure(&then),
        });
    }
    let mut held = Landscape { surveys, ..Landscape::default() };
    let mut places = BTreeMap::new();
    for e in entries.into_iter().filter(|e| !e.withdrawn) {
        let force = forces.get(&e.organisation).cloned().unwrap_or_else(|| e.organisation.clone());
        places.insert(e.code.clone(), held.applications.len());
        held.versions.insert(e.code.clone(), e.version);
        let told = latest.remove(&e.code);
        held.applications.push(application(&e, force, told));
    }
    let ties = entry::held(cx, INTEGRATION.code)?;
    let ends = |e: &Entry| (e.body.text("from").to_owned(), e.body.text("to").to_owned());
    let tied: BTreeSet<_> = ties.iter().filter(|e| !e.withdrawn).map(ends).collect();
    for e in &ties {
        let (from, to) = ends(e);
        let Some(a) = places.get(&from).and_then(|n| held.applications.get_mut(*n)) else { continue };
        let Some(title) = titles.get(&to) else { continue };
        let other = Application::code_of(&a.force, title);
        let same = |i: &Integration| Application::code_of(&a.force, &i.to) == other;
        if e.withdrawn {
            // Also where a survey tells it: somebody has said that it is not there.
            if !tied.contains(&(from, to)) {
                let force = a.force.clone();
                a.integrations.retain(|i| Application::code_of(&force, &i.to) != other);
            }
            continue;
        }
        if !places.contains_key(&to) {
            continue;
        }
        let said = e.body.text("pattern");
        match a.integrations.iter().position(same).and_then(|n| a.integrations.get_mut(n)) {
            Some(_) if said.is_empty() => {}
            Some(tie) => tie.pattern = pattern(said),
            None => a.integrations.push(Integration { to: title.clone(), pattern: pattern(said) }),
        }
        a.front_end = a.front_end.or(e.body.yes("front_end"));
    }
    // Of what the register holds, the register decides, also that it is withdrawn.
    let mut standing = Vec::new();
    for e in entry::held(cx, MATURITY.code)? {
        let force = forces.get(&e.organisation).cloned().unwrap_or_else(|| e.organisation.clone());
        for element in e.body.all("capability") {
            let capability = element.rsplit(':').next().unwrap_or(element).to_owned();
            levels.remove(&(force.to_lowercase(), capability.clone()));
            let step = |field| e.body.text(field).parse().ok();
            if !e.withdrawn {
                let m =
                    Maturity { force: force.clone(), capability, now: step("now"), target: step("target") };
                standing.push(m);
            }
        }
    }
    levels.extend(standing.into_iter().map(|m| ((m.force.to_lowercase(), m.capability.clone()), m)));
    held.maturities = levels.into_values().collect();
    held.applications.sort_by(|a, b| (&a.force, &a.name, &a.code).cmp(&(&b.force, &b.name, &b.code)));
    let count = held.applications.len();
    cx.record(Verb::Consult, "landscape", None, json!({ "applications": count }))?;
    Ok(held)
}

/// What a later survey says over what an earlier one said.
fn over(before: Option<Application>, a: Application) -> Application {
    let Some(old) = before else { return a };
    // The version of a product is none of another's.
    let another = a.product.is_some() && a.product != old.product;
    let mut other = old.other;
    other.extend(a.other);
    Application {
        hosting: if a.hosting == Hosting::Unknown { old.hosting } else { a.hosting },
        users: a.users.or(old.users),
        run_cost: a.run_cost.or(old.run_cost),
        change_cost: a.change_cost.or(old.change_cost),
        version: if another { a.version } else { a.version.or(old.version) },
        product: a.product.or(old.product),
        integrations: if a.integrations.is_empty() { old.integrations } else { a.integrations },
        front_end: a.front_end.or(old.front_end),
        direct_legacy: a.direct_legacy.or(old.direct_legacy),
        sourcing: a.sourcing.or(old.sourcing),
        owner: a.owner.or(old.owner),
        other,
        ..a
    }
}

/// An application from its entry; what the register has no field for comes from the survey.
fn application(e: &Entry, force: String, told: Option<Application>) -> Application {
    let b = &e.body;
    let words = |field: &str| Some(b.text(field)).filter(|t| !t.is_empty()).map(str::to_owned);
    let told = told.unwrap_or_default();
    let ten = b
        .all("capabilities")
        .into_iter()
        .map(|c| c.strip_prefix(NATIONAL).and_then(|c| c.strip_prefix(':')).unwrap_or(c).to_owned());
    let (run_cost, change_cost) = costs(b, &told);
    let sourcing = match (b.yes("cots"), told.sourcing) {
        (Some(true), _) => Some(Sourcing::Cots),
        (Some(false), Some(Sourcing::Cots) | None) => Some(Sourcing::Bespoke),
        (_, told) => told,
    };
    let (product, version) = product(b, &told).unwrap_or_else(|| (words("product"), None));
    Application {
        code: e.code.clone(),
        force,
        name: e.title.clone(),
        supplier: words("supplier"),
        product,
        version,
        function: words("function"),
        capabilities: ten.chain(b.all("policing").into_iter().map(str::to_owned)).collect(),
        users: b.number("user_count").and_then(|n| u64::try_from(whole(n)).ok()),
        hosting: hosting(b.text("hosting")),
        run_cost,
        change_cost,
        contract_end: b.day("contract_ends"),
        legacy: b.yes("legacy"),
        sourcing,
        disposition: Disposition::of(b.text("disposition")).map(|what| SetDisposition {
            what,
            by: b.day("disposition_by"),
            reason: b.text("disposition_reason").to_owned(),
        }),
        ..told
    }
}

/// Product and version as the surveys told them. The register holds both in one line; none where somebody changed it, as
/// then nobody can say which part of it is which.
pub(super) fn product(b: &Body, told: &Application) -> Option<(Option<String>, Option<String>)> {
    let both = in_one_line(told.product.as_deref(), told.version.as_deref());
    (b.text("product") == both).then(|| (told.product.clone(), told.version.clone()))
}

/// Product and version as the register holds them.
pub(super) fn in_one_line(product: Option<&str>, version: Option<&str>) -> String {
    [product, version].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// To run and to change, in pence. The register holds whole pounds and a share; unless somebody changed it, the
/// survey's pence stand.
pub(super) fn costs(b: &Body, told: &Application) -> (Option<i64>, Option<i64>) {
    let Some(pounds) = b.money("cost_yearly") else { return (None, None) };
    let said = told.run_cost.unwrap_or(0).saturating_add(told.change_cost.unwrap_or(0));
    if (told.run_cost.is_some() || told.change_cost.is_some()) && (said + 50) / 100 == pounds {
        return (told.run_cost, told.change_cost);
    }
    let all = pounds.saturating_mul(100);
    match b.number("change_share") {
        Some(share) => {
            let change = whole(all as f64 * share / 100.0);
            (Some(all - change), Some(change))
        }
        None => (Some(all), None),
    }
}

/// The register's code of a way of hosting.
pub(super) fn hosting_code(hosting: Hosting) -> &'static str {
    match hosting {
        Hosting::Iaas => "public-iaas",
        Hosting::Paas => "public-paas",
        other => other.code(),
    }
}

fn hosting(code: &str) -> Hosting {
    Hosting::ALL.into_iter().find(|h| hosting_code(*h) == code).unwrap_or_default()
}

fn pattern(code: &str) -> Option<Pattern> {
    match code {
        "bus" => Some(Pattern::Message),
        "manual" => Some(Pattern::File),
        code => Pattern::ALL.into_iter().find(|p| p.code() == code),
    }
}

/// What somebody sets for an application.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disposing {
    /// The version of the entry that they saw.
    pub version: i64,
    /// `tolerate`, `invest`, `migrate` or `eliminate`.
    pub what: String,
    /// By when, YYYY-MM-DD; needed for migrate and eliminate.
    #[serde(default)]
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Sets what becomes of an application. A disposition is for a time: what moves or goes has a day.
///
/// # Errors
/// Not allowed; [`Error::Invalid`]; [`Error::NotFound`]; [`Error::Stale`] where somebody else has changed it since;
/// [`Error::Conflict`] where it was withdrawn.
pub fn set_disposition(cx: &mut Cx<'_>, code: &str, set: &Disposing) -> Result<()> {
    cx.allow(action::REGISTER_WRITE, None)?;
    Decider::of(cx.actor())?;
    let mut wrong = Vec::new();
    let mut say = |field: &str, code: &str, message: &str| {
        wrong.push(FieldError { field: field.into(), code: code.into(), message: message.into() });
    };
    let what = Disposition::of(&set.what);
    if what.is_none() {
        say("what", "unknown", "Choose tolerate, invest, migrate or eliminate");
    }
    let by = set.by.trim();
    let by: Option<Day> = match by {
        "" => None,
        text => text.parse().map_err(|_| say("by", "not-a-day", "Enter a day such as 2027-03-31")).ok(),
    };
    if set.by.trim().is_empty() && matches!(what, Some(Disposition::Migrate | Disposition::Eliminate)) {
        say("by", "required", "Enter the day by which it has moved or is switched off");
    }
    if set.reason.trim().is_empty() {
        say("reason", "required", "Enter why");
    } else if set.reason.chars().count() > 2000 {
        say("reason", "too-long", "Enter at most 2,000 characters");
    }
    let (Some(what), true) = (what, wrong.is_empty()) else { return Err(Error::Invalid(wrong)) };
    let held = entry::find(cx, &APPLICATION, code)?;
    if held.version != set.version {
        return Err(Error::Stale(format!("the application ‘{}’", held.title)));
    }
    if held.withdrawn {
        let reason = format!(
            "the application ‘{}’ was withdrawn, and nothing becomes of it: write it anew in the register first",
            held.title
        );
        return Err(Error::Conflict(reason));
    }
    let mut body = held.body.clone();
    body.set("disposition", json!(what.code()));
    body.set("disposition_reason", json!(set.reason.trim()));
    match by {
        Some(day) => body.set("disposition_by", json!(day.to_string())),
        None => body.unset("disposition_by"),
    }
    entry::update(cx, &APPLICATION, &held, &body, false, set.reason.trim())?;
    Ok(())
}

/// The models that were taken, the latest first.
///
/// # Errors
/// Not allowed; database errors.
pub fn models(cx: &mut Cx<'_>) -> Result<Vec<KeptModel>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let rows = cx.rows(
        "select m.survey_id, m.title, s.taken_at, m.elements, m.relationships, m.views from landscape_model m
         join landscape_survey s on s.id = m.survey_id order by s.taken_at desc, s.id",
        &[],
    )?;
    cx.record(Verb::Consult, "landscape-models", None, json!({ "models": rows.len() }))?;
    rows.iter()
        .map(|r| {
            Ok(KeptModel {
                id: r.get(0)?,
                title: r.get(1)?,
                at: r.get(2)?,
                elements: r.get(3)?,
                relationships: r.get(4)?,
                views: r.get(5)?,
            })
        })
        .collect()
}

/// A model that was taken, as a file that other tools open.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn model_text(cx: &mut Cx<'_>, id: Id) -> Result<String> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let row = cx.row("select body from landscape_model where survey_id = $1", &[id.into()])?;
    let row = row.ok_or_else(|| Error::NotFound("a model with that id".into()))?;
    cx.record(Verb::Consult, "landscape-model", Some(id), json!({}))?;
    row.get(0).map_err(Into::into)
}
