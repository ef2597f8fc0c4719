//! Counters that several nodes add up in one pool: the arithmetic of it. Whoever holds the pool (Redis) moves
//! `Contribution`s to it and `Totals` back; here is no I/O, and no answer waits for any.
//!
//! Each bucket of a key has what the pool said last, and what this node has counted since. While the pool answers, a node
//! uses both: all nodes together admit no more than the limit and what arrives between two exchanges. When it does not
//! answer (`set_alone`), a node takes for granted that each of the others counts as much as itself, so what is left of a limit
//! is divided by the number of nodes, as far as each had heard. A limit below that number still lets one through on each node: a pool that is gone
//! must not be an outage.
//!
//! Invariant: a node never uses less than it has counted itself, whatever the pool says. Invariant: what the pool may not
//! have heard, or has lost, is told to it again; so a count can be added twice (to the disadvantage of one client, for two
//! windows), never forgotten while the key is in use.
//!
//! Not pooled: token buckets, of which each node has its share (rate and burst divided by the nodes, one at least); and different
//! values, of which each node counts its own against the whole threshold, because requests of one honest client that
//! come through every node repeat values, and a share of the threshold would refuse it.
//!
//! ```
//! use std::num::NonZeroU32;
//! use medward_defence::limit::PooledCounters;
//!
//! let counters = PooledCounters::new(NonZeroU32::MIN);
//! for contribution in counters.contributions() {
//!     // … the pool adds it, and says what all nodes have …
//! }
//! ```

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use medward_contract::Timestamp;

use super::bucket::Share;
use super::local::verdict;
use super::{Buckets, CounterKey, Counters, Counting, LocalCounters, Quota, Shape, Taken, ValueHash};
use crate::table::{SHARDS, Table, Verdict, shard_of};

/// Keys of one generation of a shard. Half of what `LocalCounters` keeps, for a key is larger, and what goes out is still
/// in the pool.
const ROOM: usize = 3_584;
/// Keys of one shard that wait for the next exchange.
const ASKED_ROOM: usize = 1_024;

/// Pooled counters that are kept at most: 458,752, about 64 MiB.
pub const MAX_POOLED_KEYS: usize = 2 * SHARDS * ROOM;
/// Keys that one exchange is about at most: 65,536.
pub const MAX_ASKED: usize = SHARDS * ASKED_ROOM;
/// The largest contribution: what comes after waits for the next exchange. Doubles, by which scripts of Redis calculate, are
/// exact so far.
pub const MAX_CONTRIBUTION: u64 = 1 << 53;

/// Counters of one of several nodes.
pub struct PooledCounters {
    sliding: Table<Pooled>,
    /// What is not pooled.
    own: LocalCounters,
    /// Keys in use since the last exchange.
    asked: Box<[Mutex<Vec<CounterKey>>]>,
    nodes: NonZeroU32,
    alone: AtomicBool,
}

/// What this node adds to a counter, and asks for at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contribution {
    pub key: CounterKey,
    /// Number of the current bucket since 1970; the same on every node whose clock is right.
    pub bucket: i64,
    /// Length of a bucket. The pool can forget one that nobody added to for two of it.
    pub window: Duration,
    /// Added to the current bucket, `MAX_CONTRIBUTION` at most.
    pub current: u64,
    /// Added to the bucket before.
    pub previous: u64,
}

/// What the pool holds of a counter, the contribution that it answers included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Changes when the pool has lost its memory.
    pub era: u64,
    pub current: u64,
    pub previous: u64,
}

/// Two buckets of a sliding window.
struct Pooled {
    number: i64,
    window: Duration,
    current: Bucket,
    previous: Bucket,
    era: u64,
    is_asked: bool,
}

#[derive(Clone, Copy, Default)]
struct Bucket {
    /// What all nodes have, as the pool said last.
    pooled: u64,
    /// Of these, what came from here.
    confirmed: u64,
    /// Counted here, and not yet in the pool as far as is known.
    pending: u64,
}

impl PooledCounters {
    /// Counters of one of `nodes` nodes. It is alone until somebody says otherwise.
    pub fn new(nodes: NonZeroU32) -> Self {
        Self {
            sliding: Table::new(ROOM),
            own: LocalCounters::default(),
            asked: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(),
            nodes,
            alone: AtomicBool::new(true),
        }
    }

    /// Whether the pool does not answer.
    pub fn is_alone(&self) -> bool {
        self.alone.load(Ordering::Relaxed)
    }

    /// Says that the pool does not answer, or that all there was to tell it has been told.
    pub fn set_alone(&self, alone: bool) {
        self.alone.store(alone, Ordering::Relaxed);
    }

    /// What to tell the pool: of each key in use since the last time, `MAX_ASKED` at most. Each wants to be settled or put back.
    pub fn contributions(&self) -> Vec<Contribution> {
        let mut contributions = Vec::new();
        for asked in &self.asked {
            let keys = std::mem::take(&mut *asked.lock().unwrap_or_else(PoisonError::into_inner));
            // A key that has gone out of the table since is told about by nobody: at most what came between two exchanges.
            contributions.extend(keys.into_iter().filter_map(|key| {
                self.sliding.change(key, |state| {
                    state.is_asked = false;
                    state.contribution(key)
                })
            }));
        }
        contributions
    }

    /// Takes in what the pool answered.
    pub fn settle(&self, contribution: &Contribution, totals: Totals) {
        self.sliding.change(contribution.key, |state| {
            state.settle(contribution, totals);
            if state.is_owing() {
                self.ask(contribution.key, state);
            }
        });
    }

    /// Keeps what the pool did not answer for the next exchange.
    pub fn put_back(&self, contributions: &[Contribution]) {
        for contribution in contributions {
            self.sliding.change(contribution.key, |state| self.ask(contribution.key, state));
        }
    }

    /// Counters that are kept now.
    pub fn len(&self) -> usize {
        self.sliding.len() + self.own.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Notes a key for the next exchange. When too many wait already, its next use tries again.
    fn ask(&self, key: CounterKey, state: &mut Pooled) {
        let Some(asked) = self.asked.get(shard_of(key)).filter(|_| !state.is_asked) else { return };
        let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() < ASKED_ROOM {
            asked.push(key);
            state.is_asked = true;
        }
    }

    /// How many nodes are taken to have done what this one did since the pool was heard last.
    fn weight(&self, quota: &Quota) -> u64 {
        if self.is_alone() { u64::from(self.nodes.get().min(quota.threshold)) } else { 1 }
    }

    fn share_of(&self, quota: &Quota, burst: u32) -> Quota {
        let share = |whole: u32| (whole / self.nodes).max(1);
        let shape = Shape::TokenBucket { burst: share(burst) };
        Quota { threshold: share(quota.threshold), shape, ..*quota }
    }
}

impl Counters for PooledCounters {
    fn count(&self, now: Timestamp, key: CounterKey, quota: &Quota, amount: u64, counting: Counting) -> Taken {
        if let Shape::TokenBucket { burst } = quota.shape {
            return self.own.count(now, key, &self.share_of(quota, burst), amount, counting);
        }
        let weight = self.weight(quota);
        self.sliding.with(
            now,
            key,
            || Pooled::new(now, quota),
            |state| -> Verdict<Taken> {
                let taken = state.count(now, quota, amount, counting, weight);
                // Also when nothing was counted: others may have counted.
                self.ask(key, state);
                verdict(now, quota, taken)
            },
        )
    }

    fn see(&self, now: Timestamp, key: CounterKey, quota: &Quota, value: ValueHash) -> Taken {
        self.own.see(now, key, quota, value)
    }
}

impl Pooled {
    fn new(now: Timestamp, quota: &Quota) -> Self {
        let number = Share::of(now, quota.window_micros).number;
        let (current, previous) = (Bucket::default(), Bucket::default());
        Self { number, window: quota.window(), current, previous, era: 0, is_asked: false }
    }

    fn count(&mut self, now: Timestamp, quota: &Quota, amount: u64, counting: Counting, weight: u64) -> Taken {
        self.turn_to(Share::of(now, quota.window_micros).not_before(self.number).number);
        let mut buckets = Buckets::from_totals(self.number, self.previous.used(weight), self.current.used(weight));
        let taken = buckets.count(now, quota, amount.saturating_mul(weight), Counting::Ask);
        if counting == Counting::Always || (taken == Taken::Within && counting == Counting::IfItFits) {
            self.current.pending = self.current.pending.saturating_add(amount);
        }
        taken
    }

    fn turn_to(&mut self, number: i64) {
        if number == self.number {
            return;
        }
        let next = self.number.checked_add(1) == Some(number);
        self.previous = if next { self.current } else { Bucket::default() };
        self.current = Bucket::default();
        self.number = number;
    }

    fn contribution(&self, key: CounterKey) -> Contribution {
        Contribution {
            key,
            bucket: self.number,
            window: self.window,
            current: self.current.pending.min(MAX_CONTRIBUTION),
            previous: self.previous.pending.min(MAX_CONTRIBUTION),
        }
    }

    fn settle(&mut self, given: &Contribution, totals: Totals) {
        let has_lost = self.era != totals.era;
        self.era = totals.era;
        if self.number == given.bucket {
            self.current.settle(given.current, totals.current, has_lost);
            self.previous.settle(given.previous, totals.previous, has_lost);
        } else if given.bucket.checked_add(1) == Some(self.number) {
            self.current.forgotten_by_pool(has_lost);
            self.previous.settle(given.current, totals.current, has_lost);
        }
    }

    fn is_owing(&self) -> bool {
        self.current.pending > 0 || self.previous.pending > 0
    }
}

impl Bucket {
    fn used(&self, weight: u64) -> u64 {
        self.pooled.max(self.confirmed).saturating_add(self.pending.saturating_mul(weight))
    }

    fn settle(&mut self, given: u64, total: u64, has_lost: bool) {
        self.pending = self.pending.saturating_sub(given);
        // Less than came from here alone: a counter was evicted, or a backup restored.
        self.forgotten_by_pool(has_lost || total < self.confirmed.saturating_add(given));
        self.confirmed = self.confirmed.saturating_add(given);
        self.pooled = total;
    }

    /// What was in the pool has to be told again.
    fn forgotten_by_pool(&mut self, has_lost: bool) {
        if has_lost {
            self.pending = self.pending.saturating_add(self.confirmed);
            (self.confirmed, self.pooled) = (0, 0);
        }
    }
}
