//! The reporting journey: one question a page, answers that can be changed, and a receipt.

use crate::{
    App,
    govuk::{
        Html,
        page::{
            Answer as Answered, Answers as Section, Check, Problem, Question, Receipt as ReceiptPage, Start,
            Terminal, errors,
        },
        prose::prose,
    },
    guard::{Answer, Ask, Sender, check_csrf, csrf},
    public::{
        draft::{Draft, Drafts, Receipt, Visitor},
        fields::{Raw, Shown, fields},
    },
};
use axum::{
    extract::{Path, Query, RawForm, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
};
use bluelamp_contact::NewSubmission;
use bluelamp_forms::{Controller, Form, Next, Page, Safety};
use bluelamp_model::{Error, Result};
use serde::Deserialize;

/// Reads `application/x-www-form-urlencoded` into lists of values by name.
pub(crate) fn posted(bytes: &[u8]) -> Raw {
    let mut raw = Raw::new();
    for (name, value) in form_urlencoded::parse(bytes) {
        raw.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    raw
}

pub(crate) fn first<'a>(raw: &'a Raw, name: &str) -> &'a str {
    raw.get(name).and_then(|v| v.first()).map_or("", String::as_str)
}

fn with_cookie(app: &App, visitor: &Visitor, mut response: Response) -> Response {
    if let Some(value) = visitor.set_cookie(app) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

fn exit(form: &Form) -> bool {
    form.safety == Safety::High
}

fn window_title(form: &Form) -> Option<String> {
    form.neutral_title.as_ref().map(|t| t.say(form.speaks).to_owned())
}

fn page_href(form: &Form, page: &Page) -> String {
    format!("/report/{}/q{}", form.id, page.path)
}

fn after(form: &Form, next: &Next) -> String {
    match next {
        Next::Page(path) | Next::Terminal(path) => format!("/report/{}/q{path}", form.id),
        Next::Check => format!("/report/{}/check", form.id),
    }
}

/// The draft for this form, begun anew where there is none or the form has changed since.
fn draft(drafts: &Drafts, form: &Form) -> Option<Draft> {
    drafts.forms.get(&form.id).filter(|d| d.digest == form.digest).cloned()
}

fn new_draft(form: &Form) -> Result<Draft> {
    Ok(Draft {
        digest: form.digest.clone(),
        answers: bluelamp_forms::Answers::new(),
        retry_key: crate::guard::new_token()?,
    })
}

/// `GET /report/{form}`: what the journey is for.
pub(crate) async fn start(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Answer {
    let form = app.form(&id)?;
    let first = form.pages.first().ok_or_else(|| Error::Bug(format!("the form {id} has no page")))?;
    let about = form.description.as_ref().map(|d| d.say(form.speaks)).unwrap_or_default();
    let page = Start {
        title: form.title.say(form.speaks).to_owned(),
        window_title: window_title(form),
        back_href: Some("/report".into()),
        exit: exit(form),
        emergency: Some(prose(
            "If somebody is in danger or a crime is happening now, call **999**. If you cannot speak, press **55** when asked. \
             If you are deaf or cannot use a voice call, use the textphone number **18000**.",
        )),
        html: prose(&format!(
            "{about}\n\nIt takes about 10 minutes. You can leave out what you do not know, and check everything before you \
             send it. Your answers are kept for 2 hours after the last one, on this device's session only."
        )),
        href: page_href(form, first),
        button: None,
        after: Some(prose("You can also call **101**, at any time. The call is free.")),
    };
    app.page("public/start.njk", &ask.frame(), &page)
}

/// Where a change link asks to come back to.
#[derive(Deserialize)]
pub(crate) struct Back {
    /// `check` when the page was opened from "Check your answers".
    #[serde(default)]
    from: String,
}

/// `GET /report/{form}/q/{page}`: one question.
pub(crate) async fn ask(
    State(app): State<App>,
    ask: Ask,
    Path((id, path)): Path<(String, String)>,
    Query(back): Query<Back>,
    headers: HeaderMap,
) -> Answer {
    let form = app.form(&id)?;
    let visitor = Visitor::of(&app, &headers).await?;
    let draft = draft(&visitor.drafts, form);
    let answers = draft.map(|d| d.answers).unwrap_or_default();
    let path = format!("/{path}");
    let page = form.page(&path).ok_or_else(|| Error::NotFound("that question".into()))?;
    // A page that the answers do not lead to gives way to the furthest that they do.
    if !form.path_to(&answers).iter().any(|p| p.path == path) {
        return Ok(Redirect::to(&after(form, &form.next(&path, &answers))).into_response());
    }
    let shown = Shown { answers: &answers, posted: None, errors: &[] };
    let response = question(&app, &ask, form, page, &visitor, &shown, &back.from)?;
    Ok(with_cookie(&app, &visitor, response))
}

fn question(
    app: &App,
    ask: &Ask,
    form: &Form,
    page: &Page,
    visitor: &Visitor,
    shown: &Shown<'_>,
    from: &str,
) -> Answer {
    let say = |t: &bluelamp_forms::Text| t.say(form.speaks).to_owned();
    let caption = page.section.as_ref().and_then(|s| form.sections.get(s)).map(say);
    let back_href = Some(match (from, form.previous(&page.path, shown.answers)) {
        ("check", _) => format!("/report/{}/check", form.id),
        (_, Some(previous)) => page_href(form, previous),
        (_, None) => format!("/report/{}", form.id),
    });
    if let Controller::Terminal { outcome } = &page.controller {
        let components = fields(form, page, shown);
        let html =
            components.iter().filter_map(|c| c.html.as_ref()).map(|h| h.0.as_str()).collect::<String>();
        let terminal = Terminal {
            title: say(&page.title),
            window_title: window_title(form),
            caption,
            back_href,
            exit: exit(form),
            emergency: outcome == "emergency",
            html: Html(html),
            continue_href: None,
            continue_text: None,
        };
        return app.page("public/terminal.njk", &ask.frame(), &terminal);
    }
    let components = fields(form, page, shown);
    let suffix = if from == "check" { "?from=check" } else { "" };
    let view = Question {
        title: say(&page.title),
        window_title: window_title(form),
        caption,
        back_href,
        exit: exit(form),
        action: format!("{}{suffix}", page_href(form, page)),
        csrf: csrf(app, &visitor.cookie),
        hidden: Vec::new(),
        error_summary: errors(&components),
        components,
        button: None,
        files: false,
    };
    app.page("public/question.njk", &ask.frame(), &view)
}

/// `POST /report/{form}/q/{page}`: one answer.
pub(crate) async fn answer(
    State(app): State<App>,
    ask: Ask,
    Path((id, path)): Path<(String, String)>,
    Query(back): Query<Back>,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Answer {
    let form = app.form(&id)?;
    let mut visitor = Visitor::of(&app, &headers).await?;
    let raw = posted(&bytes);
    check_csrf(&app, &visitor.cookie, first(&raw, "csrf"))?;
    let path = format!("/{path}");
    let page = form.page(&path).ok_or_else(|| Error::NotFound("that question".into()))?;
    let mut draft = match draft(&visitor.drafts, form) {
        Some(draft) => draft,
        None => new_draft(form)?,
    };
    if !form.path_to(&draft.answers).iter().any(|p| p.path == path) {
        return Ok(Redirect::to(&after(form, &form.next(&path, &draft.answers))).into_response());
    }
    let (part, wrong) = page.read(form, &raw, app.inner.db.now());
    if !wrong.is_empty() {
        let shown = Shown { answers: &draft.answers, posted: Some(&raw), errors: &wrong };
        let mut response = question(&app, &ask, form, page, &visitor, &shown, &back.from)?;
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(with_cookie(&app, &visitor, response));
    }
    form.put(page, part, &mut draft.answers);
    let next = match back.from.as_str() {
        // After a change, back to the check page, unless the change brought up a question that is still open.
        "check" => match form.first_unanswered(&draft.answers) {
            Some(open) => format!("{}?from=check", page_href(form, open)),
            None => match form.path_to(&draft.answers).last() {
                Some(last) if last.ends() => page_href(form, last),
                _ => format!("/report/{}/check", form.id),
            },
        },
        _ => after(form, &form.next(&path, &draft.answers)),
    };
    visitor.drafts.forms.insert(form.id.clone(), draft);
    visitor.keep(&app).await?;
    Ok(with_cookie(&app, &visitor, Redirect::to(&next).into_response()))
}

/// `GET /report/{form}/check`: all answers before they are sent.
pub(crate) async fn check(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let form = app.form(&id)?;
    let visitor = Visitor::of(&app, &headers).await?;
    let Some(draft) = draft(&visitor.drafts, form) else {
        return Ok(Redirect::to(&format!("/report/{id}")).into_response());
    };
    if let Some(open) = form.first_unanswered(&draft.answers) {
        return Ok(Redirect::to(&page_href(form, open)).into_response());
    }
    check_page(&app, &ask, form, &visitor, &draft, Vec::new())
}

fn check_page(
    app: &App,
    ask: &Ask,
    form: &Form,
    visitor: &Visitor,
    draft: &Draft,
    problems: Vec<Problem>,
) -> Answer {
    let mut sections: Vec<Section> = Vec::new();
    for row in form.reading(&draft.answers).summary() {
        if sections.last().is_none_or(|s| s.title != row.section) {
            sections.push(Section { title: row.section.clone(), rows: Vec::new() });
        }
        if let Some(section) = sections.last_mut() {
            section.rows.push(Answered {
                question: row.question,
                lines: row.answer,
                change_href: Some(format!("/report/{}/q{}?from=check#{}", form.id, row.page, row.name)),
            });
        }
    }
    let back_href = form.path_to(&draft.answers).last().map(|p| page_href(form, p));
    let page = Check {
        title: "Check your answers before you send your report".into(),
        window_title: window_title(form),
        caption: Some(form.title.say(form.speaks).to_owned()),
        back_href,
        exit: exit(form),
        action: format!("/report/{}/send", form.id),
        csrf: csrf(app, &visitor.cookie),
        hidden: Vec::new(),
        error_summary: problems,
        sections,
        components: Vec::new(),
        button: Some("Send report".into()),
    };
    app.page("public/check.njk", &ask.frame(), &page)
}

/// `POST /report/{form}/send`: the report is received.
pub(crate) async fn send(
    State(app): State<App>,
    ask: Ask,
    from: Sender,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Answer {
    let form = app.form(&id)?;
    let mut visitor = Visitor::of(&app, &headers).await?;
    check_csrf(&app, &visitor.cookie, first(&posted(&bytes), "csrf"))?;
    app.inner.reports.check(from)?;
    let Some(draft) = draft(&visitor.drafts, form) else {
        // Sent already from another window: the receipt is still there.
        let sent = visitor.drafts.receipt.as_ref().is_some_and(|r| r.form == id);
        let to = if sent { format!("/report/{id}/sent") } else { format!("/report/{id}") };
        return Ok(Redirect::to(&to).into_response());
    };
    let clean = match form.validate(&draft.answers, app.inner.db.now()) {
        Ok(clean) => clean,
        Err(wrong) => {
            let problems = wrong
                .into_iter()
                .map(|e| Problem { text: e.message, href: "#main-content".into() })
                .collect();
            let mut response = check_page(&app, &ask, form, &visitor, &draft, problems)?;
            *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(response);
        }
    };
    let new = NewSubmission::new(form, clean, "web", Some(draft.retry_key));
    let received = app.write(&ask.public(), move |cx| bluelamp_casework::receive(cx, &new)).await?;
    visitor.drafts.forms.remove(&form.id);
    visitor.drafts.receipt = Some(Receipt {
        form: form.id.clone(),
        reference: received.reference.text().to_owned(),
        code: received.code.text().to_owned(),
        received: received.at.spoken(),
    });
    visitor.keep(&app).await?;
    Ok(Redirect::to(&format!("/report/{id}/sent")).into_response())
}

/// `GET /report/{form}/sent`: reference and tracking code.
pub(crate) async fn sent(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let form = app.form(&id)?;
    let visitor = Visitor::of(&app, &headers).await?;
    let Some(receipt) = visitor.drafts.receipt.filter(|r| r.form == id) else {
        return Ok(Redirect::to("/report").into_response());
    };
    let page = ReceiptPage {
        title: "Report sent".into(),
        window_title: window_title(form),
        exit: exit(form),
        reference: receipt.reference,
        tracking_code: Some(receipt.code),
        track_href: Some("/track".into()),
        received: receipt.received,
        next: prose(
            "An officer reads your report, with what the rules for this kind of report say about it, and decides what \
             happens next. A person always decides; a machine never does.\n\n\
             Use the tracking page to see what was decided. If something changes or somebody is in danger, call **999**, \
             or **101** when it is not urgent.",
        ),
        files: Vec::new(),
        download_href: None,
    };
    app.page("public/receipt.njk", &ask.frame(), &page)
}
