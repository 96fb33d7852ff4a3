//! Items measured against a strategy: pages and API, and nobody who gets a number alone.

use crate::{
    desk::{on_both, signed_in, sound},
    programme,
    site::{Answered, Site, Visitor},
};
use axum::http::{StatusCode, header};
use serde_json::{Value, json};

/// Two people of the programme office, and an accountable officer.
async fn begin(site: &Site) -> [Visitor<'_>; 3] {
    let petra = signed_in(site, "petra", &["programme-office"], "strategy").await;
    let rita = signed_in(site, "rita", &["risk-lead"], "strategy").await;
    let ace = signed_in(site, "ace", &["accountable-officer"], "strategy").await;
    let sql = "select id from account where username = 'petra'";
    let id = site.outside(|db| db.credential_rows(sql, &[]).unwrap()[0].get(0).unwrap());
    let named = |code: &str, title: &str| (code.to_owned(), title.to_owned());
    let all = [named("online-reporting", "Online reporting"), named("drones", "Drones <b>over</b> crowds")];
    site.outside(|_| programme::items(site, id, &all));
    [petra, rita, ace]
}

const PRINCIPLES: &str = "/desk/matrix/online-reporting?strategy=essex-2021&axis=principle";

/// Fills in the form of an axis as it stands, with some fields changed, and posts it.
async fn score(v: &mut Visitor<'_>, path: &str, fields: &[(&str, &str)]) -> Answered {
    let page = v.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let (csrf, seen) = (page.hidden("csrf"), page.hidden("seen"));
    let mut all = vec![("csrf", csrf.as_str()), ("seen", seen.as_str())];
    all.extend(fields);
    if !fields.iter().any(|(name, _)| *name == "cause") {
        all.push(("cause", "first"));
    }
    v.post(path, &all).await
}

#[test]
fn people_score_an_axis_and_the_matrix_shows_how_far_they_are_apart() {
    on_both(&async |site: &Site| {
        let [mut petra, mut rita, _] = begin(site).await;
        let empty = sound("matrix-empty", petra.get("/desk/matrix?strategy=essex-2021").await);
        assert!(empty.body.contains("0 of 10 assessed"), "{}", empty.body);
        assert!(empty.body.contains("P01: not assessed"), "a cell that nobody assessed says so");
        assert!(empty.body.contains("Drones &lt;b&gt;over"), "titles are data");

        // What is missing is said at its field, and what was typed is kept.
        let wrong = score(
            &mut petra,
            PRINCIPLES,
            &[
                ("P01.score", "3"),
                ("P01.rationale", "It is what it is for."),
                ("P02.score", "1"),
                ("P03.rationale", "Stray"),
            ],
        )
        .await;
        let wrong = sound("assess-wrong", wrong);
        assert!(wrong.body.contains("href=\"#P03-score\""), "{}", wrong.body);
        let wrong = score(
            &mut petra,
            PRINCIPLES,
            &[("P01.score", "3"), ("P01.rationale", "It is what it is for."), ("P02.score", "1")],
        )
        .await;
        let wrong = sound("assess-wrong-again", wrong);
        assert!(
            wrong.body.contains("href=\"#P01-evidence\"") && wrong.body.contains("href=\"#P02-rationale\"")
        );
        assert!(wrong.body.contains("value=\"It is what it is for.\""), "what was typed is kept");

        let fields = [
            ("P01.score", "3"),
            ("P01.rationale", "It is what it is for."),
            ("P01.evidence", "https://example.org/pilot\njavascript:alert(1)"),
            ("P02.score", "0"),
        ];
        let kept = score(&mut petra, PRINCIPLES, &fields).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
        let page = sound("assess-kept", petra.get(kept.location()).await);
        assert!(page.body.contains("2 of 10 assessed by 1 person"));
        assert!(
            page.body.contains("href=\"https://example.org/pilot\"")
                && !page.body.contains("href=\"javascript")
        );
        let other = [("P01.score", "1"), ("P01.rationale", "It helps a little.")];
        let kept = score(&mut rita, PRINCIPLES, &other).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);

        let matrix = sound("matrix", petra.get("/desk/matrix?strategy=essex-2021&axis=principle").await);
        assert!(matrix.body.contains("P01: median 2 of 2 people, from 1 to 3"), "{}", matrix.body);
        assert!(matrix.body.contains("P02: median 0 of 1 person"));
        assert!(matrix.body.contains("2 of 10 assessed by 2 people"));
        assert!(matrix.body.contains("Items 1 to 2 of 2"));
        let found = petra.get("/desk/matrix?strategy=essex-2021&q=ONLINE").await;
        assert!(found.body.contains("Items 1 to 1 of 1") && !found.body.contains("Drones"));
        let csv = petra.get("/desk/matrix.csv?strategy=essex-2021&axis=principle").await;
        assert!(csv.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/csv"));
        assert!(
            csv.body
                .contains("online-reporting,Online reporting,essex-2021,1.0.0,principle,P01,2,2,1,3,0\r\n"),
            "{}",
            csv.body
        );
        assert!(csv.body.contains(",P03,0,,,,\r\n"), "not assessed is no number");

        // Looking again needs a reason, and two can be compared.
        let fields = [
            ("P01.score", "2"),
            ("P01.rationale", "Less than thought."),
            ("P01.evidence", "Minutes of 3 March"),
        ];
        let wrong = sound("assess-again-wrong", score(&mut petra, PRINCIPLES, &fields).await);
        assert!(wrong.body.contains("href=\"#cause\""), "{}", wrong.body);
        let mut again = fields.to_vec();
        again.extend([("cause", "change-driver"), ("driver", "law"), ("why", "The Act is in force.")]);
        let kept = score(&mut petra, PRINCIPLES, &again).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
        let history = sound("assessment-history", petra.get("/desk/matrix/online-reporting/history").await);
        assert!(
            history.body.contains("Something outside has changed: The law: The Act is in force."),
            "{}",
            history.body
        );
        petra.token = Some(site.outside(|_| site.token("petra", "strategy")));
        let all = petra.get("/api/v1/assessments?item=online-reporting&strategy=essex-2021").await.json();
        let mine: Vec<_> =
            all["history"].as_array().unwrap().iter().filter(|h| h["by"] == "PETRA Example").collect();
        let (from, to) = (mine[1]["id"].as_str().unwrap(), mine[0]["id"].as_str().unwrap());
        let path = format!("/desk/matrix/online-reporting/history?from={from}&to={to}");
        let compared = sound("assessment-compared", petra.get(&path).await);
        assert!(
            compared.body.contains("2 elements differ") && compared.body.contains("No longer assessed"),
            "{}",
            compared.body
        );
        let json = petra.get(&format!("/api/v1/assessments/{from}/compare/{to}")).await.json();
        assert_eq!(json["differences"][0]["change"], "lowered");
        let elsewhere = petra.get(&format!("/desk/matrix/drones/history?from={from}&to={to}")).await;
        assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_score_against_ethics_bars_the_way_until_an_accountable_officer_decides() {
    on_both(&async |site: &Site| {
        let [mut petra, _, mut ace] = begin(site).await;
        let kept =
            score(&mut petra, PRINCIPLES, &[("P09.score", "-1"), ("P09.rationale", "Nobody is told.")]).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
        let page = sound("assess-barred", petra.get(PRINCIPLES).await);
        assert!(page.body.contains("This item may not go on: P09 is scored −1"), "{}", page.body);
        assert!(!page.body.contains("Let it go on</button>"), "who cannot decide has no form");
        let page = ace.get(PRINCIPLES).await;
        let (csrf, assessment) = (page.hidden("csrf"), page.hidden("assessment"));
        let lift = [
            ("csrf", csrf.as_str()),
            ("assessment", assessment.as_str()),
            ("element", "P09"),
            ("reasons", " "),
        ];
        let path = "/desk/matrix/online-reporting/lift?strategy=essex-2021&axis=principle";
        let wrong = sound("lift-wrong", ace.post(path, &lift).await);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        petra.token = Some(site.outside(|_| site.token("petra", "strategy")));
        let body = json!({ "item": "online-reporting", "element": "P09", "reasons": "So." });
        let refused = petra.post_json(&format!("/api/v1/assessments/{assessment}/lift"), &body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let mut lift = lift;
        lift[3] = ("reasons", "People are told on the first page from May on.");
        assert_eq!(ace.post(path, &lift).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ace.post(path, &lift).await.status, StatusCode::CONFLICT);
        let page = sound("assess-lifted", petra.get(PRINCIPLES).await);
        assert!(
            page.body.contains("Lifted: P09 is scored −1") && page.body.contains("ACE Example"),
            "{}",
            page.body
        );
        let json = petra.get("/api/v1/assessments?item=online-reporting&strategy=essex-2021").await.json();
        assert_eq!(json["blocks"][0]["lifted"]["by"], "ACE Example");
    });
}

#[test]
fn no_number_of_an_alignment_is_given_alone() {
    on_both(&async |site: &Site| {
        let [mut petra, mut rita, _] = begin(site).await;
        petra.token = Some(site.outside(|_| site.token("petra", "strategy")));
        let cell = |score: i64| json!({ "score": score, "rationale": "For a reason.", "evidence": ["Minutes of 3 March"] });
        let body = json!({
            "item": "online-reporting", "strategy": "essex-2021", "cause": "first",
            "cells": { "P01": cell(3), "P02": cell(1), "P09": cell(-1) },
        });
        let kept = petra.post_json("/api/v1/assessments", &body).await;
        assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.body);
        let path = format!("/api/v1/assessments/{}", kept.json()["assessment"].as_str().unwrap());
        assert_eq!(petra.get(&path).await.json()["cells"]["P09"]["score"], -1);
        assert_eq!(
            petra.post_json("/api/v1/assessments", &body).await.status,
            StatusCode::CONFLICT,
            "without what was seen"
        );
        let all = petra.get("/api/v1/alignment?strategy=essex-2021&axis=principle").await.json();
        let of = |all: &Value| {
            all["items"].as_array().unwrap().iter().find(|i| i["item"] == "online-reporting").unwrap()["axes"]
                [0]
            .clone()
        };
        let a = of(&all);
        // (3 + 1 + 0) / (3 * 3), with everything that belongs to it.
        assert!((a["value"].as_f64().unwrap() - 4.0 / 9.0).abs() < 1e-12, "{a}");
        for beside in
            ["assessed", "elements", "coverage", "assessors", "median", "low", "high", "against", "rank"]
        {
            assert!(!a[beside].is_null(), "{beside}: {a}");
        }
        assert_eq!(
            (&a["assessed"], &a["against"], &a["rank"]["weightings"]),
            (&json!(3), &json!(1), &json!(1000))
        );
        for part in [
            "fields=alignment",
            "only=score",
            "select=value",
            "exclude=coverage",
            "field=value&axis=principle",
        ] {
            let refused = petra.get(&format!("/api/v1/alignment?strategy=essex-2021&{part}")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{part}");
            let error = refused.json()["errors"][0].clone();
            assert_eq!(error["code"], "never-alone", "{part}");
            assert!(error["message"].as_str().unwrap().contains("says nothing without its coverage"));
        }
        for (wrong, code) in [("sort=value", "unknown"), ("axis=nothing", "unknown"), ("top=0", "number")] {
            let refused = petra.get(&format!("/api/v1/alignment?strategy=essex-2021&{wrong}")).await;
            assert_eq!(
                (refused.status, &refused.json()["errors"][0]["code"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!(code)),
                "{wrong}"
            );
        }

        // Weights belong to a decision, and change the number.
        let page = sound("weights", petra.get("/desk/alignment/weights?strategy=essex-2021").await);
        assert!(page.body.contains("all elements weigh the same"));
        let path = "/desk/alignment/weights?strategy=essex-2021";
        let wrong = petra
            .fill(path, &[("decision", ""), ("decided_on", "2021-07-02"), ("weights", "P01 2\nP99 1")])
            .await;
        let wrong = sound("weights-wrong", wrong);
        assert!(wrong.body.contains("There is no element P99"), "{}", wrong.body);
        let done = petra
            .fill(path, &[("decision", "097-21"), ("decided_on", "2021-07-02"), ("weights", "P01 2\nP02 0")])
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let csrf = rita_csrf(&mut rita).await;
        let refused = rita
            .post(
                path,
                &[("csrf", &csrf), ("decision", "x"), ("decided_on", "2021-07-02"), ("weights", "P01 2")],
            )
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let all = petra
            .get("/api/v1/alignment?strategy=essex-2021&axis=principle&item=online-reporting")
            .await
            .json();
        // (2 * 3 + 0 * 1 + 1 * 0) / (3 * (2 + 0 + 1))
        assert!((of(&all)["value"].as_f64().unwrap() - 6.0 / 9.0).abs() < 1e-6, "{all}");
        assert_eq!(all["weights"]["source"], "Weights of decision 097-21 of 2021-07-02");
        assert_eq!(
            petra.get("/api/v1/alignment/weights?strategy=essex-2021").await.json()["sets"][0]["decision"],
            "097-21"
        );

        let page = sound("alignment", petra.get("/desk/alignment?strategy=essex-2021").await);
        for words in
            ["0.67 over 3 of 10 elements", "1 assessor", "1 scored −1", "rank 1 of 1", "097-21 of 2021-07-02"]
        {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        assert!(page.body.contains("0 of 10 elements assessed"), "the drones are there too");
        let csv = petra.get("/desk/alignment.csv?strategy=essex-2021").await;
        assert!(
            csv.body.starts_with(
                "item,title,strategy,version,weights,axis,alignment,assessed,elements,coverage,"
            )
        );
        let line = csv
            .body
            .lines()
            .find(|l| l.starts_with("online-reporting") && l.contains(",principle,"))
            .unwrap();
        assert!(
            line.ends_with("principle,0.6667,3,10,0.3000,1,0.6667,0.6667,0.6667,1,1,1,1,10,1.0000"),
            "{line}"
        );
    });
}

/// The token against forged requests, from a page with a form that this person may send.
async fn rita_csrf(v: &mut Visitor<'_>) -> String {
    v.get(PRINCIPLES).await.hidden("csrf")
}

#[test]
fn who_may_not_see_the_strategy_sees_nothing_of_it() {
    on_both(&async |site: &Site| {
        begin(site).await;
        let mut olive = signed_in(site, "olive", &["contact-officer"], "contact").await;
        for path in [
            "/desk/matrix",
            PRINCIPLES,
            "/desk/alignment",
            "/desk/alignment.csv",
            "/desk/matrix/online-reporting/history",
        ] {
            assert_eq!(olive.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        // For the purpose of the strategy she may look, and has no form.
        let mut otto = signed_in(site, "otto", &["contact-officer"], "strategy").await;
        let page = sound("assess-looked-at", otto.get(PRINCIPLES).await);
        assert!(!page.body.contains("Keep this assessment"));
        assert_eq!(otto.get("/desk/matrix/nothing?strategy=essex-2021").await.status, StatusCode::NOT_FOUND);
        assert_eq!(otto.get("/desk/matrix?strategy=nothing").await.status, StatusCode::NOT_FOUND);
    });
}
