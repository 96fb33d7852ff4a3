//! Writing a decision report: a new draft, and another version of one.

use super::{HERE, day, seen, values};
use crate::{
    App,
    desk::strategy::frame,
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::{
        fields::Raw,
        journey::{first, posted},
    },
};
use axum::{
    extract::{Path, RawForm, State as Given},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Error, FieldError, Gsc, Result, authority::action};
use bluelamp_steward::decision::{Consulted, Content, Said, Section};
use serde::Serialize;
use std::collections::BTreeMap;

/// The page `staff/decision_edit.njk`.
#[derive(Serialize)]
struct EditPage {
    title: String,
    /// Nothing for a new one.
    reference: Option<String>,
    action: String,
    back_href: String,
    version: i64,
    sections: Vec<Asked>,
    values: BTreeMap<String, String>,
    csrf: String,
    error_summary: Vec<Problem>,
    errors: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Asked {
    code: &'static str,
    number: u8,
    title: &'static str,
    none_allowed: bool,
}

fn page(
    app: &App,
    staff: &Staff,
    reference: Option<&str>,
    version: i64,
    form: &BTreeMap<String, String>,
    wrong: &[FieldError],
) -> Answer {
    let here = reference.map_or_else(|| HERE.to_owned(), |r| format!("{HERE}/{r}"));
    let page = EditPage {
        title: reference
            .map_or_else(|| "New decision report".into(), |r| format!("Edit decision report {r}")),
        reference: reference.map(str::to_owned),
        action: reference.map_or_else(|| HERE.to_owned(), |r| format!("{HERE}/{r}/edit")),
        back_href: here,
        version,
        sections: Section::ALL
            .into_iter()
            .map(|s| Asked {
                code: s.code(),
                number: s.number(),
                title: s.title(),
                none_allowed: s.none_allowed(),
            })
            .collect(),
        values: form.clone(),
        csrf: csrf(app, &staff.cookie),
        error_summary: wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}", e.field) })
            .collect(),
        errors: wrong.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
    };
    let mut response = app.page("staff/decision_edit.njk", &frame(app, staff, HERE), &page)?;
    if !wrong.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `GET /desk/decisions/new`
pub(crate) async fn new(Given(app): Given<App>, staff: Staff) -> Answer {
    asks(&app, &staff)?;
    page(&app, &staff, None, 0, &BTreeMap::new(), &[])
}

/// The page is for those who may write.
fn asks(app: &App, staff: &Staff) -> Result<()> {
    if super::may(app, staff, action::DECISION_WRITE) {
        return Ok(());
    }
    Err(Error::Forbidden { reason: "for this purpose you cannot write decision reports".into() })
}

/// `GET /desk/decisions/{reference}/edit`
pub(crate) async fn edit(Given(app): Given<App>, staff: Staff, Path(reference): Path<String>) -> Answer {
    asks(&app, &staff)?;
    let wanted = reference.clone();
    let view = app.read(&staff.actor(), move |cx| bluelamp_steward::decision::view(cx, &wanted)).await?;
    page(&app, &staff, Some(&reference), view.version, &filled(&view.content), &[])
}

fn filled(content: &Content) -> BTreeMap<String, String> {
    let consulted = content.consulted.iter().map(|c| format!("{} | {} | {}", c.on, c.who, c.said));
    let mut form: BTreeMap<String, String> = [
        ("classification", content.classification.code().to_owned()),
        ("title", content.title.clone()),
        ("area", content.area.clone()),
        ("report_by", content.report_by.clone()),
        ("date_of_report", content.date_of_report.map_or_else(String::new, |d| d.to_string())),
        ("enquiries_to", content.enquiries_to.clone()),
        ("priorities", content.priorities.join("\n")),
        ("risk_register", content.risks.join("\n")),
        ("items", content.items.join("\n")),
        ("equality_assessment", content.equality_assessment.clone()),
        ("consulted", consulted.collect::<Vec<_>>().join("\n")),
        ("summary", content.summary.clone()),
        ("supersedes", content.supersedes.clone().unwrap_or_default()),
        ("carry_over", content.carry_over.join("\n")),
    ]
    .map(|(n, v)| (n.to_owned(), v))
    .into();
    for (section, said) in &content.sections {
        match said {
            Said::None => form.insert(format!("{}_none", section.code()), "yes".into()),
            Said::Text(text) => form.insert(section.code().into(), text.clone()),
        };
    }
    form
}

/// The content that a form holds. What the form cannot say otherwise is a wrong field.
fn content(raw: &Raw) -> Result<Content> {
    let one = |field: &str| first(raw, field).trim().to_owned();
    let text = |field: &str| first(raw, field).replace("\r\n", "\n").trim().to_owned();
    let lines = |field: &str| -> Vec<String> {
        first(raw, field).lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect()
    };
    let mut wrong = Vec::new();
    let fault = |field: &str, code: &str, message: &str| FieldError {
        field: field.into(),
        code: code.into(),
        message: message.into(),
    };
    let classification = match first(raw, "classification") {
        "official" => Gsc::Official,
        "official-sensitive" => Gsc::OfficialSensitive,
        _ => {
            wrong.push(fault("classification", "required", "Choose the classification"));
            Gsc::OfficialSensitive
        }
    };
    let mut content = Content {
        title: one("title"),
        area: one("area"),
        report_by: one("report_by"),
        enquiries_to: one("enquiries_to"),
        priorities: lines("priorities"),
        risks: lines("risk_register"),
        items: lines("items"),
        equality_assessment: one("equality_assessment"),
        summary: text("summary"),
        supersedes: Some(one("supersedes")).filter(|r| !r.is_empty()),
        carry_over: lines("carry_over"),
        ..Content::new(classification)
    };
    match day(raw, "date_of_report") {
        Ok(day) => content.date_of_report = day,
        Err(Error::Invalid(fields)) => wrong.extend(fields),
        Err(e) => return Err(e),
    }
    for section in Section::ALL {
        let said = text(section.code());
        let none = first(raw, &format!("{}_none", section.code())) == "yes";
        match (none, said.is_empty()) {
            (true, false) => wrong.push(fault(
                section.code(),
                "both",
                "Write something, or say that there is none; not both",
            )),
            (true, true) => drop(content.sections.insert(section, Said::None)),
            (false, false) => drop(content.sections.insert(section, Said::Text(said))),
            (false, true) => {}
        }
    }
    for line in lines("consulted") {
        let mut parts = line.splitn(3, '|').map(|p| p.trim().to_owned());
        match (parts.next(), parts.next(), parts.next()) {
            (Some(on), Some(who), Some(said)) => content.consulted.push(Consulted { on, who, said }),
            _ => {
                let message = "Write each line of the consultation as: day | who | what they said";
                wrong.push(fault("consulted", "format", message));
                break;
            }
        }
    }
    if wrong.is_empty() { Ok(content) } else { Err(Error::Invalid(wrong)) }
}

/// `POST /desk/decisions`
pub(crate) async fn create(Given(app): Given<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    asks(&app, &staff)?;
    let made = match content(&raw) {
        Ok(content) => {
            let reference = first(&raw, "reference").to_owned();
            app.write(&staff.actor(), move |cx| bluelamp_steward::decision::create(cx, &reference, &content))
                .await
        }
        Err(e) => Err(e),
    };
    match made {
        Ok(reference) => Ok(Redirect::to(&format!("{HERE}/{reference}")).into_response()),
        Err(Error::Invalid(wrong)) => page(&app, &staff, None, 0, &values(&raw), &wrong),
        Err(e) => Err(e.into()),
    }
}

/// `POST /desk/decisions/{reference}/edit`
pub(crate) async fn save(
    Given(app): Given<App>,
    staff: Staff,
    Path(reference): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    asks(&app, &staff)?;
    let version = seen(&raw);
    let done = match content(&raw) {
        Ok(content) => {
            let wanted = reference.clone();
            app.write(&staff.actor(), move |cx| {
                bluelamp_steward::decision::edit(cx, &wanted, version, &content)
            })
            .await
        }
        Err(e) => Err(e),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("{HERE}/{reference}")).into_response()),
        Err(Error::Invalid(wrong)) => page(&app, &staff, Some(&reference), version, &values(&raw), &wrong),
        Err(e) => Err(e.into()),
    }
}
