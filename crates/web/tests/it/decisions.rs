//! The report 097-21 by its pages and by API, on both engines; boards; what the public sees and what it does not.

use crate::desk::{on_both, signed_in, sound};
use crate::site::{Answered, Site, Visitor};
use axum::http::{Method, StatusCode, header};
use bluelamp_steward::decision::burn_in::holds;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const HERE: &str = "/desk/decisions/097-21";
const SECRET: &str = "supplier Alpha Borealis asked for forty thousand pounds";

/// Everybody signed in, by role.
async fn everybody(site: &Site) -> BTreeMap<&'static str, Visitor<'_>> {
    let mut all = BTreeMap::new();
    for role in [
        "programme-office",
        "finance-approver",
        "accountable-officer",
        "deputy-chief",
        "chief-executive",
        "treasurer",
        "commissioner",
        "investigator",
    ] {
        all.insert(role, signed_in(site, &format!("p.{role}"), &[role], "strategy").await);
    }
    all
}

fn draft() -> Vec<(&'static str, &'static str)> {
    vec![
        ("reference", "097-21"),
        ("classification", "official-sensitive"),
        ("title", "Essex Police Digital Strategy"),
        ("area", "Whole force"),
        ("report_by", "Head of Digital Change"),
        ("date_of_report", "2021-03-03"),
        ("enquiries_to", "Digital Change team"),
        ("purpose", "This report asks for agreement to a digital strategy."),
        (
            "recommendations",
            "That it is agreed:\r\n\r\n- as the guide for digital work\r\n- as the measure of proposals",
        ),
        ("benefits", "One set of principles."),
        (
            "background",
            "The strategy of 2015 has run out. The pilot supplier Alpha Borealis asked for forty thousand pounds.",
        ),
        ("alternatives_none", "yes"),
        ("police_and_crime_plan", "It serves every priority."),
        ("operational", "Officers get tools that work together."),
        ("financial", "Each project brings its own case."),
        ("legal_none", "yes"),
        ("staffing_none", "yes"),
        ("equality_none", "yes"),
        ("risks", "<script>alert(1)</script> is text here."),
        ("boards", "Chief Officer Group and Strategic Board."),
        ("background_papers_none", "yes"),
        ("priorities", "Crime prevention"),
        ("items", "item:digital-strategy"),
        ("consulted", "2021-02-15 | Information Management | Version 3 agreed"),
        ("summary", "A shorter version for everybody."),
    ]
}

/// Takes the version and the token from the page, and sends a form there.
async fn send(v: &mut Visitor<'_>, to: &str, fields: &[(&str, &str)]) -> Answered {
    let page = v.get(HERE).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let version = v
        .get(HERE)
        .await
        .body
        .split("name=\"version\" value=\"")
        .nth(1)
        .map(|r| r.split('"').next().unwrap().to_owned());
    let (csrf, version) = (v.get("/desk/purpose").await.hidden("csrf"), version.unwrap_or_default());
    let mut all = vec![("csrf", csrf.as_str()), ("version", version.as_str())];
    all.extend(fields);
    v.post(&format!("{HERE}/{to}"), &all).await
}

async fn step(v: &mut Visitor<'_>, step: &str, on: &str) -> Answered {
    let page = v.get(HERE).await;
    assert!(page.body.contains(&format!("{HERE}/step/{step}\"")), "no form for {step}: {}", page.body);
    let fields = [("on", on), ("name", "P. Sample"), ("signed", "yes")];
    send(v, &format!("step/{step}"), &fields).await
}

async fn bytes(v: &mut Visitor<'_>, path: &str) -> (StatusCode, String, Vec<u8>) {
    let got = v.raw(Method::GET, path).await;
    let kind = got.1.get(header::CONTENT_TYPE).map_or("", |v| v.to_str().unwrap()).to_owned();
    (got.0, kind, got.2)
}

#[test]
fn the_report_goes_its_way_by_the_pages_and_comes_out_redacted() {
    on_both(&async |site: &Site| {
        let mut all = everybody(site).await;
        let author = all.get_mut("programme-office").unwrap();
        // What is wrong is said at its field, and what was written stays.
        let csrf = author.get("/desk/decisions/new").await.hidden("csrf");
        let mut wrong = draft();
        wrong.retain(|(n, _)| *n != "title");
        wrong.extend([("csrf", csrf.as_str()), ("legal", "Words as well."), ("consulted", "no day")]);
        let answer = sound("decision-wrong", author.post("/desk/decisions", &wrong).await);
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("not both") && answer.body.contains("This report asks for agreement"));
        let mut right = draft();
        right.push(("csrf", &csrf));
        let made = author.post("/desk/decisions", &right).await;
        assert_eq!(made.location(), HERE, "{}", made.body);
        let settle = [
            ("for_publication", "yes"),
            ("redact_sheet", "yes"),
            ("redact_appendix", "no"),
            ("passages", SECRET),
            ("details", "The name and the price of a supplier."),
        ];
        let not_there = [("for_publication", "yes"), ("passages", "words that are nowhere")];
        let answer = sound("decision-passage", send(author, "publication", &not_there).await);
        assert!(answer.body.contains("does not stand in the report"), "{}", answer.body);
        assert_eq!(send(author, "publication", &settle).await.location(), HERE);
        sound("decision-draft", author.get(HERE).await);
        sound("decision-edit", author.get(&format!("{HERE}/edit")).await);
        assert!(!author.get(HERE).await.body.contains("step/check-finance"), "the author has no form for it");

        let way = [
            ("finance-approver", "check-finance", "2021-03-04"),
            ("programme-office", "submit", "2021-03-05"),
            ("accountable-officer", "approve", "2021-03-10"),
            ("chief-executive", "sign-executive", "2021-06-25"),
            ("treasurer", "sign-treasurer", "2021-06-28"),
            ("programme-office", "require-redaction", "2021-06-28"),
            ("treasurer", "sign-redaction-treasurer", "2021-06-29"),
            ("programme-office", "put-forward", "2021-06-29"),
            ("commissioner", "agree", "2021-07-02"),
            ("programme-office", "publish", "2021-07-05"),
        ];
        for (role, what, on) in way {
            // Before its turn, nobody has a form for the steps that come later.
            assert!(site.visitor().get("/decisions/097-21").await.status == StatusCode::NOT_FOUND);
            let v = all.get_mut(role).unwrap();
            if what == "sign-executive" {
                let unsigned = send(v, "step/sign-executive", &[("on", "2021-03-01")]).await;
                let unsigned = sound("decision-unsigned", unsigned);
                assert_eq!(unsigned.status, StatusCode::UNPROCESSABLE_ENTITY);
                assert!(unsigned.body.contains("printed name"), "{}", unsigned.body);
            }
            let done = step(v, what, on).await;
            assert_eq!(done.location(), HERE, "{what}: {}", done.body);
        }
        let author = all.get_mut("programme-office").unwrap();
        let done = sound("decision-done", author.get(HERE).await);
        for date in ["10 March 2021", "25 June 2021", "28 June 2021", "2 July 2021", "Published"] {
            assert!(done.body.contains(date), "{date}");
        }
        let mut public = site.visitor();
        let page = sound("decision-public", public.get("/decisions/097-21").await);
        assert!(page.body.contains("[redacted]") && page.body.contains("The strategy of 2015 has run out"));
        assert!(page.body.contains("&lt;script&gt;alert(1)&lt;") && !page.body.contains("<script>alert"));
        sound("decisions-public", public.get("/decisions").await);
        let api = public.get("/api/v1/decisions/published/097-21").await;
        let register = public.get("/api/v1/decisions/published").await;
        assert_eq!(register.json()["decisions"][0]["reference"], "097-21");
        let (status, kind, pdf) = bytes(&mut public, "/decisions/097-21.pdf").await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/pdf"));
        for words in ["Alpha Borealis", "forty thousand pounds"] {
            assert!(
                !page.body.contains(words) && !api.body.contains(words) && !register.body.contains(words)
            );
            assert!(!holds(&pdf, words).unwrap(), "{words}");
        }
        assert!(holds(&pdf, "Essex Police Digital Strategy").unwrap());
        // Staff with a part in it read the whole; others only that there is one.
        let (_, _, whole) = bytes(author, &format!("{HERE}.pdf")).await;
        assert!(holds(&whole, SECRET).unwrap());
        if let Some(folder) = std::env::var_os("BLUELAMP_PAGES") {
            std::fs::write(std::path::Path::new(&folder).join("097-21.pdf"), &pdf).unwrap();
            std::fs::write(std::path::Path::new(&folder).join("097-21-whole.pdf"), &whole).unwrap();
        }
        let other = all.get_mut("investigator").unwrap();
        assert_eq!(other.get(HERE).await.status, StatusCode::FORBIDDEN);
        assert_eq!(bytes(other, &format!("{HERE}.pdf")).await.0, StatusCode::FORBIDDEN);
        let list = sound("decisions", other.get("/desk/decisions").await);
        assert!(list.body.contains("097-21") && !list.body.contains("Essex Police Digital"));
        assert_eq!(other.get("/desk/decisions/new").await.status, StatusCode::FORBIDDEN);
    });
}

async fn api(v: &mut Visitor<'_>, method: Method, path: &str, body: &Value) -> Answered {
    v.ask(method, path, "application/json", body.to_string().into_bytes()).await
}

#[test]
fn the_same_by_program_and_a_notice_of_what_is_not_published() {
    on_both(&async |site: &Site| {
        let mut all = BTreeMap::new();
        for role in [
            "programme-office",
            "finance-approver",
            "accountable-officer",
            "deputy-chief",
            "chief-executive",
            "treasurer",
            "commissioner",
        ] {
            site.outside(|_| site.staff(&format!("t.{role}"), &[role]));
            let mut v = site.visitor();
            v.token = Some(site.outside(|_| site.token(&format!("t.{role}"), "strategy")));
            all.insert(role, v);
        }
        let none =
            ["alternatives", "financial", "legal", "staffing", "equality", "risks", "background_papers"];
        let some = [
            "purpose",
            "recommendations",
            "benefits",
            "background",
            "police_and_crime_plan",
            "operational",
            "boards",
        ];
        let mut sections: BTreeMap<&str, Value> = none.map(|s| (s, json!("none"))).into();
        sections.extend(some.map(|s| (s, json!({ "text": "Words." }))));
        let content = json!({
            "classification": "official", "title": "A quiet matter", "area": "One team", "report_by": "An officer",
            "date_of_report": "2021-03-03", "enquiries_to": "The office", "sections": sections,
        });
        let author = all.get_mut("programme-office").unwrap();
        let secret = json!({ "reference": "", "content": { "classification": "secret" } });
        let refused = api(author, Method::POST, "/api/v1/decisions", &secret).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("ceiling"), "{}", refused.body);
        let made = api(author, Method::POST, "/api/v1/decisions", &json!({ "content": content })).await;
        let reference = made.json()["reference"].as_str().unwrap().to_owned();
        assert_eq!(reference, "001-26");
        let here = format!("/api/v1/decisions/{reference}");
        let change = json!({ "version": 1, "to": { "for_publication": false, "reasons": "It is OFFICIAL and about one person." } });
        let done = api(author, Method::PUT, &format!("{here}/publication"), &change).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        let stale = api(author, Method::PUT, &format!("{here}/publication"), &change).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert_eq!(stale.json()["type"], "urn:bluelamp:problem:stale");
        // A file goes in and comes out as it was, from the version that the person saw, while the report is a draft.
        let files = format!("{here}/files");
        let paper = async |v: &mut Visitor, ask: &str, bytes: &[u8]| {
            v.ask(Method::POST, &format!("{files}?{ask}"), "application/octet-stream", bytes.to_vec()).await
        };
        for (ask, bytes, status) in [
            ("version=1&title=Costs&name=costs.txt", b"x".as_slice(), StatusCode::CONFLICT),
            ("version=2&title=&name=costs.txt", b"x", StatusCode::UNPROCESSABLE_ENTITY),
            ("version=2&title=Costs&name=costs.txt", b"", StatusCode::UNPROCESSABLE_ENTITY),
            ("version=2&title=Costs&name=costs.txt&publish=no", b"Nine pounds.", StatusCode::NO_CONTENT),
        ] {
            let done = paper(author, ask, bytes).await;
            assert_eq!(done.status, status, "{ask}: {}", done.body);
        }
        let view = author.get(&here).await.json();
        let file = view["files"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(author.get(&format!("{files}/{file}")).await.body, "Nine pounds.");
        assert_eq!(author.get(&format!("{files}/{file}.redacted")).await.status, StatusCode::NOT_FOUND);
        let printed = author.get(&format!("{here}/pdf")).await;
        assert!(
            printed.headers[header::CONTENT_TYPE] == "application/pdf"
                && printed.body.starts_with("%PDF-1.7")
        );
        let early = format!("{files}/{file}?version=3&publish=yes");
        let early = author.ask(Method::POST, &early, "application/octet-stream", b"Redacted.".to_vec()).await;
        assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.body);
        assert!(early.body.contains("while the report is redacted, not before"), "{}", early.body);
        let way = [
            ("finance-approver", "check-finance"),
            ("programme-office", "submit"),
            ("deputy-chief", "waive"),
            ("treasurer", "sign-treasurer"),
            ("chief-executive", "sign-executive"),
            ("programme-office", "put-forward"),
            ("commissioner", "not-agree"),
            ("programme-office", "not-publish"),
        ];
        for (role, step) in way {
            let v = all.get_mut(role).unwrap();
            let version = v.get(&here).await.json()["version"].clone();
            let asked = json!({
                "step": step, "version": version, "reasons": "For a reason.",
                "signing": { "on": "2021-07-02", "name": "P. Sample", "signed": true },
            });
            let done = api(v, Method::POST, &format!("{here}/steps"), &asked).await;
            assert_eq!(done.status, StatusCode::CREATED, "{step}: {}", done.body);
        }
        let mut public = site.visitor();
        assert_eq!(public.get("/decisions/001-26").await.status, StatusCode::NOT_FOUND);
        let executive = all.get_mut("chief-executive").unwrap();
        let version = executive.get(&here).await.json()["version"].clone();
        let notice = json!({ "version": version, "to": {
            "informed": true, "heading": "A decision about one team", "text": "It was not agreed.", "reasons": "People know of it.",
        } });
        let by_author =
            api(all.get_mut("programme-office").unwrap(), Method::PUT, &format!("{here}/notice"), &notice)
                .await;
        assert_eq!(by_author.status, StatusCode::FORBIDDEN);
        let told =
            api(all.get_mut("chief-executive").unwrap(), Method::PUT, &format!("{here}/notice"), &notice)
                .await;
        assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.body);
        let page = sound("decision-notice", public.get("/decisions/001-26").await);
        assert!(page.body.contains("It was not agreed.") && !page.body.contains("A quiet matter"));
        assert_eq!(public.get("/decisions/001-26.pdf").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn hostile_addresses_and_bodies_are_refused() {
    on_both(&async |site: &Site| {
        let mut v = signed_in(site, "p.office", &["programme-office"], "strategy").await;
        let mut public = site.visitor();
        for path in ["%00", "..%2f..%2fetc", "097-21%00.pdf", "999-99", "%27%20or%201=1", "097-21.pdf.pdf"] {
            assert_eq!(
                public.get(&format!("/decisions/{path}")).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
            assert_eq!(
                v.get(&format!("/desk/decisions/{path}")).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
            assert_eq!(v.get(&format!("/desk/boards/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
            let twice = v.get(&format!("/desk/boards/{path}/{path}")).await;
            assert_eq!(twice.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(public.get("/decisions/097-21/files/-1").await.status, StatusCode::NOT_FOUND);
        v.token = Some(site.outside(|_| site.token("p.office", "strategy")));
        for body in [
            "",
            "[]",
            "{\"content\":1}",
            "{\"content\":{\"classification\":\"official\",\"state\":\"agreed\"}}",
        ] {
            let answer = v.ask(Method::POST, "/api/v1/decisions", "application/json", body.into()).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        }
    });
}

#[test]
fn a_paper_takes_its_route_by_the_pages_of_the_boards() {
    on_both(&async |site: &Site| {
        let mut office = signed_in(site, "p.office", &["programme-office"], "strategy").await;
        for (code, kind, name) in
            [("B01", "chief-officer-group", "Chief Officer Group"), ("B03", "board", "Strategic Board")]
        {
            let fields = [
                ("form", "body"),
                ("code", code),
                ("kind", kind),
                ("name", name),
                ("role", "Looks at papers."),
            ];
            assert_eq!(office.fill("/desk/boards", &fields).await.location(), "/desk/boards");
        }
        let delegation = [
            ("form", "delegation"),
            ("from_office", "PFCC"),
            ("to_office", "Chief Constable"),
            ("scope", "Up to £50,000"),
            ("source", "Scheme of consent"),
            ("valid_from", "2021-01-01"),
        ];
        assert_eq!(office.fill("/desk/boards", &delegation).await.location(), "/desk/boards");
        let wrong = sound("boards-wrong", office.fill("/desk/boards", &[("form", "delegation")]).await);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut meetings = Vec::new();
        for (code, on) in [("B01", "2021-03-10"), ("B03", "2021-06-10")] {
            let made = office
                .fill(&format!("/desk/boards/{code}"), &[("on", on), ("at", "10:00"), ("place", "Room 1")])
                .await;
            meetings.push(made.location().to_owned());
        }
        let item = |number: &'static str| {
            vec![
                ("number", number),
                ("wanted", "decide"),
                ("with_paper", "yes"),
                ("classification", "official"),
                ("title", "Digital strategy"),
                ("report_to", "Board"),
                ("chief_officer", "Deputy Chief Constable"),
                ("author", "Head of Digital Change"),
                ("date_written", "2021-03-03"),
                ("paper_version", "1.0"),
            ]
        };
        let act = async |v: &mut Visitor<'_>, meeting: &str, deed: &str, fields: &[(&str, &str)]| {
            let page = v.get(meeting).await;
            let version = page
                .body
                .split("name=\"version\" value=\"")
                .nth(1)
                .map_or("", |r| r.split('"').next().unwrap());
            let csrf = page.hidden("csrf");
            let mut all = vec![("csrf", csrf.as_str()), ("version", version)];
            all.extend(fields);
            v.post(&format!("{meeting}/{deed}"), &all).await
        };
        let early = sound("meeting-early", act(&mut office, &meetings[1], "items", &item("1")).await);
        assert!(early.body.contains("not before the Chief Officer Group"), "{}", early.body);
        assert_eq!(act(&mut office, &meetings[0], "items", &item("1")).await.location(), meetings[0]);
        let page = office.get(&meetings[0]).await;
        let paper = page.body.split("?paper=").nth(1).unwrap().split('#').next().unwrap().to_owned();
        let cover = sound("meeting-paper", office.get(&format!("{}?paper={paper}", meetings[0])).await);
        assert!(cover.body.contains("Author on behalf of the chief officer"));
        assert_eq!(act(&mut office, &meetings[0], "held", &[]).await.location(), meetings[0]);
        let page = office.get(&meetings[0]).await;
        let id =
            page.body.split("name=\"item\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let decided = [("item", id.as_str()), ("outcome", "agreed"), ("words", "As the paper says.")];
        assert_eq!(act(&mut office, &meetings[0], "decide", &decided).await.location(), meetings[0]);
        let said = [("item", id.as_str()), ("member", "A member"), ("said", "Costs come with each case.")];
        assert_eq!(act(&mut office, &meetings[0], "comment", &said).await.location(), meetings[0]);
        assert_eq!(
            act(&mut office, &meetings[0], "minutes", &[("minutes", "All agreed.")]).await.location(),
            meetings[0]
        );
        assert_eq!(
            act(&mut office, &meetings[0], "confirm", &[("on", "2021-04-10")]).await.location(),
            meetings[0]
        );
        let action = [("what", "Write the case"), ("owner", "Head of Digital Change"), ("due", "2021-04-01")];
        assert_eq!(act(&mut office, &meetings[0], "actions", &action).await.location(), meetings[0]);
        let again = [("number", "4"), ("wanted", "endorse"), ("paper", paper.as_str())];
        assert_eq!(act(&mut office, &meetings[1], "items", &again).await.location(), meetings[1]);
        let page = sound("meeting", office.get(&meetings[0]).await);
        assert!(
            page.body.contains("Costs come with each case.")
                && page.body.contains("Confirmed on 10 April 2021")
        );
        let boards = sound("boards", office.get("/desk/boards").await);
        assert!(boards.body.contains("Late") && boards.body.contains("Scheme of consent"));
        let board = sound("board", office.get("/desk/boards/B01").await);
        let mut change = vec![("form", "change"), ("name", "Another name"), ("role", "Looks at papers.")];
        let seen: Vec<_> = ["name", "kind", "role", "source", "valid_from", "valid_to"]
            .map(|f| (format!("seen_{f}"), board.hidden(&format!("seen_{f}"))))
            .into();
        change.extend(seen.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let wrong = sound("board-wrong", office.fill("/desk/boards/B01", &change).await);
        assert!(wrong.body.contains("stays as it is"), "{}", wrong.body);
        change[1].1 = "Chief Officer Group";
        change[2].1 = "Looks at every paper first.";
        assert_eq!(office.fill("/desk/boards/B01", &change).await.location(), "/desk/boards/B01");
        let stale = office.fill("/desk/boards/B01", &change).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.body);
        // A meeting has one address, that of its body.
        let elsewhere = meetings[0].replace("/B01/", "/B03/");
        let fields = [("csrf", board.hidden("csrf")), ("what", "W".into()), ("owner", "O".into())];
        let fields: Vec<_> =
            fields.iter().map(|(n, v)| (*n, v.as_str())).chain([("due", "2021-04-01")]).collect();
        let done = office.post(&format!("{elsewhere}/actions"), &fields).await;
        assert_eq!(done.status, StatusCode::NOT_FOUND);
        let ics = office.get("/desk/boards.ics").await;
        assert!(ics.body.starts_with("BEGIN:VCALENDAR\r\n") && ics.body.contains("DTSTART:20210310T100000"));
        // And by program.
        office.token = Some(site.outside(|_| site.token("p.office", "strategy")));
        let all = office.get("/api/v1/boards").await.json();
        assert_eq!(all["bodies"].as_array().unwrap().len(), 2);
        let [id, other] = [0, 1].map(|n: usize| meetings[n].rsplit('/').next().unwrap().to_owned());
        let view = office.get(&format!("/api/v1/boards/meetings/{id}")).await.json();
        assert_eq!(view["items"][0]["outcome"], "agreed");
        let view = office.get(&format!("/api/v1/boards/meetings/{other}")).await.json();
        let note =
            json!({ "comment": { "item": view["items"][0]["id"], "member": "Another", "said": "Agreed." } });
        // Through the address of the meeting that the item belongs to, and of no other.
        for (meeting, status) in [(&id, StatusCode::NOT_FOUND), (&other, StatusCode::CREATED)] {
            let done = office.post_json(&format!("/api/v1/boards/meetings/{meeting}"), &note).await;
            assert_eq!(done.status, status, "{}", done.body);
        }
        // A code that is taken is no other body's; a change is one from what was seen.
        let known = office.get("/api/v1/boards").await.json()["bodies"][0].clone();
        let taken = office.post_json("/api/v1/boards", &known).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", taken.body);
        let mut to = known.clone();
        to["role"] = json!("Looks at every paper.");
        let change = json!({ "seen": known, "to": to });
        for status in [StatusCode::NO_CONTENT, StatusCode::CONFLICT] {
            let done = api(&mut office, Method::PUT, "/api/v1/boards/B01", &change).await;
            assert_eq!(done.status, status, "{}", done.body);
        }
        let view = office.get(&format!("/api/v1/boards/papers/{paper}")).await.json();
        assert_eq!(view["route"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn an_earlier_version_and_the_changes_of_what_is_published_are_shown() {
    on_both(&async |site: &Site| {
        let mut author = signed_in(site, "p.office", &["programme-office"], "strategy").await;
        let csrf = author.get("/desk/decisions/new").await.hidden("csrf");
        let mut first = draft();
        first.push(("csrf", &csrf));
        assert_eq!(author.post("/desk/decisions", &first).await.location(), HERE);
        let mut second = draft();
        for field in &mut second {
            if field.0 == "title" {
                field.1 = "Another title";
            }
        }
        assert_eq!(send(&mut author, "edit", &second).await.location(), HERE);
        let older = sound("decision-older", author.get(&format!("{HERE}?version=1")).await);
        assert_eq!(older.status, StatusCode::OK, "{}", older.body);
        assert!(older.body.contains("This is version 1 of the content"), "{}", older.body);
        assert!(
            !older.body.contains("Another title") && author.get(HERE).await.body.contains("Another title")
        );
        // What says "no" and marks a passage is told at the field.
        let mut settle = vec![
            ("for_publication", "yes"),
            ("redact_sheet", "no"),
            ("redact_appendix", "no"),
            ("passages", SECRET),
        ];
        let wrong = sound("decision-no-and-marked", send(&mut author, "publication", &settle).await);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("say that it does, or take the passages out"), "{}", wrong.body);
        settle[1].1 = "yes";
        assert_eq!(send(&mut author, "publication", &settle).await.location(), HERE);
        let page = sound("decision-settled", author.get(HERE).await);
        assert!(page.body.contains("What is published was changed"), "{}", page.body);
        assert!(page.body.contains("Redaction of the sheet: yes"));
    });
}

#[test]
fn everything_that_the_fields_of_a_report_allow_can_be_sent() {
    on_both(&async |site: &Site| {
        let mut author = signed_in(site, "p.office", &["programme-office"], "strategy").await;
        let csrf = author.get("/desk/decisions/new").await.hidden("csrf");
        // Each letter is sent as six.
        let long = "é".repeat(19_000);
        let mut whole = draft();
        whole.retain(|(name, _)| !name.ends_with("_none"));
        whole.push(("csrf", &csrf));
        for section in ["alternatives", "legal", "staffing", "equality", "background_papers"] {
            whole.push((section, &long));
        }
        for field in &mut whole {
            if ["purpose", "recommendations", "benefits", "background", "boards", "summary"]
                .contains(&field.0)
            {
                field.1 = &long;
            }
        }
        let made = author.post("/desk/decisions", &whole).await;
        assert_eq!(
            made.location(),
            HERE,
            "{}: {}",
            made.status,
            made.body.chars().take(300).collect::<String>()
        );
        assert_eq!(send(&mut author, "edit", &whole).await.location(), HERE);
        author.token = Some(site.outside(|_| site.token("p.office", "strategy")));
        let view = author.get("/api/v1/decisions/097-21").await.json();
        assert_eq!(
            view["content"]["sections"]["legal"]["text"].as_str().map(|t| t.chars().count()),
            Some(19_000)
        );
        let change = json!({ "version": view["version"], "to": view["content"] });
        let done = api(&mut author, Method::PUT, "/api/v1/decisions/097-21", &change).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    });
}

#[test]
fn an_agreed_report_goes_on_without_a_file_or_without_being_published_by_the_pages() {
    on_both(&async |site: &Site| {
        let mut all = everybody(site).await;
        let author = all.get_mut("programme-office").unwrap();
        let csrf = author.get("/desk/decisions/new").await.hidden("csrf");
        let mut open = draft();
        open.push(("csrf", &csrf));
        for field in &mut open {
            if field.0 == "classification" {
                field.1 = "official";
            }
        }
        assert_eq!(author.post("/desk/decisions", &open).await.location(), HERE);
        let settle = [("for_publication", "yes"), ("redact_sheet", "no"), ("redact_appendix", "no")];
        assert_eq!(send(author, "publication", &settle).await.location(), HERE);
        for (role, what, on) in [
            ("finance-approver", "check-finance", "2021-03-04"),
            ("programme-office", "submit", "2021-03-05"),
            ("accountable-officer", "approve", "2021-03-10"),
            ("chief-executive", "sign-executive", "2021-06-25"),
            ("treasurer", "sign-treasurer", "2021-06-28"),
        ] {
            assert_eq!(step(all.get_mut(role).unwrap(), what, on).await.location(), HERE, "{what}");
        }
        // What they signed is not changed behind them.
        let author = all.get_mut("programme-office").unwrap();
        let page = sound("decision-signed", author.get(HERE).await);
        assert!(!page.body.contains("id=\"settle\"") && page.body.contains("Take back from the officers"));
        let behind = send(author, "publication", &settle).await;
        assert_eq!(behind.status, StatusCode::CONFLICT, "{}", behind.body);
        assert_eq!(step(author, "put-forward", "2021-06-29").await.location(), HERE);
        assert_eq!(step(all.get_mut("commissioner").unwrap(), "agree", "2021-07-02").await.location(), HERE);
        let author = all.get_mut("programme-office").unwrap();
        let page = sound("decision-agreed", author.get(HERE).await);
        assert!(page.body.contains("step/publish\"") && page.body.contains("id=\"not-publish-reasons\""));
        let wrong =
            send(author, "step/not-publish", &[("on", "2021-07-05"), ("reasons", "It would harm.")]).await;
        let wrong = sound("decision-not-publish", wrong);
        assert!(wrong.body.contains("Cite the classification"), "{}", wrong.body);
        let reasons = [("on", "2021-07-05"), ("reasons", "OFFICIAL, and about one person.")];
        assert_eq!(send(author, "step/not-publish", &reasons).await.location(), HERE);
        assert!(
            author
                .get(HERE)
                .await
                .body
                .contains("It is not for publication: OFFICIAL, and about one person.")
        );
        assert_eq!(site.visitor().get("/decisions/097-21").await.status, StatusCode::NOT_FOUND);
    });
}
