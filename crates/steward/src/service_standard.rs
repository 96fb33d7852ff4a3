//! The Service Standard: for each service the fourteen points, how each stands, shown by what, and what is missing.
//!
//! What nobody has assessed is told apart from what is not met yet, and there is no mark for the whole.

use crate::{
    calendar::{day_of, plus_months},
    entry::{self, Entry},
    registers::{
        portfolio::ITEM,
        standards::{POINT, POINTS, RESEARCH},
    },
};
use bluelamp_model::{
    Day, Error, Fault, Faults, Id, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// A service as a file tells of it, with the evidence for each point.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The service as an item of the portfolio.
    pub service: Service,
    /// The fourteen points.
    pub point: Vec<Point>,
}

/// The service of such a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The item's code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What it is and for whom.
    pub summary: String,
    /// Who answers for it.
    pub owner: String,
    /// When the points were judged.
    pub judged: Day,
}

/// A point of such a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Its number, from 1 to 14.
    pub number: u8,
    /// In a sentence.
    pub says: String,
    /// How it stands: `shown`, `partly`, `not-yet`.
    pub stands: String,
    /// Evidence: `page: /report`, `test: path#name`, `doc: path`.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// What is missing; needed where it is not shown.
    #[serde(default)]
    pub missing: String,
}

impl Told {
    /// Reads such a file.
    ///
    /// # Errors
    /// Its faults: what it cannot be read as, a point that is missing or stands twice, and one that is not shown and does
    /// not say what is missing.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let read: Self = toml::from_str(text).map_err(|e| {
            let fault = Fault::new(file, e.message());
            Faults::from(match e.span() {
                Some(span) => {
                    let before = text.get(..span.start).unwrap_or_default();
                    fault.at_line(before.matches('\n').count() as u64 + 1)
                }
                None => fault,
            })
        })?;
        let mut faults = Faults::default();
        let mut say = |reason: String| faults.0.push(Fault::new(file, reason).in_field("point"));
        for (number, label) in POINTS {
            match read.point.iter().filter(|p| p.number.to_string() == *number).count() {
                0 => say(format!("nothing is said of point {label}")),
                1 => {}
                n => say(format!("point {label} stands {n} times")),
            }
        }
        for p in &read.point {
            if p.stands == "shown" && p.evidence.is_empty() {
                say(format!("point {} is shown by nothing", p.number));
            }
            if p.stands != "shown" && p.missing.trim().is_empty() {
                say(format!("point {} does not say what is missing", p.number));
            }
            if !(1..=14).contains(&p.number) {
                say(format!("there is no point {}", p.number));
            }
        }
        faults.or(read)
    }
}

/// A point of a service.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointView {
    /// Its number.
    pub number: &'static str,
    /// Its short name, with the number.
    pub title: &'static str,
    /// How it stands: `shown`, `partly`, `not-yet`, `not-assessed`.
    pub stands: String,
    /// In a sentence; empty where nobody has assessed it.
    pub says: String,
    /// Evidence, each a line.
    pub evidence: Vec<String>,
    /// What is missing.
    pub missing: String,
    /// When it was judged.
    pub judged: Option<Day>,
    /// Whether that is more than a year ago: somebody should look again.
    pub aged: bool,
    /// The entry of the register; empty where there is none.
    pub entry: String,
}

/// How many points stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Shown by evidence.
    pub shown: usize,
    /// Partly.
    pub partly: usize,
    /// Not yet.
    pub not_yet: usize,
    /// Not assessed.
    pub not_assessed: usize,
}

/// A service in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// The item's code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// The organisation's code.
    pub organisation: String,
    /// How many points stand how.
    pub coverage: Coverage,
}

/// A service with its points.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceView {
    /// The item's code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub summary: String,
    /// How many points stand how.
    pub coverage: Coverage,
    /// The fourteen points.
    pub points: Vec<PointView>,
    /// Rounds of user research, the latest first; none for the public.
    pub research: Vec<Entry>,
}

/// The points of a service out of all entries: where a point was judged more than once, the latest counts.
#[must_use]
pub fn points(service: &str, entries: &[Entry], today: Day) -> Vec<PointView> {
    let of = |number: &str| {
        let mine = entries
            .iter()
            .filter(|e| !e.withdrawn && e.body.text("service") == service && e.body.text("point") == number);
        mine.max_by(|a, b| {
            let key = |e: &Entry| (e.body.day("judged"), e.changed_at);
            key(a).cmp(&key(b)).then_with(|| a.code.cmp(&b.code))
        })
    };
    let view = |(number, title): &(&'static str, &'static str)| match of(number) {
        Some(e) => PointView {
            number,
            title,
            stands: e.body.text("stands").into(),
            says: e.title.clone(),
            evidence: e.body.all("evidence").into_iter().map(str::to_owned).collect(),
            missing: e.body.text("missing").into(),
            judged: e.body.day("judged"),
            aged: e.body.day("judged").is_some_and(|day| plus_months(day, 12) < today),
            entry: e.code.clone(),
        },
        None => PointView {
            number,
            title,
            stands: "not-assessed".into(),
            says: String::new(),
            evidence: Vec::new(),
            missing: String::new(),
            judged: None,
            aged: false,
            entry: String::new(),
        },
    };
    POINTS.iter().map(view).collect()
}

/// Counts how points stand.
#[must_use]
pub fn coverage(points: &[PointView]) -> Coverage {
    let mut sum = Coverage::default();
    for p in points {
        match p.stands.as_str() {
            "shown" => sum.shown += 1,
            "partly" => sum.partly += 1,
            "not-yet" => sum.not_yet += 1,
            _ => sum.not_assessed += 1,
        }
    }
    sum
}

/// Every service, and every other item of which a point was assessed, by title.
///
/// # Errors
/// Not allowed; database errors.
pub fn services(cx: &mut Cx<'_>) -> Result<Vec<Line>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let (entries, today) = (entry::held(cx, POINT.code)?, day_of(cx.now()));
    let assessed: BTreeSet<&str> =
        entries.iter().filter(|e| !e.withdrawn).map(|e| e.body.text("service")).collect();
    let items = entry::held(cx, ITEM.code)?;
    let wanted =
        |e: &&Entry| !e.withdrawn && (e.body.text("kind") == "service" || assessed.contains(e.code.as_str()));
    let line = |e: &Entry| Line {
        code: e.code.clone(),
        title: e.title.clone(),
        organisation: e.organisation.clone(),
        coverage: coverage(&points(&e.code, &entries, today)),
    };
    let all: Vec<Line> = items.iter().filter(wanted).map(line).collect();
    cx.record(Verb::Consult, "services", None, json!({ "services": all.len() }))?;
    Ok(all)
}

/// One service with its points and the research with its users.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn service(cx: &mut Cx<'_>, code: &str) -> Result<ServiceView> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let mut view = view(cx, code)?;
    let mut research = entry::held(cx, RESEARCH.code)?;
    research.retain(|e| !e.withdrawn && e.body.text("service") == code);
    research.sort_by_key(|e| std::cmp::Reverse(e.body.day("on")));
    view.research = research;
    Ok(view)
}

/// One service with its points, for everybody: only the platform itself is published.
///
/// # Errors
/// Not allowed; [`Error::NotFound`] where the platform was never taken up.
pub fn published(cx: &mut Cx<'_>) -> Result<ServiceView> {
    cx.allow(action::PROGRAMME_READ, None)?;
    view(cx, PLATFORM)
}

/// The code of the platform itself.
pub const PLATFORM: &str = "bluelamp";

fn view(cx: &mut Cx<'_>, code: &str) -> Result<ServiceView> {
    let item = entry::find(cx, &ITEM, code)?;
    let points = points(code, &entry::held(cx, POINT.code)?, day_of(cx.now()));
    cx.record(Verb::Consult, "service", Some(item.id), json!({ "service": code }))?;
    Ok(ServiceView {
        code: item.code,
        title: item.title,
        summary: item.body.text("summary").into(),
        coverage: coverage(&points),
        points,
        research: Vec::new(),
    })
}

/// Takes up what a file says of a service: the item where it is not there, and each point that no person has written. Gives
/// how many entries are new and how many changed.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] for what the registers do not take.
pub fn take_up(cx: &mut Cx<'_>, told: &Told) -> Result<(usize, usize)> {
    cx.allow(action::STRATEGY_IMPORT, None)?;
    let service = &told.service;
    let (mut new, mut changed) = (0, 0);
    if matches!(entry::find(cx, &ITEM, &service.code), Err(Error::NotFound(_))) {
        let body = ITEM
            .read_json(&json!({
                "title": service.title, "kind": "service", "summary": service.summary, "owner": service.owner,
                "stage": "delivery", "status": "on-track",
            }))
            .map_err(Error::Invalid)?;
        entry::insert(cx, &ITEM, &service.code, &body, "Came with the product")?;
        new += 1;
    }
    let written = by_people(cx)?;
    for p in &told.point {
        let code = format!("{}-point-{:02}", service.code, p.number);
        if written.contains(&code) {
            continue;
        }
        let body = POINT
            .read_json(&json!({
                "title": p.says, "service": service.code, "point": p.number.to_string(), "stands": p.stands,
                "evidence": p.evidence, "missing": p.missing, "judged": service.judged,
            }))
            .map_err(Error::Invalid)?;
        match entry::find(cx, &POINT, &code) {
            Ok(held) if held.body == body => {}
            Ok(held) => {
                entry::update(cx, &POINT, &held, &body, held.withdrawn, "Came with the product")?;
                changed += 1;
            }
            Err(Error::NotFound(_)) => {
                entry::insert(cx, &POINT, &code, &body, "Came with the product")?;
                new += 1;
            }
            Err(e) => return Err(e),
        }
    }
    cx.record(
        Verb::Alter,
        "service",
        None,
        json!({ "service": service.code, "new": new, "changed": changed }),
    )?;
    Ok((new, changed))
}

/// Points that a person has written: what comes with the product does not touch them.
fn by_people(cx: &mut Cx<'_>) -> Result<BTreeSet<String>> {
    let rows = cx.rows("select code, changed_by from entry where register = $1", &[POINT.code.into()])?;
    let mut all = BTreeMap::new();
    for row in &rows {
        all.insert(row.get::<String>(0)?, row.get::<Option<Id>>(1)?);
    }
    Ok(all.into_iter().filter(|(_, by)| by.is_some()).map(|(code, _)| code).collect())
}
