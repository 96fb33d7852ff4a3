//! The policy: a file of purposes, roles and rules, and the one decision point that reads it.

use bluelamp_model::{
    Fault, Faults,
    authority::{Actor, Ask, Verdict, action},
};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use toml::Spanned;

/// A reason for which data may be used.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Stable code.
    pub code: String,
    /// What people read.
    pub label: String,
    /// The law that the purpose rests on.
    pub basis: String,
}

/// What somebody's job is.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Stable code.
    pub code: String,
    /// What people read.
    pub label: String,
    /// The purposes that somebody in this role may choose.
    pub purposes: Vec<String>,
}

/// Roles and purposes for which actions are allowed.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable id, written into every audit entry that it allowed.
    pub id: String,
    /// Any of these roles.
    pub roles: Vec<String>,
    /// Any of these purposes.
    pub purposes: Vec<String>,
    /// What is allowed.
    pub actions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    owner: String,
    #[serde(default)]
    purpose: Vec<Spanned<Purpose>>,
    #[serde(default)]
    role: Vec<Spanned<Role>>,
    #[serde(default)]
    rule: Vec<Spanned<Rule>>,
}

/// A policy that was checked: every name in it means something.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Version of the file.
    pub version: String,
    /// Who answers for it.
    pub owner: String,
    /// The purposes, in the file's order.
    pub purposes: Vec<Purpose>,
    /// The roles, in the file's order.
    pub roles: Vec<Role>,
    /// The rules, in the file's order.
    pub rules: Vec<Rule>,
    /// (role, purpose, action) → index of the first rule that allows it.
    index: HashMap<(String, String, String), usize>,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// Every fault in it, with file and line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let line = |at: usize| text.get(..at).map_or(1, |t| t.matches('\n').count() as u64 + 1);
        let parsed: File = toml::from_str(text).map_err(|e| {
            let fault = Fault::new(file, e.message());
            Faults::from(match e.span() {
                Some(span) => fault.at_line(line(span.start)),
                None => fault,
            })
        })?;
        let mut faults = Faults::default();
        let mut fault = |at: usize, field: &str, reason: String| {
            faults.0.push(Fault::new(file, reason).at_line(line(at)).in_field(field));
        };
        let purposes: HashSet<&str> = parsed.purpose.iter().map(|p| p.get_ref().code.as_str()).collect();
        let roles: HashSet<&str> = parsed.role.iter().map(|r| r.get_ref().code.as_str()).collect();
        let mut seen = HashSet::new();
        for role in &parsed.role {
            let at = role.span().start;
            let role = role.get_ref();
            if !seen.insert(role.code.as_str()) {
                fault(at, "role.code", format!("'{}' stands twice", role.code));
            }
            for p in role.purposes.iter().filter(|p| !purposes.contains(p.as_str())) {
                fault(at, "role.purposes", format!("'{p}' is not a purpose of this file"));
            }
        }
        let mut index = HashMap::new();
        let mut ids = HashSet::new();
        for (n, rule) in parsed.rule.iter().enumerate() {
            let at = rule.span().start;
            let rule = rule.get_ref();
            if !ids.insert(rule.id.as_str()) {
                fault(at, "rule.id", format!("'{}' stands twice", rule.id));
            }
            for r in rule.roles.iter().filter(|r| !roles.contains(r.as_str())) {
                fault(at, "rule.roles", format!("'{r}' is not a role of this file"));
            }
            for p in rule.purposes.iter().filter(|p| !purposes.contains(p.as_str())) {
                fault(at, "rule.purposes", format!("'{p}' is not a purpose of this file"));
            }
            for a in rule.actions.iter().filter(|a| !action::ALL.contains(&a.as_str())) {
                fault(
                    at,
                    "rule.actions",
                    format!("'{a}' is not an action; the actions are {}", action::ALL.join(", ")),
                );
            }
            for r in &rule.roles {
                for p in &rule.purposes {
                    for a in &rule.actions {
                        index.entry((r.clone(), p.clone(), a.clone())).or_insert(n);
                    }
                }
            }
        }
        for needed in ["public", "system"] {
            if !roles.contains(needed) {
                fault(
                    0,
                    "role",
                    format!("the role '{needed}' is missing: the public cannot report without it"),
                );
            }
        }
        faults.or(Self {
            version: parsed.version,
            owner: parsed.owner,
            purposes: parsed.purpose.into_iter().map(Spanned::into_inner).collect(),
            roles: parsed.role.into_iter().map(Spanned::into_inner).collect(),
            rules: parsed.rule.into_iter().map(Spanned::into_inner).collect(),
            index,
        })
    }

    /// The one decision point: may this actor do this? Whatever no rule allows is denied.
    #[must_use]
    pub fn decide(&self, actor: &Actor, ask: &Ask) -> Verdict {
        let rule = actor
            .roles
            .iter()
            // A purpose counts only for a role that may choose it.
            .filter(|role| self.may_choose(role, &actor.purpose))
            .filter_map(|role| self.index.get(&(role.clone(), actor.purpose.clone(), ask.action.to_owned())))
            .min();
        match rule {
            Some(n) => Verdict { allowed: true, rule: self.rules[*n].id.clone() },
            None => Verdict { allowed: false, rule: "default-deny".into() },
        }
    }

    /// Whether somebody in this role may choose this purpose.
    #[must_use]
    pub fn may_choose(&self, role: &str, purpose: &str) -> bool {
        self.roles.iter().any(|r| r.code == role && r.purposes.iter().any(|p| p == purpose))
    }

    /// Whether somebody in this role may do this for any purpose that the role may choose.
    #[must_use]
    pub fn role_may(&self, role: &str, action: &str) -> bool {
        self.purposes.iter().any(|p| {
            self.may_choose(role, &p.code)
                && self.index.contains_key(&(role.to_owned(), p.code.clone(), action.to_owned()))
        })
    }

    /// The purposes that somebody with these roles may choose at sign-in.
    #[must_use]
    pub fn purposes_of(&self, roles: &[String]) -> Vec<&Purpose> {
        self.purposes.iter().filter(|p| roles.iter().any(|r| self.may_choose(r, &p.code))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bluelamp_model::{Id, Time};

    const SHIPPED: &str = include_str!("../../../data/policies/access.toml");

    fn shipped() -> Policy {
        Policy::parse("access.toml", SHIPPED).unwrap()
    }

    fn staff(role: &str, purpose: &str) -> Actor {
        Actor::staff(Id::new(Time::from_micros(1), [0; 10]), vec![role.into()], purpose)
    }

    fn may(actor: &Actor, action: &'static str) -> bool {
        shipped().decide(actor, &Ask { action, object: None }).allowed
    }

    #[test]
    fn denies_what_no_rule_allows() {
        let nobody = staff("no-such-role", "contact");
        for action in action::ALL {
            assert!(!may(&nobody, action), "{action}");
        }
    }

    #[test]
    fn the_public_and_the_system_never_decide() {
        for action in [action::REPORT_DECIDE, action::CASE_VIEW, action::REPORT_VIEW, action::MATCH_ANSWER] {
            assert!(!may(&Actor::public(), action), "public {action}");
            assert!(!may(&Actor::system(), action), "system {action}");
        }
        assert!(may(&Actor::public(), action::REPORT_SUBMIT));
        assert!(may(&Actor::system(), action::REPORT_ASSESS));
        // The system makes the first account; every other one is a person's doing.
        assert!(may(&Actor::system(), action::ACCOUNT_BOOTSTRAP));
        assert!(!may(&Actor::system(), action::ACCOUNT_MANAGE));
        assert!(!may(&staff("administrator", "administration"), action::ACCOUNT_BOOTSTRAP));
    }

    #[test]
    fn the_same_person_may_more_or_less_by_purpose() {
        assert!(may(&staff("investigator", "disclosure"), action::CASE_EXPORT));
        assert!(!may(&staff("investigator", "investigation"), action::CASE_EXPORT));
        // A purpose that the role may not choose gives nothing, even where a rule of another role names it.
        assert!(!may(&staff("contact-officer", "disclosure"), action::CASE_EXPORT));
    }

    #[test]
    fn administrators_and_auditors_see_no_reports() {
        for (role, purpose) in [("administrator", "administration"), ("auditor", "oversight")] {
            for action in [action::REPORT_LIST, action::REPORT_VIEW, action::CASE_VIEW, action::EVIDENCE_OPEN]
            {
                assert!(!may(&staff(role, purpose), action), "{role} {action}");
            }
        }
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        let text = SHIPPED.replacen("\"report.track\"", "\"report.trakc\"", 1).replacen(
            "purposes = [\"oversight\"]",
            "purposes = [\"oversigth\"]",
            1,
        );
        let faults = Policy::parse("access.toml", &text).unwrap_err().to_string();
        assert!(faults.contains("rule.actions: 'report.trakc' is not an action"), "{faults}");
        assert!(faults.contains("role.purposes: 'oversigth' is not a purpose of this file"), "{faults}");
        assert!(faults.lines().all(|l| l.starts_with("access.toml:")), "{faults}");
    }

    #[test]
    fn unknown_keys_and_broken_toml_name_the_line() {
        let faults =
            Policy::parse("p.toml", "version = \"1\"\nowner = \"x\"\ncolour = 1\n").unwrap_err().to_string();
        assert!(faults.starts_with("p.toml:3: "), "{faults}");
        let faults = Policy::parse("p.toml", "version = \n").unwrap_err().to_string();
        assert!(faults.starts_with("p.toml:1: "), "{faults}");
    }
}
