//! A survey of applications, from the sheets that a force sent to applications with everything that is in doubt.
//!
//! A file is taken with a list of notes, or refused with every fault in it; nothing is half taken. A fault names file,
//! sheet, row and column and says what to write. What can be taken with good reason is taken and noted.

use super::{
    Application, Column, Columns, Maturity, SetDisposition,
    table::{self, Cell, Row, Sheet},
    take,
    unit::{self, Unit},
    value::{self, Reading, Taken},
};
use bluelamp_model::{Fault, Faults};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How a survey is read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The file as the person calls it.
    pub file: String,
    /// The force of every row that names none.
    pub force: Option<String>,
    /// Whose service this is: the force of a file that names none anywhere. That it was taken so is noted.
    pub own: Option<String>,
    /// The organisations of the register, by name: a sheet that is called like one is of that one.
    pub organisations: Vec<String>,
}

/// A survey that was taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Survey {
    /// The file as the person called it.
    pub file: String,
    /// The applications, in the order of the file.
    pub applications: Vec<Application>,
    /// How far forces have come with their capabilities.
    pub maturities: Vec<Maturity>,
    /// What somebody should look at: nothing of it stopped the survey.
    pub notes: Vec<Fault>,
    /// How many rows were read.
    pub rows: u64,
}

impl JsonSchema for Survey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Survey".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "object"})
    }
}

/// The most faults and notes that are told of one file.
const TOLD: usize = 500;
/// A heading stands among the first rows.
const HEADING_WITHIN: usize = 40;
/// The longest name of an application or a force, in characters. Names are compared letter by letter with one another.
const LONGEST_NAME: usize = 200;
/// The most bytes that cells shared by several rows may come to when each row has its own.
const SHARED: usize = 20 * 1024 * 1024;

/// Reads a survey from the bytes of a CSV file or a workbook.
///
/// # Errors
/// Every fault, each with file, sheet, row and column.
pub fn read(columns: &Columns, options: &Options, bytes: &[u8]) -> Result<Survey, Faults> {
    let book = table::read(&options.file, bytes)?;
    let mut reader = Reader::new(columns, options, false);
    reader.survey.notes = book.notes;
    let mut nearest = None;
    let mut found = false;
    let headings: Vec<_> = book.sheets.iter().map(|sheet| heading(columns, sheet)).collect();
    let has = |h: &Heading, wanted: Column| h.columns.iter().any(|(_, _, c)| *c == Some(wanted));
    let of_none =
        headings.iter().flatten().filter(|h| has(h, Column::Name) && !has(h, Column::Force)).count();
    reader.several = of_none > 1;
    for (sheet, heading) in book.sheets.iter().zip(headings) {
        let shown = match &sheet.name {
            Some(name) => format!("{}, sheet '{name}'", options.file),
            None => options.file.clone(),
        };
        match heading {
            Ok(heading) => {
                found = true;
                reader.sheet(sheet, &shown, &heading);
            }
            Err(near) => {
                if sheet.rows.iter().any(|r| r.cells.iter().any(|c| !c.is_empty())) {
                    let note = "has no row of headings that name an application, and was not read";
                    reader.survey.notes.push(Fault::new(&shown, note));
                }
                nearest = nearest.or(near.map(|row| (shown, row)));
            }
        }
    }
    if !found {
        let (shown, row) = nearest.unwrap_or_else(|| (options.file.clone(), 1));
        let reason = format!(
            "no row names the columns: write a row of headings with '{}' and '{}' among them",
            columns.title(Column::Name),
            columns.title(Column::Force)
        );
        return Err(Fault::new(shown, reason).at_line(row).into());
    }
    reader.finish()
}

/// A row of headings that was found.
struct Heading {
    /// Where in the sheet its last row stands.
    last: usize,
    /// How many cells its rows have.
    width: usize,
    /// The column of each place; none where the heading is not known.
    columns: Vec<(usize, String, Option<Column>)>,
}

/// The row, or two rows, that name most columns and an application (or a maturity). On failure: the row that came nearest.
fn heading(columns: &Columns, sheet: &Sheet) -> Result<Heading, Option<u64>> {
    let mut best: Option<(usize, Heading)> = None;
    let mut near: Option<(usize, u64)> = None;
    for (at, row) in sheet.rows.iter().enumerate().take(HEADING_WITHIN) {
        let next = sheet.rows.get(at + 1).filter(|below| {
            (!row.merged.is_empty() || blanks(row)) && are_lower_headings(columns, row, below)
        });
        for below in std::iter::once(None).chain(next.map(Some)) {
            let names = names(columns, row, below);
            let known = names.iter().filter(|(_, _, c)| c.is_some()).count();
            let has = |wanted: Column| names.iter().any(|(_, _, c)| *c == Some(wanted));
            let usable = has(Column::Name)
                || (has(Column::Capabilities) && (has(Column::MaturityNow) || has(Column::MaturityTarget)));
            if known > 0 && near.is_none_or(|(n, _)| known > n) {
                near = Some((known, row.number));
            }
            // Of two that name as many, the first; but a title above the headings is no part of them.
            let last = at + usize::from(below.is_some());
            let width = row.cells.len().max(below.map_or(0, |b| b.cells.len()));
            let better = |(n, held): &(usize, Heading)| {
                known > *n || (known == *n && below.is_none() && held.last == last)
            };
            if usable && known >= 2 && best.as_ref().is_none_or(better) {
                best = Some((known, Heading { last, width, columns: names }));
            } else if usable && names.len() == 1 && best.is_none() {
                best = Some((known, Heading { last: at, width, columns: names }));
            }
        }
    }
    best.map(|(_, heading)| heading).ok_or(near.map(|(_, row)| row))
}

/// Whether a row could be the upper of two rows of headings: words with gaps behind them.
fn blanks(row: &Row) -> bool {
    row.cells.iter().any(Cell::is_empty)
        && row.cells.iter().any(|c| matches!(c, Cell::Text(_)) && !c.is_empty())
}

/// Whether a row can be the lower of two rows of headings. It fills gaps of the upper one or parts what is merged there,
/// and no cell stands under a heading that names a column by itself: that is the first row of the table, whose words may
/// happen to spell a column. "Cost" over "Run" and "Change" names one and is parted all the same.
fn are_lower_headings(columns: &Columns, upper: &Row, lower: &Row) -> bool {
    let merged = |n: usize| upper.merged.iter().any(|(from, to)| (*from..=*to).contains(&n));
    let gap = |n: usize| upper.cell(n).is_empty();
    let filled: Vec<usize> = (0..lower.cells.len()).filter(|n| !lower.cell(*n).is_empty()).collect();
    let own = |n: usize| {
        let (above, word) = (upper.cell(n).text(), lower.cell(n).text());
        // Where merging was lost, as in CSV, a gap behind the heading is what is left of it.
        let parted = merged(n) || (gap(n + 1) && filled.contains(&(n + 1)));
        let names = |text: &str| columns.find(text).is_some();
        names(&above) && !(parted && (names(&format!("{above} {word}")) || names(&word)))
    };
    filled.iter().any(|n| gap(*n) || merged(*n)) && !filled.iter().any(|n| own(*n))
}

fn names(columns: &Columns, row: &Row, below: Option<&Row>) -> Vec<(usize, String, Option<Column>)> {
    let width = row.cells.len().max(below.map_or(0, |b| b.cells.len()));
    let mut upper: Vec<String> = (0..width).map(|n| row.cell(n).text()).collect();
    for (from, to) in &row.merged {
        let text = upper.get(*from).cloned().unwrap_or_default();
        for place in upper.iter_mut().take(to + 1).skip(*from + 1) {
            place.clone_from(&text);
        }
    }
    let mut all = Vec::new();
    for (n, upper) in upper.iter().enumerate() {
        let lower = below.map_or_else(String::new, |b| b.cell(n).text());
        let both = format!("{upper} {lower}");
        let tries = [both.trim(), lower.as_str(), upper.as_str()];
        let column = tries.iter().filter(|t| !t.trim().is_empty()).find_map(|t| columns.find(t));
        if !both.trim().is_empty() {
            all.push((n, both.trim().to_owned(), column));
        }
    }
    all
}

/// Reads rows whose columns are known already: the elements of a model by their properties. What a sheet would be
/// refused for is noted, and stays with the element as it came: models hold properties of many makers.
pub(super) fn read_rows(
    columns: &Columns,
    options: &Options,
    titles: &[(String, Option<Column>)],
    rows: Vec<Row>,
) -> Result<Survey, Faults> {
    let mut reader = Reader::new(columns, options, true);
    let columns = titles.iter().enumerate().map(|(n, (title, column))| (n, title.clone(), *column)).collect();
    let rows = std::iter::once(Row { number: 1, ..Row::default() }).chain(rows).collect();
    let heading = Heading { last: 0, width: titles.len(), columns };
    reader.sheet(&Sheet { rows, ..Sheet::default() }, &options.file, &heading);
    reader.finish()
}

struct Reader<'a> {
    columns: &'a Columns,
    options: &'a Options,
    /// Whether it is a model.
    model: bool,
    /// Whether several sheets name applications and no force.
    several: bool,
    /// The force of a row that names none.
    force: Option<String>,
    /// The units of the columns of the sheet that is read.
    units: BTreeMap<Column, Unit>,
    faults: Vec<Fault>,
    survey: Survey,
    /// Where each application was first named.
    seen: BTreeMap<String, (usize, String, u64)>,
    levels: BTreeSet<(String, String)>,
    /// How many maturities the register does not take.
    left_out: usize,
}

/// A place in a file, to say what is wrong there.
struct At<'a> {
    shown: &'a str,
    row: u64,
    /// Whether its columns have letters.
    lettered: bool,
}

impl At<'_> {
    fn say(&self, column: Option<(&str, usize)>, reason: impl Into<String>) -> Fault {
        let fault = Fault::new(self.shown, reason).at_line(self.row);
        match column {
            Some((title, n)) if self.lettered => fault.in_field(format!("{title} (column {})", letters(n))),
            Some((title, _)) => fault.in_field(title),
            None => fault,
        }
    }
}

/// A, B, … Z, AA: the name of a column in a spreadsheet.
fn letters(column: usize) -> String {
    let mut n = column + 1;
    let mut out = Vec::new();
    while n > 0 {
        out.push(b'A' + u8::try_from((n - 1) % 26).unwrap_or(0));
        n = (n - 1) / 26;
    }
    out.reverse();
    String::from_utf8(out).unwrap_or_default()
}

impl<'a> Reader<'a> {
    fn new(columns: &'a Columns, options: &'a Options, model: bool) -> Self {
        let survey = Survey { file: options.file.clone(), ..Survey::default() };
        Self {
            columns,
            options,
            model,
            several: false,
            force: None,
            units: BTreeMap::new(),
            faults: Vec::new(),
            survey,
            seen: BTreeMap::new(),
            levels: BTreeSet::new(),
            left_out: 0,
        }
    }

    fn sheet(&mut self, sheet: &Sheet, shown: &str, heading: &Heading) {
        let row = sheet.rows.get(heading.last).map_or(1, |r| r.number);
        let at = At { shown, row, lettered: !self.model };
        let mut places = BTreeMap::<Column, (usize, String)>::new();
        for (n, title, column) in &heading.columns {
            match column {
                None if self.model => {}
                None => self.survey.notes.push(at.say(
                    Some((title, *n)),
                    "is not a column that is known: what stands in it is kept beside the application as it came",
                )),
                Some(column) => {
                    if let Some((first, other)) = places.insert(*column, (*n, title.clone())) {
                        let reason = format!(
                            "means the same as '{other}' in column {}: remove one of them",
                            letters(first)
                        );
                        self.faults.push(at.say(Some((title, *n)), reason));
                    }
                }
            }
        }
        self.units(&at, &places);
        if !self.force_of(sheet, &at, &places) {
            return;
        }
        let known = |column| places.contains_key(&column);
        let maturity = !known(Column::Name);
        let rows = sheet.rows.get(heading.last + 1..).unwrap_or_default();
        let parted = match self.part(sheet, rows, &at, heading) {
            Ok(parted) => parted,
            Err(fault) => return self.faults.push(fault),
        };
        let rows = parted.as_deref().unwrap_or(rows);
        let bare = self.bare(sheet, rows, &at, heading, maturity);
        let others: Vec<_> = heading.columns.iter().filter(|(_, _, c)| c.is_none()).chain(&bare).collect();
        for row in rows {
            if row.cells.iter().all(Cell::is_empty) || self.faults.len() >= TOLD {
                continue;
            }
            let at = At { shown, row: row.number, lettered: !self.model };
            let beyond = row.cells.iter().skip(heading.width).rposition(|c| !c.is_empty());
            if let Some(beyond) = beyond.filter(|_| sheet.name.is_none() && !self.model) {
                let reason = format!(
                    "has {} cells, and there are {} headings: put a cell that holds the separator between quotation \
                     marks, or give each column a heading",
                    heading.width + beyond + 1,
                    heading.width
                );
                self.faults.push(at.say(None, reason));
                continue;
            }
            self.survey.rows += 1;
            if maturity {
                self.maturity(row, &at, &places);
            } else {
                self.application(row, &at, &places, &others);
            }
        }
    }

    /// The rows with a cell that several of them share in each of them; none where no cell is shared. A figure is not each
    /// row's own and stays with the first, which is told.
    fn part(
        &mut self,
        sheet: &Sheet,
        rows: &[Row],
        at: &At<'_>,
        heading: &Heading,
    ) -> Result<Option<Vec<Row>>, Fault> {
        let below = |from: u64| rows.first().is_some_and(|first| from >= first.number);
        let mut shared: Vec<_> = sheet.shared.iter().filter(|s| below(s.rows.0)).collect();
        shared.sort_by_key(|s| (s.column, s.rows));
        shared.dedup_by_key(|s| (s.column, s.rows.0));
        if shared.is_empty() {
            return Ok(None);
        }
        let (mut rows, mut left) = (rows.to_vec(), SHARED);
        for shared in shared {
            let (from, to) = shared.rows;
            let start = rows.partition_point(|r| r.number < from);
            let all = rows.get_mut(start..).unwrap_or_default();
            let Some((first, others)) = all.split_first_mut().filter(|(first, _)| first.number == from)
            else {
                continue;
            };
            let cell = first.cell(shared.column).clone();
            let text = cell.text().len();
            let named = heading.columns.iter().find(|(n, ..)| *n == shared.column);
            let column = named.and_then(|(.., column)| *column);
            let mut others = others.iter_mut().take_while(|r| r.number <= to).peekable();
            if cell.is_empty() || others.peek().is_none() {
                continue;
            }
            if matches!(column, Some(Column::RunCost | Column::ChangeCost | Column::Users)) {
                let title = named.map_or("", |(_, title, _)| title.as_str());
                let reason = format!(
                    "is shared by rows {from} to {to} and was taken for row {from} alone: give each row its own figure"
                );
                let at = At { row: from, ..*at };
                self.survey.notes.push(at.say(Some((title, shared.column)), reason));
                continue;
            }
            for row in others {
                let more = (shared.column + 1).saturating_sub(row.cells.len());
                let size = text + size_of::<Cell>() * more;
                left = left.checked_sub(size).ok_or_else(|| {
                    at.say(
                        None,
                        "has merged cells that come to more than 20 MB when each row has its own: part them",
                    )
                })?;
                if row.cells.len() <= shared.column {
                    row.cells.resize(shared.column + 1, Cell::Empty);
                }
                if let Some(place) = row.cells.get_mut(shared.column) {
                    place.clone_from(&cell);
                }
            }
        }
        Ok(Some(rows))
    }

    /// The columns that hold something and have no heading, each with a title of its own; they are told once.
    fn bare(
        &mut self,
        sheet: &Sheet,
        rows: &[Row],
        at: &At<'_>,
        heading: &Heading,
        maturity: bool,
    ) -> Vec<(usize, String, Option<Column>)> {
        if self.model {
            return Vec::new();
        }
        // A row of text that is longer than the headings is a fault.
        let most = if sheet.name.is_none() { heading.width } else { usize::MAX };
        let titled: BTreeSet<usize> = heading.columns.iter().map(|(n, ..)| *n).collect();
        let filled = rows.iter().flat_map(|row| row.cells.iter().enumerate().take(most));
        let bare: BTreeSet<usize> =
            filled.filter(|(n, c)| !c.is_empty() && !titled.contains(n)).map(|(n, _)| n).collect();
        let bare: Vec<_> = bare.into_iter().map(|n| (n, format!("column {}", letters(n)), None)).collect();
        for (_, title, _) in &bare {
            let what =
                if maturity { "was left out" } else { "is kept beside the application under that name" };
            self.survey.notes.push(at.say(None, format!("{title} has no heading: what stands in it {what}")));
        }
        bare
    }

    /// Works out the force of the rows that name none: the one that was named at import, the one that the sheet is called
    /// after, or that whose service this is. Gives whether the sheet can be read.
    fn force_of(&mut self, sheet: &Sheet, at: &At<'_>, places: &BTreeMap<Column, (usize, String)>) -> bool {
        let column = places.contains_key(&Column::Force);
        let called = sheet.name.as_deref().and_then(|name| force_named(name, &self.options.organisations));
        self.force = self.options.force.clone();
        let title = self.columns.title(Column::Force);
        let note = match (&self.options.force, called, &self.options.own) {
            (Some(force), Some(called), _) if !column && *force != called => Some(format!(
                "the sheet is called after '{called}', and was taken as of '{force}', which was named when it was imported"
            )),
            (Some(_), ..) => None,
            (None, Some(called), _) if !column => {
                let note = format!(
                    "there is no column '{title}': the sheet was taken as of '{called}', whose name it has"
                );
                self.force = Some(called);
                Some(note)
            }
            (None, _, _) if !column && self.several => {
                let reason = format!(
                    "there is no column '{title}', and the sheet's name names no force: call each sheet after its force, \
                     such as 'Avon Police', add the column, or name the force of the file when it is imported"
                );
                self.faults.push(at.say(None, reason));
                return false;
            }
            (None, _, None) if !column => {
                let reason = format!(
                    "there is no column '{title}': add one, or name the force of the file when it is imported"
                );
                self.faults.push(at.say(None, reason));
                return false;
            }
            (None, _, Some(own)) if self.model || !column => {
                self.force = Some(own.clone());
                // Of a model, its reader tells which elements were taken so.
                (!self.model).then(|| {
                    format!(
                        "there is no column '{title}': everything was taken as of '{own}', whose service this is; if that is wrong, name the force when it is imported"
                    )
                })
            }
            _ => None,
        };
        self.survey.notes.extend(note.map(|note| at.say(None, note)));
        true
    }

    /// The units that the headings name. One that is not understood is a fault, as its figures would be wrong.
    fn units(&mut self, at: &At<'_>, places: &BTreeMap<Column, (usize, String)>) {
        self.units.clear();
        for (column, (n, title)) in places {
            match unit::of_heading(*column, title) {
                Ok(Some(unit)) if unit.times() > 1.0 => {
                    let reason =
                        format!("its figures are {} and were taken times {}", unit.said(), unit.times());
                    self.survey.notes.push(at.say(Some((title, *n)), reason));
                    self.units.insert(*column, unit);
                }
                Ok(_) => {}
                Err(reason) => self.faults.push(at.say(Some((title, *n)), reason)),
            }
        }
    }

    /// The unit of a column's figures.
    fn unit(&self, column: Column) -> Unit {
        self.units.get(&column).copied().unwrap_or(Unit::ONE)
    }

    /// Reads one cell; a fault or a doubt is kept with its place.
    fn take<T>(
        &mut self,
        row: &Row,
        at: &At<'_>,
        places: &BTreeMap<Column, (usize, String)>,
        column: Column,
        read: impl FnOnce(&Cell) -> Reading<T>,
    ) -> Option<T> {
        let (n, title) = places.get(&column)?;
        match read(row.cell(*n)) {
            Ok(Taken { value, doubt }) => {
                if let Some(doubt) = doubt {
                    self.survey.notes.push(at.say(Some((title, *n)), doubt));
                }
                value
            }
            Err(reason) if self.model => {
                self.survey
                    .notes
                    .push(at.say(Some((title, *n)), format!("{reason}; only kept with the model")));
                None
            }
            Err(reason) => {
                self.faults.push(at.say(Some((title, *n)), reason));
                None
            }
        }
    }

    fn force(
        &mut self,
        row: &Row,
        at: &At<'_>,
        places: &BTreeMap<Column, (usize, String)>,
    ) -> Option<String> {
        let said = self.take(row, at, places, Column::Force, name);
        let long = |(n, _): &(usize, String)| row.cell(*n).text().chars().count() > LONGEST_NAME;
        if places.get(&Column::Force).is_some_and(long) {
            return None;
        }
        let force = said.or_else(|| self.force.clone());
        if force.is_none() {
            let (n, title) = places.get(&Column::Force)?;
            let reason = "names no force: write it, or name the force of the file when it is imported";
            self.faults.push(at.say(Some((title, *n)), reason));
        }
        force
    }

    fn application(
        &mut self,
        row: &Row,
        at: &At<'_>,
        places: &BTreeMap<Column, (usize, String)>,
        others: &[&(usize, String, Option<Column>)],
    ) {
        let Some((name_at, name_title)) = places.get(&Column::Name) else { return };
        let name = row.cell(*name_at).text();
        let filled = row.cells.iter().filter(|c| !c.is_empty()).count();
        let low = name.trim().trim_end_matches(':').to_lowercase();
        let total = |t: &str| matches!(t, "total" | "totals" | "grand total" | "sum");
        let first = row.cells.iter().find(|c| !c.is_empty()).map(Cell::text).unwrap_or_default();
        let first = first.trim().trim_end_matches(':').to_lowercase();
        if total(&low) || (name.is_empty() && (total(&first) || sum(row))) {
            self.survey.notes.push(at.say(None, "looks like a row of totals and was left out"));
            return;
        }
        if filled == 1 && !name.is_empty() && others.is_empty() && places.len() > 3 && low.starts_with("note")
        {
            self.survey.notes.push(at.say(None, "looks like a remark and was left out"));
            return;
        }
        if self.columns.find(&name) == Some(Column::Name) && filled > 1 {
            self.survey.notes.push(at.say(None, "repeats the headings and was left out"));
            return;
        }
        let long = name.chars().count() > LONGEST_NAME;
        let name = self.take(row, at, places, Column::Name, self::name);
        let force = self.force(row, at, places);
        if name.is_none() && !long && !matches!(row.cell(*name_at), Cell::Broken(_)) {
            let reason = "names no application: write its name, or remove the row";
            self.faults.push(at.say(Some((name_title, *name_at)), reason));
        }
        let (run, change, users) =
            (self.unit(Column::RunCost), self.unit(Column::ChangeCost), self.unit(Column::Users));
        let mut app = Application {
            supplier: self.take(row, at, places, Column::Supplier, value::words),
            product: self.take(row, at, places, Column::Product, value::words),
            version: self.take(row, at, places, Column::Version, value::words),
            function: self.take(row, at, places, Column::Function, value::words),
            capabilities: self.take(row, at, places, Column::Capabilities, value::list).unwrap_or_default(),
            users: self.take(row, at, places, Column::Users, |c| value::count(c, users)),
            hosting: self.take(row, at, places, Column::Hosting, value::hosting).unwrap_or_default(),
            run_cost: self.take(row, at, places, Column::RunCost, |c| value::money(c, run)),
            change_cost: self.take(row, at, places, Column::ChangeCost, |c| value::money(c, change)),
            contract_end: self.take(row, at, places, Column::ContractEnd, value::day),
            integrations: self
                .take(row, at, places, Column::Integrations, value::integrations)
                .unwrap_or_default(),
            front_end: self.take(row, at, places, Column::FrontEnd, value::yes_no),
            legacy: self.take(row, at, places, Column::Legacy, value::yes_no),
            direct_legacy: self.take(row, at, places, Column::DirectLegacy, value::yes_no),
            sourcing: self.take(row, at, places, Column::Sourcing, value::sourcing),
            owner: self.take(row, at, places, Column::Owner, value::words),
            ..Application::default()
        };
        let what = self.take(row, at, places, Column::Disposition, value::disposition);
        let by = self.take(row, at, places, Column::DispositionBy, value::day);
        let reason = self.take(row, at, places, Column::DispositionReason, value::words);
        app.disposition = what.map(|what| SetDisposition { what, by, reason: reason.unwrap_or_default() });
        for (n, title, _) in others {
            let text = row.cell(*n).text();
            if let Cell::Broken(why) = row.cell(*n) {
                self.survey.notes.push(at.say(Some((title, *n)), format!("{why}, and was left out")));
            }
            if !text.is_empty() {
                // Two columns can have one heading.
                let twice = app.other.contains_key(title);
                let title = if twice { format!("{title} (column {})", letters(*n)) } else { title.clone() };
                app.other.insert(title, text);
            }
        }
        let mut named = Vec::new();
        for capability in std::mem::take(&mut app.capabilities) {
            let (known, as_known) = super::coverage::known(&capability);
            if !known {
                let (n, title) = places.get(&Column::Capabilities).map_or((0, ""), |(n, t)| (*n, t.as_str()));
                let doubt =
                    format!("'{capability}' is not a capability of the strategy; kept as it is written");
                self.survey.notes.push(at.say(Some((title, n)), doubt));
            }
            if !named.contains(&as_known) {
                named.push(as_known);
            }
        }
        app.capabilities = named;
        let (Some(force), Some(name)) = (force, name) else { return };
        app.code = Application::code_of(&force, &name);
        (app.force, app.name) = (force, name);
        self.as_the_register_takes_it(&mut app, at, places);
        match self.seen.get(&app.code) {
            Some((first, sheet, line)) if self.survey.applications.get(*first) == Some(&app) => {
                let reason = format!("says the same as {sheet} row {line} and was taken once");
                self.survey.notes.push(at.say(None, reason));
            }
            Some((_, _, line)) if self.model => {
                let reason = format!(
                    "'{}' of {} is in line {line} already; only the first was taken, and the model keeps both",
                    app.name, app.force
                );
                self.survey.notes.push(at.say(None, reason));
            }
            Some((_, sheet, line)) => {
                let reason = format!(
                    "'{}' of {} is in {sheet} row {line} already, with other values: keep one row, or give the two \
                     different names",
                    app.name, app.force
                );
                self.faults.push(at.say(Some((name_title, *name_at)), reason));
            }
            None => {
                let place = (self.survey.applications.len(), at.shown.to_owned(), at.row);
                self.seen.insert(app.code.clone(), place);
                self.survey.applications.push(app);
            }
        }
    }

    /// What the register of applications does not take is a fault here already, with its place: an entry that its own form
    /// refuses could not be changed any more.
    fn as_the_register_takes_it(
        &mut self,
        app: &mut Application,
        at: &At<'_>,
        places: &BTreeMap<Column, (usize, String)>,
    ) {
        for (column, reason) in take::refused(app) {
            let place = places.get(&column).map(|(n, title)| (title.as_str(), *n));
            if self.model {
                self.survey.notes.push(at.say(place, format!("{reason}; only kept with the model")));
                take::leave_out(app, column);
            } else {
                self.faults.push(at.say(place, reason));
            }
        }
    }

    fn maturity(&mut self, row: &Row, at: &At<'_>, places: &BTreeMap<Column, (usize, String)>) {
        let force = self.force(row, at, places);
        let capability = self.take(row, at, places, Column::Capabilities, value::words);
        let now = self.take(row, at, places, Column::MaturityNow, value::level);
        let target = self.take(row, at, places, Column::MaturityTarget, value::level);
        let Some(capability) = capability else {
            let (n, title) = places.get(&Column::Capabilities).map_or((0, ""), |(n, t)| (*n, t.as_str()));
            self.faults.push(at.say(Some((title, n)), "names no capability: write it, or remove the row"));
            return;
        };
        let Some(force) = force else { return };
        let capability = super::coverage::known(&capability).1;
        if !self.levels.insert((force.to_lowercase(), capability.clone())) {
            let reason =
                format!("the maturity of {capability} in {force} is in the file twice: keep one row");
            if self.model {
                self.survey.notes.push(at.say(None, reason));
            } else {
                self.faults.push(at.say(None, reason));
            }
            return;
        }
        if let Some(why) = take::not_taken(&capability, now) {
            let reason =
                format!("{why}: the maturity is kept with the survey, and the register does not take it");
            let column = places.get(&Column::Capabilities).map(|(n, title)| (title.as_str(), *n));
            self.survey.notes.push(at.say(column, reason));
            self.left_out += 1;
        }
        self.survey.maturities.push(Maturity { force, capability, now, target });
    }

    fn finish(mut self) -> Result<Survey, Faults> {
        if !self.model
            && self.survey.applications.is_empty()
            && self.survey.maturities.is_empty()
            && self.faults.is_empty()
        {
            let reason = "has headings and no application below them: was the right file chosen?";
            self.faults.push(Fault::new(&self.options.file, reason));
        }
        if self.faults.len() >= TOLD {
            self.faults.truncate(TOLD);
            let reason = format!("has more faults than the first {TOLD}: put these right and read it again");
            self.faults.push(Fault::new(&self.options.file, reason));
        }
        if self.left_out > 0 {
            let all = self.survey.maturities.len();
            let reason = format!("{all} maturities, {} taken into the register", all - self.left_out);
            self.survey.notes.insert(0, Fault::new(&self.options.file, reason));
        }
        if self.survey.notes.len() > TOLD {
            let more = self.survey.notes.len() - TOLD;
            self.survey.notes.truncate(TOLD);
            self.survey.notes.push(Fault::new(&self.options.file, format!("and {more} more notes")));
        }
        Faults(self.faults).or(self.survey)
    }
}

/// The force that a sheet is called after: an organisation of the register, or what ends as the names of forces do.
fn force_named(sheet: &str, organisations: &[String]) -> Option<String> {
    let name = sheet.split_whitespace().collect::<Vec<_>>().join(" ");
    let low = name.to_lowercase();
    if let Some(known) = organisations.iter().find(|o| o.to_lowercase() == low) {
        return Some(known.clone());
    }
    let words: Vec<&str> = low.split(' ').collect();
    let is_force = matches!(
        words.as_slice(),
        ["police", "scotland"]
            | ["police", "service", "of", ..]
            | [_, .., "police", "service" | "force"]
            | [_, .., "police" | "constabulary"]
    );
    is_force.then_some(name)
}

/// A name: words on one line, and not more of them than a name has.
fn name(cell: &Cell) -> Reading<String> {
    let taken = value::words(cell)?;
    match taken.value.as_ref().map_or(0, |name| name.chars().count()) {
        long if long > LONGEST_NAME => Err(format!(
            "the name has {long} characters: shorten it to {LONGEST_NAME} or fewer, and put the rest into another column"
        )),
        _ => Ok(taken),
    }
}

/// A row without words that holds numbers: the sums below a table.
fn sum(row: &Row) -> bool {
    let filled: Vec<_> = row.cells.iter().filter(|c| !c.is_empty()).collect();
    !filled.is_empty() && filled.iter().all(|c| matches!(c, Cell::Number(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_called_after_a_force_or_it_is_not() {
        let known = ["Regional Unit East".to_owned()];
        for name in [
            "Mercia Police",
            "Trent  Constabulary",
            "Avon Police Service",
            "Police Service of Borsetshire",
            "regional unit east",
        ] {
            assert!(force_named(name, &known).is_some(), "{name}");
        }
        for name in ["Sheet1", "Police", "Police systems", "Applications", "Constabulary"] {
            assert_eq!(force_named(name, &known), None, "{name}");
        }
        assert_eq!(
            force_named("REGIONAL UNIT EAST", &known),
            Some(known[0].clone()),
            "as the register has it"
        );
    }

    #[test]
    fn columns_have_the_names_of_a_spreadsheet() {
        let names = [0, 25, 26, 51, 52, 701, 702].map(letters);
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
