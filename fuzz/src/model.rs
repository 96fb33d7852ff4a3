//! The interchange file, code lists, and the small values that stand in both.

use crate::{accept, named_twice, text};
use bluelamp_model::{Bundle, Day, Fault, Id, Record, Time, codes, conform};
use serde_json::Value;

/// A file of records and links: the report and the reader agree, no member given twice is passed over, and what
/// was read is written and read again unchanged.
pub(crate) fn bundle(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let body = text.trim_start_matches('\u{feff}');
    let one_twice =
        |line: &str| !line.trim_matches(['\u{feff}', ' ', '\t', '\r']).is_empty() && named_twice(line);
    for file in ["bundle.json", "bundle.jsonl"] {
        let report = conform(file, text);
        let shown = report.to_string();
        assert!(shown.contains(if report.passed() { "No rule is broken." } else { "does not conform" }));
        for rule in &report.rules {
            assert!(rule.failed <= rule.checked && rule.first.len() as u64 <= rule.failed);
            assert!(
                rule.failed == 0 || !rule.first.is_empty(),
                "{} is broken and nothing says where",
                rule.rule
            );
        }
        match Bundle::read(file, text, codes::shipped()) {
            Ok(bundle) => {
                accept();
                let whole = file.ends_with(".json") && serde_json::from_str::<Value>(body).is_ok();
                let twice = if whole { named_twice(body) } else { body.lines().any(one_twice) };
                assert!(!twice, "a member given twice went unnoticed");
                assert!(report.passed(), "read, although rules are broken:\n{shown}");
                assert!(
                    bundle.records.iter().all(|r| r.check().is_ok())
                        && bundle.links.iter().all(|l| l.check().is_ok())
                );
                again(&bundle);
            }
            Err(faults) => {
                assert!(!report.passed(), "nothing is broken, and yet: {faults}");
                crate::told(&faults, false);
            }
        }
    }
}

/// What was read, written in both forms and read again.
fn again(bundle: &Bundle) {
    let lines = bundle.lines().expect("a bundle is JSON");
    let read = Bundle::read("again.jsonl", &lines, codes::shipped());
    assert_eq!(read.map(|b| (b.records, b.links)), Ok((bundle.records.clone(), bundle.links.clone())));
    let whole = serde_json::to_string(bundle).expect("a bundle is JSON");
    assert_eq!(Bundle::read("again.json", &whole, codes::shipped()).as_ref(), Ok(bundle));
    for record in &bundle.records {
        let bare = record.without(&bluelamp_model::property::FieldClass::ALL);
        assert!(bare.statements.is_empty() && bare.provenance.is_empty() && bare.sensitive.is_none());
    }
}

/// A code list: every fault with its line; what is read, written and read again, is the same.
pub(crate) fn code_list(data: &[u8]) {
    let Some(text) = text(data) else { return };
    match codes::CodeList::parse("list.json", text) {
        Ok(list) => {
            accept();
            assert!(!named_twice(text), "a member given twice went unnoticed");
            let written = serde_json::to_string(&list).expect("a code list is JSON");
            assert_eq!(codes::CodeList::parse("again.json", &written).as_ref(), Ok(&list));
            for code in &list.codes {
                assert!(list.find(&code.code).is_some() && code.is_current(code.valid_from));
                assert!(!code.label("cy").trim().is_empty() && !code.label("en").trim().is_empty());
                let current = list.current(code.valid_from).filter(|c| c.code == code.code).count();
                assert_eq!(current, 1, "'{}' means two things on {}", code.code, code.valid_from);
            }
            let _ = codes::dangling(&[list]);
        }
        Err(faults) => crate::told(&faults, true),
    }
}

/// A time, a day and an identifier: what is read is written in one way, and that way is read again.
pub(crate) fn values(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(time) = text.parse::<Time>() {
        accept();
        assert_eq!(time.to_string().parse(), Ok(time), "{text}");
        assert!(!time.spoken().is_empty() && !time.short().is_empty() && !time.day().is_empty());
    }
    if let Ok(day) = text.parse::<Day>() {
        accept();
        assert_eq!(day.to_string(), text);
    }
    if let Ok(id) = text.parse::<Id>() {
        accept();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(Id::from_bytes(id.bytes()), id);
    }
    if let Some(bytes) = data.first_chunk::<8>() {
        // Any number of microseconds can be shown, also one that no calendar holds.
        let time = Time::from_micros(i64::from_be_bytes(*bytes));
        assert!(!time.to_string().is_empty() && !time.spoken().is_empty() && !time.day().is_empty());
        let _ = Id::new(time, [0; 10]).to_string();
    }
    let fault = Fault::new(text, text).at_line(1).in_field(text);
    assert!(fault.to_string().contains(":1: "));
}

/// One record by itself, as it stands in a database.
pub(crate) fn record(data: &[u8]) {
    let Ok(record) = serde_json::from_slice::<Record>(data) else { return };
    let written = serde_json::to_value(&record).expect("a record is JSON");
    assert_eq!(
        serde_json::from_value::<Record>(written.clone()).expect("what was written can be read"),
        record
    );
    if record.check().is_ok() {
        accept();
    }
    let alone = conform("record.json", &written.to_string());
    assert_eq!(record.check().is_ok(), alone.passed(), "{alone}");
    assert!(written.get("kind").and_then(Value::as_str).is_some_and(|kind| kind == record.kind.code()));
}
