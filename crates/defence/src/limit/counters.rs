//! The seam between limits and where their counters live.

use std::time::Duration;

use medward_contract::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CounterKey, ValueHash};

/// How much in how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// At least one second.
    pub(super) window_micros: u64,
    pub(super) threshold: u32,
    pub(super) shape: Shape,
}

/// How a window moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// Two buckets of one window each; the older one counts for the share of it that the window still covers.
    #[default]
    Sliding,
    /// `threshold` tokens per window flow into a bucket that holds `burst` of them.
    TokenBucket { burst: u32 },
}

/// When to count what does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// It will not happen, so it is not counted: a client that is refused does not lengthen its own wait.
    IfItFits,
    /// It has happened.
    Always,
    /// Count nothing, only say whether it would fit.
    Ask,
}

/// What a counter says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Taken {
    #[default]
    Within,
    /// It does not fit now; it would after `retry_after` if nothing else were counted, unless it is more than could ever fit.
    Over { retry_after: Duration },
}

/// Counters of limits: in this process (`LocalCounters`), or a store that several nodes share.
pub trait Counters: Send + Sync {
    /// Counts `amount` in the counter `key`, which the first question makes.
    fn count(&self, now: Timestamp, key: CounterKey, quota: &Quota, amount: u64, counting: Counting) -> Taken;

    /// Counts a value, and says whether the window holds more different ones than fit.
    fn see(&self, now: Timestamp, key: CounterKey, quota: &Quota, value: ValueHash) -> Taken;
}

impl Quota {
    pub fn window(&self) -> Duration {
        Duration::from_micros(self.window_micros)
    }

    pub fn threshold(&self) -> u32 {
        self.threshold
    }

    pub fn shape(&self) -> Shape {
        self.shape
    }
}
