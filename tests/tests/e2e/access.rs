//! The access guard in Debian's Chromium before TiddlyWiki (npm): an application that nobody changed (PACS-032, PACS-057,
//! PACS-058, PACS-065). Vault, identity and gateway are the real ones, in this process, so that the test owns the time.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use http_body_util::BodyExt as _;
use medward_contract::Role;
use medward_gateway::Gateway;
use medward_identity::{Identity, NewAdministrator, Password, ReadyAdministrator, Service};
use medward_kernel::clock::ManualClock;
use medward_kernel::config::LoadedConfig;
use medward_kernel::house::House;
use medward_kernel::{Clock, entry};
use medward_tests::peer::{Peer, command, free_address, require, texts};
use medward_vault::Vault;
use medward_web::{Asset, Assets, Site, csrf};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// Of the administrators, and of people before their first login.
const PASSWORD: &str = "Vq8#lantern-orbit";

struct Hospital {
    house: House,
    api: axum::Router,
    hand: Option<ManualClock>,
}

struct NoFiles;

impl Assets for NoFiles {
    fn get(&self, _: &str) -> Option<Asset> {
        None
    }
}

impl Hospital {
    async fn start(folder: &Path, site: SocketAddr, (clock, hand): (Clock, Option<ManualClock>)) -> Self {
        let text = format!(
            "data_dir = {:?}\n[telemetry]\nlisten = \"\"\n[gateway]\nhttp = \"\"\nhttps = \"{site}\"\n",
            folder.display().to_string()
        );
        let config = LoadedConfig::from_text(None, text, Vec::new()).unwrap();
        let capabilities = [entry::<Vault>(), entry::<Identity>(), entry::<Gateway>()];
        let mut house = House::build(&config, &capabilities, clock).await.unwrap();
        let pages =
            Site { routes: house.take_routes(), matrix: house.matrix().clone(), assets: std::sync::Arc::new(NoFiles) };
        let api = medward_web::router(house.kit(), pages);
        house.wire(&[]).await.unwrap();
        house.listen(Vec::new()).await.unwrap();
        house.ready();
        Self { house, api, hand }
    }

    async fn administrators(&self) -> Vec<ReadyAdministrator> {
        let wanted = [(Role::Sysadmin, "zhao.li"), (Role::Secadmin, "qian.wei"), (Role::Auditadmin, "sun.hao")];
        let wanted = wanted.map(|(role, login)| NewAdministrator {
            role,
            login: login.to_owned(),
            name: format!("{login} 管理员"),
            password: Password::from(&medward_crypto::Secret::new(PASSWORD.to_owned())),
        });
        let identity = self.house.kit().ports.port::<Service>("test");
        identity.get().unwrap().demo_administrators(&wanted).await.unwrap()
    }

    /// One call of the API; what it answers, and the cookie it sets.
    async fn send(&self, session: &str, method: &str, path: &str, body: &Value) -> (Value, Option<String>) {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("content-type", "application/json")
            .header("x-medward-csrf", csrf::token(&self.house.kit().keys, session))
            .header("cookie", format!("__Host-mw={session}"))
            .body(axum::body::Body::from(body.to_string()))
            .unwrap();
        let response = self.api.clone().oneshot(request).await.unwrap();
        let (status, set) = (response.status(), response.headers().get("set-cookie").cloned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        let cookie = set.and_then(|set| Some(set.to_str().ok()?.split([';', '=']).nth(1)?.to_owned()));
        (answer, cookie)
    }

    async fn login(&self, person: &ReadyAdministrator) -> String {
        let body = json!({ "login": person.login, "password": PASSWORD });
        let (begun, _) = self.send("", "POST", "/identity/login", &body).await;
        let code = person.totp.code_at(self.house.kit().clock.now());
        let body = json!({ "handle": begun["handle"], "code": code });
        self.send("", "POST", "/identity/login/factor", &body).await.1.unwrap()
    }

    /// Somebody of a ward, who has not logged in yet.
    async fn account(&self, (sysadmin, secadmin): (&str, &str), login: &str, priority: u8) {
        let body = json!({ "login": login, "name": format!("{login} 医生"), "password": PASSWORD });
        let (made, _) = self.send(sysadmin, "POST", "/identity/accounts", &body).await;
        let account = format!("/identity/accounts/{}", made["id"].as_str().unwrap());
        self.send(secadmin, "POST", &format!("{account}/activate"), &json!({})).await;
        let (mut clearance, _) = self.send(secadmin, "GET", &format!("{account}/clearance"), &json!({})).await;
        let kept = json!({ "clearance": "L3", "departments": ["放射科"], "priority": priority,
            "version": clearance["version"].take() });
        self.send(secadmin, "PUT", &format!("{account}/clearance"), &kept).await;
    }
}

fn guard(level: Option<u32>) -> Value {
    json!({
        "name": "科室应用",
        "idle_minutes": 15,
        "areas": [{ "path_prefix": "/recipes/default/tiddlers.json", "polling": true },
                  { "path_prefix": "/status", "polling": true }],
        "level": level.map(|p95_ms| json!({ "p95_ms": p95_ms })),
    })
}

/// TiddlyWiki's own server, which believes a header about who asks and lets nobody else in.
fn tiddlywiki(console: &Path, folder: &Path) -> Peer {
    let program = console.join("node_modules/tiddlywiki/tiddlywiki.js");
    assert!(program.exists(), "the console's tools are missing: make console");
    let made = command("node").arg(&program).arg(folder).args(["--init", "server"]).output().unwrap();
    assert!(made.status.success(), "{}", texts(&made).1);
    let address = free_address();
    let mut server = command("node");
    server.arg(&program).arg(folder).arg("--listen").arg(format!("port={}", address.port()));
    server.args(["host=127.0.0.1", "authenticated-user-header=X-Medward-User", "readers=(authenticated)"]);
    server.stdout(Stdio::null()).stderr(Stdio::null());
    Peer::listening(server, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn person_signs_in_before_an_unmodified_application_in_a_browser() {
    if require("chromium").is_none() {
        return;
    }
    let console = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("console");
    let folder = tempfile::tempdir().unwrap();
    let wiki = tiddlywiki(&console, &folder.path().join("wiki"));
    let (data, site) = (folder.path().join("data"), free_address());
    let hospital = Hospital::start(&data, site, (Clock::system(), None)).await;
    let people = hospital.administrators().await;
    let (sysadmin, secadmin) = (hospital.login(&people[0]).await, hospital.login(&people[1]).await);
    hospital.account((&sysadmin, &secadmin), "wang.min", 5).await;
    hospital.account((&sysadmin, &secadmin), "batch.night", 9).await;
    let (made, _) = hospital.send(&secadmin, "POST", "/gateway/guards", &guard(None)).await;
    let id = made["id"].as_str().unwrap();
    let object = json!({ "name": "科室文档", "hosts": ["*"], "upstreams": [format!("http://{}", wiki.address)],
        "settings": { "guard_id": id } });
    hospital.send(&secadmin, "POST", "/gateway/objects", &object).await;

    let control = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut journey = command("npx");
    journey
        .args(["vitest", "run", "--config", "vitest.guard.config.ts"])
        .current_dir(&console)
        .env("MEDWARD_GUARD_SITE", format!("https://{site}"))
        .env("MEDWARD_GUARD_CONTROL", control.local_addr().unwrap().port().to_string())
        .env("MEDWARD_GUARD_PASSWORD", PASSWORD);
    let mut running = tokio::task::spawn_blocking(move || journey.output().unwrap());
    let mut hospital = hospital;
    let output = loop {
        let accepted = tokio::select! {
            output = &mut running => break output.unwrap(),
            accepted = control.accept() => accepted,
        };
        let mut stream = BufReader::new(accepted.unwrap().0);
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        match line.trim().split_once(' ').unwrap_or((line.trim(), "")) {
            ("level", p95) => {
                let wanted = guard(Some(p95.parse().unwrap()));
                hospital.send(&secadmin, "PUT", &format!("/gateway/guards/{id}"), &wanted).await;
            }
            ("restart", _) => {
                let Hospital { house, api, .. } = hospital;
                drop(api);
                assert_eq!(house.stop().await, Vec::<String>::new());
                let (clock, hand) = Clock::manual(Clock::system().now());
                hospital = Hospital::start(&data, site, (clock, Some(hand))).await;
            }
            ("advance", seconds) => {
                hospital.hand.as_ref().unwrap().advance(Duration::from_secs(seconds.parse().unwrap()));
            }
            other => panic!("nobody knows what {other:?} means"),
        }
        stream.get_mut().write_all(b"ok\n").await.unwrap();
    };
    let (stdout, stderr, code) = texts(&output);
    println!("{stdout}");
    assert_eq!(code, 0, "{stderr}");
    assert!(!stdout.contains("skipped"), "{stdout}");
}
