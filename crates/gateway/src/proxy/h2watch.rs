//! Watches an HTTP/2 connection: ends it when nobody uses it, and when its client resets streams without end
//! (rapid reset, gateway.md §4).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use medward_kernel::Clock;
use tokio::sync::Notify;

/// More resets than this within [`WINDOW`] end the connection.
const RESETS: usize = 200;
const WINDOW: Duration = Duration::from_secs(10);

/// State of one connection.
pub(crate) struct H2Watch {
    clock: Clock,
    state: Mutex<State>,
    flooded: Notify,
}

struct State {
    active: u32,
    idle_since: Duration,
    resets: VecDeque<Duration>,
}

/// One stream; notes a reset when dropped before [`answered`](Self::answered).
pub(crate) struct H2StreamGuard {
    watch: Arc<H2Watch>,
    answered: bool,
}

/// Why the connection should end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Idle,
    ResetFlood,
}

impl Ending {
    /// How long the rest may take after GOAWAY.
    pub(crate) const fn grace(self) -> Duration {
        match self {
            Self::Idle => Duration::from_secs(10),
            Self::ResetFlood => Duration::from_secs(1),
        }
    }
}

impl H2Watch {
    pub(crate) fn new(clock: &Clock) -> Self {
        let state = State { active: 0, idle_since: clock.monotonic(), resets: VecDeque::new() };
        Self { clock: clock.clone(), state: Mutex::new(state), flooded: Notify::new() }
    }

    /// A stream begins.
    pub(crate) fn stream(self: &Arc<Self>) -> H2StreamGuard {
        self.state().active += 1;
        H2StreamGuard { watch: self.clone(), answered: false }
    }

    /// Resolves when the connection should end: no stream for `idle`, or too many resets.
    pub(crate) async fn over(&self, idle: Duration) -> Ending {
        loop {
            let left = {
                let state = self.state();
                let quiet = self.clock.monotonic().saturating_sub(state.idle_since);
                if state.active == 0 { idle.saturating_sub(quiet) } else { idle }
            };
            if left.is_zero() {
                return Ending::Idle;
            }
            tokio::select! {
                () = self.flooded.notified() => return Ending::ResetFlood,
                () = self.clock.sleep(left) => {}
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self, reset: bool) {
        let now = self.clock.monotonic();
        let mut state = self.state();
        state.active = state.active.saturating_sub(1);
        state.idle_since = now;
        if !reset {
            return;
        }
        state.resets.push_back(now);
        while state.resets.front().is_some_and(|at| now.saturating_sub(*at) > WINDOW) {
            state.resets.pop_front();
        }
        if state.resets.len() > RESETS {
            self.flooded.notify_one();
        }
    }
}

impl H2StreamGuard {
    /// The answer went out whole.
    pub(super) fn answered(&mut self) {
        self.answered = true;
    }
}

impl Drop for H2StreamGuard {
    fn drop(&mut self) {
        self.watch.ended(!self.answered);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use medward_contract::Timestamp;

    use super::*;

    #[tokio::test]
    async fn more_than_two_hundred_resets_in_ten_seconds_end_the_connection() {
        let (clock, hand) = Clock::manual(Timestamp::from_micros(0));
        let watch = Arc::new(H2Watch::new(&clock));
        for _ in 0..150 {
            drop(watch.stream());
        }
        hand.advance(Duration::from_secs(11));
        for _ in 0..200 {
            drop(watch.stream());
        }
        assert_eq!(watch.over(Duration::from_mins(1)).now_or_never(), None);
        let mut answered = watch.stream();
        answered.answered();
        drop(answered);
        assert_eq!(watch.over(Duration::from_mins(1)).now_or_never(), None);
        drop(watch.stream());
        assert_eq!(watch.over(Duration::from_mins(1)).now_or_never(), Some(Ending::ResetFlood));
    }

    #[tokio::test]
    async fn connection_without_streams_ends_after_keep_alive() {
        let (clock, hand) = Clock::manual(Timestamp::from_micros(0));
        let watch = Arc::new(H2Watch::new(&clock));
        let stream = watch.stream();
        hand.advance(Duration::from_mins(2));
        assert_eq!(watch.over(Duration::from_mins(1)).now_or_never(), None);
        drop(stream);
        hand.advance(Duration::from_mins(1));
        assert_eq!(watch.over(Duration::from_mins(1)).now_or_never(), Some(Ending::Idle));
    }
}
