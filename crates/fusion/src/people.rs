//! Person records from another system, as CSV or Parquet: one record a row, every column named.

use crate::{
    import::{Bad, Imported, Origin, Progress, digest_of, read, store},
    police_uk::{retention, row_id},
    subject::keys_of,
};
use bluelamp_linkage::normalise;
use bluelamp_model::{Day, Fault, Faults, Kind, Marking, Provenance, Record, Source, authority::Actor};
use bluelamp_store::{Db, Keyed};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::path::Path;

/// What a column is called in other systems → the property it fills. Names are compared in lower case, with
/// spaces and hyphens as underscores.
const COLUMNS: &[(&str, Column)] = &[
    ("unique_id", Column::Id),
    ("rec_id", Column::Id),
    ("record_id", Column::Id),
    ("id", Column::Id),
    ("full_name", Column::Text("name")),
    ("name", Column::Text("name")),
    ("first_name", Column::Text("given_name")),
    ("given_name", Column::Text("given_name")),
    ("forename", Column::Text("given_name")),
    ("middle_name", Column::Text("middle_name")),
    ("surname", Column::Text("family_name")),
    ("last_name", Column::Text("family_name")),
    ("family_name", Column::Text("family_name")),
    ("alias", Column::Text("alias")),
    ("dob", Column::Date),
    ("date_of_birth", Column::Date),
    ("birth_place", Column::Text("place_of_birth")),
    ("place_of_birth", Column::Text("place_of_birth")),
    ("gender", Column::Sex),
    ("sex", Column::Sex),
    ("postcode", Column::Text("postcode")),
    ("postcode_fake", Column::Text("postcode")),
    ("address", Column::Text("address")),
    ("town", Column::Text("town")),
    ("city", Column::Text("town")),
    ("suburb", Column::Text("town")),
    ("phone", Column::Text("phone")),
    ("telephone", Column::Text("phone")),
    ("mobile", Column::Text("phone")),
    ("email", Column::Text("email")),
    ("occupation", Column::Text("occupation")),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Column {
    Id,
    Text(&'static str),
    Date,
    Sex,
}

/// Loads person records from a `.csv` or `.parquet` file under a system's name. All of it or nothing.
///
/// # Errors
/// Every bad row with its line (or row, in Parquet); why the file could not be read or stored.
pub fn import_people(
    db: &Db,
    actor: &Actor,
    organisation: &str,
    system: &str,
    path: &Path,
    progress: Progress<'_>,
) -> Result<Imported, Faults> {
    let (file, bytes) = read(path)?;
    let (people, unclear) = people_in(&file, &bytes, progress)?;
    let now = db.now();
    let imported = store(db, actor, "people", path, &bytes, |source, digest| {
        let origin = Origin { file: &file, organisation, source, now };
        Ok((records(&origin, system, digest, &people)?, Vec::new()))
    })?;
    Ok(Imported { unclear, ..imported })
}

/// Reads person records just as [`import_people`] stores them, and stores nothing. Beside them stands how many
/// values could not be what their column says.
///
/// # Errors
/// Every bad row with its line (or row, in Parquet).
pub fn read_people(origin: &Origin<'_>, system: &str, bytes: &[u8]) -> Result<(Vec<Keyed>, u64), Faults> {
    let (people, unclear) = people_in(origin.file, bytes, &mut |_| {})?;
    Ok((records(origin, system, &digest_of(bytes), &people)?, unclear))
}

fn people_in(file: &str, bytes: &[u8], progress: Progress<'_>) -> Result<(Vec<Person>, u64), Faults> {
    let table =
        if bytes.starts_with(b"PAR1") { parquet_table(file, bytes)? } else { csv_table(file, bytes)? };
    people(file, &table, progress)
}

fn records(origin: &Origin<'_>, system: &str, digest: &str, people: &[Person]) -> Result<Vec<Keyed>, Faults> {
    let says = Source::fact(origin.source.to_string(), origin.now, format!("record of {system}"));
    let record = |person| record(person, origin, system, digest, &says);
    let all: bluelamp_model::Result<_> = people.iter().map(record).collect();
    all.map_err(|e| Fault::new(origin.file, e.to_string()).into())
}

/// Rows of text with the place of each in its file.
struct Table {
    header: Vec<String>,
    rows: Vec<(u64, Vec<Option<String>>)>,
}

fn csv_table(file: &str, bytes: &[u8]) -> Result<Table, Faults> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        Fault::new(file, format!("is neither Parquet nor UTF-8 text (byte {})", e.valid_up_to()))
    })?;
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header: Vec<String> = reader
        .headers()
        .map_err(|e| Fault::new(file, e.to_string()).at_line(1))?
        .iter()
        .map(str::to_owned)
        .collect();
    let mut bad = Bad::new();
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(r) => {
                let line = r.position().map_or(0, csv::Position::line);
                if r.len() == header.len() {
                    rows.push((line, r.iter().map(|c| (!c.is_empty()).then(|| c.to_owned())).collect()));
                } else {
                    let reason = format!("has {} columns, the first line has {}", r.len(), header.len());
                    bad.add(Fault::new(file, reason).at_line(line));
                }
            }
            Err(e) => {
                let fault = Fault::new(file, e.to_string());
                bad.add(e.position().map_or(fault.clone(), |p| fault.at_line(p.line())));
                break;
            }
        }
    }
    bad.or(file, Table { header, rows })
}

fn parquet_table(file: &str, bytes: &[u8]) -> Result<Table, Faults> {
    // The library trusts its files: some that were damaged make it panic. It shares nothing with us that a panic
    // could leave half changed.
    let read = std::panic::catch_unwind(|| parquet_rows(bytes));
    let reason = match read {
        Ok(Ok(table)) => return Ok(table),
        Ok(Err(e)) => e.to_string(),
        Err(_) => "it is damaged".into(),
    };
    Err(Fault::new(file, format!("is not a Parquet file that can be read: {reason}")).into())
}

fn parquet_rows(bytes: &[u8]) -> parquet::errors::Result<Table> {
    let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(bytes))?;
    let header = reader
        .metadata()
        .file_metadata()
        .schema()
        .get_fields()
        .iter()
        .map(|f| f.name().to_owned())
        .collect::<Vec<_>>();
    let mut rows = Vec::new();
    for (n, row) in reader.get_row_iter(None)?.enumerate() {
        let row = row?;
        let cells = row
            .get_column_iter()
            .map(|(_, field)| match field {
                parquet::record::Field::Null => None,
                parquet::record::Field::Str(s) => Some(s.trim().to_owned()).filter(|s| !s.is_empty()),
                other => Some(other.to_string()),
            })
            .collect();
        rows.push((n as u64 + 1, cells));
    }
    Ok(Table { header, rows })
}

/// One person's row, checked.
struct Person {
    row: u64,
    source_id: Option<String>,
    stated: Vec<(&'static str, String)>,
}

fn people(file: &str, table: &Table, progress: Progress<'_>) -> Result<(Vec<Person>, u64), Faults> {
    let tidy = |h: &str| h.trim().to_lowercase().replace([' ', '-'], "_");
    let columns: Vec<Option<Column>> = table
        .header
        .iter()
        .map(|h| COLUMNS.iter().find(|(name, _)| *name == tidy(h)).map(|(_, c)| *c))
        .collect();
    let names = ["name", "given_name", "family_name"];
    if !columns.iter().flatten().any(|c| matches!(c, Column::Text(p) if names.contains(p))) {
        let known: Vec<_> = COLUMNS.iter().map(|(name, _)| *name).collect();
        let reason =
            format!("has no column with a name; the columns that are known are {}", known.join(", "));
        return Err(Fault::new(file, reason).at_line(1).into());
    }
    let mut bad = Bad::new();
    let mut people = Vec::with_capacity(table.rows.len());
    let mut unclear = 0_u64;
    for (row, cells) in &table.rows {
        let mut person = Person { row: *row, source_id: None, stated: Vec::new() };
        for ((column, cell), header) in columns.iter().zip(cells).zip(&table.header) {
            let (Some(column), Some(cell)) = (column, cell) else { continue };
            let stated = match column {
                Column::Id => {
                    person.source_id = Some(cell.clone());
                    continue;
                }
                Column::Text(property) => Some((*property, cell.clone())),
                // A placeholder such as 1900-01-01 is kept as it was written; comparing passes over it.
                Column::Date => normalise::date(cell)
                    .or_else(|| cell.parse::<Day>().ok().map(|day| day.to_string()))
                    .map(|d| ("date_of_birth", d)),
                Column::Sex => sex(cell).map(|code| ("sex", code.to_owned())),
            };
            // What cannot be what its column says, such as a 31 February, is the other system's to mend. It is
            // kept in the words it had: nothing is lost, and nothing is made up.
            person.stated.push(stated.unwrap_or_else(|| {
                unclear += 1;
                ("description", format!("Recorded as {header}: {cell}"))
            }));
        }
        if person.stated.is_empty() {
            bad.add(Fault::new(file, "says nothing about a person").at_line(*row));
        }
        people.push(person);
        if people.len().is_multiple_of(1000) {
            progress(people.len() as u64);
        }
    }
    progress(people.len() as u64);
    bad.or(file, (people, unclear))
}

/// The code of `data/codes/sex.json` for what other systems write.
fn sex(text: &str) -> Option<&'static str> {
    match normalise::sex(text).as_deref() {
        Some("m") => Some("SEX_0001"),
        Some("f") => Some("SEX_0002"),
        Some(_) => Some("SEX_0003"),
        None => None,
    }
}

fn record(
    person: &Person,
    origin: &Origin<'_>,
    system: &str,
    digest: &str,
    says: &Source,
) -> bluelamp_model::Result<Keyed> {
    let now = origin.now;
    let id = row_id(now, digest, "person", person.row);
    let mut record = Record::new(
        id,
        Kind::Person,
        origin.organisation,
        now,
        Marking::official_sensitive(),
        retention(now),
    );
    let mut provenance = Provenance::new("bluelamp import people", "import", system);
    provenance.source_record_id =
        Some(person.source_id.clone().unwrap_or_else(|| format!("row {}", person.row)));
    provenance.digest = Some(digest.to_owned());
    record.provenance.push(provenance);
    for (property, value) in &person.stated {
        record.state(property, value.as_str(), says)?;
    }
    Keyed::new(&record, keys_of(&record))
}
