//! What is sent to the routes of the programme office.

use super::calls::{Body, form};
use serde_json::json;

/// As [`super::calls::calls`], for what steers.
pub(super) fn calls(route: &str) -> Option<Vec<(String, Body)>> {
    let bare = |paths: &[&str]| paths.iter().map(|p| ((*p).to_owned(), Body::Nothing)).collect::<Vec<_>>();
    let with =
        |path: &str, bodies: Vec<Body>| bodies.into_iter().map(|b| (path.to_owned(), b)).collect::<Vec<_>>();
    let force = || form(&[("title", "Borsetshire"), ("kind", "force"), ("entry_code", "borsetshire")]);
    Some(match route {
        "/desk/registers" | "/api/v1/registers" => bare(&[route]),
        "/desk/registers/{register}" => bare(&[
            "/desk/registers/organisation",
            "/desk/registers/gate?q=x&page=9",
            "/desk/registers/no-such",
        ]),
        "/desk/registers/{register}/new" => {
            // An item too, so that the programme office has something to assess when it comes by again.
            let item = form(&[
                ("title", "Online reporting"),
                ("kind", "service"),
                ("summary", "People report online."),
                ("entry_code", "online-reporting"),
            ]);
            let mut all = with("/desk/registers/organisation/new", vec![force(), form(&[("title", "")])]);
            all.extend(with("/desk/registers/item/new", vec![item]));
            all
        }
        "/desk/registers/{register}/download.csv" => bare(&["/desk/registers/organisation/download.csv"]),
        "/desk/registers/{register}/{code}" => bare(&["/desk/registers/organisation/borsetshire"]),
        "/desk/registers/{register}/{code}/edit" => {
            let body = form(&[("title", "Borsetshire Police"), ("kind", "force"), ("entry_version", "1")]);
            with("/desk/registers/organisation/borsetshire/edit", vec![body])
        }
        "/desk/registers/{register}/{code}/withdraw" => with(
            "/desk/registers/organisation/borsetshire/withdraw",
            vec![form(&[("entry_version", "99"), ("reason", "Gone.")]), form(&[("entry_version", "1")])],
        ),
        "/api/v1/registers/{register}" => {
            let body = json!({ "body": { "title": "Ambridge", "kind": "partner" } });
            with("/api/v1/registers/organisation", vec![Body::Json(body), Body::Json(json!({ "body": 1 }))])
        }
        "/api/v1/registers/{register}/{code}" => with(
            "/api/v1/registers/organisation/borsetshire",
            vec![
                Body::Json(json!({ "version": 1, "body": { "title": "Borsetshire", "kind": "force" } })),
                Body::Json(json!({ "version": 1, "withdraw": true })),
            ],
        ),
        "/desk/portfolio"
        | "/desk/portfolio.csv"
        | "/desk/findings.csv"
        | "/desk/benefits"
        | "/desk/benefits.csv"
        | "/desk/roadmap.csv"
        | "/api/v1/benefits"
        | "/api/v1/portfolio" => bare(&[route]),
        "/desk/roadmap" | "/api/v1/roadmap" => {
            bare(&[route, &format!("{route}?strategy=essex-2021"), &format!("{route}?strategy=none")])
        }
        "/desk/findings" => with(
            route,
            vec![
                form(&[("finding", "gap:item-without-aim:none"), ("answer", "rejected"), ("reasons", "No.")]),
                form(&[("kind", "wish")]),
            ],
        ),
        "/api/v1/findings" => with(
            route,
            vec![Body::Json(
                json!({ "finding": "gap:none", "basis": "", "answer": "rejected", "reasons": "No." }),
            )],
        ),
        "/desk/ideas" => with(
            route,
            vec![form(&[("title", "Lamps"), ("summary", "Light."), ("stage", "live")]), form(&[])],
        ),
        "/api/v1/ideas" => with(
            route,
            vec![Body::Json(json!({ "title": "Lamps", "summary": "Light." })), Body::Json(json!({}))],
        ),
        "/desk/gates/{item}" => with(
            "/desk/gates/lamps",
            vec![
                form(&[("entry_version", "1"), ("outcome", "pass"), ("reasons", "Good.")]),
                form(&[("outcome", "")]),
            ],
        ),
        "/api/v1/items/{code}/gate" => with(
            "/api/v1/items/lamps/gate",
            vec![Body::Json(json!({ "version": 1, "outcome": "hold", "reasons": "Not yet." }))],
        ),
        "/api/v1/graded" => bare(&["/api/v1/graded?definition=burglary&version=1.0.0", "/api/v1/graded"]),
        "/api/v1/graded/{id}" => bare(&["/api/v1/graded/01890000-0000-7000-8000-000000000001"]),
        "/desk/graded" => bare(&[
            "/desk/graded?definition=burglary&version=1.0.0",
            "/desk/graded?report=R-0000-0000",
            "/desk/graded",
        ]),
        "/desk/graded/complaints/{reference}" => bare(&["/desk/graded/complaints/C-0000-0000"]),
        "/desk/graded/{id}" => bare(&["/desk/graded/01890000-0000-7000-8000-000000000001"]),
        _ => return None,
    })
}
