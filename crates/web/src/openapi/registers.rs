//! The paths of the registers.

use super::{answer, in_path, problem, schema, sent};
use crate::api::registers::{ChangedEntry, NewEntry};
use serde_json::{Value, json};

/// Each path with its operations. `denied` adds what a staff token can be refused for.
pub(super) fn paths(denied: &dyn Fn(Value) -> Value) -> Value {
    let object = json!({ "type": "object" });
    json!({
        "/api/v1/registers": { "get": denied(json!({
            "operationId": "listRegisters", "summary": "The registers with the JSON Schema of their entries",
            "responses": { "200": answer("Registers", &object) },
        })) },
        "/api/v1/registers/{register}": {
            "get": denied(json!({
                "operationId": "listEntries", "summary": "The entries of a register",
                "parameters": [in_path("register")],
                "responses": { "200": answer("Entries", &object), "404": problem("No such register") },
            })),
            "post": denied(json!({
                "operationId": "createEntry", "summary": "Write a new entry, as the person behind the token",
                "parameters": [in_path("register")],
                "requestBody": sent(&schema::<NewEntry>()),
                "responses": {
                    "201": answer("Written", &object),
                    "404": problem("No such register"),
                    "409": problem("Not written by hand"),
                    "422": problem("Fields that are wrong, each by name"),
                },
            })),
        },
        "/api/v1/registers/{register}/{code}": {
            "get": denied(json!({
                "operationId": "getEntry", "summary": "An entry with its versions and what points at it",
                "parameters": [in_path("register"), in_path("code")],
                "responses": { "200": answer("The entry", &object), "404": problem("No such entry") },
            })),
            "post": denied(json!({
                "operationId": "changeEntry",
                "summary": "Write an entry anew or withdraw it, as the person behind the token",
                "parameters": [in_path("register"), in_path("code")],
                "requestBody": sent(&schema::<ChangedEntry>()),
                "responses": {
                    "200": answer("Written", &object),
                    "404": problem("No such entry"),
                    "409": problem("Changed in the meantime, or not written by hand"),
                    "422": problem("Fields that are wrong, each by name"),
                },
            })),
        },
    })
}
