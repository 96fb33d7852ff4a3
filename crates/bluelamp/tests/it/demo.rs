//! The fictional force: built, announced in one line, served, stopped, and started again.

use crate::{Place, on_both};
use serde_json::Value;
use std::{collections::BTreeSet, fs, time::Duration};

#[test]
fn it_says_where_and_who_in_one_line_serves_and_stops() {
    on_both(|place| {
        let demo = place.serve(&["demo", "--data-dir", "d", "--port", "0", "--json"], &[]);
        assert!(demo.took < Duration::from_secs(30), "{:?}", demo.took);
        let told: Value = serde_json::from_str(&demo.first).unwrap();
        let roles: BTreeSet<&str> =
            told["staff"].as_array().unwrap().iter().map(|s| s["roles"][0].as_str().unwrap()).collect();
        assert_eq!(
            roles,
            [
                "accountable-officer",
                "administrator",
                "auditor",
                "chief-executive",
                "commissioner",
                "complaints-officer",
                "contact-officer",
                "deputy-chief",
                "ethics-committee",
                "finance-approver",
                "independent-reviewer",
                "investigator",
                "programme-office",
                "risk-lead",
                "supervisor",
                "treasurer"
            ]
            .into()
        );
        for member in told["staff"].as_array().unwrap() {
            for key in ["username", "password", "name"] {
                assert!(member[key].as_str().is_some_and(|text| !text.is_empty()), "{member}");
            }
            assert!(!member["purposes"].as_array().unwrap().is_empty(), "{member}");
        }
        assert_eq!(demo.get("/healthz", &[]).json()["status"], "ok");
        for url in told["public"].as_array().unwrap() {
            let path = url.as_str().unwrap().strip_prefix(told["url"].as_str().unwrap()).unwrap();
            let page = demo.get(path, &[]);
            assert_eq!(page.status, 200, "{path}");
            assert!(page.body.contains("Fictional force, synthetic people"), "{path}");
        }
        // The queue through the API, as the contact officer.
        let token = place
            .run(&["token", "issue", "contact", "--purpose", "contact", "--label", "test", "--data-dir", "d"])
            .ok()
            .out;
        let bearer = format!("Bearer {}", token.trim());
        let queue = demo.get("/api/v1/reports", &[("authorization", &bearer)]).json();
        let waiting = queue["items"].as_array().unwrap();
        assert_eq!(waiting.len(), 11, "thirteen reports, two of them decided");
        let floors: BTreeSet<&str> = waiting.iter().filter_map(|r| r["floor"].as_str()).collect();
        assert_eq!(floors, ["HIGH", "MEDIUM", "STANDARD"].into(), "every grade is there");
        assert!(waiting.iter().any(|r| r["floor"].is_null()), "and one without a grade yet");
        assert!(waiting.iter().any(|r| r["matches"].as_u64() > Some(1)), "a vehicle seen before");
        // The programme: whatever its file names was found, and what the people of the story did with it was done.
        let token = place.run(&[
            "token",
            "issue",
            "programme-office",
            "--purpose",
            "strategy",
            "--label",
            "test",
            "--data-dir",
            "d",
        ]);
        let office = format!("Bearer {}", token.ok().out.trim());
        let ask = |path: &str| demo.get(path, &[("authorization", &office)]).json();
        let market = ask("/api/v1/market");
        assert_eq!(market["radar"]["blips"].as_array().unwrap().len(), 18);
        assert!(market["demand"][0]["organisations"].as_array().unwrap().len() > 2, "{}", market["demand"]);
        let skills = ask("/api/v1/skills");
        assert!(
            skills["missing"]["R1"].as_f64() > Some(0.0) && !skills["fluency"].as_array().unwrap().is_empty()
        );
        let challenges = ask("/api/v1/challenges");
        let stages: BTreeSet<&str> = challenges["challenges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["stage"].as_str().unwrap())
            .collect();
        assert_eq!(stages, ["awarded", "draft", "open", "scoring"].into());
        let sealed = demo.get("/api/v1/challenges/redact-faster", &[("authorization", &office)]).body;
        assert!(!sealed.contains("Quillfield"), "who sent it is not told before the award");
        let standard = demo.get("/api/v1/published/service-standard", &[]).json();
        assert_eq!(standard["coverage"]["not_assessed"], 0);
        assert!(demo.stop() < Duration::from_secs(5));
        let mail: Vec<_> = fs::read_dir(place.path("d/outbox")).unwrap().map(|e| e.unwrap().path()).collect();
        assert!(
            !mail.is_empty() && mail.iter().all(|m| m.extension().is_some_and(|e| e == "eml")),
            "{mail:?}"
        );
        let log = place.run(&["log", "check", "--data-dir", "d", "--json"]).ok().json();
        assert_eq!(
            (&log["ok"], &log["unsealed"]),
            (&true.into(), &0.into()),
            "the last seal was made: {log}"
        );
        place.assert_well("d");

        // Again: the same force with new passwords, and as `serve` it still says that it is not real.
        let again = place.serve(&["demo", "--data-dir", "d", "--port", "0", "--json"], &[]);
        let anew: Value = serde_json::from_str(&again.first).unwrap();
        assert_eq!(anew["staff"][1]["username"], told["staff"][1]["username"]);
        assert_ne!(anew["staff"][1]["password"], told["staff"][1]["password"]);
        let queue = again.get("/api/v1/reports", &[("authorization", &bearer)]).json();
        assert_eq!(queue["items"].as_array().unwrap().len(), 11);
        again.stop();
        let served = place.serve(&["serve", "--data-dir", "d", "--port", "0"], &[]);
        assert!(served.get("/", &[]).body.contains("Fictional force, synthetic people"));
        assert!(served.lines.try_recv().is_err(), "no link for a first administrator: there is one");
        served.stop();
    });
}

#[test]
fn for_a_person_it_says_how_to_sign_in() {
    let place = Place::new();
    let mut demo = place.serve(&["demo", "--port", "0"], &[("BLUELAMP_PUBLIC_URL", "https://demo.example")]);
    assert_eq!(demo.first, "Bluelamp demo: a fictional force with synthetic people.");
    let mut said = String::new();
    while let Ok(line) = demo.lines.recv_timeout(Duration::from_secs(5)) {
        said.push_str(&line);
        said.push('\n');
        if line.contains("Ctrl+C") {
            break;
        }
    }
    for part in [
        "https://demo.example/sign-in",
        "contact        ",
        "contact-officer (contact, strategy)",
        "Joanna Smith",
    ] {
        assert!(said.contains(part), "{part}\n in\n{said}");
    }
    // Ctrl+C
    demo.signal("INT");
    assert_eq!(demo.child.wait().unwrap().code(), Some(0));
}

#[test]
fn it_keeps_away_from_what_it_did_not_make() {
    let place = Place::new();
    place.write("mine/notes.txt", "");
    place
        .run(&["demo", "--data-dir", "mine", "--port", "0"])
        .refused(2, &["mine holds something that `bluelamp demo` did not make"]);
    let real = place.serve(&["serve", "--data-dir", "real", "--port", "0"], &[]);
    assert!(!real.get("/", &[]).body.contains("Fictional force"));
    real.stop();
    place
        .run(&["demo", "--data-dir", "real", "--port", "0"])
        .refused(2, &["real holds something that `bluelamp demo` did not make"]);
    place.write("half/DEMO-NOT-FINISHED", "");
    place.run(&["demo", "--data-dir", "half"]).refused(2, &["was not built to its end: remove the folder"]);
    place
        .run_with(&["demo"], &[("BLUELAMP_LOG_ORIGIN", "force.example/log")])
        .refused(2, &["log_origin cannot be set for a demonstration"]);
}
