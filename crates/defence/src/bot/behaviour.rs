//! What a client did over time, by a key that the caller makes (its address, or its session), in bounded memory.
//!
//! Time is cut into windows of five minutes. What a window showed holds until the end of the next, so that nobody starts clean
//! by waiting for the full five minutes; a hit of the trap holds an hour. The caller counts documents and calls, not pictures
//! and scripts, and leaves out what enumerates by design (DICOMweb, which has a path for every image).

use std::time::Duration;

use medward_contract::Timestamp;

use super::{Reason, Reasons};
use crate::limit::{CounterKey, ValueHash};
use crate::table::{SHARDS, Table, Verdict};

const WINDOW: Duration = Duration::from_secs(300);
const TRAP_HOLDS: Duration = Duration::from_secs(60 * 60);
/// Fewer requests say nothing about a share.
const MIN_REQUESTS: u32 = 20;
/// More pages than a person reads in a window.
const MANY_PATHS: f64 = 150.0;
const VERY_MANY_PATHS: f64 = 600.0;
/// Keys of one generation of a shard: seven eighths of 1,024.
const ROOM: usize = 896;

/// Keys that are kept at most: 114,688, about 20 MiB.
pub const MAX_BEHAVIOUR_KEYS: usize = 2 * SHARDS * ROOM;

/// What a client did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// Asked for a path (`KeyHasher::value` of it, without its query) and was answered with this status.
    Answered { path: ValueHash, status: u16 },
    /// Followed the hidden link.
    Trap,
}

/// Behaviour by key.
pub struct Behaviour(Table<Habits>);

impl Default for Behaviour {
    fn default() -> Self {
        Self(Table::new(ROOM))
    }
}

impl Behaviour {
    /// Notes what a client did, and tells what that makes of it.
    pub fn note(&self, now: Timestamp, key: CounterKey, what: Noted) -> Reasons {
        self.0.with(now, key, Habits::default, |habits| {
            habits.note(now, what);
            let reasons = habits.reasons(now);
            let hot_until = (reasons != Reasons::default()).then(|| habits.remembered_until(now));
            Verdict { answer: reasons, hot_until }
        })
    }

    /// What a client's behaviour makes of it; nothing for who was not seen.
    pub fn reasons(&self, now: Timestamp, key: CounterKey) -> Reasons {
        self.0.look(key, |habits| habits.reasons(now)).unwrap_or_default()
    }

    /// Their score, 0 to 100.
    pub fn score(&self, now: Timestamp, key: CounterKey) -> u8 {
        self.reasons(now, key).score()
    }

    /// Keys that are kept now.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[derive(Debug, Default)]
struct Habits {
    window: i64,
    requests: u32,
    not_found: u32,
    paths: Paths,
    /// What the window before showed.
    before: Reasons,
    trapped_until: Timestamp,
}

impl Habits {
    fn note(&mut self, now: Timestamp, what: Noted) {
        self.turn_to(window_of(now));
        match what {
            Noted::Answered { path, status } => {
                self.requests = self.requests.saturating_add(1);
                self.not_found = self.not_found.saturating_add(u32::from(matches!(status, 404 | 410)));
                self.paths.see(path);
            }
            Noted::Trap => self.trapped_until = self.trapped_until.max(now.plus(TRAP_HOLDS)),
        }
    }

    /// A clock that goes back a little stands still.
    fn turn_to(&mut self, window: i64) {
        let passed = window.saturating_sub(self.window);
        if matches!(passed, -1 | 0) {
            return;
        }
        let before = if passed == 1 { self.of_window() } else { Reasons::default() };
        *self = Self { window, before, trapped_until: self.trapped_until, ..Self::default() };
    }

    fn reasons(&self, now: Timestamp) -> Reasons {
        let mut reasons = match window_of(now).saturating_sub(self.window) {
            -1 | 0 => self.of_window().union(self.before),
            1 => self.of_window(),
            _ => Reasons::default(),
        };
        if now < self.trapped_until {
            reasons.add(Reason::Trapped);
        }
        reasons
    }

    fn of_window(&self) -> Reasons {
        let mut reasons = Reasons::default();
        if self.requests >= MIN_REQUESTS && self.not_found >= self.requests.div_ceil(2) {
            reasons.add(Reason::ManyNotFound);
        }
        let paths = self.paths.estimate();
        if paths >= VERY_MANY_PATHS {
            reasons.add(Reason::VeryManyPaths);
        } else if paths >= MANY_PATHS {
            reasons.add(Reason::ManyPaths);
        }
        reasons
    }

    fn remembered_until(&self, now: Timestamp) -> Timestamp {
        now.plus(2 * WINDOW).max(self.trapped_until)
    }
}

fn window_of(now: Timestamp) -> i64 {
    now.as_micros().div_euclid(i64::try_from(WINDOW.as_micros()).unwrap_or(i64::MAX))
}

/// How many different paths: a bit for each, of 512, from whose number the count is estimated (linear counting, Whang 1990).
/// 3 % off at 150, 4 % at 600.
#[derive(Debug, Default)]
struct Paths([u64; 8]);

impl Paths {
    fn see(&mut self, path: ValueHash) {
        let (word, bit) = (path.bits() >> 6 & 7, path.bits() & 63);
        if let Some(word) = usize::try_from(word).ok().and_then(|word| self.0.get_mut(word)) {
            *word |= 1 << bit;
        }
    }

    fn estimate(&self) -> f64 {
        let empty: u32 = self.0.iter().map(|word| word.count_zeros()).sum();
        512.0 * (512.0 / f64::from(empty.max(1))).ln()
    }
}
