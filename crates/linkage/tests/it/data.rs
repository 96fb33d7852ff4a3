//! Reads linkage data sets with known truth, and counts how well a model finds the true pairs.

use bluelamp_linkage::{Band, Field, Kind, Model, Subject, keys, score};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Records with the number of the thing that each is truly about.
pub(crate) struct Data {
    pub(crate) subjects: Vec<Subject>,
    pub(crate) cluster: Vec<u64>,
}

/// Reads a CSV with a header. Truth is the column `cluster`, or the number in `rec_id` ("rec-7-dup-1").
///
/// Febrl's Australian postcodes have four digits: for locations they are put into British shape, two digits to
/// the district and two to the unit, so that the errors in them can be counted.
pub(crate) fn read(path: &Path, kind: Kind) -> Result<Data, String> {
    let fail = |error: csv::Error| format!("{}: {error}", path.display());
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(fail)?;
    let head: Vec<String> = reader.headers().map_err(fail)?.iter().map(str::to_owned).collect();
    let mut data = Data { subjects: Vec::new(), cluster: Vec::new() };
    for row in reader.records() {
        let row = row.map_err(fail)?;
        let get = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| head.iter().position(|h| h == name))
                .and_then(|at| row.get(at))
                .unwrap_or_default()
        };
        let truth =
            get(&["cluster", "rec_id"]).trim_start_matches("rec-").split('-').next().unwrap_or_default();
        data.cluster
            .push(truth.parse().map_err(|_| format!("{}: no cluster number in {row:?}", path.display()))?);
        let mut subject = Subject::new(kind);
        if kind == Kind::Person {
            subject.add_name(get(&["first_name", "given_name"]), get(&["surname", "family_name"]));
            subject.add(Field::BirthDate, get(&["dob", "date_of_birth"]));
            subject.add(Field::Sex, get(&["sex"]));
            subject.add(Field::Phone, get(&["phone"]));
            subject.add(Field::Email, get(&["email"]));
            subject.add(Field::Postcode, get(&["postcode"]));
        } else {
            subject.add(Field::AddressLine, &format!("{} {}", get(&["street_number"]), get(&["address_1"])));
            subject.add(Field::Town, get(&["suburb", "town", "city"]));
            if let Some([a, b, c, d]) = get(&["postcode"]).as_bytes().first_chunk() {
                let unit = |digit: &u8| char::from(digit.saturating_sub(b'0') + b'A');
                subject.add(
                    Field::Postcode,
                    &format!("ZZ{}{} 1{}{}", char::from(*a), char::from(*b), unit(c), unit(d)),
                );
            }
        }
        data.subjects.push(subject);
    }
    Ok(data)
}

impl Data {
    /// All true pairs, by position.
    pub(crate) fn true_pairs(&self) -> Vec<(usize, usize)> {
        let mut members: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (at, cluster) in self.cluster.iter().enumerate() {
            members.entry(*cluster).or_default().push(at);
        }
        let pairs = |all: &Vec<usize>| -> Vec<(usize, usize)> {
            all.iter().enumerate().flat_map(|(k, a)| all[k + 1..].iter().map(|b| (*a, *b))).collect()
        };
        members.values().flat_map(pairs).collect()
    }

    /// All pairs that share a key, each once, by position. Keys with more than `most` records are left out.
    pub(crate) fn candidates(&self, most: usize) -> Vec<(usize, usize)> {
        let mut behind: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, subject) in self.subjects.iter().enumerate() {
            for key in keys(subject) {
                behind.entry(key).or_default().push(at);
            }
        }
        let mut pairs = Vec::new();
        for block in behind.values().filter(|block| block.len() <= most) {
            for (k, a) in block.iter().enumerate() {
                pairs.extend(block[k + 1..].iter().map(|b| (*a, *b)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// Scores every candidate pair: its weight, its band, and whether it is a true pair.
    pub(crate) fn scored(&self, model: &Model, most: usize) -> Vec<(f64, Band, bool)> {
        let one = |(a, b): (usize, usize)| {
            let found = score(model, &self.subjects[a], &self.subjects[b]);
            (found.weight, found.band, self.cluster[a] == self.cluster[b])
        };
        self.candidates(most).into_iter().map(one).collect()
    }
}
