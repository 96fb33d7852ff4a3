//! Apache Parquet: columns of text, numbers, truth values, days and lists of text.

use super::{Columns, ReadError, chosen, pages};
use crate::columns::{Column, Kind, Table};
use crate::dictionary::NULL;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows read at a time.
const BATCH: usize = 65_536;

pub(super) fn read(
    input: impl ChunkReader + 'static,
    file: &str,
    columns: Columns<'_>,
    threads: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Table, ReadError> {
    let whole =
        |e: ParquetError| ReadError::of_file(file, format!("is not a Parquet file that can be read: {e}"));
    let reader = guarded(|| SerializedFileReader::new(input)).map_err(whole)?;
    let metadata = reader.metadata();
    let schema = metadata.file_metadata().schema_descr();
    let mut leaves: Vec<(String, usize)> = Vec::new();
    for leaf in 0..schema.num_columns() {
        let name = schema.get_column_root(leaf).name().to_owned();
        if let Some((last, _)) = leaves.last()
            && *last == name
        {
            // A structure of several parts: refused only when it is asked for.
            if columns.wants(&name) {
                return Err(ReadError {
                    file: file.to_owned(),
                    row: None,
                    column: Some(name),
                    what: "is a structure of several fields; make each a column of its own".to_owned(),
                });
            }
            continue;
        }
        leaves.push((name, leaf));
    }
    let names: Vec<String> = leaves.iter().map(|(name, _)| name.clone()).collect();
    let keep = chosen(file, &names, columns)?;
    let wanted: Vec<&(String, usize)> =
        leaves.iter().zip(&keep).filter(|(_, k)| **k).map(|(l, _)| l).collect();
    let rows = usize::try_from(metadata.file_metadata().num_rows()).unwrap_or(0);
    let next = AtomicUsize::new(0);
    let read: Mutex<Vec<(usize, Result<Column, ReadError>)>> = Mutex::new(Vec::new());
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((name, leaf)) = wanted.get(place) else { return };
            let column = column(&reader, *leaf, name, file).and_then(|column| {
                if column.ids.len() == rows {
                    return Ok(column);
                }
                Err(ReadError::of_file(
                    file,
                    format!("is damaged: {} has {} of {rows} rows", name, column.ids.len()),
                ))
            });
            progress(rows / wanted.len().max(1));
            read.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((place, column));
        }
    };
    if threads > 1 {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
        });
    } else {
        work();
    }
    let mut read = read.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    read.sort_by_key(|(place, _)| *place);
    let columns = read.into_iter().map(|(_, column)| column).collect::<Result<Vec<_>, _>>()?;
    Ok(Table { columns, rows, sources: vec![file.to_owned()], source: vec![0; rows] })
}

/// The library trusts its files: some that were damaged make it panic. It shares nothing with us that a panic could
/// leave half changed.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    std::panic::catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(ParquetError::General("it is damaged".to_owned())))
}

fn column<R: ChunkReader + 'static>(
    reader: &SerializedFileReader<R>,
    leaf: usize,
    name: &str,
    file: &str,
) -> Result<Column, ReadError> {
    let descriptor = reader.metadata().file_metadata().schema_descr().column(leaf);
    let fault =
        |what: String| ReadError { file: file.to_owned(), row: None, column: Some(name.to_owned()), what };
    let kind = kind(&descriptor).map_err(&fault)?;
    let mut column = Column::new(name, if descriptor.max_rep_level() > 0 { Kind::List } else { kind });
    column
        .ids
        .reserve(usize::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0).min(1 << 28));
    let mut text = Vec::new();
    for group in 0..reader.num_row_groups() {
        guarded(|| {
            let rows = reader.get_row_group(group)?;
            let chunk = rows.metadata().column(leaf);
            if pages::are_common(chunk) {
                let Column { ids, values, .. } = &mut column;
                let unit = unit(&descriptor);
                // Ids mostly ascend, and then each is a new one.
                let mut greatest = if values.is_empty() { Some(i64::MIN) } else { None };
                let mut value = |bytes: &[u8]| {
                    if chunk.column_type() == Physical::BYTE_ARRAY {
                        return values.intern(bytes);
                    }
                    text.clear();
                    let number = number(chunk.column_type(), bytes);
                    greatest = match (greatest, number) {
                        (Some(greatest), Number::Whole(next)) if next > greatest => Some(next),
                        _ => None,
                    };
                    match number {
                        Number::Whole(days) if kind == Kind::Date => write_day(days, &mut text),
                        Number::Whole(whole) => write_integer(whole, unit, &mut text),
                        Number::Real(real) => write_real(real, &mut text),
                        Number::None => {}
                    }
                    if greatest.is_some() { values.append(&text) } else { values.intern(&text) }
                };
                return pages::read(
                    &mut *rows.get_column_page_reader(leaf)?,
                    chunk,
                    usize::try_from(chunk.num_values()).unwrap_or(0),
                    NULL,
                    &mut value,
                    ids,
                );
            }
            match rows.get_column_reader(leaf)? {
                ColumnReader::ByteArrayColumnReader(chunk) => rows_of(
                    chunk,
                    &descriptor,
                    &mut column,
                    |value: &ByteArray, out| out.extend_from_slice(value.data()),
                    &mut text,
                ),
                ColumnReader::FixedLenByteArrayColumnReader(chunk) => rows_of(
                    chunk,
                    &descriptor,
                    &mut column,
                    |value, out| out.extend_from_slice(value.data()),
                    &mut text,
                ),
                ColumnReader::Int64ColumnReader(chunk) => {
                    let unit = unit(&descriptor);
                    rows_of(
                        chunk,
                        &descriptor,
                        &mut column,
                        |value: &i64, out| write_integer(*value, unit, out),
                        &mut text,
                    )
                }
                ColumnReader::Int32ColumnReader(chunk) => {
                    let date = kind == Kind::Date;
                    rows_of(
                        chunk,
                        &descriptor,
                        &mut column,
                        |value: &i32, out| {
                            if date {
                                write_day(i64::from(*value), out);
                            } else {
                                write_integer(i64::from(*value), None, out);
                            }
                        },
                        &mut text,
                    )
                }
                ColumnReader::DoubleColumnReader(chunk) => rows_of(
                    chunk,
                    &descriptor,
                    &mut column,
                    |value: &f64, out| write_real(*value, out),
                    &mut text,
                ),
                ColumnReader::FloatColumnReader(chunk) => rows_of(
                    chunk,
                    &descriptor,
                    &mut column,
                    |value: &f32, out| write_real(f64::from(*value), out),
                    &mut text,
                ),
                ColumnReader::BoolColumnReader(chunk) => rows_of(
                    chunk,
                    &descriptor,
                    &mut column,
                    |value: &bool, out| {
                        out.extend_from_slice(if *value { b"true" } else { b"false" });
                    },
                    &mut text,
                ),
                ColumnReader::Int96ColumnReader(_) => {
                    Err(ParquetError::General("an old kind of time, INT96".into()))
                }
            }
        })
        .map_err(|e| fault(format!("can't be read: {e}")))?;
    }
    column.values.drop_table();
    if column.kind == Kind::Text
        && let Some((id, _)) = column.values.iter().find(|(_, v)| std::str::from_utf8(v).is_err())
    {
        let row = column.ids.iter().position(|i| *i == id).map(|row| row as u64 + 1);
        return Err(ReadError { row, ..fault("is not UTF-8".to_owned()) });
    }
    Ok(column)
}

fn kind(descriptor: &ColumnDescriptor) -> Result<Kind, String> {
    if descriptor.max_rep_level() > 1 {
        return Err("is a list of lists; only lists of single values can be compared".to_owned());
    }
    let logical = descriptor.logical_type_ref();
    match descriptor.physical_type() {
        Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY => {
            if matches!(logical, Some(LogicalType::Decimal { .. }))
                || descriptor.converted_type() == ConvertedType::DECIMAL
            {
                return Err("is a decimal number; write it as DOUBLE or as text".to_owned());
            }
            Ok(Kind::Text)
        }
        Physical::INT32 | Physical::INT64 => match logical {
            Some(LogicalType::Decimal { .. }) => {
                Err("is a decimal number; write it as DOUBLE or as text".to_owned())
            }
            Some(LogicalType::Date) => Ok(Kind::Date),
            Some(LogicalType::Timestamp(_)) => Ok(Kind::Text),
            _ if descriptor.converted_type() == ConvertedType::DATE => Ok(Kind::Date),
            _ => Ok(Kind::Integer),
        },
        Physical::FLOAT | Physical::DOUBLE => Ok(Kind::Real),
        Physical::BOOLEAN => Ok(Kind::Boolean),
        Physical::INT96 => {
            Err("is of an old kind of time, INT96; write it as TIMESTAMP or as text".to_owned())
        }
    }
}

/// How many units a second has, where whole numbers are moments.
fn unit(descriptor: &ColumnDescriptor) -> Option<i64> {
    match descriptor.logical_type_ref() {
        Some(LogicalType::Timestamp(time)) => Some(match time.unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        }),
        _ => None,
    }
}

fn write_integer(value: i64, unit: Option<i64>, out: &mut Vec<u8>) {
    use std::io::Write;
    let Some(unit) = unit else {
        out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
        return;
    };
    let (seconds, rest) = (value.div_euclid(unit), value.rem_euclid(unit));
    write_day(seconds.div_euclid(86_400), out);
    let of_day = seconds.rem_euclid(86_400);
    // Writing into a vector cannot fail.
    let _ = write!(out, " {:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60);
    if rest > 0 {
        let digits = unit.ilog10() as usize;
        let fraction = format!("{rest:0digits$}");
        let _ = write!(out, ".{}", fraction.trim_end_matches('0'));
    }
}

fn write_real(value: f64, out: &mut Vec<u8>) {
    use std::io::Write;
    let _ = write!(out, "{value}");
}

/// A day, counted from 1970-01-01, as YYYY-MM-DD.
pub(crate) fn write_day(days: i64, out: &mut Vec<u8>) {
    use std::io::Write;
    // Civil from days: years begin in March, in cycles of 400 years, so that leap days fall at the end.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
}

/// Adds the rows of one column chunk to a column.
fn rows_of<T: DataType>(
    mut chunk: ColumnReaderImpl<T>,
    descriptor: &ColumnDescriptor,
    column: &mut Column,
    write: impl Fn(&T::T, &mut Vec<u8>),
    text: &mut Vec<u8>,
) -> Result<(), ParquetError> {
    let (most_defined, repeated) = (descriptor.max_def_level(), descriptor.max_rep_level() > 0);
    let (mut defined, mut repeats, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let as_text = |value: &T::T, text: &mut Vec<u8>| {
        text.clear();
        write(value, text);
    };
    loop {
        defined.clear();
        repeats.clear();
        values.clear();
        let (records, _, levels) = chunk.read_records(
            BATCH,
            (most_defined > 0).then_some(&mut defined),
            repeated.then_some(&mut repeats),
            &mut values,
        )?;
        if records == 0 {
            return Ok(());
        }
        if repeated {
            lists(&defined, &repeats, levels, most_defined, &values, column, |v, t| as_text(v, t))?;
        } else if most_defined == 0 {
            for value in &values {
                as_text(value, text);
                column.push(Some(text));
            }
        } else {
            let mut values = values.iter();
            for &level in &defined {
                if level == most_defined {
                    let Some(value) = values.next() else {
                        return Err(ParquetError::General("fewer values than rows".into()));
                    };
                    as_text(value, text);
                    column.push(Some(text));
                } else {
                    column.push(None);
                }
            }
        }
    }
}

/// Lists: the definition level tells a missing list, an empty one, and a missing element apart.
fn lists<V>(
    defined: &[i16],
    repeats: &[i16],
    levels: usize,
    most_defined: i16,
    values: &[V],
    column: &mut Column,
    as_text: impl Fn(&V, &mut Vec<u8>),
) -> Result<(), ParquetError> {
    let mut values = values.iter();
    let mut text = Vec::new();
    let mut items: Option<Vec<Option<String>>> = None;
    let mut open = false;
    let finish = |items: Option<Vec<Option<String>>>, column: &mut Column| match items {
        None => column.push(None),
        // Texts and nulls are always JSON.
        Some(items) => column.push(Some(serde_json::to_string(&items).unwrap_or_default().as_bytes())),
    };
    for at in 0..levels {
        if repeats[at] == 0 {
            if open {
                finish(items.take(), column);
            }
            open = true;
            items = None;
        }
        let level = defined[at];
        if level == most_defined {
            let Some(value) = values.next() else {
                return Err(ParquetError::General("fewer values than rows".into()));
            };
            text.clear();
            as_text(value, &mut text);
            items.get_or_insert_default().push(Some(String::from_utf8_lossy(&text).into_owned()));
        } else if level == most_defined - 1 {
            // With three levels (list, element, value) this is a missing element; a required element has none.
            items.get_or_insert_default();
            if most_defined >= 3 {
                items.get_or_insert_default().push(None);
            }
        } else if level == most_defined - 2 && most_defined >= 3 {
            items.get_or_insert_default();
        }
    }
    if open {
        finish(items, column);
    }
    Ok(())
}

/// The bytes of a Parquet file kept open for reading single columns of numbers.
pub struct PairsFile<R: ChunkReader> {
    reader: SerializedFileReader<R>,
    file: String,
}

impl<R: ChunkReader + 'static> PairsFile<R> {
    /// Opens a file that this product, or Splink, wrote.
    pub fn open(input: R, file: &str) -> Result<PairsFile<R>, ReadError> {
        let reader = guarded(|| SerializedFileReader::new(input))
            .map_err(|e| ReadError::of_file(file, format!("is not a Parquet file that can be read: {e}")))?;
        Ok(PairsFile { reader, file: file.to_owned() })
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        usize::try_from(self.reader.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<String> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        (0..schema.num_columns()).map(|leaf| schema.column(leaf).name().to_owned()).collect()
    }

    /// A text that the writer left in the file under a key.
    pub fn note(&self, key: &str) -> Option<String> {
        let notes = self.reader.metadata().file_metadata().key_value_metadata()?;
        notes.iter().find(|note| note.key == key)?.value.clone()
    }

    fn leaf(&self, name: &str) -> Result<usize, ReadError> {
        self.names().iter().position(|have| have == name).ok_or_else(|| ReadError {
            file: self.file.clone(),
            row: None,
            column: Some(name.to_owned()),
            what: format!("is needed and is not there; the file has {}", self.names().join(", ")),
        })
    }

    /// A column as this module reads every column.
    pub fn column(&self, name: &str) -> Result<Column, ReadError> {
        column(&self.reader, self.leaf(name)?, name, &self.file)
    }

    /// In how many parts the rows are.
    pub fn parts(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// How many rows a part has.
    pub fn rows_of(&self, part: usize) -> usize {
        let groups = self.reader.metadata().row_groups();
        groups.get(part).map_or(0, |group| usize::try_from(group.num_rows()).unwrap_or(0))
    }

    /// The first `most` values of a column in one part, or all that there are, as `of` makes them of numbers.
    ///
    /// # Errors
    /// Where the column is missing, holds no numbers or is damaged.
    pub fn numbers<T: Copy>(
        &self,
        name: &str,
        part: usize,
        most: usize,
        of: impl Fn(Number) -> T,
    ) -> Result<Vec<T>, ReadError> {
        let leaf = self.leaf(name)?;
        let most_defined = self.reader.metadata().file_metadata().schema_descr().column(leaf).max_def_level();
        let mut all = Vec::with_capacity(self.rows_of(part).min(most));
        guarded(|| {
            let rows = self.reader.get_row_group(part)?;
            let chunk = rows.metadata().column(leaf);
            let whole = chunk.column_type();
            if pages::are_common(chunk) && whole != Physical::BYTE_ARRAY {
                return pages::read(
                    &mut *rows.get_column_page_reader(leaf)?,
                    chunk,
                    most,
                    of(Number::None),
                    |bytes| of(number(whole, bytes)),
                    &mut all,
                );
            }
            match rows.get_column_reader(leaf)? {
                ColumnReader::DoubleColumnReader(c) => {
                    numbers_of(c, most_defined, most, &mut all, |v| of(Number::Real(*v)), of(Number::None))
                }
                ColumnReader::FloatColumnReader(c) => {
                    let real = |v: &f32| of(Number::Real(f64::from(*v)));
                    numbers_of(c, most_defined, most, &mut all, real, of(Number::None))
                }
                ColumnReader::Int32ColumnReader(c) => {
                    let whole = |v: &i32| of(Number::Whole(i64::from(*v)));
                    numbers_of(c, most_defined, most, &mut all, whole, of(Number::None))
                }
                ColumnReader::Int64ColumnReader(c) => {
                    numbers_of(c, most_defined, most, &mut all, |v| of(Number::Whole(*v)), of(Number::None))
                }
                _ => Err(ParquetError::General("it holds no numbers".into())),
            }
        })
        .map_err(|e| ReadError {
            file: self.file.clone(),
            row: None,
            column: Some(name.to_owned()),
            what: format!("can't be read: {e}"),
        })?;
        Ok(all)
    }
}

/// A number as a file has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number.
    Whole(i64),
    /// One with a fraction.
    Real(f64),
    /// NULL.
    None,
}

impl Number {
    /// As a number with a fraction; NULL is not a number (NaN).
    pub fn real(self) -> f64 {
        match self {
            Number::Whole(whole) => whole as f64,
            Number::Real(real) => real,
            Number::None => f64::NAN,
        }
    }

    /// As a whole number; nothing for NULL.
    pub fn whole(self) -> Option<i64> {
        match self {
            Number::Whole(whole) => Some(whole),
            Number::Real(real) => Some(real as i64),
            Number::None => None,
        }
    }
}

/// A number from its bytes.
#[inline]
fn number(physical: Physical, bytes: &[u8]) -> Number {
    match (physical, bytes.first_chunk(), bytes.first_chunk()) {
        (Physical::INT64, _, Some(eight)) => Number::Whole(i64::from_le_bytes(*eight)),
        (Physical::DOUBLE, _, Some(eight)) => Number::Real(f64::from_le_bytes(*eight)),
        (Physical::INT32, Some(four), _) => Number::Whole(i64::from(i32::from_le_bytes(*four))),
        (Physical::FLOAT, Some(four), _) => Number::Real(f64::from(f32::from_le_bytes(*four))),
        _ => Number::None,
    }
}

fn numbers_of<T: DataType, V: Copy>(
    mut chunk: ColumnReaderImpl<T>,
    most_defined: i16,
    most: usize,
    all: &mut Vec<V>,
    number: impl Fn(&T::T) -> V,
    none: V,
) -> Result<(), ParquetError> {
    let (mut defined, mut values) = (Vec::new(), Vec::new());
    loop {
        defined.clear();
        values.clear();
        let (records, _, _) = chunk.read_records(
            BATCH.min(most.saturating_sub(all.len())),
            (most_defined > 0).then_some(&mut defined),
            None,
            &mut values,
        )?;
        if records == 0 {
            return Ok(());
        }
        if values.len() == records {
            all.extend(values.iter().map(&number));
        } else {
            let mut values = values.iter();
            all.extend(defined.iter().map(|level| {
                if *level == most_defined { values.next().map_or(none, &number) } else { none }
            }));
        }
    }
}
