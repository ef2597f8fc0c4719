//! The API kit: serves the routes that capabilities declare, and the console's files.
//!
//! A route declared in `kernel::route` gets, in this order: request id, security headers, size cap, session,
//! cross-site check, permission, audit `begin`; then its handler; then audit `finish`. A handler asks for what it needs
//! with extractors: [`Caller`], [`Change`], [`Json`], [`Query`], [`Path`].
//!
//! *Not* here: who people are (port `Directory`), any rule of a capability, the console's build.
//!
//! Invariants: a handler of a changing route runs only after its audit begin is committed; every error leaves as an
//! RFC 9457 problem document with a stable code; nothing from outside is read without a cap.

pub mod codes;
pub mod problem;

pub mod extract;
pub mod paging;

pub mod cookie;
pub mod csrf;

mod gate;

pub mod sse;

pub mod assets;

pub mod openapi;

mod nodes;
pub mod system;

mod connection;

pub mod server;

pub use assets::{Asset, Assets};
pub use extract::{Caller, Change, Client, Json, MaybeCaller, Path, Query};
pub use gate::Peer;
pub use paging::{Limit, Paged};
pub use problem::ApiError;
pub use server::{Site, console_listener, router};
pub use sse::Viewer;
