//! What is published about complaints: counts, and none from which a single complaint could be told.

use super::review::{Finding, Outcome};
use bluelamp_model::{
    Day, Error, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::Serialize;
use serde_json::json;

/// Fewer than this, but not none, are not told.
const SMALL: u64 = 10;

/// A count with its name; no number where it is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// What is counted.
    pub what: String,
    /// How many; none where that would tell of few.
    pub n: Option<u64>,
}

/// What is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublicFigures {
    /// From when: 1 April.
    pub from: Time,
    /// Up to when: the last second of 31 March of the last financial year that is over. Everything is told as it stood then.
    pub to: Time,
    /// Complaints that came in.
    pub received: Option<u64>,
    /// How they were acknowledged: in time, late, not yet and still in time, not yet and overdue.
    pub acknowledged: Vec<Counted>,
    /// What was found of those that were answered in the year, whenever they came in: upheld, partly, not.
    pub findings: Vec<Counted>,
    /// What is done about those that were answered in the year. One complaint can have several.
    pub outcomes: Vec<Counted>,
    /// Notices to recipients whose acknowledgement is overdue now. Told as it is: it counts organisations that were told,
    /// not people.
    pub overdue_notices: u64,
}

/// What was complained about an algorithm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AboutAlgorithm {
    /// Complaints that name it.
    pub received: u64,
    /// Of these, answered ones that were upheld, wholly or in part.
    pub upheld: u64,
}

impl AboutAlgorithm {
    /// How a count of complaints is told to the public: "none", "fewer than 10", or the number.
    #[must_use]
    pub fn publicly(n: u64) -> String {
        match n {
            0 => "none".into(),
            n if n < SMALL => format!("fewer than {SMALL}"),
            n => n.to_string(),
        }
    }
}

/// Parts of a whole without the small ones, and without what would give a small one away by subtraction. None is told where
/// that is not possible.
fn without_small(parts: &[u64]) -> Vec<Option<u64>> {
    let mut hidden: Vec<bool> = parts.iter().map(|n| (1..SMALL).contains(n)).collect();
    loop {
        let (mut count, mut sum) = (0, 0);
        for (n, _) in parts.iter().zip(&hidden).filter(|(_, h)| **h) {
            (count, sum) = (count + 1, sum + n);
        }
        if count == 0 || (count > 1 && sum >= SMALL) {
            return parts.iter().zip(&hidden).map(|(n, h)| (!h).then_some(*n)).collect();
        }
        // The least of what is shown goes with them, an empty part last: it adds nothing to hide behind.
        let next = (0..parts.len()).filter(|n| !hidden[*n]).min_by_key(|n| (parts[*n] == 0, parts[*n]));
        match next {
            Some(next) => hidden[next] = true,
            None => return vec![None; parts.len()],
        }
    }
}

fn counted<'a>(names: impl Iterator<Item = &'a str>, parts: Vec<Option<u64>>) -> Vec<Counted> {
    names.zip(parts).map(|(what, n)| Counted { what: what.into(), n }).collect()
}

/// The beginning of the last financial year that is over on a day and that of the next, in London.
fn financial_year(today: &str) -> Option<(Time, Time)> {
    let mut parts = today.split('-').map(|part| part.parse::<i16>().ok());
    let (year, month) = (parts.next()??, parts.next()??);
    let ended = if month >= 4 { year } else { year - 1 };
    let begins = |year: i16| {
        let before = Day::new(year, 3, 31).ok()?;
        let noon = format!("{before}T12:00:00Z").parse::<Time>().ok()?;
        Some(noon.end_of_day().plus_seconds(1))
    };
    Some((begins(ended - 1)?, begins(ended)?))
}

/// The figures of what came in and of what was answered during the last financial year that is over, as it stood at its end,
/// for everybody: each complaint comes in once and is answered once, and counts in those years. So nobody learns of a single complaint by taking one day's figures from the next day's, and no two years that are published
/// have a month in common by which a few could be told from the many.
///
/// # Errors
/// Not allowed; database errors.
pub fn public_figures(cx: &mut Cx<'_>) -> Result<PublicFigures> {
    cx.allow(action::COMPLAINT_TRACK, None)?;
    let now = cx.now();
    let (from, end) =
        financial_year(&now.day()).ok_or_else(|| Error::Bug("today is in no financial year".into()))?;
    let rows = cx.rows(
        "select acknowledged_at, acknowledge_due from complaint
         where received_at >= $1 and received_at < $2",
        &[from.into(), end.into()],
    )?;
    let (mut acknowledged, mut findings) = ([0; 4], [0; 3]);
    for row in &rows {
        let (at, due): (Option<Time>, Time) = (row.get(0)?, row.get(1)?);
        let place = match at.filter(|at| *at < end) {
            Some(at) if at <= due => 0,
            Some(_) => 1,
            None if end <= due => 2,
            None => 3,
        };
        acknowledged[place] += 1;
    }
    // What was found counts once the complainant knows it.
    let answered = cx.rows(
        "select finding from complaint where answered_at >= $1 and answered_at < $2",
        &[from.into(), end.into()],
    )?;
    for row in &answered {
        let finding: Option<String> = row.get(0)?;
        if let Some(place) = Finding::ALL.iter().position(|f| finding.as_deref() == Some(f.code())) {
            findings[place] += 1;
        }
    }
    let mut outcomes = vec![0; Outcome::ALL.len()];
    let rows_of = cx.rows(
        "select o.outcome, count(*) from complaint_outcome o join complaint c on c.id = o.complaint_id
         where c.answered_at >= $1 and c.answered_at < $2 group by o.outcome",
        &[from.into(), end.into()],
    )?;
    for row in rows_of {
        let code: String = row.get(0)?;
        if let Some(place) = Outcome::ALL.iter().position(|o| o.code() == code) {
            outcomes[place] = u64::try_from(row.get::<i64>(1)?).unwrap_or_default();
        }
    }
    let overdue = cx.row(
        "select count(*) from correction_notice where acknowledged_at is null and due_at < $1",
        &[now.into()],
    )?;
    let overdue = overdue.map(|r| r.get::<i64>(0)).transpose()?.unwrap_or_default();
    let received = rows.len() as u64;
    let small = (1..SMALL).contains(&received);
    let few = (1..SMALL).contains(&(answered.len() as u64));
    let parts =
        |parts: &[u64], small: bool| if small { vec![None; parts.len()] } else { without_small(parts) };
    let waits = ["In time", "Late", "Not yet, and still in time", "Not yet, and overdue"];
    let found = Finding::ALL.iter().map(|f| f.label());
    cx.record(Verb::Consult, "complaint", None, json!({ "figures": true }))?;
    Ok(PublicFigures {
        from,
        to: end.plus_seconds(-1),
        received: (!small).then_some(received),
        acknowledged: counted(waits.into_iter(), parts(&acknowledged, small)),
        findings: counted(found, parts(&findings, few)),
        // Not parts of a whole: each stands for itself.
        outcomes: counted(
            Outcome::ALL.iter().map(|o| o.label()),
            outcomes.iter().map(|n| (!few && !(1..SMALL).contains(n)).then_some(*n)).collect(),
        ),
        overdue_notices: u64::try_from(overdue).unwrap_or_default(),
    })
}

/// How many complaints name an algorithm, for a room that has asked the policy: such as the register. With a version,
/// those that name this version or none.
///
/// # Errors
/// Database errors.
pub fn complaints_about(cx: &mut Cx<'_>, algorithm: &str, version: Option<&str>) -> Result<AboutAlgorithm> {
    let row = cx.row(
        "select count(*), count(case when state = 'answered' and finding in ('upheld', 'partly') then 1 end)
         from complaint where algorithm = $1 and ($2 = '' or algorithm_version = '' or algorithm_version = $2)",
        &[algorithm.into(), version.unwrap_or_default().into()],
    )?;
    let number = |n: i64| u64::try_from(n).unwrap_or_default();
    match row {
        Some(row) => Ok(AboutAlgorithm { received: number(row.get(0)?), upheld: number(row.get(1)?) }),
        None => Ok(AboutAlgorithm::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_whole_financial_years_that_share_no_day() {
        let told =
            |today: &str| financial_year(today).map(|(from, to)| (from.to_string(), to.to_string())).unwrap();
        // It is summer time by then.
        let begins = |year: &str| format!("{year}-03-31T23:00:00.000000Z");
        assert_eq!(told("2026-11-22"), (begins("2025"), begins("2026")));
        assert_eq!(told("2026-04-01"), told("2027-03-31"), "one year long the same figures");
        assert_eq!(told("2027-04-01"), (begins("2026"), begins("2027")), "and then the year that follows it");
    }

    #[test]
    fn a_small_part_is_never_the_only_one_missing() {
        assert_eq!(without_small(&[40, 0, 12]), [Some(40), Some(0), Some(12)]);
        // 3 alone would be what the others leave of the whole.
        assert_eq!(without_small(&[40, 3, 12]), [Some(40), None, None]);
        // 3 and 4 are fewer than ten together.
        assert_eq!(without_small(&[40, 3, 4]), [None; 3]);
        assert_eq!(without_small(&[40, 3, 4, 11]), [Some(40), None, None, None]);
        assert_eq!(without_small(&[3, 0, 0]), [None; 3]);
    }

    proptest::proptest! {
        #[test]
        fn what_the_missing_parts_come_to_is_never_small(parts in proptest::collection::vec(0_u64..60, 1..6)) {
            let shown = without_small(&parts);
            let missing: Vec<u64> =
                parts.iter().zip(&shown).filter(|(_, s)| s.is_none()).map(|(n, _)| *n).collect();
            proptest::prop_assert!(shown.iter().flatten().all(|n| *n == 0 || *n >= 10));
            // Where all are missing, so is the whole, unless it is told elsewhere as ten or more.
            if !missing.is_empty() && missing.len() < parts.len() {
                proptest::prop_assert!(missing.len() > 1 && missing.iter().sum::<u64>() >= 10, "{:?}", shown);
            }
        }
    }
}
