//! The policy: what no rule says is denied, whatever else the file says.

use crate::{accept, text};
use bluelamp_access::Policy;
use bluelamp_model::authority::{Actor, Ask, action};
use bluelamp_model::{Id, Time};
use std::collections::BTreeSet;

pub(crate) const SHIPPED: &str = include_str!("../../data/policies/access.toml");

/// A policy file, and its decisions beside those that a plain reading of its rules gives.
pub(crate) fn policy(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let policy = match Policy::parse("access.toml", text) {
        Ok(policy) => policy,
        Err(faults) => return crate::told(&faults, false),
    };
    accept();
    let codes: BTreeSet<_> = policy.roles.iter().map(|role| &role.code).collect();
    assert_eq!(codes.len(), policy.roles.len(), "every role stands once");
    let id = Id::new(Time::from_micros(0), [0; 10]);
    let roles = policy.roles.iter().map(|role| role.code.as_str()).chain(["nobody"]);
    for role in roles {
        for purpose in policy.purposes.iter().map(|purpose| purpose.code.as_str()).chain(["nothing"]) {
            let actor = Actor::staff(id, vec![role.to_owned()], purpose);
            let chooses =
                policy.roles.iter().any(|r| r.code == role && r.purposes.iter().any(|p| p == purpose));
            for action in action::ALL {
                let has = |all: &[String], one: &str| all.iter().any(|other| other == one);
                let says = policy.rules.iter().find(|rule| {
                    chooses
                        && has(&rule.roles, role)
                        && has(&rule.purposes, purpose)
                        && has(&rule.actions, action)
                });
                let verdict = policy.decide(&actor, &Ask { action, object: None });
                let expected = says.map_or("default-deny", |rule| rule.id.as_str());
                assert_eq!(
                    (verdict.allowed, verdict.rule.as_str()),
                    (says.is_some(), expected),
                    "{role} {purpose} {action}"
                );
            }
        }
    }
}
