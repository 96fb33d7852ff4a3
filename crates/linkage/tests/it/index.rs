//! The live index: what it says while records come, change and go is what a full run would say.

use crate::splink::{model, records};
use bluelamp_linkage::cluster;
use bluelamp_linkage::columns::{Column, Kind, Table};
use bluelamp_linkage::index::{Event, Index};
use bluelamp_linkage::linker::{Limits, Linker};
use bluelamp_linkage::predict::Ids;
use bluelamp_linkage::settings::Settings;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn settings() -> Settings {
    bluelamp_linkage::plain::settings(MODEL).expect("a model")
}

/// The same model, but how frequent a value is does not matter.
fn without_frequencies() -> Settings {
    let each = "[[compare]]\nfrequency = false";
    bluelamp_linkage::plain::settings(&MODEL.replace("[[compare]]", each)).expect("a model")
}

const MODEL: &str = r#"
        blocking = [
            "surname",
            "l.phone = r.phone AND levenshtein(l.first_name, r.first_name) <= 4",
            "substr(l.first_name,1,2) = substr(r.surname,1,2) AND l.dob <> r.dob",
            "dob",
            "substr(first_name,1,2)",
        ]
        [[compare]]
        column = "first_name"
        as = "name"
        [[compare]]
        column = "surname"
        as = "name"
        [[compare]]
        column = "dob"
        as = "date_of_birth"
        [[compare]]
        column = "phone"
        as = "phone"
    "#;

/// The values of a record, column by column.
type Values = Vec<Option<Vec<u8>>>;

/// The first so many records as a table, and the ids and values of all.
fn some(count: usize) -> (Table, Vec<String>, Vec<Values>) {
    let settings = settings();
    let (mut table, ids) = records(&settings);
    table.columns.retain(|c| COLUMNS.contains(&c.name.as_str()));
    let names: Vec<String> = (0..table.rows as u32).map(|r| ids.text(r).into_owned()).collect();
    let values = (0..table.rows)
        .map(|r| {
            let value = |c: &Column| (c.ids[r] != 0).then(|| c.values.get(c.ids[r]).to_vec());
            table.columns.iter().map(value).collect()
        })
        .collect();
    for column in &mut table.columns {
        let mut kept = Column::new(&column.name, column.kind);
        for id in &column.ids[..count] {
            kept.push((*id != 0).then(|| column.values.get(*id)));
        }
        *column = kept;
    }
    table.source.truncate(count);
    table.rows = count;
    (table, names, values)
}

/// Ids that are whole numbers.
fn ids(names: &[String]) -> Ids {
    let mut column = Column::new("unique_id", Kind::Integer);
    names.iter().for_each(|name| column.push(Some(name.as_bytes())));
    let table = Table { columns: vec![column], rows: names.len(), ..Table::default() };
    Ids::of(&table, "unique_id", false).expect("the column is there")
}

const COLUMNS: [&str; 4] = ["first_name", "surname", "dob", "phone"];

fn borrowed(values: &[Option<Vec<u8>>]) -> Vec<Option<&[u8]>> {
    values.iter().map(Option::as_deref).collect()
}

#[test]
fn a_pair_weighs_the_same_bit_for_bit_as_in_a_batch() {
    let settings = settings();
    let (table, names, values) = some(160);
    let linker = Linker::new(&settings, &settings.rules, table.clone(), Limits::default()).expect("a linker");
    let mut index = Index::new(settings.clone(), table, &ids(&names), 1).expect("an index");
    let mut worker = linker.worker();
    let mut pairs = BTreeMap::new();
    for task in linker.tasks() {
        linker.each(&task, &mut worker, &mut |l, r, pattern| {
            pairs.insert((l, r), linker.weight(pattern, l, r).to_bits());
        });
    }
    assert!(pairs.len() > 300, "{}", pairs.len());
    let mut live = BTreeMap::new();
    let place = |name: &str| names.iter().position(|n| n == name).expect("a record") as u32;
    for (own, (name, values)) in (0..).zip(names.iter().zip(&values)) {
        let found = index.lookup(name, &borrowed(values), f64::NEG_INFINITY, 1000).expect("candidates");
        for (other, weight) in found.iter().map(|c| (place(&c.id), c.weight.to_bits())) {
            let pair = (own.min(other), own.max(other));
            assert!(live.insert((pair, own), weight).is_none(), "{pair:?} stands twice");
        }
    }
    let both = pairs.iter().flat_map(|(&(l, r), &weight)| [(((l, r), l), weight), (((l, r), r), weight)]);
    assert_eq!(live, both.collect(), "the same pairs, and from either side the same weight");
}

#[test]
fn the_clusters_of_an_index_are_those_of_a_batch() {
    let settings = settings();
    let (table, names, _) = some(160);
    let sex: Vec<u32> = (0..160).map(|record| record % 7 % 3).collect();
    let mut beside = Column::new("sex", Kind::Text);
    sex.iter().for_each(|id| beside.push([None, Some(b"F".as_slice()), Some(b"M")][*id as usize]));
    let mut with_sex = table.clone();
    with_sex.columns.push(beside);
    let index = Index::new(settings.clone(), with_sex, &ids(&names), 2).expect("an index");

    let linker = Linker::new(&settings, &settings.rules, table, Limits::default()).expect("a linker");
    let (mut left, mut right, mut weight, mut pattern) = (vec![], vec![], vec![], vec![]);
    let mut worker = linker.worker();
    for task in linker.tasks() {
        linker.each(&task, &mut worker, &mut |l, r, p| {
            left.push(l);
            right.push(r);
            weight.push(linker.weight(p, l, r));
            pattern.push(p);
        });
    }
    let comparisons = cluster::Comparison::all(&settings);
    let input = cluster::Input {
        pairs: cluster::Pairs { left: &left, right: &right, weight: &weight, pattern: &pattern },
        comparisons: &comparisons,
        layout: &linker.layout().expect("few levels"),
        lambda: settings.prior,
        selected: &cluster::selected(&settings, &comparisons),
        evidence: &[cluster::Evidence { name: "sex", role: cluster::Role::Sex, ids: &sex }],
        judgements: &[],
    };
    let score = || -> cluster::Scorer<'_> {
        let mut worker = linker.worker();
        let linker = &linker;
        Box::new(move |pairs| {
            let mut scored = |(l, r): (u32, u32)| {
                let pattern = linker.pattern(l, r, &mut worker);
                Some(cluster::Scored { weight: linker.weight(pattern, l, r), pattern })
            };
            pairs.iter().map(|pair| scored(*pair)).collect()
        })
    };
    let found = cluster::contradiction_aware(160, &input, &cluster::Options::default(), &score);
    let mut batch: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    found.labels.iter().zip(&names).for_each(|(label, name)| {
        batch.entry(*label).or_default().push(name.clone());
    });
    let mut batch: Vec<Vec<String>> = batch.into_values().collect();
    batch.iter_mut().for_each(|ids| ids.sort());
    batch.sort();
    assert!(batch.len() < 140, "some are brought together: {}", batch.len());
    assert_eq!(index.partition(), batch);
}

#[test]
fn a_lookup_leaves_nothing_behind() {
    let (table, names, values) = some(160);
    let mut index = Index::new(settings(), table, &ids(&names), 1).expect("an index");
    let strange: Vec<Option<&[u8]>> = vec![Some("Qqq".as_bytes()), Some("Smiť".as_bytes()), None, Some(b"1")];
    let before = index.lookup("1", &borrowed(&values[5]), -50.0, 100).expect("candidates");
    for _ in 0..3 {
        assert_eq!(index.lookup("zzz", &strange, -50.0, 100).expect("no candidates"), []);
    }
    assert_eq!(index.lookup("1", &borrowed(&values[5]), -50.0, 100).expect("candidates"), before);
}

#[test]
fn one_unknown_value_is_not_taken_for_the_next() {
    let (table, names, values) = some(160);
    let fresh = || Index::new(settings(), table.clone(), &ids(&names), 1).expect("an index");
    let look = |index: &mut Index, first_name: &str| {
        let mut asked = values[5].clone();
        asked[0] = Some(first_name.as_bytes().to_vec());
        index.lookup("zzz", &borrowed(&asked), -50.0, 100).expect("candidates")
    };
    let known = String::from_utf8(values[5][0].clone().expect("a first name")).expect("a text");
    let (near, far) = (format!("{known}x"), "Qqqqqq".to_owned());
    let mut index = fresh();
    let of_near = look(&mut index, &near);
    let of_far = look(&mut index, &far);
    assert_ne!(of_near, of_far, "{near} is like {known}, {far} is not");
    assert_eq!(of_far, look(&mut fresh(), &far));
}

fn saved(index: &Index) -> Vec<u8> {
    let mut file = Vec::new();
    index.save(&mut file).expect("a vector takes all");
    file
}

fn opened(file: &[u8]) -> Result<Index, String> {
    Index::open(file.to_vec().into())
}

#[test]
fn an_index_is_written_and_opened_without_loss() {
    let (table, names, values) = some(100);
    let mut index = Index::new(settings(), table, &ids(&names[..100]), 1).expect("an index");
    index.add("new", &borrowed(&values[120])).expect("added");
    index.delete(&names[3]).expect("deleted");
    let file = saved(&index);
    Index::check(file.clone().into()).expect("as it was written");
    let mut again = opened(&file).expect("the same index");
    assert_eq!(again.partition(), index.partition());
    let look = |i: &mut Index| i.lookup("q", &borrowed(&values[130]), -50.0, 100).expect("candidates");
    assert_eq!(look(&mut again), look(&mut index));
    assert_eq!(saved(&again), file, "written again without a change, it is the same file");
    for cut in [0, 5, 17, 40, file.len() / 2, file.len() - 1] {
        let fault = opened(&file[..cut]).err().expect("a file that ends early is refused");
        assert!(fault.contains("build it again"), "{fault}");
    }
}

#[test]
fn an_index_of_strangers_or_of_nobody_is_written_and_opened_too() {
    let (_, _, values) = some(1);
    for count in 0..3 {
        let names: Vec<String> = (0..count).map(|at| format!("{at}")).collect();
        let of_one = |column: &str| {
            let mut column = Column::new(column, Kind::Text);
            names.iter().for_each(|name| column.push(Some(name.as_bytes())));
            column
        };
        let columns = COLUMNS.iter().map(|column| of_one(column)).collect();
        let table = Table { columns, rows: count, source: vec![0; count], ..Table::default() };
        let index = Index::new(settings(), table, &ids(&names), 1).expect("an index");
        let mut again = opened(&saved(&index)).expect("the same index");
        assert_eq!(again.len(), count);
        again.add("9999", &borrowed(&values[9])).expect("added");
        assert_eq!(again.partition(), again.full_run().expect("weighed again"));
    }
}

#[test]
fn what_was_deleted_or_changed_is_not_in_the_file() {
    let (table, names, _) = some(100);
    let mut index = Index::new(settings(), table, &ids(&names[..100]), 1).expect("an index");
    let person = |first: &'static str| -> Vec<Option<&'static [u8]>> {
        vec![Some(first.as_bytes()), Some(b"Zzyzx"), Some(b"1901-02-03"), Some(b"070009990001")]
    };
    let stands_in = |file: &[u8], text: &str| file.windows(text.len()).any(|w| w == text.as_bytes());
    index.add("id-of-one-who-goes", &person("Quentin")).expect("added");
    index.add("id-of-one-who-stays", &person("Quirin")).expect("added");
    let file = saved(&index);
    assert!(["Quentin", "Quirin", "Zzyzx", "id-of-one-who-goes"].iter().all(|text| stands_in(&file, text)));
    for mut index in [index, opened(&file).expect("the same index")] {
        index.delete("id-of-one-who-goes").expect("deleted");
        let file = saved(&index);
        assert!(!stands_in(&file, "Quentin") && !stands_in(&file, "id-of-one-who-goes"));
        assert!(stands_in(&file, "Quirin") && stands_in(&file, "Zzyzx"));
        let mut index = opened(&file).expect("the same index");
        index.change("id-of-one-who-stays", &person("Quintus")).expect("changed");
        index.add("id-of-one-who-goes", &person("Quentin")).expect("back again");
        let both = index.lookup("q", &person("Quentin"), 5.0, 9).expect("candidates");
        let ids: Vec<&str> = both.iter().map(|candidate| candidate.id.as_str()).collect();
        assert_eq!(ids, ["id-of-one-who-goes", "id-of-one-who-stays"]);
        let file = saved(&index);
        assert!(!stands_in(&file, "Quirin") && stands_in(&file, "Quintus"));
    }
}

#[test]
fn what_people_say_overrides_the_score_and_can_be_taken_back() {
    let (table, names, _) = some(160);
    let mut index = Index::new(settings(), table, &ids(&names), 1).expect("an index");
    let large = index.partition().into_iter().find(|c| c.len() == 2).expect("a pair");
    let before = index.partition();
    index.judge(&large[0], &large[1], Some(false)).expect("judged");
    assert_ne!(index.cluster(&large[0]).expect("there").0, index.cluster(&large[1]).expect("there").0);
    assert!(matches!(index.events().as_slice(), [Event::Split { .. }]));
    index.judge(&large[1], &large[0], None).expect("taken back");
    assert_eq!(index.partition(), before, "nothing was merged or lost");
    assert!(matches!(index.events().as_slice(), [Event::Joined { .. }]));
}

#[test]
fn mistakes_change_nothing() {
    let (table, names, values) = some(50);
    let mut index = Index::new(settings(), table, &ids(&names[..50]), 1).expect("an index");
    let before = index.partition();
    assert!(index.add(&names[0], &borrowed(&values[60])).is_err_and(|e| e.contains("is there already")));
    assert!(
        index
            .change("nobody", &borrowed(&values[60]))
            .is_err_and(|e| e.contains("no record with the id nobody"))
    );
    assert!(index.delete("nobody").is_err());
    for _ in 0..2 {
        assert!(index.add("", &borrowed(&values[60])).is_err_and(|e| e.contains("is empty")));
    }
    assert!(index.judge(&names[0], &names[0], Some(true)).is_err_and(|e| e.contains("one record")));
    assert_eq!(index.partition(), before);
}

#[derive(Clone, Debug)]
enum Act {
    Add(usize),
    Change(usize, usize),
    Delete(usize),
    Judge(usize, usize, Option<bool>),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0usize..160).prop_map(Act::Add),
        2 => (0usize..160, 0usize..160).prop_map(|(a, b)| Act::Change(a, b)),
        2 => (0usize..160).prop_map(Act::Delete),
        1 => (0usize..160, 0usize..160, any::<Option<bool>>()).prop_map(|(a, b, s)| Act::Judge(a, b, s)),
    ]
}

/// Does what is asked; an act on a record that is not there is refused and changes nothing.
fn does(index: &mut Index, act: &Act, names: &[String], values: &[Values]) -> Result<u64, String> {
    match act {
        Act::Add(at) => index.add(&names[*at], &borrowed(&values[*at])),
        Act::Change(at, to) => index.change(&names[*at], &borrowed(&values[*to])),
        Act::Delete(at) => index.delete(&names[*at]).map(|()| 0),
        Act::Judge(a, b, same) => index.judge(&names[*a], &names[*b], *same).map(|()| 0),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn after_any_changes_the_clusters_are_those_of_a_full_run(acts in prop::collection::vec(act(), 1..40)) {
        let (table, names, values) = some(60);
        let mut index = Index::new(settings(), table, &ids(&names[..60]), 1).expect("an index");
        for act in &acts {
            let _ = does(&mut index, act, &names, &values);
        }
        prop_assert_eq!(index.partition(), index.full_run().expect("weighed again"));
    }

    #[test]
    fn an_index_opened_from_its_file_answers_and_changes_as_one_that_was_never_written(
        acts in prop::collection::vec((act(), prop::bool::weighted(0.2)), 1..30),
        asked in 0usize..160,
    ) {
        let (table, names, values) = some(60);
        // A value that nobody has any more is not written, and its frequency is forgotten with it.
        let mut never = Index::new(without_frequencies(), table, &ids(&names[..60]), 1).expect("an index");
        let mut often = opened(&saved(&never)).expect("the same index");
        for (act, reopen) in &acts {
            prop_assert_eq!(
                does(&mut never, act, &names, &values),
                does(&mut often, act, &names, &values)
            );
            prop_assert_eq!(never.events(), often.events());
            if *reopen {
                often = opened(&saved(&often)).expect("the same index");
            }
            prop_assert_eq!(never.len(), often.len());
        }
        prop_assert_eq!(never.partition(), often.partition());
        let look = |index: &mut Index| {
            let mut found = index.lookup("q", &borrowed(&values[asked]), -50.0, 1000).expect("candidates");
            // Of equals the older comes first; one that went and came back is older where the index was never written.
            found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.id.cmp(&b.id)));
            found
        };
        prop_assert_eq!(look(&mut never), look(&mut often));
    }

    #[test]
    fn a_damaged_file_answers_wrongly_at_worst(
        touched in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..200),
        acts in prop::collection::vec(act(), 1..12),
    ) {
        let (table, names, values) = some(60);
        let index = Index::new(settings(), table, &ids(&names[..60]), 1).expect("an index");
        let mut file = saved(&index);
        // The head has a checksum of its own: all before it is used unread.
        let head = file.windows(12).position(|w| w == b"{\"sections\":").map_or(0, |at| at);
        for (at, byte) in touched {
            let at = at.index(head.max(17) - 16) + 16;
            file[at] = byte;
        }
        let Ok(mut index) = opened(&file) else { return Ok(()) };
        for act in &acts {
            let _ = does(&mut index, act, &names, &values);
        }
        let _ = index.lookup("q", &borrowed(&values[70]), -50.0, 10);
        let _ = index.cluster(&names[5]);
        let _ = saved(&index);
    }
}

#[test]
fn a_rule_that_takes_lists_apart_is_refused_by_name() {
    let settings = model();
    let (table, ids) = records(&settings);
    let fault = Index::new(settings, table, &ids, 1).err().expect("lists serve no index");
    assert!(fault.contains("takes lists apart, which an index can't do"), "{fault}");
}

#[test]
fn ids_that_are_no_numbers_stand_as_in_a_batch_and_each_stands_once() {
    let (table, names, values) = some(100);
    let mut column = Column::new("unique_id", Kind::Text);
    names[..100].iter().for_each(|name| column.push(Some(name.as_bytes())));
    let mut as_texts = Table { columns: vec![column], rows: 100, ..Table::default() };
    let ids = Ids::of(&as_texts, "unique_id", false).expect("the column is there");
    let mut index = Index::new(settings(), table.clone(), &ids, 1).expect("an index");
    index.add("x", &borrowed(&values[110])).expect("any text is an id");
    assert!(opened(&saved(&index)).is_ok_and(|again| again.len() == 101));
    as_texts.columns[0].ids[7] = as_texts.columns[0].ids[6];
    let ids = Ids::of(&as_texts, "unique_id", false).expect("the column is there");
    let fault = Index::new(settings(), table, &ids, 1).err().expect("two records of one id");
    assert!(fault.contains("stands twice"), "{fault}");
}
