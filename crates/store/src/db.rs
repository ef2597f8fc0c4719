//! Opening a database, reading from it and writing to it.
//!
//! [`Db::write`] takes a closure that returns a boxed future: `|tx| Box::pin(async move { … })`. An `async |tx| { … }`
//! closure would read better, but the compiler (1.95) cannot yet prove its future `Send`, so it would not run inside an
//! axum handler or a supervised task. The lifetime on [`Tx`] lets the future borrow from its surroundings: bind
//! references first (`let name = &name;`) and nothing needs cloning although the closure may run several times.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, SqlitePool};
use tokio::sync::watch;

use crate::config::{Engine, StoreConfig};
use crate::error::StoreError;
use crate::tx::{EngineTransaction, Fault, Reader, Tx};

/// How long a caller waits for a free connection before it is told that the database is unavailable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long SQLite waits for another *process* (a command run beside the server) to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Snapshots SQLite serves at once; readers never wait for the writer.
const SQLITE_READERS: u32 = 8;
/// A write that lost against others this often is given back to the caller as [`StoreError::Contention`].
const WRITE_ATTEMPTS: u32 = 24;
/// Upper bound of one pause between two attempts; the pauses before it double from 2 ms.
const RETRY_PAUSE_MAX_MS: u64 = 100;

/// A handle to the relational state; cloning it is cheap.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    pools: Pools,
    outbox_wakeup: watch::Sender<u64>,
}

enum Pools {
    /// SQLite has one writer per file; a pool of one connection is the queue before it.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// Why the database could not be opened. `Display` completes "failed to …".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    #[error("create the database file {}", path.display())]
    SqliteFile {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("open the database file {}", path.display())]
    Sqlite {
        path: PathBuf,
        #[source]
        source: sqlx::Error,
    },
    #[error("open PostgreSQL: store.url is not set")]
    PostgresUrlMissing,
    #[error("read store.url: expected postgres://user:password@host:5432/database")]
    PostgresUrl,
    #[error("connect to PostgreSQL at {host}")]
    Postgres {
        host: String,
        #[source]
        source: sqlx::Error,
    },
    #[error(
        "use the PostgreSQL database: {found}; create it with `CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'`"
    )]
    PostgresLocale { found: String },
}

impl Db {
    /// Opens the database `config` names. A relative SQLite path is taken from `data_dir`; `postgres_url` is what
    /// `config.url` refers to, already resolved.
    pub async fn open(config: &StoreConfig, data_dir: &Path, postgres_url: Option<&str>) -> Result<Self, OpenError> {
        let pools = match config.engine {
            Engine::Sqlite => sqlite_open(data_dir.join(&config.path)).await?,
            Engine::Postgres => {
                postgres_open(postgres_url.ok_or(OpenError::PostgresUrlMissing)?, config.max_connections).await?
            }
        };
        Ok(Self { shared: Arc::new(Shared { pools, outbox_wakeup: watch::Sender::new(0) }) })
    }

    /// The engine behind this handle.
    pub fn engine(&self) -> Engine {
        match self.shared.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// Begins a read-only snapshot.
    pub async fn read(&self) -> Result<Reader, StoreError> {
        let transaction = match &self.shared.pools {
            Pools::Sqlite { readers, .. } => readers.begin().await.map(EngineTransaction::Sqlite),
            Pools::Postgres(pool) => pool
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await
                .map(EngineTransaction::Postgres),
        };
        transaction.map(Reader::new).map_err(|source| StoreError::Begin { access: "read", source })
    }

    /// Runs `closure` in a transaction that sees no other writer, and commits what it did.
    ///
    /// The closure may run several times (PostgreSQL asks for it when two writers cross), so it must do nothing but
    /// database work. `Err` rolls back. When this future is dropped while it commits, the change may or may not be
    /// stored.
    pub async fn write<'env, T, E, F>(&self, mut closure: F) -> Result<T, E>
    where
        F: for<'t> FnMut(&'t mut Tx<'env>) -> BoxFuture<'t, Result<T, E>>,
        E: From<StoreError>,
    {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let mut tx = self.begin_write().await?;
            let outcome = closure(&mut tx).await;
            let outbox_written = tx.outbox_written();
            if tx.fault() == Fault::Serialization {
                drop(tx);
            } else {
                let value = outcome?;
                match tx.commit().await {
                    Ok(()) => {
                        if outbox_written {
                            self.outbox_wake();
                        }
                        return Ok(value);
                    }
                    Err(error) if error.is_serialization_failure() => {}
                    Err(error) => return Err(error.into()),
                }
            }
            if attempts >= WRITE_ATTEMPTS {
                return Err(StoreError::Contention { attempts }.into());
            }
            retry_pause(attempts).await;
        }
    }

    /// Changes whenever a committed transaction put something into the outbox, and never carries data.
    pub fn outbox_wakeup(&self) -> watch::Receiver<u64> {
        self.shared.outbox_wakeup.subscribe()
    }

    /// Waits for living transactions, then closes every connection (SQLite: writes the log back into the file).
    pub async fn close(&self) {
        match &self.shared.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    pub(crate) fn outbox_wake(&self) {
        self.shared.outbox_wakeup.send_modify(|count| *count = count.wrapping_add(1));
    }

    async fn begin_write(&self) -> Result<Tx<'static>, StoreError> {
        let transaction = match &self.shared.pools {
            Pools::Sqlite { writer, .. } => writer.begin_with("BEGIN IMMEDIATE").await.map(EngineTransaction::Sqlite),
            Pools::Postgres(pool) => {
                pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await.map(EngineTransaction::Postgres)
            }
        };
        transaction.map(Tx::new).map_err(|source| StoreError::Begin { access: "write", source })
    }

    /// A write transaction in which each statement sees what others committed before it; only for migrations, which
    /// first wait for a lock and must then see what its last holder did.
    pub(crate) async fn begin_migration(&self) -> Result<Tx<'static>, StoreError> {
        match &self.shared.pools {
            Pools::Sqlite { .. } => self.begin_write().await,
            Pools::Postgres(pool) => pool
                .begin_with("BEGIN ISOLATION LEVEL READ COMMITTED")
                .await
                .map(|transaction| Tx::new(EngineTransaction::Postgres(transaction)))
                .map_err(|source| StoreError::Begin { access: "write", source }),
        }
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

async fn sqlite_open(path: PathBuf) -> Result<Pools, OpenError> {
    sqlite_file_create(&path).map_err(|source| OpenError::SqliteFile { path: path.clone(), source })?;
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL also in WAL mode: what was committed survives a power cut, not only a crash of the process.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT);
    let pool = |connections| {
        PoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let writer = pool(1)
        .connect_with(options.clone())
        .await
        .map_err(|source| OpenError::Sqlite { path: path.clone(), source })?;
    let readers = pool(SQLITE_READERS).connect_lazy_with(options.pragma("query_only", "ON"));
    Ok(Pools::Sqlite { writer, readers })
}

/// Makes the file before SQLite does, so that only its owner can read it; the log files inherit the mode.
fn sqlite_file_create(path: &Path) -> std::io::Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

async fn postgres_open(url: &str, max_connections: u32) -> Result<Pools, OpenError> {
    // The parse error may quote the URL, and the URL holds a password.
    let options: PgConnectOptions = url.parse().map_err(|_| OpenError::PostgresUrl)?;
    let options = options.application_name("medward");
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let failed = |source| OpenError::Postgres { host: host.clone(), source };
    // One connection by hand first: the pool would go on trying for ten seconds before it says "refused".
    let mut first = tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect())
        .await
        .map_err(|_| failed(sqlx::Error::PoolTimedOut))?
        .map_err(failed)?;
    // Keyset paging on text needs both engines to order by code point; a dictionary has 'a' before 'Z'.
    let (encoding, code_point_order): (String, bool) =
        sqlx::query_as("SELECT current_setting('server_encoding'), 'Z'::text < 'a'::text")
            .fetch_one(&mut first)
            .await
            .map_err(failed)?;
    first.close().await.map_err(failed)?;
    if encoding != "UTF8" {
        return Err(OpenError::PostgresLocale { found: format!("its encoding is {encoding}") });
    }
    if !code_point_order {
        return Err(OpenError::PostgresLocale { found: "it does not order text by code point".to_owned() });
    }
    let pool = PoolOptions::new().max_connections(max_connections.clamp(1, 1000)).acquire_timeout(ACQUIRE_TIMEOUT);
    Ok(Pools::Postgres(pool.connect_lazy_with(options)))
}

/// A random pause of at most 2, 4, 8 … 100 ms, so that writers that crossed do not cross again.
async fn retry_pause(attempts: u32) {
    let ceiling_ms = 2_u64.saturating_pow(attempts).min(RETRY_PAUSE_MAX_MS);
    // Every RandomState has fresh random keys; enough for jitter, and no dependency.
    let jitter_us = RandomState::new().hash_one(attempts) % (ceiling_ms * 1000);
    #[expect(clippy::disallowed_methods, reason = "the floor below kernel::Clock; bounded, and only under contention")]
    tokio::time::sleep(Duration::from_micros(jitter_us)).await;
}
