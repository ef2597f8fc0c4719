//! The gateway as its users meet it: real sockets on port 0, real backends that record every byte they get.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::too_many_lines,
    reason = "tests: a wrong assumption is a failed test, and they start peers and wait with a limit"
)]

mod authority;
mod backend;
mod client;
mod defence;
mod leaks;
mod recorder;
mod rig;

mod access;
mod alarms;
mod answers;
mod api;
mod captcha;
mod certificates;
mod challenge;
mod enumeration;
mod events;
mod exclusions;
mod framing;
mod heads;
mod http2;
mod inheritance;
mod limits;
mod masks;
mod origins;
mod peers;
mod policies;
mod policy;
mod region;
mod responses;
mod routing;
mod serving;
mod slow;
mod swaps;
mod tls;
mod transport;
mod trials;
mod upstreams;
mod websocket;
