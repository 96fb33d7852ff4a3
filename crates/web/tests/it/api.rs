//! The JSON API: the same forms, the same rules, the same decision point as the pages.

use crate::site::{NO_LIMITS, Site, Visitor};
use axum::http::{StatusCode, header};
use bluelamp_store::Engine;
use bluelamp_web::Limits;
use serde_json::{Value, json};

/// A whole report by one of the forms, from `answers.json`.
pub(crate) async fn complete(visitor: &mut Visitor<'_>, form: &str) -> Value {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/answers.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let answer = visitor.get(&format!("/api/v1/forms/{form}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    json!({ "form": form, "answers": all[form] })
}

fn on_both(test: &impl AsyncFn(&Site)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let site = Site::new(engine, NO_LIMITS);
        runtime.block_on(test(&site));
    }
}

#[test]
fn a_report_by_api_is_received_once_for_each_key() {
    on_both(&async |site: &Site| {
        let mut v = site.visitor();
        let body = complete(&mut v, "burglary").await;
        let send = async |v: &mut Visitor<'_>, key: &str, body: &Value| {
            v.post_json_with("/api/v1/submissions", body, &[("idempotency-key", key)]).await
        };
        let first = send(&mut v, "a-key-of-a-program-1", &body).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        let again = send(&mut v, "a-key-of-a-program-1", &body).await;
        assert_eq!(again.status, StatusCode::OK);
        assert_eq!(first.json(), again.json(), "the first answer again, code included");
        let other = complete(&mut v, "antisocial-behaviour").await;
        let clash = send(&mut v, "a-key-of-a-program-1", &other).await;
        assert_eq!(clash.status, StatusCode::CONFLICT);
        let short = send(&mut v, "short", &body).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(site.count("select count(*) from submission"), 1);
        // What is kept of the code cannot be turned into it.
        let code = first.json()["tracking_code"].as_str().unwrap().to_owned();
        let tracked = v
            .post_json(
                "/api/v1/submissions/track",
                &json!({ "reference": first.json()["reference"], "tracking_code": code.to_lowercase() }),
            )
            .await;
        assert_eq!(tracked.json()["progress"]["state"], "received", "{}", tracked.body);
        let wrong = v
            .post_json(
                "/api/v1/submissions/track",
                &json!({ "reference": first.json()["reference"], "tracking_code": "0000-0000-0000-0000" }),
            )
            .await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn every_wrong_answer_is_named_by_a_pointer() {
    on_both(&async |site: &Site| {
        let mut v = site.visitor();
        let mut body = complete(&mut v, "burglary").await;
        body["answers"]["no_such_question"] = json!(1);
        body["answers"]["happened_to_me"] = json!("perhaps");
        let answer = v.post_json("/api/v1/submissions", &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        let fields: Vec<_> =
            answer.json()["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
        assert!(fields.contains(&json!("/answers/no_such_question")), "{fields:?}");
        assert!(fields.contains(&json!("/answers/happened_to_me")), "{fields:?}");
        for (bad, words) in
            [("{", "line 1"), ("{\"form\":\"x\",\"answers\":{}}", "'x' is not a form"), ("[]", "body")]
        {
            let answer = v
                .ask(
                    axum::http::Method::POST,
                    "/api/v1/submissions",
                    "application/json",
                    bad.as_bytes().to_vec(),
                )
                .await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
            assert!(answer.body.contains(words), "{bad}: {}", answer.body);
        }
    });
}

#[test]
fn the_whole_job_by_api_and_the_package_verifies() {
    on_both(&async |site: &Site| {
        let mut public = site.visitor();
        let body = complete(&mut public, "burglary").await;
        let receipt = public.post_json("/api/v1/submissions", &body).await.json();
        let id = receipt["id"].as_str().unwrap().to_owned();
        site.staff("olive", &["contact-officer"]);
        site.staff("ivan", &["investigator"]);
        let mut officer = site.visitor();
        officer.token = Some(site.token("olive", "contact"));
        let queue = officer.get("/api/v1/reports").await.json();
        assert_eq!(queue["items"][0]["reference"], receipt["reference"]);
        assert_eq!(queue["items"][0]["floor"], Value::Null, "not assessed yet");
        assert_eq!(site.work(), 1);
        let report = officer.get(&format!("/api/v1/reports/{id}")).await.json();
        let assessment = &report["assessment"];
        assert_eq!(assessment["definition"], "burglary");
        let floor = assessment["floor"].as_str().unwrap().to_owned();
        // A proposal changed nothing.
        assert_eq!(report["report"]["state"], "new");
        let version = report["report"]["version"].as_i64().unwrap();
        let path = format!("/api/v1/reports/{id}/decision");
        let nothing = officer.post_json(&path, &json!({ "version": version })).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        let codes: Vec<_> =
            nothing.json()["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
        assert_eq!(codes, [json!("outcome"), json!("reasons"), json!("grade")]);
        let decision = json!({
            "version": version, "outcome": "open-case", "grade": floor, "reasons": "A home, and the way in is known.",
            "actions": [{ "definition": "burglary", "place": 0, "answer": "accept" }], "message": "An officer will call you."
        });
        let stale = officer.post_json(&path, &json!({ "version": 1, "outcome": "close" })).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let decided = officer.post_json(&path, &decision).await;
        assert_eq!(decided.status, StatusCode::CREATED, "{}", decided.body);
        let twice = officer.post_json(&path, &decision).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        let tracked = public
            .post_json(
                "/api/v1/submissions/track",
                &json!({ "reference": receipt["reference"], "tracking_code": receipt["tracking_code"] }),
            )
            .await
            .json();
        assert_eq!(tracked["progress"]["state"], "case-opened");
        assert_eq!(tracked["progress"]["note"], "An officer will call you.");
        let case = decided.json()["case"].as_str().unwrap().to_owned();
        let mut investigator = site.visitor();
        investigator.token = Some(site.token("ivan", "investigation"));
        let view = investigator.get(&format!("/api/v1/cases/{case}")).await.json();
        assert_eq!(view["case"]["tasks"].as_array().unwrap().len(), 1);
        assert!(view["case"]["involved"].as_array().unwrap().iter().any(|i| i["role"] == "reporter"));

        // Hand over, as somebody whose purpose is disclosure, and check as a stranger.
        let token = site.token("ivan", "disclosure");
        let ivan = site.outside(|db| bluelamp_access::token_actor(db, &token)).unwrap().unwrap();
        let out = tempfile::tempdir().unwrap();
        let exported = site
            .outside(|db| {
                bluelamp_evidence::export(db, &ivan.actor(), site.key(), &case, "Prosecutors", out.path())
            })
            .unwrap();
        let found = bluelamp_evidence::verify(&exported.path, &[site.key().verifier().clone()]);
        assert!(found.ok, "{:?}", found.problems);
        std::fs::write(exported.path.join("data/case.json"), "{}").unwrap();
        assert!(!bluelamp_evidence::verify(&exported.path, &[site.key().verifier().clone()]).ok);
        // The log holds every step.
        let wrong = site.outside(|db| {
            db.seal(site.key()).unwrap();
            db.check_log(site.key().verifier()).unwrap().1
        });
        assert_eq!(wrong, [""; 0]);
    });
}

#[test]
fn without_a_token_or_with_another_purpose_nothing_is_shown() {
    on_both(&async |site: &Site| {
        site.staff("olive", &["contact-officer"]);
        site.staff("ada", &["administrator"]);
        let mut nobody = site.visitor();
        for path in ["/api/v1/reports", "/api/v1/cases", "/api/v1/reports/x"] {
            let answer = nobody.get(path).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
        }
        nobody.token = Some("0".repeat(64));
        assert_eq!(nobody.get("/api/v1/reports").await.status, StatusCode::UNAUTHORIZED);
        let mut admin = site.visitor();
        admin.token = Some(site.token("ada", "administration"));
        let refused = admin.get("/api/v1/reports").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.body.contains("report.list"), "{}", refused.body);
    });
}

#[test]
fn too_many_from_one_address_are_asked_to_wait() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let site = Site::new(Engine::Sqlite, Limits { reports: 0, sign_ins: 2, tracking: 2 });
        let mut v = site.visitor();
        let body = json!({ "reference": "R-0000-0000", "tracking_code": "0000-0000-0000-0000" });
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(v.post_json("/api/v1/submissions/track", &body).await.status.as_u16());
        }
        assert_eq!(statuses, [404, 404, 503]);
    });
}

#[test]
fn the_description_names_every_route_and_is_the_golden_one() {
    let document = bluelamp_web::openapi("http://localhost");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&document).unwrap());
    if std::env::var_os("BLUELAMP_REGENERATE").is_some() {
        std::fs::write(file, &text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(file).unwrap_or_default(),
        text,
        "run with BLUELAMP_REGENERATE=1 and look at it"
    );
    let server = include_str!("../../src/server.rs");
    for route in server.split('"').filter(|s| s.starts_with("/api/v1/") && !s.contains("openapi")) {
        assert!(document["paths"].get(route).is_some(), "{route} is not described");
    }
}
