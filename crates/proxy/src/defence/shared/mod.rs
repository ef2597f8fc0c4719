//! Counters of limits that several nodes share over Redis (gateway.md §8 *Cluster*, `shared = batched`).
//!
//! Every 100 ms a node tells Redis what it has counted and hears what all nodes have. The arithmetic is that of
//! [`PooledCounters`]; here are the connection and what follows when it is gone: each node enforces its part of a limit
//! (the limit ÷ nodes), an alarm (P3) is raised once, and the connection is tried again after 1 to 60 s. *Not* here: an
//! exact mode, which would ask Redis for each request.
//!
//! One Redis, with replicas if need be; not Redis Cluster, whose scripts see the keys of one slot only. Clocks of the nodes must
//! agree to well within a window, because buckets are numbered by time.
//!
//! Invariant: no request waits for Redis. Invariant: what Redis says is hostile until it is read: an answer has a size, and
//! numbers are bounded. Invariant: Redis sees keyed hashes and numbers, no address, name or path.

mod exchange;
mod link;
#[cfg(test)]
mod tests;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_crypto::Secret;
use medward_defence::limit::{CounterKey, Counters, Counting, PooledCounters, Quota, Taken, ValueHash};
use medward_kernel::metrics::{IntCounter, IntGauge, Metrics};
use medward_kernel::supervisor::{Stop, TaskError, with_sources};
use medward_kernel::{BuildError, Clock};

use self::link::{Link, LinkError};
use crate::address::UpstreamAddress;
use crate::alarm::Alarms;
use crate::data_path::DataPath;
use crate::upstream::Connector;

/// Between two exchanges.
const PAUSE: Duration = Duration::from_millis(100);
/// One exchange, or opening a connection: with the pause before it, a node is alone after one second without an answer.
const PATIENCE: Duration = Duration::from_millis(900);
/// Shortest and longest pause before Redis is tried again.
const BACK_OFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// Where Redis is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisAddress {
    place: Place,
    database: i64,
}

/// Why the address of Redis cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected redis://host:port, rediss://host:port or redis+unix:///path, with /database if it is not 0, and without a \
     password"
)]
pub struct RedisAddressError;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Network(UpstreamAddress),
    Socket(PathBuf),
}

/// How counters are shared.
pub struct SharedSettings {
    /// Where Redis is.
    pub redis: RedisAddress,
    /// Whom to log in as, where it is not the default user.
    pub username: Option<String>,
    /// With which password.
    pub password: Option<Secret<String>>,
    /// How many nodes share the counters.
    pub nodes: NonZeroU32,
    /// What the names of all keys begin with.
    pub prefix: String,
}

/// Counters that several nodes share.
pub struct SharedCounters {
    counters: PooledCounters,
    settings: SharedSettings,
    metrics: SharedMetrics,
}

struct SharedMetrics {
    up: IntGauge,
    pushed: IntCounter,
    failed: IntCounter,
}

impl RedisAddress {
    /// Reads `redis://host:port/database`, `rediss://…` (TLS) or `redis+unix:///path`; port 6379 and database 0 may be
    /// left out.
    ///
    /// # Errors
    /// Says what would be right. A password is refused: it belongs into a file or the environment.
    pub fn parse(text: &str) -> Result<Self, RedisAddressError> {
        let (scheme, rest) = text.split_once("://").ok_or(RedisAddressError)?;
        let tls = match scheme {
            "redis" => false,
            "rediss" => true,
            "redis+unix" if rest.starts_with('/') && rest.len() > 1 => {
                return Ok(Self { place: Place::Socket(rest.into()), database: 0 });
            }
            _ => return Err(RedisAddressError),
        };
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let database: u16 = if database.is_empty() { 0 } else { database.parse().map_err(|_| RedisAddressError)? };
        // A port is what follows the last colon outside of brackets.
        let has_port = authority.rsplit(']').next().is_some_and(|end| end.contains(':'));
        let port = if has_port { "" } else { ":6379" };
        let web = if tls { "https" } else { "http" };
        let address = UpstreamAddress::parse(&format!("{web}://{authority}{port}")).map_err(|_| RedisAddressError)?;
        Ok(Self { place: Place::Network(address), database: database.into() })
    }
}

impl std::fmt::Display for RedisAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.place {
            Place::Network(address) => {
                let scheme = if address.tls { "rediss" } else { "redis" };
                write!(f, "{scheme}://{}/{}", address.authority, self.database)
            }
            Place::Socket(path) => write!(f, "redis+unix://{}", path.display()),
        }
    }
}

impl SharedCounters {
    /// Counters that are shared as soon as [`DataPath::share_counters`] runs.
    ///
    /// # Errors
    /// When its metrics are already taken.
    pub fn new(settings: SharedSettings, metrics: &Metrics) -> Result<Self, BuildError> {
        let up = metrics.gauges("medward_gateway_shared_counters_up", "whether Redis answers: 1, or 0", &[])?;
        let pushes = metrics.counters(
            "medward_gateway_shared_counter_pushes_total",
            "exchanges of counters with Redis",
            &["result"],
        )?;
        let metrics = SharedMetrics {
            up: up.with_label_values::<&str>(&[]),
            pushed: pushes.with_label_values(&["ok"]),
            failed: pushes.with_label_values(&["failed"]),
        };
        Ok(Self { counters: PooledCounters::new(settings.nodes), settings, metrics })
    }

    /// Exchanges until the program stops.
    async fn run(&self, connector: &Connector, clock: &Clock, alarms: &Alarms, stop: &Stop) {
        let (mut pause, mut is_told) = (BACK_OFF.0, false);
        loop {
            let ended = tokio::select! {
                () = stop.running.cancelled() => return,
                ended = self.follow(connector, clock, || {
                    if std::mem::take(&mut is_told) {
                        tracing::info!(redis = %self.settings.redis, "counters are shared again");
                        alarms.counters_shared();
                    }
                    pause = BACK_OFF.0;
                }) => ended,
            };
            self.counters.set_alone(true);
            self.metrics.up.set(0);
            self.metrics.failed.inc();
            let error = with_sources(&ended);
            tracing::warn!(redis = %self.settings.redis, error, retry_s = pause.as_secs(), "counters are not shared");
            is_told = true;
            alarms.counters_not_shared(&self.settings.redis.to_string(), &error);
            tokio::select! {
                () = stop.running.cancelled() => return,
                () = clock.sleep(pause) => {}
            }
            pause = (pause * 2).min(BACK_OFF.1);
        }
    }

    /// Connects, and exchanges as long as Redis answers; `is_up` hears that it does.
    async fn follow(&self, connector: &Connector, clock: &Clock, mut is_up: impl FnMut()) -> LinkError {
        let opened = clock.timeout(PATIENCE, Box::pin(Link::open(&self.settings, connector))).await;
        let mut link = match opened.unwrap_or(Err(LinkError::Silent)) {
            Ok(link) => link,
            Err(error) => return error,
        };
        loop {
            if let Err(error) = self.exchange(&mut link, clock).await {
                return error;
            }
            is_up();
            clock.sleep(PAUSE).await;
        }
    }

    /// Tells Redis what was counted since the last time, and takes its totals in.
    async fn exchange(&self, link: &mut Link, clock: &Clock) -> Result<(), LinkError> {
        let contributions = self.counters.contributions();
        let mut settled = 0;
        loop {
            let left = contributions.get(settled..).unwrap_or_default();
            let batch = left.get(..exchange::BATCH).unwrap_or(left);
            // Also when there is nothing to tell: that Redis answers is news.
            match clock.timeout(PATIENCE, link.push(batch)).await.unwrap_or(Err(LinkError::Silent)) {
                Ok(totals) => batch.iter().zip(totals).for_each(|(told, totals)| self.counters.settle(told, totals)),
                Err(error) => {
                    self.counters.put_back(left);
                    return Err(error);
                }
            }
            settled += batch.len();
            if settled >= contributions.len() {
                break;
            }
        }
        self.counters.set_alone(false);
        self.metrics.up.set(1);
        self.metrics.pushed.inc();
        Ok(())
    }
}

impl Counters for SharedCounters {
    fn count(&self, now: Timestamp, key: CounterKey, quota: &Quota, amount: u64, counting: Counting) -> Taken {
        self.counters.count(now, key, quota, amount, counting)
    }

    fn see(&self, now: Timestamp, key: CounterKey, quota: &Quota, value: ValueHash) -> Taken {
        self.counters.see(now, key, quota, value)
    }
}

impl DataPath {
    /// Shares the counters that the data path was set up with, until the program stops. TLS to Redis trusts whom TLS to
    /// upstreams trusts.
    ///
    /// # Errors
    /// Never; it has the shape of a service.
    pub async fn share_counters(self: Arc<Self>, counters: Arc<SharedCounters>, stop: Stop) -> Result<(), TaskError> {
        counters.run(&self.connector, &self.clock, &self.reporter.alarms, &stop).await;
        Ok(())
    }
}
