//! The common data model at rest: records, links, and the keys by which records are found. What a record
//! means is `model`'s business; here it is kept whole, as it was written.

use crate::{Cx, Row, Value};
use bluelamp_model::{Error, Id, Link, Record, Result};
use serde::de::DeserializeOwned;

/// Rows in one statement: enough to make the round trip cheap, far below the engines' limits.
const ROWS: usize = 100;

/// A record to be kept, with the keys under which it is found.
#[derive(Clone, Debug)]
pub struct Keyed {
    /// The record.
    pub record: Record,
    /// Blocking keys, from `linkage`.
    pub keys: Vec<String>,
}

fn text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Bug(format!("a record cannot be written as JSON: {e}")))
}

fn parsed<T: DeserializeOwned>(row: &Row, column: usize) -> Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|e| Error::Bug(format!("a stored record cannot be read: {e}")))
}

impl Cx<'_> {
    /// Keeps new records, as they are: whoever makes them has held them against the model ([`Record::check`], or
    /// the building functions that let nothing else through).
    ///
    /// # Errors
    /// Database errors.
    pub fn put_records(&mut self, source: Option<Id>, all: &[Keyed]) -> Result<()> {
        let now = self.now();
        for chunk in all.chunks(ROWS) {
            let mut rows = Vec::with_capacity(chunk.len());
            for Keyed { record, .. } in chunk {
                rows.push(vec![
                    record.id.into(),
                    record.kind.code().into(),
                    source.into(),
                    text(record)?.into(),
                    now.into(),
                ]);
            }
            self.insert_rows("insert into record (id, kind, source_id, body, created_at) values", rows, "")?;
        }
        let keys: Vec<_> = all
            .iter()
            .flat_map(|k| k.keys.iter().map(|key| vec![key.as_str().into(), k.record.id.into()]))
            .collect();
        self.insert_rows("insert into record_key (key, record_id) values", keys, " on conflict do nothing")
    }

    /// Keeps new links, as they are.
    ///
    /// # Errors
    /// [`Error::Conflict`] where one of its ends is not held.
    pub fn put_links(&mut self, links: &[Link]) -> Result<()> {
        let now = self.now();
        let mut rows = Vec::with_capacity(links.len());
        for link in links {
            rows.push(vec![
                link.id.into(),
                link.kind.code().into(),
                link.from.into(),
                link.to.into(),
                text(link)?.into(),
                now.into(),
            ]);
        }
        self.insert_rows(
            "insert into record_link (id, kind, from_id, to_id, body, created_at) values",
            rows,
            "",
        )
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
