//! The published schemas: in step with the code, and strict.
//!
//! After a change of the model: `BLUELAMP_REGENERATE=1 cargo test -p bluelamp-model` writes them anew.

use crate::samples::burglary;
use bluelamp_model::{
    Kind, LinkKind,
    property::{LINK_PROPERTIES, properties},
    schema::schemas,
};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::{collections::HashMap, fs, path::PathBuf, sync::LazyLock};

/// The exported schemas, ready to validate with.
pub(crate) fn validators() -> &'static HashMap<&'static str, Validator> {
    static VALIDATORS: LazyLock<HashMap<&'static str, Validator>> = LazyLock::new(|| {
        let build =
            |schema: &Value| jsonschema::options().should_validate_formats(true).build(schema).unwrap();
        schemas().iter().map(|(name, schema)| (*name, build(schema))).collect()
    });
    &VALIDATORS
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema")
}

#[test]
fn the_published_schemas_are_those_of_the_code() {
    let mut names = Vec::new();
    for (name, schema) in schemas() {
        let file = folder().join(format!("{name}.json"));
        names.push(format!("{name}.json"));
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("BLUELAMP_REGENERATE").is_some() {
            fs::write(&file, &text).unwrap();
        }
        // As values: the order of fields in the file means nothing.
        let published =
            serde_json::from_str(&fs::read_to_string(&file).unwrap_or_default()).unwrap_or(Value::Null);
        assert!(
            published == schema,
            "docs/schema/{name}.json is not what the code says: run BLUELAMP_REGENERATE=1 cargo test -p bluelamp-model, and look at the difference",
        );
    }
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "README.md" || names.contains(&name), "docs/schema/{name} belongs to no schema");
    }
}

#[test]
fn each_is_a_sound_schema_of_draft_2020_12() {
    for (name, schema) in schemas() {
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
    }
}

#[test]
fn kinds_and_codes_are_enumerated() {
    let all: HashMap<_, _> = schemas().into_iter().collect();
    assert_eq!(all["record"]["$defs"]["Kind"]["enum"], json!(Kind::ALL));
    assert_eq!(all["link"]["$defs"]["LinkKind"]["enum"], json!(LinkKind::ALL));
    assert_eq!(all["record"]["$defs"]["Gsc"]["enum"], json!(["official", "official-sensitive"]));
    let (record, link) = (all["record"].to_string(), all["link"].to_string());
    assert!(record.contains("\"SEX_0001\"") && record.contains("\"public-disorder-weapons\""));
    for property in Kind::ALL.into_iter().flat_map(properties) {
        assert!(record.contains(&format!("\"{}\"", property.name)), "{}", property.name);
    }
    for property in LINK_PROPERTIES {
        assert!(link.contains(&format!("\"{}\"", property.name)));
    }
}

/// Canaries: a schema that lets these through is not worth publishing.
#[test]
fn the_schema_refuses_what_it_must() {
    let sound = json!(burglary());
    let bundle = &validators()["bundle"];
    let errors: Vec<_> = bundle.iter_errors(&sound).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let refused = |what: &str, pointer: &str, value: Value| {
        let mut changed = sound.clone();
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        match changed.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[last.parse::<usize>().unwrap()] = value,
            parent => parent[last] = value,
        }
        assert!(!bundle.is_valid(&changed), "{what}");
    };
    refused("unknown property", "/records/0/statements/0/prop", json!("nickname"));
    refused("property of another kind", "/records/0/statements/0/prop", json!("registration"));
    refused("unknown kind", "/records/0/kind", json!("spaceship"));
    refused("above the ceiling", "/records/0/marking/gsc", json!("secret"));
    refused("C without conditions", "/records/0/marking/handling", json!("C"));
    refused("not a UUIDv7", "/records/0/id", json!("6ba7b810-9dad-41d1-80b4-00c04fd430c8"));
    refused("impossible latitude", "/records/3/statements/2/value", json!(151.5));
    refused("code not on its list", "/records/4/statements/0/value", json!("piracy"));
    refused("sensitive without ground", "/records/1/sensitive", json!(null));
    refused("ungraded intelligence", "/records/5/statements/0/grading", json!(null));
    refused("crime without category", "/records/4/statements/0/prop", json!("crime_kind"));
    refused("unknown kind of link", "/links/0/kind", json!("friend-of"));
    refused("victim as suspect", "/links/0/subject_category", json!("suspect"));
    refused("suspect without category", "/links/1/subject_category", json!(null));
    refused("category where none belongs", "/links/2/subject_category", json!("suspect"));
    refused("not a time", "/records/0/created", json!("22/11/2026"));
    refused("version of another family", "/model_version", json!("2.0"));
}
