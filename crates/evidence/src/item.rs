//! Evidence items: the file as it was taken in, and what was said about it.

use crate::{
    media,
    name::{self, exhibit},
};
use bluelamp_casework::Moment;
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result, Time,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Cx, Db, Event, Row};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    fs::File,
    io::{Cursor, Read},
};

/// One item of evidence in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The item.
    pub id: Id,
    /// The case it belongs to.
    pub case_id: Id,
    /// Its exhibit reference, such as `AB/1`; no other item of the case has it.
    pub exhibit: String,
    /// What it is.
    pub description: String,
    /// Where it comes from: who handed it over, how it was made or found.
    pub origin: String,
    /// The file's name as it was given. For use as a name, see [`crate::safe_file_name`].
    pub file_name: String,
    /// The media type that was claimed for it. Not to be trusted.
    pub media_type: String,
    /// The media type that its first bytes suggest. Not to be trusted either.
    pub detected: Option<String>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Length of the file in bytes.
    pub size: u64,
    /// When it was taken in.
    pub added_at: Time,
    /// Who took it in, by name.
    pub added_by: String,
}

/// What somebody says about a file that is taken in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewItem {
    /// The exhibit reference, such as `AB/1`.
    pub exhibit: String,
    /// What it is.
    pub description: String,
    /// Where it comes from.
    pub origin: String,
    /// The file's name.
    pub file_name: String,
    /// The media type that the sender claims.
    pub media_type: String,
}

const COLUMNS: &str = "select e.id, e.case_id, e.exhibit, e.description, e.origin, e.file_name, e.media_type,
    e.detected, e.sha256, e.size, e.added_at, a.name
    from evidence_item e join account a on a.id = e.added_by";

fn item(row: &Row) -> Result<Item> {
    Ok(Item {
        id: row.get(0)?,
        case_id: row.get(1)?,
        exhibit: row.get(2)?,
        description: row.get(3)?,
        origin: row.get(4)?,
        file_name: row.get(5)?,
        media_type: row.get(6)?,
        detected: row.get(7)?,
        sha256: row.get(8)?,
        size: row.get(9)?,
        added_at: row.get(10)?,
        added_by: row.get(11)?,
    })
}

/// The items of a case, in the order in which they were taken in. For a room that has asked the policy.
pub(crate) fn of_case(cx: &mut Cx<'_>, case: Id) -> Result<Vec<Item>> {
    let rows =
        cx.rows(&format!("{COLUMNS} where e.case_id = $1 order by e.added_at, e.id"), &[case.into()])?;
    rows.iter().map(item).collect()
}

/// Everything that is wrong with what was said, in one go; what is right comes back put in order.
fn checked(new: &NewItem) -> Result<NewItem> {
    let tidy = NewItem {
        exhibit: new.exhibit.clone(),
        description: name::lines(&new.description),
        origin: name::lines(&new.origin),
        // As given, but for the one character that no database text can hold.
        file_name: new.file_name.replace('\0', "\u{fffd}"),
        media_type: media::claimed(&new.media_type),
    };
    let mut wrong = Vec::new();
    let mut need = |field: &str, code: &str, message: &str| {
        wrong.push(FieldError { field: field.into(), code: code.into(), message: message.into() });
    };
    for (field, text, most, message) in [
        ("description", &tidy.description, 4000, "Describe what it is"),
        (
            "origin",
            &tidy.origin,
            4000,
            "Say where it comes from: who handed it over, how it was made or found",
        ),
        ("file_name", &tidy.file_name, 1000, "The file has no name"),
    ] {
        if text.trim().is_empty() {
            need(field, "required", message);
        } else if text.chars().count() > most {
            need(field, "length", &format!("Use {most} characters at most"));
        }
    }
    match exhibit(&tidy.exhibit) {
        Ok(exhibit) if wrong.is_empty() => Ok(NewItem { exhibit, ..tidy }),
        Err(Error::Invalid(faults)) => {
            wrong.splice(0..0, faults);
            Err(Error::Invalid(wrong))
        }
        Err(other) => Err(other),
        Ok(_) => Err(Error::Invalid(wrong)),
    }
}

fn taken(exhibit: &str) -> Error {
    Error::field(
        "exhibit",
        "taken",
        format!("This case has an exhibit {exhibit} already; use another number"),
    )
}

/// Takes a file in: at most `limit` bytes, stored, hashed and flushed to the disk before the item that names it
/// is committed with its log entry. Whether the actor may is asked before the first byte is read.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] with every field that does not fit, `exhibit` where the case has that
/// reference already and `file` where it is empty; [`Error::NotFound`]; [`Error::TooLarge`]. No item is made then.
pub fn add(
    db: &Db,
    actor: &Actor,
    case: Id,
    new: &NewItem,
    mut reader: impl Read,
    limit: u64,
) -> Result<Item> {
    let wanted = exhibit(&new.exhibit);
    db.read(actor, |cx| {
        cx.allow(action::EVIDENCE_ADD, Some(case))?;
        Decider::of(cx.actor())?;
        if cx.row("select 1 from case_file where id = $1", &[case.into()])?.is_none() {
            return Err(Error::NotFound("that case".into()));
        }
        if let Ok(exhibit) = &wanted {
            let sql = "select 1 from evidence_item where case_id = $1 and exhibit = $2";
            if cx.row(sql, &[case.into(), exhibit.into()])?.is_some() {
                return Err(taken(exhibit));
            }
        }
        cx.record(Verb::Consult, "case", Some(case), json!({ "for": "evidence" }))
    })?;
    let new = checked(new)?;
    let head = head_of(&mut reader)?;
    if head.is_empty() {
        return Err(Error::field("file", "empty", "The file is empty: choose another, or send it again"));
    }
    let detected = media::detect(&head);
    let blob = db.put_blob(Cursor::new(head).chain(reader), limit)?;
    db.write(actor, move |cx| {
        cx.allow(action::EVIDENCE_ADD, Some(case))?;
        let person = Decider::of(cx.actor())?;
        let (id, now) = (cx.new_id()?, cx.now());
        let done = cx.exec(
            "insert into evidence_item (id, case_id, exhibit, description, origin, file_name, media_type,
               detected, sha256, size, added_at, added_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             on conflict (case_id, exhibit) do nothing",
            &[
                id.into(),
                case.into(),
                new.exhibit.as_str().into(),
                new.description.as_str().into(),
                new.origin.as_str().into(),
                new.file_name.as_str().into(),
                new.media_type.as_str().into(),
                detected.into(),
                blob.sha256.as_str().into(),
                blob.size.into(),
                now.into(),
                person.id().into(),
            ],
        )?;
        if done == 0 {
            return Err(taken(&new.exhibit));
        }
        cx.record(
            Verb::Collect,
            "evidence",
            Some(id),
            json!({ "case": case, "sha256": blob.sha256, "size": blob.size }),
        )?;
        one(cx, id)
    })
}

/// The first bytes of a file, as many as are looked at or as there are.
fn head_of(reader: &mut impl Read) -> Result<Vec<u8>> {
    let mut head = Vec::with_capacity(media::HEAD);
    reader
        .take(media::HEAD as u64)
        .read_to_end(&mut head)
        .map_err(|e| Error::Unavailable(format!("the upload stopped: {e}")))?;
    Ok(head)
}

fn one(cx: &mut Cx<'_>, id: Id) -> Result<Item> {
    let row = cx.row(&format!("{COLUMNS} where e.id = $1"), &[id.into()])?;
    row.as_ref().map(item).transpose()?.ok_or_else(|| Error::NotFound("that item of evidence".into()))
}

/// The items of a case, in the order in which they were taken in.
///
/// # Errors
/// Not allowed; database errors.
pub fn items(cx: &mut Cx<'_>, case: Id) -> Result<Vec<Item>> {
    cx.allow(action::CASE_VIEW, Some(case))?;
    let found = of_case(cx, case)?;
    cx.record(Verb::Consult, "case", Some(case), json!({ "evidence": found.len() }))?;
    Ok(found)
}

/// Opens the file of an item. The reading is logged first; its length is compared with what was taken in, its
/// digest is not: see [`check_items`].
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Unavailable`] where the stored file is missing or of another length.
pub fn open(db: &Db, actor: &Actor, id: Id) -> Result<(Item, File)> {
    let item = db.read(actor, |cx| {
        cx.allow(action::EVIDENCE_OPEN, Some(id))?;
        let item = one(cx, id)?;
        cx.record(Verb::Consult, "evidence", Some(id), json!({ "sha256": item.sha256 }))?;
        Ok(item)
    })?;
    let file = file_of(db, &item)?;
    Ok((item, file))
}

/// The stored file of an item, if it has the length it was taken in with.
pub(crate) fn file_of(db: &Db, item: &Item) -> Result<File> {
    let damaged = |why: String| Error::Unavailable(format!("the file of exhibit {}: {why}", item.exhibit));
    let file = db.open_blob(&item.sha256).map_err(|e| damaged(e.to_string()))?;
    let size = file.metadata().map_err(|e| damaged(e.to_string()))?.len();
    if size != item.size {
        return Err(damaged(format!("it is {size} bytes long, and was {} when it was taken in", item.size)));
    }
    Ok(file)
}

/// How a stored file was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// With the digest that it was taken in with.
    Intact,
    /// With another digest.
    Altered,
    /// Not at all.
    Missing,
}

/// An item with how its file was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The item.
    pub item: Item,
    /// How its file was found.
    pub found: Found,
}

/// Reads every file of a case again, compares it with the digest it was taken in with, and leaves an entry about
/// each in the log.
///
/// # Errors
/// Not allowed; [`Error::Unavailable`] when the disk cannot be read.
pub fn check_items(db: &Db, actor: &Actor, case: Id) -> Result<Vec<Checked>> {
    let all = db.read(actor, |cx| items(cx, case))?;
    let mut checked = Vec::with_capacity(all.len());
    for item in all {
        let found = match db.check_blob(&item.sha256) {
            Ok(true) => Found::Intact,
            Ok(false) => Found::Altered,
            Err(Error::NotFound(_)) => Found::Missing,
            Err(other) => return Err(other),
        };
        checked.push(Checked { item, found });
    }
    if checked.is_empty() {
        return Ok(checked);
    }
    let entries: Vec<_> = checked.iter().map(|c| (c.item.id, c.item.sha256.clone(), c.found)).collect();
    db.write(actor, move |cx| {
        for (id, sha256, found) in &entries {
            cx.allow(action::EVIDENCE_OPEN, Some(*id))?;
            cx.record(Verb::Consult, "evidence", Some(*id), json!({ "sha256": sha256, "checked": found }))?;
        }
        Ok(())
    })?;
    Ok(checked)
}

/// An item's trail longer than this is cut off.
const TRAIL: u32 = 10_000;

/// The chain of custody: everything that the log says happened to an item, oldest first.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn custody(cx: &mut Cx<'_>, id: Id) -> Result<Vec<Event>> {
    cx.allow(action::EVIDENCE_OPEN, Some(id))?;
    one(cx, id)?;
    let events = cx.events_about(id, TRAIL)?;
    cx.record(Verb::Consult, "evidence", Some(id), json!({ "custody": events.len() }))?;
    Ok(events)
}

/// The moments that items add to the timeline of their case.
#[must_use]
pub fn moments(items: &[Item]) -> Vec<Moment> {
    let moment = |i: &Item| Moment {
        at: i.added_at,
        title: format!("Evidence {} taken in", i.exhibit),
        by: Some(i.added_by.clone()),
        detail: i.description.clone(),
    };
    items.iter().map(moment).collect()
}
