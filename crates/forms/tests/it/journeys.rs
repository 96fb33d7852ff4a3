//! Journeys as tables: what is answered, which pages come.

use crate::{answers, made, posted, shipped, today};
use bluelamp_forms::{Answers, Form, Next};
use serde_json::json;

/// Answers page by page, as a browser would: the paths visited, and where it ended.
fn drive(form: &Form, fields: &[(&str, &str)]) -> (Vec<String>, Next, Answers) {
    let raw = posted(fields);
    let mut given = Answers::new();
    let mut visited = Vec::new();
    let mut next = Next::Page(form.pages[0].path.clone());
    while let Next::Page(path) = next {
        let page = form.page(&path).unwrap();
        let (part, errors) = page.read(form, &raw, today());
        assert_eq!(errors, [], "on {path}");
        form.put(page, part, &mut given);
        next = form.next(&path, &given);
        visited.push(path);
    }
    (visited, next, given)
}

const NAMED: &[(&str, &str)] = &[
    ("happened_to_me", "yes"),
    ("reporter_name", "Jordan Example"),
    ("contact_by", "phone"),
    ("reporter_phone", "07700 900123"),
    ("contact_safe", "yes"),
    ("needs", "nothing"),
    ("support_wanted", "no"),
    ("declaration", "yes"),
];

fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    [more, NAMED].concat()
}

#[test]
fn a_burglary_of_an_empty_home() {
    let form = shipped("burglary");
    let (visited, end, given) = drive(
        &form,
        &with(&[
            ("emergency", "no"),
            ("suspect_on_scene", "no"),
            ("occupant_hurt", "no"),
            ("where_address-line1", "1 Drovers Row"),
            ("where_address-town", "Felpersham"),
            ("where_address-postcode", "zz991aa"),
            ("building", "home"),
            ("occupant_present", "no"),
            ("when_kind", "between"),
            ("when_from-day", "20"),
            ("when_from-month", "November"),
            ("when_from-year", "2026"),
            ("when_to-day", "21"),
            ("when_to-month", "11"),
            ("when_to-year", "2026"),
            ("what_happened", "Came home and found the back door forced."),
            ("distraction", "no"),
            ("vulnerable_occupant", "prefer-not-to-say"),
            ("firearm_keys_taken", "no"),
            ("taken", "Silver laptop"),
            ("forensic_opportunity", "yes"),
            ("traces", "Doorbell camera, kept for 7 days."),
            ("suspect_known", "no"),
            ("vehicle_involved", "not-sure"),
        ]),
    );
    assert_eq!(end, Next::Check);
    assert_eq!(
        visited.join(" "),
        "/emergency /still-there /anyone-hurt /where /building /anyone-inside /when /when-between \
         /what-happened /talked-their-way-in /support-needs /keys /taken /traces /traces-details /seen-anyone \
         /vehicle /reporting-for /your-name /date-of-birth /contact /safe-contact /speaking-with-us /support \
         /declaration"
    );
    assert_eq!(given["where_address"]["postcode"], "ZZ99 1AA");
    assert_eq!(given["reporter_phone"], "+447700900123");
    let clean = form.validate(&given, today()).unwrap();
    assert_eq!(clean.answers, given);
    assert_eq!((clean.form.as_str(), clean.version, clean.digest), ("burglary", 1, form.digest.clone()));
    assert_eq!(form.reading(&given).title(), "Burglary at ZZ99 1AA");
    assert_eq!(
        form.reading(&given).free_text(),
        "Came home and found the back door forced.\n\nSilver laptop\n\nDoorbell camera, kept for 7 days."
    );
}

#[test]
fn a_burglar_who_may_be_near_brings_a_warning_and_the_report_goes_on() {
    let form = shipped("burglary");
    let given = answers(json!({"emergency": false, "suspect_on_scene": "yes"}));
    assert_eq!(form.next("/still-there", &given), Next::Page("/keep-away".into()));
    assert_eq!(form.next("/keep-away", &given), Next::Page("/anyone-hurt".into()));
}

#[test]
fn noise_belongs_to_the_council() {
    let form = shipped("antisocial-behaviour");
    for (kind, end) in [
        ("noise", Next::Terminal("/noise".into())),
        ("rubbish", Next::Terminal("/rubbish".into())),
        ("neighbour", Next::Page("/what-happened".into())),
    ] {
        let given = answers(json!({"emergency": false, "kind": kind}));
        assert_eq!(form.next("/kind", &given), end, "{kind}");
    }
}

#[test]
fn antisocial_behaviour_without_a_name() {
    let form = shipped("antisocial-behaviour");
    let (visited, end, given) = drive(
        &form,
        &[
            ("emergency", "no"),
            ("kind", "rowdy"),
            ("what_happened", "Shouting and fireworks on the green every night."),
            ("where_kind", "outdoors"),
            ("where_place", "The green in Ambridge, near the bus stop"),
            ("when_kind", "ongoing"),
            ("when_about", "since half term"),
            ("personal_targeting", "no"),
            ("group", "yes"),
            ("weapon_seen", "no"),
            ("threat_made", "not-sure"),
            ("hate_element", "no"),
            ("vulnerable_victim", "no"),
            ("repeat_victim", "yes"),
            ("reports_six_months", "2"),
            ("effect_on_victim", "some"),
            ("suspect_known", "no"),
            ("vehicle_involved", "no"),
            ("evidence_any", "no"),
            ("named", "anonymous"),
            ("reporter_name", "typed by mistake"),
            ("declaration", "yes"),
        ],
    );
    assert_eq!(end, Next::Check);
    assert!(visited.contains(&"/case-review".into()), "reported twice before");
    assert_eq!(visited[visited.len() - 3..], ["/give-your-name", "/without-a-name", "/declaration"]);
    assert!(!given.contains_key("reporter_name"));
    assert_eq!(
        form.reading(&given).title(),
        "Antisocial behaviour (Rowdy people, or drinking or drugs in public) at a place described in the report"
    );
}

#[test]
fn harassment_of_a_child_brings_childline_and_not_the_adult_page_on_pictures() {
    let form = shipped("cyber-harassment");
    let (visited, end, given) = drive(
        &form,
        &with(&[
            ("emergency", "no"),
            ("device_watched", "not-sure"),
            ("age", "under-18"),
            ("ways", "social"),
            ("ways", "other"),
            ("ways_other", "Through a smart speaker"),
            ("what_happened", "Somebody threatens to send round a picture."),
            ("when_kind", "exact"),
            ("when_date-day", "21"),
            ("when_date-month", "11"),
            ("when_date-year", "2026"),
            ("when_time", "11.30 pm"),
            ("contact_after_stop", "not-told"),
            ("physical_threat", "no"),
            ("address_disclosed", "not-sure"),
            ("former_partner", "no"),
            ("tracking", "no"),
            ("intimate_images", "yes"),
            ("payment_demanded", "yes"),
            ("account_takeover", "no"),
            ("suspect_handle", "@somebody"),
            ("evidence_any", "yes"),
            ("evidence_details", "Screenshots on my phone"),
            ("home_postcode", "ZZ99 1AA"),
        ]),
    );
    assert_eq!(end, Next::Check);
    let helped: Vec<_> = visited
        .iter()
        .filter(|path| {
            ["/safer-device", "/help-under-18", "/pictures-help", "/demands-help"].contains(&path.as_str())
        })
        .collect();
    assert_eq!(helped, ["/safer-device", "/help-under-18", "/demands-help"]);
    assert_eq!(given["ways"], json!(["social", "other"]));
    assert_eq!(given["when_time"], "23:30");
}

#[test]
fn a_changed_mind_leaves_no_answers_behind() {
    let form = shipped("burglary");
    let mut given = answers(json!({"emergency": false, "suspect_on_scene": "no", "occupant_hurt": "no"}));
    let page = form.page("/when").unwrap();
    let (part, _) = page.read(&form, &posted(&[("when_kind", "not-sure")]), today());
    form.put(page, part, &mut given);
    let (part, errors) = page.read(&form, &posted(&[]), today());
    assert_eq!(errors[0].message, "Select when it happened");
    form.put(page, part, &mut given);
    assert!(!given.contains_key("when_kind"));
}

#[test]
fn answers_to_questions_not_reached_are_left_out_and_have_no_effect() {
    let form = made(
        r#"{"path": "/a", "title": "A?", "components": [{"type": "YesNoField", "name": "a", "x-error": "Say"}]},
           {"path": "/b", "title": "B?", "condition": "yesA", "components": [{"type": "YesNoField", "name": "b", "x-error": "Say"}]},
           {"path": "/c", "title": "C?", "condition": "yesB", "components": [{"type": "YesNoField", "name": "c", "x-error": "Say"}]}"#,
        "",
        r#"{"id": "yesA", "all": [{"field": "a", "op": "is", "value": true}]},
           {"id": "yesB", "all": [{"field": "b", "op": "is", "value": true}]}"#,
    );
    let given = answers(json!({"a": false, "b": true, "c": true}));
    let paths: Vec<_> = form.path_to(&given).iter().map(|page| page.path.clone()).collect();
    assert_eq!(paths, ["/a"]);
    assert_eq!(form.next("/a", &given), Next::Check);
    assert_eq!(form.validate(&given, today()).unwrap().answers, answers(json!({"a": false})));
    assert_eq!(form.reading(&given).summary().len(), 1);
}

#[test]
fn back_goes_to_the_page_before_on_the_same_way() {
    let form = shipped("antisocial-behaviour");
    let given = answers(json!({"emergency": false, "kind": "damage"}));
    assert_eq!(form.previous("/what-happened", &given).unwrap().path, "/kind");
    assert_eq!(form.previous("/emergency", &given), None);
    assert_eq!(form.previous("/declaration", &given), None, "not reached yet");
}

#[test]
fn a_page_that_is_not_reached_leads_to_the_furthest_that_is() {
    let form = shipped("burglary");
    let given = answers(json!({"emergency": false}));
    assert_eq!(form.next("/declaration", &given), Next::Page("/still-there".into()));
    assert_eq!(form.next("/nowhere", &Answers::new()), Next::Page("/emergency".into()));
}

#[test]
fn every_comparison_drives_pages() {
    let page = |path: &str, condition: &str| {
        format!(
            r#"{{"path": "/{path}", "title": "T", "condition": "{condition}", "components": [{{"type": "Markdown", "content": "x"}}]}}"#
        )
    };
    let pages = [
        r#"{"path": "/ask", "title": "T", "x-together": true, "components": [
            {"type": "NumberField", "name": "n", "title": "N", "shortDescription": "n", "options": {"required": false}},
            {"type": "CheckboxesField", "name": "c", "title": "C", "list": "letters", "options": {"required": false}},
            {"type": "MoneyField", "name": "m", "title": "M", "shortDescription": "m", "options": {"required": false}},
            {"type": "TextField", "name": "t", "title": "T", "shortDescription": "t", "options": {"required": false}}]}"#
            .to_string(),
        page("more", "more"),
        page("less", "less"),
        page("contains", "contains"),
        page("answered", "answered"),
        page("is", "is"),
        page("is-not", "isNot"),
        page("any", "any"),
    ]
    .join(",\n");
    let form = made(
        &pages,
        r#"{"name": "letters", "items": [{"value": "x", "text": "X"}, {"value": "y", "text": "Y"}]}"#,
        r#"{"id": "more", "all": [{"field": "n", "op": "isMoreThan", "value": 3}]},
           {"id": "less", "all": [{"field": "m", "op": "isLessThan", "value": 100}]},
           {"id": "contains", "all": [{"field": "c", "op": "contains", "value": "x"}]},
           {"id": "answered", "all": [{"field": "t", "op": "isAnswered"}]},
           {"id": "is", "all": [{"field": "n", "op": "is", "value": 7}]},
           {"id": "isNot", "all": [{"field": "t", "op": "isNot", "value": "secret"}]},
           {"id": "any", "any": [{"field": "n", "op": "is", "value": 1}, {"field": "t", "op": "is", "value": "one"}]}"#,
    );
    for (given, shown) in [
        (json!({}), "/is-not"),
        (json!({"n": 3}), "/is-not"),
        (json!({"n": 4}), "/more /is-not"),
        (json!({"n": 7.0}), "/more /is /is-not"),
        (json!({"m": 99}), "/less /is-not"),
        (json!({"m": 100}), "/is-not"),
        (json!({"c": ["y"]}), "/is-not"),
        (json!({"c": ["x", "y"]}), "/contains /is-not"),
        (json!({"t": "secret"}), "/answered"),
        (json!({"t": "one"}), "/answered /is-not /any"),
        (json!({"n": 1}), "/is-not /any"),
    ] {
        let paths: Vec<_> =
            form.path_to(&answers(given.clone())).iter().map(|p| p.path.clone()).skip(1).collect();
        assert_eq!(paths.join(" "), shown, "{given}");
    }
}
