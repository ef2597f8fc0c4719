//! The protected systems behind the gateway: their addresses, health, and open connections.
//!
//! A [`Member`] is one address. A [`Pool`] is what one object spreads its requests over. A [`Line`] is one HTTP/1
//! connection to a member; it is driven by the task of the request that uses it, so a request never changes threads
//! between client and upstream.

mod body;
mod connect;
mod health;
mod line;
mod member;
mod pool;

pub(crate) use body::{BodyCut, Piece, Progress, UpstreamBody};
pub(crate) use connect::{ConnectError, Connector};
pub(crate) use health::HealthChecks;
pub(crate) use line::{Line, Seat, SendError};
pub(crate) use member::CONCURRENCY;
pub use member::{Member, MemberState, Members};
pub(crate) use pool::Pick;
pub use pool::Pool;
