//! How the fictional force lets its algorithms into the lab and to officers: as everywhere, one step after the other, each
//! by the person who may take it.

use super::{
    build::Builder,
    story::{ACCOUNTABLE, COMMITTEE, RISK_LEAD},
};
use crate::{content, fail::Fail};
use bluelamp_access::algorithm::{Entry, Permission, State, count_uses};
use bluelamp_model::{
    Fault, Faults, Id, Result,
    authority::{Actor, Verb, action},
};
use bluelamp_steward::ethics::{
    self, Finding, NewVoice, Point, Step, advise, assess, minute, note_opinion, report_lab, take,
};
use bluelamp_store::Cx;
use bluelamp_triage::Status;
use serde::Deserialize;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

const FILE: &str = "demo/ethics.json";

/// What is said of every algorithm of the fictional force.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    answers: BTreeMap<String, String>,
    /// What the lab found, for each criterion.
    found: Vec<String>,
    opinion: Opinion,
    advice: String,
    minutes: String,
    reasons: String,
    /// What nobody has assessed yet.
    only_proposed: Vec<String>,
    /// What is in a pilot still.
    pilot: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opinion {
    given_by: String,
    said: String,
}

impl Builder<'_> {
    /// What goes live is approved for it; what is in shadow is in the lab; one definition is only proposed, and one is in
    /// a pilot.
    pub(super) fn ethics(&self) -> Result<(), Fail> {
        let text = content::embedded(FILE).unwrap_or_default();
        let said: Said = serde_json::from_str(text).map_err(|e| {
            Faults::from(Fault::new(format!("data/{FILE}"), e.to_string()).at_line(e.line() as u64))
        })?;
        let said = Arc::new(said);
        let (lead, chief) =
            (self.actor(RISK_LEAD, Some("governance"))?, self.actor(ACCOUNTABLE, Some("governance"))?);
        let [chair, member] = COMMITTEE;
        let (chair, member) = (self.actor(chair, None)?, self.actor(member, None)?);
        let shadow = |e: &Entry| {
            let known = self.content.definitions.iter().find(|(d, _)| d.digest == e.what.digest);
            known.is_some_and(|(d, _)| d.header.status != Status::Live)
        };
        let mut all = self.db.read(&lead, ethics::register)?;
        all.retain(|e| !said.only_proposed.contains(&e.algorithm()));
        let further: Vec<Id> = all.iter().filter(|e| !shadow(e)).map(|e| e.id).collect();
        let on: Vec<Id> =
            all.iter().filter(|e| !shadow(e) && !said.pilot.contains(&e.algorithm())).map(|e| e.id).collect();
        let used: Vec<_> = all.iter().filter(|e| e.counts_uses() && on.contains(&e.id)).collect();
        let used: Vec<_> = used.into_iter().map(|e| Permission { id: e.id, counts: true }).collect();
        let all: Vec<Id> = all.iter().map(|e| e.id).collect();
        let unit = self.worker.organisation.clone();
        self.each(&lead, &all, &said, |cx, id, said| assess(cx, id, &said.answers, None))?;
        self.each(&chief, &all, &said, |cx, id, said| step(cx, id, said, State::Assessed, 0, &[]))?;
        self.heard(&chair, &member, &all, &said, Point::Lab)?;
        self.each(&chief, &all, &said, |cx, id, said| step(cx, id, said, State::Lab, 0, &[]))?;
        self.each(&lead, &further, &said, |cx, id, said| {
            let criteria = ethics::criteria(&said.answers).into_iter().zip(&said.found);
            let findings: Vec<Finding> = criteria
                .map(|(criterion, found)| Finding { criterion, found: found.clone(), met: true })
                .collect();
            report_lab(cx, id, &findings, "")?;
            let today = cx.now().day();
            note_opinion(cx, id, &said.opinion.given_by, &today, &said.opinion.said)
        })?;
        self.each(&chief, &further, &said, |cx, id, said| step(cx, id, said, State::LabReported, 0, &[]))?;
        self.heard(&chair, &member, &further, &said, Point::Operational)?;
        let here = unit.clone();
        self.each(&chief, &further, &said, move |cx, id, said| {
            step(cx, id, said, State::Pilot, 90, std::slice::from_ref(&here))
        })?;
        // The story begins after the pilots, in each of which it was used: nothing goes further that never was.
        self.db.write(&Actor::system(), move |cx| {
            cx.allow(action::REPORT_ASSESS, None)?;
            cx.record(
                Verb::Propose,
                "report",
                None,
                json!({ "story": "the use of each algorithm in its pilot" }),
            )?;
            count_uses(cx, &used).map(drop)
        })?;
        self.heard(&chair, &member, &on, &said, Point::Operational)?;
        self.each(&chief, &on, &said, move |cx, id, said| {
            step(cx, id, said, State::Operational, 360, std::slice::from_ref(&unit))
        })
    }

    /// Two members advise, and one of them writes the minutes.
    fn heard(
        &self,
        chair: &Actor,
        member: &Actor,
        all: &[Id],
        said: &Arc<Said>,
        point: Point,
    ) -> Result<(), Fail> {
        let voice = move |said: &Said| NewVoice {
            point: point.code().into(),
            advice: "approve".into(),
            reasons: said.advice.clone(),
            ..NewVoice::default()
        };
        self.each(member, all, said, move |cx, id, said| advise(cx, id, &voice(said), &[]))?;
        self.each(chair, all, said, move |cx, id, said| {
            advise(cx, id, &voice(said), &[])?;
            let today = cx.now().day();
            minute(cx, id, point.code(), &today, &said.minutes).map(drop)
        })
    }

    fn each(
        &self,
        who: &Actor,
        all: &[Id],
        said: &Arc<Said>,
        run: impl Fn(&mut Cx<'_>, Id, &Said) -> Result<()> + Send + 'static,
    ) -> Result<(), Fail> {
        let (all, said) = (all.to_vec(), Arc::clone(said));
        if all.is_empty() {
            return Ok(());
        }
        self.db.write(who, move |cx| all.iter().try_for_each(|id| run(cx, *id, &said)))?;
        Ok(())
    }
}

fn step(cx: &mut Cx<'_>, id: Id, said: &Said, to: State, days: i64, units: &[String]) -> Result<()> {
    let until = if days > 0 { cx.now().plus_seconds(days * 86_400).day() } else { String::new() };
    let step = Step {
        to: to.code().into(),
        until,
        units: units.to_vec(),
        volume: (to == State::Pilot).then_some(500),
        reasons: said.reasons.clone(),
        ..Step::default()
    };
    take(cx, id, &step, &[]).map(drop)
}
