//! The public register of decisions: what was published, without what was redacted, and notices of what was not.

use crate::{
    App,
    desk::decisions::pdf_headers,
    guard::{Answer, Ask},
    reading,
};
use axum::{
    body::Body,
    extract::{Path, State},
    response::IntoResponse,
};
use bluelamp_model::{Error, Result};
use bluelamp_steward::decision::{Approval, PublicReport, PublicView, Words, text_of};
use serde::Serialize;

/// A part of a text, for a template.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    /// A paragraph; nothing for a list.
    text: Option<String>,
    /// The entries of a list.
    items: Vec<String>,
}

/// A text as parts.
pub(crate) fn part(text: &str) -> Vec<Part> {
    text_of(text)
        .into_iter()
        .map(|words| match words {
            Words::Paragraph(text) => Part { text: Some(text), items: Vec::new() },
            Words::List(items) => Part { text: None, items },
        })
        .collect()
}

/// The page `public/decisions.njk`.
#[derive(Serialize)]
struct ListPage {
    title: String,
    rows: Vec<ListRow>,
}

#[derive(Serialize)]
struct ListRow {
    reference: String,
    href: String,
    title: String,
    outcome: String,
    decided_on: String,
    notice: bool,
    superseded: bool,
}

/// `GET /decisions`
pub(crate) async fn list(State(app): State<App>, ask: Ask) -> Answer {
    let all = app.read(&ask.public(), bluelamp_steward::decision::public_register).await?;
    let page = ListPage {
        title: "Decisions".into(),
        rows: all
            .into_iter()
            .map(|e| ListRow {
                href: format!("/decisions/{}", e.reference),
                reference: e.reference,
                title: e.title,
                outcome: e.outcome,
                decided_on: reading::day(&e.decided_on),
                notice: e.notice,
                superseded: e.superseded,
            })
            .collect(),
    };
    app.page("public/decisions.njk", &ask.frame(), &page)
}

/// The page `public/decision.njk`.
#[derive(Serialize)]
struct DecisionPage {
    title: String,
    caption: String,
    back_href: String,
    /// A notice of what is not published.
    notice: Vec<Part>,
    report: Option<ReportView>,
}

#[derive(Serialize)]
struct ReportView {
    classification: String,
    pdf_href: String,
    published: String,
    superseded_by: Option<String>,
    /// Whether another took its place.
    superseded: bool,
    outcome: String,
    outcome_reasons: Vec<Part>,
    redaction: Vec<Part>,
    header: Vec<(String, String)>,
    summary: Vec<Part>,
    sections: Vec<(u8, String, Vec<Part>)>,
    links: Vec<(String, Vec<String>)>,
    consulted: Vec<[String; 3]>,
    approvals: Vec<Approval>,
    files: Vec<(String, String)>,
}

fn report(r: PublicReport, published: String, superseded: bool, superseded_by: Option<String>) -> ReportView {
    let here = format!("/decisions/{}", r.reference);
    ReportView {
        classification: r.classification,
        pdf_href: format!("{here}.pdf"),
        published,
        superseded,
        superseded_by,
        outcome: r.outcome,
        outcome_reasons: part(&r.outcome_reasons),
        redaction: part(&r.redaction),
        header: r.header,
        summary: part(&r.summary),
        sections: r.sections.into_iter().map(|s| (s.number, s.title, part(&s.said))).collect(),
        links: r.links,
        consulted: r.consulted,
        approvals: r.approvals,
        files: r
            .files
            .iter()
            .enumerate()
            .map(|(n, f)| {
                let redacted = if f.redacted { ", redacted" } else { "" };
                let size = crate::desk::decisions::size(f.size);
                (format!("{here}/files/{n}"), format!("{} (PDF{redacted}, {size})", f.title))
            })
            .collect(),
    }
}

/// `GET /decisions/{reference}`; with `.pdf` behind it, the PDF that was published.
pub(crate) async fn view(State(app): State<App>, ask: Ask, Path(name): Path<String>) -> Answer {
    if let Some(reference) = name.strip_suffix(".pdf").map(str::to_owned) {
        let (actor, wanted) = (ask.public(), reference.clone());
        let file = app
            .blocking(move |app| bluelamp_steward::decision::published_pdf(&app.inner.db, &actor, &wanted))
            .await?;
        let stream = tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(file));
        return Ok((pdf_headers(&reference), Body::from_stream(stream)).into_response());
    }
    let found = published(&app, &ask, name).await?;
    let page = match found {
        PublicView::Report { report: r, published_at, superseded, superseded_by } => DecisionPage {
            title: r.title.clone(),
            caption: format!("Decision {}", r.reference),
            back_href: "/decisions".into(),
            notice: Vec::new(),
            report: Some(report(*r, reading::day(&published_at.day()), superseded, superseded_by)),
        },
        PublicView::Notice { reference, heading, text } => DecisionPage {
            title: heading,
            caption: format!("Decision {reference}, not published"),
            back_href: "/decisions".into(),
            notice: part(&text),
            report: None,
        },
    };
    app.page("public/decision.njk", &ask.frame(), &page)
}

/// A decision as the public sees it.
pub(crate) async fn published(app: &App, ask: &Ask, reference: String) -> Result<PublicView> {
    app.read(&ask.public(), move |cx| bluelamp_steward::decision::published(cx, &reference)).await
}

/// `GET /decisions/{reference}/files/{place}`
pub(crate) async fn file(
    State(app): State<App>,
    ask: Ask,
    Path((reference, place)): Path<(String, String)>,
) -> Answer {
    let place: usize = place.parse().map_err(|_| Error::NotFound("that file".into()))?;
    let actor = ask.public();
    let (known, file) = app
        .blocking(move |app| {
            bluelamp_steward::decision::open_published(&app.inner.db, &actor, &reference, place)
        })
        .await?;
    Ok(crate::desk::decisions::attachment(
        known.size,
        file,
        "application/pdf",
        "inline; filename=\"attachment.pdf\"",
    ))
}
