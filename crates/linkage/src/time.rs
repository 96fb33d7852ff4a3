//! Times as DuckDB's `strptime` reads them: white space around is allowed, fields may be shorter than their width, and
//! a day that no calendar has is no time.

/// Reads a time of a form such as `%Y-%m-%d`: seconds since 1970-01-01, or `None` where the text is none.
///
/// # Errors
/// Where the form has a part that is not supported.
pub fn parse(text: &str, form: &str) -> Result<Option<f64>, String> {
    let mut fields = [1970i64, 1, 1, 0, 0, 0];
    let mut fraction = 0.0;
    let mut rest = text.trim_matches(|c: char| c.is_ascii_whitespace()).as_bytes();
    let mut ok = true;
    let mut afternoon = None;
    let mut form = form.bytes();
    while let Some(byte) = form.next() {
        if byte != b'%' {
            match rest.split_first() {
                Some((first, tail)) if *first == byte => rest = tail,
                _ => ok = false,
            }
            continue;
        }
        let mut kind = form.next().unwrap_or(b'%');
        if kind == b'-' {
            kind = form.next().unwrap_or(b'%');
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
                fields[3] = hour % 12;
                afternoon.get_or_insert(false);
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
    if afternoon == Some(true) {
        fields[3] += 12;
    }
    let [year, month, day, hour, minute, second] = fields;
    if !ok || !rest.is_empty() || hour > 23 || minute > 59 || second > 59 {
        return Ok(None);
    }
    Ok(days(year, month, day).map(|d| (d * 86_400 + hour * 3600 + minute * 60 + second) as f64 + fraction))
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
    let whole = seconds.floor() as i64;
    let mut out = Vec::new();
    crate::read::write_day(whole.div_euclid(86_400), &mut out);
    let of_day = whole.rem_euclid(86_400);
    let mut text = String::from_utf8_lossy(&out).into_owned();
    if of_day != 0 {
        text.push_str(&format!(" {:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60));
    }
    text
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
