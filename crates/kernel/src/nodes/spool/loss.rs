//! What a spool could not keep, and the `host.agent` events that say so.

use std::collections::BTreeMap;
use std::time::Duration;

use medward_contract::event::{Dataset, Event, Field, Outcome};
use medward_contract::{Severity, Timestamp};

/// While losses of one reason go on, they are put on record once in this time.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// Why events were lost; the word stands in `event.reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// More events than the ring holds before the disk took them.
    RingOverflow,
    /// The lane was at its cap, and its oldest segment gave way.
    SpoolFull,
    /// A segment was altered on disk.
    SegmentDamaged,
    /// The last write of an earlier run was cut off; the count is the least there can be.
    TornTail,
    /// The house already knew the numbers, of other events, and ignored these.
    NumberOvertaken,
    /// The event misses what its kind must have, or fits in no frame.
    EventInvalid,
}

impl Reason {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::RingOverflow => "ring_overflow",
            Self::SpoolFull => "spool_full",
            Self::SegmentDamaged => "segment_damaged",
            Self::TornTail => "torn_tail",
            Self::NumberOvertaken => "number_overtaken",
            Self::EventInvalid => "event_invalid",
        }
    }
}

/// Lost events of one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Loss {
    count: u64,
    from: Timestamp,
    to: Timestamp,
}

/// Losses that are not on record yet.
#[derive(Debug, Default)]
pub(super) struct Losses {
    pending: BTreeMap<Reason, Loss>,
    told: BTreeMap<Reason, Duration>,
    /// All losses since the start.
    pub(super) total: u64,
}

impl Losses {
    pub(super) fn add(&mut self, reason: Reason, count: u64, from: Timestamp, to: Timestamp) {
        if count == 0 {
            return;
        }
        let loss = self.pending.entry(reason).or_insert(Loss { count: 0, from, to });
        loss.count += count;
        loss.from = loss.from.min(from);
        loss.to = loss.to.max(to);
        self.total += count;
    }

    /// Whether all losses are on record.
    pub(super) fn is_told(&self) -> bool {
        self.pending.is_empty()
    }

    /// Takes what is to be told now; `all` when there will be no later.
    pub(super) fn take_due(&mut self, now: Duration, all: bool) -> Vec<(Reason, Loss)> {
        let told = &self.told;
        let due = |reason: &Reason| all || told.get(reason).is_none_or(|at| now.saturating_sub(*at) >= TELL_EVERY);
        let reasons: Vec<Reason> = self.pending.keys().copied().filter(due).collect();
        let mut taken = Vec::new();
        for reason in reasons {
            taken.extend(self.pending.remove(&reason).map(|loss| (reason, loss)));
            self.told.insert(reason, now);
        }
        taken
    }
}

/// The event that puts a loss on record: `host.agent`, action `gap`.
pub(super) fn gap_event(agent: &str, reason: Reason, loss: Loss, now: Timestamp) -> Event {
    tracing::error!(agent, reason = reason.as_str(), count = loss.count, "spool lost events");
    Event::new(Dataset::HostAgent, "gap", now)
        .outcome(Outcome::Failure)
        .severity(Severity::High)
        .set(Field::EventReason, reason.as_str())
        .attr("host.agent.id", agent)
        .attr("host.agent.count", loss.count)
        .attr("host.agent.from", loss.from.as_micros())
        .attr("host.agent.to", loss.to.as_micros())
}
