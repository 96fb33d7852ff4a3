//! The counting, without a database.

use super::{
    Cell, DeedView, Expiry, Facts, Fluency, Held, InPhase, Need, People, Report, SOON_DAYS, Skill, level_of,
    phase_at,
};
use crate::{calendar::plus_days, registers::skills::PHASES};
use bluelamp_model::Day;
use std::collections::{BTreeMap, BTreeSet};

/// How things stand on a day. Trends and spending are not in it: they need more than what stands now.
#[must_use]
pub fn report(facts: &Facts, day: Day) -> Report {
    let cells = matrix(facts, day);
    let mut missing = BTreeMap::new();
    for (n, (phase, _)) in PHASES.iter().enumerate() {
        let sum = cells.iter().filter_map(|c| c.phases.get(n)?.gap).fold(0.0, |sum, gap| sum + gap);
        missing.insert(*phase, sum);
    }
    Report {
        day,
        roles: facts.roles.iter().cloned().collect(),
        skills: facts.skills.iter().cloned().collect(),
        courses: facts.courses.iter().cloned().collect(),
        uncounted: cells.iter().filter(|c| c.posts.is_none()).count(),
        missing,
        expiries: expiries(facts, day),
        deeds: deeds(facts, day),
        cells,
        fluency: Vec::new(),
        outside: Vec::new(),
    }
}

/// The level that is needed in a phase: what was written for the latest phase up to it, the highest where several were.
fn needed(needs: &[&Need], phase: usize) -> Option<u8> {
    let up_to = needs.iter().filter_map(|n| Some((phase_at(&n.phase)?, level_of(&n.level))));
    up_to.filter(|(from, _)| *from <= phase).max().map(|(_, level)| level)
}

/// Who has a skill at that level or above on a day.
fn people<'a>(held: impl Iterator<Item = &'a Held>, skill: Option<&Skill>, level: u8, day: Day) -> People {
    let mut sum = People::default();
    for h in held {
        let holds = h.judged <= day && h.last_day(skill).is_none_or(|last| day <= last);
        if !holds || level_of(&h.level) < level {
            continue;
        }
        match h.judged_by.as_str() {
            "self" => sum.own += h.people,
            "supervisor" => sum.supervisor += h.people,
            _ => sum.shown += h.people,
        }
    }
    sum
}

fn matrix(facts: &Facts, day: Day) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (role, about_role) in &facts.roles {
        for (skill, about_skill) in &facts.skills {
            let needs: Vec<&Need> =
                facts.needs.iter().map(|(_, n)| n).filter(|n| n.role == *role && n.skill == *skill).collect();
            if needs.is_empty() {
                continue;
            }
            let held = || facts.held.iter().map(|(_, h)| h).filter(|h| h.role == *role && h.skill == *skill);
            let in_phase = |(n, (phase, _)): (usize, &(&'static str, _))| {
                let level = needed(&needs, n);
                let have = level.map_or_else(People::default, |l| people(held(), Some(about_skill), l, day));
                // Level 0 asks for nothing.
                let wanted = about_role.posts.filter(|_| level.is_some());
                let missing = |have: f64| {
                    wanted.map(|posts| if level == Some(0) { 0.0 } else { (posts - have).max(0.0) })
                };
                InPhase {
                    phase,
                    level,
                    people: have,
                    gap: missing(have.all()),
                    gap_shown: missing(have.shown),
                }
            };
            let teaches = |c: &&(String, super::Course)| {
                c.1.skills.contains(skill) && (c.1.roles.is_empty() || c.1.roles.contains(role))
            };
            cells.push(Cell {
                role: role.clone(),
                role_title: about_role.title.clone(),
                skill: skill.clone(),
                skill_title: about_skill.title.clone(),
                posts: about_role.posts,
                phases: PHASES.iter().enumerate().map(in_phase).collect(),
                courses: facts.courses.iter().filter(teaches).map(|(code, _)| code.clone()).collect(),
            });
        }
    }
    cells
}

fn skill_of<'a>(facts: &'a Facts, code: &str) -> Option<&'a Skill> {
    facts.skills.iter().find(|(known, _)| known == code).map(|(_, s)| s)
}

fn expiries(facts: &Facts, day: Day) -> Vec<Expiry> {
    let soon = plus_days(day, SOON_DAYS);
    let mut all: Vec<Expiry> = facts
        .held
        .iter()
        .filter_map(|(code, h)| {
            let skill = skill_of(facts, &h.skill);
            let expires = h.last_day(skill).filter(|last| *last <= soon)?;
            let role = facts.roles.iter().find(|(known, _)| *known == h.role);
            Some(Expiry {
                code: code.clone(),
                role: role.map_or(h.role.as_str(), |(_, r)| r.title.as_str()).into(),
                skill: skill.map_or(h.skill.as_str(), |s| s.title.as_str()).into(),
                level: level_of(&h.level),
                people: h.people,
                expires,
                expired: expires < day,
            })
        })
        .collect();
    all.sort_by(|a, b| (a.expires, &a.code).cmp(&(b.expires, &b.code)));
    all
}

fn deeds(facts: &Facts, day: Day) -> Vec<DeedView> {
    let view = |(entry, d): &(String, super::Deed)| {
        let skill = skill_of(facts, &d.skill);
        let level = if d.level.is_empty() { 1 } else { level_of(&d.level) };
        let roles: Vec<(String, People)> = facts
            .roles
            .iter()
            .map(|(code, role)| {
                let held = facts.held.iter().map(|(_, h)| h);
                let own = held.filter(|h| h.role == *code && h.skill == d.skill);
                (role.title.clone(), people(own, skill, level, day))
            })
            .filter(|(_, p)| p.all() > 0.0)
            .collect();
        DeedView {
            entry: entry.clone(),
            title: d.title.clone(),
            action: d.code.clone(),
            skill: skill.map_or(d.skill.as_str(), |s| s.title.as_str()).into(),
            level,
            why: d.why.clone(),
            nobody: roles.is_empty(),
            only_own: !roles.is_empty() && roles.iter().all(|(_, p)| p.shown + p.supervisor == 0.0),
            roles,
        }
    };
    facts.deeds.iter().map(view).collect()
}

/// How many people had each skill from day to day, by what each version of an entry said. A version counts from the day on
/// which it was judged; a skill of which only one day is known has no trend.
#[must_use]
pub fn fluency(skills: &[(String, Skill)], entries: &[Vec<Option<Held>>]) -> Vec<Fluency> {
    let mut all = Vec::new();
    for (code, skill) in skills {
        let days: BTreeSet<Day> =
            entries.iter().flatten().flatten().filter(|h| h.skill == *code).map(|h| h.judged).collect();
        if days.len() < 2 {
            continue;
        }
        for day in days {
            // The latest version that had been judged by then; one that withdraws it ends it altogether.
            let standing = |versions: &Vec<Option<Held>>| -> Option<Held> {
                versions.last()?.as_ref()?;
                let mut judged = versions.iter().flatten().filter(|h| h.judged <= day);
                judged.next_back().filter(|h| h.skill == *code).cloned()
            };
            let standing: Vec<Held> = entries.iter().filter_map(standing).collect();
            let at = |level| people(standing.iter(), Some(skill), level, day).all();
            all.push(Fluency { skill: skill.title.clone(), day, baseline: at(1), fluent: at(3) });
        }
    }
    all
}
