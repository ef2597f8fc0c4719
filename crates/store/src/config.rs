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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_reads_as_documented() {
        let check = |text: &str, expected: StoreConfig| {
            assert_eq!(toml::from_str::<StoreConfig>(text).unwrap(), expected, "{text}");
        };
        let postgres = |url| StoreConfig { engine: Engine::Postgres, url: Some(url), ..StoreConfig::default() };
        check("", StoreConfig::default());
        check("path = 'state.sqlite'", StoreConfig { path: "state.sqlite".into(), ..StoreConfig::default() });
        check("engine = 'postgres'\nurl = { env = 'PG' }", postgres(SecretRef::Env("PG".to_owned())));
        check("engine = 'postgres'\nurl = { file = '/run/pg' }", postgres(SecretRef::File("/run/pg".into())));
    }

    #[test]
    fn unknown_keys_engines_and_plain_secrets_are_refused() {
        let check = |text: &str, expected: &str| {
            let error = toml::from_str::<StoreConfig>(text).unwrap_err();
            assert!(error.message().contains(expected), "{text}: {error}");
        };
        check("engin = 'sqlite'", "unknown field `engin`, expected one of `engine`, `path`, `url`, `max_connections`");
        check("engine = 'mysql'", "unknown variant `mysql`, expected `sqlite` or `postgres`");
        check("url = 'postgres://u:p@h/db'", "unknown variant");
    }
}
