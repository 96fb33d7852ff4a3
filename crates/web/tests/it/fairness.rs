//! A scored file on the desk: told of and forgotten, or kept with a summary in which nobody can be made out.

use crate::{
    desk::{on_both, signed_in, sound},
    site::{Answered, Site, Visitor},
};
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use std::fmt::Write as _;

fn scored() -> String {
    let mut text = String::from("sex,flagged,outcome,score\n");
    for n in 0..400 {
        let (sex, flagged) = if n % 2 == 0 { ("Female", n % 4 == 0) } else { ("Male", n % 3 == 0) };
        let _ = writeln!(text, "{sex},{},{},0.{}", u8::from(flagged), u8::from(n % 5 < 2), n % 10);
    }
    text.push_str("Another,1,1,0.5\nAnother,0,0,0.5\n,0,1,0.1\n");
    text
}

async fn make(v: &mut Visitor<'_>, fields: &[(&str, &str)], file: &str) -> Answered {
    let page = v.get("/desk/fairness").await;
    let csrf = page.hidden("csrf");
    let part = |name: &str, value: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut body = part("csrf", &csrf);
    for (name, value) in fields {
        body.push_str(&part(name, value));
    }
    let _ = write!(
        body,
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"scored.csv\"\r\nContent-Type: text/csv\r\n\r\n{file}\r\n--edge--\r\n"
    );
    v.ask(Method::POST, "/desk/fairness", "multipart/form-data; boundary=edge", body.into_bytes()).await
}

const ASKED: [(&str, &str); 3] = [("group", "sex"), ("label", "outcome"), ("predicted", "flagged")];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    ASKED.into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn a_file_is_told_of_and_forgotten() {
    on_both(&async |site: &Site| {
        let mut lead = signed_in(site, "rita", &["risk-lead"], "governance").await;
        sound("fairness", lead.get("/desk/fairness").await);
        let file = scored();
        let page = sound("fairness-report", make(&mut lead, &with(&[("score", "score")]), &file).await);
        for words in [
            "By sex",
            "Nothing of this is kept",
            "Held of 402 of 403 people",
            "the reference",
            "calibration",
            "Cannot say",
        ] {
            assert!(page.body.contains(words), "{words}");
        }
        let public = sound("fairness-public", make(&mut lead, &with(&[("make", "public")]), &file).await);
        assert!(public.body.contains("not shown") && !public.body.contains("calibration</"));
        let json = make(&mut lead, &with(&[("make", "json")]), &file).await;
        assert!(json.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("fairness.json"));
        assert_eq!(json.json()["rows"], 403);
        let csv = make(&mut lead, &with(&[("make", "csv")]), &file).await;
        assert!(csv.body.starts_with("attribute,group,held,n,measure"));
        // Pasted it says the same.
        let pasted = make(&mut lead, &with(&[("make", "json"), ("pasted", &file)]), "").await;
        assert_eq!(pasted.json(), json.json());
        assert_eq!(site.count("select count(*) from fairness_report"), 0);

        let wrong = sound("fairness-wrong", make(&mut lead, &ASKED, "sex,flagged,outcome\nF,2,1\n").await);
        assert!(
            wrong.body.contains("file:2: flagged (column 2): should be 0 or 1, not &#x27;2&#x27;")
                || wrong.body.contains("flagged (column 2): should be 0 or 1"),
            "{}",
            wrong.body
        );
        for fields in [vec![], with(&[("threshold", "half")]), with(&[("reference", "Female")])] {
            let wrong = make(&mut lead, &fields, &file).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        }
        let mut officer = signed_in(site, "otto", &["contact-officer"], "contact").await;
        assert_eq!(officer.get("/desk/fairness").await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn thresholds_come_first_and_a_kept_report_has_a_public_summary() {
    on_both(&async |site: &Site| {
        let mut committee = signed_in(site, "edna", &["ethics-committee"], "governance").await;
        let csrf = sound("fairness-committee", committee.get("/desk/fairness").await).hidden("csrf");
        let wrong = [
            ("csrf", csrf.as_str()),
            ("bounds_algorithm", "burglary"),
            ("low", "1.2"),
            ("high", "1.25"),
            ("reasons", "x"),
        ];
        let wrong = sound("fairness-bounds-wrong", committee.post("/desk/fairness/bounds", &wrong).await);
        assert!(wrong.body.contains("Enter a ratio below 1 and one above 1"));
        let set = [
            ("csrf", csrf.as_str()),
            ("bounds_algorithm", "burglary"),
            ("low", "0.9"),
            ("high", "1.1"),
            ("reasons", "Closer than usual."),
        ];
        assert_eq!(committee.post("/desk/fairness/bounds", &set).await.status, StatusCode::SEE_OTHER);
        // Whoever proposed them does not confirm them; another member does, by page or by API.
        let waits = sound("fairness-thresholds", committee.get("/desk/fairness/bounds").await);
        assert!(waits.body.contains("Waits to be confirmed") && waits.body.contains("Closer than usual."));
        let id = waits.hidden("id");
        let own = [("csrf", csrf.as_str()), ("id", id.as_str())];
        let own = committee.post("/desk/fairness/bounds/confirm", &own).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", own.body);
        site.outside(|_| site.staff("egon", &["ethics-committee"]));
        let mut other = site.visitor();
        other.token = Some(site.outside(|_| site.token("egon", "governance")));
        let all = other.get("/api/v1/fairness/bounds").await.json();
        assert_eq!((&all["thresholds"][0]["waits"], &all["thresholds"][0]["id"]), (&json!(true), &json!(id)));
        let path = format!("/api/v1/fairness/bounds/{id}/confirm");
        assert_eq!(other.post_json(&path, &json!({})).await.status, StatusCode::NO_CONTENT);
        let holds = sound("fairness-thresholds-hold", committee.get("/desk/fairness/bounds").await);
        assert!(holds.body.contains("These hold") && holds.body.contains("confirmed by EGON Example"));
        let by_api = json!({ "algorithm": "burglary", "low": 0.5, "high": 2.0, "reasons": "Wider." });
        assert_eq!(other.post_json("/api/v1/fairness/bounds", &by_api).await.status, StatusCode::CREATED);

        let mut lead = signed_in(site, "rita", &["risk-lead"], "governance").await;
        let keep = with(&[
            ("make", "keep"),
            ("algorithm", "burglary"),
            ("version", "1.0.0"),
            ("title", "First quarter"),
        ]);
        let kept = make(&mut lead, &keep, &scored()).await;
        assert!(kept.location().starts_with("/desk/fairness/"), "{}", kept.body);
        let page = sound("fairness-kept", lead.get(kept.location()).await);
        assert!(page.body.contains("0.9 to 1.1, set by the committee on 2026-11-22"));
        assert!(page.body.contains("Its thresholds: Closer than usual. Proposed by EDNA Example"));
        // The committee keeps none, and sees it.
        let refused = make(&mut committee, &keep, &scored()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let mut public = site.visitor();
        let id = kept.location().rsplit('/').next().unwrap().to_owned();
        let (at, open) = (kept.location().to_owned(), format!("/fairness/{id}"));
        assert!(!public.get("/fairness").await.body.contains("First quarter"));
        assert_eq!(public.get(&open).await.status, StatusCode::NOT_FOUND);
        // Somebody of the committee sees what would be public, and publishes it.
        let seen = sound("fairness-kept-committee", committee.get(&format!("{at}?show=summary")).await);
        assert!(seen.body.contains("not shown") && seen.body.contains("Publish"));
        let csrf = seen.hidden("csrf");
        let publish = format!("{at}/publish");
        let lead_csrf = lead.get("/desk/fairness").await.hidden("csrf");
        let refused = lead.post(&publish, &[("csrf", lead_csrf.as_str())]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(committee.post(&publish, &[("csrf", &csrf)]).await.location(), at);

        let list = sound("fairness-public-list", public.get("/fairness").await);
        assert!(list.body.contains("First quarter"));
        let summary = sound("fairness-summary", public.get(&format!("/fairness/{id}")).await);
        assert!(summary.body.contains("not shown") && !summary.body.contains("RITA"));
        assert!(summary.body.contains("confirmed by another before it was made: Closer than usual."));
        assert!(!summary.body.contains("EDNA") && !summary.body.contains("EGON"));
        assert!(!summary.body.contains("had been looked at"), "nobody saw figures before");
        let all = public.get("/api/v1/fairness/summaries").await.json();
        let groups = all["summaries"][0]["report"]["attributes"][0]["groups"].as_array().unwrap();
        let another = groups.iter().find(|g| g["values"][0] == "Another").unwrap();
        assert_eq!((&another["n"], &another["rows"]), (&Value::Null, &Value::Null));
        assert!(!all.to_string().contains("RITA"));
        assert_eq!(all["summaries"][0]["thresholds"]["reasons"], "Closer than usual.");
        assert_eq!(public.get("/fairness/no-such").await.status, StatusCode::NOT_FOUND);

        // The same file again is alike; and what is public can be taken back, but not be unsaid.
        let again = make(&mut lead, &keep, &scored()).await.location().to_owned();
        let alike = format!("{again}/publish");
        let wrong = sound("fairness-alike", committee.post(&alike, &[("csrf", &csrf)]).await);
        assert!(wrong.body.contains("could tell of fewer than ten people"));
        assert!(wrong.body.contains("Why the rows of this report are of other people"));
        let why = [("csrf", csrf.as_str()), ("other_people", "They are of another year.")];
        assert_eq!(committee.post(&alike, &why).await.status, StatusCode::SEE_OTHER);
        let withdraw = format!("{at}/withdraw");
        let wrong = sound("fairness-withdraw-wrong", committee.post(&withdraw, &[("csrf", &csrf)]).await);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let why = [("csrf", csrf.as_str()), ("because", "The wrong file.")];
        assert_eq!(committee.post(&withdraw, &why).await.status, StatusCode::SEE_OTHER);
        let gone = sound("fairness-withdrawn", public.get(&open).await);
        assert!(gone.body.contains("The wrong file.") && !gone.body.contains("Selection rate"));
        let all = public.get("/api/v1/fairness/summaries").await.json();
        let gone = all["summaries"].as_array().unwrap().iter().find(|s| s["id"] == *id).unwrap();
        assert_eq!(
            (&gone["report"], &gone["withdrawn"]["because"]),
            (&Value::Null, &json!("The wrong file."))
        );
    });
}

#[test]
fn figures_that_were_seen_before_the_thresholds_are_told_to_be_so() {
    on_both(&async |site: &Site| {
        let mut lead = signed_in(site, "rita", &["risk-lead"], "governance").await;
        make(&mut lead, &with(&[("algorithm", "burglary")]), &scored()).await;
        let as_who = |name: &str| {
            let mut v = site.visitor();
            v.token = Some(site.outside(|_| {
                site.staff(name, &["ethics-committee"]);
                site.token(name, "governance")
            }));
            v
        };
        let (mut edna, mut egon) = (as_who("edna"), as_who("egon"));
        let bounds =
            json!({ "algorithm": "burglary", "low": 0.5, "high": 2.0, "reasons": "They keep these." });
        let id = edna.post_json("/api/v1/fairness/bounds", &bounds).await.json()["id"].clone();
        let path = format!("/api/v1/fairness/bounds/{}/confirm", id.as_str().unwrap());
        assert_eq!(egon.post_json(&path, &json!({})).await.status, StatusCode::NO_CONTENT);
        let keep =
            [("make", "keep"), ("algorithm", "burglary"), ("version", "1.0.0"), ("title", "Seen before")];
        let kept = make(&mut lead, &with(&keep), &scored()).await.location().to_owned();
        let page = sound("fairness-seen-before", lead.get(&kept).await);
        assert!(page.body.contains("were looked at here before these thresholds held"), "{}", page.body);
        let id = kept.rsplit('/').next().unwrap();
        assert!(
            edna.get(&format!("/api/v1/fairness/{id}")).await.json()["thresholds"]["looked_at"].is_string()
        );
        let publish = format!("/api/v1/fairness/{id}/publish");
        assert_eq!(edna.post_json(&publish, &json!({})).await.status, StatusCode::NO_CONTENT);
        let mut public = site.visitor();
        let page = sound("fairness-public-seen", public.get(&format!("/fairness/{id}")).await);
        assert!(page.body.contains("had been looked at before that: first on 22 November 2026."));
        let all = public.get("/api/v1/fairness/summaries").await.json();
        assert!(all["summaries"][0]["thresholds"]["looked_at"].is_string());
        assert!(!all.to_string().contains("\"seed\""), "nothing that draws could be repeated with");
    });
}

#[test]
fn the_same_over_the_api() {
    on_both(&async |site: &Site| {
        let token = site.outside(|_| {
            site.staff("rita", &["risk-lead"]);
            site.token("rita", "governance")
        });
        let mut lead = site.visitor();
        lead.token = Some(token);
        let ask = json!({ "csv": scored(), "group": ["sex"], "label": "outcome", "predicted": "flagged", "reference": ["sex=Male"] });
        let made = lead.post_json("/api/v1/fairness", &ask).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        assert_eq!(made.json()["report"]["attributes"][0]["reference"], "Male");
        let mut keep = ask.clone();
        for (name, value) in [
            ("keep", json!(true)),
            ("algorithm", json!("Definition/Burglary")),
            ("version", json!("1.0.0")),
            ("title", json!("t")),
        ] {
            keep[name] = value;
        }
        let kept = lead.post_json("/api/v1/fairness", &keep).await;
        assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.body);
        let list = lead.get("/api/v1/fairness").await.json();
        assert_eq!(list["reports"].as_array().unwrap().len(), 1);
        let at = format!("/api/v1/fairness/{}", kept.json()["id"].as_str().unwrap());
        let one = lead.get(&at).await.json();
        assert_eq!((&one["kept"]["title"], &one["kept"]["published"]), (&json!("t"), &Value::Null));
        let mut committee = site.visitor();
        committee.token = Some(site.outside(|_| {
            site.staff("edna", &["ethics-committee"]);
            site.token("edna", "governance")
        }));
        let publish = format!("{at}/publish");
        assert_eq!(lead.post_json(&publish, &json!({})).await.status, StatusCode::FORBIDDEN);
        assert_eq!(committee.post_json(&publish, &json!({})).await.status, StatusCode::NO_CONTENT);
        assert_eq!(committee.post_json(&publish, &json!({})).await.status, StatusCode::CONFLICT);
        let why = json!({ "because": "The wrong file." });
        assert_eq!(committee.post_json(&format!("{at}/shred"), &why).await.status, StatusCode::NOT_FOUND);
        assert_eq!(committee.post_json(&format!("{at}/withdraw"), &why).await.status, StatusCode::NO_CONTENT);
        assert_eq!(
            lead.get(&at).await.json()["kept"]["published"]["withdrawn"]["because"],
            "The wrong file."
        );
        let mut public = ask.clone();
        public["public"] = json!(true);
        assert_eq!(lead.post_json("/api/v1/fairness", &public).await.json()["report"]["public"], true);
        let wrong =
            lead.post_json("/api/v1/fairness", &json!({ "csv": "a,b\n1,2\n", "group": ["sex"] })).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}
