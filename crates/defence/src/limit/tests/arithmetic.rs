//! How much can be admitted at most, and when again.

use std::time::Duration;

use proptest::prelude::*;

use super::*;

/// Arrivals: microseconds since the one before, and amounts.
fn arrivals(window: u64) -> impl Strategy<Value = Vec<(u64, u64)>> {
    let gap = prop_oneof![3 => 0..window / 20, 1 => 0..window, 1 => window..3 * window];
    prop::collection::vec((gap, 1..6_u64), 1..120)
}

/// What was admitted, when.
fn admitted(arrivals: &[(u64, u64)], mut take: impl FnMut(Timestamp, u64) -> Taken) -> Vec<(i64, u64)> {
    let (mut micros, mut kept) = (0, Vec::new());
    for (gap, amount) in arrivals {
        micros += i64::try_from(*gap).unwrap();
        if admits(take(at(micros), *amount)) {
            kept.push((micros, *amount));
        }
    }
    kept
}

fn sum(kept: &[(i64, u64)], inside: impl Fn(i64) -> bool) -> u64 {
    kept.iter().filter(|(micros, _)| inside(*micros)).map(|(_, amount)| *amount).sum()
}

proptest! {
    /// The bound of `bucket`: T + ⌊P·f⌋ in any window that ends at share f, less than 2·T, and T in each bucket.
    #[test]
    fn a_sliding_window_admits_no_more_than_its_bound(arrivals in arrivals(SECOND as u64), threshold in 1..40_u32) {
        let quota = quota(1, threshold, Shape::Sliding);
        let mut buckets = Buckets::new(at(0), &quota);
        let kept = admitted(&arrivals, |now, amount| buckets.count(now, &quota, amount, Counting::IfItFits));
        let threshold = u64::from(threshold);
        for (end, _) in &kept {
            let (bucket, elapsed) = (end / SECOND, u64::try_from(end % SECOND).unwrap());
            let previous = sum(&kept, |micros| micros / SECOND == bucket - 1);
            let window = sum(&kept, |micros| micros > end - SECOND && micros <= *end);
            prop_assert!(sum(&kept, |micros| micros / SECOND == bucket) <= threshold);
            prop_assert!(window <= threshold + previous * elapsed / 1_000_000);
            prop_assert!(window < 2 * threshold);
        }
    }

    /// burst + T·t/W in any stretch of time t, to the microsecond.
    #[test]
    fn a_token_bucket_admits_no_more_than_burst_and_rate(arrivals in arrivals(7 * SECOND as u64), threshold in 1..40_u32, burst in 1..40_u32) {
        let quota = quota(7, threshold, Shape::TokenBucket { burst });
        let mut tokens = TokenBucket::new(at(0), burst);
        let kept = admitted(&arrivals, |now, amount| tokens.count(now, &quota, burst, amount, Counting::IfItFits));
        for (index, (begin, _)) in kept.iter().enumerate() {
            let mut total = 0_i128;
            for (end, amount) in &kept[index..] {
                total += i128::from(*amount);
                let flowed = i128::from(threshold) * i128::from(end - begin);
                prop_assert!((total - i128::from(burst)) * i128::from(7 * SECOND) <= flowed);
            }
        }
    }

    /// It fits after `retry_after` and not a microsecond earlier.
    #[test]
    fn retry_after_is_the_first_moment_at_which_it_fits(
        arrivals in arrivals(SECOND as u64), threshold in 1..40_u32, burst in 5..40_u32, is_bucket in any::<bool>(),
    ) {
        let shape = if is_bucket { Shape::TokenBucket { burst } } else { Shape::Sliding };
        let quota = quota(1, threshold.max(5), shape);
        let (mut buckets, mut tokens) = (Buckets::new(at(0), &quota), TokenBucket::new(at(0), burst));
        let mut micros = 0;
        for (gap, amount) in arrivals {
            micros += i64::try_from(gap).unwrap();
            let mut take = |now, counting| {
                if is_bucket {
                    tokens.count(now, &quota, burst, amount, counting)
                } else {
                    buckets.count(now, &quota, amount, counting)
                }
            };
            if let Taken::Over { retry_after } = take(at(micros), Counting::IfItFits) {
                let (mut later_buckets, mut later_tokens) = (buckets, tokens);
                let mut ask = |now: Timestamp| {
                    if is_bucket {
                        later_tokens.count(now, &quota, burst, amount, Counting::Ask)
                    } else {
                        later_buckets.count(now, &quota, amount, Counting::Ask)
                    }
                };
                let first = at(micros).plus(retry_after);
                prop_assert!(retry_after <= 2 * quota.window());
                prop_assert!(!admits(ask(first.minus(Duration::from_micros(1)))));
                prop_assert!(admits(ask(first)));
            }
        }
    }

    /// What is counted afterwards is counted whole, and nothing is admitted until it is forgotten again.
    #[test]
    fn what_is_charged_is_never_lost(amounts in prop::collection::vec(1..50_u64, 1..20)) {
        let quota = quota(10, 100, Shape::Sliding);
        let mut buckets = Buckets::new(at(0), &quota);
        let mut total = 0;
        for amount in amounts {
            let fits = total + amount <= 100;
            total += amount;
            prop_assert_eq!(admits(buckets.count(at(0), &quota, amount, Counting::Always)), fits);
        }
        prop_assert_eq!(admits(buckets.count(at(0), &quota, 1, Counting::Ask)), total < 100);
        prop_assert!(admits(buckets.count(at(20 * SECOND), &quota, 1, Counting::Ask)));
    }
}

#[test]
fn counters_of_this_process_keep_every_rule() {
    for (name, rule) in conformance::RULES {
        println!("{name}");
        rule(&LocalCounters::default());
    }
}

fn distinct_in(seen: impl IntoIterator<Item = (i64, u32)>, threshold: u32) -> usize {
    let quota = quota(10, threshold, Shape::Sliding);
    let mut distinct = Distinct::new(at(0), &quota);
    let hasher = hasher();
    seen.into_iter()
        .filter(|(micros, value)| admits(distinct.see(at(*micros), &quota, hasher.value(&value.to_le_bytes()))))
        .count()
}

#[test]
fn different_values_are_counted_and_equal_ones_are_not() {
    assert_eq!(distinct_in((0..1_000).map(|step| (step, 7)), 1), 1_000);
    let known: Vec<_> = (0..20).cycle().take(1_000).map(|value| (0, value)).collect();
    assert_eq!(distinct_in(known, 22), 1_000);
    for threshold in [20_u32, 100, 1_000, 10_000] {
        let passed = distinct_in((0..10 * threshold).map(|value| (0, value)), threshold);
        let (low, high) = (threshold as usize * 85 / 100, threshold as usize * 115 / 100);
        assert!((low..=high).contains(&passed), "{passed} of {threshold}");
    }
}

#[test]
fn whoever_enumerates_waits_until_the_window_has_passed() {
    let quota = quota(10, 20, Shape::Sliding);
    let mut distinct = Distinct::new(at(0), &quota);
    let hasher = hasher();
    let mut see =
        |seconds: i64, value: u32| distinct.see(at(seconds * SECOND), &quota, hasher.value(&value.to_le_bytes()));
    let answers: Vec<_> = (0..40).map(|value| see(0, value)).collect();
    let Some(Taken::Over { retry_after }) = answers.last() else { panic!("forty are more than twenty") };
    assert!((10..=16).contains(&retry_after.as_secs()), "{retry_after:?}: half of forty must be forgotten");
    assert!(!admits(see(10, 1)) && admits(see(16, 1)));
}

#[test]
fn different_values_of_two_buckets_slide_without_counting_one_twice() {
    let (first, second) = ((0..20).map(|value| (0, value)), (0..20).map(|value| (10 * SECOND, value)));
    assert_eq!(distinct_in(first.clone().chain(second), 22), 40, "the same twenty");
    let others = (100..120).map(|value| (10 * SECOND, value));
    assert!(distinct_in(first.clone().chain(others), 22) < 26, "twenty others in the same window");
    let soon = (100..120).map(|value| (10 * SECOND + 9_900_000, value));
    assert!(distinct_in(first.clone().chain(soon), 22) > 37, "twenty others when the first are all but forgotten");
    let later = (100..120).map(|value| (20 * SECOND, value));
    assert_eq!(distinct_in(first.chain(later), 22), 40, "twenty others when the first are forgotten");
}
