//! What a capability is: a name, a config section, migrations, and parts built from a [`Kit`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use medward_contract::{ErrorCode, Timestamp};
use medward_crypto::KeyRing;
use medward_store::{Blobs, Db, Migration};
use serde::Serialize;

use crate::audit::Audit;
use crate::clock::Clock;
use crate::config::{ConfigError, KernelConfig, LoadedConfig, Section};
use crate::hub::Hub;
use crate::job::Job;
use crate::metrics::Metrics;
use crate::nodes::{NodeLink, NodeParts};
use crate::permission::Grant;
use crate::ports::{Ports, PortsError};
use crate::route::Routes;
use crate::status::StatusBoard;
use crate::supervisor::Supervisor;

/// A room of the house. Implemented once per capability crate; listed in `medward`'s `capabilities.rs`.
pub trait Capability: 'static {
    /// Config section, table prefix, URL prefix, metric prefix and docs page.
    const NAME: &'static str;
    /// Its section of `medward.toml`.
    type Config: Section;
    /// Its tables.
    const MIGRATIONS: &'static [Migration];
    /// Its error codes, explained in `docs/errors.md`.
    const ERRORS: &'static [ErrorCode];
    /// Its permissions and who holds them.
    const GRANTS: &'static [Grant];

    /// Builds everything; starts nothing. Ports asked for here are filled before [`Parts::on_start`] runs.
    fn build(config: Self::Config, kit: &Kit) -> Result<Parts, BuildError>;
}

/// What every capability gets to build itself. Cheap to clone.
#[derive(Clone)]
pub struct Kit {
    /// Time.
    pub clock: Clock,
    /// Relational state.
    pub db: Db,
    /// Files.
    pub blobs: Blobs,
    /// Keys of this site.
    pub keys: KeyRing,
    /// Tasks.
    pub supervisor: Supervisor,
    /// Two-phase audit trail.
    pub audit: Audit,
    /// Counters and gauges.
    pub metrics: Metrics,
    /// Ports between capabilities.
    pub ports: Ports,
    /// Hints that freshen console pages.
    pub hub: Hub,
    /// Generations of policies, for the console.
    pub policies: PolicyBoard,
    /// State of this program, for the console.
    pub status: StatusBoard,
    /// The kernel's config.
    pub config: Arc<KernelConfig>,
    /// The link to the house, where this program is a remote node.
    pub link: Option<NodeLink>,
}

impl Kit {
    /// Directory of one capability's own files, made if missing.
    pub fn data_dir(&self, capability: &str) -> Result<PathBuf, BuildError> {
        let directory = self.config.data_path(capability);
        std::fs::create_dir_all(&directory)
            .map_err(|source| BuildError::Directory { path: directory.clone(), source })?;
        Ok(directory)
    }
}

/// What a capability is made of.
#[derive(Default)]
pub struct Parts {
    /// Its HTTP API.
    pub routes: Option<Routes>,
    /// Work done at times or on wake-up.
    pub jobs: Vec<Job>,
    /// Sockets it opens in phase Listen.
    pub listeners: Vec<Listener>,
    /// What makes it ready or degraded.
    pub checks: Vec<Check>,
    /// Runs in phase Wire, after the ports are filled: load state, start services.
    pub on_start: Option<Start>,
    /// What it has to do with remote nodes.
    pub nodes: NodeParts,
    /// Runs after the drain: write out what must not be lost.
    pub on_stop: Option<BoxFuture<'static, ()>>,
}

/// Work of phase Wire.
pub type Start = Box<dyn FnOnce() -> BoxFuture<'static, Result<(), BuildError>> + Send>;

/// A socket that is opened in phase Listen. Returns the bound addresses.
pub struct Listener {
    /// Name, `gateway.http`.
    pub name: &'static str,
    /// Binds and starts serving.
    pub open: Box<dyn FnOnce() -> BoxFuture<'static, Result<Vec<Bound>, BuildError>> + Send>,
}

/// An open socket.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Bound {
    /// Name, `gateway.http`.
    pub name: String,
    /// Address and port.
    #[schema(value_type = String)]
    pub address: std::net::SocketAddr,
    /// SHA-256 fingerprint of the certificate, when it speaks TLS.
    pub fingerprint: Option<String>,
}

/// One check of a capability's health.
pub struct Check {
    /// Name, `vault.disk`.
    pub name: &'static str,
    /// `Err` carries what is wrong, for people.
    pub run: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

/// Why a capability cannot be built or started.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Its directory cannot be made.
    #[error("create directory {path}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A port is given twice.
    #[error("wire ports")]
    Ports(#[from] PortsError),
    /// An address cannot be bound.
    #[error("listen on {address}: {remedy}")]
    Bind {
        /// The address.
        address: String,
        /// What to do about it.
        remedy: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Anything else, named by the capability, with the remedy.
    #[error("{what}: {remedy}")]
    Other {
        /// What failed.
        what: String,
        /// What to do about it.
        remedy: String,
        /// Why.
        #[source]
        source: Option<crate::supervisor::TaskError>,
    },
}

impl BuildError {
    /// A failed bind, with the remedy for a busy or forbidden port.
    pub fn bind(address: impl std::fmt::Display, setting: &str, source: std::io::Error) -> Self {
        let remedy = match source.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("the port is busy; stop the other program or set another {setting}")
            }
            std::io::ErrorKind::PermissionDenied => {
                format!("not permitted; ports below 1024 need CAP_NET_BIND_SERVICE, or set another {setting}")
            }
            std::io::ErrorKind::AddrNotAvailable => format!("this machine has no such address; set another {setting}"),
            _ => format!("check {setting}"),
        };
        Self::Bind { address: address.to_string(), remedy, source }
    }
}

/// A capability as the binary lists it: function pointers, no generics.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Its tables.
    pub migrations: &'static [Migration],
    /// Its error codes.
    pub errors: &'static [ErrorCode],
    /// Its permissions.
    pub grants: &'static [Grant],
    /// Reads and checks its config section.
    pub check_config: fn(&LoadedConfig) -> Result<(), ConfigError>,
    /// Builds it.
    pub build: fn(&LoadedConfig, &Kit) -> Result<Parts, EntryError>,
    /// JSON schema of its section, whose descriptions become the config reference.
    pub config_schema: fn() -> schemars::Schema,
    /// Its section with every default, as TOML.
    pub config_default: fn() -> String,
}

/// Why an entry cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Its config section is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// The entry of a capability.
pub fn entry<C: Capability>() -> Entry {
    Entry {
        name: C::NAME,
        migrations: C::MIGRATIONS,
        errors: C::ERRORS,
        grants: C::GRANTS,
        check_config: |config| config.section::<C::Config>(C::NAME).map(drop),
        build: |config, kit| Ok(C::build(config.section(C::NAME)?, kit)?),
        config_schema: || schemars::schema_for!(C::Config),
        config_default: || toml::to_string_pretty(&C::Config::default()).unwrap_or_default(),
    }
}

/// Running and latest generation of every policy (DESIGN §4), for 运行状态.
#[derive(Clone, Default)]
pub struct PolicyBoard(Arc<Mutex<BTreeMap<&'static str, PolicyStatus>>>);

/// Generations of one policy.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PolicyStatus {
    /// Capability that owns it.
    pub owner: &'static str,
    /// Generation in force.
    pub running: i64,
    /// Newest generation stored.
    pub latest: i64,
    /// Why the newest does not run, when it does not.
    pub error: Option<String>,
    /// When this was last said.
    pub at: Timestamp,
}

impl PolicyBoard {
    /// Says which generation runs.
    pub fn report(&self, status: PolicyStatus) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(status.owner, status);
    }

    /// All policies by owner.
    pub fn list(&self) -> Vec<PolicyStatus> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}
