//! From a file's text to a checked definition, with every fault found in one go.

use crate::markdown::{self, Document, Faulty, Section};
use crate::{Definition, Status, decision, lint, tables};
use bluelamp_model::{Fault, Faults};
use sha2::{Digest, Sha256};

const SECTIONS: [&str; 5] = ["Facts", "Decision", "Actions", "Digital exposure", "Cases"];

impl Definition {
    /// Reads and checks one definition. `file` is its name in faults; nothing is opened.
    ///
    /// The cases are checked for form but not run: see [`Definition::load`].
    ///
    /// # Errors
    /// Every fault in the file, each with its line, in the order of the lines.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let mut faulty = Faulty { file, faults: Vec::new() };
        let doc = markdown::document(text, &mut faulty);
        let (first, yaml) = doc.header.as_ref().map_or((1, ""), |(l, y)| (*l, y.as_str()));
        let (header, known) = crate::header::read(first, yaml, &mut faulty);
        let title = doc.title.map_or("", |(_, t)| t);
        if title.is_empty() {
            faulty.add(doc.last, "", "the title is missing: a line that begins with # and names the harm");
        }
        check_sections(&doc, &mut faulty);

        let dictionary = tables::facts(section(&doc, "Facts"), &mut faulty);
        let parameters = known.then_some(&header.parameters);
        let decided =
            decision::decide(section(&doc, "Decision"), &header.grades, parameters, &dictionary, &mut faulty);
        let (grades, rules) = (&header.grades, &decided.rules);
        let actions = tables::actions(section(&doc, "Actions"), grades, rules, &mut faulty);
        let cases = tables::cases(section(&doc, "Cases"), grades, &dictionary, rules, &mut faulty);
        let digital_exposure = section(&doc, "Digital exposure").map(Section::text).unwrap_or_default();
        if let Some(section) = section(&doc, "Digital exposure").filter(|_| digital_exposure.is_empty()) {
            faulty.add(
                section.line,
                section.name,
                "is empty: say which devices, accounts and platforms to think of",
            );
        }
        for name in decided.unused_parameters(&header.parameters) {
            let line = crate::header::line_of(first, yaml, "parameters");
            let reason = format!("'{name}' is used in no cell, so changing it would do nothing");
            faulty.add(line, "parameters", reason);
        }
        let mut notices: Vec<Fault> = decided
            .unused_facts(&dictionary)
            .map(|e| {
                let reason =
                    format!("'{}' is asked but no rule uses it; use it, note why, or drop it", e.name);
                Fault::new(file, reason).at_line(e.line).in_field("fact")
            })
            .collect();
        if header.status != Status::Draft {
            faulty.faults.append(&mut notices);
        }
        faulty.faults.sort_by_key(|f| f.line);
        let mut definition = Faults(faulty.faults).or(Self {
            header,
            title: title.to_owned(),
            facts: dictionary.entries,
            tables: decided.tables,
            rules: decided.rules,
            actions,
            digital_exposure,
            cases,
            digest: hex::encode(Sha256::digest(text)),
            notices,
        })?;
        definition.notices.append(&mut lint::notices(file, &definition));
        Ok(definition)
    }

    /// Reads and checks one definition and runs its cases: one that fails its own cases is not loaded.
    ///
    /// # Errors
    /// Every fault in the file, or one fault per failed case.
    pub fn load(file: &str, text: &str) -> Result<Self, Faults> {
        Self::parse(file, text)?.right_in_its_cases(file)
    }
}

fn section<'d, 't>(doc: &'d Document<'t>, name: &str) -> Option<&'d Section<'t>> {
    doc.sections.iter().find(|s| s.name == name)
}

fn check_sections(doc: &Document<'_>, faulty: &mut Faulty<'_>) {
    for (n, section) in doc.sections.iter().enumerate() {
        if !SECTIONS.contains(&section.name) && section.name != "Notes" {
            let near = crate::suggestion(section.name, SECTIONS.into_iter());
            faulty.add(section.line, section.name, format!("is not a section of a definition{near}"));
        } else if doc.sections[..n].iter().any(|s| s.name == section.name) {
            faulty.add(section.line, section.name, "the section comes twice");
        }
    }
    for name in SECTIONS {
        if section(doc, name).is_none() {
            faulty.add(doc.last, name, format!("the section '## {name}' is missing"));
        }
    }
}
