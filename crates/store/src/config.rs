//! The `[store]` section of `medward.toml`.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where relational state lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// `sqlite` keeps everything in one file beside the other data; `postgres` is for more than one node.
    pub engine: Engine,
    /// SQLite only: the database file, relative to the data directory.
    pub path: PathBuf,
    /// PostgreSQL only: where the connection URL is kept, `{ file = "…" }` or `{ env = "…" }`. The URL has the form
    /// `postgres://user:password@host:5432/database?sslmode=verify-full`.
    pub url: Option<SecretRef>,
    /// PostgreSQL only: most connections this node opens (1 to 1000).
    pub max_connections: u32,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { engine: Engine::Sqlite, path: PathBuf::from("medward.sqlite"), url: None, max_connections: 16 }
    }
}

/// The two engines every statement must run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// Embedded; one file, one writer.
    Sqlite,
    /// A server reached by URL; encoding UTF-8, locale C.UTF-8.
    Postgres,
}

/// A secret by reference: the configuration never holds the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretRef {
    /// A file whose content, without the trailing line break, is the secret.
    File(PathBuf),
    /// The name of an environment variable.
    Env(String),
}
