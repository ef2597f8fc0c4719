//! Numbers of the vault for Prometheus: those of the store copied from its counters once a second, those of the doors as
//! they happen.

use std::fmt::Display;
use std::net::IpAddr;
use std::sync::atomic::Ordering::Relaxed;

use medward_contract::ErrorCode;
use medward_kernel::metrics::{Counters, Gauges, Metrics};

use crate::shared::Shared;

/// All gauges.
#[derive(Debug, Clone)]
pub(crate) struct VaultMetrics {
    events: Gauges,
    groups: Gauges,
    disk: Gauges,
}

impl VaultMetrics {
    pub(crate) fn new(metrics: &Metrics) -> Result<Self, medward_kernel::BuildError> {
        Ok(Self {
            events: metrics.gauges(
                "medward_vault_events",
                "events since start by what became of them",
                &["outcome"],
            )?,
            groups: metrics.gauges(
                "medward_vault_commit_groups",
                "commit groups since start, one fdatasync each",
                &[],
            )?,
            disk: metrics.gauges("medward_vault_disk_used_permille", "fill level of the vault's file system", &[])?,
        })
    }

    pub(crate) fn update(&self, shared: &Shared) {
        let counters = &shared.counters;
        let events = [
            ("stored", &counters.records),
            ("duplicate", &counters.duplicates),
            ("refused", &counters.refused),
            ("dropped", &counters.dropped),
            ("invalid", &counters.invalid),
        ];
        let value = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for (outcome, counter) in events {
            self.events.with_label_values(&[outcome]).set(value(counter.load(Relaxed)));
        }
        self.groups.with_label_values::<&str>(&[]).set(value(counters.groups.load(Relaxed)));
        self.disk.with_label_values::<&str>(&[]).set(value(shared.disk_state().used_permille));
    }
}

/// What came in through the doors for logs of other machines, by door.
#[derive(Debug, Clone)]
pub(crate) struct IntakeMetrics {
    stored: Counters,
    turned_away: Counters,
    dropped: Counters,
}

impl IntakeMetrics {
    pub(crate) fn new(metrics: &Metrics) -> Result<Self, medward_kernel::BuildError> {
        Ok(Self {
            stored: metrics.counters("medward_vault_intake_frames_total", "frames of logs stored", &["door"])?,
            turned_away: metrics.counters(
                "medward_vault_intake_turned_away_total",
                "senders of logs that were not let in",
                &["door", "code"],
            )?,
            dropped: metrics.counters(
                "medward_vault_intake_dropped_total",
                "datagrams of logs that the kernel dropped",
                &["door"],
            )?,
        })
    }

    /// Frames that are durable.
    pub(crate) fn stored(&self, door: &'static str, frames: usize) {
        self.stored.with_label_values(&[door]).inc_by(frames as u64);
    }

    /// A sender that may not send.
    pub(crate) fn turned_away(&self, door: &'static str, peer: IpAddr, code: ErrorCode, cause: &dyn Display) {
        tracing::warn!(door, %peer, code = code.code, %cause, "a sender of logs was turned away");
        self.turned_away.with_label_values(&[door, code.code]).inc();
    }

    /// Datagrams that are lost.
    pub(crate) fn dropped(&self, door: &'static str, datagrams: u64) {
        tracing::warn!(door, datagrams, "the kernel dropped datagrams of logs");
        self.dropped.with_label_values(&[door]).inc_by(datagrams);
    }
}
