//! Complaints and fairness reports in the description of the API.

use super::{answer, in_path, problem, schema, sent};
use crate::api::{
    Follow,
    complaints::{Complain, ComplaintDeed, ComplaintReceipt, EnterComplaint},
    fairness::{AskFairness, FairnessDeed, NewBounds},
};
use serde_json::{Value, json};

/// The paths. `denied` adds what every operation of staff has.
pub(super) fn paths(denied: &dyn Fn(Value) -> Value) -> Value {
    let object = json!({ "type": "object" });
    let deed = json!({
        "name": "deed", "in": "path", "required": true, "schema": {
            "enum": ["acknowledge", "assign", "inform", "find", "answer", "sent", "confirmed"],
        },
    });
    let mut make = denied(json!({
        "operationId": "makeFairnessReport",
        "summary": "Rates by group of a scored file, with intervals. Nothing is kept unless that is asked for",
        "requestBody": sent(&schema::<AskFairness>()),
        "responses": {
            "200": answer("The report", &object),
            "201": answer("The report, which is kept now", &object),
            "409": problem("The thresholds were set anew in the meantime"),
            "422": problem("The file or the question is not right; each fault has its line and column"),
        },
    }));
    make["responses"]["413"] = problem("Too large");
    json!({
        "/api/v1/complaints": {
            "post": {
                "operationId": "complain", "summary": "Complain", "security": [],
                "parameters": [{
                    "name": "Idempotency-Key", "in": "header", "required": false,
                    "description": "A random key of 16 to 200 characters. The same key with the same complaint gives \
                                    the first answer again.",
                    "schema": { "type": "string", "minLength": 16, "maxLength": 200 },
                }],
                "requestBody": sent(&schema::<Complain>()),
                "responses": {
                    "201": answer("Received, and on the disk", &schema::<ComplaintReceipt>()),
                    "409": problem("The key was used for another complaint"),
                    "422": problem("Some fields are not right"),
                    "503": problem("Not now; nothing was kept"),
                },
            },
            "get": denied(json!({
                "operationId": "listComplaints",
                "summary": "Complaints with their clocks; a reviewer sees those that were given to them",
                "responses": { "200": answer("Complaints", &object) },
            })),
        },
        "/api/v1/complaints/track": { "post": {
            "operationId": "trackComplaint", "summary": "Follow a complaint", "security": [],
            "requestBody": sent(&schema::<Follow>()),
            "responses": {
                "200": answer("How far it has come", &object),
                "404": problem("No complaint has this reference and code"),
                "422": problem("The body is not right"),
                "503": problem("Too many attempts"),
            },
        } },
        "/api/v1/complaints/figures": { "get": {
            "operationId": "complaintFigures",
            "summary": "What is published about the complaints of the last financial year that is over",
            "security": [],
            "responses": { "200": answer("The figures; small ones are left out", &object) },
        } },
        "/api/v1/complaints/entered": { "post": denied(json!({
            "operationId": "enterComplaint",
            "summary": "Enter a complaint that came by other means, such as a letter; its clocks run from the day it came",
            "parameters": [{
                "name": "Idempotency-Key", "in": "header", "required": false,
                "description": "A random key of 16 to 200 characters, as for a complaint that is sent",
                "schema": { "type": "string", "minLength": 16, "maxLength": 200 },
            }],
            "requestBody": sent(&schema::<EnterComplaint>()),
            "responses": {
                "201": answer("Received, and on the disk", &schema::<ComplaintReceipt>()),
                "409": problem("The key was used for another complaint"),
                "422": problem("Some fields are not right"),
            },
        })) },
        "/api/v1/complaints/reviewers": { "get": denied(json!({
            "operationId": "listReviewers", "summary": "Who can look into complaints: account and name",
            "responses": { "200": answer("Reviewers", &object) },
        })) },
        "/api/v1/complaints/{reference}/decisions": { "get": denied(json!({
            "operationId": "getComplaintDecisions",
            "summary": "What was decided about the report that a complaint names, beside what was proposed, for the reviewer \
                        to whom it was given",
            "parameters": [in_path("reference")],
            "responses": {
                "200": answer("The decisions, without who decided", &object), "404": problem("No such complaint of yours"),
            },
        })) },
        "/api/v1/complaints/{reference}": { "get": denied(json!({
            "operationId": "getComplaint", "summary": "A complaint with what was done about it",
            "parameters": [in_path("reference")],
            "responses": { "200": answer("The complaint", &object), "404": problem("No such complaint") },
        })) },
        "/api/v1/complaints/{reference}/{deed}": { "post": denied(json!({
            "operationId": "actOnComplaint",
            "summary": "Acknowledge, assign, inform, find, answer; a notice was sent or confirmed",
            "parameters": [in_path("reference"), deed],
            "requestBody": sent(&schema::<ComplaintDeed>()),
            "responses": {
                "204": { "description": "Done" },
                "404": problem("No such complaint, notice or deed"),
                "409": problem("The complaint stands elsewhere"),
                "422": problem("Something is missing, or the reviewer is not independent"),
            },
        })) },
        "/api/v1/fairness": {
            "post": make,
            "get": denied(json!({
                "operationId": "listFairnessReports", "summary": "The fairness reports that were kept",
                "responses": { "200": answer("Reports", &object) },
            })),
        },
        "/api/v1/fairness/summaries": { "get": {
            "operationId": "fairnessSummaries",
            "summary": "The fairness reports that are or were public, in their form for the public", "security": [],
            "responses": { "200": answer("Summaries", &object) },
        } },
        "/api/v1/fairness/bounds": {
            "get": denied(json!({
                "operationId": "listFairnessThresholds",
                "summary": "The thresholds that hold, those that wait to be confirmed, and those that went before",
                "responses": { "200": answer("Thresholds", &object) },
            })),
            "post": denied(json!({
                "operationId": "proposeFairnessThresholds",
                "summary": "Propose thresholds; they hold once another member of the committee has confirmed them",
                "requestBody": sent(&schema::<NewBounds>()),
                "responses": {
                    "201": answer("Proposed", &object), "422": problem("Bounds that are none, or no reasons"),
                },
            })),
        },
        "/api/v1/fairness/bounds/{id}/confirm": { "post": denied(json!({
            "operationId": "confirmFairnessThresholds",
            "summary": "Confirm thresholds that somebody else has proposed",
            "parameters": [in_path("id")],
            "responses": {
                "204": { "description": "They hold from now on" },
                "404": problem("No such thresholds"),
                "409": problem("They hold already, or others were proposed since"),
            },
        })) },
        "/api/v1/fairness/{id}": { "get": denied(json!({
            "operationId": "getFairnessReport", "summary": "A fairness report that was kept, whole",
            "parameters": [in_path("id")],
            "responses": { "200": answer("The report", &object), "404": problem("No such report") },
        })) },
        "/api/v1/fairness/{id}/{deed}": { "post": denied(json!({
            "operationId": "actOnFairnessReport",
            "summary": "Publish the summary of a report that somebody else made, or withdraw it",
            "parameters": [in_path("id"), {
                "name": "deed", "in": "path", "required": true, "schema": { "enum": ["publish", "withdraw"] },
            }],
            "requestBody": sent(&schema::<FairnessDeed>()),
            "responses": {
                "204": { "description": "Done" },
                "404": problem("No such report or deed"),
                "409": problem("It was published before, or is not public"),
                "422": problem("You made it, a reason is missing, or it is alike to another report"),
            },
        })) },
    })
}
