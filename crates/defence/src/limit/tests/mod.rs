//! What the limits promise, in numbers, in memory, and towards clients.

mod arithmetic;
mod limits;
mod memory;
mod pooled;

use medward_contract::Timestamp;

use super::conformance::{key, quota};
use super::*;

const SECOND: i64 = 1_000_000;

/// A moment this many microseconds after the beginning of a bucket, whatever the window.
fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(20_000 * 86_400 * SECOND + micros)
}

fn hasher() -> KeyHasher {
    KeyHasher::new(*b"0123456789abcdef")
}

fn admits(taken: Taken) -> bool {
    taken == Taken::Within
}
