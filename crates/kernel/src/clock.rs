//! The only source of time. Production code asks a [`Clock`]; tests turn a [`ManualClock`] by hand and wait for nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_contract::Timestamp;
use tokio::sync::watch;

/// Tells the time and sleeps. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    Manual(ManualClock),
}

impl Clock {
    /// The clock of this machine.
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that stands still until [`ManualClock::advance`], and its handle.
    pub fn manual(start: Timestamp) -> (Self, ManualClock) {
        let handle = ManualClock { now: Arc::new(watch::Sender::new(start)), zero: start };
        (Self(Kind::Manual(handle.clone())), handle)
    }

    /// Wall-clock time. May jump when the machine's clock is set.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            #[expect(
                clippy::disallowed_methods,
                clippy::disallowed_types,
                reason = "this is the one place that reads the system clock"
            )]
            Kind::System => {
                let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_micros(i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX))
            }
            Kind::Manual(clock) => *clock.now.borrow(),
        }
    }

    /// Monotonic time since some fixed moment in the past; only differences mean anything.
    pub fn monotonic(&self) -> Duration {
        match &self.0 {
            Kind::System => {
                static START: Mutex<Option<std::time::Instant>> = Mutex::new(None);
                #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system clock")]
                let now = std::time::Instant::now();
                let mut start = START.lock().unwrap_or_else(PoisonError::into_inner);
                now.saturating_duration_since(*start.get_or_insert(now))
            }
            Kind::Manual(clock) => clock.now.borrow().since(clock.zero),
        }
    }

    /// CPU time this thread has spent; only differences within one synchronous run mean anything.
    ///
    /// A budget kept by this clock blames nobody for a busy machine.
    pub fn thread_cpu(&self) -> Duration {
        match &self.0 {
            Kind::System => {
                let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
                let seconds = u64::try_from(spent.tv_sec).unwrap_or(0);
                Duration::new(seconds, u32::try_from(spent.tv_nsec).unwrap_or(0))
            }
            Kind::Manual(_) => self.monotonic(),
        }
    }

    /// Waits for `duration`.
    pub async fn sleep(&self, duration: Duration) {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that sleeps")]
            Kind::System => tokio::time::sleep(duration).await,
            Kind::Manual(clock) => {
                let mut now = clock.now.subscribe();
                let until = now.borrow().plus(duration);
                // The sender lives in `clock`, so waiting only ends when the time has come.
                if now.wait_for(|now| *now >= until).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    /// Runs `future` for at most `limit`; `None` when the time is up.
    pub async fn timeout<F: Future>(&self, limit: Duration, future: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            output = future => Some(output),
            () = self.sleep(limit) => None,
        }
    }
}

/// Moves a manual [`Clock`].
#[derive(Debug, Clone)]
pub struct ManualClock {
    now: Arc<watch::Sender<Timestamp>>,
    zero: Timestamp,
}

impl ManualClock {
    /// Moves time forward and wakes everybody whose moment has come.
    pub fn advance(&self, by: Duration) {
        self.now.send_modify(|now| *now = now.plus(by));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn manual_clock_wakes_sleepers_only_when_their_time_has_come() {
        let (clock, handle) = Clock::manual(Timestamp::from_micros(0));
        let mut sleep = Box::pin(clock.sleep(Duration::from_secs(60)));
        assert!(futures_util::poll!(&mut sleep).is_pending());
        handle.advance(Duration::from_secs(59));
        assert!(futures_util::poll!(&mut sleep).is_pending());
        handle.advance(Duration::from_secs(1));
        assert!(futures_util::poll!(&mut sleep).is_ready());
        assert_eq!(clock.monotonic(), Duration::from_secs(60));
    }

    #[tokio::test]
    async fn timeout_ends_a_future_that_never_does() {
        let (clock, handle) = Clock::manual(Timestamp::from_micros(0));
        let mut waiting = Box::pin(clock.timeout(Duration::from_secs(1), std::future::pending::<()>()));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        handle.advance(Duration::from_secs(2));
        assert_eq!(waiting.await, None);
    }
}
