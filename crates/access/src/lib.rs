//! Who may do what, for which purpose: the policy and its one decision point, staff accounts, sign-in,
//! invitations and API tokens; and which algorithm may be used how, by the register that the rooms fill.
//!
//! Everything that no rule of the policy allows is denied, and so is every use of an algorithm that the register does not
//! allow. This crate must never know what a report or a case is, never grant anything in code, and never keep a password,
//! token or invitation in a form that could be used again by somebody who reads the database.

mod account;
pub mod algorithm;
mod password;
mod policy;
mod secret;
mod sign_in;
mod token;

pub use account::{
    Account, NewAccount, accept_invitation, accounts, bootstrap_administrator, create_account,
    disable_account, find_account, invite,
};
pub use password::{MIN_LENGTH as PASSWORD_MIN_LENGTH, check as check_password};
pub use policy::{Policy, Purpose, Role, Rule};
pub use sign_in::{Session, SignedIn, change_purpose, session_actor, sign_in, sign_out};
pub use token::{TokenIssued, issue_token, revoke_token, token_actor};
