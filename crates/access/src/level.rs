//! The service level of an application, and who is let in while it is too low (资源控制 f and g).
//!
//! Every ten seconds below the goal the admission floor rises by one class, beginning with the least important; after half a
//! minute above the goal it falls by one. Classes 0 and 1 are always let in.

#[cfg(test)]
mod tests;

use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::identity::PriorityClass;

/// What is looked back on.
const PERIOD: Duration = Duration::from_mins(1);
const SLOTS: usize = 6;
const SLOT_SECONDS: i64 = 10;
/// Below this nothing is said: two slow requests at night are no overload.
const MIN_REQUESTS: u32 = 20;
/// The floor rises no faster than this.
const RISE_EVERY: Duration = Duration::from_secs(10);
/// And falls no faster than this.
const FALL_EVERY: Duration = Duration::from_secs(30);
/// Bounds of latency: 1 ms, then a fifth more each, to beyond two minutes.
const BOUNDS: usize = 66;

/// What an application is to keep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Goal {
    /// 95 of 100 answers begin within this.
    pub p95: Option<Duration>,
    /// At most this many of a million requests fail.
    pub error_ppm: Option<u32>,
}

/// What was measured over the last minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Requests that reached the application.
    pub requests: u32,
    /// 95 of 100 answers began within this, at most a fifth too high.
    pub p95: Duration,
    /// Of a million requests, so many failed.
    pub error_ppm: u32,
}

/// Which part of a goal is missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// `p95_ms`.
    Latency,
    /// `error_ppm`.
    Errors,
}

impl Metric {
    /// Its name in events, with its unit.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Latency => "p95_ms",
            Self::Errors => "error_ppm",
        }
    }
}

impl Goal {
    /// What is missed, what it is, and what it should be; both in the unit of the metric.
    pub fn missed(&self, sample: &Sample) -> Option<(Metric, u64, u64)> {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        if let Some(p95) = self.p95.filter(|p95| sample.p95 > *p95) {
            return Some((Metric::Latency, millis(sample.p95), millis(p95)));
        }
        let errors = self.error_ppm.filter(|most| sample.error_ppm > *most)?;
        Some((Metric::Errors, u64::from(sample.error_ppm), u64::from(errors)))
    }
}

/// Measures one application.
#[derive(Debug, Default)]
pub struct Level {
    slots: [Slot; SLOTS],
}

#[derive(Debug, Default, Clone)]
struct Slot {
    /// Which ten seconds these are.
    number: i64,
    requests: u32,
    failed: u32,
    /// How many were within each bound, and above the one before.
    within: Vec<u32>,
}

impl Level {
    /// An answer of the application began, or did not come.
    pub fn note(&mut self, now: Timestamp, latency: Duration, failed: bool) {
        let number = now.as_seconds().div_euclid(SLOT_SECONDS);
        let at = usize::try_from(number.rem_euclid(6)).unwrap_or_default();
        let Some(slot) = self.slots.get_mut(at) else { return };
        if slot.number != number {
            *slot = Slot { number, ..Slot::default() };
            slot.within.resize(BOUNDS, 0);
        }
        slot.requests = slot.requests.saturating_add(1);
        slot.failed = slot.failed.saturating_add(u32::from(failed));
        if let Some(count) = slot.within.get_mut(bound_of(latency)) {
            *count = count.saturating_add(1);
        }
    }

    /// What the last minute was like; nothing when there were too few requests to say.
    pub fn sample(&self, now: Timestamp) -> Option<Sample> {
        let newest = now.as_seconds().div_euclid(SLOT_SECONDS);
        let periods = i64::try_from(PERIOD.as_secs()).unwrap_or_default() / SLOT_SECONDS;
        let recent = || self.slots.iter().filter(move |slot| (newest - periods + 1..=newest).contains(&slot.number));
        let requests: u32 = recent().map(|slot| slot.requests).fold(0, u32::saturating_add);
        if requests < MIN_REQUESTS {
            return None;
        }
        let failed: u32 = recent().map(|slot| slot.failed).fold(0, u32::saturating_add);
        let wanted = u64::from(requests) * 95 / 100;
        let (mut seen, mut p95) = (0_u64, Duration::ZERO);
        for bound in 0..BOUNDS {
            seen += recent().filter_map(|slot| slot.within.get(bound)).map(|count| u64::from(*count)).sum::<u64>();
            p95 = time_of(bound);
            if seen > wanted {
                break;
            }
        }
        let error_ppm = u32::try_from(u64::from(failed) * 1_000_000 / u64::from(requests)).unwrap_or(u32::MAX);
        Some(Sample { requests, p95, error_ppm })
    }
}

/// The upper end of a bound.
fn time_of(bound: usize) -> Duration {
    let power = i32::try_from(bound).unwrap_or(i32::MAX);
    Duration::from_secs_f64(0.001 * 1.2_f64.powi(power))
}

fn bound_of(latency: Duration) -> usize {
    (0..BOUNDS).find(|bound| latency <= time_of(*bound)).unwrap_or(BOUNDS - 1)
}

/// The lowest class that is let in.
#[derive(Debug)]
pub struct Floor {
    admits: u8,
    changed_at: Option<Timestamp>,
    /// Since when the goal is kept again.
    kept_since: Option<Timestamp>,
}

impl Default for Floor {
    fn default() -> Self {
        Self { admits: PriorityClass::LOWEST.number(), changed_at: None, kept_since: None }
    }
}

/// How the floor moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloorChange {
    /// Fewer are let in.
    Rose,
    /// More are let in.
    Fell,
    /// Everybody is let in again.
    Restored,
}

impl Floor {
    /// The lowest class that is let in, 1 to 9.
    pub const fn admits_up_to(&self) -> u8 {
        self.admits
    }

    /// Looks at what was measured. Says when the floor moved.
    pub fn step(&mut self, now: Timestamp, is_below: bool) -> Option<FloorChange> {
        let since_change = self.changed_at.map(|at| now.since(at));
        if is_below {
            self.kept_since = None;
            let is_due = since_change.is_none_or(|since| since >= RISE_EVERY);
            if !is_due || self.admits == PriorityClass::LAST_PROTECTED.number() {
                return None;
            }
            self.admits -= 1;
            self.changed_at = Some(now);
            return Some(FloorChange::Rose);
        }
        if self.admits == PriorityClass::LOWEST.number() {
            return None;
        }
        let kept_since = *self.kept_since.get_or_insert(now);
        if now.since(kept_since) < FALL_EVERY || since_change.is_some_and(|since| since < FALL_EVERY) {
            return None;
        }
        self.admits += 1;
        self.changed_at = Some(now);
        if self.admits < PriorityClass::LOWEST.number() {
            return Some(FloorChange::Fell);
        }
        *self = Self::default();
        Some(FloorChange::Restored)
    }
}
