//! Strategies by API: those that are published for everybody, the others for staff with a token.

use crate::{
    App,
    guard::{Answer, Ask, Bearer},
};
use axum::{
    Json,
    extract::{FromRequestParts, Path, Query, State},
    http::{header, request::Parts},
    response::{IntoResponse, Response},
};
use bluelamp_model::authority::Actor;
use bluelamp_steward::strategy::{self, Below, Coverage, Element, Held, Strategy, Tie, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Strategies, each in its latest version.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Strategies {
    /// Each of them, by id.
    strategies: Vec<Held>,
}

/// A version of a strategy.
#[derive(Serialize, JsonSchema)]
pub(crate) struct StrategyAnswer {
    /// What it says.
    strategy: Strategy,
    /// Every version that is held, the latest first.
    versions: Vec<String>,
    /// Its ties to other strategies and theirs to it.
    ties: Vec<Tie>,
    /// Which elements have a counterpart, for each strategy that it is tied to.
    coverage: Vec<Coverage>,
}

/// An element of a strategy.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ElementAnswer {
    /// What it is.
    element: Element,
    /// What says of itself that it is a part of it, due in it, serves it or is driven by it.
    below: Vec<Below>,
    /// Its ties to elements of other strategies, in both directions.
    ties: Vec<Tie>,
}

/// What the address can hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionQuery {
    version: Option<String>,
}

/// Who asks: a person behind a token, or anybody where no token was sent.
pub(crate) struct Reader {
    actor: Actor,
    staff: bool,
}

impl FromRequestParts<App> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        if parts.headers.contains_key(header::AUTHORIZATION) {
            let Bearer { actor } = Bearer::from_request_parts(parts, app).await?;
            return Ok(Self { actor, staff: true });
        }
        let ask = Ask::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        Ok(Self { actor: ask.public(), staff: false })
    }
}

/// `GET /api/v1/strategies`
pub(crate) async fn strategies(State(app): State<App>, who: Reader) -> Answer {
    let list = if who.staff { strategy::strategies } else { strategy::published };
    let strategies = app.read(&who.actor, list).await?;
    Ok(Json(Strategies { strategies }).into_response())
}

async fn seen(
    app: &App,
    Reader { actor, staff }: Reader,
    id: String,
    version: Option<String>,
) -> Result<View, bluelamp_model::Error> {
    let look = move |cx: &mut bluelamp_store::Cx<'_>| {
        let version = version.as_deref();
        if staff { strategy::view(cx, &id, version) } else { strategy::view_published(cx, &id, version) }
    };
    app.read(&actor, look).await
}

/// `GET /api/v1/strategies/{id}`
pub(crate) async fn strategy(
    State(app): State<App>,
    who: Reader,
    Path(id): Path<String>,
    Query(q): Query<VersionQuery>,
) -> Answer {
    let view = seen(&app, who, id, q.version).await?;
    let answer = StrategyAnswer {
        strategy: (*view.strategy).clone(),
        versions: view.versions.clone(),
        ties: view.ties(),
        coverage: view.coverages(),
    };
    Ok(Json(answer).into_response())
}

/// `GET /api/v1/strategies/{id}/elements/{element}`
pub(crate) async fn element(
    State(app): State<App>,
    who: Reader,
    Path((id, element)): Path<(String, String)>,
    Query(q): Query<VersionQuery>,
) -> Answer {
    let view = seen(&app, who, id, q.version).await?;
    let answer = ElementAnswer {
        element: view.element(&element)?.clone(),
        below: view.below(&element),
        ties: view.ties_of(&element),
    };
    Ok(Json(answer).into_response())
}
