//! The market: the radar's places, and a proposal made of a signal in one step.

use crate::entries::office;
use bluelamp_model::{Day, Error};
use bluelamp_steward::{
    entry::{create, entry, known, pointing_at, withdraw},
    market::{
        Signal, propose,
        radar::{DISC, Radar, draw},
        read,
    },
    registers::market::{RINGS, SECTORS},
};
use bluelamp_testkit::on_both;
use proptest::prelude::*;
use serde_json::{Value, json};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn signal(n: usize, sector: usize, ring: usize) -> (String, Signal) {
    let signal = Signal {
        title: format!("Signal {n:03}"),
        sector: SECTORS[sector].0.into(),
        ring: RINGS[ring].0.into(),
        maturity: "early".into(),
        significance: "high".into(),
        technologies: Vec::new(),
        source: "A paper".into(),
        about: "It could help.".into(),
        owner: "Somebody".into(),
        noticed: day("2026-01-01"),
        review: day(if n.is_multiple_of(2) { "2026-11-21" } else { "2026-11-22" }),
        phase_out: None,
        item: String::new(),
    };
    (format!("signal-{n}"), signal)
}

/// Every disc in its ring and its sector, none touching another or leaving the picture.
fn sound(radar: &Radar) {
    for b in &radar.blips {
        let (x, y) = (b.x - radar.middle, b.y - radar.middle);
        let away = x.hypot(y);
        let n = radar.rings.iter().position(|r| r.code == b.ring).unwrap();
        let inner = if n == 0 { 0.0 } else { radar.rings[n - 1].radius };
        assert!(away + DISC <= radar.rings[n].radius && away - DISC >= inner, "{b:?} leaves its ring");
        let quarter = match (x > 0.0, y > 0.0) {
            (false, false) => 0,
            (true, false) => 1,
            (true, true) => 2,
            (false, true) => 3,
        };
        assert_eq!(SECTORS[quarter].0, b.sector, "{b:?} leaves its sector");
        assert!(x.abs() >= DISC && y.abs() >= DISC, "{b:?} lies on a line");
        assert!(b.x + DISC < radar.size && b.y + DISC < radar.size && b.x > DISC && b.y > DISC);
    }
    for (n, a) in radar.blips.iter().enumerate() {
        for b in &radar.blips[..n] {
            assert!((a.x - b.x).hypot(a.y - b.y) >= 2.0 * DISC, "{} touches {}", a.title, b.title);
        }
    }
}

#[test]
fn eighty_signals_in_one_corner_do_not_touch() {
    let all: Vec<_> = (0..80).map(|n| signal(n, 0, 0)).collect();
    let radar = draw(&all, day("2026-11-22"));
    assert_eq!(radar.blips.len(), 80);
    sound(&radar);
}

#[test]
fn the_radar_says_what_is_overdue_and_numbers_what_it_shows() {
    let mut all: Vec<_> = (0..10).map(|n| signal(n, n % 4, n % 5)).collect();
    all[3].1.phase_out = Some(day("2026-11-21"));
    let radar = draw(&all, day("2026-11-22"));
    sound(&radar);
    let numbers: Vec<_> = radar.blips.iter().map(|b| b.number).collect();
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
    assert_eq!(radar.blips.iter().filter(|b| b.overdue).count(), 5, "to be looked at by yesterday");
    assert_eq!(radar.blips.iter().filter(|b| b.phase_out_overdue).count(), 1);
    assert!(radar.blips.iter().all(|b| b.maturity == "First products" && b.significance == "High"));
    // Wherever a signal stands in the register, the picture is the same.
    all.reverse();
    assert_eq!(draw(&all, day("2026-11-22")), radar);
    let empty = draw(&[], day("2026-11-22"));
    assert!(empty.blips.is_empty() && empty.rings.len() == 5 && empty.sectors.len() == 4);
}

proptest! {
    #[test]
    fn no_two_discs_touch_wherever_signals_stand(places in prop::collection::vec((0_usize..4, 0_usize..5), 0..90)) {
        let all: Vec<_> = places.iter().enumerate().map(|(n, (s, r))| signal(n, *s, *r)).collect();
        let radar = draw(&all, day("2026-11-22"));
        prop_assert_eq!(radar.blips.len(), all.len());
        sound(&radar);
    }
}

fn written() -> Value {
    json!({
        "title": "Quiet drones", "sector": "devices", "ring": "assess", "maturity": "early", "significance": "medium",
        "technologies": ["national-2020:TECH11"], "source": "A fair", "about": "Searches at night.", "owner": "Search lead",
        "noticed": "2026-10-01", "review": "2027-01-01",
    })
}

#[test]
fn a_signal_becomes_a_proposal_in_one_step_and_only_once() {
    on_both(|test| {
        let who = office(test);
        let register = known("signal").unwrap();
        let body = register.read_json(&written()).unwrap();
        test.db
            .write(&who, move |cx| {
                create(cx, register, "drones", &body, "")?;
                create(cx, register, "gone", &body, "")
            })
            .unwrap();
        let stale = test.db.write(&who, |cx| propose(cx, "drones", 7));
        assert!(matches!(stale, Err(Error::Stale(_))));
        let item = test.db.write(&who, |cx| propose(cx, "drones", 1)).unwrap();
        assert_eq!((item.title.as_str(), item.body.text("kind")), ("Quiet drones", "proposal"));
        assert_eq!(item.body.all("elements"), ["national-2020:TECH11"]);
        assert_eq!(item.body.text("stage"), "idea");
        assert!(
            item.body.text("summary").contains("Searches at night.")
                && item.body.text("summary").contains("A fair")
        );
        let (signal, back) = test
            .db
            .read(&who, |cx| Ok((entry(cx, register, "drones")?, pointing_at(cx, "item:quiet-drones")?)))
            .unwrap();
        assert_eq!((signal.version, signal.body.text("item")), (2, "quiet-drones"));
        assert_eq!((back[0].register.as_str(), back[0].field.as_str()), ("signal", "item"));
        let twice = test.db.write(&who, |cx| propose(cx, "drones", 2));
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
        test.db.write(&who, move |cx| withdraw(cx, register, "gone", 1, "A slip")).unwrap();
        assert!(matches!(test.db.write(&who, |cx| propose(cx, "gone", 2)), Err(Error::Conflict(_))));
        assert!(matches!(test.db.write(&who, |cx| propose(cx, "none", 1)), Err(Error::NotFound(_))));
        let market = test.db.read(&who, read).unwrap();
        assert_eq!(market.signals.len(), 1, "what was withdrawn is on no radar");
        assert_eq!((market.signals[0].version, market.radar.blips[0].code.as_str()), (2, "drones"));
    });
}
