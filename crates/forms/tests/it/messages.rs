//! Every message that a person can meet, by what they did.

use crate::{answers, made, posted, shipped, today};
use bluelamp_forms::{Form, Lang};
use serde_json::{Value, json};

/// One page with every type of component.
fn every_type() -> Form {
    made(
        r#"{"path": "/all", "title": "All", "x-together": true, "components": [
          {"type": "TextField", "name": "text", "title": "Text", "shortDescription": "the text", "schema": {"min": 3, "max": 5}, "x-error": "Enter the text"},
          {"type": "MultilineTextField", "name": "lines", "title": "Lines", "shortDescription": "the lines", "schema": {"min": 3, "max": 8}, "x-error": "Enter the lines", "x-errors": {"too-long": "At most {max}, please"}},
          {"type": "YesNoField", "name": "yes_no", "title": "Yes?", "x-error": "Select yes or no"},
          {"type": "RadiosField", "name": "radios", "title": "Radios", "list": "letters", "x-error": "Select a letter"},
          {"type": "CheckboxesField", "name": "boxes", "title": "Boxes", "list": "boxes", "x-error": "Select boxes"},
          {"type": "SelectField", "name": "select", "title": "Select", "list": "letters", "x-error": "Choose a letter"},
          {"type": "DatePartsField", "name": "day", "title": "Day", "shortDescription": "the day", "x-error": "Enter the day"},
          {"type": "DatePartsField", "name": "end", "title": "End", "shortDescription": "the end", "x-not-before": "day", "options": {"maxDaysInPast": 30, "maxDaysInFuture": 7}, "x-error": "Enter the end"},
          {"type": "TimeField", "name": "time", "title": "Time", "shortDescription": "the time", "x-error": "Enter the time"},
          {"type": "EmailAddressField", "name": "email", "title": "Email", "shortDescription": "your email", "x-error": "Enter your email"},
          {"type": "TelephoneNumberField", "name": "phone", "title": "Phone", "shortDescription": "your phone", "x-error": "Enter your phone"},
          {"type": "UkAddressField", "name": "address", "title": "Address", "x-error": "Enter your address"},
          {"type": "PostcodeField", "name": "postcode", "title": "Postcode", "shortDescription": "the postcode", "x-error": "Enter the postcode"},
          {"type": "VehicleRegistrationField", "name": "plate", "title": "Plate", "shortDescription": "the plate", "x-error": "Enter the plate"},
          {"type": "NumberField", "name": "number", "title": "Number", "shortDescription": "the number", "schema": {"min": 2, "max": 9}, "x-error": "Enter the number"},
          {"type": "NumberField", "name": "exact", "title": "Exact", "shortDescription": "the weight", "schema": {"precision": 2}, "x-error": "Enter the weight"},
          {"type": "MoneyField", "name": "money", "title": "Money", "shortDescription": "the cost", "schema": {"min": 1, "max": 10}, "x-error": "Enter the cost"},
          {"type": "DeclarationField", "name": "agree", "title": "Agree", "x-error": "Agree to go on"}
        ]}"#,
        r#"{"name": "letters", "items": [{"value": "a", "text": "A"}, {"value": "b", "text": "B"}]},
           {"name": "boxes", "items": [{"value": "a", "text": "A"}, {"value": "b", "text": "B"}, {"value": "none", "text": "None of these", "x-exclusive": true}]}"#,
        "",
    )
}

#[test]
fn an_empty_page_says_for_each_question_what_to_do() {
    let form = every_type();
    let (part, errors) = form.page("/all").unwrap().read(&form, &posted(&[("csrf", "x")]), today());
    assert!(part.is_empty());
    assert!(errors.iter().all(|e| e.code == "required"));
    let said: Vec<_> = errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
    insta::assert_snapshot!(said.join("\n"));
}

/// Posted fields, the field the error is shown at, its code, its words.
type Slip<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str, &'a str);

#[test]
fn each_slip_has_its_own_message() {
    let rows: &[Slip<'_>] = &[
        (&[("text", "ab")], "text", "too-short", "The text must be 3 characters or more"),
        (&[("text", "abcdef")], "text", "too-long", "The text must be 5 characters or fewer"),
        (&[("lines", "a\r\nb\r\nc\r\nd\r\ne")], "lines", "too-long", "At most 8, please"),
        (&[("yes_no", "maybe")], "yes_no", "not-an-option", "Select one of the answers listed"),
        (&[("radios", "c")], "radios", "not-an-option", "Select one of the answers listed"),
        (&[("boxes", "a"), ("boxes", "c")], "boxes", "not-an-option", "Select one of the answers listed"),
        (
            &[("boxes", "a"), ("boxes", "none")],
            "boxes",
            "exclusive",
            "Select what applies, or select ‘None of these’",
        ),
        (&[("day-month", "3"), ("day-year", "2026")], "day-day", "no-day", "The day must include a day"),
        (&[("day-day", "3"), ("day-year", "2026")], "day-month", "no-month", "The day must include a month"),
        (&[("day-day", "3"), ("day-month", "3")], "day-year", "no-year", "The day must include a year"),
        (
            &[("day-day", "31"), ("day-month", "2"), ("day-year", "2026")],
            "day-day",
            "not-a-date",
            "The day must be a real date",
        ),
        (
            &[("day-day", "3"), ("day-month", "13"), ("day-year", "2026")],
            "day-month",
            "not-a-date",
            "The day must be a real date",
        ),
        (
            &[("day-day", "3"), ("day-month", "3"), ("day-year", "26")],
            "day-year",
            "not-a-date",
            "The day must be a real date",
        ),
        (
            &[("day-day", "23"), ("day-month", "11"), ("day-year", "2026")],
            "day-day",
            "future",
            "The day must not be in the future",
        ),
        (
            &[("day-day", "31"), ("day-month", "12"), ("day-year", "1899")],
            "day-day",
            "too-early",
            "The day must be later, check the year",
        ),
        (
            &[("end-day", "22"), ("end-month", "10"), ("end-year", "2026")],
            "end-day",
            "too-early",
            "The end must be later, check the year",
        ),
        (
            &[("end-day", "30"), ("end-month", "11"), ("end-year", "2026")],
            "end-day",
            "future",
            "The end must not be in the future",
        ),
        (
            &[
                ("day-day", "20"),
                ("day-month", "nov"),
                ("day-year", "2026"),
                ("end-day", "19"),
                ("end-month", "11"),
                ("end-year", "2026"),
            ],
            "end-day",
            "before-start",
            "The end must be the same as or after the day",
        ),
        (&[("time", "half two")], "time", "not-a-time", "The time must be a time, like 2:30pm or 14:30"),
        (
            &[("email", "me at example")],
            "email",
            "not-an-email",
            "Enter an email address in the correct format, like name@example.com",
        ),
        (
            &[("phone", "12345")],
            "phone",
            "not-a-phone",
            "Enter a phone number, like 01632 960001, 07700 900982 or +44 808 157 0192",
        ),
        (&[("address-line1", "1 Row")], "address-town", "no-town", "Enter a town or city"),
        (&[("address-line1", "1 Row")], "address-postcode", "no-postcode", "Enter a postcode"),
        (
            &[("address-town", "Felpersham")],
            "address-line1",
            "no-line1",
            "Enter address line 1, such as the house number and street",
        ),
        (
            &[("address-postcode", "nope")],
            "address-postcode",
            "not-a-postcode",
            "Enter a full UK postcode, like ZZ99 1AA",
        ),
        (&[("postcode", "ZZ99")], "postcode", "not-a-postcode", "Enter a full UK postcode, like ZZ99 1AA"),
        (&[("plate", "*")], "plate", "not-a-registration", "Enter a registration number, like AB12 CDE"),
        (&[("number", "three")], "number", "not-a-number", "The number must be a number, like 3"),
        (&[("number", "2.5")], "number", "not-whole", "The number must be a whole number"),
        (&[("number", "1")], "number", "too-small", "The number must be 2 or more"),
        (&[("number", "10")], "number", "too-big", "The number must be 9 or less"),
        (&[("exact", "1.234")], "exact", "too-precise", "The weight must have 2 decimal places or fewer"),
        (&[("money", "£1.005")], "money", "too-precise", "The cost must have 2 decimal places or fewer"),
        (&[("money", "99p")], "money", "not-a-number", "The cost must be a number, like 3"),
        (&[("money", "£0.99")], "money", "too-small", "The cost must be 1 or more"),
        (&[("money", "10.01")], "money", "too-big", "The cost must be 10 or less"),
        (&[("agree", "no")], "agree", "required", "Agree to go on"),
    ];
    let form = every_type();
    let page = form.page("/all").unwrap();
    for (fields, field, code, message) in rows {
        let (_, errors) = page.read(&form, &posted(fields), today());
        let found = errors.iter().find(|e| e.field == *field && e.code == *code);
        assert_eq!(found.map(|e| e.message.as_str()), Some(*message), "{fields:?}: {errors:#?}");
    }
    // Those that this table leaves out have a test of their own in this file or with the shipped forms.
    let elsewhere = ["wrong-type", "line1-too-long", "line2-too-long", "town-too-long", "unknown", "ended"];
    let words = ["yes", "no", "agreed", "months"];
    let mut codes: Vec<&str> =
        rows.iter().map(|(_, _, code, _)| *code).chain(elsewhere).chain(words).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut known: Vec<&str> = form.messages.keys().map(String::as_str).collect();
    known.sort_unstable();
    assert_eq!(codes, known, "every message there is can be met");
}

#[test]
fn lines_of_an_address_have_a_length() {
    let form = every_type();
    let long = "x".repeat(101);
    let fields =
        [("address-line1", long.as_str()), ("address-line2", long.as_str()), ("address-town", long.as_str())];
    let (_, errors) = form.page("/all").unwrap().read(&form, &posted(&fields), today());
    let said: Vec<_> =
        errors.iter().filter(|e| e.code.ends_with("-too-long")).map(|e| e.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "Address line 1 must be 100 characters or fewer",
            "Address line 2 must be 100 characters or fewer",
            "Town or city must be 100 characters or fewer"
        ]
    );
}

#[test]
fn what_is_right_is_kept_beside_what_is_wrong() {
    let form = every_type();
    let fields = [
        ("text", "  abc "),
        ("lines", "a\r\nb c"),
        ("yes_no", "no"),
        ("radios", "b"),
        ("boxes", "b"),
        ("boxes", "a"),
        ("select", "a"),
        ("day-day", "01"),
        ("day-month", "mar"),
        ("day-year", "2026"),
        ("end-day", "28"),
        ("end-month", "11"),
        ("end-year", "2026"),
        ("time", "9am"),
        ("email", "me@example.com"),
        ("phone", "01632 960123"),
        ("address-line1", "1 Row"),
        ("address-town", "Felpersham"),
        ("address-postcode", "zz991aa"),
        ("postcode", "w1a1aa"),
        ("plate", "ab12 cde"),
        ("number", "£9"),
        ("exact", "1.50"),
        ("money", "£9.9"),
    ];
    let (part, errors) = form.page("/all").unwrap().read(&form, &posted(&fields), today());
    assert_eq!(errors.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["agree"]);
    assert_eq!(
        Value::Object(part),
        json!({
            "text": "abc", "lines": "a\nb c", "yes_no": false, "radios": "b", "boxes": ["a", "b"], "select": "a",
            "day": "2026-03-01", "end": "2026-11-28", "time": "09:00", "email": "me@example.com",
            "phone": "+441632960123",
            "address": {"line1": "1 Row", "town": "Felpersham", "postcode": "ZZ99 1AA"},
            "postcode": "W1A 1AA", "plate": "AB12CDE", "number": 9, "exact": 1.5, "money": 990,
        })
    );
}

#[test]
fn the_api_names_each_fault_by_its_pointer() {
    let form = shipped("burglary");
    let given = answers(json!({
        "emergency": false, "suspect_on_scene": "perhaps", "occupant_hurt": 3, "a/b~c": "?",
        "where_address": {"line1": "1 Row", "postcode": "nowhere"}, "building": "home", "occupant_present": "no",
        "when_kind": "exact", "when_date": "2026-11-23", "what_happened": "short",
    }));
    let errors = form.validate(&given, today()).unwrap_err();
    let said: Vec<_> = errors.iter().map(|e| format!("{} {}: {}", e.field, e.code, e.message)).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn every_type_refuses_json_of_another_type() {
    let form = every_type();
    let given = Value::Object(
        form.questions(form.page("/all").unwrap())
            .map(|c| {
                // No component answers with a list of numbers.
                (c.name.clone(), json!([1]))
            })
            .collect(),
    );
    let errors = form.validate(&answers(given), today()).unwrap_err();
    assert_eq!(errors.len(), form.questions(form.page("/all").unwrap()).count());
    for error in errors {
        assert_eq!(error.code, "wrong-type", "{error:?}");
        assert!(error.message.ends_with("is not of the type that this question takes"), "{}", error.message);
    }
}

#[test]
fn messages_speak_the_language_of_the_form() {
    let text = r#"{"$schema": "bluelamp-form-1", "id": "cy", "version": 1, "title": {"en": "Made", "cy": "Gwnaed"},
        "lang": ["en", "cy"], "channels": ["web"], "x-safety": "standard", "x-anonymous": "refused", "x-queue": "contact",
        "x-retention": "P1Y", "x-legal-basis": "law-enforcement", "x-owner": "role: tester", "x-review-by": "2027-01-01",
        "x-title": {"en": "Made", "cy": "Gwnaed"},
        "pages": [{"path": "/a", "title": {"en": "Your name?", "cy": "Eich enw?"}, "components": [
            {"type": "TextField", "name": "a", "shortDescription": {"en": "your name", "cy": "eich enw"},
             "x-error": {"en": "Enter your name", "cy": "Rhowch eich enw"}}]}]}"#;
    let mut common: Value = serde_json::from_str(crate::COMMON).unwrap();
    for (code, message) in common["messages"].as_object_mut().unwrap() {
        let en = message.as_str().unwrap();
        let cy = if code == "too-long" { "Rhaid i {name} fod yn {max} nod neu lai" } else { en };
        *message = json!({"en": en, "cy": cy});
    }
    let form = Form::parse("cy.json", text, ("common.json", &common.to_string())).unwrap();
    let long = "x".repeat(201);
    for (lang, missing, too_long) in [
        (Lang::En, "Enter your name", "Your name must be 200 characters or fewer"),
        (Lang::Cy, "Rhowch eich enw", "Rhaid i eich enw fod yn 200 nod neu lai"),
    ] {
        let form = form.in_lang(lang);
        let message = |fields: &[(&str, &str)]| {
            form.pages[0].read(&form, &posted(fields), today()).1[0].message.clone()
        };
        assert_eq!(message(&[]), missing);
        assert_eq!(message(&[("a", &long)]), too_long);
    }
    assert_eq!(shipped("burglary").in_lang(Lang::Cy).speaks, Lang::En, "a form without Welsh speaks English");
}
