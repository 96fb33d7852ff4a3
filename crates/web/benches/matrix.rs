//! The matrix and alignment of 2,000 items over HTTP, on both engines: how long a page takes, from request to last byte.
//!
//!     cargo bench -p bluelamp-web --bench matrix

#![allow(clippy::print_stdout, reason = "a benchmark speaks on the terminal")]
#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]
#![allow(dead_code, reason = "the helpers serve tests too")]

#[path = "../tests/it/programme.rs"]
mod programme;
#[path = "../tests/it/site.rs"]
mod site;

use bluelamp_model::{Id, authority::Actor};
use bluelamp_steward::{
    assessment::{Cause, Cell, NewAssessment, Scheme, Score, assess},
    strategy,
};
use bluelamp_store::Engine;
use site::{NO_LIMITS, Site};
use std::time::{Duration, Instant};

const ITEMS: usize = 2_000;
const ROUNDS: usize = 200;

/// Assesses every element of every item as one person.
fn assess_all(site: &Site, by: Id, codes: &[String], seed: usize) {
    let actor = Actor::staff(by, vec!["programme-office".into()], "strategy");
    for part in codes.chunks(100) {
        let part = part.to_vec();
        let run = move |cx: &mut bluelamp_store::Cx<'_>| {
            let scheme = Scheme::of(&strategy::view(cx, "national-2020", None)?.strategy);
            for (n, item) in part.iter().enumerate() {
                let cell = |e: usize| Cell {
                    score: Score::of(i64::try_from((n * 31 + e * 17 + seed) % 5).unwrap() - 1).unwrap(),
                    rationale:
                        "It was tried for a month in two districts, with fewer calls and no complaints."
                            .into(),
                    evidence: vec!["https://example.org/evaluation-of-the-pilot".into()],
                };
                let cells =
                    scheme.elements.iter().enumerate().map(|(e, element)| (element.id.clone(), cell(e)));
                let new = NewAssessment {
                    item: item.clone(),
                    axis: None,
                    seen: None,
                    cause: Cause::First,
                    driver: None,
                    why: String::new(),
                    cells: cells.collect(),
                };
                assess(cx, &scheme, &new)?;
            }
            Ok(scheme.elements.len())
        };
        site.outside(|db| db.write(&actor, run)).unwrap();
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let site = Site::new(engine, NO_LIMITS);
        let people = ["petra", "quinn", "ravi"].map(|name| site.staff(name, &["programme-office"]));
        let all: Vec<_> = (0..ITEMS)
            .map(|n| (format!("item-{n:04}"), format!("An item of the portfolio, number {n}")))
            .collect();
        programme::items(&site, people[0], &all);
        let codes: Vec<_> = all.iter().map(|(code, _)| code.clone()).collect();
        for (seed, by) in people.into_iter().enumerate() {
            assess_all(&site, by, &codes, seed);
        }
        runtime.block_on(async {
            let mut v = site.visitor();
            let fields = [("username", "petra"), ("password", "three sleepy lamps"), ("purpose", "strategy")];
            v.fill("/sign-in", &fields).await;
            let pages = [
                ("matrix, the widest axis", "/desk/matrix?strategy=national-2020&axis=action&page={}", ROUNDS),
                ("matrix, technologies", "/desk/matrix?strategy=national-2020&axis=technology&page={}", ROUNDS),
                ("one item", "/desk/matrix/item-00{}?strategy=national-2020&axis=action", ROUNDS),
                ("alignment, all axes", "/desk/alignment?strategy=national-2020&page={}", 20),
            ];
            for (what, path, rounds) in pages {
                let mut times: Vec<Duration> = Vec::new();
                let mut bytes = 0;
                for n in 0..rounds {
                    let path = path.replace("{}", &(10 + n % 70).to_string());
                    let start = Instant::now();
                    let page = v.get(&path).await;
                    times.push(start.elapsed());
                    assert!(page.status.is_success(), "{path}: {}", page.status);
                    bytes = page.body.len();
                }
                times.sort();
                let ms = |at: usize| times[at.min(times.len() - 1)].as_secs_f64() * 1e3;
                println!(
                    "{engine:?}, {ITEMS} items, 3 assessors, {what}: median {:.0} ms, 99th of 100 {:.0} ms, {bytes} bytes",
                    ms(rounds / 2),
                    ms(rounds * 99 / 100),
                );
            }
        });
    }
}
