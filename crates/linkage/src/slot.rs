//! What is derived from a record, once per distinct value: keys, parts of a postcode, the seconds of a date.
//!
//! A [`Slot`] is an expression over one record. Its answer for each distinct value of its column is worked out once and
//! numbered; a record's slots are then a few numbers side by side. A record that comes later gets the same numbers
//! as if it had been there from the start.

mod file;
mod part;

use crate::columns::{Kind, Table};
use crate::dictionary::{Dictionary, NULL};
use crate::metric::{Bag, Unit};
use crate::shelf::{Lying, Shelf};
use crate::sql::{Expr, Side};
use crate::value::{Evaluator, Row, Value, text};
pub(crate) use file::{open_dictionary, write_dictionary};
use part::Part;
use std::collections::HashMap;

/// A column of the input that something is derived from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
    /// Where its values are among the dictionaries.
    pub dictionary: usize,
}

/// An expression over one record, and what is known of its values.
#[derive(Clone, Debug)]
pub struct Slot {
    expr: Expr,
    /// The sources that it reads.
    sources: Vec<usize>,
    /// Where its values are.
    pub(crate) dictionary: usize,
    /// Its number for each number of its one source; unused where it *is* the source, or reads several.
    by_value: Shelf<u32>,
    is_source: bool,
    /// Where it is no more than a part of a text.
    part: Option<Part>,
}

/// What is known of each value of a dictionary beyond its text, made where a kernel needs it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// As a number; not a number (NaN) where it is none.
    numbers: Shelf<f64>,
    /// 0 false, 1 true, 2 unknown.
    truths: Shelf<u8>,
    /// A bound on shared bytes.
    pub(crate) bags: Shelf<Bag>,
    pub(crate) lists: Lists,
}

impl Facts {
    /// A value as a number.
    #[inline]
    pub(crate) fn number(&self, id: u32) -> f64 {
        self.numbers.get(id as usize).copied().unwrap_or(f64::NAN)
    }

    /// Whether a value is true.
    #[inline]
    pub(crate) fn truth(&self, id: u32) -> u8 {
        self.truths.get(id as usize).copied().unwrap_or(UNKNOWN)
    }
}

/// The truth that is not known.
const UNKNOWN: u8 = 2;

/// The elements of each list, as sorted numbers of a dictionary of elements; nothing for what is no list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    /// Of the lists that lie in a file: where each ends.
    ends: Lying<u64>,
    elements: Lying<u32>,
    /// How many lie in the file.
    first: usize,
    grown: Vec<Option<Box<[u32]>>>,
}

/// Stands in a file for what is no list.
const NO_LIST: &[u32] = &[u32::MAX];

impl Lists {
    fn len(&self) -> usize {
        self.first + self.grown.len()
    }

    pub(crate) fn get(&self, id: u32) -> Option<&[u32]> {
        let at = id as usize;
        if at >= self.first {
            return self.grown.get(at - self.first)?.as_deref();
        }
        let ends = self.ends.items();
        let from = if at > 0 { *ends.get(at - 1)? } else { 0 };
        let list = self.elements.items().get(from as usize..*ends.get(at)? as usize)?;
        (list != NO_LIST).then_some(list)
    }

    fn truncate(&mut self, most: usize) {
        self.grown.truncate(most.saturating_sub(self.first));
    }
}

/// Which facts are kept for a dictionary.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) numbers: bool,
    pub(crate) truths: bool,
    pub(crate) bags: bool,
    pub(crate) lists: bool,
}

/// All that is derived for one model: sources, dictionaries, slots.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    pub(crate) sources: Vec<Source>,
    pub(crate) dictionaries: Vec<Dictionary>,
    pub(crate) facts: Vec<Facts>,
    wanted: Vec<Wanted>,
    slots: Vec<Slot>,
    elements: Dictionary,
    /// What texts are made of when they are compared.
    pub(crate) unit: Unit,
}

struct OneRecord<'a> {
    slots: &'a Slots,
    /// The number of each source's value.
    ids: &'a [(usize, u32)],
}

impl Row for OneRecord<'_> {
    fn value(&self, _: Option<Side>, name: &str) -> Result<Value, String> {
        let found =
            self.ids.iter().find(|(source, _)| self.slots.sources[*source].name.eq_ignore_ascii_case(name));
        let Some((source, id)) = found else { return Err(format!("there is no column {name}")) };
        self.slots.value(*source, *id)
    }
}

impl Slots {
    /// Declares the columns of the input.
    pub fn new(table: &Table, unit: Unit) -> Slots {
        let mut slots = Slots { unit, ..Slots::default() };
        for column in &table.columns {
            let dictionary = slots.add_dictionary();
            slots.sources.push(Source { name: column.name.clone(), kind: column.kind, dictionary });
        }
        slots
    }

    /// Takes over the values of the input's columns; the columns keep their numbers.
    pub fn take_values(&mut self, table: &mut Table) {
        for (source, column) in self.sources.iter().zip(&mut table.columns) {
            self.dictionaries[source.dictionary] = std::mem::take(&mut column.values);
        }
    }

    fn add_dictionary(&mut self) -> usize {
        self.dictionaries.push(Dictionary::default());
        self.facts.push(Facts::default());
        self.wanted.push(Wanted::default());
        self.dictionaries.len() - 1
    }

    /// The place of a column by its name.
    pub fn source(&self, name: &str) -> Option<usize> {
        self.sources
            .iter()
            .position(|s| s.name == name)
            .or_else(|| self.sources.iter().position(|s| s.name.eq_ignore_ascii_case(name)))
    }

    /// The columns there are, for a message.
    pub fn names(&self) -> String {
        self.sources.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// A value of a column with its kind.
    pub(crate) fn value(&self, source: usize, id: u32) -> Result<Value, String> {
        if id == NULL {
            return Ok(Value::Null);
        }
        let source = &self.sources[source];
        let held = self.dictionaries[source.dictionary].text(id);
        Ok(match source.kind {
            Kind::Text => Value::text(&held),
            Kind::Integer | Kind::Real => Value::Number(
                held.parse().map_err(|_| format!("column {}: '{held}' is no number", source.name))?,
            ),
            Kind::Boolean => Value::Bool(held == "true"),
            Kind::Date => match crate::time::parse(&held, "%Y-%m-%d")? {
                Some(seconds) => Value::Time(seconds),
                None => return Err(format!("column {}: '{held}' is no date", source.name)),
            },
            Kind::List => {
                let json = serde_json::from_str(&held)
                    .map_err(|_| format!("column {}: '{held}' is no list", source.name))?;
                from_json(&json)
            }
        })
    }

    /// The slot of an expression over one record, made if it is new.
    ///
    /// `shared` names a dictionary that the values are to be numbered in, so that they can be compared with those of
    /// another slot.
    ///
    /// # Errors
    /// Where a column is missing, by name.
    pub(crate) fn slot(&mut self, expr: &Expr, shared: Option<usize>) -> Result<usize, String> {
        let expr = expr.without_side();
        let mut sources = Vec::new();
        for (_, name) in expr.columns() {
            let Some(source) = self.source(&name) else {
                return Err(format!("the column {name} is not in the input, which has {}", self.names()));
            };
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        let is_source = matches!((&expr, shared), (Expr::Column { .. }, None));
        let known = |s: &Slot| {
            s.expr == expr
                && if let Some(d) = shared {
                    s.dictionary == d
                } else {
                    s.is_source == is_source && self.is_own(s)
                }
        };
        if let Some(at) = self.slots.iter().position(known) {
            return Ok(at);
        }
        let dictionary = match (shared, is_source) {
            (Some(dictionary), _) => dictionary,
            (None, true) => self.sources[sources[0]].dictionary,
            (None, false) => self.add_dictionary(),
        };
        let part = match *sources.as_slice() {
            [one] if self.sources[one].kind == Kind::Text => Part::of(&expr),
            _ => None,
        };
        self.slots.push(Slot { expr, sources, dictionary, by_value: Shelf::default(), is_source, part });
        Ok(self.slots.len() - 1)
    }

    /// Whether no other expression is numbered in a slot's dictionary.
    fn is_own(&self, slot: &Slot) -> bool {
        slot.is_source
            || self.slots.iter().filter(|s| s.dictionary == slot.dictionary).all(|s| s.expr == slot.expr)
    }

    /// A dictionary for slots that are compared across columns.
    pub(crate) fn shared_dictionary(&mut self) -> usize {
        self.add_dictionary()
    }

    pub(crate) fn want(&mut self, slot: usize, f: impl Fn(&mut Wanted)) {
        f(&mut self.wanted[self.slots[slot].dictionary]);
    }

    /// The one source that a slot reads, if it is one.
    pub(crate) fn one_source(&self, slot: usize) -> Option<usize> {
        match self.slots[slot].sources.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The kind of the values of an expression that is a plain column.
    pub(crate) fn plain_kind(&self, expr: &Expr) -> Option<Kind> {
        match expr {
            Expr::Column { name, .. } => self.source(name).map(|s| self.sources[s].kind),
            _ => None,
        }
    }

    /// Works a slot out for all records: `ids` gives the numbers of a source's column.
    ///
    /// # Errors
    /// Where an expression cannot be worked out for a value, with the value.
    pub(crate) fn fill(&mut self, slot: usize, table: &Table) -> Result<Vec<u32>, String> {
        if self.slots[slot].is_source {
            return Ok(table.columns[self.slots[slot].sources[0]].ids.clone());
        }
        let mut evaluator = Evaluator::new(self.unit);
        if let [source] = *self.slots[slot].sources.as_slice() {
            self.catch_up(slot, source, &mut evaluator)?;
            let by_value = &self.slots[slot].by_value;
            let of = |id: &u32| by_value.get(*id as usize).copied().unwrap_or(NULL);
            return Ok(table.columns[source].ids.iter().map(of).collect());
        }
        let sources = self.slots[slot].sources.clone();
        let mut known: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut all = Vec::with_capacity(table.rows);
        for row in 0..table.rows {
            let ids: Vec<u32> = sources.iter().map(|&s| table.columns[s].ids[row]).collect();
            let id = match known.get(&ids) {
                Some(id) => *id,
                None => {
                    let of: Vec<(usize, u32)> = sources.iter().copied().zip(ids.iter().copied()).collect();
                    let id = self.work_out(slot, &of, &mut evaluator)?;
                    known.insert(ids, id);
                    id
                }
            };
            all.push(id);
        }
        Ok(all)
    }

    /// Works a slot out for values of its source that have been added since.
    fn catch_up(&mut self, slot: usize, source: usize, evaluator: &mut Evaluator) -> Result<(), String> {
        let have = self.slots[slot].by_value.len();
        let from = self.sources[source].dictionary;
        let values = self.dictionaries[from].len() + 1;
        let mut held = Vec::new();
        for id in have as u32..values as u32 {
            let part = self.slots[slot].part.as_ref();
            let cut = part
                .filter(|_| id != NULL)
                .and_then(|part| part.cut(std::str::from_utf8(self.dictionaries[from].get(id)).ok()?));
            let number = match cut {
                Some(None) => NULL,
                Some(Some(text)) => {
                    held.clear();
                    held.extend_from_slice(text.as_bytes());
                    let own = self.slots[slot].dictionary;
                    self.dictionaries[own].intern(&held)
                }
                None => self.work_out(slot, &[(source, id)], evaluator)?,
            };
            self.slots[slot].by_value.push(number);
        }
        Ok(())
    }

    fn work_out(
        &mut self,
        slot: usize,
        ids: &[(usize, u32)],
        evaluator: &mut Evaluator,
    ) -> Result<u32, String> {
        let (expr, dictionary) = (&self.slots[slot].expr, self.slots[slot].dictionary);
        let value = evaluator.eval(expr, &OneRecord { slots: self, ids }).map_err(|why| {
            let of: Vec<String> = ids
                .iter()
                .map(|(s, id)| {
                    let source = &self.sources[*s];
                    format!("{} = '{}'", source.name, self.dictionaries[source.dictionary].text(*id))
                })
                .collect();
            format!("{why} (for {})", of.join(", "))
        })?;
        Ok(match text(&value) {
            None => NULL,
            Some(text) => self.dictionaries[dictionary].intern(text.as_bytes()),
        })
    }

    /// The numbers of all slots for one record, whose values are given by source; new values are added.
    ///
    /// # Errors
    /// Where an expression cannot be worked out for a value, with the value.
    pub(crate) fn encode(&mut self, values: &[Option<&[u8]>]) -> Result<Vec<u32>, String> {
        let ids: Vec<u32> = (0..self.sources.len())
            .map(|s| match values.get(s).copied().flatten() {
                None => NULL,
                Some(value) => self.dictionaries[self.sources[s].dictionary].intern(value),
            })
            .collect();
        let mut evaluator = Evaluator::new(self.unit);
        let mut all = Vec::with_capacity(self.slots.len());
        for slot in 0..self.slots.len() {
            let number = if self.slots[slot].is_source {
                ids[self.slots[slot].sources[0]]
            } else if let [source] = *self.slots[slot].sources.as_slice() {
                self.catch_up(slot, source, &mut evaluator)?;
                self.slots[slot].by_value.get(ids[source] as usize).copied().unwrap_or(NULL)
            } else {
                let of: Vec<(usize, u32)> = self.slots[slot].sources.iter().map(|&s| (s, ids[s])).collect();
                self.work_out(slot, &of, &mut evaluator)?
            };
            all.push(number);
        }
        self.learn_facts();
        Ok(all)
    }

    /// How much is known now, for [`Slots::forget`].
    pub(crate) fn mark(&self) -> Vec<usize> {
        let dictionaries = self.dictionaries.iter().map(Dictionary::len);
        dictionaries.chain(std::iter::once(self.elements.len())).collect()
    }

    /// Forgets what was learnt since a mark: a record that is only looked up leaves nothing behind.
    pub(crate) fn forget(&mut self, mark: &[usize]) {
        for (at, most) in mark[..self.dictionaries.len()].iter().enumerate() {
            self.dictionaries[at].truncate(*most);
            let facts = &mut self.facts[at];
            facts.numbers.truncate(most + 1);
            facts.truths.truncate(most + 1);
            facts.bags.truncate(most + 1);
            facts.lists.truncate(most + 1);
        }
        self.elements.truncate(mark[self.dictionaries.len()]);
        for slot in &mut self.slots {
            if let ([source], false) = (slot.sources.as_slice(), slot.is_source) {
                slot.by_value.truncate(mark[self.sources[*source].dictionary] + 1);
            }
        }
    }

    /// Makes the facts that kernels want for values that have been added since.
    pub(crate) fn learn_facts(&mut self) {
        for at in 0..self.dictionaries.len() {
            let (wanted, dictionary, facts) = (self.wanted[at], &self.dictionaries[at], &mut self.facts[at]);
            let values = dictionary.len() + 1;
            if wanted.numbers {
                let have = facts.numbers.len();
                facts.numbers.extend((have..values).map(|id| {
                    let parsed = std::str::from_utf8(dictionary.get(id as u32))
                        .ok()
                        .and_then(|t| t.trim().parse().ok());
                    parsed.filter(|_| id > 0).unwrap_or(f64::NAN)
                }));
            }
            if wanted.truths {
                let have = facts.truths.len();
                facts.truths.extend((have..values).map(|id| match dictionary.get(id as u32) {
                    b"true" if id > 0 => 1,
                    _ if id == 0 => UNKNOWN,
                    _ => 0,
                }));
            }
            if wanted.bags {
                let have = facts.bags.len();
                facts.bags.extend((have..values).map(|id| Bag::of(dictionary.get(id as u32), self.unit)));
            }
            if wanted.lists {
                let have = facts.lists.len();
                for id in have..values {
                    let items: Option<Vec<Option<String>>> =
                        if id == 0 { None } else { serde_json::from_slice(dictionary.get(id as u32)).ok() };
                    facts.lists.grown.push(items.map(|items| {
                        let mut numbers: Vec<u32> = items
                            .iter()
                            .flatten()
                            .map(|item| self.elements.intern(item.as_bytes()))
                            .collect();
                        numbers.sort_unstable();
                        numbers.dedup();
                        numbers.into_boxed_slice()
                    }));
                }
            }
        }
    }

    /// Makes all dictionaries ready to be asked for single values.
    pub(crate) fn make_ready(&mut self) {
        self.dictionaries.iter_mut().chain([&mut self.elements]).for_each(Dictionary::make_ready);
    }

    /// The dictionary of a slot's values.
    pub(crate) fn dictionary(&self, slot: usize) -> usize {
        self.slots[slot].dictionary
    }
}

fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Array(items) => Value::List(items.iter().map(from_json).collect()),
        serde_json::Value::String(text) => Value::text(text),
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(n) => n.as_f64().map_or(Value::Null, Value::Number),
        _ => Value::Null,
    }
}
