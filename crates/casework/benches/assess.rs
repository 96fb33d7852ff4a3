//! Eleven definitions over a report, stored: how many reports a second. `cargo bench -p bluelamp-casework`.

#![allow(clippy::print_stdout, reason = "a benchmark reports on the terminal")]
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use bluelamp_casework::{Shelf, ask_again, assess, receive};
use bluelamp_contact::NewSubmission;
use bluelamp_model::{Id, authority::Actor};
use bluelamp_store::{Cx, Engine};
use bluelamp_testkit::{TestDb, allow_all, put_live};
use bluelamp_triage::{IndicatorSet, Status};
use serde_json::{Value, json};
use std::{fs, path::Path, sync::Arc, sync::mpsc, time::Instant};

/// So many reports.
const REPORTS: usize = 10_000;
/// So many wait for the writer at once, as the callers of a service would.
const AT_ONCE: usize = 64;

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(folder)];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) && !path.ends_with("README.md") {
                found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// A burglary of which most is answered, told in some sentences.
fn report(n: usize) -> NewSubmission {
    let answer = |bit: usize| Value::Bool(n >> bit & 1 == 1);
    serde_json::from_value(json!({
        "channel": "web", "title": "Burglary", "contact_email": null, "retry_key": null,
        "body": {
            "form": "burglary", "version": 1, "digest": "00", "answers": {},
            "told": "We came home and the back door was open. My son heard somebody upstairs and ran out. They took \
                     the car keys from the hall and a laptop. The doorbell camera filmed a man in a grey coat.",
            "summary": [],
            "facts": {
                "dwelling": true, "occupant hurt": answer(0), "occupant present": answer(1),
                "distraction": answer(2), "firearm keys taken": answer(3), "forensic opportunity": true,
            },
            "definition": "burglary",
            "entities": [{
                "role": "reporter", "kind": "person", "links": ["reported-by"],
                "properties": { "name": format!("Person {n}"), "phone": format!("+4477009{n:05}") },
            }],
        }
    }))
    .unwrap()
}

/// Runs work for each of `items`, many at once, and says how many a second were committed.
fn rate<T: Clone + Send + 'static>(
    t: &TestDb,
    actor: &Actor,
    items: &[T],
    run: impl Fn(&mut Cx<'_>, &T) -> bluelamp_model::Result<()> + Clone + Send + 'static,
) -> f64 {
    let (told, done) = mpsc::channel();
    let (start, mut under_way) = (Instant::now(), 0);
    for item in items {
        while under_way >= AT_ONCE {
            let outcome: bluelamp_model::Result<()> = done.recv().unwrap();
            outcome.unwrap();
            under_way -= 1;
        }
        let (item, run, told) = (item.clone(), run.clone(), told.clone());
        t.db.write_then(actor, move |cx| run(cx, &item), move |outcome| told.send(outcome).unwrap());
        under_way += 1;
    }
    for _ in 0..under_way {
        done.recv().unwrap().unwrap();
    }
    items.len() as f64 / start.elapsed().as_secs_f64()
}

fn main() {
    let definitions = files("definitions", ".md");
    let sets = files("indicators", ".toml");
    let sets = sets.iter().map(|(file, text)| IndicatorSet::load(file, text).unwrap());
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let t = TestDb::new(engine, allow_all());
        let sets: std::collections::BTreeMap<_, _> = sets.clone().map(|s| (s.id.clone(), s)).collect();
        let shelf = Arc::new(Shelf::new(Arc::new(sets)));
        let texts: Vec<&str> = definitions.iter().map(|(_, text)| text.as_str()).collect();
        put_live(&t.db, &shelf, &texts);
        let in_use = {
            let shelf = Arc::clone(&shelf);
            t.db.read(&Actor::system(), move |cx| {
                cx.allow("report.assess", None)?;
                cx.record(bluelamp_model::authority::Verb::Consult, "definitions", None, json!({}))?;
                shelf.in_use(cx)
            })
            .unwrap()
        };
        let live = in_use.iter().filter(|u| u.status == Status::Live).count();
        let new: Vec<NewSubmission> = (0..REPORTS).map(report).collect();
        let received = rate(&t, &Actor::public(), &new, |cx, new| receive(cx, new).map(drop));
        let jobs = t.db.claim_jobs(u32::try_from(2 * REPORTS).unwrap(), 600).unwrap();
        let jobs: Vec<_> = jobs.into_iter().filter(|j| j.kind == "assess").collect();
        let ids: Vec<Id> = jobs.iter().map(|j| serde_json::from_str(&j.data).unwrap()).collect();
        let looks = Arc::clone(&shelf);
        let whole = rate(&t, &Actor::system(), &jobs, move |cx, job| assess(cx, job, &looks, "bench"));
        let officer = Actor::staff(Id::from_bytes([0xf1; 16]), vec![], "contact");
        let looks = Arc::clone(&shelf);
        let again = rate(&t, &officer, &ids, move |cx, id| ask_again(cx, &looks, *id));
        println!(
            "{engine:?}: {} definitions ({live} live), {} sets of phrases",
            in_use.len(),
            shelf.indicators.len()
        );
        println!("  received                                   {received:>8.0} reports/s");
        println!("  all definitions over a report, stored      {again:>8.0} reports/s");
        println!("  the same, with records made and compared   {whole:>8.0} reports/s");
    }
}
