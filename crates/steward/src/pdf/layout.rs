//! From blocks to lines on pages, with the tree that says what each line is.

use super::{
    Block, Document,
    font::{Fonts, shown},
};
use krilla::tagging::{ListNumbering, TableHeaderScope, Tag, TagKind};
use std::num::NonZeroU16;

/// A4 in points.
pub(super) const WIDTH: f32 = 595.28;
/// A4 in points.
pub(super) const HEIGHT: f32 = 841.89;
/// On every side.
pub(super) const MARGIN: f32 = 56.0;
const BODY: f32 = 10.5;
const TABLE: f32 = 9.5;
/// From line to line, for a size of 1.
const LEADING: f32 = 1.4;
const GAP: f32 = 7.0;
const PAD: f32 = 4.0;

/// Something that is drawn.
pub(super) enum Piece {
    /// A line of text.
    Line { x: f32, y: f32, size: f32, bold: bool, text: String, leaf: usize },
    /// A line between rows.
    Rule { x: f32, y: f32, width: f32 },
}

/// What the lines are.
pub(super) enum Tree {
    /// Something with parts.
    Group(TagKind, Vec<Tree>),
    /// A line, by its number.
    Leaf(usize),
}

/// Where a heading stands.
pub(super) struct Mark {
    pub(super) text: String,
    pub(super) page: usize,
    pub(super) y: f32,
}

/// A document that is laid out.
pub(super) struct Laid {
    pub(super) pages: Vec<Vec<Piece>>,
    pub(super) tree: Vec<Tree>,
    pub(super) headings: Vec<Mark>,
    /// How many lines there are.
    pub(super) leaves: usize,
}

/// Where the next line goes.
struct Pen<'a> {
    fonts: &'a Fonts,
    laid: Laid,
    y: f32,
}

/// Lays a document out.
pub(super) fn lay(document: &Document, fonts: &Fonts) -> Laid {
    let laid = Laid { pages: vec![Vec::new()], tree: Vec::new(), headings: Vec::new(), leaves: 0 };
    let mut pen = Pen { fonts, laid, y: MARGIN };
    for block in &document.blocks {
        match block {
            Block::Heading { level, text } => pen.heading(*level, text),
            Block::Paragraph(text) => {
                let lines = pen.text(text, MARGIN, WIDTH - 2.0 * MARGIN, BODY, false);
                pen.laid.tree.push(Tree::Group(Tag::P.into(), lines));
                pen.y += GAP;
            }
            Block::List(items) => pen.list(items),
            Block::Pairs { about, rows } => {
                let rows: Vec<_> =
                    rows.iter().map(|(label, value)| vec![label.clone(), value.clone()]).collect();
                pen.table(about, &[], &rows, &[0.32, 0.68]);
            }
            Block::Table { about, head, rows } => {
                let columns = head.len().max(1);
                let widths = match columns {
                    3 => vec![0.2, 0.3, 0.5],
                    4 => vec![0.28, 0.32, 0.22, 0.18],
                    n => vec![1.0 / f32::from(u16::try_from(n).unwrap_or(1)); n],
                };
                pen.table(about, head, rows, &widths);
            }
        }
    }
    pen.laid
}

impl Pen<'_> {
    fn turn(&mut self) {
        self.laid.pages.push(Vec::new());
        self.y = MARGIN;
    }

    /// Begins a new page where less than this is left.
    fn need(&mut self, height: f32) {
        if self.y + height > HEIGHT - MARGIN && self.y > MARGIN {
            self.turn();
        }
    }

    fn put(&mut self, piece: Piece) {
        if let Some(page) = self.laid.pages.last_mut() {
            page.push(piece);
        }
    }

    /// Puts one line and gives its leaf. The pen stays where it is.
    fn line(&mut self, x: f32, size: f32, bold: bool, text: String) -> Tree {
        let leaf = self.laid.leaves;
        self.laid.leaves += 1;
        // The base line: what of a letter hangs below stays within the line.
        let y = self.y + size;
        self.put(Piece::Line { x, y, size, bold, text, leaf });
        Tree::Leaf(leaf)
    }

    /// Puts a text in lines, over pages where it must, and gives its leaves.
    fn text(&mut self, text: &str, x: f32, width: f32, size: f32, bold: bool) -> Vec<Tree> {
        let mut leaves = Vec::new();
        for line in broken(self.fonts, text, width, size, bold) {
            self.need(size * LEADING);
            leaves.push(self.line(x, size, bold, line));
            self.y += size * LEADING;
        }
        leaves
    }

    fn heading(&mut self, level: u8, text: &str) {
        let size = match level {
            1 => 18.0,
            2 => 13.0,
            _ => 11.0,
        };
        self.y += GAP;
        // A heading does not stand alone at the foot of a page.
        self.need(size * LEADING * 2.0 + BODY * LEADING * 2.0);
        let words = shown(text);
        let words = if words.trim().is_empty() { "Untitled".to_owned() } else { words };
        let mark = Mark { text: words.clone(), page: self.laid.pages.len() - 1, y: self.y };
        self.laid.headings.push(mark);
        let lines = self.text(&words, MARGIN, WIDTH - 2.0 * MARGIN, size, true);
        let level = NonZeroU16::new(u16::from(level)).unwrap_or(NonZeroU16::MIN);
        self.laid.tree.push(Tree::Group(Tag::Hn(level, Some(words)).into(), lines));
        self.y += GAP / 2.0;
    }

    fn list(&mut self, items: &[String]) {
        const INDENT: f32 = 14.0;
        let mut entries = Vec::new();
        for item in items {
            self.need(BODY * LEADING);
            let bullet = self.line(MARGIN + 2.0, BODY, false, "• ".into());
            let lines = self.text(item, MARGIN + INDENT, WIDTH - 2.0 * MARGIN - INDENT, BODY, false);
            if lines.is_empty() {
                self.y += BODY * LEADING;
            }
            let parts =
                vec![Tree::Group(Tag::Lbl.into(), vec![bullet]), Tree::Group(Tag::LBody.into(), lines)];
            entries.push(Tree::Group(Tag::LI.into(), parts));
        }
        self.laid.tree.push(Tree::Group(Tag::L(ListNumbering::Disc).into(), entries));
        self.y += GAP;
    }

    fn table(&mut self, about: &str, head: &[String], rows: &[Vec<String>], widths: &[f32]) {
        let mut parts = Vec::new();
        if !head.is_empty() {
            let row = self.row(head, widths, true);
            parts.push(Tree::Group(Tag::THead.into(), vec![row]));
        }
        let body: Vec<_> = rows.iter().map(|row| self.row(row, widths, false)).collect();
        parts.push(Tree::Group(Tag::TBody.into(), body));
        let tag = Tag::Table.with_summary(Some(shown(about)));
        self.laid.tree.push(Tree::Group(tag.into(), parts));
        self.y += GAP;
    }

    /// A row: its cells go down side by side. One that fits on no page is broken, line by line.
    fn row(&mut self, cells: &[String], widths: &[f32], head: bool) -> Tree {
        let whole = WIDTH - 2.0 * MARGIN;
        let mut columns = Vec::new();
        let mut x = MARGIN;
        for (n, share) in widths.iter().enumerate() {
            let bold = head || n == 0;
            let text = cells.get(n).map_or("", String::as_str);
            // An empty cell is said, so that nobody wonders whether it was forgotten.
            let text = if shown(text).trim().is_empty() { "–" } else { text };
            columns.push((x, bold, broken(self.fonts, text, share * whole - PAD, TABLE, bold)));
            x += share * whole;
        }
        let tall = columns.iter().map(|(_, _, lines)| lines.len()).max().unwrap_or(0);
        let height = TABLE * LEADING * f32::from(u16::try_from(tall).unwrap_or(u16::MAX)) + 2.0 * PAD;
        if height <= HEIGHT - 2.0 * MARGIN {
            self.need(height);
        }
        self.y += PAD;
        let mut leaves: Vec<Vec<Tree>> = columns.iter().map(|_| Vec::new()).collect();
        for n in 0..tall {
            self.need(TABLE * LEADING);
            for (column, (x, bold, lines)) in columns.iter().enumerate() {
                if let Some(line) = lines.get(n) {
                    let leaf = self.line(*x, TABLE, *bold, line.clone());
                    leaves[column].push(leaf);
                }
            }
            self.y += TABLE * LEADING;
        }
        self.y += PAD;
        self.put(Piece::Rule { x: MARGIN, y: self.y, width: whole });
        let cell = |(n, lines): (usize, Vec<Tree>)| {
            let tag: TagKind = match (head, n) {
                (true, _) => Tag::TH(TableHeaderScope::Column).into(),
                (false, 0) => Tag::TH(TableHeaderScope::Row).into(),
                _ => Tag::TD.into(),
            };
            Tree::Group(tag, lines)
        };
        Tree::Group(Tag::TR.into(), leaves.into_iter().enumerate().map(cell).collect())
    }
}

/// A text in lines that are not wider than `width`. Every line but the last ends with the space at which it was broken,
/// so that words are apart for those who read the text and not the picture.
fn broken(fonts: &Fonts, text: &str, width: f32, size: f32, bold: bool) -> Vec<String> {
    let face = fonts.face(bold);
    let fits = |text: &str| face.width(text) * size <= width;
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in shown(text).split_whitespace() {
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if fits(&joined) {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
            lines.push(std::mem::take(&mut line));
        }
        // A word that is wider than the column is broken where it must be.
        for c in word.chars() {
            line.push(c);
            if !fits(&line) && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(c);
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}
