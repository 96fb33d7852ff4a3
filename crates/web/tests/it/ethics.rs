//! The gate seen from outside: the page of a report, the API and the queue; and the way of an algorithm on its pages.

use crate::{
    desk::{on_both, report, signed_in, sound},
    site::{Site, Visitor},
};
use axum::http::StatusCode;
use bluelamp_testkit::ethics::{entry, suspend};
use serde_json::{Value, json};

const ETHICS: &str = "/desk/ethics/definition/domestic-abuse";

async fn api<'a>(site: &'a Site, name: &str, role: &str, purpose: &str) -> Visitor<'a> {
    site.outside(|_| site.staff(name, &[role]));
    let token = site.outside(|_| site.token(name, purpose));
    let mut v = site.visitor();
    v.token = Some(token);
    v
}

#[test]
fn what_is_not_approved_proposes_nothing_on_the_page_by_the_api_or_in_the_queue() {
    on_both(&async |site: &Site| {
        let id = report(site, "burglary", json!({ "occupant_hurt": "yes" })).await;
        site.outside(|_| site.work());
        let mut officer = signed_in(site, "olive", &["contact-officer"], "contact").await;
        let mut machine = api(site, "otto", "contact-officer", "contact").await;
        let page = sound("gate-approved", officer.get(&format!("/desk/reports/{id}")).await);
        assert!(page.body.contains("Proposal – a person decides"));
        assert_eq!(machine.get(&format!("/api/v1/reports/{id}")).await.json()["report"]["floor"], "HIGH");

        site.outside(|db| suspend(db, entry(db, "definition/burglary", "1.0.0")));
        // At once, before anything has looked again.
        let page = sound("gate-suspended", officer.get(&format!("/desk/reports/{id}")).await);
        assert!(!page.body.contains("Proposal – a person decides"), "no proposal");
        assert!(
            page.body.contains("That is part of the record and no proposal any more: it was suspended on")
        );
        let r = machine.get(&format!("/api/v1/reports/{id}")).await.json();
        assert_eq!((&r["report"]["floor"], &r["assessment"]), (&Value::Null, &Value::Null));
        assert_eq!(r["assessments"], json!([]));
        assert_eq!(r["formerly_proposed"][0]["definition"], "burglary");
        let queue = machine.get("/api/v1/reports").await.json();
        assert_eq!(queue["items"][0]["floor"], Value::Null);
        assert!(queue["items"][0]["withheld"].as_str().unwrap().contains("it was suspended on"));
        let list = sound("gate-queue", officer.get("/desk/reports").await);
        assert!(list.body.contains("no longer approved") && !list.body.contains(">HIGH<"));

        // What comes now is not asked, and that is said in one line.
        let id = report(site, "burglary", json!({ "occupant_hurt": "yes" })).await;
        site.outside(|_| site.work());
        let page = sound("gate-withheld", officer.get(&format!("/desk/reports/{id}")).await);
        assert!(page.body.contains("was not asked: it was suspended on"), "{}", page.body);
        let r = machine.get(&format!("/api/v1/reports/{id}")).await.json();
        assert_eq!((&r["report"]["floor"], &r["assessments"]), (&Value::Null, &json!([])));
        assert!(r["withheld"][0].as_str().unwrap().contains("was not asked"));
        // A person decides all the same.
        let version = r["report"]["version"].clone();
        let body = json!({ "outcome": "open-case", "reasons": "Read.", "version": version });
        let decided = machine.post_json(&format!("/api/v1/reports/{id}/decision"), &body).await;
        assert_eq!(decided.status, StatusCode::CREATED, "{}", decided.body);

        // Without an approved order, the oldest stands first, and the page says so.
        site.outside(|db| suspend(db, entry(db, "ranking/queue", "1.0.0")));
        let list = sound("gate-order", officer.get("/desk/reports").await);
        assert!(list.body.contains("The oldest stands first"));
        assert!(machine.get("/api/v1/reports").await.json()["by_receipt"].is_string());
        // Everybody can read that it was stopped.
        let mut anybody = site.visitor();
        let register = sound("algorithms", anybody.get("/algorithms").await);
        assert!(register.body.contains("Suspended on "));
        let record = sound("algorithm", anybody.get("/algorithms/definition/burglary").await);
        assert!(record.body.contains("Suspended on ") && record.body.contains("pre-deployment"));
    });
}

#[test]
fn a_version_goes_from_the_lab_to_officers_on_its_page_by_three_people() {
    on_both(&async |site: &Site| {
        let mut lead = signed_in(site, "rita", &["risk-lead"], "governance").await;
        let mut chief = signed_in(site, "cleo", &["accountable-officer"], "governance").await;
        let mut member = signed_in(site, "mina", &["ethics-committee"], "governance").await;
        let mut other = signed_in(site, "mork", &["ethics-committee"], "governance").await;
        let list = sound("ethics-register", lead.get("/desk/ethics").await);
        assert!(list.body.contains("definition/domestic-abuse") && list.body.contains("In the lab"));

        // What is missing is said before there is a form for it.
        let page = sound("ethics-officer", chief.get(ETHICS).await);
        assert!(page.body.contains("The lab has not reported since it began"));
        let (id, digest) = (page.hidden("id"), page.hidden("digest"));
        let act = async |v: &mut Visitor<'_>, deed: &str, fields: &[(&str, &str)]| {
            let csrf = v.get("/desk/purpose").await.hidden("csrf");
            let mut all = vec![("csrf", csrf.as_str()), ("id", id.as_str()), ("digest", digest.as_str())];
            all.extend(fields);
            v.post(&format!("{ETHICS}/{deed}"), &all).await
        };
        // The form is held to it too, and so is the API.
        let early = act(&mut chief, "phase", &[("to", "lab-reported"), ("reasons", "Now.")]).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = act(&mut lead, "phase", &[("to", "lab-reported"), ("reasons", "Now.")]).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN, "who writes does not let it go on");
        let wrong =
            act(&mut chief, "advice", &[("point", "lab"), ("advice", "approve"), ("reasons", "-")]).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN, "nor does who decides advise");

        let criterion = "floors that officers agree with: at least 80 %";
        let found = [("criterion-0", criterion), ("findings/0/found", "84 %"), ("met-0", "yes")];
        let page = sound("ethics-writer", lead.get(ETHICS).await);
        assert!(page.body.contains(criterion));
        assert_eq!(act(&mut lead, "lab-report", &found).await.status, StatusCode::SEE_OTHER);
        let none = sound("ethics-wrong", act(&mut lead, "opinion", &[("given_by", "A university")]).await);
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.body.contains("Enter what it said") && none.body.contains("href=\"#opinion-said\""));
        let opinion = [("given_by", "A university"), ("given_on", "2026-11-01"), ("said", "Go on.")];
        assert_eq!(act(&mut lead, "opinion", &opinion).await.status, StatusCode::SEE_OTHER);
        let reported = act(&mut chief, "phase", &[("to", "lab-reported"), ("reasons", "Read.")]).await;
        assert_eq!(reported.status, StatusCode::SEE_OTHER, "{}", reported.body);

        // A meeting before there was anything to see is none.
        let before = [("point", "operational"), ("held_on", "2026-11-20"), ("said", "All is well.")];
        let before = sound("ethics-minutes-early", act(&mut member, "minutes", &before).await);
        assert_eq!(before.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(before.body.contains("Enter the day of a meeting since it has become lab reported"));
        let minutes = [("point", "operational"), ("held_on", "2026-11-22"), ("said", "Conditions were set.")];
        let early = act(&mut member, "minutes", &minutes).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        assert!(early.body.contains("0 of the committee have advised"), "{}", early.body);
        let voice = [
            ("point", "operational"),
            ("advice", "conditions"),
            ("reasons", "It has to be watched."),
            ("conditions", "Count departures."),
        ];
        for v in [&mut member, &mut other] {
            assert_eq!(act(v, "advice", &voice).await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(act(&mut member, "minutes", &minutes).await.status, StatusCode::SEE_OTHER);
        let page = sound("ethics-pilot", chief.get(ETHICS).await);
        assert!(page.body.contains("How the conditions are met"));
        let bare = [("to", "pilot"), ("volume", "many"), ("reasons", "")];
        let wrong = sound("ethics-pilot-wrong", act(&mut chief, "phase", &bare).await);
        assert!(wrong.body.contains("in digits, such as 500"), "{}", wrong.body);
        let pilot = [
            ("to", "pilot"),
            ("until", "2027-02-01"),
            ("units", ""),
            ("volume", "50"),
            ("conditions_met", "They are counted every month."),
            ("reasons", "It was advised."),
        ];
        let done = act(&mut chief, "phase", &pilot).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);

        // The record everybody reads is that of what runs; the minutes are public.
        let mut anybody = site.visitor();
        let record = sound("algorithm-pilot", anybody.get("/algorithms/definition/domestic-abuse").await);
        assert!(record.body.contains("In a pilot since") && record.body.contains("Conditions were set."));
        assert!(record.body.contains("A university, 1 November 2026") && record.body.contains("Go on."));
        assert!(!record.body.contains("It has to be watched."), "members' own words are for staff");
        let json = anybody.get("/api/v1/algorithms/definition/domestic-abuse").await.json();
        let metadata = &json["records"][0]["metadata"];
        assert_eq!(metadata["algorithmic_transparency_record_phase"], "beta-pilot");
        assert_eq!(json["records"][0]["runs"]["pilot_volume"], 50);
        assert_eq!(json["records"][0]["heard"]["outside"][0]["said"], "Go on.");
        let said = sound("ethics-committee", anybody.get("/ethics-committee").await);
        assert!(said.body.contains("Approve with conditions: 2") && said.body.contains("Count departures."));
        let all = anybody.get("/api/v1/algorithms").await.json();
        let kinds: Vec<_> =
            all["algorithms"].as_array().unwrap().iter().map(|a| a["algorithm"].as_str().unwrap()).collect();
        for name in ["comparison/records", "definition/burglary", "indicator/burglary-words", "ranking/queue"]
        {
            assert!(kinds.contains(&name), "{kinds:?}");
        }
        // A definition's page leads to its ethics and back.
        let version = lead.get("/desk/definitions/domestic-abuse/1.0.0").await;
        assert!(version.body.contains("/desk/ethics/definition/domestic-abuse?version="));
        assert!(lead.get(ETHICS).await.body.contains("href=\"/desk/definitions/domestic-abuse/1.0.0\""));
    });
}

#[test]
fn the_api_does_what_the_page_does_and_refuses_what_it_refuses() {
    on_both(&async |site: &Site| {
        let mut lead = api(site, "rita", "risk-lead", "governance").await;
        let mut chief = api(site, "cleo", "accountable-officer", "governance").await;
        let all = lead.get("/api/v1/ethics").await.json();
        let entries = all["entries"].as_array().unwrap().clone();
        let it = entries.iter().find(|e| e["name"] == "domestic-abuse").unwrap();
        let path = format!("/api/v1/ethics/{}", it["id"].as_str().unwrap());
        let d = lead.get(&path).await.json();
        assert_eq!(d["next"]["lab-reported"][0]["field"], "lab-report");
        let step = json!({ "to": "lab-reported", "reasons": "Now." });
        let early = chief.post_json(&format!("{path}/phase"), &step).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(early.json()["errors"][0]["field"], "lab-report");
        let wrong =
            lead.post_json(&format!("{path}/assessment"), &json!({ "answers": { "nothing": "x" } })).await;
        assert_eq!(wrong.json()["errors"][0]["code"], "unknown");
        let kept = lead
            .post_json(&format!("{path}/assessment"), &json!({ "answers": { "atrs.benefits": "Sooner." } }))
            .await;
        assert_eq!(kept.status, StatusCode::NO_CONTENT, "{}", kept.body);
        let stopped = json!({ "to": "suspended", "reasons": "It asked the wrong thing." });
        assert_eq!(lead.post_json(&format!("{path}/phase"), &stopped).await.status, StatusCode::FORBIDDEN);
        let done = chief.post_json(&format!("{path}/phase"), &stopped).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        assert_eq!(lead.get(&path).await.json()["dossier"]["entry"]["state"], "suspended");
        assert_eq!(
            lead.post_json(&format!("{path}/nothing"), &json!({})).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(site.visitor().get("/api/v1/ethics").await.status, StatusCode::UNAUTHORIZED);
    });
}
