//! The judge's walk: the whole application as every role for every purpose, as the public, by token and by the system's
//! own jobs, looking after each step for a report or case whose grade or state changed without a named person in the
//! record.
//!
//! The routes are read out of the server's source, so that none can be forgotten: for a new one, say in `calls` what is
//! to be sent to it.

mod calls;
mod decisions;
mod steering;
mod watch;
mod world;

use crate::{
    desk::report,
    journey,
    quality::{Governors, hiding_version, later_version, work},
    site::{Answered, NO_LIMITS, Site, Visitor},
    sources::sources,
};
use axum::http::{Method, StatusCode};
use bluelamp_model::{
    Error, Id,
    authority::{Actor, Ask, Verb, action},
};
use bluelamp_store::Engine;
use calls::{Body, calls, form};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use watch::{Digest, Watch, Who, digest};
use world::{World, choice};

const SERVER: &str = include_str!("../../src/server.rs");

/// Every route with the methods that the server answers.
fn routes() -> Vec<(String, Vec<Method>)> {
    let code = SERVER.split("pub async fn serve").next().unwrap();
    for other in [".nest", "route_service", "fallback", " any(", "on(Method", ".layer(route"] {
        assert!(!code.contains(other), "{other} adds routes in a way that this test does not read");
    }
    let known = [
        ("get(", Method::GET),
        ("post(", Method::POST),
        ("put(", Method::PUT),
        ("delete(", Method::DELETE),
        ("patch(", Method::PATCH),
    ];
    code.split(".route(")
        .skip(1)
        .map(|piece| {
            let piece = piece.split(';').next().unwrap();
            let path = piece.split('"').nth(1).unwrap_or_else(|| panic!("no address in .route({piece}"));
            let answers = known.iter().filter(|(word, _)| {
                piece
                    .split(word)
                    .skip(1)
                    .zip(piece.split(word))
                    .any(|(_, before)| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
            let methods: Vec<_> = answers.map(|(_, m)| m.clone()).collect();
            assert!(!methods.is_empty(), "no method of {path} is read");
            (path.to_owned(), methods)
        })
        .collect()
}

/// How a request is sent, beside as its page would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// With the token of the sender's own page.
    Honest,
    /// With the token of somebody else's page.
    Forged,
    /// Without any.
    Bare,
    /// A form as JSON, and JSON as a form.
    Swapped,
    /// Bytes that mean nothing.
    Garbage,
}

/// Somebody on the walk.
struct Walker<'a> {
    who: Who,
    visitor: Visitor<'a>,
    /// Whether a script of the page asks, and not the page itself.
    scripted: bool,
    purpose: String,
    csrf: String,
    /// The token of somebody else's page.
    foreign: String,
}

impl Walker<'_> {
    /// Whether a route is answered for such a requester at all: one with a session asks for the pages of the desk, one
    /// with a token for the API. The public may try everything. Of the other routes one request each is sent.
    fn at_home(&self, route: &str) -> bool {
        match (&self.who.account, &self.visitor.token) {
            (None, _) => true,
            (Some(_), None) => route.starts_with("/desk"),
            (Some(_), Some(_)) => route.starts_with("/api/"),
        }
    }

    /// Whether a session is behind it, and not a token or nobody.
    fn signed_in(&self) -> bool {
        self.who.account.is_some() && self.visitor.token.is_none()
    }

    async fn send(&mut self, method: Method, path: &str, body: &Body, manner: Manner) -> Answered {
        let token = match manner {
            Manner::Honest | Manner::Swapped => Some(self.csrf.as_str()),
            Manner::Forged => Some(self.foreign.as_str()),
            Manner::Bare | Manner::Garbage => None,
        };
        let (form, json) = ("application/x-www-form-urlencoded", "application/json");
        let encoded = |fields: &[(String, String)]| {
            let mut text = form_urlencoded::Serializer::new(String::new());
            text.extend_pairs(token.map(|t| ("csrf", t))).extend_pairs(fields);
            text.finish().into_bytes()
        };
        let (kind, bytes) = match (body, manner) {
            (Body::Nothing, _) => ("", Vec::new()),
            (_, Manner::Garbage) => (form, b"\xff\x00=&&=;%zz{\"".to_vec()),
            (Body::Form(fields), Manner::Swapped) => {
                let all: BTreeMap<_, _> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                let mut all = json!(all);
                all["csrf"] = json!(token);
                (json, all.to_string().into_bytes())
            }
            (Body::Form(fields), _) => (form, encoded(fields)),
            (Body::Json(value), Manner::Swapped) => {
                let fields: Vec<_> =
                    value.as_object().unwrap().iter().map(|(n, v)| (n.clone(), v.to_string())).collect();
                (form, encoded(&fields))
            }
            (Body::Json(value), _) => (json, value.to_string().into_bytes()),
            (Body::File, _) => {
                let part = |name: &str, value: &str| {
                    format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                };
                let said: String = [
                    ("csrf", token.unwrap_or_default()),
                    ("exhibit", "OE/1"),
                    ("description", "A picture"),
                    ("origin", "Handed over"),
                ]
                .map(|(n, v)| part(n, v))
                .concat();
                let file = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\
                            Content-Type: image/png\r\n\r\nbytes\r\n--edge--\r\n";
                ("multipart/form-data; boundary=edge", format!("{said}{file}").into_bytes())
            }
        };
        // What a browser adds where a script of the page asks, and not the page itself.
        let script =
            [("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "cors"), ("accept", "application/json")];
        let headers = if self.scripted { &script[..] } else { &[] };
        self.visitor.ask_with(method, path, kind, bytes, headers).await
    }
}

/// Walks every route once as one requester.
async fn walk(walker: &mut Walker<'_>, world: &mut World<'_>, watch: &mut Watch<'_>) {
    let all = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH];
    for (route, answered) in routes() {
        let unassessed = route.ends_with("/decide") || route.ends_with("/decision");
        let at_home = walker.at_home(&route);
        for method in all.iter().filter(|m| at_home || answered.contains(*m)) {
            let mut n = 0;
            loop {
                if world.refresh(&watch.digest, unassessed).await {
                    watch.begin_anew();
                }
                let Some(found) = calls(&route, world, &walker.purpose) else {
                    panic!(
                        "the walk does not know the route {route}: say in `calls` beside {} which addresses it has and \
                         what is sent to it",
                        file!()
                    );
                };
                let known = answered.contains(method);
                let Some((path, body)) = found.get(n) else { break };
                let reads = *method == Method::GET;
                let body = if reads { &Body::Nothing } else { body };
                // A page is looked at once, whatever can be sent to it.
                if !(reads && found[..n].iter().any(|(before, _)| before == path)) {
                    let answer = walker.send(method.clone(), path, body, Manner::Honest).await;
                    let sent = format!("{method} {path} {body:?}, answered {}", answer.status);
                    assert!(
                        !answer.status.is_server_error(),
                        "{}: {sent}\n{}",
                        walker.who.label,
                        answer.body
                    );
                    watch.look(&walker.who, known && !reads, &route, &sent);
                    if !known {
                        assert!(!answer.status.is_success(), "{}: {sent}", walker.who.label);
                        break;
                    }
                    if route == "/desk/purpose" && !reads && walker.signed_in() {
                        // Another person's purpose is refused; the own is taken, and stays.
                        assert_eq!(answer.status.is_redirection(), n > 0, "{}: {sent}", walker.who.label);
                    }
                }
                n += 1;
                if !at_home {
                    break;
                }
            }
            // What is not sent as the page would send it, changes nothing: whoever sends it.
            if *method != Method::POST || !answered.contains(method) || !at_home {
                continue;
            }
            if world.refresh(&watch.digest, unassessed).await {
                watch.begin_anew();
            }
            let found = calls(&route, world, &walker.purpose).unwrap();
            let Some((path, body)) = found.first() else { continue };
            let api = route.starts_with("/api/");
            for manner in [Manner::Forged, Manner::Bare, Manner::Swapped, Manner::Garbage] {
                // A program carries no page's token: there is none to leave out.
                if api && matches!(manner, Manner::Forged | Manner::Bare) {
                    continue;
                }
                let answer = walker.send(method.clone(), path, body, manner).await;
                let sent = format!("POST {path} {manner:?} {body:?}, answered {}", answer.status);
                assert!(!answer.status.is_server_error(), "{}: {sent}\n{}", walker.who.label, answer.body);
                watch.look(&walker.who, false, &route, &sent);
            }
        }
    }
}

/// The roles of staff with each purpose that they may choose.
fn parts(site: &Site) -> Vec<(String, String)> {
    let staff = site.policy.roles.iter().filter(|r| r.code != "public" && r.code != "system");
    staff.flat_map(|r| r.purposes.iter().map(|p| (r.code.clone(), p.clone()))).collect()
}

async fn signed_in<'a>(site: &'a Site, username: &str, purpose: &str) -> Visitor<'a> {
    let mut v = site.visitor();
    let fields = [("username", username), ("password", "three sleepy lamps"), ("purpose", purpose)];
    let answer = v.fill("/sign-in", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    v
}

/// So many walks share the roles, each in a world of its own: one alone would take minutes.
const SHARES: usize = 4;

/// The walk on one engine of every fourth role with its purposes; the first walks as the public too.
async fn everywhere(site: &Site, share: usize) {
    let otto = site.outside(|_| site.staff("otto", &["contact-officer"]));
    let parts = parts(site);
    assert_eq!(parts.len(), 24, "{parts:?}: is a role missing here, or is one new?");
    let mut accounts = BTreeMap::new();
    for (role, _) in &parts {
        let new = || site.outside(|_| site.staff(&format!("a.{role}"), &[role]));
        accounts.entry(role.clone()).or_insert_with(new);
    }
    let parts: Vec<_> =
        parts.into_iter().enumerate().filter(|(n, _)| n % SHARES == share).map(|(_, p)| p).collect();
    // Live with clocks, required actions and a result that is hidden at first; and one version that is asked for.
    let governors = Governors::of(site, "a.risk-lead", "a.accountable-officer");
    governors.ask(site, &later_version("1.1.0"));
    governors.agree(site, "burglary", "1.1.0");
    governors.ask(site, &hiding_version());
    governors.agree(site, "domestic-abuse", "1.0.9");
    governors.ask(
        site,
        &later_version("1.2.0")
            .replace("\"MEDIUM\" | \"burglary-keys-home\"", "\"HIGH\" | \"burglary-keys-home\"")
            .replace(
                "dwelling: true, firearm keys taken: true | MEDIUM | none | MEDIUM |",
                "dwelling: true, firearm keys taken: true | HIGH | none | HIGH |",
            ),
    );
    work(site);
    let otto = Actor::staff(otto, vec!["contact-officer".into()], "contact");
    let mut world = World { site, otto, reports: BTreeMap::new(), made: 0 };
    world.refresh(&Digest::new(), true).await;
    let mut watch = Watch::new(site);
    let mut foreign = signed_in(site, "otto", "contact").await;
    let foreign = foreign.get("/desk/purpose").await.hidden("csrf");

    // The public: a page without a script, and a script of the page itself.
    let public = [("the public", false), ("the public with a script", true)];
    for (label, scripted) in public.into_iter().filter(|_| share == 0) {
        let mut visitor = site.visitor();
        let csrf = visitor.get("/track").await.hidden("csrf");
        // A whole report, page by page, up to its receipt.
        let check = journey::walk(&mut visitor, "burglary").await;
        let sent = visitor.post("/report/burglary/send", &[("csrf", &check.hidden("csrf"))]).await;
        assert_eq!(sent.location(), "/report/burglary/sent", "{}", sent.body);
        watch.look(&Who::nobody(label), false, "/report/{form}/send", "a whole report");
        let (who, foreign) = (Who::nobody(label), foreign.clone());
        let mut walker = Walker { who, visitor, scripted, purpose: "contact".into(), csrf, foreign };
        walk(&mut walker, &mut world, &mut watch).await;
    }
    let mut staff = Vec::new();
    for (role, purpose) in &parts {
        let (username, account) = (format!("a.{role}"), accounts[role]);
        let actor = Actor::staff(account, vec![role.clone()], purpose.clone());
        let may = [action::REPORT_DECIDE, action::GRADE_SUPERVISE]
            .iter()
            .any(|action| site.policy.decide(&actor, &Ask { action, object: None }).allowed);
        let who =
            |how: &str| Who { label: format!("{role} for {purpose}, by {how}"), account: Some(account), may };
        // By the pages.
        let mut visitor = signed_in(site, &username, purpose).await;
        let csrf = visitor.get("/desk/purpose").await.hidden("csrf");
        let mut by_page = Walker {
            who: who("page"),
            visitor,
            scripted: false,
            purpose: purpose.clone(),
            csrf,
            foreign: foreign.clone(),
        };
        walk(&mut by_page, &mut world, &mut watch).await;
        // By programs, with a token.
        let mut visitor = site.visitor();
        visitor.token = Some(site.outside(|_| site.token(&username, purpose)));
        let mut by_token = Walker {
            who: who("token"),
            visitor,
            scripted: false,
            purpose: purpose.clone(),
            csrf: foreign.clone(),
            foreign: foreign.clone(),
        };
        walk(&mut by_token, &mut world, &mut watch).await;
        staff.extend([by_page, by_token]);
    }

    let sent = site.count("select count(*) from submission where channel = 'web'");
    assert_eq!(sent > 0, share == 0, "what the public sent");

    // The system's own work: another version goes live, every report is looked at again, messages go out.
    report(site, "antisocial-behaviour", json!({})).await;
    watch.begin_anew();
    governors.ask_for(site, "burglary", "1.2.0");
    governors.agree(site, "burglary", "1.2.0");
    watch.look(&Who::nobody("a definition"), false, "go_live", "going live");
    work(site);
    watch.look(&Who::nobody("the system"), false, "jobs", "assess, retriage, send");
    let again = site.count("select count(*) from review where cause = 'new-version' and done_at is null");
    assert!(again > 0, "the new version says something else, so there is something to triage again");

    // Who has signed out or lost the account changes nothing any more.
    let admin = Actor::staff(accounts["administrator"], vec!["administrator".into()], "administration");
    for walker in &mut staff {
        if world.refresh(&watch.digest, false).await {
            watch.begin_anew();
        }
        if walker.signed_in() {
            let out = walker.send(Method::POST, "/sign-out", &form(&[]), Manner::Honest).await;
            assert_eq!(out.status, StatusCode::SEE_OTHER);
        }
        let account = walker.who.account.unwrap();
        site.outside(|db| bluelamp_access::disable_account(db, &admin, account)).unwrap();
        for route in ["/desk/reports/{id}/decide", "/desk/reviews/{review}", "/api/v1/reports/{id}/decision"]
        {
            let (path, body) = calls(route, &world, &walker.purpose).unwrap().swap_remove(0);
            let answer = walker.send(Method::POST, &path, &body, Manner::Honest).await;
            assert!(!answer.status.is_success(), "{}: {path}", walker.who.label);
            watch.look(&walker.who, false, route, &path);
        }
    }

    // The walk was one on which something happened: exactly those changed a grade or state who may.
    let changed: BTreeSet<_> =
        watch.changes.iter().map(|(who, route)| (who.as_str(), route.as_str())).collect();
    let walked = |(who, _): &(&str, &str)| {
        parts.iter().any(|(role, purpose)| who.starts_with(&format!("{role} for {purpose},")))
    };
    let expected = [
        ("contact-officer for contact, by page", "/desk/reports/{id}/decide"),
        ("contact-officer for contact, by page", "/desk/reviews/{review}"),
        ("contact-officer for contact, by token", "/api/v1/reports/{id}/decision"),
        ("contact-officer for contact, by token", "/api/v1/reviews/{id}"),
        ("supervisor for contact, by page", "/desk/reports/{id}/decide"),
        ("supervisor for contact, by page", "/desk/reviews/{review}"),
        ("supervisor for contact, by token", "/api/v1/reports/{id}/decision"),
        ("supervisor for contact, by token", "/api/v1/reviews/{id}"),
        ("supervisor for investigation, by page", "/desk/reviews/{review}"),
        ("supervisor for investigation, by token", "/api/v1/reviews/{id}"),
    ];
    assert_eq!(changed, expected.into_iter().filter(walked).collect());
    assert!(watch.requests > 3000, "only {} requests", watch.requests);
}

fn walked(engine: Engine, share: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let site = Site::new(engine, NO_LIMITS);
    runtime.block_on(everywhere(&site, share));
}

// A test of its own for each share, so that they run side by side.

#[test]
fn no_request_changes_a_grade_or_state_without_a_named_person_on_sqlite() {
    walked(Engine::Sqlite, 0);
}

#[test]
fn nor_as_another_role_on_sqlite() {
    walked(Engine::Sqlite, 1);
}

#[test]
fn nor_as_a_third_role_on_sqlite() {
    walked(Engine::Sqlite, 2);
}

#[test]
fn nor_as_a_fourth_role_on_sqlite() {
    walked(Engine::Sqlite, 3);
}

#[test]
fn no_request_changes_a_grade_or_state_without_a_named_person_on_postgresql() {
    walked(Engine::Postgres, 0);
}

#[test]
fn nor_as_another_role_on_postgresql() {
    walked(Engine::Postgres, 1);
}

#[test]
fn nor_as_a_third_role_on_postgresql() {
    walked(Engine::Postgres, 2);
}

#[test]
fn nor_as_a_fourth_role_on_postgresql() {
    walked(Engine::Postgres, 3);
}

#[test]
fn every_route_is_read_from_the_server() {
    let all = routes();
    assert!(all.len() > 50, "{}", all.len());
    let methods = |path: &str| all.iter().find(|(p, _)| p == path).map(|(_, m)| m.clone()).unwrap();
    assert_eq!(methods("/desk/accounts"), [Method::GET, Method::POST]);
    assert_eq!(methods("/desk/reports/{id}/decide"), [Method::POST]);
    assert_eq!(methods("/assets/{file}"), [Method::GET]);
    // No other file makes a router: what is read here is all that there is.
    for (file, text) in sources() {
        let elsewhere = text.contains("Router::new()") && !file.ends_with("web/src/server.rs");
        assert!(!elsewhere, "{}: its routes are not walked", file.display());
    }
}

#[test]
fn the_database_takes_no_decision_without_an_account() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let site = Site::new(engine, NO_LIMITS);
        let otto = site.staff("otto", &["contact-officer"]);
        let report: Id = runtime.block_on(report(&site, "burglary", json!({}))).parse().unwrap();
        work(&site);
        let officer = Actor::staff(otto, vec!["contact-officer".into()], "contact");
        let insert = |by: bluelamp_store::Value| {
            site.outside(|db| {
                db.write(&officer, move |cx| {
                    cx.allow(action::REPORT_DECIDE, Some(report))?;
                    cx.record(Verb::Decide, "report", Some(report), json!({}))?;
                    let (id, now) = (cx.new_id()?, cx.now());
                    cx.exec(
                        "insert into decision (id, report_id, decided_at, decided_by, outcome, body)
                         values ($1, $2, $3, $4, 'close', '{}')",
                        &[id.into(), report.into(), now.into(), by.clone()],
                    )
                })
            })
        };
        for nobody in [Some(Id::from_bytes([7; 16])), None] {
            let refused = insert(nobody.into());
            assert!(matches!(refused, Err(Error::Conflict(_))), "{engine:?}: {nobody:?}: {refused:?}");
        }
        // Nor does the way that everybody goes take anybody else.
        let view = site
            .outside(|db| db.read(&officer, |cx| bluelamp_casework::view_report(cx, &site.shelf, report)));
        let wanted = choice(&view.unwrap(), "close", "HIGH", "accept");
        let before = site.outside(digest);
        let stranger = Actor::staff(Id::from_bytes([7; 16]), vec!["contact-officer".into()], "contact");
        for actor in [Actor::public(), Actor::system(), Actor { id: None, ..officer.clone() }, stranger] {
            let (shelf, wanted) = (Arc::clone(&site.shelf), wanted.clone());
            let refused = site.outside(|db| {
                db.write(&actor, move |cx| bluelamp_casework::decide(cx, &shelf, report, &wanted).map(drop))
            });
            assert!(
                matches!(refused, Err(Error::Forbidden { .. } | Error::Conflict(_))),
                "{actor}: {refused:?}"
            );
        }
        assert_eq!(site.outside(digest), before, "{engine:?}");
        assert_eq!(insert(otto.into()).unwrap(), 1, "with an account it is one");
    }
}
