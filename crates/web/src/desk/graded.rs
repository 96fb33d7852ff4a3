//! Decisions beside what was proposed, for those who answer for definitions: the step of the chain between a version and a
//! complaint. Without persons and words; whoever may see the report follows its reference.

use super::{
    frame, may,
    registers::{PointerView, pointer_views},
};
use crate::{
    App,
    guard::{Answer, Staff},
};
use axum::extract::{Path, Query, State};
use bluelamp_casework::{GradedDecision, LowerReason, Outcome, ReviewedDecision, Sought};
use bluelamp_model::{Error, Id, Result, authority::action};
use bluelamp_steward::{
    entry,
    redress::{self, Brief},
};
use bluelamp_store::{Cx, Reference};
use serde::{Deserialize, Serialize};

/// The page `staff/graded.njk`.
#[derive(Debug, Serialize)]
struct GradedPage {
    title: String,
    back_text: String,
    back_href: String,
    /// "12 decisions, 3 of them departed from the proposal".
    count: String,
    rows: Vec<GradedRow>,
}

#[derive(Debug, Serialize)]
struct GradedRow {
    href: String,
    at: String,
    reference: String,
    outcome: String,
    grade: String,
    proposed: String,
    stance: &'static str,
    lowered: String,
}

/// What the address of the list can hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct GradedQuery {
    #[serde(default)]
    definition: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    report: String,
}

fn row(d: &GradedDecision) -> GradedRow {
    let outcome = Outcome::ALL.into_iter().find(|o| o.code() == d.outcome).map(Outcome::label);
    let lowered = d.lower_code.as_deref();
    let lowered = lowered.and_then(|c| LowerReason::ALL.into_iter().find(|r| r.code() == c));
    GradedRow {
        href: format!("/desk/graded/{}", d.id),
        at: d.at.spoken(),
        reference: d.reference.clone(),
        outcome: outcome.unwrap_or("Looked at again").to_owned(),
        grade: d.grade.clone().unwrap_or_else(|| "no grade".into()),
        proposed: match (&d.floor, &d.ceiling) {
            (Some(floor), Some(ceiling)) if floor != ceiling => format!("{floor} to {ceiling}"),
            (Some(floor), _) => floor.clone(),
            (None, Some(ceiling)) => format!("up to {ceiling}"),
            (None, None) => "nothing".into(),
        },
        stance: stance(d),
        lowered: lowered.map(|r| r.label().to_owned()).unwrap_or_default(),
    }
}

fn stance(d: &GradedDecision) -> &'static str {
    match d.stance.as_deref() {
        Some("agreed") => "As proposed",
        Some("raised") => "Above the proposal",
        Some("lowered") => "Below the proposal",
        _ => "Nothing was proposed",
    }
}

/// `GET /desk/graded`
pub(crate) async fn list(State(app): State<App>, staff: Staff, Query(q): Query<GradedQuery>) -> Answer {
    let by_report = !q.report.is_empty();
    let report = Reference::parse(&q.report).map_or_else(|| q.report.clone(), |r| r.text().to_owned());
    let (title, back_text, back_href) = if by_report {
        (format!("Decisions about {report}"), "Quality".to_owned(), "/desk/quality".to_owned())
    } else {
        (
            format!("Decisions under {} {}", q.definition, q.version),
            format!("{} {}", q.definition, q.version),
            format!("/desk/definitions/{}/{}", q.definition, q.version),
        )
    };
    if !by_report && (q.definition.is_empty() || q.version.is_empty()) {
        let message = "Name a definition and its version, or the reference of a report";
        return Err(Error::field("definition", "required", message).into());
    }
    let all = app
        .read(&staff.actor(), move |cx| {
            let sought = if by_report {
                Sought::Report(&q.report)
            } else {
                Sought::Version { definition: &q.definition, version: &q.version }
            };
            bluelamp_casework::graded_decisions(cx, sought)
        })
        .await?;
    let departed = all.iter().filter(|d| d.overrides()).count();
    let noun = if all.len() == 1 { "decision" } else { "decisions" };
    let page = GradedPage {
        title,
        back_text,
        back_href,
        count: format!("{} {noun}, {departed} of them departed from the proposal", all.len()),
        rows: all.iter().map(row).collect(),
    };
    app.page("staff/graded.njk", &frame(&app, &staff, "/desk/quality"), &page)
}

/// The page `staff/graded_one.njk`.
#[derive(Debug, Serialize)]
struct GradedOne {
    title: String,
    back_href: String,
    back_text: String,
    row: GradedRow,
    definition: Option<Step>,
    ethics: Option<Step>,
    report: Option<Step>,
    /// Complaints about the report, without the person and their words.
    complaints: Vec<Step>,
}

/// A step to another page of the chain.
#[derive(Debug, Serialize)]
struct Step {
    text: String,
    href: String,
}

/// `GET /desk/graded/{id}`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Path(which): Path<String>) -> Answer {
    let id: Id = which.parse().map_err(|_| Error::NotFound("that decision".into()))?;
    let (found, complaints) = app
        .read(&staff.actor(), move |cx| {
            let found = bluelamp_casework::graded_decision(cx, id)?;
            let complaints = redress::about_report(cx, &found.reference)?;
            Ok((found, complaints))
        })
        .await?;
    let version = found.definition.as_deref().zip(found.version.as_deref());
    let may = |action| may(&app, &staff, action);
    let page = GradedOne {
        title: format!("A decision of {}", found.at.spoken()),
        back_text: "Decisions of the same version".into(),
        back_href: match version {
            Some((definition, version)) => {
                format!("/desk/graded?definition={definition}&version={version}")
            }
            None => format!("/desk/graded?report={}", found.reference),
        },
        row: row(&found),
        definition: version.filter(|_| may(action::DEFINITION_VIEW)).map(|(definition, version)| Step {
            text: format!("Definition {definition}, version {version}"),
            href: format!("/desk/definitions/{definition}/{version}"),
        }),
        ethics: version.filter(|_| may(action::ETHICS_VIEW)).map(|(definition, _)| Step {
            text: format!("Ethics of definition/{definition}"),
            href: format!("/desk/ethics/definition/{definition}"),
        }),
        report: may(action::REPORT_VIEW).then(|| Step {
            text: format!("Report {}", found.reference),
            href: format!("/desk/reports/{}", found.report),
        }),
        complaints: complaints
            .iter()
            .map(|c| Step {
                text: format!("{}: {}", c.reference, standing(c)),
                href: format!("/desk/graded/complaints/{}", c.reference),
            })
            .collect(),
    };
    app.page("staff/graded_one.njk", &frame(&app, &staff, "/desk/quality"), &page)
}

/// The page `staff/complaint_decisions.njk`.
#[derive(Debug, Serialize)]
struct ReviewedPage {
    title: String,
    complaint: String,
    back_href: String,
    decisions: Vec<ReviewedView>,
}

#[derive(Debug, Serialize)]
struct ReviewedView {
    row: GradedRow,
    assessment: Vec<String>,
    reasons: Vec<String>,
    ethics: Option<Step>,
}

/// `GET /desk/complaints/{reference}/decisions`: what a complaint is about, for the reviewer to whom it was given.
pub(crate) async fn reviewed(State(app): State<App>, staff: Staff, Path(reference): Path<String>) -> Answer {
    let (complaint, report, all) = app.read(&staff.actor(), move |cx| reviewed_of(cx, &reference)).await?;
    let lines = |text: &str| text.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned).collect();
    let sees_ethics = may(&app, &staff, action::ETHICS_VIEW);
    let page = ReviewedPage {
        title: match report.as_str() {
            "" => "The complaint names no report".into(),
            report => format!("What was decided about {report}"),
        },
        back_href: format!("/desk/complaints/{complaint}"),
        complaint,
        decisions: all
            .iter()
            .map(|d| ReviewedView {
                row: row(&d.decision),
                assessment: lines(&d.assessment),
                reasons: lines(&d.reasons),
                ethics: d.decision.definition.as_deref().filter(|_| sees_ethics).map(|definition| Step {
                    text: format!("Ethics of definition/{definition}"),
                    href: format!("/desk/ethics/definition/{definition}"),
                }),
            })
            .collect(),
    };
    app.page("staff/complaint_decisions.njk", &frame(&app, &staff, "/desk/complaints"), &page)
}

/// The complaint, the report that it names and what was decided about that, for the reviewer to whom it was given.
///
/// # Errors
/// Not allowed; [`Error::NotFound`], also for a complaint that was given to somebody else.
pub(crate) fn reviewed_of(
    cx: &mut Cx<'_>,
    reference: &str,
) -> Result<(String, String, Vec<ReviewedDecision>)> {
    let complaint = redress::view_assigned(cx, reference)?;
    let all = bluelamp_casework::reviewed_decisions(cx, &complaint.report_reference)?;
    Ok((complaint.listed.reference, complaint.report_reference, all))
}

/// How a complaint stands, and what was found.
fn standing(c: &Brief) -> String {
    match c.finding {
        Some(finding) => format!("{}, {}", c.state.label(), finding.label()),
        None => c.state.label().to_owned(),
    }
}

/// The page `staff/graded_complaint.njk`.
#[derive(Debug, Serialize)]
struct ComplaintBrief {
    title: String,
    received: String,
    about: &'static str,
    standing: String,
    outcomes: Vec<&'static str>,
    decisions: Option<Step>,
    algorithm: Option<Step>,
    /// The complaint itself, for those who handle it or look into it.
    whole: Option<Step>,
    pointers: Vec<PointerView>,
    /// Whether this person may see what answers it.
    sees_pointers: bool,
}

/// `GET /desk/graded/complaints/{reference}`: a complaint without the person and their words.
pub(crate) async fn complaint(State(app): State<App>, staff: Staff, Path(reference): Path<String>) -> Answer {
    let sees_pointers = may(&app, &staff, action::STRATEGY_VIEW);
    let (found, pointers) = app
        .read(&staff.actor(), move |cx| {
            let found = redress::brief(cx, &reference)?;
            let target = format!("complaint:{}", found.reference);
            let pointers = if sees_pointers { entry::pointers(cx, &target)? } else { Vec::new() };
            Ok((found, pointers))
        })
        .await?;
    let may = |action| may(&app, &staff, action);
    let page = ComplaintBrief {
        title: format!("Complaint {}", found.reference),
        received: found.received_at.spoken(),
        about: found.about.label(),
        standing: standing(&found),
        outcomes: found.outcomes.iter().map(|o| o.label()).collect(),
        decisions: (!found.report_reference.is_empty()).then(|| Step {
            text: format!("Decisions about {}", found.report_reference),
            href: format!("/desk/graded?report={}", found.report_reference),
        }),
        algorithm: (!found.algorithm.is_empty() && may(action::ETHICS_VIEW)).then(|| Step {
            text: format!("{} {}", found.algorithm, found.algorithm_version),
            href: format!("/desk/ethics/{}", found.algorithm),
        }),
        whole: (may(action::COMPLAINT_HANDLE) || may(action::COMPLAINT_REVIEW)).then(|| Step {
            text: "The complaint itself".into(),
            href: format!("/desk/complaints/{}", found.reference),
        }),
        pointers: pointer_views(&pointers),
        sees_pointers,
    };
    app.page("staff/graded_complaint.njk", &frame(&app, &staff, "/desk/quality"), &page)
}
