//! Failed logins: growing delay, lock, doubling lock (`identity.md` §4; CD-192, PACS-036).
//!
//! A pure state machine over one login name. It is kept per *name*, known or not, so that a stranger learns nothing
//! from a lock. Nobody sleeps: the answer says when the next attempt is allowed.
//!
//! Invariants: five failures within any 15 minutes lock; a lock lasts at least its minimum and never more than a day;
//! while it is locked nothing changes the state, so the right password is refused too.

use std::time::Duration;

use medward_contract::Timestamp;

/// When failures delay and lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LockPolicy {
    /// Failures within [`Self::window`] that lock.
    pub(crate) threshold: usize,
    /// How long a failure counts.
    pub(crate) window: Duration,
    /// First lock; each further one is twice as long.
    pub(crate) lock: Duration,
}

/// Longest lock.
pub(crate) const LOCK_CEILING: Duration = Duration::from_hours(24);
/// The failure from which on the next attempt has to wait.
const DELAY_FROM: usize = 3;
/// Longest delay between attempts.
const DELAY_CEILING: Duration = Duration::from_secs(30);

/// What happened to one login name so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Attempts {
    /// Moments of the failures that still count, oldest first; never more than the threshold.
    pub(crate) recent: Vec<Timestamp>,
    /// Locks in a row without a successful login between them.
    pub(crate) locks: u32,
    /// Refuse everything before this moment.
    pub(crate) locked_until: Option<Timestamp>,
    /// The next attempt may come at this moment.
    pub(crate) not_before: Option<Timestamp>,
}

/// Whether an attempt may be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Yes.
    Open,
    /// Too early after the last failure.
    Delayed {
        /// From when on it may.
        until: Timestamp,
    },
    /// Locked.
    Locked {
        /// From when on it may.
        until: Timestamp,
    },
}

impl Attempts {
    /// Whether an attempt may be made at `now`; a lock counts before a delay.
    pub(crate) fn gate(&self, now: Timestamp) -> Gate {
        if let Some(until) = self.locked_until.filter(|until| *until > now) {
            return Gate::Locked { until };
        }
        match self.not_before.filter(|until| *until > now) {
            Some(until) => Gate::Delayed { until },
            None => Gate::Open,
        }
    }

    /// The state after a failure at `now`. Attempts refused by [`Self::gate`] are no failures.
    #[must_use]
    pub(crate) fn failed(mut self, now: Timestamp, policy: &LockPolicy) -> Self {
        if self.gate(now) != Gate::Open {
            return self;
        }
        if self.locked_until.is_some_and(|until| until.plus(LOCK_CEILING) <= now) {
            self.locks = 0;
        }
        self.recent.retain(|at| now.since(*at) < policy.window);
        self.recent.push(now);
        if self.recent.len() >= policy.threshold {
            self.locked_until = Some(now.plus(lock_length(policy.lock, self.locks)));
            self.locks = self.locks.saturating_add(1);
            self.recent.clear();
            self.not_before = None;
        } else {
            self.not_before = delay(self.recent.len()).map(|wait| now.plus(wait));
        }
        self
    }
}

/// `first · 2^locks`, at most a day.
fn lock_length(first: Duration, locks: u32) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(locks)).min(LOCK_CEILING)
}

/// 1, 2, 4 … 30 seconds from the third failure on.
fn delay(failures: usize) -> Option<Duration> {
    let doublings = u32::try_from(failures.checked_sub(DELAY_FROM)?).unwrap_or(u32::MAX);
    Some(Duration::from_secs(2_u64.saturating_pow(doublings)).min(DELAY_CEILING))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: LockPolicy =
        LockPolicy { threshold: 5, window: Duration::from_mins(15), lock: Duration::from_mins(15) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn fail_times(times: &[i64]) -> Attempts {
        times.iter().fold(Attempts::default(), |state, seconds| state.failed(at(*seconds), &POLICY))
    }

    #[test]
    fn delay_grows_from_the_third_failure() {
        assert_eq!(fail_times(&[0, 10]).gate(at(10)), Gate::Open);
        assert_eq!(fail_times(&[0, 10, 20]).gate(at(20)), Gate::Delayed { until: at(21) });
        assert_eq!(fail_times(&[0, 10, 20, 30]).gate(at(30)), Gate::Delayed { until: at(32) });
        let wait: Vec<_> = (1..12).map(|failures| delay(failures).map_or(0, |wait| wait.as_secs())).collect();
        assert_eq!(wait, [0, 0, 1, 2, 4, 8, 16, 30, 30, 30, 30]);
    }

    #[test]
    fn fifth_failure_locks_fifteen_minutes_and_the_lock_ends() {
        let locked = fail_times(&[0, 10, 20, 30, 40]);
        assert_eq!(locked.gate(at(40)), Gate::Locked { until: at(940) });
        assert_eq!(locked.gate(at(939)), Gate::Locked { until: at(940) });
        assert_eq!(locked.gate(at(940)), Gate::Open);
    }

    #[test]
    fn four_failures_and_one_outside_the_window_do_not_lock() {
        assert!(matches!(fail_times(&[0, 300, 600, 800, 900]).gate(at(900)), Gate::Delayed { .. }));
        assert!(matches!(fail_times(&[0, 300, 600, 800, 899]).gate(at(899)), Gate::Locked { .. }));
    }

    #[test]
    fn locks_double_up_to_a_day() {
        let lengths: Vec<_> = (0..9).map(|locks| lock_length(POLICY.lock, locks).as_secs() / 60).collect();
        assert_eq!(lengths, [15, 30, 60, 120, 240, 480, 960, 1_440, 1_440]);
        assert_eq!(lock_length(POLICY.lock, u32::MAX), LOCK_CEILING);
        let mut state = fail_times(&[0, 10, 20, 30, 40]);
        for seconds in [1_000, 1_010, 1_020, 1_030, 1_040] {
            state = state.failed(at(seconds), &POLICY);
        }
        assert_eq!(state.gate(at(1_040)), Gate::Locked { until: at(1_040 + 1_800) });
    }

    #[test]
    fn a_quiet_day_after_a_lock_starts_again_at_fifteen_minutes() {
        let mut state = fail_times(&[0, 10, 20, 30, 40]);
        let later = 940 + 86_400;
        for shift in [0, 10, 20, 30, 40] {
            state = state.failed(at(later + shift), &POLICY);
        }
        assert_eq!(state.gate(at(later + 40)), Gate::Locked { until: at(later + 40 + 900) });
    }

    proptest! {
        /// Whatever the rhythm of the attacker: never five counted failures in any window without a lock after them.
        #[test]
        fn five_failures_in_any_window_lock(gaps in prop::collection::vec(0_i64..1_200, 1..60)) {
            let (mut state, mut now, mut counted) = (Attempts::default(), 0, Vec::new());
            for gap in gaps {
                now += gap;
                if state.gate(at(now)) != Gate::Open {
                    continue;
                }
                counted.push(now);
                state = state.failed(at(now), &POLICY);
                let is_locked = matches!(state.gate(at(now)), Gate::Locked { .. });
                if is_locked {
                    counted.clear();
                }
                counted.retain(|earlier| now - earlier < 900);
                prop_assert!(counted.len() < 5);
                prop_assert!(state.recent.len() < POLICY.threshold);
            }
        }

        /// A lock is at least 15 minutes and at most a day, and attempts during it change nothing.
        #[test]
        fn lock_holds_whatever_is_tried(locks in 0_u32..40, tries in prop::collection::vec(0_i64..86_400, 0..20)) {
            let start = Attempts { locks, ..Attempts::default() };
            let locked = [0, 10, 20, 30, 40].into_iter().fold(start, |state, s| state.failed(at(s), &POLICY));
            let Gate::Locked { until } = locked.gate(at(40)) else { panic!("not locked: {locked:?}") };
            let length = until.since(at(40));
            prop_assert!(length >= POLICY.lock && length <= LOCK_CEILING);
            for seconds in tries {
                let moment = at(40 + seconds);
                if moment < until {
                    prop_assert_eq!(locked.gate(moment), Gate::Locked { until });
                    prop_assert_eq!(&locked.clone().failed(moment, &POLICY), &locked);
                }
            }
        }
    }
}
