//! Reports as files.

use super::{Cell, Document, Table};
use std::fmt::Write;

/// The tables of a report, one below the other, each under its title: for a spreadsheet. A cell that a spreadsheet could
/// take for a formula gets an apostrophe in front.
#[must_use]
pub fn csv(document: &Document) -> String {
    let mut out = String::new();
    for (n, table) in document.tables.iter().enumerate() {
        if n > 0 {
            out.push_str("\r\n");
        }
        line(&mut out, std::iter::once(table.title.as_str()));
        line(&mut out, table.columns.iter().map(|c| c.text));
        for row in &table.rows {
            line(&mut out, row.iter().map(|c| c.text.as_str()));
        }
    }
    out
}

fn line<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (n, cell) in cells.enumerate() {
        if n > 0 {
            out.push(',');
        }
        let mut text = cell.to_owned();
        let number = text.parse::<f64>().is_ok();
        if !number && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            text.insert(0, '\'');
        }
        if text.contains([',', '"', '\n', '\r']) {
            let _ = write!(out, "\"{}\"", text.replace('"', "\"\"")); // writing to a string does not fail
        } else {
            out.push_str(&text);
        }
    }
    out.push_str("\r\n");
}

/// A text without a character that HTML takes for its own.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

const STYLE: &str = "body{font:1.1rem/1.5 Arial,sans-serif;color:#0b0c0c;background:#fff;max-width:75rem;margin:0 auto;\
                     padding:1rem}table{border-collapse:collapse;width:100%;margin:0 0 2rem}caption{text-align:left;\
                     font-weight:700;font-size:1.3rem;padding:.5rem 0}th,td{text-align:left;vertical-align:top;\
                     padding:.4rem 1rem .4rem 0;border-bottom:1px solid #b1b4b6}.n{text-align:right;\
                     font-variant-numeric:tabular-nums}.w{overflow-x:auto}.w:focus{outline:3px solid #0b0c0c}\
                     svg{max-width:100%;height:auto}@media print{body{max-width:none}}";

/// The report as a whole page that needs nothing else: no script, no file beside it. A picture stands above the tables
/// that say the same.
#[must_use]
pub fn html(document: &Document, picture: Option<&str>) -> String {
    let title = escape(&document.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{}</p>\n",
        escape(&document.about)
    );
    if let Some(svg) = picture {
        out.push_str(svg);
        out.push('\n');
    }
    for t in &document.tables {
        table(&mut out, t);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn table(out: &mut String, t: &Table) {
    let (id, title) = (escape(t.id), escape(&t.title));
    // Writing to a string does not fail.
    let _ = writeln!(out, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>");
    if !t.about.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", escape(&t.about));
    }
    if t.rows.is_empty() {
        let _ = writeln!(out, "<p>{}</p>\n</section>", escape(t.none));
        return;
    }
    // What is wider than a screen can be scrolled by keyboard too.
    let _ = writeln!(
        out,
        "<div class=\"w\" role=\"region\" aria-labelledby=\"{id}\" tabindex=\"0\">\n<table>\n<thead><tr>{}</tr></thead>\n<tbody>",
        t.columns
            .iter()
            .map(|c| format!("<th scope=\"col\"{}>{}</th>", numeric(c.numeric), escape(c.text)))
            .collect::<String>()
    );
    for row in &t.rows {
        let cells = row.iter().zip(&t.columns).enumerate().map(|(n, (cell, column))| {
            let Cell { text, .. } = cell;
            let (open, close) = if n == 0 { ("th scope=\"row\"", "th") } else { ("td", "td") };
            format!("<{open}{}>{}</{close}>", numeric(column.numeric), escape(text))
        });
        let _ = writeln!(out, "<tr>{}</tr>", cells.collect::<String>());
    }
    out.push_str("</tbody>\n</table>\n</div>\n</section>\n");
}

fn numeric(yes: bool) -> &'static str {
    if yes { " class=\"n\"" } else { "" }
}
