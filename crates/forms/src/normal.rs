//! One way of writing things: postcodes, registration marks, phone numbers, addresses of mail, days, times,
//! amounts. Each function takes what a person may type and gives the form that is kept, or nothing.

use jiff::civil::Date;

/// The earliest day that an answer may name.
pub(crate) const EARLIEST: Date = Date::constant(1900, 1, 1);

/// Text as it is kept: line ends as `\n`, control characters dropped, blanks at both ends cut off. One line
/// only, unless `lines`.
pub(crate) fn text(raw: &str, lines: bool) -> String {
    let unified = raw.replace("\r\n", "\n").replace('\r', "\n");
    let clean: String = unified
        .chars()
        .filter_map(|c| match c {
            '\n' if lines => Some('\n'),
            '\n' | '\t' => Some(' '),
            // Control characters carry no meaning in an answer, and NUL cannot be stored by every database.
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect();
    clean.trim().to_string()
}

/// A postcode of the United Kingdom in capitals with its one space. The pattern is that of the outward and
/// inward parts; whether Royal Mail delivers there is not asked.
pub(crate) fn postcode(raw: &str) -> Option<String> {
    let packed: String = raw.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if !packed.is_ascii() || !(5..=7).contains(&packed.len()) {
        return None;
    }
    let (outward, inward) = packed.split_at(packed.len() - 3);
    let shape = |part: &str| -> String {
        part.chars()
            .map(|c| match c {
                'A'..='Z' => 'A',
                '0'..='9' => '9',
                _ => '?',
            })
            .collect()
    };
    let outward_fits = matches!(shape(outward).as_str(), "A9" | "A99" | "A9A" | "AA9" | "AA99" | "AA9A");
    let fits = (outward_fits || outward == "GIR") && shape(inward) == "9AA";
    fits.then(|| format!("{outward} {inward}"))
}

/// A registration mark in capitals without spaces: 2 to 8 letters and digits. Foreign and personal marks
/// follow no one pattern, so that none is asked for.
pub(crate) fn registration(raw: &str) -> Option<String> {
    let packed: String =
        raw.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    let fits = packed.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    (fits && (2..=8).contains(&packed.len())).then_some(packed)
}

/// A phone number in the form of ITU-T E.164; one that begins with a single 0 is taken for British.
pub(crate) fn phone(raw: &str) -> Option<String> {
    let mut digits = String::new();
    for (n, c) in raw.trim().replace("(0)", "").chars().enumerate() {
        match c {
            '+' if n == 0 => digits.push('+'),
            '0'..='9' => digits.push(c),
            ' ' | '-' | '.' | '(' | ')' | '\u{a0}' | '\u{2010}'..='\u{2013}' => {}
            _ => return None,
        }
    }
    let number = if let Some(abroad) = digits.strip_prefix('+').or_else(|| digits.strip_prefix("00")) {
        abroad.to_string()
    } else {
        format!("44{}", digits.strip_prefix('0')?)
    };
    let fits = match number.strip_prefix("44") {
        // Ofcom's numbering plan: ten digits after the 0, sometimes nine, and seven for a few such as
        // 0800 1111; mobile numbers always have ten.
        Some(national) => match national.chars().next() {
            Some('1'..='3' | '5') => matches!(national.len(), 9 | 10),
            Some('7') => national.len() == 10,
            Some('8' | '9') => matches!(national.len(), 7 | 9 | 10),
            _ => false,
        },
        None => (7..=15).contains(&number.len()) && !number.starts_with('0'),
    };
    fits.then(|| format!("+{number}"))
}

/// An address of mail, as it was typed: one `@`, a name before it, a dotted name of a host after it.
pub(crate) fn email(raw: &str) -> Option<String> {
    let mail = raw.trim();
    let (name, host) = mail.split_once('@')?;
    let name_fits = !name.is_empty()
        && name.len() <= 64
        && !name.starts_with('.')
        && !name.ends_with('.')
        && name.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"()<>[]\\,;:\"@".contains(c));
    let label_fits = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let labels: Vec<&str> = host.split('.').collect();
    let host_fits = labels.len() >= 2
        && labels.iter().all(|label| label_fits(label))
        && labels.last().is_some_and(|last| last.chars().count() >= 2 && !last.chars().all(char::is_numeric));
    (mail.len() <= 254 && name_fits && host_fits).then(|| mail.to_string())
}

/// A day written YYYY-MM-DD.
pub(crate) fn date(raw: &str) -> Option<Date> {
    let bytes = raw.as_bytes();
    let fits = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(n, b)| if n == 4 || n == 7 { *b == b'-' } else { b.is_ascii_digit() });
    if !fits {
        return None;
    }
    let part = |range: std::ops::Range<usize>| raw.get(range);
    Date::new(part(0..4)?.parse().ok()?, part(5..7)?.parse().ok()?, part(8..10)?.parse().ok()?).ok()
}

/// A month by number, or by its English name or the beginning of it.
pub(crate) fn month(raw: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = raw.trim().to_lowercase();
    if word.len() >= 3 && word.chars().all(char::is_alphabetic) {
        return NAMES.iter().position(|name| name.starts_with(&word)).and_then(|n| u32::try_from(n + 1).ok());
    }
    whole(&word).filter(|n| (1..=12).contains(n))
}

/// A number of one to four digits.
pub(crate) fn whole(raw: &str) -> Option<u32> {
    let digits = raw.trim();
    let fits = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if fits { digits.parse().ok() } else { None }
}

/// A time of day as HH:MM, from `14:30`, `14.30`, `2:30pm`, `2pm`, `midday` or `midnight`.
pub(crate) fn time(raw: &str) -> Option<String> {
    let word: String = raw.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    match word.as_str() {
        "midnight" => return Some("00:00".into()),
        "midday" | "noon" => return Some("12:00".into()),
        _ => {}
    }
    let half = ["am", "a.m.", "pm", "p.m."].into_iter().find(|half| word.ends_with(half));
    let clock = word.strip_suffix(half.unwrap_or("")).unwrap_or(&word);
    let (hour, minute) = match clock.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 => (whole(hour)?, whole(minute)?),
        Some(_) => return None,
        None => match (half, clock.len()) {
            (Some(_), _) => (whole(clock)?, 0),
            (None, 4) => (whole(clock.get(..2)?)?, whole(clock.get(2..)?)?),
            _ => return None,
        },
    };
    let hour = match half.map(|h| h.starts_with('p')) {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(false) => hour % 12,
        Some(true) => hour % 12 + 12,
        None => hour,
    };
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

/// A decimal number without its thousands commas, blanks and a pound sign: its sign, its whole part and its
/// decimals. At most 15 digits, which a double holds exactly.
pub(crate) fn decimal(raw: &str) -> Option<(bool, String, String)> {
    let bare: String = raw.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '£')).collect();
    let (negative, digits) = match bare.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, bare.as_str()),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let whole = whole.trim_start_matches('0');
    let part = part.trim_end_matches('0');
    let any = digits.bytes().any(|b| b.is_ascii_digit());
    (any && all_digits(whole) && all_digits(part) && whole.len() + part.len() <= 15)
        .then(|| (negative, if whole.is_empty() { "0".into() } else { whole.into() }, part.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(of: fn(&str) -> Option<String>, rows: &[(&str, Option<&str>)]) {
        for (raw, kept) in rows {
            assert_eq!(of(raw).as_deref(), *kept, "{raw:?}");
            if let Some(kept) = kept {
                assert_eq!(of(kept).as_deref(), Some(*kept), "what is kept reads back as itself");
            }
        }
    }

    #[test]
    fn postcodes() {
        table(
            postcode,
            &[
                ("zz99 1aa", Some("ZZ99 1AA")),
                (" z z 9 9 1 a a ", Some("ZZ99 1AA")),
                ("W1A1AA", Some("W1A 1AA")),
                ("gir0aa", Some("GIR 0AA")),
                ("ZZ99", None),
                ("12345", None),
                ("ZZ99 AA1", None),
                ("ŻZ99 1AA", None),
                ("", None),
            ],
        );
    }

    #[test]
    fn registrations() {
        table(
            registration,
            &[
                ("ab12 cde", Some("AB12CDE")),
                ("a 1", Some("A1")),
                ("B-MW 1234", Some("BMW1234")),
                ("X", None),
                ("ABCDEFGHI", None),
                ("AB12*DE", None),
            ],
        );
    }

    #[test]
    fn phone_numbers_in_the_ranges_kept_for_drama() {
        table(
            phone,
            &[
                ("07700 900123", Some("+447700900123")),
                ("+44 (0)7700 900 123", Some("+447700900123")),
                ("0044 7700 900123", Some("+447700900123")),
                ("(01632) 960-123", Some("+441632960123")),
                ("0800 1111", Some("+448001111")),
                ("+33 1 23 45 67 89", Some("+33123456789")),
                ("999", None),
                ("7700 900123", None),
                ("07700 90012", None),
                ("07700 900", None),
                ("call me", None),
                ("07700 900123 ext 4", None),
                ("07700+900123", None),
            ],
        );
    }

    #[test]
    fn mail_addresses() {
        table(
            email,
            &[
                ("a.person@example.com", Some("a.person@example.com")),
                (" o'neill+tag@mail.example.org ", Some("o'neill+tag@mail.example.org")),
                ("a@b", None),
                ("a@@example.com", None),
                ("a b@example.com", None),
                ("a@example..com", None),
                ("@example.com", None),
                ("a@-example.com", None),
                ("a@127.0.0.1", None),
            ],
        );
    }

    #[test]
    fn days_months_and_times() {
        assert_eq!(date("2026-02-28"), Some(Date::constant(2026, 2, 28)));
        for wrong in ["2026-02-29", "2026-2-28", "28/02/2026", "20260228", "2026-13-01", "２026-01-01"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
        for (raw, number) in
            [("1", Some(1)), ("012", Some(12)), ("Sept", Some(9)), ("ma", None), ("13", None)]
        {
            assert_eq!(month(raw), number, "{raw}");
        }
        table(
            time,
            &[
                ("2:30pm", Some("14:30")),
                ("2.30 PM", Some("14:30")),
                ("12am", Some("00:00")),
                ("12:05 p.m.", Some("12:05")),
                ("midnight", Some("00:00")),
                ("2330", Some("23:30")),
                ("24:00", None),
                ("13pm", None),
                ("2:3", None),
                ("half two", None),
                ("7", None),
            ],
        );
    }

    #[test]
    fn decimals() {
        let shown = |raw| decimal(raw).map(|(n, w, p)| format!("{}{w}.{p}", if n { "-" } else { "" }));
        for (raw, read) in [
            ("£1,234.50", Some("1234.5")),
            ("007", Some("7.")),
            ("-3", Some("-3.")),
            (".5", Some("0.5")),
            ("", None),
            (".", None),
            ("1.2.3", None),
            ("1e9", None),
            ("1234567890123456", None),
        ] {
            assert_eq!(shown(raw).as_deref(), read, "{raw}");
        }
    }

    #[test]
    fn text_keeps_its_words_and_loses_control_characters() {
        assert_eq!(text(" one\r\ntwo\u{0}\u{7}\tthree ", true), "one\ntwo three");
        assert_eq!(text("one\ntwo", false), "one two");
        assert_eq!(text("Siân 李 🙂", false), "Siân 李 🙂");
    }
}
