//! Copies from which classes of field were left out.
//!
//! What is left out is absent, not blacked over, and the copy says which classes are missing. Whether a
//! class may be seen is decided elsewhere; here it is only carried out. A property that the model does not
//! know has no class, so it never survives.

use crate::{
    Link, Record,
    property::{FieldClass, LINK_PROPERTIES, Property, properties},
    statement::Statement,
};

/// What stands in place of a reference to a source that was left out.
pub const WITHHELD: &str = "withheld";

impl Record {
    /// A copy without the statements of these classes. Leaving out [`FieldClass::Source`] also empties the
    /// provenance and withholds who said each statement and how.
    #[must_use]
    pub fn without(&self, classes: &[FieldClass]) -> Self {
        let mut copy = self.clone();
        let table = properties(self.kind);
        strip(&mut copy.statements, &mut copy.redacted, table, classes);
        if classes.contains(&FieldClass::Source) {
            copy.provenance.clear();
        }
        if !is_sensitive(&copy.statements, table) {
            // The ground itself would tell that there was something sensitive.
            copy.sensitive = None;
        }
        copy
    }
}

impl Link {
    /// A copy without the statements of these classes; see [`Record::without`]. The tie itself stays: who may
    /// not know of it must not be given the link.
    #[must_use]
    pub fn without(&self, classes: &[FieldClass]) -> Self {
        let mut copy = self.clone();
        strip(&mut copy.statements, &mut copy.redacted, LINK_PROPERTIES, classes);
        if classes.contains(&FieldClass::Source) {
            copy.provenance.clear();
        }
        copy
    }
}

fn strip(
    statements: &mut Vec<Statement>,
    redacted: &mut Vec<FieldClass>,
    table: &[Property],
    classes: &[FieldClass],
) {
    let class = |s: &Statement| table.iter().find(|p| p.name == s.prop).map(|p| p.class);
    statements.retain(|s| class(s).is_some_and(|class| !classes.contains(&class)));
    if classes.contains(&FieldClass::Source) {
        for statement in statements {
            statement.source_ref = WITHHELD.into();
            statement.method = WITHHELD.into();
        }
    }
    redacted.extend(classes);
    redacted.sort_unstable();
    redacted.dedup();
}

fn is_sensitive(statements: &[Statement], table: &[Property]) -> bool {
    statements.iter().any(|s| table.iter().any(|p| p.name == s.prop && p.sensitive))
}
