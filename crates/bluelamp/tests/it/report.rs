//! `bluelamp strategy report`: the programme office's reports at a terminal.

use crate::{Place, Service};
use serde_json::{Value, json};

const PROJECT: &str = "Victims report theft online and <follow> their report.";

/// A fictional force with two projects that double, in the folder `d`.
fn office(place: &Place) -> Service {
    let demo = place.serve(&["demo", "--data-dir", "d", "--port", "0", "--json"], &[]);
    let add = ["account", "add", "o.report", "--name", "Olive Report", "--role", "programme-office"];
    place.run(&[&add[..], &["--data-dir", "d"]].concat()).ok();
    let issue = ["token", "issue", "o.report", "--purpose", "strategy", "--label", "t", "--data-dir", "d"];
    let token = place.run(&issue).ok().out;
    let bearer = format!("Bearer {}", token.trim());
    let put = |register: &str, code: &str, body: Value| {
        let path = format!("/api/v1/registers/{register}");
        let answer =
            demo.post(&path, &[("authorization", &bearer)], &json!({ "code": code, "body": body })).unwrap();
        assert_eq!(answer.status, 201, "{code}: {}", answer.body);
    };
    let project = |title: &str| {
        json!({
            "title": title, "kind": "project", "summary": PROJECT, "aims": ["help-people"], "users": ["Victims"],
            "capabilities": ["national-2020:C01"], "elements": ["national-2020:A1.1"], "starts": "2027-01-01",
            "ends": "2027-06-30", "owner": "Head of Digital",
        })
    };
    put("item", "report-portal", project("Online reporting of theft"));
    put("item", "report-counter", project("Theft reporting, online"));
    put(
        "benefit",
        "fewer-calls",
        json!({
            "title": "Fewer calls", "item": "report-portal", "sort": "cash-releasing", "measure": "Calls a week",
            "unit": "calls", "baseline": 100, "target": 50, "due": "2027-11-01", "worth_yearly": 10000,
            "owner": "Head of Contact",
        }),
    );
    demo
}

#[test]
fn every_report_comes_in_every_form() {
    let place = Place::new();
    let demo = office(&place);
    let report = |what: &str, format: &str, more: &[&str]| {
        let of = ["strategy", "report", what, "--format", format, "--data-dir", "d", "--as", "o.report"];
        place.run(&[&of[..], more].concat()).ok()
    };
    for (what, title, first) in [
        ("alignment", "Alignment with the strategy", "Items by axis"),
        ("gaps", "Gaps", "Gaps"),
        ("duplicates", "Duplicates, conflicts and what could be done together", "Duplicates"),
        ("roadmap", "Roadmap of the portfolio", "Items of the roadmap"),
        ("benefits", "Benefits", "Benefit by benefit"),
    ] {
        report(what, "json", &[]).json();
        let csv = report(what, "csv", &[]).out;
        assert!(csv.starts_with(&format!("{first}\r\n")), "{what}: {csv}");
        let html = report(what, "html", &[]).out;
        assert!(html.starts_with("<!DOCTYPE html>"), "{what}");
        assert!(html.contains(&format!("<h1>{title}</h1>")) && html.ends_with("</html>\n"), "{what}: {html}");
        assert!(!html.contains("<script") && !html.contains("<follow>"), "{what}");
    }
    let found = report("duplicates", "json", &[]).json();
    let ids: Vec<_> =
        found["findings"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"duplicate:same-function:report-counter+report-portal"), "{ids:?}");
    let table = report("duplicates", "csv", &[]).out;
    assert!(table.contains("‘Theft reporting, online’ and ‘Online reporting of theft’ seem to do the same"));
    let gaps = report("gaps", "csv", &["--strategy", "essex-2021"]).out;
    assert!(gaps.contains("Principle ‘") && !gaps.contains("Action ‘"), "one strategy alone: {gaps}");
    let roadmap = report("roadmap", "html", &[]).out;
    assert!(roadmap.contains("<svg") && roadmap.contains("A1 Seamless citizen experience"));
    demo.stop();
    // Without a service, as the command line's own account.
    let own = ["strategy", "report", "benefits", "--format", "csv", "--data-dir", "d"];
    assert!(place.run(&own).ok().out.contains("Fewer calls"));
}

#[test]
fn what_is_wrong_is_said() {
    let place = Place::new();
    let report = |more: &[&str]| place.run(&[&["strategy", "report"], more].concat());
    report(&[]).refused(2, &["required"]);
    report(&["wishes"])
        .refused(2, &["invalid value 'wishes'", "alignment, gaps, duplicates, roadmap, benefits"]);
    report(&["gaps", "--format", "pdf"]).refused(2, &["invalid value 'pdf'", "json, csv, html"]);
    report(&["gaps", "--data-dir", "nowhere"]).refused(2, &["nowhere is not a data folder"]);
    place
        .run(&["account", "add", "a.example", "--name", "A", "--role", "investigator", "--data-dir", "d"])
        .ok();
    report(&["gaps", "--data-dir", "d", "--strategy", "kent-2030"])
        .refused(1, &["a strategy called ‘kent-2030’; held are: essex-2021, national-2020"]);
    report(&["gaps", "--data-dir", "d", "--as", "a.example", "--purpose", "investigation"])
        .refused(1, &["investigator may not do 'strategy.view'"]);
    report(&["gaps", "--data-dir", "d", "--as", "nobody"]).refused(2, &["there is no such account"]);
}
