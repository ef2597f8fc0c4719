//! Time and pace inside a room, in microseconds since it was opened.

use medward_contract::Timestamp;

use super::RoomLimits;

const SECOND: u64 = 1_000_000;
/// How far ahead of its time an admission may be: what a second allows may all come at its beginning, and a room that nobody
/// asked for a minute does not let a minute's visitors in at once.
const AHEAD: u64 = SECOND;
/// A bucket of the count of admissions; six are a minute.
const BUCKET: u64 = 10 * SECOND;
const BUCKETS: usize = 6;
/// How long a visit is taken to last at most where nobody has left yet: a room of 600 lets at least 1 a second in.
const LONGEST_VISIT_SECONDS: u64 = 600;
/// Nobody is told to wait longer than a day.
const MAX_ESTIMATE_SECONDS: u64 = 24 * 60 * 60;

/// A clock that never goes back: it stands still while the clock of the machine does, and goes on with it from there.
#[derive(Debug, Default)]
pub(super) struct SteadyClock {
    last: Option<Timestamp>,
    elapsed: u64,
}

impl SteadyClock {
    pub(super) fn at(&mut self, now: Timestamp) -> u64 {
        let passed = now.since(self.last.unwrap_or(now));
        self.last = Some(now);
        self.elapsed = self.elapsed.saturating_add(u64::try_from(passed.as_micros()).unwrap_or(u64::MAX));
        self.elapsed
    }
}

/// When the next visitor may be let in, and how many lately were.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When the next admission is due.
    next: u64,
    recent: [u32; BUCKETS],
    bucket: u64,
}

impl Pace {
    /// Whether one may be let in at this moment. If one is, `admit` must follow.
    pub(super) fn allows(&mut self, at: u64) -> bool {
        self.next = self.next.max(at);
        self.next <= at.saturating_add(AHEAD)
    }

    pub(super) fn admit(&mut self, at: u64, limits: &RoomLimits) {
        self.next = self.next.saturating_add(SECOND.div_ceil(u64::from(limits.admissions_per_second)));
        self.turn_to(at);
        if let Some(count) = self.recent.first_mut() {
            *count = count.saturating_add(1);
        }
    }

    /// Whole seconds until the visitor at `position` (from 1) is let in, if `free` places are free now and visitors go on
    /// leaving as they did in the last minute.
    pub(super) fn estimate_seconds(&mut self, at: u64, position: u64, free: u64, limits: &RoomLimits) -> u64 {
        self.turn_to(at);
        let per_minute = 60 * u64::from(limits.admissions_per_second);
        let lately = self.recent.iter().map(|count| u64::from(*count)).sum::<u64>();
        let at_least = (60 * u64::try_from(limits.max_active).unwrap_or(u64::MAX) / LONGEST_VISIT_SECONDS).max(1);
        // Who gets a place that is free already waits for the pace only.
        let in_a_minute = if position <= free { per_minute } else { lately.max(at_least).min(per_minute) };
        position.saturating_mul(60).div_ceil(in_a_minute).min(MAX_ESTIMATE_SECONDS)
    }

    fn turn_to(&mut self, at: u64) {
        let bucket = at / BUCKET;
        let turns = usize::try_from(bucket.saturating_sub(self.bucket)).unwrap_or(BUCKETS).min(BUCKETS);
        self.recent.rotate_right(turns % BUCKETS);
        self.recent.iter_mut().take(turns).for_each(|count| *count = 0);
        self.bucket = bucket;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::waiting::RawRoom;

    fn limits(max_active: u32, admissions_per_second: u32) -> RoomLimits {
        RoomLimits::compile(&RawRoom { max_active, admissions_per_second, max_waiting: 1 }).unwrap()
    }

    #[test]
    fn a_clock_that_goes_back_stands_still_and_then_goes_on() {
        let mut clock = SteadyClock::default();
        let at = [100, 150, 20, 20, 30, 200].map(|micros| clock.at(Timestamp::from_micros(micros)));
        assert_eq!(at, [0, 50, 50, 50, 60, 230]);
        assert_eq!(clock.at(Timestamp::from_micros(i64::MIN)), 230);
    }

    #[test]
    fn an_estimate_follows_the_pace_and_what_was_lately_let_in() {
        let limits = limits(600, 10);
        let mut pace = Pace::default();
        assert_eq!(pace.estimate_seconds(0, 600, 600, &limits), 60, "all fit");
        assert_eq!(pace.estimate_seconds(0, 60, 0, &limits), 60, "nobody has left yet: one a second is assumed");
        for _ in 0..300 {
            pace.admit(5 * SECOND, &limits);
        }
        assert_eq!(pace.estimate_seconds(6 * SECOND, 60, 0, &limits), 12, "300 in a minute are 5 a second");
        assert_eq!(pace.estimate_seconds(69 * SECOND, 60, 0, &limits), 60, "which is forgotten after a minute");
        assert_eq!(pace.estimate_seconds(69 * SECOND, u64::MAX, 0, &limits), MAX_ESTIMATE_SECONDS);
    }
}
