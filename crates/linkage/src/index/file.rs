//! An index in a file: written from what there is now, opened without the source.

use super::{Index, TIE};
use crate::columns::{Column, Kind, Table};
use crate::linker::{Limits, Linker};
use crate::settings::Settings;
use std::collections::BTreeMap;
use std::io::Write;

/// What an index file begins with; the number is the version of its form.
const MAGIC: &[u8] = b"BLUELAMP-INDEX-1\n";

fn section(out: &mut impl Write, bytes: &[u8]) -> std::io::Result<()> {
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)).collect()
}

impl Index {
    /// Writes the index: records, ties, clusters with their ids, judgements, and the frequencies that its weights are made
    /// with.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn save(&mut self, out: &mut impl Write) -> std::io::Result<()> {
        let table = self.linker.as_table();
        let kinds = ["text", "integer", "real", "boolean", "date", "list"];
        let columns: Vec<_> = table
            .columns
            .iter()
            .map(|c| serde_json::json!({ "name": c.name, "kind": kinds[c.kind as usize] }))
            .collect();
        let pairs = |(a, said): (&u32, &BTreeMap<u32, bool>)| {
            said.range(a + 1..).map(|(b, same)| (*a, *b, *same)).collect::<Vec<_>>()
        };
        let mut judged: Vec<(u32, u32, bool)> = self.said.iter().flat_map(pairs).collect();
        judged.sort_unstable();
        let head = serde_json::json!({
            "settings": self.settings.to_json(), "threshold": self.threshold, "next_label": self.next_label,
            "columns": columns, "records": self.names.len(), "judged": judged,
            "frequencies": self.linker.frequencies().len(),
        });
        out.write_all(MAGIC)?;
        section(out, head.to_string().as_bytes())?;
        for column in &table.columns {
            let mut bytes = Vec::new();
            let mut lengths = Vec::new();
            for (_, value) in column.values.iter() {
                lengths.extend((value.len() as u32).to_le_bytes());
                bytes.extend_from_slice(value);
            }
            section(out, &lengths)?;
            section(out, &bytes)?;
            section(out, &column.ids.iter().flat_map(|id| id.to_le_bytes()).collect::<Vec<u8>>())?;
        }
        for shares in self.linker.frequencies() {
            section(out, &shares.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<u8>>())?;
        }
        section(out, &self.names.iter().flat_map(|n| (n.len() as u32).to_le_bytes()).collect::<Vec<u8>>())?;
        section(out, self.names.concat().as_bytes())?;
        let mut edges = Vec::new();
        for (left, of) in self.edges.iter().enumerate() {
            for (right, weight) in of.iter().filter(|(r, _)| *r as usize > left) {
                edges.extend((left as u32).to_le_bytes());
                edges.extend(right.to_le_bytes());
                edges.extend(weight.to_le_bytes());
            }
        }
        section(out, &edges)?;
        section(out, &self.labels.iter().flat_map(|l| l.to_le_bytes()).collect::<Vec<u8>>())
    }

    /// Opens an index that [`Index::save`] wrote. The source is not read again, nothing is compared again.
    ///
    /// # Errors
    /// In words, where the file is none of ours, damaged, or of another version.
    pub fn open(bytes: &[u8]) -> Result<Index, String> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or("is no index of this version; build it again")?;
        let damaged = || "is damaged: it ends early or does not add up; build it again".to_owned();
        let mut next = || -> Result<&[u8], String> {
            let (length, tail) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
            let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| damaged())?;
            let (section, tail) = tail.split_at_checked(length).ok_or_else(damaged)?;
            rest = tail;
            Ok(section)
        };
        let head: serde_json::Value = serde_json::from_slice(next()?).map_err(|_| damaged())?;
        let settings =
            Settings::from_json(head["settings"].as_str().unwrap_or_default()).map_err(|e| e.to_string())?;
        let records = head["records"].as_u64().and_then(|n| usize::try_from(n).ok()).ok_or_else(damaged)?;
        let mut table =
            Table { rows: records, sources: vec![String::new()], source: Vec::new(), columns: Vec::new() };
        for column in head["columns"].as_array().ok_or_else(damaged)? {
            let kind = match column["kind"].as_str() {
                Some("text") => Kind::Text,
                Some("integer") => Kind::Integer,
                Some("real") => Kind::Real,
                Some("boolean") => Kind::Boolean,
                Some("date") => Kind::Date,
                Some("list") => Kind::List,
                _ => return Err(damaged()),
            };
            let mut made = Column::new(column["name"].as_str().ok_or_else(damaged)?, kind);
            let lengths = words(next()?);
            let mut values = next()?;
            for length in lengths {
                let (value, tail) = values.split_at_checked(length as usize).ok_or_else(damaged)?;
                made.values.intern(value);
                values = tail;
            }
            made.ids = words(next()?);
            if made.ids.len() != records || made.ids.iter().any(|id| *id as usize > made.values.len()) {
                return Err(damaged());
            }
            table.columns.push(made);
        }
        let mut frequencies = Vec::new();
        for _ in 0..head["frequencies"].as_u64().unwrap_or(0) {
            frequencies.push(
                next()?.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect::<Vec<f64>>(),
            );
        }
        let lengths = words(next()?);
        let mut all = std::str::from_utf8(next()?).map_err(|_| damaged())?;
        let mut names = Vec::with_capacity(records);
        for length in lengths {
            let (name, tail) = all.split_at_checked(length as usize).ok_or_else(damaged)?;
            names.push(name.to_owned());
            all = tail;
        }
        let mut edges: Vec<Vec<(u32, f64)>> = vec![Vec::new(); records];
        for edge in next()?.as_chunks::<16>().0 {
            let word = |at: usize| u32::from_le_bytes([edge[at], edge[at + 1], edge[at + 2], edge[at + 3]]);
            let mut weight = [0; 8];
            weight.copy_from_slice(&edge[8..]);
            let (left, right, weight) = (word(0), word(4), f64::from_le_bytes(weight));
            if left.max(right) as usize >= records {
                return Err(damaged());
            }
            edges[left as usize].push((right, weight));
            edges[right as usize].push((left, weight));
        }
        let labels: Vec<u64> = next()?.as_chunks::<8>().0.iter().map(|b| u64::from_le_bytes(*b)).collect();
        if names.len() != records || labels.len() != records {
            return Err(damaged());
        }
        table.source = vec![0; records];
        let mut linker = Linker::reusable(&settings, &[], table, Limits::default())?;
        if linker.frequencies().len() != frequencies.len() {
            return Err(damaged());
        }
        *linker.frequencies() = frequencies;
        let threshold = head["threshold"].as_f64().unwrap_or(TIE);
        let mut index = Index::filed(settings, linker, names, edges, threshold)?;
        for (record, label) in labels.iter().enumerate().filter(|(_, l)| **l != 0) {
            index.members.entry(*label).or_default().push(record as u32);
        }
        index.labels = labels;
        index.next_label = head["next_label"].as_u64().ok_or_else(damaged)?;
        let judged: Vec<(u32, u32, bool)> =
            serde_json::from_value(head["judged"].clone()).map_err(|_| damaged())?;
        for (a, b, same) in judged {
            if a.max(b) as usize >= records {
                return Err(damaged());
            }
            index.said.entry(a).or_default().insert(b, same);
            index.said.entry(b).or_default().insert(a, same);
        }
        Ok(index)
    }
}
