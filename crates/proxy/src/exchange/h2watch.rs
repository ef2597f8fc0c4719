//! Watches an HTTP/2 connection: ends it when nobody uses it, when its client resets streams without end (rapid reset,
//! gateway.md §4), and when it takes no answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use medward_kernel::Clock;
use tokio::sync::Notify;

use crate::listen::{Fault, StreamLink};

/// More resets than this within [`WINDOW`] end the connection.
const RESETS: usize = 200;
const WINDOW: Duration = Duration::from_secs(10);

/// State of one connection.
pub(crate) struct H2Watch {
    pub(crate) clock: Clock,
    state: Mutex<State>,
    /// Flooded or stalled.
    hurry: Notify,
}

struct State {
    active: u32,
    idle_since: Duration,
    resets: VecDeque<Duration>,
    stalled: bool,
    /// The stream that has just begun and whose task has not.
    newest: Option<Arc<StreamLink>>,
}

/// One stream; notes a reset when dropped before [`answered`](Self::answered).
pub(crate) struct H2StreamGuard {
    watch: Arc<H2Watch>,
    link: Arc<StreamLink>,
    answered: bool,
}

/// Why the connection should end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Idle,
    ResetFlood,
    /// A stream's client took nothing of its answer.
    Stalled,
}

impl Ending {
    /// How long the rest may take after GOAWAY.
    const fn grace(self) -> Duration {
        match self {
            Self::Idle | Self::Stalled => Duration::from_secs(10),
            Self::ResetFlood => Duration::from_secs(1),
        }
    }
}

impl H2Watch {
    pub(crate) fn new(clock: &Clock) -> Self {
        let state =
            State { active: 0, idle_since: clock.monotonic(), resets: VecDeque::new(), stalled: false, newest: None };
        Self { clock: clock.clone(), state: Mutex::new(state), hurry: Notify::new() }
    }

    /// A stream begins.
    pub(crate) fn stream(self: &Arc<Self>) -> H2StreamGuard {
        let link = Arc::<StreamLink>::default();
        let mut state = self.state();
        state.active += 1;
        state.newest = Some(link.clone());
        drop(state);
        H2StreamGuard { watch: self.clone(), link, answered: false }
    }

    /// The stream that has just begun, once.
    pub(crate) fn take_newest(&self) -> Option<Arc<StreamLink>> {
        self.state().newest.take()
    }

    /// A stream was ended because its client took nothing.
    pub(crate) fn stalled(&self) {
        self.state().stalled = true;
        self.hurry.notify_one();
    }

    /// Resolves when the connection should end: no stream for `idle`, too many resets, or a stream stalled.
    pub(crate) async fn over(&self, idle: Duration) -> Ending {
        loop {
            let left = {
                let state = self.state();
                if state.resets.len() > RESETS {
                    return Ending::ResetFlood;
                }
                if state.stalled {
                    return Ending::Stalled;
                }
                self.left(&state, idle)
            };
            if left.is_zero() {
                return Ending::Idle;
            }
            tokio::select! {
                () = self.hurry.notified() => {}
                () = self.clock.sleep(left) => {}
            }
        }
    }

    /// After GOAWAY: resolves when what is left is waited for no longer. Streams that still move may end, those of a
    /// client that resets without end may not.
    pub(crate) async fn spent(&self, ending: Ending) {
        let mut left = ending.grace();
        while !left.is_zero() {
            self.clock.sleep(left).await;
            left = match ending {
                Ending::ResetFlood => Duration::ZERO,
                Ending::Idle | Ending::Stalled => self.left(&self.state(), ending.grace()),
            };
        }
    }

    /// How much of `idle` is left before the connection has been idle for so long.
    fn left(&self, state: &State, idle: Duration) -> Duration {
        let quiet = self.clock.monotonic().saturating_sub(state.idle_since);
        if state.active == 0 { idle.saturating_sub(quiet) } else { idle }
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
            self.hurry.notify_one();
        }
    }
}

impl H2StreamGuard {
    /// What the parts of the stream share.
    pub(super) fn link(&self) -> &Arc<StreamLink> {
        &self.link
    }

    /// Why the request body broke off, if the client was at fault.
    pub(super) fn body_fault(&self) -> Option<Fault> {
        self.link.body_fault()
    }

    /// A piece of the answer is ready for the client.
    pub(super) fn offer(&self) {
        self.link.offer(self.watch.clock.monotonic());
    }

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
