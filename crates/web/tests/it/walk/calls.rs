//! What is sent to each route. For a new one, say it here: the walk fails until somebody has.

use super::world::{Built, World, choices};
use crate::quality::later_version;
use bluelamp_casework::Choice;
use bluelamp_model::Id;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is sent with a request.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Nothing,
    Form(Vec<(String, String)>),
    Json(Value),
    File,
}

pub(super) fn form(fields: &[(&str, &str)]) -> Body {
    Body::Form(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
}

pub(super) fn choice_form(c: &Choice) -> Body {
    let mut fields: Vec<(String, String)> = [
        ("version", c.version.to_string()),
        ("outcome", c.outcome.clone()),
        ("grade", c.grade.clone()),
        ("reasons", c.reasons.clone()),
        ("lower_code", c.lower_code.clone()),
        ("lower_reason", c.lower_reason.clone()),
        // What a form of ours never has, for a reader that takes more than it should.
        ("state", "decided".into()),
        ("decided_by", "01890000-0000-7000-8000-000000000001".into()),
    ]
    .map(|(n, v)| (n.to_owned(), v))
    .into();
    let names = c.actions.iter().map(|a| bluelamp_casework::action_field(&a.definition, a.place));
    fields.push(("proposed".into(), names.collect::<Vec<_>>().join(" ")));
    for a in &c.actions {
        let field = bluelamp_casework::action_field(&a.definition, a.place);
        fields.push((format!("{field}.reason"), a.reason.clone()));
        fields.push((field, a.answer.clone()));
    }
    Body::Form(fields)
}

pub(super) fn choice_json(c: &Choice) -> Body {
    let actions: Vec<_> = c
        .actions
        .iter()
        .map(|a| json!({ "definition": a.definition, "place": a.place, "answer": a.answer, "reason": a.reason }))
        .collect();
    Body::Json(json!({
        "version": c.version, "outcome": c.outcome, "grade": c.grade, "reasons": c.reasons,
        "lower_code": c.lower_code, "lower_reason": c.lower_reason, "actions": actions,
    }))
}

/// What is sent to a route: addresses that it has in this world, each with a body that means something there. None for
/// a route that nobody has thought of.
pub(super) fn calls(route: &str, w: &World<'_>, purpose: &str) -> Option<Vec<(String, Body)>> {
    let bare = |paths: &[&str]| paths.iter().map(|p| ((*p).to_owned(), Body::Nothing)).collect::<Vec<_>>();
    let with =
        |path: &str, bodies: Vec<Body>| bodies.into_iter().map(|b| (path.to_owned(), b)).collect::<Vec<_>>();
    // The same bodies for each report, wherever it stands.
    let each = |bodies: &dyn Fn(&Built) -> Vec<Body>| -> Vec<(String, Body)> {
        w.reports.values().flat_map(|b| with(&route.replace("{id}", &b.id.to_string()), bodies(b))).collect()
    };
    let case = w.reports["case"].mark.case.unwrap();
    let of_case = |bodies: Vec<Body>| with(&route.replace("{id}", &case.to_string()), bodies);
    let fact = "suspect on scene";
    Some(match route {
        "/"
        | "/report"
        | "/leave"
        | "/algorithms"
        | "/ethics-committee"
        | "/desk/ethics"
        | "/api/v1/algorithms"
        | "/api/v1/ethics"
        | "/accessibility"
        | "/privacy"
        | "/desk"
        | "/desk/cases"
        | "/strategy"
        | "/desk/strategy"
        | "/api/v1/strategies"
        | "/desk/log"
        | "/api/v1/openapi.json"
        | "/api/v1/forms"
        | "/api/v1/reports"
        | "/api/v1/reviews"
        | "/api/v1/cases"
        | "/api/v1/landscape"
        | "/api/v1/landscape/findings"
        | "/api/v1/landscape/archimate"
        | "/api/v1/landscape/models"
        | "/healthz"
        | "/metrics"
        | "/log/key" => bare(&[route]),
        "/desk/landscape/capabilities" | "/desk/landscape.csv" | "/desk/landscape.xml" => bare(&[route]),
        "/desk/landscape" => bare(&[route, "/desk/landscape?hosting=saas&q=x&page=3"]),
        "/desk/landscape/import" => with(route, vec![Body::File, form(&[])]),
        "/desk/landscape/import/confirm" => with(route, vec![form(&[("held", &"0".repeat(64))]), form(&[])]),
        "/desk/landscape/models/{id}" | "/api/v1/landscape/models/{id}" => {
            bare(&[&route.replace("{id}", &case.to_string())])
        }
        "/desk/landscape/applications/{code}" => with(
            "/desk/landscape/applications/borset--caseworks",
            vec![
                form(&[("what", "eliminate"), ("by", "2027-03-31"), ("reason", "Old."), ("version", "1")]),
                form(&[]),
            ],
        ),
        "/api/v1/landscape/applications/{code}/disposition" => with(
            "/api/v1/landscape/applications/borset--caseworks/disposition",
            vec![Body::Json(json!({ "version": 1, "what": "tolerate", "reason": "It works." }))],
        ),
        "/api/v1/landscape/surveys" => with(
            "/api/v1/landscape/surveys?check=yes&force=Borset",
            vec![Body::Json(json!({ "Application": 1 }))],
        ),
        "/algorithms/{kind}/{name}" | "/api/v1/algorithms/{kind}/{name}" | "/desk/ethics/{kind}/{name}" => {
            let path = |kind: &str, name: &str| route.replace("{kind}", kind).replace("{name}", name);
            bare(&[&path("definition", "burglary"), &path("ranking", "queue"), &path("definition", "none")])
        }
        "/api/v1/ethics/{id}" => bare(&[&route.replace("{id}", &registered(w).0.to_string())]),
        "/desk/ethics/{kind}/{name}/{deed}" => {
            let (id, digest) = registered(w);
            let id = id.to_string();
            let deed = |deed: &str| {
                route
                    .replace("{kind}", "definition")
                    .replace("{name}", "domestic-abuse")
                    .replace("{deed}", deed)
            };
            let all = [
                ("assessment", vec![("covenant.lawful", "By law.")]),
                ("lab-report", vec![("criterion-0", "-"), ("findings/0/found", "1"), ("met-0", "yes")]),
                ("opinion", vec![("given_by", "Somebody"), ("given_on", "2026-01-01"), ("said", "Yes.")]),
                ("exemption", vec![("field", "benefit"), ("reasons", "None.")]),
                ("advice", vec![("point", "lab"), ("advice", "approve"), ("reasons", "Good.")]),
                ("minutes", vec![("point", "lab"), ("held_on", "2026-01-01"), ("said", "Much.")]),
                ("phase", vec![("to", "operational"), ("until", "2027-03-01"), ("reasons", "Now.")]),
                ("phase", vec![("to", "suspended"), ("reasons", "")]),
                ("wording", vec![]),
                ("nothing", vec![]),
            ];
            all.into_iter()
                .map(|(what, mut fields)| {
                    fields.extend([
                        ("id", id.as_str()),
                        ("digest", digest.as_str()),
                        ("state", "operational"),
                    ]);
                    (deed(what), form(&fields))
                })
                .collect()
        }
        "/api/v1/ethics/{id}/{deed}" => {
            let id = registered(w).0.to_string();
            let all = [
                ("assessment", json!({ "answers": { "covenant.lawful": "By law." } })),
                ("lab-report", json!({ "findings": [{ "criterion": "-", "found": "1", "met": true }] })),
                ("opinion", json!({ "given_by": "Somebody", "given_on": "2026-01-01", "said": "Yes." })),
                ("exemption", json!({ "field": "benefit", "reasons": "None." })),
                ("advice", json!({ "point": "lab", "advice": "reject", "reasons": "Bad." })),
                ("minutes", json!({ "point": "lab", "held_on": "2026-01-01", "said": "Much." })),
                ("phase", json!({ "to": "operational", "until": "2027-03-01", "reasons": "Now." })),
                ("phase", json!({ "to": "suspended" })),
                ("wording", json!({})),
            ];
            let path = |deed: &str| route.replace("{id}", &id).replace("{deed}", deed);
            all.into_iter().map(|(deed, said)| (path(deed), Body::Json(said))).collect()
        }
        "/desk/algorithms" => with(
            route,
            vec![
                form(&[
                    ("algorithm", "indicator/burglary-words"),
                    ("on", "no"),
                    ("reasons", "It asks too often."),
                ]),
                form(&[("algorithm", "indicator/none"), ("on", "no")]),
            ],
        ),
        "/challenges"
        | "/service-standard"
        | "/desk/skills"
        | "/desk/skills.csv"
        | "/desk/market"
        | "/desk/challenges"
        | "/desk/services"
        | "/api/v1/skills"
        | "/api/v1/market"
        | "/api/v1/challenges"
        | "/api/v1/services"
        | "/api/v1/published/challenges"
        | "/api/v1/published/service-standard" => bare(&[route]),
        // There is no programme in this world: what is refused and what is not found is what counts.
        "/desk/challenges/{code}"
        | "/desk/services/{item}"
        | "/api/v1/challenges/{code}"
        | "/api/v1/challenges/{code}/results"
        | "/api/v1/services/{item}" => {
            bare(&[&route.replace("{code}", "none").replace("{item}", "bluelamp")])
        }
        "/desk/market/{signal}" => {
            with("/desk/market/none", vec![form(&[("version", "1"), ("state", "decided")])])
        }
        "/desk/challenges/{code}/{deed}" => {
            ["open", "entry", "close", "score", "conflict", "award", "decide"]
                .map(|deed| {
                    let fields =
                        [("version", "1"), ("entry", "none"), ("reasons", "So."), ("state", "awarded")];
                    (format!("/desk/challenges/none/{deed}"), form(&fields))
                })
                .into()
        }
        "/api/v1/market/signals/{code}/proposal"
        | "/api/v1/challenges/{code}/open"
        | "/api/v1/challenges/{code}/close" => {
            with(&route.replace("{code}", "none"), vec![Body::Json(json!({ "version": 1 })), form(&[])])
        }
        "/api/v1/challenges/{code}/entries" => with(
            "/api/v1/challenges/none/entries",
            vec![Body::Json(json!({ "sender": "A", "contact": "B", "proposal": "C" }))],
        ),
        "/api/v1/challenges/{code}/entries/{entry}/scores" => with(
            "/api/v1/challenges/none/entries/none-01/scores",
            vec![Body::Json(json!({ "scores": [{ "score": 5, "reason": "Fits." }] }))],
        ),
        "/api/v1/challenges/{code}/entries/{entry}/conflict" => with(
            "/api/v1/challenges/none/entries/none-01/conflict",
            vec![Body::Json(json!({ "about": "I know them." }))],
        ),
        "/api/v1/challenges/{code}/award" => with(
            "/api/v1/challenges/none/award",
            vec![Body::Json(json!({ "version": 1, "entry": null, "reasons": "None fits." }))],
        ),
        "/desk/reports" => {
            bare(&[route, "/desk/reports?state=decided", "/desk/reports?reference=R-0000-0000"])
        }
        "/desk/reviews" => bare(&[route, "/desk/reviews?cause=new-version"]),
        "/desk/quality" | "/desk/quality.csv" => bare(&[route, &format!("{route}?days=365")]),
        "/report/{form}" => bare(&["/report/burglary", "/report/no-such-form"]),
        "/report/{form}/check" => bare(&["/report/burglary/check"]),
        "/report/{form}/sent" => bare(&["/report/burglary/sent"]),
        "/report/{form}/send" => with("/report/burglary/send", vec![form(&[])]),
        "/report/{form}/q/{*page}" => {
            let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/posted.json");
            let all: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
            let page = |(page, said): (&String, &Value)| {
                let text = |v: &Value| v.as_str().map(str::to_owned);
                let fields = said.as_object().unwrap().iter().flat_map(|(name, value)| match value {
                    Value::Array(all) => all.iter().filter_map(text).map(|v| (name.clone(), v)).collect(),
                    one => text(one).map(|v| (name.clone(), v)).into_iter().collect::<Vec<_>>(),
                });
                (format!("/report/burglary/q{page}"), Body::Form(fields.collect()))
            };
            all["burglary"].as_object().unwrap().iter().map(page).collect()
        }
        "/track" => with(route, vec![form(&[("reference", "R-0000-0000"), ("code", "0000-0000-0000-0000")])]),
        "/sign-in" => {
            let wrong = [("username", "nobody"), ("password", "three sleepy lamps"), ("purpose", "contact")];
            with(route, vec![form(&wrong)])
        }
        // Signing out ends the walk, and is done at its end.
        "/sign-out" => Vec::new(),
        "/invitation/{secret}" => {
            with(&format!("/invitation/{}", "0".repeat(64)), vec![form(&[("password", "x")])])
        }
        "/desk/purpose" => {
            with(route, vec![form(&[("purpose", "operation")]), form(&[("purpose", purpose)])])
        }
        "/desk/reports/{id}" => each(&|_| vec![Body::Nothing]),
        "/desk/reports/{id}/decide" => {
            each(&|b| choices(b.standing, &b.view).iter().map(choice_form).collect())
        }
        "/desk/reports/{id}/own-grade" => {
            each(&|_| vec![form(&[("own_grade", "HIGH")]), form(&[("own_grade", "none"), ("grade", "HIGH")])])
        }
        "/desk/reports/{id}/facts" => each(&|_| {
            let said =
                |answer| form(&[("fact", fact), ("answer", answer), ("source", "caller"), ("grade", "HIGH")]);
            vec![
                said("yes"),
                said("refused"),
                said(""),
                form(&[("fact", "grade"), ("answer", "HIGH"), ("source", "x")]),
            ]
        }),
        "/desk/reports/{id}/definitions" => {
            each(&|_| vec![form(&[("definition", "cyber-harassment")]), form(&[("definition", "no-such")])])
        }
        "/desk/reports/{id}/assess" => each(&|_| vec![form(&[])]),
        "/desk/reports/{id}/events" => each(&|_| {
            vec![form(&[("what", "breach"), ("words", "An order was broken.")]), form(&[("what", "decided")])]
        }),
        "/desk/reports/{id}/tasks/{task}" => {
            let task = w.reports["case"].view.tasks.first().map_or(case, |t| t.id);
            let of =
                |b: &Built| route.replace("{id}", &b.id.to_string()).replace("{task}", &task.to_string());
            let all = w.reports.values().map(of);
            all.map(|path| (path, form(&[("result", "Done."), ("state", "closed")]))).collect()
        }
        "/desk/reports/{id}/matches/{suggestion}" => {
            let b = &w.reports["new"];
            let suggestion = b.view.suggestions.first().map_or(b.id, |s| s.id);
            let path =
                route.replace("{id}", &b.id.to_string()).replace("{suggestion}", &suggestion.to_string());
            let said = |answer| form(&[("answer", answer), ("reason", "The same number.")]);
            with(&path, vec![said("same"), said("not-same"), said("decide")])
        }
        "/desk/reviews/{review}" | "/api/v1/reviews/{id}" => {
            let b = &w.reports["under-review"];
            let answers = [("HIGH", ""), ("MEDIUM", ""), ("STANDARD", "managed"), ("", "")];
            let bodies = || {
                answers.map(|(grade, code)| {
                    let (version, report) = (b.version.to_string(), b.id.to_string());
                    let words = if code.is_empty() { "" } else { "The locks were changed." };
                    if route.starts_with("/api/") {
                        return Body::Json(json!({
                            "version": b.version, "grade": grade, "reasons": "Looked again.",
                            "lower_code": code, "lower_reason": words,
                        }));
                    }
                    form(&[
                        ("version", &version),
                        ("report", &report),
                        ("grade", grade),
                        ("reasons", "Looked again."),
                        ("lower_code", code),
                        ("lower_reason", words),
                    ])
                })
            };
            let path = |id: &Id| route.replace("{review}", &id.to_string()).replace("{id}", &id.to_string());
            w.reviews().iter().flat_map(|id| with(&path(id), bodies().into())).collect()
        }
        "/desk/matrix" | "/desk/matrix.csv" | "/desk/alignment" | "/desk/alignment.csv" => {
            bare(&[route, &format!("{route}?strategy=essex-2021&axis=principle&q=online")])
        }
        "/desk/matrix/{item}" => {
            let scores =
                [("P01.score", "1"), ("P01.rationale", "A little."), ("cause", "first"), ("grade", "HIGH")];
            with("/desk/matrix/online-reporting?strategy=essex-2021", vec![form(&scores), form(&[])])
        }
        "/desk/matrix/{item}/lift" => {
            let lift = [("assessment", &*case.to_string()), ("element", "P09"), ("reasons", "Weighed.")];
            with("/desk/matrix/online-reporting/lift", vec![form(&lift), form(&[])])
        }
        "/desk/matrix/{item}/history" => bare(&["/desk/matrix/online-reporting/history"]),
        "/desk/alignment/weights" => {
            let weights = [("decision", "097-21"), ("decided_on", "2021-07-02"), ("weights", "P01 2")];
            with("/desk/alignment/weights?strategy=essex-2021", vec![form(&weights), form(&[])])
        }
        "/api/v1/assessments" => {
            let cells = json!({ "P01": { "score": 1, "rationale": "A little." } });
            let body = json!({
                "item": "online-reporting", "strategy": "essex-2021", "cause": "first", "cells": cells,
            });
            with("/api/v1/assessments?item=online-reporting", vec![Body::Json(body), Body::Json(json!({}))])
        }
        "/api/v1/assessments/{id}" => bare(&[&format!("/api/v1/assessments/{case}")]),
        "/api/v1/assessments/{id}/compare/{other}" => {
            bare(&[&format!("/api/v1/assessments/{case}/compare/{case}")])
        }
        "/api/v1/assessments/{id}/lift" => {
            let body = json!({ "item": "online-reporting", "element": "P09", "reasons": "Weighed." });
            with(&format!("/api/v1/assessments/{case}/lift"), vec![Body::Json(body)])
        }
        "/api/v1/alignment" => bare(&[route, &format!("{route}?fields=alignment")]),
        "/api/v1/alignment/weights" => {
            let weights = json!({ "P01": 2 });
            let body = json!({
                "strategy": "essex-2021", "decision": "097-21", "decided_on": "2021-07-02", "weights": weights,
            });
            with(route, vec![Body::Json(body), Body::Json(json!({}))])
        }
        "/strategy/{id}" | "/desk/strategy/{strategy}" | "/api/v1/strategies/{id}" => {
            let start = route.split('{').next().unwrap_or(route);
            bare(&[
                &format!("{start}national-2020"),
                &format!("{start}none"),
                &format!("{start}essex-2021?version=1.0.0"),
            ])
        }
        "/desk/strategy/{strategy}/print" => bare(&["/desk/strategy/essex-2021/print"]),
        "/desk/strategy/{strategy}/{element}" | "/api/v1/strategies/{id}/elements/{element}" => {
            let path = route.replace("{strategy}", "essex-2021").replace("{id}", "essex-2021");
            bare(&[&path.replace("{element}", "P01"), &path.replace("{element}", "none")])
        }
        "/definitions" | "/api/v1/definitions" | "/desk/definitions/new" => bare(&[route]),
        "/definitions/{id}" | "/desk/definitions/{id}" | "/api/v1/definitions/{id}" => {
            bare(&[&route.replace("{id}", "burglary")])
        }
        "/desk/definitions" | "/desk/definitions/check" => {
            let text = later_version("1.3.0");
            with(route, vec![form(&[("text", &text), ("part", "result")]), form(&[("text", "status: live")])])
        }
        "/desk/definitions/{id}/{version}" | "/desk/definitions/{id}/{version}/edit" => {
            bare(&[&route.replace("{id}", "burglary").replace("{version}", "1.2.0")])
        }
        // Only what leaves it asked for or not: it goes live at the end, where the jobs are looked at.
        "/desk/definitions/{id}/{version}/{deed}" => {
            let sql =
                "select digest from definition_version where definition = 'burglary' and version = '1.2.0'";
            let digest: String =
                w.site.outside(|db| db.credential_rows(sql, &[]).unwrap()[0].get(0).unwrap());
            let deed = |(deed, why): (&str, &str)| {
                let path = format!("/desk/definitions/burglary/1.2.0/{deed}");
                (path, form(&[("digest", &digest), ("reasons", why), ("status", "live")]))
            };
            [("ask", "Ready."), ("live", ""), ("refuse", "Not yet."), ("retire", ""), ("shadow", "Again.")]
                .map(deed)
                .into()
        }
        "/complain/sent"
        | "/complaints"
        | "/fairness"
        | "/desk/complaints"
        | "/api/v1/complaints/figures"
        | "/api/v1/complaints/reviewers"
        | "/api/v1/fairness/summaries" => bare(&[route]),
        "/complain" => with(
            route,
            vec![
                form(&[
                    ("about", "decision"),
                    ("told", "It was closed."),
                    ("contact_by", "nothing"),
                    ("state", "answered"),
                    ("grade", "HIGH"),
                ]),
                form(&[("about", "decision")]),
            ],
        ),
        "/complain/track" => {
            with(route, vec![form(&[("reference", "K-0000-0000"), ("code", "0000-0000-0000-0000")])])
        }
        "/desk/complaints/new" => with(
            route,
            vec![
                form(&[
                    ("channel", "post"),
                    ("received-day", "20"),
                    ("received-month", "11"),
                    ("received-year", "2026"),
                    ("about", "data"),
                    ("told", "A letter."),
                    ("contact_by", "nothing"),
                ]),
                form(&[]),
            ],
        ),
        "/desk/complaints/{reference}"
        | "/desk/complaints/{reference}/decisions"
        | "/api/v1/complaints/{reference}"
        | "/api/v1/complaints/{reference}/decisions"
        | "/api/v1/graded/complaints/{reference}" => bare(&[
            &route.replace("{reference}", "K-0000-0000"),
            &route.replace("{reference}", &w.complaint()),
        ]),
        "/desk/complaints/{reference}/{deed}" | "/api/v1/complaints/{reference}/{deed}" => {
            let deeds = ["acknowledge", "assign", "inform", "find", "answer", "sent", "confirmed", "decide"];
            let path = |deed: &str| route.replace("{reference}", &w.complaint()).replace("{deed}", deed);
            let reviewer = Id::from_bytes([1; 16]).to_string();
            let said = [
                ("note", "We have it."),
                ("reviewer", &*reviewer),
                ("nobody", "Nobody decided."),
                ("finding", "not-upheld"),
                ("reasons", "Looked into."),
                ("notice", &*reviewer),
            ];
            let sent = |_: &&str| match route.starts_with("/api/") {
                true => Body::Json(json!(BTreeMap::from(said))),
                false => form(&said),
            };
            deeds.iter().map(|deed| (path(deed), sent(deed))).collect()
        }
        "/desk/fairness" => with(route, vec![Body::File, form(&[("group", "sex")])]),
        "/desk/fairness/bounds" => with(
            route,
            vec![
                form(&[
                    ("bounds_algorithm", "burglary"),
                    ("low", "0.8"),
                    ("high", "1.25"),
                    ("reasons", "Four fifths."),
                ]),
                form(&[("low", "2")]),
            ],
        ),
        "/desk/fairness/bounds/confirm" => {
            with(route, vec![form(&[("id", &Id::from_bytes([7; 16]).to_string())]), form(&[])])
        }
        "/api/v1/fairness/bounds" => with(
            route,
            vec![
                Body::Json(
                    json!({ "algorithm": "burglary", "low": 0.8, "high": 1.25, "reasons": "Four fifths." }),
                ),
                Body::Json(json!({ "low": 2 })),
            ],
        ),
        "/api/v1/fairness/bounds/{id}/confirm" => {
            bare(&[&route.replace("{id}", &Id::from_bytes([7; 16]).to_string())])
        }
        "/fairness/{id}" | "/desk/fairness/{id}" | "/api/v1/fairness/{id}" => {
            bare(&[&route.replace("{id}", &Id::from_bytes([7; 16]).to_string())])
        }
        "/desk/fairness/{id}/{deed}" | "/api/v1/fairness/{id}/{deed}" => {
            let said = [("other_people", "Another year."), ("because", "The wrong file.")];
            let path = |deed: &str| {
                route.replace("{id}", &Id::from_bytes([7; 16]).to_string()).replace("{deed}", deed)
            };
            let sent = || match route.starts_with("/api/") {
                true => Body::Json(json!(BTreeMap::from(said))),
                false => form(&said),
            };
            ["publish", "withdraw"].iter().map(|deed| (path(deed), sent())).collect()
        }
        "/api/v1/fairness" => {
            let csv = "sex,flagged,outcome\nF,1,0\nM,0,1\n";
            let ask = |keep: bool| {
                json!({
                    "csv": csv, "group": ["sex"], "label": "outcome", "predicted": "flagged", "keep": keep,
                    "algorithm": "burglary", "version": "1.0.0", "title": "A walk",
                })
            };
            with(
                route,
                vec![Body::Json(ask(false)), Body::Json(ask(true)), Body::Json(json!({ "csv": "x" }))],
            )
        }
        "/api/v1/complaints" => {
            let whole = json!({ "about": "decision", "told": "It was closed.", "contact_by": "nothing" });
            let mut more = whole.clone();
            more["state"] = json!("answered");
            with(route, vec![Body::Json(whole), Body::Json(more)])
        }
        "/api/v1/complaints/entered" => with(
            route,
            vec![
                Body::Json(json!({
                    "channel": "post", "received_on": "2026-11-20",
                    "complaint": { "about": "data", "told": "A letter.", "contact_by": "nothing" },
                })),
                Body::Json(json!({})),
            ],
        ),
        "/api/v1/complaints/track" => with(
            route,
            vec![Body::Json(json!({ "reference": "K-0000-0000", "tracking_code": "0000-0000-0000-0000" }))],
        ),
        "/desk/cases/{id}" | "/api/v1/cases/{id}" => of_case(vec![Body::Nothing]),
        "/desk/cases/{id}/tasks" => {
            of_case(vec![form(&[("title", "Ask next door"), ("state", "closed")]), form(&[])])
        }
        "/desk/cases/{id}/tasks/{task}" => {
            let task = w.reports["case"].view.tasks.first().map_or(case, |t| t.id);
            let path = route.replace("{id}", &case.to_string()).replace("{task}", &task.to_string());
            with(&path, vec![form(&[("result", "Done."), ("state", "closed")]), form(&[])])
        }
        "/desk/cases/{id}/notes" => {
            of_case(vec![form(&[("text", "Spoke to her."), ("grade", "HIGH")]), form(&[])])
        }
        "/desk/cases/{id}/evidence" => of_case(vec![Body::File, form(&[])]),
        "/desk/evidence/{item}" => {
            let rows = w
                .site
                .outside(|db| db.credential_rows("select id from evidence_item order by id limit 1", &[]));
            let item: Id = rows.unwrap().first().map_or(case, |r| r.get(0).unwrap());
            bare(&[&format!("/desk/evidence/{item}")])
        }
        "/desk/cases/{id}/package" => of_case(vec![form(&[("recipient", "Prosecutors")]), form(&[])]),
        "/desk/accounts" => {
            let name = format!("somebody.{}", w.site.count("select count(*) from account"));
            let new = [("name", "Some Body"), ("username", &*name), ("roles", "supervisor")];
            with(route, vec![form(&new), form(&[("name", "Some Body")])])
        }
        "/api/v1/forms/{id}" => bare(&["/api/v1/forms/burglary"]),
        "/api/v1/submissions" => {
            let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/answers.json");
            let all: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
            let whole = json!({ "form": "antisocial-behaviour", "answers": all["antisocial-behaviour"] });
            let mut more = whole.clone();
            more["state"] = json!("decided");
            let mut graded = whole.clone();
            graded["answers"]["grade"] = json!("HIGH");
            with(route, [whole, more, graded].map(Body::Json).into())
        }
        "/api/v1/submissions/track" => with(
            route,
            vec![Body::Json(json!({ "reference": "R-0000-0000", "tracking_code": "0000-0000-0000-0000" }))],
        ),
        "/api/v1/reports/{id}" => each(&|_| vec![Body::Nothing]),
        "/api/v1/reports/{id}/decision" => {
            each(&|b| choices(b.standing, &b.view).iter().map(choice_json).collect())
        }
        "/api/v1/reports/{id}/facts" => each(&|_| {
            let said = |said: Value| Body::Json(json!({ "fact": fact, "said": said, "source": "caller" }));
            vec![said(json!(true)), said(json!({ "state": "refused" })), said(json!("perhaps"))]
        }),
        "/api/v1/reports/{id}/own-grade" => each(&|_| vec![Body::Json(json!({ "grade": "HIGH" }))]),
        "/log/{*path}" => bare(&["/log/checkpoint", "/log/tile/0/000"]),
        "/assets/{file}" => bare(&["/assets/staff.css"]),
        other => return super::steering::calls(other).or_else(|| super::decisions::calls(other)),
    })
}

/// An entry in the register that nothing else on the walk needs: the definition in shadow.
fn registered(w: &World<'_>) -> (Id, String) {
    let sql = "select id, digest from algorithm where name = 'domestic-abuse' order by registered_at limit 1";
    let rows = w.site.outside(|db| db.credential_rows(sql, &[]).unwrap());
    (rows[0].get(0).unwrap(), rows[0].get(1).unwrap())
}
