//! Accounts of staff, and tokens for programs.

use crate::{
    cli::{AccountCommand, TokenCommand},
    config::Loaded,
    fail::Fail,
    open::Open,
    say, who,
};
use bluelamp_access::{
    NewAccount, accounts, create_account, disable_account, find_account, invite, issue_token,
};
use bluelamp_model::authority::{Actor, action};
use std::{net::SocketAddr, sync::Arc};

fn administrator(open: &Open, username: Option<&str>) -> Result<Actor, Fail> {
    who::actor(open, username, None, action::ACCOUNT_MANAGE)
}

/// The address of a one-time link.
pub(crate) fn link(url: &str, secret: &str) -> String {
    format!("{url}/invitation/{secret}")
}

fn told(open: &Open, username: &str, secret: &str) -> Result<(), Fail> {
    let config = &open.loaded.config;
    let url = config.public_url(SocketAddr::new(config.listen.address, config.listen.port));
    say::out(format!(
        "{}\n\nThis link works once, for two days. With it, {username} sets a password.",
        link(&url, secret)
    ))
}

pub(crate) fn account(loaded: Loaded, what: AccountCommand) -> Result<(), Fail> {
    // The first account of a new folder can be made here.
    let open = Open::new(loaded)?;
    match what {
        AccountCommand::Add { username, name, role, acting } => {
            let actor = administrator(&open, acting.username.as_deref())?;
            let policy = Arc::clone(&open.content.policy);
            let new = NewAccount { username: username.clone(), name, roles: role };
            let secret = open.db.write(&actor, move |cx| {
                let id = create_account(cx, &policy, &new)?;
                invite(cx, id)
            })?;
            told(&open, &username, &secret)
        }
        AccountCommand::Invite { username, acting } => {
            let actor = administrator(&open, acting.username.as_deref())?;
            let wanted = username.clone();
            let secret = open.db.write(&actor, move |cx| {
                let account = find_account(cx, &wanted)?;
                invite(cx, account.id)
            })?;
            told(&open, &username, &secret)
        }
        AccountCommand::Disable { username, acting } => {
            let actor = administrator(&open, acting.username.as_deref())?;
            let account = open.db.read(&actor, |cx| find_account(cx, &username))?;
            disable_account(&open.db, &actor, account.id)?;
            say::out(format!("{} can no longer sign in; sessions and tokens have ended.", account.username))
        }
        AccountCommand::List { json, acting } => {
            let actor = administrator(&open, acting.username.as_deref())?;
            let all = open.db.read(&actor, accounts)?;
            if json {
                return say::json(&all);
            }
            let wide = all.iter().map(|a| a.username.len()).max().unwrap_or(0);
            for a in &all {
                let state = match (a.disabled, a.active) {
                    (true, _) => "disabled",
                    (_, true) => "active",
                    _ => "no password",
                };
                say::out(format!("{:wide$}  {state:11}  {}  ({})", a.username, a.name, a.roles.join(", ")))?;
            }
            Ok(())
        }
    }
}

pub(crate) fn token(loaded: Loaded, what: TokenCommand) -> Result<(), Fail> {
    let open = Open::existing(loaded)?;
    let TokenCommand::Issue { username, purpose, label, days, acting } = what;
    let actor = administrator(&open, acting.username.as_deref())?;
    let policy = Arc::clone(&open.content.policy);
    let issued =
        open.db.write(&actor, move |cx| issue_token(cx, &policy, &username, &purpose, &label, days))?;
    say::err(format!(
        "Send it as `Authorization: Bearer …`. It works until {} and is not shown again.",
        issued.expires_at.spoken()
    ));
    // Alone on standard output, so that a script can take it.
    say::out(issued.token)
}
