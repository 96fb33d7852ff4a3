//! A complaint by a plain HTTP client: sent without an account, followed, handled, looked into by somebody else, answered.

use crate::{
    api::complete,
    definitions::save,
    desk::{on_both, signed_in, sound},
    site::{Answered, NO_LIMITS, Site, Visitor},
};
use axum::http::StatusCode;
use bluelamp_access::algorithm;
use bluelamp_model::authority::Actor;
use bluelamp_store::Engine;
use bluelamp_web::Limits;
use serde_json::json;

const SAID: [(&str, &str); 8] = [
    ("about", "decision"),
    ("told", "My report was closed,\nand nobody had asked me <b>anything</b>."),
    ("wanted", "Look at it again."),
    ("report_reference", "R-4K7Q-2M9B"),
    ("complainant", "Joanna Example"),
    ("contact_by", "email"),
    ("contact_email", "joanna@example.com"),
    ("contact_safe", "yes"),
];

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split(from).nth(1).unwrap_or_else(|| panic!("no {from} in {text}")).split(to).next().unwrap()
}

/// Sends a complaint by the form; gives reference and code.
async fn sent(v: &mut Visitor<'_>) -> (String, String) {
    let page = sound("complain", v.get("/complain").await);
    let (csrf, key) = (page.hidden("csrf"), page.hidden("retry_key"));
    let mut all = vec![("csrf", csrf.as_str()), ("retry_key", key.as_str())];
    all.extend(SAID);
    let answer = v.post("/complain", &all).await;
    assert_eq!(answer.location(), "/complain/sent", "{}", answer.body);
    let receipt = sound("complain-sent", v.get("/complain/sent").await);
    let reference = between(&receipt.body, "<br><strong>", "</strong>").to_owned();
    let code = between(&receipt.body, "translate=\"no\">", "</strong>").to_owned();
    // The same page sent twice is one complaint.
    v.post("/complain", &all).await;
    let again = v.get("/complain/sent").await;
    assert!(again.body.contains(&reference) && again.body.contains(&code));
    (reference, code)
}

async fn act(v: &mut Visitor<'_>, reference: &str, deed: &str, fields: &[(&str, &str)]) -> Answered {
    let page = v.get(&format!("/desk/complaints/{reference}")).await;
    let csrf = page.hidden("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    v.post(&format!("/desk/complaints/{reference}/{deed}"), &all).await
}

#[test]
fn a_complaint_from_the_form_to_its_answer() {
    on_both(&async |site: &Site| {
        let mut v = site.visitor();
        let (reference, code) = sent(&mut v).await;
        site.outside(|_| site.staff("otto", &["contact-officer"]));
        let reviewer = site.outside(|_| site.staff("rita", &["independent-reviewer"])).to_string();
        let mut carla = signed_in(site, "carla", &["complaints-officer"], "redress").await;
        let desk = sound("complaints", carla.get("/desk/complaints").await);
        assert!(desk.body.contains(&reference) && desk.body.contains("Acknowledge"));
        let page = sound("complaint", carla.get(&format!("/desk/complaints/{reference}")).await);
        assert!(page.body.contains("&lt;b&gt;anything") && page.body.contains("joanna@example.com"));
        assert!(page.body.contains("section 164A(3) (law)"));

        assert_eq!(act(&mut carla, &reference, "acknowledge", &[]).await.status, StatusCode::SEE_OTHER);
        let wrong = act(&mut carla, &reference, "assign", &[("chain", "nemo")]).await;
        assert_eq!(sound("complaint-wrong", wrong).status, StatusCode::UNPROCESSABLE_ENTITY);
        let own = act(&mut carla, &reference, "assign", &[("reviewer", &reviewer), ("chain", "rita")]).await;
        assert!(sound("complaint-own", own).body.contains("had a part in what is complained about"));
        let given =
            act(&mut carla, &reference, "assign", &[("reviewer", &reviewer), ("chain", "otto")]).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
        // Who handles it cannot say what came of it.
        let refused =
            act(&mut carla, &reference, "find", &[("finding", "not-upheld"), ("reasons", "No.")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);

        let mut rita = site.visitor();
        let fields = [("username", "rita"), ("password", "three sleepy lamps"), ("purpose", "redress")];
        rita.fill("/sign-in", &fields).await;
        let list = sound("complaints-reviewer", rita.get("/desk/complaints").await);
        assert!(list.body.contains(&reference) && !list.body.contains("/desk/complaints/new"));
        let page = sound("complaint-reviewer", rita.get(&format!("/desk/complaints/{reference}")).await);
        assert!(page.body.contains("Say what you found") && page.body.contains("OTTO Example"));
        let wrong =
            act(&mut rita, &reference, "find", &[("finding", "upheld"), ("outcomes", "correct")]).await;
        let wrong = sound("complaint-find-wrong", wrong);
        assert!(
            wrong.body.contains("Give your reasons") && wrong.body.contains("Name everybody who received it")
        );
        let found = [
            ("finding", "upheld"),
            ("reasons", "Nobody asked."),
            ("outcomes", "correct"),
            ("outcomes", "apologise"),
            ("recipient-1-name", "Borsetshire Council"),
            ("recipient-1-received", "The address"),
            ("recipient-1-on", "2026-11-20"),
        ];
        assert_eq!(act(&mut rita, &reference, "find", &found).await.status, StatusCode::SEE_OTHER);

        let page = sound("complaint-found", carla.get(&format!("/desk/complaints/{reference}")).await);
        assert!(page.body.contains("What was found: Upheld") && page.body.contains("Borsetshire Council"));
        let notice = page.hidden("notice");
        assert_eq!(
            act(&mut carla, &reference, "sent", &[("notice", &notice)]).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            act(&mut carla, &reference, "confirmed", &[("notice", &notice)]).await.status,
            StatusCode::SEE_OTHER
        );
        let empty = act(&mut carla, &reference, "answer", &[("note", " ")]).await;
        assert_eq!(sound("complaint-answer-wrong", empty).status, StatusCode::UNPROCESSABLE_ENTITY);
        let told = [("note", "You were right: we should have asked.")];
        assert_eq!(act(&mut carla, &reference, "answer", &told).await.status, StatusCode::SEE_OTHER);
        let twice = act(&mut carla, &reference, "answer", &told).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        sound("complaint-answered", carla.get(&format!("/desk/complaints/{reference}")).await);

        let ask = sound("complain-track", v.get("/complain/track").await);
        let csrf = ask.hidden("csrf");
        let follow = [("csrf", csrf.as_str()), ("reference", &reference), ("code", &code.to_lowercase())];
        let page = sound("complain-tracked", v.post("/complain/track", &follow).await);
        for words in
            ["Upheld", "You were right: we should have asked.", "Information Commissioner", "We apologise"]
        {
            assert!(page.body.contains(words), "{words}\n{}", page.body);
        }
        assert!(!page.body.contains("nobody had asked me") && !page.body.contains("Nobody asked."));
        // Beside whatever was answered stands the finding in words that nobody wrote.
        let answer = between(&page.body, "What was found: ", "You were right: we should have asked.");
        assert!(answer.starts_with("Upheld."), "{answer}");
        let wrong = [("csrf", csrf.as_str()), ("reference", &*reference), ("code", "0000-0000-0000-0000")];
        assert_eq!(
            sound("track-wrong", v.post("/complain/track", &wrong).await).status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let figures = sound("complaint-figures", v.get("/complaints").await);
        assert!(
            figures.body.contains("From 1 April 2025 to 31 March 2026")
                && figures.body.contains("Complaints received: <strong>0</strong>")
                && figures.body.contains("<strong>0</strong> organisations")
        );
    });
}

#[test]
fn the_form_says_what_is_missing_and_keeps_the_rest() {
    on_both(&async |site: &Site| {
        let mut v = site.visitor();
        let page = v.get("/complain").await;
        let csrf = page.hidden("csrf");
        let said = [
            ("csrf", csrf.as_str()),
            ("complainant", "Joanna"),
            ("contact_by", "email"),
            ("contact_email", "joanna"),
        ];
        let wrong = sound("complain-wrong", v.post("/complain", &said).await);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in [
            "Say what you complain about",
            "Select what you complain about",
            "in the right form",
            "value=\"Joanna\"",
        ] {
            assert!(wrong.body.contains(words), "{words}");
        }
        let forged = [("csrf", "no"), ("about", "other"), ("told", "x"), ("contact_by", "nothing")];
        assert_eq!(v.post("/complain", &forged).await.status, StatusCode::FORBIDDEN);
        assert_eq!(site.count("select count(*) from complaint"), 0);
        // Nobody's receipt is shown to somebody else.
        assert_eq!(site.visitor().get("/complain/sent").await.location(), "/complain");
    });
}

#[test]
fn a_letter_is_entered_with_the_day_it_came() {
    on_both(&async |site: &Site| {
        let mut carla = signed_in(site, "carla", &["complaints-officer"], "redress").await;
        let page = sound("complaint-new", carla.get("/desk/complaints/new").await);
        let csrf = page.hidden("csrf");
        let wrong = carla
            .post(
                "/desk/complaints/new",
                &[
                    ("csrf", &csrf),
                    ("received-day", "31"),
                    ("received-month", "2"),
                    ("received-year", "2026"),
                ],
            )
            .await;
        let wrong = sound("complaint-new-wrong", wrong);
        assert!(wrong.body.contains("Enter the day on which it came"));
        let said = [
            ("csrf", csrf.as_str()),
            ("channel", "post"),
            ("received-day", "1"),
            ("received-month", "10"),
            ("received-year", "2026"),
            ("about", "data"),
            ("told", "You sent my address to a stranger."),
            ("contact_by", "post"),
            ("contact_post", "1 Example Street"),
        ];
        let entered = carla.post("/desk/complaints/new", &said).await;
        // The code is told this once, for the letter that goes back; with it the complainant can follow it.
        let entered = sound("complaint-entered", entered);
        let code = between(&entered.body, "translate=\"no\">", "</strong>");
        let href = format!("/desk/complaints/{}", between(&entered.body, "/desk/complaints/K-", "\"").trim())
            .replace("complaints/", "complaints/K-");
        let mut public = site.visitor();
        let follow =
            json!({ "reference": href.trim_start_matches("/desk/complaints/"), "tracking_code": code });
        assert_eq!(public.post_json("/api/v1/complaints/track", &follow).await.json()["state"], "received");
        let page = sound("complaint-overdue", carla.get(&href).await);
        assert!(page.body.contains("Nothing is sent by itself: send the letter"));
        assert!(page.body.contains("Overdue") && page.body.contains("by post"));
        // Others see none of it.
        for (name, role, purpose) in
            [("otto", "contact-officer", "contact"), ("rita", "independent-reviewer", "redress")]
        {
            let mut other = signed_in(site, name, &[role], purpose).await;
            let status = other.get(&href).await.status;
            assert!(status == StatusCode::FORBIDDEN || status == StatusCode::NOT_FOUND, "{role}: {status}");
            assert_eq!(other.get("/desk/complaints/new").await.status, StatusCode::FORBIDDEN);
        }
    });
}

#[test]
fn the_same_over_the_api() {
    on_both(&async |site: &Site| {
        let mut public = site.visitor();
        let body = json!({
            "about": "algorithm", "told": "It should not be used.", "contact_by": "nothing",
            "algorithm": "Burglary", "algorithm_version": "1.0.0",
        });
        // What the register does not have is not counted anywhere: it is asked for again.
        for (field, value) in [("algorithm", "no/such"), ("algorithm_version", "99.0.0")] {
            let mut other = body.clone();
            other[field] = value.into();
            let refused = public.post_json("/api/v1/complaints", &other).await;
            assert_eq!(refused.json()["errors"][0]["field"], field, "{}", refused.body);
        }
        let key = [("idempotency-key", "a-key-of-a-program-1")];
        let first = public.post_json_with("/api/v1/complaints", &body, &key).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        let receipt = first.json();
        assert_eq!(public.post_json_with("/api/v1/complaints", &body, &key).await.json(), receipt);
        let bad = public.post_json("/api/v1/complaints", &json!({ "about": "x" })).await;
        assert_eq!(
            (bad.status, bad.json()["errors"].as_array().unwrap().len()),
            (StatusCode::UNPROCESSABLE_ENTITY, 3)
        );
        let reference = receipt["reference"].as_str().unwrap().to_owned();
        let follow = json!({ "reference": reference, "tracking_code": receipt["tracking_code"] });
        assert_eq!(public.post_json("/api/v1/complaints/track", &follow).await.json()["state"], "received");
        let figures = public.get("/api/v1/complaints/figures").await.json();
        assert_eq!(
            (&figures["received"], &figures["to"]),
            (&json!(0), &json!("2026-03-31T22:59:59.000000Z"))
        );
        assert_eq!(public.get("/api/v1/complaints").await.status, StatusCode::UNAUTHORIZED);

        let token = site.outside(|_| {
            site.staff("carla", &["complaints-officer"]);
            site.token("carla", "redress")
        });
        let mut carla = site.visitor();
        carla.token = Some(token);
        let list = carla.get("/api/v1/complaints").await.json();
        assert_eq!(list["complaints"][0]["reference"], reference.as_str());
        let path = format!("/api/v1/complaints/{reference}");
        assert_eq!(carla.get(&path).await.json()["algorithm"], "definition/burglary");
        let done = carla.post_json(&format!("{path}/acknowledge"), &json!({})).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        assert_eq!(
            carla.post_json(&format!("{path}/acknowledge"), &json!({})).await.status,
            StatusCode::CONFLICT
        );
        assert_eq!(
            carla.post_json(&format!("{path}/pardon"), &json!({})).await.status,
            StatusCode::NOT_FOUND
        );
        let assign = json!({ "reviewer": "x", "chain": [] });
        assert_eq!(
            carla.post_json(&format!("{path}/assign"), &assign).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    });
}

#[test]
fn whoever_decided_about_the_report_does_not_look_into_the_complaint() {
    on_both(&async |site: &Site| {
        let mut public = site.visitor();
        let report = complete(&mut public, "burglary").await;
        let receipt = public.post_json("/api/v1/submissions", &report).await.json();
        let olive_is = site.staff("olive", &["contact-officer", "independent-reviewer"]);
        let rita_is = site.staff("rita", &["independent-reviewer"]);
        site.staff("carla", &["complaints-officer"]);
        site.work();
        let mut olive = site.visitor();
        olive.token = Some(site.outside(|_| site.token("olive", "contact")));
        let path = format!("/api/v1/reports/{}", receipt["id"].as_str().unwrap());
        let seen = olive.get(&path).await.json();
        let decision = json!({
            "version": seen["report"]["version"], "outcome": "open-case", "grade": seen["assessment"]["floor"],
            "reasons": "A home, and the way in is known.",
            "actions": [{ "definition": "burglary", "place": 0, "answer": "accept" }],
        });
        let decided = olive.post_json(&format!("{path}/decision"), &decision).await;
        assert_eq!(decided.status, StatusCode::CREATED, "{}", decided.body);

        let complaint = json!({
            "about": "decision", "told": "It was graded too low.", "contact_by": "nothing",
            "report_reference": receipt["reference"].as_str().unwrap().to_lowercase().replace('-', " "),
        });
        let made = public.post_json("/api/v1/complaints", &complaint).await.json();
        let mut carla = site.visitor();
        carla.token = Some(site.outside(|_| site.token("carla", "redress")));
        let here = format!("/api/v1/complaints/{}", made["reference"].as_str().unwrap());
        assert_eq!(
            carla.post_json(&format!("{here}/acknowledge"), &json!({})).await.status,
            StatusCode::NO_CONTENT
        );
        let assign = async |carla: &mut Visitor<'_>, to: bluelamp_model::Id| {
            // Nobody is named: what is known of the report is enough.
            let ask = json!({ "reviewer": to, "chain": [], "nobody": "Nobody is known to me." });
            carla.post_json(&format!("{here}/assign"), &ask).await
        };
        let own = assign(&mut carla, olive_is).await;
        assert_eq!(own.json()["errors"][0]["code"], "not-independent", "{}", own.body);
        assert_eq!(assign(&mut carla, rita_is).await.status, StatusCode::NO_CONTENT);
        assert_eq!(
            carla.get(&here).await.json()["chain"].as_array().unwrap().len(),
            1,
            "it is kept who it was"
        );

        // The report's reference is kept as everything reads it, and the reviewer sees what was decided beside what was
        // proposed: of this complaint, and nobody else's.
        let reference = made["reference"].as_str().unwrap();
        assert_eq!(carla.get(&here).await.json()["report_reference"], receipt["reference"]);
        let mut rita = site.visitor();
        rita.token = Some(site.outside(|_| site.token("rita", "redress")));
        let seen = rita.get(&format!("{here}/decisions")).await.json();
        let decision = &seen["decisions"][0];
        assert_eq!(decision["reasons"], "A home, and the way in is known.");
        assert_eq!((&decision["grade"], &decision["definition"]), (&decision["floor"], &json!("burglary")));
        assert!(!seen.to_string().to_lowercase().contains("olive"), "without who decided: {seen}");
        for (who, role) in [("otto", "contact-officer"), ("rosa", "independent-reviewer"), ("carla", "")] {
            let mut other = site.visitor();
            other.token = Some(site.outside(|_| {
                if !role.is_empty() {
                    site.staff(who, &[role]);
                }
                site.token(who, if role == "contact-officer" { "contact" } else { "redress" })
            }));
            let status = other.get(&format!("{here}/decisions")).await.status;
            assert!([StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&status), "{who}: {status}");
        }
        let mut page = site.visitor();
        let fields = [("username", "rita"), ("password", "three sleepy lamps"), ("purpose", "redress")];
        page.fill("/sign-in", &fields).await;
        let one = sound("complaint-mine", page.get(&format!("/desk/complaints/{reference}")).await);
        let href = format!("/desk/complaints/{reference}/decisions");
        assert!(one.body.contains(&format!("href=\"{href}\"")), "{}", one.body);
        let decisions = sound("complaint-decisions", page.get(&href).await);
        assert!(
            decisions.body.contains("A home, and the way in is known.")
                && decisions.body.contains("As proposed"),
            "{}",
            decisions.body
        );

        // Upheld, it is put up to be decided anew: by somebody who has not decided about it.
        let found =
            json!({ "finding": "upheld", "reasons": "A child slept there.", "outcomes": ["re-decide"] });
        assert_eq!(rita.post_json(&format!("{here}/find"), &found).await.status, StatusCode::NO_CONTENT);
        let waits = olive.get("/api/v1/reviews").await.json();
        let waits = waits["reviews"].as_array().unwrap();
        let waits = waits.iter().find(|r| r["cause"] == "complaint").expect("it waits").clone();
        assert!(waits["detail"].as_str().unwrap().contains(reference), "{waits}");
        let anew = async |who: &mut Visitor<'_>| {
            let now = who.get(&path).await.json();
            let answer = json!({
                "version": now["report"]["version"], "grade": now["assessment"]["floor"], "reasons": "Looked at anew.",
            });
            who.post_json(&format!("/api/v1/reviews/{}", waits["id"].as_str().unwrap()), &answer).await
        };
        let own = anew(&mut olive).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", own.body);
        let mut otto = site.visitor();
        otto.token = Some(site.outside(|_| site.token("otto", "contact")));
        let other = anew(&mut otto).await;
        assert!(other.status.is_success(), "{}", other.body);
        let left = otto.get("/api/v1/reviews").await.json().to_string();
        assert!(!left.contains("\"complaint\""), "{left}");
    });
}

#[test]
fn whoever_wrote_or_advanced_an_algorithm_does_not_look_into_complaints_about_it() {
    on_both(&async |site: &Site| {
        // One account can hold both roles: the chief officer who suspended it, and the lead who wrote its next text.
        let olive_is =
            site.outside(|_| site.staff("olive", &["accountable-officer", "independent-reviewer"]));
        site.outside(|db| {
            let burglary = bluelamp_testkit::ethics::entry(db, "definition/burglary", "1.0.0");
            let chief = Actor::staff(olive_is, vec!["accountable-officer".into()], "governance");
            let change = algorithm::Change {
                to: algorithm::State::Suspended,
                until: None,
                units: Vec::new(),
                volume: None,
                reasons: "A complaint.".into(),
                published: "It is looked into.".into(),
            };
            db.write(&chief, move |cx| algorithm::change(cx, burglary, &change)).unwrap();
        });
        let mut rosa = signed_in(site, "rosa", &["risk-lead", "independent-reviewer"], "governance").await;
        let text = include_str!("../../../../data/definitions/burglary/1.0.0.md");
        let kept = save(&mut rosa, &text.replace("version: 1.0.0", "version: 2.0.0")).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
        let rita_is = site.outside(|_| site.staff("rita", &["independent-reviewer"]));
        let carla_token = site.outside(|_| {
            site.staff("carla", &["complaints-officer"]);
            site.token("carla", "redress")
        });
        let mut carla = site.visitor();
        carla.token = Some(carla_token);
        let complaint = json!({
            "about": "algorithm", "told": "It should not be used.", "contact_by": "nothing", "algorithm": "burglary",
        });
        let made = site.visitor().post_json("/api/v1/complaints", &complaint).await.json();
        let here = format!("/api/v1/complaints/{}", made["reference"].as_str().unwrap());
        let done = carla.post_json(&format!("{here}/acknowledge"), &json!({})).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        let listed = carla.get("/api/v1/complaints/reviewers").await.json();
        let rosa_is = listed["reviewers"].as_array().unwrap().iter().find(|r| r["name"] == "ROSA Example");
        for (who, to) in [("olive", json!(olive_is)), ("rosa", rosa_is.unwrap()["id"].clone())] {
            let ask = json!({ "reviewer": to, "chain": [], "nobody": "Nobody is known to me." });
            let own = carla.post_json(&format!("{here}/assign"), &ask).await;
            assert_eq!(own.json()["errors"][0]["code"], "not-independent", "{who}: {}", own.body);
        }
        let ask = json!({ "reviewer": rita_is, "chain": [], "nobody": "" });
        let given = carla.post_json(&format!("{here}/assign"), &ask).await;
        assert_eq!(given.status, StatusCode::NO_CONTENT, "{}", given.body);
        let chain = carla.get(&here).await.json()["chain"].to_string();
        assert!(chain.contains("OLIVE Example") && chain.contains("ROSA Example"), "{chain}");
    });
}

#[test]
fn a_reviewer_who_decides_about_the_report_finds_nothing_any_more() {
    on_both(&async |site: &Site| {
        let mut public = site.visitor();
        let report = complete(&mut public, "burglary").await;
        let receipt = public.post_json("/api/v1/submissions", &report).await.json();
        let olive_is = site.staff("olive", &["contact-officer", "independent-reviewer"]);
        site.staff("carla", &["complaints-officer", "contact-officer"]);
        let rita_is = site.staff("rita", &["independent-reviewer"]);
        site.staff("cole", &["complaints-officer"]);
        site.work();
        let as_who = |name: &str, purpose: &str| {
            let mut v = site.visitor();
            v.token = Some(site.outside(|_| site.token(name, purpose)));
            v
        };
        let complaint = json!({
            "about": "decision", "told": "Nobody decides.", "contact_by": "nothing",
            "report_reference": receipt["reference"],
        });
        let made = public.post_json("/api/v1/complaints", &complaint).await.json();
        let here = format!("/api/v1/complaints/{}", made["reference"].as_str().unwrap());
        let mut carla = as_who("carla", "redress");
        carla.post_json(&format!("{here}/acknowledge"), &json!({})).await;
        let ask = json!({ "reviewer": olive_is, "nobody": "Nobody has decided yet." });
        assert_eq!(carla.post_json(&format!("{here}/assign"), &ask).await.status, StatusCode::NO_CONTENT);

        // Then she decides the report that it is about.
        let mut olive = as_who("olive", "contact");
        let path = format!("/api/v1/reports/{}", receipt["id"].as_str().unwrap());
        let seen = olive.get(&path).await.json();
        let decision = json!({
            "version": seen["report"]["version"], "outcome": "open-case", "grade": seen["assessment"]["floor"],
            "reasons": "A home.", "actions": [{ "definition": "burglary", "place": 0, "answer": "accept" }],
        });
        let decided = olive.post_json(&format!("{path}/decision"), &decision).await;
        assert_eq!(decided.status, StatusCode::CREATED, "{}", decided.body);
        let finding = json!({ "finding": "not-upheld", "reasons": "The officer was right." });
        let mut reviewer = as_who("olive", "redress");
        let found = reviewer.post_json(&format!("{here}/find"), &finding).await;
        assert_eq!(found.status, StatusCode::FORBIDDEN, "{}", found.body);
        // It is given to somebody else, with the reason for that.
        let mut cole = as_who("cole", "redress");
        let listed = cole.get("/api/v1/complaints/reviewers").await.json();
        assert!(
            listed["reviewers"].as_array().unwrap().iter().any(|r| r["id"] == json!(rita_is)),
            "{listed}"
        );
        let mut ask = json!({ "reviewer": rita_is });
        let bare = cole.post_json(&format!("{here}/assign"), &ask).await;
        assert_eq!(bare.json()["errors"][0]["field"], "reasons", "{}", bare.body);
        ask["reasons"] = json!("The reviewer has decided the report.");
        assert_eq!(cole.post_json(&format!("{here}/assign"), &ask).await.status, StatusCode::NO_CONTENT);
        let mut rita = as_who("rita", "redress");
        let found = rita.post_json(&format!("{here}/find"), &finding).await;
        assert_eq!(found.status, StatusCode::NO_CONTENT, "{}", found.body);
    });
}

#[test]
fn a_letter_is_entered_and_a_complaint_read_in_brief_over_the_api() {
    on_both(&async |site: &Site| {
        site.staff("carla", &["complaints-officer"]);
        site.staff("lea", &["risk-lead"]);
        let as_who = |name: &str, purpose: &str| {
            let mut v = site.visitor();
            v.token = Some(site.outside(|_| site.token(name, purpose)));
            v
        };
        let (mut carla, mut lea) = (as_who("carla", "redress"), as_who("lea", "governance"));
        let mut letter = json!({
            "channel": "post", "received_on": "2026-10-30",
            "complaint": {
                "about": "algorithm", "told": "A letter.", "contact_by": "nothing", "algorithm": "burglary",
                "algorithm_version": "1.0.0", "report_reference": "r 4k7q 2m9b",
            },
        });
        let path = "/api/v1/complaints/entered";
        let refused = lea.post_json(path, &letter).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
        let entered = carla.post_json(path, &letter).await;
        assert_eq!(entered.status, StatusCode::CREATED, "{}", entered.body);
        let receipt = entered.json();
        // The thirtieth day after is a Sunday: it ends with the Monday.
        assert_eq!(receipt["acknowledge_due"], "2026-11-30T23:59:59.000000Z");
        for (day, field) in
            [("2026-02-30", "received_on"), ("1999-12-31", "received"), ("2026-12-01", "received")]
        {
            letter["received_on"] = json!(day);
            let wrong = carla.post_json(path, &letter).await;
            assert_eq!(wrong.json()["errors"][0]["field"], field, "{}", wrong.body);
        }
        let reference = receipt["reference"].as_str().unwrap();
        let brief = lea.get(&format!("/api/v1/graded/complaints/{reference}")).await;
        assert_eq!(brief.json()["report_reference"], "R-4K7Q-2M9B", "{}", brief.body);
        assert!(!brief.body.contains("A letter."), "without their words");
        // The algorithm's ethics leads to it: whole for who handles it, in brief for who answers for quality.
        let id = site.outside(|db| bluelamp_testkit::ethics::entry(db, "definition/burglary", "1.0.0"));
        let entry = lea.get(&format!("/api/v1/ethics/{id}")).await.json();
        assert_eq!(entry["complaints"][0]["href"], format!("/api/v1/graded/complaints/{reference}"));
        assert_eq!(entry["decisions"], "/api/v1/graded?definition=burglary&version=1.0.0");
        let entry = carla.get(&format!("/api/v1/ethics/{id}")).await.json();
        assert_eq!(entry["complaints"][0]["href"], format!("/api/v1/complaints/{reference}"));
        site.staff("mina", &["ethics-committee"]);
        let entry = as_who("mina", "governance").get(&format!("/api/v1/ethics/{id}")).await.json();
        assert_eq!((&entry["complaints"], &entry["dossier"]["complaints"]), (&json!([]), &json!(1)));
        let mut desk = site.visitor();
        let fields = [("username", "lea"), ("password", "three sleepy lamps"), ("purpose", "governance")];
        desk.fill("/sign-in", &fields).await;
        let page = sound("ethics-came-of-it", desk.get("/desk/ethics/definition/burglary").await);
        assert!(
            page.body.contains(&format!("href=\"/desk/graded/complaints/{reference}\""))
                && page.body.contains("/desk/graded?definition=burglary&amp;version=1.0.0"),
            "{}",
            page.body
        );
        let chain = sound("graded-as-typed", desk.get("/desk/graded?report=r4k7q2m9b").await);
        assert!(chain.body.contains("Decisions about R-4K7Q-2M9B"));
    });
}

#[test]
fn complaints_from_one_address_have_a_limit() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let site = Site::new(Engine::Sqlite, Limits { reports: 2, ..NO_LIMITS });
    runtime.block_on(async {
        let body = json!({ "about": "other", "told": "Again.", "contact_by": "nothing" });
        let mut v = site.visitor();
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(v.post_json("/api/v1/complaints", &body).await.status.as_u16());
        }
        assert_eq!(statuses, [201, 201, 503]);
    });
}
