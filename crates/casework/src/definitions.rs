//! The life of a definition's versions: draft, shadow, live, retired, and who made them so.
//!
//! A text is taken up from the product's files at most as far as shadow. Live it goes in one way only: one person asks,
//! with the cases green and the figures in the record, and another agrees.

use crate::{
    Cause, Shelf,
    assess::look_again,
    figures::{self, Figures},
    gate::{self, Gate, Ledger},
    review, run,
};
use bluelamp_access::algorithm::{self, Use};
use bluelamp_forms::{Component, Form, Kind as Asks};
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Job, Row};
use bluelamp_triage::{Definition, Fact, Facts, Status};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// A version of a definition in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Version {
    /// Its row.
    pub id: Id,
    /// The definition's id.
    pub definition: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its text.
    pub digest: String,
    /// How far it has come.
    pub status: Status,
    /// Since when it is held.
    pub taken_up_at: Time,
}

/// What somebody did with a version.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// When.
    pub at: Time,
    /// Who, by name.
    pub by: String,
    /// Who, by account.
    pub by_id: Id,
    /// What.
    pub what: Deed,
    /// Why.
    pub reasons: String,
    /// What was known when it was asked to go live.
    pub figures: Option<Figures>,
}

/// What can be done with a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Its text was written or changed.
    Write,
    /// It was put into shadow: it evaluates, and nobody operational sees it.
    Shadow,
    /// Somebody asked that it go live.
    Ask,
    /// It went live.
    Live,
    /// It was not let go live.
    Refuse,
    /// It was retired.
    Retire,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Write, Self::Shadow, Self::Ask, Self::Live, Self::Refuse, Self::Retire];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Shadow => "shadow",
            Self::Ask => "ask",
            Self::Live => "live",
            Self::Refuse => "refuse",
            Self::Retire => "retire",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Write => "Written",
            Self::Shadow => "Put into shadow",
            Self::Ask => "Asked to go live",
            Self::Live => "Went live",
            Self::Refuse => "Not let go live",
            Self::Retire => "Retired",
        }
    }
}

/// A version with its text and what people did with it.
#[derive(Clone, Debug)]
pub struct VersionView {
    /// The version.
    pub version: Version,
    /// The definition, read.
    pub definition: Arc<Definition>,
    /// Its text.
    pub text: String,
    /// What people did with it, the latest first.
    pub events: Vec<Event>,
    /// Who asked that it go live, while nobody has answered.
    pub asked_by: Option<Id>,
}

impl VersionView {
    /// Whether somebody has written its text, or a part of it.
    #[must_use]
    pub fn wrote(&self, person: Id) -> bool {
        self.events.iter().any(|e| e.what == Deed::Write && e.by_id == person)
    }
}

/// A wish that a version go live, which nobody has answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Waiting {
    /// The definition's id.
    pub definition: String,
    /// The version that is to go live.
    pub version: String,
    /// Who asked, by name.
    pub by: String,
    /// Since when.
    pub at: Time,
}

/// Takes up the definitions that came with the product or lie in its folder. A draft stays a draft, everything else
/// comes as far as shadow; a text that is held keeps what people have made of it. Gives how many are new.
///
/// # Errors
/// [`Error::Invalid`] where a version is held with another text: a changed text needs a new version.
pub fn take_up(cx: &mut Cx<'_>, all: &[(Definition, String)]) -> Result<u64> {
    cx.allow(action::DEFINITION_TAKE_UP, None)?;
    cx.take_turn("definitions")?;
    let held = cx.rows(
        "select v.definition, v.version, v.digest, v.status,
                (select count(*) from definition_event e where e.version_id = v.id) from definition_version v",
        &[],
    )?;
    let mut known = Vec::with_capacity(held.len());
    for row in held {
        known.push((
            row.get::<String>(0)?,
            row.get::<String>(1)?,
            row.get::<String>(2)?,
            row.get::<String>(3)?,
            row.get::<i64>(4)?,
        ));
    }
    let (mut wrong, mut new) = (Vec::new(), 0);
    for (definition, text) in all {
        let h = &definition.header;
        let same = known.iter().find(|(id, version, ..)| *id == h.id && *version == h.version);
        match same {
            Some((_, _, digest, ..)) if *digest == definition.digest => {}
            // A draft is there to be changed, but not what somebody has written into it here.
            Some((id, version, _, status, 0)) if status == Status::Draft.code() => {
                cx.exec(
                    "update definition_version set digest = $1, text = $2, status = $3
                     where definition = $4 and version = $5",
                    &[
                        definition.digest.as_str().into(),
                        text.as_str().into(),
                        taken_up(h.status).code().into(),
                        id.as_str().into(),
                        version.as_str().into(),
                    ],
                )?;
                new += 1;
            }
            Some((id, version, ..)) => wrong.push(FieldError {
                field: format!("{id} {version}"),
                code: "changed".into(),
                message: format!(
                    "the definition {id} {version} is held with another text: give the changed text a new version"
                ),
            }),
            None => {
                insert(cx, definition, text, taken_up(h.status))?;
                new += 1;
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    cx.record(Verb::Administer, "definitions", None, json!({ "known": all.len(), "new": new }))?;
    Ok(new)
}

/// The most that a file can say of itself.
fn taken_up(status: Status) -> Status {
    if status == Status::Live { Status::Shadow } else { status }
}

/// Everybody who had a hand in a definition, in whatever version: who wrote its text, brought it on or took it back. For a
/// room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn hands_in(cx: &mut Cx<'_>, definition: &str) -> Result<Vec<Id>> {
    let rows = cx.rows(
        "select distinct e.by_id from definition_event e join definition_version v on v.id = e.version_id
         where v.definition = $1",
        &[definition.into()],
    )?;
    cx.record(Verb::Consult, "definitions", None, json!({ "hands": rows.len(), "definition": definition }))?;
    rows.iter().map(|r| Ok(r.get(0)?)).collect()
}

fn insert(cx: &mut Cx<'_>, definition: &Definition, text: &str, status: Status) -> Result<Id> {
    let (id, now, h) = (cx.new_id()?, cx.now(), &definition.header);
    cx.exec(
        "insert into definition_version (id, definition, version, digest, status, text, taken_up_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            h.id.as_str().into(),
            h.version.as_str().into(),
            definition.digest.as_str().into(),
            status.code().into(),
            text.into(),
            now.into(),
        ],
    )?;
    Ok(id)
}

const COLUMNS: &str = "select id, definition, version, digest, status, taken_up_at from definition_version";

fn read(row: &Row) -> Result<Version> {
    let status: String = row.get(4)?;
    let status = Status::ALL.into_iter().find(|s| s.code() == status);
    Ok(Version {
        id: row.get(0)?,
        definition: row.get(1)?,
        version: row.get(2)?,
        digest: row.get(3)?,
        status: status.ok_or_else(|| Error::Bug("a stored definition has a status that is none".into()))?,
        taken_up_at: row.get(5)?,
    })
}

/// Every version that is held, by definition, the one that was taken up last first.
///
/// # Errors
/// Not allowed; database errors.
pub fn versions(cx: &mut Cx<'_>) -> Result<Vec<Version>> {
    cx.allow(action::DEFINITION_VIEW, None)?;
    let rows = cx.rows(&format!("{COLUMNS} order by definition, taken_up_at desc, version desc"), &[])?;
    cx.record(Verb::Consult, "definitions", None, json!({ "versions": rows.len() }))?;
    rows.iter().map(read).collect()
}

/// The definitions in force: for the public, who may know by what they are graded.
///
/// # Errors
/// Not allowed; database errors.
pub fn in_force(cx: &mut Cx<'_>, shelf: &Shelf) -> Result<Vec<Arc<Definition>>> {
    cx.allow(action::DEFINITION_READ, None)?;
    let live = shelf.in_use(cx)?.into_iter().filter(|u| u.status == Status::Live);
    let live: Vec<_> = live.map(|u| u.definition).collect();
    cx.record(Verb::Consult, "definitions", None, json!({ "in_force": live.len() }))?;
    Ok(live)
}

/// The version in force of one definition with its text: for the public, as [`in_force`].
///
/// # Errors
/// Not allowed; [`Error::NotFound`] where no version is in force.
pub fn text_in_force(cx: &mut Cx<'_>, definition: &str) -> Result<(Version, String)> {
    cx.allow(action::DEFINITION_READ, None)?;
    let absent = || Error::NotFound("a definition of that name in force".into());
    if definition.contains('\0') {
        return Err(absent());
    }
    let row =
        cx.row(&format!("{COLUMNS} where definition = $1 and status = 'live'"), &[definition.into()])?;
    let version = read(&row.ok_or_else(absent)?)?;
    let text = text(cx, version.id)?;
    cx.record(Verb::Consult, "definition", Some(version.id), json!({ "in_force": true }))?;
    Ok((version, text))
}

fn text(cx: &mut Cx<'_>, version: Id) -> Result<String> {
    let row = cx.row("select text from definition_version where id = $1", &[version.into()])?;
    Ok(row.map(|r| r.get(0)).transpose()?.unwrap_or_default())
}

/// The versions that somebody has asked to go live and that wait for another person's answer.
///
/// # Errors
/// Not allowed; database errors.
pub fn waiting(cx: &mut Cx<'_>) -> Result<Vec<Waiting>> {
    cx.allow(action::DEFINITION_VIEW, None)?;
    let rows = cx.rows(
        "select v.definition, v.version, a.name, e.at from definition_version v
         join definition_event e on e.version_id = v.id join account a on a.id = e.by_id
         where v.status = 'shadow' and e.what = 'ask' and not exists (
           select 1 from definition_event l where l.version_id = v.id and l.what <> 'write'
             and (l.at > e.at or (l.at = e.at and l.id > e.id)))
         order by e.at, v.definition",
        &[],
    )?;
    rows.iter()
        .map(|r| Ok(Waiting { definition: r.get(0)?, version: r.get(1)?, by: r.get(2)?, at: r.get(3)? }))
        .collect()
}

/// One version with its text and its life.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn view_version(cx: &mut Cx<'_>, shelf: &Shelf, definition: &str, version: &str) -> Result<VersionView> {
    cx.allow(action::DEFINITION_VIEW, None)?;
    let held = held(cx, definition, version)?;
    cx.record(Verb::Consult, "definition", Some(held.id), json!({}))?;
    view(cx, shelf, held)
}

fn held(cx: &mut Cx<'_>, definition: &str, version: &str) -> Result<Version> {
    let absent = || Error::NotFound(format!("the definition {definition} {version}"));
    // PostgreSQL takes no such character in a text, and no version has it.
    if definition.contains('\0') || version.contains('\0') {
        return Err(absent());
    }
    let row = cx.row(
        &format!("{COLUMNS} where definition = $1 and version = $2"),
        &[definition.into(), version.into()],
    )?;
    row.as_ref().map(read).transpose()?.ok_or_else(absent)
}

fn view(cx: &mut Cx<'_>, shelf: &Shelf, version: Version) -> Result<VersionView> {
    let definition = shelf.by_digest(cx, &version.digest)?;
    let text = text(cx, version.id)?;
    let events = events(cx, version.id)?;
    let asked_by = match events.iter().find(|e| e.what != Deed::Write) {
        Some(e) if e.what == Deed::Ask => Some(e.by_id),
        _ => None,
    };
    Ok(VersionView { version, definition, text, events, asked_by })
}

fn events(cx: &mut Cx<'_>, version: Id) -> Result<Vec<Event>> {
    cx.rows(
        "select e.at, a.name, e.by_id, e.what, e.reasons, e.body from definition_event e
         join account a on a.id = e.by_id where e.version_id = $1 order by e.at desc, e.id desc",
        &[version.into()],
    )?
    .iter()
    .map(|r| {
        let (what, body): (String, String) = (r.get(3)?, r.get(5)?);
        let what = Deed::ALL.into_iter().find(|d| d.code() == what);
        let unreadable = |e| Error::Bug(format!("the figures of a definition cannot be read: {e}"));
        Ok(Event {
            at: r.get(0)?,
            by: r.get(1)?,
            by_id: r.get(2)?,
            what: what.ok_or_else(|| Error::Bug("an event of a definition is none".into()))?,
            reasons: r.get(4)?,
            figures: match body.as_str() {
                "" => None,
                body => Some(serde_json::from_str(body).map_err(unreadable)?),
            },
        })
    })
    .collect()
}

/// Who wrote the text of a version, by account: none of them lets it go on. For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn writers(cx: &mut Cx<'_>, definition: &str, digest: &str) -> Result<Vec<Id>> {
    let rows = cx.rows(
        "select distinct e.by_id from definition_event e join definition_version v on v.id = e.version_id
         where v.definition = $1 and v.digest = $2 and e.what = 'write'",
        &[definition.into(), digest.into()],
    )?;
    rows.iter().map(|r| Ok(r.get(0)?)).collect()
}

/// Keeps what a person did, with the status that comes of it.
fn done(
    cx: &mut Cx<'_>,
    version: &Version,
    what: Deed,
    reasons: &str,
    status: Status,
    figures: Option<&Figures>,
) -> Result<()> {
    let person = Decider::of(cx.actor())?;
    let (id, now) = (cx.new_id()?, cx.now());
    let body = figures.map(serde_json::to_string).transpose().map_err(|e| Error::Bug(e.to_string()))?;
    cx.exec(
        "insert into definition_event (id, version_id, at, by_id, what, reasons, body)
         values ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            version.id.into(),
            now.into(),
            person.id().into(),
            what.code().into(),
            reasons.into(),
            body.unwrap_or_default().into(),
        ],
    )?;
    cx.exec(
        "update definition_version set status = $1 where id = $2",
        &[status.code().into(), version.id.into()],
    )?;
    cx.record(
        Verb::Administer,
        "definition",
        Some(version.id),
        json!({ "deed": what, "definition": version.definition, "version": version.version,
                "digest": version.digest, "status": status }),
    )
}

fn reasons(given: &str) -> Result<&str> {
    match given.trim() {
        "" => Err(Error::field("reasons", "required", "Enter your reasons")),
        given => Ok(given),
    }
}

/// Keeps a text as a draft: a new version, or another text of a version that is a draft.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`] with every fault of
/// the text, for a version that is more than a draft, and for facts that another definition in use takes as another
/// type.
pub fn write(cx: &mut Cx<'_>, shelf: &Shelf, text: &str) -> Result<Version> {
    cx.allow(action::DEFINITION_WRITE, None)?;
    Decider::of(cx.actor())?;
    let definition = Definition::load("text", text).map_err(|faults| {
        let field = |fault: &bluelamp_model::Fault| FieldError {
            field: "text".into(),
            code: "fault".into(),
            message: fault.to_string(),
        };
        Error::Invalid(faults.0.iter().map(field).collect())
    })?;
    cx.take_turn("definitions")?;
    agrees(cx, shelf, &definition)?;
    let h = &definition.header;
    let row = cx.row(
        &format!("{COLUMNS} where definition = $1 and version = $2"),
        &[h.id.as_str().into(), h.version.as_str().into()],
    )?;
    let version = match row.as_ref().map(read).transpose()? {
        Some(held) if held.status == Status::Draft => {
            cx.exec(
                "update definition_version set digest = $1, text = $2 where id = $3",
                &[definition.digest.as_str().into(), text.into(), held.id.into()],
            )?;
            Version { digest: definition.digest.clone(), ..held }
        }
        Some(held) => {
            let message = format!(
                "{} {} is {} already and stays as it is: give the text a new version",
                held.definition,
                held.version,
                held.status.code()
            );
            return Err(Error::field("text", "not-a-draft", message));
        }
        None => {
            insert(cx, &definition, text, Status::Draft)?;
            held(cx, &h.id, &h.version)?
        }
    };
    done(cx, &version, Deed::Write, "", Status::Draft, None)?;
    Ok(version)
}

/// A fact of one name means one thing: two definitions in use that give it different types would read the same answer
/// in two ways.
fn agrees(cx: &mut Cx<'_>, shelf: &Shelf, new: &Definition) -> Result<()> {
    let mut wrong = Vec::new();
    for other in shelf.in_use(cx)? {
        let other = &other.definition;
        if other.header.id == new.header.id {
            continue;
        }
        wrong.extend(disagreements(new, other).into_iter().map(|message| FieldError {
            field: "text".into(),
            code: "other-type".into(),
            message,
        }));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

/// The facts that two definitions name alike and take as different types, as sentences.
#[must_use]
pub fn disagreements(new: &Definition, other: &Definition) -> Vec<String> {
    let clash = |f: &&bluelamp_triage::FactEntry| {
        other.fact(&f.name).and_then(|at| other.facts.get(at)).is_some_and(|g| g.kind != f.kind)
    };
    let told = |f: &bluelamp_triage::FactEntry| {
        format!(
            "the fact '{}' (line {}) has another type in '{}': one name means one thing, so choose another name",
            f.name, f.line, other.header.id
        )
    };
    new.facts.iter().filter(clash).map(told).collect()
}

/// Why a definition cannot take what a form's question can answer, or nothing where it can. A mistake would only show
/// when a report is assessed, too late for its sender.
#[must_use]
pub fn misfit(form: &Form, question: &Component, definition: &Definition) -> Option<String> {
    let shape = question.fact.as_ref()?;
    let plain = |value: &str| match value {
        "yes" => Some(Value::Bool(true)),
        "no" => Some(Value::Bool(false)),
        _ => None,
    };
    let values: Vec<Value> = match &question.kind {
        Asks::YesNo => vec![true.into(), false.into()],
        Asks::Number | Asks::Money => vec![1.into()],
        _ => form
            .items(question)
            .iter()
            .filter_map(|item| shape.values.get(&item.value).cloned().or_else(|| plain(&item.value)))
            .collect(),
    };
    let told = values.into_iter().find_map(|value| {
        let facts = Facts([(shape.name.clone(), Fact::Known(value))].into());
        definition.evaluate(&facts).err()
    })?;
    Some(told.into_iter().map(|e| e.message).collect::<Vec<_>>().join("; "))
}

/// Puts a draft into shadow, and into the register of algorithms: once it is approved for the lab it evaluates every
/// report, and shows nobody who works on one.
///
/// # Errors
/// Not allowed; without reasons; [`Error::Conflict`] for what is no draft.
pub fn to_shadow(cx: &mut Cx<'_>, shelf: &Shelf, id: &str, version: &str, why: &str) -> Result<()> {
    cx.allow(action::DEFINITION_WRITE, None)?;
    let held = held(cx, id, version)?;
    let why = reasons(why)?;
    if held.status != Status::Draft {
        return Err(Error::Conflict(format!(
            "only a draft goes into shadow; this is {}",
            held.status.code()
        )));
    }
    let definition = shelf.by_digest(cx, &held.digest)?;
    agrees(cx, shelf, &definition)?;
    algorithm::enter(cx, &[gate::running_definition(&definition)])?;
    done(cx, &held, Deed::Shadow, why, Status::Shadow, None)
}

/// Asks that a version in shadow go live, and puts what is known of it into the record: its cases, what it makes of the
/// stored snapshots beside the version in force, how people decided, and how groups fare.
///
/// # Errors
/// Not allowed; without reasons; [`Error::Conflict`] for what is not in shadow, whose cases are not green, or which is
/// not approved for the lab.
pub fn ask_live(cx: &mut Cx<'_>, shelf: &Shelf, id: &str, version: &str, why: &str) -> Result<Figures> {
    cx.allow(action::DEFINITION_WRITE, None)?;
    let held = held(cx, id, version)?;
    let why = reasons(why)?;
    if held.status != Status::Shadow {
        return Err(Error::Conflict(format!(
            "only what is in shadow can go live; this is {}",
            held.status.code()
        )));
    }
    let definition = shelf.by_digest(cx, &held.digest)?;
    green(&definition)?;
    let gate = Gate::of(cx, shelf)?;
    if let Err(refused) = gate.definition(&definition.header.id, &definition.digest, Use::Lab) {
        return Err(Error::Conflict(format!(
            "it may not be tried on stored reports yet: {refused}. Its ethics assessment comes first"
        )));
    }
    let figures = figures::of(cx, shelf, &definition)?;
    done(cx, &held, Deed::Ask, why, Status::Shadow, Some(&figures))?;
    Ok(figures)
}

fn green(definition: &Definition) -> Result<()> {
    let red = definition.run_cases().into_iter().filter(|c| !c.differences.is_empty()).count();
    if red > 0 {
        return Err(Error::Conflict(format!("{red} of its cases fail: mend the text first")));
    }
    Ok(())
}

/// Lets a version go live that somebody else has asked for. The version that was in force is retired; reports that are
/// not decided are assessed again, and those that were graded are put up for review where the new version says
/// something else. No grade changes by it.
///
/// # Errors
/// Not allowed; without reasons; [`Error::Forbidden`] for who asked and for who wrote its text; [`Error::Conflict`] when
/// nobody has asked, and for a version that is not approved for a pilot or for operation.
pub fn go_live(cx: &mut Cx<'_>, shelf: &Shelf, id: &str, version: &str, why: &str) -> Result<()> {
    cx.allow(action::DEFINITION_APPROVE, None)?;
    let person = Decider::of(cx.actor())?;
    cx.take_turn("definitions")?;
    let held = held(cx, id, version)?;
    let why = reasons(why)?;
    let found = view(cx, shelf, held)?;
    match found.asked_by {
        None => return Err(Error::Conflict("nobody has asked that this version go live".into())),
        Some(asked) if asked == person.id() => {
            let reason = "going live takes two people: somebody else has to agree".into();
            return Err(Error::Forbidden { reason });
        }
        Some(_) => {}
    }
    if found.wrote(person.id()) {
        let reason = "you have written the text of this version: somebody else has to let it go live".into();
        return Err(Error::Forbidden { reason });
    }
    green(&found.definition)?;
    let (gate, header) = (Gate::of(cx, shelf)?, &found.definition.header);
    if let Err(refused) = gate.definition(&header.id, &found.definition.digest, Use::Operation) {
        return Err(Error::Conflict(format!(
            "it cannot go live: {refused}. Officers may only be shown what its accountable officer has approved for a pilot \
             or for operation, on its ethics page"
        )));
    }
    let before = cx.rows(
        &format!("{COLUMNS} where definition = $1 and status = 'live'"),
        &[found.version.definition.as_str().into()],
    )?;
    for row in &before {
        let before = read(row)?;
        let reason = format!("Replaced by version {}.", found.version.version);
        done(cx, &before, Deed::Retire, &reason, Status::Retired, None)?;
    }
    done(cx, &found.version, Deed::Live, why, Status::Live, None)?;
    let after = Retriage { version: found.version.id, after: Id::from_bytes([0; 16]) };
    cx.enqueue("retriage", &format!("{}:{}", after.version, after.after), &after)
}

/// Does not let a version go live that was asked for.
///
/// # Errors
/// As [`go_live`].
pub fn refuse_live(cx: &mut Cx<'_>, shelf: &Shelf, id: &str, version: &str, why: &str) -> Result<()> {
    cx.allow(action::DEFINITION_APPROVE, None)?;
    let held = held(cx, id, version)?;
    let why = reasons(why)?;
    let found = view(cx, shelf, held)?;
    if found.asked_by.is_none() {
        return Err(Error::Conflict("nobody has asked that this version go live".into()));
    }
    done(cx, &found.version, Deed::Refuse, why, found.version.status, None)
}

/// Retires a version: it evaluates nothing any more. Reports that it graded keep their grades.
///
/// # Errors
/// Not allowed; without reasons; [`Error::Conflict`] when it is retired already.
pub fn retire(cx: &mut Cx<'_>, id: &str, version: &str, why: &str) -> Result<()> {
    cx.allow(action::DEFINITION_APPROVE, None)?;
    let held = held(cx, id, version)?;
    let why = reasons(why)?;
    if held.status == Status::Retired {
        return Err(Error::Conflict("this version is retired already".into()));
    }
    done(cx, &held, Deed::Retire, why, Status::Retired, None)
}

/// What a `retriage` job carries: the version that went live, and the report after which it goes on.
#[derive(Serialize, Deserialize)]
struct Retriage {
    version: Id,
    after: Id,
}

/// So many reports are looked at in one transaction: everybody who writes waits for it.
const AT_ONCE: u32 = 100;

/// Does the work of a `retriage` job: every report that the definition leads is looked at under its new version. What
/// was made of it before stays; where it was graded and the proposal is another now, it is put up for review.
///
/// # Errors
/// As [`crate::assess`].
pub fn retriage(cx: &mut Cx<'_>, job: &Job, shelf: &Shelf) -> Result<()> {
    let data: Retriage = serde_json::from_str(&job.data)
        .map_err(|e| Error::Bug(format!("job {} names no version: {e}", job.key)))?;
    cx.allow(action::REPORT_ASSESS, None)?;
    let row = cx.row("select definition from definition_version where id = $1", &[data.version.into()])?;
    let definition: String =
        row.ok_or_else(|| Error::Bug(format!("job {} names a version that is not held", job.key)))?.get(0)?;
    let rows = cx.rows(
        "select id from report where id > $1 order by id limit $2",
        &[data.after.into(), AT_ONCE.into()],
    )?;
    let ids = rows.iter().map(|r| Ok(r.get(0)?)).collect::<Result<Vec<Id>>>()?;
    let all = shelf.in_use(cx)?;
    let in_use = Gate::of(cx, shelf)?.definitions(&all, &mut Ledger::default()).in_use;
    for id in &ids {
        // What nobody has assessed yet has a job of its own.
        let Some(before) = run::latest(cx, *id)? else { continue };
        let submission = bluelamp_contact::load(cx, *id)?;
        let primary = submission.body.definition.as_deref();
        let considered = run::considered(cx, *id)?;
        let said = |graded: &[run::Graded]| {
            let of_it =
                |g: &&run::Graded| g.definition == definition && run::concerns(g, primary, &considered);
            graded.iter().find(of_it).cloned()
        };
        let was = said(&before.graded);
        let is = said(&run::evaluate(&in_use, &all, primary, &before.facts, cx.now()));
        // A definition that has nothing to say to a report, before or now, leaves it alone.
        if was.is_none() && is.is_none() {
            continue;
        }
        look_again(cx, shelf, &submission, Cause::NewVersion)?;
        review::of_new_version(cx, *id, was.as_ref(), is.as_ref())?;
    }
    if let (Some(last), true) = (ids.last(), ids.len() == AT_ONCE as usize) {
        let next = Retriage { version: data.version, after: *last };
        cx.enqueue("retriage", &format!("{}:{}", next.version, next.after), &next)?;
    }
    cx.record(Verb::Propose, "definition", Some(data.version), json!({ "looked_at": ids.len() }))?;
    cx.finish_job(job)
}
