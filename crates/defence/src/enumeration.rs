//! Is a client walking through identifiers (gateway.md §10, CD-046)? `/report/1001`, `/report/1002`, `/report/1003` …
//!
//! Two signs, each within one sliding window per key:
//!
//! - **a walk**: numbers that follow one another, up or down, with small gaps. What a person asks for again does not lengthen a
//!   walk, a jump ends it, and a few requests in between for other things belong to other keys.
//! - **misses**: more than a share of the answers is 404 or 403, of enough answers to mean something.
//!
//! The caller says whose and of what a key is: client and path template, client and argument. How many different values a key
//! asks for, and how many addresses use one token, are limits (`Count::Distinct`).
//!
//! Invariant: bounded memory; a client that walks is not forgotten because others come (see `table`). Invariant: a clock that
//! goes back by no more than a window neither ends nor lengthens anything.
//!
//! ```
//! use medward_contract::Timestamp;
//! use medward_defence::enumeration::{EnumerationRule, Watcher};
//! use medward_defence::limit::KeyHasher;
//!
//! let (watcher, rule) = (Watcher::default(), EnumerationRule::default());
//! let key = KeyHasher::new([7; 16]).address([192, 0, 2, 1].into());
//! let found = (1_000..1_020).filter_map(|id| watcher.asked(Timestamp::from_micros(id), key, &rule, id.unsigned_abs())).count();
//! assert_eq!(found, 1);
//! ```

mod found;
mod place;

use std::time::Duration;

use medward_contract::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::found::Found;
pub use self::place::{Place, places_of};
use crate::limit::CounterKey;
use crate::table::{SHARDS, Table, Verdict};

/// Keys of one generation of a shard: seven eighths of 2,048.
const ROOM: usize = 1_792;
/// Keys that are kept at most: 229,376, in 262,144 slots of 81 bytes.
pub const MAX_KEYS: usize = 2 * SHARDS * ROOM;

/// When asking becomes enumerating. The defaults are those of gateway.md §10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnumerationRule {
    /// Numbers in a walk, at least 2.
    pub walk_length: u32,
    /// The longest step of a walk.
    pub max_gap: u64,
    /// Answers of which the share is taken, at least 1.
    pub min_answers: u32,
    /// Misses are more than this share of the answers, in percent.
    pub max_miss_percent: u8,
    /// At least 1.
    pub window_seconds: u32,
}

impl Default for EnumerationRule {
    fn default() -> Self {
        Self { walk_length: 20, max_gap: 5, min_answers: 30, max_miss_percent: 50, window_seconds: 600 }
    }
}

impl EnumerationRule {
    fn window(&self) -> Duration {
        Duration::from_secs(self.window_seconds.max(1).into())
    }
}

/// What gives a client away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enumeration {
    /// So many numbers in a row.
    Walk { length: u32 },
    /// So many of so many answers were 404 or 403.
    Misses { misses: u32, answers: u32 },
}

/// The number that an identifier is, or ends with: `1001`, `00042`, `MZ20261122-0007`. None without digits, or if they are too
/// many to be a counter.
pub fn number_of(identifier: &[u8]) -> Option<u64> {
    let digits = identifier.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let number = identifier.len().checked_sub(digits).and_then(|at| identifier.get(at..))?;
    if digits == 0 { None } else { std::str::from_utf8(number).ok()?.parse().ok() }
}

/// Walks and misses of many keys.
pub struct Watcher {
    table: Table<State>,
}

impl Default for Watcher {
    fn default() -> Self {
        Self { table: Table::new(ROOM) }
    }
}

impl std::fmt::Debug for Watcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watcher").field("keys", &self.len()).finish()
    }
}

impl Watcher {
    /// The client asked for this number. Answers while it is on a walk that is long enough.
    pub fn asked(&self, now: Timestamp, key: CounterKey, rule: &EnumerationRule, number: u64) -> Option<Enumeration> {
        self.with(now, key, rule, |state, now| state.walk.ask(now, rule, number))
    }

    /// The client was answered so. Answers while too many of its answers are misses.
    pub fn answered(
        &self,
        now: Timestamp,
        key: CounterKey,
        rule: &EnumerationRule,
        status: u16,
    ) -> Option<Enumeration> {
        self.with(now, key, rule, |state, now| state.answers.count(now, rule, matches!(status, 403 | 404)))
    }

    /// Keys that are kept now.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn with(
        &self,
        now: Timestamp,
        key: CounterKey,
        rule: &EnumerationRule,
        ask: impl FnOnce(&mut State, Timestamp) -> Option<Enumeration>,
    ) -> Option<Enumeration> {
        self.table.with(now, key, State::default, |state| {
            let stands_still = now < state.newest && state.newest.since(now) <= rule.window();
            state.newest = if stands_still { state.newest } else { now };
            let answer = ask(state, state.newest);
            Verdict { answer, hot_until: answer.map(|_| now.plus(2 * rule.window())) }
        })
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// The latest moment of this key.
    newest: Timestamp,
    walk: Walk,
    answers: Answers,
}

#[derive(Debug, Clone, Copy, Default)]
struct Walk {
    /// Numbers in the walk; 0 before the first.
    length: u32,
    last: u64,
    at: Timestamp,
    /// None until the second number.
    is_up: Option<bool>,
}

impl Walk {
    /// A step must come within a window of the one before, so a slow walk is a walk too, and a reader's clicks are not.
    fn ask(&mut self, now: Timestamp, rule: &EnumerationRule, number: u64) -> Option<Enumeration> {
        let in_time = self.length > 0 && now <= self.at.plus(rule.window());
        let (gap, is_up) = (number.abs_diff(self.last), number > self.last);
        let is_step = in_time && (1..=rule.max_gap).contains(&gap);
        if !(in_time && gap == 0) {
            *self = match (is_step, self.is_up) {
                (true, Some(was_up)) if was_up == is_up => {
                    Self { length: self.length.saturating_add(1), last: number, at: now, is_up: Some(is_up) }
                }
                // The second number, or the first after a turn, with which a walk the other way may begin.
                (true, _) => Self { length: 2, last: number, at: now, is_up: Some(is_up) },
                (false, _) => Self { length: 1, last: number, at: now, is_up: None },
            };
        }
        (self.length >= rule.walk_length.max(2)).then_some(Enumeration::Walk { length: self.length })
    }
}

/// Two buckets of half a window each, so that what is counted is between a half and a whole window old.
#[derive(Debug, Clone, Copy, Default)]
struct Answers {
    number: i64,
    current: Tally,
    previous: Tally,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    answers: u32,
    misses: u32,
}

impl Answers {
    fn count(&mut self, now: Timestamp, rule: &EnumerationRule, is_miss: bool) -> Option<Enumeration> {
        let half = i64::try_from(rule.window().as_micros() / 2).unwrap_or(i64::MAX).max(1);
        let number = now.as_micros().div_euclid(half);
        if number != self.number {
            let follows = self.number.checked_add(1) == Some(number);
            self.previous = if follows { self.current } else { Tally::default() };
            (self.current, self.number) = (Tally::default(), number);
        }
        self.current.answers = self.current.answers.saturating_add(1);
        self.current.misses = self.current.misses.saturating_add(u32::from(is_miss));
        let answers = self.current.answers.saturating_add(self.previous.answers);
        let misses = self.current.misses.saturating_add(self.previous.misses);
        let is_too_many = u64::from(misses) * 100 > u64::from(answers) * u64::from(rule.max_miss_percent);
        (answers >= rule.min_answers.max(1) && is_too_many).then_some(Enumeration::Misses { misses, answers })
    }
}

#[cfg(test)]
mod tests;
