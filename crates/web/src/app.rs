//! What every handler is given, and how it reaches the database from async code.

use crate::{
    govuk::{Frame, Theme, render},
    guard::{Limiter, Refused},
    operations::Metrics,
};
use axum::response::{Html, IntoResponse, Response};
use bluelamp_access::Policy;
use bluelamp_casework::Shelf;
use bluelamp_forms::Form;
use bluelamp_ledger::VerifierKey;
use bluelamp_model::{Error, Result, authority::Actor};
use bluelamp_steward::appetite::Appetite;
use bluelamp_steward::landscape::Columns;
use bluelamp_store::{Cx, Db, LogKey};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// How the server behaves, from the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people reach it, without a slash at the end, such as `https://report.example`.
    pub public_url: String,
    /// Who is responsible, as the common data model names it.
    pub organisation: String,
    /// How the pages look.
    pub theme: Theme,
    /// The most requests of a kind from one address in a minute.
    pub limits: Limits,
    /// The largest file of evidence, in bytes.
    pub largest_file: u64,
    /// The header in which a proxy in front passes on the sender's address, if there is such a proxy.
    pub forwarded_header: Option<String>,
    /// Content pages in Markdown, by name: `accessibility`, `privacy`.
    pub content: BTreeMap<String, String>,
    /// How much risk a board carries without being asked.
    pub appetite: Appetite,
    /// How the columns of a survey of applications are spelled.
    pub columns: Columns,
    /// By when complaints are acknowledged and answered, and where else to go.
    pub redress: bluelamp_steward::redress::Rules,
}

impl Settings {
    /// The force whose service this is, as people call it; its code where no name is set.
    pub(crate) fn force_name(&self) -> String {
        self.theme.organisation.clone().unwrap_or_else(|| self.organisation.clone())
    }
}

/// The most requests of a kind from one address in a minute; 0 means as many as come.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Reports sent in.
    pub reports: u32,
    /// Attempts to sign in.
    pub sign_ins: u32,
    /// Attempts to follow a report.
    pub tracking: u32,
}

/// The application: everything that a handler needs.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub db: Db,
    pub key: LogKey,
    pub policy: Arc<Policy>,
    pub forms: BTreeMap<String, Form>,
    pub shelf: Arc<Shelf>,
    pub settings: Settings,
    pub secret: [u8; 32],
    pub metrics: Metrics,
    pub reports: Limiter,
    pub sign_ins: Limiter,
    pub tracking: Limiter,
}

impl App {
    /// Puts an application together. `secret` signs the tokens against forged requests.
    pub fn new(
        db: Db,
        key: LogKey,
        policy: Arc<Policy>,
        forms: BTreeMap<String, Form>,
        shelf: Arc<Shelf>,
        settings: Settings,
        secret: [u8; 32],
    ) -> Self {
        let limits = settings.limits;
        Self {
            inner: Arc::new(Inner {
                db,
                key,
                policy,
                forms,
                shelf,
                settings,
                secret,
                metrics: Metrics::new(),
                reports: Limiter::new(limits.reports),
                sign_ins: Limiter::new(limits.sign_ins),
                tracking: Limiter::new(limits.tracking),
            }),
        }
    }

    pub(crate) fn verifier(&self) -> &VerifierKey {
        self.inner.key.verifier()
    }

    /// The definitions in use.
    pub(crate) fn shelf(&self) -> Arc<Shelf> {
        Arc::clone(&self.inner.shelf)
    }

    pub(crate) fn form(&self, id: &str) -> Result<&Form> {
        self.inner.forms.get(id).ok_or_else(|| Error::NotFound(format!("the form '{id}'")))
    }

    /// Runs blocking work, such as anything that reads the database, away from the async threads.
    pub(crate) async fn blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&App) -> Result<T> + Send + 'static,
    {
        let app = self.clone();
        tokio::task::spawn_blocking(move || work(&app))
            .await
            .unwrap_or_else(|e| Err(Error::Bug(format!("a request's work did not finish: {e}"))))
    }

    /// Reads through [`Db::read`].
    pub(crate) async fn read<T, F>(&self, actor: &Actor, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let actor = actor.clone();
        self.blocking(move |app| app.inner.db.read(&actor, run)).await
    }

    /// Writes through [`Db::write_then`], without holding a thread while the commit is on its way.
    pub(crate) async fn write<T, F>(&self, actor: &Actor, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.inner.db.write_then(actor, run, move |outcome| {
            let _ = answer.send(outcome); // the request may have been given up; the commit stands
        });
        answered.await.unwrap_or_else(|_| Err(Error::Unavailable("the database is closing".into())))
    }

    /// Renders a page of `web/templates`.
    pub(crate) fn page(
        &self,
        template: &str,
        frame: &Frame,
        page: &impl Serialize,
    ) -> Result<Response, Refused> {
        let html = render(template, &self.inner.settings.theme, frame, page)
            .map_err(|e| Error::Bug(format!("{template}: {e:#}")))?;
        Ok(Html(html).into_response())
    }
}
