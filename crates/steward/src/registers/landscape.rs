//! Applications and what ties them together; how far each capability has come.

use super::MATURITY as FIVE_STEPS;
use crate::register::{Chapter, Choice, Field as F, Register, register};

/// Where something runs.
pub const HOSTING: &[Choice] = &[
    ("on-premise", "On the force's own premises"),
    ("private-cloud", "Private cloud"),
    ("public-cloud", "Public cloud: as what, was not said"),
    ("public-iaas", "Public cloud: infrastructure"),
    ("public-paas", "Public cloud: platform"),
    ("saas", "Public cloud: software as a service"),
    ("hybrid", "Partly in the public cloud"),
    ("unknown", "Not known"),
];

/// What is to become of it: Gartner's TIME, which the national strategy's rationalisation needs.
pub const DISPOSITIONS: &[Choice] =
    &[("tolerate", "Tolerate"), ("invest", "Invest"), ("migrate", "Migrate"), ("eliminate", "Eliminate")];

/// What the forces use.
pub const APPLICATION: Register = register(
    "application",
    "Applications",
    "application",
    Chapter::Landscape,
    "What each organisation uses, for what, hosted where, at what cost and until when.",
    &[
        F::text("title", "Name", "").needed(),
        F::link("organisation", "Organisation", "", "organisation").needed(),
        F::text("supplier", "Supplier", ""),
        F::text("product", "Product and version", ""),
        F::long("function", "What it does", ""),
        F::elements("capabilities", "Digital capabilities", "One a line, such as national-2020:C02"),
        F::lines("policing", "Policing capabilities", "One a line, such as Investigation"),
        F::lines("users", "Users", "Groups of people, one a line"),
        F::number("user_count", "How many people use it", "", 0.0, 1e7),
        F::choice("hosting", "Hosting", "", HOSTING),
        F::money("cost_yearly", "Cost, each year", "Whole pounds"),
        F::number("change_share", "Of that for change, %", "", 0.0, 100.0),
        F::day("contract_ends", "Contract ends on", ""),
        F::yes_no("legacy", "Legacy", "Out of support, or tied to what is"),
        F::yes_no("cots", "Off the shelf", ""),
        F::lines("sources", "Data that it keeps", "One a line"),
        F::choice("disposition", "What is to become of it", "", DISPOSITIONS),
        F::long("disposition_reason", "Why", ""),
        F::day("disposition_by", "By when", ""),
        F::choice("fit_business", "Fit for the business", "", FIVE_STEPS),
        F::choice("fit_technical", "Technical fit", "", FIVE_STEPS),
        F::text("survey", "Survey that told it", ""),
        F::link("item", "Portfolio item", "", "item"),
    ],
);

/// What ties two applications together.
pub const INTEGRATION: Register = register(
    "integration",
    "Integrations",
    "integration",
    Chapter::Landscape,
    "How one application reaches another. A direct link from a front end or a data layer to a legacy system goes against loose coupling (E3.4) and is listed.",
    &[
        F::text("title", "What passes", "").needed(),
        F::link("from", "From", "", "application").needed(),
        F::link("to", "To", "", "application").needed(),
        F::choice(
            "pattern",
            "Pattern",
            "",
            &[
                ("direct", "Direct, such as a database link"),
                ("file", "Files"),
                ("api", "Interface (API)"),
                ("bus", "Through a hub or queue"),
                ("manual", "By hand"),
                ("unknown", "Not known"),
            ],
        )
        .needed(),
        F::yes_no("front_end", "From a front end or data layer", ""),
        F::text("standard", "Standard", ""),
        F::text("owner", "Owner", ""),
    ],
);

/// How far a capability has come.
pub const MATURITY: Register = register(
    "maturity",
    "Capability maturity",
    "maturity of a capability",
    Chapter::Landscape,
    "How far an organisation has come with a capability, and how far it wants to come by when.",
    &[
        F::text("title", "In a sentence", "").needed(),
        F::elements("capability", "Capability", "Such as national-2020:C06").needed(),
        F::link("organisation", "Organisation", "", "organisation").needed(),
        F::choice("now", "Now", "", FIVE_STEPS).needed(),
        F::choice("target", "Target", "", FIVE_STEPS),
        F::day("due", "Target due on", ""),
        F::day("judged", "Judged on", "").needed(),
        F::long("evidence", "What the judgement rests on", "").needed(),
        F::number("capacity", "People who can do it", "Full-time equivalents", 0.0, 1e5),
    ],
);

/// How something is switched off.
pub const DECOMMISSION: Register = register(
    "decommission",
    "Decommissioning",
    "decommissioning",
    Chapter::Landscape,
    "How an application is switched off: what becomes of its data, who has agreed, by when.",
    &[
        F::text("title", "In a sentence", "").needed(),
        F::link("application", "Application", "", "application").needed(),
        F::link("successor", "What comes instead", "", "application"),
        F::long(
            "data",
            "What becomes of its data",
            "Moved, archived until when, or erased, and under which rule",
        )
        .needed(),
        F::day("read_only", "Read only from", ""),
        F::day("off", "Switched off on", "").needed(),
        F::text("owner", "Owner", "").needed(),
        F::money("saving_yearly", "Saving, each year", "Whole pounds"),
        F::choice(
            "state",
            "State",
            "",
            &[("planned", "Planned"), ("under-way", "Under way"), ("done", "Done")],
        )
        .needed(),
    ],
);
