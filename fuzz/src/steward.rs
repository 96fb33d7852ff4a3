//! Strategies.

use crate::{accept, text, told};
use bluelamp_steward::strategy::{Strategy, coverage, load, ties};
use sha2::{Digest, Sha256};

pub(crate) const STRATEGIES: [(&str, &str); 3] = [
    ("essex-2021", include_str!("../../data/strategy/essex-2021.yaml")),
    ("national-2020", include_str!("../../data/strategy/national-2020.yaml")),
    ("borsetshire-2027", include_str!("../../crates/steward/tests/it/strategy/borsetshire.yaml")),
];

/// A strategy: what is read has ids that mean one thing, and everything inside it leads somewhere.
pub(crate) fn strategy(data: &[u8]) {
    let Some(text) = text(data) else { return };
    match Strategy::parse("strategy.yaml", text) {
        Ok(s) => {
            accept();
            assert_eq!(s.digest, hex::encode(Sha256::digest(text)), "the digest names this exact text");
            assert!(!s.id.is_empty() && !s.version.is_empty() && !s.elements.is_empty());
            for e in &s.elements {
                assert_eq!(
                    s.elements.iter().filter(|other| other.id == e.id).count(),
                    1,
                    "{} means two things",
                    e.id
                );
                for (_, to) in e.refers_to().filter(|(_, to)| to.strategy == s.id) {
                    assert!(s.element(&to.element).is_some(), "{} leads nowhere", e.id);
                }
            }
            assert!(ties(&s).iter().all(|tie| tie.to.strategy != s.id));
            let own = coverage(&s, &s);
            assert!(own.of_local.len() <= s.elements.len() && own.of_other.len() == own.of_local.len());
        }
        Err(faults) => {
            told(&faults, true);
            assert!(faults.0.is_sorted_by_key(|fault| fault.line), "faults stand in the order of the lines");
        }
    }
    if let Err(faults) = load(&[("strategy.yaml".to_owned(), text.to_owned())], &[]) {
        told(&faults, true);
    }
}
