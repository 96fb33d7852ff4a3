//! Counts m and u of each level on data with known truth, then the precision and recall of the ready model there.
//!
//! `cargo run -p bluelamp-linkage --example estimate -- FILE.csv people|locations [SAMPLED PAIRS]`
//!
//! m is counted over all true pairs, u over pairs drawn evenly from all that are not (SplitMix64, fixed seed), each
//! with half a pair added to every level so that a level never seen has a finite weight. Pairs where a side has no
//! value are left out. Needs a column `cluster`, or Febrl's `rec_id`.
#![allow(clippy::print_stdout, reason = "a terminal program")]

use bluelamp_linkage::{Band, Kind, Model, Test, score};
use std::path::Path;

#[path = "../tests/it/data.rs"]
mod data;

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, file, kind, rest @ ..] = arguments.as_slice() else {
        return Err("usage: estimate FILE.csv people|locations [SAMPLED PAIRS]".to_owned());
    };
    let (kind, model) = match kind.as_str() {
        "people" => (Kind::Person, Model::people()),
        "locations" => (Kind::Location, Model::locations()),
        other => return Err(format!("{other}: only people or locations")),
    };
    let sampled: usize = match rest.first() {
        Some(number) => number.parse().map_err(|_| format!("{number}: not a number of pairs"))?,
        None => 1_000_000,
    };
    let data = data::read(Path::new(file), kind)?;
    let pairs = data.true_pairs();
    println!("{file}: {} records, {} true pairs", data.subjects.len(), pairs.len());
    println!("prior {:.3e}", pairs.len() as f64 / (data.subjects.len() as f64).powi(2) * 2.0);

    let mut state = 20_261_122_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % below as u64).unwrap_or_default()
    };
    let mut counts: Vec<Vec<[f64; 2]>> =
        model.comparisons.iter().map(|field| vec![[0.5; 2]; field.levels.len()]).collect();
    let mut count = |(a, b): (usize, usize), which: usize| {
        let found = score(&model, &data.subjects[a], &data.subjects[b]);
        for ((field, part), counts) in model.comparisons.iter().zip(&found.parts[1..]).zip(&mut counts) {
            if let Some(at) = field.levels.iter().position(|level| level.label == part.level) {
                counts[at][which] += 1.0;
            }
        }
    };
    pairs.iter().for_each(|pair| count(*pair, 0));
    let mut left = sampled;
    while left > 0 && data.subjects.len() > 1 {
        let (a, b) = (draw(data.subjects.len()), draw(data.subjects.len()));
        if a != b && data.cluster[a] != data.cluster[b] {
            count((a, b), 1);
            left -= 1;
        }
    }
    for (field, counts) in model.comparisons.iter().zip(&counts) {
        let rows = || field.levels.iter().zip(counts).filter(|(level, _)| level.test != Test::Missing);
        let sum = |which: usize| rows().map(|(_, counts)| counts[which]).sum::<f64>();
        for (level, count) in rows() {
            let (m, u) = (count[0] / sum(0), count[1] / sum(1));
            println!(
                "{} | {} | m {m:.6} | u {u:.3e} | {:+.2} | seen {} and {}",
                field.name,
                level.label,
                (m / u).log2(),
                count[0] - 0.5,
                count[1] - 0.5
            );
        }
    }

    let scored = data.scored(&model, 1_000);
    let found = scored.iter().filter(|(_, _, truth)| *truth).count();
    println!(
        "{} candidate pairs, {:.4} of the true pairs among them",
        scored.len(),
        found as f64 / pairs.len() as f64
    );
    let report = |label: &str, over: &dyn Fn(f64, Band) -> bool| {
        let hits = scored.iter().filter(|(weight, band, _)| over(*weight, *band)).count();
        let right = scored.iter().filter(|(weight, band, truth)| *truth && over(*weight, *band)).count();
        println!(
            "{label}: precision {:.4}, recall {:.4}",
            right as f64 / hits as f64,
            right as f64 / pairs.len() as f64
        );
    };
    for least in -6..=16 {
        report(&format!("weight >= {least}"), &|weight, _| weight >= f64::from(least));
    }
    report("possible", &|_, band| band >= Band::Possible);
    report("strong", &|_, band| band == Band::Strong);
    Ok(())
}
