//! Accounts, sign-in and tokens under the policy that is shipped, on both engines.
#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]

mod accounts;
mod algorithm;
mod reuse;
mod sign_in;
mod tokens;

use bluelamp_access::{NewAccount, Policy};
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Actor, Ask},
};
use bluelamp_store::{Cx, Event};
use bluelamp_testkit::{TestDb, on_both_with};
use std::sync::Arc;

/// What everybody here has as a password.
const PASSWORD: &str = "three sleepy lamps";

fn policy() -> Policy {
    Policy::parse("access.toml", include_str!("../../../../data/policies/access.toml")).unwrap()
}

/// A test on both engines, with the decision point that the service has.
fn on_both(test: impl Fn(&TestDb, &Policy)) {
    let policy = policy();
    let asked = policy.clone();
    let point: Arc<bluelamp_store::Policy> =
        Arc::new(move |actor: &Actor, ask: &Ask| asked.decide(actor, ask));
    on_both_with(&point, |t| test(t, &policy));
}

fn administrator() -> Actor {
    Actor::staff(Id::new(Time::from_micros(1), [7; 10]), vec!["administrator".into()], "administration")
}

/// Does something as an administrator.
fn administer<T: Send + 'static>(
    t: &TestDb,
    run: impl FnMut(&mut Cx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    t.db.write(&administrator(), run)
}

/// An account with an invitation that nobody has taken up yet: its id and the link's secret.
fn invited(t: &TestDb, policy: &Policy, username: &str, roles: &[&str]) -> (Id, String) {
    let policy = policy.clone();
    let new = NewAccount {
        username: username.into(),
        name: "Sam Example".into(),
        roles: roles.iter().map(ToString::to_string).collect(),
    };
    administer(t, move |cx| {
        let id = bluelamp_access::create_account(cx, &policy, &new)?;
        Ok((id, bluelamp_access::invite(cx, id)?))
    })
    .unwrap()
}

/// Somebody with [`PASSWORD`].
fn member(t: &TestDb, policy: &Policy, username: &str, roles: &[&str]) -> Id {
    let (id, link) = invited(t, policy, username, roles);
    bluelamp_access::accept_invitation(&t.db, &link, PASSWORD).unwrap();
    id
}

/// What the log says, in order: verb, action, rule, the step where there is one, and the object.
fn log(t: &TestDb) -> Vec<(String, Option<Id>)> {
    t.db.credential_rows("select event from audit order by at, id", &[])
        .unwrap()
        .iter()
        .map(|row| {
            let event: Event = serde_json::from_str(&row.get::<String>(0).unwrap()).unwrap();
            let step = event.detail.get("step").and_then(|s| s.as_str()).unwrap_or("-").to_owned();
            let verb = event.verb.code();
            (format!("{verb} {} {} {}: {step}", event.object_kind, event.action, event.rule), event.object)
        })
        .collect()
}

/// What was logged since there were `before` entries, without the objects.
fn logged_since(t: &TestDb, before: usize) -> Vec<String> {
    log(t).into_iter().skip(before).map(|(said, _)| said).collect()
}

/// The one field error of a refusal: field and code.
fn refused<T: std::fmt::Debug>(outcome: Result<T>) -> (String, String) {
    match outcome {
        Err(Error::Invalid(mut fields)) if fields.len() == 1 => {
            let field = fields.remove(0);
            (field.field, field.code)
        }
        other => panic!("{other:?} is not one field error"),
    }
}
