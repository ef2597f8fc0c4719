//! Settings of the data path on one node: sections of `[gateway]` in `medward.toml`.

use std::num::NonZeroU32;
use std::time::Duration;

use medward_kernel::config::{DurationText, SizeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::upstream::CONCURRENCY;

/// `[gateway.timeouts]`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// For the TLS handshake.
    pub tls_handshake: DurationText,
    /// From the first byte of a request head to its last.
    pub head: DurationText,
    /// A request body may begin slowly for this long; after that it must bring 1 KiB for each further second.
    pub body_grace: DurationText,
    /// Between two requests on one connection, and for a client that does not take its answer.
    pub keep_alive: DurationText,
    /// For connecting to an upstream.
    pub upstream_connect: DurationText,
    /// For an upstream to begin its answer.
    pub upstream_first_byte: DurationText,
}

/// `[gateway.limits]`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionLimits {
    /// Open connections in all.
    pub connections: u32,
    /// Open connections from one address.
    pub connections_per_address: u32,
    /// Requests that one member of a pool works on at the same time, until the head of the answer is there. Further ones go to
    /// another member, or wait for 5 s; then they are refused with 503.
    pub upstream_concurrency: NonZeroU32,
    /// Largest request body; a longer one is refused with 413.
    pub body: SizeText,
    /// Memory that held-back bodies may use together; beyond it bodies are inspected only in part.
    pub held_bodies: SizeText,
}

impl Default for Timeouts {
    /// gateway.md §4.
    fn default() -> Self {
        let seconds = |seconds| DurationText(Duration::from_secs(seconds));
        Self {
            tls_handshake: seconds(10),
            head: seconds(10),
            body_grace: seconds(10),
            keep_alive: seconds(60),
            upstream_connect: seconds(3),
            upstream_first_byte: seconds(60),
        }
    }
}

impl Default for ConnectionLimits {
    /// gateway.md §3, §5 and §6.
    fn default() -> Self {
        Self {
            connections: 50_000,
            connections_per_address: 200,
            upstream_concurrency: CONCURRENCY,
            body: SizeText(2 << 30),
            held_bodies: SizeText(256 << 20),
        }
    }
}
