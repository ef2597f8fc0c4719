//! `medward.toml`: how this node runs. Environment over file over default; every error names file, line, key and remedy.
//!
//! *Not* here: policy (protected objects, roles, templates), which lives in the database with a generation number.
//!
//! Invariant: a config that loads is complete and valid; nothing reads a setting from elsewhere later.

mod values;

mod section;

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use medward_store::SecretRef;
pub use section::{ConfigError, LoadedConfig, Override, OverrideOrigin};
pub use values::{DurationText, SecretRefError, SizeText, secret_read};

use medward_store::{Engine, StoreConfig};

/// What a capability's config section must be able to do.
pub trait Section: serde::de::DeserializeOwned + Default + Serialize + JsonSchema + Send + 'static {
    /// Checks what types cannot say. The message names key and remedy.
    fn validate(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Settings of the node itself: the top level, `[store]`, `[listen]` and `[telemetry]`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NodeConfig {
    /// Directory of everything this node keeps: database, vault, keys, spool.
    pub data_dir: PathBuf,
    /// Name of this node in events and in the console; default: the host name.
    pub node_name: String,
    /// What this node does. Every node does everything for now: any other value than the default is refused.
    pub roles: Vec<NodeRole>,
}

impl Default for NodeConfig {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("medward-data"),
            node_name: "medward-1".to_owned(),
            roles: vec![NodeRole::Console, NodeRole::Gateway, NodeRole::Collector, NodeRole::Worker, NodeRole::Dbaudit],
        }
    }
}

/// One role of a node (DESIGN §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NodeRole {
    /// Serves console and API.
    Console,
    /// Proxies traffic.
    Gateway,
    /// Takes logs in.
    Collector,
    /// Runs jobs.
    Worker,
    /// Audits database traffic.
    Dbaudit,
    /// Host agent.
    Agent,
    /// Data relay between networks.
    Relay,
}

/// `[listen]`: where people reach this node.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListenConfig {
    /// Address of console and API (HTTPS).
    pub console: String,
    /// PEM certificate chain of the console; default: self-signed, made at first start.
    pub certificate: Option<PathBuf>,
    /// PEM private key of that certificate.
    pub private_key: Option<PathBuf>,
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self { console: "127.0.0.1:9443".to_owned(), certificate: None, private_key: None }
    }
}

/// `[telemetry]`: what this node says about itself.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// Loopback address of `/metrics`, `/health/live` and `/health/ready`; empty turns it off.
    pub listen: String,
    /// Log filter, for example `info` or `medward_gateway=debug,info`.
    pub log: String,
    /// Log lines as `text` or `json`.
    pub log_format: LogFormat,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self { listen: "127.0.0.1:9444".to_owned(), log: "info".to_owned(), log_format: LogFormat::Text }
    }
}

/// `[nodes]`: the house of this node, or the nodes of this house.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NodesConfig {
    /// Where remote nodes reach this house, for example `0.0.0.0:8444` (mutual TLS); empty: there are none.
    pub listen: String,
    /// Host and port of the house that this node belongs to, for example `medward.hospital.local:8444`. Set, this program is
    /// a gateway node: it keeps no console and no vault, runs by the policy of its house and sends it what it records.
    pub house: String,
    /// On a node: what events that wait for the house may take on disk; the oldest are dropped, and that is recorded.
    pub spool: SizeText,
}

impl Default for NodesConfig {
    fn default() -> Self {
        Self { listen: String::new(), house: String::new(), spool: SizeText(8 << 30) }
    }
}

/// Form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// The kernel's own part of the config.
#[derive(Debug, Clone)]
pub struct KernelConfig {
    /// Top level.
    pub node: NodeConfig,
    /// `[store]`.
    pub store: StoreConfig,
    /// `[listen]`.
    pub listen: ListenConfig,
    /// `[telemetry]`.
    pub telemetry: TelemetryConfig,
    /// `[nodes]`.
    pub nodes: NodesConfig,
}

impl Section for NodeConfig {
    fn validate(&self) -> Result<(), String> {
        if self.node_name.is_empty() || self.node_name.len() > 64 {
            return Err("node_name must have 1 to 64 bytes".to_owned());
        }
        // Whoever asks for a gateway alone must not get a console and a database without noticing.
        if self.roles != Self::default().roles {
            return Err("roles cannot be chosen yet: every node does everything; remove the line".to_owned());
        }
        Ok(())
    }
}

impl Section for StoreConfig {
    fn validate(&self) -> Result<(), String> {
        if self.engine == Engine::Postgres && self.url.is_none() {
            return Err("engine = \"postgres\" needs url = { env = \"…\" } or { file = \"…\" }".to_owned());
        }
        Ok(())
    }
}

impl Section for ListenConfig {
    fn validate(&self) -> Result<(), String> {
        listen_address("listen.console", &self.console)?;
        if self.certificate.is_some() != self.private_key.is_some() {
            return Err("listen.certificate and listen.private_key must be set together".to_owned());
        }
        Ok(())
    }
}

impl Section for TelemetryConfig {
    fn validate(&self) -> Result<(), String> {
        if self.listen.is_empty() {
            return Ok(());
        }
        let address = listen_address("telemetry.listen", &self.listen)?;
        if address.ip().is_loopback() { Ok(()) } else { Err("telemetry.listen must be a loopback address".to_owned()) }
    }
}

/// Smallest spool: each of its lanes needs room for several segments.
const MIN_SPOOL_BYTES: u64 = 64 << 20;

impl Section for NodesConfig {
    fn validate(&self) -> Result<(), String> {
        if !self.listen.is_empty() {
            listen_address("nodes.listen", &self.listen)?;
        }
        if !self.house.is_empty() && self.house.rsplit_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
            return Err(format!(
                "nodes.house = {:?} is not a host and port, for example \"10.1.5.2:8444\"",
                self.house
            ));
        }
        if !self.listen.is_empty() && !self.house.is_empty() {
            return Err("nodes.listen and nodes.house exclude one another: a node has no nodes".to_owned());
        }
        if self.spool.0 < MIN_SPOOL_BYTES {
            return Err("nodes.spool must be at least \"64MiB\"".to_owned());
        }
        Ok(())
    }
}

/// Reads a listen address, `address:port`.
pub fn listen_address(key: &str, text: &str) -> Result<std::net::SocketAddr, String> {
    text.parse().map_err(|_| format!("{key} = {text:?} is not an address and port, for example \"127.0.0.1:9443\""))
}

impl KernelConfig {
    /// Reads the kernel's sections.
    pub fn read(config: &LoadedConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            node: config.top_level()?,
            store: config.section("store")?,
            listen: config.section("listen")?,
            telemetry: config.section("telemetry")?,
            nodes: config.section("nodes")?,
        })
    }

    /// A path inside the data directory.
    pub fn data_path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.node.data_dir.join(relative)
    }
}

/// Names of the kernel's sections and top-level keys.
pub const KERNEL_SECTIONS: [&str; 4] = ["store", "listen", "telemetry", "nodes"];
