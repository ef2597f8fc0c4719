//! The tamper-evident log vault (日志存证库): makes every event durable before acknowledging it, finds it again, and
//! proves that nothing was changed.
//!
//! One stream is one append-only log with its own dense numbers and its own Merkle tree. New records stand in the write-ahead log,
//! older ones in segments; retention and export come later.
//!
//! *Not* here: what a log of another machine means (`medward-intake`), rules and alarms, accounts.
//!
//! Invariants: nothing is acknowledged before it would survive a power cut; the canonical bytes of a record never
//! change; no code path alters or removes a record; reading is put on record.

pub mod codes;

mod config;

pub mod canonical;
pub mod merkle;
pub mod note;
pub mod prove;

pub mod wal;

pub mod disk;
pub mod layout;
pub mod streams;

pub mod keys;

pub mod space;

pub mod segment;

pub mod index;

mod tiles;

pub mod sealed;

pub mod recover;
pub mod shared;

pub mod commit;

pub mod checkpoint;

pub mod anchor;

pub mod open;

pub mod read;

pub mod seal;

pub mod query;

pub mod store;

pub mod sink;

pub mod verify;

mod metrics;

mod keeper;

pub mod intake;

pub mod service;

mod api;

pub mod cli;

mod room;

pub use config::VaultConfig;
pub use room::Vault;
pub use service::Service;
pub use sink::Sink;
pub use store::{EventStore, LocalStore};
