//! For those who run the service: health and metrics.

use crate::{App, guard::Answer};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use bluelamp_store::Engine;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};
use serde_json::json;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// What is counted.
pub(crate) struct Metrics {
    requests: Family<Labels, Counter>,
    seconds: Family<Route, Histogram>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let buckets = || Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5]);
        Self { requests: Family::default(), seconds: Family::new_with_constructor(buckets) }
    }

    pub(crate) fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = Labels { method: method.to_owned(), route: route.to_owned(), status };
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }
}

/// `GET /healthz`: whether this process can answer and reach its database.
pub(crate) async fn health(State(app): State<App>) -> impl IntoResponse {
    let reached = app.blocking(|app| app.inner.db.job_counts()).await;
    let engine = match app.inner.db.engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgresql",
    };
    match reached {
        Ok(_) => (StatusCode::OK, Json(json!({ "status": "ok", "database": engine }))),
        Err(e) => {
            tracing::error!(error = %e, "health check failed");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "down", "database": engine })))
        }
    }
}

/// `GET /metrics`: Prometheus text. Counts only; nothing personal.
pub(crate) async fn metrics(State(app): State<App>) -> Answer {
    let text = app
        .blocking(|app| {
            let mut registry = Registry::with_prefix("bluelamp");
            let m = &app.inner.metrics;
            registry.register("http_requests", "Requests answered", m.requests.clone());
            registry.register("http_seconds", "Time to answer", m.seconds.clone());
            let mut gauge = |name: &str, help: &str, value: u64| {
                let gauge = prometheus_client::metrics::gauge::Gauge::<i64>::default();
                gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
                registry.register(name, help, gauge);
            };
            let db = &app.inner.db;
            let (waiting, dead) = db.job_counts()?;
            gauge("jobs_waiting", "Jobs that wait", waiting);
            gauge("jobs_dead", "Jobs set aside after too many failures", dead);
            let (sealed, unsealed) = db.seal_counts()?;
            gauge("log_sealed", "Entries in the sealed log", sealed);
            gauge("log_unsealed", "Entries that wait to be sealed", unsealed);
            gauge("commits_waiting", "Callers that wait for a commit", db.waiting() as u64);
            for (name, count) in db.counts() {
                gauge(&format!("store_{name}"), "Counted by the store's writers since the start", count);
            }
            let mut text = String::new();
            encode(&mut text, &registry).map_err(|e| bluelamp_model::Error::Bug(e.to_string()))?;
            Ok(text)
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
        .into_response())
}

/// `GET /log/{*path}`: the transparency log in the form of C2SP tlog-tiles, for anybody.
pub(crate) async fn log_file(
    State(app): State<App>,
    axum::extract::Path(path): axum::extract::Path<String>,
) -> Answer {
    let kind = if path == "checkpoint" { "text/plain; charset=utf-8" } else { "application/octet-stream" };
    // A whole tile never changes; a partial one and the checkpoint do.
    let caching = if path.starts_with("tile/") && !path.contains(".p/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    let bytes = app.blocking(move |app| app.inner.db.log_file(&path)).await?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching)], bytes).into_response())
}

/// `GET /log/key`: the log's public key.
pub(crate) async fn log_key(State(app): State<App>) -> impl IntoResponse {
    format!("{}\n", app.verifier())
}
