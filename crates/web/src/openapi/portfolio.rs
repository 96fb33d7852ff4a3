//! The paths of portfolio, findings, benefits, roadmap, ideas and gates.

use super::{answer, in_path, in_query, problem, schema, sent};
use crate::api::portfolio::{AnswerFinding, DecideGate, NewIdea};
use serde_json::{Value, json};

/// Each path with its operations. `denied` adds what a staff token can be refused for.
pub(super) fn paths(denied: &dyn Fn(Value) -> Value) -> Value {
    let object = json!({ "type": "object" });
    json!({
        "/api/v1/findings": {
            "get": denied(json!({
                "operationId": "listFindings",
                "summary": "Gaps, duplicates, conflicts, synergies and quick wins, each with its evidence and what a person said",
                "parameters": [
                    in_query("kind", "gap, duplicate, conflict, synergy or quick-win"),
                    in_query("standing", "open, changed, confirmed or rejected"),
                    in_query("strategy", "Held against this strategy alone"),
                ],
                "responses": {
                    "200": answer("Findings", &object),
                    "404": problem("No such strategy"),
                    "422": problem("A wrong filter"),
                },
            })),
            "post": denied(json!({
                "operationId": "answerFinding",
                "summary": "Confirm or reject a finding, as the person behind the token",
                "requestBody": sent(&schema::<AnswerFinding>()),
                "responses": {
                    "201": answer("Answered; with the code of the saving that was written", &object),
                    "404": problem("No such finding"),
                    "409": problem("It rests on something else now"),
                    "422": problem("Something is missing"),
                },
            })),
        },
        "/api/v1/benefits": { "get": denied(json!({
            "operationId": "getBenefits",
            "summary": "Benefits against targets, present value, savings by participant, spending, pilots",
            "responses": { "200": answer("The report", &object) },
        })) },
        "/api/v1/portfolio": { "get": denied(json!({
            "operationId": "getPortfolio",
            "summary": "Items by stage and status, risks above the appetite, funding, carbon, programmes, shared items",
            "responses": { "200": answer("The view", &object) },
        })) },
        "/api/v1/roadmap": { "get": denied(json!({
            "operationId": "getRoadmap", "summary": "Items on a line of days beside phases, with the critical path",
            "parameters": [in_query("strategy", "The phases and ambitions of this strategy alone")],
            "responses": { "200": answer("The plan", &object), "404": problem("No such strategy") },
        })) },
        "/api/v1/ideas": {
            "get": denied(json!({
                "operationId": "listIdeas", "summary": "The ideas of the person behind the token, and what became of them",
                "responses": { "200": answer("Ideas", &object) },
            })),
            "post": denied(json!({
                "operationId": "submitIdea", "summary": "Put down an idea, as the person behind the token",
                "requestBody": sent(&schema::<NewIdea>()),
                "responses": { "201": answer("Put down", &object), "422": problem("Something is missing") },
            })),
        },
        "/api/v1/items/{code}/gate": {
            "get": denied(json!({
                "operationId": "getGate", "summary": "An item at its gate: what was decided, what bars its way",
                "parameters": [in_path("code")],
                "responses": { "200": answer("The item", &object), "404": problem("No such item") },
            })),
            "post": denied(json!({
                "operationId": "decideGate", "summary": "Decide at an item's gate, as the person behind the token",
                "parameters": [in_path("code")],
                "requestBody": sent(&schema::<DecideGate>()),
                "responses": {
                    "201": answer("Decided", &object),
                    "404": problem("No such item"),
                    "409": problem("Changed in the meantime, barred, or no gate is left"),
                    "422": problem("Something is missing"),
                },
            })),
        },
    })
}
