//! `bluelamp link functions`: the text functions over many values, for a comparison with DuckDB's.

use super::files::{self, failed, wrong};
use crate::fail::Fail;
use crate::say;
use bluelamp_linkage::columns::Column;
use bluelamp_linkage::metric::{self, Unit};
use bluelamp_linkage::read::PairsFile;
use bluelamp_linkage::time;
use bluelamp_linkage::value::substr;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes a line for each row: the row's number, then the answers; an empty field is NULL.
pub(super) fn run(input: &Path, out: &Path) -> Result<(), Fail> {
    let name = input.display().to_string();
    let file = PairsFile::open(files::shared(input)?, &name).map_err(wrong)?;
    let (a, b) = (file.column("a").map_err(wrong)?, file.column("b").map_err(wrong)?);
    let rows = files::whole(out, |file| {
        let mut to = BufWriter::new(file);
        write_rows(&a, &b, &mut to).map_err(|e| failed(out, e))?;
        let file = to.into_inner().map_err(|e| failed(out, e))?;
        Ok((file, a.ids.len()))
    })?;
    say::out(format!("{rows} rows written to {}", out.display()))
}

fn write_rows(a: &Column, b: &Column, to: &mut impl Write) -> std::io::Result<()> {
    writeln!(
        to,
        "row,levenshtein,damerau_levenshtein,jaro_similarity,jaro_winkler_similarity,jaccard,substr_2_4,length,date_epoch"
    )?;
    let unit = Unit::Characters;
    for (row, (x, y)) in a.ids.iter().zip(&b.ids).enumerate() {
        write!(to, "{row}")?;
        let (p, q) = (a.values.get(*x), b.values.get(*y));
        if *x == 0 || *y == 0 {
            write!(to, ",,,,,")?;
        } else {
            write!(
                to,
                ",{},{},{},{},",
                metric::levenshtein(p, q, unit),
                metric::damerau_levenshtein(p, q, unit),
                metric::jaro_similarity(p, q, unit),
                metric::jaro_winkler_similarity(p, q, unit)
            )?;
            if let Some(jaccard) = metric::jaccard(p, q, unit) {
                write!(to, "{jaccard}")?;
            }
        }
        if *x == 0 {
            writeln!(to, ",,,")?;
            continue;
        }
        let text = a.values.text(*x);
        // Quoted, since a text may hold commas and quotes.
        let part = substr(&text, 2.0, Some(4.0)).replace('"', "\"\"");
        write!(to, ",\"{part}\",{},", text.chars().count())?;
        if let Ok(Some(seconds)) = time::parse(&text, "%Y-%m-%d") {
            write!(to, "{seconds}")?;
        }
        writeln!(to)?;
    }
    Ok(())
}
