//! DejaVu Sans in two weights, with the widths of its letters.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::{
    FontRef, MetadataProvider,
    instance::{LocationRef, Size},
};
use std::collections::HashMap;

/// The two faces.
pub(super) struct Fonts {
    regular: Face,
    bold: Face,
}

/// One face.
pub(super) struct Face {
    pub(super) font: Font,
    /// Each letter's glyph and its width for a size of 1.
    glyphs: HashMap<char, (u32, f32)>,
}

impl Fonts {
    pub(super) fn new() -> Result<Self, String> {
        Ok(Self { regular: Face::new(dejavu::sans::regular())?, bold: Face::new(dejavu::sans::bold())? })
    }

    pub(super) fn face(&self, bold: bool) -> &Face {
        if bold { &self.bold } else { &self.regular }
    }
}

/// What stands for a letter that the font does not have.
const REPLACEMENT: char = '\u{fffd}';

/// A text without what is no letter: line ends and tabs are spaces, marks that say nothing are left out.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'))
        .map(|c| match c {
            c if c.is_whitespace() || c.is_control() => ' ',
            '\u{fffe}' | '\u{ffff}' | '\u{e000}'..='\u{f8ff}' => REPLACEMENT,
            c if u32::from(c) > 0x2_ffff => REPLACEMENT,
            c => c,
        })
        .collect()
}

impl Face {
    fn new(data: &'static [u8]) -> Result<Self, String> {
        let read = FontRef::new(data).map_err(|e| format!("the font cannot be read: {e}"))?;
        let em = f32::from(read.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1));
        let widths = read.glyph_metrics(Size::unscaled(), LocationRef::default());
        let glyphs = read
            .charmap()
            .mappings()
            .filter_map(|(code, glyph)| {
                let width = widths.advance_width(glyph)?;
                Some((char::from_u32(code)?, (glyph.to_u32(), width / em)))
            })
            .collect();
        let font = Font::new(data.into(), 0).ok_or("the font cannot be used")?;
        Ok(Self { font, glyphs })
    }

    fn letter(&self, c: char) -> Option<(u32, f32)> {
        self.glyphs.get(&c).copied().filter(|(glyph, _)| *glyph != 0)
    }

    /// The width of a text at a size of 1.
    pub(super) fn width(&self, text: &str) -> f32 {
        text.chars().filter_map(|c| self.letter(c).or_else(|| self.letter(REPLACEMENT))).map(|(_, w)| w).sum()
    }

    /// The glyphs of a text, and the text that they stand for.
    pub(super) fn glyphs(&self, text: &str) -> (Vec<KrillaGlyph>, String) {
        let mut glyphs = Vec::new();
        let mut drawn = String::new();
        for c in shown(text).chars() {
            let (c, found) = match self.letter(c) {
                Some(found) => (c, Some(found)),
                None => (REPLACEMENT, self.letter(REPLACEMENT)),
            };
            let Some((glyph, width)) = found else { continue };
            let from = drawn.len();
            drawn.push(c);
            glyphs.push(KrillaGlyph::new(GlyphId::new(glyph), width, 0.0, 0.0, 0.0, from..drawn.len(), None));
        }
        (glyphs, drawn)
    }
}
