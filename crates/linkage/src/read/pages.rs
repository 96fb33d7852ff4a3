//! Pages of a Parquet column of single values, taken apart without a copy of each value.
//!
//! What writers use for such columns is read here: values laid out plainly, and dictionaries, whose values are turned into
//! what the caller wants once each instead of once a row. Everything else is left to the library, which reads all there
//! is. The encodings are those of the format's own description (Apache Parquet 2.x, "Encodings").

use parquet::basic::{Encoding, Type as Physical};
use parquet::column::page::{Page, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;

/// Whether a column's pages can be read here.
pub(super) fn are_common(column: &ColumnChunkMetaData) -> bool {
    let known = |e| {
        matches!(e, Encoding::PLAIN | Encoding::RLE | Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY)
    };
    let descriptor = column.column_descr();
    descriptor.max_rep_level() == 0
        && descriptor.max_def_level() <= 1
        && width(column.column_type()).is_some()
        && column.encodings().all(known)
}

/// How many bytes a value has; 0 where its length stands before it.
fn width(physical: Physical) -> Option<usize> {
    match physical {
        Physical::INT32 | Physical::FLOAT => Some(4),
        Physical::INT64 | Physical::DOUBLE => Some(8),
        Physical::BYTE_ARRAY => Some(0),
        _ => None,
    }
}

fn damaged() -> ParquetError {
    ParquetError::General("it is damaged".to_owned())
}

/// Reads the first `most` rows of a column into `rows`: what `value` makes of each value's bytes, and `none` for NULL.
pub(super) fn read<T: Copy>(
    pages: &mut dyn PageReader,
    column: &ColumnChunkMetaData,
    most: usize,
    none: T,
    mut value: impl FnMut(&[u8]) -> T,
    rows: &mut Vec<T>,
) -> Result<(), ParquetError> {
    let width = width(column.column_type()).ok_or_else(damaged)?;
    let optional = column.column_descr().max_def_level() > 0;
    let mut entries: Vec<T> = Vec::new();
    let (mut defined, mut places) = (Vec::new(), Vec::new());
    let end = rows.len().saturating_add(most);
    while rows.len() < end {
        let Some(page) = pages.get_next_page()? else { return Ok(()) };
        let how_many = (page.num_values() as usize).min(end - rows.len());
        defined.clear();
        let (values, encoding) = match &page {
            Page::DictionaryPage { buf, num_values, .. } => {
                entries.clear();
                let mut rest: &[u8] = buf;
                for _ in 0..*num_values {
                    entries.push(value(next(&mut rest, width)?));
                }
                continue;
            }
            Page::DataPage { buf, encoding, .. } => {
                let mut rest: &[u8] = buf;
                if optional {
                    let levels = next(&mut rest, 0)?;
                    hybrid(levels, 1, how_many, &mut defined)?;
                }
                (rest, *encoding)
            }
            Page::DataPageV2 { buf, encoding, def_levels_byte_len, rep_levels_byte_len, .. } => {
                // Levels stand first, without their length before them.
                let (repeats, defines) = (*rep_levels_byte_len as usize, *def_levels_byte_len as usize);
                let (levels, rest) =
                    buf.split_at_checked(repeats.saturating_add(defines)).ok_or_else(damaged)?;
                if optional {
                    hybrid(&levels[repeats..], 1, how_many, &mut defined)?;
                }
                (rest, *encoding)
            }
        };
        let there = if optional { defined.iter().filter(|level| **level == 1).count() } else { how_many };
        if matches!(encoding, Encoding::PLAIN) {
            let mut rest = values;
            if optional && there < how_many {
                for level in &defined {
                    rows.push(if *level == 1 { value(next(&mut rest, width)?) } else { none });
                }
            } else if width > 0 {
                let there = rest.get(..how_many.saturating_mul(width)).ok_or_else(damaged)?;
                rows.extend(there.chunks_exact(width).map(&mut value));
            } else {
                for _ in 0..how_many {
                    rows.push(value(next(&mut rest, width)?));
                }
            }
            continue;
        }
        let (bits, places_of) = values.split_first().map_or((0, values), |(bits, rest)| (*bits, rest));
        places.clear();
        hybrid(places_of, bits, there, &mut places)?;
        let entry = |place: u32| entries.get(place as usize).copied().ok_or_else(damaged);
        if there == how_many {
            for place in &places {
                rows.push(entry(*place)?);
            }
        } else {
            let mut places = places.iter();
            for level in &defined {
                rows.push(match level {
                    1 => entry(*places.next().ok_or_else(damaged)?)?,
                    _ => none,
                });
            }
        }
    }
    Ok(())
}

/// Takes the next value: of `width` bytes, or with its length before it where that is 0.
#[inline]
fn next<'a>(rest: &mut &'a [u8], width: usize) -> Result<&'a [u8], ParquetError> {
    let mut length = width;
    if width == 0 {
        let (head, tail) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        length = u32::from_le_bytes(*head) as usize;
        *rest = tail;
    }
    let (value, tail) = rest.split_at_checked(length).ok_or_else(damaged)?;
    *rest = tail;
    Ok(value)
}

/// Reads `how_many` numbers of `bits` bits in runs: one number many times over, or numbers packed the least bits first.
fn hybrid(mut rest: &[u8], bits: u8, how_many: usize, into: &mut Vec<u32>) -> Result<(), ParquetError> {
    if bits > 32 {
        return Err(damaged());
    }
    let bits = usize::from(bits);
    let mask = ((1u64 << bits) - 1) as u32;
    while into.len() < how_many {
        let left = how_many - into.len();
        let head = varint(&mut rest)?;
        if head & 1 == 0 {
            let (run, bytes) = ((head >> 1) as usize, bits.div_ceil(8));
            let (number, tail) = rest.split_at_checked(bytes).ok_or_else(damaged)?;
            rest = tail;
            let number = number.iter().rev().fold(0u32, |all, byte| all << 8 | u32::from(*byte));
            if run == 0 {
                return Err(damaged());
            }
            into.resize(into.len() + run.min(left), number);
            continue;
        }
        // The last run may be cut off where its numbers end.
        let groups = (head >> 1) as usize;
        let bytes = groups.checked_mul(bits).ok_or_else(damaged)?.min(rest.len());
        let (packed, tail) = rest.split_at(bytes);
        rest = tail;
        let some = left.min(groups.saturating_mul(8));
        if some == 0 || (some * bits).div_ceil(8) > packed.len() {
            return Err(damaged());
        }
        // Eight bytes hold any number wherever in its byte it begins; at the end they are taken from a copy.
        let whole = if packed.len() >= 8 { ((packed.len() - 8) * 8 / bits.max(1) + 1).min(some) } else { 0 };
        let number = |bytes: &[u8], bit: usize| -> u32 {
            let word = bytes[bit / 8..].first_chunk::<8>().map_or(0, |w| u64::from_le_bytes(*w));
            (word >> (bit % 8)) as u32 & mask
        };
        into.extend((0..whole).map(|at| number(packed, at * bits)));
        if whole < some {
            let from = whole * bits / 8;
            let mut tail = [0u8; 48];
            let last = &packed[from..];
            tail[..last.len().min(40)].copy_from_slice(&last[..last.len().min(40)]);
            into.extend((whole..some).map(|at| number(&tail, at * bits - from * 8)));
        }
    }
    Ok(())
}

fn varint(rest: &mut &[u8]) -> Result<u32, ParquetError> {
    let mut number = 0u64;
    for shift in (0..35).step_by(7) {
        let (byte, tail) = rest.split_first().ok_or_else(damaged)?;
        *rest = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return u32::try_from(number).map_err(|_| damaged());
        }
    }
    Err(damaged())
}

#[cfg(test)]
mod tests {
    use crate::columns::Column;
    use crate::read::{Columns, read_parquet};
    use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
    use parquet::file::properties::{WriterProperties, WriterVersion};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use proptest::prelude::*;
    use std::sync::Arc;

    /// A file as the library writes it: two columns that may be NULL.
    fn file(rows: &[(Option<String>, Option<i64>)], properties: WriterProperties) -> bytes::Bytes {
        let schema = "message m { optional binary t (UTF8); optional int64 n; }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let mut out = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
        for some in rows.chunks(rows.len().div_ceil(2)) {
            let mut group = out.next_row_group().unwrap();
            let texts: Vec<ByteArray> =
                some.iter().filter_map(|r| r.0.as_deref().map(ByteArray::from)).collect();
            let there: Vec<i16> = some.iter().map(|r| i16::from(r.0.is_some())).collect();
            let mut column = group.next_column().unwrap().unwrap();
            column.typed::<ByteArrayType>().write_batch(&texts, Some(&there), None).unwrap();
            column.close().unwrap();
            let numbers: Vec<i64> = some.iter().filter_map(|r| r.1).collect();
            let there: Vec<i16> = some.iter().map(|r| i16::from(r.1.is_some())).collect();
            let mut column = group.next_column().unwrap().unwrap();
            column.typed::<Int64Type>().write_batch(&numbers, Some(&there), None).unwrap();
            column.close().unwrap();
            group.close().unwrap();
        }
        out.into_inner().unwrap().into()
    }

    proptest! {
        #[test]
        fn what_the_library_writes_is_read(
            rows in prop::collection::vec((prop::option::of("[a-f]{0,3}"), prop::option::of(-40i64..40)), 1..400),
            second in any::<bool>(),
            dictionary in prop_oneof![Just(None), Just(Some(40)), Just(Some(100_000))],
            page in prop_oneof![Just(64usize), Just(100_000)],
        ) {
            let version = if second { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
            // A dictionary that grows too large is given up in the middle of a column.
            let properties = WriterProperties::builder()
                .set_writer_version(version)
                .set_dictionary_enabled(dictionary.is_some())
                .set_dictionary_page_size_limit(dictionary.unwrap_or(1))
                .set_data_page_size_limit(page)
                .set_write_batch_size(16)
                .build();
            let table = read_parquet(file(&rows, properties), "f", Columns::All, 1, &|_| ()).unwrap();
            let value = |column: &Column, row: usize| {
                let id = column.ids[row];
                (id != 0).then(|| column.values.text(id).into_owned())
            };
            for (at, row) in rows.iter().enumerate() {
                prop_assert_eq!(value(&table.columns[0], at), row.0.clone());
                prop_assert_eq!(value(&table.columns[1], at), row.1.map(|n| n.to_string()));
            }
        }
    }
}
