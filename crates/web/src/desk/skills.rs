//! Roles and skills: the matrix, what is missing phase by phase, what expires, which deeds need which skill.

use super::{
    page::OptionView,
    sheet::{Cell, Table, count, entry_href, label},
    strategy::frame,
};
use crate::{
    App,
    guard::{Answer, Staff},
};
use axum::{
    extract::{Query, State},
    http::header,
    response::IntoResponse,
};
use bluelamp_model::{Error, Result};
use bluelamp_steward::{
    register::pounds,
    registers::skills::{COURSE, LEVELS, PHASES, ROLE},
    skills::{self, InPhase, People, Report, SOON_DAYS},
};
use serde::{Deserialize, Serialize};

/// Where it is.
pub(crate) const HERE: &str = "/desk/skills";

/// The page `staff/skills.njk`.
#[derive(Debug, Serialize)]
struct SkillsPage {
    title: String,
    day: String,
    phases: Vec<OptionView>,
    phase: String,
    missing: Vec<(String, String)>,
    uncounted: usize,
    soon: i64,
    matrix: Table,
    gaps: Table,
    expiries: Table,
    deeds: Table,
    roles: Table,
    courses: Table,
    fluency: Table,
    outside: Table,
}

/// What the address can hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct SkillsQuery {
    #[serde(default)]
    phase: String,
}

impl SkillsQuery {
    /// The place of the phase in their order; the second, in which most needs begin, where none is chosen.
    fn phase(&self) -> Result<usize> {
        match self.phase.as_str() {
            "" => Ok(1),
            code => PHASES.iter().position(|(known, _)| *known == code).ok_or_else(|| {
                Error::field("phase", "unknown", "Choose one of the phases R0, R1, R2 and R3")
            }),
        }
    }
}

/// `GET /desk/skills`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Query(q): Query<SkillsQuery>) -> Answer {
    let chosen = q.phase()?;
    let report = app.read(&staff.actor(), skills::read).await?;
    let named = |(code, name): &(&str, &str)| format!("{code} {name}");
    let page = SkillsPage {
        title: "Roles and skills".into(),
        day: report.day.to_string(),
        phases: PHASES
            .iter()
            .enumerate()
            .map(|(n, phase)| OptionView {
                value: phase.0.into(),
                text: named(phase),
                hint: None,
                checked: n == chosen,
            })
            .collect(),
        phase: PHASES.get(chosen).map(named).unwrap_or_default(),
        missing: PHASES
            .iter()
            .map(|p| (named(p), count(report.missing.get(p.0).copied().unwrap_or(0.0))))
            .collect(),
        uncounted: report.uncounted,
        soon: SOON_DAYS,
        matrix: matrix(&report, chosen),
        gaps: gaps(&report),
        expiries: expiries(&report),
        deeds: deeds(&report),
        roles: roles(&report),
        courses: courses(&report),
        fluency: Table::new(
            "People by skill and day",
            &["Skill", "From", "Know of it or more", "Do it alone or teach it"],
            "No skill has been judged on more than one day: there is no trend to tell yet.",
        )
        .rows(report.fluency.iter().map(|f| {
            vec![
                Cell::of(&f.skill),
                Cell::of(f.day.to_string()),
                Cell::of(count(f.baseline)),
                Cell::of(count(f.fluent)),
            ]
        })),
        outside: Table::new(
            "Days of people from outside by organisation and financial year",
            &["Organisation", "Year that begins in", "Days", "Spent on lines with such days"],
            "No spending on people from outside is written down.",
        )
        .rows(report.outside.iter().map(|o| {
            vec![
                Cell::of(&o.organisation),
                Cell::of(o.year.to_string()),
                Cell::of(count(o.days)),
                Cell::of(pounds(o.amount)),
            ]
        })),
    };
    app.page("staff/skills.njk", &frame(&app, &staff, HERE), &page)
}

/// By what people are known to have it: "4 shown, 2 by a supervisor, 3 by themselves".
fn shown(people: People) -> String {
    let parts =
        [(people.shown, "shown"), (people.supervisor, "by a supervisor"), (people.own, "by themselves")];
    let told: Vec<_> =
        parts.iter().filter(|(n, _)| *n > 0.0).map(|(n, by)| format!("{} {by}", count(*n))).collect();
    if told.is_empty() { "nobody".into() } else { told.join(", ") }
}

/// How many are missing, and how many more where only what was shown counts.
fn gap(p: &InPhase) -> Cell {
    match (p.level, p.gap) {
        (None, _) => Cell::of("not needed yet"),
        (Some(_), None) => Cell::of("posts not counted"),
        (Some(_), Some(gap)) => {
            let strict = p.gap_shown.filter(|strict| *strict > gap);
            let more = strict.map(|n| format!("{} where only what was shown counts", count(n)));
            let cell = Cell::of(count(gap)).with(more);
            if gap > 0.0 { cell.marked("Gap", "orange") } else { cell }
        }
    }
}

fn matrix(report: &Report, phase: usize) -> Table {
    let mut skills: Vec<(&str, &str)> =
        report.cells.iter().map(|c| (c.skill.as_str(), c.skill_title.as_str())).collect();
    skills.sort_by_key(|(_, title)| *title);
    skills.dedup();
    let mut roles: Vec<(&str, &str)> =
        report.cells.iter().map(|c| (c.role.as_str(), c.role_title.as_str())).collect();
    roles.sort_by_key(|(_, title)| *title);
    roles.dedup();
    let head: Vec<&str> = std::iter::once("Role").chain(skills.iter().map(|(_, title)| *title)).collect();
    let cell = |role: &str, skill: &str| {
        let found = report.cells.iter().find(|c| c.role == role && c.skill == skill);
        let Some(p) = found.and_then(|c| c.phases.get(phase)) else { return Cell::of("") };
        let Some(level) = p.level else { return Cell::of("not yet") };
        let of = found.and_then(|c| c.posts).map_or_else(|| "?".into(), count);
        let cell = Cell::of(format!("Level {level}: {} of {of}", count(p.people.all())));
        let cell = cell.with([shown(p.people)]);
        match p.gap {
            Some(gap) if gap > 0.0 => cell.marked(format!("{} missing", count(gap)), "orange"),
            Some(_) => cell,
            None => cell.marked("Posts not counted", "grey"),
        }
    };
    Table::new(
        "Roles by skills: the level that is needed, how many people have it, of how many posts",
        &head,
        "No role says yet which skills it needs.",
    )
    .rows(roles.iter().map(|(role, title)| {
        let first = Cell::link(*title, entry_href("role", role));
        std::iter::once(first).chain(skills.iter().map(|(skill, _)| cell(role, skill))).collect()
    }))
}

fn gaps(report: &Report) -> Table {
    let missing =
        report.cells.iter().filter(|c| c.phases.iter().any(|p| p.gap_shown.is_some_and(|g| g > 0.0)));
    let mut head = vec!["Role and skill"];
    head.extend(PHASES.iter().map(|(code, _)| *code));
    head.push("Courses that would close it");
    let course = |code: &String| report.courses.get(code).map_or(code.clone(), |c| c.title.clone());
    Table::new("People that are missing by phase", &head, "Nobody is missing anywhere.").rows(missing.map(
        |c| {
            let mut row = vec![Cell::of(&c.role_title).with([c.skill_title.clone()])];
            row.extend(c.phases.iter().map(gap));
            row.push(match c.courses.is_empty() {
                true => Cell::of("–").marked("No course", "red"),
                false => Cell::of(c.courses.iter().map(course).collect::<Vec<_>>().join("; ")),
            });
            row
        },
    ))
}

fn expiries(report: &Report) -> Table {
    Table::new(
        "Evidence that has expired or soon will",
        &["Role", "Skill", "People", "Holds until"],
        "Nothing expires in that time.",
    )
    .rows(report.expiries.iter().map(|e| {
        let until = Cell::of(e.expires.to_string());
        vec![
            Cell::link(&e.role, entry_href("held-skill", &e.code)),
            Cell::of(&e.skill).with([level(e.level)]),
            Cell::of(count(e.people)),
            if e.expired { until.marked("Expired", "red") } else { until },
        ]
    }))
}

fn level(level: u8) -> String {
    LEVELS
        .iter()
        .find(|(code, _)| *code == level.to_string())
        .map_or_else(String::new, |(_, l)| format!("Level {l}"))
}

fn deeds(report: &Report) -> Table {
    Table::new(
        "Actions that need a skill",
        &["Action", "Skill", "Who has it", "Why"],
        "No action asks for a skill yet.",
    )
    .rows(report.deeds.iter().map(|d| {
        let who = d.roles.iter().map(|(role, people)| format!("{role}: {}", shown(*people)));
        let who = match (d.nobody, d.only_own) {
            (true, _) => Cell::of("Nobody").marked("Nobody has it", "red"),
            (_, true) => {
                Cell::of(format!("{} roles", d.roles.len())).with(who).marked("Only their own word", "orange")
            }
            _ => Cell::of(format!("{} roles", d.roles.len())).with(who),
        };
        vec![
            Cell::link(&d.title, entry_href("action-skill", &d.entry)).with([d.action.clone()]),
            Cell::of(&d.skill).with([level(d.level)]),
            who,
            Cell::of(&d.why),
        ]
    }))
}

fn roles(report: &Report) -> Table {
    Table::new(
        "Roles with their posts and equipment",
        &["Role", "Posts", "How posts are filled", "Equipment and licences"],
        "No role is written down yet.",
    )
    .rows(report.roles.iter().map(|(code, role)| {
        let posts = match (role.posts, role.filled) {
            (Some(posts), Some(filled)) => {
                let cell = Cell::of(format!("{} of {} filled", count(filled), count(posts)));
                if filled < posts {
                    cell.marked(format!("{} vacant", count(posts - filled)), "orange")
                } else {
                    cell
                }
            }
            (Some(posts), None) => Cell::of(count(posts)).with(["Not known how many are filled".into()]),
            (None, _) => Cell::of("Not counted"),
        };
        let name = Cell::link(&role.title, entry_href("role", code)).with([role.organisation.clone()]);
        vec![
            if role.key { name.marked("Key role", "blue") } else { name },
            posts,
            Cell::of(label(&ROLE, "sourcing", &role.sourcing)),
            Cell::of(role.equipment.join("; ")),
        ]
    }))
}

fn courses(report: &Report) -> Table {
    let skill = |code: &String| report.skills.get(code).map_or(code.clone(), |s| s.title.clone());
    let role = |code: &String| report.roles.get(code).map_or(code.clone(), |r| r.title.clone());
    Table::new(
        "Courses with what they teach and to whom",
        &["Course", "Teaches", "For", "Places each year"],
        "No course is written down yet.",
    )
    .rows(report.courses.iter().map(|(code, c)| {
        let name = Cell::link(&c.title, entry_href("course", code)).with([
            c.provider.clone(),
            label(&COURSE, "kind", &c.kind),
            c.hours.map(|h| format!("{} hours", count(h))).unwrap_or_default(),
        ]);
        let all = c.roles.iter().map(role).collect::<Vec<_>>().join("; ");
        vec![
            if c.leaders { name.marked("For leaders", "blue") } else { name },
            Cell::of(c.skills.iter().map(skill).collect::<Vec<_>>().join("; ")),
            Cell::of(if all.is_empty() { "Every role".into() } else { all }),
            Cell::of(c.places_yearly.map(count).unwrap_or_default()),
        ]
    }))
}

/// `GET /desk/skills.csv`: the matrix phase by phase, to be worked on elsewhere.
pub(crate) async fn download(State(app): State<App>, staff: Staff) -> Answer {
    let report = app.read(&staff.actor(), skills::read).await?;
    let file = format!("attachment; filename=\"skills-{}.csv\"", report.day);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, file),
    ];
    Ok((headers, skills::csv(&report)).into_response())
}
