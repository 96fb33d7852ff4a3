//! A case leaves as a package that proves itself; a data folder is copied and put back.

use crate::{Place, Service, on_both};
use serde_json::Value;
use std::fs;

/// The force, served, and the reference of its one case.
fn with_a_case(place: &Place) -> (Service, String) {
    let demo = place.serve(&["demo", "--data-dir", "d", "--port", "0", "--json"], &[]);
    let token = place
        .run(&[
            "token",
            "issue",
            "supervisor",
            "--purpose",
            "investigation",
            "--label",
            "t",
            "--data-dir",
            "d",
        ])
        .ok()
        .out;
    let bearer = format!("Bearer {}", token.trim());
    let cases = demo.get("/api/v1/cases", &[("authorization", &bearer)]).json();
    let reference = cases["cases"][0]["reference"].as_str().unwrap().to_owned();
    (demo, reference)
}

#[test]
fn a_package_is_written_checked_and_refused_after_any_change() {
    on_both(|place| {
        let (demo, case) = with_a_case(place);
        let export =
            |more: &[&str]| place.run(&[&["export", &case, "--data-dir", "d", "--json"], more].concat());
        // While the service runs, as somebody who may, and for nobody else.
        let done =
            export(&["--to", "out", "--as", "investigator", "--recipient", "CPS Borsetshire"]).ok().json();
        export(&["--as", "contact"]).refused(1, &["not allowed: contact-officer may not do 'case.export'"]);
        export(&["--as", "supervisor", "--purpose", "investigation"])
            .refused(1, &["for the purpose 'investigation'"]);
        place
            .run(&["export", "C-0000-0000", "--data-dir", "d"])
            .refused(1, &["not found: the case 'C-0000-0000'"]);
        let package = done["path"].as_str().unwrap();
        assert_eq!(done["reference"], case.as_str());
        let by: Value =
            serde_json::from_str(&fs::read_to_string(place.path(package).join("data/case.json")).unwrap())
                .unwrap();
        assert_eq!(by["recipient"], "CPS Borsetshire");

        let key = place.run(&["log", "key", "--data-dir", "d"]).ok();
        assert!(key.err.contains("fingerprint"), "{}", key.err);
        place.write("log.key", &key.out);
        // Checked with a key got elsewhere, without, and by a machine.
        let sound = place.run(&["verify", package, "--key-file", "log.key"]).ok().out;
        assert!(sound.contains(&format!("The package of case {case} is genuine and complete.")), "{sound}");
        let alone = place.run(&["verify", package]).ok().out;
        assert!(alone.contains("NOT checked"), "{alone}");
        place
            .run(&["verify", "out"])
            .refused(2, &["out is no package but holds one: run bluelamp verify out"]);
        let machine = place.run(&["verify", package, "--key", key.out.trim(), "--json"]).ok().json();
        assert_eq!((&machine["ok"], &machine["key"]["trusted"]), (&true.into(), &true.into()), "{machine}");

        let note = place.path(package).join("data/case.json");
        let was = fs::read(&note).unwrap();
        fs::write(&note, [&was[..], b" "].concat()).unwrap();
        let changed = place.run(&["verify", package, "--key-file", "log.key", "--json"]);
        assert_eq!(changed.code, Some(1), "{}", changed.err);
        assert_eq!(changed.json()["ok"], false);
        fs::write(&note, was).unwrap();
        // The key of another log.
        place.run(&["import", "people", "nowhere.csv", "--data-dir", "other"]);
        let other = place.run(&["log", "key", "--data-dir", "other"]).ok().out;
        assert_eq!(place.run(&["verify", package, "--key", other.trim()]).code, Some(1));
        place.write("two.key", "nonsense\n");
        place.run(&["verify", package, "--key-file", "two.key"]).refused(2, &["two.key:1: "]);
        demo.stop();
    });
}

#[test]
fn without_a_name_it_is_the_command_lines_own_account_that_is_logged() {
    let place = Place::new();
    let (demo, case) = with_a_case(&place);
    demo.stop();
    let said = place.run(&["export", &case, "--data-dir", "d", "--to", "out"]).ok().out;
    assert!(said.contains("bluelamp verify") && said.contains("fingerprint"), "{said}");
    let accounts = place.run(&["account", "list", "--json", "--data-dir", "d"]).ok().json();
    let own = accounts
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["username"].as_str().unwrap().starts_with("command-line"));
    assert_eq!(own.unwrap()["active"], false, "nobody can sign in with it");
}

#[test]
fn a_copy_is_taken_while_it_serves_and_put_back_elsewhere_whatever_the_engine() {
    on_both(|place| {
        let (demo, case) = with_a_case(place);
        place.run(&["backup", "copy", "--data-dir", "d"]).ok();
        place
            .run(&["backup", "copy", "--data-dir", "d"])
            .refused(1, &["a backup is written into a new folder"]);
        demo.stop();
        place.run(&["restore", "copy", "--data-dir", "d"]).refused(1, &["clashes with what is there: "]);
        place.run(&["restore", "nowhere", "--data-dir", "new"]).refused(1, &["nowhere"]);
        // From either engine to SQLite.
        let new = Place::new();
        let copy = place.path("copy").display().to_string();
        let said = new.run(&["restore", &copy, "--data-dir", "new"]).ok().out;
        assert!(said.contains("the log is whole"), "{said}");
        new.assert_well("new");
        new.run(&["export", &case, "--data-dir", "new"]).ok();
        let served = new.serve(&["serve", "--data-dir", "new", "--port", "0"], &[]);
        assert!(served.get("/", &[]).body.contains("Fictional force"), "a copy of a fictional force is one");
        served.stop();
    });
}

#[test]
fn a_doctor_finds_what_is_wrong() {
    let place = Place::new();
    let (demo, _) = with_a_case(&place);
    demo.stop();
    // Every stored file loses its first byte, the one of evidence among them.
    let (mut folders, mut files) = (vec![place.path("d/blobs")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    assert!(!files.is_empty());
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let mut permissions = fs::metadata(&file).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
        fs::set_permissions(&file, permissions).unwrap();
        fs::write(&file, &bytes[1..]).unwrap();
    }
    let ended = place.run(&["doctor", "--data-dir", "d"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(
        ended.out.lines().any(|line| line.starts_with("LOOK") && line.contains("stored-files")),
        "{}",
        ended.out
    );
}
