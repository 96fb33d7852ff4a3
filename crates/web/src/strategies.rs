//! A strategy in the words in which people read it: alike for the public and for those who steer by it.

use crate::{desk::facts::date, reading::role};
use bluelamp_steward::strategy::{
    Cited, Coverage, Element, ElementKind, Figure, Reach, Reference, Relation, Remark, Strategy, Tie, View,
};
use serde::Serialize;

/// A strategy, ready for the templates.
#[derive(Debug, Serialize)]
pub(crate) struct StrategyReading {
    pub id: String,
    pub title: String,
    pub version: String,
    pub publisher: String,
    pub level: &'static str,
    pub owner: String,
    pub as_of: String,
    pub about: String,
    pub digest: String,
    /// Whether everybody may read it.
    pub public: bool,
    /// "2021 to 2026 (S000 title; S001 title)".
    pub periods: Vec<String>,
    pub documents: Vec<DocumentRow>,
    pub conflicts: Vec<Noted>,
    pub gaps: Vec<Noted>,
    pub lists: Vec<ListView>,
    /// The elements by kind, in the order in which kinds are shown.
    pub kinds: Vec<KindView>,
    /// What it takes over, and how its elements stand to others and others to them.
    pub ties: Vec<TieRow>,
    pub coverages: Vec<CoverageView>,
    /// How many elements count.
    pub count: usize,
}

/// A document that it was taken from.
#[derive(Debug, Serialize)]
pub(crate) struct DocumentRow {
    pub id: String,
    pub title: String,
}

/// A gap or a conflict of the sources.
#[derive(Debug, Serialize)]
pub(crate) struct Noted {
    pub about: String,
    pub words: String,
    pub documents: String,
}

/// A list without ids.
#[derive(Debug, Serialize)]
pub(crate) struct ListView {
    pub name: String,
    pub source: String,
    pub about: Option<String>,
    pub items: Vec<String>,
}

/// The elements of one kind.
#[derive(Debug, Serialize)]
pub(crate) struct KindView {
    pub code: &'static str,
    pub title: String,
    /// What the sources lack about this kind.
    pub gaps: Vec<String>,
    pub rows: Vec<ElementRow>,
}

/// An element in a list.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ElementRow {
    pub id: String,
    pub kind: &'static str,
    pub name: String,
    pub words: String,
    pub source: String,
    /// What should be known of it: "Reconstructed", "Retired on 1 June 2027".
    pub marks: Vec<String>,
    /// Numbers that it states or sets as a goal, in words.
    pub numbers: Vec<String>,
    pub note: Option<String>,
    /// What it is a part of or due in, in the same strategy.
    pub up: String,
    /// What it serves.
    pub serves: String,
}

/// A tie between two strategies, as one of their elements sees it.
#[derive(Debug, Serialize)]
pub(crate) struct TieRow {
    pub from: End,
    /// "serves", "takes over as priority area".
    pub relation: String,
    pub to: End,
    pub basis: &'static str,
    pub reason: String,
}

/// One end of a tie: an element, or a strategy as a whole.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct End {
    pub strategy: String,
    /// The element's id; empty for a whole strategy.
    pub element: String,
    pub name: String,
}

/// What has a counterpart in another strategy and what has none.
#[derive(Debug, Serialize)]
pub(crate) struct CoverageView {
    pub title: String,
    /// Where on the page it stands.
    pub id: String,
    pub sides: Vec<Side>,
}

/// One of the two strategies of a coverage.
#[derive(Debug, Serialize)]
pub(crate) struct Side {
    pub strategy: String,
    /// Kind, all, tied, tied through others, with none.
    pub rows: Vec<(String, usize, usize, usize, usize)>,
    /// What has no counterpart.
    pub without: Vec<End>,
}

/// What marks an element, in words.
fn marks(e: &Element) -> Vec<String> {
    let mut marks = Vec::new();
    if let Some(day) = e.retired {
        marks.push(format!("Retired on {}", date(&day.to_string())));
    }
    for (set, words) in
        [(e.reconstructed, "Reconstructed"), (e.inferred, "Inferred"), (e.local, "Added locally")]
    {
        if set {
            marks.push(words.to_owned());
        }
    }
    marks
}

/// A number as people read it: "£1.4 billion", "80%", "123,000 people".
fn number(value: f64, unit: &str) -> String {
    let rounded = |n: f64| {
        let text = format!("{n:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let grouped = |n: f64| {
        let digits = format!("{n:.0}");
        let mut out = String::new();
        for (at, c) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at) % 3 == 0 {
                out.push(',');
            }
            out.push(c);
        }
        out
    };
    let large = |n: f64| match n {
        n if n.abs() >= 1e9 => format!("{} billion", rounded(n / 1e9)),
        n if n.abs() >= 1e6 => format!("{} million", rounded(n / 1e6)),
        n if n.fract() == 0.0 && n >= 0.0 => grouped(n),
        n => rounded(n),
    };
    match unit {
        "share" => format!("{}%", rounded(value * 100.0)),
        "GBP" => format!("£{}", large(value)),
        unit => format!("{} {unit}", large(value)),
    }
}

fn numbers(e: &Element) -> Vec<String> {
    let figure = |f: &Figure| format!("{}: {}", f.what, number(f.value, &f.unit));
    let goal = e.target.as_ref().map(|t| {
        let about = if t.about { "about " } else { "" };
        // A goal between 0 and 1 is a share: so says the description of the file.
        let unit = if (0.0..=1.0).contains(&t.value) { "share" } else { "" };
        format!("Goal: {about}{} ({})", number(t.value, unit).trim(), t.measure.replace('_', " "))
    });
    e.figures.iter().map(figure).chain(goal).collect()
}

fn cited(source: &[Cited]) -> String {
    source.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// References as they are read inside the strategy `own`: an id alone where it is of that strategy.
fn named<'a>(references: impl Iterator<Item = &'a Reference>, own: &str) -> String {
    let name = |r: &Reference| if r.strategy == own { r.element.clone() } else { r.to_string() };
    references.map(name).collect::<Vec<_>>().join(", ")
}

/// An element as a row of a list.
pub(crate) fn row(e: &Element, own: &str) -> ElementRow {
    ElementRow {
        id: e.id.clone(),
        kind: e.kind.label(),
        name: e.name.clone(),
        words: e.words.clone(),
        source: cited(&e.source),
        marks: marks(e),
        numbers: numbers(e),
        note: e.note.clone(),
        up: named(e.above(), own),
        serves: named(e.serves.iter(), own),
    }
}

/// The end of a tie.
pub(crate) fn end(view: &View, reference: &Reference) -> End {
    End {
        strategy: reference.strategy.clone(),
        element: reference.element.clone(),
        name: view.find(reference).map_or_else(|| reference.element.clone(), |e| e.name.clone()),
    }
}

fn whole(view: &View, id: &str) -> End {
    let mut all = std::iter::once(&view.strategy).chain(&view.others);
    let name = all.find(|s| s.id == id).map_or_else(|| id.to_owned(), |s| s.title.clone());
    End { strategy: id.to_owned(), element: String::new(), name }
}

/// A tie as a row.
pub(crate) fn tie(view: &View, t: &Tie) -> TieRow {
    let relation = match (&t.label, t.relation) {
        (Some(label), Relation::Adopts) => format!("takes over as {label}"),
        (_, relation) => relation.label().to_owned(),
    };
    TieRow {
        from: t.from.as_ref().map_or_else(|| whole(view, &t.strategy), |from| end(view, from)),
        relation,
        to: end(view, &t.to),
        basis: t.basis.label(),
        reason: t.reason.clone(),
    }
}

fn covered(view: &View, c: &Coverage) -> CoverageView {
    let side = |id: &str, rows: &[bluelamp_steward::strategy::Covered]| {
        let of_kind = |kind: ElementKind| rows.iter().filter(move |r| r.kind == kind);
        let count = |kind, reach| of_kind(kind).filter(|r| r.reach == reach).count();
        let kinds = ElementKind::ALL.iter().filter(|kind| of_kind(**kind).next().is_some());
        let without = rows.iter().filter(|r| r.reach == Reach::None);
        Side {
            strategy: whole(view, id).name,
            rows: kinds
                .map(|&kind| {
                    let [direct, through, none] =
                        [Reach::Direct, Reach::Through, Reach::None].map(|reach| count(kind, reach));
                    (kind.plural(), direct + through + none, direct, through, none)
                })
                .collect(),
            without: without
                .map(|r| End {
                    strategy: r.element.strategy.clone(),
                    element: r.element.element.clone(),
                    name: r.name.clone(),
                })
                .collect(),
        }
    };
    CoverageView {
        title: format!("{} and {}", whole(view, &c.local).name, whole(view, &c.other).name),
        id: format!("coverage-{}-{}", c.local, c.other),
        sides: vec![side(&c.local, &c.of_local), side(&c.other, &c.of_other)],
    }
}

fn noted(remarks: &[Remark]) -> Vec<Noted> {
    let about =
        |r: &Remark| ElementKind::from_code(&r.about).map_or_else(|| r.about.clone(), ElementKind::plural);
    remarks
        .iter()
        .map(|r| Noted { about: about(r), words: r.words.clone(), documents: r.documents.join(", ") })
        .collect()
}

fn kind(s: &Strategy, kind: ElementKind) -> KindView {
    KindView {
        code: kind.code(),
        title: kind.plural(),
        gaps: s.gaps.iter().filter(|g| g.about == kind.code()).map(|g| g.words.clone()).collect(),
        rows: s.of_kind(kind).map(|e| row(e, &s.id)).collect(),
    }
}

/// A strategy as people read it. With `only`, the elements of that kind alone.
pub(crate) fn reading(view: &View, only: Option<ElementKind>) -> StrategyReading {
    let s = &view.strategy;
    let kinds = ElementKind::ALL.iter().filter(|k| only.is_none_or(|only| only == **k));
    StrategyReading {
        id: s.id.clone(),
        title: s.title.clone(),
        version: s.version.clone(),
        publisher: s.publisher.clone(),
        level: s.level.label(),
        owner: role(&s.owner).to_owned(),
        as_of: date(&s.as_of.to_string()),
        about: s.about.clone(),
        digest: s.digest.clone(),
        public: s.public,
        periods: s.periods.iter().map(|p| format!("{} to {} ({})", p.from, p.to, cited(&p.source))).collect(),
        documents: s
            .sources
            .iter()
            .map(|d| DocumentRow { id: d.id.clone(), title: d.title.clone() })
            .collect(),
        conflicts: noted(&s.conflicts),
        gaps: noted(&s.gaps),
        lists: s
            .lists
            .iter()
            .map(|l| ListView {
                name: l.name.clone(),
                source: cited(&l.source),
                about: l.about.clone(),
                items: l.items.clone(),
            })
            .collect(),
        kinds: kinds.map(|k| kind(s, *k)).filter(|k| !k.rows.is_empty()).collect(),
        ties: view.ties().iter().map(|t| tie(view, t)).collect(),
        coverages: view.coverages().iter().map(|c| covered(view, c)).collect(),
        count: s.elements.iter().filter(|e| e.retired.is_none()).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_say_them() {
        for (value, unit, said) in [
            (1.4e9, "GBP", "£1.4 billion"),
            (27.0e9, "GBP", "£27 billion"),
            (1_100_000.0, "GBP", "£1.1 million"),
            (0.3, "share", "30%"),
            (0.455, "share", "45.5%"),
            (123_000.0, "people", "123,000 people"),
            (43.0, "forces", "43 forces"),
            (1000.0, "days", "1,000 days"),
            (-0.5, "points", "-0.5 points"),
        ] {
            assert_eq!(number(value, unit), said);
        }
    }
}
