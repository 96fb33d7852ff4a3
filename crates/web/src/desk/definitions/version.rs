//! One version of a definition: as people read it, what was known when it was asked to go live, and what can be done
//! with it.

use super::{
    HERE, Stage, asked,
    figures::{FiguresView, figures_view},
    href, moments, siblings, stage,
};
use crate::{
    App,
    desk::{facts::sentence, frame, may, page::Tab},
    govuk::page::{Event, Problem},
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
    reading::{self, Reading, reading},
};
use axum::{
    extract::{Path, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_casework::{Deed, VersionView};
use bluelamp_model::{Error, Result, authority::action};
use bluelamp_triage::{Definition, Status};
use serde::Serialize;
use std::collections::BTreeMap;

/// The page `staff/definition.njk`.
#[derive(Serialize)]
struct VersionPage {
    title: String,
    id: String,
    version: String,
    href: String,
    history_href: String,
    edit_href: Option<String>,
    /// Its ethics assessment and what it is approved for.
    ethics_href: Option<String>,
    /// The decisions that it led.
    decisions_href: Option<String>,
    stage: Stage,
    /// Who has asked that it go live, while nobody has answered.
    waiting: Option<String>,
    owner: String,
    accountable: String,
    review_by: String,
    overdue: bool,
    versions: Vec<Tab>,
    reading: Reading,
    text: String,
    figures: Option<FiguresView>,
    events: Vec<Event>,
    deeds: Vec<DeedView>,
    /// Why something else cannot be done by this person.
    shut: Vec<Shut>,
    /// The text that was read: what is done is done to it and no other.
    digest: String,
    csrf: String,
    error_summary: Vec<Problem>,
    errors: BTreeMap<String, String>,
}

/// Something that this person can do, for reasons that they write down.
#[derive(Debug, Serialize)]
struct DeedView {
    /// Its code, and part of the ids in its form.
    code: &'static str,
    title: &'static str,
    about: &'static str,
    buttons: Vec<Button>,
    reasons: String,
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct Button {
    text: &'static str,
    action: String,
    classes: &'static str,
}

/// What this person cannot do: for their purpose, or because it takes somebody else.
#[derive(Debug, Serialize)]
struct Shut {
    deed: Option<&'static str>,
    text: Option<&'static str>,
}

/// What was tried and is wrong.
#[derive(Default)]
struct Tried {
    deed: Option<Deed>,
    reasons: String,
    problem: Option<(StatusCode, String)>,
}

/// `GET /desk/definitions/{id}/{version}`
pub(crate) async fn view(
    State(app): State<App>,
    staff: Staff,
    Path((id, version)): Path<(String, String)>,
) -> Answer {
    show(&app, &staff, &id, &version, Tried::default()).await
}

async fn show(app: &App, staff: &Staff, id: &str, version: &str, tried: Tried) -> Answer {
    let (id, version, shelf) = (id.to_owned(), version.to_owned(), app.shelf());
    let (found, all, waiting) = app
        .read(&staff.actor(), move |cx| {
            let found = bluelamp_casework::view_version(cx, &shelf, &id, &version)?;
            Ok((found, bluelamp_casework::versions(cx)?, bluelamp_casework::waiting(cx)?))
        })
        .await?;
    let v = &found.version;
    let here = href(v);
    let waits = waiting.iter().find(|w| w.definition == v.definition && w.version == v.version);
    let (deeds, shut) = deeds(app, staff, &found, &here, &tried);
    let h = &found.definition.header;
    let mut error_summary = Vec::new();
    if let Some((status, text)) = &tried.problem {
        let Some(deed) = deeds.iter().find(|d| d.error.is_some()) else {
            // What was tried cannot be tried any more: there is no form to say it at.
            return Err(if *status == StatusCode::CONFLICT {
                Error::Conflict(text.clone()).into()
            } else {
                Error::field("reasons", "wrong", text.clone()).into()
            });
        };
        error_summary.push(Problem { text: text.clone(), href: format!("#reasons-{}", deed.code) });
    }
    let page = VersionPage {
        title: found.definition.title.clone(),
        id: v.definition.clone(),
        version: v.version.clone(),
        history_href: format!("{HERE}/{}", v.definition),
        edit_href: may(app, staff, action::DEFINITION_WRITE).then(|| format!("{here}/edit")),
        decisions_href: (may(app, staff, action::QUALITY_VIEW) && v.status != Status::Draft)
            .then(|| format!("/desk/graded?definition={}&version={}", v.definition, v.version)),
        ethics_href: (may(app, staff, action::ETHICS_VIEW) && v.status != Status::Draft)
            .then(|| format!("/desk/ethics/definition/{}?version={}", v.definition, v.digest)),
        stage: stage(v.status),
        waiting: waits.map(asked),
        owner: reading::role(&h.owner).to_owned(),
        accountable: reading::role(&h.accountable).to_owned(),
        review_by: reading::day(&h.review_by),
        overdue: h.review_by < app.inner.db.now().day(),
        versions: siblings(&all, &v.definition, &v.version),
        reading: reading(&found.definition),
        text: found.text.clone(),
        figures: found
            .events
            .iter()
            .find_map(|e| e.figures.as_ref())
            .map(|f| figures_view(f, may(app, staff, action::REPORT_LIST))),
        events: moments(&found).into_iter().map(|(_, event)| event).collect(),
        deeds,
        shut,
        digest: v.digest.clone(),
        csrf: csrf(app, &staff.cookie),
        errors: BTreeMap::new(),
        error_summary,
        href: here,
    };
    let mut response = app.page("staff/definition.njk", &frame(app, staff, HERE), &page)?;
    if let Some((status, _)) = tried.problem {
        *response.status_mut() = status;
    }
    Ok(response)
}

/// What this person can do with a version as it stands, and what they cannot and why.
fn deeds(
    app: &App,
    staff: &Staff,
    found: &VersionView,
    here: &str,
    tried: &Tried,
) -> (Vec<DeedView>, Vec<Shut>) {
    let (writes, approves) =
        (may(app, staff, action::DEFINITION_WRITE), may(app, staff, action::DEFINITION_APPROVE));
    let (mut deeds, mut shut) = (Vec::new(), Vec::new());
    let form = |title, about, buttons: &[(Deed, &'static str, &'static str)]| {
        let mine = buttons.iter().any(|(deed, ..)| tried.deed == Some(*deed));
        DeedView {
            code: buttons.first().map_or("", |(deed, ..)| deed.code()),
            title,
            about,
            buttons: buttons
                .iter()
                .map(|(deed, text, classes)| Button {
                    text,
                    action: format!("{here}/{}", deed.code()),
                    classes,
                })
                .collect(),
            reasons: if mine { tried.reasons.clone() } else { String::new() },
            error: tried.problem.as_ref().filter(|_| mine).map(|(_, text)| text.clone()),
        }
    };
    let purpose = |deed| Shut { deed: Some(deed), text: None };
    match (found.version.status, found.asked_by) {
        (Status::Draft, _) if writes => deeds.push(form(
            "Put into shadow",
            "It then looks at every report, and shows what it makes of it to nobody who works on one. From then on \
             its text stays as it is.",
            &[(Deed::Shadow, "Put into shadow", "")],
        )),
        (Status::Draft, _) => shut.push(purpose("put this draft into shadow")),
        (Status::Shadow, None) if writes => deeds.push(form(
            "Ask that it go live",
            "Its cases have to come out right, and the forms have to fit it. What it makes of the stored reports \
             is counted and put into the record. Then somebody else decides.",
            &[(Deed::Ask, "Ask that it go live", "")],
        )),
        (Status::Shadow, None) => shut.push(purpose("ask that this version go live")),
        (Status::Shadow, Some(by)) if by == staff.session.account => shut.push(Shut {
            deed: None,
            text: Some(
                "You asked that this version go live. Going live takes two people: somebody else has to answer, so \
                 there is no button for it here.",
            ),
        }),
        (Status::Shadow, Some(_)) if found.wrote(staff.session.account) => shut.push(Shut {
            deed: None,
            text: Some(
                "You have written the text of this version. Somebody else has to answer whether it goes live, so there is \
                 no button for it here.",
            ),
        }),
        (Status::Shadow, Some(_)) if approves => deeds.push(form(
            "Decide whether it goes live",
            "Look at the figures first. Where it goes live, the version that is in force is retired; open reports \
             are assessed again, and those that are graded are put up for review where it says something else. No \
             grade changes by it.",
            &[
                (Deed::Live, "Let it go live", ""),
                (Deed::Refuse, "Do not let it go live", "govuk-button--secondary"),
            ],
        )),
        (Status::Shadow, Some(_)) => shut.push(purpose("decide whether this version goes live")),
        (Status::Live | Status::Retired, _) => {}
    }
    if approves && found.version.status != Status::Retired {
        let about = match found.version.status {
            Status::Live => {
                "No version is in force then until another goes live: reports are graded by people without a \
                 proposal. Grades that were given stay."
            }
            _ => "It is not evaluated any more and cannot come back; its text and its record stay.",
        };
        deeds.push(form("Retire", about, &[(Deed::Retire, "Retire this version", "govuk-button--warning")]));
    }
    (deeds, shut)
}

/// `POST /desk/definitions/{id}/{version}/{deed}`
pub(crate) async fn act(
    State(app): State<App>,
    staff: Staff,
    Path((id, version, deed)): Path<(String, String, String)>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let known = Deed::ALL.into_iter().find(|d| *d != Deed::Write && d.code() == deed);
    let deed = known.ok_or_else(|| Error::NotFound("that page".into()))?;
    // PostgreSQL takes no such character in a text, and nobody types it.
    let (why, seen) = (first(&raw, "reasons").replace('\0', ""), first(&raw, "digest").to_owned());
    let tried = Tried { deed: Some(deed), reasons: why.clone(), problem: None };
    let (site, which, number) = (app.clone(), id.clone(), version.clone());
    let done = app
        .write(&staff.actor(), move |cx| {
            let (shelf, id, version) = (&site.inner.shelf, which.as_str(), number.as_str());
            cx.allow(needed(deed), None)?;
            let found = bluelamp_casework::view_version(cx, shelf, id, version)?;
            if found.version.digest != seen {
                return Err(Error::Stale("the text is not the one that you read".into()));
            }
            if matches!(deed, Deed::Ask | Deed::Live) {
                forms_fit(&site, &found.definition)?;
            }
            match deed {
                Deed::Shadow => bluelamp_casework::to_shadow(cx, shelf, id, version, &why),
                Deed::Ask => bluelamp_casework::ask_live(cx, shelf, id, version, &why).map(drop),
                Deed::Live => bluelamp_casework::go_live(cx, shelf, id, version, &why),
                Deed::Refuse => bluelamp_casework::refuse_live(cx, shelf, id, version, &why),
                Deed::Retire => bluelamp_casework::retire(cx, id, version, &why),
                Deed::Write => Err(Error::Bug("a text is written elsewhere".into())),
            }
        })
        .await;
    let problem = match done {
        Ok(()) => return Ok(Redirect::to(&format!("{HERE}/{id}/{version}#life")).into_response()),
        Err(Error::Invalid(wrong)) => {
            let all: Vec<_> = wrong.into_iter().map(|e| e.message).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, all.join("; "))
        }
        Err(Error::Conflict(what)) => (StatusCode::CONFLICT, sentence(&what)),
        Err(e) => return Err(e.into()),
    };
    show(&app, &staff, &id, &version, Tried { problem: Some(problem), ..tried }).await
}

fn needed(deed: Deed) -> &'static str {
    match deed {
        Deed::Write | Deed::Shadow | Deed::Ask => action::DEFINITION_WRITE,
        Deed::Live | Deed::Refuse | Deed::Retire => action::DEFINITION_APPROVE,
    }
}

/// Whether the definition can take every answer of the forms that go on to it. A mistake here would only show when a
/// report is assessed, too late for its sender.
fn forms_fit(app: &App, definition: &Definition) -> Result<()> {
    let its = |form: &&bluelamp_forms::Form| form.definition.as_deref() == Some(&*definition.header.id);
    let mut wrong = Vec::new();
    for form in app.inner.forms.values().filter(its) {
        let questions = form.pages.iter().flat_map(|page| form.questions(page));
        wrong.extend(questions.filter_map(|q| {
            let why = bluelamp_casework::misfit(form, q, definition)?;
            Some(format!("the question '{}' of the form '{}': {why}", q.name, form.id))
        }));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "a form does not fit this version. Mend the form or the text first: {}",
        wrong.join("; ")
    )))
}
