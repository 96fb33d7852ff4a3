//! The bodies that meet or decide, and what one office has delegated to another.

use super::{fit, long, required};
use bluelamp_model::{
    Day, Decider, Error, FieldError, Id, Result,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What sort of body it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BodyKind {
    /// The Chief Officer Group, to which every paper goes first.
    ChiefOfficerGroup,
    /// A board that meets.
    Board,
    /// An office that signs or decides.
    Office,
    /// A partner or a national body.
    Partner,
}

impl BodyKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ChiefOfficerGroup, Self::Board, Self::Office, Self::Partner];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ChiefOfficerGroup => "chief-officer-group",
            Self::Board => "board",
            Self::Office => "office",
            Self::Partner => "partner",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::ChiefOfficerGroup => "Chief Officer Group",
            Self::Board => "Board",
            Self::Office => "Office",
            Self::Partner => "Partner or national body",
        }
    }
}

/// A body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Its short, lasting code: letters, digits and hyphens.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What sort of body it is.
    pub kind: BodyKind,
    /// What it does.
    #[serde(default)]
    pub role: String,
    /// Where that is written.
    #[serde(default)]
    pub source: String,
    /// From which day on it exists.
    #[serde(default)]
    pub valid_from: Option<Day>,
    /// Its last day.
    #[serde(default)]
    pub valid_to: Option<Day>,
}

impl Body {
    fn check(&self) -> Result<()> {
        let code = (1..=40).contains(&self.code.len())
            && self.code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let wrong = |field: &str, code: &str, message: &str| FieldError {
            field: field.into(),
            code: code.into(),
            message: message.into(),
        };
        let backwards = matches!((self.valid_from, self.valid_to), (Some(from), Some(to)) if to < from);
        fit([
            (!code)
                .then(|| wrong("code", "format", "Give a code of letters, digits and hyphens, such as B02")),
            required("name", &self.name, "Enter the name of the body"),
            long("role", &self.role),
            super::short("source", &self.source),
            backwards.then(|| wrong("valid_to", "backwards", "The last day is before the first")),
        ])
    }
}

const COLUMNS: &str = "select code, name, kind, role, source, valid_from, valid_to from body";

fn day(text: Option<String>) -> Result<Option<Day>> {
    text.map(|t| t.parse()).transpose().map_err(Error::Bug)
}

fn read(row: &Row) -> Result<Body> {
    let kind: String = row.get(2)?;
    let kind = BodyKind::ALL.into_iter().find(|k| k.code() == kind);
    Ok(Body {
        code: row.get(0)?,
        name: row.get(1)?,
        kind: kind.ok_or_else(|| Error::Bug("a stored body is of no kind".into()))?,
        role: row.get(3)?,
        source: row.get(4)?,
        valid_from: day(row.get(5)?)?,
        valid_to: day(row.get(6)?)?,
    })
}

/// A body by its code. Whoever calls has asked the policy.
pub(super) fn body(cx: &mut Cx<'_>, code: &str) -> Result<Body> {
    let absent = || Error::NotFound("that body".into());
    if code.contains('\0') {
        return Err(absent());
    }
    let row = cx.row(&format!("{COLUMNS} where code = $1"), &[code.into()])?;
    read(&row.ok_or_else(absent)?)
}

fn insert(cx: &mut Cx<'_>, body: &Body) -> Result<u64> {
    cx.exec(
        "insert into body (code, name, kind, role, source, valid_from, valid_to)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (code) do nothing",
        &[
            body.code.as_str().into(),
            body.name.trim().into(),
            body.kind.code().into(),
            body.role.trim().into(),
            body.source.trim().into(),
            body.valid_from.map(|d| d.to_string()).into(),
            body.valid_to.map(|d| d.to_string()).into(),
        ],
    )
}

/// Adds a body. Its code lasts: no other body is given it.
///
/// # Errors
/// Not allowed; [`Error::Invalid`], also for a code that is taken and a second Chief Officer Group.
pub fn add_body(cx: &mut Cx<'_>, body: &Body) -> Result<()> {
    cx.allow(action::REGISTER_WRITE, None)?;
    Decider::of(cx.actor())?;
    body.check()?;
    if insert(cx, body)? == 0 {
        let message = format!("There is a body {} already: open it to change it", body.code);
        return Err(Error::field("code", "taken", message));
    }
    one_group(cx, body)?;
    cx.record(Verb::Administer, "body", None, json!({ "code": body.code }))
}

/// A body as the person saw it, and what it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BodyChange {
    /// As the person saw it.
    pub seen: Body,
    /// What it is to be.
    pub to: Body,
}

/// Changes a body from what the person saw. Its code lasts, and from its first meeting on its name and kind do too: minutes
/// and routes of papers tell of that body. One that is called otherwise is another, and this one ends.
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Stale`] where it is not as it was seen; [`Error::Invalid`].
pub fn change_body(cx: &mut Cx<'_>, code: &str, change: &BodyChange) -> Result<()> {
    cx.allow(action::REGISTER_WRITE, None)?;
    Decider::of(cx.actor())?;
    let (now, BodyChange { seen, to }) = (body(cx, code)?, change);
    to.check()?;
    if now != *seen {
        return Err(Error::Stale(format!("the body {code}")));
    }
    let met = cx.row("select 1 from board_meeting where body_code = $1 limit 1", &[code.into()])?.is_some();
    let lasts = |field: &str, what: &str, same: bool| {
        (met && !same).then(|| FieldError {
            field: field.into(),
            code: "has-met".into(),
            message: format!(
                "{what} of a body that has meetings stays as it is: give this one its last day, and add another"
            ),
        })
    };
    let other = (to.code != code).then(|| FieldError {
        field: "code".into(),
        code: "lasts".into(),
        message: "The code of a body lasts".into(),
    });
    let outside = meeting_outside(cx, to)?.map(|on| FieldError {
        field: "valid_to".into(),
        code: "has-met".into(),
        message: format!(
            "There is a meeting of this body on {on}, outside these days: cancel it, or choose days around it"
        ),
    });
    fit([
        other,
        outside,
        lasts("name", "The name", now.name == to.name.trim()),
        lasts("kind", "The kind", now.kind == to.kind),
    ])?;
    one_group(cx, to)?;
    let text = |d: Option<Day>| d.map(|d| d.to_string());
    let done = cx.exec(
        "update body set name = $1, kind = $2, role = $3, source = $4, valid_from = $5, valid_to = $6
         where code = $7 and name = $8 and kind = $9 and role = $10 and source = $11
           and coalesce(valid_from, '') = $12 and coalesce(valid_to, '') = $13",
        &[
            to.name.trim().into(),
            to.kind.code().into(),
            to.role.trim().into(),
            to.source.trim().into(),
            text(to.valid_from).into(),
            text(to.valid_to).into(),
            code.into(),
            now.name.as_str().into(),
            now.kind.code().into(),
            now.role.as_str().into(),
            now.source.as_str().into(),
            text(now.valid_from).unwrap_or_default().into(),
            text(now.valid_to).unwrap_or_default().into(),
        ],
    )?;
    if done == 0 {
        return Err(Error::Stale(format!("the body {code}")));
    }
    cx.record(Verb::Administer, "body", None, json!({ "code": code, "from": seen, "to": to }))
}

/// The first day of a meeting that is not cancelled on which a body would not exist: a paper that was there would have been
/// before nobody.
fn meeting_outside(cx: &mut Cx<'_>, body: &Body) -> Result<Option<Day>> {
    let row = cx.row(
        "select min(on_day) from board_meeting where body_code = $1 and state <> 'cancelled'
           and (on_day < $2 or ($3 <> '' and on_day > $3))",
        &[
            body.code.as_str().into(),
            body.valid_from.map(|d| d.to_string()).unwrap_or_default().into(),
            body.valid_to.map(|d| d.to_string()).unwrap_or_default().into(),
        ],
    )?;
    let day = row.map(|r| r.get::<Option<String>>(0)).transpose()?.flatten();
    day.map(|d| d.parse()).transpose().map_err(Error::Bug)
}

/// There is one Chief Officer Group at a time: every paper goes there first, and a second one would be a way around it.
fn one_group(cx: &mut Cx<'_>, new: &Body) -> Result<()> {
    if new.kind != BodyKind::ChiefOfficerGroup {
        return Ok(());
    }
    let rows = cx.rows(
        &format!("{COLUMNS} where kind = $1 and code <> $2"),
        &[new.kind.code().into(), new.code.as_str().into()],
    )?;
    for row in rows {
        let other = read(&row)?;
        let after =
            |a: &Body, b: &Body| matches!((a.valid_from, b.valid_to), (Some(from), Some(to)) if to < from);
        if !after(new, &other) && !after(&other, new) {
            let message = format!(
                "{} is the Chief Officer Group at that time: there is one, to which papers go first",
                other.code
            );
            return Err(Error::field("kind", "second-group", message));
        }
    }
    Ok(())
}

/// Every body, by code.
///
/// # Errors
/// Not allowed; database errors.
pub fn bodies(cx: &mut Cx<'_>) -> Result<Vec<Body>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let rows = cx.rows(&format!("{COLUMNS} order by code"), &[])?;
    cx.record(Verb::Consult, "body", None, json!({ "bodies": rows.len() }))?;
    rows.iter().map(read).collect()
}

/// What one office has delegated to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Delegation {
    /// Its row.
    pub id: Id,
    /// What was delegated.
    #[serde(flatten)]
    pub what: NewDelegation,
    /// Whether it is in force on the day of the question.
    pub in_force: bool,
}

/// A delegation as it is put down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDelegation {
    /// Who delegates.
    pub from_office: String,
    /// To whom.
    pub to_office: String,
    /// What, and up to what amount or matter.
    pub scope: String,
    /// Where it is written: scheme of consent, minute, letter.
    pub source: String,
    /// From which day.
    pub valid_from: Day,
    /// To which day; open where it is absent.
    #[serde(default)]
    pub valid_to: Option<Day>,
}

/// Puts a delegation down.
///
/// # Errors
/// Not allowed; [`Error::Invalid`].
pub fn add_delegation(cx: &mut Cx<'_>, new: &NewDelegation) -> Result<Id> {
    cx.allow(action::REGISTER_WRITE, None)?;
    let by = Decider::of(cx.actor())?;
    let backwards = new.valid_to.is_some_and(|to| to < new.valid_from).then(|| FieldError {
        field: "valid_to".into(),
        code: "backwards".into(),
        message: "The last day is before the first".into(),
    });
    fit([
        required("from_office", &new.from_office, "Enter who delegates"),
        required("to_office", &new.to_office, "Enter to whom it is delegated"),
        required("scope", &new.scope, "Enter what is delegated, and up to what"),
        required("source", &new.source, "Enter where it is written"),
        backwards,
    ])?;
    let (id, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into delegation (id, from_office, to_office, scope, source, valid_from, valid_to, made_at, made_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            new.from_office.trim().into(),
            new.to_office.trim().into(),
            new.scope.trim().into(),
            new.source.trim().into(),
            new.valid_from.to_string().into(),
            new.valid_to.map(|d| d.to_string()).into(),
            now.into(),
            by.id().into(),
        ],
    )?;
    cx.record(Verb::Administer, "delegation", Some(id), json!({}))?;
    Ok(id)
}

/// Every delegation, those in force first.
///
/// # Errors
/// Not allowed; database errors.
pub fn delegations(cx: &mut Cx<'_>) -> Result<Vec<Delegation>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let today: Day = cx.now().day().parse().map_err(Error::Bug)?;
    let rows = cx.rows(
        "select id, from_office, to_office, scope, source, valid_from, valid_to from delegation
         order by valid_from desc, id",
        &[],
    )?;
    let mut all: Vec<Delegation> = rows
        .iter()
        .map(|r| {
            let what = NewDelegation {
                from_office: r.get(1)?,
                to_office: r.get(2)?,
                scope: r.get(3)?,
                source: r.get(4)?,
                valid_from: r.get::<String>(5)?.parse().map_err(Error::Bug)?,
                valid_to: day(r.get(6)?)?,
            };
            let in_force = what.valid_from <= today && what.valid_to.is_none_or(|to| today <= to);
            Ok(Delegation { id: r.get(0)?, what, in_force })
        })
        .collect::<Result<_>>()?;
    all.sort_by_key(|d| !d.in_force);
    cx.record(Verb::Consult, "delegation", None, json!({ "delegations": all.len() }))?;
    Ok(all)
}
