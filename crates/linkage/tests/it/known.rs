//! Known answers: published values, formulas worked by hand, and how an officer reads the result.

use bluelamp_linkage::{
    Band, Field, FieldModel, Kind, Level, Model, Subject, Test, Value, compare, frequencies, keys, normalise,
    score,
};
use std::collections::BTreeMap;

fn person(name: &str, rest: &[(Field, &str)]) -> Subject {
    let mut subject = Subject::new(Kind::Person);
    subject.add_full_name(name);
    for (field, written) in rest {
        subject.add(*field, written);
    }
    subject
}

fn other(kind: Kind, values: &[(Field, &str)]) -> Subject {
    let mut subject = Subject::new(kind);
    for (field, written) in values {
        assert!(subject.add(*field, written), "{field:?} {written}");
    }
    subject
}

fn sentences(model: &Model, a: &Subject, b: &Subject) -> Vec<String> {
    score(model, a, b).parts.into_iter().filter(|part| part.weight != 0.0).map(|part| part.sentence).collect()
}

#[test]
fn normal_forms() {
    type Normal = fn(&str) -> Option<String>;
    let cases: &[(Normal, &str, &[&str])] = &[
        (normalise::name, "nukasz", &["ŉukasz", "ʼNukasz", "'nukasz"]),
        (normalise::name, "obrien nunez", &["O’BRIEN-Núñez", " o'brien  nunez ", "O`Brien Nun\u{303}ez"]),
        (normalise::name, "lukasz strasse", &["Łukasz Straße"]),
        (normalise::name, "null", &["Null"]),
        (
            normalise::phone,
            "+447700900123",
            &[
                "07700 900123",
                "+44 (0)7700 900 123",
                "0044 7700-900123",
                "7700900123",
                "447700900123",
                "tel: 07700 900123 ext 4",
                "０７７００９００１２３",
            ],
        ),
        (normalise::phone, "+441632960001", &["(01632) 960001", "+44 1632 960001"]),
        (normalise::phone, "+4930123456", &["+49 (0)30 123456"]),
        (
            normalise::email,
            "jo.smith+x@example.com",
            &["Jo.Smith+x@Example.com", " <jo.smith+x@example.com> ", "mailto:jo.smith+x@example.com"],
        ),
        (normalise::vehicle_registration, "AB12CDE", &["ab12 cde", "AB-12-CDE"]),
        (normalise::postcode, "ZZ99 1AA", &["zz991aa", "ZZ99 1AA ", "ZZ99 IAA"]),
        (normalise::postcode, "ZZ99", &["zz99"]),
        (
            normalise::date,
            "1980-03-14",
            &["1980-03-14", "14/03/1980", "14.3.1980", "19800314", "1980-03-14T00:00:00Z"],
        ),
        (normalise::date, "1980-03", &["1980-03", "03/1980", "1980-03-00"]),
        (normalise::date, "1980", &["1980", "1980-00-00"]),
        (normalise::date, "2000-02-29", &["2000-02-29"]),
        (normalise::address_line, "flat 2 14 high street", &["Flat 2, 14 High St.", "APT 2 14 HIGH STREET"]),
        (normalise::address_line, "3 st marys road", &["3 St Mary's Rd"]),
        (normalise::handle, "jo_smith.80", &["@Jo_Smith.80", "https://social.example.com/jo_smith.80/?x=1"]),
        (normalise::sex, "f", &["F", "Female", "2"]),
    ];
    for (normal, wanted, written) in cases {
        for text in *written {
            assert_eq!(normal(text).as_deref(), Some(*wanted), "{text}");
        }
    }
}

#[test]
fn values_that_say_nothing_give_none() {
    type Normal = fn(&str) -> Option<String>;
    let cases: &[(Normal, &[&str])] = &[
        (normalise::name, &["", "  ", "UNKNOWN", "N/A", "n.k.", "not known", "XXX", "???", "-", "refused"]),
        (
            normalise::phone,
            &[
                "00000 000000",
                "07777 777777",
                "0123456789",
                "01234 567890",
                "07123456789",
                "999",
                "101",
                "12",
                "UNKNOWN",
                "+44 0000 000000",
            ],
        ),
        (
            normalise::email,
            &[
                "noreply@example.com",
                "none@example.com",
                "na@example.com",
                "a@b",
                "a b@example.com",
                "@example.com",
                "a@@example.com",
            ],
        ),
        (normalise::vehicle_registration, &["UNKNOWN", "N/A", "000", "TBC", "A", "ABCDEFGHIJKL"]),
        (normalise::postcode, &["ZZ99 3VZ", "ZZ99 3WZ", "2000", "UNKNOWN", "Z", "ZZ99 1A"]),
        (
            normalise::date,
            &[
                "1900-01-01",
                "01/01/1900",
                "1111-11-11",
                "9999-12-31",
                "1980-02-30",
                "1900-02-29",
                "1980-13-01",
                "0000-00-00",
                "80",
                "UNKNOWN",
                "1-2-3",
            ],
        ),
        (normalise::address_line, &["No fixed abode", "N/A", "unknown", "NFA"]),
        (normalise::handle, &["@", "unknown", "admin", "a b", "n/a"]),
        (normalise::sex, &["", "U", "9", "unknown"]),
    ];
    for (normal, written) in cases {
        for text in *written {
            assert_eq!(normal(text), None, "{text}");
        }
    }
}

#[test]
fn full_names_fall_into_given_and_family() {
    let cases = [
        ("Jo Smith", Some("Jo"), Some("Smith")),
        ("SMITH, Jo Anne", Some("Jo Anne"), Some("SMITH")),
        ("Mr Jo SMITH JONES", Some("Jo"), Some("SMITH JONES")),
        ("Dr. Jan van der Berg", Some("Jan"), Some("van der Berg")),
        ("JO SMITH", Some("JO"), Some("SMITH")),
        ("Dave", Some("Dave"), None),
        ("DAVE", None, Some("DAVE")),
    ];
    for (full, given, family) in cases {
        let wanted = (given.map(str::to_owned), family.map(str::to_owned));
        assert_eq!(normalise::given_and_family(full), Some(wanted), "{full}");
    }
    assert_eq!(normalise::given_and_family("Unknown"), None);
}

/// Winkler's own examples, and the two that tell the restricted Damerau distance from the full one.
#[test]
fn published_similarities() {
    let published = [
        ("MARTHA", "MARHTA", 0.961),
        ("DIXON", "DICKSONX", 0.813),
        ("DWAYNE", "DUANE", 0.84),
        ("ABC", "XYZ", 0.0),
    ];
    for (a, b, value) in published {
        assert!(
            (compare::jaro_winkler(a, b) - value).abs() < 0.0005,
            "{a} {b} {}",
            compare::jaro_winkler(a, b)
        );
    }
    assert_eq!(compare::damerau_levenshtein("ca", "abc"), 2);
    assert_eq!(compare::damerau_levenshtein("é", "e"), 1);
}

#[test]
fn dates_are_related() {
    use compare::Dates::{DayMonthExchanged, Different, OneDigit, Same, Year, YearMonth};
    let cases = [
        ("1980-03-04", "1980-03-04", Same),
        ("1980-03-04", "1980-04-03", DayMonthExchanged),
        ("1980-03-04", "1981-03-04", OneDigit),
        ("1980-03-21", "1980-03-12", OneDigit),
        ("1980-03-04", "1980-03-15", YearMonth),
        ("1980-03", "1980-03-04", YearMonth),
        ("1980", "1980-03-04", Year),
        ("1980-03-04", "1980-11-15", Year),
        ("1980-03-04", "1991-12-25", Different),
    ];
    for (a, b, wanted) in cases {
        assert_eq!((compare::dates(a, b), compare::dates(b, a)), (wanted, wanted), "{a} {b}");
    }
}

fn level(label: &str, test: Test, m: f64, u: f64) -> Level {
    Level { label: label.to_owned(), test, m, u, tf_weight: 0.0, tf_minimum_u: 0.0, contradicts: false }
}

/// λ = 1/65, so log2(1/64) = −6. Family name same: 0.8/0.1 = 8, so +3. Postcode different: 0.2/0.8, so −2.
/// With "smith" held by 40 % of records where an exact match has u = 10 %: log2(0.1/0.4) = −2 more.
#[test]
fn the_weight_is_the_formula_worked_by_hand() {
    let exact = Level { tf_weight: 1.0, ..level("same", Test::Exact, 0.8, 0.1) };
    let field =
        |name: &str, field, levels| FieldModel { name: name.to_owned(), field, only_without: None, levels };
    let mut model = Model {
        prior: 1.0 / 65.0,
        comparisons: vec![
            field("family name", Field::FamilyName, vec![exact, level("different", Test::Else, 0.2, 0.9)]),
            field(
                "postcode",
                Field::Postcode,
                vec![level("same", Test::Exact, 0.8, 0.2), level("different", Test::Else, 0.2, 0.8)],
            ),
            field(
                "email",
                Field::Email,
                vec![level("same", Test::Exact, 0.8, 0.2), level("different", Test::Else, 0.2, 0.8)],
            ),
        ],
        frequencies: BTreeMap::new(),
        ..Model::people()
    };
    let a = person("Jo Smith", &[(Field::Postcode, "ZZ99 1AA")]);
    let b = person("Al Smith", &[(Field::Postcode, "ZZ98 1AA"), (Field::Email, "al@example.com")]);
    let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
    let found = score(&model, &a, &b);
    let weights: Vec<f64> = found.parts.iter().map(|part| part.weight).collect();
    assert!(weights.iter().zip([-6.0, 3.0, -2.0, 0.0]).all(|(a, b)| close(*a, b)), "{weights:?}");
    assert!(close(found.weight, -5.0) && close(found.probability, 1.0 / 33.0), "{found:?}");

    let held = ["Smith", "SMITH", "Jones", "Khan", "Ivanov"]
        .map(|name| Value::new(Field::FamilyName, name).unwrap());
    let mut shares = frequencies(&held);
    assert_eq!(shares.get("smith"), Some(&0.4));
    shares.insert("rare".to_owned(), 0.1 / 16.0);
    model.frequencies = BTreeMap::from([(Field::FamilyName, shares)]);
    assert!(close(score(&model, &a, &b).weight, -7.0));
    let rare = score(&model, &person("Jo Rare", &[]), &person("Al Rare", &[]));
    assert!(close(rare.parts[1].weight, 7.0));
    assert_eq!(rare.parts[1].sentence, "Same family name Rare, uncommon (+7.0)");
}

#[test]
fn an_officer_reads_why() {
    let new = person(
        "Joanna SMITH",
        &[(Field::BirthDate, "14/03/1980"), (Field::Phone, "07700900123"), (Field::Sex, "F")],
    );
    let mut held = person(
        "Jo Smith",
        &[(Field::BirthDate, "1980-03-15"), (Field::Phone, "+447700900123"), (Field::Sex, "F")],
    );
    held.add(Field::BirthDate, "1991-05-02");
    held.add_name("Josie", "Jones");
    held.add(Field::Postcode, "ZZ99 1AA");
    let found = score(&Model::people(), &new, &held);
    let told = sentences(&Model::people(), &new, &held).join("\n");
    assert_eq!(found.band, Band::Strong);
    let wanted = "\
Of all pairs of records, about 1 in 500000 is the same person (−18.9)
Forms of one given name: Joanna and Jo; also recorded: Josie (+6.2)
Same family name SMITH; also recorded: Jones (+8.9)
The date of birth differs by one digit: 14 March 1980 and 15 March 1980; also recorded: 2 May 1991 (+4.8)
Same sex female (+1.0)
Same mobile number 07700 900123 (+23.1)";
    assert_eq!(told, wanted);
}

#[test]
fn what_speaks_against_is_always_said() {
    let new = person(
        "Joanna SMITH",
        &[
            (Field::BirthDate, "1980-03-14"),
            (Field::Sex, "F"),
            (Field::Phone, "01632 960001"),
            (Field::Postcode, "ZZ99 1AA"),
        ],
    );
    let brother = person(
        "Peter SMITH",
        &[
            (Field::BirthDate, "1991-12-25"),
            (Field::Sex, "M"),
            (Field::Phone, "01632 960001"),
            (Field::Postcode, "ZZ99 1AA"),
        ],
    );
    let found = score(&Model::people(), &new, &brother);
    let against: Vec<&str> = found.against().iter().map(|part| part.level.as_str()).collect();
    assert_eq!(against.len(), 3, "{found:?}");
    assert!(found.against().iter().all(|part| part.contradiction && part.sentence.starts_with("Against: ")));
    assert!(found.band < Band::Strong, "a household is not a person: {found:?}");
}

#[test]
fn names_the_other_way_round_count_once() {
    let a = person("Paul GRANT", &[(Field::BirthDate, "1980-03-14")]);
    let b = person("Grant PAUL", &[(Field::BirthDate, "1980-03-14")]);
    let found = score(&Model::people(), &a, &b);
    let part = |name: &str| found.parts.iter().find(|part| part.field == name).unwrap();
    assert!(
        part("given name").weight > 5.0
            && part("given name").sentence.starts_with("Given and family name exchanged")
    );
    assert_eq!(part("family name").weight, 0.0);
    assert!(keys(&a).iter().any(|key| key.starts_with("p:name:") && keys(&b).contains(key)));
}

#[test]
fn an_alias_counts_where_it_fits() {
    let mut a = person("Paul GRANT", &[]);
    a.add_name("Robert", "Ashleigh");
    let found = score(&Model::people(), &a, &person("Bob Ashleigh", &[]));
    assert_eq!(found.parts[1].left.as_deref(), Some("Robert"));
    assert!(found.parts[1].sentence.contains("also recorded: Paul"), "{found:?}");
    assert!(found.parts[2].sentence.contains("also recorded: GRANT"), "{found:?}");
}

#[test]
fn vehicles_phones_and_places() {
    use Field::{AddressLine, Colour, Imei, Make, Phone, Postcode, Registration, Town, Uprn, Vin};
    use Kind::{Location, Vehicle};
    type Values = &'static [(Field, &'static str)];
    let table: &[(Kind, Values, Values, Band)] = &[
        (Vehicle, &[(Registration, "AB12 CDE")], &[(Registration, "ab12cde"), (Make, "Ford")], Band::Strong),
        (
            Vehicle,
            &[(Registration, "AB12 CDE"), (Make, "Ford")],
            &[(Registration, "AB12CDE"), (Make, "Audi")],
            Band::Possible,
        ),
        (Vehicle, &[(Registration, "AB12 OOS")], &[(Registration, "AB12005")], Band::Possible),
        (Vehicle, &[(Make, "Ford"), (Colour, "red")], &[(Make, "Ford"), (Colour, "red")], Band::Weak),
        (Vehicle, &[(Vin, "ZZZ11122233344455")], &[(Vin, "ZZZ11122233344456")], Band::Weak),
        (Kind::Phone, &[(Phone, "07700 900123")], &[(Phone, "+447700900123")], Band::Strong),
        (Kind::Phone, &[(Phone, "07700 900123")], &[(Phone, "07700 900124")], Band::Possible),
        (Kind::Phone, &[(Phone, "07700 900123")], &[(Phone, "01632 960001")], Band::Weak),
        (Kind::Phone, &[(Imei, "990000862471854")], &[(Imei, "99 000086 247185 4")], Band::Strong),
        (
            Location,
            &[(AddressLine, "14 High St"), (Postcode, "ZZ99 1AA")],
            &[(AddressLine, "14 HIGH STREET"), (Postcode, "ZZ991AA")],
            Band::Strong,
        ),
        (
            Location,
            &[(AddressLine, "14 High St"), (Postcode, "ZZ99 1AA")],
            &[(AddressLine, "16 High St"), (Postcode, "ZZ99 1AA")],
            Band::Weak,
        ),
        (
            Location,
            &[(AddressLine, "14 High St"), (Town, "Borchester")],
            &[(AddressLine, "14 High Street"), (Town, "Borchester")],
            Band::Possible,
        ),
        (Location, &[(Uprn, "100023336956")], &[(Uprn, "100023336956")], Band::Strong),
    ];
    for (kind, left, right, band) in table {
        let model = match kind {
            Kind::Person => Model::people(),
            Vehicle => Model::vehicles(),
            Kind::Phone => Model::phones(),
            Location => Model::locations(),
        };
        let (a, b) = (other(*kind, left), other(*kind, right));
        let found = score(&model, &a, &b);
        assert_eq!(found.band, *band, "{left:?} {right:?} {:#?}", sentences(&model, &a, &b));
    }
}

#[test]
fn a_town_is_not_counted_beside_the_postcode_that_settles_it() {
    let values =
        [(Field::AddressLine, "14 High St"), (Field::Town, "Borchester"), (Field::Postcode, "ZZ99 1AA")];
    let (with, without) = (other(Kind::Location, &values), other(Kind::Location, &values[..2]));
    let weight = |a: &Subject, b: &Subject| {
        score(&Model::locations(), a, b)
            .parts
            .iter()
            .find(|part| part.field == "town")
            .map(|part| part.weight)
    };
    assert_eq!(weight(&with, &with), Some(0.0));
    assert!(weight(&with, &without) > Some(0.0));
}

#[test]
fn keys_are_what_a_database_can_index() {
    let a = person(
        "Jo SMITHERS",
        &[(Field::Phone, "07700 900123"), (Field::BirthDate, "1980-03-14"), (Field::Postcode, "ZZ99 1AA")],
    );
    let wanted = [
        "p:dob:1980-03-14",
        "p:fam4-year:smit:1980",
        "p:giv4-year:jo:1980",
        "p:name:jo:smithers",
        "p:phone:+447700900123",
        "p:postcode-fam:ZZ99 1AA:smit",
    ];
    assert_eq!(keys(&a), wanted);
    let nobody = person(
        "UNKNOWN",
        &[(Field::Phone, "00000 000000"), (Field::BirthDate, "1900-01-01"), (Field::Email, "N/A")],
    );
    assert_eq!(keys(&nobody), Vec::<String>::new());
    let car = |mark| other(Kind::Vehicle, &[(Field::Registration, mark)]);
    assert_eq!(keys(&car("AB12 CDE")), ["v:look:A812C0E", "v:reg:AB12CDE"]);
    assert!(keys(&car("A8I2 COE")).contains(&"v:look:A812C0E".to_owned()));
}

#[test]
fn subjects_of_another_kind_have_nothing_to_compare() {
    let phone = other(Kind::Phone, &[(Field::Phone, "07700 900123")]);
    let user = person("Jo Smith", &[(Field::Phone, "07700 900123")]);
    let found = score(&Model::people(), &phone, &user);
    assert_eq!(found.weight, Model::people().prior_weight());
    assert_eq!(found.band, Band::Weak);
}

#[test]
fn ready_models_are_sound_and_survive_json() {
    for model in [Model::people(), Model::vehicles(), Model::phones(), Model::locations()] {
        assert_eq!(model.faults(), Vec::<String>::new());
        for field in &model.comparisons {
            let degree =
                |level: &&Level| !matches!(level.test, Test::Missing | Test::Swapped | Test::OtherNumbers(_));
            let weights: Vec<f64> =
                field.levels.iter().filter(degree).map(|level| (level.m / level.u).log2()).collect();
            assert!(weights.is_sorted_by(|a, b| a >= b), "{}: closer weighs more: {weights:?}", field.name);
        }
        let json = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<Model>(&json).unwrap(), model);
    }
}

#[test]
fn every_fault_of_a_model_is_named_at_once() {
    let mut model = Model::people();
    model.prior = 0.0;
    model.bands.strong = -100.0;
    model.comparisons[1].field = Field::GivenName;
    model.comparisons[2].levels.pop();
    model.comparisons[3].levels[1].m = 1.5;
    let told = model.faults().join("\n");
    for part in [
        "prior is 0",
        "bands:",
        "family name: its field is compared twice",
        "date of birth: the last level",
        "sex, same: m and u",
        "sex: m of all levels",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(score(&model, &person("Jo Smith", &[]), &person("Jo Smith", &[])).weight.is_finite());
}
