//! Every mistake a definition can have, with the line it is reported at.

use crate::parse_made;

/// A page that asks one thing, in one line.
pub(crate) const ASK: &str =
    r#"{"path": "/a", "title": "A?", "components": [{"type": "YesNoField", "name": "a", "x-error": "Say"}]}"#;

pub(crate) fn faults(pages: &str, lists: &str, conditions: &str) -> String {
    match parse_made(pages, lists, conditions) {
        Ok(_) => "no fault".into(),
        Err(faults) => faults.to_string(),
    }
}

/// A component on a page of its own: the page in line 3, the component in line 4.
fn component(words: &str) -> String {
    faults(&format!("{{\"path\": \"/b\", \"title\": \"B?\", \"components\": [\n{words}]}}"), "", "")
}

#[test]
fn the_page_that_the_others_are_made_from_has_no_fault() {
    assert_eq!(faults(ASK, "", ""), "no fault");
}

#[test]
fn mistakes_of_reading() {
    for (words, said) in [
        (
            r#"{"type": "TextFeild", "name": "b"}"#,
            "made.json:4: pages[0].components[0].type: 'TextFeild' is none of TextField, MultilineTextField, \
             YesNoField, RadiosField, CheckboxesField, SelectField, DatePartsField, TimeField, EmailAddressField, \
             TelephoneNumberField, UkAddressField, PostcodeField, VehicleRegistrationField, NumberField, MoneyField, \
             DeclarationField, Markdown",
        ),
        (
            r#"{"type": "YesNoField", "name": "b", "x-error": "Say", "colour": "red"}"#,
            "made.json:4: pages[0].components[0].colour: is not known here; known are type, name, title, hint, \
             shortDescription, options, schema, x-error, x-errors, x-fact, x-fact-values, x-map",
        ),
        (
            r#"{"type": "YesNoField", "name": "b", "x-error": "Say", "options": {"rows": 3}}"#,
            "made.json:4: pages[0].components[0].options.rows: is not known here; known are required",
        ),
        (
            r#"{"type": "YesNoField", "name": "Bad-Name", "x-error": "Say"}"#,
            "made.json:4: pages[0].components[0].name: 'Bad-Name' is not a name: small letters, digits and _, at most 40",
        ),
        (r#"{"type": "YesNoField", "x-error": "Say"}"#, "made.json:4: pages[0].components[0]: has no 'name'"),
        (
            r#"{"type": "RadiosField", "name": "b", "x-error": "Say"}"#,
            "made.json:4: pages[0].components[0]: has no 'list'",
        ),
        (
            r#"{"type": "YesNoField", "name": "b", "x-error": 3}"#,
            "made.json:4: pages[0].components[0].x-error: expected a string, or {\"en\": …, \"cy\": …}, found a number\n\
             made.json:4: pages[0].components[0]: 'b' must be answered and so needs an x-error: what to do if it is not",
        ),
        (
            r#"{"type": "YesNoField", "name": "b", "x-error": "Say", "options": {"required": "yes"}}"#,
            "made.json:4: pages[0].components[0].options.required: expected true or false, found a string",
        ),
        (
            r#"{"type": "TextField", "name": "b", "shortDescription": "b", "x-error": "Say", "schema": {"min": 9, "max": 3}}"#,
            "made.json:4: pages[0].components[0].schema: min 9 is greater than max 3",
        ),
        (
            r#"{"type": "TextField", "name": "b", "shortDescription": "b", "x-error": "Say", "schema": {"max": 0}}"#,
            "made.json:4: pages[0].components[0].schema: a text is at least 1 character long at most, and 0 at least",
        ),
        (
            r#"{"type": "NumberField", "name": "b", "shortDescription": "b", "x-error": "Say", "schema": {"precision": 7}}"#,
            "made.json:4: pages[0].components[0].schema.precision: is more than 6 decimals",
        ),
        (
            r#"{"type": "DatePartsField", "name": "b", "shortDescription": "b", "x-error": "Say", "options": {"maxDaysInPast": 60000}}"#,
            "made.json:4: pages[0].components[0].options: a date lies at most 50000 days from today",
        ),
        (
            r#"{"type": "DatePartsField", "name": "b", "shortDescription": "b", "x-error": "Say", "options": {"maxDaysInFuture": -1}}"#,
            "made.json:4: pages[0].components[0].options.maxDaysInFuture: -1 is not a count from 0 to 4294967295",
        ),
        (
            r#"{"type": "YesNoField", "name": "b", "x-error": "Say", "x-fact-values": {"yes": true}}"#,
            "made.json:4: pages[0].components[0].x-fact-values: has no effect without x-fact",
        ),
        (
            r#"{"type": "EmailAddressField", "name": "b", "shortDescription": "b", "x-error": "Say", "options": {"autocomplete": "mail"}}"#,
            "made.json:4: pages[0].components[0].options.autocomplete: 'mail' is none of off, name, given-name, \
             family-name, email, tel, postal-code, street-address, bday",
        ),
        (
            r#""TextField""#,
            "made.json:4: pages[0].components[0]: expected an object in braces, found a string",
        ),
    ] {
        assert_eq!(component(words), said, "{words}");
    }
}

#[test]
fn mistakes_of_questions() {
    for (words, said) in [
        (
            r#"{"type": "YesNoField", "name": "b"}"#,
            "'b' must be answered and so needs an x-error: what to do if it is not",
        ),
        (
            r#"{"type": "TimeField", "name": "b", "x-error": "Say"}"#,
            "'b' needs a shortDescription, such as \"your date of birth\", for messages",
        ),
        (
            r#"{"type": "TimeField", "name": "b", "shortDescription": "b", "x-error": "Say", "x-errors": {"too-long": "x"}}"#,
            "x-errors has 'too-long'; a TimeField has required, wrong-type, not-a-time",
        ),
        (
            r#"{"type": "YesNoField", "name": "b", "x-error": "Say {nmae}"}"#,
            "'x-error' has the placeholder '{nmae'; known are name, Name, min, max, days, decimals, choice, start",
        ),
        (
            r#"{"type": "RadiosField", "name": "b", "list": "nothing", "x-error": "Say"}"#,
            "'nothing' is not a known list",
        ),
        (
            r#"{"type": "DatePartsField", "name": "b", "shortDescription": "b", "x-error": "Say", "x-not-before": "c"}"#,
            "x-not-before names 'c', which is not a date above it on the page",
        ),
        (
            r#"{"type": "TextField", "name": "b", "shortDescription": "b", "x-error": "Say", "x-fact": "f"}"#,
            "a TextField cannot give a fact",
        ),
        (
            r#"{"type": "YesNoField", "name": "b", "x-error": "Say", "x-fact": "f", "x-fact-values": {"yes": true}}"#,
            "x-fact-values is only for lists",
        ),
        (
            r#"{"type": "RadiosField", "name": "b", "list": "yesNoNotSure", "x-error": "Say", "x-fact": "f", "x-fact-values": {"maybe": true}}"#,
            "x-fact-values has 'maybe', which is not a value of the list",
        ),
        (
            r#"{"type": "RadiosField", "name": "b", "list": "yesNoNotSure", "x-error": "Say", "x-fact": "f", "x-fact-values": {"no": [1]}}"#,
            "x-fact-values gives 'no' [1]; it can be true, false, a number, a string, {\"state\": \"unknown\"} or \
             {\"state\": \"refused\"}",
        ),
        (
            r#"{"type": "TextField", "name": "b", "shortDescription": "b", "x-error": "Say", "x-map": "reporter.name"}"#,
            "x-map names 'reporter', which x-entities does not have",
        ),
    ] {
        assert_eq!(component(words), format!("made.json:4: pages[0].components[0]: {said}"), "{words}");
    }
}

#[test]
fn a_fact_needs_a_meaning_for_every_choice_and_one_question() {
    let list =
        r#"{"name": "l", "items": [{"value": "yes", "text": "Y"}, {"value": "perhaps", "text": "P"}]}"#;
    let page = |path: &str| {
        format!(
            r#"{{"path": "/{path}", "title": "T?", "components": [{{"type": "RadiosField", "name": "{path}", "list": "l", "x-error": "Say", "x-fact": "f"}}]}}"#
        )
    };
    assert_eq!(
        faults(&format!("{},\n{}", page("b"), page("c")), list, ""),
        "made.json:3: pages[0].components[0]: x-fact-values does not say what 'perhaps' means for 'f'\n\
         made.json:4: pages[1].components[0]: another question already gives the fact 'f'\n\
         made.json:4: pages[1].components[0]: x-fact-values does not say what 'perhaps' means for 'f'"
    );
}

#[test]
fn mistakes_of_pages() {
    let read = r#"{"type": "Markdown", "content": "Read."}"#;
    let yes = |name: &str| {
        format!(r#"{{"type": "YesNoField", "name": "{name}", "title": "T?", "x-error": "Say"}}"#)
    };
    let page = |words: &str, components: &[String]| {
        let page = format!(
            "{{\"path\": \"/b\", \"title\": \"B\", {words}\"components\": [{}]}}",
            components.join(", ")
        );
        faults(&format!("{ASK},\n{page}"), "", "")
    };
    let at = "made.json:4: pages[1]: ";
    assert_eq!(
        page("", &[yes("b"), yes("c")]),
        format!("{at}asks 2 questions: one a page, or \"x-together\": true for a natural set")
    );
    assert_eq!(page("\"x-together\": true, ", &[yes("b"), yes("c")]), "no fault");
    assert_eq!(
        page("\"x-together\": true, ", &[yes("b")]),
        format!("{at}x-together has no effect without several questions")
    );
    assert_eq!(page("", &[]), format!("{at}has nothing on it"));
    assert_eq!(
        page("", &[yes("a")]),
        "made.json:4: pages[1].components[0]: the name 'a' is used before, in line 3 of made.json"
    );
    assert_eq!(page("\"section\": \"misc\", ", &[yes("b")]), format!("{at}'misc' is not a known section"));
    assert_eq!(page("\"condition\": \"isX\", ", &[yes("b")]), format!("{at}'isX' is not a known condition"));
    let ends = "\"controller\": \"TerminalPageController\", ";
    assert_eq!(
        page(ends, &[read.into()]),
        format!(
            "made.json:2: pages: no answers lead to the end of the form: every journey stops at a terminal page\n\
             {at}ends the journey and needs an x-outcome, so that it is counted"
        )
    );
    assert_eq!(
        page(&format!("{ends}\"x-outcome\": \"advice\", "), &[yes("b")]),
        format!("{at}ends the journey, so nothing can be asked on it")
    );
    assert_eq!(
        page(&format!("{ends}\"x-outcome\": \"away\", "), &[read.into()]).lines().last().unwrap(),
        "made.json:4: pages[1].x-outcome: 'away' is none of emergency, advice, or redirect: and to whom"
    );
    assert_eq!(
        page("\"x-outcome\": \"advice\", ", &[read.into()]),
        "made.json:4: pages[1].x-outcome: has no effect on a page that does not end"
    );
    assert_eq!(
        faults(&format!("{ASK},\n{}", ASK.replace("\"a\"", "\"c\"")), "", ""),
        format!("{at}the path '/a' is used before, in line 3 of made.json")
    );
    assert_eq!(
        faults(&ASK.replace("/a", "/check"), "", ""),
        "made.json:3: pages[0]: the path '/check' is kept for the journey itself"
    );
    assert_eq!(
        faults(&ASK.replace("/a", "a b"), "", ""),
        "made.json:3: pages[0].path: 'a b' is not a path such as /when-it-happened"
    );
    assert_eq!(faults("", "", ""), "made.json:2: pages: the form has no page");
}

#[test]
fn mistakes_of_titles_where_the_page_cannot_speak_for_the_question() {
    let page = r#"{"path": "/b", "title": "B", "x-together": true, "components": [
        {"type": "YesNoField", "name": "b", "x-error": "Say"},
        {"type": "YesNoField", "name": "c", "title": "C?", "x-error": "Say"}]}"#;
    assert_eq!(
        faults(page, "", ""),
        "made.json:4: pages[0].components[0]: 'b' needs a title: the page's cannot stand for it"
    );
}

#[test]
fn mistakes_of_lists() {
    let page = |kind: &str| {
        format!(
            r#"{{"path": "/b", "title": "B?", "components": [{{"type": "{kind}", "name": "b", "list": "l", "x-error": "Say"}}]}}"#
        )
    };
    let list = |items: &str| format!("{{\"name\": \"l\", \"items\": [\n{items}]}}");
    let b = r#"{"value": "b", "text": "B"}"#;
    // The lists begin in line 6, their items in line 7.
    for (kind, items, said) in [
        (
            "RadiosField",
            format!("{b},\n{b}"),
            "made.json:8: lists[0].items[1]: the value 'b' is used before, in line 7 of made.json",
        ),
        (
            "RadiosField",
            b.into(),
            "made.json:3: pages[0].components[0]: 'b' leaves no choice: its list has fewer than two items",
        ),
        ("CheckboxesField", b.into(), "no fault"),
        (
            "RadiosField",
            format!("{b},\n{{\"value\": 3, \"text\": \"C\"}}"),
            "made.json:8: lists[0].items[1].value: is a string: put it in quotes",
        ),
        (
            "RadiosField",
            format!("{b},\n{{\"value\": \"C c\", \"text\": \"C\"}}"),
            "made.json:8: lists[0].items[1]: 'C c' is not a value: small letters, digits and hyphens",
        ),
        (
            "RadiosField",
            format!("{b},\n{{\"value\": \"c\", \"text\": \"C\", \"x-exclusive\": true}}"),
            "made.json:8: lists[0].items[1]: 'c' is x-exclusive, which only checkboxes can be",
        ),
        (
            "SelectField",
            format!(
                "{b},\n{{\"value\": \"c\", \"text\": \"C\", \"x-reveals\": [{{\"type\": \"YesNoField\", \"name\": \"d\", \"title\": \"D?\", \"x-error\": \"Say\"}}]}}"
            ),
            "made.json:8: lists[0].items[1]: 'c' reveals questions, which a SelectField cannot",
        ),
        (
            "RadiosField",
            format!(
                "{b},\n{{\"value\": \"c\", \"text\": \"C\", \"x-reveals\": [{{\"type\": \"YesNoField\", \"name\": \"d\", \"x-error\": \"Say\"}}]}}"
            ),
            "made.json:8: lists[0].items[1].x-reveals[0]: 'd' needs a title: the page's cannot stand for it",
        ),
        (
            "RadiosField",
            format!(
                "{b},\n{{\"value\": \"c\", \"text\": \"C\", \"x-reveals\": [{{\"type\": \"Markdown\", \"content\": \"x\"}}]}}"
            ),
            "made.json:8: lists[0].items[1].x-reveals[0]: only questions can be revealed",
        ),
    ] {
        let found = faults(&page(kind), &list(&items), "");
        assert_eq!(found.lines().next().unwrap(), said, "{items}");
    }
    assert_eq!(
        faults(ASK, &list(&format!("{b},\n{}", b.replace('b', "c"))), ""),
        "made.json:6: lists[0]: nothing uses the list 'l'"
    );
    let two = list(&format!("{b},\n{}", b.replace('b', "c")));
    assert_eq!(
        faults(&page("RadiosField"), &format!("{two},\n{two}"), ""),
        "made.json:9: lists[1]: 'l' is defined twice"
    );
    assert!(faults(&page("RadiosField"), &list(""), "").contains("made.json:6: lists[0].items: is empty"));
}

#[test]
fn a_list_that_reveals_questions_is_used_once_and_not_nested() {
    let page = |path: &str, list: &str| {
        format!(
            r#"{{"path": "/{path}", "title": "T?", "components": [{{"type": "RadiosField", "name": "{path}", "list": "{list}", "x-error": "Say"}}]}}"#
        )
    };
    let list = |name: &str, reveals: &str| {
        format!(
            r#"{{"name": "{name}", "items": [{{"value": "a", "text": "A"}}, {{"value": "b", "text": "B", "x-reveals": [{reveals}]}}]}}"#
        )
    };
    let inner = r#"{"type": "YesNoField", "name": "deep", "title": "Deep?", "x-error": "Say"}"#;
    let twice = faults(&format!("{},\n{}", page("p", "l"), page("q", "l")), &list("l", inner), "");
    assert!(
        twice.contains(
            "made.json:7: lists[0].items[1]: 'b' reveals questions, so that its list can be used only once"
        ),
        "{twice}"
    );
    let outer = r#"{"type": "RadiosField", "name": "mid", "title": "Mid?", "list": "m", "x-error": "Say"}"#;
    let lists = format!("{},\n{}", list("l", outer), list("m", inner));
    let nested = faults(&page("p", "l"), &lists, "");
    assert!(
        nested.contains("made.json:6: lists[0].items[1].x-reveals[0]: is itself revealed and cannot reveal further questions"),
        "{nested}"
    );
}

#[test]
fn mistakes_of_conditions() {
    let read = r#"{"path": "/c", "title": "C", "condition": "isX", "components": [{"type": "Markdown", "content": "x"}]}"#;
    let pages = format!("{ASK},\n{read}");
    // The conditions begin in line 10.
    for (condition, said) in [
        (
            r#"{"id": "isX", "all": [{"field": "zz", "op": "is", "value": 1}]}"#,
            "made.json:10: conditions[0].all[0]: 'zz' is not a known field",
        ),
        (
            r#"{"id": "isX", "all": [{"field": "a", "op": "equals", "value": true}]}"#,
            "made.json:10: conditions[0].all[0].op: 'equals' is none of is, isNot, contains, isAnswered, isMoreThan, isLessThan",
        ),
        (
            r#"{"id": "isX", "all": [{"field": "a", "op": "is", "value": "yes"}]}"#,
            "made.json:10: conditions[0].all[0]: 'a' is answered with true or false, not \"yes\"",
        ),
        (
            r#"{"id": "isX", "all": [{"field": "a", "op": "isMoreThan", "value": 1}]}"#,
            "made.json:10: conditions[0].all[0]: this comparison cannot be made with a YesNoField",
        ),
        (
            r#"{"id": "isX", "all": [{"field": "a", "op": "is"}]}"#,
            "made.json:10: conditions[0].all[0]: has no 'value'",
        ),
        (
            r#"{"id": "isX", "all": [{"field": "a", "op": "isAnswered", "value": 1}]}"#,
            "made.json:10: conditions[0].all[0]: isAnswered takes no 'value'",
        ),
        (
            r#"{"id": "isX", "all": [], "any": []}"#,
            "made.json:10: conditions[0]: needs either 'all' or 'any'",
        ),
        (r#"{"id": "isX", "all": []}"#, "made.json:10: conditions[0].all: has no test that can be read"),
    ] {
        let found = faults(&pages, "", condition);
        assert_eq!(found.lines().next().unwrap(), said, "{condition}");
    }
    let good = r#"{"id": "isX", "all": [{"field": "a", "op": "is", "value": true}]}"#;
    assert_eq!(faults(&pages, "", good), "no fault");
    assert_eq!(
        faults(&pages, "", &format!("{good},\n{good}")),
        "made.json:11: conditions[1]: 'isX' is defined twice"
    );
    assert_eq!(
        faults(ASK, "", good).lines().next().unwrap(),
        "made.json:9: conditions[0]: nothing uses the condition 'isX'"
    );
    let early = format!("{read},\n{ASK}");
    assert_eq!(
        faults(&early, "", good),
        "made.json:3: pages[0]: its condition 'isX' looks at 'a', which is not asked before"
    );
}

#[test]
fn values_of_conditions_are_those_of_the_list() {
    let pages = r#"{"path": "/b", "title": "B?", "components": [{"type": "RadiosField", "name": "b", "list": "yesNoNotSure", "x-error": "Say"}]},
{"path": "/c", "title": "C", "condition": "isX", "components": [{"type": "Markdown", "content": "x"}]}"#;
    assert_eq!(
        faults(pages, "", r#"{"id": "isX", "all": [{"field": "b", "op": "is", "value": "yess"}]}"#),
        "made.json:10: conditions[0].all[0]: \"yess\" is not a value of the list 'yesNoNotSure'"
    );
}

/// The model checker.
#[test]
fn a_page_that_no_answers_lead_to_and_a_form_that_cannot_be_finished() {
    let page = |path: &str, condition: &str, end: &str| {
        format!(
            r#"{{"path": "/{path}", "title": "T", "condition": {condition}, {end}"components": [{{"type": "Markdown", "content": "x"}}]}}"#
        )
    };
    let conditions = r#"{"id": "yes", "all": [{"field": "a", "op": "is", "value": true}]},
{"id": "no", "all": [{"field": "a", "op": "is", "value": false}]}"#;
    let both = page("both", "[\"yes\", \"no\"]", "");
    assert_eq!(
        faults(&format!("{ASK},\n{both}"), "", conditions),
        "made.json:4: pages[1]: no answers lead to '/both'"
    );
    let end = "\"controller\": \"TerminalPageController\", \"x-outcome\": \"advice\", ";
    let (yes, no) = (page("y", "\"yes\"", end), page("n", "\"no\"", end));
    let last = ASK.replace("\"a\"", "\"z\"").replace("/a", "/z");
    assert_eq!(
        faults(&format!("{ASK},\n{yes},\n{no},\n{last}"), "", conditions),
        "made.json:2: pages: no answers lead to the end of the form: every journey stops at a terminal page\n\
         made.json:6: pages[3]: no answers lead to '/z'"
    );
    let optional = ASK.replace("\"x-error\": \"Say\"", "\"options\": {\"required\": false}");
    assert_eq!(
        faults(&format!("{optional},\n{yes},\n{no},\n{last}"), "", conditions),
        "no fault",
        "who passes the question over goes on"
    );
}

#[test]
fn too_many_ways_are_refused_rather_than_followed_for_ever() {
    let asks: Vec<String> = (0..40)
        .map(|n| ASK.replace("\"a\"", &format!("\"a{n}\"")).replace("/a", &format!("/a{n}")))
        .collect();
    let tests: Vec<String> =
        (0..40).map(|n| format!(r#"{{"field": "a{n}", "op": "is", "value": true}}"#)).collect();
    let last = r#"{"path": "/z", "title": "Z", "condition": "all", "components": [{"type": "Markdown", "content": "x"}]}"#;
    let found = faults(
        &format!("{},\n{last}", asks.join(",\n")),
        "",
        &format!("{{\"id\": \"all\", \"all\": [{}]}}", tests.join(", ")),
    );
    assert!(found.contains("are too many to check"), "{found}");
}
