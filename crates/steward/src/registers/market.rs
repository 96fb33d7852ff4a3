//! Suppliers and their products, frameworks to buy through, what comes over the horizon, challenges from brief to award.

use crate::register::{Body, Chapter, Choice, Field as F, Register, in_order, register};
use bluelamp_model::{FieldError, authority::action};

/// Who sells.
pub const SUPPLIER: Register = register(
    "supplier",
    "Suppliers",
    "supplier",
    Chapter::Market,
    "Who sells to policing, on what terms one gets out again, and how the relationship stands.",
    &[
        F::text("title", "Name", "").needed(),
        F::choice(
            "relationship",
            "Relationship",
            "",
            &[
                ("strategic", "Strategic partner"),
                ("preferred", "Preferred"),
                ("transactional", "Transactional"),
                ("new", "New to policing"),
            ],
        )
        .needed(),
        F::yes_no("small", "Small or medium-sized company", ""),
        F::long("exit", "How one gets out", "Data, formats, notice, cost"),
        F::lines("standards", "Standards that it keeps", "One a line"),
        F::long("security", "What is known of its security", ""),
        F::text("owner", "Who speaks with it", "A role").needed(),
        F::day("review", "To be looked at again by", ""),
    ],
);

/// What can be bought.
pub const PRODUCT: Register = register(
    "product",
    "Products",
    "product",
    Chapter::Market,
    "What can be bought, what it does, and how well it keeps the common data model and open interfaces.",
    &[
        F::text("title", "Product", "").needed(),
        F::link("supplier", "Supplier", "", "supplier").needed(),
        F::elements("capabilities", "Digital capabilities", "One a line"),
        F::long("about", "What it does", "").needed(),
        F::number("conformance", "Conformance to the common data model, %", "", 0.0, 100.0),
        F::yes_no("open_interfaces", "Open interfaces", ""),
        F::links("frameworks", "Frameworks through which it can be bought", "One code a line", "framework"),
        F::money("price", "Price, each year", "Whole pounds, for a force of middling size"),
        F::named(
            "algorithms",
            "Algorithms in it",
            "Names in the register of algorithms, one a line",
            "algorithm",
        ),
    ],
);

fn framework_rules(body: &Body, wrong: &mut Vec<FieldError>) {
    in_order(body, "starts", "ends", "It ends before it begins", wrong);
}

/// How one can buy.
pub const FRAMEWORK: Register = Register {
    check: framework_rules,
    ..register(
        "framework",
        "Frameworks",
        "framework",
        Chapter::Market,
        "Frameworks through which forces buy, with their lots and when they end.",
        &[
            F::text("title", "Framework", "").needed(),
            F::text("reference", "Reference", "").needed(),
            F::text("owner", "Who runs it", "").needed(),
            F::lines("lots", "Lots", "One a line"),
            F::day("starts", "Starts", ""),
            F::day("ends", "Ends", "").needed(),
            F::links("suppliers", "Suppliers", "One code a line", "supplier"),
            F::yes_no("new_entrants", "New suppliers can join", ""),
        ],
    )
};

/// How near something is.
pub const RINGS: &[Choice] = &[
    ("adopt", "Adopt"),
    ("trial", "Try"),
    ("assess", "Assess"),
    ("hold", "Hold"),
    ("phase-out", "Phase out"),
];

/// Where it stands on the radar.
pub const SECTORS: &[Choice] = &[
    ("data-ai", "Data and artificial intelligence"),
    ("devices", "Devices and sensors"),
    ("platforms", "Platforms and infrastructure"),
    ("security-identity", "Security and identity"),
];

/// What comes over the horizon.
pub const SIGNAL: Register = register(
    "signal",
    "Horizon signals",
    "signal",
    Chapter::Market,
    "Technologies and changes that somebody has noticed: how ripe, how significant, in use by whom, and when to look again. The radar is drawn from these.",
    &[
        F::text("title", "Signal", "").needed(),
        F::choice("sector", "Sector", "", SECTORS).needed(),
        F::choice("ring", "Ring", "", RINGS).needed(),
        F::choice(
            "maturity",
            "Maturity",
            "",
            &[
                ("research", "Research"),
                ("prototype", "Prototype"),
                ("early", "First products"),
                ("mature", "Mature"),
                ("declining", "Declining"),
            ],
        )
        .needed(),
        F::choice(
            "significance",
            "Significance for policing",
            "",
            &[("low", "Low"), ("medium", "Medium"), ("high", "High")],
        )
        .needed(),
        F::elements(
            "technologies",
            "Technologies of the strategy",
            "One a line, such as national-2020:TECH03",
        ),
        F::text("source", "Source", "").needed(),
        F::long("about", "What it could mean", "Chances and harms").needed(),
        F::text("owner", "Owner", "A role").needed(),
        F::day("noticed", "Noticed on", "").needed(),
        F::day("review", "To be looked at again by", "").needed(),
        F::day("phase_out", "Phased out by", ""),
        F::link("item", "Item that came of it", "", "item"),
    ],
);

fn challenge_rules(body: &Body, wrong: &mut Vec<FieldError>) {
    in_order(body, "opens", "closes", "It closes before it opens", wrong);
}

/// What companies and universities are asked.
pub const CHALLENGE: Register = Register {
    check: challenge_rules,
    ..register(
        "challenge",
        "Innovation challenges",
        "challenge",
        Chapter::Market,
        "A problem that is put to companies and universities: brief, criteria, entries scored without their names, award.",
        &[
            F::text("title", "Challenge", "").needed(),
            F::long("brief", "Brief", "The problem, not a solution").needed(),
            F::lines("criteria", "Criteria", "One a line; each is scored from 0 to 5").needed(),
            F::elements("elements", "Elements of the strategy", "One a line"),
            F::money("fund", "Fund", "Whole pounds"),
            F::day("opens", "Opens on", "").needed(),
            F::day("closes", "Closes on", "").needed(),
            F::text("ethics", "Ethics assessment", "What was looked at before it was opened"),
            F::choice(
                "stage",
                "Stage",
                "",
                &[
                    ("draft", "Draft"),
                    ("open", "Open"),
                    ("scoring", "Scoring"),
                    ("awarded", "Awarded"),
                    ("no-award", "Ended without an award"),
                ],
            )
            .locked(),
            F::link("item", "Item that came of it", "", "item").locked(),
        ],
    )
};

fn entry_rules(body: &Body, wrong: &mut Vec<FieldError>) {
    if body.money("price").is_some_and(|pounds| pounds < 0) {
        wrong.push(FieldError {
            field: "price".into(),
            code: "out-of-range".into(),
            message: "Price: enter an amount of £0 or more".into(),
        });
    }
}

/// What is handed in.
pub const ENTRY: Register = Register {
    by_hand: false,
    // A rival must not read a proposal and its price while the challenge is open.
    reads: action::CHALLENGE_SCORE,
    check: entry_rules,
    ..register(
        "challenge-entry",
        "Entries to challenges",
        "entry to a challenge",
        Chapter::Market,
        "What was handed in. Whose it is stays hidden until the scores are in.",
        &[
            F::text("title", "Name under which it is scored", "").needed(),
            F::link("challenge", "Challenge", "", "challenge").needed(),
            F::long("proposal", "Proposal", "Without naming who sends it").needed(),
            F::money("price", "Price", "Whole pounds"),
            F::choice(
                "state",
                "State",
                "",
                &[("received", "Received"), ("awarded", "Awarded"), ("not-awarded", "Not awarded")],
            )
            .locked(),
        ],
    )
};

/// What was tried.
pub const PILOT: Register = register(
    "pilot",
    "Pilots and research",
    "pilot",
    Chapter::Market,
    "What was tried with new technology, by whom, and what came out, so that nobody tries it twice unknowing.",
    &[
        F::text("title", "Pilot", "").needed(),
        F::link("item", "Item", "", "item"),
        F::elements("technologies", "Technologies", "One a line, such as national-2020:TECH11"),
        F::links("organisations", "Organisations", "One code a line", "organisation").needed(),
        F::day("starts", "Starts", "").needed(),
        F::day("ends", "Ends", ""),
        F::long("question", "What it is to answer", "").needed(),
        F::long("findings", "What came out", ""),
        F::choice(
            "verdict",
            "Verdict",
            "",
            &[("scale", "Scale up"), ("again", "Try again with changes"), ("stop", "Stop")],
        ),
        F::named("algorithms", "Algorithms", "Names in the register of algorithms, one a line", "algorithm"),
    ],
);
