//! What stands between a request and its handler: request id, nonce, security headers, limits, tokens against
//! forged requests, and the dressing of refusals as a page or as problem+json.

use crate::{
    App,
    govuk::{Frame, page::Failure, theme::Link},
};
use axum::{
    Json,
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bluelamp_access::Session;
use bluelamp_model::{Error, FieldError, authority::Actor};
use governor::{Quota, RateLimiter, clock::DefaultClock, state::keyed::DefaultKeyedStateStore};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
    time::Instant,
};

/// An error on its way to becoming a page or problem+json.
#[derive(Debug)]
pub(crate) struct Refused(pub Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// What a handler answers.
pub(crate) type Answer = Result<Response, Refused>;

fn status(error: &Error) -> StatusCode {
    match error {
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Forbidden { .. } => StatusCode::FORBIDDEN,
        Error::Stale(_) | Error::Conflict(_) => StatusCode::CONFLICT,
        Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Bug(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = status(&self.0).into_response();
        response.extensions_mut().insert(Arc::new(self.0));
        response
    }
}

/// Facts of this request that every page needs.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub id: String,
    pub nonce: String,
}

impl Ask {
    /// The frame of a public page.
    pub(crate) fn frame(&self) -> Frame {
        Frame { lang: "en".into(), nonce: self.nonce.clone(), ..Frame::default() }
    }

    /// The public, with this request's id.
    pub(crate) fn public(&self) -> Actor {
        Actor { request: Some(self.id.clone()), ..Actor::public() }
    }
}

impl FromRequestParts<App> for Ask {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refused> {
        let missing = || Refused(Error::Bug("the request went past the guard".into()));
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

/// Sixteen random bytes in hexadecimal. Without the system's randomness no page is served.
fn random() -> Result<String, Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::Unavailable(format!("no randomness from the system: {e}")))?;
    Ok(hex::encode(bytes))
}

/// A new secret for a cookie.
pub(crate) fn new_token() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::Unavailable(format!("no randomness from the system: {e}")))?;
    Ok(hex::encode(bytes))
}

/// The outermost layer: everything passes here once.
pub(crate) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (Ok(id), Ok(nonce)) = (random(), random()) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let ask = Ask { id, nonce };
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request
        .extensions()
        .get::<axum::extract::MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |p| p.as_str().to_owned());
    request.extensions_mut().insert(ask.clone());
    let response = if is_foreign(&app, &method, request.headers()) {
        Refused(Error::Forbidden { reason: "the request came from another site".into() }).into_response()
    } else {
        next.run(request).await
    };
    let mut response = dress(&app, &ask, &path, response);
    headers(&app, &ask, &path, response.headers_mut());
    let took = began.elapsed();
    app.inner.metrics.request(method.as_str(), &route, response.status().as_u16(), took);
    // The route, not the path: a path can hold a reference.
    tracing::info!(
        request.id = %ask.id,
        %method,
        route,
        status = response.status().as_u16(),
        duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
    response
}

/// A page of another site may not make a browser change anything here.
fn is_foreign(app: &App, method: &Method, headers: &HeaderMap) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return false;
    }
    let said = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = said("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    // Older browsers send only the origin, programs neither: those carry a token of another kind.
    match (said("origin"), said("host")) {
        (Some(origin), Some(host)) => {
            origin != app.inner.settings.public_url && origin.split_once("://").is_none_or(|(_, o)| o != host)
        }
        _ => false,
    }
}

fn headers(app: &App, ask: &Ask, path: &str, headers: &mut HeaderMap) {
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-request-id", &ask.id);
    set(
        "content-security-policy",
        &format!(
            "default-src 'none'; script-src 'self' 'nonce-{}'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            ask.nonce
        ),
    );
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "no-referrer");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set("permissions-policy", "camera=(), geolocation=(), microphone=()");
    if app.inner.settings.public_url.starts_with("https://") {
        set("strict-transport-security", "max-age=63072000; includeSubDomains");
    }
    if !path.starts_with("/assets/") && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Gives a bare refusal its page, or its problem+json below `/api/`.
fn dress(app: &App, ask: &Ask, path: &str, response: Response) -> Response {
    let code = response.status();
    let error = response.extensions().get::<Arc<Error>>().cloned();
    let error = match error {
        Some(error) => error,
        // What axum refused by itself: an unknown path, a wrong method, a body that cannot be read.
        None if code.is_client_error() || code.is_server_error() => {
            let plain = response
                .headers()
                .get(header::CONTENT_TYPE)
                .is_none_or(|t| t.as_bytes().starts_with(b"text/plain"));
            if !plain {
                return response;
            }
            Arc::new(match code {
                StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Error::NotFound("that page".into()),
                StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge("what was sent".into()),
                c if c.is_client_error() => Error::field(
                    "body",
                    "unreadable",
                    "What was sent could not be read; go back and try again",
                ),
                _ => Error::Bug("the request could not be answered".into()),
            })
        }
        None => return response,
    };
    if let Error::Bug(what) = &*error {
        tracing::error!(request.id = %ask.id, error = %what, "a defect");
    }
    let mut dressed =
        if path.starts_with("/api/") { problem(ask, code, &error) } else { failure(app, ask, code, &error) };
    for (name, value) in response.headers() {
        if *name == header::SET_COOKIE || *name == header::RETRY_AFTER || *name == header::WWW_AUTHENTICATE {
            dressed.headers_mut().append(name.clone(), value.clone());
        }
    }
    dressed
}

/// RFC 9457.
fn problem(ask: &Ask, code: StatusCode, error: &Error) -> Response {
    let (kind, title) = match error {
        Error::Invalid(_) => ("invalid", "Some of what was sent is not right"),
        Error::NotFound(_) => ("not-found", "There is no such thing"),
        Error::Forbidden { .. } => ("forbidden", "This is not allowed"),
        Error::Stale(_) => ("stale", "It was changed in the meantime"),
        Error::Conflict(_) => ("conflict", "It clashes with what is there"),
        Error::TooLarge(_) => ("too-large", "It is too large"),
        Error::Unavailable(_) => ("unavailable", "It cannot be done now"),
        Error::Bug(_) => ("internal", "Something went wrong on our side"),
    };
    let mut body = json!({
        "type": format!("urn:bluelamp:problem:{kind}"),
        "title": title,
        "status": code.as_u16(),
        "request_id": ask.id,
    });
    match error {
        Error::Bug(_) => {}
        Error::Invalid(fields) => body["errors"] = json!(fields),
        other => body["detail"] = other.to_string().into(),
    }
    let mut response = (code, Json(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

fn failure(app: &App, ask: &Ask, code: StatusCode, error: &Error) -> Response {
    let (title, lines): (&str, Vec<String>) = match error {
        Error::NotFound(what) => (
            "Page not found",
            vec![
                format!("We could not find {what}."),
                "If you typed or pasted the address, check that it is complete.".into(),
            ],
        ),
        Error::Forbidden { reason } => (
            "You cannot do this",
            vec![
                format!("This is not allowed: {reason}."),
                "If you need it for your work, ask your supervisor. The attempt has been logged.".into(),
            ],
        ),
        Error::Conflict(what) => (
            "This clashes with what is there",
            vec![
                format!("Nothing was saved: {what}."),
                "Go back, load the page again and look at what stands in the way.".into(),
            ],
        ),
        Error::Stale(what) => (
            "This was changed in the meantime",
            vec![
                format!("Nothing was saved: {what}."),
                "Go back, load the page again and look at what has changed.".into(),
            ],
        ),
        Error::TooLarge(what) => ("This is too large", vec![format!("Nothing was saved: {what}.")]),
        Error::Unavailable(what) => (
            "Sorry, try again in a moment",
            vec![
                format!("Nothing was saved: {what}."),
                "What you have told us so far is kept. If it is an emergency, call 999.".into(),
            ],
        ),
        Error::Invalid(fields) => {
            ("There is a problem", fields.iter().map(|f: &FieldError| f.message.clone()).collect())
        }
        Error::Bug(_) => (
            "Sorry, there is a problem with the service",
            vec![
                "Something went wrong on our side. We have recorded it and will look into it.".into(),
                "What you have told us so far is kept. If it is an emergency, call 999.".into(),
            ],
        ),
    };
    let page = Failure {
        title: title.into(),
        lines,
        code: Some(ask.id.clone()),
        links: vec![Link { text: "Go to the start page".into(), href: "/".into() }],
    };
    match app.page("public/error.njk", &ask.frame(), &page) {
        Ok(response) => (code, response).into_response(),
        Err(Refused(error)) => {
            tracing::error!(%error, "the error page could not be rendered");
            (code, "The service cannot answer now. In an emergency call 999.").into_response()
        }
    }
}

/// So many of a kind from one address in a minute.
pub(crate) struct Limiter(Option<RateLimiter<IpAddr, DefaultKeyedStateStore<IpAddr>, DefaultClock>>);

impl Limiter {
    pub(crate) fn new(per_minute: u32) -> Self {
        Self(NonZeroU32::new(per_minute).map(|n| RateLimiter::keyed(Quota::per_minute(n))))
    }

    /// # Errors
    /// [`Error::Unavailable`] when it was too many.
    pub(crate) fn check(&self, from: Sender) -> Result<(), Error> {
        match &self.0 {
            Some(limiter) if limiter.check_key(&from.0).is_err() => Err(Error::Unavailable(
                "there were too many requests from your address; wait a minute".into(),
            )),
            _ => Ok(()),
        }
    }

    /// Forgets addresses that have not been heard of for a while.
    pub(crate) fn tidy(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
        }
    }
}

/// The address a request came from: the connection's, or what a trusted proxy says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender(pub IpAddr);

impl FromRequestParts<App> for Sender {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let connection = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::from([127, 0, 0, 1]), |ConnectInfo(address)| address.ip());
        // The last entry is the one that our own proxy added; those before it are whatever the sender wrote.
        let forwarded = app.inner.settings.forwarded_header.as_ref().and_then(|name| {
            let said = parts.headers.get(name)?.to_str().ok()?;
            said.rsplit(',').next()?.trim().parse().ok()
        });
        let address: IpAddr = forwarded.unwrap_or(connection);
        // One household has a whole IPv6 prefix.
        Ok(Self(match address {
            IpAddr::V6(v6) => {
                let mut octets = v6.octets();
                octets[8..].fill(0);
                IpAddr::from(octets)
            }
            v4 @ IpAddr::V4(_) => v4,
        }))
    }
}

/// The token against forged requests that belongs to a cookie.
pub(crate) fn csrf(app: &App, cookie: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&app.inner.secret).expect("HMAC takes a key of any length");
    mac.update(b"bluelamp csrf\0");
    mac.update(cookie.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// # Errors
/// [`Error::Forbidden`] when the posted token is not the cookie's.
pub(crate) fn check_csrf(app: &App, cookie: &str, posted: &str) -> Result<(), Error> {
    use subtle::ConstantTimeEq;
    if csrf(app, cookie).as_bytes().ct_eq(posted.as_bytes()).into() {
        return Ok(());
    }
    Err(Error::Forbidden {
        reason: "the form was not sent from its own page, or the session has ended".into(),
    })
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value.to_owned())
}

/// A cookie's name: browsers keep `__Host-` ones to this very host, and only take them over HTTPS.
pub(crate) fn cookie_name(app: &App, base: &str) -> String {
    if app.inner.settings.public_url.starts_with("https://") {
        format!("__Host-{base}")
    } else {
        base.to_owned()
    }
}

/// A `Set-Cookie` value for the session; an empty value forgets it.
pub(crate) fn set_cookie(app: &App, base: &str, value: &str) -> HeaderValue {
    let secure = if app.inner.settings.public_url.starts_with("https://") { "; Secure" } else { "" };
    let age = if value.is_empty() { "; Max-Age=0" } else { "" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", cookie_name(app, base));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The name of the staff session's cookie.
pub(crate) const STAFF_COOKIE: &str = "bluelamp-staff";

/// Somebody signed in to the staff pages.
#[derive(Clone, Debug)]
pub(crate) struct Staff {
    pub session: Session,
    pub cookie: String,
    pub ask: Ask,
}

impl Staff {
    /// The actor behind the request.
    pub(crate) fn actor(&self) -> Actor {
        Actor { request: Some(self.ask.id.clone()), ..self.session.actor() }
    }
}

/// Not signed in: a page sends to the sign-in, the API answers 401.
pub(crate) struct NotSignedIn {
    path: String,
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        let next: String =
            self.path.chars().filter(|c| c.is_ascii_alphanumeric() || "/-_.".contains(*c)).collect();
        (StatusCode::SEE_OTHER, [(header::LOCATION, format!("/sign-in?next={next}"))]).into_response()
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let ask = Ask::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let path = parts.uri.path().to_owned();
        let away = || NotSignedIn { path: path.clone() }.into_response();
        let cookie = cookie(&parts.headers, &cookie_name(app, STAFF_COOKIE)).ok_or_else(away)?;
        let value = cookie.clone();
        let session = app
            .blocking(move |app| bluelamp_access::session_actor(&app.inner.db, &value))
            .await
            .map_err(|e| Refused(e).into_response())?;
        match session {
            Some(session) => Ok(Self { session, cookie, ask }),
            None => Err(away()),
        }
    }
}

/// A person behind an API token.
#[derive(Clone, Debug)]
pub(crate) struct Bearer {
    pub actor: Actor,
}

impl FromRequestParts<App> for Bearer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let ask = Ask::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let denied = || {
            let error = Error::Forbidden {
                reason: "this needs 'Authorization: Bearer' with a staff API token".into(),
            };
            let mut response = Refused(error).into_response();
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        };
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok()?.strip_prefix("Bearer ").map(str::to_owned))
            .ok_or_else(denied)?;
        let session = app
            .blocking(move |app| bluelamp_access::token_actor(&app.inner.db, token.trim()))
            .await
            .map_err(|e| Refused(e).into_response())?
            .ok_or_else(denied)?;
        Ok(Self { actor: Actor { request: Some(ask.id), ..session.actor() } })
    }
}
