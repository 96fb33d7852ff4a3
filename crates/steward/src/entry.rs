//! The entries of the registers: written by people, kept with every version, found from both ends of what ties them.

use crate::{
    register::{Body, Field, FieldKind, Register, code_of, is_code},
    registers, strategy,
};
use bluelamp_access::algorithm;
use bluelamp_model::{
    Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::Serialize;
use serde_json::json;

/// An entry as it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Its row.
    #[serde(skip)]
    pub id: Id,
    /// The register's code.
    pub register: String,
    /// Its code within the register; never used again for another.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// The organisation that keeps it, by code; empty where it belongs to all.
    pub organisation: String,
    /// What is written.
    pub body: Body,
    /// How often it was written; whoever changes it says which version they saw.
    pub version: i64,
    /// Whether it was withdrawn. It stays readable.
    pub withdrawn: bool,
    /// When it was written last.
    pub changed_at: Time,
}

/// One version of an entry.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Version {
    /// Its number, from 1.
    pub version: i64,
    /// What was written.
    pub body: Body,
    /// Whether it was withdrawn by it.
    pub withdrawn: bool,
    /// When.
    pub at: Time,
    /// By whom; nobody where it came from a file.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
}

/// Another entry that points at something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pointer {
    /// The register's code.
    pub register: String,
    /// The entry's code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// The field that points.
    pub field: String,
}

const COLUMNS: &str =
    "select id, register, code, title, organisation, body, version, withdrawn, changed_at from entry";

fn read(row: &Row) -> Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        register: row.get(1)?,
        code: row.get(2)?,
        title: row.get(3)?,
        organisation: row.get(4)?,
        body: body_of(&row.get::<String>(5)?)?,
        version: row.get(6)?,
        withdrawn: row.get::<i64>(7)? != 0,
        changed_at: row.get(8)?,
    })
}

fn body_of(text: &str) -> Result<Body> {
    Body::of_stored(text).map_err(|e| Error::Bug(format!("a stored entry cannot be read: {e}")))
}

/// Finds a register by its code.
///
/// # Errors
/// [`Error::NotFound`].
pub fn known(register: &str) -> Result<&'static Register> {
    registers::ALL
        .iter()
        .copied()
        .find(|r| r.code == register)
        .ok_or_else(|| Error::NotFound(format!("a register called ‘{register}’")))
}

/// Every entry of a register by title, the withdrawn ones too.
///
/// # Errors
/// Not allowed; database errors.
pub fn entries(cx: &mut Cx<'_>, register: &Register) -> Result<Vec<Entry>> {
    cx.allow(register.reads, None)?;
    let all = held(cx, register.code)?;
    cx.record(Verb::Consult, "register", None, json!({ "register": register.code, "entries": all.len() }))?;
    Ok(all)
}

/// Every entry of a register. For a function that has asked the policy.
///
/// # Errors
/// Database errors.
pub(crate) fn held(cx: &mut Cx<'_>, register: &str) -> Result<Vec<Entry>> {
    cx.rows(&format!("{COLUMNS} where register = $1 order by title, code"), &[register.into()])?
        .iter()
        .map(read)
        .collect()
}

/// Those of a register that stand, as another module's plain type with their codes. For a function that has asked the
/// policy.
///
/// # Errors
/// Database errors; [`Error::Bug`] where the type asks for what the register does not.
pub(crate) fn typed<T: serde::de::DeserializeOwned>(
    cx: &mut Cx<'_>,
    register: &Register,
) -> Result<Vec<(String, T)>> {
    let all = held(cx, register.code)?;
    all.into_iter()
        .filter(|e| !e.withdrawn)
        .map(|e| {
            let read = e.body.as_type();
            let read = read.map_err(|m| Error::Bug(format!("{} {}: {m}", e.register, e.code)))?;
            Ok((e.code, read))
        })
        .collect()
}

/// One entry.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn entry(cx: &mut Cx<'_>, register: &Register, code: &str) -> Result<Entry> {
    cx.allow(register.reads, None)?;
    let found = find(cx, register, code)?;
    cx.record(Verb::Consult, "entry", Some(found.id), json!({ "register": register.code, "code": code }))?;
    Ok(found)
}

/// One entry. For a function that has asked the policy.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn find(cx: &mut Cx<'_>, register: &Register, code: &str) -> Result<Entry> {
    let absent = || Error::NotFound(format!("{} with the code ‘{code}’", one_of(register)));
    if !is_code(code) {
        return Err(absent());
    }
    let row = cx
        .row(&format!("{COLUMNS} where register = $1 and code = $2"), &[register.code.into(), code.into()])?;
    row.as_ref().map(read).transpose()?.ok_or_else(absent)
}

/// Every version of an entry, the latest first.
///
/// # Errors
/// Not allowed; database errors.
pub fn history(cx: &mut Cx<'_>, register: &Register, entry: &Entry) -> Result<Vec<Version>> {
    cx.allow(register.reads, None)?;
    let rows = cx.rows(
        "select v.version, v.body, v.withdrawn, v.at, a.name, v.reason from entry_version v
         left join account a on a.id = v.by_id where v.entry_id = $1 order by v.version desc",
        &[entry.id.into()],
    )?;
    rows.iter()
        .map(|r| {
            Ok(Version {
                version: r.get(0)?,
                body: body_of(&r.get::<String>(1)?)?,
                withdrawn: r.get::<i64>(2)? != 0,
                at: r.get(3)?,
                by: r.get(4)?,
                reason: r.get(5)?,
            })
        })
        .collect()
}

/// What points at something of another room, for whoever may see the strategy: the items behind an element, the items and
/// benefits behind an algorithm, the benefits behind a complaint.
///
/// # Errors
/// Not allowed; database errors.
pub fn pointers(cx: &mut Cx<'_>, target: &str) -> Result<Vec<Pointer>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let all = if target.contains('\0') { Vec::new() } else { pointing_at(cx, target)? };
    cx.record(Verb::Consult, "register", None, json!({ "pointing": all.len() }))?;
    Ok(all)
}

/// What points at something, by register and title: the way back to an entry.
///
/// # Errors
/// Database errors. For a function that has asked the policy.
pub fn pointing_at(cx: &mut Cx<'_>, target: &str) -> Result<Vec<Pointer>> {
    let rows = cx.rows(
        "select e.register, e.code, e.title, l.field from entry_link l join entry e on e.id = l.entry_id
         where l.target = $1 and e.withdrawn = 0 order by e.register, e.title, l.field",
        &[target.into()],
    )?;
    rows.iter()
        .map(|r| Ok(Pointer { register: r.get(0)?, code: r.get(1)?, title: r.get(2)?, field: r.get(3)? }))
        .filter(|p: &Result<Pointer>| match p {
            // Of a register that somebody may not read they are not told what an entry is called either.
            Ok(p) => known(&p.register).is_ok_and(|r| cx.would_allow(r.reads, None)),
            Err(_) => true,
        })
        .collect()
}

/// Writes a new entry. Without a code it gets one from its title.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] for a code that is none or is taken, for what it points at and is not there, and for a
/// field that only a step fills, in a register that takes nothing that is under way.
pub fn create(cx: &mut Cx<'_>, register: &Register, code: &str, body: &Body, reason: &str) -> Result<Entry> {
    cx.allow(register.writes, None)?;
    by_hand(register)?;
    let mut reason = reason.trim().to_owned();
    let given = register.fields.iter().filter(|f| f.locked && body.get(f.name).is_some());
    if !register.under_way {
        let wrong = given.clone().map(|f| FieldError {
            field: f.name.into(),
            code: "locked".into(),
            message: format!("{}: leave it out; it comes of a step, and is not entered", f.label),
        });
        let wrong: Vec<_> = wrong.collect();
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
    }
    let set: Vec<&str> = given.map(|f| f.label).collect();
    if !set.is_empty() {
        // Work that was under way before this register was kept is entered as it stands; its history says so.
        let words = format!("Entered as it stood, without a step here: {}", set.join(", "));
        reason = if reason.is_empty() { words } else { format!("{reason}\n{words}") };
    }
    insert(cx, register, code, body, &reason)
}

/// Writes new entries, all or none: of a survey, of a model of the architecture. Those whose code is taken are changed.
///
/// # Errors
/// As [`create`].
pub fn put_all(
    cx: &mut Cx<'_>,
    register: &Register,
    all: &[(String, Body)],
    reason: &str,
) -> Result<(usize, usize)> {
    cx.allow(register.writes, None)?;
    by_hand(register)?;
    put(cx, register, all, reason)
}

/// As [`put_all`], for a function that has asked the policy itself.
pub(crate) fn put(
    cx: &mut Cx<'_>,
    register: &Register,
    all: &[(String, Body)],
    reason: &str,
) -> Result<(usize, usize)> {
    let (mut new, mut changed) = (0, 0);
    for (code, body) in all {
        match find(cx, register, code) {
            Ok(held) if held.body == *body && !held.withdrawn => {}
            Ok(held) => {
                update(cx, register, &held, body, false, reason)?;
                changed += 1;
            }
            Err(Error::NotFound(_)) => {
                insert(cx, register, code, body, reason)?;
                new += 1;
            }
            Err(e) => return Err(e),
        }
    }
    cx.record(
        Verb::Alter,
        "register",
        None,
        json!({ "register": register.code, "new": new, "changed": changed }),
    )?;
    Ok((new, changed))
}

/// Writes an entry anew. Locked fields keep what a function with rules of its own has made of them.
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Stale`] where somebody else has written it since; as [`create`].
pub fn change(
    cx: &mut Cx<'_>,
    register: &Register,
    code: &str,
    version: i64,
    body: &Body,
    reason: &str,
) -> Result<Entry> {
    cx.allow(register.writes, None)?;
    by_hand(register)?;
    let held = seen(cx, register, code, version)?;
    let mut body = body.clone();
    for field in register.fields.iter().filter(|f| f.locked) {
        match held.body.get(field.name) {
            Some(kept) => body.set(field.name, kept.clone()),
            // What was never set is not set by hand either.
            None => body.remove(field.name),
        }
    }
    update(cx, register, &held, &body, false, reason)
}

/// Withdraws an entry: it counts no more, and stays readable with its history.
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`] without reasons.
pub fn withdraw(
    cx: &mut Cx<'_>,
    register: &Register,
    code: &str,
    version: i64,
    reason: &str,
) -> Result<Entry> {
    cx.allow(register.writes, None)?;
    by_hand(register)?;
    if reason.trim().is_empty() {
        return Err(Error::field("reason", "required", "Enter why it is withdrawn"));
    }
    let held = seen(cx, register, code, version)?;
    let body = held.body.clone();
    update(cx, register, &held, &body, true, reason)
}

/// One of a register's entries, with its article.
fn one_of(register: &Register) -> String {
    let article = if register.one.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {}", register.one)
}

fn by_hand(register: &Register) -> Result<()> {
    if register.by_hand {
        return Ok(());
    }
    let message = format!("{} is not written by hand; it comes of its own step", one_of(register));
    Err(Error::Conflict(message))
}

fn seen(cx: &mut Cx<'_>, register: &Register, code: &str, version: i64) -> Result<Entry> {
    let held = find(cx, register, code)?;
    if held.version != version {
        return Err(Error::Stale(format!("the {} ‘{code}’", register.one)));
    }
    Ok(held)
}

/// As [`create`], for a function that has asked the policy and has rules of its own.
pub(crate) fn insert(
    cx: &mut Cx<'_>,
    register: &Register,
    code: &str,
    body: &Body,
    reason: &str,
) -> Result<Entry> {
    let code = match code.trim() {
        "" => free_code(cx, register, body.text("title"))?,
        code => code.to_owned(),
    };
    let wrong = |kind: &str, message: String| Err(Error::field("code", kind, message));
    if !is_code(&code) || code == "new" {
        let message = format!("‘{code}’ cannot be a code: use small letters, digits and hyphens, at most 80");
        return wrong("not-a-code", message);
    }
    let taken = cx.row(
        "select id from entry where register = $1 and code = $2",
        &[register.code.into(), code.as_str().into()],
    )?;
    if taken.is_some() {
        return wrong("taken", format!("There is {} with the code ‘{code}’ already", one_of(register)));
    }
    targets_exist(cx, register, &code, body, None)?;
    let (id, now, text) = (cx.new_id()?, cx.now(), text(body)?);
    let by = cx.actor().id;
    cx.exec(
        "insert into entry (id, register, code, title, organisation, body, version, withdrawn, changed_at, changed_by)
         values ($1, $2, $3, $4, $5, $6, 1, 0, $7, $8)",
        &[
            id.into(),
            register.code.into(),
            code.as_str().into(),
            body.text("title").into(),
            body.text("organisation").into(),
            text.as_str().into(),
            now.into(),
            by.into(),
        ],
    )?;
    let entry = Entry {
        id,
        register: register.code.into(),
        code,
        title: body.text("title").into(),
        organisation: body.text("organisation").into(),
        body: body.clone(),
        version: 1,
        withdrawn: false,
        changed_at: now,
    };
    keep(cx, register, &entry, &text, reason)?;
    Ok(entry)
}

/// As [`change`], for a function that has asked the policy and has rules of its own.
pub(crate) fn update(
    cx: &mut Cx<'_>,
    register: &Register,
    held: &Entry,
    body: &Body,
    withdrawn: bool,
    reason: &str,
) -> Result<Entry> {
    targets_exist(cx, register, &held.code, body, Some(&held.body))?;
    let (now, text) = (cx.now(), text(body)?);
    let by = cx.actor().id;
    let version = held.version + 1;
    let touched = cx.exec(
        "update entry set title = $1, organisation = $2, body = $3, version = $4, withdrawn = $5, changed_at = $6,
         changed_by = $7 where id = $8 and version = $9",
        &[
            body.text("title").into(),
            body.text("organisation").into(),
            text.as_str().into(),
            version.into(),
            i64::from(withdrawn).into(),
            now.into(),
            by.into(),
            held.id.into(),
            held.version.into(),
        ],
    )?;
    if touched != 1 {
        return Err(Error::Stale(format!("the {} ‘{}’", register.one, held.code)));
    }
    let entry = Entry {
        title: body.text("title").into(),
        organisation: body.text("organisation").into(),
        body: body.clone(),
        version,
        withdrawn,
        changed_at: now,
        ..held.clone()
    };
    cx.exec("delete from entry_link where entry_id = $1", &[held.id.into()])?;
    keep(cx, register, &entry, &text, reason)?;
    Ok(entry)
}

/// Keeps the version, what it points at, and the trace of who wrote it.
fn keep(cx: &mut Cx<'_>, register: &Register, entry: &Entry, text: &str, reason: &str) -> Result<()> {
    let by = cx.actor().id;
    cx.exec(
        "insert into entry_version (entry_id, version, title, body, withdrawn, at, by_id, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            entry.id.into(),
            entry.version.into(),
            entry.title.as_str().into(),
            text.into(),
            i64::from(entry.withdrawn).into(),
            entry.changed_at.into(),
            by.into(),
            reason.trim().into(),
        ],
    )?;
    let mut links: Vec<_> = register.targets(&entry.body);
    links.sort();
    links.dedup();
    let rows = links
        .into_iter()
        .map(|(field, target)| vec![entry.id.into(), field.into(), target.as_str().into()])
        .collect();
    cx.insert_rows("insert into entry_link (entry_id, field, target) values", rows, "")?;
    cx.record(
        Verb::Alter,
        "entry",
        Some(entry.id),
        json!({ "register": register.code, "code": entry.code, "version": entry.version, "withdrawn": entry.withdrawn }),
    )
}

fn text(body: &Body) -> Result<String> {
    serde_json::to_string(body).map_err(|e| Error::Bug(format!("an entry cannot be written: {e}")))
}

/// A code from the title that nobody has.
fn free_code(cx: &mut Cx<'_>, register: &Register, title: &str) -> Result<String> {
    let stem = code_of(title);
    let stem = if stem == "new" { "new-entry".to_owned() } else { stem };
    let taken = cx.rows(
        "select code from entry where register = $1 and (code = $2 or code like $3)",
        &[register.code.into(), stem.as_str().into(), format!("{stem}-%").into()],
    )?;
    let taken = taken.iter().map(|r| Ok(r.get(0)?)).collect::<Result<Vec<String>>>()?;
    let mut code = stem.clone();
    let mut n = 1;
    while taken.contains(&code) {
        n += 1;
        code = format!("{stem}-{n}");
    }
    Ok(code)
}

/// What an entry points at within the registers has to be there and stand: a slip of the pen would hang in the air unseen.
/// What it pointed at before may have been withdrawn since.
fn targets_exist(
    cx: &mut Cx<'_>,
    register: &Register,
    own: &str,
    body: &Body,
    before: Option<&Body>,
) -> Result<()> {
    let mut wrong = (register.check_with)(cx, own, body)?;
    for field in register.fields {
        let new = |codes: Vec<&str>| -> Vec<String> {
            let kept = before.map(|b| b.all(field.name)).unwrap_or_default();
            codes.into_iter().filter(|c| !kept.contains(c)).map(str::to_owned).collect()
        };
        match field.kind {
            FieldKind::Elements => elements_exist(cx, field, &new(body.all(field.name)), &mut wrong)?,
            FieldKind::Named("algorithm") => {
                algorithms_exist(cx, field, &new(body.all(field.name)), &mut wrong)?;
            }
            _ => {}
        }
        let (other, codes) = match field.kind {
            FieldKind::Link(other) => (other, vec![body.text(field.name)]),
            FieldKind::Links(other) => (other, body.all(field.name)),
            _ => continue,
        };
        for code in codes.into_iter().filter(|c| !c.is_empty()) {
            if other == register.code && code == own {
                wrong.push(pointing(
                    field,
                    "itself",
                    format!("{}: ‘{code}’ is this entry itself", field.label),
                ));
                continue;
            }
            let there = cx.row(
                "select withdrawn from entry where register = $1 and code = $2",
                &[other.into(), code.into()],
            )?;
            let one = known(other).map_or(other, |r| r.one);
            match there.map(|r| r.get::<i64>(0)).transpose()? {
                None => {
                    let message = format!("{}: there is no {one} with the code ‘{code}’", field.label);
                    wrong.push(pointing(field, "absent", message));
                }
                Some(withdrawn)
                    if withdrawn != 0
                        && !before.is_some_and(|b| {
                            b.text(field.name) == code || b.all(field.name).contains(&code)
                        }) =>
                {
                    let message =
                        format!("{}: ‘{code}’ was withdrawn; point at one that stands", field.label);
                    wrong.push(pointing(field, "withdrawn", message));
                }
                Some(_) => {}
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

/// Elements of the strategies that are held; where none is held yet, nobody can say.
fn elements_exist(cx: &mut Cx<'_>, field: &Field, new: &[String], wrong: &mut Vec<FieldError>) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let held = strategy::current(cx)?;
    for reference in new.iter().filter(|_| !held.is_empty()) {
        let (strategy, element) = reference.split_once(':').unwrap_or((reference, ""));
        let message = match held.iter().find(|(h, _)| h.id == strategy) {
            None => {
                let known: Vec<_> = held.iter().map(|(h, _)| h.id.as_str()).collect();
                format!("there is no strategy ‘{strategy}’; held are {}", known.join(", "))
            }
            Some((_, s)) if s.elements.iter().any(|e| e.id.as_str() == element) => continue,
            Some(_) => format!("the strategy ‘{strategy}’ has no element ‘{element}’"),
        };
        wrong.push(pointing(field, "absent", format!("{}: {message}", field.label)));
    }
    Ok(())
}

/// Algorithms of the register; where it is empty yet, nobody can say.
fn algorithms_exist(
    cx: &mut Cx<'_>,
    field: &Field,
    new: &[String],
    wrong: &mut Vec<FieldError>,
) -> Result<()> {
    for name in new {
        if algorithm::meant(cx, name)?.as_ref() == Some(name) {
            continue;
        }
        let message = format!(
            "{}: the register of algorithms has no ‘{name}’; write kind/name as it does",
            field.label
        );
        wrong.push(pointing(field, "absent", message));
    }
    Ok(())
}

fn pointing(field: &Field, code: &str, message: String) -> FieldError {
    FieldError { field: field.name.into(), code: code.into(), message }
}
