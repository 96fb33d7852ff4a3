//! The portfolio as its office sees it: how far items have come, what stands above the appetite for risk, what is paid for,
//! what hangs together, what is shared and what each organisation has made of it.

use crate::{
    appetite::{Appetite, exposure},
    entry::typed,
    registers::{
        benefits::{COST, FUNDING},
        organisations::{CONSULTATION, ORGANISATION},
        portfolio::{DEPENDENCY, ITEM, LOCAL_DECISION, RAID, STAGES},
    },
};
use bluelamp_model::{
    Day, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// An item, as far as the office's page shows it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Item {
    /// Its code.
    #[serde(skip)]
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Its kind's code.
    pub kind: String,
    /// Its stage's code; empty means an idea.
    pub stage: String,
    /// Its status's code.
    pub status: String,
    /// The organisation that leads it.
    pub organisation: String,
    /// The others that take part.
    pub participants: Vec<String>,
    /// What it is a part of.
    pub parent: String,
    /// Who answers for it.
    pub owner: String,
    /// Its delivery level's code.
    pub level: String,
    /// What it costs once.
    pub cost_once: Option<i64>,
    /// Its carbon estimate in tonnes.
    pub carbon_tonnes: Option<f64>,
    /// Its last day.
    pub ends: Option<Day>,
}

/// A risk, an assumption or an issue.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Raid {
    /// Its code.
    #[serde(skip)]
    pub code: String,
    /// In a sentence.
    pub title: String,
    /// Its kind's code.
    pub kind: String,
    /// The item.
    pub item: String,
    /// From 1 to 5.
    pub likelihood: String,
    /// From 1 to 5.
    pub impact: String,
    /// Its area's code.
    pub area: String,
    /// Who answers for it.
    pub owner: String,
    /// When it is looked at again.
    pub due: Option<Day>,
    /// Open or closed.
    pub state: String,
}

/// That an item waits for another.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Wait {
    /// Its code.
    #[serde(skip)]
    pub code: String,
    /// What is needed.
    pub title: String,
    /// The item that waits.
    pub item: String,
    /// What it waits for.
    pub needs: String,
    /// Who answers for it.
    pub owner: String,
}

/// What an organisation decided about a shared item.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Local {
    /// Its code.
    #[serde(skip)]
    pub code: String,
    /// The item.
    pub item: String,
    /// The organisation.
    pub organisation: String,
    /// What it decided.
    pub decision: String,
    /// When.
    pub decided: Option<Day>,
}

/// Everything that the page is made from. What was withdrawn is not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// The items.
    pub items: Vec<Item>,
    /// Risks, assumptions, issues.
    pub raid: Vec<Raid>,
    /// Dependencies.
    pub waits: Vec<Wait>,
    /// Local decisions.
    pub locals: Vec<Local>,
    /// What was granted, and for which items.
    pub granted: Vec<(i64, Vec<String>)>,
    /// What is spent to change things, on which item.
    pub spent: Vec<(String, i64)>,
    /// Items whose level of delivery somebody was asked about.
    pub consulted: BTreeSet<String>,
    /// The names of organisations, by code.
    pub organisations: BTreeMap<String, String>,
    /// Today.
    pub today: Option<Day>,
}

/// How many items there are at a stage, by status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// Its code.
    pub stage: String,
    /// What people read.
    pub label: String,
    /// Items.
    pub items: usize,
    /// Items by status; an empty code where none is stated.
    pub statuses: BTreeMap<String, usize>,
}

/// A risk or issue above the appetite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Above {
    /// Its code.
    pub code: String,
    /// In a sentence.
    pub title: String,
    /// Risk or issue.
    pub kind: String,
    /// The item's code.
    pub item: String,
    /// Its area's code.
    pub area: String,
    /// Likelihood times impact.
    pub exposure: u8,
    /// What is tolerated in that area without a board; none where nobody has set a bound.
    pub bound: Option<u8>,
    /// Who answers for it.
    pub owner: String,
    /// Whether it should have been looked at again.
    pub late: bool,
}

/// Risks and issues, and how many of them stand above the appetite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Risks {
    /// Those that are open.
    pub open: usize,
    /// Of those, how many nobody has judged. They stand neither above nor below.
    pub not_judged: usize,
    /// Those above the appetite, the greatest exposure first.
    pub above: Vec<Above>,
}

/// A number with how much of it is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Known {
    /// The sum over those that say.
    pub sum: f64,
    /// How many say.
    pub said: usize,
    /// Of how many.
    pub of: usize,
}

/// What an item is to cost beside what was granted for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Funded {
    /// The item's code.
    pub item: String,
    /// What it is called.
    pub title: String,
    /// What it is to cost once.
    pub cost: i64,
    /// What was granted for it alone.
    pub granted: i64,
    /// What was spent to change things for it.
    pub spent: i64,
    /// What is missing; negative where more was granted.
    pub missing: i64,
    /// What was spent beyond what it is to cost.
    pub over: i64,
}

/// A programme with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Programme {
    /// The item's code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Items below it, at any depth.
    pub items: usize,
    /// Of those, at risk or off track.
    pub in_trouble: usize,
    /// Open risks and issues above the appetite, its own included.
    pub above: usize,
    /// What its items wait for in other programmes, and what others wait for in it.
    pub across: Vec<Across>,
}

/// A dependency that leaves a programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Across {
    /// The dependency's code.
    pub code: String,
    /// What is needed.
    pub title: String,
    /// The item that waits.
    pub item: String,
    /// What it waits for.
    pub needs: String,
    /// The other programme; empty where it belongs to none.
    pub programme: String,
    /// Who answers for it.
    pub owner: String,
}

/// A shared item with what each organisation made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// The item's code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Each organisation: what people read, its decision's code; empty where it has not decided.
    pub decisions: Vec<(String, String)>,
}

/// The whole view.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct View {
    /// Items that count: not withdrawn.
    pub items: usize,
    /// Of those, how many were stopped: their costs and carbon are in no sum.
    pub stopped: usize,
    /// By stage, in the order of the gates.
    pub stages: Vec<Stage>,
    /// By delivery level; an empty code where none is stated.
    pub levels: BTreeMap<String, usize>,
    /// Of those with a level, how many somebody was asked about.
    pub level_consulted: usize,
    /// Items of which nobody answers.
    pub without_owner: usize,
    /// Risks and issues.
    pub risks: Risks,
    /// What was granted in all.
    pub granted: i64,
    /// What items are to cost once.
    pub cost: Known,
    /// Item by item, what is missing first.
    pub funded: Vec<Funded>,
    /// Carbon, in tonnes.
    pub carbon: Known,
    /// Programmes.
    pub programmes: Vec<Programme>,
    /// Shared items.
    pub shared: Vec<Shared>,
}

/// Reads what the view is made from.
///
/// # Errors
/// Not allowed; database errors.
pub fn gather(cx: &mut Cx<'_>) -> Result<Given> {
    #[derive(Deserialize)]
    struct Named {
        title: String,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Grant {
        items: Vec<String>,
        granted: Option<i64>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Cost {
        item: String,
        amount: i64,
        purpose: String,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Consulted {
        items: Vec<String>,
    }
    cx.allow(action::STRATEGY_VIEW, None)?;
    let items = typed::<Item>(cx, &ITEM)?.into_iter().map(|(c, i)| Item { code: c, ..i }).collect();
    let raid = typed::<Raid>(cx, &RAID)?.into_iter().map(|(c, r)| Raid { code: c, ..r }).collect();
    let waits = typed::<Wait>(cx, &DEPENDENCY)?.into_iter().map(|(c, w)| Wait { code: c, ..w });
    let waits = waits.collect();
    let locals = typed::<Local>(cx, &LOCAL_DECISION)?.into_iter().map(|(c, l)| Local { code: c, ..l });
    let locals = locals.collect();
    let granted = typed::<Grant>(cx, &FUNDING)?;
    let granted = granted.into_iter().filter_map(|(_, g)| Some((g.granted?, g.items))).collect();
    let spent = typed::<Cost>(cx, &COST)?;
    let spent = spent.into_iter().filter(|(_, c)| c.purpose == "change" && !c.item.is_empty());
    let spent = spent.map(|(_, c)| (c.item, c.amount)).collect();
    let consulted = typed::<Consulted>(cx, &CONSULTATION)?.into_iter().flat_map(|(_, c)| c.items).collect();
    let organisations = typed::<Named>(cx, &ORGANISATION)?.into_iter().map(|(c, o)| (c, o.title)).collect();
    let given = Given {
        items,
        raid,
        waits,
        locals,
        granted,
        spent,
        consulted,
        organisations,
        today: cx.now().day().parse().ok(),
    };
    cx.record(Verb::Consult, "portfolio", None, json!({ "items": given.items.len() }))?;
    Ok(given)
}

/// Makes the view. The order in which things are given changes nothing.
#[must_use]
pub fn view(given: &Given, appetite: &Appetite) -> View {
    let mut items: Vec<&Item> = given.items.iter().collect();
    items.sort_by(|a, b| a.code.cmp(&b.code));
    let mut levels = BTreeMap::new();
    for i in &items {
        *levels.entry(i.level.clone()).or_insert(0) += 1;
    }
    let risks = risks(given, appetite);
    // What was stopped costs nothing more and saves nothing.
    let going: Vec<&Item> = items.iter().copied().filter(|i| i.status != "stopped").collect();
    View {
        items: items.len(),
        stages: stages(&items),
        level_consulted: items
            .iter()
            .filter(|i| !i.level.is_empty() && given.consulted.contains(&i.code))
            .count(),
        levels,
        without_owner: items.iter().filter(|i| i.owner.is_empty()).count(),
        granted: given.granted.iter().map(|(amount, _)| amount).sum(),
        stopped: items.len() - going.len(),
        cost: known(going.iter().map(|i| i.cost_once.map(|c| c as f64))),
        funded: funded(given, &going),
        carbon: known(going.iter().map(|i| i.carbon_tonnes)),
        programmes: programmes(given, &items, &risks.above),
        shared: shared(given, &items),
        risks,
    }
}

fn known(all: impl Iterator<Item = Option<f64>>) -> Known {
    let mut known = Known { sum: 0.0, said: 0, of: 0 };
    for one in all {
        known.of += 1;
        known.said += usize::from(one.is_some());
        known.sum += one.unwrap_or(0.0);
    }
    known
}

fn stages(items: &[&Item]) -> Vec<Stage> {
    let of = |i: &Item| if i.stage.is_empty() { "idea".to_owned() } else { i.stage.clone() };
    let each = STAGES.iter().map(|(code, label)| {
        let mut stage =
            Stage { stage: (*code).into(), label: (*label).into(), items: 0, statuses: BTreeMap::new() };
        for i in items.iter().filter(|i| of(i) == *code) {
            stage.items += 1;
            *stage.statuses.entry(i.status.clone()).or_insert(0) += 1;
        }
        stage
    });
    each.collect()
}

fn risks(given: &Given, appetite: &Appetite) -> Risks {
    let open: Vec<_> = given.raid.iter().filter(|r| r.state == "open" && r.kind != "assumption").collect();
    let mut above = Vec::new();
    let mut not_judged = 0;
    for r in &open {
        let Some(exposure) = exposure(&r.likelihood, &r.impact) else {
            not_judged += 1;
            continue;
        };
        if appetite.exceeded(&r.area, exposure) {
            above.push(Above {
                code: r.code.clone(),
                title: r.title.clone(),
                kind: r.kind.clone(),
                item: r.item.clone(),
                area: r.area.clone(),
                exposure,
                bound: appetite.bounds.get(&r.area).copied(),
                owner: r.owner.clone(),
                late: r.due.zip(given.today).is_some_and(|(due, today)| due < today),
            });
        }
    }
    above.sort_by(|a, b| b.exposure.cmp(&a.exposure).then_with(|| a.code.cmp(&b.code)));
    Risks { open: open.len(), not_judged, above }
}

/// What was granted for one item alone stands beside its cost. A bid for several is not cut up by guess: it counts in the
/// total only.
fn funded(given: &Given, items: &[&Item]) -> Vec<Funded> {
    let mut all = Vec::new();
    for i in items {
        let Some(cost) = i.cost_once else { continue };
        let own = given.granted.iter().filter(|(_, of)| of.len() == 1 && of[0] == i.code);
        let granted: i64 = own.map(|(amount, _)| amount).sum();
        let spent: i64 = given.spent.iter().filter(|(of, _)| *of == i.code).map(|(_, amount)| amount).sum();
        let missing = cost - granted;
        let (item, title, over) = (i.code.clone(), i.title.clone(), (spent - cost).max(0));
        all.push(Funded { item, title, cost, granted, spent, missing, over });
    }
    all.sort_by(|a, b| b.missing.cmp(&a.missing).then_with(|| a.item.cmp(&b.item)));
    all
}

fn programmes(given: &Given, items: &[&Item], above: &[Above]) -> Vec<Programme> {
    let by_code: BTreeMap<&str, &Item> = items.iter().map(|i| (i.code.as_str(), *i)).collect();
    // The programme that an item belongs to, or is. A circle of parents ends too.
    let home = |code: &str| {
        let mut at = by_code.get(code).copied();
        for _ in 0..32 {
            let i = at?;
            if i.kind == "programme" {
                return Some(i.code.as_str());
            }
            at = by_code.get(i.parent.as_str()).copied();
        }
        None
    };
    let homes: BTreeMap<&str, &str> =
        items.iter().filter_map(|i| Some((i.code.as_str(), home(&i.code)?))).collect();
    let of = |code: &str| homes.get(code).copied().unwrap_or_default();
    let mut waits: Vec<&Wait> = given.waits.iter().filter(|w| of(&w.item) != of(&w.needs)).collect();
    waits.sort_by(|a, b| a.code.cmp(&b.code));
    let each = items.iter().filter(|i| i.kind == "programme").map(|p| {
        let own: Vec<_> = items.iter().filter(|i| i.code != p.code && of(&i.code) == p.code).collect();
        let across = waits.iter().filter(|w| of(&w.item) == p.code || of(&w.needs) == p.code).map(|w| {
            let other = if of(&w.item) == p.code { of(&w.needs) } else { of(&w.item) };
            Across {
                code: w.code.clone(),
                title: w.title.clone(),
                item: w.item.clone(),
                needs: w.needs.clone(),
                programme: other.to_owned(),
                owner: w.owner.clone(),
            }
        });
        Programme {
            code: p.code.clone(),
            title: p.title.clone(),
            items: own.len(),
            in_trouble: own.iter().filter(|i| matches!(i.status.as_str(), "at-risk" | "off-track")).count(),
            above: above.iter().filter(|a| of(&a.item) == p.code).count(),
            across: across.collect(),
        }
    });
    each.collect()
}

/// Items in which several organisations take part, each with its latest decision.
fn shared(given: &Given, items: &[&Item]) -> Vec<Shared> {
    let mut all = Vec::new();
    for i in items {
        let mut who: BTreeSet<&str> = i.participants.iter().map(String::as_str).collect();
        who.insert(&i.organisation);
        who.remove("");
        who.extend(given.locals.iter().filter(|l| l.item == i.code).map(|l| l.organisation.as_str()));
        if who.len() < 2 {
            continue;
        }
        let decision = |code: &str| {
            let own = given.locals.iter().filter(|l| l.item == i.code && l.organisation == code);
            own.max_by(|a, b| (a.decided, &a.code).cmp(&(b.decided, &b.code))).map(|l| l.decision.clone())
        };
        let named = |code: &str| given.organisations.get(code).cloned().unwrap_or_else(|| code.to_owned());
        let decisions = who.iter().map(|code| (named(code), decision(code).unwrap_or_default())).collect();
        all.push(Shared { code: i.code.clone(), title: i.title.clone(), decisions });
    }
    all
}
