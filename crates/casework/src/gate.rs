//! What of this room may speak about a report: the definitions, the words, the comparison and the order of the queue, each
//! held against the register of algorithms. What is not approved is not asked, and that is kept with the look.

use crate::{Cause, InUse, Shelf, assess::look_again, queue::QueueItem, run, switch::algorithm_of};
use bluelamp_access::algorithm::{self, Permission, Permits, Refusal, Running, Use};
use bluelamp_fusion::Compares;
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Job};
use bluelamp_triage::{Definition, Status};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::LazyLock;

/// Something that was not asked about a report, or only in shadow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Its name in the register, such as `definition/burglary`.
    pub algorithm: String,
    /// Its version.
    pub version: String,
    /// Its digest.
    pub digest: String,
    /// What people call it.
    pub title: String,
    /// Whether it looked all the same, where nobody is shown what it makes of it.
    pub shadow: bool,
    /// Whether officers would have been shown it otherwise.
    pub in_force: bool,
    /// Why.
    pub why: String,
}

impl Withheld {
    /// The one line that an officer reads.
    #[must_use]
    pub fn sentence(&self) -> String {
        let what = match self.algorithm.split('/').next() {
            Some("definition") => "The definition",
            Some("indicator") => "The phrases",
            Some("comparison") => "The comparison",
            _ => "The order",
        };
        format!("{what} “{}” was not asked: {}.", self.title, self.why)
    }
}

/// The name of a definition in the register of algorithms.
#[must_use]
pub fn algorithm_of_definition(id: &str) -> String {
    format!("definition/{id}")
}

/// The name of the comparison with held records in the register.
pub const COMPARISON: &str = "comparison/records";
/// The name of the order of the queue in the register.
pub const ORDER: &str = "ranking/queue";

/// The order of the queue, in words that change when it does.
const ORDER_VERSION: &str = "1.0.0";

/// The digest of the order: of its rule with every number in it.
static ORDER_DIGEST: LazyLock<String> = LazyLock::new(|| {
    bluelamp_fusion::digest_of(&format!(
        "The order of the queue, version {ORDER_VERSION}. Ten for each ninth of the floor's place in its grades, and one \
         for each ninth of the ceiling's; without a floor, ten and one for the ceiling, less one. Unassessed: {}. \
         Unreadable: {}. Words that bring forward: {}. No definition: 1. Then the oldest.",
        crate::report::UNASSESSED,
        run::TO_BE_READ,
        run::TO_BE_READ - 1
    ))
});

/// The permits of one transaction, with what they are asked about.
pub(crate) struct Gate<'a> {
    permits: Permits,
    unit: &'a str,
    now: Time,
}

/// The definitions that may look, each as what it may, and those that may not.
pub(crate) struct Allowed {
    /// Those that look. One that is live and may only be in shadow is in shadow here.
    pub(crate) in_use: Vec<InUse>,
    /// What they may, one for each.
    permissions: Vec<Permission>,
}

/// What one look leaves out, and what it uses.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) withheld: Vec<Withheld>,
    pub(crate) used: Vec<Permission>,
}

#[expect(clippy::result_large_err, reason = "a refusal is rare, and goes whole into the look and the log")]
impl<'a> Gate<'a> {
    /// Reads the permits, with one query. For a room that has asked the policy.
    pub(crate) fn of(cx: &mut Cx<'_>, shelf: &'a Shelf) -> Result<Self> {
        let now = cx.now();
        Ok(Self { permits: algorithm::permits(cx)?, unit: &shelf.unit, now })
    }

    fn may(&self, algorithm: &str, digest: &str, as_what: Use) -> Result<Permission, Refusal> {
        self.permits.may(algorithm, digest, as_what, self.unit, self.now)
    }

    /// Whether a definition may be used in this way.
    pub(crate) fn definition(&self, id: &str, digest: &str, as_what: Use) -> Result<Permission, Refusal> {
        self.may(&algorithm_of_definition(id), digest, as_what)
    }

    /// Whether what was said before may still be shown as a proposal. That a pilot has had its last use takes nothing
    /// back: what is shown came of one of them.
    fn still(&self, algorithm: &str, digest: &str) -> Result<(), Refusal> {
        match self.may(algorithm, digest, Use::Operation) {
            Ok(_) | Err(Refusal::Volume(_)) => Ok(()),
            Err(refused) => Err(refused),
        }
    }

    /// Whether what a definition said may still be shown as a proposal.
    pub(crate) fn still_proposes(&self, id: &str, digest: &str) -> Result<(), Refusal> {
        self.still(&algorithm_of_definition(id), digest)
    }

    /// The definitions that may look at a report. Those that may not stand in the ledger.
    pub(crate) fn definitions(&self, in_use: &[InUse], ledger: &mut Ledger) -> Allowed {
        let mut allowed = Allowed { in_use: Vec::with_capacity(in_use.len()), permissions: Vec::new() };
        for u in in_use {
            let d = &u.definition;
            let algorithm = algorithm_of_definition(&d.header.id);
            let wanted = if u.status == Status::Live { Use::Operation } else { Use::Shadow };
            let refused = match self.may(&algorithm, &d.digest, wanted) {
                Ok(permission) => {
                    allowed.in_use.push(u.clone());
                    allowed.permissions.push(permission);
                    continue;
                }
                Err(refused) => refused,
            };
            let shadow = self.may(&algorithm, &d.digest, Use::Shadow).ok();
            ledger.withheld.push(Withheld {
                algorithm,
                version: d.header.version.clone(),
                digest: d.digest.clone(),
                title: d.title.clone(),
                shadow: shadow.is_some(),
                in_force: u.status == Status::Live,
                why: refused.to_string(),
            });
            if let Some(permission) = shadow {
                allowed.in_use.push(InUse { status: Status::Shadow, ..u.clone() });
                allowed.permissions.push(permission);
            }
        }
        allowed
    }

    /// Whether a set of phrases may be looked for. Where not, that stands in the ledger.
    pub(crate) fn words(
        &self,
        set: &bluelamp_triage::IndicatorSet,
        ledger: &mut Ledger,
    ) -> Option<Permission> {
        let algorithm = algorithm_of(set);
        match self.may(&algorithm, &set.digest, Use::Operation) {
            Ok(permission) => Some(permission),
            Err(refused) => {
                ledger.withheld.push(Withheld {
                    algorithm,
                    version: set.version.clone(),
                    digest: set.digest.clone(),
                    title: set.title.clone(),
                    shadow: false,
                    in_force: true,
                    why: refused.to_string(),
                });
                None
            }
        }
    }

    /// Whether words that were found before may still be shown.
    pub(crate) fn still_found(&self, set: &str, digest: &str) -> bool {
        self.still(&format!("indicator/{set}"), digest).is_ok()
    }

    /// Whether what was suggested before may still be shown as a suggestion.
    pub(crate) fn still_suggests(&self) -> Result<(), Withheld> {
        self.still(COMPARISON, &Compares::now().digest).map_err(comparison_withheld)
    }

    /// Whether records may be compared.
    pub(crate) fn comparison(&self) -> Result<Permission, Withheld> {
        self.may(COMPARISON, &Compares::now().digest, Use::Operation).map_err(comparison_withheld)
    }

    /// Whether reports may be put in order, for officers or only beside their work.
    pub(crate) fn order(&self, as_what: Use) -> Result<Permission, Withheld> {
        self.may(ORDER, &ORDER_DIGEST, as_what).map_err(|refused| Withheld {
            algorithm: ORDER.into(),
            version: ORDER_VERSION.into(),
            digest: ORDER_DIGEST.clone(),
            title: ORDER_TITLE.into(),
            shadow: self.may(ORDER, &ORDER_DIGEST, Use::Shadow).is_ok(),
            in_force: true,
            why: refused.to_string(),
        })
    }

    /// Takes out of a report in the queue what may not be shown any more.
    pub(crate) fn veil(&self, item: &mut QueueItem) {
        if self.still_suggests().is_err() {
            item.matches = 0;
        }
        let Some(definition) = &item.definition else { return };
        let algorithm = algorithm_of_definition(definition);
        let refused = match &item.led_by {
            Some(digest) => self.still(&algorithm, digest).err(),
            // From before digests were kept beside it.
            None if self.permits.any_operates(&algorithm, self.unit, self.now) => None,
            None => Some(Refusal::Unknown),
        };
        if let Some(refused) = refused {
            item.withheld = Some(format!("What was proposed is not shown any more: {refused}."));
            item.floor = None;
            item.ceiling = None;
            item.hidden = false;
        }
    }
}

fn comparison_withheld(refused: Refusal) -> Withheld {
    let c = Compares::now();
    Withheld {
        algorithm: COMPARISON.into(),
        version: c.version.clone(),
        digest: c.digest.clone(),
        title: COMPARISON_TITLE.into(),
        shadow: false,
        in_force: true,
        why: refused.to_string(),
    }
}

impl Allowed {
    /// Those of the live ones that are shown for a report are used.
    pub(crate) fn uses(
        &self,
        graded: &[run::Graded],
        concerns: impl Fn(&run::Graded) -> bool,
    ) -> Vec<Permission> {
        graded.iter().zip(&self.permissions).filter(|(g, _)| concerns(g)).map(|(_, p)| *p).collect()
    }
}

const COMPARISON_TITLE: &str = "Comparing with what is held";
const ORDER_TITLE: &str = "Order of the queue";

/// Everything of this room that scores, matches or ranks, as it runs now. For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn running(cx: &mut Cx<'_>, shelf: &Shelf) -> Result<Vec<Running>> {
    let mut all: Vec<Running> = shelf.in_use(cx)?.iter().map(|u| running_definition(&u.definition)).collect();
    all.extend(shelf.indicators.values().map(|set| Running {
        kind: "indicator".into(),
        name: set.id.clone(),
        version: set.version.clone(),
        digest: set.digest.clone(),
        title: set.title.clone(),
        purpose: set.purpose.clone(),
        owner: set.owner.clone(),
        accountable: set.accountable.clone(),
    }));
    let compares = Compares::now();
    let product = |kind: &str, name: &str, version: &str, digest: &str, title: &str, purpose: &str| Running {
        kind: kind.into(),
        name: name.into(),
        version: version.into(),
        digest: digest.into(),
        title: title.into(),
        purpose: purpose.into(),
        owner: "role: Threat, harm and risk lead".into(),
        accountable: "role: Accountable chief officer".into(),
    };
    all.push(product(
        "comparison",
        "records",
        &compares.version,
        &compares.digest,
        COMPARISON_TITLE,
        "Suggests that a person, vehicle, phone or place in a report may be one that is held already, with what speaks for \
         it and against it.",
    ));
    all.push(product(
        "ranking",
        "queue",
        ORDER_VERSION,
        &ORDER_DIGEST,
        ORDER_TITLE,
        "Puts reports that wait for a decision in order: by the grade that is proposed, by what could still turn out worse, \
         then by how long they have waited.",
    ));
    Ok(all)
}

/// A definition as the register names it.
pub(crate) fn running_definition(d: &Definition) -> Running {
    Running {
        kind: "definition".into(),
        name: d.header.id.clone(),
        version: d.header.version.clone(),
        digest: d.digest.clone(),
        title: d.title.clone(),
        purpose: "Proposes how urgent a report is, by a table of rules that people wrote: the least grade that its answers \
                  give, the highest still possible, and what has not been asked."
            .into(),
        owner: d.header.owner.clone(),
        accountable: d.header.accountable.clone(),
    }
}

/// Puts everything of this room that scores, matches or ranks into the register of algorithms: at the start of the
/// service, with what other rooms run. Gives how many are new there.
///
/// # Errors
/// As [`algorithm::register`].
pub fn register(cx: &mut Cx<'_>, shelf: &Shelf, others: Vec<Running>) -> Result<u64> {
    cx.allow(action::ALGORITHM_REGISTER, None)?;
    let mut all = running(cx, shelf)?;
    all.extend(others);
    algorithm::register(cx, &all)
}

/// So many reports are looked at in one transaction: everybody who writes waits for it.
const AT_ONCE: u32 = 100;

/// What an `algorithm-changed` job carries when it goes on: the entry, and the report after which.
#[derive(Serialize, Deserialize)]
struct Further {
    entry: Id,
    after: Id,
}

/// Does the work of an `algorithm-changed` job: a definition may be shown from now on or may not any more, and the reports
/// that wait for a decision and that it leads, or was withheld from, are looked at again. What was decided stays.
///
/// # Errors
/// As [`crate::assess`].
pub fn algorithm_changed(cx: &mut Cx<'_>, job: &Job, shelf: &Shelf) -> Result<()> {
    cx.allow(action::REPORT_ASSESS, None)?;
    let unreadable = |e| Error::Bug(format!("job {} names no algorithm: {e}", job.key));
    let further = match serde_json::from_str::<Id>(&job.data) {
        Ok(entry) => Further { entry, after: Id::from_bytes([0; 16]) },
        Err(_) => serde_json::from_str(&job.data).map_err(unreadable)?,
    };
    let entry = algorithm::entry(cx, further.entry)?;
    let mut ids: Vec<Id> = Vec::new();
    if entry.what.kind == "definition" {
        let rows = cx.rows(
            "select r.id from report r where r.state <> 'decided' and r.id > $1
               and (r.led_by = $2 or (select a.withheld from assessment_run a where a.report_id = r.id
                                      order by a.made_at desc, a.id desc limit 1) like $3)
             order by r.id limit $4",
            &[
                further.after.into(),
                entry.what.digest.as_str().into(),
                format!("%{}%", entry.what.digest).into(),
                AT_ONCE.into(),
            ],
        )?;
        ids = rows.iter().map(|r| Ok(r.get(0)?)).collect::<Result<_>>()?;
    }
    for id in &ids {
        let submission = bluelamp_contact::load(cx, *id)?;
        look_again(cx, shelf, &submission, Cause::Permission)?;
    }
    if let (Some(last), true) = (ids.last(), ids.len() == AT_ONCE as usize) {
        let next = Further { entry: further.entry, after: *last };
        cx.enqueue(algorithm::CHANGED, &format!("{}:after:{}", next.entry, next.after), &next)?;
    }
    cx.record(
        Verb::Propose,
        "algorithm",
        Some(entry.id),
        json!({ "looked_at": ids.len(), "state": entry.state }),
    )?;
    cx.finish_job(job)
}
