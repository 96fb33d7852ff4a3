//! How much of the landscape is on public cloud, against the goal of the national roadmap (R3.E3a: about 80 %).

use super::Application;
use schemars::JsonSchema;
use serde::Serialize;

/// The goal: the share on public cloud.
pub const GOAL: f64 = 0.8;

/// A share of something that is counted, with what is not known beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Share {
    /// On public cloud.
    pub cloud: i64,
    /// Elsewhere, hybrid included.
    pub elsewhere: i64,
    /// Of unknown hosting: counted neither way.
    pub unknown: i64,
    /// How many applications could not be weighed at all, as their cost or users are not known.
    pub unweighed: u64,
    /// The share of what is known; none where nothing is.
    pub share: Option<f64>,
    /// How much is known.
    pub coverage: Option<f64>,
    /// The share if everything unknown were elsewhere.
    pub low: Option<f64>,
    /// The share if everything unknown were on public cloud.
    pub high: Option<f64>,
    /// Whether the goal is reached; none where what is unknown could make the difference.
    pub reached: Option<bool>,
}

/// The measure, by what is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct HostingMeasure {
    /// By number of applications.
    pub number: Share,
    /// By cost of running, in pence.
    pub cost: Share,
    /// By users.
    pub users: Share,
}

/// Measures the hosting of applications.
#[must_use]
pub fn measure(applications: &[Application]) -> HostingMeasure {
    HostingMeasure {
        number: share(applications, |_| Some(1)),
        cost: share(applications, |a| a.run_cost),
        users: share(applications, |a| a.users.and_then(|n| i64::try_from(n).ok())),
    }
}

fn share(applications: &[Application], weight: impl Fn(&Application) -> Option<i64>) -> Share {
    let mut s = Share::default();
    for a in applications {
        match (weight(a), a.hosting.public()) {
            (None, _) => s.unweighed += 1,
            (Some(w), None) => s.unknown = s.unknown.saturating_add(w),
            (Some(w), Some(true)) => s.cloud = s.cloud.saturating_add(w),
            (Some(w), Some(false)) => s.elsewhere = s.elsewhere.saturating_add(w),
        }
    }
    let known = s.cloud.saturating_add(s.elsewhere);
    let all = known.saturating_add(s.unknown);
    let of = |part: i64, whole: i64| (whole > 0).then(|| part as f64 / whole as f64);
    s.share = of(s.cloud, known);
    s.coverage = of(known, all);
    s.low = of(s.cloud, all);
    s.high = of(s.cloud.saturating_add(s.unknown), all);
    // What could not be weighed could be of any size: then nothing can be said but by number.
    s.reached = match (s.low, s.high, s.unweighed) {
        (Some(low), _, 0) if low >= GOAL => Some(true),
        (_, Some(high), 0) if high < GOAL => Some(false),
        _ => None,
    };
    s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::landscape::Hosting;

    fn app(hosting: Hosting, users: Option<u64>) -> Application {
        Application { hosting, users, ..Application::default() }
    }

    #[test]
    fn what_is_unknown_is_counted_neither_way() {
        let apps = [
            app(Hosting::Saas, Some(80)),
            app(Hosting::OnPremise, Some(20)),
            app(Hosting::Unknown, Some(100)),
            app(Hosting::Iaas, None),
        ];
        let m = measure(&apps);
        assert_eq!((m.number.cloud, m.number.elsewhere, m.number.unknown), (2, 1, 1));
        assert_eq!(m.number.share, Some(2.0 / 3.0));
        assert_eq!((m.number.coverage, m.number.low, m.number.high), (Some(0.75), Some(0.5), Some(0.75)));
        assert_eq!(m.number.reached, Some(false), "even with the unknown one it would be below");
        assert_eq!((m.users.share, m.users.unweighed, m.users.reached), (Some(0.8), 1, None));
        assert_eq!((m.cost.share, m.cost.unweighed), (None, 4));
    }

    #[test]
    fn the_goal_is_reached_only_where_nothing_unknown_could_undo_it() {
        let mut apps = vec![app(Hosting::Paas, None); 8];
        apps.push(app(Hosting::Unknown, None));
        assert_eq!(measure(&apps).number.reached, Some(true), "8 of 9");
        apps.extend(vec![app(Hosting::Unknown, None); 2]);
        assert_eq!(measure(&apps).number.reached, None, "8 of 11, or 11 of 11");
        assert_eq!(measure(&[]).number, Share::default());
    }
}
