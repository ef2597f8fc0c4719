//! The written form of a limit, and its checks.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{Count, KeyPart, Limit, LimitAction, Quota, Shape};
use crate::condition::{Condition, ConditionError, RawCondition};

pub const MAX_KEY_PARTS: usize = 8;
/// One day.
pub const MAX_WINDOW_SECONDS: u32 = 24 * 60 * 60;
/// Also of a burst, and in bytes a gigabyte.
pub const MAX_THRESHOLD: u32 = 1_000_000_000;
const MAX_ID_BYTES: usize = 64;
const MAX_STATUSES: usize = 64;
/// Beyond it an estimate of different values means little, and a limit of distinct values is for enumeration.
const MAX_DISTINCT: u32 = 100_000;

/// A limit as it is written.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawLimit {
    pub id: String,
    /// Whose counter it is: all parts together.
    pub keys: Vec<KeyPart>,
    pub count: Count,
    /// 1 to 86,400.
    pub window_seconds: u32,
    #[serde(default)]
    pub shape: Shape,
    /// How much fits into one window.
    pub threshold: u32,
    pub action: LimitAction,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<RawCondition>,
    /// Only for limits that count requests.
    #[serde(default = "yes")]
    pub static_files_exempt: bool,
}

fn yes() -> bool {
    true
}

/// Why a limit was refused.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    #[error("compile limit: id: expected 1 to {MAX_ID_BYTES} bytes without control characters")]
    Id,
    #[error("compile limit `{id}`: {problem}")]
    Limit { id: String, problem: &'static str },
    #[error("compile limit `{id}`: when")]
    When { id: String, source: ConditionError },
}

pub(super) fn compile(raw: &RawLimit) -> Result<Limit, LimitError> {
    if !(1..=MAX_ID_BYTES).contains(&raw.id.len()) || raw.id.chars().any(char::is_control) {
        return Err(LimitError::Id);
    }
    if let Some(problem) = problem_of(raw) {
        return Err(LimitError::Limit { id: raw.id.clone(), problem });
    }
    let when = raw.when.as_ref().map(Condition::compile).transpose();
    Ok(Limit {
        id: raw.id.as_str().into(),
        keys: raw.keys.as_slice().into(),
        count: raw.count.clone(),
        quota: Quota {
            window_micros: u64::from(raw.window_seconds) * 1_000_000,
            threshold: raw.threshold,
            shape: raw.shape,
        },
        action: raw.action,
        when: when.map_err(|source| LimitError::When { id: raw.id.clone(), source })?,
        static_files_exempt: raw.static_files_exempt,
    })
}

fn problem_of(raw: &RawLimit) -> Option<&'static str> {
    let each_once = raw.keys.iter().collect::<HashSet<_>>().len() == raw.keys.len();
    let amounts = 1..=MAX_THRESHOLD;
    if !(1..=MAX_KEY_PARTS).contains(&raw.keys.len()) || !each_once {
        return Some("keys: expected 1 to 8 parts, each once");
    }
    if !(1..=MAX_WINDOW_SECONDS).contains(&raw.window_seconds) {
        return Some("window_seconds: expected 1 to 86400");
    }
    if !amounts.contains(&raw.threshold) {
        return Some("threshold: expected 1 to 1000000000");
    }
    if let Shape::TokenBucket { burst } = raw.shape
        && !amounts.contains(&burst)
    {
        return Some("shape.burst: expected 1 to 1000000000");
    }
    match &raw.count {
        Count::Distinct(_) if raw.shape != Shape::Sliding => Some("shape: distinct values need `sliding`"),
        Count::Distinct(_) if raw.threshold > MAX_DISTINCT => Some("threshold: expected 1 to 100000 distinct values"),
        Count::Distinct(part) if raw.keys.contains(part) => Some("count: the key has one value of a part of its own"),
        Count::Statuses(statuses) => {
            let fit = (1..=MAX_STATUSES).contains(&statuses.len())
                && statuses.iter().all(|status| (100..600).contains(status));
            (!fit).then_some("count.statuses: expected 1 to 64 statuses from 100 to 599")
        }
        Count::Requests | Count::Bytes | Count::WafBlocks | Count::Distinct(_) => None,
    }
}
