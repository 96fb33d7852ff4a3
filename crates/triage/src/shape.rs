//! What the parts of a definition must look like, whether they are read from its file or were compiled elsewhere.

use crate::feel::KEYWORDS;
use crate::{FactState, FactType, Worse};
use std::collections::BTreeSet;

/// What an action may do about a risk.
pub(crate) const SAFEGUARDING: [&str; 4] = ["remove", "avoid", "reduce", "accept"];

/// A name of lower-case letters, digits and hyphens.
pub(crate) fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A name that a cell can use, of lower-case letters, digits and underscores.
pub(crate) fn is_parameter(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !KEYWORDS.contains(&name)
}

/// A name that is no word for "no grade" and cannot break a table.
pub(crate) fn is_grade(name: &str) -> bool {
    name != "none" && name != "-" && !name.contains(['|', '"'])
}

/// The text of an output cell, without its quotes.
pub(crate) fn is_output(text: &str) -> bool {
    !text.is_empty() && !text.contains(['"', '\\', ','])
}

/// Semantic Versioning 2.0.0: three numbers without leading zeros, then perhaps `-…` and `+…`.
pub(crate) fn is_semver(text: &str) -> bool {
    let (rest, build) = text.split_once('+').map_or((text, None), |(r, b)| (r, Some(b)));
    let (core, pre) = rest.split_once('-').map_or((rest, None), |(c, p)| (c, Some(p)));
    let is_number =
        |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit()) && (t == "0" || !t.starts_with('0'));
    let is_part = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && pre.is_none_or(|p| {
            p.split('.').all(|t| is_part(t) && (!t.bytes().all(|b| b.is_ascii_digit()) || is_number(t)))
        })
        && build.is_none_or(|b| b.split('.').all(is_part))
}

/// A day of the Gregorian calendar as `YYYY-MM-DD`.
pub(crate) fn is_day(text: &str) -> bool {
    let shaped = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(n, b)| if n == 4 || n == 7 { b == b'-' } else { b.is_ascii_digit() });
    if !shaped {
        return false;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// Whether a name can be that of a fact, with the sentence for when it can not.
pub(crate) fn fact_name(name: &str) -> Result<(), String> {
    let plain = name.starts_with(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || c == ' ')
        && !name.contains("  ");
    if !plain {
        return Err(format!("'{name}' must be letters, digits and single spaces, beginning with a letter"));
    }
    match name.split(' ').find(|word| KEYWORDS.contains(&word.to_lowercase().as_str())) {
        Some(word) => Err(format!(
            "'{name}' holds the FEEL keyword '{word}', which breaks the standard's engines; choose another name"
        )),
        None => Ok(()),
    }
}

/// Whether these can be the values of a choice, with the sentence for when they can not.
pub(crate) fn choices(options: &[String]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for option in options {
        if option.is_empty() || option.contains(['"', ':', '(', ')']) {
            return Err(format!("'{option}' cannot be a choice: it needs letters and no \" : ( )"));
        }
        if FactState::from_code(option).is_some() {
            return Err(format!("'{option}' is the state of a fact and cannot be a choice too"));
        }
        if !seen.insert(option) {
            return Err(format!("the choice '{option}' comes twice"));
        }
    }
    if options.len() < 2 {
        return Err("a choice needs at least two values, as in choice(a, b)".into());
    }
    Ok(())
}

/// Whether values of this type can be the worse in this way.
pub(crate) fn worse_fits(worse: Worse, kind: &FactType) -> bool {
    match worse {
        Worse::True | Worse::False => *kind == FactType::YesNo,
        Worse::Higher | Worse::Lower => matches!(kind, FactType::Number | FactType::Choice(_)),
    }
}

/// A cell's text; none for `-` and for nothing.
pub(crate) fn set(cell: &str) -> Option<&str> {
    Some(cell).filter(|c| !c.is_empty() && *c != "-")
}

/// A length of time as definitions write it, `30 d`, `4 h` or `20 min`, in minutes.
#[must_use]
pub fn duration(text: &str) -> Option<u32> {
    let (number, unit) = text.split_once(' ')?;
    let minutes = match unit {
        "min" => 1,
        "h" => 60,
        "d" => 24 * 60,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(minutes)
}

/// A deadline in minutes: `immediate` and `at contact` are 0; of `immediate / 24 h` the first part counts.
pub(crate) fn due(text: &str) -> Option<u32> {
    let first = text.split('/').next().unwrap_or(text).trim();
    if first == "immediate" || first == "at contact" { Some(0) } else { duration(first) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_version_when_it_sees_one() {
        // Examples from semver.org.
        for good in
            ["0.0.4", "1.2.3", "1.1.2-prerelease+meta", "1.0.0-alpha.1", "1.0.0-0A.is.legal", "1.0.0+0.1"]
        {
            assert!(is_semver(good), "{good}");
        }
        for bad in ["1", "1.2", "1.2.3-0123", "01.1.1", "1.1.1.1", "1.2.3-", "v1.2.3", "1.2.3+", "1.2.3 "] {
            assert!(!is_semver(bad), "{bad}");
        }
    }

    #[test]
    fn knows_a_day_when_it_sees_one() {
        assert!(is_day("2027-05-31") && is_day("2028-02-29") && is_day("2000-02-29"));
        for bad in
            ["2027-02-29", "1900-02-29", "2027-13-01", "2027-00-01", "2027-04-31", "27-05-31", "2027-5-31"]
        {
            assert!(!is_day(bad), "{bad}");
        }
    }
}
