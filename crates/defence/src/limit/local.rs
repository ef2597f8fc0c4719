//! Counters in this process.

use medward_contract::Timestamp;

use super::{Buckets, CounterKey, Counters, Counting, Distinct, Quota, Shape, Taken, TokenBucket, ValueHash};
use crate::table::{SHARDS, Table, Verdict};

/// Keys of one generation of a shard: seven eighths of 8,192, and of 512.
const ROOM: usize = 7_168;
const DISTINCT_ROOM: usize = 448;

/// Counters that are kept at most: 917,504, about 64 MiB.
pub const MAX_KEYS: usize = 2 * SHARDS * ROOM;
/// Counters of different values: 57,344, about 65 MiB with the registers of both buckets.
pub const MAX_DISTINCT_KEYS: usize = 2 * SHARDS * DISTINCT_ROOM;

/// Counters in this process, in bounded memory and without one lock for all.
pub struct LocalCounters {
    counts: Table<Count>,
    distinct: Table<Distinct>,
}

enum Count {
    Sliding(Buckets),
    Tokens(TokenBucket),
}

impl Default for LocalCounters {
    fn default() -> Self {
        Self { counts: Table::new(ROOM), distinct: Table::new(DISTINCT_ROOM) }
    }
}

impl LocalCounters {
    /// Counters that are kept now, those of different values included.
    pub fn len(&self) -> usize {
        self.counts.len() + self.distinct.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Counters for LocalCounters {
    fn count(&self, now: Timestamp, key: CounterKey, quota: &Quota, amount: u64, counting: Counting) -> Taken {
        let fresh = || match quota.shape {
            Shape::Sliding => Count::Sliding(Buckets::new(now, quota)),
            Shape::TokenBucket { burst } => Count::Tokens(TokenBucket::new(now, burst)),
        };
        self.counts.with(now, key, fresh, |state| {
            let answer = match (state, quota.shape) {
                (Count::Sliding(buckets), _) => buckets.count(now, quota, amount, counting),
                (Count::Tokens(tokens), Shape::TokenBucket { burst }) => {
                    tokens.count(now, quota, burst, amount, counting)
                }
                // The shape is part of the key, so this is only reached by a caller that mixes quotas.
                (Count::Tokens(_), Shape::Sliding) => Taken::Within,
            };
            verdict(now, quota, answer)
        })
    }

    fn see(&self, now: Timestamp, key: CounterKey, quota: &Quota, value: ValueHash) -> Taken {
        let fresh = || Distinct::new(now, quota);
        self.distinct.with(now, key, fresh, |state| verdict(now, quota, state.see(now, quota, value)))
    }
}

/// Two windows after it was last over, a counter has forgotten everything and may be forgotten itself.
pub(super) fn verdict(now: Timestamp, quota: &Quota, answer: Taken) -> Verdict<Taken> {
    let is_over = matches!(answer, Taken::Over { .. });
    Verdict { answer, hot_until: is_over.then(|| now.plus(2 * quota.window())) }
}
