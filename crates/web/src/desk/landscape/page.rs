//! What the templates of the landscape are given.

use crate::{desk::page::OptionView, govuk::page::Problem};
use bluelamp_model::Day;
use bluelamp_steward::landscape::KeptModel;
use serde::Serialize;
use std::collections::BTreeMap;

/// Said where nobody has told.
pub(super) const UNKNOWN: &str = "Not known";

/// The page `staff/landscape.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct LandscapePage {
    pub title: String,
    pub empty: bool,
    pub can_import: bool,
    pub forces: Vec<OptionView>,
    pub hostings: Vec<OptionView>,
    pub dispositions: Vec<OptionView>,
    pub q: String,
    pub count: String,
    pub pages: String,
    pub earlier: Option<Link>,
    pub later: Option<Link>,
    pub rows: Vec<AppRow>,
    pub shares: Vec<ShareRow>,
    pub trend: Vec<TrendRow>,
    pub quarters: Vec<BarRow>,
    pub contracts: Vec<ContractRow>,
    pub without_contract: usize,
    pub links: Vec<LinkRow>,
    pub groups: Vec<GroupView>,
    pub gaps: Vec<GapRow>,
    pub overlaps: Vec<OverlapRow>,
    pub buying: Vec<BuyingRow>,
    pub costs: Vec<CostRow>,
    pub models: Vec<ModelRow>,
}

/// Words that lead somewhere.
#[derive(Debug, Serialize)]
pub(crate) struct Link {
    pub href: String,
    pub text: String,
}

/// An application in the list.
#[derive(Debug, Serialize)]
pub(crate) struct AppRow {
    pub href: String,
    pub name: String,
    pub force: String,
    pub supplier: String,
    pub capabilities: String,
    pub users: String,
    pub hosting: &'static str,
    pub cost: String,
    pub contract_end: String,
    /// What people have set; empty where nothing is set.
    pub set: &'static str,
    pub set_by: Option<String>,
    /// What the rules suggest.
    pub suggested: &'static str,
}

/// A share on public cloud.
#[derive(Debug, Serialize)]
pub(crate) struct ShareRow {
    pub what: &'static str,
    pub about: &'static str,
    pub cloud: String,
    pub elsewhere: String,
    pub unknown: String,
    pub unweighed: u64,
    /// "56% of what is known".
    pub share: String,
    pub coverage: String,
    /// "50% to 60%", by what is not known.
    pub between: String,
    pub reached: &'static str,
    /// Numbers from 0 to 100, for the bar.
    pub at: f64,
    pub low: f64,
    pub high: f64,
    /// Whether there is anything to draw.
    pub drawn: bool,
}

/// The measure after a survey.
#[derive(Debug, Serialize)]
pub(crate) struct TrendRow {
    pub at: String,
    pub file: String,
    pub by: String,
    pub applications: i64,
    pub share: String,
    pub coverage: String,
    pub bar: f64,
}

/// A count with its bar.
#[derive(Debug, Serialize)]
pub(crate) struct BarRow {
    pub what: String,
    pub count: usize,
    pub bar: f64,
}

/// The end of a contract.
#[derive(Debug, Serialize)]
pub(crate) struct ContractRow {
    pub end: String,
    pub timing: &'static str,
    pub app: Link,
    pub force: String,
    pub supplier: String,
    pub cost: String,
}

/// A direct link to a legacy system.
#[derive(Debug, Serialize)]
pub(crate) struct LinkRow {
    pub app: Link,
    pub force: String,
    pub to: String,
    pub certain: bool,
    pub open: String,
}

/// Applications that are probably one.
#[derive(Debug, Serialize)]
pub(crate) struct GroupView {
    pub id: String,
    pub title: String,
    pub score: String,
    pub apps: Vec<Link>,
    pub reasons: Vec<String>,
}

/// The gaps of a force.
#[derive(Debug, Serialize)]
pub(crate) struct GapRow {
    pub force: String,
    pub missing: Vec<String>,
    pub without: String,
}

/// Several applications for one capability.
#[derive(Debug, Serialize)]
pub(crate) struct OverlapRow {
    pub force: String,
    pub capability: String,
    pub apps: Vec<Link>,
    pub cost: String,
}

/// What could be bought together.
#[derive(Debug, Serialize)]
pub(crate) struct BuyingRow {
    pub what: String,
    pub basis: &'static str,
    pub forces: String,
    pub apps: Vec<Link>,
    pub between: String,
    pub cost: String,
}

/// What a force pays.
#[derive(Debug, Serialize)]
pub(crate) struct CostRow {
    pub force: String,
    pub applications: usize,
    pub run: String,
    pub run_unknown: usize,
    pub change: String,
    pub change_unknown: usize,
    pub legacy: String,
    /// Numbers from 0 to 100, for the bar: to run, and to change behind it.
    pub run_bar: f64,
    pub change_bar: f64,
}

/// A model that was taken up.
#[derive(Debug, Serialize)]
pub(crate) struct ModelRow {
    pub href: String,
    pub title: String,
    pub at: String,
    pub holds: String,
}

/// The page `staff/landscape-application.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct ApplicationPage {
    pub title: String,
    pub href: String,
    pub facts: Vec<(String, String)>,
    pub ties: Vec<(String, String)>,
    pub set: Option<String>,
    pub set_reason: String,
    pub suggested: Option<String>,
    pub reasons: Vec<String>,
    pub unknown: Vec<&'static str>,
    pub history: Vec<(String, String, String)>,
    /// Whether the reader may set it.
    pub can_set: bool,
    pub version: i64,
    pub choices: Vec<OptionView>,
    pub by: String,
    pub reason: String,
    pub csrf: String,
    pub errors: BTreeMap<String, String>,
    pub error_summary: Vec<Problem>,
}

/// The page `staff/landscape-import.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct ImportPage {
    pub title: String,
    pub force: String,
    pub csrf: String,
    pub errors: BTreeMap<String, String>,
    pub error_summary: Vec<Problem>,
    /// What is wrong in the file that was looked at.
    pub faults: Vec<FaultRow>,
    pub faults_of: String,
    /// What would come of the file that was looked at.
    pub preview: Option<Preview>,
    /// What was taken up.
    pub taken: Option<String>,
}

/// Something in a file.
#[derive(Debug, Serialize)]
pub(crate) struct FaultRow {
    pub file: String,
    pub line: String,
    pub field: String,
    pub reason: String,
}

/// What would come of a file.
#[derive(Debug, Serialize)]
pub(crate) struct Preview {
    pub file: String,
    /// Where it waits for the answer.
    pub held: String,
    pub summary: Vec<(String, String)>,
    pub lists: Vec<(String, Vec<String>)>,
    pub notes: Vec<FaultRow>,
    pub rows: Vec<AppRow>,
    pub more: usize,
}

/// The page `staff/landscape-capabilities.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct CapabilitiesPage {
    pub title: String,
    pub forces: Vec<String>,
    pub rows: Vec<CapabilityView>,
}

/// A capability over the forces.
#[derive(Debug, Serialize)]
pub(crate) struct CapabilityView {
    pub code: String,
    pub name: String,
    pub known: bool,
    pub cells: Vec<CellView>,
}

/// A capability in a force.
#[derive(Debug, Serialize)]
pub(crate) struct CellView {
    pub force: String,
    /// How far the target is away: `met`, `near`, `far`, `open`.
    pub heat: &'static str,
    pub levels: String,
    pub count: String,
    pub apps: Vec<Link>,
}

pub(super) fn choice(value: &str, text: &str, checked: bool) -> OptionView {
    OptionView { value: value.into(), text: text.into(), hint: None, checked }
}

/// "1 application", "12 applications".
pub(super) fn many(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{} {what}s", thousands(n as u64)) }
}

/// "1,234,567".
pub(super) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// "£1,235": pence as whole pounds.
pub(super) fn pounds(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}£{}", thousands((pence.unsigned_abs() + 50) / 100))
}

pub(super) fn cost(pence: Option<i64>) -> String {
    pence.map_or_else(|| UNKNOWN.into(), pounds)
}

/// "31 March 2027".
pub(super) fn day(day: Day) -> String {
    crate::reading::day(&day.to_string())
}

pub(super) fn href(code: &str) -> String {
    format!("/desk/landscape/applications/{code}")
}

pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".into(), |s| format!("{:.0}%", s * 100.0))
}

/// From 0 to 100, to a tenth.
pub(super) fn hundred(share: f64) -> f64 {
    (share * 1000.0).round() / 10.0
}

pub(super) fn model(m: &KeptModel) -> ModelRow {
    ModelRow {
        href: format!("/desk/landscape/models/{}", m.id),
        title: if m.title.is_empty() { "A model without a name".into() } else { m.title.clone() },
        at: m.at.short(),
        holds: format!("{} elements, {} relationships, {} views", m.elements, m.relationships, m.views),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_in_whole_pounds() {
        assert_eq!(
            (pounds(123_456_789).as_str(), pounds(49).as_str(), pounds(50).as_str()),
            ("£1,234,568", "£0", "£1")
        );
        assert_eq!((thousands(999).as_str(), thousands(1_000).as_str()), ("999", "1,000"));
        assert_eq!(
            (many(1, "application").as_str(), many(1200, "application").as_str()),
            ("1 application", "1,200 applications")
        );
    }
}
