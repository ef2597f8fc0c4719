//! `impl Capability`: how the vault is built into the house, started and stopped.
//!
//! The ports are given when the vault is built and answer once phase Wire has opened it; the vault is first in the
//! list of capabilities, so nobody asks before that.

use std::sync::{Arc, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use medward_contract::event::{Dataset, Event};
use medward_contract::vault::{Ack, Counts, Durability, EventSink, Grouping, LogQuery, Page, Proof, RecordRef, Window};
use medward_contract::{ErrorCode, PortError, Timestamp};
use medward_kernel::capability::{Check, Start};
use medward_kernel::permission::Grant;
use medward_kernel::supervisor::Criticality;
use medward_kernel::{BuildError, Capability, Clock, Kit, Parts, Supervisor};
use medward_store::Migration;

use crate::anchor::{self, Anchor, Anchors};
use crate::api::{self, Late};
use crate::codes;
use crate::config::VaultConfig;
use crate::disk::LocalDisk;
use crate::intake;
use crate::keeper::{keep, life_event};
use crate::metrics::VaultMetrics;
use crate::open::{OpenError, OpenOptions, Opened, open};
use crate::seal::LogLimits;
use crate::service::Service;
use crate::sink::Sink;
use crate::space::Mode;
use crate::store::LocalStore;
use crate::wal::ROLL_BYTES;

/// The capability, as the binary lists it; first of all, so that it starts first and stops last.
pub struct Vault;

impl Capability for Vault {
    const NAME: &'static str = "vault";
    type Config = VaultConfig;
    /// Everything the vault knows stands in its own files.
    const MIGRATIONS: &'static [Migration] = &[];
    const ERRORS: &'static [ErrorCode] = codes::ALL;
    const GRANTS: &'static [Grant] = api::GRANTS;

    /// Gives the ports `EventSink` and `LogQuery`.
    fn build(config: VaultConfig, kit: &Kit) -> Result<Parts, BuildError> {
        let room = Room::default();
        kit.ports.give::<dyn EventSink>(Self::NAME, Arc::new(room.clone()))?;
        kit.ports.give::<dyn LogQuery>(Self::NAME, Arc::new(room.clone()))?;
        let metrics = VaultMetrics::new(&kit.metrics)?;
        let routes = api::routes(room.service.clone());
        let anchors = config
            .anchor
            .iter()
            .map(|anchor| Anchor::new(anchor.name.clone(), anchor.path.clone(), anchor.same_disk))
            .collect();
        *room.anchors.lock().unwrap_or_else(PoisonError::into_inner) = anchors;
        let checks = vec![disk_check(room.service.clone()), anchor_check(room.anchors.clone(), kit.clock.clone())];
        let listeners = intake::listeners(&config.syslog, kit, room.service.clone())?;
        let options = options_of(&config, kit);
        let (clock, supervisor) = (kit.clock.clone(), kit.supervisor.clone());
        let starting = room.clone();
        let on_start: Start = Box::new(move || {
            Box::pin(async move { starting.start(&config, options, clock, supervisor, metrics).await })
        });
        let on_stop = Box::pin(async move { room.stop().await });
        Ok(Parts {
            routes: Some(routes),
            listeners,
            checks,
            on_start: Some(on_start),
            on_stop: Some(on_stop),
            ..Parts::default()
        })
    }
}

fn options_of(config: &VaultConfig, kit: &Kit) -> OpenOptions {
    OpenOptions {
        directory: config.dir.clone().unwrap_or_else(|| kit.config.data_path(Vault::NAME)),
        node: kit.config.node.node_name.clone(),
        site_id: config.site_id.clone(),
        new_site_id: installation_site(kit),
        reserve_bytes: config.reserve.map(|size| size.0),
        roll_bytes: ROLL_BYTES,
        log_limits: log_limits(config.search_timeout.0),
    }
}

/// What a reader chose stays for as long as a search may take.
fn log_limits(search_timeout: Duration) -> LogLimits {
    let limits = LogLimits::default();
    LogLimits { grace: limits.grace.max(search_timeout.saturating_add(Duration::from_mins(1))), ..limits }
}

/// The id the kernel drew for this installation, when it can stand in a checkpoint.
fn installation_site(kit: &Kit) -> Option<String> {
    let text = std::fs::read_to_string(kit.config.data_path("keys/site.id")).ok()?;
    let site = text.trim();
    crate::keys::is_site_id(site).then(|| site.to_owned())
}

/// What the running vault is made of; empty until it is open.
#[derive(Clone, Default)]
struct Room {
    sink: Arc<OnceLock<Sink>>,
    service: Late,
    anchors: Anchors,
}

impl Room {
    async fn start(
        self,
        config: &VaultConfig,
        options: OpenOptions,
        clock: Clock,
        supervisor: Supervisor,
        metrics: VaultMetrics,
    ) -> Result<(), BuildError> {
        let opening = move || open(Arc::new(LocalDisk), clock, &options);
        let opened: Opened =
            supervisor.blocking(opening).await.map_err(not_open)?.map_err(|error| not_open(error.into()))?;
        let highs = Sink::agents(&opened.shared.node).map(|agent| (opened.committer.high_sequence(&agent), agent));
        let store = LocalStore::start(opened, &supervisor, config.commit_interval.0);
        let high = |agent: &str| highs.iter().find(|(_, other)| other == agent).map_or(0, |(high, _)| *high);
        let sink = Sink::start(store.clone(), &supervisor, &high, config.spool.0);
        tracing::info!(vkey = %store.checkpointer().verifier(), "vault open");
        store.append_own(vec![life_event(&store, Dataset::VaultStart)]).await;
        let (kept, every) = (store.clone(), config.checkpoint_interval.0);
        supervisor.service("vault.keeper", Criticality::Isolated, move |stop| {
            Box::pin(keep(kept.clone(), every, metrics.clone(), stop))
        });
        let (anchored, anchors) = (store.clone(), self.anchors.clone());
        supervisor.service("vault.anchor", Criticality::Isolated, move |stop| {
            Box::pin(anchor::keep(anchored.clone(), anchors.clone(), stop))
        });
        // Set once: `start` is called once.
        drop(self.service.set(Service::new(store, &supervisor, config.search_timeout.0)));
        drop(self.sink.set(sink));
        Ok(())
    }

    async fn stop(&self) {
        if let Some(sink) = self.sink.get() {
            sink.close().await;
        }
        if let Some(service) = self.service.get() {
            let store = service.store();
            store.stop(life_event(store, Dataset::VaultStop)).await;
            anchor::last(store, &self.anchors).await;
        }
    }

    fn sink(&self) -> Result<&Sink, PortError> {
        self.sink.get().ok_or(PortError::Unavailable("the vault before it is open"))
    }

    fn service(&self) -> Result<&Service, PortError> {
        self.service.get().ok_or(PortError::Unavailable("the vault before it is open"))
    }
}

fn not_open(error: Box<dyn std::error::Error + Send + Sync>) -> BuildError {
    let locked = error.downcast_ref::<OpenError>().is_some_and(|error| matches!(error, OpenError::Locked { .. }));
    let remedy = if locked { "stop the other Medward or set another vault.dir" } else { codes::OPEN_FAILED.remedy };
    BuildError::Other { what: "open the vault (VLT-0101)".to_owned(), remedy: remedy.to_owned(), source: Some(error) }
}

/// `vault.disk`: what the fill level of the disk means now.
fn disk_check(service: Late) -> Check {
    let run = move || {
        let state = service.get().map(|service| service.store().shared().disk_state());
        let result = match state {
            None => Err("the vault is not open".to_owned()),
            Some(state) if state.mode >= Mode::NearlyFull => {
                Err(format!("the vault's disk is {} % full ({})", state.used_permille / 10, state.mode.as_str()))
            }
            Some(_) => Ok(()),
        };
        Box::pin(std::future::ready(result)) as futures_util::future::BoxFuture<'static, _>
    };
    Check { name: "vault.disk", run: Arc::new(run) }
}

/// `vault.anchor`: whether checkpoints leave this machine as they should.
fn anchor_check(anchors: Anchors, clock: Clock) -> Check {
    let run = move || {
        let anchors = anchors.lock().unwrap_or_else(PoisonError::into_inner);
        let late = anchors.iter().find(|anchor| anchor.is_late(clock.now()));
        let result = match late {
            Some(Anchor { name, failed, .. }) => {
                let why = failed.as_deref().unwrap_or("it does not answer");
                Err(format!("checkpoints are not anchored at {name}: {why} ({})", codes::ANCHOR_LATE.code))
            }
            None => Ok(()),
        };
        drop(anchors);
        Box::pin(std::future::ready(result)) as futures_util::future::BoxFuture<'static, _>
    };
    Check { name: "vault.anchor", run: Arc::new(run) }
}

#[async_trait]
impl EventSink for Room {
    fn emit(&self, event: Event) {
        if let Ok(sink) = self.sink() {
            sink.emit(event);
        } else {
            tracing::error!(dataset = %event.dataset, "event before the vault is open");
        }
    }

    async fn append(&self, events: Vec<Event>, durability: Durability) -> Result<Ack, PortError> {
        self.sink()?.append(events, durability).await
    }
}

#[async_trait]
impl LogQuery for Room {
    async fn query(&self, query: &str, window: Window, cursor: Option<String>) -> Result<Page, PortError> {
        self.service()?.query(query, window, cursor).await
    }

    async fn count(&self, login: &str, query: &str, window: Window, by: &[Grouping<'_>]) -> Result<Counts, PortError> {
        self.service()?.count(login, query, window, by).await
    }

    async fn last_seen(&self, source: &str) -> Result<Option<Timestamp>, PortError> {
        self.service()?.last_seen(source).await
    }

    async fn prove(&self, record: RecordRef) -> Result<Proof, PortError> {
        self.service()?.prove(record).await
    }
}
