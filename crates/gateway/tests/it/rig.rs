//! A running gateway: the real capability in a real house, with a recorder in place of the vault.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use http_body_util::BodyExt as _;
use medward_contract::id::AccountId;
use medward_contract::identity::{
    Approvals, Authenticator, ClientFacts, Credential, Directory, NoApprovals, NoAuthenticator, NoSessions, Sessions,
};
use medward_contract::vault::{EventSink, LogQuery};
use medward_contract::{ErrorCode, PortError, Principal, Role, SensitivityLabel, Timestamp};
use medward_gateway::{Gateway, GatewayConfig, build_with};
use medward_kernel::clock::ManualClock;
use medward_kernel::config::LoadedConfig;
use medward_kernel::house::{House, StartError};
use medward_kernel::permission::Grant;
use medward_kernel::{BuildError, Capability, Clock, Entry, Kit, Parts, entry};
use medward_proxy::{Inspection, Inspector};
use medward_store::Migration;
use medward_waf::{Conn, Head, ObjectOptions, PolicyId, ResponseHead, Step, UniqueId, Verdict};
use medward_web::{Asset, Assets, Site};
use tower::ServiceExt as _;

use crate::recorder::Recorder;

pub(crate) struct Rig {
    pub(crate) house: House,
    /// The API as the console reaches it.
    pub(crate) api: axum::Router,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) directory: tempfile::TempDir,
}

/// How to set a rig up.
pub(crate) struct Setup {
    pub(crate) config: String,
    pub(crate) entry: Entry,
    pub(crate) clock: Clock,
    pub(crate) directory: tempfile::TempDir,
    pub(crate) authenticator: Arc<dyn Authenticator>,
}

/// An object for everything, in front of these upstreams.
pub(crate) fn site(upstreams: &[String], more: &str) -> String {
    format!("[[gateway.object]]\nname = \"site\"\nhosts = [\"*\"]\nupstreams = {upstreams:?}\n{more}\n")
}

impl Setup {
    pub(crate) fn new(config: impl Into<String>) -> Self {
        Self {
            config: config.into(),
            entry: entry::<Gateway>(),
            clock: Clock::system(),
            directory: tempfile::tempdir().unwrap(),
            authenticator: Arc::new(NoAuthenticator),
        }
    }

    /// The same with an engine that fails.
    pub(crate) fn with_engine<C: Capability>(mut self) -> Self {
        self.entry = entry::<C>();
        self
    }

    /// The same with a clock that the test turns by hand.
    pub(crate) fn with_manual_clock(mut self) -> (Self, ManualClock) {
        let (clock, hand) = Clock::manual(Timestamp::from_micros(1_795_144_455_000_000));
        self.clock = clock;
        (self, hand)
    }

    pub(crate) async fn try_start(self) -> Result<Rig, StartError> {
        let listen = if self.config.contains("[gateway]") {
            String::new()
        } else {
            "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"127.0.0.1:0\"\n".to_owned()
        };
        let text = format!(
            "data_dir = {:?}\n[telemetry]\nlisten = \"\"\n{listen}{}",
            self.directory.path().display().to_string(),
            self.config
        );
        let config = LoadedConfig::from_text(None, text, Vec::new())?;
        let mut house = House::build(&config, &[self.entry], self.clock).await?;
        let recorder = Recorder::new();
        house.kit().ports.give::<dyn EventSink>("test", recorder.clone())?;
        house.kit().ports.give::<dyn LogQuery>("test", recorder.clone())?;
        house.kit().ports.give::<dyn Sessions>("test", Arc::new(NoSessions))?;
        house.kit().ports.give::<dyn Approvals>("test", Arc::new(NoApprovals))?;
        house.kit().ports.give::<dyn Authenticator>("test", self.authenticator)?;
        house.kit().ports.give::<dyn Directory>("test", Arc::new(People))?;
        let site = Site { routes: house.take_routes(), matrix: house.matrix().clone(), assets: Arc::new(NoFiles) };
        let api = medward_web::router(house.kit(), site);
        house.wire(&[]).await?;
        house.listen(Vec::new()).await?;
        house.ready();
        Ok(Rig { house, api, recorder, directory: self.directory })
    }

    pub(crate) async fn start(self) -> Rig {
        self.try_start().await.unwrap()
    }
}

impl Rig {
    pub(crate) async fn start(config: impl Into<String>) -> Self {
        Setup::new(config).start().await
    }

    fn address(&self, name: &str) -> SocketAddr {
        self.house.kit().status.bound_list().into_iter().find(|bound| bound.name == name).unwrap().address
    }

    pub(crate) fn http(&self) -> SocketAddr {
        self.address("gateway.http")
    }

    pub(crate) fn https(&self) -> SocketAddr {
        self.address("gateway.https")
    }
}

/// Everybody whose cookie is `<role>-0123456789012345` holds that role.
struct People;

#[async_trait]
impl Directory for People {
    async fn principal(&self, credential: &Credential, _: &ClientFacts) -> Result<Option<Principal>, PortError> {
        let Credential::Session(secret) = credential else { return Ok(None) };
        let role: Option<Role> = secret.as_str().split('-').next().and_then(|role| role.parse().ok());
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

impl Rig {
    /// One call of the API by somebody with this role.
    pub(crate) async fn call(&self, role: Role, method: &str, path: &str, body: &str) -> (u16, serde_json::Value) {
        let secret = format!("{role}-0123456789012345");
        let request = http::Request::builder()
            .method(method)
            .uri(format!("/api/v1/gateway{path}"))
            .header("content-type", "application/json")
            .header("x-medward-csrf", medward_web::csrf::token(&self.house.kit().keys, &secret))
            .header("cookie", format!("__Host-mw={secret}"))
            .body(axum::body::Body::from(body.to_owned()))
            .unwrap();
        let response = self.api.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }
}

/// What a failing engine does.
trait Failing: Send + Sync + 'static {
    /// Whether it wants to see answers.
    const WANTS_RESPONSE: bool = false;

    /// At the head of a request.
    fn head() -> Step {
        Step::Continue
    }

    /// At the end of an answer.
    fn response() -> Step {
        Step::Continue
    }
}

/// Panics at every head.
pub(crate) struct Panics;
impl Failing for Panics {
    fn head() -> Step {
        panic!("planted: the engine panics")
    }
}

/// Gives up at every head.
pub(crate) struct GivesUp;
impl Failing for GivesUp {
    fn head() -> Step {
        Step::Undecided
    }
}

/// Panics at every answer.
pub(crate) struct PanicsAtResponse;
impl Failing for PanicsAtResponse {
    const WANTS_RESPONSE: bool = true;

    fn response() -> Step {
        panic!("planted: the engine panics at an answer")
    }
}

/// Gives up at every answer.
pub(crate) struct GivesUpAtResponse;
impl Failing for GivesUpAtResponse {
    const WANTS_RESPONSE: bool = true;

    fn response() -> Step {
        Step::Undecided
    }
}

struct Engine<F>(std::marker::PhantomData<F>);

impl<F: Failing> Inspector for Engine<F> {
    fn begin(&self, _: &ObjectOptions, _: Conn, _: UniqueId) -> Box<dyn Inspection> {
        Box::new(Self(std::marker::PhantomData))
    }

    fn policy(&self) -> (PolicyId, [u8; 16]) {
        (PolicyId("planted".into()), [0; 16])
    }
}

impl<F: Failing> Inspection for Engine<F> {
    fn request_head(&mut self, _: &Head) -> Step {
        F::head()
    }

    fn wants_request_body(&self) -> bool {
        true
    }

    fn request_body(&mut self, _: &[u8]) -> Step {
        Step::Continue
    }

    fn request_judge(&mut self) -> Step {
        Step::Continue
    }

    fn request_end(&mut self) -> Step {
        Step::Continue
    }

    fn wants_response(&self) -> bool {
        F::WANTS_RESPONSE
    }

    fn response_head(&mut self, _: &ResponseHead) -> Step {
        Step::Continue
    }

    fn wants_response_body(&self) -> bool {
        true
    }

    fn response_body(&mut self, _: &[u8]) -> Step {
        Step::Continue
    }

    fn response_end(&mut self) -> Step {
        F::response()
    }

    fn finish(self: Box<Self>) -> Verdict {
        let mut verdict = Verdict::passed(PolicyId("planted".into()), [0; 16]);
        verdict.outcome = medward_waf::Outcome::Exhausted;
        verdict
    }
}

macro_rules! failing_gateway {
    ($($name:ident: $failing:ty),+) => {$(
        /// The gateway with an engine that fails.
        pub(crate) struct $name;

        impl Capability for $name {
            const NAME: &'static str = "gateway";
            type Config = GatewayConfig;
            const MIGRATIONS: &'static [Migration] = Gateway::MIGRATIONS;
            const ERRORS: &'static [ErrorCode] = &[];
            const GRANTS: &'static [Grant] = Gateway::GRANTS;

            fn build(config: GatewayConfig, kit: &Kit) -> Result<Parts, BuildError> {
                build_with(&config, kit, Arc::new(Engine::<$failing>(std::marker::PhantomData)))
            }
        }
    )+};
}

failing_gateway!(
    PanickingGateway: Panics,
    GivingUpGateway: GivesUp,
    PanickingAtResponseGateway: PanicsAtResponse,
    GivingUpAtResponseGateway: GivesUpAtResponse
);
