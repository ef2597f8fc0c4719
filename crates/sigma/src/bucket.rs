//! Leaky buckets: when the signals of a rule ask for a ban (vault.md §10, `medward.bucket`).
//!
//! Each value of the group has a bucket. A signal pours one in, one leaks out in each `leakspeed`; what runs over asks for a ban
//! of the value if it is an address, and silences the bucket for its `blackhole`. Whether anybody is banned is decided by who
//! consumes the request: the allow list always wins.
//!
//! Invariant: replayed from the same state, the same signals ask with the same `request_id`.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::ban::BanRequested;
use serde::{Deserialize, Serialize};

use crate::engine::{Pour, Signal};
use crate::rule::BucketSpec;

/// Buckets of all rules. When there are more, the quarter that was quiet longest is emptied.
const MAX_BUCKETS: usize = 100_000;
/// Longest key that has a bucket; addresses are far shorter.
const MAX_KEY: usize = 256;

/// Somebody is to be banned: what goes into the outbox as `BanRequested` (ports.md B).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// Idempotency key: rule, address and moment.
    pub request_id: String,
    /// The address.
    pub address: IpAddr,
    /// Until when.
    pub until: Timestamp,
    /// Rule that asks.
    pub rule_id: String,
    /// Records that made it ask.
    pub evidence: Vec<String>,
}

impl Ban {
    /// What goes into the outbox.
    pub fn to_requested(&self) -> BanRequested {
        BanRequested {
            request_id: self.request_id.clone(),
            scope: "ip".to_owned(),
            value: self.address.to_string(),
            until: Some(self.until),
            origin: "vault".to_owned(),
            rule_id: self.rule_id.clone(),
            evidence: self.evidence.clone(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Bucket {
    level: u32,
    /// Up to when it has leaked.
    leaked: Timestamp,
    /// Nothing is poured in before this.
    silent_until: Timestamp,
    /// Different values since it was last empty; at most as many as it holds.
    seen: BTreeSet<String>,
}

/// Buckets of all rules. Serialises, so that a restart goes on where it stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buckets {
    by_rule: HashMap<String, HashMap<String, Bucket>>,
}

impl Buckets {
    /// Pours a signal in; says whether somebody is to be banned.
    pub fn pour(&mut self, signal: &Signal) -> Option<Ban> {
        let (spec, pour) = (signal.rule.bucket.as_ref()?, signal.pour.as_ref()?);
        let address: IpAddr = pour.key.parse().ok()?;
        if pour.key.len() > MAX_KEY {
            return None;
        }
        self.make_room();
        let buckets = self.by_rule.entry(signal.rule.id.clone()).or_default();
        let bucket = buckets.entry(address.to_string()).or_insert_with(|| Bucket::new(signal.at));
        if !bucket.runs_over(spec, pour, signal.at) {
            return None;
        }
        Some(Ban {
            request_id: format!("{}:{address}:{}", signal.rule.id, signal.at.as_micros()),
            address,
            until: signal.at.plus(spec.ttl),
            rule_id: signal.rule.id.clone(),
            evidence: signal.records.clone(),
        })
    }

    /// Buckets there are.
    pub fn len(&self) -> usize {
        self.by_rule.values().map(HashMap::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn make_room(&mut self) {
        if self.len() < MAX_BUCKETS {
            return;
        }
        let mut moments: Vec<Timestamp> =
            self.by_rule.values().flat_map(HashMap::values).map(|bucket| bucket.leaked).collect();
        let (_, quarter, _) = moments.select_nth_unstable(MAX_BUCKETS / 4);
        let quarter = *quarter;
        for buckets in self.by_rule.values_mut() {
            buckets.retain(|_, bucket| bucket.leaked > quarter);
        }
    }
}

impl Bucket {
    fn new(at: Timestamp) -> Self {
        Self { level: 0, leaked: at, silent_until: Timestamp::from_micros(i64::MIN), seen: BTreeSet::new() }
    }

    fn runs_over(&mut self, spec: &BucketSpec, pour: &Pour, at: Timestamp) -> bool {
        if at < self.silent_until {
            return false;
        }
        self.leak(spec.leak, at);
        if spec.distinct.is_some() {
            let Some(value) = &pour.distinct else { return false };
            if !self.seen.insert(value.clone()) {
                return false;
            }
        }
        self.level = self.level.saturating_add(1);
        if self.level <= spec.capacity {
            return false;
        }
        *self = Self { silent_until: at.plus(spec.blackhole), ..Self::new(at) };
        true
    }

    fn leak(&mut self, leak: Duration, at: Timestamp) {
        let drops = at.since(self.leaked).as_micros() / leak.as_micros().max(1);
        let drops = u32::try_from(drops).unwrap_or(u32::MAX);
        self.level = self.level.saturating_sub(drops);
        if self.level == 0 {
            // An empty bucket does not leak ahead of what is poured in later.
            self.leaked = self.leaked.max(at);
            self.seen.clear();
        } else {
            self.leaked = self.leaked.plus(leak.saturating_mul(drops));
        }
    }
}

#[cfg(test)]
mod tests;
