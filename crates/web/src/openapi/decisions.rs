//! Decision reports and boards in the description of the API.

use super::{answer, in_path, in_query, problem, schema, sent};
use crate::api::decisions::{Changed, Deed, NewReport};
use bluelamp_steward::{
    boards::{Body, BodyChange, MeetingView, NewDelegation, NewMeeting, PaperView},
    decision::{Asked, Content, Notice, PublicEntry, PublicView, Publication, View},
};
use serde_json::{Value, json};

/// The paths. `denied` adds what every operation of staff has.
pub(super) fn paths(denied: impl Fn(Value) -> Value) -> Value {
    let object = json!({ "type": "object" });
    let none = json!({ "204": { "description": "Done" } });
    let change = |mut operation: Value| {
        operation["responses"]["404"] = problem("No such thing");
        operation["responses"]["409"] =
            problem("Changed in the meantime, or not possible from where it stands");
        operation["responses"]["422"] = problem("Something is missing or wrong");
        denied(operation)
    };
    let reference = || vec![in_path("reference")];
    let seen = || {
        json!({
            "name": "version", "in": "query", "required": true, "schema": { "type": "integer" },
            "description": "The version of the report that the person saw",
        })
    };
    let binary = json!({ "schema": { "type": "string", "format": "binary" } });
    let bytes_in =
        |required: bool| json!({ "required": required, "content": { "application/octet-stream": binary } });
    let bytes_out = |kind: &str, words: &str| json!({ "description": words, "content": { kind: binary } });
    json!({
        "/api/v1/decisions/published": { "get": {
            "operationId": "listPublishedDecisions", "summary": "The public register of decisions", "security": [],
            "responses": { "200": answer("Decisions and notices", &json!({
                "type": "object", "properties": { "decisions": { "type": "array", "items": schema::<PublicEntry>() } },
            })) },
        } },
        "/api/v1/decisions/published/{reference}": { "get": {
            "operationId": "getPublishedDecision", "summary": "A published decision, or the notice of one", "security": [],
            "parameters": reference(),
            "responses": {
                "200": answer("The decision", &schema::<PublicView>()), "404": problem("None is published with that reference"),
            },
        } },
        "/api/v1/decisions": {
            "get": denied(json!({
                "operationId": "listDecisions", "summary": "The register of decision reports",
                "parameters": [in_query("state", "Only reports that stand there")],
                "responses": { "200": answer("Reports", &object), "422": problem("A wrong filter") },
            })),
            "post": change(json!({
                "operationId": "createDecision", "summary": "A new draft", "requestBody": sent(&schema::<NewReport>()),
                "responses": { "201": answer("Kept", &object) },
            })),
        },
        "/api/v1/decisions/{reference}": {
            "get": denied(json!({
                "operationId": "getDecision", "summary": "A report with everything that belongs to it, and what is next",
                "parameters": [in_path("reference"), in_query("version", "An earlier version of its content")],
                "responses": { "200": answer("The report", &schema::<View>()), "404": problem("No such report") },
            })),
            "put": change(json!({
                "operationId": "editDecision", "summary": "Another version of a draft", "parameters": reference(),
                "requestBody": sent(&schema::<Changed<Content>>()), "responses": none,
            })),
        },
        "/api/v1/decisions/{reference}/publication": { "put": change(json!({
            "operationId": "settlePublication", "summary": "Whether and how it is published", "parameters": reference(),
            "requestBody": sent(&schema::<Changed<Publication>>()), "responses": none,
        })) },
        "/api/v1/decisions/{reference}/notice": { "put": change(json!({
            "operationId": "setNotice", "summary": "Whether and how the public is informed of what is not published",
            "parameters": reference(), "requestBody": sent(&schema::<Changed<Notice>>()), "responses": none,
        })) },
        "/api/v1/decisions/{reference}/steps": { "post": change(json!({
            "operationId": "takeDecisionStep", "summary": "Take a step, as the person behind the token",
            "parameters": reference(), "requestBody": sent(&schema::<Asked>()),
            "responses": { "201": answer("Taken: where the report stands now", &object) },
        })) },
        "/api/v1/decisions/{reference}/pdf": { "get": denied(json!({
            "operationId": "printDecision", "summary": "The report as an accessible PDF, with nothing redacted",
            "parameters": reference(),
            "responses": { "200": bytes_out("application/pdf", "The report"), "404": problem("No such report") },
        })) },
        "/api/v1/decisions/{reference}/files": { "post": change(json!({
            "operationId": "addDecisionFile", "summary": "A background paper or an attachment of a draft",
            "parameters": [
                in_path("reference"), seen(), in_query("title", "What the paper is called"),
                in_query("name", "What the file is called"), in_query("publish", "yes: it is published with the report"),
            ],
            "requestBody": bytes_in(true), "responses": none,
        })) },
        "/api/v1/decisions/{reference}/files/{file}": {
            "get": denied(json!({
                "operationId": "getDecisionFile",
                "summary": "A file of a report; with .redacted behind its id, the redacted copy",
                "parameters": [in_path("reference"), in_path("file")],
                "responses": { "200": bytes_out("application/octet-stream", "The file"), "404": problem("No such file") },
            })),
            "post": change(json!({
                "operationId": "redactDecisionFile",
                "summary": "Whether a file is published, and with bytes its redacted copy; what was signed can only be taken out",
                "parameters": [
                    in_path("reference"), in_path("file"), seen(), in_query("publish", "yes: it is published with the report"),
                    in_query("reasons", "Why it is taken out of what the officers have signed"),
                ],
                "requestBody": bytes_in(false), "responses": none,
            })),
        },
        "/api/v1/boards": {
            "get": denied(json!({
                "operationId": "listBoards", "summary": "Bodies, calendar, open actions and delegations",
                "responses": { "200": answer("All of them", &object) },
            })),
            "post": change(json!({
                "operationId": "addBody", "summary": "A body, under a code that no other has",
                "requestBody": sent(&schema::<Body>()), "responses": none,
            })),
        },
        "/api/v1/boards/{body}": { "put": change(json!({
            "operationId": "changeBody",
            "summary": "A body that is otherwise than it was seen; its name and kind last from its first meeting on",
            "parameters": [in_path("body")], "requestBody": sent(&schema::<BodyChange>()), "responses": none,
        })) },
        "/api/v1/boards/delegations": { "post": change(json!({
            "operationId": "addDelegation", "summary": "What one office has delegated to another",
            "requestBody": sent(&schema::<NewDelegation>()), "responses": { "201": answer("Kept", &object) },
        })) },
        "/api/v1/boards/{body}/meetings": { "post": change(json!({
            "operationId": "addMeeting", "summary": "A meeting for the calendar", "parameters": [in_path("body")],
            "requestBody": sent(&schema::<NewMeeting>()), "responses": { "201": answer("Kept", &object) },
        })) },
        "/api/v1/boards/meetings/{id}": {
            "get": denied(json!({
                "operationId": "getMeeting", "summary": "A meeting with agenda, minutes and actions",
                "parameters": [in_path("id")],
                "responses": { "200": answer("The meeting", &schema::<MeetingView>()), "404": problem("No such meeting") },
            })),
            "post": change(json!({
                "operationId": "actOnMeeting", "summary": "One deed: agenda, outcome, comment, minutes, action, waiver",
                "parameters": [in_path("id")], "requestBody": sent(&schema::<Deed>()),
                "responses": { "201": answer("Done", &object) },
            })),
        },
        "/api/v1/boards/papers/{id}": { "get": denied(json!({
            "operationId": "getPaper", "summary": "A board paper with its cover and its route", "parameters": [in_path("id")],
            "responses": { "200": answer("The paper", &schema::<PaperView>()), "404": problem("No such paper") },
        })) },
    })
}
