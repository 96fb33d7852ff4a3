//! The officers' way, by a plain HTTP client: the queue, a report, a decision, a case, its evidence, its package, the log.
//!
//! With `BLUELAMP_PAGES` set to a folder, every page that is asked for here is written there, to be looked at.

use crate::site::{Answered, NO_LIMITS, Site, Visitor};
use axum::http::{Method, StatusCode};
use bluelamp_store::Engine;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::LazyLock};

pub(crate) fn on_both(test: &impl AsyncFn(&Site)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let site = Site::new(engine, NO_LIMITS);
        runtime.block_on(test(&site));
    }
}

/// Sends a whole report, with some answers changed; gives its id.
pub(crate) async fn report(site: &Site, form: &str, changed: Value) -> String {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/answers.json")).unwrap();
    let mut all: Value = serde_json::from_str(&text).unwrap();
    for (name, value) in changed.as_object().unwrap() {
        all[form][name] = value.clone();
    }
    let body = json!({ "form": form, "answers": all[form] });
    let sent = site.visitor().post_json("/api/v1/submissions", &body).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.body);
    sent.json()["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn signed_in<'a>(
    site: &'a Site,
    username: &str,
    roles: &[&str],
    purpose: &str,
) -> Visitor<'a> {
    site.outside(|_| site.staff(username, roles));
    let mut v = site.visitor();
    let fields = [("username", username), ("password", "three sleepy lamps"), ("purpose", purpose)];
    let answer = v.fill("/sign-in", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    v
}

/// The values of an attribute, in order.
pub(crate) fn all<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(start.as_str()).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect()
}

/// The classes of a page for everybody that only the style sheet for staff has: they would look like nothing there.
fn styled_for_staff_only(html: &str) -> Vec<&str> {
    static SHEETS: LazyLock<[String; 2]> = LazyLock::new(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist/assets");
        let sheet = |name: &str| {
            let mut files = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
            let one = files.find(|f| {
                let file = f.file_name().unwrap().to_string_lossy().into_owned();
                file.starts_with(name) && file.ends_with(".css")
            });
            std::fs::read_to_string(one.unwrap()).unwrap()
        };
        ["public-", "staff-"].map(sheet)
    });
    let has = |sheet: &str, class: &str| {
        let dot = format!(".{class}");
        let ends = |at: usize| {
            !sheet[at + dot.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        sheet.match_indices(&dot).any(|(at, _)| ends(at))
    };
    let [public, staff] = &*SHEETS;
    if html.contains("/assets/staff-") {
        return Vec::new();
    }
    let classes: BTreeSet<&str> = all(html, "class").into_iter().flat_map(str::split_whitespace).collect();
    let ours = classes.into_iter().filter(|c| c.starts_with("bl-"));
    ours.filter(|c| has(staff, c) && !has(public, c)).collect()
}

/// What holds for every page; keeps the page to be looked at.
pub(crate) fn sound(name: &str, page: Answered) -> Answered {
    let html = &page.body;
    if let Some(folder) = std::env::var_os("BLUELAMP_PAGES") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), html).unwrap();
    }
    assert_eq!(html.matches("<h1").count(), 1, "{name}: one first heading\n{html}");
    assert_eq!(html.matches("<main").count(), 1, "{name}");
    assert!(!page.status.is_server_error(), "{name}: {}", page.status);
    let wrong = page.status == StatusCode::UNPROCESSABLE_ENTITY;
    assert_eq!(html.contains("<title>Error: "), wrong, "{name}: {}", page.status);
    assert_eq!(html.contains("There is a problem"), wrong, "{name}");
    assert_eq!(html.contains("govuk-error-message"), wrong, "{name}: said at the field too");
    assert!(!html.contains(" style=\"") && !html.contains("<style"), "{name}");
    let unstyled = styled_for_staff_only(html);
    assert!(unstyled.is_empty(), "{name}: the public style sheet does not have {unstyled:?}");
    let ids = all(html, "id");
    let set: BTreeSet<_> = ids.iter().copied().collect();
    let twice: Vec<_> = ids.iter().filter(|id| ids.iter().filter(|other| other == id).count() > 1).collect();
    assert!(twice.is_empty(), "{name}: twice on the page: {twice:?}");
    for id in all(html, "href").into_iter().filter_map(|h| h.strip_prefix('#')) {
        assert!(set.contains(id), "{name}: nothing has the id {id}");
    }
    for attribute in ["for", "aria-describedby", "aria-labelledby"] {
        for id in all(html, attribute).into_iter().flat_map(str::split_whitespace) {
            assert!(set.contains(id), "{name}: {attribute} leads to {id}, which is not there");
        }
    }
    let labels: BTreeSet<_> = all(html, "for").into_iter().collect();
    for part in ["<input", "<textarea", "<select"].into_iter().flat_map(|tag| html.split(tag).skip(1)) {
        let tag = format!(" {}", part.split('>').next().unwrap().replace('\n', " "));
        if tag.contains("type=\"hidden\"") {
            continue;
        }
        let id = all(&tag, "id");
        assert!(id.first().is_some_and(|id| labels.contains(id)), "{name}: no label for{tag}");
    }
    for form in html.split("<form").skip(1).map(|f| f.split("</form>").next().unwrap()) {
        let get = form.split('>').next().unwrap().contains("method=\"get\"");
        assert_eq!(
            form.contains("name=\"csrf\""),
            !get,
            "{name}: the token is in every form that changes something"
        );
    }
    assert_eq!(
        html.matches("<table").count(),
        html.matches("<caption").count(),
        "{name}: every table has a caption"
    );
    page
}

/// The href of the first link whose address begins so.
fn link(page: &Answered, start: &str) -> String {
    let found = all(&page.body, "href").into_iter().find(|h| h.starts_with(start));
    found.unwrap_or_else(|| panic!("no link to {start} in {}", page.body)).to_owned()
}

async fn upload(
    v: &mut Visitor<'_>,
    path: &str,
    csrf: &str,
    said: &[(&str, &str)],
    file: Option<&[u8]>,
) -> Answered {
    let mut body = Vec::new();
    for (name, value) in [("csrf", csrf)].iter().chain(said) {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    if let Some(bytes) = file {
        body.extend(
            b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"doorbell 20 Nov.mp4\"\r\n",
        );
        body.extend(b"Content-Type: video/mp4\r\n\r\n");
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    v.ask(Method::POST, path, "multipart/form-data; boundary=edge", body).await
}

#[test]
fn an_officer_decides_about_a_report_and_an_investigator_hands_the_case_over() {
    on_both(&async |site: &Site| {
        let mut officer = signed_in(site, "olive", &["contact-officer"], "contact").await;
        let empty = sound("queue-empty", officer.get("/desk/reports").await);
        assert!(empty.body.contains("No report waits for a decision."));

        let earlier =
            report(site, "burglary", json!({ "suspect_on_scene": "yes", "reporter_name": "Jo Smith" })).await;
        site.outside(|_| site.work());
        let unsure = json!({
            "firearm_keys_taken": "no", "occupant_present": "not-sure", "vulnerable_occupant": "not-sure", "taken": "A laptop"
        });
        let later = report(site, "burglary", unsure).await;
        let third = report(site, "antisocial-behaviour", json!({})).await;
        let waiting = sound("report-waiting", officer.get(&format!("/desk/reports/{later}")).await);
        assert!(waiting.body.contains("is being assessed"));
        site.outside(|_| site.work());
        report(site, "cyber-harassment", json!({})).await;

        // The queue: one link a row, the gravest first, grades in words.
        let queue = sound("queue", officer.get("/desk/reports").await);
        let rows: Vec<_> =
            all(&queue.body, "href").into_iter().filter(|h| h.starts_with("/desk/reports/")).collect();
        assert_eq!(rows.len(), 4);
        assert!(rows[1].ends_with(&earlier), "{rows:?}");
        for words in ["Being assessed", "HIGH", "4 reports", "just now"] {
            assert!(queue.body.contains(words), "{words}");
        }
        let reference =
            queue.body.split("bl-queue__reference\">").nth(2).unwrap().split('<').next().unwrap().to_owned();
        let found = officer.get(&format!("/desk/reports?reference={}", reference.to_lowercase())).await;
        assert_eq!(sound("queue-found", found).body.matches("bl-queue__link").count(), 1);
        let none = sound("queue-not-found", officer.get("/desk/reports?reference=R-0000-0000").await);
        assert!(none.body.contains("There is no report with this reference."));
        let kind = sound("queue-kind", officer.get("/desk/reports?state=more-needed&form=burglary").await);
        assert!(kind.body.contains("No sender has been asked for more of this kind."));

        // A report: proposed, never chosen beforehand.
        let path = format!("/desk/reports/{later}");
        let page = sound("report", officer.get(&path).await);
        for words in [
            "Proposal – a person decides",
            "At least MEDIUM, could be HIGH",
            "“Does anybody living there need extra support, because of age, health, disability or for another reason?”",
            "Could the person",
            "Possible matches",
            "Speaks for the same",
            "Lamp Street",
        ] {
            assert!(page.body.contains(words), "{words}");
        }
        let chosen: Vec<_> = page
            .body
            .split("type=\"radio\"")
            .skip(1)
            .filter(|r| r.split('>').next().unwrap().contains("checked"))
            .collect();
        assert!(chosen.is_empty(), "no grade, no outcome, no answer is chosen beforehand");
        let csrf = page.hidden("csrf");
        let answer =
            all(&page.body, "action").into_iter().find(|a| a.contains("/matches/")).unwrap().to_owned();
        let wrong = officer.post(&answer, &[("csrf", &csrf), ("answer", "same")]).await;
        let wrong = sound("report-answer-wrong", wrong);
        assert!(wrong.body.contains("Say what makes you sure") && wrong.body.contains("checked"));
        let right = officer
            .post(&answer, &[("csrf", &csrf), ("answer", "same"), ("reason", "Same number and birthday")])
            .await;
        assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
        let page = sound("report-answered", officer.get(&path).await);
        assert!(page.body.contains("Same number and birthday"));

        // A decision without reasons is not one.
        let decide = format!("{path}/decide");
        let version = page.hidden("version");
        let wrong = [
            ("csrf", csrf.as_str()),
            ("version", &version),
            ("grade", "STANDARD"),
            ("message", "We look into it."),
        ];
        let wrong = sound("report-decide-wrong", officer.post(&decide, &wrong).await);
        for words in ["Select what happens next", "Enter your reasons", "We look into it."] {
            assert!(wrong.body.contains(words), "{words}");
        }
        let right = [
            ("csrf", csrf.as_str()),
            ("version", &version),
            ("grade", "HIGH"),
            ("outcome", "open-case"),
            ("reasons", "Keys were taken from a home.\nThe doorbell camera may show who it was."),
            ("powers_and_policy", "Police and Criminal Evidence Act 1984, section 19"),
            ("proposed", "action-burglary-0 action-burglary-1 action-burglary-3"),
            ("action-burglary-0", "accept"),
            ("action-burglary-3", "accept"),
        ];
        let decided = officer.post(&decide, &right).await;
        assert!(decided.location().starts_with("/desk/cases/"), "{}", decided.body);
        let case = decided.location().to_owned();
        let page = sound("report-decided", officer.get(&path).await);
        assert!(page.body.contains("Keys were taken from a home.") && !page.body.contains("/decide\""));
        sound("case-of-contact", officer.get(&case).await);
        let page = sound("report-no-match", officer.get(&format!("/desk/reports/{third}")).await);
        assert!(page.body.contains("Decision"));
        let purpose = sound("purpose", officer.get("/desk/purpose").await);
        assert!(purpose.body.contains("What are you working on?"));

        // The case.
        let mut investigator = signed_in(site, "ivan", &["investigator"], "investigation").await;
        let list = sound("cases", investigator.get("/desk/cases").await);
        assert_eq!(link(&list, "/desk/cases/"), case);
        let page = sound("case", investigator.get(&case).await);
        let csrf = page.hidden("csrf");
        let token = ("csrf", csrf.as_str());
        let tasks: Vec<_> = all(&page.body, "action")
            .into_iter()
            .filter(|a| a.contains("/tasks/"))
            .map(str::to_owned)
            .collect();
        assert_eq!(tasks.len(), 2);
        let wrong = sound("case-task-wrong", investigator.post(&tasks[0], &[token, ("result", " ")]).await);
        assert!(wrong.body.contains("Enter what came of it"));
        let done = [token, ("result", "Crime recorded as 44/1234/26")];
        assert_eq!(investigator.post(&tasks[0], &done).await.status, StatusCode::SEE_OTHER);
        for (to, field, text) in [
            ("tasks", "title", "Ask number 16 for their camera"),
            ("notes", "text", "Spoke to Joanna Smith.\n\nShe changed the locks."),
        ] {
            let wrong = investigator.post(&format!("{case}/{to}"), &[token]).await;
            sound(&format!("case-{to}-wrong"), wrong);
            let right = investigator.post(&format!("{case}/{to}"), &[token, (field, text)]).await;
            assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
        }
        let said = [
            ("exhibit", "IE/1"),
            ("description", "Doorbell camera of number 16"),
            ("origin", "Handed over by Sam Fieldgate, 20 November"),
        ];
        let evidence = format!("{case}/evidence");
        let wrong =
            sound("case-evidence-wrong", upload(&mut investigator, &evidence, &csrf, &said, None).await);
        assert!(wrong.body.contains("Choose a file") && wrong.body.contains("Doorbell camera of number 16"));
        let right =
            upload(&mut investigator, &evidence, &csrf, &said, Some(b"\0\0\0\x18ftypmp42 footage")).await;
        assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
        let page = sound("case-worked-on", investigator.get(&case).await);
        for words in ["44/1234/26", "She changed the locks.", "IE/1", "doorbell 20 Nov.mp4"] {
            assert!(page.body.contains(words), "{words}");
        }
        assert!(page.body.contains("You cannot hand cases over for the purpose"));
        let file = investigator.get(&link(&page, "/desk/evidence/")).await;
        assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));

        // Handing over is another purpose.
        let changed = investigator.fill("/desk/purpose", &[("purpose", "disclosure")]).await;
        assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
        let csrf = investigator.get(&case).await.hidden("csrf");
        let package = format!("{case}/package");
        sound("case-package-wrong", investigator.post(&package, &[("csrf", &csrf)]).await);
        let made = investigator.post(&package, &[("csrf", &csrf), ("recipient", "CPS Borsetshire")]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        let page = sound("case-package", investigator.get(made.location().split('#').next().unwrap()).await);
        assert!(page.body.contains("Package checked") && page.body.contains("bluelamp verify"));
        assert!(!page.body.contains("action=\"/desk/cases/") || !page.body.contains("Add task"));
    });
}

#[test]
fn an_administrator_invites_and_an_auditor_reads() {
    on_both(&async |site: &Site| {
        let mut admin = signed_in(site, "ada", &["administrator"], "administration").await;
        sound("accounts", admin.get("/desk/accounts").await);
        let wrong = sound("accounts-wrong", admin.fill("/desk/accounts", &[("name", "Sam Fieldgate")]).await);
        assert!(wrong.body.contains("Sam Fieldgate"));
        let fields = [
            ("name", "Sam Fieldgate"),
            ("username", "sam.fieldgate"),
            ("roles", "investigator"),
            ("roles", "auditor"),
        ];
        let made = sound("accounts-made", admin.fill("/desk/accounts", &fields).await);
        assert!(made.body.contains("http://localhost/invitation/") && made.body.contains("shown once"));

        let mut auditor = signed_in(site, "aud", &["auditor"], "oversight").await;
        let log = sound("log", auditor.get("/desk/log").await);
        let one = link(&log, "/desk/log?object=");
        let about = sound("log-about", auditor.get(&one).await);
        assert!(about.body.contains("Only entries about"));
        sound("log-wrong", auditor.get("/desk/log?object=nonsense").await);
    });
}
