//! The national and the Essex strategy as data: nothing is lost, nothing leads nowhere.

use super::{ESSEX, NATIONAL, OWN, both, strategy, text};
use bluelamp_steward::strategy::{
    Basis, ElementKind as Kind, Reach, Relation, Strategy, coverage, load, ties,
};
use std::collections::{BTreeMap, BTreeSet};

fn counts() -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for (s, _) in both() {
        for e in s.elements {
            *counts.entry(e.kind.code()).or_default() += 1;
        }
    }
    counts
}

#[test]
fn every_kind_has_as_many_elements_as_the_documents() {
    let expected = [
        ("action", 32),
        ("ambition", 5),
        ("appetite", 1),
        ("body", 14),
        ("capability", 10),
        ("culture", 3),
        ("enabler", 7),
        ("ethics", 6),
        ("fact", 9),
        ("instrument", 1),
        ("phase", 4),
        ("principle", 10),
        ("priority", 20),
        ("programme", 4),
        ("programme-item", 25),
        ("report-section", 14),
        ("roadmap-item", 65),
        ("skill", 3),
        ("structure", 3),
        ("technology", 22),
        ("transformation-capability", 10),
        ("trend", 8),
        ("vision", 1),
    ];
    assert_eq!(counts(), expected.into());
    // With the five documents, 282 ids: each means one thing in both files.
    let mut ids = BTreeSet::new();
    for (s, _) in both() {
        assert!(s.elements.iter().all(|e| ids.insert(e.id.clone())), "an id stands in both files");
        ids.extend(s.sources.iter().map(|d| d.id.clone()));
    }
    assert_eq!(ids.len(), 282);
}

#[test]
fn the_parts_of_each_ambition_enabler_and_phase_are_all_there() {
    let s = strategy(NATIONAL);
    let parts = |id: &str| s.children(id).count();
    assert_eq!(["A1", "A2", "A3", "A4", "A5"].map(parts), [4, 4, 5, 3, 4]);
    assert_eq!(["E1", "E2", "E3", "E4", "E5", "E6", "E7"].map(parts), [6, 5, 4, 5, 4, 3, 5]);
    assert_eq!(["R0", "R1", "R2", "R3"].map(parts), [5, 22, 21, 17]);
    // Each phase but the first moves each ambition once.
    for ambition in s.of_kind(Kind::Ambition) {
        assert_eq!(s.serving(&s.reference(&ambition.id)).count(), 3, "{}", ambition.id);
    }
}

#[test]
fn trends_are_seven_national_ones_and_one_of_essex() {
    let trends = |s: &Strategy| s.of_kind(Kind::Trend).map(|e| e.id.clone()).collect::<Vec<_>>();
    assert_eq!(trends(&strategy(NATIONAL)), ["T1", "T2", "T3", "T4", "T5", "T6", "T7"]);
    let essex = strategy(ESSEX);
    assert_eq!(trends(&essex), ["T8"]);
    let local: Vec<_> = essex.elements.iter().filter(|e| e.local).map(|e| e.id.as_str()).collect();
    assert_eq!(local, ["T8", "X6"]);
}

#[test]
fn four_fifths_in_the_public_cloud_is_a_target_in_the_last_phase() {
    let s = strategy(NATIONAL);
    let goal = s.element("R3.E3a").unwrap();
    let target = goal.target.as_ref().unwrap();
    assert_eq!((target.measure.as_str(), target.value, target.about), ("share_public_cloud", 0.80, true));
    assert_eq!(goal.phase, Some(s.reference("R3")));
    assert_eq!(goal.serves, [s.reference("E3")]);
    assert!(goal.inferred, "to which enabler it belongs is concluded from the order of a scan");
}

#[test]
fn gaps_and_conflicts_of_the_sources_are_said_and_both_sides_kept() {
    let (national, essex) = (strategy(NATIONAL), strategy(ESSEX));
    let years: Vec<_> = essex.periods.iter().map(|p| (p.from, p.to)).collect();
    assert_eq!(years, [(2021, 2026), (2020, 2025)]);
    let marked = |s: &Strategy, of: fn(&bluelamp_steward::strategy::Element) -> bool| {
        s.elements.iter().filter(|e| of(e)).map(|e| e.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(marked(&national, |e| e.reconstructed), ["A2.2", "R3.A1", "R3.A2", "R3.A3"]);
    assert_eq!(marked(&national, |e| e.inferred).len(), 45, "the columns of the roadmap by enabler");
    assert_eq!(marked(&essex, |e| e.inferred), ["ASSESS1"]);
    for (s, about) in [(&national, "technology"), (&national, "roadmap-item"), (&essex, "technology")] {
        assert!(s.gaps.iter().any(|g| g.about == about), "{about}");
    }
    assert_eq!((national.conflicts.len(), essex.conflicts.len()), (1, 3));
}

#[test]
fn numbers_are_those_that_the_source_states() {
    let s = strategy(NATIONAL);
    let values = |id: &str| s.element(id).unwrap().figures.iter().map(|f| f.value).collect::<Vec<_>>();
    assert_eq!(values("F1"), [1.4e9]);
    assert_eq!(values("F4"), [7.0e9, 9.0e9]);
    assert_eq!(values("F5"), [123_000.0, 65_000.0]);
    assert_eq!(values("F9"), [0.33, 0.45]);
    assert_eq!(values("DII.7"), [1_100_000.0]);
}

#[test]
fn every_tie_between_the_two_leads_somewhere_and_says_why() {
    let loaded = load(&[NATIONAL, ESSEX].map(|id| (id.to_owned(), text(id))), &[]).unwrap();
    assert!(loaded.notices.is_empty(), "{:?}", loaded.notices);
    let (national, essex) = (strategy(NATIONAL), strategy(ESSEX));
    let ties = ties(&essex);
    assert!(ties.iter().all(|t| t.to.strategy == NATIONAL && national.element(&t.to.element).is_some()));
    assert!(ties.iter().flat_map(|t| &t.from).all(|from| essex.element(&from.element).is_some()));
    // The five ambitions are taken over as priority areas, the seven trends as trends.
    let adopted: Vec<_> = ties
        .iter()
        .filter(|t| t.relation == Relation::Adopts)
        .map(|t| (t.label.as_deref().unwrap(), t.to.element.as_str()))
        .collect();
    let expected = ["A1", "A2", "A3", "A4", "A5"].map(|a| ("priority area", a));
    assert_eq!(adopted[..5], expected);
    assert_eq!(adopted[5..], ["T1", "T2", "T3", "T4", "T5", "T6", "T7"].map(|t| ("trend", t)));
    // Each principle has something national to answer to, and the first one what a reader expects.
    for principle in essex.of_kind(Kind::Principle) {
        let own = essex.reference(&principle.id);
        assert!(ties.iter().any(|t| t.from.as_ref() == Some(&own)), "{own} has no tie");
    }
    let of_first: BTreeSet<_> = ties
        .iter()
        .filter(|t| t.from == Some(essex.reference("P01")) && t.basis == Basis::Ours)
        .map(|t| t.to.element.as_str())
        .collect();
    assert!(of_first.is_superset(&["A3.2", "A3.3", "E6"].into()), "{of_first:?}");
}

#[test]
fn what_has_no_counterpart_is_known_on_both_sides() {
    let (national, essex) = (strategy(NATIONAL), strategy(ESSEX));
    let c = coverage(&essex, &national);
    let reach = |rows: &[bluelamp_steward::strategy::Covered], id: &str| {
        rows.iter().find(|r| r.element.element == id).map(|r| r.reach)
    };
    assert_eq!(reach(&c.of_local, "P01"), Some(Reach::Direct));
    assert_eq!(reach(&c.of_local, "V1"), Some(Reach::None));
    assert_eq!(reach(&c.of_other, "A1"), Some(Reach::Direct), "taken over");
    assert_eq!(reach(&c.of_other, "A5.4"), Some(Reach::Through), "a part of what is taken over");
    assert_eq!(reach(&c.of_other, "R1.A1"), Some(Reach::Through), "it serves what is taken over");
    assert_eq!(reach(&c.of_other, "E3"), Some(Reach::None), "Essex says nothing of its old systems");
    assert_eq!(reach(&c.of_other, "E3.1"), Some(Reach::None));
    assert_eq!((c.of_local.len(), c.of_other.len()), (40, 237));
    // A strategy that ties to nothing is covered by nothing.
    assert!(coverage(&national, &essex).of_other.iter().all(|r| r.reach == Reach::None));
}

#[test]
fn a_force_adds_its_own_strategy_beside_them() {
    let known = [strategy(NATIONAL), strategy(ESSEX)];
    let loaded = load(&[("borsetshire-2027.yaml".into(), OWN.into())], &known).unwrap();
    let own = &loaded.strategies[0].0;
    let c = coverage(own, &known[0]);
    let direct: Vec<_> =
        c.of_other.iter().filter(|r| r.reach == Reach::Direct).map(|r| &*r.element.element).collect();
    assert_eq!(
        direct,
        ["A1", "A1.1"],
        "by a tie, and by what an element says that it is a part of or serves"
    );
    assert_eq!(own.children("B1").map(|e| e.id.as_str()).collect::<Vec<_>>(), ["B1.1"]);
}

#[test]
fn the_files_fit_their_schema_and_the_schema_knows_every_kind() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/strategy/strategy.schema.json");
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for text in [text(NATIONAL), text(ESSEX), OWN.to_owned()] {
        let value: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        let wrong: Vec<_> =
            validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
    let kinds = &schema["properties"]["elements"]["items"]["properties"]["kind"]["enum"];
    let known: Vec<_> = Kind::ALL.iter().map(|k| k.code()).collect();
    assert_eq!(*kinds, serde_json::json!(known));
}

#[test]
fn the_readme_names_every_kind_and_key() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/strategy/README.md");
    let readme = std::fs::read_to_string(file).unwrap();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/strategy/strategy.schema.json");
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let keys = |at: &serde_json::Value| at.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let top = keys(&schema["properties"]);
    let inner = keys(&schema["properties"]["elements"]["items"]["properties"]);
    let kinds = Kind::ALL.iter().map(|k| k.code().to_owned());
    for word in top.into_iter().chain(inner).chain(kinds) {
        assert!(readme.contains(&format!("`{word}`")) || readme.contains(&format!("`{word}:")), "{word}");
    }
}
