//! The description of the API, OpenAPI 3.1. Written here beside the routes; a test holds it against them and
//! against a golden file.

use crate::{
    App,
    api::market::{Conflict, Ends, HandedIn, Seen, Sheet},
    api::{AllInForce, Decide, Follow, Noted, OwnGrade, Receipt, Reviewed, Submit},
};
use axum::{Json, extract::State, response::IntoResponse};
use serde_json::{Value, json};

fn schema<T: schemars::JsonSchema>() -> Value {
    let mut value = schemars::schema_for!(T).to_value();
    if let Some(object) = value.as_object_mut() {
        object.remove("$schema");
    }
    value
}

fn answer(words: &str, schema: &Value) -> Value {
    json!({ "description": words, "content": { "application/json": { "schema": schema } } })
}

fn problem(words: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    json!({ "description": words, "content": { "application/problem+json": { "schema": schema } } })
}

fn sent(schema: &Value) -> Value {
    json!({ "required": true, "content": { "application/json": { "schema": schema } } })
}

fn in_path(name: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
}

fn in_query(name: &str, words: &str) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": words, "schema": { "type": "string" } })
}

/// The document. `public_url` is where the service is reached.
#[must_use]
pub fn document(public_url: &str) -> Value {
    let object = json!({ "type": "object" });
    let staff = json!([{ "staffToken": [] }]);
    let denied = |mut operation: Value| {
        operation["security"] = staff.clone();
        operation["responses"]["401"] = problem("No valid staff API token");
        operation["responses"]["403"] = problem("Not allowed for this person and purpose");
        operation
    };
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Bluelamp API",
            "version": "1",
            "summary": "Reports, decisions and cases: the same functions as the pages.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": public_url }],
        "paths": {
            "/api/v1/forms": { "get": {
                "operationId": "listForms", "summary": "The forms that can be sent in", "security": [],
                "responses": { "200": answer("The forms", &object) },
            } },
            "/api/v1/forms/{id}": { "get": {
                "operationId": "getForm", "summary": "The JSON Schema of a form's answers", "security": [],
                "parameters": [in_path("id")],
                "responses": { "200": answer("A JSON Schema", &object), "404": problem("No such form") },
            } },
            "/api/v1/definitions": { "get": {
                "operationId": "listDefinitions", "summary": "The definitions in force, with version and digest",
                "security": [],
                "responses": { "200": answer("The definitions in force", &schema::<AllInForce>()) },
            } },
            "/api/v1/definitions/{id}": { "get": {
                "operationId": "getDefinition",
                "summary": "The text of the definition in force; its SHA-256 is the digest in the list",
                "security": [],
                "parameters": [in_path("id")],
                "responses": {
                    "200": {
                        "description": "The text",
                        "content": { "text/markdown": { "schema": { "type": "string" } } },
                    },
                    "404": problem("No definition of that name is in force"),
                },
            } },
            "/api/v1/submissions": { "post": {
                "operationId": "submit", "summary": "Send in a report", "security": [],
                "parameters": [{
                    "name": "Idempotency-Key", "in": "header", "required": false,
                    "description": "A random key of 16 to 200 characters. The same key with the same report gives \
                                    the first answer again.",
                    "schema": { "type": "string", "minLength": 16, "maxLength": 200 },
                }],
                "requestBody": sent(&schema::<Submit>()),
                "responses": {
                    "201": answer("Received, and on the disk", &schema::<Receipt>()),
                    "200": answer("Received before, with this key", &schema::<Receipt>()),
                    "409": problem("The key was used for another report"),
                    "413": problem("Too large"),
                    "422": problem("Some answers are not right; each is named by a JSON pointer"),
                    "503": problem("Not now; nothing was kept"),
                },
            } },
            "/api/v1/submissions/track": { "post": {
                "operationId": "track", "summary": "Follow a report", "security": [],
                "requestBody": sent(&schema::<Follow>()),
                "responses": {
                    "200": answer("How far it has come", &object),
                    "404": problem("No report has this reference and code"),
                    "422": problem("The body is not right"),
                    "503": problem("Too many attempts"),
                },
            } },
            "/api/v1/reports": { "get": denied(json!({
                "operationId": "listReports", "summary": "A page of the queue, gravest first",
                "parameters": [
                    in_query("state", "new, more-needed or decided"),
                    in_query("form", "Only reports by this form"),
                    in_query("reference", "Only the report with this reference"),
                    in_query("after", "The next of the page before"),
                ],
                "responses": { "200": answer("Reports", &object), "422": problem("A wrong filter") },
            })) },
            "/api/v1/reports/{id}": { "get": denied(json!({
                "operationId": "getReport", "summary": "A report with answers, assessment, matches and decisions",
                "parameters": [in_path("id")],
                "responses": { "200": answer("The report", &object), "404": problem("No such report") },
            })) },
            "/api/v1/reports/{id}/decision": { "post": denied(json!({
                "operationId": "decide", "summary": "Decide about a report, as the person behind the token",
                "parameters": [in_path("id")],
                "requestBody": sent(&schema::<Decide>()),
                "responses": {
                    "201": answer("Decided", &object),
                    "404": problem("No such report"),
                    "409": problem("Changed in the meantime, or decided already"),
                    "422": problem("Something is missing"),
                },
            })) },
            "/api/v1/reports/{id}/facts": { "post": denied(json!({
                "operationId": "noteFact",
                "summary": "Note something more that is known; every definition looks again, and nothing is decided",
                "parameters": [in_path("id")],
                "requestBody": sent(&schema::<Noted>()),
                "responses": {
                    "204": { "description": "Noted" },
                    "404": problem("No such report"),
                    "422": problem("No definition knows the fact, or it cannot take the value"),
                },
            })) },
            "/api/v1/reports/{id}/own-grade": { "post": denied(json!({
                "operationId": "giveOwnGrade",
                "summary": "Put down the grade that one would give, before seeing what is proposed",
                "parameters": [in_path("id")],
                "requestBody": sent(&schema::<OwnGrade>()),
                "responses": {
                    "204": { "description": "Put down" },
                    "404": problem("No such report"),
                    "409": problem("Given before: it stays as it is"),
                    "422": problem("Not one of the grades"),
                },
            })) },
            "/api/v1/reviews": { "get": denied(json!({
                "operationId": "listReviews", "summary": "What has to be looked at again, the most urgent first",
                "responses": { "200": answer("Reviews", &object) },
            })) },
            "/api/v1/reviews/{id}": { "post": denied(json!({
                "operationId": "answerReview",
                "summary": "Look again, and give the grade that stands from now on, as the person behind the token",
                "parameters": [in_path("id")],
                "requestBody": sent(&schema::<Reviewed>()),
                "responses": {
                    "201": answer("Answered", &object),
                    "404": problem("No such review"),
                    "409": problem("Changed in the meantime, or answered already"),
                    "422": problem("Something is missing"),
                },
            })) },
            "/api/v1/cases": { "get": denied(json!({
                "operationId": "listCases", "summary": "The latest cases",
                "responses": { "200": answer("Cases", &object) },
            })) },
            "/api/v1/cases/{id}": { "get": denied(json!({
                "operationId": "getCase", "summary": "A case with tasks, notes, people and evidence",
                "parameters": [in_path("id")],
                "responses": { "200": answer("The case", &object), "404": problem("No such case") },
            })) },
            "/api/v1/skills": { "get": denied(json!({
                "operationId": "getSkills",
                "summary": "Roles by skills with gaps by phase, what expires, which actions need which skill",
                "responses": { "200": answer("The matrix and what follows from it", &object) },
            })) },
            "/api/v1/market": { "get": denied(json!({
                "operationId": "getMarket",
                "summary": "The radar, frameworks, products by capability, shared demand, pilots and calls",
                "responses": { "200": answer("The market", &object) },
            })) },
            "/api/v1/market/signals/{code}/proposal": { "post": denied(json!({
                "operationId": "proposeSignal", "summary": "Make a proposal of a horizon signal in one step",
                "parameters": [in_path("code")],
                "requestBody": sent(&schema::<Seen>()),
                "responses": {
                    "201": answer("The item of the portfolio", &object),
                    "404": problem("No such signal"),
                    "409": problem("Changed in the meantime, or something came of it already"),
                },
            })) },
            "/api/v1/challenges": { "get": denied(json!({
                "operationId": "listChallenges", "summary": "Innovation challenges",
                "responses": { "200": answer("Challenges", &object) },
            })) },
            "/api/v1/challenges/{code}": { "get": denied(json!({
                "operationId": "getChallenge",
                "summary": "A challenge with its entries; who sent them is told only once the award is decided",
                "parameters": [in_path("code")],
                "responses": { "200": answer("The challenge", &object), "404": problem("No such challenge") },
            })) },
            "/api/v1/challenges/{code}/open": { "post": denied(json!({
                "operationId": "openChallenge", "summary": "Open a challenge to entries",
                "parameters": [in_path("code")],
                "requestBody": sent(&schema::<Seen>()),
                "responses": {
                    "204": { "description": "Open" },
                    "404": problem("No such challenge"),
                    "409": problem("Changed in the meantime, or not a draft"),
                    "422": problem("Ethics was not looked at, or its last day has passed"),
                },
            })) },
            "/api/v1/challenges/{code}/close": { "post": denied(json!({
                "operationId": "closeChallenge", "summary": "Close a challenge to entries after its last day",
                "parameters": [in_path("code")],
                "requestBody": sent(&schema::<Seen>()),
                "responses": {
                    "204": { "description": "Being scored" },
                    "404": problem("No such challenge"),
                    "409": problem("Changed in the meantime, not open, or its last day has not passed"),
                },
            })) },
            "/api/v1/challenges/{code}/entries": { "post": denied(json!({
                "operationId": "receiveChallengeEntry", "summary": "Take in what was handed in",
                "parameters": [in_path("code")],
                "requestBody": sent(&schema::<HandedIn>()),
                "responses": {
                    "201": answer("The entry under the name by which it is scored", &object),
                    "404": problem("No such challenge"),
                    "409": problem("Not between its days"),
                    "422": problem("Something is missing, or the proposal names who sent it"),
                },
            })) },
            "/api/v1/challenges/{code}/entries/{entry}/scores": { "post": denied(json!({
                "operationId": "scoreChallengeEntry",
                "summary": "Score an entry, as the person behind the token; again to correct",
                "parameters": [in_path("code"), in_path("entry")],
                "requestBody": sent(&schema::<Sheet>()),
                "responses": {
                    "204": { "description": "Scored" },
                    "404": problem("No such entry"),
                    "409": problem("Not being scored"),
                    "422": problem("A score or its sentence is missing"),
                },
            })) },
            "/api/v1/challenges/{code}/entries/{entry}/conflict": { "post": denied(json!({
                "operationId": "declareConflict", "summary": "Declare that one is not free to score an entry",
                "parameters": [in_path("code"), in_path("entry")],
                "requestBody": sent(&schema::<Conflict>()),
                "responses": {
                    "204": { "description": "Declared" },
                    "404": problem("No such entry"),
                    "409": problem("Declared before, or the challenge has ended"),
                    "422": problem("It is not said what the conflict is"),
                },
            })) },
            "/api/v1/challenges/{code}/results": { "get": denied(json!({
                "operationId": "getChallengeResults",
                "summary": "Median and range by criterion, without a sum, for whoever is to decide",
                "parameters": [in_path("code")],
                "responses": {
                    "200": answer("Results by entry", &object),
                    "404": problem("No such challenge"),
                    "409": problem("Not every entry has its scorers yet"),
                },
            })) },
            "/api/v1/challenges/{code}/award": { "post": denied(json!({
                "operationId": "awardChallenge",
                "summary": "End a challenge with an award or without, as somebody who scored no entry",
                "parameters": [in_path("code")],
                "requestBody": sent(&schema::<Ends>()),
                "responses": {
                    "201": answer("The item of the portfolio that it opened, or null", &object),
                    "404": problem("No such challenge"),
                    "409": problem("Changed in the meantime, or an entry has too few scorers"),
                    "422": problem("Reasons are missing, or the entry is none of this challenge"),
                },
            })) },
            "/api/v1/services": { "get": denied(json!({
                "operationId": "listServices", "summary": "Services with how their points of the Service Standard stand",
                "responses": { "200": answer("Services", &object) },
            })) },
            "/api/v1/services/{item}": { "get": denied(json!({
                "operationId": "getService", "summary": "A service with its fourteen points, evidence and research",
                "parameters": [in_path("item")],
                "responses": { "200": answer("The service", &object), "404": problem("No such item") },
            })) },
            "/api/v1/published/challenges": { "get": {
                "operationId": "listPublishedChallenges", "summary": "Innovation challenges for everybody",
                "security": [],
                "responses": { "200": answer("Challenges", &object) },
            } },
            "/api/v1/published/service-standard": { "get": {
                "operationId": "getPublishedStandard",
                "summary": "How this platform stands to the Service Standard", "security": [],
                "responses": {
                    "200": answer("The fourteen points", &object),
                    "404": problem("It was not taken up"),
                },
            } },
        },
        "components": {
            "securitySchemes": { "staffToken": {
                "type": "http", "scheme": "bearer",
                "description": "Issued with `bluelamp token issue`; carries a person and a purpose.",
            } },
            "schemas": { "Problem": {
                "type": "object",
                "description": "RFC 9457",
                "required": ["type", "title", "status"],
                "properties": {
                    "type": { "type": "string" },
                    "title": { "type": "string" },
                    "status": { "type": "integer" },
                    "detail": { "type": "string" },
                    "request_id": { "type": "string" },
                    "errors": { "type": "array", "items": {
                        "type": "object",
                        "required": ["field", "code", "message"],
                        "properties": {
                            "field": { "type": "string", "description": "A JSON pointer into the body, or a name" },
                            "code": { "type": "string" },
                            "message": { "type": "string" },
                        },
                    } },
                },
            } },
        },
    })
}

/// `GET /api/v1/openapi.json`
pub(crate) async fn serve(State(app): State<App>) -> impl IntoResponse {
    Json(document(&app.inner.settings.public_url))
}
