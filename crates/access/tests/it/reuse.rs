//! Whoever reads the database, or a backup of it, cannot act as anybody.

use crate::{PASSWORD, administer, invited, member, on_both};
use bluelamp_access::{accept_invitation, issue_token, session_actor, sign_in, token_actor};
use std::{fs, path::Path};

fn all_text(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder.join("tables")).unwrap() {
        text.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    text
}

#[test]
fn no_secret_is_in_the_database_in_a_form_that_works() {
    on_both(|t, policy| {
        member(t, policy, "sam", &["contact-officer"]);
        let (_, link) = invited(t, policy, "kim", &["contact-officer"]);
        let session = sign_in(&t.db, policy, "sam", PASSWORD, Some("contact")).unwrap().token;
        let asked = policy.clone();
        let token =
            administer(t, move |cx| issue_token(cx, &asked, "sam", "contact", "export", 30)).unwrap().token;
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("backup");
        bluelamp_store::backup(&t.db, &backup).unwrap();
        let text = all_text(&backup);
        assert!(text.contains("\"sam\""), "it is the database that is looked at");
        // Bytes are in hexadecimal there, as the secrets themselves are.
        for secret in [PASSWORD, &link, &session, &token] {
            assert!(!text.contains(secret), "{secret}");
        }
        // The session's value names the person; nobody reads it without the cookie.
        assert!(!text.contains("since"));
        // What is there instead opens nothing.
        let kept = |sql: &str| hex(&t.db.credential_rows(sql, &[]).unwrap()[0].get::<Vec<u8>>(0).unwrap());
        let kept_session = kept("select id from session");
        let kept_token = kept("select id from api_token");
        let kept_link = kept("select id from invitation where used_at is null");
        for kept in [&kept_session, &kept_token, &kept_link] {
            assert_eq!(kept.len(), 64);
            assert_eq!(session_actor(&t.db, kept).unwrap(), None);
            assert_eq!(token_actor(&t.db, kept).unwrap(), None);
            assert!(accept_invitation(&t.db, kept, PASSWORD).is_err());
        }
        let hash: String =
            t.db.credential_rows("select password from account where username = 'sam'", &[]).unwrap()[0]
                .get(0)
                .unwrap();
        assert!(sign_in(&t.db, policy, "sam", &hash, Some("contact")).is_err());
        // And what belongs to people still works.
        assert!(session_actor(&t.db, &session).unwrap().is_some());
        assert!(token_actor(&t.db, &token).unwrap().is_some());
        accept_invitation(&t.db, &link, PASSWORD).unwrap();
    });
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
