//! What a page or another content stream shows, in the order in which it is drawn and in the order in which it is read.

use super::{
    FONT, UNFINISHED,
    font::{ENTRIES, Font, UNKNOWN},
    parse, unpack,
};
use lopdf::{Dictionary, Document, Object, ObjectId, content::Operation};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

/// Forms drawn in forms.
const DEEP: usize = 16;
/// Saved states within one another.
const SAVED: usize = 1024;
/// What may be played in all: a form that is drawn on every page is played for each.
const PLAYED: usize = 128 * 1024 * 1024;
/// What a piece of text counts for: it is kept, and put in order.
const KEPT: usize = 128;
/// So many letters in a row that cannot be told can be a word.
const ROW: usize = 4;
/// A resource that different pages give the same name, and a form that leaves it open which of them it means.
const NAMESAKES: usize = 16;
/// What an operation of a form counts for that is kept to be played again.
const OPERATION: usize = 48;
/// Pieces of text that begin so near to one another, in points, begin in one column.
const COLUMN: f64 = 1.0;
/// Why a file is refused in which a part may mean any of too many fonts.
const NAMES: &str =
    "a part of it does not say which of many fonts it means: export the document again as a plain PDF";

type Matrix = [f64; 6];
const PLAIN: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

fn times(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// The fonts and forms of a document, each read once.
pub(super) struct Library<'a> {
    doc: &'a Document,
    fonts: RefCell<HashMap<*const Dictionary, Rc<Font>>>,
    /// What pages and the form fields call their fonts.
    shared: BTreeMap<Vec<u8>, Vec<&'a Dictionary>>,
    /// Names that stand for more fonts than are tried.
    ambiguous: BTreeSet<Vec<u8>>,
    /// Forms that were read: the same is drawn on many pages.
    forms: RefCell<HashMap<ObjectId, Rc<Vec<Operation>>>>,
    played: Cell<usize>,
    entries: Cell<usize>,
    most: usize,
}

impl<'a> Library<'a> {
    pub(super) fn new(doc: &'a Document, shared: &[&'a Dictionary], most: usize) -> Self {
        let mut all: BTreeMap<Vec<u8>, Vec<&Dictionary>> = BTreeMap::new();
        let mut ambiguous = BTreeSet::new();
        for resources in shared {
            for (name, font) in sub(doc, resources, b"Font").into_iter().flat_map(Dictionary::iter) {
                let Some(font) = resolved(doc, font) else { continue };
                let known = all.entry(name.clone()).or_default();
                if known.iter().any(|k| std::ptr::eq(*k, font)) {
                    continue;
                }
                if known.len() < NAMESAKES {
                    known.push(font);
                } else {
                    ambiguous.insert(name.clone());
                }
            }
        }
        Self {
            doc,
            fonts: RefCell::default(),
            shared: all,
            ambiguous,
            forms: RefCell::default(),
            played: Cell::new(0),
            entries: Cell::new(ENTRIES),
            most,
        }
    }

    fn font(&self, dictionary: &Dictionary) -> Result<Rc<Font>, String> {
        let key = std::ptr::from_ref(dictionary);
        if let Some(known) = self.fonts.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        if self.fonts.borrow().len() >= self.most {
            return Err(format!("it has more than {} fonts", self.most));
        }
        let mut left = self.entries.get();
        let font = Rc::new(Font::of(dictionary, self.doc, &mut left)?);
        self.entries.set(left);
        self.fonts.borrow_mut().insert(key, Rc::clone(&font));
        Ok(font)
    }

    fn count(&self, more: usize) -> Result<(), String> {
        self.played.set(self.played.get().saturating_add(more));
        if self.played.get() > PLAYED { Err("it draws more than can be searched".into()) } else { Ok(()) }
    }

    fn left(&self) -> usize {
        PLAYED.saturating_sub(self.played.get())
    }

    fn parse(&self, bytes: &[u8]) -> Result<Vec<Operation>, String> {
        self.count(bytes.len())?;
        parse::content(bytes).map(|c| c.operations).map_err(|_| UNFINISHED.into())
    }

    /// The operations of a form, read once.
    fn form(&self, id: ObjectId, form: &lopdf::Stream) -> Result<Rc<Vec<Operation>>, String> {
        if let Some(known) = self.forms.borrow().get(&id) {
            return Ok(Rc::clone(known));
        }
        let operations = Rc::new(self.parse(&unpack::plain(self.doc, form)?)?);
        self.count(OPERATION * operations.len())?;
        self.forms.borrow_mut().insert(id, Rc::clone(&operations));
        Ok(operations)
    }

    /// What a page shows.
    pub(super) fn page(&self, content: &[u8], resources: Option<&'a Dictionary>) -> Result<Sheet, String> {
        let mut stage = Stage { library: self, sheet: Sheet::default(), namesake: 0 };
        stage.play(&self.parse(content)?, resources, &State::default(), 0)?;
        stage.sheet.checked()
    }

    /// What a stream shows that may stand anywhere: where it leaves open which fonts it means, as each of them.
    pub(super) fn anywhere(
        &self,
        operations: &[Operation],
        resources: Option<&'a Dictionary>,
    ) -> Result<Vec<Sheet>, String> {
        let namesakes = if resources.is_some_and(|r| r.has(b"Font")) {
            1
        } else {
            let set = operations.iter().filter(|o| o.operator == "Tf");
            let named = set.filter_map(|o| self.shared.get(o.operands.first()?.as_name().ok()?));
            named.map(Vec::len).max().unwrap_or(1)
        };
        let each = |namesake| {
            let mut stage = Stage { library: self, sheet: Sheet::default(), namesake };
            stage.play(operations, resources, &State::default(), 0)?;
            stage.sheet.checked()
        };
        (0..namesakes).map(each).collect()
    }
}

/// A dictionary in a dictionary, by reference or not.
pub(super) fn sub<'a>(doc: &'a Document, of: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
    resolved(doc, of.get(key).ok()?)
}

pub(super) fn resolved<'a>(doc: &'a Document, object: &'a Object) -> Option<&'a Dictionary> {
    doc.dereference(object).ok()?.1.as_dict().ok()
}

/// The resources of a page, which may be those of what it belongs to.
pub(super) fn resources<'a>(doc: &'a Document, page: &'a Dictionary) -> Option<&'a Dictionary> {
    let mut at = page;
    for _ in 0..64 {
        if let Some(found) = sub(doc, at, b"Resources") {
            return Some(found);
        }
        at = sub(doc, at, b"Parent")?;
    }
    None
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    leading: f64,
}

impl Default for State {
    fn default() -> Self {
        Self { matrix: PLAIN, font: None, size: 1.0, leading: 0.0 }
    }
}

/// Letters that follow one another from a place.
#[derive(Debug, Default)]
struct Piece {
    told: String,
    seen: String,
    /// The direction of the line, in degrees.
    direction: i32,
    along: f64,
    down: f64,
    size: f64,
}

impl Piece {
    fn on_line_of(&self, other: &Self) -> bool {
        self.direction == other.direction && (self.down - other.down).abs() <= 0.4 * self.size.max(other.size)
    }

    /// About where it ends: letters are half as wide as they are high.
    fn end(&self) -> f64 {
        self.along + half(self.told.chars().count()) * self.size
    }
}

fn half(letters: usize) -> f64 {
    f64::from(u32::try_from(letters).unwrap_or(u32::MAX)) * 0.5
}

/// What is shown, piece by piece.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pieces: Vec<Piece>,
    /// The words that stand for pictures of words, and for letters that do not say what they are.
    pub(super) instead: String,
}

impl Sheet {
    fn checked(self) -> Result<Self, String> {
        for line in self.readings().into_iter().flatten() {
            let mut row = 0;
            for c in line.chars() {
                // Only a letter that can be told ends a row of such that cannot: a comma does not.
                row = match c {
                    UNKNOWN => row + 1,
                    c if c == '\n' || c.is_alphanumeric() => 0,
                    _ => row,
                };
                if row >= ROW {
                    return Err(FONT.into());
                }
            }
        }
        Ok(self)
    }

    /// Its lines, read in six ways: in the order in which they are drawn, by their places, and column by column where
    /// there are columns; each first as the tables of letters tell and then as the encodings show.
    pub(super) fn readings(&self) -> [Vec<String>; WAYS] {
        let drawn: Vec<&Piece> = self.pieces.iter().collect();
        let drawn = by_line(&drawn);
        let mut placed: Vec<&Piece> = self.pieces.iter().collect();
        placed.sort_by(|a, b| a.direction.cmp(&b.direction).then(a.down.total_cmp(&b.down)));
        let mut placed = by_line(&placed);
        for line in &mut placed {
            line.sort_by(|a, b| a.along.total_cmp(&b.along));
            // Bold letters are made by striking them twice.
            line.dedup_by(|b, a| b.told == a.told && (b.along - a.along).abs() <= 0.3 * a.size);
        }
        let columns = columns(&placed);
        let all = [&drawn, &placed, &columns];
        let told = all.map(|lines| words(lines, |p| &p.told));
        let seen = all.map(|lines| words(lines, |p| &p.seen));
        let ([a, b, c], [d, e, f]) = (told, seen);
        [a, b, c, d, e, f]
    }
}

/// In how many ways a sheet is read.
pub(super) const WAYS: usize = 6;

/// The parts of lines, column by column and each down to its end; nothing where there is only one column.
///
/// A column begins where pieces of text of more than one line begin: that its lines begin under one another is what makes
/// a cell of several lines.
fn columns<'p>(lines: &[Vec<&'p Piece>]) -> Vec<Vec<&'p Piece>> {
    let mut starts: Vec<(i32, f64, usize)> = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        starts.extend(line.iter().map(|p| (p.direction, p.along, n)));
    }
    starts.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    // Each column: its direction, and where it begins at the least and at the most.
    let mut found: Vec<(i32, f64, f64)> = Vec::new();
    let mut at = 0;
    while let Some(&(direction, from, line)) = starts.get(at) {
        let mut to = at;
        while starts.get(to).is_some_and(|s| s.0 == direction && s.1 - from <= COLUMN) {
            to += 1;
        }
        if starts[at..to].iter().any(|s| s.2 != line) {
            found.push((direction, from, starts[to - 1].1));
        }
        at = to;
    }
    let column = |p: &Piece| {
        let next = found.partition_point(|(direction, from, _)| {
            direction.cmp(&p.direction).then(from.total_cmp(&p.along)).is_le()
        });
        next.checked_sub(1).filter(|n| found[*n].0 == p.direction && p.along <= found[*n].2)
    };
    let mut parts: BTreeMap<(usize, usize), Vec<&Piece>> = BTreeMap::new();
    let mut split = false;
    for (n, line) in lines.iter().enumerate() {
        let mut now = None;
        for (first, piece) in line.iter().enumerate().map(|(at, piece)| (at == 0, piece)) {
            if let Some(column) = column(piece) {
                split |= !first;
                now = Some(column);
            }
            // What begins in no column goes on with the one before it, or stands by itself behind all.
            parts.entry((now.unwrap_or(found.len()), n)).or_default().push(piece);
        }
    }
    if split { parts.into_values().collect() } else { Vec::new() }
}

fn by_line<'p>(pieces: &[&'p Piece]) -> Vec<Vec<&'p Piece>> {
    let mut lines: Vec<Vec<&Piece>> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if line.first().is_some_and(|first| first.on_line_of(piece)) => line.push(piece),
            _ => lines.push(vec![piece]),
        }
    }
    lines
}

fn words(lines: &[Vec<&Piece>], text: impl Fn(&Piece) -> &str) -> Vec<String> {
    let line = |pieces: &Vec<&Piece>| {
        let (mut out, mut end) = (String::new(), None::<f64>);
        for piece in pieces {
            // A gap as wide as two letters are high is no gap within a word. Behind a bullet there is one in any case.
            let bullet = out.trim().chars().eq([UNKNOWN]);
            if bullet || end.is_some_and(|end| (piece.along - end).abs() > 2.0 * piece.size) {
                out.push('\n');
            }
            out.push_str(text(piece));
            end = Some(piece.end());
        }
        out
    };
    lines.iter().map(line).collect()
}

/// A sheet while it is drawn.
struct Stage<'a, 'l> {
    library: &'l Library<'a>,
    sheet: Sheet,
    namesake: usize,
}

/// Where letters go within a text object.
struct Place {
    line: Matrix,
    now: Matrix,
    /// About how far the letters since then have gone.
    gone: f64,
    /// Whether letters go on where the last ones end.
    on: bool,
}

impl Place {
    fn put(&mut self, line: Matrix) {
        *self = Self { line, now: line, gone: 0.0, on: false };
    }

    fn step(&mut self, x: f64, y: f64) {
        self.put(times([1.0, 0.0, 0.0, 1.0, x, y], self.line));
    }
}

fn numbers<const N: usize>(operation: &Operation) -> [f64; N] {
    let mut all = [0.0; N];
    for (into, from) in all.iter_mut().rev().zip(operation.operands.iter().rev()) {
        let number = f64::from(from.as_float().unwrap_or_default());
        *into = if number.is_finite() { number } else { 0.0 };
    }
    all
}

impl<'a> Stage<'a, '_> {
    fn play(
        &mut self,
        operations: &[Operation],
        resources: Option<&'a Dictionary>,
        from: &State,
        depth: usize,
    ) -> Result<(), String> {
        if depth > DEEP {
            return Err("its parts lie too deep in one another".into());
        }
        // About as many bytes as an operation has.
        self.library.count(8 * operations.len())?;
        let (mut state, mut saved) = (from.clone(), Vec::new());
        let mut place = Place { line: PLAIN, now: PLAIN, gone: 0.0, on: false };
        for operation in operations {
            self.instead(operation);
            match operation.operator.as_str() {
                "q" => {
                    if saved.len() == SAVED {
                        return Err("its parts lie too deep in one another".into());
                    }
                    saved.push(state.clone());
                }
                "Q" => state = saved.pop().unwrap_or(state),
                "cm" => state.matrix = times(numbers::<6>(operation), state.matrix),
                "BT" => place.put(PLAIN),
                "Tf" => {
                    let name = operation.operands.first().and_then(|name| name.as_name().ok());
                    state.font = name.map(|n| self.font(n, resources)).transpose()?.flatten();
                    state.size = numbers::<1>(operation)[0];
                }
                "gs" => self.graphics_state(operation, resources, &mut state)?,
                "TL" => state.leading = numbers::<1>(operation)[0],
                "Td" => place.step(numbers::<2>(operation)[0], numbers::<2>(operation)[1]),
                "TD" => {
                    let [x, y] = numbers::<2>(operation);
                    state.leading = -y;
                    place.step(x, y);
                }
                "T*" => place.step(0.0, -state.leading),
                "Tm" => place.put(numbers::<6>(operation)),
                "Do" => {
                    self.form(operation, resources, &state, depth)?;
                    place.on = false;
                }
                "Tj" | "TJ" | "'" | "\"" => {
                    if matches!(operation.operator.as_str(), "'" | "\"") {
                        place.step(0.0, -state.leading);
                    }
                    self.show(&operation.operands, &state, &mut place)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn instead(&mut self, operation: &Operation) {
        for property in operation.operands.iter().filter_map(|o| o.as_dict().ok()) {
            for key in [&b"ActualText"[..], b"Alt", b"E"] {
                if let Ok(words) = property.get(key).and_then(lopdf::decode_text_string) {
                    self.sheet.instead.push_str(&words);
                }
            }
        }
    }

    fn font(&self, name: &[u8], resources: Option<&'a Dictionary>) -> Result<Option<Rc<Font>>, String> {
        let doc = self.library.doc;
        let own = resources.and_then(|r| sub(doc, r, b"Font")).and_then(|fonts| sub(doc, fonts, name));
        if own.is_none() && self.library.ambiguous.contains(name) {
            return Err(NAMES.into());
        }
        let shared = || {
            let all = self.library.shared.get(name)?;
            all.get(self.namesake.min(all.len().saturating_sub(1))).copied()
        };
        own.or_else(shared).map(|font| self.library.font(font)).transpose()
    }

    fn graphics_state(
        &self,
        operation: &Operation,
        resources: Option<&'a Dictionary>,
        state: &mut State,
    ) -> Result<(), String> {
        let doc = self.library.doc;
        let named = operation.operands.first().and_then(|name| name.as_name().ok());
        let all = resources.and_then(|r| sub(doc, r, b"ExtGState"));
        let set = named.zip(all).and_then(|(name, all)| sub(doc, all, name));
        let font = set.and_then(|s| s.get_deref(b"Font", doc).ok()?.as_array().ok());
        if let Some([font, size]) = font.map(Vec::as_slice) {
            state.font = resolved(doc, font).map(|f| self.library.font(f)).transpose()?;
            state.size = f64::from(size.as_float().unwrap_or(1.0));
        }
        Ok(())
    }

    fn form(
        &mut self,
        operation: &Operation,
        resources: Option<&'a Dictionary>,
        state: &State,
        depth: usize,
    ) -> Result<(), String> {
        let doc = self.library.doc;
        let named = operation.operands.first().and_then(|name| name.as_name().ok());
        let all = resources.and_then(|r| sub(doc, r, b"XObject"));
        let found = named.zip(all).and_then(|(name, all)| doc.dereference(all.get(name).ok()?).ok());
        let Some((Some(id), Object::Stream(form))) = found else { return Ok(()) };
        if form.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|s| s == b"Image") {
            return Ok(());
        }
        let operations = self.library.form(id, form)?;
        let mut inside = state.clone();
        if let Ok(matrix) = form.dict.get_deref(b"Matrix", doc).and_then(Object::as_array) {
            let operation = Operation::new("cm", matrix.clone());
            inside.matrix = times(numbers::<6>(&operation), inside.matrix);
        }
        let own = sub(doc, &form.dict, b"Resources").or(resources);
        self.play(&operations, own, &inside, depth + 1)
    }

    fn show(&mut self, operands: &[Object], state: &State, place: &mut Place) -> Result<(), String> {
        for operand in operands {
            match operand {
                Object::Array(pieces) => {
                    for piece in pieces {
                        if let Ok(number) = piece.as_float() {
                            let number = f64::from(number);
                            place.gone -= number / 1000.0 * state.size;
                            // More than any space between words: what comes may stand anywhere on the line.
                            place.on &= number.abs() < 1000.0;
                        } else {
                            self.letters(piece, state, place)?;
                        }
                    }
                }
                one => self.letters(one, state, place)?,
            }
        }
        Ok(())
    }

    fn letters(&mut self, object: &Object, state: &State, place: &mut Place) -> Result<(), String> {
        let Object::String(bytes, _) = object else { return Ok(()) };
        if bytes.is_empty() || state.font.is_none() && bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let (told, seen) = state.font.as_ref().ok_or(FONT)?.read(bytes, self.library.left())?;
        self.library.count(told.len() + seen.len())?;
        if !place.on || self.sheet.pieces.is_empty() {
            self.library.count(KEPT)?;
            let m = times(times([1.0, 0.0, 0.0, 1.0, place.gone, 0.0], place.now), state.matrix);
            let length = m[0].hypot(m[1]);
            let (cos, sin) = if length > 0.0 { (m[0] / length, m[1] / length) } else { (1.0, 0.0) };
            #[expect(clippy::cast_possible_truncation, reason = "degrees are few")]
            let direction = sin.atan2(cos).to_degrees().round() as i32;
            self.sheet.pieces.push(Piece {
                direction,
                along: m[4] * cos + m[5] * sin,
                down: m[4] * sin - m[5] * cos,
                size: (state.size * m[2].hypot(m[3])).abs(),
                ..Piece::default()
            });
        }
        place.on = true;
        place.gone += half(told.chars().count()) * state.size;
        if let Some(piece) = self.sheet.pieces.last_mut() {
            piece.told.push_str(&told);
            piece.seen.push_str(&seen);
        }
        Ok(())
    }
}

/// The content of a page: its streams, one after the other.
pub(super) fn content(doc: &Document, ids: &[ObjectId]) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    for id in ids {
        if let Ok(Object::Stream(stream)) = doc.get_object(*id) {
            all.extend(unpack::plain(doc, stream)?);
            all.push(b'\n');
        }
        if all.len() > super::UNPACKED {
            return Err("one of its pages cannot be unpacked".into());
        }
    }
    Ok(all)
}
