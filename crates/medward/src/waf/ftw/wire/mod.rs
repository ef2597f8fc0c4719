//! `--wire`: the same tests through the gateway's real listener, one connection per request.
//!
//! The gateway is the one of `medward up` with one object for everything, in a house without other capabilities: what it
//! would record is thrown away. Its engine is wrapped in a [`recorder`], so that the verdict can be joined with the answer
//! by the client's port; behind it stands [`upstream`].

mod recorder;
mod upstream;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use async_trait::async_trait;
use medward_contract::event::Event;
use medward_contract::identity::{Approvals, Authenticator, NoApprovals, NoAuthenticator, NoSessions, Sessions};
use medward_contract::vault::{Ack, Counts, Durability, EventSink, Grouping, LogQuery, Page, Proof, RecordRef, Window};
use medward_contract::{PortError, Timestamp};
use medward_demo::drill::exchange_raw;
use medward_gateway::{Gateway, build_with};
use medward_kernel::config::LoadedConfig;
use medward_kernel::house::House;
use medward_kernel::{Capability as _, Clock, Entry, Parts, entry};
use medward_waf::Program;

use super::engine::Judgement;
use super::expect::{Judged, Outcome};
use super::run::Server;
use recorder::Recorder;

/// How long a verdict may come after the answer.
const VERDICT_TIME_LIMIT: Duration = Duration::from_secs(10);

/// A gateway before the tests' backend.
pub(super) struct Wire {
    house: House,
    address: SocketAddr,
    recorder: Recorder,
    /// Removed when the run is over.
    _directory: tempfile::TempDir,
}

impl Wire {
    /// Starts both on free ports, with this program as the gateway's only policy.
    pub(super) async fn start(program: Arc<Program>, clock: Clock) -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("medward-ftw-").tempdir().context("make a fresh directory")?;
        let data_dir = toml::Value::String(directory.path().display().to_string());
        let text = format!(
            "data_dir = {data_dir}\n[telemetry]\nlisten = \"\"\n[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\n"
        );
        // Its tables are the gateway's; its parts are built below, with an engine of our own.
        let tables = Entry { build: |_, _| Ok(Parts::default()), ..entry::<Gateway>() };
        let config = LoadedConfig::from_text(None, text.clone(), Vec::new())?;
        let mut house = House::build(&config, &[tables], clock).await?;
        house.kit().ports.give::<dyn EventSink>("ftw", Arc::new(Nowhere))?;
        house.kit().ports.give::<dyn LogQuery>("ftw", Arc::new(Nowhere))?;
        house.kit().ports.give::<dyn Sessions>("ftw", Arc::new(NoSessions))?;
        house.kit().ports.give::<dyn Approvals>("ftw", Arc::new(NoApprovals))?;
        house.kit().ports.give::<dyn Authenticator>("ftw", Arc::new(NoAuthenticator))?;

        let upstream = upstream::start(&house.kit().supervisor).await.context("start the backend")?;
        let object = format!(
            "{text}[[gateway.object]]\nname = \"ftw\"\nhosts = [\"*\"]\nupstreams = [\"http://{upstream}\"]\nmode = \"observe\"\n"
        );
        let config = LoadedConfig::from_text(None, object, Vec::new())?;
        let recorder = Recorder::new(program);
        let parts = build_with(&config.section(Gateway::NAME)?, house.kit(), Arc::new(recorder.clone()))?;
        house.wire(&[]).await?;
        if let Some(start) = parts.on_start {
            start().await?;
        }
        house.listen(parts.listeners).await?;
        house.ready();
        let bound = house.kit().status.bound_list().into_iter().find(|bound| bound.name == "gateway.http");
        let address = bound.ok_or_else(|| anyhow!("start the gateway: it has no listener"))?.address;
        Ok(Self { house, address, recorder, _directory: directory })
    }

    /// Stops everything in order.
    pub(super) async fn stop(self) {
        self.house.stop().await;
    }

    async fn verdict(&self, port: u16) -> Option<Judgement> {
        match tokio::time::timeout(VERDICT_TIME_LIMIT, self.recorder.take(port)).await {
            Ok(verdict) => verdict.as_ref().map(Judgement::of),
            Err(_) => {
                Some(Judgement { fired: Vec::new(), cut_short: Some("the gateway gave no verdict in time".to_owned()) })
            }
        }
    }
}

impl Server for Wire {
    async fn exchange(&self, bytes: &[u8]) -> Outcome {
        let Ok(exchange) = exchange_raw(self.address, bytes, bytes.starts_with(b"HEAD ")).await else {
            return Outcome::default();
        };
        let judgement = self.verdict(exchange.source.port()).await;
        match (exchange.reply, judgement) {
            (Err(_), _) => Outcome::default(),
            // No rule was asked, so it is an answer of the front.
            (Ok(reply), None) => Outcome { refused: Some(reply.status), judged: None },
            (Ok(reply), Some(Judgement { fired, cut_short })) => {
                Outcome { refused: None, judged: Some(Judged { status: reply.status, fired, cut_short }) }
            }
        }
    }
}

/// Takes events and keeps none: a test run is nothing that happened to anybody.
struct Nowhere;

#[async_trait]
impl EventSink for Nowhere {
    fn emit(&self, _: Event) {}

    async fn append(&self, events: Vec<Event>, _: Durability) -> Result<Ack, PortError> {
        let first = events.first().ok_or(PortError::Unavailable("an event"))?;
        Ok(Ack { stream: first.dataset.stream(), first_seq: None, count: events.len() as u64 })
    }
}

#[async_trait]
impl LogQuery for Nowhere {
    async fn query(&self, _: &str, _: Window, _: Option<String>) -> Result<Page, PortError> {
        Err(PortError::Unavailable("the vault"))
    }

    async fn count(&self, _: &str, _: &str, _: Window, _: &[Grouping<'_>]) -> Result<Counts, PortError> {
        Err(PortError::Unavailable("the vault"))
    }

    async fn last_seen(&self, _: &str) -> Result<Option<Timestamp>, PortError> {
        Err(PortError::Unavailable("the vault"))
    }

    async fn prove(&self, _: RecordRef) -> Result<Proof, PortError> {
        Err(PortError::Unavailable("the vault"))
    }
}
