//! What several nodes admit together: while the pool answers, while it does not, and when it lies.

use std::collections::HashMap;
use std::num::NonZeroU32;

use proptest::prelude::*;

use super::*;

/// A pool in memory.
#[derive(Default)]
struct Pool {
    era: u64,
    buckets: HashMap<(CounterKey, i64), u64>,
}

impl Pool {
    fn add(&mut self, contribution: &Contribution) -> Totals {
        let mut add = |bucket, amount| {
            let total = self.buckets.entry((contribution.key, bucket)).or_default();
            *total += amount;
            *total
        };
        let current = add(contribution.bucket, contribution.current);
        let previous = add(contribution.bucket - 1, contribution.previous);
        Totals { era: self.era, current, previous }
    }

    fn forget(&mut self) {
        *self = Self { era: self.era + 1, buckets: HashMap::new() };
    }

    fn exchange(&mut self, node: &PooledCounters) {
        for contribution in node.contributions() {
            let totals = self.add(&contribution);
            node.settle(&contribution, totals);
        }
        node.set_alone(false);
    }
}

fn nodes(count: u32) -> Vec<PooledCounters> {
    (0..count).map(|_| PooledCounters::new(NonZeroU32::new(count).unwrap())).collect()
}

fn set_alone(nodes: &[PooledCounters], alone: bool) {
    for node in nodes {
        node.set_alone(alone);
    }
}

fn take(node: &PooledCounters, micros: i64, quota: &Quota, amount: u64) -> bool {
    admits(node.count(at(micros), key(1), quota, amount, Counting::IfItFits))
}

/// How many of `tries` single requests a node admits at a moment.
fn admitted(node: &PooledCounters, micros: i64, quota: &Quota, tries: u32) -> u64 {
    (0..tries).map(|_| u64::from(take(node, micros, quota, 1))).sum()
}

/// One node that exchanges after each count.
struct Synchronous {
    node: PooledCounters,
    pool: std::sync::Mutex<Pool>,
    forgets: bool,
}

impl Counters for Synchronous {
    fn count(&self, now: Timestamp, key: CounterKey, quota: &Quota, amount: u64, counting: Counting) -> Taken {
        let taken = self.node.count(now, key, quota, amount, counting);
        let mut pool = self.pool.lock().unwrap();
        if self.forgets {
            pool.forget();
        }
        pool.exchange(&self.node);
        taken
    }

    fn see(&self, now: Timestamp, key: CounterKey, quota: &Quota, value: ValueHash) -> Taken {
        self.node.see(now, key, quota, value)
    }
}

#[test]
fn pooled_counters_of_one_node_keep_every_rule() {
    for (name, rule) in conformance::RULES {
        println!("{name}");
        rule(&nodes(1)[0]);
        for forgets in [false, true] {
            rule(&Synchronous { node: nodes(1).remove(0), pool: std::sync::Mutex::default(), forgets });
        }
    }
}

proptest! {
    /// Whatever happens between: after one exchange of each, and one more, the pool has what all nodes counted, and each
    /// node knows it. An answer that got lost makes it more, never less.
    #[test]
    fn nodes_agree_after_an_exchange(steps in prop::collection::vec((0..3_usize, 0..12_u32, 0..20_i64), 1..80)) {
        let (nodes, mut pool) = (nodes(3), Pool::default());
        let quota = quota(10, 1_000_000, Shape::Sliding);
        let (mut counted, mut twice) = (0, 0);
        for (node, what, amount) in steps {
            let amount = amount.unsigned_abs();
            match what {
                0 => pool.exchange(&nodes[node]),
                1 => {
                    // It adds, and its answer does not arrive.
                    let contributions = nodes[node].contributions();
                    twice += contributions.iter().map(|contribution| pool.add(contribution)).count() as u64 * 1_000;
                    nodes[node].put_back(&contributions);
                }
                2 => pool.forget(),
                _ => {
                    nodes[node].count(at(0), key(1), &quota, amount, Counting::Always);
                    counted += amount;
                }
            }
        }
        for _ in 0..3 {
            for node in &nodes {
                node.count(at(0), key(1), &quota, 0, Counting::Always);
                pool.exchange(node);
            }
        }
        let bucket = at(0).as_micros() / (10 * SECOND);
        let total = pool.buckets[&(key(1), bucket)];
        prop_assert!((counted..=counted + twice).contains(&total), "{counted} counted, {total} in the pool");
        for node in &nodes {
            let quota = self::quota(10, u32::try_from(total).unwrap().max(1), Shape::Sliding);
            prop_assert_eq!(take(node, 0, &quota, 1), total == 0, "everybody knows that it is full");
            prop_assert!(admits(node.count(at(0), key(1), &quota, 0, Counting::Ask)), "and not more than full");
        }
    }

    /// Only what arrives between two exchanges is too much, in the worst case.
    #[test]
    fn together_they_admit_the_limit_and_what_comes_between_two_exchanges(
        arrivals in prop::collection::vec((0..3_usize, 1..4_u32), 40..120), between in 1..8_usize,
    ) {
        let (nodes, mut pool) = (nodes(3), Pool::default());
        let quota = quota(10, 30, Shape::Sliding);
        set_alone(&nodes, false);
        let (mut total, mut offered, mut most_between) = (0, 0_u64, 0_u64);
        for round in arrivals.chunks(between) {
            let come: u64 = round.iter().map(|(_, tries)| u64::from(*tries)).sum();
            (offered, most_between) = (offered + come, most_between.max(come));
            total += round.iter().map(|(node, tries)| admitted(&nodes[*node], 0, &quota, *tries)).sum::<u64>();
            // Whoever is asked learns what the others have.
            for _ in 0..2 {
                for node in &nodes {
                    node.count(at(0), key(1), &quota, 1, Counting::Ask);
                    pool.exchange(node);
                }
            }
        }
        prop_assert!(total <= 30 + most_between, "{total} of {offered}");
        prop_assert!(total >= offered.min(30));
    }
}

#[test]
fn nodes_without_a_pool_admit_no_more_than_the_limit_together() {
    for (threshold, each) in [(100, 33), (3, 1), (1_000, 333), (1, 1), (2, 1)] {
        let quota = quota(10, threshold, Shape::Sliding);
        let each_admitted: Vec<_> = nodes(3).iter().map(|node| admitted(node, 0, &quota, 2_000)).collect();
        // A limit below the number of nodes lets one through on each.
        assert_eq!(each_admitted, [each; 3], "limit {threshold}");
    }
}

#[test]
fn what_is_left_is_divided_when_the_pool_falls_silent() {
    for before in [0, 10, 50, 99, 100] {
        let (nodes, mut pool) = (nodes(3), Pool::default());
        let quota = quota(10, 100, Shape::Sliding);
        set_alone(&nodes, false);
        assert_eq!(admitted(&nodes[0], 0, &quota, before), u64::from(before));
        for node in &nodes {
            node.count(at(0), key(1), &quota, 1, Counting::Ask);
            pool.exchange(node);
        }
        set_alone(&nodes, true);
        let after: u64 = nodes.iter().map(|node| admitted(node, SECOND, &quota, 500)).sum();
        let left = u64::from(100 - before);
        assert!(after <= left && after + 3 > left, "{after} of {left} left");
        let later: u64 = nodes.iter().map(|node| admitted(node, 40 * SECOND, &quota, 500)).sum();
        assert_eq!(later, 99, "and every window again");
    }
}

#[test]
fn what_was_counted_while_alone_is_told_when_the_pool_is_back() {
    let (nodes, mut pool) = (nodes(2), Pool::default());
    let quota = quota(10, 100, Shape::Sliding);
    assert_eq!(admitted(&nodes[0], 0, &quota, 500), 50);
    // Nothing was lost on the way to a new bucket.
    assert_eq!(admitted(&nodes[0], 10 * SECOND, &quota, 500), 0, "all of the bucket before still counts");
    pool.exchange(&nodes[0]);
    nodes[1].set_alone(false);
    assert_eq!(admitted(&nodes[1], 10 * SECOND, &quota, 1), 1, "it has not heard yet");
    pool.exchange(&nodes[1]);
    assert_eq!(admitted(&nodes[1], 10 * SECOND, &quota, 500), 49);
}

#[test]
fn a_pool_that_lies_frees_nobody_and_breaks_nothing() {
    for lie in [0, 1, u64::MAX, 1 << 63] {
        let node = nodes(3).remove(0);
        node.set_alone(false);
        let quota = quota(10, 100, Shape::Sliding);
        let mut total = 0;
        for round in 0..50 {
            total += admitted(&node, round, &quota, 10);
            for contribution in node.contributions() {
                let era = u64::try_from(round).unwrap() % 3;
                node.settle(&contribution, Totals { era, current: lie, previous: lie });
            }
        }
        assert!(total <= 100, "{total} after {lie}");
        assert!(take(&node, 40 * SECOND, &quota, 1), "and it is forgotten with its windows");
    }
}

#[test]
fn answers_to_questions_of_long_ago_are_ignored() {
    let node = nodes(3).remove(0);
    node.set_alone(false);
    let quota = quota(10, 100, Shape::Sliding);
    assert_eq!(admitted(&node, 0, &quota, 5), 5);
    let contributions = node.contributions();
    assert_eq!(contributions.iter().map(|contribution| contribution.current).collect::<Vec<_>>(), [5]);
    assert!(take(&node, 20 * SECOND, &quota, 1));
    node.settle(&contributions[0], Totals { era: 1, current: 100, previous: 100 });
    assert_eq!(admitted(&node, 20 * SECOND, &quota, 500), 99);
}

#[test]
fn token_buckets_have_their_share_on_each_node() {
    let quota = quota(10, 30, Shape::TokenBucket { burst: 9 });
    for node in nodes(3) {
        node.set_alone(false);
        assert_eq!(admitted(&node, 0, &quota, 100), 3);
        assert_eq!(admitted(&node, SECOND, &quota, 100), 1);
    }
}

#[test]
fn a_flood_of_keys_stays_in_bounds_and_waits_for_no_exchange() {
    let node = nodes(3).remove(0);
    node.set_alone(false);
    let quota = quota(60, 3, Shape::Sliding);
    let flood = |numbers: std::ops::Range<usize>| {
        for number in numbers {
            let key = key(u32::try_from(number).unwrap());
            assert!(admits(node.count(at(0), key, &quota, 1, Counting::IfItFits)), "{number}");
        }
    };
    flood(0..MAX_ASKED * 2);
    let contributions = node.contributions();
    assert!(contributions.len() <= MAX_ASKED && contributions.len() > MAX_ASKED / 2, "{}", contributions.len());
    node.put_back(&contributions);
    assert_eq!(node.contributions().len(), contributions.len());
    flood(MAX_ASKED * 2..MAX_POOLED_KEYS * 3 / 2);
    assert!(node.len() <= MAX_POOLED_KEYS && node.len() > MAX_POOLED_KEYS / 3, "{}", node.len());
    node.put_back(&contributions);
    assert!(node.contributions().len() <= MAX_ASKED, "what went out is told about by nobody");
}
