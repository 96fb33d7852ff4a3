//! Files as sheets of cells, whatever they are written in. Comma-separated text is read here, workbooks in `workbook`.

use super::workbook;
use crate::sheet::stray_quote;
use bluelamp_model::{Day, Fault, Faults};

/// The largest file that is read, in bytes.
const LARGEST: usize = 20 * 1024 * 1024;
/// The most rows and columns of a sheet.
pub(super) const ROWS: usize = 50_000;
pub(super) const COLUMNS: usize = 200;
/// The longest text of a cell.
pub(super) const TEXT: usize = 20_000;

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Cell {
    #[default]
    Empty,
    Text(String),
    Number(f64),
    Yes(bool),
    Day(Day),
    /// A formula that has no stored value, or an error of the spreadsheet: what is wrong.
    Broken(String),
}

impl Cell {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.chars().all(|c| c.is_whitespace() || c.is_control()),
            _ => false,
        }
    }

    /// The words in it, as a person would type them.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Empty | Self::Broken(_) => String::new(),
            Self::Text(text) => one_line(text),
            Self::Number(n) => n.to_string(),
            Self::Yes(yes) => if *yes { "yes" } else { "no" }.into(),
            Self::Day(day) => day.to_string(),
        }
    }

    /// The same with the line ends kept, where a cell can hold a list.
    pub(super) fn lines(&self) -> String {
        match self {
            Self::Text(text) => {
                text.replace(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t'), " ")
            }
            other => other.text(),
        }
    }
}

/// Words with one space between. A spreadsheet's blanks are spaces: no-break spaces and line ends inside a cell; so are
/// characters that nobody can see, which other tools refuse a whole file for.
pub(super) fn one_line(text: &str) -> String {
    let parts = text.split(|c: char| c.is_whitespace() || c.is_control());
    parts.filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A row with the number that the person sees.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Row {
    pub(super) number: u64,
    pub(super) cells: Vec<Cell>,
    /// Cells that several columns share: from, to.
    pub(super) merged: Vec<(usize, usize)>,
}

impl Row {
    pub(super) fn cell(&self, column: usize) -> &Cell {
        const EMPTY: &Cell = &Cell::Empty;
        self.cells.get(column).unwrap_or(EMPTY)
    }
}

/// A sheet. A text file has one without a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sheet {
    pub(super) name: Option<String>,
    pub(super) rows: Vec<Row>,
    /// Cells that several rows share.
    pub(super) shared: Vec<Shared>,
}

/// A cell that several rows share: what stands in the first of them holds for all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shared {
    pub(super) column: usize,
    /// The first and the last row, by the numbers that the person sees.
    pub(super) rows: (u64, u64),
}

/// What was read, with what the reader should be told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Book {
    pub(super) sheets: Vec<Sheet>,
    pub(super) notes: Vec<Fault>,
}

/// Reads a file by what it is, not by what it is called.
///
/// # Errors
/// When it is none of the kinds that are read, damaged, or too large.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Book, Faults> {
    let refuse = |reason: &str| Err(Fault::new(file, reason).into());
    if bytes.is_empty() {
        return refuse("is empty: choose another file");
    }
    if bytes.len() > LARGEST {
        return refuse("is larger than 20 MB: split it by force, and remove pictures");
    }
    match bytes {
        [b'P', b'K', 3, 4, ..] => workbook::read(file, bytes),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            refuse("is an old Excel file or is locked with a password: save it as .xlsx without a password")
        }
        [b'%', b'P', b'D', b'F', ..] => refuse("is a PDF: ask for the survey as CSV or .xlsx"),
        _ => text(file, bytes),
    }
}

fn text(file: &str, bytes: &[u8]) -> Result<Book, Faults> {
    let mut notes = Vec::new();
    let text = decode(file, bytes, &mut notes)?;
    if text.trim().is_empty() {
        return Err(Fault::new(file, "is empty: choose another file").into());
    }
    if let Some(at) = text.find('\0') {
        let line = text.get(..at).map_or(0, |t| t.matches('\n').count()) as u64 + 1;
        return Err(Fault::new(file, "is not a text file: choose a CSV file or an .xlsx workbook")
            .at_line(line)
            .into());
    }
    let separator = separator(&text);
    if let Some(line) = stray_quote(&text, separator) {
        let reason = "a quotation mark opens a cell here and does not close it at its end: close it, or write it twice \
                      inside a quoted cell";
        return Err(Fault::new(file, reason).at_line(line).into());
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let (mut rows, mut record) = (Vec::new(), csv::StringRecord::new());
    loop {
        let more = reader.read_record(&mut record).map_err(|e| {
            let line = e.position().map_or(1, csv::Position::line);
            Fault::new(file, format!("cannot be read as CSV: {e}")).at_line(line)
        })?;
        if !more {
            break;
        }
        let number = record.position().map_or(1, csv::Position::line);
        if rows.len() >= ROWS || record.len() > COLUMNS {
            return Err(too_large(file, number));
        }
        // Two stray marks can make one cell of several rows, and that is CSV too.
        let as_row = |line: &str| line.bytes().filter(|b| *b == separator).count() + 1 >= record.len();
        if record.len() > 1 && record.iter().any(|cell| cell.lines().skip(1).any(as_row)) {
            let reason = "a quoted cell goes on over the end of its line and holds a line that looks like a row: if it is one, \
                          close the quotation mark before it and read the file again";
            notes.push(Fault::new(file, reason).at_line(number));
        }
        let cells = record.iter().map(|cell| {
            if cell.len() > TEXT {
                Cell::Broken("the text is too long".into())
            } else {
                Cell::Text(cell.to_owned())
            }
        });
        rows.push(Row { number, cells: cells.collect(), merged: Vec::new() });
    }
    Ok(Book { sheets: vec![Sheet { rows, ..Sheet::default() }], notes })
}

pub(super) fn too_large(file: &str, row: u64) -> Faults {
    let reason = format!(
        "has more than {ROWS} rows or {COLUMNS} columns: split it by force, and remove empty columns"
    );
    Fault::new(file, reason).at_line(row).into()
}

/// Comma, semicolon, tab or bar: the one that the first lines with something in them have most, outside quotes.
fn separator(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    for line in text.lines().filter(|l| !l.trim().is_empty()).take(30) {
        let mut quoted = false;
        for b in line.bytes() {
            quoted ^= b == b'"';
            if let Some((_, n)) = counts.iter_mut().find(|(c, _)| *c == b && !quoted) {
                *n += 1;
            }
        }
    }
    counts.iter().rev().max_by_key(|(_, n)| *n).map_or(b',', |(c, _)| *c)
}

fn decode(file: &str, bytes: &[u8], notes: &mut Vec<Fault>) -> Result<String, Faults> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        let read = encoding.decode_without_bom_handling_and_without_replacement(rest);
        return read.map(std::borrow::Cow::into_owned).ok_or_else(|| {
            Fault::new(file, format!("is damaged {} text: save it as CSV UTF-8", encoding.name())).into()
        });
    }
    if let Ok(text) = str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    // Five bytes have no character in Windows-1252, and the decoder would let them pass.
    if let Some(at) = bytes.iter().position(|b| matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)) {
        let line = bytes.get(..at).map_or(0, |before| before.iter().filter(|b| **b == b'\n').count()) as u64;
        let byte = bytes.get(at).copied().unwrap_or_default();
        let reason = format!(
            "holds the byte {byte:#04x}, which is neither UTF-8 nor Windows-1252: save the file as CSV UTF-8"
        );
        return Err(Fault::new(file, reason).at_line(line + 1).into());
    }
    notes.push(Fault::new(
        file,
        "is not UTF-8 and was read as Windows-1252: look whether £ and names with accents are right",
    ));
    Ok(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(book: &Book) -> Vec<Vec<String>> {
        book.sheets.iter().flat_map(|s| &s.rows).map(|r| r.cells.iter().map(Cell::text).collect()).collect()
    }

    #[test]
    fn text_is_read_in_each_encoding() {
        let wanted = vec![vec!["Café".to_owned(), "£5".into()]];
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("Café,£5\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let files: [&[u8]; 4] =
            ["Café,£5\n".as_bytes(), "\u{feff}Café,£5\n".as_bytes(), b"Caf\xe9,\xa35\r\n", &utf16];
        for (n, bytes) in files.iter().enumerate() {
            let book = read("a.csv", bytes).unwrap();
            assert_eq!(cells(&book), wanted, "{n}");
            assert_eq!(book.notes.len(), usize::from(n == 2), "only a guess is told");
        }
        assert_eq!(cells(&read("a.csv", b"\x80\xa3").unwrap()), [["€£"]]);
    }

    #[test]
    fn the_separator_is_found() {
        for (text, b) in
            [("a,b;c,d", b','), ("a;b;c\n1,2;3;4", b';'), ("a\tb", b'\t'), ("\"a;b;c\",d", b','), ("x", b',')]
        {
            assert_eq!(separator(text), b, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_what_to_do() {
        let table: [(&[u8], &str); 7] = [
            (b"", "is empty"),
            (b" \n ", "is empty"),
            (&[0xd0, 0xcf, 0x11, 0xe0, 1], "save it as .xlsx"),
            (b"%PDF-1.7", "is a PDF"),
            (b"a,b\n1,\"x\n", "a.csv:2: a quotation mark opens a cell here and does not close it"),
            (b"a\0b", "is not a text file"),
            (b"x\n\x81", "a.csv:2: holds the byte 0x81"),
        ];
        for (bytes, words) in table {
            let said = read("a.csv", bytes).unwrap_err().to_string();
            assert!(said.contains(words), "{said} <> {words}");
        }
        let wide = "a,".repeat(COLUMNS + 1);
        assert!(read("a.csv", wide.as_bytes()).unwrap_err().to_string().contains("200 columns"));
    }
}
