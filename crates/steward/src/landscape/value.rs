//! What people write into a cell, read as what they mean. Each reader gives a value with a doubt, if there is one, or
//! a sentence that says what to write instead.

use super::{
    Column,
    application::{Disposition, Hosting, Integration, Pattern, Pence, Sourcing},
    calendar,
    table::Cell,
    unit::{self, Unit},
    workbook::serial_day,
};
use bluelamp_model::Day;

/// A value, and what somebody should look at again.
#[derive(Debug, PartialEq)]
pub(super) struct Taken<T> {
    pub(super) value: Option<T>,
    pub(super) doubt: Option<String>,
}

pub(super) type Reading<T> = Result<Taken<T>, String>;

fn sure<T>(value: T) -> Reading<T> {
    Ok(Taken { value: Some(value), doubt: None })
}

fn doubtful<T>(value: T, doubt: impl Into<String>) -> Reading<T> {
    Ok(Taken { value: Some(value), doubt: Some(doubt.into()) })
}

fn nothing<T>() -> Reading<T> {
    Ok(Taken { value: None, doubt: None })
}

/// Whether the words say that it is not known or does not apply.
fn unsaid(text: &str) -> bool {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    matches!(
        text.as_str(),
        "" | "-"
            | "–"
            | "—"
            | "?"
            | "n/a"
            | "na"
            | "n/k"
            | "nk"
            | "tbc"
            | "tbd"
            | "tba"
            | "unknown"
            | "not known"
            | "none"
            | "not applicable"
            | "not available"
            | "to be confirmed"
            | "don't know"
            | "dont know"
            | "null"
    )
}

fn broken(cell: &Cell) -> Result<(), String> {
    match cell {
        Cell::Broken(what) => {
            Err(format!("{what}: open the file in the spreadsheet program, put the cell right, and save it"))
        }
        _ => Ok(()),
    }
}

/// A whole number from one whose range was checked.
#[expect(clippy::cast_possible_truncation, reason = "every caller knows the range, and the cast saturates")]
pub(super) fn whole(n: f64) -> i64 {
    n.round() as i64
}

/// Words; nothing where it says that nobody knows.
pub(super) fn words(cell: &Cell) -> Reading<String> {
    broken(cell)?;
    let text = cell.text();
    if unsaid(&text) { nothing() } else { sure(text) }
}

/// A yes or a no.
pub(super) fn yes_no(cell: &Cell) -> Reading<bool> {
    broken(cell)?;
    let text = cell.text().to_lowercase();
    match text.trim_end_matches('.') {
        "yes" | "y" | "true" | "1" | "x" | "✓" | "✔" => sure(true),
        "no" | "n" | "false" | "0" | "✗" | "✘" | "none" => sure(false),
        t if unsaid(t) => nothing(),
        _ => Err(format!("'{}' is neither yes nor no: write yes, no, or leave it empty", cell.text())),
    }
}

/// The words of a figure and its unit: that of the column, or the one that stands in brackets behind it. Both is one
/// too many.
fn own_unit(column: Column, text: &str, of_column: Unit) -> Result<(&str, Unit, bool), String> {
    match unit::of_figure(column, text).map_err(|e| format!("'{text}': {e}"))? {
        None => Ok((text, of_column, false)),
        Some((figure, unit)) if of_column == Unit::ONE => Ok((figure, unit, unit != Unit::ONE)),
        Some(_) => Err(two_units(text, of_column)),
    }
}

fn two_units(text: &str, of_column: Unit) -> String {
    format!(
        "'{text}' has its own unit in a column whose figures are {}: write the figure alone, in the unit of the column",
        of_column.said()
    )
}

/// A figure times the scale of its column, and whether it has a scale of its own, which then stands for the column's:
/// "£650k" in a column of thousands is 650 thousand.
fn scaled(text: &str, unit: Unit) -> Option<(f64, bool)> {
    let (number, by) = figure(text)?;
    let own = by > 1.0 && unit.scale > 1.0;
    let times = if own { unit.in_year } else { unit.times() };
    Some((number * by * times, own))
}

/// A count of people, where the column's figures are in this unit.
pub(super) fn count(cell: &Cell, unit: Unit) -> Reading<u64> {
    broken(cell)?;
    let text = cell.text();
    if unsaid(&text) {
        return nothing();
    }
    let wrong = || format!("'{text}' is not a number of people: write digits only, such as 1200");
    let (plain, unit, own) = own_unit(Column::Users, &text, unit)?;
    let (plain, about) = about(plain);
    let plain = plain.trim_end_matches("users").trim_end_matches("people").trim();
    let (number, scaled) = scaled(plain, unit).ok_or_else(wrong)?;
    let own = own || scaled;
    if !(0.0..=10_000_000.0).contains(&number) {
        return Err(format!("'{text}' cannot be a number of people: write a number from 0 to 10,000,000"));
    }
    let whole = number.round();
    let doubt = match (about, (whole - number).abs() > 1e-6) {
        (_, true) => Some(format!("'{text}' was rounded to {whole}")),
        (true, _) => Some(format!("'{text}' was taken as {whole}: it is an estimate")),
        _ => own.then(|| format!("'{text}' was taken as {whole}")),
    };
    Ok(Taken { value: u64::try_from(self::whole(whole)).ok(), doubt })
}

/// Leaves out what says that it is an estimate.
fn about(text: &str) -> (String, bool) {
    let low = text.trim().to_lowercase();
    for word in
        ["approximately", "approx.", "approx", "about", "around", "circa", "c.", "~", "est.", "est", "ca."]
    {
        if let Some(rest) = low.strip_prefix(word) {
            return (rest.trim().to_owned(), true);
        }
    }
    match low.strip_suffix('+') {
        Some(rest) => (rest.trim().to_owned(), true),
        None => (low, false),
    }
}

/// A number with commas between thousands, and what `k` or `m` behind it takes it times.
fn figure(text: &str) -> Option<(f64, f64)> {
    let text = text.trim();
    let ends = [("million", 1e6), ("mn", 1e6), ("m", 1e6), ("thousand", 1e3), ("k", 1e3)];
    let found = ends.iter().find_map(|(end, by)| text.strip_suffix(end).map(|rest| (rest.trim(), *by)));
    let (digits, by) = found.unwrap_or((text, 1.0));
    let (whole, rest) = digits.split_once('.').map_or((digits, None), |(w, r)| (w, Some(r)));
    let groups: Vec<_> = whole.split([',', ' ', '\u{a0}']).collect();
    let (first, more) = groups.split_first()?;
    let digits_only = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let grouped =
        more.iter().all(|g| g.len() == 3 && digits_only(g)) && (more.is_empty() || first.len() <= 3);
    if !digits_only(first) || !grouped || !rest.is_none_or(digits_only) {
        return None;
    }
    let number: f64 = format!("{}.{}", groups.concat(), rest.unwrap_or("0")).parse().ok()?;
    Some((number, by))
}

/// Pounds in a year, in pence, where the column's figures are in this unit.
pub(super) fn money(cell: &Cell, unit: Unit) -> Reading<Pence> {
    broken(cell)?;
    let text = cell.text();
    if unsaid(&text) {
        return nothing();
    }
    let (plain, unit, own) = own_unit(Column::RunCost, &text, unit)?;
    let (mut plain, estimate) = about(plain);
    let monthly = unit.in_year > 1.0;
    if plain.contains(['€', '$', '¥']) || plain.contains("eur") || plain.contains("usd") {
        return Err(format!("'{text}' is in another currency: write the amount in pounds"));
    }
    let yearly = ["per annum", "per year", "p.a.", "pa", "a year", "/year", "/yr"];
    if monthly && yearly.iter().any(|w| plain.contains(w)) {
        return Err(format!(
            "'{text}' is for a year in a column for a month: write what it costs in a month"
        ));
    }
    for word in yearly.into_iter().chain(["gbp", "£", "ex vat", "exc vat", "excl vat"]) {
        plain = plain.replace(word, " ");
    }
    for word in ["per month", "a month", "/month"].into_iter().filter(|_| monthly) {
        plain = plain.replace(word, " ");
    }
    let plain = plain.trim();
    if plain.starts_with('-') || (plain.starts_with('(') && plain.ends_with(')')) {
        return Err(format!(
            "'{text}' is less than nothing: write what it costs, without a minus or brackets"
        ));
    }
    if matches!(plain, "free" | "nil" | "no cost") {
        return sure(0);
    }
    if plain.contains("month") || plain.contains("/mo") {
        return Err(format!("'{text}' is for a month: write what it costs in a year"));
    }
    // A spreadsheet's number may carry the noise of its arithmetic; a typed one may not.
    let (number, scaled) = match cell {
        Cell::Number(n) => (n * unit.times(), false),
        _ => scaled(plain, unit).ok_or_else(|| {
            format!("'{text}' is not an amount in pounds: write it such as 12500 or £12,500.00")
        })?,
    };
    if !(0.0..=1e10).contains(&number) {
        return Err(format!("'{text}' cannot be a cost: write pounds in a year, from 0 to 10,000,000,000"));
    }
    let pence = (number * 100.0).round();
    if estimate {
        return doubtful(whole(pence), format!("'{text}' was taken as £{number}: it is an estimate"));
    }
    if own || scaled {
        return doubtful(whole(pence), format!("'{text}' was taken as £{number}"));
    }
    sure(whole(pence))
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

fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    let at =
        MONTHS.iter().position(|m| *m == word || (word.len() >= 3 && m.starts_with(word) && word.is_ascii()));
    at.and_then(|n| i8::try_from(n + 1).ok())
}

/// A day: ISO, the way it is written in the UK, or a spreadsheet's number.
pub(super) fn day(cell: &Cell) -> Reading<Day> {
    broken(cell)?;
    let text = cell.text();
    let example = "write it such as 31/03/2027 or 2027-03-31";
    match cell {
        Cell::Day(day) => return sure(*day),
        Cell::Number(n) if (1990.0..2100.0).contains(n) && n.fract() == 0.0 => {
            return year_only(i16::try_from(whole(*n)).unwrap_or(0));
        }
        Cell::Number(n) => {
            return match serial_day(*n, false) {
                Some(day) => {
                    doubtful(day, format!("the number {n} was taken as a spreadsheet's date, {day}"))
                }
                None => Err(format!("the number {n} is no date: {example}")),
            };
        }
        _ => {}
    }
    let low = text.to_lowercase();
    if unsaid(&low) {
        return nothing();
    }
    if ["rolling", "evergreen", "open ended", "open-ended", "perpetual", "in house", "in-house"]
        .contains(&low.as_str())
    {
        return Ok(Taken {
            value: None,
            doubt: Some(format!("'{text}' was taken as a contract without an end")),
        });
    }
    let wrong = |e: String| format!("'{text}' is not a day: {e}; {example}");
    // The time of day says nothing about a contract.
    let date = low
        .split_once(['t', ' '])
        .filter(|(d, t)| d.len() == 10 && t.starts_with(|c: char| c.is_ascii_digit()) && t.contains(':'));
    let low = date.map_or(low.as_str(), |(d, _)| d);
    let parts: Vec<&str> = low.split(['/', '-', '.', ' ', ',']).filter(|p| !p.is_empty()).collect();
    let number = |t: &str| t.parse::<i16>().ok().filter(|_| t.bytes().all(|b| b.is_ascii_digit()));
    let small = |t: &str| {
        let t = ["st", "nd", "rd", "th"].iter().find_map(|end| t.strip_suffix(end)).unwrap_or(t);
        number(t).and_then(|n| i8::try_from(n).ok())
    };
    match parts.as_slice() {
        [y, m, d] if y.len() == 4 && number(y).is_some() => {
            let (Some(y), Some(m), Some(d)) = (number(y), small(m).or_else(|| month(m)), small(d)) else {
                return Err(wrong("it has no month and day".into()));
            };
            Day::new(y, m, d).map_err(wrong).and_then(sure)
        }
        [d, m, y] => {
            let (Some(day), Some(m), Some(year)) = (small(d), small(m).or_else(|| month(m)), number(y))
            else {
                return Err(wrong("it is not day, month, year".into()));
            };
            let short = y.len() <= 2;
            let year = if short { year + 2000 } else { year };
            if !(1990..2100).contains(&year) {
                return Err(wrong(format!("the year {y} is out of reach")));
            }
            let found = Day::new(year, m, day).map_err(|e| match Day::new(year, day, m) {
                Ok(_) => wrong("days come before months here".into()),
                Err(_) => wrong(e),
            })?;
            if short { doubtful(found, format!("'{text}' was taken as {found}")) } else { sure(found) }
        }
        [m, y] if month(m).is_some() || (m.len() <= 2 && small(m).is_some()) => {
            let (Some(m), Some(year)) = (month(m).or_else(|| small(m)), number(y)) else {
                return Err(wrong("it is not month and year".into()));
            };
            let year = if y.len() <= 2 { year + 2000 } else { year };
            match calendar::last_of_month(year, m).filter(|_| (1990..2100).contains(&year)) {
                Some(day) => doubtful(day, format!("'{text}' was taken as the end of that month, {day}")),
                None => Err(wrong("there is no such month".into())),
            }
        }
        [y] if y.len() == 4 && number(y).is_some_and(|y| (1990..2100).contains(&y)) => {
            year_only(number(y).unwrap_or(0))
        }
        [n] if n.len() == 5 && number(n).is_none() => {
            match n.parse::<f64>().ok().and_then(|n| serial_day(n, false)) {
                Some(day) => {
                    doubtful(day, format!("the number {n} was taken as a spreadsheet's date, {day}"))
                }
                None => Err(wrong("it has no day, month and year".into())),
            }
        }
        _ => Err(wrong("it has no day, month and year".into())),
    }
}

fn year_only(year: i16) -> Reading<Day> {
    match Day::new(year, 12, 31) {
        Ok(day) => doubtful(day, format!("only the year {year} is given; taken as {day}")),
        Err(e) => Err(e),
    }
}

/// Where something runs.
pub(super) fn hosting(cell: &Cell) -> Reading<Hosting> {
    broken(cell)?;
    let text = cell.text();
    if unsaid(&text) {
        return nothing();
    }
    let plain: String = text.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let known = match plain.as_str() {
        "onpremise" | "onpremises" | "onprem" | "local" | "localserver" | "datacentre" | "datacenter"
        | "inhouse" | "forcedatacentre" | "forcehosted" | "self" | "selfhosted" | "physical"
        | "owndatacentre" | "onsite" | "internal" | "internallyhosted" => Hosting::OnPremise,
        "privatecloud" | "suppliershosted" | "supplierhosted" | "hostedbysupplier" | "privatelyhosted"
        | "colocation" | "colo" | "managedhosting" | "dedicatedhosting" => Hosting::PrivateCloud,
        "hybrid" | "hybridcloud" | "mixed" | "partcloud" | "partlycloud" => Hosting::Hybrid,
        "publiccloud" | "public" => Hosting::PublicCloud,
        "iaas" | "infrastructureasaservice" | "publiccloudiaas" | "cloudiaas" => Hosting::Iaas,
        "paas" | "platformasaservice" | "publiccloudpaas" | "cloudpaas" => Hosting::Paas,
        "saas" | "softwareasaservice" | "publiccloudsaas" | "cloudsaas" => Hosting::Saas,
        "aws" | "azure" | "gcp" | "microsoftazure" | "amazonwebservices" | "amazon" | "googlecloud"
        | "ukcloud" | "oraclecloud" => {
            return doubtful(Hosting::PublicCloud, format!("'{text}' was taken as public cloud"));
        }
        "no" | "n" => return doubtful(Hosting::OnPremise, format!("'{text}' was taken as on-premise")),
        "cloud" | "cloudhosted" | "hostedincloud" | "hosted" | "yes" | "y" => {
            return Ok(Taken {
                value: None,
                doubt: Some(format!(
                    "'{text}' does not say whether it is public or private; counted as not known"
                )),
            });
        }
        // What stands in brackets or behind a dash is where or by whom: "SaaS (UK South)", "Azure - dual region".
        _ if text.contains(['(', '–', ',', '/']) || text.contains(" - ") => {
            let parts = text.split(['(', ')', '–', ',', '/']).flat_map(|part| part.split(" - "));
            let mut parts = parts.map(|part| part.trim().to_owned());
            let first = parts.next().unwrap_or_default();
            if first.is_empty() || first == text {
                return Err(not_hosting(&text));
            }
            let read = hosting(&Cell::Text(first)).map_err(|_| not_hosting(&text))?;
            // Two places of which one is on public cloud and one is not: "Azure / on-premise".
            let answer = |part: &String| matches!(part.to_lowercase().as_str(), "no" | "n");
            let others = parts.filter(|part| !answer(part));
            let others = others.filter_map(|part| hosting(&Cell::Text(part)).ok()?.value);
            let both = |first: Hosting, mut others: Vec<Hosting>| {
                others.push(first);
                others.contains(&Hosting::Hybrid)
                    || [true, false].iter().all(|public| others.iter().any(|h| h.public() == Some(*public)))
            };
            let others: Vec<Hosting> = others.collect();
            let value = read.value.map(|first| if both(first, others) { Hosting::Hybrid } else { first });
            let doubt = value.map(|h| format!("'{text}' was taken as {}", h.label()));
            return Ok(Taken { doubt: doubt.or(read.doubt), value });
        }
        _ => {
            return Err(not_hosting(&text));
        }
    };
    sure(known)
}

fn not_hosting(text: &str) -> String {
    format!(
        "'{text}' is not a way of hosting: write on-premise, private cloud, hybrid, public cloud, IaaS, PaaS or SaaS"
    )
}

/// Bought or built.
pub(super) fn sourcing(cell: &Cell) -> Reading<Sourcing> {
    broken(cell)?;
    let text = cell.text();
    if unsaid(&text) {
        return nothing();
    }
    let plain: String = text.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    match plain.as_str() {
        "cots"
        | "bought"
        | "package"
        | "commercial"
        | "offtheshelf"
        | "commercialofftheshelf"
        | "configuredcots" => sure(Sourcing::Cots),
        "opensource" | "oss" => sure(Sourcing::OpenSource),
        "bespoke" | "built" | "inhouse" | "custom" | "builtinhouse" => sure(Sourcing::Bespoke),
        _ => Err(format!("'{text}' is not a way of sourcing: write COTS, open source or bespoke")),
    }
}

/// What becomes of it.
pub(super) fn disposition(cell: &Cell) -> Reading<Disposition> {
    broken(cell)?;
    let text = cell.text();
    if unsaid(&text) {
        return nothing();
    }
    match text.to_lowercase().as_str() {
        "tolerate" | "keep" | "retain" | "t" => sure(Disposition::Tolerate),
        "invest" | "i" => sure(Disposition::Invest),
        "migrate" | "move" | "replace" | "m" => sure(Disposition::Migrate),
        "eliminate" | "decommission" | "retire" | "e" => sure(Disposition::Eliminate),
        _ => Err(format!("'{text}' is not a disposition: write tolerate, invest, migrate or eliminate")),
    }
}

/// A step from 0 to 5.
pub(super) fn level(cell: &Cell) -> Reading<u8> {
    broken(cell)?;
    let text = cell.text();
    if unsaid(&text) {
        return nothing();
    }
    let (figure, ..) = own_unit(Column::MaturityNow, &text, Unit::ONE)?;
    match figure.trim().parse::<f64>() {
        Ok(n) if (0.0..=5.0).contains(&n) && n.fract() == 0.0 => {
            Ok(Taken { value: u8::try_from(whole(n)).ok(), doubt: None })
        }
        _ => Err(format!("'{text}' is not a level of maturity: write a whole number from 0 to 5")),
    }
}

/// Several things in one cell: between semicolons, bars or line ends, or else between commas.
pub(super) fn list(cell: &Cell) -> Reading<Vec<String>> {
    broken(cell)?;
    let text = cell.lines();
    if unsaid(&text) {
        return nothing();
    }
    let by: &[char] = if text.contains([';', '|', '\n']) { &[';', '|', '\n', '\r'] } else { &[','] };
    let mut all: Vec<String> = Vec::new();
    for part in text.split(by) {
        let part =
            part.trim().trim_start_matches(['•', '*', '·']).split_whitespace().collect::<Vec<_>>().join(" ");
        if !unsaid(&part) && !all.contains(&part) {
            all.push(part);
        }
    }
    sure(all)
}

/// The ties of an application: "Custody (API); Duty rota - direct".
pub(super) fn integrations(cell: &Cell) -> Reading<Vec<Integration>> {
    let Taken { value, doubt } = list(cell)?;
    let ties = value.map(|all| all.iter().map(|text| integration(text)).collect());
    Ok(Taken { value: ties, doubt })
}

fn integration(text: &str) -> Integration {
    let split = text
        .strip_suffix(')')
        .and_then(|t| t.rsplit_once('('))
        .or_else(|| text.rsplit_once(" - "))
        .or_else(|| text.rsplit_once(": "));
    let found = split.and_then(|(to, how)| Some((to.trim(), pattern(how)?)));
    match found {
        Some((to, pattern)) if !to.is_empty() => Integration { to: to.to_owned(), pattern: Some(pattern) },
        _ => Integration { to: text.to_owned(), pattern: None },
    }
}

/// How two applications are tied, by the words that people use.
pub(super) fn pattern(words: &str) -> Option<Pattern> {
    let plain: String = words.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    Some(match plain.as_str() {
        "direct" | "directlink" | "pointtopoint" | "p2p" | "database" | "databaselink" | "dblink"
        | "odbc" | "directdatabase" | "tightlycoupled" => Pattern::Direct,
        "api" | "facade" | "faade" | "apifacade" | "rest" | "soap" | "webservice" | "webservices" => {
            Pattern::Api
        }
        "message" | "messages" | "messaging" | "esb" | "queue" | "event" | "events" | "middleware"
        | "integrationlayer" => Pattern::Message,
        "file" | "files" | "batch" | "csv" | "export" | "filetransfer" | "sftp" | "manual" => Pattern::File,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(t: &str) -> Cell {
        Cell::Text(t.into())
    }

    #[test]
    fn days_are_read_in_every_form_that_is_written_here() {
        let sure = [
            "31/03/2027",
            "31.3.2027",
            "31-03-2027",
            "2027-03-31",
            "2027/03/31",
            "31 March 2027",
            "31st Mar 2027",
            "31-Mar-2027",
            "2027-03-31T00:00:00",
            "2027-03-31 23:59",
            "31/03/2027 00:00",
        ];
        for said in sure {
            let taken = day(&text(said)).unwrap_or_else(|e| panic!("{said}: {e}"));
            assert_eq!(
                (taken.value.map(|d| d.to_string()).as_deref(), taken.doubt),
                (Some("2027-03-31"), None),
                "{said}"
            );
        }
        let doubtful = [
            ("31/03/27", "2027-03-31"),
            ("Mar 2027", "2027-03-31"),
            ("02/2028", "2028-02-29"),
            ("2027", "2027-12-31"),
            ("46477", "2027-03-31"),
        ];
        for (said, wanted) in doubtful {
            let taken = day(&text(said)).unwrap_or_else(|e| panic!("{said}: {e}"));
            assert_eq!(taken.value.map(|d| d.to_string()).as_deref(), Some(wanted), "{said}");
            assert!(taken.doubt.is_some(), "{said}");
        }
        assert_eq!(day(&Cell::Number(46_477.0)).unwrap().value, Some("2027-03-31".parse().unwrap()));
        assert_eq!(day(&Cell::Number(2027.0)).unwrap().value, Some("2027-12-31".parse().unwrap()));
        for unsaid in ["", "TBC", "n/a", "rolling"] {
            assert_eq!(day(&text(unsaid)).unwrap().value, None, "{unsaid}");
        }
        let wrong = [
            ("03/31/2027", "days come before months"),
            ("31/02/2027", "is not a day of the calendar"),
            ("soon", "write it such as"),
            ("31/03/1887", "out of reach"),
            ("13/2027", "no such month"),
            ("2027-13-01", "is not a day"),
        ];
        for (said, words) in wrong {
            let e = day(&text(said)).unwrap_err();
            assert!(e.contains(words) && e.contains(said), "{said}: {e}");
        }
    }

    #[test]
    fn money_is_read_with_its_marks() {
        let table = [
            ("£1,234.50", 123_450),
            ("1234.5", 123_450),
            ("350k", 35_000_000),
            ("£1.2m", 120_000_000),
            ("GBP 12 000 p.a.", 1_200_000),
            ("free", 0),
            ("0", 0),
            ("£12,500 per annum", 1_250_000),
        ];
        for (said, pence) in table {
            assert_eq!(
                money(&text(said), Unit::ONE).unwrap_or_else(|e| panic!("{said}: {e}")).value,
                Some(pence),
                "{said}"
            );
        }
        assert_eq!(money(&Cell::Number(0.1 + 0.2), Unit::ONE).unwrap().value, Some(30));
        assert!(money(&text("c. £5k"), Unit::ONE).unwrap().doubt.is_some());
        assert_eq!(money(&text("tbc"), Unit::ONE).unwrap().value, None);
        let wrong = [
            ("€500", "another currency"),
            ("(500)", "less than nothing"),
            ("-5", "less than nothing"),
            ("1.234,56", "is not an amount"),
            ("12,34", "is not an amount"),
            ("£50 per month", "for a month"),
            ("lots", "is not an amount"),
        ];
        for (said, words) in wrong {
            assert!(money(&text(said), Unit::ONE).unwrap_err().contains(words), "{said}");
        }
    }

    #[test]
    fn figures_are_scaled_as_their_column_says() {
        let (k, monthly) = (Unit { scale: 1e3, ..Unit::ONE }, Unit { in_year: 12.0, ..Unit::ONE });
        assert_eq!(money(&text("2,400"), k), sure(240_000_000));
        assert_eq!(money(&Cell::Number(0.5), k), sure(50_000));
        assert_eq!(money(&text("£200 per month"), monthly), sure(240_000));
        assert_eq!(count(&text("6.1"), k), sure(6_100), "nothing is rounded that is whole when it is scaled");
        assert!(count(&text("6.12345"), k).unwrap().doubt.unwrap().contains("rounded to 6123"));
        assert_eq!(
            money(&text("2,400 (£k)"), Unit::ONE),
            doubtful(240_000_000, "'2,400 (£k)' was taken as £2400000")
        );
        for (said, unit, words) in [
            ("5 (£m)", k, "has its own unit in a column whose figures are in thousands"),
            ("£50 p.a.", monthly, "write what it costs in a month"),
            ("5 (€)", Unit::ONE, "'(€)' is not understood"),
        ] {
            assert!(money(&text(said), unit).unwrap_err().contains(words), "{said}");
        }
        assert_eq!(
            money(&text("£650k"), k),
            doubtful(65_000_000, "'£650k' was taken as £650000"),
            "what says its own scale is not scaled again"
        );
        assert_eq!(count(&text("1.2k"), k).unwrap().value, Some(1_200));
    }

    #[test]
    fn counts_answers_and_places_are_read() {
        assert_eq!(count(&text("1,200 users"), Unit::ONE).unwrap().value, Some(1200));
        assert_eq!(
            count(&text("approx. 1.2k"), Unit::ONE).unwrap(),
            Taken {
                value: Some(1200),
                doubt: Some("'approx. 1.2k' was taken as 1200: it is an estimate".into())
            }
        );
        assert!(
            count(&text("everybody"), Unit::ONE).is_err() && count(&Cell::Number(-1.0), Unit::ONE).is_err()
        );
        for (said, value) in
            [("Y", Some(true)), ("No", Some(false)), ("✓", Some(true)), ("n/k", None), ("", None)]
        {
            assert_eq!(yes_no(&text(said)).unwrap().value, value, "{said}");
        }
        assert!(yes_no(&text("sometimes")).unwrap_err().contains("neither yes nor no"));
        let places = [
            ("On-Premises", Hosting::OnPremise),
            ("SaaS", Hosting::Saas),
            ("private cloud", Hosting::PrivateCloud),
            ("Public Cloud (IaaS)", Hosting::Iaas),
            ("Azure", Hosting::PublicCloud),
            ("Hybrid", Hosting::Hybrid),
            ("No", Hosting::OnPremise),
            ("SaaS (UK South)", Hosting::Saas),
            ("Azure - two regions", Hosting::PublicCloud),
            ("On-premises, HQ", Hosting::OnPremise),
        ];
        for (said, value) in places {
            assert_eq!(hosting(&text(said)).unwrap().value, Some(value), "{said}");
        }
        assert_eq!(hosting(&text("cloud")).unwrap().value, None, "which cloud was not said");
        assert_eq!(hosting(&text("Yes")).unwrap().value, None, "nor here");
        for said in ["under the desk", "HQ (basement)", "(basement)"] {
            assert!(hosting(&text(said)).unwrap_err().contains("write on-premise"), "{said}");
        }
    }

    #[test]
    fn lists_and_ties_are_taken_apart() {
        assert_eq!(list(&text("C01; C02 ;C01")).unwrap().value.unwrap(), ["C01", "C02"]);
        assert_eq!(list(&text("a, b")).unwrap().value.unwrap(), ["a", "b"]);
        let ties = integrations(&text("Custody (API)\nDuty rota - direct; Ledger (old); Mail"))
            .unwrap()
            .value
            .unwrap();
        let tie = |to: &str, pattern| Integration { to: to.into(), pattern };
        assert_eq!(
            ties,
            [
                tie("Custody", Some(Pattern::Api)),
                tie("Duty rota", Some(Pattern::Direct)),
                tie("Ledger (old)", None),
                tie("Mail", None)
            ]
        );
    }
}
