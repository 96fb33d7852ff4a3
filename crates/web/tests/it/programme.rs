//! What the programme office works with: the shipped strategies taken up, and a portfolio. Shared with a benchmark.

use crate::site::Site;
use bluelamp_model::{Id, authority::Actor};
use bluelamp_steward::{entry, registers::portfolio::ITEM, strategy};
use serde_json::json;
use std::path::Path;

/// Takes up the shipped strategies.
pub(crate) fn strategies(site: &Site) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/strategy");
    let file = |name: &str| (name.to_owned(), std::fs::read_to_string(folder.join(name)).unwrap());
    let loaded = strategy::load(&["national-2020.yaml", "essex-2021.yaml"].map(file), &[]).unwrap();
    let take_up = move |cx: &mut bluelamp_store::Cx<'_>| strategy::take_up(cx, &loaded.strategies);
    site.outside(|db| db.write(&Actor::system(), take_up)).unwrap();
}

/// Puts items into the portfolio, by code and title, as that person of the programme office.
pub(crate) fn items(site: &Site, by: Id, all: &[(String, String)]) {
    let actor = Actor::staff(by, vec!["programme-office".into()], "strategy");
    let body = |title: &str| {
        ITEM.read_json(&json!({ "title": title, "kind": "service", "summary": "For people who report." }))
            .unwrap()
    };
    let all: Vec<_> = all.iter().map(|(code, title)| (code.clone(), body(title))).collect();
    site.outside(|db| db.write(&actor, move |cx| entry::put_all(cx, &ITEM, &all, "For the test."))).unwrap();
}
