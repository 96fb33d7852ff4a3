//! Excel workbooks as sheets of cells, cell by cell: a sheet that claims a million columns takes no memory.

use super::{
    calendar,
    table::{Book, COLUMNS, Cell, ROWS, Row, Shared, Sheet, TEXT, too_large},
    value::whole,
};
use bluelamp_model::{Day, Fault, Faults};
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

/// The most that a workbook may unpack to, in bytes.
const UNPACKED: u64 = 200 * 1024 * 1024;

/// Reads a workbook.
///
/// # Errors
/// When it is no workbook, is damaged, or unpacks to too much.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Book, Faults> {
    let damaged = |e: &dyn std::fmt::Display| {
        Faults::from(Fault::new(
            file,
            format!("cannot be read as an .xlsx workbook ({e}): open it and save it again"),
        ))
    };
    unpacks(file, bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let mut book = Book::default();
    let sheets: Vec<_> = workbook.sheets_metadata().to_vec();
    for sheet in sheets {
        let shown = format!("{file}, sheet '{}'", sheet.name);
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        if sheet.visible != SheetVisible::Visible {
            book.notes
                .push(Fault::new(&shown, "is hidden and was not read: show it if it belongs to the survey"));
            continue;
        }
        let merged = workbook.merge_cells_by_sheet_name(&sheet.name).map_err(|e| damaged(&e))?;
        let mut rows = cells(&mut workbook, &shown, &sheet.name, &damaged)?;
        let mut shared = Vec::new();
        for area in merged {
            if area.end.0 > area.start.0 && (area.start.1 as usize) < COLUMNS {
                let rows = (u64::from(area.start.0) + 1, u64::from(area.end.0) + 1);
                shared.push(Shared { column: area.start.1 as usize, rows });
            }
            let (from, to) = (area.start.1 as usize, (area.end.1 as usize).min(COLUMNS));
            if let Some(row) = rows.get_mut(&area.start.0)
                && to > from
            {
                row.merged.push((from, to));
            }
        }
        book.sheets.push(Sheet { name: Some(sheet.name), rows: rows.into_values().collect(), shared });
    }
    if book.sheets.is_empty() {
        return Err(Fault::new(file, "has no sheet that is shown: show the sheet with the survey").into());
    }
    Ok(book)
}

/// A small file can unpack to any size: it is unpacked once to nowhere, and refused where that does not end.
fn unpacks(file: &str, bytes: &[u8]) -> Result<(), Faults> {
    let damaged = |e: &dyn std::fmt::Display| {
        Faults::from(Fault::new(
            file,
            format!("is not an .xlsx workbook, or is damaged ({e}): save it again as .xlsx"),
        ))
    };
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let mut left = UNPACKED;
    for n in 0..zip.len() {
        let entry = zip.by_index(n).map_err(|e| damaged(&e))?;
        let read = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).map_err(|e| damaged(&e))?;
        left = left.checked_sub(read).ok_or_else(|| {
            Fault::new(file, "unpacks to more than 200 MB: remove what does not belong to the survey")
        })?;
    }
    Ok(())
}

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

fn cells(
    workbook: &mut Workbook<'_>,
    shown: &str,
    name: &str,
    damaged: &dyn Fn(&dyn std::fmt::Display) -> Faults,
) -> Result<BTreeMap<u32, Row>, Faults> {
    let wrong = |e: XlsxError| damaged(&e);
    let old_epoch = workbook.has_1904_epoch();
    let mut reader = workbook.worksheet_cells_reader(name).map_err(wrong)?;
    let mut rows = BTreeMap::<u32, Row>::new();
    while let Some(found) = reader.next_cell_with_formula_metadata().map_err(wrong)? {
        let (at, column) = found.pos;
        let cell = match (&found.value, &found.formula) {
            (DataRef::Empty, Some(_)) => Cell::Broken("is a formula without a stored value".into()),
            (value, _) => cell(value, old_epoch),
        };
        if cell.is_empty() {
            continue;
        }
        let column = column as usize;
        if column >= COLUMNS || (rows.len() >= ROWS && !rows.contains_key(&at)) {
            return Err(too_large(shown, u64::from(at) + 1));
        }
        let row = rows.entry(at).or_default();
        row.number = u64::from(at) + 1;
        if row.cells.len() <= column {
            row.cells.resize(column + 1, Cell::Empty);
        }
        if let Some(place) = row.cells.get_mut(column) {
            *place = cell;
        }
    }
    Ok(rows)
}

fn cell(value: &DataRef<'_>, old_epoch: bool) -> Cell {
    let text = |text: &str| match text.len() > TEXT {
        true => Cell::Broken("the text is too long".into()),
        false => Cell::Text(text.to_owned()),
    };
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(n) => Cell::Number(*n as f64),
        DataRef::Float(n) => Cell::Number(*n),
        DataRef::String(t) => text(t),
        DataRef::SharedString(t) => text(t),
        DataRef::Bool(yes) => Cell::Yes(*yes),
        DataRef::DateTime(serial) => match serial_day(serial.as_f64(), old_epoch) {
            Some(day) => Cell::Day(day),
            None => Cell::Broken(format!("is formatted as a date and holds {}", serial.as_f64())),
        },
        DataRef::DateTimeIso(t) => match t.get(..10).and_then(|t| t.parse().ok()) {
            Some(day) => Cell::Day(day),
            None => text(t),
        },
        DataRef::DurationIso(t) => text(t),
        DataRef::Error(e) => Cell::Broken(format!("holds the error {e}")),
    }
}

/// The day of a spreadsheet's serial number. Excel counts a 29 February 1900 that never was, so numbers below 61 are
/// refused: nobody's contract ended then.
pub(super) fn serial_day(serial: f64, old_epoch: bool) -> Option<Day> {
    if !(61.0..2_958_466.0).contains(&serial) {
        return None;
    }
    // 30 December 1899, or 1 January 1904 as old Macs have it.
    let start = if old_epoch { -24_107 } else { -25_569 };
    calendar::day(start + whole(serial.floor()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_days() {
        let day = |n, old| serial_day(n, old).map(|d| d.to_string());
        assert_eq!(day(46_477.0, false).as_deref(), Some("2027-03-31"));
        assert_eq!(day(46_477.75, false).as_deref(), Some("2027-03-31"), "the time of day is left out");
        assert_eq!(day(45_015.0, true).as_deref(), Some("2027-03-31"));
        assert_eq!(day(61.0, false).as_deref(), Some("1900-03-01"));
        for wrong in [0.0, 60.0, -5.0, 3e9, f64::NAN, f64::INFINITY] {
            assert_eq!(day(wrong, false), None, "{wrong}");
        }
    }
}
