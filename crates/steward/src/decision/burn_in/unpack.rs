//! What a stream holds without its filters: all of it, or a refusal.
//!
//! lopdf only logs where a filter breaks off, and hands on what it has until then. A reader on a screen may go on behind
//! it, or stop elsewhere. So here every filter must come to its own end.

use super::{DAMAGED, UNPACKED};
use flate2::{Decompress, FlushDecompress, Status};
use lopdf::{Dictionary, Document, Object, Stream};

/// So many filters has no stream.
const FILTERS: usize = 8;
/// Why a stream is refused that breaks off.
const BROKEN: &str = "one of its streams cannot be unpacked to its end: save it as a new file";
/// Filters of pictures, which are not undone here.
pub(super) const PICTURES: [&[u8]; 5] =
    [b"DCTDecode", b"DCT", b"JPXDecode", b"CCITTFaxDecode", b"JBIG2Decode"];

/// The filters of a stream, each with its parameters.
///
/// # Errors
/// They are none, or are said in a way that readers understand differently.
fn filters<'a>(doc: &'a Document, dict: &'a Dictionary) -> Result<Vec<Filter<'a>>, String> {
    // Some readers take the short names of these keys for the long ones, and one that lies elsewhere is not here.
    if dict.has(b"F") || dict.has(b"FFilter") || dict.has(b"DP") {
        return Err(BROKEN.into());
    }
    let of = |key: &[u8]| -> Result<Vec<&'a Object>, String> {
        let Ok(value) = dict.get(key) else { return Ok(Vec::new()) };
        let one = |o: &'a Object| doc.dereference(o).map(|(_, o)| o).map_err(|_| BROKEN.to_owned());
        match one(value)? {
            Object::Null => Ok(Vec::new()),
            Object::Array(all) => all.iter().map(one).collect(),
            other => Ok(vec![other]),
        }
    };
    let (names, parameters) = (of(b"Filter")?, of(b"DecodeParms")?);
    if names.len() > FILTERS {
        return Err(BROKEN.into());
    }
    let each = |(n, name): (usize, &&'a Object)| {
        let name = name.as_name().map_err(|_| BROKEN.to_owned())?;
        Ok((name, parameters.get(n).and_then(|p| p.as_dict().ok())))
    };
    names.iter().enumerate().map(each).collect()
}

type Filter<'a> = (&'a [u8], Option<&'a Dictionary>);

/// Whether one of the filters of a stream is that of a picture.
pub(super) fn is_picture(doc: &Document, dict: &Dictionary) -> bool {
    filters(doc, dict).is_ok_and(|all| all.iter().any(|(name, _)| PICTURES.contains(name)))
}

/// The content of a stream without its filters.
///
/// # Errors
/// Not all of it can be unpacked.
pub(super) fn plain(doc: &Document, stream: &Stream) -> Result<Vec<u8>, String> {
    let all = filters(doc, &stream.dict)?;
    undone(doc, stream.content.clone(), &all, true)
}

/// The bytes of a picture as far as they can be unpacked: what its own filter packs stays packed.
///
/// # Errors
/// What is packed around it cannot be unpacked.
pub(super) fn picture(doc: &Document, stream: &Stream) -> Result<Vec<u8>, String> {
    let all = filters(doc, &stream.dict)?;
    let own = all.iter().position(|(name, _)| PICTURES.contains(name)).unwrap_or(all.len());
    undone(doc, stream.content.clone(), &all[..own], false)
        .map_err(|_| "one of its pictures cannot be unpacked: put it in as a PNG or JPEG".into())
}

fn undone(doc: &Document, bytes: Vec<u8>, all: &[Filter<'_>], whole: bool) -> Result<Vec<u8>, String> {
    let mut bytes = bytes;
    for (name, parameters) in all {
        let number = |key: &[u8], usual: i64| match parameters.map(|p| p.get(key)) {
            Some(Ok(value)) => doc.dereference(value).ok().and_then(|(_, value)| value.as_i64().ok()),
            _ => Some(usual),
        };
        let number = |key: &[u8], usual: i64| number(key, usual).ok_or_else(|| BROKEN.to_owned());
        bytes = match *name {
            b"FlateDecode" | b"Fl" => predicted(inflated(&bytes)?, number, whole)?,
            b"LZWDecode" | b"LZW" => predicted(lzw(&bytes, number(b"EarlyChange", 1)? != 0)?, number, whole)?,
            b"ASCII85Decode" | b"A85" => ascii85(&bytes)?,
            b"ASCIIHexDecode" | b"AHx" => ascii_hex(&bytes)?,
            b"RunLengthDecode" | b"RL" => run_length(&bytes)?,
            _ => return Err(BROKEN.into()),
        };
    }
    if bytes.len() > UNPACKED { Err("it unpacks to more than can be searched".into()) } else { Ok(bytes) }
}

/// Whether nothing but blanks is left.
fn is_over(rest: &[u8]) -> bool {
    rest.iter().all(|b| *b == 0 || b.is_ascii_whitespace())
}

/// Undoes deflate. Only its sum may be missing or wrong: readers do not look at it.
pub(super) fn inflated(bytes: &[u8]) -> Result<Vec<u8>, String> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let head = bytes.get(..2).ok_or(BROKEN)?;
    if head[0] & 15 != 8 || (u16::from(head[0]) * 256 + u16::from(head[1])) % 31 != 0 || head[1] & 32 != 0 {
        return Err(BROKEN.into());
    }
    let (mut inflate, mut out) = (Decompress::new(false), Vec::with_capacity(4 * bytes.len().min(1 << 20)));
    let mut rest = &bytes[2..];
    loop {
        if out.len() == out.capacity() {
            out.reserve(out.len().max(1 << 14));
        }
        let (taken, given) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress_vec(rest, &mut out, FlushDecompress::None).map_err(|_| BROKEN)?;
        let read = usize::try_from(inflate.total_in() - taken).map_err(|_| BROKEN)?;
        rest = rest.get(read..).ok_or(BROKEN)?;
        if out.len() > UNPACKED {
            return Err("it unpacks to more than can be searched".into());
        }
        if status == Status::StreamEnd {
            break;
        }
        // Nothing went in and nothing came out: it breaks off.
        if read == 0 && inflate.total_out() == given && out.len() < out.capacity() {
            return Err(BROKEN.into());
        }
    }
    let after = rest.get(4..).unwrap_or_default();
    if is_over(after) { Ok(out) } else { Err(BROKEN.into()) }
}

/// Undoes LZW, which ends with its own mark.
fn lzw(bytes: &[u8], early: bool) -> Result<Vec<u8>, String> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    // Each entry is a place in what came out, and one letter more than the entry before it.
    let (mut table, mut out) = (Vec::<(usize, usize)>::new(), Vec::<u8>::new());
    let (mut last, mut held, mut bits, mut at) = (None::<(usize, usize)>, 0_usize, 0_u32, 0_usize);
    loop {
        let next = END + 1 + table.len() + usize::from(early);
        let width = match next {
            0..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
        while bits < width {
            held = (held << 8 | usize::from(*bytes.get(at).ok_or(BROKEN)?)) & 0xff_ffff;
            at += 1;
            bits += 8;
        }
        bits -= width;
        let code = held >> bits & ((1 << width) - 1);
        if code == END {
            return if is_over(&bytes[at..]) { Ok(out) } else { Err(BROKEN.into()) };
        }
        if code == CLEAR {
            table.clear();
            last = None;
            continue;
        }
        if let Some((from, length)) = last
            && table.len() < 4096 - END - 1
        {
            table.push((from, length + 1));
        }
        let from = out.len();
        if code < CLEAR {
            out.push(u8::try_from(code).map_err(|_| BROKEN)?);
        } else {
            let (start, length) = *table.get(code - END - 1).ok_or(BROKEN)?;
            for n in start..start + length {
                let byte = *out.get(n).ok_or(BROKEN)?;
                out.push(byte);
            }
        }
        last = Some((from, out.len() - from));
        if out.len() > UNPACKED {
            return Err("it unpacks to more than can be searched".into());
        }
    }
}

fn ascii85(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let (mut out, mut group, mut count, mut at) = (Vec::new(), 0_u32, 0_usize, 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'z' if count == 0 => out.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => {
                let digit = u32::from(byte - b'!');
                group = group.checked_mul(85).and_then(|g| g.checked_add(digit)).ok_or(BROKEN)?;
                count += 1;
                if count == 5 {
                    out.extend_from_slice(&group.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            b'~' => {
                if count == 1 || !bytes[at..].starts_with(b">") || !is_over(&bytes[at + 1..]) {
                    return Err(BROKEN.into());
                }
                if count > 0 {
                    for _ in count..5 {
                        group = group.checked_mul(85).and_then(|g| g.checked_add(84)).ok_or(BROKEN)?;
                    }
                    out.extend_from_slice(&group.to_be_bytes()[..count - 1]);
                }
                return Ok(out);
            }
            byte if is_over(&[byte]) => {}
            _ => return Err(BROKEN.into()),
        }
        if out.len() > UNPACKED {
            return Err("it unpacks to more than can be searched".into());
        }
    }
    Err(BROKEN.into())
}

fn ascii_hex(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let (mut out, mut half) = (Vec::new(), None);
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'>' {
            out.extend(half.map(|high: u8| high << 4));
            return if is_over(&bytes[at + 1..]) { Ok(out) } else { Err(BROKEN.into()) };
        }
        let digit = char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
        match (digit, half) {
            (Some(low), Some(high)) => {
                out.push(high << 4 | low);
                half = None;
            }
            (Some(high), None) => half = Some(high),
            (None, _) if is_over(&[byte]) => {}
            (None, _) => return Err(BROKEN.into()),
        }
    }
    Err(BROKEN.into())
}

fn run_length(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let (mut out, mut at) = (Vec::new(), 0);
    loop {
        let length = usize::from(*bytes.get(at).ok_or(BROKEN)?);
        at += 1;
        match length {
            128 => return if is_over(&bytes[at..]) { Ok(out) } else { Err(BROKEN.into()) },
            0..128 => {
                out.extend_from_slice(bytes.get(at..=at + length).ok_or(BROKEN)?);
                at += length + 1;
            }
            _ => {
                out.resize(out.len() + 257 - length, *bytes.get(at).ok_or(BROKEN)?);
                at += 1;
            }
        }
        if out.len() > UNPACKED {
            return Err("it unpacks to more than can be searched".into());
        }
    }
}

/// Undoes what was done to rows before they were packed. A picture that is none of whole bytes stays as it is: nobody
/// looks for letters between its bits.
fn predicted(
    bytes: Vec<u8>,
    number: impl Fn(&[u8], i64) -> Result<i64, String>,
    whole: bool,
) -> Result<Vec<u8>, String> {
    let positive = |key: &[u8], usual| {
        let number = usize::try_from(number(key, usual)?).ok().filter(|n| (1..=1 << 20).contains(n));
        number.ok_or_else(|| BROKEN.to_owned())
    };
    let kind = number(b"Predictor", 1)?;
    if kind == 1 || bytes.is_empty() {
        return Ok(bytes);
    }
    let (colours, bits, columns) =
        (positive(b"Colors", 1)?, positive(b"BitsPerComponent", 8)?, positive(b"Columns", 1)?);
    let row = columns.checked_mul(colours).and_then(|n| n.checked_mul(bits)).ok_or(BROKEN)?.div_ceil(8);
    let pixel = (colours * bits).div_ceil(8);
    match kind {
        2 if bits == 8 => {
            let mut bytes = bytes;
            for row in bytes.chunks_mut(row) {
                for n in pixel..row.len() {
                    row[n] = row[n].wrapping_add(row[n - pixel]);
                }
            }
            Ok(bytes)
        }
        2 if !whole => Ok(bytes),
        10..=15 => png(&bytes, row, pixel, whole),
        _ => Err(BROKEN.into()),
    }
}

fn png(bytes: &[u8], width: usize, pixel: usize, whole: bool) -> Result<Vec<u8>, String> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    for packed in bytes.chunks(width + 1) {
        // Of a picture the last row may be missing.
        if whole && packed.len() != width + 1 {
            return Err(BROKEN.into());
        }
        let (kind, packed) = packed.split_first().ok_or(BROKEN)?;
        let start = out.len();
        for (n, byte) in packed.iter().enumerate() {
            let left = if n >= pixel { i32::from(out[start + n - pixel]) } else { 0 };
            let above = if start >= width { i32::from(out[start + n - width]) } else { 0 };
            let corner =
                if start >= width && n >= pixel { i32::from(out[start + n - width - pixel]) } else { 0 };
            let guess = match kind {
                0 => 0,
                1 => left,
                2 => above,
                3 => i32::midpoint(left, above),
                4 => {
                    let sum = left + above - corner;
                    let off = |n: i32| (sum - n).abs();
                    if off(left) <= off(above) && off(left) <= off(corner) {
                        left
                    } else if off(above) <= off(corner) {
                        above
                    } else {
                        corner
                    }
                }
                _ => return Err(BROKEN.into()),
            };
            out.push(byte.wrapping_add(guess.to_le_bytes()[0]));
        }
    }
    Ok(out)
}

/// Whether a stream says how long it is, and is as long.
///
/// # Errors
/// It does not, and a reader looks for its end instead.
pub(super) fn has_length(doc: &Document, stream: &Stream) -> Result<(), String> {
    let length = stream.dict.get(b"Length").and_then(|l| doc.dereference(l));
    let length = length.ok().and_then(|(_, l)| l.as_i64().ok()).and_then(|l| usize::try_from(l).ok());
    if length == Some(stream.content.len()) { Ok(()) } else { Err(DAMAGED.into()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic")]
    use super::*;
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write as _;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn deflate_is_undone_to_its_end_or_not_at_all() {
        let text = b"Example Consulting bid ".repeat(4000);
        let file = packed(&text);
        assert_eq!(inflated(&file).unwrap(), text);
        assert_eq!(inflated(&file[..file.len() - 4]).unwrap(), text, "the sum may be missing");
        assert_eq!(inflated(&[&file[..], b"\r\n"].concat()).unwrap(), text, "a line end may follow");
        assert_eq!(inflated(b"").unwrap(), b"");
        assert!(inflated(&file[..file.len() - 6]).is_err(), "it breaks off");
        assert!(inflated(&[&file[..], b"more"].concat()).is_err(), "more follows");
        assert!(inflated(&file[2..]).is_err(), "without its head");
        let mut open = ZlibEncoder::new(Vec::new(), Compression::default());
        open.write_all(&text).unwrap();
        open.flush().unwrap();
        let open = [open.get_ref().as_slice(), b"\x07\xff\xff"].concat();
        assert!(inflated(&open).is_err(), "behind all of it stands a block that is none");
    }

    #[test]
    fn every_other_filter_comes_to_its_end_or_is_refused() {
        assert_eq!(ascii85(b"87cUR\nD]i,\"Ebo80~>\n").unwrap(), b"Hello World!");
        assert_eq!(ascii_hex(b"48 656C6c 6f7>").unwrap(), b"Hellop");
        assert_eq!(run_length(b"\x02abc\xfed\x80").unwrap(), b"abcddd");
        let example = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(lzw(&example, true).unwrap(), [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
        assert!(lzw(&example[..8], true).is_err());
        for broken in [&b"87cUR\xe9D]i~>"[..], b"87cUR", b"87cUR~> more", b"8~>"] {
            assert!(ascii85(broken).is_err(), "{broken:?}");
        }
        assert!(ascii_hex(b"4865x>").is_err() && ascii_hex(b"48").is_err());
        assert!(run_length(b"\x02ab").is_err() && run_length(b"\x02abc").is_err());
    }

    #[test]
    fn rows_are_put_back_as_they_were() {
        let number = |all: &'static [(&'static [u8], i64)]| {
            move |key: &[u8], usual| Ok(all.iter().find(|(k, _)| *k == key).map_or(usual, |(_, n)| *n))
        };
        let up = number(&[(b"Predictor", 12), (b"Columns", 3)]);
        assert_eq!(predicted(b"\x02abc\x02\x01\x00\x00".to_vec(), up, true).unwrap(), b"abcbbc");
        assert!(predicted(b"\x02abc\x02\x01".to_vec(), up, true).is_err(), "a row that breaks off");
        assert!(predicted(b"\x09abc".to_vec(), up, true).is_err(), "no such row");
        let left = number(&[(b"Predictor", 2), (b"Columns", 3)]);
        assert_eq!(predicted(b"a\x01\x01b\x01\x01".to_vec(), left, true).unwrap(), b"abcbcd");
        let paeth = number(&[(b"Predictor", 15), (b"Columns", 2)]);
        assert_eq!(predicted(b"\x01a\x01\x04\x01\x01\x03\x01\x01".to_vec(), paeth, true).unwrap().len(), 6);
    }
}
