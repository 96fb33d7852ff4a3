//! A half-filled report: kept on the server under a key that only the sender's cookie holds.

use crate::{App, guard};
use axum::http::{HeaderMap, HeaderValue};
use bluelamp_forms::Answers;
use bluelamp_model::{Error, Result};
use bluelamp_store::Token;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The cookie's name.
const COOKIE: &str = "bluelamp-report";
/// The kind of session.
const KIND: &str = "draft";
/// A draft is kept for two hours after the last answer.
const SECONDS: i64 = 2 * 3600;

/// What is kept for one visitor.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Drafts {
    /// Half-filled reports, by form.
    pub forms: BTreeMap<String, Draft>,
    /// The receipt of the last report that was sent.
    pub receipt: Option<Receipt>,
}

/// One half-filled report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// The form's digest when it was begun: a form that changed is begun anew.
    pub digest: String,
    /// The answers so far.
    pub answers: Answers,
    /// Makes sending twice harmless.
    pub retry_key: String,
}

/// What the sender is shown after sending, also when the page is loaded again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Receipt {
    pub form: String,
    pub reference: String,
    pub code: String,
    pub received: String,
}

/// A visitor with their cookie and what is kept for them.
pub(crate) struct Visitor {
    /// What the cookie holds.
    pub cookie: String,
    /// Whether the browser has to be told.
    new: bool,
    /// What is kept.
    pub drafts: Drafts,
}

impl Visitor {
    /// Reads who is visiting, giving a new cookie to whoever has none. Nothing is written yet.
    pub(crate) async fn of(app: &App, headers: &HeaderMap) -> Result<Self> {
        let known = guard::cookie(headers, &guard::cookie_name(app, COOKIE));
        let Some(token) = known.as_deref().and_then(Token::parse) else {
            return Ok(Self { cookie: guard::new_token()?, new: true, drafts: Drafts::default() });
        };
        let cookie = token.text().to_owned();
        let value = app.blocking(move |app| app.inner.db.session(&token, KIND)).await?;
        // What cannot be read any more, after an update, is begun anew.
        let drafts = value.and_then(|v| serde_json::from_slice(&v).ok()).unwrap_or_default();
        Ok(Self { cookie, new: false, drafts })
    }

    /// Keeps what has changed.
    pub(crate) async fn keep(&self, app: &App) -> Result<()> {
        let value = serde_json::to_vec(&self.drafts).map_err(|e| Error::Bug(e.to_string()))?;
        let cookie = self.cookie.clone();
        app.blocking(move |app| {
            let token =
                Token::parse(&cookie).ok_or_else(|| Error::Bug("a visitor without a token".into()))?;
            let db = &app.inner.db;
            db.put_session(&token, KIND, None, &value, db.now().plus_seconds(SECONDS))
        })
        .await
    }

    /// Forgets everything that is kept.
    pub(crate) async fn forget(&self, app: &App) -> Result<()> {
        let cookie = self.cookie.clone();
        app.blocking(move |app| match Token::parse(&cookie) {
            Some(token) => app.inner.db.end_session(&token),
            None => Ok(()),
        })
        .await
    }

    /// The `Set-Cookie` header, when the browser has to be told.
    pub(crate) fn set_cookie(&self, app: &App) -> Option<HeaderValue> {
        self.new.then(|| guard::set_cookie(app, COOKIE, &self.cookie))
    }
}

/// Makes the browser forget its cookie.
pub(crate) fn no_cookie(app: &App) -> HeaderValue {
    guard::set_cookie(app, COOKIE, "")
}
