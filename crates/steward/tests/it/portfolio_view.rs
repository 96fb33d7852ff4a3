//! The portfolio as its office sees it.

use super::{entries::office, findings::day};
use bluelamp_steward::{
    appetite::Appetite,
    entry::create,
    portfolio_view::{Given, Item, Local, Raid, Wait, gather, view},
    registers::{
        benefits::FUNDING,
        organisations::ORGANISATION,
        portfolio::{ITEM, LOCAL_DECISION, RAID},
    },
};
use bluelamp_testkit::on_both;
use serde_json::json;

fn appetite() -> Appetite {
    Appetite::parse("appetite.toml", include_str!("../../../../data/strategy/appetite.toml")).unwrap()
}

fn item(code: &str, kind: &str, parent: &str) -> Item {
    Item {
        code: code.into(),
        title: code.to_uppercase(),
        kind: kind.into(),
        parent: parent.into(),
        ..Item::default()
    }
}

fn raid(code: &str, item: &str, area: &str, likelihood: &str, impact: &str) -> Raid {
    Raid {
        code: code.into(),
        title: code.into(),
        kind: "risk".into(),
        item: item.into(),
        area: area.into(),
        likelihood: likelihood.into(),
        impact: impact.into(),
        state: "open".into(),
        due: Some(day("2027-01-01")),
        ..Raid::default()
    }
}

#[test]
fn what_stands_above_the_appetite_is_told_and_what_nobody_judged_stands_apart() {
    let given = Given {
        raid: vec![
            raid("grave", "", "delivery", "5", "5"),
            raid("ethics", "", "ethics", "1", "5"),
            raid("borne", "", "delivery", "3", "4"),
            raid("unjudged", "", "delivery", "", "4"),
            Raid { state: "closed".into(), ..raid("over", "", "delivery", "5", "5") },
            Raid { kind: "assumption".into(), ..raid("assumed", "", "delivery", "5", "5") },
        ],
        today: Some(day("2027-01-15")),
        ..Given::default()
    };
    let r = view(&given, &appetite()).risks;
    let above: Vec<_> = r.above.iter().map(|a| (a.code.as_str(), a.exposure, a.bound, a.late)).collect();
    assert_eq!(above, [("grave", 25, Some(12), true), ("ethics", 5, Some(4), true)]);
    assert_eq!((r.open, r.not_judged), (4, 1));
}

#[test]
fn programmes_are_seen_with_what_crosses_their_border() {
    let mut given = Given {
        items: vec![
            item("prog", "programme", ""),
            item("part", "project", "prog"),
            Item { status: "off-track".into(), ..item("deep", "project", "part") },
            item("other", "programme", ""),
            item("theirs", "project", "other"),
            item("loose", "project", ""),
        ],
        raid: vec![raid("r", "deep", "legal", "5", "5")],
        ..Given::default()
    };
    let wait = |code: &str, item: &str, needs: &str| Wait {
        code: code.into(),
        title: code.into(),
        item: item.into(),
        needs: needs.into(),
        owner: String::new(),
    };
    given.waits =
        vec![wait("within", "deep", "part"), wait("out", "deep", "theirs"), wait("loose", "loose", "part")];
    let all = view(&given, &appetite()).programmes;
    let p = all.iter().find(|p| p.code == "prog").unwrap();
    assert_eq!((p.items, p.in_trouble, p.above), (2, 1, 1));
    let across: Vec<_> = p.across.iter().map(|a| (a.code.as_str(), a.programme.as_str())).collect();
    assert_eq!(across, [("loose", ""), ("out", "other")]);
    // Two that are a part of one another belong nowhere, and nothing hangs.
    given.items = vec![item("x", "project", "y"), item("y", "project", "x")];
    assert!(view(&given, &appetite()).programmes.is_empty());
}

#[test]
fn money_carbon_and_levels_say_how_much_of_them_is_known() {
    let given = Given {
        items: vec![
            Item {
                cost_once: Some(1000),
                carbon_tonnes: Some(2.5),
                level: "national".into(),
                owner: "O".into(),
                ..item("a", "project", "")
            },
            Item { cost_once: Some(500), level: "force".into(), ..item("b", "project", "") },
            item("c", "idea", ""),
        ],
        granted: vec![(400, vec!["a".into()]), (900, vec!["a".into(), "b".into()])],
        spent: vec![("a".into(), 150)],
        consulted: ["a".to_owned(), "c".to_owned()].into(),
        ..Given::default()
    };
    let v = view(&given, &appetite());
    assert_eq!((v.items, v.without_owner, v.granted), (3, 2, 1300));
    assert_eq!((v.carbon.sum, v.carbon.said, v.carbon.of), (2.5, 1, 3));
    assert_eq!((v.cost.sum, v.cost.said), (1500.0, 2));
    let funded: Vec<_> = v.funded.iter().map(|f| (f.item.as_str(), f.granted, f.spent, f.missing)).collect();
    assert_eq!(funded, [("a", 400, 150, 600), ("b", 0, 0, 500)], "a bid for two is not cut up by guess");
    assert_eq!((v.levels["national"], v.levels[""], v.level_consulted), (1, 1, 1));
}

#[test]
fn each_organisation_that_shares_an_item_decides_for_itself() {
    let local = |code: &str, organisation: &str, decision: &str, decided: &str| Local {
        code: code.into(),
        item: "a".into(),
        organisation: organisation.into(),
        decision: decision.into(),
        decided: Some(day(decided)),
    };
    let given = Given {
        items: vec![
            Item {
                organisation: "essex".into(),
                participants: vec!["kent".into()],
                ..item("a", "project", "")
            },
            Item { organisation: "essex".into(), ..item("alone", "project", "") },
        ],
        locals: vec![
            local("1", "kent", "defer", "2026-01-01"),
            local("2", "kent", "adopt", "2026-06-01"),
            local("3", "suffolk", "decline", "2026-01-01"),
        ],
        organisations: [("essex".to_owned(), "Essex Police".to_owned())].into(),
        ..Given::default()
    };
    let shared = view(&given, &appetite()).shared;
    assert_eq!(shared.len(), 1, "what one organisation has alone is not shared");
    let told: Vec<_> = shared[0].decisions.iter().map(|(o, d)| (o.as_str(), d.as_str())).collect();
    assert_eq!(told, [("Essex Police", ""), ("kent", "adopt"), ("suffolk", "decline")]);
}

#[test]
fn the_view_is_made_from_the_registers() {
    on_both(|test| {
        let office = office(test);
        test.db
            .write(&office, |cx| {
                for code in ["essex", "kent"] {
                    let body = ORGANISATION.read_json(&json!({ "title": code, "kind": "force" })).unwrap();
                    create(cx, &ORGANISATION, code, &body, "")?;
                }
                let body = json!({
                    "title": "Lamps", "kind": "service", "summary": "Light.", "organisation": "essex",
                    "participants": ["kent"], "cost_once": 1000, "stage": "delivery", "status": "on-track",
                });
                create(cx, &ITEM, "lamps", &ITEM.read_json(&body).unwrap(), "")?;
                let body = json!({
                    "title": "Glass breaks", "kind": "risk", "item": "lamps", "likelihood": "5", "impact": "4",
                    "area": "safety", "owner": "Estates", "state": "open",
                });
                create(cx, &RAID, "glass", &RAID.read_json(&body).unwrap(), "")?;
                let body =
                    json!({ "title": "Grant", "stream": "Light", "items": ["lamps"], "asked": 900, "granted": 700, "state": "granted" });
                create(cx, &FUNDING, "grant", &FUNDING.read_json(&body).unwrap(), "")?;
                let body = json!({
                    "title": "Kent takes it", "item": "lamps", "organisation": "kent", "decision": "adopt",
                    "reasons": "Dark nights.", "decided": "2026-10-01",
                });
                create(cx, &LOCAL_DECISION, "kent", &LOCAL_DECISION.read_json(&body).unwrap(), "").map(drop)
            })
            .unwrap();
        let v = view(&test.db.read(&office, gather).unwrap(), &appetite());
        let delivery = v.stages.iter().find(|s| s.stage == "delivery").unwrap();
        assert_eq!((delivery.items, delivery.statuses["on-track"]), (1, 1));
        assert_eq!((v.risks.above[0].exposure, v.funded[0].missing), (20, 300));
        assert_eq!(
            v.shared[0].decisions,
            [("essex".to_owned(), String::new()), ("kent".into(), "adopt".into())]
        );
    });
}
