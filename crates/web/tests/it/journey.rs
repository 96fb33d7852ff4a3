//! The public's way, by a plain HTTP client: no script anywhere.

use crate::site::{Answered, NO_LIMITS, Site, Visitor};
use axum::http::{StatusCode, header};
use bluelamp_store::Engine;

fn on_both(test: &impl AsyncFn(&Site)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let site = Site::new(engine, NO_LIMITS);
        runtime.block_on(test(&site));
    }
}

/// Walks a form with the posted fields of `posted.json`, from its first page to the check page.
pub(crate) async fn walk(v: &mut Visitor<'_>, form: &str) -> Answered {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/posted.json")).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let start = v.get(&format!("/report/{form}")).await;
    assert_eq!(start.status, StatusCode::OK);
    let mut at = start.body.split("href=\"").find_map(|s| {
        let href = s.split('"').next()?;
        href.starts_with(&format!("/report/{form}/q/")).then(|| href.to_owned())
    });
    for _ in 0..40 {
        let path = at.clone().expect("a next page");
        if path.ends_with("/check") {
            return v.get(&path).await;
        }
        let page = path.rsplit_once("/q/").map(|(_, p)| p.to_owned()).unwrap_or_default();
        let said = &all[form][format!("/{page}")];
        let fields: Vec<(String, String)> = said
            .as_object()
            .unwrap_or_else(|| panic!("posted.json has nothing for /{page} of {form}"))
            .iter()
            .flat_map(|(n, v)| match v {
                serde_json::Value::Array(all) => {
                    all.iter().map(|v| (n.clone(), v.clone())).collect::<Vec<_>>()
                }
                one => vec![(n.clone(), one.clone())],
            })
            .map(|(n, v)| (n, v.as_str().unwrap().to_owned()))
            .collect();
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = v.fill(&path, &pairs).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
        at = Some(answer.location().to_owned());
    }
    panic!("the journey does not end");
}

#[test]
fn each_form_is_walked_to_its_receipt_and_followed() {
    on_both(&async |site: &Site| {
        for form in ["antisocial-behaviour", "burglary", "cyber-harassment"] {
            let mut v = site.visitor();
            let check = walk(&mut v, form).await;
            assert_eq!(check.status, StatusCode::OK);
            let send = format!("/report/{form}/send");
            let csrf = check.hidden("csrf");
            let sent = v.post(&send, &[("csrf", &csrf)]).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
            // Pressing the button twice sends once.
            let again = v.post(&send, &[("csrf", &csrf)]).await;
            assert_eq!(again.location(), sent.location());
            let receipt = v.get(sent.location()).await;
            let reference = text_after(&receipt.body, "<strong>");
            let code = text_after(&receipt.body, "translate=\"no\">");
            assert!(reference.starts_with("R-") && code.len() == 19, "{reference} {code}");
            let mut later = site.visitor();
            let tracked = later.fill("/track", &[("reference", &reference), ("code", &code)]).await;
            assert_eq!(tracked.status, StatusCode::OK, "{}", tracked.body);
            assert!(tracked.body.contains("Received"));
        }
        assert_eq!(site.count("select count(*) from submission"), 3);
        assert_eq!(site.work(), 3);
    });
}

fn text_after(body: &str, mark: &str) -> String {
    let at = body.find(mark).unwrap_or_else(|| panic!("no {mark} in {body}")) + mark.len();
    body[at..].split('<').next().unwrap().trim().to_owned()
}

#[test]
fn a_form_without_its_token_changes_nothing() {
    on_both(&async |site: &Site| {
        let mut v = site.visitor();
        let first = "/report/burglary/q/emergency";
        v.get(first).await;
        let forged = v.post(first, &[("emergency", "no")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        let wrong = v.post(first, &[("emergency", "no"), ("csrf", &"0".repeat(64))]).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn what_is_wrong_is_said_at_the_top_and_at_the_field() {
    on_both(&async |site: &Site| {
        let mut v = site.visitor();
        let answer = v.fill("/report/burglary/q/emergency", &[]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("<title>Error:"));
        assert!(answer.body.contains("There is a problem"));
        assert!(answer.body.contains("govuk-error-message"));
    });
}

#[test]
fn markup_in_an_answer_stays_text() {
    on_both(&async |site: &Site| {
        let mut v = site.visitor();
        walk(&mut v, "burglary").await;
        let hostile = "<script>alert(1)</script> \"quoted\" & more, and then some words to be long enough";
        let page = "/report/burglary/q/what-happened?from=check";
        let answer = v.fill(page, &[("what_happened", hostile)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let check = v.get("/report/burglary/check").await;
        assert!(check.body.contains("&lt;script&gt;alert(1)"), "{}", check.body);
        assert!(!check.body.contains("<script>alert"));
    });
}

#[test]
fn every_page_carries_the_security_headers_and_no_page_is_kept() {
    on_both(&async |site: &Site| {
        let mut v = site.visitor();
        for path in [
            "/",
            "/report",
            "/report/burglary",
            "/track",
            "/sign-in",
            "/algorithms",
            "/privacy",
            "/no-such-page",
        ] {
            let answer = v.get(path).await;
            let csp = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(
                csp.starts_with("default-src 'none';") && csp.contains("frame-ancestors 'none'"),
                "{path}: {csp}"
            );
            assert!(!csp.contains("unsafe"), "{path}");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
            assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
            assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{path}");
            assert!(answer.headers.contains_key("x-request-id"), "{path}");
        }
        assert_eq!(v.get("/no-such-page").await.status, StatusCode::NOT_FOUND);
        assert_eq!(v.get("/desk/reports").await.location(), "/sign-in?next=/desk/reports");
        assert_eq!(v.get("/healthz").await.status, StatusCode::OK);
        assert!(v.get("/metrics").await.body.contains("bluelamp_jobs_waiting"));
    });
}

#[test]
fn leaving_forgets_what_was_typed() {
    on_both(&async |site: &Site| {
        let mut v = site.visitor();
        v.fill("/report/burglary/q/emergency", &[("emergency", "no")]).await;
        let drafts = || site.count("select count(*) from session");
        assert_eq!(drafts(), 1);
        let away = v.get("/leave").await;
        assert!(away.location().starts_with("https://www.bbc.co.uk/"));
        assert_eq!(drafts(), 0);
    });
}
