//! The vault on a real disk, behind real HTTP, killed, filled up and asked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and starts and kills processes itself"
)]

mod api;
mod audit;
mod command_line;
mod conformance;
mod corpora;
mod full;
mod kill;
mod kit;
mod life;
mod syslog;
mod syslog_peers;
