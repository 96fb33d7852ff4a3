//! The burn-in check: what is about to be published is taken apart again and searched for every redacted passage.
//!
//! Of a PDF it searches the text of every page and form in every font, every string (metadata, bookmarks, alternative
//! texts, notes) and every stream. It refuses what it cannot search: an encrypted file, one that carries files or earlier
//! versions of itself, one without a text layer. A picture of words it cannot read; that is for the person who signs.

use super::{redact::fold, report::Passage};
use bluelamp_model::{Error, FieldError, Result};
use lopdf::{
    Dictionary, Document, Encoding, LoadOptions, Object,
    content::{Content as Operations, Operation},
};
use std::collections::BTreeMap;

/// The largest file that is searched.
pub const LARGEST: usize = 32 * 1024 * 1024;
/// What a single stream may unpack to.
const UNPACKED: usize = 64 * 1024 * 1024;
/// What all streams of a file together may.
const ALL_UNPACKED: usize = 256 * 1024 * 1024;
/// Fonts beyond this number, times streams, would take too long.
const FONTS: usize = 200;
/// How deep one object may lie in another.
const DEEP: usize = 60;

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
            if layers.hold(&fold(&passage.quote)) {
                let message = format!("{name} still holds the redacted passage {}: take it out", n + 1);
                wrong.push(fault("not-burned-in", message));
            }
        }
    };
    search("The public page", &Layers { read: vec![fold(page)], raw: Vec::new() });
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

/// The texts of a file, folded.
struct Layers {
    /// What a reader can see, hear or copy.
    read: Vec<String>,
    /// Bytes taken for text, and text in fonts that may not be its own. A short passage is found there by chance.
    raw: Vec<String>,
}

/// From so many letters on, a passage is no chance.
const NO_CHANCE: usize = 8;

impl Layers {
    fn hold(&self, folded: &str) -> bool {
        let in_any = |texts: &[String]| texts.iter().any(|text| text.contains(folded));
        !folded.is_empty() && (in_any(&self.read) || folded.chars().count() >= NO_CHANCE && in_any(&self.raw))
    }
}

/// Whether a text stands in any layer of a PDF; for tests and for people who ask.
///
/// # Errors
/// A sentence, where the file cannot be searched.
pub fn holds(pdf: &[u8], passage: &str) -> Result<bool, String> {
    Ok(layers(pdf)?.hold(&fold(passage)))
}

/// Every text of a PDF, folded.
fn layers(pdf: &[u8]) -> Result<Layers, String> {
    if pdf.len() > LARGEST {
        return Err(format!("it is larger than {} MB", LARGEST / 1024 / 1024));
    }
    if !pdf.starts_with(b"%PDF-") {
        return Err("it is not a PDF".into());
    }
    let options =
        LoadOptions { strict: true, max_decompressed_size: Some(UNPACKED), ..LoadOptions::default() };
    let doc = Document::load_mem_with_options(pdf, options).map_err(|_| "it is damaged, or no sound PDF")?;
    if doc.is_encrypted() || doc.was_encrypted() {
        return Err("it is encrypted: save it without protection".into());
    }
    if doc.revision_count() > 1 {
        return Err("it carries earlier versions of itself: save it as a new file".into());
    }
    if text_after_end(pdf) {
        return Err("something stands behind its end: save it as a new file".into());
    }
    let fonts: Vec<_> =
        doc.objects.values().filter_map(|o| dictionary(o).filter(|d| d.has_type(b"Font"))).collect();
    if fonts.len() > FONTS {
        return Err(format!("it has more than {FONTS} fonts"));
    }
    let fonts: Vec<_> = fonts.iter().filter_map(|f| encoding(f, &doc)).collect();
    let mut found = Found::default();
    for (key, value) in doc.trailer.iter().filter(|(key, _)| key.as_slice() != b"ID") {
        found.key(key);
        found.object(value, 0)?;
    }
    let (mut layers, mut unpacked) = (Layers { read: pages(&doc)?, raw: Vec::new() }, 0_usize);
    for object in doc.objects.values() {
        found.object(object, 0)?;
        let Object::Stream(stream) = object else { continue };
        let is = |key: &[u8], value: &[u8]| {
            stream.dict.get(key).and_then(Object::as_name).is_ok_and(|n| n == value)
        };
        // Pictures are not text, and their filters are not ours to undo.
        if is(b"Subtype", b"Image") {
            continue;
        }
        let bytes = stream
            .get_plain_content_with_limit(UNPACKED)
            .map_err(|_| "one of its streams cannot be unpacked")?;
        unpacked += bytes.len();
        if unpacked > ALL_UNPACKED {
            return Err("it unpacks to more than can be searched".into());
        }
        let lossy = String::from_utf8_lossy(&bytes);
        if is(b"Type", b"Metadata") {
            layers.read.push(fold(&between_tags(&lossy)));
        }
        layers.raw.push(fold(&lossy));
        layers.raw.push(fold(&wide(&bytes)));
        let Ok(operations) = Operations::decode(&bytes) else { continue };
        if is(b"Subtype", b"Form") {
            let fonts = form_fonts(&stream.dict, &doc);
            layers.read.push(fold(&read(&operations.operations, &fonts)));
        }
        let drawn: Vec<_> = operations.operations.iter().flat_map(shown).collect();
        if drawn.is_empty() {
            continue;
        }
        let plain: String = drawn.iter().map(|piece| String::from_utf8_lossy(piece)).collect();
        layers.raw.push(fold(&plain));
        for font in &fonts {
            let text: String =
                drawn.iter().filter_map(|piece| Document::decode_text(font, piece).ok()).collect();
            layers.raw.push(fold(&text));
        }
    }
    if found.carries {
        return Err("it carries other files or scripts: take them out".into());
    }
    if layers.read.iter().all(String::is_empty) {
        return Err("it has no text layer: make it from the text, not from a picture".into());
    }
    layers.read.push(fold(&found.strings));
    layers.raw.push(fold(&found.names));
    Ok(layers)
}

type Fonts<'a> = BTreeMap<Vec<u8>, Encoding<'a>>;

fn encoding<'a>(font: &'a Dictionary, doc: &'a Document) -> Option<Encoding<'a>> {
    font.get_font_encoding_with_limit(doc, UNPACKED).ok()
}

/// The text of every page, in the fonts that it names.
fn pages(doc: &Document) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for page in doc.page_iter() {
        let content = doc
            .get_page_content_with_limit(page, UNPACKED)
            .map_err(|_| "one of its pages cannot be unpacked")?;
        let fonts = doc.get_page_fonts(page).unwrap_or_default();
        let fonts: Fonts<'_> =
            fonts.into_iter().filter_map(|(name, f)| Some((name, encoding(f, doc)?))).collect();
        let operations = Operations::decode(&content).map_err(|_| "one of its pages cannot be read")?;
        all.push(fold(&read(&operations.operations, &fonts)));
    }
    Ok(all)
}

fn form_fonts<'a>(form: &'a Dictionary, doc: &'a Document) -> Fonts<'a> {
    let of = |d: &'a Dictionary, key: &[u8]| d.get_deref(key, doc).and_then(Object::as_dict).ok();
    let named = of(form, b"Resources").and_then(|resources| of(resources, b"Font"));
    let entry = |(name, font): (&Vec<u8>, &'a Object)| {
        let font = doc.dereference(font).ok()?.1.as_dict().ok()?;
        Some((name.clone(), encoding(font, doc)?))
    };
    named.into_iter().flat_map(Dictionary::iter).filter_map(entry).collect()
}

/// What a content stream shows in the fonts that it sets.
fn read(operations: &[Operation], fonts: &Fonts<'_>) -> String {
    let (mut text, mut font) = (String::new(), None);
    for operation in operations {
        if operation.operator == "Tf" {
            font = operation.operands.first().and_then(|name| fonts.get(name.as_name().ok()?));
        }
        for piece in shown(operation) {
            match font.map(|f| Document::decode_text(f, &piece)) {
                Some(Ok(decoded)) => text.push_str(&decoded),
                _ => text.push_str(&String::from_utf8_lossy(&piece)),
            }
        }
        // The words that stand for a picture of words.
        for property in operation.operands.iter().filter_map(|o| o.as_dict().ok()) {
            for key in [&b"ActualText"[..], b"Alt", b"E"] {
                if let Ok(words) = property.get(key).and_then(lopdf::decode_text_string) {
                    text.push_str(&words);
                }
            }
        }
    }
    text
}

/// The text of a document of tags, without the tags.
fn between_tags(xml: &str) -> String {
    xml.split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether more than white space follows the last end-of-file mark.
fn text_after_end(pdf: &[u8]) -> bool {
    let mark = b"%%EOF";
    let end = pdf.windows(mark.len()).rposition(|w| w == mark);
    end.is_none_or(|at| !pdf[at + mark.len()..].iter().all(u8::is_ascii_whitespace))
}

fn dictionary(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(d) => Some(d),
        Object::Stream(s) => Some(&s.dict),
        _ => None,
    }
}

/// Bytes as 16-bit characters.
fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(' ')).collect()
}

/// The strings and names of a file's objects, and whether it carries a file or a script.
#[derive(Default)]
struct Found {
    strings: String,
    names: String,
    carries: bool,
}

impl Found {
    fn key(&mut self, key: &[u8]) {
        self.carries |= [&b"EmbeddedFiles"[..], b"JS", b"XFA"].contains(&key);
    }

    fn object(&mut self, object: &Object, depth: usize) -> Result<(), String> {
        if depth > DEEP {
            return Err("its parts lie too deep in one another".into());
        }
        match object {
            Object::String(bytes, _) => {
                let text = lopdf::decode_text_string(object);
                let text = text.unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned());
                // Digests and keys are strings too, and no words.
                let words = !text.chars().any(|c| c.is_control() && !c.is_whitespace());
                let into = if words { &mut self.strings } else { &mut self.names };
                into.push_str(&text);
                into.push('\n');
            }
            Object::Name(name) => {
                let carrier = [&b"EmbeddedFile"[..], b"JavaScript", b"RichMedia", b"Launch"];
                self.carries |= carrier.contains(&name.as_slice());
                self.names.push_str(&String::from_utf8_lossy(name));
                self.names.push('\n');
            }
            Object::Array(all) => {
                for one in all {
                    self.object(one, depth + 1)?;
                }
            }
            Object::Dictionary(_) | Object::Stream(_) => {
                for (key, value) in dictionary(object).into_iter().flat_map(Dictionary::iter) {
                    self.key(key);
                    self.object(value, depth + 1)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The strings that an operation shows, in order: those of one piece of kerned text follow one another.
fn shown(operation: &Operation) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut take = |object: &Object| {
        if let Object::String(bytes, _) = object {
            all.push(bytes.clone());
        }
    };
    for operand in &operation.operands {
        match operand {
            Object::Array(pieces) => pieces.iter().for_each(&mut take),
            one => take(one),
        }
    }
    all
}
