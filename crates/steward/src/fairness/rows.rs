//! The report as rows for a spreadsheet, and as a page that stands alone.

use super::{
    counts::Measure,
    report::{Against, Attribute, Figure, Group, Interval, Report},
};
use std::fmt::Write;

const HEAD: &str = "attribute,group,held,n,measure,value,of,wilson_low,wilson_high,bootstrap_low,bootstrap_high,reference,\
                    difference,difference_low,difference_high,ratio,ratio_low,ratio_high,verdict,shown\n";

/// The report as CSV: a row for each rate of each group. What is not defined is empty, never 0.
#[must_use]
pub fn csv(report: &Report) -> String {
    let mut text = String::from(HEAD);
    lines(&mut text, "everybody", None, &report.overall);
    for attribute in &report.attributes {
        for group in &attribute.groups {
            lines(&mut text, &attribute.name(), Some(attribute), group);
        }
    }
    text
}

fn lines(text: &mut String, attribute: &str, of: Option<&Attribute>, group: &Group) {
    for figure in &group.rates {
        let against = group.against.iter().find(|a| a.measure == figure.measure);
        let beside = of.map(|a| a.reference.as_deref().unwrap_or("the highest")).unwrap_or_default();
        let (low, high) = ends(figure.wilson);
        let (drawn_low, drawn_high) = ends(figure.bootstrap);
        let mut cells = vec![
            quoted(attribute),
            quoted(&group.name()),
            if group.held { "yes".into() } else { "no".into() },
            group.n.map(|n| n.to_string()).unwrap_or_default(),
            figure.measure.code().into(),
            number(figure.value),
            number(figure.of),
            low,
            high,
            drawn_low,
            drawn_high,
            quoted(if against.is_some() { beside } else { "" }),
        ];
        if let Some(a) = against {
            let (low, high) = ends(a.difference_interval);
            cells.extend([number(a.difference), low, high]);
            let (low, high) = ends(a.ratio_interval);
            cells.extend([number(a.ratio), low, high, a.verdict.label().into()]);
        } else {
            cells.extend(std::iter::repeat_n(String::new(), 7));
        }
        cells.push(if figure.shown { "yes".into() } else { "no".into() });
        text.push_str(&cells.join(","));
        text.push('\n');
    }
}

fn number(value: Option<f64>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

fn ends(interval: Option<Interval>) -> (String, String) {
    (number(interval.map(|i| i.low)), number(interval.map(|i| i.high)))
}

/// A text as a cell. What a spreadsheet would take for a formula gets an apostrophe before it.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A rate as people read it.
fn percent(figure: &Figure) -> String {
    match figure.value {
        Some(v) => format!("{:.1}%", v * 100.0),
        None if figure.shown => "not defined".into(),
        None => "not shown".into(),
    }
}

fn span(interval: Option<Interval>, scale: f64, digits: usize) -> String {
    interval.map_or_else(
        || "–".into(),
        |Interval { low, high }| format!("{:.digits$} to {:.digits$}", low * scale, high * scale),
    )
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#0b0c0c}\
                     table{border-collapse:collapse;width:100%;margin:0 0 2rem}caption{text-align:left;font-weight:700;padding:.5rem 0}\
                     th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #b1b4b6;vertical-align:top}\
                     td.n{text-align:right;font-variant-numeric:tabular-nums}.wide{overflow-x:auto}";

/// The report as an HTML page that stands alone: every figure in a table, no script.
#[must_use]
pub fn html(report: &Report) -> String {
    let mut h = String::new();
    let form = if report.public { "Fairness report: public summary" } else { "Fairness report" };
    let _ = write!(
        h,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{form}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{form}</h1>\n\
         <p>{}, in {}. Thresholds for ratios: {} to {}.</p>\n<ul>\n",
        report.people(),
        escaped(&report.file),
        report.bounds.low,
        report.bounds.high
    );
    for note in &report.notes {
        let _ = writeln!(h, "<li>{}</li>", escaped(note));
    }
    h.push_str("</ul>\n");
    table(&mut h, "Everybody", &[&report.overall], report.bootstrap.is_some());
    for attribute in &report.attributes {
        let _ = writeln!(h, "<h2>{}</h2>", escaped(&attribute.name()));
        if let (Some(share), Some(of)) = (attribute.coverage.share, attribute.coverage.of) {
            let _ = writeln!(h, "<p>Held of {:.1}% of {of} rows.</p>", share * 100.0);
        }
        if attribute.hidden > 0 {
            let _ = writeln!(h, "<p>Of {} groups some or all figures are not shown.</p>", attribute.hidden);
        }
        let groups: Vec<&Group> = attribute.groups.iter().collect();
        table(&mut h, &format!("Rates by {}", attribute.name()), &groups, report.bootstrap.is_some());
        against(&mut h, attribute);
        calibration(&mut h, attribute);
    }
    h.push_str("</main>\n</body>\n</html>\n");
    h
}

fn head(h: &mut String, caption: &str, columns: &[&str]) {
    let _ = write!(h, "<div class=\"wide\"><table>\n<caption>{}</caption>\n<thead><tr>", escaped(caption));
    for column in columns {
        let _ = write!(h, "<th scope=\"col\">{}</th>", escaped(column));
    }
    h.push_str("</tr></thead>\n<tbody>\n");
}

fn table(h: &mut String, caption: &str, groups: &[&Group], drawn: bool) {
    head(h, caption, &["Group", "People", "Rate", "Value", "Interval (Wilson), %", "Interval (draws), %"]);
    for group in groups {
        let name = if group.values.is_empty() { "Everybody".into() } else { group.name() };
        for f in &group.rates {
            let drawn = if drawn { span(f.bootstrap, 100.0, 1) } else { "–".into() };
            let _ = writeln!(
                h,
                "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{drawn}</td></tr>",
                escaped(&name),
                group.n.map_or_else(|| "not shown".into(), |n| n.to_string()),
                f.measure.label(),
                percent(f),
                span(f.wilson, 100.0, 1),
            );
        }
    }
    h.push_str("</tbody></table></div>\n");
}

fn against(h: &mut String, attribute: &Attribute) {
    if attribute.groups.iter().all(|g| g.against.is_empty()) {
        return;
    }
    let beside = attribute.reference.as_deref().unwrap_or("the highest group in each rate");
    head(
        h,
        &format!("{} beside {beside}", attribute.name()),
        &["Group", "Rate", "Difference", "Its interval", "Ratio", "Its interval", "Judged by the thresholds"],
    );
    let shown = |v: Option<f64>| v.map_or_else(|| "not defined".into(), |v| format!("{v:.3}"));
    for group in &attribute.groups {
        for Against { measure, difference, difference_interval, ratio, ratio_interval, verdict } in
            &group.against
        {
            let _ = writeln!(
                h,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
                escaped(&group.name()),
                measure.label(),
                shown(*difference),
                span(*difference_interval, 1.0, 3),
                shown(*ratio),
                span(*ratio_interval, 1.0, 3),
                verdict.label(),
            );
        }
    }
    h.push_str("</tbody></table></div>\n");
}

fn calibration(h: &mut String, attribute: &Attribute) {
    if attribute.groups.iter().all(|g| g.calibration.is_empty()) {
        return;
    }
    head(
        h,
        &format!("Calibration by {}", attribute.name()),
        &["Group", "Score", "People", "Mean score", Measure::BaseRate.label(), "Its interval (Wilson), %"],
    );
    let shown = |v: Option<f64>| v.map_or_else(|| "not defined".into(), |v| format!("{:.1}%", v * 100.0));
    for group in &attribute.groups {
        for bin in &group.calibration {
            let _ = writeln!(
                h,
                "<tr><th scope=\"row\">{}</th><td>{:.1} to {:.1}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                escaped(&group.name()),
                bin.from,
                bin.to,
                bin.n,
                shown(bin.score),
                shown(bin.came_about),
                span(bin.wilson, 100.0, 1),
            );
        }
    }
    h.push_str("</tbody></table></div>\n");
}
