//! The words all rooms of Medward share: ids, time, severity, labels, principals, events and the ports between capabilities.
//!
//! *Not* here: any I/O, runtime, HTTP or SQL. A type stands here only if two capabilities, or a capability and the
//! kernel, must mean the same thing by it.
//!
//! Invariant: nothing in this crate reads a clock, a file, the network or the environment, except that
//! [`id`] newtypes draw UUIDv7 randomness.

pub mod id;
pub mod time;

pub mod severity;

pub mod label;

pub mod principal;

pub mod error_code;

pub mod port;

pub mod event;

pub mod alert;
pub mod ban;

pub mod identity;
pub mod vault;

pub mod address;
pub mod mask;

pub use error_code::ErrorCode;
pub use event::Event;
pub use label::SensitivityLabel;
pub use port::PortError;
pub use principal::{Principal, Role};
pub use severity::Severity;
pub use time::Timestamp;
