//! Alerts: "something is wrong now", sent through the outbox so that none is lost (`ports.md` B).

use serde::{Deserialize, Serialize};

use crate::severity::Severity;

/// An alert was raised; consumed by desk. Key: `event_id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertRaised {
    /// Idempotency key.
    pub event_id: String,
    /// Groups repetitions (`alert.key`).
    pub fingerprint: String,
    /// Capability that detected it.
    pub source: String,
    /// Rule or check that fired.
    pub rule_id: String,
    /// How bad.
    pub severity: Severity,
    /// Business system, when known.
    pub system: Option<String>,
    /// Free labels.
    pub labels: Vec<String>,
    /// Record addresses, `stream:seq`.
    pub evidence: Vec<String>,
}

impl AlertRaised {
    /// Stored kind of this event in the outbox.
    pub const KIND: &'static str = "alert.raised.v1";
}

/// What an alert told of is over; consumed by desk. Key: `event_id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertCleared {
    /// Idempotency key.
    pub event_id: String,
    /// That of the alert.
    pub fingerprint: String,
    /// Capability that raised it.
    pub source: String,
}

impl AlertCleared {
    /// Stored kind of this event in the outbox.
    pub const KIND: &'static str = "alert.cleared.v1";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stored rows are replayed for ever: this text must always be read.
    #[test]
    fn first_stored_form_is_still_read() {
        let stored = include_str!("../fixtures/outbox/alert.raised.v1.json");
        let alert: AlertRaised = serde_json::from_str(stored).unwrap();
        assert_eq!(alert.severity, Severity::High);
        assert_eq!(serde_json::to_value(&alert).unwrap(), serde_json::from_str::<serde_json::Value>(stored).unwrap());
    }

    #[test]
    fn first_stored_form_of_an_end_is_still_read() {
        let stored = include_str!("../fixtures/outbox/alert.cleared.v1.json");
        let cleared: AlertCleared = serde_json::from_str(stored).unwrap();
        assert_eq!(cleared.fingerprint, "gateway.certificate:0192");
        assert_eq!(serde_json::to_value(&cleared).unwrap(), serde_json::from_str::<serde_json::Value>(stored).unwrap());
    }
}
