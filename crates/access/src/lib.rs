//! Who may do what, for which purpose: the policy and its one decision point, staff accounts, sign-in,
//! invitations and API tokens.
//!
//! Everything that no rule of the policy allows is denied. This crate must never know what a report or a case
//! is, never grant anything in code, and never keep a password, token or invitation in a form that could be
//! used again by somebody who reads the database.

mod account;
mod password;
mod policy;
mod secret;

pub use account::{
    Account, NewAccount, Session, SignedIn, TokenIssued, accept_invitation, accounts, change_purpose,
    create_account, disable_account, find_account, invite, issue_token, session_actor, sign_in, sign_out,
    token_actor,
};
pub use password::{MIN_LENGTH as PASSWORD_MIN_LENGTH, check as check_password};
pub use policy::{Policy, Purpose, Role, Rule};
