//! The common data model at rest: records, links, and the keys by which records are found. What a record
//! means is `model`'s business; here it is kept whole, as it was written.

use crate::{Cx, Row, Value};
use bluelamp_model::{Error, Id, Kind, Link, Record, Result};
use serde::de::DeserializeOwned;

/// A record to be kept, written out as it will be, with the keys under which it is found.
#[derive(Clone, Debug)]
pub struct Keyed {
    id: Id,
    kind: Kind,
    body: String,
    keys: Vec<String>,
}

impl Keyed {
    /// Writes a record out. `keys` are its blocking keys, from `linkage`.
    ///
    /// # Errors
    /// [`Error::Bug`] when the record cannot be JSON.
    pub fn new(record: &Record, keys: Vec<String>) -> Result<Self> {
        Ok(Self { id: record.id, kind: record.kind, body: text(record)?, keys })
    }

    /// The keys under which it is found.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// The record, as whoever reads it from the database gets it.
    ///
    /// # Errors
    /// [`Error::Bug`] when what was written is not a record.
    pub fn record(&self) -> Result<Record> {
        read(&self.body)
    }
}

/// So many rows are made ready at once: of a whole source they would fill the memory a second time.
const CHUNK: usize = 500;

fn text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Bug(format!("a record cannot be written as JSON: {e}")))
}

fn parsed<T: DeserializeOwned>(row: &Row, column: usize) -> Result<T> {
    read(&row.get::<String>(column)?)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::Bug(format!("a stored record cannot be read: {e}")))
}

impl Cx<'_> {
    /// Keeps new records, as they are: whoever makes them has held them against the model ([`Record::check`], or
    /// the building functions that let nothing else through).
    ///
    /// # Errors
    /// Database errors.
    pub fn put_records(&mut self, source: Option<Id>, all: &[Keyed]) -> Result<()> {
        let now = self.now();
        let row = |k: &Keyed| {
            let kind = k.kind.code().into();
            vec![k.id.into(), kind, source.into(), k.body.as_str().into(), now.into()]
        };
        for chunk in all.chunks(CHUNK) {
            let rows = chunk.iter().map(row).collect();
            self.insert_rows("insert into record (id, kind, source_id, body, created_at) values", rows, "")?;
        }
        let keys: Vec<_> = all
            .iter()
            .flat_map(|k| k.keys.iter().map(|key| vec![key.as_str().into(), k.id.into()]))
            .collect();
        self.insert_rows("insert into record_key (key, record_id) values", keys, " on conflict do nothing")
    }

    /// Keeps new links, as they are.
    ///
    /// # Errors
    /// [`Error::Conflict`] where one of its ends is not held.
    pub fn put_links(&mut self, links: &[Link]) -> Result<()> {
        let now = self.now();
        let row = |link: &Link| {
            let kind = link.kind.code().into();
            Ok(vec![link.id.into(), kind, link.from.into(), link.to.into(), text(link)?.into(), now.into()])
        };
        for chunk in links.chunks(CHUNK) {
            let rows = chunk.iter().map(row).collect::<Result<_>>()?;
            self.insert_rows(
                "insert into record_link (id, kind, from_id, to_id, body, created_at) values",
                rows,
                "",
            )?;
        }
        Ok(())
    }

    /// The record with this id, if it is held.
    ///
    /// # Errors
    /// Database errors.
    pub fn get_record(&mut self, id: Id) -> Result<Option<Record>> {
        let row = self.row("select body from record where id = $1", &[id.into()])?;
        row.map(|r| parsed(&r, 0)).transpose()
    }

    /// The name of the source that a record came from, if it came from one.
    ///
    /// # Errors
    /// Database errors.
    pub fn source_of(&mut self, record: Id) -> Result<Option<String>> {
        let row = self.row(
            "select s.name from record r join source s on s.id = r.source_id where r.id = $1",
            &[record.into()],
        )?;
        Ok(row.map(|r| r.get(0)).transpose()?)
    }

    /// All links from or to a record.
    ///
    /// # Errors
    /// Database errors.
    pub fn links_of(&mut self, id: Id) -> Result<Vec<Link>> {
        let rows = self.rows(
            "select body from record_link where from_id = $1 or to_id = $1 order by id",
            &[id.into()],
        )?;
        rows.iter().map(|r| parsed(r, 0)).collect()
    }

    /// The records of one kind that share most of these keys, at most `limit`, best first.
    ///
    /// # Errors
    /// Database errors.
    pub fn records_sharing(&mut self, kind: &str, keys: &[String], limit: u32) -> Result<Vec<Record>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<_> = (3..keys.len() + 3).map(|n| format!("${n}")).collect();
        let sql = format!(
            "select r.body from record r
             join (select record_id, count(*) as shared from record_key where key in ({}) group by record_id) k
               on k.record_id = r.id
             where r.kind = $1 order by k.shared desc, r.id limit $2",
            places.join(",")
        );
        let mut args: Vec<Value> = vec![kind.into(), limit.into()];
        args.extend(keys.iter().map(|k| Value::from(k.as_str())));
        self.rows(&sql, &args)?.iter().map(|r| parsed(r, 0)).collect()
    }
}
