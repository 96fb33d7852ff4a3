//! Reading a case for a package: everything in one consistent state.

use crate::{
    document::{Decided, Document, Exhibit, FORMAT, LogPart, Proposed, Report, Role, digest_of},
    item::{moments, of_case},
};
use bluelamp_casework::{Shelf, assessments_of, timeline, view_case};
use bluelamp_ledger::Commitment;
use bluelamp_model::{Bundle, Decider, Error, Id, Link, Result, authority::action};
use bluelamp_store::Cx;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What goes into a package.
pub(crate) struct Gathered {
    pub document: Document,
    pub records: Bundle,
    /// The entries that the log held about all of it.
    pub commitments: Vec<Commitment>,
    /// The calendar day in London.
    pub day: String,
}

/// Reads the case with all that belongs to it.
pub(crate) fn gather(cx: &mut Cx<'_>, which: &str, recipient: &str) -> Result<Gathered> {
    let case = view_case(cx, which)?;
    let (case_id, report_id) = (case.summary.id, case.report_id);
    cx.allow(action::CASE_EXPORT, Some(case_id))?;
    Decider::of(cx.actor())?;
    let evidence: Vec<Exhibit> = of_case(cx, case_id)?.into_iter().map(Exhibit::new).collect();
    let mut objects = vec![case_id, report_id];
    objects.extend(evidence.iter().map(|e| e.item.id));
    // Read in the same state as the rest: this reading itself is logged later and so not among them.
    let commitments = cx.commitments_about(&objects)?;
    let submission = bluelamp_contact::load(cx, report_id)?;
    let mut moments_of_case = timeline(cx, &Shelf::default(), &case)?;
    let items: Vec<_> = evidence.iter().map(|e| e.item.clone()).collect();
    moments_of_case.extend(moments(&items));
    moments_of_case.sort_by_key(|m| std::cmp::Reverse(m.at));
    let mut involved: Vec<Id> = case.involved.iter().map(|i| i.record.id).collect();
    involved.push(report_id);
    let document = Document {
        format: FORMAT,
        package: cx.new_id()?,
        recipient: recipient.to_owned(),
        as_of: cx.now(),
        report: Report {
            id: report_id,
            reference: submission.reference,
            channel: submission.channel,
            received_at: submission.received_at,
            title: submission.title,
            body: submission.body,
        },
        assessments: assessments(cx, report_id)?,
        decisions: decisions(cx, report_id)?,
        involved: case.involved.iter().map(|i| Role { role: i.role.clone(), record: i.record.id }).collect(),
        case: case.summary,
        tasks: case.tasks,
        notes: case.notes,
        timeline: moments_of_case,
        evidence,
        log: LogPart { objects, entries: commitments.len() as u64, entries_sha256: digest_of(&commitments) },
    };
    Ok(Gathered { records: bundle(cx, &involved)?, document, commitments, day: cx.now().day() })
}

/// The records with the links among them. A link that leads out of them stays behind: what it leads to is not
/// part of this case.
fn bundle(cx: &mut Cx<'_>, involved: &[Id]) -> Result<Bundle> {
    let mut records = BTreeMap::new();
    for id in involved {
        if let Some(record) = cx.get_record(*id)? {
            records.insert(*id, record);
        }
    }
    let mut links: BTreeMap<Id, Link> = BTreeMap::new();
    let held: BTreeSet<Id> = records.keys().copied().collect();
    for id in &held {
        let inside = |link: &Link| held.contains(&link.from) && held.contains(&link.to);
        links.extend(cx.links_of(*id)?.into_iter().filter(inside).map(|link| (link.id, link)));
    }
    Ok(Bundle::new(records.into_values().collect(), links.into_values().collect()))
}

/// Everything that was proposed, oldest first: what the live definitions said at each look, and before there were
/// several of them to a report, what the one said. What definitions in shadow made of it was shown to nobody and is no
/// part of the case.
fn assessments(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Proposed>> {
    let rows = cx.rows(
        "select id, made_at, definition, body from assessment where report_id = $1 order by made_at, id",
        &[report.into()],
    )?;
    let earlier = rows.iter().map(|r| {
        let body = parsed(&r.get::<String>(3)?)?;
        Ok(Proposed { id: r.get(0)?, made_at: r.get(1)?, definition: r.get(2)?, body })
    });
    let mut all = earlier.collect::<Result<Vec<_>>>()?;
    for look in assessments_of(cx, &Shelf::default(), report)? {
        for shown in look.shown {
            let body = json!({
                "cause": look.run.cause, "told": look.run.facts, "assessment": shown.assessment,
            });
            let definition = shown.assessment.definition;
            all.push(Proposed { id: look.run.id, made_at: look.run.made_at, definition, body });
        }
    }
    Ok(all)
}

fn decisions(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Decided>> {
    cx.rows(
        "select d.body, d.grade, a.name from decision d join account a on a.id = d.decided_by
         where d.report_id = $1 order by d.decided_at, d.id",
        &[report.into()],
    )?
    .iter()
    .map(|r| Ok(Decided { decision: parsed(&r.get::<String>(0)?)?, grade: r.get(1)?, by: r.get(2)? }))
    .collect()
}

fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::Bug(format!("a stored part of a case cannot be read: {e}")))
}
