//! The programme of the fictional force: registers, ideas, gates and challenges, written by the people of the story through
//! the same functions as everywhere.

use crate::{content, fail::Fail};
use bluelamp_model::{Error, Fault, Faults, Time, authority::Actor};
use bluelamp_steward::{
    assessment::{self, Cause, Cell, NewAssessment, Scheme},
    challenge::{self, Award, Given, NewEntry},
    entry,
    portfolio::{GateDecision, decide_gate, submit_idea},
    register::{Body, Register},
    registers::{market::CHALLENGE, portfolio::ITEM},
    strategy,
};
use bluelamp_store::{Cx, Db};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const FILE: &str = "demo/programme.json";
/// Who keeps the registers.
const OFFICE: &str = "programme-office";
/// Who decides at gates and about awards.
const CHIEF: &str = super::story::ACCOUNTABLE;

/// What stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Programme {
    /// What it is, for whoever reads the file.
    #[expect(dead_code, reason = "for people who read the file")]
    about: String,
    registers: Vec<Kept>,
    ideas: Vec<Idea>,
    gates: Vec<Gate>,
    changes: Vec<Change>,
    open: Vec<String>,
    entries: Vec<HandedIn>,
    close: Vec<String>,
    scores: Vec<Sheet>,
    awards: Vec<Won>,
    assessed: Vec<Assessed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    register: String,
    entries: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    code: String,
    fields: Map<String, Value>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Idea {
    by: String,
    title: String,
    summary: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gate {
    item: String,
    outcome: String,
    #[serde(default)]
    conditions: String,
    reasons: String,
    #[serde(default)]
    assurance: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    register: String,
    code: String,
    set: Map<String, Value>,
    reason: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandedIn {
    challenge: String,
    sender: String,
    contact: String,
    proposal: String,
    price: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    by: String,
    challenge: String,
    entry: String,
    scores: Vec<(u8, String)>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Won {
    challenge: String,
    entry: String,
    reasons: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Assessed {
    by: String,
    item: String,
    strategy: String,
    cells: BTreeMap<String, Cell>,
}

/// What `start` and `today` stand for in the file.
#[derive(Clone, Copy)]
pub(super) struct Days {
    pub(super) start: Time,
    pub(super) today: Time,
}

impl Days {
    /// Turns `today+30` into that day; anything else stays as it is.
    pub(super) fn put(self, value: &mut Value) {
        let Some(text) = value.as_str() else { return };
        let (from, rest) = match (text.strip_prefix("today"), text.strip_prefix("start")) {
            (Some(rest), _) => (self.today, rest),
            (_, Some(rest)) => (self.start, rest),
            _ => return,
        };
        let days = if rest.is_empty() { Some(0) } else { rest.parse::<i64>().ok() };
        let signed = rest.is_empty() || rest.starts_with(['+', '-']);
        if let Some(days) = days.filter(|_| signed) {
            *value = from.plus_seconds(days * 86_400).day().into();
        }
    }
}

/// Signs somebody of the story in.
type SignIn<'a> = &'a dyn Fn(&str) -> Result<Actor, Fail>;

fn wrong(place: &str, error: &Error) -> Fail {
    Fail::Data(Fault::new(format!("data/{FILE}"), error.to_string()).in_field(place).into())
}

fn read(register: &Register, fields: &Map<String, Value>, days: Days) -> Result<Body, Error> {
    let mut fields = fields.clone();
    fields.values_mut().for_each(|value| days.put(value));
    register.read_json(&Value::Object(fields)).map_err(Error::Invalid)
}

impl Programme {
    /// The programme that the binary carries.
    ///
    /// # Errors
    /// When it cannot be read, with the line.
    pub(super) fn carried() -> Result<Self, Faults> {
        let text = content::embedded(FILE).unwrap_or_default();
        serde_json::from_str(text)
            .map_err(|e| Fault::new(format!("data/{FILE}"), e.to_string()).at_line(e.line() as u64).into())
    }

    /// What is there at the beginning of the story.
    ///
    /// # Errors
    /// What is wrong in the file, with its place.
    pub(super) fn begin(&self, db: &Db, sign_in: SignIn<'_>, days: Days) -> Result<(), Fail> {
        let office = sign_in(OFFICE)?;
        for kept in &self.registers {
            let register = entry::known(&kept.register)?;
            let mut all = Vec::new();
            for written in &kept.entries {
                let place = format!("{}.{}", kept.register, written.code);
                let body = read(register, &written.fields, days).map_err(|e| wrong(&place, &e))?;
                all.push((written.code.clone(), body));
            }
            db.write(&office, move |cx| {
                for (code, body) in &all {
                    entry::create(cx, register, code, body, "The beginning of the programme")?;
                }
                Ok(())
            })
            .map_err(|e| wrong(&kept.register, &e))?;
        }
        for idea in self.ideas.iter().cloned() {
            let who = sign_in(&idea.by)?;
            db.write(&who, move |cx| submit_idea(cx, &idea.title, &idea.summary))?;
        }
        let opened = self.open.clone();
        db.write(&office, move |cx| {
            for code in &opened {
                let version = version(cx, &CHALLENGE, code)?;
                challenge::open(cx, code, version)?;
            }
            Ok(())
        })
        .map_err(|e| wrong("open", &e))?;
        let handed_in = self.entries.clone();
        db.write(&office, move |cx| {
            for h in &handed_in {
                let HandedIn { challenge, sender, contact, proposal, price } = h.clone();
                challenge::receive(cx, &challenge, &NewEntry { sender, contact, proposal, price })?;
            }
            Ok(())
        })
        .map_err(|e| wrong("entries", &e))?;
        Ok(())
    }

    /// What was done since.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub(super) fn end(&self, db: &Db, sign_in: SignIn<'_>, days: Days) -> Result<(), Fail> {
        let (office, chief) = (sign_in(OFFICE)?, sign_in(CHIEF)?);
        for change in &self.changes {
            let place = format!("changes.{}.{}", change.register, change.code);
            let register = entry::known(&change.register)?;
            let code = change.code.clone();
            let held = db.read(&office, move |cx| entry::entry(cx, register, &code))?;
            let fields = serde_json::to_value(&held.body).unwrap_or_default();
            let mut fields = fields.as_object().cloned().unwrap_or_default();
            fields.extend(change.set.clone());
            let body = read(register, &fields, days).map_err(|e| wrong(&place, &e))?;
            let (code, reason) = (change.code.clone(), change.reason.clone());
            db.write(&office, move |cx| entry::change(cx, register, &code, held.version, &body, &reason))?;
        }
        let gates = self.gates.clone();
        db.write(&chief, move |cx| {
            for gate in &gates {
                let Gate { item, outcome, conditions, reasons, assurance } = gate.clone();
                let version = version(cx, &ITEM, &item)?;
                decide_gate(cx, &item, &GateDecision { version, outcome, conditions, reasons, assurance })?;
            }
            Ok(())
        })
        .map_err(|e| wrong("gates", &e))?;
        let closed = self.close.clone();
        db.write(&office, move |cx| {
            for code in &closed {
                let version = version(cx, &CHALLENGE, code)?;
                challenge::close(cx, code, version)?;
            }
            Ok(())
        })
        .map_err(|e| wrong("close", &e))?;
        for sheet in self.scores.iter().cloned() {
            let who = sign_in(&sheet.by)?;
            let of =
                |(score, reason): &(u8, String)| Given { score: score.to_string(), reason: reason.clone() };
            let given: Vec<Given> = sheet.scores.iter().map(of).collect();
            db.write(&who, move |cx| challenge::score(cx, &sheet.challenge, &sheet.entry, &given))
                .map_err(|e| wrong("scores", &e))?;
        }
        for one in self.assessed.iter().cloned() {
            let who = sign_in(&one.by)?;
            let place = format!("assessed.{}.{}", one.item, one.strategy);
            db.write(&who, move |cx| {
                let scheme = Scheme::of(&strategy::view(cx, &one.strategy, None)?.strategy);
                let new = NewAssessment {
                    item: one.item.clone(),
                    axis: None,
                    seen: None,
                    cause: Cause::First,
                    driver: None,
                    why: String::new(),
                    cells: one.cells.clone(),
                };
                assessment::assess(cx, &scheme, &new)
            })
            .map_err(|e| wrong(&place, &e))?;
        }
        for won in &self.awards {
            let won = won.clone();
            db.write(&chief, move |cx| {
                let Won { challenge, entry, reasons } = won.clone();
                let version = version(cx, &CHALLENGE, &challenge)?;
                challenge::award(cx, &challenge, &Award { version, entry, reasons })
            })
            .map_err(|e| wrong("awards", &e))?;
        }
        Ok(())
    }
}

/// The version of an entry as it stands.
fn version(cx: &mut Cx<'_>, register: &Register, code: &str) -> Result<i64, Error> {
    Ok(entry::entry(cx, register, code)?.version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bluelamp_steward::{register::FieldKind, registers};
    use std::{collections::BTreeSet, fs, path::Path};

    fn days() -> Days {
        let today: Time = "2026-11-22T12:00:00Z".parse().unwrap();
        Days { start: today.plus_seconds(-4 * 86_400), today }
    }

    #[test]
    fn a_day_is_counted_from_the_day_of_building() {
        let told = |text: &str| {
            let mut value = Value::from(text);
            days().put(&mut value);
            value.as_str().unwrap().to_owned()
        };
        assert_eq!(["today", "today+10", "start-1"].map(told), ["2026-11-22", "2026-12-02", "2026-11-17"]);
        for same in ["today we meet", "starting", "today10", "2026-01-01"] {
            assert_eq!(told(same), same);
        }
    }

    /// Links within the registers are checked where the programme is loaded; what lies outside is checked here.
    #[test]
    fn every_register_is_filled_and_whatever_it_names_is_there() {
        let programme = Programme::carried().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let mut filled = BTreeSet::new();
        for kept in &programme.registers {
            let register = entry::known(&kept.register).unwrap();
            assert!(kept.entries.len() >= 2, "{} has one entry alone", register.code);
            filled.insert(register.code);
            for written in &kept.entries {
                let body = read(register, &written.fields, days())
                    .unwrap_or_else(|e| panic!("{}.{}: {e}", register.code, written.code));
                for field in register.fields {
                    for name in body.all(field.name) {
                        let place = format!("{}.{}.{}: {name}", register.code, written.code, field.name);
                        match field.kind {
                            FieldKind::Named("algorithm") => {
                                let (sort, name) = name.split_once('/').unwrap();
                                let there = match sort {
                                    "definition" => root.join("definitions").join(name).is_dir(),
                                    "indicator" => root.join(format!("indicators/{name}.toml")).is_file(),
                                    _ => false,
                                };
                                assert!(there, "{place}");
                            }
                            FieldKind::Elements => {
                                let (strategy, id) = name.split_once(':').unwrap();
                                let text = fs::read_to_string(root.join(format!("strategy/{strategy}.yaml")));
                                let text = text.unwrap_or_else(|e| panic!("{place}: {e}"));
                                let there = text.lines().any(|l| {
                                    let l = l.trim_start_matches([' ', '-', '{']).trim_end();
                                    l.strip_prefix("id: ").is_some_and(|rest| {
                                        rest.split(',').next().unwrap_or_default().trim_matches('"') == id
                                    })
                                });
                                assert!(there, "{place}");
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
        // These two come of steps of their own, which the story takes too.
        let own = registers::ALL.iter().filter(|r| !r.by_hand).map(|r| r.code);
        filled.extend(own);
        let empty: Vec<_> = registers::ALL.iter().map(|r| r.code).filter(|c| !filled.contains(c)).collect();
        assert!(empty.is_empty(), "nothing is kept in {empty:?}");
        assert!(!programme.gates.is_empty() && !programme.entries.is_empty());
    }
}
