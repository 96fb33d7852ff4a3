//! A file that is wrong says where, what and how to put it right; all at once, and never with a panic.

use super::{ESSEX, NATIONAL, OWN, strategy, text};
use bluelamp_model::Fault;
use bluelamp_steward::strategy::{Strategy, load};
use proptest::prelude::*;
use std::sync::LazyLock;

/// The strategies of the product, read once.
static KNOWN: LazyLock<[Strategy; 2]> = LazyLock::new(|| [strategy(NATIONAL), strategy(ESSEX)]);

/// What is wrong with the file of a force, edited, beside the strategies of the product.
fn faults(edit: &[(&str, &str)]) -> Vec<Fault> {
    let mut own = OWN.to_owned();
    for (from, to) in edit {
        assert!(own.contains(from), "{from} is not in the file");
        own = own.replacen(from, to, 1);
    }
    load(&[("own.yaml".into(), own)], &*KNOWN).err().map(|f| f.0).unwrap_or_default()
}

/// A file, what is changed in it, and the line, the field and the reason that a person is told.
type Wrong = (&'static str, &'static str, u64, &'static str, &'static str);

const TABLE: [Wrong; 41] = [
    // The form of the file.
    (
        "schema: bluelamp/strategy/1",
        "schema: bluelamp/strategy/9",
        1,
        "schema",
        "this program reads bluelamp/strategy/1",
    ),
    ("version: 1.0.0\n", "", 1, "version", "is missing: add it"),
    ("version: 1.0.0", "version: 1.0", 3, "version", "put it between double quotes"),
    ("version: 1.0.0", "version: one", 3, "version", "three numbers, such as 1.0.0"),
    ("owner: \"role: Head of Digital Change\"\n", "", 1, "owner", "is missing: add it"),
    ("as_of: 2027-01-15\n", "", 1, "as_of", "is missing: add it"),
    ("as_of: 2027-01-15", "as_of: 15.1.2027", 8, "as_of", "is not a day like 2026-11-22"),
    ("as_of: 2027-01-15", "as_of: 2027-02-30", 8, "as_of", "is not a day of the calendar"),
    ("from: 2027, to: 2030", "from: 2031, to: 2030", 11, "periods[0].to", "give the years in their order"),
    ("from: 2027", "from: soon", 11, "periods[0].from", "has to be a year, such as 2027"),
    (
        "periods:\n  - {from: 2027, to: 2030, source: PLAN}\n",
        "periods: []\n",
        10,
        "periods",
        "at least one entry",
    ),
    ("level: force", "level: town", 6, "level", "use one of national, region, force"),
    ("title: Borsetshire Digital Plan", "titel: Plan", 4, "titel", "did you mean 'title'?"),
    (
        "title: Borsetshire Digital Plan",
        "principles: Plan",
        4,
        "principles",
        "stand in one list under 'elements', these with 'kind: principle'",
    ),
    ("id: borsetshire-2027", "id: Borsetshire 2027", 2, "id", "lower-case letters, digits and hyphens"),
    ("level: force", "level: force\npublic: yes", 7, "public", "has to be true or false"),
    (
        "about: A plan of a force that does not exist.",
        "about: [a, b]",
        9,
        "about",
        "is a list: it has to be a text",
    ),
    ("about: A plan of", "about: \"a \\a bell\" # ", 9, "about", "has a control character"),
    // Elements.
    (
        "kind: ambition",
        "kind: wish",
        16,
        "elements[B1].kind",
        "'wish' is unknown: use one of vision, appetite",
    ),
    (
        "id: B1.1",
        "id: B1",
        20,
        "elements[B1].id",
        "the id stands on line 15 already, for 'Nobody waits for the phone'",
    ),
    ("id: B1.2", "id: print", 27, "elements[print].id", "taken by the address of a page"),
    ("id: B1.2", "id: PLAN", 27, "elements[PLAN].id", "is the id of a document"),
    ("id: B1.2", "id: B1 2", 27, "elements[2].id", "such as A1.1"),
    (
        "    parent: B1\n",
        "    parent: B9\n",
        20,
        "elements[B1.1].parent",
        "there is no element 'B9' in this file",
    ),
    ("    parent: B1\n", "", 20, "elements[B1.1].parent", "a priority is a part of an ambition"),
    (
        "    parent: B1\n",
        "    parent: B2\n",
        20,
        "elements[B1.1].parent",
        "'B2' is a phase: the parent has to be an ambition",
    ),
    ("    phase: B2\n", "", 39, "elements[B2.1].phase", "name the phase in which it is due"),
    ("serves: [B1.1]", "serves: [B1.1, B7]", 39, "elements[B2.1].serves", "there is no element 'B7'"),
    ("serves: [B1.1]", "serves: B1.1", 44, "elements[B2.1].serves", "has to be a list, as in [one, two]"),
    (
        "serves: [\"national-2020:A1.1\"]",
        "serves: [\"national-2020:A9\"]",
        27,
        "elements[B1.2].serves",
        "no element 'A9' in national-2020",
    ),
    (
        "parent: \"national-2020:A1\"",
        "parent: \"national-2020:E1\"",
        27,
        "elements[B1.2].parent",
        "'E1' is an enabler: the parent has to be an ambition",
    ),
    (
        "serves: [\"national-2020:A1.1\"]",
        "serves: [\"wessex-2019:A1\"]",
        27,
        "elements[B1.2].serves",
        "there is no strategy 'wessex-2019': the others here are: essex-2021, national-2020",
    ),
    ("value: 0.95", "value: most", 26, "elements[B1.1].target.value", "has to be a number, such as 0.8"),
    (
        "source: PLAN p2",
        "source: S001 p2",
        27,
        "elements[B1.2].source",
        "'S001' is not a document of this file",
    ),
    (
        "source: PLAN p2",
        "source: PLAN p2\n    retired: soon",
        34,
        "elements[B1.2].retired",
        "is not a day like 2026-11-22",
    ),
    (
        "    target: {measure",
        "    retired: 2027-02-01\n    target: {measure",
        40,
        "elements[B2.1].serves",
        "'B1.1' was retired on 2027-02-01: name what took its place",
    ),
    // Ties to others.
    ("from: B1, to", "from: B8, to", 47, "crosswalk.from", "there is no element 'B8' in this file"),
    (
        "to: \"national-2020:A1\", relation",
        "to: \"national-2020:Z1\", relation",
        47,
        "crosswalk.to",
        "there is no element 'Z1' in national-2020",
    ),
    ("to: \"national-2020:A1\", relation", "to: B2, relation", 47, "crosswalk.to", "is of this strategy"),
    ("relation: same", "relation: adopts", 47, "crosswalk[0].relation", "use one of same, serves, answers"),
    (
        ", reason: Both are about reaching the police with ease.",
        "",
        47,
        "crosswalk[0].reason",
        "is missing: add it",
    ),
];

#[test]
fn each_mistake_is_told_with_line_field_and_what_to_do() {
    assert!(faults(&[]).is_empty());
    for (from, to, line, field, reason) in TABLE {
        let found = faults(&[(from, to)]);
        let told = found.iter().any(|f| {
            (f.file.as_str(), f.line, f.field.as_deref()) == ("own.yaml", Some(line), Some(field))
                && f.reason.contains(reason)
        });
        assert!(told, "{from:?} -> {to:?}: wanted line {line}, {field}, {reason:?} among {found:#?}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let edits: Vec<_> = [0, 4, 5, 10, 18, 21].map(|n: usize| (TABLE[n].0, TABLE[n].1)).into();
    let found = faults(&edits);
    let fields: Vec<_> = found.iter().filter_map(|f| f.field.as_deref()).collect();
    for field in ["schema", "owner", "as_of", "periods", "elements[B1].kind"] {
        assert!(fields.contains(&field), "{field} is not among {fields:?}");
    }
}

#[test]
fn what_is_no_yaml_or_no_mapping_is_told_with_its_line() {
    for (text, line) in [("a: [1,\n", 2), ("a: 1\na: 2\n", 2), ("- a\n", 1), ("", 1), ("nothing", 1)] {
        let faults = Strategy::parse("own.yaml", text).unwrap_err().0;
        assert!(faults.iter().all(|f| f.line.is_some_and(|l| l <= line)), "{text:?}: {faults:?}");
    }
    let large = format!("about: {}", "x".repeat(3 << 20));
    assert!(Strategy::parse("own.yaml", &large).unwrap_err().to_string().contains("is larger than"));
}

#[test]
fn a_part_cannot_hold_what_it_is_a_part_of() {
    let found = faults(&[
        ("kind: ambition\n", "kind: ambition\n    parent: B2\n"),
        ("kind: phase\n", "kind: phase\n    parent: B1\n"),
    ]);
    let circles: Vec<_> = found.iter().filter(|f| f.reason.contains("leads back to itself")).collect();
    assert_eq!(circles.len(), 2, "{found:?}");
}

/// The later version of the force's file, edited, after the one that stands.
fn later(edit: &[(&str, &str)]) -> Vec<String> {
    let mut own = OWN.replace("version: 1.0.0", "version: 1.1.0");
    for (from, to) in edit {
        assert!(own.contains(from), "{from} is not in the file");
        own = own.replacen(from, to, 1);
    }
    let known = [strategy(NATIONAL), strategy(ESSEX), Strategy::parse("own.yaml", OWN).unwrap()];
    let found = load(&[("own.yaml".into(), own)], &known).err().map(|f| f.0).unwrap_or_default();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn a_later_version_keeps_the_meaning_of_every_id() {
    assert_eq!(later(&[]), Vec::<String>::new());
    assert_eq!(
        later(&[("words: Films can be sent in.", "words: Films and sound can be sent in.")]),
        Vec::<String>::new()
    );

    let dropped = later(&[("  - id: B1.2\n", "  - id: B1.3\n")]);
    assert!(dropped[0].contains("'B1.2' (Films from the public) stood in version 1.0.0"), "{dropped:?}");

    let reused = later(&[("name: Films from the public", "name: Drones")]);
    assert!(
        reused[0].starts_with("own.yaml:27: elements[B1.2].name: was 'Films from the public'"),
        "{reused:?}"
    );
    let renamed = ("name: Films from the public", "name: Drones\n    formerly: Films from the public");
    assert_eq!(later(&[renamed]), Vec::<String>::new(), "a new name for the same meaning is said to be one");

    let other_kind =
        later(&[("kind: phase", "kind: ambition"), ("    phase: B2\n", ""), ("roadmap-item", "ethics")]);
    assert!(
        other_kind.iter().any(|f| f.contains("was a phase in version 1.0.0, not an ambition")),
        "{other_kind:?}"
    );
}

#[test]
fn a_retired_id_stays_retired() {
    let retired = OWN.replace("    source: PLAN p2\n", "    source: PLAN p2\n    retired: 2027-06-01\n");
    let known = [strategy(NATIONAL), Strategy::parse("own.yaml", &retired).unwrap()];
    let back = OWN.replace("version: 1.0.0", "version: 2.0.0");
    let found = load(&[("own.yaml".into(), back)], &known).unwrap_err().to_string();
    assert!(
        found.contains("elements[B1.2].retired: was retired on 2027-06-01: a retired id stays so"),
        "{found}"
    );
}

#[test]
fn another_text_under_the_same_version_is_refused() {
    let known = [strategy(NATIONAL), Strategy::parse("own.yaml", OWN).unwrap()];
    let other = OWN.replace("Films can be sent in.", "Films cannot be sent in.");
    let found = load(&[("own.yaml".into(), other)], &known).unwrap_err().to_string();
    assert!(
        found.contains(
            "borsetshire-2027 1.0.0 is there with another text: give the changed text a new version"
        )
    );
}

#[test]
fn what_another_strategy_has_retired_is_a_notice() {
    let national = text(NATIONAL).replace(
        "  - id: A1.1\n    kind: priority\n",
        "  - id: A1.1\n    kind: priority\n    retired: 2026-01-01\n",
    );
    let files = [("national-2020.yaml".to_owned(), national), ("own.yaml".to_owned(), OWN.to_owned())];
    let loaded = load(&files, &[]).unwrap();
    let told: Vec<_> = loaded.notices.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "own.yaml:27: elements[B1.2].serves: national-2020:A1.1 was retired on 2026-01-01: name what took its place"
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever somebody does to a good file: it is a strategy still, or every fault has its line.
    #[test]
    fn an_edited_file_is_a_strategy_or_its_faults_have_lines(
        place in 0.0_f64..1.0,
        length in 0_usize..40,
        put in prop_oneof![
            Just(String::new()), "[ -~\\n]{0,12}", Just("\n".into()), Just("  - ".into()), Just(": ".into()),
            Just("[[[[".into()), Just("&a *a".into()), Just("!!binary x".into()), Just("\u{0}".into()), Just("é".into()),
            Just("<<: *x\n".into()), Just("---\n".into()), Just(".inf".into()), Just("\t".into()),
        ],
    ) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a file")]
        let at = (place * OWN.len() as f64) as usize;
        let end = (at + length).min(OWN.len());
        let edited = format!("{}{put}{}", &OWN[..at], &OWN[end..]);
        match load(&[("own.yaml".into(), edited.clone())], &*KNOWN) {
            Ok(loaded) => {
                let s = &loaded.strategies[0].0;
                prop_assert!(!s.id.is_empty() && !s.version.is_empty() && !s.owner.is_empty());
                prop_assert_eq!(&loaded.strategies[0].1, &edited);
            }
            Err(faults) => {
                let lines = edited.lines().count() as u64 + 1;
                for f in faults.0 {
                    prop_assert!(f.line.is_some_and(|line| (1..=lines).contains(&line)), "{}", f);
                    prop_assert!(!f.reason.is_empty());
                }
            }
        }
    }
}
