//! A bounded map from counter keys to their state; the oldest goes out.
//!
//! The map is cut into shards with a lock each. A shard has two generations: what is used moves into the young one; when that
//! is full, the old one is emptied and the generations change places. So a key that nobody used goes out after between one
//! half and all of a generation of new keys, and no list of ages is kept.
//!
//! Invariant: a key that is over its limit outlives the change while it is (up to a quarter of the shard), so that a flood of
//! made-up keys does not set it free. Invariant: no shard ever holds more than two generations.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, PoisonError};

use medward_contract::Timestamp;

use crate::limit::CounterKey;

pub(crate) const SHARDS: usize = 64;

/// What the table must know of a state.
pub(crate) struct Verdict<A> {
    pub(crate) answer: A,
    /// Until when the key must not be forgotten, if it is over its limit.
    pub(crate) hot_until: Option<Timestamp>,
}

pub(crate) struct Table<S> {
    shards: Box<[Mutex<Shard<S>>]>,
}

struct Shard<S> {
    young: Generation<S>,
    old: Generation<S>,
    /// Keys in one generation.
    room: usize,
}

type Generation<S> = HashMap<CounterKey, Slot<S>, BuildHasherDefault<AlreadyHashed>>;

struct Slot<S> {
    state: S,
    hot_until: Timestamp,
}

/// The first half of the key chooses the shard, the second its place there.
pub(crate) fn shard_of(key: CounterKey) -> usize {
    usize::try_from(key.high >> 32).unwrap_or(0) % SHARDS
}

impl<S> Table<S> {
    /// At most `2 · SHARDS · room` keys. A room of seven eighths of a power of two fills the memory of a map exactly.
    pub(crate) fn new(room: usize) -> Self {
        let shard = || Mutex::new(Shard { young: Generation::default(), old: Generation::default(), room });
        Self { shards: std::iter::repeat_with(shard).take(SHARDS).collect() }
    }

    /// Lets `ask` look at the state of `key`, which `fresh` makes if there is none.
    pub(crate) fn with<A: Default>(
        &self,
        now: Timestamp,
        key: CounterKey,
        fresh: impl FnOnce() -> S,
        ask: impl FnOnce(&mut S) -> Verdict<A>,
    ) -> A {
        let Some(shard) = self.shards.get(shard_of(key)) else { return A::default() };
        // A panic while it was held cannot leave half a state: states are changed by arithmetic that does not panic.
        shard.lock().unwrap_or_else(PoisonError::into_inner).with(now, key, fresh, ask)
    }

    /// Looks at the state of `key` if there is one; it does not count as used.
    pub(crate) fn look<A>(&self, key: CounterKey, ask: impl FnOnce(&S) -> A) -> Option<A> {
        let shard = self.shards.get(shard_of(key))?.lock().unwrap_or_else(PoisonError::into_inner);
        shard.young.get(&key).or_else(|| shard.old.get(&key)).map(|slot| ask(&slot.state))
    }

    /// Changes the state of `key` if there is one; it does not count as used.
    pub(crate) fn change<A>(&self, key: CounterKey, change: impl FnOnce(&mut S) -> A) -> Option<A> {
        let shard = self.shards.get(shard_of(key))?;
        let shard = &mut *shard.lock().unwrap_or_else(PoisonError::into_inner);
        shard.young.get_mut(&key).or_else(|| shard.old.get_mut(&key)).map(|slot| change(&mut slot.state))
    }

    pub(crate) fn len(&self) -> usize {
        let len = |shard: &Mutex<Shard<S>>| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.young.len() + shard.old.len()
        };
        self.shards.iter().map(len).sum()
    }
}

impl<S> Shard<S> {
    fn with<A>(
        &mut self,
        now: Timestamp,
        key: CounterKey,
        fresh: impl FnOnce() -> S,
        ask: impl FnOnce(&mut S) -> Verdict<A>,
    ) -> A {
        if let Some(slot) = self.young.get_mut(&key) {
            return slot.ask(ask);
        }
        let mut slot =
            self.old.remove(&key).unwrap_or_else(|| Slot { state: fresh(), hot_until: Timestamp::default() });
        let answer = slot.ask(ask);
        if self.young.len() >= self.room {
            self.turn(now);
        }
        self.young.insert(key, slot);
        answer
    }

    /// Empties the old generation but for what is hot, and makes it the young one.
    fn turn(&mut self, now: Timestamp) {
        let hot: Vec<_> = self.old.drain().filter(|(_, slot)| slot.hot_until > now).take(self.room / 2).collect();
        std::mem::swap(&mut self.young, &mut self.old);
        self.young.extend(hot);
    }
}

impl<S> Slot<S> {
    fn ask<A>(&mut self, ask: impl FnOnce(&mut S) -> Verdict<A>) -> A {
        let verdict = ask(&mut self.state);
        self.hot_until = verdict.hot_until.unwrap_or_default();
        verdict.answer
    }
}

/// Keys are hashes with a secret already; hashing them again would gain nothing.
#[derive(Default)]
pub(crate) struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    /// Called for both halves; the second one decides, and the first chooses the shard.
    fn write_u64(&mut self, half: u64) {
        self.0 = half;
    }
}
