//! What the objects of a file say: their strings and names, what the file carries, and what its streams are for.

use super::bytes;
use lopdf::{Dictionary, Document, Object, ObjectId};
use std::collections::{BTreeMap, BTreeSet};

/// How deep one object may lie in another.
const DEEP: usize = 60;
/// Where a string stands whose name does not tell.
const HIDDEN: &str = "in a text that its pages do not show";

/// The strings and names of a file's objects, and whether it carries a file or a script.
#[derive(Default)]
pub(super) struct Found {
    /// By where they stand, as it is said to the person.
    pub(super) strings: BTreeMap<&'static str, String>,
    /// What is no word by all appearance, and so searched only for what is found nowhere by chance.
    pub(super) names: String,
    pub(super) carries: bool,
    /// Whether the file is put in order for being read over a line: it then has a table of hints.
    pub(super) linearized: bool,
    /// Streams that are drawn without saying that they are: appearances and letters of fonts.
    pub(super) drawn: BTreeSet<ObjectId>,
    /// Streams of fonts, colours and the like, which are numbers and no text.
    pub(super) data: BTreeSet<ObjectId>,
    /// Tables of letters.
    pub(super) tables: BTreeSet<ObjectId>,
}

impl Found {
    /// Adds the entries of a dictionary that is no object by itself.
    ///
    /// # Errors
    /// They lie too deep in one another.
    pub(super) fn entries(
        &mut self,
        doc: &Document,
        of: &Dictionary,
        at: &'static str,
    ) -> Result<(), String> {
        of.iter().try_for_each(|(key, value)| self.entry(doc, key, value, at, 0))
    }

    /// Adds an object.
    ///
    /// # Errors
    /// Its parts lie too deep in one another.
    pub(super) fn whole(&mut self, doc: &Document, object: &Object) -> Result<(), String> {
        self.object(doc, object, HIDDEN, 0)
    }

    fn entry(
        &mut self,
        doc: &Document,
        key: &[u8],
        value: &Object,
        at: &'static str,
        depth: usize,
    ) -> Result<(), String> {
        self.names.push_str(&String::from_utf8_lossy(key));
        self.names.push('\n');
        self.role(doc, key, value);
        let at = place(key).unwrap_or(at);
        match value {
            // A date agrees with many a short passage of digits.
            Object::String(bytes, _) if is_date(bytes) => {
                self.names.push_str(&String::from_utf8_lossy(bytes));
                self.names.push('\n');
                Ok(())
            }
            value => self.object(doc, value, at, depth + 1),
        }
    }

    /// What an entry makes of its value.
    fn role(&mut self, doc: &Document, key: &[u8], value: &Object) {
        let id = value.as_reference().ok();
        let value = doc.dereference(value).map_or(value, |(_, value)| value);
        let keys = |all: &[&[u8]]| value.as_dict().is_ok_and(|d| all.iter().any(|key| d.has(key)));
        let named = |all: &[&[u8]]| value.as_name().is_ok_and(|name| all.contains(&name));
        self.carries |= match key {
            // The last is where an office program puts its own document into a PDF.
            b"EmbeddedFiles" | b"JS" | b"XFA" | b"AdditionalStreams" => true,
            // Anything can be called so; a file's name points to a file.
            b"EF" => keys(&[b"F", b"UF", b"DOS", b"Mac", b"Unix"]),
            b"AF" => keys(&[b"F", b"UF", b"EF"]) || value.as_array().is_ok_and(|all| !all.is_empty()),
            b"Collection" => value.as_dict().is_ok_and(|d| !d.has_type(b"Font")),
            b"Subtype" => named(&[b"FileAttachment", b"Sound", b"Movie", b"Screen", b"3D", b"RichMedia"]),
            b"S" | b"Type" => named(&[b"Sound", b"Movie", b"Rendition", b"GoToE"]),
            _ => false,
        };
        match key {
            b"AP" | b"CharProcs" => self.draws(doc, value, 0),
            b"FontFile" | b"FontFile2" | b"FontFile3" | b"CIDToGIDMap" | b"CIDSet" | b"DestOutputProfile"
            | b"Thumb" | b"JBIG2Globals" => self.data.extend(id),
            b"ToUnicode" | b"Encoding" | b"UseCMap" => self.tables.extend(id),
            b"Linearized" => self.linearized = true,
            _ => {}
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

    fn object(
        &mut self,
        doc: &Document,
        object: &Object,
        at: &'static str,
        depth: usize,
    ) -> Result<(), String> {
        if depth > DEEP {
            return Err("its parts lie too deep in one another".into());
        }
        match object {
            Object::String(bytes, _) => self.string(bytes, at),
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
                // A space of colours: the table of one is a stream of numbers.
                if let Some(Object::Name(kind)) = all.first()
                    && [&b"ICCBased"[..], b"Indexed", b"I"].contains(&kind.as_slice())
                {
                    self.data.extend(all.last().and_then(|last| last.as_reference().ok()));
                }
                for one in all {
                    self.object(doc, one, at, depth + 1)?;
                }
            }
            Object::Dictionary(of) => {
                of.iter().try_for_each(|(key, value)| self.entry(doc, key, value, at, depth))?;
            }
            Object::Stream(stream) => {
                stream.dict.iter().try_for_each(|(key, value)| self.entry(doc, key, value, at, depth))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn string(&mut self, bytes: &[u8], at: &'static str) {
        let text = as_text(bytes);
        let into = if is_digest(bytes, &text) {
            // Words in it all the same: signed parts name who signed.
            let words = bytes.split(|b| !b.is_ascii_alphanumeric() && *b != b' ');
            for word in words.filter(|word| word.len() >= bytes::LETTERS) {
                let into = self.strings.entry(at).or_default();
                into.push_str(&String::from_utf8_lossy(word));
                into.push('\n');
            }
            &mut self.names
        } else {
            self.strings.entry(at).or_default()
        };
        for text in bytes::unwrapped(&text).iter().chain([&text]) {
            into.push_str(text);
            into.push('\n');
        }
    }
}

/// Where a string stands, by its name.
fn place(key: &[u8]) -> Option<&'static str> {
    Some(match key {
        b"Title" | b"Author" | b"Subject" | b"Keywords" | b"Creator" | b"Producer" => {
            "in its properties or bookmarks"
        }
        b"Contents" | b"T" | b"TU" | b"TM" | b"V" | b"DV" | b"RC" | b"Opt" => "in a note or a form field",
        b"Alt" | b"ActualText" | b"E" => "in the words that stand for a picture or a shortened word",
        b"URI" => "in the address of a link",
        _ => return None,
    })
}

/// Whether a string is a date and nothing else.
fn is_date(bytes: &[u8]) -> bool {
    let date = bytes.strip_prefix(b"D:");
    date.is_some_and(|d| d.len() >= 4 && d.iter().all(|b| b.is_ascii_digit() || b"+-Z'".contains(b)))
}

/// Whether a string is a digest, a key or a table, and no words: it has characters that no text has, and most others are
/// none of a plain text.
fn is_digest(bytes: &[u8], text: &str) -> bool {
    if [&b"\xfe\xff"[..], b"\xff\xfe", b"\xef\xbb\xbf"].iter().any(|mark| bytes.starts_with(mark)) {
        return false;
    }
    let is_control = |c: char| c.is_control() && !c.is_whitespace();
    // A letter of another alphabet in one byte is a letter too, but half of all bytes are one.
    let plain = text.chars().filter(|c| c.is_ascii_graphic() || c.is_whitespace()).count();
    let others = text.chars().filter(|c| !is_control(*c)).count();
    let controls = bytes.iter().any(|b| *b < 32 && !b.is_ascii_whitespace());
    controls && 5 * plain < 3 * others
}

/// A string as text, as far as it is any; marks of its language are none.
pub(super) fn as_text(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| -> String {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    let text = if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        wide(rest, u16::from_be_bytes)
    } else if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        wide(rest, u16::from_le_bytes)
    } else if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        String::from_utf8_lossy(rest).into_owned()
    } else {
        let text = Object::String(bytes.to_vec(), lopdf::StringFormat::Literal);
        lopdf::decode_text_string(&text).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned())
    };
    if !text.contains('\u{1b}') {
        return text;
    }
    // Between two of these stands a language, if it looks like one.
    let language =
        |part: &str| part.len() <= 8 && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let parts = text.split('\u{1b}').enumerate();
    let words: Vec<&str> =
        parts.filter(|(n, part)| n % 2 == 0 || !language(part)).map(|(_, part)| part).collect();
    // A reader that does not know them shows all of it.
    words.concat() + "\n" + &text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_words_whatever_signs_are_among_them_and_a_digest_is_none() {
        for words in
            [&b"\xfe\xff\0S\0m\0i\0t\0h\0\0"[..], b"Smith\0", b"Zo\xeb M\xfcller\x01", b"\xff\xfeS\0\0\xd8"]
        {
            assert!(!is_digest(words, &as_text(words)), "{words:?}");
        }
        let digest = b"\x01\x9f\xe2A\x17\xc3\xb0\x88\xfd\x03\xa2\xd1z\xee\x90\xcb";
        assert!(is_digest(digest, &as_text(digest)));
        assert_eq!(as_text(b"\xfe\xff\0A\xd8\0\0B"), "A\u{fffd}B", "half a letter");
        assert!(as_text(b"\xfe\xff\0S\0m\0\x1b\0e\0n\0\x1b\0i").starts_with("Smi\n"));
        assert!(is_date(b"D:20260401120000+01'00'") && !is_date(b"D:Smith") && !is_date(b"2026"));
    }
}
