//! What behaviour shows.

use super::*;
use crate::limit::{CounterKey, KeyHasher, ValueHash};
use medward_contract::Timestamp;
use std::time::Duration;

fn hasher() -> KeyHasher {
    KeyHasher::new([7; 16])
}

fn key(number: u32) -> CounterKey {
    hasher().address(std::net::Ipv4Addr::from_bits(number).into())
}

fn path(number: u32) -> ValueHash {
    hasher().value(format!("/report/{number}").as_bytes())
}

/// The beginning of a window.
fn at(seconds: u64) -> Timestamp {
    Timestamp::from_micros(1_795_144_200_000_000).plus(Duration::from_secs(seconds))
}

fn browse(behaviour: &Behaviour, now: Timestamp, paths: std::ops::Range<u32>, status: u16) -> Reasons {
    let note = |number| behaviour.note(now, key(1), Noted::Answered { path: path(number), status });
    paths.fold(Reasons::default(), |_, number| note(number))
}

#[test]
fn a_person_who_reads_shows_nothing() {
    let behaviour = Behaviour::default();
    for round in 0..50 {
        assert_eq!(names(browse(&behaviour, at(round), 0..60, 200)), [""; 0]);
    }
    assert_eq!(names(browse(&behaviour, at(60), 0..9, 404)), [""; 0], "nine of three thousand");
    assert_eq!(behaviour.score(at(60), key(1)), 0);
    assert_eq!(behaviour.score(at(60), key(2)), 0);
    assert_eq!(behaviour.len(), 1, "who only asks keeps nothing");
}

#[test]
fn who_asks_for_what_is_not_there_is_noticed() {
    let behaviour = Behaviour::default();
    assert_eq!(names(browse(&behaviour, at(0), 0..19, 404)), [""; 0], "too few to tell");
    assert_eq!(names(browse(&behaviour, at(0), 19..20, 404)), ["many_not_found"]);
    assert_eq!(names(browse(&behaviour, at(0), 20..40, 200)), ["many_not_found"], "half");
    assert_eq!(names(browse(&behaviour, at(0), 40..41, 200)), [""; 0], "less than half");
    assert_eq!(names(browse(&behaviour, at(0), 41..42, 410)), ["many_not_found"]);
}

#[test]
fn who_asks_for_everything_there_is_is_noticed() {
    let behaviour = Behaviour::default();
    assert_eq!(names(browse(&behaviour, at(0), 0..120, 200)), [""; 0]);
    assert_eq!(names(browse(&behaviour, at(0), 120..180, 200)), ["many_paths"]);
    assert!(behaviour.score(at(0), key(1)) < CHALLENGE_FROM);
    assert_eq!(names(browse(&behaviour, at(0), 180..520, 200)), ["many_paths"]);
    assert_eq!(names(browse(&behaviour, at(0), 520..700, 200)), ["very_many_paths"]);
    assert!(behaviour.score(at(0), key(1)) >= CHALLENGE_FROM);
}

#[test]
fn what_a_window_showed_holds_until_the_end_of_the_next() {
    let behaviour = Behaviour::default();
    browse(&behaviour, at(299), 0..700, 200);
    assert_eq!(names(behaviour.reasons(at(599), key(1))), ["very_many_paths"]);
    assert_eq!(names(behaviour.reasons(at(600), key(1))), [""; 0]);
    assert_eq!(names(browse(&behaviour, at(310), 0..1, 200)), ["very_many_paths"], "though the next is quiet so far");
    assert_eq!(names(behaviour.reasons(at(599), key(1))), ["very_many_paths"]);
    assert_eq!(names(browse(&behaviour, at(601), 0..1, 200)), [""; 0]);
    browse(&behaviour, at(700), 0..700, 200);
    assert_eq!(names(browse(&behaviour, at(1_300), 0..1, 200)), [""; 0], "a window in between was empty");
}

#[test]
fn the_trap_holds_an_hour() {
    let behaviour = Behaviour::default();
    assert_eq!(names(behaviour.note(at(0), key(1), Noted::Trap)), ["trapped"]);
    assert_eq!(behaviour.score(at(3_599), key(1)), 60);
    assert_eq!(names(browse(&behaviour, at(3_599), 0..1, 200)), ["trapped"]);
    assert_eq!(behaviour.score(at(3_600), key(1)), 0);
}

#[test]
fn a_clock_that_goes_back_a_little_stands_still() {
    let behaviour = Behaviour::default();
    browse(&behaviour, at(301), 0..700, 200);
    assert_eq!(names(behaviour.reasons(at(299), key(1))), ["very_many_paths"]);
    assert_eq!(names(browse(&behaviour, at(299), 0..1, 200)), ["very_many_paths"]);
    assert_eq!(names(browse(&behaviour, at(0).minus(Duration::from_secs(86_400)), 0..1, 200)), [""; 0]);
}

#[test]
fn a_flood_of_keys_stays_in_bounds_and_frees_nobody_who_was_trapped() {
    let behaviour = Behaviour::default();
    behaviour.note(at(0), key(0), Noted::Trap);
    for number in 1..300_000 {
        behaviour.note(at(1), key(number), Noted::Answered { path: path(1), status: 200 });
    }
    assert!(behaviour.len() <= MAX_BEHAVIOUR_KEYS && behaviour.len() > MAX_BEHAVIOUR_KEYS / 3);
    assert_eq!(behaviour.score(at(2), key(0)), 60);
}
