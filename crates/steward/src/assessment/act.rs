//! Somebody assesses an item.

use super::{Cause, Driver, GUARDED, Scheme, Score, score};
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// What is written down of one element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// What the item does for it.
    pub score: Score,
    /// Why, in one sentence; needed for any score but 0.
    #[serde(default)]
    pub rationale: String,
    /// Links or references; at least one is needed for 2 and 3.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// An assessment as somebody hands it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAssessment {
    /// The item's code.
    pub item: String,
    /// The one axis that is assessed: what this person found on the others stays. Without it, all axes are.
    pub axis: Option<String>,
    /// The person's own assessment against this version that they saw, where there is one.
    pub seen: Option<Id>,
    /// Why.
    pub cause: Cause,
    /// What outside has changed, where that is why.
    pub driver: Option<Driver>,
    /// Why, in words; needed for everything but a first look.
    pub why: String,
    /// What was found. An element that is left out is not assessed.
    pub cells: BTreeMap<String, Cell>,
}

/// The longest rationale: one sentence.
const SENTENCE: usize = 300;
/// The longest reference.
const REFERENCE: usize = 500;
/// The most references of one cell.
pub const MOST_EVIDENCE: usize = 10;
/// The longest reason to assess again.
const WHY: usize = 1000;
/// The longest code of an item.
const CODE: usize = 100;

/// The cells as they are kept.
#[derive(Default, Serialize, Deserialize)]
struct Body {
    cells: BTreeMap<String, Cell>,
}

pub(super) fn cells_of(body: &str) -> Result<BTreeMap<String, Cell>> {
    let body: Body = serde_json::from_str(body)
        .map_err(|e| Error::Bug(format!("the cells of an assessment cannot be read: {e}")))?;
    Ok(body.cells)
}

/// The elements that bar the way, each with the assessment in which that was first said.
pub(super) type Guarded = BTreeMap<String, Id>;

pub(super) fn guarded_of(kept: &str) -> Result<Guarded> {
    match kept {
        "" => Ok(Guarded::new()),
        kept => serde_json::from_str(kept)
            .map_err(|e| Error::Bug(format!("what bars the way of an item cannot be read: {e}"))),
    }
}

/// Refuses a text that is too long or has characters that no sentence has.
pub(super) fn check_text(field: &str, text: &str, longest: usize, wrong: &mut Vec<FieldError>) {
    if text.chars().any(char::is_control) {
        wrong.push(fault(field, "characters", "Write it on one line, without control characters"));
    } else if text.chars().count() > longest {
        wrong.push(fault(field, "too-long", format!("Use {longest} characters or fewer")));
    }
}

pub(super) fn fault(
    field: impl Into<String>,
    code: impl Into<String>,
    message: impl Into<String>,
) -> FieldError {
    FieldError { field: field.into(), code: code.into(), message: message.into() }
}

/// A person assesses an item against a version of a strategy.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Stale`] where the same person has
/// assessed it in the meantime; [`Error::Invalid`] with every score that lacks its sentence or evidence, and where
/// something is said again without a reason.
pub fn assess(cx: &mut Cx<'_>, scheme: &Scheme, new: &NewAssessment) -> Result<Id> {
    cx.allow(action::ITEM_ASSESS, None)?;
    let person = Decider::of(cx.actor())?.id();
    let new = tidied(new);
    let mut wrong = Vec::new();
    check_cells(scheme, &new, &mut wrong);
    // What is to be held against an earlier assessment has to be sound in itself.
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    // One after the other, so that no axis is lost where the same person sends two at once.
    cx.take_turn(&format!("assessment {} {} {person}", scheme.strategy, new.item))?;
    let before = latest(cx, scheme, &new.item, person)?;
    let kept = before.as_ref().filter(|b| b.same_version);
    if kept.is_some_and(|b| new.seen != Some(b.id)) {
        return Err(Error::Stale("you have assessed this item in the meantime".into()));
    }
    let mut cells = new.cells.clone();
    if let (Some(kept), Some(axis)) = (kept, &new.axis) {
        let elsewhere = scheme.elements.iter().filter(|e| e.axis != *axis);
        for element in elsewhere {
            if let Some(cell) = kept.cells.get(&element.id) {
                cells.insert(element.id.clone(), cell.clone());
            }
        }
    }
    check_cause(&new, &cells, before.as_ref(), &mut wrong);
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    keep(cx, scheme, &new, cells, before.as_ref(), person)
}

/// The same without spaces around and without empty lines of evidence.
fn tidied(new: &NewAssessment) -> NewAssessment {
    let tidy = |cell: &Cell| {
        let evidence = cell.evidence.iter().map(|e| e.trim().to_owned()).filter(|e| !e.is_empty());
        Cell { score: cell.score, rationale: cell.rationale.trim().to_owned(), evidence: evidence.collect() }
    };
    NewAssessment {
        item: new.item.trim().to_owned(),
        why: new.why.trim().to_owned(),
        cells: new.cells.iter().map(|(id, cell)| (id.clone(), tidy(cell))).collect(),
        ..new.clone()
    }
}

fn check_cells(scheme: &Scheme, new: &NewAssessment, wrong: &mut Vec<FieldError>) {
    if new.item.is_empty() {
        wrong.push(fault("item", "required", "Say which item is assessed"));
    }
    check_text("item", &new.item, CODE, wrong);
    check_text("why", &new.why, WHY, wrong);
    let axes = scheme.axes();
    if let Some(axis) = &new.axis
        && !axes.iter().any(|(known, _)| known == axis)
    {
        let known: Vec<_> = axes.iter().map(|(a, _)| *a).collect();
        wrong.push(fault("axis", "unknown", format!("The axes are {}", known.join(", "))));
    }
    let places = scheme.places();
    for (id, cell) in &new.cells {
        let at = format!("/cells/{}", id.replace('~', "~0").replace('/', "~1"));
        let Some(place) = places.get(id.as_str()) else {
            let version = format!("{} {}", scheme.strategy, scheme.version);
            wrong.push(fault(&at, "unknown", format!("There is no such element in {version}")));
            continue;
        };
        if new.axis.as_ref().is_some_and(|axis| scheme.elements[*place].axis != *axis) {
            wrong.push(fault(
                &at,
                "other-axis",
                format!("{id} is on another axis than the one that is assessed"),
            ));
        }
        if cell.score != Score::Nothing && cell.rationale.is_empty() {
            let words = format!("Say in one sentence why {id} is scored {}", cell.score.value());
            wrong.push(fault(format!("{at}/rationale"), "required", words));
        }
        check_text(&format!("{at}/rationale"), &cell.rationale, SENTENCE, wrong);
        if cell.score >= Score::Contributes && cell.evidence.is_empty() {
            let words = format!(
                "Give at least one link or reference for {id}: a score of {} needs evidence",
                cell.score.value()
            );
            wrong.push(fault(format!("{at}/evidence"), "required", words));
        }
        if cell.evidence.len() > MOST_EVIDENCE {
            let words = format!("Give {MOST_EVIDENCE} links or references at most");
            wrong.push(fault(format!("{at}/evidence"), "too-many", words));
        }
        for evidence in cell.evidence.iter().take(MOST_EVIDENCE) {
            check_text(&format!("{at}/evidence"), evidence, REFERENCE, wrong);
        }
    }
}

/// The latest assessment of an item by one person.
struct Before {
    id: Id,
    /// Whether it was against the version that is assessed now.
    same_version: bool,
    cells: BTreeMap<String, Cell>,
    guarded: Guarded,
}

fn latest(cx: &mut Cx<'_>, scheme: &Scheme, item: &str, person: Id) -> Result<Option<Before>> {
    let row = cx.row(
        "select id, version, guarded, body from item_assessment where item = $1 and strategy = $2 and by_id = $3
         order by at desc, id desc limit 1",
        &[item.into(), scheme.strategy.as_str().into(), person.into()],
    )?;
    row.map(|row| {
        let (version, guarded, body): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(Before {
            id: row.get(0)?,
            same_version: version == scheme.version,
            cells: cells_of(&body)?,
            guarded: guarded_of(&guarded)?,
        })
    })
    .transpose()
}

/// A first look changes nothing that was said; whoever says something again says why.
fn check_cause(
    new: &NewAssessment,
    cells: &BTreeMap<String, Cell>,
    before: Option<&Before>,
    wrong: &mut Vec<FieldError>,
) {
    let again = new.cause != Cause::First;
    match before {
        None if again => {
            wrong.push(fault(
                "cause",
                "nothing-before",
                "You have not assessed this item before: choose the first look",
            ));
        }
        Some(b) if !b.same_version && !again => {
            let words = "You have assessed this item against another version: choose why you assess it again";
            wrong.push(fault("cause", "required", words));
        }
        Some(b) if b.same_version && !again => {
            if b.cells.iter().any(|(id, cell)| cells.get(id) != Some(cell)) {
                let words = "You change what you found before: choose why you assess it again";
                wrong.push(fault("cause", "required", words));
            } else if b.cells == *cells {
                let words = "Nothing is new here; where you have looked again and found the same, choose why you looked";
                wrong.push(fault("cause", "nothing-new", words));
            }
        }
        Some(b) if b.same_version && new.cause == Cause::NewVersion => {
            let words = "You have assessed this item against this very version: choose another reason";
            wrong.push(fault("cause", "same-version", words));
        }
        _ => {}
    }
    if before.is_none() && cells.is_empty() {
        wrong.push(fault("cells", "required", "Score at least one element"));
    }
    if again && new.why.is_empty() {
        wrong.push(fault("why", "required", "Say in words why you assess it again"));
    }
    match (new.cause, new.driver) {
        (Cause::ChangeDriver, None) => {
            wrong.push(fault("driver", "required", "Choose what has changed outside"));
        }
        (cause, Some(_)) if cause != Cause::ChangeDriver => {
            let words = "Say what has changed outside only where that is why you assess it again";
            wrong.push(fault("driver", "not-asked", words));
        }
        _ => {}
    }
}

fn keep(
    cx: &mut Cx<'_>,
    scheme: &Scheme,
    new: &NewAssessment,
    cells: BTreeMap<String, Cell>,
    before: Option<&Before>,
    person: Id,
) -> Result<Id> {
    let (id, now) = (cx.new_id()?, cx.now());
    let letters = score::write(scheme.elements.iter().map(|e| cells.get(&e.id).map(|c| c.score)));
    let kept = before.filter(|b| b.same_version);
    // What was lifted stays lifted while the very same is said of it.
    let since = |element: &str, cell: &Cell| {
        let same = kept.filter(|b| b.cells.get(element) == Some(cell))?;
        same.guarded.get(element).copied()
    };
    let guarded: Guarded = cells
        .iter()
        .filter(|(element, cell)| cell.score == Score::Against && GUARDED.contains(&element.as_str()))
        .map(|(element, cell)| (element.clone(), since(element, cell).unwrap_or(id)))
        .collect();
    let bug = |e: serde_json::Error| Error::Bug(e.to_string());
    let bars = guarded.len();
    let guarded = if bars == 0 { String::new() } else { serde_json::to_string(&guarded).map_err(bug)? };
    let assessed = cells.len();
    let body = serde_json::to_string(&Body { cells }).map_err(bug)?;
    cx.exec(
        "insert into item_assessment (id, item, strategy, version, by_id, at, cause, driver, why, previous_id, letters,
           guarded, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            id.into(),
            new.item.as_str().into(),
            scheme.strategy.as_str().into(),
            scheme.version.as_str().into(),
            person.into(),
            now.into(),
            new.cause.code().into(),
            new.driver.map_or("", Driver::code).into(),
            new.why.as_str().into(),
            before.map(|b| b.id).into(),
            letters.as_str().into(),
            guarded.into(),
            body.into(),
        ],
    )?;
    cx.exec(
        "insert into item_assessment_standing (strategy, version, item, by_id, assessment_id, at, letters)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (strategy, version, item, by_id) do update
         set assessment_id = excluded.assessment_id, at = excluded.at, letters = excluded.letters",
        &[
            scheme.strategy.as_str().into(),
            scheme.version.as_str().into(),
            new.item.as_str().into(),
            person.into(),
            id.into(),
            now.into(),
            letters.into(),
        ],
    )?;
    cx.record(
        Verb::Administer,
        "assessment",
        Some(id),
        json!({ "item": new.item, "strategy": scheme.strategy, "version": scheme.version, "axis": new.axis,
                "cause": new.cause, "driver": new.driver, "assessed": assessed, "bars": bars }),
    )?;
    Ok(id)
}
