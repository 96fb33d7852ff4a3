//! What has to be looked at again, by when, and who did: review clocks, what happened since, grades below the floor,
//! and what another version of a definition would say. A review is answered by a named person who decides.

use crate::{
    Cause, Graded, Shelf,
    decide::{self, LowerReason},
    queue, run,
};
use bluelamp_contact::Submission;
use bluelamp_model::{
    Decider, Decision, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
    decision::Stance,
};
use bluelamp_store::{Cx, Reference, Row, Value};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Something that has to be looked at again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Review {
    /// Its id.
    pub id: Id,
    /// The report.
    pub report: Id,
    /// The report's public name.
    pub reference: String,
    /// What the report is called.
    pub title: String,
    /// The form it came in by.
    pub form: String,
    /// The grade that was given.
    pub grade: Option<String>,
    /// Why: the code of a [`Cause`], `clock`, `below-floor` or `refused-duty`.
    pub cause: String,
    /// What there is to know about it.
    pub detail: String,
    /// Since when.
    pub made_at: Time,
    /// By when.
    pub due_at: Time,
    /// Whether it takes a supervisor, and another person than who gave the grade.
    pub supervisor: bool,
    /// When it was done.
    pub done_at: Option<Time>,
    /// By whom, by name.
    pub done_by: Option<String>,
}

/// The time for a look has come.
pub const CLOCK: &str = "clock";
/// A grade below the floor: a supervisor looks.
pub const BELOW_FLOOR: &str = "below-floor";
/// An action that law or policy demands was refused: a supervisor looks.
pub const REFUSED_DUTY: &str = "refused-duty";

/// A complaint about what was decided was upheld: somebody decides anew who has not decided about it before.
pub const COMPLAINT: &str = "complaint";

/// Something happened: somebody looks within so many minutes.
pub(crate) const SOON: u32 = 60;
/// Another version says something else: somebody looks within so many minutes.
const RETRIAGE: u32 = 24 * 60;

/// What a cause is called.
#[must_use]
pub fn cause_label(code: &str) -> &'static str {
    match code {
        CLOCK => "Time for another look",
        BELOW_FLOOR => "Graded below the floor",
        REFUSED_DUTY => "A required action was refused",
        COMPLAINT => "A complaint was upheld: decide anew",
        code => Cause::ALL.into_iter().find(|c| c.code() == code).map_or("Another look", Cause::label),
    }
}

const COLUMNS: &str = "select v.id, v.report_id, r.reference, r.title, r.form, r.grade, v.cause, v.detail,
    v.made_at, v.due_at, v.done_at, a.name
    from review v join report r on r.id = v.report_id left join account a on a.id = v.done_by";

fn read(row: &Row) -> Result<Review> {
    let cause: String = row.get(6)?;
    Ok(Review {
        id: row.get(0)?,
        report: row.get(1)?,
        reference: row.get(2)?,
        title: row.get(3)?,
        form: row.get(4)?,
        grade: row.get(5)?,
        supervisor: takes_supervisor(&cause),
        cause,
        detail: row.get(7)?,
        made_at: row.get(8)?,
        due_at: row.get(9)?,
        done_at: row.get(10)?,
        done_by: row.get(11)?,
    })
}

fn takes_supervisor(cause: &str) -> bool {
    matches!(cause, BELOW_FLOOR | REFUSED_DUTY)
}

/// Puts a report up for review, once for each cause while nobody has looked.
pub(crate) fn open(
    cx: &mut Cx<'_>,
    report: Id,
    cause: &str,
    detail: &str,
    by: Option<Id>,
    in_minutes: u32,
) -> Result<()> {
    let now = cx.now();
    let waits = cx.row(
        "select id, detail from review where report_id = $1 and cause = $2 and done_at is null",
        &[report.into(), cause.into()],
    )?;
    if let Some(row) = waits {
        let (id, known): (Id, String) = (row.get(0)?, row.get(1)?);
        if !detail.is_empty() && !known.contains(detail) {
            let both = if known.is_empty() { detail.to_owned() } else { format!("{known}\n{detail}") };
            cx.exec("update review set detail = $1 where id = $2", &[both.into(), id.into()])?;
        }
        return Ok(());
    }
    let id = cx.new_id()?;
    cx.exec(
        "insert into review (id, report_id, cause, detail, made_at, made_by, due_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            report.into(),
            cause.into(),
            detail.into(),
            now.into(),
            by.into(),
            now.plus_seconds(i64::from(in_minutes) * 60).into(),
        ],
    )?;
    Ok(())
}

/// After a new look: a report that was graded is put up for review where its definition wants that.
pub(crate) fn after(cx: &mut Cx<'_>, shelf: &Shelf, submission: &Submission, cause: Cause) -> Result<()> {
    let Some(trigger) = cause.trigger() else { return Ok(()) };
    let item = queue::item(cx, submission.id)?;
    let Some(grade) = &item.grade else { return Ok(()) };
    let look = run::look(cx, shelf, submission.id, submission.body.definition.as_deref())?;
    let Some(terms) = look.as_ref().and_then(run::Look::terms) else { return Ok(()) };
    if !terms.triggers.contains(&trigger) {
        return Ok(());
    }
    let floor = terms.grade(terms.floor).unwrap_or("no grade");
    let detail = if is_hidden(cx, submission.id)? {
        format!("{}: graded {grade}.", cause.label())
    } else {
        format!("{}: graded {grade}, the proposed floor is {floor} now.", cause.label())
    };
    open(cx, submission.id, cause.code(), &detail, None, SOON)
}

/// Whether what is proposed about a report is hidden from whoever has not put down their own grade. A review is read by
/// many: it must not tell them.
fn is_hidden(cx: &mut Cx<'_>, report: Id) -> Result<bool> {
    let sql = "select 1 from report where id = $1 and hidden <> 0 and state <> 'decided'";
    Ok(cx.row(sql, &[report.into()])?.is_some())
}

/// After a new version went live: a report that was graded is put up for review where it says something else than the
/// version before it. The list of these is what is to be triaged again.
pub(crate) fn of_new_version(
    cx: &mut Cx<'_>,
    report: Id,
    was: Option<&Graded>,
    is: Option<&Graded>,
) -> Result<()> {
    let item = queue::item(cx, report)?;
    let Some(grade) = &item.grade else { return Ok(()) };
    let grades = |g: Option<&Graded>| (g.and_then(|g| g.floor.clone()), g.and_then(|g| g.ceiling.clone()));
    let (before, now) = (grades(was), grades(is));
    if before == now {
        return Ok(());
    }
    let band = |(floor, ceiling): (Option<String>, Option<String>)| match (floor, ceiling) {
        (Some(floor), Some(ceiling)) if floor != ceiling => format!("at least {floor}, up to {ceiling}"),
        (Some(floor), _) => floor,
        (None, Some(ceiling)) => format!("no grade yet, up to {ceiling}"),
        (None, None) => "no grade".into(),
    };
    let named = is.map_or_else(String::new, |g| format!("{} version {}", g.definition, g.version));
    let detail = if is_hidden(cx, report)? {
        format!("Graded {grade}. {named} proposes something else than the version before it.")
    } else {
        let (before, now) = (band(before), band(now));
        format!("Graded {grade}. {named} proposes {now}; before, it was {before}.")
    };
    open(cx, report, Cause::NewVersion.code(), &detail, None, RETRIAGE)
}

/// Puts a report up to be decided anew, within a day, by somebody who has not decided about it: a complaint about what was
/// decided was upheld. Nothing for a report that there is not or about which nobody has decided. For a room that has asked the
/// policy.
///
/// # Errors
/// Database errors.
pub fn decide_anew(cx: &mut Cx<'_>, report: &str, complaint: &str) -> Result<()> {
    let Some(reference) = Reference::parse(report) else { return Ok(()) };
    let row = cx.row(
        "select r.id from report r where r.reference = $1 and exists (select 1 from decision d where d.report_id = r.id)",
        &[reference.text().into()],
    )?;
    let Some(row) = row else { return Ok(()) };
    let id: Id = row.get(0)?;
    let detail =
        format!("Complaint {complaint}: somebody decides anew who has not decided about this report.");
    open(cx, id, COMPLAINT, &detail, None, RETRIAGE)?;
    cx.record(Verb::Alter, "report", Some(id), json!({ "review": COMPLAINT, "complaint": complaint }))
}

/// Whether somebody has decided about a report.
fn has_decided(cx: &mut Cx<'_>, report: Id, person: Id) -> Result<bool> {
    let sql = "select 1 from decision where report_id = $1 and decided_by = $2";
    Ok(cx.row(sql, &[report.into(), person.into()])?.is_some())
}

/// Closes what the decision of a person has answered. What takes a supervisor stays open, and what takes somebody who has
/// not decided before where this person has.
pub(crate) fn answered_by(cx: &mut Cx<'_>, report: Id, decision: Id, person: Decider) -> Result<()> {
    let now = cx.now();
    cx.exec(
        "update review set done_at = $1, done_by = $2, decision_id = $3
         where report_id = $4 and done_at is null and cause not in ($5, $6)
           and (cause <> $7 or not exists (select 1 from decision d where d.report_id = $4 and d.decided_by = $2 and d.id <> $3))",
        &[
            now.into(),
            person.id().into(),
            decision.into(),
            report.into(),
            BELOW_FLOOR.into(),
            REFUSED_DUTY.into(),
            COMPLAINT.into(),
        ],
    )?;
    Ok(())
}

/// Starts the clock of a grade.
pub(crate) fn start_clock(cx: &mut Cx<'_>, report: Id, terms: &run::Terms, grade: &str) -> Result<()> {
    let place = terms.grades.iter().position(|g| g == grade);
    let Some(minutes) = place.and_then(|p| terms.review_minutes.get(p).copied().flatten()) else {
        return Ok(());
    };
    open(cx, report, CLOCK, &format!("Graded {grade}: to be looked at again."), None, minutes)
}

/// What waits to be looked at again, the most urgent first, at most two hundred.
///
/// # Errors
/// Not allowed; database errors.
pub fn reviews(cx: &mut Cx<'_>) -> Result<Vec<Review>> {
    Ok(reviews_for(cx, &[])?.reviews)
}

/// What waits to be looked at again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReviewList {
    /// The most urgent first, at most two hundred.
    pub reviews: Vec<Review>,
    /// How many wait in all, by cause.
    pub counts: BTreeMap<String, u64>,
}

/// What waits to be looked at again for one of these causes, or for any where none is named. A new version can put up
/// hundreds of reports at one moment; what waits for another cause is still found, as it is chosen here and not from
/// the first two hundred.
///
/// # Errors
/// Not allowed; database errors.
pub fn reviews_for(cx: &mut Cx<'_>, causes: &[&str]) -> Result<ReviewList> {
    cx.allow(action::REVIEW_LIST, None)?;
    let args: Vec<Value> = causes.iter().map(|c| (*c).into()).collect();
    let places: Vec<String> = (1..=args.len()).map(|n| format!("${n}")).collect();
    let wanted = match args.is_empty() {
        true => String::new(),
        false => format!(" and v.cause in ({})", places.join(", ")),
    };
    let sql = format!("{COLUMNS} where v.done_at is null{wanted} order by v.due_at, v.id limit 200");
    let found = cx.rows(&sql, &args)?.iter().map(read).collect::<Result<Vec<_>>>()?;
    let rows = cx.rows("select cause, count(*) from review where done_at is null group by cause", &[])?;
    let counts = rows.iter().map(|r| Ok((r.get(0)?, r.get(1)?))).collect::<Result<_>>()?;
    let shown: Vec<Id> = found.iter().map(|r| r.report).collect();
    cx.record(Verb::Consult, "reviews", None, json!({ "shown": shown }))?;
    Ok(ReviewList { reviews: found, counts })
}

/// The reviews of a report, those that wait first. For a room that has asked the policy.
pub(crate) fn of_report(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Review>> {
    let sql = format!("{COLUMNS} where v.report_id = $1 order by v.done_at is not null, v.due_at, v.id");
    cx.rows(&sql, &[report.into()])?.iter().map(read).collect()
}

/// What somebody filled in to answer a review.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReviewAnswer {
    /// The version of the report that they saw.
    pub version: i64,
    /// The grade they give, by name; the same as before, or another.
    pub grade: String,
    /// Why.
    pub reasons: String,
    /// Code of a [`LowerReason`], where the grade is below the floor.
    pub lower_code: String,
    /// The same in words.
    pub lower_reason: String,
}

/// Answers a review: a named person looks again and gives the grade that stands from now on. A grade below the floor,
/// or a required action that was refused, is answered by a supervisor who is not the one that decided so.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for the same person; [`Error::Invalid`] with everything that is missing;
/// [`Error::Stale`] when the report changed since; [`Error::Conflict`] when it is done already, and for a report that
/// nobody has graded yet.
pub fn answer_review(cx: &mut Cx<'_>, shelf: &Shelf, review: Id, given: &ReviewAnswer) -> Result<Id> {
    let row = cx.row(&format!("{COLUMNS} where v.id = $1"), &[review.into()])?;
    let found = row.as_ref().map(read).transpose()?;
    let asked = match &found {
        Some(r) if r.supervisor => action::GRADE_SUPERVISE,
        _ => action::REPORT_DECIDE,
    };
    cx.allow(asked, found.as_ref().map(|r| r.report))?;
    let person = Decider::of(cx.actor())?;
    let found = found.ok_or_else(|| Error::NotFound("that review".into()))?;
    if found.done_at.is_some() {
        return Err(Error::Conflict("this review was answered already".into()));
    }
    if found.supervisor && decide::is_their_own(cx, found.report, person.id(), found.made_at)? {
        let reason = "somebody else has to look at a decision of your own".into();
        return Err(Error::Forbidden { reason });
    }
    if found.cause == COMPLAINT && has_decided(cx, found.report, person.id())? {
        let reason =
            "a complaint was upheld about what was decided here, and you decided: somebody else has to"
                .into();
        return Err(Error::Forbidden { reason });
    }
    let item = queue::item(cx, found.report)?;
    if item.version != given.version {
        return Err(Error::Stale("the report changed since you read it; read it and answer anew".into()));
    }
    // The first grade is given with a decision, which asks for what a review does not: an answer to what is required.
    if item.grade.is_none() && item.state != "decided" {
        return Err(Error::Conflict("this report waits for its first decision: decide about it".into()));
    }
    let submission = bluelamp_contact::load(cx, found.report)?;
    let look = run::look(cx, shelf, found.report, submission.body.definition.as_deref())?;
    decide::own_grade_first(&item, look.as_ref())?;
    let terms = run::terms(cx, look.as_ref(), found.report)?;
    let mut wrong = Vec::new();
    let mut need = |field: &str, message: &str| {
        wrong.push(FieldError { field: field.into(), code: "required".into(), message: message.into() });
    };
    if given.reasons.trim().is_empty() {
        need("reasons", "Enter your reasons");
    }
    let rank = terms.as_ref().and_then(|t| t.grades.iter().position(|g| *g == given.grade));
    let mut stance = None;
    let mut lowered = None;
    if let Some(terms) = &terms {
        match rank {
            None => need("grade", "Select the grade that stands from now on"),
            Some(rank) => {
                let against = decide::stance(rank, terms.floor);
                stance = Some(against);
                if against == Stance::Lowered {
                    lowered = decide::lower_reason(&given.lower_code, &given.lower_reason, &mut need);
                }
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let now = cx.now();
    let was = item.grade.as_deref().unwrap_or("none");
    let run = look.as_ref().map(|l| l.run.id);
    let why = lowered.map_or_else(String::new, |l: LowerReason| {
        format!(" Below the proposed floor: {}. {}", l.label(), given.lower_reason.trim())
    });
    let decision = Decision {
        id: cx.new_id()?,
        about: found.report,
        decider: person,
        decided_at: now,
        proposal: run.filter(|_| stance.is_some()),
        stance,
        information: format!("{}: {}", cause_label(&found.cause), found.detail),
        assessment: format!("The grade was {was} and is {}.{why}", given.grade),
        powers_and_policy: "As in the decision that is reviewed.".into(),
        options: "Another grade.".into(),
        action_and_review: "The review clock of the grade begins anew.".into(),
        outcome: "reviewed".into(),
        reasons: given.reasons.trim().into(),
    };
    decision.check()?;
    let kind = if found.supervisor { "supervision" } else { "review" };
    let grade = Some(given.grade.as_str()).filter(|g| !g.is_empty());
    decide::keep(cx, &decision, kind, grade, terms.as_ref(), lowered, run)?;
    cx.exec(
        "update review set done_at = $1, done_by = $2, decision_id = $3 where id = $4",
        &[now.into(), person.id().into(), decision.id.into(), review.into()],
    )?;
    answered_by(cx, found.report, decision.id, person)?;
    let changed = cx.exec(
        "update report set grade = $1, graded_at = $2, version = version + 1 where id = $3 and version = $4",
        &[grade.into(), now.into(), found.report.into(), given.version.into()],
    )?;
    if changed != 1 {
        return Err(Error::Stale("somebody else decided at the same moment; read the report again".into()));
    }
    if let Some(terms) = &terms {
        start_clock(cx, found.report, terms, &given.grade)?;
        // An officer who lowers in a review is looked at as in any other decision; a supervisor has looked.
        if stance == Some(Stance::Lowered) && !found.supervisor {
            let floor = terms.grade(terms.floor).unwrap_or("the floor");
            let detail = format!("Graded {} below {floor}.", given.grade);
            open(cx, found.report, BELOW_FLOOR, &detail, Some(person.id()), terms.supervisor_within)?;
        }
    }
    cx.record(
        Verb::Decide,
        "report",
        Some(found.report),
        json!({ "decision": decision.id, "review": review, "cause": found.cause, "grade": grade,
                "stance": stance, "proposal": decision.proposal }),
    )?;
    Ok(decision.id)
}
