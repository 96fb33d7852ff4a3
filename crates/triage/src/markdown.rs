//! The little Markdown a definition uses: a header between `---` lines, headings, and one table per section.

use bluelamp_model::Fault;

/// Collects faults for one file.
pub(crate) struct Faulty<'f> {
    pub(crate) file: &'f str,
    pub(crate) faults: Vec<Fault>,
}

impl Faulty<'_> {
    pub(crate) fn add(&mut self, line: u64, field: &str, reason: impl Into<String>) {
        let fault = Fault::new(self.file, reason).at_line(line);
        self.faults.push(if field.is_empty() { fault } else { fault.in_field(field) });
    }
}

/// One line of the file with its number, from 1.
pub(crate) type Line<'t> = (u64, &'t str);

/// The file, cut at its headings.
pub(crate) struct Document<'t> {
    /// The YAML between the `---` lines, and the number of its first line.
    pub(crate) header: Option<(u64, String)>,
    /// The first heading `# …`.
    pub(crate) title: Option<Line<'t>>,
    /// The sections `## …`, in their order.
    pub(crate) sections: Vec<Section<'t>>,
    /// The number of the last line.
    pub(crate) last: u64,
}

/// What stands under one `## …` heading.
pub(crate) struct Section<'t> {
    pub(crate) name: &'t str,
    pub(crate) line: u64,
    pub(crate) body: Vec<Line<'t>>,
}

/// One table row.
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) cells: Vec<String>,
}

/// A table: its column names and its rows, each with as many cells as there are columns.
pub(crate) struct Table {
    pub(crate) head: Row,
    pub(crate) rows: Vec<Row>,
}

pub(crate) fn document<'t>(text: &'t str, faulty: &mut Faulty<'_>) -> Document<'t> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = (1..).zip(text.lines()).peekable();
    let mut doc = Document { header: None, title: None, sections: Vec::new(), last: 1 };
    if lines.next_if(|(_, l)| l.trim_end() == "---").is_some() {
        let mut yaml = String::new();
        let mut closed = false;
        for (number, line) in lines.by_ref() {
            doc.last = number;
            if line.trim_end() == "---" {
                closed = true;
                break;
            }
            yaml.push_str(line);
            yaml.push('\n');
        }
        if !closed {
            faulty.add(1, "", "the header has no closing --- line");
        }
        doc.header = Some((2, yaml));
    } else {
        faulty.add(1, "", "the file must begin with a --- line and its header");
    }
    for (number, line) in lines {
        doc.last = number;
        if let Some(name) = line.strip_prefix("## ") {
            doc.sections.push(Section { name: name.trim(), line: number, body: Vec::new() });
        } else if let Some(section) = doc.sections.last_mut() {
            section.body.push((number, line));
        } else if let Some(title) = line.strip_prefix("# ") {
            if doc.title.is_some() {
                faulty.add(number, "", "there is a second title; a part of the file begins with ##");
            }
            doc.title = Some((number, title.trim()));
        } else if line.trim_start().starts_with('|') {
            faulty.add(number, "", "a table must stand in a section that begins with ##");
        }
    }
    doc
}

impl Section<'_> {
    /// The section's only table. Says what is wrong with it, row by row; a row with the wrong number of
    /// cells is left out.
    pub(crate) fn table(&self, faulty: &mut Faulty<'_>) -> Option<Table> {
        let mut blocks = self.blocks(faulty).into_iter();
        let first = blocks.next()?;
        for more in blocks {
            if let Some(row) = more.first() {
                faulty.add(
                    row.line,
                    self.name,
                    "the section has a second table; is there an empty line too many?",
                );
            }
        }
        self.read(first, faulty)
    }

    /// All tables of the section, each with the name that stands above it in a line `> # name`.
    pub(crate) fn named_tables(&self, faulty: &mut Faulty<'_>) -> Vec<(Option<&str>, Table)> {
        let blocks = self.blocks(faulty);
        let mut from = self.line;
        let mut tables = Vec::new();
        for block in blocks {
            let (Some(first), Some(last)) = (block.first(), block.last()) else { continue };
            let above = self.body.iter().filter(|(line, _)| (from..first.line).contains(line));
            let name = above.rev().find_map(|(_, l)| l.strip_prefix("> # ")).map(str::trim);
            from = last.line;
            tables.extend(self.read(block, faulty).map(|table| (name, table)));
        }
        tables
    }

    /// The rows that stand together, and what looks like a row and is none.
    fn blocks(&self, faulty: &mut Faulty<'_>) -> Vec<Vec<Row>> {
        let is_row = |line: &str| line.trim_start().starts_with('|');
        let mut blocks: Vec<Vec<Row>> = Vec::new();
        let mut inside = false;
        for &(number, line) in &self.body {
            if is_row(line) {
                if !inside {
                    blocks.push(Vec::new());
                }
                if let Some(block) = blocks.last_mut() {
                    block.push(Row { line: number, cells: cells(line) });
                }
            } else if inside && !line.trim().is_empty() {
                faulty.add(
                    number,
                    self.name,
                    "a row of the table must begin with | (or leave an empty line)",
                );
            } else if line.contains('|') {
                faulty.add(number, self.name, "looks like a row of a table but does not begin with |");
            }
            inside = is_row(line);
        }
        if blocks.is_empty() {
            faulty.add(self.line, self.name, "the section has no table");
        }
        blocks
    }

    /// A block of rows as a table: its names, the line below them, its rows.
    fn read(&self, block: Vec<Row>, faulty: &mut Faulty<'_>) -> Option<Table> {
        let mut rows = block.into_iter();
        let head = rows.next()?;
        let width = head.cells.len();
        match rows.next() {
            Some(rule) if rule.cells.len() == width && rule.cells.iter().all(|c| is_rule(c)) => {}
            _ => {
                faulty.add(
                    head.line + 1,
                    self.name,
                    format!("under the column names a line |---| with {width} columns must stand"),
                );
                return None;
            }
        }
        let rows = rows
            .filter(|row| {
                let fits = row.cells.len() == width;
                if !fits {
                    let found = row.cells.len();
                    faulty.add(
                        row.line,
                        self.name,
                        format!("has {found} cells; the table has {width} columns"),
                    );
                }
                fits
            })
            .collect();
        Some(Table { head, rows })
    }

    /// The section's text without the empty lines around it.
    pub(crate) fn text(&self) -> String {
        let lines: Vec<&str> = self.body.iter().map(|(_, l)| *l).collect();
        lines.join("\n").trim().to_owned()
    }
}

fn is_rule(cell: &str) -> bool {
    let dashes = cell.strip_prefix(':').unwrap_or(cell);
    let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
    !dashes.is_empty() && dashes.bytes().all(|b| b == b'-')
}

/// The cells of a row; `\|` is a bar inside a cell.
fn cells(line: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut chars = line.trim().chars().skip(1).peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'|') => {
                cell.push('|');
                chars.next();
            }
            '|' => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            c => cell.push(c),
        }
    }
    if !cell.trim().is_empty() {
        cells.push(cell.trim().to_owned());
    }
    cells
}

impl Table {
    /// The place of each of the named columns. Reports the required ones that are missing, and every column
    /// that is none of these or comes twice.
    pub(crate) fn columns<const R: usize, const O: usize>(
        &self,
        section: &str,
        required: [&str; R],
        optional: [&str; O],
        faulty: &mut Faulty<'_>,
    ) -> Option<([usize; R], [Option<usize>; O])> {
        let place = |name: &str| self.head.cells.iter().position(|c| c == name);
        for (n, cell) in self.head.cells.iter().enumerate() {
            if !required.contains(&cell.as_str()) && !optional.contains(&cell.as_str()) {
                let known: Vec<&str> = required.into_iter().chain(optional).collect();
                faulty.add(
                    self.head.line,
                    section,
                    format!("'{cell}' is not a column; the columns are {}", known.join(", ")),
                );
            } else if place(cell) != Some(n) {
                faulty.add(self.head.line, section, format!("the column '{cell}' comes twice"));
            }
        }
        let places = required.map(place);
        for (name, place) in required.iter().zip(places) {
            if place.is_none() {
                faulty.add(self.head.line, section, format!("the column '{name}' is missing"));
            }
        }
        if places.iter().any(Option::is_none) {
            return None;
        }
        Some((places.map(Option::unwrap_or_default), optional.map(place)))
    }
}
