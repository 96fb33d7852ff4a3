//! The machine's part: a report is assessed, its people and things become records, and those are compared with
//! what is held. All of it is proposals.

use crate::report::UNASSESSED;
use bluelamp_contact::{Entity, Submission};
use bluelamp_model::{
    Basis, Error, Id, Kind, Link, LinkKind, Marking, MopiGroup, Provenance, Record, Result, Retention,
    Source,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Job, Keyed};
use bluelamp_triage::{Assessment, Definition, Facts};
use serde_json::json;
use std::collections::BTreeMap;

/// The definitions in force, by id.
pub type Definitions = BTreeMap<String, Definition>;

/// Does the work of an `assess` job: one transaction, done once.
///
/// # Errors
/// [`Error::Stale`] when another worker took the job over; database errors. Nothing is kept then.
pub fn assess(cx: &mut Cx<'_>, job: &Job, definitions: &Definitions, organisation: &str) -> Result<()> {
    let report: Id = serde_json::from_str(&job.data)
        .map_err(|e| Error::Bug(format!("job {} names no report: {e}", job.key)))?;
    cx.allow(action::REPORT_ASSESS, Some(report))?;
    let submission = bluelamp_contact::load(cx, report)?;
    let records = keep_records(cx, &submission, organisation)?;
    let matches = bluelamp_fusion::suggest(cx, report, &records)?;
    let definition = submission.body.definition.as_ref().and_then(|id| definitions.get(id));
    let assessment = definition.map(|d| evaluate(d, &submission)).transpose()?;
    let (mut floor, mut ceiling) = (None::<String>, None::<String>);
    // A report without a definition, or of which nothing is known yet, is read before those graded lowest.
    let mut priority = 1;
    if let Some(a) = &assessment {
        let body = serde_json::to_string(a).map_err(|e| Error::Bug(e.to_string()))?;
        let (id, now) = (cx.new_id()?, cx.now());
        cx.exec(
            "insert into assessment (id, report_id, made_at, definition, body) values ($1, $2, $3, $4, $5)",
            &[id.into(), report.into(), now.into(), a.definition.as_str().into(), body.into()],
        )?;
        cx.record(
            Verb::Propose,
            "report",
            Some(report),
            json!({
                "assessment": id, "definition": a.definition, "version": a.version,
                "definition_digest": a.definition_digest, "facts_digest": a.facts_digest,
                "floor": a.floor, "ceiling": a.ceiling,
            }),
        )?;
        priority = place(a);
        floor.clone_from(&a.floor);
        ceiling.clone_from(&a.ceiling);
    }
    // The state is not touched: that takes a person.
    cx.exec(
        "update report set priority = $1, floor = $2, ceiling = $3, matches = $4, version = version + 1 where id = $5",
        &[priority.into(), floor.into(), ceiling.into(), (matches as u64).into(), report.into()],
    )?;
    cx.finish_job(job)
}

/// Where in the queue: by the floor, and within it what could still turn out worse first. Of what has no floor
/// yet too little is known, and that is no comfort: it stands by its ceiling, just behind those that are that
/// grave for certain.
fn place(a: &Assessment) -> i64 {
    let rank = |rank: usize| i64::try_from(rank).unwrap_or(0) + 1;
    let ceiling = a.ceiling_rank().map_or(0, rank);
    let place = match a.floor_rank() {
        Some(floor) => rank(floor) * 10 + ceiling,
        None => ceiling * 10 + ceiling - 1,
    };
    place.clamp(0, UNASSESSED - 1)
}

fn evaluate(definition: &Definition, submission: &Submission) -> Result<Assessment> {
    // A fact that the definition does not know is an error, never passed over: forms and definitions are held
    // against each other when the server starts.
    let facts: serde_json::Map<_, _> = submission.body.facts.clone().into_iter().collect();
    let facts: Facts = serde_json::from_value(facts.into())
        .map_err(|e| Error::Bug(format!("the facts of a report cannot be read: {e}")))?;
    definition.assess(&facts).map_err(Error::Invalid)
}

/// Makes records of the report and of the people and things in it, and keeps them with their links.
fn keep_records(cx: &mut Cx<'_>, submission: &Submission, organisation: &str) -> Result<Vec<Record>> {
    let says = Source::fact(submission.id.to_string(), submission.received_at, "stated in a report");
    let now = cx.now();
    let due = now.plus_seconds(6 * 365 * 86_400).day();
    let due = due.parse().map_err(|e| Error::Bug(format!("{due}: {e}")))?;
    let new = |id: Id, kind: Kind| {
        let retention = Retention::new(MopiGroup::Undetected, due);
        let mut record = Record::new(id, kind, organisation, now, Marking::official_sensitive(), retention);
        let mut from = Provenance::new("bluelamp", "report received", "bluelamp");
        from.source_record_id = Some(submission.reference.clone());
        record.provenance.push(from);
        record
    };
    let mut report = new(submission.id, Kind::Report);
    report
        .state("reference", submission.reference.as_str(), &says)?
        .state("channel", submission.channel.as_str(), &says)?
        .state("form", format!("{} version {}", submission.body.form, submission.body.version), &says)?
        .state("received_at", submission.received_at.to_string(), &says)?
        .state("description", submission.title.as_str(), &says)?;
    let mut kept = vec![report];
    let mut links = Vec::new();
    let mut places = Vec::new();
    for entity in &submission.body.entities {
        let Some(record) = entity_record(new(cx.new_id()?, kind(entity)?), entity, &says)? else { continue };
        for code in &entity.links {
            let Ok(link) = serde_json::from_value::<LinkKind>(code.as_str().into()) else {
                return Err(Error::Bug(format!("'{code}' in a form is not a kind of link")));
            };
            if !link.allows(record.kind, Kind::Report) {
                // The model ties some kinds the other way round: a report mentions a vehicle.
                links.push(tie(cx, link, submission.id, record.id, organisation)?);
            } else {
                links.push(tie(cx, link, record.id, submission.id, organisation)?);
            }
        }
        places.push(vec![submission.id.into(), record.id.into(), entity.role.as_str().into()]);
        kept.push(record);
    }
    let mut keyed = Vec::with_capacity(kept.len());
    for record in &kept {
        record.check()?;
        keyed.push(Keyed::new(record, bluelamp_fusion::keys_of(record))?);
    }
    for link in &links {
        link.check()?;
    }
    cx.put_records(None, &keyed)?;
    cx.put_links(&links)?;
    cx.insert_rows("insert into report_record (report_id, record_id, role) values", places, "")?;
    kept.remove(0);
    Ok(kept)
}

fn kind(entity: &Entity) -> Result<Kind> {
    entity.kind.parse().map_err(|e| Error::Bug(format!("a form's entity: {e}")))
}

/// Fills a record from what a form collected; none when nothing of it can be stated.
fn entity_record(mut record: Record, entity: &Entity, says: &Source) -> Result<Option<Record>> {
    for (property, value) in &entity.properties {
        if !value.trim().is_empty() {
            record.state(property, value.trim(), says)?;
        }
    }
    Ok((!record.statements.is_empty()).then_some(record))
}

fn tie(cx: &mut Cx<'_>, kind: LinkKind, from: Id, to: Id, organisation: &str) -> Result<Link> {
    Ok(Link::new(
        cx.new_id()?,
        kind,
        from,
        to,
        organisation,
        cx.now(),
        Basis::Assessment,
        Marking::official_sensitive(),
    ))
}
