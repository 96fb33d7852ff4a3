//! The officers' queue: what waits for a decision, the gravest first, then the oldest.

use crate::{Shelf, gate::Gate};
use bluelamp_access::algorithm::Use;
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row, Value};
use serde::Serialize;
use serde_json::json;

/// One report in the queue.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct QueueItem {
    /// The report.
    pub id: Id,
    /// `new`, `more-needed`, `decided`.
    pub state: String,
    /// Higher comes first: grades by rank, unassessed before all. 0 where the order is that of receipt.
    pub priority: i64,
    /// When it was received.
    pub received_at: Time,
    /// The form it came in by.
    pub form: String,
    /// Its public name.
    pub reference: String,
    /// What it is called.
    pub title: String,
    /// The least grade that the definition proposes.
    pub floor: Option<String>,
    /// The highest grade that is still possible.
    pub ceiling: Option<String>,
    /// How many suggested matches it has.
    pub matches: i64,
    /// Counted up with each change: a decision names the version that it was made on.
    pub version: i64,
    /// The case that was opened from it.
    pub case_id: Option<Id>,
    /// The grade that a person gave last.
    pub grade: Option<String>,
    /// The definition whose grades these are.
    pub definition: Option<String>,
    /// Whether what is proposed is hidden from this person until they have put down their own grade. It is not
    /// given then, here or elsewhere.
    pub hidden: bool,
    /// The grade that this person gave before seeing what is proposed.
    pub own_grade: Option<String>,
    /// Why a grade that was proposed is not shown any more.
    pub withheld: Option<String>,
    /// The digest of the definition whose grades these are.
    #[serde(skip)]
    pub(crate) led_by: Option<String>,
}

/// `$1` is the person who looks.
const COLUMNS: &str =
    "select id, state, priority, received_at, form, reference, title, floor, ceiling, matches, version,
            case_id, grade, definition, hidden,
            (select o.grade from own_grade o where o.report_id = report.id and o.by_id = $1), led_by from report";

/// Whoever looks, as a column of the query: nobody has the id that is all zeros.
fn looks(cx: &Cx<'_>) -> Value {
    cx.actor().id.unwrap_or(Id::from_bytes([0; 16])).into()
}

fn read(row: &Row) -> Result<QueueItem> {
    let state: String = row.get(1)?;
    let own_grade: Option<String> = row.get(15)?;
    // A decision ends it: what was proposed is part of the record then.
    let hidden = row.get::<i64>(14)? != 0 && own_grade.is_none() && state != "decided";
    let unless_hidden = |grade: Option<String>| grade.filter(|_| !hidden);
    Ok(QueueItem {
        id: row.get(0)?,
        state,
        priority: row.get(2)?,
        received_at: row.get(3)?,
        form: row.get(4)?,
        reference: row.get(5)?,
        title: row.get(6)?,
        floor: unless_hidden(row.get(7)?),
        ceiling: unless_hidden(row.get(8)?),
        matches: row.get(9)?,
        version: row.get(10)?,
        case_id: row.get(11)?,
        grade: row.get(12)?,
        definition: row.get(13)?,
        hidden,
        own_grade,
        withheld: None,
        led_by: row.get(16)?,
    })
}

pub(crate) fn item(cx: &mut Cx<'_>, id: Id) -> Result<QueueItem> {
    let row = cx.row(&format!("{COLUMNS} where id = $2"), &[looks(cx), id.into()])?;
    row.as_ref().map(read).transpose()?.ok_or_else(|| Error::NotFound("that report".into()))
}

/// Which part of the queue somebody looks at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// `new` (the default), `more-needed` or `decided`.
    pub state: Option<String>,
    /// Only reports by this form.
    pub form: Option<String>,
    /// Only reports with this public reference.
    pub reference: Option<String>,
    /// Where the page before ended.
    pub after: Option<String>,
}

/// One page of the queue.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Page {
    /// The reports.
    pub items: Vec<QueueItem>,
    /// Pass as `after` for the next page.
    pub next: Option<String>,
    /// How many wait in this state and form, counted up to a thousand.
    pub total: u64,
    /// Why they stand in order of receipt and not by what is proposed; none where they stand by that.
    pub by_receipt: Option<String>,
}

/// Reports on one page.
const PAGE: usize = 25;
/// A longer queue is said to be longer than this.
const COUNTED: u64 = 1000;

/// Reads a page of the queue: in the order that the register of algorithms approves, and in order of receipt where it
/// approves none. A grade whose definition may not be shown any more is not among what is given.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] for a filter that is none.
pub fn queue(cx: &mut Cx<'_>, shelf: &Shelf, filter: &Filter) -> Result<Page> {
    cx.allow(action::REPORT_LIST, None)?;
    let gate = Gate::of(cx, shelf)?;
    let by_receipt = gate.order(Use::Operation).err().map(|w| w.why);
    let state = filter.state.clone().unwrap_or_else(|| "new".into());
    let mut wanted = String::from(" where state = $2");
    let mut args: Vec<Value> = vec![looks(cx), state.into()];
    for (column, value) in [("form", &filter.form), ("reference", &filter.reference)] {
        if let Some(value) = value {
            args.push(value.as_str().into());
            wanted.push_str(&format!(" and {column} = ${}", args.len()));
        }
    }
    // PostgreSQL wants to know the type of an argument that nothing uses.
    let counted = cx.row(
        &format!(
            "select count(*) from (select 1 from report{wanted} and id <> $1 limit {COUNTED}) as counted"
        ),
        &args,
    )?;
    let total = counted.map_or(Ok(0), |r| r.get(0))?;
    if let Some(after) = &filter.after {
        let (priority, at, id) = place(after)?;
        let n = args.len();
        args.extend([at.into(), id.into()]);
        let later = format!("(received_at, id) > (${}, ${})", n + 1, n + 2);
        if by_receipt.is_some() {
            wanted.push_str(&format!(" and {later}"));
        } else {
            args.push(priority.into());
            wanted.push_str(&format!(" and priority <= ${p} and (priority < ${p} or {later})", p = n + 3));
        }
    }
    let order = if by_receipt.is_some() { "received_at, id" } else { "priority desc, received_at, id" };
    let rows = cx.rows(&format!("{COLUMNS}{wanted} order by {order} limit {}", PAGE + 1), &args)?;
    let mut items = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    for item in &mut items {
        gate.veil(item);
        // A place that nobody approved is no place; that something still waits for its first look stays to be seen.
        if by_receipt.is_some() && item.priority < crate::report::UNASSESSED {
            item.priority = 0;
        }
    }
    let more = items.len() > PAGE;
    items.truncate(PAGE);
    let next =
        items.last().filter(|_| more).map(|i| format!("{}.{}.{}", i.priority, i.received_at.micros(), i.id));
    let shown: Vec<Id> = items.iter().map(|i| i.id).collect();
    cx.record(Verb::Consult, "queue", None, json!({ "shown": shown }))?;
    Ok(Page { items, next, total, by_receipt })
}

fn place(after: &str) -> Result<(i64, Time, Id)> {
    let mut parts = after.splitn(3, '.');
    let mut next = || parts.next().unwrap_or_default();
    let read = (next().parse().ok(), next().parse().ok(), next().parse().ok());
    match read {
        (Some(priority), Some(micros), Some(id)) => Ok((priority, Time::from_micros(micros), id)),
        _ => Err(Error::field("after", "format", "That page does not exist; start from the first")),
    }
}
