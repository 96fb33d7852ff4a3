//! The burn-in check: what is about to be published is taken apart again and searched for every redacted passage.
//!
//! Of a PDF it searches
//! - what every page shows, and every form, pattern, appearance and other stream that draws letters: in the order in
//!   which it is drawn and in the order of its places on the page, as the tables of letters of its fonts tell and as
//!   their encodings show, and over the ends of pages, with and without running lines;
//! - all words of a passage close together in another order, and letters that are struck twice;
//! - every string, name and address (metadata, bookmarks, alternative texts, notes, form values), also without tags and
//!   escapes;
//! - every stream, the notes in JPEG pictures, and the bytes of the file itself, for passages of eight letters and more.
//!
//! Upper and lower case, accents, ligatures, blanks and signs make no difference.
//!
//! It refuses what it cannot search: an encrypted file, one that carries other files, scripts, sound or earlier versions
//! of itself or of a part, one whose pages cannot be read to the end, one with a font that does not say which letters it
//! shows, one without a text layer. A few letters that cannot be told, as of bullets, are taken for any.
//!
//! It cannot see. Words in a picture, letters drawn as lines, and a font that tells other letters than it shows are for
//! the person who signs. Nor does it find a passage told in other words.

mod bytes;
mod font;
mod parse;
mod search;
mod sheet;

use super::{redact, report::Passage};
use bluelamp_model::{Error, FieldError, Result};
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, ObjectStream, Stream, StringFormat};
use search::Layers;
use sheet::Library;
use std::collections::BTreeSet;

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
/// How deep one object may lie in another.
const DEEP: usize = 60;

/// Why a file is refused in which letters are drawn that nobody can look up.
const FONT: &str = "a font in it does not say which letters it shows: export the document again as a plain PDF with \
     text, or put in what it shows as a picture and have its text recognised again";
/// Why a file is refused that does not hang together.
const DAMAGED: &str = "it is damaged, or no sound PDF";
/// Why a file is refused of which only a part can be read.
const UNFINISHED: &str =
    "one of its pages cannot be read to its end: export the document again as a plain PDF with text";

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
            if layers.hold(&passage.quote) {
                let message = format!("{name} still holds the redacted passage {}: take it out", n + 1);
                wrong.push(fault("not-burned-in", message));
            }
        }
    };
    let mut public = Layers::default();
    public.read(page);
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

/// Whether a text stands in any layer of a PDF; for tests and for people who ask.
///
/// # Errors
/// A sentence, where the file cannot be searched.
pub fn holds(pdf: &[u8], passage: &str) -> Result<bool, String> {
    Ok(layers(pdf)?.hold(passage))
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
    if doc.revision_count() > 1 {
        return Err("it carries earlier versions of itself: save it as a new file".into());
    }
    if bytes::text_after_end(pdf) {
        return Err("something stands behind its end: save it as a new file".into());
    }
    let (outside, lost) = bytes::outside(pdf, &doc)?;
    let mut found = Found::default();
    for (key, value) in doc.trailer.iter().filter(|(key, _)| key.as_slice() != b"ID") {
        found.entry(&doc, key, value);
        found.object(&doc, value, 0)?;
    }
    for object in doc.objects.values() {
        found.object(&doc, object, 0)?;
    }
    let mut layers = Layers::default();
    layers.raw(&String::from_utf8_lossy(pdf));
    for bytes in &lost {
        layers.raw(&String::from_utf8_lossy(bytes));
    }
    // Of two entries of one name, a reader takes one and this another: all strings, whatever they belong to.
    layers.raw(&strings(&outside)?);
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
    layers.read(&found.strings);
    layers.raw(&found.names);
    Ok(layers)
}

/// All strings in bytes, as text.
fn strings(bytes: &[u8]) -> Result<String, String> {
    let text = |bytes: Vec<u8>| as_text(&Object::String(bytes, StringFormat::Literal));
    let all = parse::strings(bytes).map_err(|_| DAMAGED)?;
    Ok(all.into_iter().map(text).collect::<Vec<_>>().join("\n"))
}

fn as_text(string: &Object) -> String {
    let text = lopdf::decode_text_string(string);
    text.unwrap_or_else(|_| String::from_utf8_lossy(string.as_str().unwrap_or_default()).into_owned())
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
        Ok(Self { doc, library, pages, of_pages, drawn: found.drawn.clone() })
    }

    /// Adds what the pages show.
    fn pages(&self, layers: &mut Layers) -> Result<(), String> {
        let (mut readings, mut instead) = ([const { Vec::new() }; 4], String::new());
        for (page, ids) in &self.pages {
            let content = sheet::content(self.doc, ids)?;
            let sheet = self.library.page(&content, sheet::resources(self.doc, page))?;
            for (all, lines) in readings.iter_mut().zip(sheet.readings()) {
                all.push(lines);
            }
            instead.push_str(&sheet.instead);
            instead.push('\n');
        }
        let [drawn, placed, drawn_seen, placed_seen] = readings;
        if drawn_seen != drawn {
            layers.pages(&drawn_seen);
            layers.pages(&placed_seen);
        }
        layers.pages(&drawn);
        layers.pages(&placed);
        layers.read(&instead);
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
        let is = |key: &[u8], value: &[u8]| {
            stream.dict.get(key).and_then(Object::as_name).is_ok_and(|n| n == value)
        };
        if bytes::is_picture(&stream.dict) {
            let picture = bytes::picture(stream)?;
            for note in bytes::notes(&picture) {
                layers.raw(&String::from_utf8_lossy(note));
                layers.raw(&bytes::wide(note));
                let parts = note.split(|b| *b == 0).filter_map(bytes::text);
                parts.for_each(|text| read_text(layers, &text));
            }
            layers.raw(&bytes::letters(&picture));
            return Ok(picture.len() / PIXELS);
        }
        let bytes = sheet::plain(stream)?;
        if is(b"Type", b"XRef") {
            return Ok(bytes.len());
        }
        if is(b"Type", b"ObjStm") {
            // Some of its objects may be listed nowhere.
            let all = ObjectStream::new_with_limit(stream, Some(UNPACKED));
            for object in all.map_err(|_| DAMAGED)?.objects.values() {
                found.object(self.doc, object, 0)?;
            }
            layers.raw(&strings(&bytes)?);
        }
        layers.raw(&String::from_utf8_lossy(&bytes));
        layers.raw(&bytes::wide(&bytes));
        if self.of_pages.contains(&id) {
            return Ok(bytes.len());
        }
        let drawn = is(b"Subtype", b"Form") || stream.dict.has(b"PatternType") || self.drawn.contains(&id);
        match parse::content(&bytes) {
            Ok(content) => {
                // Drawn letters, whoever draws them.
                let own = sheet::sub(self.doc, &stream.dict, b"Resources");
                for sheet in self.library.anywhere(&content.operations, own)? {
                    let [drawn, placed, drawn_seen, placed_seen] = sheet.readings();
                    if drawn_seen != drawn {
                        layers.pages(&[drawn_seen]);
                        layers.pages(&[placed_seen]);
                    }
                    layers.pages(&[drawn]);
                    layers.pages(&[placed]);
                    layers.read(&sheet.instead);
                }
            }
            Err(parse::Unreadable) if drawn => return Err(UNFINISHED.into()),
            Err(parse::Unreadable) => {
                if let Some(text) = bytes::text(&bytes) {
                    read_text(layers, &text);
                } else if is(b"Type", b"Metadata") {
                    read_text(layers, &String::from_utf8_lossy(&bytes));
                }
            }
        }
        Ok(bytes.len())
    }
}

/// Adds a text that may be one of tags.
fn read_text(layers: &mut Layers, text: &str) {
    // A table of letters is text too, and full of numbers.
    if text.contains("begincmap") {
        return;
    }
    let all = bytes::unwrapped(text);
    if !text.contains('<') {
        layers.read(text);
    }
    all.iter().for_each(|text| layers.read(text));
}

/// The strings and names of a file's objects, and whether it carries a file or a script.
#[derive(Default)]
struct Found {
    strings: String,
    names: String,
    carries: bool,
    /// Streams that are drawn without saying that they are: appearances and letters of fonts.
    drawn: BTreeSet<ObjectId>,
}

impl Found {
    fn entry(&mut self, doc: &Document, key: &[u8], value: &Object) {
        let value = doc.dereference(value).map_or(value, |(_, value)| value);
        let keys = |all: &[&[u8]]| value.as_dict().is_ok_and(|d| all.iter().any(|key| d.has(key)));
        self.carries |= match key {
            b"EmbeddedFiles" | b"JS" | b"XFA" => true,
            // Anything can be called so; a file's name points to a file.
            b"EF" => keys(&[b"F", b"UF", b"DOS", b"Mac", b"Unix"]),
            b"AF" => keys(&[b"F", b"UF", b"EF"]) || value.as_array().is_ok_and(|all| !all.is_empty()),
            b"Collection" => value.as_dict().is_ok_and(|d| !d.has_type(b"Font")),
            b"Subtype" => {
                let carriers: [&[u8]; 6] =
                    [b"FileAttachment", b"Sound", b"Movie", b"Screen", b"3D", b"RichMedia"];
                value.as_name().is_ok_and(|name| carriers.contains(&name))
            }
            _ => false,
        };
        self.names.push_str(&String::from_utf8_lossy(key));
        self.names.push('\n');
        if matches!(key, b"AP" | b"CharProcs") {
            self.draws(doc, value, 0);
        }
    }

    /// What an appearance refers to: a stream, or one for each state.
    fn draws(&mut self, doc: &Document, value: &Object, depth: usize) {
        let Ok(all) = value.as_dict() else { return };
        for (_, one) in all {
            let Ok((id, one)) = doc.dereference(one) else { continue };
            if let (Object::Stream(_), Some(id)) = (one, id) {
                self.drawn.insert(id);
            } else if depth < 2 {
                self.draws(doc, one, depth + 1);
            }
        }
    }

    fn object(&mut self, doc: &Document, object: &Object, depth: usize) -> Result<(), String> {
        if depth > DEEP {
            return Err("its parts lie too deep in one another".into());
        }
        match object {
            Object::String(..) => {
                let text = as_text(object);
                // Digests and keys are strings too, and no words.
                let words = !text.chars().any(|c| c.is_control() && !c.is_whitespace());
                let into = if words { &mut self.strings } else { &mut self.names };
                into.push_str(&text);
                into.push('\n');
                for text in bytes::unwrapped(&text) {
                    into.push_str(&text);
                    into.push('\n');
                }
            }
            Object::Name(name) => {
                let carrier = [&b"EmbeddedFile"[..], b"JavaScript", b"RichMedia", b"Launch"];
                self.carries |= carrier.contains(&name.as_slice());
                let name = String::from_utf8_lossy(name);
                self.names.push_str(&name);
                self.names.push('\n');
                self.names.extend(bytes::unwrapped(&name));
                self.names.push('\n');
            }
            Object::Array(all) => {
                for one in all {
                    self.object(doc, one, depth + 1)?;
                }
            }
            Object::Dictionary(_) | Object::Stream(_) => {
                for (key, value) in dictionary(object).into_iter().flat_map(Dictionary::iter) {
                    self.entry(doc, key, value);
                    self.object(doc, value, depth + 1)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn dictionary(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(d) => Some(d),
        Object::Stream(s) => Some(&s.dict),
        _ => None,
    }
}
