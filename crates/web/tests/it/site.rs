//! A whole service in one process: shipped forms, definitions and policy on a test database, asked over HTTP.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use bluelamp_access::{NewAccount, Policy};
use bluelamp_casework::Shelf;
use bluelamp_forms::Form;
use bluelamp_model::{
    Id,
    authority::{Actor, Ask},
};
use bluelamp_steward::appetite::Appetite;
use bluelamp_steward::strategy::Strategy;
use bluelamp_store::{Cx, Db, Engine, Entropy, LogKey};
use bluelamp_testkit::{TestDb, put_live};
use bluelamp_triage::IndicatorSet;
use bluelamp_web::{App, Limits, Settings, router};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, LazyLock},
};
use tower::ServiceExt;

/// The repository's `data` folder.
fn data(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// The strategies that come with the product, each with its text, read once.
static STRATEGIES: LazyLock<Vec<(Strategy, String)>> = LazyLock::new(|| {
    let read = |id: &str| {
        let text = data(&format!("strategy/{id}.yaml"));
        (Strategy::parse(id, &text).unwrap(), text)
    };
    ["national-2020", "essex-2021"].map(read).into()
});

pub(crate) struct Site {
    pub test: TestDb,
    pub policy: Arc<Policy>,
    pub shelf: Arc<Shelf>,
    router: Router,
    key: LogKey,
}

const KINDS: [&str; 3] = ["antisocial-behaviour", "burglary", "cyber-harassment"];
/// Three that go live, and one in shadow.
const DEFINITIONS: [&str; 4] = ["antisocial-behaviour", "burglary", "cyber-harassment", "domestic-abuse"];

impl Site {
    pub(crate) fn new(engine: Engine, limits: Limits) -> Self {
        let policy = Arc::new(Policy::parse("access.toml", &data("policies/access.toml")).unwrap());
        let decide = Arc::clone(&policy);
        let test = TestDb::new(engine, Arc::new(move |actor: &Actor, ask: &Ask| decide.decide(actor, ask)));
        let common = data("forms/common.json");
        let forms: BTreeMap<String, Form> = KINDS
            .iter()
            .map(|id| {
                let file = format!("forms/{id}.json");
                let form = Form::parse(&file, &data(&file), ("forms/common.json", &common)).unwrap();
                (form.id.clone(), form)
            })
            .collect();
        let texts: Vec<String> =
            DEFINITIONS.iter().map(|id| data(&format!("definitions/{id}/1.0.0.md"))).collect();
        let words = data("indicators/burglary-words.toml");
        let words = IndicatorSet::load("indicators/burglary-words.toml", &words).unwrap();
        let shelf = Arc::new(Shelf::new(Arc::new([(words.id.clone(), words)].into())));
        put_live(&test.db, &shelf, &texts.iter().map(String::as_str).collect::<Vec<_>>());
        let strategies = STRATEGIES.clone();
        test.db
            .write(&Actor::system(), move |cx| bluelamp_steward::strategy::take_up(cx, &strategies))
            .unwrap();
        let settings = Settings {
            public_url: "http://localhost".into(),
            organisation: "borsetshire-police".into(),
            theme: bluelamp_web::govuk::Theme::demo(),
            limits,
            largest_file: 1024 * 1024,
            forwarded_header: None,
            content: [("privacy".to_owned(), "# Privacy\n\nWhat we keep.".to_owned())].into(),
            appetite: Appetite::parse("appetite.toml", &data("strategy/appetite.toml")).unwrap(),
            columns: bluelamp_steward::landscape::Columns::shipped().unwrap(),
            redress: bluelamp_steward::redress::Rules::shipped().unwrap(),
        };
        let key = || {
            LogKey::open(test.folder(), "bluelamp.example/test", &mut Entropy::Seeded([3; 32], 0)).unwrap()
        };
        let app = App::new(
            test.db.clone(),
            key(),
            Arc::clone(&policy),
            forms,
            Arc::clone(&shelf),
            settings,
            [9; 32],
        );
        let key = key();
        Self { router: router(app), test, policy, shelf, key }
    }

    fn db(&self) -> &Db {
        &self.test.db
    }

    /// Runs work on the database away from the async threads, as the service itself does.
    pub(crate) fn outside<T: Send>(&self, work: impl FnOnce(&Db) -> T + Send) -> T {
        std::thread::scope(|s| s.spawn(|| work(&self.test.db)).join().unwrap())
    }

    /// The number that a statement counts.
    pub(crate) fn count(&self, sql: &str) -> i64 {
        self.outside(|db| db.credential_rows(sql, &[]).unwrap()[0].get(0).unwrap())
    }

    pub(crate) fn key(&self) -> &LogKey {
        &self.key
    }

    /// A visitor with a cookie jar, or a program with a token.
    pub(crate) fn visitor(&self) -> Visitor<'_> {
        Visitor { site: self, jar: BTreeMap::new(), token: None }
    }

    /// Does the waiting jobs, as the worker would.
    pub(crate) fn work(&self) -> usize {
        let jobs = self.db().claim_jobs(100, 60).unwrap();
        let mut done = 0;
        for job in jobs.into_iter().filter(|j| !matches!(j.kind.as_str(), "send")) {
            let shelf = Arc::clone(&self.shelf);
            done += usize::from(job.kind == "assess");
            let run = move |cx: &mut Cx<'_>| match job.kind.as_str() {
                "assess" => bluelamp_casework::assess(cx, &job, &shelf, "borsetshire-police"),
                "retriage" => bluelamp_casework::retriage(cx, &job, &shelf),
                _ => bluelamp_casework::algorithm_changed(cx, &job, &shelf),
            };
            self.db().write(&Actor::system(), run).unwrap();
        }
        done
    }

    /// A member of staff with a password.
    pub(crate) fn staff(&self, username: &str, roles: &[&str]) -> Id {
        let (id, secret) = self.account(username, roles);
        self.outside(|db| bluelamp_access::accept_invitation(db, &secret, "three sleepy lamps").unwrap());
        id
    }

    /// An account and the invitation to it.
    fn account(&self, username: &str, roles: &[&str]) -> (Id, String) {
        let new = NewAccount {
            username: username.into(),
            name: format!("{} Example", username.to_uppercase()),
            roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        };
        let policy = Arc::clone(&self.policy);
        let admin = Actor::staff(Id::from_bytes([1; 16]), vec!["administrator".into()], "administration");
        self.db()
            .write(&admin, move |cx| {
                let id = bluelamp_access::create_account(cx, &policy, &new)?;
                Ok((id, bluelamp_access::invite(cx, id)?))
            })
            .unwrap()
    }

    /// An API token for that person and purpose.
    pub(crate) fn token(&self, username: &str, purpose: &str) -> String {
        let policy = Arc::clone(&self.policy);
        let (username, purpose) = (username.to_owned(), purpose.to_owned());
        let admin = Actor::staff(Id::from_bytes([1; 16]), vec!["administrator".into()], "administration");
        self.db()
            .write(&admin, move |cx| {
                bluelamp_access::issue_token(cx, &policy, &username, &purpose, "test", 1)
            })
            .unwrap()
            .token
    }
}

pub(crate) struct Visitor<'a> {
    site: &'a Site,
    jar: BTreeMap<String, String>,
    pub token: Option<String>,
}

pub(crate) struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answered {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    /// The value of the hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let at =
            self.body.find(&mark).unwrap_or_else(|| panic!("no field {name} in {}", self.body)) + mark.len();
        self.body[at..].split('"').next().unwrap().to_owned()
    }
}

impl Visitor<'_> {
    pub(crate) async fn ask(&mut self, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Answered {
        self.ask_with(method, path, kind, body, &[]).await
    }

    pub(crate) async fn ask_with(
        &mut self,
        method: Method,
        path: &str,
        kind: &str,
        body: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> Answered {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let cookies: Vec<_> = self.jar.iter().map(|(n, v)| format!("{n}={v}")).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let response =
            self.site.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        let bytes = axum::body::to_bytes(body, 64 * 1024 * 1024).await.unwrap();
        Answered {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// What a path gives, to the byte.
    pub(crate) async fn raw(&mut self, method: Method, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let cookies: Vec<_> = self.jar.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, cookies.join("; "));
        let response = self.site.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 64 * 1024 * 1024).await.unwrap();
        (parts.status, parts.headers, bytes.to_vec())
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answered {
        self.ask(Method::GET, path, "", Vec::new()).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask(Method::POST, path, "application/x-www-form-urlencoded", body.into_bytes()).await
    }

    pub(crate) async fn post_json(&mut self, path: &str, body: &serde_json::Value) -> Answered {
        self.ask(Method::POST, path, "application/json", body.to_string().into_bytes()).await
    }

    pub(crate) async fn post_json_with(
        &mut self,
        path: &str,
        body: &serde_json::Value,
        headers: &[(&str, &str)],
    ) -> Answered {
        self.ask_with(Method::POST, path, "application/json", body.to_string().into_bytes(), headers).await
    }

    /// Fills in the page that a path shows and posts it; gives what came back.
    pub(crate) async fn fill(&mut self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        let csrf = page.hidden("csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }
}

pub(crate) const NO_LIMITS: Limits = Limits { reports: 0, sign_ins: 0, tracking: 0 };
