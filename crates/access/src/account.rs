//! Staff accounts: invited by a one-time link, disabled but never deleted.

use crate::{Policy, password, secret};
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Cx, Db, Row};
use serde::Serialize;
use serde_json::json;

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The pseudonym under which the log knows them.
    pub id: Id,
    /// What they type to sign in.
    pub username: String,
    /// Their name as colleagues read it.
    pub name: String,
    /// Roles by code.
    pub roles: Vec<String>,
    /// Whether they may still sign in.
    pub disabled: bool,
    /// Whether they have set a password.
    pub active: bool,
}

/// What is needed to make an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Unique; letters, digits, dot and hyphen.
    pub username: String,
    /// Their name.
    pub name: String,
    /// Roles by code; each must be in the policy.
    pub roles: Vec<String>,
}

/// An invitation has to be taken up within two days.
const INVITATION_SECONDS: i64 = 48 * 3600;

/// Reads the columns of [`COLUMNS`], wherever they begin a row.
pub(crate) fn account(row: &Row) -> Result<Account> {
    let roles: String = row.get(3)?;
    Ok(Account {
        id: row.get(0)?,
        username: row.get(1)?,
        name: row.get(2)?,
        roles: roles.split(' ').filter(|r| !r.is_empty()).map(str::to_owned).collect(),
        disabled: row.get::<Option<Time>>(4)?.is_some(),
        active: row.get::<Option<String>>(5)?.is_some(),
    })
}

pub(crate) const COLUMNS: &str = "a.id, a.username, a.name, a.roles, a.disabled_at, a.password";

/// How a username is kept and compared.
pub(crate) fn plain(username: &str) -> String {
    username.trim().to_lowercase()
}

/// Makes the first administrator, as the system itself, and gives the secret of a one-time link with which they
/// set their password. Possible until somebody has: with the same username again where the link has run out.
///
/// Which roles an administrator has is what the policy says: the first that may manage accounts.
///
/// # Errors
/// [`Error::Conflict`] once somebody can sign in, [`Error::Invalid`] for a bad name, [`Error::Forbidden`] where
/// the policy does not let the system do it.
pub fn bootstrap_administrator(db: &Db, policy: &Policy, username: &str, name: &str) -> Result<String> {
    let role =
        policy.roles.iter().find(|role| policy.role_may(&role.code, action::ACCOUNT_MANAGE)).ok_or_else(
            || Error::field("roles", "unknown", "The policy has no role that may manage accounts"),
        )?;
    let new =
        NewAccount { username: username.to_owned(), name: name.to_owned(), roles: vec![role.code.clone()] };
    let policy = policy.clone();
    db.write(&Actor::system(), move |cx| {
        cx.allow(action::ACCOUNT_BOOTSTRAP, None)?;
        cx.take_turn("account.bootstrap")?; // two at once would both find nobody
        if cx.row("select 1 from account where password is not null", &[])?.is_some() {
            return Err(Error::Conflict(
                "somebody can sign in already: an administrator makes further accounts".into(),
            ));
        }
        let waiting = cx.row(
            "select id from account where username = $1 and roles = $2 and disabled_at is null",
            &[plain(&new.username).into(), new.roles.join(" ").into()],
        )?;
        let id = match waiting {
            Some(row) => row.get(0)?,
            None => add_account(cx, &policy, &new)?,
        };
        new_invitation(cx, id)
    })
}

/// Makes an account without a password. Follow with [`invite`].
///
/// # Errors
/// [`Error::Invalid`] for a bad name or an unknown role, [`Error::Conflict`] when the username is taken.
pub fn create_account(cx: &mut Cx<'_>, policy: &Policy, new: &NewAccount) -> Result<Id> {
    cx.allow(action::ACCOUNT_MANAGE, None)?;
    add_account(cx, policy, new)
}

fn add_account(cx: &mut Cx<'_>, policy: &Policy, new: &NewAccount) -> Result<Id> {
    let username = plain(&new.username);
    if username.is_empty() || !username.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-') {
        return Err(Error::field(
            "username",
            "format",
            "Username must use letters, numbers, dots and hyphens only",
        ));
    }
    if new.name.trim().is_empty() {
        return Err(Error::field("name", "required", "Enter the person's name"));
    }
    if new.roles.is_empty() {
        return Err(Error::field("roles", "required", "Select at least one role"));
    }
    let reserved = ["public", "system"];
    if let Some(role) = new
        .roles
        .iter()
        .find(|r| reserved.contains(&r.as_str()) || !policy.roles.iter().any(|known| known.code == **r))
    {
        return Err(Error::field(
            "roles",
            "unknown",
            format!("'{role}' is not a role that a person can have"),
        ));
    }
    if cx.row("select 1 from account where username = $1", &[username.as_str().into()])?.is_some() {
        return Err(Error::field("username", "taken", "Somebody has that username already"));
    }
    let id = cx.new_id()?;
    let now = cx.now();
    cx.exec(
        "insert into account (id, username, name, roles, created_at) values ($1, $2, $3, $4, $5)",
        &[id.into(), username.into(), new.name.trim().into(), new.roles.join(" ").into(), now.into()],
    )?;
    cx.record(Verb::Administer, "account", Some(id), json!({ "roles": new.roles }))?;
    Ok(id)
}

/// A one-time link's secret with which the person sets a password. Earlier ones stop working.
///
/// # Errors
/// Not allowed, or database errors.
pub fn invite(cx: &mut Cx<'_>, account: Id) -> Result<String> {
    cx.allow(action::ACCOUNT_MANAGE, Some(account))?;
    new_invitation(cx, account)
}

fn new_invitation(cx: &mut Cx<'_>, account: Id) -> Result<String> {
    let secret = secret::new(cx)?;
    let expires = cx.now().plus_seconds(INVITATION_SECONDS);
    cx.exec("delete from invitation where account_id = $1", &[account.into()])?;
    cx.exec(
        "insert into invitation (id, account_id, expires_at) values ($1, $2, $3)",
        &[secret::digest(&secret).into(), account.into(), expires.into()],
    )?;
    cx.record(Verb::Administer, "invitation", Some(account), json!({}))?;
    Ok(secret)
}

/// Takes up an invitation: sets the password, uses up the link, ends what sessions there were, gives the
/// username.
///
/// # Errors
/// [`Error::Invalid`] for a weak password, which leaves the link as it was; [`Error::NotFound`] for one that is
/// wrong, used or too old.
pub fn accept_invitation(db: &Db, link: &str, password: &str) -> Result<String> {
    let digest = secret::digest(link);
    let gone =
        || Error::NotFound("this invitation was used already or has run out; ask for a new one".into());
    let lookup = digest.clone();
    // An attempt is logged whether the link is good or not.
    let found = db.write(&Actor::public(), move |cx| {
        cx.allow(action::SESSION_OPEN, None)?;
        let now = cx.now();
        let row = cx.row(
            "select a.id, a.username from invitation i join account a on a.id = i.account_id
             where i.id = $1 and i.used_at is null and i.expires_at > $2 and a.disabled_at is null",
            &[lookup.clone().into(), now.into()],
        )?;
        let step = if row.is_some() { "opened" } else { "no such link" };
        let id = row.as_ref().map(|r| r.get::<Id>(0)).transpose()?;
        cx.record(Verb::Authenticate, "invitation", id, json!({ "step": step }))?;
        row.map(|r| Ok((r.get::<Id>(0)?, r.get::<String>(1)?, cx.random::<16>()?))).transpose()
    })?;
    let (id, username, salt) = found.ok_or_else(gone)?;
    password::check(password, &username)?;
    let hashed = password::hash(password, &salt)?; // slow on purpose, so outside the transaction
    db.write(&Actor::public(), move |cx| {
        cx.allow(action::SESSION_OPEN, None)?;
        let now = cx.now();
        // Whoever changes this row first has used the link; the account may have been disabled meanwhile.
        let used = cx.exec(
            "update invitation set used_at = $1 where id = $2 and used_at is null and expires_at > $1",
            &[now.into(), digest.clone().into()],
        )?;
        let set = cx.exec(
            "update account set password = $1, failures = 0, wait_until = null
             where id = $2 and disabled_at is null",
            &[hashed.as_str().into(), id.into()],
        )?;
        if (used, set) != (1, 1) {
            return Err(gone());
        }
        cx.end_sessions_of(id)?;
        cx.record(Verb::Authenticate, "account", Some(id), json!({ "step": "password set" }))
    })?;
    Ok(username)
}

/// Everybody who has an account, by username.
///
/// # Errors
/// Not allowed, or database errors.
pub fn accounts(cx: &mut Cx<'_>) -> Result<Vec<Account>> {
    cx.allow(action::ACCOUNT_MANAGE, None)?;
    let rows = cx.rows(&format!("select {COLUMNS} from account a order by username"), &[])?;
    cx.record(Verb::Consult, "account", None, json!({ "results": rows.len() }))?;
    rows.iter().map(account).collect()
}

/// The account with this username.
///
/// # Errors
/// [`Error::NotFound`], or not allowed.
pub fn find_account(cx: &mut Cx<'_>, username: &str) -> Result<Account> {
    cx.allow(action::ACCOUNT_MANAGE, None)?;
    let row =
        cx.row(&format!("select {COLUMNS} from account a where username = $1"), &[plain(username).into()])?;
    let found = row
        .as_ref()
        .map(account)
        .transpose()?
        .ok_or_else(|| Error::NotFound(format!("account '{username}'")))?;
    cx.record(Verb::Consult, "account", Some(found.id), json!({ "results": 1 }))?;
    Ok(found)
}

/// Ends an account's access: sessions, tokens and sign-in. The account itself stays, for the log.
///
/// # Errors
/// Not allowed, or database errors.
pub fn disable_account(db: &Db, actor: &Actor, id: Id) -> Result<()> {
    db.write(actor, move |cx| {
        cx.allow(action::ACCOUNT_MANAGE, Some(id))?;
        let now = cx.now();
        cx.exec("update account set disabled_at = $1 where id = $2", &[now.into(), id.into()])?;
        cx.exec(
            "update api_token set revoked_at = $1 where account_id = $2 and revoked_at is null",
            &[now.into(), id.into()],
        )?;
        cx.end_sessions_of(id)?;
        cx.record(Verb::Administer, "account", Some(id), json!({ "step": "disabled" }))
    })
}
