//! Standards, designs and guides that others can take up; the Service Standard with its evidence.

use crate::register::{Chapter, Choice, Field as F, Register, register};

/// Standards that are kept.
pub const STANDARD: Register = register(
    "standard",
    "Standards",
    "standard",
    Chapter::Standards,
    "Standards that items are checked against, from when until when.",
    &[
        F::text("title", "Standard", "").needed(),
        F::text("version", "Version", "").needed(),
        F::text("source", "Who publishes it", "").needed(),
        F::choice(
            "area",
            "Area",
            "",
            &[
                ("data", "Data"),
                ("technology", "Technology"),
                ("devices", "Connected technology"),
                ("security", "Security"),
                ("business", "Business"),
                ("applications", "Applications"),
            ],
        )
        .needed(),
        F::day("from", "In force from", "").needed(),
        F::day("until", "Until", ""),
        F::elements("elements", "Elements of the strategy", "One a line"),
    ],
);

/// What the design authority decided.
pub const DESIGN: Register = register(
    "design-decision",
    "Design decisions",
    "design decision",
    Chapter::Standards,
    "What the technical design authority decided: context, decision, consequences, and any waiver of a principle with its end.",
    &[
        F::text("title", "Decision", "").needed(),
        F::link("item", "Item", "", "item"),
        F::long("context", "Context", "").needed(),
        F::long("decision", "What was decided", "").needed(),
        F::long("consequences", "Consequences", "").needed(),
        F::links("standards", "Standards that it keeps", "One code a line", "standard"),
        F::long("waiver", "What is waived, and why", ""),
        F::day("waiver_until", "Waived until", ""),
        F::day("decided", "Decided on", "").needed(),
        F::choice(
            "state",
            "State",
            "",
            &[("proposed", "Proposed"), ("accepted", "Accepted"), ("superseded", "Superseded")],
        )
        .needed(),
    ],
);

/// What helps others take something up.
pub const GUIDE: Register = register(
    "guide",
    "Adoption guides and designs",
    "guide",
    Chapter::Standards,
    "What another force needs to take something up quickly, who has, and what they say.",
    &[
        F::text("title", "Guide", "").needed(),
        F::link("item", "Item", "", "item"),
        F::long("before", "What has to be there before", "").needed(),
        F::long("steps", "Steps", "").needed(),
        F::links("adopters", "Organisations that took it up", "One code a line", "organisation"),
        F::long("feedback", "What they say", ""),
    ],
);

/// The fourteen points, by their short names (GOV.UK Service Standard).
pub const POINTS: &[Choice] = &[
    ("1", "1. Understand users and their needs"),
    ("2", "2. Solve a whole problem for users"),
    ("3", "3. Provide a joined-up experience across all channels"),
    ("4", "4. Make the service simple to use"),
    ("5", "5. Make sure everyone can use the service"),
    ("6", "6. Have a multidisciplinary team"),
    ("7", "7. Use agile ways of working"),
    ("8", "8. Iterate and improve frequently"),
    ("9", "9. Create a secure service which protects users’ privacy"),
    ("10", "10. Define what success looks like and publish performance data"),
    ("11", "11. Choose the right tools and technology"),
    ("12", "12. Make new source code open"),
    ("13", "13. Use and contribute to open standards, common components and patterns"),
    ("14", "14. Operate a reliable service"),
];

/// Evidence for a point.
pub const POINT: Register = register(
    "service-point",
    "Service Standard",
    "point of the Service Standard",
    Chapter::Standards,
    "For each service the fourteen points of the Service Standard: how it stands, shown by what, and what is missing.",
    &[
        F::text("title", "In a sentence", "").needed(),
        F::link("service", "Service", "The portfolio item", "item").needed(),
        F::choice("point", "Point", "", POINTS).needed(),
        F::choice(
            "stands",
            "How it stands",
            "",
            &[
                ("shown", "Shown by evidence"),
                ("partly", "Partly"),
                ("not-yet", "Not yet"),
                ("not-assessed", "Not assessed"),
            ],
        )
        .needed(),
        F::lines("evidence", "Evidence", "Links or names of tests and pages, one a line"),
        F::long("missing", "What is missing", ""),
        F::day("judged", "Judged on", "").needed(),
    ],
);

/// What users showed.
pub const RESEARCH: Register = register(
    "research",
    "User research",
    "round of user research",
    Chapter::Standards,
    "Who was watched or asked, what they could not do, what changed. People are counted, not named.",
    &[
        F::text("title", "Round", "").needed(),
        F::link("service", "Service", "The portfolio item", "item").needed(),
        F::day("on", "On", "").needed(),
        F::number("people", "How many people", "", 0.0, 1e5).needed(),
        F::number("with_access_needs", "Of them with access needs", "", 0.0, 1e5),
        F::long("method", "Method", "").needed(),
        F::long("found", "What was found", "").needed(),
        F::long("changed", "What changed because of it", ""),
    ],
);
