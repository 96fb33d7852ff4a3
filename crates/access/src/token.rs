//! API tokens: each carries one person and one purpose, ends by itself and can be revoked.

use crate::{
    Policy, Session,
    account::{COLUMNS, account, find_account},
    secret,
};
use bluelamp_model::{
    Error, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Db};
use serde::Serialize;
use serde_json::json;

/// A new API token: the secret is shown this once.
#[derive(Clone, Debug, Serialize)]
pub struct TokenIssued {
    /// What goes behind `Authorization: Bearer`.
    pub token: String,
    /// When it stops working.
    pub expires_at: Time,
}

/// A token lasts a year at most; whoever still needs it then is asked again.
const MOST_DAYS: u32 = 366;

/// Makes an API token that carries a person and a purpose.
///
/// # Errors
/// [`Error::Invalid`] for a purpose that the account's roles may not choose, a number of days that is not from 1
/// to 366 or a disabled account; [`Error::NotFound`] for an unknown one.
pub fn issue_token(
    cx: &mut Cx<'_>,
    policy: &Policy,
    username: &str,
    purpose: &str,
    label: &str,
    days: u32,
) -> Result<TokenIssued> {
    if days == 0 || days > MOST_DAYS {
        return Err(Error::field("days", "range", format!("Days must be between 1 and {MOST_DAYS}")));
    }
    let account = find_account(cx, username)?;
    if account.disabled {
        return Err(Error::field("username", "disabled", format!("{username}'s account is disabled")));
    }
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

/// Revokes the tokens of an account that have this label, and says how many there were.
///
/// # Errors
/// [`Error::NotFound`] where there is none that still works; not allowed, or database errors.
pub fn revoke_token(cx: &mut Cx<'_>, username: &str, label: &str) -> Result<u64> {
    let account = find_account(cx, username)?;
    cx.allow(action::ACCOUNT_MANAGE, Some(account.id))?;
    let now = cx.now();
    let revoked = cx.exec(
        "update api_token set revoked_at = $1
         where account_id = $2 and label = $3 and revoked_at is null and expires_at > $1",
        &[now.into(), account.id.into(), label.into()],
    )?;
    if revoked == 0 {
        return Err(Error::NotFound(format!("a token of '{username}' labelled '{label}' that still works")));
    }
    cx.record(
        Verb::Administer,
        "api-token",
        Some(account.id),
        json!({ "step": "revoked", "tokens": revoked }),
    )?;
    Ok(revoked)
}

/// The session behind an API token; none when it is unknown, expired or revoked.
///
/// # Errors
/// Database errors.
pub fn token_actor(db: &Db, token: &str) -> Result<Option<Session>> {
    let digest = secret::digest(token);
    let now = db.now();
    let rows = db.credential_rows(
        &format!(
            "select {COLUMNS}, t.purpose, t.created_at from api_token t join account a on a.id = t.account_id
             where t.id = $1 and t.revoked_at is null and t.expires_at > $2"
        ),
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
