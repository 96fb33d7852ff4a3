//! When a report that was kept becomes public: somebody else than who made it lets it out, and it can be withdrawn.
//!
//! A summary shows no figure of fewer than ten people, but two summaries of nearly the same rows tell, by what differs,
//! of those who are in one and not in the other. So a report is held against all that were ever public, withdrawn ones
//! too: what was read cannot be made unread. Several reports of parts and one of the whole can tell the same, and
//! nothing here sees that.

use super::{
    counts::Measure,
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
    let said = match (other_people.map(str::trim).filter(|t| !t.is_empty()), beside.as_slice()) {
        (_, []) => None,
        (Some(why), _) => {
            let words = "Say in at most 2,000 characters why the rows are of other people";
            Some(text("other_people", &why.replace(['\n', '\r'], " "), 2_000, words)?)
        }
        (None, all) => {
            let titles: Vec<_> = all.iter().map(|r| format!("“{}”", r.title)).collect();
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
    let detail = json!({ "published": true, "alike": beside.len(), "other_people": said });
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

/// The reports that are or were public and are alike to this one: of the same file, or with a group of people who are
/// nearly the same.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn alike(cx: &mut Cx<'_>, id: Id) -> Result<Vec<SavedReport>> {
    cx.allow(action::ETHICS_VIEW, None)?;
    cx.record(Verb::Consult, "fairness-report", Some(id), json!({ "alike": true }))?;
    beside(cx, id)
}

fn beside(cx: &mut Cx<'_>, id: Id) -> Result<Vec<SavedReport>> {
    let (kept, mine) = body(cx, id, "public_body")?;
    let ids = cx.rows("select report_id from fairness_publication where report_id <> $1", &[id.into()])?;
    let mut found = Vec::new();
    for row in ids {
        let (other, theirs) = body(cx, row.get(0)?, "public_body")?;
        if other.file_digest == kept.file_digest || nearly_the_same(&mine, &theirs) {
            found.push(other);
        }
    }
    Ok(found)
}

/// Whether two summaries show a group of people who are nearly the same: every figure that both show of it, or of
/// everybody, is apart by fewer than ten, and one of them is apart at all. Groups are the same where their values are,
/// whatever their column is called.
fn nearly_the_same(a: &Report, b: &Report) -> bool {
    let groups = |r: &Report| -> Vec<Group> {
        let all = r.attributes.iter().flat_map(|a| a.groups.iter().cloned());
        all.chain(std::iter::once(r.overall.clone())).collect()
    };
    let theirs = groups(b);
    groups(a).iter().any(|one| {
        theirs
            .iter()
            .filter(|other| other.values == one.values)
            .any(|other| nearly_the_same_people(one, other))
    })
}

fn nearly_the_same_people(a: &Group, b: &Group) -> bool {
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
    apart.iter().any(|d| *d != 0.0) && apart.iter().all(|d| d.abs() < SMALL)
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
            None => Some(body(cx, about.id, "public_body")?.1),
        };
        found.push(Published { about, at: publication.at, withdrawn, report });
    }
    Ok(found)
}
