//! The quality of decisions in a period, by definition. Counts and shares with what they can say, and no figure by
//! person: neither here nor in the room below is there a query that groups by who decided.

use super::{facts::words, frame, page::OptionView};
use crate::{
    App,
    guard::{Answer, Staff},
};
use axum::{
    extract::{Query, State},
    http::header,
    response::IntoResponse,
};
use bluelamp_casework::{LowerReason, Period, Quality, wilson};
use bluelamp_model::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The page `staff/quality.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct QualityPage {
    pub title: String,
    /// The periods that can be chosen.
    pub periods: Vec<OptionView>,
    /// "30 days, from 23 October 2026 at 3:00am to …".
    pub period: String,
    pub csv_href: String,
    /// The definitions, by title; what nothing was proposed for stands last.
    pub definitions: Vec<DefinitionView>,
}

/// How the decisions on one definition's proposals fared.
#[derive(Debug, Serialize)]
pub(crate) struct DefinitionView {
    pub title: String,
    /// Where on the page it stands.
    pub id: String,
    /// Whether something was proposed that a decision can be held against.
    pub proposed: bool,
    pub decisions: u64,
    /// Whether there are too few decisions for a share to say much.
    pub few: bool,
    /// Agreed, raised, lowered, decided while open.
    pub shares: Vec<ShareRow>,
    /// Why grades were below the floor, with how often.
    pub lowered: Vec<(String, u64)>,
    pub median: String,
    pub ninth: String,
    pub reviews: u64,
    pub in_time: u64,
    /// Done, but late.
    pub late: u64,
    pub overdue: u64,
    pub lag: String,
}

/// A count with its share and what a share of so few can say.
#[derive(Debug, Serialize)]
pub(crate) struct ShareRow {
    pub what: &'static str,
    /// What it means, in one sentence.
    pub about: &'static str,
    /// Of which colour its bar is: `agreed`, `raised`, `lowered`, `open`.
    pub kind: &'static str,
    pub count: u64,
    pub of: u64,
    /// "60%"; a dash where there is nothing to take a share of.
    pub share: String,
    /// "39% to 78%".
    pub interval: String,
    /// The same as numbers from 0 to 100, for the bar.
    pub at: f64,
    pub low: f64,
    pub high: f64,
}

/// The periods that can be looked at, in days.
const PERIODS: [u32; 4] = [7, 30, 90, 365];
const USUAL: u32 = 30;
/// Of fewer decisions, the page says that a share says little: the interval is more than 40 % wide at the middle.
const FEW: u64 = 20;

/// What the address can hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct QualityQuery {
    #[serde(default)]
    days: String,
}

impl QualityQuery {
    fn days(&self) -> Result<u32> {
        let days = self.days.trim();
        if days.is_empty() {
            return Ok(USUAL);
        }
        let known = PERIODS.into_iter().find(|d| d.to_string() == days);
        known.ok_or_else(|| Error::field("days", "unknown", "Choose a period of 7, 30, 90 or 365 days"))
    }
}

/// What was counted.
struct Counted {
    days: u32,
    period: Period,
    all: Vec<Quality>,
    /// What each definition in use is called.
    titles: BTreeMap<String, String>,
}

async fn counted(app: &App, staff: &Staff, q: &QualityQuery) -> Result<Counted> {
    let days = q.days()?;
    let to = app.inner.db.now();
    let period = Period { from: to.plus_seconds(-86_400 * i64::from(days)), to };
    let shelf = app.shelf();
    let (all, titles) = app
        .read(&staff.actor(), move |cx| {
            let all = bluelamp_casework::quality(cx, period)?;
            // The live version comes first, and is the one whose title counts.
            let mut titles = BTreeMap::new();
            for used in shelf.in_use(cx)? {
                titles.entry(used.definition.header.id.clone()).or_insert(used.definition.title.clone());
            }
            Ok((all, titles))
        })
        .await?;
    Ok(Counted { days, period, all, titles })
}

/// `GET /desk/quality`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Query(q): Query<QualityQuery>) -> Answer {
    let Counted { days, period, all, titles } = counted(&app, &staff, &q).await?;
    let mut definitions: Vec<_> = all.iter().map(|q| definition_view(q, &titles)).collect();
    definitions.sort_by_key(|d| (!d.proposed, d.title.clone()));
    for (n, d) in definitions.iter_mut().enumerate() {
        d.id = format!("definition-{}", n + 1);
    }
    let page = QualityPage {
        title: "Quality of decisions".into(),
        periods: PERIODS
            .map(|d| OptionView {
                value: d.to_string(),
                text: format!("{d} days"),
                hint: None,
                checked: d == days,
            })
            .into(),
        period: format!("{days} days, from {} to {}", period.from.spoken(), period.to.spoken()),
        csv_href: format!("/desk/quality.csv?days={days}"),
        definitions,
    };
    app.page("staff/quality.njk", &frame(&app, &staff, "/desk/quality"), &page)
}

fn definition_view(q: &Quality, titles: &BTreeMap<String, String>) -> DefinitionView {
    let proposed = !q.definition.is_empty();
    let against = q.agreed + q.raised + q.lowered;
    let share = |what, about, kind, count, of| share_row(what, about, kind, count, of);
    let label = |code: &str| {
        let known = LowerReason::ALL.into_iter().find(|r| r.code() == code);
        known.map_or_else(|| words(code), |r| r.label().to_owned())
    };
    DefinitionView {
        title: match titles.get(&q.definition) {
            Some(title) => title.clone(),
            None if proposed => format!("{} (no longer in use)", words(&q.definition)),
            None => "Reports of which nothing was proposed".into(),
        },
        id: String::new(),
        proposed,
        decisions: q.decisions,
        few: proposed && q.decisions > 0 && q.decisions < FEW,
        shares: if proposed {
            vec![
                share("Agreed", "The grade is the proposed floor", "agreed", q.agreed, against),
                share("Raised", "The grade is above the floor", "raised", q.raised, against),
                share("Lowered", "The grade is below the floor", "lowered", q.lowered, against),
                share(
                    "Decided while open",
                    "A question that nobody had answered could have raised the grade",
                    "open",
                    q.open,
                    q.decisions,
                ),
            ]
        } else {
            Vec::new()
        },
        lowered: q.lower_codes.iter().map(|(code, n)| (label(code), *n)).collect(),
        median: long(q.median_minutes),
        ninth: long(q.ninth_minutes),
        reviews: q.reviews,
        in_time: q.in_time,
        late: q.reviews.saturating_sub(q.in_time + q.overdue),
        overdue: q.overdue,
        lag: match q.median_lag_minutes {
            Some(0) => "in time".into(),
            minutes => long(minutes),
        },
    }
}

fn share_row(what: &'static str, about: &'static str, kind: &'static str, count: u64, of: u64) -> ShareRow {
    let percent = |share: f64| format!("{:.0}%", share * 100.0);
    let row = ShareRow {
        what,
        about,
        kind,
        count,
        of,
        share: "–".into(),
        interval: "–".into(),
        at: 0.0,
        low: 0.0,
        high: 0.0,
    };
    let Some((low, high)) = wilson(count, of) else { return row };
    let at = count as f64 / of as f64;
    // A tenth of a percent is finer than a pixel of the bar.
    let place = |share: f64| (share * 1000.0).round() / 10.0;
    ShareRow {
        share: percent(at),
        interval: format!("{} to {}", percent(low), percent(high)),
        at: place(at),
        low: place(low),
        high: place(high),
        ..row
    }
}

/// A length of time from minutes: "42 min", "3 h 10 min", "2 days 4 h".
fn long(minutes: Option<i64>) -> String {
    let two = |n: i64, unit: &str, rest: i64, small: &str| match rest {
        0 => format!("{n} {unit}"),
        rest => format!("{n} {unit} {rest} {small}"),
    };
    match minutes {
        None => "–".into(),
        Some(0) => "under a minute".into(),
        Some(m @ ..60) => format!("{m} min"),
        Some(m @ 60..2880) => two(m / 60, "h", m % 60, "min"),
        Some(m) => two(m / 1440, "days", m % 1440 / 60, "h"),
    }
}

/// `GET /desk/quality.csv`: the same figures, to be worked on elsewhere.
pub(crate) async fn download(State(app): State<App>, staff: Staff, Query(q): Query<QualityQuery>) -> Answer {
    let counted = counted(&app, &staff, &q).await?;
    let file = format!("attachment; filename=\"decision-quality-{}-days.csv\"", counted.days);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, file),
    ];
    Ok((headers, csv(&counted.all, counted.period)).into_response())
}

/// Shares stand as numbers from 0 to 1, times in minutes. What nothing was proposed for has an empty definition.
fn csv(all: &[Quality], period: Period) -> String {
    let mut names: Vec<String> = ["definition", "from", "to", "decisions"].map(str::to_owned).into();
    for what in ["agreed", "raised", "lowered", "open"] {
        names.extend(["", "_share", "_low", "_high"].map(|part| format!("{what}{part}")));
    }
    names.extend(["median_minutes", "nine_tenths_minutes"].map(str::to_owned));
    names.extend(LowerReason::ALL.map(|r| format!("lowered_{}", r.code().replace('-', "_"))));
    names.extend(
        ["reviews_due", "reviews_in_time", "reviews_overdue", "median_lag_minutes"].map(str::to_owned),
    );
    let mut text = line(&names);
    for q in all {
        let number = |n: Option<i64>| n.map_or_else(String::new, |n| n.to_string());
        let mut row = vec![
            q.definition.clone(),
            period.from.to_string(),
            period.to.to_string(),
            q.decisions.to_string(),
        ];
        let against = if q.definition.is_empty() { 0 } else { q.agreed + q.raised + q.lowered };
        let open_of = if q.definition.is_empty() { 0 } else { q.decisions };
        let counts = [(q.agreed, against), (q.raised, against), (q.lowered, against), (q.open, open_of)];
        for (count, of) in counts {
            row.push(count.to_string());
            match wilson(count, of) {
                Some((low, high)) => {
                    row.extend([count as f64 / of as f64, low, high].map(|share| format!("{share:.4}")));
                }
                None => row.extend([const { String::new() }; 3]),
            }
        }
        row.extend([number(q.median_minutes), number(q.ninth_minutes)]);
        row.extend(LowerReason::ALL.map(|r| q.lower_codes.get(r.code()).copied().unwrap_or(0).to_string()));
        row.extend([q.reviews.to_string(), q.in_time.to_string(), q.overdue.to_string()]);
        row.push(number(q.median_lag_minutes));
        text.push_str(&line(&row));
    }
    text
}

/// A line as RFC 4180 has it.
pub(crate) fn line(cells: &[String]) -> String {
    let quoted = |cell: &String| match cell.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    format!("{}\r\n", cells.iter().map(quoted).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bluelamp_model::Time;

    #[test]
    fn lengths_of_time_are_told_in_two_units_at_most() {
        let expected = [
            (0, "under a minute"),
            (1, "1 min"),
            (60, "1 h"),
            (190, "3 h 10 min"),
            (2880, "2 days"),
            (3130, "2 days 4 h"),
        ];
        for (minutes, words) in expected {
            assert_eq!(long(Some(minutes)), words, "{minutes} minutes");
        }
        assert_eq!(long(None), "–");
    }

    #[test]
    fn a_share_of_nothing_is_none() {
        let row = share_row("Agreed", "", "agreed", 0, 0);
        assert_eq!((row.share.as_str(), row.interval.as_str()), ("–", "–"));
        let row = share_row("Agreed", "", "agreed", 12, 20);
        assert_eq!((row.share.as_str(), row.interval.as_str()), ("60%", "39% to 78%"));
        assert_eq!((row.low, row.at, row.high), (38.7, 60.0, 78.1));
    }

    #[test]
    fn a_line_of_the_file_is_quoted_where_it_has_to_be() {
        let cells = ["plain", "a, b", "she said \"no\"", ""].map(str::to_owned);
        assert_eq!(line(&cells), "plain,\"a, b\",\"she said \"\"no\"\"\",\r\n");
        let period = Period { from: Time::from_micros(0), to: Time::from_micros(1) };
        let text = csv(&[Quality { decisions: 3, raised: 3, ..Quality::default() }], period);
        let widths: Vec<_> = text.lines().map(|l| l.split(',').count()).collect();
        assert_eq!(widths, [30, 30]);
        assert!(text.lines().nth(1).is_some_and(|l| l.contains(",3,0,,,,3,,,,0,,,,")), "{text}");
    }

    #[test]
    fn an_address_with_another_period_is_refused() {
        let days = |days: &str| QualityQuery { days: days.into() }.days().ok();
        assert_eq!((days(""), days("90")), (Some(30), Some(90)));
        for wrong in ["8", "-30", "030", "thirty"] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }
}
