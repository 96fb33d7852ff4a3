//! Mistakes in the head of a form, in the common file, and in both files together.

use crate::lints::{ASK, faults};
use crate::{COMMON, HEAD, SHIPPED};
use bluelamp_forms::Form;

fn with_head(head: &str) -> String {
    let text = format!("{head}\n{ASK}\n]}}");
    Form::parse("made.json", &text, ("common.json", COMMON))
        .map_or_else(|f| f.to_string(), |_| "no fault".into())
}

#[test]
fn mistakes_of_the_head() {
    for (from, to, said) in [
        ("\"version\": 1, ", "", "made.json:1: has no 'version'"),
        ("\"version\": 1", "\"version\": 0", "made.json:1: version: begins at 1"),
        ("\"lang\": [\"en\"]", "\"lang\": [\"cy\"]", "made.json:1: lang: must contain \"en\""),
        ("\"lang\": [\"en\"]", "\"lang\": [\"fr\"]", "made.json:1: lang[0]: 'fr' is none of en, cy"),
        (
            "[\"web\"]",
            "[\"fax\"]",
            "made.json:1: channels[0]: 'fax' is none of web, phone, email, api, mobile",
        ),
        (
            "\"standard\"",
            "\"high\"",
            "made.json:1: x-safety: a form of high safety needs an x-neutral-title that does not give its subject away",
        ),
        ("2027-01-01", "next year", "made.json:1: x-review-by: 'next year' is not a day such as 2027-05-31"),
        ("P1Y", "a year", "made.json:1: x-retention: 'a year' is not an ISO 8601 duration such as P7Y"),
        (
            "bluelamp-form-1",
            "bluelamp-form-2",
            "made.json:1: $schema: 'bluelamp-form-2' is none of bluelamp-form-1",
        ),
        (
            "\"id\": \"made\"",
            "\"id\": \"Made!\"",
            "made.json:1: id: 'Made!' is not an id: small letters, digits and hyphens",
        ),
        (
            "\"x-title\": \"Made\"",
            "\"x-title\": \"At {here}\"",
            "made.json:1: x-title: 'here' is not a known field",
        ),
        ("\"x-title\": \"Made\"", "\"x-title\": \"At {a\"", "made.json:1: x-title: has a { without its }"),
        (
            "\"x-title\": \"Made\"",
            "\"x-title\": \"At {a.town}\"",
            "made.json:1: x-title: 'a' has no part 'town'",
        ),
        ("\"x-title\": \"Made\"", "\"x-title\": \"At {a}\"", "no fault"),
        (
            "\"pages\"",
            "\"x-entities\": {\"who\": {\"kind\": \"person\", \"link\": \"reported-by\"}},\n\"pages\"",
            "made.json:2: x-entities.who: no question's x-map fills 'who'",
        ),
        (
            "\"pages\"",
            "\"x-entities\": {\"who\": {\"kind\": \"ghost\", \"link\": \"reported-by\"}},\n\"pages\"",
            "made.json:2: x-entities.who.kind: 'ghost' is none of person, location, vehicle",
        ),
    ] {
        let head = HEAD.replacen(from, to, 1);
        assert_ne!(head, HEAD);
        let found = with_head(&head);
        assert_eq!(found.lines().next().unwrap(), said);
    }
}

#[test]
fn mistakes_of_maps() {
    let head = |entity: &str| {
        HEAD.replacen(
            "\"pages\"",
            &format!(
                "\"x-entities\": {{\"e\": {{\"kind\": \"{entity}\", \"link\": \"mentions\"}}}}, \"pages\""
            ),
            1,
        )
    };
    for (entity, kind, map, said) in [
        (
            "person",
            "TextField",
            "e.colour",
            "a person has no 'colour'; it has name, given_name, family_name, date_of_birth, phone, email, handle, description",
        ),
        (
            "vehicle",
            "TextField",
            "e.registration",
            "'registration' is filled by a VehicleRegistrationField, not by a TextField",
        ),
        ("location", "TextField", "e", "x-map 'e' names no property: only an address fills a whole location"),
        (
            "person",
            "UkAddressField",
            "e",
            "x-map 'e' names no property: only an address fills a whole location",
        ),
        (
            "person",
            "DatePartsField",
            "e.name",
            "'name' is filled by a TextField or MultilineTextField, not by a DatePartsField",
        ),
    ] {
        let page = format!(
            r#"{{"path": "/b", "title": "B?", "components": [{{"type": "{kind}", "name": "b", "shortDescription": "b", "x-error": "Say", "x-map": "{map}"}}]}}"#
        );
        let text = format!("{}\n{page}\n]}}", head(entity));
        let found = Form::parse("made.json", &text, ("common.json", COMMON)).unwrap_err().to_string();
        assert_eq!(found, format!("made.json:3: pages[0].components[0]: {said}"));
    }
}

#[test]
fn a_title_that_could_be_empty_is_refused() {
    let head = HEAD.replacen("\"x-title\": \"Made\"", "\"x-title\": \"At {b}\"", 1);
    let page = r#"{"path": "/b", "title": "B?", "components": [{"type": "TextField", "name": "b", "shortDescription": "b", "options": {"required": false}}]}"#;
    let text = format!("{head}\n{page}\n]}}");
    assert_eq!(
        Form::parse("made.json", &text, ("common.json", COMMON)).unwrap_err().to_string(),
        "made.json:1: x-title: may have nothing to say: end the alternatives with words, as in {town|'no place given'}"
    );
}

#[test]
fn a_language_that_is_promised_must_be_everywhere() {
    let head = HEAD.replacen("[\"en\"]", "[\"en\", \"cy\"]", 1);
    let found = with_head(&head);
    for said in [
        "made.json:1: title: 'title' has no words in 'cy', which lang promises",
        "made.json:3: pages[0]: 'title' has no words in 'cy', which lang promises",
        "made.json:3: pages[0].components[0]: 'x-error' has no words in 'cy', which lang promises",
        "common.json:5: messages.required: 'required' has no words in 'cy'",
    ] {
        assert!(found.lines().any(|line| line == said), "{said}\nis not in\n{found}");
    }
}

#[test]
fn mistakes_of_the_common_file() {
    let parse = |common: &str| {
        let text = format!("{HEAD}\n{ASK}\n]}}");
        Form::parse("made.json", &text, ("common.json", common)).unwrap_err().to_string()
    };
    let without = COMMON.replacen("    \"future\": \"{Name} must not be in the future\",\n", "", 1);
    assert_eq!(parse(&without), "common.json:4: messages: 'future' is missing");
    let strange = COMMON.replacen("\"future\":", "\"futur\": \"x\",\n\"future\":", 1);
    assert_eq!(parse(&strange), "common.json:15: messages.futur: 'futur' is not a known message");
    let months = COMMON.replacen(" December", "", 1);
    assert!(parse(&months).contains("is the names of the twelve months"));
    let wrong = COMMON.replacen("{Name} must not be in the future", "{Neme} must not be", 1);
    assert!(
        parse(&wrong).starts_with("common.json:15: messages.future: 'future' has the placeholder '{Neme'")
    );
    let group = COMMON.replacen("\"G0\": {", "\"H0\": {", 1);
    assert!(
        parse(&group)
            .contains("H0: is not known here; known are $schema, messages, sections, lists, and groups")
    );
}

#[test]
fn references_name_a_group_once() {
    let ask = |reference: &str| format!("{ASK},\n{{\"$ref\": \"{reference}\"}}");
    assert_eq!(
        faults(&ask("common#/G99"), "", ""),
        "made.json:4: pages[1]: 'G99' is not a group of the common file, or was taken before"
    );
    assert_eq!(
        faults(&ask("elsewhere#/G1"), "", ""),
        "made.json:4: pages[1].$ref: 'elsewhere#/G1' is not of the form common#/G1"
    );
    assert_eq!(faults(&ask("common#/G3"), "", ""), "no fault");
    let twice = format!("{},\n{{\"$ref\": \"common#/G3\"}}", ask("common#/G3"));
    assert!(faults(&twice, "", "").contains("made.json:5: pages[2]: 'G3' is not a group"));
}

#[test]
fn all_faults_come_in_one_go_in_the_order_of_the_file() {
    let (_, text) = SHIPPED[0];
    let broken = text
        .replacen("\"version\": 1", "\"version\": 0", 1)
        .replacen("\"x-fact\": \"suspect on scene\"", "\"x-fackt\": \"suspect on scene\"", 1)
        .replacen("\"list\": \"buildings\"", "\"list\": \"building\"", 1)
        .replacen("\"field\": \"firearm_keys_taken\"", "\"field\": \"keys\"", 1);
    // The version cannot be read, so the form as a whole is not compared with itself yet.
    let found = Form::parse("burglary.json", &broken, ("common.json", COMMON)).unwrap_err();
    let lines: Vec<_> = found.0.iter().map(|f| f.line.unwrap()).collect();
    assert_eq!(found.0.len(), 2, "{found}");
    assert!(lines.is_sorted());

    let broken = broken.replacen("\"version\": 0", "\"version\": 1", 1);
    let found = Form::parse("burglary.json", &broken, ("common.json", COMMON)).unwrap_err();
    let fields: Vec<_> = found.0.iter().map(|f| f.field.clone().unwrap()).collect();
    assert_eq!(
        fields,
        ["pages[1].components[0].x-fackt", "pages[5].components[0]", "lists[0]", "conditions[2].all[0]"],
        "{found}"
    );
}

#[test]
fn both_files_are_judged_for_syntax_at_once() {
    let found = Form::parse("made.json", "{", ("common.json", "[1,\n2")).unwrap_err().to_string();
    assert_eq!(
        found,
        "made.json:1: is not JSON: EOF while parsing an object\ncommon.json:2: is not JSON: EOF while parsing a list"
    );
}

#[test]
fn a_common_file_without_messages_is_named_with_its_line() {
    let (before, messages) = COMMON.split_once("\"messages\"").unwrap();
    let common = format!("{before}\"sections\"{}", messages.split_once("\"sections\"").unwrap().1);
    let Err(found) = Form::parse("made.json", SHIPPED[0].1, ("common.json", &common)) else {
        panic!("no messages")
    };
    assert_eq!(found.0[0].to_string(), "common.json:1: has no 'messages'");
    assert!(found.0.iter().all(|fault| fault.file == "common.json"), "{found}");
}

#[test]
fn a_section_is_defined_once_in_both_files_together() {
    for (sections, said) in [
        ("{\"name\": \"own\", \"title\": \"Own\"}", "no fault"),
        ("{\"name\": \"you\", \"title\": \"Us\"}", "made.json:2: sections[0]: 'you' is defined twice"),
        (
            "{\"name\": \"own\", \"title\": \"Own\"}, {\"name\": \"own\", \"title\": \"Other\"}",
            "made.json:2: sections[1]: 'own' is defined twice",
        ),
    ] {
        let head = HEAD.replacen("\"pages\"", &format!("\"sections\": [{sections}], \"pages\""), 1);
        assert_eq!(with_head(&head).lines().next().unwrap(), said);
    }
}
