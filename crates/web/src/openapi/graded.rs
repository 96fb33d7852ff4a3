//! The paths of decisions beside what was proposed.

use super::{answer, in_path, in_query, problem};
use serde_json::{Value, json};

/// Each path with its operations.
pub(super) fn paths(denied: &dyn Fn(Value) -> Value) -> Value {
    let object = json!({ "type": "object" });
    json!({
        "/api/v1/graded": { "get": denied(json!({
            "operationId": "listGradedDecisions",
            "summary": "Decisions beside what was proposed, without persons and words",
            "parameters": [
                in_query("definition", "A definition's id"), in_query("version", "Its version"),
                in_query("report", "Or the reference of a report"),
            ],
            "responses": { "200": answer("Decisions", &object), "422": problem("Neither is named") },
        })) },
        "/api/v1/graded/{id}": { "get": denied(json!({
            "operationId": "getGradedDecision",
            "summary": "A decision beside what was proposed, with the complaints about its report in brief",
            "parameters": [in_path("id")],
            "responses": { "200": answer("The decision", &object), "404": problem("No such decision") },
        })) },
        "/api/v1/graded/complaints/{reference}": { "get": denied(json!({
            "operationId": "getComplaintInBrief",
            "summary": "A complaint without the person and their words",
            "parameters": [in_path("reference")],
            "responses": { "200": answer("The complaint", &object), "404": problem("No such complaint") },
        })) },
    })
}
