//! Signing in, and what a session is worth.

use crate::{PASSWORD, administer, invited, log, logged_since, member, on_both, refused};
use bluelamp_access::{change_purpose, disable_account, session_actor, sign_in, sign_out};
use bluelamp_model::{Error, authority::action};

#[test]
fn the_right_password_gives_a_session_for_the_purpose_that_was_chosen() {
    on_both(|t, policy| {
        let id = member(t, policy, "sam", &["supervisor"]);
        let before = log(t).len();
        let signed_in = sign_in(&t.db, policy, " SAM ", PASSWORD, Some("investigation")).unwrap();
        let session = session_actor(&t.db, &signed_in.token).unwrap().unwrap();
        assert_eq!(session, signed_in.session);
        let actor = session.actor();
        assert_eq!((actor.id, actor.purpose.as_str()), (Some(id), "investigation"));
        t.db.write(&actor, |cx| {
            cx.allow(action::CASE_LIST, None)?;
            cx.record(bluelamp_model::authority::Verb::Consult, "case", None, serde_json::json!({}))
        })
        .unwrap();
        assert_eq!(
            logged_since(t, before),
            [
                "authenticate account session.open anyone-signs-in: attempt",
                "authenticate account session.open anyone-signs-in: signed in",
                "consult case case.list investigator-works-cases: -",
            ]
        );
    });
}

/// Whoever tries names learns nothing of them: one answer for all.
#[test]
fn every_refusal_reads_the_same() {
    on_both(|t, policy| {
        member(t, policy, "sam", &["contact-officer"]);
        let gone = member(t, policy, "gone", &["contact-officer"]);
        disable_account(&t.db, &crate::administrator(), gone).unwrap();
        invited(t, policy, "new", &["contact-officer"]);
        member(t, policy, "slow", &["contact-officer"]);
        for _ in 0..6 {
            sign_in(&t.db, policy, "slow", "wrong password", None).unwrap_err();
        }
        let before = log(t).len();
        let answer = |name: &str, password: &str| {
            sign_in(&t.db, policy, name, password, None).unwrap_err().to_string()
        };
        let first = answer("sam", "wrong password");
        for (name, password) in [
            ("nobody", PASSWORD),
            ("gone", PASSWORD),
            ("new", ""),
            ("new", PASSWORD),
            ("slow", PASSWORD),
            ("", ""),
            ("sam' or 1=1 --", PASSWORD),
        ] {
            assert_eq!(answer(name, password), first, "{name}");
        }
        // The log knows the difference, and not what was typed.
        let said = logged_since(t, before);
        for step in [
            "attempt",
            "unknown username",
            "attempt on a disabled account",
            "attempt while waiting",
            "wrong password",
        ] {
            assert!(said.iter().any(|s| s.ends_with(&format!(": {step}"))), "{step}: {said:?}");
        }
        let events = t.db.credential_rows("select event from audit", &[]).unwrap();
        assert!(!events.iter().any(|e| {
            let text: String = e.get(0).unwrap();
            text.contains("nobody") || text.contains("sleepy") || text.contains("sam")
        }));
    });
}

#[test]
fn after_five_wrong_passwords_a_name_waits_longer_each_time() {
    on_both(|t, policy| {
        member(t, policy, "sam", &["contact-officer"]);
        let right = || sign_in(&t.db, policy, "sam", PASSWORD, Some("contact")).is_ok();
        let wrong = || sign_in(&t.db, policy, "sam", "wrong password", Some("contact")).unwrap_err();
        for _ in 0..5 {
            wrong();
        }
        assert!(right(), "five are forgiven");
        for _ in 0..6 {
            wrong();
        }
        assert!(!right(), "half a minute after the sixth");
        t.pass_seconds(31);
        wrong();
        t.pass_seconds(31);
        assert!(!right(), "a minute after the seventh");
        t.pass_seconds(30);
        assert!(right());
        for _ in 0..5 {
            wrong();
        }
        assert!(right(), "a right one wipes the slate");
        for _ in 0..40 {
            wrong();
            t.pass_seconds(15 * 60);
        }
        assert!(right(), "never longer than a quarter of an hour");
    });
}

#[test]
fn many_guesses_at_once_count_as_many() {
    on_both(|t, policy| {
        member(t, policy, "sam", &["contact-officer"]);
        std::thread::scope(|s| {
            for n in 0..12 {
                s.spawn(move || {
                    sign_in(&t.db, policy, "sam", &format!("guess number {n:04}"), Some("contact"))
                        .unwrap_err()
                });
            }
        });
        let said = log(t);
        let looked_at = said.iter().filter(|(s, _)| s.ends_with("wrong password")).count();
        assert!((5..=6).contains(&looked_at), "{looked_at} passwords were compared");
        sign_in(&t.db, policy, "sam", PASSWORD, Some("contact")).unwrap_err();
    });
}

#[test]
fn a_purpose_must_be_one_that_a_role_may_choose() {
    on_both(|t, policy| {
        member(t, policy, "sam", &["supervisor"]);
        let with = |purpose| sign_in(&t.db, policy, "sam", PASSWORD, purpose);
        assert_eq!(refused(with(None)), ("purpose".into(), "required".into()));
        assert_eq!(refused(with(Some(""))), ("purpose".into(), "required".into()));
        for purpose in ["administration", "oversight", "operation", "reporting", "no-such"] {
            assert_eq!(refused(with(Some(purpose))), ("purpose".into(), "not-yours".into()), "{purpose}");
        }
        // None of these was a wrong password.
        with(Some("contact")).unwrap();
        // Somebody with a wrong password is not told that the purpose is wrong too.
        let outcome = sign_in(&t.db, policy, "sam", "wrong password", Some("oversight"));
        assert_eq!(refused(outcome).0, "username");
        let no_session = t.db.credential_rows("select count(*) from session", &[]).unwrap();
        assert_eq!(no_session[0].get::<i64>(0).unwrap(), 1);
    });
}

#[test]
fn a_session_ends_when_it_is_idle_too_old_or_signed_out() {
    on_both(|t, policy| {
        member(t, policy, "sam", &["contact-officer"]);
        let begin = || sign_in(&t.db, policy, "sam", PASSWORD, Some("contact")).unwrap().token;
        let lives = |token: &str| session_actor(&t.db, token).unwrap().is_some();
        let idle = begin();
        t.pass_seconds(29 * 60);
        assert!(lives(&idle), "a request within half an hour keeps it");
        t.pass_seconds(29 * 60);
        assert!(lives(&idle));
        t.pass_seconds(31 * 60);
        assert!(!lives(&idle));
        let long = begin();
        for _ in 0..38 {
            t.pass_seconds(20 * 60);
            assert!(lives(&long));
        }
        t.pass_seconds(20 * 60);
        assert!(!lives(&long), "after thirteen hours");
        let out = begin();
        let before = log(t).len();
        sign_out(&t.db, &out).unwrap();
        assert!(!lives(&out));
        sign_out(&t.db, &out).unwrap();
        assert_eq!(
            logged_since(t, before),
            ["authenticate account session.open anyone-signs-in: signed out"]
        );
        for cookie in ["", "nonsense", &"0".repeat(64)] {
            assert!(!lives(cookie));
            sign_out(&t.db, cookie).unwrap();
        }
    });
}

#[test]
fn the_purpose_of_a_session_changes_within_the_roles_and_while_it_lives() {
    on_both(|t, policy| {
        let id = member(t, policy, "sam", &["investigator"]);
        let signed_in = sign_in(&t.db, policy, "sam", PASSWORD, Some("investigation")).unwrap();
        let change =
            |purpose: &str| change_purpose(&t.db, policy, &signed_in.token, &signed_in.session, purpose);
        assert_eq!(refused(change("oversight")), ("purpose".into(), "not-yours".into()));
        let before = log(t).len();
        change("disclosure").unwrap();
        assert_eq!(
            logged_since(t, before),
            ["authenticate account session.open anyone-signs-in: changed purpose"]
        );
        let session = session_actor(&t.db, &signed_in.token).unwrap().unwrap();
        assert_eq!((session.purpose.as_str(), session.since), ("disclosure", signed_in.session.since));
        disable_account(&t.db, &crate::administrator(), id).unwrap();
        assert!(matches!(change("investigation"), Err(Error::NotFound(_))), "it does not come back to life");
        assert_eq!(session_actor(&t.db, &signed_in.token).unwrap(), None);
    });
}

/// Between the check of a password and the session there is time to disable the account.
#[test]
fn nobody_slips_in_while_they_are_being_disabled() {
    on_both(|t, policy| {
        for n in 0..6 {
            let name = format!("sam{n}");
            let id = member(t, policy, &name, &["contact-officer"]);
            let outcome = std::thread::scope(|s| {
                let arriving = s.spawn(|| sign_in(&t.db, policy, &name, PASSWORD, Some("contact")));
                std::thread::sleep(std::time::Duration::from_millis(n * 12));
                disable_account(&t.db, &crate::administrator(), id).unwrap();
                arriving.join().unwrap()
            });
            if let Ok(signed_in) = outcome {
                assert_eq!(session_actor(&t.db, &signed_in.token).unwrap(), None, "{n}");
            }
        }
        let left = administer(t, |cx| {
            cx.allow(action::ACCOUNT_MANAGE, None)?;
            cx.record(bluelamp_model::authority::Verb::Consult, "session", None, serde_json::json!({}))?;
            cx.rows("select 1 from session", &[])
        });
        assert!(left.unwrap().is_empty());
    });
}
