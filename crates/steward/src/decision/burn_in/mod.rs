//! The burn-in check: what is about to be published is taken apart again and searched for every redacted passage.
//!
//! Of a PDF it searches, for a passage of any length,
//! - what every page shows, and every form, pattern, appearance and other stream that draws letters: in the order in
//!   which it is drawn, in the order of its places on the page and column by column, as the tables of letters of its fonts
//!   tell and as their encodings show, and over the ends of pages, with and without running lines; letters that are
//!   struck twice in one place count once;
//! - every string (metadata, bookmarks, alternative texts, notes, form values) but dates and digests, also without tags
//!   and escapes, and every stream that is a text.
//!
//! For a passage of eight letters and more, which is found nowhere by chance, it searches also names, dates and digests,
//! every other stream, the notes in JPEG pictures and the bytes of the file itself, doubled letters, and all words of the
//! passage close together in another order.
//!
//! Upper and lower case, accents, ligatures, blanks and signs make no difference.
//!
//! It refuses what it cannot search: an encrypted file, one that carries other files, scripts, sound, packed data or
//! earlier versions of itself or of a part, one of which a stream or a page cannot be read to its end, one with a font
//! that does not say which letters it shows, one without a text layer. A few letters that cannot be told are taken for
//! any; one that stands by itself, as a bullet does, is taken for none in a short passage.
//!
//! It cannot see. Words in a picture, letters drawn as lines, and a font that tells other letters than it shows are for
//! the person who signs. Nor does it find a passage told in other words.

mod bytes;
mod font;
mod found;
mod parse;
mod search;
mod sheet;
mod unpack;

use super::{redact, report::Passage};
use bluelamp_model::{Error, FieldError, Result};
use found::Found;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, ObjectStream, Stream};
use search::Layers;
use sheet::{Library, Sheet};
use std::collections::{BTreeMap, BTreeSet};

/// The largest file that is searched.
pub const LARGEST: usize = 32 * 1024 * 1024;
/// What a single stream may unpack to.
const UNPACKED: usize = 64 * 1024 * 1024;
/// What all streams of a file together may.
const ALL_UNPACKED: usize = 256 * 1024 * 1024;
/// Bytes of pictures are not read one by one, and count for less.
const PIXELS: usize = 4;
/// Fonts beyond this number would take too long.
const FONTS: usize = 200;
/// Pages with resources of their own beyond this number.
const PAGES: usize = 20_000;
/// How deep one object may lie in another where fonts are looked for.
const DEEP: usize = 60;
/// Where bytes stand that belong to nothing that is shown.
const BYTES: &str = "in its bytes, where no page shows it";
/// Where a stream stands that is no part of a page by its own account.
const PART: &str = "in a part of it that no page shows by itself";
/// Where the notes of pictures stand.
const PICTURE: &str = "in the notes or bytes of a picture";

/// Why a file is refused in which letters are drawn that nobody can look up.
const FONT: &str = "a font in it does not say which letters it shows: export the document again as a plain PDF with \
     text, or put in what it shows as a picture and have its text recognised again";
/// Why a file is refused that does not hang together.
const DAMAGED: &str = "it is damaged, or no sound PDF";
/// Why a file is refused that readers read in different ways.
const TWICE: &str = "two entries of one name in it say different things: save it as a new file";
/// Why a file is refused of which only a part can be read.
const UNFINISHED: &str =
    "one of its pages cannot be read to its end: export the document again as a plain PDF with text";

/// Why a file is refused that carries what nobody can look through.
const PACKED: &str = "it carries data that are no part of a page and that nobody can look through, as an office program \
     packs its own document into a PDF: export the document again as a plain PDF";

/// The proof that the check was made and found nothing. Only [`check`] gives one.
#[derive(Debug)]
pub struct Clean(());

/// A file that is about to be published.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// What it is called to the person.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Searches the text of the public page and every file for every passage.
///
/// # Errors
/// [`Error::Invalid`] with every passage that is still there, without repeating it, and every file that cannot be
/// searched.
pub fn check(passages: &[Passage], page: &str, files: &[Candidate<'_>]) -> Result<Clean> {
    let mut wrong = Vec::new();
    let fault =
        |code: &str, message: String| FieldError { field: "publication".into(), code: code.into(), message };
    let mut search = |name: &str, layers: &Layers| {
        for (n, passage) in passages.iter().enumerate() {
            if let Some(at) = layers.place(&passage.quote) {
                let message = format!("{name} still holds the redacted passage {} {at}: take it out", n + 1);
                wrong.push(fault("not-burned-in", message));
            }
        }
    };
    let mut public = Layers::default();
    public.read("in its text", page);
    search("The public page", &public);
    let mut unread = Vec::new();
    for file in files {
        match layers(file.bytes) {
            Ok(layers) => search(file.name, &layers),
            Err(why) => {
                unread.push(fault("unsearchable", format!("{} cannot be searched: {why}", file.name)));
            }
        }
    }
    wrong.extend(unread);
    if wrong.is_empty() { Ok(Clean(())) } else { Err(Error::Invalid(wrong)) }
}

/// A PDF that was taken apart, so that it can be searched for one passage after the other.
pub struct Searched(Layers);

impl Searched {
    /// Takes a PDF apart.
    ///
    /// # Errors
    /// A sentence, where the file cannot be searched.
    pub fn of(pdf: &[u8]) -> Result<Self, String> {
        layers(pdf).map(Self)
    }

    /// Whether a passage stands in any layer of it.
    #[must_use]
    pub fn holds(&self, passage: &str) -> bool {
        self.0.place(passage).is_some()
    }
}

/// Whether a text stands in any layer of a PDF; for tests and for people who ask once.
///
/// # Errors
/// A sentence, where the file cannot be searched.
pub fn holds(pdf: &[u8], passage: &str) -> Result<bool, String> {
    Ok(Searched::of(pdf)?.holds(passage))
}

/// Every text of a PDF.
fn layers(pdf: &[u8]) -> Result<Layers, String> {
    if pdf.len() > LARGEST {
        return Err(format!("it is larger than {} MB", LARGEST / 1024 / 1024));
    }
    if !pdf.starts_with(b"%PDF-") {
        return Err("it is not a PDF".into());
    }
    let options =
        LoadOptions { strict: true, max_decompressed_size: Some(UNPACKED), ..LoadOptions::default() };
    let doc = Document::load_mem_with_options(pdf, options).map_err(|_| DAMAGED)?;
    if doc.is_encrypted() || doc.was_encrypted() {
        return Err("it is encrypted: save it without protection".into());
    }
    if doc.revision_count() > 1 + usize::from(bytes::last_table_is_empty(pdf)) {
        return Err("it carries earlier versions of itself: save it as a new file".into());
    }
    if bytes::text_after_end(pdf) {
        return Err("something stands behind its end: save it as a new file".into());
    }
    let (outside, lost) = bytes::outside(pdf, &doc)?;
    let mut found = Found::default();
    let mut of_file = doc.trailer.clone();
    of_file.remove(b"ID");
    found.entries(&doc, &of_file, BYTES)?;
    for object in doc.objects.values() {
        found.whole(&doc, object)?;
    }
    let mut layers = Layers::default();
    layers.raw(BYTES, &String::from_utf8_lossy(pdf));
    for bytes in &lost {
        layers.raw(BYTES, &String::from_utf8_lossy(bytes));
    }
    if parse::twice(&outside).map_err(|_| DAMAGED)? {
        return Err(TWICE.into());
    }
    layers.raw(BYTES, &strings(&outside)?);
    let sheets = Sheets::of(&doc, &found)?;
    sheets.pages(&mut layers)?;
    let mut unpacked = 0_usize;
    for (id, object) in &doc.objects {
        if let Object::Stream(stream) = object {
            unpacked += sheets.stream(&mut layers, &mut found, *id, stream)?;
            if unpacked > ALL_UNPACKED {
                return Err("it unpacks to more than can be searched".into());
            }
        }
    }
    if found.carries {
        return Err("it carries other files or scripts: take them out".into());
    }
    if !layers.shows() {
        return Err("it has no text layer: make it from the text, not from a picture".into());
    }
    for (at, text) in &found.strings {
        layers.read(at, text);
    }
    layers.raw(BYTES, &found.names);
    Ok(layers)
}

/// All strings in bytes, as text.
fn strings(bytes: &[u8]) -> Result<String, String> {
    let all = parse::strings(bytes).map_err(|_| DAMAGED)?;
    Ok(all.iter().map(|bytes| found::as_text(bytes)).collect::<Vec<_>>().join("\n"))
}

/// The content streams of a document, and what belongs to them.
struct Sheets<'a> {
    doc: &'a Document,
    library: Library<'a>,
    /// Each page with its content.
    pages: Vec<(&'a Dictionary, Vec<ObjectId>)>,
    /// Streams that are read as parts of pages.
    of_pages: BTreeSet<ObjectId>,
    /// Streams that are drawn, by what refers to them.
    drawn: BTreeSet<ObjectId>,
    /// The resources of the fonts whose letters a stream draws.
    of_fonts: BTreeMap<ObjectId, Vec<&'a Dictionary>>,
}

impl<'a> Sheets<'a> {
    fn of(doc: &'a Document, found: &Found) -> Result<Self, String> {
        let mut ids: Vec<ObjectId> = doc.page_iter().collect();
        // Pages that no reader shows are there all the same.
        let is_page = |o: &Object| o.as_dict().is_ok_and(|d| d.has_type(b"Page"));
        let known: BTreeSet<ObjectId> = ids.iter().copied().collect();
        ids.extend(
            doc.objects.iter().filter(|(id, o)| is_page(o) && !known.contains(*id)).map(|(id, _)| *id),
        );
        let pages = ids.iter().filter_map(|id| {
            let page = doc.get_object(*id).ok()?.as_dict().ok()?;
            Some((page, doc.get_page_contents(*id)))
        });
        let pages: Vec<_> = pages.collect();
        let mut shared: Vec<&Dictionary> = Vec::new();
        for (page, _) in &pages {
            if let Some(resources) = sheet::resources(doc, page)
                && !shared.iter().any(|known| std::ptr::eq(*known, resources))
            {
                shared.push(resources);
            }
            if shared.len() > PAGES {
                return Err(format!("it has more than {PAGES} pages"));
            }
        }
        let form = doc.catalog().ok().and_then(|c| sheet::sub(doc, c, b"AcroForm"));
        shared.extend(form.and_then(|form| sheet::sub(doc, form, b"DR")));
        let of_pages = pages.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
        let library = Library::new(doc, &shared, FONTS);
        let mut of_fonts = BTreeMap::new();
        doc.objects.values().for_each(|object| drawn_letters(doc, object, &mut of_fonts, 0));
        Ok(Self { doc, library, pages, of_pages, drawn: found.drawn.clone(), of_fonts })
    }

    /// Adds what the pages show.
    fn pages(&self, layers: &mut Layers) -> Result<(), String> {
        let mut sheets = Vec::new();
        for (page, ids) in &self.pages {
            let content = sheet::content(self.doc, ids)?;
            sheets.push(self.library.page(&content, sheet::resources(self.doc, page))?);
        }
        show(layers, None, &sheets);
        Ok(())
    }

    /// Adds what a stream holds; how large it is unpacked.
    fn stream(
        &self,
        layers: &mut Layers,
        found: &mut Found,
        id: ObjectId,
        stream: &Stream,
    ) -> Result<usize, String> {
        unpack::has_length(self.doc, stream)?;
        let dict = &stream.dict;
        let is = |key: &[u8], value: &[u8]| dict.get(key).and_then(Object::as_name).is_ok_and(|n| n == value);
        // What is drawn is drawn, whatever it says that it is.
        let drawn = self.of_pages.contains(&id)
            || self.drawn.contains(&id)
            || dict.has(b"PatternType")
            || is(b"Subtype", b"Form");
        if !drawn && bytes::is_picture(self.doc, dict) {
            return self.picture(layers, stream);
        }
        let bytes = unpack::plain(self.doc, stream)?;
        if is(b"Type", b"ObjStm") {
            // Some of its objects may be listed nowhere.
            let all = ObjectStream::new_with_limit(stream, Some(UNPACKED));
            for object in all.map_err(|_| DAMAGED)?.objects.values() {
                found.whole(self.doc, object)?;
            }
            if parse::twice(&bytes).map_err(|_| DAMAGED)? {
                return Err(TWICE.into());
            }
            layers.raw(BYTES, &strings(&bytes)?);
        }
        layers.raw(PART, &String::from_utf8_lossy(&bytes));
        layers.raw(PART, &bytes::wide(&bytes));
        if self.of_pages.contains(&id) {
            return Ok(bytes.len());
        }
        if bytes::is_packed(&bytes) {
            return Err(PACKED.into());
        }
        // These are read already, and full of numbers.
        let table = is(b"Type", b"ObjStm")
            || is(b"Type", b"XRef") && is_table(dict, bytes.len())
            || self.tables(found, id, &bytes);
        if table && !drawn {
            return Ok(bytes.len());
        }
        let text = || {
            bytes::text(&bytes).or_else(|| {
                let text = String::from_utf8_lossy(&bytes);
                let odd = text.chars().filter(|c| c.is_control() && !c.is_whitespace() || *c == '\u{fffd}');
                (is(b"Type", b"Metadata") && odd.count() * 100 <= text.len()).then(|| text.into_owned())
            })
        };
        match parse::content(&bytes) {
            Ok(content) => {
                // Drawn letters, whoever draws them.
                let own = sheet::sub(self.doc, dict, b"Resources").map(|own| vec![Some(own)]);
                let of_fonts = || Some(self.of_fonts.get(&id)?.iter().map(|own| Some(*own)).collect());
                for own in own.or_else(of_fonts).unwrap_or_else(|| vec![None]) {
                    for sheet in self.library.anywhere(&content.operations, own)? {
                        show(layers, Some(PART), &[sheet]);
                    }
                }
                if let Some(text) = text().filter(|_| !drawn) {
                    read_text(layers, &text);
                }
            }
            Err(parse::Unreadable) if drawn => return Err(UNFINISHED.into()),
            Err(parse::Unreadable) => {
                if let Some(text) = text() {
                    read_text(layers, &text);
                } else if !(found.data.contains(&id) || is_data(dict, found)) {
                    return Err(PACKED.into());
                }
            }
        }
        Ok(bytes.len())
    }

    /// Whether a stream is a table of letters, which a font needs.
    fn tables(&self, found: &Found, id: ObjectId, bytes: &[u8]) -> bool {
        found.tables.contains(&id) && bytes.windows(9).any(|w| w == b"begincmap" || w == b"beginbfch")
    }

    /// Adds what stands in a picture besides what it shows; how much of a file it is.
    fn picture(&self, layers: &mut Layers, stream: &Stream) -> Result<usize, String> {
        let picture = unpack::picture(self.doc, stream)?;
        if bytes::is_packed(&picture) {
            return Err(PACKED.into());
        }
        for note in bytes::notes(&picture) {
            layers.raw(PICTURE, &String::from_utf8_lossy(note));
            layers.raw(PICTURE, &bytes::wide(note));
            let parts = note.split(|b| *b == 0).filter_map(bytes::text);
            parts.for_each(|text| read_text(layers, &text));
        }
        let letters = bytes::letters(&picture);
        layers.raw(PICTURE, &letters);
        // Its letters are kept.
        Ok(picture.len() / PIXELS + letters.len())
    }
}

/// Adds what sheets show, in every way in which they can be read.
fn show(layers: &mut Layers, at: Option<&'static str>, sheets: &[Sheet]) {
    let mut ways = [const { Vec::new() }; sheet::WAYS];
    for sheet in sheets {
        for (all, lines) in ways.iter_mut().zip(sheet.readings()) {
            all.push(lines);
        }
    }
    let (told, seen) = ways.split_at(sheet::WAYS / 2);
    let any = |pages: &Vec<Vec<String>>| pages.iter().any(|lines| !lines.is_empty());
    let seen = seen.iter().filter(|_| told != seen);
    for pages in told.iter().chain(seen).filter(|pages| any(pages)) {
        layers.pages(at, pages);
    }
    let instead: Vec<&str> = sheets.iter().map(|sheet| sheet.instead.as_str()).collect();
    layers.read("in the words that stand for a picture or a shortened word", &instead.join("\n"));
}

/// The resources of each font that draws its letters, by the streams that draw them.
fn drawn_letters<'a>(
    doc: &'a Document,
    object: &'a Object,
    into: &mut BTreeMap<ObjectId, Vec<&'a Dictionary>>,
    depth: usize,
) {
    let of = match object {
        Object::Dictionary(of) => of,
        Object::Stream(stream) => &stream.dict,
        Object::Array(all) if depth < DEEP => {
            return all.iter().for_each(|one| drawn_letters(doc, one, into, depth + 1));
        }
        _ => return,
    };
    if let (Some(letters), Some(own)) = (sheet::sub(doc, of, b"CharProcs"), sheet::sub(doc, of, b"Resources"))
    {
        for id in letters.iter().filter_map(|(_, letter)| letter.as_reference().ok()) {
            let known = into.entry(id).or_default();
            if !known.iter().any(|known| std::ptr::eq(*known, own)) {
                known.push(own);
            }
        }
    }
    if depth < DEEP {
        of.iter().for_each(|(_, value)| drawn_letters(doc, value, into, depth + 1));
    }
}

/// Whether a stream can be the table of objects that it says it is: rows of as many bytes as it says.
fn is_table(dict: &Dictionary, length: usize) -> bool {
    let widths = dict.get(b"W").and_then(Object::as_array).ok();
    let row = widths.and_then(|all| {
        all.iter().map(|w| w.as_i64().ok().and_then(|w| usize::try_from(w).ok())).sum::<Option<usize>>()
    });
    row.is_some_and(|row| (1..=32).contains(&row) && length.is_multiple_of(row))
}

/// Whether a stream is one of those that have to be numbers by what they say they are.
fn is_data(dict: &Dictionary, found: &Found) -> bool {
    let keys: [&[u8]; 4] = [b"FunctionType", b"ShadingType", b"HalftoneType", b"Length1"];
    let kinds: [&[u8]; 3] = [b"Type1C", b"CIDFontType0C", b"OpenType"];
    let kind = dict.get(b"Subtype").and_then(Object::as_name);
    keys.iter().any(|key| dict.has(key))
        || kind.is_ok_and(|kind| kinds.contains(&kind))
        || found.linearized && dict.get(b"S").is_ok_and(|s| s.as_i64().is_ok())
}

/// Adds a text that may be one of tags.
fn read_text(layers: &mut Layers, text: &str) {
    let text = bytes::unstamped(text);
    // What begins with a tag is a document of tags. In any other, what looks like one may be words.
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        layers.read(PART, &text);
    }
    bytes::unwrapped(&text).iter().for_each(|text| layers.read(PART, text));
}
