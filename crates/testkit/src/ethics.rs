//! The way of an algorithm into the lab and into operation, gone by people who have no other part in a test.

use bluelamp_access::algorithm::{Permission, State, count_uses};
use bluelamp_model::{
    Id,
    authority::{Actor, Verb, action},
};
use bluelamp_steward::ethics::{
    Finding, NewVoice, QUESTIONS, Step, advise, assess, minute, note_opinion, report_lab, take,
};
use bluelamp_store::{Cx, Db};
use serde_json::json;
use std::collections::BTreeMap;

/// Who writes the assessments, and asks that definitions go live.
pub const LEAD: [u8; 16] = [0xf1; 16];
/// The accountable chief officer.
pub const CHIEF: [u8; 16] = [0xf2; 16];
const MEMBERS: [[u8; 16]; 2] = [[0xf3; 16], [0xf4; 16]];

/// What the lab has to show.
const CRITERION: &str = "floors that officers agree with: at least 80 %";

fn person(id: [u8; 16], role: &str) -> Actor {
    Actor::staff(Id::from_bytes(id), vec![role.into()], "governance")
}

/// Makes the accounts of the four people. For a transaction that leaves an entry of its own.
pub(crate) fn people(cx: &mut Cx<'_>) -> bluelamp_model::Result<()> {
    let names = [
        "risk-lead-of-the-test",
        "chief-officer-of-the-test",
        "member-of-the-test",
        "other-member-of-the-test",
    ];
    for (id, username) in [LEAD, CHIEF, MEMBERS[0], MEMBERS[1]].into_iter().zip(names) {
        let now = cx.now();
        cx.exec(
            "insert into account (id, username, name, roles, created_at) values ($1, $2, 'Test Person', '', $3)
             on conflict (id) do nothing",
            &[Id::from_bytes(id).into(), username.into(), now.into()],
        )?;
    }
    Ok(())
}

/// The entry in the register for a version, by the name of the algorithm and the beginning of its digest or its version.
///
/// # Panics
/// Where there is none.
#[must_use]
pub fn entry(db: &Db, algorithm: &str, version: &str) -> Id {
    let (kind, name) = algorithm.split_once('/').expect("a name of two parts");
    let rows = db
        .credential_rows(
            "select id from algorithm where kind = $1 and name = $2 and (version = $3 or digest = $3)
             order by registered_at desc",
            &[kind.into(), name.into(), version.into()],
        )
        .expect("read");
    rows.first()
        .unwrap_or_else(|| panic!("{algorithm} {version} is not in the register"))
        .get(0)
        .expect("an id")
}

/// The entries that nobody has assessed, by kind and digest.
pub(crate) fn proposed(db: &Db) -> Vec<(Id, String, String)> {
    let sql = "select id, kind, digest from algorithm where state = 'proposed' and running = 1 order by id";
    let rows = db.credential_rows(sql, &[]).expect("read");
    let text =
        |r: &bluelamp_store::Row| (r.get(0).expect("id"), r.get(1).expect("kind"), r.get(2).expect("digest"));
    rows.iter().map(text).collect()
}

/// Takes versions that are proposed as far as the lab, or to the end as far as operation: assessed, advised on, tried,
/// heard again, in a pilot. `days` is how long operation is approved for.
///
/// # Panics
/// Where the database says no.
pub fn approve(db: &Db, versions: &[Id], upto: State, days: i64) {
    if versions.is_empty() {
        return;
    }
    let each = |who: &Actor, run: fn(&mut Cx<'_>, Id, i64) -> bluelamp_model::Result<()>| {
        let all = versions.to_vec();
        db.write(who, move |cx| all.iter().try_for_each(|id| run(cx, *id, days))).expect("approved");
    };
    let (lead, chief) = (person(LEAD, "risk-lead"), person(CHIEF, "accountable-officer"));
    let [one, other] = MEMBERS.map(|id| person(id, "ethics-committee"));
    let heard = || {
        each(&one, |cx, id, _| advise(cx, id, &voice("operational"), &[]));
        each(&other, |cx, id, _| {
            advise(cx, id, &voice("operational"), &[])?;
            let today = cx.now().day();
            minute(cx, id, "operational", &today, "For the test.").map(drop)
        });
    };
    each(&lead, |cx, id, _| {
        let mut answers: BTreeMap<String, String> =
            QUESTIONS.iter().map(|q| (q.code.into(), "For the test.".into())).collect();
        answers.insert("lab.criteria".into(), CRITERION.into());
        assess(cx, id, &answers, None)
    });
    each(&chief, |cx, id, _| step(cx, id, "assessed", 0));
    each(&one, |cx, id, _| advise(cx, id, &voice("lab"), &[]));
    each(&other, |cx, id, _| {
        advise(cx, id, &voice("lab"), &[])?;
        let today = cx.now().day();
        minute(cx, id, "lab", &today, "For the test.").map(drop)
    });
    each(&chief, |cx, id, _| step(cx, id, "lab", 0));
    if upto == State::Lab {
        return;
    }
    each(&lead, |cx, id, _| {
        let found = Finding { criterion: CRITERION.into(), found: "90 %".into(), met: true };
        report_lab(cx, id, &[found], "")?;
        let today = cx.now().day();
        note_opinion(cx, id, "A university of the test", &today, "Nothing against it.")
    });
    each(&chief, |cx, id, _| step(cx, id, "lab-reported", 0));
    heard();
    each(&chief, |cx, id, _| step(cx, id, "pilot", 90));
    if upto == State::Pilot {
        return;
    }
    used(db, versions);
    // Again, on what the pilot showed.
    heard();
    each(&chief, |cx, id, days| step(cx, id, "operational", days));
}

/// Uses each version once in its pilot, as the rooms count it: nothing goes further that was never used.
///
/// # Panics
/// Where the database says no.
pub fn used(db: &Db, versions: &[Id]) {
    let all: Vec<_> = versions.iter().map(|id| Permission { id: *id, counts: true }).collect();
    db.write(&Actor::system(), move |cx| {
        cx.allow(action::REPORT_ASSESS, None)?;
        cx.record(Verb::Propose, "report", None, json!({ "for": "a test" }))?;
        count_uses(cx, &all).map(drop)
    })
    .expect("used");
}

fn voice(point: &str) -> NewVoice {
    NewVoice {
        point: point.into(),
        advice: "approve".into(),
        reasons: "For the test.".into(),
        ..NewVoice::default()
    }
}

fn step(cx: &mut Cx<'_>, id: Id, to: &str, days: i64) -> bluelamp_model::Result<()> {
    let until = if days > 0 { cx.now().plus_seconds(days * 86_400).day() } else { String::new() };
    let step = Step {
        to: to.into(),
        until,
        volume: (to == "pilot").then_some(1000),
        reasons: "For the test.".into(),
        ..Step::default()
    };
    take(cx, id, &step, &[]).map(drop)
}

/// Suspends a version, by the chief officer of the test.
///
/// # Panics
/// Where the database says no.
pub fn suspend(db: &Db, id: Id) {
    db.write(&person(CHIEF, "accountable-officer"), move |cx| step(cx, id, "suspended", 0))
        .expect("suspended");
}
