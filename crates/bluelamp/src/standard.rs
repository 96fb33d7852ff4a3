//! How this platform itself stands to the Service Standard: what the product says of it goes into the registers.

use crate::fail::Fail;
use bluelamp_model::authority::Actor;
use bluelamp_steward::service_standard::{self, Told};
use bluelamp_store::Db;

const FILE: &str = "data/standards/service-standard.toml";
/// It is about the product and not about a force: it is the product's own, whatever content folder is set.
const TEXT: &str = include_str!("../../../data/standards/service-standard.toml");

/// Takes it up, and leaves alone what a person of the force has written.
///
/// # Errors
/// Faults of the file; database errors.
pub(crate) fn take_up(db: &Db) -> Result<(), Fail> {
    let told = Told::parse(FILE, TEXT)?;
    db.write(&Actor::system(), move |cx| service_standard::take_up(cx, &told))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    /// Every path, test and page that it names as evidence is there: what is renamed is renamed here too.
    #[test]
    fn whatever_is_named_as_evidence_exists() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let routes = fs::read_to_string(root.join("crates/web/src/server.rs")).unwrap();
        let told = Told::parse(FILE, TEXT).unwrap();
        let all: Vec<&String> = told.point.iter().flat_map(|p| &p.evidence).collect();
        assert!(all.len() > 20, "{}", all.len());
        for evidence in all {
            let (kind, what) = evidence.split_once(": ").unwrap_or(("", evidence));
            match kind {
                "page" => assert!(routes.contains(&format!(".route(\"{what}\"")), "no page {what}"),
                "doc" => assert!(root.join(what).is_file(), "no file {what}"),
                "test" => {
                    let (file, name) = what.split_once('#').unwrap();
                    let text = fs::read_to_string(root.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
                    // Written out, or a line of a list that a macro makes tests of.
                    let there =
                        [format!("fn {name}("), format!("    {name}: ")].iter().any(|t| text.contains(t));
                    assert!(there, "{file} has no test {name}");
                }
                _ => panic!("‘{evidence}’ is neither a page nor a test nor a document"),
            }
        }
    }
}
