//! The staff pages: signing in, the queue, a report, cases, definitions, the strategy, accounts, the log.

pub(crate) mod accounts;
pub(crate) mod algorithms;
pub(crate) mod assessments;
pub(crate) mod boards;
pub(crate) mod cases;
pub(crate) mod challenges;
pub(crate) mod complaints;
pub(crate) mod decisions;
pub(crate) mod definitions;
pub(crate) mod entry;
pub(crate) mod ethics;
pub(crate) mod evidence;
pub(crate) mod facts;
pub(crate) mod fairness;
pub(crate) mod graded;
pub(crate) mod landscape;
pub(crate) mod log;
pub(crate) mod market;
pub(crate) mod page;
pub(crate) mod portfolio;
pub(crate) mod proposal;
pub(crate) mod quality;
pub(crate) mod queue;
pub(crate) mod registers;
pub(crate) mod reports;
pub(crate) mod reviews;
pub(crate) mod services;
pub(crate) mod sheet;
pub(crate) mod skills;
pub(crate) mod strategy;
pub(crate) mod thresholds;

use crate::{
    App,
    govuk::{
        Frame,
        page::{Person, Section},
    },
    guard::{Staff, csrf},
};
use bluelamp_model::authority::{Ask as Asked, action};

/// The sections of the staff pages with the actions of which one opens each.
const SECTIONS: [(&str, &str, &[&str]); 11] = [
    ("Reports", "/desk/reports", &[action::REPORT_LIST]),
    ("Reviews", "/desk/reviews", &[action::REVIEW_LIST]),
    ("Cases", "/desk/cases", &[action::CASE_LIST]),
    ("Quality", "/desk/quality", &[action::QUALITY_VIEW]),
    ("Definitions", "/desk/definitions", &[action::DEFINITION_VIEW]),
    ("Algorithms", "/desk/algorithms", &[action::ALGORITHM_SWITCH]),
    ("Strategy", strategy::HERE, &[action::STRATEGY_VIEW]),
    ("Ethics", "/desk/ethics", &[action::ETHICS_VIEW]),
    ("Complaints", "/desk/complaints", &[action::COMPLAINT_HANDLE, action::COMPLAINT_REVIEW]),
    ("Accounts", "/desk/accounts", &[action::ACCOUNT_MANAGE]),
    ("Log", "/desk/log", &[action::LOG_VIEW]),
];

/// The sections that this person may open for their purpose.
fn sections(app: &App, staff: &Staff, here: &str) -> Vec<Section> {
    let actor = staff.actor();
    SECTIONS
        .iter()
        .filter(|(_, _, actions)| {
            actions
                .iter()
                .any(|action| app.inner.policy.decide(&actor, &Asked { action, object: None }).allowed)
        })
        .map(|(text, href, _)| Section {
            text: (*text).into(),
            href: (*href).into(),
            current: *href == here,
            count: None,
        })
        .collect()
}

/// The frame of a staff page.
pub(crate) fn frame(app: &App, staff: &Staff, here: &str) -> Frame {
    let policy = &app.inner.policy;
    let labels: Vec<&str> = staff
        .session
        .roles
        .iter()
        .map(|code| policy.roles.iter().find(|r| r.code == *code).map_or(code.as_str(), |r| r.label.as_str()))
        .collect();
    let purpose = policy.purposes.iter().find(|p| p.code == staff.session.purpose);
    let person = Person {
        name: staff.session.name.clone(),
        role: labels.join(", "),
        purpose: purpose.map_or_else(|| staff.session.purpose.clone(), |p| p.label.clone()),
        purpose_href: "/desk/purpose".into(),
        sign_out_action: "/sign-out".into(),
        csrf: csrf(app, &staff.cookie),
    };
    Frame { person: Some(person), sections: sections(app, staff, here), ..staff.ask.frame() }
}

/// Whether the person may do this for their purpose: to show or hide a form. The deed itself is asked again.
pub(crate) fn may(app: &App, staff: &Staff, action: &'static str) -> bool {
    app.inner.policy.decide(&staff.actor(), &Asked { action, object: None }).allowed
}
