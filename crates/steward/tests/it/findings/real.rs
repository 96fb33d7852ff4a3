//! Items as people write them: the same thing in other words, and other things in the same words.

use super::{find, texts};
use bluelamp_steward::findings::{Item, Kind, Portfolio};
use std::collections::BTreeSet;

/// Pairs: whether a person would call them the same, capability, users, and the two texts.
const PAIRS: &[(bool, &str, &str, &str, &str)] = &[
    (
        true,
        "C01",
        "Victims",
        "Online crime reporting. Victims report theft and damage online and upload photos.",
        "Report a crime online. A victim reports theft or damage on the website and can upload photos and film.",
    ),
    (
        true,
        "C06",
        "Investigators",
        "Automatic redaction of case files. Software finds names and addresses in documents and blacks them out.",
        "Redaction software. Names, addresses and numbers in documents of a case file are found and blacked out.",
    ),
    (
        true,
        "C04",
        "Response officers",
        "Mobile statements. Officers take a statement on a tablet and the witness signs on the screen.",
        "Statements on mobile devices. A witness statement is taken and signed on the screen of a tablet.",
    ),
    (
        true,
        "C02",
        "Analysts",
        "Crime mapping. Analysts see hotspots of burglary and vehicle crime on a map.",
        "Hotspot maps. A map shows analysts where burglary and vehicle crime is concentrated.",
    ),
    (
        true,
        "C09",
        "Custody staff",
        "Custody health alerts. Wrist sensors warn custody staff when a detained person stops breathing.",
        "Vital signs in cells. Sensors watch the breathing of a detained person and warn custody staff.",
    ),
    // The same intent in entirely other words: what words in common cannot find.
    (
        true,
        "C03",
        "Control room",
        "Live video from callers. A link lets the caller stream what their telephone sees.",
        "See through the public's eyes. 999 callers share their camera with the operator at a touch.",
    ),
    (
        false,
        "C01",
        "Victims",
        "Victim updates by text. Victims get a message when the state of their case changes.",
        "Online fraud advice. A page explains to victims how to stop payments and keep evidence.",
    ),
    (
        false,
        "C06",
        "Investigators",
        "Digital case file. Investigators build the file for the prosecutor in one place.",
        "Telephone examination kiosks. Investigators read telephones at the station without a laboratory.",
    ),
    (
        false,
        "C04",
        "Response officers",
        "Electronic pocket notebook. Officers write notes on their device.",
        "Electronic duty roster. Officers see their duties on their device.",
    ),
    (
        false,
        "C02",
        "Analysts",
        "Demand forecast. Analysts see how many calls to expect by hour.",
        "Network charts. Analysts draw who is linked with whom from call records.",
    ),
    (
        false,
        "C09",
        "Custody staff",
        "Custody risk assessment form. Staff fill in an electronic form when somebody arrives.",
        "Custody cameras. Cells get new cameras with longer storage.",
    ),
    (
        false,
        "C03",
        "Control room",
        "Call transcription. Speech of 999 calls is turned into text for the operator.",
        "Call-back queue. Callers to 101 can be called back and keep their place.",
    ),
];

#[test]
fn of_twelve_pairs_as_people_write_them_five_of_six_are_found_and_nothing_wrongly() {
    let mut items = Vec::new();
    let mut expected = BTreeSet::new();
    for (n, (same, capability, users, first, second)) in PAIRS.iter().enumerate() {
        for (half, text) in [("a", first), ("b", second)] {
            let (title, summary) = text.split_once(". ").unwrap();
            items.push(Item {
                code: format!("p{n:02}{half}"),
                title: title.into(),
                summary: summary.into(),
                capabilities: texts(&[capability]),
                users: texts(&[users]),
                elements: texts(&["s:A1"]),
                ..Item::default()
            });
        }
        if *same {
            expected.insert(format!("duplicate:same-function:p{n:02}a+p{n:02}b"));
        }
    }
    let found = find(&Portfolio { items, ..Portfolio::default() });
    let scores: Vec<_> =
        found.iter().filter(|f| f.kind == Kind::Duplicate).map(|f| (&f.id, f.score)).collect();
    let found: BTreeSet<String> =
        found.iter().filter(|f| f.kind == Kind::Duplicate).map(|f| f.id.clone()).collect();
    let missed: Vec<_> = expected.difference(&found).collect();
    let wrong: Vec<_> = found.difference(&expected).collect();
    assert!(wrong.is_empty(), "{wrong:?} {scores:?}");
    assert_eq!(missed, ["duplicate:same-function:p05a+p05b"], "{scores:?}");
}
