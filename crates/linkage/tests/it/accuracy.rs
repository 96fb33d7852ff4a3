//! Precision and recall on data with known truth, found through the keys alone as a database would find it.
//!
//! The data is optional: the folder named by `BLUELAMP_SHARED`, or `../shared` beside the checkout.

use crate::data;
use bluelamp_linkage::{Band, Kind, Model};
use std::path::PathBuf;

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn set(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("BLUELAMP_SHARED").map_or_else(beside, PathBuf::from);
    let file = shared.join("data/linkage").join(name);
    if file.exists() {
        return Some(file);
    }
    println!("skipped: no {}", file.display());
    None
}

/// Precision and recall at a band, of all true pairs, those that no key finds included.
fn at(scored: &[(f64, Band, bool)], truth: usize, band: Band) -> (f64, f64) {
    let over = || scored.iter().filter(|(_, found, _)| *found >= band);
    let right = over().filter(|(_, _, same)| *same).count() as f64;
    (right / over().count() as f64, right / truth as f64)
}

/// What was measured in November 2026, less up to 0.01. Febrl's Australian postcodes, towns and numbers are no
/// part of the model of people, so only names and date of birth speak there; `fake_1000` has a wrong or changed
/// date of birth in every second true pair and no phone. The prior is set to the size of each set, as its
/// documentation asks.
#[test]
fn people_are_found_in_public_sets() {
    let measured = [
        // file, prior, found by keys, (precision, recall) possible, (precision, recall) strong
        ("fake_1000.csv", 4e-3, 0.738, (0.98, 0.698), (1.0, 0.537)),
        ("dataset1.csv", 1e-3, 0.938, (1.0, 0.904), (1.0, 0.732)),
        ("dataset3.csv", 5e-4, 0.912, (0.97, 0.839), (1.0, 0.611)),
    ];
    for (name, prior, keyed, possible, strong) in measured {
        let Some(file) = set(name) else { continue };
        let data = data::read(&file, Kind::Person).unwrap();
        let truth = data.true_pairs().len();
        let scored = data.scored(&Model { prior, ..Model::people() }, usize::MAX);
        let by_keys = scored.iter().filter(|(_, _, same)| *same).count() as f64 / truth as f64;
        let (p, s) = (at(&scored, truth, Band::Possible), at(&scored, truth, Band::Strong));
        println!(
            "{name}: {} pairs by keys, recall {by_keys:.4}; possible P {:.4} R {:.4}; strong P {:.4} R {:.4}",
            scored.len(),
            p.0,
            p.1,
            s.0,
            s.1
        );
        assert!(by_keys >= keyed, "{name}: keys find {by_keys}");
        assert!(p.0 >= possible.0 && p.1 >= possible.1, "{name}: possible {p:?}");
        assert!(s.0 >= strong.0 && s.1 >= strong.1, "{name}: strong {s:?}");
    }
}

/// Addresses of Febrl, which are damaged far more than what a gazetteer gives.
#[test]
fn places_are_found_in_febrl() {
    let Some(file) = set("dataset3.csv") else { return };
    let data = data::read(&file, Kind::Location).unwrap();
    let truth = data.true_pairs().len();
    let scored = data.scored(&Model { prior: 5e-4, ..Model::locations() }, usize::MAX);
    let (p, s) = (at(&scored, truth, Band::Possible), at(&scored, truth, Band::Strong));
    println!("places: possible P {:.4} R {:.4}; strong P {:.4} R {:.4}", p.0, p.1, s.0, s.1);
    assert!(p.0 >= 0.96 && p.1 >= 0.836 && s.0 >= 0.99 && s.1 >= 0.613, "{p:?} {s:?}");
}
