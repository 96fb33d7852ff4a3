//! What the API says of the landscape of applications.

use super::{answer, in_path, in_query, problem, schema, sent};
use bluelamp_steward::landscape::Disposing;
use serde_json::{Map, Value, json};

/// What the description of the API says of all this. `denied` adds who may call it.
pub(super) fn paths(denied: &dyn Fn(Value) -> Value) -> Value {
    let object = json!({ "type": "object" });
    let xml = |words: &str| json!({ "description": words, "content": { "application/xml": { "schema": { "type": "string" } } } });
    let all = [
        (
            "/api/v1/landscape",
            "get",
            json!({
                "operationId": "getLandscape",
                "summary": "The applications of all forces, and the measure of hosting after each survey",
                "responses": { "200": answer("The landscape; what nobody has said is left out or 'unknown'", &object) },
            }),
        ),
        (
            "/api/v1/landscape/findings",
            "get",
            json!({
                "operationId": "getLandscapeFindings",
                "summary": "What is probably twice there, gaps, overlaps, direct legacy links, contract ends, suggestions: \
                            each with its reasons, none of them a decision",
                "responses": { "200": answer("The findings", &object) },
            }),
        ),
        (
            "/api/v1/landscape/archimate",
            "get",
            json!({
                "operationId": "exportLandscape", "summary": "The landscape in the ArchiMate exchange format 3",
                "responses": { "200": xml("A model") },
            }),
        ),
        (
            "/api/v1/landscape/models",
            "get",
            json!({
                "operationId": "listModels", "summary": "The models of the architecture that were taken up",
                "responses": { "200": answer("The models", &object) },
            }),
        ),
        (
            "/api/v1/landscape/models/{id}",
            "get",
            json!({
                "operationId": "getModel", "summary": "A model as it came, with all of its views",
                "parameters": [in_path("id")],
                "responses": { "200": xml("The model"), "404": problem("No such model") },
            }),
        ),
        (
            "/api/v1/landscape/surveys",
            "post",
            json!({
                "operationId": "takeSurvey",
                "summary": "Take up a survey (CSV or .xlsx) or an ArchiMate model, all of it or nothing",
                "parameters": [
                    in_query("file", "What the file is called"),
                    in_query("force", "The force of everything that names none"),
                    in_query("check", "yes: only look, and store nothing"),
                ],
                "requestBody": { "required": true, "content": {
                    "application/octet-stream": { "schema": { "type": "string", "format": "binary" } },
                } },
                "responses": {
                    "200": answer("What it would do; nothing is stored", &object),
                    "201": answer("Taken up", &object),
                    "409": problem("The same file was taken up before"),
                    "413": problem("Too large"),
                    "422": problem("The file has faults; each is named with sheet, row and column"),
                },
            }),
        ),
        (
            "/api/v1/landscape/applications/{code}/disposition",
            "post",
            json!({
                "operationId": "setDisposition",
                "summary": "Set what becomes of an application, as the person behind the token",
                "parameters": [in_path("code")],
                "requestBody": sent(&schema::<Disposing>()),
                "responses": {
                    "204": { "description": "Set" },
                    "404": problem("No such application"),
                    "409": problem("Changed in the meantime"),
                    "422": problem("Something is missing"),
                },
            }),
        ),
    ];
    all.into_iter()
        .map(|(path, method, operation)| (path.to_owned(), json!({ method: denied(operation) })))
        .collect::<Map<_, _>>()
        .into()
}
