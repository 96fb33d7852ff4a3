//! Styles, scripts and pictures, embedded with their compressed twins.
//!
//! A file's name carries a hash of its content, so a browser may keep it for ever and an address never changes meaning.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    /// What templates call it: `public.css`.
    pub name: &'static str,
    /// What browsers call it: `public-0123456789ab.css`.
    pub file: &'static str,
    /// Its media type, with the character set where it is text.
    pub media_type: &'static str,
    /// Entity tag, in its quotes.
    pub etag: &'static str,
    /// The bytes as they are.
    pub plain: &'static [u8],
    /// The bytes compressed with Brotli, when that is shorter.
    pub brotli: Option<&'static [u8]>,
    /// The bytes compressed with gzip, when that is shorter.
    pub gzip: Option<&'static [u8]>,
}

/// Every embedded file.
#[must_use]
pub fn all() -> &'static [Asset] {
    crate::embedded::ASSETS
}

/// The address of the asset that templates call `name`, such as `/assets/public-0123456789ab.css`.
#[must_use]
pub fn href(name: &str) -> Option<String> {
    all().iter().find(|a| a.name == name).map(|a| format!("/assets/{}", a.file))
}

/// Answers a request for `/assets/{file}`: the shortest form that the browser takes, kept for ever; 304 when the browser
/// has it, 404 when there is no such file.
#[must_use]
pub fn respond(file: &str, request: &HeaderMap) -> Response {
    let Some(asset) = all().iter().find(|a| a.file == file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let said = |name: header::HeaderName| request.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let known =
        said(header::IF_NONE_MATCH).split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.etag);
    let (bytes, coding) = asset.encoded(said(header::ACCEPT_ENCODING));
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { bytes.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::ETAG, HeaderValue::from_static(asset.etag));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let (Some(coding), false) = (coding, known) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

impl Asset {
    /// The shortest bytes that `accept` (the text of an `Accept-Encoding` header) allows, and their coding.
    #[must_use]
    pub fn encoded(&self, accept: &str) -> (&'static [u8], Option<&'static str>) {
        let takes = |coding: &str| {
            accept.split(',').any(|part| {
                let mut words = part.split(';').map(str::trim);
                let named = words.next().is_some_and(|w| w.eq_ignore_ascii_case(coding));
                named
                    && !words.any(|w| {
                        w.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
                    })
            })
        };
        match (self.brotli, self.gzip) {
            (Some(bytes), _) if takes("br") => (bytes, Some("br")),
            (_, Some(bytes)) if takes("gzip") => (bytes, Some("gzip")),
            _ => (self.plain, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> &'static Asset {
        all().iter().find(|a| a.name == "public.css").unwrap()
    }

    fn ask(file: &str, name: header::HeaderName, value: &'static str) -> Response {
        respond(file, &HeaderMap::from_iter([(name, HeaderValue::from_static(value))]))
    }

    #[test]
    fn a_browser_gets_the_shortest_form_it_takes() {
        for (accept, coding) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip, br;q=0", Some("gzip")),
            ("gzip;q=0.000", None),
            ("deflate", None),
            ("", None),
        ] {
            assert_eq!(sheet().encoded(accept).1, coding, "{accept}");
        }
        let answer = ask(sheet().file, header::ACCEPT_ENCODING, "br");
        assert_eq!(answer.headers()[header::CONTENT_ENCODING], "br");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let answer = ask(sheet().file, header::IF_NONE_MATCH, sheet().etag);
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert!(!answer.headers().contains_key(header::CONTENT_ENCODING));
    }

    #[test]
    fn only_the_files_themselves_are_served() {
        for file in ["public.css", "../manifest.json", "", "public-0.css"] {
            assert_eq!(respond(file, &HeaderMap::new()).status(), StatusCode::NOT_FOUND, "{file}");
        }
    }

    /// Budget of a first view: 40 kB in at most six requests, page included.
    #[test]
    fn the_public_assets_stay_small() {
        let sent = |name: &str| all().iter().find(|a| a.name == name).unwrap().encoded("br").0.len();
        let all: usize = ["public.css", "public.js", "lamp.svg"].into_iter().map(sent).sum();
        assert!(all < 25_000, "{all} bytes before the page itself");
    }

    #[test]
    fn nothing_that_is_not_ours_to_show_is_embedded() {
        for asset in all() {
            let text = String::from_utf8_lossy(asset.plain).to_lowercase();
            for word in ["gds transport", "@font-face", "crown.svg", "crest.svg"] {
                assert!(!text.contains(word), "{} contains {word}", asset.name);
            }
        }
    }
}
