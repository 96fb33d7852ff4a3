//! A small sound bundle, and generators of arbitrary sound records.

use bluelamp_model::{
    Bundle, Day, Grading, Gsc, Handling, Id, Kind, Link, LinkKind, Marking, MopiGroup, Provenance, Record,
    Retention, Scalar, Sensitive, Source, Statement, Time,
    codes::shipped,
    grading::{Assessment, SourceGrade},
    property::{LINK_PROPERTIES, Property, ValueType, properties},
    protection::{Hold, Sch8},
    statement::Basis::{Assessment as Opinion, Fact},
};
use proptest::{collection::vec, option, prelude::*, sample::select};

pub(crate) fn id(n: u8) -> Id {
    Id::new(noon(), [n; 10])
}

pub(crate) fn noon() -> Time {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn bare(n: u8, kind: Kind) -> Record {
    let retention = Retention::new(MopiGroup::OtherOffences, Day::new(2032, 11, 22).unwrap());
    let mut record = Record::new(id(n), kind, "borsetshire", noon(), Marking::official(), retention);
    record.provenance.push(Provenance::new("P-1042", "report", "bluelamp"));
    record
}

/// A burglary with a victim, a suspect, a vehicle, a place and a graded piece of intelligence.
pub(crate) fn burglary() -> Bundle {
    let told = Source::fact("report/1", noon(), "online-form");
    let mut victim = bare(1, Kind::Person);
    victim.state("given_name", "Kate", &told).unwrap().state("family_name", "Aldridge", &told).unwrap();
    victim.state("date_of_birth", "1984-05", &told).unwrap().state("phone", "07700 900123", &told).unwrap();
    let mut suspect = bare(2, Kind::Person);
    let opinion = Source { basis: Opinion, confidence: Some(60), ..told.clone() };
    suspect.state("description", "tall, grey coat", &opinion).unwrap();
    suspect.state("ethnicity_officer_defined", "not stated", &opinion).unwrap();
    suspect.sensitive = Some(Sensitive { sch8_condition: Sch8::StatutoryPurposes, apd_ref: "APD-3".into() });
    let mut car = bare(3, Kind::Vehicle);
    car.state("registration", "ZZ99 ABC", &told).unwrap();
    let mut house = bare(4, Kind::Location);
    house.state("line1", "1 Mill Lane", &told).unwrap().state("postcode", "ZZ99 1AA", &told).unwrap();
    house.state("latitude", Scalar::decimal(52.1).unwrap(), &told).unwrap();
    let mut crime = bare(5, Kind::Crime);
    crime.state("category", "burglary", &told).unwrap().state("month", "2026-11", &told).unwrap();
    crime.state("recorded_at", noon(), &told).unwrap();
    let mut log = bare(6, Kind::IntelligenceLog);
    let grading = Grading::new(SourceGrade::Untested, Assessment::C);
    log.state("text", "The grey car was offered for sale.", &Source { grading: Some(grading), ..opinion })
        .unwrap();
    log.marking = Marking::official_sensitive();
    let link = |n, kind, from, to| {
        Link::new(id(n), kind, id(from), id(to), "borsetshire", noon(), Fact, Marking::official())
    };
    Bundle::new(
        vec![victim, suspect, car, house, crime, log],
        vec![
            link(11, LinkKind::VictimOf, 1, 5),
            link(12, LinkKind::SuspectOf, 2, 5),
            link(13, LinkKind::DriverOf, 2, 3),
            link(14, LinkKind::LocatedAt, 5, 4),
            link(15, LinkKind::Mentions, 6, 3),
        ],
    )
}

pub(crate) fn times() -> impl Strategy<Value = Time> {
    // 1970 to 2100, to the microsecond.
    (0_i64..4_102_444_800_000_000).prop_map(Time::from_micros)
}

pub(crate) fn ids() -> impl Strategy<Value = Id> {
    (times(), any::<[u8; 10]>()).prop_map(|(time, random)| Id::new(time, random))
}

fn days() -> impl Strategy<Value = Day> {
    (1900_i16..2200, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Day::new(y, m, d).unwrap())
}

/// Words that are not blank, with quotes, escapes, marks and other scripts.
pub(crate) fn words() -> impl Strategy<Value = String> {
    ("[a-zA-Z0-9\"\\\\/~é爱\u{1F600}]", "[ -~\t\n\u{0}é\u{301}爱\u{1F600}\u{202E}]{0,12}")
        .prop_map(|(a, b)| a + &b)
}

fn handling() -> impl Strategy<Value = (Handling, Vec<String>)> {
    prop_oneof![
        Just((Handling::P, Vec::new())),
        vec(words(), 1..3).prop_map(|conditions| (Handling::C, conditions))
    ]
}

pub(crate) fn markings() -> impl Strategy<Value = Marking> {
    (select(vec![Gsc::Official, Gsc::OfficialSensitive]), handling(), vec(words(), 0..3)).prop_map(
        |(gsc, (handling, conditions), descriptors)| Marking { gsc, handling, conditions, descriptors },
    )
}

fn gradings() -> impl Strategy<Value = Grading> {
    let sources = [SourceGrade::Reliable, SourceGrade::Untested, SourceGrade::NotReliable];
    let assessments = [Assessment::A, Assessment::B, Assessment::C, Assessment::D, Assessment::E];
    (select(sources.to_vec()), select(assessments.to_vec()), handling()).prop_map(
        |(source, assessment, (handling, conditions))| Grading { source, assessment, handling, conditions },
    )
}

fn value(of: ValueType) -> BoxedStrategy<Scalar> {
    match of {
        ValueType::Text => words().prop_map(Scalar::from).boxed(),
        ValueType::Code(name) => {
            let list = shipped().iter().find(|list| list.list == name).unwrap();
            let codes: Vec<_> = list.codes.iter().map(|c| c.code.clone()).collect();
            select(codes).prop_map(Scalar::from).boxed()
        }
        ValueType::Date => (days(), select(vec![4, 7, 10]))
            .prop_map(|(day, length)| Scalar::from(day.to_string()[..length].to_owned()))
            .boxed(),
        ValueType::Month => days().prop_map(|day| Scalar::from(day.to_string()[..7].to_owned())).boxed(),
        ValueType::Time => times().prop_map(Scalar::from).boxed(),
        ValueType::Count => (0_i64..1 << 53).prop_map(Scalar::from).boxed(),
        ValueType::Number(least, most) => (least..=most).prop_map(|n| Scalar::decimal(n).unwrap()).boxed(),
        ValueType::Truth => any::<bool>().prop_map(Scalar::from).boxed(),
    }
}

fn statement(property: Property, graded: bool) -> impl Strategy<Value = Statement> {
    let grading = if graded { gradings().prop_map(Some).boxed() } else { option::of(gradings()).boxed() };
    let rest = (words(), select(vec![Fact, Opinion]), grading, option::of(0_u8..=100), times(), words());
    (value(property.value), rest).prop_map(
        |(value, (source_ref, basis, grading, confidence, collected_at, method))| Statement {
            prop: property.name.into(),
            value,
            source_ref,
            basis,
            grading,
            confidence,
            collected_at,
            method,
        },
    )
}

fn retentions() -> impl Strategy<Value = Retention> {
    let holds = vec((words(), words(), days()), 0..2).prop_map(|holds| {
        holds.into_iter().map(|(reason, ordered_by, since)| Hold { reason, ordered_by, since }).collect()
    });
    (1_u8..=4, days(), holds).prop_map(|(group, review_due, holds)| Retention {
        group: MopiGroup::try_from(group).unwrap(),
        review_due,
        holds,
    })
}

fn steps(least: usize) -> impl Strategy<Value = Vec<Provenance>> {
    let step = (words(), words(), words(), option::of(words()), option::of("[0-9a-f]{64}"));
    vec(step, least..3).prop_map(|steps| {
        steps
            .into_iter()
            .map(|(agent, activity, source_system, source_record_id, digest)| Provenance {
                agent,
                activity,
                source_system,
                source_record_id,
                digest,
            })
            .collect()
    })
}

/// Any sound record of any kind.
pub(crate) fn records() -> impl Strategy<Value = Record> {
    select(Kind::ALL.to_vec()).prop_flat_map(|kind| {
        let table = properties(kind);
        let graded = kind == Kind::IntelligenceLog;
        let required: Vec<_> =
            table.iter().filter(|p| p.required).map(|p| statement(*p, graded).boxed()).collect();
        let others = vec(select(table).prop_flat_map(move |p| statement(p, graded)), 1..4);
        let stated = (required, others).prop_map(|(mut a, b)| {
            a.extend(b);
            a
        });
        let dates =
            (times(), option::of(0_i64..1_000_000), option::of(times()), option::of(1_i64..1_000_000));
        let ground = (select(vec![Sch8::Safeguarding, Sch8::AdministrationOfJustice]), words());
        (ids(), dates, stated, markings(), ground, retentions(), words(), steps(1), option::of(ids()))
            .prop_map(
                move |(
                    id,
                    (created, before, from, lasts),
                    statements,
                    marking,
                    ground,
                    retention,
                    class,
                    provenance,
                    old,
                )| {
                    let mut record = Record::new(id, kind, "borsetshire", created, marking, retention);
                    record.observed = before.map(|seconds| created.plus_seconds(-seconds));
                    record.valid_from = from;
                    record.valid_to = from.and_then(|from| lasts.map(|seconds| from.plus_seconds(seconds)));
                    record.sensitive = Some(Sensitive { sch8_condition: ground.0, apd_ref: ground.1 });
                    record.statements = statements;
                    record.data_class = class;
                    record.provenance = provenance;
                    record.supersedes = old;
                    record
                },
            )
    })
}

/// Any sound link; what it ties is not there.
pub(crate) fn links() -> impl Strategy<Value = Link> {
    let stated = vec(select(LINK_PROPERTIES).prop_flat_map(|p| statement(p, false)), 0..2);
    let judged = (select(vec![Fact, Opinion]), option::of(gradings()), option::of(0_u8..=100));
    (select(LinkKind::ALL.to_vec()), (ids(), ids(), ids()), times(), judged, stated, markings(), steps(0))
        .prop_flat_map(|(kind, ids, created, judged, statements, marking, provenance)| {
            let categories = kind.subject_categories().to_vec();
            let category = if categories.is_empty() {
                Just(None).boxed()
            } else {
                select(categories).prop_map(Some).boxed()
            };
            category.prop_map(move |category| {
                let (basis, grading, confidence) = judged.clone();
                let org = "borsetshire";
                let mut link = Link::new(ids.0, kind, ids.1, ids.2, org, created, basis, marking.clone());
                link.grading = grading;
                link.confidence = confidence;
                link.subject_category = category;
                link.statements = statements.clone();
                link.provenance = provenance.clone();
                link
            })
        })
}
