//! Times as DuckDB's `strptime` reads them: white space around is allowed, fields may be shorter than their width, and
//! a day that no calendar has is no time.

/// Reads a time of a form such as `%Y-%m-%d`: seconds since 1970-01-01, or `None` where the text is none.
///
/// # Errors
/// Where the form has a part that is not supported.
pub fn parse(text: &str, form: &str) -> Result<Option<f64>, String> {
    // A cast reads `inf` as well, a form does not.
    let named = Some(text.trim_matches(space)).filter(|t| t.len() > 4).and_then(named);
    let mut fields = [1900i64, 1, 1, 0, 0, 0];
    let mut fraction = 0.0;
    let mut rest = text.trim_start_matches(space).as_bytes();
    let mut ok = true;
    let mut afternoon = None;
    let mut form = form.bytes();
    let mut gap = false;
    while let Some(byte) = form.next() {
        // A space of the form stands for one or more, and several for the same.
        if byte != b'%' && space(char::from(byte)) {
            let spaces = rest.iter().take_while(|b| space(char::from(**b))).count();
            ok &= spaces > 0 || gap;
            rest = &rest[spaces..];
            gap = true;
            continue;
        }
        gap = false;
        if byte != b'%' {
            match rest.split_first() {
                Some((first, tail)) if *first == byte => rest = tail,
                _ => ok = false,
            }
            continue;
        }
        let mut kind = form.next().ok_or("a time's form ends in a %")?;
        if kind == b'-' {
            kind = form.next().ok_or("a time's form ends in a %-")?;
            if !b"dmyHIMS".contains(&kind) {
                return Err(format!("the part %-{} of a time's form is not supported", char::from(kind)));
            }
        }
        let mut number = |most: usize| {
            let digits = rest.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
            let value = rest[..digits].iter().fold(0i64, |n, b| n * 10 + i64::from(b - b'0'));
            rest = &rest[digits..];
            ok &= digits > 0;
            (value, digits)
        };
        match kind {
            b'Y' => fields[0] = number(4).0,
            b'y' => {
                let year = number(2).0;
                fields[0] = if year >= 69 { 1900 + year } else { 2000 + year };
            }
            b'm' => fields[1] = number(2).0,
            b'd' => fields[2] = number(2).0,
            b'H' => fields[3] = number(2).0,
            b'I' => {
                let hour = number(2).0;
                ok &= (1..=12).contains(&hour);
                fields[3] = hour;
            }
            b'M' => fields[4] = number(2).0,
            b'S' => fields[5] = number(2).0,
            b'f' => {
                let (value, digits) = number(6);
                fraction = value as f64 / 10f64.powi(i32::try_from(digits).unwrap_or(6));
            }
            b'p' => match rest {
                [a, m, tail @ ..] if m.eq_ignore_ascii_case(&b'm') && b"aApP".contains(a) => {
                    afternoon = Some(a.eq_ignore_ascii_case(&b'p'));
                    rest = tail;
                }
                _ => ok = false,
            },
            b'b' | b'B' | b'h' => match month(rest, kind == b'B') {
                Some((number, length)) => {
                    fields[1] = number;
                    rest = &rest[length..];
                }
                None => ok = false,
            },
            b'%' => match rest.split_first() {
                Some((b'%', tail)) => rest = tail,
                _ => ok = false,
            },
            other => {
                return Err(format!("the part %{} of a time's form is not supported", char::from(other)));
            }
        }
    }
    if named.is_some() {
        return Ok(named);
    }
    // Half a day is of an hour up to 12, however that was written.
    if let Some(afternoon) = afternoon {
        ok &= fields[3] <= 12;
        fields[3] = fields[3] % 12 + if afternoon { 12 } else { 0 };
    }
    let rest = rest.iter().skip_while(|b| space(char::from(**b))).count();
    let [year, month, day, hour, minute, second] = fields;
    if !ok || rest > 0 || hour > 23 || minute > 59 || second > 59 {
        return Ok(None);
    }
    Ok(days(year, month, day).map(|d| (d * 86_400 + hour * 3600 + minute * 60 + second) as f64 + fraction))
}

/// What C's `isspace` takes for a space.
fn space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

/// Times that have a name: the year 1970, and the two that are beyond all others.
fn named(text: &str) -> Option<f64> {
    match text.to_ascii_lowercase().as_str() {
        "epoch" => Some(0.0),
        "infinity" | "inf" => Some(f64::INFINITY),
        "-infinity" | "-inf" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// Up to `most` digits at the beginning, as a number, and what follows.
fn digits(text: &[u8], most: usize) -> Option<(i64, &[u8])> {
    let count = text.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
    let value = text[..count].iter().fold(0i64, |n, b| n * 10 + i64::from(b - b'0'));
    (count > 0).then_some((value, &text[count..]))
}

/// A day at the beginning of a text (seconds, and what follows): `2020-1-5`, with `-`, `/`, `\` or a space between, a
/// year of any length, before Christ where it is negative or followed by `(BC)`.
fn leading_day(text: &str) -> Option<(i64, &[u8])> {
    let text = text.trim_start_matches(space).as_bytes();
    let (negative, rest) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    let (year, rest) = digits(rest, 10)?;
    let (between, rest) = rest.split_first().filter(|(b, _)| b"-/\\ ".contains(b))?;
    let (month, rest) = digits(rest, 2)?;
    let (_, rest) = rest.split_first().filter(|(b, _)| *b == between)?;
    let (day, mut rest) = digits(rest, 2)?;
    let mut year = if negative { -year } else { year };
    if let Some(after) = rest.strip_prefix(b" (BC)") {
        if negative || year == 0 {
            return None;
        }
        year = 1 - year;
        rest = after;
    }
    // As far as 32 bits of days reach.
    let days = days(year, month, day).filter(|d| (-2_147_483_646..=2_147_483_646).contains(d))?;
    Some((days * 86_400, rest))
}

/// A text as a DATE, as DuckDB's cast reads it; of a moment its day. `None` where it is none.
pub fn day(text: &str) -> Option<f64> {
    if let Some(time) = named(text.trim_matches(space)) {
        return Some(time);
    }
    let (seconds, rest) = leading_day(text)?;
    if rest.iter().all(|b| space(char::from(*b))) {
        return Some(seconds as f64);
    }
    of_day(rest).map(|_| seconds as f64)
}

/// A text as a TIMESTAMP, as DuckDB's cast reads it: a zone after the time is read and means nothing.
pub fn moment(text: &str) -> Option<f64> {
    if let Some(time) = named(text.trim_matches(space)) {
        return Some(time);
    }
    let (seconds, rest) = leading_day(text)?;
    let micros = if rest.is_empty() { 0 } else { of_day(rest)? };
    // As far as 64 bits of microseconds reach.
    let all = seconds.checked_mul(1_000_000)?.checked_add(micros)?;
    Some(all as f64 / 1e6)
}

/// The time of day behind a day, in microseconds.
fn of_day(rest: &[u8]) -> Option<i64> {
    let (_, rest) = rest.split_first().filter(|(b, _)| b"T ".contains(b))?;
    let spaces = rest.iter().take_while(|b| space(char::from(**b))).count();
    let (hour, rest) = digits(&rest[spaces..], 9)?;
    let rest = rest.strip_prefix(b":")?;
    let (minute, mut rest) = digits(rest, 2)?;
    let (mut second, mut micros) = (0, 0);
    if let Some(after) = rest.strip_prefix(b":") {
        (second, rest) = digits(after, 2)?;
        if let Some(after) = rest.strip_prefix(b".") {
            let count = after.iter().take_while(|b| b.is_ascii_digit()).count();
            micros =
                (0..6).fold(0, |n, at| n * 10 + if at < count { i64::from(after[at] - b'0') } else { 0 });
            rest = &after[count..];
        }
    }
    let midnight = hour == 24 && minute == 0 && second == 0 && micros == 0;
    if (hour > 23 && !midnight) || minute > 59 || second > 59 {
        return None;
    }
    zone(rest).then_some((hour * 3600 + minute * 60 + second) * 1_000_000 + micros)
}

/// Whether this may follow a time of day.
fn zone(rest: &[u8]) -> bool {
    match rest {
        [] | b"Z" => true,
        [b'+' | b'-', after @ ..] => match digits(after, 2) {
            Some((_, after)) => {
                let after = after.strip_prefix(b":").unwrap_or(after);
                after.is_empty() || digits(after, 2).is_some_and(|(_, after)| after.is_empty())
            }
            None => false,
        },
        [b' ', ..] => true,
        _ => false,
    }
}

const MONTHS: [&str; 12] = [
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

fn month(text: &[u8], whole: bool) -> Option<(i64, usize)> {
    MONTHS.iter().enumerate().find_map(|(at, name)| {
        let length = if whole { name.len() } else { 3 };
        let found = text.get(..length)?.eq_ignore_ascii_case(&name.as_bytes()[..length]);
        found.then_some((at as i64 + 1, length))
    })
}

/// Days since 1970-01-01 of a day that the calendar has.
pub fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years begin in March, in cycles of 400 years, so that leap days fall at the end.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// A moment as text: a day, and the time of day where it is not midnight.
pub fn write(seconds: f64) -> String {
    let text = write_moment(seconds);
    text.strip_suffix(" 00:00:00").map(str::to_owned).unwrap_or(text)
}

/// A moment as text, as DuckDB writes a TIMESTAMP: to the microsecond where it has any.
pub fn write_moment(seconds: f64) -> String {
    if seconds.is_infinite() {
        return if seconds > 0.0 { "infinity" } else { "-infinity" }.to_owned();
    }
    let micros = (seconds * 1e6).round() as i128;
    let whole = micros.div_euclid(1_000_000);
    let of_day = whole.rem_euclid(86_400);
    let (year, month, day) = civil(whole.div_euclid(86_400) as i64);
    let mut text = if year > 0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{:04}-{month:02}-{day:02} (BC)", 1 - year)
    };
    text.push_str(&format!(" {:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60));
    let rest = micros.rem_euclid(1_000_000);
    if rest != 0 {
        text.push_str(format!(".{rest:06}").trim_end_matches('0'));
    }
    text
}

/// Year, month and day of a number of days since 1970-01-01: [`days`] backwards.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let of_400 = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * of_400 + of_400 / 4 - of_400 / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + of_400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asked of DuckDB 2.0.1: `epoch(try_strptime(text, '%Y-%m-%d'))`.
    #[test]
    fn days_are_read_as_leniently_as_duckdb_reads_them() {
        let known = [
            ("2020-01-05", Some(1_578_182_400.0)),
            ("2020-1-5", Some(1_578_182_400.0)),
            (" 2020-01-05", Some(1_578_182_400.0)),
            ("2020-01-05\n", Some(1_578_182_400.0)),
            ("20-01-05", Some(-61_535_721_600.0)),
            ("0000-01-01", Some(-62_167_219_200.0)),
            ("2000-02-29", Some(951_782_400.0)),
            ("1900-02-29", None),
            ("2020-02-30", None),
            ("12020-01-01", None),
            ("2020-13-01", None),
            ("2020-00-10", None),
            ("-2020-01-01", None),
            ("2020-001-05", None),
            ("2020-01-05x", None),
            ("2020 -01-05", None),
            ("2020/01/05", None),
            ("2020-01", None),
            ("", None),
        ];
        for (text, seconds) in known {
            assert_eq!(parse(text, "%Y-%m-%d"), Ok(seconds), "{text:?}");
        }
    }

    #[test]
    fn a_form_that_is_not_known_is_refused_by_name() {
        assert!(parse("x", "%Q").is_err_and(|e| e.contains("%Q")));
        assert_eq!(parse("5 Mar 1980 1:30 PM", "%d %b %Y %I:%M %p"), Ok(Some(321_111_000.0)));
    }
}
