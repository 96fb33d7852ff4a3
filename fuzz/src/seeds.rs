//! Examples that the files of `fuzz/corpus` do not hold, because they lie elsewhere in this repository or have to be
//! computed: the shipped data, signed checkpoints, proofs.

use crate::{access, evidence, forms, ledger, steward, triage};
use bluelamp_ledger::encode_bundle;
use bluelamp_linkage::Model;
use bluelamp_model::codes;
use std::{fs, io, path::Path};

/// All examples of a target: those of [`of`], then the files in its folder in the order of their names.
///
/// # Errors
/// Where a file cannot be read. A target without a folder has no files.
pub fn all(target: &str) -> io::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            files.push(entry?.path());
        }
    }
    files.sort();
    let mut all = of(target);
    for file in files {
        all.push(fs::read(file)?);
    }
    Ok(all)
}

/// The examples of one target beside those in its folder.
#[must_use]
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let texts =
        |all: &[(&str, &str)]| all.iter().map(|(_, text)| text.as_bytes().to_vec()).collect::<Vec<_>>();
    match target {
        "access-policy" => vec![access::SHIPPED.into()],
        "contact-submission" | "forms-answers" => forms::journeys(),
        "evidence-package" => evidence::seeds(),
        "forms-common" => vec![forms::COMMON.into()],
        "forms-definition" => {
            let mut all = texts(&forms::SHIPPED);
            all.push(forms::EVERY_TYPE.into());
            all
        }
        "ledger-bundle" => {
            let entries: Vec<_> = (0..3).map(ledger::entry).collect();
            vec![entries[0].to_bytes().to_vec(), encode_bundle(&entries).unwrap_or_default()]
        }
        "ledger-checkpoint" => {
            let heads = ledger::LOG.heads.values();
            heads
                .flat_map(|(head, note)| [head.to_text().into_bytes(), note.to_string().into_bytes()])
                .collect()
        }
        "ledger-note" => ledger::LOG.heads.values().map(|(_, note)| note.to_string().into_bytes()).collect(),
        "ledger-proof" => proofs(),
        "ledger-proof-file" => {
            let files = [
                ledger::LOG.proofs(300, &[0, 1, 255, 256, 299], None),
                ledger::LOG.proofs(600, &[7, 300], Some(300)),
                ledger::LOG.proofs(600, &[], Some(1)),
            ];
            files.iter().filter_map(|file| serde_json::to_vec(file).ok()).collect()
        }
        "ledger-tile" => ledger::LOG.tiles.values().cloned().collect(),
        "ledger-verifier-key" => vec![ledger::LOG.key.verifier().to_string().into()],
        "linkage-model" => [Model::people(), Model::vehicles(), Model::phones(), Model::locations()]
            .iter()
            .filter_map(|model| serde_json::to_vec(model).ok())
            .collect(),
        "linkage-settings" => bluelamp_linkage::plain::settings(SHORT_MODEL)
            .map(|settings| vec![settings.to_json().into_bytes()])
            .unwrap_or_default(),
        "linkage-plain" => vec![SHORT_MODEL.as_bytes().to_vec()],
        "linkage-sql" => CONDITIONS.iter().map(|text| text.as_bytes().to_vec()).collect(),
        "model-code-list" => {
            codes::shipped().iter().filter_map(|list| serde_json::to_vec_pretty(list).ok()).collect()
        }
        "steward-strategy" => texts(&steward::STRATEGIES),
        "triage-compiled" => triage::compiled_seeds(),
        "triage-definition" => texts(&triage::SHIPPED),
        _ => Vec::new(),
    }
}

/// Inclusion and consistency proofs in the form that the target reads.
fn proofs() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let file = ledger::LOG.proofs(600, &[0, 299, 599], Some(300));
    for entry in &file.entries {
        let leaf = ledger::entry(entry.index).leaf_hash();
        all.push(proof(entry.index, leaf.0, &entry.proof));
    }
    let old = ledger::LOG.heads.get(&300).map_or([0; 32], |(head, _)| head.root.0);
    all.extend(file.consistency.map(|consistency| proof(300, old, &consistency.proof)));
    all
}

fn proof(at: u64, first: [u8; 32], hashes: &[bluelamp_ledger::Hash]) -> Vec<u8> {
    let mut bytes = [at.to_be_bytes(), 600_u64.to_be_bytes()].concat();
    bytes.extend(first);
    hashes.iter().for_each(|hash| bytes.extend(hash.0));
    bytes
}

const SHORT_MODEL: &str = "blocking = [\"a, substr(b,1,2)\", \"l.c = r.c\"]\n[[compare]]\ncolumn = \"a\"\nas = \"name\"\n\
                           [[compare]]\ncolumn = \"d\"\nas = \"date_of_birth\"\n";

const CONDITIONS: &[&str] = &[
    "\"a_l\" IS NULL OR \"a_r\" IS NULL",
    "jaro_winkler_similarity(\"a_l\", \"a_r\") >= 0.9 AND NOT (b_l = b_r)",
    "abs(epoch(try_strptime(\"d_l\", '%Y-%m-%d')) - epoch(try_strptime(\"d_r\", '%Y-%m-%d'))) <= 2629800.0",
    "NULLIF(regexp_extract(\"e_l\", '^[^@]+', 0), '') = NULLIF(regexp_extract(\"e_r\", '^[^@]+', 0), '')",
    "array_length(list_intersect(\"x_l\", \"x_r\")) >= 2",
    "list_max(list_transform(list_value(a_l, a_r), x -> length(x))) > 3",
    "CASE WHEN a_l IN ('x', 'y') THEN 1 ELSE 2 END BETWEEN 1 AND 2",
    "l.a = r.a and substr(l.b, 1, 3) = left(r.b, 3) and cast(l.c as int) % 2 = 1",
];
