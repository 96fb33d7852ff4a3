//! As whom a command acts.
//!
//! Whoever can open the data folder could change the database by other means too, so the command line asks for no
//! password. But nothing is done by nobody: each command acts as an account and for a purpose, the policy judges it as
//! it would in the web, and the log says it under that account. Without `--as` that is an account for this person at
//! this machine's command line, made at first use; it has no password, so nobody can sign in with it.

use crate::{fail::Fail, open::Open};
use bluelamp_access::Policy;
use bluelamp_model::{
    Error, Id, Time,
    authority::{Actor, Ask, Verb, action},
};
use serde_json::json;
use std::env;

/// What may be done at the command line: the command line's own account gets the roles that may do any of it.
const DONE_HERE: [&str; 4] =
    [action::ACCOUNT_MANAGE, action::SOURCE_IMPORT, action::CASE_EXPORT, action::STRATEGY_IMPORT];

/// The actor for one action.
///
/// # Errors
/// For a username that is unknown or disabled, and a purpose that is not theirs or has to be chosen.
pub(crate) fn actor(
    open: &Open,
    username: Option<&str>,
    purpose: Option<&str>,
    action: &'static str,
) -> Result<Actor, Fail> {
    let (id, roles) = match username {
        Some(name) => {
            let name = name.trim().to_lowercase();
            find(open, &name)?.ok_or_else(|| {
                Fail::Usage(format!(
                    "--as {name}: there is no such account, or it is disabled; see `bluelamp account list`"
                ))
            })?
        }
        None => own(open)?,
    };
    let purpose = choose(&open.content.policy, &roles, purpose, action)?;
    Ok(Actor::staff(id, roles, purpose))
}

/// The purpose that was named, or the only one for which somebody with these roles may do it.
fn choose(
    policy: &Policy,
    roles: &[String],
    named: Option<&str>,
    action: &'static str,
) -> Result<String, Fail> {
    let theirs: Vec<_> = policy.purposes_of(roles).into_iter().map(|p| p.code.clone()).collect();
    if let Some(named) = named {
        if theirs.iter().any(|p| p == named) {
            return Ok(named.to_owned());
        }
        let all = theirs.join(", ");
        return Err(Fail::Usage(format!("--purpose {named}: not a purpose of this account; it has {all}")));
    }
    let may = |purpose: &&String| {
        let asking = Actor::staff(Id::from_bytes([0; 16]), roles.to_vec(), purpose.as_str());
        policy.decide(&asking, &Ask { action, object: None }).allowed
    };
    let fit: Vec<_> = theirs.iter().filter(may).collect();
    match (fit.as_slice(), theirs.as_slice()) {
        ([only], _) => Ok((*only).clone()),
        // Not allowed for any of them: the policy says so itself, and that is logged.
        ([], [first, ..]) => Ok(first.clone()),
        ([], []) => Err(Fail::Usage("none of the account's roles has a purpose in the policy".into())),
        (several, _) => {
            let all = several.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(" or --purpose ");
            Err(Fail::Usage(format!("say for which purpose: --purpose {all}")))
        }
    }
}

fn find(open: &Open, username: &str) -> Result<Option<(Id, Vec<String>)>, Fail> {
    let sql = "select id, roles from account where username = $1 and disabled_at is null";
    let rows = open.db.credential_rows(sql, &[username.into()])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let roles: String = row.get(1).map_err(Error::from)?;
    let id = row.get(0).map_err(Error::from)?;
    Ok(Some((id, roles.split_whitespace().map(str::to_owned).collect())))
}

/// The account of this person at the command line.
fn own(open: &Open) -> Result<(Id, Vec<String>), Fail> {
    let person =
        ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| env::var(name).ok()).unwrap_or_default();
    let person: String =
        person.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.' || *c == '-').collect();
    let (username, name) = match person.as_str() {
        "" => ("command-line".to_owned(), "Command line".to_owned()),
        person => {
            (format!("command-line-{}", person.to_lowercase()), format!("{person} at the command line"))
        }
    };
    if let Some(known) = find(open, &username)? {
        return Ok(known);
    }
    let policy = &open.content.policy;
    let staff = policy.roles.iter().filter(|role| !["public", "system"].contains(&role.code.as_str()));
    let roles: Vec<String> = staff
        .filter(|role| {
            let allows = |action: &&str| {
                policy.rules.iter().any(|rule| {
                    rule.roles.contains(&role.code) && rule.actions.iter().any(|allowed| allowed == action)
                })
            };
            DONE_HERE.iter().any(allows)
        })
        .map(|role| role.code.clone())
        .collect();
    let mut random = [0; 10];
    getrandom::fill(&mut random)
        .map_err(|e| Error::Unavailable(format!("no randomness from the system: {e}")))?;
    let id = Id::new(Time::now(), random);
    let purpose = choose(policy, &roles, None, action::ACCOUNT_MANAGE)?;
    let given = roles.join(" ");
    let made = username.clone();
    open.db.write(&Actor::staff(id, roles, purpose), move |cx| {
        cx.allow(action::ACCOUNT_MANAGE, Some(id))?;
        let now = cx.now();
        cx.exec(
            "insert into account (id, username, name, roles, created_at) values ($1, $2, $3, $4, $5)
             on conflict (username) do nothing",
            &[id.into(), made.as_str().into(), name.as_str().into(), given.as_str().into(), now.into()],
        )?;
        cx.record(
            Verb::Administer,
            "account",
            Some(id),
            json!({ "step": "made at the command line", "roles": given }),
        )
    })?;
    find(open, &username)?
        .ok_or_else(|| Fail::Usage(format!("the account '{username}' is disabled: use --as")))
}
