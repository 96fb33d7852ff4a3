//! What is known of a definition in use: what it makes of stored snapshots beside the version in force, how people
//! decided beside what was proposed, and how groups of people fare. Counts of reports, never of a person.

use crate::Shelf;
use bluelamp_model::{
    Error, Id, Record, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use bluelamp_triage::{Definition, Observations, Regrade, Regrading, Snapshot, Status};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// What is known of a version when it is asked to go live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// When it was counted.
    pub at: Time,
    /// How many of its own cases it got right: all of them.
    pub cases: u64,
    /// The stored snapshots of which it knows anything, under the version in force and under this one.
    pub regrade: Regrade,
    /// Snapshots of which it knows nothing; they are not in the matrix.
    pub not_concerned: u64,
    /// The grades that people gave, beside what this version proposes for the same facts.
    pub agreement: Agreement,
    /// How groups fare under it.
    pub groups: Vec<Group>,
}

/// How people decided beside a proposal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Reports with a grade that a person gave.
    pub decided: u64,
    /// The grade is the floor.
    pub agreed: u64,
    /// The grade is above the floor.
    pub raised: u64,
    /// Of those, the grade is above the ceiling too: the definition could not have come to it.
    pub missed: u64,
    /// The grade is below the floor.
    pub lowered: u64,
}

/// How the reports of one group fare. The smallest groups are named without their counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What they have in common: `Age`, `Sex`, `Ethnicity`.
    pub characteristic: String,
    /// The group, in words.
    pub group: String,
    /// Reports; none where they are fewer than [`FEWEST`].
    pub reports: Option<u64>,
    /// Of these, those with the highest grade for a floor.
    pub top: u64,
    /// Of these, those that are open.
    pub open: u64,
    /// Of these, those that a person graded above the floor.
    pub raised: u64,
    /// Of these, those that a person graded below the floor.
    pub lowered: u64,
}

/// A group of fewer reports is not counted out: its members could be known by it.
pub const FEWEST: u64 = 5;

/// The latest so many reports are looked at.
const LOOKED_AT: u32 = 20_000;
/// Read so many at once.
const PAGE: u32 = 500;
/// So many reports are named in a cell of the matrix.
const EXAMPLES: usize = 5;

/// Counts for a version over the latest stored snapshots. For a room that has asked the policy.
pub(crate) fn of(cx: &mut Cx<'_>, shelf: &Shelf, definition: &Definition) -> Result<Figures> {
    let in_use = shelf.in_use(cx)?;
    let in_force =
        in_use.iter().find(|u| u.status == Status::Live && u.definition.header.id == definition.header.id);
    let mut regrading = Regrading::new(in_force.map(|u| &*u.definition), definition, EXAMPLES);
    let (mut not_concerned, mut agreement) = (0, Agreement::default());
    let mut groups: BTreeMap<(&'static str, String), Group> = BTreeMap::new();
    let (mut seen, mut before) = (0, Id::from_bytes([0xff; 16]));
    while seen < LOOKED_AT {
        let rows = cx.rows(
            "select r.id, r.reference, r.grade, r.definition, a.made_at, a.facts from report r
             join assessment_run a on a.id = (select l.id from assessment_run l where l.report_id = r.id
                                              order by l.made_at desc, l.id desc limit 1)
             where r.id < $1 order by r.id desc limit $2",
            &[before.into(), PAGE.into()],
        )?;
        let Some(last) = rows.last() else { break };
        before = last.get(0)?;
        seen += PAGE;
        for row in &rows {
            let (id, reference): (Id, String) = (row.get(0)?, row.get(1)?);
            let (grade, leads): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
            let made_at: Time = row.get(4)?;
            let facts = serde_json::from_str::<Observations>(&row.get::<String>(5)?);
            let Ok(facts) = facts else {
                regrading.unreadable(&reference);
                continue;
            };
            let leads = leads.as_deref() == Some(definition.header.id.as_str());
            if !leads && !facts.0.keys().any(|name| definition.fact(name).is_some()) {
                not_concerned += 1;
                continue;
            }
            let known = definition.known_part_told(&facts);
            regrading.add(&reference, &Snapshot::Told(facts, Some(made_at)));
            if !leads {
                continue;
            }
            let evaluation =
                definition.facts_at(&known, Some(made_at)).and_then(|facts| definition.evaluate(&facts));
            let Ok(e) = evaluation else { continue };
            let given = grade.and_then(|g| definition.header.grades.iter().position(|known| known.name == g));
            let against = given.map(|given| (Some(given).cmp(&e.floor), Some(given) > e.ceiling));
            if let Some((against, missed)) = against {
                agreement.decided += 1;
                agreement.missed += u64::from(missed);
                *match against {
                    std::cmp::Ordering::Less => &mut agreement.lowered,
                    std::cmp::Ordering::Equal => &mut agreement.agreed,
                    std::cmp::Ordering::Greater => &mut agreement.raised,
                } += 1;
            }
            let top = e.floor == definition.header.grades.len().checked_sub(1);
            for (characteristic, group) in groups_of(cx, id, made_at)? {
                let found = groups.entry((characteristic, group.clone())).or_insert_with(|| Group {
                    characteristic: characteristic.into(),
                    group,
                    reports: Some(0),
                    top: 0,
                    open: 0,
                    raised: 0,
                    lowered: 0,
                });
                found.reports = found.reports.map(|n| n + 1);
                found.top += u64::from(top);
                found.open += u64::from(!e.settled());
                found.raised += u64::from(against.is_some_and(|(a, _)| a.is_gt()));
                found.lowered += u64::from(against.is_some_and(|(a, _)| a.is_lt()));
            }
        }
    }
    Ok(Figures {
        at: cx.now(),
        cases: definition.cases.len() as u64,
        regrade: regrading.finish(),
        not_concerned,
        agreement,
        groups: groups.into_values().map(without_the_smallest).collect(),
    })
}

fn without_the_smallest(group: Group) -> Group {
    if group.reports >= Some(FEWEST) {
        return group;
    }
    Group { reports: None, top: 0, open: 0, raised: 0, lowered: 0, ..group }
}

/// The groups to which the person whom a report concerns belongs: its victim, or else who sent it. What is not held is
/// a group of its own.
fn groups_of(cx: &mut Cx<'_>, report: Id, at: Time) -> Result<Vec<(&'static str, String)>> {
    let rows = cx.rows(
        "select rec.body from report_record rr join record rec on rec.id = rr.record_id
         where rr.report_id = $1 and rec.kind = 'person' and rr.role in ('victim', 'reporter')
         order by rr.role desc, rr.record_id limit 1",
        &[report.into()],
    )?;
    let record = rows.first().map(|row| row.get::<String>(0)).transpose()?;
    let record: Option<Record> = record
        .map(|body| serde_json::from_str(&body))
        .transpose()
        .map_err(|e| Error::Bug(format!("a stored record cannot be read: {e}")))?;
    let text = |property: &str| record.as_ref().and_then(|r| r.text(property)).map(str::to_owned);
    let not_held = || "Not held".to_owned();
    let age = text("date_of_birth").and_then(|born| age_band(&born, &at.day()));
    let sex = text("sex").map(|code| match code.as_str() {
        "SEX_0003" | "SEX_0004" => not_held(),
        "SEX_0001" => "Male".into(),
        "SEX_0002" => "Female".into(),
        _ => "Another".to_owned(),
    });
    Ok(vec![
        ("Age", age.unwrap_or_else(not_held)),
        ("Ethnicity", text("ethnicity_self_defined").unwrap_or_else(not_held)),
        ("Sex", sex.unwrap_or_else(not_held)),
    ])
}

/// The age on a day, in bands that are wide enough not to point at a person.
fn age_band(born: &str, today: &str) -> Option<String> {
    let parts = |day: &str| {
        let mut parts = day.splitn(3, '-').map(str::parse::<i32>);
        Some((parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?))
    };
    let ((y, m, d), (year, month, day)) = (parts(born)?, parts(today)?);
    let age = year - y - i32::from((month, day) < (m, d));
    let band = match age {
        i32::MIN..0 => return None,
        0..18 => "Under 18",
        18..35 => "18 to 34",
        35..60 => "35 to 59",
        _ => "60 and over",
    };
    Some(band.into())
}

/// What can be asked of the figures about decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// From this moment.
    pub from: Time,
    /// To this moment.
    pub to: Time,
}

/// The quality of the decisions on one definition's proposals.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Quality {
    /// The definition; empty for reports of which nothing was proposed.
    pub definition: String,
    /// First decisions on a report.
    pub decisions: u64,
    /// Of these, as proposed.
    pub agreed: u64,
    /// Above the floor.
    pub raised: u64,
    /// Below the floor.
    pub lowered: u64,
    /// Decided while questions were open that could have raised the grade.
    pub open: u64,
    /// The middle of the minutes from the report to its first decision.
    pub median_minutes: Option<i64>,
    /// The minutes within which nine of ten were decided.
    pub ninth_minutes: Option<i64>,
    /// Why grades were below the floor, by code.
    pub lower_codes: BTreeMap<String, u64>,
    /// Reviews that came due.
    pub reviews: u64,
    /// Of these, done by their time.
    pub in_time: u64,
    /// Of these, still waiting.
    pub overdue: u64,
    /// The middle of the minutes by which reviews were late; none were late where it is 0.
    pub median_lag_minutes: Option<i64>,
}

/// The quality of decisions in a period, by definition, at most fifty thousand of each sort.
///
/// # Errors
/// Not allowed; database errors.
pub fn quality(cx: &mut Cx<'_>, period: Period) -> Result<Vec<Quality>> {
    cx.allow(action::QUALITY_VIEW, None)?;
    let mut all: BTreeMap<String, (Quality, Vec<i64>, Vec<i64>)> = BTreeMap::new();
    let decided = cx.rows(
        "select coalesce(d.definition, ''), d.stance, d.floor, d.ceiling, d.lower_code, d.decided_at, r.received_at
         from decision d join report r on r.id = d.report_id
         where d.kind = 'report' and d.outcome <> 'ask-more' and d.decided_at >= $1 and d.decided_at < $2
         order by d.decided_at desc limit 50000",
        &[period.from.into(), period.to.into()],
    )?;
    let minutes = |from: Time, to: Time| (to.micros() - from.micros()).max(0) / 60_000_000;
    for row in &decided {
        let definition: String = row.get(0)?;
        let (q, took, _) = all.entry(definition).or_default();
        q.decisions += 1;
        match row.get::<Option<String>>(1)?.as_deref() {
            Some("agreed") => q.agreed += 1,
            Some("raised") => q.raised += 1,
            Some("lowered") => q.lowered += 1,
            _ => {}
        }
        let (floor, ceiling): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
        q.open += u64::from(floor != ceiling);
        if let Some(code) = row.get::<Option<String>>(4)? {
            *q.lower_codes.entry(code).or_default() += 1;
        }
        took.push(minutes(row.get(6)?, row.get(5)?));
    }
    let now = cx.now();
    let reviews = cx.rows(
        "select coalesce(r.definition, ''), v.due_at, v.done_at from review v join report r on r.id = v.report_id
         where v.due_at >= $1 and v.due_at < $2 order by v.due_at desc limit 50000",
        &[period.from.into(), period.to.into()],
    )?;
    for row in &reviews {
        let (definition, due, done): (String, Time, Option<Time>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (q, _, lag) = all.entry(definition).or_default();
        q.reviews += 1;
        match done {
            Some(at) if at <= due => q.in_time += 1,
            None if due > now => q.reviews -= 1,
            None => q.overdue += 1,
            Some(_) => {}
        }
        if due <= now {
            lag.push(minutes(due, done.unwrap_or(now)));
        }
    }
    let counted = json!({ "decisions": decided.len(), "reviews": reviews.len() });
    cx.record(Verb::Consult, "quality", None, counted)?;
    Ok(all
        .into_iter()
        .map(|(definition, (q, mut took, mut lag))| {
            took.sort_unstable();
            lag.sort_unstable();
            Quality {
                definition,
                median_minutes: at_share(&took, 1, 2),
                ninth_minutes: at_share(&took, 9, 10),
                median_lag_minutes: at_share(&lag, 1, 2),
                ..q
            }
        })
        .collect())
}

/// The value at a share of the way through, by the nearest rank.
fn at_share(sorted: &[i64], numerator: usize, denominator: usize) -> Option<i64> {
    let rank = (sorted.len() * numerator).div_ceil(denominator).max(1);
    sorted.get(rank - 1).copied()
}

/// A 95 % interval for a share by Wilson's method (E. B. Wilson, 1927), as two numbers from 0 to 1: what a small
/// number of reports can say and no more.
#[must_use]
pub fn wilson(hits: u64, of: u64) -> Option<(f64, f64)> {
    if of == 0 {
        return None;
    }
    let (z, n) = (1.959_963_985, of as f64);
    let p = hits as f64 / n;
    let middle = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    Some((((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilsons_interval_is_that_of_the_textbook() {
        // Newcombe 1998, table I: 81 of 263, and 0 of 20.
        let (low, high) = wilson(81, 263).unwrap();
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5, "{low} {high}");
        let (low, high) = wilson(0, 20).unwrap();
        assert!(low.abs() < 1e-9 && (high - 0.1611).abs() < 5e-5, "{low} {high}");
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn ages_are_told_in_bands_by_the_birthday() {
        let band = |born: &str| age_band(born, "2026-11-29");
        assert_eq!(band("2008-11-29").as_deref(), Some("18 to 34"));
        assert_eq!(band("2008-11-30").as_deref(), Some("Under 18"));
        assert_eq!(band("1966-11-29").as_deref(), Some("60 and over"));
        assert_eq!(band("2027-01-01"), None);
        assert_eq!(band("long ago"), None);
    }

    #[test]
    fn the_smallest_groups_are_not_counted_out() {
        let group = |reports| Group {
            characteristic: "Age".into(),
            group: "Under 18".into(),
            reports: Some(reports),
            top: 2,
            open: 1,
            raised: 0,
            lowered: 0,
        };
        let small = without_the_smallest(group(4));
        assert_eq!((small.reports, small.top, small.open), (None, 0, 0));
        assert_eq!(without_the_smallest(group(5)), group(5));
    }

    #[test]
    fn the_middle_is_the_nearest_rank() {
        assert_eq!(at_share(&[], 1, 2), None);
        assert_eq!(at_share(&[3], 9, 10), Some(3));
        assert_eq!(at_share(&[1, 2, 3, 4], 1, 2), Some(2));
        assert_eq!(at_share(&(1..=10).collect::<Vec<_>>(), 9, 10), Some(9));
    }
}
