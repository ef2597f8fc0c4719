//! How often one address may try, kept in memory of this node: a flood is turned away before it costs a hash.
//!
//! Invariant: bounded memory. At [`MAX_KEYS`] addresses the stalest is forgotten, never the newest refused.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use medward_contract::Timestamp;

/// Addresses remembered at once.
const MAX_KEYS: usize = 50_000;

/// At most `limit` in any `window`, per key.
#[derive(Debug)]
pub struct Throttle<K> {
    limit: usize,
    window: Duration,
    seen: Mutex<HashMap<K, VecDeque<Timestamp>>>,
}

impl<K: Eq + Hash + Clone> Throttle<K> {
    /// Allows `limit` in any `window`.
    pub fn new(limit: u32, window: Duration) -> Self {
        Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), window, seen: Mutex::default() }
    }

    /// When the next one is allowed; `Ok` when it is now. Counts nothing.
    pub fn check(&self, key: &K, now: Timestamp) -> Result<(), Timestamp> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(moments) = seen.get(key) else { return Ok(()) };
        let living: Vec<_> = moments.iter().filter(|at| now.since(**at) < self.window).collect();
        match living.len().checked_sub(self.limit).and_then(|too_many| living.get(too_many)) {
            Some(oldest_that_counts) => Err(oldest_that_counts.plus(self.window)),
            None => Ok(()),
        }
    }

    /// Counts one.
    pub fn count(&self, key: &K, now: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MAX_KEYS && !seen.contains_key(key) {
            seen.retain(|_, moments| moments.back().is_some_and(|at| now.since(*at) < self.window));
            let stalest = seen.iter().min_by_key(|(_, moments)| moments.back().copied()).map(|(key, _)| key.clone());
            if let Some(stalest) = stalest.filter(|_| seen.len() >= MAX_KEYS) {
                seen.remove(&stalest);
            }
        }
        let moments = seen.entry(key.clone()).or_default();
        moments.push_back(now);
        while moments.len() > self.limit {
            moments.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn the_attempt_after_the_limit_waits_until_the_oldest_leaves_the_window() {
        let throttle = Throttle::new(3, Duration::from_mins(1));
        for seconds in [0, 10, 20] {
            assert_eq!(throttle.check(&"a", at(seconds)), Ok(()));
            throttle.count(&"a", at(seconds));
        }
        assert_eq!(throttle.check(&"a", at(30)), Err(at(60)));
        assert_eq!(throttle.check(&"b", at(30)), Ok(()));
        assert_eq!(throttle.check(&"a", at(60)), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_the_newest_is_kept() {
        let throttle = Throttle::new(1, Duration::from_mins(1));
        for key in 0..=MAX_KEYS {
            throttle.count(&key, at(0));
        }
        assert!(throttle.seen.lock().unwrap().len() <= MAX_KEYS);
        assert_eq!(throttle.check(&MAX_KEYS, at(1)), Err(at(60)));
    }
}
