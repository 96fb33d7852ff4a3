//! The paths of assessments and alignment.

use super::{answer, in_path, in_query, problem, schema, sent};
use crate::api::assessments::{Assess, EnterWeights, LiftBlock};
use serde_json::{Value, json};

/// Each path with its operations. `denied` adds what a staff token can be refused for.
pub(super) fn paths(denied: &dyn Fn(Value) -> Value) -> Value {
    let object = json!({ "type": "object" });
    let (strategy, version) = (
        in_query("strategy", "The strategy's id"),
        in_query("version", "Its version; the latest when absent"),
    );
    json!({
        "/api/v1/assessments": {
            "get": denied(json!({
                "operationId": "listAssessments",
                "summary": "What people found of one item, what bars its way, and the history",
                "parameters": [in_query("item", "The item's code; required"), strategy, version],
                "responses": {
                    "200": answer("The item's assessments", &object),
                    "404": problem("No such item or strategy"),
                    "422": problem("No item is named"),
                },
            })),
            "post": denied(json!({
                "operationId": "assess", "summary": "Assess an item, as the person behind the token",
                "requestBody": sent(&schema::<Assess>()),
                "responses": {
                    "201": answer("Kept", &object),
                    "404": problem("No such item or strategy"),
                    "409": problem("The same person has assessed it in the meantime"),
                    "422": problem("A sentence, evidence or a reason is missing; each is named by a JSON pointer"),
                },
            })),
        },
        "/api/v1/assessments/{id}": { "get": denied(json!({
            "operationId": "getAssessment", "summary": "One assessment with its sentences and evidence",
            "parameters": [in_path("id")],
            "responses": { "200": answer("The assessment", &object), "404": problem("No such assessment") },
        })) },
        "/api/v1/assessments/{id}/compare/{other}": { "get": denied(json!({
            "operationId": "compareAssessments", "summary": "What two assessments of an item differ in",
            "parameters": [in_path("id"), in_path("other")],
            "responses": {
                "200": answer("Both, element by element", &object),
                "404": problem("No such assessment"),
                "422": problem("They are of two items or two strategies"),
            },
        })) },
        "/api/v1/assessments/{id}/lift": { "post": denied(json!({
            "operationId": "liftBlock",
            "summary": "Decide with reasons that an item may go on although it works against a guarded element",
            "parameters": [in_path("id")],
            "requestBody": sent(&schema::<LiftBlock>()),
            "responses": {
                "204": { "description": "Lifted" },
                "404": problem("No such score counts"),
                "409": problem("Lifted already"),
                "422": problem("No reasons"),
            },
        })) },
        "/api/v1/alignment": { "get": denied(json!({
            "operationId": "getAlignment",
            "summary": "Alignment by item and axis, always with coverage, range, what works against it and rank stability",
            "parameters": [
                strategy, version,
                in_query("axis", "One axis alone"),
                in_query("item", "One item, ranked among all"),
                in_query("top", "For how many ranks from the top the share is counted; 10 when absent"),
            ],
            "responses": {
                "200": answer("Alignment", &object),
                "404": problem("No such item or strategy"),
                "422": problem("A part of an alignment was asked for, which is never given alone, or a wrong parameter"),
            },
        })) },
        "/api/v1/alignment/weights": {
            "get": denied(json!({
                "operationId": "listWeights", "summary": "The weights that boards have decided, those in force first",
                "parameters": [strategy, version],
                "responses": { "200": answer("Sets of weights", &object), "404": problem("No such strategy") },
            })),
            "post": denied(json!({
                "operationId": "enterWeights", "summary": "Enter the weights that a board has decided",
                "requestBody": sent(&schema::<EnterWeights>()),
                "responses": {
                    "201": answer("Entered", &object),
                    "404": problem("No such strategy"),
                    "422": problem("No decision, or weights that are none"),
                },
            })),
        },
    })
}
