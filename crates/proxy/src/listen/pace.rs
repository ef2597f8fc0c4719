//! The slowest body that is waited for (gateway.md §4), the same for HTTP/1 and HTTP/2.

use std::time::Duration;

/// Bytes per second after the grace.
const BODY_RATE: u64 = 1024;

/// How fast a body comes, counting only the time the gateway waited for it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    received: u64,
    waited: Duration,
    waiting_since: Option<Duration>,
}

impl Pace {
    /// Counts what came.
    pub(super) fn received(&mut self, bytes: usize) {
        self.received += bytes as u64;
    }

    /// Something came: the wait that was going on, if any, is over.
    pub(super) fn came(&mut self, now: impl FnOnce() -> Duration) {
        if let Some(since) = self.waiting_since.take() {
            self.waited += now().saturating_sub(since);
        }
    }

    /// Nothing came yet; until when it is waited for.
    pub(super) fn deadline(&mut self, now: impl FnOnce() -> Duration, grace: Duration) -> Duration {
        let since = *self.waiting_since.get_or_insert_with(now);
        let earned = Duration::from_millis(self.received.saturating_mul(1000) / BODY_RATE);
        (since + grace + earned).saturating_sub(self.waited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kibibyte_earns_a_second_and_time_not_waited_costs_nothing() {
        let seconds = Duration::from_secs;
        let mut pace = Pace::default();
        let mut wait = |from: u64, until: u64, bytes: usize| {
            let deadline = pace.deadline(|| seconds(from), seconds(10));
            pace.came(|| seconds(until));
            pace.received(bytes);
            deadline
        };
        assert_eq!(wait(0, 4, 2048), seconds(10));
        assert_eq!(wait(100, 101, 0), seconds(100 + 10 + 2 - 4));
        assert_eq!(wait(200, 201, 0), seconds(200 + 10 + 2 - 4 - 1));
    }
}
