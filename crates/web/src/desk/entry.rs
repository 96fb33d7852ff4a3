//! Signing in with a purpose, taking up an invitation, changing the purpose, signing out.

use super::{frame, sections};
use crate::{
    App,
    govuk::page::{Field, Hidden, Hint, Item, Kind, Question, errors},
    guard::{self, Answer, Ask, STAFF_COOKIE, Sender, Staff, check_csrf, csrf},
    public::{
        draft::Visitor,
        journey::{first, posted},
    },
};
use axum::{
    extract::{Path, Query, RawForm, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use bluelamp_access::Purpose;
use bluelamp_model::{Error, FieldError};
use serde::Deserialize;

/// Where to go after signing in.
#[derive(Deserialize)]
pub(crate) struct NextPage {
    #[serde(default)]
    next: String,
}

/// Only a path of the staff pages is followed, so that a link cannot send people elsewhere.
fn safe(next: &str) -> &str {
    if next.starts_with("/desk") && !next.contains("//") { next } else { "/desk" }
}

/// `GET /sign-in`
pub(crate) async fn ask(
    State(app): State<App>,
    ask: Ask,
    Query(q): Query<NextPage>,
    headers: HeaderMap,
) -> Answer {
    // The page is not tied to a person yet; the visitor's cookie carries its token.
    let visitor = Visitor::of(&app, &headers).await?;
    let mut response = page(&app, &ask, &visitor, safe(&q.next), "", "", &[])?;
    if let Some(cookie) = visitor.set_cookie(&app) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn purpose_items<'a>(purposes: impl Iterator<Item = &'a Purpose>) -> Vec<Item> {
    purposes
        .map(|p| Item {
            value: p.code.clone(),
            text: p.label.clone(),
            hint: Some(Hint { text: p.basis.clone() }),
            ..Item::default()
        })
        .collect()
}

fn page(
    app: &App,
    ask: &Ask,
    visitor: &Visitor,
    next: &str,
    username: &str,
    purpose: &str,
    wrong: &[FieldError],
) -> Answer {
    let error = |field: &str| wrong.iter().find(|e| e.field == field).map(|e| e.message.clone());
    let policy = &app.inner.policy;
    // Every purpose that any member of staff may choose; whether it is theirs is said after the password.
    let hidden = ["public", "system"];
    let staff: Vec<_> = policy.roles.iter().filter(|r| !hidden.contains(&r.code.as_str())).collect();
    let purposes = policy.purposes.iter().filter(|p| staff.iter().any(|r| r.purposes.contains(&p.code)));
    let components = vec![
        Field {
            name: "username".into(),
            label: Some("Username".into()),
            value: Some(username.into()),
            error: error("username"),
            autocomplete: Some("username".into()),
            spellcheck: Some(false),
            width: Some(20),
            ..Field::default()
        },
        Field {
            name: "password".into(),
            label: Some("Password".into()),
            input_type: Some("password".into()),
            error: error("password"),
            autocomplete: Some("current-password".into()),
            width: Some(20),
            ..Field::default()
        },
        Field {
            kind: Kind::Radios,
            name: "purpose".into(),
            label: Some("What are you working on?".into()),
            hint: Some("What you look at is recorded with this purpose. You can change it later.".into()),
            value: Some(purpose.into()),
            items: purpose_items(purposes),
            error: error("purpose"),
            ..Field::default()
        },
    ];
    let question = Question {
        title: "Sign in to the staff pages".into(),
        back_href: Some("/".into()),
        action: "/sign-in".into(),
        csrf: csrf(app, &visitor.cookie),
        hidden: vec![Hidden { name: "next".into(), value: next.into() }],
        error_summary: errors(&components),
        components,
        button: Some("Sign in".into()),
        ..Question::default()
    };
    app.page("public/question.njk", &ask.frame(), &question)
}

/// `POST /sign-in`
pub(crate) async fn sign_in(
    State(app): State<App>,
    ask: Ask,
    from: Sender,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Answer {
    let visitor = Visitor::of(&app, &headers).await?;
    let raw = posted(&bytes);
    check_csrf(&app, &visitor.cookie, first(&raw, "csrf"))?;
    app.inner.sign_ins.check(from)?;
    let said = |name: &str| first(&raw, name).to_owned();
    let (username, password, purpose) = (said("username"), said("password"), said("purpose"));
    let next = safe(first(&raw, "next")).to_owned();
    let (name, why) = (username.clone(), purpose.clone());
    let outcome = app
        .blocking(move |app| {
            bluelamp_access::sign_in(&app.inner.db, &app.inner.policy, &username, &password, Some(&purpose))
        })
        .await;
    match outcome {
        Ok(signed_in) => Ok(arrived(&app, &signed_in.token, &next)),
        Err(Error::Invalid(wrong)) => {
            let mut response = page(&app, &ask, &visitor, &next, &name, &why, &wrong)?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(e) => Err(e.into()),
    }
}

fn arrived(app: &App, token: &str, next: &str) -> Response {
    let mut response = Redirect::to(next).into_response();
    response.headers_mut().append(header::SET_COOKIE, guard::set_cookie(app, STAFF_COOKIE, token));
    response
}

/// `POST /sign-out`
pub(crate) async fn sign_out(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    check_csrf(&app, &staff.cookie, first(&posted(&bytes), "csrf"))?;
    let cookie = staff.cookie;
    app.blocking(move |app| bluelamp_access::sign_out(&app.inner.db, &cookie)).await?;
    Ok(arrived(&app, "", "/sign-in"))
}

/// `GET /desk`: the first section that the person may open.
pub(crate) async fn arrive(State(app): State<App>, staff: Staff) -> Answer {
    let first = sections(&app, &staff, "").into_iter().next();
    let href = first.map_or_else(|| "/desk/purpose".into(), |s| s.href);
    Ok(Redirect::to(&href).into_response())
}

/// `GET /desk/purpose`
pub(crate) async fn purpose(State(app): State<App>, staff: Staff) -> Answer {
    purpose_page(&app, &staff, None)
}

fn purpose_page(app: &App, staff: &Staff, error: Option<String>) -> Answer {
    let components = vec![Field {
        kind: Kind::Radios,
        name: "purpose".into(),
        hint: Some("What you look at is recorded with this purpose.".into()),
        value: Some(staff.session.purpose.clone()),
        items: purpose_items(app.inner.policy.purposes_of(&staff.session.roles).into_iter()),
        error,
        ..Field::default()
    }];
    let page = Question {
        title: "What are you working on?".into(),
        action: "/desk/purpose".into(),
        csrf: csrf(app, &staff.cookie),
        error_summary: errors(&components),
        components,
        ..Question::default()
    };
    app.page("staff/question.njk", &frame(app, staff, ""), &page)
}

/// `POST /desk/purpose`
pub(crate) async fn choose_purpose(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let purpose = first(&raw, "purpose").to_owned();
    let (cookie, session) = (staff.cookie.clone(), staff.session.clone());
    let changed = app
        .blocking(move |app| {
            bluelamp_access::change_purpose(&app.inner.db, &app.inner.policy, &cookie, &session, &purpose)
        })
        .await;
    match changed {
        Ok(()) => Ok(Redirect::to("/desk").into_response()),
        Err(Error::Invalid(wrong)) => {
            let mut response = purpose_page(&app, &staff, wrong.into_iter().next().map(|e| e.message))?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(e) => Err(e.into()),
    }
}

/// `GET /invitation/{secret}`: shows the form; the link is used up only by setting a password.
pub(crate) async fn invited(
    State(app): State<App>,
    ask: Ask,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let visitor = Visitor::of(&app, &headers).await?;
    let mut response = invitation_page(&app, &ask, &visitor, &secret, None)?;
    if let Some(cookie) = visitor.set_cookie(&app) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn invitation_page(app: &App, ask: &Ask, visitor: &Visitor, secret: &str, error: Option<String>) -> Answer {
    let components = vec![Field {
        name: "password".into(),
        hint: Some(format!(
            "At least {} characters. Three random words are easy to remember and hard to guess.",
            bluelamp_access::PASSWORD_MIN_LENGTH
        )),
        input_type: Some("password".into()),
        autocomplete: Some("new-password".into()),
        error,
        width: Some(20),
        ..Field::default()
    }];
    let page = Question {
        title: "Choose a password".into(),
        action: format!("/invitation/{secret}"),
        csrf: csrf(app, &visitor.cookie),
        error_summary: errors(&components),
        components,
        button: Some("Set password".into()),
        ..Question::default()
    };
    app.page("public/question.njk", &ask.frame(), &page)
}

/// `POST /invitation/{secret}`
pub(crate) async fn accept(
    State(app): State<App>,
    ask: Ask,
    from: Sender,
    Path(secret): Path<String>,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Answer {
    let visitor = Visitor::of(&app, &headers).await?;
    let raw = posted(&bytes);
    check_csrf(&app, &visitor.cookie, first(&raw, "csrf"))?;
    app.inner.sign_ins.check(from)?;
    let password = first(&raw, "password").to_owned();
    let link = secret.clone();
    let outcome =
        app.blocking(move |app| bluelamp_access::accept_invitation(&app.inner.db, &link, &password)).await;
    match outcome {
        Ok(_) => Ok(Redirect::to("/sign-in").into_response()),
        Err(Error::Invalid(wrong)) => {
            let mut response =
                invitation_page(&app, &ask, &visitor, &secret, wrong.into_iter().next().map(|e| e.message))?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(e) => Err(e.into()),
    }
}
