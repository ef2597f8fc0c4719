//! Numbers of the gateway, `medward_gateway_*`. One method per operational event.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use medward_kernel::BuildError;
use medward_kernel::metrics::{Counters, Histogram, IntCounter, IntGauge, Metrics};
use medward_waf::{Outcome, Verdict};

use crate::data_path::Totals;
use crate::defence::Hit;
use crate::stance::OnError;

/// Counters of one gateway. Cheap to clone.
#[derive(Clone)]
pub(crate) struct GatewayMetrics(Arc<Inner>);

struct Inner {
    served: IntCounter,
    denied: IntCounter,
    seconds: Histogram,
    attacks: Counters,
    engine_failures: Counters,
    connections: IntGauge,
    refused_connections: Counters,
    blocked: AtomicU64,
    held_bytes: AtomicI64,
    held_gauge: IntGauge,
}

impl GatewayMetrics {
    pub(crate) fn new(metrics: &Metrics) -> Result<Self, BuildError> {
        let requests = metrics.counters("medward_gateway_requests_total", "requests answered", &["action"])?;
        let seconds =
            metrics.histograms("medward_gateway_request_seconds", "from first byte to last, with the upstream", &[])?;
        let connections = metrics.gauges("medward_gateway_connections", "open client connections", &[])?;
        let held = metrics.gauges("medward_gateway_held_body_bytes", "bytes of bodies held back until judged", &[])?;
        Ok(Self(Arc::new(Inner {
            served: requests.with_label_values(&["serve"]),
            denied: requests.with_label_values(&["deny"]),
            seconds: seconds.with_label_values::<&str>(&[]),
            attacks: metrics.counters(
                "medward_gateway_attacks_total",
                "requests judged as attacks",
                &["action", "category"],
            )?,
            engine_failures: metrics.counters(
                "medward_gateway_engine_failures_total",
                "requests the engine could not judge",
                &["stance"],
            )?,
            connections: connections.with_label_values::<&str>(&[]),
            refused_connections: metrics.counters(
                "medward_gateway_refused_connections_total",
                "connections closed at accept",
                &["reason"],
            )?,
            blocked: AtomicU64::new(0),
            held_bytes: AtomicI64::new(0),
            held_gauge: held.with_label_values::<&str>(&[]),
        })))
    }

    pub(crate) fn request(&self, action: &str, elapsed: Duration) {
        let counter = if action == "serve" { &self.0.served } else { &self.0.denied };
        counter.inc();
        self.0.seconds.observe(elapsed.as_secs_f64());
    }

    pub(crate) fn attack(&self, verdict: &Verdict) {
        let action = if verdict.outcome == Outcome::Block { "block" } else { "observe" };
        if verdict.outcome == Outcome::Block {
            self.0.blocked.fetch_add(1, Ordering::Relaxed);
        }
        let category = verdict.attack.map_or("other", medward_waf::AttackClass::code);
        self.0.attacks.with_label_values(&[action, category]).inc();
    }

    pub(crate) fn defended(&self, hit: &Hit) {
        if hit.action == "block" {
            self.0.blocked.fetch_add(1, Ordering::Relaxed);
        }
        self.0.attacks.with_label_values(&[hit.action, hit.category]).inc();
    }

    pub(crate) fn engine_failed(&self, stance: OnError) {
        self.0.engine_failures.with_label_values(&[stance.as_str()]).inc();
    }

    pub(crate) fn connection_opened(&self) {
        self.0.connections.inc();
    }

    pub(crate) fn connection_closed(&self) {
        self.0.connections.dec();
    }

    pub(crate) fn connection_refused(&self, reason: &str) {
        self.0.refused_connections.with_label_values(&[reason]).inc();
    }

    /// Takes `bytes` from the memory for held-back bodies; false when it is used up.
    pub(crate) fn hold(&self, bytes: usize, limit: u64) -> bool {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let held = self.0.held_bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        self.0.held_gauge.set(held);
        u64::try_from(held).unwrap_or(0) <= limit
    }

    /// Gives them back.
    pub(crate) fn release(&self, bytes: usize) {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.0.held_gauge.set(self.0.held_bytes.fetch_sub(bytes, Ordering::Relaxed) - bytes);
    }

    /// What was counted since the start.
    pub(crate) fn totals(&self) -> Totals {
        Totals {
            connections: self.0.connections.get(),
            requests: self.0.served.get() + self.0.denied.get(),
            blocked: self.0.blocked.load(Ordering::Relaxed),
        }
    }
}
