//! What the boards of the fictional force have before them, a decision that everybody can read and one on its way, a
//! complaint and a fairness report: as everywhere, each step by the person who may take it.

use super::{
    build::Builder,
    programme::Days,
    story::{COMMITTEE, RISK_LEAD},
};
use crate::{content, fail::Fail};
use bluelamp_model::{Error, Fault, Faults, authority::Actor};
use bluelamp_steward::{
    boards::{self, Body, Cover, MeetingState, NewAction, NewItem, NewMeeting, Outcome, Wanted},
    decision::{self, Asked, Content, Publication, Signing, What},
    fairness::{self, Bootstrap, Columns, Compare, Made},
    redress::{self, NewComplaint},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::fmt::Write as _;

const FILE: &str = "demo/governance.json";
/// Who writes reports and keeps the boards' calendar.
const OFFICE: &str = "programme-office";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Governance {
    #[expect(dead_code, reason = "for who reads the file")]
    about: String,
    bodies: Vec<Body>,
    meeting: Meeting,
    reports: Vec<Report>,
    complaint: Complaint,
    fairness: Fairness,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meeting {
    body: String,
    when: NewMeeting,
    cover: Cover,
    outcome: Outcome,
    outcome_text: String,
    minutes: String,
    confirmed: bluelamp_model::Day,
    action: NewAction,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    reference: String,
    content: Content,
    publication: Publication,
    steps: Vec<Taken>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Taken {
    step: What,
    by: String,
    on: bluelamp_model::Day,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Complaint {
    complainant: String,
    contact_by: String,
    contact: String,
    contact_safe: bool,
    about: String,
    algorithm: String,
    told: String,
    wanted: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fairness {
    algorithm: String,
    title: String,
    group: Vec<String>,
    outcome: String,
    predicted: String,
    /// Sex, age, proposed, came about, and how many such people.
    rows: Vec<(String, String, u8, u8, usize)>,
}

/// The file with its days: `today-30` anywhere is that day, and the year of a reference is this year's.
fn read<T: DeserializeOwned>(days: Days) -> Result<T, Fail> {
    let text = content::embedded(FILE).unwrap_or_default();
    let wrong = |e: serde_json::Error| {
        Fail::Data(Faults::from(Fault::new(format!("data/{FILE}"), e.to_string()).at_line(e.line() as u64)))
    };
    let year = days.today.day().get(2..4).unwrap_or("00").to_owned();
    let mut value: Value =
        serde_json::from_str(&text.replace("-DD\"", &format!("-{year}\""))).map_err(wrong)?;
    put(&mut value, days);
    serde_json::from_value(value).map_err(wrong)
}

fn put(value: &mut Value, days: Days) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|v| put(v, days)),
        Value::Object(all) => all.values_mut().for_each(|v| put(v, days)),
        one => days.put(one),
    }
}

impl Builder<'_> {
    /// What boards, decisions, redress and fairness have to show.
    pub(super) fn governance(&self, days: Days) -> Result<(), Fail> {
        let all: Governance = read(days)?;
        let office = self.actor(OFFICE, Some("strategy"))?;
        for body in all.bodies {
            self.db.write(&office, move |cx| boards::add_body(cx, &body))?;
        }
        self.meeting(&office, all.meeting)?;
        for report in all.reports {
            self.report(&office, report)?;
        }
        self.complaint(all.complaint)?;
        self.fairness(&all.fairness)
    }

    fn meeting(&self, office: &Actor, m: Meeting) -> Result<(), Fail> {
        let (db, body, when) = (&self.db, m.body, m.when);
        let id = db.write(office, move |cx| boards::add_meeting(cx, &body, &when))?;
        let seen = || -> Result<i64, Error> {
            Ok(db.read(office, move |cx| boards::view_meeting(cx, id))?.meeting.version)
        };
        let item = NewItem {
            number: 1,
            title: String::new(),
            wanted: Wanted::Note,
            paper: None,
            cover: Some(m.cover),
        };
        let version = seen()?;
        let item = db.write(office, move |cx| boards::add_item(cx, id, version, &item))?;
        let version = seen()?;
        db.write(office, move |cx| boards::set_meeting(cx, id, version, MeetingState::Held))?;
        let version = seen()?;
        let (outcome, text) = (m.outcome, m.outcome_text);
        db.write(office, move |cx| boards::decide_item(cx, id, item, version, outcome, &text))?;
        let (version, minutes) = (seen()?, m.minutes);
        db.write(office, move |cx| boards::write_minutes(cx, id, version, &minutes))?;
        let (version, on) = (seen()?, m.confirmed);
        db.write(office, move |cx| boards::confirm_minutes(cx, id, version, on))?;
        let action = m.action;
        db.write(office, move |cx| boards::add_action(cx, id, &action).map(drop))?;
        Ok(())
    }

    fn report(&self, office: &Actor, r: Report) -> Result<(), Fail> {
        let (reference, content) = (r.reference.clone(), r.content);
        self.db.write(office, move |cx| decision::create(cx, &reference, &content))?;
        decision::publication(&self.db, office, &r.reference, 1, &r.publication)?;
        for taken in r.steps {
            let who = self.actor(&taken.by, Some("strategy"))?;
            let reference = r.reference.clone();
            let version = self.db.read(office, move |cx| decision::view(cx, &reference))?.version;
            let signing = Signing { on: Some(taken.on), name: taken.name, signed: true, deputy: false };
            let asked = Asked {
                step: taken.step,
                version,
                signing,
                reasons: String::new(),
                by_reference: String::new(),
            };
            decision::take(&self.db, &who, &r.reference, &asked)?;
        }
        Ok(())
    }

    fn complaint(&self, c: Complaint) -> Result<(), Fail> {
        let rules = self.content.redress.clone();
        let new = NewComplaint {
            complainant: c.complainant,
            contact_by: c.contact_by,
            contact: c.contact,
            contact_safe: c.contact_safe,
            about: c.about,
            report_reference: String::new(),
            algorithm: c.algorithm,
            algorithm_version: String::new(),
            told: c.told,
            wanted: c.wanted,
            retry_key: None,
        };
        self.db.write(&Actor::public(), move |cx| redress::complain(cx, &rules, "web", &new).map(drop))?;
        Ok(())
    }

    /// The report is made by one person and published by another.
    fn fairness(&self, f: &Fairness) -> Result<(), Fail> {
        let mut text = "sex,age,proposed,attended\n".to_owned();
        for (sex, age, proposed, attended, people) in &f.rows {
            for _ in 0..*people {
                let _ = writeln!(text, "{sex},{age},{proposed},{attended}");
            }
        }
        let columns = Columns {
            groups: f.group.clone(),
            outcome: f.outcome.clone(),
            predicted: Some(f.predicted.clone()),
            ..Columns::default()
        };
        let scored = fairness::read("file", text.as_bytes(), &columns)?;
        let how = Compare { pairs: true, bootstrap: Some(Bootstrap::default()), ..Compare::default() };
        let report = fairness::report(&scored, &how)?;
        let made = Made::of(report, text.as_bytes());
        let lead = self.actor(RISK_LEAD, Some("governance"))?;
        let (algorithm, title) = (f.algorithm.clone(), f.title.clone());
        let version = self.db.read(&lead, {
            let algorithm = algorithm.clone();
            move |cx| {
                let (kind, name) = algorithm.split_once('/').unwrap_or((&algorithm, ""));
                bluelamp_steward::ethics::versions(cx, kind, name)
            }
        })?;
        let running = version.into_iter().find(|e| e.running).map(|e| e.what.version).unwrap_or_default();
        let id = self.db.write(&lead, move |cx| fairness::save(cx, &algorithm, &running, &title, &made))?;
        let [chair, _] = COMMITTEE;
        let chair = self.actor(chair, None)?;
        self.db.write(&chair, move |cx| fairness::publish(cx, id, None))?;
        Ok(())
    }
}
