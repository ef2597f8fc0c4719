//! What is kept when memory runs out, and what several threads see.

use super::*;
use crate::table;

#[test]
fn a_flood_of_made_up_keys_stays_in_bounds_and_frees_nobody_who_is_over() {
    let counters = LocalCounters::default();
    let quota = quota(60, 3, Shape::Sliding);
    let take = |number, micros| admits(counters.count(at(micros), key(number), &quota, 1, Counting::IfItFits));
    assert_eq!((0..9).filter(|_| take(0, 0)).count(), 3);
    // Two and a half times as many keys as there is room for, within the window, and nobody asks for the first one meanwhile.
    let flood = u32::try_from(MAX_KEYS * 5 / 2).unwrap();
    for number in 1..=flood {
        assert!(take(number, i64::from(number)));
    }
    assert!(counters.len() <= MAX_KEYS && counters.len() > MAX_KEYS / 3, "{}", counters.len());
    assert!(!take(0, i64::from(flood)), "still over");
    assert!(take(0, 121 * SECOND), "and free when its time is over");
}

#[test]
fn the_least_used_key_goes_out_first() {
    let table = table::Table::new(4);
    let seen = |number: u32| {
        table.with(
            at(0),
            key(number),
            || false,
            |known| table::Verdict { answer: std::mem::replace(known, true), hot_until: None },
        )
    };
    assert!(!seen(0));
    for number in 1..10_000 {
        seen(number);
        assert!(seen(0), "a key in use stays");
        assert!(seen(number), "and so does the newest");
    }
    assert!(!seen(1), "one that nobody used is gone");
    assert!(table.len() <= 2 * 4 * table::SHARDS);
}

#[test]
fn hot_keys_do_not_fill_the_whole_table() {
    let table = table::Table::new(8);
    for number in 0..50_000 {
        table.with(at(0), key(number), || (), |()| table::Verdict { answer: (), hot_until: Some(at(SECOND)) });
    }
    assert!(table.len() <= 2 * 8 * table::SHARDS);
}

#[test]
fn distinct_counters_are_bounded_too() {
    let counters = LocalCounters::default();
    let quota = quota(60, 3, Shape::Sliding);
    for number in 0..u32::try_from(MAX_DISTINCT_KEYS * 2).unwrap() {
        counters.see(at(0), key(number), &quota, hasher().value(b"1"));
    }
    assert!(counters.len() <= MAX_DISTINCT_KEYS && !counters.is_empty());
}

#[test]
fn threads_together_admit_what_one_would() {
    let counters = LocalCounters::default();
    let quota = quota(60, 1_000, Shape::Sliding);
    let take = || (0..1_000).filter(|_| admits(counters.count(at(0), key(1), &quota, 1, Counting::IfItFits))).count();
    let total: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(total, 1_000);
}
