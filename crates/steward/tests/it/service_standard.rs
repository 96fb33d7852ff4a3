//! The Service Standard: every point told, what nobody assessed apart, what a person wrote left alone.

use crate::entries::office;
use bluelamp_model::{Error, authority::Actor};
use bluelamp_steward::{
    entry::{change, create, entry, known},
    service_standard::{Coverage, Told, published, service, services, take_up},
};
use bluelamp_testkit::on_both;
use serde_json::json;

const TEXT: &str = include_str!("../../../../data/standards/service-standard.toml");

fn told() -> Told {
    Told::parse("service-standard.toml", TEXT).unwrap()
}

#[test]
fn the_file_says_something_of_each_point_or_is_refused_by_name() {
    assert_eq!(told().point.len(), 14);
    let faults = |text: &str| Told::parse("f.toml", text).unwrap_err().to_string();
    let twice = TEXT.replacen("number = 2\n", "number = 1\n", 1);
    assert!(
        faults(&twice).contains("nothing is said of point 2") && faults(&twice).contains("stands 2 times")
    );
    let silent = TEXT.replacen("missing = \"A team", "says_not = \"A team", 1);
    assert!(faults(&silent).contains("says_not"), "{}", faults(&silent));
    let boast = TEXT.replacen("stands = \"not-yet\"\nmissing", "stands = \"shown\"\nmissing", 1);
    assert!(faults(&boast).contains("point 6 is shown by nothing"), "{}", faults(&boast));
    let shy = TEXT.replacen("stands = \"shown\"", "stands = \"partly\"", 1);
    assert!(faults(&shy).contains("point 11 does not say what is missing"));
}

#[test]
fn it_is_taken_up_once_and_what_a_person_writes_stays() {
    on_both(|test| {
        let who = office(test);
        assert!(matches!(test.db.read(&Actor::public(), published), Err(Error::NotFound(_))));
        let up = |told: Told| test.db.write(&Actor::system(), move |cx| take_up(cx, &told)).unwrap();
        assert_eq!(up(told()), (15, 0));
        assert_eq!(up(told()), (0, 0));
        let register = known("service-point").unwrap();
        let before = test.db.read(&who, |cx| entry(cx, register, "bluelamp-point-01")).unwrap();
        let mut fields = serde_json::to_value(&before.body).unwrap();
        fields["stands"] = "partly".into();
        fields["judged"] = "2027-02-01".into();
        let body = register.read_json(&fields).unwrap();
        test.db
            .write(&who, move |cx| change(cx, register, "bluelamp-point-01", 1, &body, "Ten were asked."))
            .unwrap();
        // The next version of the product says more of two points; a person has written one of them.
        let mut next = told();
        next.point[0].says = "Something else".into();
        next.point[1].says = "More than before".into();
        assert_eq!(up(next), (0, 1));
        let view = test.db.read(&Actor::public(), published).unwrap();
        assert_eq!(
            (view.points[0].stands.as_str(), view.points[1].says.as_str()),
            ("partly", "More than before")
        );
        assert_eq!(view.points.len(), 14);
        assert_eq!(view.coverage, Coverage { shown: 2, partly: 11, not_yet: 1, not_assessed: 0 });
    });
}

#[test]
fn what_nobody_assessed_is_not_what_is_not_met_and_the_latest_judgement_counts() {
    on_both(|test| {
        let who = office(test);
        let put = |register: &'static str, code: &'static str, fields: serde_json::Value| {
            let register = known(register).unwrap();
            let body = register.read_json(&fields).unwrap_or_else(|e| panic!("{code}: {e:?}"));
            test.db.write(&who, move |cx| create(cx, register, code, &body, "")).unwrap();
        };
        put("item", "alerts", json!({ "title": "Alerts", "kind": "service", "summary": "Alerts." }));
        put("item", "idea", json!({ "title": "An idea", "kind": "idea", "summary": "Not a service." }));
        let point = |number: &str, stands: &str, judged: &str| json!({ "title": format!("{stands} of {judged}"), "service": "alerts", "point": number, "stands": stands, "judged": judged });
        put("service-point", "late", point("5", "shown", "2026-10-01"));
        put("service-point", "early", point("5", "not-yet", "2024-10-01"));
        put("service-point", "old", point("7", "partly", "2025-11-21"));
        put(
            "research",
            "round",
            json!({ "title": "Round", "service": "alerts", "on": "2026-09-01", "people": 5, "method": "Watched", "found": "A lot" }),
        );
        let view = test.db.read(&who, |cx| service(cx, "alerts")).unwrap();
        assert_eq!(view.coverage, Coverage { shown: 1, partly: 1, not_yet: 0, not_assessed: 12 });
        assert_eq!((view.points[4].entry.as_str(), view.points[4].aged), ("late", false));
        assert!(view.points[6].aged, "judged more than a year ago");
        assert_eq!(view.points[0].stands, "not-assessed");
        assert_eq!(view.research.len(), 1);
        let all = test.db.read(&who, services).unwrap();
        assert_eq!(all.iter().map(|s| s.code.as_str()).collect::<Vec<_>>(), ["alerts"]);
        assert!(matches!(test.db.read(&who, |cx| service(cx, "none")), Err(Error::NotFound(_))));
    });
}
