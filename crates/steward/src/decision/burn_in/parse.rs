//! What stands in a content stream or a font's table of letters, read to the end or not at all.
//!
//! lopdf's own reading of content stops quietly at what it does not know. A reader on a screen goes on, and shows what
//! comes after. So here whatever cannot be read is told.

use lopdf::{
    Dictionary, Object, StringFormat,
    content::{Content, Operation},
};
use std::collections::BTreeMap;

/// How deep arrays and dictionaries may lie in one another.
const DEEP: usize = 40;
/// More operations on text than this are more than a document has.
const OPERATIONS: usize = 4_000_000;
/// So many operands has no operation; the arrays in them are counted as one.
const OPERANDS: usize = 64;

/// What may be read behind all places at which a picture in the content may end. In noise there is one in 65,536 bytes,
/// and behind it nothing that can be read for long.
const AGAIN: usize = 4 * 1024 * 1024;
/// What each such place counts for at least.
const PLACE: usize = 64;
/// Pictures behind a place at which a picture may end, and so on.
const PICTURES: usize = 8;

/// All operators of content, in order.
const OPERATORS: [&[u8]; 73] = [
    b"\"", b"'", b"B", b"B*", b"BDC", b"BI", b"BMC", b"BT", b"BX", b"CS", b"DP", b"Do", b"EI", b"EMC", b"ET",
    b"EX", b"F", b"G", b"ID", b"J", b"K", b"M", b"MP", b"Q", b"RG", b"S", b"SC", b"SCN", b"T*", b"TD", b"TJ",
    b"TL", b"Tc", b"Td", b"Tf", b"Tj", b"Tm", b"Tr", b"Ts", b"Tw", b"Tz", b"W", b"W*", b"b", b"b*", b"c",
    b"cm", b"cs", b"d", b"d0", b"d1", b"f", b"f*", b"g", b"gs", b"h", b"i", b"j", b"k", b"l", b"m", b"n",
    b"q", b"re", b"rg", b"ri", b"s", b"sc", b"scn", b"sh", b"v", b"w", b"y",
];

/// What is read one after the other.
#[derive(Debug)]
pub(super) enum Token {
    Object(Object),
    Word(Vec<u8>),
}

/// Something that is no part of the language.
#[derive(Debug)]
pub(super) struct Unreadable;

/// Bytes, and how far they are read.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte) && !b"()<>[]{}/%".contains(&byte)
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blank(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|b| b != b'\n' && b != b'\r') {
                    self.at += 1;
                }
            } else if is_blank(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    fn run(&mut self) -> &'a [u8] {
        let from = self.at;
        while self.peek().is_some_and(is_regular) {
            self.at += 1;
        }
        &self.bytes[from..self.at]
    }

    /// The next token; none at the end.
    pub(super) fn token(&mut self) -> Result<Option<Token>, Unreadable> {
        self.token_in(0)
    }

    fn token_in(&mut self, depth: usize) -> Result<Option<Token>, Unreadable> {
        self.skip_blank();
        let Some(first) = self.peek() else { return Ok(None) };
        if depth > DEEP {
            return Err(Unreadable);
        }
        let object = match first {
            b'(' => Object::String(self.literal()?, StringFormat::Literal),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                self.dictionary(depth)?
            }
            b'<' => Object::String(self.hexadecimal()?, StringFormat::Hexadecimal),
            b'[' => {
                self.at += 1;
                self.array(depth)?
            }
            b'/' => Object::Name(self.name()),
            _ if is_regular(first) => {
                let run = self.run();
                match number(run) {
                    Some(number) => number,
                    None if first.is_ascii_digit() || b"+-.".contains(&first) => return Err(Unreadable),
                    None => match run {
                        b"true" => true.into(),
                        b"false" => false.into(),
                        b"null" => Object::Null,
                        word => return Ok(Some(Token::Word(word.to_vec()))),
                    },
                }
            }
            // A bracket that closes nothing.
            _ => return Err(Unreadable),
        };
        Ok(Some(Token::Object(object)))
    }

    fn closes(&mut self, with: &[u8]) -> bool {
        self.skip_blank();
        let closes = self.bytes[self.at..].starts_with(with);
        self.at += if closes { with.len() } else { 0 };
        closes
    }

    fn array(&mut self, depth: usize) -> Result<Object, Unreadable> {
        let mut all = Vec::new();
        while !self.closes(b"]") {
            match self.token_in(depth + 1)? {
                Some(Token::Object(object)) => all.push(object),
                _ => return Err(Unreadable),
            }
        }
        Ok(Object::Array(all))
    }

    fn dictionary(&mut self, depth: usize) -> Result<Object, Unreadable> {
        let mut all = Dictionary::new();
        while !self.closes(b">>") {
            let Some(Token::Object(Object::Name(key))) = self.token_in(depth + 1)? else {
                return Err(Unreadable);
            };
            let Some(Token::Object(value)) = self.token_in(depth + 1)? else { return Err(Unreadable) };
            // One of two with the same key would be lost.
            if all.has(&key) {
                return Err(Unreadable);
            }
            all.set(key, value);
        }
        Ok(Object::Dictionary(all))
    }

    fn name(&mut self) -> Vec<u8> {
        self.at += 1;
        unescaped(self.run(), b'#')
    }

    fn literal(&mut self) -> Result<Vec<u8>, Unreadable> {
        let (mut out, mut open) = (Vec::new(), 0_usize);
        loop {
            let byte = self.peek().ok_or(Unreadable)?;
            self.at += 1;
            match byte {
                b'(' => {
                    open += 1;
                    if open > 1 {
                        out.push(byte);
                    }
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(out);
                    }
                    out.push(byte);
                }
                b'\\' => {
                    let escaped = self.peek().ok_or(Unreadable)?;
                    self.at += 1;
                    match escaped {
                        b'n' => out.push(b'\n'),
                        b'r' => out.push(b'\r'),
                        b't' => out.push(b'\t'),
                        b'b' => out.push(8),
                        b'f' => out.push(12),
                        b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
                        b'\n' => {}
                        b'0'..=b'7' => {
                            let mut code = u32::from(escaped - b'0');
                            for _ in 0..2 {
                                if let Some(digit @ b'0'..=b'7') = self.peek() {
                                    code = code * 8 + u32::from(digit - b'0');
                                    self.at += 1;
                                } else {
                                    break;
                                }
                            }
                            // What is too large loses its highest bit.
                            out.push(code.to_le_bytes()[0]);
                        }
                        other => out.push(other),
                    }
                }
                other => out.push(other),
            }
        }
    }

    fn hexadecimal(&mut self) -> Result<Vec<u8>, Unreadable> {
        self.at += 1;
        let (mut out, mut half) = (Vec::new(), None);
        loop {
            let byte = self.peek().ok_or(Unreadable)?;
            self.at += 1;
            match (hex(byte), half) {
                (Some(low), Some(high)) => {
                    out.push(high << 4 | low);
                    half = None;
                }
                (Some(high), None) => half = Some(high),
                (None, _) if byte == b'>' => {
                    out.extend(half.map(|high| high << 4));
                    return Ok(out);
                }
                (None, _) if is_blank(byte) => {}
                (None, _) => return Err(Unreadable),
            }
        }
    }
}

fn hex(byte: u8) -> Option<u8> {
    u8::try_from(char::from(byte).to_digit(16)?).ok()
}

/// Bytes in which `mark` and two hexadecimal digits stand for one byte.
pub(super) fn unescaped(bytes: &[u8], mark: u8) -> Vec<u8> {
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        let digits = bytes.get(at + 1).copied().and_then(hex).zip(bytes.get(at + 2).copied().and_then(hex));
        match digits {
            Some((high, low)) if byte == mark => {
                out.push(high << 4 | low);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// A number as producers write them; one with a sign inside, as some do, has the value of nothing.
fn number(run: &[u8]) -> Option<Object> {
    let digits = run.iter().all(|b| b.is_ascii_digit() || b"+-.".contains(b));
    let text = std::str::from_utf8(run).ok().filter(|_| digits && !run.is_empty())?;
    Some(match text.parse::<i64>() {
        Ok(whole) => Object::Integer(whole),
        Err(_) => Object::Real(text.parse().unwrap_or(0.0)),
    })
}

/// Every string that stands in bytes which need not be in order, but for comments.
///
/// # Errors
/// Where one does not end: then nobody can say what is a string.
pub(super) fn strings(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
    let (mut all, mut reader) = (Vec::new(), Reader::new(bytes));
    loop {
        reader.skip_blank();
        let Some(byte) = reader.peek() else { return Ok(all) };
        let from = reader.at;
        match byte {
            b'(' => all.push(reader.literal()?),
            b'<' if bytes.get(from + 1) == Some(&b'<') => reader.at += 2,
            b'<' => match reader.hexadecimal() {
                Ok(string) => all.push(string),
                Err(Unreadable) => reader.at = from + 1,
            },
            _ => reader.at += 1,
        }
    }
}

/// Whether a dictionary in bytes which need not be in order has two entries of one name that say different things: one
/// reader takes the first, another the last.
///
/// # Errors
/// Where a string does not end: then nobody can say what is an entry.
pub(super) fn twice(bytes: &[u8]) -> Result<bool, Unreadable> {
    /// A dictionary that is still open, or with no entries a list.
    #[derive(Default)]
    struct Open {
        entries: Option<BTreeMap<Vec<u8>, Vec<u8>>>,
        key: Option<(Vec<u8>, usize)>,
        /// Whether something stands behind the key.
        valued: bool,
    }
    impl Open {
        /// Ends the entry whose value ends here; whether there was another of its name.
        fn end(&mut self, bytes: &[u8], at: usize) -> bool {
            let (Some((key, from)), Some(entries)) = (self.key.take(), self.entries.as_mut()) else {
                return false;
            };
            let value = bytes.get(from..at).unwrap_or_default().trim_ascii().to_vec();
            self.valued = false;
            entries.insert(key, value.clone()).is_some_and(|other| other != value)
        }
    }
    let (mut reader, mut open) = (Reader::new(bytes), Vec::<Open>::new());
    loop {
        reader.skip_blank();
        let Some(byte) = reader.peek() else { return Ok(false) };
        let from = reader.at;
        let next = bytes.get(from + 1).copied();
        match (byte, next) {
            (b'<', Some(b'<')) | (b'[', _) => {
                reader.at += if byte == b'<' { 2 } else { 1 };
                let entries = (byte == b'<').then(BTreeMap::new);
                if let Some(of) = open.last_mut() {
                    of.valued = true;
                }
                open.push(Open { entries, ..Open::default() });
                continue;
            }
            (b'>', Some(b'>')) | (b']', _) => {
                reader.at += if byte == b'>' { 2 } else { 1 };
                if open.pop().is_some_and(|mut of| of.end(bytes, from)) {
                    return Ok(true);
                }
                continue;
            }
            (b'/', _) => {
                let name = reader.name();
                if let Some(of) =
                    open.last_mut().filter(|of| of.entries.is_some() && (of.key.is_none() || of.valued))
                {
                    if of.end(bytes, from) {
                        return Ok(true);
                    }
                    of.key = Some((name, reader.at));
                    continue;
                }
            }
            (b'(', _) => {
                reader.literal()?;
            }
            (b'<', _) => {
                if reader.hexadecimal().is_err() {
                    reader.at = from + 1;
                }
            }
            _ if is_regular(byte) => {
                // Whatever is open ends with the object.
                if reader.run() == b"endobj" {
                    open.clear();
                }
            }
            _ => reader.at += 1,
        }
        if let Some(of) = open.last_mut() {
            of.valued = true;
        }
    }
}

fn on_text(operator: &[u8]) -> bool {
    let names: [&[u8]; 17] = [
        b"BT", b"ET", b"Tf", b"Td", b"TD", b"Tm", b"T*", b"TL", b"Tj", b"TJ", b"'", b"\"", b"cm", b"q", b"Q",
        b"Do", b"gs",
    ];
    names.contains(&operator)
}

/// Whether an operation draws letters.
pub(super) fn draws(operation: &Operation) -> bool {
    ["Tj", "TJ", "'", "\""].contains(&operation.operator.as_str())
}

/// The operations of a content stream that have to do with text: those that set, place or draw it, and whatever has a
/// string or a dictionary among its operands.
///
/// # Errors
/// Where anything in it is no part of the language, or does not end.
pub(super) fn content(bytes: &[u8]) -> Result<Content, Unreadable> {
    let mut operations = Vec::new();
    operations_into(&mut Reader::new(bytes), &mut operations, &mut Again { left: AGAIN, depth: 0 })?;
    Ok(Content { operations })
}

/// What may still be read twice.
struct Again {
    left: usize,
    depth: usize,
}

fn operations_into(
    reader: &mut Reader<'_>,
    operations: &mut Vec<Operation>,
    again: &mut Again,
) -> Result<(), Unreadable> {
    let mut operands = Vec::new();
    while let Some(token) = reader.token()? {
        let word = match token {
            Token::Object(object) => {
                operands.push(object);
                if operands.len() > OPERANDS {
                    return Err(Unreadable);
                }
                continue;
            }
            Token::Word(word) => word,
        };
        if OPERATORS.binary_search(&word.as_slice()).is_err() {
            return Err(Unreadable);
        }
        if word == b"BI" {
            inline_picture(reader, again)?;
            continue;
        }
        let told = |o: &Object| matches!(o, Object::String(..) | Object::Dictionary(_) | Object::Array(_));
        if on_text(&word) || operands.iter().any(told) && word != b"d" {
            if operations.len() == OPERATIONS {
                return Err(Unreadable);
            }
            operations.push(Operation {
                operator: String::from_utf8_lossy(&word).into_owned(),
                operands: std::mem::take(&mut operands),
            });
        }
        operands.clear();
    }
    if operands.is_empty() { Ok(()) } else { Err(Unreadable) }
}

/// Passes over a picture that stands in the content.
///
/// Where its data end cannot be told without undoing its filters, and readers differ. So any place in it at which it
/// may have ended is tried: letters that are drawn after one are letters that some reader shows.
fn inline_picture(reader: &mut Reader<'_>, again: &mut Again) -> Result<(), Unreadable> {
    if again.depth == PICTURES {
        return Err(Unreadable);
    }
    loop {
        match reader.token()? {
            Some(Token::Object(_)) => {}
            Some(Token::Word(word)) if word == b"ID" => break,
            _ => return Err(Unreadable),
        }
    }
    let bytes = reader.bytes;
    let from = reader.at;
    let mut candidates = Vec::new();
    let ends = |at: usize| bytes.get(at).is_none_or(|b| !is_regular(*b));
    let end = loop {
        let at = (reader.at..bytes.len().saturating_sub(1)).find(|&at| &bytes[at..at + 2] == b"EI");
        let at = at.ok_or(Unreadable)?;
        reader.at = at + 2;
        let before = at.checked_sub(1).filter(|b| *b >= from).map_or(b' ', |b| bytes[b]);
        if (is_blank(before) || before == b'>') && ends(at + 2) {
            break at;
        }
        candidates.push(at + 2);
        again.left = again.left.checked_sub(PLACE).ok_or(Unreadable)?;
    };
    for candidate in candidates {
        let (mut inside, mut operations) = (Reader::new(&bytes[candidate..end]), Vec::new());
        again.depth += 1;
        // As far as it can be read: what comes behind noise is no content to anybody.
        let _ = operations_into(&mut inside, &mut operations, again);
        again.depth -= 1;
        again.left = again.left.checked_sub(inside.at).ok_or(Unreadable)?;
        if operations.iter().any(draws) {
            return Err(Unreadable);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic")]
    use super::*;

    #[test]
    fn the_operators_are_in_order() {
        assert!(OPERATORS.is_sorted());
    }

    #[test]
    fn content_is_read_to_its_end_or_not_at_all() {
        let drawn = |bytes: &[u8]| content(bytes).map(|c| c.operations.iter().filter(|o| draws(o)).count());
        assert_eq!(
            drawn(b"q 1 0 0 1 0 .5 cm BT /F1 12 Tf (a\\)(b) \\101) Tj [<41> -2 (c)]TJ ET Q % end").unwrap(),
            2
        );
        assert_eq!(drawn(b"q BI /W 1 /H 1 /BPC 8 /CS /G ID \xffEI\x80 EI Q (a) Tj").unwrap(), 1);
        for broken in [
            &b">> BT (a) Tj ET"[..],
            b"BT (a) Tj ET ] (b) Tj",
            b"{ 1 2 } (a) Tj",
            b"<zz> (a) Tj",
            b"(a) Tjj",
            b"(a",
            b"<41",
            b"[(a) Tj",
            b"(a) Tj (b)",
            b"/Span << /ActualText (a) /ActualText (b) >> BDC",
            b"1e5 0 Td (a) Tj",
            b"BI /W 1 ID \xff (a) Tj",
            b"BI /W 1 ID \xffEI BT (a) Tj ET \xff EI",
            // Far behind a place at which it may end.
            &[&b"BI /W 1 ID \xffEI"[..], &b" ".repeat(9000), b"BT (a) Tj ET \xff EI"].concat(),
            &[&b"BI ID "[..], &b"\xffEI BI ID ".repeat(2000), b" EI"].concat(),
        ] {
            assert!(drawn(broken).is_err(), "{}", String::from_utf8_lossy(broken));
        }
        assert!(drawn(&b"[".repeat(100_000)).is_err());
    }

    #[test]
    fn an_entry_that_is_there_twice_and_says_something_else_is_told() {
        for twice_there in [
            &b"1 0 obj << /A 1 0 R /B [/A << /C /D >>] /A 2 0 R >> endobj"[..],
            b"<< /A << /F (x) /F <79> >> >>",
            b"<< /A /B /#41 /C >>",
            b"<< /A [1 << /B 1 /B 2 >>] >>",
        ] {
            assert!(twice(twice_there).unwrap(), "{}", String::from_utf8_lossy(twice_there));
        }
        for once in [
            &b"<< /A /B /B /A >> << /A 1 >> [/A /A] /A /A"[..],
            b"<< /A << /A << /A 1 >> >> /B 1 0 R /C (/B 2) % /B 3\n >>",
            b"<< /A 1 0 R /A  1 0 R >> >> ]",
            b"<< /A 1 endobj << /A 2 >>",
        ] {
            assert!(!twice(once).unwrap(), "{}", String::from_utf8_lossy(once));
        }
    }

    #[test]
    fn strings_are_found_in_any_bytes() {
        let all = strings(b"x << /A (one\\051) >> % (\n <74 776f> ]] (thr\\145e) <o").unwrap();
        assert_eq!(all, [&b"one)"[..], b"two", b"three"]);
        assert!(strings(b"(one) (open").is_err());
        assert_eq!(unescaped(b"a%20b%2", b'%'), b"a b%2");
    }
}
