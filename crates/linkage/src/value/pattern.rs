//! Patterns as RE2 reads them, DuckDB's library, for the library here: `\d`, `\w`, `\s` and `\b` know ASCII only, and
//! nothing is a set operation inside brackets. Unicode's classes (`\pL`) are those of this library's Unicode version.
//! Under `(?i)`, `\w` inside brackets also takes the two letters that fold to `k` and `s`, which RE2 leaves out.

use regex::Regex;

/// Compiles a pattern.
///
/// # Errors
/// In words, where it is no pattern, or one whose meaning would differ.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    Regex::new(&translated(pattern)?).map_err(|e| e.to_string())
}

fn translated(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars().peekable();
    // How many characters of a class have been read; `None` outside brackets.
    let mut class: Option<usize> = None;
    while let Some(c) = rest.next() {
        let first = class == Some(0);
        class = class.map(|n| n + 1);
        match c {
            '\\' => {
                let Some(kind) = rest.next() else { return Err("it ends in a \\".to_owned()) };
                match (kind, class.is_some()) {
                    ('d', true) => out.push_str("0-9"),
                    ('s', true) => out.push_str(r"\t\n\f\r\x20"),
                    ('w', true) => out.push_str("0-9A-Za-z_"),
                    ('d', false) => out.push_str("[0-9]"),
                    ('s', false) => out.push_str(r"[\t\n\f\r\x20]"),
                    ('w', false) => out.push_str("(?-i:[0-9A-Za-z_])"),
                    ('D', _) => out.push_str("[^0-9]"),
                    ('S', _) => out.push_str(r"[^\t\n\f\r\x20]"),
                    ('W', true) => out.push_str("[^0-9A-Za-z_]"),
                    ('W', false) => out.push_str("(?-i:[^0-9A-Za-z_])"),
                    ('b', false) => out.push_str(r"(?-u:\b)"),
                    ('B', false) => return Err(r"\B is not supported".to_owned()),
                    ('u' | 'U', _) => return Err(format!("\\{kind} is not supported")),
                    // These would be the ends of words here; there they are themselves.
                    ('<' | '>', _) => out.push(kind),
                    _ => out.extend(['\\', kind]),
                }
            }
            '[' if class.is_none() => {
                out.push('[');
                class = Some(0);
                if rest.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
            }
            '[' if rest.peek() == Some(&':') => {
                // A named class, whole: [:alpha:].
                out.push('[');
                for c in rest.by_ref() {
                    out.push(c);
                    if c == ']' {
                        break;
                    }
                }
            }
            ']' if class.is_some() && !first => {
                out.push(']');
                class = None;
            }
            '[' | ']' | '&' | '~' if class.is_some() => out.extend(['\\', c]),
            '-' if class.is_some() && rest.peek() == Some(&'-') => {
                return Err("-- inside brackets is not supported".to_owned());
            }
            '(' if class.is_none() => {
                out.push('(');
                if rest.next_if_eq(&'?').is_some() {
                    out.push('?');
                    let mut flags = rest.clone();
                    let bad = flags.by_ref().take_while(|c| c.is_ascii_alphabetic() || *c == '-');
                    let bad: Vec<char> = bad.filter(|c| !"imsU-P".contains(*c)).collect();
                    if let Some(flag) = bad.first() {
                        return Err(format!("the flag {flag} is not supported"));
                    }
                }
            }
            '{' if class.is_none() => {
                let mut counts = rest.clone().take_while(|c| *c != '}').collect::<String>();
                counts.retain(|c| !c.is_whitespace());
                if counts.split(',').any(|n| n.parse::<u64>().is_ok_and(|n| n > 1000)) {
                    return Err("nothing is repeated more than 1000 times".to_owned());
                }
                out.push('{');
            }
            other => out.push(other),
        }
    }
    Ok(out)
}

/// What a match is replaced by: there a group is `\1`, here `${1}`.
pub(super) fn replacement(with: &str, groups: usize) -> Result<String, String> {
    let mut out = String::with_capacity(with.len());
    let mut rest = with.chars();
    while let Some(c) = rest.next() {
        match c {
            '$' => out.push_str("$$"),
            '\\' => match rest.next() {
                Some('\\') => out.push('\\'),
                Some(d) if d.to_digit(10).is_some_and(|d| d as usize <= groups) => {
                    out.push_str(&format!("${{{d}}}"));
                }
                _ => return Err(format!("'{with}' is no replacement: a \\ stands before a group or a \\")),
            },
            other => out.push(other),
        }
    }
    Ok(out)
}
