//! A model as a landscape.
//!
//! What becomes what: each `ApplicationComponent` is an application, unless it is a part of another, whose properties
//! are the columns of a survey by any of their spellings. Its force is the one that a property says, or the one actor with
//! the name of a force that it serves or is tied to, or the only such actor of the model. Each `Capability` that it
//! reaches over services, functions and processes is a capability of it; a flow, serving, triggering or association
//! between two components of one force is a tie. A `Capability` with a property for its maturity says how far the force
//! has come. Everything else is kept with the model and told by its number.

use super::{
    super::{
        Application, Column, Columns, Integration, Options, Survey, survey,
        table::{Cell, Row, one_line},
        unit,
    },
    model::{Element, Model, Property, say},
    ties::{BETWEEN, Ties, is_force},
};
use bluelamp_model::{Fault, Faults};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a model says of a landscape.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mapped {
    /// The applications and maturities, with what somebody should look at.
    pub survey: Survey,
    /// How many elements and relationships became something, by type.
    pub mapped: BTreeMap<String, usize>,
    /// How many are only kept, by type.
    pub kept: BTreeMap<String, usize>,
    /// Views, nodes and connections, which are only kept.
    pub canvas: (usize, usize, usize),
}

/// Reads a model as a landscape.
///
/// # Errors
/// Where an application has no force and `options` names none; where more is reached over what ties elements than is
/// followed.
pub fn landscape(columns: &Columns, options: &Options, model: &Model) -> Result<Mapped, Faults> {
    let names: BTreeMap<&str, &str> =
        model.definitions.iter().map(|d| (d.identifier.as_str(), say(&d.names))).collect();
    let column = |p: &Property| names.get(p.definition.as_str()).and_then(|n| columns.find(n));
    let elements: BTreeMap<&str, &Element> =
        model.elements.iter().map(|e| (e.identifier.as_str(), e)).collect();
    let (mut mapped, mut kept) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    let mut notes = Vec::new();
    let mut ties = Ties::of(&options.file, model, &elements, &names)?;
    let parts = parts(options, model, &elements, &column, &mut notes);
    let mut parts_of = BTreeMap::<&str, Vec<&str>>::new();
    for (part, whole) in &parts {
        parts_of.entry(whole).or_default().push(part);
    }
    // Whoever names the force at import has the last word for what names none.
    let only = only_force(model).filter(|_| options.force.is_none());
    let (mut of_only, mut of_default) = (Vec::new(), Vec::new());

    let mut apps = Table::new(columns, true);
    let mut levels = Table::new(columns, false);
    let mut actors = BTreeSet::new();
    for e in &model.elements {
        let mut force = |tied: Option<(&str, &str)>| {
            let named = |p: &&Property| column(p) == Some(Column::Force) && !say(&p.values).trim().is_empty();
            if e.properties.iter().any(|p| named(&p)) {
                return None;
            }
            let found = tied.or_else(|| only.inspect(|_| of_only.push(e)));
            if found.is_none() {
                of_default.push(e);
            }
            actors.extend(found.map(|(_, actor)| actor.to_owned()));
            found.map(|(name, _)| (Column::Force, name.to_owned()))
        };
        let known = match e.kind.as_str() {
            "ApplicationComponent" if parts.contains_key(e.identifier.as_str()) => false,
            "ApplicationComponent" => {
                let all = parts_of.get(e.identifier.as_str()).into_iter().flatten().copied();
                let capabilities: BTreeSet<&str> =
                    all.chain([e.identifier.as_str()]).flat_map(|id| ties.capabilities(id)).collect();
                let capabilities: Vec<&str> = capabilities.into_iter().collect();
                let mut more = vec![
                    (Column::Function, say(&e.documentation).to_owned()),
                    (Column::Capabilities, capabilities.join("\n")),
                ];
                more.extend(force(ties.force(&e.identifier)));
                apps.row(e, &names, &more);
                true
            }
            "Capability" => {
                if e.properties
                    .iter()
                    .any(|p| matches!(column(p), Some(Column::MaturityNow | Column::MaturityTarget)))
                {
                    let mut more = vec![(Column::Capabilities, say(&e.names).to_owned())];
                    more.extend(force(None));
                    levels.row(e, &names, &more);
                }
                true
            }
            // Whether an actor became the force of something is known at the end.
            "BusinessActor" => continue,
            kind => BETWEEN.contains(&kind) && ties.between.contains(e.identifier.as_str()),
        };
        *if known { &mut mapped } else { &mut kept }.entry(e.kind.clone()).or_default() += 1;
    }
    for e in model.elements.iter().filter(|e| e.kind == "BusinessActor") {
        let known = actors.contains(e.identifier.as_str()) || ties.is_force(&e.identifier);
        *if known { &mut mapped } else { &mut kept }.entry(e.kind.clone()).or_default() += 1;
    }
    if let Some((name, _)) = only {
        let why = format!(
            "'{name}', the only force of the model; if that is wrong, name the force when it is imported"
        );
        notes.extend(taken_as_of(options, &of_only, &why));
    }
    if let Some(name) = &options.force {
        let why = format!("'{name}', which was named when it was imported");
        notes.extend(taken_as_of(options, &of_default, &why));
    } else if let Some(name) = &options.own {
        let why =
            format!("'{name}', whose service this is; if that is wrong, name the force when it is imported");
        notes.extend(taken_as_of(options, &of_default, &why));
    }
    let component = apps.elements.clone();
    let mut survey = if apps.rows.is_empty() {
        Survey { file: options.file.clone(), ..Survey::default() }
    } else {
        apps.read(options)?
    };
    if !levels.rows.is_empty() {
        let more = levels.read(options)?;
        survey.maturities.extend(more.maturities);
        survey.notes.extend(more.notes);
    }
    // The ties between components, beside those that the properties name already.
    let mut by_line: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_name = BTreeMap::<(&str, Option<&str>), usize>::new();
    for (n, a) in survey.applications.iter().enumerate() {
        for force in [Some(a.force.as_str()), None] {
            by_name.entry((&a.name, force)).or_insert(n);
        }
    }
    for (id, (force, name)) in &component {
        let force = force.as_ref().or(options.force.as_ref()).or(options.own.as_ref());
        let at = by_name.get(&(name.as_str(), force.map(String::as_str))).copied();
        by_line.extend(at.map(|at| (id.as_str(), at)));
    }
    for (part, whole) in &parts {
        if let Some(at) = by_line.get(whole).copied() {
            by_line.insert(part, at);
        }
    }
    let mut between_forces = Vec::new();
    for link in &ties.links {
        let (Some(from), Some(to)) = (by_line.get(link.from), by_line.get(link.to)) else { continue };
        if from == to {
            continue; // within one application, between its parts
        }
        let Some(other) = survey.applications.get(*to).map(|a| (a.force.clone(), a.name.clone())) else {
            continue;
        };
        if let Some(app) = survey.applications.get_mut(*from) {
            if other.0 != app.force {
                let said = format!("'{}' of {} to '{}' of {}", app.name, app.force, other.1, other.0);
                between_forces.push((link.line, said));
                continue;
            }
            ties.used.insert(link.relationship);
            let code = |name: &str| Application::code_of(&app.force, name);
            if !app.integrations.iter().any(|i| code(&i.to) == code(&other.1)) {
                app.integrations.push(Integration { to: other.1, pattern: link.pattern });
            }
        }
    }
    between_forces.sort();
    if let [(line, _), ..] = between_forces.as_slice() {
        let said: Vec<String> =
            between_forces.iter().map(|(line, said)| format!("{said} (line {})", (*line).max(1))).collect();
        let reason = format!(
            "ties between applications of different forces are no part of the landscape and were only kept with the \
             model: {}",
            first(&said)
        );
        notes.push(Fault::new(&options.file, reason).at_line((*line).max(1)));
    }
    for r in &model.relationships {
        let known = ties.used.contains(r.identifier.as_str())
            || (PARTS.contains(&r.kind.as_str()) && parts.get(r.target.as_str()) == Some(&r.source.as_str()));
        *if known { &mut mapped } else { &mut kept }.entry(r.kind.clone()).or_default() += 1;
    }
    notes.append(&mut survey.notes);
    survey.notes = notes;
    Ok(Mapped { survey, mapped, kept, canvas: model.canvas() })
}

/// The first of many, and how many more.
fn first(all: &[String]) -> String {
    let shown: Vec<&str> = all.iter().take(SHOWN).map(String::as_str).collect();
    match all.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// So many names stand in a note.
const SHOWN: usize = 5;

/// The note that elements which name no force were taken as of one.
fn taken_as_of(options: &Options, all: &[&Element], why: &str) -> Option<Fault> {
    let line = all.first()?.line.0.max(1);
    let named: Vec<String> = all.iter().map(|e| format!("'{}'", say(&e.names))).collect();
    let count =
        if all.len() == 1 { "1 element names".into() } else { format!("{} elements name", all.len()) };
    let was = if all.len() == 1 { "was" } else { "were" };
    let reason = format!("{count} no force and {was} taken as of {why}: {}", first(&named));
    Some(Fault::new(&options.file, reason).at_line(line))
}

/// The one force among the actors of a model, by name and id; none where there is none, or more than one.
fn only_force(model: &Model) -> Option<(&str, &str)> {
    let mut all = model.elements.iter().filter(|e| e.kind == "BusinessActor" && is_force(e));
    let first = all.next()?;
    let name = |e: &Element| say(&e.names).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    all.all(|other| name(other) == name(first)).then(|| (say(&first.names), first.identifier.as_str()))
}

/// The relationships that make one component a part of another.
const PARTS: [&str; 2] = ["Composition", "Aggregation"];

/// Components that are parts, by id, with the component that each is a part of in the end. A part that is bought or
/// paid for by itself is an application, whatever it belongs to. What was taken as a part of what is told.
fn parts<'a>(
    options: &Options,
    model: &'a Model,
    elements: &BTreeMap<&'a str, &'a Element>,
    column: &impl Fn(&Property) -> Option<Column>,
    notes: &mut Vec<Fault>,
) -> BTreeMap<&'a str, &'a str> {
    let is_component = |id: &str| elements.get(id).is_some_and(|e| e.kind == "ApplicationComponent");
    let own = |id: &str| {
        let said = |p: &Property| {
            let wanted = [Column::Supplier, Column::RunCost, Column::ChangeCost, Column::ContractEnd];
            column(p).is_some_and(|c| wanted.contains(&c)) && !say(&p.values).trim().is_empty()
        };
        elements.get(id).is_some_and(|e| e.properties.iter().any(said))
    };
    let mut direct = BTreeMap::<&str, &str>::new();
    for kind in PARTS {
        for r in model.relationships.iter().filter(|r| r.kind == kind && r.source != r.target) {
            if is_component(&r.source) && is_component(&r.target) && !own(&r.target) {
                direct.entry(&r.target).or_insert(&r.source);
            }
        }
    }
    let mut all = BTreeMap::new();
    for (part, whole) in &direct {
        let (mut top, mut seen) = (*whole, BTreeSet::from([*part]));
        while seen.insert(top) {
            match direct.get(top) {
                Some(next) => top = next,
                None => break,
            }
        }
        // What is a part of itself in the end is no part of anything.
        if !direct.contains_key(top) {
            all.insert(*part, top);
        }
    }
    for e in &model.elements {
        if let Some(whole) = all.get(e.identifier.as_str()).and_then(|id| elements.get(id)) {
            let reason = format!(
                "'{}' was taken as a part of '{}' and is no application of its own: what it serves and is tied to counts \
                 for the whole, and its properties are only kept with the model; if it is bought by itself, give it a \
                 supplier, a cost or a contract end",
                say(&e.names),
                say(&whole.names)
            );
            notes.push(Fault::new(&options.file, reason).at_line(e.line.0.max(1)));
        }
    }
    all
}

/// Elements as the rows of a sheet.
struct Table<'a> {
    columns: &'a Columns,
    titles: Vec<(String, Option<Column>)>,
    /// Where each column stands among the titles, and each title that names none.
    places: BTreeMap<(Option<Column>, String), usize>,
    rows: Vec<Row>,
    /// Properties that say something else than another of the same meaning, each with its line.
    clashes: Vec<(u64, String)>,
    /// The ids of the elements with the force and the name that they gave.
    elements: Vec<(String, (Option<String>, String))>,
}

impl<'a> Table<'a> {
    fn new(columns: &'a Columns, named: bool) -> Self {
        let first = if named { Some(Column::Name) } else { None };
        let mut table = Self {
            columns,
            titles: Vec::new(),
            places: BTreeMap::new(),
            rows: Vec::new(),
            clashes: Vec::new(),
            elements: Vec::new(),
        };
        if let Some(column) = first {
            table.place(columns.title(column), first);
        }
        table
    }

    fn place(&mut self, title: &str, column: Option<Column>) -> usize {
        let key = (column, if column.is_some() { String::new() } else { title.to_owned() });
        *self.places.entry(key).or_insert_with(|| {
            self.titles.push((title.to_owned(), column));
            self.titles.len() - 1
        })
    }

    fn row(&mut self, e: &Element, names: &BTreeMap<&str, &str>, more: &[(Column, String)]) {
        let mut cells = Vec::<Cell>::new();
        let line = e.line.0.max(1);
        let name = one_line(say(&e.names));
        if self.titles.first().is_some_and(|(_, c)| *c == Some(Column::Name)) {
            cells.push(Cell::Text(name.clone()));
        }
        let mut force = more
            .iter()
            .find(|(c, text)| *c == Column::Force && !text.is_empty())
            .map(|(_, text)| text.clone());
        let mut own = None;
        for p in &e.properties {
            let title = names.get(p.definition.as_str()).copied().unwrap_or_default();
            // An element has its own name and needs no property for it.
            let column = self.columns.find(title).filter(|c| *c != Column::Name);
            let text = say(&p.values);
            if column == Some(Column::Force) && own.is_none() {
                own = Some(one_line(text)).filter(|f| !f.is_empty());
            }
            // Two elements can have one meaning in two units, so the unit goes with the figure.
            let (title, text) = match (column, title.find(['(', '['])) {
                (Some(column), Some(unit)) if !text.trim().is_empty() && unit::has(column) => {
                    let (_, unit) = title.split_at(unit);
                    (self.columns.title(column).to_owned(), format!("{text} {unit}"))
                }
                _ => (title.to_owned(), text.to_owned()),
            };
            let at = self.place(&title, column);
            if let Some(clash) = put(&mut cells, at, column, &text) {
                let meant = column.map_or("", |c| self.columns.title(c));
                let said = format!("'{name}' says {meant} as '{clash}' and as '{text}'");
                let reason =
                    format!("{said}: the first was taken, and the other is only kept with the model");
                self.clashes.push((line, reason));
            }
        }
        force = own.or(force);
        for (column, text) in more.iter().filter(|(_, text)| !text.is_empty()) {
            let title = self.columns.title(*column).to_owned();
            let at = self.place(&title, Some(*column));
            // What the model says in more than one way of an element is a list or a text, and both are taken.
            put(&mut cells, at, Some(*column), text);
        }
        self.elements.push((e.identifier.clone(), (force, name)));
        self.rows.push(Row { number: line, cells, merged: Vec::new() });
    }

    fn read(self, options: &Options) -> Result<Survey, Faults> {
        let mut survey = survey::read_rows(self.columns, options, &self.titles, self.rows)?;
        let clashes = self.clashes.into_iter().take(CLASHES);
        survey.notes.extend(clashes.map(|(line, reason)| Fault::new(&options.file, reason).at_line(line)));
        Ok(survey)
    }
}

/// So many clashes are told of one model.
const CLASHES: usize = 500;

/// Puts what a property says into its cell. Two properties can have one meaning: a list and a long text have what both
/// say, and of anything else the first stands, as two figures run together are a third one. Gives the first where it
/// stands against what is put.
fn put(cells: &mut Vec<Cell>, at: usize, column: Option<Column>, text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return None;
    }
    if cells.len() <= at {
        cells.resize(at + 1, Cell::Empty);
    }
    let cell = cells.get_mut(at)?;
    let old = cell.lines();
    if old.trim().is_empty() {
        *cell = Cell::Text(text.to_owned());
        return None;
    }
    let text = text.trim();
    if old.trim() == text {
        return None;
    }
    match column {
        Some(Column::Capabilities | Column::Integrations) => {
            let known = old.split([';', '|', '\n']).any(|part| part.trim() == text);
            if !known {
                *cell = Cell::Text(format!("{}\n{text}", old.replace(';', "\n")));
            }
            None
        }
        None | Some(Column::Function | Column::DispositionReason) => {
            if !old.lines().any(|line| line.trim() == text) {
                *cell = Cell::Text(format!("{old}\n{text}"));
            }
            None
        }
        Some(_) => Some(old),
    }
}
