//! What is configured, and what is wrong with it: file, line and reason, before anything is served.

use crate::Place;
use std::{fs, path::Path};

#[test]
fn a_wrong_key_is_refused_with_file_line_and_what_there_is_instead() {
    let place = Place::new();
    let file = place.write("mine.toml", "organisation = \"force\"\n\n[limits]\nreprots = 3\n");
    for command in [vec!["serve"], vec!["config", "check"], vec!["import", "people", "x.csv"]] {
        let mut arguments = command;
        arguments.extend(["--config", file.to_str().unwrap()]);
        place.run(&arguments).refused(
            2,
            &["mine.toml:4: limits.reprots: is not a key; the keys are limits.reports, limits.sign_ins, limits.tracking"],
        );
    }
    place.run(&["serve", "--config", "nowhere.toml"]).refused(2, &["nowhere.toml: cannot be read: "]);
    assert!(!place.path("data-dir").exists(), "nothing is made");
}

#[test]
fn the_file_of_the_data_folder_is_found_and_the_environment_wins() {
    let place = Place::new();
    place.write("d/bluelamp.toml", "organisation = \"from-the-file\"\nlog_origin = \"force.example/log\"\n[database]\nurl = \"postgresql://u:secret@h/d\"\n");
    let printed = place
        .run_with(&["config", "print", "--data-dir", "d"], &[("BLUELAMP_LIMITS__REPORTS", "5")])
        .ok()
        .out;
    let printed: Vec<_> =
        printed.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let printed = printed.join("\n");
    for part in [
        "organisation = \"from-the-file\" (d/bluelamp.toml:1)",
        "limits.reports = 5 (BLUELAMP_LIMITS__REPORTS)",
        "limits.tracking = 30 (default)",
        "data_dir = \"d\" (--data-dir)",
        "database.url = \"(not shown)\" (d/bluelamp.toml:4)",
        "content_dir = (not set) (default)",
    ] {
        assert!(printed.contains(part), "{part}\n in\n{printed}");
    }
    assert!(!printed.contains("secret"));
    let json = place.run(&["config", "print", "--data-dir", "d", "--json"]).ok();
    assert!(!json.out.contains("secret"));
    assert_eq!(json.json()[0]["key"], "data_dir");
}

#[test]
fn a_wrong_variable_is_refused_by_its_name() {
    let place = Place::new();
    place
        .run_with(&["config", "check"], &[("BLUELAMP_LISTEN__PORT", "many"), ("BLUELAMP_LISTEN__PROT", "1")])
        .refused(
            2,
            &[
                "BLUELAMP_LISTEN__PORT: listen.port: should be a port",
                "BLUELAMP_LISTEN__PROT: listen.prot: is not a key",
            ],
        );
}

fn edit(file: &Path, from: &str, to: &str) -> usize {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from}");
    let line = text.lines().position(|line| line.contains(from)).unwrap() + 1;
    fs::write(file, text.replacen(from, to, 1)).unwrap();
    line
}

#[test]
fn a_wrong_policy_form_or_definition_is_refused_at_start_all_in_one_go() {
    let place = Place::new();
    place.run(&["config", "unpack", "ours"]).ok();
    place.run(&["config", "unpack", "ours"]).refused(2, &["ours is there already"]);
    let check = ["config", "check"];
    let ours = [("BLUELAMP_CONTENT_DIR", "ours")];
    let sound = place.run_with(&check, &ours).ok().out;
    assert!(sound.contains("ours: 3 forms, 11 definitions"), "{sound}");

    let policy = edit(&place.path("ours/policies/access.toml"), "\"case.export\"", "\"case.exprot\"");
    edit(
        &place.path("ours/forms/burglary.json"),
        "\"x-fact\": \"distraction\"",
        "\"x-fact\": \"distracton\"",
    );
    let text = fs::read_to_string(place.path("ours/forms/burglary.json")).unwrap();
    // The line on which the question begins: two above its name.
    let question = text.lines().position(|l| l.contains("\"name\": \"distraction\"")).unwrap() - 1;
    let definition =
        edit(&place.path("ours/definitions/antisocial-behaviour/1.0.0.md"), "status: live", "status: lively");
    let says = [
        format!(
            "ours/policies/access.toml:{}: rule.actions: 'case.exprot' is not an action",
            policy_rule(&place, policy)
        ),
        format!("ours/forms/burglary.json:{question}: "),
        "x-fact: the definition 'burglary' says: ".to_owned(),
        format!(
            "ours/definitions/antisocial-behaviour/1.0.0.md:{definition}: status: 'lively' is not draft, shadow, live or retired"
        ),
    ];
    let says: Vec<&str> = says.iter().map(String::as_str).collect();
    for command in [&check[..], &["serve", "--port", "0"], &["demo", "--port", "0"]] {
        place.run_with(command, &ours).refused(2, &says);
    }
    assert!(!place.path("data-dir/bluelamp.sqlite").exists(), "nothing is served or made");
}

/// A fault in a rule is told with the line on which the rule begins.
fn policy_rule(place: &Place, at: usize) -> usize {
    let text = fs::read_to_string(place.path("ours/policies/access.toml")).unwrap();
    let before: Vec<_> = text.lines().take(at).collect();
    before.iter().rposition(|line| line.starts_with("[[rule]]")).unwrap() + 1
}

#[test]
fn a_port_that_is_taken_is_said_and_not_waited_for() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    place
        .run(&["serve", "--port", &port])
        .refused(1, &["cannot be listened on", "Choose another with --port"]);
}
