//! Sources: person records as CSV and Parquet, and police.uk street files. All of a file or nothing, and every
//! record that is made keeps the rules of the model.

use crate::accept;
use bluelamp_fusion::{Codes, Origin, read_people, read_police_uk};
use bluelamp_model::{Id, Time, codes};
use bluelamp_store::Keyed;
use std::collections::BTreeSet;

fn origin() -> Origin<'static> {
    let now = Time::from_micros(1_795_320_900_000_000);
    Origin { file: "source", organisation: "borsetshire", source: Id::new(now, [7; 10]), now }
}

/// Person records.
pub(crate) fn people(data: &[u8]) {
    match read_people(&origin(), "records", data) {
        Ok((people, unclear)) => {
            accept();
            sound(&people);
            let said =
                people.iter().map(|keyed| keyed.record().expect("a record").statements.len()).sum::<usize>();
            assert!(unclear <= said as u64, "what is unclear is kept");
        }
        Err(faults) => crate::told(&faults, false),
    }
}

/// A police.uk street file.
pub(crate) fn police_uk(data: &[u8]) {
    let list = |name| codes::shipped().iter().find(|list| list.list == name).expect("a shipped list");
    let codes = Codes { categories: list("police-uk-crime-category"), outcomes: list("police-uk-outcome") };
    match read_police_uk(&origin(), &codes, data) {
        Ok((records, links)) => {
            accept();
            sound(&records);
            let ids: BTreeSet<_> = records.iter().map(|keyed| keyed.record().expect("a record").id).collect();
            for link in &links {
                link.check().unwrap_or_else(|error| panic!("{error}"));
                assert!(ids.contains(&link.from) && ids.contains(&link.to), "a link leads nowhere");
            }
        }
        Err(faults) => crate::told(&faults, false),
    }
}

fn sound(records: &[Keyed]) {
    let mut ids = BTreeSet::new();
    for keyed in records {
        let (record, keys) = (keyed.record().expect("a record"), keyed.keys());
        record.check().unwrap_or_else(|error| panic!("a record that cannot be stored: {error}"));
        assert!(ids.insert(record.id), "an id was given twice");
        assert!(keys.iter().all(|key| !key.is_empty()));
        assert!(
            record.provenance.iter().all(|step| step.source_record_id.is_some() && step.digest.is_some())
        );
    }
}
