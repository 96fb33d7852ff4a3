//! Surveys as workbooks, put together here part by part so that each oddity is known.

use super::world::{columns, options};
use bluelamp_steward::landscape::{Hosting, Options, read};
use std::io::{Cursor, Write};

/// A workbook of the sheets: name, `hidden` or nothing, the rows as XML, merged areas.
pub(super) fn book(sheets: &[(&str, &str, &str, &[&str])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, text: String| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let each = |make: &dyn Fn(usize) -> String| (0..sheets.len()).map(make).collect::<String>();
    put(
        "[Content_Types].xml",
        format!(
            "<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{kind}.sheet.main+xml\"/>{}</Types>",
            each(&|n| format!(
                "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{kind}.worksheet+xml\"/>"
            ))
        ),
    );
    put(
        "_rels/.rels",
        format!(
            "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r\" Type=\"{rel}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    put(
        "xl/workbook.xml",
        format!(
            "<workbook xmlns=\"{main}\" xmlns:r=\"{rel}\"><sheets>{}</sheets></workbook>",
            each(&|n| {
                let (name, state, ..) = sheets[n];
                let state = if state.is_empty() { String::new() } else { format!(" state=\"{state}\"") };
                format!("<sheet name=\"{name}\" sheetId=\"{}\"{state} r:id=\"s{n}\"/>", n + 1)
            })
        ),
    );
    put(
        "xl/_rels/workbook.xml.rels",
        format!(
            "<Relationships xmlns=\"{package}/relationships\">{}<Relationship Id=\"st\" Type=\"{rel}/styles\" Target=\"styles.xml\"/></Relationships>",
            each(&|n| format!(
                "<Relationship Id=\"s{n}\" Type=\"{rel}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
            ))
        ),
    );
    // Format 14 is a date.
    put(
        "xl/styles.xml",
        format!(
            "<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>"
        ),
    );
    for (n, (_, _, rows, merged)) in sheets.iter().enumerate() {
        let merged: String = match merged.is_empty() {
            true => String::new(),
            false => format!(
                "<mergeCells>{}</mergeCells>",
                merged.iter().map(|m| format!("<mergeCell ref=\"{m}\"/>")).collect::<String>()
            ),
        };
        put(
            &format!("xl/worksheets/sheet{n}.xml"),
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData>{merged}</worksheet>"),
        );
    }
    zip.finish().unwrap().into_inner()
}

/// A row of texts from column A on; an empty text is no cell.
pub(super) fn row(number: u32, cells: &[&str]) -> String {
    let each =
        cells.iter().enumerate().filter(|(_, c)| !c.is_empty()).map(|(n, c)| match c.strip_prefix('<') {
            Some(_) => (*c).to_owned(),
            None => format!(
                "<c r=\"{}{number}\" t=\"inlineStr\"><is><t>{c}</t></is></c>",
                char::from(b'A' + u8::try_from(n).unwrap())
            ),
        });
    format!("<row r=\"{number}\">{}</row>", each.collect::<String>())
}

#[test]
fn a_workbook_with_titles_merged_headings_dates_and_formulas_is_taken() {
    let rows = [
        row(1, &["Landscape review"]),
        row(3, &["Force", "Application", "Contract", "", "Costs", "", "Hosting"]),
        row(4, &["", "", "Start", "End", "Run", "Change", ""]),
        row(
            5,
            &[
                "Borset",
                "CaseWorks",
                "",
                "<c r=\"D5\" s=\"1\"><v>46477</v></c>",
                "<c r=\"E5\"><f>100*3</f><v>300</v></c>",
                "<c r=\"F5\"><v>12.5</v></c>",
                "SaaS",
            ],
        ),
        row(9, &["Borset", "Rota", "", "31/12/2027"]),
    ];
    let bytes = book(&[
        ("Applications", "", &rows.concat(), &["A1:G1", "C3:D3", "E3:F3"]),
        ("Lists", "hidden", &row(1, &["SaaS"]), &[]),
        ("Notes", "", &row(1, &["Thank you"]), &[]),
    ]);
    let s = read(&columns(), &options("s.xlsx"), &bytes).unwrap();
    assert_eq!(s.applications.len(), 2);
    let a = &s.applications[0];
    assert_eq!(
        (a.run_cost, a.change_cost, a.hosting),
        (Some(30_000), Some(1_250), Hosting::Saas),
        "a formula gives its stored value"
    );
    assert_eq!(a.contract_end, Some("2027-03-31".parse().unwrap()));
    let notes: Vec<_> = s.notes.iter().map(ToString::to_string).collect();
    assert!(notes.iter().any(|n| n.contains("sheet 'Lists': is hidden")), "{notes:?}");
    assert!(notes.iter().any(|n| n.contains("sheet 'Notes': has no row of headings")), "{notes:?}");
    assert!(notes.iter().any(|n| n.contains("Contract Start (column C)")), "{notes:?}");
}

/// A cell merged over several rows holds for each of them; a figure is not each row's own.
#[test]
fn what_is_merged_over_several_rows_holds_for_all_but_figures() {
    let rows = [
        row(1, &["Force", "Application", "Supplier", "Annual cost", "Contract end", "Shoe size"]),
        row(2, &["Mercia", "A", "Larkfield", "<c r=\"D2\"><v>900</v></c>", "31/12/2027", "43"]),
        row(3, &["", "B"]),
        row(4, &["", "C"]),
        row(5, &["Borset", "D"]),
    ]
    .concat();
    let merged = ["A2:A4", "C2:C4", "D2:D4", "E2:E4", "F2:F4"];
    let with = Options { force: Some("Dunford".into()), ..options("s.xlsx") };
    let s = read(&columns(), &with, &book(&[("S", "", &rows, &merged)])).unwrap();
    let ends = Some("2027-12-31".parse().unwrap());
    let of: Vec<_> = s.applications.iter().map(|a| (a.force.as_str(), a.run_cost, a.contract_end)).collect();
    assert_eq!(
        of,
        [
            ("Mercia", Some(90_000), ends),
            ("Mercia", None, ends),
            ("Mercia", None, ends),
            ("Borset", None, None)
        ]
    );
    let suppliers: Vec<_> = s.applications.iter().map(|a| a.supplier.as_deref()).collect();
    assert_eq!(suppliers, [Some("Larkfield"), Some("Larkfield"), Some("Larkfield"), None]);
    assert_eq!(s.applications[2].other["Shoe size"], "43");
    let notes: Vec<_> = s.notes.iter().map(ToString::to_string).collect();
    let note = "s.xlsx, sheet 'S':2: Annual cost (column D): is shared by rows 2 to 4 and was taken for row 2 alone: give \
                each row its own figure";
    assert!(notes.iter().any(|n| n == note), "{notes:?}");
}

#[test]
fn a_merged_heading_over_rows_is_no_application_and_a_merged_name_is_asked_about() {
    let rows = [
        row(1, &["Force", "Application", "Costs", ""]),
        row(2, &["", "", "Run", "Change"]),
        row(3, &["Borset", "A", "1", "2"]),
    ]
    .concat();
    let s = read(&columns(), &options("s.xlsx"), &book(&[("S", "", &rows, &["A1:A2", "B1:B2", "C1:D1"])]))
        .unwrap();
    let of: Vec<_> = s.applications.iter().map(|a| (a.name.as_str(), a.run_cost, a.change_cost)).collect();
    assert_eq!(of, [("A", Some(100), Some(200))]);
    let rows =
        [row(1, &["Force", "Application", "Users"]), row(2, &["B", "A", "1"]), row(3, &["B", "", "2"])]
            .concat();
    let said =
        read(&columns(), &options("s.xlsx"), &book(&[("S", "", &rows, &["B2:B3"])])).unwrap_err().to_string();
    assert!(said.contains("'A' of B is in s.xlsx, sheet 'S' row 2 already"), "{said}");
}

#[test]
fn a_filled_column_without_a_heading_is_kept_and_told() {
    let rows = [
        row(1, &["Force", "Application", "", "Users"]),
        row(2, &["Borset", "A", "on loan", "5", "", "since May"]),
    ]
    .concat();
    let s = read(&columns(), &options("s.xlsx"), &book(&[("S", "", &rows, &[])])).unwrap();
    let other: Vec<_> = s.applications[0].other.iter().map(|(t, v)| (t.as_str(), v.as_str())).collect();
    assert_eq!(other, [("column C", "on loan"), ("column F", "since May")]);
    let notes: Vec<_> = s.notes.iter().map(ToString::to_string).collect();
    assert!(notes[0].starts_with("s.xlsx, sheet 'S':1: column C has no heading"), "{notes:?}");
    assert!(notes[1].starts_with("s.xlsx, sheet 'S':1: column F has no heading"), "{notes:?}");
}

#[test]
fn a_sheet_of_maturities_stands_beside_the_applications() {
    let apps = [row(1, &["Force", "Application"]), row(2, &["Borset", "CaseWorks"])].concat();
    let levels = [
        row(1, &["Force", "Capability", "Maturity now", "Maturity target"]),
        row(2, &["Borset", "Analytics", "<c r=\"C2\"><v>2</v></c>", "4"]),
    ]
    .concat();
    let s = read(&columns(), &options("s.xlsx"), &book(&[("A", "", &apps, &[]), ("B", "", &levels, &[])]))
        .unwrap();
    assert_eq!((s.applications.len(), s.maturities.len()), (1, 1));
    let m = &s.maturities[0];
    assert_eq!((m.capability.as_str(), m.now, m.target), ("C07", Some(2), Some(4)));
}

/// One sheet for each force, and none of them has a column for it.
#[test]
fn a_sheet_that_is_called_after_a_force_is_of_that_force() {
    let rows = |name: &str| [row(1, &["Application", "Annual cost £k"]), row(2, &[name, "90"])].concat();
    let (one, two) = (rows("Connect"), rows("Red Line"));
    let own = Options { own: Some("Borset".into()), ..options("s.xlsx") };
    let sheets = book(&[("Mercia Police", "", &one, &[]), ("Trent Constabulary", "", &two, &[])]);
    let s = read(&columns(), &own, &sheets).unwrap();
    let of: Vec<_> = s.applications.iter().map(|a| (a.name.as_str(), a.force.as_str(), a.run_cost)).collect();
    assert_eq!(
        of,
        [("Connect", "Mercia Police", Some(9_000_000)), ("Red Line", "Trent Constabulary", Some(9_000_000))]
    );
    let said = s.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let note = "s.xlsx, sheet 'Mercia Police':1: there is no column 'Force': the sheet was taken as of 'Mercia Police'";
    assert!(said.contains(note), "{said}");
    let regional = book(&[("Regional Unit", "", &one, &[]), ("Trent Constabulary", "", &two, &[])]);
    let known = Options { organisations: vec!["Regional unit".into()], ..own.clone() };
    assert_eq!(read(&columns(), &known, &regional).unwrap().applications[0].force, "Regional unit");
    let faults = read(&columns(), &own, &regional).unwrap_err().to_string();
    assert_eq!(
        faults,
        "s.xlsx, sheet 'Regional Unit':1: there is no column 'Force', and the sheet's name names no force: call each sheet \
         after its force, such as 'Avon Police', add the column, or name the force of the file when it is imported"
    );
    let named = Options { force: Some("Mercia".into()), ..own.clone() };
    let s = read(&columns(), &named, &sheets).unwrap();
    assert!(s.applications.iter().all(|a| a.force == "Mercia"), "whoever imports it has the last word");
    assert!(s.notes.iter().any(|n| n.to_string().contains("called after 'Trent Constabulary'")));
    let alone = read(&columns(), &own, &book(&[("Sheet1", "", &one, &[])])).unwrap();
    assert_eq!(alone.applications[0].force, "Borset", "one sheet alone is of the force whose service it is");
}

#[test]
fn faults_in_a_workbook_name_sheet_row_and_column() {
    let rows = [
        row(1, &["Force", "Application", "Annual cost", "Contract end"]),
        row(2, &["Borset", "A", "<c r=\"C2\" t=\"e\"><v>#REF!</v></c>", "<c r=\"D2\"><f>TODAY()</f></c>"]),
        row(3, &["Borset", "B", "<c r=\"C3\"><v>-5</v></c>", "<c r=\"D3\"><v>12</v></c>"]),
    ]
    .concat();
    let faults = read(&columns(), &options("s.xlsx"), &book(&[("Sheet one", "", &rows, &[])])).unwrap_err();
    let said: Vec<_> = faults.0.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 4, "{said:#?}");
    assert!(
        said[0].starts_with("s.xlsx, sheet 'Sheet one':2: Annual cost (column C): holds the error #REF!"),
        "{said:#?}"
    );
    assert!(
        said[1].contains(":2: Contract end (column D): is a formula without a stored value"),
        "{said:#?}"
    );
    assert!(
        said[2].contains("less than nothing") && said[3].contains("the number 12 is no date"),
        "{said:#?}"
    );
}

#[test]
fn a_sheet_that_claims_to_be_huge_takes_no_memory_and_a_damaged_one_is_refused() {
    let far = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Application</t></is></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let said = read(&columns(), &options("s.xlsx"), &book(&[("A", "", far, &[])])).unwrap_err().to_string();
    assert!(said.contains("200 columns"), "{said}");
    let mut cut = book(&[("A", "", &row(1, &["Force", "Application"]), &[])]);
    cut.truncate(cut.len() / 2);
    assert!(read(&columns(), &options("s.xlsx"), &cut).unwrap_err().to_string().contains("save it again"));
}
