//! The access guard over real sockets (PACS-032, PACS-042, PACS-043, PACS-047, PACS-057 to PACS-065): nobody reaches a guarded
//! application before login, and what happens to those who did.

mod crowd;
mod keeping;
mod people;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use medward_contract::Role;
use medward_contract::event::{Dataset, Field};
use medward_contract::identity::AccountChanged;
use medward_kernel::clock::ManualClock;
use serde_json::{Value, json};

use self::people::{CODE, PASSWORD, People};
use crate::backend::Backend;
use crate::client::{RawClient, Response};
use crate::rig::{Rig, Setup};

/// The gateway believes what 127.0.0.1 says about clients.
const CONFIG: &str = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n";
const PAGE: &str = "Accept: text/html\r\nX-Forwarded-For: 203.0.113.9\r\n";

struct House {
    rig: Rig,
    backend: Backend,
    people: Arc<People>,
    hand: ManualClock,
    guard: String,
}

impl House {
    /// One site for every host behind a guard with these settings.
    async fn new(guard: Value) -> Self {
        let people = Arc::new(People::new());
        let (mut setup, hand) = Setup::new(CONFIG).with_manual_clock();
        setup.authenticator = people.clone();
        let (rig, backend) = (setup.start().await, Backend::start());
        let guard = Self::furnish(&rig, &backend, guard).await;
        Self { rig, backend, people, hand, guard }
    }

    /// The id of the guard.
    async fn furnish(rig: &Rig, backend: &Backend, guard: Value) -> String {
        let mut spec = json!({ "name": "影像", "allow_plain_http": true });
        spec.as_object_mut().unwrap().extend(guard.as_object().unwrap().clone());
        let (code, made) = rig.call(Role::Secadmin, "POST", "/guards", &spec.to_string()).await;
        assert_eq!(code, 201, "{made}");
        let guard = made["id"].as_str().unwrap().to_owned();
        let site = json!({ "name": "PACS", "hosts": ["*"], "upstreams": [backend.url()],
            "settings": { "guard_id": guard } });
        let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &site.to_string()).await;
        assert_eq!(code, 201, "{made}");
        guard
    }

    async fn send(&self, line: &str, headers: &str, body: &str) -> Response {
        let mut raw = RawClient::connect(self.rig.http()).await;
        raw.send(format!(
            "{line} HTTP/1.1\r\nHost: pacs.local\r\nUser-Agent: Mozilla/5.0\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await;
        raw.response().await
    }

    async fn get(&self, path: &str, cookie: &str) -> Response {
        self.send(&format!("GET {path}"), &format!("{PAGE}Cookie: app=1; {cookie}\r\n"), "").await
    }

    async fn post(&self, path: &str, cookie: &str, body: &str) -> Response {
        let headers = format!(
            "{PAGE}Origin: http://pacs.local\r\nContent-Type: application/x-www-form-urlencoded\r\nCookie: {cookie}\r\n"
        );
        self.send(&format!("POST {path}"), &headers, body).await
    }

    /// Password and code; what comes then.
    async fn try_login(&self, login: &str, to: &str) -> Response {
        let body = form(&[("step", "password"), ("to", to), ("login", login), ("password", PASSWORD)]);
        let asked = self.post("/.medward/login", "", &body).await;
        assert_eq!(asked.status, 200, "{}", asked.text());
        let body = form(&[("step", "factor"), ("to", to), ("code", CODE)]);
        self.post("/.medward/login", &cookie(&asked, "__mw_l"), &body).await
    }

    /// Signs in; the cookie of the session.
    async fn login(&self, login: &str) -> String {
        let entered = self.try_login(login, "/").await;
        assert_eq!((entered.status, entered.header("location")), (303, Some("/")), "{}", entered.text());
        cookie(&entered, "__mw_s")
    }

    /// Turns the clock, and lets the gateway look.
    fn pass(&self, time: Duration) {
        self.hand.advance(time);
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(fields);
    text.finish()
}

/// `name=value` of a cookie that is set.
fn cookie(response: &Response, name: &str) -> String {
    let lines = response.head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let mut found = lines.filter(|line| line.starts_with(name)).map(|line| line.split(';').next().unwrap().to_owned());
    found.next().unwrap_or_else(|| panic!("no {name} in {}", response.head))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_signed_in_is_not_asked_for_a_captcha() {
    let house = House::new(json!({})).await;
    let rule = json!({ "name": "预约", "number": 1, "action": "captcha",
        "condition": { "field": "path", "op": "prefix", "value": "/book" } });
    assert_eq!(house.rig.call(Role::Secadmin, "POST", "/rules", &rule.to_string()).await.0, 201);
    let asked = house.get("/book", "").await;
    assert!(asked.status == 403 && asked.text().contains("<svg"), "{}", asked.text());
    let session = house.login("wang").await;
    assert_eq!(house.get("/book", &session).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_reaches_the_application_before_login_and_it_never_sees_the_session() {
    let house = House::new(json!({})).await;
    let sent = house.get("/reports?id=7", "").await;
    assert_eq!((sent.status, sent.header("location")), (303, Some("/.medward/login?to=%2Freports%3Fid%3D7")));
    let api = house.send("GET /api", "Accept: application/json\r\nX-Medward-User: admin\r\n", "").await;
    assert_eq!(api.status, 401);
    assert_eq!(house.post("/save", "", "a=1").await.status, 401);
    assert!(house.backend.requests().is_empty(), "{:?}", house.backend.requests());
    let page = house.get("/.medward/login?to=%2Freports%3Fid%3D7", "").await;
    assert!(page.status == 200 && page.text().contains("PACS") && page.text().contains("/reports?id=7"));
    let session = house.login("wang").await;
    assert_eq!(house.get("/reports?id=7", &session).await.status, 200);
    let seen = &house.backend.requests()[0];
    assert_eq!((seen.header("cookie"), seen.header("x-medward-user")), (Some("app=1"), Some("wang")));
    let account = house.people.of("wang").account;
    assert_eq!(seen.header("x-medward-assert"), Some(&*format!("signed.for-{account}.at-pacs.local")));
    let login = &house.rig.recorder.of(Dataset::AuthLogin)[0];
    assert_eq!((&*login.action, login.text(Field::UserName)), ("login", Some("wang")));
    let access = house.rig.recorder.of(Dataset::AccessRequest);
    let served = access.iter().find(|event| event.text(Field::UrlPath) == Some("/reports") && event.action == "serve");
    assert_eq!(served.unwrap().text(Field::UserName), Some("wang"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn login_needs_both_factors_from_a_page_of_the_same_site() {
    let house = House::new(json!({})).await;
    let wrong = form(&[("step", "password"), ("to", "/"), ("login", "wang"), ("password", "wrong")]);
    let refused = house.post("/.medward/login", "", &wrong).await;
    assert!(refused.status == 403 && refused.text().contains("不正确"), "{}", refused.text());
    let right = form(&[("step", "password"), ("to", "/"), ("login", "wang"), ("password", PASSWORD)]);
    let asked = house.post("/.medward/login", "", &right).await;
    assert!(!asked.head.contains("__mw_s"), "a password alone opens nothing");
    let step = cookie(&asked, "__mw_l");
    let wrong = form(&[("step", "factor"), ("to", "/"), ("code", "000000")]);
    assert_eq!(house.post("/.medward/login", &step, &wrong).await.status, 403);
    let right = form(&[("step", "factor"), ("to", "/"), ("code", CODE)]);
    let elsewhere = format!("{PAGE}Origin: http://evil.example\r\nCookie: {step}\r\n");
    assert_eq!(house.send("POST /.medward/login", &elsewhere, &right).await.status, 403);
    assert_eq!(house.post("/.medward/login", "", &right).await.status, 403, "a code without its login");
    let taken = form(&[("step", "take_over"), ("to", "/")]);
    assert_eq!(house.post("/.medward/login", &step, &taken).await.status, 403, "a step out of order");
    let entered = house.post("/.medward/login", &step, &right).await;
    assert_eq!(entered.status, 303);
    let line = entered.head.lines().find(|line| line.contains("__mw_s_")).unwrap();
    assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax"), "{line}");
    let name = cookie(&entered, "__mw_s");
    let forged = format!("{}={}", name.split('=').next().unwrap(), "a".repeat(96));
    assert_eq!(house.get("/", &forged).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_login_asks_and_then_ends_the_first_which_is_told_by_whom() {
    let house = House::new(json!({})).await;
    let first = house.login("wang").await;
    let asked = house.try_login("wang", "/x").await;
    assert!(asked.status == 200 && asked.text().contains("203.0.113.9"), "{}", asked.text());
    assert_eq!(house.get("/", &first).await.status, 200, "nothing has ended yet");
    let body = form(&[("step", "take_over"), ("to", "/x")]);
    let entered = house.post("/.medward/login", &cookie(&asked, "__mw_l"), &body).await;
    assert_eq!((entered.status, entered.header("location")), (303, Some("/x")));
    let second = cookie(&entered, "__mw_s");
    assert_eq!(house.get("/", &second).await.status, 200);
    assert_eq!(house.get("/", &first).await.status, 303);
    let told = house.get("/.medward/login?to=/", &first).await.text();
    assert!(told.contains("203.0.113.9") && told.contains("您在这里的登录已结束"), "{told}");
    let events = house.rig.recorder.of(Dataset::AuthLogin);
    let reasons: Vec<_> = events.iter().filter_map(|event| event.text(Field::EventReason)).collect();
    assert_eq!(reasons, ["replaced"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn session_ends_when_nothing_happens_and_polling_is_nothing() {
    let house = House::new(json!({ "areas": [{ "path_prefix": "/api/unread", "polling": true }] })).await;
    let session = house.login("wang").await;
    for _ in 0..3 {
        house.pass(Duration::from_mins(4));
        assert_eq!(house.get("/api/unread", &session).await.status, 200);
    }
    house.pass(Duration::from_mins(4));
    assert_eq!(house.get("/api/unread", &session).await.status, 303);
    let told = house.get("/.medward/login?to=/", &session).await.text();
    assert!(told.contains("长时间没有操作"), "{told}");
    let session = house.login("wang").await;
    for _ in 0..51 {
        house.pass(Duration::from_mins(14));
        assert_eq!(house.get("/work", &session).await.status, 200);
    }
    house.pass(Duration::from_mins(6));
    assert_eq!(house.get("/work", &session).await.status, 303, "twelve hours are over");
    let told = house.get("/.medward/login?to=/", &session).await.text();
    assert!(told.contains("登录时间已达上限"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn areas_ask_for_roles_labels_and_the_second_factor_again() {
    let house = House::new(json!({ "areas": [
        { "path_prefix": "/public", "public": true },
        { "path_prefix": "/admin", "roles": ["sysadmin"] },
        { "path_prefix": "/reports", "label": "L3", "departments": ["放射科"] },
        { "path_prefix": "/reports/sealed", "label": "L4" },
    ] }))
    .await;
    assert_eq!(house.get("/public/logo.png", "").await.status, 200);
    assert_eq!(house.get("/public/..%2freports", "").await.status, 303, "the hardest reading counts");
    let session = house.login("wang").await;
    let denied = house.get("/admin/users", &session).await;
    assert!(denied.status == 403 && denied.text().contains("无权访问"), "{}", denied.text());
    assert_eq!(house.get("/reports/sealed/1", &session).await.status, 403);
    assert_eq!(house.get("/reports/1", &session).await.status, 200);
    house.pass(Duration::from_mins(11));
    assert_eq!(house.get("/other", &session).await.status, 200);
    let again = house.get("/reports/1", &session).await;
    assert_eq!((again.status, again.header("location")), (303, Some("/.medward/login?to=%2Freports%2F1")));
    let asked = house.get("/.medward/login?to=%2Freports%2F1", &session).await;
    assert!(asked.text().contains("再次输入"), "{}", asked.text());
    let body = form(&[("step", "factor"), ("to", "/reports/1"), ("code", CODE)]);
    let both = format!("{session}; {}", cookie(&asked, "__mw_l"));
    assert_eq!(house.post("/.medward/login", &both, &body).await.status, 303);
    assert_eq!(house.get("/reports/1", &session).await.status, 200);
    let (code, listed) = house.rig.call(Role::Auditor, "GET", "/sessions", "").await;
    assert_eq!((code, listed["items"].as_array().unwrap().len()), (200, 1), "{listed}");
    assert_eq!(listed["items"][0]["login"], "wang");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ceiling_keeps_places_for_emergencies_and_an_account_has_its_share() {
    let house = House::new(json!({ "max_sessions": 2, "reserved_sessions": 1, "requests_per_second": 3 })).await;
    let session = house.login("wang").await;
    let full = house.try_login("batch", "/").await;
    assert!(full.status == 503 && full.text().contains("登录人数已满"), "{}", full.text());
    house.login("急诊").await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(house.get("/", &session).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
    house.pass(Duration::from_secs(1));
    assert_eq!(house.get("/", &session).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_come_last_wait_while_the_service_level_is_missed_and_emergencies_never_do() {
    let house = House::new(json!({ "level": { "error_percent": 10 } })).await;
    let (batch, normal, emergency) = (house.login("batch").await, house.login("wang").await, house.login("急诊").await);
    for _ in 0..20 {
        assert_eq!(house.get("/unavailable", &normal).await.header("retry-after"), None);
    }
    house.pass(Duration::from_secs(2));
    assert_eq!(house.get("/", &emergency).await.status, 200);
    let shed = house.get("/", &batch).await;
    assert_eq!((shed.status, shed.header("retry-after")), (503, Some("10")));
    assert!(shed.text().contains("优先保障急诊"), "{}", shed.text());
    assert_eq!(house.get("/", &normal).await.status, 200, "one class at a time");
    for _ in 0..4 {
        house.pass(Duration::from_secs(10));
        assert_eq!(house.get("/unavailable", &emergency).await.header("retry-after"), None);
    }
    assert_eq!(house.get("/", &normal).await.status, 503);
    assert_eq!(house.get("/", &emergency).await.status, 200);
    let below = house.rig.recorder.of(Dataset::ProbeLevel);
    assert!(below.len() == 5 && below.iter().all(|event| event.action == "below"), "{below:#?}");
    assert!(below.iter().all(|event| event.text(Field::MedwardSystem).is_none()), "its name is no id of a system");
    assert!(below.iter().all(|event| event.attrs["level.application"] == "PACS"), "{below:#?}");
    for _ in 0..12 {
        house.pass(Duration::from_secs(31));
        assert_eq!(house.get("/", &emergency).await.status, 200);
    }
    assert_eq!(house.get("/", &batch).await.status, 200);
    let (_, applications) = house.rig.call(Role::Auditor, "GET", "/applications", "").await;
    assert_eq!(applications["items"][0]["admits_up_to"], 9, "{applications}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_in_stays_in_while_identity_is_away_and_nobody_new_comes() {
    let house = House::new(json!({})).await;
    let session = house.login("wang").await;
    house.people.away.store(true, Ordering::SeqCst);
    let body = form(&[("step", "password"), ("to", "/"), ("login", "batch"), ("password", PASSWORD)]);
    let refused = house.post("/.medward/login", "", &body).await;
    assert!(refused.status == 503 && refused.text().contains("目前无法登录"), "{}", refused.text());
    assert_eq!(house.get("/", &session).await.status, 200);
    let seen = house.backend.requests();
    assert_eq!((seen[0].header("x-medward-user"), seen[0].header("x-medward-assert")), (Some("wang"), None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn account_that_is_disabled_or_killed_is_out_and_logout_is_everywhere() {
    let house = House::new(json!({})).await;
    let session = house.login("wang").await;
    let account = house.people.of("wang").account;
    house.people.all.lock().unwrap().remove("wang");
    let changed = AccountChanged { account, state: "disabled".to_owned(), version: 2, ends_sessions: false };
    let (db, payload) = (house.rig.house.kit().db.clone(), serde_json::to_string(&changed).unwrap());
    let (payload, key) = (&payload, &account.to_string());
    db.write(|tx| {
        Box::pin(async move { medward_store::outbox_put(tx, AccountChanged::KIND, key, payload, 0).await.map(drop) })
    })
    .await
    .unwrap();
    let ended = house.rig.recorder.wait(Dataset::AuthLogin, 2).await;
    assert_eq!(ended[1].text(Field::EventReason), Some("account"));
    assert_eq!(house.get("/", &session).await.status, 303);
    let session = house.login("batch").await;
    let (_, listed) = house.rig.call(Role::Auditor, "GET", "/sessions?text=batch", "").await;
    let id = listed["items"][0]["id"].as_str().unwrap();
    assert_eq!(house.rig.call(Role::Auditor, "DELETE", &format!("/sessions/{id}"), "").await.0, 403);
    assert_eq!(house.rig.call(Role::Operator, "DELETE", &format!("/sessions/{id}"), "").await.0, 204);
    assert_eq!(house.get("/", &session).await.status, 303);
    let session = house.login("batch").await;
    let left = house.post("/.medward/logout", &session, "everywhere=yes").await;
    assert!(left.status == 200 && left.text().contains("您已退出登录"), "{}", left.text());
    assert!(left.head.contains("set-cookie: __mw_s_") && left.head.contains("=; Path=/; Max-Age=0"), "{}", left.head);
    assert_eq!(house.get("/", &session).await.status, 303);
    assert_eq!(house.rig.call(Role::Secadmin, "DELETE", &format!("/guards/{}", house.guard), "").await.0, 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_and_rules_know_who_is_signed_in() {
    let house = House::new(json!({})).await;
    let limit = json!({ "name": "每人", "keys": ["user"], "count": "requests", "window_seconds": 3600, "threshold": 2,
        "action": "refuse" });
    let (code, made) = house.rig.call(Role::Secadmin, "POST", "/limits", &limit.to_string()).await;
    assert_eq!(code, 201, "{made}");
    let (wang, batch) = (house.login("wang").await, house.login("batch").await);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(house.get("/", &wang).await.status);
    }
    assert_eq!((statuses, house.get("/", &batch).await.status), (vec![200, 200, 429], 200));
}

/// Beside the guarded application for everything: another guard for `/his`, and something that is open to all.
async fn neighbours(house: &House) {
    let (code, other) =
        house.rig.call(Role::Secadmin, "POST", "/guards", "{\"name\":\"HIS\",\"allow_plain_http\":true}").await;
    assert_eq!(code, 201, "{other}");
    for (path, guard) in [("/his", other["id"].as_str().unwrap()), ("/portal", "")] {
        let object = json!({ "name": path, "hosts": ["pacs.local"], "path_prefix": path,
            "upstreams": [house.backend.url()], "settings": { "guard_id": guard } });
        let (code, made) = house.rig.call(Role::Secadmin, "POST", "/objects", &object.to_string()).await;
        assert_eq!(code, 201, "{made}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn path_that_some_server_reads_as_one_of_a_guarded_application_is_no_way_around() {
    let house = House::new(json!({})).await;
    neighbours(&house).await;
    assert_eq!(house.get("/portal/news", "").await.status, 200);
    let around = ["/portal/..%2freports", "/portal/%252e%252e/reports", "/portal/..\\reports", "/PORTAL/../reports"];
    for path in around {
        let status = house.get(path, "").await.status;
        assert!(matches!(status, 303 | 400), "{path}: {status}");
    }
    let (his, upper) = (house.get("/his/patients", "").await.status, house.get("/HIS/patients", "").await.status);
    assert_eq!((his, upper), (303, 400));
    assert_eq!(house.backend.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn applications_of_one_host_have_sessions_of_their_own() {
    let house = House::new(json!({})).await;
    neighbours(&house).await;
    let pacs = house.login("wang").await;
    let entered = house.try_login("wang", "/his/").await;
    assert_eq!((entered.status, entered.header("location")), (303, Some("/his/")), "{}", entered.text());
    let both = format!("{pacs}; {}", cookie(&entered, "__mw_s"));
    for path in ["/reports", "/his/patients"] {
        assert_eq!(house.get(path, &both).await.status, 200, "{path}");
    }
    let within = house.get("/.medward/login?to=%2Fhis%2F", &both).await.text();
    assert!(within.contains("name=\"to\" value=\"/his/\""), "{within}");
    assert_eq!(house.post("/.medward/logout", &both, &form(&[("to", "/his/")])).await.status, 200);
    assert_eq!(house.get("/his/patients", &both).await.status, 303);
    assert_eq!(house.get("/reports", &both).await.status, 200);
    let planted = format!("{}={}; {both}", pacs.split('=').next().unwrap(), "0".repeat(96));
    assert_eq!(house.get("/reports", &planted).await.status, 200, "a cookie that a neighbour planted locks nobody out");
    assert_eq!(house.post("/.medward/logout", &both, &form(&[("to", "/"), ("everywhere", "yes")])).await.status, 200);
    assert_eq!(house.get("/reports", &both).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_turned_away_by_the_object_may_not_try_passwords_there_either() {
    let house = House::new(json!({})).await;
    let rule = json!({ "name": "内网", "number": 7, "condition": { "not": { "field": "ip", "op": "cidr",
        "value": "10.0.0.0/8" } }, "action": "block" });
    assert_eq!(house.rig.call(Role::Secadmin, "POST", "/rules", &rule.to_string()).await.0, 201);
    let body = form(&[("step", "password"), ("to", "/"), ("login", "wang"), ("password", PASSWORD)]);
    let refused = house.post("/.medward/login", "", &body).await;
    assert!(refused.status == 403 && !refused.head.contains("__mw_l"), "{}", refused.head);
    assert_eq!(house.get("/.medward/login?to=/", "").await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_of_visitors_turn_nobody_away() {
    let house = House::new(json!({ "level": { "error_percent": 10 } })).await;
    let (wang, batch) = (house.login("wang").await, house.login("batch").await);
    for _ in 0..25 {
        let attack = house.get("/?id=1'%20or%20'1'='1", &wang).await;
        assert_eq!(attack.status, 403);
        assert_eq!(house.get("/unavailable", "").await.status, 303, "nobody is signed in");
    }
    house.pass(Duration::from_secs(2));
    assert_eq!(house.get("/", &batch).await.status, 200);
}
