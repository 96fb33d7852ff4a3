//! Every command: its help, and what it says to wrong input.

use crate::Place;
use std::fs;

#[test]
fn every_command_has_help_and_says_where_the_data_is() {
    let place = Place::new();
    for command in [
        "",
        "serve",
        "demo",
        "import",
        "import police-uk",
        "import people",
        "export",
        "verify",
        "conform",
        "backup",
        "restore",
        "doctor",
        "config",
        "config check",
        "config print",
        "config unpack",
        "account",
        "account add",
        "account invite",
        "account disable",
        "account list",
        "token",
        "token issue",
        "log",
        "log key",
        "log checkpoint",
        "log check",
        "link",
        "link train",
        "link predict",
        "link cluster",
        "link evaluate",
        "link explain",
        "link blocking",
        "link model",
        "link index",
        "link index build",
        "link index check",
        "link index lookup",
        "link index serve",
        "thr",
        "thr lint",
        "thr test",
        "thr diff",
        "thr eval",
        "openapi",
        "schema",
    ] {
        let mut arguments: Vec<_> = command.split_whitespace().collect();
        arguments.push("--help");
        let help = place.run(&arguments).ok().out;
        assert!(help.contains("--data-dir <DIR>"), "{command}\n{help}");
        assert!(help.contains("Usage: bluelamp"), "{command}\n{help}");
        let documented = include_str!("../../../../docs/cli.md");
        assert!(
            command.is_empty() || documented.contains(&format!("bluelamp {command}")),
            "docs/cli.md lacks {command}"
        );
    }
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 0, "help makes nothing");
}

#[test]
fn what_is_typed_wrongly_is_exit_code_2_and_makes_nothing() {
    let place = Place::new();
    for (arguments, says) in [
        (vec!["serv"], "unrecognized subcommand"),
        (vec!["import", "police-uk"], "<FILE>"),
        (vec!["serve", "--port", "70000"], "70000"),
        (vec!["account", "add", "x", "--name", "X"], "--role"),
        (vec!["token", "issue", "x", "--purpose", "p", "--label", "l", "--days", "0"], "1..=366"),
        (vec!["schema", "persons"], "there is no schema 'persons'; the schemas are bundle, code-list"),
        (vec!["verify", "nowhere"], "nowhere: there is no such folder"),
        (vec!["verify", ".", "--key", "not a key"], "--key not a key: "),
        (vec!["conform", "nowhere.json"], "nowhere.json: cannot be read: "),
    ] {
        place.run(&arguments).refused(2, &[says]);
    }
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 0);
}

#[test]
fn a_mistyped_data_folder_is_not_made() {
    let place = Place::new();
    for arguments in [
        vec!["export", "C-1234-5678"],
        vec!["backup", "copy"],
        vec!["doctor"],
        vec!["log", "key"],
        vec!["log", "checkpoint"],
        vec!["log", "check"],
        vec!["token", "issue", "x", "--purpose", "p", "--label", "l"],
    ] {
        let mut arguments = arguments;
        arguments.extend(["--data-dir", "dta"]);
        place.run(&arguments).refused(2, &["dta is not a data folder; name it with --data-dir"]);
    }
    assert!(!place.path("dta").exists());
}

#[test]
fn schemas_and_the_description_of_the_api_are_json() {
    let place = Place::new();
    let names = place.run(&["schema"]).ok().out;
    assert_eq!(names.lines().collect::<Vec<_>>(), ["bundle", "code-list", "decision", "link", "record"]);
    for name in names.lines() {
        let schema: serde_json::Value = serde_json::from_str(&place.run(&["schema", name]).ok().out).unwrap();
        assert!(schema["$id"].as_str().unwrap().ends_with(name));
    }
    let api: serde_json::Value = serde_json::from_str(&place.run(&["openapi"]).ok().out).unwrap();
    assert_eq!(api["openapi"], "3.1.0");
}

#[test]
fn conform_counts_rule_by_rule() {
    let place = Place::new();
    let sound = place.write("sound.jsonl", "");
    let report = place.run(&["conform", sound.to_str().unwrap(), "--json"]).ok().json();
    assert_eq!((&report["passed"], &report["records"]), (&true.into(), &0.into()));
    let wrong = place.write("wrong.json", "{\n  \"records\": [\n    {\"id\": 7}\n  ]\n}\n");
    let ended = place.run(&["conform", wrong.to_str().unwrap()]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(
        ended.out.contains("line 3") && ended.out.contains("The file does not conform."),
        "{}",
        ended.out
    );
    let bytes = place.path("bytes.json");
    fs::write(&bytes, [b'{', 0xff]).unwrap();
    place.run(&["conform", bytes.to_str().unwrap()]).refused(2, &["is not UTF-8 text (byte 1)"]);
}

#[test]
fn accounts_are_made_listed_and_disabled_and_tokens_issued() {
    let place = Place::new();
    let link = place
        .run(&["account", "add", "n.overthwaite", "--name", "Niamh Overthwaite", "--role", "investigator"])
        .ok()
        .out;
    assert!(link.starts_with("http://127.0.0.1:8080/invitation/"), "{link}");
    place
        .run(&["account", "add", "x", "--name", "X", "--role", "sergeant"])
        .refused(2, &["'sergeant' is not a role that a person can have"]);
    let token = place
        .run(&["token", "issue", "n.overthwaite", "--purpose", "investigation", "--label", "a script"])
        .ok();
    assert_eq!(token.out.trim().len(), 64, "alone on standard output: {}", token.out);
    place
        .run(&["token", "issue", "n.overthwaite", "--purpose", "oversight", "--label", "a script"])
        .refused(2, &["none of n.overthwaite's roles may act for 'oversight'"]);
    place.run(&["account", "disable", "n.overthwaite"]).ok();
    place.run(&["account", "disable", "nobody"]).refused(1, &["not found: account 'nobody'"]);
    place
        .run(&["account", "list", "--as", "n.overthwaite"])
        .refused(2, &["--as n.overthwaite: there is no such account, or it is disabled"]);
    let list = place.run(&["account", "list", "--json"]).ok().json();
    let known: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|a| (a["username"].as_str().unwrap().to_owned(), a["disabled"].as_bool().unwrap()))
        .collect();
    assert_eq!(known.len(), 2, "{list}");
    assert!(known.contains(&("n.overthwaite".into(), true)), "{list}");
    assert!(known.iter().any(|(name, disabled)| name.starts_with("command-line") && !disabled), "{list}");
}
