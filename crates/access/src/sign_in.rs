//! Signing in for a purpose, and the sessions that follow from it.

use crate::{
    Policy,
    account::{COLUMNS, account, plain},
    password,
};
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Actor, Verb, action},
};
use bluelamp_store::{Db, Token};
use serde::{Deserialize, Serialize};
use serde_json::json;

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

/// Kind of the sessions made here.
const STAFF: &str = "staff";
/// A session ends after so long without a request.
const IDLE_SECONDS: i64 = 30 * 60;
/// A session ends after so long whatever happens: longer than any shift.
const LONGEST_SECONDS: i64 = 13 * 3600;
/// After so many wrong passwords in a row, each further one makes the name wait.
const FREE_TRIES: i64 = 5;
const LONGEST_WAIT_SECONDS: i64 = 15 * 60;

/// Signs somebody in for a purpose.
///
/// # Errors
/// [`Error::Invalid`] in the same words and after the same time whether the name is unknown or disabled, the
/// password wrong, or the name has to wait; [`Error::Invalid`] for a purpose that none of the roles may choose.
pub fn sign_in(
    db: &Db,
    policy: &Policy,
    username: &str,
    password: &str,
    purpose: Option<&str>,
) -> Result<SignedIn> {
    let name = plain(username);
    let wrong = || {
        Error::field(
            "username",
            "wrong",
            "The username or password is not right. After several wrong passwords a username has to wait a few \
             minutes",
        )
    };
    // A try is counted before its password is looked at, so that many at once count as many. Reading the
    // account is part of the attempt, and the attempt is what is logged.
    let found = db.write(&Actor::public(), move |cx| {
        cx.allow(action::SESSION_OPEN, None)?;
        let now = cx.now();
        let row =
            cx.row(&format!("select {COLUMNS} from account a where username = $1"), &[name.as_str().into()])?;
        let Some(row) = row else {
            cx.record(Verb::Authenticate, "account", None, json!({ "step": "unknown username" }))?;
            return Ok(None);
        };
        let account = account(&row)?;
        let tries = cx.row(
            "update account set failures = failures + 1
             where id = $1 and disabled_at is null and (wait_until is null or wait_until <= $2)
             returning failures",
            &[account.id.into(), now.into()],
        )?;
        let step = match (&tries, account.disabled) {
            (Some(_), _) => "attempt",
            (None, true) => "attempt on a disabled account",
            (None, false) => "attempt while waiting",
        };
        cx.record(Verb::Authenticate, "account", Some(account.id), json!({ "step": step }))?;
        let Some(tries) = tries else { return Ok(None) };
        let over = tries.get::<i64>(0)? - FREE_TRIES;
        if over > 0 {
            let wait = (15_i64 << over.min(6)).min(LONGEST_WAIT_SECONDS);
            cx.exec(
                "update account set wait_until = $1 where id = $2",
                &[now.plus_seconds(wait).into(), account.id.into()],
            )?;
        }
        Ok(row.get::<Option<String>>(5)?.map(|kept| (account, kept)))
    })?;
    // Every attempt that fails does the same work: hashing and one more entry.
    let refused = |id: Option<Id>, step: &'static str| {
        db.write(&Actor::public(), move |cx| {
            cx.allow(action::SESSION_OPEN, None)?;
            cx.record(Verb::Authenticate, "account", id, json!({ "step": step }))
        })
    };
    let Some((account, kept)) = found else {
        password::pretend(password);
        refused(None, "refused")?;
        return Err(wrong());
    };
    let id = account.id;
    if !password::verify(password, &kept) {
        refused(Some(id), "wrong password")?;
        return Err(wrong());
    }
    let purpose = chosen(policy, &account.roles, purpose);
    let begin = move |purpose: &str, since: Time| Session {
        account: id,
        username: account.username.clone(),
        name: account.name.clone(),
        roles: account.roles.clone(),
        purpose: purpose.to_owned(),
        since,
    };
    db.write(&Actor::public(), move |cx| {
        cx.allow(action::SESSION_OPEN, None)?;
        let now = cx.now();
        // Somebody may have disabled the account or set another password while this one was looked at.
        let still = cx.exec(
            "update account set failures = 0, wait_until = null
             where id = $1 and password = $2 and disabled_at is null",
            &[id.into(), kept.as_str().into()],
        )?;
        if still != 1 {
            return Err(wrong());
        }
        let purpose = match &purpose {
            Ok(purpose) => purpose,
            Err((code, message)) => {
                let detail = json!({ "step": "right password without a purpose", "purpose": code });
                cx.record(Verb::Authenticate, "account", Some(id), detail)?;
                return Ok(Err(Error::field("purpose", *code, *message)));
            }
        };
        let session = begin(purpose, now);
        let token = cx.new_session(STAFF, Some(id), &bytes(&session)?, now.plus_seconds(IDLE_SECONDS))?;
        let detail = json!({ "step": "signed in", "purpose": purpose });
        cx.record(Verb::Authenticate, "account", Some(id), detail)?;
        Ok(Ok(SignedIn { session, token: token.text().to_owned() }))
    })?
}

/// The purpose that somebody asked for, or the only one they may choose; or code and message of what is wrong.
fn chosen(
    policy: &Policy,
    roles: &[String],
    asked: Option<&str>,
) -> std::result::Result<String, (&'static str, &'static str)> {
    let choices = policy.purposes_of(roles);
    match (asked.filter(|p| !p.is_empty()), choices.as_slice()) {
        (Some(p), _) if choices.iter().any(|c| c.code == p) => Ok(p.to_owned()),
        (Some(_), _) => Err(("not-yours", "None of your roles may act for that purpose")),
        (None, [only]) => Ok(only.code.clone()),
        (None, _) => Err(("required", "Select the purpose you are working for")),
    }
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
    let now = db.now();
    let end = session.since.plus_seconds(LONGEST_SECONDS);
    if end <= now {
        return Ok(None);
    }
    db.touch_session(&token, now.plus_seconds(IDLE_SECONDS).min(end), IDLE_SECONDS / 2)?;
    Ok(Some(session))
}

/// Goes on with the same session for another purpose.
///
/// # Errors
/// [`Error::Invalid`] for a purpose that none of the person's roles may choose; [`Error::NotFound`] when the
/// session has ended.
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
    let ended = || Error::NotFound("that session: it has ended".into());
    let token = Token::parse(cookie).ok_or_else(ended)?;
    let changed = Session { purpose: purpose.to_owned(), ..session.clone() };
    let value = bytes(&changed)?;
    db.write(&Actor::public(), move |cx| {
        cx.allow(action::SESSION_OPEN, None)?;
        let until = cx.now().plus_seconds(IDLE_SECONDS);
        if !cx.replace_session(&token, &value, until)? {
            return Err(ended());
        }
        let detail = json!({ "step": "changed purpose", "purpose": changed.purpose });
        cx.record(Verb::Authenticate, "account", Some(changed.account), detail)
    })
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
