//! API tokens.

use crate::{PASSWORD, administer, log, logged_since, member, on_both, refused};
use bluelamp_access::{Policy, TokenIssued, issue_token, revoke_token, token_actor};
use bluelamp_model::{Error, Result, authority::Actor};
use bluelamp_testkit::TestDb;

fn issue(t: &TestDb, policy: &Policy, purpose: &str, days: u32) -> Result<TokenIssued> {
    let (policy, purpose) = (policy.clone(), purpose.to_owned());
    administer(t, move |cx| issue_token(cx, &policy, "sam", &purpose, "nightly export", days))
}

#[test]
fn a_token_carries_one_person_and_one_purpose_until_it_expires() {
    on_both(|t, policy| {
        let id = member(t, policy, "sam", &["supervisor"]);
        let before = log(t).len();
        let issued = issue(t, policy, "disclosure", 30).unwrap();
        assert_eq!(
            logged_since(t, before).last().unwrap(),
            "administer api-token account.manage administrator-runs-service: -"
        );
        let session = token_actor(&t.db, &issued.token).unwrap().unwrap();
        assert_eq!((session.account, session.purpose.as_str()), (id, "disclosure"));
        assert_eq!(session.actor(), Actor::staff(id, vec!["supervisor".into()], "disclosure"));
        t.pass_seconds(30 * 86_400 - 60);
        assert!(token_actor(&t.db, &issued.token).unwrap().is_some());
        t.pass_seconds(60);
        assert_eq!(token_actor(&t.db, &issued.token).unwrap(), None);
    });
}

#[test]
fn a_token_is_revoked_by_its_label() {
    on_both(|t, policy| {
        member(t, policy, "sam", &["contact-officer"]);
        let issued = issue(t, policy, "contact", 30).unwrap();
        let missing = administer(t, |cx| revoke_token(cx, "sam", "another"));
        assert!(matches!(missing, Err(Error::NotFound(m)) if m.contains("'another'")));
        let before = log(t).len();
        assert_eq!(administer(t, |cx| revoke_token(cx, "sam", "nightly export")).unwrap(), 1);
        assert_eq!(
            logged_since(t, before).last().unwrap(),
            "administer api-token account.manage administrator-runs-service: revoked"
        );
        assert_eq!(token_actor(&t.db, &issued.token).unwrap(), None);
        assert!(matches!(
            administer(t, |cx| revoke_token(cx, "sam", "nightly export")),
            Err(Error::NotFound(_))
        ));
    });
}

#[test]
fn a_token_is_refused_for_what_its_person_may_not_do_or_for_ever() {
    on_both(|t, policy| {
        let id = member(t, policy, "sam", &["contact-officer"]);
        for (purpose, days, field, code) in [
            ("oversight", 30, "purpose", "not-theirs"),
            ("no-such", 30, "purpose", "not-theirs"),
            ("contact", 0, "days", "range"),
            ("contact", 367, "days", "range"),
            ("contact", u32::MAX, "days", "range"),
        ] {
            assert_eq!(
                refused(issue(t, policy, purpose, days)),
                (field.into(), code.into()),
                "{purpose} {days}"
            );
        }
        let nobody = policy.clone();
        let outcome = administer(t, move |cx| issue_token(cx, &nobody, "nobody", "contact", "x", 30));
        assert!(matches!(outcome, Err(Error::NotFound(_))));
        bluelamp_access::disable_account(&t.db, &crate::administrator(), id).unwrap();
        assert_eq!(refused(issue(t, policy, "contact", 30)), ("username".into(), "disabled".into()));
    });
}

#[test]
fn what_is_no_token_is_nobody() {
    on_both(|t, policy| {
        member(t, policy, "sam", &["contact-officer"]);
        let issued = issue(t, policy, "contact", 30).unwrap();
        let session = bluelamp_access::sign_in(&t.db, policy, "sam", PASSWORD, Some("contact")).unwrap();
        for text in ["", "nonsense", &issued.token[1..], &issued.token.to_uppercase(), &session.token] {
            assert_eq!(token_actor(&t.db, text).unwrap(), None, "{text}");
        }
        // And a token is no session.
        assert_eq!(bluelamp_access::session_actor(&t.db, &issued.token).unwrap(), None);
    });
}
