//! A deadline that moves often and is reached seldom: one timer is armed and left alone until it fires.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use medward_kernel::Clock;

/// Polls deadlines in the clock's monotonic time.
pub(crate) struct LazyTimer {
    clock: Clock,
    armed: Option<Armed>,
}

struct Armed {
    until: Duration,
    sleep: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl LazyTimer {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, armed: None }
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Ready once `deadline` has passed. A deadline later than the one before costs nothing until the timer fires.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, deadline: Duration) -> Poll<()> {
        loop {
            if let Some(armed) = &mut self.armed
                && armed.until <= deadline
            {
                if armed.sleep.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                self.armed = None;
            }
            let left = deadline.saturating_sub(self.clock.monotonic());
            if left.is_zero() {
                return Poll::Ready(());
            }
            let clock = self.clock.clone();
            let sleep = Box::pin(async move { clock.sleep(left).await });
            self.armed = Some(Armed { until: deadline, sleep });
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::poll_fn;
    use medward_contract::Timestamp;

    use super::*;

    #[tokio::test]
    async fn moved_deadline_fires_at_its_new_time() {
        let (clock, hand) = Clock::manual(Timestamp::from_micros(0));
        let mut timer = LazyTimer::new(clock);
        let seconds = Duration::from_secs;
        let mut ready_at =
            async |deadline: u64| poll_fn(|cx| Poll::Ready(timer.poll(cx, seconds(deadline)).is_ready())).await;
        assert!(!ready_at(10).await);
        hand.advance(seconds(10));
        assert!(!ready_at(60).await);
        assert!(!ready_at(20).await);
        hand.advance(seconds(10));
        assert!(ready_at(20).await);
        assert!(!ready_at(60).await);
    }
}
