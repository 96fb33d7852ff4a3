//! Who looks at figures, and when: thresholds that were confirmed after somebody had seen the figures of the same rows are
//! told to be so.
//!
//! This holds for what is looked at here. What somebody works out elsewhere from the same file nobody knows here.

use super::{read::rows_digest, report::Report};
use bluelamp_model::{
    Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde_json::json;
use sha2::{Digest, Sha256};

/// A report with all that is needed to keep it. Made before the database is asked for anything: the form for the public can
/// take long.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    report: Report,
    summary: Report,
    pub(super) file_digest: String,
    pub(super) rows_digest: String,
}

impl Made {
    /// From a whole report and the file that it was made from.
    #[must_use]
    pub fn of(report: Report, file: &[u8]) -> Self {
        Self {
            summary: report.public(),
            report,
            file_digest: hex::encode(Sha256::digest(file)),
            rows_digest: rows_digest(file),
        }
    }

    /// The whole report.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Its form for the public.
    #[must_use]
    pub fn summary(&self) -> &Report {
        &self.summary
    }

    /// The four cells of everybody: the same file with a column more has the same.
    pub(super) fn totals(&self) -> String {
        let c = self.report.overall.rows.unwrap_or_default();
        format!("{} {} {} {}", c.tp, c.fp, c.missed, c.tn)
    }
}

/// Keeps that somebody looks at figures: when those of the same rows were looked at first, and in the log each time.
///
/// # Errors
/// Not allowed; database errors.
pub fn look(cx: &mut Cx<'_>, made: &Made) -> Result<()> {
    cx.allow(action::ETHICS_VIEW, None)?;
    let (by, now) = (cx.actor().id, cx.now());
    cx.exec(
        "insert into fairness_look (rows_digest, totals, at, by_id) values ($1, $2, $3, $4)
         on conflict (rows_digest) do nothing",
        &[made.rows_digest.as_str().into(), made.totals().into(), now.into(), by.into()],
    )?;
    cx.record(Verb::Consult, "fairness-report", None, json!({ "rows": made.rows_digest }))
}

/// When the figures of the rows of a report that was kept, or of rows with the same totals, were first looked at, where that
/// was before its thresholds held.
pub(super) fn looked(cx: &mut Cx<'_>, report: Id) -> Result<Option<Time>> {
    let row = cx.row(
        "select l.at from fairness_look l
         join fairness_report f on f.rows_digest = l.rows_digest or f.totals = l.totals
         join fairness_bounds b on b.id = f.bounds_id
         where f.id = $1 and l.at < b.confirmed_at order by l.at limit 1",
        &[report.into()],
    )?;
    Ok(row.map(|r| r.get(0)).transpose()?)
}
