//! The API in a running house with nothing but the vault in it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use medward_contract::event::{Dataset, Event, Field};
use medward_contract::id::AccountId;
use medward_contract::identity::{ClientFacts, Credential, Directory};
use medward_contract::vault::{Durability, EventSink, LogQuery, RecordRef};
use medward_contract::{PortError, Principal, Role, SensitivityLabel};
use medward_kernel::config::{LoadedConfig, Override};
use medward_kernel::house::House;
use medward_kernel::{Clock, entry};
use medward_vault::Vault;
use medward_vault::prove::ProofDocument;
use medward_web::{Asset, Assets, Site};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::kit::{access, always, assert_sound, verify_at};

/// Everybody signs in with the name of a role, padded to the length of a secret.
struct People;

fn secret(role: Role) -> String {
    format!("{role}-0123456789012345")
}

#[async_trait]
impl Directory for People {
    async fn principal(&self, credential: &Credential, _: &ClientFacts) -> Result<Option<Principal>, PortError> {
        let Credential::Session(shown) = credential else { return Ok(None) };
        let role = Role::ALL.into_iter().find(|role| secret(*role) == *shown);
        Ok(role.map(|role| Principal {
            account: AccountId::new(),
            login: role.to_string(),
            name: "测试".into(),
            roles: vec![role],
            clearance: SensitivityLabel::L2,
            session: None,
        }))
    }
}

struct NoFiles;

impl Assets for NoFiles {
    fn get(&self, _: &str) -> Option<Asset> {
        None
    }
}

struct Running {
    house: House,
    router: axum::Router,
    directory: tempfile::TempDir,
}

impl Running {
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let set = |path: &[&'static str], value: &str| Override::option("test", path, value);
        let overrides = vec![
            set(&["data_dir"], directory.path().to_str().unwrap()),
            set(&["telemetry", "listen"], ""),
            set(&["vault", "reserve"], "0KiB"),
            set(&["vault", "commit_interval"], "1ms"),
        ];
        let config = LoadedConfig::read(None, overrides).unwrap();
        let mut house = House::build(&config, &[entry::<Vault>()], Clock::system()).await.unwrap();
        let kit = house.kit().clone();
        kit.ports.give::<dyn Directory>("test", Arc::new(People)).unwrap();
        house.wire(&[]).await.unwrap();
        let site = Site { routes: house.take_routes(), matrix: house.matrix().clone(), assets: Arc::new(NoFiles) };
        let router = medward_web::router(&kit, site);
        house.ready();
        Self { house, router, directory }
    }

    fn sink(&self) -> Arc<dyn EventSink> {
        self.house.kit().ports.port::<dyn EventSink>("test").get().unwrap().clone()
    }

    async fn append(&self, events: Vec<Event>) {
        self.sink().append(events, Durability::Durable).await.unwrap();
    }

    async fn response(&self, method: &str, path: &str, role: Role) -> axum::response::Response {
        self.response_to(method, path, role, &Value::Object(serde_json::Map::default())).await
    }

    async fn response_to(&self, method: &str, path: &str, role: Role, body: &Value) -> axum::response::Response {
        let secret = secret(role);
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/vault{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, format!("__Host-mw={secret}"))
            .header("x-medward-csrf", medward_web::csrf::token(&self.house.kit().keys, &secret));
        self.router.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap()
    }

    async fn call(&self, method: &str, path: &str, role: Role) -> (StatusCode, Value) {
        Self::told(self.response(method, path, role).await).await
    }

    /// The answer to a query that is sent as a body.
    async fn post(&self, query: &str, role: Role) -> (StatusCode, Value) {
        Self::told(self.response_to("POST", "/search", role, &serde_json::json!({"q": query})).await).await
    }

    async fn told(response: axum::response::Response) -> (StatusCode, Value) {
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, Role::Auditadmin).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// Waits until the verification is done, woken by commits: its result is one.
    async fn verified(&self) -> Value {
        loop {
            let state = self.get("/verify").await;
            if state["state"] == "done" {
                return state;
            }
            tokio::task::yield_now().await;
        }
    }
}

fn login(user: &str) -> Event {
    Event::new(Dataset::AuthLogin, "login", Clock::system().now())
        .set(Field::UserName, user)
        .set(Field::SourceIp, "10.0.0.1")
        .attr("auth.method", "totp")
}

#[tokio::test(flavor = "multi_thread")]
async fn record_is_found_counted_read_and_proven() {
    let running = Running::start().await;
    // Two of the same microsecond come in the order of their numbers.
    let report = access("/report");
    running.append(vec![report.clone(), report, access("/other")]).await;
    let found = running.get("/search?q=url.path:report&limit=1").await;
    assert_eq!((found["rows"][0]["address"].as_str(), found["complete"].as_bool()), (Some("access:0"), Some(true)));
    let cursor = found["next_cursor"].as_str().unwrap().replace(',', "%2C");
    let next = running.get(&format!("/search?q=url.path:report&limit=1&cursor={cursor}")).await;
    assert_eq!((next["rows"][0]["seq"].as_u64(), next["next_cursor"].is_null()), (Some(1), true));
    assert_eq!(next["rows"][0]["event"]["medward.seq"], 1);

    let top = running.get("/top?field=url.path&q=stream:access").await;
    assert_eq!((top["items"][0]["value"].as_str(), top["items"][0]["count"].as_u64()), (Some("/report"), Some(2)));
    let histogram = running.get("/histogram?q=stream:access&by=url.path&step_us=3600000000").await;
    let sum: u64 = histogram["buckets"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|bucket| bucket["counts"].as_object().unwrap().values())
        .map(|count| count.as_u64().unwrap())
        .sum();
    assert_eq!(sum, 3);

    let record = running.get("/events/access/2").await;
    let proof = running.get("/prove/access/2").await;
    assert_eq!(record["leaf_hash"], proof["leaf_hash"]);
    let document = ProofDocument::parse(proof["proof_text"].as_str().unwrap()).unwrap();
    let key = proof["site_vkey"].as_str().unwrap().parse().unwrap();
    assert_eq!(document.check(&key, None).unwrap().to_string(), "access:2");
    assert_eq!(
        data_encoding::HEXLOWER.encode(document.record.as_ref().unwrap()),
        record["canonical_hex"].as_str().unwrap()
    );

    let streams = running.get("/streams").await;
    let state = streams["items"].as_array().unwrap().iter().find(|item| item["stream"] == "access").unwrap();
    assert_eq!((state["size"].as_u64(), state["checkpoint_size"].as_u64()), (Some(3), Some(3)));
    assert_eq!(state["fingerprint"].as_str().unwrap().len(), 19);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_queries_and_missing_records_have_their_codes() {
    let running = Running::start().await;
    let check = async |path: &str, status: u16, code: &str| {
        let (got, problem) = running.call("GET", path, Role::Auditadmin).await;
        assert_eq!((got.as_u16(), problem["code"].as_str()), (status, Some(code)), "{path}: {problem}");
        problem
    };
    let problem = check("/search?q=(sqli", 400, "VLT-0201").await;
    assert_eq!(problem["args"]["column"], "6");
    let problem = check("/search?q=*|limit", 400, "VLT-0201").await;
    assert_eq!(
        (problem["args"]["column"].as_str(), problem["args"]["expected"].as_str()),
        (Some("8"), Some("a number from 1 to 100000"))
    );
    let problem = check("/search?q=*|stats%20sum(user.name)", 400, "VLT-0202").await;
    assert_eq!(problem["args"]["parameter"], "sum(user.name)");
    check("/search?q=*|stats%20count()&cursor=1,app,1", 400, "VLT-0202").await;
    check("/search?q=*|hist%201s&from=0", 422, "VLT-0203").await;
    check("/tail?q=*|limit%201", 400, "VLT-0201").await;
    check("/search?cursor=nonsense", 400, "VLT-0202").await;
    check("/top?q=x", 400, "VLT-0202").await;
    check("/histogram?step_us=1000&from=0", 422, "VLT-0203").await;
    check("/events/access/0", 404, "VLT-0404").await;
    check("/events/nobody/0", 404, "VLT-0404").await;
    check("/prove/access/0", 404, "VLT-0404").await;
}

/// CD-059, QH-085: who searched what is itself on record; who runs the systems sees only his own logins.
#[tokio::test(flavor = "multi_thread")]
async fn reading_is_recorded_and_limited_by_role() {
    let running = Running::start().await;
    running.append(vec![login("sysadmin"), login("somebody")]).await;
    running.append(vec![access("/a")]).await;
    let rows = async |role: Role, query: &str| {
        let (status, body) = running.call("GET", &format!("/search?q={query}"), role).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["address"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(Role::Auditadmin, "stream:auth").await.len(), 2);
    assert_eq!(rows(Role::Sysadmin, "stream:auth").await, ["auth:0"]);
    assert_eq!(rows(Role::Sysadmin, "stream:access").await, ["access:0"]);
    assert_eq!(running.call("GET", "/events/auth/1", Role::Sysadmin).await.0.as_u16(), 404);
    assert_eq!(running.call("GET", "/search", Role::Requester).await.0.as_u16(), 403);

    rows(Role::Auditadmin, "stream:auth").await;
    let recorded =
        rows(Role::Auditadmin, "event.dataset:=vault.search%20user.name:=auditadmin%20vault.query:=stream:auth").await;
    assert_eq!(recorded.len(), 1, "the same question within a minute once");

    // Counting first, or asking for fewer rows, hides no reading (CD-059).
    let counted = running.call("GET", "/histogram?q=zz%20or%20*&step=60s", Role::Auditadmin).await;
    assert_eq!(counted.0, StatusCode::OK, "{}", counted.1);
    for more in ["", "&limit=1", "&from=0", "&limit=1"] {
        rows(Role::Auditadmin, &format!("zz%20or%20*{more}")).await;
    }
    let told = rows(Role::Auditadmin, "event.dataset:=vault.search%20vault.query:=%22zz%20or%20*%22").await;
    assert_eq!(told.len(), 4, "one count and three different readings: {told:?}");

    // A page that refreshes the last hour asks the same; the hour before is another question.
    let now = running.house.kit().clock.now().as_micros();
    for (from, to) in [(-3_600, 0), (-3_590, 10), (-7_200, -3_600), (-7_100, -3_500)] {
        let window = format!("from={}&to={}", now + from * 1_000_000, now + to * 1_000_000);
        rows(Role::Auditadmin, &format!("yy%20or%20*&{window}")).await;
    }
    let told = rows(Role::Auditadmin, "event.dataset:=vault.search%20vault.query:=%22yy%20or%20*%22").await;
    assert_eq!(told.len(), 3, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pipes_choose_order_and_count() {
    let running = Running::start().await;
    running.append(["/a", "/b", "/a", "/c"].map(access).to_vec()).await;
    let post = async |query: &str| {
        let (status, told) = running.post(query, Role::Auditadmin).await;
        assert_eq!((status, told["complete"].as_bool()), (StatusCode::OK, Some(true)), "{query}: {told}");
        told
    };
    let told =
        post("stream:access | stats by (url.path) count() as n | where n:<9 | sort by (n desc, url.path) | limit 2")
            .await;
    assert_eq!(
        told["columns"],
        serde_json::json!([{"name": "url.path", "kind": "text"}, {"name": "n", "kind": "int"}])
    );
    assert_eq!(told["table"], serde_json::json!([["/a", 2], ["/b", 1]]));
    assert_eq!(
        (told["scan"].as_str(), told["scanned"].as_u64(), told["rows"].as_array().unwrap().len()),
        (Some("full"), Some(4), 0)
    );
    assert!(told["millis"].is_u64() && told.get("reason").is_none() && told.get("resume").is_none());

    let told =
        post("stream:access | where url.path:!=/c | sort by (url.path, medward.seq) | limit 2 | fields url.path").await;
    assert_eq!(
        told["rows"][1],
        serde_json::json!({"stream": "access", "seq": 2, "address": "access:2", "event": {"url.path": "/a"}})
    );
    assert_eq!((told["rows"].as_array().unwrap().len(), told.get("table")), (2, None));
    let told = running.get("/search?q=stream:access|sort%20by%20(url.path)&limit=3").await;
    assert_eq!((told["complete"].as_bool(), told["reason"].as_str()), (Some(false), Some("limit")));
    assert_eq!(post("stream:access url.path:a").await["scan"], "index");
    let chart = running.get("/histogram?q=stream:access|limit%201&step_us=3600000000").await;
    assert_eq!(
        chart["buckets"].as_array().unwrap().last().unwrap()["counts"]["all"],
        4,
        "a chart shows what the filter finds"
    );
}

/// CD-059, QH-085: a count leaks nothing of what a role may not read, and is on record like any reading.
#[tokio::test(flavor = "multi_thread")]
async fn counting_is_recorded_and_limited_by_role() {
    let running = Running::start().await;
    running.append(vec![login("sysadmin"), login("somebody")]).await;
    let table = async |query: &str, role: Role| running.post(query, role).await.1["table"].clone();
    for (query, all, own) in [
        ("stream:auth | stats count()", serde_json::json!([[2]]), serde_json::json!([[1]])),
        (
            "* | where stream:auth | uniq by (user.name)",
            serde_json::json!([["somebody"], ["sysadmin"]]),
            serde_json::json!([["sysadmin"]]),
        ),
        (
            "stream:auth or user.name:somebody | stats max(user.name)",
            serde_json::json!([["sysadmin"]]),
            serde_json::json!([["sysadmin"]]),
        ),
        ("stream:auth | stats count_if(user.name:somebody)", serde_json::json!([[1]]), serde_json::json!([[0]])),
        (
            "stream:auth | limit 5 | top 5 by (user.name)",
            serde_json::json!([["somebody", 1], ["sysadmin", 1]]),
            serde_json::json!([["sysadmin", 1]]),
        ),
    ] {
        assert_eq!(table(query, Role::Auditadmin).await, all, "{query}");
        assert_eq!(table(query, Role::Sysadmin).await, own, "{query}");
    }
    assert_eq!(running.post("* | stats count()", Role::Requester).await.0, StatusCode::FORBIDDEN);
    let told = table(
        "event.dataset:=vault.search user.name:=sysadmin vault.kind:=table | top 9 by (vault.query)",
        Role::Auditadmin,
    )
    .await;
    assert_eq!(told.as_array().unwrap().len(), 5, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn verification_runs_in_the_background_and_is_put_on_record() {
    let running = Running::start().await;
    running.append(vec![access("/a")]).await;
    assert_eq!(running.get("/verify").await["state"], "never");
    assert_eq!(running.call("POST", "/verify", Role::Sysadmin).await.0.as_u16(), 403);
    let (status, begun) = running.call("POST", "/verify", Role::Auditadmin).await;
    assert!(status.is_success() && !begun["id"].as_str().unwrap().is_empty(), "{begun}");
    let done = running.verified().await;
    assert_eq!((done["progress"].as_f64(), done["findings"].as_array().unwrap().len()), (Some(1.0), 0), "{done}");
    assert!(done["records"].as_u64().unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tail_shows_what_is_committed_from_now_on() {
    let running = Running::start().await;
    running.append(vec![access("/before")]).await;
    let response = running.response("GET", "/tail?q=stream:access", Role::Secadmin).await;
    assert_eq!(response.status(), StatusCode::OK);
    running.sink().emit(access("/after"));
    let mut body = response.into_body();
    let mut text = String::new();
    while !text.contains("event: record") || !text.ends_with("\n\n") {
        let frame = body.frame().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
    }
    assert!(text.contains("/after") && !text.contains("/before") && text.contains("id: "), "{text}");
}

/// Ports `EventSink` and `LogQuery` as other capabilities see them; a clean stop leaves a sound vault.
#[tokio::test(flavor = "multi_thread")]
async fn ports_answer_and_a_clean_stop_leaves_a_sound_vault() {
    let running = Running::start().await;
    running.append(vec![access("/a").set(Field::MedwardSource, "fw-core"), access("/b")]).await;
    let query = running.house.kit().ports.port::<dyn LogQuery>("test");
    let query = query.get().unwrap();
    let page = query.query("url.path:=/b", always(), None).await.unwrap();
    assert_eq!((page.rows.len(), page.complete, page.next_cursor), (1, true, None));
    assert!(query.last_seen("fw-core").await.unwrap().is_some());
    assert_eq!(query.last_seen("fw-none").await.unwrap(), None);
    let proof = query.prove(RecordRef { stream: page.rows[0].at.stream, seq: 1 }).await.unwrap();
    assert_eq!(proof.size, 2);
    assert!(matches!(query.query("(", always(), None).await, Err(PortError::Refused { code: "VLT-0201" })));
    let Running { house, router, directory } = running;
    drop(router);
    assert_eq!(house.stop().await, Vec::<String>::new());
    let report = verify_at(&directory.path().join("vault"), Vec::new());
    assert_sound(&report);
    assert_eq!(report.sound.len(), 2, "access and vault");
}

/// PACS-028, QH-082: no route and no command removes or changes a record.
#[tokio::test(flavor = "multi_thread")]
async fn no_route_removes_or_changes_a_record() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = Override::option("test", &["data_dir"], directory.path().to_str().unwrap());
    let config = LoadedConfig::read(None, vec![data_dir]).unwrap();
    let mut house = House::build(&config, &[entry::<Vault>()], Clock::system()).await.unwrap();
    let changing: Vec<String> =
        house.take_routes().iter().filter(|route| route.audit.is_some()).map(|route| route.path.clone()).collect();
    assert_eq!(changing, ["/api/v1/vault/verify"]);
}
