//! What has to be looked at again, and the quality of decisions: pages with numbers that are known beforehand.

use crate::{
    desk::{on_both, report, signed_in, sound},
    site::{Site, Visitor},
};
use axum::http::{StatusCode, header};
use bluelamp_access::algorithm::State;
use bluelamp_model::{Id, authority::Actor};
use bluelamp_store::Cx;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

/// The text of a shipped definition.
fn shipped(id: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/definitions");
    std::fs::read_to_string(folder.join(id).join("1.0.0.md")).unwrap()
}

/// The definition that hides its result at first, under a version of its own: the shipped one may be held already.
pub(crate) fn hiding_version() -> String {
    shipped("domestic-abuse").replace("version: 1.0.0", "version: 1.0.9")
}

/// The shipped burglary definition under another version, without clocks and triggers, whatever it is shipped with: so
/// that the numbers here are known beforehand.
fn plain_version(version: &str) -> String {
    let text = shipped("burglary").replace("version: 1.0.0", &format!("version: {version}"));
    let without = ["review:", "triggers:", "supervisor_within:"];
    let lines = text.lines().filter(|l| !without.iter().any(|key| l.starts_with(key)));
    lines.map(|l| format!("{l}\n")).collect()
}

/// A later version of it: keys from a home are MEDIUM instead of HIGH, grades have a clock, whatever happens calls for
/// another look, and the first action is required.
pub(crate) fn later_version(version: &str) -> String {
    let mut text = plain_version(version);
    let mut change = |from: &str, to: &str| {
        assert!(text.contains(from), "the shipped definition has no '{from}' any more");
        text = text.replace(from, to);
    };
    change(
        "grades: [STANDARD, MEDIUM, HIGH]\n",
        "grades: [STANDARD, MEDIUM, HIGH]\nreview: {STANDARD: 28 d, MEDIUM: 7 d, HIGH: 24 h}\n\
         triggers: [new-fact, linked-incident, repeat-call, breach]\nsupervisor_within: 4 h\n",
    );
    change("\"HIGH\" | \"burglary-keys-home\"", "\"MEDIUM\" | \"burglary-keys-home\"");
    change(
        "dwelling: true, firearm keys taken: true | HIGH | none | HIGH |",
        "dwelling: true, firearm keys taken: true | MEDIUM | none | MEDIUM |",
    );
    change(
        "| role | safeguarding |\n|---|---|---|---|---|",
        "| role | must | safeguarding |\n|---|---|---|---|---|---|",
    );
    change("| reduce |", "| - | reduce |");
    change("| remove |", "| - | remove |");
    change(
        "| 24 h | call handler | - | reduce |\n| STANDARD | Ask",
        "| 24 h | call handler | yes | reduce |\n| STANDARD | Ask",
    );
    text
}

/// Two people with accounts of their own who let definitions go live.
pub(crate) struct Governors {
    lead: Actor,
    chief: Actor,
}

impl Governors {
    /// Two people with accounts, who have let the plain version go live.
    fn begin(site: &Site) -> Self {
        site.outside(|_| {
            site.staff("rita", &["risk-lead"]);
            site.staff("ace", &["accountable-officer"])
        });
        let governors = Self::of(site, "rita", "ace");
        governors.ask(site, &plain_version("1.0.1"));
        governors.agree(site, "burglary", "1.0.1");
        work(site);
        governors
    }

    pub(crate) fn of(site: &Site, lead: &str, chief: &str) -> Self {
        let id = |username: &str| -> Id {
            let sql = format!("select id from account where username = '{username}'");
            site.outside(|db| db.credential_rows(&sql, &[]).unwrap()[0].get(0).unwrap())
        };
        Self {
            lead: Actor::staff(id(lead), vec!["risk-lead".into()], "governance"),
            chief: Actor::staff(id(chief), vec!["accountable-officer".into()], "governance"),
        }
    }

    /// Writes a text, puts it into shadow and asks that it go live: one after the other, as people do.
    pub(crate) fn ask(&self, site: &Site, text: &str) {
        let (shelf, text) = (Arc::clone(&site.shelf), text.to_owned());
        let write = move |cx: &mut Cx<'_>| bluelamp_casework::write(cx, &shelf, &text);
        let held = site.outside(|db| db.write(&self.lead, write)).unwrap();
        let (shelf, v) = (Arc::clone(&site.shelf), held.clone());
        let shadow = move |cx: &mut Cx<'_>| {
            bluelamp_casework::to_shadow(cx, &shelf, &v.definition, &v.version, "For tests.")
        };
        site.outside(|db| db.write(&self.lead, shadow)).unwrap();
        let id = site.outside(|db| {
            bluelamp_testkit::ethics::entry(db, &format!("definition/{}", held.definition), &held.digest)
        });
        site.outside(|db| bluelamp_testkit::ethics::approve(db, &[id], State::Operational, 300));
        self.ask_for(site, &held.definition, &held.version);
    }

    /// Asks that what is in shadow go live.
    pub(crate) fn ask_for(&self, site: &Site, id: &str, version: &str) {
        let (shelf, id, version) = (Arc::clone(&site.shelf), id.to_owned(), version.to_owned());
        let ask = move |cx: &mut Cx<'_>| {
            bluelamp_casework::ask_live(cx, &shelf, &id, &version, "For tests.").map(drop)
        };
        site.outside(|db| db.write(&self.lead, ask)).unwrap();
    }

    /// Lets a version that was asked for go live.
    pub(crate) fn agree(&self, site: &Site, id: &'static str, version: &'static str) {
        let shelf = Arc::clone(&site.shelf);
        let agree = move |cx: &mut Cx<'_>| bluelamp_casework::go_live(cx, &shelf, id, version, "For tests.");
        site.outside(|db| db.write(&self.chief, agree)).unwrap();
    }
}

/// Does the jobs that wait, as the worker does; those that send only say that they have.
pub(crate) fn work(site: &Site) {
    use bluelamp_model::authority::{Verb, action};
    site.outside(|db| {
        loop {
            let jobs = db.claim_jobs(100, 60).unwrap();
            if jobs.is_empty() {
                return;
            }
            for job in jobs {
                let shelf = Arc::clone(&site.shelf);
                db.write(&Actor::system(), move |cx| match job.kind.as_str() {
                    "assess" => bluelamp_casework::assess(cx, &job, &shelf, "borsetshire-police"),
                    "retriage" => bluelamp_casework::retriage(cx, &job, &shelf),
                    "algorithm-changed" => bluelamp_casework::algorithm_changed(cx, &job, &shelf),
                    "send" => {
                        let id: Id = serde_json::from_str(&job.data).unwrap();
                        cx.allow(action::MESSAGE_SEND, Some(id))?;
                        cx.mark_sent(id)?;
                        cx.record(Verb::Disclose, "message", Some(id), json!({ "sent": true }))?;
                        cx.finish_job(&job)
                    }
                    other => panic!("a job of the kind '{other}': say here how it is done"),
                })
                .unwrap();
            }
        }
    });
}

/// Decides by the API, on the version that is there now; gives the answer.
async fn decide(officer: &mut Visitor<'_>, id: &str, said: Value) -> (StatusCode, Value) {
    let path = format!("/api/v1/reports/{id}");
    let version = officer.get(&path).await.json()["report"]["version"].clone();
    let mut body = json!({ "outcome": "close", "reasons": "Read and weighed.", "version": version });
    for (name, value) in said.as_object().unwrap() {
        body[name] = value.clone();
    }
    let answer = officer.post_json(&format!("{path}/decision"), &body).await;
    (answer.status, answer.json())
}

/// The parts of a page that begin with a mark, each up to the next.
fn parts<'a>(html: &'a str, mark: &str) -> Vec<&'a str> {
    html.split(mark).skip(1).collect()
}

/// The tag of the first link to an address.
fn read_link(html: &str, href: &str) -> String {
    let mut tags = html.split("<a ").skip(1).filter_map(|t| t.split('>').next());
    tags.find(|t| t.contains(&format!("href=\"{href}\""))).unwrap_or_default().to_owned()
}

/// What somebody reads of a piece of a page.
fn read(html: &str) -> String {
    let bare: String =
        html.split('<').map(|p| p.split_once('>').map_or(p, |(_, text)| text)).collect::<Vec<_>>().join(" ");
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_quality_of_decisions_is_counted_by_definition_and_says_what_it_can() {
    on_both(&async |site: &Site| {
        Governors::begin(site);
        site.outside(|_| site.staff("olive", &["contact-officer"]));
        let mut officer = site.visitor();
        officer.token = Some(site.outside(|_| site.token("olive", "contact")));
        // Five whose floor is HIGH, and two that are at least MEDIUM with a question open.
        let mut ids = Vec::new();
        for _ in 0..5 {
            ids.push(report(site, "burglary", json!({})).await);
        }
        let unsure = json!({ "firearm_keys_taken": "no", "occupant_present": "not-sure", "vulnerable_occupant": "not-sure" });
        for _ in 0..2 {
            ids.push(report(site, "burglary", unsure.clone()).await);
        }
        work(site);
        // And one on which somebody decides before anything was proposed.
        let early = report(site, "antisocial-behaviour", json!({})).await;
        let (status, said) = decide(&mut officer, &early, json!({})).await;
        assert_eq!(status, StatusCode::CREATED, "{said}");
        work(site);
        let low = |grade: &str, code: &str| json!({ "grade": grade, "lower_code": code, "lower_reason": "The keys were found." });
        let given = [
            json!({ "grade": "HIGH" }),
            json!({ "grade": "HIGH", "outcome": "open-case" }),
            json!({ "grade": "HIGH", "outcome": "refer" }),
            low("MEDIUM", "managed"),
            low("STANDARD", "fact-wrong"),
            json!({ "grade": "HIGH" }),
            json!({ "grade": "MEDIUM" }),
        ];
        for (id, said) in ids.iter().zip(given) {
            site.test.pass_seconds(600);
            let (status, answer) = decide(&mut officer, id, said).await;
            assert_eq!(status, StatusCode::CREATED, "{answer}");
        }
        // Asking for more is no decision yet.
        let more = report(site, "burglary", json!({})).await;
        work(site);
        let (status, _) =
            decide(&mut officer, &more, json!({ "outcome": "ask-more", "grade": "HIGH" })).await;
        assert_eq!(status, StatusCode::CREATED);

        // Two grades are below the floor. A supervisor looks at one in time, and at the other not yet.
        let mut supervisor = signed_in(site, "sue", &["supervisor"], "contact").await;
        let list = supervisor.get("/desk/reviews?cause=below-floor").await;
        assert!(list.body.contains("2 reviews"), "{}", list.body);
        let (lowered, reference) = (&ids[3], "managed");
        supervisor.token = Some(site.outside(|_| site.token("sue", "contact")));
        let path = format!("/api/v1/reports/{lowered}");
        let view = supervisor.get(&path).await.json();
        let review = view["reviews"][0]["id"].as_str().unwrap();
        let body = json!({ "version": view["report"]["version"], "grade": "HIGH", "reasons": "Looked at it with her." });
        let answered = supervisor.post_json(&format!("/api/v1/reviews/{review}"), &body).await;
        assert_eq!(answered.status, StatusCode::CREATED, "{reference}: {}", answered.body);
        site.test.pass_seconds(5 * 3600);
        let mut supervisor = signed_in(site, "sam", &["supervisor"], "contact").await;

        let page = sound("quality", supervisor.get("/desk/quality").await);
        let sections = parts(&page.body, "<section class=\"bl-quality\"");
        assert_eq!(sections.len(), 3, "burglary, what nothing was proposed for, and what it all means");
        let burglary = read(sections[0]);
        for words in [
            "Burglary 7 reports were decided on. Of so few, a share says little",
            "Agreed The grade is the proposed floor 4 of 7 57% 25% to 84%",
            "Raised The grade is above the floor 1 of 7 14% 3% to 51%",
            "Lowered The grade is below the floor 2 of 7 29% 8% to 64%",
            "Decided while open A question that nobody had answered could have raised the grade 2 of 7 29% 8% to 64%",
            "1 A fact behind it is wrong or was misunderstood",
            "1 The risk is being managed already",
            "Median time to decide 40 min",
            "Nine of ten within 1 h 10 min",
            "Reviews due 2 Done in time 1 Done late 0 Overdue 1 Median delay of reviews in time",
        ] {
            assert!(burglary.contains(words), "{words}\n{burglary}");
        }
        let nothing = read(sections[1]);
        assert!(
            nothing.contains("Reports of which nothing was proposed 1 report was decided on."),
            "{nothing}"
        );
        assert!(!nothing.contains("Agreed"), "there is nothing to agree with: {nothing}");
        assert!(read(sections[2]).contains("no error"));
        // Nobody is named, and nothing is counted by person.
        let main = page.body.split("<main").nth(1).unwrap();
        assert!(page.body.contains("there is no figure by person"));
        for name in ["OLIVE", "olive", "SUE Example"] {
            assert!(!main.contains(name), "{name}");
        }

        // The same to be worked on elsewhere.
        let file = supervisor.get("/desk/quality.csv?days=7").await;
        assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8; header=present");
        assert_eq!(
            file.headers[header::CONTENT_DISPOSITION],
            "attachment; filename=\"decision-quality-7-days.csv\""
        );
        let lines: Vec<Vec<&str>> = file.body.lines().map(|l| l.split(',').collect()).collect();
        assert_eq!(lines.len(), 3, "{}", file.body);
        let cell = |line: usize, name: &str| lines[line][lines[0].iter().position(|n| *n == name).unwrap()];
        let known = [
            ("definition", "burglary"),
            ("decisions", "7"),
            ("agreed", "4"),
            ("agreed_share", "0.5714"),
            ("agreed_low", "0.2505"),
            ("agreed_high", "0.8418"),
            ("raised", "1"),
            ("lowered", "2"),
            ("open", "2"),
            ("median_minutes", "40"),
            ("nine_tenths_minutes", "70"),
            ("lowered_fact_wrong", "1"),
            ("lowered_managed", "1"),
            ("lowered_other_incident", "0"),
            ("reviews_due", "2"),
            ("reviews_in_time", "1"),
            ("reviews_overdue", "1"),
            ("median_lag_minutes", "0"),
        ];
        for (name, value) in known {
            assert_eq!(cell(2, name), value, "{name}\n{}", file.body);
        }
        assert_eq!((cell(1, "definition"), cell(1, "decisions"), cell(1, "agreed_share")), ("", "1", ""));

        // A period in which nothing happened, and periods that there are not.
        site.test.pass_seconds(40 * 86_400);
        let mut supervisor = signed_in(site, "stan", &["supervisor"], "investigation").await;
        let empty = sound("quality-empty", supervisor.get("/desk/quality?days=7").await);
        assert!(empty.body.contains("Nothing was decided and no review came due"), "{}", empty.body);
        assert!(read(&supervisor.get("/desk/quality?days=90").await.body).contains("4 of 7 57%"));
        for days in ["8", "-7", "all", "30.0"] {
            for path in ["/desk/quality", "/desk/quality.csv"] {
                let wrong = supervisor.get(&format!("{path}?days={days}")).await;
                assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {days}");
            }
        }
        // Who has no business with it neither sees it nor is led to it.
        let mut officer = signed_in(site, "oscar", &["contact-officer"], "contact").await;
        assert!(!officer.get("/desk/reports").await.body.contains("/desk/quality"));
        for path in ["/desk/quality", "/desk/quality.csv"] {
            assert_eq!(officer.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for (name, role, purpose) in [
            ("rosa", "risk-lead", "governance"),
            ("art", "accountable-officer", "governance"),
            ("aud", "auditor", "oversight"),
        ] {
            let mut v = signed_in(site, name, &[role], purpose).await;
            assert_eq!(v.get("/desk").await.location(), "/desk/quality");
            assert_eq!(v.get("/desk/quality").await.status, StatusCode::OK, "{role}");
        }
    });
}

#[test]
fn what_has_to_be_looked_at_again_is_listed_by_cause_and_the_late_first() {
    on_both(&async |site: &Site| {
        let mut officer = signed_in(site, "olive", &["contact-officer"], "contact").await;
        let empty = sound("reviews-empty", officer.get("/desk/reviews").await);
        assert!(empty.body.contains("No report waits for another look.") && empty.body.contains("All (0)"));
        assert!(read_link(&empty.body, "/desk/reviews").contains("aria-current=\"page\""), "{}", empty.body);

        // Under the first version: one as proposed, one below the floor.
        let governors = Governors::begin(site);
        officer.token = Some(site.outside(|_| site.token("olive", "contact")));
        let (first, second) =
            (report(site, "burglary", json!({})).await, report(site, "burglary", json!({})).await);
        work(site);
        let high = json!({ "grade": "HIGH", "outcome": "refer" });
        assert_eq!(decide(&mut officer, &first, high.clone()).await.0, StatusCode::CREATED);
        let low =
            json!({ "grade": "STANDARD", "lower_code": "managed", "lower_reason": "Locks were changed." });
        assert_eq!(decide(&mut officer, &second, low).await.0, StatusCode::CREATED);
        // A new version says MEDIUM to both: they are put up, and keep their grades.
        governors.ask(site, &later_version("1.1.0"));
        governors.agree(site, "burglary", "1.1.0");
        work(site);
        // Under the new one: a clock, a required action that is refused, and something that happens.
        let third = report(site, "burglary", json!({})).await;
        work(site);
        let refused = json!({
            "grade": "MEDIUM", "outcome": "refer",
            "actions": [{ "definition": "burglary", "place": 0, "answer": "refuse", "reason": "Recorded already." }],
        });
        let (status, said) = decide(&mut officer, &third, refused).await;
        assert_eq!(status, StatusCode::CREATED, "{said}");
        officer.token = None;
        let csrf = officer.get("/desk/purpose").await.hidden("csrf");
        let what =
            [("csrf", csrf.as_str()), ("what", "repeat-call"), ("words", "She called again: R-0000-0001.")];
        let told = officer.post(&format!("/desk/reports/{first}/events"), &what).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.body);

        let all = sound("reviews", officer.get("/desk/reviews").await);
        for words in [
            "All (6)",
            "Time for another look (1)",
            "Graded below the floor (1)",
            "Required action refused (1)",
            "Something happened (1)",
            "New version of a definition (2)",
            "6 reviews",
            "in 7 days",
            "Takes a supervisor",
            "She called again: R-0000-0001.",
            "Refused: Record the crime and give its number.",
        ] {
            assert!(all.body.contains(words), "{words}\n{}", all.body);
        }
        let rows = parts(&all.body, "<tr class=\"govuk-table__row bl-queue__row");
        assert_eq!(rows.len(), 6);
        assert!(rows[5].contains("Time for another look"), "what is due last stands last");
        assert!(
            rows[0].contains("She called again"),
            "what happened is looked at within the hour: {}",
            rows[0]
        );
        assert!(rows.iter().all(|row| !row.contains("Overdue")), "nobody is late yet");
        assert!(rows.iter().any(|r| r.contains(&format!("href=\"/desk/reports/{third}#reviews\""))));

        // Each list holds its own, and what to triage again says by what.
        for (cause, n) in
            [("clock", 1), ("below-floor", 1), ("refused-duty", 1), ("happened", 1), ("new-version", 2)]
        {
            let page = sound(
                &format!("reviews-{cause}"),
                officer.get(&format!("/desk/reviews?cause={cause}")).await,
            );
            assert_eq!(parts(&page.body, "bl-queue__row").len(), n, "{cause}");
            assert_eq!(page.body.matches("aria-current=\"true\"").count(), 1, "{cause}");
        }
        let again = officer.get("/desk/reviews?cause=new-version").await;
        assert!(again.body.contains("burglary version 1.1.0 proposes MEDIUM; before, it was HIGH."));
        for wrong in ["nonsense", "repeat-call", "'"] {
            let answer = officer.get(&format!("/desk/reviews?cause={wrong}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        }
        // Later, everything is late.
        site.test.pass_seconds(8 * 86_400);
        let mut other = signed_in(site, "ivan", &["investigator"], "investigation").await;
        let late = sound("reviews-late", other.get("/desk/reviews").await);
        assert!(late.body.contains("6 reviews, 6 overdue"), "{}", late.body);
        assert!(late.body.contains("days late"));
        let none = other.fill("/desk/purpose", &[("purpose", "disclosure")]).await;
        assert_eq!(none.status, StatusCode::SEE_OTHER);
        assert_eq!(other.get("/desk/reviews").await.status, StatusCode::FORBIDDEN);
        // A list for which nothing waits says so, and leads to the others.
        let mut supervisor = signed_in(site, "sue", &["supervisor"], "contact").await;
        let path = format!("/desk/reports/{second}");
        supervisor.token = Some(site.outside(|_| site.token("sue", "contact")));
        let view = supervisor.get(&format!("/api/v1/reports/{second}")).await.json();
        let waits = view["reviews"].as_array().unwrap().iter().find(|r| r["cause"] == "below-floor").unwrap();
        let body = json!({ "version": view["report"]["version"], "grade": "MEDIUM", "reasons": "Locks alone do not do it." });
        let url = format!("/api/v1/reviews/{}", waits["id"].as_str().unwrap());
        let done = supervisor.post_json(&url, &body).await;
        assert_eq!(done.status, StatusCode::CREATED, "{path}: {}", done.body);
        supervisor.token = None;
        let page = sound("reviews-none-of-it", supervisor.get("/desk/reviews?cause=below-floor").await);
        assert!(page.body.contains("No report waits for another look for this reason."));
    });
}

#[test]
fn a_review_neither_replaces_the_first_decision_nor_tells_what_is_hidden() {
    on_both(&async |site: &Site| {
        let governors = Governors::begin(site);
        site.outside(|_| {
            site.staff("olive", &["contact-officer"]);
            site.staff("oscar", &["contact-officer"])
        });
        governors.ask(site, &later_version("1.1.0"));
        governors.agree(site, "burglary", "1.1.0");
        governors.ask(site, &hiding_version());
        governors.agree(site, "domestic-abuse", "1.0.9");
        let officer = |name: &str| {
            let mut v = site.visitor();
            v.token = Some(site.outside(|_| site.token(name, "contact")));
            v
        };
        let (mut olive, mut oscar) = (officer("olive"), officer("oscar"));
        let id = report(site, "burglary", json!({})).await;
        work(site);
        let (report_id, shelf): (Id, _) = (id.parse().unwrap(), Arc::clone(&site.shelf));
        let olive_id = site.outside(|db| {
            let rows = db.credential_rows("select id from account where username = 'olive'", &[]).unwrap();
            rows[0].get::<Id>(0).unwrap()
        });
        let actor = Actor::staff(olive_id, vec!["contact-officer".into()], "contact");
        site.outside(|db| {
            db.write(&actor, move |cx| {
                bluelamp_casework::consider(cx, &shelf, report_id, "domestic-abuse")?;
                bluelamp_casework::happened(cx, &shelf, report_id, "breach", "An order was broken.")
            })
        })
        .unwrap();

        // It is up for review, and nobody has graded it yet: that takes a decision.
        let path = format!("/api/v1/reports/{id}");
        let view = oscar.get(&path).await.json();
        let review = format!("/api/v1/reviews/{}", view["reviews"][0]["id"].as_str().unwrap());
        let body = json!({ "version": view["report"]["version"], "grade": "HIGH", "reasons": "Looked." });
        let refused = oscar.post_json(&review, &body).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
        assert!(refused.body.contains("first decision"), "{}", refused.body);

        // Olive grades it and asks for more; what comes in then calls for another look, and says no more than that.
        let own = olive.post_json(&format!("{path}/own-grade"), &json!({ "grade": "MEDIUM" })).await;
        assert_eq!(own.status, StatusCode::NO_CONTENT, "{}", own.body);
        let (status, said) =
            decide(&mut olive, &id, json!({ "outcome": "ask-more", "grade": "MEDIUM" })).await;
        assert_eq!(status, StatusCode::CREATED, "{said}");
        let fact = json!({ "fact": "suspect on scene", "said": true, "source": "caller" });
        let noted = olive.post_json(&format!("{path}/facts"), &fact).await;
        assert_eq!(noted.status, StatusCode::NO_CONTENT, "{}", noted.body);
        let view = oscar.get(&path).await.json();
        assert_eq!(view["report"]["hidden"], true, "{view}");
        let waits = view["reviews"].as_array().unwrap().iter().find(|r| r["cause"] == "new-fact").unwrap();
        assert_eq!(waits["detail"], "Something more is known: graded MEDIUM.");
        let review = format!("/api/v1/reviews/{}", waits["id"].as_str().unwrap());
        let body = json!({ "version": view["report"]["version"], "grade": "HIGH", "reasons": "Looked." });
        let first = oscar.post_json(&review, &body).await;
        assert_eq!(first.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", first.body);
        assert_eq!(first.json()["errors"][0]["field"], "own_grade");
        let own = oscar.post_json(&format!("{path}/own-grade"), &json!({ "grade": "HIGH" })).await;
        assert_eq!(own.status, StatusCode::NO_CONTENT, "{}", own.body);
        let version = oscar.get(&path).await.json()["report"]["version"].clone();
        let body = json!({ "version": version, "grade": "HIGH", "reasons": "Looked." });
        let answered = oscar.post_json(&review, &body).await;
        assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.body);
    });
}
