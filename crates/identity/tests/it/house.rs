//! A running house with nothing but identity in it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use medward_contract::event::{Event, Stream};
use medward_contract::vault::{Ack, Durability, EventSink};
use medward_contract::{PortError, Role};
use medward_crypto::Secret;
use medward_identity::{Identity, NewAdministrator, Password, ReadyAdministrator, Service};
use medward_kernel::config::{LoadedConfig, Override};
use medward_kernel::house::House;
use medward_kernel::permission::Matrix;
use medward_kernel::route::Route;
use medward_kernel::{Clock, Kit, Port, entry};
use medward_web::{Asset, Assets, Site};

use crate::browser::Browser;

struct NoConsole;

impl Assets for NoConsole {
    fn get(&self, _: &str) -> Option<Asset> {
        None
    }
}

#[derive(Default)]
struct Recorder(Mutex<Vec<Event>>);

#[async_trait]
impl EventSink for Recorder {
    fn emit(&self, event: Event) {
        event.validate().unwrap();
        self.0.lock().unwrap().push(event);
    }

    async fn append(&self, events: Vec<Event>, _: Durability) -> Result<Ack, PortError> {
        let count = events.len() as u64;
        for event in events {
            self.emit(event);
        }
        Ok(Ack { stream: Stream::Admin, first_seq: None, count })
    }
}

/// One declared route, as tests walk over them.
pub(crate) struct Declared {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) permission: medward_kernel::Permission,
}

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) kit: Kit,
    pub(crate) matrix: Arc<Matrix>,
    pub(crate) routes: Vec<Declared>,
    service: Port<Service>,
    recorder: Arc<Recorder>,
    _house: House,
    _directory: tempfile::TempDir,
}

pub(crate) const PASSWORDS: [&str; 3] = ["Regen-ueber.42-Dach", "Lampe;Kupfer-17-Meer", "Wolke_Ziegel-93.Tor"];
pub(crate) const PEOPLE: [(Role, &str, &str); 3] =
    [(Role::Sysadmin, "lin.zhou", "林舟"), (Role::Secadmin, "su.he", "苏禾"), (Role::Auditadmin, "gu.yan", "顾言")];

impl Running {
    /// Starts a fresh house; nobody is in it yet.
    pub(crate) async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let overrides = vec![
            Override::option("test", &["data_dir"], directory.path().to_str().unwrap()),
            Override::option("test", &["listen", "console"], "127.0.0.1:0"),
            Override::option("test", &["telemetry", "listen"], ""),
            // Every client of these tests has the same address.
            Override::option("test", &["identity", "logins_per_address"], "1000"),
        ];
        let config = LoadedConfig::read(None, overrides).unwrap();
        let mut house = House::build(&config, &[entry::<Identity>()], Clock::system()).await.unwrap();
        let kit = house.kit().clone();
        let recorder = Arc::new(Recorder::default());
        kit.ports.give::<dyn EventSink>("test", recorder.clone()).unwrap();
        if !kit.ports.is_given::<Matrix>() {
            kit.ports.give::<Matrix>("test", house.matrix().clone()).unwrap();
        }
        house.wire(&[]).await.unwrap();
        let (routes, matrix) = (house.take_routes(), house.matrix().clone());
        let declared = routes.iter().flat_map(declared).collect();
        let site = Site { routes, matrix: matrix.clone(), assets: Arc::new(NoConsole) };
        let console = medward_web::console_listener(&kit, medward_web::router(&kit, site));
        house.listen(vec![console]).await.unwrap();
        house.ready();
        let bound = kit.status.bound_list();
        let address = bound.iter().find(|bound| bound.name == "console").unwrap().address;
        let service = kit.ports.port::<Service>("test");
        Self { address, kit, matrix, routes: declared, service, recorder, _house: house, _directory: directory }
    }

    /// Starts a house with three administrators whose authenticators are known.
    pub(crate) async fn start_with_administrators() -> (Self, Vec<ReadyAdministrator>) {
        let running = Self::start().await;
        let wanted: Vec<_> = PEOPLE
            .iter()
            .zip(PASSWORDS)
            .map(|((role, login, name), password)| NewAdministrator {
                role: *role,
                login: (*login).to_owned(),
                name: (*name).to_owned(),
                password: Password::new(password.to_owned()),
            })
            .collect();
        let ready = running.service().demo_administrators(&wanted).await.unwrap();
        (running, ready)
    }

    pub(crate) fn service(&self) -> &Arc<Service> {
        self.service.get().unwrap()
    }

    pub(crate) async fn setup_link(&self) -> Secret<String> {
        self.service().setup_link().await.unwrap().unwrap()
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    /// A browser in which this administrator has signed in.
    pub(crate) async fn signed_in(&self, person: &ReadyAdministrator) -> Browser {
        let mut browser = self.browser();
        let password = PASSWORDS[PEOPLE.iter().position(|(role, ..)| *role == person.role).unwrap()];
        let begun =
            browser.post("/identity/login", serde_json::json!({"login": person.login, "password": password})).await;
        assert_eq!((begun.status, begun.body["step"].as_str()), (200, Some("factor")));
        let code = person.totp.code_at(self.kit.clock.now());
        let done = browser
            .post("/identity/login/factor", serde_json::json!({"handle": begun.body["handle"], "code": code}))
            .await;
        assert_eq!((done.status, done.body["step"].as_str()), (200, Some("done")), "{}", done.body);
        browser.learn_csrf().await;
        browser
    }

    pub(crate) fn actions(&self) -> Vec<String> {
        self.recorder
            .0
            .lock()
            .unwrap()
            .iter()
            .map(|event| format!("{} {}", event.dataset.as_str(), event.action))
            .collect()
    }
}

fn declared(route: &Route) -> Vec<Declared> {
    route
        .methods
        .iter()
        .map(|method| Declared {
            method: serde_json::to_value(method).unwrap().as_str().unwrap().to_uppercase(),
            path: route.path.clone(),
            permission: route.permission,
        })
        .collect()
}
