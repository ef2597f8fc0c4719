//! A house in this process, so that a test owns its time and its end: vault, identity and gateway are the real ones, and what
//! people do goes through the API.

use std::path::Path;

use data_encoding::BASE32_NOPAD;
use http_body_util::BodyExt as _;
use medward_contract::Role;
use medward_gateway::Gateway;
use medward_identity::{Identity, NewAdministrator, Password, ReadyAdministrator, Service, TotpSecret};
use medward_kernel::clock::ManualClock;
use medward_kernel::config::LoadedConfig;
use medward_kernel::house::House;
use medward_kernel::{Clock, entry};
use medward_vault::Vault;
use medward_web::system::{self, System};
use medward_web::{Asset, Assets, Site, csrf};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Of the administrators, and of people before their first login.
pub(crate) const PASSWORD: &str = "Vq8#lantern-orbit";

/// A house of its own.
pub(crate) struct Hospital {
    pub(crate) house: House,
    pub(crate) api: axum::Router,
    pub(crate) hand: Option<ManualClock>,
}

struct NoFiles;

impl Assets for NoFiles {
    fn get(&self, _: &str) -> Option<Asset> {
        None
    }
}

impl Hospital {
    /// Starts it in this directory, with these settings beside.
    pub(crate) async fn start(folder: &Path, settings: &str, (clock, hand): (Clock, Option<ManualClock>)) -> Self {
        let folder = folder.display().to_string();
        let text = format!("data_dir = {folder:?}\n[telemetry]\nlisten = \"\"\n{settings}");
        let config = LoadedConfig::from_text(None, text, Vec::new()).unwrap();
        let capabilities = [entry::<Vault>(), entry::<Identity>(), entry::<Gateway>()];
        let mut house = House::build(&config, &capabilities, clock).await.unwrap();
        let system = System { kit: house.kit().clone(), jobs: None, nodes: house.nodes().cloned() };
        let mut routes = house.take_routes();
        routes.extend(system::routes(system).checked("system", house.matrix()).unwrap());
        let pages = Site { routes, matrix: house.matrix().clone(), assets: std::sync::Arc::new(NoFiles) };
        let api = medward_web::router(house.kit(), pages);
        house.wire(&[]).await.unwrap();
        house.listen(Vec::new()).await.unwrap();
        house.ready();
        Self { house, api, hand }
    }

    pub(crate) async fn administrators(&self) -> Vec<ReadyAdministrator> {
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
    pub(crate) async fn send(&self, session: &str, method: &str, path: &str, body: &Value) -> (Value, Option<String>) {
        let (status, answer, cookie) = self.call(session, method, path, body, &[]).await;
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        (answer, cookie)
    }

    /// The same with more headers, and with its status.
    pub(crate) async fn call(
        &self,
        session: &str,
        method: &str,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> (http::StatusCode, Value, Option<String>) {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("content-type", "application/json")
            .header("x-medward-csrf", csrf::token(&self.house.kit().keys, session))
            .header("cookie", format!("__Host-mw={session}"));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.body(axum::body::Body::from(body.to_string())).unwrap();
        let response = self.api.clone().oneshot(request).await.unwrap();
        let (status, set) = (response.status(), response.headers().get("set-cookie").cloned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let cookie = set.and_then(|set| Some(set.to_str().ok()?.split([';', '=']).nth(1)?.to_owned()));
        (status, answer, cookie)
    }

    pub(crate) async fn login(&self, person: &ReadyAdministrator) -> String {
        let body = json!({ "login": person.login, "password": PASSWORD });
        let (begun, _) = self.send("", "POST", "/identity/login", &body).await;
        let code = person.totp.code_at(self.house.kit().clock.now());
        let body = json!({ "handle": begun["handle"], "code": code });
        self.send("", "POST", "/identity/login/factor", &body).await.1.unwrap()
    }

    /// The first login of an account: another password, an authenticator, a session.
    pub(crate) async fn first_login(&self, login: &str) -> String {
        let body = json!({ "login": login, "password": PASSWORD });
        let handle = self.send("", "POST", "/identity/login", &body).await.0["handle"].take();
        let body = json!({ "handle": handle, "new_password": format!("{PASSWORD}-2") });
        self.send("", "POST", "/identity/login/password", &body).await;
        let (offered, _) = self.send("", "POST", "/identity/login/enrol", &json!({ "handle": handle })).await;
        let secret = offered["secret_base32"].as_str().unwrap();
        let secret = TotpSecret::from_bytes(&BASE32_NOPAD.decode(secret.as_bytes()).unwrap()).unwrap();
        let body = json!({ "handle": handle, "code": secret.code_at(self.house.kit().clock.now()) });
        self.send("", "POST", "/identity/login/enrol/confirm", &body).await.1.unwrap()
    }

    /// Another security administrator, who has not logged in yet.
    pub(crate) async fn secadmin(&self, (sysadmin, secadmin): (&str, &str), login: &str) {
        self.account((sysadmin, secadmin), login, 5).await;
        let (accounts, _) = self.send(secadmin, "GET", "/identity/accounts", &json!({})).await;
        let made = accounts["items"].as_array().unwrap().iter().find(|account| account["login"] == login).unwrap();
        let grants = format!("/identity/accounts/{}/grants", made["id"].as_str().unwrap());
        self.send(secadmin, "POST", &grants, &json!({ "role": "secadmin" })).await;
    }

    /// Somebody of a ward, who has not logged in yet.
    pub(crate) async fn account(&self, (sysadmin, secadmin): (&str, &str), login: &str, priority: u8) {
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
