//! One written form for values that mean the same, and nothing for values that mean nothing.
//!
//! Each function gives `None` for an empty, malformed or generic value ("UNKNOWN", "N/A", 1900-01-01,
//! 00000 000000). A generic value that got through would tie thousands of records together, so they stop
//! here, before weighing and before keys. No function fails or panics on any text.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longest value kept, in characters. Longer ones are cut, so that a hostile value can't cost more than this.
const LONGEST: usize = 120;

/// Folds accents and case: NFKD, accents off, lower case, NFC again. "Łukasz" gives "lukasz", "Ⅳ" gives "iv".
///
/// Only accents of the European scripts and the optional points of Hebrew and Arabic are dropped. Vowel signs
/// of Indic scripts are combining marks too, but without them another name is left.
pub fn fold(text: &str) -> String {
    // Most of what is written here has no accents at all.
    if text.is_ascii() {
        let end = text.len().min(LONGEST);
        return text[..end].to_ascii_lowercase();
    }
    let accent =
        |c: &char| matches!(*c, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5C7}' | '\u{64B}'..='\u{652}');
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !accent(c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            c if accent(&c) => {}
            c => out.push(c),
        }
    }
    out.nfc().take(LONGEST).collect()
}

/// Words that stand for "no value" in any field, after folding and dropping everything but letters and digits.
const GENERIC: &str = "\
    unknown unk unkn notknown nk notgiven notstated notprovided notapplicable notrecorded none nonegiven \
    noneknown noname nofixedabode homeless refused withheld namewithheld addresswithheld anonymous anon tbc \
    tba tobeconfirmed asabove dontknow notsure unidentified unnamed various";
/// The same for every field but names: each of these is also somebody's real name.
const GENERIC_UNLESS_NAME: &str = "\
    na null nan nil test nfa admin user undefined default no x xx";

fn listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|entry| entry == word)
}

/// True if a value says nothing: no letter or digit, a stand-in word, or one character again and again.
///
/// `is_name` spares words that are also real names ("Null", "Na"), unless written as "N/A".
pub fn is_generic(text: &str, is_name: bool) -> bool {
    let compact: String = fold(text).chars().filter(|c| c.is_alphanumeric() && !apostrophe(*c)).collect();
    let first = compact.chars().next();
    let repeated = compact.chars().count() > 2 && compact.chars().all(|c| Some(c) == first);
    first.is_none()
        || repeated
        || listed(GENERIC, &compact)
        || (compact == "na" && text.contains(['/', '\\', '.']))
        || (!is_name && listed(GENERIC_UNLESS_NAME, &compact))
}

fn kept(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Everything that is written for an apostrophe, also the one that counts as a letter.
fn apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | 'ʼ' | '´' | '＇')
}

/// Words of letters and digits; apostrophes join ("O'Brien" is "obrien"), everything else parts.
fn words(text: &str) -> Vec<String> {
    let joined: String = text.chars().filter(|c| !apostrophe(*c)).collect();
    // Folding takes some letters apart into an apostrophe and another letter.
    let folded: String = fold(&joined).chars().filter(|c| !apostrophe(*c)).collect();
    folded
        .split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A given, family or other name: folded words with one space between. "  O’BRIEN-Núñez" gives "obrien nunez".
pub fn name(text: &str) -> Option<String> {
    if is_generic(text, true) { None } else { kept(words(text).join(" ")) }
}

/// A town or district, likewise.
pub fn town(text: &str) -> Option<String> {
    if is_generic(text, false) { None } else { kept(words(text).join(" ")) }
}

const TITLES: &str = "\
    mr mrs miss ms mx dr prof professor rev revd sir dame jr jnr snr";
const PARTICLES: &str = "\
    van von der den de di da del della dos du la le bin ibn al el st ap ab ten ter mac mc";

/// Splits a full name into given and family parts, each as it was written, without titles.
///
/// Understood in this order: "SMITH, Jo"; capitals for the family name ("Jo SMITH", as police forms have it);
/// otherwise the last word with the particles before it ("Jan van der Berg"). One word alone is a given name
/// unless it is in capitals. Gives `None` where nothing is left; values still need [`name`].
pub fn given_and_family(full: &str) -> Option<(Option<String>, Option<String>)> {
    if is_generic(full, true) {
        return None;
    }
    let title = |word: &str| listed(TITLES, fold(word).trim_matches(['.', ',']));
    let split = |part: &str| -> Vec<String> {
        let all: Vec<String> = part.split_whitespace().map(str::to_owned).collect();
        let rest: Vec<String> = all.iter().filter(|word| !title(word)).cloned().collect();
        if rest.is_empty() { all } else { rest }
    };
    let join = |parts: &[String]| kept(parts.join(" "));
    if let Some((family, given)) = full.split_once(',') {
        let (given, family) = (join(&split(given)), join(&split(family)));
        return (given.is_some() || family.is_some()).then_some((given, family));
    }
    let parts = split(full);
    let capitals = |word: &String| {
        word.chars().filter(|c| c.is_alphabetic()).count() > 1
            && !word.chars().any(char::is_lowercase)
            && word.chars().any(char::is_uppercase)
    };
    if parts.iter().any(capitals) && !parts.iter().all(capitals) {
        let (family, given): (Vec<String>, Vec<String>) = parts.into_iter().partition(capitals);
        return Some((join(&given), join(&family)));
    }
    if let [only] = parts.as_slice() {
        return Some(if capitals(only) { (None, join(&parts)) } else { (Some(only.clone()), None) });
    }
    let mut start = parts.len().saturating_sub(1);
    while start > 1 && listed(PARTICLES, &fold(&parts[start - 1])) {
        start -= 1;
    }
    Some((join(&parts[..start]), join(&parts[start..])))
}

/// `f`, `m` or `x` (recorded as neither). Takes words, initials and the codes of ISO/IEC 5218 (1 and 2).
pub fn sex(text: &str) -> Option<String> {
    let code = match fold(text).trim() {
        "f" | "female" | "woman" | "girl" | "2" => "f",
        "m" | "male" | "man" | "boy" | "1" => "m",
        "x" | "non-binary" | "nonbinary" | "other" | "intersex" => "x",
        _ => return None,
    };
    Some(code.to_owned())
}

/// A telephone number in E.164 form, "+447700900123". Without a country code it is taken as British.
///
/// Understands "+", "00", "(0)", any spacing, a lost leading zero before 7, and words after the number ("ext 4").
/// A British number has 9 or 10 digits after 44, others 8 to 15 in all. Numbers of one digit, or counting up or
/// down, are generic.
pub fn phone(text: &str) -> Option<String> {
    let mut folded = fold(text);
    if folded.trim_start().starts_with('+') || folded.trim_start().starts_with("00") {
        folded = folded.replace("(0)", "");
    }
    let mut digits = String::new();
    let mut plus = false;
    for c in folded.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() => plus = true,
            c if digits.len() > 6 && (c.is_alphabetic() || matches!(c, '/' | ',' | ';' | '#' | '+')) => break,
            _ => {}
        }
    }
    let international = match (plus, digits.strip_prefix("00")) {
        (_, Some(rest)) => rest.to_owned(),
        (true, None) => digits,
        (false, None) => match digits.strip_prefix('0') {
            Some(rest) => format!("44{rest}"),
            None if digits.len() == 10 && digits.starts_with('7') => format!("44{digits}"),
            None if digits.len() == 12 && digits.starts_with("44") => digits,
            None => return None,
        },
    };
    let national = international.strip_prefix("44").map(|rest| rest.strip_prefix('0').unwrap_or(rest));
    let (code, subscriber) = match national {
        Some(rest) if matches!(rest.len(), 9 | 10) && !rest.starts_with('0') => ("44", rest),
        Some(_) => return None,
        None if (8..=15).contains(&international.len()) && !international.starts_with('0') => {
            ("", international.as_str())
        }
        None => return None,
    };
    let tail = &subscriber[subscriber.len() - 8..];
    let step = |by: i16| tail.as_bytes().windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == by);
    if step(0) || step(1) || step(-1) || tail == "34567890" {
        return None;
    }
    Some(format!("+{code}{subscriber}"))
}

/// An email address in lower case. The part before the @ is kept as it is: whether dots or "+tags" matter is the
/// provider's secret. Role and stand-in addresses ("noreply@…", "none@…") give `None`.
pub fn email(text: &str) -> Option<String> {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).take(LONGEST * 2).collect();
    let address = folded.trim().trim_start_matches("mailto:").trim_matches(['<', '>', ' ']);
    let (local, domain) = address.split_once('@')?;
    let sound = !local.is_empty()
        && !address.contains(char::is_whitespace)
        && domain.contains('.')
        && !domain.contains(['@', ',', ';'])
        && !domain.starts_with('.')
        && !domain.ends_with('.');
    let role = matches!(local, "noreply" | "no-reply" | "donotreply" | "email" | "info" | "enquiries");
    (sound && !role && !is_generic(local, false)).then(|| address.to_owned())
}

/// A vehicle registration mark: capitals and digits only, "AB12CDE". British and foreign marks of 2 to 10 characters.
pub fn vehicle_registration(text: &str) -> Option<String> {
    code(text, 2..=10)
}

/// A vehicle identification number (17 characters, ISO 3779; older ones 6 or more), capitals and digits only.
pub fn vin(text: &str) -> Option<String> {
    code(text, 6..=17)
}

/// `None` if letters of another script are in it: without them another mark would be left.
fn code(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<String> {
    let mark: String =
        fold(text).chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    (mark.is_ascii() && !is_generic(&mark, false) && length.contains(&mark.len())).then_some(mark)
}

/// Digits only, of a length in the range: IMEI (14 to 16), UPRN (1 to 12).
pub(crate) fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<String> {
    let digits: String = fold(text).chars().filter(char::is_ascii_digit).collect();
    (!is_generic(text, false) && length.contains(&digits.len())).then_some(digits)
}

/// Postcodes that the NHS Organisation Data Service keeps for "no fixed abode" and "not known".
const PSEUDO_POSTCODES: &[&str] = &["ZZ99 3VZ", "ZZ99 3WZ", "ZZ99 3CZ", "ZZ99 3GZ", "ZZ99 1WZ", "ZZ99 2WZ"];

/// A British postcode, "ZZ99 1AA", or the outward half alone, "ZZ99". A letter O or I read for a digit at the
/// start of the inward half is put right. Foreign codes give `None`.
pub fn postcode(text: &str) -> Option<String> {
    let compact: String =
        fold(text).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let outward = |half: &str| {
        let shape: String = half.chars().map(|c| if c.is_ascii_digit() { '9' } else { 'A' }).collect();
        matches!(shape.as_str(), "A9" | "A99" | "AA9" | "AA99" | "A9A" | "AA9A")
    };
    if compact.len() >= 5 {
        let (out, inward) = compact.split_at(compact.len() - 3);
        let (sector, unit) = inward.split_at(1);
        let sector = sector.replace('O', "0").replace('I', "1");
        let sound = outward(out)
            && sector.chars().all(|c| c.is_ascii_digit())
            && unit.chars().all(|c| c.is_ascii_uppercase());
        let whole = format!("{out} {sector}{unit}");
        return (sound && !PSEUDO_POSTCODES.contains(&whole.as_str())).then_some(whole);
    }
    outward(&compact).then_some(compact)
}

/// Dates that systems write for "not known".
const GENERIC_DATES: &[&str] = &[
    "1111-11-11",
    "1753-01-01",
    "1800-01-01",
    "1899-12-30",
    "1899-12-31",
    "1900-01-01",
    "1901-01-01",
    "2999-12-31",
    "9999-12-31",
];

/// A date as `YYYY-MM-DD`, or as far as it is known: `YYYY-MM`, `YYYY`.
///
/// Reads ISO dates (a time after "T" is ignored), `YYYYMMDD`, and day first with `/`, `.` or `-` as written in
/// Britain. Zero for month or day means not known. A day that isn't in the calendar gives `None`.
pub fn date(text: &str) -> Option<String> {
    let folded = fold(text);
    let bare = folded.trim().split(['t', ' ']).next().unwrap_or_default();
    let number = |part: &str| {
        (part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u32>().ok())?
    };
    let parts: Vec<&str> = bare.split(['-', '/', '.']).collect();
    let (year, month, day) = match parts.as_slice() {
        [all] if all.len() == 8 && all.is_ascii() => {
            (number(&all[..4])?, number(&all[4..6])?, number(&all[6..])?)
        }
        [year] if year.len() == 4 => (number(year)?, 0, 0),
        [year, month] if year.len() == 4 => (number(year)?, number(month)?, 0),
        [month, year] if year.len() == 4 => (number(year)?, number(month)?, 0),
        [year, month, day] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
        [day, month, year] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
        _ => return None,
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1000..=2999).contains(&year) || month > 12 || day > last {
        return None;
    }
    let written = match (month, day) {
        (0, _) => format!("{year:04}"),
        (_, 0) => format!("{year:04}-{month:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}"),
    };
    (!GENERIC_DATES.contains(&written.as_str())).then_some(written)
}

/// The first line or lines of an address: folded words, common abbreviations written out, "Flat 2, 14 High St."
/// gives "flat 2 14 high street". "No fixed abode" and the like give `None`.
pub fn address_line(text: &str) -> Option<String> {
    if is_generic(text, false) {
        return None;
    }
    let words = words(text);
    let full = |(at, word): (usize, &String)| -> String {
        match word.as_str() {
            // At the start or before the street's own name it is a saint: "St Mary's Road".
            "st" if at > 0 && at + 1 == words.len() => "street",
            "rd" => "road",
            "ave" | "av" => "avenue",
            "cl" => "close",
            "ln" => "lane",
            "dr" => "drive",
            "ct" => "court",
            "gdns" | "gdn" => "gardens",
            "cres" | "cresc" => "crescent",
            "pl" => "place",
            "sq" => "square",
            "terr" | "tce" => "terrace",
            "hse" => "house",
            "apt" | "apartment" | "unit" | "fl" => "flat",
            other => other,
        }
        .to_owned()
    };
    kept(words.iter().enumerate().map(full).collect::<Vec<_>>().join(" "))
}

/// A name on a social or messaging service, without "@" or the address of the service, in lower case.
pub fn handle(text: &str) -> Option<String> {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).take(LONGEST * 2).collect();
    let path = folded.trim().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default().trim_start_matches('@');
    let sound = last.chars().count() > 1
        && last.chars().all(|c| c.is_alphanumeric() || is_combining_mark(c) || "._-".contains(c));
    (sound && !is_generic(last, false)).then(|| last.to_owned())
}
