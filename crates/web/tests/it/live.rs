//! A live view over real sockets: it ends with its session, and nobody opens them without end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_trait::async_trait;
use medward_contract::id::{AccountId, SessionId};
use medward_contract::identity::{ClientFacts, Credential, Directory};
use medward_contract::vault::EventSink;
use medward_contract::{PortError, Principal, Role, SensitivityLabel, Timestamp};
use medward_kernel::clock::ManualClock;
use medward_kernel::config::{LoadedConfig, Override};
use medward_kernel::house::House;
use medward_kernel::{Clock, Kit, entry};
use medward_web::Site;
use medward_web::system::System;

use super::wire::{Wire, settle};
use super::{NoFiles, Nowhere, Shelf};

pub(crate) const SECRET: &str = "person-0123456789012345";
const AUDIT_READER: u8 = 0;
const OPERATOR: u8 = 1;
const NOBODY: u8 = 2;

/// One person, whose standing changes while streams are open.
pub(crate) struct Standing {
    now: AtomicU8,
    account: AccountId,
    session: SessionId,
}

#[async_trait]
impl Directory for Standing {
    async fn principal(&self, _: &Credential, client: &ClientFacts) -> Result<Option<Principal>, PortError> {
        let role = match self.now.load(Ordering::SeqCst) {
            AUDIT_READER => Role::Auditadmin,
            OPERATOR => Role::Operator,
            // Looking on must not keep the session alive; a new call may.
            _ if !client.attended => return Ok(None),
            _ => return Err(PortError::Unavailable("identity")),
        };
        Ok(Some(Principal {
            account: self.account,
            login: "person".into(),
            name: "甲".into(),
            roles: vec![role],
            clearance: SensitivityLabel::L2,
            session: Some(self.session),
        }))
    }
}

pub(crate) struct Console {
    pub(crate) address: SocketAddr,
    pub(crate) clock: ManualClock,
    pub(crate) kit: Kit,
    person: Arc<Standing>,
    _directory: tempfile::TempDir,
}

pub(crate) async fn console() -> Console {
    let directory = tempfile::tempdir().unwrap();
    let overrides = vec![
        Override::option("test", &["data_dir"], directory.path().to_str().unwrap()),
        Override::option("test", &["listen", "console"], "127.0.0.1:0"),
    ];
    let config = LoadedConfig::read(None, overrides).unwrap();
    let (time, clock) = Clock::manual(Timestamp::from_micros(1_795_000_000_000_000));
    let mut house = House::build(&config, &[entry::<Shelf>()], time).await.unwrap();
    let kit = house.kit().clone();
    let person =
        Arc::new(Standing { now: AtomicU8::new(AUDIT_READER), account: AccountId::new(), session: SessionId::new() });
    kit.ports.give::<dyn Directory>("test", person.clone()).unwrap();
    kit.ports.give::<dyn EventSink>("test", Arc::new(Nowhere)).unwrap();
    let mut routes = house.take_routes();
    let system = medward_web::system::routes(System { kit: kit.clone(), jobs: None, nodes: None });
    routes.extend(system.checked("system", house.matrix()).unwrap());
    let site = Site { routes, matrix: house.matrix().clone(), assets: Arc::new(NoFiles) };
    let router = medward_web::router(&kit, site);
    let bound = (medward_web::console_listener(&kit, router).open)().await.unwrap();
    Console { address: bound[0].address, clock, kit, person, _directory: directory }
}

const STREAM: &str = "/api/v1/system/stream";

async fn watching(console: &Console) -> Wire {
    let mut wire = Wire::open(console.address, "http/1.1").await;
    wire.get(STREAM, SECRET).await;
    wire.read_until("text/event-stream").await;
    wire
}

#[tokio::test]
async fn quiet_stream_ends_with_its_session() {
    let console = console().await;
    let mut wire = watching(&console).await;
    assert!(wire.sees(": heartbeat", &console.clock).await, "{}", wire.seen);
    console.person.now.store(NOBODY, Ordering::SeqCst);
    assert!(wire.sees("\r\n0\r\n\r\n", &console.clock).await, "the stream outlived its session: {}", wire.seen);
}

#[tokio::test]
async fn nothing_flows_after_the_end_of_the_session() {
    let console = console().await;
    let mut wire = watching(&console).await;
    console.kit.hub.send("desk.ticket", "before", "create");
    wire.read_until("before").await;
    console.person.now.store(NOBODY, Ordering::SeqCst);
    console.clock.advance(std::time::Duration::from_secs(1));
    console.kit.hub.send("desk.ticket", "after", "create");
    wire.read_until("\r\n0\r\n\r\n").await;
    assert!(!wire.seen.contains("after"), "{}", wire.seen);
}

#[tokio::test]
async fn stream_that_asks_for_a_permission_ends_with_it() {
    let console = console().await;
    let mut wire = Wire::open(console.address, "http/1.1").await;
    wire.get("/api/v1/shelf/watch", SECRET).await;
    wire.read_until("text/event-stream").await;
    console.person.now.store(OPERATOR, Ordering::SeqCst);
    assert!(wire.sees("\r\n0\r\n\r\n", &console.clock).await, "the stream outlived the role: {}", wire.seen);
}

#[tokio::test]
async fn seventh_stream_of_a_session_is_refused_until_one_ends() {
    let console = console().await;
    let mut open = Vec::new();
    for _ in 0..6 {
        open.push(watching(&console).await);
    }
    let mut seventh = Wire::open(console.address, "http/1.1").await;
    seventh.get(STREAM, SECRET).await;
    seventh.read_until("WEB-0430").await;
    assert!(seventh.seen.starts_with("HTTP/1.1 429"), "{}", seventh.seen);
    drop(open.pop());
    settle().await;
    watching(&console).await;
}

#[tokio::test]
async fn character_nul_in_a_parameter_is_the_callers_mistake() {
    let console = console().await;
    let mut wire = Wire::open(console.address, "http/1.1").await;
    wire.get("/api/v1/system/audit?cursor=%00", SECRET).await;
    wire.read_until("WEB-0422").await;
    assert!(wire.seen.starts_with("HTTP/1.1 422"), "{}", wire.seen);
}
