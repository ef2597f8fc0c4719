//! The demo: a small hospital portal of our own that is truly vulnerable ([`Portal`]), and drill traffic ([`drill`]) that shows
//! what stands before it: a day's benign requests that must pass untouched, attacks that work when sent straight and must not arrive.
//!
//! Used by the binary `medward` and by tests, by nothing else. It knows no capability and no part of Medward:
//! the gateway is an address to it. Invariants: the portal binds loopback only; the attacks harm nothing outside the portal's folder.

pub mod drill;
mod percent;
mod portal;
mod sqlmap;

pub use portal::{Arrival, DRILL_HEADER, Log, Portal, PortalError};
pub use sqlmap::{FOUND as SQLMAP_FOUND, SqlmapTarget, sqlmap_targets};
