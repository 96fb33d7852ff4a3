//! police.uk street-level crime files (data.police.uk, Open Government Licence v3.0): one event a row.
//!
//! The points in these files are anonymised: each is one of a fixed set of places near where it happened, and
//! the time is a month. They are good for counts by area and category, not for near-repeat analysis.

use crate::import::{Bad, Imported, Origin, Progress, digest_of, read, store};
use bluelamp_model::{
    Basis, Fault, Faults, Id, Kind, Link, LinkKind, Marking, MopiGroup, Provenance, Record, Retention,
    Scalar, Source, Time, authority::Actor, codes::CodeList,
};
use bluelamp_store::{Db, Keyed};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, io::Read, panic::resume_unwind, path::Path};

/// The columns of the format, in the order in which they are published.
const HEADER: [&str; 12] = [
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
];

/// The most that a compressed file may grow to: a year of the largest force is a tenth of it.
const UNPACKED: u64 = 512 * 1024 * 1024;

/// What the import looks codes up in.
pub struct Codes<'a> {
    /// The list `police-uk-crime-category`.
    pub categories: &'a CodeList,
    /// The list `police-uk-outcome`.
    pub outcomes: &'a CodeList,
}

/// Loads a police.uk street file, `.csv` or `.csv.gz`, as events with their places. All of it or nothing.
///
/// # Errors
/// Every bad row with its line; why the file could not be read or stored.
pub fn import_police_uk(
    db: &Db,
    actor: &Actor,
    organisation: &str,
    codes: &Codes<'_>,
    path: &Path,
    progress: Progress<'_>,
) -> Result<Imported, Faults> {
    let (file, bytes) = read(path)?;
    let text = unpack(&file, &bytes)?;
    let now = db.now();
    let rows = rows(&file, &text, codes, progress)?;
    let name = path.file_name().map_or_else(|| file.clone(), |n| n.to_string_lossy().into_owned());
    store(db, actor, "police-uk", path, &bytes, |source, digest| {
        made(&Origin { file: &name, organisation, source, now }, digest, &rows)
    })
}

/// Reads a police.uk street file just as [`import_police_uk`] stores it, and stores nothing.
///
/// # Errors
/// Every bad row with its line.
pub fn read_police_uk(
    origin: &Origin<'_>,
    codes: &Codes<'_>,
    bytes: &[u8],
) -> Result<(Vec<Keyed>, Vec<Link>), Faults> {
    let text = unpack(origin.file, bytes)?;
    let rows = rows(origin.file, &text, codes, &mut |_| {})?;
    made(origin, &digest_of(bytes), &rows)
}

fn made(origin: &Origin<'_>, digest: &str, rows: &[Row]) -> Result<(Vec<Keyed>, Vec<Link>), Faults> {
    let maker = Maker {
        organisation: origin.organisation,
        name: origin.file,
        now: origin.now,
        source: origin.source,
        digest,
        retention: retention(origin.now),
    };
    maker.all(rows).map_err(|e| Fault::new(origin.file, e.to_string()).into())
}

fn unpack(file: &str, bytes: &[u8]) -> Result<String, Faults> {
    let bad = |reason: String| Faults::from(Fault::new(file, reason));
    let raw = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut out = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes)
            .take(UNPACKED + 1)
            .read_to_end(&mut out)
            .map_err(|e| bad(format!("is not a whole gzip file: {e}")))?;
        if out.len() as u64 > UNPACKED {
            return Err(bad(format!("unpacks to more than {UNPACKED} bytes")));
        }
        out
    } else {
        bytes.to_vec()
    };
    String::from_utf8(raw)
        .map_err(|e| bad(format!("is not UTF-8 text (byte {})", e.utf8_error().valid_up_to())))
}

/// One row, checked.
struct Row {
    line: u64,
    crime_id: Option<String>,
    month: String,
    force: String,
    point: Option<(f64, f64)>,
    place: String,
    lsoa: Option<(String, String)>,
    category: String,
    is_crime: bool,
    outcome: Option<String>,
}

fn rows(file: &str, text: &str, codes: &Codes<'_>, progress: Progress<'_>) -> Result<Vec<Row>, Faults> {
    let by_label = |list: &CodeList, label: &str| {
        list.codes
            .iter()
            .find(|c| {
                c.label_en == label
                    || c.maps_to.iter().any(|m| m.scheme == "police-uk-csv" && m.code == label)
            })
            .map(|c| c.code.clone())
    };
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().map_err(|e| Fault::new(file, e.to_string()).at_line(1))?.clone();
    if header.iter().ne(HEADER) {
        let reason = format!("is not a police.uk street file: the first line should be {}", HEADER.join(","));
        return Err(Fault::new(file, reason).at_line(1).into());
    }
    let mut bad = Bad::new();
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) => {
                bad.add(Fault::new(file, e.to_string()).at_line(line));
                break;
            }
        }
        let line = record.position().map_or(line, csv::Position::line);
        if record.len() != HEADER.len() {
            let reason = format!("has {} columns, not {}", record.len(), HEADER.len());
            bad.add(Fault::new(file, reason).at_line(line));
            continue;
        }
        let cell = |n: usize| record.get(n).unwrap_or_default().trim();
        let mut wrong =
            |n: usize, reason: String| bad.add(Fault::new(file, reason).at_line(line).in_field(HEADER[n]));
        let text = |n: usize| (!cell(n).is_empty()).then(|| cell(n).to_owned());
        if !is_month(cell(1)) {
            wrong(1, format!("'{}' is not a month like 2018-07", cell(1)));
        }
        let number = |n: usize, most: f64| cell(n).parse::<f64>().ok().filter(|x| x.abs() <= most);
        let point = match (cell(4).is_empty(), cell(5).is_empty()) {
            (true, true) => None,
            _ => match (number(4, 180.0), number(5, 90.0)) {
                (Some(lon), Some(lat)) => Some((lon, lat)),
                (None, _) => {
                    wrong(4, format!("'{}' is not a longitude", cell(4)));
                    None
                }
                (_, None) => {
                    wrong(5, format!("'{}' is not a latitude", cell(5)));
                    None
                }
            },
        };
        let category = by_label(codes.categories, cell(9)).unwrap_or_else(|| {
            wrong(9, format!("'{}' is not a category of police.uk", cell(9)));
            String::new()
        });
        let outcome = text(10).and_then(|label| {
            let found = by_label(codes.outcomes, &label);
            if found.is_none() {
                wrong(10, format!("'{label}' is not an outcome of police.uk"));
            }
            found
        });
        if cell(2).is_empty() {
            wrong(2, "is empty".into());
        }
        rows.push(Row {
            line,
            crime_id: text(0),
            month: cell(1).to_owned(),
            force: cell(2).to_owned(),
            point,
            place: cell(6).to_owned(),
            lsoa: text(7).zip(text(8)),
            // Antisocial behaviour is recorded as an incident: it need not be an offence.
            is_crime: category != "anti-social-behaviour",
            category,
            outcome,
        });
        if rows.len().is_multiple_of(1000) {
            progress(rows.len() as u64);
        }
    }
    progress(rows.len() as u64);
    bad.or(file, rows)
}

fn is_month(text: &str) -> bool {
    let b = text.as_bytes();
    b.len() == 7
        && b[4] == b'-'
        && b.iter().enumerate().all(|(n, c)| n == 4 || c.is_ascii_digit())
        && matches!(text[5..].parse(), Ok(1..=12))
}

/// Records from a public source are looked at again after six years.
pub(crate) fn retention(now: Time) -> Retention {
    let due = now.plus_seconds(6 * 365 * 86_400).day();
    Retention::new(MopiGroup::Undetected, due.parse().expect("a time prints a day of the calendar"))
}

/// An id that follows from the file and a number in it: the same row of the same file is the same record.
pub(crate) fn row_id(now: Time, digest: &str, what: &str, n: u64) -> Id {
    let hash = Sha256::new().chain_update(digest).chain_update(what).chain_update(n.to_be_bytes()).finalize();
    let mut random = [0; 10];
    random.copy_from_slice(&hash[..10]);
    Id::new(now, random)
}

struct Maker<'a> {
    organisation: &'a str,
    name: &'a str,
    now: Time,
    source: Id,
    digest: &'a str,
    retention: Retention,
}

impl Maker<'_> {
    fn record(&self, id: Id, kind: Kind, line: u64, source_id: Option<String>) -> Record {
        let mut record =
            Record::new(id, kind, self.organisation, self.now, Marking::official(), self.retention.clone());
        let mut provenance = Provenance::new("bluelamp import police-uk", "import", "data.police.uk");
        provenance.source_record_id =
            Some(source_id.unwrap_or_else(|| format!("{}, line {line}", self.name)));
        provenance.digest = Some(self.digest.to_owned());
        record.provenance.push(provenance);
        record
    }

    /// All records, made side by side in as many parts as the machine has processors.
    fn all(&self, rows: &[Row]) -> bluelamp_model::Result<(Vec<Keyed>, Vec<Link>)> {
        // A place is made once, by the first row that names it.
        let mut first: HashMap<(u64, u64, &str), u64> = HashMap::new();
        let mut placed = Vec::with_capacity(rows.len());
        for row in rows {
            let line = row.point.map(|(lon, lat)| {
                *first.entry((lon.to_bits(), lat.to_bits(), &row.place)).or_insert(row.line)
            });
            placed.push((row, line));
        }
        let parts = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let size = placed.len().div_ceil(parts).max(1);
        let made: Vec<_> = std::thread::scope(|scope| {
            let running: Vec<_> =
                placed.chunks(size).map(|part| scope.spawn(move || self.part(part))).collect();
            // A panic in a part is one of this import.
            running.into_iter().map(|part| part.join().unwrap_or_else(|e| resume_unwind(e))).collect()
        });
        let (mut records, mut links) = (Vec::new(), Vec::new());
        for part in made {
            let (mut more, mut ties) = part?;
            records.append(&mut more);
            links.append(&mut ties);
        }
        Ok((records, links))
    }

    /// The records of some rows, each with the line of the row that makes its place.
    fn part(&self, rows: &[(&Row, Option<u64>)]) -> bluelamp_model::Result<(Vec<Keyed>, Vec<Link>)> {
        let says = Source::fact(self.source.to_string(), self.now, "police.uk street file");
        let mut records = Vec::with_capacity(rows.len() * 2);
        let mut links = Vec::with_capacity(rows.len());
        for &(row, place_line) in rows {
            let kind = if row.is_crime { Kind::Crime } else { Kind::Incident };
            let id = row_id(self.now, self.digest, "event", row.line);
            let mut event = self.record(id, kind, row.line, row.crime_id.clone());
            event.state("category", row.category.as_str(), &says)?.state(
                "force",
                row.force.as_str(),
                &says,
            )?;
            if row.is_crime {
                event.state("month", row.month.as_str(), &says)?;
                if let Some(crime_id) = &row.crime_id {
                    event.state("crime_id", crime_id.as_str(), &says)?;
                }
            } else {
                event.state("description", format!("Month: {}", row.month), &says)?;
            }
            if let Some(outcome) = &row.outcome {
                event.state("outcome", outcome.as_str(), &says)?;
            }
            records.push(Keyed::new(&event, Vec::new())?);
            let (Some((lon, lat)), Some(place_line)) = (row.point, place_line) else { continue };
            let place = row_id(self.now, self.digest, "place", place_line);
            if place_line == row.line {
                let mut location = self.record(place, Kind::Location, row.line, None);
                if let (Some(lon), Some(lat)) = (Scalar::decimal(lon), Scalar::decimal(lat)) {
                    location.state("longitude", lon, &says)?.state("latitude", lat, &says)?;
                }
                let words = row.place.trim();
                if !words.is_empty() {
                    location.state("description", words, &says)?;
                }
                if let Some((code, name)) = &row.lsoa {
                    location.state("lsoa", code.as_str(), &says)?.state("name", name.as_str(), &says)?;
                }
                records.push(Keyed::new(&location, Vec::new())?);
            }
            links.push(Link::new(
                row_id(self.now, self.digest, "at", row.line),
                LinkKind::LocatedAt,
                id,
                place,
                self.organisation,
                self.now,
                Basis::Fact,
                Marking::official(),
            ));
        }
        Ok((records, links))
    }
}
