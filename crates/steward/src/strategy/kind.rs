//! The kinds of things that a strategy says, with their codes and what people read.

use schemars::JsonSchema;
use serde::Serialize;

/// Makes an enumeration with a code for files and words for people.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code, as in files.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// What people read.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// The one with that code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    };
}

coded! {
    /// What kind of thing an element is.
    ElementKind {
        /// Where the organisation wants to be.
        Vision = "vision", "Vision";
        /// How much risk is accepted.
        Appetite = "appetite", "Appetite for risk";
        /// A principle that everything is measured against.
        Principle = "principle", "Principle";
        /// A change in the world.
        Trend = "trend", "Trend";
        /// What is to be reached; a force may call it a priority area.
        Ambition = "ambition", "Ambition";
        /// A part of an ambition.
        Priority = "priority", "Priority";
        /// What data and technology have to give.
        Enabler = "enabler", "Enabler";
        /// A recommended action of an enabler.
        Action = "action", "Action";
        /// Something that the organisation has to be able to do.
        Capability = "capability", "Digital capability";
        /// A phase of the roadmap.
        Phase = "phase", "Phase";
        /// What is due in a phase.
        RoadmapItem = "roadmap-item", "Roadmap item";
        /// A commitment about ethics.
        Ethics = "ethics", "Ethics commitment";
        /// A commitment about culture.
        Culture = "culture", "Culture";
        /// A commitment about skills.
        Skill = "skill", "Skill";
        /// A commitment about structures.
        Structure = "structure", "Structure";
        /// What a transformation needs to be run.
        TransformationCapability = "transformation-capability", "Transformation capability";
        /// A technology that is watched.
        Technology = "technology", "Technology";
        /// A body that steers, checks or decides.
        Body = "body", "Body";
        /// A programme that the source names.
        Programme = "programme", "Programme";
        /// A part of such a programme.
        ProgrammeItem = "programme-item", "Programme item";
        /// Numbers that the source states.
        Fact = "fact", "Figure";
        /// A section of a decision report.
        ReportSection = "report-section", "Section of a decision report";
        /// A way of assessing against the strategy.
        Instrument = "instrument", "Instrument of assessment";
    }
}

impl ElementKind {
    /// The kind that the parent has to be of, for a kind that is always a part of something.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        match self {
            Self::Priority => Some(Self::Ambition),
            Self::Action => Some(Self::Enabler),
            Self::ProgrammeItem => Some(Self::Programme),
            _ => None,
        }
    }

    /// Its code with the article before it, for a sentence.
    pub(crate) fn one(self) -> String {
        let code = self.code();
        let article = if code.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        format!("{article} {code}")
    }

    /// What people read of several.
    #[must_use]
    pub fn plural(self) -> String {
        match self {
            Self::Appetite => "Appetite for risk".into(),
            Self::Ethics => "Ethics commitments".into(),
            Self::Culture => "Culture".into(),
            Self::ReportSection => "Sections of a decision report".into(),
            Self::Instrument => "Instruments of assessment".into(),
            _ => match self.label().strip_suffix('y') {
                Some(stem) => format!("{stem}ies"),
                None => format!("{}s", self.label()),
            },
        }
    }
}

coded! {
    /// Whose strategy it is.
    Level {
        /// The country's police service.
        National = "national", "National";
        /// Several forces together.
        Region = "region", "Regional";
        /// One force.
        Force = "force", "Force";
    }
}

coded! {
    /// How an element of one strategy stands to one of another.
    Relation {
        /// It says the same.
        Same = "same", "says the same as";
        /// It brings the other nearer.
        Serves = "serves", "serves";
        /// It is an answer to the other.
        Answers = "answers", "answers";
        /// A whole strategy takes the other over. Written under `adopts`.
        Adopts = "adopts", "takes over";
    }
}

coded! {
    /// What a tie between two strategies rests on.
    Basis {
        /// A source says so.
        Stated = "stated", "Stated in the source";
        /// Whoever wrote the file concluded it.
        Ours = "ours", "Our reading";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_of_a_kind_are_called_by_their_plural() {
        let plurals =
            [ElementKind::Priority, ElementKind::Body, ElementKind::Capability, ElementKind::Action];
        assert_eq!(
            plurals.map(ElementKind::plural),
            ["Priorities", "Bodies", "Digital capabilities", "Actions"]
        );
    }
}
