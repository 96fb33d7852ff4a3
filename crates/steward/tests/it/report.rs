//! Reports as files.

use bluelamp_steward::{
    benefits,
    findings::{Element, Kind, Portfolio, find, shown},
    report::{Cell, Document, Table, csv, html, number, words},
};
use std::collections::HashMap;

fn document(cells: &[&str]) -> Document {
    Document {
        title: "Lamps & <light>".into(),
        about: "What is \"known\".".into(),
        tables: vec![
            Table {
                id: "lamps",
                title: "Lamps".into(),
                about: String::new(),
                columns: vec![words("Lamp"), number("Watts")],
                rows: vec![cells.iter().map(|c| Cell::text(*c)).collect()],
                none: "No lamp.",
            },
            Table {
                id: "none",
                title: "Candles".into(),
                about: String::new(),
                columns: vec![words("Candle")],
                rows: vec![],
                none: "No candle.",
            },
        ],
    }
}

#[test]
fn a_file_of_commas_can_be_read_again_and_runs_nothing() {
    let text = csv(&document(&["=HYPERLINK(\"x\"),\nnext", "-5"]));
    assert_eq!(
        text,
        "Lamps\r\nLamp,Watts\r\n\"'=HYPERLINK(\"\"x\"\"),\nnext\",-5\r\n\r\nCandles\r\nCandle\r\n"
    );
}

#[test]
fn a_page_of_its_own_escapes_what_people_wrote_and_has_no_script() {
    let page = html(&document(&["<script>alert('x')</script>", "5"]), None);
    assert!(page.contains("<h1>Lamps &amp; &lt;light&gt;</h1>"));
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;") && !page.contains("<script"));
    assert!(
        page.contains("<th scope=\"col\" class=\"n\">Watts</th>") && page.contains("<td class=\"n\">5</td>")
    );
    assert!(page.contains("<html lang=\"en\">") && page.contains("<p>No candle.</p>"));
}

#[test]
fn every_report_has_as_many_cells_as_columns() {
    let element = Element { id: "s:A1".into(), kind: "Priority".into(), name: "Light".into(), phase: None };
    let p = Portfolio { elements: vec![element], ..Portfolio::default() };
    let found = shown(find(&p), &HashMap::new());
    let gaps = bluelamp_steward::report::findings("Gaps", &Kind::ALL, &found);
    assert_eq!(gaps.tables.len(), 5);
    assert_eq!(gaps.tables[0].rows[0][0].text, "Priority ‘Light’: no item names it");
    let money = bluelamp_steward::report::benefits(&benefits::report(&benefits::Books::default()));
    for t in gaps.tables.iter().chain(&money.tables) {
        assert!(t.rows.iter().all(|r| r.len() == t.columns.len()), "{}", t.id);
        assert!(!t.none.is_empty());
    }
}
