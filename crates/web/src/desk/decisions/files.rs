//! The files of a decision report: coming in with what is said of them, and going out as attachments.

use super::{FileRow, back};
use crate::{
    App,
    guard::{Answer, Staff, check_csrf},
};
use axum::{
    body::{Body, Bytes},
    extract::{Multipart, Path, State as Given, multipart::MultipartError},
    http::{StatusCode, header},
    response::IntoResponse,
};
use bluelamp_model::{Error, Id, Result, authority::Actor};
use bluelamp_steward::decision::{FileView, NewFile, Redaction};
use std::{collections::BTreeMap, fs::File, io::Cursor};

pub(super) fn row(file: &FileView) -> FileRow {
    FileRow {
        id: file.id.to_string(),
        title: file.title.clone(),
        name: file.name.clone(),
        size: size(file.size),
        publish: file.publish,
        redacted: file.redacted_sha256.is_some(),
    }
}

/// A size as people read it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{} MB", bytes.div_ceil(1_048_576)),
    }
}

/// A form with one file.
struct Sent {
    said: BTreeMap<String, String>,
    name: String,
    bytes: Bytes,
}

async fn sent(app: &App, staff: &Staff, mut form: Multipart) -> Result<Sent> {
    let unreadable = |e: MultipartError| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge("the file".into()),
        _ => Error::field("file", "unreadable", "The file could not be read; choose it again"),
    };
    let mut sent = Sent { said: BTreeMap::new(), name: String::new(), bytes: Bytes::new() };
    let mut checked = false;
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            // The token comes before the file in the form, so nothing is taken for a forged request.
            check_csrf(app, &staff.cookie, sent.said.get("csrf").map_or("", String::as_str))?;
            checked = true;
            part.file_name().unwrap_or_default().clone_into(&mut sent.name);
            sent.bytes = part.bytes().await.map_err(unreadable)?;
        } else {
            sent.said.insert(name, part.text().await.map_err(unreadable)?);
        }
    }
    if !checked {
        check_csrf(app, &staff.cookie, sent.said.get("csrf").map_or("", String::as_str))?;
    }
    sent.said.remove("csrf");
    Ok(sent)
}

impl Sent {
    fn said(&self, name: &str) -> String {
        self.said.get(name).cloned().unwrap_or_default()
    }

    fn seen(&self) -> i64 {
        self.said("version").parse().unwrap_or(0)
    }

    fn publish(&self) -> bool {
        self.said("publish") == "yes"
    }
}

/// `POST /desk/decisions/{reference}/files`
pub(crate) async fn add(
    Given(app): Given<App>,
    staff: Staff,
    Path(reference): Path<String>,
    form: Multipart,
) -> Answer {
    let sent = sent(&app, &staff, form).await?;
    let new = NewFile {
        seen: sent.seen(),
        title: sent.said("title"),
        name: sent.name.clone(),
        publish: sent.publish(),
    };
    let (actor, wanted, bytes) = (staff.actor(), reference.clone(), sent.bytes.clone());
    let done = app
        .blocking(move |app| {
            let limit = app.inner.settings.largest_file;
            bluelamp_steward::decision::add_file(
                &app.inner.db,
                &actor,
                &wanted,
                &new,
                Cursor::new(bytes),
                limit,
            )
        })
        .await;
    back(&app, &staff, &reference, "files", sent.said, done).await
}

fn id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound("that file of the report".into()))
}

/// `POST /desk/decisions/{reference}/files/{file}`: whether it is published, and a redacted copy.
pub(crate) async fn redact(
    Given(app): Given<App>,
    staff: Staff,
    Path((reference, file)): Path<(String, String)>,
    form: Multipart,
) -> Answer {
    let sent = sent(&app, &staff, form).await?;
    let which = id(&file)?;
    let said = Redaction { seen: sent.seen(), publish: sent.publish(), reasons: sent.said("reasons") };
    let (actor, wanted, bytes) = (staff.actor(), reference.clone(), sent.bytes.clone());
    let done = app
        .blocking(move |app| {
            let copy = (!bytes.is_empty()).then(|| (Cursor::new(bytes), app.inner.settings.largest_file));
            bluelamp_steward::decision::redact_file(&app.inner.db, &actor, &wanted, which, &said, copy)
        })
        .await;
    back(&app, &staff, &reference, &format!("file-{file}"), sent.said, done).await
}

/// `GET /desk/decisions/{reference}/files/{file}`: the original; with `.redacted` behind it, the redacted copy.
pub(crate) async fn open(
    Given(app): Given<App>,
    staff: Staff,
    Path((reference, file)): Path<(String, String)>,
) -> Answer {
    stored(&app, staff.actor(), reference, &file).await
}

/// A file of a report for somebody of the staff, by page and by API.
pub(crate) async fn stored(app: &App, actor: Actor, reference: String, file: &str) -> Answer {
    let (plain, redacted) = match file.strip_suffix(".redacted") {
        Some(plain) => (plain, true),
        None => (file, false),
    };
    let which = id(plain)?;
    let (_, size, file) = app
        .blocking(move |app| {
            bluelamp_steward::decision::open_file(&app.inner.db, &actor, &reference, which, redacted)
        })
        .await?;
    Ok(attachment(size, file, "application/octet-stream", "attachment"))
}

/// A stored file on its way out.
pub(crate) fn attachment(size: u64, file: File, kind: &str, disposition: &str) -> axum::response::Response {
    let stream = tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(file));
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition.to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
    ];
    (headers, Body::from_stream(stream)).into_response()
}
