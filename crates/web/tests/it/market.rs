//! Skills, market, challenges and the Service Standard: as pages, by program, for the public.

use crate::desk::{on_both, signed_in, sound};
use crate::site::{Site, Visitor};
use axum::http::StatusCode;
use bluelamp_model::authority::Actor;
use bluelamp_steward::{
    challenge::{NewEntry, open, receive},
    entry::{create, known},
    service_standard::{Told, take_up},
};
use serde_json::{Value, json};

/// Writes entries down as somebody of the programme office who is not met again.
fn written(site: &Site, all: &[(&'static str, &'static str, Value)]) -> Actor {
    let id = site.outside(|_| site.staff("other.office", &["programme-office"]));
    let who = Actor::staff(id, vec!["programme-office".into()], "strategy");
    for (register, code, fields) in all {
        let register = known(register).unwrap();
        let body = register.read_json(fields).unwrap_or_else(|e| panic!("{code}: {e:?}"));
        let code = (*code).to_owned();
        site.outside(|db| db.write(&who, move |cx| create(cx, register, &code, &body, ""))).unwrap();
    }
    who
}

fn fields() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("organisation", "borset", json!({ "title": "Borset", "kind": "force" })),
        ("role", "officer", json!({ "title": "Officer <b>", "posts": 10, "filled": 8, "key": true })),
        ("skill", "evidence", json!({ "title": "Evidence", "about": "Keeps it." })),
        (
            "role-skill",
            "need",
            json!({ "title": "Needs it", "role": "officer", "skill": "evidence", "level": "2", "phase": "R1" }),
        ),
        (
            "held-skill",
            "has",
            json!({ "title": "Has it", "role": "officer", "skill": "evidence", "level": "2", "people": 4,
                    "judged_by": "self", "evidence": "Asked", "judged": "2026-03-01", "expires": "2026-12-01" }),
        ),
        (
            "action-skill",
            "deed",
            json!({ "title": "Open it", "code": "evidence.open", "skill": "evidence", "level": "4", "why": "It can be lost." }),
        ),
        (
            "signal",
            "drones",
            json!({ "title": "Quiet drones & co", "sector": "devices", "ring": "phase-out", "maturity": "early",
                    "significance": "medium", "source": "A fair", "about": "Searches.", "owner": "Search lead",
                    "noticed": "2026-10-01", "review": "2026-11-01", "phase_out": "2026-11-02" }),
        ),
        ("supplier", "larkfield", json!({ "title": "Larkfield", "relationship": "new", "owner": "Buyer" })),
        (
            "framework",
            "soon",
            json!({ "title": "Ending framework", "reference": "F1", "owner": "Buyer", "ends": "2026-12-31", "suppliers": ["larkfield"] }),
        ),
        (
            "product",
            "vault",
            json!({ "title": "Vault", "supplier": "larkfield", "about": "Keeps.", "capabilities": ["national-2020:C03"],
                    "conformance": 80, "frameworks": ["soon"] }),
        ),
        (
            "item",
            "store",
            json!({ "title": "A store", "kind": "service", "summary": "Keeps.", "organisation": "borset", "sourcing": "buy",
                    "capabilities": ["national-2020:C03"], "cost_once": 1000 }),
        ),
        (
            "challenge",
            "risk",
            json!({ "title": "See risk sooner", "brief": "Who is at risk?", "criteria": ["Help", "Fairness"],
                    "opens": "2026-11-22", "closes": "2026-11-22", "ethics": "Looked at." }),
        ),
    ]
}

#[test]
fn skills_show_what_is_missing_and_what_expires_to_who_keeps_them() {
    on_both(&async |site: &Site| {
        written(site, &fields());
        let mut office = signed_in(site, "olive", &["programme-office"], "strategy").await;
        let page = sound("skills", office.get("/desk/skills").await);
        assert_eq!(page.status, StatusCode::OK);
        for words in [
            "Level 2: 4 of 10",
            "6 missing",
            "4 by themselves",
            "2026-12-01",
            "Nobody has it",
            "2 vacant",
            "Officer &lt;b&gt;",
        ] {
            assert!(page.body.contains(words), "{words} in {}", page.body);
        }
        let page = sound("skills-before", office.get("/desk/skills?phase=R0").await);
        assert!(page.body.contains("not yet"));
        assert_eq!(office.get("/desk/skills?phase=R9").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let file = office.get("/desk/skills.csv").await;
        assert!(file.body.contains("Officer <b>,Evidence,R1,2,10,0,0,4,6,10,\r\n"), "{}", file.body);
        let mut api = site.visitor();
        api.token = Some(site.outside(|_| site.token("olive", "strategy")));
        let told = api.get("/api/v1/skills").await.json();
        assert_eq!(told["missing"], json!({ "R0": 0.0, "R1": 6.0, "R2": 6.0, "R3": 6.0 }));
        // Counts of a small role can tell of a person.
        let mut lead = signed_in(site, "rita", &["risk-lead"], "strategy").await;
        for path in ["/desk/skills", "/desk/skills.csv"] {
            assert_eq!(lead.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    });
}

#[test]
fn what_points_at_an_entry_is_told_to_those_who_may_read_it_and_a_way_is_shown_only_where_it_is_open() {
    on_both(&async |site: &Site| {
        let mut all = fields()[..5].to_vec();
        all.push((
            "item",
            "lamps",
            json!({ "title": "Lamps", "kind": "service", "summary": "Lamps for all.", "organisation": "borset" }),
        ));
        all.push((
            "benefit",
            "sooner",
            json!({ "title": "Sooner", "item": "lamps", "sort": "qualitative", "measure": "Complaints", "owner": "Lead",
                    "complaints": ["C-2026-0001"], "algorithms": ["definition/burglary"] }),
        ));
        written(site, &all);
        let mut office = signed_in(site, "olive", &["programme-office"], "strategy").await;
        let mut officer = signed_in(site, "carl", &["contact-officer"], "strategy").await;
        let role = "/desk/registers/role/officer";
        assert!(office.get(role).await.body.contains("/desk/registers/held-skill/has"));
        let seen = officer.get(role).await.body;
        assert!(seen.contains("/desk/registers/role-skill/need"), "what they may read is there");
        assert!(!seen.contains("held-skill") && !seen.contains("Has it"), "nor its name");
        // The office sees assessments of algorithms and no decisions; the lead sees both.
        let mut lead = signed_in(site, "rita", &["risk-lead"], "strategy").await;
        let ways = ["/desk/graded/complaints/C-2026-0001", "/desk/ethics/definition/burglary"];
        for (who, open) in
            [(&mut office, [false, true]), (&mut lead, [true, true]), (&mut officer, [false, false])]
        {
            let seen = who.get("/desk/registers/benefit/sooner").await.body;
            assert!(seen.contains("C-2026-0001"), "that there is one may be known");
            assert_eq!(ways.map(|way| seen.contains(way)), open, "{seen}");
        }
    });
}

#[test]
fn the_market_shows_its_radar_with_a_table_and_makes_a_proposal_of_a_signal() {
    on_both(&async |site: &Site| {
        written(site, &fields());
        let mut officer = signed_in(site, "carl", &["contact-officer"], "strategy").await;
        let page = sound("market", officer.get("/desk/market").await);
        for words in [
            "Quiet drones &amp; co. Phase out, First products. Owner: Search lead. Review overdue.",
            "href=\"#signal-drones\"",
            "id=\"signal-drones\"",
            "Ends soon",
            "80%",
            "£1,000 once",
            "Nobody has said",
        ] {
            assert!(page.body.contains(words), "{words} in {}", page.body);
        }
        let csrf = page.hidden("csrf");
        let forged = officer.post("/desk/market/drones", &[("csrf", "x"), ("version", "1")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        let done = officer.post("/desk/market/drones", &[("csrf", &csrf), ("version", "1")]).await;
        assert_eq!(done.location(), "/desk/market#signal-drones", "{}", done.body);
        let page = sound("market-proposed", officer.get("/desk/market").await);
        assert!(
            page.body.contains("/desk/registers/item/quiet-drones-co")
                && !page.body.contains("Make a proposal")
        );
        let again = officer.post("/desk/market/drones", &[("csrf", &csrf), ("version", "2")]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        let mut api = site.visitor();
        api.token = Some(site.outside(|_| site.token("carl", "strategy")));
        let told = api.get("/api/v1/market").await.json();
        assert_eq!(told["signals"][0]["item"], "quiet-drones-co");
        assert_eq!(told["demand"][0]["capability"], "national-2020:C03");
        let late = api.post_json("/api/v1/market/signals/drones/proposal", &json!({ "version": 2 })).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        let mut auditor = signed_in(site, "ada", &["auditor"], "oversight").await;
        assert_eq!(auditor.get("/desk/market").await.status, StatusCode::FORBIDDEN);
    });
}

const HERE: &str = "/desk/challenges/risk";

async fn scored(v: &mut Visitor<'_>, a: &str, why: &str) -> crate::site::Answered {
    let csrf = v.get(HERE).await.hidden("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("entry", "risk-01"),
        ("risk-01-score-0", a),
        ("risk-01-reason-0", why),
        ("risk-01-score-1", "3"),
        ("risk-01-reason-1", "It is fair."),
    ];
    v.post(&format!("{HERE}/score"), &fields).await
}

#[test]
fn a_challenge_goes_from_the_brief_to_an_award_on_the_desk() {
    on_both(&async |site: &Site| {
        written(site, &fields());
        let mut office = signed_in(site, "olive", &["programme-office"], "strategy").await;
        let page = sound("challenge-draft", office.get(HERE).await);
        let fields = [("csrf", &*page.hidden("csrf")), ("version", &*page.hidden("version"))];
        assert_eq!(office.post(&format!("{HERE}/open"), &fields).await.location(), HERE);
        let page = sound("challenge-open", office.get(HERE).await);
        let csrf = page.hidden("csrf");
        let naming = [
            ("csrf", csrf.as_str()),
            ("sender", "Larkfield Analytics"),
            ("contact", "bids@larkfield.example.com"),
            ("proposal", "Larkfield Analytics asks."),
        ];
        let wrong = sound("challenge-entry-wrong", office.post(&format!("{HERE}/entry"), &naming).await);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.body.contains("The proposal names who sent it")
                && wrong.body.contains("value=\"Larkfield Analytics\"")
        );
        let mut good = naming;
        good[3].1 = "Questions <i>instead</i> of a number.";
        assert_eq!(office.post(&format!("{HERE}/entry"), &good).await.location(), HERE);
        let page = sound("challenge-received", office.get(HERE).await);
        assert!(page.body.contains("Questions &lt;i&gt;") && !page.body.contains("Larkfield"));
        let early = office
            .post(&format!("{HERE}/close"), &[("csrf", &csrf), ("version", &page.hidden("version"))])
            .await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        let public = sound("challenges-public", site.visitor().get("/challenges").await);
        assert!(public.body.contains("See risk sooner") && !public.body.contains("Larkfield"));

        site.test.pass_seconds(86_400);
        let mut office = signed_in_again(site, "olive").await;
        let page = office.get(HERE).await;
        let fields = [("csrf", &*page.hidden("csrf")), ("version", &*page.hidden("version"))];
        assert_eq!(office.post(&format!("{HERE}/close"), &fields).await.location(), HERE);
        let page = sound("challenge-scoring-hindered", office.get(HERE).await);
        assert!(page.body.contains("you took this entry in and know who sent it"));

        let mut chief = signed_in(site, "cora", &["accountable-officer"], "strategy").await;
        let page = sound("challenge-withheld", chief.get(HERE).await);
        assert!(page.body.contains("not every entry has been scored by 2 people yet"));
        for name in ["rita", "sue"] {
            let mut lead = signed_in(site, name, &["risk-lead"], "strategy").await;
            sound("challenge-scoring", lead.get(HERE).await);
            let wrong = sound("challenge-score-wrong", scored(&mut lead, "7", "").await);
            assert!(wrong.body.contains("Give ‘Help’ a score from 0 to 5"), "{}", wrong.body);
            assert_eq!(scored(&mut lead, "4", "It asks.").await.location(), HERE);
            let page = sound("challenge-scored", lead.get(HERE).await);
            assert!(page.body.contains("You have scored it") && !page.body.contains("Larkfield"));
        }
        let page = sound("challenge-deciding", chief.get(HERE).await);
        assert!(page.body.contains("median and range by criterion"));
        let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
        let nothing = [("csrf", csrf.as_str()), ("version", version.as_str())];
        let wrong = sound("challenge-award-wrong", chief.post(&format!("{HERE}/award"), &nothing).await);
        assert!(wrong.body.contains("Choose an entry, or that none wins"));
        let won = [
            ("csrf", csrf.as_str()),
            ("version", version.as_str()),
            ("entry", "risk-01"),
            ("reasons", "It asks and does not decide."),
        ];
        assert_eq!(chief.post(&format!("{HERE}/award"), &won).await.location(), HERE);
        let page = sound("challenge-awarded", chief.get(HERE).await);
        assert!(
            page.body.contains("Larkfield Analytics")
                && page.body.contains("/desk/registers/item/see-risk-sooner")
        );
        let public = sound("challenges-awarded", site.visitor().get("/challenges").await);
        assert!(public.body.contains("Awarded to <strong>Larkfield Analytics"), "{}", public.body);
        sound("challenges", chief.get("/desk/challenges").await);
    });
}

/// Signs in once more: a day later the session has ended.
async fn signed_in_again<'a>(site: &'a Site, username: &str) -> Visitor<'a> {
    let mut v = site.visitor();
    let fields = [("username", username), ("password", "three sleepy lamps"), ("purpose", "strategy")];
    assert_eq!(v.fill("/sign-in", &fields).await.status, StatusCode::SEE_OTHER);
    v
}

#[test]
fn a_challenge_goes_its_way_by_program_too() {
    on_both(&async |site: &Site| {
        let other = written(site, &fields());
        site.outside(|db| {
            db.write(&other, |cx| {
                open(cx, "risk", 1)?;
                let new = NewEntry {
                    sender: "Brookmere Digital".into(),
                    contact: "b@example.com".into(),
                    proposal: "A number.".into(),
                    price: String::new(),
                };
                receive(cx, "risk", &new)
            })
        })
        .unwrap();
        let mut by = std::collections::BTreeMap::new();
        for (name, role) in [
            ("olive", "programme-office"),
            ("rita", "risk-lead"),
            ("sue", "supervisor"),
            ("cora", "accountable-officer"),
        ] {
            site.outside(|_| site.staff(name, &[role]));
            let mut v = site.visitor();
            v.token = Some(site.outside(|_| site.token(name, "strategy")));
            by.insert(name, v);
        }
        let api = "/api/v1/challenges/risk";
        let hand_in = json!({ "sender": "Larkfield", "contact": "l@example.com", "proposal": "Questions.", "price": "£5,000" });
        let made = by.get_mut("olive").unwrap().post_json(&format!("{api}/entries"), &hand_in).await;
        assert_eq!(
            (made.status, made.json()["entry"].clone()),
            (StatusCode::CREATED, json!("risk-02")),
            "{}",
            made.body
        );
        site.test.pass_seconds(86_400);
        // A token lasts a day: the next ones.
        for (name, v) in &mut by {
            v.token = Some(site.outside(|_| site.token(name, "strategy")));
        }
        let seen = by.get_mut("olive").unwrap().get(api).await.json();
        let closed = by
            .get_mut("olive")
            .unwrap()
            .post_json(&format!("{api}/close"), &json!({ "version": seen["version"] }))
            .await;
        assert_eq!(closed.status, StatusCode::NO_CONTENT, "{}", closed.body);
        let sheet =
            json!({ "scores": [{ "score": 4, "reason": "Asks." }, { "score": 2, "reason": "Fair." }] });
        for name in ["rita", "sue"] {
            for entry in ["risk-01", "risk-02"] {
                let done = by
                    .get_mut(name)
                    .unwrap()
                    .post_json(&format!("{api}/entries/{entry}/scores"), &sheet)
                    .await;
                assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
            }
        }
        let odd = json!({ "scores": [{ "score": 9, "reason": "" }] });
        let wrong =
            by.get_mut("rita").unwrap().post_json(&format!("{api}/entries/risk-01/scores"), &odd).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let own =
            by.get_mut("olive").unwrap().post_json(&format!("{api}/entries/risk-02/scores"), &sheet).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN);
        let declared = by
            .get_mut("olive")
            .unwrap()
            .post_json(&format!("{api}/entries/risk-01/conflict"), &json!({ "about": "I know them." }))
            .await;
        assert_eq!(declared.status, StatusCode::NO_CONTENT, "{}", declared.body);
        let results = by.get_mut("cora").unwrap().get(&format!("{api}/results")).await.json();
        assert_eq!(results["results"][0]["criteria"][0]["median"], 4.0);
        let version = by.get_mut("cora").unwrap().get(api).await.json()["version"].clone();
        let ends = json!({ "version": version, "entry": "risk-02", "reasons": "It asks." });
        let won = by.get_mut("cora").unwrap().post_json(&format!("{api}/award"), &ends).await;
        assert_eq!((won.status, won.json()["item"].clone()), (StatusCode::CREATED, json!("see-risk-sooner")));
        let public = site.visitor().get("/api/v1/published/challenges").await.json();
        assert_eq!(public["challenges"][0]["winner"], "Larkfield");
        assert_eq!(public["challenges"][0]["stage"], "awarded");
    });
}

#[test]
fn the_service_standard_is_shown_for_each_service_and_published_for_this_platform() {
    on_both(&async |site: &Site| {
        written(site, &fields());
        let early = site.visitor().get("/service-standard").await;
        assert_eq!(early.status, StatusCode::NOT_FOUND);
        let text = include_str!("../../../../data/standards/service-standard.toml");
        let told = Told::parse("service-standard.toml", text).unwrap();
        site.outside(|db| db.write(&Actor::system(), move |cx| take_up(cx, &told))).unwrap();
        let public = sound("service-standard", site.visitor().get("/service-standard").await);
        assert_eq!(public.body.matches("govuk-table__row").count(), 15);
        assert!(!public.body.contains("/desk/"), "nothing leads the public to the desk");
        let mut office = signed_in(site, "olive", &["programme-office"], "strategy").await;
        let list = sound("services", office.get("/desk/services").await);
        assert!(list.body.contains("/desk/services/bluelamp") && list.body.contains("/desk/services/store"));
        let page = sound("service", office.get("/desk/services/store").await);
        assert_eq!(page.body.matches("govuk-tag--grey").count(), 14, "{}", page.body);
        assert_eq!(office.get("/desk/services/none").await.status, StatusCode::NOT_FOUND);
        let mut api = site.visitor();
        api.token = Some(site.outside(|_| site.token("olive", "strategy")));
        let told = api.get("/api/v1/services/bluelamp").await.json();
        assert_eq!(told["points"].as_array().unwrap().len(), 14);
        assert_eq!(api.get("/api/v1/services").await.json()["services"].as_array().unwrap().len(), 2);
    });
}
