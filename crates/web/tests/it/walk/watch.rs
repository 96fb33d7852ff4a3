//! Looks after each request for where every report and case stands, and who is named for a change.

use crate::site::Site;
use bluelamp_model::{Id, authority::action};
use bluelamp_store::{Db, Engine, Row};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Where a report stands: what this test is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) state: String,
    pub(super) grade: Option<String>,
    pub(super) case: Option<Id>,
    /// Every case that was opened from it, with its state.
    pub(super) cases: Vec<(Id, String)>,
}

/// Every report with where it stands, and its version beside that.
pub(super) type Digest = BTreeMap<Id, (Mark, i64)>;

pub(super) fn digest(db: &Db) -> Digest {
    let sql = "select r.id, r.state, r.grade, r.case_id, r.version, c.id, c.state
               from report r left join case_file c on c.report_id = r.id order by r.id, c.id";
    let mut all = Digest::new();
    for row in db.credential_rows(sql, &[]).unwrap() {
        let mark = Mark {
            state: row.get(1).unwrap(),
            grade: row.get(2).unwrap(),
            case: row.get(3).unwrap(),
            cases: Vec::new(),
        };
        let entry = all.entry(row.get(0).unwrap()).or_insert((mark, row.get(4).unwrap()));
        if let Some(case) = row.get::<Option<Id>>(5).unwrap() {
            entry.0.cases.push((case, row.get(6).unwrap()));
        }
    }
    all
}

/// The same and the decisions in one text, put together by the database: it is asked for after every request, and only
/// where it has become another is each row read.
pub(super) fn fingerprint(db: &Db) -> String {
    let (text, all) = match db.engine() {
        Engine::Sqlite => ("hex", "group_concat(line, ';')"),
        Engine::Postgres => ("text", "string_agg(line, ';' order by line)"),
    };
    let table = |columns: &str, table: &str| {
        format!("coalesce((select {all} from (select {columns} as line from {table} order by id) as t), '')")
    };
    let grade = "coalesce(grade, '-')";
    let report = format!(
        "{text}(id) || state || ',' || {grade} || ',' || coalesce({text}(case_id), '-') || ',' || version"
    );
    let parts = [
        table(&report, "report"),
        table(&format!("{text}(report_id) || {text}(id) || state"), "case_file"),
        table(&format!("{text}(id) || {text}(report_id) || {text}(decided_by)"), "decision"),
    ];
    let sql = format!("select {}", parts.join(" || '/' || "));
    db.credential_rows(&sql, &[]).unwrap()[0].get(0).unwrap()
}

/// Decisions, each with its report and the account that made it.
pub(super) fn decisions(db: &Db) -> BTreeMap<Id, (Id, Id)> {
    let rows = db.credential_rows("select id, report_id, decided_by from decision", &[]).unwrap();
    let read = |r: &Row| (r.get(0).unwrap(), (r.get(1).unwrap(), r.get(2).unwrap()));
    rows.iter().map(read).collect()
}

/// Whoever sends a request.
#[derive(Clone, Debug)]
pub(super) struct Who {
    /// "supervisor for contact, by session".
    pub(super) label: String,
    /// The account behind it; none for the public and the system.
    pub(super) account: Option<Id>,
    /// Whether the policy lets them decide or supervise at all.
    pub(super) may: bool,
}

impl Who {
    pub(super) fn nobody(label: &str) -> Self {
        Self { label: label.into(), account: None, may: false }
    }
}

/// Looks after each step, and keeps what was seen.
pub(super) struct Watch<'a> {
    pub(super) site: &'a Site,
    pub(super) fingerprint: String,
    pub(super) digest: Digest,
    pub(super) decisions: BTreeMap<Id, (Id, Id)>,
    pub(super) requests: usize,
    /// Who changed something, and by which route.
    pub(super) changes: BTreeSet<(String, String)>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(site: &'a Site) -> Self {
        let (fingerprint, digest, decisions) =
            site.outside(|db| (fingerprint(db), digest(db), decisions(db)));
        Self { site, fingerprint, digest, decisions, requests: 0, changes: BTreeSet::new() }
    }

    /// What the test did itself is not looked at.
    pub(super) fn begin_anew(&mut self) {
        (self.fingerprint, self.digest, self.decisions) =
            self.site.outside(|db| (fingerprint(db), digest(db), decisions(db)));
    }

    /// Nothing has changed since the last look but by a decision of exactly this requester, who may, and who stands in
    /// the accounts and in the audit log with it.
    pub(super) fn look(&mut self, who: &Who, may: bool, route: &str, sent: &str) {
        self.requests += 1;
        let fingerprint = self.site.outside(fingerprint);
        if fingerprint == self.fingerprint {
            return;
        }
        self.fingerprint = fingerprint;
        let (digest, decisions) = self.site.outside(|db| (digest(db), decisions(db)));
        let what = || format!("{} by {sent} ({route}, {:?})", who.label, self.site.test.engine);
        let new: BTreeMap<_, _> =
            decisions.iter().filter(|(id, _)| !self.decisions.contains_key(*id)).collect();
        assert!(self.decisions.keys().all(|id| decisions.contains_key(id)), "a decision is gone: {}", what());
        for (decision, (about, by)) in &new {
            assert!(may && who.may, "a decision that nobody here may make: {}", what());
            assert_eq!(Some(*by), who.account, "a decision in another person's name: {}", what());
            self.recorded(**decision, *about, *by, &what());
        }
        for (id, (before, _)) in &self.digest {
            let (after, _) = digest.get(id).unwrap_or_else(|| panic!("a report is gone: {}", what()));
            if before == after {
                continue;
            }
            assert!(
                new.values().any(|(about, _)| about == id),
                "{before:?} became {after:?} without a named person: {}",
                what()
            );
            self.changes.insert((who.label.clone(), route.to_owned()));
        }
        for (id, (mark, _)) in digest.iter().filter(|(id, _)| !self.digest.contains_key(*id)) {
            let fresh = Mark { state: "new".into(), grade: None, case: None, cases: Vec::new() };
            assert_eq!(*mark, fresh, "report {id} began otherwise than new: {}", what());
        }
        (self.digest, self.decisions) = (digest, decisions);
    }

    /// The decision's account is one that may sign in, and the log says that it decided this.
    fn recorded(&self, decision: Id, about: Id, by: Id, what: &str) {
        let count = |sql: &str, args: &[bluelamp_store::Value]| -> i64 {
            self.site.outside(|db| db.credential_rows(sql, args).unwrap()[0].get(0).unwrap())
        };
        let sql = "select count(*) from account where id = $1 and disabled_at is null and name <> ''";
        assert_eq!(count(sql, &[by.into()]), 1, "the account {by}: {what}");
        let sql = "select event from audit where object_id = $1 and actor_id = $2 and verb = 'decide'";
        let entries = self.site.outside(|db| db.credential_rows(sql, &[about.into(), by.into()]).unwrap());
        let named = entries.iter().any(|row| {
            let event: Value = serde_json::from_str(&row.get::<String>(0).unwrap()).unwrap();
            event["detail"]["decision"] == json!(decision)
                && event["actor_kind"] == "staff"
                && [action::REPORT_DECIDE, action::GRADE_SUPERVISE]
                    .contains(&event["action"].as_str().unwrap())
        });
        assert!(named, "no entry in the log names the decision {decision}: {what}");
        // A case that came of it names the same decision and person.
        let sql =
            "select count(*) from case_file where decision_id = $1 and (opened_by <> $2 or report_id <> $3)";
        assert_eq!(count(sql, &[decision.into(), by.into(), about.into()]), 0, "{what}");
    }
}
