//! Ready models. Every m and u says where it comes from.

use super::model::{Bands, DateLevel, FieldModel, Level, Model, Test};
use super::record::{Field, Kind};
use std::collections::BTreeMap;

fn level(label: &str, test: Test, m: f64, u: f64) -> Level {
    Level { label: label.to_owned(), test, m, u, tf_weight: 0.0, tf_minimum_u: 0.0, contradicts: false }
}

fn field(name: &str, field: Field, levels: Vec<Level>) -> FieldModel {
    let missing = level("not recorded on both", Test::Missing, 0.0, 0.0);
    FieldModel { name: name.to_owned(), field, only_without: None, levels: [vec![missing], levels].concat() }
}

fn model(kind: Kind, prior: f64, bands: Bands, comparisons: Vec<FieldModel>) -> Model {
    Model { kind, prior, comparisons, frequencies: BTreeMap::new(), bands }
}

impl Level {
    fn by_frequency(self) -> Self {
        Self { tf_weight: 1.0, tf_minimum_u: 1e-4, ..self }
    }

    fn contradicting(self) -> Self {
        Self { contradicts: true, ..self }
    }
}

impl Model {
    /// People, for a database of about a million person records.
    ///
    /// m and u were counted with `examples/estimate.rs` on 22 November 2026 over a million synthetic British person
    /// records with known truth (generator seed 20260801: 479,004 people, households, namesakes, nicknames, moves,
    /// typing errors in 3 of 10 records; 1,069,994 true pairs, 10 million other pairs drawn). u of "same" for names,
    /// date, postcode, phone and email is exact, from value counts. Rounded to two or three figures. Not from there:
    ///
    /// - exchanged names: u is the product of the two "same" u, 3.8 × 10⁻⁶. It was seen once in 9.8 million pairs,
    ///   but the synthetic names have few that serve as both; `fake_1000.csv` of Splink's data sets has 1.3 × 10⁻⁵.
    ///   The weight stands with the given name; the family name then counts 0, so that it isn't counted twice.
    /// - sex: the synthetic records have no errors in it. 2 in 100 is judgement.
    /// - email: synthetic people keep one address. m is that of `fake_1000.csv` (1,196 true pairs with both); u of
    ///   the near level lies between the two counts (1 in 1.4 million here, 15 in 230,000 there).
    /// - phone, one character: not seen in 3.8 million pairs, so u is half a pair's worth.
    /// - handle: no data. m as for email, its near level with "different"; u by judgement, as one name on two
    ///   services may be two people.
    ///
    /// So the first real data of a force should replace them. Prior: 2.1 × 10⁻⁶ there. Bands there, over every
    /// twentieth of 114 million pairs that share a key of [`super::keys`] (97.8 % of all true pairs do): strong has
    /// precision 0.985 and recall 0.852; possible has precision 0.900 and recall 0.932. A lower bound for possible
    /// buys little: of the pairs from −2 to 0, about 1 in 12 is right.
    #[rustfmt::skip]
    pub fn people() -> Self {
        let alike = Test::JaroWinkler(0.92);
        let somewhat = Test::JaroWinkler(0.85);
        model(Kind::Person, 2e-6, Bands { strong: 10.0, possible: 0.0, contradictions: 1 }, vec![
            field("given name", Field::GivenName, vec![
                level("same", Test::Exact, 0.854, 2.1e-3).by_frequency(),
                level("exchanged with the family name", Test::Swapped, 0.012, 3.8e-6),
                level("form of it, part of it or very similar", Test::AnyOf(vec![Test::Nickname, Test::Words, alike.clone()]), 0.068, 9.3e-4),
                level("similar", somewhat.clone(), 0.0224, 1.2e-3),
                level("initial", Test::Initial, 0.0189, 1.1e-3),
                level("different", Test::Else, 0.0247, 0.9946).contradicting(),
            ]),
            field("family name", Field::FamilyName, vec![
                level("same", Test::Exact, 0.865, 1.8e-3).by_frequency(),
                level("exchanged with the given name", Test::Swapped, 0.012, 0.012),
                level("part of it or very similar", Test::AnyOf(vec![Test::Words, alike]), 0.060, 4.3e-4).by_frequency(),
                level("similar", somewhat, 0.0176, 1.5e-3),
                level("different", Test::Else, 0.0454, 0.984),
            ]),
            field("date of birth", Field::BirthDate, vec![
                level("same", Test::Exact, 0.876, 6.9e-5),
                level("one digit, day and month, or the same month", Test::Date(DateLevel::Near), 0.082, 2.9e-3),
                level("same year", Test::Date(DateLevel::Year), 0.0182, 0.0219),
                level("different", Test::Else, 0.0236, 0.9751).contradicting(),
            ]),
            field("sex", Field::Sex, vec![
                level("same", Test::Exact, 0.98, 0.5),
                level("different", Test::Else, 0.02, 0.5).contradicting(),
            ]),
            field("postcode", Field::Postcode, vec![
                level("same", Test::Exact, 0.593, 2.0e-5),
                level("same district", Test::District, 0.007, 5.4e-4),
                level("different", Test::Else, 0.400, 0.9994),
            ]),
            field("phone number", Field::Phone, vec![
                level("same", Test::Exact, 0.504, 5.6e-8),
                level("one character", Test::Edits(1), 0.017, 1.3e-7),
                level("different", Test::Else, 0.479, 0.999_999),
            ]),
            field("email address", Field::Email, vec![
                level("same", Test::Exact, 0.57, 8.7e-8),
                level("one character, or another provider", Test::AnyOf(vec![Test::LocalPart, Test::Edits(1)]), 0.30, 1e-5),
                level("different", Test::Else, 0.13, 0.999_99),
            ]),
            field("handle", Field::Handle, vec![
                level("same", Test::Exact, 0.57, 1e-6),
                level("different", Test::Else, 0.43, 0.999_999),
            ]),
        ])
    }

    /// Vehicles.
    ///
    /// There is no public set with known truth, so this is arithmetic on published counts for u and judgement for m.
    /// Registration: u of the same mark is one in the 38.6 million vehicles licensed in Great Britain at the end of
    /// 2020 (DfT, table VEH0101); a mark has about 8 others that look the same and 200 that are one character away.
    /// Colour: u of the same is the sum of squared shares of new cars in 2021 (SMMT: grey 24.8 %, black 20.5, white
    /// 17.2, blue 17.0, red 8.8, silver 6.8), 0.17. Make and model: u of the order of the sum of squared shares, by
    /// judgement. m is judgement: about 1 mark in 20 is noted or read wrongly, half of these by a look-alike; a
    /// witness names the make right in 19 of 20 and the colour in 17. The same mark with another make or VIN is a
    /// contradiction, because it is what a cloned plate looks like. Prior: 1 in a million vehicle records is the one.
    #[rustfmt::skip]
    pub fn vehicles() -> Self {
        model(Kind::Vehicle, 1e-6, Bands { strong: 5.0, possible: -4.0, contradictions: 0 }, vec![
            field("registration", Field::Registration, vec![
                level("same", Test::Exact, 0.93, 2.6e-8),
                level("same by look", Test::LookAlike, 0.025, 2.1e-7),
                level("one character", Test::Edits(1), 0.02, 5.2e-6),
                level("different", Test::Else, 0.025, 0.999_99),
            ]),
            field("VIN", Field::Vin, vec![
                level("same", Test::Exact, 0.96, 2.6e-8),
                level("one character", Test::Edits(1), 0.02, 1e-6),
                level("different", Test::Else, 0.02, 0.999_99).contradicting(),
            ]),
            field("make", Field::Make, vec![
                level("same", Test::Exact, 0.92, 0.06).by_frequency(),
                level("similar or part of it", Test::AnyOf(vec![Test::Words, Test::JaroWinkler(0.9)]), 0.03, 0.005),
                level("different", Test::Else, 0.05, 0.93).contradicting(),
            ]),
            field("model", Field::VehicleModel, vec![
                level("same", Test::Exact, 0.80, 0.01).by_frequency(),
                level("similar or part of it", Test::AnyOf(vec![Test::Words, Test::JaroWinkler(0.9)]), 0.10, 0.01),
                level("different", Test::Else, 0.10, 0.98),
            ]),
            field("colour", Field::Colour, vec![
                level("same", Test::Exact, 0.85, 0.17).by_frequency(),
                level("different", Test::Else, 0.15, 0.83),
            ]),
        ])
    }

    /// Telephones: the same number or handset, not the same user.
    ///
    /// m of a number's errors is counted on the synthetic people of [`Model::people`]: of two writings of one number
    /// 3.2 in 100 differ in one character (6,708 of 210,689 pairs). u is arithmetic: two phones never share a number at one time, but numbers are given
    /// out again, so 1 in 100 million; one character away are about 100 of the 2 × 10^9 numbers in use. IMEI: two
    /// handsets should not share one; 2 in 100 million allows for altered ones. m of IMEI levels is judgement.
    /// A number with two IMEIs has moved to another handset: evidence against the handset, not a contradiction.
    #[rustfmt::skip]
    pub fn phones() -> Self {
        model(Kind::Phone, 1e-6, Bands { strong: 5.0, possible: -4.0, contradictions: 0 }, vec![
            field("phone number", Field::Phone, vec![
                level("same", Test::Exact, 0.95, 1e-8),
                level("one character", Test::Edits(1), 0.03, 5e-8),
                level("same last seven digits", Test::Last(7), 0.005, 1e-7),
                level("different", Test::Else, 0.015, 0.999_999),
            ]),
            field("IMEI", Field::Imei, vec![
                level("same", Test::Exact, 0.95, 2e-8),
                level("one character", Test::Edits(1), 0.02, 1e-7),
                level("different", Test::Else, 0.03, 0.999_999),
            ]),
        ])
    }

    /// Places with an address.
    ///
    /// m of postcode, line and town, and u of the line, were counted with `examples/estimate.rs` on 22 November 2026
    /// over Febrl's data set 3 (5,000 Australian synthetic records, 6,538 true pairs, 2 million others drawn), which
    /// is damaged more than most police data. u of postcode and town is from the people of [`Model::people`], as
    /// Britain's are finer. "Similar, number not on both" was seen in 8 of 2 million pairs, rounded up; u of a similar town is
    /// judgement. UPRN is judgement: some 40 million are in use, and a record may carry the neighbour's.
    ///
    /// Another number in a similar street has a u of 0.4 by judgement, not the 4 × 10⁻⁴ counted: those who meet by
    /// postcode are mostly neighbours, and the postcode has already counted what they have in common. For the same
    /// reason the town counts only where a postcode is missing. Measured on that set with its prior: precision 0.968
    /// and recall 0.846 at possible, 0.996 and 0.623 at strong.
    #[rustfmt::skip]
    pub fn locations() -> Self {
        let town = FieldModel {
            only_without: Some(Field::Postcode),
            ..field("town", Field::Town, vec![
                level("same", Test::Exact, 0.64, 5.5e-3).by_frequency(),
                level("similar", Test::JaroWinkler(0.9), 0.26, 3e-3),
                level("different", Test::Else, 0.10, 0.991),
            ])
        };
        model(Kind::Location, 1e-6, Bands { strong: 5.0, possible: 0.0, contradictions: 0 }, vec![
            field("UPRN", Field::Uprn, vec![
                level("same", Test::Exact, 0.97, 3e-8),
                level("different", Test::Else, 0.03, 0.999_999).contradicting(),
            ]),
            field("postcode", Field::Postcode, vec![
                level("same", Test::Exact, 0.763, 2.0e-5),
                level("same district", Test::District, 0.173, 5.4e-4),
                level("different", Test::Else, 0.064, 0.9994),
            ]),
            field("address line", Field::AddressLine, vec![
                level("same", Test::Exact, 0.388, 1.5e-5),
                level("same number, similar street", Test::SameNumbers(0.85), 0.278, 3.9e-4),
                level("similar street, other number", Test::OtherNumbers(0.9), 0.127, 0.4).contradicting(),
                level("similar, number not on both", Test::JaroWinkler(0.9), 0.005, 1e-5),
                level("different", Test::Else, 0.202, 0.599),
            ]),
            town,
        ])
    }
}
