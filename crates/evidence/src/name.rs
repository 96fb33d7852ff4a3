//! Exhibit references, and file names that are safe in any folder, on any system, in any tool.

use bluelamp_model::{Error, Result};

/// Longer names trouble some file systems and most people.
const LONGEST: usize = 100;

/// Device names that Windows takes for no file, whatever the ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Reads an exhibit reference: two to five initials, a stroke, and a number from 1 to 99999, such as `AB/1`.
/// Small letters and spaces around it are put right.
///
/// # Errors
/// [`Error::Invalid`] on the field `exhibit` for anything else.
pub fn exhibit(typed: &str) -> Result<String> {
    let text = typed.trim().to_ascii_uppercase();
    let right = text.split_once('/').is_some_and(|(initials, number)| {
        (2..=5).contains(&initials.len())
            && initials.bytes().all(|b| b.is_ascii_uppercase())
            && (1..=5).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit())
            && !number.starts_with('0')
    });
    if right {
        return Ok(text);
    }
    let message = "Enter an exhibit reference: initials, a stroke and a number, such as AB/1";
    Err(Error::field("exhibit", "format", message))
}

/// An exhibit reference as the name of a folder: `AB/1` is `AB-1`. No two references share one.
pub(crate) fn exhibit_folder(exhibit: &str) -> String {
    exhibit.replace('/', "-")
}

/// A name for a file that cannot lead out of its folder, hide, or mean something to a system or a tool:
/// ASCII letters and digits, hyphens, dots and underscores, the ending kept. What was given stays beside it.
#[must_use]
pub fn safe_file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let mut name = String::new();
    for c in last.chars() {
        let c = if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' };
        // One mark for a whole run of what cannot stay.
        if !(matches!(c, '_' | '.') && name.ends_with(c)) {
            name.push(c);
        }
    }
    let mut name = name.trim_start_matches(['.', '_', '-']).trim_end_matches(['.', '_']).to_owned();
    if name.is_empty() {
        return "file".into();
    }
    if is_device(&name) {
        name.insert(0, 'x');
    }
    if name.len() > LONGEST {
        let ending = match name.rfind('.') {
            Some(dot) if name.len() - dot <= 10 => name.split_off(dot),
            _ => String::new(),
        };
        name.truncate(LONGEST - ending.len());
        name = format!("{}{ending}", name.trim_end_matches('.'));
    }
    name
}

/// Whether one step of a path is a name that a package can hold: whatever [`safe_file_name`] gives is.
pub(crate) fn is_safe(step: &str) -> bool {
    (1..=LONGEST).contains(&step.len())
        && step.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && !step.starts_with('.')
        && !step.ends_with('.')
        && !is_device(step)
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let port = |kind| stem.strip_prefix(kind).is_some_and(|n: &str| n.len() == 1 && n != "0");
    DEVICES.contains(&stem.as_str()) || port("com") || port("lpt")
}

/// One line of text as a person typed it, without what no line has: control characters, and marks that turn the
/// direction of writing and so can make a name look like another.
pub(crate) fn line(typed: &str) -> String {
    let stays = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    typed.trim().chars().filter(stays).collect()
}

/// Text of several lines as a person typed it, without control characters but tabs and line ends.
pub(crate) fn lines(typed: &str) -> String {
    let stays = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    typed.trim().replace("\r\n", "\n").chars().filter(stays).collect()
}
