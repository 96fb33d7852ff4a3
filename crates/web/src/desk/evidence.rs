//! The evidence of a case: files that come in and go out, and the package that hands the case over.

use super::{
    cases::{back, case_id, values},
    page::Made,
};
use crate::{
    App,
    guard::{Answer, Staff, check_csrf},
    public::journey::{first, posted},
};
use axum::{
    body::Body,
    extract::{Multipart, Path, RawForm, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use bluelamp_evidence::NewItem;
use bluelamp_model::{Error, Id};
use std::collections::BTreeMap;

/// `POST /desk/cases/{id}/evidence`: one file with what is said of it.
pub(crate) async fn add_evidence(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    mut form: Multipart,
) -> Answer {
    let unreadable = |e: axum::extract::multipart::MultipartError| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge("the file".into()),
        _ => Error::field("file", "unreadable", "The file could not be read; choose it again"),
    };
    let case = case_id(&id)?;
    let mut said = BTreeMap::new();
    let mut file = None;
    while let Some(mut part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            said.insert(name, part.text().await.map_err(unreadable)?);
            continue;
        }
        // The token comes before the file in the form, so nothing is written for a forged request.
        check_csrf(&app, &staff.cookie, said.get("csrf").map_or("", String::as_str))?;
        let (file_name, media_type) = (
            part.file_name().unwrap_or_default().to_owned(),
            part.content_type().unwrap_or("application/octet-stream").to_owned(),
        );
        let (sender, receiver) = tokio::sync::mpsc::channel(8);
        let limit = app.inner.settings.largest_file;
        let (actor, new) = (
            staff.actor(),
            NewItem {
                exhibit: said.get("exhibit").cloned().unwrap_or_default(),
                description: said.get("description").cloned().unwrap_or_default(),
                origin: said.get("origin").cloned().unwrap_or_default(),
                file_name,
                media_type,
            },
        );
        let keeping = app.blocking(move |app| {
            let stream = tokio_util::io::SyncIoBridge::new(tokio_util::io::StreamReader::new(
                tokio_stream::wrappers::ReceiverStream::new(receiver),
            ));
            bluelamp_evidence::add(&app.inner.db, &actor, case, &new, stream, limit)
        });
        let sending = async {
            loop {
                let chunk = match part.chunk().await {
                    Ok(Some(bytes)) => Ok(bytes),
                    Ok(None) => break,
                    Err(e) => Err(std::io::Error::other(e)),
                };
                let last = chunk.is_err();
                if sender.send(chunk).await.is_err() || last {
                    break;
                }
            }
            drop(sender);
        };
        file = Some(tokio::join!(keeping, sending).0);
    }
    check_csrf(&app, &staff.cookie, said.get("csrf").map_or("", String::as_str))?;
    said.remove("csrf");
    let done = match file {
        Some(done) => done.map(drop),
        None => Err(Error::field("file", "required", "Choose a file")),
    };
    back(&app, &staff, &id, said, done, "evidence").await
}

/// `GET /desk/evidence/{item}`: the file, as an attachment that no browser runs.
pub(crate) async fn open_evidence(State(app): State<App>, staff: Staff, Path(item): Path<String>) -> Answer {
    let item: Id = item.parse().map_err(|_| Error::NotFound("that exhibit".into()))?;
    let actor = staff.actor();
    let (item, file) = app.blocking(move |app| bluelamp_evidence::open(&app.inner.db, &actor, item)).await?;
    let stream = tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(file));
    let mut response = Response::new(Body::from_stream(stream));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    let mut encoded = String::new();
    for b in item.file_name.bytes() {
        if b.is_ascii_alphanumeric() || b"-_.".contains(&b) {
            encoded.push(char::from(b));
        } else {
            encoded.push_str(&format!("%{b:02X}"));
        }
    }
    let disposition = format!("attachment; filename*=UTF-8''{encoded}");
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).unwrap_or_else(|_| HeaderValue::from_static("attachment")),
    );
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(item.size));
    Ok(response)
}

fn packages_folder(app: &App) -> std::path::PathBuf {
    app.inner.db.folder().join("packages")
}

/// `POST /desk/cases/{id}/package`: makes the package to hand over, in the data folder's `packages`.
pub(crate) async fn export(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    RawForm(b): RawForm,
) -> Answer {
    let raw = posted(&b);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    case_id(&id)?;
    let (actor, which, recipient) = (staff.actor(), id.clone(), first(&raw, "recipient").to_owned());
    let made = app
        .blocking(move |app| {
            let folder = packages_folder(app);
            bluelamp_evidence::export(&app.inner.db, &actor, &app.inner.key, &which, &recipient, &folder)
        })
        .await;
    match made {
        Ok(exported) => {
            Ok(Redirect::to(&format!("/desk/cases/{id}?package={}#package", exported.package))
                .into_response())
        }
        Err(e) => back(&app, &staff, &id, values(&raw), Err(e), "package").await,
    }
}

/// Checks a package that was just made, as a stranger would with the log's key.
pub(crate) async fn verified(app: &App, reference: &str, package: Id) -> Result<Made, Error> {
    let folder = packages_folder(app).join(format!("{reference}_{package}"));
    app.blocking(move |app| {
        let found = bluelamp_evidence::verify(&folder, std::slice::from_ref(app.verifier()));
        Ok(Made {
            folder: folder.display().to_string(),
            key: app.verifier().to_string(),
            fingerprint: bluelamp_evidence::fingerprint(app.verifier()),
            ok: found.ok,
            proves: found.proves,
            problems: found.problems.into_iter().map(|p| format!("{}: {}", p.file, p.reason)).collect(),
        })
    })
    .await
}
