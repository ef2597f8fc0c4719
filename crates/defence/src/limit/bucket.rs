//! The arithmetic of both shapes, in whole numbers.
//!
//! **Sliding.** Time is cut into buckets of one window *W*. With *T* the threshold, *C* what the current bucket holds, *P* what
//! the one before it holds and *f* the share of the current bucket that is over, an amount fits while
//! `C + ⌈P·(1−f)⌉ + amount ≤ T`. If only what fits is counted, then
//!
//! - no bucket holds more than *T*, so *k* buckets in a row admit at most *k·T*;
//! - what is admitted in any window of length *W* that ends at share *f* of a bucket is at most *T + ⌊P·f⌋*, which is
//!   less than *2·T*. For of *P* at most all fell into the window, and *C ≤ T − P·(1−f)*. The bound is reached: a burst of
//!   *T* at the very end of a bucket, then steady traffic, gives *2·T − 1* at the end of the next.
//!
//! **Token bucket.** In any time *t* at most `burst + T·t/W` is admitted. Fractions of a token are kept exactly.
//!
//! A clock that goes back does not refill anything: it is taken to stand still, unless it went back more than a window.

use std::time::Duration;

use medward_contract::Timestamp;

use super::{Counting, Quota, Taken};

/// Two buckets of a sliding window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buckets {
    /// Number of the current bucket since 1970; the same on every node.
    number: i64,
    current: u64,
    previous: u64,
}

/// Tokens that are left, and the fraction of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenBucket {
    /// Below zero when more was counted than was there.
    tokens: i64,
    /// In parts of the window: `window_micros` of them are a token.
    fraction: u64,
    filled_micros: i64,
}

/// Where a moment stands in its bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) number: i64,
    /// Less than the window.
    pub(super) elapsed_micros: u64,
}

impl Share {
    pub(super) fn of(now: Timestamp, window_micros: u64) -> Self {
        let window = i64::try_from(window_micros).unwrap_or(i64::MAX).max(1);
        let number = now.as_micros().div_euclid(window);
        let elapsed_micros = now.as_micros().rem_euclid(window).unsigned_abs();
        Self { number, elapsed_micros }
    }

    /// The same moment for a counter whose newest bucket is `newest`: a clock that went back a little stands still.
    pub(super) fn not_before(self, newest: i64) -> Self {
        let stands_still = self.number < newest && newest.saturating_sub(self.number) <= 1;
        if stands_still { Self { number: newest, elapsed_micros: 0 } } else { self }
    }
}

impl Buckets {
    pub fn new(now: Timestamp, quota: &Quota) -> Self {
        Self { number: Share::of(now, quota.window_micros).number, current: 0, previous: 0 }
    }

    /// Buckets of which `number` is the current one, with what they hold.
    pub(super) fn from_totals(number: i64, previous: u64, current: u64) -> Self {
        Self { number, current, previous }
    }

    pub fn count(&mut self, now: Timestamp, quota: &Quota, amount: u64, counting: Counting) -> Taken {
        let share = Share::of(now, quota.window_micros).not_before(self.number);
        self.turn_to(share.number);
        let left = quota.window_micros.saturating_sub(share.elapsed_micros);
        let used = self.current.saturating_add(scaled_up(self.previous, left, quota.window_micros));
        let fits = used.saturating_add(amount) <= u64::from(quota.threshold);
        if counting == Counting::Always || (fits && counting == Counting::IfItFits) {
            self.current = self.current.saturating_add(amount);
        }
        if fits { Taken::Within } else { Taken::Over { retry_after: self.wait(quota, amount, share.elapsed_micros) } }
    }

    fn turn_to(&mut self, number: i64) {
        if number == self.number {
            return;
        }
        let next = self.number.checked_add(1) == Some(number);
        self.previous = if next { self.current } else { 0 };
        self.current = 0;
        self.number = number;
    }

    /// How long until `amount` fits. What can never fit is told to wait a window.
    fn wait(&self, quota: &Quota, amount: u64, elapsed: u64) -> Duration {
        let window = quota.window_micros;
        let Some(room) = u64::from(quota.threshold).checked_sub(amount) else { return quota.window() };
        let to_next_bucket = window.saturating_sub(elapsed);
        let micros = if self.current <= room {
            // In this bucket, when few enough of the previous one are left.
            forgotten_at(self.previous, room - self.current, window).saturating_sub(elapsed)
        } else {
            to_next_bucket.saturating_add(forgotten_at(self.current, room, window))
        };
        Duration::from_micros(micros)
    }
}

/// `count·left/window`, rounded up: a doubt goes against the client.
fn scaled_up(count: u64, left: u64, window: u64) -> u64 {
    let scaled = (u128::from(count) * u128::from(left)).div_ceil(u128::from(window.max(1)));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

/// The first microsecond of a bucket at which no more than `room` of the `count` of the bucket before it is left.
fn forgotten_at(count: u64, room: u64, window: u64) -> u64 {
    if count <= room {
        return 0;
    }
    // ⌈count·left/window⌉ ≤ room as long as left ≤ room·window/count.
    let left = u128::from(room) * u128::from(window) / u128::from(count);
    window.saturating_sub(u64::try_from(left).unwrap_or(u64::MAX))
}

impl TokenBucket {
    /// A full bucket.
    pub fn new(now: Timestamp, burst: u32) -> Self {
        Self { tokens: i64::from(burst), fraction: 0, filled_micros: now.as_micros() }
    }

    pub fn count(&mut self, now: Timestamp, quota: &Quota, burst: u32, amount: u64, counting: Counting) -> Taken {
        self.fill(now, quota, burst);
        let wanted = i64::try_from(amount).unwrap_or(i64::MAX);
        let fits = self.tokens >= wanted;
        if counting == Counting::Always || (fits && counting == Counting::IfItFits) {
            // A debt of more than one window would outlive the limit that made it.
            self.tokens = self.tokens.saturating_sub(wanted).max(-i64::from(quota.threshold));
        }
        if fits { Taken::Within } else { Taken::Over { retry_after: self.wait(quota, burst, wanted) } }
    }

    fn fill(&mut self, now: Timestamp, quota: &Quota, burst: u32) {
        let window = quota.window_micros.max(1);
        let passed = now.as_micros().saturating_sub(self.filled_micros);
        if passed < 0 {
            if passed.unsigned_abs() > window {
                self.filled_micros = now.as_micros();
            }
            return;
        }
        self.filled_micros = now.as_micros();
        let parts = u128::from(passed.unsigned_abs()) * u128::from(quota.threshold) + u128::from(self.fraction);
        let gained = i64::try_from(parts / u128::from(window)).unwrap_or(i64::MAX);
        self.tokens = self.tokens.saturating_add(gained);
        self.fraction = u64::try_from(parts % u128::from(window)).unwrap_or(0);
        if self.tokens >= i64::from(burst) {
            (self.tokens, self.fraction) = (i64::from(burst), 0);
        }
    }

    fn wait(&self, quota: &Quota, burst: u32, wanted: i64) -> Duration {
        if wanted > i64::from(burst) {
            return quota.window();
        }
        let missing = wanted.saturating_sub(self.tokens).max(0).unsigned_abs();
        let parts = u128::from(missing) * u128::from(quota.window_micros);
        let parts = parts.saturating_sub(u128::from(self.fraction));
        let micros = parts.div_ceil(u128::from(quota.threshold.max(1)));
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}
