//! A case as the rooms below make it, for everything else to be tried on.

use bluelamp_casework::{
    Choice, Shelf, add_note, add_task, assess, decide, finish_task, receive, view_report,
};
use bluelamp_contact::{Body, Entity, Line, NewSubmission};
use bluelamp_evidence::{Exported, Item, NewItem, add, export};
use bluelamp_ledger::{SigningKey, VerifierKey};
use bluelamp_model::{
    Id, Result, Time,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Cx, Entropy, LogKey};
use bluelamp_testkit::TestDb;
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Names that stand in the case and must stand nowhere else.
pub(crate) const CANARIES: [&str; 4] = ["Zebedee", "Quillfeather", "mauve unicycle", "Constable Ermintrude"];

pub(crate) const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0 not a picture of anybody";

pub(crate) struct Built {
    pub(crate) actor: Actor,
    pub(crate) case: Id,
    pub(crate) reference: String,
    pub(crate) items: Vec<Item>,
    pub(crate) key: LogKey,
    /// Where packages go.
    pub(crate) out: tempfile::TempDir,
}

pub(crate) fn key(t: &TestDb) -> LogKey {
    LogKey::open(t.folder(), "borsetshire.example/log", &mut Entropy::Seeded([1; 32], 0)).unwrap()
}

/// The secret key of a data folder, for packages that somebody who holds it could make.
pub(crate) fn origin_key(folder: &Path) -> SigningKey {
    let text = std::fs::read_to_string(folder.join("keys/ledger.key")).unwrap();
    let (origin, seed) = text.trim().split_once('\n').unwrap();
    SigningKey::from_seed(origin, &hex::decode(seed).unwrap().try_into().unwrap()).unwrap()
}

/// Changes rows directly, as rooms above this one would.
pub(crate) fn sql(t: &TestDb, run: impl FnMut(&mut Cx<'_>) -> Result<()> + Send + 'static) {
    let mut run = run;
    t.db.write(&Actor::system(), move |cx| {
        cx.allow(action::ACCOUNT_MANAGE, None)?;
        run(cx)?;
        cx.record(Verb::Administer, "test", None, json!({}))
    })
    .unwrap();
}

pub(crate) fn account(t: &TestDb, name: &'static str) -> Actor {
    let id = Id::new(t.db.now(), [5; 10]);
    sql(t, move |cx| {
        let now = cx.now();
        cx.exec(
            "insert into account (id, username, name, roles, created_at) values ($1, $2, $3, $4, $5)",
            &[id.into(), name.into(), name.into(), "[]".into(), now.into()],
        )
        .map(drop)
    });
    Actor::staff(id, vec!["investigator".into()], "investigation")
}

fn submission() -> NewSubmission {
    let person = |role: &str, link: &str, given: &str| Entity {
        role: role.into(),
        kind: "person".into(),
        links: vec![link.into()],
        properties: [("given_name", given), ("family_name", "Quillfeather")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
    };
    let answers = json!({ "what": "A mauve unicycle was taken", "who": "Zebedee Quillfeather" });
    NewSubmission {
        channel: "web".into(),
        title: "Theft of a mauve unicycle".into(),
        contact_email: None,
        retry_key: None,
        body: Body {
            form: "theft".into(),
            version: 1,
            digest: "0".repeat(64),
            answers: answers.as_object().unwrap().clone(),
            summary: vec![Line {
                section: None,
                question: "What happened?".into(),
                answer: vec!["A mauve unicycle was taken".into()],
            }],
            facts: BTreeMap::new(),
            entities: vec![
                person("victim", "victim-of", "Zebedee"),
                person("suspect", "suspect-of", "Dougal"),
            ],
            told: "A mauve unicycle was taken".into(),
            definition: None,
        }
        .into(),
    }
}

/// An assessment as the triage definitions leave it.
fn assessment(cx: &mut Cx<'_>, report: Id) -> Result<()> {
    let body = json!({
        "definition": "theft", "version": "1.0.0", "status": "draft", "definition_digest": "1".repeat(64),
        "parameters": {}, "facts_digest": "2".repeat(64), "engine": "test", "grades": [], "floor": null,
        "ceiling": null, "state": "open", "summary": "Nothing is known yet.", "fired": [], "open": [],
        "rules": [], "questions": [], "actions": [] });
    let (id, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into assessment (id, report_id, made_at, definition, body) values ($1, $2, $3, $4, $5)",
        &[id.into(), report.into(), now.into(), "theft".into(), body.to_string().into()],
    )
    .map(drop)
}

/// A case with a report, two people, a decision, a task that is done, a note, and no evidence.
pub(crate) fn bare_case(t: &TestDb) -> Built {
    let actor = account(t, "Constable Ermintrude");
    let report = t.db.write(&Actor::public(), |cx| receive(cx, &submission())).unwrap().id;
    for job in t.db.claim_jobs(10, 60).unwrap() {
        t.db.write(&Actor::system(), move |cx| assess(cx, &job, &Shelf::default(), "borsetshire")).unwrap();
    }
    let version = t.db.read(&actor, |cx| view_report(cx, &Shelf::default(), report)).unwrap().item.version;
    let choice = Choice {
        version,
        outcome: "open-case".into(),
        reasons: "The mauve unicycle may still be found".into(),
        ..Choice::default()
    };
    let case =
        t.db.write(&actor, move |cx| decide(cx, &Shelf::default(), report, &choice)).unwrap().case.unwrap();
    sql(t, move |cx| assessment(cx, report));
    let task = t.db.write(&actor, move |cx| add_task(cx, case, "Ask the neighbours", None)).unwrap();
    t.db.write(&actor, move |cx| finish_task(cx, case, task, "Nobody saw the mauve unicycle")).unwrap();
    t.db.write(&actor, move |cx| add_note(cx, case, "Zebedee Quillfeather will call back")).unwrap();
    let reference =
        t.db.read(&actor, |cx| bluelamp_casework::view_case(cx, &case.to_string()))
            .unwrap()
            .summary
            .reference;
    Built { actor, case, reference, items: Vec::new(), key: key(t), out: tempfile::tempdir().unwrap() }
}

pub(crate) fn new_item(exhibit: &str, file_name: &str, media_type: &str) -> NewItem {
    NewItem {
        exhibit: exhibit.into(),
        description: "What the camera by the gate shows".into(),
        origin: "Handed over by Zebedee Quillfeather".into(),
        file_name: file_name.into(),
        media_type: media_type.into(),
    }
}

/// The same with three items of evidence.
pub(crate) fn case(t: &TestDb) -> Built {
    let mut built = bare_case(t);
    let big: Vec<u8> = (0..40_000_u32).flat_map(u32::to_le_bytes).collect();
    for (exhibit, name, media, bytes) in [
        ("CE/1", "Zebedee's unicycle (2).JPG", "image/jpeg", JPEG),
        ("CE/2", "../../etc/passwd", "text/plain", b"a statement in plain words\n"),
        ("CE/10", "gate.mp4", "video/mp4", &big),
    ] {
        let item =
            add(&t.db, &built.actor, built.case, &new_item(exhibit, name, media), bytes, 2_000_000).unwrap();
        built.items.push(item);
    }
    built
}

impl Built {
    pub(crate) fn export(&self, t: &TestDb) -> Exported {
        let actor = Actor { purpose: "disclosure".into(), ..self.actor.clone() };
        export(
            &t.db,
            &actor,
            &self.key,
            &self.reference,
            "Crown Prosecution Service, Borsetshire",
            self.out.path(),
        )
        .unwrap()
    }

    pub(crate) fn trusted(&self) -> Vec<VerifierKey> {
        vec![self.key.verifier().clone()]
    }
}

/// Every file below a folder, by path from there, in order.
pub(crate) fn files(root: &Path) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(root, &mut found);
    let mut names: Vec<_> =
        found.iter().map(|p| p.strip_prefix(root).unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

pub(crate) fn json_at(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

pub(crate) fn start() -> Time {
    bluelamp_testkit::START.parse().unwrap()
}
