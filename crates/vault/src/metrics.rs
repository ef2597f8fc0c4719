//! Numbers of the vault for Prometheus, copied from its counters once a second.

use std::sync::atomic::Ordering::Relaxed;

use medward_kernel::metrics::{Gauges, Metrics};

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
