//! Sessions and drafts.

use bluelamp_model::authority::{Actor, Verb, action};
use bluelamp_store::Token;
use bluelamp_testkit::on_both;
use serde_json::json;

#[test]
fn a_session_is_found_by_its_token_until_it_expires() {
    on_both(|t| {
        let end = t.db.now().plus_seconds(60);
        let token = t.db.new_session("draft", None, b"what happened", end).unwrap();
        assert_eq!(t.db.session(&token, "draft").unwrap().unwrap(), b"what happened");
        assert_eq!(t.db.session(&token, "staff").unwrap(), None, "of another kind");
        t.pass_seconds(61);
        assert_eq!(t.db.session(&token, "draft").unwrap(), None);
        assert_eq!(t.db.sweep_sessions().unwrap(), 1);
    });
}

#[test]
fn what_is_kept_cannot_be_read_without_the_token() {
    on_both(|t| {
        let end = t.db.now().plus_seconds(60);
        let token = t.db.new_session("draft", None, b"canary-answer", end).unwrap();
        let rows = t.db.credential_rows("select id, value from session", &[]).unwrap();
        let (id, value): (Vec<u8>, Vec<u8>) = (rows[0].get(0).unwrap(), rows[0].get(1).unwrap());
        assert!(!value.windows(6).any(|w| w == b"canary"));
        assert_ne!(hex::encode(id), token.text());
    });
}

#[test]
fn ending_and_replacing() {
    on_both(|t| {
        let end = t.db.now().plus_seconds(60);
        let owner = bluelamp_model::Id::from_bytes([3; 16]);
        let a = t.db.new_session("staff", Some(owner), b"1", end).unwrap();
        let b = t.db.new_session("staff", Some(owner), b"2", end).unwrap();
        t.db.put_session(&a, "staff", Some(owner), b"3", end).unwrap();
        assert_eq!(t.db.session(&a, "staff").unwrap().unwrap(), b"3");
        t.db.end_session(&a).unwrap();
        assert_eq!(t.db.session(&a, "staff").unwrap(), None);
        let ended = t.db.write(&Actor::system(), move |cx| {
            cx.allow(action::REPORT_ASSESS, None)?;
            cx.record(Verb::Administer, "account", Some(owner), json!({}))?;
            cx.end_sessions_of(owner)
        });
        assert_eq!(ended.unwrap(), 1);
        assert_eq!(t.db.session(&b, "staff").unwrap(), None);
    });
}

#[test]
fn only_a_token_is_a_token() {
    for text in ["", "abc", &"g".repeat(64), &"A".repeat(64), &"0".repeat(63)] {
        assert!(Token::parse(text).is_none(), "{text}");
    }
    assert!(Token::parse(&"0a".repeat(32)).is_some());
}
