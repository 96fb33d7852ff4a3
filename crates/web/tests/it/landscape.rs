//! The landscape of applications: looked at before it is taken, and found again on its pages and in the API.

use crate::{
    desk::{on_both, signed_in, sound},
    site::{Answered, Visitor},
};
use axum::http::{Method, StatusCode, header};

const SURVEY: &str = "Force,Application,Supplier,Capability,Users,Hosting,Annual cost,Contract end,Integrations,Front end,Legacy\r\n\
    Borset,CaseWorks,Larkfield Ltd,C03,1200,on-premise,£350k,31/03/2029,Old Custody (direct),yes,no\r\n\
    Borset,Old Custody,Stonegate,Investigation,300,on-premise,80000,,,no,yes\r\n\
    Mereshire,Case Works v6,Larkfield Limited,C03,900,SaaS,310000,30/06/2029,,yes,no\r\n\
    Mereshire,Ideas <b>,,C09,c. 50,,,,,,\r\n";

/// Sends a file as the page's form does.
async fn upload(v: &mut Visitor<'_>, name: &str, bytes: &[u8]) -> Answered {
    let csrf = v.get("/desk/landscape/import").await.hidden("csrf");
    let part = |n: &str, value: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{n}\"\r\n\r\n{value}\r\n")
    };
    let mut body = [part("csrf", &csrf), part("force", "")].concat();
    body.push_str(&format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    ));
    let mut body = body.into_bytes();
    body.extend(bytes);
    body.extend(b"\r\n--edge--\r\n");
    v.ask(Method::POST, "/desk/landscape/import", "multipart/form-data; boundary=edge", body).await
}

#[test]
fn a_survey_is_looked_at_taken_and_found_again() {
    on_both(&async |site| {
        let mut v = signed_in(site, "office", &["programme-office"], "strategy").await;
        let empty = sound("landscape-empty", v.get("/desk/landscape").await);
        assert!(empty.body.contains("No application is known yet"));
        sound("landscape-capabilities-empty", v.get("/desk/landscape/capabilities").await);
        sound("landscape-import", v.get("/desk/landscape/import").await);

        // A file with faults: each is shown, and nothing is taken.
        let wrong = SURVEY.replace("SaaS", "the moon").replace("£350k", "lots");
        let page = sound("landscape-faults", upload(&mut v, "wrong.csv", wrong.as_bytes()).await);
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("The file has 2 faults"), "{}", page.body);
        assert!(
            page.body.contains("is not a way of hosting") && page.body.contains("Annual cost (column G)")
        );
        assert_eq!(site.count("select count(*) from landscape_survey"), 0);
        let page = sound("landscape-no-file", upload(&mut v, "", b"").await);
        assert!(page.body.contains("Choose a file"));

        // A sound one: shown first, then taken once.
        let page = sound("landscape-preview", upload(&mut v, "one.csv", SURVEY.as_bytes()).await);
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("What will come of one.csv") && page.body.contains("it is an estimate"));
        assert!(page.body.contains("Ideas &lt;b&gt;"), "a name is shown, not run");
        assert_eq!(site.count("select count(*) from landscape_survey"), 0, "only looked at");
        let (csrf, held) = (page.hidden("csrf"), page.hidden("held"));
        let fields = [("csrf", csrf.as_str()), ("held", held.as_str())];
        let taken = v.post("/desk/landscape/import/confirm", &fields).await;
        assert_eq!(
            (taken.status, taken.location()),
            (StatusCode::SEE_OTHER, "/desk/landscape/import?taken=4")
        );
        let said = sound("landscape-taken", v.get("/desk/landscape/import?taken=4").await);
        assert!(said.body.contains("4 applications taken up"));
        let gone = v.post("/desk/landscape/import/confirm", &fields).await;
        assert!(gone.status == StatusCode::UNPROCESSABLE_ENTITY && gone.body.contains("no longer here"));

        let page = sound("landscape", v.get("/desk/landscape").await);
        for words in [
            "4 applications",
            "33%",
            "Cannot be said yet",
            "CaseWorks and 1 more, in 2 forces",
            "Old Custody",
            "75%",
        ] {
            assert!(page.body.contains(words), "{words}");
        }
        let page = sound(
            "landscape-filtered",
            v.get("/desk/landscape?force=Borset&hosting=on-premise&q=case").await,
        );
        assert!(page.body.contains("1 application.") && !page.body.contains("No application fits"));
        let map = sound("landscape-capabilities", v.get("/desk/landscape/capabilities").await);
        assert!(map.body.contains("Data management and sharing") && map.body.contains("Case Works v6"));

        // What becomes of one is set by a person, with a reason and a day.
        let path = "/desk/landscape/applications/borset--old-custody";
        let page = sound("landscape-application", v.get(path).await);
        assert!(page.body.contains("It is a legacy system."));
        let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
        let set = |by| {
            vec![
                ("csrf", csrf.as_str()),
                ("version", version.as_str()),
                ("what", "eliminate"),
                ("by", by),
                ("reason", "Replaced."),
            ]
        };
        let page = sound("landscape-application-wrong", v.post(path, &set("")).await);
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(v.post(path, &set("2028-03-31")).await.status, StatusCode::SEE_OTHER);
        let page = sound("landscape-application-set", v.get(path).await);
        assert!(page.body.contains("Eliminate, by 31 March 2028") && page.body.contains("Replaced."));

        // What goes out can come in again.
        let csv = v.get("/desk/landscape.csv").await;
        assert!(csv.body.starts_with("Force,Application,") && csv.body.contains("Old Custody (direct)"));
        let xml = v.get("/desk/landscape.xml").await;
        assert_eq!(xml.headers[header::CONTENT_TYPE], "application/xml");
        assert!(xml.body.contains("xsi:type=\"ApplicationComponent\""));
        let page = sound("landscape-preview-model", upload(&mut v, "model.xml", xml.body.as_bytes()).await);
        assert!(page.body.contains("4 ApplicationComponent"), "{}", page.body);
        let (csrf, held) = (page.hidden("csrf"), page.hidden("held"));
        let taken = v.post("/desk/landscape/import/confirm", &[("csrf", &csrf), ("held", &held)]).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER);
        let page = sound("landscape-models", v.get("/desk/landscape").await);
        let at = page.body.find("/desk/landscape/models/").unwrap();
        let model = v.get(page.body[at..].split('"').next().unwrap()).await;
        assert!(model.status == StatusCode::OK && model.body.contains("<view "));
    });
}

#[test]
fn only_the_programme_office_takes_anything_up() {
    on_both(&async |site| {
        let mut v = signed_in(site, "chief", &["accountable-officer"], "strategy").await;
        assert_eq!(
            v.get("/desk/landscape").await.status,
            StatusCode::OK,
            "who may see the strategy sees the landscape"
        );
        assert_eq!(v.get("/desk/landscape/import").await.status, StatusCode::FORBIDDEN);
        let mut v = signed_in(site, "caller", &["contact-officer"], "contact").await;
        assert_eq!(v.get("/desk/landscape").await.status, StatusCode::FORBIDDEN, "not for that purpose");
    });
}

#[test]
fn the_api_does_the_same() {
    on_both(&async |site| {
        site.outside(|_| site.staff("office", &["programme-office"]));
        let mut v = site.visitor();
        v.token = Some(site.outside(|_| site.token("office", "strategy")));
        let kind = "application/octet-stream";
        let wrong = v
            .ask(
                Method::POST,
                "/api/v1/landscape/surveys?file=w.csv",
                kind,
                b"Force,Application,Users\nA,X,many\n".to_vec(),
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.json()["errors"][0]["field"], "w.csv:2: Users (column C)");
        let look =
            v.ask(Method::POST, "/api/v1/landscape/surveys?file=s.csv&check=yes", kind, SURVEY.into()).await;
        assert_eq!((look.status, look.json()["plan"]["new"].as_array().unwrap().len()), (StatusCode::OK, 4));
        assert_eq!(v.get("/api/v1/landscape").await.json()["applications"], serde_json::json!([]));
        let taken = v.ask(Method::POST, "/api/v1/landscape/surveys?file=s.csv", kind, SURVEY.into()).await;
        assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
        let again = v.ask(Method::POST, "/api/v1/landscape/surveys?file=t.csv", kind, SURVEY.into()).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        let held = v.get("/api/v1/landscape").await.json();
        assert_eq!(held["hosting"]["measure"]["number"]["unknown"], 1);
        assert_eq!(held["surveys"].as_array().unwrap().len(), 1);
        let found = v.get("/api/v1/landscape/findings").await.json();
        assert_eq!(found["same"][0]["forces"], 2);
        assert_eq!(found["direct_links"][0]["to"], "Old Custody");
        let set = serde_json::json!({ "version": 1, "what": "tolerate", "reason": "It works." });
        let path = "/api/v1/landscape/applications/borset--caseworks/disposition";
        assert_eq!(v.post_json(path, &set).await.status, StatusCode::NO_CONTENT);
        assert_eq!(
            v.post_json(path, &set).await.status,
            StatusCode::CONFLICT,
            "somebody has changed it since"
        );
        assert!(v.get("/api/v1/landscape/archimate").await.body.contains("ApplicationComponent"));
        assert_eq!(v.get("/api/v1/landscape/models").await.json()["models"], serde_json::json!([]));
    });
}
