//! What the limits promise, in numbers, in memory, and towards clients.

mod arithmetic;
mod limits;
mod memory;

use medward_contract::Timestamp;

use super::*;

const SECOND: i64 = 1_000_000;

/// A moment this many microseconds after the beginning of a bucket, whatever the window.
fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(20_000 * 86_400 * SECOND + micros)
}

fn quota(window_seconds: u64, threshold: u32, shape: Shape) -> Quota {
    Quota { window_micros: window_seconds * 1_000_000, threshold, shape }
}

fn hasher() -> KeyHasher {
    KeyHasher::new(*b"0123456789abcdef")
}

fn key(number: u32) -> CounterKey {
    hasher().address(std::net::Ipv4Addr::from_bits(number).into())
}

fn admits(taken: Taken) -> bool {
    taken == Taken::Within
}
