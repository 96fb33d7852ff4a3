//! The portfolio: items from an idea to an application in use, the gates they pass, what they wait for, what may go wrong.

use super::LEVELS;
use crate::{
    entry,
    register::{Body, Chapter, Choice, Field as F, Register, in_order, register},
};
use bluelamp_model::{FieldError, Result, authority::action};
use bluelamp_store::Cx;
use std::collections::{BTreeMap, BTreeSet};

/// What an item is.
pub const KINDS: &[Choice] = &[
    ("idea", "Idea"),
    ("proposal", "Proposal"),
    ("project", "Project"),
    ("programme", "Programme"),
    ("service", "Service"),
    ("application", "Application"),
    ("algorithm", "Algorithm"),
];

/// The gates in their order: the Green Book's three business cases, delivery, use, the end.
pub const STAGES: &[Choice] = &[
    ("idea", "Idea"),
    ("strategic-case", "Strategic outline case"),
    ("outline-case", "Outline business case"),
    ("full-case", "Full business case"),
    ("delivery", "Delivery"),
    ("live", "In use"),
    ("closed", "Closed"),
];

/// How delivery stands.
pub const STATUSES: &[Choice] = &[
    ("not-started", "Not started"),
    ("on-track", "On track"),
    ("at-risk", "At risk"),
    ("off-track", "Off track"),
    ("paused", "Paused"),
    ("done", "Done"),
    ("stopped", "Stopped"),
];

/// The aims of the force plan that the strategy names.
pub const AIMS: &[Choice] = &[
    ("keep-people-safe", "Keep people safe"),
    ("catch-criminals", "Catch criminals"),
    ("help-people", "Help people"),
];

fn item_rules(body: &Body, wrong: &mut Vec<FieldError>) {
    in_order(body, "starts", "ends", "It ends before it begins", wrong);
    in_order(body, "baseline_starts", "baseline_ends", "The baseline ends before it begins", wrong);
    in_order(body, "began", "ended", "It was done before it began", wrong);
    for field in ["starts", "ends", "baseline_starts", "baseline_ends", "began", "ended"] {
        // One slip of the pen would squeeze the whole roadmap.
        let year = |day: &str| day.split('-').next().and_then(|y| y.parse::<i32>().ok());
        if year(body.text(field)).is_some_and(|year| !(1970..2100).contains(&year)) {
            wrong.push(FieldError {
                field: field.into(),
                code: "out-of-range".into(),
                message: "Enter a day from 1970 to 2099".into(),
            });
        }
    }
    for field in ["cost_once", "cost_yearly"] {
        if body.money(field).is_some_and(|cost| cost < 0) {
            wrong.push(FieldError {
                field: field.into(),
                code: "out-of-range".into(),
                message: "A cost is not below 0; what is saved belongs to the benefits".into(),
            });
        }
    }
    if matches!(body.text("kind"), "project" | "programme") && body.all("aims").is_empty() {
        wrong.push(FieldError {
            field: "aims".into(),
            code: "required".into(),
            message: "A project or programme serves at least one aim of the force plan".into(),
        });
    }
    if body.text("sourcing") == "build" && body.text("sourcing_reason").is_empty() {
        wrong.push(FieldError {
            field: "sourcing_reason".into(),
            code: "required".into(),
            message: "Say why nothing that exists can be used or bought".into(),
        });
    }
}

/// Whoever climbs from `from` along `up` and comes to `to`.
fn leads(up: &BTreeMap<String, Vec<String>>, from: &str, to: &str) -> bool {
    let (mut next, mut seen) = (vec![from], BTreeSet::new());
    while let Some(at) = next.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            next.extend(up.get(at).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

/// An item is no part of what is a part of it.
fn no_circle_of_parts(cx: &mut Cx<'_>, own: &str, body: &Body) -> Result<Vec<FieldError>> {
    let parent = body.text("parent");
    if parent.is_empty() || parent == own {
        return Ok(Vec::new());
    }
    let all = entry::held(cx, "item")?;
    let up: BTreeMap<String, Vec<String>> =
        all.into_iter().map(|e| (e.code, vec![e.body.text("parent").to_owned()])).collect();
    let message = format!("Part of: ‘{parent}’ is itself a part of this item, directly or by way of others");
    Ok(circle(leads(&up, parent, own), "parent", message))
}

/// What an item waits for is written down once; and it is no circle.
fn waits(cx: &mut Cx<'_>, own: &str, body: &Body) -> Result<Vec<FieldError>> {
    let same = |b: &Body| {
        ["item", "needs", "kind"].iter().all(|f| !body.text(f).is_empty() && b.text(f) == body.text(f))
    };
    let held = entry::held(cx, "dependency")?;
    if let Some(twin) = held.iter().find(|e| e.code != own && !e.withdrawn && same(&e.body)) {
        return Ok(vec![FieldError {
            field: "needs".into(),
            code: "twice".into(),
            message: format!("‘{}’ says the same already: change that one", twin.code),
        }]);
    }
    no_circle_of_waiting(cx, own, body)
}

/// No item waits for itself, directly or by way of others: a plan with a circle has no critical path.
fn no_circle_of_waiting(cx: &mut Cx<'_>, own: &str, body: &Body) -> Result<Vec<FieldError>> {
    let (item, needs) = (body.text("item"), body.text("needs"));
    let mut up: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for e in entry::held(cx, "dependency")? {
        if e.code != own && !e.withdrawn {
            up.entry(e.body.text("item").into()).or_default().push(e.body.text("needs").into());
        }
    }
    let message = match item == needs {
        true => format!("The item that it waits for: ‘{needs}’ cannot wait for itself"),
        false => format!(
            "The item that it waits for: ‘{needs}’ already waits for ‘{item}’, directly or by way of others"
        ),
    };
    Ok(circle(!item.is_empty() && leads(&up, needs, item), "needs", message))
}

fn circle(there_is: bool, field: &str, message: String) -> Vec<FieldError> {
    let fault = || FieldError { field: field.into(), code: "circle".into(), message };
    there_is.then(fault).into_iter().collect()
}

/// Ideas, proposals, projects, programmes, services, applications, algorithms.
pub const ITEM: Register = Register {
    under_way: true,
    check: item_rules,
    check_with: no_circle_of_parts,
    ..register(
        "item",
        "Portfolio",
        "item",
        Chapter::Portfolio,
        "Everything that costs effort and could serve the strategy, from an idea to an application in use. An item is shared by the organisations that take part; each keeps its own decision about it.",
        &[
            F::text("title", "Title", "").needed(),
            F::choice("kind", "Kind", "", KINDS).needed(),
            F::long("summary", "Summary", "What it is and for whom, so that a stranger understands it")
                .needed(),
            F::link("organisation", "Lead organisation", "", "organisation"),
            F::links("participants", "Other organisations that take part", "One code a line", "organisation"),
            F::link("parent", "Part of", "The programme or project that it belongs to", "item"),
            F::text("owner", "Owner", "A role, such as Head of Digital Change"),
            F::text("responsible", "Senior responsible owner", "A chief officer's role"),
            F::choice("stage", "Stage", "Changes at a gate only", STAGES).locked(),
            F::choice("status", "Status", "", STATUSES),
            F::many("aims", "Aims of the force plan", "", AIMS),
            F::elements(
                "elements",
                "Elements of the strategy that it serves",
                "One a line, such as national-2020:A3.1",
            ),
            F::elements(
                "roadmap",
                "Items of the roadmap that it delivers",
                "One a line, such as national-2020:R1.E3a",
            ),
            F::elements("capabilities", "Digital capabilities", "One a line, such as national-2020:C06"),
            F::lines("users", "Users", "Groups of people, one a line"),
            F::text(
                "team",
                "Team that does the work",
                "Two items of one team in the same weeks are shown as a conflict",
            ),
            F::lines("sources", "Sources of data that it reads or changes", "One a line"),
            F::choice("level", "Delivery level", "", LEVELS),
            F::choice(
                "sourcing",
                "Sourcing",
                "What exists comes before what would be made",
                &[
                    ("reuse", "Use what another force has"),
                    ("buy", "Buy off the shelf"),
                    ("adapt", "Buy and adapt"),
                    ("build", "Build"),
                ],
            ),
            F::long("sourcing_reason", "Why it has to be built", "Needed where it is built"),
            F::day("starts", "Starts", "Such as 2027-04-01"),
            F::day("ends", "Ends", ""),
            F::day("baseline_starts", "Baseline start", "As first agreed"),
            F::day("baseline_ends", "Baseline end", ""),
            F::day("began", "Did begin", "The day on which work began"),
            F::day("ended", "Was done", "The last day of the work"),
            F::money("cost_once", "Cost, once", "Whole pounds"),
            F::money("cost_yearly", "Cost, each year", "Whole pounds"),
            F::number(
                "cost_optimism",
                "On top of the costs for optimism",
                "In per cent, by the Green Book’s guidance for its sort of work; counted in the present value",
                0.0,
                500.0,
            ),
            F::text("funding", "Funded by", ""),
            F::number("carbon_tonnes", "Carbon estimate", "Tonnes of CO2 equivalent over its life", 0.0, 1e9),
            F::long("carbon_basis", "What the carbon estimate rests on", ""),
            F::yes_no("quick_win", "Quick win", "Brings something into use within twelve months"),
            F::named(
                "algorithms",
                "Algorithms that it brings or changes",
                "Names in the register of algorithms, one a line",
                "algorithm",
            ),
            F::named("decisions", "Decision reports about it", "References, one a line", "decision"),
            F::day("review", "To be looked at again by", ""),
        ],
    )
};

/// What came of a gate.
pub const GATE: Register = Register {
    by_hand: false,
    writes: action::GATE_DECIDE,
    ..register(
        "gate",
        "Stage gates",
        "gate decision",
        Chapter::Portfolio,
        "Each time somebody let an item through a gate, held it or stopped it, with reasons.",
        &[
            F::text("title", "Title", "").needed(),
            F::link("item", "Item", "", "item").needed(),
            F::choice("from", "From", "", STAGES).needed(),
            F::choice("to", "To", "", STAGES).needed(),
            F::choice(
                "outcome",
                "Outcome",
                "",
                &[
                    ("pass", "Let through"),
                    ("conditions", "Let through with conditions"),
                    ("hold", "Held"),
                    ("stop", "Stopped"),
                ],
            )
            .needed(),
            F::long("conditions", "Conditions", ""),
            F::long("reasons", "Reasons", "").needed(),
            F::text("by", "Decided by", "").needed(),
            F::lines("assurance", "Standards that were checked", "One a line"),
            F::lines("lacking", "What it lacked", "As it stood when this was decided"),
        ],
    )
};

/// What an item waits for.
pub const DEPENDENCY: Register = Register {
    check_with: waits,
    ..register(
        "dependency",
        "Dependencies",
        "dependency",
        Chapter::Portfolio,
        "Which item waits for which other. The critical path is worked out from these and the days of the items.",
        &[
            F::text("title", "What is needed", "").needed(),
            F::link("item", "The item that waits", "", "item").needed(),
            F::link("needs", "The item that it waits for", "", "item").needed(),
            F::choice(
                "kind",
                "Kind",
                "",
                &[
                    ("finish-to-start", "Begins when the other has ended"),
                    ("start-to-start", "Begins when the other has begun"),
                    ("finish-to-finish", "Ends when the other has ended"),
                ],
            )
            .needed(),
            F::number("lag_days", "Days in between", "", -3650.0, 3650.0).whole(),
            F::text("owner", "Owner", ""),
        ],
    )
};

/// The five steps of a scale of likelihood or impact.
pub const FIVE: &[Choice] =
    &[("1", "1: very low"), ("2", "2: low"), ("3", "3: medium"), ("4", "4: high"), ("5", "5: very high")];

fn raid_rules(body: &Body, wrong: &mut Vec<FieldError>) {
    if body.text("kind") == "risk" {
        for (field, message) in
            [("likelihood", "A risk has a likelihood"), ("impact", "A risk has an impact")]
        {
            if body.text(field).is_empty() {
                wrong.push(FieldError {
                    field: field.into(),
                    code: "required".into(),
                    message: message.into(),
                });
            }
        }
    }
}

/// Risks, assumptions, issues on one scale.
pub const RAID: Register = Register {
    check: raid_rules,
    ..register(
        "raid",
        "Risks, assumptions and issues",
        "risk, assumption or issue",
        Chapter::Portfolio,
        "One scale for all: likelihood times impact, each from 1 to 5. What stands above the appetite of the board is marked on every paper about the item.",
        &[
            F::text("title", "What may happen, is taken for granted, or has happened", "").needed(),
            F::choice(
                "kind",
                "Kind",
                "",
                &[("risk", "Risk"), ("assumption", "Assumption"), ("issue", "Issue")],
            )
            .needed(),
            F::link("item", "Item", "", "item"),
            F::link("organisation", "Organisation", "", "organisation"),
            F::long("cause", "Cause", ""),
            F::long("effect", "Effect", ""),
            F::choice("likelihood", "Likelihood", "Needed for a risk", FIVE),
            F::choice("impact", "Impact", "Needed for a risk", FIVE),
            F::choice(
                "area",
                "Area",
                "",
                &[
                    ("delivery", "Delivery"),
                    ("money", "Money"),
                    ("legal", "Law"),
                    ("security", "Security of data and technology"),
                    ("ethics", "Ethics and trust"),
                    ("people", "People"),
                    ("safety", "Safety of the public"),
                ],
            )
            .needed(),
            F::choice(
                "response",
                "Response",
                "",
                &[
                    ("tolerate", "Tolerate"),
                    ("treat", "Treat"),
                    ("transfer", "Transfer"),
                    ("terminate", "Terminate"),
                ],
            ),
            F::long("action", "What is done about it", ""),
            F::text("owner", "Owner", "A role").needed(),
            F::day("due", "Looked at again by", ""),
            F::choice("state", "State", "", &[("open", "Open"), ("closed", "Closed")]).needed(),
        ],
    )
};

/// What one organisation decides about a shared item.
pub const LOCAL_DECISION: Register = register(
    "local-decision",
    "Local decisions",
    "local decision",
    Chapter::Portfolio,
    "An item can be shared by several organisations; each decides for itself whether and when it takes it up.",
    &[
        F::text("title", "The decision in a sentence", "").needed(),
        F::link("item", "Item", "", "item").needed(),
        F::link("organisation", "Organisation", "", "organisation").needed(),
        F::choice(
            "decision",
            "Decision",
            "",
            &[
                ("adopt", "Takes it up"),
                ("adapt", "Takes it up with changes"),
                ("defer", "Later"),
                ("decline", "Does not take it up"),
            ],
        )
        .needed(),
        F::long("reasons", "Reasons", "").needed(),
        F::day("decided", "Decided on", "").needed(),
        F::day("from", "From", ""),
        F::money("saving_yearly", "Saving for this organisation, each year", "Whole pounds"),
        F::named("decisions", "Decision reports", "References, one a line", "decision"),
    ],
);

/// Why the plan was changed.
pub const DRIVER: Register = register(
    "driver",
    "Change drivers",
    "change driver",
    Chapter::Portfolio,
    "What has changed in the world, and which items were looked at again because of it.",
    &[
        F::text("title", "What has changed", "").needed(),
        F::choice(
            "kind",
            "Kind",
            "",
            &[
                ("resources", "Resources"),
                ("technology", "New technology"),
                ("crime", "Types of crime"),
                ("law", "Law"),
                ("society", "Society"),
                ("national", "National developments"),
            ],
        )
        .needed(),
        F::day("noticed", "Noticed on", "").needed(),
        F::long("about", "What it means for the plan", "").needed(),
        F::links("items", "Items that were looked at again", "One code a line", "item"),
        F::elements("elements", "Elements of the strategy", "One a line"),
    ],
);

/// What was learned, for others.
pub const LESSON: Register = register(
    "lesson",
    "Lessons",
    "lesson",
    Chapter::Portfolio,
    "What was learned on the way, and who has taken it up since.",
    &[
        F::text("title", "The lesson in a sentence", "").needed(),
        F::link("item", "Item", "", "item"),
        F::long("about", "What happened", "").needed(),
        F::long("advice", "What to do next time", "").needed(),
        F::links("adopted_by", "Organisations that took it up", "One code a line", "organisation"),
    ],
);
