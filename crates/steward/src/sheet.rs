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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_quoted_where_it_has_to_be_and_is_no_formula() {
        let cells = ["plain", "a, b", "she said \"no\"", "=1+1", "-5", "-x"];
        assert_eq!(line(&cells), "plain,\"a, b\",\"she said \"\"no\"\"\",'=1+1,-5,'-x\r\n");
        assert_eq!((number(3.0), number(2.5)), ("3".into(), "2.5".into()));
    }
}
