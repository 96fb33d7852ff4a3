//! What is found in the landscape, put into words and bars.

use super::page::{
    self, BarRow, BuyingRow, ContractRow, CostRow, GapRow, GroupView, Link, LinkRow, OverlapRow, ShareRow,
    TrendRow,
};
use bluelamp_model::Day;
use bluelamp_steward::landscape::{
    self, Application, ContractEnd, DirectLink, Group, HostingMeasure, Landscape, Share, Suggestion,
    TakenSurvey, Timing,
};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is found in one landscape.
pub(super) struct Findings<'a> {
    pub(super) by_code: BTreeMap<&'a str, &'a Application>,
    pub(super) measure: HostingMeasure,
    pub(super) groups: Vec<Group>,
    pub(super) links: Vec<DirectLink>,
    pub(super) contracts: Vec<ContractEnd>,
    pub(super) suggestions: Vec<Suggestion>,
}

impl<'a> Findings<'a> {
    pub(super) fn of(held: &'a Landscape, today: Day) -> Self {
        let all = &held.applications;
        let groups = landscape::same_applications(all);
        let links = landscape::direct_links(all);
        let suggestions = landscape::suggest(all, &groups, &links, today);
        Self {
            by_code: super::names(all),
            measure: landscape::measure(all),
            contracts: landscape::contract_ends(all, today),
            groups,
            links,
            suggestions,
        }
    }
}

type Names<'a> = BTreeMap<&'a str, &'a Application>;

fn named(code: &str, names: &Names<'_>, with_force: bool) -> Link {
    let text = names.get(code).map_or_else(
        || code.to_owned(),
        |a| if with_force { format!("{}, {}", a.name, a.force) } else { a.name.clone() },
    );
    Link { href: page::href(code), text }
}

fn force<'a>(code: &str, names: &Names<'a>) -> &'a str {
    names.get(code).map_or("", |a| a.force.as_str())
}

pub(super) fn shares(m: &HostingMeasure) -> Vec<ShareRow> {
    let count = |n: i64| page::thousands(n.unsigned_abs());
    vec![
        share("By number", "Each application counts once", &m.number, &count),
        share("By cost", "Weighed by what it costs in a year to run", &m.cost, &page::pounds),
        share("By users", "Weighed by how many people use it", &m.users, &count),
    ]
}

fn share(what: &'static str, about: &'static str, s: &Share, say: &dyn Fn(i64) -> String) -> ShareRow {
    let between = match (s.low, s.high) {
        (Some(low), Some(high)) => format!("{} to {}", page::percent(Some(low)), page::percent(Some(high))),
        _ => "–".into(),
    };
    ShareRow {
        what,
        about,
        cloud: say(s.cloud),
        elsewhere: say(s.elsewhere),
        unknown: say(s.unknown),
        unweighed: s.unweighed,
        share: page::percent(s.share),
        coverage: page::percent(s.coverage),
        between,
        reached: match s.reached {
            Some(true) => "Reached",
            Some(false) => "Not reached",
            None => "Cannot be said yet",
        },
        at: page::hundred(s.share.unwrap_or(0.0)),
        low: page::hundred(s.low.unwrap_or(0.0)),
        high: page::hundred(s.high.unwrap_or(0.0)),
        drawn: s.share.is_some(),
    }
}

pub(super) fn trend(surveys: &[TakenSurvey]) -> Vec<TrendRow> {
    let row = |s: &TakenSurvey| TrendRow {
        at: s.at.short(),
        file: s.file.clone(),
        by: s.by.clone().unwrap_or_else(|| "The system".into()),
        applications: s.applications,
        share: page::percent(s.measure.number.share),
        coverage: page::percent(s.measure.number.coverage),
        bar: page::hundred(s.measure.number.share.unwrap_or(0.0)),
    };
    surveys.iter().map(row).collect()
}

/// How many contracts end in each quarter, from the first to the last of those that are still to end within six years.
pub(super) fn quarters(contracts: &[ContractEnd]) -> Vec<BarRow> {
    let mut counts = BTreeMap::<(i64, i64), usize>::new();
    let ended = contracts.iter().filter(|c| c.timing == Timing::Past).count();
    for c in contracts.iter().filter(|c| c.timing != Timing::Past && c.days < 6 * 366) {
        let text = c.end.to_string();
        let part =
            |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<i64>().ok()).unwrap_or(1);
        *counts.entry((part(0..4), (part(5..7) - 1) / 3)).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0).max(ended).max(1);
    let bar = |n: usize| page::hundred(n as f64 / most as f64);
    let mut rows = Vec::new();
    if ended > 0 {
        rows.push(BarRow { what: "Has ended".into(), count: ended, bar: bar(ended) });
    }
    if let (Some((first, _)), Some((last, _))) = (counts.first_key_value(), counts.last_key_value()) {
        let (mut at, last) = (*first, *last);
        while at <= last {
            let count = counts.get(&at).copied().unwrap_or(0);
            let months = ["January to March", "April to June", "July to September", "October to December"];
            let months = usize::try_from(at.1).ok().and_then(|q| months.get(q)).copied().unwrap_or_default();
            rows.push(BarRow { what: format!("{}, {months}", at.0), count, bar: bar(count) });
            at = if at.1 == 3 { (at.0 + 1, 0) } else { (at.0, at.1 + 1) };
        }
    }
    rows
}

/// The contracts that have ended or end within 18 months.
pub(super) fn contracts(contracts: &[ContractEnd], names: &Names<'_>) -> Vec<ContractRow> {
    let soon = contracts.iter().filter(|c| c.timing < Timing::Later);
    soon.map(|c| {
        let app = names.get(c.application.as_str());
        ContractRow {
            end: page::day(c.end),
            timing: c.timing.label(),
            app: named(&c.application, names, false),
            force: force(&c.application, names).to_owned(),
            supplier: app.and_then(|a| a.supplier.clone()).unwrap_or_else(|| page::UNKNOWN.into()),
            cost: page::cost(app.and_then(|a| a.run_cost)),
        }
    })
    .collect()
}

pub(super) fn links(links: &[DirectLink], names: &Names<'_>) -> Vec<LinkRow> {
    let row = |l: &DirectLink| LinkRow {
        app: named(&l.from, names, false),
        force: l.force.clone(),
        to: l.to.clone().unwrap_or_else(|| "A system that was not named".into()),
        certain: l.certain(),
        open: l.open.join("; "),
    };
    links.iter().map(row).collect()
}

pub(super) fn groups(groups: &[Group], names: &Names<'_>) -> Vec<GroupView> {
    let view = |(n, g): (usize, &Group)| {
        let first = g.applications.first().map(|c| named(c, names, false).text).unwrap_or_default();
        let reason = |p: &landscape::Pair| {
            let (a, b) = (named(&p.a, names, true).text, named(&p.b, names, true).text);
            format!("{a} and {b} ({:.0} of 100): {}", p.score * 100.0, p.reasons.join(" "))
        };
        GroupView {
            id: format!("group-{n}"),
            title: format!(
                "{first} and {} more, in {}",
                g.applications.len() - 1,
                page::many(g.forces, "force")
            ),
            score: format!("{:.0} of 100", g.score * 100.0),
            apps: g.applications.iter().map(|c| named(c, names, true)).collect(),
            reasons: g.pairs.iter().take(20).map(reason).collect(),
        }
    };
    groups.iter().enumerate().map(view).collect()
}

pub(super) fn gaps(all: &[Application]) -> Vec<GapRow> {
    let mut rows: Vec<GapRow> = Vec::new();
    for gap in landscape::gaps(all) {
        let said = match gap.elsewhere {
            0 => format!("{} (in no force)", gap.name),
            n => format!("{} ({} elsewhere)", gap.name, page::many(n, "force")),
        };
        match rows.last_mut() {
            Some(row) if row.force == gap.force => row.missing.push(said),
            _ => rows.push(GapRow {
                without: match gap.without_capability {
                    0 => "Every application names one".into(),
                    n => format!("{} without one: there may be no gap", page::many(n, "application")),
                },
                force: gap.force,
                missing: vec![said],
            }),
        }
    }
    rows
}

fn known_cost(pence: i64, unknown: usize) -> String {
    match unknown {
        0 => page::pounds(pence),
        n => format!("{}, and {n} not known", page::pounds(pence)),
    }
}

pub(super) fn overlaps(all: &[Application], names: &Names<'_>) -> Vec<OverlapRow> {
    let row = |o: landscape::Overlap| OverlapRow {
        force: o.force,
        capability: o.name,
        apps: o.applications.iter().map(|c| named(c, names, false)).collect(),
        cost: known_cost(o.known_cost, o.cost_unknown),
    };
    landscape::overlaps(all).into_iter().map(row).collect()
}

pub(super) fn buying(all: &[Application], groups: &[Group], names: &Names<'_>, today: Day) -> Vec<BuyingRow> {
    let row = |b: landscape::Buying| BuyingRow {
        what: b.what,
        basis: if b.basis == "supplier" { "The same supplier" } else { "Probably the same application" },
        forces: b.forces.join(", "),
        apps: b.applications.iter().map(|c| named(c, names, true)).collect(),
        between: if b.first == b.last {
            page::day(b.first)
        } else {
            format!("{} to {}", page::day(b.first), page::day(b.last))
        },
        cost: known_cost(b.known_cost, b.cost_unknown),
    };
    landscape::buying_together(all, groups, today).into_iter().map(row).collect()
}

pub(super) fn costs(all: &[Application]) -> Vec<CostRow> {
    let costs = landscape::costs(all);
    let most = costs.iter().map(|c| c.run.saturating_add(c.change)).max().unwrap_or(0).max(1);
    let bar = |pence: i64| page::hundred(pence as f64 / most as f64);
    let row = |c: landscape::ForceCost| CostRow {
        applications: c.applications,
        run: page::pounds(c.run),
        run_unknown: c.run_unknown,
        change: page::pounds(c.change),
        change_unknown: c.change_unknown,
        legacy: page::pounds(c.legacy_run),
        run_bar: bar(c.run),
        change_bar: bar(c.change),
        force: c.force,
    };
    costs.into_iter().map(row).collect()
}

/// The forces of a landscape, by name.
pub(super) fn forces(held: &Landscape) -> Vec<String> {
    let all = held.applications.iter().map(|a| &a.force).chain(held.maturities.iter().map(|m| &m.force));
    all.collect::<BTreeSet<_>>().into_iter().cloned().collect()
}
