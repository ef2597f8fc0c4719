//! What every detector is held to by tests: it never panics, its requirement never loses a finding, its work is linear.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::probe::steps_of;
use super::tests::confidence;
use super::{Context, Detector, Place};

const PLACES: [Place; 10] = [
    Place::Path,
    Place::Name,
    Place::Value,
    Place::Cookie,
    Place::Header,
    Place::FileName,
    Place::FileContent,
    Place::BodyText,
    Place::ResponseHeader,
    Place::ResponseBody,
];

/// Length of the longer of two values compared; the shorter has an eighth.
const LONG: usize = 32 << 10;

/// Asks `detector` about values strung together from `pieces` of its language and from arbitrary bytes, in every place.
pub(super) fn check_properties(detector: Detector, pieces: &'static [&'static str]) {
    let part = prop_oneof![
        4 => proptest::sample::select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..6),
        1 => "[ -~]{0,6}".prop_map(String::into_bytes),
    ];
    let values = proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat());
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    runner
        .run(&values, |value| {
            for place in PLACES {
                confidence(detector, &value, Context::of(place));
                confidence(detector, &value, Context { place, rich_text: true });
            }
            Ok(())
        })
        .unwrap();
    work_is_linear(detector, pieces);
}

/// Eight times the length may take ten times the steps (and a constant), whatever piece or pair of pieces is repeated.
fn work_is_linear(detector: Detector, pieces: &[&str]) {
    let singles = pieces.iter().map(|piece| (*piece).to_owned());
    let pairs = pieces.iter().zip(pieces.iter().skip(1)).map(|(left, right)| format!("{left}{right}"));
    let mirrored = pieces.iter().zip(pieces.iter().rev()).map(|(left, right)| format!("{left} {right}"));
    for unit in singles.chain(pairs).chain(mirrored) {
        let steps = |length: usize| {
            let value: Vec<u8> = unit.bytes().cycle().take(length).collect();
            let each = PLACES.map(|place| {
                steps_of(|| {
                    confidence(detector, &value, Context::of(place));
                })
            });
            each.into_iter().max().unwrap_or_default()
        };
        let (short, long) = (steps(LONG / 8), steps(LONG));
        assert!(long <= short * 10 + 40_000, "{short} steps became {long} for {unit:?} repeated");
        assert!(long <= LONG * 300, "{long} steps for {LONG} bytes of {unit:?}");
    }
}
