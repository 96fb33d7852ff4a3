//! What holds for all subjects.

use bluelamp_linkage::{Field, Kind, Model, Subject, keys, normalise, score, weight};
use proptest::prelude::*;

const FIELDS: [Field; 7] = [
    Field::BirthDate,
    Field::Sex,
    Field::Postcode,
    Field::Phone,
    Field::Email,
    Field::Handle,
    Field::AddressLine,
];

/// Text a field may really hold, near one another so that every level is met; and any text at all.
fn written(field: Field) -> BoxedStrategy<String> {
    let plausible: BoxedStrategy<String> = match field {
        Field::BirthDate => "(19[89][0-3]-0[1-3]-[01][1-3]|198[0-2]|1980-0[1-3])".boxed(),
        Field::Sex => "[FMX]".boxed(),
        Field::Postcode => "ZZ9[89] 1A[AB]".boxed(),
        Field::Phone => "07700 90012[0-3]".boxed(),
        Field::Email => "[ab]{2}@(a|b)\\.example\\.com".boxed(),
        _ => "[abé]{2,3}".boxed(),
    };
    prop_oneof![9 => plausible, 1 => any::<String>()].boxed()
}

fn names() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![9 => "(paul|pual|grant|bob|robert|r|robert paul|)", 1 => any::<String>()];
    prop::collection::vec((name.clone(), name), 0..3)
}

fn people() -> impl Strategy<Value = Subject> {
    let values: Vec<_> = FIELDS.iter().map(|field| prop::collection::vec(written(*field), 0..3)).collect();
    (names(), values).prop_map(|(names, values)| {
        let mut subject = Subject::new(Kind::Person);
        for (given, family) in &names {
            subject.add_name(given, family);
        }
        for (field, all) in FIELDS.iter().zip(&values) {
            for text in all {
                subject.add(*field, text);
            }
        }
        subject
    })
}

fn bits(model: &Model, a: &Subject, b: &Subject) -> Vec<u64> {
    let found = score(model, a, b);
    found
        .parts
        .iter()
        .map(|part| part.weight)
        .chain([found.weight, found.probability])
        .map(f64::to_bits)
        .collect()
}

proptest! {
    #[test]
    fn both_ways_weigh_the_same_bit_for_bit(a in people(), b in people()) {
        let model = Model::people();
        prop_assert_eq!(bits(&model, &a, &b), bits(&model, &b, &a));
        prop_assert_eq!(score(&model, &a, &b), score(&model, &a, &b));
        for (there, back) in score(&model, &a, &b).parts.iter().zip(&score(&model, &b, &a).parts) {
            prop_assert_eq!((&there.left, &there.right, &there.level), (&back.right, &back.left, &back.level));
        }
    }

    #[test]
    fn parts_sum_to_the_weight_exactly(a in people(), b in people()) {
        let found = score(&Model::people(), &a, &b);
        let sum = found.parts.iter().fold(0.0, |sum, part| sum + part.weight);
        prop_assert_eq!(sum.to_bits(), found.weight.to_bits());
        prop_assert_eq!(weight(&Model::people(), &a, &b).to_bits(), found.weight.to_bits());
        prop_assert!((0.0..=1.0).contains(&found.probability) && found.weight.is_finite());
        prop_assert!(found.parts.iter().skip(1).all(|part| (part.weight < 0.0) == part.sentence.starts_with("Against: ")));
    }

    /// Taking an equal value away from one side and putting a different one there never raises the weight.
    #[test]
    fn agreement_lost_never_helps(a in people(), field in 0..FIELDS.len(), first in any::<u8>(), new in any::<u8>()) {
        let model = Model::people();
        let field = FIELDS[field];
        let example = |seed: u8| match field {
            Field::BirthDate => format!("19{:02}-0{}-1{}", seed % 100, 1 + seed % 9, seed % 10),
            Field::Sex => ["F", "M", "X"][usize::from(seed % 3)].to_owned(),
            Field::Postcode => format!("ZZ{} {}AA", 10 + seed % 90, seed % 10),
            Field::Phone => format!("07700 900{seed:03}"),
            Field::Email => format!("jo{seed}@example.com"),
            _ => format!("name{seed}"),
        };
        let with = |seed: u8| {
            let mut subject = a.clone();
            subject.values.remove(&field);
            subject.add(field, &example(seed));
            subject
        };
        prop_assert!(score(&model, &with(first), &with(new)).weight <= score(&model, &with(first), &with(first)).weight);
    }

    #[test]
    fn normal_forms_stay_as_they_are(text in any::<String>()) {
        for normal in [normalise::name, normalise::town, normalise::phone, normalise::email, normalise::postcode, normalise::date,
            normalise::vehicle_registration, normalise::address_line, normalise::handle, normalise::sex] {
            if let Some(once) = normal(&text) {
                prop_assert_eq!(normal(&once), Some(once.clone()));
            }
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>(), digits in "[0-9+() ٣-]{0,40}") {
        for text in [&text, &digits] {
            for kind in [Kind::Person, Kind::Vehicle, Kind::Phone, Kind::Location] {
                let mut subject = Subject::new(kind);
                subject.add_full_name(text);
                for field in FIELDS.into_iter().chain([Field::Registration, Field::Vin, Field::Imei, Field::Uprn, Field::Town, Field::Make]) {
                    subject.add(field, text);
                }
                keys(&subject);
                for model in [Model::people(), Model::vehicles(), Model::phones(), Model::locations()] {
                    score(&model, &subject, &subject);
                }
            }
        }
    }

    #[test]
    fn a_named_record_has_keys_sorted_each_once(a in people()) {
        let complete = |subject: &Subject| subject.names.iter().any(|name| name.given.is_some() && name.family.is_some());
        prop_assert!(!keys(&a).is_empty() || !complete(&a));
        prop_assert!(keys(&a).is_sorted_by(|x, y| x < y));
    }
}
