//! One application: what is measured of it, and who is let in.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use medward_access::{Floor, FloorChange, Goal, Level, Metric, Sample};
use medward_contract::Timestamp;
use medward_contract::identity::PriorityClass;

/// The floor is looked at no more often than this.
const LOOK: Duration = Duration::from_secs(1);

/// What outlives policies of one application.
#[derive(Debug)]
pub(crate) struct Application {
    state: Mutex<State>,
    /// The floor, for who only wants to know.
    admits: AtomicU8,
    /// Held by the login that is opening a session.
    opening: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    level: Level,
    floor: Floor,
    looked_at: Option<Timestamp>,
}

/// The floor moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) how: FloorChange,
    pub(crate) admits_up_to: u8,
    /// What was missed, what it was, and what it should be.
    pub(crate) missed: Option<(Metric, u64, u64)>,
}

impl Default for Application {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            admits: AtomicU8::new(PriorityClass::LOWEST.number()),
            opening: tokio::sync::Mutex::default(),
        }
    }
}

impl Application {
    /// Waits until no other login is opening a session, in the order in which they came. Whether there is room for one more, and what
    /// becomes of the account's other one, holds until the store has written it; so this is held over that wait.
    pub(crate) async fn turn_to_open(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.opening.lock().await
    }

    /// An answer began after this time, or did not come.
    pub(crate) fn note(&self, now: Timestamp, latency: Duration, failed: bool) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).level.note(now, latency, failed);
    }

    /// Looks at what was measured, once a second.
    pub(crate) fn look(&self, now: Timestamp, goal: Option<&Goal>) -> Option<Moved> {
        if goal.is_none() && self.admits_up_to() == PriorityClass::LOWEST.number() {
            return None;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked_at.is_some_and(|at| now.since(at) < LOOK && now >= at) {
            return None;
        }
        state.looked_at = Some(now);
        let sample = state.level.sample(now);
        let missed = goal.and_then(|goal| goal.missed(&sample?));
        let how = state.floor.step(now, missed.is_some())?;
        let admits_up_to = state.floor.admits_up_to();
        self.admits.store(admits_up_to, Ordering::Relaxed);
        Some(Moved { how, admits_up_to, missed })
    }

    /// The lowest class that is let in.
    pub(crate) fn admits_up_to(&self) -> u8 {
        self.admits.load(Ordering::Relaxed)
    }

    /// What was measured over the last minute.
    pub(crate) fn sample(&self, now: Timestamp) -> Option<Sample> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).level.sample(now)
    }
}
