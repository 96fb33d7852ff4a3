//! Which letters a font shows.

use super::{
    parse::{Reader, Token},
    unpack,
};
use lopdf::{Dictionary, Document, Encoding, Object, dictionary};
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, HashSet},
};

/// Stands for a letter that cannot be told. It is in no table of letters: it is none.
pub(super) const UNKNOWN: char = '\u{fffe}';
/// Stands for the same letter again as the one before it, which cannot be told either.
pub(super) const AGAIN: char = '\u{ffff}';

/// Entries of the tables of letters of all fonts together. No document has more.
pub(super) const ENTRIES: usize = 1 << 21;
/// Ranges of a table that go beyond a byte, and the ranges that say how long codes are.
const RANGES: usize = 256;
/// Why a file is refused whose fonts would take too long.
const MUCH: &str =
    "its fonts say more than can be searched: export the document again as a plain PDF with text";
/// So many different letters of one font that cannot be told are no bullets any more: they can spell something.
const BULLETS: usize = 4;
/// A code or the name of a glyph stands for no more letters than this, in 16-bit characters.
const LONGEST: usize = 32;

/// How a string is taken apart into codes.
#[derive(Debug)]
enum Codes {
    /// Each byte is one.
    Bytes,
    /// Each two are.
    Pairs,
    /// As ranges say: their length, first and last.
    Spaces(Vec<(usize, u32, u32)>),
}

/// The letters of a font, as told by the two ways in which a font can tell.
#[derive(Debug)]
pub(super) struct Font {
    codes: Codes,
    /// By its `/ToUnicode`, which readers follow when they search or copy.
    unicode: Letters,
    /// By its `/Encoding`, which decides what is seen.
    encoding: Vec<Option<String>>,
    /// Codes are the letters themselves.
    itself: bool,
    untold: RefCell<HashSet<u32>>,
}

impl Font {
    /// What a font tells; `left` is how many entries its tables may still have.
    ///
    /// # Errors
    /// It tells more than any font would.
    pub(super) fn of(font: &Dictionary, doc: &Document, left: &mut usize) -> Result<Self, String> {
        let name = |d: &Dictionary, key: &[u8]| {
            d.get_deref(key, doc).and_then(Object::as_name).map(<[u8]>::to_vec).unwrap_or_default()
        };
        let composite = name(font, b"Subtype") == b"Type0" || font.has(b"DescendantFonts");
        let told = font.get_deref(b"ToUnicode", doc).ok();
        let mut unicode = match told {
            Some(Object::Stream(stream)) => Letters::of(&unpack::plain(doc, stream)?, left)?,
            _ => Letters::default(),
        };
        let named = name(font, b"Encoding");
        // Some write that the codes are the letters.
        let mut itself = matches!(told, Some(Object::Name(n)) if n.starts_with(b"Identity"));
        let codes = if !composite {
            Codes::Bytes
        } else if named.starts_with(b"Identity") {
            Codes::Pairs
        } else if named.starts_with(b"Uni") && [&b"UCS2"[..], b"UTF16"].iter().any(|n| contains(&named, n)) {
            itself = true;
            Codes::Pairs
        } else if let Ok(Object::Stream(stream)) = font.get_deref(b"Encoding", doc) {
            let own = Letters::of(&unpack::plain(doc, stream)?, left)?;
            Codes::Spaces(own.spaces)
        } else {
            Codes::Spaces(std::mem::take(&mut unicode.spaces))
        };
        let encoding = if composite { Vec::new() } else { table(font, doc) };
        Ok(Self { codes, unicode, encoding, itself, untold: RefCell::default() })
    }

    /// The letters of a string: by the table of letters first, and by the encoding first; `most` is how many bytes they
    /// may have.
    ///
    /// # Errors
    /// The font does not say which letters it shows, or says more than that.
    pub(super) fn read(&self, bytes: &[u8], most: usize) -> Result<(String, String), String> {
        let (mut told, mut seen) = (String::new(), String::new());
        let (mut rest, mut last) = (bytes, None);
        if matches!(&self.codes, Codes::Spaces(spaces) if spaces.is_empty()) {
            // It takes over from another table how long codes are.
            return Err(super::FONT.into());
        }
        while !rest.is_empty() {
            let length = self.length(rest).min(rest.len());
            let code = rest[..length].iter().fold(0_u32, |code, byte| code << 8 | u32::from(*byte));
            rest = &rest[length..];
            if told.len() + seen.len() > most {
                return Err(MUCH.into());
            }
            let one = self.unicode.get(code);
            let two = self.seen(code);
            if one.is_none() && two.is_none() {
                // The same again and again, as for letters that the font does not have, is no row of letters.
                let mark = if last.replace(code) == Some(code) { AGAIN } else { UNKNOWN };
                told.push(mark);
                seen.push(mark);
                let mut untold = self.untold.borrow_mut();
                untold.insert(code);
                if untold.len() > BULLETS {
                    return Err(super::FONT.into());
                }
                continue;
            }
            last = None;
            told.extend(one.as_deref().or(two.as_deref()));
            seen.extend(two.as_deref().or(one.as_deref()));
        }
        Ok((told, seen))
    }

    /// How many bytes the next code has.
    fn length(&self, bytes: &[u8]) -> usize {
        match &self.codes {
            Codes::Bytes => 1,
            Codes::Pairs => 2,
            Codes::Spaces(spaces) => {
                let within = |&(length, first, last): &(usize, u32, u32)| {
                    let at = |n: u32, i: usize| n.to_be_bytes()[4 - length + i];
                    bytes.len() >= length
                        && (0..length).all(|i| (at(first, i)..=at(last, i)).contains(&bytes[i]))
                };
                spaces.iter().filter(|space| within(space)).map(|space| space.0).min().unwrap_or(1)
            }
        }
    }

    fn seen(&self, code: u32) -> Option<String> {
        if self.itself {
            return char::from_u32(code).filter(|c| told(*c)).map(String::from);
        }
        self.encoding.get(usize::try_from(code).ok()?)?.clone()
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}

/// Whether a character says what it is: those of private use do not, nor does the mark for what was lost.
fn told(c: char) -> bool {
    !(c == '\0'
        || c == UNKNOWN
        || c == AGAIN
        || c == '\u{fffd}'
        || ('\u{e000}'..='\u{f8ff}').contains(&c)
        || c >= '\u{f0000}')
}

/// The letters that a `/ToUnicode` gives to codes.
#[derive(Debug, Default)]
struct Letters {
    spaces: Vec<(usize, u32, u32)>,
    single: HashMap<u32, Option<String>>,
    ranges: Vec<(u32, u32, Vec<u16>)>,
    found: RefCell<HashMap<u32, Option<String>>>,
}

impl Letters {
    /// Reads a table as far as it can be read: readers do the same, and what it does not tell is told by nobody.
    fn of(bytes: &[u8], left: &mut usize) -> Result<Self, String> {
        let (mut letters, mut reader, mut operands) = (Self::default(), Reader::new(bytes), Vec::new());
        while let Ok(Some(token)) = reader.token() {
            let word = match token {
                Token::Object(object) => {
                    operands.push(object);
                    if operands.len() > 3 * *left {
                        return Err(MUCH.into());
                    }
                    continue;
                }
                Token::Word(word) => word,
            };
            match word.as_slice() {
                b"endcodespacerange" => {
                    for pair in operands.chunks_exact(2) {
                        if let (Some((length, first)), Some((_, last))) = (code(&pair[0]), code(&pair[1])) {
                            letters.spaces.push((length, first, last));
                        }
                    }
                }
                b"endbfchar" => {
                    for pair in operands.chunks_exact(2) {
                        if let (Some((_, code)), Some(units)) = (code(&pair[0]), units(&pair[1])?) {
                            letters.put(code, &units);
                        }
                    }
                }
                b"endbfrange" => {
                    for three in operands.chunks_exact(3) {
                        let (Some((_, first)), Some((_, last))) = (code(&three[0]), code(&three[1])) else {
                            continue;
                        };
                        match &three[2] {
                            Object::Array(all) => {
                                for (code, one) in (first..=last).zip(all) {
                                    if let Some(units) = units(one)? {
                                        letters.put(code, &units);
                                    }
                                }
                            }
                            one => {
                                let Some(units) = units(one)? else { continue };
                                if last.saturating_sub(first) < 256 {
                                    (first..=last)
                                        .for_each(|code| letters.put(code, &shifted(&units, code - first)));
                                } else {
                                    letters.ranges.push((first, last, units));
                                }
                                if letters.single.len() > *left {
                                    break;
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
            operands.clear();
            if letters.single.len() > *left || letters.ranges.len() > RANGES || letters.spaces.len() > RANGES
            {
                return Err(MUCH.into());
            }
        }
        *left -= letters.single.len();
        Ok(letters)
    }

    fn put(&mut self, code: u32, units: &[u16]) {
        let new = text(units);
        // Told in two ways is not told: one reader takes the first, another the last.
        self.single
            .entry(code)
            .and_modify(|old| *old = old.take().filter(|o| Some(o) == new.as_ref()))
            .or_insert(new);
    }

    fn get(&self, code: u32) -> Option<String> {
        let find = || {
            let in_ranges = self.ranges.iter().filter(|(first, last, _)| (*first..=*last).contains(&code));
            let mut all = in_ranges.map(|(first, _, units)| text(&shifted(units, code - first)));
            let one = self.single.get(&code).cloned().or_else(|| all.next())??;
            all.all(|other| other.as_ref() == Some(&one)).then_some(one)
        };
        self.found.borrow_mut().entry(code).or_insert_with(find).clone()
    }
}

/// Letters, the last of which is so many further on.
fn shifted(units: &[u16], by: u32) -> Vec<u16> {
    let mut units = units.to_vec();
    if let Some(unit) = units.last_mut() {
        *unit = unit.wrapping_add(u16::try_from(by & 0xffff).unwrap_or_default());
    }
    units
}

fn code(object: &Object) -> Option<(usize, u32)> {
    let bytes = object.as_str().ok().filter(|b| (1..=4).contains(&b.len()))?;
    Some((bytes.len(), bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte))))
}

/// The letters for a code: a string of 16-bit characters, or the name of one.
///
/// # Errors
/// They are more than any letter has.
fn units(object: &Object) -> Result<Option<Vec<u16>>, String> {
    let units = match object {
        Object::String(bytes, _) if bytes.len() == 1 => vec![u16::from(bytes[0])],
        Object::String(bytes, _) if bytes.len() > 2 * LONGEST => return Err(MUCH.into()),
        Object::String(bytes, _) => {
            bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
        }
        Object::Name(name) => match glyph(name) {
            Some(letters) => letters.encode_utf16().collect(),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(units))
}

fn text(units: &[u16]) -> Option<String> {
    let text = String::from_utf16(units).ok()?;
    (!text.is_empty() && text.chars().all(told)).then_some(text)
}

/// What each code of a simple font shows, by its encoding.
fn table(font: &Dictionary, doc: &Document) -> Vec<Option<String>> {
    let named = |d: &Dictionary, key: &[u8]| {
        d.get_deref(key, doc)
            .and_then(Object::as_name)
            .ok()
            .and_then(|n| std::str::from_utf8(n).ok().map(String::from))
    };
    let descriptor = font.get_deref(b"FontDescriptor", doc).and_then(Object::as_dict).ok();
    let has = |key: &[u8]| descriptor.is_some_and(|d| d.has(key));
    let embedded = has(b"FontFile") || has(b"FontFile2") || has(b"FontFile3");
    let flags = descriptor.and_then(|d| d.get_deref(b"Flags", doc).and_then(Object::as_i64).ok());
    let base = named(font, b"BaseFont").unwrap_or_default();
    let symbols = ["Symbol", "Dingbats", "Wingdings", "Webdings"].iter().any(|n| base.contains(n));
    let standard = match base.as_str() {
        "Symbol" if !embedded => Some(greek()),
        "ZapfDingbats" if !embedded => Some(dingbats()),
        _ => None,
    };
    let plain = !symbols && named(font, b"Subtype").as_deref() != Some("Type3");
    // An embedded font without a name for its encoding has one of its own, unless it says that it is of plain letters.
    let own = || {
        if let Some(standard) = &standard {
            return standard.clone();
        }
        if plain && (!embedded || flags.is_some_and(|f| f & 32 != 0)) {
            return encoded("StandardEncoding");
        }
        descriptor.map_or_else(|| vec![None; 256], |d| built_in(d, doc))
    };
    let known = |name: &str| {
        let is = [
            "WinAnsiEncoding",
            "MacRomanEncoding",
            "StandardEncoding",
            "MacExpertEncoding",
            "PDFDocEncoding",
        ];
        // Symbols stay symbols, whatever the letters are called that they stand for.
        (is.contains(&name) && !symbols).then(|| encoded(name))
    };
    match font.get_deref(b"Encoding", doc) {
        Ok(Object::Name(name)) => std::str::from_utf8(name).ok().and_then(known).unwrap_or_else(own),
        Ok(Object::Dictionary(encoding)) => {
            let mut all = named(encoding, b"BaseEncoding").as_deref().and_then(known).unwrap_or_else(own);
            let differences = encoding.get_deref(b"Differences", doc).and_then(Object::as_array);
            let mut code = 0_usize;
            let mut names: BTreeMap<&[u8], Option<String>> = BTreeMap::new();
            for one in differences.into_iter().flatten().filter_map(|o| doc.dereference(o).ok()) {
                match one.1 {
                    Object::Integer(at) => code = usize::try_from(*at).unwrap_or(usize::MAX),
                    Object::Name(name) => {
                        if let Some(entry) = all.get_mut(code) {
                            entry.clone_from(names.entry(name).or_insert_with(|| glyph(name)));
                        }
                        code = code.saturating_add(1);
                    }
                    _ => {}
                }
            }
            all
        }
        _ => own(),
    }
}

/// The letters of one of the encodings that have a name.
fn encoded(name: &str) -> Vec<Option<String>> {
    let (doc, font) = (Document::new(), dictionary! { "Type" => "Font", "Encoding" => name });
    let Ok(encoding) = font.get_font_encoding(&doc) else { return vec![None; 256] };
    let letter = |code: u8| match code {
        // Some show tabs and line ends, which are seen as blanks.
        b'\t' | b'\n' | b'\r' => Some(" ".to_owned()),
        _ => encoding.bytes_to_string(&[code]).ok().filter(|t| !t.is_empty() && t.chars().all(told)),
    };
    (0..=255).map(letter).collect()
}

/// The letters and digits of the symbols that every reader has; what else it has is none.
fn greek() -> Vec<Option<String>> {
    let mut all = vec![Some(" ".to_owned()); 256];
    let mut put = |from: usize, letters: &str| {
        for (entry, letter) in all[from..].iter_mut().zip(letters.chars()) {
            *entry = Some(letter.into());
        }
    };
    put(0x30, "0123456789");
    put(0x41, "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ");
    put(0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ");
    all
}

/// The digits among the ornaments that every reader has.
fn dingbats() -> Vec<Option<String>> {
    let digit = |code: usize| (0xac..0xd4).contains(&code).then(|| ((code - 0xac) % 10 + 1).to_string());
    (0..256).map(|code| digit(code).or_else(|| Some(" ".into()))).collect()
}

/// The encoding that an embedded Type 1 font has of its own: `dup 65 /A put`, in clear text before its outlines.
fn built_in(descriptor: &Dictionary, doc: &Document) -> Vec<Option<String>> {
    let mut all = vec![None; 256];
    let Ok(Object::Stream(file)) = descriptor.get_deref(b"FontFile", doc) else { return all };
    let Ok(bytes) = unpack::plain(doc, file) else { return all };
    let clear = bytes.windows(5).position(|w| w == b"eexec").map_or(&bytes[..0], |at| &bytes[..at]);
    let text = String::from_utf8_lossy(clear);
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    if words.windows(2).any(|w| w == ["/Encoding", "StandardEncoding"]) {
        return encoded("StandardEncoding");
    }
    for four in words.windows(4).filter(|w| w[0] == "dup" && w[3] == "put") {
        let entry = four[1].parse::<usize>().ok().and_then(|code| all.get_mut(code));
        if let (Some(entry), Some(name)) = (entry, four[2].strip_prefix('/')) {
            *entry = glyph(name.as_bytes());
        }
    }
    all
}

/// What a glyph of this name shows, where its name tells.
fn glyph(name: &[u8]) -> Option<String> {
    if name == b".notdef" {
        return Some(String::new());
    }
    // No name is longer than a PDF lets it be, and most of one may be what it is a variant of.
    let name = Some(name).filter(|n| n.len() <= 127)?;
    let name = std::str::from_utf8(name).ok()?.split('.').next().filter(|n| !n.is_empty())?;
    one_glyph(name).or_else(|| name.contains('_').then(|| name.split('_').map(one_glyph).collect())?)
}

fn one_glyph(name: &str) -> Option<String> {
    if let Some(letter) = listed(name).filter(|t| t.chars().all(told)) {
        return Some(letter);
    }
    for variant in ["small", "oldstyle", "superior", "inferior"] {
        if let Some(letter) = name.strip_suffix(variant).and_then(listed).filter(|t| t.chars().all(told)) {
            return Some(letter);
        }
    }
    let hex = |digits: &str| {
        let valid = digits.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        u32::from_str_radix(digits, 16).ok().filter(|_| valid)
    };
    if let Some(digits) =
        name.strip_prefix("uni").filter(|d| !d.is_empty() && d.len() % 4 == 0 && d.is_ascii())
    {
        let units = (0..digits.len() / 4).map(|n| u16::try_from(hex(&digits[4 * n..4 * n + 4])?).ok());
        return text(&units.collect::<Option<Vec<_>>>()?);
    }
    let digits = name.strip_prefix('u').filter(|d| (4..=6).contains(&d.len()))?;
    char::from_u32(hex(digits)?).filter(|c| told(*c)).map(String::from)
}

/// What Adobe's list of glyph names has.
fn listed(name: &str) -> Option<String> {
    let differences = vec![Object::Integer(0), name.into()];
    let encoding = dictionary! { "Differences" => differences };
    let (doc, font) = (Document::new(), dictionary! { "Type" => "Font", "Encoding" => encoding });
    match font.get_font_encoding(&doc).ok()? {
        Encoding::Differences(all) if all.map.contains_key(&0) => {
            Encoding::Differences(all).bytes_to_string(&[0]).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic")]
    use super::*;

    #[test]
    fn names_of_glyphs_tell_or_do_not() {
        for (name, shows) in [
            ("A", "A"),
            ("eacute", "é"),
            ("f_f_i", "ﬃ"),
            ("T_h", "Th"),
            ("uni00410042", "AB"),
            ("u1F600", "😀"),
            ("a.sc", "a"),
            ("Asmall", "A"),
        ] {
            assert_eq!(glyph(name.as_bytes()).as_deref(), Some(shows), "{name}");
        }
        for name in ["g12", "a65", "cid00012", "G41", "uniF8FF", ""] {
            assert_eq!(glyph(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn a_table_of_letters_is_read_as_it_is_written() {
        let letters = Letters::of(
            b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange 2 beginbfchar <01> <0041> <02> <d83dde00> \
            endbfchar 2 beginbfrange <0010> <0012> <0061> <0020> <0021> [<0078> /y] endbfrange 2 beginbfchar \
            <30> <0041> <30> <0042> <31> <f0b7> endbfchar",
            &mut 100,
        )
        .unwrap();
        let told = [1, 2, 0x11, 0x12, 0x20, 0x21].map(|c| letters.get(c).unwrap());
        assert_eq!(told, ["A", "😀", "b", "c", "x", "y"]);
        for code in [0, 0x13, 0x22, 0x30, 0x31] {
            assert_eq!(letters.get(code), None, "{code}");
        }
    }
}
