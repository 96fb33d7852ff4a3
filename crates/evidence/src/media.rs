//! What the first bytes of a file claim to be. A hint for people and never a reason to trust: anybody can write
//! such bytes, and a file can be two things at once.

/// So many bytes from the beginning are looked at.
pub(crate) const HEAD: usize = 4096;

/// The media type that the first bytes suggest; none where they suggest nothing that is known here.
///
/// Sources: the signatures of JPEG (ITU-T T.81), PNG (W3C), GIF89a, WebP (RFC 9649), PDF (ISO 32000), the ISO base
/// media file format (ISO/IEC 14496-12) and ZIP (APPNOTE 6.3).
#[must_use]
pub fn detect(head: &[u8]) -> Option<&'static str> {
    let at = |place: usize, bytes: &[u8]| head.get(place..).is_some_and(|rest| rest.starts_with(bytes));
    if at(0, &[0xff, 0xd8, 0xff]) {
        Some("image/jpeg")
    } else if at(0, b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Some("image/gif")
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Some("image/webp")
    } else if at(0, b"%PDF-") {
        Some("application/pdf")
    } else if at(4, b"ftyp") {
        brand(head.get(8..12)?)
    } else if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") {
        Some("application/zip")
    } else if is_text(head) {
        Some("text/plain")
    } else {
        None
    }
}

/// Many formats share the box structure; only brands of MP4 video are called that.
fn brand(brand: &[u8]) -> Option<&'static str> {
    const MP4: [&[u8]; 10] =
        [b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"];
    MP4.contains(&brand).then_some("video/mp4")
}

/// UTF-8 without control characters but tabs and line ends. A character that the end of the head cuts off
/// counts as text.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(e) if e.error_len().is_none() && head.len() >= HEAD => {
            std::str::from_utf8(&head[..e.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// The media type that was claimed, if it is written as one (RFC 9110, section 8.3.1, without parameters).
pub(crate) fn claimed(typed: &str) -> String {
    let bare = typed.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let token =
        |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b));
    let right = bare.len() <= 100 && bare.split_once('/').is_some_and(|(a, b)| token(a) && token(b));
    if right { bare } else { "application/octet-stream".into() }
}
