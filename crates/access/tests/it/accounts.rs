//! How people come to have an account: the first administrator, invitations, and the end of access.

use crate::{PASSWORD, administer, invited, log, logged_since, member, on_both, refused};
use bluelamp_access::{
    NewAccount, accept_invitation, accounts, bootstrap_administrator, create_account, disable_account,
    find_account, invite, session_actor, sign_in,
};
use bluelamp_model::{Error, Id, authority::Actor};

#[test]
fn the_first_administrator_is_invited_by_the_system_and_makes_the_next_account() {
    on_both(|t, policy| {
        let link = bootstrap_administrator(&t.db, policy, " Ada ", "Ada Example").unwrap();
        assert_eq!(accept_invitation(&t.db, &link, PASSWORD).unwrap(), "ada");
        let ada = sign_in(&t.db, policy, "ada", PASSWORD, None).unwrap();
        assert_eq!(
            (ada.session.roles.as_slice(), ada.session.purpose.as_str()),
            (["administrator".to_owned()].as_slice(), "administration")
        );
        let all = t.db.write(&ada.session.actor(), accounts).unwrap();
        assert_eq!(all.len(), 1);
        assert!(all[0].active && !all[0].disabled);
        assert_eq!(
            log(t)[..2].iter().map(|(said, _)| said.as_str()).collect::<Vec<_>>(),
            [
                "administer account account.bootstrap system-makes-first-administrator: -",
                "administer invitation account.bootstrap system-makes-first-administrator: -",
            ]
        );
    });
}

#[test]
fn once_somebody_can_sign_in_there_is_no_second_first_administrator() {
    on_both(|t, policy| {
        let first = bootstrap_administrator(&t.db, policy, "ada", "Ada Example").unwrap();
        // The link was lost: another for the same person, and the lost one is void.
        let second = bootstrap_administrator(&t.db, policy, "ada", "Ada Example").unwrap();
        assert!(matches!(accept_invitation(&t.db, &first, PASSWORD), Err(Error::NotFound(_))));
        accept_invitation(&t.db, &second, PASSWORD).unwrap();
        for name in ["ada", "eve"] {
            let again = bootstrap_administrator(&t.db, policy, name, "Eve Example");
            assert!(matches!(again, Err(Error::Conflict(m)) if m.contains("can sign in already")));
        }
        // Not even when everybody was disabled: that is a matter for the database's owner.
        let ada = administer(t, |cx| find_account(cx, "ada")).unwrap();
        disable_account(&t.db, &Actor::staff(ada.id, ada.roles, "administration"), ada.id).unwrap();
        assert!(bootstrap_administrator(&t.db, policy, "eve", "Eve Example").is_err());
    });
}

#[test]
fn of_two_first_administrators_at_once_one_can_sign_in() {
    on_both(|t, policy| {
        let links: Vec<_> = std::thread::scope(|s| {
            ["ada", "eve"]
                .map(|name| s.spawn(move || bootstrap_administrator(&t.db, policy, name, "Somebody")))
                .map(|h| h.join().unwrap().unwrap())
                .into()
        });
        // Until a password is set both are nothing but invitations; the first taken up ends the matter.
        accept_invitation(&t.db, &links[0], PASSWORD).unwrap();
        assert!(matches!(bootstrap_administrator(&t.db, policy, "eve", "Eve"), Err(Error::Conflict(_))));
    });
}

#[test]
fn an_invitation_sets_a_password_once() {
    on_both(|t, policy| {
        let (id, link) = invited(t, policy, "sam", &["contact-officer"]);
        let before = log(t).len();
        // A weak password does not use up the link.
        assert_eq!(
            refused(accept_invitation(&t.db, &link, "short")),
            ("password".into(), "too-short".into())
        );
        assert_eq!(accept_invitation(&t.db, &link, PASSWORD).unwrap(), "sam");
        assert!(matches!(accept_invitation(&t.db, &link, "another password"), Err(Error::NotFound(_))));
        sign_in(&t.db, policy, "sam", PASSWORD, Some("contact")).unwrap();
        let said = logged_since(t, before);
        let rule = "session.open anyone-signs-in";
        assert_eq!(
            said[..4],
            [
                format!("authenticate invitation {rule}: opened"),
                format!("authenticate invitation {rule}: opened"),
                format!("authenticate account {rule}: password set"),
                format!("authenticate invitation {rule}: no such link"),
            ]
        );
        assert_eq!(log(t)[before + 2].1, Some(id));
    });
}

#[test]
fn of_many_who_take_up_one_invitation_at_once_one_succeeds() {
    on_both(|t, policy| {
        let (_, link) = invited(t, policy, "sam", &["contact-officer"]);
        let passwords: Vec<String> = (0..4).map(|n| format!("{PASSWORD} number {n}")).collect();
        let outcomes: Vec<_> = std::thread::scope(|s| {
            let tries: Vec<_> =
                passwords.iter().map(|p| s.spawn(|| accept_invitation(&t.db, &link, p).is_ok())).collect();
            tries.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert_eq!(outcomes.iter().filter(|ok| **ok).count(), 1, "{outcomes:?}");
        let winner = outcomes.iter().position(|ok| *ok).unwrap();
        sign_in(&t.db, policy, "sam", &passwords[winner], Some("contact")).unwrap();
    });
}

#[test]
fn an_invitation_runs_out_is_replaced_by_the_next_and_ends_with_its_account() {
    on_both(|t, policy| {
        let gone = |link: &str| matches!(accept_invitation(&t.db, link, PASSWORD), Err(Error::NotFound(_)));
        let (id, first) = invited(t, policy, "sam", &["contact-officer"]);
        let second = administer(t, move |cx| invite(cx, id)).unwrap();
        assert!(gone(&first), "replaced");
        t.pass_seconds(48 * 3600);
        assert!(gone(&second), "run out");
        let third = administer(t, move |cx| invite(cx, id)).unwrap();
        disable_account(&t.db, &crate::administrator(), id).unwrap();
        assert!(gone(&third), "disabled");
        assert!(gone("not a link at all"));
    });
}

#[test]
fn a_new_password_ends_the_sessions_of_whoever_knew_the_old_one() {
    on_both(|t, policy| {
        let id = member(t, policy, "sam", &["contact-officer"]);
        let old = sign_in(&t.db, policy, "sam", PASSWORD, Some("contact")).unwrap();
        let link = administer(t, move |cx| invite(cx, id)).unwrap();
        accept_invitation(&t.db, &link, "four sleepy lamps").unwrap();
        assert_eq!(session_actor(&t.db, &old.token).unwrap(), None);
        assert!(sign_in(&t.db, policy, "sam", PASSWORD, Some("contact")).is_err());
        sign_in(&t.db, policy, "sam", "four sleepy lamps", Some("contact")).unwrap();
    });
}

#[test]
fn disabling_ends_everything_at_once() {
    on_both(|t, policy| {
        let id = member(t, policy, "sam", &["contact-officer"]);
        let session = sign_in(&t.db, policy, "sam", PASSWORD, Some("contact")).unwrap();
        let token = {
            let policy = policy.clone();
            administer(t, move |cx| bluelamp_access::issue_token(cx, &policy, "sam", "contact", "export", 30))
                .unwrap()
                .token
        };
        assert!(bluelamp_access::token_actor(&t.db, &token).unwrap().is_some());
        let before = log(t).len();
        disable_account(&t.db, &crate::administrator(), id).unwrap();
        assert_eq!(
            logged_since(t, before),
            ["administer account account.manage administrator-runs-service: disabled"]
        );
        assert_eq!(session_actor(&t.db, &session.token).unwrap(), None);
        assert_eq!(bluelamp_access::token_actor(&t.db, &token).unwrap(), None);
        assert_eq!(
            refused(sign_in(&t.db, policy, "sam", PASSWORD, Some("contact"))),
            ("username".into(), "wrong".into()),
            "in the same words as any other refusal"
        );
        // The account itself stays: the log knows the person by it.
        assert!(administer(t, |cx| find_account(cx, "sam")).unwrap().disabled);
    });
}

#[test]
fn only_an_administrator_manages_accounts() {
    on_both(|t, policy| {
        let sam = member(t, policy, "sam", &["supervisor"]);
        let before = log(t).len();
        let actors = [
            Actor::public(),
            Actor::system(),
            Actor::staff(sam, vec!["supervisor".into()], "contact"),
            // A purpose that the role may not choose helps nobody.
            Actor::staff(sam, vec!["supervisor".into()], "administration"),
        ];
        for actor in &actors {
            let new = NewAccount {
                username: "eve".into(),
                name: "Eve".into(),
                roles: vec!["administrator".into()],
            };
            let policy = policy.clone();
            let made = t.db.write(actor, move |cx| create_account(cx, &policy, &new));
            assert!(matches!(made, Err(Error::Forbidden { .. })), "{actor}");
            assert!(matches!(t.db.write(actor, move |cx| invite(cx, sam)), Err(Error::Forbidden { .. })));
            assert!(matches!(t.db.write(actor, accounts), Err(Error::Forbidden { .. })));
            assert!(matches!(disable_account(&t.db, actor, sam), Err(Error::Forbidden { .. })));
        }
        let said = logged_since(t, before);
        assert_eq!(said.len(), actors.len() * 4);
        assert!(said.iter().all(|s| s == "refuse request account.manage default-deny: -"), "{said:?}");
    });
}

#[test]
fn an_account_has_a_plain_name_and_roles_of_the_policy() {
    on_both(|t, policy| {
        let make = |username: &str, name: &str, roles: &[&str]| {
            let new = NewAccount {
                username: username.into(),
                name: name.into(),
                roles: roles.iter().map(ToString::to_string).collect(),
            };
            let policy = policy.clone();
            administer(t, move |cx| create_account(cx, &policy, &new))
        };
        make("Sam.O-1", "Sam", &["auditor", "investigator"]).unwrap();
        for (username, name, roles, field, code) in [
            ("", "Sam", &["auditor"][..], "username", "format"),
            ("sam example", "Sam", &["auditor"], "username", "format"),
            ("sam\u{0}", "Sam", &["auditor"], "username", "format"),
            ("sam.o-1", "Sam", &["auditor"], "username", "taken"),
            ("kim", " ", &["auditor"], "name", "required"),
            ("kim", "Kim", &[], "roles", "required"),
            ("kim", "Kim", &["auditor", "wizard"], "roles", "unknown"),
            ("kim", "Kim", &["system"], "roles", "unknown"),
            ("kim", "Kim", &["public"], "roles", "unknown"),
        ] {
            assert_eq!(
                refused(make(username, name, roles)),
                (field.to_owned(), code.to_owned()),
                "{username:?} {name:?} {roles:?}"
            );
        }
        let nobody = administer(t, |cx| find_account(cx, "nobody"));
        assert!(matches!(nobody, Err(Error::NotFound(m)) if m.contains("nobody")));
        assert!(matches!(administer(t, |cx| invite(cx, Id::from_bytes([1; 16]))), Err(Error::Conflict(_))));
    });
}
