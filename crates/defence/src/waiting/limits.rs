//! How many a room bears: as written, and as checked.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

const ACTIVE: RangeInclusive<u32> = 1..=1_000_000;
const PER_SECOND: RangeInclusive<u32> = 1..=100_000;
const WAITING: RangeInclusive<u32> = 1..=200_000;

/// As it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawRoom {
    /// Visitors inside, 1 to 1,000,000.
    pub max_active: u32,
    /// Visitors let in per second, 1 to 100,000.
    pub admissions_per_second: u32,
    /// Visitors that wait, 1 to 200,000; the next ones are told that the room is full.
    #[serde(default = "default_max_waiting")]
    pub max_waiting: u32,
}

fn default_max_waiting() -> u32 {
    20_000
}

/// Why a room was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("compile waiting room: {}", .0.join("; "))]
pub struct RoomError(Vec<String>);

/// Checked limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomLimits {
    pub(super) max_active: usize,
    pub(super) admissions_per_second: u32,
    pub(super) max_waiting: usize,
}

impl RoomLimits {
    /// Checks every field.
    pub fn compile(raw: &RawRoom) -> Result<Self, RoomError> {
        let mut faults = Vec::new();
        let mut check = |name: &str, value: u32, allowed: RangeInclusive<u32>| {
            if !allowed.contains(&value) {
                faults.push(format!("{name}: expected {} to {}", allowed.start(), allowed.end()));
            }
            usize::try_from(value).unwrap_or(usize::MAX)
        };
        let max_active = check("max_active", raw.max_active, ACTIVE);
        check("admissions_per_second", raw.admissions_per_second, PER_SECOND);
        let max_waiting = check("max_waiting", raw.max_waiting, WAITING);
        let limits = Self { max_active, admissions_per_second: raw.admissions_per_second, max_waiting };
        if faults.is_empty() { Ok(limits) } else { Err(RoomError(faults)) }
    }
}
