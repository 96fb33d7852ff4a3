//! The description of the API, OpenAPI 3.1. Written here beside the routes; a test holds it against them and
//! against a golden file.

mod assessments;
mod decisions;
mod graded;
mod landscape;
mod market;
mod portfolio;
mod redress;
mod registers;

use crate::{
    App,
    api::{
        AllInForce, Decide, Follow, Noted, OwnGrade, Receipt, Reviewed, Submit,
        strategies::{ElementAnswer, Strategies, StrategyAnswer},
    },
    ethics_api::{Answers, Exemption, LabReport, NewMinutes, Opinion, Phase, Voice, Wording},
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
    // For everybody, and for staff with a token more.
    let either = |mut operation: Value| {
        operation["security"] = json!([{}, { "staffToken": [] }]);
        operation["responses"]["401"] = problem("The token that was sent is not valid");
        operation["responses"]["403"] = problem("Not allowed for this person and purpose");
        operation
    };
    let mut document = json!({
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
            "/api/v1/strategies": { "get": either(json!({
                "operationId": "listStrategies",
                "summary": "The strategies, each in its latest version: those that are published, and with a token all",
                "responses": { "200": answer("The strategies", &schema::<Strategies>()) },
            })) },
            "/api/v1/strategies/{id}": { "get": either(json!({
                "operationId": "getStrategy",
                "summary": "A strategy with its elements, its ties to others, and what has a counterpart",
                "parameters": [in_path("id"), in_query("version", "A version that is held; the latest when absent")],
                "responses": {
                    "200": answer("The strategy", &schema::<StrategyAnswer>()),
                    "404": problem("No such strategy or version"),
                },
            })) },
            "/api/v1/strategies/{id}/elements/{element}": { "get": either(json!({
                "operationId": "getStrategyElement",
                "summary": "An element with what is tied to it, here and in other strategies",
                "parameters": [
                    in_path("id"), in_path("element"),
                    in_query("version", "A version that is held; the latest when absent"),
                ],
                "responses": {
                    "200": answer("The element", &schema::<ElementAnswer>()),
                    "404": problem("No such strategy, version or element"),
                },
            })) },
            "/api/v1/algorithms": { "get": {
                "operationId": "listAlgorithms",
                "summary": "Everything that scores, matches, ranks or forecasts here, with its version, digest and state",
                "security": [],
                "responses": { "200": answer("The public register", &object) },
            } },
            "/api/v1/algorithms/{kind}/{name}": { "get": {
                "operationId": "getAlgorithm",
                "summary": "The transparency records of its versions (ATRS v3.0), the one that works first",
                "security": [],
                "parameters": [in_path("kind"), in_path("name")],
                "responses": {
                    "200": answer("The records", &object), "404": problem("The register has no such algorithm"),
                },
            } },
            "/api/v1/ethics": { "get": denied(json!({
                "operationId": "listEthics", "summary": "The register of algorithms with every version",
                "responses": { "200": answer("The entries", &object) },
            })) },
            "/api/v1/ethics/{id}": { "get": denied(json!({
                "operationId": "getEthics",
                "summary": "One version: assessment, advice, minutes, lab, steps, and what is missing for each step to come",
                "parameters": [in_path("id")],
                "responses": { "200": answer("The dossier", &object), "404": problem("No such entry") },
            })) },
            "/api/v1/ethics/{id}/{deed}": { "post": denied(json!({
                "operationId": "actOnEthics",
                "summary": "Write the assessment or the lab report, note an opinion or an exemption, advise, write minutes, \
                            take a step (phase), or publish the record as it is worded (wording)",
                "parameters": [in_path("id"), {
                    "name": "deed", "in": "path", "required": true,
                    "schema": { "type": "string", "enum": [
                        "assessment", "lab-report", "opinion", "exemption", "advice", "minutes", "phase",
                        "wording",
                    ] },
                }],
                "requestBody": sent(&json!({ "oneOf": [
                    schema::<Answers>(), schema::<LabReport>(), schema::<Opinion>(), schema::<Exemption>(),
                    schema::<Voice>(), schema::<NewMinutes>(), schema::<Phase>(), schema::<Wording>(),
                ] })),
                "responses": {
                    "204": { "description": "Done" },
                    "404": problem("No such entry"),
                    "409": problem("It cannot follow upon what stands"),
                    "422": problem("Something is missing; each is named"),
                },
            })) },
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
    });
    // Each room of the programme office describes its own paths.
    let rooms = [
        assessments::paths(&denied),
        decisions::paths(denied),
        graded::paths(&denied),
        landscape::paths(&denied),
        market::paths(&denied),
        market::more_paths(&denied),
        portfolio::paths(&denied),
        redress::paths(&denied),
        registers::paths(&denied),
    ];
    for more in rooms {
        if let (Some(paths), Value::Object(more)) = (document["paths"].as_object_mut(), more) {
            paths.extend(more);
        }
    }
    document
}

/// `GET /api/v1/openapi.json`
pub(crate) async fn serve(State(app): State<App>) -> impl IntoResponse {
    Json(document(&app.inner.settings.public_url))
}
