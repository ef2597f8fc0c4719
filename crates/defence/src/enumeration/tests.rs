use proptest::prelude::*;

use super::*;
use crate::limit::KeyHasher;

const RULE: EnumerationRule =
    EnumerationRule { walk_length: 20, max_gap: 5, min_answers: 30, max_miss_percent: 50, window_seconds: 600 };

fn key(client: u32) -> CounterKey {
    KeyHasher::new([7; 16]).address(std::net::Ipv4Addr::from_bits(client).into())
}

fn second(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_795_144_455_000_000 + seconds * 1_000_000)
}

/// What is found of the last.
fn latest(found: impl Iterator<Item = Option<Enumeration>>) -> Option<Enumeration> {
    found.fold(None, |_, next| next)
}

/// What is found of the numbers, one a second.
fn walked(numbers: impl IntoIterator<Item = u64>) -> Option<Enumeration> {
    let watcher = Watcher::default();
    let ask = |(at, number)| watcher.asked(second(at), key(1), &RULE, number);
    latest((0..).zip(numbers).map(ask))
}

fn answered(statuses: impl IntoIterator<Item = u16>) -> Option<Enumeration> {
    let watcher = Watcher::default();
    let count = |(at, status)| watcher.answered(second(at), key(1), &RULE, status);
    latest((0..).zip(statuses).map(count))
}

#[test]
fn twenty_numbers_in_a_row_are_a_walk() {
    let walk = |length| Some(Enumeration::Walk { length });
    assert_eq!(walked(1_000..1_020), walk(20));
    assert_eq!(walked(1_000..1_019), None);
    assert_eq!(walked((1_000..1_020).rev()), walk(20));
    assert_eq!(walked((0..20).map(|at| at * 5)), walk(20));
    assert_eq!(walked((0..20).map(|at| at * 6)), None);
    // The end of the numbers is no surprise.
    assert_eq!(walked(u64::MAX - 19..=u64::MAX), walk(20));
}

#[test]
fn repeats_do_not_lengthen_a_walk_and_jumps_and_turns_end_it() {
    assert_eq!(walked((1..=10).flat_map(|number| [number, number, number])), None);
    assert_eq!(walked((1..=20).flat_map(|number| [number, number])), Some(Enumeration::Walk { length: 20 }));
    assert_eq!(walked((1..=15).chain([9_000]).chain(16..=30)), None);
    assert_eq!(walked((1..=15).chain((5..15).rev())), None);
    // Paging to and fro among neighbours.
    assert_eq!(walked([1, 2, 3, 2, 1].into_iter().cycle().take(200)), None);
}

#[test]
fn a_walk_waits_one_window_between_steps_and_no_longer() {
    let found = |pause: i64| {
        let watcher = Watcher::default();
        let ask = |at: i64| watcher.asked(second(at * pause), key(2), &RULE, at.unsigned_abs());
        latest((1..=20).map(ask)).is_some()
    };
    assert!(found(600));
    assert!(!found(601));
}

#[test]
fn a_clock_that_goes_back_neither_ends_nor_lengthens_a_walk() {
    let watcher = Watcher::default();
    let times = [500, 501, 0, 2, 502].into_iter().cycle();
    let found = latest(times.zip(1..=20).map(|(at, number)| watcher.asked(second(at), key(3), &RULE, number)));
    assert_eq!(found, Some(Enumeration::Walk { length: 20 }));
    // A clock that was a year ahead does not keep misses for a year.
    let count = |at| watcher.answered(second(at), key(4), &RULE, 404);
    assert!((0..29).find_map(|at| count(at + 31_536_000)).is_none());
    assert_eq!(count(0), None);
}

#[test]
fn more_than_half_of_thirty_answers_are_too_many_misses() {
    let answers =
        |misses: usize, hits: usize| answered([404, 403].into_iter().cycle().take(misses).chain(vec![200; hits]));
    assert_eq!(answers(16, 14), Some(Enumeration::Misses { misses: 16, answers: 30 }));
    assert_eq!(answers(15, 15), None);
    assert_eq!(answers(29, 0), None);
    assert_eq!(answered(vec![401; 50]), None);
    assert_eq!(answered(vec![500; 50]), None);
}

#[test]
fn misses_are_forgotten_after_a_window() {
    let watcher = Watcher::default();
    let miss = |at| watcher.answered(second(at), key(4), &RULE, 404);
    assert!((0..29).find_map(miss).is_none());
    assert_eq!(miss(1_300), None);
    assert_eq!((1_301..1_330).filter_map(miss).count(), 1);
}

#[test]
fn numbers_are_read_from_the_end_of_identifiers() {
    let check = |identifier: &str, expected| assert_eq!(number_of(identifier.as_bytes()), expected, "{identifier}");
    check("1001", Some(1_001));
    check("00042", Some(42));
    check("MZ20261122-0007", Some(7));
    check("", None);
    check("abc", None);
    check("7a", None);
    check("18446744073709551615", Some(u64::MAX));
    check("18446744073709551616", None);
}

#[test]
fn rules_are_read_strictly() {
    let rule: EnumerationRule = serde_json::from_str(r#"{"walk_length":50}"#).unwrap();
    assert_eq!(rule, EnumerationRule { walk_length: 50, ..RULE });
    assert!(serde_json::from_str::<EnumerationRule>(r#"{"walk":50}"#).is_err());
}

#[test]
fn a_flood_of_clients_stays_in_bounds_and_hides_no_walker() {
    let watcher = Watcher::default();
    let walk = |number| watcher.asked(second(0), key(0), &RULE, number);
    assert_eq!((1..=20).filter_map(walk).count(), 1);
    for client in 1..=2 * u32::try_from(MAX_KEYS).unwrap() {
        watcher.asked(second(1), key(client), &RULE, 1);
    }
    assert!(watcher.len() <= MAX_KEYS);
    // Key, state, end of its heat, and the byte of the map.
    assert_eq!(size_of::<CounterKey>() + size_of::<State>() + size_of::<Timestamp>() + 1, 81);
    assert_eq!(walk(21), Some(Enumeration::Walk { length: 21 }));
}

proptest! {
    /// The rule as a sentence, from all numbers: how long is the end of the list on which each step goes the same way.
    #[test]
    fn a_walk_is_the_longest_end_of_even_steps(numbers in proptest::collection::vec(0..12_u64, 1..60)) {
        let rule = EnumerationRule { walk_length: 2, max_gap: 3, ..RULE };
        let watcher = Watcher::default();
        let found = latest(numbers.iter().map(|number| watcher.asked(second(0), key(1), &rule, *number)));
        let mut distinct = numbers.clone();
        distinct.dedup();
        let steps: Vec<i64> = distinct.windows(2).map(|pair| pair[1].cast_signed() - pair[0].cast_signed()).rev().collect();
        let even = steps.iter().take_while(|step| step.abs() <= 3 && step.signum() == steps[0].signum()).count();
        let expected = (even > 0).then(|| Enumeration::Walk { length: u32::try_from(even).unwrap() + 1 });
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn misses_are_told_exactly_when_the_share_is_passed(statuses in proptest::collection::vec(prop_oneof![Just(200), Just(404), Just(403)], 1..80)) {
        // All in one bucket.
        let watcher = Watcher::default();
        let found = latest(statuses.iter().map(|status| watcher.answered(second(5), key(1), &RULE, *status)));
        let misses = statuses.iter().filter(|status| **status != 200).count();
        prop_assert_eq!(found.is_some(), statuses.len() >= 30 && misses * 2 > statuses.len());
    }
}
