//! Who is where, who may decide what, and who was asked.

use super::LEVELS;
use crate::register::{Chapter, Field as F, Register, register};

/// Forces, regions, national bodies, partners.
pub const ORGANISATION: Register = register(
    "organisation",
    "Organisations",
    "organisation",
    Chapter::Organisation,
    "Forces, regions, national bodies and partners that share items or decide about them.",
    &[
        F::text("title", "Name", "").needed(),
        F::choice(
            "kind",
            "Kind",
            "",
            &[
                ("force", "Force"),
                ("region", "Region or collaboration"),
                ("national", "National body"),
                ("partner", "Public partner"),
                ("third-sector", "Third sector"),
                ("academia", "Academia"),
            ],
        )
        .needed(),
        F::link("organisation", "Belongs to", "", "organisation"),
        F::day("from", "From", ""),
        F::day("until", "Until", ""),
        F::long("about", "What it does here", ""),
    ],
);

/// Who may decide for whom.
pub const DELEGATION: Register = register(
    "delegation",
    "Delegations",
    "delegation",
    Chapter::Organisation,
    "Which office may decide what for which other, from when until when.",
    &[
        F::text("title", "What is delegated", "").needed(),
        F::text("by", "By", "An office").needed(),
        F::text("to", "To", "An office").needed(),
        F::money("limit", "Up to", "Whole pounds"),
        F::day("from", "From", "").needed(),
        F::day("until", "Until", ""),
        F::named("decisions", "Decided in", "References of decision reports, one a line", "decision"),
    ],
);

/// Who answers for what.
pub const RESPONSIBILITY: Register = register(
    "responsibility",
    "Responsibilities",
    "responsibility",
    Chapter::Organisation,
    "For each capability of the transformation: who answers for it, who does it, who is asked, who is told, and at which level.",
    &[
        F::text("title", "What", "").needed(),
        F::elements("elements", "Elements of the strategy", "One a line, such as national-2020:TC02"),
        F::text("accountable", "Accountable", "One role").needed(),
        F::lines("responsible", "Responsible", "Roles, one a line"),
        F::lines("consulted", "Consulted", "Roles, one a line"),
        F::lines("informed", "Informed", "Roles, one a line"),
        F::choice("level", "Level", "", LEVELS),
    ],
);

/// Who was spoken with.
pub const ENGAGEMENT: Register = register(
    "engagement",
    "Engagement",
    "engagement",
    Chapter::Organisation,
    "Meetings and messages with forces, partners and suppliers about the strategy and its items.",
    &[
        F::text("title", "What it was about", "").needed(),
        F::day("on", "On", "").needed(),
        F::links("organisations", "Organisations", "One code a line", "organisation"),
        F::links("suppliers", "Suppliers", "One code a line", "supplier"),
        F::links("items", "Items", "One code a line", "item"),
        F::long("outcome", "What came of it", "").needed(),
        F::day("next", "Next step by", ""),
    ],
);

/// Who was asked, and what changed.
pub const CONSULTATION: Register = register(
    "consultation",
    "Consultations",
    "consultation",
    Chapter::Organisation,
    "The public, partners, staff or companies were asked: how many, what they said, what changed because of it.",
    &[
        F::text("title", "Question", "").needed(),
        F::choice(
            "who",
            "Who was asked",
            "",
            &[
                ("public", "The public"),
                ("staff", "Officers and staff"),
                ("partners", "Public partners"),
                ("companies", "Companies"),
            ],
        )
        .needed(),
        F::links("items", "Items", "One code a line", "item"),
        F::elements("elements", "Elements of the strategy", "One a line"),
        F::day("from", "From", "").needed(),
        F::day("until", "Until", ""),
        F::number("answers", "Answers", "", 0.0, 1e7),
        F::long("method", "How they were asked", "").needed(),
        F::long("said", "What they said", ""),
        F::long("changed", "What changed because of it", ""),
    ],
);

/// Who has signed the principles.
pub const CHARTER: Register = register(
    "charter",
    "Digital charter",
    "signature under the charter",
    Chapter::Organisation,
    "Leaders who have committed themselves to the principles of design and delivery.",
    &[
        F::text("title", "Commitment in a sentence", "").needed(),
        F::link("organisation", "Organisation", "", "organisation").needed(),
        F::text("office", "Office", "").needed(),
        F::day("signed", "Signed on", "").needed(),
    ],
);
