//! The machine's part: a report is assessed, its people and things become records, and those are compared with
//! what is held. All of it is proposals.

use crate::{
    Cause, Shelf,
    gate::{Gate, Ledger},
    review, run,
};
use bluelamp_access::algorithm::{self, Use};
use bluelamp_contact::{Entity, Submission};
use bluelamp_model::{
    Basis, Error, Id, Kind, Link, LinkKind, Marking, MopiGroup, Provenance, Record, Result, Retention,
    Source,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Job, Keyed};
use bluelamp_triage::Found;
use serde_json::json;

/// Does the work of an `assess` job: one transaction, done once.
///
/// # Errors
/// [`Error::Stale`] when another worker took the job over; database errors. Nothing is kept then.
pub fn assess(cx: &mut Cx<'_>, job: &Job, shelf: &Shelf, organisation: &str) -> Result<()> {
    let report: Id = serde_json::from_str(&job.data)
        .map_err(|e| Error::Bug(format!("job {} names no report: {e}", job.key)))?;
    cx.allow(action::REPORT_ASSESS, Some(report))?;
    let submission = bluelamp_contact::load(cx, report)?;
    let records = keep_records(cx, &submission, organisation)?;
    let (gate, mut ledger) = (Gate::of(cx, shelf)?, Ledger::default());
    match gate.comparison() {
        Ok(permission) => {
            let matches = bluelamp_fusion::suggest(cx, report, &records)?;
            cx.exec(
                "update report set matches = $1 where id = $2",
                &[(matches as u64).into(), report.into()],
            )?;
            if matches > 0 {
                ledger.used.push(permission);
            }
        }
        Err(withheld) => ledger.withheld.push(withheld),
    }
    look(cx, shelf, &submission, Cause::Received, &gate, ledger)?;
    cx.finish_job(job)
}

/// Evaluates the definitions in use over what is known now, keeps that beside what was made of it before, and asks
/// for a review where the report was graded already and its definition wants one. Proposals only: the state is not
/// touched, that takes a person. For a room that has asked the policy.
pub(crate) fn look_again(
    cx: &mut Cx<'_>,
    shelf: &Shelf,
    submission: &Submission,
    cause: Cause,
) -> Result<()> {
    let gate = Gate::of(cx, shelf)?;
    look(cx, shelf, submission, cause, &gate, Ledger::default())
}

fn look(
    cx: &mut Cx<'_>,
    shelf: &Shelf,
    submission: &Submission,
    cause: Cause,
    gate: &Gate<'_>,
    mut ledger: Ledger,
) -> Result<()> {
    let report = submission.id;
    let all = shelf.in_use(cx)?;
    let allowed = gate.definitions(&all, &mut ledger);
    let in_use = &allowed.in_use;
    let facts = run::observations(cx, submission)?;
    let considered = run::considered(cx, report)?;
    let primary = submission.body.definition.as_deref();
    let now = cx.now();
    let graded = run::evaluate(in_use, &all, primary, &facts, now);
    let found = run::words(cx, shelf, gate, &submission.body.told, &mut ledger)?;
    let first = |g: &&run::Graded| run::concerns(g, primary, &considered);
    ledger.used.extend(allowed.uses(&graded, |g| first(&g)));
    // Where reports are not put in order at all, each stands by the time at which it came.
    let priority = match gate.order(Use::Operation) {
        Ok(permission) => {
            ledger.used.push(permission);
            Some(run::place(&graded, in_use, primary, &considered))
        }
        Err(withheld) => {
            let beside = withheld.shadow;
            ledger.withheld.push(withheld);
            beside.then(|| run::place(&graded, in_use, primary, &considered))
        }
    };
    if !algorithm::count_uses(cx, &ledger.used)? {
        let what = "the last use of a pilot was just taken by somebody else; try again";
        return Err(Error::Unavailable(what.into()));
    }
    let json = |value: serde_json::Result<String>| value.map_err(|e| Error::Bug(e.to_string()));
    let id = cx.new_id()?;
    cx.exec(
        "insert into assessment_run (id, report_id, made_at, cause, engine, facts, graded, found, withheld)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            report.into(),
            now.into(),
            cause.code().into(),
            bluelamp_triage::ENGINE.into(),
            json(serde_json::to_string(&facts))?.into(),
            json(serde_json::to_string(&graded))?.into(),
            json(serde_json::to_string(&found))?.into(),
            json(serde_json::to_string(&ledger.withheld))?.into(),
        ],
    )?;
    let said: Vec<_> = graded
        .iter()
        .map(|g| {
            json!({ "definition": g.definition, "version": g.version, "digest": g.digest,
                    "status": g.status, "floor": g.floor, "ceiling": g.ceiling })
        })
        .collect();
    cx.record(
        Verb::Propose,
        "report",
        Some(report),
        json!({ "assessment": id, "cause": cause, "graded": said, "indicators": indicated(&found),
                "withheld": withheld(&ledger) }),
    )?;
    let own = graded.iter().filter(first).find(|g| primary == Some(g.definition.as_str()));
    // Where the form names no definition in use, the gravest of those that have something to say leads.
    let leads = match own {
        Some(own) => Some(own),
        None => graded.iter().filter(first).max_by_key(|g| {
            let in_use = in_use.iter().find(|u| u.definition.digest == g.digest);
            in_use.and_then(|u| {
                u.definition.header.grades.iter().position(|k| Some(&k.name) == g.floor.as_ref())
            })
        }),
    };
    // Of what could not be evaluated there is nothing to hide.
    let hidden = graded.iter().zip(in_use).any(|(g, u)| {
        first(&g)
            && g.errors.is_empty()
            && u.definition.header.result == bluelamp_triage::ResultShown::AfterOwnGrade
    });
    // Words can bring a report forward and never back.
    let priority = priority.map_or(1, |p| p.max(run::place_of_words(in_use, &facts, &found, now)));
    cx.exec(
        "update report set priority = $1, floor = $2, ceiling = $3, hidden = $4, definition = $5, led_by = $6,
                version = version + 1 where id = $7",
        &[
            priority.into(),
            leads.and_then(|g| g.floor.clone()).into(),
            leads.and_then(|g| g.ceiling.clone()).into(),
            i64::from(hidden).into(),
            leads.map(|g| g.definition.clone()).into(),
            leads.map(|g| g.digest.clone()).into(),
            report.into(),
        ],
    )?;
    review::after(cx, shelf, submission, cause)
}

/// Which indicators have found something, for the log: their names, never the words.
fn indicated(found: &[Found]) -> Vec<&str> {
    let mut names: Vec<_> = found.iter().map(|f| f.indicator.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What was not asked and why, for the log.
fn withheld(ledger: &Ledger) -> serde_json::Value {
    let one = |w: &crate::Withheld| json!({ "algorithm": w.algorithm, "version": w.version, "digest": w.digest, "shadow": w.shadow, "why": w.why });
    ledger.withheld.iter().map(one).collect()
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
