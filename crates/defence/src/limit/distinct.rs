//! How many different values a key has shown: HyperLogLog (Flajolet et al. 2007) with linear counting for small numbers.
//!
//! 512 registers of one byte give a standard error of 4.6 % for large numbers and less for small ones. Two of them slide:
//! with *c* the estimate of the current bucket, *u* that of both together and *f* the share of the current bucket that is
//! over, the window holds `c + (u − c)·(1−f)`. A value that both buckets saw is not counted twice. Written here and not taken
//! from a crate: the algorithm is 30 lines, and the sliding union needs the registers.

use std::time::Duration;

use medward_contract::Timestamp;

use super::bucket::Share;
use super::{Quota, Taken, ValueHash};

const REGISTERS: usize = 512;
const INDEX_BITS: u32 = REGISTERS.trailing_zeros();
/// `α·m²` for 512 registers: 0.7213 / (1 + 1.079 / m).
const SCALE: f64 = 0.719_783_2 * 512.0 * 512.0;

type Registers = Box<[u8; REGISTERS]>;

/// Different values of a sliding window.
#[derive(Debug, Clone)]
pub struct Distinct {
    number: i64,
    current: Option<Registers>,
    previous: Option<Registers>,
    /// Estimates of the current bucket and of both together; they only change with a register or a bucket.
    current_count: f64,
    union_count: f64,
}

impl Distinct {
    pub fn new(now: Timestamp, quota: &Quota) -> Self {
        let number = Share::of(now, quota.window_micros).number;
        Self { number, current: None, previous: None, current_count: 0.0, union_count: 0.0 }
    }

    /// Counts a value, and says whether there are too many now. A value is counted though it does not fit, and a known one
    /// is refused with the others: from its register nobody can tell a known value from a new one, and whoever goes on
    /// enumerating must not pass now and then.
    pub fn see(&mut self, now: Timestamp, quota: &Quota, value: ValueHash) -> Taken {
        let share = Share::of(now, quota.window_micros).not_before(self.number);
        self.turn_to(share.number);
        self.insert(value);
        let left = 1.0 - Duration::from_micros(share.elapsed_micros).div_duration_f64(quota.window());
        let threshold = f64::from(quota.threshold);
        let gone = self.union_count - self.current_count;
        if (self.current_count + gone * left).round() <= threshold {
            return Taken::Within;
        }
        let windows = if self.current_count.round() > threshold {
            left + 1.0 - threshold / self.current_count
        } else {
            left - ((threshold - self.current_count) / gone).clamp(0.0, left)
        };
        Taken::Over { retry_after: quota.window().mul_f64(windows) }
    }

    fn insert(&mut self, value: ValueHash) {
        let (index, rank) = place(value);
        let registers = self.current.get_or_insert_with(|| Box::new([0; REGISTERS]));
        let Some(register) = registers.get_mut(index) else { return };
        if *register >= rank {
            return;
        }
        *register = rank;
        self.current_count = estimate(registers.iter().copied());
        self.union_count = match &self.previous {
            None => self.current_count,
            Some(previous) => {
                let union = estimate(registers.iter().zip(previous.iter()).map(|(one, other)| *one.max(other)));
                union.max(self.current_count)
            }
        };
    }

    fn turn_to(&mut self, number: i64) {
        if number == self.number {
            return;
        }
        let current = self.current.take();
        self.previous = current.filter(|_| self.number.checked_add(1) == Some(number));
        self.union_count = if self.previous.is_some() { self.current_count } else { 0.0 };
        self.current_count = 0.0;
        self.number = number;
    }
}

/// The register of a value, and the rank that it shows there: how many zeros lead the rest of its hash, plus one.
fn place(value: ValueHash) -> (usize, u8) {
    let index = usize::try_from(value.0 >> (u64::BITS - INDEX_BITS)).unwrap_or(0);
    let rest = value.0 << INDEX_BITS;
    let rank = rest.leading_zeros().min(u64::BITS - INDEX_BITS) + 1;
    (index, u8::try_from(rank).unwrap_or(u8::MAX))
}

fn estimate(registers: impl Iterator<Item = u8>) -> f64 {
    let (mut sum, mut empty) = (0.0, 0_u32);
    for register in registers {
        // 2 to the power of −register, written as its exponent.
        sum += f64::from_bits((1_023 - u64::from(register)) << 52);
        empty += u32::from(register == 0);
    }
    let raw = SCALE / sum;
    let m = 512.0;
    if raw <= 2.5 * m && empty > 0 { m * (m / f64::from(empty)).ln() } else { raw }
}
