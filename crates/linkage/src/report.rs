//! Reports as one page that needs nothing else: tables, and charts drawn as SVG from the same numbers.
//!
//! No script, no font, no address of another server. Every chart stands beside its table, so that nothing is said by a
//! picture alone.

use crate::evaluate::AtThreshold;
use crate::explain::Explanation;
use crate::linker::probability;
use crate::settings::Settings;
use crate::train::{Origin, Trained};
use std::fmt::Write;

/// A table's heads, and its rows as text.
struct Table {
    caption: String,
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// Text made safe inside HTML.
fn safe(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;color:#0b0c0c;background:#fff;max-width:70rem;margin:2rem auto;\
padding:0 1rem}table{border-collapse:collapse;margin:1rem 0 2rem}caption{text-align:left;font-weight:600;padding:.25rem 0}\
th,td{border-bottom:1px solid #b1b4b6;padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top}\
td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.scroll{overflow-x:auto}svg{max-width:100%;height:auto}\
@media(prefers-color-scheme:dark){body{color:#f3f2f1;background:#0b0c0c}svg text{fill:#f3f2f1}}";

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <main>\n<h1>{}</h1>\n{body}</main>\n</body>\n</html>\n",
        safe(title),
        safe(title)
    )
}

fn table(of: &Table) -> String {
    let mut text = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table>\n<caption>{0}</caption>\n<thead><tr>",
        safe(&of.caption)
    );
    of.heads.iter().for_each(|h| {
        let _ = write!(text, "<th scope=\"col\">{}</th>", safe(h));
    });
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in &of.rows {
        text.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            let number = cell.parse::<f64>().is_ok() || cell.ends_with(" %");
            let _ = match (at, number) {
                (0, _) => write!(text, "<th scope=\"row\">{}</th>", safe(cell)),
                (_, true) => write!(text, "<td class=\"n\">{}</td>", safe(cell)),
                _ => write!(text, "<td>{}</td>", safe(cell)),
            };
        }
        text.push_str("</tr>\n");
    }
    text + "</tbody>\n</table></div>\n"
}

/// Bars to the right of a middle line for what speaks for, to the left for what speaks against.
fn bars(title: &str, of: &[(String, f64)]) -> String {
    const LINE: f64 = 22.0;
    let most = of.iter().map(|(_, v)| v.abs()).fold(1.0, f64::max);
    let height = LINE * of.len() as f64 + 10.0;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 {height}\" width=\"900\" role=\"img\" aria-label=\"{}; \
         the table after it has the numbers\">\n<line x1=\"600\" y1=\"0\" x2=\"600\" y2=\"{height}\" stroke=\"#505a5f\"/>\n",
        safe(title)
    );
    for (at, (name, value)) in of.iter().enumerate() {
        let y = LINE * at as f64 + 5.0;
        let length = value.abs() / most * 230.0;
        let (x, fill) = if *value >= 0.0 { (600.0, "#1d70b8") } else { (600.0 - length, "#d4351c") };
        let shown: String = name.chars().take(48).collect();
        let _ = writeln!(
            text,
            "<text x=\"0\" y=\"{:.0}\" font-size=\"13\">{}</text><rect x=\"{x:.1}\" y=\"{y:.0}\" width=\"{length:.1}\" \
             height=\"16\" fill=\"{fill}\"/><text x=\"{:.1}\" y=\"{:.0}\" font-size=\"12\">{value:+.1}</text>",
            y + 13.0,
            safe(&shown),
            if *value >= 0.0 { 604.0 + length } else { 562.0 - length },
            y + 13.0
        );
    }
    text + "</svg>\n"
}

/// Lines over a horizontal axis; all values from 0 to 1.
fn lines(title: &str, axis: &str, of: &[(&str, Vec<(f64, f64)>)]) -> String {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    of.iter().flat_map(|(_, points)| points).for_each(|(x, _)| {
        low = low.min(*x);
        high = high.max(*x);
    });
    if low >= high {
        return String::new();
    }
    let place = |x: f64, y: f64| (50.0 + (x - low) / (high - low) * 800.0, 260.0 - y.clamp(0.0, 1.0) * 240.0);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 310\" width=\"900\" role=\"img\" aria-label=\"{}; the \
         table after it has the numbers\">\n<path d=\"M50 20V260H850\" fill=\"none\" stroke=\"#505a5f\"/>\n\
         <text x=\"10\" y=\"24\" font-size=\"12\">1</text><text x=\"10\" y=\"264\" font-size=\"12\">0</text>\
         <text x=\"50\" y=\"278\" font-size=\"12\">{low:.1}</text><text x=\"820\" y=\"278\" font-size=\"12\">{high:.1}</text>\
         <text x=\"380\" y=\"296\" font-size=\"13\">{}</text>\n",
        safe(title),
        safe(axis)
    );
    // Lines differ in their dashes too, for those who do not see the colours.
    let looks = [("#1d70b8", ""), ("#d4351c", "8 4"), ("#00703c", "2 4"), ("#4c2c92", "12 4 2 4")];
    for (at, (name, points)) in of.iter().enumerate() {
        let (colour, dash) = looks[at % looks.len()];
        let path: Vec<String> = points
            .iter()
            .map(|(x, y)| {
                let (x, y) = place(*x, *y);
                format!("{x:.1},{y:.1}")
            })
            .collect();
        let _ = writeln!(
            text,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>\
             <line x1=\"{1}\" y1=\"305\" x2=\"{2}\" y2=\"305\" stroke=\"{colour}\" stroke-width=\"3\" \
             stroke-dasharray=\"{dash}\"/><text x=\"{3}\" y=\"308\" font-size=\"12\">{4}</text>",
            path.join(" "),
            60 + at * 180,
            90 + at * 180,
            96 + at * 180,
            safe(name)
        );
    }
    text + "</svg>\n"
}

fn origin(of: Option<&Origin>) -> String {
    match of {
        None => String::new(),
        Some(Origin::Exact) => "counted over all pairs".to_owned(),
        Some(Origin::Sampled(n)) => format!("sample, {n} pairs"),
        Some(Origin::Smoothed) => "never seen; half a pair assumed".to_owned(),
        Some(Origin::Fixed) => "fixed by the file".to_owned(),
        Some(Origin::Sessions(1)) => "one session".to_owned(),
        Some(Origin::Sessions(n)) => format!("median of {n} sessions"),
        Some(Origin::Labels(n)) => format!("labels, {n} pairs"),
    }
}

fn weights(settings: &Settings) -> String {
    let mut text = "<h2>Match weights</h2>\n<p>What each outcome adds to or takes from the weight of a pair, in bits. One bit \
                    doubles the odds that both records are of one person.</p>\n"
        .to_owned();
    let mut all = Vec::new();
    for comparison in &settings.comparisons {
        for (at, level) in comparison.levels.iter().enumerate().filter(|(_, l)| !l.is_null) {
            all.push((format!("{}: {}", comparison.name, level.label), comparison.weight(at)));
        }
    }
    text += &bars("Match weights of all levels", &all);
    text
}

fn parameters(settings: &Settings, trained: Option<&Trained>) -> String {
    let mut rows = Vec::new();
    for (c, comparison) in settings.comparisons.iter().enumerate() {
        for (l, level) in comparison.levels.iter().enumerate().filter(|(_, l)| !l.is_null) {
            let from = |of: fn(&Trained) -> &Vec<Vec<Option<Origin>>>| {
                origin(trained.and_then(|t| of(t).get(c)?.get(l)?.as_ref()))
            };
            rows.push(vec![
                format!("{}: {}", comparison.name, level.label),
                format!("{:.6}", comparison.m(l)),
                from(|t| &t.m),
                format!("{:.3e}", comparison.u(l)),
                from(|t| &t.u),
                format!("{:.2}", comparison.weight(l)),
            ]);
        }
    }
    table(&Table {
        caption: "m, u and weight of every level".to_owned(),
        heads: vec!["Level", "m", "m is from", "u", "u is from", "Weight"],
        rows,
    })
}

/// What training did, as a page. `completeness` has for each column its name and the share of records that have a value.
pub fn training(
    settings: &Settings,
    trained: &Trained,
    records: usize,
    completeness: &[(String, f64)],
) -> String {
    let mut body = format!(
        "<p>{records} records. The prior is {:.3e}: one pair of records in {:.0} is held to be of one person.</p>\n",
        settings.prior,
        1.0 / settings.prior
    );
    if !trained.notes.is_empty() {
        body += "<h2>What you should know</h2>\n<ul>\n";
        trained.notes.iter().for_each(|note| {
            let _ = writeln!(body, "<li>{}</li>", safe(note));
        });
        body += "</ul>\n";
    }
    body += &weights(settings);
    body += &parameters(settings, Some(trained));
    body += "<h2>How the sessions came to rest</h2>\n";
    for session in &trained.sessions {
        let _ = writeln!(
            body,
            "<h3>{}</h3>\n<p>{} pairs, {} different outcomes, {} rounds{}.{}</p>",
            safe(&session.rule),
            session.pairs,
            session.patterns,
            session.rounds.len() - 1,
            if session.settled { "" } else { "; it had not come to rest when the rounds ran out" },
            if session.left_out.is_empty() {
                String::new()
            } else {
                format!(" It says nothing of {}, which the rule decides.", safe(&session.left_out.join(", ")))
            }
        );
        let shares = session.rounds.iter().enumerate().map(|(at, r)| (at as f64, r.share)).collect();
        let caption = format!("Share of true pairs with the rule {}, round by round", session.rule);
        body += &lines(&caption, "round", &[("share of true pairs", shares)]);
        body += &table(&Table {
            caption,
            heads: vec!["Round", "Share"],
            rows: session
                .rounds
                .iter()
                .enumerate()
                .map(|(at, r)| vec![at.to_string(), format!("{:.5}", r.share)])
                .collect(),
        });
    }
    body += "<h2>Completeness</h2>\n";
    body += &table(&Table {
        caption: "How many records have a value".to_owned(),
        heads: vec!["Column", "Filled"],
        rows: completeness
            .iter()
            .map(|(name, share)| vec![name.clone(), format!("{:.1} %", share * 100.0)])
            .collect(),
    });
    page("What the model has learnt", &body)
}

/// How many pairs weigh at least so much, by steps of one bit: what a page on thresholds is drawn from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram(pub std::collections::BTreeMap<i64, u64>);

impl Histogram {
    /// Adds a pair.
    pub fn add(&mut self, weight: f64) {
        *self.0.entry(weight.clamp(-200.0, 200.0).floor() as i64).or_default() += 1;
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Histogram) {
        other.0.iter().for_each(|(step, n)| *self.0.entry(*step).or_default() += n);
    }
}

/// Scored pairs as a page: thresholds with the false ties to be expected, blocking, records that can't be linked.
///
/// `rules` have the rule and the pairs that it adds; `unlinkable` has for steps of weight the share of records that weigh
/// less even against themselves.
pub fn pairs(
    settings: &Settings,
    histogram: &Histogram,
    rules: &[(String, u64)],
    unlinkable: &[(f64, f64)],
    completeness: &[(String, f64)],
) -> String {
    let mut body = weights(settings);
    body += &parameters(settings, None);
    body += "<h2>Thresholds</h2>\n<p>Expected false ties assume that the model's probabilities are right. They are too \
             hopeful where columns travel together, as in a household; the clusters correct for that.</p>\n";
    let all: Vec<(i64, u64)> = histogram.0.iter().map(|(s, n)| (*s, *n)).collect();
    let (mut pairs, mut wrong) = (0u64, 0.0);
    let mut rows = Vec::new();
    for (step, n) in all.iter().rev() {
        pairs += n;
        wrong += *n as f64 * (1.0 - probability(*step as f64 + 0.5));
        rows.push(vec![
            step.to_string(),
            format!("{:.5}", probability(*step as f64)),
            pairs.to_string(),
            format!("{wrong:.0}"),
        ]);
    }
    let most = all.iter().map(|(_, n)| *n).max().unwrap_or(1) as f64;
    let shape = all.iter().map(|(s, n)| (*s as f64, (*n as f64 + 1.0).ln() / (most + 1.0).ln())).collect();
    body += &lines("Pairs by weight, on a logarithmic scale", "weight in bits", &[("pairs", shape)]);
    body += &table(&Table {
        caption: "Pairs at or above a weight".to_owned(),
        heads: vec!["Weight", "Probability", "Pairs", "Expected false ties"],
        rows,
    });
    body += "<h2>Blocking</h2>\n";
    body += &table(&Table {
        caption: "Pairs that each rule adds to those before".to_owned(),
        heads: vec!["Rule", "Pairs"],
        rows: rules.iter().map(|(rule, n)| vec![rule.clone(), n.to_string()]).collect(),
    });
    body += "<h2>Records that can't be linked</h2>\n<p>A record with little in it does not reach a threshold even against \
             itself.</p>\n";
    body += &lines(
        "Share of records that can't reach a weight",
        "weight in bits",
        &[("unlinkable", unlinkable.to_vec())],
    );
    body += &table(&Table {
        caption: "Records that can't reach a weight".to_owned(),
        heads: vec!["Weight", "Share of records"],
        rows: unlinkable
            .iter()
            .map(|(w, s)| vec![format!("{w:.0}"), format!("{:.2} %", s * 100.0)])
            .collect(),
    });
    body += "<h2>Completeness</h2>\n";
    body += &table(&Table {
        caption: "How many records have a value".to_owned(),
        heads: vec!["Column", "Filled"],
        rows: completeness
            .iter()
            .map(|(name, share)| vec![name.clone(), format!("{:.1} %", share * 100.0)])
            .collect(),
    });
    page("Scored pairs", &body)
}

/// A share as it is read; a dash where there is nothing that it could be a share of.
pub fn share(value: f64) -> String {
    if value.is_nan() { "–".to_owned() } else { format!("{value:.4}") }
}

/// A measurement as a page: `figures` as they are printed, thresholds where pairs were given.
pub fn measured(
    figures: &[(String, String)],
    groups: &[(String, u64, String, String)],
    swept: &[AtThreshold],
) -> String {
    let mut body = table(&Table {
        caption: "Against the truth".to_owned(),
        heads: vec!["What", "Value"],
        rows: figures.iter().map(|(what, value)| vec![what.clone(), value.clone()]).collect(),
    });
    if !groups.is_empty() {
        body += "<h2>Errors by group</h2>\n<p>Shares with 95 % intervals. A wrong tie counts for a group where either record is in it.</p>\n";
        body += &table(&Table {
            caption: "Errors by group".to_owned(),
            heads: vec!["Group", "Records", "Ties that are wrong", "True pairs that are missed"],
            rows: groups
                .iter()
                .map(|(g, n, w, m)| vec![g.clone(), n.to_string(), w.clone(), m.clone()])
                .collect(),
        });
    }
    if !swept.is_empty() {
        let line = |f: fn(&AtThreshold) -> f64| {
            swept.iter().map(|s| (s.weight, f(s))).filter(|(_, y)| !y.is_nan()).collect()
        };
        body += "<h2>Thresholds over single pairs</h2>\n";
        body += &lines(
            "Precision, recall and F1 by threshold",
            "weight in bits",
            &[
                ("precision", line(|s| s.pairs.precision().value)),
                ("recall", line(|s| s.pairs.recall().value)),
                ("F1", line(|s| s.pairs.f1())),
            ],
        );
        body += &table(&Table {
            caption: "Precision, recall and F1 by threshold".to_owned(),
            heads: vec!["Weight", "Precision", "Recall", "F1", "Right", "Wrong", "Missed"],
            rows: swept
                .iter()
                .filter(|s| (s.weight * 4.0) as i64 % 4 == 0)
                .map(|s| {
                    vec![
                        format!("{:.0}", s.weight),
                        share(s.pairs.precision().value),
                        share(s.pairs.recall().value),
                        share(s.pairs.f1()),
                        s.pairs.right.to_string(),
                        s.pairs.wrong.to_string(),
                        s.pairs.missed.to_string(),
                    ]
                })
                .collect(),
        });
    }
    page("Measured against the truth", &body)
}

/// A pair as a page: its waterfall.
pub fn pair(explanation: &Explanation, left: &str, right: &str) -> String {
    let mut steps = vec![("any two records, before they are compared".to_owned(), explanation.prior)];
    let mut rows = vec![vec![
        "any two records".to_owned(),
        String::new(),
        String::new(),
        String::new(),
        format!("{:.2}", explanation.prior),
    ]];
    for step in &explanation.steps {
        steps.push((format!("{}: {}", step.comparison, step.level), step.weight + step.frequency));
        let values = |right: bool| {
            let of = |v: &(String, Option<String>, Option<String>)| {
                let value = if right { &v.2 } else { &v.1 };
                value.clone().unwrap_or_else(|| "(nothing)".to_owned())
            };
            step.values.iter().map(of).collect::<Vec<_>>().join("; ")
        };
        rows.push(vec![
            step.comparison.clone(),
            values(false),
            values(true),
            step.level.clone(),
            format!("{:.2}", step.weight + step.frequency),
        ]);
    }
    steps.push(("in all".to_owned(), explanation.weight));
    rows.push(vec![
        "in all".to_owned(),
        String::new(),
        String::new(),
        String::new(),
        format!("{:.2}", explanation.weight),
    ]);
    let mut body = format!(
        "<p>The pair weighs {:.2} bits: a probability of {:.6} that both are one person. A weight is a proposal; a person \
         decides.</p>\n",
        explanation.weight, explanation.probability
    );
    if !explanation.would_break.is_empty() {
        let _ = writeln!(
            body,
            "<p>Without {} it would no longer be more likely than not.</p>",
            safe(&explanation.would_break.join(", or without "))
        );
    }
    body += &bars("What each comparison adds", &steps);
    body += &table(&Table {
        caption: "What each comparison adds, in bits".to_owned(),
        heads: vec!["Comparison", "One record", "The other", "Outcome", "Adds"],
        rows,
    });
    page(&format!("{left} and {right}"), &body)
}
