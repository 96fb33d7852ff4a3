//! One item: what each person found of it on an axis, the form to assess that axis, and what bars its way.

use super::{AxisLink, Choices, Item, Query, Shown, axis_links, matrix::coverage, place};
use crate::{
    App,
    desk::{may, page::OptionView, strategy::frame},
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::{
        fields::Raw,
        journey::{first, posted},
    },
};
use axum::{
    extract::{Path, Query as Address, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Error, FieldError, Id, Result, authority::action};
use bluelamp_steward::{
    assessment::{self, Block, Cause, Cell, Driver, NewAssessment, OfItem, Scheme, Score},
    entry,
    registers::portfolio::ITEM,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The page `staff/item_assessment.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct ItemPage {
    pub title: String,
    pub code: String,
    pub choices: Choices,
    pub axes: Vec<AxisLink>,
    pub axis: String,
    pub coverage: String,
    pub elements: Vec<ElementView>,
    pub blocks: Vec<BlockView>,
    pub may_lift: bool,
    /// The form; none for who may not assess.
    pub form: Option<FormView>,
    pub matrix_href: String,
    pub history_href: String,
    pub action: String,
    pub lift_action: String,
    pub csrf: String,
    pub error_summary: Vec<Problem>,
}

/// An element with what people found.
#[derive(Debug, Serialize)]
pub(crate) struct ElementView {
    pub id: String,
    pub place: String,
    pub name: String,
    pub shown: Shown,
    pub found: Vec<FoundView>,
}

/// What one person found of it.
#[derive(Debug, Serialize)]
pub(crate) struct FoundView {
    pub by: String,
    pub at: String,
    pub score: String,
    pub rationale: String,
    pub evidence: Vec<Evidence>,
}

/// A link where it is one, else a reference.
#[derive(Debug, Serialize)]
pub(crate) struct Evidence {
    pub text: String,
    pub href: Option<String>,
}

/// A score that bars the way, or did.
#[derive(Debug, Serialize)]
pub(crate) struct BlockView {
    pub element: String,
    pub place: String,
    pub assessment: String,
    pub against: String,
    pub by: String,
    pub at: String,
    pub rationale: String,
    /// "Chief Example, 22 Nov 2026", where it was lifted.
    pub lifted: Option<String>,
    pub reasons: String,
    pub error: Option<String>,
}

/// The form for one axis.
#[derive(Debug, Serialize)]
pub(crate) struct FormView {
    pub seen: String,
    pub rows: Vec<FormRow>,
    pub causes: Vec<OptionView>,
    pub drivers: Vec<OptionView>,
    pub why: String,
    pub cause_error: Option<String>,
    pub driver_error: Option<String>,
    pub why_error: Option<String>,
    pub cells_error: Option<String>,
}

/// One element in it.
#[derive(Debug, Serialize)]
pub(crate) struct FormRow {
    pub id: String,
    pub place: String,
    pub name: String,
    pub scores: Vec<OptionView>,
    pub rationale: String,
    pub evidence: String,
    pub score_error: Option<String>,
    pub rationale_error: Option<String>,
    pub evidence_error: Option<String>,
}

/// What was posted and is wrong.
#[derive(Default)]
struct Tried {
    raw: Option<Raw>,
    wrong: Vec<FieldError>,
}

/// Only what a browser opens safely is made a link.
fn evidence(text: &str) -> Evidence {
    let is_link = text.starts_with("https://") || text.starts_with("http://");
    Evidence { text: text.to_owned(), href: is_link.then(|| text.to_owned()) }
}

/// The id in the page at which something is wrong.
fn at(field: &str) -> String {
    let Some(path) = field.strip_prefix("/cells/") else { return field.to_owned() };
    let clean = |part: &str| {
        part.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>()
    };
    match path.rsplit_once('/') {
        Some((element, part)) => format!("{}-{part}", clean(element)),
        None => format!("{}-score", clean(path)),
    }
}

/// `GET /desk/matrix/{item}`
pub(crate) async fn view(
    State(app): State<App>,
    staff: Staff,
    Path(code): Path<String>,
    Address(q): Address<Query>,
) -> Answer {
    show(&app, &staff, &code, &q, Tried::default()).await
}

async fn show(app: &App, staff: &Staff, code: &str, q: &Query, tried: Tried) -> Answer {
    let (which, asked) = (code.to_owned(), q.clone());
    let (item, s, axis, places, found, blocks) = app
        .read(&staff.actor(), move |cx| {
            let item = entry::entry(cx, &ITEM, &which)?;
            let s = asked.strategies(cx)?;
            let (axis, places) = asked.axis(&s.scheme)?;
            let found = assessment::of_item(cx, &s.scheme, &which)?;
            let blocks = assessment::all_blocks(cx, &which)?;
            Ok((Item { code: item.code, title: item.title }, s, axis, places, found, blocks))
        })
        .await?;
    let path = format!("/desk/matrix/{}", item.code);
    let plain = Query::default();
    let form = may(app, staff, action::ITEM_ASSESS)
        .then(|| form_view(&s.scheme, &places, &found, staff.session.account, &tried));
    let lifting = tried.raw.as_ref().filter(|raw| raw.contains_key("assessment"));
    let block = |b: &Block| block_view(b, lifting, &tried.wrong);
    let page = ItemPage {
        title: format!("Assessment of {}", item.title),
        choices: q.choices(&s),
        axes: axis_links(&s.scheme, &axis, |a| plain.href(&path, &s.scheme, a)),
        axis: Scheme::label(&axis),
        coverage: coverage(&found.row, &places),
        elements: places.iter().map(|p| element_view(&s.scheme, *p, &found)).collect(),
        blocks: blocks.iter().map(block).collect(),
        may_lift: may(app, staff, action::GATE_DECIDE),
        form,
        matrix_href: plain.href("/desk/matrix", &s.scheme, &axis),
        history_href: format!("{path}/history"),
        action: plain.href(&path, &s.scheme, &axis),
        lift_action: plain.href(&format!("{path}/lift"), &s.scheme, &axis),
        csrf: csrf(app, &staff.cookie),
        error_summary: tried
            .wrong
            .iter()
            .map(|e| {
                let place = match lifting {
                    Some(raw) => lift_place(first(raw, "assessment"), first(raw, "element")),
                    None => at(&e.field),
                };
                Problem { text: e.message.clone(), href: format!("#{place}") }
            })
            .collect(),
        code: item.code,
    };
    let wrong = !page.error_summary.is_empty();
    let mut response = app.page("staff/item_assessment.njk", &frame(app, staff, "/desk/matrix"), &page)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn element_view(scheme: &Scheme, p: usize, found: &OfItem) -> ElementView {
    let e = &scheme.elements[p];
    let one = |a: &assessment::Assessed| {
        let cell = a.cells.get(&e.id)?;
        Some(FoundView {
            by: a.by.clone(),
            at: a.at.short(),
            score: format!("{}, {}", super::half(f64::from(cell.score.value())), cell.score.label()),
            rationale: cell.rationale.clone(),
            evidence: cell.evidence.iter().map(|e| evidence(e)).collect(),
        })
    };
    ElementView {
        id: e.id.clone(),
        place: place(e),
        name: e.name.clone(),
        shown: Shown::of(found.row.cells[p].as_ref()),
        found: found.assessments.iter().filter_map(one).collect(),
    }
}

fn lift_place(assessment: &str, element: &str) -> String {
    format!("lift-{assessment}-{element}")
}

fn block_view(b: &Block, lifting: Option<&Raw>, wrong: &[FieldError]) -> BlockView {
    let assessment = b.assessment.to_string();
    let mine =
        lifting.filter(|raw| first(raw, "assessment") == assessment && first(raw, "element") == b.element);
    BlockView {
        place: lift_place(&assessment, &b.element),
        element: b.element.clone(),
        against: format!("{} {}", b.strategy, b.version),
        by: b.by.clone(),
        at: b.at.short(),
        rationale: b.rationale.clone(),
        lifted: b.lifted.as_ref().map(|l| format!("{}, {}", l.by, l.at.short())),
        reasons: match (&b.lifted, mine) {
            (Some(l), _) => l.reasons.clone(),
            (None, raw) => raw.map(|raw| first(raw, "reasons").to_owned()).unwrap_or_default(),
        },
        error: mine.and(wrong.first()).map(|e| e.message.clone()),
        assessment,
    }
}

fn form_view(scheme: &Scheme, places: &[usize], found: &OfItem, me: Id, tried: &Tried) -> FormView {
    let mine = found.assessments.iter().find(|a| a.by_id == me);
    let errors: BTreeMap<String, String> =
        tried.wrong.iter().rev().map(|e| (at(&e.field), e.message.clone())).collect();
    let raw = tried.raw.as_ref().filter(|raw| !raw.contains_key("assessment"));
    let value = |name: &str| raw.map(|raw| first(raw, name).to_owned());
    let chosen = |name: &str, usual: &str| value(name).unwrap_or_else(|| usual.to_owned());
    let option = |value: &str, text: &str, chosen: &str| OptionView {
        value: value.to_owned(),
        text: text.to_owned(),
        hint: None,
        checked: value == chosen,
    };
    let row = |p: &usize| {
        let e = &scheme.elements[*p];
        let (place, cell) = (place(e), mine.and_then(|a| a.cells.get(&e.id)));
        let kept = cell.map(|c| c.score.value().to_string()).unwrap_or_default();
        let score = chosen(&format!("{}.score", e.id), &kept);
        let mut scores = vec![option("", "Not assessed", &score)];
        scores.extend(Score::ALL.into_iter().rev().map(|s| {
            let text = format!("{} – {}", super::half(f64::from(s.value())), s.label());
            option(&s.value().to_string(), &text, &score)
        }));
        FormRow {
            scores,
            rationale: chosen(&format!("{}.rationale", e.id), cell.map_or("", |c| &c.rationale)),
            evidence: value(&format!("{}.evidence", e.id))
                .unwrap_or_else(|| cell.map(|c| c.evidence.join("\n")).unwrap_or_default()),
            score_error: errors.get(&format!("{place}-score")).cloned(),
            rationale_error: errors.get(&format!("{place}-rationale")).cloned(),
            evidence_error: errors.get(&format!("{place}-evidence")).cloned(),
            id: e.id.clone(),
            name: e.name.clone(),
            place,
        }
    };
    let cause = chosen("cause", Cause::First.code());
    let driver = chosen("driver", "");
    let mut drivers = vec![option("", "Does not apply", &driver)];
    drivers.extend(Driver::ALL.map(|d| option(d.code(), d.label(), &driver)));
    FormView {
        seen: mine.map(|a| a.id.to_string()).unwrap_or_default(),
        rows: places.iter().map(row).collect(),
        causes: Cause::ALL.map(|c| option(c.code(), c.label(), &cause)).into(),
        drivers,
        why: chosen("why", ""),
        cause_error: errors.get("cause").cloned(),
        driver_error: errors.get("driver").cloned(),
        why_error: errors.get("why").cloned(),
        cells_error: errors.get("cells").cloned(),
    }
}

/// What was posted for the elements of an axis.
fn read_form(scheme: &Scheme, places: &[usize], item: &str, axis: &str, raw: &Raw) -> Result<NewAssessment> {
    let (mut cells, mut wrong) = (BTreeMap::new(), Vec::new());
    for p in places {
        let id = &scheme.elements[*p].id;
        let (score, rationale) = (first(raw, &format!("{id}.score")), first(raw, &format!("{id}.rationale")));
        let evidence: Vec<String> = first(raw, &format!("{id}.evidence"))
            .lines()
            .map(|l| l.trim().to_owned())
            .filter(|l| !l.is_empty())
            .collect();
        let mut fault = |code: &str, message: String| {
            wrong.push(FieldError { field: format!("/cells/{id}"), code: code.into(), message });
        };
        match score {
            "" if rationale.trim().is_empty() && evidence.is_empty() => {}
            "" => {
                fault("required", format!("Choose a score for {id}, or take away what you wrote beside it"));
            }
            text => match text.parse().ok().and_then(Score::of) {
                Some(score) => {
                    cells.insert(id.clone(), Cell { score, rationale: rationale.to_owned(), evidence });
                }
                None => fault("unknown", format!("Choose one of the scores for {id}")),
            },
        }
    }
    let cause = Cause::ALL.into_iter().find(|c| c.code() == first(raw, "cause"));
    let driver = first(raw, "driver");
    let known = Driver::ALL.into_iter().find(|d| d.code() == driver);
    if cause.is_none() || !driver.is_empty() && known.is_none() {
        let field = if cause.is_none() { "cause" } else { "driver" };
        wrong.push(FieldError {
            field: field.into(),
            code: "unknown".into(),
            message: "Choose one of the reasons".into(),
        });
    }
    match cause {
        Some(cause) if wrong.is_empty() => Ok(NewAssessment {
            item: item.to_owned(),
            axis: Some(axis.to_owned()),
            seen: first(raw, "seen").parse().ok(),
            cause,
            driver: known,
            why: first(raw, "why").to_owned(),
            cells,
        }),
        _ => Err(Error::Invalid(wrong)),
    }
}

/// `POST /desk/matrix/{item}`: one axis is assessed.
pub(crate) async fn assess(
    State(app): State<App>,
    staff: Staff,
    Path(code): Path<String>,
    Address(q): Address<Query>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (which, asked, given) = (code.clone(), q.clone(), raw.clone());
    let done = app
        .write(&staff.actor(), move |cx| {
            let item = entry::entry(cx, &ITEM, &which)?;
            let scheme = asked.strategies(cx)?.scheme;
            let (axis, places) = asked.axis(&scheme)?;
            let new = read_form(&scheme, &places, &item.code, &axis, &given)?;
            assessment::assess(cx, &scheme, &new)?;
            Ok(Query::default().href(&format!("/desk/matrix/{}", item.code), &scheme, &axis))
        })
        .await;
    match done {
        Ok(href) => Ok(Redirect::to(&href).into_response()),
        Err(Error::Invalid(wrong)) => show(&app, &staff, &code, &q, Tried { raw: Some(raw), wrong }).await,
        Err(e) => Err(e.into()),
    }
}

/// `POST /desk/matrix/{item}/lift`: an accountable person lets an item go on.
pub(crate) async fn lift(
    State(app): State<App>,
    staff: Staff,
    Path(code): Path<String>,
    Address(q): Address<Query>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let id = first(&raw, "assessment").parse();
    let id: Id = id.map_err(|_| Error::NotFound("that assessment".into()))?;
    let (which, element) = (code.clone(), first(&raw, "element").to_owned());
    let reasons = first(&raw, "reasons").to_owned();
    let done =
        app.write(&staff.actor(), move |cx| assessment::lift_block(cx, &which, id, &element, &reasons)).await;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/desk/matrix/{code}")).into_response()),
        Err(Error::Invalid(wrong)) => show(&app, &staff, &code, &q, Tried { raw: Some(raw), wrong }).await,
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_said_where_it_is() {
        for (field, place) in [
            ("/cells/P01/rationale", "P01-rationale"),
            ("/cells/A1.1/evidence", "A1-1-evidence"),
            ("/cells/A1.1", "A1-1-score"),
            ("why", "why"),
        ] {
            assert_eq!(at(field), place);
        }
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        let is_link = |text| evidence(text).href.is_some();
        assert!(is_link("https://example.org/a"));
        assert!(!is_link("javascript:alert(1)"));
        assert!(!is_link("Minutes of 3 March"));
    }
}
