//! The strategies that a service holds: taken up once by version, never changed, and read by everybody who may.

use super::{Coverage, Element, Level, Reference, Strategy, Tie, coverage, follows::follows, numbers, ties};
use bluelamp_model::{
    Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

/// A strategy in a list: its latest version, and which others are held.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Held {
    /// Its id.
    pub id: String,
    /// The latest version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Whose it is.
    pub level: Level,
    /// Whether everybody may read it here.
    pub public: bool,
    /// How many elements count.
    pub elements: usize,
    /// SHA-256 of the text, in hex.
    pub digest: String,
    /// Since when that version is held.
    pub taken_up_at: Time,
    /// Every version that is held, the latest first.
    pub versions: Vec<String>,
}

/// A version of a strategy among the latest of all others.
#[derive(Clone, Debug)]
pub struct View {
    /// The version.
    pub strategy: Arc<Strategy>,
    /// Every version of it that is held, the latest first.
    pub versions: Vec<String>,
    /// The others, each in its latest version, by id.
    pub others: Vec<Arc<Strategy>>,
}

/// An element that is tied to another from below.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Below {
    /// `parent`, `phase`, `serves` or `drives`: what it says of the other.
    pub key: &'static str,
    /// How other files name it.
    pub reference: Reference,
    /// The element.
    pub element: Element,
}

impl View {
    /// An element of this strategy.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn element(&self, id: &str) -> Result<&Element> {
        self.strategy
            .element(id)
            .ok_or_else(|| Error::NotFound(format!("the element '{id}' of that strategy")))
    }

    /// The element that a reference means, here or in another strategy.
    #[must_use]
    pub fn find(&self, reference: &Reference) -> Option<&Element> {
        let mut all = std::iter::once(&self.strategy).chain(&self.others);
        all.find(|s| s.id == reference.strategy)?.element(&reference.element)
    }

    /// Everything, here and in other strategies, that says of itself that it is tied to an element of this one: with
    /// the key by which it says so.
    #[must_use]
    pub fn below(&self, element: &str) -> Vec<Below> {
        let this = self.strategy.reference(element);
        let mut all = Vec::new();
        for s in std::iter::once(&self.strategy).chain(&self.others) {
            for e in s.elements.iter().filter(|e| e.retired.is_none()) {
                let keys = e.refers_to().filter(|(_, to)| **to == this).map(|(key, _)| key);
                all.extend(keys.map(|key| Below { key, reference: s.reference(&e.id), element: e.clone() }));
            }
        }
        all
    }

    /// Every tie from this strategy to others, and from others to it.
    #[must_use]
    pub fn ties(&self) -> Vec<Tie> {
        let mut all = ties(&self.strategy);
        let here = |tie: &Tie| tie.to.strategy == self.strategy.id;
        all.extend(self.others.iter().flat_map(|o| ties(o)).filter(here));
        all
    }

    /// The ties of one element, in both directions.
    #[must_use]
    pub fn ties_of(&self, element: &str) -> Vec<Tie> {
        let this = self.strategy.reference(element);
        self.ties().into_iter().filter(|tie| tie.from.as_ref() == Some(&this) || tie.to == this).collect()
    }

    /// What has a counterpart and what has none, for each strategy that this one or the other ties to.
    #[must_use]
    pub fn coverages(&self) -> Vec<Coverage> {
        let ties_to = |a: &Strategy, b: &Strategy| ties(a).iter().any(|tie| tie.to.strategy == b.id);
        let mut all = Vec::new();
        for other in &self.others {
            if ties_to(&self.strategy, other) {
                all.push(coverage(&self.strategy, other));
            }
            if ties_to(other, &self.strategy) {
                all.push(coverage(other, &self.strategy));
            }
        }
        all
    }
}

/// A row: what stands in the table beside the text.
struct Row {
    row: Id,
    id: String,
    version: String,
    digest: String,
    taken_up_at: Time,
}

/// Takes up strategies, each with its text. Gives how many versions are new.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] where a version is held with another text, or where a version gives an id that is
/// held another meaning.
pub fn take_up(cx: &mut Cx<'_>, all: &[(Strategy, String)]) -> Result<u64> {
    cx.allow(action::STRATEGY_IMPORT, None)?;
    cx.take_turn("strategies")?;
    let mut held = rows(cx)?;
    let (mut wrong, mut new) = (Vec::new(), 0);
    for (strategy, text) in all {
        let Strategy { id, version, digest, .. } = strategy;
        match held.iter().find(|row| row.id == *id && row.version == *version) {
            Some(row) if row.digest == *digest => continue,
            Some(_) => {
                wrong.push(FieldError {
                    field: format!("{id} {version}"),
                    code: "changed".into(),
                    message: format!(
                        "the strategy {id} {version} is held with another text: give the changed text a new version"
                    ),
                });
                continue;
            }
            None => {}
        }
        let faults = meanings_kept(cx, strategy, &held)?;
        if faults.is_empty() {
            held.push(insert(cx, strategy, text)?);
            new += 1;
        }
        wrong.extend(faults);
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    cx.record(Verb::Administer, "strategies", None, json!({ "known": all.len(), "new": new }))?;
    Ok(new)
}

/// Where a new version does not follow those that are held before and after it.
fn meanings_kept(cx: &mut Cx<'_>, new: &Strategy, held: &[Row]) -> Result<Vec<FieldError>> {
    let order = |row: &&Row| numbers(&row.version).unwrap_or_default();
    let same = || held.iter().filter(|row| row.id == new.id);
    let before = same().filter(|row| order(row) < new.order()).max_by_key(order);
    let after = same().filter(|row| order(row) > new.order()).min_by_key(order);
    let mut faults = Vec::new();
    let file = format!("{} {}", new.id, new.version);
    if let Some(row) = before {
        faults.extend(follows(&file, new, &*by_digest(cx, &row.digest)?));
    }
    if let Some(row) = after {
        faults.extend(follows(&file, &*by_digest(cx, &row.digest)?, new));
    }
    let error = |fault: bluelamp_model::Fault| FieldError {
        field: file.clone(),
        code: "meaning".into(),
        message: fault.to_string(),
    };
    Ok(faults.into_iter().map(error).collect())
}

fn insert(cx: &mut Cx<'_>, strategy: &Strategy, text: &str) -> Result<Row> {
    let (row, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into strategy_version (id, strategy, version, digest, text, taken_up_at)
         values ($1, $2, $3, $4, $5, $6)",
        &[
            row.into(),
            strategy.id.as_str().into(),
            strategy.version.as_str().into(),
            strategy.digest.as_str().into(),
            text.into(),
            now.into(),
        ],
    )?;
    let Strategy { id, version, digest, .. } = strategy.clone();
    Ok(Row { row, id, version, digest, taken_up_at: now })
}

/// Every version that is held, by strategy, the latest first.
fn rows(cx: &mut Cx<'_>) -> Result<Vec<Row>> {
    let rows = cx.rows(
        "select id, strategy, version, digest, taken_up_at from strategy_version order by strategy",
        &[],
    )?;
    let read = |r: &bluelamp_store::Row| -> Result<Row> {
        Ok(Row {
            row: r.get(0)?,
            id: r.get(1)?,
            version: r.get(2)?,
            digest: r.get(3)?,
            taken_up_at: r.get(4)?,
        })
    };
    let mut rows: Vec<Row> = rows.iter().map(read).collect::<Result<_>>()?;
    rows.sort_by_key(|r| (r.id.clone(), std::cmp::Reverse(numbers(&r.version))));
    Ok(rows)
}

/// Texts that were read already, by digest: a text never changes under its digest, whichever database it lies in.
static READ: LazyLock<RwLock<HashMap<String, Arc<Strategy>>>> = LazyLock::new(RwLock::default);

fn by_digest(cx: &mut Cx<'_>, digest: &str) -> Result<Arc<Strategy>> {
    // A thread that panicked while it held the lock has not left half a strategy behind.
    let known = READ.read().unwrap_or_else(PoisonError::into_inner).get(digest).cloned();
    if let Some(strategy) = known {
        return Ok(strategy);
    }
    let row = cx.row("select strategy, text from strategy_version where digest = $1", &[digest.into()])?;
    let row = row.ok_or_else(|| Error::NotFound("that version of the strategy".into()))?;
    let strategy = Strategy::parse(&row.get::<String>(0)?, &row.get::<String>(1)?)
        .map_err(|e| Error::Bug(format!("a stored strategy cannot be read: {e}")))?;
    let strategy = Arc::new(strategy);
    READ.write().unwrap_or_else(PoisonError::into_inner).insert(digest.to_owned(), Arc::clone(&strategy));
    Ok(strategy)
}

/// Every strategy in its latest version, by id, with the versions that are held. The caller has asked the policy.
pub(crate) fn current(cx: &mut Cx<'_>) -> Result<Vec<(Held, Arc<Strategy>)>> {
    let mut versions: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows(cx)? {
        versions.entry(row.id.clone()).or_default().push(row);
    }
    let mut all = Vec::with_capacity(versions.len());
    for (id, rows) in versions {
        let Some(latest) = rows.first() else { continue };
        let s = by_digest(cx, &latest.digest)?;
        let held = Held {
            id,
            version: s.version.clone(),
            title: s.title.clone(),
            publisher: s.publisher.clone(),
            level: s.level,
            public: s.public,
            elements: s.elements.iter().filter(|e| e.retired.is_none()).count(),
            digest: s.digest.clone(),
            taken_up_at: latest.taken_up_at,
            versions: rows.iter().map(|r| r.version.clone()).collect(),
        };
        all.push((held, s));
    }
    Ok(all)
}

/// The strategies, each in its latest version, by id.
///
/// # Errors
/// Not allowed; database errors.
pub fn strategies(cx: &mut Cx<'_>) -> Result<Vec<Held>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let all: Vec<Held> = current(cx)?.into_iter().map(|(held, _)| held).collect();
    cx.record(Verb::Consult, "strategies", None, json!({ "strategies": all.len() }))?;
    Ok(all)
}

/// The strategies that everybody may read.
///
/// # Errors
/// Not allowed; database errors.
pub fn published(cx: &mut Cx<'_>) -> Result<Vec<Held>> {
    cx.allow(action::STRATEGY_READ, None)?;
    let all: Vec<Held> = current(cx)?.into_iter().map(|(held, _)| held).filter(|h| h.public).collect();
    cx.record(Verb::Consult, "strategies", None, json!({ "published": all.len() }))?;
    Ok(all)
}

/// One strategy, in the version that is named or the latest, among all others.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn view(cx: &mut Cx<'_>, id: &str, version: Option<&str>) -> Result<View> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    look(cx, id, version, |_| true)
}

/// One strategy that everybody may read, in the version that is named or the latest, among the others that everybody may
/// read.
///
/// # Errors
/// Not allowed; [`Error::NotFound`], also where not everybody may read it.
pub fn view_published(cx: &mut Cx<'_>, id: &str, version: Option<&str>) -> Result<View> {
    cx.allow(action::STRATEGY_READ, None)?;
    look(cx, id, version, |strategy| strategy.public)
}

fn look(cx: &mut Cx<'_>, id: &str, version: Option<&str>, may: impl Fn(&Strategy) -> bool) -> Result<View> {
    let absent = || Error::NotFound("that version of a strategy".into());
    let all = current(cx)?;
    // Once a strategy is no longer open to everybody, neither are its earlier versions.
    let (held, latest) = all.iter().find(|(held, s)| held.id == id && may(s)).ok_or_else(absent)?;
    let wanted = version.unwrap_or(&held.version);
    let row = rows(cx)?.into_iter().find(|r| r.id == id && r.version == wanted).ok_or_else(absent)?;
    let strategy = if wanted == latest.version { Arc::clone(latest) } else { by_digest(cx, &row.digest)? };
    if !may(&strategy) {
        return Err(absent());
    }
    cx.record(Verb::Consult, "strategy", Some(row.row), json!({ "strategy": id, "version": wanted }))?;
    let others = all.iter().filter(|(other, s)| other.id != id && may(s));
    Ok(View {
        strategy,
        versions: held.versions.clone(),
        others: others.map(|(_, s)| Arc::clone(s)).collect(),
    })
}
