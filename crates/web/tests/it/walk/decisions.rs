//! What the walk sends to the pages and the API of decision reports and boards. Nothing of it is a report of a crime: the
//! watch sees to it that none changes.

use super::calls::{Body, form};
use serde_json::json;

/// As `calls`, for these routes.
pub(super) fn calls(route: &str) -> Option<Vec<(String, Body)>> {
    let nothing = "01890000-0000-7000-8000-000000000001";
    let path = route
        .replace("{reference}", "097-21")
        .replace("{place}", "0")
        .replace("{file}", nothing)
        .replace("{step}", "agree")
        .replace("{body}", "B01")
        .replace("{meeting}", nothing)
        .replace("{deed}", "held")
        .replace("{id}", nothing);
    let one = |body: Body| Some(vec![(path.clone(), body)]);
    match route {
        "/decisions"
        | "/decisions/{reference}"
        | "/decisions/{reference}/files/{place}"
        | "/desk/decisions/new"
        | "/desk/decisions/{reference}"
        | "/desk/boards.ics"
        | "/api/v1/decisions/published"
        | "/api/v1/decisions/published/{reference}"
        | "/api/v1/decisions/{reference}/pdf"
        | "/api/v1/boards/papers/{id}" => one(Body::Nothing),
        "/api/v1/decisions/{reference}/files" => {
            Some(vec![(format!("{path}?version=1&title=A&name=a.pdf"), Body::Json(json!({ "a": 1 })))])
        }
        "/api/v1/decisions/{reference}/files/{file}" => {
            Some(vec![(format!("{path}?version=1&publish=yes"), Body::Json(json!({ "a": 1 })))])
        }
        "/desk/decisions" => Some(vec![
            (path.clone(), form(&[("title", "A walk"), ("classification", "official"), ("state", "agreed")])),
            (format!("{path}?state=draft"), form(&[])),
        ]),
        "/desk/decisions/{reference}/files" => one(Body::File),
        "/desk/decisions/{reference}/files/{file}" => one(Body::File),
        "/desk/decisions/{reference}/edit"
        | "/desk/decisions/{reference}/publication"
        | "/desk/decisions/{reference}/notice"
        | "/desk/decisions/{reference}/step/{step}" => one(form(&[
            ("version", "1"),
            ("title", "x"),
            ("name", "x"),
            ("signed", "yes"),
            ("informed", "yes"),
        ])),
        "/desk/boards" | "/desk/boards/{body}" => one(form(&[
            ("code", "B01"),
            ("name", "A board"),
            ("kind", "board"),
            ("on", "2026-12-01"),
            ("at", "10:00"),
        ])),
        "/desk/boards/{body}/{meeting}" => one(Body::Nothing),
        "/desk/boards/{body}/{meeting}/{deed}" => one(form(&[("version", "1")])),
        "/api/v1/decisions" => {
            one(Body::Json(json!({ "content": { "classification": "official", "title": "A walk" } })))
        }
        "/api/v1/decisions/{reference}" => one(Body::Json(
            json!({ "version": 1, "to": { "classification": "official", "title": "A walk" } }),
        )),
        "/api/v1/decisions/{reference}/publication" => {
            one(Body::Json(json!({ "version": 1, "to": { "for_publication": true } })))
        }
        "/api/v1/decisions/{reference}/notice" => {
            one(Body::Json(json!({ "version": 1, "to": { "informed": true } })))
        }
        "/api/v1/decisions/{reference}/steps" => one(Body::Json(json!({ "step": "agree", "version": 1 }))),
        "/api/v1/boards" => one(Body::Json(json!({ "code": "B02", "name": "A board", "kind": "board" }))),
        "/api/v1/boards/{body}" => {
            let was = json!({ "code": "B01", "name": "A board", "kind": "board" });
            let to = json!({ "code": "B01", "name": "Another name", "kind": "board" });
            one(Body::Json(json!({ "seen": was, "to": to })))
        }
        "/api/v1/boards/delegations" => one(Body::Json(json!({
            "from_office": "a", "to_office": "b", "scope": "c", "source": "d", "valid_from": "2021-01-01",
        }))),
        "/api/v1/boards/{body}/meetings" => one(Body::Json(json!({ "on": "2026-12-01", "at": "10:00" }))),
        "/api/v1/boards/meetings/{id}" => {
            one(Body::Json(json!({ "minutes": { "version": 1, "to": "Words." } })))
        }
        _ => None,
    }
}
