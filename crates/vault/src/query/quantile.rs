//! Percentiles: exact while there are few values, then within 1 % by a DDSketch (Masson, Rim, Lee: "DDSketch: A Fast and
//! Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", VLDB 2019, section 2).
//!
//! Of `n` values in order the percentile `p` is the one behind the first `n · p / 100`, rounded down, and at most the last.

use std::collections::BTreeMap;

use super::cell::{Cell, to_float};

/// Most a value of the sketch is beside the true one, relative to it.
const ACCURACY: f64 = 0.01;
/// Bytes that one bucket of a sketch takes, about.
pub(super) const BUCKET_BYTES: usize = 48;

/// Numbers whose percentiles are wanted.
#[derive(Debug, Clone)]
pub(super) enum Quantiles {
    /// All of them.
    Exact(Vec<Cell<'static>>),
    /// How many there are of about each size.
    Sketch(Sketch),
}

impl Quantiles {
    /// Adds a number; gives the bytes it takes more.
    pub(super) fn add(&mut self, number: Cell<'static>) -> usize {
        match self {
            Self::Exact(values) => {
                let bytes = number.bytes();
                values.push(number);
                bytes
            }
            Self::Sketch(sketch) => sketch.add(&number),
        }
    }

    /// Goes on with a sketch; gives the bytes it takes.
    pub(super) fn sketch(&mut self) -> usize {
        let Self::Exact(values) = self else { return 0 };
        let mut sketch = Sketch::default();
        let bytes = values.iter().map(|value| sketch.add(value)).sum();
        *self = Self::Sketch(sketch);
        bytes
    }

    /// What is asked from now on is in order.
    pub(super) fn settle(&mut self) {
        if let Self::Exact(values) = self {
            values.sort_unstable();
        }
    }

    /// A percentile of settled numbers; none of none.
    pub(super) fn percentile(&self, percent: u8) -> Cell<'static> {
        match self {
            Self::Exact(values) => {
                let rank = usize::try_from(rank(values.len() as u64, percent)).unwrap_or(usize::MAX);
                values.get(rank).cloned().unwrap_or(Cell::Null)
            }
            Self::Sketch(sketch) => sketch.percentile(percent),
        }
    }
}

/// Place of a percentile among `count` values in order, from 0.
fn rank(count: u64, percent: u8) -> u64 {
    let before = u128::from(count) * u128::from(percent) / 100;
    u64::try_from(before).unwrap_or(u64::MAX).min(count.saturating_sub(1))
}

/// Counts of numbers by size: bucket `i` holds those in (γ^(i-1), γ^i], so that its middle is within 1 % of each.
#[derive(Debug, Clone, Default)]
pub(super) struct Sketch {
    below_zero: BTreeMap<i32, u64>,
    zeros: u64,
    above_zero: BTreeMap<i32, u64>,
    count: u64,
}

/// ln γ, where γ = (1 + α) / (1 − α).
fn ln_gamma() -> f64 {
    ((1.0 + ACCURACY) / (1.0 - ACCURACY)).ln()
}

fn bucket_of(size: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "the logarithm of a finite number over ln γ is below 40,000")]
    let bucket = (size.ln() / ln_gamma()).ceil() as i32;
    bucket
}

/// 2 γ^i / (γ + 1): the number whose distance to both ends of the bucket is the same share of them.
fn middle_of(bucket: i32) -> f64 {
    let share = (1.0 - ACCURACY).ln();
    (f64::from(bucket) * ln_gamma() + share).exp().min(f64::MAX)
}

impl Sketch {
    fn add(&mut self, number: &Cell<'_>) -> usize {
        let number = match number {
            Cell::Int(number) => to_float(*number),
            Cell::Float(number) => *number,
            Cell::Null | Cell::Text(_) => return 0,
        };
        self.count += 1;
        if number == 0.0 {
            self.zeros += 1;
            return 0;
        }
        let side = if number > 0.0 { &mut self.above_zero } else { &mut self.below_zero };
        let before = side.len();
        *side.entry(bucket_of(number.abs())).or_default() += 1;
        (side.len() - before) * BUCKET_BYTES
    }

    fn percentile(&self, percent: u8) -> Cell<'static> {
        let below = self.below_zero.iter().rev().map(|(bucket, count)| (-middle_of(*bucket), *count));
        let above = self.above_zero.iter().map(|(bucket, count)| (middle_of(*bucket), *count));
        let mut left = rank(self.count, percent);
        for (value, count) in below.chain([(0.0, self.zeros)]).chain(above) {
            if left < count {
                return Cell::of_float(value);
            }
            left -= count;
        }
        Cell::Null
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentile_is_the_value_behind_that_share_of_them() {
        let mut values = Quantiles::Exact((1..=10).rev().map(Cell::Int).collect());
        values.settle();
        let check =
            |percent: u8, expected: i128| assert_eq!(values.percentile(percent), Cell::Int(expected), "p{percent}");
        check(50, 6);
        check(90, 10);
        check(95, 10);
        check(99, 10);
        assert_eq!(Quantiles::Exact(Vec::new()).percentile(50), Cell::Null);
        assert_eq!(Quantiles::Sketch(Sketch::default()).percentile(50), Cell::Null);
        assert_eq!(rank(100, 95), 95);
        assert_eq!(rank(100, 99), 99);
    }

    fn any_number() -> impl Strategy<Value = f64> {
        prop_oneof![
            Just(0.0),
            -1e6..1e6,
            (-300.0..300.0).prop_map(|exponent: f64| 10_f64.powf(exponent)),
            (-300.0..300.0).prop_map(|exponent: f64| -(10_f64.powf(exponent))),
            (1_i32..1000).prop_map(f64::from),
        ]
    }

    proptest! {
        #[test]
        fn sketch_is_within_one_percent(numbers in prop::collection::vec(any_number(), 1..400), percent in prop::sample::select(&[50_u8, 90, 95, 99])) {
            let mut exact = Quantiles::Exact(numbers.into_iter().map(Cell::of_float).collect());
            let mut sketch = exact.clone();
            sketch.sketch();
            exact.settle();
            let number = |cell: Cell<'_>| match cell {
                Cell::Int(number) => to_float(number),
                Cell::Float(number) => number,
                other => panic!("{other:?}"),
            };
            let (wanted, found) = (number(exact.percentile(percent)), number(sketch.percentile(percent)));
            // A few units in the last place beside the bound: logarithm and exponential round.
            prop_assert!((wanted - found).abs() <= wanted.abs() * (ACCURACY + 1e-9), "{wanted} and {found}");
        }
    }
}
