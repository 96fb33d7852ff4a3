//! A decision report as the blocks of an accessible PDF.

use super::{
    public::PublicReport,
    report::{Words, text_of},
};
use crate::pdf::{Block, Document};

/// The blocks of a report, in reading order.
pub(crate) fn paper(report: &PublicReport) -> Document {
    let heading = |level, text: &str| Block::Heading { level, text: text.to_owned() };
    let mut blocks = vec![
        Block::Paragraph(report.classification.clone()),
        heading(1, &format!("Decision report {}: {}", report.reference, report.title)),
    ];
    let mut pairs = vec![("Reference".to_owned(), report.reference.clone())];
    pairs.push(("Classification".into(), report.classification.clone()));
    pairs.extend(report.header.iter().cloned());
    if !report.outcome.is_empty() {
        pairs.push(("Decision".into(), report.outcome.clone()));
    }
    blocks.push(Block::Pairs { about: "Header of the report".into(), rows: pairs });
    if !report.summary.trim().is_empty() {
        blocks.push(heading(2, "Summary"));
        blocks.extend(words(&report.summary));
    }
    for section in &report.sections {
        blocks.push(heading(2, &format!("{}. {}", section.number, section.title)));
        blocks.extend(words(&section.said));
    }
    for (label, lines) in &report.links {
        blocks.push(heading(2, label));
        blocks.push(Block::List(lines.iter().filter(|l| !l.trim().is_empty()).cloned().collect()));
    }
    if !report.consulted.is_empty() {
        blocks.push(heading(2, "Consultation"));
        blocks.push(Block::Table {
            about: "Who was consulted".into(),
            head: ["Day", "Who", "What they said"].map(str::to_owned).into(),
            rows: report.consulted.iter().map(|c| c.to_vec()).collect(),
        });
    }
    if !report.approvals.is_empty() {
        blocks.push(heading(2, "Approvals"));
        blocks.push(Block::Table {
            about: "Who approved and signed, and when".into(),
            head: ["Step", "Capacity", "Name", "Date"].map(str::to_owned).into(),
            rows: report
                .approvals
                .iter()
                .map(|a| vec![a.what.clone(), a.capacity.clone(), a.name.clone(), a.on.clone()])
                .collect(),
        });
    }
    if !report.outcome.is_empty() {
        blocks.push(heading(2, "Decision"));
        blocks.push(Block::Paragraph(format!("{}.", report.outcome)));
        blocks.extend(words(&report.outcome_reasons));
    }
    if !report.redaction.is_empty() {
        blocks.push(heading(2, "What was redacted"));
        blocks.extend(words(&report.redaction));
    }
    if !report.files.is_empty() {
        blocks.push(heading(2, "Attachments"));
        let line = |f: &super::PublicFile| match f.redacted {
            true => format!("{} (redacted)", f.title),
            false => f.title.clone(),
        };
        blocks.push(Block::List(report.files.iter().map(line).collect()));
    }
    Document {
        title: format!("Decision report {}: {}", report.reference, report.title),
        running: format!("{}  Decision report {}", report.classification, report.reference),
        blocks,
    }
}

fn words(text: &str) -> Vec<Block> {
    text_of(text)
        .into_iter()
        .map(|part| match part {
            Words::Paragraph(text) => Block::Paragraph(text),
            Words::List(items) => Block::List(items),
        })
        .collect()
}
