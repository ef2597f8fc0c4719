//! What every implementation of `Counters` keeps, whoever holds the counters: one suite for the seam (DESIGN §8).
//!
//! A rule gets counters that are used by nobody else, and panics when it is broken. It is *not* about memory, threads or
//! several nodes: these differ from one implementation to the next.

use std::time::Duration;

use medward_contract::Timestamp;

use super::{CounterKey, Counters, Counting, KeyHasher, MAX_THRESHOLD, MAX_WINDOW_SECONDS, Quota, Shape, Taken};

/// A rule by its name.
pub type Rule = (&'static str, fn(&dyn Counters));

/// All rules.
pub const RULES: &[Rule] = &[
    ("a sliding window admits no more than its bound", sliding_window_admits_no_more_than_its_bound),
    ("the bound of the sliding window is reached and not passed", bound_is_reached_and_not_passed),
    ("a token bucket admits no more than burst and rate", token_bucket_admits_no_more_than_burst_and_rate),
    ("retry_after is the first moment at which it fits", retry_after_is_the_first_moment_at_which_it_fits),
    ("counts survive the turn of the bucket and fade", counts_survive_the_turn_of_the_bucket_and_fade),
    ("a steady client below the rate is never refused", steady_client_below_the_rate_is_never_refused),
    ("a refused client does not lengthen its wait", refused_client_does_not_lengthen_its_wait),
    ("what is charged is never lost", what_is_charged_is_never_lost),
    ("a question counts nothing", question_counts_nothing),
    ("what can never fit is refused for a window", what_can_never_fit_is_refused_for_a_window),
    ("a debt of tokens is forgiven after a window", debt_of_tokens_is_forgiven_after_a_window),
    ("a clock that goes back refills nothing", clock_that_goes_back_refills_nothing),
    ("amounts at the end of the range do not overflow", amounts_at_the_end_of_the_range_do_not_overflow),
    ("keys do not count for each other", keys_do_not_count_for_each_other),
    ("different values are counted and equal ones are not", different_values_are_counted_and_equal_ones_are_not),
];

const SECOND: i64 = 1_000_000;

/// A moment this many microseconds after the beginning of a bucket, whatever the window.
fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(20_000 * 86_400 * SECOND + micros)
}

/// So much in so long.
pub fn quota(window_seconds: u64, threshold: u32, shape: Shape) -> Quota {
    Quota { window_micros: window_seconds * 1_000_000, threshold, shape }
}

/// The key of a counter.
pub fn key(number: u32) -> CounterKey {
    hasher().address(std::net::Ipv4Addr::from_bits(number).into())
}

fn hasher() -> KeyHasher {
    KeyHasher::new(*b"0123456789abcdef")
}

fn admits(taken: Taken) -> bool {
    taken == Taken::Within
}

/// Arrivals that are the same in each run: gaps in microseconds, mostly short, some as long as windows; and amounts.
fn arrivals(seed: u64) -> impl Iterator<Item = (i64, u64)> {
    let (mut random, mut micros) = (seed | 1, 0);
    (0..150).map(move |_| {
        // Xorshift (Marsaglia 2003): any sequence without a pattern would do.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let longest = if random.is_multiple_of(4) { 3 * SECOND.unsigned_abs() } else { SECOND.unsigned_abs() / 20 };
        micros += i64::try_from((random >> 20) % longest).unwrap_or(0);
        (micros, 1 + (random >> 8) % 5)
    })
}

fn total(admitted: &[(i64, u64)], inside: impl Fn(i64) -> bool) -> u64 {
    admitted.iter().filter(|(micros, _)| inside(*micros)).map(|(_, amount)| *amount).sum()
}

fn sliding_window_admits_no_more_than_its_bound(counters: &dyn Counters) {
    for (number, threshold) in [(1, 7_u32), (2, 20), (3, 37)] {
        let quota = quota(1, threshold, Shape::Sliding);
        let taken = |(micros, amount): &(i64, u64)| {
            admits(counters.count(at(*micros), key(number), &quota, *amount, Counting::IfItFits))
        };
        let admitted: Vec<_> = arrivals(u64::from(number) << 40).filter(taken).collect();
        assert!(admitted.len() > 30, "something is admitted: {}", admitted.len());
        let threshold = u64::from(threshold);
        for (end, _) in &admitted {
            let (bucket, elapsed) = (end / SECOND, (end % SECOND).unsigned_abs());
            let previous = total(&admitted, |micros| micros / SECOND == bucket - 1);
            let window = total(&admitted, |micros| micros > end - SECOND && micros <= *end);
            assert!(total(&admitted, |micros| micros / SECOND == bucket) <= threshold, "bucket {bucket}");
            assert!(window <= threshold + previous * elapsed / 1_000_000, "window that ends at {end}");
        }
    }
}

/// Without this the bound above could be met by admitting nothing.
fn bound_is_reached_and_not_passed(counters: &dyn Counters) {
    let quota = quota(1, 100, Shape::Sliding);
    let take = |micros| admits(counters.count(at(micros), key(1), &quota, 1, Counting::IfItFits));
    let burst = (0..200).filter(|_| take(SECOND - 1)).count();
    let steady = (SECOND..2 * SECOND - 1).step_by(2_000).chain([2 * SECOND - 2]).filter(|micros| take(*micros)).count();
    assert_eq!((burst, steady), (100, 99));
}

fn token_bucket_admits_no_more_than_burst_and_rate(counters: &dyn Counters) {
    let (threshold, burst) = (9, 12);
    let quota = quota(1, threshold, Shape::TokenBucket { burst });
    let taken = |(micros, amount): &(i64, u64)| {
        admits(counters.count(at(*micros), key(1), &quota, *amount, Counting::IfItFits))
    };
    let admitted: Vec<_> = arrivals(77).filter(taken).collect();
    assert!(admitted.len() > 30, "something is admitted: {}", admitted.len());
    for (begin, _) in &admitted {
        for (end, _) in admitted.iter().filter(|(end, _)| end >= begin) {
            let taken = i128::from(total(&admitted, |micros| (*begin..=*end).contains(&micros)));
            let flowed = i128::from(threshold) * i128::from(end - begin);
            assert!((taken - i128::from(burst)) * i128::from(SECOND) <= flowed, "from {begin} to {end}");
        }
    }
}

fn retry_after_is_the_first_moment_at_which_it_fits(counters: &dyn Counters) {
    for (number, shape) in [(1, Shape::Sliding), (2, Shape::TokenBucket { burst: 8 })] {
        let quota = quota(1, 8, shape);
        let count = |now, amount, counting| counters.count(now, key(number), &quota, amount, counting);
        let (mut now, mut refused) = (at(0), 0);
        for (_, amount) in arrivals(5) {
            if let Taken::Over { retry_after } = count(now, amount, Counting::IfItFits) {
                let first = now.plus(retry_after);
                assert!(!admits(count(first.minus(Duration::from_micros(1)), amount, Counting::Ask)), "{shape:?}");
                assert!(admits(count(first, amount, Counting::Ask)), "{shape:?}: {retry_after:?} for {amount}");
                (now, refused) = (first, refused + 1);
            }
        }
        assert!(refused > 20, "{shape:?}: something is refused: {refused}");
    }
}

fn counts_survive_the_turn_of_the_bucket_and_fade(counters: &dyn Counters) {
    let quota = quota(10, 100, Shape::Sliding);
    let take =
        |seconds: i64, amount| admits(counters.count(at(seconds * SECOND), key(1), &quota, amount, Counting::IfItFits));
    assert!(take(9, 100));
    assert!(!take(10, 1), "the turn alone frees nothing");
    assert!(take(15, 50), "half of the bucket before has left");
    assert!(!take(15, 1));
    assert!(take(20, 50), "the first hundred are gone, fifty are left");
    assert!(!take(20, 1));
    assert!(take(40, 100), "two windows later all is forgotten");
}

fn steady_client_below_the_rate_is_never_refused(counters: &dyn Counters) {
    for (number, shape) in [(1, Shape::Sliding), (2, Shape::TokenBucket { burst: 1 })] {
        let quota = quota(10, 100, shape);
        for step in 0..500 {
            // One in 100 milliseconds is exactly the rate; a hair slower for the rounding against the client.
            let now = at(step * 102_000);
            assert!(admits(counters.count(now, key(number), &quota, 1, Counting::IfItFits)), "{shape:?} {step}");
        }
    }
}

fn refused_client_does_not_lengthen_its_wait(counters: &dyn Counters) {
    let quota = quota(10, 5, Shape::Sliding);
    let take = |micros, amount| admits(counters.count(at(micros), key(1), &quota, amount, Counting::IfItFits));
    assert!(take(0, 5));
    assert!((0..500).all(|step| !take(step, 1)));
    assert!(take(12 * SECOND, 1));
}

/// It is counted whole though it does not fit, and nothing is admitted until it is forgotten again.
fn what_is_charged_is_never_lost(counters: &dyn Counters) {
    let quota = quota(10, 100, Shape::Sliding);
    let count = |micros, amount, counting| admits(counters.count(at(micros), key(1), &quota, amount, counting));
    let mut total = 0;
    for amount in [30, 1, 49, 19, 1, 7, 1] {
        let fits = total + amount <= 100;
        total += amount;
        assert_eq!(count(0, amount, Counting::Always), fits, "{amount} to {total}");
    }
    assert!(!count(0, 1, Counting::Ask));
    assert!(count(20 * SECOND, 1, Counting::Ask));
}

fn question_counts_nothing(counters: &dyn Counters) {
    for (number, shape) in [(1, Shape::Sliding), (2, Shape::TokenBucket { burst: 3 })] {
        let quota = quota(10, 3, shape);
        let count = |amount, counting| admits(counters.count(at(0), key(number), &quota, amount, counting));
        assert!((0..50).all(|_| count(3, Counting::Ask)), "{shape:?}");
        assert!(count(3, Counting::IfItFits) && !count(1, Counting::Ask), "{shape:?}");
    }
}

fn what_can_never_fit_is_refused_for_a_window(counters: &dyn Counters) {
    let never = Taken::Over { retry_after: Duration::from_secs(10) };
    for (number, shape) in [(1, Shape::Sliding), (2, Shape::TokenBucket { burst: 5 })] {
        let quota = quota(10, 5, shape);
        assert_eq!(counters.count(at(0), key(number), &quota, 6, Counting::IfItFits), never, "{shape:?}");
    }
}

fn debt_of_tokens_is_forgiven_after_a_window(counters: &dyn Counters) {
    let quota = quota(10, 100, Shape::TokenBucket { burst: 10 });
    let count = |micros, amount, counting| admits(counters.count(at(micros), key(1), &quota, amount, counting));
    assert!(!count(0, 1_000_000, Counting::Always));
    assert!(!count(10 * SECOND, 1, Counting::Ask));
    assert!(count(10 * SECOND + 100_000, 1, Counting::Ask));
}

fn clock_that_goes_back_refills_nothing(counters: &dyn Counters) {
    for (number, shape) in [(1, Shape::Sliding), (2, Shape::TokenBucket { burst: 5 })] {
        let quota = quota(10, 5, shape);
        let take =
            |seconds: i64| admits(counters.count(at(seconds * SECOND), key(number), &quota, 1, Counting::IfItFits));
        assert_eq!((0..9).filter(|_| take(100)).count(), 5);
        assert!(!take(95) && !take(99) && !take(100), "{shape:?}");
        assert!(take(119), "{shape:?}: and it goes on afterwards");
    }
}

fn amounts_at_the_end_of_the_range_do_not_overflow(counters: &dyn Counters) {
    for (number, shape) in [(1, Shape::Sliding), (2, Shape::TokenBucket { burst: MAX_THRESHOLD })] {
        let quota = quota(u64::from(MAX_WINDOW_SECONDS), MAX_THRESHOLD, shape);
        for now in [i64::MIN, -1, 0, i64::MAX] {
            let now = Timestamp::from_micros(now);
            for counting in [Counting::Always, Counting::IfItFits, Counting::Ask] {
                assert!(!admits(counters.count(now, key(number), &quota, u64::MAX, counting)), "{shape:?} {now:?}");
            }
        }
    }
}

fn keys_do_not_count_for_each_other(counters: &dyn Counters) {
    let quota = quota(10, 2, Shape::Sliding);
    let take = |number| admits(counters.count(at(0), key(number), &quota, 1, Counting::IfItFits));
    for number in 0..50 {
        assert_eq!([take(number), take(number), take(number)], [true, true, false], "{number}");
    }
}

fn different_values_are_counted_and_equal_ones_are_not(counters: &dyn Counters) {
    let passed = |number, threshold, values: &mut dyn Iterator<Item = u32>| {
        let quota = quota(10, threshold, Shape::Sliding);
        values
            .filter(|value| {
                let value = hasher().value(&value.to_le_bytes());
                admits(counters.see(at(0), key(number), &quota, value))
            })
            .count()
    };
    assert_eq!(passed(1, 1, &mut std::iter::repeat_n(7, 1_000)), 1_000);
    assert_eq!(passed(2, 22, &mut (0..20).cycle().take(1_000)), 1_000);
    let many = passed(3, 100, &mut (0..1_000));
    assert!((85..=115).contains(&many), "{many} of 100");
}
