//! A definition that was compiled to JSON elsewhere. That it has the right keys proves little: places could point
//! nowhere, conditions could never hold. Whatever reading the file would refuse is refused here too.

use crate::evaluate::MOST_CELLS;
use crate::feel::{exact, is_exact, nothing_between};
use crate::shape::{
    SAFEGUARDING, choices, due, fact_name, is_day, is_grade, is_id, is_output, is_parameter, is_semver, set,
    worse_fits,
};
use crate::{
    Action, Case, Cell, Definition, FactEntry, FactType, Grade, Header, Literal, Rule, Test, UnaryTests,
};
use bluelamp_model::{Fault, Faults};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The JSON of a definition before anything but its keys and types was looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unchecked {
    header: Header,
    title: String,
    facts: Vec<FactEntry>,
    tables: Vec<String>,
    rules: Vec<Rule>,
    actions: Vec<Action>,
    digital_exposure: String,
    cases: Vec<Case>,
    digest: String,
}

/// What serde calls: the parts agree, as after [`Definition::parse`]; the cases were not run.
impl TryFrom<Unchecked> for Definition {
    type Error = Faults;

    fn try_from(unchecked: Unchecked) -> Result<Self, Faults> {
        checked("definition", unchecked)
    }
}

impl Definition {
    /// Reads the JSON of a definition and runs its cases, as [`Definition::load`] does with its text. `file` is its name
    /// in faults; nothing is opened.
    ///
    /// It shows that the definition can be evaluated and is right in its cases, not that it came from the text
    /// that its digest names: that takes somebody who answers for it.
    ///
    /// # Errors
    /// Where it is no JSON of a definition, why. Else every fault in it, each with its path, such as `rules[3].grade`;
    /// or, where there is none, one fault for each case that it gets wrong.
    pub fn compiled(file: &str, json: &str) -> Result<Self, Faults> {
        let unchecked = serde_json::from_str(json).map_err(|error| {
            let line = error.line() as u64;
            Fault::new(file, format!("is not a compiled definition: {error}")).at_line(line)
        })?;
        checked(file, unchecked)?.right_in_its_cases(file).map_err(|mut faults| {
            // The line of a case is one of the text, which is not here.
            faults.0.iter_mut().for_each(|fault| fault.line = None);
            faults
        })
    }
}

fn checked(file: &str, unchecked: Unchecked) -> Result<Definition, Faults> {
    let Unchecked { header, title, facts, tables, rules, actions, digital_exposure, cases, digest } =
        unchecked;
    let notices = Vec::new();
    let definition =
        Definition { header, title, facts, tables, rules, actions, digital_exposure, cases, digest, notices };
    let mut check = Check { file, faults: Vec::new() };
    check.header(&definition.header);
    check.text("title", &definition.title);
    check.text("digital_exposure", &definition.digital_exposure);
    let hex = definition.digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    check.that(hex && definition.digest.len() == 64, "digest", || "is not a SHA-256 in hex".into());
    check.facts(&definition.facts);
    check.tables(&definition);
    check.rules(&definition);
    check.actions(&definition);
    check.cases(&definition);
    Faults(check.faults).or(definition)
}

/// Gathers what is wrong, each with its path in the JSON.
struct Check<'f> {
    file: &'f str,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn that(&mut self, so: bool, path: impl Into<String>, or: impl FnOnce() -> String) {
        if !so {
            self.faults.push(Fault::new(self.file, or()).in_field(path));
        }
    }

    fn held(&mut self, path: impl Into<String>, held: Result<(), String>) {
        if let Err(reason) = held {
            self.that(false, path, || reason);
        }
    }

    fn text(&mut self, path: impl Into<String>, text: &str) {
        self.that(!text.trim().is_empty(), path, || "is empty".into());
    }

    /// A text from a table, where a dash says nothing.
    fn cell(&mut self, path: impl Into<String>, text: &str) {
        self.that(set(text).is_some(), path, || format!("'{text}' says nothing"));
    }

    fn some(&mut self, path: &str, length: usize) {
        self.that(length > 0, path, || "is empty".into());
    }

    /// One name for one thing.
    fn distinct<'n>(&mut self, path: &str, names: impl Iterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            self.that(seen.insert(name), path, || format!("'{name}' comes twice"));
        }
    }

    fn place(&mut self, path: impl Into<String>, place: usize, length: usize, what: &str) {
        self.that(place < length, path, || format!("{place} points nowhere: there are {length} {what}"));
    }

    fn rule_places(&mut self, path: &str, places: &[usize], rules: &[Rule]) {
        for place in places {
            self.place(path, *place, rules.len(), "rules");
        }
        self.that(places.is_sorted_by(|a, b| a < b), path, || {
            "must be places in ascending order, each once".into()
        });
    }

    fn header(&mut self, header: &Header) {
        let id = &header.id;
        self.that(is_id(id), "header.id", || {
            format!("'{id}' is not a name of lower-case letters, digits and hyphens")
        });
        let version = &header.version;
        self.that(is_semver(version), "header.version", || {
            format!("'{version}' is not a version like 1.3.0")
        });
        let day = &header.review_by;
        self.that(is_day(day), "header.review_by", || format!("'{day}' is not a day like 2027-05-31"));
        self.text("header.owner", &header.owner);
        self.text("header.accountable", &header.accountable);
        self.grades(&header.grades);
        let clocks = &header.review_minutes;
        self.that(clocks.len() == header.grades.len(), "header.review_minutes", || {
            format!("are {} for {} grades", clocks.len(), header.grades.len())
        });
        let clocked = clocks.iter().filter(|c| c.is_some_and(|minutes| minutes > 0)).count();
        let none = clocks.iter().all(Option::is_none);
        self.that(none || clocked == clocks.len(), "header.review_minutes", || {
            "once there is a clock, every grade needs one, of at least a minute".into()
        });
        self.distinct("header.triggers", header.triggers.iter().map(|t| t.code()));
        self.that(header.supervisor_within_minutes != Some(0), "header.supervisor_within_minutes", || {
            "must be at least a minute".into()
        });
        for (name, value) in &header.parameters {
            let sound = is_parameter(name) && value.as_number().is_some_and(is_exact);
            self.that(sound, "header.parameters", || {
                format!("'{name}' is {value}, not a number with a name")
            });
        }
        let texts = [&header.ethics_assessment, &header.equality_review, &header.note];
        for (name, text) in ["ethics_assessment", "equality_review", "note"].into_iter().zip(texts) {
            if let Some(text) = text {
                self.text(format!("header.{name}"), text);
            }
        }
        for (n, text) in header.basis.iter().enumerate() {
            self.text(format!("header.basis[{n}]"), text);
        }
    }

    fn grades(&mut self, grades: &[Grade]) {
        self.that(grades.len() > 1, "header.grades", || "a definition needs at least two grades".into());
        self.distinct("header.grades", grades.iter().map(|g| g.name.as_str()));
        for grade in grades {
            let name = &grade.name;
            self.that(is_grade(name) && !name.trim().is_empty(), "header.grades", || {
                format!("'{name}' cannot be the name of a grade")
            });
        }
    }

    fn facts(&mut self, facts: &[FactEntry]) {
        self.some("facts", facts.len());
        self.distinct("facts", facts.iter().map(|f| f.name.as_str()));
        for (n, fact) in facts.iter().enumerate() {
            self.held(format!("facts[{n}].name"), fact_name(&fact.name));
            if let FactType::Choice(options) = &fact.kind {
                self.held(format!("facts[{n}].type"), choices(options));
            }
            self.cell(format!("facts[{n}].ask"), &fact.ask);
            self.that(fact.stale_after_minutes != Some(0), format!("facts[{n}].stale_after_minutes"), || {
                "must be at least a minute".into()
            });
            let fits = fact.worse.is_none_or(|worse| worse_fits(worse, &fact.kind));
            self.that(fits, format!("facts[{n}].worse"), || {
                format!("does not fit a fact of the type {}", fact.kind.spoken())
            });
        }
    }

    /// Every table has rules, and they stand together, numbered from 1 without gaps.
    fn tables(&mut self, definition: &Definition) {
        let (tables, rules) = (&definition.tables, &definition.rules);
        self.some("tables", tables.len());
        self.distinct("tables", tables.iter().map(String::as_str));
        let used: BTreeSet<usize> = rules.iter().map(|r| r.table).collect();
        for (n, name) in tables.iter().enumerate() {
            self.text(format!("tables[{n}]"), name);
            self.that(used.contains(&n), format!("tables[{n}]"), || "has no rules".into());
        }
        let mut before = None;
        for (n, rule) in rules.iter().enumerate() {
            self.place(format!("rules[{n}].table"), rule.table, tables.len(), "tables");
            // Counted, not added to what is written, which may be the largest number that there is.
            let next = match before {
                Some((table, number)) if table == rule.table => number + 1,
                _ => 1,
            };
            self.that(rule.number == next, format!("rules[{n}].number"), || {
                format!("{} is not {next}: rules are numbered from 1 without gaps", rule.number)
            });
            self.that(
                before.is_none_or(|(table, _)| table <= rule.table),
                format!("rules[{n}].table"),
                || "the rules do not stand in the order of their tables".into(),
            );
            before = Some((rule.table, next));
        }
    }

    fn rules(&mut self, definition: &Definition) {
        self.some("rules", definition.rules.len());
        self.distinct("rules", definition.rules.iter().map(|r| r.id.as_str()));
        for (n, rule) in definition.rules.iter().enumerate() {
            let id = &rule.id;
            self.that(is_output(id), format!("rules[{n}].id"), || format!("'{id}' cannot name a rule"));
            self.place(format!("rules[{n}].grade"), rule.grade, definition.header.grades.len(), "grades");
            self.cell(format!("rules[{n}].reason"), &rule.reason);
            let count = rule.cells.len();
            self.that((1..=MOST_CELLS).contains(&count), format!("rules[{n}].cells"), || {
                format!("are {count} conditions; a rule has 1 to {MOST_CELLS}")
            });
            let mut seen = BTreeSet::new();
            for (m, cell) in rule.cells.iter().enumerate() {
                let path = format!("rules[{n}].cells[{m}]");
                self.that(seen.insert(cell.fact), path.as_str(), || "looks at a fact a second time".into());
                self.condition(&path, cell, &definition.facts);
            }
        }
    }

    fn condition(&mut self, path: &str, cell: &Cell, facts: &[FactEntry]) {
        self.cell(format!("{path}.text"), &cell.text);
        self.place(format!("{path}.fact"), cell.fact, facts.len(), "facts");
        let Some(fact) = facts.get(cell.fact) else { return };
        let UnaryTests { any_of, negated: _ } = &cell.test;
        self.that(!any_of.is_empty(), format!("{path}.test"), || "tests nothing".into());
        for test in any_of {
            self.held(format!("{path}.test"), test.fits(&fact.kind).and_then(|()| numbers(test)));
        }
    }

    fn actions(&mut self, definition: &Definition) {
        self.some("actions", definition.actions.len());
        for (n, action) in definition.actions.iter().enumerate() {
            self.place(format!("actions[{n}].grade"), action.grade, definition.header.grades.len(), "grades");
            self.rule_places(&format!("actions[{n}].rules"), &action.rules, &definition.rules);
            self.cell(format!("actions[{n}].action"), &action.action);
            self.cell(format!("actions[{n}].deadline"), &action.deadline);
            self.cell(format!("actions[{n}].role"), &action.role);
            self.that(
                action.deadline_minutes == due(&action.deadline),
                format!("actions[{n}].deadline_minutes"),
                || format!("is not what the deadline says: '{}'", action.deadline),
            );
            let kind = action.safeguarding.as_deref();
            self.that(
                kind.is_none_or(|k| SAFEGUARDING.contains(&k)),
                format!("actions[{n}].safeguarding"),
                || format!("is none of {}", SAFEGUARDING.join(", ")),
            );
        }
    }

    fn cases(&mut self, definition: &Definition) {
        self.some("cases", definition.cases.len());
        self.distinct("cases", definition.cases.iter().map(|c| c.name.as_str()));
        for (n, case) in definition.cases.iter().enumerate() {
            self.cell(format!("cases[{n}].name"), &case.name);
            for error in definition.slots(&case.facts).err().unwrap_or_default() {
                self.that(false, format!("cases[{n}].facts"), || error.message);
            }
            let ranks = [("floor", case.floor), ("ceiling", case.ceiling.flatten())];
            for (name, rank) in ranks.into_iter().filter_map(|(name, rank)| Some((name, rank?))) {
                self.place(format!("cases[{n}].{name}"), rank, definition.header.grades.len(), "grades");
            }
            for (name, places) in [("open", &case.open), ("fired", &case.fired)] {
                let places = places.as_deref().unwrap_or_default();
                self.rule_places(&format!("cases[{n}].{name}"), places, &definition.rules);
            }
        }
    }
}

/// Whether the numbers of a test can be compared, and one at least lies between its ends.
fn numbers(test: &Test) -> Result<(), String> {
    let ends: Vec<f64> = match test {
        Test::Is(Literal::Number(n)) => vec![*n],
        Test::Is(_) => return Ok(()),
        Test::Within { low, high } => low.iter().chain(high).map(|end| end.at).collect(),
    };
    if ends.is_empty() {
        return Err("an interval has at least one end".into());
    }
    if !ends.iter().all(|n| exact(*n)) {
        return Err("a number cannot be compared exactly".into());
    }
    match test {
        Test::Within { low: Some(low), high: Some(high) } if nothing_between(*low, *high) => {
            Err("no number lies in this interval".into())
        }
        _ => Ok(()),
    }
}
