//! What a force changes without code: policy, forms, definitions, indicators, strategies, code lists and the pages
//! in words.
//!
//! The binary carries the product's own `data/`; a folder of the same shape may stand in its place. Everything is
//! read and checked before anything is served, and every mistake is named in one go.

use bluelamp_access::Policy;
use bluelamp_casework::Shelf;
use bluelamp_forms::{Component, Form};
use bluelamp_model::{
    Fault, Faults, Kind, LinkKind,
    codes::{self, CodeList},
};
use bluelamp_steward::{
    appetite::Appetite,
    landscape::Columns,
    redress::Rules,
    strategy::{self, Strategy},
};
use bluelamp_triage::{Definition, IndicatorSet, Status};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/data.rs"));
}

/// Everything of `data/` that the service works with.
pub(crate) struct Content {
    pub(crate) policy: Arc<Policy>,
    /// By when complaints are answered.
    pub(crate) redress: Rules,
    pub(crate) forms: BTreeMap<String, Form>,
    /// Every version with its text. What becomes of them stands in the database.
    pub(crate) definitions: Vec<(Definition, String)>,
    /// Words in free text that ask a question, by the id of their set; also those for definitions that are not live.
    pub(crate) indicators: Arc<BTreeMap<String, IndicatorSet>>,
    /// Each with its text. Which versions are held stands in the database.
    pub(crate) strategies: Vec<(Strategy, String)>,
    /// How much risk a board carries without being asked.
    pub(crate) appetite: Appetite,
    pub(crate) codes: Vec<CodeList>,
    /// How the columns of a survey of applications are spelled.
    pub(crate) columns: Columns,
    /// Pages in words, by name.
    pub(crate) pages: BTreeMap<String, String>,
    /// What should be put right and stops nothing.
    pub(crate) notices: Vec<Fault>,
}

/// The pages that every force has to have.
const PAGES: [&str; 2] = ["accessibility", "privacy"];

/// The spellings of the columns of a survey.
const COLUMNS: &str = "landscape/columns.toml";

/// The folders, with the endings of what is read in them.
const FOLDERS: [(&str, &[&str]); 8] = [
    ("codes", &[".json"]),
    ("content", &[".md"]),
    ("definitions", &[".md"]),
    ("forms", &[".json"]),
    ("indicators", &[".toml"]),
    ("landscape", &[".toml"]),
    ("policies", &[".toml"]),
    ("strategy", &[".yaml", ".toml"]),
];

/// Where a board's appetite for risk stands.
const APPETITE: &str = "strategy/appetite.toml";

/// A file of `data/` that the binary carries: its text.
pub(crate) fn embedded(path: &str) -> Option<&'static str> {
    embedded::FILES.iter().find(|(name, _)| *name == path).map(|(_, text)| *text)
}

/// The files that a force may change, by their path below `data/`.
pub(crate) fn changeable() -> impl Iterator<Item = (&'static str, &'static str)> {
    embedded::FILES.iter().copied().filter(|(path, _)| !path.starts_with("demo/"))
}

/// Files by their path below `data/`, with the name by which a person knows them.
type Files = BTreeMap<String, (String, String)>;

fn carried() -> Files {
    changeable().map(|(path, text)| (path.to_owned(), (format!("data/{path}"), text.to_owned()))).collect()
}

fn folder(root: &Path, faults: &mut Vec<Fault>) -> Files {
    let mut files = Files::new();
    for (name, endings) in FOLDERS {
        read_folder(root, &root.join(name), endings, &mut files, faults);
    }
    files
}

/// Reads what belongs into a folder. Each definition has a folder of its own, with a file for each of its versions.
fn read_folder(root: &Path, folder: &Path, endings: &[&str], files: &mut Files, faults: &mut Vec<Fault>) {
    let shown = folder.display().to_string();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        // The strategies of the product count without lying there: a folder of an earlier version still serves.
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && folder.ends_with("strategy") => return,
        // The product's own spellings count then: a folder of an earlier version still serves.
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && folder.ends_with("landscape") => return,
        Err(e) => return faults.push(Fault::new(shown, format!("cannot be read: {e}"))),
    };
    let place = folder.strip_prefix(root).unwrap_or(folder).display().to_string();
    for entry in entries.flatten() {
        let (path, file) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let shown = path.display().to_string();
        let passed_over = file.starts_with('.') || file == "README.md" || file.ends_with(".schema.json");
        if passed_over {
            continue;
        }
        if place == "definitions" && path.is_dir() {
            read_folder(root, &path, endings, files, faults);
            continue;
        }
        let known = if place == "strategy" && file.ends_with(".toml") {
            format!("{place}/{file}") == APPETITE
        } else {
            endings.iter().any(|e| file.ends_with(e))
        };
        if !known {
            let ending = endings.first().copied().unwrap_or_default();
            let reason =
                format!("is not read: what belongs into {place} ends in {ending}. Move it elsewhere");
            faults.push(Fault::new(shown, reason));
            continue;
        }
        match fs::read_to_string(&path) {
            Ok(text) => {
                files.insert(format!("{place}/{file}"), (shown, text));
            }
            Err(e) => faults.push(Fault::new(shown, format!("cannot be read: {e}"))),
        }
    }
}

impl Content {
    /// Reads the folder, or what the binary carries.
    ///
    /// # Errors
    /// Every mistake in every file, with its line.
    pub(crate) fn load(root: Option<&Path>) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let files = match root {
            Some(root) => folder(root, &mut faults),
            None => carried(),
        };
        let at = |path: &str| match root {
            Some(root) => root.join(path).display().to_string(),
            None => format!("data/{path}"),
        };
        let of = |folder: &'static str| {
            files.iter().filter(move |(path, _)| path.split('/').next() == Some(folder))
        };
        let mut keep =
            |result: Result<(), Faults>| faults.extend(result.err().map(|f| f.0).unwrap_or_default());

        let mut policy = None;
        keep(match files.get("policies/access.toml") {
            Some((shown, text)) => Policy::parse(shown, text).map(|p| policy = Some(p)),
            None => Err(missing(at("policies/access.toml"))),
        });

        let mut redress = None;
        keep(match files.get("policies/redress.toml") {
            Some((shown, text)) => Rules::parse(shown, text).map(|r| redress = Some(r)),
            None => Err(missing(at("policies/redress.toml"))),
        });

        let mut codes = Vec::new();
        for (path, (shown, text)) in of("codes") {
            keep(CodeList::parse(shown, text).and_then(|list| {
                same_name(path, shown, text, "list", &list.list)?;
                codes.push(list);
                Ok(())
            }));
        }
        keep(lists_are_whole(&codes, &at));

        let (mut definitions, mut notices) = (Vec::<(Definition, String)>::new(), Vec::new());
        for (path, (shown, text)) in of("definitions") {
            keep(Definition::load(shown, text).and_then(|mut definition| {
                named_by_version(path, shown, text, &definition)?;
                notices.append(&mut definition.notices);
                let clashes = definitions.iter().filter(|(d, _)| d.header.id != definition.header.id);
                let clashes: Vec<_> = clashes
                    .flat_map(|(other, _)| bluelamp_casework::disagreements(&definition, other))
                    .map(|reason| Fault::new(shown.as_str(), reason).in_field("Facts"))
                    .collect();
                definitions.push((definition, text.clone()));
                Faults(clashes).or(())
            }));
        }

        let mut forms = BTreeMap::new();
        match files.get("forms/common.json") {
            None => keep(Err(missing(at("forms/common.json")))),
            Some((shared, common)) => {
                // A mistake in the common file would be told anew by every form.
                let mut told = Vec::new();
                for (path, (shown, text)) in of("forms").filter(|(path, _)| *path != "forms/common.json") {
                    keep(
                        Form::parse(shown, text, (shared.as_str(), common.as_str()))
                            .and_then(|form| {
                                same_name(path, shown, text, "id", &form.id)?;
                                Faults(fits(&form, text, &definitions)).or(())?;
                                forms.insert(form.id.clone(), form);
                                Ok(())
                            })
                            .map_err(|found| {
                                let new: Vec<_> = found.0.into_iter().filter(|f| !told.contains(f)).collect();
                                told.extend(new.iter().cloned());
                                Faults(new)
                            }),
                    );
                }
            }
        }

        let mut indicators = BTreeMap::new();
        for (path, (shown, text)) in of("indicators") {
            keep(IndicatorSet::load(shown, text).and_then(|set| {
                same_name(path, shown, text, "id", &set.id)?;
                let usable = |d: &&Definition| {
                    d.header.id == set.definition && matches!(d.header.status, Status::Live | Status::Shadow)
                };
                let mut versions = definitions.iter().map(|(d, _)| d).filter(usable).peekable();
                match versions.peek() {
                    Some(_) => {
                        Faults(versions.flat_map(|d| set.misfits(shown, d)).collect()).or(())?;
                    }
                    None => {
                        let line = text.lines().position(|line| line.starts_with("definition")).unwrap_or(0);
                        let reason =
                            format!("there is no definition '{}' that could be read", set.definition);
                        return Err(Fault::new(shown, reason)
                            .at_line(line as u64 + 1)
                            .in_field("definition")
                            .into());
                    }
                }
                indicators.insert(set.id.clone(), set);
                Ok(())
            }));
        }

        let mut strategies = Vec::new();
        let files_of = || of("strategy").filter(|(path, _)| path.as_str() != APPETITE);
        let own: Vec<_> = files_of().map(|(_, file)| file.clone()).collect();
        let others = carried_strategies();
        let known: Vec<_> = others.iter().map(|(s, _)| s.clone()).collect();
        keep(strategy::load(&own, &known).and_then(|mut loaded| {
            notices.append(&mut loaded.notices);
            let mut misnamed = Vec::new();
            for ((path, (shown, text)), (s, _)) in files_of().zip(&loaded.strategies) {
                misnamed
                    .extend(same_name(path, shown, text, "id", &s.id).err().map(|f| f.0).unwrap_or_default());
            }
            let replaced = |id: &str| loaded.strategies.iter().any(|(s, _)| s.id == id);
            strategies.extend(others.into_iter().filter(|(s, _)| !replaced(&s.id)));
            strategies.append(&mut loaded.strategies);
            Faults(misnamed).or(())
        }));

        // A folder of an earlier version has none: then that of the product holds.
        let mut appetite = None;
        let carried_one = (format!("data/{APPETITE}"), embedded(APPETITE).unwrap_or_default().to_owned());
        let (shown, text) = files.get(APPETITE).unwrap_or(&carried_one);
        keep(Appetite::parse(shown, text).map(|a| appetite = Some(a)));
        let mut columns = None;
        keep(match files.get(COLUMNS) {
            Some((shown, text)) => Columns::parse(shown, text).map(|c| columns = Some(c)),
            None => Columns::shipped().map(|c| columns = Some(c)),
        });
        for (_, (shown, _)) in of("landscape").filter(|(path, _)| *path != COLUMNS) {
            let reason = format!("is not read: only {COLUMNS} is");
            keep(Err(Fault::new(shown, reason).into()));
        }

        let pages: BTreeMap<_, _> =
            of("content").map(|(path, (_, text))| (stem(path).to_owned(), text.clone())).collect();
        for (path, (shown, text)) in of("content") {
            if !PAGES.contains(&stem(path)) {
                let reason = format!("no page shows this; the pages are {}", PAGES.join(", "));
                keep(Err(Fault::new(shown, reason).into()));
            } else if !text.trim_start().starts_with("# ") {
                keep(Err(Fault::new(shown, "the first line should be the page's title: # Title")
                    .at_line(1)
                    .into()));
            }
        }
        for page in PAGES.iter().filter(|page| !pages.contains_key(**page)) {
            keep(Err(missing(at(&format!("content/{page}.md")))));
        }

        faults.sort();
        match (policy, appetite, columns, redress) {
            (Some(policy), Some(appetite), Some(columns), Some(redress)) if faults.is_empty() => {
                let (policy, indicators) = (Arc::new(policy), Arc::new(indicators));
                Ok(Self {
                    policy,
                    redress,
                    forms,
                    definitions,
                    indicators,
                    strategies,
                    appetite,
                    codes,
                    columns,
                    pages,
                    notices,
                })
            }
            _ => Err(Faults(faults)),
        }
    }

    /// What looks at reports in an organisation, with nothing parsed yet.
    pub(crate) fn shelf(&self, organisation: &str) -> Arc<Shelf> {
        Arc::new(Shelf::new(Arc::clone(&self.indicators)).in_unit(organisation))
    }

    /// A code list by its name, which is there: that was checked.
    pub(crate) fn list(&self, name: &str) -> Result<&CodeList, Faults> {
        self.codes.iter().find(|l| l.list == name).ok_or_else(|| missing(format!("data/codes/{name}.json")))
    }
}

/// The strategies that the binary carries, which a force's own may name.
pub(crate) fn carried_strategies() -> Vec<(Strategy, String)> {
    let files = changeable().filter(|(path, _)| path.starts_with("strategy/") && *path != APPETITE);
    let read = files.filter_map(|(path, text)| Some((Strategy::parse(path, text).ok()?, text.to_owned())));
    read.collect()
}

fn missing(file: String) -> Faults {
    Fault::new(file, "is missing").into()
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

/// A version of a definition is found at `definitions/<id>/<version>.md`.
fn named_by_version(path: &str, shown: &str, text: &str, definition: &Definition) -> Result<(), Faults> {
    let (id, version) = (&definition.header.id, &definition.header.version);
    if path == format!("definitions/{id}/{version}.md") {
        return Ok(());
    }
    let line = text.lines().position(|line| line.starts_with("id:")).unwrap_or(0);
    let reason = format!("is {id} {version}: its place is definitions/{id}/{version}.md");
    Err(Fault::new(shown, reason).at_line(line as u64 + 1).in_field("id").into())
}

/// A file is found by the name that is inside it.
fn same_name(path: &str, shown: &str, text: &str, field: &str, name: &str) -> Result<(), Faults> {
    if stem(path) == name {
        return Ok(());
    }
    let line = text.lines().position(|line| line.contains(field) && line.contains(name)).unwrap_or(0);
    let reason = format!("is '{name}', and the file is called '{}': give both the same name", stem(path));
    Err(Fault::new(shown, reason).at_line(line as u64 + 1).in_field(field).into())
}

/// The lists that the model's properties take their codes from are all there, and no mapping leads nowhere.
fn lists_are_whole(lists: &[CodeList], at: &dyn Fn(&str) -> String) -> Result<(), Faults> {
    let file = |list: &str| at(&format!("codes/{list}.json"));
    let absent = codes::shipped().iter().filter(|known| !lists.iter().any(|l| l.list == known.list));
    let mut faults: Vec<_> = absent.map(|known| Fault::new(file(&known.list), "is missing")).collect();
    faults
        .extend(codes::dangling(lists).0.into_iter().map(|fault| Fault { file: file(&fault.file), ..fault }));
    Faults(faults).or(())
}

/// Whether a form fits what its reports go on to: the definition that assesses them, and the model that its people
/// and things become records of. A mistake here would only show when a report is assessed, too late for its sender.
fn fits(form: &Form, text: &str, definitions: &[(Definition, String)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let questions = || form.pages.iter().flat_map(|page| form.questions(page));
    if let Some(id) = &form.definition {
        let versions = || definitions.iter().map(|(d, _)| d).filter(|d| d.header.id == *id);
        let usable = |d: &&Definition| matches!(d.header.status, Status::Live | Status::Shadow);
        for definition in versions().filter(usable) {
            for question in questions() {
                faults.extend(facts_fit(form, question, definition));
            }
        }
        if !versions().any(|d| usable(&d)) {
            let line = text.lines().position(|line| line.contains("\"x-definition\"")).unwrap_or(0);
            let file = form.pages.iter().find(|p| p.group.is_none()).map_or("", |p| p.at.file.as_str());
            let reason = match versions().next() {
                Some(d) => {
                    let status = d.header.status.code();
                    format!("the definition '{id}' is {status}: a form needs one that is in shadow or live")
                }
                None => format!("there is no definition '{id}' that could be read"),
            };
            faults.push(Fault::new(file, reason).at_line(line as u64 + 1).in_field("x-definition"));
        }
    }
    for (role, shape) in &form.entities {
        let Ok(kind) = shape.kind.parse::<Kind>() else {
            faults.push(shape.at.fault(format!("'{}' is not a kind of record", shape.kind)));
            continue;
        };
        for code in std::iter::once(&shape.link).chain(shape.also.iter().map(|also| &also.link)) {
            let link = serde_json::from_value::<LinkKind>(Value::from(code.as_str()));
            // The model ties some kinds the other way round: a report mentions a vehicle.
            let tied = |l: LinkKind| l.allows(kind, Kind::Report) || l.allows(Kind::Report, kind);
            match link {
                Ok(link) if tied(link) => {}
                Ok(_) => faults.push(
                    shape.at.fault(format!("'{code}' cannot tie a {} to a report ({role})", kind.code())),
                ),
                Err(_) => faults.push(shape.at.fault(format!("'{code}' is not a kind of link ({role})"))),
            }
        }
    }
    faults
}

/// What the definition says to an answer of the question that it cannot take.
fn facts_fit(form: &Form, question: &Component, definition: &Definition) -> Option<Fault> {
    let reason = bluelamp_casework::misfit(form, question, definition)?;
    let mut fault = question.at.fault(format!("the definition '{}' says: {reason}", definition.header.id));
    fault.field = Some(format!("{}.x-fact", fault.field.unwrap_or_default()));
    Some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with the product's own files, in which a test then makes a mistake.
    fn ours(change: impl FnOnce(&Path)) -> Result<Content, String> {
        let root = tempfile::tempdir().unwrap();
        for (path, (_, text)) in carried() {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        change(root.path());
        let prefix = format!("{}/", root.path().display());
        Content::load(Some(root.path())).map_err(|f| f.to_string().replace(&prefix, ""))
    }

    fn edit(file: impl AsRef<Path>, from: &str, to: &str) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(file, text.replacen(from, to, 1)).unwrap();
    }

    fn refused(change: impl FnOnce(&Path)) -> String {
        ours(change).err().expect("a mistake is refused")
    }

    #[test]
    fn what_is_shipped_is_right_and_a_copy_of_it_too() {
        let content = Content::load(None).unwrap();
        assert_eq!((content.forms.len(), content.definitions.len()), (3, 11));
        assert_eq!(content.notices, []);
        assert!(content.indicators.len() >= 9);
        let strategies: Vec<_> = content.strategies.iter().map(|(s, _)| s.id.as_str()).collect();
        assert_eq!(strategies, ["essex-2021", "national-2020"]);
        assert!(content.pages.len() == 2 && content.codes.len() == codes::shipped().len());
        ours(|_| ()).unwrap();
    }

    #[test]
    fn mistakes_in_several_files_come_out_in_one_go() {
        let faults = refused(|root| {
            edit(root.join("policies/access.toml"), "\"report.track\"", "\"report.trakc\"");
            edit(root.join("definitions/burglary/1.0.0.md"), "version: 1.0.0", "version: one");
            edit(root.join("forms/burglary.json"), "\"RadiosField\"", "\"RadioField\"");
            fs::remove_file(root.join("content/privacy.md")).unwrap();
            fs::write(root.join("codes/notes.txt"), "").unwrap();
        });
        for part in [
            "policies/access.toml:",
            "definitions/burglary/1.0.0.md:3: version: 'one' is not a version like 1.3.0",
            "content/privacy.md: is missing",
            "forms/burglary.json:",
            "codes/notes.txt: is not read: what belongs into codes ends in .json",
        ] {
            assert!(faults.contains(part), "{part}\n in\n{faults}");
        }
    }

    #[test]
    fn a_fact_that_the_definition_does_not_know_is_named_with_its_line() {
        let faults = refused(|root| {
            edit(
                root.join("forms/burglary.json"),
                "\"x-fact\": \"occupant hurt\"",
                "\"x-fact\": \"occupant hrut\"",
            );
        });
        let text = embedded("forms/burglary.json").unwrap();
        let line = text
            .lines()
            .position(|l| l.contains("\"occupant hurt\"") || l.contains("occupant_hurt"))
            .unwrap();
        let line_of = |fault: &str| fault.split(':').nth(1).unwrap().parse::<usize>().unwrap();
        assert!(faults.starts_with("forms/burglary.json:"), "{faults}");
        assert!(faults.contains("x-fact: the definition 'burglary' says: "), "{faults}");
        assert!(line_of(&faults).abs_diff(line) < 4, "{faults} beside {line}");
    }

    #[test]
    fn an_answer_that_the_fact_cannot_take_is_refused() {
        let faults = refused(|root| {
            edit(
                root.join("forms/antisocial-behaviour.json"),
                "\"serious\": \"serious\"}",
                "\"serious\": \"grave\"}",
            );
        });
        assert!(faults.contains("the definition 'antisocial-behaviour' says: "), "{faults}");
    }

    #[test]
    fn a_force_adds_its_own_strategy_and_may_name_those_of_the_product() {
        let own = embedded("strategy/essex-2021.yaml").unwrap().replace("id: essex-2021", "id: own-2027");
        let own = own.replace("about: essex-2021", "about: own-2027");
        let ids =
            |content: &Content| content.strategies.iter().map(|(s, _)| s.id.clone()).collect::<Vec<_>>();
        let content = ours(|root| {
            fs::remove_dir_all(root.join("strategy")).unwrap();
            fs::create_dir(root.join("strategy")).unwrap();
            fs::write(root.join("strategy/own-2027.yaml"), &own).unwrap();
        });
        assert_eq!(ids(&content.unwrap()), ["essex-2021", "national-2020", "own-2027"]);
        let without = ours(|root| fs::remove_dir_all(root.join("strategy")).unwrap());
        assert_eq!(ids(&without.unwrap()), ["essex-2021", "national-2020"]);

        let faults = refused(|root| {
            fs::write(
                root.join("strategy/mine.yaml"),
                own.replacen("to: \"national-2020:T1\"", "to: \"national-2020:T0\"", 1),
            )
            .unwrap();
        });
        let line = own.lines().position(|l| l.contains("national-2020:T1\", relation")).unwrap() + 1;
        let expected = format!(
            "strategy/mine.yaml:{line}: crosswalk.to: there is no element 'T0' in national-2020: name one that it has"
        );
        assert_eq!(faults, expected);
        let faults = refused(|root| fs::write(root.join("strategy/mine.yaml"), &own).unwrap());
        assert!(
            faults.starts_with("strategy/mine.yaml:4: id: is 'own-2027', and the file is called 'mine'"),
            "{faults}"
        );
        let faults = refused(|root| edit(root.join("strategy/essex-2021.yaml"), "Data driven", "Data led"));
        assert!(
            faults.contains("is there with another text: give the changed text a new version"),
            "{faults}"
        );
    }

    #[test]
    fn a_force_sets_its_own_appetite_and_a_mistake_in_it_is_named() {
        let file = "strategy/appetite.toml";
        let content = ours(|root| edit(root.join(file), "ethics = 4", "ethics = 2")).unwrap();
        assert!(content.appetite.exceeded("ethics", 3));
        let without = ours(|root| fs::remove_file(root.join(file)).unwrap()).unwrap();
        assert!(!without.appetite.exceeded("ethics", 4) && without.appetite.exceeded("ethics", 5));
        let faults = refused(|root| edit(root.join(file), "ethics = 4", "ethic = 4"));
        assert_eq!(faults, "strategy/appetite.toml: bounds: ‘ethic’ is not an area of risk");
        let faults = refused(|root| fs::write(root.join("strategy/other.toml"), "").unwrap());
        assert!(faults.starts_with("strategy/other.toml: is not read"), "{faults}");
    }

    #[test]
    fn a_force_spells_the_columns_of_its_surveys_as_it_likes() {
        let content = ours(|root| edit(root.join(COLUMNS), "\"System name\"", "\"Our kit\"")).unwrap();
        assert!(content.columns.find("our kit").is_some() && content.columns.find("system name").is_none());
        assert!(
            ours(|root| fs::remove_dir_all(root.join("landscape")).unwrap()).is_ok(),
            "those of the product count"
        );
        let faults = refused(|root| edit(root.join(COLUMNS), "\"System name\"", "\"Users\""));
        assert!(faults.contains("landscape/columns.toml: two columns are spelled 'Users'"), "{faults}");
        let faults = refused(|root| fs::write(root.join("landscape/more.toml"), "").unwrap());
        assert!(
            faults.contains("landscape/more.toml: is not read: only landscape/columns.toml is"),
            "{faults}"
        );
    }

    #[test]
    fn a_form_needs_a_definition_that_is_live() {
        let faults =
            refused(|root| edit(root.join("definitions/burglary/1.0.0.md"), "status: live", "status: draft"));
        assert!(
            faults.contains(
                "x-definition: the definition 'burglary' is draft: a form needs one that is in shadow or live"
            ),
            "{faults}"
        );
        let faults = refused(|root| fs::remove_file(root.join("definitions/burglary/1.0.0.md")).unwrap());
        assert!(
            faults.contains("x-definition: there is no definition 'burglary' that could be read"),
            "{faults}"
        );
    }

    #[test]
    fn an_indicator_asks_about_a_fact_that_is_there_and_passes_its_cases() {
        let file = "indicators/burglary-words.toml";
        let faults = refused(|root| edit(root.join(file), "\"occupant hurt\"", "\"occupant hrut\""));
        let line = |wanted: &str| {
            let text = embedded(file).unwrap();
            text.lines().position(|l| l == wanted).unwrap()
        };
        // The indicator begins two lines above what it asks.
        let at = line("asks = \"occupant hurt\"") - 1;
        assert_eq!(
            faults,
            format!(
                "{file}:{at}: hurt.asks: 'occupant hrut' is not a fact of the definition 'burglary'; did you mean 'occupant hurt'?"
            )
        );
        let faults = refused(|root| edit(root.join(file), "trying to (get|break)", "hoping to (get|break)"));
        assert!(
            faults.contains("fails: still-there found 'breaking into', ") && faults.lines().count() == 1,
            "{faults}"
        );
        let faults = refused(|root| {
            edit(root.join(file), "definition = \"burglary\"", "definition = \"burglery\"");
        });
        let at = line("definition = \"burglary\"") + 1;
        assert_eq!(
            faults,
            format!("{file}:{at}: definition: there is no definition 'burglery' that could be read")
        );
        let faults = refused(|root| {
            fs::rename(root.join(file), root.join("indicators/break-in-words.toml")).unwrap();
        });
        assert!(
            faults.starts_with("indicators/break-in-words.toml:3: id: is 'burglary-words', and the file"),
            "{faults}"
        );
        // A force that wants none has an empty folder.
        let content = ours(|root| {
            fs::remove_dir_all(root.join("indicators")).unwrap();
            fs::create_dir(root.join("indicators")).unwrap();
        });
        assert!(content.unwrap().indicators.is_empty());
    }

    #[test]
    fn a_file_bears_the_name_that_is_in_it() {
        let faults = refused(|root| {
            fs::rename(root.join("forms/burglary.json"), root.join("forms/break-in.json")).unwrap();
        });
        assert!(
            faults.starts_with("forms/break-in.json:3: id: is 'burglary', and the file is called 'break-in'"),
            "{faults}"
        );
    }

    #[test]
    fn a_tie_that_the_model_does_not_have_is_refused() {
        let faults =
            refused(|root| edit(root.join("forms/burglary.json"), "\"located-at\"", "\"resides-at\""));
        assert!(faults.contains("'resides-at' cannot tie a location to a report (scene)"), "{faults}");
    }

    #[test]
    fn a_mistake_in_the_common_file_is_told_once() {
        let faults = refused(|root| edit(root.join("forms/common.json"), "\"not-a-time\"", "\"not-a-tiem\""));
        let told: Vec<_> = faults.lines().collect();
        let mut once = told.clone();
        once.dedup();
        assert_eq!(told, once);
    }
}
