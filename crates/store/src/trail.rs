//! What the log says about one thing: its trail, for those who may see it.

use crate::{Cx, Event};
use bluelamp_ledger::{Commitment, Hash};
use bluelamp_model::{Error, Id, Result};

impl Cx<'_> {
    /// The events about one object, oldest first, at most `limit` of them. Erased ones are left out: nothing of
    /// them is known but that there was one.
    ///
    /// # Errors
    /// Database errors.
    pub fn events_about(&mut self, object: Id, limit: u32) -> Result<Vec<Event>> {
        self.rows(
            "select event from audit where object_id = $1 and event is not null order by at, id limit $2",
            &[object.into(), limit.into()],
        )?
        .iter()
        .map(|row| {
            let event: String = row.get(0)?;
            serde_json::from_str(&event)
                .map_err(|e| Error::Bug(format!("a stored audit event cannot be read: {e}")))
        })
        .collect()
    }

    /// What the log holds about these objects at this moment: the commitment of each entry, erased ones too.
    ///
    /// # Errors
    /// Database errors.
    pub fn commitments_about(&mut self, objects: &[Id]) -> Result<Vec<Commitment>> {
        let mut found = Vec::new();
        for object in objects {
            let rows = self.rows("select commitment from audit where object_id = $1", &[(*object).into()])?;
            for row in rows {
                found.push(Commitment(Hash(row.get(0)?)));
            }
        }
        Ok(found)
    }
}
