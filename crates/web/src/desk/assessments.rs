//! Items measured against a strategy: the matrix, one item with its assessments, alignment with what belongs to it.

pub(crate) mod alignment;
pub(crate) mod history;
pub(crate) mod item;
pub(crate) mod matrix;
pub(crate) mod weights;

use super::page::OptionView;
use bluelamp_model::{Error, Result};
use bluelamp_steward::{
    assessment::{Element, Figure, Scheme},
    entry,
    registers::portfolio::{ITEM, KINDS},
    strategy,
};
use bluelamp_store::Cx;
use serde::{Deserialize, Serialize};

/// So many items stand on a page.
const WINDOW: usize = 25;

/// What the address of these pages can hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    /// The strategy; the first that is held where it is empty.
    pub strategy: String,
    /// Its version; the latest where it is empty.
    pub version: String,
    /// The axis; the first where it is empty.
    pub axis: String,
    /// Words of a title or code.
    pub q: String,
    /// A kind of item.
    pub kind: String,
    /// The page of items, from 1.
    pub page: String,
    /// Two assessments to be compared.
    pub from: String,
    pub to: String,
}

/// An item of the portfolio as these pages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub code: String,
    pub title: String,
}

/// The strategies that there are, and the one that is looked at.
pub(crate) struct Strategies {
    /// Each with the title that people read.
    pub all: Vec<(String, String)>,
    /// The versions of the one.
    pub versions: Vec<String>,
    pub title: String,
    pub scheme: Scheme,
}

impl Query {
    /// What was asked for, in one version of one strategy.
    pub(crate) fn strategies(&self, cx: &mut Cx<'_>) -> Result<Strategies> {
        let held = strategy::strategies(cx)?;
        let id = match self.strategy.as_str() {
            "" => held.first().map(|h| h.id.clone()),
            id => Some(id.to_owned()),
        };
        let id = id.ok_or_else(|| Error::NotFound("a strategy that was taken up".into()))?;
        let version = Some(self.version.as_str()).filter(|v| !v.is_empty());
        let view = strategy::view(cx, &id, version)?;
        Ok(Strategies {
            all: held.into_iter().map(|h| (h.id, h.title)).collect(),
            versions: view.versions.clone(),
            title: view.strategy.title.clone(),
            scheme: Scheme::of(&view.strategy),
        })
    }

    /// The items that the words and the kind leave, by title.
    pub(crate) fn items(&self, cx: &mut Cx<'_>) -> Result<Vec<Item>> {
        let words = self.q.trim().to_lowercase();
        let mut items = Vec::new();
        for e in entry::entries(cx, &ITEM)? {
            let found = e.code.contains(&words) || e.title.to_lowercase().contains(&words);
            let of_kind = self.kind.is_empty() || e.body.text("kind") == self.kind;
            if found && of_kind && !e.withdrawn {
                items.push(Item { code: e.code, title: e.title });
            }
        }
        Ok(items)
    }

    /// The axis that was asked for, with the places of its elements.
    pub(crate) fn axis(&self, scheme: &Scheme) -> Result<(String, Vec<usize>)> {
        let axes = scheme.axes();
        let found = match self.axis.as_str() {
            "" => axes.into_iter().next(),
            axis => axes.into_iter().find(|(code, _)| *code == axis),
        };
        let (code, places) = found.ok_or_else(|| Error::NotFound("that axis of the strategy".into()))?;
        Ok((code.to_owned(), places))
    }

    /// The address of a page with what was asked for, on an axis.
    pub(crate) fn href(&self, path: &str, scheme: &Scheme, axis: &str) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        out.append_pair("strategy", &scheme.strategy).append_pair("version", &scheme.version);
        for (name, value) in [("axis", axis), ("q", self.q.as_str()), ("kind", self.kind.as_str())] {
            if !value.is_empty() {
                out.append_pair(name, value);
            }
        }
        format!("{path}?{}", out.finish())
    }

    /// What the form above the table shows.
    pub(crate) fn choices(&self, s: &Strategies) -> Choices {
        let option = |value: &str, text: &str, chosen: &str| OptionView {
            value: value.to_owned(),
            text: text.to_owned(),
            hint: None,
            checked: value == chosen,
        };
        let mut kinds = vec![option("", "All kinds", &self.kind)];
        kinds.extend(KINDS.iter().map(|(code, label)| option(code, label, &self.kind)));
        Choices {
            strategies: s.all.iter().map(|(id, title)| option(id, title, &s.scheme.strategy)).collect(),
            kinds,
            q: self.q.clone(),
            strategy: s.title.clone(),
            version: s.scheme.version.clone(),
            later: s.versions.first().filter(|v| **v != s.scheme.version).cloned(),
        }
    }

    /// The page that was asked for, of so many items.
    pub(crate) fn window(&self, count: usize) -> Window {
        let pages = count.div_ceil(WINDOW).max(1);
        let page = self.page.trim().parse::<usize>().unwrap_or(1).clamp(1, pages);
        let from = (page - 1) * WINDOW;
        Window { from, to: (from + WINDOW).min(count), page, pages, count }
    }
}

/// A part of the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub from: usize,
    pub to: usize,
    page: usize,
    pages: usize,
    count: usize,
}

/// The same as people read it, with the way to the other parts.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Paging {
    pub said: String,
    pub previous: Option<String>,
    pub next: Option<String>,
}

impl Window {
    /// `here` is the address without a page.
    pub(crate) fn paging(self, here: &str) -> Paging {
        let other = |page: usize| format!("{here}&page={page}");
        Paging {
            said: match self.count {
                0 => "No items".into(),
                count => format!("Items {} to {} of {count}", self.from + 1, self.to),
            },
            previous: (self.page > 1).then(|| other(self.page - 1)),
            next: (self.page < self.pages).then(|| other(self.page + 1)),
        }
    }
}

/// The form above a table.
#[derive(Debug, Serialize)]
pub(crate) struct Choices {
    pub strategies: Vec<OptionView>,
    pub kinds: Vec<OptionView>,
    pub q: String,
    pub strategy: String,
    pub version: String,
    /// A later version, where this is not the latest.
    pub later: Option<String>,
}

/// An axis in a row of links.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AxisLink {
    pub text: String,
    pub href: String,
    pub current: bool,
}

/// A way to each axis of a version.
pub(crate) fn axis_links(scheme: &Scheme, here: &str, href: impl Fn(&str) -> String) -> Vec<AxisLink> {
    let link = |(axis, places): (&str, Vec<usize>)| AxisLink {
        text: format!("{} ({})", Scheme::label(axis), places.len()),
        href: href(axis),
        current: axis == here,
    };
    scheme.axes().into_iter().map(link).collect()
}

/// The place of an element in a page: its id without what an address or a sheet would take for something else.
pub(crate) fn place(element: &Element) -> String {
    element.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// A number of half steps as people read it.
pub(crate) fn half(value: f64) -> String {
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    let whole = (value.abs() * 2.0).round() / 2.0;
    if whole.fract() == 0.0 { format!("{sign}{whole:.0}") } else { format!("{sign}{whole:.1}") }
}

/// What people found of a cell, as it is shown.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shown {
    /// `none`, `against`, `0` … `3`: how it is coloured and hatched.
    pub kind: &'static str,
    /// The median; a dash where nobody assessed it.
    pub text: String,
    /// "1 to 3"; nothing where all say the same.
    pub range: String,
    /// How many people say that it works against the element.
    pub against: u32,
    /// All of it in words.
    pub said: String,
}

impl Shown {
    pub(crate) fn of(figure: Option<&Figure>) -> Self {
        let Some(f) = figure else {
            return Self {
                kind: "none",
                text: "–".into(),
                range: String::new(),
                against: 0,
                said: "not assessed".into(),
            };
        };
        let number = |score: bluelamp_steward::assessment::Score| half(f64::from(score.value()));
        let (text, apart) = (half(f.median.value()), f.low != f.high);
        let people = if f.assessors == 1 { "1 person".into() } else { format!("{} people", f.assessors) };
        let mut said = format!("median {text} of {people}");
        if apart {
            said.push_str(&format!(", from {} to {}", number(f.low), number(f.high)));
        }
        if f.against > 0 && f.assessors > 1 {
            said.push_str(&format!(", {} of them say it works against", f.against));
        }
        Self {
            kind: match f.median.doubled() {
                ..0 => "against",
                0..2 => "0",
                2..4 => "1",
                4..6 => "2",
                _ => "3",
            },
            text,
            range: if apart { format!("{} to {}", number(f.low), number(f.high)) } else { String::new() },
            against: f.against,
            said,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bluelamp_steward::assessment::{Score, over};

    #[test]
    fn a_cell_says_how_far_people_are_apart_and_who_says_it_works_against() {
        let shown = |scores: &[i64]| {
            let scores: Vec<_> = scores.iter().filter_map(|s| Score::of(*s)).collect();
            let s = Shown::of(over(&scores).as_ref());
            (s.kind, s.text, s.range, s.said)
        };
        let is = |kind, text: &str, range: &str, said: &str| (kind, text.into(), range.into(), said.into());
        assert_eq!(shown(&[]), is("none", "–", "", "not assessed"));
        assert_eq!(shown(&[0]), is("0", "0", "", "median 0 of 1 person"));
        assert_eq!(shown(&[2, 3]), is("2", "2.5", "2 to 3", "median 2.5 of 2 people, from 2 to 3"));
        assert_eq!(
            shown(&[-1, 1, 2]),
            is("1", "1", "−1 to 2", "median 1 of 3 people, from −1 to 2, 1 of them say it works against")
        );
        assert_eq!(shown(&[-1, 0]).0, "against");
    }

    #[test]
    fn a_page_of_items_is_within_what_there_is() {
        let window = |page: &str, count| {
            let w = Query { page: page.into(), ..Query::default() }.window(count);
            (w.from, w.to)
        };
        assert_eq!(window("", 60), (0, 25));
        assert_eq!(window("3", 60), (50, 60));
        assert_eq!((window("99", 60), window("-1", 60), window("x", 0)), ((50, 60), (0, 25), (0, 0)));
    }
}
