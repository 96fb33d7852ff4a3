//! Every lint names file, line and field, and all the faults of a file come out in one go.

use bluelamp_triage::Definition;

const SMALL: &str = include_str!("small.md");

/// The faults of the small definition after one replacement, one per line; asserts that it was made.
fn faults(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "the small definition has no {from:?}");
    let text = SMALL.replacen(from, to, 1);
    match Definition::load("small.md", &text) {
        Ok(_) => String::new(),
        Err(faults) => faults.to_string(),
    }
}

#[test]
fn the_small_definition_has_no_fault() {
    let definition = Definition::load("small.md", SMALL).unwrap();
    assert_eq!(definition.cases.len(), 3);
    assert_eq!(definition.actions[1].deadline_minutes, Some(0));
    assert_eq!(definition.actions[0].deadline_minutes, Some(2880));
    assert_eq!(definition.rules[0].cells[1].text, ">= limit (limit is 3)");
}

/// What is changed, into what, and the exact fault expected.
const ONE_FAULT: &[(&str, &str, &str)] = &[
    // The header.
    (
        "id: small\n",
        "id: Small one\n",
        "small.md:2: id: 'Small one' is not a name of lower-case letters, digits and hyphens",
    ),
    ("version: 1.0.0", "version: 1.0", "small.md:3: version: '1.0' is not a version like 1.3.0"),
    ("status: shadow", "status: ready", "small.md:4: status: 'ready' is not draft, shadow, live or retired"),
    ("owner: \"role: Owner\"\n", "", "small.md:2: owner: is missing from the header"),
    ("owner: \"role: Owner\"", "owner: 7", "small.md:5: owner: must be a text that is not empty"),
    ("owner: \"role: Owner\"", "owner: \"\"", "small.md:5: owner: must be a text that is not empty"),
    ("2027-05-31", "2027-02-30", "small.md:7: review_by: '2027-02-30' is not a day like 2027-05-31"),
    (
        "accountable: ",
        "note: x\nacountable: y\naccountable: ",
        "small.md:7: acountable: is not a key of a definition's header; did you mean 'accountable'?",
    ),
    (
        "parameters: {limit: 3}",
        "parameters: {limit: 3, other: 4}",
        "small.md:9: parameters: 'other' is used in no cell, so changing it would do nothing",
    ),
    (
        "parameters: {limit: 3}",
        "parameters: {limit: 3}\nbasis: law",
        "small.md:10: basis: must be a list of texts, as in [one, two]",
    ),
    (
        "parameters: {limit: 3}",
        "parameters: {limit: 3}\nharm_index: {name: X}",
        "small.md:10: harm_index: must be a name and an edition, as in {name: ONS-CSS, edition: \"2016\"}",
    ),
    ("[LOW, MID, TOP]", "[LOW, MID, TOP, MID]", "small.md:8: grades: 'MID' comes twice"),
    // The sections.
    (
        "# A small definition\n",
        "\n",
        "small.md:53: the title is missing: a line that begins with # and names the harm",
    ),
    (
        "## Cases",
        "## Notes\n\n## Cases\n\n## Extra",
        "small.md:49: Cases: the section has no table\nsmall.md:51: Extra: is not a section of a definition",
    ),
    (
        "## Actions",
        "## Digital exposure\n\nx\n\n## Actions",
        "small.md:47: Digital exposure: the section comes twice",
    ),
    (
        "Cameras.",
        "",
        "small.md:43: Digital exposure: is empty: say which devices, accounts and platforms to think of",
    ),
    // The facts.
    (
        "| hidden |",
        "| hid-den |",
        "small.md:22: fact: 'hid-den' must be letters, digits and single spaces, beginning with a letter",
    ),
    (
        "| hidden |",
        "| hidden or not |",
        "small.md:22: fact: 'hidden or not' holds the FEEL keyword 'or', which breaks the standard's engines; choose another name",
    ),
    (
        "| hidden |",
        "| reports in June |",
        "small.md:22: fact: 'reports in June' holds the FEEL keyword 'in', which breaks the standard's engines; choose another name",
    ),
    ("| hidden |", "| word |", "small.md:22: fact: 'word' comes twice"),
    (
        "| hidden | yes/no |",
        "| hidden | maybe |",
        "small.md:22: type: 'maybe' is not yes/no, number, text or choice(a, b)",
    ),
    (
        "| hidden | yes/no |",
        "| hidden | choice(a) |",
        "small.md:22: type: a choice needs at least two values, as in choice(a, b)",
    ),
    (
        "| hidden | yes/no |",
        "| hidden | choice(a, unknown) |",
        "small.md:22: type: 'unknown' is the state of a fact and cannot be a choice too",
    ),
    ("Is it hidden?", "-", "small.md:22: ask: 'hidden' has no neutral wording in which to ask for it"),
    (
        "Asked for the record.",
        "-",
        "small.md:22: fact: 'hidden' is asked but no rule uses it; use it, note why, or drop it",
    ),
    (
        "| fact | type | ask | note |",
        "| fact | type | ask | remark |",
        "small.md:16: Facts: 'remark' is not a column; the columns are fact, type, ask, source kinds, stale after, when unknown, worse, note\nsmall.md:22: fact: 'hidden' is asked but no rule uses it; use it, note why, or drop it",
    ),
    (
        "| hidden | yes/no | Is it hidden?",
        "| hidden | yes/no",
        "small.md:22: Facts: has 3 cells; the table has 4 columns",
    ),
    // The decision.
    (
        "> # small decision\n",
        "\n",
        "small.md:24: Decision: above the table a line '> # name of the decision' must stand",
    ),
    (
        "| C | fire",
        "| U | fire",
        "small.md:29: hit policy: the first column must be named C: every rule that holds counts",
    ),
    (
        "| C | fire | count",
        "| C | fire | counts",
        "small.md:29: Decision: 'counts' is not in the table of facts; did you mean 'count'?",
    ),
    (
        "| 1 | true | >= limit |",
        "| 1 | true | \"many\" |",
        "small.md:9: parameters: 'limit' is used in no cell, so changing it would do nothing\nsmall.md:32: count: '\"many\"': does not fit a fact of the type number (such as 3, >= 3 or [1..3])",
    ),
    (
        "| 1 | true |",
        "| 1 | yes |",
        "small.md:32: fire: 'yes': 'yes' is neither true, false nor a parameter of the header; a cell is -, true, false, a number, a \"text\", < n, <= n, > n, >= n, [a..b], (a..b), several of these with commas, or not(…) around them",
    ),
    (
        "| 1 | true |",
        "| 1 | 3 |",
        "small.md:32: fire: '3': does not fit a fact of the type yes/no (true or false)",
    ),
    (
        "\"red\" |",
        "\"blue\" |",
        "small.md:33: colour: '\"blue\"': \"blue\" is not one of its choices (red, green)",
    ),
    (
        "| 2 | - |",
        "| 3 | - |",
        "small.md:33: rule number: '3' is not 2: rules are numbered from 1 without gaps\nsmall.md:34: rule number: '3' is not 4: rules are numbered from 1 without gaps",
    ),
    (
        "| 3 | false |",
        "| 3 | - |",
        "small.md:34: rule: sets no condition, so it would fire for everybody, whatever is known",
    ),
    (
        "\"small-red\"",
        "\"small-fires\"",
        "small.md:33: rule: the rule 'small-fires' comes twice\nsmall.md:51: open: there is no rule 'small-red'; write numbers, ids, none or -",
    ),
    (
        "\"LOW\" | \"small-none\"",
        "\"NONE\" | \"small-none\"",
        "small.md:34: grade: 'NONE' is not one of the grades LOW, MID, TOP",
    ),
    (
        "\"small-none\"",
        "small-none",
        "small.md:34: rule: 'small-none' must be a text in double quotes without commas",
    ),
    ("No fire |", "- |", "small.md:34: Reason: is empty: a person must be able to read why"),
    (
        "| 3 | false | - | - | - |",
        "\n| 3 | false | - | - | - |",
        "small.md:36: Decision: under the column names a line |---| with 8 columns must stand\nsmall.md:52: open: there is no rule '3'; write numbers, ids, none or -",
    ),
    (
        "| 3 | false | - | - | - |",
        "3 | false | - | - | - |",
        "small.md:34: Decision: a row of the table must begin with | (or leave an empty line)\nsmall.md:51: open: there is no rule '3'; write numbers, ids, none or -",
    ),
    // The actions.
    (
        "| TOP | Put",
        "| TIP | Put",
        "small.md:41: grade at least: 'TIP' is not one of the grades LOW, MID, TOP",
    ),
    (
        "| immediate / 24 h |",
        "| - |",
        "small.md:41: deadline: is empty: an action says what is to be done, by when and by whom",
    ),
    (
        "| remove |",
        "| removed |",
        "small.md:41: safeguarding: 'removed' is not remove, avoid, reduce, accept or -",
    ),
    (
        "| LOW | Write it down | 2 d | clerk | - |\n| TOP | Put it out | immediate / 24 h | crew | remove |\n",
        "",
        "small.md:38: Actions: the table has no actions",
    ),
    // The cases.
    (
        "| two fires | fire: true",
        "| two fires | fires: true",
        "small.md:52: facts: 'fires' is not in the table of facts; did you mean 'fire'?",
    ),
    (
        "| two fires | fire: true",
        "| two fires | fire: yes",
        "small.md:52: facts: fire: 'yes' is not a value of the type yes/no (true or false), nor one of unknown, refused, not-asked, stale, conflicting",
    ),
    ("| two fires | fire: true", "| two fires | fire", "small.md:52: facts: 'fire' is not name: value"),
    ("| two fires |", "| nothing |", "small.md:52: case: 'nothing' comes twice"),
    (
        "1, small-red, 3",
        "1, small-blue, 3",
        "small.md:51: open: there is no rule 'small-blue'; write numbers, ids, none or -",
    ),
    (
        "\"a, b: c\" | TOP",
        "\"a, b: c\" | MID",
        "small.md:53: case 'three fires': fails: the floor is TOP, not MID",
    ),
    ("1, small-red, 3", "1, 3", "small.md:51: case 'nothing': fails: the open rules are 1, 2, 3, not 1, 3"),
];

#[test]
fn each_lint_says_file_line_field_and_reason() {
    let mut wrong = String::new();
    for (from, to, expected) in ONE_FAULT {
        let found = faults(from, to);
        if found != *expected {
            wrong.push_str(&format!("{from:?} -> {to:?}\n  expected {expected}\n  found    {found}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn all_the_faults_come_out_in_one_go_in_the_order_of_the_lines() {
    let text = SMALL
        .replace("version: 1.0.0", "version: one")
        .replace("Which colour?", "")
        .replace("\"TOP\" | \"small-fires\"", "\"BIG\" | \"small-fires\"")
        .replace("| crew |", "|  |")
        .replace("count: 2", "count: two")
        .replace("floor | open", "flor | open");
    let faults = Definition::parse("small.md", &text).unwrap_err();
    let lines: Vec<Option<u64>> = faults.0.iter().map(|f| f.line).collect();
    assert_eq!(lines, [3, 20, 32, 41, 49, 49].map(Some), "{faults}");
}

#[test]
fn a_row_with_a_fault_is_not_reported_again_wherever_it_is_used() {
    let found = faults("| count | number |", "| count | nummer |");
    assert_eq!(found, "small.md:19: type: 'nummer' is not yes/no, number, text or choice(a, b)");
}

#[test]
fn a_header_that_is_not_yaml_is_one_fault_at_its_line() {
    let found = faults("grades: [LOW, MID, TOP]", "grades: [LOW, MID, TOP");
    assert!(found.starts_with("small.md:9: header: is not a YAML mapping: "), "{found}");
    let found = faults("status: shadow", "status: shadow\nstatus: live");
    assert_eq!(
        found,
        "small.md:5: header: is not a YAML mapping: duplicate mapping key `status` is not allowed here"
    );
}

#[test]
fn a_file_without_header_or_sections_says_what_is_missing() {
    let faults = Definition::parse("x.md", "# Only a title\n").unwrap_err().to_string();
    assert!(faults.contains("x.md:1: the file must begin with a --- line and its header"), "{faults}");
    for name in ["Facts", "Decision", "Actions", "Digital exposure", "Cases"] {
        assert!(faults.contains(&format!("{name}: the section '## {name}' is missing")), "{faults}");
    }
    assert!(
        Definition::parse("x.md", "---\nid: x\n").unwrap_err().to_string().contains("no closing --- line")
    );
}

#[test]
fn an_unused_fact_is_a_notice_in_a_draft_and_a_fault_from_shadow_on() {
    let draft = SMALL.replace("status: shadow", "status: draft").replace("Asked for the record.", "-");
    let definition = Definition::load("small.md", &draft).unwrap();
    let fields: Vec<_> = definition.notices.iter().map(|n| (n.line, n.field.as_deref())).collect();
    assert_eq!(fields, [(Some(22), Some("fact")), (Some(32), Some("Decision"))]);
}

#[test]
fn line_ends_and_a_byte_order_mark_do_not_matter_but_the_digest_tells_texts_apart() {
    let plain = Definition::load("small.md", SMALL).unwrap();
    let dos = Definition::load("small.md", &format!("\u{feff}{}", SMALL.replace('\n', "\r\n"))).unwrap();
    assert_eq!(plain.header, dos.header);
    assert_eq!(plain.rules.len(), dos.rules.len());
    assert_ne!(plain.digest, dos.digest);
}

#[test]
fn a_bar_inside_a_cell_is_written_with_a_backslash() {
    let definition =
        Definition::load("small.md", &SMALL.replace("Is there a fire?", r"Fire \| smoke?")).unwrap();
    assert_eq!(definition.facts[0].ask, "Fire | smoke?");
}

/// The notices of the small definition after one replacement, one per line.
fn notices(changes: &[(&str, &str)]) -> Vec<String> {
    let text = changes.iter().fold(SMALL.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the small definition has no {from:?}");
        text.replacen(from, to, 1)
    });
    let definition = Definition::parse("small.md", &text).unwrap_or_else(|f| panic!("{f}"));
    definition.notices.iter().map(ToString::to_string).collect()
}

/// The small definition is silent about some answers, as a draft may be; here it speaks to all.
const WHOLE: (&str, &str) = ("| 3 | false | - | - | - |", "| 3 | true, false | - | - | - |");

#[test]
fn answers_that_no_rule_speaks_to_are_shown() {
    assert_eq!(
        notices(&[]),
        [
            "small.md:32: Decision: no rule speaks to some answers, so there is no grade for them: fire: true, count: 2.0, colour: \"green\""
        ]
    );
    assert_eq!(notices(&[WHOLE]), Vec::<String>::new());
}

#[test]
fn a_rule_that_can_never_matter_is_named() {
    let swallowed = notices(&[
        WHOLE,
        ("| 1 | true | >= limit | - | - | \"TOP\"", "| 1 | true | >= limit | - | - | \"LOW\""),
    ]);
    assert_eq!(
        swallowed,
        [
            "small.md:32: small-fires: never changes the grade: whenever it holds, 'small-none' holds too and gives LOW"
        ]
    );
    let never = notices(&[WHOLE, ("| \"red\" |", "| not(\"red\", \"green\") |")]);
    assert_eq!(never, ["small.md:33: small-red: can never hold: no value of 'colour' meets its conditions"]);
}

#[test]
fn a_worse_answer_that_lowers_the_grade_is_shown_with_an_example() {
    let worse = (
        "| fact | type | ask | note |\n|---|---|---|---|\n| fire | yes/no | Is there a fire? | - |\n| count | number | How many? | - |",
        "| fact | type | ask | worse | note |\n|---|---|---|---|---|\n| fire | yes/no | Is there a fire? | true | - |\n| count | number | How many? | higher | - |",
    );
    let rest = [
        ("| Which colour? |", "| Which colour? | - |"),
        ("| What was said? |", "| What was said? | - |"),
        ("| Is it hidden? |", "| Is it hidden? | - |"),
    ];
    let mut changes = vec![worse];
    changes.extend(rest);
    let found = notices(&changes);
    assert_eq!(
        found[0],
        "small.md:34: small-none: a worse answer to 'fire' can lower the grade, as with fire: true, count: 2.0, colour: \"green\""
    );
    changes.push(WHOLE);
    assert_eq!(notices(&changes), Vec::<String>::new());
}
