//! Accounts: who may sign in, and one-time links for new colleagues.

use super::{
    frame,
    page::{AccountRow, AccountsPage, RoleOption},
};
use crate::{
    App,
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{RawForm, State},
    http::StatusCode,
};
use bluelamp_access::{Account, NewAccount};
use bluelamp_model::{Error, FieldError};
use std::collections::BTreeMap;

/// `GET /desk/accounts`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    show(&app, &staff, None, BTreeMap::new(), &[], Vec::new()).await
}

async fn show(
    app: &App,
    staff: &Staff,
    invitation: Option<String>,
    values: BTreeMap<String, String>,
    chosen: &[String],
    wrong: Vec<FieldError>,
) -> Answer {
    let accounts = app.read(&staff.actor(), bluelamp_access::accounts).await?;
    let label = |code: &String| {
        app.inner
            .policy
            .roles
            .iter()
            .find(|r| r.code == *code)
            .map_or_else(|| code.clone(), |r| r.label.clone())
    };
    let standing = |a: &Account| match (a.disabled, a.active) {
        (true, _) => "Disabled",
        (false, true) => "Active",
        (false, false) => "Invited",
    };
    let failed = !wrong.is_empty();
    let page = AccountsPage {
        title: "Accounts".into(),
        rows: accounts
            .iter()
            .map(|a| AccountRow {
                username: a.username.clone(),
                name: a.name.clone(),
                roles: a.roles.iter().map(label).collect::<Vec<_>>().join(", "),
                standing: standing(a),
            })
            .collect(),
        roles: app
            .inner
            .policy
            .roles
            .iter()
            .filter(|r| !["public", "system"].contains(&r.code.as_str()))
            .map(|r| RoleOption {
                value: r.code.clone(),
                text: r.label.clone(),
                checked: chosen.contains(&r.code),
            })
            .collect(),
        csrf: csrf(app, &staff.cookie),
        values,
        error_summary: wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}", e.field) })
            .collect(),
        errors: wrong.into_iter().map(|e| (e.field, e.message)).collect(),
        invitation,
    };
    let mut response = app.page("staff/accounts.njk", &frame(app, staff, "/desk/accounts"), &page)?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `POST /desk/accounts`: makes an account and a one-time link for it.
pub(crate) async fn create(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let chosen = raw.get("roles").cloned().unwrap_or_default();
    let new = NewAccount {
        username: first(&raw, "username").to_owned(),
        name: first(&raw, "name").to_owned(),
        roles: chosen.clone(),
    };
    let policy = std::sync::Arc::clone(&app.inner.policy);
    let made = app
        .write(&staff.actor(), move |cx| {
            let id = bluelamp_access::create_account(cx, &policy, &new)?;
            bluelamp_access::invite(cx, id)
        })
        .await;
    match made {
        Ok(secret) => {
            let link = format!("{}/invitation/{secret}", app.inner.settings.public_url);
            show(&app, &staff, Some(link), BTreeMap::new(), &[], Vec::new()).await
        }
        Err(Error::Invalid(wrong)) => {
            let values = ["username", "name"].map(|n| (n.to_owned(), first(&raw, n).to_owned())).into();
            show(&app, &staff, None, values, &chosen, wrong).await
        }
        Err(e) => Err(e.into()),
    }
}
