//! The WebAssembly module and the native function say the same, byte by byte.
#![expect(clippy::unwrap_used, reason = "a failed test may panic, also in its helpers")]

mod module;

use bluelamp_handheld::{assess, assess_bytes};
use bluelamp_triage::{Definition, Fact, FactType};
use serde_json::{Value, json};
use std::path::Path;

const MOMENT: &str = "2026-11-27T12:00:00Z";

/// Every definition in the folder of those that are shipped.
fn definitions() -> Vec<Definition> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/definitions");
    let folders = std::fs::read_dir(root).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_dir());
    let files = folders.flat_map(|f| std::fs::read_dir(f).unwrap()).map(|f| f.unwrap().path());
    let mut files: Vec<_> = files.filter(|p| p.extension().is_some_and(|e| e == "md")).collect();
    files.sort();
    let load = |file: &std::path::PathBuf| {
        Definition::load(&file.display().to_string(), &std::fs::read_to_string(file).unwrap())
    };
    files.iter().map(|file| load(file).unwrap_or_else(|faults| panic!("{faults}"))).collect()
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// What is asked: definition, told and moment.
type Request = [Vec<u8>; 3];

fn request(definition: &str, told: &str, at: &str) -> Request {
    [definition.into(), told.into(), at.into()]
}

/// Each case as it stands; and each as one source said it on a day, which by the moment is stale where it can be.
fn cases() -> Vec<Request> {
    let mut requests = Vec::new();
    for definition in definitions() {
        let compiled = text(&definition);
        for case in &definition.cases {
            requests.push(request(&compiled, &text(&case.facts), ""));
            let dated = |fact: &Fact| match fact {
                Fact::Known(value) => {
                    json!({"value": value, "source": "victim", "at": "2026-01-31T23:59:59.5+01:00"})
                }
                Fact::Open { state, .. } => json!({"state": state.code(), "source": "victim"}),
            };
            let told: Value = case.facts.0.iter().map(|(name, fact)| (name.clone(), dated(fact))).collect();
            requests.push(request(&compiled, &told.to_string(), MOMENT));
            requests.push(request(&compiled, &told.to_string(), ""));
        }
    }
    requests
}

/// What goes wrong, and what nobody in their right mind would send.
fn hostile() -> Vec<Request> {
    let definitions = definitions();
    let with_number = |d: &&Definition| d.facts.iter().any(|f| f.kind == FactType::Number);
    let definition = definitions.iter().find(with_number).unwrap();
    let compiled = text(definition);
    let named =
        |number: bool| definition.facts.iter().find(|f| (f.kind == FactType::Number) == number).unwrap();
    let (number, other) = (&named(true).name, &named(false).name);

    let mut told: Vec<String> =
        ["", "{", "[]", "null", "{}", "{}x", "\u{feff}{}", "{\"a\":\"\\ud800\"}", "\0"]
            .map(str::to_owned)
            .into();
    told.push("[".repeat(100_000));
    told.push(format!("{{\"{other}\":{}{}}}", "[".repeat(126), "]".repeat(126)));
    told.push(format!("{{\"{other}\":{}1{}}}", "{\"a\":".repeat(200), "}".repeat(200)));
    told.push(format!("{{\"{other}\":true,\"{other}\":false}}"));
    for value in [
        "1e999",
        "1e308",
        "-0",
        "-0.0",
        "0.1",
        "0.30000000000000004",
        "3.0",
        "1E2",
        "1e-7",
        "2.5",
        "5e-324",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "18446744073709551616",
        "-1",
        "true",
        "\"3\"",
        "null",
        "[]",
        "[1,2]",
        "{}",
        "{\"z\":1,\"a\":[{\"y\":2,\"b\":3}]}",
        "{\"state\":\"lost\"}",
        "{\"state\":\"unknown\",\"values\":[1]}",
        "{\"state\":\"conflicting\",\"values\":[1,2.50]}",
        "{\"value\":1,\"at\":\"yesterday\"}",
        "{\"value\":1,\"value\":2}",
        "[{\"value\":1},{\"value\":1.0}]",
        "[{\"value\":1,\"source\":\"a\"},{\"value\":2,\"source\":\"b\"}]",
        "\"é \\u2028 \\\"quoted\\\" 🙂\"",
    ] {
        told.push(format!("{{\"{number}\":{value}}}"));
        told.push(format!("{{\"{other}\":{value}}}"));
    }
    for name in [format!("{number}s"), "ﬁre".into(), "x".repeat(10_000), String::new(), "é".repeat(20)] {
        told.push(json!({ name: true }).to_string());
    }
    let mut requests: Vec<Request> = told.iter().map(|told| request(&compiled, told, MOMENT)).collect();

    for at in
        ["now", "2026-11-27", "2026-11-27T12:00:00", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "é", " "]
    {
        requests.push(request(&compiled, "{}", at));
    }
    for early in ["-009999-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-30T22:00:00Z"] {
        let told = json!({ number.as_str(): {"value": 1, "at": early}, other.as_str(): {"value": true, "at": early} });
        requests.push(request(&compiled, &told.to_string(), MOMENT));
        requests.push(request(&compiled, &told.to_string(), early));
    }

    // The definition: cut anywhere, also within a letter; changed; none at all.
    requests.extend(
        (0..compiled.len())
            .step_by(97)
            .map(|end| [compiled.as_bytes()[..end].to_vec(), b"{}".to_vec(), Vec::new()]),
    );
    let changes = [
        ("/rules/0/cells/0/fact", json!(1_000)),
        ("/rules/0/cells/0/fact", json!(5_000_000_000_u64)),
        ("/rules/0/cells/0/fact", json!(-1)),
        ("/rules/0/cells/0/fact", json!(0.5)),
        ("/rules/0/cells/0/fact", json!(u32::MAX)),
        ("/rules/0/number", json!(u32::MAX)),
        ("/rules/0/number", json!(u64::MAX)),
        ("/rules/0/grade", json!(u32::MAX)),
        ("/rules/0/table", json!(u32::MAX)),
        ("/rules/0/line", json!(u64::MAX)),
        (
            "/rules/0/cells",
            vec![json!({"fact": 0, "text": "true", "test": {"negated": false, "any_of": []}}); 65].into(),
        ),
        ("/rules/0/grade", json!(99)),
        ("/rules/0/table", json!(99)),
        ("/cases/0/floor", json!(u64::MAX)),
        ("/cases/0/open", json!([1_u64 << 40])),
        ("/cases/0/facts", json!({"nothing": {"b": 1, "a": 2}})),
        ("/actions/0/rules", json!([u64::MAX])),
        ("/header/grades", json!([])),
        ("/facts", json!([])),
        ("/cases", json!([])),
        ("", json!([])),
        ("", json!({})),
    ];
    for (path, value) in changes {
        let mut changed: Value = serde_json::to_value(definition).unwrap();
        *changed.pointer_mut(path).unwrap() = value;
        requests.push(request(&changed.to_string(), "{}", ""));
    }
    // Nothing, everything wrong at once, and what is no text.
    requests.push(request("", "", ""));
    requests.push(request("x", "y", "z"));
    let bad = b"\xff\xc3".to_vec();
    requests.push([bad.clone(), bad.clone(), bad.clone()]);
    requests.push([compiled.clone().into(), b"{\"a\":\"\xf0\x9f\x99\"}".to_vec(), Vec::new()]);
    requests.push([compiled.into(), b"{}".to_vec(), bad]);
    requests
}

fn is_assessment(answer: &str) -> bool {
    answer.starts_with("{\"assessment\":{")
}

#[test]
fn the_module_answers_byte_by_byte_as_the_native_function() {
    let (cases, hostile) = (cases(), hostile());
    let requests: Vec<&Request> = cases.iter().chain(&hostile).collect();
    let native: Vec<String> = requests.iter().map(|[d, told, at]| assess_bytes(d, told, at)).collect();
    // Both sorts of answer are among them, each where it belongs.
    let good = |answers: &[String]| answers.iter().filter(|a| is_assessment(a)).count();
    assert!(good(&native[..cases.len()]) * 3 >= cases.len() * 2, "with a moment every case has a proposal");
    assert!(native[..cases.len()].iter().any(|a| a.contains("\"stale\"")));
    assert!(cases.len() >= 3 * 12 * 11, "eleven definitions, each with a dozen cases");
    assert!(good(&native[cases.len()..]) < hostile.len() / 4);

    let (answers, said) = module::answers(&requests);
    println!("{said}");
    assert_eq!(answers.len(), native.len());
    for ((answer, native), [definition, told, at]) in answers.iter().zip(&native).zip(requests) {
        assert!(
            answer == native.as_bytes(),
            "of {} at {} under {} bytes of definition\nthe module says {}\nand this      {native}",
            String::from_utf8_lossy(&told[..told.len().min(300)]),
            String::from_utf8_lossy(at),
            definition.len(),
            String::from_utf8_lossy(answer)
        );
    }
}

#[test]
fn a_device_says_what_the_server_says_of_every_case() {
    for definition in definitions() {
        for case in &definition.cases {
            let server = json!({"assessment": definition.assess(&case.facts).unwrap()});
            let device = assess(&text(&definition), &text(&case.facts), None);
            let device_value: Value = serde_json::from_str(&device).unwrap();
            assert_eq!(device_value, server, "{}: {}", definition.header.id, case.name);
        }
    }
}

#[test]
fn everything_that_is_wrong_is_said_in_one_go() {
    let answer: Value = serde_json::from_str(&assess("{}", "[1]", Some("noon"))).unwrap();
    let codes: Vec<_> =
        answer["errors"].as_array().unwrap().iter().map(|e| (&e["field"], &e["code"])).collect();
    let expected = [("definition", "not-a-definition"), ("told", "not-observations"), ("at", "not-a-time")];
    assert_eq!(codes, expected.map(|(f, c)| (json!(f), json!(c))).each_ref().map(|(f, c)| (f, c)));
    assert_eq!(
        answer["errors"][0]["message"],
        "definition:1: is not a compiled definition: missing field `header` at line 1 column 2"
    );
    let [definition, told, at] = hostile().swap_remove(0);
    assert_eq!(
        assess_bytes(&definition, b"\xff", &at),
        assess_bytes(b"\xff", &told, b"").replace("definition", "told")
    );
}

#[test]
fn a_dated_fact_needs_a_moment_and_goes_stale_by_it() {
    let definitions = definitions();
    let fact = |d: &Definition| {
        let stale =
            |f: &&bluelamp_triage::FactEntry| f.stale_after_minutes.is_some() && f.kind == FactType::YesNo;
        d.facts.iter().find(stale).map(|f| f.name.clone())
    };
    let (definition, name) = definitions.iter().find_map(|d| Some((d, fact(d)?))).unwrap();
    let told = json!({ name.as_str(): {"value": true, "at": "2020-01-01T00:00:00Z"} }).to_string();
    let without = assess(&text(definition), &told, None);
    assert!(without.starts_with("{\"errors\":[") && without.contains("\"code\":\"no-time\""), "{without}");
    let late = assess(&text(definition), &told, Some(MOMENT));
    let early = assess(&text(definition), &told, Some("2020-01-01T00:00:00Z"));
    assert!(is_assessment(&late) && late.contains("(out of date)"), "{late}");
    assert!(is_assessment(&early) && !early.contains("(out of date)"), "{early}");
}
