//! Background papers and attachments: kept by their digest, the original never changed; a redacted copy beside it.

use super::{
    public::PublicFile,
    register::{self, once},
    report::{LONG, SHORT, unfit},
    standing::State,
};
use bluelamp_model::{
    Decider, Error, Id, Result, Time,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Cx, Db};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use std::{fs::File, io::Read};

/// A file as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FileView {
    /// Its row.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// Its name, as it was sent.
    pub name: String,
    /// SHA-256 of the original.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it is published with the report.
    pub publish: bool,
    /// SHA-256 of the redacted copy, where there is one.
    pub redacted_sha256: Option<String>,
    /// When it was added.
    pub added_at: Time,
}

/// A file that is added.
#[derive(Clone, Debug, Default)]
pub struct NewFile {
    /// The version of the report that the person saw.
    pub seen: i64,
    /// Its title.
    pub title: String,
    /// Its name.
    pub name: String,
    /// Whether it is published with the report.
    pub publish: bool,
}

/// A redacted copy that takes a file's place in what is published.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    /// The version of the report that the person saw.
    pub seen: i64,
    /// Whether the file is published at all.
    pub publish: bool,
    /// Why it is taken out of what the officers have signed.
    pub reasons: String,
}

/// How what is published begins: other files a browser would not show as what they are said to be.
pub(crate) const PDF: &[u8] = b"%PDF-";

/// A stored file.
pub(crate) struct Stored {
    id: Id,
    title: String,
    name: String,
    sha256: String,
    size: u64,
    pub(crate) publish: bool,
    redacted: Option<(String, u64)>,
    added_at: Time,
}

impl Stored {
    pub(crate) fn view(self) -> FileView {
        FileView {
            id: self.id,
            title: self.title,
            name: self.name,
            sha256: self.sha256,
            size: self.size,
            publish: self.publish,
            redacted_sha256: self.redacted.map(|(sha256, _)| sha256),
            added_at: self.added_at,
        }
    }

    /// The file as it is.
    pub(crate) fn original(&self) -> PublicFile {
        PublicFile {
            title: self.title.clone(),
            redacted: false,
            sha256: self.sha256.clone(),
            size: self.size,
        }
    }

    /// What is published of it: where something is redacted, the redacted copy if there is one. A copy of a report that was
    /// taken back and redacts nothing any more is not.
    pub(crate) fn published(&self, redacts: bool) -> PublicFile {
        match self.redacted.as_ref().filter(|_| redacts) {
            Some((sha256, size)) => {
                PublicFile { title: self.title.clone(), redacted: true, sha256: sha256.clone(), size: *size }
            }
            None => self.original(),
        }
    }
}

/// The files of a report, in the order in which they were added.
pub(crate) fn of(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Stored>> {
    cx.rows(
        "select id, title, name, sha256, size, publish, redacted_sha256, redacted_size, added_at from decision_file
         where report_id = $1 order by added_at, id",
        &[report.into()],
    )?
    .iter()
    .map(|r| {
        let (size, publish): (i64, i64) = (r.get(4)?, r.get(5)?);
        let (redacted, redacted_size): (Option<String>, Option<i64>) = (r.get(6)?, r.get(7)?);
        let positive = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(Stored {
            id: r.get(0)?,
            title: r.get(1)?,
            name: r.get(2)?,
            sha256: r.get(3)?,
            size: positive(size),
            publish: publish == 1,
            redacted: redacted.map(|sha256| (sha256, positive(redacted_size.unwrap_or(0)))),
            added_at: r.get(8)?,
        })
    })
    .collect()
}

fn opened(cx: &mut Cx<'_>, reference: &str) -> Result<register::Row> {
    cx.allow(action::DECISION_WRITE, None)?;
    Decider::of(cx.actor())?;
    let row = register::row(cx, reference)?;
    register::readable(cx, &row)?;
    Ok(row)
}

/// Whether the report takes a file from this person now; the refusal comes before the bytes are kept.
fn open_for(cx: &mut Cx<'_>, reference: &str) -> Result<register::Row> {
    let row = opened(cx, reference)?;
    if row.state > State::Draft {
        return Err(Error::Conflict(format!("{reference} takes no more files: {}", row.state.label())));
    }
    Ok(row)
}

fn not_a_pdf() -> Error {
    let message = "What is published is a PDF: make one of this file, or do not publish it with the report";
    Error::field("file", "not-a-pdf", message)
}

/// Whether this can be done with a file where the report stands. From the first signature on, less can be published than
/// was signed, and never more; only while the report is being redacted a copy takes a file's place.
fn changes(row: &register::Row, file: &Stored, said: &Redaction, copy: bool) -> Result<()> {
    let taken_out = !said.publish && file.publish;
    if copy && row.state < State::RedactionRequired {
        return Err(Error::Conflict(
            "a redacted copy takes a file's place while the report is redacted, not before".into(),
        ));
    }
    match row.state {
        State::RedactionRequired if said.publish && !file.publish => Err(Error::Conflict(
            "while it is being redacted, a file can be taken out, and none is put in".into(),
        )),
        State::RedactionSignedOff | State::PfccDecisionPending | State::Agreed | State::NotAgreed
            if taken_out && !copy =>
        {
            if said.reasons.trim().is_empty() {
                let message = "Say why the file is not published, though the officers signed that it is";
                return Err(Error::field("reasons", "required", message));
            }
            match unfit("reasons", &said.reasons, LONG) {
                Some(wrong) => Err(Error::Invalid(vec![wrong])),
                None => Ok(()),
            }
        }
        state => register::may_settle(state, &row.events),
    }
}

/// Adds a background paper or an attachment to a draft.
///
/// # Errors
/// Not allowed; [`Error::Conflict`] for what is no draft; [`Error::Stale`]; [`Error::Invalid`] for a file without title
/// or without bytes; [`Error::TooLarge`].
pub fn add_file(
    db: &Db,
    actor: &Actor,
    reference: &str,
    new: &NewFile,
    reader: impl Read,
    limit: u64,
) -> Result<()> {
    db.read(actor, |cx| {
        let row = open_for(cx, reference)?;
        not_stale(&row, new.seen)?;
        cx.record(Verb::Consult, "decision-report", Some(row.id), json!({ "for": "file" }))
    })?;
    let mut wrong: Vec<_> = [("title", &new.title), ("file", &new.name)]
        .iter()
        .filter_map(|(field, text)| unfit(field, text, SHORT))
        .collect();
    if new.title.trim().is_empty() {
        wrong.push(bluelamp_model::FieldError {
            field: "title".into(),
            code: "required".into(),
            message: "Enter the title of the paper".into(),
        });
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let blob = kept(db, reader, limit, new.publish)?;
    let (reference, new) = (reference.to_owned(), new.clone());
    db.write(actor, move |cx| {
        let row = open_for(cx, &reference)?;
        let person = Decider::of(cx.actor())?;
        touch(cx, &row, new.seen)?;
        let (id, now) = (cx.new_id()?, cx.now());
        cx.exec(
            "insert into decision_file (id, report_id, title, name, sha256, size, publish, added_at, added_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                id.into(),
                row.id.into(),
                new.title.trim().into(),
                new.name.as_str().into(),
                blob.sha256.as_str().into(),
                blob.size.into(),
                i64::from(new.publish).into(),
                now.into(),
                person.id().into(),
            ],
        )?;
        let with = if new.publish { "published with the report" } else { "not published" };
        register::keep_settled(cx, &row, &format!("File added, {with}: {}", new.title.trim()))?;
        let detail = json!({ "deed": "file", "sha256": blob.sha256, "size": blob.size });
        cx.record(Verb::Alter, "decision-report", Some(row.id), detail)
    })
}

/// Says whether a file is published, and puts a redacted copy in its place where one is sent. What was signed can only be
/// taken out, with reasons, until the report is published.
///
/// # Errors
/// As [`add_file`]; [`Error::NotFound`] where there is no such file; [`Error::Invalid`] for what is published and no PDF.
pub fn redact_file<R: Read>(
    db: &Db,
    actor: &Actor,
    reference: &str,
    file: Id,
    said: &Redaction,
    copy: Option<(R, u64)>,
) -> Result<()> {
    let known = db.read(actor, |cx| {
        let row = opened(cx, reference)?;
        let known = one(cx, &row, file)?;
        not_stale(&row, said.seen)?;
        changes(&row, &known, said, copy.is_some())?;
        cx.record(Verb::Consult, "decision-report", Some(row.id), json!({ "for": "redaction" }))?;
        Ok(known)
    })?;
    if said.publish && copy.is_none() {
        let mut head = Vec::new();
        db.open_blob(&known.published(true).sha256)?
            .take(PDF.len() as u64)
            .read_to_end(&mut head)
            .map_err(|e| Error::Unavailable(format!("a stored file cannot be read: {e}")))?;
        if head != PDF {
            return Err(not_a_pdf());
        }
    }
    let blob = copy.map(|(reader, limit)| kept(db, reader, limit, said.publish)).transpose()?;
    let (reference, said) = (reference.to_owned(), said.clone());
    db.write(actor, move |cx| {
        let row = opened(cx, &reference)?;
        let known = one(cx, &row, file)?;
        changes(&row, &known, &said, blob.is_some())?;
        touch(cx, &row, said.seen)?;
        cx.exec(
            "update decision_file set publish = $1, redacted_sha256 = coalesce($2, redacted_sha256),
               redacted_size = coalesce($3, redacted_size) where id = $4 and report_id = $5",
            &[
                i64::from(said.publish).into(),
                blob.as_ref().map(|b| b.sha256.clone()).into(),
                blob.as_ref().map(|b| b.size).into(),
                file.into(),
                row.id.into(),
            ],
        )?;
        let with = if said.publish { "published with the report" } else { "not published" };
        let copied = if blob.is_some() { ", with another redacted copy" } else { "" };
        let mut told = format!("File {with}{copied}: {}", known.title);
        if !said.reasons.trim().is_empty() {
            told.push_str(&format!("\nReasons: {}", said.reasons.trim()));
        }
        register::keep_settled(cx, &row, &told)?;
        let detail = json!({ "deed": "redacted-file", "file": file, "publish": said.publish,
                             "sha256": blob.as_ref().map(|b| &b.sha256) });
        cx.record(Verb::Alter, "decision-report", Some(row.id), detail)
    })
}

fn one(cx: &mut Cx<'_>, row: &register::Row, file: Id) -> Result<Stored> {
    let found = of(cx, row.id)?.into_iter().find(|f| f.id == file);
    found.ok_or_else(|| Error::NotFound("that file of the report".into()))
}

/// Keeps the bytes of a file that is not empty and, where it is published, a PDF.
fn kept(db: &Db, mut reader: impl Read, limit: u64, publish: bool) -> Result<bluelamp_store::Blob> {
    let mut head = Vec::new();
    let start = reader.by_ref().take(PDF.len() as u64).read_to_end(&mut head);
    start.map_err(|e| Error::Unavailable(format!("the upload stopped: {e}")))?;
    if head.is_empty() {
        return Err(Error::field("file", "empty", "Choose a file that is not empty"));
    }
    if publish && head != PDF {
        return Err(not_a_pdf());
    }
    db.put_blob(std::io::Cursor::new(head).chain(reader), limit)
}

fn not_stale(row: &register::Row, seen: i64) -> Result<()> {
    once(u64::from(row.version == seen), &row.reference)
}

fn touch(cx: &mut Cx<'_>, row: &register::Row, seen: i64) -> Result<()> {
    let done = cx.exec(
        "update decision_paper set version = version + 1 where id = $1 and version = $2",
        &[row.id.into(), seen.into()],
    )?;
    once(done, &row.reference)
}

/// Opens a file of a report for staff: the original, or the redacted copy.
///
/// # Errors
/// As [`super::view`]; [`Error::NotFound`] where there is no such file.
pub fn open_file(
    db: &Db,
    actor: &Actor,
    reference: &str,
    file: Id,
    redacted: bool,
) -> Result<(String, u64, File)> {
    let (name, size, sha256) = db.read(actor, |cx| {
        cx.allow(action::STRATEGY_VIEW, None)?;
        let row = register::row(cx, reference)?;
        register::readable(cx, &row)?;
        let absent = || Error::NotFound("that file of the report".into());
        let found = one(cx, &row, file)?;
        let (sha256, size) = match redacted {
            true => found.redacted.ok_or_else(absent)?,
            false => (found.sha256, found.size),
        };
        cx.record(
            Verb::Consult,
            "decision-report",
            Some(row.id),
            json!({ "file": file, "redacted": redacted }),
        )?;
        Ok((found.name, size, sha256))
    })?;
    Ok((name, size, db.open_blob(&sha256)?))
}
