//! Findings as tables.

use super::{Cell, Document, Table, number, words};
use crate::findings::{Kind, Shown, Standing};

/// What people read for how a finding stands.
fn standing(shown: &Shown) -> String {
    match (shown.standing, &shown.answered) {
        (Standing::Open, _) | (_, None) => "Not answered".into(),
        (Standing::Changed, Some(a)) => {
            format!("{} by {}; what it rests on has changed since", a.answer.code(), a.by)
        }
        (_, Some(a)) => format!("{} by {}: {}", a.answer.code(), a.by, a.reasons),
    }
}

/// The findings of some kinds. Those that a person rejected are left out while what they rest on is the same.
#[must_use]
pub fn findings(title: &str, kinds: &[Kind], all: &[Shown]) -> Document {
    let ids = |kind| match kind {
        Kind::Gap => "gaps",
        Kind::Duplicate => "duplicates",
        Kind::Conflict => "conflicts",
        Kind::Synergy => "synergies",
        Kind::QuickWin => "quick-wins",
    };
    let tables = kinds.iter().map(|kind| {
        let of_kind = all.iter().filter(|s| s.finding.kind == *kind && s.standing != Standing::Rejected);
        let rows = of_kind.map(|s| {
            let f = &s.finding;
            let evidence: Vec<_> = f
                .evidence
                .iter()
                .filter(|e| !e.values.is_empty())
                .map(|e| {
                    let values: Vec<_> = e.values.iter().map(|v| v.trim_end_matches('.')).collect();
                    format!("{}: {}", e.what, values.join(", "))
                })
                .collect();
            let score = f.score.map_or_else(|| "–".into(), |s| format!("{s:.2}"));
            vec![
                Cell::text(f.sentence.clone()),
                Cell::text(evidence.join(". ")),
                Cell::text(score),
                Cell::text(standing(s)),
            ]
        });
        Table {
            id: ids(*kind),
            title: kind.label().into(),
            about: String::new(),
            columns: vec![
                words("What was noticed"),
                words("What it rests on"),
                number("Score"),
                words("What a person said"),
            ],
            rows: rows.collect(),
            none: "Nothing was noticed.",
        }
    });
    Document {
        title: title.into(),
        about: "Each finding is a proposal until a person has confirmed it. The score says how much agrees, from 0 to \
                1, and decides nothing."
            .into(),
        tables: tables.collect(),
    }
}
