//! When a report that was kept becomes public: somebody else than who made it lets it out, and it can be withdrawn.
//!
//! A summary shows no figure of fewer than ten people, but two summaries of nearly the same rows tell, by what differs,
//! of those who are in one and not in the other. So a report is held against all that were ever public, withdrawn ones
//! too: what was read cannot be made unread. So can one of a whole and several of its parts, which are added up. Of parts
//! that overlap, or of a whole that was never published, nothing here sees it.

use super::{
    counts::{Counts, Measure},
    public::SMALL,
    report::{Figure, Group, Report},
    standing::{LIST, SavedReport, body, listed, text},
};
use bluelamp_model::{
    Decider, Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// That a report is, or was, public.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Publication {
    /// Since when.
    pub at: Time,
    /// By whom, by name.
    pub by: String,
    /// Why its rows are of other people than those of a report that is alike.
    pub other_people: Option<String>,
    /// Where it is public no longer.
    pub withdrawn: Option<Withdrawal>,
}

/// That a report is public no longer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Withdrawal {
    /// Since when.
    pub at: Time,
    /// By whom, by name.
    pub by: String,
    /// Why, for everybody to read.
    pub because: String,
}

/// A report as everybody may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// What it is about. Who made it is for staff.
    pub about: SavedReport,
    /// Since when it is public.
    pub at: Time,
    /// Since when and why it is no longer.
    pub withdrawn: Option<(Time, String)>,
    /// Its form for the public; none where it was withdrawn.
    pub report: Option<Report>,
}

/// The columns of [`LIST`] from the seventh on.
pub(super) fn of_row(row: &Row) -> Result<Option<Publication>> {
    let Some(at) = row.get::<Option<Time>>(7)? else { return Ok(None) };
    let withdrawn = match row.get::<Option<Time>>(10)? {
        Some(at) => Some(Withdrawal {
            at,
            by: row.get::<Option<String>>(11)?.unwrap_or_default(),
            because: row.get::<Option<String>>(12)?.unwrap_or_default(),
        }),
        None => None,
    };
    let by = row.get::<Option<String>>(8)?.unwrap_or_default();
    Ok(Some(Publication { at, by, other_people: row.get(9)?, withdrawn }))
}

/// Publishes the summary of a report. `other_people` says, where [`alike`] finds one, why the rows of the two are of
/// other people.
///
/// # Errors
/// [`Error::Invalid`] for who made it, and where a report is alike and nothing is said of it; [`Error::Conflict`] where
/// it was published before; [`Error::NotFound`]; not allowed.
pub fn publish(cx: &mut Cx<'_>, id: Id, other_people: Option<&str>) -> Result<()> {
    cx.allow(action::ETHICS_ADVISE, None)?;
    let by = Decider::of(cx.actor())?;
    let (kept, _) = body(cx, id, "public_body")?;
    if kept.published.is_some() {
        return Err(Error::Conflict("this report was published before".into()));
    }
    let maker = cx.row("select made_by from fairness_report where id = $1", &[id.into()])?;
    if maker.map(|r| r.get::<Id>(0)).transpose()? == Some(by.id()) {
        let words = "You made this report: somebody else has to publish it";
        return Err(Error::field("publish", "maker", words));
    }
    let beside = beside(cx, id)?;
    let said = match other_people.map(str::trim).filter(|t| !t.is_empty()) {
        _ if beside.is_free() => None,
        Some(why) => {
            let words = "Say in at most 2,000 characters why the rows are of other people";
            Some(text("other_people", &why.replace(['\n', '\r'], " "), 2_000, words)?)
        }
        None if beside.reports.is_empty() => {
            let words = format!(
                "More than {SUMMED} reports about this algorithm are or were public: whether some of them and this one make up another cannot be told. Say why its rows are of other people, or do not publish it"
            );
            return Err(Error::field("other_people", "many", words));
        }
        None => {
            let titles: Vec<_> = beside.reports.iter().map(|r| format!("“{}”", r.title)).collect();
            let words = format!(
                "This report and {} are alike: side by side they could tell of fewer than ten people. Say why their rows are of other people, or do not publish it",
                titles.join(", ")
            );
            return Err(Error::field("other_people", "alike", words));
        }
    };
    let now = cx.now();
    cx.exec(
        "insert into fairness_publication (report_id, published_at, published_by, other_people) values ($1, $2, $3, $4)",
        &[id.into(), now.into(), by.id().into(), said.clone().into()],
    )?;
    let detail = json!({ "published": true, "alike": beside.reports.len(), "other_people": said });
    cx.record(Verb::Decide, "fairness-report", Some(id), detail)
}

/// Takes a report back. That it was public, and why it is no longer, stays to be read; it is not published again.
///
/// # Errors
/// [`Error::Invalid`] without a reason; [`Error::Conflict`] where it is not public; [`Error::NotFound`]; not allowed.
pub fn withdraw(cx: &mut Cx<'_>, id: Id, because: &str) -> Result<()> {
    cx.allow(action::ETHICS_ADVISE, None)?;
    let by = Decider::of(cx.actor())?;
    let (kept, _) = body(cx, id, "public_body")?;
    if kept.published.is_none_or(|p| p.withdrawn.is_some()) {
        return Err(Error::Conflict("this report is not public".into()));
    }
    let words = "Say why it is withdrawn, in words that everybody may read";
    let because = text("because", &because.replace(['\n', '\r'], " "), 2_000, words)?;
    let now = cx.now();
    cx.exec(
        "update fairness_publication set withdrawn_at = $2, withdrawn_by = $3, withdrawn_because = $4 where report_id = $1",
        &[id.into(), now.into(), by.id().into(), because.clone().into()],
    )?;
    cx.record(Verb::Decide, "fairness-report", Some(id), json!({ "withdrawn": because }))
}

/// What stands beside a report before it is published.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    /// The reports that are or were public and are alike to it.
    pub reports: Vec<SavedReport>,
    /// Whether too many are public to tell whether some of them and this one make up another.
    pub too_many: bool,
}

impl Beside {
    /// Whether there is nothing to be said before it is published.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.reports.is_empty() && !self.too_many
    }
}

/// So many reports about an algorithm are added up in all ways.
const SUMMED: usize = 12;

/// The reports that are or were public and are alike to this one: of the same file or the same rows, with a group of people
/// who are nearly the same, or parts or wholes of one another.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn alike(cx: &mut Cx<'_>, id: Id) -> Result<Beside> {
    cx.allow(action::ETHICS_VIEW, None)?;
    cx.record(Verb::Consult, "fairness-report", Some(id), json!({ "alike": true }))?;
    beside(cx, id)
}

fn beside(cx: &mut Cx<'_>, id: Id) -> Result<Beside> {
    let (kept, mine) = body(cx, id, "public_body")?;
    let rows = cx.row("select rows_digest from fairness_report where id = $1", &[id.into()])?;
    let rows = rows.map(|r| r.get::<Option<String>>(0)).transpose()?.flatten();
    let ids = cx.rows(
        "select p.report_id, f.rows_digest from fairness_publication p join fairness_report f on f.id = p.report_id
         where p.report_id <> $1",
        &[id.into()],
    )?;
    let (mut found, mut of_algorithm) = (Beside::default(), Vec::new());
    for row in ids {
        let (other, theirs) = body(cx, row.get(0)?, "public_body")?;
        let same_rows = rows.is_some() && row.get::<Option<String>>(1)? == rows;
        if same_rows || other.file_digest == kept.file_digest || nearly_the_same(&mine, &theirs) {
            found.reports.push(other.clone());
        }
        if other.algorithm == kept.algorithm {
            of_algorithm.push((other, theirs));
        }
    }
    found.too_many = of_algorithm.len() > SUMMED;
    if !found.too_many {
        let reports: Vec<&Report> = of_algorithm.iter().map(|(_, r)| r).collect();
        let added = sums(&mine, &reports);
        for (other, _) in of_algorithm.iter().enumerate().filter(|(n, _)| added.contains(n)).map(|(_, o)| o) {
            if !found.reports.contains(other) {
                found.reports.push(other.clone());
            }
        }
    }
    Ok(found)
}

/// Whether two summaries show people who are nearly the same. Everybody of both are that where every figure that both show
/// is apart by fewer than ten: where none is, they are the same people under other groups. So are everybody of one and a
/// group of the other. A group of both, whatever its column is called, has to be apart somewhere as well: a group that is
/// the same twice tells nothing.
fn nearly_the_same(a: &Report, b: &Report) -> bool {
    let groups =
        |r: &Report| -> Vec<Group> { r.attributes.iter().flat_map(|a| a.groups.iter().cloned()).collect() };
    let (mine, theirs) = (groups(a), groups(b));
    let near = |one: &Group, other: &Group| apart(one, other).iter().all(|d| d.abs() < SMALL);
    let known = |one: &Group, other: &Group, figures| apart(one, other).len() >= figures && near(one, other);
    // How many people alone happens to be near too often.
    let is_part = |whole: &Group, groups: &[Group]| groups.iter().any(|g| known(whole, g, 2));
    known(&a.overall, &b.overall, 1)
        || is_part(&a.overall, &theirs)
        || is_part(&b.overall, &mine)
        || mine.iter().any(|one| {
            theirs
                .iter()
                .filter(|other| other.values == one.values)
                .any(|other| near(one, other) && apart(one, other).iter().any(|d| *d != 0.0))
        })
}

/// People, those for whom it came about, those who were proposed, and the four cells: what can be added up, as far as it is
/// shown.
type Totals = [Option<f64>; 7];

fn totals(group: &Group) -> Totals {
    let hits = |measure: Measure| {
        let figure = group.rates.iter().find(|r| r.measure == measure)?;
        Some((figure.value? * figure.of?).round())
    };
    let cell = |of: fn(&Counts) -> f64| group.rows.as_ref().map(of);
    [
        group.n.map(|n| n as f64),
        hits(Measure::BaseRate),
        hits(Measure::SelectionRate),
        cell(|c| c.tp),
        cell(|c| c.fp),
        cell(|c| c.missed),
        cell(|c| c.tn),
    ]
}

/// What is left of a whole without a part, as far as both are known.
fn less(whole: &Totals, part: &Totals) -> Totals {
    std::array::from_fn(|n| Some(whole[n]? - part[n]?))
}

/// Which of the others make up a report together, or make up one of them together with it: nearly all of everybody, or of a
/// group of one column.
fn sums(mine: &Report, others: &[&Report]) -> BTreeSet<usize> {
    let groups = |r: &Report| -> BTreeMap<Vec<String>, Totals> {
        let singles = r.attributes.iter().filter(|a| a.columns.len() == 1);
        // Of a group all four cells: how many people alone happens to be near too often.
        let shown = singles.flat_map(|a| &a.groups).filter(|g| g.rows.is_some());
        let all = shown.map(|g| (g.values.clone(), totals(g)));
        all.chain(std::iter::once((Vec::new(), totals(&r.overall)))).collect()
    };
    let theirs: Vec<_> = others.iter().map(|r| groups(r)).collect();
    let mut found = BTreeSet::new();
    for (values, mine) in groups(mine) {
        let parts: Vec<(usize, Totals)> =
            theirs.iter().enumerate().filter_map(|(n, g)| Some((n, *g.get(&values)?))).collect();
        let mut chosen = Vec::new();
        if comes_to(mine, &parts, 2, &mut chosen) {
            found.extend(&chosen);
        }
        for (whole, of) in &parts {
            let rest: Vec<_> = parts.iter().filter(|(n, _)| n != whole).copied().collect();
            chosen.clear();
            if comes_to(less(of, &mine), &rest, 1, &mut chosen) {
                found.extend(chosen.iter().chain(std::iter::once(whole)));
            }
        }
    }
    found
}

/// Whether some of these parts, at least so many, come to what is left, but for fewer than ten; and which.
fn comes_to(left: Totals, parts: &[(usize, Totals)], least: usize, chosen: &mut Vec<usize>) -> bool {
    if chosen.len() >= least && left[0].is_some() && left.iter().flatten().all(|d| d.abs() < SMALL) {
        return true;
    }
    for (n, (place, part)) in parts.iter().enumerate() {
        let next = less(&left, part);
        if next[0].is_none_or(|people| people <= -SMALL) {
            continue;
        }
        chosen.push(*place);
        if comes_to(next, &parts[n + 1..], least, chosen) {
            return true;
        }
        chosen.pop();
    }
    false
}

/// By how much two groups are apart in each figure that both show.
fn apart(a: &Group, b: &Group) -> Vec<f64> {
    let mut apart: Vec<f64> = Vec::new();
    apart.extend(a.n.zip(b.n).map(|(a, b)| a as f64 - b as f64));
    if let Some((a, b)) = a.rows.zip(b.rows) {
        apart.extend([a.tp - b.tp, a.fp - b.fp, a.missed - b.missed, a.tn - b.tn]);
    }
    for (one, other) in
        // The share of all that was proposed is a share of others too.
        a
            .rates
            .iter()
            .filter(|r| r.measure != Measure::ShareOfProposed)
            .filter_map(|one| Some((one, b.rates.iter().find(|r| r.measure == one.measure)?)))
    {
        let hits = |f: &Figure| f.value.zip(f.of).map(|(value, of)| (value * of).round());
        apart.extend(one.of.zip(other.of).map(|(a, b)| a - b));
        apart.extend(hits(one).zip(hits(other)).map(|(a, b)| a - b));
    }
    apart
}

/// The reports that are or were public, the latest first; with an id only that one.
///
/// # Errors
/// Not allowed; [`Error::NotFound`] for an id of none.
pub fn public_reports(cx: &mut Cx<'_>, only: Option<Id>) -> Result<Vec<Published>> {
    cx.allow(action::ALGORITHM_READ, None)?;
    cx.record(Verb::Consult, "fairness-report", only, json!({ "public": true }))?;
    let sql = format!("{LIST} where p.published_at is not null");
    let rows = match only {
        Some(id) => cx.rows(&format!("{sql} and f.id = $1"), &[id.into()])?,
        None => cx.rows(&format!("{sql} order by p.published_at desc, f.id desc limit 200"), &[])?,
    };
    if only.is_some() && rows.is_empty() {
        return Err(Error::NotFound("that fairness report".into()));
    }
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let about = listed(row)?;
        let Some(publication) = about.published.clone() else { continue };
        let withdrawn = publication.withdrawn.map(|w| (w.at, w.because));
        let report = match withdrawn {
            Some(_) => None,
            // What was stored when drawn intervals were still a part of it is shown without them.
            None => Some(body(cx, about.id, "public_body")?.1.public()),
        };
        found.push(Published { about, at: publication.at, withdrawn, report });
    }
    Ok(found)
}
