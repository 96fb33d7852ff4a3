//! The unit that stands in brackets behind a heading or a figure: "(£k)", "(000s)", "(per month)". What is understood
//! scales the figure; what is not is asked about, as a figure in the wrong unit is worse than none.

use super::Column;

/// By how much a figure is to be taken times, and what it was read as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    /// 1, a thousand or a million.
    pub(super) scale: f64,
    /// 12 where the figure is for a month, else 1.
    pub(super) in_year: f64,
}

impl Unit {
    /// A figure as it stands.
    pub(super) const ONE: Self = Self { scale: 1.0, in_year: 1.0 };

    /// What figures are to be taken times.
    pub(super) fn times(self) -> f64 {
        self.scale * self.in_year
    }

    /// Why figures are scaled, for a note: "in thousands, for a month".
    pub(super) fn said(self) -> String {
        let scale = match self.scale {
            s if s >= 1e6 => "in millions",
            s if s >= 1e3 => "in thousands",
            _ => "",
        };
        let month = if self.in_year > 1.0 { "for a month" } else { "" };
        [scale, month].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// What a column counts, as far as units go.
#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Money,
    People,
    Level,
}

fn sort(column: Column) -> Option<Sort> {
    match column {
        Column::RunCost | Column::ChangeCost => Some(Sort::Money),
        Column::Users => Some(Sort::People),
        Column::MaturityNow | Column::MaturityTarget => Some(Sort::Level),
        _ => None,
    }
}

/// Whether a column holds figures that have a unit.
pub(super) fn has(column: Column) -> bool {
    sort(column).is_some()
}

/// Words in brackets that change no figure.
const PLAIN: [&str; 27] = [
    "a",
    "about",
    "actual",
    "all",
    "approx",
    "approximate",
    "approximately",
    "budget",
    "c",
    "circa",
    "current",
    "est",
    "estimate",
    "estimated",
    "figure",
    "figures",
    "if",
    "in",
    "known",
    "number",
    "numbers",
    "of",
    "only",
    "please",
    "s",
    "the",
    "total",
];
/// Those that change no amount of money.
const PLAIN_MONEY: [&str; 39] = [
    "£",
    "amount",
    "and",
    "annual",
    "capex",
    "capital",
    "change",
    "cost",
    "costs",
    "development",
    "ex",
    "exc",
    "excl",
    "excluding",
    "forecast",
    "fy",
    "gbp",
    "hosting",
    "licence",
    "licences",
    "license",
    "maintenance",
    "net",
    "opex",
    "or",
    "pound",
    "pounds",
    "project",
    "revenue",
    "run",
    "running",
    "spend",
    "sterling",
    "support",
    "supplier",
    "to",
    "vat",
    "whole",
    "without",
];
/// Those that change no count of people.
const PLAIN_PEOPLE: [&str; 17] = [
    "accounts",
    "active",
    "and",
    "concurrent",
    "count",
    "fte",
    "headcount",
    "individual",
    "licences",
    "licensed",
    "named",
    "no",
    "officers",
    "people",
    "registered",
    "staff",
    "users",
];
/// Those that change no level from 0 to 5.
const PLAIN_LEVEL: [&str; 15] = [
    "0",
    "05",
    "1",
    "15",
    "5",
    "and",
    "assessed",
    "assessment",
    "cmmi",
    "level",
    "levels",
    "out",
    "scale",
    "score",
    "to",
];

/// The unit of a heading: what stands from its first bracket on, or from the first word of a unit. None of a column
/// without figures, or where the heading has neither.
///
/// # Errors
/// What is not understood, and what to write.
pub(super) fn of_heading(column: Column, heading: &str) -> Result<Option<Unit>, String> {
    let Some(sort) = sort(column) else { return Ok(None) };
    let Some((head, rest)) = split(heading) else { return Ok(None) };
    let unit = read(sort, rest).ok_or_else(|| not_understood(sort, rest))?;
    let yearly = words(head).iter().any(|w| YEAR.contains(&w.as_str()));
    if unit.in_year > 1.0 && yearly {
        return Err("says both a year and a month: write for which of the two the figures are".into());
    }
    Ok(Some(unit))
}

/// A heading and its unit: what stands from the first bracket on, or from the first word that begins a unit.
fn split(heading: &str) -> Option<(&str, &str)> {
    let at = heading.find(['(', '[']).or_else(|| {
        let begins = |word: &str| {
            word.starts_with(['£', '€', '$'])
                || matches!(
                    words(word).first().map(String::as_str),
                    Some("per" | "k" | "000" | "000s" | "thousands" | "millions" | "monthly" | "pcm")
                )
        };
        let starts = heading.char_indices().filter(|(at, c)| {
            let before = heading.get(..*at).and_then(|t| t.chars().next_back());
            !c.is_whitespace() && before.is_some_and(char::is_whitespace)
        });
        starts.map(|(at, _)| at).find(|at| {
            let word = heading.get(*at..).and_then(|rest| rest.split_whitespace().next());
            word.is_some_and(begins)
        })
    })?;
    Some(heading.split_at(at))
}

/// Whether the unit of a heading says that its money is what is spent to change, and not (also) to run.
pub(super) fn of_change(heading: &str) -> bool {
    let said = split(heading).map(|(_, rest)| words(rest)).unwrap_or_default();
    let any = |all: &[&str]| said.iter().any(|w| all.contains(&w.as_str()));
    any(&["capex", "capital", "change", "development", "project"])
        && !any(&["run", "running", "opex", "revenue", "support", "maintenance"])
        && !any(&["ex", "exc", "excl", "excluding", "net", "without"])
}

/// The part of a heading before a unit that stands without brackets: "Annual cost £k", "Annual cost in £ thousands".
/// None where what follows is no unit of that column; money of another sort is one that is asked about.
pub(super) fn before_bare(heading: &str, find: impl Fn(&str) -> Option<Column>) -> Option<Column> {
    let (head, rest) = split(heading)?;
    let head = head.trim();
    let column = find(head).or_else(|| find(head.strip_suffix(" in")?))?;
    let sort = sort(column)?;
    (read(sort, rest).is_some() || rest.starts_with(['£', '€', '$'])).then_some(column)
}

/// The figure without the unit in brackets behind it, and the unit: "2400 (£k)". None where there are no brackets, or
/// where they are all that there is.
///
/// # Errors
/// What is not understood, and what to write.
pub(super) fn of_figure(column: Column, text: &str) -> Result<Option<(&str, Unit)>, String> {
    let Some(sort) = sort(column) else { return Ok(None) };
    let Some(at) = text.find(['(', '[']).filter(|at| *at > 0) else { return Ok(None) };
    let (figure, rest) = text.split_at(at);
    let unit = read(sort, rest).ok_or_else(|| not_understood(sort, rest))?;
    Ok(Some((figure.trim(), unit)))
}

fn not_understood(sort: Sort, rest: &str) -> String {
    let rest = rest.trim();
    let write = match sort {
        Sort::Money => {
            "write pounds in a year, with (£), (£k), (£m) or (per month) behind the heading, or remove the column"
        }
        Sort::People => {
            "write people, with (000s) behind the heading where they are thousands, or remove the column"
        }
        Sort::Level => "write levels from 0 to 5, or remove the column",
    };
    format!("the unit '{rest}' is not understood, and a figure must not be guessed: {write}")
}

const YEAR: [&str; 9] = ["pa", "year", "years", "yr", "annum", "annual", "annually", "yearly", "py"];
const MONTH: [&str; 5] = ["month", "monthly", "pm", "pcm", "mth"];

/// The words of a unit: "£k" is two, "p.a." one, and "£000's" are "£" and "000s".
fn words(text: &str) -> Vec<String> {
    let mut plain = text.to_lowercase().replace("p/a", "pa").replace("p/m", "pm");
    plain.retain(|c| !matches!(c, '.' | '\'' | '’' | '‘' | ','));
    // A stroke is "per", but not within "2026/27".
    let strokes: String = plain
        .split_inclusive('/')
        .zip(plain.split('/').skip(1).map(Some).chain([None]))
        .map(|(part, next)| match (part.strip_suffix('/'), next) {
            (Some(left), Some(right)) if !right.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("{left} per ")
            }
            _ => part.to_owned(),
        })
        .collect();
    let plain = strokes.replace('£', " £ ").replace('%', " % ").replace('×', " ");
    let known = |c: char| c.is_alphanumeric() || matches!(c, '£' | '%' | '€' | '$' | '¥');
    plain.split(|c: char| !known(c)).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// Reads a unit; none where a word of it is not understood.
fn read(sort: Sort, text: &str) -> Option<Unit> {
    let words = words(text);
    let (mut unit, mut per) = (Unit::ONE, false);
    for (n, word) in words.iter().enumerate() {
        let word = word.as_str();
        let joined = n > 0 && words.get(n - 1).is_some_and(|w| w == "p") && matches!(word, "a" | "m");
        match word {
            "per" | "each" | "every" => {
                per = true;
                continue;
            }
            "calendar" if per => continue,
            "p" if matches!(words.get(n + 1).map(String::as_str), Some("a" | "m")) => {}
            "m" if joined && sort == Sort::Money => unit.in_year = 12.0,
            "a" if joined && sort == Sort::Money => {}
            w if YEAR.contains(&w) && sort == Sort::Money => {}
            w if MONTH.contains(&w) && sort == Sort::Money => unit.in_year = 12.0,
            // "Per" something else is a share of what the column asks for.
            _ if per => return None,
            "k" | "000" | "000s" | "1000" | "1000s" | "x1000" | "thousand" | "thousands"
                if sort != Sort::Level =>
            {
                unit = scaled(unit, 1e3)?;
            }
            "m" | "mn" | "million" | "millions" | "000000" | "1000000" if sort != Sort::Level => {
                unit = scaled(unit, 1e6)?;
            }
            w if PLAIN.contains(&w) => {}
            w if sort == Sort::Money && (PLAIN_MONEY.contains(&w) || is_year(w, &words)) => {}
            w if sort == Sort::People && PLAIN_PEOPLE.contains(&w) => {}
            w if sort == Sort::Level && PLAIN_LEVEL.contains(&w) => {}
            _ => return None,
        }
        per = false;
    }
    (!per).then_some(unit)
}

/// Two scales in one unit make no sense: "(£k, millions)".
fn scaled(unit: Unit, by: f64) -> Option<Unit> {
    (unit.scale < 2.0).then_some(Unit { scale: by, ..unit })
}

/// Whether a word says which year it is of: "2026", "FY26", and the "27" of "2026/27".
fn is_year(word: &str, all: &[String]) -> bool {
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let whole = |t: &str| digits(t) && t.len() == 4 && (t.starts_with("19") || t.starts_with("20"));
    let financial = |t: &str| t.strip_prefix("fy").is_some_and(|rest| digits(rest) && rest.len() <= 6);
    whole(word)
        || financial(word)
        || (digits(word) && word.len() == 2 && all.iter().any(|w| whole(w) || financial(w)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_brackets_scales_the_figures() {
        let table = [
            ("Annual cost (£k)", Column::RunCost, 1e3),
            ("Change cost (£000s)", Column::ChangeCost, 1e3),
            ("Annual cost (£'000)", Column::RunCost, 1e3),
            ("Annual cost [£ thousands]", Column::RunCost, 1e3),
            ("Annual cost (£m)", Column::RunCost, 1e6),
            ("Annual cost £k", Column::RunCost, 1e3),
            ("Annual cost in £ thousands", Column::RunCost, 1e3),
            ("Cost per month", Column::RunCost, 12.0),
            ("Cost per annum", Column::RunCost, 1.0),
            ("Users '000s", Column::Users, 1e3),
            ("Annual cost (in £ millions, ex. VAT)", Column::RunCost, 1e6),
            ("Cost (per month)", Column::RunCost, 12.0),
            ("Cost (monthly)", Column::RunCost, 12.0),
            ("Cost (£/month)", Column::RunCost, 12.0),
            ("Cost (£k pcm)", Column::RunCost, 12e3),
            ("Cost (£) per calendar month", Column::RunCost, 12.0),
            ("Cost (p.a.)", Column::RunCost, 1.0),
            ("Cost (£ p/a)", Column::RunCost, 1.0),
            ("Cost (per year)", Column::RunCost, 1.0),
            ("Annual cost (£)", Column::RunCost, 1.0),
            ("Annual cost (GBP)", Column::RunCost, 1.0),
            ("Annual cost (£, 2026/27)", Column::RunCost, 1.0),
            ("Cost(s)", Column::RunCost, 1.0),
            ("Users (000s)", Column::Users, 1e3),
            ("Users ('000)", Column::Users, 1e3),
            ("Users (thousands)", Column::Users, 1e3),
            ("No. of users (approx.)", Column::Users, 1.0),
            ("Maturity (0-5)", Column::MaturityNow, 1.0),
        ];
        for (heading, column, times) in table {
            let unit = of_heading(column, heading).unwrap_or_else(|e| panic!("{heading}: {e}"));
            assert_eq!(unit.map(Unit::times), Some(times), "{heading}");
        }
        assert_eq!(of_heading(Column::RunCost, "Annual cost"), Ok(None));
        assert_eq!(of_heading(Column::Name, "Application (€)"), Ok(None), "a name has no unit");
    }

    #[test]
    fn a_unit_that_is_not_understood_is_asked_about() {
        let table = [
            ("Annual cost (€)", Column::RunCost),
            ("Annual cost (USD)", Column::RunCost),
            ("Cost (per quarter)", Column::RunCost),
            ("Cost (quarterly)", Column::RunCost),
            ("Cost (per user)", Column::RunCost),
            ("Cost (£ per licence)", Column::RunCost),
            ("Cost (£/user/month)", Column::RunCost),
            ("Change cost (%)", Column::ChangeCost),
            ("Annual cost (£bn)", Column::RunCost),
            ("Annual cost €", Column::RunCost),
            ("Annual cost £ per user", Column::RunCost),
            ("Annual cost (£k, £m)", Column::RunCost),
            ("Cost (per)", Column::RunCost),
            ("Cost (over 3 years)", Column::RunCost),
            ("Users (%)", Column::Users),
            ("Users (per month)", Column::Users),
            ("Users (per day)", Column::Users),
            ("Maturity (out of 10)", Column::MaturityNow),
            ("Maturity (%)", Column::MaturityNow),
        ];
        for (heading, column) in table {
            let said = of_heading(column, heading).expect_err(heading);
            assert!(said.contains("is not understood") && said.contains("write "), "{heading}: {said}");
        }
        let both = of_heading(Column::RunCost, "Annual cost (monthly)").unwrap_err();
        assert!(both.contains("both a year and a month"), "{both}");
    }

    #[test]
    fn a_figure_can_carry_its_unit() {
        let (figure, unit) = of_figure(Column::RunCost, "2,400 (£k)").unwrap().unwrap();
        assert_eq!((figure, unit.times()), ("2,400", 1e3));
        assert_eq!(of_figure(Column::RunCost, "(500)"), Ok(None), "brackets alone are a minus");
        assert!(of_figure(Column::RunCost, "500 (€)").is_err());
    }
}
