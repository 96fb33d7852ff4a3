//! Reading a scored file: one row for each person, with groups, outcome and what was proposed.
//!
//! Nothing of a row is kept but its cell: what the file holds beyond the named columns is never looked at.

use bluelamp_model::{Fault, Faults};
use csv::{ByteRecord, ErrorKind, ReaderBuilder};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// How a group is called of which nothing is held.
pub const NOT_HELD: &str = "not held";
/// What is written into files where nothing is held.
const MEANS_NOT_HELD: [&str; 15] = [
    "",
    "-",
    "<na>",
    "n/a",
    "n/k",
    "na",
    "nan",
    "not held",
    "not known",
    "not recorded",
    "not stated",
    "null",
    "prefer not to say",
    "refused",
    "unknown",
];
/// More values than this are no groups but names.
const VALUES: usize = 200;
/// More combinations of values than this cannot be read by anybody.
const COMBINATIONS: usize = 5_000;
/// Group columns that can be looked at in one go: the nine protected characteristics, and one more.
const GROUP_COLUMNS: usize = 10;
/// Faults that are told before the rest is counted.
const TOLD: usize = 50;
/// The largest weight of a row.
const WEIGHT: f64 = 1e9;
/// Sums are made in whole units of 2^-60, so that they are the same in whatever order the rows stand.
const UNIT: f64 = (1_u64 << 60) as f64;

/// Which column is what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// The columns with groups, such as `sex` and `ethnicity`.
    pub groups: Vec<String>,
    /// What came about: 0 or 1.
    pub outcome: String,
    /// What was proposed: 0 or 1. Given, or worked out from score and threshold.
    pub predicted: Option<String>,
    /// The score.
    pub score: Option<String>,
    /// From which score on it counts as proposed.
    pub threshold: Option<f64>,
    /// How much a row counts.
    pub weight: Option<String>,
}

/// A column of groups with its values in order, [`NOT_HELD`] among them where it occurs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

/// Rows that are alike in everything that counts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stratum {
    /// The place of the value in each column.
    pub(crate) codes: Vec<usize>,
    pub(crate) outcome: bool,
    pub(crate) predicted: bool,
    pub(crate) weight: f64,
    pub(crate) rows: u64,
}

/// What one tenth of the scores held, for one combination of groups.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tenth {
    pub(crate) codes: Vec<usize>,
    pub(crate) tenth: usize,
    pub(crate) sums: TenthSums,
}

/// Sums of a tenth, in whole units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct TenthSums {
    pub(crate) rows: u64,
    pub(crate) weight: i128,
    pub(crate) came_about: i128,
    pub(crate) score: i128,
}

impl TenthSums {
    pub(crate) fn plus(&mut self, other: &Self) {
        self.rows += other.rows;
        self.weight += other.weight;
        self.came_about += other.came_about;
        self.score += other.score;
    }
}

/// Whole units of a number, and back.
fn units(value: f64) -> i128 {
    #[expect(clippy::cast_possible_truncation, reason = "a weight is at most 10^9: far within 128 bits")]
    let whole = (value * UNIT).round() as i128;
    whole
}

pub(crate) fn of_units(units: i128) -> f64 {
    units as f64 / UNIT
}

/// A scored file as counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// The file, as the person named it.
    pub file: String,
    /// How many rows it had.
    pub rows: u64,
    /// Which column was what.
    pub named: Columns,
    pub(crate) columns: Vec<Column>,
    pub(crate) strata: Vec<Stratum>,
    /// None where there is no score, or one that is no probability.
    pub(crate) tenths: Option<Vec<Tenth>>,
}

impl Scored {
    /// Whether rows count differently: shares of people then have no Wilson interval.
    pub(crate) fn weighted(&self) -> bool {
        self.named.weight.is_some()
    }
}

/// Where the named columns stand.
struct Places {
    groups: Vec<usize>,
    outcome: usize,
    predicted: Option<usize>,
    score: Option<usize>,
    weight: Option<usize>,
}

/// Collects faults up to a number that can still be read.
struct Found<'a> {
    file: &'a str,
    faults: Vec<Fault>,
    more: u64,
}

impl Found<'_> {
    fn at(&mut self, line: u64, field: String, reason: String) {
        if self.faults.len() < TOLD {
            self.faults.push(Fault::new(self.file, reason).at_line(line).in_field(field));
        } else {
            self.more += 1;
        }
    }

    fn all(mut self) -> Faults {
        if self.more > 0 {
            let reason = format!("has {} more faults like these", self.more);
            self.faults.push(Fault::new(self.file, reason));
        }
        Faults(self.faults)
    }
}

/// What sets the names of the first line apart: a comma, or where there are more of them a semicolon or a tab.
fn separator(bytes: &[u8]) -> u8 {
    let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let count = |separator: u8| first.iter().filter(|b| **b == separator).count();
    // Of equals the last is taken.
    [b'\t', b';', b','].into_iter().max_by_key(|b| count(*b)).unwrap_or(b',')
}

/// The first quotation mark that stands where none can stand, with its line. A stray one takes in what stands behind it, up
/// to the next: whole rows would be gone, and nothing else would show it.
fn misquoted(bytes: &[u8], separator: u8) -> Option<(u64, &'static str)> {
    const NEVER: &str =
        "a quotation mark is opened and never closed: close it, or write it twice inside a quoted cell";
    const INSIDE: &str = "a quotation mark stands inside a cell: put the whole cell in quotation marks and write this one twice, or leave it out";
    const BEHIND: &str = "something stands behind the quotation mark that closes a cell: write a mark twice inside a quoted cell";
    const ROWS: &str = "a quoted cell goes on over the end of its line and holds as many separators as a row: close the quotation mark, or take the line ends out of the text";
    /// Where a byte stands.
    enum At {
        /// The beginning of a cell.
        Beginning,
        /// Inside a cell without quotation marks.
        Plain,
        /// Inside a quoted cell: the line on which it began, the separators in it, whether it has a line end.
        Quoted(u64, usize, bool),
        /// Behind a mark inside a quoted cell: it closes it, or is the first of two.
        Mark(u64, usize, bool),
    }
    if !bytes.contains(&b'"') {
        return None;
    }
    let (mut at, mut line, mut in_names, mut names) = (At::Beginning, 1_u64, true, 0_usize);
    for byte in bytes {
        let (is_separator, is_end) = (*byte == separator, matches!(byte, b'\n' | b'\r'));
        at = match (at, byte) {
            (At::Beginning, b'"') => At::Quoted(line, 0, false),
            (At::Mark(began, inside, over), b'"') => At::Quoted(began, inside, over),
            (At::Mark(began, inside, true), _) if inside >= names && (is_separator || is_end) => {
                return Some((began, ROWS));
            }
            (At::Beginning | At::Plain | At::Mark(..), _) if is_separator || is_end => {
                if in_names {
                    names += usize::from(is_separator);
                    in_names = is_separator;
                }
                At::Beginning
            }
            (At::Plain, b'"') => return Some((line, INSIDE)),
            (At::Beginning | At::Plain, _) => At::Plain,
            (At::Mark(..), _) => return Some((line, BEHIND)),
            (At::Quoted(began, inside, over), b'"') => At::Mark(began, inside, over),
            (At::Quoted(began, inside, over), _) => {
                At::Quoted(began, inside + usize::from(is_separator), over || is_end)
            }
        };
        line += u64::from(*byte == b'\n');
    }
    match at {
        At::Quoted(began, ..) => Some((began, NEVER)),
        At::Mark(began, inside, true) if inside >= names => Some((began, ROWS)),
        _ => None,
    }
}

/// A digest of the rows of a file: the same whatever order they and the columns stand in, and however the file sets cells
/// apart, quotes them or ends its lines.
pub(super) fn rows_digest(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator(bytes)).from_reader(bytes);
    let (mut record, mut rows, mut order) = (ByteRecord::new(), Vec::new(), None);
    while matches!(reader.read_byte_record(&mut record), Ok(true)) {
        let cell = |n: usize| record.get(n).unwrap_or_default().trim_ascii();
        let order = order.get_or_insert_with(|| {
            let mut order: Vec<usize> = (0..record.len()).collect();
            order.sort_by(|a, b| cell(*a).cmp(cell(*b)));
            order
        });
        let mut row = Vec::with_capacity(record.as_slice().len() + 8 * order.len());
        for n in order.iter() {
            row.extend((cell(*n).len() as u64).to_le_bytes());
            row.extend(cell(*n));
        }
        rows.push(row);
    }
    // The names stay before the rows.
    if let Some(below) = rows.get_mut(1..) {
        below.sort_unstable();
    }
    let mut digest = Sha256::new();
    for row in &rows {
        digest.update((row.len() as u64).to_le_bytes());
        digest.update(row);
    }
    hex::encode(digest.finalize())
}

/// Reads a scored file: CSV in UTF-8 with a row of names, set apart by commas, semicolons or tabs.
///
/// # Errors
/// Every fault with its line and column, and every named column that is not there.
pub fn read(file: &str, bytes: &[u8], named: &Columns) -> Result<Scored, Faults> {
    sound(file, named)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = ReaderBuilder::new().delimiter(separator(bytes)).from_reader(bytes);
    if let Some((line, reason)) = misquoted(bytes, separator(bytes)) {
        return Err(Fault::new(file, reason).at_line(line).into());
    }
    let places = places(file, reader.byte_headers().map_err(|e| unreadable(file, &e)), named)?;
    let mut found = Found { file, faults: Vec::new(), more: 0 };
    let mut values: Vec<HashMap<Vec<u8>, usize>> = vec![HashMap::new(); places.groups.len()];
    let mut names: Vec<Vec<String>> = vec![Vec::new(); places.groups.len()];
    let mut combinations: HashMap<Vec<usize>, usize> = HashMap::new();
    let mut strata: HashMap<(usize, bool, bool, u64), u64> = HashMap::new();
    let mut tenths: HashMap<(usize, usize), TenthSums> = HashMap::new();
    let (mut record, mut rows, mut probabilities) = (ByteRecord::new(), 0_u64, true);
    let mut codes = Vec::with_capacity(places.groups.len());
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) => match e.kind() {
                ErrorKind::UnequalLengths { pos, expected_len, len } => {
                    let line = pos.as_ref().map_or(0, csv::Position::line);
                    found.at(
                        line,
                        "row".into(),
                        format!("has {len} columns; the first row has {expected_len}"),
                    );
                    continue;
                }
                _ => return Err(unreadable(file, &e)),
            },
        }
        let line = record.position().map_or(0, csv::Position::line);
        rows += 1;
        let before = found.faults.len() as u64 + found.more;
        let cell = |place: usize| record.get(place).unwrap_or_default().trim_ascii();
        codes.clear();
        for (n, place) in places.groups.iter().enumerate() {
            let raw = cell(*place);
            let code = match values[n].get(raw) {
                Some(code) => *code,
                None => match group(raw) {
                    Ok(name) => {
                        // Spellings of "not held" are one group.
                        let code = names[n].iter().position(|known| *known == name).unwrap_or_else(|| {
                            names[n].push(name);
                            names[n].len() - 1
                        });
                        if names[n].len() > VALUES {
                            let reason = format!(
                                "has more than {VALUES} different values: groups are meant, not names or numbers of people"
                            );
                            found.at(line, column(&named.groups[n], *place), reason);
                            return Err(found.all());
                        }
                        values[n].insert(raw.to_vec(), code);
                        code
                    }
                    Err(reason) => {
                        found.at(line, column(&named.groups[n], *place), reason);
                        0
                    }
                },
            };
            codes.push(code);
        }
        let outcome = truth(cell(places.outcome)).unwrap_or_else(|reason| {
            found.at(line, column(&named.outcome, places.outcome), reason);
            false
        });
        let number = |found: &mut Found<'_>, place: Option<usize>, name: &Option<String>| {
            place.map(|place| {
                finite(cell(place)).unwrap_or_else(|reason| {
                    found.at(line, column(name.as_deref().unwrap_or_default(), place), reason);
                    0.0
                })
            })
        };
        let score = number(&mut found, places.score, &named.score);
        let weight = number(&mut found, places.weight, &named.weight).unwrap_or(1.0);
        if !(0.0..=WEIGHT).contains(&weight) {
            let place = places.weight.unwrap_or_default();
            let name = named.weight.as_deref().unwrap_or_default();
            found.at(line, column(name, place), "should be a weight from 0 to 1,000,000,000".into());
        }
        let predicted = match (places.predicted, score, named.threshold) {
            (Some(place), ..) => truth(cell(place)).unwrap_or_else(|reason| {
                found.at(line, column(named.predicted.as_deref().unwrap_or_default(), place), reason);
                false
            }),
            (None, Some(score), Some(threshold)) => score >= threshold,
            _ => false,
        };
        if found.faults.len() as u64 + found.more != before {
            continue;
        }
        let combination = match combinations.get(&codes) {
            Some(place) => *place,
            None => {
                if combinations.len() == COMBINATIONS {
                    let reason =
                        format!("has more than {COMBINATIONS} combinations of groups: name fewer columns");
                    found.at(line, named.groups.join(", "), reason);
                    return Err(found.all());
                }
                combinations.insert(codes.clone(), combinations.len());
                combinations.len() - 1
            }
        };
        // Adding nothing turns -0 into 0.
        *strata.entry((combination, outcome, predicted, (weight + 0.0).to_bits())).or_default() += 1;
        if let Some(score) = score {
            probabilities &= (0.0..=1.0).contains(&score);
            if probabilities {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 10")]
                let tenth = ((score * 10.0) as usize).min(9);
                let sums = tenths.entry((combination, tenth)).or_default();
                sums.rows += 1;
                sums.weight += units(weight);
                sums.score += units(weight * score);
                sums.came_about += if outcome { units(weight) } else { 0 };
            }
        }
    }
    if rows == 0 && found.faults.is_empty() {
        found.at(1, "row".into(), "has no rows below the names".into());
    }
    found.all().or(())?;
    let tenths = (places.score.is_some() && probabilities).then_some(tenths);
    Ok(ordered(file, rows, named, names, &combinations, strata, tenths))
}

/// The same whatever the order of the rows was: values by name, strata by value.
fn ordered(
    file: &str,
    rows: u64,
    named: &Columns,
    names: Vec<Vec<String>>,
    combinations: &HashMap<Vec<usize>, usize>,
    strata: HashMap<(usize, bool, bool, u64), u64>,
    tenths: Option<HashMap<(usize, usize), TenthSums>>,
) -> Scored {
    let mut columns = Vec::with_capacity(names.len());
    let mut places = Vec::with_capacity(names.len());
    for (name, values) in named.groups.iter().zip(names) {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| values[*a].cmp(&values[*b]));
        let mut place = vec![0; values.len()];
        for (to, from) in order.iter().enumerate() {
            place[*from] = to;
        }
        columns
            .push(Column { name: name.clone(), values: order.iter().map(|n| values[*n].clone()).collect() });
        places.push(place);
    }
    let mut codes = vec![Vec::new(); combinations.len()];
    for (combination, n) in combinations {
        codes[*n] = combination.iter().zip(&places).map(|(code, place)| place[*code]).collect();
    }
    let mut strata: Vec<_> = strata
        .into_iter()
        .map(|((combination, outcome, predicted, weight), rows)| Stratum {
            codes: codes[combination].clone(),
            outcome,
            predicted,
            weight: f64::from_bits(weight),
            rows,
        })
        .collect();
    strata.sort_by(|a, b| {
        let key = |s: &Stratum| (s.outcome, s.predicted, s.weight.to_bits());
        a.codes.cmp(&b.codes).then_with(|| key(a).cmp(&key(b)))
    });
    let tenths = tenths.map(|tenths| {
        let mut all: Vec<_> = tenths
            .into_iter()
            .map(|((combination, tenth), sums)| Tenth { codes: codes[combination].clone(), tenth, sums })
            .collect();
        all.sort_by(|a, b| (&a.codes, a.tenth).cmp(&(&b.codes, b.tenth)));
        all
    });
    Scored { file: file.into(), rows, named: named.clone(), columns, strata, tenths }
}

/// Whether the question itself makes sense.
fn sound(file: &str, named: &Columns) -> Result<(), Faults> {
    let mut faults = Vec::new();
    let mut wrong = |field: &str, reason: &str| faults.push(Fault::new(file, reason).in_field(field));
    if named.groups.is_empty() {
        wrong("group", "name at least one column with groups");
    }
    if named.groups.len() > GROUP_COLUMNS {
        wrong("group", "name at most ten columns with groups in one go");
    }
    if named.groups.iter().enumerate().any(|(n, g)| named.groups[..n].contains(g)) {
        wrong("group", "a column with groups is named twice");
    }
    if named.outcome.is_empty() {
        wrong("label", "name the column that says what came about");
    }
    match (&named.predicted, &named.score, named.threshold) {
        (Some(_), _, Some(_)) => wrong(
            "threshold",
            "name a column with what was proposed, or a threshold for the score: both together could differ",
        ),
        (None, Some(_), None) => wrong("threshold", "say from which score on it counts as proposed"),
        (None, None, _) => {
            wrong("predicted", "name the column that says what was proposed, or a score with its threshold");
        }
        (None, Some(_), Some(t)) if !t.is_finite() => wrong("threshold", "should be a number"),
        _ => {}
    }
    Faults(faults).or(())
}

fn places(file: &str, header: Result<&ByteRecord, Faults>, named: &Columns) -> Result<Places, Faults> {
    let header = header?;
    let names: Vec<String> =
        header.iter().map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned()).collect();
    let mut faults = Vec::new();
    let mut place = |name: &str| {
        let mut all = names.iter().enumerate().filter(|(_, known)| *known == name).map(|(n, _)| n);
        let reason = match (all.next(), all.next()) {
            (Some(place), None) => return place,
            (Some(_), Some(_)) => "stands twice among the columns; give each a name of its own".to_owned(),
            _ => format!("is not there; the columns are {}", shown(&names)),
        };
        faults.push(Fault::new(file, reason).at_line(1).in_field(format!("column '{name}'")));
        0
    };
    let places = Places {
        groups: named.groups.iter().map(|name| place(name)).collect(),
        outcome: place(&named.outcome),
        predicted: named.predicted.as_deref().map(&mut place),
        score: named.score.as_deref().map(&mut place),
        weight: named.weight.as_deref().map(&mut place),
    };
    Faults(faults).or(places)
}

/// Names of columns in a sentence, however many there are.
fn shown(names: &[String]) -> String {
    let some: Vec<String> =
        names.iter().take(30).map(|name| name.chars().take(60).collect::<String>()).collect();
    let more = names.len().saturating_sub(30);
    if more == 0 { some.join(", ") } else { format!("{} and {more} more", some.join(", ")) }
}

fn column(name: &str, place: usize) -> String {
    format!("{name} (column {})", place + 1)
}

fn unreadable(file: &str, e: &csv::Error) -> Faults {
    let fault = Fault::new(file, format!("cannot be read as CSV: {e}"));
    match e.position() {
        Some(at) => fault.at_line(at.line()).into(),
        None => fault.into(),
    }
}

/// How a value is called, or why it cannot be a group's name.
fn group(raw: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(raw).map_err(|_| "is not UTF-8 text; save the file as UTF-8")?;
    if text.chars().count() > 120 {
        return Err("is longer than 120 characters: the name of a group is meant".into());
    }
    if text.chars().any(char::is_control) {
        return Err("holds a control character: the name of a group is meant".into());
    }
    if MEANS_NOT_HELD.contains(&text.to_lowercase().as_str()) {
        return Ok(NOT_HELD.into());
    }
    Ok(text.into())
}

fn told(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).chars().take(40).map(|c| if c.is_control() { '?' } else { c }).collect()
}

fn truth(raw: &[u8]) -> Result<bool, String> {
    match raw {
        b"1" | b"1.0" => return Ok(true),
        b"0" | b"0.0" => return Ok(false),
        _ => {}
    }
    let says = |words: [&[u8]; 2]| words.iter().any(|word| raw.eq_ignore_ascii_case(word));
    if says([b"true", b"yes"]) {
        return Ok(true);
    }
    if says([b"false", b"no"]) {
        return Ok(false);
    }
    Err(if raw.is_empty() {
        "is empty; 0 or 1 is needed".into()
    } else {
        format!("should be 0 or 1, not '{}'", told(raw))
    })
}

fn finite(raw: &[u8]) -> Result<f64, String> {
    let number =
        std::str::from_utf8(raw).ok().and_then(|text| text.parse::<f64>().ok()).filter(|n| n.is_finite());
    number.ok_or_else(|| {
        if raw.is_empty() {
            "is empty; a number is needed".into()
        } else {
            format!("should be a number, not '{}'", told(raw))
        }
    })
}
