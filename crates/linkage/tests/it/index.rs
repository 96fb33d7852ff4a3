//! The live index: what it says while records come, change and go is what a full run would say.

use crate::splink::{model, records};
use bluelamp_linkage::columns::Table;
use bluelamp_linkage::index::{Event, Index};
use bluelamp_linkage::linker::{Limits, Linker};
use bluelamp_linkage::settings::Settings;
use proptest::prelude::*;

const TIE: f64 = 2.0;

fn settings() -> Settings {
    let text = r#"
        blocking = ["surname", "dob", "substr(first_name,1,2)"]
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
    bluelamp_linkage::plain::settings(text).expect("a model")
}

/// The values of a record, column by column.
type Values = Vec<Option<Vec<u8>>>;

/// The first so many records as a table, and the ids and values of all.
fn some(count: usize) -> (Table, Vec<String>, Vec<Values>) {
    let settings = settings();
    let (mut table, ids) = records(&settings);
    table.columns.retain(|c| ["first_name", "surname", "dob", "phone"].contains(&c.name.as_str()));
    let names: Vec<String> = (0..table.rows as u32).map(|r| ids.text(r).into_owned()).collect();
    let values = (0..table.rows)
        .map(|r| {
            let value = |c: &bluelamp_linkage::columns::Column| {
                (c.ids[r] != 0).then(|| c.values.get(c.ids[r]).to_vec())
            };
            table.columns.iter().map(value).collect()
        })
        .collect();
    for column in &mut table.columns {
        column.ids.truncate(count);
    }
    table.source.truncate(count);
    table.rows = count;
    (table, names, values)
}

fn borrowed(values: &[Option<Vec<u8>>]) -> Vec<Option<&[u8]>> {
    values.iter().map(Option::as_deref).collect()
}

#[test]
fn a_pair_weighs_the_same_bit_for_bit_as_in_a_batch() {
    let settings = settings();
    let (table, names, values) = some(160);
    let linker = Linker::new(&settings, &settings.rules, table.clone(), Limits::default()).expect("a linker");
    let mut index = Index::new(settings.clone(), table, names.clone(), TIE, 1).expect("an index");
    let mut worker = linker.worker();
    let mut seen = 0;
    for task in linker.tasks() {
        let mut pairs = Vec::new();
        linker
            .each(&task, &mut worker, &mut |l, r, pattern| pairs.push((l, r, linker.weight(pattern, l, r))));
        for (left, right, weight) in pairs {
            let found = index
                .lookup(&names[left as usize], &borrowed(&values[left as usize]), f64::NEG_INFINITY, 1000)
                .expect("candidates");
            let other =
                found.iter().find(|c| c.id == names[right as usize]).expect("the pair is found live too");
            assert_eq!(other.weight.to_bits(), weight.to_bits());
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen}");
}

#[test]
fn a_lookup_leaves_nothing_behind() {
    let (table, names, values) = some(160);
    let mut index = Index::new(settings(), table, names, TIE, 1).expect("an index");
    let strange: Vec<Option<&[u8]>> = vec![Some("Qqq".as_bytes()), Some("Smiť".as_bytes()), None, Some(b"1")];
    let before = index.lookup("1", &borrowed(&values[5]), -50.0, 100).expect("candidates");
    for _ in 0..3 {
        assert_eq!(index.lookup("zzz", &strange, -50.0, 100).expect("no candidates"), []);
    }
    assert_eq!(index.lookup("1", &borrowed(&values[5]), -50.0, 100).expect("candidates"), before);
}

#[test]
fn an_index_is_written_and_opened_without_loss() {
    let (table, names, values) = some(100);
    let mut index = Index::new(settings(), table, names[..100].to_vec(), TIE, 1).expect("an index");
    index.add("new", &borrowed(&values[120])).expect("added");
    index.delete(&names[3]).expect("deleted");
    let mut file = Vec::new();
    index.save(&mut file).expect("a vector takes all");
    let mut again = Index::open(&file).expect("the same index");
    assert_eq!(again.partition(), index.partition());
    let look = |i: &mut Index| i.lookup("q", &borrowed(&values[130]), -50.0, 100).expect("candidates");
    assert_eq!(look(&mut again), look(&mut index));
    for cut in [0, 5, 17, 40, file.len() / 2, file.len() - 1] {
        let fault = Index::open(&file[..cut]).err().expect("a file that ends early is refused");
        assert!(fault.contains("build it again"), "{fault}");
    }
}

#[test]
fn what_people_say_overrides_the_score_and_can_be_taken_back() {
    let (table, names, _) = some(160);
    let mut index = Index::new(settings(), table, names, TIE, 1).expect("an index");
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
    let mut index = Index::new(settings(), table, names[..50].to_vec(), TIE, 1).expect("an index");
    let before = index.partition();
    assert!(index.add(&names[0], &borrowed(&values[60])).is_err_and(|e| e.contains("is there already")));
    assert!(
        index
            .change("nobody", &borrowed(&values[60]))
            .is_err_and(|e| e.contains("no record with the id nobody"))
    );
    assert!(index.delete("nobody").is_err());
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn after_any_changes_the_clusters_are_those_of_a_full_run(acts in prop::collection::vec(act(), 1..40)) {
        let (table, names, values) = some(60);
        let mut index = Index::new(settings(), table, names[..60].to_vec(), TIE, 1).expect("an index");
        for act in &acts {
            // An act on a record that is not there is refused and changes nothing.
            let _ = match act {
                Act::Add(at) => index.add(&names[*at], &borrowed(&values[*at])).map(|_| ()),
                Act::Change(at, to) => index.change(&names[*at], &borrowed(&values[*to])).map(|_| ()),
                Act::Delete(at) => index.delete(&names[*at]),
                Act::Judge(a, b, same) => index.judge(&names[*a], &names[*b], *same),
            };
        }
        let mut file = Vec::new();
        index.save(&mut file).expect("a vector takes all");
        let mut full = Index::open(&file).expect("the same index");
        full.cluster_all_anew();
        prop_assert_eq!(index.partition(), full.partition());
    }
}

#[test]
fn a_model_with_other_rules_is_refused_by_name() {
    let settings = model();
    let (table, ids) = records(&settings);
    let names = (0..table.rows as u32).map(|r| ids.text(r).into_owned()).collect();
    let fault = Index::new(settings, table, names, TIE, 1).err().expect("rules with filters serve no index");
    assert!(fault.contains("can't serve an index"), "{fault}");
}
