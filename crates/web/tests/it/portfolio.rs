//! The programme office's workspace, by pages and by the API.

use crate::{
    desk::{on_both, signed_in, sound},
    site::{Site, Visitor},
};
use axum::http::StatusCode;
use bluelamp_model::{Id, authority::Actor};
use bluelamp_steward::{
    entry,
    registers::{
        benefits::{BENEFIT, COST, REALISED},
        organisations::ORGANISATION,
        portfolio::{DEPENDENCY, ITEM, RAID},
    },
};
use serde_json::{Value, json};

const DOUBLE: &str = "duplicate:same-function:counter+portal";

/// Two forces with two services that double, a plan with a critical path, a risk, a benefit.
fn fill(site: &Site, by: Id) {
    let actor = Actor::staff(by, vec!["programme-office".into()], "strategy");
    let service = |title: &str, force: &str, starts: &str, ends: &str| {
        json!({
            "title": title, "kind": "project", "summary": "Victims report theft online & follow <their> report.",
            "organisation": force, "aims": ["help-people"], "elements": ["national-2020:A1.1"], "users": ["Victims"],
            "capabilities": ["national-2020:C01"], "starts": starts, "ends": ends, "owner": "Head of Digital",
            "roadmap": ["national-2020:R1.A1"], "team": title, "stage": "delivery", "status": "on-track",
        })
    };
    let all: Vec<(&'static bluelamp_steward::register::Register, &str, Value)> = vec![
        (&ORGANISATION, "borsetshire", json!({ "title": "Borsetshire Police", "kind": "force" })),
        (&ORGANISATION, "felpersham", json!({ "title": "Felpersham Police", "kind": "force" })),
        (&ITEM, "portal", service("Online reporting of theft", "borsetshire", "2027-01-01", "2027-06-30")),
        (&ITEM, "counter", service("Theft reporting online", "felpersham", "2027-07-01", "2028-12-31")),
        (
            &DEPENDENCY,
            "after",
            json!({ "title": "The portal is up", "item": "counter", "needs": "portal", "kind": "finish-to-start" }),
        ),
        (
            &RAID,
            "late",
            json!({
                "title": "The supplier is late", "kind": "risk", "item": "portal", "likelihood": "5", "impact": "5",
                "area": "delivery", "owner": "Head of Digital", "state": "open",
            }),
        ),
        (
            &BENEFIT,
            "calls",
            json!({
                "title": "Fewer calls", "item": "portal", "sort": "cash-releasing", "measure": "Calls a week",
                "unit": "calls", "baseline": 100, "target": 50, "due": "2026-11-01", "worth_yearly": 10000,
                "optimism_bias": 10, "owner": "Head of Contact", "elements": ["national-2020:A1.1"],
            }),
        ),
        (
            &REALISED,
            "calls-october",
            json!({ "title": "October", "benefit": "calls", "on": "2026-10-31", "value": 75, "evidence": "Telephony" }),
        ),
        (
            &COST,
            "portal-2026",
            json!({
                "title": "Portal", "item": "portal", "organisation": "borsetshire", "year": 2026, "amount": 30000,
                "purpose": "change", "area": "services", "outside_days": 12,
            }),
        ),
    ];
    for (register, code, body) in all {
        let body = register.read_json(&body).unwrap_or_else(|e| panic!("{code}: {e:?}"));
        let code = code.to_owned();
        site.outside(|db| db.write(&actor, move |cx| entry::create(cx, register, &code, &body, ""))).unwrap();
    }
}

async fn office<'a>(site: &'a Site) -> Visitor<'a> {
    let v = signed_in(site, "olive", &["programme-office"], "strategy").await;
    let rows = site.outside(|db| db.credential_rows("select id from account where username = 'olive'", &[]));
    let id: Id = rows.unwrap()[0].get(0).unwrap();
    fill(site, id);
    v
}

#[test]
fn the_portfolio_is_seen_as_a_whole() {
    on_both(&async |site| {
        let mut v = office(site).await;
        let page = sound("portfolio", v.get("/desk/portfolio").await);
        for part in ["The supplier is late", "href=\"/desk/registers/raid/late\"", "25", "2 items"] {
            assert!(page.body.contains(part), "{part} in {}", page.body);
        }
        let page = sound("benefits", v.get("/desk/benefits").await);
        for part in ["Overdue: 50% of the way", "£9,000", "3.5% a year", "2026/27", "not known"] {
            assert!(page.body.contains(part), "{part} in {}", page.body);
        }
        let page = sound("roadmap", v.get("/desk/roadmap").await);
        for part in [
            "<svg",
            "href=\"/desk/registers/item/portal\"",
            "A1 Seamless citizen experience",
            "Setting direction",
        ] {
            assert!(page.body.contains(part), "{part} in {}", page.body);
        }
        let path = page.body.split("id=\"critical-path\"").nth(1).unwrap();
        assert!(path.find("item/portal").unwrap() < path.find("item/counter").unwrap(), "in their order");
        assert!(!page.body.contains("<their>"), "what people wrote is escaped");
        for (file, first) in [
            ("portfolio", "Items by stage and status\r\n"),
            ("benefits", "Benefit by benefit\r\n"),
            ("roadmap", "Items of the roadmap\r\n"),
            ("findings", "Gaps\r\n"),
        ] {
            let table = v.get(&format!("/desk/{file}.csv")).await;
            assert!(table.body.starts_with(first), "{}", table.body);
            assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
        }
        assert_eq!(v.get("/desk/roadmap?strategy=none").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_finding_is_confirmed_or_rejected_on_its_page() {
    on_both(&async |site| {
        let mut v = office(site).await;
        let page = sound("findings", v.get("/desk/findings?kind=duplicate").await);
        assert!(page.body.contains("seem to do the same for the same people"), "{}", page.body);
        assert!(page.body.contains("Duplicates (1)") && page.body.contains("Words in common"));
        let (csrf, seen) = (page.hidden("csrf"), page.hidden("seen"));
        let with = |more: &[(&'static str, &'static str)]| {
            let mut all: Vec<(String, String)> =
                [("csrf", &*csrf), ("finding", DOUBLE), ("seen", &*seen), ("kind", "duplicate")]
                    .map(|(n, v)| (n.to_owned(), v.to_owned()))
                    .into();
            all.extend(more.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
            all
        };
        let fields = |all: &[(String, String)]| all.to_vec();
        let send = async |v: &mut Visitor<'_>, all: Vec<(String, String)>| {
            let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            v.post("/desk/findings", &all).await
        };
        let wrong = send(&mut v, fields(&with(&[("answer", "confirmed"), ("saving_yearly", "much")]))).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = sound("findings-wrong", wrong);
        assert!(wrong.body.contains("Enter your reasons") && wrong.body.contains("value=\"much\""));
        let done = send(
            &mut v,
            with(&[
                ("answer", "confirmed"),
                ("reasons", "Both forces say so."),
                ("saving_yearly", "40000"),
                ("saving_owner", "Head of Digital"),
            ]),
        )
        .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_eq!(done.location(), "/desk/findings?kind=duplicate");
        let page = sound("findings-none", v.get("/desk/findings?kind=duplicate").await);
        assert!(page.body.contains("Nothing of this kind waits for an answer."));
        let page =
            sound("findings-confirmed", v.get("/desk/findings?kind=duplicate&standing=confirmed").await);
        assert!(
            page.body.contains("Confirmed by OLIVE Example") && page.body.contains("Both forces say so.")
        );
        let savings = v.get("/desk/registers/saving").await;
        assert!(
            savings.body.contains("From Theft reporting online and Online reporting of theft"),
            "{}",
            savings.body
        );
        // What it rests on has changed in between: the answer to something else is not taken for this one.
        let stale = send(
            &mut v,
            vec![
                ("csrf".into(), csrf.clone()),
                ("finding".into(), DOUBLE.into()),
                ("seen".into(), "0".repeat(64)),
                ("kind".into(), "duplicate".into()),
                ("answer".into(), "rejected".into()),
                ("reasons".into(), "No.".into()),
            ],
        )
        .await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        for kind in ["gap", "conflict", "synergy", "quick-win"] {
            sound(&format!("findings-{kind}"), v.get(&format!("/desk/findings?kind={kind}")).await);
        }
        let essex = v.get("/desk/findings?kind=gap&strategy=essex-2021").await;
        assert!(essex.body.contains("Principle ‘") && !essex.body.contains("Phase ‘"));
        assert_eq!(v.get("/desk/findings?kind=wish").await.status, StatusCode::NOT_FOUND);
        // Who may only look has no form.
        let mut other = signed_in(site, "carl", &["contact-officer"], "strategy").await;
        let page = sound("findings-read", other.get("/desk/findings?kind=gap").await);
        assert!(!page.body.contains("Keep this answer"));
        let csrf = other.get("/desk/ideas").await.hidden("csrf");
        let fields = [
            ("csrf", csrf.as_str()),
            ("finding", DOUBLE),
            ("seen", &*seen),
            ("answer", "rejected"),
            ("reasons", "x"),
        ];
        assert_eq!(other.post("/desk/findings", &fields).await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn an_idea_is_put_down_and_decided_at_its_gate() {
    on_both(&async |site| {
        let mut v = signed_in(site, "carl", &["contact-officer"], "strategy").await;
        sound("ideas-none", v.get("/desk/ideas").await);
        let wrong = v.fill("/desk/ideas", &[("title", ""), ("summary", "For everybody.")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sound("ideas-wrong", wrong).body.contains("For everybody."));
        let idea = [("title", "A lamp"), ("summary", "Light in the yard.")];
        assert_eq!(v.fill("/desk/ideas", &idea).await.status, StatusCode::SEE_OTHER);
        let page = sound("ideas", v.get("/desk/ideas").await);
        assert!(page.body.contains("Due by") && page.body.contains("href=\"/desk/registers/item/a-lamp\""));
        let page = sound("gate-read", v.get("/desk/gates/a-lamp").await);
        assert!(!page.body.contains("Keep this decision"));
        site.test.pass_seconds(29 * 86_400);
        let mut v = signed_in(site, "carl2", &["accountable-officer"], "strategy").await;
        sound("gate", v.get("/desk/gates/a-lamp").await);
        let bare = v.fill("/desk/gates/a-lamp", &[("entry_version", "1"), ("outcome", "conditions")]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        let bare = sound("gate-wrong", bare);
        assert!(bare.body.contains("Enter the conditions") && bare.body.contains("Enter your reasons"));
        let decision = [
            ("entry_version", "1"),
            ("outcome", "pass"),
            ("reasons", "It is dark."),
            ("assurance", "DS-1\nDS-2"),
        ];
        let done = v.fill("/desk/gates/a-lamp", &decision).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/desk/gates/a-lamp"));
        let page = sound("gate-decided", v.get("/desk/gates/a-lamp").await);
        assert!(
            page.body.contains("Idea to Strategic outline case: Let through by CARL2 Example"),
            "{}",
            page.body
        );
        assert_eq!(v.get("/desk/gates/none").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn programs_see_and_do_the_same() {
    on_both(&async |site| {
        office(site).await;
        let mut v = site.visitor();
        assert_eq!(v.get("/api/v1/findings").await.status, StatusCode::UNAUTHORIZED);
        v.token = Some(site.outside(|_| site.token("olive", "strategy")));
        let found = v.get("/api/v1/findings?kind=duplicate&standing=open").await.json();
        let double = &found["findings"][0];
        assert_eq!((&double["id"], &double["standing"]), (&json!(DOUBLE), &json!("open")));
        assert_eq!(double["evidence"][0]["values"], json!(["national-2020:C01"]));
        let wrong = v.get("/api/v1/findings?kind=wish").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut answer = json!({
            "finding": DOUBLE, "basis": double["basis"], "answer": "confirmed", "reasons": "Both say so.",
            "saving": { "yearly": 40000, "owner": "Head of Digital" },
        });
        let made = v.post_json("/api/v1/findings", &answer).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let saving = made.json()["saving"].as_str().unwrap().to_owned();
        let held = v.get(&format!("/api/v1/registers/saving/{saving}")).await.json();
        assert_eq!(held["entry"]["body"]["finding"], DOUBLE);
        answer["basis"] = json!("0");
        assert_eq!(v.post_json("/api/v1/findings", &answer).await.status, StatusCode::CONFLICT);
        answer["finding"] = json!("gap:none");
        assert_eq!(v.post_json("/api/v1/findings", &answer).await.status, StatusCode::NOT_FOUND);
        let benefits = v.get("/api/v1/benefits").await.json();
        assert_eq!(benefits["lines"][0]["share"], 0.5);
        assert_eq!(benefits["discount_rate"], 3.5);
        let portfolio = v.get("/api/v1/portfolio").await.json();
        assert_eq!(portfolio["risks"]["above"][0]["exposure"], 25);
        let roadmap = v.get("/api/v1/roadmap?strategy=national-2020").await.json();
        assert_eq!(roadmap["schedule"]["critical_path"], json!(["portal", "counter"]));
        assert_eq!(v.get("/api/v1/roadmap?strategy=none").await.status, StatusCode::NOT_FOUND);
        let idea = v.post_json("/api/v1/ideas", &json!({ "title": "A lamp", "summary": "Light." })).await;
        assert_eq!(idea.status, StatusCode::CREATED, "{}", idea.body);
        assert_eq!(v.get("/api/v1/ideas").await.json()["ideas"][0]["code"], "a-lamp");
        let gate = v.get("/api/v1/items/a-lamp/gate").await.json();
        assert_eq!((&gate["next"], &gate["item"]["version"]), (&json!("strategic-case"), &json!(1)));
        let decision = json!({ "version": 1, "outcome": "pass", "reasons": "Good." });
        let denied = v.post_json("/api/v1/items/a-lamp/gate", &decision).await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN, "the office does not decide at gates");
        site.outside(|_| site.staff("chief", &["accountable-officer"]));
        v.token = Some(site.outside(|_| site.token("chief", "strategy")));
        let done = v.post_json("/api/v1/items/a-lamp/gate", &decision).await;
        assert_eq!(
            (done.status, &done.json()["body"]["stage"]),
            (StatusCode::CREATED, &json!("strategic-case"))
        );
    });
}
