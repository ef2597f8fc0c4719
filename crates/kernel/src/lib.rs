//! The kernel: what every capability stands on and none may do without. It knows capabilities only as [`Entry`] values.
//!
//! *Not* here: HTTP serving (`web`), any rule of a capability, any product page.
//!
//! Invariants: the [`Supervisor`] is the only caller of `tokio::spawn`; [`Clock`] the only reader of time; a change
//! without a committed audit `begin` does not happen; no port is called before it is filled.

pub mod clock;
pub mod supervisor;

pub mod config;

pub mod ports;

pub mod permission;
pub mod route;

pub mod metrics;

pub mod hub;

pub mod throttle;

pub mod audit;

pub mod job;

pub mod nodes;

pub mod capability;

pub mod keys;
pub mod tls;

pub mod status;

pub mod house;

pub mod telemetry;

pub use audit::Audit;
pub use capability::{BuildError, Capability, Entry, Kit, Parts, entry};
pub use clock::Clock;
pub use permission::{Grant, Permission};
pub use ports::{Port, Ports};
pub use route::{AuditAction, Routes};
pub use supervisor::Supervisor;
