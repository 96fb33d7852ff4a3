//! What stands in the bytes of a file and of its streams, and is no text by its own account.

use super::{DAMAGED, UNPACKED, parse::unescaped, unpack};
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use lopdf::{Dictionary, Document, Object, Stream, xref::XrefEntry};
use std::{collections::BTreeSet, ops::Range};

/// Letters in a row from which on bytes of a picture are taken for text.
pub(super) const LETTERS: usize = 4;
/// How packed files begin that no part of a page is: archives, documents of office programs, a PDF in a PDF.
const PACKED: [&[u8]; 8] = [
    b"PK\x03\x04",
    b"%PDF-",
    b"\x1f\x8b\x08",
    b"\xd0\xcf\x11\xe0",
    b"7z\xbc\xaf\x27\x1c",
    b"\x28\xb5\x2f\xfd",
    b"\xfd7zXZ",
    b"Rar!\x1a\x07",
];
/// Places before the content of a stream at which it may seem to begin.
const BEGINNINGS: usize = 64;

/// Streams that no object has, and that are none of the tables of the file.
const LOST: usize = 8;
/// Why a file is refused in which something lies that a reader does not look at.
const EARLIER: &str = "it carries parts of an earlier version of itself: save it as a new file";

fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(what.len()).position(|w| w == what).map(|at| from + at)
}

/// Whether more than white space follows the last end-of-file mark.
pub(super) fn text_after_end(pdf: &[u8]) -> bool {
    let mark = b"%%EOF";
    let end = pdf.windows(mark.len()).rposition(|w| w == mark);
    end.is_none_or(|at| !pdf[at + mark.len()..].iter().all(u8::is_ascii_whitespace))
}

/// The places of the streams of a file, in order.
///
/// # Errors
/// One does not end where it says.
fn streams(pdf: &[u8], doc: &Document) -> Result<Vec<Range<usize>>, String> {
    let offset = |entry: &XrefEntry| match entry {
        XrefEntry::Normal { offset, .. } => usize::try_from(*offset).ok(),
        _ => None,
    };
    let starts: BTreeSet<usize> = doc.reference_table.entries.values().filter_map(offset).collect();
    let mut all = Vec::new();
    for (id, entry) in &doc.reference_table.entries {
        let XrefEntry::Normal { generation, .. } = entry else { continue };
        let Ok(Object::Stream(stream)) = doc.get_object((*id, *generation)) else { continue };
        let from = offset(entry).ok_or(DAMAGED)?;
        let to = starts.range(from + 1..).next().copied().unwrap_or(pdf.len()).min(pdf.len());
        let part = pdf.get(..to).ok_or(DAMAGED)?;
        all.push(place(part, from, &stream.content).ok_or(DAMAGED)?);
    }
    all.sort_by_key(|range| range.start);
    Ok(all)
}

/// Where the content of a stream stands that begins at or behind this place.
fn place(pdf: &[u8], from: usize, content: &[u8]) -> Option<Range<usize>> {
    let mut at = from;
    for _ in 0..BEGINNINGS {
        at = find(pdf, b"stream", at)? + 6;
        let Some(start) = line_after(pdf, at) else { continue };
        let end = start.checked_add(content.len())?;
        let Some(rest) = pdf.get(end..) else { continue };
        let ends = [&b""[..], b"\r\n", b"\n", b"\r"]
            .iter()
            .any(|eol| rest.strip_prefix(*eol).is_some_and(|rest| rest.starts_with(b"endstream")));
        if ends && pdf[start..end] == *content {
            return Some(start..end);
        }
    }
    None
}

/// Where the line after these blanks begins.
fn line_after(pdf: &[u8], at: usize) -> Option<usize> {
    let rest = pdf.get(at..)?;
    let blanks = rest.iter().take_while(|b| **b == b' ' || **b == b'\t').count();
    match &rest[blanks..] {
        [b'\r', b'\n', ..] => Some(at + blanks + 2),
        [b'\n' | b'\r', ..] => Some(at + blanks + 1),
        _ => None,
    }
}

/// Whether nothing but blanks and comments stands between the end of a stream and the next object or table: to a reader
/// that takes the stream for longer than it says, that would be part of it.
fn is_alone(behind: &[u8]) -> bool {
    let mut rest = behind.trim_ascii_start();
    for word in [&b"endstream"[..], b"endobj"] {
        rest = skipped(rest.strip_prefix(word).unwrap_or(rest));
    }
    rest.is_empty()
        || rest[0].is_ascii_digit()
        || [&b"xref"[..], b"trailer", b"startxref"].iter().any(|word| rest.starts_with(word))
}

/// Bytes without the blanks and comments at their beginning.
fn skipped(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    loop {
        let blanks = rest.iter().take_while(|b| **b == 0 || b.is_ascii_whitespace()).count();
        rest = &rest[blanks..];
        if !rest.starts_with(b"%") {
            return rest;
        }
        let line = rest.iter().take_while(|b| **b != b'\n' && **b != b'\r').count();
        rest = &rest[line..];
    }
}

/// Whether the last table of a file lists nothing. Some office programs write such a one behind the first, for readers
/// that do not know tables in streams; what the table in a stream leaves out is found by [`outside`].
pub(super) fn last_table_is_empty(pdf: &[u8]) -> bool {
    let mark = b"startxref";
    let Some(at) = pdf.windows(mark.len()).rposition(|w| w == mark) else { return false };
    let digits: Vec<u8> =
        pdf[at + mark.len()..].trim_ascii_start().iter().copied().take_while(u8::is_ascii_digit).collect();
    let start = std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse::<usize>().ok());
    let table = start.and_then(|start| pdf.get(start..)).unwrap_or_default();
    let mut words = table.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    [&b"xref"[..], b"0", b"0"].into_iter().all(|word| words.next() == Some(word))
        && words.next().is_some_and(|word| word.starts_with(b"trailer"))
}

/// The bytes of a file outside of its streams, and those of streams that no object has, unpacked.
///
/// # Errors
/// It has an object that nothing lists: one that was freed, replaced or left behind. A stream does not end where it says.
pub(super) fn outside(pdf: &[u8], doc: &Document) -> Result<(Vec<u8>, Vec<Vec<u8>>), String> {
    let streams = streams(pdf, doc)?;
    let (mut all, mut from) = (Vec::new(), 0);
    for range in &streams {
        all.extend_from_slice(pdf.get(from..range.start).unwrap_or_default());
        all.push(b'\n');
        from = from.max(range.end);
    }
    all.extend_from_slice(pdf.get(from..).unwrap_or_default());
    let inside = |at: usize| {
        let next = streams.partition_point(|range| range.start <= at);
        next.checked_sub(1).is_some_and(|n| streams[n].contains(&at))
    };
    let offset = |entry: &XrefEntry| match entry {
        XrefEntry::Normal { offset, .. } => usize::try_from(*offset).ok(),
        _ => None,
    };
    let listed: BTreeSet<usize> = doc.reference_table.entries.values().filter_map(offset).collect();
    for range in &streams {
        let next = listed.range(range.end..).next().copied().unwrap_or(pdf.len()).min(pdf.len());
        if !is_alone(pdf.get(range.end..next).unwrap_or_default()) {
            return Err(EARLIER.into());
        }
    }
    let mut at = 0;
    while let Some(word) = find(pdf, b"obj", at) {
        at = word + 3;
        let Some(start) = header(&pdf[..word]) else { continue };
        // The table may point to the blanks before it.
        let before = pdf[..start].iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
        if !inside(word) && listed.range(start - before..=start).next().is_none() && !is_table(&pdf[word..]) {
            return Err(EARLIER.into());
        }
    }
    let (mut lost, mut at) = (Vec::new(), 0);
    while let Some(word) = find(pdf, b"stream", at) {
        at = word + 6;
        let Some(start) = line_after(pdf, at) else { continue };
        let known = streams.binary_search_by_key(&start, |range| range.start).is_ok();
        if known || inside(word) || pdf[..word].ends_with(b"end") {
            continue;
        }
        if lost.len() == LOST {
            return Err(EARLIER.into());
        }
        let end = find(pdf, b"endstream", start).unwrap_or(pdf.len());
        let filter = Dictionary::from_iter([("Filter", Object::from("FlateDecode"))]);
        let stream = Stream::new(filter, pdf[start..end].to_vec());
        // What is no such stream is searched as the bytes that it is.
        lost.push(stream.get_plain_content_with_limit(UNPACKED).unwrap_or_default());
    }
    Ok((all, lost))
}

/// Whether an object is a table of objects, which need not list itself.
fn is_table(object: &[u8]) -> bool {
    let start = &object[..object.len().min(1024)];
    find(start, b"stream", 0).is_some_and(|end| find(&start[..end], b"/XRef", 0).is_some())
}

/// Where the two numbers before the word `obj` begin.
fn header(before: &[u8]) -> Option<usize> {
    let mut at = before.len();
    for _ in 0..2 {
        let blank = before[..at].iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
        let digits = before[..at - blank].iter().rev().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || at != before.len() && blank == 0 {
            return None;
        }
        at -= blank + digits;
    }
    Some(at)
}

/// Bytes as 16-bit characters.
pub(super) fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(' ')).collect()
}

/// Bytes that are text by all appearance: they begin with a mark of their encoding, or are UTF-8 without any control.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let of =
        |encoding: &'static encoding_rs::Encoding| encoding.decode_with_bom_removal(bytes).0.into_owned();
    if bytes.starts_with(b"\xfe\xff") {
        return Some(of(UTF_16BE));
    }
    if bytes.starts_with(b"\xff\xfe") {
        return Some(of(UTF_16LE));
    }
    let plain = |text: &str| !text.chars().any(|c| c.is_control() && !c.is_whitespace());
    if let Ok(text) = std::str::from_utf8(bytes) {
        return plain(text).then(|| text.to_owned());
    }
    // With accents of one byte: still mostly plain letters.
    let letters = bytes.iter().filter(|b| b.is_ascii_alphanumeric() || b.is_ascii_whitespace()).count();
    let latin = WINDOWS_1252.decode_without_bom_handling(bytes).0;
    (4 * letters >= 3 * bytes.len() && plain(&latin)).then(|| latin.into_owned())
}

/// The text of a document of tags: between the tags, and the values and comments in them. Entities are resolved. What is
/// no tag, as in `a < b`, is text.
pub(super) fn tagged(xml: &str) -> String {
    let (mut between, mut values, mut rest) = (String::new(), String::new(), xml);
    // Behind the last bracket there is no tag.
    let last = xml.rfind('>').unwrap_or(0);
    while let Some((text, after)) = rest.split_once('<') {
        between.push_str(text);
        if xml.len() - after.len() > last {
            rest = after;
            between.push('<');
        } else if let Some(text) = after.strip_prefix("![CDATA[") {
            let (text, after) = text.split_once("]]>").unwrap_or((text, ""));
            // It stands for itself: an entity in it is none.
            between.push_str(&text.replace('&', "&amp;"));
            rest = after;
        } else if let Some((inside, after)) = tag(after) {
            for value in inside {
                values.push('\n');
                values.push_str(value);
            }
            rest = after;
        } else {
            between.push('<');
            rest = after;
        }
    }
    between.push_str(rest);
    let all = format!("{between}\n{values}");
    entities(&all)
}

/// The values in a tag or a comment, and what follows it; none where this is no tag.
fn tag(text: &str) -> Option<(Vec<&str>, &str)> {
    if let Some(comment) = text.strip_prefix("!--") {
        let (comment, after) = comment.split_once("-->").unwrap_or((comment, ""));
        return Some((vec![comment], after));
    }
    if text.starts_with('!') {
        let (inside, after) = text.split_once('>')?;
        return Some((vec![inside], after));
    }
    let rest = text.strip_prefix(['/', '?']).unwrap_or(text);
    if !rest.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':') {
        return None;
    }
    let of_name = |c: char| !(c.is_whitespace() || "<>\"'=/?".contains(c));
    let (mut rest, mut values) = (rest.trim_start_matches(of_name), Vec::new());
    loop {
        let next = rest.trim_start();
        if let Some(after) = [">", "/>", "?>"].iter().find_map(|end| next.strip_prefix(end)) {
            return Some((values, after));
        }
        let after = next.trim_start_matches(of_name);
        let name = &next[..next.len() - after.len()];
        if name.is_empty() {
            return None;
        }
        let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
            // A word in a tag that is no name of a value.
            values.push(name);
            rest = after;
            continue;
        };
        let (value, after) = match value.chars().next()? {
            quote @ ('"' | '\'') => value[1..].split_once(quote)?,
            _ => {
                let after = value.trim_start_matches(|c: char| !(c.is_whitespace() || "<>\"'".contains(c)));
                (&value[..value.len() - after.len()], after)
            }
        };
        values.push(value);
        rest = after;
    }
}

/// A text without the times and the numbers of versions that programs put into what they write: with both a short
/// passage of digits agrees by chance.
pub(super) fn unstamped(text: &str) -> String {
    let part = |c: char| c.is_ascii_alphanumeric() || "-:.+".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let after = rest.trim_start_matches(part);
        let word = &rest[..rest.len() - after.len()];
        out.push_str(if is_stamp(word) { " " } else { word });
        let next = after.find(part).unwrap_or(after.len());
        out.push_str(&after[..next]);
        rest = &after[next..];
    }
    out
}

/// Whether a word is a time, as `2026-11-30T10:00:00Z`, or a number as `uuid:` has it.
fn is_stamp(word: &str) -> bool {
    let like = |form: &str| {
        word.len() >= form.len()
            && form
                .bytes()
                .zip(word.bytes())
                .all(|(f, w)| if f == b'0' { w.is_ascii_digit() } else { f == w })
    };
    let number = word.rsplit([':', '.']).next().unwrap_or_default();
    let digits = number.bytes().filter(|b| *b != b'-');
    like("0000-00-00T00:00")
        || digits.clone().count() == 32 && digits.into_iter().all(|b| b.is_ascii_hexdigit())
}

/// Whether bytes begin as a packed file does.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    let start = bytes.iter().take_while(|b| b.is_ascii_whitespace()).count();
    PACKED.iter().any(|head| bytes[start..].starts_with(head))
        || find(&bytes[..bytes.len().min(1024)], b"%PDF-", 0).is_some()
}

fn entities(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let letter = part.split_once(';').and_then(|(name, rest)| {
            let letter = match name.strip_prefix('#') {
                Some(number) => char::from_u32(match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                })?,
                None => match name {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    "nbsp" => ' ',
                    _ => return None,
                },
            };
            Some((letter, rest))
        });
        match letter {
            Some((letter, rest)) => {
                out.push(letter);
                out.push_str(rest);
            }
            None => {
                out.push('&');
                out.push_str(part);
            }
        }
    }
    out
}

/// The other ways in which a string may have to be read: without its tags, and without the escapes of an address.
pub(super) fn unwrapped(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    if text.contains('<') && text.contains('>') || text.contains('&') && text.contains(';') {
        all.push(tagged(text));
    }
    for mark in [b'%', b'#'] {
        let plain = unescaped(text.as_bytes(), mark);
        if plain != text.as_bytes() {
            all.push(String::from_utf8_lossy(&plain).into_owned());
        }
    }
    all
}

/// Whether a stream says that it is a picture and has what a picture has.
pub(super) fn is_picture(doc: &Document, dict: &Dictionary) -> bool {
    let image = dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|s| s == b"Image");
    image && dict.has(b"Width") && dict.has(b"Height") || unpack::is_picture(doc, dict)
}

/// Letters in a row among bytes that are a picture.
pub(super) fn letters(bytes: &[u8]) -> String {
    let rows = bytes.split(|b| !(b.is_ascii_graphic() || *b == b' '));
    let rows = rows.filter(|row| row.len() >= LETTERS).map(String::from_utf8_lossy);
    rows.collect::<Vec<_>>().join("\n")
}

/// The comments and notes that a JPEG carries; parts of one are apart by a zero.
pub(super) fn notes(jpeg: &[u8]) -> Vec<&[u8]> {
    let (mut all, mut at) = (Vec::new(), 2);
    while let (true, Some([0xff, kind, high, low])) = (jpeg.starts_with(b"\xff\xd8"), jpeg.get(at..at + 4)) {
        let length = usize::from(u16::from_be_bytes([*high, *low])).max(2);
        let body = jpeg.get(at + 4..(at + 2 + length).min(jpeg.len())).unwrap_or_default();
        match kind {
            0xfe | 0xe1 | 0xed => all.push(body),
            // From here on it is a picture.
            0xda => break,
            _ => {}
        }
        at += 2 + length;
    }
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic")]
    use super::*;

    #[test]
    fn text_is_taken_out_of_what_it_is_wrapped_in() {
        let tags = tagged("<p>Ex<b>ample</b> &#67;onsulting &#x34;1 <i k='a &amp; b'/></p> & so; on");
        assert!(tags.starts_with("Example Consulting 41 "), "{tags}");
        assert!(tags.contains("a & b") && tags.contains("& so; on"), "{tags}");
        let mixed =
            "Price < 412, Smith <!-- a > comment --> <![CDATA[a <b> &amp; c]]> <i k=\"x > y\" z>d <e it's>";
        let all = tagged(mixed);
        for part in ["Price < 412, Smith", " a > comment ", "a <b> &amp; c", "x > y", "\nz", "d <e it's>"] {
            assert!(all.contains(part), "{part}: {all}");
        }
        assert!(tagged(&"<!".repeat(200_000)).contains("<!<!"), "and soon");
        assert_eq!(
            unstamped("2026-11-30T10:00:00Z uuid:0f8fad5b-d9cb-469f-a165-70867728950e 42, 2026"),
            "    42, 2026",
        );
        assert_eq!(unwrapped("https://a.example/?q=b%20c"), ["https://a.example/?q=b c"]);
        assert_eq!(text(b"\xff\xfea\0b\0").as_deref(), Some("ab"));
        assert_eq!(text(b"Zo\xeb has it").as_deref(), Some("Zoë has it"));
        assert_eq!(text(b"\x01\x02\xff"), None);
        assert_eq!(letters(b"\x00price\x01of\xff forty"), "price\n forty");
        assert_eq!(notes(b"\xff\xd8\xff\xfe\x00\x05abc\xff\xda\x00\x02"), [b"abc"]);
        for alone in [&b"\nendstream\nendobj\n"[..], b" endstream endobj % so\n\n12 0 obj", b"endstream xref"]
        {
            assert!(is_alone(alone), "{}", String::from_utf8_lossy(alone));
        }
        assert!(!is_alone(b"\nendstream\nendobj\n% so\rBT") && !is_alone(b"endstream (so)"));
        assert_eq!(header(b"x 12 0 "), Some(2));
        assert_eq!(header(b"x12"), None);
    }
}
