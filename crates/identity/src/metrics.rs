//! Operational events of identity: one struct each, which writes the log line and counts.

use medward_contract::id::SessionId;
use medward_kernel::BuildError;
use medward_kernel::metrics::{Counters, Gauges, Histogram, Metrics};

/// Counters of this capability.
#[derive(Clone)]
pub(crate) struct Meters {
    logins: Counters,
    locks: Counters,
    sessions: Gauges,
    denied: Counters,
    stale: Counters,
    approvals: Gauges,
    pub(crate) hash_seconds: Histogram,
}

impl Meters {
    pub(crate) fn new(metrics: &Metrics) -> Result<Self, BuildError> {
        let seconds = metrics.histograms("medward_identity_hash_seconds", "time to hash or judge a password", &[])?;
        Ok(Self {
            logins: metrics.counters("medward_identity_logins_total", "steps of logins", &["outcome"])?,
            locks: metrics.counters("medward_identity_locks_total", "logins locked after failures", &[])?,
            sessions: metrics.gauges("medward_identity_sessions", "living sessions known to this node", &[])?,
            denied: metrics.counters("medward_identity_denied_total", "refused changes of accounts", &["code"])?,
            stale: metrics.counters(
                "medward_identity_unverified_total",
                "requests served from memory because the account store was unreachable",
                &[],
            )?,
            approvals: metrics.gauges(
                "medward_identity_approvals_open",
                "changes that wait for a second person",
                &[],
            )?,
            hash_seconds: seconds.with_label_values::<&str>(&[]),
        })
    }
}

/// A step of a login ended. The login name is in the event, not in the log: what people mistype may be a password.
pub(crate) struct LoginEnded {
    pub(crate) outcome: &'static str,
    pub(crate) reason: &'static str,
}

impl LoginEnded {
    pub(crate) fn emit(&self, meters: &Meters) {
        tracing::info!(outcome = self.outcome, reason = self.reason, "login step ended");
        meters.logins.with_label_values(&[self.outcome]).inc();
    }
}

/// A login name was locked.
pub(crate) struct LoginLocked {
    pub(crate) seconds: u64,
}

impl LoginLocked {
    pub(crate) fn emit(&self, meters: &Meters) {
        tracing::warn!(seconds = self.seconds, "login locked after failures");
        meters.locks.with_label_values::<&str>(&[]).inc();
    }
}

/// A change of an account was refused.
pub(crate) struct ChangeDenied {
    pub(crate) code: &'static str,
}

impl ChangeDenied {
    pub(crate) fn emit(&self, meters: &Meters) {
        tracing::info!(code = self.code, "change of an account refused");
        meters.denied.with_label_values(&[self.code]).inc();
    }
}

/// A living session was served without asking the store.
pub(crate) struct ServedFromMemory {
    pub(crate) session: SessionId,
}

impl ServedFromMemory {
    pub(crate) fn emit(&self, meters: &Meters) {
        tracing::debug!(session = %self.session, "session served from memory, account store unreachable");
        meters.stale.with_label_values::<&str>(&[]).inc();
    }
}

/// How many sessions this node knows.
pub(crate) struct SessionsKnown(pub(crate) usize);

impl SessionsKnown {
    pub(crate) fn emit(&self, meters: &Meters) {
        meters.sessions.with_label_values::<&str>(&[]).set(i64::try_from(self.0).unwrap_or(i64::MAX));
    }
}

/// How many changes wait for a second person.
pub(crate) struct ApprovalsOpen(pub(crate) i64);

impl ApprovalsOpen {
    pub(crate) fn emit(&self, meters: &Meters) {
        meters.approvals.with_label_values::<&str>(&[]).set(self.0);
    }
}
