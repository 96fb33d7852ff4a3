//! Staff accounts: invited by a one-time link, signed in with a purpose, disabled but never deleted.

use crate::{Policy, password, secret};
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Cx, Db, Row, Token};
use serde::{Deserialize, Serialize};
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

/// What a sign-in gives.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who it is.
    pub session: Session,
    /// The text for the cookie.
    pub token: String,
}

/// What a staff session holds.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Session {
    /// The account.
    pub account: Id,
    /// Its username.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// Roles at sign-in.
    pub roles: Vec<String>,
    /// The purpose that was chosen.
    pub purpose: String,
    /// When the session began.
    pub since: Time,
}

impl Session {
    /// The actor behind this session.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::staff(self.account, self.roles.clone(), self.purpose.clone())
    }
}

/// A new API token: the secret is shown this once.
#[derive(Clone, Debug, Serialize)]
pub struct TokenIssued {
    /// What goes behind `Authorization: Bearer`.
    pub token: String,
    /// When it stops working.
    pub expires_at: Time,
}

/// Kind of the sessions made here.
const STAFF: &str = "staff";
/// A session ends after so long without a request; a shift changes hands sooner.
const IDLE_SECONDS: i64 = 30 * 60;
/// An invitation has to be taken up within two days.
const INVITATION_SECONDS: i64 = 48 * 3600;
/// After so many wrong passwords in a row, each further one makes the name wait.
const FREE_TRIES: i64 = 5;
const LONGEST_WAIT_SECONDS: i64 = 15 * 60;

fn account(row: &Row) -> Result<Account> {
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

const COLUMNS: &str =
    "select id, username, name, roles, disabled_at, password, failures, wait_until from account";

/// Makes an account without a password. Follow with [`invite`].
///
/// # Errors
/// [`Error::Invalid`] for a bad name or an unknown role, [`Error::Conflict`] when the username is taken.
pub fn create_account(cx: &mut Cx<'_>, policy: &Policy, new: &NewAccount) -> Result<Id> {
    cx.allow(action::ACCOUNT_MANAGE, None)?;
    add_account(cx, policy, new)
}

fn add_account(cx: &mut Cx<'_>, policy: &Policy, new: &NewAccount) -> Result<Id> {
    let username = new.username.trim().to_lowercase();
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

/// Takes up an invitation: sets the password, uses up the link, gives the username.
///
/// # Errors
/// [`Error::Invalid`] for a weak password, [`Error::NotFound`] for a link that is wrong, used or too old.
pub fn accept_invitation(db: &Db, link: &str, password: &str) -> Result<String> {
    let digest = secret::digest(link);
    let find = "select a.id, a.username from invitation i join account a on a.id = i.account_id
                where i.id = $1 and i.used_at is null and i.expires_at > $2 and a.disabled_at is null";
    let gone =
        || Error::NotFound("this invitation was used already or has run out; ask for a new one".into());
    let first = digest.clone();
    let (username, salt) = db.write(&Actor::public(), move |cx| {
        cx.allow(action::SESSION_OPEN, None)?;
        cx.record(Verb::Authenticate, "invitation", None, json!({ "step": "opened" }))?;
        let now = cx.now();
        let row = cx.row(find, &[first.clone().into(), now.into()])?.ok_or_else(gone)?;
        Ok((row.get::<String>(1)?, cx.random::<16>()?))
    })?;
    password::check(password, &username)?;
    let hashed = password::hash(password, &salt)?; // slow on purpose, so outside the transaction
    db.write(&Actor::public(), move |cx| {
        cx.allow(action::SESSION_OPEN, None)?;
        let now = cx.now();
        let row = cx.row(find, &[digest.clone().into(), now.into()])?.ok_or_else(gone)?;
        let id: Id = row.get(0)?;
        cx.exec("update invitation set used_at = $1 where id = $2", &[now.into(), digest.clone().into()])?;
        cx.exec(
            "update account set password = $1, failures = 0, wait_until = null where id = $2",
            &[hashed.as_str().into(), id.into()],
        )?;
        cx.record(Verb::Authenticate, "account", Some(id), json!({ "step": "password set" }))?;
        Ok(row.get::<String>(1)?)
    })
}

/// Signs somebody in for a purpose.
///
/// # Errors
/// [`Error::Invalid`] without saying whether the name or the password was wrong; [`Error::Unavailable`] while
/// the name has to wait; [`Error::Forbidden`] for a purpose that none of the roles may choose.
pub fn sign_in(
    db: &Db,
    policy: &Policy,
    username: &str,
    password: &str,
    purpose: Option<&str>,
) -> Result<SignedIn> {
    let name = username.trim().to_lowercase();
    let wrong = || Error::field("username", "wrong", "The username or password is not right");
    let lookup = name.clone();
    // Reading the account is part of an attempt, and the attempt is what is logged.
    let found = db.write(&Actor::public(), move |cx| {
        cx.allow(action::SESSION_OPEN, None)?;
        let row = cx.row(&format!("{COLUMNS} where username = $1"), &[lookup.as_str().into()])?;
        let id = row.as_ref().map(|r| r.get::<Id>(0)).transpose()?;
        cx.record(Verb::Authenticate, "account", id, json!({ "step": "attempt" }))?;
        row.map(|r| {
            Ok((account(&r)?, r.get::<Option<String>>(5)?, r.get::<i64>(6)?, r.get::<Option<Time>>(7)?))
        })
        .transpose()
    })?;
    let Some((account, Some(kept), failures, wait_until)) = found.filter(|f| !f.0.disabled) else {
        password::pretend(password);
        return Err(wrong());
    };
    if wait_until.is_some_and(|t| t > db.now()) {
        return Err(Error::Unavailable(
            "too many wrong passwords for this username; wait a few minutes".into(),
        ));
    }
    let id = account.id;
    if !password::verify(password, &kept) {
        db.write(&Actor::public(), move |cx| {
            cx.allow(action::SESSION_OPEN, None)?;
            let over = failures + 1 - FREE_TRIES;
            let wait =
                (over > 0).then(|| cx.now().plus_seconds((15_i64 << over.min(6)).min(LONGEST_WAIT_SECONDS)));
            cx.exec(
                "update account set failures = failures + 1, wait_until = $1 where id = $2",
                &[wait.into(), id.into()],
            )?;
            cx.record(Verb::Authenticate, "account", Some(id), json!({ "step": "wrong password" }))
        })?;
        return Err(wrong());
    }
    let choices = policy.purposes_of(&account.roles);
    let purpose = match purpose.filter(|p| !p.is_empty()) {
        Some(p) if choices.iter().any(|c| c.code == p) => p.to_owned(),
        Some(_) => {
            return Err(Error::field("purpose", "not-yours", "None of your roles may act for that purpose"));
        }
        None => match choices.as_slice() {
            [only] => only.code.clone(),
            _ => return Err(Error::field("purpose", "required", "Select the purpose you are working for")),
        },
    };
    let session = Session {
        account: id,
        username: account.username.clone(),
        name: account.name.clone(),
        roles: account.roles.clone(),
        purpose,
        since: db.now(),
    };
    let chosen = session.purpose.clone();
    db.write(&Actor::public(), move |cx| {
        cx.allow(action::SESSION_OPEN, None)?;
        cx.exec("update account set failures = 0, wait_until = null where id = $1", &[id.into()])?;
        cx.record(Verb::Authenticate, "account", Some(id), json!({ "step": "signed in", "purpose": chosen }))
    })?;
    let token = db.new_session(STAFF, Some(id), &bytes(&session)?, db.now().plus_seconds(IDLE_SECONDS))?;
    Ok(SignedIn { session, token: token.text().to_owned() })
}

fn bytes(session: &Session) -> Result<Vec<u8>> {
    serde_json::to_vec(session).map_err(|e| Error::Bug(e.to_string()))
}

/// The session behind a cookie, which lives on from now; none when it has ended.
///
/// # Errors
/// Database errors.
pub fn session_actor(db: &Db, cookie: &str) -> Result<Option<Session>> {
    let Some(token) = Token::parse(cookie) else { return Ok(None) };
    let Some(value) = db.session(&token, STAFF)? else { return Ok(None) };
    let session: Session = serde_json::from_slice(&value).map_err(|e| Error::Bug(e.to_string()))?;
    db.touch_session(&token, db.now().plus_seconds(IDLE_SECONDS), IDLE_SECONDS / 2)?;
    Ok(Some(session))
}

/// Goes on with the same session for another purpose.
///
/// # Errors
/// [`Error::Invalid`] for a purpose that none of the person's roles may choose; database errors.
pub fn change_purpose(
    db: &Db,
    policy: &Policy,
    cookie: &str,
    session: &Session,
    purpose: &str,
) -> Result<()> {
    if !policy.purposes_of(&session.roles).iter().any(|p| p.code == purpose) {
        return Err(Error::field(
            "purpose",
            "not-yours",
            "Select a purpose that one of your roles may act for",
        ));
    }
    let token = Token::parse(cookie).ok_or_else(|| Error::NotFound("that session".into()))?;
    let (account, chosen) = (session.account, purpose.to_owned());
    db.write(&Actor::public(), move |cx| {
        cx.allow(action::SESSION_OPEN, None)?;
        cx.record(
            Verb::Authenticate,
            "account",
            Some(account),
            json!({ "step": "changed purpose", "purpose": chosen }),
        )
    })?;
    let changed = Session { purpose: purpose.to_owned(), ..session.clone() };
    db.put_session(&token, STAFF, Some(account), &bytes(&changed)?, db.now().plus_seconds(IDLE_SECONDS))
}

/// Ends a session.
///
/// # Errors
/// Database errors.
pub fn sign_out(db: &Db, cookie: &str) -> Result<()> {
    let Some(token) = Token::parse(cookie) else { return Ok(()) };
    if let Some(session) = session_actor(db, cookie)? {
        db.write(&Actor::public(), move |cx| {
            cx.allow(action::SESSION_OPEN, None)?;
            cx.record(Verb::Authenticate, "account", Some(session.account), json!({ "step": "signed out" }))
        })?;
    }
    db.end_session(&token)
}

/// Everybody who has an account, by username.
///
/// # Errors
/// Not allowed, or database errors.
pub fn accounts(cx: &mut Cx<'_>) -> Result<Vec<Account>> {
    cx.allow(action::ACCOUNT_MANAGE, None)?;
    let rows = cx.rows(&format!("{COLUMNS} order by username"), &[])?;
    cx.record(Verb::Consult, "account", None, json!({ "results": rows.len() }))?;
    rows.iter().map(account).collect()
}

/// The account with this username.
///
/// # Errors
/// [`Error::NotFound`], or not allowed.
pub fn find_account(cx: &mut Cx<'_>, username: &str) -> Result<Account> {
    cx.allow(action::ACCOUNT_MANAGE, None)?;
    let row = cx.row(&format!("{COLUMNS} where username = $1"), &[username.trim().to_lowercase().into()])?;
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

/// Makes an API token that carries a person and a purpose.
///
/// # Errors
/// [`Error::Invalid`] for a purpose that the account's roles may not choose, [`Error::NotFound`] for an unknown account.
pub fn issue_token(
    cx: &mut Cx<'_>,
    policy: &Policy,
    username: &str,
    purpose: &str,
    label: &str,
    days: u32,
) -> Result<TokenIssued> {
    let account = find_account(cx, username)?;
    if !policy.purposes_of(&account.roles).iter().any(|p| p.code == purpose) {
        return Err(Error::field(
            "purpose",
            "not-theirs",
            format!("none of {username}'s roles may act for '{purpose}'"),
        ));
    }
    let secret = secret::new(cx)?;
    let now = cx.now();
    let expires_at = now.plus_seconds(i64::from(days) * 86_400);
    cx.exec(
        "insert into api_token (id, account_id, label, purpose, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        &[
            secret::digest(&secret).into(),
            account.id.into(),
            label.into(),
            purpose.into(),
            now.into(),
            expires_at.into(),
        ],
    )?;
    cx.record(Verb::Administer, "api-token", Some(account.id), json!({ "purpose": purpose, "days": days }))?;
    Ok(TokenIssued { token: secret, expires_at })
}

/// The session behind an API token; none when it is unknown, expired or revoked.
///
/// # Errors
/// Database errors.
pub fn token_actor(db: &Db, token: &str) -> Result<Option<Session>> {
    let digest = secret::digest(token);
    let now = db.now();
    let rows = db.credential_rows(
        "select a.id, a.username, a.name, a.roles, a.disabled_at, a.password, t.purpose, t.created_at
         from api_token t join account a on a.id = t.account_id
         where t.id = $1 and t.revoked_at is null and t.expires_at > $2",
        &[digest.into(), now.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let account = account(row)?;
    if account.disabled {
        return Ok(None);
    }
    Ok(Some(Session {
        account: account.id,
        username: account.username,
        name: account.name,
        roles: account.roles,
        purpose: row.get(6)?,
        since: row.get(7)?,
    }))
}
