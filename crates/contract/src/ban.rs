//! Bans: "this address must stop", asked for by a rule and decided by who keeps the ban list (`ports.md` B).

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A rule asks for a ban; consumed by guard, whose allow list always wins. Key: `request_id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BanRequested {
    /// Idempotency key.
    pub request_id: String,
    /// What `value` is: `ip`.
    pub scope: String,
    /// Whom to ban.
    pub value: String,
    /// Until when; without it the consumer's own time holds.
    pub until: Option<Timestamp>,
    /// Capability that asks.
    pub origin: String,
    /// Rule that asks.
    pub rule_id: String,
    /// Record addresses, `stream:seq`.
    pub evidence: Vec<String>,
}

impl BanRequested {
    /// Stored kind of this event in the outbox.
    pub const KIND: &'static str = "ban.requested.v1";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stored rows are replayed for ever: this text must always be read.
    #[test]
    fn first_stored_form_is_still_read() {
        let stored = include_str!("../fixtures/outbox/ban.requested.v1.json");
        let request: BanRequested = serde_json::from_str(stored).unwrap();
        assert_eq!((request.scope.as_str(), request.value.as_str()), ("ip", "203.0.113.9"));
        assert_eq!(serde_json::to_value(&request).unwrap(), serde_json::from_str::<serde_json::Value>(stored).unwrap());
    }
}
