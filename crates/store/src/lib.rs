//! Relational state, blobs, outbox and leases: the only crate that opens a database.
//!
//! One SQL text runs on two engines: SQLite (write-ahead log, the embedded default) and PostgreSQL (more than one
//! node). The portable subset is written down in DESIGN §4; `crates/store/README.md` has the short form.
//!
//! Invariants:
//! - Every write goes through [`Db::write`]: `BEGIN IMMEDIATE` on the one writer connection of SQLite, SERIALIZABLE with
//!   bounded retry on PostgreSQL. There is no other way to get a [`Tx`].
//! - A [`Tx`] in which a statement failed can only roll back, on both engines, even when the closure returns `Ok`.
//! - No NUL reaches a TEXT column: binding one is [`StoreError::NulInText`].
//! - This crate knows no capability, no clock and no HTTP: time comes in as `now_us` (microseconds UTC).
//!
//! ```no_run
//! # async fn example(db: medward_store::Db) -> Result<(), medward_store::StoreError> {
//! use medward_store::{execute, fetch_optional};
//!
//! let (id, name) = ("019…", "门诊预约");
//! db.write(|tx| {
//!     Box::pin(async move { execute!(tx, "INSERT INTO demo_system (id, name) VALUES ($1, $2)", id, name).await })
//! })
//! .await?;
//! let mut reader = db.read().await?;
//! let found = fetch_optional!(&mut reader, (String,), "SELECT name FROM demo_system WHERE id = $1", id).await?;
//! # let _ = found; Ok(()) }
//! ```

mod config;
mod error;

mod db;
mod statement;
mod tx;

mod migrate;

mod lease;
mod outbox;

mod blobs;

#[cfg(feature = "testkit")]
pub mod testkit;

pub use blobs::{BlobError, BlobInfo, BlobKey, BlobKeyError, Blobs};
pub use config::{Engine, SecretRef, StoreConfig};
pub use db::{Db, OpenError};
pub use error::StoreError;
pub use lease::{Lease, lease_acquire, lease_holds, lease_release, lease_renew};
pub use migrate::{MigrateError, Migration, STORE_MIGRATIONS, migration_sha256};
pub use outbox::{
    OutboxRow, OutboxWaiting, outbox_done, outbox_due, outbox_failed, outbox_next_at, outbox_put, outbox_subscribe,
    outbox_unsubscribe, outbox_waiting,
};
pub use statement::{Bind, Row, Statement, placeholders};
pub use tx::{Reader, Session, Tx};

pub use futures_util::future::BoxFuture;
/// For `#[derive(sqlx::FromRow)]` a crate also lists `sqlx.workspace = true`: the derive names `::sqlx`.
pub use sqlx;

#[cfg(feature = "testkit")]
pub use medward_store_macros::store_test;
