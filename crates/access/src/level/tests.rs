use proptest::prelude::*;

use super::*;
use crate::table::testkit::at;

#[test]
fn sample_looks_back_one_minute_and_wants_enough_requests() {
    let mut level = Level::default();
    for second in 0..19 {
        level.note(at(second), Duration::from_millis(100), false);
    }
    assert_eq!(level.sample(at(19)), None);
    level.note(at(19), Duration::from_millis(100), true);
    let sample = level.sample(at(19)).unwrap();
    assert_eq!((sample.requests, sample.error_ppm), (20, 50_000));
    assert!((100..=120).contains(&sample.p95.as_millis()), "{sample:?}");
    assert_eq!(level.sample(at(90)), None);
}

#[test]
fn p95_is_that_of_the_slowest_twentieth() {
    let mut level = Level::default();
    for number in 0..1_000 {
        let latency = Duration::from_millis(if number < 60 { 2_000 } else { 10 });
        level.note(at(0), latency, false);
    }
    assert!(level.sample(at(0)).unwrap().p95 >= Duration::from_secs(2));
    for _ in 0..1_000 {
        level.note(at(0), Duration::from_millis(10), false);
    }
    assert!(level.sample(at(0)).unwrap().p95 <= Duration::from_millis(12));
}

#[test]
fn goal_says_what_is_missed_and_by_how_much() {
    let goal = Goal { p95: Some(Duration::from_secs(1)), error_ppm: Some(10_000) };
    let sample = Sample { requests: 100, p95: Duration::from_millis(1_500), error_ppm: 0 };
    assert_eq!(goal.missed(&sample), Some((Metric::Latency, 1_500, 1_000)));
    let sample = Sample { p95: Duration::from_millis(10), error_ppm: 20_000, ..sample };
    assert_eq!(goal.missed(&sample), Some((Metric::Errors, 20_000, 10_000)));
    assert_eq!(goal.missed(&Sample { error_ppm: 10_000, ..sample }), None);
}

#[test]
fn floor_rises_a_class_in_ten_seconds_and_falls_one_in_thirty() {
    let mut floor = Floor::default();
    assert_eq!(floor.step(at(0), false), None);
    assert_eq!(floor.step(at(1), true), Some(FloorChange::Rose));
    assert_eq!((floor.step(at(10), true), floor.admits_up_to()), (None, 8));
    assert_eq!((floor.step(at(11), true), floor.admits_up_to()), (Some(FloorChange::Rose), 7));
    assert_eq!(floor.step(at(12), false), None);
    assert_eq!(floor.step(at(41), false), None);
    assert_eq!(floor.step(at(42), false), Some(FloorChange::Fell));
    assert_eq!(floor.step(at(43), false), None);
    assert_eq!(floor.step(at(72), false), Some(FloorChange::Restored));
    assert_eq!(floor.admits_up_to(), 9);
}

proptest! {
    /// Whatever is measured, those who are protected are let in, and a long quiet lets everybody in.
    #[test]
    fn protected_classes_are_always_let_in(below: Vec<bool>) {
        let mut floor = Floor::default();
        let mut second = 0;
        for is_below in below {
            second += 7;
            floor.step(at(second), is_below);
            prop_assert!((1..=9).contains(&floor.admits_up_to()));
        }
        for _ in 0..400 {
            second += 1;
            floor.step(at(second), false);
        }
        prop_assert_eq!(floor.admits_up_to(), 9);
    }
}
