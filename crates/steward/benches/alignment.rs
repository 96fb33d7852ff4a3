//! Alignment of 2,000 items with 282 elements under 1,000 weightings. `cargo bench -p bluelamp-steward`.

#![allow(clippy::print_stdout, reason = "a benchmark reports on the terminal")]

use bluelamp_model::Id;
use bluelamp_steward::assessment::{Element, Letters, Scheme, Score, Weights, align};
use std::time::Instant;

const ITEMS: usize = 2_000;
const ELEMENTS: usize = 282;
const ROUNDS: usize = 5;

/// Numbers that look random and are the same in every run.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn main() {
    let element = |n: usize| Element {
        id: format!("E{n}"),
        axis: format!("axis-{}", n * 7 / ELEMENTS),
        name: String::new(),
    };
    let scheme = Scheme {
        strategy: "bench".into(),
        version: "1".into(),
        elements: (0..ELEMENTS).map(element).collect(),
    };
    let one_axis = Scheme {
        elements: scheme.elements.iter().map(|e| Element { axis: "all".into(), ..e.clone() }).collect(),
        ..scheme.clone()
    };
    let items: Vec<String> = (0..ITEMS).map(|n| format!("item-{n:05}")).collect();
    for (people, assessed) in [(1_u8, 100), (3, 100), (3, 40)] {
        let mut state = 0x2545_f491_4f6c_dd1d;
        let mut letters = Vec::new();
        for item in &items {
            for person in 1..=people {
                let scores = (0..ELEMENTS).map(|_| {
                    let n = next(&mut state);
                    if n % 100 < assessed { Score::of(i64::from((n >> 32) as u32 % 5) - 1) } else { None }
                });
                letters.push(Letters {
                    item: item.clone(),
                    by: Id::from_bytes([person; 16]),
                    scores: scores.collect(),
                });
            }
        }
        for (what, scheme) in [("seven axes", &scheme), ("all in one axis", &one_axis)] {
            let weights = Weights::equal(scheme);
            let mut times: Vec<_> = (0..ROUNDS)
                .map(|_| {
                    let start = Instant::now();
                    std::hint::black_box(align(scheme, &weights, &items, &letters, None, 10));
                    start.elapsed()
                })
                .collect();
            times.sort();
            println!(
                "{ITEMS} items, {ELEMENTS} elements, {what}, {people} assessors, {assessed}% assessed: median {:.0} ms, slowest {:.0} ms",
                times[ROUNDS / 2].as_secs_f64() * 1e3,
                times[ROUNDS - 1].as_secs_f64() * 1e3,
            );
        }
    }
}
