//! Taking a step: the stored report is put where it stands, and only what the machine gives back is stored.

use super::{
    files,
    office::{By, Signing},
    public::{self, Prepared},
    register::{self, Row, once},
    report::{Publication, is_reference},
    standing::{At, Decided, Moved, NotPublished, Place, Signature, Standing, State, Taken, What},
};
use bluelamp_model::{
    Error, Result, Time,
    authority::{Actor, Verb},
};
use bluelamp_store::{Cx, Db};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::io::Cursor;

/// A step that a person asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The step.
    pub step: What,
    /// The version of the report that the person saw.
    pub version: i64,
    /// Day, printed name, capacity, signature.
    #[serde(default)]
    pub signing: Signing,
    /// Why, where the step needs reasons.
    #[serde(default)]
    pub reasons: String,
    /// The report that takes its place, where it is superseded.
    #[serde(default)]
    pub by_reference: String,
}

/// What was made before the transaction: the check reads files, and a transaction does not wait for that.
#[derive(Default)]
struct Made {
    /// The version of the report that was checked, if one was.
    version: Option<i64>,
    prepared: Option<Prepared>,
    /// The digest of the file that was kept, where it is published.
    pdf: Option<String>,
}

/// Takes a step with a report, as the person behind the actor, and gives where the report stands then.
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Stale`]; [`Error::Conflict`] for a step that there is not from where the
/// report stands; [`Error::Invalid`] for what a guard misses; [`Error::Forbidden`] for a hand that may not be this
/// person's.
pub fn take(db: &Db, actor: &Actor, reference: &str, asked: &Asked) -> Result<State> {
    let checked = matches!(
        asked.step,
        What::RequireRedaction
            | What::PutForward
            | What::Publish
            | What::SignRedactionExecutive
            | What::SignRedactionTreasurer
    );
    let made = if checked { prepare(db, actor, reference, asked)? } else { Made::default() };
    let (reference, asked) = (reference.to_owned(), asked.clone());
    db.write(actor, move |cx| step(cx, &reference, &asked, &made))
}

/// Makes and checks what is published, where the step stands a chance.
fn prepare(db: &Db, actor: &Actor, reference: &str, asked: &Asked) -> Result<Made> {
    let (row, files) = db.read(actor, |cx| {
        cx.allow(asked.step.post().action(), None)?;
        let row = register::row(cx, reference)?;
        register::readable(cx, &row)?;
        let files = files::of(cx, row.id)?;
        cx.record(Verb::Consult, "decision-report", Some(row.id), json!({ "for": asked.step }))?;
        Ok((row, files))
    })?;
    let redacts = row.publication.redacts();
    let ready = match asked.step {
        What::Publish => matches!(row.state, State::Agreed | State::NotAgreed),
        What::RequireRedaction => row.state == State::StatutoryOfficerSignOff && redacts,
        // What cannot be published is not put before the Commissioner as if it could.
        What::PutForward => {
            row.state == State::RedactionSignedOff || row.state == State::StatutoryOfficerSignOff && !redacts
        }
        _ => row.state == State::RedactionRequired,
    };
    // Everything else is refused below, by the machine; and so is another version than the one that was checked.
    if !ready || row.version != asked.version || row.publication.for_publication != Some(true) {
        return Ok(Made::default());
    }
    let version = Some(row.version);
    row.publication.sound()?;
    if asked.step == What::RequireRedaction {
        // The text or the files may have changed since this was settled.
        public::try_out(db, &row, &row.publication, &files)?;
        return Ok(Made { version, ..Made::default() });
    }
    let prepared = public::prepare(db, &row, &files)?;
    if asked.step == What::PutForward {
        return Ok(Made { version, ..Made::default() });
    }
    let pdf = match asked.step {
        What::Publish => Some(db.put_blob(Cursor::new(prepared.pdf.clone()), u64::MAX)?.sha256),
        _ => None,
    };
    Ok(Made { version, prepared: Some(prepared), pdf })
}

fn step(cx: &mut Cx<'_>, reference: &str, asked: &Asked, made: &Made) -> Result<State> {
    cx.allow(asked.step.post().action(), None)?;
    let row = register::row(cx, reference)?;
    register::readable(cx, &row)?;
    if row.version != asked.version {
        return Err(Error::Stale(format!("the decision report {reference}")));
    }
    let (id, signing, reasons) = (row.id, &asked.signing, asked.reasons.as_str());
    let none = |state: State| {
        let message =
            format!("'{}' is no step for a report that stands at '{}'", asked.step.label(), state.label());
        Error::Conflict(message)
    };
    match (row.standing(), asked.step) {
        (Standing::Draft(at), What::CheckFinance) => {
            let moved = at.check_finance(By::of(cx, id, signing)?)?;
            keep(cx, &row, moved)
        }
        (Standing::FinanceChecked(at), What::Submit) => {
            let moved = at.submit(By::of(cx, id, signing)?)?;
            keep(cx, &row, moved)
        }
        (Standing::CogSubmitted(at), What::Approve) => {
            let moved = at.approve(By::of(cx, id, signing)?)?;
            keep(cx, &row, moved)
        }
        (Standing::CogSubmitted(at), What::Waive) => {
            let moved = at.waive(By::of(cx, id, signing)?, reasons)?;
            keep(cx, &row, moved)
        }
        (Standing::CogApproved(at), What::SignExecutive) => {
            let signature = at.sign_executive(By::of(cx, id, signing)?)?;
            keep_signature(cx, &row, signature)
        }
        (Standing::CogApproved(at), What::SignTreasurer) => {
            let signature = at.sign_treasurer(By::of(cx, id, signing)?)?;
            keep_signature(cx, &row, signature)
        }
        (Standing::StatutoryOfficerSignOff(at), What::RequireRedaction) => {
            let moved = at.require_redaction(By::of(cx, id, signing)?)?;
            checked(&row, made)?;
            keep(cx, &row, moved)
        }
        (Standing::StatutoryOfficerSignOff(at), What::PutForward) => {
            let moved = at.put_forward(By::of(cx, id, signing)?)?;
            checked(&row, made)?;
            keep(cx, &row, moved)
        }
        (Standing::RedactionRequired(at), What::SignRedactionExecutive) => {
            let by = By::of(cx, id, signing)?;
            let moved = at.sign_redaction_executive(by, &proof(&row, made)?.clean)?;
            keep(cx, &row, moved)
        }
        (Standing::RedactionRequired(at), What::SignRedactionTreasurer) => {
            let by = By::of(cx, id, signing)?;
            let moved = at.sign_redaction_treasurer(by, &proof(&row, made)?.clean)?;
            keep(cx, &row, moved)
        }
        (Standing::RedactionSignedOff(at), What::PutForward) => {
            let moved = at.put_forward(By::of(cx, id, signing)?)?;
            checked(&row, made)?;
            keep(cx, &row, moved)
        }
        (Standing::PfccDecisionPending(at), What::Agree) => {
            let moved = at.agree(By::of(cx, id, signing)?)?;
            keep(cx, &row, moved)
        }
        (Standing::PfccDecisionPending(at), What::NotAgree) => {
            let moved = at.not_agree(By::of(cx, id, signing)?, reasons)?;
            keep(cx, &row, moved)
        }
        (Standing::Agreed(at), What::Publish) => publish(cx, &row, at, signing, made),
        (Standing::NotAgreed(at), What::Publish) => publish(cx, &row, at, signing, made),
        (Standing::Agreed(at), What::NotPublish) => {
            let moved = at.not_publish(By::of(cx, id, signing)?, reasons)?;
            not_published(cx, &row, moved)
        }
        (Standing::NotAgreed(at), What::NotPublish) => {
            let moved = at.not_publish(By::of(cx, id, signing)?, reasons)?;
            not_published(cx, &row, moved)
        }
        (Standing::Published(at), What::Supersede) => {
            replaced(cx, reference, &asked.by_reference)?;
            let moved = at.supersede(By::of(cx, id, signing)?, &asked.by_reference)?;
            keep(cx, &row, moved)
        }
        (Standing::CogApproved(at), What::Reopen) => reopen(cx, &row, at, asked),
        (Standing::StatutoryOfficerSignOff(at), What::Reopen) => reopen(cx, &row, at, asked),
        (Standing::RedactionRequired(at), What::Reopen) => reopen(cx, &row, at, asked),
        (Standing::RedactionSignedOff(at), What::Reopen) => reopen(cx, &row, at, asked),
        (Standing::PfccDecisionPending(at), What::Reopen) => reopen(cx, &row, at, asked),
        (Standing::Draft(at), What::Withdraw) => withdraw(cx, &row, at, asked),
        (Standing::FinanceChecked(at), What::Withdraw) => withdraw(cx, &row, at, asked),
        (Standing::CogSubmitted(at), What::Withdraw) => withdraw(cx, &row, at, asked),
        (Standing::CogApproved(at), What::Withdraw) => withdraw(cx, &row, at, asked),
        (Standing::StatutoryOfficerSignOff(at), What::Withdraw) => withdraw(cx, &row, at, asked),
        (Standing::RedactionRequired(at), What::Withdraw) => withdraw(cx, &row, at, asked),
        (Standing::RedactionSignedOff(at), What::Withdraw) => withdraw(cx, &row, at, asked),
        (Standing::PfccDecisionPending(at), What::Withdraw) => withdraw(cx, &row, at, asked),
        (standing, _) => Err(none(standing.state())),
    }
}

fn withdraw<S: super::standing::Open>(cx: &mut Cx<'_>, row: &Row, at: At<S>, asked: &Asked) -> Result<State> {
    let by = By::of(cx, row.id, &asked.signing)?;
    let moved = at.withdraw(by, &asked.reasons)?;
    keep(cx, row, moved)
}

fn reopen<S: super::standing::Signed>(cx: &mut Cx<'_>, row: &Row, at: At<S>, asked: &Asked) -> Result<State> {
    let by = By::of(cx, row.id, &asked.signing)?;
    let moved = at.reopen(by, &asked.reasons)?;
    keep(cx, row, moved)
}

/// What was for publication and is not published is not for publication any more, for the reasons of the step.
fn not_published(cx: &mut Cx<'_>, row: &Row, moved: Moved<NotPublished>) -> Result<State> {
    let reasons = moved.taken.reasons.clone();
    let state = keep(cx, row, moved)?;
    let now = Publication { for_publication: Some(false), reasons, ..row.publication.clone() };
    let text = serde_json::to_string(&now).map_err(|e| Error::Bug(e.to_string()))?;
    cx.exec("update decision_paper set publication = $1 where id = $2", &[text.into(), row.id.into()])?;
    Ok(state)
}

fn again() -> Error {
    Error::Unavailable("what is published has to be checked once more; try again".into())
}

/// Whether exactly this version of the report was checked, where there is something to check.
fn checked(row: &Row, made: &Made) -> Result<()> {
    if row.publication.for_publication == Some(true) && made.version != Some(row.version) {
        return Err(again());
    }
    Ok(())
}

/// What was made and checked of exactly this version of the report.
fn proof<'a>(row: &Row, made: &'a Made) -> Result<&'a Prepared> {
    checked(row, made)?;
    made.prepared.as_ref().ok_or_else(again)
}

fn publish<S: Decided>(
    cx: &mut Cx<'_>,
    row: &Row,
    at: At<S>,
    signing: &Signing,
    made: &Made,
) -> Result<State> {
    let by = By::of(cx, row.id, signing)?;
    if row.publication.for_publication != Some(true) {
        return Err(Error::Conflict("it is not for publication".into()));
    }
    let (prepared, sha256) = (proof(row, made)?, made.pdf.as_ref().ok_or_else(again)?);
    let report = &prepared.report;
    let moved = at.publish(by, &prepared.clean)?;
    let state = keep(cx, row, moved)?;
    let body = serde_json::to_string(report).map_err(|e| Error::Bug(e.to_string()))?;
    let now: Time = cx.now();
    cx.exec(
        "update decision_paper set published = $1, published_pdf = $2, published_pdf_size = $3, published_at = $4
         where id = $5",
        &[
            body.into(),
            sha256.as_str().into(),
            (prepared.pdf.len() as u64).into(),
            now.into(),
            row.id.into(),
        ],
    )?;
    let detail = json!({ "reference": row.reference, "pdf": sha256, "files": report.files.len() });
    cx.record(Verb::Disclose, "decision-report", Some(row.id), detail)?;
    Ok(state)
}

/// Whether the other report says that it takes this one's place, and was decided.
fn replaced(cx: &mut Cx<'_>, reference: &str, other: &str) -> Result<()> {
    let wrong = |message: &str| Err(Error::field("by_reference", "not-its-successor", message));
    if !is_reference(other) {
        return wrong("Enter the reference of the report that takes its place");
    }
    let Ok(newer) = register::row(cx, other) else {
        return wrong("There is no report with that reference");
    };
    if newer.content.supersedes.as_deref() != Some(reference) {
        return wrong("That report does not say that it replaces this one");
    }
    if newer.reached(State::Agreed).is_none() {
        return wrong("That report was not agreed");
    }
    Ok(())
}

fn keep_signature(cx: &mut Cx<'_>, row: &Row, signature: Signature) -> Result<State> {
    match signature {
        Signature::First(moved) => keep(cx, row, moved),
        Signature::Both(moved) => keep(cx, row, moved),
    }
}

/// Stores a step. There is no other way to change where a report stands.
fn keep<S: Place>(cx: &mut Cx<'_>, row: &Row, moved: Moved<S>) -> Result<State> {
    let Taken { report, what, from, to, person, printed, capacity, on, reasons } = moved.taken;
    let (id, now) = (cx.new_id()?, cx.now());
    let done = cx.exec(
        "update decision_paper set state = $1, version = version + 1 where id = $2 and version = $3 and state = $4",
        &[to.code().into(), report.into(), row.version.into(), from.code().into()],
    )?;
    once(done, &row.reference)?;
    cx.exec(
        "insert into decision_step
           (id, report_id, what, from_state, to_state, on_day, at, by_id, printed, capacity, reasons)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            id.into(),
            report.into(),
            what.code().into(),
            from.code().into(),
            to.code().into(),
            on.to_string().into(),
            now.into(),
            person.into(),
            printed.into(),
            capacity.as_str().into(),
            reasons.into(),
        ],
    )?;
    let detail = json!({ "reference": row.reference, "step": what, "from": from, "to": to, "on": on, "capacity": capacity });
    cx.record(Verb::Decide, "decision-report", Some(report), detail)?;
    Ok(to)
}
