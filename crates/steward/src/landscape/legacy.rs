//! Front ends that go straight into legacy systems, which the strategy's loose coupling (E3.4) speaks against.

use super::{Application, Pattern};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A direct link, or one that may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DirectLink {
    /// The force.
    pub force: String,
    /// The application it comes from, by code.
    pub from: String,
    /// The system it goes into, by name; none where the force did not name it.
    pub to: Option<String>,
    /// What is known of it, and what is not.
    pub open: Vec<&'static str>,
}

impl DirectLink {
    /// Whether everything is known that makes it a direct link from a front end to a legacy system.
    #[must_use]
    pub fn certain(&self) -> bool {
        self.open.is_empty()
    }
}

/// The direct links from front ends to legacy systems: the certain ones first, then those of which something is not
/// known. What is known to be no front end, not direct or not legacy is not in the list.
#[must_use]
pub fn direct_links(applications: &[Application]) -> Vec<DirectLink> {
    // By what they are called now: a code keeps the name that the force had when it was given.
    let by_name: BTreeMap<String, &Application> =
        applications.iter().map(|a| (Application::code_of(&a.force, &a.name), a)).collect();
    let mut all = Vec::new();
    for a in applications.iter().filter(|a| a.front_end != Some(false) && a.direct_legacy != Some(false)) {
        let mut named = false;
        for tie in &a.integrations {
            let target = by_name.get(&Application::code_of(&a.force, &tie.to));
            let legacy = target.and_then(|t| t.legacy);
            let direct = match tie.pattern {
                Some(Pattern::Direct) => Some(true),
                Some(_) => Some(false),
                None => None,
            };
            // Of ties of which neither is known, the list would hold everything.
            let hint = direct == Some(true) || legacy == Some(true);
            if legacy == Some(false) || direct == Some(false) || !hint {
                continue;
            }
            named = true;
            let said = a.direct_legacy == Some(true);
            let mut open = Vec::new();
            if a.front_end.is_none() {
                open.push("whether it is a front end");
            }
            if direct.is_none() && !said {
                open.push("whether the link is direct");
            }
            if legacy.is_none() && !said {
                open.push("whether the other is a legacy system");
            }
            all.push(DirectLink {
                force: a.force.clone(),
                from: a.code.clone(),
                to: Some(tie.to.clone()),
                open,
            });
        }
        if a.direct_legacy == Some(true) && !named {
            let open = if a.front_end.is_none() { vec!["whether it is a front end"] } else { Vec::new() };
            all.push(DirectLink { force: a.force.clone(), from: a.code.clone(), to: None, open });
        }
    }
    all.sort_by(|a, b| (a.open.len(), &a.from, &a.to).cmp(&(b.open.len(), &b.from, &b.to)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::landscape::Integration;

    fn app(
        name: &str,
        front_end: Option<bool>,
        legacy: Option<bool>,
        ties: &[(&str, Option<Pattern>)],
    ) -> Application {
        Application {
            code: Application::code_of("A", name),
            force: "A".into(),
            name: name.into(),
            front_end,
            legacy,
            integrations: ties
                .iter()
                .map(|(to, pattern)| Integration { to: (*to).into(), pattern: *pattern })
                .collect(),
            ..Application::default()
        }
    }

    #[test]
    fn only_direct_links_of_front_ends_into_legacy_are_certain() {
        let direct = Some(Pattern::Direct);
        let apps = [
            app(
                "Portal",
                Some(true),
                None,
                &[("Old Custody", direct), ("Ledger", Some(Pattern::Api)), ("Mail", direct)],
            ),
            app("Old Custody", Some(false), Some(true), &[("Ledger", direct)]),
            app("Ledger", None, Some(true), &[]),
            app("Kiosk", None, None, &[("Ledger", None)]),
            Application { direct_legacy: Some(true), ..app("Tablet", Some(true), None, &[]) },
        ];
        let links = direct_links(&apps);
        let said: Vec<_> = links.iter().map(|l| (l.from.as_str(), l.to.as_deref(), l.open.len())).collect();
        assert_eq!(
            said,
            [
                ("a--portal", Some("Old Custody"), 0),
                ("a--tablet", None, 0),
                ("a--portal", Some("Mail"), 1),
                ("a--kiosk", Some("Ledger"), 2),
            ]
        );
        assert!(links[0].certain() && !links[3].certain());
    }
}
