//! Which role needs which skill, who has it, and where it can be learned. Levels go from 0 to 4.

use crate::register::{Body, Chapter, Choice, Field as F, Register, in_order, register};
use bluelamp_model::{FieldError, authority::action};

/// Levels of a skill.
pub const LEVELS: &[Choice] = &[
    ("0", "0: none"),
    ("1", "1: knows of it"),
    ("2", "2: does it with help"),
    ("3", "3: does it alone"),
    ("4", "4: teaches it"),
];

/// Phases of the roadmap.
pub const PHASES: &[Choice] = &[
    ("R0", "Mobilisation"),
    ("R1", "Setting direction"),
    ("R2", "Shifting experience"),
    ("R3", "Redefining expectations"),
];

/// Jobs.
pub const ROLE: Register = register(
    "role",
    "Roles",
    "role",
    Chapter::Skills,
    "Jobs whose skills are planned, with what they are equipped with.",
    &[
        F::text("title", "Role", "").needed(),
        F::link("organisation", "Organisation", "", "organisation"),
        F::number("posts", "Posts", "", 0.0, 1e6),
        F::number("filled", "Posts filled", "", 0.0, 1e6),
        F::lines("equipment", "Equipment and licences", "One a line"),
        F::choice(
            "sourcing",
            "How posts are filled",
            "",
            &[
                ("own", "Own people"),
                ("shared", "Shared with other forces"),
                ("temporary", "Temporary, for a surge"),
                ("contract", "Contract"),
            ],
        ),
        F::yes_no("key", "Key role of the transformation", ""),
    ],
);

/// Skills.
pub const SKILL: Register = register(
    "skill",
    "Skills",
    "skill",
    Chapter::Skills,
    "What people can do, in one sentence, so that two of them judge alike.",
    &[
        F::text("title", "Skill", "").needed(),
        F::long("about", "What somebody does who has it", "").needed(),
        F::elements("elements", "Elements of the strategy", "One a line"),
        F::number("lasts_months", "Holds for so many months", "Empty where it does not expire", 1.0, 240.0),
        F::text("community", "Who to ask", "A community of practice or a team"),
    ],
);

/// What a role needs.
pub const NEED: Register = register(
    "role-skill",
    "Skills that roles need",
    "skill that a role needs",
    Chapter::Skills,
    "The matrix of roles and skills: which level from which phase on.",
    &[
        F::text("title", "In a sentence", "").needed(),
        F::link("role", "Role", "", "role").needed(),
        F::link("skill", "Skill", "", "skill").needed(),
        F::choice("level", "Level", "", LEVELS).needed(),
        F::choice("phase", "From phase", "", PHASES).needed(),
    ],
);

fn held_rules(body: &Body, wrong: &mut Vec<FieldError>) {
    in_order(body, "judged", "expires", "It expires before it was judged", wrong);
}

/// What people have. Staff data: it names posts, not people.
pub const HELD: Register = Register {
    check: held_rules,
    reads: action::REGISTER_WRITE,
    ..register(
        "held-skill",
        "Skills that are held",
        "skill that is held",
        Chapter::Skills,
        "How many people of a role hold a skill, at which level, shown by what, until when. People are counted, not named: an own record belongs into the force's system for staff.",
        &[
            F::text("title", "In a sentence", "").needed(),
            F::link("role", "Role", "", "role").needed(),
            F::link("skill", "Skill", "", "skill").needed(),
            F::choice("level", "Level", "", LEVELS).needed(),
            F::number("people", "How many people", "", 0.0, 1e6).needed(),
            F::choice(
                "judged_by",
                "Judged by",
                "",
                &[
                    ("self", "Themselves"),
                    ("supervisor", "A supervisor"),
                    ("course", "A course"),
                    ("examination", "An examination"),
                ],
            )
            .needed(),
            F::text("evidence", "Shown by", "").needed(),
            F::day("judged", "Judged on", "").needed(),
            F::day("expires", "Expires on", ""),
        ],
    )
};

/// Where it can be learned.
pub const COURSE: Register = register(
    "course",
    "Courses",
    "course",
    Chapter::Skills,
    "Where a skill can be learned, for which roles, how often.",
    &[
        F::text("title", "Course", "").needed(),
        F::links("skills", "Skills", "One code a line", "skill").needed(),
        F::links("roles", "Roles", "One code a line", "role"),
        F::text("provider", "Provider", "").needed(),
        F::choice(
            "kind",
            "Kind",
            "",
            &[
                ("curriculum", "Part of a national curriculum"),
                ("course", "Course"),
                ("online", "Online"),
                ("virtual", "Virtual or augmented reality"),
                ("practice", "Practice with a colleague"),
            ],
        )
        .needed(),
        F::number("hours", "Hours", "", 0.0, 2000.0),
        F::number("places_yearly", "Places each year", "", 0.0, 1e6),
        F::yes_no("leaders", "For leaders", ""),
    ],
);

/// Which deed needs which skill.
pub const ACTION: Register = register(
    "action-skill",
    "Skills that actions need",
    "action that needs a skill",
    Chapter::Skills,
    "Which action of this platform or of an item should be done by somebody with a skill. Seen by whoever plans courses; it gives and takes no permission.",
    &[
        F::text("title", "Action", "Such as Let a definition go live").needed(),
        F::text("code", "Code of the policy", "Such as definition.approve"),
        F::link("item", "Item", "", "item"),
        F::link("skill", "Skill", "", "skill").needed(),
        F::choice("level", "Level", "", LEVELS).needed(),
        F::long("why", "Why", "").needed(),
    ],
);
