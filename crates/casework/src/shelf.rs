//! What looks at a report: the definitions in use, as the database has them, and the indicators in free text. A version's
//! text is parsed once and found by its digest.

use bluelamp_model::{Error, Id, Result};
use bluelamp_store::Cx;
use bluelamp_triage::{Definition, IndicatorSet, Status};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock},
};

/// Definitions that were parsed already, by digest. Which of them are in use stands in the database alone, so that
/// every process sees the same at the same moment.
#[derive(Debug, Default)]
pub struct Shelf {
    parsed: RwLock<HashMap<String, Arc<Definition>>>,
    /// Words in free text that ask a question, by the id of their set. Which are switched off stands in the database.
    pub indicators: Arc<BTreeMap<String, IndicatorSet>>,
    /// The unit that works with it, by which the register of algorithms may limit a use.
    pub unit: String,
}

/// A version that evaluates reports: live, or in shadow.
#[derive(Clone, Debug)]
pub struct InUse {
    /// Its row.
    pub id: Id,
    /// `Live` or `Shadow`: what the people who answer for it have made of it, whatever its text says.
    pub status: Status,
    /// The definition.
    pub definition: Arc<Definition>,
}

impl Shelf {
    /// A shelf with these indicators, and nothing parsed yet.
    #[must_use]
    pub fn new(indicators: Arc<BTreeMap<String, IndicatorSet>>) -> Self {
        Self { parsed: RwLock::default(), indicators, unit: String::new() }
    }

    /// The same, for a unit.
    #[must_use]
    pub fn in_unit(self, unit: &str) -> Self {
        Self { unit: unit.to_owned(), ..self }
    }

    /// The versions in use, by the definition's id; of one definition the live version comes first.
    ///
    /// # Errors
    /// Database errors; [`Error::Bug`] for a stored text that cannot be read.
    pub fn in_use(&self, cx: &mut Cx<'_>) -> Result<Vec<InUse>> {
        let rows = cx.rows(
            "select id, digest, status from definition_version where status in ('live', 'shadow')
             order by definition, status, version",
            &[],
        )?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, digest, status): (Id, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let status = if status == Status::Live.code() { Status::Live } else { Status::Shadow };
            all.push(InUse { id, status, definition: self.by_digest(cx, &digest)? });
        }
        Ok(all)
    }

    /// The definition with this text, whatever has become of it since.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no such text is held; as [`Shelf::in_use`].
    pub fn by_digest(&self, cx: &mut Cx<'_>, digest: &str) -> Result<Arc<Definition>> {
        // A thread that panicked while it held the lock has not left half a definition behind.
        let parsed = self.parsed.read().unwrap_or_else(PoisonError::into_inner).get(digest).cloned();
        if let Some(definition) = parsed {
            return Ok(definition);
        }
        let row = cx.row(
            "select definition, version, text from definition_version where digest = $1",
            &[digest.into()],
        )?;
        let row = row.ok_or_else(|| Error::NotFound("that version of the definition".into()))?;
        let name = format!("{} {}", row.get::<String>(0)?, row.get::<String>(1)?);
        let definition = Definition::load(&name, &row.get::<String>(2)?)
            .map_err(|e| Error::Bug(format!("a stored definition cannot be read: {e}")))?;
        let definition = Arc::new(definition);
        let mut parsed = self.parsed.write().unwrap_or_else(PoisonError::into_inner);
        parsed.insert(digest.to_owned(), Arc::clone(&definition));
        Ok(definition)
    }
}
