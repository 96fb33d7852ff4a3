//! What the programme office works with: a portfolio. Shared with a benchmark.

use crate::site::Site;
use bluelamp_model::{Id, authority::Actor};
use bluelamp_steward::{entry, registers::portfolio::ITEM};
use serde_json::json;

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
