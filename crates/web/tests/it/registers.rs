//! The registers of the programme office, by pages and by the API.

use crate::desk::{on_both, signed_in, sound};
use axum::http::StatusCode;
use bluelamp_steward::registers::ALL;
use serde_json::json;

#[test]
fn an_entry_is_written_read_changed_and_withdrawn() {
    on_both(&async |site| {
        let mut v = signed_in(site, "olive", &["programme-office"], "strategy").await;
        sound("registers", v.get("/desk/registers").await);
        let empty = sound("register-empty", v.get("/desk/registers/organisation").await);
        assert!(empty.body.contains("Nothing is written down yet."));
        let force = [("title", "Borsetshire Police"), ("kind", "force"), ("entry_code", "borsetshire")];
        let made = v.fill("/desk/registers/organisation/new", &force).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        assert_eq!(made.location(), "/desk/registers/organisation/borsetshire");
        let wrong = v
            .fill(
                "/desk/registers/item/new",
                &[("title", "Lamps"), ("organisation", "nowhere"), ("starts", "soon")],
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = sound("entry-wrong", wrong);
        assert!(wrong.body.contains("value=\"Lamps\""), "what was written is still there");
        assert!(wrong.body.contains("is not a day like 2026-11-22"));
        let item = [
            ("title", "Lamps"),
            ("kind", "project"),
            ("summary", "Lamps <b>everywhere</b>."),
            ("organisation", "borsetshire"),
            ("aims", "help-people"),
            ("aims", "keep-people-safe"),
            ("elements", "national-2020:A1.1\nessex-2021:P09"),
            ("cost_once", "£12,000"),
            ("entry_reason", "Agreed."),
        ];
        assert_eq!(v.fill("/desk/registers/item/new", &item).await.status, StatusCode::SEE_OTHER);
        let page = sound("entry", v.get("/desk/registers/item/lamps").await);
        assert!(
            page.body.contains("Lamps &lt;b&gt;everywhere&lt;&#x2f;b&gt;.")
                || page.body.contains("&lt;b&gt;")
        );
        assert!(page.body.contains("href=\"/desk/strategy/national-2020/A1.1\""));
        assert!(page.body.contains("£12,000") && page.body.contains("Agreed."));
        let owner = sound("entry-pointed-at", v.get("/desk/registers/organisation/borsetshire").await);
        assert!(owner.body.contains("href=\"/desk/registers/item/lamps\""), "the way back");
        let form = sound("entry-edit", v.get("/desk/registers/item/lamps/edit").await);
        assert!(!form.body.contains("id=\"stage\""), "the stage is not changed by hand");
        let later = [
            ("title", "More lamps"),
            ("kind", "project"),
            ("summary", "Lamps."),
            ("aims", "help-people"),
            ("entry_version", "1"),
        ];
        let csrf = form.hidden("csrf");
        let mut fields = vec![("csrf", csrf.as_str())];
        fields.extend(later);
        assert_eq!(v.post("/desk/registers/item/lamps/edit", &fields).await.status, StatusCode::SEE_OTHER);
        assert_eq!(v.post("/desk/registers/item/lamps/edit", &fields).await.status, StatusCode::CONFLICT);
        let page = sound("entry-changed", v.get("/desk/registers/item/lamps").await);
        assert!(page.body.contains("<del>Lamps</del>") && page.body.contains("<ins>More lamps</ins>"));
        let csrf = page.hidden("csrf");
        let bare = [("csrf", csrf.as_str()), ("entry_version", "2"), ("reason", "")];
        let bare = v.post("/desk/registers/item/lamps/withdraw", &bare).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        sound("entry-withdraw-wrong", bare);
        let gone = [("csrf", csrf.as_str()), ("entry_version", "2"), ("reason", "Part of another.")];
        assert_eq!(v.post("/desk/registers/item/lamps/withdraw", &gone).await.status, StatusCode::SEE_OTHER);
        let list = sound("register", v.get("/desk/registers/item?q=lamps").await);
        assert!(list.body.contains("Withdrawn") && list.body.contains("1 held"));
        let table = v.get("/desk/registers/item/download.csv").await;
        assert!(table.body.starts_with("code,title,kind,"), "{}", table.body);
        assert!(table.body.contains("lamps,More lamps,project,"));
    });
}

#[test]
fn every_register_has_its_pages() {
    on_both(&async |site| {
        let mut v = signed_in(site, "olive", &["programme-office"], "strategy").await;
        for r in ALL {
            sound(&format!("register-{}", r.code), v.get(&format!("/desk/registers/{}", r.code)).await);
            let form = v.get(&format!("/desk/registers/{}/new", r.code)).await;
            if r.by_hand {
                assert_eq!(form.status, StatusCode::OK, "{}", r.code);
                sound(&format!("new-{}", r.code), form);
                let empty = v.fill(&format!("/desk/registers/{}/new", r.code), &[]).await;
                assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", r.code);
                sound(&format!("new-{}-wrong", r.code), empty);
            } else {
                assert_eq!(form.status, StatusCode::NOT_FOUND, "{}", r.code);
            }
        }
        assert_eq!(v.get("/desk/registers/no-such").await.status, StatusCode::NOT_FOUND);
        assert_eq!(v.get("/desk/registers/item/Over%20There").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn who_may_only_read_does_not_write() {
    on_both(&async |site| {
        let mut v = signed_in(site, "carl", &["contact-officer"], "strategy").await;
        let list = v.get("/desk/registers/organisation").await;
        assert_eq!(list.status, StatusCode::OK);
        assert!(!list.body.contains("/desk/registers/organisation/new"));
        assert_eq!(v.get("/desk/registers/organisation/new").await.status, StatusCode::FORBIDDEN);
        assert_eq!(v.get("/desk/registers/held-skill").await.status, StatusCode::FORBIDDEN);
        let mut other = signed_in(site, "cora", &["contact-officer"], "contact").await;
        assert_eq!(other.get("/desk/registers/organisation").await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn programs_write_by_the_same_rules() {
    on_both(&async |site| {
        site.outside(|_| site.staff("olive", &["programme-office"]));
        let mut v = site.visitor();
        assert_eq!(v.get("/api/v1/registers").await.status, StatusCode::UNAUTHORIZED);
        v.token = Some(site.outside(|_| site.token("olive", "strategy")));
        let all = v.get("/api/v1/registers").await.json();
        assert_eq!(all["registers"].as_array().unwrap().len(), ALL.len());
        let sent = json!({ "code": "felpersham", "body": { "title": "Felpersham", "kind": "force" } });
        let made = v.post_json("/api/v1/registers/organisation", &sent).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        assert_eq!(made.json()["version"], 1);
        let wrong = json!({ "body": { "title": "X", "kind": "tribe", "colour": "red" } });
        let wrong = v.post_json("/api/v1/registers/organisation", &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.json()["errors"].as_array().unwrap().len(), 2);
        let path = "/api/v1/registers/organisation/felpersham";
        let both = json!({ "version": 1, "withdraw": true, "body": { "title": "X", "kind": "force" } });
        assert_eq!(v.post_json(path, &both).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let gone = json!({ "version": 1, "withdraw": true, "reason": "Merged." });
        assert_eq!(v.post_json(path, &gone).await.status, StatusCode::OK);
        assert_eq!(v.post_json(path, &gone).await.status, StatusCode::CONFLICT);
        let found = v.get(path).await.json();
        assert_eq!(found["entry"]["withdrawn"], true);
        assert_eq!(found["versions"].as_array().unwrap().len(), 2);
    });
}
