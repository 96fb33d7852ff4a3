//! Building the force: what the story tells, done through the rooms of the house in the order in which it happened.

use super::{
    Staff, password,
    programme::{Days, Programme},
    story::{
        ACCOUNTABLE, ADMINISTRATOR, CONTACT, Case, Decision, Evidence, INVESTIGATOR, RISK_LEAD, Report, Story,
    },
};
use crate::{
    config::Loaded,
    content::{self, Content},
    fail::Fail,
    mail, open, standard,
    worker::{BATCH, Worker},
};
use bluelamp_access::{
    NewAccount, accept_invitation, bootstrap_administrator, create_account, invite, sign_in,
};
use bluelamp_casework::{
    ActionAnswer, Choice, ReportView, add_note, add_task, ask_live, decide, finish_task, go_live, receive,
    view_case, view_report,
};
use bluelamp_contact::NewSubmission;
use bluelamp_evidence::NewItem;
use bluelamp_fusion::import_people;
use bluelamp_model::{Error, Fault, Id, Time, authority::Actor};
use bluelamp_store::Db;
use bluelamp_triage::Status;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// Records of another system, loaded as a source.
const RECORDS: &str = "borsetshire-records.csv";
/// The accounts are there so long before the first report.
const BEFORE: f64 = 4.0;

/// The hands of the made-up clock.
struct Clock {
    now: Time,
    at: Arc<AtomicI64>,
}

impl Clock {
    /// Puts it to so many hours before now. It never goes back.
    fn hours_ago(&self, hours: f64) -> Time {
        let then = self.now.micros() - self::hours(hours);
        self.at.fetch_max(then, Ordering::Relaxed);
        Time::from_micros(self.at.load(Ordering::Relaxed))
    }
}

/// Hours in microseconds.
#[expect(clippy::cast_possible_truncation, reason = "a story of a few days")]
fn hours(hours: f64) -> i64 {
    (hours * 3600e6) as i64
}

pub(super) struct Builder<'a> {
    pub(super) db: Db,
    loaded: &'a Loaded,
    pub(super) content: &'a Content,
    pub(super) worker: Worker,
    clock: Clock,
    staff: Vec<Staff>,
}

/// Something that happens in the story.
enum Event<'a> {
    Received(usize, &'a Report),
    Decided(usize, &'a Decision),
    Worked(usize, &'a Case),
}

/// Builds it in an empty data folder and gives those who can sign in.
pub(super) fn build(loaded: &Loaded, content: &Content, story: &Story) -> Result<Vec<Staff>, Fail> {
    let now = Time::now();
    let first = story.reports.iter().map(|r| r.hours_ago).fold(0.0, f64::max) + BEFORE;
    let at = Arc::new(AtomicI64::new(0));
    let clock = Clock { now, at: Arc::clone(&at) };
    clock.hours_ago(first);
    // A little passes at each look, so that what happened later is later.
    let ticking = Arc::new(move || Time::from_micros(at.fetch_add(1000, Ordering::Relaxed)));
    let db = open::database(loaded, content, ticking)?;
    let config = &loaded.config;
    let worker = Worker {
        db: db.clone(),
        shelf: content.shelf(&config.organisation),
        organisation: config.organisation.clone(),
        sender: mail::Sender { folder: config.data_dir.join("outbox"), from: config.mail.from.clone() },
    };
    let mut builder = Builder { db, loaded, content, worker, clock, staff: Vec::new() };
    builder.accounts(story)?;
    builder.definitions()?;
    builder.records()?;
    let programme = Programme::carried()?;
    let days = Days { start: Time::from_micros(now.micros() - hours(first)), today: now };
    let signed_in = |who: &str| builder.actor(who, Some("strategy"));
    standard::take_up(&builder.db)?;
    programme.begin(&builder.db, &signed_in, days)?;
    let mut events: Vec<(f64, Event<'_>)> = Vec::new();
    for (n, report) in story.reports.iter().enumerate() {
        events.push((report.hours_ago, Event::Received(n, report)));
        events.extend(report.decision.iter().map(|d| (d.hours_ago, Event::Decided(n, d))));
        events.extend(report.case.iter().map(|c| (c.hours_ago, Event::Worked(n, c))));
    }
    events.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut reports, mut cases) = (BTreeMap::new(), BTreeMap::new());
    let unknown = |n: &usize| Error::Bug(format!("report {n} of the story is worked on before it is there"));
    for (hours, event) in events {
        let then = builder.clock.hours_ago(hours);
        match event {
            Event::Received(n, report) => {
                reports.insert(n, builder.receive(n, report, then)?);
            }
            Event::Decided(n, decision) => {
                let report = *reports.get(&n).ok_or_else(|| unknown(&n))?;
                if let Some(case) = builder.decide(report, decision)? {
                    cases.insert(n, case);
                }
            }
            Event::Worked(n, work) => builder.work(*cases.get(&n).ok_or_else(|| unknown(&n))?, work)?,
        }
        while builder.worker.work_once(BATCH)? > 0 {}
    }
    programme.end(&builder.db, &signed_in, days)?;
    builder.governance(days)?;
    builder.db.seal(&open::key(loaded)?)?;
    Ok(builder.staff)
}

impl Builder<'_> {
    /// Everybody is invited and takes up the invitation.
    fn accounts(&mut self, story: &Story) -> Result<(), Fail> {
        let policy = &self.content.policy;
        for (n, member) in story.staff.iter().enumerate() {
            let secret = if n == 0 {
                bootstrap_administrator(&self.db, policy, &member.username, &member.name)?
            } else {
                let (policy, new) = (
                    Arc::clone(policy),
                    NewAccount {
                        username: member.username.clone(),
                        name: member.name.clone(),
                        roles: member.roles.clone(),
                    },
                );
                self.db.write(&self.actor(ADMINISTRATOR, None)?, move |cx| {
                    let id = create_account(cx, &policy, &new)?;
                    invite(cx, id)
                })?
            };
            let password = password()?;
            accept_invitation(&self.db, &secret, &password)?;
            self.staff.push(Staff {
                username: member.username.clone(),
                password,
                name: member.name.clone(),
                roles: member.roles.clone(),
                purposes: policy.purposes_of(&member.roles).into_iter().map(|p| p.code.clone()).collect(),
            });
        }
        Ok(())
    }

    /// Signs somebody in.
    pub(super) fn actor(&self, username: &str, purpose: Option<&str>) -> Result<Actor, Fail> {
        let known = self.staff.iter().find(|s| s.username == username);
        let member = known.ok_or_else(|| Error::Bug(format!("the story has nobody called {username}")))?;
        let signed = sign_in(&self.db, &self.content.policy, username, &member.password, purpose)?;
        Ok(signed.session.actor())
    }

    /// What runs is assessed and approved first. The definitions whose files say that they are live go live as
    /// everywhere: one person asks, another agrees.
    fn definitions(&self) -> Result<(), Fail> {
        open::take_up(&self.db, self.content, &self.worker.shelf)?;
        self.ethics()?;
        let (lead, chief) =
            (self.actor(RISK_LEAD, Some("governance"))?, self.actor(ACCOUNTABLE, Some("governance"))?);
        let live = self.content.definitions.iter().filter(|(d, _)| d.header.status == Status::Live);
        for (definition, _) in live {
            let (id, version) = (&definition.header.id, &definition.header.version);
            let shelf = &self.worker.shelf;
            let (asked, known, numbered) = (Arc::clone(shelf), id.clone(), version.clone());
            self.db.write(&lead, move |cx| {
                let why = "Its cases are green. There are no stored reports yet to try it on.";
                ask_live(cx, &asked, &known, &numbered, why)
            })?;
            let (shelf, known, numbered) = (Arc::clone(shelf), id.clone(), version.clone());
            self.db.write(&chief, move |cx| {
                let why = "For the demonstration. Not approved practice.";
                go_live(cx, &shelf, &known, &numbered, why)
            })?;
        }
        Ok(())
    }

    /// What another system of the force holds about people.
    fn records(&self) -> Result<(), Fail> {
        let text = content::embedded(&format!("demo/{RECORDS}")).unwrap_or_default();
        let file = self.loaded.config.data_dir.join(RECORDS);
        fs::write(&file, text)?;
        let (actor, organisation) = (self.actor(ADMINISTRATOR, None)?, &self.loaded.config.organisation);
        let loaded = import_people(&self.db, &actor, organisation, "Borsetshire records", &file, &mut |_| ());
        fs::remove_file(&file)?;
        loaded?;
        Ok(())
    }

    fn receive(&self, n: usize, report: &Report, then: Time) -> Result<Id, Fail> {
        let wrong = |reason: String| {
            Fail::Data(Fault::new("data/demo/story.json", reason).in_field(format!("reports[{n}]")).into())
        };
        let form = self.content.forms.get(&report.form);
        let form = form.ok_or_else(|| wrong(format!("there is no form '{}'", report.form)))?;
        let mut answers = report.answers.clone();
        answers.values_mut().for_each(|answer| date(answer, then));
        let clean = form.validate(&answers, then).map_err(|e| wrong(Error::Invalid(e).to_string()))?;
        let new = NewSubmission::new(form, clean, &report.channel, None);
        Ok(self.db.write(&Actor::public(), move |cx| receive(cx, &new))?.id)
    }

    /// Gives the case, where one was opened.
    fn decide(&self, report: Id, decision: &Decision) -> Result<Option<Id>, Fail> {
        let actor = self.actor(CONTACT, Some("contact"))?;
        let shelf = &self.worker.shelf;
        let view = self.db.read(&actor, |cx| view_report(cx, shelf, report))?;
        let decision = decision.clone();
        let choice = Choice {
            version: view.item.version,
            outcome: decision.outcome,
            grade: decision.grade,
            reasons: decision.reasons,
            powers_and_policy: decision.powers_and_policy,
            options: decision.options,
            action_and_review: decision.action_and_review,
            message: decision.message,
            actions: answers(&view, &decision.tasks),
            ..Choice::default()
        };
        let shelf = Arc::clone(&self.worker.shelf);
        Ok(self.db.write(&actor, move |cx| decide(cx, &shelf, report, &choice))?.case)
    }

    fn work(&self, id: Id, work: &Case) -> Result<(), Fail> {
        let actor = self.actor(INVESTIGATOR, Some("investigation"))?;
        let case = self.db.read(&actor, |cx| view_case(cx, &id.to_string()))?;
        let tasks: Vec<Id> = case.tasks.iter().map(|t| t.id).collect();
        let todo = work.clone();
        self.db.write(&actor, move |cx| {
            for done in &todo.finish {
                let task =
                    tasks.get(done.task).ok_or_else(|| Error::NotFound(format!("task {}", done.task)))?;
                finish_task(cx, id, *task, &done.result)?;
            }
            for title in &todo.add {
                add_task(cx, id, title, None)?;
            }
            todo.notes.iter().try_for_each(|note| add_note(cx, id, note).map(drop))
        })?;
        let Evidence { exhibit, description, origin, file } = &work.evidence;
        let new = NewItem {
            exhibit: exhibit.clone(),
            description: description.clone(),
            origin: origin.clone(),
            file_name: file.clone(),
            media_type: "text/plain".into(),
        };
        let bytes = content::embedded(&format!("demo/{file}")).unwrap_or_default().as_bytes();
        bluelamp_evidence::add(&self.db, &actor, id, &new, bytes, self.loaded.config.largest_file)?;
        Ok(())
    }
}

/// The actions of the definition that leads, by their place: accepted, as the story has it.
fn answers(view: &ReportView, places: &[usize]) -> Vec<ActionAnswer> {
    let Some(assessment) = view.assessment() else { return Vec::new() };
    let answer = |place: &usize| ActionAnswer {
        definition: assessment.definition.clone(),
        place: *place,
        answer: "accept".into(),
        ..ActionAnswer::default()
    };
    places.iter().map(answer).collect()
}

/// Turns `today-1` into the day before that day.
fn date(answer: &mut Value, then: Time) {
    let Some(rest) = answer.as_str().and_then(|text| text.strip_prefix("today")) else { return };
    let days = match rest {
        "" => Some(0),
        rest => rest.strip_prefix('-').and_then(|n| n.parse::<i64>().ok()),
    };
    if let Some(days) = days {
        *answer = then.plus_seconds(-days * 86_400).day().into();
    }
}
