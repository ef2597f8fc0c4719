//! How often one address may try, kept in memory of this node: a flood is turned away before it costs a hash.
//!
//! Invariant: bounded memory. At [`MAX_KEYS`] keys one that has not tried for long is forgotten, never the newest
//! refused, and a flood of new keys costs each of them the same small work. Addresses count by their network.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::address::network_of;

/// Addresses remembered at once.
const MAX_KEYS: usize = 50_000;

/// At most `limit` in any `window`, per key.
#[derive(Debug)]
pub struct Throttle<K> {
    limit: usize,
    window: Duration,
    seen: Mutex<Seen<K>>,
}

/// What one key stands for when it is counted.
pub trait ThrottleKey: Eq + Hash + Clone {
    /// The key under which it is counted.
    #[must_use]
    fn counted(&self) -> Self;
}

impl ThrottleKey for IpAddr {
    fn counted(&self) -> Self {
        network_of(*self)
    }
}

#[derive(Debug)]
struct Seen<K> {
    moments: HashMap<K, VecDeque<Timestamp>>,
    /// Keys in the order of their first attempts, each once: who is looked at first when room is needed.
    queue: VecDeque<K>,
}

impl<K> Default for Seen<K> {
    fn default() -> Self {
        Self { moments: HashMap::new(), queue: VecDeque::new() }
    }
}

/// Keys looked at when room is needed. One that tried again since it was queued gets another turn, so a busy key is
/// forgotten only when all of these are busy.
const LOOKED_AT: usize = 16;

impl<K: ThrottleKey> Seen<K> {
    fn make_room(&mut self, now: Timestamp, window: Duration) {
        let mut stalest: Option<(Timestamp, usize)> = None;
        for place in 0..LOOKED_AT.min(self.queue.len()) {
            let Some(last) = self.queue.get(place).and_then(|key| self.moments.get(key)?.back().copied()) else {
                continue;
            };
            if stalest.is_none_or(|(oldest, _)| last < oldest) {
                stalest = Some((last, place));
            }
            if now.since(last) >= window {
                break;
            }
        }
        let place = stalest.map_or(0, |(_, place)| place);
        if let Some(key) = self.queue.remove(place) {
            self.moments.remove(&key);
        }
        // The others go to the end, or the same busy keys would be looked at each time.
        let looked_at = (LOOKED_AT - 1).min(self.queue.len());
        self.queue.rotate_left(looked_at);
    }
}

impl<K: ThrottleKey> Throttle<K> {
    /// Allows `limit` in any `window`.
    pub fn new(limit: u32, window: Duration) -> Self {
        Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), window, seen: Mutex::default() }
    }

    /// When the next one is allowed; `Ok` when it is now. Counts nothing.
    pub fn check(&self, key: &K, now: Timestamp) -> Result<(), Timestamp> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(moments) = seen.moments.get(&key.counted()) else { return Ok(()) };
        let living: Vec<_> = moments.iter().filter(|at| now.since(**at) < self.window).collect();
        match living.len().checked_sub(self.limit).and_then(|too_many| living.get(too_many)) {
            Some(oldest_that_counts) => Err(oldest_that_counts.plus(self.window)),
            None => Ok(()),
        }
    }

    /// Counts one.
    pub fn count(&self, key: &K, now: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key.counted();
        if !seen.moments.contains_key(&key) {
            if seen.moments.len() >= MAX_KEYS {
                seen.make_room(now, self.window);
            }
            seen.queue.push_back(key.clone());
        }
        let moments = seen.moments.entry(key).or_default();
        moments.push_back(now);
        while moments.len() > self.limit {
            moments.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl ThrottleKey for &str {
        fn counted(&self) -> Self {
            self
        }
    }

    impl ThrottleKey for usize {
        fn counted(&self) -> Self {
            *self
        }
    }

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
        assert_eq!(throttle.seen.lock().unwrap().moments.len(), MAX_KEYS);
        assert_eq!(throttle.seen.lock().unwrap().queue.len(), MAX_KEYS);
        assert_eq!(throttle.check(&MAX_KEYS, at(1)), Err(at(60)));
    }

    #[test]
    fn busy_key_is_not_forgotten_in_a_flood_of_new_ones() {
        let throttle = Throttle::new(2, Duration::from_hours(24));
        let seconds = |key: usize| at(i64::try_from(key).unwrap());
        for key in 1..3 * MAX_KEYS {
            if key % 1000 == 1 {
                throttle.count(&0, seconds(key));
            }
            throttle.count(&key, seconds(key));
        }
        assert!(throttle.check(&0, seconds(3 * MAX_KEYS)).is_err());
    }

    #[test]
    fn addresses_of_one_network_count_together() {
        let throttle = Throttle::new(1, Duration::from_mins(1));
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        throttle.count(&address("2001:db8::1"), at(0));
        throttle.count(&address("192.0.2.1"), at(0));
        assert!(throttle.check(&address("2001:db8::ffff:2"), at(1)).is_err());
        assert!(throttle.check(&address("::ffff:192.0.2.1"), at(1)).is_err());
        assert_eq!(throttle.check(&address("192.0.2.2"), at(1)), Ok(()));
        assert_eq!(throttle.check(&address("2001:db8:0:1::1"), at(1)), Ok(()));
    }
}
