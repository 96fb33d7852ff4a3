//! Accessible PDF: a document of headings, paragraphs, lists and tables as tagged PDF 1.7 that declares PDF/UA-1.
//!
//! Layout is small and our own: A4, one column, lines broken between words. Letters stand one beside the other; scripts
//! that join or reorder letters are not shaped. What the font does not have is shown as a replacement character.

mod font;
mod layout;

use font::Fonts;
use krilla::{
    Document as Pdf, SerializeSettings,
    configure::{Accessibility, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{PathBuilder, Point},
    metadata::Metadata,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::Stroke,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TagGroup, TagTree},
};
use layout::{Piece, Tree};

/// A document in reading order.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its title, which a reader shows in the window.
    pub title: String,
    /// What stands at the foot of every page before the page's number.
    pub running: String,
    /// Its parts.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading; its level begins at 1 and skips none.
    Heading {
        /// The level.
        level: u8,
        /// The words.
        text: String,
    },
    /// A paragraph.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
    /// Labels with their values; each label is a header of its row.
    Pairs {
        /// What the table is about, for those who hear it.
        about: String,
        /// The rows.
        rows: Vec<(String, String)>,
    },
    /// A table; its first column are headers of rows.
    Table {
        /// What the table is about, for those who hear it.
        about: String,
        /// The headers of the columns.
        head: Vec<String>,
        /// The rows, each with a cell for every column.
        rows: Vec<Vec<String>>,
    },
}

/// Writes a document. The same document gives the same bytes.
///
/// # Errors
/// A sentence, where the writer finds that the file would not be what it declares.
pub fn write(document: &Document) -> Result<Vec<u8>, String> {
    let fonts = Fonts::new()?;
    let laid = layout::lay(document, &fonts);
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|e| format!("{e:?}"))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut pdf = Pdf::new_with(settings);
    let mut marks = vec![None; laid.leaves];
    let count = laid.pages.len();
    for (n, page) in laid.pages.iter().enumerate() {
        draw(
            &mut pdf,
            page,
            &fonts,
            &mut marks,
            &format!("{}  Page {} of {count}", document.running, n + 1),
        )?;
    }
    let mut tree = TagTree::new().with_lang(Some("en-GB".into()));
    for part in laid.tree {
        tree.push(node(part, &mut marks));
    }
    pdf.set_tag_tree(tree);
    pdf.set_outline(outline(&laid.headings));
    let title = font::shown(&document.title);
    let title = if title.trim().is_empty() { "Untitled".to_owned() } else { title };
    let metadata = Metadata::new()
        .title(title)
        .language("en-GB".into())
        .producer("Bluelamp".into())
        .creator("Bluelamp".into());
    pdf.set_metadata(metadata);
    pdf.finish().map_err(|e| format!("{e:?}"))
}

fn draw(
    pdf: &mut Pdf,
    page: &[Piece],
    fonts: &Fonts,
    marks: &mut [Option<Identifier>],
    foot: &str,
) -> Result<(), String> {
    let size = PageSettings::from_wh(layout::WIDTH, layout::HEIGHT).ok_or("the page has no size")?;
    let mut page_of = pdf.start_page_with(size);
    let mut surface = page_of.surface();
    for piece in page {
        match piece {
            Piece::Line { x, y, size, bold, text, leaf } => {
                let face = fonts.face(*bold);
                let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                let (glyphs, text) = face.glyphs(text);
                surface.draw_glyphs(Point::from_xy(*x, *y), &glyphs, face.font.clone(), &text, *size, false);
                surface.end_tagged();
                if let Some(mark) = marks.get_mut(*leaf) {
                    *mark = Some(id);
                }
            }
            Piece::Rule { x, y, width } => {
                let mut path = PathBuilder::new();
                path.move_to(*x, *y);
                path.line_to(x + width, *y);
                surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
                surface.set_stroke(Some(Stroke { width: 0.5, ..Stroke::default() }));
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
                surface.set_stroke(None);
                surface.end_tagged();
            }
        }
    }
    let face = fonts.face(false);
    let (glyphs, text) = face.glyphs(foot);
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
    let at = Point::from_xy(layout::MARGIN, layout::HEIGHT - layout::MARGIN / 2.0);
    surface.draw_glyphs(at, &glyphs, face.font.clone(), &text, 8.0, false);
    surface.end_tagged();
    surface.finish();
    page_of.finish();
    Ok(())
}

fn node(part: Tree, marks: &mut [Option<Identifier>]) -> Node {
    match part {
        Tree::Group(tag, parts) => {
            let mut group = TagGroup::new(tag);
            for part in parts {
                group.push(node(part, marks));
            }
            Node::Group(group)
        }
        // Every leaf is a line that was drawn; one that is not would be an empty group, which is left out.
        Tree::Leaf(n) => match marks.get_mut(n).and_then(Option::take) {
            Some(id) => Node::Leaf(id),
            None => Node::Group(TagGroup::new(krilla::tagging::Tag::P)),
        },
    }
}

fn outline(headings: &[layout::Mark]) -> Outline {
    let mut outline = Outline::new();
    let entry = |h: &layout::Mark| {
        OutlineNode::new(h.text.clone(), XyzDestination::new(h.page, Point::from_xy(layout::MARGIN, h.y)))
    };
    // The title is the root; everything else stands below it.
    let mut headings = headings.iter();
    if let Some(first) = headings.next() {
        let mut root = entry(first).with_open(true);
        for heading in headings {
            root.push_child(entry(heading));
        }
        outline.push_child(root);
    }
    outline
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic")]
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Document {
        Document {
            title: "A report".into(),
            running: "OFFICIAL".into(),
            blocks: vec![
                Block::Heading { level: 1, text: "A report".into() },
                Block::Pairs { about: "Header".into(), rows: vec![("Reference".into(), "001-26".into())] },
                Block::Heading { level: 2, text: "1. Purpose".into() },
                Block::Paragraph("Some words. ".repeat(400)),
                Block::List(vec!["one".into(), "two ".repeat(60)]),
                Block::Table {
                    about: "Approvals".into(),
                    head: vec!["Step".into(), "Name".into()],
                    rows: (0..60).map(|n| vec![format!("Step {n}"), "Ann Example ".repeat(9)]).collect(),
                },
            ],
        }
    }

    #[test]
    fn the_same_document_gives_the_same_bytes_and_every_word_can_be_read_again() {
        let pdf = write(&sample()).unwrap();
        assert_eq!(pdf, write(&sample()).unwrap());
        for words in
            ["A report", "1. Purpose", "Some words.", "Step 59", "Ann Example", "001-26", "Page 1 of"]
        {
            assert!(crate::decision::burn_in::holds(&pdf, words).unwrap(), "{words}");
        }
        assert!(!crate::decision::burn_in::holds(&pdf, "other words").unwrap());
    }

    #[test]
    fn it_is_tagged_titled_and_bookmarked() {
        let pdf = write(&sample()).unwrap();
        let doc = lopdf::Document::load_mem(&pdf).unwrap();
        let catalog = doc.catalog().unwrap();
        assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"en-GB");
        let marked = catalog.get_deref(b"MarkInfo", &doc).unwrap().as_dict().unwrap();
        assert!(marked.get(b"Marked").unwrap().as_bool().unwrap());
        for key in [&b"StructTreeRoot"[..], b"Outlines", b"Metadata", b"ViewerPreferences"] {
            assert!(catalog.has(key), "{}", String::from_utf8_lossy(key));
        }
        let text = doc.extract_text(&[1]).unwrap();
        assert!(text.contains("Some words."), "{text}");
        assert!(doc.get_pages().len() > 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn any_text_can_be_written(title in "\\PC{0,40}", text in "(?s).{0,300}", cell in "\\PC{0,80}") {
            let document = Document {
                title: title.clone(),
                running: text.clone(),
                blocks: vec![
                    Block::Heading { level: 1, text: title },
                    Block::Paragraph(text.clone()),
                    Block::List(vec![text.clone(), cell.clone()]),
                    Block::Table { about: cell.clone(), head: vec![cell.clone(), text], rows: vec![vec![cell.clone(), cell]] },
                ],
            };
            prop_assert!(write(&document).is_ok(), "{:?}", write(&document));
        }
    }
}
