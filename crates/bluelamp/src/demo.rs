//! A fictional force: an invented county, synthetic people, a few days of work.
//!
//! Nothing here is put into the database past the rooms of the house. Accounts are invited and take up their
//! invitation, reports are validated by their form and received, jobs are done, an officer decides, an investigator
//! works on the case. Only the clock is made up: the days before today pass while it is built.

mod build;
mod ethics;
mod governance;
mod programme;
mod story;

use crate::{
    config::Loaded,
    content::Content,
    fail::Fail,
    open::{self, Open},
    say, serve, who,
};
use bluelamp_access::{accept_invitation, find_account, invite};
use bluelamp_model::{Error, Time, authority::action};
use serde::Serialize;
use std::{fs, path::Path, sync::Arc};
pub(crate) use story::ADMINISTRATOR;
use story::Story;

/// The name of the log that every such force has: by it one is known, also after a backup was restored elsewhere.
pub(crate) const ORIGIN: &str = "demo.bluelamp.invalid/log";
/// Stands in the folder while it is being built.
const UNFINISHED: &str = "DEMO-NOT-FINISHED";

/// Somebody who can sign in.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Staff {
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) name: String,
    pub(crate) roles: Vec<String>,
    pub(crate) purposes: Vec<String>,
}

/// What a script is told.
#[derive(Serialize)]
struct Told<'a> {
    url: &'a str,
    port: u16,
    staff: &'a [Staff],
    public: Vec<String>,
    data_dir: &'a Path,
}

/// Whether a data folder is that of a fictional force.
pub(crate) fn is_one(folder: &Path) -> bool {
    let key = fs::read_to_string(folder.join("keys").join("ledger.key"));
    key.is_ok_and(|key| key.lines().next() == Some(ORIGIN))
}

/// Builds the force where there is none yet, gives everybody a new password, and serves.
///
/// # Errors
/// For a folder that holds something else.
pub(crate) fn run(loaded: Loaded, in_json: bool) -> Result<(), Fail> {
    let config = &loaded.config;
    if config.log_origin != ORIGIN {
        return Err(Fail::Usage(
            "log_origin cannot be set for a demonstration: by it one is known as such".into(),
        ));
    }
    let folder = config.data_dir.clone();
    if folder.join(UNFINISHED).exists() {
        return Err(Fail::Usage(format!(
            "the force in {} was not built to its end: remove the folder",
            folder.display()
        )));
    }
    let known = is_one(&folder);
    if !known
        && fs::read_dir(&folder)
            .is_ok_and(|mut all| all.any(|e| e.is_ok_and(|e| e.file_name() != "bluelamp.toml")))
    {
        return Err(Fail::Usage(format!(
            "{} holds something that `bluelamp demo` did not make: name a new folder with --data-dir",
            folder.display()
        )));
    }
    let story = Story::carried()?;
    let (open, staff) = if known {
        let open = Open::new(loaded)?;
        let staff = new_passwords(&open, &story)?;
        (open, staff)
    } else {
        let content = Content::load(loaded.config.content_dir.as_deref())?;
        open::private_folder(&folder)?;
        fs::write(folder.join(UNFINISHED), "This folder is being built by `bluelamp demo`.\n")?;
        let staff = build::build(&loaded, &content, &story)?;
        fs::remove_file(folder.join(UNFINISHED))?;
        let db = open::database(&loaded, &content, Arc::new(Time::now))?;
        let shelf = content.shelf(&loaded.config.organisation);
        (Open { loaded, content, db, shelf }, staff)
    };
    serve::serve(&open, true, |open, up| {
        let data_dir = fs::canonicalize(&open.loaded.config.data_dir)?;
        let page = |path: &str| format!("{}{path}", up.url);
        if !in_json {
            return say::out(text(&up.url, &staff, &data_dir));
        }
        let public = [
            "/",
            "/report",
            "/track",
            "/algorithms",
            "/ethics-committee",
            "/strategy",
            "/decisions",
            "/challenges",
            "/service-standard",
            "/complain",
            "/complaints",
            "/accessibility",
            "/privacy",
        ]
        .map(page)
        .to_vec();
        say::json(&Told { url: &up.url, port: up.port, staff: &staff, public, data_dir: &data_dir })
    })
}

fn text(url: &str, staff: &[Staff], data_dir: &Path) -> String {
    let wide = staff.iter().map(|s| s.username.len()).max().unwrap_or(0);
    let people: Vec<String> = staff
        .iter()
        .map(|s| {
            format!(
                "  {:wide$}  {}   {}, {} ({})",
                s.username,
                s.password,
                s.name,
                s.roles.join(", "),
                s.purposes.join(", ")
            )
        })
        .collect();
    format!(
        "Bluelamp demo: a fictional force with synthetic people.\n\n\
         \x20 The public pages     {url}/\n\
         \x20 Report something     {url}/report\n\
         \x20 Follow a report      {url}/track\n\
         \x20 Sign in as staff     {url}/sign-in\n\n\
         Staff, with their passwords, roles and purposes:\n{}\n\n\
         Try a report of a burglary by “Joanna Smith”, born 14 March 1980, telephone 07700 900123, with the vehicle\n\
         ZY12 KLM, and then decide on it as “contact”. Stop with Ctrl+C. All of it is in {}.",
        people.join("\n"),
        data_dir.display()
    )
}

/// A password that can be typed: eighty random bits.
fn password() -> Result<String, Error> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstvwxyz0123456789";
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::Unavailable(format!("no randomness from the system: {e}")))?;
    let letters: Vec<u8> = bytes.iter().map(|b| LETTERS[usize::from(b & 31)]).collect();
    let groups: Vec<_> = letters.chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    Ok(groups.join("-"))
}

/// The old passwords are known to nobody: only their digests were kept.
fn new_passwords(open: &Open, story: &Story) -> Result<Vec<Staff>, Fail> {
    let policy = &open.content.policy;
    let mut staff = Vec::new();
    let administrator = who::actor(open, Some(ADMINISTRATOR), None, action::ACCOUNT_MANAGE)?;
    for member in &story.staff {
        let username = member.username.clone();
        let (account, secret) = open.db.write(&administrator, move |cx| {
            let account = find_account(cx, &username)?;
            let secret = invite(cx, account.id)?;
            Ok((account, secret))
        })?;
        // Somebody who tried the pages may have disabled an account: then that stays so.
        if account.disabled {
            continue;
        }
        let password = password()?;
        accept_invitation(&open.db, &secret, &password)?;
        let purposes = policy.purposes_of(&account.roles).into_iter().map(|p| p.code.clone()).collect();
        staff.push(Staff {
            username: account.username,
            password,
            name: account.name,
            roles: account.roles,
            purposes,
        });
    }
    Ok(staff)
}
