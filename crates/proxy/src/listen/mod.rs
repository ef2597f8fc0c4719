//! The doors: plain and TLS listeners, limits at accept, HTTP/1.1 and HTTP/2 on top.

mod accept;
mod copy;
mod faces;
mod pace;
mod refused;
mod seats;
mod seldom;
mod serve;
mod sites;
mod stream;
mod tap;
mod timer;
mod transparent;

pub use accept::{Door, listener};
pub(crate) use faces::Front;
pub(crate) use seats::Seats;
pub use sites::{SiteCertificate, SiteCertificates};
pub(crate) use stream::{ClientBody, ClientBodyError, StreamLink};
pub(crate) use tap::{Arrival, Fault, TapLink};
pub(crate) use timer::LazyTimer;
pub(crate) use transparent::from_client;

/// Any error.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
