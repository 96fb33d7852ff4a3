//! Money in, money out, and what came of it: the fields of the Green Book (HM Treasury), as far as an item needs them.

use super::portfolio::AIMS;
use crate::register::{Body, Chapter, Choice, Field as F, Register, in_order, register};
use bluelamp_model::{FieldError, Result};
use bluelamp_store::Cx;

/// The Green Book's sorts of benefit.
pub const SORTS: &[Choice] = &[
    ("cash-releasing", "Cash releasing"),
    ("non-cash-releasing", "Non-cash releasing"),
    ("societal", "Societal, in money"),
    ("qualitative", "Qualitative"),
];

fn benefit_rules(body: &Body, wrong: &mut Vec<FieldError>) {
    in_order(body, "baseline_on", "due", "It is due before its baseline was taken", wrong);
    if body.text("sort") != "qualitative" {
        for (field, message) in [
            ("baseline", "A benefit that can be counted has a baseline"),
            ("target", "A benefit that can be counted has a target"),
            ("unit", "Say in what it is counted"),
        ] {
            if body.get(field).is_none() {
                wrong.push(FieldError {
                    field: field.into(),
                    code: "required".into(),
                    message: message.into(),
                });
            }
        }
    }
}

/// What an item is to bring.
pub const BENEFIT: Register = Register {
    check: benefit_rules,
    ..register(
        "benefit",
        "Benefits",
        "benefit",
        Chapter::Benefits,
        "What an item is to bring, to whom, measured how, from which baseline. Realised values are kept apart, each with its day and evidence.",
        &[
            F::text("title", "Benefit", "").needed(),
            F::link("item", "Item", "", "item").needed(),
            F::link("organisation", "Organisation", "", "organisation"),
            F::choice("sort", "Sort", "As the Green Book tells them apart", SORTS).needed(),
            F::text("measure", "How it is measured", "One measure, so that two people count alike").needed(),
            F::text("unit", "Unit", "Such as hours a week, £ a year, %"),
            F::number("baseline", "Baseline", "", -1e12, 1e12),
            F::day("baseline_on", "Baseline taken on", ""),
            F::number("target", "Target", "", -1e12, 1e12),
            F::day("due", "Target due on", ""),
            F::money("worth_yearly", "Worth, each year", "Whole pounds, before the adjustment for optimism"),
            F::number("optimism_bias", "Adjustment for optimism, %", "Taken off the worth", 0.0, 100.0),
            F::text("owner", "Owner", "A role that answers for it").needed(),
            F::text("group", "Who benefits", "Such as victims, children, officers"),
            F::many("aims", "Aims of the force plan", "", AIMS),
            F::elements("elements", "Elements of the strategy", "One a line"),
            F::named(
                "algorithms",
                "Algorithms on which it rests",
                "Names in the register of algorithms, one a line",
                "algorithm",
            ),
            F::named("complaints", "Complaints that it answers", "References, one a line", "complaint"),
        ],
    )
};

/// What it has brought so far.
pub const REALISED: Register = Register {
    check_with: not_to_come,
    ..register(
        "realised",
        "Realised values",
        "realised value",
        Chapter::Benefits,
        "A value of a benefit on a day, with where it comes from. Earlier values stay.",
        &[
            F::text("title", "In a sentence", "").needed(),
            F::link("benefit", "Benefit", "", "benefit").needed(),
            F::day("on", "On", "").needed(),
            F::number("value", "Value", "In the unit of the benefit", -1e12, 1e12).needed(),
            F::money("worth_yearly", "Worth, each year", "Whole pounds"),
            F::text("evidence", "Where it comes from", "").needed(),
        ],
    )
};

/// A value of a day that is still to come was not realised.
fn not_to_come(cx: &mut Cx<'_>, _: &str, body: &Body) -> Result<Vec<FieldError>> {
    let to_come = *body.text("on") > *cx.now().day();
    let fault = || FieldError {
        field: "on".into(),
        code: "future".into(),
        message: "On: this day is still to come; a realised value is of a day that has passed".into(),
    };
    Ok(to_come.then(fault).into_iter().collect())
}

fn saving_rules(body: &Body, wrong: &mut Vec<FieldError>) {
    for (field, label) in [("yearly", "Each year"), ("once", "What it costs to get it, once")] {
        if body.money(field).is_some_and(|pounds| pounds < 0) {
            wrong.push(FieldError {
                field: field.into(),
                code: "out-of-range".into(),
                message: format!("{label}: enter an amount of £0 or more"),
            });
        }
    }
}

/// Where money could be saved.
pub const SAVING: Register = Register {
    check: saving_rules,
    ..register(
        "saving",
        "Savings",
        "saving",
        Chapter::Benefits,
        "Where money could be saved, often because a duplicate was confirmed.",
        &[
            F::text("title", "Saving", "").needed(),
            F::links("items", "Items", "One code a line", "item"),
            F::links("applications", "Applications", "One code a line", "application"),
            F::link("organisation", "Organisation", "", "organisation"),
            F::money("yearly", "Each year", "Whole pounds").needed(),
            F::money("once", "What it costs to get it, once", "Whole pounds"),
            F::day("from", "From", ""),
            F::choice(
                "state",
                "State",
                "",
                &[
                    ("possible", "Possible"),
                    ("agreed", "Agreed"),
                    ("realised", "Realised"),
                    ("given-up", "Given up"),
                ],
            )
            .needed(),
            F::text("owner", "Owner", "").needed(),
            F::text("finding", "Finding that led to it", ""),
        ],
    )
};

/// What is spent.
pub const COST: Register = register(
    "cost",
    "Spending",
    "line of spending",
    Chapter::Benefits,
    "What is spent in a year, to run things or to change them, on what.",
    &[
        F::text("title", "What it is spent on", "").needed(),
        F::link("item", "Item", "", "item"),
        F::link("application", "Application", "", "application"),
        F::link("organisation", "Organisation", "", "organisation").needed(),
        F::number("year", "Financial year that begins in", "Such as 2027", 2000.0, 2100.0).whole().needed(),
        F::money("amount", "Amount", "Whole pounds").needed(),
        F::choice("purpose", "Purpose", "", &[("run", "Run"), ("change", "Change")]).needed(),
        F::choice(
            "area",
            "Area",
            "",
            &[
                ("people", "People"),
                ("infrastructure", "Infrastructure"),
                ("applications", "Applications and licences"),
                ("services", "Services bought"),
                ("other", "Other"),
            ],
        )
        .needed(),
        F::number("outside_days", "Days of outside people", "Contractors and suppliers", 0.0, 1e6),
    ],
);

/// Where money comes from.
pub const FUNDING: Register = register(
    "funding",
    "Funding and bids",
    "bid",
    Chapter::Benefits,
    "Streams of funding and what was asked of them.",
    &[
        F::text("title", "Bid", "").needed(),
        F::text("stream", "Stream", "Who gives the money, for what").needed(),
        F::links("items", "Items", "One code a line", "item"),
        F::link("organisation", "Organisation that asks", "", "organisation"),
        F::money("asked", "Asked", "Whole pounds").needed(),
        F::money("granted", "Granted", "Whole pounds"),
        F::day("closes", "Closes on", ""),
        F::choice(
            "state",
            "State",
            "",
            &[("open", "Call is open"), ("sent", "Sent"), ("granted", "Granted"), ("refused", "Refused")],
        )
        .needed(),
    ],
);

/// The five cases of the Green Book.
pub const CASE: Register = register(
    "business-case",
    "Business cases",
    "business case",
    Chapter::Benefits,
    "The five cases of the Green Book at each of its three stages. Reuse and purchase are weighed before anything is built.",
    &[
        F::text("title", "Title", "").needed(),
        F::link("item", "Item", "", "item").needed(),
        F::choice(
            "stage",
            "Stage",
            "",
            &[
                ("soc", "Strategic outline case"),
                ("obc", "Outline business case"),
                ("fbc", "Full business case"),
            ],
        )
        .needed(),
        F::long("strategic", "Strategic case", "Why change, and which elements of the strategy").needed(),
        F::long("economic", "Economic case", "Options, their worth, the preferred one").needed(),
        F::long("commercial", "Commercial case", "Can it be had, and on what terms").needed(),
        F::long("financial", "Financial case", "Can it be paid for").needed(),
        F::long("management", "Management case", "Can it be done, by whom, by when").needed(),
        F::long("reuse", "What another force or a product already offers", "").needed(),
        F::money("present_value", "Net present social value", "Whole pounds, over the life of the item"),
        F::number("discount_rate", "Discount rate, %", "The Green Book's is 3.5", 0.0, 20.0),
        F::day("written", "Written on", "").needed(),
    ],
);
