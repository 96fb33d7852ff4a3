//! Lines of a table for a spreadsheet.

/// A line as RFC 4180 has it. What a spreadsheet would take for a formula begins with an apostrophe.
pub(crate) fn line(cells: &[&str]) -> String {
    let cell = |cell: &&str| {
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
        let text = if formula { format!("'{cell}") } else { (*cell).to_owned() };
        match text.contains(['"', ',', '\r', '\n']) {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text,
        }
    };
    format!("{}\r\n", cells.iter().map(cell).collect::<Vec<_>>().join(","))
}

/// A number without an empty fraction: "3", "2.5".
pub(crate) fn number(n: f64) -> String {
    n.to_string()
}

/// The line, from 1, of the first cell that opens with a quotation mark and does not end with one: a reader of CSV would
/// take the rows behind it for a part of it, unseen. None where every quoted cell ends before a separator or a line's end.
/// A mark within a cell that does not open with one is a mark and nothing more: `24" monitor`.
pub(crate) fn stray_quote(text: &str, separator: u8) -> Option<u64> {
    let mut bytes = text.bytes().peekable();
    let (mut line, mut start) = (1, true);
    while let Some(b) = bytes.next() {
        if b != b'"' || !start {
            line += u64::from(b == b'\n');
            start = b == separator || matches!(b, b'\n' | b'\r');
            continue;
        }
        let opened = line;
        loop {
            match bytes.next() {
                None => return Some(opened),
                // Two of them are one mark in the cell.
                Some(b'"') if bytes.next_if_eq(&b'"').is_some() => {}
                Some(b'"') => break,
                Some(b) => line += u64::from(b == b'\n'),
            }
        }
        if bytes.peek().is_some_and(|b| *b != separator && !matches!(b, b'\n' | b'\r')) {
            return Some(opened);
        }
        start = false;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_quoted_where_it_has_to_be_and_is_no_formula() {
        let cells = ["plain", "a, b", "she said \"no\"", "=1+1", "-5", "-x"];
        assert_eq!(line(&cells), "plain,\"a, b\",\"she said \"\"no\"\"\",'=1+1,-5,'-x\r\n");
        assert_eq!((number(3.0), number(2.5)), ("3".into(), "2.5".into()));
    }

    #[test]
    fn a_quoted_cell_ends_before_a_separator_or_a_line_end() {
        let sound = [
            "",
            "a,\"b, c\"\r\n\"d\"",
            "a,\"two\nlines, \"\"quoted\"\"\",b\n",
            "a,24\" monitor,3\" disk\n",
            "\"\",\"\"\n",
        ];
        for text in sound {
            assert_eq!(stray_quote(text, b','), None, "{text}");
        }
        let stray = [
            ("a\nb;\"x\n", 2),
            ("a\n\"b\nc\nd;24\" monitor\n", 2),
            ("\"a\" b,c\n", 1),
            ("a;\"b\",c\n", 1),
            ("\"a\nb\"\n\"c\"\"", 3),
        ];
        for (text, line) in stray {
            assert_eq!(stray_quote(text, b';'), Some(line), "{text}");
        }
    }
}
