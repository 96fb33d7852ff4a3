//! A model as a landscape.
//!
//! What becomes what: each `ApplicationComponent` is an application, whose properties are the columns of a survey by
//! any of their spellings, and whose force is the one actor with the name of a force that it serves or is tied to,
//! where no property says it; each `Capability` that one realises, serves or is associated with, directly or over one
//! service, function or process, is a capability of it; a flow, serving, triggering or association between two
//! components is a tie. A `Capability` with a property for its maturity says how far the force has come. Everything
//! else is kept with the model and told by its number.

use super::{
    super::{
        Application, Column, Columns, Integration, Options, Pattern, Survey, survey,
        table::{Cell, Row},
        unit, value,
    },
    model::{Element, Model, Property, say},
};
use bluelamp_model::Faults;
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

/// The types between an application and a capability.
const BETWEEN: [&str; 8] = [
    "ApplicationService",
    "ApplicationFunction",
    "ApplicationProcess",
    "ApplicationInterface",
    "BusinessService",
    "BusinessFunction",
    "BusinessProcess",
    "ValueStream",
];
/// The relationships that say that something is for something.
const FOR: [&str; 4] = ["Realization", "Serving", "Association", "Assignment"];
/// Those that tie two applications together.
const TIES: [&str; 4] = ["Flow", "Serving", "Triggering", "Association"];

/// Reads a model as a landscape.
///
/// # Errors
/// Where an application has no force and `options` names none.
pub fn landscape(columns: &Columns, options: &Options, model: &Model) -> Result<Mapped, Faults> {
    let names: BTreeMap<&str, &str> =
        model.definitions.iter().map(|d| (d.identifier.as_str(), say(&d.names))).collect();
    let elements: BTreeMap<&str, &Element> =
        model.elements.iter().map(|e| (e.identifier.as_str(), e)).collect();
    let (mut mapped, mut kept) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    let ties = Ties::of(model, &elements, &names);

    let mut apps = Table::new(columns, true);
    let mut levels = Table::new(columns, false);
    for e in &model.elements {
        let known = match e.kind.as_str() {
            "ApplicationComponent" => {
                let capabilities = ties.capabilities(&e.identifier);
                let function = say(&e.documentation).to_owned();
                let said = |p: &Property| {
                    names.get(p.definition.as_str()).and_then(|n| columns.find(n)) == Some(Column::Force)
                };
                let mut more =
                    vec![(Column::Function, function), (Column::Capabilities, capabilities.join("\n"))];
                if !e.properties.iter().any(said) {
                    more.extend(ties.force(&e.identifier).map(|force| (Column::Force, force.to_owned())));
                }
                apps.row(e, &names, &more);
                true
            }
            "BusinessActor" => ties.forces.values().flatten().any(|(_, actor)| *actor == e.identifier),
            "Capability" => {
                let said = |p: &&Property| {
                    let column = names.get(p.definition.as_str()).and_then(|n| columns.find(n));
                    matches!(column, Some(Column::MaturityNow | Column::MaturityTarget))
                };
                if e.properties.iter().any(|p| said(&p)) {
                    levels.row(e, &names, &[(Column::Capabilities, say(&e.names).to_owned())]);
                }
                true
            }
            kind => BETWEEN.contains(&kind) && ties.between.contains(e.identifier.as_str()),
        };
        *if known { &mut mapped } else { &mut kept }.entry(e.kind.clone()).or_default() += 1;
    }
    for r in &model.relationships {
        let known = ties.used.contains(r.identifier.as_str());
        *if known { &mut mapped } else { &mut kept }.entry(r.kind.clone()).or_default() += 1;
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
    for (id, force_and_name) in &component {
        let at = survey.applications.iter().position(|a| {
            a.name == force_and_name.1
                && force_and_name
                    .0
                    .as_ref()
                    .or(options.force.as_ref())
                    .or(options.own.as_ref())
                    .is_none_or(|f| *f == a.force)
        });
        if let Some(at) = at {
            by_line.insert(id, at);
        }
    }
    for (from, to, pattern) in &ties.links {
        let (Some(from), Some(to)) = (by_line.get(from), by_line.get(to)) else { continue };
        let Some(other) = survey.applications.get(*to).map(|a| (a.force.clone(), a.name.clone())) else {
            continue;
        };
        if let Some(app) = survey.applications.get_mut(*from) {
            let code = |name: &str| Application::code_of(&app.force, name);
            if other.0 == app.force && !app.integrations.iter().any(|i| code(&i.to) == code(&other.1)) {
                app.integrations.push(Integration { to: other.1, pattern: *pattern });
            }
        }
    }
    Ok(Mapped { survey, mapped, kept, canvas: model.canvas() })
}

/// Whether an actor is a force, by its name: models hold citizens, officers and suppliers as actors too.
fn is_force(actor: &Element) -> bool {
    let name = say(&actor.names).to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).any(|w| matches!(w, "police" | "constabulary" | "policing"))
}

/// How elements hang together, as far as a landscape is concerned.
struct Ties<'a> {
    /// The names of the capabilities of each element.
    serves: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// From component to component.
    links: BTreeSet<(&'a str, &'a str, Option<Pattern>)>,
    /// The forces, by name and id, that each component belongs to.
    forces: BTreeMap<&'a str, BTreeSet<(&'a str, &'a str)>>,
    /// The elements over which a capability was reached.
    between: BTreeSet<&'a str>,
    /// The relationships that say any of it.
    used: BTreeSet<&'a str>,
}

impl<'a> Ties<'a> {
    fn of(model: &'a Model, elements: &BTreeMap<&'a str, &'a Element>, names: &BTreeMap<&str, &str>) -> Self {
        let kind = |id: &str| elements.get(id).map_or("", |e| e.kind.as_str());
        let mut ties = Self {
            serves: BTreeMap::new(),
            links: BTreeSet::new(),
            forces: BTreeMap::new(),
            between: BTreeSet::new(),
            used: BTreeSet::new(),
        };
        // What is for a capability directly, then what is for something of that sort.
        let mut direct = BTreeMap::<&str, BTreeSet<&str>>::new();
        let both = |r: &'a super::model::Relationship| {
            let turned = r.kind == "Association";
            let ends = [(r.source.as_str(), r.target.as_str()), (r.target.as_str(), r.source.as_str())];
            ends.into_iter().take(if turned { 2 } else { 1 })
        };
        for r in model.relationships.iter().filter(|r| FOR.contains(&r.kind.as_str())) {
            for (from, to) in both(r) {
                let for_it = kind(from) == "ApplicationComponent" || BETWEEN.contains(&kind(from));
                if let Some(capability) = elements.get(to).filter(|e| e.kind == "Capability" && for_it) {
                    direct.entry(from).or_default().insert(say(&capability.names));
                    ties.used.insert(&r.identifier);
                }
            }
        }
        for r in
            model.relationships.iter().filter(|r| FOR.contains(&r.kind.as_str()) || r.kind == "Composition")
        {
            for (from, to) in both(r) {
                if kind(from) == "ApplicationComponent"
                    && BETWEEN.contains(&kind(to))
                    && let Some(over) = direct.get(to)
                {
                    ties.serves.entry(from).or_default().extend(over.iter().copied());
                    ties.between.insert(to);
                    ties.used.insert(&r.identifier);
                }
            }
        }
        for (from, capabilities) in direct {
            ties.serves.entry(from).or_default().extend(capabilities);
        }
        for r in model.relationships.iter().filter(|r| FOR.contains(&r.kind.as_str())) {
            for (from, to) in [(&r.source, &r.target), (&r.target, &r.source)] {
                let actor = elements.get(to.as_str()).filter(|e| e.kind == "BusinessActor");
                if let Some(actor) = actor.filter(|a| kind(from) == "ApplicationComponent" && is_force(a)) {
                    let force = (say(&actor.names), actor.identifier.as_str());
                    ties.forces.entry(from).or_default().insert(force);
                    ties.used.insert(&r.identifier);
                }
            }
        }
        for r in model.relationships.iter().filter(|r| TIES.contains(&r.kind.as_str())) {
            if kind(&r.source) != "ApplicationComponent"
                || kind(&r.target) != "ApplicationComponent"
                || r.source == r.target
            {
                continue;
            }
            let said = r.properties.iter().find(|p| {
                names.get(p.definition.as_str()).is_some_and(|n| n.eq_ignore_ascii_case("pattern"))
            });
            let words = said.map_or_else(|| say(&r.names), |p| say(&p.values));
            // Who is served is tied to who serves.
            let (from, to) = match r.kind.as_str() {
                "Serving" => (r.target.as_str(), r.source.as_str()),
                _ => (r.source.as_str(), r.target.as_str()),
            };
            ties.links.insert((from, to, value::pattern(words)));
            ties.used.insert(&r.identifier);
        }
        ties
    }

    /// The one force that a component belongs to; none where there are several.
    fn force(&self, id: &str) -> Option<&'a str> {
        let all = self.forces.get(id)?;
        all.first().filter(|_| all.len() == 1).map(|(name, _)| *name)
    }

    fn capabilities(&self, id: &str) -> Vec<&'a str> {
        self.serves.get(id).map(|all| all.iter().copied().collect()).unwrap_or_default()
    }
}

/// Elements as the rows of a sheet.
struct Table<'a> {
    columns: &'a Columns,
    titles: Vec<(String, Option<Column>)>,
    rows: Vec<Row>,
    /// The ids of the elements with the force and the name that they gave.
    elements: Vec<(String, (Option<String>, String))>,
}

impl<'a> Table<'a> {
    fn new(columns: &'a Columns, named: bool) -> Self {
        let first = if named { Some(Column::Name) } else { None };
        let titles = first.map(|c| (columns.title(c).to_owned(), Some(c))).into_iter().collect();
        Self { columns, titles, rows: Vec::new(), elements: Vec::new() }
    }

    fn place(&mut self, title: &str, column: Option<Column>) -> usize {
        let same =
            |(t, c): &(String, Option<Column>)| if column.is_some() { *c == column } else { t == title };
        self.titles.iter().position(same).unwrap_or_else(|| {
            self.titles.push((title.to_owned(), column));
            self.titles.len() - 1
        })
    }

    fn row(&mut self, e: &Element, names: &BTreeMap<&str, &str>, more: &[(Column, String)]) {
        let mut cells = Vec::<Cell>::new();
        let mut put = |at: usize, text: &str| {
            if cells.len() <= at {
                cells.resize(at + 1, Cell::Empty);
            }
            if let Some(cell) = cells.get_mut(at) {
                // Two properties of one meaning, or a property and a relationship: a list has both.
                *cell = match cell.lines() {
                    old if old.trim().is_empty() => Cell::Text(text.to_owned()),
                    old if old.contains(text) => Cell::Text(old),
                    old => Cell::Text(format!("{}\n{text}", old.replace(';', "\n"))),
                };
            }
        };
        let name = say(&e.names).split_whitespace().collect::<Vec<_>>().join(" ");
        if self.titles.first().is_some_and(|(_, c)| *c == Some(Column::Name)) {
            put(0, &name);
        }
        let mut force = more
            .iter()
            .find(|(c, text)| *c == Column::Force && !text.is_empty())
            .map(|(_, text)| text.clone());
        for p in &e.properties {
            let title = names.get(p.definition.as_str()).copied().unwrap_or_default();
            // An element has its own name and needs no property for it.
            let column = self.columns.find(title).filter(|c| *c != Column::Name);
            let text = say(&p.values);
            if column == Some(Column::Force) {
                force = Some(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|f| !f.is_empty());
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
            put(at, &text);
        }
        for (column, text) in more.iter().filter(|(_, text)| !text.is_empty()) {
            let title = self.columns.title(*column).to_owned();
            let at = self.place(&title, Some(*column));
            put(at, text);
        }
        self.elements.push((e.identifier.clone(), (force, name)));
        self.rows.push(Row { number: e.line.0.max(1), cells, merged: Vec::new() });
    }

    fn read(self, options: &Options) -> Result<Survey, Faults> {
        survey::read_rows(self.columns, options, &self.titles, self.rows)
    }
}
