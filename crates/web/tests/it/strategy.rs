//! Strategies on the desk, as the public reads them, and by API.

use crate::desk::{all, on_both, signed_in, sound};
use crate::site::Site;
use axum::http::StatusCode;
use bluelamp_model::authority::Actor;
use bluelamp_steward::strategy::{Strategy, take_up};
use serde_json::Value;

/// A force's own strategy, which not everybody may read.
const OWN: &str = include_str!("../../../steward/tests/it/strategy/borsetshire.yaml");

fn take(site: &Site, text: &str) {
    let all = vec![(Strategy::parse("own.yaml", text).unwrap(), text.to_owned())];
    site.outside(|db| db.write(&Actor::system(), move |cx| take_up(cx, &all))).unwrap();
}

#[test]
fn a_strategy_can_be_walked_from_the_list_to_an_element_and_across_to_the_other() {
    on_both(&async |site: &Site| {
        take(site, OWN);
        let mut v = signed_in(site, "olga", &["contact-officer"], "strategy").await;
        let list = sound("strategies", v.get("/desk/strategy").await);
        for words in [
            "Essex Police Digital Strategy",
            "National Policing Digital Strategy",
            "staff only",
            "237",
            "published example",
        ] {
            assert!(list.body.contains(words), "{words}");
        }

        let essex = sound("strategy-essex", v.get("/desk/strategy/essex-2021").await);
        for words in [
            "nothing in Bluelamp is about Essex",
            "2021 to 2026 (S000 title; S001 title)",
            "2020 to 2025 (S001 first sentence and section 1)",
            "Gap: Technologies.",
            "Conflict: risks.",
            "takes over as priority area",
            "Stated in the source",
            "Our reading",
            "No counterpart",
        ] {
            assert!(essex.body.contains(words), "{words}");
        }
        let principles =
            all(&essex.body, "href").iter().filter(|h| h.starts_with("/desk/strategy/essex-2021/P")).count();
        assert!(principles >= 10, "{principles}");

        let only =
            sound("strategy-essex-principles", v.get("/desk/strategy/essex-2021?kind=principle").await);
        assert!(only.body.contains("Data driven") && !only.body.contains("Digital ethics and surveillance"));
        let wrong = v.get("/desk/strategy/essex-2021?kind=wish").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

        let first = sound("strategy-element", v.get("/desk/strategy/essex-2021/P01").await);
        for words in
            ["S001 s4", "/desk/strategy/national-2020/A3.2", "/desk/strategy/national-2020/E6", "answers"]
        {
            assert!(first.body.contains(words), "{words}");
        }
        // And back again.
        let back = sound("strategy-element-national", v.get("/desk/strategy/national-2020/A3.2").await);
        assert!(back.body.contains("/desk/strategy/essex-2021/P01") && back.body.contains("A part of"));
        let goal = sound("strategy-goal", v.get("/desk/strategy/national-2020/R3.E3a").await);
        for words in [
            "Goal: about 80% (share public cloud)",
            "Inferred",
            "Due in",
            "Redefining expectations",
            "Serves",
        ] {
            assert!(goal.body.contains(words), "{words}");
        }
        let served = v.get("/desk/strategy/national-2020/A1.1").await;
        assert!(served.body.contains("Is served by") && served.body.contains("borsetshire-2027:B1.2"));

        let print = sound("strategy-print", v.get("/desk/strategy/essex-2021/print").await);
        assert!(print.body.contains("P10 ") && print.body.contains("A5 Empower the private sector"));
        sound("strategy-national", v.get("/desk/strategy/national-2020").await);
        sound("strategy-print-national", v.get("/desk/strategy/national-2020/print").await);
        for absent in
            ["/desk/strategy/none", "/desk/strategy/essex-2021/A1", "/desk/strategy/essex-2021?version=9.9.9"]
        {
            assert_eq!(v.get(absent).await.status, StatusCode::NOT_FOUND, "{absent}");
        }
    });
}

#[test]
fn an_earlier_version_is_still_read_as_it_was() {
    on_both(&async |site: &Site| {
        take(site, OWN);
        let next = OWN
            .replace("version: 1.0.0", "version: 1.1.0")
            .replace("Films can be sent in.", "Sound can be sent in.");
        take(site, &next);
        let mut v = signed_in(site, "olga", &["programme-office"], "strategy").await;
        let latest = v.get("/desk/strategy/borsetshire-2027").await;
        assert!(
            latest.body.contains("Sound can be sent in.") && !latest.body.contains("Films can be sent in.")
        );
        let first = sound("strategy-earlier", v.get("/desk/strategy/borsetshire-2027?version=1.0.0").await);
        assert!(first.body.contains("Films can be sent in.") && first.body.contains("/B1.2?version=1.0.0"));
        let element = sound(
            "strategy-earlier-element",
            v.get("/desk/strategy/borsetshire-2027/B1.2?version=1.0.0").await,
        );
        assert!(
            element.body.contains("Films can be sent in.")
                && element.body.contains("borsetshire-2027?version=1.0.0")
        );
    });
}

#[test]
fn only_those_who_steer_open_the_desk_and_everybody_reads_what_is_published() {
    on_both(&async |site: &Site| {
        take(site, OWN);
        let mut officer = signed_in(site, "otto", &["contact-officer"], "contact").await;
        assert_eq!(officer.get("/desk/strategy").await.status, StatusCode::FORBIDDEN);
        assert!(!officer.get("/desk/purpose").await.body.contains("/desk/strategy"));

        let mut citizen = site.visitor();
        let list = sound("strategies-public", citizen.get("/strategy").await);
        assert!(list.body.contains("/strategy/essex-2021") && !list.body.contains("borsetshire-2027"));
        let national = sound("strategy-public", citizen.get("/strategy/national-2020").await);
        for words in ["Seamless citizen experience", "Inferred", "About 80 % of police technology"] {
            assert!(national.body.contains(words), "{words}");
        }
        assert!(!national.body.contains("/desk/"), "no way into the desk");
        sound("strategy-public-essex", citizen.get("/strategy/essex-2021").await);
        assert_eq!(citizen.get("/strategy/borsetshire-2027").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn programs_read_the_same() {
    on_both(&async |site: &Site| {
        take(site, OWN);
        let ids = |answer: Value| {
            let all = answer["strategies"].as_array().unwrap().clone();
            all.iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let mut anybody = site.visitor();
        assert_eq!(ids(anybody.get("/api/v1/strategies").await.json()), ["essex-2021", "national-2020"]);
        let essex = anybody.get("/api/v1/strategies/essex-2021").await.json();
        assert_eq!(essex["strategy"]["elements"].as_array().unwrap().len(), 40);
        assert_eq!(essex["coverage"][0]["of_other"].as_array().unwrap().len(), 237);
        let element = anybody.get("/api/v1/strategies/national-2020/elements/R3.E3a").await.json();
        assert_eq!(element["element"]["target"]["value"], 0.8);
        assert_eq!(element["element"]["phase"], "national-2020:R3");
        let tied = anybody.get("/api/v1/strategies/national-2020/elements/E6").await.json();
        assert_eq!(tied["ties"][0]["from"], "essex-2021:P01");
        for absent in ["borsetshire-2027", "none", "essex-2021?version=2.0.0", "essex-2021/elements/A1"] {
            let answer = anybody.get(&format!("/api/v1/strategies/{absent}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{absent}");
        }

        site.outside(|_| site.staff("olga", &["programme-office"]));
        let mut program = site.visitor();
        program.token = Some(site.outside(|_| site.token("olga", "strategy")));
        assert_eq!(ids(program.get("/api/v1/strategies").await.json()).len(), 3);
        let own = program.get("/api/v1/strategies/borsetshire-2027/elements/B1").await.json();
        assert_eq!(own["below"][0]["key"], "parent");
        program.token = Some("no-such-token".into());
        assert_eq!(program.get("/api/v1/strategies").await.status, StatusCode::UNAUTHORIZED);
    });
}
