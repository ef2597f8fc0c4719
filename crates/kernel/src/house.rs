//! Start and stop in phases: Config, Store, Migrate, Build, Wire, Listen, Ready; then not ready, stop accepting, drain,
//! jobs, flush, close. Each phase is logged; what fails names itself and the remedy before any port is bound.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use medward_contract::vault::EventSink;
use medward_store::{Blobs, Db, MigrateError, Migration, OpenError, STORE_MIGRATIONS, migrations};

use crate::audit::{Audit, ship_audit};
use crate::capability::{Entry, EntryError, Kit, Listener, PolicyBoard, Start};
use crate::clock::Clock;
use crate::config::{ConfigError, KernelConfig, LoadedConfig};
use crate::hub::Hub;
use crate::job::{Job, Jobs, Schedule, ScheduleError};
use crate::keys::KeysError;
use crate::metrics::Metrics;
use crate::nodes::spool::SpoolError;
use crate::nodes::{EnrolError, Lanes, NodeHouse, NodeIdentity, NodeLink, NodeParts, NodeSink, NodeTasks};
use crate::permission::Matrix;
use crate::ports::{Ports, PortsError};
use crate::route::{Route, RouteError};
use crate::status::{Phase, StandIn, StatusBoard};
use crate::supervisor::{Criticality, Supervisor};

/// Tables of the kernel itself.
pub const KERNEL_MIGRATIONS: &[Migration] = migrations!["0001_init", "0002_nodes"];

/// Open connections may finish for this long (DESIGN §5).
pub const DRAIN: Duration = Duration::from_secs(30);
/// How long stragglers get to end once they have been told twice.
const CUT: Duration = Duration::from_secs(2);

/// Why Medward does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Settings are wrong; exit code 64.
    #[error("read settings")]
    Config(#[from] ConfigError),
    /// The secret of the database URL cannot be read; exit code 64.
    #[error("read store.url")]
    Secret(#[from] crate::config::SecretRefError),
    /// The data directory cannot be made.
    #[error("create data directory {path}; set data_dir to a directory this user may write")]
    DataDirectory {
        /// The directory.
        path: std::path::PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The database cannot be opened.
    #[error("open the database")]
    Open(#[from] OpenError),
    /// Tables cannot be brought up to date.
    #[error("migrate the database")]
    Migrate(#[from] MigrateError),
    /// Keys cannot be opened.
    #[error("open keys")]
    Keys(#[from] KeysError),
    /// Files cannot be kept.
    #[error("open the blob directory")]
    Blobs(#[from] medward_store::BlobError),
    /// A capability cannot be built or started.
    #[error("start {capability}")]
    Capability {
        /// Which one.
        capability: &'static str,
        /// Why.
        #[source]
        source: EntryError,
    },
    /// A route breaks a rule.
    #[error("declare the API")]
    Route(#[from] RouteError),
    /// A port is missing or given twice.
    #[error("wire ports")]
    Ports(#[from] PortsError),
    /// This node does not know its house.
    #[error("join the house")]
    Node(#[from] EnrolError),
    /// The spool of this node cannot be opened.
    #[error("open the spool")]
    Spool(#[from] SpoolError),
    /// A job has a wrong schedule.
    #[error("schedule jobs")]
    Schedule(#[from] ScheduleError),
}

impl StartError {
    /// Exit code: 64 for settings, 69 for something this node needs and cannot reach, 70 for a fault of ours.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::Secret(_)
            | Self::Node(EnrolError::Missing(_))
            | Self::Capability { source: EntryError::Config(_), .. } => 64,
            Self::Route(_) | Self::Ports(_) | Self::Schedule(_) => 70,
            _ => 69,
        }
    }
}

/// A built program, between Build and Ready.
pub struct House {
    kit: Kit,
    matrix: Arc<Matrix>,
    routes: Vec<Route>,
    jobs: Vec<Job>,
    listeners: Vec<(&'static str, Listener)>,
    on_start: Vec<(&'static str, Start)>,
    on_stop: Vec<BoxFuture<'static, ()>>,
    nodes: NodeParts,
    lanes: Option<Lanes>,
    remote_nodes: Option<NodeHouse>,
    phase_began: Duration,
    site: String,
}

impl House {
    /// Runs the phases Config, Store, Migrate and Build.
    pub async fn build(config: &LoadedConfig, entries: &[Entry], clock: Clock) -> Result<Self, StartError> {
        let mut began = clock.monotonic();
        let names: Vec<&str> = entries.iter().map(|entry| entry.name).collect();
        config.check_sections(&names)?;
        let kernel = Arc::new(KernelConfig::read(config)?);
        for entry in entries {
            (entry.check_config)(config)?;
        }
        let status = StatusBoard::default();
        let done = |phase, began: &mut Duration| {
            let now = clock.monotonic();
            status.phase(phase, clock.now(), u64::try_from(now.saturating_sub(*began).as_millis()).unwrap_or(u64::MAX));
            *began = now;
        };
        done(Phase::Config, &mut began);

        let data_dir = &kernel.node.data_dir;
        std::fs::create_dir_all(data_dir)
            .map_err(|source| StartError::DataDirectory { path: data_dir.clone(), source })?;
        let (keys, site) = crate::keys::open(&data_dir.join("keys"))?;
        let identity = match kernel.nodes.house.as_str() {
            "" => None,
            _ => Some(NodeIdentity::open(data_dir)?),
        };
        let keys = match &identity {
            Some(identity) => identity.lend_to(keys),
            None => keys,
        };
        let url = kernel.store.url.as_ref().map(crate::config::secret_read).transpose()?;
        let db = Db::open(&kernel.store, data_dir, url.as_deref()).await?;
        let blobs = Blobs::directory(data_dir.join("blobs"))?;
        done(Phase::Store, &mut began);

        let now_us = clock.now().as_micros();
        db.migrate("store", STORE_MIGRATIONS, now_us).await?;
        db.migrate("kernel", KERNEL_MIGRATIONS, now_us).await?;
        for entry in entries {
            db.migrate(entry.name, entry.migrations, now_us).await?;
        }
        done(Phase::Migrate, &mut began);

        let supervisor = Supervisor::new(clock.clone());
        let mut lanes = None;
        let link = match identity {
            None => None,
            Some(identity) => {
                let folder = data_dir.join("spool");
                lanes = Some(Lanes::open(&folder, kernel.nodes.spool, &identity, &clock, &supervisor)?);
                Some(NodeLink::new(&kernel.nodes.house, identity, clock.clone(), supervisor.clone())?)
            }
        };
        let kit = Kit {
            audit: Audit::new(db.clone(), clock.clone()),
            supervisor,
            clock: clock.clone(),
            db,
            blobs,
            keys,
            metrics: Metrics::default(),
            ports: Ports::default(),
            hub: Hub::default(),
            policies: PolicyBoard::default(),
            status: status.clone(),
            config: kernel,
            link,
        };
        if let Some(lanes) = &lanes {
            kit.ports.give::<dyn EventSink>("nodes", Arc::new(NodeSink(lanes.clone())))?;
        }
        let matrix =
            Arc::new(Matrix::new(entries.iter().flat_map(|entry| entry.grants.iter().copied()).chain(SYSTEM_GRANTS)));
        kit.ports.give("kernel", matrix.clone())?;
        let mut house = Self {
            kit,
            matrix,
            routes: Vec::new(),
            jobs: Vec::new(),
            listeners: Vec::new(),
            on_start: Vec::new(),
            on_stop: Vec::new(),
            nodes: NodeParts::default(),
            lanes,
            remote_nodes: None,
            phase_began: began,
            site,
        };
        for entry in entries {
            house.add(entry, config)?;
        }
        if house.kit.link.is_none() {
            house.remote_nodes = Some(NodeHouse::new(&house.kit, house.nodes.clone()));
        }
        house.phase(Phase::Build);
        Ok(house)
    }

    fn add(&mut self, entry: &Entry, config: &LoadedConfig) -> Result<(), StartError> {
        let parts = (entry.build)(config, &self.kit)
            .map_err(|source| StartError::Capability { capability: entry.name, source })?;
        if let Some(routes) = parts.routes {
            self.routes.extend(routes.checked(entry.name, &self.matrix)?);
        }
        self.jobs.extend(parts.jobs);
        self.listeners.extend(parts.listeners.into_iter().map(|listener| (entry.name, listener)));
        self.on_start.extend(parts.on_start.map(|start| (entry.name, start)));
        self.on_stop.extend(parts.on_stop);
        self.nodes.sections.extend(parts.nodes.sections);
        self.nodes.handlers.extend(parts.nodes.handlers);
        self.nodes.forwards.extend(parts.nodes.forwards);
        self.kit.status.capability(entry.name, parts.checks);
        Ok(())
    }

    fn phase(&mut self, phase: Phase) {
        let now = self.kit.clock.monotonic();
        let ms = u64::try_from(now.saturating_sub(self.phase_began).as_millis()).unwrap_or(u64::MAX);
        self.kit.status.phase(phase, self.kit.clock.now(), ms);
        self.phase_began = now;
    }

    /// The kit every capability was built from.
    pub fn kit(&self) -> &Kit {
        &self.kit
    }

    /// The remote nodes of this house; none on a node.
    pub fn nodes(&self) -> Option<&NodeHouse> {
        self.remote_nodes.as_ref()
    }

    /// Id of this site, part of every checkpoint's origin.
    pub fn site(&self) -> &str {
        &self.site
    }

    /// The permission matrix.
    pub fn matrix(&self) -> &Arc<Matrix> {
        &self.matrix
    }

    /// Every declared route; `web` serves them. Later calls give none.
    pub fn take_routes(&mut self) -> Vec<Route> {
        std::mem::take(&mut self.routes)
    }

    /// Runs phase Wire: checks that every port is filled, loads state, starts services and jobs.
    pub async fn wire(&mut self, stand_ins: &[StandIn]) -> Result<Jobs, StartError> {
        self.kit.status.stand_ins(stand_ins);
        let sink = self.kit.ports.port::<dyn EventSink>("kernel");
        self.kit.ports.check()?;
        for (capability, start) in self.on_start.drain(..) {
            start().await.map_err(|source| StartError::Capability { capability, source: source.into() })?;
        }
        if let (Some(link), Some(lanes)) = (&self.kit.link, &self.lanes) {
            let (db, clock, parts) = (self.kit.db.clone(), self.kit.clock.clone(), self.nodes.clone());
            NodeTasks::new(link.clone(), lanes.clone(), db, clock, parts).start(&self.kit.supervisor);
        }
        let (db, clock) = (self.kit.db.clone(), self.kit.clock.clone());
        self.kit.supervisor.service("kernel.audit_shipping", Criticality::Isolated, move |stop| {
            Box::pin(ship_audit(db.clone(), clock.clone(), sink.clone(), stop))
        });
        let audit = self.kit.audit.clone();
        self.jobs.push(Job {
            name: "kernel.audit_timeout",
            schedule: Schedule::Every(Duration::from_mins(1)),
            wake_up: None,
            work: Arc::new(move || {
                let audit = audit.clone();
                Box::pin(async move {
                    audit.expire_stale().await?;
                    Ok(())
                })
            }),
        });
        let jobs = Jobs::new(self.kit.db.clone(), self.kit.clock.clone(), &self.kit.config.node.node_name);
        jobs.start(&self.kit.supervisor, std::mem::take(&mut self.jobs))?;
        self.phase(Phase::Wire);
        Ok(jobs)
    }

    /// Runs phase Listen: opens every socket, those of capabilities first, then `more`.
    pub async fn listen(&mut self, more: Vec<Listener>) -> Result<(), StartError> {
        let telemetry = crate::telemetry::listener(&self.kit);
        let nodes = self.remote_nodes.clone().and_then(|house| crate::nodes::listener(&self.kit, house));
        let own = telemetry.into_iter().chain(nodes).chain(more).map(|listener| ("kernel", listener));
        for (capability, listener) in self.listeners.drain(..).chain(own) {
            let bound = (listener.open)()
                .await
                .map_err(|source| StartError::Capability { capability, source: source.into() })?;
            for socket in &bound {
                tracing::info!(name = socket.name, address = %socket.address, fingerprint = socket.fingerprint, "listening");
            }
            self.kit.status.bound(bound);
        }
        self.phase(Phase::Listen);
        Ok(())
    }

    /// Says that everything answers.
    pub fn ready(&mut self) {
        self.phase(Phase::Ready);
    }

    /// Stops in order. Returns who did not stop in time.
    pub async fn stop(mut self) -> Vec<String> {
        let began = self.kit.clock.monotonic();
        self.phase_began = began;
        self.phase(Phase::Stop);
        let mut stragglers = self.kit.supervisor.drain(DRAIN).await;
        stragglers.extend(self.kit.supervisor.stop(DRAIN).await);
        // Stragglers end at the second signal and say so in a last event: nothing is flushed before. Who stays even then
        // has been named above.
        drop(self.kit.supervisor.drain(CUT).await);
        // In reverse order of building: the vault is listed first and flushes last.
        for flush in std::mem::take(&mut self.on_stop).into_iter().rev() {
            flush.await;
        }
        if let Some(lanes) = &self.lanes {
            lanes.close().await;
        }
        self.kit.db.close().await;
        for straggler in &stragglers {
            tracing::warn!(task = straggler, "did not stop in time");
        }
        let took = self.kit.clock.monotonic().saturating_sub(began);
        tracing::info!(ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), "stopped");
        stragglers
    }
}

use medward_contract::Role;

use crate::permission::{Grant, Permission};

/// Reads the running state.
pub const SYSTEM_READ: Permission = Permission::new("system.state.read");
/// Reads the audit trail.
pub const AUDIT_READ: Permission = Permission::new("system.audit.read");
/// Invites and revokes remote nodes.
pub const NODE_WRITE: Permission = Permission::new("system.node.write");

/// Permissions of the kernel's own pages.
const SYSTEM_GRANTS: [Grant; 3] = [
    Grant {
        permission: NODE_WRITE,
        roles: &[Role::Sysadmin],
        zh: "邀请与吊销远程节点",
        en: "invite and revoke remote nodes",
    },
    Grant {
        permission: SYSTEM_READ,
        roles: &[Role::Sysadmin, Role::Secadmin, Role::Auditadmin, Role::Operator, Role::Auditor],
        zh: "查看运行状态",
        en: "read the running state",
    },
    Grant { permission: AUDIT_READ, roles: &[Role::Auditadmin], zh: "查看审计记录", en: "read the audit trail" },
];
