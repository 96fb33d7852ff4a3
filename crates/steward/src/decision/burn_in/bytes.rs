//! What stands in the bytes of a file and of its streams, and is no text by its own account.

use super::{UNPACKED, parse::unescaped};
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use lopdf::{Dictionary, Document, Object, Stream, xref::XrefEntry};
use std::{collections::BTreeSet, ops::Range};

/// Letters in a row from which on bytes of a picture are taken for text.
const LETTERS: usize = 4;
/// Filters of pictures, which are not undone here.
const PICTURES: [&[u8]; 4] = [b"DCTDecode", b"JPXDecode", b"CCITTFaxDecode", b"JBIG2Decode"];

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
fn streams(pdf: &[u8], doc: &Document) -> Vec<Range<usize>> {
    let of = |(id, entry): (&u32, &XrefEntry)| {
        let XrefEntry::Normal { offset, generation } = entry else { return None };
        let Ok(Object::Stream(stream)) = doc.get_object((*id, *generation)) else { return None };
        let mut at = usize::try_from(*offset).ok()?;
        loop {
            at = find(pdf, b"stream", at)? + 6;
            let Some(start) = line_after(pdf, at) else { continue };
            let rest = pdf.get(start..)?.strip_prefix(stream.content.as_slice());
            let end = rest.map(|rest| {
                [&b""[..], b"\r\n", b"\n", b"\r"]
                    .iter()
                    .any(|eol| rest.strip_prefix(*eol).is_some_and(|rest| rest.starts_with(b"endstream")))
            });
            if end == Some(true) {
                return Some(start..start + stream.content.len());
            }
        }
    };
    let mut all: Vec<_> = doc.reference_table.entries.iter().filter_map(of).collect();
    all.sort_by_key(|range| range.start);
    all
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

/// The bytes of a file outside of its streams, and those of streams that no object has, unpacked.
///
/// # Errors
/// It has an object that nothing lists: one that was freed, replaced or left behind.
pub(super) fn outside(pdf: &[u8], doc: &Document) -> Result<(Vec<u8>, Vec<Vec<u8>>), String> {
    let streams = streams(pdf, doc);
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

/// The text of a document of tags: between the tags, and the values in them. Entities are resolved.
pub(super) fn tagged(xml: &str) -> String {
    let (mut between, mut values) = (String::new(), String::new());
    for part in xml.split('<') {
        let (tag, text) = part.split_once('>').unwrap_or(("", part));
        between.push_str(text);
        for (n, value) in tag.split(['"', '\'']).enumerate() {
            if n % 2 == 1 {
                values.push('\n');
                values.push_str(value);
            }
        }
    }
    let all = format!("{between}\n{values}");
    entities(&all)
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
pub(super) fn is_picture(dict: &Dictionary) -> bool {
    let image = dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|s| s == b"Image");
    image && dict.has(b"Width") && dict.has(b"Height") || filters(dict).iter().any(|f| PICTURES.contains(f))
}

fn filters(dict: &Dictionary) -> Vec<&[u8]> {
    match dict.get(b"Filter") {
        Ok(Object::Name(name)) => vec![name],
        Ok(Object::Array(all)) => all.iter().filter_map(|f| f.as_name().ok()).collect(),
        _ => Vec::new(),
    }
}

/// The bytes of a picture as far as they can be unpacked: what its own filter packs stays packed.
pub(super) fn picture(stream: &Stream) -> Result<Vec<u8>, String> {
    let all = filters(&stream.dict);
    let own = all.iter().position(|f| PICTURES.contains(f)).unwrap_or(all.len());
    let before: Vec<Object> = all[..own].iter().map(|f| Object::Name(f.to_vec())).collect();
    let mut dict = Dictionary::new();
    dict.set("Filter", before);
    if own == all.len()
        && let Ok(parameters) = stream.dict.get(b"DecodeParms")
    {
        dict.set("DecodeParms", parameters.clone());
    }
    let stream = Stream::new(dict, stream.content.clone());
    stream
        .get_plain_content_with_limit(UNPACKED)
        .map_err(|_| "one of its pictures cannot be unpacked: put it in as a PNG or JPEG".into())
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
        assert_eq!(unwrapped("https://a.example/?q=b%20c"), ["https://a.example/?q=b c"]);
        assert_eq!(text(b"\xff\xfea\0b\0").as_deref(), Some("ab"));
        assert_eq!(text(b"Zo\xeb has it").as_deref(), Some("Zoë has it"));
        assert_eq!(text(b"\x01\x02\xff"), None);
        assert_eq!(letters(b"\x00price\x01of\xff forty"), "price\n forty");
        assert_eq!(notes(b"\xff\xd8\xff\xfe\x00\x05abc\xff\xda\x00\x02"), [b"abc"]);
        assert_eq!(header(b"x 12 0 "), Some(2));
        assert_eq!(header(b"x12"), None);
    }
}
