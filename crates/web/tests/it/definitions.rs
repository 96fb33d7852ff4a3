//! The life of a definition on the desk, as the public reads it, and by API.

use crate::desk::{all, on_both, report, signed_in, sound};
use crate::site::{Answered, Site, Visitor};
use axum::http::{Method, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};

const BURGLARY: &str = include_str!("../../../../data/definitions/burglary/1.0.0.md");
const HERE: &str = "/desk/definitions";

/// The next version of the burglary definition, in which one more thing is HIGH.
fn next() -> String {
    BURGLARY
        .replace("version: 1.0.0", "version: 2.0.0")
        .replace("| - | \"MEDIUM\" | \"burglary-occupied\"", "| - | \"HIGH\" | \"burglary-occupied\"")
        .replace("| occupant present: true, firearm keys taken: false | MEDIUM | 3, 4 | HIGH |", "")
}

/// A text that is whole, small and somebody's own.
fn small(id: &str, title: &str) -> String {
    include_str!("../../src/desk/definitions/skeleton.md")
        .replace("id: my-definition", &format!("id: {id}"))
        .replace("# The name of the harm", &format!("# {title}"))
}

async fn lead<'a>(site: &'a Site, name: &str) -> Visitor<'a> {
    signed_in(site, name, &["risk-lead"], "governance").await
}

async fn chief<'a>(site: &'a Site, name: &str) -> Visitor<'a> {
    signed_in(site, name, &["accountable-officer"], "governance").await
}

/// Saves a text as a draft.
pub(crate) async fn save(v: &mut Visitor<'_>, text: &str) -> Answered {
    let csrf = v.get(&format!("{HERE}/new")).await.hidden("csrf");
    v.post(HERE, &[("csrf", &csrf), ("text", text)]).await
}

/// Has a version assessed and approved for operation, by people who have no other part here.
fn approved(site: &Site, id: &str, version: &str) {
    use bluelamp_testkit::ethics::{approve, entry};
    site.outside(|db| {
        let entry = entry(db, &format!("definition/{id}"), version);
        approve(db, &[entry], bluelamp_access::algorithm::State::Operational, 300);
    });
}

/// Does something with a version, as its page would send it.
async fn act(v: &mut Visitor<'_>, version: &str, deed: &str, why: &str) -> Answered {
    let csrf = v.get("/desk/purpose").await.hidden("csrf");
    let page = v.get(&format!("{HERE}/{version}")).await;
    // A page without a form for it shows the digest all the same.
    let after = |mark: &str| page.body.split(mark).nth(1);
    let digest = after("name=\"digest\" value=\"")
        .or_else(|| after("Fingerprint of its text")?.split("summary-list__value\">").nth(1))
        .unwrap_or_else(|| panic!("no digest in {}", page.body));
    let digest: String = digest.trim_start().chars().take_while(char::is_ascii_hexdigit).collect();
    let fields = [("csrf", csrf.as_str()), ("digest", &digest), ("reasons", why)];
    v.post(&format!("{HERE}/{version}/{deed}"), &fields).await
}

#[test]
fn a_definition_is_written_tried_in_shadow_asked_for_and_let_go_live_by_another() {
    on_both(&async |site: &Site| {
        for answers in [json!({ "suspect_on_scene": "yes" }), json!({}), json!({ "occupant_present": "no" })]
        {
            report(site, "burglary", answers).await;
        }
        site.outside(|_| site.work());
        let mut writer = lead(site, "rita").await;

        // A text with a fault is not kept; the fault is named with its line.
        let editor = sound("definition-new", writer.get(&format!("{HERE}/burglary/1.0.0/edit")).await);
        assert!(editor.body.contains("version: 1.0.1\nstatus: live"), "the next patch");
        let faulty = next().replace("\"burglary-gone\"", "burglary-gone");
        let line = 1 + faulty.lines().position(|l| l.contains("burglary-gone")).unwrap();
        let wrong = sound("definition-faulty", save(&mut writer, &faulty).await);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains(&format!("Line {line}: ")) && wrong.body.contains("double quotes"));
        // So is one whose cases come out wrong.
        let red = sound("definition-red", save(&mut writer, &next()).await);
        assert_eq!(red.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(red.body.contains("come") && red.body.contains("the floor is HIGH, not MEDIUM"));
        assert_eq!(site.count("select count(*) from definition_version where version = '2.0.0'"), 0);

        // A good one is a draft.
        let good = BURGLARY.replace("version: 1.0.0", "version: 2.0.0").replace(
            "Somebody was inside while it happened",
            "Somebody was in the building while it happened",
        );
        let kept = save(&mut writer, &good.replace('\n', "\r\n")).await;
        assert_eq!(kept.location(), "/desk/definitions/burglary/2.0.0", "{}", kept.body);
        let page = sound("definition-draft", writer.get(kept.location()).await);
        for words in
            ["Put into shadow", "all 16 come out right", "Change this draft", "Acquisitive crime lead"]
        {
            assert!(page.body.contains(words), "{words}");
        }
        assert!(
            page.body.contains(&hex::encode(Sha256::digest(&good))),
            "line ends are as they were written"
        );
        let other = good.replace("Somebody was in the building", "Somebody was in there");
        let clash = sound("definition-another-draft", save(&mut writer, &other).await);
        assert!(clash.body.contains("is a draft already, and not the one that you began with"));
        let editor = sound("definition-edit", writer.get(&format!("{HERE}/burglary/2.0.0/edit")).await);
        let (csrf, base) = (editor.hidden("csrf"), editor.hidden("base"));
        for text in [&other, &good] {
            let base = if *text == other { base.clone() } else { hex::encode(Sha256::digest(&other)) };
            let again = writer.post(HERE, &[("csrf", &csrf), ("base", &base), ("text", text)]).await;
            assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
        }

        // Into shadow, with reasons.
        let wrong = sound("definition-no-reasons", act(&mut writer, "burglary/2.0.0", "shadow", " ").await);
        assert!(wrong.body.contains("Enter your reasons"));
        let done = act(&mut writer, "burglary/2.0.0", "shadow", "To see what it makes of a week").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let twice = act(&mut writer, "burglary/2.0.0", "shadow", "Again").await;
        assert_eq!(twice.status, StatusCode::CONFLICT);

        // Nobody has approved it for the lab: it is not tried on stored reports.
        let early = act(&mut writer, "burglary/2.0.0", "ask", "Now").await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        assert!(
            early.body.contains("It may not be tried on stored reports yet: it is only proposed"),
            "{}",
            early.body
        );
        approved(site, "burglary", "2.0.0");

        // Asked for: the figures stand in the record.
        let asked = act(&mut writer, "burglary/2.0.0", "ask", "The wording is clearer").await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
        let page = sound("definition-asked", writer.get(&format!("{HERE}/burglary/2.0.0")).await);
        for words in [
            "3 of the 3 latest stored reports",
            "each row is what 1.0.0 says",
            "fewer than 5",
            "The wording is clearer",
            "You asked that this version go live",
        ] {
            assert!(page.body.contains(words), "{words} in {}", page.body);
        }
        assert!(!page.body.contains("/burglary/2.0.0/live\""), "no button for who asked");
        let list = sound("definitions-waiting", writer.get(HERE).await);
        assert!(list.body.contains("Waiting for somebody to decide") && list.body.contains("RITA Example"));
        let own = act(&mut writer, "burglary/2.0.0", "live", "Because I say so").await;
        assert_eq!(own.status, StatusCode::FORBIDDEN, "who writes does not approve");
        assert_eq!(
            site.count("select count(*) from definition_version where version = '2.0.0' and status = 'live'"),
            0
        );

        // Another lets it live, and the older is retired.
        let mut boss = chief(site, "carol").await;
        let page = sound("definition-to-approve", boss.get(&format!("{HERE}/burglary/2.0.0")).await);
        assert!(page.body.contains("Let it go live") && page.body.contains("Do not let it go live"));
        let refused = act(&mut boss, "burglary/2.0.0", "refuse", "Not on a Friday").await;
        assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.body);
        assert_eq!(act(&mut boss, "burglary/2.0.0", "live", "Now").await.status, StatusCode::CONFLICT);
        assert_eq!(
            act(&mut writer, "burglary/2.0.0", "ask", "It is Monday").await.status,
            StatusCode::SEE_OTHER
        );
        let live = act(&mut boss, "burglary/2.0.0", "live", "Looked at the figures").await;
        assert_eq!(live.status, StatusCode::SEE_OTHER, "{}", live.body);
        let history = sound("definition-history", boss.get(&format!("{HERE}/burglary")).await);
        for words in
            ["In force", "Retired", "Replaced by version 2.0.0.", "Looked at the figures", "Not on a Friday"]
        {
            assert!(history.body.contains(words), "{words}");
        }
        let between = boss.get(&format!("{HERE}/burglary?from=1.0.0&to=2.0.0")).await;
        let between = sound("definition-differences", between);
        assert!(between.body.contains("From 1.0.0 to 2.0.0") && between.body.contains("burglary-occupied"));

        // Everybody reads it.
        let mut public = site.visitor();
        let page = sound("public-definition", public.get("/definitions/burglary").await);
        assert!(
            page.body.contains("version 2.0.0") && page.body.contains("in the building while it happened")
        );
        let text = public.get("/api/v1/definitions/burglary").await;
        assert_eq!((text.body.as_str(), text.status), (good.as_str(), StatusCode::OK));

        // Retired: not in force any more.
        let gone = act(&mut boss, "burglary/2.0.0", "retire", "Withdrawn after the inspection").await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
        assert_eq!(public.get("/definitions/burglary").await.status, StatusCode::NOT_FOUND);
        let list = sound("definitions", boss.get(HERE).await);
        assert!(list.body.contains("none in force"));
    });
}

#[test]
fn whoever_holds_both_roles_cannot_let_live_what_they_asked_for() {
    on_both(&async |site: &Site| {
        let both = &["risk-lead", "accountable-officer"];
        let mut v = signed_in(site, "bea", both, "governance").await;
        assert_eq!(save(&mut v, &small("small", "Small")).await.status, StatusCode::SEE_OTHER);
        for deed in ["shadow", "ask"] {
            let done = act(&mut v, "small/0.1.0", deed, "Why not").await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
            if deed == "shadow" {
                approved(site, "small", "0.1.0");
            }
        }
        let page = sound("definition-asked-by-me", v.get(&format!("{HERE}/small/0.1.0")).await);
        assert!(page.body.contains("Going live takes two people") && !page.body.contains("Let it go live"));
        assert!(
            page.body.contains("no version was in force to compare it with")
                || page.body.contains("nothing to compare")
        );
        let own = act(&mut v, "small/0.1.0", "live", "Nobody is looking").await;
        assert_eq!(own.status, StatusCode::FORBIDDEN);
        assert!(own.body.contains("going live takes two people"));
        let mut other = chief(site, "cora").await;
        let live = act(&mut other, "small/0.1.0", "live", "I looked").await;
        assert_eq!(live.status, StatusCode::SEE_OTHER, "{}", live.body);
    });
}

#[test]
fn whoever_wrote_the_text_neither_approves_it_nor_lets_it_go_live() {
    on_both(&async |site: &Site| {
        let both = &["risk-lead", "accountable-officer"];
        let mut bea = signed_in(site, "bea", both, "governance").await;
        let mut rosa = lead(site, "rosa").await;
        assert_eq!(save(&mut bea, &small("small", "Small")).await.status, StatusCode::SEE_OTHER);
        assert_eq!(act(&mut rosa, "small/0.1.0", "shadow", "To see").await.status, StatusCode::SEE_OTHER);
        // Somebody else assesses it; the step is still not for who wrote it, by page and by API.
        let page = sound("ethics-of-my-text", bea.get("/desk/ethics/definition/small").await);
        assert!(
            page.body.contains("You have written the text of this version: somebody else"),
            "{}",
            page.body
        );
        let id = site.outside(|db| bluelamp_testkit::ethics::entry(db, "definition/small", "0.1.0"));
        let mut machine = site.visitor();
        machine.token = Some(site.outside(|_| site.token("bea", "governance")));
        let step = json!({ "to": "assessed", "reasons": "Whole." });
        let own = machine.post_json(&format!("/api/v1/ethics/{id}/phase"), &step).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", own.body);
        assert!(own.body.contains("you have written the text of this version"), "{}", own.body);
        approved(site, "small", "0.1.0");
        assert_eq!(act(&mut rosa, "small/0.1.0", "ask", "Now").await.status, StatusCode::SEE_OTHER);
        let page = sound("definition-of-mine", bea.get(&format!("{HERE}/small/0.1.0")).await);
        assert!(page.body.contains("You have written the text") && !page.body.contains("Let it go live"));
        let own = act(&mut bea, "small/0.1.0", "live", "It is good").await;
        assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", own.body);
        let mut other = chief(site, "cora").await;
        let live = act(&mut other, "small/0.1.0", "live", "I looked").await;
        assert_eq!(live.status, StatusCode::SEE_OTHER, "{}", live.body);
    });
}

#[test]
fn each_page_is_for_the_roles_that_the_policy_names() {
    on_both(&async |site: &Site| {
        let reads = ["", "/burglary", "/burglary/1.0.0"];
        let writes = ["/new", "/burglary/1.0.0/edit"];
        for (name, role, purpose, may_read, may_write) in [
            ("r1", "risk-lead", "governance", true, true),
            ("r2", "accountable-officer", "governance", true, false),
            ("r3", "auditor", "oversight", true, false),
            ("r4", "contact-officer", "contact", true, false),
            ("r5", "investigator", "investigation", true, false),
            ("r6", "supervisor", "investigation", true, false),
            ("r7", "investigator", "disclosure", false, false),
            ("r8", "administrator", "administration", false, false),
        ] {
            let mut v = signed_in(site, name, &[role], purpose).await;
            let desk = v.get("/desk/purpose").await;
            assert_eq!(
                desk.body.contains("href=\"/desk/definitions\""),
                may_read,
                "{role}: in the navigation"
            );
            for (paths, may) in [(&reads[..], may_read), (&writes[..], may_write)] {
                for path in paths {
                    let page = v.get(&format!("{HERE}{path}")).await;
                    let expected = if may { StatusCode::OK } else { StatusCode::FORBIDDEN };
                    assert_eq!(page.status, expected, "{role} at {path}");
                }
            }
            let csrf = desk.hidden("csrf");
            let text = small("nobody", "Nobody’s");
            for (path, may) in [("/check", may_write), ("", may_write)] {
                let sent = v.post(&format!("{HERE}{path}"), &[("csrf", &csrf), ("text", &text)]).await;
                assert_eq!(
                    sent.status == StatusCode::FORBIDDEN,
                    !may,
                    "{role} posts {path}: {}",
                    sent.status
                );
            }
            for deed in ["shadow", "ask", "live", "refuse", "retire"] {
                let fields = [("csrf", csrf.as_str()), ("digest", "x"), ("reasons", "Why")];
                let sent = v.post(&format!("{HERE}/burglary/1.0.0/{deed}"), &fields).await;
                let may = match deed {
                    "shadow" | "ask" => role == "risk-lead",
                    _ => role == "accountable-officer",
                };
                // Who may is told that this is not the text that was read.
                let expected = if may { StatusCode::CONFLICT } else { StatusCode::FORBIDDEN };
                assert_eq!(sent.status, expected, "{role}: {deed}");
                let forged = [("csrf", "0"), ("digest", "x"), ("reasons", "Why")];
                let sent = v.post(&format!("{HERE}/burglary/1.0.0/{deed}"), &forged).await;
                assert_eq!(sent.status, StatusCode::FORBIDDEN, "no deed without the token");
            }
            for path in ["", "/check"] {
                let sent = v.post(&format!("{HERE}{path}"), &[("text", &text)]).await;
                assert_eq!(sent.status, StatusCode::FORBIDDEN, "no text without the token");
            }
        }
        let mut nobody = site.visitor();
        for path in reads.iter().chain(&writes) {
            let page = nobody.get(&format!("{HERE}{path}")).await;
            assert_eq!((page.status, page.location().starts_with("/sign-in")), (StatusCode::SEE_OTHER, true));
        }
    });
}

#[test]
fn a_check_keeps_nothing_and_answers_a_script_with_the_result_alone() {
    on_both(&async |site: &Site| {
        let mut v = lead(site, "rosa").await;
        let page = sound("definition-skeleton", v.get(&format!("{HERE}/new")).await);
        let csrf = page.hidden("csrf");
        let check = |text: String, part: &'static str| {
            vec![
                ("csrf".to_owned(), csrf.clone()),
                ("text".to_owned(), text),
                ("part".to_owned(), part.to_owned()),
            ]
        };
        let path = format!("{HERE}/check");
        let send = async |v: &mut Visitor<'_>, fields: Vec<(String, String)>| {
            let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            v.post(&path, &fields).await
        };
        let good = sound("definition-checked", send(&mut v, check(small("x", "X"), "")).await);
        assert!(good.body.contains("No fault; 4 cases come out right.") && good.body.contains("id: x"));
        let bad = small("x", "X").replace("| HIGH | none |", "| STANDARD | none |");
        let bad = sound("definition-checked-red", send(&mut v, check(bad, "")).await);
        assert!(bad.body.contains("Wrong") && bad.body.contains("the floor is HIGH, not STANDARD"));
        let part = send(&mut v, check(small("x", "X").replace("yes/no", "maybe"), "result")).await;
        assert_eq!(part.status, StatusCode::OK);
        assert!(!part.body.contains("<html") && part.body.contains("data-line=\""), "{}", part.body);
        // A fact that another definition takes as another type.
        let clash = small("x", "X")
            .replace("danger now", "occupant present")
            .replace("yes/no", "number")
            .replace("true", "1")
            .replace("false", "0");
        let clash = sound("definition-clash", send(&mut v, check(clash, "")).await);
        assert!(clash.body.contains("has another type in"), "{}", clash.body);
        assert_eq!(site.count("select count(*) from definition_version where definition = 'x'"), 0);
    });
}

#[test]
fn wrong_input_is_answered_and_a_title_never_becomes_markup() {
    on_both(&async |site: &Site| {
        let mut v = lead(site, "rolf").await;
        let csrf = v.get(&format!("{HERE}/new")).await.hidden("csrf");
        let deep = format!("---\ngrades: {}\n---\n# x\n", "[".repeat(20_000));
        let cell = small("x", "X")
            .replace("| 1 | true |", &format!("| 1 | {}true{} |", "not(".repeat(5_000), ")".repeat(5_000)));
        let long = "é".repeat(130 * 1024);
        for text in
            ["", "\0", "---", "---\n---", "a\u{0}b", "| | |\n", "\u{feff}---\nid: x", &deep, &cell, &long]
        {
            let short: String = text.chars().take(40).collect();
            for path in ["", "/check"] {
                let sent = v.post(&format!("{HERE}{path}"), &[("csrf", &csrf), ("text", text)]).await;
                assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{short:?}");
            }
        }
        let huge = v.post(HERE, &[("csrf", &csrf), ("text", &"x".repeat(2 * 1024 * 1024))]).await;
        assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
        for path in [
            "/none",
            "/burglary/9.9.9",
            "/burglary/9.9.9/edit",
            "/%00",
            "/burglary/%00",
            "/burglary?from=0&to=1",
            "/%3Cscript%3E",
        ] {
            let page = v.get(&format!("{HERE}{path}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}: {}", page.body);
            assert!(!page.body.contains("<script>"), "{path}");
        }
        let odd = act(&mut v, "burglary/1.0.0", "write", "Why").await;
        assert_eq!(odd.status, StatusCode::NOT_FOUND);
        let mut public = site.visitor();
        for path in
            ["/definitions/none", "/definitions/%00", "/api/v1/definitions/none", "/api/v1/definitions/%00"]
        {
            assert_eq!(public.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }

        let evil = small("evil", "Evil <script>alert(1)</script> & co")
            .replace("Is anybody in danger now?", "<img src=x onerror=alert(1)>")
            .replace("- Which devices", "- <script>alert(2)</script> [x](javascript:alert(3)) Which devices");
        assert_eq!(save(&mut v, &evil).await.status, StatusCode::SEE_OTHER);
        for deed in ["shadow", "ask"] {
            let done = act(&mut v, "evil/0.1.0", deed, "<script>alert(4)</script>").await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
            if deed == "shadow" {
                approved(site, "evil", "0.1.0");
            }
        }
        let mut boss = chief(site, "cleo").await;
        assert_eq!(act(&mut boss, "evil/0.1.0", "live", "Fine").await.status, StatusCode::SEE_OTHER);
        let mut pages = Vec::new();
        for path in ["", "/evil", "/evil/0.1.0", "/evil/0.1.0/edit"] {
            pages.push(sound("definition-evil", v.get(&format!("{HERE}{path}")).await));
        }
        for path in ["/definitions", "/definitions/evil", "/algorithms"] {
            pages.push(public.get(path).await);
        }
        for page in pages {
            assert_eq!(page.status, StatusCode::OK);
            assert!(
                page.body.contains("Evil &lt;script&gt;alert(1)&lt;/script&gt; &amp; co"),
                "{}",
                page.body
            );
            assert!(!page.body.contains("<script>") && !page.body.contains("<img src=x"), "{}", page.body);
            assert!(all(&page.body, "href").iter().all(|h| !h.starts_with("javascript")));
        }
    });
}

#[test]
fn a_version_that_a_form_does_not_fit_is_not_asked_to_go_live() {
    on_both(&async |site: &Site| {
        let mut v = lead(site, "ruth").await;
        // The form answers yes and no to what is a number now.
        let text = small("burglary", "Burglary, otherwise").replace("version: 0.1.0", "version: 3.0.0");
        assert_eq!(save(&mut v, &text).await.status, StatusCode::SEE_OTHER);
        assert_eq!(act(&mut v, "burglary/3.0.0", "shadow", "To see").await.status, StatusCode::SEE_OTHER);
        let asked = act(&mut v, "burglary/3.0.0", "ask", "My reasons stay").await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
        for words in ["A form does not fit this version", "of the form &#39;burglary&#39;", "My reasons stay"]
        {
            assert!(asked.body.contains(words), "{words} in {}", asked.body);
        }
        assert_eq!(
            site.count(
                "select count(*) from definition_event where what = 'ask' and reasons = 'My reasons stay'"
            ),
            0
        );
    });
}

#[test]
fn anybody_reads_what_is_in_force_and_checks_its_digest() {
    on_both(&async |site: &Site| {
        let mut v = site.visitor();
        let list = v.get("/definitions").await;
        assert!(
            list.body.contains("href=\"/definitions/burglary\"")
                && list.body.contains("href=\"/algorithms\"")
        );
        let algorithms = v.get("/algorithms").await;
        assert!(
            algorithms.body.contains("href=\"/definitions\"")
                && algorithms.body.contains("href=\"/definitions/burglary\"")
        );
        let page = v.get("/definitions/burglary").await;
        for words in [
            "Could the person who did this still be there, or close by?",
            "suspect on scene: yes",
            "The suspect may still be there",
            "Send the nearest unit",
            "31 May 2027",
            "Acquisitive crime lead",
        ] {
            assert!(page.body.contains(words), "{words}");
        }
        assert!(!page.body.contains("staff.js") && !page.body.contains("RITA"), "nothing of the desk");
        let all = v.get("/api/v1/definitions").await.json();
        let of = |id: &str| {
            let all = all["definitions"].as_array().unwrap();
            all.iter().find(|d| d["id"] == id).unwrap_or_else(|| panic!("no {id}")).clone()
        };
        assert_eq!(of("burglary")["version"], "1.0.0");
        let text = v.get("/api/v1/definitions/burglary").await;
        assert_eq!(text.headers["content-type"], "text/markdown; charset=utf-8");
        assert_eq!(of("burglary")["digest"], hex::encode(Sha256::digest(&text.body)));
        assert!(page.body.contains(of("burglary")["digest"].as_str().unwrap()));
        let post = v.ask(Method::POST, "/definitions/burglary", "", Vec::new()).await;
        assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
    });
}
