//! The budget of a transaction, in work units and by the caller's clock.

use crate::options::{Clock, Limits};

/// Flat price of one step whatever the length of its input, in work units.
const STEP_COST: u64 = 16;

/// How often a clock is looked at, in work units: well under a millisecond of work.
const CLOCK_UNITS: u64 = 100_000;
/// Work before the first look. So little cannot take 20 ms by itself: a clock that says otherwise measured a thread that
/// was put to sleep, and giving up then would let small attacks through on a busy machine.
const FIRST_LOOK_UNITS: u64 = 2_000_000;

/// How much body one budget is for: half of what the limits speak of, since an application may read a body in two ways
/// and both are judged.
const BUDGET_BYTES: usize = 32 * 1024;

/// What a transaction may still spend.
pub(super) struct Work {
    pub(super) spent: u64,
    most: u64,
    /// Microseconds spent before this run, and the clock's reading at its beginning.
    micros_before: u64,
    most_micros: u64,
    clock: Option<(Clock, u64)>,
    look_at: u64,
    late: bool,
}

impl Work {
    /// `length`: bytes of body that came. The limits are meant for an ordinary request; a large body gets as many of them as
    /// it has [`BUDGET_BYTES`], or an honest upload would exhaust them and padding would carry an attack past the rules.
    pub(super) fn new(spent: u64, micros_before: u64, length: usize, limits: &Limits, clock: Option<Clock>) -> Self {
        let most_times = (limits.structured_bytes / (2 * BUDGET_BYTES)).max(1);
        let times = length.div_ceil(BUDGET_BYTES).clamp(1, most_times) as u64;
        let clock = clock.map(|clock| {
            let started = clock();
            (clock, started)
        });
        Self {
            spent,
            most: limits.max_work_units.saturating_mul(times),
            micros_before,
            most_micros: limits.max_micros.saturating_mul(times),
            clock,
            look_at: FIRST_LOOK_UNITS,
            late: false,
        }
    }

    /// What the prefilter may spend on values that nobody has time to judge.
    pub(super) fn for_suspicion(length: usize, limits: &Limits) -> Self {
        let most = limits.max_work_units.saturating_mul(4);
        Self::new(0, 0, length, &Limits { max_work_units: most, ..*limits }, None)
    }

    /// Charges a step of this cost; false when the budget is gone.
    pub(super) fn charge(&mut self, cost: u64) -> bool {
        self.spent = self.spent.saturating_add(STEP_COST).saturating_add(cost);
        if self.spent >= self.look_at {
            self.look_at = self.spent.saturating_add(CLOCK_UNITS);
            self.late = self.clock.is_some() && self.micros() > self.most_micros;
        }
        !self.exhausted()
    }

    pub(super) fn exhausted(&self) -> bool {
        self.late || self.spent > self.most
    }

    /// Microseconds spent so far, by the caller's clock; 0 without one.
    pub(super) fn micros(&self) -> u64 {
        let run = self.clock.as_ref().map_or(0, |(clock, started)| clock().saturating_sub(*started));
        self.micros_before.saturating_add(run)
    }
}
