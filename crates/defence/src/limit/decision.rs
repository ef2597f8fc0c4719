//! What a limit asks for when it is passed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The longest that a request is held back; longer would cost us more than the client.
pub const MAX_DELAY: Duration = Duration::from_secs(2);

/// What to do with what is over the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitAction {
    Record,
    Delay,
    Challenge,
    Captcha,
    Refuse,
    Ban,
}

/// What one limit says about one request. Ordered: the later, the harder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    Admit,
    /// Goes on, and its event says that the limit was passed.
    Record,
    /// Goes on after this time, `MAX_DELAY` at most.
    Delay(Duration),
    /// Goes on if the client has solved a challenge.
    Challenge,
    /// Goes on if the client has read a captcha, or the access guard knows it.
    Captcha,
    /// 429; the client may come again after this time (`Retry-After`, rounded up to seconds).
    Refuse {
        retry_after: Duration,
    },
    /// Refused, and the client's address goes to the ban list; for how long, `Ladder` says.
    Ban {
        retry_after: Duration,
    },
}

impl Decision {
    /// Several limits apply at once: the hardest decides.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

impl LimitAction {
    pub(super) fn decision(self, retry_after: Duration) -> Decision {
        match self {
            Self::Record => Decision::Record,
            Self::Delay => Decision::Delay(retry_after.min(MAX_DELAY)),
            Self::Challenge => Decision::Challenge,
            Self::Captcha => Decision::Captcha,
            Self::Refuse => Decision::Refuse { retry_after },
            Self::Ban => Decision::Ban { retry_after },
        }
    }
}
