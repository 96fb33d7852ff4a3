//! The paths of skills, market, challenges and the Service Standard.

use super::{answer, in_path, problem, schema, sent};
use crate::api::market::{Conflict, Ends, HandedIn, Seen, Sheet};
use serde_json::{Value, json};

/// Each path with its operations. `denied` adds what a staff token can be refused for.
pub(super) fn paths(denied: &dyn Fn(Value) -> Value) -> Value {
    let object = json!({ "type": "object" });
    json!({
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
    })
}

/// How a challenge ends, services, and what everybody may read.
pub(super) fn more_paths(denied: &dyn Fn(Value) -> Value) -> Value {
    let object = json!({ "type": "object" });
    json!({
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
    })
}
