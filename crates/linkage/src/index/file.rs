//! An index in a file: written from what there is now, opened without the source and without being read.

use super::keys::Keys;
use super::ties::Ties;
use super::{Index, Order, People};
use crate::columns::{Column, Kind, Table};
use crate::linker::{Limits, Linker};
use crate::sections::{Sections, Writer, damaged};
use crate::settings::Settings;
use crate::shelf::{Grid, lasting_hash};
use crate::slot::{open_dictionary, write_dictionary};
use bytes::Bytes;
use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;

const KINDS: [(&str, Kind); 6] = [
    ("text", Kind::Text),
    ("integer", Kind::Integer),
    ("real", Kind::Real),
    ("boolean", Kind::Boolean),
    ("date", Kind::Date),
    ("list", Kind::List),
];

/// What is told of an index beside its sections.
#[derive(Serialize, Deserialize)]
struct About {
    settings: String,
    /// What the numbers in a row mean: a hash of the compiled model.
    plan: String,
    columns: Vec<(String, String)>,
    order: Order,
    built: u32,
    next_label: u64,
    /// How many records are alive.
    alive: usize,
    /// How wide a row is.
    width: usize,
    judged: Vec<(u32, u32, bool)>,
}

impl Index {
    /// Writes the index: records, ties, clusters with their ids, judgements, and the frequencies that its weights are made
    /// with. Of records that are deleted, and of values that no record has any more, nothing is written.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn save(&self, out: &mut impl Write) -> std::io::Result<()> {
        let mut out = Writer::new(out)?;
        let records = || 0..self.rows.rows() as u32;
        let row = |record: u32| self.rows.get(record).unwrap_or(&[]);
        out.items("rows", records().flat_map(|record| row(record).iter().copied()))?;
        write_dictionary(&mut out, "names", &self.names, |id| self.is_alive(id - 1))?;
        out.items("labels", records().map(|record| self.label(record)))?;
        self.keys.save(&self.rows, &mut out)?;
        self.ties.save(&mut out)?;
        let mut used: Vec<Vec<bool>> =
            self.linker.slots.dictionaries.iter().map(|d| vec![false; d.len() + 1]).collect();
        let dictionaries = self.linker.dictionaries_of_row();
        for record in records() {
            for (dictionary, id) in dictionaries.iter().zip(row(record)) {
                if let Some(used) = used[*dictionary].get_mut(*id as usize) {
                    *used = true;
                }
            }
        }
        self.linker.slots.save(&used, &mut out)?;
        for (at, shares) in self.linker.frequencies().iter().enumerate() {
            out.items(&format!("shares {at}"), (0..shares.len()).filter_map(|id| shares.get(id).copied()))?;
        }
        let estimated =
            serde_json::to_vec(&self.people.correction.estimated()).map_err(std::io::Error::other)?;
        out.section("correction", |out| out.write_all(&estimated))?;
        let pairs = |(a, said): (&u32, &BTreeMap<u32, bool>)| {
            said.range(a + 1..).map(|(b, same)| (*a, *b, *same)).collect::<Vec<_>>()
        };
        let mut judged: Vec<(u32, u32, bool)> = self.said.iter().flat_map(pairs).collect();
        judged.sort_unstable();
        let kind = |kind: Kind| KINDS.iter().find(|(_, k)| *k == kind).map_or("text", |(name, _)| *name);
        out.end(&About {
            settings: self.settings.to_json().to_string(),
            plan: plan(&self.linker),
            columns: self
                .linker
                .slots
                .sources
                .iter()
                .map(|s| (s.name.clone(), kind(s.kind).to_owned()))
                .collect(),
            order: self.order,
            built: self.built,
            next_label: self.next_label,
            alive: self.alive,
            width: self.linker.width(),
            judged,
        })
    }

    /// Opens an index that [`Index::save`] wrote: nothing is read again or compared again, records and values are used
    /// where they lie. `file` may be a file that is mapped into memory; it must not change while the index is in use.
    ///
    /// # Errors
    /// In words, where the file is none of ours, of another version, or does not add up. What lies in it is not read, and
    /// so not checked: [`Index::check`] does that.
    pub fn open(file: Bytes) -> Result<Index, String> {
        let (file, about): (_, About) = Sections::open(file)?;
        let settings = Settings::from_json(&about.settings).map_err(|e| e.to_string())?;
        let mut table = Table { sources: vec![String::new()], ..Table::default() };
        for (name, kind) in &about.columns {
            let (_, kind) = KINDS.iter().find(|(name, _)| name == kind).ok_or_else(damaged)?;
            table.columns.push(Column::new(name, *kind));
        }
        let mut linker = Linker::reusable(&settings, &settings.rules, table, Limits::default())?;
        let rules = linker.key_rules(&settings.rules)?;
        if about.plan != plan(&linker) || about.width != linker.width() {
            return Err("was made by another version of this program; build it again".to_owned());
        }
        linker.slots.open(&file)?;
        for (at, shares) in linker.frequencies_mut().iter_mut().enumerate() {
            *shares = file.items(&format!("shares {at}"))?.into();
        }
        let estimated = serde_json::from_slice(&file.bytes("correction")?).map_err(|_| damaged())?;
        let mut said: HashMap<u32, BTreeMap<u32, bool>> = HashMap::new();
        for (a, b, same) in about.judged {
            said.entry(a).or_default().insert(b, same);
            said.entry(b).or_default().insert(a, same);
        }
        let index = Index {
            rows: Grid::lying(about.width, file.items("rows")?),
            keys: Keys::open(rules, &file)?,
            names: open_dictionary(&file, "names")?,
            order: about.order,
            built: about.built,
            gone: HashSet::new(),
            alive: about.alive,
            ties: Ties::open(&file)?,
            labels: Grid::lying(1, file.items("labels")?),
            next_label: about.next_label,
            said,
            events: Vec::new(),
            worker: linker.worker_for_one(),
            seen: Mutex::default(),
            weighed: Mutex::default(),
            people: People::again(&settings, &linker, estimated).ok_or_else(damaged)?,
            linker,
            settings,
        };
        let records = index.rows.rows();
        if [index.names.len(), index.ties.records(), index.labels.rows(), index.keys.records()]
            != [records; 4]
        {
            return Err(damaged());
        }
        Ok(index)
    }

    /// Reads all of an index file and compares it with what was written.
    ///
    /// # Errors
    /// In words, as [`Index::open`]; names the part that is not as it was.
    pub fn check(file: Bytes) -> Result<(), String> {
        Sections::open::<About>(file)?.0.check()
    }
}

fn plan(linker: &Linker) -> String {
    format!("{:016x}", lasting_hash(linker.plan().as_bytes()))
}
