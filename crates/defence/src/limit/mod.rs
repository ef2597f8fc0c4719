//! Limits (gateway.md §8; CD-045 CC, CD-046 API abuse, CD-090 guessing): how much one key may do in one window.
//!
//! A `RawLimit` is written, a `Limit` compiled. Of each request: does the limit apply, what is its key, and what do the
//! counters say. Counters are a seam: `LocalCounters` holds them in this process, bounded; `PooledCounters` adds what several
//! nodes count, with the same arithmetic (`Buckets`, `TokenBucket`); what `conformance` says holds for both. A limit is *not* a ban list: it asks for a ban.
//!
//! What is exact: see `bucket` for how much a limit can admit at most, and `local` for what stays when memory runs out,
//! `pooled` for how much several nodes can admit together.

mod bucket;
mod compile;
#[cfg(any(test, feature = "testkit"))]
pub mod conformance;
mod counters;
mod decision;
mod distinct;
mod key;
mod ladder;
mod local;
mod pooled;
#[cfg(test)]
mod tests;

use medward_contract::Timestamp;

pub use self::bucket::{Buckets, TokenBucket};
pub use self::compile::{LimitError, MAX_KEY_PARTS, MAX_THRESHOLD, MAX_WINDOW_SECONDS, RawLimit};
pub use self::counters::{Counters, Counting, Quota, Shape, Taken};
pub use self::decision::{Decision, LimitAction, MAX_DELAY};
pub use self::distinct::Distinct;
pub use self::key::{CounterKey, KeyFacts, KeyHasher, KeyPart, ValueHash};
pub use self::ladder::{BanStep, Herald, Ladder};
pub use self::local::{LocalCounters, MAX_DISTINCT_KEYS, MAX_KEYS};
pub use self::pooled::{Contribution, MAX_ASKED, MAX_CONTRIBUTION, MAX_POOLED_KEYS, PooledCounters, Totals};
use crate::condition::{Condition, Fact, Facts, Phase, Text};

/// What a limit counts. Who calls, and when, follows from it: requests before they go on, the others afterwards.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    Requests,
    /// Bytes of the response.
    Bytes,
    /// Different values of this part: who asks for many report numbers is enumerating them.
    Distinct(KeyPart),
    /// Requests that were answered with one of these statuses.
    Statuses(Vec<u16>),
    /// Requests that the WAF blocked.
    WafBlocks,
}

/// A compiled limit.
#[derive(Debug, Clone)]
pub struct Limit {
    id: Box<str>,
    keys: Box<[KeyPart]>,
    count: Count,
    quota: Quota,
    action: LimitAction,
    when: Option<Condition>,
    static_files_exempt: bool,
}

impl Limit {
    /// Checks and compiles.
    pub fn compile(raw: &RawLimit) -> Result<Self, LimitError> {
        compile::compile(raw)
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn keys(&self) -> &[KeyPart] {
        &self.keys
    }

    pub fn count(&self) -> &Count {
        &self.count
    }

    pub fn quota(&self) -> &Quota {
        &self.quota
    }

    pub fn action(&self) -> LimitAction {
        self.action
    }

    /// The phase in which it is known whether the limit applies.
    pub fn phase(&self) -> Phase {
        self.when.as_ref().map_or(Phase::Head, Condition::phase)
    }

    /// Whether the request is one that the limit is about: its condition holds, and it is not an exempt static file.
    pub fn applies(&self, facts: &dyn Facts) -> bool {
        let exempt = self.static_files_exempt && self.count == Count::Requests && is_static_file(facts);
        !exempt && self.when.as_ref().is_none_or(|when| when.holds(facts))
    }

    /// Whether a response of this status counts, for a limit that counts statuses.
    pub fn counts_status(&self, status: u16) -> bool {
        matches!(&self.count, Count::Statuses(statuses) if statuses.contains(&status))
    }

    /// The counter of this request, or none if nothing in the request says whose it is: a limit per session does not count
    /// all clients without a session as one.
    pub fn key(&self, hasher: &KeyHasher, facts: &dyn KeyFacts) -> Option<CounterKey> {
        hasher.key(&self.id, &self.quota, &self.keys, facts)
    }

    /// Counts `amount` if it fits, and decides. For requests, before they go on.
    pub fn decide(&self, counters: &dyn Counters, now: Timestamp, key: CounterKey, amount: u64) -> Decision {
        self.decision(counters.count(now, key, &self.quota, amount, Counting::IfItFits))
    }

    /// Decides without counting. For what is counted afterwards, before the next request goes on.
    pub fn ask(&self, counters: &dyn Counters, now: Timestamp, key: CounterKey) -> Decision {
        self.decision(counters.count(now, key, &self.quota, 1, Counting::Ask))
    }

    /// Counts what has happened, whether it fits or not; the decision is about this request and says whether it was too much.
    pub fn charge(&self, counters: &dyn Counters, now: Timestamp, key: CounterKey, amount: u64) -> Decision {
        self.decision(counters.count(now, key, &self.quota, amount, Counting::Always))
    }

    /// Counts a value and decides: beyond the threshold nothing of this key goes on. For `Count::Distinct`.
    pub fn see(&self, counters: &dyn Counters, now: Timestamp, key: CounterKey, value: ValueHash) -> Decision {
        self.decision(counters.see(now, key, &self.quota, value))
    }

    fn decision(&self, taken: Taken) -> Decision {
        match taken {
            Taken::Within => Decision::Admit,
            Taken::Over { retry_after } => self.action.decision(retry_after),
        }
    }
}

/// What pages load by the dozen and no application computes.
const STATIC_SUFFIXES: &[&str] = &[
    "avif", "bmp", "css", "eot", "gif", "ico", "jpeg", "jpg", "js", "map", "mjs", "mp3", "mp4", "otf", "png", "svg",
    "ttf", "webm", "webp", "woff", "woff2",
];

/// A read of a path that ends like a file and says nothing more. With a query or a parameter it could be a program, and so
/// it could with a made-up ending on some servers: limits that guard one costly path should switch the exemption off.
pub fn is_static_file(facts: &dyn Facts) -> bool {
    let is_read = matches!(facts.text(Text::Method), Fact::Is(b"GET" | b"HEAD"));
    let has_query = matches!(facts.text(Text::Query), Fact::Is(query) if !query.is_empty());
    let Fact::Is(path) = facts.text(Text::Path) else { return false };
    let file = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let mut parts = file.rsplitn(2, |byte| *byte == b'.');
    let (suffix, stem) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let plain = !path.iter().any(|byte| matches!(byte, b';' | b'%'));
    let known = STATIC_SUFFIXES.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(suffix));
    is_read && !has_query && plain && !stem.is_empty() && known
}
